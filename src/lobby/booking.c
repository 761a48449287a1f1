/* booking.c -- Appointments (预约): a ticket in state "booked" that holds a place in a slot.
 *
 * Slots follow the opening hours; a slot's capacity is the outlet's, shared by all bookable
 * services. A booking gets its number (Y001 ...) when it is made, and its wait counts from the
 * booked time. */
#include "lobby/queue.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "base/banned.h"

static bool holds_place(const struct ticket *t)
{
    /* A missed or cancelled booking gives its place back; a served one does not. Who was guided
     * here had a number elsewhere and takes no slot, even when her minute is one's beginning. */
    return t->source != SOURCE_GUIDED && t->state != TICKET_LEFT && t->state != TICKET_VOID &&
           t->state != TICKET_NO_SHOW;
}

static int blackout_over(struct call *c, outlet_id o, int64_t from_us, int64_t until_us, bool *hit,
                         char reason[LOBBY_REASON])
{
    struct db_rows r;
    int rc = db_query(c->tx, &r,
                      "SELECT reason FROM blackout WHERE outlet_id=$1 AND from_us < $3"
                      " AND until_us > $2 ORDER BY id",
                      DB_ARGS(DB_I(o.n), DB_I(from_us), DB_I(until_us)));
    *hit = false;
    if (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        *hit = true;
        snprintf(reason, LOBBY_REASON, "%s", db_text(&r, 0));
    }
    db_done(&r);
    return rc;
}

int lobby_slots(struct call *c, outlet_id o, service_id s, date d, struct slot **out, int *n)
{
    const struct lobby_plan *p;
    struct branch_hours hours;
    struct ticket *booked;
    int n_booked = 0;
    *n = 0;
    int rc = plan_load(c, o, &p);
    if (!rc)
        rc = branch_hours_on(c, o, d, &hours);
    if (!rc && !plan_service(p, s))
        rc = call_refuse(c, BRANCH_NO_SERVICE, "service", "%" PRId64, s.n);
    if (!rc && !plan_offers(p, s))
        rc = BRANCH_NOT_OFFERED;
    if (!rc)
        rc = ticket_bookings(c, o, date_instant(d, 0), date_instant(d, 0) + US_DAY, &booked,
                             &n_booked);
    if (rc)
        return rc;
    int step = p->settings.slot_s;
    int most = hours.close_s > hours.open_s ? (hours.close_s - hours.open_s) / step : 0;
    *out = arena_alloc(c->arena, sizeof **out * (size_t)(most + 1));
    for (int i = 0; i < most && !rc; i++) {
        struct slot *slot = &(*out)[(*n)++];
        slot->at_us = date_instant(d, hours.open_s + i * step);
        slot->capacity = p->settings.slot_capacity;
        for (int k = 0; k < n_booked; k++)
            slot->taken += booked[k].slot_us == slot->at_us && holds_place(&booked[k]);
        rc = blackout_over(c, o, slot->at_us, slot->at_us + step * US_SECOND, &slot->blocked,
                           slot->reason);
    }
    return rc;
}

/* May this slot be booked now? Refusals in the order in which a person would want to hear them. */
static int slot_fit(struct call *c, outlet_id o, service_id service, int64_t slot_us)
{
    const struct lobby_plan *p;
    struct slot *slots;
    int n = 0;
    date d = date_of_instant(slot_us);
    int rc = plan_load(c, o, &p);
    if (rc)
        return rc;
    const struct branch_service *s = plan_service(p, service);
    if (!s)
        return BRANCH_NO_SERVICE;
    if (!s->bookable)
        return LOBBY_NOT_BOOKABLE;
    if (d.days > date_of_instant(c->now_us).days + p->settings.book_days)
        return call_refuse(c, LOBBY_TOO_FAR, "slot_ms", "%d", p->settings.book_days);
    if (slot_us < c->now_us + p->settings.book_notice_s * US_SECOND)
        return call_refuse(c, LOBBY_TOO_SOON, "slot_ms", "%d", p->settings.book_notice_s / 60);
    rc = lobby_slots(c, o, service, d, &slots, &n);
    if (rc)
        return rc;
    for (int i = 0; i < n; i++) {
        if (slots[i].at_us != slot_us)
            continue;
        if (slots[i].blocked)
            return call_refuse(c, LOBBY_SLOT_BLOCKED, "slot_ms", "%s", slots[i].reason);
        return slots[i].taken < slots[i].capacity ? 0 : LOBBY_SLOT_FULL;
    }
    return LOBBY_NO_SLOT;
}

