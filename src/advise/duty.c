/* duty.c -- The published roster: who sits where until when, who is still to come, who is free.
 *
 * It says people, not windows: who is not at a window yet is expected at the one she usually has.
 * Who has none (a relief) is free, and could open a window that her skills allow. */
#include "advise/advise_priv.h"

#include <math.h>
#include <string.h>

#include "base/banned.h"

enum { LATE_MIN = 5, SOON_MIN = 2, BREAK_TAKEN_S = 600 };

int duty_read(struct call *c, outlet_id o, struct duty *out)
{
    return roster_day(c, o, date_of_instant(c->now_us), &out->list, &out->n, &out->published);
}

static const struct roster_duty *of_staff(const struct duty *d, int64_t staff)
{
    for (int i = 0; i < d->n; i++)
        if (d->list[i].staff.n == staff && !d->list[i].absent)
            return &d->list[i];
    return NULL;
}

static bool seated(const struct lobby_scene *l, int64_t staff)
{
    for (int i = 0; i < l->n_sessions; i++)
        if (l->sessions[i].staff.n == staff)
            return true;
    return false;
}

/* Minutes of the day. Windows that are open at the end stay until nobody waits. */
static double closes(const struct roster_duty *p, double now, double close_min)
{
    return p->until >= close_min ? INFINITY : fmax(p->until - now, SOON_MIN);
}

static void set_break(const struct roster_duty *p, double now, double from, bool taken,
                      struct live_window *w)
{
    double at = p->break_from - now;
    w->pause_long = 0;
    if (p->break_minutes <= 0 || taken || at + p->break_minutes <= from)
        return;
    w->pause_at = fmax(at, from + SOON_MIN); /* due already: as soon as she can */
    w->pause_long = p->break_minutes;
}

static void sits(const struct roster_duty *p, const struct window_session *x, double now,
                 double close_min, struct live_window *w)
{
    w->closes = closes(p, now, close_min);
    if (w->open) {
        set_break(p, now, 0, x->paused_total_us >= BREAK_TAKEN_S * US_SECOND, w);
        return;
    }
    bool due = now >= p->break_from - LATE_MIN && now < p->break_from + p->break_minutes + 30;
    w->pause_long = 0;
    if (p->break_minutes > 0 && due) {
        double gone = now - date_second_of_day(x->paused_us) / 60.;
        w->at_lunch = true;
        w->back = fmax(p->break_minutes - gone, 1);
    } else {
        set_break(p, now, w->back, x->paused_total_us >= BREAK_TAKEN_S * US_SECOND, w);
    }
}

/* Nobody is there: the one who usually is may be on her way. */
static void comes(const struct roster_duty *p, double now, double close_min, struct live_window *w)
{
    bool at_break = now >= p->break_from && now < p->break_from + p->break_minutes;
    if (now >= p->until - LATE_MIN)
        return;
    w->opens = p->from > now ? p->from - now + 1 : LATE_MIN;
    if (at_break)
        w->opens = p->break_from + p->break_minutes - now;
    w->closes = closes(p, now, close_min);
    set_break(p, now, w->opens, at_break, w);
}

static bool usual_somewhere(const struct habit *h, int64_t staff)
{
    for (int i = 0; i < h->n; i++)
        if (h->staff[i] == staff)
            return true;
    return false;
}

/* The one who is free the longest. */
static void find_person(const struct duty *d, const struct lobby_scene *l, const struct habit *h,
                        double now, bool corporate, struct live_window *w)
{
    unsigned skill = 1U << (corporate ? SKILL_CORPORATE : SKILL_PERSONAL);
    for (int i = 0; i < d->n; i++) {
        const struct roster_duty *p = &d->list[i];
        double until = p->break_minutes > 0 && p->break_from > now ? p->break_from : p->until;
        bool at_break = now >= p->break_from && now < p->break_from + p->break_minutes;
        if (p->absent || at_break || now < p->from || now >= p->until || !(p->skills & skill) ||
            seated(l, p->staff.n) || usual_somewhere(h, p->staff.n) || until - now <= w->person_for)
            continue;
        w->person = p->staff.n;
        w->person_for = until - now;
    }
}

static const struct window_session *session_at(const struct lobby_scene *l, int64_t window)
{
    for (int i = 0; i < l->n_sessions; i++)
        if (l->sessions[i].window.n == window)
            return &l->sessions[i];
    return NULL;
}

void duty_apply(const struct duty *d, const struct lobby_scene *l, const struct habit *h,
                int close_s, struct live_state *s)
{
    double now = date_second_of_day(l->now_us) / 60., close_min = close_s / 60.;
    s->by_roster = d->published;
    for (int i = 0; d->published && i < s->n_windows; i++) {
        struct live_window *w = &s->windows[i];
        const struct window_session *x = session_at(l, w->id);
        if (x) { /* somebody who is not on the roster: by habit */
            const struct roster_duty *p = of_staff(d, x->staff.n);
            if (p)
                sits(p, x, now, close_min, w);
            continue;
        }
        const struct roster_duty *usual = NULL;
        for (int k = 0; k < h->n; k++)
            if (h->window[k] == w->id && h->staff[k] && !seated(l, h->staff[k]))
                usual = of_staff(d, h->staff[k]);
        w->opens = 0;
        w->closes = INFINITY;
        w->pause_long = 0;
        if (usual)
            comes(usual, now, close_min, w);
        find_person(d, l, h, now, l->plan->windows[i].corporate, w);
    }
}
