/* admin_api.c -- Settings: rules, staff, devices, outlets, windows, services, hours, calendar. */
#include "api/handlers.h"
#include "base/qr.h"
#include <stdio.h>
#include <string.h>
#include "base/banned.h"

static void copy(char *out, size_t size, const char *s)
{
    if (s)
        snprintf(out, size, "%s", s);
}

/* ---- an outlet's lobby settings ---- */

static void settings_json(struct jsonw *w, const struct lobby_settings *s)
{
    jw_object(w, NULL);
    jw_text(w, "rule", s->rule);
    jw_i64(w, "recall_min_s", s->recall_min_s);
    jw_i64(w, "recall_max", s->recall_max);
    jw_i64(w, "undo_s", s->undo_s);
    jw_i64(w, "notify_ahead", s->notify_ahead);
    jw_i64(w, "alarm_wait_s", s->alarm_wait_s);
    jw_i64(w, "alarm_count", s->alarm_count);
    jw_i64(w, "idle_alarm_s", s->idle_alarm_s);
    jw_object(w, "booking");
    jw_i64(w, "days_ahead", s->book_days);
    jw_i64(w, "min_notice_s", s->book_notice_s);
    jw_i64(w, "slot_s", s->slot_s);
    jw_i64(w, "capacity", s->slot_capacity);
    jw_i64(w, "early_s", s->early_s);
    jw_i64(w, "late_s", s->late_s);
    jw_i64(w, "per_customer_max", s->per_customer);
    jw_i64(w, "missed_max", s->missed_max);
    jw_end(w);
    jw_bool(w, "carry_over", s->carry_over);
    jw_text(w, "printer", s->printer);
    jw_end(w);
}

int api_settings_get(struct call *c, struct request *q, struct buf *answer)
{
    struct branch_outlet o;
    struct lobby_settings s;
    struct jsonw w;
    int rc = branch_outlet_get(c, (outlet_id){ q->id[0] }, &o);
    if (!rc)
        rc = lobby_settings_get(c, o.id, &s);
    if (rc)
        return rc;
    jw_init(&w, answer);
    settings_json(&w, &s);
    return 0;
}

static void want_int(struct request *q, struct json_node *n, const char *key, int *out)
{
    int64_t v = *out;
    json_want_i64(q->doc, n, key, INT32_MIN, INT32_MAX, &v); /* the room knows the bounds */
    *out = (int)v;
}

int api_settings_put(struct call *c, struct request *q, struct buf *answer)
{
    struct lobby_settings s;
    struct jsonw w;
    const char *rule = NULL, *printer = NULL;
    outlet_id o = { q->id[0] };
    int rc = lobby_settings_get(c, o, &s);
    if (rc)
        return rc;
    json_want_text(q->doc, q->body, "rule", RULE_TEXT - 1, &rule);
    want_int(q, q->body, "recall_min_s", &s.recall_min_s);
    want_int(q, q->body, "recall_max", &s.recall_max);
    want_int(q, q->body, "undo_s", &s.undo_s);
    want_int(q, q->body, "notify_ahead", &s.notify_ahead);
    want_int(q, q->body, "alarm_wait_s", &s.alarm_wait_s);
    want_int(q, q->body, "alarm_count", &s.alarm_count);
    want_int(q, q->body, "idle_alarm_s", &s.idle_alarm_s);
    struct json_node *b = json_want_object(q->doc, q->body, "booking");
    if (b) {
        want_int(q, b, "days_ahead", &s.book_days);
        want_int(q, b, "min_notice_s", &s.book_notice_s);
        want_int(q, b, "slot_s", &s.slot_s);
        want_int(q, b, "capacity", &s.slot_capacity);
        want_int(q, b, "early_s", &s.early_s);
        want_int(q, b, "late_s", &s.late_s);
        want_int(q, b, "per_customer_max", &s.per_customer);
        want_int(q, b, "missed_max", &s.missed_max);
    }
    json_want_bool(q->doc, q->body, "carry_over", &s.carry_over);
    json_want_text(q->doc, q->body, "printer", sizeof s.printer - 1, &printer);
    rc = body_done(c, q);
    if (rc)
        return rc;
    copy(s.rule, sizeof s.rule, rule);
    copy(s.printer, sizeof s.printer, printer);
    rc = lobby_settings_put(c, o, &s);
    jw_init(&w, answer);
    if (!rc)
        settings_json(&w, &s);
    return rc;
}

