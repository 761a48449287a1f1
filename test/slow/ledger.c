/* ledger.c -- The books, killed at any moment: what was acknowledged is there once, nothing else
 * is, and the sum is what it was.
 *
 * A child process books groups of keyed orders; before an order is given it stands in memory that
 * both processes share, after the commit it is marked as acknowledged there. The parent kills the
 * child (kill -9) at a random moment, or takes the disk away, or lets a database call fail. The
 * next child asks again for what has no answer, with the old ids, as a good client does.
 *
 *     slow_ledger [KILLS [SEED]]      500 by default; LEDGER_SCALE=n in the environment: n times */
#include "slow.h"
#include "app/bench_books.h"
#include "base/rng.h"
#include <inttypes.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ACCOUNTS = 50, ORDERS_MAX = 8 << 20, GROUP = 300, ARENA = 64 << 20 };
enum { FRESH, SENT, DONE, REFUSED };

struct given { /* an order and what became of it */
    int8_t state, kind;
    uint8_t debit, credit;
    int32_t minor;
    int64_t of, number; /* of: index of the hold */
};
static struct shared {
    _Atomic int64_t n; /* orders given */
    _Atomic int64_t started, commits, asked_again, faults, fills;
    struct given at[ORDERS_MAX];
} * all;

static char store[300], url[320];
static int64_t accounts[ACCOUNTS];

static int64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* Ids are made from the order's place, in order of time as a client's are. */
static transfer_id id_of(int64_t i)
{
    return (transfer_id){ ((INT64_C(1790000000000) + i / 50) << 16) | (i % 50), i * 7919 + 1 };
}

/* ---- the child ---- */

static void draw(struct rng *dice, int64_t i)
{
    struct given *g = &all->at[i];
    *g = (struct given){ .kind = LEDGER_POST, .minor = 1 + (int32_t)rng_below(dice, 500) };
    g->debit = (uint8_t)rng_below(dice, ACCOUNTS);
    g->credit = (uint8_t)((g->debit + 1 + rng_below(dice, ACCOUNTS - 1)) % ACCOUNTS);
    if (rng_below(dice, 20) == 0)
        g->kind = LEDGER_HOLD;
    for (int64_t k = i - 1; k > 0 && k > i - 40 && rng_below(dice, 12) == 0; k--)
        if (all->at[k].kind == LEDGER_HOLD && all->at[k].state == DONE) {
            g->kind = LEDGER_CAPTURE;
            g->of = k;
            break;
        }
    g->state = SENT;
}

static struct ledger_order order_of(int64_t i)
{
    const struct given *g = &all->at[i];
    struct ledger_order o = { .id = id_of(i), .kind = (enum ledger_kind)g->kind };
    o.amount = (money){ g->minor, CNY };
    if (g->kind == LEDGER_CAPTURE) {
        o.of = id_of(g->of);
        o.amount.minor = 0;
    } else {
        o.debit.n = accounts[g->debit];
        o.credit.n = accounts[g->credit];
    }
    return o;
}

/* One group: these orders in one transaction. False: a fault, all of it gone. */
static bool book(struct bench_books *b, const int64_t *which, size_t n)
{
    struct call c = { .now_us = now_us(), .rng = &b->rng, .ids = &b->bank.ids, .arena = b->arena };
    for (size_t i = 0; i < n; i++)
        b->orders[i] = order_of(which[i]);
    int rc = db_begin(b->bank.db, &c.tx);
    if (!rc)
        rc = ledger_post_many(&c, b->orders, n, b->results);
    if (!rc)
        rc = db_commit(&c.tx);
    db_rollback(&c.tx);
    arena_clear(b->arena);
    if (rc) {
        atomic_fetch_add(&all->faults, 1);
        return false;
    }
    atomic_fetch_add(&all->commits, 1);
    for (size_t i = 0; i < n; i++) {
        struct given *g = &all->at[which[i]];
        if (g->state == DONE)
            CHECK(!b->results[i].rc && g->number == b->results[i].number);
        g->number = b->results[i].number;
        atomic_signal_fence(memory_order_seq_cst); /* the number, then that it is done */
        g->state = b->results[i].rc ? REFUSED : DONE;
    }
    return true;
}

