/* ledger_fast.h -- The fast layout: the writing transaction only appends.
 *
 * What a call books is one row of ledger_chunk (ledger_pack.h) and nothing else, but for holds,
 * reversals and metadata. Accounts with their totals and the ids of late are in the writer's
 * memory, which follows the transaction (store/db_memory.h). Lines of accounts, and which id is
 * where, go into the history file behind (ledger_lines.h), and are in a tail until then.
 *
 *   ledger_post_many -> memory: ids, accounts, rules -> ledger_chunk        (one fsync a group)
 *                                                          |  filler, any time later
 *   readers: lines of the history file, then the tail  <---+--> PATH-history
 *
 * On a server the history file is a schema, and other instances write, too: ledger_others.c.
 * The plain layout (a row a line) has none of this: ledger_fast_of gives NULL. */
#ifndef LEDGER_LEDGER_FAST_H
#define LEDGER_LEDGER_FAST_H
#include "ledger/ledger_lines.h"
#include "ledger/ledger_priv.h"

struct fast;
/* NULL: the plain layout. */
MUST_USE int ledger_fast_of(struct db_tx *tx, struct fast **out);

/* ---- the writer's memory; c is in the writing transaction ---- */

/* The account with its totals as of now (due holds still count), or NULL: there is none. It stays
 * where it is; change it only after fast_touch. */
MUST_USE int fast_account(struct fast *f, struct call *c, account_id id,
                          struct ledger_account **out);
/* These will be asked for: what of them is not in memory is read at once. */
MUST_USE int fast_fetch(struct fast *f, struct call *c, const account_id *ids, size_t n);
/* What an order will ask of the memory is fetched into the cache: places some orders before it is
 * asked for, then what is there. Changes nothing. */
void fast_expect(const struct fast *f, const struct ledger_order *o, bool places);
/* The same if it is in memory already, else NULL. */
const struct ledger_account *fast_peek(const struct fast *f, account_id id);
void fast_touch(struct fast *f, struct ledger_account *a); /* what it was is kept for an undo */
/* What open holds, due ones too, have pending on it. */
MUST_USE int fast_pending(struct call *c, account_id id, struct ledger_totals *t);
/* The account's row was written: it is read again, its totals stay. */
void fast_reload(struct fast *f, account_id id);
/* Before rows or holds of accounts are written: other instances are told to read them again. */
MUST_USE int fast_tell(struct fast *f, struct call *c);
/* Which transfer has this id: its number; 0: none. */
MUST_USE int fast_known(struct fast *f, struct call *c, transfer_id id, int64_t *number);
/* A call begins: what it books goes into one row. */
MUST_USE int fast_call(struct fast *f, struct call *c, date day);
/* Adds a transfer to the call's row; outlet: of its first account. */
void fast_add(struct fast *f, struct call *c, const struct ledger_transfer *t,
              const struct ledger_leg *legs, size_t n_legs, const struct ledger_pair *meta,
              size_t n_meta, int64_t outlet_id);
/* The row as it is, for its event; false: nothing was booked. */
bool fast_row(struct fast *f, struct pack *row);
MUST_USE int fast_save(struct fast *f, struct call *c); /* writes it */

/* The business date and the next instant at which a hold is due, as read or set last. */
bool fast_day(const struct fast *f, date *out);
void fast_day_set(struct fast *f, date d);
void fast_day_forget(struct fast *f);
bool fast_due(const struct fast *f, int64_t now_us); /* may a hold be due? */
void fast_due_set(struct fast *f, int64_t next_us);  /* 0: none */
void fast_due_add(struct fast *f, int64_t at_us);

/* ---- transfers, also for readers ---- */

struct fast_found {
    struct ledger_transfer t;
    struct ledger_leg *legs;
    size_t n_legs;
};
/* By number, in the arena. */
MUST_USE int fast_transfer(struct fast *f, struct call *c, int64_t number, struct fast_found *out);
MUST_USE int fast_transfer_by_id(struct fast *f, struct call *c, transfer_id id,
                                 struct fast_found *out, bool *found);

