/* forecast.c -- See forecast.h. */
#include "roster/forecast.h"
#include "lobby/stats.h"

#include <math.h>
#include <string.h>

#include "base/banned.h"

static const double cover = .9, z = 1.645;
/* A level nobody has seen to vary is not believed to be certain. */
static const double least_cv = .08, most_cv = .5;

static void history_of(struct stats *s, struct arena *arena, struct plan_history *h)
{
    struct stats_arrivals *a;
    int n = 0;
    stats_arrivals(s, &a, &n);
    *h = (struct plan_history){ .slots = HALF_HOURS, .n = n, .calendar = { .china = true } };
    h->calendar.pension_day = 15;
    h->day = arena_alloc(arena, sizeof *h->day * (size_t)(n + 1));
    h->count = arena_alloc(arena, sizeof *h->count * (size_t)(n + 1) * HALF_HOURS);
    for (int i = 0; i < n; i++) {
        h->day[i] = a[i].day;
        memcpy(&h->count[i * HALF_HOURS], a[i].count, sizeof a[i].count);
    }
}

int roster_fit(struct call *c, outlet_id o, date day, struct arena *keep, struct roster_fit *out)
{
    struct stats s = { .n = 0 };
    struct stats_range range = { o, { day.days - ROSTER_HISTORY_DAYS }, { day.days - 1 } };
    *out = (struct roster_fit){ .model = NULL };
    int rc = stats_read(c, &range, &s);
    if (!rc) {
        struct arena *own = arena_new((size_t)64 << 20);
        struct plan_history h;
        history_of(&s, own, &h);
        out->history_days = h.n;
        if (h.n >= ROSTER_FIT_DAYS)
            out->model = plan_forecast_fit(&h, day, keep);
        arena_free(own);
    }
    stats_release(&s);
    return rc;
}

/* The level is gamma before, and stays gamma once so many were seen where so many had been expected
 * (the Poisson's conjugate): its mean, and how sure it is. */
static double see(double seen, double awaited, double *cv)
{
    double shape = 1 / (*cv * *cv), level = (shape + seen) / (shape + awaited);
    *cv = 1 / sqrt(shape + seen);
    return level;
}

static void range_of(struct roster_forecast *f, int known, double seen)
{
    double rest = 0;
    for (int i = known; i < HALF_HOURS; i++) {
        double sd = sqrt(f->mean[i] + pow(f->day_cv * f->mean[i], 2) + (f->mean[i] > 0));
        f->low[i] = fmax(0, f->mean[i] - z * sd);
        f->high[i] = f->mean[i] + z * sd;
        rest += f->mean[i];
    }
    double sd = sqrt(rest + pow(f->day_cv * rest, 2));
    f->total = seen + rest;
    f->total_low = seen + fmax(0, rest - z * sd);
    f->total_high = f->total + z * sd;
}

/* The means of the last weeks, in the level of the day so far. */
static void by_means(const struct roster_model *m, const struct roster_so_far *now, int known,
                     struct roster_forecast *f)
{
    int first = m->open_s / ROSTER_SLOT_S;
    double seen = 0, awaited = 0;
    f->history_days = m->history_days;
    f->day_cv = m->model.day_cv;
    for (int i = 0; i < m->model.slots && first + i < HALF_HOURS; i++)
        f->mean[first + i] = m->model.expected[i];
    for (int i = 0; i < known; i++) {
        seen += now->count[i];
        awaited += f->mean[i];
        f->mean[i] = f->low[i] = f->high[i] = now->count[i];
    }
    if (now) {
        f->day_cv = fmax(f->day_cv, least_cv);
        f->level = see(seen, awaited, &f->day_cv);
    }
    for (int i = known; i < HALF_HOURS; i++)
        f->mean[i] *= f->level;
    range_of(f, known, seen);
}

static bool by_fit(const struct roster_fit *fit, date day, const struct roster_so_far *now,
                   int known, struct roster_forecast *f)
{
    struct plan_forecast p = { .closed = true }, before;
    double rest = 0, was = 0;
    if (!fit->model)
        return false;
    plan_forecast_day(fit->model, day, now ? now->count : NULL, known, cover, &p);
    plan_forecast_day(fit->model, day, NULL, 0, cover, &before);
    if (p.closed || before.total <= 0)
        return false;
    f->fitted = true;
    f->history_days = fit->history_days;
    memcpy(f->mean, p.mean, sizeof f->mean);
    memcpy(f->low, p.low, sizeof f->low);
    memcpy(f->high, p.high, sizeof f->high);
    f->total = p.total;
    f->total_low = p.total_low;
    f->total_high = p.total_high;
    f->day_cv = fmin(p.day_cv, most_cv);
    for (int i = known; i < HALF_HOURS; i++) {
        rest += p.mean[i];
        was += before.mean[i];
    }
    f->level = was > 0 ? rest / was : 1;
    return true;
}

/* The half-hour that runs says a little, too. */
static void running(const struct roster_model *m, const struct roster_so_far *now, int known,
                    struct roster_forecast *f)
{
    double awaited = roster_expected(f, m, known * ROSTER_SLOT_S, now->second);
    if (known >= HALF_HOURS || awaited <= 0 || f->day_cv <= 0)
        return;
    double by = see(now->count[known], awaited, &f->day_cv);
    f->level *= by;
    for (int i = known; i < HALF_HOURS; i++) {
        f->mean[i] *= by;
        f->low[i] *= by;
        f->high[i] *= by;
    }
}

void roster_forecast(const struct roster_fit *fit, const struct roster_model *m, date day,
                     const struct roster_so_far *now, struct roster_forecast *out)
{
    int known = now ? now->second / ROSTER_SLOT_S : 0;
    _Static_assert((int)HALF_HOURS == (int)PLAN_FORECAST_SLOTS, "half-hours of a day");
    CHECK(known >= 0 && known <= HALF_HOURS);
    *out = (struct roster_forecast){ .level = 1 };
    if (!by_fit(fit, day, now, known, out))
        by_means(m, now, known, out);
    if (now)
        running(m, now, known, out);
}

double roster_expected(const struct roster_forecast *f, const struct roster_model *m, double from_s,
                       double until_s)
{
    double sum = 0;
    for (int i = 0; i < HALF_HOURS; i++) {
        double a = i * ROSTER_SLOT_S, b = a + ROSTER_SLOT_S;
        a = fmax(a, m->open_s);
        b = fmin(b, m->close_s);
        double part = fmin(b, until_s) - fmax(a, from_s);
        if (part > 0)
            sum += f->mean[i] * part / (b - a);
    }
    return sum;
}
