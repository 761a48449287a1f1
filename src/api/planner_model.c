/* planner_model.c -- An outlet on a day for the planner's page: its model and its forecast.
 *
 * A what-if slider asks ten times a second for the same outlet and day: what was read is kept for
 * a minute of real time. */
#include "api/planner.h"
#include "lobby/stats.h"
#include "plan/forecast.h"

#include <math.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

#include "base/banned.h"

enum { KEPT = 16, KEEP_S = 60, HISTORY = 182 };

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

/* Days before today, in the forecast's form. */
static void history_of(struct stats *s, date today, struct arena *arena, struct plan_history *h)
{
    struct stats_arrivals *a;
    int n = 0;
    stats_arrivals(s, &a, &n);
    *h = (struct plan_history){ .slots = HALF_HOURS, .calendar = { .china = true } };
    h->calendar.pension_day = 15;
    h->day = arena_alloc(arena, sizeof *h->day * (size_t)(n + 1));
    h->count = arena_alloc(arena, sizeof *h->count * (size_t)(n + 1) * HALF_HOURS);
    for (int i = 0; i < n; i++) {
        if (a[i].day.days >= today.days)
            continue;
        h->day[h->n] = a[i].day;
        memcpy(&h->count[h->n * HALF_HOURS], a[i].count, sizeof a[i].count);
        h->n++;
    }
}

static void fall_back(struct planner_day *out)
{
    const struct roster_model *m = &out->m;
    int first = m->open_s / ROSTER_SLOT_S;
    out->history_days = m->history_days;
    for (int s = 0; s < m->model.slots && first + s < 48; s++) {
        double mean = m->model.expected[s], sd = sqrt(mean + 1);
        out->mean[first + s] = mean;
        out->low[first + s] = fmax(0, mean - 1.645 * sd);
        out->high[first + s] = mean + 1.645 * sd;
        out->total += mean;
    }
    double sd = sqrt(out->total + pow(m->model.day_cv * out->total, 2));
    out->total_low = fmax(0, out->total - 1.645 * sd);
    out->total_high = out->total + 1.645 * sd;
}

static int read_forecast(struct call *c, outlet_id o, date day, struct planner_day *out)
{
    struct stats s = { .n = 0 };
    date today = date_of_instant(c->now_us);
    date last = day.days < today.days ? day : today;
    struct stats_range range = { o, { last.days - HISTORY }, { last.days - 1 } };
    int rc = stats_read(c, &range, &s);
    if (!rc) {
        struct arena *own = arena_new((size_t)256 << 20);
        struct plan_history h;
        struct plan_forecast f = { 0 };
        history_of(&s, last, own, &h);
        if (h.n >= 14) {
            struct plan_forecast_model *model = plan_forecast_fit(&h, last, own);
            plan_forecast_day(model, day, NULL, 0, .9, &f);
            out->forecast = !f.closed && f.total > 0;
            out->history_days = h.n;
        }
        if (out->forecast) {
            memcpy(out->mean, f.mean, sizeof out->mean);
            memcpy(out->low, f.low, sizeof out->low);
            memcpy(out->high, f.high, sizeof out->high);
            out->total = f.total;
            out->total_low = f.total_low;
            out->total_high = f.total_high;
            out->m.model.day_cv = fmin(f.day_cv, .5);
            roster_model_expect(&out->m, f.mean);
        }
        arena_free(own);
    }
    stats_release(&s);
    return rc;
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
    if (!rc && out->m.open && !out->forecast)
        fall_back(out);
    if (!rc)
        keep(k, o, day, today, out);
    return rc;
}