/* What the last child left without an answer, in parts; some that have one, too. */
static bool ask_again(struct bench_books *b, struct rng *dice)
{
    int64_t which[GROUP];
    size_t n = 0;
    int64_t last = atomic_load(&all->n), from = last > 4000 ? last - 4000 : 0;
    for (int64_t i = from; i < last; i++) {
        bool open = all->at[i].state == SENT;
        if (open || (all->at[i].state == DONE && rng_below(dice, 400) == 0)) {
            which[n++] = i;
            atomic_fetch_add(&all->asked_again, 1);
        }
        if (n == GROUP || (i == last - 1 && n)) {
            if (!book(b, which, n))
                return false;
            n = 0;
        }
    }
    return true;
}

struct how { /* what is to go wrong in the child itself */
    int64_t fail_at;
    int fail_rc;
    int64_t file_max; /* RLIMIT_FSIZE, 0: none */
    int64_t orders;   /* stops by itself after so many; 0: never */
};

static void child(uint64_t seed, const struct how *h)
{
    struct bench_books b;
    struct rng dice;
    char error[300] = "";
    int64_t which[GROUP], filled, left, until = atomic_load(&all->n) + h->orders;
    rng_seed(&dice, seed);
    signal(SIGXFSZ, SIG_IGN);
    if (h->file_max) {
        struct rlimit l = { (rlim_t)h->file_max, (rlim_t)h->file_max };
        setrlimit(RLIMIT_FSIZE, &l);
    }
    if (bench_books_open(url, &b, error, sizeof error)) {
        fprintf(stderr, "open: %s\n", error);
        _exit(h->file_max ? 0 : 3);
    }
    atomic_fetch_add(&all->started, 1);
    bool good = ask_again(&b, &dice);
    while (good && (!h->orders || atomic_load(&all->n) < until)) {
        size_t n = rng_below(&dice, 3) ? 1 + rng_below(&dice, 12) : 1 + rng_below(&dice, GROUP);
        int64_t from = atomic_load(&all->n);
        CHECK(from + GROUP < ORDERS_MAX);
        for (size_t i = 0; i < n; i++) {
            draw(&dice, from + (int64_t)i);
            which[i] = from + (int64_t)i;
        }
        atomic_store(&all->n, from + (int64_t)n);
        if (h->fail_at && rng_below(&dice, 4) == 0)
            db_fail_at(b.bank.db, 1 + rng_below(&dice, (uint32_t)h->fail_at), h->fail_rc);
        (void)book(&b, which, n);
        if (h->fail_at)
            db_fail_at(b.bank.db, 0, 0);
        if (rng_below(&dice, 6) == 0 &&
            !ledger_fill(b.bank.db, 1 + (int)rng_below(&dice, 3000), &filled, &left))
            atomic_fetch_add(&all->fills, filled > 0);
        if (h->fail_at || h->file_max) /* the client asks again, now or after the next start */
            good = ask_again(&b, &dice) || !h->file_max;
    }
    bench_books_close(&b, false);
    _exit(0);
}

static pid_t start(uint64_t seed, const struct how *h)
{
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0)
        child(seed, h);
    return pid;
}

/* ---- what must be true ---- */

struct model {
    int64_t debits[ACCOUNTS], credits[ACCOUNTS], done, held;
};

static void model_of(struct model *m)
{
    memset(m, 0, sizeof *m);
    for (int64_t i = 0; i < atomic_load(&all->n); i++) {
        const struct given *g = &all->at[i], *moved = g;
        if (g->state != DONE)
            continue;
        m->done++;
        if (g->kind == LEDGER_HOLD) {
            m->held++;
            continue;
        }
        if (g->kind == LEDGER_CAPTURE)
            moved = &all->at[g->of];
        m->debits[moved->debit] += moved->minor;
        m->credits[moved->credit] += moved->minor;
    }
}

static void read_accounts(struct db_tx *tx)
{
    struct db_rows r;
    int n = 0;
    CHECK(!db_query(tx, &r, "SELECT id FROM ledger_account WHERE subject='2011' ORDER BY id",
                    DB_NO_ARGS));
    while (db_next(&r) == DB_ROW && n < ACCOUNTS)
        accounts[n++] = db_i64(&r, 0);
    db_done(&r);
    CHECK(n == ACCOUNTS);
}

