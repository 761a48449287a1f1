/* queueing.h -- Queueing formulas: how long people wait when so many come to so many windows.
 *
 * Pure functions of doubles. Rates and times are in any one unit; load is rate times mean service
 * in Erlangs. Where a queue cannot be stable the probability of waiting is 1 and the mean wait is
 * infinite; nonsense (a negative rate, no servers) is a failed CHECK: callers check their input.
 * Sources: Erlang 1917; Palm 1943; Cobham 1954; Kleinrock 1964; Cosmetatos 1975; Halfin and Whitt
 * 1981; Jennings, Mandelbaum, Massey and Whitt 1996; Green, Kolesar and Soares 2001. */
#ifndef PLAN_QUEUEING_H
#define PLAN_QUEUEING_H
#include "base/rc.h"

/* Blocking of M/M/c/c and waiting of M/M/c. By the recursion over c: no factorial, no overflow. */
double plan_erlang_b(double load, int servers);
double plan_erlang_c(double load, int servers);

/* M/M/c, first come first called: P(W > t), E[W], and the wait that a share p does not exceed. */
double plan_wait_tail(double rate, double mean_service, int servers, double t);
double plan_wait_mean(double rate, double mean_service, int servers);
double plan_wait_quantile(double rate, double mean_service, int servers, double p);

/* A queue with places (c..; 0: no bound) and impatience (patience rate theta; 0: none). */
struct plan_chain {
    double rate, mean_service;
    int servers;
    int64_t places; /* in service and waiting; 0: any number */
    double theta;
};
struct plan_chain_answer {
    double p_wait;    /* all servers taken, seen by one who comes */
    double p_blocked; /* no place left */
    double p_abandon; /* of those who came */
    double p_empty;
    double queue, system; /* mean numbers */
    double wait;          /* mean of all who got in, also those who gave up */
    double response;      /* mean time in the system of those who got in */
    double throughput, utilization;
};
/* False: unstable, or its states are too many to sum (more than about 1e8). */
MUST_USE bool plan_chain_solve(const struct plan_chain *q, struct plan_chain_answer *out);

/* M/G/c from M/M/c: cs2 is the squared coefficient of variation of service. */
double plan_wait_allen_cunneen(double rate, double mean_service, int servers, double cs2);
double plan_wait_cosmetatos(double rate, double mean_service, int servers, double cs2);
double plan_wait_mg1(double rate, double mean_service, double cs2);

/* Mean waits by class, non-preemptive, one service time for all; rates[0] is the highest class. */
void plan_wait_priority(const double *rates, int n, double mean_service, int servers,
                        double *waits);
/* Accumulating priority with two classes: the high one gathers b >= 1 times as fast. */
void plan_wait_accumulating(double rate_high, double rate_low, double b, double mean_service,
                            int servers, double *wait_high, double *wait_low);
double plan_halfin_whitt(double load, int servers); /* P(W > 0), square-root limit */

double plan_normal_cdf(double x);
double plan_normal_quantile(double p);

/* ---- load and staffing over a day ---- */

enum plan_service_kind { PLAN_EXPONENTIAL, PLAN_LOGNORMAL, PLAN_EMPIRICAL };
struct plan_service_time {
    enum plan_service_kind kind;
    double mean;
    double cs2;           /* lognormal: 0 is a constant */
    const double *values; /* empirical, sorted; mean and cs2 are set by plan_service_values() */
    int n;
};
void plan_service_values(struct plan_service_time *s, double *values, int n); /* sorts them */
double plan_service_capped_mean(const struct plan_service_time *s, double y); /* E[min(S, y)] */

/* Arrivals: rates constant inside slots of one length, nobody before the first or after the last.
 */
struct plan_day_rates {
    const double *rates; /* per unit of time */
    int n;
    double slot;
};
double plan_rate_at(const struct plan_day_rates *d, double t);
/* Mean number busy at t with as many servers as anybody wants: m(t), exact for the rates given. */
double plan_offered_load(const struct plan_day_rates *d, const struct plan_service_time *s,
                         double t);

/* Fewest servers with P(W > within) <= alpha in M/M/c; 0 when nobody comes. */
int plan_servers_for(double rate, double mean_service, double within, double alpha);

enum plan_method {
    PLAN_SIPP,     /* each slot as if it lasted for ever */
    PLAN_LAG_SIPP, /* with the arrivals of one mean service time earlier */
    PLAN_SIPP_MAX, /* with the higher of this slot and the one before */
    PLAN_MOL,      /* with m(t), the highest in the slot, as the load */
    PLAN_METHODS
};
const char *plan_method_code(enum plan_method m);
/* The arrival rate the method plans slot i for. */
double plan_staff_rate(enum plan_method m, const struct plan_day_rates *d, double mean_service,
                       int slot);
/* counts[slots]: servers a slot; slots may be more than the rates have. Gives the sum. */
int plan_staff_by(enum plan_method m, const struct plan_day_rates *d, double mean_service,
                  double within, double alpha, int *counts, int slots);
#endif
