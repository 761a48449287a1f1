/* floor.c -- The floor manager's hand, and the customer's own leaving. */
#include "lobby/lobby_priv.h"
#include <stdio.h>
#include <string.h>
#include "base/banned.h"

static int ticket_here(struct call *c, ticket_id id, struct ticket *out)
{
    int rc = ticket_one(c, id, out);
    /* Staff of one outlet cannot touch another's; that it exists there is nobody's business. */
    if (!rc && c->actor.kind == ACTOR_STAFF && c->actor.outlet_id &&
        c->actor.outlet_id != out->outlet.n)
        rc = LOBBY_NO_TICKET;
    return rc;
}

/* Ends a ticket that is not being ended by the teller's "end": files the leg, frees the window. */
static int ticket_stop(struct call *c, struct ticket *t, enum ticket_step step,
                       enum leg_outcome outcome, const char *topic, const char *reason)
{
    int rc = step_take(c, t, step);
    if (rc)
        return rc;
    t->ended_us = c->now_us;
    undo_drop(t);
    snprintf(t->reason, sizeof t->reason, "%s", reason ? reason : "");
    rc = window_let_go(c, t);
    if (!rc && t->queued_us)
        rc = leg_insert(c, t, c->now_us, outcome);
    if (!rc)
        rc = ticket_update(c, t);
    if (rc)
        return rc;
    return ticket_event(c, topic, t, NULL, "reason", t->reason);
}

int lobby_leave(struct call *c, ticket_id id, const char *reason, struct ticket *out)
{
    int rc = ticket_here(c, id, out);
    if (!rc && out->state == TICKET_BOOKED)
        return lobby_cancel(c, id, out);
    if (!rc && reason && strlen(reason) >= LOBBY_REASON)
        rc = BASE_TOO_LONG;
    if (rc)
        return rc;
    return ticket_stop(c, out, STEP_LEAVE, LEG_LEFT, "ticket.left", reason);
}

int lobby_void(struct call *c, ticket_id id, const char *reason, struct ticket *out)
{
    int rc = need_reason(c, reason);
    if (!rc)
        rc = ticket_here(c, id, out);
    if (rc)
        return rc;
    return ticket_stop(c, out, STEP_VOID, LEG_VOID, "ticket.void", reason);
}

int lobby_return(struct call *c, ticket_id id, bool first, struct ticket *out)
{
    int rc = ticket_here(c, id, out);
    if (rc)
        return rc;
    bool no_show = out->state == TICKET_NO_SHOW;
    /* A number that was passed may come back the same day; parked ones always. */
    if (no_show && out->day.days != date_of_instant(c->now_us).days)
        return LOBBY_BAD_STEP;
    if (no_show && (out->slot_us && !out->checked_in_us))
        return LOBBY_BAD_STEP;
    rc = step_take(c, out, no_show ? STEP_REINSERT : STEP_RETURN);
    if (rc)
        return rc;
    if (no_show)
        out->waited_us = ticket_wait_us(out, c->now_us);
    out->queued_us = c->now_us;
    out->called_us = out->serving_us = out->ended_us = 0;
    out->window.n = out->staff.n = 0;
    out->first_in_line = first;
    out->recalls = 0;
    undo_drop(out);
    rc = ticket_update(c, out);
    if (rc)
        return rc;
    return ticket_event(c, "ticket.returned", out, NULL, NULL, NULL);
}

