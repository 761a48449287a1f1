/* advisor.h -- Live advice as a thread of its own: one outlet after the other, each about once a
 * minute of the bank's time, never more than a share of one core. */
#ifndef APP_ADVISOR_H
#define APP_ADVISOR_H
#include "app/clock.h"
#include "base/buf.h"
#include "store/door.h"

struct advisor;
struct advisor_settings {
    struct door *door;
    struct db *db;
    struct clock *clock;
    int share_percent; /* of one core; 0: no live advice */
    uint64_t seed;
};
MUST_USE int advisor_start(const struct advisor_settings *s, struct advisor **out);
void advisor_stop(struct advisor *a); /* NULL is fine; waits for the look at work */
struct advisor_numbers {
    int64_t looks, faults, cpu_us, last_cpu_us, round_us, outlets;
};
void advisor_numbers(struct advisor *a, struct advisor_numbers *out); /* NULL: zeros */
#endif
