/* ledger_batch.h -- The plain layout on a server, where every statement is a round trip: a call of
 * many orders reads the ids and accounts that it names by one statement each, keeps what it books
 * in memory, and writes it by one statement a table. What it keeps is written before anything is
 * read that might be among it, and before a savepoint, so that no rule sees a difference. */
#ifndef LEDGER_LEDGER_BATCH_H
#define LEDGER_LEDGER_BATCH_H
#include "ledger/ledger_priv.h"

struct batch;
/* NULL in b->batch when there is nothing to win: a file, one order, the fast layout. */
MUST_USE int batch_open(struct book *b, const struct ledger_order *orders, size_t n);
/* Fast: the accounts of all that comes (b->coming, once) into its memory. */
MUST_USE int batch_fetch(struct book *b);
/* The transfer of this id, after writing what waits; asked about absent ids without a statement. */
MUST_USE int batch_transfer_find(struct book *b, transfer_id id, struct ledger_transfer *out,
                                 bool *found);
MUST_USE int batch_transfer_add(struct book *b, const struct ledger_transfer *t);
MUST_USE int batch_posting_add(struct book *b, const struct ledger_posting *p, bool tail);
MUST_USE int batch_flush(struct book *b);
void batch_forget(struct book *b); /* the savepoint was undone */
#endif
