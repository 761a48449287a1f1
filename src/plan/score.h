/* score.h -- How good a forecast is: each day from the days before it, beside plain means.
 *
 * WAPE is the sum of absolute errors over the sum of counts; MAPE the mean of absolute errors over
 * counts, where somebody came. Half-hours in which nobody is expected and nobody came (the outlet
 * is shut) are in no figure. */
#ifndef PLAN_SCORE_H
#define PLAN_SCORE_H
#include "plan/forecast.h"

struct plan_errors {
    double off, all, shares; /* sums: absolute errors, counts, errors as shares */
    int64_t n, n_shares, covered;
};
double plan_wape(const struct plan_errors *e); /* NaN: nobody came */
double plan_mape(const struct plan_errors *e);
double plan_coverage(const struct plan_errors *e); /* NaN: no ranges */

struct plan_score {
    struct plan_errors slot, day;
};
enum plan_baseline {
    PLAN_LAST_WEEK,    /* the last same weekday */
    PLAN_LAST_FOUR,    /* mean of the last four same weekdays */
    PLAN_WEEKDAY_MEAN, /* mean of all same weekdays before */
    PLAN_BASELINES
};
const char *plan_baseline_code(enum plan_baseline b);

struct plan_rolling_request {
    date until;   /* the last day that trains */
    int from, to; /* slots that count: from <= slot < to */
    int known;    /* with the counts of the slots before this one; 0: before the day */
    double cover;
};
struct plan_rolled {
    struct plan_forecast f, before; /* before: without what is known */
    const double *actual;
    double by[PLAN_BASELINES][PLAN_FORECAST_SLOTS];
};
struct plan_rolling {
    int n_train, n;
    struct plan_rolled *day;
    struct plan_score ours, by[PLAN_BASELINES];
    struct plan_score before;          /* known > 0: the same slots before the day */
    struct plan_forecast_model *model; /* has learnt all days */
};
/* Fits up to `until`; forecasts each later day of the history from all days before it. */
void plan_roll(const struct plan_history *h, const struct plan_rolling_request *q,
               struct arena *arena, struct plan_rolling *out);
#endif
