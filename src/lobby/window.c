/* window.c -- The teller's hand: sign in, call, serve, end. */
#include "lobby/lobby_priv.h"
#include <stdio.h>
#include <string.h>
#include "base/banned.h"

/* The live session of a window, if the asking person sits there. */
static int session_mine(struct call *c, window_id w, struct window_session *s)
{
    int rc = session_of_window(c, w, s);
    if (rc)
        return rc;
    if (!s->id)
        return LOBBY_NO_SESSION;
    if (c->actor.kind == ACTOR_STAFF && c->actor.id != s->staff.n)
        return LOBBY_NOT_YOURS;
    return 0;
}

/* The session, the plan and the ticket that is called or being served at the window. */
struct at_window {
    struct window_session session;
    const struct lobby_plan *plan;
    const struct branch_window *window;
    struct ticket ticket;
    struct lobby_day day;
};

static int window_load(struct call *c, window_id w, struct at_window *a)
{
    int rc = session_mine(c, w, &a->session);
    if (!rc)
        rc = plan_load(c, a->session.outlet, &a->plan);
    if (rc)
        return rc;
    a->window = plan_window(a->plan, w);
    if (!a->window)
        return BRANCH_NO_WINDOW;
    return day_of_now(c, a->session.outlet, &a->day);
}

static int window_current(struct call *c, window_id w, struct at_window *a)
{
    int rc = window_load(c, w, a);
    if (rc)
        return rc;
    if (!a->session.ticket.n)
        return LOBBY_NO_CURRENT;
    return ticket_one(c, a->session.ticket, &a->ticket);
}

static int session_event(struct call *c, const char *topic, const struct window_session *s,
                         const struct branch_window *w)
{
    struct jsonw *j = event_begin(c);
    jw_i64(j, "window", w->number);
    jw_i64(j, "staff", s->staff.n);
    if (s->state == SESSION_PAUSED)
        jw_text(j, "reason", s->pause_reason);
    return event_add(c, s->outlet.n, topic, s->window.n);
}

int lobby_sign_in(struct call *c, window_id w, struct window_session *out)
{
    struct branch_window window;
    struct window_session other;
    staff_id me = { c->actor.kind == ACTOR_STAFF ? c->actor.id : 0 };
    int rc = branch_window_get(c, w, &window);
    if (!rc && !window.active)
        rc = BRANCH_NO_WINDOW;
    if (!rc)
        rc = session_of_window(c, w, out);
    if (rc)
        return rc;
    if (out->id && out->staff.n == me.n)
        return 0;
    if (out->id)
        return LOBBY_WINDOW_TAKEN;
    if (me.n) {
        rc = session_of_staff(c, me, &other);
        if (rc)
            return rc;
        if (other.id)
            return LOBBY_ELSEWHERE;
    }
    *out = (struct window_session){ .id = call_id(c),
                                    .outlet = window.outlet,
                                    .window = w,
                                    .staff = me,
                                    .state = SESSION_OPEN,
                                    .opened_us = c->now_us,
                                    .last_us = c->now_us };
    rc = session_insert(c, out);
    if (rc)
        return rc;
    return session_event(c, "window.opened", out, &window);
}

int lobby_sign_out(struct call *c, window_id w)
{
    struct at_window a;
    int rc = window_load(c, w, &a);
    if (rc)
        return rc;
    if (a.session.ticket.n)
        return LOBBY_HAS_TICKET;
    rc = session_end(c, &a.session, c->now_us);
    if (rc)
        return rc;
    return session_event(c, "window.closed", &a.session, a.window);
}

int lobby_pause(struct call *c, window_id w, const char *reason)
{
    static const char *const reasons[] = {
        "lunch", "short", "cash", "meeting", "training", "other"
    };
    struct at_window a;
    bool known = false;
    for (size_t i = 0; reason && i < COUNT(reasons); i++)
        known = known || !strcmp(reasons[i], reason);
    if (!known)
        return call_refuse(c, LOBBY_NEEDS_REASON, "reason",
                           "lunch, short, cash, meeting, training, other");
    int rc = window_load(c, w, &a);
    if (rc)
        return rc;
    if (a.session.state == SESSION_PAUSED)
        return LOBBY_PAUSED;
    if (a.session.ticket.n)
        return LOBBY_HAS_TICKET;
    a.session.state = SESSION_PAUSED;
    a.session.paused_us = c->now_us;
    snprintf(a.session.pause_reason, sizeof a.session.pause_reason, "%s", reason);
    rc = session_update(c, &a.session);
    if (rc)
        return rc;
    return session_event(c, "window.paused", &a.session, a.window);
}

