/* account_api.c -- One account for staff: what it is, its lines, its life, its statements. Who
 * looked is an event before anything is shown. */
#include "api/books.h"
#include "api/handlers.h"
#include "api/office.h"
#include "deposit/deposit.h"
#include "ledger/ledger_find.h"
#include "store/event.h"
#include "who/customer.h"
#include <stdlib.h>
#include <string.h>
#include "base/banned.h"

enum { LINES_MAX = 100, LINES_LOOKED = 20000, CHUNK = 500, POINTS_MAX = 1500, HOLDS_MAX = 100 };

/* ---- who looked ---- */

/* own: looks at the bank's own accounts are kept, too. */
static int seen(struct call *c, struct request *q, const char *what, bool own, struct buf *answer)
{
    struct ledger_account a;
    struct statement_party p;
    account_id id;
    int rc = statement_find(c, q->param[0], &id);
    if (!rc)
        rc = ledger_account_get(c, id, &a);
    if (!rc)
        rc = statement_party(c, &a, false, &p);
    if (!rc && p.customer)
        rc = customer_viewed(c, (customer_id){ p.customer_id }, what, request_text(q, "reason"));
    if (!rc && !p.customer && own) {
        struct jsonw *w = event_begin(c);
        jw_text(w, "what", what);
        rc = event_add(c, c->actor.outlet_id, "account.viewed", id.n);
    }
    buf_text(answer, "{}");
    return rc;
}

int api_account_seen(struct call *c, struct request *q, struct buf *answer)
{
    return seen(c, q, "accounts", true, answer);
}

int api_lines_seen(struct call *c, struct request *q, struct buf *answer)
{
    return seen(c, q, "lines", true, answer);
}

int api_statement_seen(struct call *c, struct request *q, struct buf *answer)
{
    return seen(c, q, "statement", true, answer);
}

int api_life_seen(struct call *c, struct request *q, struct buf *answer)
{
    return seen(c, q, "life", true, answer);
}

/* Programs ask for the bank's own balances all day. */
int api_balance_seen(struct call *c, struct request *q, struct buf *answer)
{
    return seen(c, q, "balance", false, answer);
}

static int account_of(struct call *c, struct request *q, struct ledger_account *a)
{
    account_id id;
    int rc = statement_find(c, q->param[0], &id);
    return rc ? rc : ledger_account_get(c, id, a);
}

/* ---- the head ---- */

static const char *state_code(enum ledger_state s)
{
    return s == ACCOUNT_OPEN ? "open" : s == ACCOUNT_DORMANT ? "dormant" : "closed";
}

const char *books_freeze_code(enum ledger_freeze f)
{
    return f == FREEZE_NONE ? "none" : f == FREEZE_OUT ? "out" : "all";
}

static void balances_json(struct jsonw *w, const struct ledger_account *a)
{
    enum currency currency = a->currency;
    bool debit = a->debit_side;
    books_minor(w, "balance", ledger_balance(a), currency);
    books_minor(w, "available", ledger_available(a), currency);
    books_minor(w, "held", debit ? a->totals.credits_pending : a->totals.debits_pending, currency);
    books_minor(w, "coming", debit ? a->totals.debits_pending : a->totals.credits_pending,
                currency);
    books_minor(w, "frozen", a->frozen_minor, currency);
    books_minor(w, "debits", a->totals.debits, currency);
    books_minor(w, "credits", a->totals.credits, currency);
}

static int holds_json(struct call *c, struct request *q, struct jsonw *w,
                      const struct ledger_account *a)
{
    struct ledger_hold_line *list;
    int n = 0;
    int rc = ledger_holds_of(c, a->id, HOLDS_MAX, &list, &n);
    jw_array(w, "holds");
    for (int i = 0; !rc && i < n; i++) {
        jw_object(w, NULL);
        books_transfer_id(w, "id", list[i].id);
        jw_text(w, "side", list[i].side == LEDGER_DEBIT ? "debit" : "credit");
        books_minor(w, "amount", list[i].minor, a->currency);
        ms_json(w, "expires_ms", list[i].expires_us);
        rc = books_party(c, q, w, "other", list[i].other);
        jw_end(w);
    }
    jw_end(w);
    return rc;
}

