/* ledger_read.c -- What was booked: transfers, lines, balances of the past, search. */
#include "ledger/ledger_fast.h"
#include "base/banned.h"

int ledger_transfer_get(struct call *c, transfer_id id, struct ledger_transfer *out)
{
    bool found;
    int rc = ledger_row_transfer(c, id, out, &found);
    if (!rc && !found)
        rc = call_refuse(c, LEDGER_NO_TRANSFER, "id", "no such transfer");
    return rc;
}

int ledger_transfer_legs(struct call *c, const struct ledger_transfer *t, struct ledger_leg **legs,
                         size_t *n)
{
    int rc = ledger_row_legs(c, t->id, legs, n);
    if (!rc && !*n && t->kind != LEDGER_HOLD && t->kind != LEDGER_VOID) {
        (*legs)[0] = (struct ledger_leg){ t->debit, LEDGER_DEBIT, t->amount.minor };
        (*legs)[1] = (struct ledger_leg){ t->credit, LEDGER_CREDIT, t->amount.minor };
        *n = 2;
    }
    return rc;
}

int ledger_hold_get(struct call *c, transfer_id id, enum ledger_hold_state *state, int64_t *minor,
                    int64_t *expires_us)
{
    struct ledger_hold h;
    bool found;
    int rc = ledger_row_hold(c, id, &h, &found);
    if (!rc && !found)
        rc = call_refuse(c, LEDGER_NOT_A_HOLD, "id", "no such hold");
    if (rc)
        return rc;
    *state = ledger_rule_hold_state(&h, c->now_us);
    *minor = *state == HOLD_OPEN ? h.minor : 0;
    *expires_us = h.expires_us;
    return 0;
}

/* ---- lines ---- */

#define ENTRY_FIELDS                                                                               \
    "p.seq, p.id_high, p.id_low, p.side, p.minor, p.debits, p.credits, p.booked_us, p.booked_day," \
    " p.value_day"
#define ENTRY_COLUMNS "SELECT " ENTRY_FIELDS " FROM ledger_posting AS p"
enum { ENTRY_COUNT = 10 };

static struct ledger_entry entry_row(struct db_rows *r)
{
    return (struct ledger_entry){
        .seq = db_i64(r, 0),
        .transfer = { db_i64(r, 1), db_i64(r, 2) },
        .side = (enum ledger_side)db_i64(r, 3),
        .minor = db_i64(r, 4),
        .debits = db_i64(r, 5),
        .credits = db_i64(r, 6),
        .booked_us = db_i64(r, 7),
        .booked = { (int32_t)db_i64(r, 8) },
        .value = { (int32_t)db_i64(r, 9) },
    };
}

int ledger_entries(struct call *c, account_id id, int64_t after_seq, int max,
                   struct ledger_entry **out, int *n)
{
    struct db_rows r;
    CHECK(max > 0);
    struct fast *fast;
    struct ledger_entry *list = arena_alloc(c->arena, (size_t)max * sizeof *list);
    *n = 0;
    *out = list;
    int rc = ledger_fast_of(c->tx, &fast);
    if (rc || fast)
        return rc ? rc : fast_entries(fast, c, id, after_seq, max, list, n);
    rc = db_query(c->tx, &r, ENTRY_COLUMNS " WHERE account_id=$1 AND seq>$2 ORDER BY seq LIMIT $3",
                  DB_ARGS(DB_I(id.n), DB_I(after_seq), DB_I(max)));
    while (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        list[(*n)++] = entry_row(&r);
    }
    db_done(&r);
    return rc;
}

/* ---- balances of the past ---- */

/* The last line that the statement finds, from the newest backwards; none: zero totals. */
static int last_line(struct call *c, const char *sql, account_id id, int64_t until,
                     struct ledger_entry *out)
{
    struct db_rows r;
    *out = (struct ledger_entry){ 0 };
    int rc = db_query(c->tx, &r, sql, DB_ARGS(DB_I(id.n), DB_I(until)));
    if (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        *out = entry_row(&r);
    }
    db_done(&r);
    return rc;
}

/* credits - debits of some lines */
static int net_of(struct call *c, const char *sql, const struct db_value *args, int n_args,
                  int64_t *net)
{
    return db_one_i64(c->tx, sql, args, n_args, 0, net);
}

/* Both terms are differences of totals >= 0, and their sum is one, too. */
static int64_t own_side(const struct ledger_account *a, int64_t net)
{
    return a->debit_side ? -net : net;
}

int ledger_balance_at(struct call *c, account_id id, int64_t at_us, int64_t *minor)
{
    struct ledger_account a;
    struct ledger_entry e;
    struct fast *fast = NULL;
    int64_t tail = 0;
    int rc = ledger_account_load(c, id, &a);
    if (!rc)
        rc = ledger_fast_of(c->tx, &fast);
    if (!rc && fast)
        rc = fast_entry_until(fast, c, id, at_us, (date){ INT32_MAX }, &e);
    if (!rc && !fast)
        rc = last_line(c,
                       ENTRY_COLUMNS " WHERE account_id=$1 AND booked_us<=$2"
                                     " ORDER BY seq DESC LIMIT 1",
                       id, at_us, &e);
    if (!rc && !fast)
        rc = net_of(c,
                    "SELECT CAST(SUM(CASE side WHEN 2 THEN minor ELSE -minor END) AS BIGINT)"
                    " FROM ledger_tail WHERE account_id=$1 AND booked_us<=$2",
                    DB_ARGS(DB_I(id.n), DB_I(at_us)), &tail);
    if (!rc)
        *minor = own_side(&a, e.credits - e.debits + tail);
    return rc;
}

