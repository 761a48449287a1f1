/* guide.c -- See guide.h. */
#include "plan/guide.h"

#include <math.h>
#include <string.h>

#include "base/banned.h"

const struct guide_trip guide_walk = { 75, 1.3, 1, .25 }, guide_drive = { 370, 1.3, 4, .3 };

double guide_trip_minutes(const struct guide_trip *t, double metres)
{
    return t->fixed + metres * t->detour / t->metres_min;
}

/* The wait's quantiles of who comes after so many minutes: straight between the instants measured;
 * after the last one as at the last. Those sent before bring their work. */
static void wait_at(const struct guide_place *p, double minutes, double out[LIVE_QUANTILES])
{
    int k = 0;
    while (k < LIVE_LATER - 2 && live_later[k + 1] < minutes)
        k++;
    double span = live_later[k + 1] - live_later[k], part = (minutes - live_later[k]) / span;
    part = part < 0 ? 0 : part > 1 ? 1 : part;
    double more = p->servers > 0 ? p->tokens * p->service / p->servers : INFINITY;
    for (int q = 0; q < LIVE_QUANTILES; q++) {
        double a = p->later[k][q], b = p->later[k + 1][q];
        out[q] = (isfinite(a) && isfinite(b) ? a + part * (b - a) : INFINITY) + more;
    }
}

static double between(const double q[LIVE_QUANTILES], double share)
{
    double at = share * LIVE_QUANTILES - .5;
    int k = at < 0 ? 0 : at > LIVE_QUANTILES - 2 ? LIVE_QUANTILES - 2 : (int)at;
    return isfinite(q[k]) && isfinite(q[k + 1]) ? q[k] + (at - k) * (q[k + 1] - q[k]) : q[k + 1];
}

void guide_total(const struct guide_place *here, const struct guide_place *place,
                 const struct guide_trip *trip, struct guide_total *out)
{
    double there[LIVE_QUANTILES], stay[LIVE_QUANTILES];
    memset(out, 0, sizeof *out);
    out->trip = trip ? guide_trip_minutes(trip, place->metres) : 0;
    wait_at(place, out->trip, there);
    out->p50 = fmax(0, between(there, .5));
    out->p90 = fmax(0, between(there, .9));
    out->total = out->trip + out->p50 + place->service;
    if (!here)
        return;
    wait_at(here, 0, stay);
    out->sooner = live_sooner(there, out->trip, trip ? trip->cv * out->trip : 0, stay);
    out->suggested = out->sooner >= GUIDE_SURE;
}

int guide_pick(const struct guide_total *list, int n, double chance)
{
    double sum = 0, at = 0;
    int last = -1;
    for (int i = 0; i < n; i++)
        if (list[i].suggested)
            sum += list[i].sooner - GUIDE_SURE + .05;
    for (int i = 0; i < n; i++) {
        if (!list[i].suggested)
            continue;
        last = i;
        at += list[i].sooner - GUIDE_SURE + .05;
        if (chance * sum < at)
            return i;
    }
    return last;
}