/* For the settings page while somebody types: the rule as it would be kept, or what is wrong. */
int api_rule_check(struct call *c, struct request *q, struct buf *answer)
{
    const char *text = request_text(q, "rule");
    char rule[RULE_TEXT];
    struct jsonw w;
    int rc =
        text ? lobby_rule_check(c, text, rule) : call_refuse(c, BASE_MISSING, "rule", "%s", "");
    if (rc)
        return rc;
    jw_init(&w, answer);
    jw_object(&w, NULL);
    jw_text(&w, "rule", rule);
    jw_end(&w);
    return 0;
}

/* ---- staff ---- */

static void staff_json(struct jsonw *w, const struct who_staff *s)
{
    jw_object(w, NULL);
    jw_i64(w, "id", s->id.n);
    jw_text(w, "username", s->username);
    jw_text(w, "name", s->name);
    jw_text(w, "role", who_role_code(s->role));
    jw_i64(w, "outlet_id", s->outlet_id);
    jw_bool(w, "active", s->active);
    jw_i64(w, "grade", who_grade(s));
    jw_text(w, "number", s->number);
    jw_end(w);
}

int api_staff_list(struct call *c, struct request *q, struct buf *answer)
{
    struct who_staff *list;
    struct jsonw w;
    int n = 0;
    int64_t outlet = c->actor.outlet_id ? c->actor.outlet_id : request_i64(q, "outlet", 0);
    int rc = who_staff_list(c, outlet, &list, &n);
    jw_init(&w, answer);
    jw_object(&w, NULL);
    jw_array(&w, "items");
    for (int i = 0; !rc && i < n; i++)
        staff_json(&w, &list[i]);
    jw_end(&w);
    jw_end(&w);
    return rc;
}

static int staff_save(struct call *c, struct request *q, struct who_staff *s, struct buf *answer)
{
    const char *name = NULL, *role = NULL, *password = NULL, *number = NULL;
    struct branch_outlet o;
    struct jsonw w;
    bool fresh = !s->id.n;
    if (fresh) {
        const char *username = NULL;
        json_need_text(q->doc, q->body, "username", sizeof s->username - 1, &username);
        json_need_text(q->doc, q->body, "name", sizeof s->name - 1, &name);
        json_need_text(q->doc, q->body, "role", 20, &role);
        json_need_text(q->doc, q->body, "password", 200, &password);
        copy(s->username, sizeof s->username, username);
    } else {
        json_want_text(q->doc, q->body, "name", sizeof s->name - 1, &name);
        json_want_text(q->doc, q->body, "role", 20, &role);
        json_want_text(q->doc, q->body, "password", 200, &password);
        json_want_bool(q->doc, q->body, "active", &s->active);
    }
    json_want_i64(q->doc, q->body, "outlet_id", 0, INT64_MAX, &s->outlet_id);
    want_int(q, q->body, "grade", &s->grade);
    json_want_text(q->doc, q->body, "number", sizeof s->number - 1, &number);
    int rc = body_done(c, q);
    if (rc)
        return rc;
    copy(s->name, sizeof s->name, name);
    copy(s->number, sizeof s->number, number);
    if (role && !(s->role = who_role_parse(role)))
        return call_refuse(c, WHO_BAD_ROLE, "role", "%s", role);
    if (s->outlet_id && (rc = branch_outlet_get(c, (outlet_id){ s->outlet_id }, &o)))
        return rc;
    if (password && *password)
        rc = who_password_fit(c, s->username, password);
    if (!rc)
        rc = who_staff_put(c, s, q->password_hash);
    jw_init(&w, answer);
    if (!rc)
        staff_json(&w, s);
    return rc;
}

int api_staff_put(struct call *c, struct request *q, struct buf *answer)
{
    struct who_staff s = { .active = true };
    return staff_save(c, q, &s, answer);
}

int api_staff_patch(struct call *c, struct request *q, struct buf *answer)
{
    struct who_staff s;
    int rc = who_staff_get(c, (staff_id){ q->id[0] }, &s);
    return rc ? rc : staff_save(c, q, &s, answer);
}