/* Every order without an answer is asked once more by a child that is not killed; then the store
 * holds what was acknowledged and nothing else. */
static void compare(const char *when, bool fast)
{
    struct how whole = { .orders = 1 };
    struct model m;
    struct db *db;
    struct call c = { .arena = arena_new((size_t)ARENA * 4), .now_us = now_us() };
    int64_t booked = 0, lost = 0, open = 0, other = 0;
    int status = 0;
    pid_t pid = start(1, &whole);
    CHECK(waitpid(pid, &status, 0) == pid);
    slow_expect(status == 0, "%s: it starts and answers", when);
    CHECK(!db_open_shared(store, &db) && !db_read(db, &c.tx));
    model_of(&m);
    for (int64_t i = 0; i < atomic_load(&all->n); i++) {
        struct ledger_transfer t;
        const struct given *g = &all->at[i];
        open += g->state == SENT;
        if (i % 7 && i + 5000 < atomic_load(&all->n))
            continue; /* a seventh of the old ones, all of the new */
        int rc = ledger_transfer_get(&c, id_of(i), &t);
        lost += g->state == DONE && (rc || t.number != g->number);
        other += g->state == REFUSED && rc != LEDGER_NO_TRANSFER;
        if (i % 1000 == 0)
            arena_clear(c.arena);
    }
    CHECK(!db_one_i64(c.tx,
                      fast ? "SELECT CAST(SUM(n) AS BIGINT) FROM ledger_chunk"
                           : "SELECT COUNT(*) FROM ledger_transfer",
                      DB_NO_ARGS, 0, &booked));
    int64_t wrong = 0, sum = 0;
    for (int i = 0; i < ACCOUNTS; i++) {
        struct ledger_account a;
        CHECK(!ledger_account_get(&c, (account_id){ accounts[i] }, &a));
        sum += ledger_balance(&a);
        /* each got the same amount at the beginning, by one transfer */
        wrong += a.totals.debits != m.debits[i] ||
                 a.totals.credits != m.credits[i] + INT64_C(1000000000);
    }
    slow_expect(!open, "%s: every order has an answer", when);
    slow_expect(!lost && !other, "%s: what was acknowledged is there, what was refused is not",
                when);
    slow_expect(booked == m.done + ACCOUNTS, "%s: %" PRId64 " booked, %" PRId64 " acknowledged",
                when, booked - ACCOUNTS, m.done);
    slow_expect(!wrong && sum == ACCOUNTS * INT64_C(1000000000),
                "%s: every account is as its acknowledged orders make it, the sum constant", when);
    db_read_done(&c.tx);
    db_close(db);
    arena_free(c.arena);
}

/* ---- the campaigns ---- */

static void make_books(const char *name, enum ledger_layout layout)
{
    struct db *db;
    struct db_tx *tx;
    char error[300] = "";
    snprintf(store, sizeof store, "%s/%s.db", slow_dir(), name);
    snprintf(url, sizeof url, "%s", store);
    memset(all, 0, offsetof(struct shared, at));
    memset(all->at, 0, sizeof all->at[0]);
    int rc = bench_books_make(store, layout, ACCOUNTS, error, sizeof error);
    if (rc)
        fprintf(stderr, "%s\n", error);
    CHECK(!rc && !db_open_shared(store, &db) && !db_read(db, &tx));
    read_accounts(tx);
    db_read_done(&tx);
    db_close(db);
    atomic_store(&all->n, 1); /* 0 is none */
    all->at[0].state = REFUSED;
}

/* One in eight dies while it opens; the others somewhere in one of their next commits, however
 * fast the machine is. */
static void wait_a_moment(struct rng *dice)
{
    int64_t started = atomic_load(&all->started), commits = atomic_load(&all->commits);
    double until = slow_seconds() + 20;
    int64_t more = 1 + rng_below(dice, 10);
    if (rng_below(dice, 8) == 0) {
        slow_sleep_ms(rng_below(dice, 30));
        return;
    }
    while (slow_seconds() < until &&
           (atomic_load(&all->started) == started || atomic_load(&all->commits) < commits + more)) {
        struct timespec t = { .tv_nsec = 50000 };
        nanosleep(&t, NULL);
    }
    struct timespec t = { .tv_nsec = (long)rng_below(dice, 1500000) };
    nanosleep(&t, NULL);
}

