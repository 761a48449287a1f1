/* ledger_berka_book.c -- Books what ledger_berka.c has read and ordered: a day is one call. */
#include "ledger/ledger_berka.h"
#include <stdio.h>
#include <string.h>
#include "base/banned.h"

enum { CONTRAS = 64, DAY_MEMORY = 256 << 20 };

struct contra { /* the other side of a row: cash, a bank, interest ... */
    char name[16];
    account_id id;
};
struct booking {
    struct call *c;
    struct ledger_berka *b;
    struct contra contras[CONTRAS];
    int n_contras;
    account_id *accounts; /* by the source's number */
    bool *fresh;          /* opened in this run */
    int64_t n_accounts;   /* one more than the greatest number */
};

static int find_or_open(struct booking *k, const char *name, const char *subject, account_id *out,
                        bool *opened)
{
    account_id *found;
    struct ledger_pair label = { "berka", name };
    int n = 0;
    int rc = ledger_find_accounts(k->c, label.key, label.value, (account_id){ 0 }, 1, &found, &n);
    if (rc)
        return rc;
    *opened = !n;
    if (n) {
        *out = found[0];
        return 0;
    }
    struct ledger_account a = { .currency = CZK };
    snprintf(a.subject, sizeof a.subject, "%s", subject);
    snprintf(a.name, sizeof a.name, "Berka %s", name);
    rc = ledger_account_open(k->c, &a, &label, 1);
    *out = a.id;
    return rc;
}

static int contra(struct booking *k, const char *name, const char *subject, account_id *out)
{
    bool opened;
    for (int i = 0; i < k->n_contras; i++)
        if (!strcmp(k->contras[i].name, name)) {
            *out = k->contras[i].id;
            return 0;
        }
    CHECK(k->n_contras < CONTRAS);
    struct contra *n = &k->contras[k->n_contras++];
    snprintf(n->name, sizeof n->name, "%s", name);
    int rc = find_or_open(k, name, subject, &n->id, &opened);
    *out = n->id;
    return rc;
}

static int contra_of(struct booking *k, const struct ledger_berka_row *r, account_id *out)
{
    char name[16];
    switch (r->operation) {
    case 'V':
        return contra(k, "cash", "1001", out);
    case 'I':
        return contra(k, "interest", "6411", out);
    case 'F':
        return contra(k, "fee", "6021", out);
    case 'S':
        return contra(k, "penalty", "6011", out);
    case 'K':
        return contra(k, "card", "3001", out);
    default:
        snprintf(name, sizeof name, "bank-%s", r->bank[0] ? r->bank : "none");
        return contra(k, name, "3001", out);
    }
}

static int account(struct booking *k, const struct ledger_berka_row *r, account_id *out)
{
    char name[40];
    account_id *at = &k->accounts[r->account];
    int rc = 0;
    if (!at->n) {
        snprintf(name, sizeof name, "account-%lld", (long long)r->account);
        rc = find_or_open(k, name, "2011", at, &k->fresh[r->account]);
    }
    *out = *at;
    return rc;
}

/* The id is made of what the source has: the day and the row. Importing again asks again. */
static transfer_id id_of(const struct ledger_berka_row *r, bool rounding)
{
    return (transfer_id){ (int64_t)r->day.days * 86400000 * 65536 + 0xBE, r->id * 2 + rounding };
}

static struct ledger_order order(const struct ledger_berka_row *r, account_id own, account_id other,
                                 int64_t minor, bool rounding)
{
    bool in = minor > 0;
    return (struct ledger_order){ .id = id_of(r, rounding),
                                  .kind = LEDGER_POST,
                                  .debit = in ? other : own,
                                  .credit = in ? own : other,
                                  .amount = { in ? minor : -minor, CZK },
                                  .value_date = r->day,
                                  .code = rounding ? 'R' : r->operation };
}

