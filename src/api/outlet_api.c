/* outlet_api.c -- Outlets and boards: what everybody may see. No names, no phones. */
#include "api/handlers.h"
#include "store/event.h"
#include <stdio.h>
#include <string.h>
#include "base/banned.h"

struct outlet_now {
    struct lobby_scene scene;
    struct branch_hours hours;
    int waiting, windows_open;
    int64_t longest_s;
};

static int outlet_load(struct call *c, outlet_id o, struct outlet_now *n)
{
    int rc = scene_load(c, o, &n->scene);
    if (!rc)
        rc = branch_hours_on(c, o, n->scene.day.day, &n->hours);
    n->waiting = n->windows_open = 0;
    n->longest_s = 0;
    for (int i = 0; !rc && i < n->scene.n_live; i++) {
        const struct ticket *t = &n->scene.live[i];
        int64_t wait_s = ticket_wait_us(t, c->now_us) / US_SECOND;
        if (!ticket_waits(t->state))
            continue;
        n->waiting++;
        n->longest_s = wait_s > n->longest_s ? wait_s : n->longest_s;
    }
    for (int i = 0; !rc && i < n->scene.n_sessions; i++)
        n->windows_open += n->scene.sessions[i].state == SESSION_OPEN;
    return rc;
}

static void outlet_fields(struct jsonw *w, const struct outlet_now *n)
{
    const struct branch_outlet *o = &n->scene.outlet;
    struct queue_place place;
    outlet_place_json(w, o);
    jw_bool(w, "open_now", n->scene.day.state == DAY_OPEN || n->scene.day.state == DAY_STOPPED);
    jw_i64(w, "opens_s", n->hours.open_s);
    jw_i64(w, "closes_s", n->hours.close_s);
    jw_bool(w, "issuing", n->scene.day.state == DAY_OPEN);
    jw_i64(w, "waiting", n->waiting);
    jw_i64(w, "longest_wait_s", n->longest_s);
    jw_i64(w, "windows_open", n->windows_open);
    /* The first service on the list stands for "somebody who walks in now". */
    const struct branch_service *first = NULL;
    for (int i = 0; i < n->scene.plan->n_services && !first; i++)
        if (plan_offers(n->scene.plan, n->scene.plan->services[i].id))
            first = &n->scene.plan->services[i];
    if (first && n->scene.day.state == DAY_OPEN) {
        queue_newcomer(&n->scene, first->id, 0, &place);
        range_json(w, "forecast", place.range);
    } else {
        jw_null(w, "forecast");
    }
}

int api_outlets(struct call *c, struct request *q, struct buf *answer)
{
    struct branch_outlet *list;
    struct jsonw w;
    int n = 0;
    UNUSED(q);
    int rc = branch_outlets(c, &list, &n);
    jw_init(&w, answer);
    jw_object(&w, NULL);
    jw_array(&w, "items");
    for (int i = 0; !rc && i < n; i++) {
        struct outlet_now now;
        if (!list[i].active)
            continue;
        rc = outlet_load(c, list[i].id, &now);
        if (rc)
            break;
        jw_object(&w, NULL);
        outlet_fields(&w, &now);
        jw_end(&w);
    }
    jw_end(&w);
    jw_end(&w);
    return rc;
}

