/* ledger_fill.c -- Fast layout: takes a part of the tail into the history file, sorted by account,
 * in one transaction. */
#include "ledger/ledger_lines_priv.h"
#include <stdlib.h>
#include <string.h>
#include "base/banned.h"

enum { FILL_MEMORY = 1 << 30, AHEAD = 12, PIECE = 256 /* accounts between two rests */ };

struct filling {
    struct lines *l;
    struct db_tx *tx;
    struct arena *arena;
    const struct tail *tail;
    const struct tail_part *part;
    uint32_t *counts; /* of each account: lines, then where its next one goes */
    uint32_t *order;  /* lines of the part, by account; within one in their own order */
    struct who {
        int64_t id;
        uint32_t at;
    } * accounts; /* those with lines, by id */
    uint32_t n_accounts;
    struct lines_run run;
    int64_t rows;
};

static int by_id(const void *a, const void *b)
{
    int64_t x = ((const struct who *)a)->id, y = ((const struct who *)b)->id;
    return (x > y) - (x < y);
}

/* Counting sort: the accounts that have lines, in the order of their ids, then their lines. */
static void sort_lines(struct filling *f)
{
    const struct tail_part *p = f->part;
    f->counts = arena_alloc(f->arena, (p->accounts + 1) * sizeof *f->counts);
    f->accounts = arena_alloc(f->arena, (p->accounts + 1) * sizeof *f->accounts);
    f->order = arena_alloc(f->arena, (p->lines + 1) * sizeof *f->order);
    for (uint64_t i = 0; i < p->lines; i++)
        f->counts[tail_line_at(f->tail, p->line + i)->account]++;
    for (uint32_t i = 0; i < p->accounts; i++)
        if (f->counts[i])
            f->accounts[f->n_accounts++] = (struct who){ tail_account_at(f->tail, i), i };
    qsort(f->accounts, f->n_accounts, sizeof *f->accounts, by_id);
    uint32_t at = 0;
    for (uint32_t i = 0; i < f->n_accounts; i++) {
        uint32_t n = f->counts[f->accounts[i].at];
        f->counts[f->accounts[i].at] = at;
        at += n;
    }
    for (uint64_t i = 0; i < p->lines; i++) {
        uint32_t account = tail_line_at(f->tail, p->line + i)->account;
        f->order[f->counts[account]++] = (uint32_t)i;
    }
}

static void entry_at(const struct filling *f, uint32_t line, struct ledger_entry *e)
{
    const struct tail_line *l = tail_line_at(f->tail, f->part->line + line);
    uint64_t first = f->part->move;
    const struct tail_move *m =
        tail_move_at(f->tail, first + (uint32_t)(l->move - (uint32_t)first));
    tail_entry_of(m, l, e);
}

static void fetch(const void *at, size_t size)
{
    __builtin_prefetch(at);
    __builtin_prefetch((const char *)at + size - 1);
}

/* In the order of accounts lines lie all over: those that come later are fetched before. */
static void fetch_later(const struct filling *f, uint32_t at)
{
    uint64_t first = f->part->move;
    if (at + 2 * AHEAD < f->part->lines)
        fetch(tail_line_at(f->tail, f->part->line + f->order[at + 2 * AHEAD]),
              sizeof(struct tail_line));
    if (at + AHEAD < f->part->lines) {
        const struct tail_line *l = tail_line_at(f->tail, f->part->line + f->order[at + AHEAD]);
        fetch(tail_move_at(f->tail, first + (uint32_t)(l->move - (uint32_t)first)),
              sizeof(struct tail_move));
    }
}

static int put_lines(struct filling *f)
{
    struct lines_writer w;
    struct ledger_entry e;
    int rc = 0;
    uint32_t at = 0;
    lines_put_begin(&w, f->arena, f->tx, f->run.run);
    for (uint32_t i = 0; !rc && i < f->n_accounts; i++) {
        if (i % PIECE == 0)
            lines_rest_now(f->l);
        uint32_t end = f->counts[f->accounts[i].at]; /* where its next one would go */
        for (; !rc && at < end; at++) {
            fetch_later(f, at);
            entry_at(f, f->order[at], &e);
            rc = lines_put(&w, f->accounts[i].id, &e);
        }
    }
    if (!rc)
        rc = lines_put_end(&w);
    f->rows = w.rows;
    return rc;
}

