/* demo_staff.c -- Who sits where in the simulation: by the day's published roster and the rule of
 * roster/seat.h, where there is one; else by the demo city's own usual hours. People come late, and
 * go to lunch a little late; who goes while somebody else takes the window over signs out. */
#include "app/demo_sim.h"
#include "branch/demo_city.h"
#include "roster/seat.h"

/* A quarter of them come late, by up to ten minutes. */
static const uint32_t late_permille = 250;
enum { LATE_MOST_S = 600, LUNCH_LATE_S = 300, LUNCH_LONGER_S = 180, OPENS_BEFORE_S = 900 };

static bool corporate(const struct sim *s, int window)
{
    char letter = demo_outlets[s->at].windows[s->windows[window].number - 1];
    return letter == 'C' || letter == 'K';
}

static void add_person(struct sim *s, const struct roster_duty *d)
{
    if (d->absent || s->n_people == SIM_PEOPLE)
        return;
    struct sim_person *p = &s->people[s->n_people++];
    *p = (struct sim_person){
        .staff = d->staff, .skills = d->skills, .from_s = d->from * 60, .until_s = d->until * 60
    };
    if (rng_below(&s->rng, 1000) < late_permille)
        p->from_s += (int)rng_below(&s->rng, LATE_MOST_S);
    if (d->break_minutes > 0) {
        p->break_from_s = d->break_from * 60 + (int)rng_below(&s->rng, LUNCH_LATE_S);
        p->break_until_s =
            p->break_from_s + d->break_minutes * 60 + (int)rng_below(&s->rng, LUNCH_LONGER_S);
    }
}

int sim_people(struct call *c, struct sim *s)
{
    struct roster_duty *list;
    struct roster_need need;
    int n = 0, rc = roster_day(c, s->outlet, s->day, &list, &n, &s->by_roster);
    if (!rc)
        rc = roster_need_get(c, s->outlet, s->day, &need);
    s->n_people = 0;
    for (int i = 0; i < s->n_windows; i++)
        s->windows[i].sitter = s->windows[i].next = s->windows[i].teller;
    for (int i = 0; !rc && i < n; i++)
        add_person(s, &list[i]);
    for (int t = 0; !rc && t < WEEK_SLOTS; t++)
        s->corporate[t] = (uint8_t)seat_corporate(&need, t * 30);
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

static const struct sim_person *person_of(const struct sim *s, staff_id staff)
{
    for (int i = 0; i < s->n_people; i++)
        if (s->people[i].staff.n == staff.n)
            return &s->people[i];
    return NULL;
}

bool sim_on_duty(const struct sim *s, staff_id staff)
{
    return s->by_roster && person_of(s, staff);
}

/* Where her session is, or her usual place at the pages; -1: nowhere. */
static int place_of(const struct sim *s, staff_id staff)
{
    for (int i = 0; i < s->n_windows; i++) {
        const struct sim_window *w = &s->windows[i];
        if (w->state == SIM_HUMAN ? w->human.n == staff.n
                                  : w->state != SIM_AWAY && w->sitter.n == staff.n)
            return i;
    }
    return -1;
}

/* As advised, somebody sits here for a while: who sits there, who is free, or else the usual one.
 */
static staff_id extra(const struct sim *s, int window, const struct seat_person *people, int second)
{
    const struct sim_window *w = &s->windows[window];
    unsigned skill = 1U << (corporate(s, window) ? SKILL_CORPORATE : SKILL_PERSONAL);
    if (w->state != SIM_AWAY)
        return w->sitter;
    for (int i = 0; i < s->n_people; i++)
        if (people[i].place < 0 && at_work(&s->people[i], second) && (people[i].skills & skill) &&
            place_of(s, s->people[i].staff) < 0)
            return s->people[i].staff;
    return place_of(s, w->teller) < 0 ? w->teller : (staff_id){ 0 };
}

static void seat_by_roster(struct sim *s, int64_t now_us)
{
    struct seat_place places[SIM_WINDOWS];
    struct seat_person people[SIM_PEOPLE];
    int second = date_second_of_day(now_us);
    for (int i = 0; i < s->n_windows; i++) {
        struct sim_window *w = &s->windows[i];
        places[i] = (struct seat_place){ .corporate = corporate(s, i), .usual = w->teller.n };
        for (int v = 0; v < SIM_SERVICES; v++)
            places[i].letters |= w->preference[v] ? UINT32_C(1) << v : 0;
        places[i].taken = w->state == SIM_HUMAN || (w->state != SIM_AWAY && now_us < w->extra_us);
        w->next.n = 0;
    }
    for (int i = 0; i < s->n_people; i++) {
        const struct sim_person *p = &s->people[i];
        int place = place_of(s, p->staff);
        people[i] = (struct seat_person){ p->staff.n, p->skills, at_work(p, second), place };
        people[i].here &= place < 0 || !places[place].taken;
    }
    seat_people(places, s->n_windows, s->corporate[second / 1800], people, s->n_people);
    for (int i = 0; i < s->n_people; i++)
        if (people[i].place >= 0)
            s->windows[people[i].place].next = s->people[i].staff;
    for (int i = 0; i < s->n_windows; i++)
        if (now_us < s->windows[i].extra_us && !s->windows[i].next.n)
            s->windows[i].next = extra(s, i, people, second);
}

void sim_seats(struct sim *s, int64_t now_us)
{
    int second = date_second_of_day(now_us);
    bool hours = now_us >= s->open_us - OPENS_BEFORE_S * US_SECOND && now_us < s->close_us;
    if (s->by_roster && hours) {
        seat_by_roster(s, now_us);
        return;
    }
    for (int i = 0; i < s->n_windows; i++) {
        struct sim_window *w = &s->windows[i];
        bool staffed =
            !s->by_roster && demo_staffed(&demo_outlets[s->at], s->day, w->number, second);
        w->next = staffed || now_us < w->extra_us ? w->teller : (staff_id){ 0 };
    }
}

bool sim_at_lunch(const struct sim *s, const struct sim_window *w, int64_t now_us)
{
    int second = date_second_of_day(now_us);
    if (!s->by_roster)
        return demo_at_lunch(&demo_outlets[s->at], s->day, w->number, second);
    const struct sim_person *p = person_of(s, w->sitter);
    return !w->next.n && p && at_break(p, second) && second < p->until_s;
}
