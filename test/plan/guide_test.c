/* guide_test.c -- Ten thousand customers between five outlets: does guidance help, and does it
 * swing? */
#include "test.h"
#include "base/rng.h"
#include "plan/guide.h"
#include <math.h>

enum { FIRST = 110, OTHERS = 15, PLACES = 5, CUSTOMERS = 10000, TRIPS = 4000 };

/* An outlet: so many windows, first come. */
struct outlet {
    int windows;
    double an_hour; /* who come by themselves */
    double free[16];
    double calls[CUSTOMERS]; /* instants at which those in line will be called, rising */
    int n, head;             /* calls[head ...] are still to come */
};
struct trip {
    double at;
    int to;
    double asked; /* when she asked: her time in all counts from there */
    double stay;  /* what she would have waited where she asked */
};
struct city {
    struct outlet o[PLACES];
    struct trip trip[TRIPS];
    int n_trips;
    struct rng rng;
    double seen[PLACES][LIVE_LATER][LIVE_QUANTILES]; /* as of the last whole minute */
    int tokens_for;                                  /* 1: those on the way count */
};
static const double service = 6, metres[PLACES] = { 0, 500, 800, 1100, 1400 };

static double gamma_quantile(double n, double z)
{
    double x = n < .3 ? 0 : 1 - 1 / (9 * n) + z / (3 * sqrt(n));
    return x > 0 ? n * x * x * x : 0;
}

static int in_line(const struct outlet *o, double now)
{
    int n = 0;
    for (int i = o->head; i < o->n; i++)
        n += o->calls[i] > now;
    return n;
}

/* What live futures would say, by formula: the queue moves by what comes and what is served. */
static void look(struct city *c, double now)
{
    for (int k = 0; k < PLACES; k++) {
        struct outlet *o = &c->o[k];
        while (o->head < o->n && o->calls[o->head] <= now)
            o->head++;
        int busy = 0, line = in_line(o, now);
        for (int w = 0; w < o->windows; w++)
            busy += o->free[w] > now;
        for (int t = 0; t < LIVE_LATER; t++) {
            double drift = (o->an_hour / 60 - o->windows / service) * live_later[t];
            double ahead = line + (busy == o->windows) + (line || drift > 0 ? drift : 0);
            for (int q = 0; q < LIVE_QUANTILES; q++) {
                double z = plan_normal_quantile((q + .5) / LIVE_QUANTILES);
                c->seen[k][t][q] = gamma_quantile(fmax(ahead, 0), z) * service / o->windows;
            }
        }
    }
}

/* Would be called after so long, joining now. */
static double would_wait(const struct outlet *o, double now)
{
    double free = o->free[0];
    for (int w = 1; w < o->windows; w++)
        free = fmin(free, o->free[w]);
    return fmax(0, free - now);
}

static double join(struct city *c, int k, double now)
{
    struct outlet *o = &c->o[k];
    int at = 0;
    for (int w = 1; w < o->windows; w++)
        if (o->free[w] < o->free[at])
            at = w;
    double call = fmax(now, o->free[at]);
    o->free[at] = call + rng_exponential(&c->rng, service);
    o->calls[o->n++] = call;
    return call - now;
}

enum guidance { NOBODY, NAIVE, TOKENS };

static void place_of(const struct city *c, int k, double now, bool tokens, struct guide_place *p)
{
    memcpy(p->later, c->seen[k], sizeof p->later);
    p->metres = metres[k];
    p->service = service;
    p->servers = c->o[k].windows;
    p->tokens = 0;
    for (int i = 0; tokens && i < c->n_trips; i++)
        p->tokens += c->trip[i].to == k && c->trip[i].at > now;
}

/* Where she goes who is at the first outlet: 0 stays. */
static int ask(struct city *c, double now, enum guidance by)
{
    struct guide_place here, p;
    struct guide_total t[PLACES];
    int best = 0;
    place_of(c, 0, now, false, &here);
    if (by == NOBODY)
        return 0;
    for (int k = 0; k < PLACES; k++) {
        place_of(c, k, now, by == TOKENS, &p);
        guide_total(&here, &p, k ? &guide_walk : NULL, &t[k]);
        t[k].suggested = t[k].suggested && k > 0;
        if (t[k].total < t[best].total)
            best = k;
    }
    if (by == NAIVE) /* the shortest total as it looks now, for everybody */
        return best;
    int k = guide_pick(t, PLACES, rng_unit(&c->rng));
    return k < 0 ? 0 : k;
}

struct swing {
    double wait, p90_over; /* mean minutes until called of all; share over 20 minutes */
    double variance;       /* of the lines over the minutes, mean of the outlets sent to */
    double peak;           /* the longest line of an outlet sent to */
    int sent, worse;       /* worse: would have been called sooner had they stayed */
};

static int soonest(const struct city *c)
{
    int at = -1;
    for (int i = 0; i < c->n_trips; i++)
        if (at < 0 || c->trip[i].at < c->trip[at].at)
            at = i;
    return at;
}