static int customer_fit(struct call *c, outlet_id o, const char *phone_key)
{
    struct lobby_settings s;
    int64_t held = 0, missed = 0;
    int rc = lobby_settings_get(c, o, &s);
    if (!rc)
        rc = ticket_phone_count(c, phone_key, TICKET_BOOKED, 0, true, &held);
    if (!rc)
        rc = ticket_phone_count(c, phone_key, TICKET_NO_SHOW, c->now_us - 90 * US_DAY, true,
                                &missed);
    if (rc)
        return rc;
    if (held >= s.per_customer)
        return call_refuse(c, LOBBY_TOO_MANY_BOOKINGS, "phone", "%d", s.per_customer);
    if (s.missed_max && missed >= s.missed_max)
        return call_refuse(c, LOBBY_TOO_MANY_MISSED, "phone", "%d", s.missed_max);
    return 0;
}

int lobby_book(struct call *c, const struct book_order *o, struct ticket *out)
{
    const struct lobby_plan *p;
    const char *phone_key;
    int64_t n = 0;
    memset(out, 0, sizeof *out);
    int rc = phone_fit(c, o->phone);
    if (!rc)
        rc = slot_fit(c, o->outlet, o->service, o->slot_us);
    if (!rc)
        rc = phone_keep(c, o->phone, out->phone_tail, &phone_key);
    if (!rc)
        rc = customer_fit(c, o->outlet, phone_key);
    if (!rc)
        rc = plan_load(c, o->outlet, &p);
    if (rc)
        return rc;
    out->day = date_of_instant(o->slot_us);
    rc = ticket_sequence(c, o->outlet, out->day, 'Y', &n);
    if (rc)
        return rc;
    ticket_number('Y', n, out->number);
    out->id.n = call_id(c);
    out->outlet = o->outlet;
    out->service = o->service;
    out->prefix = plan_service(p, o->service)->prefix;
    out->courtesy = o->courtesy;
    out->source = SOURCE_BOOKING;
    out->state = TICKET_BOOKED;
    out->taken_us = c->now_us;
    out->since_us = out->slot_us = o->slot_us;
    out->notify_ahead = p->settings.notify_ahead;
    out->forecast_low_s = out->forecast_high_s = -1;
    rc = ticket_insert(c, out, phone_key);
    if (rc)
        return rc;
    return ticket_event(c, "ticket.booked", out, NULL, NULL, NULL);
}

/* The number given back ends; its class, services, courtesy and phone go on with the new one. */
static int hold_old(struct call *c, const struct hold_order *o, struct ticket *out,
                    const char **phone_key)
{
    struct ticket old;
    out->service = o->service;
    if (!o->old.n)
        return 0;
    int rc = ticket_one(c, o->old, &old);
    if (!rc && (!ticket_waits(old.state) || old.outlet.n == o->outlet.n))
        rc = call_refuse(c, LOBBY_BAD_STEP, "token", "%s", ticket_state_code(old.state));
    if (!rc)
        rc = ticket_phone_key(c, o->old, phone_key);
    if (rc)
        return rc;
    out->service = old.service;
    out->class_index = old.class_index;
    out->courtesy = old.courtesy;
    memcpy(out->services, old.services, sizeof out->services);
    memcpy(out->phone_tail, old.phone_tail, sizeof out->phone_tail);
    return lobby_leave(c, o->old, LOBBY_GUIDED, &old);
}

