/* jobs.c -- See jobs.h. */
#include "app/jobs.h"
#include "app/bank.h"
#include "app/lease.h"
#include "app/together.h"
#include "approve/approve.h"
#include "base/log.h"
#include "branch/branch.h"
#include "ledger/ledger_books.h"
#include "lobby/day.h"
#include "who/who.h"
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { LOOK_MS = 100, KEYS_AT_ONCE = 500, BOOKS_AT_ONCE = 1000, KEY_DAYS = 7, OUTLETS_MAX = 4096 };

struct jobs {
    struct jobs_settings s;
    struct lease *lease;   /* of several instances one does all this */
    struct closer *closer; /* the day end, on a thread of its own */
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t news;
    bool stopping;
    int64_t minute, hour; /* the last ones done */
};

static const struct actor the_system = { .kind = ACTOR_SYSTEM };

static int run_day(struct call *c, void *order, struct buf *answer)
{
    UNUSED(answer);
    return lobby_day_tick(c, *(outlet_id *)order);
}

static int run_missed(struct call *c, void *order, struct buf *answer)
{
    int missed = 0;
    UNUSED(order);
    UNUSED(answer);
    return lobby_miss_bookings(c, &missed);
}

static int run_sweep(struct call *c, void *order, struct buf *answer)
{
    int64_t gone = 0;
    UNUSED(answer);
    int rc = who_sweep(c);
    if (!rc)
        rc = door_sweep(c, c->now_us - KEY_DAYS * US_DAY, KEYS_AT_ONCE, &gone);
    *(int64_t *)order = gone;
    return rc;
}

/* Holds that are due, and the appended legs of hot accounts: a bounded part of each at a time. */
static int run_books(struct call *c, void *order, struct buf *answer)
{
    int released = 0, folded = 0;
    UNUSED(answer);
    int rc = ledger_expire(c, BOOKS_AT_ONCE, &released);
    if (!rc)
        rc = ledger_fold(c, BOOKS_AT_ONCE, &folded);
    *(int *)order = released > folded ? released : folded;
    return rc;
}

static int run_approvals(struct call *c, void *order, struct buf *answer)
{
    UNUSED(answer);
    return approve_expire(c, BOOKS_AT_ONCE, order);
}

static int run_clock(struct call *c, void *order, struct buf *answer)
{
    char text[32];
    UNUSED(order);
    UNUSED(answer);
    snprintf(text, sizeof text, "%" PRId64, c->now_us);
    return app_bank_setting_put(c->tx, "demo_now_us", text);
}

static void job(struct jobs *j, const char *what, door_run *run, void *order)
{
    int rc = door_write(j->s.door, the_system, "", run, order, NULL);
    if (rc && rc != RC_STOPPING)
        log_line(LOG_WARN, "job", "%s: %d", what, rc);
}

static void days(struct jobs *j, outlet_id *outlets, int n)
{
    void *orders[TOGETHER_MAX];
    int rcs[TOGETHER_MAX];
    for (int at = 0; at < n; at += TOGETHER_MAX) {
        int some = n - at < TOGETHER_MAX ? n - at : TOGETHER_MAX;
        for (int i = 0; i < some; i++)
            orders[i] = &outlets[at + i];
        door_together(j->s.door, run_day, orders, some, rcs);
        for (int i = 0; i < some; i++)
            if (rcs[i] && rcs[i] != RC_STOPPING)
                log_line(LOG_WARN, "job", "day of outlet %" PRId64 ": %d", outlets[at + i].n,
                         rcs[i]);
    }
}

static int outlets_read(struct jobs *j, int64_t now_us, outlet_id *out, int *n)
{
    struct branch_outlet *list;
    struct call c = { .now_us = now_us, .actor = the_system };
    int all = 0;
    int rc = db_read(j->s.db, &c.tx);
    if (rc)
        return rc;
    c.arena = arena_new(64 << 20);
    rc = branch_outlets(&c, &list, &all);
    for (int i = 0; !rc && i < all && *n < OUTLETS_MAX; i++)
        if (list[i].active)
            out[(*n)++] = list[i].id;
    db_read_done(&c.tx);
    arena_free(c.arena);
    return rc;
}

static void each_minute(struct jobs *j, int64_t now_us)
{
    static outlet_id outlets[OUTLETS_MAX];
    int n = 0, rc = outlets_read(j, now_us, outlets, &n);
    if (rc)
        log_line(LOG_WARN, "job", "outlets: %d", rc);
    job(j, "missed bookings", run_missed, NULL);
    days(j, outlets, n);
    int done = BOOKS_AT_ONCE;
    while (done == BOOKS_AT_ONCE) {
        done = 0;
        job(j, "books", run_books, &done);
    }
    job(j, "approvals", run_approvals, &done);
    if (clock_is_demo(j->s.clock))
        job(j, "demo clock", run_clock, NULL);
    if (now_us / US_HOUR == j->hour)
        return;
    j->hour = now_us / US_HOUR;
    int64_t gone = KEYS_AT_ONCE;
    while (gone == KEYS_AT_ONCE) {
        gone = 0;
        job(j, "sweep", run_sweep, &gone);
    }
}

static void *jobs_main(void *arg)
{
    struct jobs *j = arg;
    pthread_mutex_lock(&j->lock);
    while (!j->stopping) {
        pthread_mutex_unlock(&j->lock);
        int64_t now_us = clock_now_us(j->s.clock);
        if (now_us / US_MINUTE != j->minute) {
            j->minute = now_us / US_MINUTE;
            if (lease_leads(j->lease))
                each_minute(j, now_us);
        }
        if (j->s.step)
            j->s.step(j->s.step_ctx, now_us);
        struct timespec t;
        clock_gettime(CLOCK_MONOTONIC, &t);
        t.tv_nsec += LOOK_MS * 1000000L;
        t.tv_sec += t.tv_nsec / 1000000000L;
        t.tv_nsec %= 1000000000L;
        pthread_mutex_lock(&j->lock);
        if (!j->stopping)
            pthread_cond_timedwait(&j->news, &j->lock, &t);
    }
    pthread_mutex_unlock(&j->lock);
    return NULL;
}

int jobs_start(const struct jobs_settings *s, struct jobs **out)
{
    struct jobs *j = calloc(1, sizeof *j);
    pthread_condattr_t a;
    CHECK(j);
    j->s = *s;
    CHECK(!pthread_condattr_init(&a) && !pthread_condattr_setclock(&a, CLOCK_MONOTONIC));
    CHECK(!pthread_mutex_init(&j->lock, NULL) && !pthread_cond_init(&j->news, &a));
    pthread_condattr_destroy(&a);
    *out = j;
    j->lease = lease_new(s->door, s->db, s->clock);
    if (pthread_create(&j->thread, NULL, jobs_main, j)) {
        lease_free(j->lease);
        free(j);
        *out = NULL;
        return RC_IO;
    }
    const struct closer_settings day = {
        .door = s->door, .db = s->db, .clock = s->clock, .lease = j->lease
    };
    return closer_start(&day, &j->closer);
}

void jobs_stop(struct jobs *j)
{
    if (!j)
        return;
    closer_stop(j->closer);
    pthread_mutex_lock(&j->lock);
    j->stopping = true;
    pthread_cond_signal(&j->news);
    pthread_mutex_unlock(&j->lock);
    pthread_join(j->thread, NULL);
    lease_free(j->lease);
    pthread_cond_destroy(&j->news);
    pthread_mutex_destroy(&j->lock);
    free(j);
}
