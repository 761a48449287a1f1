/* forecast.h -- How many customers an outlet expects on a day, half-hour by half-hour: what the
 * planner's page shows and what live advice stands on.
 *
 * Fitting takes a moment and does not change within a day: fit once, ask often. With fewer than
 * ROSTER_FIT_DAYS days of history there is nothing to fit, and the means of the model are taken. */
#ifndef ROSTER_FORECAST_H
#define ROSTER_FORECAST_H
#include "plan/forecast.h"
#include "roster/model.h"

enum { ROSTER_FIT_DAYS = 14, ROSTER_HISTORY_DAYS = 182 };

struct roster_fit {
    struct plan_forecast_model *model; /* in the arena given; NULL: too little history */
    int history_days;
};
/* Fits the outlet's arrivals of the half year before `day`. 0, or a fault. */
MUST_USE int roster_fit(struct call *c, outlet_id o, date day, struct arena *keep,
                        struct roster_fit *out);

/* The day until now: who came in each half-hour, and the second of the day it is. */
struct roster_so_far {
    double count[48];
    int second;
};
struct roster_forecast {
    bool fitted;      /* by the forecast; else the means of the model's last weeks */
    int history_days; /* it stands on */
    double mean[48], low[48], high[48]; /* of half-hours that are over: what came; 90 % ranges */
    double total, total_low, total_high;
    double level;  /* what is left of the day against what was expected of it before: 1.1 is more */
    double day_cv; /* over-dispersion of what is left: plan_model's */
};
/* A day's forecast; the half-hour that runs is whole in mean[]. now: that very day's counts, or
 * NULL. m: the outlet's model of the day. Never fails. */
void roster_forecast(const struct roster_fit *f, const struct roster_model *m, date day,
                     const struct roster_so_far *now, struct roster_forecast *out);
/* Customers expected between two seconds of the day, by mean[], while the doors are open. */
double roster_expected(const struct roster_forecast *f, const struct roster_model *m, double from_s,
                       double until_s);
#endif
