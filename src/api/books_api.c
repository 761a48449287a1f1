/* books_api.c -- The books: their day, trial balance, balance sheet, proofs. */
#include "api/books.h"
#include "api/handlers.h"
#include "api/office.h"
#include "branch/branch.h"
#include "ledger/ledger_find.h"
#include "store/event.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include "base/banned.h"

enum { CURRENCIES_MAX = 16, ACCOUNTS_MAX = 500, CHUNK = 2000 };

void books_minor(struct jsonw *w, const char *key, int64_t minor, enum currency currency)
{
    char text[MONEY_TEXT];
    money_print((money){ minor, currency }, text);
    jw_text(w, key, text);
}

static const char *code_of(enum currency currency)
{
    return currency_find((int)currency)->code;
}

/* ---- the day ---- */

/* Currencies that some account has: the chart of them is short, the accounts are many. */
static int currencies_json(struct call *c, struct jsonw *w)
{
    static const enum currency all[] = { CNY, USD, EUR, HKD, JPY, GBP, CZK, KWD };
    int rc = 0;
    jw_array(w, "currencies");
    for (size_t i = 0; !rc && i < COUNT(all); i++) {
        struct ledger_accounts_wanted wanted = { .outlet_id = LEDGER_ALL_OUTLETS,
                                                 .currency = all[i] };
        struct ledger_account *found;
        int n = 0;
        rc = ledger_accounts(c, &wanted, 1, &found, &n);
        if (n || all[i] == CNY)
            jw_text(w, NULL, code_of(all[i]));
    }
    jw_end(w);
    return rc;
}

static int outlets_json(struct call *c, struct jsonw *w)
{
    struct branch_outlet *list;
    int n = 0;
    int rc = branch_outlets(c, &list, &n);
    jw_array(w, "outlets");
    for (int i = 0; !rc && i < n; i++) {
        if (c->actor.outlet_id && c->actor.outlet_id != list[i].id.n)
            continue;
        jw_object(w, NULL);
        jw_i64(w, "id", list[i].id.n);
        pair_json(w, "name", list[i].name_zh, list[i].name_en);
        jw_end(w);
    }
    jw_end(w);
    return rc;
}

int api_books(struct call *c, struct request *q, struct buf *answer)
{
    struct jsonw w;
    date day;
    UNUSED(q);
    int rc = ledger_day(c, &day);
    if (rc)
        return rc;
    jw_init(&w, answer);
    jw_object(&w, NULL);
    ms_json(&w, "now_ms", c->now_us);
    date_json(&w, "business_date", day);
    date_json(&w, "civil_date", date_of_instant(c->now_us));
    jw_i64(&w, "own_outlet", c->actor.outlet_id);
    rc = currencies_json(c, &w);
    if (!rc)
        rc = outlets_json(c, &w);
    jw_end(&w);
    return rc;
}

/* ---- which books: outlet, date, currency ---- */

struct which {
    int64_t outlet_id; /* LEDGER_ALL_OUTLETS */
    date day;
    enum currency currency;
};

static int read_which(struct call *c, struct request *q, struct which *out)
{
    const char *code = request_text(q, "currency");
    int64_t own = c->actor.outlet_id;
    date today;
    out->outlet_id = request_i64(q, "outlet", own ? own : LEDGER_ALL_OUTLETS);
    out->currency = CNY;
    if (own && out->outlet_id != own)
        return WHO_OTHER_OUTLET;
    if (code && !currency_parse(code, &out->currency))
        return call_refuse(c, BASE_BAD_INPUT, "currency", "not one of ours");
    int rc = ledger_day(c, &today);
    return rc ? rc : request_date(c, q, "date", today, &out->day);
}

static void which_json(struct jsonw *w, const struct which *k)
{
    jw_i64(w, "outlet", k->outlet_id);
    date_json(w, "date", k->day);
    jw_text(w, "currency", code_of(k->currency));
}

/* ---- trial balance, balance sheet ---- */

static void sheet_json(struct jsonw *w, const struct ledger_sheet *s, enum currency currency)
{
    jw_object(w, "sheet");
    books_minor(w, "assets", s->assets, currency);
    books_minor(w, "liabilities", s->liabilities, currency);
    books_minor(w, "common", s->common, currency);
    books_minor(w, "equity", s->equity, currency);
    books_minor(w, "income", s->income, currency);
    books_minor(w, "expense", s->expense, currency);
    books_minor(w, "profit", s->profit, currency);
    books_minor(w, "between", s->between, currency);
    jw_end(w);
}