int lobby_resume(struct call *c, window_id w)
{
    struct at_window a;
    int rc = window_load(c, w, &a);
    if (rc)
        return rc;
    if (a.session.state != SESSION_PAUSED)
        return 0; /* asked twice: it is so already */
    rc = session_pause_over(c, &a.session, c->now_us);
    a.session.last_us = c->now_us;
    if (!rc)
        rc = session_update(c, &a.session);
    if (rc)
        return rc;
    return session_event(c, "window.resumed", &a.session, a.window);
}

static int64_t undo_until(struct call *c, const struct at_window *a)
{
    return c->now_us + a->plan->settings.undo_s * US_SECOND;
}

static int may_call(const struct at_window *a)
{
    if (a->session.state == SESSION_PAUSED)
        return LOBBY_PAUSED;
    if (a->session.ticket.n)
        return LOBBY_BUSY;
    if (a->day.state == DAY_CLOSED)
        return LOBBY_NOT_OPEN_DAY;
    return 0;
}

/* The ticket comes to the window: state, row, session, event. The caller has kept it for undo. */
static int call_ticket(struct call *c, struct at_window *a, struct ticket *t)
{
    int rc = step_take(c, t, STEP_CALL);
    if (rc)
        return rc;
    if (!t->queued_us) /* called straight from parking: no new wait */
        t->queued_us = c->now_us;
    t->called_us = t->recalled_us = c->now_us;
    t->serving_us = 0;
    t->recalls = 0;
    t->window = a->window->id;
    t->staff = a->session.staff;
    rc = ticket_update(c, t);
    if (rc)
        return rc;
    a->session.ticket = a->session.last_ticket = t->id;
    a->session.last_us = c->now_us;
    rc = session_update(c, &a->session);
    if (rc)
        return rc;
    return ticket_event(c, "ticket.called", t, a->window, t->by_hand ? "by_hand" : NULL, t->reason);
}

int lobby_next(struct call *c, window_id w, struct ticket *out)
{
    struct at_window a;
    struct ticket *waiting;
    int n = 0;
    memset(out, 0, sizeof *out);
    int rc = window_load(c, w, &a);
    if (!rc)
        rc = may_call(&a);
    if (!rc)
        rc = ticket_light(c, a.session.outlet, true, &waiting, &n);
    if (rc || n == 0)
        return rc;
    struct rule_waiter *list = arena_alloc(c->arena, sizeof *list * (size_t)n);
    int *index = arena_alloc(c->arena, sizeof *index * (size_t)n);
    int m = rule_waiters(waiting, n, list, index);
    const struct lobby_rule *rule = plan_rule(a.plan, w);
    struct rule_caller caller = plan_caller(a.plan, a.window, a.session.staff);
    struct rule_choice choice =
        rule_choose(rule, &a.plan->rule_classes, list, m, &caller, &a.day.turns, c->now_us);
    if (choice.index < 0)
        return 0;
    CHECK(choice.index < m);
    struct ticket *t = &waiting[index[choice.index]];
    rc = ticket_one(c, t->id, t);
    if (rc)
        return rc;
    undo_keep(c, t, 'c', undo_until(c, &a), &a.day.turns);
    t->choice = choice;
    t->by_hand = false;
    t->reason[0] = 0;
    rc = call_ticket(c, &a, t);
    if (!rc && rule->base == RULE_RATIO) {
        rule_called(rule, t->class_index, &a.day.turns);
        rc = day_put(c, &a.day);
    }
    if (!rc)
        *out = *t;
    return rc;
}

int lobby_call(struct call *c, window_id w, ticket_id id, const char *reason, struct ticket *out)
{
    struct at_window a;
    int rc = window_load(c, w, &a);
    if (!rc)
        rc = may_call(&a);
    if (!rc)
        rc = need_reason(c, reason);
    if (!rc)
        rc = ticket_one(c, id, out);
    if (!rc && out->outlet.n != a.session.outlet.n)
        rc = LOBBY_NO_TICKET;
    if (!rc && !window_handles(a.window, out->service))
        rc = LOBBY_NOT_HANDLED;
    if (rc)
        return rc;
    undo_keep(c, out, 'c', undo_until(c, &a), &a.day.turns);
    out->choice = (struct rule_choice){ .index = -1 };
    out->by_hand = true;
    snprintf(out->reason, sizeof out->reason, "%s", reason);
    return call_ticket(c, &a, out);
}

