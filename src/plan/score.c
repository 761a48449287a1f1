/* score.c -- See score.h. */
#include "plan/score.h"

#include <math.h>
#include <string.h>

#include "base/banned.h"

double plan_wape(const struct plan_errors *e)
{
    return e->all > 0 ? e->off / e->all : NAN;
}

double plan_mape(const struct plan_errors *e)
{
    return e->n_shares > 0 ? e->shares / (double)e->n_shares : NAN;
}

double plan_coverage(const struct plan_errors *e)
{
    return e->n > 0 ? (double)e->covered / (double)e->n : NAN;
}

const char *plan_baseline_code(enum plan_baseline b)
{
    static const char *const codes[PLAN_BASELINES] = { "last_week", "last_four_weeks",
                                                       "weekday_mean" };
    return codes[b];
}

static const double *counts_of(const struct plan_history *h, int i)
{
    return &h->count[(size_t)i * (size_t)h->slots];
}

static void baselines(const struct plan_history *h, int at, struct plan_rolled *out)
{
    int weekday = date_weekday(h->day[at]), found = 0;
    double sum[PLAN_FORECAST_SLOTS] = { 0 };
    for (int i = at - 1; i >= 0; i--) {
        if (date_weekday(h->day[i]) != weekday)
            continue;
        found++;
        for (int s = 0; s < h->slots; s++) {
            sum[s] += counts_of(h, i)[s];
            if (found == 1)
                out->by[PLAN_LAST_WEEK][s] = sum[s];
            if (found <= 4)
                out->by[PLAN_LAST_FOUR][s] = sum[s] / found;
            out->by[PLAN_WEEKDAY_MEAN][s] = sum[s] / found;
        }
    }
}

static void add(struct plan_errors *e, double mean, double actual, bool covered)
{
    e->off += fabs(mean - actual);
    e->all += actual;
    e->n++;
    e->covered += covered;
    if (actual > 0) {
        e->n_shares++;
        e->shares += fabs(mean - actual) / actual;
    }
}

static bool within(double x, double low, double high)
{
    return x >= low && x <= high;
}

/* One day's slots and their sum; f NULL: no ranges. */
static void add_day(const struct plan_rolling_request *q, const struct plan_rolled *r,
                    const double *mean, const struct plan_forecast *f, struct plan_score *score)
{
    double sum = 0, actual = 0;
    int from = q->known > q->from ? q->known : q->from;
    for (int s = from; s < q->to; s++) {
        sum += mean[s];
        actual += r->actual[s];
        if (r->f.mean[s] > 0 || r->actual[s] > 0)
            add(&score->slot, mean[s], r->actual[s],
                f && within(r->actual[s], f->low[s], f->high[s]));
    }
    double whole = 0;
    for (int s = 0; s < r->f.slots; s++)
        whole += r->actual[s];
    if (sum <= 0 && actual <= 0)
        return;
    add(&score->day, sum, actual, f && within(whole, f->total_low, f->total_high));
}

void plan_roll(const struct plan_history *h, const struct plan_rolling_request *q,
               struct arena *arena, struct plan_rolling *out)
{
    *out = (struct plan_rolling){ .n = 0 };
    CHECK(q->from >= 0 && q->from < q->to && q->to <= h->slots && q->known < q->to);
    while (out->n_train < h->n && h->day[out->n_train].days <= q->until.days)
        out->n_train++;
    out->model = plan_forecast_fit(h, (date){ q->until.days + 1 }, arena);
    out->day = arena_alloc(arena, sizeof *out->day * (size_t)(h->n - out->n_train + 1));
    for (int i = out->n_train; i < h->n; i++) {
        struct plan_rolled *r = &out->day[out->n++];
        r->actual = counts_of(h, i);
        plan_forecast_passed(out->model, h->day[i]);
        plan_forecast_day(out->model, h->day[i], NULL, 0, q->cover, &r->before);
        plan_forecast_day(out->model, h->day[i], r->actual, q->known, q->cover, &r->f);
        baselines(h, i, r);
        add_day(q, r, r->f.mean, &r->f, &out->ours);
        add_day(q, r, r->before.mean, &r->before, &out->before);
        for (int b = 0; b < PLAN_BASELINES; b++)
            add_day(q, r, r->by[b], NULL, &out->by[b]);
        plan_forecast_learn(out->model, h->day[i], r->actual);
    }
}
