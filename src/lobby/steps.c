/* steps.c -- What every change of a ticket has in common: the lawful step, the event, undo. */
#include "lobby/lobby_priv.h"
#include <stdio.h>
#include <string.h>
#include "base/banned.h"

static const char *const sources[] = { "kiosk",   "phone",  "floor", "roll",
                                       "booking", "import", "guided" };

const char *ticket_source_code(int source)
{
    CHECK(source >= 0 && source < (int)COUNT(sources));
    return sources[source];
}

int step_take(struct call *c, struct ticket *t, enum ticket_step step)
{
    enum ticket_state to;
    if (!ticket_step(t->state, step, &to))
        return call_refuse(c, LOBBY_BAD_STEP, "ticket", "%s: %s", t->number,
                           ticket_state_code(t->state));
    t->state = to;
    return 0;
}

int need_reason(struct call *c, const char *reason)
{
    if (!reason || !*reason)
        return call_refuse(c, LOBBY_NEEDS_REASON, "reason", "%s", "");
    if (strlen(reason) >= LOBBY_REASON)
        return call_refuse(c, BASE_TOO_LONG, "reason", "%d", LOBBY_REASON - 1);
    return 0;
}

int day_of_now(struct call *c, outlet_id o, struct lobby_day *out)
{
    return lobby_day_get(c, o, date_of_instant(c->now_us), out);
}

int ticket_event(struct call *c, const char *topic, const struct ticket *t,
                 const struct branch_window *w, const char *extra_key, const char *extra)
{
    struct jsonw *j = event_begin(c);
    char prefix[2] = { (char)t->prefix, 0 };
    jw_text(j, "number", t->number);
    jw_text(j, "service", prefix);
    jw_i64(j, "class", t->class_index);
    jw_text(j, "state", ticket_state_code(t->state));
    if (w) {
        jw_i64(j, "window", w->number);
        jw_i64(j, "window_id", w->id.n);
        jw_text(j, "window_name_zh", w->name_zh);
        jw_text(j, "window_name_en", w->name_en);
    }
    if (extra_key)
        jw_text(j, extra_key, extra);
    return event_add(c, t->outlet.n, topic, t->id.n);
}

int rule_waiters(const struct ticket *t, int n, struct rule_waiter *out, int *index)
{
    int m = 0;
    for (int i = 0; i < n; i++) {
        if (!ticket_waits(t[i].state))
            continue;
        out[m] = (struct rule_waiter){ .since_us = t[i].since_us,
                                       .order = t[i].id.n,
                                       .only_window = t[i].only_window,
                                       .only_staff = t[i].only_staff,
                                       .class_index = t[i].class_index,
                                       .service = t[i].prefix,
                                       .courtesy = t[i].courtesy,
                                       .first = t[i].first_in_line };
        index[m++] = i;
    }
    return m;
}

int wait_split(struct call *c, struct ticket *t, enum leg_outcome outcome)
{
    if (!ticket_waits(t->state) || !t->queued_us)
        return 0;
    int rc = leg_insert(c, t, c->now_us, outcome);
    if (c->now_us > t->queued_us) { /* a booking that came early does not wait yet */
        t->waited_us += c->now_us - t->queued_us;
        t->queued_us = c->now_us;
    }
    undo_drop(t); /* the leg that undo would take back is not the last one any more */
    return rc;
}

int window_let_go(struct call *c, struct ticket *t)
{
    struct window_session s;
    if (!t->window.n)
        return 0;
    int rc = session_of_window(c, t->window, &s);
    if (rc || !s.id || s.ticket.n != t->id.n)
        return rc;
    s.ticket.n = 0;
    s.last_ticket.n = 0;
    s.last_us = c->now_us;
    return session_update(c, &s);
}

/* ---- undo: the row before the step, as text in the row itself ----
 * "what,until,state,service,prefix,first,inaccurate,queued,called,serving,ended,waited,window,
 *  staff,only_window,only_staff,recalls,recalled,eight turns,services|why,when,eligible,waited,
 *  credit,by hand|reason". Only the last step can be undone. */

void undo_keep(struct call *c, struct ticket *t, char what, int64_t until_us,
               const struct rule_turns *turns)
{
    t->undo = arena_printf(
        c->arena,
        "%c,%lld,%d,%lld,%d,%d,%d,%lld,%lld,%lld,%lld,%lld,%lld,%lld,%lld,%lld,%d,%lld,"
        "%d,%d,%d,%d,%d,%d,%d,%d,%s|%d,%d,%d,%lld,%lld,%d|%s",
        what, (long long)until_us, (int)t->state, (long long)t->service.n, t->prefix,
        t->first_in_line, t->inaccurate, (long long)t->queued_us, (long long)t->called_us,
        (long long)t->serving_us, (long long)t->ended_us, (long long)t->waited_us,
        (long long)t->window.n, (long long)t->staff.n, (long long)t->only_window,
        (long long)t->only_staff, t->recalls, (long long)t->recalled_us, turns->called[0],
        turns->called[1], turns->called[2], turns->called[3], turns->called[4], turns->called[5],
        turns->called[6], turns->called[7], t->services, (int)t->choice.why, t->choice.when,
        t->choice.eligible, (long long)t->choice.waited_us, (long long)t->choice.credit_us,
        t->by_hand, t->reason);
}

