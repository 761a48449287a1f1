/* take.c -- Taking a number: kiosk, floor manager, phone, paper roll; and giving it up. */
#include "lobby/queue.h"
#include "base/secret.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "base/banned.h"

/* A mainland mobile number: 11 digits, 1, then 3-9. */
int phone_fit(struct call *c, const char *phone)
{
    size_t n = strlen(phone);
    bool good = n == 11 && phone[0] == '1' && phone[1] >= '3' && phone[1] <= '9';
    for (size_t i = 0; good && i < n; i++)
        good = phone[i] >= '0' && phone[i] <= '9';
    return good ? 0 : call_refuse(c, LOBBY_BAD_PHONE, "phone", "11 digits");
}

int phone_keep(struct call *c, const char *phone, char tail[8], const char **key)
{
    const char *secret;
    char hex[DIGEST_TEXT];
    *key = NULL;
    if (!phone || !*phone)
        return 0;
    int rc = phone_fit(c, phone);
    if (!rc)
        rc = lobby_secret(c, &secret);
    if (rc)
        return rc;
    digest_keyed(secret, phone, hex);
    *key = arena_text(c->arena, hex);
    snprintf(tail, 8, "%s", phone + 7);
    return 0;
}

int day_may_take(const struct lobby_day *d)
{
    switch (d->state) {
    case DAY_OPEN:
        return 0;
    case DAY_STOPPED:
        return LOBBY_NOT_ISSUING;
    case DAY_CLOSED:
        return LOBBY_NOT_OPEN_DAY;
    case DAY_BEFORE:
        break;
    }
    return LOBBY_CLOSED;
}

static int services_fit(struct call *c, const struct lobby_plan *p, const service_id *list, int n)
{
    for (int i = 0; i < n; i++) {
        if (!plan_service(p, list[i]))
            return call_refuse(c, BRANCH_NO_SERVICE, "service_id", "%" PRId64, list[i].n);
        if (!plan_offers(p, list[i]))
            return call_refuse(c, BRANCH_NOT_OFFERED, "service_id", "%" PRId64, list[i].n);
        for (int k = 0; k < i; k++)
            if (list[k].n == list[i].n)
                return call_refuse(c, BASE_BAD_INPUT, "more_service_ids", "%s", "twice");
    }
    return 0;
}

static bool class_known(const struct lobby_plan *p, int class_index)
{
    for (int i = 0; i < p->n_classes; i++)
        if (p->classes[i].index == class_index)
            return true;
    return false;
}

int lobby_take(struct call *c, const struct take_order *o, struct ticket *out)
{
    struct lobby_scene s;
    const char *phone_key;
    int64_t n = 0;
    int rc = scene_load_light(c, o->outlet, &s);
    if (!rc)
        rc = day_may_take(&s.day);
    memset(out, 0, sizeof *out);
    if (!rc)
        rc = visit_write(c, o->services, o->n_services, out->services);
    if (!rc)
        rc = services_fit(c, s.plan, o->services, o->n_services);
    if (!rc && !class_known(s.plan, o->class_index))
        rc = BRANCH_NO_CLASS;
    if (!rc)
        rc = phone_keep(c, o->phone, out->phone_tail, &phone_key);
    if (rc)
        return rc;
    const struct branch_service *service = plan_service(s.plan, o->services[0]);
    rc = ticket_sequence(c, o->outlet, s.day.day, service->prefix, &n);
    if (rc)
        return rc;
    int64_t at = o->simulate_us ? o->simulate_us : c->now_us;
    ticket_number(service->prefix, n, out->number);
    out->id.n = call_id(c);
    out->outlet = o->outlet;
    out->day = s.day.day;
    out->service = o->services[0];
    out->prefix = service->prefix;
    out->class_index = o->class_index;
    out->courtesy = o->courtesy;
    out->source = o->source;
    out->state = TICKET_WAITING;
    out->taken_us = out->since_us = out->queued_us = at;
    out->notify_ahead = s.plan->settings.notify_ahead;
    struct queue_place place;
    queue_place(&s, out, &place);
    out->forecast_low_s = place.range.low_s;
    out->forecast_high_s = place.range.high_s;
    rc = ticket_insert(c, out, phone_key);
    if (!rc && place.range.told_us)
        rc = told_keep(c, out, (struct told_line){ out->forecast_low_s, out->forecast_high_s });
    if (rc)
        return rc;
    return ticket_event(c, "ticket.taken", out, NULL, "source", ticket_source_code(out->source));
}

static int roll_fit(struct call *c, const struct roll_entry *e)
{
    size_t n = strlen(e->number);
    bool good = n >= 1 && n < sizeof e->number;
    for (size_t i = 0; good && i < n; i++)
        good = (e->number[i] >= 'A' && e->number[i] <= 'Z') ||
               (e->number[i] >= '0' && e->number[i] <= '9') || e->number[i] == '-';
    if (!good)
        return call_refuse(c, BASE_BAD_INPUT, "number", "A-Z, 0-9, -; at most 11");
    if (e->taken_us <= 0 || e->taken_us > c->now_us)
        return call_refuse(c, LOBBY_BAD_TIME, "taken_ms", "%s", "");
    if (e->called_us && (e->called_us < e->taken_us || e->called_us > c->now_us))
        return call_refuse(c, LOBBY_BAD_TIME, "called_ms", "%s", "");
    if (e->ended_us && (!e->called_us || e->ended_us < e->called_us || e->ended_us > c->now_us))
        return call_refuse(c, LOBBY_BAD_TIME, "ended_ms", "%s", "");
    return 0;
}

