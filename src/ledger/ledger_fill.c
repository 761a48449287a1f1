/* ledger_fill.c -- Fast layout: takes a part of the tail into the history file, sorted by account,
 * in one transaction. */
#include "ledger/ledger_lines_priv.h"
#include <stdlib.h>
#include <string.h>
#include "base/banned.h"

enum {
    ROW_LINES = 64, /* lines of a row at most */
    LINE_MAX = 1 + 8 * 10,
    AT_ONCE = 2048, /* rows of a statement */
    LINE_VALUES = 11,
    BODIES = 4 << 20, /* bytes of the rows of a statement, before it is run */
    FILL_MEMORY = 1 << 30,
};

struct filling {
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
    int64_t rows;
    struct db_value *values; /* rows that are not written yet */
    int n_values;            /* of AT_ONCE rows */
    uint8_t *bodies;
    size_t used;
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

static int64_t entry_at(const struct filling *f, uint32_t line, struct ledger_entry *e)
{
    const struct tail_line *l = tail_line_at(f->tail, f->part->line + line);
    uint64_t first = f->part->move;
    const struct tail_move *m =
        tail_move_at(f->tail, first + (uint32_t)(l->move - (uint32_t)first));
    *e = (struct ledger_entry){ .seq = l->seq,
                                .transfer = m->id,
                                .side = l->side,
                                .minor = l->minor,
                                .debits = l->debits,
                                .credits = l->credits,
                                .booked_us = m->booked_us,
                                .booked = { m->booked },
                                .value = { m->value },
                                .number = m->number };
    return m->number;
}

static int put_rows(struct filling *f)
{
    int rc = db_exec_many(f->tx,
                          "INSERT INTO history_line (account_id, seq, last_seq, number,"
                          " last_number, at_us, day, debits, credits, back, body)"
                          " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
                          f->values, LINE_VALUES, f->n_values);
    f->n_values = 0;
    f->used = 0;
    return rc;
}

static int put_row(struct filling *f, int64_t account, const uint32_t *lines, uint32_t n)
{
    uint8_t *body = f->bodies + f->used, *at = body;
    struct ledger_entry first = { 0 }, e, before = { 0 };
    int64_t number = 0, number_before = 0, first_number = 0, back = 0;
    for (uint32_t i = 0; i < n; i++) {
        number = entry_at(f, lines[i], &e);
        if (i == 0) {
            first = e;
            first_number = number;
        }
        at = line_put(at, &before, number_before, &e, number);
        back += e.value.days < e.booked.days;
        before = e;
        number_before = number;
    }
    int64_t debits = first.debits - (first.side == LEDGER_DEBIT ? first.minor : 0);
    int64_t credits = first.credits - (first.side == LEDGER_CREDIT ? first.minor : 0);
    const struct db_value row[LINE_VALUES] = {
        DB_I(account),
        DB_I(first.seq),
        DB_I(e.seq),
        DB_I(first_number),
        DB_I(number),
        DB_I(first.booked_us),
        DB_I(first.booked.days),
        DB_I(debits),
        DB_I(credits),
        DB_I(back),
        DB_B(body, (size_t)(at - body)),
    };
    f->rows++;
    f->used += (size_t)(at - body);
    memcpy(f->values + (size_t)f->n_values++ * LINE_VALUES, row, sizeof row);
    bool full = f->n_values == AT_ONCE || f->used > BODIES - ROW_LINES * LINE_MAX;
    return full ? put_rows(f) : 0;
}

static int put_lines(struct filling *f)
{
    int rc = 0;
    uint32_t at = 0;
    for (uint32_t i = 0; !rc && i < f->n_accounts; i++) {
        uint32_t end = f->counts[f->accounts[i].at]; /* where its next one would go */
        for (; !rc && at < end; at += end - at < ROW_LINES ? end - at : ROW_LINES)
            rc = put_row(f, f->accounts[i].id, f->order + at,
                         end - at < ROW_LINES ? end - at : ROW_LINES);
    }
    return rc || !f->n_values ? rc : put_rows(f);
}

static int put_ids(struct filling *f)
{
    struct db_value *v = f->values;
    const struct tail_part *p = f->part;
    int rc = 0;
    for (uint64_t i = 0, n; !rc && i < p->moves; i += n) {
        n = p->moves - i < AT_ONCE ? p->moves - i : AT_ONCE;
        for (uint64_t k = 0; k < n; k++) {
            const struct tail_move *m = tail_move_at(f->tail, p->move + i + k);
            v[k * 3] = DB_I(m->id.high);
            v[k * 3 + 1] = DB_I(m->id.low);
            v[k * 3 + 2] = DB_I(m->number);
        }
        rc = db_exec_many(f->tx,
                          "INSERT INTO history_id (id_high, id_low, number) VALUES ($1, $2, $3)", v,
                          3, (int)n);
    }
    return rc;
}

static int put_mark(struct filling *f)
{
    const struct tail_move *m = tail_move_at(f->tail, f->part->move + f->part->moves - 1);
    return db_exec(f->tx,
                   "INSERT INTO history_mark (id, number, id_high, id_low) VALUES (1, $1, $2, $3)"
                   " ON CONFLICT (id) DO UPDATE SET number=excluded.number,"
                   " id_high=excluded.id_high, id_low=excluded.id_low",
                   DB_ARGS(DB_I(m->number), DB_I(m->id.high), DB_I(m->id.low)));
}

/* Callers take turns (ledger_fast.c: filling). */
int lines_fill(struct lines *l, const struct tail *t, const struct tail_part *part, int64_t *rows,
               bool *done)
{
    struct filling f = { .tail = t, .part = part };
    int64_t mark = 0;
    *rows = 0;
    *done = true;
    if (!part->moves)
        return 0;
    int rc = lines_make(l);
    if (rc)
        return rc;
    f.arena = arena_new(FILL_MEMORY);
    f.values = arena_alloc(f.arena, AT_ONCE * LINE_VALUES * sizeof *f.values);
    f.bodies = arena_alloc(f.arena, BODIES);
    sort_lines(&f);
    rc = db_begin(atomic_load(&l->db), &f.tx);
    if (!rc)
        rc = db_one_i64(f.tx, "SELECT number FROM history_mark WHERE id=1", DB_NO_ARGS, 0, &mark);
    *done = mark == part->after;
    if (!rc && *done)
        rc = put_lines(&f);
    if (!rc && *done)
        rc = put_ids(&f);
    if (!rc && *done)
        rc = put_mark(&f);
    if (!rc && *done)
        rc = db_commit(&f.tx);
    db_rollback(&f.tx);
    arena_free(f.arena);
    *rows = f.rows;
    return rc == RC_CONFLICT ? RC_CORRUPT : rc;
}
