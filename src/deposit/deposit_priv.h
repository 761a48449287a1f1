/* deposit_priv.h -- What the room's own files share. */
#ifndef DEPOSIT_DEPOSIT_PRIV_H
#define DEPOSIT_DEPOSIT_PRIV_H
#include "deposit/dayend.h"
#include "deposit/interest.h"
#include "deposit/standing.h"
#include "ledger/ledger_books.h"
#include "store/event.h"

/* ---- rows ---- */

MUST_USE int deposit_row(struct call *c, deposit_id id, struct deposit_account *out, bool *found);
MUST_USE int deposit_row_add(struct call *c, const struct deposit_account *a);
MUST_USE int deposit_row_save(struct call *c, const struct deposit_account *a);
/* The accounts a statement finds; at most max. Its columns are DEPOSIT_COLUMNS. */
MUST_USE int deposit_rows(struct call *c, const char *sql, const struct db_value *args, int n_args,
                          int max, struct deposit_account *out, int *n);
#define DEPOSIT_COLUMNS                                                                            \
    "SELECT id, number, customer_id, outlet_id, product_id, kind, state, currency, ledger_id,"     \
    " opened_day, closed_day, certificate, purpose, rollover, payout_id, overdraft_minor, fee_id," \
    " principal_minor, rate_ppm, begins_day, matures_day, parts_drawn, released, settled_day,"     \
    " moved_day, moves FROM deposit_account"
/* One that is open or dormant. DEPOSIT_NO_ACCOUNT, DEPOSIT_CLOSED. */
MUST_USE int deposit_load(struct call *c, deposit_id id, struct deposit_account *out);
int deposit_tell(struct call *c, const struct deposit_account *a, const char *topic);
/* Demand, margin and overdraft bear interest by their product; term and notice by the deposit. */
bool deposit_by_product(enum deposit_kind kind);
/* A customer's movement: the day, and one more to be charged for. */
MUST_USE int deposit_moved(struct call *c, struct deposit_account *a);
MUST_USE int deposit_end(struct call *c, struct deposit_account *a);

/* ---- ids and posting ---- */

/* The same thing on the same day has the same id: asked twice, it is booked once. */
transfer_id deposit_transfer_id(date d, int tag, int64_t subject, int part);
enum { TAG_SETTLE = 0xD1, TAG_DEBIT, TAG_DUE, TAG_FEE, TAG_STANDING, TAG_MATURE, TAG_ACCRUE };
/* A second transfer that goes with a given one. */
transfer_id deposit_id_beside(transfer_id id);
enum { /* ledger_order.code of what the room itself books */
       CODE_INTEREST = 4001,
       CODE_OVERDRAFT_INTEREST,
       CODE_FEE,
       CODE_STANDING,
       CODE_MATURED,
       CODE_ACCRUAL,
       CODE_COLLECTED,
};
MUST_USE int deposit_post(struct call *c, transfer_id id, account_id debit, account_id credit,
                          money amount, int32_t code, const char *memo, struct ledger_result *out);
/* Tries to take `minor` from the account for `income`; what cannot be taken is owed
 * (deposit_due) and booked as receivable. *taken says which. */
enum deposit_owed { OWED_INTEREST = 1, OWED_FEE };
struct deposit_charge {
    transfer_id id;
    int64_t minor;
    enum deposit_own income;
    enum deposit_owed kind;
    int32_t code;
    const char *memo;
};
MUST_USE int deposit_charge(struct call *c, const struct deposit_account *a,
                            const struct deposit_charge *charge, bool *taken);
/* A refusal that says "not now": no funds, frozen, stopped, dormant. */
bool deposit_not_now(int rc);

/* ---- interest ---- */

struct rate_memo; /* the rates of products, read once in a chunk */
struct rate_memo *rate_memo_new(struct call *c);
MUST_USE int interest_read(struct call *c, struct rate_memo *memo, const struct deposit_account *a,
                           date until, struct deposit_interest *out);
MUST_USE int interest_settle(struct call *c, struct rate_memo *memo, struct deposit_account *a,
                             date until);
/* Interest of `minor` of a term or notice deposit drawn today. */
MUST_USE int interest_drawn(struct call *c, const struct deposit_account *a, int64_t minor,
                            int64_t *interest);
/* What a term or notice deposit has earned so far, for interest payable. */
MUST_USE int interest_earned(struct call *c, const struct deposit_account *a, date until,
                             int64_t *interest);
MUST_USE int interest_note(struct call *c, const struct deposit_account *a, date from, date until,
                           int64_t minor, transfer_id transfer);
MUST_USE int notice_open(struct call *c, deposit_id id, struct notice_facts *f, int64_t *notice_id);
enum { NOTICE_OPEN = 1, NOTICE_UNUSED, NOTICE_USED };
MUST_USE int notice_end(struct call *c, deposit_id id, int64_t notice_id, int state);

/* ---- day end ---- */

struct dayend_chunk { /* one step at work */
    date day;
    int64_t cursor; /* in: where to begin; out: the last subject looked at */
    int64_t done;   /* out: things done */
    bool more;      /* out */
};
MUST_USE int standing_chunk(struct call *c, struct dayend_chunk *k);
MUST_USE int expire_chunk(struct call *c, struct dayend_chunk *k);
MUST_USE int fold_chunk(struct call *c, struct dayend_chunk *k);
MUST_USE int roll_chunk(struct call *c, struct dayend_chunk *k);
MUST_USE int accrue_chunk(struct call *c, struct dayend_chunk *k);
MUST_USE int dormant_chunk(struct call *c, struct dayend_chunk *k);
MUST_USE int settle_chunk(struct call *c, struct dayend_chunk *k);
MUST_USE int mature_chunk(struct call *c, struct dayend_chunk *k);
MUST_USE int fees_chunk(struct call *c, struct dayend_chunk *k);
MUST_USE int collect_chunk(struct call *c, struct dayend_chunk *k);
/* True in *first when nobody has done it: the unique row (day, step, subject) is ours. */
MUST_USE int dayend_guard(struct call *c, date day, enum dayend_step step, int64_t subject,
                          bool *first);
MUST_USE int deposit_message_add(struct call *c, deposit_id account, const char *kind,
                                 int64_t subject, int64_t minor);
#endif
