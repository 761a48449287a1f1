/* ledger_store.c -- The room's SQL: accounts, postings, metadata. */
#include "ledger/ledger_fast.h"
#include <stdio.h>
#include <string.h>
#include "base/banned.h"

#define DB_ID(id) DB_I((id).high), DB_I((id).low)

/* ---- accounts ---- */

static void account_row(struct db_rows *r, struct ledger_account *a)
{
    *a = (struct ledger_account){
        .id = { db_i64(r, 0) },
        .outlet_id = db_i64(r, 1),
        .currency = (enum currency)db_i64(r, 2),
        .debit_side = db_i64(r, 4) != 0,
        .flags = (int)db_i64(r, 6),
        .min_minor = db_i64(r, 7),
        .max_minor = db_i64(r, 8),
        .state = (enum ledger_state)db_i64(r, 9),
        .freeze = (enum ledger_freeze)db_i64(r, 10),
        .frozen_minor = db_i64(r, 11),
        .stopped = db_i64(r, 12) != 0,
        .totals = { db_i64(r, 13), db_i64(r, 14), db_i64(r, 15), db_i64(r, 16) },
        .entries = db_i64(r, 17),
        .last_us = db_i64(r, 18),
        .opened_us = db_i64(r, 19),
        .opened = { (int32_t)db_i64(r, 20) },
    };
    snprintf(a->subject, sizeof a->subject, "%s", db_text(r, 3));
    snprintf(a->name, sizeof a->name, "%s", db_text(r, 5));
}

#define ACCOUNT_FIRST                                                              \
    "SELECT id, outlet_id, currency, subject, debit_side, name, flags, min_minor," \
    " max_minor, state, freeze, frozen_minor, stopped, debits, credits,"
#define ACCOUNT_LAST    " entries, last_us, opened_us, opened_day FROM ledger_account"
#define ACCOUNT_COLUMNS ACCOUNT_FIRST " debits_pending, credits_pending," ACCOUNT_LAST

int ledger_row_account(struct call *c, account_id id, struct ledger_account *out, bool *found)
{
    struct db_rows r;
    *found = false;
    int rc = db_query(c->tx, &r, ACCOUNT_COLUMNS " WHERE id=$1", DB_ARGS(DB_I(id.n)));
    if (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        account_row(&r, out);
        *found = true;
    }
    db_done(&r);
    return rc;
}

static int accounts_read(struct call *c, const char *sql, const struct db_value *ids, int n,
                         struct ledger_account *out, size_t *found)
{
    struct db_rows r;
    *found = 0;
    int rc = db_query_many(c->tx, &r, sql, ids, 1, n);
    while (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        account_row(&r, &out[(*found)++]);
    }
    db_done(&r);
    return rc;
}

int ledger_row_accounts(struct call *c, const struct db_value *ids, int n,
                        struct ledger_account *out, size_t *found)
{
    return accounts_read(c, ACCOUNT_COLUMNS " WHERE id=$1", ids, n, out, found);
}

int ledger_row_accounts_held(struct call *c, const struct db_value *ids, int n,
                             struct ledger_account *out, size_t *found)
{
    return accounts_read(c,
                         ACCOUNT_FIRST
                         " COALESCE((SELECT CAST(SUM(h.minor) AS BIGINT) FROM ledger_hold h WHERE"
                         " h.debit_id=$1 AND h.state=1), 0) AS held_debits,"
                         " COALESCE((SELECT CAST(SUM(h.minor) AS BIGINT) FROM ledger_hold h WHERE"
                         " h.credit_id=$1 AND h.state=1), 0) AS held_credits," ACCOUNT_LAST
                         " WHERE id=$1",
                         ids, n, out, found);
}
_Static_assert(HOLD_OPEN == 1, "the statement above says so");

int ledger_row_account_add(struct call *c, const struct ledger_account *a)
{
    return db_exec(c->tx,
                   "INSERT INTO ledger_account (id, outlet_id, currency, subject, debit_side, name,"
                   " flags, min_minor, max_minor, state, freeze, frozen_minor, stopped, debits,"
                   " credits, debits_pending, credits_pending, entries, last_us, opened_us,"
                   " opened_day) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, 0, 0, 0, 0, 0,"
                   " 0, 0, 0, $11, $12)",
                   DB_ARGS(DB_I(a->id.n), DB_I(a->outlet_id), DB_I(a->currency), DB_T(a->subject),
                           DB_I(a->debit_side), DB_T(a->name), DB_I(a->flags), DB_I(a->min_minor),
                           DB_I(a->max_minor), DB_I(a->state), DB_I(a->opened_us),
                           DB_I(a->opened.days)));
}

int ledger_row_totals_save(struct call *c, const struct ledger_account *const *list, size_t n)
{
    enum { COLUMNS = 7 };
    struct db_value *all = arena_alloc(c->arena, (n + 1) * COLUMNS * sizeof *all);
    for (size_t i = 0; i < n; i++) {
        const struct ledger_account *a = list[i];
        const struct db_value row[COLUMNS] = { DB_I(a->id.n),
                                               DB_I(a->totals.debits),
                                               DB_I(a->totals.credits),
                                               DB_I(a->totals.debits_pending),
                                               DB_I(a->totals.credits_pending),
                                               DB_I(a->entries),
                                               DB_I(a->last_us) };
        memcpy(all + i * COLUMNS, row, sizeof row);
    }
    return db_exec_many(c->tx,
                        "UPDATE ledger_account SET debits=$2, credits=$3, debits_pending=$4,"
                        " credits_pending=$5, entries=$6, last_us=$7 WHERE id=$1",
                        all, COLUMNS, (int)n);
}

