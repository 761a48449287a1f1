/* nearby.c -- See nearby.h. */
#include "advise/nearby.h"
#include "advise/advise_priv.h"

#include <math.h>
#include <string.h>

#include "base/banned.h"

enum { KEEP_HOURS = 12, WENT_STEPS = 16 };

/* A range from so much to 90 % (the plain estimate begins at 25 %, what was simulated at 50 %) as
 * quantiles: straight through both, never below nothing. */
static void spread(struct wait_range r, double from, double out[LIVE_QUANTILES])
{
    double low = r.low_s / 60., high = r.high_s / 60.;
    for (int q = 0; q < LIVE_QUANTILES; q++) {
        double share = (q + .5) / LIVE_QUANTILES;
        out[q] =
            r.low_s < 0 ? INFINITY : fmax(0, low + (share - from) / (.9 - from) * (high - low));
    }
}

/* Of those who come with a booking only while it is one: checked in she waits there herself. */
static int coming(struct call *c, outlet_id o, service_id s, int64_t *n)
{
    struct db_rows r;
    struct ticket t;
    int64_t *held = NULL, all = 0;
    *n = 0;
    int rc =
        db_one_i64(c->tx, "SELECT COUNT(*) FROM guide_token WHERE outlet_id=$1 AND arrives_us > $2",
                   DB_ARGS(DB_I(o.n), DB_I(c->now_us)), 0, &all);
    if (rc || !all)
        return rc;
    held = arena_alloc(c->arena, sizeof *held * (size_t)all);
    rc = db_query(c->tx, &r,
                  "SELECT service_id, ticket_id FROM guide_token WHERE outlet_id=$1"
                  " AND arrives_us > $2 ORDER BY id",
                  DB_ARGS(DB_I(o.n), DB_I(c->now_us)));
    all = 0;
    while (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        if (s.n && db_i64(&r, 0) != s.n)
            continue;
        if (db_i64(&r, 1))
            held[all++] = db_i64(&r, 1);
        else
            ++*n;
    }
    db_done(&r);
    for (int64_t i = 0; !rc && i < all; i++) {
        rc = lobby_ticket(c, (ticket_id){ held[i] }, &t);
        *n += !rc && t.state == TICKET_BOOKED;
    }
    return rc;
}

int nearby_coming(struct call *c, outlet_id to, int64_t *n)
{
    return coming(c, to, (service_id){ 0 }, n);
}

static int serving(const struct lobby_scene *s, service_id service)
{
    int n = 0;
    for (int i = 0; i < s->n_sessions; i++) {
        const struct branch_window *w = plan_window(s->plan, s->sessions[i].window);
        n += s->sessions[i].state == SESSION_OPEN && w && window_handles(w, service);
    }
    return n;
}

static int read_place(struct call *c, service_id service, struct nearby_item *i,
                      struct guide_place *p)
{
    struct lobby_scene s;
    struct queue_place place;
    int rc = scene_load(c, i->outlet.id, &s);
    if (!rc)
        rc = branch_hours_on(c, i->outlet.id, s.day.day, &i->hours);
    if (rc)
        return rc;
    const struct branch_service *b = plan_service(s.plan, service);
    i->open = s.day.state == DAY_OPEN;
    i->offers = b && b->active && plan_offers(s.plan, service);
    for (int k = 0; k < s.n_live; k++)
        i->waiting += ticket_waits(s.live[k].state);
    for (int k = 0; k < s.n_sessions; k++)
        i->windows_open += s.sessions[k].state == SESSION_OPEN;
    memset(p, 0, sizeof *p);
    p->metres = i->metres;
    if (!i->open || !i->offers)
        return 0;
    p->service = b->handling_s / 60.;
    p->servers = serving(&s, service);
    i->simulated = told_fresh(&s.told, c->now_us) && told_of_later(&s.told, service, p->later);
    if (!i->simulated) {
        queue_newcomer(&s, service, 0, &place);
        for (int k = 0; k < LIVE_LATER; k++)
            spread(place.range, .25, p->later[k]);
    }
    int64_t tokens;
    rc = coming(c, i->outlet.id, service, &tokens);
    p->tokens = (int)tokens;
    return rc;
}

/* Who has a number stays with its own place in the line, not with a newcomer's. One that waits no
 * more has nothing to compare with. */
