/* forecast_range.c -- How far days and half-hours stray, and what the morning says of the rest.
 *
 * Nobody says how residuals are distributed: their quantiles are counted, the old ones fading, with
 * a few days of a normal distribution to begin with. Counts are over-dispersed: the variance is
 * Poisson's plus the day's own times the mean squared, times what the slot has shown besides. */
#include "plan/forecast_priv.h"
#include "plan/queueing.h"

#include <math.h>
#include <string.h>

#include "base/banned.h"

static const double fade = .985;       /* of residuals, a day */
static const double prior_days = 6;    /* of a normal distribution */
static const double prior_morning = 8; /* days of what theory says of mornings */
static const double begin_wider = .06; /* log factor: the first days make ranges too narrow */

enum { MIDDLE = FC_BINS / 2 }; /* the bin of no error */

static double bin_edge(int i)
{
    return (i - MIDDLE - .5) * .1;
}

static void errors_start(struct fc_errors *e)
{
    for (int i = 0; i < FC_BINS; i++)
        e->weight[i] =
            prior_days * (plan_normal_cdf(bin_edge(i + 1)) - plan_normal_cdf(bin_edge(i)));
}

static void errors_add(struct fc_errors *e, double residual, double weight)
{
    double at = floor(residual * 10 + .5) + MIDDLE;
    e->weight[(int)fmax(0, fmin(at, FC_BINS - 1))] += weight;
}

static void errors_age(struct fc_errors *e)
{
    for (int i = 0; i < FC_BINS; i++)
        e->weight[i] *= fade;
}

static double errors_quantile(const struct fc_errors *e, double p)
{
    double all = 0, below = 0;
    for (int i = 0; i < FC_BINS; i++)
        all += e->weight[i];
    for (int i = 0; i < FC_BINS; i++) {
        double w = e->weight[i];
        if (below + w >= p * all && w > 0)
            return bin_edge(i) + .1 * (p * all - below) / w;
        below += w;
    }
    return bin_edge(FC_BINS);
}

void fc_range_start(struct plan_forecast_model *m)
{
    errors_start(&m->slot_errors);
    errors_start(&m->day_errors);
    for (int k = 0; k <= m->slots; k++)
        m->morning[k].wider = begin_wider;
}

/* The slot's squared residuals, drawn to those of all slots. */
static double slot_spread(const struct plan_forecast_model *m, int s)
{
    double sum = 0, n = 0;
    for (int i = 0; i < m->slots; i++) {
        sum += m->spread[i];
        n += m->spread_n[i];
    }
    double all = (sum + 10) / (n + 10);
    return (m->spread[s] + 10 * all) / (m->spread_n[s] + 10);
}

static double slot_variance(double mean, double v)
{
    return mean + mean * mean * v;
}

/* Never beyond a factor of seven: a kiosk that is down says nothing of the afternoon. */
static double log_ratio(double count, double mean)
{
    return fmax(-2, fmin(log((count + .5) / (mean + .5)), 2));
}

/* What the rest of the day owes to its morning: the share of the morning's surprise it keeps. */
struct share_kept {
    double slope, v;
};
static struct share_kept share_kept(const struct plan_forecast_model *m, const struct fc_view *v,
                                    int known, double mean)
{
    const struct fc_morning *w = &m->morning[known];
    int open = 0;
    if (mean < 1)
        return (struct share_kept){ 0, v->v };
    for (int s = 0; s < known; s++)
        open += v->mean[s] > 0;
    double noise = 1 / (mean + 1) + .01 / open + .001, x = v->v + noise, n0 = prior_morning;
    double slope = (w->xy + n0 * v->v * .8) / (w->xx + n0 * x);
    slope = fmax(0, fmin(slope, 1.2));
    double left = w->yy - 2 * slope * w->xy + slope * slope * w->xx;
    double usual = v->v + slope * slope * x - 2 * slope * v->v * .8;
    return (struct share_kept){ slope, fmax(1e-6, (left + n0 * fmax(usual, 1e-4)) / (w->n + n0)) };
}

static void morning_learn(struct plan_forecast_model *m, const struct fc_view *v,
                          const double *count, double weight)
{
    double mean = 0, mean_all = 0, seen = 0, all = 0;
    for (int s = 0; s < m->slots; s++) {
        mean_all += v->mean[s];
        all += count[s];
    }
    for (int k = 1; k < m->slots; k++) {
        struct fc_morning *w = &m->morning[k];
        mean += v->mean[k - 1];
        seen += count[k - 1];
        if (mean < 1 || mean_all - mean < 1)
            continue;
        double x = log_ratio(seen, mean), y = log_ratio(all - seen, mean_all - mean);
        w->n = w->n * fade + weight;
        w->xx = w->xx * fade + weight * x * x;
        w->xy = w->xy * fade + weight * x * y;
        w->yy = w->yy * fade + weight * y * y;
    }
}

