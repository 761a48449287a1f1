/* staff_priv.h -- What the files of the staffing search share. */
#ifndef PLAN_STAFF_PRIV_H
#define PLAN_STAFF_PRIV_H
#include "plan/staff.h"

struct search {
    const struct plan_model *m;
    struct plan_day *days; /* drawn once, run under many plans */
    int n_days, max;
    struct plan_tally *tally;
    struct arena *arena;
    double share[PLAN_SLOTS][PLAN_CELLS]; /* aimed at: the promise less a margin; 1: no promise */
    bool whole_day;                       /* only the average over the day counts */
};
void search_open(const struct plan_model *m, uint64_t seed, int n_days, int max,
                 struct arena *arena, struct search *s);
double plan_promised(const struct plan_model *m, int cell); /* its late share; 1: no promise */
int plan_cells(const struct plan_model *m);
/* Does the plan hold on all days? Gives up early when it clearly does not. */
bool search_holds(struct search *s, const int *counts);
/* Late customers above the promise on the first days, in all slots. */
double search_excess(struct search *s, const int *counts, int n_days);
void search_shrink(struct search *s, int *counts);

/* A day's counts into the tally: n, late and their squares only. */
void search_add(const struct plan_model *m, const struct plan_day *d, struct plan_tally *t);

int plan_lower_bound(struct search *s);
void plan_day_only(struct search *s, const int *from, int *counts);
#endif