static int read_own(struct call *c, struct nearby_ask *ask, struct nearby_item *here,
                    struct guide_place *p)
{
    struct lobby_scene s;
    struct queue_place place;
    struct ticket t;
    int rc = lobby_ticket(c, ask->own, &t);
    if (rc)
        return rc;
    ask->from = t.outlet;
    ask->service = t.service;
    rc = branch_outlet_get(c, t.outlet, &here->outlet);
    if (!rc)
        rc = read_place(c, t.service, here, p);
    if (!rc)
        rc = scene_load(c, t.outlet, &s);
    if (rc)
        return rc;
    here->known = ticket_waits(t.state);
    if (!here->known)
        return 0;
    queue_place(&s, &t, &place);
    const struct branch_service *b = plan_service(s.plan, t.service);
    p->service = b ? b->handling_s / 60. : 0;
    p->servers = 1; /* the range knows the windows; who is still to come is not before her */
    p->tokens = 0;
    here->simulated = place.range.told_us != 0;
    for (int k = 0; k < LIVE_LATER; k++)
        spread(place.range, here->simulated ? .5 : .25, p->later[k]);
    return 0;
}

/* Fills in where the asker is, and with her own number her outlet and service. */
static int read_here(struct call *c, struct nearby_ask *ask, struct nearby_item *here,
                     struct guide_place *p)
{
    int rc = 0;
    memset(here, 0, sizeof *here);
    if (ask->own.n) {
        rc = read_own(c, ask, here, p);
    } else if (ask->from.n) {
        rc = branch_outlet_get(c, ask->from, &here->outlet);
        if (!rc)
            rc = read_place(c, ask->service, here, p);
        here->known = here->open && here->offers;
    } else if (ask->lat_e6 < -90000000 || ask->lat_e6 > 90000000 || ask->lon_e6 < -180000000 ||
               ask->lon_e6 > 180000000) {
        rc = BRANCH_BAD_PLACE;
    }
    if (ask->from.n) {
        ask->lat_e6 = here->outlet.lat_e6;
        ask->lon_e6 = here->outlet.lon_e6;
    }
    return rc;
}

/* An outlet as one to go to; stay: where she is, NULL when nothing is known of it. */
static int read_item(struct call *c, const struct nearby_ask *ask, const struct guide_place *stay,
                     const struct branch_outlet *o, double metres, struct nearby_item *item)
{
    struct guide_place place;
    *item = (struct nearby_item){ .outlet = *o, .metres = metres };
    int rc = read_place(c, ask->service, item, &place);
    item->known = item->open && item->offers;
    if (!rc && item->known)
        guide_total(stay, &place, &ask->trip, &item->total);
    double there_s = date_second_of_day(c->now_us) + item->total.trip * 60;
    item->too_late = item->known && there_s >= item->hours.close_s;
    item->total.suggested = item->total.suggested && !item->too_late;
    return rc;
}

int nearby_read(struct call *c, struct nearby_ask *ask, struct nearby_item *here,
                struct nearby_item **out, int *n)
{
    struct branch_service service;
    struct branch_outlet *list;
    struct guide_place stay;
    int all = 0;
    *n = 0;
    int rc = read_here(c, ask, here, &stay);
    if (!rc)
        rc = branch_service_get(c, ask->service, &service);
    if (!rc)
        rc = branch_outlets(c, &list, &all);
    if (rc)
        return rc;
    if (here->known)
        guide_total(NULL, &stay, NULL, &here->total);
    struct branch_near *near = arena_alloc(c->arena, sizeof *near * (size_t)(all + 1));
    branch_nearest(list, all, ask->lat_e6, ask->lon_e6, near);
    *out = arena_alloc(c->arena, sizeof **out * NEARBY_MAX);
    for (int i = 0; !rc && i < all && *n < NEARBY_MAX; i++) {
        if (!near[i].outlet->active || near[i].outlet->id.n == ask->from.n)
            continue;
        rc = read_item(c, ask, here->known ? &stay : NULL, near[i].outlet, near[i].metres,
                       &(*out)[(*n)++]);
    }
    return rc;
}

/* What decides, asked where nobody else writes: the line here, and the line and the people on their
 * way there. The other outlets do not matter any more: they were compared when she chose. */
