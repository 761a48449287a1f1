/* office2_api.c -- From the figures down to one ticket: tellers, tickets, the life of one. */
#include "api/office.h"
#include "lobby/leg.h"
#include "lobby/own_audit.h"
#include "store/event.h"
#include <stdio.h>
#include <string.h>
#include "base/banned.h"

/* Names of the few people that a page shows again and again: each is read once. */
enum { NAMES = 64 };
struct name_cache {
    struct call *c; /* in whose memory the names are */
    struct {
        int64_t id;
        const char *name;
    } at[NAMES];
    int n;
};

static const char *name_of(struct name_cache *k, int64_t id)
{
    for (int i = 0; i < k->n; i++)
        if (k->at[i].id == id)
            return k->at[i].name;
    const char *name = staff_name(k->c, id);
    if (k->n < NAMES) {
        k->at[k->n].id = id;
        k->at[k->n++].name = name;
    }
    return name;
}

int api_tellers(struct call *c, struct request *q, struct buf *answer)
{
    struct stats_range range;
    struct stats_teller *list = NULL;
    struct jsonw w;
    int n = 0;
    int rc = range_read(c, q, 1, &range);
    if (!rc)
        rc = stats_tellers(c, &range, &list, &n);
    if (rc)
        return rc;
    jw_init(&w, answer);
    jw_object(&w, NULL);
    jw_array(&w, "items");
    for (int i = 0; i < n; i++) {
        const struct stats_teller *t = &list[i];
        jw_object(&w, NULL);
        jw_i64(&w, "staff_id", t->staff);
        jw_text(&w, "name", staff_name(c, t->staff));
        jw_i64(&w, "served", t->served);
        jw_f64(&w, "mean_wait_s", t->mean_wait_s, 1);
        jw_f64(&w, "mean_handling_s", t->mean_handling_s, 1);
        jw_i64(&w, "no_shows", t->no_shows);
        jw_i64(&w, "open_s", t->open_s);
        jw_i64(&w, "busy_s", t->busy_s);
        if (t->open_s)
            jw_i64(&w, "busy_ppm",
                   t->busy_s < t->open_s ? t->busy_s * 1000000 / t->open_s : 1000000);
        else
            jw_null(&w, "busy_ppm");
        jw_end(&w);
    }
    jw_end(&w);
    jw_end(&w);
    return 0;
}

/* ---- tickets of a day ---- */

enum { TICKETS_LIMIT = 200, TICKETS_MAX = 2000 };

struct ticket_wanted {
    int state, class_index; /* 0; -1: any */
    bool over;
    int64_t left; /* how many more may be shown */
};

static int class_target_s(const struct lobby_plan *p, int class_index)
{
    for (int i = 0; i < p->n_classes; i++)
        if (p->classes[i].index == class_index)
            return p->classes[i].target_s;
    return 1200;
}

static void ticket_light_json(struct call *c, struct jsonw *w, const struct ticket *t,
                              const struct lobby_plan *p, struct name_cache *names)
{
    const struct branch_service *s = plan_service(p, t->service);
    const struct branch_window *win = t->window.n ? plan_window(p, t->window) : NULL;
    int64_t waited_s = ticket_wait_us(t, c->now_us) / US_SECOND;
    jw_object(w, NULL);
    jw_i64(w, "id", t->id.n);
    jw_i64(w, "outlet_id", t->outlet.n);
    jw_text(w, "number", t->number);
    jw_text(w, "state", ticket_state_code(t->state));
    pair_json(w, "service_name", s ? s->name_zh : "", s ? s->name_en : "");
    class_json(w, "class", p, t->class_index);
    jw_bool(w, "courtesy", t->courtesy);
    jw_text(w, "source", ticket_source_code(t->source));
    ms_json(w, "taken_ms", t->taken_us);
    ms_json(w, "called_ms", t->called_us);
    ms_json(w, "ended_ms", t->ended_us);
    jw_i64(w, "waited_s", waited_s);
    jw_bool(w, "over", waited_s > class_target_s(p, t->class_index));
    if (win)
        jw_i64(w, "window_number", win->number);
    else
        jw_null(w, "window_number");
    jw_text(w, "staff_name", t->staff.n ? name_of(names, t->staff.n) : NULL);
    jw_text(w, "reason", t->reason[0] ? t->reason : NULL);
    jw_bool(w, "inaccurate", t->inaccurate);
    jw_end(w);
}

