/* forecast_shape.c -- How a day's people are spread over its slots.
 *
 * Each weekday has its shape, drawn to the shape of all days until it has days enough of its own.
 * Means are of logarithms, so that one odd half-hour moves little; c keeps empty slots finite, and
 * what the logarithm of a Poisson count loses on average is given back. */
#include "plan/forecast_priv.h"

#include <math.h>

#include "base/banned.h"

static double offset_of(double total)
{
    return .5 + .001 * total;
}

void fc_shape_learn(struct plan_forecast_model *m, const struct fc_view *v, const double *count,
                    double total, double weight)
{
    struct fc_shape *all = &m->all[v->group], *own = &m->own[v->kind];
    double c = offset_of(total);
    all->weight = all->weight * m->k.shape_all + weight;
    own->weight = own->weight * m->k.shape_weekday + weight;
    for (int s = 0; s < m->slots; s++) {
        double x = log((count[s] + c) / total);
        all->sum[s] = all->sum[s] * m->k.shape_all + weight * x;
        own->sum[s] = own->sum[s] * m->k.shape_weekday + weight * x;
        m->ever[s] = m->ever[s] * .99 + (count[s] > 0);
    }
}

/* Fills mean[], summing up to exp(mu). */
void fc_shape_see(const struct plan_forecast_model *m, struct fc_view *v)
{
    const struct fc_shape *own = &m->own[v->kind], *all = &m->all[v->group];
    double pool = m->k.shape_pool * (v->group ? .3 : 1), total = exp(v->mu), sum = 0;
    double c = offset_of(total);
    if (all->weight <= 0) {
        all = &m->all[!v->group];
        pool = .01;
    }
    for (int s = 0; s < m->slots; s++) {
        double of_all = all->weight > 0 ? all->sum[s] / all->weight : 0;
        double x = (own->sum[s] + pool * of_all) / (own->weight + pool);
        double y = exp(x) * total, mean = fmax(0, y - c);
        for (int i = 0; i < 3; i++)
            mean = fmax(0, y - c + mean / (2 * (mean + c)));
        v->mean[s] = m->ever[s] > 1e-3 ? mean : 0;
        sum += v->mean[s];
    }
    for (int s = 0; s < m->slots; s++)
        v->mean[s] = sum > 0 ? v->mean[s] * total / sum : 0;
}
