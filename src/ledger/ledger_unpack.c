/* ledger_unpack.c -- Books of the fast layout become plain ones: a row a transfer, a row a line,
 * the totals in the accounts' rows. What was booked stays as it was, numbers and instants too. Also
 * on a server, of rows that were copied there. */
#include "ledger/ledger_fast.h"
#include <stdlib.h>
#include <string.h>
#include "base/banned.h"

enum {
    UNPACK_MEMORY = 64 << 20,
    AT_ONCE = 500,
    PART = 1024 /* transfers in memory, or a row of more */
};

struct outlet { /* whose an account is */
    int64_t id, outlet_id;
};
struct unpacking {
    struct call *c; /* whose arena lasts */
    struct call k;  /* with one that is cleared now and then */
    struct unpack *u;
    struct outlet *accounts;
    int64_t n_accounts, *last_us; /* last_us: by the tail's count of accounts */
    uint32_t n_tail;
    struct ledger_transfer *list; /* waiting to be written */
    int64_t n, transfers;
};

static int by_id(const void *key, const void *at)
{
    int64_t id = *(const int64_t *)key, other = ((const struct outlet *)at)->id;
    return (id > other) - (id < other);
}

static int read_outlets(struct unpacking *p)
{
    struct db_rows r;
    int64_t n = 0;
    int rc = db_one_i64(p->c->tx, "SELECT COUNT(*) FROM ledger_account", DB_NO_ARGS, 0, &n);
    if (rc)
        return rc;
    p->accounts = arena_alloc(p->c->arena, (size_t)(n + 1) * sizeof *p->accounts);
    rc = db_query(p->c->tx, &r, "SELECT id, outlet_id FROM ledger_account ORDER BY id", DB_NO_ARGS);
    while (!rc && p->n_accounts < n && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        p->accounts[p->n_accounts++] = (struct outlet){ db_i64(&r, 0), db_i64(&r, 1) };
    }
    db_done(&r);
    return rc;
}

/* A transfer is its first account's outlet's; a row of several outlets does not say whose. */
static int64_t outlet_of(const struct unpacking *p, const struct ledger_transfer *t)
{
    int64_t first = p->u->n_legs ? p->u->legs[0].account.n : t->debit.n;
    const struct outlet *a =
        t->outlet_id ? NULL : bsearch(&first, p->accounts, (size_t)p->n_accounts, sizeof *a, by_id);
    return a ? a->outlet_id : t->outlet_id;
}

static int flush(struct unpacking *p)
{
    int rc = ledger_row_transfers_add(&p->k, p->list, (size_t)p->n);
    p->transfers += p->n;
    p->n = 0;
    arena_clear(p->k.arena);
    p->list = arena_alloc(p->k.arena, AT_ONCE * sizeof *p->list);
    return rc;
}

static int unpack_row(struct unpacking *p, const struct pack *row)
{
    struct ledger_transfer t;
    int rc, more;
    unpack_begin(p->u, row);
    for (rc = 0; !rc && (more = unpack_next(p->u, &t)) != 0;) {
        if (more < 0)
            return more;
        t.memo = *t.memo ? arena_text(p->k.arena, t.memo) : "";
        t.outlet_id = outlet_of(p, &t);
        p->list[p->n++] = t;
        rc = ledger_row_legs_add(&p->k, t.id, p->u->legs, p->u->n_legs);
        if (!rc && p->n == AT_ONCE)
            rc = flush(p);
    }
    return rc;
}

static int unpack_transfers(struct unpacking *p)
{
    struct db_rows r;
    p->list = arena_alloc(p->k.arena, AT_ONCE * sizeof *p->list);
    int rc = db_query(p->c->tx, &r, PACK_COLUMNS " ORDER BY first", DB_NO_ARGS);
    while (!rc && (rc = db_next(&r)) == DB_ROW) {
        struct pack row;
        pack_read(&r, &row);
        rc = unpack_row(p, &row);
    }
    db_done(&r);
    return rc ? rc : flush(p);
}

/* A tail from the very beginning gives every line with the totals after it; lines that are written
 * are forgotten. */
