/* ledger_find.c -- See ledger_find.h. */
#include "ledger/ledger_find.h"
#include "ledger/ledger_fast.h"
#include <string.h>
#include "base/banned.h"

#define DB_ID(id) DB_I((id).high), DB_I((id).low)

/* ---- accounts ---- */

int ledger_accounts(struct call *c, const struct ledger_accounts_wanted *w, int max,
                    struct ledger_account **out, int *n)
{
    struct db_rows r;
    CHECK(max > 0);
    const char *subject = w->subject ? w->subject : "";
    int64_t *ids = arena_alloc(c->arena, (size_t)max * sizeof *ids);
    *n = 0;
    int rc = db_query(
        c->tx, &r,
        "SELECT id FROM ledger_account WHERE ($1=-1 OR outlet_id=$1)"
        " AND ($2=0 OR currency=$2) AND ($3='' OR subject=$3) AND id>$4"
        " ORDER BY id LIMIT $5",
        DB_ARGS(DB_I(w->outlet_id), DB_I(w->currency), DB_T(subject), DB_I(w->after.n), DB_I(max)));
    while (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        ids[(*n)++] = db_i64(&r, 0);
    }
    db_done(&r);
    struct ledger_account *list = arena_alloc(c->arena, (size_t)(*n + 1) * sizeof *list);
    for (int i = 0; !rc && i < *n; i++)
        rc = ledger_account_get(c, (account_id){ ids[i] }, &list[i]);
    *out = list;
    return rc;
}

/* In the plain layout a hot account's unfolded legs come on top of its last line. */
static int add_tail(struct call *c, account_id id, date d, int64_t *debits, int64_t *credits)
{
    struct db_rows r;
    int rc = db_query(c->tx, &r,
                      "SELECT side, CAST(SUM(minor) AS BIGINT) FROM ledger_tail WHERE account_id=$1"
                      " AND booked_day<=$2 GROUP BY side",
                      DB_ARGS(DB_I(id.n), DB_I(d.days)));
    while (!rc && (rc = db_next(&r)) == DB_ROW) {
        int64_t *total = db_i64(&r, 0) == LEDGER_DEBIT ? debits : credits;
        rc = __builtin_add_overflow(*total, db_i64(&r, 1), total) ? RC_FULL : 0;
    }
    db_done(&r);
    return rc;
}

int ledger_turnover_on(struct call *c, account_id id, date d, int64_t *debits, int64_t *credits)
{
    struct ledger_entry e;
    struct fast *fast;
    int rc = ledger_fast_of(c->tx, &fast);
    if (!rc)
        rc = ledger_entry_on(c, id, d, &e);
    if (rc)
        return rc;
    *debits = e.debits;
    *credits = e.credits;
    return fast ? 0 : add_tail(c, id, d, debits, credits);
}

/* ---- transfers ---- */

int ledger_transfer_by_number(struct call *c, int64_t number, struct ledger_transfer *out)
{
    struct db_rows r;
    transfer_id id = { 0, 0 };
    bool found = false;
    struct fast *fast;
    struct fast_found x;
    int rc = ledger_fast_of(c->tx, &fast);
    if (!rc && fast) {
        rc = fast_transfer(fast, c, number, &x);
        *out = x.t;
        return rc > 0 ? call_refuse(c, rc, "number", "no such transfer") : rc;
    }
    if (rc)
        return rc;
    rc = db_query(c->tx, &r, "SELECT id_high, id_low FROM ledger_transfer WHERE number=$1",
                  DB_ARGS(DB_I(number)));
    if (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        found = true;
        id = (transfer_id){ db_i64(&r, 0), db_i64(&r, 1) };
    }
    db_done(&r);
    if (!rc && !found)
        rc = call_refuse(c, LEDGER_NO_TRANSFER, "number", "no such transfer");
    return rc ? rc : ledger_transfer_get(c, id, out);
}

static bool fits(const struct ledger_transfers_wanted *w, int64_t day, int64_t minor,
                 int64_t currency, const char *memo)
{
    return day >= w->from.days && day <= w->until.days && minor >= w->min_minor &&
           minor <= w->max_minor && (!w->currency || currency == w->currency) &&
           (!w->memo || (memo && strstr(memo, w->memo)));
}

