/* demo_sim.c -- See demo_sim.h. */
#include "app/demo_sim.h"
#include "app/demo.h"
#include "branch/demo_city.h"
#include "lobby/day.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { DAY_MEMORY = 8 << 20, LAST_S = 2 * 3600 };

int64_t sim_between(struct sim *s, int least_s, int most_s)
{
    return least_s * US_SECOND + rng_below(&s->rng, (uint32_t)(most_s - least_s + 1)) * US_SECOND +
           rng_below(&s->rng, 1000000);
}

int64_t sim_service_us(struct sim *s, int service)
{
    double mean = demo_handling_s[service];
    return (int64_t)(fmin(fmax(rng_lognormal(&s->rng, log(mean) - 0.4, 0.9), 30), 3600) * 1e6);
}

static bool chance(struct sim *s, int permille)
{
    return (int)rng_below(&s->rng, 1000) < permille;
}

static void act_as(struct call *c, const struct sim *s, enum actor_kind kind, int64_t id, int role)
{
    c->actor = (struct actor){ .kind = kind, .id = id, .role = role, .outlet_id = s->outlet.n };
}

static void act_teller(struct call *c, const struct sim *s, const struct sim_window *w)
{
    if (w->foreign)
        c->actor = (struct actor){ .kind = ACTOR_SYSTEM };
    else
        act_as(c, s, ACTOR_STAFF, w->sitter.n, ROLE_TELLER);
}

/* ---- learning the outlet ---- */

static int learn_people(struct call *c, struct sim *s)
{
    struct who_staff *staff;
    struct who_device *devices;
    char username[32], floor[32];
    int n = 0, m = 0;
    int rc = who_staff_list(c, s->outlet.n, &staff, &n);
    if (!rc)
        rc = who_device_list(c, s->outlet.n, &devices, &m);
    if (rc)
        return rc;
    demo_username("floor", s->at + 1, 0, floor);
    for (int i = 0; i < n; i++) {
        if (!strcmp(staff[i].username, floor))
            s->floor = staff[i].id.n;
        for (int k = 0; k < s->n_windows; k++) {
            demo_username("teller", s->at + 1, s->windows[k].number, username);
            if (staff[i].active && !strcmp(staff[i].username, username))
                s->windows[k].teller = staff[i].id;
        }
    }
    for (int i = 0; i < m; i++)
        if (devices[i].role == ROLE_KIOSK)
            s->kiosk = devices[i].id.n;
    return 0;
}

static int learn_windows(struct call *c, struct sim *s)
{
    struct branch_window *list;
    int n = 0, rc = branch_windows(c, s->outlet, &list, &n);
    for (int i = 0; !rc && i < n && s->n_windows < SIM_WINDOWS; i++) {
        if (!list[i].active)
            continue;
        struct sim_window *w = &s->windows[s->n_windows++];
        *w = (struct sim_window){ .id = list[i].id, .number = list[i].number, .at_us = SIM_NEVER };
        for (int k = 0; k < list[i].n_services; k++)
            for (int v = 0; v < SIM_SERVICES; v++)
                if (list[i].services[k].service.n == s->services[v].n)
                    w->preference[v] = list[i].services[k].preference;
    }
    return rc;
}

int sim_open(struct call *c, struct sim *s, int at)
{
    struct branch_outlet o;
    struct branch_service *services;
    int n = 0;
    memset(s, 0, sizeof *s);
    s->at = at;
    s->over = true;
    s->volume = 1;
    s->arena = arena_new(DAY_MEMORY);
    int rc = branch_outlet_find(c, demo_outlets[at].code, &o);
    if (!rc)
        rc = branch_services(c, &services, &n);
    if (rc)
        return rc;
    s->outlet = o.id;
    for (int i = 0; i < n; i++)
        if (services[i].prefix >= 'A' && services[i].prefix < 'A' + SIM_SERVICES)
            s->services[services[i].prefix - 'A'] = services[i].id;
    rc = learn_windows(c, s);
    return rc ? rc : learn_people(c, s);
}

void sim_close(struct sim *s)
{
    arena_free(s->arena);
    s->arena = NULL;
}

