/* stats.h -- The figures of the office: how long people waited, and was the promise kept.
 *
 * What is counted, in writing, because each word changes the verdict:
 *
 *   visit       a ticket of the business dates asked for; a booking only once it checked in
 *   arrival     the taking of the number; of a booking the later of check-in and booked time
 *   wait        the sum of its waiting legs (ticket_wait_us): from arrival or return to the queue
 *               until called. Parked time and handling are not waiting. Compared with <=.
 *   served      somebody served it, or it has been called and did not miss the call: its wait is
 *               over. Also when it left or missed a call later, at a second service
 *   abandoned   it left, or missed its call (no-show), before anybody served it: own time until
 *               then
 *   still       it waits now: its wait so far, censored
 *   guided      its holder was shown a quicker outlet and gave it back for a place there: it did
 * not give up; its wait until then, censored void        taken out with a reason: not in the
 * population, counted beside it missed      a booking that never checked in: not in the population,
 * counted beside it class       the class of the ticket as it is now; mid/high-end by the class's
 * own mark official    1020 by its letter: of the served, at least 95 % of all within 20 minutes
 * and at least 90 % of the mid/high-end within 10; the other definitions are shown beside it
 *   handling    of each service done in a window: from its start to its end, inaccurate ends left
 *               out
 *
 * Paper rolls count like any ticket, by the times written on them. Every share, quantile and
 * verdict comes from promise.h; nothing here divides a count by a count. Reads take a snapshot and
 * write nothing. */
#ifndef LOBBY_STATS_H
#define LOBBY_STATS_H
#include "lobby/lobby.h"
#include "lobby/promise_report.h"

enum { STATS_DAYS_MAX = 400, STATS_VISITS_MAX = 1000000, STATS_GROUPS = 2 + BRANCH_CLASSES_MAX };

struct stats_range {
    outlet_id outlet; /* 0: all */
    date from, until; /* both are in it */
};

enum visit_end { VISIT_SERVED, VISIT_LEFT, VISIT_NO_SHOW, VISIT_STILL, VISIT_GUIDED, VISIT_VOID };
struct stats_visit {
    int64_t at_us; /* arrival */
    int64_t wait_us;
    int64_t staff; /* who had it last; 0: nobody */
    int32_t day;
    uint16_t outlet; /* index into stats.outlets */
    uint8_t class_index, prefix, end;
};

struct stats {
    struct stats_range range;
    struct branch_outlet *outlets; /* that were asked about, in the call's arena */
    int n_outlets;
    struct branch_class classes[BRANCH_CLASSES_MAX];
    int n_classes;
    struct stats_visit *visit;
    size_t n;
    int64_t missed;
    struct wait *waits;           /* room for n */
    struct arena *keep, *scratch; /* own memory: visits; one figure at a time */
};

/* Reads the visits of a range. BASE_RANGE: until before from, more than STATS_DAYS_MAX days or
 * STATS_VISITS_MAX visits. Call stats_release() whatever it says. */
MUST_USE int stats_read(struct call *c, const struct stats_range *r, struct stats *out);
void stats_release(struct stats *s);
/* Forgets the visits of other services (prefix letter, 0: all) or other tellers (0: all). */
void stats_only(struct stats *s, int prefix, int64_t staff);

/* ---- parts: the visits by day, outlet, or weekday and half-hour of arrival ---- */
enum stats_by { STATS_BY_DAY, STATS_BY_OUTLET, STATS_BY_CELL };
struct stats_part {
    int key; /* days since 1970 | index into outlets | (weekday - 1) * 48 + half-hour */
    const uint32_t *index; /* NULL: all, from 0 on */
    size_t n;
};
struct stats_part stats_whole(const struct stats *s);
/* Parts without a visit are left out, except days of the range: those are all there. */
void stats_split(struct stats *s, enum stats_by by, struct stats_part **out, int *n);

/* ---- waits of a class group, for promise.h ---- */
enum { GROUP_ALL = -1, GROUP_MID_HIGH = -2 }; /* from 0 on: the class of that index */
/* Into s->waits; valid until the next call. */
size_t stats_waits(struct stats *s, const struct stats_part *part, int group);

struct stats_figures {
    int64_t taken; /* visits, void ones among them */
    int64_t served, left, no_show, still, guided, voided;
    struct wait_summary waits;
    /* the official definition: served only */
    struct share within_5, within_20, within_10_mid_high;
    enum verdict verdict_1020;
    bool sure_1020; /* no interval holds its goal */
};
void stats_figures(struct stats *s, const struct stats_part *part, struct stats_figures *out);

/* The promise to one class group under all definitions: "all", "mid_high", then every class. */
struct stats_promise {
    char code[16];
    const char *name_zh, *name_en; /* of the stats or static */
    int target_s, goal_ppm;
    int64_t taken; /* in the population of any definition */
    struct promise_answer answer;
};
void stats_promises(struct stats *s, const struct stats_part *part,
                    struct stats_promise out[STATS_GROUPS], int *n);

/* ---- what needs more than the visits ---- */
struct stats_handling {
    int64_t n;
    double mean_s, median_s; /* NaN: none */
};
MUST_USE int stats_handling(struct call *c, const struct stats_range *r, int prefix, int64_t staff,
                            struct stats_handling *out);

struct stats_teller {
    int64_t staff, served, no_shows;
    double mean_wait_s, mean_handling_s; /* of the services done; NaN: none */
    int64_t open_s;                      /* signed in, pauses taken off */
    int64_t busy_s;                      /* with a customer called or served */
    double sum_wait_s, sum_handling_s;   /* while adding up */
    int64_t handled, timed;
};
/* Those who served or sat at a window, most served first. In the call's arena. */
MUST_USE int stats_tellers(struct call *c, const struct stats_range *r, struct stats_teller **out,
                           int *n);

enum { HALF_HOURS = 48 };
struct stats_half_hour {
    int64_t taken, served;     /* arrived in it; services ended in it */
    int64_t waiting_max;       /* at the same moment */
    int64_t over;              /* of those who arrived: waited longer than their class's target */
    struct wait_summary waits; /* of those who arrived */
    double windows_open;       /* mean over the half-hour, or over its part that has passed */
};
MUST_USE int stats_half_hours(struct call *c, outlet_id o, date d,
                              struct stats_half_hour out[HALF_HOURS]);

/* The outlets of a range (fits as stats_read says), in the call's arena. */
MUST_USE int stats_outlets(struct call *c, const struct stats_range *r, struct branch_outlet **out,
                           int *n);
/* Who came, by day and half-hour of arrival, void tickets left out: from the visits read (after
 * stats_only, of one service). Days without a visit are not there. Arrays live with s. */
struct stats_arrivals {
    date day;
    double count[HALF_HOURS];
};
void stats_arrivals(struct stats *s, struct stats_arrivals **out, int *n);
/* Tickets of one business date, in order of their numbers' taking. In the call's arena. */
MUST_USE int stats_tickets(struct call *c, outlet_id o, date d, struct ticket **out, int *n);
#endif
