/* ledger_layout.c -- Which layout a bank's books have, and what goes on behind the fast one. */
#include "ledger/ledger_fast_priv.h"
#include "store/db_memory.h"
#include "base/banned.h"

int ledger_layout(struct call *c, enum ledger_layout *out)
{
    struct fast *fast;
    int rc = ledger_fast_of(c->tx, &fast);
    *out = fast ? LEDGER_FAST : LEDGER_PLAIN;
    return rc;
}

static int save(struct call *c, enum ledger_layout layout)
{
    int rc = db_exec(c->tx,
                     "INSERT INTO ledger_layout (id, layout) VALUES (1, $1)"
                     " ON CONFLICT (id) DO UPDATE SET layout=excluded.layout",
                     DB_ARGS(DB_I(layout)));
    if (rc)
        return rc;
    struct jsonw *w = event_begin(c);
    jw_i64(w, "layout", layout);
    return event_add(c, 0, "books.layout", 0);
}

int ledger_layout_set(struct call *c, enum ledger_layout layout)
{
    enum ledger_layout now = LEDGER_PLAIN;
    int64_t used = 0;
    int rc = db_one_i64(c->tx,
                        "SELECT COUNT(*) FROM (SELECT number FROM ledger_transfer UNION ALL"
                        " SELECT first FROM ledger_chunk) AS x",
                        DB_NO_ARGS, 0, &used);
    if (!rc && used) /* books without any have no memory to be asked: the new layout counts now */
        rc = ledger_layout(c, &now);
    if (!rc && used && now != layout && db_is_server(db_of(c->tx)))
        return call_refuse(c, LEDGER_LAYOUT_ENGINE, "layout", "other instances may be at work");
    if (!rc && used && now == LEDGER_FAST && layout == LEDGER_PLAIN)
        rc = ledger_unpack(c);
    if (!rc && used && now == LEDGER_PLAIN && layout == LEDGER_FAST)
        rc = ledger_repack(c);
    return rc ? rc : save(c, layout);
}

int ledger_history(struct db_tx *tx, struct ledger_history *out)
{
    struct fast *f;
    *out = (struct ledger_history){ 0 };
    int rc = ledger_fast_of(tx, &f);
    if (rc || !f)
        return rc;
    out->waiting = atomic_load(&f->waiting);
    out->fault = atomic_load(&f->fault);
    out->damaged = lines_given_up(f->lines);
    return 0;
}

int ledger_fill(struct db *db, int max, int64_t *filled, int64_t *left)
{
    struct db_tx *tx = NULL;
    struct fast *fast;
    int64_t rows;
    *filled = *left = 0;
    CHECK(max > 0);
    int rc = db_read(db, &tx);
    if (rc)
        return rc;
    rc = ledger_fast_of(tx, &fast);
    if (!rc && fast)
        rc = fast_fill(fast, tx, (uint64_t)max, filled, left, &rows);
    db_read_done(&tx);
    return rc;
}