/* ---- ids ---- */

static int by_transfer(const void *a, const void *b)
{
    return lines_id_order(((const struct lines_id *)a)->id, ((const struct lines_id *)b)->id);
}

/* Ids carry their maker's time, so they come in order or nearly so. */
static int put_ids(struct filling *f)
{
    const struct tail_part *p = f->part;
    struct ids_writer w;
    struct lines_id *ids = arena_alloc(f->arena, p->moves * sizeof *ids);
    bool sorted = true;
    int rc = 0;
    for (uint64_t i = 0; i < p->moves; i++) {
        const struct tail_move *m = tail_move_at(f->tail, p->move + i);
        ids[i] = (struct lines_id){ m->id, m->number };
        f->run.at_us = m->booked_us < f->run.at_us ? m->booked_us : f->run.at_us;
        f->run.day = m->booked < f->run.day ? m->booked : f->run.day;
        sorted = sorted && (!i || lines_id_order(ids[i - 1].id, ids[i].id) < 0);
    }
    if (!sorted)
        qsort(ids, p->moves, sizeof *ids, by_transfer);
    f->run.id_min = ids[0].id.high;
    f->run.id_max = ids[p->moves - 1].id.high;
    ids_put_begin(&w, f->arena, f->tx, f->run.run);
    for (uint64_t i = 0; !rc && i < p->moves; i++)
        rc = ids_put(&w, &ids[i]);
    return rc ? rc : ids_put_end(&w);
}

/* ---- the run ---- */

static int begin_run(struct filling *f)
{
    const struct tail_move *m = tail_move_at(f->tail, f->part->move);
    f->run = (struct lines_run){ .moves = (int64_t)f->part->moves,
                                 .number = m->number,
                                 .last_number = f->part->last,
                                 .at_us = m->booked_us,
                                 .day = m->booked };
    int rc = db_one_i64(f->tx, "SELECT MAX(run) FROM history_run", DB_NO_ARGS, 0, &f->run.run);
    f->run.run++;
    return rc;
}

int lines_put_part(struct lines *l, struct db_tx *tx, const struct tail *t,
                   const struct tail_part *part, int64_t *rows)
{
    struct filling f = {
        .l = l, .tx = tx, .tail = t, .part = part, .arena = arena_new(FILL_MEMORY)
    };
    sort_lines(&f);
    int rc = begin_run(&f);
    if (!rc)
        rc = put_lines(&f);
    if (!rc)
        rc = put_ids(&f);
    if (!rc)
        rc = lines_run_put(tx, &f.run);
    arena_free(f.arena);
    *rows = f.rows;
    return rc;
}

static int move_mark(struct db_tx *tx, const struct tail *t, const struct tail_part *part)
{
    const struct tail_move *m = tail_move_at(t, part->move + part->moves - 1);
    return db_exec(tx,
                   "INSERT INTO history_mark (id, number, id_high, id_low, turn)"
                   " VALUES (1, $1, $2, $3, 1) ON CONFLICT (id) DO UPDATE SET"
                   " number=excluded.number, id_high=excluded.id_high,"
                   " id_low=excluded.id_low, turn=history_mark.turn+1",
                   DB_ARGS(DB_I(m->number), DB_I(m->id.high), DB_I(m->id.low)));
}

/* Callers take turns (ledger_fast.c: filling). */
int lines_fill(struct lines *l, const struct tail *t, const struct tail_part *part, int64_t *rows,
               bool *done)
{
    struct db_tx *tx = NULL;
    int64_t mark = 0;
    *rows = 0;
    *done = true;
    if (!part->moves)
        return 0;
    int rc = lines_make(l);
    if (!rc)
        rc = lines_make_room(l);
    if (rc)
        return rc;
    rc = db_begin(atomic_load(&l->db), &tx);
    if (!rc)
        rc = db_one_i64(tx, "SELECT number FROM history_mark WHERE id=1", DB_NO_ARGS, 0, &mark);
    *done = mark == part->after;
    if (!rc && *done)
        rc = lines_put_part(l, tx, t, part, rows);
    if (!rc && *done)
        rc = move_mark(tx, t, part);
    if (!rc && *done)
        rc = db_commit(&tx);
    db_rollback(&tx);
    return rc == RC_CONFLICT ? RC_CORRUPT : rc;
}
