/* standing.h -- Standing orders: on which days, tried how often, exactly once a due day.
 *
 *                 due day, paid                      until passed, or cancelled
 *   active ──────────────────────▶ active, next due ───────────────────────────▶ ended
 *      │ refused (no funds)
 *      ▼
 *   tried again each day; after the last try given up, a notice, next due day
 *
 * The calendar counts as it is on the day: when it changes after the last payment, the next one
 * moves too. An order that keeps off days without work is tried again on work days only. */
#ifndef DEPOSIT_STANDING_H
#define DEPOSIT_STANDING_H
#include "deposit/deposit.h"

typedef struct {
    int64_t n;
} standing_id;

enum standing_cycle { STANDING_ONCE = 1, STANDING_WEEKLY, STANDING_MONTHLY, STANDING_YEARLY };
enum standing_state { STANDING_ACTIVE = 1, STANDING_PAUSED, STANDING_ENDED };
/* A due day that is no work day: paid all the same, on the next work day, or on the one before. */
enum standing_holiday { STANDING_AS_IT_IS = 1, STANDING_NEXT_WORK_DAY, STANDING_WORK_DAY_BEFORE };
enum { STANDING_PAYEE_MAX = 40, STANDING_NAME_MAX = 90, STANDING_BANK_MAX = 14 };
struct standing_order {
    standing_id id;
    deposit_id payer;
    deposit_id payee;                       /* in this bank; 0: elsewhere, by the next three */
    char payee_bank[STANDING_BANK_MAX + 1]; /* code of the bank; "" inside this bank */
    char payee_account[STANDING_PAYEE_MAX + 1];
    char payee_name[STANDING_NAME_MAX + 1];
    int64_t minor;
    char memo[LEDGER_MEMO_MAX + 1];
    enum standing_cycle cycle;
    enum standing_holiday holiday; /* 0: as it is */
    date first, until;             /* the first due day; the last possible one, 0: none */
    /* out */
    enum standing_state state;
    date next;     /* the next due day */
    date pays;     /* when it is tried next: that day, moved off a holiday, or after a failure */
    int32_t tries; /* made for it so far */
    int64_t paid;  /* times it was paid */
};
/* Words: "once" ..., "as_it_is" ..., "active" ...; false: no such word. */
const char *standing_cycle_code(enum standing_cycle cycle);
const char *standing_holiday_code(enum standing_holiday holiday);
const char *standing_state_code(enum standing_state state);
MUST_USE bool standing_cycle_parse(const char *word, enum standing_cycle *out);
MUST_USE bool standing_holiday_parse(const char *word, enum standing_holiday *out);
MUST_USE bool standing_state_parse(const char *word, enum standing_state *out);
/* The n-th due day (0: the first): the same day of the week, month or year; the 31st is the last
 * day where there is none, and the 31st again afterwards. Pure. */
date standing_due(enum standing_cycle cycle, date first, int n);

/* id 0: a new one. `until` before the next due day: it is ended. */
MUST_USE int standing_put(struct call *c, struct standing_order *o);
MUST_USE int standing_get(struct call *c, standing_id id, struct standing_order *out);
MUST_USE int standing_of(struct call *c, deposit_id payer, struct standing_order **out, int *n);
/* Resumed: what would have been paid before today is skipped, but for a single payment; after
 * `until` the order is ended. DEPOSIT_NO_ORDER, DEPOSIT_ORDER_ENDED. */
MUST_USE int standing_set_state(struct call *c, standing_id id, enum standing_state state);

struct standing_run { /* one due day of one order, newest first */
    date due, tried;
    int32_t tries;
    int rc; /* 0 paid; the last refusal */
    bool given_up;
    transfer_id transfer;
};
MUST_USE int standing_runs(struct call *c, standing_id id, int max, struct standing_run **out,
                           int *n);
#endif