struct looking {
    const struct ledger_transfers_wanted *wanted;
    transfer_id *ids;
    int n, max;
    int64_t seen;
    transfer_id last;
    bool more;
};

/* True: enough. */
static bool look_at(struct looking *l, transfer_id id, bool good)
{
    l->last = id;
    l->more = ++l->seen == LEDGER_LOOKED;
    if (good)
        l->ids[l->n++] = id;
    l->more = l->more || l->n == l->max;
    return l->more;
}

/* Rows by the primary key, newest first; what fits is told here, so that it may stop anywhere. */
static int look_plain(struct call *c, struct looking *l)
{
    struct db_rows r;
    transfer_id from = l->wanted->before;
    if (!from.high && !from.low)
        from = (transfer_id){ INT64_MAX, INT64_MAX };
    int rc = db_query(c->tx, &r,
                      "SELECT id_high, id_low, booked_day, minor, currency, memo"
                      " FROM ledger_transfer WHERE id_high<=$1 AND (id_high<$1 OR id_low<$2)"
                      " ORDER BY id_high DESC, id_low DESC LIMIT $3",
                      DB_ARGS(DB_ID(from), DB_I(LEDGER_LOOKED)));
    while (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        if (look_at(l, (transfer_id){ db_i64(&r, 0), db_i64(&r, 1) },
                    fits(l->wanted, db_i64(&r, 2), db_i64(&r, 3), db_i64(&r, 4), db_text(&r, 5))))
            break;
    }
    db_done(&r);
    return rc;
}

struct brief { /* a transfer of a row, until the row is walked from its end */
    transfer_id id;
    int64_t number;
    bool good;
};

static int look_row(struct call *c, struct looking *l, const struct pack *row, int64_t below,
                    bool *enough)
{
    struct unpack *u = arena_alloc(c->arena, sizeof *u);
    struct brief *list = arena_alloc(c->arena, (size_t)(row->n + 1) * sizeof *list);
    struct ledger_transfer t;
    int64_t n = 0;
    int rc;
    unpack_begin(u, row);
    while ((rc = unpack_next(u, &t)) == 1 && n < row->n)
        list[n++] = (struct brief){ t.id, t.number,
                                    fits(l->wanted, t.booked.days, t.amount.minor,
                                         t.amount.currency, t.memo) };
    while (!rc && n > 0 && !*enough) {
        n--;
        if (list[n].number < below)
            *enough = look_at(l, list[n].id, list[n].good);
    }
    return rc;
}

/* Rows of many transfers, newest first, each walked from its end. */
static int look_fast(struct call *c, struct fast *fast, struct looking *l)
{
    struct db_rows r;
    struct fast_found x;
    struct call k = *c;
    int64_t below = INT64_MAX;
    bool found = true, enough = false;
    int rc = 0;
    if (l->wanted->before.high || l->wanted->before.low) {
        rc = fast_transfer_by_id(fast, c, l->wanted->before, &x, &found);
        below = found ? x.t.number : 0;
    }
    if (rc)
        return rc;
    k.arena = arena_new(64 << 20);
    rc = db_query(c->tx, &r, PACK_COLUMNS " WHERE first<$1 ORDER BY first DESC",
                  DB_ARGS(DB_I(below)));
    while (!rc && !enough && (rc = db_next(&r)) == DB_ROW) {
        struct pack row;
        pack_read(&r, &row);
        rc = look_row(&k, l, &row, below, &enough);
        arena_clear(k.arena);
    }
    db_done(&r);
    arena_free(k.arena);
    return rc;
}

