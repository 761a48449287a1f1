/* books.h -- Books for tests: a new database with one outlet and the standard chart of accounts. It
 * is Monday 2026-11-23 09:00 in China; the system asks. */
#ifndef TEST_LEDGER_BOOKS_H
#define TEST_LEDGER_BOOKS_H
#include "ledger/ledger_books.h"
#include "test.h"

#define BOOKS_OK(call) assert_int_equal((call), 0)

/* Every suite runs over both layouts of the books: BOTH(a test). */
extern enum ledger_layout books_layout;
extern const char *books_url;  /* of the books opened last */
int books_plain(void **state); /* set-ups */
int books_fast(void **state);
int books_usual(void **state); /* tear-down: as the environment says (test_fast_books) */
#define ON_PLAIN(test) cmocka_unit_test_setup_teardown(test, books_plain, books_usual)
#define ON_FAST(test)  cmocka_unit_test_setup_teardown(test, books_fast, books_usual)
#define BOTH(test)     ON_PLAIN(test), ON_FAST(test)

struct books {
    struct db *db;
    struct call c;
    struct rng rng;
    struct ids ids;
    int64_t outlet[2];
};
void books_open(struct books *d); /* a transaction is open */
void books_close(struct books *d);
void books_save(struct books *d); /* commits and begins again; the arena is empty afterwards */
/* Fast layout: takes at most max transfers of what was saved into the history file. */
void books_fill(struct books *d, int max);
void books_undo(struct books *d); /* takes everything since the last save back */

account_id books_account(struct books *d, const char *subject, int flags); /* CNY, outlet 0 */
int64_t books_balance(struct books *d, account_id a);
struct ledger_order books_order(struct books *d, account_id debit, account_id credit,
                                int64_t minor);
void books_post(struct books *d, account_id debit, account_id credit, int64_t minor);
int64_t books_number(struct books *d, const char *sql);
void books_proven(struct books *d); /* all proofs hold, the trial balance is 0 */
#endif
