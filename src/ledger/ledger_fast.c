/* ledger_fast.c -- Fast layout: the writer's memory. See ledger_fast.h. */
#include "base/ids.h"
#include "base/log.h"
#include "ledger/ledger_fast_priv.h"
#include "ledger/ledger_filler.h"
#include "store/db_memory.h"
#include "store/store_clock.h"
#include <string.h>
#include "base/banned.h"

enum {
    OWN_MEMORY = 1 << 16,
    STACK_MAX = 1 << 30,  /* bytes of an undo stack: one transaction */
    STACK_KEEP = 4 << 20, /* a larger one is given back */
    BODY_MAX = 64 << 20,  /* of a call's row */
    KNOWN_MAX = 4 << 20,  /* ids read at the start */
    KNOWN_MS = 5000,      /* how far back */
    MERGE_BELOW = 25000,  /* transfers that wait when a large merge begins */
    MERGE_UNTIL = 300000, /* and when it is given up */
    REST_BELOW = 250000,  /* transfers that wait: more than that leave no time to rest */
    REST_MAX_US = 4000,
    BOOKING_US = 100000, /* nobody books who has not for so long */
    GAP_MAX = 1 << 20,   /* transfers that may wait for the history file at the start */
};

/* ---- made and ended ---- */

int fast_last_number(struct db_tx *tx, int64_t *number)
{
    return db_one_i64(tx, "SELECT last FROM ledger_chunk ORDER BY first DESC LIMIT 1", DB_NO_ARGS,
                      0, number);
}

/* A file that was wiped while this tail goes on from its old mark (by another program: nobody of
 * ours does that) would give accounts without their first lines. The tail is asked first: what the
 * filler takes out of it later is in a later state of the file. */
int fast_history(struct fast *f, struct history *h)
{
    tail_lock(f->tail);
    int64_t first = tail_first(f->tail);
    tail_unlock(f->tail);
    int rc = lines_read(f->lines, h);
    if (rc)
        return rc;
    if (h->mark >= first)
        return 0;
    log_line(LOG_ERROR, "ledger.history", "it ends at %lld, but %lld was in: start again",
             (long long)h->mark, (long long)first);
    lines_read_done(h);
    return RC_CORRUPT;
}

int fast_base(struct fast *f, struct arena *arena, int64_t number, const account_id *ids, size_t n,
              struct ledger_entry *out)
{
    struct history history;
    struct lines_until until = LINES_ALL;
    memset(out, 0, n * sizeof *out);
    until.number = number;
    if (!n)
        return 0;
    int rc = fast_history(f, &history);
    if (!rc)
        rc = lines_last_many(&history, arena, ids, n, &until, out);
    lines_read_done(&history);
    return rc;
}

/* Lines of an account before the tail's first are in the history file alone. On a server that may
 * be ahead of this tail: another instance fills it, too. */
static int tail_base_of(void *ctx, struct arena *arena, const account_id *ids, size_t n,
                        struct ledger_entry *out)
{
    struct fast *f = ctx;
    return fast_base(f, arena, tail_last(f->tail), ids, n, out);
}

int fast_committed(struct fast *f, struct arena *arena, const account_id *ids, size_t n,
                   struct ledger_entry *out)
{
    account_id *rest = arena_alloc(arena, (n + 1) * sizeof *rest);
    size_t *places = arena_alloc(arena, (n + 1) * sizeof *places), n_rest = 0;
    struct ledger_entry *found = arena_alloc(arena, (n + 1) * sizeof *found);
    tail_pin(f->tail); /* what it forgets from now on is in the file */
    tail_lock(f->tail);
    for (size_t i = 0; i < n; i++) {
        const struct tail_line *l = tail_newest(f->tail, ids[i], f->committed);
        if (l) {
            tail_entry(f->tail, l, &out[i]);
            continue;
        }
        places[n_rest] = i;
        rest[n_rest++] = ids[i];
    }
    tail_unlock(f->tail);
    int rc = fast_base(f, arena, f->committed, rest, n_rest, found);
    tail_unpin(f->tail);
    for (size_t i = 0; i < n_rest; i++)
        out[places[i]] = found[i];
    return rc;
}