static int tickets_write(struct call *c, struct jsonw *w, outlet_id o, date d,
                         struct ticket_wanted *want, struct name_cache *names)
{
    const struct lobby_plan *p;
    struct ticket *list;
    int n = 0;
    int rc = plan_load(c, o, &p);
    if (!rc)
        rc = stats_tickets(c, o, d, &list, &n);
    for (int i = 0; !rc && i < n && want->left > 0; i++) {
        const struct ticket *t = &list[i];
        int64_t target_us = class_target_s(p, t->class_index) * US_SECOND;
        if ((want->state && (int)t->state != want->state) ||
            (want->class_index >= 0 && t->class_index != want->class_index) ||
            (want->over && ticket_wait_us(t, c->now_us) <= target_us))
            continue;
        ticket_light_json(c, w, t, p, names);
        want->left--;
    }
    return rc;
}

static int wanted_read(struct call *c, struct request *q, struct ticket_wanted *out)
{
    const char *state = request_text(q, "state"), *code = request_text(q, "class"),
               *over = request_text(q, "over");
    struct branch_class *classes;
    int n = 0;
    *out =
        (struct ticket_wanted){ .class_index = -1, .left = request_i64(q, "limit", TICKETS_LIMIT) };
    if (out->left < 1 || out->left > TICKETS_MAX)
        return call_refuse(c, BASE_RANGE, "limit", "1..%d", TICKETS_MAX);
    out->over = over && *over && strcmp(over, "0") && strcmp(over, "false");
    if (state && *state && !(out->state = ticket_state_parse(state)))
        return call_refuse(c, BASE_BAD_INPUT, "state", "%.40s", state);
    if (!code || !*code)
        return 0;
    int rc = branch_classes(c, &classes, &n);
    for (int i = 0; !rc && i < n; i++)
        if (!strcmp(classes[i].code, code))
            out->class_index = classes[i].index;
    return !rc && out->class_index < 0 ? BRANCH_NO_CLASS : rc;
}

int api_tickets(struct call *c, struct request *q, struct buf *answer)
{
    struct ticket_wanted want;
    struct name_cache names = { .c = c };
    struct stats_range range = { 0 };
    struct branch_outlet *outlets;
    struct apart apart;
    struct jsonw w;
    date d;
    int n = 0;
    int rc = request_outlet(c, q, &range.outlet);
    if (!rc)
        rc = request_date(c, q, "date", date_of_instant(c->now_us), &d);
    if (!rc)
        rc = wanted_read(c, q, &want);
    if (!rc)
        rc = stats_outlets(c, &range, &outlets, &n);
    if (rc)
        return rc;
    jw_init(&w, answer);
    jw_object(&w, NULL);
    date_json(&w, "date", d);
    jw_array(&w, "items");
    apart_begin(&apart, c);
    for (int i = 0; !rc && i < n && want.left > 0; i++) {
        rc = tickets_write(&apart.c, &w, outlets[i].id, d, &want, &names);
        apart_clear(&apart);
    }
    rc = apart_end(&apart, c, rc);
    jw_end(&w);
    jw_bool(&w, "more", want.left == 0);
    jw_end(&w);
    return rc;
}

/* ---- did the calls follow the rule? ---- */

static void audit_call(struct jsonw *w, outlet_id o, const struct lobby_plan *p,
                       const struct own_call *b, struct name_cache *names)
{
    const struct branch_window *win = plan_window(p, b->window);
    jw_object(w, NULL);
    jw_i64(w, "outlet_id", o.n);
    jw_i64(w, "ticket_id", b->ticket.n);
    jw_text(w, "number", b->number);
    jw_i64(w, "window_number", win ? win->number : 0);
    jw_text(w, "staff_name", b->staff.n ? name_of(names, b->staff.n) : NULL);
    ms_json(w, "at_ms", b->at_us);
    jw_text(w, "should_have", b->should.n ? b->should_number : NULL);
    if (b->should.n)
        jw_i64(w, "should_have_id", b->should.n);
    else
        jw_null(w, "should_have_id");
    jw_bool(w, "by_hand", b->by_hand);
    jw_text(w, "reason", b->reason[0] ? b->reason : NULL);
    jw_end(w);
}

