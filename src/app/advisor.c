/* advisor.c -- See advisor.h.
 *
 * A look computes from a read snapshot on this thread; only what it says goes through the write
 * door, one small order an outlet. After each look the thread rests so long that its share of a
 * core is kept; with many outlets a round takes longer and the futures become fewer, and what is
 * older than a few minutes is no longer told (lobby/told.h): late, but never wrong in silence. */
#include "app/advisor.h"
#include "advise/advise.h"
#include "base/date.h"
#include "base/log.h"
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

enum {
    OUTLETS = 4096,
    LOOK_EVERY_S = 60, /* of the bank's time */
    SCORE_EVERY_S = 600,
    REST_MS = 20,
    FEW = 200,
    SLOW_S = 170 /* a round of the bank's time that is still good */
};

struct place {
    outlet_id outlet;
    int64_t looked_us, scored_us;
    bool open;
};
struct advisor {
    struct advisor_settings s;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t news;
    bool stopping;
    struct advisor_numbers numbers;
    struct advise_cache *cache;
    struct place *places;
    int n, n_open;
    int64_t listed_us;
};

static const struct actor the_system = { .kind = ACTOR_SYSTEM };

static int64_t cpu_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return t.tv_sec * INT64_C(1000000) + t.tv_nsec / 1000;
}

/* Rests; false when it is time to go. */
static bool rest(struct advisor *a, int64_t us)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    us += t.tv_nsec / 1000;
    t.tv_sec += us / 1000000;
    t.tv_nsec = us % 1000000 * 1000;
    pthread_mutex_lock(&a->lock);
    while (!a->stopping && !pthread_cond_timedwait(&a->news, &a->lock, &t))
        continue;
    bool on = !a->stopping;
    pthread_mutex_unlock(&a->lock);
    return on;
}

static int list_outlets(struct advisor *a, int64_t now_us)
{
    struct branch_outlet *list;
    struct call c = { .now_us = now_us, .actor = the_system };
    int n = 0, rc = db_read(a->s.db, &c.tx);
    if (rc)
        return rc;
    c.arena = arena_new(64 << 20);
    rc = branch_outlets(&c, &list, &n);
    for (int i = 0; !rc && i < n; i++) {
        int k = 0;
        while (k < a->n && a->places[k].outlet.n != list[i].id.n)
            k++;
        if (list[i].active && k == a->n && a->n < OUTLETS)
            a->places[a->n++] = (struct place){ .outlet = list[i].id };
    }
    db_read_done(&c.tx);
    arena_free(c.arena);
    a->listed_us = now_us;
    return rc;
}

static int run_write(struct call *c, void *order, struct buf *answer)
{
    UNUSED(answer);
    return advise_write(c, order);
}

static int run_score(struct call *c, void *order, struct buf *answer)
{
    int settled = 0;
    UNUSED(answer);
    return advise_score(c, ((struct place *)order)->outlet, &settled);
}

static void fault(struct advisor *a, const struct place *p, const char *what, int rc)
{
    if (rc == 0 || rc == RC_STOPPING)
        return;
    log_line(LOG_WARN, "advise", "%s of outlet %" PRId64 ": %d", what, p->outlet.n, rc);
    pthread_mutex_lock(&a->lock);
    a->numbers.faults++;
    pthread_mutex_unlock(&a->lock);
}

