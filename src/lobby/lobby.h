/* lobby.h -- Tickets, windows in use, appointments, the day: the living lobby.
 *
 * A ticket is one visit. It waits in its outlet, not at a window: it is bound to a window only at
 * the moment it is called. Every change is a lawful step (ticket.h), one row written and one event,
 * in the caller's transaction. since_us, the original time, is what the calling rule sees; it
 * survives transfers and parking. queued_us is when the present wait began; waited_us sums the
 * waits before.
 *
 * Owns ticket, leg, window_session, lobby_day, lobby_sequence, lobby_settings, window_rule,
 * blackout. */
#ifndef LOBBY_LOBBY_H
#define LOBBY_LOBBY_H
#include "branch/branch.h"
#include "lobby/lobby_refusals.h"
#include "lobby/rule.h"
#include "lobby/ticket.h"
#include "store/db.h"
#include "who/who.h"

enum ticket_source {
    SOURCE_KIOSK,
    SOURCE_PHONE,
    SOURCE_FLOOR,
    SOURCE_ROLL,
    SOURCE_BOOKING,
    SOURCE_IMPORT,
    SOURCE_GUIDED /* held for somebody on her way from elsewhere */
};
const char *ticket_source_code(int source);

enum { TICKET_SERVICES = 6, TICKET_TOKEN = 64, LOBBY_REASON = 120 };

struct ticket {
    ticket_id id;
    outlet_id outlet;
    date day;           /* business date */
    char number[12];    /* "A013": the one string everywhere */
    service_id service; /* the present one */
    int prefix;         /* of the present service, for the rule */
    int class_index;
    bool courtesy, first_in_line, inaccurate;
    enum ticket_state state;
    enum ticket_source source;
    int64_t taken_us, since_us, queued_us, called_us, serving_us, ended_us; /* 0: not yet */
    int64_t waited_us; /* waits ended before the present one */
    window_id window;  /* 0: none; only when called or serving, or where it ended */
    staff_id staff;
    int64_t only_window, only_staff;
    int recalls;
    int64_t recalled_us;
    int64_t slot_us; /* booking: the booked time; 0: a walk-in */
    int64_t checked_in_us;
    int notify_ahead;
    int forecast_low_s, forecast_high_s; /* at the taking; -1: none */
    char services[64];         /* the visit: "12d,15n,17t" = done, now, to do; "" = one service */
    char phone_tail[8];        /* the last four digits, for the desk */
    struct rule_choice choice; /* why it was called; index is WHY_BY_HAND's mark, see by_hand */
    bool by_hand;              /* called by a person, not by the rule: reason says why */
    char reason[LOBBY_REASON];
    const char *undo; /* the row before the last step, as text (steps.c); "": none */
};

/* How long this visit has waited: ended waits and the present one. Parked time is not waiting. */
int64_t ticket_wait_us(const struct ticket *t, int64_t now_us);
struct visit_service {
    service_id service;
    char state; /* 'd' done, 'n' now, 't' to do */
};
int ticket_services(const struct ticket *t, struct visit_service out[TICKET_SERVICES]);

/* ---- taking a number ---- */
struct take_order {
    outlet_id outlet;
    service_id services[TICKET_SERVICES];
    int n_services; /* at least 1 */
    int class_index;
    bool courtesy;
    enum ticket_source source;
    const char *phone;   /* NULL: none; kept as a keyed pseudonym and the last four digits */
    int64_t simulate_us; /* import and rolls: the time it was taken; 0: now */
};
MUST_USE int lobby_take(struct call *c, const struct take_order *o, struct ticket *out);
struct roll_entry {
    char number[12];
    service_id service;
    int64_t taken_us, called_us, ended_us; /* 0: unknown */
    window_id window;
};
MUST_USE int lobby_roll(struct call *c, outlet_id outlet, const struct roll_entry *e,
                        struct ticket *out);
/* The customer gives up (own ticket by token, or told by the floor manager). */
MUST_USE int lobby_leave(struct call *c, ticket_id t, const char *reason, struct ticket *out);
MUST_USE int lobby_notify(struct call *c, ticket_id t, int ahead, struct ticket *out);