int ledger_transfers(struct call *c, const struct ledger_transfers_wanted *w, int max,
                     struct ledger_transfer **out, int *n, transfer_id *last, bool *more)
{
    struct fast *fast;
    CHECK(max > 0);
    struct looking l = { .wanted = w,
                         .ids = arena_alloc(c->arena, (size_t)max * sizeof *l.ids),
                         .max = max };
    int rc = ledger_fast_of(c->tx, &fast);
    if (!rc)
        rc = fast ? look_fast(c, fast, &l) : look_plain(c, &l);
    struct ledger_transfer *list = arena_alloc(c->arena, (size_t)(l.n + 1) * sizeof *list);
    for (int i = 0; !rc && i < l.n; i++)
        rc = ledger_transfer_get(c, l.ids[i], &list[i]);
    *out = list;
    *n = l.n;
    *last = l.last;
    *more = l.more;
    return rc;
}

/* ---- the event ---- */

struct heard {
    event_see *see;
    void *ctx;
    bool any;
};

static bool hear(void *ctx, const struct event *e)
{
    struct heard *h = ctx;
    h->any = true;
    return h->see(h->ctx, e);
}

int ledger_transfer_event(struct call *c, const struct ledger_transfer *t, event_see *see,
                          void *ctx)
{
    struct heard h = { see, ctx, false };
    struct fast *fast;
    struct db_rows r;
    int64_t first = 0, chain = 0;
    int rc = event_of(c->tx, t->outlet_id, t->number, NULL, hear, &h);
    if (!rc)
        rc = ledger_fast_of(c->tx, &fast);
    if (rc || h.any || !fast)
        return rc;
    if (!t->outlet_id && t->debit.n) { /* of a row of several outlets: was it told by itself? */
        struct ledger_account a;
        rc = ledger_account_load(c, t->debit, &a);
        if (!rc && a.outlet_id)
            rc = event_of(c->tx, a.outlet_id, t->number, "transfer.", hear, &h);
        if (rc || h.any)
            return rc;
    }
    /* of a call of many orders: one event for its row */
    rc = db_query(c->tx, &r,
                  "SELECT first, chain FROM ledger_chunk WHERE first<=$1"
                  " ORDER BY first DESC LIMIT 1",
                  DB_ARGS(DB_I(t->number)));
    if (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        first = db_i64(&r, 0);
        chain = db_i64(&r, 1);
    }
    db_done(&r);
    return rc || !first ? rc : event_of(c->tx, chain, first, "transfers.", see, ctx);
}

int ledger_reversed_by(struct call *c, transfer_id of, transfer_id *by, bool *found)
{
    struct db_rows r;
    *found = false;
    int rc = db_query(c->tx, &r,
                      "SELECT by_high, by_low FROM ledger_reversal WHERE of_high=$1 AND of_low=$2",
                      DB_ARGS(DB_ID(of)));
    if (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        *found = true;
        *by = (transfer_id){ db_i64(&r, 0), db_i64(&r, 1) };
    }
    db_done(&r);
    return rc;
}

/* ---- holds ---- */

int ledger_holds_of(struct call *c, account_id id, int max, struct ledger_hold_line **out, int *n)
{
    struct db_rows r;
    CHECK(max > 0);
    struct ledger_hold_line *list = arena_alloc(c->arena, (size_t)max * sizeof *list);
    *n = 0;
    int rc = db_query(c->tx, &r,
                      "SELECT id_high, id_low, debit_id, credit_id, minor, expires_us"
                      " FROM ledger_hold WHERE state=1 AND (debit_id=$1 OR credit_id=$1)"
                      " AND (expires_us=0 OR expires_us>$2) ORDER BY id_high, id_low LIMIT $3",
                      DB_ARGS(DB_I(id.n), DB_I(c->now_us), DB_I(max)));
    while (!rc && (rc = db_next(&r)) == DB_ROW) {
        bool debit = db_i64(&r, 2) == id.n;
        rc = 0;
        list[(*n)++] = (struct ledger_hold_line){ .id = { db_i64(&r, 0), db_i64(&r, 1) },
                                                  .side = debit ? LEDGER_DEBIT : LEDGER_CREDIT,
                                                  .other = { db_i64(&r, debit ? 3 : 2) },
                                                  .minor = db_i64(&r, 4),
                                                  .expires_us = db_i64(&r, 5) };
    }
    db_done(&r);
    *out = list;
    return rc;
}
_Static_assert(HOLD_OPEN == 1, "the statement above says so");
