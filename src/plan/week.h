/* week.h -- Who works when: named people's shifts over some days, at one or several outlets.
 *
 * Rules are of two kinds. Hard ones are never broken by the solver, and the checker finds every
 * break of them in anybody's roster: absence, availability, rest, days in a row, hours, breaks,
 * closed outlets, lending. Wishes cost something: uncovered half-hours and fewer than two people
 * most, then hours below the contract, unfair turns of early, late and weekend shifts (with what
 * earlier weeks left over), preferences, paid time. week_check() adds them up in the same way the
 * solver does, so the solver's answer can be proven, and a dragged shift judged at once. Pure.
 *
 * Times are minutes of the civil day; a half-hour counts as covered by those at work all of it. */
#ifndef PLAN_WEEK_H
#define PLAN_WEEK_H
#include "base/date.h"
#include "plan/milp.h"

enum {
    WEEK_DAYS = 14,
    WEEK_SLOTS = 48,
    WEEK_SKILLS = 4,
    WEEK_UNITS = 60, /* outlets */
    WEEK_PEOPLE = 1000,
    WEEK_SHIFTS = 120, /* with their breaks */
    WEEK_FAULTS = 400,
};

struct week_shift { /* one the solver may give */
    char code[16];
    int from, until, break_from, break_minutes; /* break_minutes 0: none */
    uint64_t units;                             /* bit u: may be given at outlet u */
};
enum week_turn { TURN_EARLY, TURN_LATE, TURN_WEEKEND, WEEK_TURNS };
struct week_person {
    int64_t id; /* the caller's */
    char code[32], name[48];
    int unit;                     /* home outlet */
    unsigned skills;              /* bits */
    int minutes_min, minutes_max; /* of the days, breaks off */
    bool absent[WEEK_DAYS];
    int free_from[WEEK_DAYS], free_until[WEEK_DAYS]; /* 0, 1440: any time */
    int wish[WEEK_DAYS];                             /* -1: wants the day off, 1: wants to work */
    int likes;            /* -1: early rather than late, 1: late rather than early */
    int days_before;      /* worked in a row up to the day before */
    int until_before;     /* the end of the day before's shift; -1: none */
    int owed[WEEK_TURNS]; /* turns of the weeks before */
    uint64_t lend;        /* bit u: may be lent to outlet u */
};
struct week_unit {
    int64_t id;
    char code[16];
    bool open[WEEK_DAYS];
    uint8_t need[WEEK_DAYS][WEEK_SLOTS][WEEK_SKILLS];
};
struct week_rules {
    int rest_minutes;         /* between two days' shifts */
    int days_in_row;          /* at most */
    int min_people;           /* while anybody is needed, from the first to the last half-hour */
    int break_after;          /* a shift longer than this, in minutes, has a break ... */
    int break_minutes;        /* ... at least this long */
    int shift_min, shift_max; /* minutes from begin to end */
    int early_before,
        late_after; /* a shift that begins before / ends after: an early, a late turn */
};
extern const struct week_rules week_usual_rules;
struct week_weights { /* of the wishes */
    double short_slot, few_people, hour_under, turn, wish, likes, hour, lend;
};
extern const struct week_weights week_usual_weights;

struct week {
    date first;
    int days, n_units, n_people, n_shifts, n_skills;
    char skills[WEEK_SKILLS][24];
    struct week_unit *units;
    struct week_person *people;
    struct week_shift shifts[WEEK_SHIFTS];
    struct week_rules rules;
    struct week_weights weights;
};

/* One person's shift on one day. */
struct week_work {
    int person, day, unit;
    int from, until, break_from, break_minutes;
    bool pinned; /* the solver leaves it */
};
struct week_roster {
    int n, room;
    struct week_work *work; /* in any order */
};

