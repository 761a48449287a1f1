/* day.c -- The opening and closing of the day.
 *
 *   BEFORE --open--> OPEN --stop--> STOPPED --close--> CLOSED
 *                     ^  <--resume--   |
 *                     +--- close ------+---> CLOSED
 * Whoever holds a ticket when issuing stops is served. Closing voids the rest with a reason, or
 * carries them over to the next opening of the outlet. */
#include "lobby/day.h"
#include <stdio.h>
#include <string.h>
#include "base/banned.h"

static int day_event(struct call *c, const char *topic, const struct lobby_day *d)
{
    char day[DATE_TEXT];
    struct jsonw *j = event_begin(c);
    date_print(d->day, day);
    jw_text(j, "date", day);
    jw_text(j, "reason", d->reason);
    return event_add(c, d->outlet.n, topic, d->outlet.n);
}

static int day_save(struct call *c, const struct lobby_day *d, const char *topic)
{
    int rc = day_put(c, d);
    return rc ? rc : day_event(c, topic, d);
}

/* The wait stops at the day's end and goes on when the outlet opens: nobody waits at night. */
static int carry_over_one(struct call *c, struct ticket *t, int64_t at_us, const char *reason)
{
    struct call then = *c;
    then.now_us = at_us > t->queued_us ? at_us : t->queued_us;
    int rc = wait_split(&then, t, LEG_CARRIED);
    if (!rc && ticket_waits(t->state))
        t->queued_us = 0;
    if (!rc)
        rc = ticket_update(c, t);
    if (rc)
        return rc;
    return ticket_event(c, "ticket.carried_over", t, NULL, "reason", reason);
}

/* Today's numbers go on after the highest that was carried over: a number is on the wall once. */
static int number_past(struct call *c, outlet_id o, date d, const struct ticket *t)
{
    char prefix[2] = { t->number[0], 0 };
    int n = 0;
    if (sscanf(t->number + 1, "%6d", &n) != 1)
        return 0; /* a paper roll's */
    return db_exec(c->tx,
                   "INSERT INTO lobby_sequence (outlet_id, business_date, prefix, last)"
                   " VALUES ($1,$2,$3,$4) ON CONFLICT (outlet_id, business_date, prefix)"
                   " DO UPDATE SET last = CASE WHEN excluded.last > lobby_sequence.last"
                   " THEN excluded.last ELSE lobby_sequence.last END",
                   DB_ARGS(DB_I(o.n), DB_I(d.days), DB_T(prefix), DB_I(n)));
}

/* Whoever was carried over waits again from the opening on. */
static int wake_carried(struct call *c, outlet_id o, date today)
{
    struct ticket *list;
    int n = 0;
    int rc = lobby_live(c, o, &list, &n);
    for (int i = 0; !rc && i < n; i++) {
        if (list[i].day.days >= today.days)
            continue;
        rc = number_past(c, o, today, &list[i]);
        if (rc || !ticket_waits(list[i].state) || list[i].queued_us)
            continue;
        list[i].queued_us = c->now_us;
        rc = ticket_update(c, &list[i]);
    }
    return rc;
}

int lobby_day_open(struct call *c, outlet_id o)
{
    struct branch_outlet outlet;
    struct lobby_day d;
    int rc = branch_outlet_get(c, o, &outlet);
    if (!rc)
        rc = day_of_now(c, o, &d);
    if (rc)
        return rc;
    if (d.state == DAY_CLOSED)
        return LOBBY_NOT_OPEN_DAY;
    if (d.state != DAY_BEFORE)
        return 0;
    rc = wake_carried(c, o, d.day);
    if (rc)
        return rc;
    d.state = DAY_OPEN;
    d.opened_us = c->now_us;
    return day_save(c, &d, "day.opened");
}

int lobby_day_stop(struct call *c, outlet_id o, const char *reason)
{
    struct lobby_day d;
    int rc = need_reason(c, reason);
    if (!rc)
        rc = day_of_now(c, o, &d);
    if (rc)
        return rc;
    if (d.state == DAY_STOPPED)
        return 0;
    if (d.state != DAY_OPEN)
        return LOBBY_CLOSED;
    d.state = DAY_STOPPED;
    d.stopped_us = c->now_us;
    snprintf(d.reason, sizeof d.reason, "%s", reason);
    return day_save(c, &d, "day.issuing_stopped");
}

int lobby_day_resume(struct call *c, outlet_id o)
{
    struct lobby_day d;
    int rc = day_of_now(c, o, &d);
    if (rc)
        return rc;
    if (d.state == DAY_OPEN)
        return 0;
    if (d.state != DAY_STOPPED)
        return d.state == DAY_CLOSED ? LOBBY_NOT_OPEN_DAY : LOBBY_CLOSED;
    d.state = DAY_OPEN;
    d.stopped_us = 0;
    d.reason[0] = 0;
    return day_save(c, &d, "day.issuing_resumed");
}

/* The tickets nobody served: voided with the reason, or left waiting for the next opening. */
static int leave_rest(struct call *c, outlet_id o, bool carry, const char *reason, int *left)
{
    struct ticket *list;
    int n = 0;
    int rc = lobby_live(c, o, &list, &n);
    *left = 0;
    for (int i = 0; !rc && i < n; i++)
        if (list[i].state == TICKET_CALLED || list[i].state == TICKET_SERVING)
            return call_refuse(c, LOBBY_OPEN_TICKETS, "ticket", "%s", list[i].number);
    for (int i = 0; !rc && i < n; i++) {
        struct ticket t;
        ++*left;
        if (!carry)
            rc = lobby_void(c, list[i].id, reason, &t);
        else
            rc = carry_over_one(c, &list[i], c->now_us, reason);
    }
    return rc;
}