static void trial_json(struct jsonw *w, const struct ledger_trial *t, enum currency currency)
{
    int64_t debit = 0, credit = 0;
    jw_array(w, "lines");
    for (int i = 0; i < t->n_lines; i++) {
        const struct ledger_line *l = &t->lines[i];
        jw_object(w, NULL);
        jw_text(w, "code", l->subject);
        jw_i64(w, "class", l->class);
        pair_json(w, "name", l->name_zh, l->name_en);
        books_minor(w, "debits", l->debits, currency);
        books_minor(w, "credits", l->credits, currency);
        books_minor(w, "balance_debit", l->balance_debit, currency);
        books_minor(w, "balance_credit", l->balance_credit, currency);
        jw_end(w);
        debit += l->balance_debit;
        credit += l->balance_credit;
    }
    jw_end(w);
    books_minor(w, "debits", t->debits, currency);
    books_minor(w, "credits", t->credits, currency);
    books_minor(w, "difference", t->debits - t->credits, currency);
    books_minor(w, "balances_debit", debit, currency);
    books_minor(w, "balances_credit", credit, currency);
    books_minor(w, "between", t->between, currency);
}

int api_books_trial(struct call *c, struct request *q, struct buf *answer)
{
    struct which k;
    struct ledger_trial t;
    struct ledger_sheet s;
    struct jsonw w;
    int rc = read_which(c, q, &k);
    if (!rc)
        rc = ledger_trial(c, k.outlet_id, k.day, k.currency, &t);
    if (!rc)
        rc = ledger_sheet(c, k.outlet_id, k.day, k.currency, &s);
    if (rc)
        return rc;
    jw_init(&w, answer);
    jw_object(&w, NULL);
    which_json(&w, &k);
    trial_json(&w, &t, k.currency);
    sheet_json(&w, &s, k.currency);
    jw_end(&w);
    return 0;
}

/* ---- under a figure: the accounts of a subject ---- */

struct under { /* an account of the subject, with its part of the figure */
    struct ledger_account a;
    int64_t debits, credits, size;
};
struct gathering {
    struct under list[ACCOUNTS_MAX]; /* the largest, in no order until the end */
    int n;
    int64_t accounts, debits, credits;
};

static int by_size(const void *a, const void *b)
{
    const struct under *x = a, *y = b;
    if (x->size != y->size)
        return x->size < y->size ? 1 : -1;
    return (x->a.id.n > y->a.id.n) - (x->a.id.n < y->a.id.n);
}

/* Keeps the largest: the smallest kept one goes when there is no room. */
static void keep(struct gathering *g, const struct under *u)
{
    int at = g->n;
    if (g->n < ACCOUNTS_MAX) {
        g->n++;
    } else {
        at = 0;
        for (int i = 1; i < g->n; i++) {
            if (g->list[i].size < g->list[at].size)
                at = i;
        }
        if (g->list[at].size >= u->size)
            return;
    }
    g->list[at] = *u;
}

static int gather(struct call *c, const struct which *k, const char *subject, struct gathering *g)
{
    struct ledger_accounts_wanted wanted = { k->outlet_id, k->currency, subject, { 0 } };
    struct apart apart;
    int rc = 0, n = CHUNK;
    apart_begin(&apart, c);
    while (!rc && n == CHUNK) {
        struct ledger_account *found;
        rc = ledger_accounts(&apart.c, &wanted, CHUNK, &found, &n);
        for (int i = 0; !rc && i < n; i++) {
            struct under u = { .a = found[i] };
            rc = ledger_turnover_on(&apart.c, u.a.id, k->day, &u.debits, &u.credits);
            u.size = u.debits > u.credits ? u.debits - u.credits : u.credits - u.debits;
            g->accounts++;
            g->debits += u.debits;
            g->credits += u.credits;
            keep(g, &u);
            wanted.after = u.a.id;
        }
        apart_clear(&apart);
    }
    return apart_end(&apart, c, rc);
}

