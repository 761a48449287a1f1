/* queueing.c -- Stationary queues. See queueing.h. */
#include "plan/queueing.h"

#include <math.h>

#include "base/banned.h"

double plan_erlang_b(double load, int servers)
{
    CHECK(load >= 0 && isfinite(load) && servers >= 0);
    double b = 1;
    for (int k = 1; k <= servers && b > 1e-300; k++)
        b = load * b / (k + load * b);
    return b > 1e-300 ? b : 0; /* below, rounding would keep it from falling */
}

double plan_erlang_c(double load, int servers)
{
    CHECK(servers >= 1);
    if (load >= servers)
        return 1;
    double b = plan_erlang_b(load, servers);
    return b / (1 - load / servers * (1 - b));
}

/* How much faster the servers are than the arrivals: c mu - lambda. */
static double slack(double rate, double mean_service, int servers)
{
    CHECK(rate >= 0 && mean_service > 0 && servers >= 1);
    return servers / mean_service - rate;
}

double plan_wait_tail(double rate, double mean_service, int servers, double t)
{
    double free = slack(rate, mean_service, servers);
    CHECK(t >= 0);
    if (free <= 0)
        return 1;
    return plan_erlang_c(rate * mean_service, servers) * exp(-free * t);
}

double plan_wait_mean(double rate, double mean_service, int servers)
{
    double free = slack(rate, mean_service, servers);
    return free > 0 ? plan_erlang_c(rate * mean_service, servers) / free : INFINITY;
}

double plan_wait_quantile(double rate, double mean_service, int servers, double p)
{
    double free = slack(rate, mean_service, servers);
    CHECK(p >= 0 && p < 1);
    if (free <= 0)
        return INFINITY;
    double c = plan_erlang_c(rate * mean_service, servers);
    return c > 1 - p ? log(c / (1 - p)) / free : 0;
}

/* ---- birth and death ---- */

/* Weights relative to the state "all servers taken, nobody waits", rescaled before they overflow.
 */
struct weights {
    double below; /* states up to all servers taken, that one included */
    double tail;  /* that state and all above */
    double queue; /* sum of waiting times weight */
    double last;  /* weight of the highest state */
};

static bool add_tail(const struct plan_chain *q, struct weights *w)
{
    const int64_t states_max = 100000000;
    double drain = q->servers / q->mean_service, term = 1;
    int64_t room = q->places > 0 ? q->places - q->servers : INT64_MAX;
    w->tail = w->last = 1;
    w->queue = 0;
    for (int64_t k = 1; k <= room; k++) {
        double ratio = q->rate / (drain + (double)k * q->theta);
        term *= ratio;
        w->tail += term;
        w->queue += (double)k * term;
        w->last = term;
        if (term > 1e200) {
            term *= 1e-200;
            w->last = term;
            w->tail *= 1e-200;
            w->queue *= 1e-200;
            w->below *= 1e-200;
        }
        if (ratio < 1 && term * (double)k < 1e-19 * (1 - ratio) * w->queue)
            return true;
        if (k == states_max)
            return false;
    }
    return true;
}

static double empty_weight(double load, int servers)
{
    int sign;
    return load > 0 ? exp(lgamma_r(servers + 1.0, &sign) - servers * log(load)) : 1;
}

bool plan_chain_solve(const struct plan_chain *q, struct plan_chain_answer *out)
{
    double load = q->rate * q->mean_service, b = plan_erlang_b(load, q->servers);
    CHECK(q->servers >= 1 && q->rate >= 0 && q->mean_service > 0 && q->theta >= 0);
    CHECK(q->places == 0 || q->places >= q->servers);
    *out = (struct plan_chain_answer){ .p_empty = 1, .response = q->mean_service };
    if (q->places == 0 && q->theta <= 0 && load >= q->servers)
        return false;
    if (load <= 0)
        return true;
    if (b <= 0) { /* so many servers that nobody ever waits */
        *out = (struct plan_chain_answer){ .p_empty = exp(-load),
                                           .system = load,
                                           .response = q->mean_service,
                                           .throughput = q->rate,
                                           .utilization = load / q->servers };
        return true;
    }
    struct weights w = { .below = 1 / b };
    if (!add_tail(q, &w))
        return false;
    /* When the tail was rescaled, the state "all taken" has this weight and not 1. */
    double unit = w.below * b, all = w.below - unit + w.tail;
    double blocked = q->places > 0 ? w.last / all : 0, in = q->rate * (1 - blocked);
    out->p_wait = w.tail / all;
    out->p_blocked = blocked;
    out->p_empty = empty_weight(load, q->servers) * unit / all;
    out->queue = w.queue / all;
    double busy = (load * (w.below - unit) + q->servers * (w.tail - unit)) / all;
    out->system = out->queue + busy;
    out->p_abandon = q->theta * out->queue / q->rate;
    out->throughput = in - q->theta * out->queue;
    out->utilization = out->throughput * q->mean_service / q->servers;
    out->wait = out->queue / in;
    out->response = out->system / in;
    return true;
}

