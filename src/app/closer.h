/* closer.h -- Who runs the day end: the command line, or a thread of the served bank that looks
 * every second whether the cut-off has come, a date was missed, or somebody asked. */
#ifndef APP_CLOSER_H
#define APP_CLOSER_H
#include "app/clock.h"
#include "deposit/dayend.h"
#include "store/door.h"

struct closing { /* how one writes: through the door, or alone with the store */
    int (*write)(void *ctx, door_run *run, void *order);
    void *ctx;
    struct db *db;
    int64_t now_us;      /* for the proofs, which only read */
    const char *despite; /* why the day ends though drawers are open; NULL: it does not */
    bool (*go_on)(void *ctx, const struct dayend *d); /* after each chunk; false: stop here */
};
/* CASH_DRAWERS_OPEN stops a day end before it begins, never one that was begun.
 * Closes the business date, or goes on with one that was begun, chunk after chunk, and proves the
 * books. day {0}: whichever is open. RC_STOPPING: go_on said so. why: of a refusal. */
MUST_USE int closing_run(const struct closing *k, date day, struct dayend *out, char why[160]);

struct closer;
struct lease;
struct closer_settings {
    struct door *door;
    struct db *db;
    struct clock *clock;
    struct lease *lease; /* whether this instance does it */
};
MUST_USE int closer_start(const struct closer_settings *s, struct closer **out);
void closer_stop(struct closer *k); /* NULL is fine; waits for the chunk at work */
#endif
