/* ledger_fast_priv.h -- The fast layout's memory: between ledger_fast.c and ledger_fast_write.c. */
#ifndef LEDGER_LEDGER_FAST_PRIV_H
#define LEDGER_LEDGER_FAST_PRIV_H
#include "ledger/ledger_fast.h"
#include "ledger/ledger_known.h"
#include <pthread.h>
#include <stdatomic.h>

enum { FAST_DEPTH = 8 };

struct fast_account {
    struct ledger_account a;
    bool loaded;  /* the row was read since it was written last */
    bool counted; /* the totals are here, for good */
    bool exists;
    uint32_t kept; /* the mark for which its totals are on the stack */
};
struct slot {
    int64_t id;
    struct fast_account *at;
};
struct undo_totals {
    struct fast_account *at;
    struct ledger_totals totals;
    int64_t entries, last_us;
    uint32_t kept;
};
struct undo_id {
    transfer_id id;
    int64_t number;
};
struct mark {
    size_t totals, reloads, ids, body;
    int64_t last;
    struct pack row;
    struct packing packing;
};

struct fast {
    struct arena *own;
    struct db *db;
    struct lines *lines;
    struct tail *tail;
    pthread_mutex_t filling; /* one fills at a time */
    _Atomic int64_t filled;  /* number up to which the history file has all */
    /* with the filler's thread */
    pthread_mutex_t news_lock;
    pthread_cond_t news;
    bool stop;
    _Atomic bool filler;     /* there is one */
    _Atomic int64_t waiting; /* transfers committed and not in the history file */
    _Atomic int64_t wanted, waiting_max, writer_waits;
    /* the writer's, from here on */
    bool ready;
    struct tail *own_tail;
    bool own_used;
    struct arena *accounts, *slots_arena;
    struct slot *slots;
    size_t n_slots, used;
    struct known *known;
    int64_t last, committed;         /* numbers */
    uint32_t serial;                 /* of the mark */
    struct buf totals, reloads, ids; /* stacks of what to take back */
    struct mark marks[FAST_DEPTH];
    int depth;
    /* the call's row */
    bool open;
    struct buf body;
    struct pack row;
    struct packing packing;
    /* remembered answers */
    bool day_known, due_known;
    date day;
    int64_t next_due;
};

MUST_USE int fast_ready(struct fast *f, struct call *c);
#endif
