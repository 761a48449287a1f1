/* staff_priv.h -- What the files of the staffing search share. */
#ifndef PLAN_STAFF_PRIV_H
#define PLAN_STAFF_PRIV_H
#include "plan/staff.h"

struct search {
    const struct plan_model *m;
    struct plan_day *days;   /* drawn once, run under many plans */
    int drawn, n_days;       /* the search uses the first ones, the bound all */
    struct four_days *fours; /* of all days; NULL: the model is not so simple */
    int max;
    struct plan_tally *tally;
    struct arena *arena;
    double share[PLAN_SLOTS][PLAN_CELLS]; /* aimed at: the promise less a margin; 1: no promise */
    bool whole_day;                       /* only the average over the day counts */
    double work, allowed; /* customers run, and after how many nothing more is looked for */
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

/* A day's customers and late ones, by slot and cell. */
void search_count(const struct plan_model *m, const struct plan_day *d, int n[][PLAN_CELLS],
                  int late[][PLAN_CELLS]);

/* ---- days side by side ---- */
enum { FOUR = 4 };
bool four_can(const struct plan_model *m); /* simple enough for it? */
/* n: a multiple of FOUR. NULL when the model does not allow it. */
struct four_days *four_lay(const struct plan_model *m, const struct plan_day *days, int n,
                           struct arena *arena);
/* Late customers of slots first .. upto - 1 on days 4 * four and on, with these counts there (from
 * unlimited on: any number); all others, also those before, unlimited. */
void four_run(const struct four_days *f, int four, const int *counts, int unlimited, int first,
              int upto, int late[][FOUR]);
int four_n(const struct four_days *f, int four, int slot, int k); /* customers */
/* Customers run; with more than eight windows each takes longer, and counts as more. */
double four_work(const struct four_days *f, int four, const int *counts, int unlimited, int first,
                 int upto);

/* work: about how many customers may be simulated for it. row: the cheapest counts it could not
 * exclude. */
int plan_lower_bound(struct search *s, double work, int *row);
void plan_day_only(struct search *s, const int *from, int *counts);
#endif
