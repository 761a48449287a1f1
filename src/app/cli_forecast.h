/* cli_forecast.h -- What the two ways of plan forecast share: from a file, and from own tickets. */
#ifndef APP_CLI_FORECAST_H
#define APP_CLI_FORECAST_H
#include "app/cli.h"
#include "plan/history.h"

struct forecast_order {
    enum plan_history_format format;
    struct plan_calendar calendar;
    bool rolling; /* --train-until */
    date until;
    int from, to, known;
    int64_t days;
    double cover;
    const char *series;
    /* own tickets: the first day forecast, and what came until now, by series */
    date today;
    double (*so_far)[PLAN_FORECAST_SLOTS];
    int so_far_known;
};
/* Prints the series; gives the exit status. */
int forecast_series(struct cli *c, const struct forecast_order *o, struct plan_series *series,
                    int n, struct arena *arena);
/* Reads the tickets of --outlet, then forecast_series(). */
int forecast_own(struct cli *c, struct forecast_order *o, struct arena *arena);
#endif
