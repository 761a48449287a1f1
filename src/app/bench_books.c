/* bench_books.c -- See bench_books.h. */
#include "app/bench_books.h"
#include "app/clock.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PAIRS = 1 << 20, OPEN_AT_ONCE = 4096, MEMORY = 1 << 29 };

static int64_t machine_now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* ---- made ---- */

static int set_layout(struct call *c, void *ctx)
{
    return ledger_layout_set(c, *(enum ledger_layout *)ctx);
}

static int open_account(struct call *c, const char *subject, int flags, account_id *id)
{
    struct ledger_account a = { .currency = CNY, .flags = flags };
    snprintf(a.subject, sizeof a.subject, "%s", subject);
    snprintf(a.name, sizeof a.name, "bench");
    int rc = ledger_account_open(c, &a, NULL, 0);
    *id = a.id;
    return rc;
}

struct opening {
    account_id cash;
    int64_t left;
};

static int open_accounts(struct call *c, void *ctx)
{
    struct opening *o = ctx;
    int rc = o->cash.n ? 0 : open_account(c, "1001", 0, &o->cash);
    int n = o->left < OPEN_AT_ONCE ? (int)o->left : OPEN_AT_ONCE;
    struct ledger_order *orders = arena_alloc(c->arena, (size_t)(n + 1) * sizeof *orders);
    struct ledger_result *results = arena_alloc(c->arena, (size_t)(n + 1) * sizeof *results);
    for (int i = 0; !rc && i < n; i++) {
        account_id id;
        rc = open_account(c, "2011", LEDGER_NO_OVERDRAFT, &id);
        orders[i] = (struct ledger_order){ .id = ledger_id_make(c),
                                           .kind = LEDGER_POST,
                                           .debit = o->cash,
                                           .credit = id,
                                           .amount = { INT64_C(1000000000), CNY } };
    }
    o->left -= n;
    return rc ? rc : ledger_post_many(c, orders, (size_t)n, results);
}

int bench_books_make(const char *path, enum ledger_layout layout, int64_t accounts, char *error,
                     size_t size)
{
    struct bank b;
    struct opening o = { .left = accounts };
    int rc = app_bank_open(path, true, machine_now_us(), &b, error, size);
    if (rc)
        return rc;
    rc = app_bank_write(&b, machine_now_us(), set_layout, &layout);
    app_bank_close(&b); /* the layout counts from the next opening */
    if (!rc)
        rc = app_bank_open(path, false, machine_now_us(), &b, error, size);
    if (rc)
        return rc;
    while (!rc && o.left)
        rc = app_bank_write(&b, machine_now_us(), open_accounts, &o);
    app_bank_close(&b);
    if (rc)
        snprintf(error, size, "%s: accounts: %d", path, rc);
    return rc;
}

/* ---- opened ---- */

static int read_accounts(struct bench_books *b)
{
    struct db_tx *tx = NULL;
    struct db_rows r;
    int64_t n = 0;
    int rc = db_read(b->bank.db, &tx);
    if (rc)
        return rc;
    rc = db_one_i64(tx, "SELECT COUNT(*) FROM ledger_account", DB_NO_ARGS, 0, &n);
    b->accounts = arena_alloc(b->keep, (size_t)(n + 1) * sizeof *b->accounts);
    if (!rc)
        rc = db_query(tx, &r, "SELECT id, subject FROM ledger_account ORDER BY id", DB_NO_ARGS);
    while (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        if (strcmp(db_text(&r, 1), "1001"))
            b->accounts[b->n_accounts++].n = db_i64(&r, 0);
        else
            b->cash.n = db_i64(&r, 0);
    }
    db_done(&r);
    db_read_done(&tx);
    return rc;
}

int bench_books_open(const char *path, struct bench_books *b, char *error, size_t size)
{
    memset(b, 0, sizeof *b);
    b->now_us = machine_now_us();
    rng_seed(&b->rng, (uint64_t)machine_now_us());
    int rc = app_bank_open(path, false, machine_now_us(), &b->bank, error, size);
    if (rc)
        return rc;
    b->arena = arena_new(MEMORY);
    b->keep = arena_new(MEMORY);
    b->orders = arena_alloc(b->keep, BENCH_GROUP_MAX * sizeof *b->orders);
    b->results = arena_alloc(b->keep, BENCH_GROUP_MAX * sizeof *b->results);
    rc = read_accounts(b);
    if (!rc)
        rc = ledger_filler_start(b->bank.db, &b->filler);
    if (rc)
        bench_books_close(b, false);
    return rc;
}

