/* ticket_api.c -- Taking a number, and a customer's own ticket. */
#include "api/handlers.h"
#include "base/qr.h"
#include <stdio.h>
#include <string.h>
#include "base/banned.h"

/* What a write about a ticket answers before the page's fuller picture is read. */
static void small_answer(struct buf *b, const struct ticket *t)
{
    struct jsonw w;
    jw_init(&w, b);
    jw_object(&w, NULL);
    jw_i64(&w, "id", t->id.n);
    jw_text(&w, "number", t->number);
    jw_text(&w, "state", ticket_state_code(t->state));
    jw_end(&w);
}

int ticket_small(int rc, const struct ticket *t, struct buf *answer)
{
    if (!rc)
        small_answer(answer, t);
    return rc;
}

static int ticket_whole(struct call *c, struct request *q, ticket_id id, enum ticket_detail detail,
                        struct buf *answer)
{
    struct ticket t;
    struct lobby_scene s;
    struct jsonw w;
    int rc = lobby_ticket(c, id, &t);
    if (!rc)
        rc = scene_load(c, t.outlet, &s);
    if (rc)
        return rc;
    jw_init(&w, answer);
    return ticket_json(c, q, &w, NULL, &t, &s, detail);
}

static ticket_id small_id(struct request *q)
{
    int64_t id = 0;
    json_want_i64(q->small, json_root(q->small), "id", 1, INT64_MAX, &id);
    return (ticket_id){ id };
}

int api_ticket_after(struct call *c, struct request *q, struct buf *answer)
{
    return ticket_whole(c, q, small_id(q), TICKET_PLAIN, answer);
}

int api_ticket_after_token(struct call *c, struct request *q, struct buf *answer)
{
    return ticket_whole(c, q, small_id(q), TICKET_WITH_TOKEN, answer);
}

/* The class of a swiped card: the issuer's ranges are configuration; the number is not kept. */
static int class_of_card(const char *swipe)
{
    char digits[24];
    size_t n = 0;
    for (const char *s = swipe; *s && n + 1 < sizeof digits; s++) {
        if (*s >= '0' && *s <= '9')
            digits[n++] = *s;
        else if (n >= 12)
            break; /* the end of the number on a magnetic stripe */
    }
    digits[n] = 0;
    if (n < 16)
        return 0;
    /* The demo bank's invented ranges: 62999 8... gold, 62999 9... high. */
    if (!strncmp(digits, "629999", 6))
        return 2;
    return !strncmp(digits, "629998", 6) ? 1 : 0;
}

static int class_by_code(struct call *c, const char *code, int *index)
{
    struct branch_class *list;
    int n = 0;
    int rc = branch_classes(c, &list, &n);
    for (int i = 0; !rc && i < n; i++)
        if (!strcmp(list[i].code, code)) {
            *index = list[i].index;
            return 0;
        }
    return rc ? rc : call_refuse(c, BRANCH_NO_CLASS, "class", "%s", code);
}

static void services_read(struct request *q, struct take_order *o)
{
    size_t n = 0;
    json_need_i64(q->doc, q->body, "service_id", 1, INT64_MAX, &o->services[0].n);
    o->n_services = 1;
    struct json_node *more =
        json_want_array(q->doc, q->body, "more_service_ids", TICKET_SERVICES - 1, &n);
    for (size_t i = 0; more && i < n; i++)
        if (json_is_i64(json_item(more, i), &o->services[o->n_services].n))
            o->n_services++;
        else
            json_note(q->doc, BASE_BAD_INPUT, "more_service_ids");
}