int sim_begin(struct call *c, struct sim *s, date d, int64_t from_us, uint64_t seed)
{
    struct branch_outlet o;
    struct branch_hours h;
    rng_seed(&s->rng, seed * 1000003 + (uint64_t)d.days * 131 + (uint64_t)s->at);
    arena_clear(s->arena);
    s->day = d;
    s->next_arrival = s->n_guests = 0;
    int rc = branch_outlet_get(c, s->outlet, &o);
    if (!rc)
        rc = branch_hours_on(c, s->outlet, d, &h);
    if (!rc)
        rc = demo_day(&s->rng, &o, d, s->volume, s->arena, &s->arrivals, &s->n_arrivals);
    if (rc)
        return rc;
    s->over = h.open_s == h.close_s;
    s->open_us = date_instant(d, h.open_s);
    s->close_us = date_instant(d, h.close_s);
    rc = sim_people(c, s);
    if (rc)
        return rc;
    s->booked = arena_alloc(s->arena, sizeof *s->booked * (size_t)(s->n_arrivals + 1));
    s->guests = arena_alloc(s->arena, sizeof *s->guests * (size_t)(s->n_arrivals * 2 + 64));
    while (s->next_arrival < s->n_arrivals && s->arrivals[s->next_arrival].at_us < from_us)
        s->next_arrival++;
    bool begun = from_us > s->open_us;
    s->tick_us = begun ? from_us : s->open_us;
    for (int i = 0; i < s->n_windows; i++) { /* begun: the first look says what is there */
        s->windows[i].state = begun ? SIM_NEXT : SIM_AWAY;
        s->windows[i].at_us = begun ? from_us + sim_between(s, 1, 20) : SIM_NEVER;
        s->windows[i].foreign = false;
        s->windows[i].guest = (struct sim_guest){ 0 };
    }
    return 0;
}

static void draw_phone(struct sim *s, char out[16])
{
    snprintf(out, 16, "199%08u", rng_below(&s->rng, 100000000));
}

int sim_book(struct call *c, struct sim *s)
{
    int rc = 0;
    if (!s->careful)
        c->now_us = date_instant(s->day, 5 * 3600);
    c->actor = (struct actor){ .kind = ACTOR_CUSTOMER };
    for (int i = 0; rc >= 0 && i < s->n_arrivals; i++) {
        struct demo_arrival *a = &s->arrivals[i];
        struct ticket t;
        char phone[16];
        if (a->channel != DEMO_BOOKING)
            continue;
        draw_phone(s, phone);
        if (!s->careful)
            c->now_us += sim_between(s, 20, 80);
        struct book_order o = { s->outlet, s->services[a->service_index], a->booked_us, phone,
                                a->courtesy };
        rc = lobby_book(c, &o, &t);
        if (!rc)
            s->booked[i] = t.id;
        else
            a->channel = DEMO_PHONE; /* no place in the slot: comes as everybody does */
    }
    return rc < 0 ? rc : 0;
}

/* ---- customers ---- */

static void guest_add(struct sim *s, struct sim_guest g)
{
    if (s->n_guests < s->n_arrivals * 2 + 64)
        s->guests[s->n_guests++] = g;
}

static struct sim_guest guest_take(struct sim *s, const struct ticket *t)
{
    for (int i = 0; i < s->n_guests; i++)
        if (s->guests[i].ticket.n == t->id.n) {
            struct sim_guest g = s->guests[i];
            s->guests[i] = s->guests[--s->n_guests];
            return g;
        }
    int service = t->prefix >= 'A' && t->prefix < 'A' + SIM_SERVICES ? t->prefix - 'A' : 0;
    return (struct sim_guest){ .ticket = t->id,
                               .service = service,
                               .service_us = sim_service_us(s, service),
                               .act_us = SIM_NEVER,
                               .visitor = s->careful };
}

void sim_wake(struct sim *s, int service, int64_t now_us)
{
    struct sim_window *best = NULL;
    for (int i = 0; i < s->n_windows; i++) {
        struct sim_window *w = &s->windows[i];
        if (w->state == SIM_IDLE && w->preference[service] &&
            (!best || w->preference[service] < best->preference[service]))
            best = w;
    }
    if (!best)
        return;
    best->state = SIM_NEXT;
    best->at_us = now_us + sim_between(s, 2, 8);
}

