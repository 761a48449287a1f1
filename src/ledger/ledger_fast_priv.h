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
    bool loaded; /* the row was read since it was written last */
    bool exists;
    uint32_t kept;    /* the mark for which its totals are on the stack */
    uint32_t counted; /* the memory's life in which the totals came here, to stay */
    uint32_t asked;   /* the turn in which row and holds were read */
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
    size_t totals, reloads, ids, body, rows, bodies, sent;
    int64_t last;
    bool told;
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
    _Atomic bool stop;
    _Atomic bool filler;     /* there is one */
    _Atomic int64_t waiting; /* transfers committed and not in the history file */
    _Atomic int64_t wanted, waiting_max, writer_waits;
    _Atomic bool pressed;                          /* more comes soon: no time for large merges */
    int64_t rest_us, rest_waiting, rest_booked_us; /* of who fills: fast_rest() */
    _Atomic int fault;                             /* of the filler's last part */
    /* the writer's, from here on */
    bool ready;
    bool behind;         /* another instance wrote: ledger_others.c */
    bool told;           /* this transaction says that rows or holds of accounts changed */
    int64_t changes;     /* as this memory knows them (ledger_news) */
    uint32_t life, turn; /* all totals are asked anew; all rows and holds are */
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
    /* rows of the transaction that are in no table yet: on a server, from sent on */
    struct buf rows, bodies; /* struct pack, whose body is an offset */
    size_t sent;
    /* remembered answers */
    bool day_known, due_known;
    date day;
    int64_t next_due;
};

MUST_USE int fast_ready(struct fast *f, struct call *c);
/* The history file as it is now; RC_CORRUPT: it does not reach up to the tail. */
MUST_USE int fast_history(struct fast *f, struct history *h);
/* The last lines of accounts up to a number, of the history file; all that is committed. */
MUST_USE int fast_base(struct fast *f, struct arena *arena, int64_t number, const account_id *ids,
                       size_t n, struct ledger_entry *out);
MUST_USE int fast_committed(struct fast *f, struct arena *arena, const account_id *ids, size_t n,
                            struct ledger_entry *out);
struct fast_account *fast_find(const struct fast *f, int64_t id); /* NULL: not in memory */
/* After another instance's transactions (ledger_others.c). *again: too far behind, begin anew. */
MUST_USE int fast_catch_up(struct fast *f, struct call *c, bool *again);
bool fast_waits(const void *m);
MUST_USE int fast_flush(void *m, struct db_tx *tx);
MUST_USE int fast_changes(struct db_tx *tx, int64_t *changes);
#endif
