/* forecast.c -- See forecast.h. */
#include "plan/forecast.h"
#include "plan/queueing.h"

#include <math.h>
#include <string.h>

#include "base/banned.h"

struct plan_forecast_model {
    struct plan_history h; /* the days before `until` */
};

struct plan_forecast_model *plan_forecast_fit(const struct plan_history *h, date until,
                                              struct arena *arena)
{
    struct plan_forecast_model *m = arena_alloc(arena, sizeof *m);
    CHECK(h->slots > 0 && h->slots <= PLAN_FORECAST_SLOTS);
    m->h = *h;
    while (m->h.n > 0 && m->h.day[m->h.n - 1].days >= until.days)
        m->h.n--;
    return m;
}

void plan_forecast_day(const struct plan_forecast_model *m, date d, const double *so_far, int known,
                       double cover, struct plan_forecast *out)
{
    const struct plan_history *h = &m->h;
    double z = plan_normal_quantile((1 + cover) / 2);
    int found = 0;
    *out = (struct plan_forecast){ .day = d,
                                   .flags = plan_day_flags(&h->calendar, d),
                                   .slots = h->slots,
                                   .known = known,
                                   .day_cv = .1 };
    for (int i = h->n - 1; i >= 0 && found < 4; i--) {
        if (date_weekday(h->day[i]) != date_weekday(d))
            continue;
        for (int s = 0; s < h->slots; s++)
            out->mean[s] += h->count[(size_t)i * (size_t)h->slots + (size_t)s];
        found++;
    }
    for (int s = 0; s < h->slots; s++) {
        double mean = found ? out->mean[s] / found : 0;
        if (s < known) {
            out->mean[s] = out->low[s] = out->high[s] = so_far[s];
        } else {
            double sd = sqrt(mean + mean * mean * .01);
            out->mean[s] = mean;
            out->low[s] = fmax(0, mean - z * sd);
            out->high[s] = mean + z * sd;
        }
        out->total += out->mean[s];
    }
    double sd = sqrt(out->total + out->total * out->total * .01);
    out->total_low = fmax(0, out->total - z * sd);
    out->total_high = out->total + z * sd;
    out->closed = out->total <= 0;
}
