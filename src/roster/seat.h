/* seat.h -- Who sits at which window: one rule for the planner's certificate, for live advice's
 * view of the hours to come and for the demo city, so that all three have the same windows open.
 * Pure.
 *
 * Everybody at work sits, as far as there are windows. Companies' windows get those who can only
 * that, then, up to the need, those who can both; personal windows get the rest; whoever can both
 * and finds no personal window left sits at a companies' one. Of each kind the windows are opened
 * in an order: first those that together handle every service, then by number. Who sits at a
 * window that stays open stays there; who has one skill is seated before who has both; a window
 * whose usual teller is here is hers, when she has no other. */
#ifndef ROSTER_SEAT_H
#define ROSTER_SEAT_H
#include "roster/roster.h"

enum { SEAT_PLACES = 64, SEAT_PEOPLE = 160 };

struct seat_place { /* a window, by number */
    bool corporate;
    bool taken;       /* by somebody who is not on the roster: not ours to give */
    uint32_t letters; /* services it handles: bit 0 is A */
    int64_t usual;    /* staff whose window it is; 0: nobody's */
};
struct seat_person {
    int64_t staff;
    unsigned skills; /* bits of enum roster_skill */
    bool here;       /* at work, and at no break */
    int place;       /* in: where she sits now; out: where she sits; -1: nowhere */
};

uint32_t seat_letters(const uint8_t preference[26]);
/* The order in which windows are opened, each kind in its own: indexes of p. */
void seat_order(const struct seat_place *p, int n, int order[SEAT_PLACES]);
/* Windows of each kind that people give, by_skills[s]: how many have exactly the skills s. most:
 * windows there are. corporate: windows for companies that are needed. */
void seat_counts(const int by_skills[1 << ROSTER_PARTS], const int most[ROSTER_PARTS],
                 int corporate, int out[ROSTER_PARTS]);
void seat_people(const struct seat_place *p, int n_places, int corporate,
                 struct seat_person *people, int n);
/* Windows for companies needed at a minute of the day. Where nothing was planned, one. */
int seat_corporate(const struct roster_need *need, int minute);
bool seat_here(const struct roster_duty *d, int minute);
#endif
