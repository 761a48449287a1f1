/* ledger_report.c -- Trial balance and balance sheet, from the lines themselves: at any past date.
 */
#include "ledger/ledger_fast.h"
#include "base/banned.h"

/* The totals of an account at the end of a date are in its last line of that date or before; of a
 * hot account's unfolded legs each counts. Sides are counted gross a subject, so turnovers show. */
static const char trial_sql[] =
    "SELECT s.code, s.class, s.name_zh, s.name_en, CAST(SUM(x.debits) AS BIGINT),"
    " CAST(SUM(x.credits) AS BIGINT) FROM"
    " (SELECT a.subject AS subject, p.debits AS debits, p.credits AS credits"
    " FROM ledger_account a JOIN ledger_posting p ON p.account_id=a.id AND p.seq="
    "(SELECT q.seq FROM ledger_posting q WHERE q.account_id=a.id AND q.booked_day<=$1"
    " ORDER BY q.seq DESC LIMIT 1)"
    " WHERE a.currency=$2 AND ($3=-1 OR a.outlet_id=$3)"
    " UNION ALL SELECT a.subject, CASE t.side WHEN 1 THEN t.minor ELSE 0 END,"
    " CASE t.side WHEN 2 THEN t.minor ELSE 0 END FROM ledger_tail t JOIN ledger_account a"
    " ON a.id=t.account_id WHERE t.booked_day<=$1 AND a.currency=$2"
    " AND ($3=-1 OR a.outlet_id=$3)) AS x"
    " JOIN ledger_subject s ON s.code=x.subject"
    " GROUP BY s.code, s.class, s.name_zh, s.name_en ORDER BY s.code";
_Static_assert(LEDGER_ALL_OUTLETS == -1 && LEDGER_DEBIT == 1 && LEDGER_CREDIT == 2,
               "the statement above says so");

static int read_plain(struct call *c, int64_t outlet_id, date d, enum currency currency,
                      struct ledger_trial *out, int64_t room)
{
    struct db_rows r;
    int rc = db_query(c->tx, &r, trial_sql, DB_ARGS(DB_I(d.days), DB_I(currency), DB_I(outlet_id)));
    while (!rc && (rc = db_next(&r)) == DB_ROW && out->n_lines < room) {
        struct ledger_line *l = &out->lines[out->n_lines++];
        rc = 0;
        for (int i = 0; i < (int)sizeof l->subject - 1 && db_text(&r, 0)[i]; i++)
            l->subject[i] = db_text(&r, 0)[i];
        l->class = (enum ledger_class)db_i64(&r, 1);
        l->name_zh = arena_text(c->arena, db_text(&r, 2));
        l->name_en = arena_text(c->arena, db_text(&r, 3));
        l->debits = db_i64(&r, 4);
        l->credits = db_i64(&r, 5);
    }
    db_done(&r);
    return rc;
}

static int read_lines(struct call *c, int64_t outlet_id, date d, enum currency currency,
                      struct ledger_trial *out, int64_t room)
{
    struct fast *fast;
    int rc = ledger_fast_of(c->tx, &fast);
    if (!rc)
        rc = fast ? fast_trial(fast, c, outlet_id, d, currency, out, room)
                  : read_plain(c, outlet_id, d, currency, out, room);
    for (int i = 0; !rc && i < out->n_lines; i++) {
        struct ledger_line *l = &out->lines[i];
        int64_t net = l->debits - l->credits;
        l->balance_debit = net > 0 ? net : 0;
        l->balance_credit = net < 0 ? -net : 0;
        if (__builtin_add_overflow(out->debits, l->debits, &out->debits) ||
            __builtin_add_overflow(out->credits, l->credits, &out->credits))
            rc = RC_FULL;
    }
    return rc;
}

int ledger_trial(struct call *c, int64_t outlet_id, date d, enum currency currency,
                 struct ledger_trial *out)
{
    int64_t room = 0;
    *out = (struct ledger_trial){ 0 };
    int rc = db_one_i64(c->tx, "SELECT COUNT(*) FROM ledger_subject", DB_NO_ARGS, 0, &room);
    if (rc)
        return rc;
    out->lines = arena_alloc(c->arena, (size_t)(room + 1) * sizeof *out->lines);
    rc = read_lines(c, outlet_id, d, currency, out, room);
    out->between = out->credits - out->debits;
    return rc;
}

int ledger_sheet(struct call *c, int64_t outlet_id, date d, enum currency currency,
                 struct ledger_sheet *out)
{
    struct ledger_trial t;
    struct ledger_sheet s = { 0 };
    int rc = ledger_trial(c, outlet_id, d, currency, &t);
    if (rc)
        return rc;
    int64_t *const by_class[] = {
        [SUBJECT_ASSET] = &s.assets,  [SUBJECT_LIABILITY] = &s.liabilities,
        [SUBJECT_COMMON] = &s.common, [SUBJECT_EQUITY] = &s.equity,
        [SUBJECT_INCOME] = &s.income, [SUBJECT_EXPENSE] = &s.expense,
    };
    for (int i = 0; i < t.n_lines; i++) {
        const struct ledger_line *l = &t.lines[i];
        int64_t net = l->credits - l->debits;
        *by_class[l->class] += ledger_debit_side(l->class) ? -net : net;
    }
    s.profit = s.income - s.expense;
    s.between = t.between;
    CHECK(s.assets + s.between == s.liabilities + s.common + s.equity + s.profit);
    *out = s;
    return 0;
}
