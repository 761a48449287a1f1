/* deposit_berka.h -- A real bank's standing orders and fees, done again by this room's day end.
 *
 * The Berka data (PKDD'99) name 6,471 standing orders without dates, and each account's statement
 * frequency. Each order's first day is taken from its first transfer; all later ones, and all
 * fees, are what the engine says. What it says is then compared with what that bank booked. */
#ifndef DEPOSIT_DEPOSIT_BERKA_H
#define DEPOSIT_DEPOSIT_BERKA_H
#include "base/buf.h"
#include "deposit/dayend.h"

struct deposit_berka {
    /* in the data, until the last day asked for */
    int64_t accounts, orders, orders_active;
    int64_t transfers, fees;
    /* by the engine */
    int64_t days;
    int64_t generated, matched; /* by account, bank, payee, amount and day */
    int64_t predicted;          /* matched without the first of each order, whose day was given */
    int64_t missing, surplus;   /* of transfers: in the data only, of the engine only */
    int64_t fees_charged, fees_matched, fees_missing;
    int64_t fees_waived;               /* due by the tariff, and not taken by that bank */
    int64_t fee_minor[3], fee_rows[3]; /* monthly, weekly, after each transaction */
};
/* The three files' text is split in place. Books into an empty store, on the days of the data; with
 * the last call of a day as the day end. BASE_BAD_INPUT: *why says where. */
MUST_USE int deposit_berka_replay(struct call *c, struct buf *accounts, struct buf *orders,
                                  struct buf *transactions, date until, struct deposit_berka *out,
                                  char why[100]);
#endif