static int own_base_of(void *ctx, struct arena *arena, const account_id *ids, size_t n,
                       struct ledger_entry *out)
{
    return fast_committed(ctx, arena, ids, n, out);
}

/* On a server others book and fill meanwhile: the mark may be of a transfer that this snapshot does
 * not see, but a new one does. */
static int look_again(struct db *db, struct call *c, int64_t mark, struct fast_found *x)
{
    int rc = db_read(db, &c->tx);
    if (!rc)
        rc = fast_transfer(NULL, c, mark, x);
    if (c->tx)
        db_read_done(&c->tx);
    return rc;
}

/* Is the history file this database's? One of another copy, or of a later state of this one that
 * was restored, is not. */
static int history_fits(struct db_tx *tx, struct lines *l, int64_t *mark, bool *fits, bool *marked)
{
    struct history history;
    struct fast_found x = { 0 };
    transfer_id id = { 0, 0 };
    struct call c = { .tx = tx };
    int rc = lines_read(l, &history);
    *mark = rc ? 0 : history.mark;
    *fits = *mark == 0;
    if (!rc && history.tx)
        rc = lines_marked(history.tx, marked);
    if (!rc && *mark) {
        c.arena = arena_new(1 << 20);
        rc = lines_mark_id(&history, &id);
        if (!rc)
            rc = fast_transfer(NULL, &c, *mark, &x);
        if (rc == LEDGER_NO_TRANSFER && db_is_server(db_of(tx)))
            rc = look_again(db_of(tx), &c, *mark, &x);
        *fits = !rc && x.t.id.high == id.high && x.t.id.low == id.low;
        rc = rc == RC_CORRUPT || rc > 0 ? 0 : rc;
        arena_free(c.arena);
    }
    lines_read_done(&history);
    return rc;
}

/* On a server: all of it is made again in one transaction, while others read what is there. */
static int renew(struct db_tx *tx, struct lines *l)
{
    enum { TRIES = 3 };
    int rc = RC_BUSY;
    for (int i = 0; i < TRIES && rc == RC_BUSY; i++) {
        struct db_tx *books = NULL;
        rc = db_read(db_of(tx), &books);
        if (!rc)
            rc = lines_renew(l, books);
        db_read_done(&books);
    }
    return rc == RC_BUSY || rc == RC_CORRUPT ? 0 : rc; /* it stays marked */
}

/* A part is a third of a second of a processor's work. Orders in small groups would wait for that:
 * beside them it is done in pieces of a millisecond or two, each with twice as long a rest after
 * it. Nobody waits for history; but when much waits, or nobody books, it is made as fast as can be.
 */
static void rest(void *ctx)
{
    struct fast *f = ctx;
    int64_t now = store_clock_us(), us = (now - f->rest_us) * 2, waiting = atomic_load(&f->waiting);
    f->rest_us = now;
    if (waiting != f->rest_waiting)
        f->rest_booked_us = now;
    f->rest_waiting = waiting;
    if (!atomic_load(&f->filler) || f->stop || waiting > REST_BELOW ||
        now - f->rest_booked_us > BOOKING_US)
        return;
    struct timespec t = { .tv_nsec = (us < REST_MAX_US ? us : REST_MAX_US) * 1000 };
    (void)nanosleep(&t, NULL);
    f->rest_us = store_clock_us();
}

