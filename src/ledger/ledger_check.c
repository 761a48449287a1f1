/* ledger_check.c -- The proofs of the books. Each row is one statement that counts breaches and
 * names where the first is. None repairs anything. */
#include "ledger/ledger_fast.h"
#include <stdio.h>
#include "base/banned.h"

struct proof {
    const char *breach, *sql; /* SELECT how many, one account or transfer number */
};

/* Lines are put together by their transfer once, in the order of ids, for all that is asked of
 * them: the same rows beside each transfer, one after the other, cost a tenth of looking each up.
 */
#define BY_TRANSFER                                                                                \
    "(SELECT y.id_high AS id_high, y.id_low AS id_low,"                                            \
    " SUM(CASE y.side WHEN 1 THEN y.minor ELSE 0 END) AS debits,"                                  \
    " SUM(CASE y.side WHEN 1 THEN 0 ELSE y.minor END) AS credits, MIN(y.value_day) AS value_min,"  \
    " MAX(y.value_day) AS value_max, MIN(y.booked_day) AS booked_min, MAX(y.booked_day) AS"        \
    " booked_max, MIN(a.currency) AS currency_min, MAX(a.currency) AS currency_max FROM"           \
    " (SELECT account_id, id_high, id_low, side, minor, value_day, booked_day FROM ledger_posting" \
    " UNION ALL SELECT account_id, id_high, id_low, side, minor, value_day, booked_day FROM"       \
    " ledger_tail) AS y JOIN ledger_account a ON a.id=y.account_id GROUP BY y.id_high, y.id_low)"

static const struct proof books[] = {
    { "a transfer whose lines are not what it says",
      "SELECT COUNT(*), MIN(COALESCE(t.number, 0)) FROM " BY_TRANSFER " AS x LEFT JOIN"
      " ledger_transfer t ON t.id_high=x.id_high AND t.id_low=x.id_low WHERE t.number IS NULL"
      " OR x.debits<>x.credits OR x.debits<>CASE WHEN t.kind IN (2, 4) THEN 0 ELSE t.minor END"
      " OR x.value_min<>t.value_day OR x.value_max<>t.value_day OR x.booked_min<>t.booked_day"
      " OR x.booked_max<>t.booked_day OR x.currency_min<>t.currency"
      " OR x.currency_max<>t.currency" },
    /* Each that has lines has them all: so one without any makes the sums differ. They may pass 64
     * bits: their halves do not. */
    { "a transfer without its lines",
      "SELECT COUNT(*), MIN(x.high) FROM (SELECT CAST(SUM(y.high) AS BIGINT) AS high,"
      " CAST(SUM(y.low) AS BIGINT) AS low FROM (SELECT minor/4294967296 AS high,"
      " minor%4294967296 AS low FROM ledger_transfer WHERE kind NOT IN (2, 4) UNION ALL"
      " SELECT -(minor/4294967296), -(minor%4294967296) FROM ledger_posting WHERE side=1 UNION"
      " ALL SELECT -(minor/4294967296), -(minor%4294967296) FROM ledger_tail WHERE side=1) AS y)"
      " AS x WHERE x.low%4294967296<>0 OR x.high+x.low/4294967296<>0" },
    { "the sums of a currency differ",
      "SELECT COUNT(*), MIN(x.currency) FROM (SELECT y.currency AS currency FROM"
      " (SELECT currency, debits, credits FROM ledger_account UNION ALL SELECT a.currency,"
      " CASE t.side WHEN 1 THEN t.minor ELSE 0 END, CASE t.side WHEN 2 THEN t.minor ELSE 0 END"
      " FROM ledger_tail t JOIN ledger_account a ON a.id=t.account_id) AS y GROUP BY y.currency"
      " HAVING SUM(y.debits)<>SUM(y.credits)) AS x" },
    { "a reversal that is not the other way round",
      "SELECT COUNT(*), MIN(o.number) FROM ledger_reversal r LEFT JOIN ledger_transfer o"
      " ON o.id_high=r.of_high AND o.id_low=r.of_low LEFT JOIN ledger_transfer b"
      " ON b.id_high=r.by_high AND b.id_low=r.by_low WHERE o.number IS NULL OR b.number IS NULL"
      " OR b.kind<>5 OR b.minor<>o.minor OR b.debit_id<>o.credit_id OR b.credit_id<>o.debit_id" },
};
_Static_assert(LEDGER_HOLD == 2 && LEDGER_VOID == 4 && LEDGER_REVERSE == 5, "as said above");

