/* replay.h -- Drives real or drawn arrivals through the production lobby, store and all.
 *
 * Discrete events on a clock of its own: arrivals take numbers, free windows call by the outlet's
 * rule, services end after their own time, patience runs out. Every step is the same function that
 * the live lobby calls, in one transaction a group; nothing is simulated but the people. */
#ifndef APP_REPLAY_H
#define APP_REPLAY_H
#include "lobby/lobby.h"
#include "lobby/promise.h"

struct replay_arrival {
    int64_t at_us, service_us;
    int64_t patience_us; /* gives up after this; 0: never */
    int32_t outlet;      /* index into the outlets */
    int16_t class_index;
    int16_t service; /* index into the services */
};
struct replay_outlet {
    outlet_id id;
    const window_id *windows;
    int n_windows;
};
struct replay {
    struct db *db;
    struct ids *ids;
    const struct replay_outlet *outlets;
    int n_outlets;
    const service_id *services;
    const struct replay_arrival *arrivals; /* in order of at_us */
    size_t n;
    int group; /* steps a commit; 0: 512 */
    void (*progress)(void *ctx, size_t done, size_t all);
    void (*pace)(void *ctx, int64_t sim_us); /* before each event; may wait. NULL: max speed */
    void *ctx;
};
struct replay_numbers {
    int64_t taken, called, ended, left, steps, commits, not_taken;
    struct wait *waits; /* one an arrival, in their order; in the arena */
};
MUST_USE int replay_run(const struct replay *r, struct arena *arena, struct replay_numbers *out,
                        char *error, size_t error_size);

/* A small bank for it: outlets with windows that all handle all services, open all day, every day.
 */
struct replay_bank {
    struct replay_outlet *outlets;
    service_id *services;
};
struct replay_plan {
    int outlets, windows;        /* windows an outlet */
    const char *const *services; /* names; prefix letters A, B, C ... */
    int n_services;
    const char *rule;
    const char *high_code; /* class index 1; index 0 is "normal" */
    int64_t now_us;
};
MUST_USE int replay_bank_make(struct db *db, struct ids *ids, const struct replay_plan *p,
                              struct arena *arena, struct replay_bank *out, char *error,
                              size_t error_size);
#endif