int ledger_entry_on(struct call *c, account_id id, date d, struct ledger_entry *out)
{
    struct fast *fast;
    int rc = ledger_fast_of(c->tx, &fast);
    if (rc || fast)
        return rc ? rc : fast_entry_until(fast, c, id, INT64_MAX, d, out);
    return last_line(c,
                     ENTRY_COLUMNS " WHERE account_id=$1 AND booked_day<=$2"
                                   " ORDER BY seq DESC LIMIT 1",
                     id, d.days, out);
}

static int plain_lines(struct call *c, account_id id, int64_t after_seq, int max,
                       struct ledger_entry *list, int *n)
{
    struct db_rows r;
    int rc = db_query(c->tx, &r,
                      "SELECT " ENTRY_FIELDS
                      ", t.number, t.kind, t.code, t.memo, t.debit_id, t.credit_id"
                      " FROM ledger_posting AS p JOIN ledger_transfer AS t"
                      " ON t.id_high=p.id_high AND t.id_low=p.id_low"
                      " WHERE p.account_id=$1 AND p.seq>$2 ORDER BY p.seq LIMIT $3",
                      DB_ARGS(DB_I(id.n), DB_I(after_seq), DB_I(max)));
    while (!rc && (rc = db_next(&r)) == DB_ROW) {
        struct ledger_entry *e = &list[*n];
        *e = entry_row(&r);
        rc = e->seq == after_seq + 1 + *n ? 0 : RC_CORRUPT; /* a line without its transfer */
        const char *memo = db_text(&r, ENTRY_COUNT + 3);
        int64_t debit = db_i64(&r, ENTRY_COUNT + 4), credit = db_i64(&r, ENTRY_COUNT + 5);
        e->number = db_i64(&r, ENTRY_COUNT);
        e->kind = (enum ledger_kind)db_i64(&r, ENTRY_COUNT + 1);
        e->code = (int32_t)db_i64(&r, ENTRY_COUNT + 2);
        e->memo = memo && *memo ? arena_text(c->arena, memo) : "";
        e->other.n = !debit ? 0 : debit == id.n ? credit : debit;
        ++*n;
    }
    db_done(&r);
    return rc;
}

int ledger_lines(struct call *c, account_id id, int64_t after_seq, int max,
                 struct ledger_entry **out, int *n)
{
    struct fast *fast;
    CHECK(max > 0);
    *n = 0;
    *out = arena_alloc(c->arena, (size_t)max * sizeof **out);
    int rc = ledger_fast_of(c->tx, &fast);
    if (rc)
        return rc;
    return fast ? fast_entries(fast, c, id, after_seq, max, *out, n)
                : plain_lines(c, id, after_seq, max, *out, n);
}

int ledger_transfer_meta(struct call *c, transfer_id id, struct ledger_pair **out, size_t *n)
{
    return ledger_row_meta(c, OWNER_TRANSFER, id, out, n);
}

int ledger_account_meta(struct call *c, account_id id, struct ledger_pair **out, size_t *n)
{
    return ledger_row_meta(c, OWNER_ACCOUNT, (transfer_id){ 0, id.n }, out, n);
}

static int net_on(struct call *c, account_id id, date d, struct ledger_entry *e, int64_t *net)
{
    int64_t tail = 0;
    struct fast *fast = NULL;
    int rc = ledger_entry_on(c, id, d, e);
    if (!rc)
        rc = ledger_fast_of(c->tx, &fast);
    if (!rc && !fast)
        rc = net_of(c,
                    "SELECT CAST(SUM(CASE side WHEN 2 THEN minor ELSE -minor END) AS BIGINT)"
                    " FROM ledger_tail WHERE account_id=$1 AND booked_day<=$2",
                    DB_ARGS(DB_I(id.n), DB_I(d.days)), &tail);
    *net = rc ? 0 : e->credits - e->debits + tail;
    return rc;
}

int ledger_balance_on(struct call *c, account_id id, date d, int64_t *minor)
{
    struct ledger_account a;
    struct ledger_entry e;
    int64_t net = 0;
    int rc = ledger_account_load(c, id, &a);
    if (!rc)
        rc = net_on(c, id, d, &e, &net);
    if (!rc)
        *minor = own_side(&a, net);
    return rc;
}

/* A value date is never after its booking date, so all that was booked until d counts, and of what
 * came later only the back-valued. */
