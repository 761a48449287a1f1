/* ledger_rules.h -- What may be booked: state + order -> effect or refusal. Pure: no clock, no
 * database, no memory. Every rule is asked in the order of ledger_refusal.h. */
#ifndef LEDGER_LEDGER_RULES_H
#define LEDGER_LEDGER_RULES_H
#include "ledger/ledger_books.h"

/* Is the order whole and consistent by itself? field: which part of it a refusal is about. */
MUST_USE int ledger_rule_shape(const struct ledger_order *o, const char **field);
/* The id was booked as `first`: is this the same order? Its legs and metadata are compared with
 * the next two. */
MUST_USE int ledger_rule_same(const struct ledger_transfer *first, const struct ledger_order *o,
                              const char **field);
bool ledger_rule_same_legs(const struct ledger_leg *a, size_t n, const struct ledger_order *o);
bool ledger_rule_same_meta(const struct ledger_pair *a, size_t n, const struct ledger_order *o);
MUST_USE int ledger_rule_meta(const struct ledger_pair *meta, size_t n, const char **field);

struct ledger_hold { /* an authorisation and what became of it */
    transfer_id id;
    account_id debit, credit;
    enum currency currency;
    int64_t minor;
    enum ledger_hold_state state;
    int64_t expires_us; /* 0: never */
    int64_t captured;
};
/* A hold that is due has expired, whether or not somebody has swept it yet. */
enum ledger_hold_state ledger_rule_hold_state(const struct ledger_hold *h, int64_t now_us);
/* May the hold be captured or voided so? minor: what is captured. */
MUST_USE int ledger_rule_hold(const struct ledger_hold *h, const struct ledger_order *o,
                              int64_t now_us, int64_t *minor, const char **field);
/* May a transfer of this kind be reversed? */
MUST_USE int ledger_rule_reverse(enum ledger_kind kind);

enum ledger_stage { STAGE_POST, STAGE_HOLD, STAGE_CAPTURE, STAGE_VOID };
struct ledger_touch {               /* a leg with its account */
    struct ledger_account *account; /* NULL: there is none */
    account_id id;
    enum ledger_side side;
    int64_t minor;
    int64_t held; /* CAPTURE, VOID: what was pending for it */
};
struct ledger_touches {
    struct ledger_touch at[LEDGER_LEGS_MAX];
    size_t n;
    enum ledger_stage stage;
    enum currency currency;
    date booked, value;
};
MUST_USE int ledger_rule_touches(const struct ledger_touches *t, const char **field);
/* What the leg does to the totals. The rules above have been asked. */
void ledger_rule_apply(struct ledger_totals *totals, const struct ledger_touch *t,
                       enum ledger_stage stage);
/* May the account be closed? Its totals are as of now. */
MUST_USE int ledger_rule_close(const struct ledger_account *a);
/* Flags and limits that fit together. */
MUST_USE int ledger_rule_limits(int flags, int64_t min, int64_t max, const char **field);
MUST_USE int ledger_rule_subject(const struct ledger_subject *s);
bool ledger_rule_name(const char *name);
#endif
