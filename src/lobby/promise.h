/* promise.h -- What a wait was, and whether the promise was kept, under each written definition.
 *
 * Pure statistics: the only place where a share within T is computed. The live office page, the
 * import reports and the command line all call these functions. The verdict depends on how people
 * who gave up are counted, so all five definitions are always shown side by side. */
#ifndef LOBBY_PROMISE_H
#define LOBBY_PROMISE_H
#include "base/rc.h"

/* STILL: waiting now, or went to wait at another outlet: so long at least, censored */
enum wait_end { WAIT_SERVED, WAIT_ABANDONED, WAIT_STILL };
struct wait {
    int64_t us; /* how long */
    enum wait_end end;
};

enum promise_definition {
    PROMISE_SERVED,        /* served only */
    PROMISE_OWN_TIME,      /* all; those who gave up by their own time */
    PROMISE_ABANDON_FAILS, /* giving up is a failure */
    PROMISE_DROP_EARLY,    /* gave up after T: failure; before T: not counted */
    PROMISE_KAPLAN_MEIER,  /* giving up is censoring (Kaplan-Meier 1958) */
    PROMISE_DEFINITIONS
};
const char *promise_code(enum promise_definition d); /* "served", "own_time", ... */
const char *promise_name(enum promise_definition d, bool english);

struct share {
    int64_t kept, of; /* the counts; for Kaplan-Meier of is the number at the start */
    double value;     /* 0..1, NaN when of is 0 */
    double low, high; /* 95 % interval: Wilson; Kaplan-Meier: log-log Greenwood */
};
/* within is <= T. waits may be in any order and is not changed. scratch: n ints or NULL is never
 * needed; Kaplan-Meier sorts a copy in the given arena. */
struct arena;
struct share promise_share(const struct wait *waits, size_t n, int64_t t_us,
                           enum promise_definition d, struct arena *arena);
struct share share_wilson(int64_t kept, int64_t of);

enum verdict {
    VERDICT_NONE,
    VERDICT_MET,
    VERDICT_NOT_MET,
    VERDICT_UNSURE
}; /* UNSURE: the interval
holds the goal; NONE: nobody waited */
const char *verdict_code(enum verdict v);
/* met or not by the counts alone, as the written promise says; unsure is told beside it. */
enum verdict promise_verdict(struct share s, int goal_ppm);
bool promise_sure(struct share s, int goal_ppm); /* the interval does not hold the goal */

enum { WAIT_BUCKETS = 7 }; /* <=3, <=5, <=10, <=15, <=20, <=30, >30 minutes */
extern const int wait_bucket_minutes[WAIT_BUCKETS - 1];
struct wait_summary {
    int64_t n, served, abandoned, still;
    int64_t bucket[WAIT_BUCKETS];                      /* of the served */
    double mean_s;                                     /* of the served */
    int64_t median_us, p90_us, p95_us, p99_us, max_us; /* nearest rank, of the served */
    int64_t within_5min;
};
void wait_summarise(const struct wait *waits, size_t n, struct arena *arena,
                    struct wait_summary *out);
#endif
