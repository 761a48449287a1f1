/* seats_why.h -- Why does the certificate differ from what came? Each morning's model is kept; when
 * the day is over its days are drawn again with one ingredient after the other taken from what
 * happened, and how many were late is put beside how many were. */
#ifndef TEST_SLOW_SEATS_WHY_H
#define TEST_SLOW_SEATS_WHY_H
#include "roster/model.h"

struct why;
/* draws: days drawn for each morning and ingredient. */
struct why *why_new(int draws);
void why_free(struct why *w);
/* The certificate's: copied. */
void why_keep(struct why *w, outlet_id o, date d, const struct roster_model *m,
              const struct plan_crew *crew);
/* The day is over: every morning kept is tried. */
MUST_USE int why_day(struct call *c, struct why *w);
void why_forget(struct why *w); /* the mornings kept */
void why_tell(const struct why *w);
#endif