static int hold_fit(struct call *c, const struct hold_order *o, const struct ticket *t,
                    const struct lobby_plan *p)
{
    struct lobby_day day;
    struct branch_hours hours;
    struct visit_service v[TICKET_SERVICES];
    int rc = day_of_now(c, o->outlet, &day);
    if (!rc)
        rc = day_may_take(&day);
    if (!rc)
        rc = branch_hours_on(c, o->outlet, day.day, &hours);
    if (!rc && date_second_of_day(o->arrive_us) >= hours.close_s)
        rc = LOBBY_CLOSED;
    int n = rc ? 0 : ticket_services(t, v);
    for (int i = 0; !rc && i < n; i++)
        if (v[i].state != 'd' && (!plan_service(p, v[i].service) || !plan_offers(p, v[i].service)))
            rc = call_refuse(c, BRANCH_NOT_OFFERED, "service_id", "%" PRId64, v[i].service.n);
    return rc;
}

int lobby_hold(struct call *c, const struct hold_order *o, struct ticket *out)
{
    const struct lobby_plan *p;
    const char *phone_key = NULL;
    int64_t n = 0;
    memset(out, 0, sizeof *out);
    out->state = TICKET_BOOKED;
    int rc = hold_old(c, o, out, &phone_key);
    if (!rc)
        rc = plan_load(c, o->outlet, &p);
    if (!rc)
        rc = hold_fit(c, o, out, p);
    if (rc)
        return rc;
    out->day = date_of_instant(o->arrive_us);
    rc = ticket_sequence(c, o->outlet, out->day, 'Y', &n);
    if (rc)
        return rc;
    ticket_number('Y', n, out->number);
    out->id.n = call_id(c);
    out->outlet = o->outlet;
    out->prefix = plan_service(p, out->service)->prefix;
    out->source = SOURCE_GUIDED;
    out->taken_us = c->now_us;
    out->since_us = out->slot_us = o->arrive_us;
    out->notify_ahead = p->settings.notify_ahead;
    out->forecast_low_s = out->forecast_high_s = -1;
    rc = ticket_insert(c, out, phone_key);
    if (rc)
        return rc;
    return ticket_event(c, "ticket.held", out, NULL, NULL, NULL);
}

static int booked_one(struct call *c, ticket_id id, struct ticket *out)
{
    int rc = ticket_one(c, id, out);
    if (!rc && out->state != TICKET_BOOKED)
        rc = call_refuse(c, LOBBY_BAD_STEP, "ticket", "%s", ticket_state_code(out->state));
    return rc;
}

int lobby_check_in(struct call *c, ticket_id id, struct ticket *out)
{
    struct lobby_settings s;
    struct lobby_day day;
    int rc = booked_one(c, id, out);
    if (!rc)
        rc = lobby_settings_get(c, out->outlet, &s);
    if (!rc)
        rc = day_of_now(c, out->outlet, &day);
    if (rc)
        return rc;
    if (c->now_us < out->slot_us - s.early_s * US_SECOND)
        return LOBBY_EARLY;
    if (c->now_us > out->slot_us + s.late_s * US_SECOND)
        return LOBBY_LATE;
    if (day.state != DAY_OPEN && day.state != DAY_STOPPED)
        return LOBBY_CLOSED;
    rc = step_take(c, out, STEP_CHECK_IN);
    if (rc)
        return rc;
    out->checked_in_us = c->now_us;
    /* Called in the order of the booked time; the wait itself begins when both are there. */
    out->queued_us = c->now_us > out->slot_us ? c->now_us : out->slot_us;
    rc = ticket_update(c, out);
    if (rc)
        return rc;
    return ticket_event(c, "ticket.checked_in", out, NULL, NULL, NULL);
}

