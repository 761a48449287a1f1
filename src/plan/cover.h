/* cover.h -- Shifts that cover a day's need at least cost: how many people begin when, and when
 * they have their break.
 *
 * A shift covers the slots from its start to its end, or those of a mask; a break takes its length
 * out, somewhere in its window. Explicit: one whole number for each shift and break start. Implicit
 * (Bechtold and Jacobs 1990; Aykin 1996): breaks are counted by their start alone, with conditions
 * that say the shifts can share them out; fewer columns, the same optimum while no break window
 * lies strictly inside another. */
#ifndef PLAN_COVER_H
#define PLAN_COVER_H
#include "plan/milp.h"
#include "plan/sim.h"

enum { COVER_SHIFTS = 400, COVER_USES = 2000 };

struct cover_shift {
    char name[32];
    bool on[PLAN_SLOTS];         /* there, break not taken off */
    int break_slots;             /* 0: none */
    int break_from, break_until; /* it begins at from or later and is over by until */
    double cost;
    int min, max; /* people in it */
};
struct cover {
    int slots, need[PLAN_SLOTS];
    int min_people; /* at work in every slot from the first to the last that needs somebody */
    int max_people; /* in all; 0: any number */
    int n_shifts;
    struct cover_shift shifts[COVER_SHIFTS];
    bool implicit;
    double seconds, gap;
};
/* A half-hour that cannot be covered, and what would let it be. */
enum cover_fix {
    COVER_FIX_SHIFT,  /* no shift covers it: add one */
    COVER_FIX_PEOPLE, /* more people: number says how many in all */
    COVER_FIX_LIMITS, /* more people in some shift than its max: number in all */
    COVER_FIX_BREAKS, /* it is the breaks */
    COVER_FIX_NONE,   /* several of these together */
};
const char *cover_fix_code(enum cover_fix f);
struct cover_use {
    int shift, break_start; /* -1: no break */
    int people;
};
struct cover_answer {
    enum milp_state state; /* MILP_INFEASIBLE: see short_of */
    double cost, bound, gap, seconds;
    int n_uses, people;
    struct cover_use uses[COVER_USES];
    int at_work[PLAN_SLOTS];
    int short_of[PLAN_SLOTS]; /* infeasible: the least that is missing, at the best attempt */
    enum cover_fix fix;
    int number;
    int columns; /* whole numbers in the program */
};
/* What a slot must have: its need and the least number of people. */
int cover_wanted(const struct cover *c, int slot);
/* 0, or RC_IO (milp.h). The arena takes the program. */
MUST_USE int cover_solve(const struct cover *c, struct arena *arena, milp_watch *watch, void *ctx,
                         struct cover_answer *out);
/* May breaks of these shifts be counted implicitly: one length, no window strictly in another? */
bool cover_may_imply(const struct cover *c);

/* docs/shift-spec.md. open_s: second of the day of the first slot. 0, or a refusal with the reason.
 */
MUST_USE int cover_read(const char *text, size_t len, struct cover *out, int *open_s,
                        double *slot_minutes, char *error, size_t error_size);
#endif
