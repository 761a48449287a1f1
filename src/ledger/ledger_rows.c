/* ledger_rows.c -- The room's SQL: transfers, legs, holds, reversals. */
#include "ledger/ledger_fast.h"
#include <string.h>
#include "base/banned.h"

#define DB_ID(id) DB_I((id).high), DB_I((id).low)

void ledger_row_transfer_read(struct call *c, struct db_rows *r, int from, transfer_id id,
                              struct ledger_transfer *out)
{
    const char *memo = db_text(r, from + 12);
    *out = (struct ledger_transfer){
        .id = id,
        .number = db_i64(r, from),
        .kind = (enum ledger_kind)db_i64(r, from + 1),
        .debit = { db_i64(r, from + 2) },
        .credit = { db_i64(r, from + 3) },
        .amount = { db_i64(r, from + 5), (enum currency)db_i64(r, from + 4) },
        .asked = db_i64(r, from + 6),
        .of = { db_i64(r, from + 7), db_i64(r, from + 8) },
        .timeout_s = db_i64(r, from + 9),
        .asked_value = { (int32_t)db_i64(r, from + 10) },
        .code = (int32_t)db_i64(r, from + 11),
        .memo = memo && *memo ? arena_text(c->arena, memo) : "",
        .booked_us = db_i64(r, from + 13),
        .booked = { (int32_t)db_i64(r, from + 14) },
        .value = { (int32_t)db_i64(r, from + 15) },
        .outlet_id = db_i64(r, from + 16),
    };
}

int ledger_row_transfer(struct call *c, transfer_id id, struct ledger_transfer *out, bool *found)
{
    struct db_rows r;
    struct fast *fast;
    struct fast_found x;
    *found = false;
    int rc = ledger_fast_of(c->tx, &fast);
    if (!rc && fast) {
        rc = fast_transfer_by_id(fast, c, id, &x, found);
        if (!rc && *found)
            *out = x.t;
    }
    if (rc || fast)
        return rc;
    rc = db_query(c->tx, &r,
                  "SELECT " LEDGER_TRANSFER_FIELDS " FROM ledger_transfer AS t WHERE t.id_high=$1"
                  " AND t.id_low=$2",
                  DB_ARGS(DB_ID(id)));
    if (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        *found = true;
        ledger_row_transfer_read(c, &r, 0, id, out);
    }
    db_done(&r);
    return rc;
}

int ledger_row_transfers_add(struct call *c, const struct ledger_transfer *list, size_t n)
{
    enum { COLUMNS = 19 };
    struct db_value *all = arena_alloc(c->arena, (n + 1) * COLUMNS * sizeof *all);
    for (size_t i = 0; i < n; i++) {
        const struct ledger_transfer *t = &list[i];
        const struct db_value row[COLUMNS] = { DB_ID(t->id),
                                               DB_I(t->number),
                                               DB_I(t->kind),
                                               DB_I(t->debit.n),
                                               DB_I(t->credit.n),
                                               DB_I(t->amount.currency),
                                               DB_I(t->amount.minor),
                                               DB_I(t->asked),
                                               DB_ID(t->of),
                                               DB_I(t->timeout_s),
                                               DB_I(t->asked_value.days),
                                               DB_I(t->code),
                                               DB_T(t->memo),
                                               DB_I(t->booked_us),
                                               DB_I(t->booked.days),
                                               DB_I(t->value.days),
                                               DB_I(t->outlet_id) };
        memcpy(all + i * COLUMNS, row, sizeof row);
    }
    return db_exec_many(
        c->tx,
        "INSERT INTO ledger_transfer (id_high, id_low, number, kind, debit_id, credit_id, currency,"
        " minor, asked, of_high, of_low, timeout_s, asked_value, code, memo, booked_us, booked_day,"
        " value_day, outlet_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13,"
        " $14, $15, $16, $17, $18, $19)",
        all, COLUMNS, (int)n);
}

static int legs_fast(struct fast *fast, struct call *c, transfer_id id, struct ledger_leg **out,
                     size_t *n)
{
    struct fast_found x;
    bool found;
    int rc = fast_transfer_by_id(fast, c, id, &x, &found);
    if (!rc && found) {
        memcpy(*out, x.legs, x.n_legs * sizeof **out);
        *n = x.n_legs;
    }
    return rc;
}

int ledger_row_legs(struct call *c, transfer_id id, struct ledger_leg **out, size_t *n)
{
    struct db_rows r;
    struct fast *fast;
    struct ledger_leg *legs = arena_alloc(c->arena, LEDGER_LEGS_MAX * sizeof *legs);
    *n = 0;
    *out = legs;
    int rc = ledger_fast_of(c->tx, &fast);
    if (rc || fast)
        return rc ? rc : legs_fast(fast, c, id, out, n);
    rc = db_query(c->tx, &r,
                  "SELECT account_id, side, minor FROM ledger_leg WHERE id_high=$1"
                  " AND id_low=$2 ORDER BY n",
                  DB_ARGS(DB_ID(id)));
    while (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = *n < LEDGER_LEGS_MAX ? 0 : RC_CORRUPT;
        if (rc)
            break;
        legs[(*n)++] = (struct ledger_leg){ { db_i64(&r, 0) },
                                            (enum ledger_side)db_i64(&r, 1),
                                            db_i64(&r, 2) };
    }
    db_done(&r);
    return rc;
}

