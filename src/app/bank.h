/* bank.h -- An opened store, with the tables of every room: what each verb begins with.
 *
 * Owns bank_setting: what is true of this store itself (that it is the demo bank, where its clock
 * stood, the keys of its demo devices). */
#ifndef APP_BANK_H
#define APP_BANK_H
#include "base/call.h"
#include "ledger/ledger_books.h"
#include "store/db.h"
#include "store/door.h"

struct bank {
    struct db *db;
    struct ids ids;               /* nothing in the store has an id above it */
    struct ledger_filler *filler; /* app_bank_fill() */
    bool demo;
    bool older; /* opened shared, and made by an older version: it lacks tables of this one */
};
/* The layout of books that are begun from now on (ledger_layout_set); configuration key `books`. */
void app_bank_new_books(enum ledger_layout layout);
/* Opens the store, makes it when make is set and there is none, and brings its tables up to date.
 * On a refusal or fault error says why, for the operator. RC_BUSY: another process serves it. */
MUST_USE int app_bank_open(const char *url, bool make, int64_t now_us, struct bank *out,
                           char *error, size_t size);
/* The same for verbs that only read, beside a running server too. */
MUST_USE int app_bank_open_shared(const char *url, struct bank *out, char *error, size_t size);
/* For a bank that stays open: the books' history is filled behind (ledger_filler.h). */
MUST_USE int app_bank_fill(struct bank *b);
/* How far that is: transfers that wait; did the last part fail; is it made again at the next start.
 */
void app_bank_history(struct bank *b, int64_t *waiting, bool *fault, bool *damaged);
/* A target to be filled by move.h: the tables are made, and no row of ours. */
MUST_USE int app_bank_open_bare(const char *url, int64_t now_us, struct bank *out, char *error,
                                size_t size);
void app_bank_close(struct bank *b);

/* The first start (a run of app_bank_write): token[TOKEN_TEXT] becomes the word of the one-time
 * set-up link, and the bank gets the three customer classes of the 1020 promise if it has none.
 * WHO_SETUP_DONE when there is staff already. */
MUST_USE int app_bank_setup(struct call *c, void *token);

enum { BANK_VALUE = 4096 };
/* "" when it was never put. */
MUST_USE int app_bank_setting_get(struct db_tx *tx, const char *name, char out[BANK_VALUE]);
MUST_USE int app_bank_setting_put(struct db_tx *tx, const char *name, const char *value);

/* A transaction of a tool, alone with the store: run(c, ctx) is committed when it gives 0. */
MUST_USE int app_bank_write(struct bank *b, int64_t now_us, int (*run)(struct call *c, void *ctx),
                            void *ctx);
/* The same, of an order as the door runs it. */
MUST_USE int app_bank_order(struct bank *b, int64_t now_us, door_run *run, void *order);
/* "sqlite:a.db" -> "a.db"; a server's URL without its password. Valid for the next three. */
const char *app_bank_url_path(const char *url);
bool app_bank_is_there(const char *url); /* a server's database is taken to be there */
bool app_bank_is_empty(struct db *db);   /* it has no table of ours */
/* RC_CONFLICT: another program's tables are in it: no bank is made there. */
MUST_USE int app_bank_refuse_another(struct db *db);
#endif