void bench_books_unlock(struct bench_books *b)
{
    ledger_filler_stop(b->filler, true);
    b->filler = NULL;
    app_bank_close(&b->bank);
}

void bench_books_close(struct bench_books *b, bool fill_all)
{
    ledger_filler_stop(b->filler, fill_all);
    app_bank_close(&b->bank);
    arena_free(b->arena);
    arena_free(b->keep);
}

/* Ranks are spread over the accounts, so that neighbours on a page are not all hot. */
static uint32_t place_of(const struct bench_books *b, size_t rank)
{
    return (uint32_t)(rank * UINT64_C(2654435761) % (uint64_t)b->n_accounts);
}

void bench_books_draw(struct bench_books *b, double skew)
{
    size_t n = (size_t)b->n_accounts;
    double *sum = arena_alloc(b->arena, (n + 1) * sizeof *sum), all = 0;
    for (size_t i = 0; i < n; i++)
        sum[i] = all += pow((double)(i + 1), -skew);
    if (!b->pairs)
        b->pairs = arena_alloc(b->keep, (size_t)PAIRS * 2 * sizeof *b->pairs);
    b->n_pairs = PAIRS;
    for (size_t i = 0; i < (size_t)PAIRS * 2; i++) {
        double x = rng_unit(&b->rng) * all;
        size_t low = 0, high = n - 1;
        while (low < high) {
            size_t middle = (low + high) / 2;
            if (sum[middle] > x)
                high = middle;
            else
                low = middle + 1;
        }
        b->pairs[i] = skew > 0 ? place_of(b, low) : (uint32_t)low;
        if (i % 2 && b->pairs[i] == b->pairs[i - 1])
            b->pairs[i] = (b->pairs[i] + 1) % (uint32_t)n;
    }
    arena_clear(b->arena);
}

/* ---- a group ---- */

/* One in ten is a hold, which a later one of the group captures in part; one in a hundred is asked
 * again; the rest are posts, with a memo each tenth. */
static void mix_in(struct ledger_order *orders, int n)
{
    for (int i = 0; i + 2 < n; i += 20) {
        orders[i].kind = LEDGER_HOLD;
        orders[i].timeout_s = 600;
        orders[i + 1].kind = LEDGER_CAPTURE;
        orders[i + 1].debit = orders[i + 1].credit = (account_id){ 0 };
        orders[i + 1].amount.minor = (orders[i].amount.minor + 1) / 2;
        orders[i + 1].of = orders[i].id;
        orders[i + 2].memo = "工资 2026-11";
        if (i % 100 == 60)
            orders[i + 2] = orders[i];
    }
}

int bench_books_group(struct bench_books *b, int n, enum bench_mix mix, int64_t *done)
{
    struct call c = {
        .now_us = machine_now_us(), .rng = &b->rng, .ids = &b->bank.ids, .arena = b->arena
    };
    for (int i = 0; i < n; i++) {
        size_t at = b->at++ % b->n_pairs * 2;
        b->orders[i] = (struct ledger_order){ .id = ledger_id_make(&c),
                                              .kind = LEDGER_POST,
                                              .debit = b->accounts[b->pairs[at]],
                                              .credit = b->accounts[b->pairs[at + 1]],
                                              .amount = { 1 + (int64_t)(at & 1023), CNY } };
    }
    if (mix == BENCH_MIXED)
        mix_in(b->orders, n);
    int rc = db_begin(b->bank.db, &c.tx);
    if (!rc)
        rc = ledger_post_many(&c, b->orders, (size_t)n, b->results);
    if (!rc)
        rc = db_commit(&c.tx);
    db_rollback(&c.tx);
    for (int i = 0; !rc && i < n; i++)
        *done += b->results[i].rc == 0 && !b->results[i].existed;
    arena_clear(b->arena);
    return rc;
}