int api_take(struct call *c, struct request *q, struct buf *answer)
{
    const char *class = NULL, *card = NULL, *phone = NULL;
    struct take_order o = { .outlet = { q->id[0] } };
    struct ticket t;
    services_read(q, &o);
    json_want_text(q->doc, q->body, "class", 15, &class);
    json_want_text(q->doc, q->body, "card", 120, &card);
    json_want_text(q->doc, q->body, "phone", 20, &phone);
    json_want_bool(q->doc, q->body, "courtesy", &o.courtesy);
    int rc = body_done(c, q);
    bool kiosk = q->session.actor.role == ROLE_KIOSK;
    /* At the kiosk the card says the class; a person's word is the floor manager's to give. */
    if (!rc && class && kiosk && strcmp(class, "normal"))
        rc = call_refuse(c, WHO_NOT_ALLOWED, "class", "%s", "swipe a card");
    if (!rc && class)
        rc = class_by_code(c, class, &o.class_index);
    if (rc)
        return rc;
    if (card && *card && !class && q->api->s.demo) /* the ranges above are the demo bank's alone */
        o.class_index = class_of_card(card);
    o.phone = phone;
    o.source = kiosk ? SOURCE_KIOSK : SOURCE_FLOOR;
    return ticket_small(lobby_take(c, &o, &t), &t, answer);
}

int api_join(struct call *c, struct request *q, struct buf *answer)
{
    const char *pass = NULL, *phone = NULL;
    struct take_order o = { .outlet = { q->id[0] }, .source = SOURCE_PHONE };
    struct ticket t;
    services_read(q, &o);
    json_need_text(q->doc, q->body, "pass", 40, &pass);
    json_want_text(q->doc, q->body, "phone", 20, &phone);
    json_want_bool(q->doc, q->body, "courtesy", &o.courtesy);
    int rc = body_done(c, q);
    if (!rc)
        rc = lobby_pass_ok(c, o.outlet, pass);
    o.phone = phone;
    if (!rc)
        rc = lobby_take(c, &o, &t);
    return ticket_small(rc, &t, answer);
}

int api_pass(struct call *c, struct request *q, struct buf *answer)
{
    struct branch_outlet o;
    struct jsonw w;
    struct buf svg;
    char pass[24];
    int rc = branch_outlet_get(c, (outlet_id){ q->id[0] }, &o);
    if (!rc)
        rc = lobby_pass(c, o.id, pass);
    if (rc)
        return rc;
    const char *url = arena_printf(c->arena, "%s/me.html?o=%s#%s", q->api->s.origin, o.code, pass);
    buf_init(&svg, 64 << 10);
    rc = qr_svg(url, &svg);
    jw_init(&w, answer);
    jw_object(&w, NULL);
    jw_text(&w, "pass", pass);
    jw_text(&w, "url", url);
    jw_text_n(&w, "qr_svg", svg.at, svg.len);
    jw_end(&w);
    buf_release(&svg);
    return rc;
}

/* ---- a customer's own ticket, by its token ---- */

static int own_ticket(struct call *c, struct request *q, struct ticket *t)
{
    return lobby_token_ticket(c, q->param[0], t);
}

int api_own(struct call *c, struct request *q, struct buf *answer)
{
    struct ticket t;
    int rc = own_ticket(c, q, &t);
    if (rc)
        return rc;
    return ticket_whole(c, q, t.id, TICKET_WITH_TOKEN, answer);
}

int api_own_leave(struct call *c, struct request *q, struct buf *answer)
{
    struct ticket t;
    int rc = body_done(c, q);
    if (!rc)
        rc = own_ticket(c, q, &t);
    if (!rc)
        rc = lobby_leave(c, t.id, "customer", &t);
    return ticket_small(rc, &t, answer);
}

int api_own_notify(struct call *c, struct request *q, struct buf *answer)
{
    struct ticket t;
    int64_t ahead = 0;
    json_need_i64(q->doc, q->body, "ahead", 0, 50, &ahead);
    int rc = body_done(c, q);
    if (!rc)
        rc = own_ticket(c, q, &t);
    if (!rc)
        rc = lobby_notify(c, t.id, (int)ahead, &t);
    return ticket_small(rc, &t, answer);
}

int api_own_check_in(struct call *c, struct request *q, struct buf *answer)
{
    struct ticket t;
    int rc = body_done(c, q);
    if (!rc)
        rc = own_ticket(c, q, &t);
    if (!rc)
        rc = lobby_check_in(c, t.id, &t);
    return ticket_small(rc, &t, answer);
}