static int meta_json(struct call *c, struct jsonw *w, account_id id)
{
    struct ledger_pair *meta;
    size_t n = 0;
    int rc = ledger_account_meta(c, id, &meta, &n);
    jw_array(w, "meta");
    for (size_t i = 0; !rc && i < n; i++) {
        jw_object(w, NULL);
        jw_text(w, "key", meta[i].key);
        jw_text(w, "value", meta[i].value);
        jw_end(w);
    }
    jw_end(w);
    return rc;
}

/* The customer's other accounts, closed ones too. */
static int others_json(struct call *c, struct jsonw *w, int64_t customer, account_id but)
{
    struct deposit_account *list = NULL;
    int n = 0, rc = customer ? deposit_of_customer(c, (customer_id){ customer }, &list, &n) : 0;
    jw_array(w, "others");
    for (int i = 0; !rc && i < n; i++) {
        struct ledger_account a;
        struct deposit_product p;
        if (list[i].ledger.n == but.n)
            continue;
        rc = ledger_account_get(c, list[i].ledger, &a);
        if (!rc)
            rc = product_get(c, list[i].product, &p);
        if (rc)
            break;
        jw_object(w, NULL);
        jw_text(w, "number", list[i].number);
        pair_json(w, "product", p.name_zh, p.name_en);
        jw_text(w, "currency", currency_find((int)a.currency)->code);
        jw_text(w, "state", state_code(a.state));
        books_minor(w, "balance", ledger_balance(&a), a.currency);
        jw_end(w);
    }
    jw_end(w);
    return rc;
}

int api_account(struct call *c, struct request *q, struct buf *answer)
{
    struct ledger_account a;
    struct statement_party p;
    struct jsonw w;
    date day;
    int rc = account_of(c, q, &a);
    if (!rc)
        rc = statement_party(c, &a, false, &p);
    if (!rc)
        rc = ledger_day(c, &day);
    if (rc)
        return rc;
    jw_init(&w, answer);
    jw_object(&w, NULL);
    ms_json(&w, "now_ms", c->now_us);
    date_json(&w, "business_date", day);
    jw_i64(&w, "ledger_id", a.id.n);
    jw_text(&w, "number", p.number);
    jw_text(&w, "name", p.name);
    jw_bool(&w, "customer", p.customer);
    jw_i64(&w, "customer_id", p.customer_id);
    pair_json(&w, "product", p.product_zh, p.product_en);
    jw_text(&w, "subject", a.subject);
    jw_i64(&w, "outlet_id", a.outlet_id);
    jw_text(&w, "currency", currency_find((int)a.currency)->code);
    jw_bool(&w, "debit_side", a.debit_side);
    jw_text(&w, "state", state_code(a.state));
    jw_text(&w, "freeze", books_freeze_code(a.freeze));
    jw_bool(&w, "stopped", a.stopped);
    jw_bool(&w, "hot", a.flags & LEDGER_HOT);
    date_json(&w, "opened", a.opened);
    jw_i64(&w, "entries", a.entries);
    balances_json(&w, &a);
    rc = holds_json(c, q, &w, &a);
    if (!rc)
        rc = meta_json(c, &w, a.id);
    if (!rc)
        rc = others_json(c, &w, p.customer_id, a.id);
    jw_end(&w);
    return rc;
}

/* ---- lines, newest first ---- */

struct filter {
    date from, until;
    int64_t min_minor, max_minor;
    int side; /* 0: both */
    const char *memo;
    int64_t before; /* seq */
};

static int read_filter(struct call *c, struct request *q, const struct ledger_account *a,
                       struct filter *f)
{
    const char *side = request_text(q, "side"), *memo = request_text(q, "memo");
    f->memo = memo && *memo ? memo : NULL;
    f->side = !side || !*side ? 0 : strcmp(side, "debit") ? LEDGER_CREDIT : LEDGER_DEBIT;
    f->before = request_i64(q, "before", INT64_MAX);
    int rc = request_date(c, q, "from", (date){ INT32_MIN + 1 }, &f->from);
    if (!rc)
        rc = request_date(c, q, "until", (date){ INT32_MAX }, &f->until);
    if (!rc)
        rc = request_amount(c, q, "min", a->currency, 0, &f->min_minor);
    if (!rc)
        rc = request_amount(c, q, "max", a->currency, INT64_MAX, &f->max_minor);
    return rc;
}