static int take_number(struct call *c, struct sim *s, const struct demo_arrival *a,
                       struct ticket *t)
{
    static const int second[] = { DEMO_CARD, DEMO_TRANSFER, DEMO_CASH };
    char phone[16];
    struct take_order o = { .outlet = s->outlet,
                            .services = { s->services[a->service_index] },
                            .n_services = 1,
                            .class_index = a->class_index,
                            .courtesy = a->courtesy,
                            .source = a->channel == DEMO_KIOSK ? SOURCE_KIOSK : SOURCE_PHONE };
    int more = second[rng_below(&s->rng, COUNT(second))];
    if (a->service_index != DEMO_COMPANY && a->service_index != more && chance(s, 50))
        o.services[o.n_services++] = s->services[more];
    if (o.source == SOURCE_KIOSK) {
        act_as(c, s, ACTOR_DEVICE, s->kiosk, ROLE_KIOSK);
    } else {
        c->actor = (struct actor){ .kind = ACTOR_CUSTOMER };
        draw_phone(s, phone);
        o.phone = phone;
    }
    return lobby_take(c, &o, t);
}

static int arrive(struct call *c, struct sim *s)
{
    const struct demo_arrival *a = &s->arrivals[s->next_arrival];
    ticket_id booked = s->booked[s->next_arrival++];
    struct ticket t;
    int rc;
    if (booked.n && a->no_show)
        return 0;
    if (booked.n) {
        act_as(c, s, ACTOR_DEVICE, s->kiosk, ROLE_KIOSK);
        rc = lobby_check_in(c, booked, &t);
    } else {
        rc = take_number(c, s, a, &t);
    }
    if (rc)
        return rc;
    s->tickets++;
    guest_add(s, (struct sim_guest){ .ticket = t.id,
                                     .service = a->service_index,
                                     .service_us = a->service_us,
                                     .act_us = c->now_us + a->patience_us,
                                     .gone = a->no_show,
                                     .parks = chance(s, 15),
                                     .moves = chance(s, 8) });
    sim_wake(s, a->service_index, c->now_us);
    return 0;
}

/* Somebody's patience ends, or a parked customer has filled in the form. */
static int guest_act(struct call *c, struct sim *s, struct sim_guest *g)
{
    struct ticket t;
    int service = g->service;
    if (g->parked) {
        g->parked = false;
        g->act_us = SIM_NEVER;
        act_as(c, s, ACTOR_STAFF, s->floor, ROLE_FLOOR);
        int rc = lobby_return(c, g->ticket, true, &t);
        sim_wake(s, service, c->now_us);
        return rc;
    }
    if (chance(s, 300)) { /* goes without a word: called, and not there */
        g->gone = true;
        g->act_us = SIM_NEVER;
        return 0;
    }
    ticket_id id = g->ticket;
    *g = s->guests[--s->n_guests];
    c->actor = (struct actor){ .kind = ACTOR_CUSTOMER };
    return lobby_leave(c, id, "", &t);
}

/* ---- windows ---- */

static void window_next(struct sim *s, struct sim_window *w, int64_t now_us, int least_s,
                        int most_s)
{
    w->state = SIM_NEXT;
    w->at_us = now_us + sim_between(s, least_s, most_s);
}

static int staff_window(struct call *c, struct sim *s, struct sim_window *w);

/* Lunch is a pause where nobody takes the window over; else who goes signs out, and the next one
 * sits down. */
static int go_away(struct call *c, struct sim *s, struct sim_window *w)
{
    bool lunch = sim_at_lunch(s, w, c->now_us);
    w->state = lunch ? SIM_PAUSED : SIM_AWAY;
    w->at_us = SIM_NEVER;
    int rc = lunch ? lobby_pause(c, w->id, "lunch") : lobby_sign_out(c, w->id);
    return !rc && s->by_roster && !lunch ? staff_window(c, s, w) : rc;
}

/* Whoever goes to a window where somebody is still at work stays until that one has gone. */
static bool goes_now(const struct sim *s, const struct sim_window *w)
{
    for (int i = 0; i < s->n_windows && s->by_roster; i++) {
        const struct sim_window *o = &s->windows[i];
        if (o != w && o->next.n == w->sitter.n && o->state != SIM_AWAY && o->state != SIM_PAUSED)
            return false;
    }
    return w->next.n != w->sitter.n;
}

static int call_next(struct call *c, struct sim *s, struct sim_window *w)
{
    struct ticket t = { 0 };
    if (w->foreign) { /* the one who left it is not here: the window becomes free */
        w->state = SIM_AWAY;
        w->at_us = SIM_NEVER;
        int rc = lobby_sign_out(c, w->id);
        w->foreign = false;
        return rc;
    }
    sim_seats(s, c->now_us);
    if (c->now_us < s->close_us && goes_now(s, w))
        return go_away(c, s, w);
    int rc = lobby_next(c, w->id, &t);
    if (rc || !t.id.n) {
        w->state = SIM_IDLE;
        w->at_us = s->careful ? c->now_us + sim_between(s, 10, 20) : SIM_NEVER;
        return rc;
    }
    w->guest = guest_take(s, &t);
    w->recalls = 0;
    w->state = SIM_CALLED;
    w->at_us = c->now_us + (w->guest.gone      ? sim_between(s, 18, 30)
                            : w->guest.visitor ? sim_between(s, 120, 180)
                                               : sim_between(s, 6, 25));
    return 0;
}