/* Writes what broke the rule at one outlet and adds its counts to all. */
static int audit_outlet(struct call *c, struct jsonw *w, outlet_id o, date d, struct own_audit *all,
                        struct name_cache *names)
{
    const struct lobby_plan *p;
    struct own_audit one;
    int rc = plan_load(c, o, &p);
    if (!rc)
        rc = own_audit(c, o, d, &one);
    if (rc)
        return rc;
    for (int i = 0; i < one.n_broke; i++)
        audit_call(w, o, p, &one.broke[i], names);
    memcpy(all->rule, one.rule, sizeof all->rule);
    all->rule_changed = all->rule_changed || one.rule_changed;
    all->decisions += one.decisions;
    all->explained += one.explained;
    all->by_hand += one.by_hand;
    all->parked += one.parked;
    return 0;
}

int api_audit(struct call *c, struct request *q, struct buf *answer)
{
    struct name_cache names = { .c = c };
    struct stats_range range = { 0 };
    struct own_audit all = { 0 };
    struct branch_outlet *outlets;
    struct apart apart;
    struct jsonw w;
    date d;
    int n = 0;
    int rc = request_outlet(c, q, &range.outlet);
    if (!rc)
        rc = request_date(c, q, "date", date_of_instant(c->now_us), &d);
    if (!rc)
        rc = stats_outlets(c, &range, &outlets, &n);
    if (rc)
        return rc;
    jw_init(&w, answer);
    jw_object(&w, NULL);
    date_json(&w, "date", d);
    jw_array(&w, "broke");
    apart_begin(&apart, c);
    for (int i = 0; !rc && i < n; i++) {
        rc = audit_outlet(&apart.c, &w, outlets[i].id, d, &all, &names);
        apart_clear(&apart);
    }
    rc = apart_end(&apart, c, rc);
    jw_end(&w);
    struct share s = share_wilson(all.explained, all.decisions);
    jw_text(&w, "rule", n == 1 ? all.rule : NULL); /* each outlet has its own */
    jw_bool(&w, "rule_changed", all.rule_changed);
    jw_i64(&w, "decisions", all.decisions);
    jw_i64(&w, "explained", all.explained);
    jw_i64(&w, "by_hand", all.by_hand);
    jw_i64(&w, "parked", all.parked);
    share_json(&w, "share", &s);
    jw_end(&w);
    return rc;
}

/* ---- the life of a ticket ---- */

enum { LIFE_EVENTS = 500 };
struct life {
    struct call *c;
    struct event *list;
    int n;
};

static bool life_see(void *ctx, const struct event *e)
{
    struct life *l = ctx;
    struct event *copy = &l->list[l->n++];
    *copy = *e; /* the texts are borrowed for the call only */
    copy->topic = arena_text(l->c->arena, e->topic);
    copy->body = arena_text(l->c->arena, e->body);
    return l->n < LIFE_EVENTS;
}

static const char *actor_code(enum actor_kind k)
{
    static const char *const codes[] = { "system", "staff", "device", "customer", "nobody" };
    CHECK((size_t)k < COUNT(codes));
    return codes[k];
}

