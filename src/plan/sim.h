/* sim.h -- Simulates the lobby of one outlet: customers, windows and the production calling rule.
 *
 * Times are minutes from opening. A day is drawn first (who comes when, how patient, how much work
 * the k-th call is) and then run with some windows under some rule, so plans and rules can be
 * compared on the same days. Work belongs to the order of calls and not to the customer: a rule
 * never looks at it, so this changes no distribution, and all rules that never let a window idle
 * start customers at the same instants (the sum of waits is then the same for every rule). With
 * several service times the k-th call takes the k-th uniform through the called one's own.
 * Same model, seed and day number: the same day, bit for bit. */
#ifndef PLAN_SIM_H
#define PLAN_SIM_H
#include "base/arena.h"
#include "lobby/rule.h"
#include "plan/patience.h"
#include "plan/queueing.h"

enum {
    PLAN_SLOTS = 96,
    PLAN_KINDS = 8,
    PLAN_WINDOWS = 64,
    PLAN_SPANS = 24,
    PLAN_BOOKINGS = 200,
    PLAN_CELLS = RULE_CLASSES + 1,
    PLAN_SPECIALS = 48,
    PLAN_BINS = 4800
};

struct plan_class {
    char code[24];
    double share;
    double within, late; /* promise: at most this share waits longer than that; within 0: none */
};
struct plan_kind { /* a service: what a customer wants */
    char prefix;
    double share;
    struct plan_service_time takes;
};
struct plan_booking {
    double at; /* booked time; the wait counts from it, or from the arrival when that is later */
    int class_index, kind;
    double show; /* probability of coming */
};
struct plan_model {
    double slot, expected[PLAN_SLOTS]; /* minutes; customers expected in each slot */
    int slots;
    double day_cv; /* over-dispersion: the day's level is gamma with mean 1 and this deviation */
    const double *trace; /* arrivals instead of Poisson ones, rising; or NULL */
    int n_trace;
    int n_classes, n_kinds, n_bookings;
    struct plan_class classes[RULE_CLASSES];
    struct plan_kind kinds[PLAN_KINDS];
    bool mixed; /* what people want changes over the day: mix[slot] instead of the kinds' shares */
    double mix[PLAN_SLOTS][PLAN_KINDS];
    struct plan_booking bookings[PLAN_BOOKINGS];
    double booking_early, booking_sd; /* how early they come: mean and deviation */
    double courtesy_share;
    double patience; /* mean; 0: nobody gives up */
    struct plan_patience patience_law;
    double absent_takes; /* minutes of a window, when somebody is called and not there */
    bool abandon_fails;  /* giving up counts as late, whenever */
    double within, late; /* the promise to everybody */
    struct lobby_rule rule;
    struct rule_classes rule_classes;
};
/* One line of text to the model's rule, after its classes are set. */
MUST_USE int plan_model_rule(struct plan_model *m, const char *text, char *error,
                             size_t error_size);

/* A window open in spans; whom it serves at the end of one it serves to the end, then closes. */
struct plan_span {
    double from, to;
    double rest; /* at least this long after the end of the span before: lunch */
};
struct plan_window {
    struct plan_span spans[PLAN_SPANS];
    int n;
    uint8_t preference[26];        /* as struct rule_caller; all 0: everything */
    double late_chance, late_mean; /* the first span begins late: exponential */
    const struct lobby_rule *rule; /* its own; NULL: the model's */
};
/* Who works: windows with their own hours, or limited: so many windows a slot, whichever they are.
 * Limited, somebody is called only while fewer are busy than the slot's count: when the count falls
 * those who are busy finish, and the first to finish close. After the last slot its windows (at
 * least one) stay until nobody waits. */
struct plan_crew {
    int n;
    bool limited;
    int limit[PLAN_SLOTS];
    struct plan_window windows[PLAN_WINDOWS];
};
void plan_crew_of(const struct plan_model *m, const int *counts, struct plan_crew *out);

