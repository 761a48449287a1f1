/* ledger_others.c -- Fast layout on a server: several instances write one after another (the pen),
 * and each has a memory. Who takes the pen after somebody else takes in what was booked meanwhile:
 *
 *   rows of ledger_chunk after the last one it knows  ->  the shared tail, ids, totals in memory
 *   ledger_news says another number                   ->  rows and holds of accounts, read again
 *                                                         when somebody asks for one
 *
 * Both are read inside the transaction that has the pen, so nobody writes until it ends. */
#include "base/ids.h"
#include "base/log.h"
#include "ledger/ledger_fast_priv.h"
#include "store/db_memory.h"
#include "base/banned.h"

int fast_changes(struct db_tx *tx, int64_t *changes)
{
    *changes = 0;
    return db_is_server(db_of(tx)) ? db_one_i64(tx, "SELECT changes FROM ledger_news WHERE id=1",
                                                DB_NO_ARGS, 0, changes)
                                   : 0;
}

/* Once a transaction. The number is new for ever, so two changes are never taken for one. */
int fast_tell(struct fast *f, struct call *c)
{
    if (f->told || !db_is_server(f->db))
        return 0;
    int64_t number = ids_next(c->ids, c->now_us);
    int rc = db_exec(c->tx,
                     "INSERT INTO ledger_news (id, changes) VALUES (1, $1)"
                     " ON CONFLICT (id) DO UPDATE SET changes=excluded.changes",
                     DB_ARGS(DB_I(number)));
    if (rc)
        return rc;
    f->told = true;
    f->changes = number; /* after an undo nobody else has it: then all is read again */
    return 0;
}

/* The moves after the last known one: their ids, and the totals after each of their lines. */
static void take_in(struct fast *f, int64_t now_us)
{
    struct tail_part part;
    tail_part(f->tail, f->committed, UINT64_MAX, &part);
    for (uint64_t i = 0; i < part.moves; i++) {
        const struct tail_move *m = tail_move_at(f->tail, part.move + i);
        known_add(f->known, m->id, m->number, now_us);
    }
    for (uint64_t i = 0; i < part.lines; i++) {
        const struct tail_line *l = tail_line_at(f->tail, part.line + i);
        struct fast_account *at = fast_find(f, tail_account_at(f->tail, l->account));
        struct ledger_entry e;
        if (!at || at->counted != f->life)
            continue;
        tail_entry(f->tail, l, &e);
        at->a.totals.debits = e.debits;
        at->a.totals.credits = e.credits;
        at->a.entries = e.seq;
        at->a.last_us = e.booked_us;
    }
}

/* Are the books those that we left? A server that lost what it had committed (a replica took over
 * that had not all) has other numbers: what is remembered here is of no use then, and neither are
 * the tail and its readers. */
static int continues(struct fast *f, struct db_tx *tx)
{
    int64_t layout = 0, last = 0;
    int rc = db_one_i64(tx, "SELECT layout FROM ledger_layout WHERE id=1", DB_NO_ARGS, 0, &layout);
    if (!rc)
        rc = db_one_i64(tx,
                        "SELECT last FROM ledger_chunk WHERE first<=$1 ORDER BY first DESC LIMIT 1",
                        DB_ARGS(DB_I(f->committed)), 0, &last);
    if (!rc && (layout != LEDGER_FAST || last != f->committed)) {
        log_line(LOG_ERROR, "ledger.others", "%s: start this instance again",
                 layout != LEDGER_FAST ? "the books have another layout now"
                                       : "the database has lost what was booked");
        rc = RC_CORRUPT;
    }
    return rc;
}

int fast_catch_up(struct fast *f, struct call *c, bool *again)
{
    int64_t last = 0, changes = 0;
    *again = false;
    int rc = continues(f, c->tx);
    if (!rc)
        rc = fast_changes(c->tx, &changes);
    if (!rc)
        rc = fast_last_number(c->tx, &last);
    if (!rc)
        rc = tail_catch(f->tail, c->tx, last, UINT64_MAX);
    if (rc)
        return rc;
    tail_pin(f->tail);
    tail_lock(f->tail);
    *again = tail_first(f->tail) > f->committed;
    if (!*again)
        take_in(f, c->now_us);
    tail_unlock(f->tail);
    tail_unpin(f->tail);
    if (changes != f->changes)
        f->turn++;
    f->changes = changes;
    f->last = f->committed = last;
    for (int i = 0; i < f->depth; i++)
        f->marks[i].last = last;
    return 0;
}