/* Once after the migrations, in a writing transaction: the secret of tokens and passes. */
MUST_USE int lobby_prepare(struct call *c);
/* The phone's key to one ticket: id and HMAC; nothing about it is stored. */
MUST_USE int lobby_token(struct call *c, ticket_id t, char out[TICKET_TOKEN]);
MUST_USE int lobby_token_ticket(struct call *c, const char *token, struct ticket *out);
/* The lobby's QR word of the day: whoever has it stands (or stood today) in the lobby. */
MUST_USE int lobby_pass(struct call *c, outlet_id outlet, char out[24]);
MUST_USE int lobby_pass_ok(struct call *c, outlet_id outlet, const char *pass);

/* ---- appointments ---- */
struct book_order {
    outlet_id outlet;
    service_id service;
    int64_t slot_us;
    const char *phone; /* 11 digits, needed */
    bool courtesy;
};
struct slot {
    int64_t at_us;
    int capacity, taken;
    bool blocked;
    char reason[LOBBY_REASON];
};
MUST_USE int lobby_slots(struct call *c, outlet_id o, service_id s, date d, struct slot **out,
                         int *n);
MUST_USE int lobby_book(struct call *c, const struct book_order *o, struct ticket *out);
MUST_USE int lobby_check_in(struct call *c, ticket_id t, struct ticket *out);
MUST_USE int lobby_reschedule(struct call *c, ticket_id t, int64_t slot_us, struct ticket *out);
MUST_USE int lobby_cancel(struct call *c, ticket_id t, struct ticket *out);
/* On her way: a booking for the minute she should be there; the number she waits with elsewhere is
 * given back in the same writing. LOBBY_BAD_STEP: it waits no more; lobby_take's refusals. */
struct hold_order {
    outlet_id outlet;
    service_id service; /* of a number given back: its own */
    ticket_id old;      /* 0: none */
    int64_t arrive_us;
};
MUST_USE int lobby_hold(struct call *c, const struct hold_order *o, struct ticket *out);
/* Without confirm only says which bookings would be cancelled. */
MUST_USE int lobby_blackout(struct call *c, outlet_id o, int64_t from_us, int64_t until_us,
                            const char *reason, bool confirm, struct ticket **hit, int *n);
/* Bookings whose check-in time has passed become no-shows: a job, each minute. */
MUST_USE int lobby_miss_bookings(struct call *c, int *missed);

/* ---- windows ---- */
enum session_state { SESSION_OPEN = 1, SESSION_PAUSED = 2, SESSION_ENDED = 3 };
struct window_session {
    int64_t id;
    outlet_id outlet;
    window_id window;
    staff_id staff;
    enum session_state state;
    int64_t opened_us, ended_us, paused_us, last_us; /* last_us: the last call or end */
    int64_t paused_total_us;
    char pause_reason[24];
    ticket_id ticket;      /* called or serving here; 0: none */
    ticket_id last_ticket; /* the one undo is about */
};
MUST_USE int lobby_sign_in(struct call *c, window_id w, struct window_session *out);
MUST_USE int lobby_sign_out(struct call *c, window_id w);
MUST_USE int lobby_pause(struct call *c, window_id w, const char *reason);
MUST_USE int lobby_resume(struct call *c, window_id w);
/* Calls the next by the rule. out->id.n == 0: nobody waits for this window. */
MUST_USE int lobby_next(struct call *c, window_id w, struct ticket *out);
MUST_USE int lobby_call(struct call *c, window_id w, ticket_id t, const char *reason,
                        struct ticket *out);
MUST_USE int lobby_recall(struct call *c, window_id w, struct ticket *out);
MUST_USE int lobby_serve(struct call *c, window_id w, struct ticket *out);
/* Ends the present service; a visit with more to do goes on here or waits again at its old time. */
MUST_USE int lobby_end(struct call *c, window_id w, struct ticket *out);
MUST_USE int lobby_no_show(struct call *c, window_id w, struct ticket *out);
MUST_USE int lobby_park(struct call *c, window_id w, const char *reason, struct ticket *out);
struct lobby_target { /* exactly one of the three; first: before all others there */
    service_id service;
    window_id window;
    staff_id staff;
    bool first;
};
MUST_USE int lobby_transfer(struct call *c, window_id w, const struct lobby_target *to,
                            const char *reason, struct ticket *out);
MUST_USE int lobby_undo(struct call *c, window_id w, struct ticket *out);

/* ---- the floor manager's hand; each needs a reason ---- */
MUST_USE int lobby_return(struct call *c, ticket_id t, bool first, struct ticket *out);
MUST_USE int lobby_move(struct call *c, ticket_id t, const struct lobby_target *to,
                        const char *reason, struct ticket *out);
