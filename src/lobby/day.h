/* day.h -- What the clock does to an outlet's day. */
#ifndef LOBBY_DAY_H
#define LOBBY_DAY_H
#include "lobby/queue.h"

/* A job, each minute and outlet: closes days that were left open, opens at opening time, stops
 * issuing at closing time or when the forecast passes it, closes when the last one has gone. */
MUST_USE int lobby_day_tick(struct call *c, outlet_id o);
#endif
