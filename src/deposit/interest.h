/* interest.h -- What an account has earned or owes: pure rules, and the reading they need.
 *
 *   demand, margin, overdraft   cumulative product (积数法): sum of (whole yuan at the end of each
 *                               day, by value date) x days x rate of that day / day base, rounded
 *                               once half up; a new rate splits the product. Settled through the
 *                               20th of March, June, September, December, posted on the 21st.
 *   term                        by the deposit (逐笔计息): whole principal x months x rate / 12 at
 *                               maturity; overdue days and early withdrawal at the demand rate
 *   notice                      by the deposit, at the rate of the day of drawing; the demand rate
 *                               where the notice was not kept (银发〔1999〕3号)
 *
 * A day counts with the balance at its end: the day money comes counts, the day it goes does not.
 */
#ifndef DEPOSIT_INTEREST_H
#define DEPOSIT_INTEREST_H
#include "deposit/deposit.h"

/* ---- pure ---- */

/* The last settlement day (a 20th) that is not after d, and the first that is not before it. */
date interest_period_end(date d);
date interest_period_last(date d);
/* Same day n months on, or the month's last day when it has none (对月对日). */
date interest_months_after(date from, int months);

struct interest_change { /* the balance at the end of `day` and until the next change */
    date day;
    int64_t minor; /* on the account's own side */
};
struct interest_rate { /* holds from this day */
    date from;
    rate annual;
};
struct interest_part { /* one rate's product: what an explanation shows */
    date from, until;  /* both counted */
    struct money_product product;
};
enum { INTEREST_PARTS_MAX = 64 };
struct interest_sum {
    struct interest_part parts[INTEREST_PARTS_MAX];
    int n;
    int64_t minor; /* >= 0 */
};
/* Changes in order of days, the first not after `from`; rates in order, the first not after
 * `from`. debit: of what is below zero. false: overflow or too many parts. */
MUST_USE bool interest_products(const struct interest_change *changes, int n_changes,
                                const struct interest_rate *rates, int n_rates, date from,
                                date until, bool debit, int day_base, enum currency currency,
                                struct interest_sum *out);
/* The same, told day by day: a span is the days on which neither balance nor rate changed. */
struct interest_span {
    date from, until; /* both counted */
    int64_t minor;    /* the balance, on the account's own side */
    int64_t units;    /* whole yuan of it that bear interest */
    int32_t days;
    int64_t unit_days; /* units x days: the product (积数) */
    rate annual;
    bool debit;
};
typedef void interest_see(void *ctx, const struct interest_span *s);
struct interest_case {
    const struct interest_change *changes;
    const struct interest_rate *rates;
    int n_changes, n_rates, day_base;
    date from, until;
    bool debit;
    enum currency currency;
};
/* see may be NULL. interest_products() is this without it. */
MUST_USE bool interest_walk(const struct interest_case *k, interest_see *see, void *ctx,
                            struct interest_sum *out);
/* principal x rate x months / 12, whole yuan, half up. */
MUST_USE bool interest_term(money principal, rate annual, int months, money *out);
/* principal x rate x days / day base, whole yuan, half up. */
MUST_USE bool interest_days(money principal, rate annual, int days, int day_base, money *out);

struct notice_facts {
    int notice_days;
    int64_t minor, noticed_minor; /* drawn; told (0: no notice) */
    date begins, today, told, due;
    int64_t min_minor, left_minor;
};
/* Which part of what is drawn bears the notice rate; the rest bears the demand rate. */
int64_t interest_notice_part(const struct notice_facts *f);

/* ---- reading ---- */

struct deposit_interest { /* an account from the day after its last settlement through `until` */
    date from, until;
    struct interest_sum credit, debit;
    int64_t adjusted; /* entries booked after a settlement with a value date inside it: the
                       * difference, own side; part of neither sum */
    struct interest_fix *fixes; /* the settlements that were wrong, with what they should be */
    int n_fixes;
};
MUST_USE int deposit_interest_of(struct call *c, const struct deposit_account *a, date until,
                                 struct deposit_interest *out);
struct deposit_settled { /* what was posted, newest first */
    date from, until, posted;
    int64_t credit_minor, debit_minor, adjusted_minor;
    transfer_id transfer;
};
/* The spans of a period in order, those of credit before those of debit, from the very walk that
 * settles it: the sums are what interest_read() and a settlement say. `until` of a settlement that
 * was posted: that period, with what it would be now; else from the day after the last settlement.
 * Accounts by the cumulative product only: DEPOSIT_WRONG_KIND. */
struct interest_told {
    date from, until;
    int day_base;
    struct interest_span *spans;
    int n;
    int64_t credit_minor, debit_minor;
    bool posted; /* and then: */
    struct deposit_settled as_posted;
};
MUST_USE int deposit_interest_told(struct call *c, const struct deposit_account *a, date until,
                                   struct interest_told *out);
/* Posts it, once: the account is settled through `until` from then on. Nothing to do when it is. */
MUST_USE int deposit_settle(struct call *c, struct deposit_account *a, date until);

MUST_USE int deposit_settlements(struct call *c, deposit_id id, int max,
                                 struct deposit_settled **out, int *n);
#endif
