/* week_priv.h -- What the files of the roster share. */
#ifndef PLAN_WEEK_PRIV_H
#define PLAN_WEEK_PRIV_H
#include "plan/week.h"

int week_paid(const struct week_work *x); /* minutes, the break off */
bool week_at_work(const struct week_work *x, int slot);
/* Would this one shift of a person break a hard rule by itself (not with others)? */
bool week_lawful(const struct week *w, const struct week_work *x);
/* The first and last half-hour of need, or false. */
bool week_span(const struct week_unit *u, int day, int skills, int *first, int *last);
/* Missing people in a slot: the deficiency of the best match of people to needs by skill (Hall).
 * by_skills[s]: people at work whose skills are exactly the bits of s. */
int week_missing(const struct week *w, const uint8_t *need, const int by_skills[1 << WEEK_SKILLS]);
int week_need_of(const struct week *w, const uint8_t *need, unsigned skills);
/* Cost of the next turn of a person who has had so many. */
double week_turn_cost(const struct week *w, int had);

/* One part of the roster as a program: these people free, all others as they are. */
struct week_part {
    const struct week *w;
    const bool *free; /* by person */
    uint64_t units;   /* whose cover counts */
    bool lend;        /* may they work elsewhere than at home? */
};
MUST_USE int week_part_solve(const struct week_part *p, struct week_roster *r,
                             const struct milp_order *o, struct arena *arena,
                             struct milp_answer *out);
/* Gives shifts one by one where they help most: a first answer. */
void week_greedy(const struct week_part *p, struct week_roster *r, struct arena *arena);
#endif
