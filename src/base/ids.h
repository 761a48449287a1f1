/* ids.h -- Time-ordered ids made by the application, below 2^53 so that JSON readers keep them.
 *
 *   id = (milliseconds since 2020 << 12) | counter << 4 | instance
 *
 * Strictly increasing in one process even when the clock stands still or goes back (a simulated
 * clock does both): the next id is at least the last one plus 16. */
#ifndef BASE_IDS_H
#define BASE_IDS_H
#include <stdint.h>

#define IDS_INSTANCE_BITS 4
#define IDS_LOW_BITS      12                 /* counter and instance */
#define IDS_END           (INT64_C(1) << 53) /* the first number a JSON reader may round */
#define IDS_YEARS         ((IDS_END >> IDS_LOW_BITS) / (INT64_C(366) * 86400 * 1000))
_Static_assert(IDS_INSTANCE_BITS < IDS_LOW_BITS, "the counter has bits");
_Static_assert(IDS_YEARS >= 60, "ids last until 2080");

struct ids {
    int64_t last;
    int instance; /* 0..15: which of several processes on one database */
};
void ids_init(struct ids *g, int instance);
void ids_seen(struct ids *g, int64_t id); /* at start: nothing at or below id is given again */
int64_t ids_next(struct ids *g, int64_t now_us);
#endif
