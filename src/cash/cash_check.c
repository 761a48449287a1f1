/* cash_check.c -- The proof: what is in each box by the books, by its moves and by its counts is
 * one. */
#include "cash/cash_store.h"
#include <stdio.h>
#include "base/banned.h"

static const struct {
    const char *breach, *sql; /* SELECT how many, one box, move or account */
} proofs[] = {
    { "a box whose book is not the ledger's",
      "SELECT COUNT(*), MIN(b.id) FROM cash_box b LEFT JOIN ledger_account a ON a.id=b.account_id"
      " WHERE a.id IS NULL OR b.book_minor<>a.debits-a.credits OR a.currency<>b.currency"
      " OR a.outlet_id<>b.outlet_id" },
    { "a box whose moves do not add up to its book",
      "SELECT COUNT(*), MIN(b.id) FROM cash_box b LEFT JOIN (SELECT box_id, SUM(minor) AS minor,"
      " COUNT(*) AS n, MAX(seq) AS last FROM cash_move GROUP BY box_id) AS m ON m.box_id=b.id"
      " WHERE b.book_minor<>COALESCE(m.minor, 0) OR b.moves<>COALESCE(m.n, 0)"
      " OR b.moves<>COALESCE(m.last, 0)" },
    { "a move that does not carry on the one before",
      "SELECT COUNT(*), MIN(m.id) FROM cash_move m LEFT JOIN cash_move p ON p.box_id=m.box_id"
      " AND p.seq=m.seq-1 WHERE m.book_minor<>COALESCE(p.book_minor, 0)+m.minor" },
    { "a move that the ledger does not have",
      "SELECT COUNT(*), MIN(m.id) FROM cash_move m JOIN cash_box b ON b.id=m.box_id LEFT JOIN"
      " ledger_posting l ON l.account_id=b.account_id AND l.id_high=m.id_high"
      " AND l.id_low=m.id_low WHERE m.kind<>3 AND (l.seq IS NULL"
      " OR m.minor<>CASE l.side WHEN 1 THEN l.minor ELSE -l.minor END)" },
    { "a line on a box's account that is no move",
      "SELECT COUNT(*), MIN(b.id) FROM cash_box b JOIN ledger_account a ON a.id=b.account_id"
      " LEFT JOIN (SELECT box_id, COUNT(*) AS n FROM cash_move WHERE kind<>3 GROUP BY box_id) AS m"
      " ON m.box_id=b.id WHERE a.entries<>COALESCE(m.n, 0)" },
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
    { "cash on the road that is not its account's balance",
      "SELECT COUNT(*), MIN(o.account_id) FROM cash_own o JOIN ledger_account a"
      " ON a.id=o.account_id LEFT JOIN (SELECT b.currency AS currency, SUM(t.minor) AS minor FROM"
      " cash_transit t JOIN cash_box b ON b.id=t.from_id WHERE t.arrived_us=0 GROUP BY b.currency)"
      " AS r ON r.currency=o.currency WHERE o.which=3 AND a.debits-a.credits<>"
      "COALESCE(r.minor, 0)" },
};
_Static_assert(MOVE_CHANGE == 3 && MOVE_SENT == 4 && MOVE_RECEIVED == 5 && MOVE_OVER == 6 &&
                   MOVE_SHORT == 7 && COUNT_BOOKED == 4 && CASH_ROAD == 3,
               "the statements above say so");

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
    return rc;
}
