/* ticket.h -- The states of a ticket and the lawful steps between them. Pure.
 *
 *                 book            check in            call            serve           end
 *   (nothing) ----------> BOOKED ---------> WAITING ------> CALLED -------> SERVING ------> DONE
 *        \                  |  \               ^  |          |  |  ^          | |
 *         \ take            |   \ miss         |  | leave    |  |  | undo     | | transfer, next
 * service
 *          +----------------|----\-------------+  v          |  |  +----------+ v
 *                           |     \              LEFT        |  v         TRANSFERRED --> (as
 * WAITING) v      +--------------------> NO_SHOW             ^ LEFT (cancel) park: PARKED ----+
 * return VOID from every state that is not an end. A step back is only ever undo, within its time.
 */
#ifndef LOBBY_TICKET_H
#define LOBBY_TICKET_H
#include "base/rc.h"

typedef struct {
    int64_t n;
} ticket_id;

enum ticket_state {
    TICKET_BOOKED = 1,
    TICKET_WAITING = 2,
    TICKET_CALLED = 3,
    TICKET_SERVING = 4,
    TICKET_PARKED = 5,
    TICKET_TRANSFERRED = 6, /* waits again, at its old time */
    TICKET_DONE = 7,
    TICKET_NO_SHOW = 8,
    TICKET_LEFT = 9,
    TICKET_VOID = 10,
};
enum ticket_step {
    STEP_CHECK_IN,
    STEP_CALL,
    STEP_SERVE,
    STEP_END,
    STEP_NEXT_SERVICE,
    STEP_TRANSFER,
    STEP_PARK,
    STEP_RETURN,
    STEP_NO_SHOW,
    STEP_MISS,
    STEP_LEAVE,
    STEP_VOID,
    STEP_MOVE,
    STEP_REINSERT,
    TICKET_STEPS
};
/* True and *to when the step is lawful from this state. */
bool ticket_step(enum ticket_state from, enum ticket_step step, enum ticket_state *to);
bool ticket_waits(enum ticket_state s);   /* may be called: waiting or transferred */
bool ticket_ended(enum ticket_state s);   /* done, no-show, left, void */
const char *ticket_state_code(int state); /* "waiting" ... */
int ticket_state_parse(const char *code); /* 0: unknown */

/* "A013" for prefix 'A' and 13; four digits from 1000 on. */
void ticket_number(char prefix, int64_t n, char out[12]);
#endif
