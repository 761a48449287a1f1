/* cover_priv.h -- The program of a cover, shared by the solver and the search for what to change.
 */
#ifndef PLAN_COVER_PRIV_H
#define PLAN_COVER_PRIV_H
#include "plan/cover.h"

struct cover_program {
    struct milp m;
    int n_columns;
    struct cover_use column[COVER_SHIFTS * PLAN_SLOTS]; /* of the first columns; people unused */
    int first_break;                                    /* implicit: column of break start 0 */
    int first_short;                                    /* elastic: column of slot 0 */
    bool implicit, elastic, no_people, no_limits, no_breaks;
};
/* The flags are set by the caller. */
void cover_build(const struct cover *c, struct arena *arena, struct cover_program *p);
/* Why it cannot be covered: fills short_of, fix and number. */
MUST_USE int cover_explain(const struct cover *c, struct arena *arena, struct cover_answer *out);
#endif