static int open_history(struct db_tx *tx, struct fast *f, int64_t *mark)
{
    bool shared = db_is_shared(f->db), fits = true, marked = false;
    int rc = lines_open(f->db, &f->lines);
    if (!rc)
        rc = history_fits(tx, f->lines, mark, &fits, &marked);
    if (!rc && fits && marked && !shared) {
        log_line(LOG_WARN, "ledger.history", "it was found damaged before");
        rc = RC_CORRUPT;
        if (db_is_server(f->db)) /* others may be at work on it: not wiped */
            rc = renew(tx, f->lines);
    }
    if (!rc && !fits) {
        *mark = 0;
        if (shared)
            lines_forget(f->lines);
        else
            rc = lines_wipe(f->lines);
    }
    if (rc == RC_CORRUPT && !db_is_server(f->db)) {
        *mark = 0;
        rc = lines_replace(f->lines);
    }
    return rc;
}

/* After a restore, or a long absence: most of what waits goes in before anybody may ask. */
static int close_gap(struct db_tx *tx, struct fast *f, int64_t waiting)
{
    int64_t filled = 1, left, rows;
    int rc = 0;
    for (; !rc && waiting > GAP_MAX && filled; waiting -= filled)
        rc = fast_fill(f, tx, GAP_MAX, &filled, &left, &rows);
    return rc;
}

static void fast_free(void *m)
{
    struct fast *f = m;
    tail_free(f->own_tail);
    tail_free(f->tail);
    known_free(f->known);
    lines_close(f->lines);
    buf_release(&f->totals);
    buf_release(&f->reloads);
    buf_release(&f->ids);
    buf_release(&f->body);
    buf_release(&f->rows);
    buf_release(&f->bodies);
    arena_free(f->accounts);
    arena_free(f->slots_arena);
    pthread_mutex_destroy(&f->filling);
    pthread_mutex_destroy(&f->news_lock);
    pthread_cond_destroy(&f->news);
    arena_free(f->own);
}

static void init_locks(struct fast *f)
{
    pthread_condattr_t monotonic;
    CHECK(!pthread_condattr_init(&monotonic));
    CHECK(!pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC));
    CHECK(!pthread_mutex_init(&f->filling, NULL) && !pthread_mutex_init(&f->news_lock, NULL));
    CHECK(!pthread_cond_init(&f->news, &monotonic));
    (void)pthread_condattr_destroy(&monotonic);
}

static int fast_open(struct db_tx *tx, void **out)
{
    int64_t layout = 0, mark = 0, waiting = 0;
    int rc = db_one_i64(tx, "SELECT layout FROM ledger_layout WHERE id=1", DB_NO_ARGS, LEDGER_PLAIN,
                        &layout);
    if (rc || layout != LEDGER_FAST)
        return rc;
    struct arena *own = arena_new(OWN_MEMORY);
    struct fast *f = arena_alloc(own, sizeof *f);
    f->own = own;
    f->db = db_of(tx);
    f->life = f->turn = 1;
    init_locks(f);
    buf_init(&f->totals, STACK_MAX);
    buf_init(&f->reloads, STACK_MAX);
    buf_init(&f->ids, STACK_MAX);
    buf_init(&f->body, BODY_MAX);
    buf_init(&f->rows, STACK_MAX);
    buf_init(&f->bodies, STACK_MAX);
    rc = open_history(tx, f, &mark);
    if (!rc) {
        f->tail = tail_new(mark, tail_base_of, f);
        lines_rests(f->lines, rest, f);
        atomic_store(&f->filled, mark);
        rc = db_one_i64(tx, "SELECT CAST(SUM(n) AS BIGINT) FROM ledger_chunk WHERE first>$1",
                        DB_ARGS(DB_I(mark)), 0, &waiting);
    }
    atomic_store(&f->waiting, waiting);
    if (!rc && waiting > GAP_MAX && !db_is_shared(f->db))
        rc = close_gap(tx, f, waiting);
    if (rc && f->lines)
        lines_note(f->lines, rc);
    if (rc)
        fast_free(f);
    else
        *out = f;
    return rc;
}

struct tail *fast_tail(struct fast *f)
{
    return f->tail;
}

struct lines *fast_lines(struct fast *f)
{
    return f->lines;
}

/* ---- filling ---- */

