/* duty.c -- The published roster: who sits where until when, who is still to come, who is free.
 *
 * The rule of roster/seat.h, asked minute by minute from who sits where now: the same rule that the
 * planner's certificate counts windows by. A window whose teller goes to a break and that somebody
 * takes over stays open; one that nobody takes over pauses or closes. Windows' usual tellers are
 * known by habit. */
#include "advise/advise_priv.h"
#include "roster/seat.h"

#include <math.h>
#include <string.h>

#include "base/banned.h"

enum { LATE_MIN = 5, SOON_MIN = 2, BREAK_TAKEN_S = 600, AHEAD = 150, NEVER_MIN = 10000 };

int duty_read(struct call *c, outlet_id o, struct duty *out)
{
    date day = date_of_instant(c->now_us);
    int rc = roster_day(c, o, day, &out->list, &out->n, &out->published);
    return rc ? rc : roster_need_get(c, o, day, &out->need);
}

struct ahead {
    const struct lobby_scene *l;
    int now, n_places, n;
    struct seat_place places[SEAT_PLACES];
    struct seat_person people[SEAT_PEOPLE];
    struct roster_duty duty[SEAT_PEOPLE];              /* as they will be, seen from now */
    const struct window_session *session[SEAT_PEOPLE]; /* theirs, or NULL */
    bool open[SEAT_PLACES][AHEAD];
    bool late[SEAT_PLACES]; /* who shall sit here now is not seen yet */
};

/* A break that was taken early is over, one that has begun ends so long after. */
static void see_break(const struct window_session *x, int now, struct roster_duty *d)
{
    bool due = now >= d->break_from - LATE_MIN && now < d->break_from + d->break_minutes + 30;
    if (!x || d->break_minutes <= 0)
        return;
    if (x->state == SESSION_PAUSED && due)
        d->break_from = date_second_of_day(x->paused_us) / 60;
    else if (x->state != SESSION_PAUSED && x->paused_total_us >= BREAK_TAKEN_S * US_SECOND)
        d->break_minutes = 0;
}

static int place_of(const struct live_state *s, int64_t window)
{
    for (int i = 0; i < s->n_windows; i++)
        if (s->windows[i].id == window)
            return i;
    return -1;
}

static void see_people(const struct duty *d, const struct live_state *s, int close_min,
                       struct ahead *a)
{
    for (int i = 0; i < d->n && a->n < SEAT_PEOPLE; i++) {
        struct roster_duty *p = &a->duty[a->n];
        if (d->list[i].absent)
            continue;
        *p = d->list[i];
        if (p->until >= close_min) /* stays until nobody waits */
            p->until = NEVER_MIN;
        a->session[a->n] = NULL;
        a->people[a->n] =
            (struct seat_person){ .staff = p->staff.n, .skills = p->skills, .place = -1 };
        for (int k = 0; k < a->l->n_sessions; k++)
            if (a->l->sessions[k].staff.n == p->staff.n) {
                a->session[a->n] = &a->l->sessions[k];
                a->people[a->n].place = place_of(s, a->l->sessions[k].window.n);
            }
        see_break(a->session[a->n], a->now, p);
        a->n++;
    }
}

static bool on_duty(const struct ahead *a, int64_t staff)
{
    for (int i = 0; i < a->n; i++)
        if (a->people[i].staff == staff)
            return true;
    return false;
}

static void see_places(const struct habit *h, const struct live_state *s, struct ahead *a)
{
    a->n_places = s->n_windows;
    for (int i = 0; i < s->n_windows; i++) {
        struct seat_place *p = &a->places[i];
        *p = (struct seat_place){ .corporate = a->l->plan->windows[i].corporate,
                                  .letters = seat_letters(s->windows[i].preference) };
        for (int k = 0; k < h->n; k++)
            if (h->window[k] == s->windows[i].id)
                p->usual = h->staff[k];
        for (int k = 0; k < a->l->n_sessions; k++)
            if (a->l->sessions[k].window.n == s->windows[i].id &&
                !on_duty(a, a->l->sessions[k].staff.n))
                p->taken = true;
    }
}

