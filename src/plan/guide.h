/* guide.h -- Where is it quicker, the way there included; and sending people there without sending
 * too many. Pure.
 *
 * For each place: the trip, the wait that the place's futures give a newcomer at the moment of
 * arrival, and the service. A place is suggested only when it is quicker than staying with a
 * probability of at least GUIDE_SURE, by the distributions of both waits and of the trip.
 *
 * Who has been sent and is not there yet is in nobody's queue, so each one sent holds a token: it
 * adds the work it brings to the place's wait until it arrives or expires. With each token the
 * place looks a little longer, and once it is no longer surely quicker nobody more is sent: the
 * advised crowd cannot overrun it. Among several places that are surely quicker one is drawn, the
 * surer the likelier, so that people asked in the same minute do not all go to the same one. */
#ifndef PLAN_GUIDE_H
#define PLAN_GUIDE_H
#include "plan/live.h"

#define GUIDE_SURE 0.8

struct guide_trip {
    double metres_min; /* speed, metres a minute, as the crow flies times detour */
    double detour;     /* streets are longer than the line: 1.3 */
    double fixed;      /* minutes: out of the door, parking */
    double cv;         /* a trip's own deviation as a share of it: 0.25 */
};
extern const struct guide_trip guide_walk, guide_drive;

struct guide_place {
    double metres;
    double later[LIVE_LATER][LIVE_QUANTILES]; /* minutes of wait of who comes at live_later[k] */
    double service;                           /* minutes, mean */
    int servers; /* windows that do it and are open; 0: nobody would serve */
    int tokens;  /* people sent here for this service who are not here yet */
};
struct guide_total {
    double trip, p50, p90; /* minutes: the way; the wait on arrival */
    double total;          /* trip + p50 + service */
    double sooner;         /* probability of being called earlier than by staying */
    bool suggested;
};
/* Minutes of the way for a distance. */
double guide_trip_minutes(const struct guide_trip *t, double metres);
/* here NULL: nothing to compare with, nothing is suggested. trip NULL: already there. */
void guide_total(const struct guide_place *here, const struct guide_place *place,
                 const struct guide_trip *trip, struct guide_total *out);
/* One of those suggested, by a number in [0, 1); -1: none is. */
int guide_pick(const struct guide_total *list, int n, double chance);
#endif
