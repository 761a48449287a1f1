/* deposit.h -- Customers' accounts: what a person opens, pays into, draws on and closes.
 *
 * An account here is a promise about one ledger account: whose it is, which product, at which rate,
 * until when. Money moves by ledger_post() alone; this room adds what the product says (a term
 * deposit is paid in once; what is drawn early bears the demand rate; a margin must be released).
 * Interest of demand accounts is by the cumulative product (积数法) on value dates, settled on the
 * 20th of the last month of a quarter and posted on the 21st (银发〔2005〕129号); see interest.h.
 *
 * Other rooms bring the other side: a teller's drawer, a clearing account, a merchant.
 * An account number has 19 digits, Luhn at the end; it is never a card number. */
#ifndef DEPOSIT_DEPOSIT_H
#define DEPOSIT_DEPOSIT_H
#include "deposit/deposit_refusal.h"
#include "deposit/product.h"
#include "ledger/ledger.h"
#include "who/customer.h"

typedef struct {
    int64_t n;
} deposit_id;

#define DEPOSIT_NUMBER_TEXT 20 /* 19 digits */
enum { DEPOSIT_CERTIFICATE_MAX = 20, DEPOSIT_PURPOSE_MAX = 60 };

enum deposit_state { DEPOSIT_OPEN = 1, DEPOSIT_DORMANT, DEPOSIT_ENDED };
/* What happens on the day a term deposit matures. */
enum deposit_rollover {
    ROLLOVER_NONE, /* waits to be drawn; bears the demand rate from then on */
    ROLLOVER_ALL,  /* 本息转存: principal and interest for the same term at that day's rate */
    ROLLOVER_PRINCIPAL, /* 本金转存: interest goes to the payout account */
    ROLLOVER_PAY,       /* 到期转活: all goes to the payout account, the deposit is closed */
};
struct deposit_account {
    deposit_id id;
    char number[DEPOSIT_NUMBER_TEXT];
    customer_id customer; /* as it was opened: ask customer_lead() whose it is now */
    int64_t outlet_id;
    product_id product;
    enum deposit_kind kind;
    enum deposit_state state;
    enum currency currency;
    account_id ledger;
    date opened, closed;                           /* closed: 0 while it is not */
    char certificate[DEPOSIT_CERTIFICATE_MAX + 1]; /* of the passbook or certificate, or "" */
    char purpose[DEPOSIT_PURPOSE_MAX + 1];         /* of a margin: what for; else "" */
    enum deposit_rollover rollover;
    deposit_id payout;       /* the demand account to which interest or all goes; 0: none */
    int64_t overdraft_minor; /* >= 0; how far below zero */
    fee_id fee;              /* regular fee; 0: none */
    /* term and notice: of what was paid in */
    int64_t principal_minor; /* 0: not paid in yet */
    int32_t rate_ppm;        /* term: fixed on the day it began */
    date begins, matures;
    int32_t parts_drawn; /* early withdrawals of a part since it began */
    bool released;       /* margin: may be drawn */
    date settled;        /* interest is settled through this day */
    date moved;          /* last day on which the customer (not the bank) moved it */
    int64_t moves;       /* the customer's movements that no fee was taken for yet */
};

struct deposit_opening {
    customer_id customer;
    int64_t outlet_id;
    product_id product;
    const char *certificate, *purpose; /* NULL: none */
    enum deposit_rollover rollover;
    deposit_id payout;
    int64_t overdraft_minor; /* overdraft accounts only */
    fee_id fee;
};
/* Opens an empty account. DEPOSIT_REFUSALS_OPEN. Event deposit.opened. */
MUST_USE int deposit_open(struct call *c, const struct deposit_opening *o,
                          struct deposit_account *out);
MUST_USE int deposit_get(struct call *c, deposit_id id, struct deposit_account *out);
/* Spaces are ignored; DEPOSIT_BAD_NUMBER when the check digit is wrong, DEPOSIT_NO_ACCOUNT. */
MUST_USE int deposit_by_number(struct call *c, const char *number, struct deposit_account *out);
MUST_USE int deposit_by_ledger(struct call *c, account_id ledger, struct deposit_account *out);
/* All accounts of a customer and of those merged into it, oldest first; closed ones too. */
MUST_USE int deposit_of_customer(struct call *c, customer_id customer, struct deposit_account **out,
                                 int *n);
