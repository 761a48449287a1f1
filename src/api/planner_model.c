/* planner_model.c -- An outlet on a day for the planner's page: its model and its forecast.
 *
 * A what-if slider asks ten times a second for the same outlet and day: what was read is kept for
 * a minute of real time. */
#include "api/planner.h"
#include "roster/forecast.h"

#include <pthread.h>
#include <string.h>
#include <time.h>

#include "base/banned.h"

enum { KEPT = 16, KEEP_S = 60 };

struct planner_cache {
    pthread_mutex_t lock;
    struct arena *arena;
    struct kept {
        int64_t outlet;
        date day, today;
        double at;
        struct planner_day d;
    } kept[KEPT];
};

static double clock_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

struct planner_cache *planner_cache_new(void)
{
    struct arena *arena = arena_new(sizeof(struct planner_cache) + 65536);
    struct planner_cache *k = arena_alloc(arena, sizeof *k);
    k->arena = arena;
    CHECK(!pthread_mutex_init(&k->lock, NULL));
    return k;
}

void planner_cache_free(struct planner_cache *k)
{
    pthread_mutex_destroy(&k->lock);
    arena_free(k->arena);
}

/* The copy points at its own class codes. */
static void day_copy(const struct planner_day *from, struct planner_day *to)
{
    *to = *from;
    for (int i = 0; i < to->m.model.n_classes; i++)
        to->m.model.rule_classes.at[i].code = to->m.model.classes[i].code;
}

static bool find(struct planner_cache *k, outlet_id o, date day, date today,
                 struct planner_day *out)
{
    bool found = false;
    pthread_mutex_lock(&k->lock);
    for (int i = 0; i < KEPT && !found; i++) {
        struct kept *at = &k->kept[i];
        found = at->outlet == o.n && at->day.days == day.days && at->today.days == today.days &&
                clock_s() - at->at < KEEP_S;
        if (found)
            day_copy(&at->d, out);
    }
    pthread_mutex_unlock(&k->lock);
    return found;
}

static void keep(struct planner_cache *k, outlet_id o, date day, date today,
                 const struct planner_day *d)
{
    pthread_mutex_lock(&k->lock);
    struct kept *oldest = &k->kept[0];
    for (int i = 1; i < KEPT; i++)
        oldest = k->kept[i].at < oldest->at ? &k->kept[i] : oldest;
    oldest->outlet = o.n;
    oldest->day = day;
    oldest->today = today;
    oldest->at = clock_s();
    day_copy(d, &oldest->d);
    pthread_mutex_unlock(&k->lock);
}

/* The day as it was to be seen on its morning, or as it is from today. */
static int read_forecast(struct call *c, outlet_id o, date day, struct planner_day *out)
{
    struct roster_fit fit;
    struct roster_forecast f;
    date today = date_of_instant(c->now_us);
    struct arena *own = arena_new((size_t)16 << 20);
    int rc = roster_fit(c, o, day.days < today.days ? day : today, own, &fit);
    if (!rc) {
        roster_forecast(&fit, &out->m, day, NULL, &f);
        out->forecast = f.fitted;
        out->history_days = f.history_days;
        memcpy(out->mean, f.mean, sizeof out->mean);
        memcpy(out->low, f.low, sizeof out->low);
        memcpy(out->high, f.high, sizeof out->high);
        out->total = f.total;
        out->total_low = f.total_low;
        out->total_high = f.total_high;
        out->m.model.day_cv = f.day_cv;
        if (f.fitted)
            roster_model_expect(&out->m, f.mean);
    }
    arena_free(own);
    return rc;
}

int planner_near(struct call *c, const char *field, date day)
{
    enum { FAR = 2 * 366 };
    int today = date_of_instant(c->now_us).days;
    if (day.days >= today - FAR && day.days <= today + FAR)
        return 0;
    return call_refuse(c, BASE_RANGE, field, "%s", "within two years of today");
}

int planner_day(struct call *c, struct planner *p, outlet_id o, date day, struct planner_day *out)
{
    struct planner_cache *k = planner_cache_of(p);
    date today = date_of_instant(c->now_us);
    if (find(k, o, day, today, out))
        return 0;
    memset(out, 0, sizeof *out);
    int rc = roster_model(c, o, day, &out->m);
    if (!rc && out->m.open)
        rc = read_forecast(c, o, day, out);
    if (!rc)
        keep(k, o, day, today, out);
    return rc;
}
