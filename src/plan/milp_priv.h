/* milp_priv.h -- What the files of the solver share: the child and how it is watched. */
#ifndef PLAN_MILP_PRIV_H
#define PLAN_MILP_PRIV_H
#include "plan/milp.h"

#include <sys/types.h>

struct milp_child {
    pid_t pid;
    int fd; /* what it says */
    double started, limit;
    int asked; /* 0: not; 1: asked to stop (SIGINT); 2: killed */
    struct milp_progress so_far;
};
double milp_clock(void);
/* In the child: own process group, dies with the parent, limits, nothing open but keep_fd.. */
void milp_child_begin(const struct milp_order *o, double seconds);
/* Reads what the child says; gives bytes, 0 at the end. Watches and stops it meanwhile. */
long milp_child_read(struct milp_child *c, const struct milp_order *o, void *at, size_t n);
/* Waits for its end. True: it ended by itself with status 0. */
bool milp_child_end(struct milp_child *c);
void milp_heard(struct milp_child *c, const struct milp_order *o);

MUST_USE int milp_glpk(const struct milp *m, const struct milp_order *o, struct milp_answer *out);
MUST_USE int milp_cbc(const struct milp *m, const struct milp_order *o, struct milp_answer *out);
#endif
