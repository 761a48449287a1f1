/* door.c -- The writer's thread. One group: begin, each order under its savepoint, one commit,
 * then the listener, then the answers. */
#include "store/door.h"
#include "base/log.h"
#include "store/door_key.h"
#include "store/event_tail.h"
#include "store/follow.h"
#include "store/store_clock.h"
#include <pthread.h>
#include <string.h>
#include <time.h>
#include "base/banned.h"

enum {
    GROUP_MAX = 256,
    QUEUE_MAX = 8192,
    TRIES = 4,              /* once, and three times again after RC_BUSY */
    ANSWER_MAX = 4 << 20,   /* bytes of an answer */
    ANSWER_KEEP = 64 << 10, /* larger buffers are given back after the group */
    GROUP_MEMORY = 1 << 30, /* what the orders of a group may take in all */
    DOOR_MEMORY = 16 << 20,
    PATIENCE_US = 8000000, /* a server that restarts is waited for */
};

/* One order's place in the group. */
struct place {
    struct door_order *order;
    struct call call;
    struct buf answer;
    int rc;
};

struct door {
    struct door_settings s;
    struct arena *own;   /* this struct and the places */
    struct arena *arena; /* the group's: cleared when the next one begins */
    struct rng rng, jitter;
    struct follow *follow; /* of a server's database: events of other instances, too */
    struct place *places;
    struct event_list events;
    int fault; /* of the last group */
    pthread_t thread;

    pthread_mutex_t lock; /* all below */
    pthread_cond_t news;
    struct door_order *first, **last;
    bool stopping;
    struct door_numbers numbers;
};

/* ---- one order ---- */

/* again: as before, with the same instant. */
static void place_ready(struct door *d, struct place *p, bool again)
{
    struct call *c = &p->call;
    *c = (struct call){ .now_us = again ? c->now_us : d->s.clock(d->s.clock_ctx),
                        .rng = &d->rng,
                        .ids = d->s.ids,
                        .arena = d->arena,
                        .actor = p->order->actor };
    buf_clear(&p->answer);
    p->rc = 0;
}

static int order_run(struct place *p)
{
    struct door_order *o = p->order;
    bool found = false;
    int rc = 0;
    if (o->key[0])
        rc = door_key_find(&p->call, o, &p->answer, &found);
    if (rc || found)
        return rc;
    rc = o->run(&p->call, o->order, &p->answer);
    if (rc == 0 && p->answer.overflow)
        rc = RC_FULL;
    if (rc == 0 && o->key[0])
        rc = door_key_keep(&p->call, o, &p->answer);
    return rc;
}

/* Under its savepoint: either all of the order or nothing of it is in the transaction. */
static int order_once(struct door *d, struct place *p, struct db_tx *tx)
{
    place_ready(d, p, true);
    p->call.tx = tx;
    int rc = db_savepoint(tx);
    if (rc)
        return rc;
    rc = order_run(p);
    if (rc == 0)
        rc = db_release(tx);
    if (rc)
        db_undo(tx);
    return rc;
}

/* ---- one group ---- */

static int group_begin(struct door *d, struct db_tx **tx)
{
    int rc = RC_BUSY;
    for (int i = 0; i < TRIES && rc == RC_BUSY; i++)
        rc = db_begin(d->s.db, tx);
    if (rc == 0)
        event_collect(*tx, &d->events);
    return rc;
}

/* What several orders will ask for. What cannot be read is theirs to meet, each for itself. */
static int group_ahead(struct door *d, struct db_tx *tx, int count)
{
    door_ahead *ahead = NULL;
    void **list = arena_alloc(d->arena, (size_t)count * sizeof *list);
    struct call c = d->places[0].call;
    int n = 0;
    for (int i = 0; i < count; i++) {
        const struct door_order *o = d->places[i].order;
        if (!o->ahead)
            continue;
        CHECK(!ahead || ahead == o->ahead);
        ahead = o->ahead;
        list[n++] = o->order;
    }
    c.tx = tx;
    int rc = n > 1 ? ahead(&c, list, n) : 0;
    return rc ? db_dead(tx) : 0;
}

/* A fault that ended the transaction, or its commit, is every order's: also of those refused,
 * for they may have been refused because of an order that is now gone. */
static int group_once(struct door *d, int count)
{
    struct db_tx *tx = NULL;
    int rc = group_begin(d, &tx);
    if (rc == 0)
        rc = group_ahead(d, tx, count);
    for (int i = 0; i < count && rc == 0; i++) {
        struct place *p = &d->places[i];
        p->rc = RC_BUSY;
        for (int t = 0; t < TRIES && p->rc == RC_BUSY && !db_dead(tx); t++)
            p->rc = order_once(d, p, tx);
        rc = db_dead(tx);
    }
    if (rc == 0) {
        rc = RC_BUSY;
        for (int t = 0; t < TRIES && rc == RC_BUSY; t++)
            rc = db_commit(&tx);
    }
    db_rollback(&tx);
    return rc;
}