int api_own_reschedule(struct call *c, struct request *q, struct buf *answer)
{
    struct ticket t;
    int64_t slot_ms = 0;
    json_need_i64(q->doc, q->body, "slot_ms", 0, INT64_MAX / 1000, &slot_ms);
    int rc = body_done(c, q);
    if (!rc)
        rc = own_ticket(c, q, &t);
    if (!rc)
        rc = lobby_reschedule(c, t.id, slot_ms * 1000, &t);
    return ticket_small(rc, &t, answer);
}

int api_own_cancel(struct call *c, struct request *q, struct buf *answer)
{
    struct ticket t;
    int rc = body_done(c, q);
    if (!rc)
        rc = own_ticket(c, q, &t);
    if (!rc)
        rc = lobby_cancel(c, t.id, &t);
    return ticket_small(rc, &t, answer);
}

/* ---- appointments ---- */

int api_slots(struct call *c, struct request *q, struct buf *answer)
{
    struct lobby_settings set;
    struct slot *slots;
    struct jsonw w;
    char text[DATE_TEXT];
    date today = date_of_instant(c->now_us), d;
    outlet_id o = { q->id[0] };
    service_id service;
    int n = 0;
    int rc = request_date(c, q, "date", today, &d);
    if (!rc)
        rc = lobby_settings_get(c, o, &set);
    if (!rc)
        rc = request_service(c, q, &service);
    if (!rc)
        rc = lobby_slots(c, o, service, d, &slots, &n);
    if (rc)
        return rc;
    jw_init(&w, answer);
    jw_object(&w, NULL);
    jw_array(&w, "items");
    for (int i = 0; i < n; i++) {
        bool soon = slots[i].at_us < c->now_us + set.book_notice_s * US_SECOND;
        int left = slots[i].capacity - slots[i].taken;
        jw_object(&w, NULL);
        ms_json(&w, "slot_ms", slots[i].at_us);
        jw_i64(&w, "capacity", slots[i].capacity);
        jw_i64(&w, "taken", slots[i].taken);
        jw_i64(&w, "free", soon || slots[i].blocked || left < 0 ? 0 : left);
        jw_bool(&w, "blocked", slots[i].blocked);
        jw_text(&w, "reason_zh", slots[i].blocked ? slots[i].reason : NULL);
        jw_end(&w);
    }
    jw_end(&w);
    date_print(today, text);
    jw_text(&w, "earliest_date", text);
    date_print((date){ today.days + set.book_days }, text);
    jw_text(&w, "latest_date", text);
    jw_i64(&w, "min_notice_s", set.book_notice_s);
    jw_i64(&w, "checkin_early_s", set.early_s);
    jw_i64(&w, "checkin_late_s", set.late_s);
    jw_end(&w);
    return 0;
}

int api_book(struct call *c, struct request *q, struct buf *answer)
{
    struct book_order o = { .outlet = { q->id[0] } };
    struct ticket t;
    int64_t slot_ms = 0;
    const char *name = NULL;
    json_need_i64(q->doc, q->body, "service_id", 1, INT64_MAX, &o.service.n);
    json_need_i64(q->doc, q->body, "slot_ms", 0, INT64_MAX / 1000, &slot_ms);
    json_need_text(q->doc, q->body, "phone", 20, &o.phone);
    json_want_text(q->doc, q->body, "name", 40, &name); /* taken, not kept */
    json_want_bool(q->doc, q->body, "courtesy", &o.courtesy);
    int rc = body_done(c, q);
    o.slot_us = slot_ms * 1000;
    if (!rc)
        rc = lobby_book(c, &o, &t);
    return ticket_small(rc, &t, answer);
}

/* ---- staff ---- */

int api_ticket(struct call *c, struct request *q, struct buf *answer)
{
    struct ticket t;
    int rc = lobby_ticket(c, (ticket_id){ q->id[0] }, &t);
    if (!rc && c->actor.outlet_id && c->actor.outlet_id != t.outlet.n)
        rc = LOBBY_NO_TICKET;
    if (rc)
        return rc;
    return ticket_whole(c, q, t.id, TICKET_WITH_TOKEN, answer);
}
