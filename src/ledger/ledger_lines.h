/* ledger_lines.h -- Fast layout: the history file, PATH-history beside the database; on a server
 * the schema piaohao_history of the same database, which all instances fill and read.
 *
 * Every account's lines in order, some in one row; where each transfer id is; and the mark: the
 * number up to which all is in. It is filled behind the writer and made again from the database
 * when it is missing or belongs to another one, so it is not part of a backup. A line that a
 * reader's own snapshot does not see yet may be in already: readers give the greatest number they
 * see. */
#ifndef LEDGER_LEDGER_LINES_H
#define LEDGER_LEDGER_LINES_H
#include "ledger/ledger_tail.h"

struct lines;
/* db: whose history it is. When that is open for reading only, there may be no file yet. */
MUST_USE int lines_open(struct db *db, struct lines **out);
void lines_close(struct lines *l);
/* A snapshot and its mark; *tx is NULL and the mark 0 while there is no file. */
MUST_USE int lines_read(struct lines *l, struct db_tx **tx, int64_t *mark);
void lines_read_done(struct db_tx **tx);
/* The transfer with which the mark ends: is it this database's history? */
MUST_USE int lines_mark_id(struct db_tx *tx, transfer_id *id);
/* Begins anew: everything in the file is gone. */
MUST_USE int lines_wipe(struct lines *l);
void lines_forget(struct lines *l); /* reads as if there were no file */

struct lines_until { /* lines that fulfil all three */
    int64_t number, at_us;
    int32_t day;
};
#define LINES_ALL ((struct lines_until){ INT64_MAX, INT64_MAX, INT32_MAX })
/* The account's last line of those; seq 0: none. */
MUST_USE int lines_last(struct db_tx *tx, account_id id, const struct lines_until *until,
                        struct ledger_entry *out);
/* The same for many accounts, by number alone: out has one entry each. */
MUST_USE int lines_last_many(struct db_tx *tx, struct arena *arena, const account_id *ids, size_t n,
                             int64_t number, struct ledger_entry *out);
/* The account's lines after seq, oldest first, until number; see() may stop. back: only rows that
 * have lines with a value date before their booking date. */
typedef bool lines_see(void *ctx, const struct ledger_entry *e);
MUST_USE int lines_walk(struct db_tx *tx, account_id id, int64_t after_seq, int64_t number,
                        bool back, lines_see *see, void *ctx);
/* Every line of every account, in the order of accounts. */
typedef bool lines_see_all(void *ctx, account_id id, int64_t number, const struct ledger_entry *e);
MUST_USE int lines_walk_all(struct db_tx *tx, lines_see_all *see, void *ctx);
/* The number of the transfer with this id. */
MUST_USE int lines_known(struct db_tx *tx, transfer_id id, int64_t *number, bool *found);
/* The ids from this high half on, at most max. */
typedef void lines_see_id(void *ctx, transfer_id id, int64_t number);
MUST_USE int lines_known_from(struct db_tx *tx, int64_t high, int64_t max, lines_see_id *see,
                              void *ctx, int64_t *n);

/* Takes a part of the tail in: one transaction. *rows: how many rows it wrote. *done: false when
 * another instance has filled meanwhile, so that the part does not continue what is there. */
MUST_USE int lines_fill(struct lines *l, const struct tail *t, const struct tail_part *part,
                        int64_t *rows, bool *done);
#endif