void undo_drop(struct ticket *t)
{
    t->undo = "";
}

/* What follows the numbers: services|choice|reason. */
static void undo_tail(const char *text, struct ticket *b)
{
    int why = 0, hand = 0, used = 0, len = (int)strcspn(text, "|");
    long long waited = 0, credit = 0;
    snprintf(b->services, sizeof b->services, "%.*s", len, text);
    if (sscanf(text + len, "|%d,%d,%d,%lld,%lld,%d|%n", &why, &b->choice.when, &b->choice.eligible,
               &waited, &credit, &hand, &used) != 6)
        return;
    b->choice.why = (enum rule_why)why;
    b->choice.waited_us = waited;
    b->choice.credit_us = credit;
    b->by_hand = hand != 0;
    snprintf(b->reason, sizeof b->reason, "%s", text + len + used);
}

bool undo_read(const struct ticket *t, struct undo_row *out)
{
    int n = 0, state = 0, first = 0, inaccurate = 0, *turn = out->turns.called;
    struct ticket *b = &out->before;
    long long until, service, queued, called, serving, ended, waited, window, staff, only_window;
    long long only_staff, recalled;
    *b = *t;
    if (!t->undo ||
        sscanf(t->undo,
               "%c,%lld,%d,%lld,%d,%d,%d,%lld,%lld,%lld,%lld,%lld,%lld,%lld,%lld,%lld,%d,%lld,"
               "%d,%d,%d,%d,%d,%d,%d,%d,%n",
               &out->what, &until, &state, &service, &b->prefix, &first, &inaccurate, &queued,
               &called, &serving, &ended, &waited, &window, &staff, &only_window, &only_staff,
               &b->recalls, &recalled, &turn[0], &turn[1], &turn[2], &turn[3], &turn[4], &turn[5],
               &turn[6], &turn[7], &n) != 26)
        return false;
    out->until_us = until;
    b->state = (enum ticket_state)state;
    b->service.n = service;
    b->first_in_line = first != 0;
    b->inaccurate = inaccurate != 0;
    b->queued_us = queued;
    b->called_us = called;
    b->serving_us = serving;
    b->ended_us = ended;
    b->waited_us = waited;
    b->window.n = window;
    b->staff.n = staff;
    b->only_window = only_window;
    b->only_staff = only_staff;
    b->recalled_us = recalled;
    undo_tail(t->undo + n, b);
    b->undo = "";
    return true;
}

int target_apply(struct call *c, const struct lobby_plan *p, const struct lobby_target *to,
                 struct ticket *t)
{
    int named = (to->service.n != 0) + (to->window.n != 0) + (to->staff.n != 0);
    if (named > 1 || (named == 0 && !to->first))
        return LOBBY_BAD_TARGET;
    t->only_window = t->only_staff = 0;
    t->first_in_line = to->first;
    if (to->service.n) {
        const struct branch_service *s = plan_service(p, to->service);
        if (!s)
            return BRANCH_NO_SERVICE;
        if (!plan_offers(p, to->service))
            return BRANCH_NOT_OFFERED;
        struct visit_service v[TICKET_SERVICES];
        int n = ticket_services(t, v);
        service_id list[TICKET_SERVICES];
        for (int i = 0; i < n; i++)
            list[i] = v[i].state == 'n' ? to->service : v[i].service;
        if (t->services[0]) { /* the present service of the visit becomes the new one */
            size_t len = 0;
            for (int i = 0; i < n; i++)
                len += (size_t)snprintf(t->services + len, sizeof t->services - len, "%s%lld%c",
                                        i ? "," : "", (long long)list[i].n, v[i].state);
        }
        t->service = to->service;
        t->prefix = s->prefix;
    } else if (to->window.n) {
        const struct branch_window *w = plan_window(p, to->window);
        if (!w)
            return BRANCH_NO_WINDOW;
        if (!window_handles(w, t->service))
            return LOBBY_NOT_HANDLED;
        t->only_window = to->window.n;
    } else if (to->staff.n) {
        struct who_staff person;
        int rc = who_staff_get(c, to->staff, &person);
        if (rc)
            return rc;
        if (!person.active || (person.outlet_id && person.outlet_id != t->outlet.n))
            return WHO_NO_STAFF;
        t->only_staff = to->staff.n;
    }
    return 0;
}