int lobby_roll(struct call *c, outlet_id outlet, const struct roll_entry *e, struct ticket *out)
{
    const struct lobby_plan *p;
    int64_t same = 0;
    memset(out, 0, sizeof *out);
    int rc = plan_load(c, outlet, &p);
    if (!rc)
        rc = roll_fit(c, e);
    if (!rc)
        rc = services_fit(c, p, &e->service, 1);
    if (!rc && e->window.n && !plan_window(p, e->window))
        rc = BRANCH_NO_WINDOW;
    if (rc)
        return rc;
    out->day = date_of_instant(e->taken_us);
    rc = db_one_i64(c->tx,
                    "SELECT COUNT(*) FROM ticket WHERE outlet_id=$1 AND business_date=$2"
                    " AND number=$3",
                    DB_ARGS(DB_I(outlet.n), DB_I(out->day.days), DB_T(e->number)), 0, &same);
    if (rc)
        return rc;
    if (same)
        return call_refuse(c, LOBBY_NUMBER_TAKEN, "number", "%s", e->number);
    out->id.n = call_id(c);
    out->outlet = outlet;
    snprintf(out->number, sizeof out->number, "%s", e->number);
    out->service = e->service;
    out->prefix = plan_service(p, e->service)->prefix;
    out->source = SOURCE_ROLL;
    out->taken_us = out->since_us = out->queued_us = e->taken_us;
    out->called_us = out->serving_us = e->called_us;
    out->ended_us = e->ended_us ? e->ended_us : e->called_us;
    out->inaccurate = !e->ended_us && e->called_us;
    out->window = e->window;
    out->forecast_low_s = out->forecast_high_s = -1;
    /* Never called, and written on paper only: nobody is waiting for it any more. */
    out->state = e->called_us ? TICKET_DONE : TICKET_LEFT;
    if (!e->called_us)
        out->ended_us = e->taken_us;
    rc = ticket_insert(c, out, NULL);
    if (!rc)
        rc = leg_insert(c, out, out->ended_us, e->called_us ? LEG_DONE : LEG_LEFT);
    if (rc)
        return rc;
    return ticket_event(c, "ticket.entered", out, NULL, "source", "roll");
}

int lobby_notify(struct call *c, ticket_id t, int ahead, struct ticket *out)
{
    if (ahead < 0 || ahead > 50)
        return call_refuse(c, BASE_RANGE, "ahead", "0..50");
    int rc = ticket_one(c, t, out);
    if (!rc && ticket_ended(out->state))
        rc = LOBBY_BAD_STEP;
    if (rc)
        return rc;
    out->notify_ahead = ahead;
    return ticket_update(c, out);
}

int lobby_prepare(struct call *c)
{
    const char *secret;
    return lobby_secret(c, &secret);
}

int lobby_token(struct call *c, ticket_id t, char out[TICKET_TOKEN])
{
    const char *secret;
    char id[24], hex[DIGEST_TEXT];
    int rc = lobby_secret(c, &secret);
    if (rc)
        return rc;
    snprintf(id, sizeof id, "%" PRIx64, (uint64_t)t.n);
    digest_keyed(secret, id, hex);
    /* 128 bits of the code are enough: nobody can try 2^64 of them over the network. */
    snprintf(out, TICKET_TOKEN, "%s-%.32s", id, hex);
    return 0;
}

int lobby_token_ticket(struct call *c, const char *token, struct ticket *out)
{
    char right[TICKET_TOKEN];
    uint64_t id = 0;
    if (strlen(token) >= TICKET_TOKEN || sscanf(token, "%13" SCNx64, &id) != 1 ||
        id >= UINT64_C(1) << 53)
        return LOBBY_NO_TICKET;
    int rc = lobby_token(c, (ticket_id){ (int64_t)id }, right);
    if (rc)
        return rc;
    if (!secret_equal(right, token))
        return LOBBY_NO_TICKET;
    return ticket_one(c, (ticket_id){ (int64_t)id }, out);
}

static int pass_of(struct call *c, outlet_id o, date d, char out[24])
{
    const char *secret;
    char text[48], hex[DIGEST_TEXT];
    int rc = lobby_secret(c, &secret);
    if (rc)
        return rc;
    snprintf(text, sizeof text, "pass %" PRId64 " %d", o.n, d.days);
    digest_keyed(secret, text, hex);
    snprintf(out, 24, "%.20s", hex);
    return 0;
}

int lobby_pass(struct call *c, outlet_id o, char out[24])
{
    return pass_of(c, o, date_of_instant(c->now_us), out);
}

int lobby_pass_ok(struct call *c, outlet_id o, const char *pass)
{
    char right[24];
    int rc = lobby_pass(c, o, right);
    if (rc)
        return rc;
    return secret_equal(right, pass) ? 0 : LOBBY_BAD_PASS;
}