/* ---- what one transaction sees of the lines (ledger_view.c): the one way to read them ---- */

struct fast_view {
    struct fast *f;
    struct call *c;
    int64_t number; /* the greatest it sees */
    struct history history;
    struct tail *tail, *own; /* own: the writer's, of what is not committed; else NULL */
};
/* With the tail alone; the history file is for who asks. */
void fast_view_begin(struct fast *f, struct call *c, int64_t number, struct fast_view *v);
MUST_USE int fast_view_open(struct fast *f, struct call *c, struct fast_view *v);
void fast_view_close(struct fast_view *v);
/* The account's last line of those; seq 0: none. */
MUST_USE int fast_view_last(struct fast_view *v, account_id id, const struct lines_until *until,
                            struct ledger_entry *out);
MUST_USE int fast_view_last_many(struct fast_view *v, struct arena *arena, const account_id *ids,
                                 size_t n, const struct lines_until *until,
                                 struct ledger_entry *out);
MUST_USE int fast_view_walk(struct fast_view *v, account_id id, int64_t after_seq, bool back,
                            lines_see *see, void *ctx);
/* The tail that continues the history file, caught up; for ledger_view.c. */
struct tail *fast_tail(struct fast *f);
MUST_USE int fast_own_tail(struct fast *f, struct call *c, struct tail **out, int64_t *committed);
struct lines *fast_lines(struct fast *f);

/* ---- what ledger_read.c and ledger_report.c ask ---- */
MUST_USE int fast_entries(struct fast *f, struct call *c, account_id id, int64_t after_seq, int max,
                          struct ledger_entry *list, int *n);
/* The last line at that instant and on that date or before. */
MUST_USE int fast_entry_until(struct fast *f, struct call *c, account_id id, int64_t at_us,
                              date day, struct ledger_entry *out);
/* credits - debits of the lines after seq whose value date is d or earlier than their booking. */
MUST_USE int fast_net_later(struct fast *f, struct call *c, account_id id, int64_t after_seq,
                            date d, int64_t *net);
/* What the lines after seq add by value date, credits - debits. */
MUST_USE int fast_value_changes(struct fast *f, struct call *c, account_id id, int64_t after_seq,
                                struct ledger_value_change **out, int *n);
MUST_USE int fast_trial(struct fast *f, struct call *c, int64_t outlet_id, date d,
                        enum currency currency, struct ledger_trial *out, int64_t room);

/* ---- proofs (ledger_fast_check.c), as in ledger_books.h ---- */
MUST_USE int fast_check_books(struct fast *f, struct call *c, int64_t *count, int64_t *bad,
                              char *text, size_t size);
MUST_USE int fast_check_totals(struct fast *f, struct call *c, int64_t *count, int64_t *bad,
                               char *text, size_t size);
MUST_USE int fast_check_holds(struct fast *f, struct call *c, int64_t *count, int64_t *bad,
                              char *text, size_t size);

/* Takes at most max transfers into the history file; *left: how many are still in the tail. */
MUST_USE int fast_fill(struct fast *f, struct db_tx *tx, uint64_t max, int64_t *filled,
                       int64_t *left, int64_t *rows);
/* What was booked becomes rows of the plain layout (ledger_unpack.c), or packed ones
 * (ledger_repack.c; LEDGER_LAYOUT_ORDER). */
MUST_USE int ledger_unpack(struct call *c);
MUST_USE int ledger_repack(struct call *c);
#define LEDGER_PACKED_TOPIC "transfers.packed"
/* A digest of lines, one after the other; for comparing, not for proving to others. */
uint64_t fast_mix(uint64_t sum, const struct ledger_entry *e);
MUST_USE int fast_last_number(struct db_tx *tx, int64_t *number);
#endif
