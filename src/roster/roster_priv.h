/* roster_priv.h -- The SQL of the room, for its rules. */
#ifndef ROSTER_ROSTER_PRIV_H
#define ROSTER_ROSTER_PRIV_H
#include "roster/roster.h"
#include "store/db.h"
#include "store/event.h"

/* One shift of a kept roster. */
struct roster_row {
    int64_t staff, outlet; /* outlet: where, which may not be the roster's own */
    date day;
    int from, until, break_from, break_minutes;
    bool pinned;
};
MUST_USE int roster_head_read(struct call *c, outlet_id o, date monday, bool draft,
                              struct roster_head *out);
MUST_USE int roster_head_write(struct call *c, outlet_id o, date monday,
                               const struct roster_head *h);
MUST_USE int roster_rows_read(struct call *c, outlet_id o, date monday, int version,
                              struct roster_row **out, int *n);
MUST_USE int roster_rows_write(struct call *c, outlet_id o, date monday, int version,
                               const struct roster_row *rows, int n);
/* Published shifts of the outlet's own people from a day on until before another: the latest
 * version of each week. */
MUST_USE int roster_rows_before(struct call *c, outlet_id o, date from, date until,
                                struct roster_row **out, int *n);
MUST_USE int roster_rows_on(struct call *c, outlet_id o, date day, struct roster_row **out, int *n);
MUST_USE int roster_wishes_read(struct call *c, outlet_id o, date from, date until,
                                struct roster_row **out, int *n); /* from: the wish */
MUST_USE int roster_rules_read(struct call *c, outlet_id o, struct roster_setup *out);
MUST_USE int roster_rules_write(struct call *c, outlet_id o, const struct roster_setup *s);
/* Somebody lent from home: what she can do, and whether she is away after all. */
MUST_USE int roster_guest(struct call *c, outlet_id home, int64_t staff, date day, unsigned *skills,
                          bool *absent);
/* Active tellers of the outlet, by name; in the arena. */
MUST_USE int roster_tellers(struct call *c, outlet_id o, struct who_staff **out, int *n);
#endif