static bool fits(const struct filter *f, const struct statement_line *l)
{
    return l->minor >= f->min_minor && l->minor <= f->max_minor &&
           (!f->side || l->side == (enum ledger_side)f->side) &&
           (!f->memo || strstr(l->memo, f->memo) || strstr(l->other_name, f->memo));
}

static void line_json(struct jsonw *w, const struct ledger_account *a,
                      const struct statement_line *l)
{
    jw_object(w, NULL);
    jw_i64(w, "seq", l->seq);
    jw_i64(w, "number", l->number);
    books_transfer_id(w, "transfer", l->transfer);
    date_json(w, "booked", l->booked);
    date_json(w, "value", l->value);
    ms_json(w, "at_ms", l->booked_us);
    jw_text(w, "side", l->side == LEDGER_DEBIT ? "debit" : "credit");
    books_minor(w, "amount", l->minor, a->currency);
    books_minor(w, "balance", l->balance, a->currency);
    jw_text(w, "memo", l->memo);
    jw_bool(w, "reversal", l->kind == LEDGER_REVERSE);
    jw_i64(w, "other_id", l->other.n);
    jw_text(w, "other", l->other_name);
    jw_text(w, "other_number", l->other_number);
    jw_end(w);
}

/* Chunks from the newest backwards, until enough fit or enough were looked at. */
static int lines_json(struct call *c, struct jsonw *w, const struct ledger_account *a,
                      const struct filter *f, int64_t first, int64_t last, int64_t *next)
{
    struct apart apart;
    int shown = 0, rc = 0;
    int64_t stop = last - LINES_LOOKED > first ? last - LINES_LOOKED : first;
    apart_begin(&apart, c);
    while (!rc && last > stop && shown < LINES_MAX) {
        struct statement_line *list;
        int n = 0;
        int64_t after = last - CHUNK > first ? last - CHUNK : first;
        rc = statement_lines(&apart.c, a, after, (int)(last - after), &list, &n);
        for (int i = n - 1; !rc && i >= 0 && shown < LINES_MAX; i--) {
            last = list[i].seq - 1;
            if (!fits(f, &list[i]))
                continue;
            line_json(w, a, &list[i]);
            shown++;
        }
        if (!n)
            break;
        apart_clear(&apart);
    }
    *next = last > first ? last + 1 : 0;
    return apart_end(&apart, c, rc);
}

/* What stood before the period, what moved in it, what stood after: of all its lines, whatever the
 * other filters leave out. */
static void period_json(struct jsonw *w, const struct ledger_account *a,
                        const struct ledger_entry *before, const struct ledger_entry *last)
{
    int64_t opening = before->credits - before->debits, closing = last->credits - last->debits;
    books_minor(w, "opening", a->debit_side ? -opening : opening, a->currency);
    books_minor(w, "debits", last->debits - before->debits, a->currency);
    books_minor(w, "credits", last->credits - before->credits, a->currency);
    books_minor(w, "closing", a->debit_side ? -closing : closing, a->currency);
}

int api_lines(struct call *c, struct request *q, struct buf *answer)
{
    struct ledger_account a;
    struct ledger_entry before, last;
    struct filter f;
    struct jsonw w;
    int64_t next = 0;
    int rc = account_of(c, q, &a);
    if (!rc)
        rc = read_filter(c, q, &a, &f);
    if (!rc)
        rc = ledger_entry_on(c, a.id, (date){ f.from.days - 1 }, &before);
    if (!rc)
        rc = ledger_entry_on(c, a.id, f.until, &last);
    if (rc)
        return rc;
    jw_init(&w, answer);
    jw_object(&w, NULL);
    jw_text(&w, "currency", currency_find((int)a.currency)->code);
    jw_i64(&w, "in_period", last.seq - before.seq);
    period_json(&w, &a, &before, &last);
    jw_array(&w, "items");
    if (f.before <= last.seq)
        last.seq = f.before - 1;
    rc = lines_json(c, &w, &a, &f, before.seq, last.seq, &next);
    jw_end(&w);
    if (next)
        jw_i64(&w, "before", next);
    else
        jw_null(&w, "before");
    jw_end(&w);
    return rc;
}

