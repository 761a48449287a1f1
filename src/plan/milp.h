/* milp.h -- Least cost over rows of linear conditions, some columns whole numbers.
 *
 * A problem is built here and solved in a child process with limits on time, processor and memory:
 * GLPK (in a fork, for a day) or CBC (the command cbc, for a coupled week). A solver that crashes,
 * hangs or eats memory takes nothing with it. While it runs, a watcher hears of the best answer and
 * the bound so far and may stop it: the best so far is then the answer, and its gap is known. This
 * is the one place of the room that looks at a clock, since it limits time. */
#ifndef PLAN_MILP_H
#define PLAN_MILP_H
#include "base/arena.h"
#include "base/rc.h"

struct milp {
    struct arena *arena;
    int n_cols, n_rows, n_puts, room_cols, room_rows, room_puts;
    struct milp_col {
        double low, high, cost;
        bool whole;
    } * cols;
    struct milp_row {
        double low, high; /* -INFINITY, INFINITY: open */
    } * rows;
    struct milp_put {
        int row, col;
        double value;
    } * puts;
};
void milp_init(struct milp *m, struct arena *arena);
/* Each gives the new one's index, from 0. */
int milp_col(struct milp *m, double low, double high, double cost, bool whole);
int milp_row(struct milp *m, double low, double high);
/* Once for each row and column; 0 is left out. */
void milp_put(struct milp *m, int row, int col, double value);
double milp_cost(const struct milp *m, const double *x);
/* Are all rows, bounds and whole numbers kept, up to a tolerance? */
bool milp_fits(const struct milp *m, const double *x, double tolerance);

enum milp_engine { MILP_GLPK, MILP_CBC };
/* Is the engine on this machine? GLPK always. */
bool milp_has(enum milp_engine e);

struct milp_progress {
    double seconds;     /* since the start */
    bool some;          /* best is of an answer */
    double best, bound; /* bound: -INFINITY while none is known */
};
/* Called several times a second and at every better answer. False: stop now. */
typedef bool milp_watch(void *ctx, const struct milp_progress *p);

struct milp_order {
    enum milp_engine engine; /* MILP_CBC falls back to GLPK where there is no cbc */
    double seconds;          /* of wall time; 0: 10 */
    double gap;              /* good enough when within this share of the bound */
    int64_t memory;          /* bytes; 0: 1 GiB */
    const double *start;     /* an answer to begin with, or NULL */
    milp_watch *watch;       /* or NULL */
    void *ctx;
};
enum milp_state {
    MILP_OPTIMAL, /* within the gap asked for */
    MILP_BEST,    /* the best so far: time or the watcher stopped it */
    MILP_INFEASIBLE,
    MILP_NOTHING, /* stopped before there was an answer */
};
struct milp_answer {
    enum milp_state state;
    double cost, bound, gap; /* gap: (cost - bound) / max(|cost|, 1) */
    double seconds;
    double *x;               /* in the problem's arena; NULL without an answer */
    enum milp_engine engine; /* that did it */
};
/* 0; RC_IO: the child could not be made, or died without an answer (memory, a fault of its own). */
MUST_USE int milp_solve(const struct milp *m, const struct milp_order *o, struct milp_answer *out);
#endif
