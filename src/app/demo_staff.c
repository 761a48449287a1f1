/* demo_staff.c -- Who sits where in the simulation: by the day's published roster, where there is
 * one; else by the demo city's own usual hours. People come late, and go to lunch a little late. */
#include "app/demo_sim.h"
#include "branch/demo_city.h"
#include "roster/roster.h"

/* A quarter of them come late, by up to ten minutes. */
static const uint32_t late_permille = 250;
enum { LATE_MOST_S = 600, LUNCH_LATE_S = 300, LUNCH_LONGER_S = 180, OPENS_BEFORE_S = 900 };

static bool corporate(const struct sim *s, const struct sim_window *w)
{
    return demo_outlets[s->at].windows[w->number - 1] == 'C';
}

static bool can(const struct sim_person *p, const struct sim *s, const struct sim_window *w)
{
    return (p->skills >> (corporate(s, w) ? SKILL_CORPORATE : SKILL_PERSONAL) & 1) != 0;
}

static void add_person(struct sim *s, const struct roster_duty *d)
{
    if (d->absent || s->n_people == SIM_PEOPLE)
        return;
    struct sim_person *p = &s->people[s->n_people++];
    *p = (struct sim_person){ .staff = d->staff,
                              .skills = d->skills,
                              .window = -1,
                              .lent = d->lent,
                              .from_s = d->from * 60,
                              .until_s = d->until * 60 };
    if (rng_below(&s->rng, 1000) < late_permille)
        p->from_s += (int)rng_below(&s->rng, LATE_MOST_S);
    if (d->break_minutes > 0) {
        p->break_from_s = d->break_from * 60 + (int)rng_below(&s->rng, LUNCH_LATE_S);
        p->break_until_s =
            p->break_from_s + d->break_minutes * 60 + (int)rng_below(&s->rng, LUNCH_LONGER_S);
    }
    for (int i = 0; i < s->n_windows; i++)
        if (s->windows[i].teller.n == p->staff.n)
            p->window = i;
}

static bool has_teller(const struct sim *s, int window)
{
    for (int i = 0; i < s->n_people; i++)
        if (s->people[i].window == window)
            return true;
    return false;
}

/* A window whose teller is away today is a relief's, when one can. */
static void cover_absent(struct sim *s)
{
    for (int w = 0; w < s->n_windows; w++)
        for (int i = 0; !has_teller(s, w) && i < s->n_people; i++)
            if (s->people[i].window < 0 && !s->people[i].lent &&
                can(&s->people[i], s, &s->windows[w]))
                s->people[i].window = w;
}

int sim_people(struct call *c, struct sim *s)
{
    struct roster_duty *list;
    int n = 0, rc = roster_day(c, s->outlet, s->day, &list, &n, &s->by_roster);
    s->n_people = 0;
    for (int i = 0; i < s->n_windows; i++)
        s->windows[i].sitter = s->windows[i].teller;
    for (int i = 0; !rc && i < n; i++)
        add_person(s, &list[i]);
    cover_absent(s);
    for (int i = 0; i < s->n_people; i++)
        if (s->people[i].window >= 0)
            s->windows[s->people[i].window].sitter = s->people[i].staff;
    return rc;
}

static bool at_break(const struct sim_person *p, int second)
{
    return second >= p->break_from_s && second < p->break_until_s;
}

static bool at_work(const struct sim_person *p, int second)
{
    return second >= p->from_s && second < p->until_s && !at_break(p, second);
}

static const struct sim_person *person_of(const struct sim *s, const struct sim_window *w)
{
    for (int i = 0; i < s->n_people; i++)
        if (s->people[i].window == w - s->windows)
            return &s->people[i];
    return NULL;
}

bool sim_staffed(const struct sim *s, const struct sim_window *w, int64_t now_us)
{
    int second = date_second_of_day(now_us);
    if (now_us < w->extra_us)
        return true;
    if (!s->by_roster)
        return demo_staffed(&demo_outlets[s->at], s->day, w->number, second);
    const struct sim_person *p = person_of(s, w);
    return p && at_work(p, second) && now_us < s->close_us &&
           now_us >= s->open_us - OPENS_BEFORE_S * US_SECOND;
}

bool sim_at_lunch(const struct sim *s, const struct sim_window *w, int64_t now_us)
{
    int second = date_second_of_day(now_us);
    if (!s->by_roster)
        return demo_at_lunch(&demo_outlets[s->at], s->day, w->number, second);
    const struct sim_person *p = person_of(s, w);
    return p && at_break(p, second) && second < p->until_s;
}

void sim_seat(struct sim *s, struct sim_window *w, int64_t now_us)
{
    int second = date_second_of_day(now_us);
    const struct sim_person *own = person_of(s, w);
    if (!s->by_roster || (own && at_work(own, second))) {
        w->sitter = own ? own->staff : w->teller;
        return;
    }
    for (int i = 0; i < s->n_people; i++) { /* somebody who is free, as advised */
        const struct sim_person *p = &s->people[i];
        bool sits = false;
        for (int k = 0; k < s->n_windows; k++)
            sits |= s->windows[k].state != SIM_AWAY && s->windows[k].sitter.n == p->staff.n;
        if (p->window < 0 && !sits && at_work(p, second) && can(p, s, w)) {
            w->sitter = p->staff;
            return;
        }
    }
}