static int still_better(struct call *c, struct nearby_ask *ask, outlet_id to,
                        struct nearby_item *out)
{
    struct nearby_item here;
    struct branch_service service;
    struct branch_outlet o;
    struct guide_place stay;
    int rc = read_here(c, ask, &here, &stay);
    if (!rc)
        rc = branch_service_get(c, ask->service, &service);
    if (!rc)
        rc = branch_outlet_get(c, to, &o);
    if (rc)
        return rc;
    if (!o.active || to.n == ask->from.n)
        return ADVISE_NOT_BETTER;
    double metres = branch_distance_m(ask->lat_e6, ask->lon_e6, o.lat_e6, o.lon_e6);
    rc = read_item(c, ask, here.known ? &stay : NULL, &o, metres, out);
    return rc ? rc : out->total.suggested ? 0 : ADVISE_NOT_BETTER;
}

static int go(struct call *c, struct nearby_ask *ask, outlet_id to, struct nearby_item *out,
              int64_t *token)
{
    int rc = still_better(c, ask, to, out);
    if (rc)
        return rc;
    *token = call_id(c);
    rc = db_exec(c->tx, "DELETE FROM guide_token WHERE outlet_id=$1 AND arrives_us < $2",
                 DB_ARGS(DB_I(to.n), DB_I(c->now_us - KEEP_HOURS * US_HOUR)));
    if (!rc)
        rc = db_exec(c->tx,
                     "INSERT INTO guide_token (id, outlet_id, service_id, from_id, at_us,"
                     " arrives_us, old_id) VALUES ($1, $2, $3, $4, $5, $6, $7)",
                     DB_ARGS(DB_I(*token), DB_I(to.n), DB_I(ask->service.n), DB_I(ask->from.n),
                             DB_I(c->now_us),
                             DB_I(c->now_us + (int64_t)(out->total.trip * 1.2 * 6e7)),
                             DB_I(ask->own.n)));
    if (rc)
        return rc;
    struct jsonw *w = event_begin(c);
    jw_i64(w, "from", ask->from.n);
    jw_i64(w, "service", ask->service.n);
    jw_i64(w, "trip_min", (int64_t)(out->total.trip + .5));
    return event_add(c, to.n, "guide.sent", to.n);
}

int nearby_go(struct call *c, struct nearby_ask *ask, outlet_id to, struct nearby_item *out)
{
    int64_t token;
    return go(c, ask, to, out, &token);
}

int nearby_hold(struct call *c, struct nearby_ask *ask, outlet_id to, struct nearby_item *out,
                struct ticket *held)
{
    struct ticket t;
    int64_t token;
    int rc = ask->own.n ? lobby_ticket(c, ask->own, &t) : 0;
    if (!rc && ask->own.n && !ticket_waits(t.state))
        rc = call_refuse(c, LOBBY_BAD_STEP, "token", "%s", ticket_state_code(t.state));
    if (!rc)
        rc = go(c, ask, to, out, &token);
    if (rc)
        return rc;
    /* The minute she should be there, said as a whole one. */
    int64_t arrive = c->now_us + (int64_t)(out->total.trip * (double)US_MINUTE) + US_MINUTE - 1;
    struct hold_order o = { .outlet = to,
                            .service = ask->service,
                            .old = ask->own,
                            .arrive_us = arrive - arrive % US_MINUTE };
    rc = lobby_hold(c, &o, held);
    if (rc)
        return rc;
    return db_exec(c->tx, "UPDATE guide_token SET ticket_id=$1 WHERE id=$2",
                   DB_ARGS(DB_I(held->id.n), DB_I(token)));
}

int nearby_went(struct call *c, ticket_id old, struct ticket *held)
{
    int64_t id = 0;
    held->id.n = 0;
    /* From there she may have gone on; nobody goes more often than she can walk in a day. */
    for (int steps = 0; steps < WENT_STEPS; steps++, old = held->id) {
        int rc = db_one_i64(c->tx, "SELECT MAX(ticket_id) FROM guide_token WHERE old_id=$1",
                            DB_ARGS(DB_I(old.n)), 0, &id);
        if (!rc && id)
            rc = lobby_ticket(c, (ticket_id){ id }, held);
        if (rc || !id)
            return rc;
    }
    return 0;
}
