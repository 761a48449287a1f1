/* habit.c -- When a window usually calls: lunch in turns, windows for the busy hours.
 *
 * Nobody tells the lobby in advance who goes to lunch at noon, but the last days do. A quarter-hour
 * in which a window was open on fewer than half of the last days of the same sort (work days, or
 * not) is taken as closed. Whoever goes to lunch finishes a customer first: she meant to go at some
 * time during that service, in the mean in its middle, and called nobody after that. The planner's
 * futures finish customers themselves. */
#include "advise/advise_priv.h"
#include "lobby/leg.h"

#include <math.h>
#include <string.h>

#include "base/banned.h"

enum { DAYS_BACK = 14, DAYS_NEEDED = 3, SOON_MIN = 3, LAST_S = 60 };

static int place_of(struct habit *h, int64_t window)
{
    for (int i = 0; i < h->n; i++)
        if (h->window[i] == window)
            return i;
    if (h->n == PLAN_WINDOWS)
        return -1;
    h->window[h->n] = window;
    return h->n++;
}

/* Adds (or, of a pause, takes away) the part of each quarter-hour that a span covers. */
static void add_span(struct habit *h, const struct window_span *s, date d)
{
    int at = place_of(h, s->window.n);
    int64_t day = date_instant(d, 0), until = s->until_us ? s->until_us : day + US_DAY;
    if (at < 0)
        return;
    for (int q = 0; q < HABIT_SLOTS; q++) {
        int64_t a = day + q * HABIT_SLOT_S * US_SECOND, b = a + HABIT_SLOT_S * US_SECOND;
        int64_t part = (until < b ? until : b) - (s->from_us > a ? s->from_us : a);
        if (part > 0)
            h->open[at][q] += (float)part / (float)(HABIT_SLOT_S * US_SECOND) * (s->pause ? -1 : 1);
    }
}

/* Minutes that each of the last days' people sat at each window. */
enum { SITTERS = 24 };
struct votes {
    int64_t staff[PLAN_WINDOWS][SITTERS];
    double minutes[PLAN_WINDOWS][SITTERS];
};

static void vote(struct habit *h, struct votes *v, const struct window_span *s)
{
    int at = s->pause || s->staff.n == 0 || !s->until_us ? -1 : place_of(h, s->window.n), k = 0;
    if (at < 0)
        return;
    while (k < SITTERS && v->staff[at][k] && v->staff[at][k] != s->staff.n)
        k++;
    if (k == SITTERS)
        return;
    v->staff[at][k] = s->staff.n;
    v->minutes[at][k] += (double)(s->until_us - s->from_us) / 6e7;
}

/* The most minutes win, and nobody has two windows: a relief sits for an hour at many. */
static void elect(struct habit *h, struct votes *v)
{
    for (;;) {
        double most = 0;
        int window = 0, who = 0;
        for (int i = 0; i < h->n; i++)
            for (int k = 0; k < SITTERS && !h->staff[i]; k++)
                if (v->minutes[i][k] > most) {
                    most = v->minutes[i][k];
                    window = i;
                    who = k;
                }
        if (most <= 0)
            return;
        h->staff[window] = v->staff[window][who];
        for (int i = 0; i < h->n; i++)
            for (int k = 0; k < SITTERS; k++)
                if (v->staff[i][k] == h->staff[window])
                    v->minutes[i][k] = 0;
    }
}

/* When somebody at this window meant to go who was gone at an instant. */
static int64_t meant_us(const struct leg *legs, int n, window_id w, int64_t gone_us)
{
    for (int i = 0; i < n; i++) {
        const struct leg *l = &legs[i];
        if (l->window.n == w.n && l->called_us > 0 && l->called_us < gone_us &&
            l->ended_us <= gone_us && gone_us - l->ended_us < LAST_S * US_SECOND)
            return gone_us - (gone_us - l->called_us) / 2;
    }
    return gone_us;
}

/* A day's spans, as they were meant. */
static int spans_of(struct call *c, outlet_id o, date d, struct window_span **out, int *n)
{
    struct leg *legs;
    int n_legs = 0,
        rc = lobby_window_spans(c, o, date_instant(d, 0), date_instant(d, 86400), out, n);
    if (!rc && *n > 0)
        rc = legs_of_day(c, o, d, &legs, &n_legs);
    for (int i = 0; !rc && i < *n; i++) {
        struct window_span *s = &(*out)[i];
        int64_t *gone = s->pause ? &s->from_us : &s->until_us;
        *gone = *gone ? meant_us(legs, n_legs, s->window, *gone) : 0;
    }
    return rc;
}

int habit_read(struct call *c, outlet_id o, date today, struct habit *out)
{
    enum branch_day_kind kind;
    const char *name;
    int rc = branch_day(c, today, &kind, &name);
    bool works = !rc && branch_is_work_day(kind);
    struct votes *votes = arena_alloc(c->arena, sizeof *votes);
    memset(votes, 0, sizeof *votes);
    memset(out, 0, sizeof *out);
    for (int back = 1; !rc && back <= DAYS_BACK; back++) {
        date d = { today.days - back };
        struct window_span *list;
        int n = 0;
        rc = branch_day(c, d, &kind, &name);
        if (rc || branch_is_work_day(kind) != works)
            continue;
        rc = spans_of(c, o, d, &list, &n);
        for (int i = 0; !rc && i < n; i++) {
            add_span(out, &list[i], d);
            vote(out, votes, &list[i]);
        }
        out->days += n > 0;
    }
    elect(out, votes);
    for (int i = 0; i < out->n && out->days; i++)
        for (int q = 0; q < HABIT_SLOTS; q++)
            out->open[i][q] /= (float)out->days;
    return rc;
}

static bool usual(const float *open, int q)
{
    return open[q] >= .5F;
}

/* Minutes from now until the quarter-hour q begins. */
static double until(int q, int second)
{
    return (q * HABIT_SLOT_S - second) / 60.;
}

/* Open now: the next gap is a break, or the end of its day. */
static void apply_open(const float *open, int now, int second, struct live_window *w)
{
    int q = now, end;
    while (q < HABIT_SLOTS && usual(open, q))
        q++;
    if (q == HABIT_SLOTS)
        return;
    double from = fmax(until(q, second), SOON_MIN);
    for (end = q; end < HABIT_SLOTS && !usual(open, end); end++)
        continue;
    if (end == HABIT_SLOTS) {
        /* Usually nobody sits here at this hour, but somebody does: who knows how long. */
        w->closes = q > now ? from : INFINITY;
        return;
    }
    w->pause_at = from;
    w->pause_long = fmax(until(end, second) - from, 5);
}

void habit_apply(const struct habit *h, int second_of_day, struct live_window *w)
{
    int at = 0, now = second_of_day / HABIT_SLOT_S, q = now;
    while (at < h->n && h->window[at] != w->id)
        at++;
    if (at == h->n || h->days < DAYS_NEEDED)
        return;
    const float *open = h->open[at];
    if (w->open) {
        apply_open(open, now, second_of_day, w);
        return;
    }
    if (w->paused && usual(open, now))
        return; /* not a usual break: by its reason */
    while (q < HABIT_SLOTS && !usual(open, q))
        q++;
    if (q == HABIT_SLOTS)
        return;
    double opens = fmax(until(q, second_of_day) + 1, SOON_MIN);
    if (w->paused) {
        w->back = opens;
        return;
    }
    w->opens = opens;
    while (q < HABIT_SLOTS && usual(open, q))
        q++;
    w->closes = q < HABIT_SLOTS ? fmax(until(q, second_of_day), opens + 5) : INFINITY;
}
