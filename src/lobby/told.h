/* told.h -- What people are told about their wait, when simulated futures say it; and what came of
 * it.
 *
 * Once a minute the planner's futures (room advise) leave here, for each outlet, a range for every
 * ticket that waits and for a newcomer of every service and class. While that is fresh every page,
 * slip and board tells it, less the time that has passed; when it is not, the estimate of
 * forecast.h is told instead. P50: half wait no longer; P90: nine in ten.
 *
 * A number taken under a fresh range keeps what was said (told_ticket), and once its first wait has
 * ended what it was: the calibration. Owns told, told_ticket. */
#ifndef LOBBY_TOLD_H
#define LOBBY_TOLD_H
#include "lobby/lobby_priv.h"

enum {
    TOLD_GRAIN_S = 30,
    TOLD_FRESH_S = 240,
    TOLD_KEEP_DAYS = 60,
    TOLD_LATER = 6,
    TOLD_QUANTILES = 10
};
extern const int told_later_min[TOLD_LATER]; /* 0, 10, 20, 30, 45, 60 */

struct told {
    int64_t at_us;    /* 0: nothing was ever told */
    const char *text; /* lines, in the arena; see told.c */
};

struct told_line { /* seconds; -1: no window will do it */
    int p50_s, p90_s;
};

/* Building the text of an outlet: told_begin, lines, told_put. */
void told_ticket_line(struct buf *b, ticket_id t, struct told_line l);
void told_newcomer_line(struct buf *b, service_id s, int class_index, struct told_line l);
/* The quantiles of the wait, in seconds, of a newcomer who comes k-th later. */
void told_later_line(struct buf *b, service_id s, int k, const int q[TOLD_QUANTILES]);
MUST_USE int told_put(struct call *c, outlet_id o, const char *text);

MUST_USE int told_get(struct call *c, outlet_id o, struct told *out);
bool told_fresh(const struct told *t, int64_t now_us);
bool told_of_ticket(const struct told *t, ticket_id id, struct told_line *out);
bool told_of_newcomer(const struct told *t, service_id s, int class_index, struct told_line *out);
/* Minutes, INFINITY for never. False: nothing is known for this service. */
bool told_of_later(const struct told *t, service_id s, double out[TOLD_LATER][TOLD_QUANTILES]);

/* ---- what came of it ---- */

/* Keeps what a ticket that was just taken was told. */
MUST_USE int told_keep(struct call *c, const struct ticket *t, struct told_line l);
/* Writes the waits that have ended beside what was said, and forgets rows that are too old.
 * *settled counts; at most max. */
MUST_USE int told_settle(struct call *c, outlet_id o, int max, int *settled);

/* Sums of one service, class and length of what was said, over business dates. */
struct told_sum {
    int prefix, class_index;
    int horizon_min;         /* said P90: up to 5, 10, 20, 30, 60, more (0) */
    int64_t n, within_90;    /* waits that were at most the P90 */
    int64_t n_50, within_50; /* the same of the P50; who was told "no wait" is not counted: when
                                most go straight to a window, more than half are right by it */
    int64_t off_s;           /* sum of |wait - P50| */
};
/* In no order; those who gave up before they were called are not counted. */
MUST_USE int told_sums(struct call *c, outlet_id o, date from, date until, struct told_sum **out,
                       int *n);
#endif
