/* ledger_tail.h -- Fast layout: the lines of the newest transfers, which are not in the history
 * file yet, in memory.
 *
 * Nobody pushes: whoever reads catches the tail up with what its own snapshot sees, so the writer
 * pays nothing and a tail never holds what was not committed. (The writer has a tail of its own for
 * what it has not committed; the shared one is that one's parent.) Moves and lines never change and
 * never move in memory once they are in; they go when the history file has them.
 *
 * Locks: `catching` (one catches up at a time) before `lock` (chains and counts). */
#ifndef LEDGER_LEDGER_TAIL_H
#define LEDGER_LEDGER_TAIL_H
#include "ledger/ledger_pack.h"

struct tail_move {
    transfer_id id;
    int64_t number, booked_us;
    const char *memo; /* "" without one */
    int32_t booked, value, code;
    uint8_t kind;
    bool ends; /* the last one of its row */
};
struct tail_line {
    int64_t minor, debits, credits, seq; /* the account's totals after it */
    int64_t other;                       /* account; 0: a journal */
    uint64_t before;                     /* the account's line before it */
    uint32_t move;
    uint32_t account : 28, side : 4;
};
struct tail_account {
    int64_t id, debits, credits, seq;
    uint64_t last; /* line */
};

/* The totals of accounts before the first line that the tail has of them: one entry each. */
typedef int tail_base(void *ctx, struct arena *arena, const account_id *ids, size_t n,
                      struct ledger_entry *out);

struct tail;
/* numbers up to and with `after` are elsewhere (the history file). */
struct tail *tail_new(int64_t after, tail_base *base, void *ctx);
void tail_free(struct tail *t);
void tail_reset(struct tail *t, int64_t after); /* forgets all */
/* It has at most so many moves, lines and accounts. (Fewer: for tests.) */
#define TAIL_MAX ((uint64_t)4096 * 8192)
void tail_bound(struct tail *t, uint64_t max);
/* Takes in what this transaction sees up to `limit`, or stops when max moves are in. RC_FULL: no
 * room for the next row; nothing of it is in. */
MUST_USE int tail_catch(struct tail *t, struct db_tx *tx, int64_t limit, uint64_t max);
/* While somebody reads history and tail together nothing is forgotten. */
void tail_pin(struct tail *t);
void tail_unpin(struct tail *t);

void tail_lock(struct tail *t);
void tail_unlock(struct tail *t);
/* ---- under the lock ---- */
int64_t tail_first(const struct tail *t); /* all numbers after this one are in */
int64_t tail_last(const struct tail *t);  /* up to this one */
/* Of a line on this account: the other one; 0: a journal. */
int64_t tail_other(const struct ledger_transfer *x, account_id own);
/* NULL: the tail has never had a line of it. */
const struct tail_account *tail_account(const struct tail *t, account_id id);
/* The account's newest line up to a number, or NULL. */
const struct tail_line *tail_newest(const struct tail *t, account_id id, int64_t limit);
const struct tail_line *tail_before(const struct tail *t, const struct tail_line *l);
int64_t tail_number(const struct tail *t, const struct tail_line *l);
void tail_entry(const struct tail *t, const struct tail_line *l, struct ledger_entry *out);
/* The same of a line whose move is known. */
void tail_entry_of(const struct tail_move *m, const struct tail_line *l, struct ledger_entry *out);
/* Which move has this id; NULL. */
const struct tail_move *tail_find(const struct tail *t, transfer_id id);
/* Forgets moves up to and with the number, now or when nobody reads any more. */
void tail_trim(struct tail *t, int64_t number);

/* ---- for the filler: what is in does not change, so these need no lock ---- */
struct tail_part {
    uint64_t move, moves; /* from, how many */
    uint64_t line, lines;
    uint32_t accounts;
    int64_t after, last; /* the number before the first one, and of the last one */
};
/* The moves after a number, at most max of them, ending with a whole row. Under the lock. */
void tail_part(const struct tail *t, int64_t after, uint64_t max, struct tail_part *out);
const struct tail_move *tail_move_at(const struct tail *t, uint64_t at);
const struct tail_line *tail_line_at(const struct tail *t, uint64_t at);
int64_t tail_account_at(const struct tail *t, uint32_t at);
#endif