int lobby_recall(struct call *c, window_id w, struct ticket *out)
{
    struct at_window a;
    int rc = window_current(c, w, &a);
    if (rc)
        return rc;
    const struct lobby_settings *s = &a.plan->settings;
    *out = a.ticket;
    if (out->state != TICKET_CALLED)
        return call_refuse(c, LOBBY_BAD_STEP, "ticket", "%s", ticket_state_code(out->state));
    if (out->recalls >= s->recall_max)
        return LOBBY_RECALL_MAX;
    if (c->now_us - out->recalled_us < s->recall_min_s * US_SECOND)
        return LOBBY_RECALL_SOON;
    out->recalls++;
    out->recalled_us = c->now_us;
    rc = ticket_update(c, out);
    if (rc)
        return rc;
    return ticket_event(c, "ticket.recalled", out, a.window, NULL, NULL);
}

int lobby_serve(struct call *c, window_id w, struct ticket *out)
{
    struct at_window a;
    int rc = window_current(c, w, &a);
    if (rc)
        return rc;
    *out = a.ticket;
    undo_keep(c, out, 's', undo_until(c, &a), &a.day.turns);
    rc = step_take(c, out, STEP_SERVE);
    if (rc)
        return rc;
    out->serving_us = c->now_us;
    rc = ticket_update(c, out);
    if (rc)
        return rc;
    return ticket_event(c, "ticket.serving", out, a.window, NULL, NULL);
}

/* The window is free again; the ticket stays the one that undo is about. */
static int session_free(struct call *c, struct at_window *a)
{
    a->session.ticket.n = 0;
    a->session.last_us = c->now_us;
    return session_update(c, &a->session);
}

/* The present leg is over and the ticket waits again, at its old time. */
static void wait_again(struct call *c, struct ticket *t, bool waits_now)
{
    if (t->called_us)
        t->waited_us += t->called_us > t->queued_us ? t->called_us - t->queued_us : 0;
    t->queued_us = waits_now ? c->now_us : 0;
    t->called_us = t->serving_us = 0;
    t->window.n = t->staff.n = 0;
    t->recalls = 0;
    t->first_in_line = false;
}

/* Another service of the visit follows: here, or in the queue at the old time. */
static int end_goes_on(struct call *c, struct at_window *a, struct ticket *t, service_id next)
{
    const struct branch_service *s = plan_service(a->plan, next);
    bool here = window_handles(a->window, next);
    CHECK(s);
    int rc = step_take(c, t, here ? STEP_NEXT_SERVICE : STEP_TRANSFER);
    if (!rc)
        rc = leg_insert(c, t, c->now_us, LEG_NEXT);
    if (rc)
        return rc;
    visit_advance(t);
    t->service = next;
    t->prefix = s->prefix;
    if (here) {
        t->waited_us += t->called_us > t->queued_us ? t->called_us - t->queued_us : 0;
        t->queued_us = t->called_us = t->serving_us = c->now_us;
        t->first_in_line = false;
    } else {
        wait_again(c, t, true);
    }
    rc = ticket_update(c, t);
    if (!rc && !here)
        rc = session_free(c, a);
    if (rc)
        return rc;
    return ticket_event(c, here ? "ticket.next_service" : "ticket.transferred", t,
                        here ? a->window : NULL, NULL, NULL);
}

int lobby_end(struct call *c, window_id w, struct ticket *out)
{
    struct at_window a;
    int rc = window_current(c, w, &a);
    if (rc)
        return rc;
    *out = a.ticket;
    undo_keep(c, out, 'e', undo_until(c, &a), &a.day.turns);
    service_id next = visit_next(out);
    if (next.n)
        return end_goes_on(c, &a, out, next);
    rc = step_take(c, out, STEP_END);
    if (rc)
        return rc;
    out->ended_us = c->now_us;
    visit_finish(out);
    rc = leg_insert(c, out, c->now_us, LEG_DONE);
    if (!rc)
        rc = ticket_update(c, out);
    if (!rc)
        rc = session_free(c, &a);
    if (rc)
        return rc;
    return ticket_event(c, "ticket.done", out, a.window, NULL, NULL);
}

