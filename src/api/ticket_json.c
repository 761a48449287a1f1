/* ticket_json.c -- A ticket as the pages see it: one shape everywhere. */
#include "api/api_priv.h"
#include "advise/nearby.h"
#include "base/qr.h"
#include <stdio.h>
#include <string.h>
#include "base/banned.h"

void ms_json(struct jsonw *w, const char *key, int64_t us)
{
    if (us)
        jw_i64(w, key, us / 1000);
    else
        jw_null(w, key);
}

void pair_json(struct jsonw *w, const char *key, const char *zh, const char *en)
{
    char name[48];
    snprintf(name, sizeof name, "%s_zh", key);
    jw_text(w, name, zh);
    snprintf(name, sizeof name, "%s_en", key);
    jw_text(w, name, en[0] ? en : zh);
}

void range_json(struct jsonw *w, const char *key, struct wait_range r)
{
    if (r.low_s < 0) {
        jw_null(w, key);
        return;
    }
    jw_object(w, key);
    jw_i64(w, "low_s", r.low_s);
    jw_i64(w, "high_s", r.high_s);
    ms_json(w, "told_ms", r.told_us); /* simulated then: P50 and P90; null: an estimate */
    jw_end(w);
}

void class_json(struct jsonw *w, const char *key, const struct lobby_plan *p, int index)
{
    jw_object(w, key);
    jw_i64(w, "index", index);
    for (int i = 0; i < p->n_classes; i++) {
        if (p->classes[i].index != index)
            continue;
        jw_text(w, "code", p->classes[i].code);
        pair_json(w, "name", p->classes[i].name_zh, p->classes[i].name_en);
        jw_i64(w, "target_s", p->classes[i].target_s);
        jw_i64(w, "goal_ppm", p->classes[i].goal_ppm);
        jw_bool(w, "mid_high", p->classes[i].mid_high);
    }
    jw_end(w);
}

/* An outlet as everybody may see it: where it is. */
void outlet_place_json(struct jsonw *w, const struct branch_outlet *o)
{
    jw_i64(w, "id", o->id.n);
    jw_text(w, "code", o->code);
    pair_json(w, "name", o->name_zh, o->name_en);
    pair_json(w, "district", o->district_zh, o->district_en);
    pair_json(w, "address", o->address_zh, o->address_en);
    jw_text(w, "phone", o->phone);
    jw_f64(w, "lat", o->lat_e6 / 1e6, 6);
    jw_f64(w, "lon", o->lon_e6 / 1e6, 6);
}

const char *staff_name(struct call *c, int64_t id)
{
    struct who_staff s;
    if (!id || who_staff_get(c, (staff_id){ id }, &s))
        return "";
    return arena_text(c->arena, s.name);
}

static void service_json(struct jsonw *w, const struct ticket *t, const struct lobby_plan *p)
{
    const struct branch_service *s = plan_service(p, t->service);
    CHECK(s);
    char prefix[2] = { s->prefix, 0 };
    jw_object(w, "service");
    jw_i64(w, "id", s->id.n);
    jw_text(w, "prefix", prefix);
    pair_json(w, "name", s->name_zh, s->name_en);
    pair_json(w, "documents", s->documents_zh, s->documents_en);
    pair_json(w, "machine", s->machine_zh, s->machine_en);
    jw_end(w);
}

static void visit_json(struct jsonw *w, const struct ticket *t, const struct lobby_plan *p)
{
    struct visit_service v[TICKET_SERVICES];
    int n = ticket_services(t, v);
    jw_array(w, "services");
    for (int i = 0; i < n; i++) {
        const struct branch_service *s = plan_service(p, v[i].service);
        if (!s)
            continue;
        jw_object(w, NULL);
        jw_i64(w, "id", s->id.n);
        pair_json(w, "name", s->name_zh, s->name_en);
        jw_text(w, "state", v[i].state == 'd' ? "done" : v[i].state == 'n' ? "now" : "todo");
        jw_end(w);
    }
    jw_end(w);
}

static void window_json(struct jsonw *w, const struct ticket *t, const struct lobby_plan *p)
{
    const struct branch_window *win = t->window.n ? plan_window(p, t->window) : NULL;
    if (!win) {
        jw_null(w, "window");
        return;
    }
    jw_object(w, "window");
    jw_i64(w, "id", win->id.n);
    jw_i64(w, "number", win->number);
    pair_json(w, "name", win->name_zh, win->name_en);
    jw_end(w);
}

static void booking_json(struct jsonw *w, const struct ticket *t, const struct lobby_plan *p)
{
    if (!t->slot_us) {
        jw_null(w, "booking");
        return;
    }
    jw_object(w, "booking");
    ms_json(w, "slot_ms", t->slot_us);
    ms_json(w, "from_ms", t->slot_us - p->settings.early_s * US_SECOND);
    ms_json(w, "until_ms", t->slot_us + p->settings.late_s * US_SECOND);
    jw_bool(w, "checked_in", t->checked_in_us != 0);
    jw_end(w);
}

