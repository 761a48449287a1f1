/* demo_books.h -- The demo bank's books: invented customers, their accounts, months of movements.
 *
 * Salaries, pensions, shopping, cash, standing orders, a firm's takings, term deposits, and each
 * evening the day end that a real bank has; so quarter interest and fees are there, too. */
#ifndef APP_DEMO_BOOKS_H
#define APP_DEMO_BOOKS_H
#include "app/bank.h"
#include "base/date.h"

enum { DEMO_BOOKS_BEFORE = 120 }; /* days of books before the lobby's first */

struct demo_books;
/* Makes customers and accounts in the demo city, and acts the days until `first` out. */
MUST_USE int demo_books_open(struct bank *b, date first, uint64_t seed,
                             void (*progress)(int64_t done, int64_t all), struct demo_books **out);
/* One day of movements and its day end, in one transaction. */
MUST_USE int demo_books_day(struct demo_books *k, date day);
struct demo_books_numbers {
    int64_t customers, accounts, movements;
};
void demo_books_numbers(const struct demo_books *k, struct demo_books_numbers *out);
void demo_books_free(struct demo_books *k); /* NULL is fine */
#endif
