/* need.h -- The windows an outlet needs on a day, by part (personal, corporate), and what people at
 * work give. Pure computation over a model that was read before. */
#ifndef ROSTER_NEED_H
#define ROSTER_NEED_H
#include "plan/staff.h"
#include "roster/model.h"
#include "roster/roster.h"

/* The textbook's plan (stationary, the higher of two slots), at once. Windows there are cap it. */
void roster_need_textbook(const struct roster_model *m, struct roster_need *out);
/* Searched by simulation and certified on fresh days. answer[part] and its model, in the arena.
 * False for a part without customers. */
enum roster_effort { ROSTER_QUICK, ROSTER_FULL }; /* some tenths of a second; a few seconds */
MUST_USE bool roster_need_certified(const struct roster_model *m, enum roster_part part,
                                    enum roster_effort effort, uint64_t seed, struct arena *arena,
                                    struct plan_model *model, struct plan_staff_answer *answer);
/* Both parts at the outlet's own windows, which do not all serve everything: windows are added,
 * half an hour to two hours at a time, until every half-hour keeps the promise there, too.
 * Certified: on fresh days, one-sided 99 % in every half-hour. */
struct roster_joined {
    bool certified;
    int added, slots_over; /* half-hours put to the parts' own; late beyond the promise */
    int64_t days;
    double whole_late, worst_late, worst_upper; /* shares */
};
void roster_need_join(const struct roster_model *m, uint64_t seed, struct roster_need *need,
                      struct roster_joined *out);
int roster_windows_of(const struct roster_model *m, enum roster_part part);
/* Puts a plan by model slot into a need by half-hour of the day. */
void roster_need_fill(const struct roster_model *m, enum roster_skill k, const int *counts,
                      struct roster_need *need);
/* Which windows are open when so many sit at each kind of window: in the order of seat.h. */
void roster_open_windows(const struct roster_model *m, const int windows[ROSTER_PARTS][WEEK_SLOTS],
                         uint64_t open[PLAN_SLOTS]);
/* People at work as windows of each kind that are open, by the rule of seat.h: the outlet's own
 * (unit 0 of the week), those noted away left out. */
void roster_windows_at_work(const struct roster_model *m, const struct week *w,
                            const struct week_roster *r, int day,
                            int out[ROSTER_PARTS][WEEK_SLOTS]);

/* One more window for a while, and what it would do. */
struct roster_fix {
    enum roster_skill kind;
    int slot, slots; /* half-hours of the day */
    double late_before, late_after, worst_before, worst_after;
};
/* The cheapest change that brings every half-hour within the promise, or, if none does, the one
 * that helps most. False: every half-hour is within it already, or no window is left. */
MUST_USE bool roster_cheapest_fix(const struct roster_model *m,
                                  const int windows[ROSTER_PARTS][WEEK_SLOTS], uint64_t seed,
                                  int64_t days, struct roster_fix *out);
#endif