int lobby_reschedule(struct call *c, ticket_id id, int64_t slot_us, struct ticket *out)
{
    int64_t n = 0;
    int rc = ticket_one(c, id, out);
    if (rc)
        return rc;
    /* A missed booking may be moved too: better than a second one beside it. */
    bool missed = out->state == TICKET_NO_SHOW && out->slot_us && !out->checked_in_us;
    if (out->state != TICKET_BOOKED && !missed)
        return call_refuse(c, LOBBY_BAD_STEP, "ticket", "%s", ticket_state_code(out->state));
    /* Held for a minute, outside the slots and of nobody's count: no way to a booking. */
    if (out->source == SOURCE_GUIDED)
        return LOBBY_HELD;
    rc = slot_fit(c, out->outlet, out->service, slot_us);
    if (rc)
        return rc;
    date d = date_of_instant(slot_us);
    if (d.days != out->day.days) { /* numbers belong to a day */
        rc = ticket_sequence(c, out->outlet, d, 'Y', &n);
        if (rc)
            return rc;
        ticket_number('Y', n, out->number);
        out->day = d;
    }
    out->state = TICKET_BOOKED;
    out->slot_us = out->since_us = slot_us;
    out->ended_us = 0;
    rc = ticket_update(c, out);
    if (rc)
        return rc;
    return ticket_event(c, "ticket.rescheduled", out, NULL, NULL, NULL);
}

static int booking_end(struct call *c, struct ticket *t, enum ticket_step step, const char *topic,
                       const char *reason)
{
    int rc = step_take(c, t, step);
    if (rc)
        return rc;
    t->ended_us = c->now_us;
    snprintf(t->reason, sizeof t->reason, "%s", reason);
    rc = ticket_update(c, t);
    if (rc)
        return rc;
    return ticket_event(c, topic, t, NULL, "reason", reason);
}

int lobby_cancel(struct call *c, ticket_id id, struct ticket *out)
{
    int rc = booked_one(c, id, out);
    if (rc)
        return rc;
    return booking_end(c, out, STEP_LEAVE, "ticket.cancelled", "customer");
}

int lobby_blackout(struct call *c, outlet_id o, int64_t from_us, int64_t until_us,
                   const char *reason, bool confirm, struct ticket **hit, int *n)
{
    struct ticket *all;
    const struct lobby_plan *p;
    int count = 0;
    *n = 0;
    if (from_us >= until_us || until_us - from_us > 60 * US_DAY)
        return call_refuse(c, LOBBY_BAD_TIME, "until_ms", "%s", "after from_ms, at most 60 days");
    int rc = need_reason(c, reason);
    if (!rc)
        rc = plan_load(c, o, &p);
    if (!rc)
        rc = ticket_bookings(c, o, from_us - p->settings.slot_s * US_SECOND + 1, until_us, &all,
                             &count);
    if (rc)
        return rc;
    *hit = all;
    for (int i = 0; i < count; i++)
        if (all[i].state == TICKET_BOOKED)
            all[(*n)++] = all[i];
    if (!confirm)
        return 0;
    rc = db_exec(c->tx,
                 "INSERT INTO blackout (id, outlet_id, from_us, until_us, reason)"
                 " VALUES ($1,$2,$3,$4,$5)",
                 DB_ARGS(DB_I(call_id(c)), DB_I(o.n), DB_I(from_us), DB_I(until_us), DB_T(reason)));
    for (int i = 0; !rc && i < *n; i++)
        rc = booking_end(c, &(*hit)[i], STEP_VOID, "ticket.blackout", reason);
    if (rc)
        return rc;
    struct jsonw *j = event_begin(c);
    jw_text(j, "reason", reason);
    jw_i64(j, "cancelled", *n);
    return event_add(c, o.n, "booking.blackout", o.n);
}

int lobby_miss_bookings(struct call *c, int *missed)
{
    struct branch_outlet *outlets;
    int n_outlets = 0;
    *missed = 0;
    int rc = branch_outlets(c, &outlets, &n_outlets);
    for (int i = 0; !rc && i < n_outlets; i++) {
        struct lobby_settings s;
        struct ticket *list;
        int n = 0;
        rc = lobby_settings_get(c, outlets[i].id, &s);
        if (!rc)
            rc = ticket_bookings(c, outlets[i].id, c->now_us - 3 * US_DAY,
                                 c->now_us - s.late_s * US_SECOND, &list, &n);
        for (int k = 0; !rc && k < n; k++) {
            if (list[k].state != TICKET_BOOKED)
                continue;
            rc = booking_end(c, &list[k], STEP_MISS, "ticket.missed", "not checked in");
            ++*missed;
        }
    }
    return rc;
}
