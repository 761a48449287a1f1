/* window_api.c -- The teller's desk: one picture, one key a step. */
#include "api/handlers.h"
#include "store/event.h"
#include <stdio.h>
#include <string.h>
#include "base/banned.h"

static void session_json(struct call *c, struct jsonw *w, const struct window_session *s)
{
    if (!s || !s->id) {
        jw_null(w, "session");
        return;
    }
    jw_object(w, "session");
    jw_i64(w, "staff_id", s->staff.n);
    jw_text(w, "staff_name", staff_name(c, s->staff.n));
    jw_text(w, "state", s->state == SESSION_PAUSED ? "paused" : "open");
    ms_json(w, "since_ms", s->state == SESSION_PAUSED ? s->paused_us : s->opened_us);
    jw_text(w, "pause_reason", s->pause_reason[0] ? s->pause_reason : NULL);
    int64_t idle = s->ticket.n || s->state == SESSION_PAUSED ? 0 : c->now_us - s->last_us;
    jw_i64(w, "idle_s", idle / US_SECOND);
    jw_end(w);
}

const struct window_session *scene_session(const struct lobby_scene *s, window_id w)
{
    for (int i = 0; i < s->n_sessions; i++)
        if (s->sessions[i].window.n == w.n)
            return &s->sessions[i];
    return NULL;
}

const struct ticket *scene_ticket(const struct lobby_scene *s, ticket_id t)
{
    for (int i = 0; t.n && i < s->n_live; i++)
        if (s->live[i].id.n == t.n)
            return &s->live[i];
    return NULL;
}

int api_windows(struct call *c, struct request *q, struct buf *answer)
{
    struct lobby_scene s;
    struct jsonw w;
    int rc = scene_load(c, (outlet_id){ q->id[0] }, &s);
    if (rc)
        return rc;
    jw_init(&w, answer);
    jw_object(&w, NULL);
    jw_array(&w, "items");
    for (int i = 0; i < s.plan->n_windows; i++) {
        const struct branch_window *win = &s.plan->windows[i];
        jw_object(&w, NULL);
        jw_i64(&w, "id", win->id.n);
        jw_i64(&w, "number", win->number);
        pair_json(&w, "name", win->name_zh, win->name_en);
        jw_bool(&w, "corporate", win->corporate);
        session_json(c, &w, scene_session(&s, win->id));
        jw_end(&w);
    }
    jw_end(&w);
    jw_end(&w);
    return 0;
}

/* ---- the desk ---- */

struct desk {
    struct lobby_scene s;
    const struct branch_window *window;
    const struct window_session *session;
    const struct ticket *ticket;
};

static void why_json(struct jsonw *w, const struct desk *d)
{
    char zh[300], en[300];
    if (!d->ticket) {
        jw_null(w, "why");
        return;
    }
    if (d->ticket->by_hand) {
        snprintf(zh, sizeof zh, "人工指定叫号：%s", d->ticket->reason);
        snprintf(en, sizeof en, "called by hand: %s", d->ticket->reason);
    } else {
        const struct lobby_rule *rule = plan_rule(d->s.plan, d->window->id);
        rule_explain(rule, &d->s.plan->rule_classes, &d->ticket->choice, false, zh, sizeof zh);
        rule_explain(rule, &d->s.plan->rule_classes, &d->ticket->choice, true, en, sizeof en);
    }
    jw_object(w, "why");
    jw_text(w, "text_zh", zh);
    jw_text(w, "text_en", en);
    jw_end(w);
}

/* Who would be called next here, by the rule itself. */
static void next_json(struct call *c, struct jsonw *w, const struct desk *d)
{
    const struct lobby_scene *s = &d->s;
    size_t n = (size_t)s->n_live + 1;
    struct rule_waiter *list = arena_alloc(c->arena, sizeof *list * n);
    int *index = arena_alloc(c->arena, sizeof *index * n);
    int m = rule_waiters(s->live, s->n_live, list, index);
    staff_id staff = d->session ? d->session->staff : (staff_id){ c->actor.id };
    struct rule_caller caller = plan_caller(s->plan, d->window, staff);
    struct rule_choice choice =
        rule_choose(plan_rule(s->plan, d->window->id), &s->plan->rule_classes, list, m, &caller,
                    &s->day.turns, c->now_us);
    if (choice.index < 0) {
        jw_null(w, "next");
        return;
    }
    const struct ticket *t = &s->live[index[choice.index]];
    jw_object(w, "next");
    ticket_row_json(w, t, s);
    jw_end(w);
}