static const struct proof totals[] = {
    { "totals that are not the last line's",
      "SELECT COUNT(*), MIN(a.id) FROM ledger_account a LEFT JOIN ledger_posting p"
      " ON p.account_id=a.id AND p.seq=a.entries WHERE a.debits<>COALESCE(p.debits, 0)"
      " OR a.credits<>COALESCE(p.credits, 0)" },
    { "another number of lines than it says",
      "SELECT COUNT(*), MIN(a.id) FROM ledger_account a LEFT JOIN (SELECT account_id,"
      " COUNT(*) AS n, MAX(seq) AS last FROM ledger_posting GROUP BY account_id) AS p"
      " ON p.account_id=a.id WHERE a.entries<>COALESCE(p.n, 0)"
      " OR a.entries<>COALESCE(p.last, 0)" },
    { "a line that does not carry on the one before",
      "SELECT COUNT(*), MIN(p.account_id) FROM ledger_posting p LEFT JOIN ledger_posting q"
      " ON q.account_id=p.account_id AND q.seq=p.seq-1 WHERE p.debits<>COALESCE(q.debits, 0)+"
      "CASE p.side WHEN 1 THEN p.minor ELSE 0 END OR p.credits<>COALESCE(q.credits, 0)+"
      "CASE p.side WHEN 2 THEN p.minor ELSE 0 END OR p.booked_us<COALESCE(q.booked_us, 0)"
      " OR p.booked_day<COALESCE(q.booked_day, p.booked_day) OR p.value_day>p.booked_day" },
    { "an unfolded leg of an account that is not hot",
      "SELECT COUNT(*), MIN(t.account_id) FROM ledger_tail t LEFT JOIN ledger_account a"
      " ON a.id=t.account_id WHERE a.id IS NULL OR (a.flags & 16)=0" },
    { "closed with money in it",
      "SELECT COUNT(*), MIN(id) FROM ledger_account WHERE state=3 AND (flags & 16)=0"
      " AND debits<>credits" },
};
_Static_assert(LEDGER_HOT == 16 && ACCOUNT_CLOSED == 3, "the statements above say so");

