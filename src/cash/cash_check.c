/* cash_check.c -- The proof: what is in each box by the books, by its moves and by its counts is
 * one. */
#include "cash/cash_store.h"
#include "ledger/ledger_books.h"
#include <stdio.h>
#include "base/banned.h"

static const struct {
    const char *breach, *sql; /* SELECT how many, one box, move or account */
} proofs[] = {
    { "a box whose moves do not add up to its book",
      "SELECT COUNT(*), MIN(b.id) FROM cash_box b LEFT JOIN (SELECT box_id, SUM(minor) AS minor,"
      " COUNT(*) AS n, MAX(seq) AS last FROM cash_move GROUP BY box_id) AS m ON m.box_id=b.id"
      " WHERE b.book_minor<>COALESCE(m.minor, 0) OR b.moves<>COALESCE(m.n, 0)"
      " OR b.moves<>COALESCE(m.last, 0)" },
    { "a move that does not carry on the one before",
      "SELECT COUNT(*), MIN(m.id) FROM cash_move m LEFT JOIN cash_move p ON p.box_id=m.box_id"
      " AND p.seq=m.seq-1 WHERE m.book_minor<>COALESCE(p.book_minor, 0)+m.minor" },
    { "notes that are another sum than their move",
      "SELECT COUNT(*), MIN(m.id) FROM cash_move m JOIN (SELECT owner_id, SUM(face_minor*n) AS"
      " minor FROM cash_piece GROUP BY owner_id) AS p ON p.owner_id=m.id WHERE m.kind IN (1, 2, 3)"
      " AND p.minor<>CASE WHEN m.minor<0 THEN -m.minor ELSE m.minor END" },
    { "notes that are another sum than their count",
      "SELECT COUNT(*), MIN(k.id) FROM cash_count k LEFT JOIN (SELECT owner_id,"
      " SUM(face_minor*n) AS minor FROM cash_piece GROUP BY owner_id) AS p ON p.owner_id=k.id"
      " WHERE k.counted_minor<>COALESCE(p.minor, 0)" },
    { "a count that was settled otherwise than counted",
      "SELECT COUNT(*), MIN(k.id) FROM cash_count k LEFT JOIN cash_move m ON m.box_id=k.box_id"
      " AND m.id_high=k.id_high AND m.id_low=k.id_low AND m.kind IN (6, 7)"
      " WHERE (k.outcome=1 AND k.counted_minor<>k.book_minor)"
      " OR (k.outcome=4 AND (m.id IS NULL OR m.book_minor<>k.counted_minor))"
      " OR (k.outcome IN (1, 2, 3) AND m.id IS NOT NULL)" },
    { "a book at a count that the moves before it do not make",
      "SELECT COUNT(*), MIN(k.id) FROM cash_count k LEFT JOIN cash_move m ON m.box_id=k.box_id"
      " AND m.seq=k.moves WHERE COALESCE(m.book_minor, 0)<>CASE k.outcome WHEN 4"
      " THEN k.counted_minor ELSE k.book_minor END" },
    { "a drawer that is open without a session, or closed with one",
      "SELECT COUNT(*), MIN(b.id) FROM cash_box b LEFT JOIN (SELECT box_id, COUNT(*) AS n,"
      " MAX(id) AS id FROM cash_session WHERE closed_us=0 GROUP BY box_id) AS s ON s.box_id=b.id"
      " WHERE COALESCE(s.n, 0)<>CASE WHEN b.session_id=0 THEN 0 ELSE 1 END"
      " OR (b.session_id<>0 AND s.id<>b.session_id)" },
    { "a person with two open drawers of a currency",
      "SELECT COUNT(*), MIN(x.holder_id) FROM (SELECT holder_id, currency FROM cash_box"
      " WHERE holder_id<>0 GROUP BY holder_id, currency HAVING COUNT(*)>1) AS x" },
    { "cash between boxes moved by one person",
      "SELECT COUNT(*), MIN(id) FROM cash_move WHERE kind IN (4, 5) AND (second_id=0"
      " OR second_id=staff_id)" },
};
_Static_assert(MOVE_CHANGE == 3 && MOVE_SENT == 4 && MOVE_RECEIVED == 5 && MOVE_OVER == 6 &&
                   MOVE_SHORT == 7 && COUNT_BOOKED == 4 && CASH_ROAD == 3,
               "the statements above say so");

/* ---- beside the ledger, which is asked by function: its rows are its own ---- */

struct proving {
    struct call *c;
    int64_t *bad;
    char *text;
    size_t size;
};