static void service_now(struct jsonw *w, const struct lobby_scene *s,
                        const struct branch_service *b, bool whole)
{
    char prefix[2] = { b->prefix, 0 };
    struct queue_place place;
    int64_t longest = 0;
    int waiting = 0;
    for (int i = 0; i < s->n_live; i++) {
        if (s->live[i].service.n != b->id.n || !ticket_waits(s->live[i].state))
            continue;
        int64_t wait = ticket_wait_us(&s->live[i], s->now_us) / US_SECOND;
        waiting++;
        longest = wait > longest ? wait : longest;
    }
    jw_object(w, NULL);
    jw_i64(w, "id", b->id.n);
    jw_text(w, "prefix", prefix);
    pair_json(w, "name", b->name_zh, b->name_en);
    if (whole) {
        jw_text(w, "code", b->code);
        jw_i64(w, "handling_s", b->handling_s);
        pair_json(w, "documents", b->documents_zh, b->documents_en);
        pair_json(w, "machine", b->machine_zh, b->machine_en);
        jw_bool(w, "corporate", b->corporate);
        jw_bool(w, "bookable", b->bookable);
    }
    jw_i64(w, whole ? "waiting" : "count", waiting);
    jw_i64(w, "longest_wait_s", longest);
    queue_newcomer(s, b->id, 0, &place);
    range_json(w, "forecast", place.range);
    jw_end(w);
}

static void services_now(struct jsonw *w, const char *key, const struct lobby_scene *s, bool whole)
{
    jw_array(w, key);
    for (int i = 0; i < s->plan->n_services; i++)
        if (plan_offers(s->plan, s->plan->services[i].id))
            service_now(w, s, &s->plan->services[i], whole);
    jw_end(w);
}

static int week_json(struct call *c, struct jsonw *w, outlet_id o)
{
    struct branch_hours week[8];
    int rc = branch_hours_week(c, o, week);
    jw_array(w, "week");
    for (int d = 1; !rc && d <= 7; d++) {
        jw_object(w, NULL);
        jw_i64(w, "weekday", d);
        jw_i64(w, "opens_s", week[d].open_s);
        jw_i64(w, "closes_s", week[d].close_s);
        jw_end(w);
    }
    jw_end(w);
    return rc;
}

int api_outlet(struct call *c, struct request *q, struct buf *answer)
{
    struct outlet_now n;
    struct jsonw w;
    enum branch_day_kind kind;
    const char *day_name = NULL;
    int64_t seq = 0;
    outlet_id o = { q->id[0] };
    if (!o.n) { /* the QR names the outlet by its code */
        struct branch_outlet found;
        int rc = branch_outlet_find(c, q->param[0], &found);
        if (rc)
            return rc;
        o = found.id;
    }
    int rc = outlet_load(c, o, &n);
    if (!rc)
        rc = branch_day(c, n.scene.day.day, &kind, &day_name);
    if (!rc)
        rc = event_last_seq(c->tx, o.n, &seq);
    if (rc)
        return rc;
    const struct lobby_plan *p = n.scene.plan;
    jw_init(&w, answer);
    jw_object(&w, NULL);
    outlet_fields(&w, &n);
    jw_text(&w, "day_kind", branch_day_code(kind));
    jw_text(&w, "day_name_zh", day_name);
    rc = week_json(c, &w, o);
    services_now(&w, "services", &n.scene, true);
    jw_array(&w, "classes");
    for (int i = 0; i < p->n_classes; i++)
        class_json(&w, NULL, p, p->classes[i].index);
    jw_end(&w);
    jw_array(&w, "windows");
    for (int i = 0; i < p->n_windows; i++) {
        jw_object(&w, NULL);
        jw_i64(&w, "id", p->windows[i].id.n);
        jw_i64(&w, "number", p->windows[i].number);
        pair_json(&w, "name", p->windows[i].name_zh, p->windows[i].name_en);
        jw_bool(&w, "corporate", p->windows[i].corporate);
        jw_end(&w);
    }
    jw_end(&w);
    jw_object(&w, "alarms");
    jw_i64(&w, "wait_s", p->settings.alarm_wait_s);
    jw_i64(&w, "count", p->settings.alarm_count);
    jw_end(&w);
    jw_i64(&w, "now_ms", c->now_us / 1000);
    jw_i64(&w, "seq", seq);
    jw_end(&w);
    return rc;
}

/* ---- the wall ---- */

enum { CALLING_MAX = 12 };

