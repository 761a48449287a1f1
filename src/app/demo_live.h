/* demo_live.h -- The demo bank goes on: its customers and tellers act on the demo's clock. */
#ifndef APP_DEMO_LIVE_H
#define APP_DEMO_LIVE_H
#include "app/bank.h"
#include "app/clock.h"
#include "store/door.h"

enum { DEMO_LIVE_SPEED = 20 };
struct demo_live;

/* Where the clock starts: where it stood, or a busy moment of the work day after the history. */
MUST_USE int demo_live_start_us(struct bank *b, int64_t machine_us, int64_t *out);
struct demo_live *demo_live_new(struct bank *b, struct door *door, struct clock *clock);
void demo_live_free(struct demo_live *l); /* NULL is fine */
/* jobs_settings.step; ctx is the demo_live. */
void demo_live_step(void *ctx, int64_t now_us);
/* Prints the sign-ins and the devices' links. */
void demo_live_tell(const char *origin, const char *devices);
#endif