static int under_json(struct call *c, struct request *q, struct jsonw *w, const struct under *u)
{
    int64_t net = u->a.debit_side ? u->debits - u->credits : u->credits - u->debits;
    jw_object(w, NULL);
    jw_i64(w, "id", u->a.id.n);
    jw_text(w, "name", u->a.name);
    jw_i64(w, "outlet_id", u->a.outlet_id);
    jw_i64(w, "state", u->a.state);
    jw_i64(w, "entries", u->a.entries);
    books_minor(w, "debits", u->debits, u->a.currency);
    books_minor(w, "credits", u->credits, u->a.currency);
    books_minor(w, "balance", net, u->a.currency);
    int rc = books_party(c, q, w, "account", u->a.id);
    jw_end(w);
    return rc;
}

int api_books_subject(struct call *c, struct request *q, struct buf *answer)
{
    const char *code = request_text(q, "code");
    struct which k;
    struct jsonw w;
    struct gathering *g = arena_alloc(c->arena, sizeof *g);
    if (!code || strlen(code) > 8)
        return call_refuse(c, BASE_MISSING, "code", "a subject's code");
    int rc = read_which(c, q, &k);
    if (!rc)
        rc = gather(c, &k, code, g);
    if (rc)
        return rc;
    qsort(g->list, (size_t)g->n, sizeof *g->list, by_size);
    jw_init(&w, answer);
    jw_object(&w, NULL);
    which_json(&w, &k);
    jw_text(&w, "code", code);
    jw_i64(&w, "accounts", g->accounts);
    books_minor(&w, "debits", g->debits, k.currency);
    books_minor(&w, "credits", g->credits, k.currency);
    books_minor(&w, "net_debit", g->debits - g->credits, k.currency);
    jw_array(&w, "items");
    for (int i = 0; !rc && i < g->n; i++)
        rc = under_json(c, q, &w, &g->list[i]);
    jw_end(&w);
    jw_end(&w);
    return rc;
}

/* ---- proofs ---- */

static int check_events(struct call *c, int64_t *count, int64_t *bad, char *text, size_t size)
{
    return event_check(c->tx, count, bad, text, size);
}

static const struct {
    const char *name;
    int (*run)(struct call *c, int64_t *count, int64_t *bad, char *text, size_t size);
} proofs[] = { { "books", ledger_check_books },
               { "totals", ledger_check_totals },
               { "holds", ledger_check_holds },
               { "chains", check_events } };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct proven { /* the last run of this process */
    int64_t at_us, by;
    struct {
        int64_t count, bad;
        char text[200];
    } of[COUNT(proofs)];
} last;

static int prove(struct call *c)
{
    struct proven now = { .at_us = c->now_us, .by = c->actor.id };
    int rc = 0;
    for (size_t i = 0; !rc && i < COUNT(proofs); i++)
        rc = proofs[i].run(c, &now.of[i].count, &now.of[i].bad, now.of[i].text,
                           sizeof now.of[i].text);
    if (!rc) {
        pthread_mutex_lock(&lock);
        last = now;
        pthread_mutex_unlock(&lock);
    }
    return rc;
}

int api_books_proofs(struct call *c, struct request *q, struct buf *answer)
{
    struct jsonw w;
    bool may = !c->actor.outlet_id;
    if (request_i64(q, "run", 0)) {
        int rc = may ? prove(c) : WHO_NOT_ALLOWED;
        if (rc)
            return rc;
    }
    pthread_mutex_lock(&lock);
    struct proven p = last;
    pthread_mutex_unlock(&lock);
    jw_init(&w, answer);
    jw_object(&w, NULL);
    jw_bool(&w, "may_run", may);
    ms_json(&w, "at_ms", p.at_us);
    jw_text(&w, "by", p.by ? staff_name(c, p.by) : "");
    jw_array(&w, "proofs");
    for (size_t i = 0; i < COUNT(proofs); i++) {
        jw_object(&w, NULL);
        jw_text(&w, "name", proofs[i].name);
        jw_i64(&w, "count", p.of[i].count);
        jw_i64(&w, "bad", p.of[i].bad);
        jw_text(&w, "text", p.of[i].text);
        jw_end(&w);
    }
    jw_end(&w);
    jw_end(&w);
    return 0;
}
