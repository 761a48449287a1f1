/* dayend.h -- Closing the business date (日终): each thing once, whoever asks and how often.
 *
 * The business date is a number in the books, not the clock. Closing date D walks the steps below;
 * a call does one bounded chunk of the step at hand in the caller's transaction, together with the
 * cursor that says how far it is. So it may be killed anywhere, started twice, or run by two
 * nodes: a chunk is done by who moves the cursor, and what is done for an account is also guarded
 * by the unique row (date, step, account). */
#ifndef DEPOSIT_DAYEND_H
#define DEPOSIT_DAYEND_H
#include "deposit/deposit.h"

enum dayend_step {
    DAYEND_EXPIRE = 1, /* holds that are due */
    DAYEND_STANDING,   /* standing orders due on D or tried again */
    DAYEND_FEES,
    DAYEND_COLLECT, /* fees and interest still owed */
    DAYEND_ACCRUE,  /* month's end and before a settlement: interest payable */
    DAYEND_DORMANT,
    DAYEND_FOLD,   /* legs of hot accounts */
    DAYEND_ROLL,   /* the business date becomes D + 1: what follows is booked on it */
    DAYEND_SETTLE, /* after a 20th of a quarter's last month: interest is posted */
    DAYEND_MATURE, /* term deposits maturing on D + 1 */
    DAYEND_PROVE,  /* the books balance, jobs once: see dayend_proved() */
    DAYEND_DONE,
};
const char *dayend_step_code(enum dayend_step step); /* "standing" ... */

struct dayend {
    date day; /* that is being or was closed */
    enum dayend_step step;
    int64_t cursor;               /* inside the step */
    int64_t done[DAYEND_DONE];    /* things done so far by step */
    int64_t chunks[DAYEND_DONE];  /* transactions they took */
    int64_t over_us[DAYEND_DONE]; /* when the step was over; 0: it is not */
    int64_t begun_us, ended_us;
    bool proven;
    char text[200]; /* of the proof */
};
/* Begins closing the current business date, or finds it begun. DEPOSIT_DAY_FUTURE when the date is
 * later than the civil day; DEPOSIT_DAY_OVER when `day` is before the business date. day {0}: the
 * current one. */
MUST_USE int dayend_begin(struct call *c, date day, struct dayend *out);
/* One chunk. *more: call again, in a further transaction. Does nothing when all is done. */
MUST_USE int dayend_run(struct call *c, struct dayend *d, bool *more);
/* The proofs were made on a snapshot after the last chunk. */
MUST_USE int dayend_proved(struct call *c, date day, bool good, const char *text);
/* Would the current date be closed if somebody asked now? 0, or the refusal of dayend_ask(). */
MUST_USE int dayend_may(struct call *c);
/* The newest day ends, newest first. */
MUST_USE int dayend_list(struct call *c, int max, struct dayend **out, int *n);
/* Somebody asked for it over the api: the job of serve sees this and runs. */
MUST_USE int dayend_ask(struct call *c);
MUST_USE int dayend_asked(struct call *c, bool *asked);

/* Notices to customers (a standing order failed, a deposit matures): for messengers and pages. */
struct deposit_message {
    int64_t id;
    deposit_id account;
    int64_t at_us;
    char kind[24]; /* "order.failed", "order.given_up", "term.matured", "account.dormant" */
    int64_t subject_id, minor;
    date day;
};
MUST_USE int deposit_messages(struct call *c, deposit_id account, int64_t after, int max,
                              struct deposit_message **out, int *n);
/* "day-end jobs once": no account has two of one step and date, each date is closed after the one
 * before, interest periods of an account do not overlap and have no gap. */
MUST_USE int dayend_check(struct call *c, int64_t *count, int64_t *bad, char *text, size_t size);
#endif