/* ---- corrections and classes ---- */

double plan_wait_allen_cunneen(double rate, double mean_service, int servers, double cs2)
{
    return (1 + cs2) / 2 * plan_wait_mean(rate, mean_service, servers);
}

/* M/D/c of Cosmetatos, and between it and M/M/c by cs2 (exact for M/G/1). */
double plan_wait_cosmetatos(double rate, double mean_service, int servers, double cs2)
{
    double mmc = plan_wait_mean(rate, mean_service, servers);
    double rho = rate * mean_service / servers;
    if (!isfinite(mmc) || rho <= 0)
        return mmc;
    double mdc =
        0.5 * mmc *
        (1 + (1 - rho) * (servers - 1) * (sqrt(4 + 5.0 * servers) - 2) / (16 * rho * servers));
    return cs2 * mmc + (1 - cs2) * mdc;
}

double plan_wait_mg1(double rate, double mean_service, double cs2)
{
    double rho = rate * mean_service;
    return rho < 1 ? rate * mean_service * mean_service * (1 + cs2) / (2 * (1 - rho)) : INFINITY;
}

void plan_wait_priority(const double *rates, int n, double mean_service, int servers, double *waits)
{
    double rate = 0, above = 0;
    for (int k = 0; k < n; k++)
        rate += rates[k];
    double w0 = plan_erlang_c(rate * mean_service, servers) * mean_service / servers;
    for (int k = 0; k < n; k++) {
        double with = above + rates[k] * mean_service / servers;
        waits[k] = with < 1 ? w0 / ((1 - above) * (1 - with)) : INFINITY;
        above = with;
    }
}

void plan_wait_accumulating(double rate_high, double rate_low, double b, double mean_service,
                            int servers, double *wait_high, double *wait_low)
{
    CHECK(b >= 1);
    double per = mean_service / servers, rho_h = rate_high * per, rho_l = rate_low * per;
    double all = plan_wait_mean(rate_high + rate_low, mean_service, servers);
    *wait_low = all / (1 - rho_h * (1 - 1 / b));
    *wait_high = all - rho_l * *wait_low * (1 - 1 / b);
}

double plan_normal_cdf(double x)
{
    return 0.5 * erfc(-x * M_SQRT1_2);
}

/* Ratios of polynomials after Acklam (2003), 1e-9; then one step of Halley's method. */
double plan_normal_quantile(double p)
{
    static const double a[] = { -3.969683028665376e+01, 2.209460984245205e+02,
                                -2.759285104469687e+02, 1.383577518672690e+02,
                                -3.066479806614716e+01, 2.506628277459239e+00 };
    static const double b[] = { -5.447609879822406e+01, 1.615858368580409e+02,
                                -1.556989798598866e+02, 6.680131188771972e+01,
                                -1.328068155288572e+01 };
    static const double c[] = { -7.784894002430293e-03, -3.223964580411365e-01,
                                -2.400758277161838e+00, -2.549732539343734e+00,
                                4.374664141464968e+00,  2.938163982698783e+00 };
    static const double d[] = { 7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00,
                                3.754408661907416e+00 };
    CHECK(p > 0 && p < 1);
    double x, tail = p < .5 ? p : 1 - p;
    if (tail < 0.02425) {
        double q = sqrt(-2 * log(tail));
        x = (((((c[0] * q + c[1]) * q + c[2]) * q + c[3]) * q + c[4]) * q + c[5]) /
            ((((d[0] * q + d[1]) * q + d[2]) * q + d[3]) * q + 1);
        x = p < .5 ? x : -x;
    } else {
        double q = p - .5, r = q * q;
        x = (((((a[0] * r + a[1]) * r + a[2]) * r + a[3]) * r + a[4]) * r + a[5]) * q /
            (((((b[0] * r + b[1]) * r + b[2]) * r + b[3]) * r + b[4]) * r + 1);
    }
    /* On the side of the tail, so that no digits are lost in 1 - p. */
    double y = p < .5 ? x : -x;
    double u = (plan_normal_cdf(y) - tail) * sqrt(2 * M_PI) * exp(y * y / 2);
    y -= u / (1 + y * u / 2);
    return p < .5 ? y : -y;
}

double plan_halfin_whitt(double load, int servers)
{
    CHECK(load > 0 && servers >= 1);
    double beta = (servers - load) / sqrt(load);
    if (beta <= 0)
        return 1;
    double density = exp(-beta * beta / 2) / sqrt(2 * M_PI);
    return 1 / (1 + beta * plan_normal_cdf(beta) / density);
}
