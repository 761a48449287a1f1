/* ledger_lines.h -- Fast layout: the history file, PATH-history beside the database; on a server
 * the schema piaohao_history of the same database, which all instances fill and read.
 *
 * It has every account's lines in order, some in one row; where each transfer id is; and the mark:
 * the number up to which all is in. It is filled behind the writer and made again from the database
 * when it is missing or belongs to another one, so it is not part of a backup. A line that a
 * reader's own snapshot does not see yet may be in already: readers give the greatest number they
 * see.
 *
 * Runs: what one fill takes in is a run, sorted by account and written in that order at the end of
 * the tables, so that no page is written twice. When eight or more of the newest runs are of one
 * size or smaller, they are merged into one (ledger_merge.c), at least half as large again as each
 * was; sizes go up eightfold, and runs of half a million transfers stay. A line is copied a few
 * times in its life; an account is looked for in a run a million transfers and one or two dozen
 * small ones.
 *
 *   oldest [ 2,000,000 ] [ 700,000 ] [ 250,000 ] [ 250,000 ] [ 30 ] [ 4 ] newest */
#ifndef LEDGER_LEDGER_LINES_H
#define LEDGER_LEDGER_LINES_H
#include "ledger/ledger_tail.h"

struct lines;
/* db: whose history it is. When that is open for reading only, there may be no file yet. */
MUST_USE int lines_open(struct db *db, struct lines **out);
void lines_close(struct lines *l);
void lines_note(struct lines *l,
                int rc); /* the fault's words are db_error's of the database, too */

enum { LINES_RUNS_MAX = 1024 };
struct lines_run {
    int64_t run, moves, last_number;
    int64_t number;         /* of its first transfer */
    int64_t id_min, id_max; /* high halves of its ids */
    int64_t at_us;          /* the earliest: the clock may have gone back */
    int32_t day;
};
struct history {      /* a snapshot of the file */
    struct lines *of; /* who is told of damage; NULL: nobody */
    struct db_tx *tx;
    int64_t mark; /* 0: there is no file, or nothing in it */
    int n;
    struct lines_run run[LINES_RUNS_MAX]; /* oldest first */
};
/* Also after a fault h may be given to lines_read_done(). */
MUST_USE int lines_read(struct lines *l, struct history *h);
void lines_read_done(struct history *h);
/* The transfer with which the mark ends: is it this database's history? */
MUST_USE int lines_mark_id(const struct history *h, transfer_id *id);
/* Begins anew: everything in the file is gone. */
MUST_USE int lines_wipe(struct lines *l);
/* A damaged file is not in the way of the books, for it can be made again: it is set aside, as
 * PATH-history-damaged. Who only reads does without. */
MUST_USE int lines_replace(struct lines *l);
void lines_forget(struct lines *l); /* reads as if there were no file */

struct lines_until { /* lines that fulfil all three */
    int64_t number, at_us;
    int32_t day;
};
#define LINES_ALL ((struct lines_until){ INT64_MAX, INT64_MAX, INT32_MAX })
/* The account's last line of those, without its memo; seq 0: none. */
MUST_USE int lines_last(const struct history *h, account_id id, const struct lines_until *until,
                        struct ledger_entry *out);
/* The same for many accounts: out has one entry each; one that is there already (seq) stays. */
MUST_USE int lines_last_many(const struct history *h, struct arena *arena, const account_id *ids,
                             size_t n, const struct lines_until *until, struct ledger_entry *out);
/* The account's lines after seq, oldest first, until number; see() may stop, and the memo is there
 * while it runs. back: only rows that have lines with a value date before their booking date. */
typedef bool lines_see(void *ctx, const struct ledger_entry *e);
MUST_USE int lines_walk(const struct history *h, account_id id, int64_t after_seq, int64_t number,
                        bool back, lines_see *see, void *ctx);
/* Every line: run by run, account by account. */
typedef bool lines_see_all(void *ctx, account_id id, const struct ledger_entry *e);
MUST_USE int lines_walk_all(const struct history *h, lines_see_all *see, void *ctx);
/* The number of the transfer with this id. */
MUST_USE int lines_known(const struct history *h, transfer_id id, int64_t *number, bool *found);
/* The ids from this high half on, at most max. */
typedef void lines_see_id(void *ctx, transfer_id id, int64_t number);
MUST_USE int lines_known_from(const struct history *h, int64_t high, int64_t max, lines_see_id *see,
                              void *ctx, int64_t *n);

/* Called between pieces of a fill or a merge, a millisecond or two of work: who fills may rest
 * there. */
typedef void lines_rest(void *ctx);
void lines_rests(struct lines *l, lines_rest *rest, void *ctx);
/* Takes a part of the tail in: one transaction. *rows: how many rows it wrote. *done: false when
 * another instance has filled meanwhile, so that the part does not continue what is there. */
MUST_USE int lines_fill(struct lines *l, const struct tail *t, const struct tail_part *part,
                        int64_t *rows, bool *done);
/* Merges the newest runs when they are many; larger ones only when there is time for it (idle), and
 * what was begun is left when busy() says so. *merged: there may be more to do. */
/* Damage that was met since (by a reader, or by a merge) is mended: the runs are made again from
 * the rows of ledger_chunk that `books` sees. RC_BUSY: it does not see all of them, another time.
 * RC_CORRUPT: it cannot be mended so. Then the file is marked, the next start makes it again, and
 * until then it is filled but no longer merged (lines_given_up). Nothing is done when nothing was
 * met. Not while somebody else fills or merges. */
MUST_USE int lines_heal(struct lines *l, struct db_tx *books);
/* All of it in one transaction, whatever is there, up to where the mark is. RC_BUSY as above. */
MUST_USE int lines_renew(struct lines *l, struct db_tx *books);
bool lines_are_spoilt(struct lines *l);
bool lines_given_up(struct lines *l);
MUST_USE int lines_marked(struct db_tx *tx, bool *damaged); /* tx: of a history */
typedef bool lines_busy(void *ctx);
MUST_USE int lines_merge(struct lines *l, bool idle, lines_busy *busy, void *ctx, bool *merged);
#endif
