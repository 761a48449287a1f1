/* deposit_store.c -- The SQL of accounts, dues and notes. No decisions here. */
#include "deposit/deposit_priv.h"
#include <stdio.h>
#include <string.h>
#include "base/banned.h"

static void copy_text(char *out, size_t size, struct db_rows *r, int column)
{
    const char *text = db_text(r, column);
    snprintf(out, size, "%s", text ? text : "");
}

static date day_of(struct db_rows *r, int column)
{
    return (date){ (int32_t)db_i64(r, column) };
}

static void read_row(struct db_rows *r, struct deposit_account *a)
{
    *a = (struct deposit_account){
        .id = { db_i64(r, 0) },
        .customer = { db_i64(r, 2) },
        .outlet_id = db_i64(r, 3),
        .product = { db_i64(r, 4) },
        .kind = (enum deposit_kind)db_i64(r, 5),
        .state = (enum deposit_state)db_i64(r, 6),
        .currency = (enum currency)db_i64(r, 7),
        .ledger = { db_i64(r, 8) },
        .opened = day_of(r, 9),
        .closed = day_of(r, 10),
        .rollover = (enum deposit_rollover)db_i64(r, 13),
        .payout = { db_i64(r, 14) },
        .overdraft_minor = db_i64(r, 15),
        .fee = { db_i64(r, 16) },
        .principal_minor = db_i64(r, 17),
        .rate_ppm = (int32_t)db_i64(r, 18),
        .begins = day_of(r, 19),
        .matures = day_of(r, 20),
        .parts_drawn = (int32_t)db_i64(r, 21),
        .released = db_i64(r, 22) != 0,
        .settled = day_of(r, 23),
        .moved = day_of(r, 24),
        .moves = db_i64(r, 25),
    };
    copy_text(a->number, sizeof a->number, r, 1);
    copy_text(a->certificate, sizeof a->certificate, r, 11);
    copy_text(a->purpose, sizeof a->purpose, r, 12);
}

int deposit_rows(struct call *c, const char *sql, const struct db_value *args, int n_args, int max,
                 struct deposit_account *out, int *n)
{
    struct db_rows r;
    int rc = db_query(c->tx, &r, sql, args, n_args);
    *n = 0;
    while (!rc && *n < max && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        read_row(&r, &out[(*n)++]);
    }
    db_done(&r);
    return rc;
}

int deposit_row(struct call *c, deposit_id id, struct deposit_account *out, bool *found)
{
    int n = 0,
        rc = deposit_rows(c, DEPOSIT_COLUMNS " WHERE id=$1", DB_ARGS(DB_I(id.n)), 1, out, &n);
    *found = n == 1;
    return rc;
}

int deposit_row_add(struct call *c, const struct deposit_account *a)
{
    return db_exec(
        c->tx,
        "INSERT INTO deposit_account (id, number, customer_id, outlet_id, product_id, kind, state,"
        " currency, ledger_id, opened_day, closed_day, certificate, purpose, rollover, payout_id,"
        " overdraft_minor, fee_id, principal_minor, rate_ppm, begins_day, matures_day,"
        " parts_drawn, released, settled_day, moved_day, moves) VALUES ($1, $2, $3, $4, $5, $6,"
        " $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24,"
        " $25, $26)",
        DB_ARGS(DB_I(a->id.n), DB_T(a->number), DB_I(a->customer.n), DB_I(a->outlet_id),
                DB_I(a->product.n), DB_I(a->kind), DB_I(a->state), DB_I(a->currency),
                DB_I(a->ledger.n), DB_I(a->opened.days), DB_I(a->closed.days), DB_T(a->certificate),
                DB_T(a->purpose), DB_I(a->rollover), DB_I(a->payout.n), DB_I(a->overdraft_minor),
                DB_I(a->fee.n), DB_I(a->principal_minor), DB_I(a->rate_ppm), DB_I(a->begins.days),
                DB_I(a->matures.days), DB_I(a->parts_drawn), DB_I(a->released),
                DB_I(a->settled.days), DB_I(a->moved.days), DB_I(a->moves)));
}