static void look(struct advisor *a, struct place *p, int64_t now_us)
{
    struct advise_look l = { .open = false };
    struct call c = { .now_us = now_us, .actor = the_system };
    int64_t start = cpu_us();
    int64_t since_s = p->looked_us ? (now_us - p->looked_us) / US_SECOND : LOOK_EVERY_S;
    bool was_open = p->open;
    int rc = db_read(a->s.db, &c.tx);
    /* Rounds that take too long, by many outlets or a fast demo clock: fewer futures each. */
    int futures = since_s <= SLOW_S ? LIVE_FUTURES : (int)(LIVE_FUTURES * SLOW_S / since_s);
    p->looked_us = now_us;
    if (rc) {
        fault(a, p, "look", rc);
        return;
    }
    c.arena = arena_new(64 << 20);
    rc = advise_look(&c, a->cache, p->outlet, futures < FEW ? FEW : futures,
                     a->s.seed ^ (uint64_t)now_us, &l);
    db_read_done(&c.tx);
    p->open = !rc && l.open;
    a->n_open += p->open - was_open;
    l.cpu_us = cpu_us() - start;
    if (!rc && (l.open || was_open))
        rc = door_write(a->s.door, the_system, "", run_write, &l, NULL);
    fault(a, p, "look", rc);
    if (!rc && l.open) {
        pthread_mutex_lock(&a->lock);
        a->numbers.looks++;
        a->numbers.cpu_us += l.cpu_us;
        a->numbers.last_cpu_us = l.cpu_us;
        a->numbers.outlets = a->n_open;
        pthread_mutex_unlock(&a->lock);
    }
    advise_look_release(&l);
    arena_free(c.arena);
}

/* The outlet that has waited longest for its look, if its minute is over. */
static struct place *next_place(struct advisor *a, int64_t now_us)
{
    struct place *p = NULL;
    for (int i = 0; i < a->n; i++)
        if (!p || a->places[i].looked_us < p->looked_us)
            p = &a->places[i];
    /* A demo clock that went over the night must not leave yesterday's picture for a minute. */
    return p && now_us - p->looked_us >= LOOK_EVERY_S * US_SECOND ? p : NULL;
}

static void *advisor_main(void *arg)
{
    struct advisor *a = arg;
    int64_t pause_us = REST_MS * 1000;
    while (rest(a, pause_us)) {
        int64_t now_us = clock_now_us(a->s.clock), start = cpu_us();
        pause_us = REST_MS * 1000;
        if (!a->listed_us || now_us - a->listed_us >= US_HOUR)
            (void)list_outlets(a, now_us);
        struct place *p = next_place(a, now_us);
        if (!p)
            continue;
        look(a, p, now_us);
        if (now_us - p->scored_us >= SCORE_EVERY_S * US_SECOND) {
            p->scored_us = now_us;
            fault(a, p, "score", door_write(a->s.door, the_system, "", run_score, p, NULL));
        }
        int64_t used = cpu_us() - start;
        int64_t owed = used * 100 / a->s.share_percent - used;
        pause_us = owed > 1000 ? owed : 1000;
    }
    return NULL;
}

int advisor_start(const struct advisor_settings *s, struct advisor **out)
{
    pthread_condattr_t attr;
    *out = NULL;
    if (s->share_percent <= 0)
        return 0;
    struct advisor *a = calloc(1, sizeof *a);
    CHECK(a);
    a->s = *s;
    a->places = calloc(OUTLETS, sizeof *a->places);
    CHECK(a->places);
    a->cache = advise_cache_new();
    CHECK(!pthread_condattr_init(&attr) && !pthread_condattr_setclock(&attr, CLOCK_MONOTONIC));
    CHECK(!pthread_mutex_init(&a->lock, NULL) && !pthread_cond_init(&a->news, &attr));
    pthread_condattr_destroy(&attr);
    if (pthread_create(&a->thread, NULL, advisor_main, a)) {
        advise_cache_free(a->cache);
        free(a->places);
        free(a);
        return RC_IO;
    }
    *out = a;
    return 0;
}

void advisor_stop(struct advisor *a)
{
    if (!a)
        return;
    pthread_mutex_lock(&a->lock);
    a->stopping = true;
    pthread_cond_signal(&a->news);
    pthread_mutex_unlock(&a->lock);
    pthread_join(a->thread, NULL);
    pthread_cond_destroy(&a->news);
    pthread_mutex_destroy(&a->lock);
    advise_cache_free(a->cache);
    free(a->places);
    free(a);
}

void advisor_numbers(struct advisor *a, struct advisor_numbers *out)
{
    *out = (struct advisor_numbers){ 0 };
    if (!a)
        return;
    pthread_mutex_lock(&a->lock);
    *out = a->numbers;
    pthread_mutex_unlock(&a->lock);
}