/* The rule, each minute from where it left people the minute before. */
static void look_ahead(const struct duty *d, struct ahead *a, int seat_now[SEAT_PEOPLE])
{
    int was[SEAT_PEOPLE];
    for (int m = 0; m < AHEAD; m++) {
        int minute = a->now + m;
        for (int i = 0; i < a->n; i++) {
            was[i] = a->people[i].place;
            a->people[i].here = seat_here(&a->duty[i], minute);
        }
        seat_people(a->places, a->n_places, seat_corporate(&d->need, minute), a->people, a->n);
        for (int i = 0; i < a->n; i++) {
            int at = a->people[i].place;
            if (m == 0)
                seat_now[i] = at;
            if (at < 0)
                continue;
            a->open[at][m] = true;
            a->late[at] |= m == 0 && !a->session[i];
        }
        for (int i = 0; i < a->n; i++) /* a window that only pauses is still hers */
            if (!a->people[i].here && was[i] >= 0 && !a->open[was[i]][m])
                a->people[i].place = was[i];
    }
}

/* The first minute from m on at which the window is open, or is not; AHEAD: none is seen. */
static int next_minute(const bool *open, int m, bool wanted)
{
    while (m < AHEAD && open[m] != wanted)
        m++;
    return m;
}

/* Open from a minute on: a gap and the end behind it. */
static void gap_after(const bool *open, int from, struct live_window *w)
{
    int gap = next_minute(open, from, false), again = next_minute(open, gap, true);
    w->closes = INFINITY;
    w->pause_long = 0;
    if (gap == AHEAD)
        return;
    double at = fmax(gap, from + SOON_MIN);
    if (again == AHEAD) {
        w->closes = at;
        return;
    }
    int end = next_minute(open, again, false);
    w->pause_at = at;
    w->pause_long = fmax(again - at, 1);
    w->closes = end < AHEAD ? (double)end : (double)INFINITY;
}

static void set_window(const struct ahead *a, int i, struct live_window *w)
{
    const bool *open = a->open[i];
    int first = next_minute(open, 0, true);
    w->opens = 0;
    if (w->open) {
        gap_after(open, 0, w);
        return;
    }
    for (int k = 0; w->paused && k < a->n; k++) {
        const struct roster_duty *p = &a->duty[k];
        if (a->session[k] && a->session[k]->window.n == w->id)
            w->at_lunch = p->break_minutes > 0 && a->now >= p->break_from &&
                          a->now < p->break_from + p->break_minutes + 30;
    }
    if (first == AHEAD) {
        w->closes = w->paused ? 0 : INFINITY;
        return;
    }
    gap_after(open, first, w);
    double from = first > 0 ? first + 1 : a->late[i] ? LATE_MIN : 1;
    if (w->paused)
        w->back = w->at_lunch || first > 0 ? from : fmin(w->back, NEVER_MIN);
    else
        w->opens = from;
}

/* The one who is free the longest. */
static void find_person(const struct ahead *a, const int seat_now[SEAT_PEOPLE], bool corporate,
                        struct live_window *w)
{
    unsigned skill = 1U << (corporate ? SKILL_CORPORATE : SKILL_PERSONAL);
    for (int i = 0; i < a->n; i++) {
        const struct roster_duty *p = &a->duty[i];
        int until = p->break_minutes > 0 && p->break_from > a->now ? p->break_from : p->until;
        if (seat_now[i] >= 0 || a->session[i] || !seat_here(p, a->now) || !(p->skills & skill) ||
            until - a->now <= w->person_for)
            continue;
        w->person = p->staff.n;
        w->person_for = until - a->now;
    }
}

void duty_apply(const struct duty *d, const struct lobby_scene *l, const struct habit *h,
                int close_s, struct live_state *s)
{
    struct ahead a = { .l = l, .now = date_second_of_day(l->now_us) / 60 };
    int seat_now[SEAT_PEOPLE];
    s->by_roster = d->published;
    if (!d->published)
        return;
    see_people(d, s, close_s / 60, &a);
    see_places(h, s, &a);
    look_ahead(d, &a, seat_now);
    for (int i = 0; i < s->n_windows; i++) {
        struct live_window *w = &s->windows[i];
        if (a.places[i].taken) /* somebody who is not on the roster: by habit */
            continue;
        set_window(&a, i, w);
        if (!w->open && !w->paused)
            find_person(&a, seat_now, a.places[i].corporate, w);
    }
}