static void swing(enum guidance by, struct swing *out)
{
    static struct city c;
    double now = 0, next = 0, minute = 0, sum[PLACES] = { 0 }, squares[PLACES] = { 0 };
    int made = 0, minutes = 0, over = 0;
    memset(&c, 0, sizeof c);
    memset(out, 0, sizeof *out);
    rng_seed(&c.rng, 11);
    for (int k = 0; k < PLACES; k++) {
        c.o[k].windows = k ? 3 : 8; /* which is 30 an hour, and 80 */
        c.o[k].an_hour = k ? OTHERS : FIRST;
    }
    while (made < CUSTOMERS) {
        int trip = soonest(&c);
        double arrives = trip >= 0 ? c.trip[trip].at : INFINITY;
        if (next <= minute && next <= arrives) { /* somebody comes, to the first or to another */
            now = next;
            double u = rng_unit(&c.rng) * (FIRST + OTHERS * (PLACES - 1));
            int k = u < FIRST ? 0 : 1 + (int)((u - FIRST) / OTHERS) % (PLACES - 1);
            int to = k == 0 ? ask(&c, now, by) : k;
            next = now + rng_exponential(&c.rng, 60. / (FIRST + OTHERS * (PLACES - 1)));
            made++;
            if (k == 0 && to != 0 && c.n_trips < TRIPS) {
                double way = guide_trip_minutes(&guide_walk, metres[to]);
                c.trip[c.n_trips++] = (struct trip){ now + way * (.75 + .5 * rng_unit(&c.rng)), to,
                                                     now, would_wait(&c.o[0], now) };
                out->sent++;
                continue;
            }
            double wait = join(&c, k, now);
            out->wait += wait;
            over += wait > 20;
        } else if (arrives <= minute) {
            now = arrives;
            double wait = now - c.trip[trip].asked + join(&c, c.trip[trip].to, now);
            out->wait += wait; /* the way is waiting, too */
            over += wait > 20;
            out->worse += wait > c.trip[trip].stay;
            c.trip[trip] = c.trip[--c.n_trips];
        } else {
            now = minute++;
            look(&c, now);
            for (int k = 1; k < PLACES; k++) {
                double line = in_line(&c.o[k], now);
                sum[k] += line;
                squares[k] += line * line;
                out->peak = fmax(out->peak, line);
            }
            minutes++;
        }
    }
    for (int k = 1; k < PLACES; k++)
        out->variance +=
            (squares[k] / minutes - sum[k] * sum[k] / minutes / minutes) / (PLACES - 1);
    out->wait /= made;
    out->p90_over = (double)over / made;
}

static void ten_thousand_customers_are_guided_without_swinging(void **state)
{
    UNUSED(state);
    struct swing none, naive, ours;
    swing(NOBODY, &none);
    swing(NAIVE, &naive);
    swing(TOKENS, &ours);
    if (getenv("PIAOHAO_TELL")) {
        const struct swing *s[] = { &none, &naive, &ours };
        for (int i = 0; i < 3; i++)
            printf("guide %s: mean wait %.1f min, over 20 min %.1f %%, line variance %.2f, longest"
                   " line %.0f, sent %d, of them worse off %.1f %%\n",
                   i == 0   ? "nobody"
                   : i == 1 ? "naive "
                            : "tokens",
                   s[i]->wait, s[i]->p90_over * 100, s[i]->variance, s[i]->peak, s[i]->sent,
                   s[i]->sent ? 100. * s[i]->worse / s[i]->sent : 0);
    }
    assert_int_equal(none.sent, 0);
    assert_true(ours.sent > 100);
    /* Guidance helps everybody taken together; who was sent is seldom worse off for it. */
    assert_true(ours.wait < .1 * none.wait && ours.p90_over < none.p90_over);
    assert_true(ours.worse < .2 * ours.sent);
    /* Sending everybody to what looks shortest throws the lines about; sending with tokens does
     * not: nowhere near as far from side to side, and never as long. */
    assert_true(naive.worse > .25 * naive.sent);
    assert_true(ours.variance < .5 * naive.variance && ours.peak < .75 * naive.peak);
}

static void a_place_is_suggested_only_when_it_is_surely_quicker(void **state)
{
    UNUSED(state);
    struct guide_place here = { .servers = 2, .service = 6 },
                       there = { .servers = 2, .service = 6 };
    struct guide_total t;
    for (int k = 0; k < LIVE_LATER; k++)
        for (int q = 0; q < LIVE_QUANTILES; q++) {
            here.later[k][q] = 20 + 4 * q;
            there.later[k][q] = q;
        }
    there.metres = 500;
    guide_total(&here, &there, &guide_walk, &t);
    assert_true(t.suggested && t.sooner > .95);
    assert_true(fabs(t.trip - (1 + 500 * 1.3 / 75)) < 1e-9);
    assert_true(fabs(t.p50 - 4.5) < 1e-9 && fabs(t.total - t.trip - 4.5 - 6) < 1e-9);
    there.tokens = 12; /* twelve on their way there: thirty-six minutes of work */
    guide_total(&here, &there, &guide_walk, &t);
    assert_false(t.suggested);
    there.tokens = 0;
    there.metres = 2500;
    guide_total(&here, &there, &guide_walk, &t);
    assert_false(t.suggested);
    guide_total(&here, &there, &guide_drive, &t);
    assert_true(t.suggested); /* by car it is */
    there.servers = 0;
    guide_total(&here, &there, &guide_drive, &t);
    assert_false(t.suggested);
    assert_true(isinf(t.total));
    guide_total(NULL, &here, NULL, &t);
    assert_false(t.suggested);
    assert_true(t.trip == 0 && t.p50 == 38);
}

static void among_several_one_is_drawn(void **state)
{
    UNUSED(state);
    struct guide_total t[3] = { { .suggested = true, .sooner = .95 },
                                { .sooner = .4 },
                                { .suggested = true, .sooner = .85 } };
    int n[3] = { 0 };
    for (int i = 0; i < 1000; i++)
        n[guide_pick(t, 3, i / 1000.)]++;
    assert_true(n[0] > 600 && n[1] == 0 && n[2] > 250);
    t[0].suggested = t[2].suggested = false;
    assert_int_equal(guide_pick(t, 3, .5), -1);
}

SUITE(plan_guide, cmocka_unit_test(ten_thousand_customers_are_guided_without_swinging),
      cmocka_unit_test(a_place_is_suggested_only_when_it_is_surely_quicker),
      cmocka_unit_test(among_several_one_is_drawn))