static void breach(struct proving *p, const char *what, int64_t first)
{
    if (!*p->bad)
        (void)snprintf(p->text, p->size, "%s: first %lld", what, (long long)first);
    ++*p->bad;
}

/* The moves of a box that are the ledger's, in order, are the lines of its account, in order. */
static int check_lines(struct proving *p, int64_t box, const struct ledger_account *a)
{
    enum { AT_ONCE = 500 };
    struct ledger_entry *lines = NULL;
    struct db_rows r;
    int64_t seq = 0, moves = 0;
    int n = 0, at = 0;
    int rc = db_query(p->c->tx, &r,
                      "SELECT id_high, id_low, minor, id FROM cash_move WHERE box_id=$1"
                      " AND kind<>3 ORDER BY seq",
                      DB_ARGS(DB_I(box)));
    while (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        if (at == n) {
            rc = ledger_entries(p->c, a->id, seq, AT_ONCE, &lines, &n);
            at = 0;
        }
        moves++;
        if (rc || n == 0)
            break;
        const struct ledger_entry *e = &lines[at++];
        int64_t minor = e->side == LEDGER_DEBIT ? e->minor : -e->minor;
        seq = e->seq;
        if (e->transfer.high != db_i64(&r, 0) || e->transfer.low != db_i64(&r, 1) ||
            minor != db_i64(&r, 2)) {
            breach(p, "a move that is not the ledger's line", db_i64(&r, 3));
            break;
        }
    }
    db_done(&r);
    if (!rc && moves != a->entries)
        breach(p, "a line on a box's account that is no move, or the other way round", box);
    return rc;
}

static int check_box(struct proving *p, struct db_rows *r)
{
    struct ledger_account a;
    int64_t box = db_i64(r, 0);
    int rc = ledger_account_get(p->c, (account_id){ db_i64(r, 1) }, &a);
    if (rc == LEDGER_NO_ACCOUNT) {
        breach(p, "a box without its account", box);
        return 0;
    }
    if (rc)
        return rc;
    if (a.totals.debits - a.totals.credits != db_i64(r, 2) || a.currency != db_i64(r, 3) ||
        a.outlet_id != db_i64(r, 4))
        breach(p, "a box whose book is not the ledger's", box);
    return check_lines(p, box, &a);
}

static int check_boxes(struct proving *p)
{
    struct db_rows r;
    int rc = db_query(p->c->tx, &r,
                      "SELECT id, account_id, book_minor, currency, outlet_id FROM cash_box",
                      DB_NO_ARGS);
    while (!rc && (rc = db_next(&r)) == DB_ROW)
        rc = check_box(p, &r);
    db_done(&r);
    return rc;
}

static int check_road(struct proving *p)
{
    struct db_rows r;
    int rc = db_query(p->c->tx, &r,
                      "SELECT o.account_id, COALESCE(CAST(SUM(t.minor) AS BIGINT), 0)"
                      " FROM cash_own o LEFT JOIN cash_box b ON b.currency=o.currency"
                      " LEFT JOIN cash_transit t ON t.from_id=b.id AND t.arrived_us=0"
                      " WHERE o.which=3 GROUP BY o.account_id",
                      DB_NO_ARGS);
    while (!rc && (rc = db_next(&r)) == DB_ROW) {
        struct ledger_account a;
        rc = ledger_account_get(p->c, (account_id){ db_i64(&r, 0) }, &a);
        if (!rc && a.totals.debits - a.totals.credits != db_i64(&r, 1))
            breach(p, "cash on the road that is not its account's balance", a.id.n);
    }
    db_done(&r);
    return rc;
}

int cash_check(struct call *c, int64_t *count, int64_t *bad, char *text, size_t size)
{
    *bad = 0;
    int rc = db_one_i64(c->tx, "SELECT COUNT(*) FROM cash_move", DB_NO_ARGS, 0, count);
    for (size_t i = 0; !rc && i < COUNT(proofs); i++) {
        struct db_rows r;
        rc = db_query(c->tx, &r, proofs[i].sql, DB_NO_ARGS);
        if (!rc && (rc = db_next(&r)) == DB_ROW) {
            rc = 0;
            if (db_i64(&r, 0) && !*bad)
                (void)snprintf(text, size, "%s: %lld, first %lld", proofs[i].breach,
                               (long long)db_i64(&r, 0), (long long)db_i64(&r, 1));
            *bad += db_i64(&r, 0);
        }
        db_done(&r);
    }
    struct proving p = { c, bad, text, size };
    if (!rc)
        rc = check_boxes(&p);
    return rc ? rc : check_road(&p);
}