/* ---- devices ---- */

static void device_json(struct jsonw *w, const char *key, const struct who_device *d)
{
    jw_object(w, key);
    jw_i64(w, "id", d->id.n);
    jw_text(w, "role", who_role_code(d->role));
    jw_i64(w, "outlet_id", d->outlet_id);
    jw_text(w, "name", d->name);
    jw_bool(w, "active", d->active);
    jw_end(w);
}

int api_devices(struct call *c, struct request *q, struct buf *answer)
{
    struct who_device *list;
    struct jsonw w;
    int n = 0;
    int rc = who_device_list(c, request_i64(q, "outlet", 0), &list, &n);
    jw_init(&w, answer);
    jw_object(&w, NULL);
    jw_array(&w, "items");
    for (int i = 0; !rc && i < n; i++)
        device_json(&w, NULL, &list[i]);
    jw_end(&w);
    jw_end(&w);
    return rc;
}

/* The answer carries the token, once: so this route has no request key and stores no answer. */
static void device_answer(struct request *q, const struct who_device *d, const char *token,
                          struct buf *answer)
{
    struct jsonw w;
    jw_init(&w, answer);
    jw_object(&w, NULL);
    device_json(&w, "device", d);
    jw_text(&w, "token", token[0] ? token : NULL);
    if (token[0]) {
        struct buf svg;
        const char *url = arena_printf(q->arena, "%s/%s.html#device=%s", q->api->s.origin,
                                       d->role == ROLE_KIOSK ? "kiosk" : "board", token);
        jw_text(&w, "url", url);
        buf_init(&svg, 64 << 10);
        if (!qr_svg(url, &svg))
            jw_text_n(&w, "qr_svg", svg.at, svg.len);
        buf_release(&svg);
    }
    jw_end(&w);
}

int api_device_put(struct call *c, struct request *q, struct buf *answer)
{
    struct who_device d = { .active = true };
    struct branch_outlet o;
    const char *role = NULL, *name = NULL;
    char token[TOKEN_TEXT] = "";
    json_need_text(q->doc, q->body, "role", 20, &role);
    json_need_i64(q->doc, q->body, "outlet_id", 1, INT64_MAX, &d.outlet_id);
    json_need_text(q->doc, q->body, "name", sizeof d.name - 1, &name);
    int rc = body_done(c, q);
    if (!rc)
        rc = branch_outlet_get(c, (outlet_id){ d.outlet_id }, &o);
    if (rc)
        return rc;
    d.role = who_role_parse(role);
    copy(d.name, sizeof d.name, name);
    rc = who_device_put(c, &d, token);
    if (!rc)
        device_answer(q, &d, token, answer);
    secret_wipe(token, sizeof token);
    return rc;
}

int api_device_patch(struct call *c, struct request *q, struct buf *answer)
{
    struct who_device *list;
    char token[TOKEN_TEXT] = "";
    int n = 0;
    bool active = true;
    json_want_bool(q->doc, q->body, "active", &active);
    int rc = body_done(c, q);
    if (!rc)
        rc = who_device_list(c, 0, &list, &n);
    for (int i = 0; !rc && i < n; i++) {
        if (list[i].id.n != q->id[0])
            continue;
        list[i].active = active;
        rc = who_device_put(c, &list[i], token);
        if (!rc)
            device_answer(q, &list[i], token, answer);
        secret_wipe(token, sizeof token);
        return rc;
    }
    return rc ? rc : WHO_NO_DEVICE;
}

int api_sign_ins(struct call *c, struct request *q, struct buf *answer)
{
    struct who_attempt *list;
    struct jsonw w;
    int n = 0;
    UNUSED(q);
    int rc = who_attempts(c, 200, &list, &n);
    jw_init(&w, answer);
    jw_object(&w, NULL);
    jw_array(&w, "items");
    for (int i = 0; !rc && i < n; i++) {
        jw_object(&w, NULL);
        ms_json(&w, "at_ms", list[i].at_us);
        jw_text(&w, "username", list[i].username);
        jw_text(&w, "peer", list[i].peer);
        jw_bool(&w, "ok", list[i].ok);
        jw_end(&w);
    }
    jw_end(&w);
    jw_end(&w);
    return rc;
}
