/* advise.h -- Live advice: what the next hour holds, what could be done, and was it right.
 *
 * A look reads an outlet from a snapshot, runs a thousand futures of its lobby (plan/live.h) and
 * says: a wait range for everybody, the probability that the promise is kept over 30, 60 and 90
 * minutes, and the cheapest thing to do when that is too low. Writing what a look says is a second
 * step, through the write door; a look itself writes nothing and may run on any thread.
 *
 * Whatever is said is kept and scored: ranges with each ticket (lobby/told.h), probabilities every
 * ten minutes, each advice with what was done about it and what came.
 *
 * Owns advise_now, advise_minute, advice, advise_tip, guide_token. */
#ifndef ADVISE_ADVISE_H
#define ADVISE_ADVISE_H
#include "base/buf.h"
#include "branch/branch.h"
#include "lobby/promise.h"
#include "plan/live.h"

#define ADVISE_REFUSALS(X)                                                                      \
    X(ADVISE_NO_ADVICE, 900, 404, "没有这条建议", "no such advice")                             \
    X(ADVISE_DECIDED, 901, 409, "这条建议已处理或已过时", "this advice was decided or is over") \
    X(ADVISE_NO_REASON, 902, 422, "请写明不采纳的理由", "say why it is not followed")           \
    X(ADVISE_NO_TIP, 903, 404, "没有这条提示", "no such tip")                                   \
    X(ADVISE_NO_CHART, 904, 404, "还没有客流记录，画不出高峰图",                                \
      "there is no history yet to draw a flow chart from")                                      \
    X(ADVISE_NOT_BETTER, 905, 409, "现在去那里不会更快", "going there is not quicker now")
enum advise_refusal { ADVISE_REFUSALS(RC_ENUM) };

/* ---- looking ---- */

/* What does not change within a day: an outlet's model from its history. Owned by one thread. */
struct advise_cache;
struct advise_cache *advise_cache_new(void);
void advise_cache_free(struct advise_cache *k);

struct advise_look {
    outlet_id outlet;
    int64_t at_us;
    bool open; /* else nothing was computed */
    int waiting, windows_open;
    struct live_state *state;
    struct live_answer *answer;
    struct live_advice *advice;
    int64_t window_id[PLAN_WINDOWS];
    int window_number[PLAN_WINDOWS];
    char person[PLAN_WINDOWS][48]; /* who is free to open it, by roster; "": nobody, or no roster */
    int64_t service_id[PLAN_KINDS];
    char service_zh[PLAN_KINDS][48], service_en[PLAN_KINDS][48];
    struct buf told;      /* told.h's text */
    double arrivals_hour; /* expected in the next hour */
    double level;         /* today against what was expected so far: 1.1 is 10 % more */
    int64_t cpu_us;       /* set by who measures it */
};
/* Reads (c->tx is a snapshot) and computes, in c's arena; call advise_look_release() whatever it
 * says. seed: of the futures. */
MUST_USE int advise_look(struct call *c, struct advise_cache *k, outlet_id o, int futures,
                         uint64_t seed, struct advise_look *out);
void advise_look_release(struct advise_look *l);
/* In a writing transaction: what is told, the page's picture, the advice. */
MUST_USE int advise_write(struct call *c, const struct advise_look *l);

/* ---- advice ---- */

enum advice_state { ADVICE_OPEN = 1, ADVICE_FOLLOWED, ADVICE_DECLINED, ADVICE_OVER };
enum { ADVICE_REASON = 120, ADVICE_GOAL_PERCENT = 90 };
const char *advice_state_code(int state);
struct advice {
    int64_t id;
    outlet_id outlet;
    int64_t at_us, last_us; /* given; said last */
    int kind;               /* enum live_kind */
    window_id window;
    int minutes;
    service_id service; /* LIVE_HELP */
    int horizon_min;
    int before_ppm, after_ppm, late_before_milli, late_after_milli;
    int state;
    int64_t decided_us;
    char reason[ADVICE_REASON];
    int kept; /* scored: 1 the promise was kept over the horizon, 0 not, -1 not known (yet) */
    int done; /* scored: 1 it was seen to be done, 0 not, -1 cannot be seen or not yet */
    int64_t scored_us;
};
/* The page's picture of an outlet, a JSON object made by the last look; "": none yet. */
MUST_USE int advise_now(struct call *c, outlet_id o, int64_t *at_us, const char **json);
MUST_USE int advice_get(struct call *c, int64_t id, struct advice *out);
/* The newest first. */
MUST_USE int advice_list(struct call *c, outlet_id o, int64_t from_us, int max, struct advice **out,
                         int *n);
MUST_USE int advice_follow(struct call *c, int64_t id, struct advice *out);
MUST_USE int advice_decline(struct call *c, int64_t id, const char *reason, struct advice *out);

/* ---- was it right? ---- */

/* Settles what is over: waits told, probabilities and advice whose horizon has passed. */
MUST_USE int advise_score(struct call *c, outlet_id o, int *settled);

enum { ADVISE_BUCKETS = 7 };
extern const int advise_bucket_percent[ADVISE_BUCKETS + 1]; /* 0 10 30 50 70 90 95 100 */
struct advise_bucket {
    int horizon_min, bucket;
    double said; /* mean of what was said */
    struct share kept;
};
struct advise_scores {
    struct advise_bucket promise[LIVE_HORIZONS * ADVISE_BUCKETS]; /* those with something in it */
    int n_promise;
    struct {
        int64_t given, kept, scored;
        double said;
    } followed, not_followed; /* followed: said after; not followed: said before */
    int64_t given, declined;
};
MUST_USE int advise_scores(struct call *c, outlet_id o, date from, date until,
                           struct advise_scores *out);

MUST_USE int advise_last_id(struct db_tx *tx, int64_t *id);
extern const struct db_migration advise_migrations[];
extern const size_t advise_migrations_count;
#endif