/* ---- the checker ---- */
#define WEEK_FAULTS_LIST(X)                                                                      \
    X(ABSENT, "absent", true)          /* works on a day of absence */                           \
    X(NOT_FREE, "not_available", true) /* outside the hours he or she can work */                \
    X(TWICE, "twice", true)            /* two shifts on a day */                                 \
    X(REST, "rest", true)              /* too little rest since the day before */                \
    X(IN_ROW, "days_in_row", true)     /* too many days in a row */                              \
    X(OVER, "hours_over", true)        /* more than the contract allows */                       \
    X(BREAK, "break", true)            /* too long without a break, or the break outside */      \
    X(LENGTH, "length", true)      /* a shift too short or too long, or ends before it begins */ \
    X(CLOSED, "closed", true)      /* the outlet is closed that day */                           \
    X(LENT, "lent", true)          /* at an outlet he or she may not be lent to */               \
    X(UNKNOWN, "unknown", true)    /* no such person, day or outlet */                           \
    X(UNDER, "hours_under", false) /* less than the contract says */                             \
    X(SHORT, "short", false)       /* a half-hour has too few for its need */                    \
    X(FEW, "few_people", false)    /* fewer than the least number of people */                   \
    X(WISH, "wish", false)         /* works on a day wanted off, or the other way round */
#define WEEK_FAULT_ENUM(name, code, hard) WEEK_##name,
enum week_fault_kind { WEEK_FAULTS_LIST(WEEK_FAULT_ENUM) WEEK_FAULT_KINDS };
const char *week_fault_code(enum week_fault_kind k);
bool week_fault_hard(enum week_fault_kind k);

struct week_fault {
    enum week_fault_kind kind;
    int person, day, unit; /* -1: not about one */
    int slot;              /* half-hour, or -1 */
    int have, want;        /* minutes, days or people, by kind */
};
struct week_sums { /* of a person */
    int minutes, days, turns[WEEK_TURNS];
};
struct week_report {
    int n_faults, n_hard, faults_left; /* left: beyond WEEK_FAULTS, counted only */
    struct week_fault faults[WEEK_FAULTS];
    struct week_sums *sums; /* of each person, in the arena */
    int short_slots, few_slots;
    double cost; /* of all wishes, by the weights */
};
void week_check(const struct week *w, const struct week_roster *r, struct arena *arena,
                struct week_report *out);
/* People at work at an outlet in each half-hour of a day: all, and those missing for the need. */
void week_cover(const struct week *w, const struct week_roster *r, int unit, int day,
                int at_work[WEEK_SLOTS], int missing[WEEK_SLOTS]);
/* The contract's least minutes, less a share for days of absence. */
int week_minutes_due(const struct week *w, const struct week_person *p);
int week_turns_of(const struct week *w, int day, int from, int until, bool out[WEEK_TURNS]);

/* ---- the solver ---- */
struct week_progress {
    double seconds;
    int unit, units;    /* being solved, of; unit == units: lending */
    double best, bound; /* of all: bound -INFINITY while a unit has none */
};
typedef bool week_watch(void *ctx, const struct week_progress *p);
struct week_order {
    double seconds, gap; /* of all; 0: 55 s, 0.01 */
    bool lend;
    bool quick; /* the first answer only: lawful, not the best, at once */
    week_watch *watch;
    void *ctx;
};
struct week_answer {
    enum milp_state state; /* MILP_OPTIMAL: each part within the gap; MILP_BEST */
    struct week_roster roster;
    double cost, bound, gap, seconds;
    int stopped; /* parts that were stopped before their gap was reached */
};
/* keep: what is pinned in it stays; the rest is a first answer where it is lawful (may be NULL). 0,
 * or RC_IO. The roster is in the arena. A roster always comes out: at worst nobody works. */
MUST_USE int week_solve(const struct week *w, const struct week_roster *keep,
                        const struct week_order *o, struct arena *arena, struct week_answer *out);
void week_add(struct week_roster *r, struct arena *arena, const struct week_work *x);
#endif