static int events_write(struct call *c, struct jsonw *w, const struct ticket *t,
                        struct name_cache *names)
{
    struct life l = { .c = c, .list = arena_alloc(c->arena, sizeof *l.list * LIFE_EVENTS) };
    struct who_device *devices = NULL;
    int n_devices = 0;
    int rc = event_of(c->tx, t->outlet.n, t->id.n, "ticket.", life_see, &l);
    if (!rc)
        rc = who_device_list(c, t->outlet.n, &devices, &n_devices);
    jw_array(w, "events");
    for (int i = 0; !rc && i < l.n; i++) {
        const struct event *e = &l.list[i];
        const char *name = "";
        if (e->actor_kind == ACTOR_STAFF)
            name = name_of(names, e->actor_id);
        for (int k = 0; e->actor_kind == ACTOR_DEVICE && k < n_devices; k++)
            if (devices[k].id.n == e->actor_id)
                name = devices[k].name;
        jw_object(w, NULL);
        jw_i64(w, "seq", e->seq);
        ms_json(w, "at_ms", e->at_us);
        jw_text(w, "topic", e->topic);
        jw_text(w, "actor_kind", actor_code(e->actor_kind));
        jw_text(w, "actor_name", name);
        jw_raw(w, "body", e->body);
        jw_end(w);
    }
    jw_end(w);
    return rc;
}

static void leg_json(struct jsonw *w, const struct leg *l, const struct lobby_plan *p,
                     struct name_cache *names)
{
    const struct branch_service *s = plan_service(p, l->service);
    const struct branch_window *win = l->window.n ? plan_window(p, l->window) : NULL;
    jw_object(w, NULL);
    pair_json(w, "service_name", s ? s->name_zh : "", s ? s->name_en : "");
    ms_json(w, "queued_ms", l->queued_us);
    ms_json(w, "called_ms", l->called_us);
    ms_json(w, "serving_ms", l->serving_us);
    ms_json(w, "ended_ms", l->ended_us);
    if (win)
        jw_i64(w, "window_number", win->number);
    else
        jw_null(w, "window_number");
    jw_text(w, "staff_name", l->staff.n ? name_of(names, l->staff.n) : NULL);
    jw_text(w, "outcome", l->outcome < 0 ? NULL : leg_outcome_code(l->outcome));
    jw_bool(w, "by_hand", l->by_hand);
    jw_bool(w, "inaccurate", l->inaccurate);
    jw_text(w, "reason", l->reason[0] ? l->reason : NULL);
    jw_end(w);
}

static void why_write(struct jsonw *w, const struct ticket *t, const struct lobby_plan *p)
{
    char zh[300], en[300];
    if (!t->called_us || !t->window.n || t->source == SOURCE_ROLL) {
        jw_null(w, "why");
        return;
    }
    if (t->by_hand) {
        snprintf(zh, sizeof zh, "人工指定叫号：%s", t->reason);
        snprintf(en, sizeof en, "called by hand: %s", t->reason);
    } else {
        const struct lobby_rule *rule = plan_rule(p, t->window);
        rule_explain(rule, &p->rule_classes, &t->choice, false, zh, sizeof zh);
        rule_explain(rule, &p->rule_classes, &t->choice, true, en, sizeof en);
    }
    jw_object(w, "why");
    jw_text(w, "text_zh", zh);
    jw_text(w, "text_en", en);
    jw_end(w);
}

int api_life(struct call *c, struct request *q, struct buf *answer)
{
    struct name_cache names = { .c = c };
    struct lobby_scene scene;
    struct ticket t;
    struct leg *legs;
    struct jsonw w;
    int n = 0;
    int rc = lobby_ticket(c, (ticket_id){ q->id[0] }, &t);
    if (!rc && c->actor.outlet_id && c->actor.outlet_id != t.outlet.n)
        rc = LOBBY_NO_TICKET;
    if (!rc)
        rc = scene_load(c, t.outlet, &scene);
    if (!rc)
        rc = legs_of_ticket(c, &t, &legs, &n);
    if (rc)
        return rc;
    jw_init(&w, answer);
    jw_object(&w, NULL);
    rc = ticket_json(c, q, &w, "ticket", &t, &scene, TICKET_PLAIN);
    if (!rc)
        rc = events_write(c, &w, &t, &names);
    jw_array(&w, "legs");
    for (int i = 0; i < n; i++)
        leg_json(&w, &legs[i], scene.plan, &names);
    jw_end(&w);
    why_write(&w, &t, scene.plan);
    jw_end(&w);
    return rc;
}