/* ---- the life line ---- */

/* Each point is the balance after a line: of every line, or of lines evenly apart when there are
 * too many; the first and the last are always there. */
static int points_json(struct call *c, struct jsonw *w, const struct ledger_account *a,
                       int64_t entries)
{
    int64_t step = entries / POINTS_MAX + 1;
    int rc = 0;
    jw_array(w, "points");
    for (int64_t seq = 1; !rc && seq <= entries; seq += step) {
        struct ledger_entry *e;
        int n = 0;
        rc = ledger_entries(c, a->id, (seq == 1 ? 1 : seq) - 1, 1, &e, &n);
        if (!rc && n) {
            int64_t net = e->credits - e->debits;
            jw_array(w, NULL);
            jw_i64(w, NULL, e->booked_us / 1000);
            books_minor(w, NULL, a->debit_side ? -net : net, a->currency);
            jw_end(w);
        }
        if (seq < entries && seq + step > entries)
            seq = entries - step; /* the last one, too */
    }
    jw_end(w);
    jw_bool(w, "sampled", step > 1);
    return rc;
}

static bool see_state(void *ctx, const struct event *e)
{
    struct jsonw *w = ctx;
    if (!strcmp(e->topic, "account.viewed"))
        return true; /* nothing was done to it */
    jw_object(w, NULL);
    ms_json(w, "at_ms", e->at_us);
    jw_text(w, "topic", e->topic);
    jw_i64(w, "seq", e->seq);
    jw_raw(w, "body", e->body);
    jw_end(w);
    return true;
}

int api_life_line(struct call *c, struct request *q, struct buf *answer)
{
    struct ledger_account a;
    struct ledger_entry last;
    struct jsonw w;
    int rc = account_of(c, q, &a);
    if (!rc)
        rc = ledger_entry_on(c, a.id, (date){ INT32_MAX }, &last);
    if (rc)
        return rc;
    jw_init(&w, answer);
    jw_object(&w, NULL);
    ms_json(&w, "now_ms", c->now_us);
    ms_json(&w, "opened_ms", a.opened_us);
    jw_i64(&w, "entries", last.seq);
    rc = points_json(c, &w, &a, last.seq);
    jw_array(&w, "states");
    if (!rc)
        rc = event_of(c->tx, a.outlet_id, a.id.n, "account.", see_state, &w);
    jw_end(&w);
    jw_end(&w);
    return rc;
}

/* ---- statements ---- */

int api_statement(struct call *c, struct request *q, struct buf *answer)
{
    const char *name = request_text(q, "format");
    const struct statement_kind *kind;
    struct statement_query query = { .bank = { q->api->s.bank_zh, q->api->s.bank_en },
                                     .full_name = request_i64(q, "full", 0) == 1,
                                     .english = q->english };
    struct statement s;
    date today;
    const char *lang = request_text(q, "lang");
    if (lang)
        query.english = !strcmp(lang, "en");
    int rc = statement_kind_asked(c, name ? name : "json", &kind);
    if (!rc)
        rc = statement_find(c, q->param[0], &query.account);
    if (!rc)
        rc = ledger_day(c, &today);
    if (!rc)
        rc = request_date(c, q, "until", today, &query.until);
    if (!rc)
        rc = request_date(c, q, "from", (date){ query.until.days - 30 }, &query.from);
    if (!rc)
        rc = statement_make(c, &query, &s);
    if (rc)
        return rc;
    answer->max = STATEMENT_BYTES;
    rc = statement_write(&s, kind->format, answer);
    if (!rc && kind->format != STATEMENT_JSON) {
        char file[STATEMENT_FILE];
        statement_file_name(&s, kind->format, file);
        q->type = kind->type;
        q->file_name = arena_text(q->arena, file);
    }
    return rc;
}