/* The phone's address of this ticket, as text and as a picture to scan. */
static int token_json(struct call *c, struct request *q, struct jsonw *w, const struct ticket *t)
{
    char token[TICKET_TOKEN];
    struct buf svg;
    int rc = lobby_token(c, t->id, token);
    if (rc)
        return rc;
    const char *url = arena_printf(c->arena, "%s/me.html#%s", q->api->s.origin, token);
    buf_init(&svg, 64 << 10);
    rc = qr_svg(url, &svg);
    if (!rc) {
        jw_text(w, "token", token);
        jw_text(w, "url", url);
        jw_text_n(w, "qr_svg", svg.at, svg.len);
    }
    buf_release(&svg);
    return rc;
}

static void times_json(struct jsonw *w, const struct ticket *t, int64_t now_us)
{
    ms_json(w, "taken_ms", t->taken_us);
    ms_json(w, "since_ms", t->since_us);
    ms_json(w, "called_ms", t->called_us);
    ms_json(w, "serving_ms", t->serving_us);
    ms_json(w, "ended_ms", t->ended_us);
    jw_i64(w, "waited_s", ticket_wait_us(t, now_us) / US_SECOND);
}

static void place_json(struct jsonw *w, const struct ticket *t, const struct lobby_scene *s)
{
    struct queue_place place;
    struct wait_range at_take = { t->forecast_low_s, t->forecast_high_s, 0 };
    if (ticket_waits(t->state)) {
        queue_place(s, t, &place);
        jw_i64(w, "ahead", place.ahead);
        jw_i64(w, "ahead_class", place.ahead_class);
        range_json(w, "forecast", place.range);
    } else {
        jw_null(w, "ahead");
        jw_null(w, "ahead_class");
        jw_null(w, "forecast");
    }
    range_json(w, "forecast_at_take", at_take);
}

/* Who gave this number back for a place at another outlet finds the place by it. */
static int went_json(struct call *c, struct request *q, struct jsonw *w, const struct ticket *t)
{
    struct lobby_scene s;
    struct ticket held;
    int rc = nearby_went(c, t->id, &held);
    if (!rc && held.id.n)
        rc = scene_load(c, held.outlet, &s);
    if (!rc && held.id.n)
        return ticket_json(c, q, w, "went", &held, &s, TICKET_WITH_TOKEN);
    if (!rc)
        jw_null(w, "went");
    return rc;
}

int ticket_json(struct call *c, struct request *q, struct jsonw *w, const char *key,
                const struct ticket *t, const struct lobby_scene *s, enum ticket_detail detail)
{
    const struct lobby_settings *set = &s->plan->settings;
    int rc = 0;
    jw_object(w, key);
    jw_i64(w, "id", t->id.n);
    jw_text(w, "number", t->number);
    jw_text(w, "state", ticket_state_code(t->state));
    jw_object(w, "outlet");
    jw_i64(w, "id", s->outlet.id.n);
    jw_text(w, "code", s->outlet.code);
    pair_json(w, "name", s->outlet.name_zh, s->outlet.name_en);
    jw_end(w);
    service_json(w, t, s->plan);
    visit_json(w, t, s->plan);
    class_json(w, "class", s->plan, t->class_index);
    jw_bool(w, "courtesy", t->courtesy);
    jw_text(w, "source", ticket_source_code(t->source));
    times_json(w, t, c->now_us);
    window_json(w, t, s->plan);
    place_json(w, t, s);
    booking_json(w, t, s->plan);
    jw_i64(w, "recalls", t->recalls);
    jw_i64(w, "recalls_left", set->recall_max > t->recalls ? set->recall_max - t->recalls : 0);
    jw_i64(w, "notify_ahead", t->notify_ahead);
    jw_text(w, "reason", t->reason[0] ? t->reason : NULL);
    jw_bool(w, "inaccurate", t->inaccurate);
    if (q->session.actor.kind == ACTOR_STAFF && q->signed_in)
        jw_text(w, "phone_tail", t->phone_tail[0] ? t->phone_tail : NULL);
    if (detail == TICKET_WITH_TOKEN)
        rc = token_json(c, q, w, t);
    if (!rc && detail == TICKET_WITH_TOKEN && t->state == TICKET_LEFT)
        rc = went_json(c, q, w, t);
    jw_end(w);
    return rc;
}

/* A line in a list: what a teller or a floor manager needs to see of a ticket. */
void ticket_row_json(struct jsonw *w, const struct ticket *t, const struct lobby_scene *s)
{
    char prefix[2] = { (char)t->prefix, 0 };
    const struct branch_service *service = plan_service(s->plan, t->service);
    int64_t wait_s = ticket_wait_us(t, s->now_us) / US_SECOND;
    int target = 1200;
    for (int i = 0; i < s->plan->n_classes; i++)
        if (s->plan->classes[i].index == t->class_index)
            target = s->plan->classes[i].target_s;
    jw_i64(w, "id", t->id.n);
    jw_text(w, "number", t->number);
    jw_text(w, "state", ticket_state_code(t->state));
    jw_text(w, "prefix", prefix);
    pair_json(w, "service_name", service ? service->name_zh : "", service ? service->name_en : "");
    class_json(w, "class", s->plan, t->class_index);
    jw_bool(w, "courtesy", t->courtesy);
    jw_text(w, "source", ticket_source_code(t->source));
    ms_json(w, "since_ms", t->since_us);
    jw_i64(w, "waited_s", wait_s);
    jw_bool(w, "over", wait_s > target);
    jw_bool(w, "near", wait_s <= target && wait_s > target * 3 / 4);
    jw_bool(w, "first_in_line", t->first_in_line);
}