int lobby_move(struct call *c, ticket_id id, const struct lobby_target *to, const char *reason,
               struct ticket *out)
{
    const struct lobby_plan *p;
    int rc = need_reason(c, reason);
    if (!rc)
        rc = ticket_here(c, id, out);
    if (!rc)
        rc = plan_load(c, out->outlet, &p);
    struct ticket before = *out;
    if (!rc)
        rc = step_take(c, out, STEP_MOVE);
    if (!rc)
        rc = target_apply(c, p, to, out);
    if (!rc)
        rc = wait_split(c, &before, LEG_CHANGED);
    if (rc)
        return rc;
    out->waited_us = before.waited_us;
    out->queued_us = before.queued_us ? before.queued_us : c->now_us;
    out->staff.n = 0; /* who parked it has no more to do with it */
    undo_drop(out);
    snprintf(out->reason, sizeof out->reason, "%s", reason);
    rc = ticket_update(c, out);
    if (rc)
        return rc;
    return ticket_event(c, "ticket.moved", out, NULL, "reason", reason);
}

int lobby_set_class(struct call *c, ticket_id id, int class_index, const char *reason,
                    struct ticket *out)
{
    const struct lobby_plan *p;
    bool known = false;
    int rc = need_reason(c, reason);
    if (!rc)
        rc = ticket_here(c, id, out);
    if (!rc && ticket_ended(out->state))
        rc = LOBBY_BAD_STEP;
    if (!rc)
        rc = plan_load(c, out->outlet, &p);
    if (rc)
        return rc;
    for (int i = 0; i < p->n_classes; i++)
        known = known || p->classes[i].index == class_index;
    if (!known)
        return BRANCH_NO_CLASS;
    rc = out->class_index != class_index ? wait_split(c, out, LEG_CHANGED) : 0;
    out->class_index = class_index;
    if (!rc)
        rc = ticket_update(c, out);
    if (rc)
        return rc;
    return ticket_event(c, "ticket.class_changed", out, NULL, "reason", reason);
}

int lobby_set_courtesy(struct call *c, ticket_id id, bool courtesy, const char *reason,
                       struct ticket *out)
{
    int rc = need_reason(c, reason);
    if (!rc)
        rc = ticket_here(c, id, out);
    if (!rc && ticket_ended(out->state))
        rc = LOBBY_BAD_STEP;
    if (!rc && out->courtesy != courtesy)
        rc = wait_split(c, out, LEG_CHANGED);
    out->courtesy = courtesy;
    if (!rc)
        rc = ticket_update(c, out);
    if (rc)
        return rc;
    return ticket_event(c, "ticket.courtesy_changed", out, NULL, "reason", reason);
}

int lobby_correct(struct call *c, ticket_id id, int64_t ended_us, const char *reason,
                  struct ticket *out)
{
    int rc = need_reason(c, reason);
    if (!rc)
        rc = ticket_here(c, id, out);
    if (rc)
        return rc;
    if (out->state != TICKET_SERVING && out->state != TICKET_DONE)
        return call_refuse(c, LOBBY_BAD_STEP, "ticket", "%s", ticket_state_code(out->state));
    if (out->day.days != date_of_instant(c->now_us).days)
        return LOBBY_BAD_STEP;
    int64_t began = out->serving_us ? out->serving_us : out->called_us;
    if (ended_us < began || ended_us > c->now_us)
        return call_refuse(c, LOBBY_BAD_TIME, "ended_ms", "%s", "after the start, not after now");
    bool was_serving = out->state == TICKET_SERVING;
    out->inaccurate = true;
    out->ended_us = ended_us;
    undo_drop(out);
    if (was_serving) {
        rc = step_take(c, out, STEP_END);
        if (!rc)
            rc = window_let_go(c, out);
        if (!rc) {
            visit_finish(out);
            rc = leg_insert(c, out, ended_us, LEG_DONE);
        }
    } else {
        rc = db_exec(c->tx,
                     "UPDATE leg SET ended_us=$2, inaccurate=1 WHERE ticket_id=$1 AND n="
                     "(SELECT MAX(l.n) FROM leg l WHERE l.ticket_id=$1)",
                     DB_ARGS(DB_I(id.n), DB_I(ended_us)));
    }
    if (!rc)
        rc = ticket_update(c, out);
    if (rc)
        return rc;
    return ticket_event(c, "ticket.corrected", out, NULL, "reason", reason);
}