static const struct proof holds[] = {
    { "pending debits that are not the open holds",
      "SELECT COUNT(*), MIN(a.id) FROM ledger_account a LEFT JOIN (SELECT debit_id,"
      " SUM(minor) AS minor FROM ledger_hold WHERE state=1 GROUP BY debit_id) AS h"
      " ON h.debit_id=a.id WHERE a.debits_pending<>CASE WHEN (a.flags & 16)=0"
      " THEN COALESCE(h.minor, 0) ELSE 0 END" },
    { "pending credits that are not the open holds",
      "SELECT COUNT(*), MIN(a.id) FROM ledger_account a LEFT JOIN (SELECT credit_id,"
      " SUM(minor) AS minor FROM ledger_hold WHERE state=1 GROUP BY credit_id) AS h"
      " ON h.credit_id=a.id WHERE a.credits_pending<>CASE WHEN (a.flags & 16)=0"
      " THEN COALESCE(h.minor, 0) ELSE 0 END" },
    { "a hold without its transfer",
      "SELECT COUNT(*), MIN(h.debit_id) FROM ledger_hold h LEFT JOIN ledger_transfer t"
      " ON t.id_high=h.id_high AND t.id_low=h.id_low AND t.kind=2 AND t.minor=h.minor"
      " AND t.debit_id=h.debit_id AND t.credit_id=h.credit_id WHERE t.number IS NULL" },
    { "a hold that did not end as it says",
      "SELECT COUNT(*), MIN(h.debit_id) FROM ledger_hold h LEFT JOIN ledger_transfer t"
      " ON t.id_high=h.by_high AND t.id_low=h.by_low WHERE"
      " (h.state=1 AND (h.ended_us<>0 OR h.captured<>0))"
      " OR (h.state=2 AND (t.number IS NULL OR t.kind<>3 OR t.minor<>h.captured))"
      " OR (h.state=3 AND (t.number IS NULL OR t.kind<>4 OR h.captured<>0))"
      " OR (h.state=4 AND (h.expires_us=0 OR h.ended_us<h.expires_us OR h.captured<>0))" },
    { "a capture or void whose hold names another",
      "SELECT COUNT(*), MIN(t.number) FROM ledger_transfer t LEFT JOIN ledger_hold h"
      " ON h.id_high=t.of_high AND h.id_low=t.of_low AND h.by_high=t.id_high AND h.by_low=t.id_low"
      " WHERE t.kind IN (3, 4) AND h.state IS NULL" },
};
_Static_assert(HOLD_OPEN == 1 && HOLD_CAPTURED == 2 && HOLD_VOIDED == 3 && HOLD_EXPIRED == 4 &&
                   LEDGER_CAPTURE == 3,
               "the statements above say so");

static int prove(struct call *c, const struct proof *list, size_t n, int64_t *bad, char *text,
                 size_t size)
{
    int rc = 0;
    *bad = 0;
    for (size_t i = 0; !rc && i < n; i++) {
        struct db_rows r;
        rc = db_query(c->tx, &r, list[i].sql, DB_NO_ARGS);
        if (!rc && (rc = db_next(&r)) == DB_ROW) {
            rc = 0;
            if (db_i64(&r, 0) && !*bad)
                snprintf(text, size, "%s: %lld, first %lld", list[i].breach,
                         (long long)db_i64(&r, 0), (long long)db_i64(&r, 1));
            *bad += db_i64(&r, 0);
        }
        db_done(&r);
    }
    return rc;
}

int ledger_check_books(struct call *c, int64_t *count, int64_t *bad, char *text, size_t size)
{
    struct fast *fast;
    int rc = ledger_fast_of(c->tx, &fast);
    if (rc || fast)
        return rc ? rc : fast_check_books(fast, c, count, bad, text, size);
    rc = db_one_i64(c->tx, "SELECT COUNT(*) FROM ledger_transfer", DB_NO_ARGS, 0, count);
    return rc ? rc : prove(c, books, COUNT(books), bad, text, size);
}

int ledger_check_totals(struct call *c, int64_t *count, int64_t *bad, char *text, size_t size)
{
    struct fast *fast;
    int rc = ledger_fast_of(c->tx, &fast);
    if (rc || fast)
        return rc ? rc : fast_check_totals(fast, c, count, bad, text, size);
    rc = db_one_i64(c->tx, "SELECT COUNT(*) FROM ledger_account", DB_NO_ARGS, 0, count);
    return rc ? rc : prove(c, totals, COUNT(totals), bad, text, size);
}

int ledger_check_holds(struct call *c, int64_t *count, int64_t *bad, char *text, size_t size)
{
    struct fast *fast;
    int rc = ledger_fast_of(c->tx, &fast);
    if (rc || fast)
        return rc ? rc : fast_check_holds(fast, c, count, bad, text, size);
    rc = db_one_i64(c->tx, "SELECT COUNT(*) FROM ledger_hold", DB_NO_ARGS, 0, count);
    return rc ? rc : prove(c, holds, COUNT(holds), bad, text, size);
}