/* On a server another instance may have filled: the mark is theirs, too. */
static int look_filled(struct fast *f)
{
    struct history history;
    if (!db_is_server(f->db))
        return 0;
    int rc = fast_history(f, &history);
    lines_read_done(&history);
    if (!rc)
        atomic_store(&f->filled, history.mark);
    return rc;
}

/* part: what went in just now, or NULL. */
static void take_filled(struct fast *f, const struct tail_part *part, int64_t *filled,
                        int64_t *left)
{
    struct tail_part rest;
    int64_t mark = part ? part->last : atomic_load(&f->filled);
    *filled = part ? (int64_t)part->moves : 0;
    tail_lock(f->tail);
    int64_t last = tail_last(f->tail);
    tail_trim(f->tail, mark < last ? mark : last);
    tail_part(f->tail, mark, UINT64_MAX, &rest);
    *left = (int64_t)rest.moves;
    tail_unlock(f->tail);
    atomic_store(&f->filled, mark);
    pthread_mutex_lock(&f->news_lock);
    if (db_is_server(f->db)) /* what others have booked waits, too */
        atomic_store(&f->waiting, *left);
    else
        atomic_fetch_sub(&f->waiting, *filled);
    pthread_cond_broadcast(&f->news);
    pthread_mutex_unlock(&f->news_lock);
}

/* Does enough wait to leave a merge alone? */
static bool is_busy(void *ctx)
{
    struct fast *f = ctx;
    return f->stop || atomic_load(&f->waiting) >= MERGE_UNTIL;
}

static int fill_part(struct fast *f, struct db_tx *tx, uint64_t max, int64_t *filled, int64_t *left,
                     int64_t *rows)
{
    struct tail_part part = { .last = 0 };
    int64_t last = 0;
    bool done = false;
    int rc = fast_last_number(tx, &last);
    if (!rc)
        rc = tail_catch(f->tail, tx, last, max ? max : UINT64_MAX);
    if (!rc)
        rc = look_filled(f);
    if (!rc && max) {
        tail_lock(f->tail);
        tail_part(f->tail, atomic_load(&f->filled), max, &part);
        tail_unlock(f->tail);
        rc = lines_fill(f->lines, f->tail, &part, rows, &done);
    }
    if (!rc)
        take_filled(f, done ? &part : NULL, filled, left);
    return rc;
}

static int merge_runs(struct fast *f)
{
    int rc = 0;
    for (bool more = !lines_given_up(f->lines); !rc && more;) {
        bool idle = atomic_load(&f->waiting) < MERGE_BELOW && !atomic_load(&f->pressed);
        rc = lines_merge(f->lines, idle, is_busy, f, &more);
    }
    return rc;
}

/* What is damaged in the file is mended first: else it cannot be added to for long. When that
 * cannot be done here, it is filled as long as it can be. */
static int mend(struct fast *f, struct db_tx *tx)
{
    int rc = lines_heal(f->lines, tx);
    return rc == RC_CORRUPT ? 0 : rc;
}

int fast_fill(struct fast *f, struct db_tx *tx, uint64_t max, int64_t *filled, int64_t *left,
              int64_t *rows)
{
    *filled = *left = *rows = 0;
    pthread_mutex_lock(&f->filling);
    int rc = mend(f, tx);
    if (!rc)
        rc = fill_part(f, tx, max, filled, left, rows);
    if (rc == RC_CORRUPT && lines_are_spoilt(f->lines) && !mend(f, tx))
        rc = fill_part(f, tx, max, filled, left, rows);
    if (!rc && *filled)
        rc = merge_runs(f);
    if (rc == RC_CORRUPT && *filled) /* the part is in: what waits with that is mending */
        rc = mend(f, tx);
    pthread_mutex_unlock(&f->filling);
    return rc;
}

/* ---- the writing transaction ---- */

static bool filler_is_late(struct fast *f)
{
    return atomic_load(&f->filler) && !f->stop && !atomic_load(&f->fault) &&
           atomic_load(&f->waiting) > LEDGER_LAG_MAX;
}

