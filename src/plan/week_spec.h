/* week_spec.h -- A roster's question and answer as JSON: docs/roster-spec.md. */
#ifndef PLAN_WEEK_SPEC_H
#define PLAN_WEEK_SPEC_H
#include "base/jsonw.h"
#include "plan/week.h"

struct week_spec {
    struct week week;
    struct week_roster keep; /* "roster": pinned ones stay */
    struct week_order order;
};
/* 0, or a refusal with the reason in error. Everything it keeps is in the arena. */
MUST_USE int week_spec_read(const char *text, size_t len, struct arena *arena,
                            struct week_spec *out, char *error, size_t error_size);
void week_roster_json(struct jsonw *w, const char *key, const struct week *week,
                      const struct week_roster *r);
void week_report_json(struct jsonw *w, const char *key, const struct week *week,
                      const struct week_report *r);
void week_answer_json(struct jsonw *w, const struct week *week, const struct week_answer *a,
                      const struct week_report *r);
#endif
