/* counter.h -- A counter for the room's tests: books with products, customers and cash. The
 * business date is set by hand; it is Monday 2026-11-23 to begin with. */
#ifndef TEST_DEPOSIT_COUNTER_H
#define TEST_DEPOSIT_COUNTER_H
#include "deposit/dayend.h"
#include "deposit/interest.h"
#include "deposit/standing.h"
#include "../ledger/books.h"

struct counter {
    struct books b;
    account_id cash;
    customer_id person, company;
};
void counter_open(struct counter *k);
void counter_close(struct counter *k);
date counter_date(int y, int m, int d);
/* The business date becomes d, and the clock its nine o'clock. */
void counter_day(struct counter *k, date d);
product_id counter_product(struct counter *k, const char *code);
struct deposit_account counter_account(struct counter *k, const char *product);
/* The result of the call; cash on the other side. */
int counter_in(struct counter *k, deposit_id a, int64_t minor, struct deposit_done *done);
int counter_out(struct counter *k, deposit_id a, int64_t minor, struct deposit_done *done);
void counter_pay_in(struct counter *k, deposit_id a, int64_t minor);
void counter_pay_out(struct counter *k, deposit_id a, int64_t minor);
int64_t counter_balance(struct counter *k, deposit_id a);
int64_t counter_own(struct counter *k, enum deposit_own which);
#endif
