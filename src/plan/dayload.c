/* dayload.c -- Load and textbook staffing of a day whose arrivals change. See queueing.h. */
#include "plan/queueing.h"

#include <math.h>
#include <stdlib.h>

#include "base/banned.h"

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

void plan_service_values(struct plan_service_time *s, double *values, int n)
{
    CHECK(n >= 1);
    double sum = 0, squares = 0;
    qsort(values, (size_t)n, sizeof *values, by_value);
    for (int i = 0; i < n; i++)
        sum += values[i];
    double mean = sum / n;
    for (int i = 0; i < n; i++)
        squares += (values[i] - mean) * (values[i] - mean);
    *s = (struct plan_service_time){ .kind = PLAN_EMPIRICAL,
                                     .mean = mean,
                                     .cs2 = squares / n / (mean * mean),
                                     .values = values,
                                     .n = n };
}

double plan_service_capped_mean(const struct plan_service_time *s, double y)
{
    if (y <= 0)
        return 0;
    if (s->kind == PLAN_EXPONENTIAL)
        return -s->mean * expm1(-y / s->mean);
    if (s->kind == PLAN_EMPIRICAL) {
        double sum = 0;
        for (int i = 0; i < s->n; i++)
            sum += s->values[i] < y ? s->values[i] : y;
        return sum / s->n;
    }
    if (s->cs2 <= 0)
        return s->mean < y ? s->mean : y;
    double sd = sqrt(log1p(s->cs2)), m = log(s->mean) - sd * sd / 2, z = (log(y) - m) / sd;
    return s->mean * plan_normal_cdf(z - sd) + y * plan_normal_cdf(-z);
}

double plan_rate_at(const struct plan_day_rates *d, double t)
{
    double i = floor(t / d->slot);
    return i >= 0 && i < d->n ? d->rates[(int)i] : 0;
}

/* m(t) = integral of lambda(t - x) P(S > x): in each slot lambda times a difference of E[min(S,
 * y)].
 */
double plan_offered_load(const struct plan_day_rates *d, const struct plan_service_time *s,
                         double t)
{
    double m = 0;
    for (int i = 0; i < d->n && i * d->slot < t; i++)
        m += d->rates[i] * (plan_service_capped_mean(s, t - i * d->slot) -
                            plan_service_capped_mean(s, t - (i + 1) * d->slot));
    return m;
}

int plan_servers_for(double rate, double mean_service, double within, double alpha)
{
    CHECK(rate >= 0 && mean_service > 0 && within >= 0 && alpha > 0);
    if (rate <= 0)
        return 0;
    double load = rate * mean_service, b = 1;
    for (int c = 1;; c++) { /* the recursion of B goes along, so that the search is linear */
        b = load * b / (c + load * b);
        if (load >= c)
            continue;
        double wait = b / (1 - load / c * (1 - b));
        if (wait * exp(-(c / mean_service - rate) * within) <= alpha)
            return c;
    }
}

const char *plan_method_code(enum plan_method m)
{
    static const char *const code[] = { "sipp", "lag_sipp", "sipp_max", "mol" };
    CHECK((unsigned)m < COUNT(code));
    return code[m];
}

/* The mean rate over [t, t + slot), whatever slots it crosses. */
static double rate_over(const struct plan_day_rates *d, double t)
{
    double sum = 0;
    for (int i = 0; i < d->n; i++) {
        double low = fmax(t, i * d->slot), high = fmin(t + d->slot, (i + 1) * d->slot);
        if (high > low)
            sum += d->rates[i] * (high - low);
    }
    return sum / d->slot;
}

double plan_staff_rate(enum plan_method m, const struct plan_day_rates *d, double mean_service,
                       int slot)
{
    enum { POINTS = 12 };
    double t = slot * d->slot, most = 0;
    struct plan_service_time s = { .kind = PLAN_EXPONENTIAL, .mean = mean_service };
    switch (m) {
    case PLAN_LAG_SIPP:
        return rate_over(d, t - mean_service);
    case PLAN_SIPP_MAX:
        return fmax(rate_over(d, t), rate_over(d, t - d->slot));
    case PLAN_MOL:
        for (int k = 0; k <= POINTS; k++)
            most = fmax(most, plan_offered_load(d, &s, t + d->slot * k / POINTS));
        return most / mean_service;
    case PLAN_SIPP:
    case PLAN_METHODS:
        break;
    }
    return rate_over(d, t);
}

int plan_staff_by(enum plan_method m, const struct plan_day_rates *d, double mean_service,
                  double within, double alpha, int *counts, int slots)
{
    int sum = 0;
    CHECK((unsigned)m < PLAN_METHODS && d->slot > 0);
    for (int i = 0; i < slots; i++) {
        counts[i] =
            plan_servers_for(plan_staff_rate(m, d, mean_service, i), mean_service, within, alpha);
        sum += counts[i];
    }
    return sum;
}
