/* demo.h -- The demo bank: an invented bank in a real city, its staff, its devices, its past.
 *
 * Every page of it says that it is a demo. Everybody's password is "demo". */
#ifndef APP_DEMO_H
#define APP_DEMO_H
#include "app/bank.h"
#include "base/date.h"

/* The sign-ins of the first outlet and the office: what a visitor needs. */
struct demo_account {
    const char *username, *what_zh, *what_en;
};
extern const struct demo_account demo_accounts[];
extern const size_t demo_accounts_count;

/* Invented persons are named by these, with given names of their makers' own. */
enum { DEMO_SURNAMES = 30 };
extern const char *const demo_surnames[DEMO_SURNAMES];

/* "teller", "teller2" in outlet 1; "teller-03-2", "floor-03" elsewhere. window 0: none. */
void demo_username(const char *role, int outlet, int window, char out[32]);

struct demo_books;
struct demo_settings {
    uint64_t seed;
    date first; /* the first day of history */
    int days;
    struct demo_books *books; /* go on with each day; NULL: no books (demo_books.h) */
};
/* Makes the demo bank in an empty store: city, staff, devices, settings. WHO_SETUP_DONE or
 * BRANCH_CODE_TAKEN when a bank is there already. */
MUST_USE int demo_make(struct bank *b, const struct demo_settings *s);
/* Vaults with cash in them, a drawer a window; the first outlet's first teller has opened one. */
MUST_USE int demo_cash_make(struct bank *b, date day);
/* Writes the days of history, told by progress(done, all) after each. */
struct demo_numbers {
    int64_t days, tickets, steps;
};
MUST_USE int demo_history(struct bank *b, const struct demo_settings *s,
                          void (*progress)(int64_t done, int64_t all), struct demo_numbers *out);

/* Contracts, absences, needs and rosters of the week of a day (published) and the next (a draft).
 */
MUST_USE int demo_rosters(struct bank *b, date day);

/* The outlets' simulations: in history, and when the demo goes on live (demo_live.c). */
struct sim;
MUST_USE int demo_sims_open(struct bank *b, struct sim **out); /* DEMO_OUTLETS of them */
void demo_sims_free(struct sim *sims);                         /* NULL is fine */
/* A day of every outlet from its morning until an instant, in one transaction. */
MUST_USE int demo_run_day(struct bank *b, struct sim *sims, date day, int64_t until_us,
                          uint64_t seed);
#endif