int ledger_row_state_save(struct call *c, const struct ledger_account *a)
{
    struct fast *fast;
    int rc = ledger_fast_of(c->tx, &fast);
    if (rc)
        return rc;
    if (fast) {
        fast_reload(fast, a->id);
        rc = fast_tell(fast, c);
        if (rc)
            return rc;
    }
    return db_exec(c->tx,
                   "UPDATE ledger_account SET flags=$2, min_minor=$3, max_minor=$4, state=$5,"
                   " freeze=$6, frozen_minor=$7, stopped=$8 WHERE id=$1",
                   DB_ARGS(DB_I(a->id.n), DB_I(a->flags), DB_I(a->min_minor), DB_I(a->max_minor),
                           DB_I(a->state), DB_I(a->freeze), DB_I(a->frozen_minor),
                           DB_I(a->stopped)));
}

/* ---- postings ---- */

int ledger_row_postings_add(struct call *c, const struct ledger_posting *list, size_t n)
{
    enum { COLUMNS = 11 };
    struct db_value *all = arena_alloc(c->arena, (n + 1) * COLUMNS * sizeof *all);
    for (size_t i = 0; i < n; i++) {
        const struct ledger_entry *e = &list[i].entry;
        const struct db_value row[COLUMNS] = { DB_I(list[i].account.n), DB_I(e->seq),
                                               DB_ID(e->transfer),      DB_I(e->side),
                                               DB_I(e->minor),          DB_I(e->debits),
                                               DB_I(e->credits),        DB_I(e->booked_us),
                                               DB_I(e->booked.days),    DB_I(e->value.days) };
        memcpy(all + i * COLUMNS, row, sizeof row);
    }
    return db_exec_many(c->tx,
                        "INSERT INTO ledger_posting (account_id, seq, id_high, id_low, side, minor,"
                        " debits, credits, booked_us, booked_day, value_day)"
                        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
                        all, COLUMNS, (int)n);
}

int ledger_row_tails_add(struct call *c, const struct ledger_posting *list, size_t n)
{
    enum { COLUMNS = 9 };
    struct db_value *all = arena_alloc(c->arena, (n + 1) * COLUMNS * sizeof *all);
    for (size_t i = 0; i < n; i++) {
        const struct ledger_entry *e = &list[i].entry;
        const struct db_value row[COLUMNS] = { DB_I(call_id(c)),     DB_I(list[i].account.n),
                                               DB_ID(e->transfer),   DB_I(e->side),
                                               DB_I(e->minor),       DB_I(e->booked_us),
                                               DB_I(e->booked.days), DB_I(e->value.days) };
        memcpy(all + i * COLUMNS, row, sizeof row);
    }
    return db_exec_many(c->tx,
                        "INSERT INTO ledger_tail (number, account_id, id_high, id_low, side, minor,"
                        " booked_us, booked_day, value_day)"
                        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                        all, COLUMNS, (int)n);
}

int ledger_row_tail_totals(struct call *c, account_id id, struct ledger_totals *totals)
{
    struct db_rows r;
    int rc = db_query(c->tx, &r,
                      "SELECT side, CAST(SUM(minor) AS BIGINT) FROM ledger_tail"
                      " WHERE account_id=$1 GROUP BY side",
                      DB_ARGS(DB_I(id.n)));
    while (!rc && (rc = db_next(&r)) == DB_ROW) {
        int64_t *total = db_i64(&r, 0) == LEDGER_DEBIT ? &totals->debits : &totals->credits;
        rc = __builtin_add_overflow(*total, db_i64(&r, 1), total) ? RC_FULL : 0;
    }
    db_done(&r);
    return rc;
}

/* ---- metadata ---- */

int ledger_row_meta(struct call *c, enum ledger_owner owner, transfer_id id,
                    struct ledger_pair **out, size_t *n)
{
    struct db_rows r;
    struct ledger_pair *pairs = arena_alloc(c->arena, LEDGER_META_MAX * sizeof *pairs);
    *n = 0;
    int rc = db_query(c->tx, &r,
                      "SELECT meta_key, meta_value FROM ledger_meta WHERE owner=$1 AND id_high=$2"
                      " AND id_low=$3 ORDER BY meta_key",
                      DB_ARGS(DB_I(owner), DB_ID(id)));
    while (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = *n < LEDGER_META_MAX ? 0 : RC_CORRUPT;
        if (rc)
            break;
        pairs[*n].key = arena_text(c->arena, db_text(&r, 0));
        pairs[(*n)++].value = arena_text(c->arena, db_text(&r, 1));
    }
    db_done(&r);
    *out = pairs;
    return rc;
}

int ledger_row_meta_add(struct call *c, enum ledger_owner owner, transfer_id id,
                        const struct ledger_pair *meta, size_t n)
{
    int rc = 0;
    for (size_t i = 0; !rc && i < n; i++)
        rc = db_exec(c->tx,
                     "INSERT INTO ledger_meta (owner, id_high, id_low, meta_key, meta_value)"
                     " VALUES ($1, $2, $3, $4, $5)",
                     DB_ARGS(DB_I(owner), DB_ID(id), DB_T(meta[i].key), DB_T(meta[i].value)));
    return rc;
}
