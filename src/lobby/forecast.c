/* forecast.c -- See forecast.h. */
#include "lobby/forecast.h"
#include <math.h>
#include "base/banned.h"

/* Quantile of a gamma distribution with mean 1 and the given shape (Wilson-Hilferty). */
static double gamma_quantile(double shape, double z)
{
    double x = 1 - 1 / (9 * shape) + z / (3 * sqrt(shape));
    return x > 0 ? x * x * x : 0;
}

static int half_minutes(double s, bool up)
{
    double halves = s / 30;
    return (int)(up ? ceil(halves) : floor(halves)) * 30;
}

struct wait_range forecast_wait(const struct forecast_in *in)
{
    static const double z_low = -0.6745, z_high = 1.2816; /* 25 % and 90 % */
    if (in->windows <= 0)
        return (struct wait_range){ -1, -1, 0 };
    CHECK(in->free >= 0 && in->free <= in->windows);
    CHECK(in->ahead >= 0 && in->handling_s >= 0);
    double departures = in->ahead - in->free + 1;
    if (departures <= 0)
        return (struct wait_range){ 0, 60, 0 };
    double mean = departures * in->handling_s / in->windows;
    double shape = departures < 0.5 ? 0.5 : departures;
    struct wait_range r = { half_minutes(mean * gamma_quantile(shape, z_low), false),
                            half_minutes(mean * gamma_quantile(shape, z_high), true), 0 };
    if (r.high_s < r.low_s + 60)
        r.high_s = r.low_s + 60;
    return r;
}