static int called(struct call *c, struct sim *s, struct sim_window *w)
{
    struct ticket t;
    if (!w->guest.gone) {
        w->state = SIM_SERVING;
        int64_t lasts =
            w->guest.parks || w->guest.moves ? sim_between(s, 40, 120) : w->guest.service_us;
        w->at_us = c->now_us + lasts;
        return lobby_serve(c, w->id, &t);
    }
    if (w->recalls++ < 2) {
        w->at_us = c->now_us + sim_between(s, 15, 25);
        return lobby_recall(c, w->id, &t);
    }
    window_next(s, w, c->now_us, 2, 6);
    return lobby_no_show(c, w->id, &t);
}

static int served(struct call *c, struct sim *s, struct sim_window *w)
{
    struct ticket t = { 0 };
    struct sim_guest g = w->guest;
    int rc;
    window_next(s, w, c->now_us, 4, 20);
    if (g.parks) {
        g.parks = false;
        g.parked = true;
        g.act_us = c->now_us + sim_between(s, 180, 600);
        rc = lobby_park(c, w->id, "forms", &t);
        if (!rc)
            guest_add(s, g);
        return rc;
    }
    if (g.moves) {
        int to = g.service == DEMO_CASH ? DEMO_CARD : DEMO_CASH;
        struct lobby_target target = { .service = s->services[to] };
        g.moves = false;
        g.service = to;
        g.service_us = sim_service_us(s, to);
        rc = lobby_transfer(c, w->id, &target, "other service", &t);
    } else {
        rc = lobby_end(c, w->id, &t);
        if (!rc && t.state == TICKET_DONE)
            return 0;
        g.service = t.prefix >= 'A' && t.prefix < 'A' + SIM_SERVICES ? t.prefix - 'A' : g.service;
        g.service_us = sim_service_us(s, g.service) / 2;
    }
    if (rc)
        return rc;
    g.act_us = SIM_NEVER;
    if (t.state == TICKET_SERVING) { /* the visit's next service, here */
        w->guest = g;
        w->state = SIM_SERVING;
        w->at_us = c->now_us + g.service_us;
    } else {
        guest_add(s, g);
        sim_wake(s, g.service, c->now_us);
    }
    return 0;
}

static int window_act(struct call *c, struct sim *s, struct sim_window *w)
{
    bool act = true;
    int rc = s->careful ? sim_look(c, s, w, &act) : 0;
    if (rc || !act)
        return rc;
    act_teller(c, s, w);
    switch (w->state) {
    case SIM_NEXT:
    case SIM_IDLE:
        return call_next(c, s, w);
    case SIM_CALLED:
        return called(c, s, w);
    case SIM_SERVING:
        return served(c, s, w);
    default:
        w->at_us = SIM_NEVER;
        return 0;
    }
}

/* ---- the clock's part ---- */

/* Who shall sit here leaves her window of before, when she is between customers there. */
static int leave_other(struct call *c, struct sim *s, const struct sim_window *w, bool *free)
{
    int rc = 0;
    *free = true;
    for (int i = 0; !rc && i < s->n_windows; i++) {
        struct sim_window *o = &s->windows[i];
        if (o == w || o->state == SIM_AWAY || o->state == SIM_HUMAN || o->sitter.n != w->next.n)
            continue;
        *free = o->state == SIM_IDLE || o->state == SIM_NEXT || o->state == SIM_PAUSED;
        if (!*free)
            continue;
        act_teller(c, s, o);
        rc = lobby_sign_out(c, o->id);
        o->state = rc ? o->state : SIM_AWAY;
        o->at_us = rc ? o->at_us : SIM_NEVER;
    }
    return rc;
}

