/* demo_live.h -- The demo bank goes on: its customers and tellers act on the demo's clock. */
#ifndef APP_DEMO_LIVE_H
#define APP_DEMO_LIVE_H
#include "app/bank.h"
#include "app/clock.h"
#include "store/door.h"

enum { DEMO_LIVE_SPEED = 20 };
struct demo_live;

/* Before the door opens. start_us: where the clock stood when the server stopped, or 10:10 of the
 * work day after the history, whose morning (and what lies between) is written now. */
MUST_USE int demo_live_open(struct bank *b, int64_t machine_us, struct demo_live **out,
                            int64_t *start_us);
/* skipped(ctx) is told after the clock went over a night. */
void demo_live_attach(struct demo_live *l, struct door *door, struct clock *clock,
                      void (*skipped)(void *ctx), void *ctx);
void demo_live_free(struct demo_live *l); /* NULL is fine */
/* api_settings.before_sit; ctx is not used. A window, and the person, become free of what the
 * simulation does with them; a customer who was called there goes on first in the queue. */
MUST_USE int demo_live_before_sit(void *ctx, struct call *c, int64_t window);
/* jobs_settings.step; ctx is the demo_live. */
void demo_live_step(void *ctx, int64_t now_us);
/* Prints the sign-ins and the devices' links. */
void demo_live_tell(const char *origin, const char *devices);
#endif
