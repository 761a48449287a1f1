/* ledger_books.h -- Reading the books, closing their day, proving them. */
#ifndef LEDGER_LEDGER_BOOKS_H
#define LEDGER_LEDGER_BOOKS_H
#include "ledger/ledger.h"

/* ---- where totals and lines live ---- */

enum ledger_layout {
    LEDGER_PLAIN = 1, /* a row a line; on both engines */
    LEDGER_FAST,      /* the writer appends, history is filled behind (ledger_fast.h) */
};
MUST_USE int ledger_layout(struct call *c, enum ledger_layout *out);
/* What was booked is rewritten, compared and counted again, all of it in this transaction.
 * LEDGER_LAYOUT_ENGINE: used books on a server stay as they are, for other instances may be at work
 * on them. LEDGER_LAYOUT_ORDER: of a bank that several instances
 * served, some lines are not in the order of their numbers; it stays plain. It counts from the next
 * opening of the database: nothing may be booked in this one afterwards. */
MUST_USE int ledger_layout_set(struct call *c, enum ledger_layout layout);
/* Fast layout: takes at most max booked transfers into the history file, outside of a writing
 * transaction; *left: how many wait. Anybody may, at any time; ledger_filler does it by itself. */
MUST_USE int ledger_fill(struct db *db, int max, int64_t *filled, int64_t *left);

/* Fast layout: how far the history file is, and whether it is whole. */
struct ledger_history {
    int64_t waiting; /* transfers that are not in it yet */
    int fault;       /* of the last part that should have gone in: 0 or RC_... */
    bool damaged;    /* it is made again at the next start */
};
MUST_USE int ledger_history(struct db_tx *tx, struct ledger_history *out); /* zeroes: plain */

/* ---- one transfer, one account ---- */

enum ledger_hold_state { HOLD_OPEN = 1, HOLD_CAPTURED, HOLD_VOIDED, HOLD_EXPIRED };
struct ledger_transfer {
    transfer_id id;
    int64_t number;
    enum ledger_kind kind;
    account_id debit, credit; /* 0 in a journal */
    money amount;
    int64_t asked;  /* a capture's amount as it was asked for */
    transfer_id of; /* zero: none */
    int64_t timeout_s;
    date asked_value; /* 0: not given */
    int32_t code;
    const char *memo;
    int64_t booked_us;
    date booked, value;
    int64_t outlet_id; /* in whose event chain it is */
};
/* LEDGER_NO_TRANSFER. */
MUST_USE int ledger_transfer_get(struct call *c, transfer_id id, struct ledger_transfer *out);
MUST_USE int ledger_transfer_legs(struct call *c, const struct ledger_transfer *t,
                                  struct ledger_leg **legs, size_t *n);
/* A hold's state as of now, and what is left of it. */
MUST_USE int ledger_hold_get(struct call *c, transfer_id id, enum ledger_hold_state *state,
                             int64_t *minor, int64_t *expires_us);

struct ledger_entry { /* a line of an account */
    int64_t seq;
    transfer_id transfer;
    enum ledger_side side;
    int64_t minor;
    int64_t debits, credits; /* the account's totals after it */
    int64_t booked_us;
    date booked, value;
    int64_t number;   /* of the transfer, by ledger_lines() only, as what follows */
    account_id other; /* the other account; 0: a journal */
    enum ledger_kind kind;
    int32_t code;
    const char *memo; /* never NULL */
};
/* Lines after seq, oldest first, at most max; of a hot account those that are folded. */
MUST_USE int ledger_entries(struct call *c, account_id id, int64_t after_seq, int max,
                            struct ledger_entry **out, int *n);

/* The last line booked on that date or before; seq 0: there is none. */
MUST_USE int ledger_entry_on(struct call *c, account_id id, date d, struct ledger_entry *out);
/* The same lines, with what their transfers say. */
MUST_USE int ledger_lines(struct call *c, account_id id, int64_t after_seq, int max,
                          struct ledger_entry **out, int *n);
MUST_USE int ledger_transfer_meta(struct call *c, transfer_id id, struct ledger_pair **out,
                                  size_t *n);