static int staff_window(struct call *c, struct sim *s, struct sim_window *w)
{
    struct window_session session;
    bool act = true, free = true;
    if (!w->next.n)
        return 0;
    int rc = s->careful ? sim_look(c, s, w, &act) : 0;
    if (rc || !act || (w->state != SIM_AWAY && w->state != SIM_PAUSED))
        return rc;
    rc = leave_other(c, s, w, &free);
    if (rc || !free)
        return rc;
    if (w->state == SIM_PAUSED && w->next.n != w->sitter.n) { /* somebody else takes it over */
        act_teller(c, s, w);
        rc = lobby_sign_out(c, w->id);
        w->state = SIM_AWAY;
    }
    if (rc)
        return rc;
    w->sitter = w->next;
    act_teller(c, s, w);
    rc = w->state == SIM_AWAY ? lobby_sign_in(c, w->id, &session) : lobby_resume(c, w->id);
    if (!rc)
        window_next(s, w, c->now_us, 1, 40);
    return rc;
}

/* The day, in history; live, the server's own job does it. */
static int keep_day(struct call *c, struct sim *s)
{
    struct lobby_day d;
    int left = 0, rc = 0;
    int minute = date_second_of_day(c->now_us) / 60;
    bool often = c->now_us >= s->close_us || s->tick_us <= c->now_us - US_MINUTE;
    c->actor = (struct actor){ .kind = ACTOR_SYSTEM };
    if (often || minute % 15 == 0)
        rc = lobby_day_tick(c, s->outlet);
    if (!rc && c->now_us >= s->close_us + LAST_S * US_SECOND)
        rc = lobby_day_close(c, s->outlet, false, "day end", &left);
    if (rc > 0)
        rc = 0; /* somebody is still being served */
    if (!rc && c->now_us >= s->close_us) {
        rc = lobby_day_get(c, s->outlet, s->day, &d);
        s->over = !rc && d.state == DAY_CLOSED;
    }
    return rc;
}

/* Live: is the day over? At the latest when nobody would still be there. */
static int see_day(struct call *c, struct sim *s)
{
    struct lobby_day d;
    if (c->now_us < s->close_us)
        return 0;
    int rc = lobby_day_get(c, s->outlet, s->day, &d);
    s->over = !rc && (d.state == DAY_CLOSED || c->now_us > s->close_us + LAST_S * US_SECOND);
    return rc;
}

static int tick(struct call *c, struct sim *s)
{
    int rc = s->careful ? see_day(c, s) : keep_day(c, s);
    if (!rc && s->careful)
        rc = sim_advised(c, s);
    s->tick_us += US_MINUTE;
    if (s->tick_us <= c->now_us)
        s->tick_us = c->now_us + US_MINUTE;
    sim_seats(s, c->now_us);
    for (int i = 0; rc >= 0 && i < s->n_windows && !s->over; i++) {
        struct sim_window *w = &s->windows[i];
        if (w->state == SIM_AWAY || w->state == SIM_PAUSED)
            rc = staff_window(c, s, w);
        else if (s->by_roster && w->state == SIM_IDLE && w->next.n != w->sitter.n)
            window_next(s, w, c->now_us, 1, 5); /* goes, or is relieved */
    }
    return rc < 0 ? rc : 0;
}

/* ---- what is next ---- */

struct due {
    int64_t at_us;
    struct sim_window *window;
    struct sim_guest *guest;
    bool arrival;
};

static struct due due_next(const struct sim *s)
{
    struct due d = { .at_us = s->tick_us };
    if (s->next_arrival < s->n_arrivals && s->arrivals[s->next_arrival].at_us < d.at_us)
        d = (struct due){ .at_us = s->arrivals[s->next_arrival].at_us, .arrival = true };
    for (int i = 0; i < s->n_windows; i++)
        if (s->windows[i].at_us < d.at_us)
            d = (struct due){ .at_us = s->windows[i].at_us,
                              .window = (struct sim_window *)&s->windows[i] };
    for (int i = 0; i < s->n_guests; i++)
        if (s->guests[i].act_us < d.at_us)
            d = (struct due){ .at_us = s->guests[i].act_us, .guest = &s->guests[i] };
    return d;
}

int64_t sim_next_us(const struct sim *s)
{
    return s->over ? SIM_NEVER : due_next(s).at_us;
}

int sim_step(struct call *c, struct sim *s)
{
    struct due d = due_next(s);
    CHECK(!s->over && d.at_us <= c->now_us);
    s->steps++;
    int rc = d.window    ? window_act(c, s, d.window)
             : d.guest   ? guest_act(c, s, d.guest)
             : d.arrival ? arrive(c, s)
                         : tick(c, s);
    return rc;
}
