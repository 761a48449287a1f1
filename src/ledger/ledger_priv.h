/* ledger_priv.h -- What the ledger's own files share: rows and the working set of a call. */
#ifndef LEDGER_LEDGER_PRIV_H
#define LEDGER_LEDGER_PRIV_H
#include "ledger/ledger_rules.h"
#include "store/event.h"

/* ---- rows (ledger_store.c, ledger_rows.c) ---- */

MUST_USE int ledger_row_account(struct call *c, account_id id, struct ledger_account *out,
                                bool *found);
/* Those of the ids, each given once, that exist. */
MUST_USE int ledger_row_accounts(struct call *c, const struct db_value *ids, int n,
                                 struct ledger_account *out, size_t *found);
/* The same; pending is what open holds make it (the fast layout keeps no totals in its rows). */
MUST_USE int ledger_row_accounts_held(struct call *c, const struct db_value *ids, int n,
                                      struct ledger_account *out, size_t *found);
MUST_USE int ledger_row_account_add(struct call *c, const struct ledger_account *a);
MUST_USE int ledger_row_totals_save(struct call *c, const struct ledger_account *const *list,
                                    size_t n);
MUST_USE int ledger_row_state_save(struct call *c, const struct ledger_account *a);
/* Of ledger_transfer AS t; read from a column of the row on. */
#define LEDGER_TRANSFER_FIELDS                                                            \
    "t.number, t.kind, t.debit_id, t.credit_id, t.currency, t.minor, t.asked, t.of_high," \
    " t.of_low, t.timeout_s, t.asked_value, t.code, t.memo, t.booked_us, t.booked_day,"   \
    " t.value_day, t.outlet_id"
void ledger_row_transfer_read(struct call *c, struct db_rows *r, int from, transfer_id id,
                              struct ledger_transfer *out);
MUST_USE int ledger_row_transfer(struct call *c, transfer_id id, struct ledger_transfer *out,
                                 bool *found);
MUST_USE int ledger_row_transfers_add(struct call *c, const struct ledger_transfer *list, size_t n);
MUST_USE int ledger_row_legs(struct call *c, transfer_id id, struct ledger_leg **out, size_t *n);
MUST_USE int ledger_row_legs_add(struct call *c, transfer_id id, const struct ledger_leg *legs,
                                 size_t n);
MUST_USE int ledger_row_hold(struct call *c, transfer_id id, struct ledger_hold *out, bool *found);
MUST_USE int ledger_row_hold_add(struct call *c, const struct ledger_hold *h);
MUST_USE int ledger_row_hold_end(struct call *c, const struct ledger_hold *h, transfer_id by,
                                 int64_t at_us);
/* Open holds that are due, oldest first. */
MUST_USE int ledger_row_due(struct call *c, int max, struct ledger_hold **out, int *n);
MUST_USE int ledger_row_reversed(struct call *c, transfer_id of, bool *found);
MUST_USE int ledger_row_reversal_add(struct call *c, transfer_id of, transfer_id by);

enum ledger_owner { OWNER_ACCOUNT = 1, OWNER_TRANSFER };
MUST_USE int ledger_row_meta(struct call *c, enum ledger_owner owner, transfer_id id,
                             struct ledger_pair **out, size_t *n);
MUST_USE int ledger_row_meta_add(struct call *c, enum ledger_owner owner, transfer_id id,
                                 const struct ledger_pair *meta, size_t n);

struct ledger_posting { /* a line before it is in history */
    account_id account;
    struct ledger_entry entry;
};
MUST_USE int ledger_row_postings_add(struct call *c, const struct ledger_posting *list, size_t n);
MUST_USE int ledger_row_tails_add(struct call *c, const struct ledger_posting *list, size_t n);
/* Adds the account's unfolded legs to its totals. */
MUST_USE int ledger_row_tail_totals(struct call *c, account_id id, struct ledger_totals *totals);

/* ---- the working set of a call (ledger_book.c): accounts are read once and written once ---- */

struct book_account {
    struct ledger_account a;
    bool exists, dirty;
    struct ledger_account kept; /* as before the open group */
    bool kept_dirty;
    int group; /* the group for which it was kept */
    struct book_account *next_slot, *next;
};
struct job;   /* ledger.c: the order at work */
struct fast;  /* ledger_fast.h: where totals and lines live in the fast layout */
struct batch; /* ledger_batch.h: what waits to be written, on a server */
struct book {
    struct call *c;
    struct batch *batch;
    struct fast *fast; /* NULL: the plain layout */
    struct job *job;
    const struct ledger_order *coming; /* fast: whose accounts are read when one is not in memory */
    size_t n_coming;
    bool single; /* the call has one order: its event tells it whole */
    date day;
    int group;      /* the open group, 0: none */
    size_t n_slots; /* a power of two */
    struct book_account **slots;
    struct book_account *all;
};
MUST_USE int book_open(struct book *b, struct call *c, size_t orders);
/* NULL in *out: no such account. */
MUST_USE int book_account(struct book *b, account_id id, struct ledger_account **out);
/* For reading many at once: not read yet, and from now on taken for read; its place. */
bool book_wants(struct book *b, account_id id);
struct ledger_account *book_known(struct book *b, account_id id);
/* The account will be changed: it is kept for the undo of a group, and written at the end. */
void book_touch(struct book *b, struct ledger_account *a);
void book_group(struct book *b);        /* a group begins */
void book_group_undo(struct book *b);   /* its accounts are as before */
MUST_USE int book_save(struct book *b); /* writes what was touched */
/* Releases due holds, oldest first, at most max. */
MUST_USE int book_expire(struct book *b, int max, int *released);
/* Ends a hold that was released (voided, expired) or captured. */
MUST_USE int book_release(struct book *b, const struct ledger_hold *h, enum ledger_hold_state how,
                          transfer_id by);
void book_event_begin(struct call *c, struct jsonw **w, transfer_id id, money amount);

/* Loads one account for reading or for a change of its state, or refuses. */
MUST_USE int ledger_account_load(struct call *c, account_id id, struct ledger_account *out);
#endif