/* The ranges' ends as standard residuals. */
struct ends {
    double low, high, day_low, day_high;
};
static struct ends ends_of(const struct plan_forecast_model *m, double cover)
{
    double p = (1 - cover) / 2;
    return (
        struct ends){ errors_quantile(&m->slot_errors, p), errors_quantile(&m->slot_errors, 1 - p),
                      errors_quantile(&m->day_errors, p), errors_quantile(&m->day_errors, 1 - p) };
}

/* Mean and range of the slots from the known ones on; the day's total. spread: of each slot. */
static void fill(const struct plan_forecast_model *m, const struct fc_view *v, const double *so_far,
                 const struct ends *e, const double *spread, struct plan_forecast *out)
{
    const struct fc_morning *w = &m->morning[out->known];
    double seen = 0, mean = 0, rest = 0, wider = exp(w->wider), wider_day = exp(w->wider_day);
    for (int s = 0; s < out->known; s++) {
        out->mean[s] = out->low[s] = out->high[s] = so_far[s];
        seen += so_far[s];
        mean += v->mean[s];
    }
    struct share_kept k = share_kept(m, v, out->known, mean);
    double lift = mean >= 1 ? exp(k.slope * log_ratio(seen, mean)) : 1;
    for (int s = out->known; s < m->slots; s++) {
        double x = v->mean[s] * lift, sd = wider * sqrt(slot_variance(x, k.v) * spread[s]);
        out->mean[s] = x;
        out->low[s] = fmax(0, x + e->low * sd);
        out->high[s] = x + fmax(e->high * sd, 0);
        rest += x;
    }
    double sd = wider_day * sqrt(k.v + (rest > 0 ? 1 / rest : 0) - exp(-fmax(0, v->mu)));
    out->total = seen + rest;
    out->total_low = seen + rest * exp(e->day_low * sd);
    out->total_high = seen + rest * exp(e->day_high * sd);
    out->day_cv = sd; /* with the chance of its people: see own_cv */
}

/* Ranges that held too little are made wider, and narrower ones that held too much (Gibbs and
 * Candes 2021): for each hour of the day at which one might ask. */
static void wider_learn(struct plan_forecast_model *m, const struct fc_view *v,
                        const double *spread, const double *count, double total)
{
    static const double cover = .9, step = .06, step_day = .08;
    struct ends e = ends_of(m, cover);
    for (int k = 0; k < m->slots; k++) {
        struct plan_forecast f = { .slots = m->slots, .known = k };
        int missed = 0, open = 0;
        fill(m, v, count, &e, spread, &f);
        for (int s = k; s < m->slots; s++) {
            open += f.mean[s] > 0;
            missed += f.mean[s] > 0 && (count[s] < f.low[s] || count[s] > f.high[s]);
        }
        if (!open)
            continue;
        bool out = total < f.total_low || total > f.total_high;
        m->morning[k].wider += (k ? step : step / 2) * ((double)missed / open - (1 - cover));
        m->morning[k].wider_day += step_day * (out - (1 - cover));
    }
}

void fc_range_learn(struct plan_forecast_model *m, const struct fc_view *v, const double *count,
                    double total, double weight)
{
    double spread[FC_SLOTS] = { 0 };
    int open = 0;
    if (m->mean_only)
        return;
    for (int s = 0; s < m->slots; s++) {
        open += v->mean[s] > 0;
        spread[s] = slot_spread(m, s);
    }
    wider_learn(m, v, spread, count, total);
    errors_age(&m->slot_errors);
    errors_age(&m->day_errors);
    errors_add(&m->day_errors, (log(total) - v->mu) / sqrt(v->v), 1);
    for (int s = 0; s < m->slots; s++) {
        if (v->mean[s] <= 0)
            continue;
        double e = (count[s] - v->mean[s]) / sqrt(slot_variance(v->mean[s], v->v));
        errors_add(&m->slot_errors, e / sqrt(spread[s]), 1. / open);
        m->spread[s] = m->spread[s] * fade + weight * fmin(e * e, 25);
        m->spread_n[s] = m->spread_n[s] * fade + weight;
    }
    morning_learn(m, v, count, weight);
}

/* How the level of what is left strays, without the chance of its people (Poisson), which whoever
 * draws them adds. As a rule of thumb never below half of what the model itself says. */
static double own_cv(const struct fc_view *v, const struct plan_forecast *f, double ends)
{
    double rest = 0, own = fmax(0, v->v - exp(-fmax(0, v->mu)));
    for (int s = f->known; s < f->slots; s++)
        rest += f->mean[s];
    double whole = f->day_cv * ends;
    return sqrt(fmax(whole * whole - (rest > 0 ? 1 / rest : 0), own / 4));
}

void fc_range_day(const struct plan_forecast_model *m, const struct fc_view *v,
                  const double *so_far, double cover, struct plan_forecast *out)
{
    double spread[FC_SLOTS], z = 2 * plan_normal_quantile((1 + cover) / 2);
    struct ends e = ends_of(m, cover);
    for (int s = 0; s < m->slots; s++)
        spread[s] = slot_spread(m, s);
    fill(m, v, so_far, &e, spread, out);
    out->day_cv = own_cv(v, out, fmin(3, (e.day_high - e.day_low) / z));
}
