/* spec.h -- The planner's question as JSON: docs/plan-spec.md lists every field. */
#ifndef PLAN_SPEC_H
#define PLAN_SPEC_H
#include "plan/sim.h"

struct plan_spec {
    struct plan_model model;
    struct plan_crew crew; /* of "people", when it has people */
    bool people;
    int open_s;                      /* second of the day */
    int64_t max_windows, days, seed; /* days 0: as many as fit */
};
/* Everything it keeps is in the arena or in out, which must stay where it is. 0, or a refusal with
 * the reason in error. */
MUST_USE int plan_spec_read(const char *text, size_t len, struct arena *arena,
                            struct plan_spec *out, char *error, size_t error_size);
#endif
