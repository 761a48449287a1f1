/* follow.c -- See follow.h. */
#include "store/follow.h"
#include "base/log.h"
#include "store/store_clock.h"
#include <errno.h>
#include <pthread.h>
#include <string.h>
#include "base/banned.h"

enum { LOOK_MS = 100, AT_ONCE = 500, FOLLOW_MEMORY = 64 << 20 };

struct told { /* an outlet's last event that was told of */
    int64_t outlet_id, seq;
};

struct follow {
    struct db *db;
    door_listener *listener;
    void *ctx;
    struct arena *arena;
    pthread_t thread;

    pthread_mutex_t lock; /* all below; held while the listener is told, so that order stays */
    pthread_cond_t news;
    bool stopping, failed;
    int64_t mark; /* db_others */
    struct told *told;
    size_t count, room;
};

/* ---- the list, in the order of the outlets ---- */

static struct told *told_of(struct follow *f, int64_t outlet_id)
{
    size_t low = 0, high = f->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (f->told[middle].outlet_id < outlet_id)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < f->count && f->told[low].outlet_id == outlet_id)
        return &f->told[low];
    if (f->count == f->room) {
        size_t room = f->room ? f->room * 2 : 64;
        struct told *more = arena_alloc(f->arena, room * sizeof *more);
        if (f->count)
            memcpy(more, f->told, f->count * sizeof *more);
        f->told = more;
        f->room = room;
    }
    memmove(&f->told[low + 1], &f->told[low], (f->count - low) * sizeof *f->told);
    f->count++;
    f->told[low] = (struct told){ .outlet_id = outlet_id };
    return &f->told[low];
}

/* ---- the log ---- */

struct telling {
    struct follow *f;
    struct told *told;
    int64_t until;
    int count;
};

static bool tell_one(void *ctx, const struct event *e)
{
    struct telling *t = ctx;
    t->count++;
    if (e->seq > t->until) /* committed after we looked at the head: next time */
        return false;
    t->told->seq = e->seq;
    t->f->listener(t->f->ctx, e, 1);
    return true;
}

/* Tells of what the log has after what was told, up to and with the given event. */
static int tell_log(struct follow *f, struct db_tx *tx, int64_t outlet_id, int64_t until)
{
    struct telling t = { .f = f, .until = until };
    int rc = 0;
    do {
        t.told = told_of(f, outlet_id);
        t.count = 0;
        if (t.told->seq >= until)
            return 0;
        rc = event_after(tx, outlet_id, t.told->seq, AT_ONCE, tell_one, &t);
    } while (rc == 0 && t.count == AT_ONCE);
    return rc;
}

struct heads {
    struct told *at;
    size_t count;
};

static int heads_read(struct db_tx *tx, struct arena *arena, struct heads *out)
{
    struct db_rows r;
    size_t room = 0;
    int rc =
        db_query(tx, &r, "SELECT outlet_id, seq FROM event_head ORDER BY outlet_id", DB_NO_ARGS);
    *out = (struct heads){ 0 };
    while (rc == 0 && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        if (out->count == room) {
            room = room ? room * 2 : 64;
            struct told *more = arena_alloc(arena, room * sizeof *more);
            if (out->count)
                memcpy(more, out->at, out->count * sizeof *more);
            out->at = more;
        }
        out->at[out->count++] = (struct told){ db_i64(&r, 0), db_i64(&r, 1) };
    }
    db_done(&r);
    return rc;
}

/* first: what is there now is known, not told. */
static int look(struct follow *f, bool first)
{
    struct arena *arena = NULL;
    struct db_tx *tx = NULL;
    struct heads heads = { 0 };
    bool others = false;
    int64_t mark = f->mark;
    int rc = db_read_aside(f->db, &tx);
    if (rc == 0)
        rc = db_others(tx, &mark, &others);
    if (rc == 0 && (others || first)) {
        arena = arena_new(FOLLOW_MEMORY);
        rc = heads_read(tx, arena, &heads);
    }
    for (size_t i = 0; i < heads.count && rc == 0; i++) {
        if (first)
            told_of(f, heads.at[i].outlet_id)->seq = heads.at[i].seq;
        else
            rc = tell_log(f, tx, heads.at[i].outlet_id, heads.at[i].seq);
    }
    if (rc == 0)
        f->mark = mark;
    db_read_done(&tx);
    arena_free(arena);
    return rc;
}

/* The server is away: said once until it is back. */
static void look_or_say(struct follow *f)
{
    int rc = look(f, false);
    if (rc && !f->failed)
        log_line(LOG_WARN, "store.follow", "events of other instances: %s", db_error(f->db));
    f->failed = rc != 0;
}

void follow_look(struct follow *f)
{
    pthread_mutex_lock(&f->lock);
    look_or_say(f);
    pthread_mutex_unlock(&f->lock);
}

void follow_own(struct follow *f, const struct event *events, size_t count)
{
    bool gap = false;
    pthread_mutex_lock(&f->lock);
    for (size_t i = 0; i < count && !gap; i++) {
        struct told *t = told_of(f, events[i].outlet_id);
        gap = events[i].seq > t->seq + 1;
        if (events[i].seq != t->seq + 1)
            continue;
        t->seq++;
        f->listener(f->ctx, &events[i], 1);
    }
    if (gap) {
        f->mark = -1;
        look_or_say(f);
    }
    pthread_mutex_unlock(&f->lock);
}

/* ---- the thread ---- */

static void *follow_main(void *ctx)
{
    struct follow *f = ctx;
    pthread_mutex_lock(&f->lock);
    while (!f->stopping) {
        struct timespec until = store_clock_after_ms(LOOK_MS);
        if (pthread_cond_timedwait(&f->news, &f->lock, &until) == ETIMEDOUT && !f->stopping)
            look_or_say(f);
    }
    pthread_mutex_unlock(&f->lock);
    return NULL;
}

static void follow_free(struct follow *f)
{
    pthread_cond_destroy(&f->news);
    pthread_mutex_destroy(&f->lock);
    arena_free(f->arena);
}

int follow_start(struct db *db, door_listener *listener, void *ctx, struct follow **out)
{
    struct arena *arena = arena_new(FOLLOW_MEMORY);
    struct follow *f = arena_alloc(arena, sizeof *f);
    pthread_condattr_t monotonic;
    *f = (struct follow){ .db = db, .listener = listener, .ctx = ctx, .arena = arena, .mark = -1 };
    *out = NULL;
    CHECK(!pthread_mutex_init(&f->lock, NULL));
    CHECK(!pthread_condattr_init(&monotonic));
    CHECK(!pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC));
    CHECK(!pthread_cond_init(&f->news, &monotonic));
    (void)pthread_condattr_destroy(&monotonic);
    int rc = look(f, true);
    if (rc == 0 && pthread_create(&f->thread, NULL, follow_main, f))
        rc = RC_IO;
    if (rc) {
        follow_free(f);
        return rc;
    }
    *out = f;
    return 0;
}

void follow_stop(struct follow *f)
{
    if (!f)
        return;
    pthread_mutex_lock(&f->lock);
    f->stopping = true;
    pthread_cond_signal(&f->news);
    pthread_mutex_unlock(&f->lock);
    pthread_join(f->thread, NULL);
    follow_free(f);
}