static void waiting_json(struct call *c, struct jsonw *w, const struct desk *d)
{
    jw_array(w, "waiting");
    for (int i = 0; i < d->s.n_live; i++) {
        const struct ticket *t = &d->s.live[i];
        if (!ticket_waits(t->state))
            continue;
        bool eligible = window_handles(d->window, t->service) &&
                        (!t->only_window || t->only_window == d->window->id.n) &&
                        (!t->only_staff || (d->session && t->only_staff == d->session->staff.n));
        jw_object(w, NULL);
        ticket_row_json(w, t, &d->s);
        jw_bool(w, "eligible", eligible);
        jw_end(w);
    }
    jw_end(w);
    jw_array(w, "parked");
    for (int i = 0; i < d->s.n_live; i++) {
        const struct ticket *t = &d->s.live[i];
        if (t->state != TICKET_PARKED)
            continue;
        jw_object(w, NULL);
        ticket_row_json(w, t, &d->s);
        jw_text(w, "reason", t->reason);
        jw_text(w, "parked_by", staff_name(c, t->staff.n));
        jw_end(w);
    }
    jw_end(w);
}

static int undo_json(struct call *c, struct jsonw *w, const struct desk *d)
{
    static const struct {
        char what;
        const char *code;
    } names[] = { { 'c', "call" },    { 's', "serve" }, { 'e', "end" },
                  { 'n', "no_show" }, { 'p', "park" },  { 't', "transfer" } };
    struct ticket t;
    struct undo_row u;
    int rc = 0;
    bool some = d->session && d->session->last_ticket.n;
    if (some)
        rc = lobby_ticket(c, d->session->last_ticket, &t);
    if (rc)
        return rc;
    if (!some || !undo_read(&t, &u) || u.until_us < c->now_us ||
        (d->session->ticket.n && d->session->ticket.n != t.id.n)) {
        jw_null(w, "undo");
        return 0;
    }
    jw_object(w, "undo");
    for (size_t i = 0; i < COUNT(names); i++)
        if (names[i].what == u.what)
            jw_text(w, "what", names[i].code);
    jw_text(w, "number", t.number);
    ms_json(w, "until_ms", u.until_us);
    jw_end(w);
    return 0;
}

static int choices_json(struct call *c, struct jsonw *w, const struct desk *d)
{
    struct who_staff *staff;
    int n = 0;
    const struct lobby_plan *p = d->s.plan;
    jw_array(w, "windows");
    for (int i = 0; i < p->n_windows; i++) {
        jw_object(w, NULL);
        jw_i64(w, "id", p->windows[i].id.n);
        jw_i64(w, "number", p->windows[i].number);
        pair_json(w, "name", p->windows[i].name_zh, p->windows[i].name_en);
        jw_bool(w, "open", scene_session(&d->s, p->windows[i].id) != NULL);
        jw_end(w);
    }
    jw_end(w);
    jw_array(w, "services");
    for (int i = 0; i < p->n_services; i++) {
        char prefix[2] = { p->services[i].prefix, 0 };
        if (!plan_offers(p, p->services[i].id))
            continue;
        jw_object(w, NULL);
        jw_i64(w, "id", p->services[i].id.n);
        jw_text(w, "prefix", prefix);
        pair_json(w, "name", p->services[i].name_zh, p->services[i].name_en);
        jw_end(w);
    }
    jw_end(w);
    int rc = who_staff_list(c, d->s.outlet.id.n, &staff, &n);
    jw_array(w, "staff");
    for (int i = 0; !rc && i < n; i++) {
        if (!staff[i].active || staff[i].role != ROLE_TELLER)
            continue;
        jw_object(w, NULL);
        jw_i64(w, "id", staff[i].id.n);
        jw_text(w, "name", staff[i].name);
        jw_end(w);
    }
    jw_end(w);
    return rc;
}

static int today_json(struct call *c, struct jsonw *w, const struct desk *d)
{
    struct teller_today t = { 0 };
    int rc = 0;
    if (d->session)
        rc = lobby_teller_today(c, d->s.outlet.id, d->s.day.day, d->session->staff, &t);
    jw_object(w, "today");
    jw_i64(w, "served", t.served);
    jw_i64(w, "no_shows", t.no_shows);
    jw_f64(w, "mean_handling_s", t.mean_handling_s, 0);
    jw_f64(w, "mean_wait_s", t.mean_wait_s, 0);
    jw_end(w);
    return rc;
}

