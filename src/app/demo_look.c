/* demo_look.c -- What is really at a window of the live demo: a person, a session left behind, a
 * ticket that somebody moved. The simulation does what fits to it. */
#include "advise/advise.h"
#include "app/demo_live.h"
#include "app/demo_sim.h"
#include <string.h>

enum { LOOK_AGAIN_LEAST_S = 15, LOOK_AGAIN_MOST_S = 30 };

/* A person works here: look again later. */
static int leave_alone(struct call *c, struct sim *s, struct sim_window *w, staff_id who, bool *act)
{
    *act = false;
    w->state = SIM_HUMAN;
    w->human = who;
    w->foreign = false;
    w->guest = (struct sim_guest){ 0 };
    w->at_us = c->now_us + sim_between(s, LOOK_AGAIN_LEAST_S, LOOK_AGAIN_MOST_S);
    return 0;
}

/* The session is the simulation's to go on with: its ticket decides the state. */
static int go_on(struct call *c, struct sim *s, struct sim_window *w,
                 const struct window_session *session)
{
    struct ticket t;
    bool at_work = w->state == SIM_CALLED || w->state == SIM_SERVING;
    if (session->ticket.n && at_work && session->ticket.n == w->guest.ticket.n)
        return 0;
    if (!session->ticket.n) {
        if (session->state == SESSION_PAUSED && !w->foreign)
            w->state = SIM_PAUSED;
        else if (at_work || w->state == SIM_HUMAN || w->state == SIM_AWAY || w->state == SIM_PAUSED)
            w->state = SIM_NEXT;
        if (w->at_us == SIM_NEVER && w->state == SIM_NEXT)
            w->at_us = c->now_us;
        return 0;
    }
    int rc = lobby_ticket(c, session->ticket, &t);
    if (rc)
        return rc;
    int service = t.prefix >= 'A' && t.prefix < 'A' + SIM_SERVICES ? t.prefix - 'A' : 0;
    w->guest = (struct sim_guest){ .ticket = t.id,
                                   .service = service,
                                   .service_us = sim_service_us(s, service),
                                   .act_us = SIM_NEVER };
    w->recalls = 0;
    w->state = t.state == TICKET_SERVING ? SIM_SERVING : SIM_CALLED;
    if (w->at_us == SIM_NEVER)
        w->at_us = c->now_us;
    return 0;
}

int sim_look(struct call *c, struct sim *s, struct sim_window *w, bool *act)
{
    struct window_session *list, session = { 0 };
    bool person = false, own_person = false;
    staff_id own = w->state == SIM_HUMAN ? w->human : w->next.n ? w->next : w->sitter;
    int n = 0;
    *act = true;
    int rc = lobby_sessions(c, s->outlet, &list, &n);
    for (int i = 0; !rc && i < n; i++)
        if (list[i].window.n == w->id.n)
            session = list[i];
    if (!rc && session.id)
        rc = who_signed_in(c, session.staff, &person);
    if (!rc && !session.id)
        rc = who_signed_in(c, own, &own_person);
    for (int i = 0; !rc && i < n; i++) /* she has sat down at another window than her own */
        own_person &= list[i].staff.n != own.n || own.n == w->teller.n;
    if (!rc && !session.id && !own_person && own.n != w->teller.n) {
        own = w->teller;
        rc = who_signed_in(c, own, &own_person);
    }
    if (rc)
        return rc;
    if (person || own_person)
        return leave_alone(c, s, w, person ? session.staff : own, act);
    if (!session.id) {
        w->state = SIM_AWAY;
        w->at_us = SIM_NEVER; /* the next tick signs in, when somebody should sit here */
        w->foreign = false;
        w->guest = (struct sim_guest){ 0 };
        return 0;
    }
    if (sim_on_duty(s, session.staff)) /* sat down before the server was started again */
        w->sitter = session.staff;
    w->foreign = session.staff.n != w->sitter.n;
    return go_on(c, s, w, &session);
}

/* The simulation stands up: the customer there waits again, first in line. */
static int stand_up(struct call *c, const struct window_session *session)
{
    static const struct lobby_target first = { .first = true };
    struct actor person = c->actor;
    struct ticket t;
    int rc = 0;
    c->actor = (struct actor){ .kind = ACTOR_SYSTEM };
    if (session->ticket.n)
        rc = lobby_transfer(c, session->window, &first, "change of teller", &t);
    if (!rc)
        rc = lobby_sign_out(c, session->window);
    c->actor = person;
    return rc;
}

int demo_live_before_sit(void *ctx, struct call *c, int64_t window)
{
    struct window_session *list;
    struct branch_window w;
    int n = 0;
    UNUSED(ctx);
    int rc = branch_window_get(c, (window_id){ window }, &w);
    if (!rc)
        rc = lobby_sessions(c, w.outlet, &list, &n);
    for (int i = 0; !rc && i < n; i++) {
        bool person = false, mine = list[i].staff.n == c->actor.id;
        bool here = list[i].window.n == window;
        if (here == mine) /* another window of another teller, or my own place already */
            continue;
        if (here)
            rc = who_signed_in(c, list[i].staff, &person);
        if (!rc && !person)
            rc = stand_up(c, &list[i]);
    }
    return rc;
}

int sim_advised(struct call *c, struct sim *s)
{
    enum { LISTED = 20, LUNCH_MIN = 45 };
    struct advice *list;
    int n = 0, rc = advice_list(c, s->outlet, c->now_us - 2 * US_HOUR, LISTED, &list, &n);
    for (int i = 0; !rc && i < n; i++) {
        const struct advice *a = &list[i];
        int minutes = a->kind == LIVE_OPEN || a->kind == LIVE_DELAY ? a->minutes
                      : a->kind == LIVE_RESUME                      ? LUNCH_MIN
                                                                    : 0;
        for (int k = 0; a->state == ADVICE_FOLLOWED && k < s->n_windows; k++)
            if (s->windows[k].id.n == a->window.n)
                s->windows[k].extra_us = a->decided_us + minutes * US_MINUTE;
    }
    return rc;
}