MUST_USE int lobby_void(struct call *c, ticket_id t, const char *reason, struct ticket *out);
MUST_USE int lobby_set_class(struct call *c, ticket_id t, int class_index, const char *reason,
                             struct ticket *out);
MUST_USE int lobby_set_courtesy(struct call *c, ticket_id t, bool courtesy, const char *reason,
                                struct ticket *out);
/* A forgotten "end": sets the end of a ticket being served or done today; marks it inaccurate. */
MUST_USE int lobby_correct(struct call *c, ticket_id t, int64_t ended_us, const char *reason,
                           struct ticket *out);

/* ---- the day (lobby_day_tick: day.h) ---- */
enum day_state { DAY_BEFORE = 0, DAY_OPEN = 1, DAY_STOPPED = 2, DAY_CLOSED = 3 };
struct lobby_day {
    outlet_id outlet;
    date day;
    enum day_state state;
    int64_t opened_us, stopped_us, closed_us;
    char reason[LOBBY_REASON];
    struct rule_turns turns;
};
MUST_USE int lobby_day_get(struct call *c, outlet_id o, date d, struct lobby_day *out);
MUST_USE int lobby_day_open(struct call *c, outlet_id o);
MUST_USE int lobby_day_stop(struct call *c, outlet_id o, const char *reason);
MUST_USE int lobby_day_resume(struct call *c, outlet_id o);
/* Refused while somebody is being served. Voids the rest with the reason, or carries them over. */
MUST_USE int lobby_day_close(struct call *c, outlet_id o, bool carry_over, const char *reason,
                             int *left);

/* ---- settings ---- */
struct lobby_settings {
    char rule[RULE_TEXT];
    int recall_min_s, recall_max, undo_s, notify_ahead, alarm_wait_s, alarm_count, idle_alarm_s;
    int book_days, book_notice_s, slot_s, slot_capacity, early_s, late_s, per_customer, missed_max;
    bool carry_over;
    char printer[96]; /* "", "tcp:127.0.0.1:9100", "file:/dev/usb/lp0" */
};
MUST_USE int lobby_settings_get(struct call *c, outlet_id o, struct lobby_settings *out);
MUST_USE int lobby_settings_put(struct call *c, outlet_id o, const struct lobby_settings *s);
MUST_USE int lobby_window_rule_put(struct call *c, window_id w,
                                   const char *rule); /* "": the outlet's */
MUST_USE int lobby_window_rule_get(struct call *c, window_id w, char out[RULE_TEXT]);
/* Would this text do as a rule? Its canonical form, or LOBBY_BAD_RULE; nothing is written. */
MUST_USE int lobby_rule_check(struct call *c, const char *text, char out[RULE_TEXT]);

/* ---- reading: see view.h for desks, boards, floors; stats.h for the promise and the figures ----
 */
MUST_USE int lobby_ticket(struct call *c, ticket_id t, struct ticket *out);
MUST_USE int lobby_live(struct call *c, outlet_id o, struct ticket **out,
                        int *n); /* called, waiting, ... */
MUST_USE int lobby_sessions(struct call *c, outlet_id o, struct window_session **out, int *n);
/* How often the window began to call, or went on after a pause, between two instants. */
MUST_USE int lobby_window_opened(struct call *c, window_id w, int64_t from_us, int64_t until_us,
                                 int64_t *n);
/* When windows were signed in (pause false) and paused between two instants, in no order. A
 * session that still runs has until_us 0. In the call's arena. */
struct window_span {
    window_id window;
    int64_t from_us, until_us;
    bool pause;
    staff_id staff; /* who sat there; of a pause: 0 */
};
MUST_USE int lobby_window_spans(struct call *c, outlet_id o, int64_t from_us, int64_t until_us,
                                struct window_span **out, int *n);
/* The proofs over all tickets for `piaohao check`; *bad counts breaches, text says the first. */
MUST_USE int lobby_check(struct call *c, int64_t *tickets, int64_t *bad, char *text, size_t size);

/* The highest id in the room's tables, 0 when they are empty: at start, for ids_seen(). */
MUST_USE int lobby_last_id(struct db_tx *tx, int64_t *id);
extern const struct db_migration lobby_migrations[];
extern const size_t lobby_migrations_count;
#endif
