/* forecast.h -- The wait range told to a customer: from the live queue, never a single point. Pure.
 *
 * The next departures of k busy windows with mean handling m come about every m/k; for the n-th of
 * them the time is near gamma distributed (shape n, mean n m/k). The range is its 25 % to 90 %
 * quantile by Wilson and Hilferty (1931). Good for a lobby that is busy; the planner's simulation
 * replaces it where one is at hand. */
#ifndef LOBBY_FORECAST_H
#define LOBBY_FORECAST_H
#include "base/rc.h"

struct forecast_in {
    double ahead; /* people before this one, each weighed by the share that uses these windows */
    int windows;  /* open windows that handle the service */
    int free;     /* of these, without a customer now */
    double handling_s; /* mean handling time of those ahead and being served */
};
struct wait_range {
    int low_s, high_s; /* -1, -1: nobody can say (no window is open) */
    int64_t told_us;   /* simulated then (told.h), and these are P50 and P90; 0: estimated now */
};
struct wait_range forecast_wait(const struct forecast_in *in);
#endif
