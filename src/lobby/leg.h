/* leg.h -- The stretches of a visit, read back: what waited where, who called it, how it ended.
 *
 * A leg is filed when it ends. While it waits nothing that the calling rule sees of it changes: a
 * move, another class or courtesy ends the leg ("changed") and begins the next. A call that was
 * undone leaves a leg, too ("undone"): from called to ended the ticket was away from the queue. */
#ifndef LOBBY_LEG_H
#define LOBBY_LEG_H
#include "lobby/lobby_priv.h"

struct leg {
    ticket_id ticket;
    int n; /* 1, 2, 3 ... in the ticket; 0: the present one, not filed yet */
    char number[12];
    enum ticket_source source;
    int64_t slot_us, checked_in_us; /* of the ticket */
    service_id service;
    int prefix, class_index;
    bool courtesy, first, by_hand, inaccurate;
    int64_t only_window, only_staff;
    int64_t since_us, queued_us, called_us, serving_us, ended_us; /* 0: not */
    window_id window;
    staff_id staff;
    int outcome; /* enum leg_outcome; -1: not filed yet */
    char reason[LOBBY_REASON];
};
/* A ticket's legs in their order, the present one last if it waits or is at a window. */
MUST_USE int legs_of_ticket(struct call *c, const struct ticket *t, struct leg **out, int *n);
/* Every leg that was waiting or at a window at some time of the date, carried-over ones among
 * them, and the present legs of the tickets that are not over. In no order. */
MUST_USE int legs_of_day(struct call *c, outlet_id o, date d, struct leg **out, int *n);
#endif
