/* clock.h -- The bank's time: the machine's clock, or the demo's, which may run faster.
 *
 *   demo: now = base + (machine's time since base was set) * speed; paused: now = base
 *
 * Strictly monotone for all threads together: two readings are never equal, and no change of speed
 * and no step of the machine's clock takes it back. */
#ifndef APP_CLOCK_H
#define APP_CLOCK_H
#include "base/rc.h"

struct clock;

struct clock *clock_real(void);
/* Reads machine_us(ctx) (NULL: CLOCK_MONOTONIC); starts at start_us of the bank's time. */
struct clock *clock_demo(int64_t start_us, int speed, int64_t (*machine_us)(void *ctx), void *ctx);
void clock_free(struct clock *c); /* NULL is fine */

int64_t clock_now_us(void *clock); /* a door_clock, and api_settings.now_us */
bool clock_is_demo(struct clock *c);
void clock_demo_get(struct clock *c, int *speed, bool *paused);
void clock_demo_set(struct clock *c, int speed, bool paused); /* speed 1..60 */
void clock_demo_skip(struct clock *c, int64_t to_us);         /* forward only; else nothing */
#endif
