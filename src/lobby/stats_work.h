/* stats_work.h -- How long services take, for planning: by service, in one pass over the legs. */
#ifndef LOBBY_STATS_WORK_H
#define LOBBY_STATS_WORK_H
#include "lobby/stats.h"

/* Services done (stats.h: handling) of one prefix letter. */
struct stats_work {
    int64_t n;
    double mean_s, cs2; /* mean seconds; squared coefficient of variation. NaN: too few */
};
struct stats_works {
    struct stats_work of[26];  /* 'A' first */
    int64_t tickets, courtesy; /* taken in the range, void ones too; of these, with courtesy */
    /* What a window's time goes to besides: from a call to the start of service; calls nobody came
     * to; services broken off; further services of a visit; from an end to the next call while
     * somebody waited for it (up to five minutes: what is longer is a pause). */
    int64_t visits;  /* tickets of which a service was done */
    double beside_s; /* mean seconds a visit, beyond one service of the mean length; 0: not known */
    /* Of that, calls nobody came to: how many, and how long each takes with the turn after it. */
    int64_t no_shows;
    double no_show_s; /* 0: not known */
};
/* One outlet (r->outlet must be given). BASE_RANGE as stats_read(). */
MUST_USE int stats_works(struct call *c, const struct stats_range *r, struct stats_works *out);
#endif