int lobby_no_show(struct call *c, window_id w, struct ticket *out)
{
    struct at_window a;
    int rc = window_current(c, w, &a);
    if (rc)
        return rc;
    *out = a.ticket;
    undo_keep(c, out, 'n', undo_until(c, &a), &a.day.turns);
    rc = step_take(c, out, STEP_NO_SHOW);
    if (rc)
        return rc;
    out->ended_us = c->now_us;
    rc = leg_insert(c, out, c->now_us, LEG_NO_SHOW);
    if (!rc)
        rc = ticket_update(c, out);
    if (!rc)
        rc = session_free(c, &a);
    if (rc)
        return rc;
    return ticket_event(c, "ticket.no_show", out, a.window, NULL, NULL);
}

int lobby_park(struct call *c, window_id w, const char *reason, struct ticket *out)
{
    struct at_window a;
    int rc = need_reason(c, reason);
    if (!rc)
        rc = window_current(c, w, &a);
    if (rc)
        return rc;
    *out = a.ticket;
    undo_keep(c, out, 'p', undo_until(c, &a), &a.day.turns);
    rc = step_take(c, out, STEP_PARK);
    if (rc)
        return rc;
    snprintf(out->reason, sizeof out->reason, "%s", reason);
    rc = leg_insert(c, out, c->now_us, LEG_PARKED);
    if (rc)
        return rc;
    staff_id by = out->staff;
    wait_again(c, out, false);
    out->staff = by; /* who parked it */
    rc = ticket_update(c, out);
    if (!rc)
        rc = session_free(c, &a);
    if (rc)
        return rc;
    return ticket_event(c, "ticket.parked", out, NULL, "reason", reason);
}

int lobby_transfer(struct call *c, window_id w, const struct lobby_target *to, const char *reason,
                   struct ticket *out)
{
    struct at_window a;
    int rc = window_current(c, w, &a);
    if (rc)
        return rc;
    *out = a.ticket;
    undo_keep(c, out, 't', undo_until(c, &a), &a.day.turns);
    rc = step_take(c, out, STEP_TRANSFER);
    if (!rc)
        rc = leg_insert(c, out, c->now_us, LEG_TRANSFERRED);
    if (rc)
        return rc;
    wait_again(c, out, true);
    rc = target_apply(c, a.plan, to, out);
    if (!rc && reason)
        snprintf(out->reason, sizeof out->reason, "%s", reason);
    if (!rc)
        rc = ticket_update(c, out);
    if (!rc)
        rc = session_free(c, &a);
    if (rc)
        return rc;
    return ticket_event(c, "ticket.transferred", out, NULL, "reason", reason ? reason : "");
}

int lobby_undo(struct call *c, window_id w, struct ticket *out)
{
    struct at_window a;
    struct undo_row u;
    int rc = window_load(c, w, &a);
    if (rc)
        return rc;
    if (!a.session.last_ticket.n)
        return LOBBY_NO_UNDO;
    rc = ticket_one(c, a.session.last_ticket, out);
    if (rc)
        return rc;
    if (!undo_read(out, &u))
        return LOBBY_NO_UNDO;
    bool called_here = u.what == 'c' && out->window.n == w.n;
    if (u.before.window.n != w.n && !called_here)
        return LOBBY_NO_UNDO;
    if (a.session.ticket.n && a.session.ticket.n != out->id.n)
        return LOBBY_BUSY;
    if (c->now_us > u.until_us)
        return LOBBY_UNDO_LATE;
    /* The undone call stays on file: meanwhile the ticket was not in the queue. */
    rc = u.what == 'c' ? leg_insert(c, out, c->now_us, LEG_UNDONE) : 0;
    if (rc)
        return rc;
    bool filed = u.what == 'e' || u.what == 'n' || u.what == 'p' || u.what == 't';
    *out = u.before;
    out->ended_us = u.before.ended_us;
    rc = filed ? leg_drop_last(c, out->id) : 0;
    if (!rc)
        rc = ticket_update(c, out);
    if (rc)
        return rc;
    a.session.ticket.n = u.what == 'c' ? 0 : out->id.n;
    a.session.last_ticket.n = 0;
    rc = session_update(c, &a.session);
    if (!rc && u.what == 'c') {
        a.day.turns = u.turns;
        rc = day_put(c, &a.day);
    }
    if (rc)
        return rc;
    char what[2] = { u.what, 0 };
    return ticket_event(c, "ticket.undone", out, a.window, "step", what);
}