static int desk_load(struct call *c, window_id w, struct desk *d)
{
    struct branch_window window;
    int rc = branch_window_get(c, w, &window);
    if (!rc && c->actor.outlet_id && c->actor.outlet_id != window.outlet.n)
        rc = WHO_OTHER_OUTLET;
    if (!rc)
        rc = scene_load(c, window.outlet, &d->s);
    if (rc)
        return rc;
    d->window = plan_window(d->s.plan, w);
    if (!d->window)
        return BRANCH_NO_WINDOW;
    d->session = scene_session(&d->s, w);
    d->ticket = d->session ? scene_ticket(&d->s, d->session->ticket) : NULL;
    return 0;
}

int api_desk(struct call *c, struct request *q, struct buf *answer)
{
    struct desk d;
    struct jsonw w;
    int64_t seq = 0;
    int rc = desk_load(c, (window_id){ q->id[0] }, &d);
    if (!rc)
        rc = event_last_seq(c->tx, d.s.outlet.id.n, &seq);
    if (rc)
        return rc;
    jw_init(&w, answer);
    jw_object(&w, NULL);
    jw_object(&w, "window");
    jw_i64(&w, "id", d.window->id.n);
    jw_i64(&w, "number", d.window->number);
    pair_json(&w, "name", d.window->name_zh, d.window->name_en);
    jw_end(&w);
    jw_object(&w, "outlet");
    jw_i64(&w, "id", d.s.outlet.id.n);
    jw_text(&w, "code", d.s.outlet.code);
    pair_json(&w, "name", d.s.outlet.name_zh, d.s.outlet.name_en);
    jw_end(&w);
    jw_i64(&w, "seq", seq);
    ms_json(&w, "now_ms", c->now_us);
    session_json(c, &w, d.session);
    if (d.ticket) {
        rc = ticket_json(c, q, &w, "ticket", d.ticket, &d.s, TICKET_PLAIN);
        if (rc)
            return rc;
    } else {
        jw_null(&w, "ticket");
    }
    why_json(&w, &d);
    next_json(c, &w, &d);
    waiting_json(c, &w, &d);
    rc = undo_json(c, &w, &d);
    if (!rc)
        rc = today_json(c, &w, &d);
    int64_t ready = d.ticket && d.ticket->state == TICKET_CALLED
                        ? d.ticket->recalled_us + d.s.plan->settings.recall_min_s * US_SECOND
                        : 0;
    jw_object(&w, "recall");
    jw_i64(&w, "left", d.ticket ? d.s.plan->settings.recall_max - d.ticket->recalls : 0);
    ms_json(&w, "ready_ms", ready);
    jw_end(&w);
    if (!rc)
        rc = choices_json(c, &w, &d);
    jw_end(&w);
    return rc;
}

/* After a step at window {window}: the desk as it is now. */
int api_desk_after(struct call *c, struct request *q, struct buf *answer)
{
    return api_desk(c, q, answer);
}

/* ---- the steps; all answer with the ticket, then the desk ---- */

/* A teller works in the own outlet only; the session check below is finer still. */
static int window_mine(struct call *c, struct request *q, window_id *w)
{
    struct branch_window window;
    *w = (window_id){ q->id[0] };
    int rc = branch_window_get(c, *w, &window);
    if (!rc && c->actor.outlet_id && c->actor.outlet_id != window.outlet.n)
        rc = WHO_OTHER_OUTLET;
    return rc;
}

static int sign_in(struct call *c, window_id w)
{
    struct window_session s;
    return lobby_sign_in(c, w, &s);
}

static int window_plain(struct call *c, struct request *q, struct buf *answer,
                        int (*run)(struct call *, window_id))
{
    window_id w;
    int rc = body_done(c, q);
    if (!rc)
        rc = window_mine(c, q, &w);
    if (!rc && run == sign_in && q->api->s.before_sit)
        rc = q->api->s.before_sit(q->api->s.sit_ctx, c, w.n);
    if (!rc)
        rc = run(c, w);
    if (!rc)
        buf_text(answer, "{}");
    return rc;
}

int api_window_in(struct call *c, struct request *q, struct buf *answer)
{
    return window_plain(c, q, answer, sign_in);
}

int api_window_out(struct call *c, struct request *q, struct buf *answer)
{
    return window_plain(c, q, answer, lobby_sign_out);
}

int api_window_resume(struct call *c, struct request *q, struct buf *answer)
{
    return window_plain(c, q, answer, lobby_resume);
}

