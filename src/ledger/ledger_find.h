/* ledger_find.h -- Looking for things in the books: accounts of a subject, transfers by their
 * number, by amount and day; holds of an account. For people who ask where a figure comes from. */
#ifndef LEDGER_LEDGER_FIND_H
#define LEDGER_LEDGER_FIND_H
#include "ledger/ledger_books.h"
#include "store/event.h"

struct ledger_accounts_wanted {
    int64_t outlet_id;      /* LEDGER_ALL_OUTLETS */
    enum currency currency; /* 0: any */
    const char *subject;    /* NULL: any */
    account_id after;       /* ids above this one */
};
/* In the order of ids, at most max; totals as the row has them, without what is not folded. */
MUST_USE int ledger_accounts(struct call *c, const struct ledger_accounts_wanted *w, int max,
                             struct ledger_account **out, int *n);
/* Turnovers at the end of a booking date, what is not folded yet included. */
MUST_USE int ledger_turnover_on(struct call *c, account_id id, date d, int64_t *debits,
                                int64_t *credits);

/* By the bank's own number (流水号). LEDGER_NO_TRANSFER. */
MUST_USE int ledger_transfer_by_number(struct call *c, int64_t number, struct ledger_transfer *out);
struct ledger_transfers_wanted {
    date from, until;             /* booking dates */
    int64_t min_minor, max_minor; /* of the amount */
    enum currency currency;       /* 0: any */
    const char *memo;             /* is in it; NULL: any */
    transfer_id before;           /* ids below this one; zero: from the newest */
};
/* Newest first by id, at most max. *more: there may be others; *last: where to go on. It reads at
 * most LEDGER_LOOKED rows. */
enum { LEDGER_LOOKED = 200000 };
MUST_USE int ledger_transfers(struct call *c, const struct ledger_transfers_wanted *w, int max,
                              struct ledger_transfer **out, int *n, transfer_id *last, bool *more);
/* The events that tell of it: of a call of many orders there is one for all of them. */
MUST_USE int ledger_transfer_event(struct call *c, const struct ledger_transfer *t, event_see *see,
                                   void *ctx);
/* Which transfer reversed it. */
MUST_USE int ledger_reversed_by(struct call *c, transfer_id of, transfer_id *by, bool *found);

struct ledger_hold_line {
    transfer_id id;
    enum ledger_side side; /* of the account that was asked for */
    account_id other;
    int64_t minor, expires_us; /* 0: never */
};
/* Open holds of an account as of now. */
MUST_USE int ledger_holds_of(struct call *c, account_id id, int max, struct ledger_hold_line **out,
                             int *n);
#endif