static void kill_often(const char *name, enum ledger_layout layout, int64_t kills, uint64_t seed)
{
    struct rng dice;
    struct how h = { 0 };
    char when[100];
    rng_seed(&dice, seed);
    make_books(name, layout);
    double from = slow_seconds();
    for (int64_t k = 0; k < kills; k++) {
        int status = 0;
        pid_t pid = start(seed + (uint64_t)k, &h);
        wait_a_moment(&dice);
        kill(pid, SIGKILL);
        CHECK(waitpid(pid, &status, 0) == pid);
        if (!WIFSIGNALED(status))
            slow_expect(false, "%s: it ended by itself: %d", name, status);
        if ((k + 1) % 100 == 0 || k + 1 == kills) {
            snprintf(when, sizeof when, "%s, %" PRId64 " kills", name, k + 1);
            compare(when, layout == LEDGER_FAST);
            slow_prove(store);
        }
    }
    printf("%s: %" PRId64 " kills, %" PRId64 " lives that booked, %" PRId64 " orders, %" PRId64
           " commits, %" PRId64 " asked again, %" PRId64 " parts of history, %.0f s\n",
           name, kills, atomic_load(&all->started), atomic_load(&all->n),
           atomic_load(&all->commits), atomic_load(&all->asked_again), atomic_load(&all->fills),
           slow_seconds() - from);
}

/* The N-th database call fails, for random N, as a broken disk's would. */
static void calls_fail(const char *name, enum ledger_layout layout, int rounds, uint64_t seed)
{
    static const int kinds[] = { RC_IO, RC_FULL, RC_BUSY };
    make_books(name, layout);
    for (int i = 0; i < rounds; i++) {
        struct how h = { .fail_at = 40, .fail_rc = kinds[i % 3], .orders = 3000 };
        int status = 0;
        pid_t pid = start(seed + (uint64_t)i, &h);
        CHECK(waitpid(pid, &status, 0) == pid);
        slow_expect(status == 0, "%s: it goes on after faults", name);
    }
    compare(name, layout == LEDGER_FAST);
    slow_prove(store);
    slow_expect(atomic_load(&all->faults) > 10, "%s: there were faults", name);
    printf("%s: %" PRId64 " faults, %" PRId64 " orders\n", name, atomic_load(&all->faults),
           atomic_load(&all->n));
}

/* The disk is full: files may not grow past a little more than they are. Then there is room. */
static void disk_fills(const char *name, enum ledger_layout layout, int rounds, uint64_t seed)
{
    struct rng dice;
    rng_seed(&dice, seed);
    make_books(name, layout);
    for (int i = 0; i < rounds; i++) {
        struct how h = { .orders = 20000 };
        int status = 0;
        h.file_max = 300000 + rng_below(&dice, 3000000);
        pid_t pid = start(seed + (uint64_t)i, &h);
        CHECK(waitpid(pid, &status, 0) == pid);
        slow_expect(status == 0, "%s: a full disk is no crash (%d)", name, status);
        if (i % 5 == 4)
            compare(name, layout == LEDGER_FAST);
    }
    compare(name, layout == LEDGER_FAST);
    slow_prove(store);
    printf("%s: %" PRId64 " faults, %" PRId64 " orders\n", name, atomic_load(&all->faults),
           atomic_load(&all->n));
}

int main(int argc, char **argv)
{
    const char *scale_text = getenv("LEDGER_SCALE");
    int scale = scale_text ? atoi(scale_text) : 1;
    int64_t kills = argc > 1 ? strtoll(argv[1], NULL, 10) : 500 * scale;
    uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 20261126;
    all = mmap(NULL, sizeof *all, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(all != MAP_FAILED);
    kill_often("fast", LEDGER_FAST, kills * 4 / 5, seed);
    kill_often("plain", LEDGER_PLAIN, kills / 5, seed + 1);
    calls_fail("fast, calls that fail", LEDGER_FAST, 6 * scale, seed + 2);
    calls_fail("plain, calls that fail", LEDGER_PLAIN, 3 * scale, seed + 3);
    disk_fills("fast, a full disk", LEDGER_FAST, 10 * scale, seed + 4);
    disk_fills("plain, a full disk", LEDGER_PLAIN, 5 * scale, seed + 5);
    return slow_finish();
}
