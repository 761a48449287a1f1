/* live_priv.h -- One future after the other: what live.c and live_advice.c share. */
#ifndef PLAN_LIVE_PRIV_H
#define PLAN_LIVE_PRIV_H
#include "plan/live.h"

enum {
    LIVE_READY = 3,       /* minutes until somebody sits at a window that is to open */
    LIVE_LAST_CHOICE = 9, /* the preference of a service a window only helps with */
    LIVE_GHOSTS = PLAN_KINDS * (RULE_CLASSES + LIVE_LATER - 1)
};

struct ghost {
    int later, kind, class_index;
    int at; /* where it is in the day */
};
struct live_run {
    const struct live_state *s;
    struct arena *arena;
    struct plan_start start;
    struct plan_day drawn, day;
    size_t work_room;
    uint8_t group[LIVE_WAITING];
    double over[PLAN_WINDOWS]; /* share of services shorter than the present one is already */
    struct ghost ghosts[LIVE_GHOSTS];
    int all_ghosts, n_ghosts, lowest; /* n_ghosts: in the future drawn last */
};
void live_run_open(const struct live_state *s, bool ghosts, struct live_run *r);
void live_run_close(struct live_run *r);
void live_run_draw(struct live_run *r, uint64_t seed, int future);

struct live_kept {
    bool kept;
    int n, late, mid_n, mid_late;
};
void live_run_count(const struct live_run *r, struct live_kept out[LIVE_HORIZONS]);
void live_promise_add(const struct live_kept kept[LIVE_HORIZONS],
                      struct live_promise to[LIVE_HORIZONS]);
void live_promise_mean(struct live_promise p[LIVE_HORIZONS], int futures);
/* The windows with an action, or as they are (NULL). */
void live_crew(const struct live_state *s, const struct live_action *a, struct plan_crew *out);
#endif