MUST_USE int ledger_account_meta(struct call *c, account_id id, struct ledger_pair **out,
                                 size_t *n);

/* The booked balance on the account's own side at the end of an instant; of a booking date; by
 * value dates: as interest sees it (what was booked later with an earlier value is in). */
MUST_USE int ledger_balance_at(struct call *c, account_id id, int64_t at_us, int64_t *minor);
MUST_USE int ledger_balance_on(struct call *c, account_id id, date d, int64_t *minor);
MUST_USE int ledger_balance_value(struct call *c, account_id id, date d, int64_t *minor);
struct ledger_value_change { /* what all lines of a value date add on the account's own side */
    date value;
    int64_t minor;
};
/* What interest of the days from `from` needs: the balance of all that was booked before `from`,
 * and by value date what was booked since; a value date before `from` came late (补记). Not of a
 * hot account (LEDGER_HOT_LIMITED). */
MUST_USE int ledger_value_changes(struct call *c, account_id id, date from, int64_t *before,
                                  struct ledger_value_change **out, int *n);

/* Owners of key=value, oldest first, after a given one (zero: from the first). */
MUST_USE int ledger_find_transfers(struct call *c, const char *key, const char *value,
                                   transfer_id after, int max, transfer_id **out, int *n);
MUST_USE int ledger_find_accounts(struct call *c, const char *key, const char *value,
                                  account_id after, int max, account_id **out, int *n);
MUST_USE int ledger_account_meta_put(struct call *c, account_id id, const struct ledger_pair *meta,
                                     size_t n_meta); /* replaces all of it */

/* ---- the day ---- */

/* The date on which postings are booked: the civil date until a day was set. */
MUST_USE int ledger_day(struct call *c, date *out);
MUST_USE int ledger_day_set(struct call *c, date d); /* LEDGER_DAY_BACK */
/* Releases holds that are due, oldest first, at most max. Every ledger_post() does it too. */
MUST_USE int ledger_expire(struct call *c, int max, int *released);
/* Takes at most max appended legs of hot accounts into history and totals. */
MUST_USE int ledger_fold(struct call *c, int max, int *folded);

/* ---- reports ---- */

struct ledger_line { /* one subject of a trial balance */
    char subject[9];
    enum ledger_class class;
    const char *name_zh, *name_en;
    int64_t debits, credits;               /* turnover since the beginning */
    int64_t balance_debit, balance_credit; /* one of them is 0 */
};
struct ledger_trial {
    struct ledger_line *lines;
    int n_lines;
    int64_t debits, credits; /* sums of the turnovers; equal for the whole bank */
    int64_t between;         /* what the other outlets owe these books (清算往来); 0 in all */
};
enum { LEDGER_ALL_OUTLETS = -1 };
/* At the end of a business date, of one outlet's books or LEDGER_ALL_OUTLETS. */
MUST_USE int ledger_trial(struct call *c, int64_t outlet_id, date d, enum currency currency,
                          struct ledger_trial *out);
struct ledger_sheet { /* assets = liabilities + equity + profit, with `between` on its side */
    int64_t assets, liabilities, common, equity, income, expense;
    int64_t profit;  /* income - expense, not carried over yet */
    int64_t between; /* claims on other outlets (+) or debts to them (-) */
};
MUST_USE int ledger_sheet(struct call *c, int64_t outlet_id, date d, enum currency currency,
                          struct ledger_sheet *out);

/* ---- proofs: none repairs anything ---- */

/* Debits equal credits: of each transfer, of each currency, of the whole. */
MUST_USE int ledger_check_books(struct call *c, int64_t *count, int64_t *bad, char *text,
                                size_t size);
/* Every account's totals equal its postings, line by line. */
MUST_USE int ledger_check_totals(struct call *c, int64_t *count, int64_t *bad, char *text,
                                 size_t size);
/* Pending totals equal the open holds; each ended hold has its end. */
MUST_USE int ledger_check_holds(struct call *c, int64_t *count, int64_t *bad, char *text,
                                size_t size);

MUST_USE int ledger_last_id(struct db_tx *tx, int64_t *id);
extern const struct db_migration ledger_migrations[];
extern const size_t ledger_migrations_count;
#endif