/* 19 digits, Luhn, no "62" at the beginning: pure. */
bool deposit_number_valid(const char *number);
bool deposit_luhn(const char *digits); /* any number of digits, the last one checks */
/* body 18 digits -> 19 */
void deposit_number_make(const char *body, char out[DEPOSIT_NUMBER_TEXT]);
/* Is it an id as the day end makes them? They are made of the day and the account, so that a step
 * that is run twice books once: whoever else used one up would keep the step from booking. */
bool deposit_is_own_id(transfer_id id);
void deposit_number_mask(const char *number, char out[DEPOSIT_NUMBER_TEXT]); /* all but 6 and 4 */

/* ---- money in and out: the caller names the other side ---- */

struct deposit_move {
    transfer_id id; /* request key for ever */
    deposit_id account;
    account_id contra;
    int64_t minor;
    date value_date; /* 0: the booking date */
    int32_t code;
    const char *memo;
    const struct ledger_pair *meta;
    size_t n_meta;
    bool forced; /* by the bank, not the customer: does not wake or count as the customer's move */
};
struct deposit_done {
    struct ledger_result result; /* of the transfer to or from contra */
    int64_t interest_minor;      /* paid with it and part of what went to contra (term, notice) */
};
/* contra -> account. A term or notice deposit is paid in once and begins with it. */
MUST_USE int deposit_in(struct call *c, const struct deposit_move *m, struct deposit_done *out);
/* account -> contra. Of a term or notice deposit: `minor` of principal, with its interest on top;
 * the last of it leaves an empty account, which is then closed by deposit_close(). */
MUST_USE int deposit_out(struct call *c, const struct deposit_move *m, struct deposit_done *out);
/* What deposit_out() would pay as interest on `minor` (0: all) today. */
MUST_USE int deposit_quote(struct call *c, deposit_id id, int64_t minor, int64_t *interest_minor);
/* Between two accounts of this room; move.account is the payer, move.contra is not used. */
MUST_USE int deposit_transfer(struct call *c, const struct deposit_move *m, deposit_id payee,
                              struct deposit_done *out);
/* Settles interest to the day before, pays balance and interest to contra, closes. contra {0}: only
 * an account that is empty after its interest. id: of the last payment. Event deposit.closed. */
MUST_USE int deposit_close(struct call *c, deposit_id id, account_id contra, transfer_id transfer,
                           struct deposit_done *out);
/* Dormant accounts wake at the counter, with a reason. DEPOSIT_WRONG_KIND when not dormant. */
MUST_USE int deposit_wake(struct call *c, deposit_id id, const char *reason);
MUST_USE int deposit_margin_release(struct call *c, deposit_id id, const char *reason);
struct deposit_change { /* what may be changed later; NULL and -1: as it is */
    const char *certificate;
    int rollover;
    int64_t payout, overdraft_minor, fee;
};
MUST_USE int deposit_change(struct call *c, deposit_id id, const struct deposit_change *change);

/* Notice deposits: `minor` will be drawn after the product's days. The due day comes back. */
MUST_USE int deposit_notice(struct call *c, deposit_id id, int64_t minor, date *due);
MUST_USE int deposit_notice_cancel(struct call *c, deposit_id id);

/* ---- the bank's own accounts, one of a kind for each outlet and currency ---- */

enum deposit_own {
    OWN_INTEREST_EXPENSE = 1, /* 6411 */
    OWN_INTEREST_PAYABLE,     /* 2231 */
    OWN_INTEREST_INCOME,      /* 6011 */
    OWN_RECEIVABLE,           /* 1132: interest and fees that could not be taken */
    OWN_FEE_INCOME,           /* 6021 */
    OWN_CLEARING,             /* 3001: to and from other banks */
    OWN_CASH_DEMO,            /* 1001: cash that no drawer of the cash room holds */
};
/* Found, or opened (hot: many write at once). */
MUST_USE int deposit_own(struct call *c, enum deposit_own which, int64_t outlet_id,
                         enum currency currency, account_id *out);

/* The standard products, fees and settings where they are missing; changes nothing. */
MUST_USE int deposit_prepare(struct call *c);
/* For `piaohao check`: accounts that do not agree with the ledger, interest posted twice. */
MUST_USE int deposit_check(struct call *c, int64_t *count, int64_t *bad, char *text, size_t size);
MUST_USE int deposit_last_id(struct db_tx *tx, int64_t *id);
extern const struct db_migration deposit_migrations[];
extern const size_t deposit_migrations_count;
#endif