static void board_calling(struct jsonw *w, const struct lobby_scene *s)
{
    const struct ticket *list[64];
    int n = 0;
    for (int i = 0; i < s->n_live && n < 64; i++)
        if (s->live[i].state == TICKET_CALLED || s->live[i].state == TICKET_SERVING)
            list[n++] = &s->live[i];
    jw_array(w, "calling");
    for (int shown = 0; shown < CALLING_MAX && shown < n; shown++) {
        int newest = shown;
        for (int i = shown; i < n; i++)
            if (list[i]->recalled_us > list[newest]->recalled_us)
                newest = i;
        const struct ticket *t = list[newest];
        list[newest] = list[shown];
        list[shown] = t;
        const struct branch_window *win = plan_window(s->plan, t->window);
        jw_object(w, NULL);
        jw_text(w, "number", t->number);
        jw_i64(w, "window", win ? win->number : 0);
        pair_json(w, "window_name", win ? win->name_zh : "", win ? win->name_en : "");
        jw_text(w, "state", ticket_state_code(t->state));
        ms_json(w, "called_ms", t->called_us);
        jw_end(w);
    }
    jw_end(w);
}

static void board_windows(struct jsonw *w, const struct lobby_scene *s)
{
    jw_array(w, "windows");
    for (int i = 0; i < s->plan->n_windows; i++) {
        const struct branch_window *win = &s->plan->windows[i];
        const struct window_session *session = NULL;
        const struct ticket *t = NULL;
        for (int k = 0; k < s->n_sessions; k++)
            if (s->sessions[k].window.n == win->id.n)
                session = &s->sessions[k];
        for (int k = 0; session && k < s->n_live; k++)
            if (session->ticket.n && s->live[k].id.n == session->ticket.n)
                t = &s->live[k];
        jw_object(w, NULL);
        jw_i64(w, "number", win->number);
        pair_json(w, "name", win->name_zh, win->name_en);
        jw_text(w, "state",
                !session                           ? "closed"
                : session->state == SESSION_PAUSED ? "paused"
                : t                                ? ticket_state_code(t->state)
                                                   : "open");
        jw_text(w, "number_now", t ? t->number : NULL);
        jw_end(w);
    }
    jw_end(w);
}

static int board_passed(struct call *c, struct jsonw *w, const struct lobby_scene *s)
{
    char list[LOBBY_PASSED][12];
    int n = 0;
    int rc = lobby_passed(c, s->outlet.id, s->day.day, list, &n);
    jw_array(w, "passed");
    for (int i = 0; !rc && i < n; i++)
        jw_text(w, NULL, list[i]);
    jw_end(w);
    return rc;
}

int api_board(struct call *c, struct request *q, struct buf *answer)
{
    struct outlet_now n;
    struct jsonw w;
    int64_t seq = 0;
    int rc = outlet_load(c, (outlet_id){ q->id[0] }, &n);
    if (!rc)
        rc = event_last_seq(c->tx, q->id[0], &seq);
    if (rc)
        return rc;
    const struct lobby_scene *s = &n.scene;
    jw_init(&w, answer);
    jw_object(&w, NULL);
    jw_object(&w, "outlet");
    jw_i64(&w, "id", s->outlet.id.n);
    jw_text(&w, "code", s->outlet.code);
    pair_json(&w, "name", s->outlet.name_zh, s->outlet.name_en);
    jw_end(&w);
    jw_i64(&w, "now_ms", c->now_us / 1000);
    jw_i64(&w, "seq", seq);
    jw_object(&w, "day");
    jw_bool(&w, "open", s->day.state == DAY_OPEN || s->day.state == DAY_STOPPED);
    jw_bool(&w, "issuing", s->day.state == DAY_OPEN);
    jw_i64(&w, "opens_s", n.hours.open_s);
    jw_i64(&w, "closes_s", n.hours.close_s);
    jw_end(&w);
    board_calling(&w, s);
    board_windows(&w, s);
    services_now(&w, "waiting", s, false);
    rc = board_passed(c, &w, s);
    jw_end(&w);
    return rc;
}