static int orders_of(struct booking *k, const struct ledger_berka_row *r, struct ledger_order *out,
                     size_t *n)
{
    account_id own, other, round = { 0 };
    int rc = account(k, r, &own);
    if (!rc)
        rc = contra_of(k, r, &other);
    if (!rc && r->rounded)
        rc = contra(k, "rounding", "6051", &round);
    if (rc)
        return rc;
    out[(*n)++] = order(r, own, other, r->credit ? r->minor : -r->minor, false);
    if (r->rounded) {
        out[*n - 1].linked = true;
        out[(*n)++] = order(r, own, round, r->rounded, true);
    }
    return 0;
}

static int hand_in(struct booking *k, const struct ledger_order *orders, size_t n)
{
    struct call *c = k->c;
    struct ledger_result *results = arena_alloc(c->arena, (n + 1) * sizeof *results);
    int rc = ledger_post_many(c, orders, n, results);
    for (size_t i = 0; !rc && i < n; i++) {
        if (results[i].rc)
            return call_refuse(c, results[i].rc, results[i].field, "row %lld",
                               (long long)(orders[i].id.low / 2));
        *(results[i].existed ? &k->b->existed : &k->b->booked) += 1;
    }
    return rc;
}

/* All rows of one day, in calls that stay below the ledger's limit. */
static int book_day(struct booking *k, size_t from, size_t until)
{
    enum { ROWS = LEDGER_ORDERS_MAX / 2 };
    struct call *c = k->c;
    date now, d = k->b->rows[from].day;
    c->now_us = date_instant(d, 18 * 3600);
    int rc = ledger_day(c, &now); /* this day, unless the books' day is set by hand */
    if (!rc && now.days < d.days)
        rc = ledger_day_set(c, d);
    while (!rc && from < until) {
        size_t stop = until - from > ROWS ? from + ROWS : until, n = 0;
        struct ledger_order *orders = arena_alloc(c->arena, 2 * (stop - from) * sizeof *orders);
        for (; !rc && from < stop; from++)
            rc = orders_of(k, &k->b->rows[from], orders, &n);
        if (!rc)
            rc = hand_in(k, orders, n);
    }
    return rc;
}

static int book_days(struct booking *k)
{
    struct call *c = k->c;
    struct arena *outer = c->arena;
    int rc = 0;
    c->arena = arena_new(DAY_MEMORY);
    for (size_t from = 0, until; !rc && from < k->b->n; from = until) {
        for (until = from;
             until < k->b->n && k->b->rows[until].day.days == k->b->rows[from].day.days;)
            until++;
        rc = book_day(k, from, until);
        arena_clear(c->arena);
    }
    arena_free(c->arena);
    c->arena = outer;
    return rc;
}

/* From now on the accounts keep to what the live books ask of a deposit. */
static int limit_all(struct booking *k)
{
    int rc = 0;
    for (int64_t i = 0; !rc && i < k->n_accounts; i++)
        if (k->fresh[i])
            rc = ledger_limits(k->c, k->accounts[i], LEDGER_NO_OVERDRAFT, 0, 0);
    return rc;
}

int ledger_berka_book(struct call *c, struct ledger_berka *b)
{
    struct booking *k = arena_alloc(c->arena, sizeof *k);
    int64_t now_us = c->now_us;
    date day;
    k->c = c;
    k->b = b;
    for (size_t i = 0; i < b->n; i++)
        if (b->rows[i].account >= k->n_accounts)
            k->n_accounts = b->rows[i].account + 1;
    if (k->n_accounts > 10000000) /* numbers index a table */
        return call_refuse(c, BASE_RANGE, "account", "account %lld", (long long)k->n_accounts - 1);
    k->accounts = arena_alloc(c->arena, (size_t)(k->n_accounts + 1) * sizeof *k->accounts);
    k->fresh = arena_alloc(c->arena, (size_t)(k->n_accounts + 1) * sizeof *k->fresh);
    b->booked = b->existed = 0;
    int rc = book_days(k);
    c->now_us = now_us;
    if (!rc)
        rc = limit_all(k);
    if (!rc)
        rc = ledger_day(c, &day);
    if (!rc && day.days < date_of_instant(now_us).days) /* the living bank goes on today */
        rc = ledger_day_set(c, date_of_instant(now_us));
    return rc;
}