/* Who books faster than history is written waits here; not for a filler that cannot write: booking
 * does not depend on it, the tail grows meanwhile. */
static void wait_for_filler(struct fast *f)
{
    if (!filler_is_late(f))
        return;
    atomic_fetch_add(&f->writer_waits, 1);
    pthread_mutex_lock(&f->news_lock);
    while (filler_is_late(f)) {
        struct timespec until = store_clock_after(1);
        (void)pthread_cond_timedwait(&f->news, &f->news_lock, &until);
    }
    pthread_mutex_unlock(&f->news_lock);
}

static void count_waiting(struct fast *f)
{
    int64_t n = (int64_t)(f->ids.len / sizeof(struct undo_id));
    if (!n)
        return;
    int64_t waiting = atomic_fetch_add(&f->waiting, n) + n, wanted = atomic_load(&f->wanted);
    if (waiting > atomic_load(&f->waiting_max))
        atomic_store(&f->waiting_max, waiting);
    if (waiting < wanted || waiting - n >= wanted)
        return;
    pthread_mutex_lock(&f->news_lock);
    pthread_cond_broadcast(&f->news);
    pthread_mutex_unlock(&f->news_lock);
}

static void step_begin(void *m, bool others)
{
    struct fast *f = m;
    wait_for_filler(f);
    if (others) {
        f->behind = true;
        f->day_known = f->due_known = false;
    }
    f->told = false;
    f->serial++;
    f->depth = 0;
    f->open = false;
    f->committed = f->last;
}

static void step_mark(void *m)
{
    struct fast *f = m;
    CHECK(f->depth < FAST_DEPTH);
    f->marks[f->depth++] = (struct mark){ .totals = f->totals.len,
                                          .reloads = f->reloads.len,
                                          .ids = f->ids.len,
                                          .body = f->body.len,
                                          .last = f->last,
                                          .told = f->told,
                                          .rows = f->rows.len,
                                          .bodies = f->bodies.len,
                                          .sent = f->sent,
                                          .row = f->row,
                                          .packing = f->packing };
    f->serial++;
}

static void step_keep(void *m)
{
    struct fast *f = m;
    CHECK(f->depth > 0);
    f->depth--;
    f->serial++;
}

static void take_back(struct fast *f, const struct mark *to)
{
    while (f->totals.len > to->totals) {
        f->totals.len -= sizeof(struct undo_totals);
        const struct undo_totals *u = (const void *)(f->totals.at + f->totals.len);
        u->at->a.totals = u->totals;
        u->at->a.entries = u->entries;
        u->at->a.last_us = u->last_us;
        u->at->kept = u->kept;
    }
    while (f->reloads.len > to->reloads) {
        struct fast_account *a;
        f->reloads.len -= sizeof(struct fast_account *);
        memcpy(&a, f->reloads.at + f->reloads.len, sizeof(struct fast_account *));
        a->loaded = false;
    }
    while (f->ids.len > to->ids) {
        f->ids.len -= sizeof(struct undo_id);
        const struct undo_id *u = (const void *)(f->ids.at + f->ids.len);
        known_remove(f->known, u->id, u->number);
    }
    f->rows.len = to->rows;
    f->bodies.len = to->bodies;
    f->sent = to->sent; /* what was sent since is gone with the savepoint */
    f->last = to->last;
    f->told = to->told;
    f->day_known = f->due_known = false;
    if (f->own_used)
        tail_reset(f->own_tail, f->committed);
    f->own_used = false;
    f->serial++;
}

static void step_undo(void *m)
{
    struct fast *f = m;
    CHECK(f->depth > 0);
    const struct mark *to = &f->marks[--f->depth];
    take_back(f, to);
    f->row = to->row;
    f->packing = to->packing;
    if (f->body.len > to->body)
        f->body.len = to->body;
}

