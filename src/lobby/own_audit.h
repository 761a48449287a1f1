/* own_audit.h -- Did the calls of a day follow the rule that was in force?
 *
 * The waiting at the moment of each call is rebuilt from the legs on file; the rule in force then
 * (rule_history: the outlet's, or the window's own) is asked again with the same function
 * that calls; ratio turns are counted as the day went. A call is explained when the rule would have
 * called the same ticket. Not decisions, and not counted: a parked customer called back, the next
 * service of a visit at the same window, a call that was undone, paper rolls.
 *
 * What cannot be known is in the teller's favour: the order of things at the same microsecond.
 * Windows, their services and the classes are taken as they are set up today. */
#ifndef LOBBY_OWN_AUDIT_H
#define LOBBY_OWN_AUDIT_H
#include "lobby/lobby.h"

struct own_call {
    ticket_id ticket;
    char number[12];
    window_id window;
    staff_id staff;
    int64_t at_us;
    ticket_id should; /* 0: nobody this window may call */
    char should_number[12];
    bool by_hand;
    char reason[LOBBY_REASON]; /* of a call by hand */
};
struct own_audit {
    char rule[RULE_TEXT]; /* the outlet's, at the end of the day */
    bool rule_changed;    /* during the day */
    int64_t decisions, explained;
    int64_t by_hand; /* of the decisions */
    int64_t parked;  /* parked customers called back: no decisions */
    struct own_call *broke;
    int n_broke;
};
MUST_USE int own_audit(struct call *c, outlet_id o, date d, struct own_audit *out);
#endif
