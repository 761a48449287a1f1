/* lobby_priv.h -- What the lobby's own files share: rows, the scene of an outlet, steps. */
#ifndef LOBBY_LOBBY_PRIV_H
#define LOBBY_LOBBY_PRIV_H
#include "lobby/lobby.h"
#include "store/db.h"
#include "store/event.h"

/* What is settled before anybody walks in. Kept by the thread until branch_version() is another
 * one; a plan stays valid for the rest of the call, also after a change in it. */
struct lobby_plan {
    struct branch_outlet outlet;
    struct lobby_settings settings;
    struct branch_class classes[BRANCH_CLASSES_MAX];
    int n_classes;
    struct rule_classes rule_classes;
    struct lobby_rule rule;
    struct branch_window *windows; /* active ones */
    int n_windows;
    struct branch_service *services; /* all of the bank */
    int n_services;
    struct {
        int64_t window;
        struct lobby_rule rule;
    } own_rule[BRANCH_WINDOWS_MAX]; /* windows with a rule of their own */
    int n_own_rules;
};
MUST_USE int plan_load(struct call *c, outlet_id o, const struct lobby_plan **out);
const struct branch_service *plan_service(const struct lobby_plan *p, service_id s);
const struct branch_service *plan_prefix(const struct lobby_plan *p, int prefix);
const struct branch_window *plan_window(const struct lobby_plan *p, window_id w);
const struct lobby_rule *plan_rule(const struct lobby_plan *p, window_id w);
bool plan_offers(const struct lobby_plan *p, service_id s);
struct rule_caller plan_caller(const struct lobby_plan *p, const struct branch_window *w,
                               staff_id staff);
bool window_handles(const struct branch_window *w, service_id s);

/* ---- rows (ticket_store.c, session_store.c) ---- */
MUST_USE int ticket_insert(struct call *c, const struct ticket *t, const char *phone_key);
MUST_USE int ticket_update(struct call *c, const struct ticket *t);
MUST_USE int ticket_one(struct call *c, ticket_id id, struct ticket *out);
/* Tickets of an outlet in states from..until, in the arena, oldest original time first. */
MUST_USE int ticket_states(struct call *c, outlet_id o, int from, int until, struct ticket **out,
                           int *n);
/* Who waits (or is live) with what the rule and the forecast ask for, and nothing else: id, state,
 * service, class, courtesy, since, first_in_line, only_window, only_staff. */
MUST_USE int ticket_light(struct call *c, outlet_id o, bool waiting_only, struct ticket **out,
                          int *n);
/* All tickets of a business date, in the order of taking. */
MUST_USE int ticket_day(struct call *c, outlet_id o, date d, struct ticket **out, int *n);
MUST_USE int ticket_sequence(struct call *c, outlet_id o, date d, char prefix, int64_t *out);
MUST_USE int ticket_bookings(struct call *c, outlet_id o, int64_t from_us, int64_t until_us,
                             struct ticket **out, int *n);
/* The keyed pseudonym of its phone; NULL: none. */
MUST_USE int ticket_phone_key(struct call *c, ticket_id id, const char **out);
MUST_USE int ticket_phone_count(struct call *c, const char *phone_key, int state, int64_t since_us,
                                bool booked, int64_t *out);
enum leg_outcome {
    LEG_DONE,
    LEG_TRANSFERRED,
    LEG_PARKED,
    LEG_NO_SHOW,
    LEG_LEFT,
    LEG_VOID,
    LEG_NEXT,
    LEG_CHANGED, /* waits on, but the rule sees it otherwise: moved, another class, courtesy */
    LEG_UNDONE,  /* a call that was taken back: away from the queue from called to ended */
    LEG_CARRIED, /* day end: waits again when the outlet opens */
    LEG_OUTCOMES
};
const char *leg_outcome_code(int outcome);
/* Files the present leg away: the wait, the call, the service, how it ended. */
MUST_USE int leg_insert(struct call *c, const struct ticket *t, int64_t ended_us,
                        enum leg_outcome outcome);
MUST_USE int leg_drop_last(struct call *c, ticket_id t);

MUST_USE int session_insert(struct call *c, const struct window_session *s);
MUST_USE int session_update(struct call *c, const struct window_session *s);
/* Files the pause that runs, if one does, as over at this instant; the caller updates the row. */
MUST_USE int session_pause_over(struct call *c, struct window_session *s, int64_t at_us);
/* Ends the session: the pause that runs, the state, the row. */
MUST_USE int session_end(struct call *c, struct window_session *s, int64_t at_us);
/* The live session of a window or of a person; out->id == 0 when there is none. */
MUST_USE int session_of_window(struct call *c, window_id w, struct window_session *out);
MUST_USE int session_of_staff(struct call *c, staff_id s, struct window_session *out);
MUST_USE int session_with_ticket(struct call *c, outlet_id o, ticket_id t,
                                 struct window_session *out);
MUST_USE int day_put(struct call *c, const struct lobby_day *d);
/* A mainland mobile number, or LOBBY_BAD_PHONE. Kept: the last four digits and a keyed digest. */
MUST_USE int phone_fit(struct call *c, const char *phone);
/* Are numbers given out in this state of the day? 0 or the refusal. */
MUST_USE int day_may_take(const struct lobby_day *d);
MUST_USE int phone_keep(struct call *c, const char *phone, char tail[8], const char **key);
MUST_USE int lobby_secret(struct call *c, const char **out);

/* ---- shared steps (steps.c) ---- */
/* Takes the step or refuses; remembers the row for undo when undo_s > 0. */
MUST_USE int step_take(struct call *c, struct ticket *t, enum ticket_step step);
void undo_keep(struct call *c, struct ticket *t, char what, int64_t until_us,
               const struct rule_turns *turns);
void undo_drop(struct ticket *t);
struct undo_row {
    char what; /* 'c' call, 's' serve, 'e' end, 'n' no-show, 'p' park, 't' transfer */
    int64_t until_us;
    struct ticket before;
    struct rule_turns turns;
};
bool undo_read(const struct ticket *t, struct undo_row *out); /* false: nothing kept */
/* Binds a ticket to one service, window or person; refuses none or several, or what cannot be. */
MUST_USE int target_apply(struct call *c, const struct lobby_plan *p, const struct lobby_target *to,
                          struct ticket *t);
/* The event of a ticket: topic "ticket.called" with number, service, class, state, window. */
MUST_USE int ticket_event(struct call *c, const char *topic, const struct ticket *t,
                          const struct branch_window *w, const char *extra_key, const char *extra);
MUST_USE int need_reason(struct call *c, const char *reason);
MUST_USE int day_of_now(struct call *c, outlet_id o, struct lobby_day *out);
/* The visit's services: "12d,15n,17t" (done, now, to do); "" for one service only. */
MUST_USE int visit_write(struct call *c, const service_id *list, int n, char out[64]);
service_id visit_next(const struct ticket *t); /* the first still to do; 0: none */
void visit_advance(struct ticket *t);          /* now becomes done, the first to do becomes now */
void visit_finish(struct ticket *t);           /* now becomes done */
/* Turns the waiting among tickets into the rule's waiters; index[i] says which ticket. */
int rule_waiters(const struct ticket *t, int n, struct rule_waiter *out, int *index);
/* Files the waiting so far as a leg of its own: what the rule sees of the ticket will change. */
MUST_USE int wait_split(struct call *c, struct ticket *t, enum leg_outcome outcome);
/* The ticket leaves the window it was at, if any: the session is free again. */
MUST_USE int window_let_go(struct call *c, struct ticket *t);
#endif
