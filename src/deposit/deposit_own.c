/* deposit_own.c -- The bank's own accounts, and posting against them. */
#include "deposit/deposit_priv.h"
#include <stdio.h>
#include "base/banned.h"

static const struct {
    const char *subject, *name;
} own_accounts[] = {
    [OWN_INTEREST_EXPENSE] = { "6411", "存款利息支出" },
    [OWN_INTEREST_PAYABLE] = { "2231", "应付存款利息" },
    [OWN_INTEREST_INCOME] = { "6011", "透支利息收入" },
    [OWN_RECEIVABLE] = { "1132", "应收利息及费用" },
    [OWN_FEE_INCOME] = { "6021", "账户手续费收入" },
    [OWN_CLEARING] = { "3001", "跨行清算" },
    [OWN_CASH_DEMO] = { "1001", "库存现金" },
};

int deposit_own(struct call *c, enum deposit_own which, int64_t outlet_id, enum currency currency,
                account_id *out)
{
    CHECK(which >= OWN_INTEREST_EXPENSE && which <= OWN_CASH_DEMO);
    int rc = db_one_i64(c->tx,
                        "SELECT ledger_id FROM deposit_own WHERE outlet_id=$1 AND currency=$2"
                        " AND which=$3",
                        DB_ARGS(DB_I(outlet_id), DB_I(currency), DB_I(which)), 0, &out->n);
    if (rc || out->n)
        return rc;
    struct ledger_account a = { .outlet_id = outlet_id, .currency = currency, .flags = LEDGER_HOT };
    snprintf(a.subject, sizeof a.subject, "%s", own_accounts[which].subject);
    snprintf(a.name, sizeof a.name, "%s", own_accounts[which].name);
    rc = ledger_account_open(c, &a, NULL, 0);
    if (!rc)
        rc = db_exec(c->tx,
                     "INSERT INTO deposit_own (outlet_id, currency, which, ledger_id)"
                     " VALUES ($1, $2, $3, $4)",
                     DB_ARGS(DB_I(outlet_id), DB_I(currency), DB_I(which), DB_I(a.id.n)));
    *out = a.id;
    return rc == RC_CONFLICT ? RC_BUSY : rc; /* another instance made it: try again */
}

int deposit_post(struct call *c, transfer_id id, account_id debit, account_id credit, money amount,
                 int32_t code, const char *memo, struct ledger_result *out)
{
    const struct ledger_order o = { .id = id,
                                    .kind = LEDGER_POST,
                                    .debit = debit,
                                    .credit = credit,
                                    .amount = amount,
                                    .code = code,
                                    .memo = memo };
    return ledger_post(c, &o, out);
}

/* ---- what is owed ---- */

static int owe(struct call *c, const struct deposit_account *a, const struct deposit_charge *charge)
{
    account_id receivable, income;
    struct ledger_result r;
    date today;
    int rc = deposit_own(c, OWN_RECEIVABLE, a->outlet_id, a->currency, &receivable);
    if (!rc)
        rc = deposit_own(c, charge->income, a->outlet_id, a->currency, &income);
    if (!rc)
        rc = deposit_post(c, deposit_id_beside(charge->id), receivable, income,
                          (money){ charge->minor, a->currency }, charge->code, charge->memo, &r);
    if (!rc)
        rc = ledger_day(c, &today);
    if (rc || r.existed)
        return rc;
    return db_exec(c->tx,
                   "INSERT INTO deposit_due (id, account_id, kind, minor, since_day, ended_day)"
                   " VALUES ($1, $2, $3, $4, $5, 0)",
                   DB_ARGS(DB_I(call_id(c)), DB_I(a->id.n), DB_I(charge->kind), DB_I(charge->minor),
                           DB_I(today.days)));
}

int deposit_charge(struct call *c, const struct deposit_account *a,
                   const struct deposit_charge *charge, bool *taken)
{
    account_id income;
    struct ledger_result r;
    int rc = deposit_own(c, charge->income, a->outlet_id, a->currency, &income);
    if (!rc)
        rc = deposit_post(c, charge->id, a->ledger, income, (money){ charge->minor, a->currency },
                          charge->code, charge->memo, &r);
    *taken = !rc;
    return deposit_not_now(rc) ? owe(c, a, charge) : rc;
}

/* One owed sum is taken if it can be. */
static int collect_one(struct call *c, date day, int64_t due, const struct deposit_account *a,
                       int64_t minor, bool *taken)
{
    account_id receivable;
    struct ledger_result r;
    int rc = deposit_own(c, OWN_RECEIVABLE, a->outlet_id, a->currency, &receivable);
    if (!rc)
        rc = deposit_post(c, deposit_transfer_id((date){ 1 }, TAG_DUE, due, 0), a->ledger,
                          receivable, (money){ minor, a->currency }, CODE_COLLECTED, "补收欠费欠息",
                          &r);
    *taken = !rc;
    if (deposit_not_now(rc))
        return 0;
    return rc ? rc
              : db_exec(c->tx, "UPDATE deposit_due SET ended_day=$1 WHERE id=$2",
                        DB_ARGS(DB_I(day.days), DB_I(due)));
}

struct due_row {
    int64_t id, account, minor;
};

static int read_dues(struct call *c, int64_t after, int max, struct due_row *out, int *n)
{
    struct db_rows r;
    *n = 0;
    int rc = db_query(c->tx, &r,
                      "SELECT id, account_id, minor FROM deposit_due WHERE ended_day=0 AND id>$1"
                      " ORDER BY id LIMIT $2",
                      DB_ARGS(DB_I(after), DB_I(max)));
    while (!rc && *n < max && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        out[(*n)++] = (struct due_row){ db_i64(&r, 0), db_i64(&r, 1), db_i64(&r, 2) };
    }
    db_done(&r);
    return rc;
}

int collect_chunk(struct call *c, struct dayend_chunk *k)
{
    enum { CHUNK = 100 };
    struct due_row rows[CHUNK];
    int n = 0, rc = read_dues(c, k->cursor, CHUNK, rows, &n);
    for (int i = 0; !rc && i < n; i++) {
        struct deposit_account a;
        bool found = false, taken = false;
        rc = deposit_row(c, (deposit_id){ rows[i].account }, &a, &found);
        if (!rc && found && a.state != DEPOSIT_ENDED)
            rc = collect_one(c, k->day, rows[i].id, &a, rows[i].minor, &taken);
        k->done += taken;
        k->cursor = rows[i].id;
    }
    k->more = n == CHUNK;
    return rc;
}