int ledger_row_legs_add(struct call *c, transfer_id id, const struct ledger_leg *legs, size_t n)
{
    int rc = 0;
    for (size_t i = 0; !rc && i < n; i++)
        rc = db_exec(c->tx,
                     "INSERT INTO ledger_leg (id_high, id_low, n, account_id, side, minor)"
                     " VALUES ($1, $2, $3, $4, $5, $6)",
                     DB_ARGS(DB_ID(id), DB_I((int64_t)i), DB_I(legs[i].account.n),
                             DB_I(legs[i].side), DB_I(legs[i].minor)));
    return rc;
}

/* ---- holds ---- */

#define HOLD_COLUMNS                                                                   \
    "SELECT id_high, id_low, debit_id, credit_id, currency, minor, state, expires_us," \
    " captured FROM ledger_hold"

static void hold_row(struct db_rows *r, struct ledger_hold *h)
{
    *h = (struct ledger_hold){
        .id = { db_i64(r, 0), db_i64(r, 1) },
        .debit = { db_i64(r, 2) },
        .credit = { db_i64(r, 3) },
        .currency = (enum currency)db_i64(r, 4),
        .minor = db_i64(r, 5),
        .state = (enum ledger_hold_state)db_i64(r, 6),
        .expires_us = db_i64(r, 7),
        .captured = db_i64(r, 8),
    };
}

int ledger_row_hold(struct call *c, transfer_id id, struct ledger_hold *out, bool *found)
{
    struct db_rows r;
    *found = false;
    int rc =
        db_query(c->tx, &r, HOLD_COLUMNS " WHERE id_high=$1 AND id_low=$2", DB_ARGS(DB_ID(id)));
    if (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        hold_row(&r, out);
        *found = true;
    }
    db_done(&r);
    return rc;
}

/* What holds an account has is in the memories of other instances, too. */
static int tell_holds(struct call *c)
{
    struct fast *fast;
    int rc = ledger_fast_of(c->tx, &fast);
    return rc || !fast ? rc : fast_tell(fast, c);
}

int ledger_row_hold_add(struct call *c, const struct ledger_hold *h)
{
    int rc = tell_holds(c);
    if (rc)
        return rc;
    return db_exec(c->tx,
                   "INSERT INTO ledger_hold (id_high, id_low, debit_id, credit_id, currency, minor,"
                   " state, expires_us, captured, by_high, by_low, ended_us)"
                   " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0, 0, 0)",
                   DB_ARGS(DB_ID(h->id), DB_I(h->debit.n), DB_I(h->credit.n), DB_I(h->currency),
                           DB_I(h->minor), DB_I(h->state), DB_I(h->expires_us)));
}

int ledger_row_hold_end(struct call *c, const struct ledger_hold *h, transfer_id by, int64_t at_us)
{
    int rc = tell_holds(c);
    if (rc)
        return rc;
    return db_exec(
        c->tx,
        "UPDATE ledger_hold SET state=$3, captured=$4, by_high=$5, by_low=$6,"
        " ended_us=$7 WHERE id_high=$1 AND id_low=$2",
        DB_ARGS(DB_ID(h->id), DB_I(h->state), DB_I(h->captured), DB_ID(by), DB_I(at_us)));
}

int ledger_row_due(struct call *c, int max, struct ledger_hold **out, int *n)
{
    struct db_rows r;
    struct ledger_hold *list = NULL;
    *n = 0;
    int rc = db_query(c->tx, &r,
                      HOLD_COLUMNS " WHERE state=1 AND expires_us>0 AND expires_us<=$1"
                                   " ORDER BY expires_us, id_high, id_low LIMIT $2",
                      DB_ARGS(DB_I(c->now_us), DB_I(max)));
    while (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        if (!list)
            list = arena_alloc(c->arena, (size_t)max * sizeof *list);
        hold_row(&r, &list[(*n)++]);
    }
    db_done(&r);
    *out = list;
    return rc;
}
_Static_assert(HOLD_OPEN == 1, "the statement above says so");

/* ---- reversals ---- */

int ledger_row_reversed(struct call *c, transfer_id of, bool *found)
{
    int64_t n = 0;
    int rc =
        db_one_i64(c->tx, "SELECT COUNT(*) FROM ledger_reversal WHERE of_high=$1 AND of_low=$2",
                   DB_ARGS(DB_ID(of)), 0, &n);
    *found = n > 0;
    return rc;
}

int ledger_row_reversal_add(struct call *c, transfer_id of, transfer_id by)
{
    return db_exec(c->tx,
                   "INSERT INTO ledger_reversal (of_high, of_low, by_high, by_low)"
                   " VALUES ($1, $2, $3, $4)",
                   DB_ARGS(DB_ID(of), DB_ID(by)));
}
