/* ledger_unpack.c -- Books of the fast layout become plain ones: a row a transfer, a row a line,
 * the totals in the accounts' rows. What was booked stays as it was, numbers and instants too. */
#include "ledger/ledger_fast.h"
#include "base/banned.h"

enum { UNPACK_MEMORY = 64 << 20 };

/* c has an arena of its own, cleared now and then: what is unpacked may be large. */
static int unpack_row(struct call *c, struct unpack *u, const struct pack *row)
{
    struct ledger_transfer t;
    int rc, more;
    unpack_begin(u, row);
    for (rc = 0; !rc && (more = unpack_next(u, &t)) != 0;) {
        rc = more < 0 ? more : ledger_row_transfers_add(c, &t, 1);
        if (!rc)
            rc = ledger_row_legs_add(c, t.id, u->legs, u->n_legs);
    }
    return rc;
}

static int unpack_transfers(struct call *c, struct unpack *u)
{
    struct db_rows r;
    int rc = db_query(c->tx, &r, PACK_COLUMNS " ORDER BY first", DB_NO_ARGS);
    while (!rc && (rc = db_next(&r)) == DB_ROW) {
        struct pack row;
        pack_read(&r, &row);
        rc = unpack_row(c, u, &row);
        arena_clear(c->arena);
    }
    db_done(&r);
    return rc;
}

/* A tail from the very beginning has every line with the totals after it. */
static int unpack_lines_of(struct call *c, const struct tail *t)
{
    struct tail_part part;
    int rc = 0;
    tail_part(t, 0, UINT64_MAX, &part);
    for (uint64_t i = 0; !rc && i < part.lines; i++) {
        const struct tail_line *l = tail_line_at(t, part.line + i);
        struct ledger_posting p = { .account = { tail_account_at(t, l->account) } };
        tail_entry(t, l, &p.entry);
        rc = ledger_row_postings_add(c, &p, 1);
        if (i % 1024 == 0)
            arena_clear(c->arena);
    }
    return rc;
}

/* The rows of hot accounts count no holds (ledger_account.c). */
static int unpack_account(struct call *c, const struct tail *t, int64_t id, bool hot)
{
    struct ledger_account a = { .id = { id } };
    const struct tail_line *l = tail_newest(t, a.id, INT64_MAX);
    int rc = hot ? 0 : fast_pending(c, a.id, &a.totals);
    if (l) {
        struct ledger_entry e;
        tail_entry(t, l, &e);
        a.totals.debits = e.debits;
        a.totals.credits = e.credits;
        a.entries = e.seq;
        a.last_us = e.booked_us;
    }
    const struct ledger_account *one = &a;
    return rc ? rc : ledger_row_totals_save(c, &one, 1);
}

static int unpack_accounts(struct call *c, struct arena *keep, const struct tail *t)
{
    struct db_rows r;
    int64_t n = 0, i = 0;
    int rc = db_one_i64(c->tx, "SELECT COUNT(*) FROM ledger_account", DB_NO_ARGS, 0, &n);
    struct {
        int64_t id;
        bool hot;
    } *list = arena_alloc(keep, (size_t)(n + 1) * sizeof *list);
    if (!rc)
        rc = db_query(c->tx, &r, "SELECT id, flags FROM ledger_account ORDER BY id", DB_NO_ARGS);
    else
        r = (struct db_rows){ 0 };
    while (!rc && i < n && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        list[i].id = db_i64(&r, 0);
        list[i++].hot = (db_i64(&r, 1) & LEDGER_HOT) != 0;
    }
    db_done(&r);
    for (int64_t k = 0; !rc && k < i; k++) {
        rc = unpack_account(c, t, list[k].id, list[k].hot);
        arena_clear(c->arena);
    }
    return rc;
}

int ledger_unpack(struct call *c)
{
    int64_t last = 0;
    struct tail *t = tail_new(0, NULL, NULL);
    struct unpack *u = arena_alloc(c->arena, sizeof *u);
    struct call k = *c;
    k.arena = arena_new(UNPACK_MEMORY);
    int rc = fast_last_number(c->tx, &last);
    if (!rc)
        rc = tail_catch(t, c->tx, last, UINT64_MAX);
    if (!rc)
        rc = unpack_transfers(&k, u);
    if (!rc)
        rc = unpack_lines_of(&k, t);
    if (!rc)
        rc = unpack_accounts(&k, c->arena, t);
    if (!rc)
        rc = db_exec(c->tx, "DELETE FROM ledger_chunk", DB_NO_ARGS);
    tail_free(t);
    arena_free(k.arena);
    return rc;
}
