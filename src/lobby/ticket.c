/* ticket.c -- The table of lawful steps: the only place that knows them. */
#include "lobby/ticket.h"
#include <stdio.h>
#include <string.h>
#include "base/banned.h"

#define FROM(s) (1u << (s))
#define WAITS   (FROM(TICKET_WAITING) | FROM(TICKET_TRANSFERRED))
#define HERE    (FROM(TICKET_CALLED) | FROM(TICKET_SERVING))

static const struct {
    unsigned from;
    enum ticket_state to;
} steps[TICKET_STEPS] = {
    [STEP_CHECK_IN] = { FROM(TICKET_BOOKED), TICKET_WAITING },
    [STEP_CALL] = { WAITS | FROM(TICKET_PARKED), TICKET_CALLED },
    [STEP_SERVE] = { FROM(TICKET_CALLED), TICKET_SERVING },
    [STEP_END] = { FROM(TICKET_SERVING), TICKET_DONE },
    [STEP_NEXT_SERVICE] = { FROM(TICKET_SERVING), TICKET_SERVING },
    [STEP_TRANSFER] = { HERE, TICKET_TRANSFERRED },
    [STEP_PARK] = { HERE, TICKET_PARKED },
    [STEP_RETURN] = { FROM(TICKET_PARKED), TICKET_TRANSFERRED },
    [STEP_NO_SHOW] = { FROM(TICKET_CALLED), TICKET_NO_SHOW },
    [STEP_MISS] = { FROM(TICKET_BOOKED), TICKET_NO_SHOW },
    [STEP_LEAVE] = { WAITS | FROM(TICKET_BOOKED) | FROM(TICKET_CALLED) | FROM(TICKET_PARKED),
                     TICKET_LEFT },
    [STEP_VOID] = { WAITS | HERE | FROM(TICKET_BOOKED) | FROM(TICKET_PARKED), TICKET_VOID },
    [STEP_MOVE] = { WAITS | FROM(TICKET_PARKED), TICKET_TRANSFERRED },
    [STEP_REINSERT] = { FROM(TICKET_NO_SHOW), TICKET_TRANSFERRED },
};

bool ticket_step(enum ticket_state from, enum ticket_step step, enum ticket_state *to)
{
    CHECK(step < TICKET_STEPS);
    CHECK(from >= TICKET_BOOKED && from <= TICKET_VOID);
    if (!(steps[step].from & FROM(from)))
        return false;
    *to = steps[step].to;
    return true;
}

bool ticket_waits(enum ticket_state s)
{
    return s == TICKET_WAITING || s == TICKET_TRANSFERRED;
}

bool ticket_ended(enum ticket_state s)
{
    return s >= TICKET_DONE;
}

static const char *const codes[] = { "",        "booked", "waiting",     "called",
                                     "serving", "parked", "transferred", "done",
                                     "no_show", "left",   "void" };
_Static_assert(COUNT(codes) == TICKET_VOID + 1, "a code for each state");

const char *ticket_state_code(int state)
{
    CHECK(state >= TICKET_BOOKED && state <= TICKET_VOID);
    return codes[state];
}

int ticket_state_parse(const char *code)
{
    for (int s = TICKET_BOOKED; s <= TICKET_VOID; s++)
        if (!strcmp(codes[s], code))
            return s;
    return 0;
}

void ticket_number(char prefix, int64_t n, char out[12])
{
    CHECK(prefix >= 'A' && prefix <= 'Z');
    CHECK(n > 0 && n < 1000000);
    snprintf(out, 12, "%c%03d", prefix, (int)n);
}
