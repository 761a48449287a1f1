/* need.h -- How many people each hour of a weekday needs, read off a queue's log.
 *
 * The textbook way (stationary per slot, Erlang C): of the log's days of one weekday, the mean
 * number of arrivals in each slot of the day, one service rate for all slots, and the fewest
 * people with whom the chance of waiting (longer than within) is at most alpha. */
#ifndef PLAN_NEED_H
#define PLAN_NEED_H
#include "lobby/callog.h"
#include "plan/sim.h"

struct plan_need_order {
    int weekday;   /* 1 Monday ... 7 Sunday; 0: all days */
    int slot_s;    /* a divisor of a day, at least 900 */
    double wrap_s; /* after each service, before the next call */
    double mean_s; /* of a service with its wrap; 0: measured */
    double within_s, alpha;
};
struct plan_need {
    int slots, days;
    int64_t arrivals[PLAN_SLOTS], served[PLAN_SLOTS];
    double service_s[PLAN_SLOTS]; /* mean of the served; none in the slot: of all */
    double rate_per_hour;         /* mean over the slots of 3600 / (service + wrap) */
    double used_per_hour;         /* what the need is computed with */
    int need[PLAN_SLOTS];
};
/* False: the log has no such day, or nobody was served and no mean is given. */
MUST_USE bool plan_need(const struct callog *log, const struct plan_need_order *o,
                        struct plan_need *out);
#endif
