/* jobs.h -- What the clock does by itself: a thread that, each minute of the bank's time, opens
 * and closes days, misses bookings, sweeps what is over, ends holds
 * that are due and folds hot accounts; and, on a thread of its own, the day end (closer.h). */
#ifndef APP_JOBS_H
#define APP_JOBS_H
#include "app/closer.h" /* and the clock */

struct jobs;
struct jobs_settings {
    struct door *door;
    struct db *db;
    struct clock *clock;
    /* The live demo's step, on this thread, several times a second; NULL in a real bank. */
    void (*step)(void *ctx, int64_t now_us);
    void *step_ctx;
};
MUST_USE int jobs_start(const struct jobs_settings *s, struct jobs **out);
void jobs_stop(struct jobs *j); /* NULL is fine; waits for the job at work */
#endif
