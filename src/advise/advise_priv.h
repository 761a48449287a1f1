/* advise_priv.h -- What the room's files share. */
#ifndef ADVISE_ADVISE_PRIV_H
#define ADVISE_ADVISE_PRIV_H
#include "advise/advise.h"
#include "base/jsonw.h"
#include "lobby/queue.h"
#include "roster/roster.h"

/* The day's published roster. */
struct duty {
    bool published;
    struct roster_duty *list;
    int n;
    struct roster_need need;
};
struct scene {
    struct lobby_scene scene;
    struct ticket *today, *bookings;
    struct duty duty;
    int n_today, n_bookings;
    const struct lobby_rule *own_rule[PLAN_WINDOWS]; /* by the plan's windows */
};
/* *open false: closed, or nothing is known of it. kind_of: the model's kind of a letter; class_of:
 * the model's class of a class index; -1: none. */
MUST_USE int advise_scene(struct call *c, struct advise_cache *k, outlet_id o, struct scene *n,
                          struct live_state *s, bool *open, const int **kind_of,
                          const int **class_of);

/* habit.c: the share of the last days of this sort on which a window was open, by quarter-hours. */
enum { HABIT_SLOT_S = 900, HABIT_SLOTS = 96 };
struct habit {
    int days;
    int64_t window[PLAN_WINDOWS];
    int n;
    float open[PLAN_WINDOWS][HABIT_SLOTS];
    int64_t staff[PLAN_WINDOWS]; /* who sits there the most minutes; 0: nobody */
};
MUST_USE int habit_read(struct call *c, outlet_id o, date today, struct habit *out);
/* What usually comes next at a window that is open, paused or closed now. */
void habit_apply(const struct habit *h, int second_of_day, struct live_window *w);

/* duty.c: where a roster is published it, and not habit, says what comes next. */
MUST_USE int duty_read(struct call *c, outlet_id o, struct duty *out);
/* The windows of s are the plan's; habit was applied to them. */
void duty_apply(const struct duty *d, const struct lobby_scene *l, const struct habit *h,
                int close_s, struct live_state *s);

/* score.c: when the visit joined the queue, as the promise counts it. */
int64_t advise_came_us(const struct ticket *t);
/* Was the promise kept by those who waited at an instant or came within the minutes?
 * -1: nobody counts, or it is too early to say. */
int advise_was_kept(const struct ticket *today, int n, int64_t at_us, int minutes, int64_t now_us,
                    const bool mid_high[BRANCH_CLASSES_MAX]);

/* advice_store.c */
MUST_USE int advice_open(struct call *c, outlet_id o, struct advice *out); /* id 0: none */
MUST_USE int advice_insert(struct call *c, struct advice *a);
MUST_USE int advice_update(struct call *c, const struct advice *a);
MUST_USE int advice_unscored(struct call *c, outlet_id o, int64_t before_us, int max,
                             struct advice **out, int *n);
MUST_USE int advice_recent(struct call *c, outlet_id o, int64_t from_us, struct advice **out,
                           int *n);
#endif