int api_window_pause(struct call *c, struct request *q, struct buf *answer)
{
    const char *reason = NULL, *note = NULL;
    window_id w;
    json_need_text(q->doc, q->body, "reason", 20, &reason);
    json_want_text(q->doc, q->body, "note", 100, &note);
    int rc = body_done(c, q);
    if (!rc)
        rc = window_mine(c, q, &w);
    if (!rc)
        rc = lobby_pause(c, w, reason);
    if (!rc)
        buf_text(answer, "{}");
    return rc;
}

static int window_step(struct call *c, struct request *q, struct buf *answer,
                       int (*run)(struct call *, window_id, struct ticket *))
{
    struct ticket t;
    window_id w;
    int rc = body_done(c, q);
    if (!rc)
        rc = window_mine(c, q, &w);
    if (!rc)
        rc = run(c, w, &t);
    if (!rc && !t.id.n) { /* nobody waits for this window */
        buf_text(answer, "{\"id\":null}");
        return 0;
    }
    return ticket_small(rc, &t, answer);
}

int api_window_next(struct call *c, struct request *q, struct buf *answer)
{
    return window_step(c, q, answer, lobby_next);
}

int api_window_recall(struct call *c, struct request *q, struct buf *answer)
{
    return window_step(c, q, answer, lobby_recall);
}

int api_window_serve(struct call *c, struct request *q, struct buf *answer)
{
    return window_step(c, q, answer, lobby_serve);
}

int api_window_end(struct call *c, struct request *q, struct buf *answer)
{
    return window_step(c, q, answer, lobby_end);
}

int api_window_no_show(struct call *c, struct request *q, struct buf *answer)
{
    return window_step(c, q, answer, lobby_no_show);
}

int api_window_undo(struct call *c, struct request *q, struct buf *answer)
{
    return window_step(c, q, answer, lobby_undo);
}

int api_window_call(struct call *c, struct request *q, struct buf *answer)
{
    struct ticket t;
    window_id w;
    int64_t id = 0;
    const char *reason = NULL;
    json_need_i64(q->doc, q->body, "ticket_id", 1, INT64_MAX, &id);
    json_need_text(q->doc, q->body, "reason", LOBBY_REASON - 1, &reason);
    int rc = body_done(c, q);
    if (!rc)
        rc = window_mine(c, q, &w);
    if (!rc)
        rc = lobby_call(c, w, (ticket_id){ id }, reason, &t);
    return ticket_small(rc, &t, answer);
}

int api_window_park(struct call *c, struct request *q, struct buf *answer)
{
    struct ticket t;
    window_id w;
    const char *reason = NULL;
    json_need_text(q->doc, q->body, "reason", LOBBY_REASON - 1, &reason);
    int rc = body_done(c, q);
    if (!rc)
        rc = window_mine(c, q, &w);
    if (!rc)
        rc = lobby_park(c, w, reason, &t);
    return ticket_small(rc, &t, answer);
}

int api_window_transfer(struct call *c, struct request *q, struct buf *answer)
{
    struct lobby_target to = { 0 };
    struct ticket t;
    window_id w;
    const char *reason = NULL;
    target_read(q, &to);
    json_want_text(q->doc, q->body, "reason", LOBBY_REASON - 1, &reason);
    int rc = body_done(c, q);
    if (!rc)
        rc = window_mine(c, q, &w);
    if (!rc)
        rc = lobby_transfer(c, w, &to, reason, &t);
    return ticket_small(rc, &t, answer);
}

int api_window_return(struct call *c, struct request *q, struct buf *answer)
{
    struct ticket t;
    window_id w;
    int64_t id = 0;
    bool first = false;
    json_need_i64(q->doc, q->body, "ticket_id", 1, INT64_MAX, &id);
    json_want_bool(q->doc, q->body, "first", &first);
    int rc = body_done(c, q);
    if (!rc)
        rc = window_mine(c, q, &w);
    if (!rc)
        rc = lobby_return(c, (ticket_id){ id }, first, &t);
    return ticket_small(rc, &t, answer);
}

void target_read(struct request *q, struct lobby_target *to)
{
    json_want_i64(q->doc, q->body, "service_id", 1, INT64_MAX, &to->service.n);
    json_want_i64(q->doc, q->body, "window_id", 1, INT64_MAX, &to->window.n);
    json_want_i64(q->doc, q->body, "staff_id", 1, INT64_MAX, &to->staff.n);
    json_want_bool(q->doc, q->body, "first", &to->first);
}
