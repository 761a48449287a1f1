/* advice_truth.h -- Why does what live advice says differ from what came? Each look's state is
 * kept; when its day is over the futures are drawn again with one ingredient taken from what
 * happened, and what they say is put beside what came. */
#ifndef TEST_SLOW_ADVICE_TRUTH_H
#define TEST_SLOW_ADVICE_TRUTH_H
#include "advise/advise.h"

struct truth;
struct truth *truth_new(int futures);
void truth_free(struct truth *t);
/* Copies the state of a look. class_of: model class of a class index; kind_of: of a letter. */
void truth_keep(struct truth *t, outlet_id o, int64_t at_us, const struct live_state *s);
/* The day is over: every look kept is tried, and forgotten. */
MUST_USE int truth_day(struct call *c, struct truth *t);
void truth_tell(const struct truth *t);
#endif