int ledger_balance_value(struct call *c, account_id id, date d, int64_t *minor)
{
    struct ledger_account a;
    struct ledger_entry e;
    struct fast *fast = NULL;
    int64_t net = 0, later = 0, tail = 0;
    int rc = ledger_account_load(c, id, &a);
    if (!rc)
        rc = net_on(c, id, d, &e, &net);
    if (!rc)
        rc = ledger_fast_of(c->tx, &fast);
    if (!rc && fast)
        rc = fast_net_later(fast, c, id, e.seq, d, &later);
    if (!rc && !fast)
        rc = net_of(c,
                    "SELECT CAST(SUM(CASE side WHEN 2 THEN minor ELSE -minor END) AS BIGINT)"
                    " FROM ledger_posting WHERE account_id=$1 AND seq>$2 AND value_day<=$3",
                    DB_ARGS(DB_I(id.n), DB_I(e.seq), DB_I(d.days)), &later);
    if (!rc && !fast)
        rc = net_of(c,
                    "SELECT CAST(SUM(CASE side WHEN 2 THEN minor ELSE -minor END) AS BIGINT)"
                    " FROM ledger_tail WHERE account_id=$1 AND booked_day>$2 AND value_day<=$2",
                    DB_ARGS(DB_I(id.n), DB_I(d.days)), &tail);
    if (!rc)
        *minor = own_side(&a, net + later + tail);
    return rc;
}

int ledger_value_changes(struct call *c, account_id id, date from, int64_t *before,
                         struct ledger_value_change **out, int *n)
{
    struct ledger_account a;
    struct ledger_entry e;
    struct fast *fast;
    struct db_rows r;
    *n = 0;
    int rc = ledger_account_load(c, id, &a);
    if (!rc && (a.flags & LEDGER_HOT))
        rc = call_refuse(c, LEDGER_HOT_LIMITED, "account", "%lld", (long long)id.n);
    if (!rc)
        rc = ledger_entry_on(c, id, (date){ from.days - 1 }, &e);
    if (rc)
        return rc;
    *before = own_side(&a, e.credits - e.debits);
    rc = ledger_fast_of(c->tx, &fast);
    if (!rc && fast)
        rc = fast_value_changes(fast, c, id, e.seq, out, n);
    for (int i = 0; fast && i < *n; i++)
        (*out)[i].minor = own_side(&a, (*out)[i].minor);
    if (rc || fast)
        return rc;
    int64_t room = a.entries - e.seq; /* each line at most one value date */
    struct ledger_value_change *list = arena_alloc(c->arena, (size_t)(room + 1) * sizeof *list);
    *out = list;
    if (room <= 0)
        return 0;
    rc = db_query(c->tx, &r,
                  "SELECT value_day, CAST(SUM(CASE side WHEN 2 THEN minor ELSE -minor END)"
                  " AS BIGINT) FROM ledger_posting WHERE account_id=$1 AND seq>$2"
                  " GROUP BY value_day ORDER BY value_day",
                  DB_ARGS(DB_I(id.n), DB_I(e.seq)));
    while (!rc && *n < room && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        list[(*n)++] =
            (struct ledger_value_change){ { (int32_t)db_i64(&r, 0) }, own_side(&a, db_i64(&r, 1)) };
    }
    db_done(&r);
    return rc;
}

/* ---- search ---- */

static int find_owners(struct call *c, enum ledger_owner owner, const struct ledger_pair *pair,
                       transfer_id after, int max, transfer_id *out, int *n)
{
    struct db_rows r;
    *n = 0;
    int rc = db_query(c->tx, &r,
                      "SELECT id_high, id_low FROM ledger_meta WHERE meta_key=$1 AND meta_value=$2"
                      " AND owner=$3 AND (id_high>$4 OR (id_high=$4 AND id_low>$5))"
                      " ORDER BY id_high, id_low LIMIT $6",
                      DB_ARGS(DB_T(pair->key), DB_T(pair->value), DB_I(owner), DB_I(after.high),
                              DB_I(after.low), DB_I(max)));
    while (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        out[(*n)++] = (transfer_id){ db_i64(&r, 0), db_i64(&r, 1) };
    }
    db_done(&r);
    return rc;
}

int ledger_find_transfers(struct call *c, const char *key, const char *value, transfer_id after,
                          int max, transfer_id **out, int *n)
{
    CHECK(max > 0);
    if (!after.high && !after.low) /* an id's low half may be below zero */
        after = (transfer_id){ -1, 0 };
    *out = arena_alloc(c->arena, (size_t)max * sizeof **out);
    return find_owners(c, OWNER_TRANSFER, &(struct ledger_pair){ key, value }, after, max, *out, n);
}

int ledger_find_accounts(struct call *c, const char *key, const char *value, account_id after,
                         int max, account_id **out, int *n)
{
    CHECK(max > 0);
    transfer_id *ids = arena_alloc(c->arena, (size_t)max * sizeof *ids);
    int rc = find_owners(c, OWNER_ACCOUNT, &(struct ledger_pair){ key, value },
                         (transfer_id){ 0, after.n }, max, ids, n);
    *out = arena_alloc(c->arena, (size_t)max * sizeof **out);
    for (int i = 0; !rc && i < *n; i++)
        (*out)[i].n = ids[i].low;
    return rc;
}