int deposit_row_save(struct call *c, const struct deposit_account *a)
{
    return db_exec(
        c->tx,
        "UPDATE deposit_account SET state=$1, closed_day=$2, certificate=$3, rollover=$4,"
        " payout_id=$5, overdraft_minor=$6, fee_id=$7, principal_minor=$8, rate_ppm=$9,"
        " begins_day=$10, matures_day=$11, parts_drawn=$12, released=$13, settled_day=$14,"
        " moved_day=$15, moves=$16 WHERE id=$17",
        DB_ARGS(DB_I(a->state), DB_I(a->closed.days), DB_T(a->certificate), DB_I(a->rollover),
                DB_I(a->payout.n), DB_I(a->overdraft_minor), DB_I(a->fee.n),
                DB_I(a->principal_minor), DB_I(a->rate_ppm), DB_I(a->begins.days),
                DB_I(a->matures.days), DB_I(a->parts_drawn), DB_I(a->released),
                DB_I(a->settled.days), DB_I(a->moved.days), DB_I(a->moves), DB_I(a->id.n)));
}

int deposit_message_add(struct call *c, deposit_id account, const char *kind, int64_t subject,
                        int64_t minor)
{
    date today;
    int rc = ledger_day(c, &today);
    return rc ? rc
              : db_exec(c->tx,
                        "INSERT INTO deposit_message (id, account_id, at_us, kind, subject_id,"
                        " minor, day) VALUES ($1, $2, $3, $4, $5, $6, $7)",
                        DB_ARGS(DB_I(call_id(c)), DB_I(account.n), DB_I(c->now_us), DB_T(kind),
                                DB_I(subject), DB_I(minor), DB_I(today.days)));
}

int deposit_messages(struct call *c, deposit_id account, int64_t after, int max,
                     struct deposit_message **out, int *n)
{
    struct db_rows r;
    CHECK(max > 0);
    *out = arena_alloc(c->arena, (size_t)max * sizeof **out);
    *n = 0;
    int rc = db_query(c->tx, &r,
                      "SELECT id, account_id, at_us, kind, subject_id, minor, day"
                      " FROM deposit_message WHERE account_id=$1 AND id>$2 ORDER BY id LIMIT $3",
                      DB_ARGS(DB_I(account.n), DB_I(after), DB_I(max)));
    while (!rc && *n < max && (rc = db_next(&r)) == DB_ROW) {
        struct deposit_message *m = &(*out)[(*n)++];
        rc = 0;
        *m = (struct deposit_message){ .id = db_i64(&r, 0),
                                       .account = { db_i64(&r, 1) },
                                       .at_us = db_i64(&r, 2),
                                       .subject_id = db_i64(&r, 4),
                                       .minor = db_i64(&r, 5),
                                       .day = day_of(&r, 6) };
        copy_text(m->kind, sizeof m->kind, &r, 3);
    }
    db_done(&r);
    return rc;
}

/* ---- notices ---- */

int notice_open(struct call *c, deposit_id id, struct notice_facts *f, int64_t *notice_id)
{
    struct db_rows r;
    *notice_id = 0;
    int rc = db_query(c->tx, &r,
                      "SELECT notice_id, minor, told_day, due_day FROM deposit_notice"
                      " WHERE account_id=$1 AND state=1 ORDER BY notice_id DESC LIMIT 1",
                      DB_ARGS(DB_I(id.n)));
    if (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        *notice_id = db_i64(&r, 0);
        f->noticed_minor = db_i64(&r, 1);
        f->told = day_of(&r, 2);
        f->due = day_of(&r, 3);
    }
    db_done(&r);
    return rc;
}

int notice_end(struct call *c, deposit_id id, int64_t notice_id, int state)
{
    return db_exec(c->tx, "UPDATE deposit_notice SET state=$1 WHERE account_id=$2 AND notice_id=$3",
                   DB_ARGS(DB_I(state), DB_I(id.n), DB_I(notice_id)));
}