/* A rest that doubles, never the same for two instances that met. */
static void rest(struct door *d, int tries)
{
    int ms = tries < 8 ? 2 << tries : 512;
    ms += (int)rng_below(&d->jitter, (uint32_t)ms);
    struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000 };
    (void)nanosleep(&t, NULL);
}

/* Nobody said whether the group was committed. The next transaction comes after it, whatever
 * became of it, and the request keys tell: who is found was done and gets the stored answer, who is
 * not was not done. Only who has no key, or cannot be asked for in time, stays unknown. */
static int group_ask(struct door *d, int count)
{
    struct db_tx *tx = NULL;
    int64_t until = store_clock_us() + PATIENCE_US;
    int rc = RC_BUSY;
    d->events.count = 0;
    for (int t = 0; rc == RC_BUSY && store_clock_us() < until; t++) {
        rc = db_begin(d->s.db, &tx);
        if (rc == RC_BUSY)
            rest(d, t);
    }
    for (int i = 0; i < count && rc == 0; i++) {
        struct place *p = &d->places[i];
        bool found = false;
        place_ready(d, p, true);
        p->call.tx = tx;
        p->rc = RC_UNKNOWN;
        if (!p->order->key[0])
            continue;
        rc = door_key_find(&p->call, p->order, &p->answer, &found);
        p->rc = rc ? rc : found ? 0 : RC_BUSY;
        rc = db_dead(tx);
    }
    db_rollback(&tx);
    log_line(LOG_WARN, "door.asked", "%d orders whose commit was lost: rc %d", count, rc);
    return rc ? RC_UNKNOWN : 0;
}

/* On a server what failed for the moment is done anew, whole, with the same instants. */
static int group_run(struct door *d, int count)
{
    int64_t until = store_clock_us() + PATIENCE_US;
    int rc = group_once(d, count);
    if (!db_is_server(d->s.db))
        return rc;
    for (int t = 0; rc == RC_BUSY && store_clock_us() < until; t++) {
        rest(d, t);
        arena_clear(d->arena);
        d->events = (struct event_list){ .arena = d->arena };
        for (int i = 0; i < count; i++)
            place_ready(d, &d->places[i], true);
        rc = group_once(d, count);
    }
    return rc == RC_UNKNOWN && !db_in_doubt(d->s.db) ? group_ask(d, count) : rc;
}

static void group_answer(struct door *d, int count)
{
    if (d->follow)
        follow_own(d->follow, d->events.at, d->events.count);
    else if (d->s.listener && d->events.count > 0)
        d->s.listener(d->s.listener_ctx, d->events.at, d->events.count);
    for (int i = 0; i < count; i++) {
        struct place *p = &d->places[i];
        struct door_order *o = p->order;
        p->call.tx = NULL;
        o->done(o->order, p->rc, &p->call, &p->answer); /* o may be gone after this */
        p->order = NULL;
        if (p->answer.cap > ANSWER_KEEP) {
            buf_release(&p->answer);
            buf_init(&p->answer, ANSWER_MAX);
        }
    }
}

static void group_count(struct door *d, int count, int64_t took_us)
{
    struct door_numbers *n = &d->numbers;
    pthread_mutex_lock(&d->lock);
    n->groups++;
    n->orders += count;
    n->queued -= count;
    n->commit_us_total += took_us;
    if (count > n->group_max_seen)
        n->group_max_seen = count;
    for (int i = 0; i < count; i++) {
        n->refused += d->places[i].rc > 0;
        n->faults += d->places[i].rc < 0;
    }
    pthread_mutex_unlock(&d->lock);
}

/* A full disk fails each group: it is said when it begins and when it is over. */
static void group_log(struct door *d, int count, int rc)
{
    if (rc && rc != d->fault)
        log_line(LOG_ERROR, "door.fault", "%d orders: rc %d, %s", count, rc, db_error(d->s.db));
    if (!rc && d->fault)
        log_line(LOG_INFO, "door.recovered", "orders are committed again");
    d->fault = rc;
    pthread_mutex_lock(&d->lock);
    d->numbers.fault = rc;
    pthread_mutex_unlock(&d->lock);
}

static void group(struct door *d, int count)
{
    arena_clear(d->arena);
    d->events = (struct event_list){ .arena = d->arena };
    for (int i = 0; i < count; i++)
        place_ready(d, &d->places[i], false);
    int64_t from = store_clock_us();
    int rc = group_run(d, count);
    if (rc) {
        d->events.count = 0;
        for (int i = 0; i < count; i++)
            d->places[i].rc = rc;
    }
    group_log(d, count, rc);
    group_count(d, count, store_clock_us() - from);
    group_answer(d, count);
}

static void *door_main(void *ctx)
{
    struct door *d = ctx;
    for (;;) {
        int count = 0;
        pthread_mutex_lock(&d->lock);
        while (!d->first && !d->stopping)
            pthread_cond_wait(&d->news, &d->lock);
        for (; d->first && count < d->s.group_max; count++) {
            d->places[count].order = d->first;
            d->first = d->first->next;
        }
        if (!d->first)
            d->last = &d->first;
        pthread_mutex_unlock(&d->lock);
        if (count == 0)
            return NULL; /* stopping, and nothing left */
        group(d, count);
    }
}

