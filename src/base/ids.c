/* ids.c -- See ids.h. */
#include "base/ids.h"
#include "base/rc.h"

#define EPOCH_MS INT64_C(1577836800000) /* 2020-01-01 00:00 UTC */

void ids_init(struct ids *g, int instance)
{
    CHECK(instance >= 0 && instance < 1 << IDS_INSTANCE_BITS);
    *g = (struct ids){ .instance = instance };
}

void ids_seen(struct ids *g, int64_t id)
{
    if (id > g->last)
        g->last = id;
}

int64_t ids_next(struct ids *g, int64_t now_us)
{
    int64_t ms = now_us / 1000 - EPOCH_MS;
    if (ms < 0)
        ms = 0; /* a replayed past: the counter alone orders */
    int64_t id = ms << IDS_LOW_BITS | g->instance;
    if (id <= g->last)
        id = ((g->last >> IDS_INSTANCE_BITS) + 1) << IDS_INSTANCE_BITS | g->instance;
    CHECK(id > g->last && id < IDS_END);
    g->last = id;
    return id;
}