int lobby_day_close(struct call *c, outlet_id o, bool carry_over, const char *reason, int *left)
{
    struct window_session *sessions;
    struct lobby_day d;
    int n = 0;
    *left = 0;
    int rc = need_reason(c, reason);
    if (!rc)
        rc = day_of_now(c, o, &d);
    if (rc)
        return rc;
    if (d.state == DAY_CLOSED)
        return 0;
    if (d.state == DAY_BEFORE)
        return LOBBY_CLOSED;
    rc = leave_rest(c, o, carry_over, reason, left);
    if (!rc)
        rc = lobby_sessions(c, o, &sessions, &n);
    for (int i = 0; !rc && i < n; i++) {
        CHECK(!sessions[i].ticket.n);
        rc = session_end(c, &sessions[i], c->now_us);
    }
    if (rc)
        return rc;
    d.state = DAY_CLOSED;
    d.closed_us = c->now_us;
    snprintf(d.reason, sizeof d.reason, "%s", reason);
    return day_save(c, &d, "day.closed");
}

/* When the doors closed on the day of this instant; the instant itself if it was later. */
static int64_t closing_of(struct call *c, outlet_id o, int64_t at_us)
{
    struct branch_hours h;
    date d = date_of_instant(at_us);
    if (branch_hours_on(c, o, d, &h))
        return at_us;
    int64_t closed = date_instant(d, h.close_s);
    return closed > at_us ? closed : at_us;
}

/* Days of before today that nobody closed: their tickets would wait for ever. */
static int day_close_old(struct call *c, outlet_id o, date today, bool carry)
{
    struct ticket *list;
    struct db_rows r;
    int n = 0;
    int32_t old[32];
    int n_old = 0;
    int rc = db_query(c->tx, &r,
                      "SELECT business_date FROM lobby_day WHERE outlet_id=$1 AND state < 3"
                      " AND business_date < $2 AND business_date >= $3 ORDER BY business_date",
                      DB_ARGS(DB_I(o.n), DB_I(today.days), DB_I(today.days - 30)));
    while (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        if (n_old < (int)COUNT(old))
            old[n_old++] = (int32_t)db_i64(&r, 0);
    }
    db_done(&r);
    if (rc || n_old == 0)
        return rc;
    rc = lobby_live(c, o, &list, &n);
    for (int i = 0; !rc && i < n; i++) {
        struct ticket t;
        bool at_window = list[i].state == TICKET_CALLED || list[i].state == TICKET_SERVING;
        if (list[i].day.days >= today.days)
            continue;
        if (!carry || at_window)
            rc = lobby_void(c, list[i].id, "day end", &t);
        else if (list[i].queued_us && ticket_waits(list[i].state))
            rc = carry_over_one(c, &list[i], closing_of(c, o, list[i].queued_us), "day end");
    }
    struct window_session *sessions;
    int n_sessions = 0;
    if (!rc)
        rc = lobby_sessions(c, o, &sessions, &n_sessions);
    for (int i = 0; !rc && i < n_sessions; i++)
        if (date_of_instant(sessions[i].opened_us).days < today.days && !sessions[i].ticket.n) {
            /* Nobody sat there all night: it ended when something was last done there. */
            int64_t last =
                sessions[i].state == SESSION_PAUSED ? sessions[i].paused_us : sessions[i].last_us;
            rc = session_end(c, &sessions[i], last);
        }
    for (int i = 0; !rc && i < n_old; i++) {
        struct lobby_day d;
        rc = lobby_day_get(c, o, (date){ old[i] }, &d);
        d.state = DAY_CLOSED;
        d.closed_us = c->now_us;
        snprintf(d.reason, sizeof d.reason, "day end");
        if (!rc)
            rc = day_save(c, &d, "day.closed");
    }
    return rc;
}

/* Would somebody who takes a number now be called before the doors close? */
static bool too_late(const struct lobby_scene *s, const struct branch_hours *h)
{
    int now_s = date_second_of_day(s->now_us);
    for (int i = 0; i < s->plan->n_services; i++) {
        struct queue_place place;
        if (!plan_offers(s->plan, s->plan->services[i].id))
            continue;
        queue_newcomer(s, s->plan->services[i].id, 0, &place);
        if (place.range.low_s < 0 || now_s + place.range.low_s <= h->close_s)
            return false;
    }
    return s->plan->n_services > 0;
}

int lobby_day_tick(struct call *c, outlet_id o)
{
    struct lobby_scene s;
    struct branch_hours h;
    int left, now_s = date_second_of_day(c->now_us);
    int rc = scene_load(c, o, &s);
    if (!rc)
        rc = branch_hours_on(c, o, s.day.day, &h);
    if (!rc)
        rc = day_close_old(c, o, s.day.day, s.plan->settings.carry_over);
    if (rc || h.open_s == h.close_s)
        return rc;
    if (s.day.state == DAY_BEFORE && now_s >= h.open_s && now_s < h.close_s)
        return lobby_day_open(c, o);
    if (s.day.state == DAY_OPEN && now_s >= h.close_s)
        return lobby_day_stop(c, o, "closing time");
    if (s.day.state == DAY_OPEN && now_s >= h.open_s + (h.close_s - h.open_s) / 2 &&
        too_late(&s, &h))
        return lobby_day_stop(c, o, "forecast passes closing");
    if (s.day.state == DAY_STOPPED && now_s >= h.close_s && s.n_live == 0)
        return lobby_day_close(c, o, s.plan->settings.carry_over, "day end", &left);
    return 0;
}
