/* ledger_export.h -- The books as text that other programs read: hledger, beancount, CSV.
 *
 * Every posted transfer with all its legs, in the order of booking, and at the end each account's
 * balance as an assertion: so the reader itself proves that it has what we have, to the last unit.
 * Debits are positive. Holds are not booked, and are not in it. */
#ifndef LEDGER_LEDGER_EXPORT_H
#define LEDGER_LEDGER_EXPORT_H
#include "ledger/ledger_books.h"

enum ledger_export_format { EXPORT_HLEDGER = 1, EXPORT_BEANCOUNT, EXPORT_CSV };
/* Takes the next bytes; false stops the export with RC_IO. */
typedef bool ledger_export_put(void *ctx, const char *bytes, size_t n);
struct ledger_export_done {
    int64_t accounts, transfers, legs;
};
/* All accounts are in memory meanwhile, transfers are not. 0, RC_IO, or another fault. */
MUST_USE int ledger_export(struct call *c, enum ledger_export_format f, ledger_export_put *put,
                           void *ctx, struct ledger_export_done *done);

/* Every transfer with its legs (none of a hold or a void), in the order of booking. The transfer
 * and the legs are borrowed for the call; see() may stop with a result code. */
typedef int ledger_see_transfer(void *ctx, const struct ledger_transfer *t,
                                const struct ledger_leg *legs, size_t n);
MUST_USE int ledger_walk(struct call *c, ledger_see_transfer *see, void *ctx);
#endif