static int unpack_part(struct unpacking *p, const struct tail *t, int64_t after)
{
    struct tail_part part;
    int rc = 0;
    tail_part(t, after, UINT64_MAX, &part);
    if (part.accounts > p->n_accounts)
        return RC_CORRUPT; /* lines of no account */
    p->n_tail = part.accounts;
    for (uint64_t i = 0; !rc && i < part.lines; i += AT_ONCE) {
        size_t n = part.lines - i < AT_ONCE ? (size_t)(part.lines - i) : AT_ONCE;
        struct ledger_posting *list = arena_alloc(p->k.arena, n * sizeof *list);
        for (size_t k = 0; k < n; k++) {
            const struct tail_line *l = tail_line_at(t, part.line + i + k);
            list[k].account.n = tail_account_at(t, l->account);
            tail_entry(t, l, &list[k].entry);
            p->last_us[l->account] = list[k].entry.booked_us;
        }
        rc = ledger_row_postings_add(&p->k, list, n);
        arena_clear(p->k.arena);
    }
    return rc;
}

static int unpack_lines_of(struct unpacking *p, struct tail *t, int64_t last)
{
    int rc = 0;
    p->last_us = arena_alloc(p->c->arena, (size_t)(p->n_accounts + 1) * sizeof *p->last_us);
    while (!rc && tail_last(t) < last) {
        int64_t after = tail_last(t);
        rc = tail_catch(t, p->c->tx, last, PART);
        if (!rc)
            rc = tail_last(t) > after ? unpack_part(p, t, after) : RC_CORRUPT;
        tail_lock(t);
        tail_trim(t, tail_last(t));
        tail_unlock(t);
    }
    return rc;
}

static int unpack_totals(struct unpacking *p, const struct tail *t)
{
    int rc = 0;
    for (uint32_t i = 0; !rc && i < p->n_tail; i += AT_ONCE) {
        size_t n = 0;
        struct ledger_account *a = arena_alloc(p->k.arena, AT_ONCE * sizeof *a);
        const struct ledger_account **list = arena_alloc(p->k.arena, AT_ONCE * sizeof *list);
        for (uint32_t k = i; k < p->n_tail && k < i + AT_ONCE; k++) {
            const account_id id = { tail_account_at(t, k) };
            const struct tail_account *e = tail_account(t, id);
            a[n] =
                (struct ledger_account){ .id = id,
                                         .totals = { .debits = e->debits, .credits = e->credits },
                                         .entries = e->seq,
                                         .last_us = p->last_us[k] };
            list[n] = &a[n];
            n++;
        }
        rc = ledger_row_totals_save(&p->k, list, n);
        arena_clear(p->k.arena);
    }
    return rc;
}

/* The rows of hot accounts count no holds (ledger_account.c). */
static int unpack_pending(struct call *c)
{
    return db_exec(c->tx,
                   "UPDATE ledger_account SET debits_pending=COALESCE((SELECT CAST(SUM(h.minor) AS"
                   " BIGINT) FROM ledger_hold h WHERE h.debit_id=ledger_account.id AND h.state=1),"
                   " 0), credits_pending=COALESCE((SELECT CAST(SUM(h.minor) AS BIGINT) FROM"
                   " ledger_hold h WHERE h.credit_id=ledger_account.id AND h.state=1), 0)"
                   " WHERE (flags & 16)=0",
                   DB_NO_ARGS);
}
_Static_assert(HOLD_OPEN == 1 && LEDGER_HOT == 16, "the statement above says so");

/* Nothing was left behind: the packed rows go only when as many transfers stand in their place. */
static int unpack_end(struct unpacking *p)
{
    int64_t packed = 0, plain = 0;
    int rc = db_one_i64(p->c->tx, "SELECT CAST(SUM(n) AS BIGINT) FROM ledger_chunk", DB_NO_ARGS, 0,
                        &packed);
    if (!rc)
        rc = db_one_i64(p->c->tx, "SELECT COUNT(*) FROM ledger_transfer", DB_NO_ARGS, 0, &plain);
    if (!rc && (packed != plain || plain != p->transfers))
        rc = RC_CORRUPT;
    return rc ? rc : db_exec(p->c->tx, "DELETE FROM ledger_chunk", DB_NO_ARGS);
}

int ledger_unpack(struct call *c)
{
    int64_t last = 0;
    struct tail *t = tail_new(0, NULL, NULL);
    struct unpacking p = { .c = c, .k = *c };
    p.u = arena_alloc(c->arena, sizeof *p.u);
    p.k.arena = arena_new(UNPACK_MEMORY);
    int rc = fast_last_number(c->tx, &last);
    if (!rc)
        rc = read_outlets(&p);
    if (!rc)
        rc = unpack_transfers(&p);
    if (!rc)
        rc = unpack_lines_of(&p, t, last);
    if (!rc)
        rc = unpack_totals(&p, t);
    if (!rc)
        rc = unpack_pending(c);
    if (!rc)
        rc = unpack_end(&p);
    tail_free(t);
    arena_free(p.k.arena);
    return rc;
}
