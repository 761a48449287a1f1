/* nearby.h -- 周边网点: outlets by distance and by the time in all for a service, and going there.
 *
 * Only outlets that are open, issue numbers and offer the service at a window that is open are
 * suggested (plan/guide.h). Who says that she goes there holds a token until she should have
 * arrived. Owns guide_token. */
#ifndef ADVISE_NEARBY_H
#define ADVISE_NEARBY_H
#include "branch/branch.h"
#include "lobby/lobby.h"
#include "plan/guide.h"

enum { NEARBY_MAX = 24 };
struct nearby_item {
    struct branch_outlet outlet;
    struct branch_hours hours;
    double metres;
    bool open, offers; /* open: issues numbers now */
    bool too_late;     /* it closes before one is there: never suggested */
    int waiting, windows_open;
    bool simulated; /* the wait is from futures; else from the plain estimate */
    bool known;     /* total is: open, and offers it; of where she is: the wait of staying */
    struct guide_total total;
};
struct nearby_ask {
    ticket_id own;          /* the number she has: from and service are its own; 0: none */
    outlet_id from;         /* where she is; 0: at the place */
    int32_t lat_e6, lon_e6; /* used when from is 0 */
    service_id service;
    struct guide_trip trip;
};
/* The nearest first, at most NEARBY_MAX, the outlet asked from left out; *here: that one (id 0:
 * none). With her own number "staying" is its wait, else a newcomer's; a number that waits no more
 * makes nothing suggested. BRANCH_NO_OUTLET, BRANCH_NO_SERVICE, BRANCH_BAD_PLACE, or a fault. */
MUST_USE int nearby_read(struct call *c, struct nearby_ask *ask, struct nearby_item *here,
                         struct nearby_item **out, int *n);
/* She goes there: a token until she should have arrived, or her booking is used or ended.
 * ADVISE_NOT_BETTER when it is not (or no longer) surely quicker than staying, BRANCH_NO_OUTLET.
 * Reads the two outlets only, whatever their number: it runs in the write door. */
MUST_USE int nearby_go(struct call *c, struct nearby_ask *ask, outlet_id to,
                       struct nearby_item *out);
/* The same, and a booking holds her place there for the minute she should arrive; her own number
 * here is given back in the same writing. And what lobby_hold refuses. */
MUST_USE int nearby_hold(struct call *c, struct nearby_ask *ask, outlet_id to,
                         struct nearby_item *out, struct ticket *held);
/* Where she stands who gave this number back for a place elsewhere; id 0: she did not, or it is
 * half a day ago. */
MUST_USE int nearby_went(struct call *c, ticket_id old, struct ticket *held);
/* How many are on their way to an outlet, for whatever service. */
MUST_USE int nearby_coming(struct call *c, outlet_id to, int64_t *n);
#endif
