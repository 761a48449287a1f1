/* bench_books.h -- Books to be hammered in process: accounts with money, pairs to move it between.
 */
#ifndef APP_BENCH_BOOKS_H
#define APP_BENCH_BOOKS_H
#include "app/bank.h"
#include "base/jsonw.h"
#include "ledger/ledger_books.h"
#include "ledger/ledger_filler.h"

struct bench_books {
    struct bank bank;
    struct ledger_filler *filler;
    struct rng rng;
    struct arena *arena, *keep;
    account_id *accounts;
    int64_t n_accounts;
    account_id cash;
    uint32_t *pairs; /* debit, credit, debit, credit ...: drawn before the clock starts */
    size_t n_pairs, at;
    struct ledger_order *orders;
    struct ledger_result *results;
    int64_t now_us;
};
enum { BENCH_GROUP_MAX = LEDGER_ORDERS_MAX };

/* A new store at path with accounts that may not be overdrawn and have money. */
MUST_USE int bench_books_make(const char *path, enum ledger_layout layout, int64_t accounts,
                              char *error, size_t size);
/* Opens it, with the filler. */
MUST_USE int bench_books_open(const char *path, struct bench_books *b, char *error, size_t size);
void bench_books_unlock(struct bench_books *b); /* the store is closed; accounts and pairs stay */
void bench_books_close(struct bench_books *b, bool fill_all);
/* In bench_ledger_http.c: writes "http": {...}. */
MUST_USE int bench_ledger_http(const char *path, int64_t seconds, struct jsonw *w, char *error,
                               size_t size);
/* skew 0: uniform; else Zipf with this exponent, over both sides. */
void bench_books_draw(struct bench_books *b, double skew);
/* One group in one transaction, committed. *done: booked. */
enum bench_mix { BENCH_POSTS, BENCH_MIXED };
MUST_USE int bench_books_group(struct bench_books *b, int n, enum bench_mix mix, int64_t *done);
#endif
