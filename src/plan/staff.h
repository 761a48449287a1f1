/* staff.h -- The fewest window slots that keep the promise in every slot, with a proof by sample.
 *
 * Searched on one set of simulated days and certified on fresh ones: the upper end of a one-sided
 * interval of the late share must lie within the promise in every slot and class. The 1 % of chance
 * is spent once, over all rounds and looks of the search: a plan that breaks the promise in some
 * slot or class is certified by at most one search in a hundred, whatever was tried. (No share is
 * needed for the slots: such a plan must pass just where it fails.) Beside it a lower bound, the
 * textbook plans, and the cheapest plan that keeps only the whole day's average. */
#ifndef PLAN_STAFF_H
#define PLAN_STAFF_H
#include "plan/sim.h"

struct plan_staff_request {
    int max_windows;
    uint64_t seed;
    int64_t search_days, certify_days, compare_days; /* 0: as many as a second or so allows */
    double bound_work; /* customers simulated for the lower bound; 0: as the others */
};
struct plan_staffing {
    int counts[PLAN_SLOTS], sum; /* windows a slot; of all slots */
    double whole_late, worst_late, worst_upper;
    int worst_slot, slots_over; /* the slot with the highest share; slots above the promise */
    int64_t days;
};
struct plan_staff_answer {
    struct plan_staffing plan;
    bool certified;
    int rounds; /* certifications tried */
    /* Windows cannot do it: with max_windows in every slot some slot or class is late beyond
     * chance. Where most, and the late share there. One round is tried then. */
    bool beyond_windows;
    int beyond_slot, beyond_class; /* class: -1 is everybody */
    double beyond_late;
    /* No plan with fewer keeps the promise: wrong in at most one search in a hundred.
     * bound_assumes: that more windows make nobody later, which is certain only when first come is
     * first called and nobody gives up. */
    int lower_bound;
    bool bound_assumes;
    double formula_late[PLAN_METHODS]; /* highest share of a slot as the formula itself sees it */
    struct plan_staffing by[PLAN_METHODS], day_only;
    struct plan_tally *tally; /* of the certification: in the arena */
};
void plan_staff(const struct plan_model *m, const struct plan_staff_request *q, struct arena *arena,
                struct plan_staff_answer *out);
/* What a given plan gives on these days. tally: zeroed here. */
void plan_staff_try(const struct plan_model *m, const int *counts, uint64_t seed, int64_t days,
                    struct plan_tally *tally, struct plan_staffing *out);
#endif
