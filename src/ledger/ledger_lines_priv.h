/* ledger_lines_priv.h -- Between ledger_lines.c and ledger_fill.c. */
#ifndef LEDGER_LEDGER_LINES_PRIV_H
#define LEDGER_LEDGER_LINES_PRIV_H
#include "ledger/ledger_lines.h"
#include <pthread.h>
#include <stdatomic.h>

struct lines {
    struct arena *arena;
    struct db *of;   /* the database whose history this is */
    char path[1040]; /* "": on the server */
    bool shared, sync_off;
    pthread_mutex_t making;
    _Atomic(struct db *) db; /* NULL: there is no file yet */
};
MUST_USE int lines_make(struct lines *l);
/* Reads a row's next line: the totals before it are in *e, those after it afterwards; number goes
 * on from the line before. False: no line, or damaged bytes. */
MUST_USE bool line_next(const uint8_t **at, const uint8_t *end, struct ledger_entry *e,
                        int64_t *number);
/* One packed line after another; before: the row's line before it, or zero totals' entry. */
uint8_t *line_put(uint8_t *at, const struct ledger_entry *before, int64_t number_before,
                  const struct ledger_entry *e, int64_t number);
#endif