/* ---- the face ---- */

static void door_free(struct door *d)
{
    follow_stop(d->follow);
    db_ids(d->s.db, NULL);
    for (int i = 0; i < d->s.group_max; i++)
        buf_release(&d->places[i].answer);
    pthread_cond_destroy(&d->news);
    pthread_mutex_destroy(&d->lock);
    arena_free(d->arena);
    arena_free(d->own);
}

int door_open(const struct door_settings *s, struct door **out)
{
    CHECK(s->db && s->ids && s->clock && s->group_max >= 0 && s->queue_max >= 0);
    int64_t last_id = 0;
    *out = NULL;
    int rc = door_key_last_id(s->db, &last_id);
    if (rc)
        return rc;
    struct arena *own = arena_new(DOOR_MEMORY);
    struct door *d = arena_alloc(own, sizeof *d);
    d->own = own;
    d->s = *s;
    d->s.group_max = s->group_max ? s->group_max : GROUP_MAX;
    d->s.queue_max = s->queue_max ? s->queue_max : QUEUE_MAX;
    d->arena = arena_new(GROUP_MEMORY);
    d->places = arena_alloc(own, (size_t)d->s.group_max * sizeof *d->places);
    for (int i = 0; i < d->s.group_max; i++)
        buf_init(&d->places[i].answer, ANSWER_MAX);
    d->last = &d->first;
    rng_seed(&d->rng, s->seed);
    rng_seed(&d->jitter, s->seed ^ (uint64_t)store_clock_us());
    ids_seen(s->ids, last_id);
    db_ids(s->db, s->ids);
    CHECK(!pthread_mutex_init(&d->lock, NULL) && !pthread_cond_init(&d->news, NULL));
    if (s->listener && db_is_server(s->db))
        rc = follow_start(s->db, s->listener, s->listener_ctx, &d->follow);
    if (rc == 0 && pthread_create(&d->thread, NULL, door_main, d))
        rc = RC_IO;
    if (rc) {
        door_free(d);
        return rc;
    }
    *out = d;
    return 0;
}

void door_close(struct door *d)
{
    if (!d)
        return;
    pthread_mutex_lock(&d->lock);
    d->stopping = true;
    pthread_cond_signal(&d->news);
    pthread_mutex_unlock(&d->lock);
    pthread_join(d->thread, NULL);
    door_free(d);
}

int door_submit(struct door *d, struct door_order *o)
{
    int rc = 0;
    CHECK(o->run && o->done && memchr(o->key, 0, sizeof o->key));
    o->next = NULL;
    pthread_mutex_lock(&d->lock);
    if (d->stopping) {
        rc = RC_STOPPING;
    } else if (d->numbers.queued >= d->s.queue_max) {
        rc = RC_FULL;
    } else {
        *d->last = o;
        d->last = &o->next;
        if (d->numbers.queued++ == 0)
            pthread_cond_signal(&d->news);
    }
    pthread_mutex_unlock(&d->lock);
    return rc;
}

void door_numbers(struct door *d, struct door_numbers *out)
{
    pthread_mutex_lock(&d->lock);
    *out = d->numbers;
    pthread_mutex_unlock(&d->lock);
}

/* ---- waiting for the answer ---- */

struct waiting {
    pthread_mutex_t lock;
    pthread_cond_t news;
    door_run *run;
    void *order;
    struct buf *answer;
    bool done;
    int rc;
};

static int waiting_run(struct call *c, void *order, struct buf *answer)
{
    struct waiting *w = order;
    return w->run(c, w->order, answer);
}

static void waiting_done(void *order, int rc, const struct call *c, const struct buf *answer)
{
    struct waiting *w = order;
    UNUSED(c);
    pthread_mutex_lock(&w->lock);
    if (w->answer)
        buf_add(w->answer, answer->at ? answer->at : "", answer->len);
    w->rc = rc;
    w->done = true;
    pthread_cond_signal(&w->news);
    pthread_mutex_unlock(&w->lock);
}

int door_write(struct door *d, struct actor actor, const char *key, door_run *run, void *order,
               struct buf *answer)
{
    struct waiting w = { .run = run, .order = order, .answer = answer };
    struct door_order o = { .run = waiting_run, .done = waiting_done, .order = &w, .actor = actor };
    CHECK(!pthread_equal(pthread_self(), d->thread)); /* an order cannot wait for another one */
    if (key) {
        CHECK(strlen(key) < sizeof o.key);
        memcpy(o.key, key, strlen(key));
    }
    CHECK(!pthread_mutex_init(&w.lock, NULL) && !pthread_cond_init(&w.news, NULL));
    int rc = door_submit(d, &o);
    if (rc == 0) {
        pthread_mutex_lock(&w.lock);
        while (!w.done)
            pthread_cond_wait(&w.news, &w.lock);
        pthread_mutex_unlock(&w.lock);
        rc = w.rc;
    }
    pthread_cond_destroy(&w.news);
    pthread_mutex_destroy(&w.lock);
    return rc;
}