struct plan_day {
    int n;
    size_t room;                  /* customers the arrays have room for */
    double *t, *since, *patience; /* patience NULL: without end */
    uint8_t *silent;              /* gives up without a word; NULL: nobody does */
    uint8_t *group;               /* (class * kinds + kind) * 2 + courtesy; NULL: all group 0 */
    double *work;                 /* of the k-th call: minutes, or a uniform in (0, 1) */
    bool uniform;
    uint64_t seed, number; /* of the draw */
    bool late_drawn;
    double late[PLAN_WINDOWS]; /* uniforms, for lateness; drawn when a window needs them */
    double late_size[PLAN_WINDOWS];
    /* filled by plan_run */
    double *wait;     /* INFINITY: never called */
    uint8_t *gave_up; /* silent: called after that, and was not there; the wait is until the call */
    int *next;        /* the engine's own */
};
/* Fills a day; out is zero or an earlier day of the same model, whose arrays are used again. */
void plan_day_draw(const struct plan_model *m, uint64_t seed, uint64_t day, struct arena *arena,
                   struct plan_day *out);
void plan_day_lateness(struct plan_day *day);
bool plan_silent(const struct plan_model *m); /* does anybody give up without a word? */
/* Runs the day. First-come rules without bookings or special windows take a shorter way with the
 * same result; by_rule: take the long one all the same. */
void plan_run(const struct plan_model *m, const struct plan_crew *crew, struct plan_day *day,
              bool by_rule);

/* A run that begins with the doors open: time 0 is now. The customers who wait already are in the
 * day with t 0 and since before it. A ghost is called when its turn comes and takes no time, so it
 * measures the wait of somebody who comes then without making anybody wait. */
struct plan_start {
    double busy[PLAN_WINDOWS];                 /* until its present customer goes; 0: nobody */
    struct rule_waiter special[PLAN_SPECIALS]; /* bound or first in line: a group of their own */
    int n_special;
    struct rule_turns turns;
};
int plan_special_group(const struct plan_model *m, int k);
int plan_ghost_group(const struct plan_model *m, const struct plan_start *s, int class, int kind);
/* What the days of one crew have in common, made once. Windows only, no limited crew. start: for
 * its special people. Model and crew are borrowed. */
struct plan_engine *plan_engine_new(const struct plan_model *m, const struct plan_crew *crew,
                                    const struct plan_start *start, struct arena *arena);
/* day->group and uniforms as work are needed. The day is over when all who come until then are
 * called or gone: of those who come later nothing is known. INFINITY: everybody. */
void plan_run_from(const struct plan_engine *p, const struct plan_start *from, double until,
                   struct plan_day *day);

/* Sums over days; cell 0 is everybody, cell 1 + c is class c. */
struct plan_cell {
    int64_t n, late, gave_up, called;
    double wait, wait2;       /* of all, also those who gave up; never called: not in it */
    double late2, late_n, n2; /* over days: late^2, late * n, n^2 */
};
struct plan_tally {
    int64_t days, customers;
    struct plan_cell slot[PLAN_SLOTS][PLAN_CELLS], whole[PLAN_CELLS];
    int64_t (*bins)[PLAN_BINS]; /* [cell][tenths of a minute], or NULL */
};
void plan_tally_add(const struct plan_model *m, const struct plan_day *day, struct plan_tally *t);
/* One day's customers and late ones, to a cell: what the two functions below need. */
void plan_cell_day(struct plan_cell *c, int64_t n, int64_t late);
double plan_late_share(const struct plan_cell *c); /* 0 when nobody came */
/* Upper end of a one-sided interval, by days (people of one day are not independent). */
double plan_late_upper(const struct plan_cell *c, double z);
double plan_wait_share(const struct plan_tally *t, int cell, double share); /* a quantile */
/* Draws and runs days first .. first + count - 1. */
void plan_simulate(const struct plan_model *m, const struct plan_crew *crew, uint64_t seed,
                   uint64_t first, int64_t count, struct plan_tally *t);
#endif
