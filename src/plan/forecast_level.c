/* forecast_level.c -- The level of the days: a state-space model of the logarithm of their totals.
 *
 * log total = level + weekday + drift + kinds of day + noise. Level and weekdays wander, the drift
 * comes back to nothing, what a kind of day is worth stays. Kalman's filter learns all of them day
 * by day (West and Harrison 1997); a day far from its forecast counts less (Huber 1964), one very
 * far hardly at all, so that holidays nobody told of leave no trace. */
#include "plan/forecast_priv.h"

#include <math.h>
#include <string.h>

#include "base/banned.h"

/* What days at banks and call centres are like; a long history moves them. */
const struct fc_knobs fc_usual = { .level = .01,
                                   .weekday = .002,
                                   .keep = .7,
                                   .drift = .04,
                                   .noise = .03,
                                   .weekday_wide = .15,
                                   .flag_wide = .07,
                                   .outlier = 3,
                                   .shape_all = .95,
                                   .shape_weekday = .95,
                                   .shape_pool = 2 };

void fc_level_start(struct plan_forecast_model *m, double log_total)
{
    struct fc_level *l = &m->level;
    const struct fc_knobs *k = &m->k;
    memset(l, 0, sizeof *l);
    l->started = true;
    l->a[FC_LEVEL] = log_total;
    l->p[FC_LEVEL][FC_LEVEL] = 1;
    for (int w = 0; w < 7; w++) {
        double wide = m->alone[w + 1] ? 1.5 : k->weekday_wide;
        l->p[FC_WEEKDAY + w][FC_WEEKDAY + w] = wide * wide;
    }
    l->p[FC_DRIFT][FC_DRIFT] = k->drift * k->drift / (1 - k->keep * k->keep);
    for (int i = 0; i < FC_FLAGS; i++) {
        unsigned flag = 1u << i;
        double wide = flag == PLAN_DAY_HOLIDAY  ? 1.5
                      : flag == PLAN_DAY_MAKEUP ? 4 * k->flag_wide
                                                : k->flag_wide;
        l->p[FC_FLAG + i][FC_FLAG + i] = wide * wide;
    }
}

void fc_level_pass(struct plan_forecast_model *m)
{
    struct fc_level *l = &m->level;
    const struct fc_knobs *k = &m->k;
    l->p[FC_LEVEL][FC_LEVEL] += k->level * k->level;
    for (int w = FC_WEEKDAY; w < FC_WEEKDAY + 7; w++)
        l->p[w][w] += k->weekday * k->weekday;
    l->a[FC_DRIFT] *= k->keep;
    for (int i = 0; i < FC_STATES; i++)
        l->p[FC_DRIFT][i] *= k->keep;
    for (int i = 0; i < FC_STATES; i++)
        l->p[i][FC_DRIFT] *= k->keep;
    l->p[FC_DRIFT][FC_DRIFT] += k->drift * k->drift;
}

/* P x, and x' P x. */
static double spread(const struct fc_level *l, const double *x, double *px)
{
    double all = 0;
    for (int i = 0; i < FC_STATES; i++) {
        px[i] = 0;
        for (int j = 0; j < FC_STATES; j++)
            px[i] += l->p[i][j] * x[j];
        all += x[i] * px[i];
    }
    return all;
}

void fc_level_see(const struct plan_forecast_model *m, struct fc_view *v)
{
    double px[FC_STATES];
    v->mu = 0;
    for (int i = 0; i < FC_STATES; i++)
        v->mu += m->level.a[i] * v->x[i];
    v->v = spread(&m->level, v->x, px) + m->k.noise * m->k.noise + exp(-fmax(0, v->mu));
}

double fc_level_learn(struct plan_forecast_model *m, const struct fc_view *v, double log_total)
{
    struct fc_level *l = &m->level;
    double px[FC_STATES], weight = 1;
    double all = fmax(v->v, 1e-12), known = spread(l, v->x, px), far = log_total - v->mu;
    double u = fabs(far) / sqrt(all), limit = m->k.outlier;
    if (u > 2 * limit)
        weight = pow(2 * limit / u, 4) / 4;
    else if (u > limit)
        weight = limit / u * (limit / u);
    CHECK(known <= all * (1 + 1e-9));
    all = all / weight;
    for (int i = 0; i < FC_STATES; i++)
        l->a[i] += px[i] * far / all;
    for (int i = 0; i < FC_STATES; i++)
        for (int j = 0; j < FC_STATES; j++)
            l->p[i][j] -= px[i] * px[j] / all;
    return weight;
}
