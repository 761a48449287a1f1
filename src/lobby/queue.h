/* queue.h -- The scene of an outlet at one moment, and a ticket's place in it. */
#ifndef LOBBY_QUEUE_H
#define LOBBY_QUEUE_H
#include "lobby/forecast.h"
#include "lobby/lobby_priv.h"
#include "lobby/promise.h"
#include "lobby/told.h"

struct lobby_scene {
    int64_t now_us;
    struct branch_outlet outlet;
    const struct lobby_plan *plan;
    struct lobby_day day;
    struct window_session *sessions;
    int n_sessions;
    struct ticket *live; /* waiting, called, serving, parked, transferred; oldest first */
    int n_live;
    struct told told; /* what simulated futures say, if that is fresh */
};
MUST_USE int scene_load(struct call *c, outlet_id o, struct lobby_scene *out);

/* The same with the waiting only, and of them only what queue_place asks for (ticket_light). */
MUST_USE int scene_load_light(struct call *c, outlet_id o, struct lobby_scene *out);

struct queue_place {
    int ahead;       /* people the rule would call before this one at the windows it may use */
    int ahead_class; /* of these, in the same class and service */
    struct wait_range range;
};
void queue_place(const struct lobby_scene *s, const struct ticket *t, struct queue_place *out);
/* The same for somebody who takes a number now. */
void queue_newcomer(const struct lobby_scene *s, service_id service, int class_index,
                    struct queue_place *out);
/* The numbers that were called and did not come, newest first: for the wall. */
enum { LOBBY_PASSED = 6 };
MUST_USE int lobby_passed(struct call *c, outlet_id o, date d, char out[LOBBY_PASSED][12], int *n);
/* Every ticket of a business day, in the order of taking; bookings not checked in are among them.
 */
MUST_USE int lobby_day_tickets(struct call *c, outlet_id o, date d, struct ticket **out, int *n);
/* The wait of a visit as the promise counts it; false: it does not count (void, not checked in).
 * Served: somebody served it, or is about to (called). Gave up: left, or did not come when called.
 * Still: waits, or was given back for a place at another outlet. */
#define LOBBY_GUIDED "guided" /* the reason with which she left, then */
bool ticket_guided(const struct ticket *t);
bool ticket_wait(const struct ticket *t, int64_t now_us, struct wait *out);
/* What one teller did today, for the desk. */
struct teller_today {
    int64_t served, no_shows;
    double mean_handling_s, mean_wait_s;
};
MUST_USE int lobby_teller_today(struct call *c, outlet_id o, date d, staff_id s,
                                struct teller_today *out);
#endif