static void stack_clear(struct buf *b)
{
    CHECK(!b->overflow); /* a gigabyte of undo: LEDGER_ORDERS_MAX and the door bound it */
    if (b->cap > STACK_KEEP) {
        buf_release(b);
        buf_init(b, STACK_MAX);
    }
    b->len = 0;
}

static void forget_undo(struct fast *f)
{
    stack_clear(&f->totals);
    stack_clear(&f->reloads);
    stack_clear(&f->ids);
    stack_clear(&f->rows);
    stack_clear(&f->bodies);
    f->sent = 0;
    f->depth = 0;
    f->open = false;
    f->serial++;
}

static void step_done(void *m)
{
    struct fast *f = m;
    f->committed = f->last;
    if (f->own_used)
        tail_reset(f->own_tail, f->committed);
    f->own_used = false;
    if (f->known)
        known_turn(f->known, atomic_load(&f->filled));
    count_waiting(f);
    forget_undo(f);
}

static void step_rollback(void *m)
{
    struct fast *f = m;
    const struct mark all = { .last = f->committed };
    take_back(f, &all);
    forget_undo(f);
}

static const struct db_memory_kind fast_kind = { fast_open,  fast_free,     step_begin,
                                                 step_mark,  step_keep,     step_undo,
                                                 step_done,  step_rollback, "ledger_chunk",
                                                 fast_waits, fast_flush };

struct noting {
    struct known *known;
    int64_t now_us;
};

static void note_known(void *ctx, transfer_id id, int64_t number)
{
    struct noting *n = ctx;
    known_add(n->known, id, number, n->now_us);
}

/* The writer's first call: where numbers are, and the ids that must be known. */
static int get_ready(struct fast *f, struct db_tx *tx, int64_t now_us)
{
    struct history history;
    struct tail_part part;
    int64_t n = 0, horizon = now_us / 1000 - KNOWN_MS;
    int rc = fast_last_number(tx, &f->last);
    f->committed = f->last;
    f->life++;
    f->turn++;
    if (!rc)
        rc = fast_changes(tx, &f->changes);
    if (!rc)
        rc = tail_catch(f->tail, tx, f->last, UINT64_MAX);
    if (rc)
        return rc;
    known_free(f->known);
    struct noting to = { known_new(horizon), now_us };
    tail_pin(f->tail);
    rc = fast_history(f, &history);
    if (!rc && horizon > 0)
        rc = lines_known_from(&history, (horizon + 1) << 16, KNOWN_MAX, note_known, &to, &n);
    if (!rc && n == KNOWN_MAX) { /* more than fit: each is looked for */
        known_free(to.known);
        to.known = known_new(INT64_MAX);
    }
    f->known = to.known;
    tail_lock(f->tail);
    tail_part(f->tail, history.mark, UINT64_MAX, &part);
    for (uint64_t i = 0; i < part.moves; i++) {
        const struct tail_move *m = tail_move_at(f->tail, part.move + i);
        note_known(&to, m->id, m->number);
    }
    tail_unlock(f->tail);
    tail_unpin(f->tail);
    lines_read_done(&history);
    for (int i = 0; i < f->depth; i++)
        f->marks[i].last = f->last;
    if (!f->own_tail)
        f->own_tail = tail_new(f->committed, own_base_of, f);
    f->ready = !rc;
    return rc;
}

int ledger_fast_of(struct db_tx *tx, struct fast **out)
{
    void *m = NULL;
    int rc = db_memory(tx, &fast_kind, &m);
    *out = m;
    return rc;
}

int fast_ready(struct fast *f, struct call *c)
{
    bool again = !f->ready;
    int rc = 0;
    CHECK(db_is_writer(c->tx));
    if (f->ready && f->behind)
        rc = fast_catch_up(f, c, &again);
    if (!rc && again)
        rc = get_ready(f, c->tx, c->now_us);
    if (!rc && (again || f->behind) && c->ids)
        ids_seen(c->ids, f->last); /* numbers go on from here */
    if (!rc)
        f->behind = false;
    return rc;
}
