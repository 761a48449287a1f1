/* ledger_filler.h -- Fast layout: the thread that takes what was booked into the history file,
 * behind the writer. The plain layout needs none: it then does nothing.
 *
 * It works when a part is worth it (100,000 transfers or more: parts grow while accounts lie far
 * apart), or when nothing more comes. A writer that is more than LEDGER_LAG_MAX ahead waits for it,
 * so that memory and the next start stay bounded. */
#ifndef LEDGER_LEDGER_FILLER_H
#define LEDGER_LEDGER_FILLER_H
#include "store/db.h"

#define LEDGER_LAG_MAX INT64_C(3000000)

struct ledger_filler;
MUST_USE int ledger_filler_start(struct db *db, struct ledger_filler **out);
/* all: everything that waits is taken in first. */
void ledger_filler_stop(struct ledger_filler *f, bool all); /* NULL is fine */

struct ledger_filler_numbers {
    int64_t waiting, waiting_max; /* transfers */
    int64_t filled, parts, rows, busy_us, cpu_us;
    int64_t writer_waits; /* how often a writer had to wait */
    int fault;            /* of the last part */
    bool damaged;         /* the file is made again at the next start */
};
void ledger_filler_numbers(struct ledger_filler *f, struct ledger_filler_numbers *out);
#endif
