/* ledger_filler.c -- See ledger_filler.h. */
#include "ledger/ledger_filler.h"
#include "base/log.h"
#include "ledger/ledger_fast_priv.h"
#include "store/db_memory.h"
#include "store/store_clock.h"
#include <errno.h>
#include "base/banned.h"

enum {
    PART_MIN = 100000,
    PART_MAX = 1000000,
    LATER_S = 1,
    PRESSED = 12000, /* transfers a second: a large merge would be given up half-way */
};

struct ledger_filler {
    struct arena *arena;
    struct db *db;
    struct fast *fast; /* NULL: the plain layout */
    pthread_t thread;
    bool running;
    int64_t part;    /* how many make it worth it */
    int64_t part_us; /* when the last one began */
    pthread_mutex_t lock;
    struct ledger_filler_numbers numbers;
};

static int64_t thread_cpu_us(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int fill_once(struct ledger_filler *w, int64_t max, int64_t *filled)
{
    struct db_tx *tx = NULL;
    int64_t left = 0, rows = 0, from = store_clock_us();
    *filled = 0;
    int rc = db_read(w->db, &tx);
    if (rc)
        return rc;
    rc = fast_fill(w->fast, tx, (uint64_t)max, filled, &left, &rows);
    db_read_done(&tx);
    /* Many rows a transfer: each account has few lines in a part, and a page is written for each.
     */
    if (!rc && *filled >= w->part) {
        if (rows * 8 > *filled && w->part * 2 <= PART_MAX)
            w->part *= 2;
        else if (rows * 16 < *filled && w->part > PART_MIN)
            w->part /= 2;
    }
    pthread_mutex_lock(&w->lock);
    struct ledger_filler_numbers *n = &w->numbers;
    if (rc && rc != n->fault)
        log_line(LOG_WARN, "ledger.history", "not filled: %d", rc);
    n->fault = rc;
    n->filled += *filled;
    n->rows += rows;
    n->parts += *filled > 0;
    n->busy_us += store_clock_us() - from;
    n->cpu_us = thread_cpu_us();
    pthread_mutex_unlock(&w->lock);
    pthread_mutex_lock(&w->fast->news_lock); /* who waits for us looks again */
    atomic_store(&w->fast->fault, rc);
    if (rc)
        pthread_cond_broadcast(&w->fast->news);
    pthread_mutex_unlock(&w->fast->news_lock);
    return rc;
}

static void note_pace(struct ledger_filler *w, int64_t waiting, bool few)
{
    int64_t now = store_clock_us(), took = now - w->part_us;
    atomic_store(&w->fast->pressed, !few && waiting > took * PRESSED / 1000000);
    w->part_us = now;
}

/* Waits until there is enough, or nothing more comes. On a server others book and fill, too: it
 * looks now and then. False: it is to stop. */
static bool wait_for_work(struct ledger_filler *w)
{
    struct fast *f = w->fast;
    int64_t seen = -1, none;
    bool looks = db_is_server(w->db);
    pthread_mutex_lock(&f->news_lock);
    for (;;) {
        if (looks && !f->stop && atomic_load(&f->waiting) < w->part) {
            pthread_mutex_unlock(&f->news_lock);
            (void)fill_once(w, 0, &none);
            pthread_mutex_lock(&f->news_lock);
        }
        int64_t waiting = atomic_load(&f->waiting);
        /* Few, when nothing more comes, or none, when a reader has met damage. But a file that is
         * no longer merged takes few runs: they are made long ones. */
        bool few = (waiting > 0 && waiting == seen) || lines_are_spoilt(f->lines);
        if (f->stop || waiting >= w->part || (few && !lines_given_up(f->lines))) {
            note_pace(w, waiting, few);
            break;
        }
        seen = waiting;
        f->wanted = w->part;
        struct timespec until = store_clock_after(LATER_S);
        (void)pthread_cond_timedwait(&f->news, &f->news_lock, &until);
    }
    bool go = !f->stop;
    pthread_mutex_unlock(&f->news_lock);
    return go;
}

static void *filler_main(void *ctx)
{
    struct ledger_filler *w = ctx;
    int64_t filled;
    while (wait_for_work(w))
        if (fill_once(w, w->part, &filled)) { /* a fault: not again at once */
            struct timespec t = { .tv_sec = LATER_S };
            (void)nanosleep(&t, NULL);
        }
    return NULL;
}

int ledger_filler_start(struct db *db, struct ledger_filler **out)
{
    struct arena *arena = arena_new(1 << 12);
    struct ledger_filler *w = arena_alloc(arena, sizeof *w);
    struct db_tx *tx = NULL;
    w->arena = arena;
    w->db = db;
    w->part = PART_MIN;
    w->part_us = store_clock_us();
    CHECK(!pthread_mutex_init(&w->lock, NULL));
    int rc = db_read(db, &tx);
    if (!rc)
        rc = ledger_fast_of(tx, &w->fast);
    if (tx)
        db_read_done(&tx);
    if (!rc && w->fast) {
        atomic_store(&w->fast->filler, true);
        rc = pthread_create(&w->thread, NULL, filler_main, w) ? RC_IO : 0;
        w->running = !rc;
    }
    if (rc) {
        if (w->fast) /* nobody waits for a filler that is not there */
            atomic_store(&w->fast->filler, false);
        pthread_mutex_destroy(&w->lock);
        arena_free(arena);
        return rc;
    }
    *out = w;
    return 0;
}

void ledger_filler_stop(struct ledger_filler *w, bool all)
{
    if (!w)
        return;
    if (w->running) {
        struct fast *f = w->fast;
        int64_t filled = 1;
        pthread_mutex_lock(&f->news_lock);
        f->stop = true;
        pthread_cond_broadcast(&f->news);
        pthread_mutex_unlock(&f->news_lock);
        pthread_join(w->thread, NULL);
        while (all && filled && !fill_once(w, PART_MAX, &filled))
            ;
        atomic_store(&f->filler, false);
        atomic_store(&f->pressed, false);
        f->stop = false;
    }
    pthread_mutex_destroy(&w->lock);
    arena_free(w->arena);
}

void ledger_filler_numbers(struct ledger_filler *w, struct ledger_filler_numbers *out)
{
    pthread_mutex_lock(&w->lock);
    *out = w->numbers;
    pthread_mutex_unlock(&w->lock);
    if (!w->fast)
        return;
    out->waiting = atomic_load(&w->fast->waiting);
    out->waiting_max = atomic_load(&w->fast->waiting_max);
    out->writer_waits = atomic_load(&w->fast->writer_waits);
    out->damaged = lines_given_up(w->fast->lines);
}
