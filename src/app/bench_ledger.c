/* bench_ledger.c -- `piaohao bench ledger`: transfers a second, durable, with all that a ledger
 * owes: ids that are done once, funds and states checked, holds, totals, one event a call with the
 * digest of what it booked, and every account's history. What the disk itself can do stands beside
 * it. */
#include "app/bench_books.h"
#include "app/cli.h"
#include "http/http_client.h"
#include "store/store_bench.h"
#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { GROUPS_MAX = 8, LATENCIES = 1 << 20, SHORT_S = 15 /* the runs that are not of groups */ };
#define HOT (-1.0) /* a skew: everything to one account */

struct bench {
    char folder[64], path[CONFIG_TEXT_MAX];
    int64_t seconds, accounts,
        transfers; /* transfers: booked first, that the books are not young */
    int groups[GROUPS_MAX], n_groups;
    double skew;
    enum ledger_layout layout;
    const char *only; /* a part alone: groups, start or http; NULL: all */
    int32_t *took_us; /* of a group */
    int64_t from_us;
    struct jsonw *w;
    char error[300];
};

static bool wanted(const struct bench *b, const char *part)
{
    return !b->only || !strcmp(b->only, part);
}

static int64_t cpu_us(int who)
{
    struct rusage u;
    getrusage(who, &u);
    return (int64_t)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000000 + u.ru_utime.tv_usec +
           u.ru_stime.tv_usec;
}

static int64_t memory_most(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return u.ru_maxrss * 1024;
}

static int by_value(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

/* Where it is: a long run says something now and then. */
__attribute__((format(printf, 2, 3))) static void say(const struct bench *b, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    fprintf(stderr, "bench ledger %4.0f s: ", (double)(http_load_now_us() - b->from_us) / 1e6);
    vfprintf(stderr, fmt, args);
    fputc('\n', stderr);
    va_end(args);
}

static int64_t file_bytes(const char *path, const char *end)
{
    char name[CONFIG_TEXT_MAX + 20];
    struct stat st;
    snprintf(name, sizeof name, "%s%s", path, end);
    return stat(name, &st) ? 0 : (int64_t)st.st_size;
}

/* ---- one run ---- */

struct ran {
    int64_t booked, us, cpu_us, writer_us;
    int64_t behind; /* sum over the groups */
    size_t n;       /* groups */
};

static void history_json(struct bench *b, struct bench_books *books, const struct ran *r)
{
    struct ledger_filler_numbers before, after;
    struct jsonw *w = b->w;
    ledger_filler_numbers(books->filler, &before);
    int64_t from = http_load_now_us();
    do {
        struct timespec t = { .tv_nsec = 20000000 };
        nanosleep(&t, NULL);
        ledger_filler_numbers(books->filler, &after);
    } while (after.waiting > 0 && !after.fault);
    int64_t drain_us = http_load_now_us() - from;
    jw_object(w, "history");
    jw_i64(w, "behind_mean", r->behind / (int64_t)r->n);
    jw_i64(w, "behind_most", after.waiting_max);
    jw_i64(w, "behind_at_the_end", before.waiting);
    jw_f64(w, "seconds_to_catch_up", (double)drain_us / 1e6, 2);
    jw_f64(w, "per_second_with_it", (double)r->booked * 1e6 / (double)(r->us + drain_us), 0);
    jw_f64(w, "cpu_us_each", (double)after.cpu_us / (double)(after.filled ? after.filled : 1), 2);
    jw_i64(w, "parts", after.parts);
    jw_i64(w, "writer_waited", after.writer_waits);
    jw_end(w);
    say(b, "history caught up after %.1f s", (double)drain_us / 1e6);
}

static void run_json(struct bench *b, struct bench_books *books, const struct ran *r)
{
    struct jsonw *w = b->w;
    size_t n = r->n < LATENCIES ? r->n : LATENCIES, p50 = n / 2, p99 = n * 99 / 100;
    qsort(b->took_us, n, sizeof *b->took_us, by_value);
    jw_i64(w, "booked", r->booked);
    jw_f64(w, "seconds", (double)r->us / 1e6, 2);
    jw_f64(w, "per_second", (double)r->booked * 1e6 / (double)r->us, 0);
    jw_f64(w, "cpu_us_each", (double)r->cpu_us / (double)r->booked, 2);
    jw_f64(w, "writer_cpu_us_each", (double)r->writer_us / (double)r->booked, 2);
    jw_f64(w, "group_p50_ms", (double)b->took_us[p50] / 1000, 2);
    jw_f64(w, "group_p99_ms", (double)b->took_us[p99] / 1000, 2);
    jw_f64(w, "group_max_ms", (double)b->took_us[n - 1] / 1000, 2);
    if (b->layout != LEDGER_PLAIN)
        history_json(b, books, r);
}

static int book_for(struct bench *b, struct bench_books *books, int group, enum bench_mix mix,
                    int64_t seconds, struct ran *r)
{
    struct ledger_filler_numbers now;
    int64_t from = http_load_now_us(), last = from, until = from + seconds * 1000000;
    int64_t cpu = cpu_us(RUSAGE_SELF), writer = cpu_us(RUSAGE_THREAD);
    int rc = 0;
    while (!rc && last < until) {
        rc = bench_books_group(books, group, mix, &r->booked);
        int64_t at = http_load_now_us();
        ledger_filler_numbers(books->filler, &now);
        r->behind += now.waiting;
        b->took_us[r->n++ % LATENCIES] = (int32_t)(at - last);
        last = at;
    }
    r->us = last - from;
    r->cpu_us = cpu_us(RUSAGE_SELF) - cpu;
    r->writer_us = cpu_us(RUSAGE_THREAD) - writer;
    return rc;
}

static int run(struct bench *b, int group, double skew, enum bench_mix mix, const char *name)
{
    struct bench_books books;
    struct ran r = { .n = 0 };
    int64_t seconds = mix == BENCH_POSTS || b->seconds < SHORT_S ? b->seconds : SHORT_S, warm = 0;
    say(b, "%s, groups of %d, for %" PRId64 " s", name, group, seconds);
    int rc = bench_books_open(b->path, &books, b->error, sizeof b->error);
    if (rc)
        return rc;
    bench_books_draw(&books, skew < 0 ? 0 : skew);
    for (size_t i = 0; skew == HOT && i < books.n_pairs; i++) /* the newest: run_server() made it */
        books.pairs[i * 2 + 1] = (uint32_t)books.n_accounts - 1;
    for (int i = 0; !rc && i < 20; i++) /* accounts and pages are read, as after a minute of life */
        rc = bench_books_group(&books, 2048, BENCH_POSTS, &warm);
    if (!rc)
        rc = book_for(b, &books, group, mix, seconds, &r);
    if (!rc) {
        say(b, "%" PRId64 " booked, %.0f/s", r.booked, (double)r.booked * 1e6 / (double)r.us);
        jw_object(b->w, NULL);
        jw_text(b->w, "load", name);
        jw_i64(b->w, "group", group);
        run_json(b, &books, &r);
        jw_end(b->w);
    } else {
        snprintf(b->error, sizeof b->error, "%s: %d %s", name, rc, db_error(books.bank.db));
    }
    bench_books_close(&books, false);
    return rc;
}

/* ---- killed, and started again ---- */

static void hammer_until_killed(struct bench *b)
{
    struct bench_books books;
    int64_t booked = 0;
    if (bench_books_open(b->path, &books, b->error, sizeof b->error))
        _exit(3);
    bench_books_draw(&books, 0);
    while (!bench_books_group(&books, 256, BENCH_POSTS, &booked))
        ;
    _exit(3);
}

static int kill_and_start(struct bench *b)
{
    struct bench_books books;
    struct ledger_filler_numbers numbers;
    int64_t booked = 0;
    int status = 0;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0)
        hammer_until_killed(b);
    sleep((unsigned)(b->seconds < 5 ? b->seconds : 5) + 1);
    kill(child, SIGKILL);
    if (child < 0 || waitpid(child, &status, 0) != child || !WIFSIGNALED(status))
        return RC_IO;
    int64_t from = http_load_now_us();
    int rc = bench_books_open(b->path, &books, b->error, sizeof b->error);
    if (rc)
        return rc;
    int64_t opened = http_load_now_us() - from;
    ledger_filler_numbers(books.filler, &numbers);
    bench_books_draw(&books, 0);
    from = http_load_now_us();
    rc = bench_books_group(&books, 1, BENCH_POSTS, &booked);
    int64_t first = http_load_now_us() - from;
    bench_books_close(&books, true);
    jw_object(b->w, "start_after_kill_9");
    jw_i64(b->w, "behind_when_killed", numbers.waiting);
    jw_f64(b->w, "seconds_to_open", (double)opened / 1e6, 3);
    jw_f64(b->w, "seconds_to_first_transfer", (double)(opened + first) / 1e6, 3);
    jw_end(b->w);
    return rc;
}

/* ---- all together ---- */

static void remove_files(struct bench *b)
{
    static const char *const ends[] = {
        "", "-wal", "-shm", ".lock", "-history", "-history-wal", "-history-shm", "-history.lock"
    };
    char name[CONFIG_TEXT_MAX + 20];
    for (size_t i = 0; i < COUNT(ends); i++) {
        snprintf(name, sizeof name, "%s%s", b->path, ends[i]);
        unlink(name);
    }
    rmdir(b->folder);
}

static int book_first(struct bench *b)
{
    struct bench_books books;
    int64_t booked = 0;
    if (!b->transfers)
        return 0;
    say(b, "%" PRId64 " transfers are booked first", b->transfers);
    int rc = bench_books_open(b->path, &books, b->error, sizeof b->error);
    if (rc)
        return rc;
    bench_books_draw(&books, 0);
    while (!rc && booked < b->transfers)
        rc = bench_books_group(&books, 2048, BENCH_POSTS, &booked);
    bench_books_close(&books, true);
    return rc;
}

static int run_all(struct bench *b)
{
    struct jsonw *w = b->w;
    jw_object(w, "machine");
    int rc = store_bench_disk(b->folder, b->groups, b->n_groups, w);
    jw_end(w);
    jw_i64(w, "accounts", b->accounts);
    jw_text(w, "layout", b->layout == LEDGER_FAST ? "fast" : "plain");
    jw_text(w, "included",
            "fsync a group (synchronous=FULL); client ids, each done once; funds, limits, holds, "
            "states and currency checked; totals; an event a group, hash-chained, with the digest "
            "of its transfers; every account's lines with running totals, in the history file");
    say(b, "%" PRId64 " accounts are opened", b->accounts);
    if (!rc)
        rc = bench_books_make(b->path, b->layout, b->accounts, b->error, sizeof b->error);
    if (!rc)
        rc = book_first(b);
    jw_array(w, "runs");
    for (int i = 0; !rc && i < b->n_groups && wanted(b, "groups"); i++) {
        rc = run(b, b->groups[i], 0, BENCH_POSTS, "uniform");
        if (!rc && b->skew > 0)
            rc = run(b, b->groups[i], b->skew, BENCH_POSTS, "skewed");
    }
    if (!rc && wanted(b, "groups"))
        rc = run(b, b->groups[b->n_groups - 1], 0, BENCH_MIXED, "holds_and_repeats");
    jw_end(w);
    if (!rc && wanted(b, "start")) {
        say(b, "kill -9, and a start");
        rc = kill_and_start(b);
    }
    if (!rc && wanted(b, "http")) {
        say(b, "over HTTP");
        rc = bench_ledger_http(b->path, b->seconds < SHORT_S ? b->seconds : SHORT_S, w, b->error,
                               sizeof b->error);
    }
    jw_object(w, "size");
    jw_i64(w, "database_bytes", file_bytes(b->path, ""));
    jw_i64(w, "history_bytes", file_bytes(b->path, "-history"));
    jw_i64(w, "memory_most_bytes", memory_most());
    jw_end(w);
    return rc;
}

/* ---- on a server ---- */

static int open_hot(struct call *c, void *ctx)
{
    struct ledger_account a = { .currency = CNY, .flags = LEDGER_HOT, .name = "hot" };
    UNUSED(ctx);
    snprintf(a.subject, sizeof a.subject, "2241");
    return ledger_account_open(c, &a, NULL, 0);
}

/* In an empty database, which keeps what was booked: groups over all accounts, over few of them,
 * and from all to one hot account (a merchant's, whose row nobody changes). */
static int run_server(struct bench *b)
{
    struct bank bank;
    jw_text(b->w, "store", app_bank_url_path(b->path));
    jw_i64(b->w, "accounts", b->accounts);
    jw_text(b->w, "layout", b->layout == LEDGER_FAST ? "fast" : "plain");
    int rc = bench_books_make(b->path, b->layout, b->accounts, b->error, sizeof b->error);
    jw_array(b->w, "runs");
    for (int i = 0; !rc && i < b->n_groups && wanted(b, "groups"); i++) {
        rc = run(b, b->groups[i], 0, BENCH_POSTS, "uniform");
        if (!rc && b->skew > 0)
            rc = run(b, b->groups[i], b->skew, BENCH_POSTS, "skewed");
    }
    if (!rc)
        rc = app_bank_open(b->path, false, 1, &bank, b->error, sizeof b->error);
    if (!rc) {
        rc = app_bank_write(&bank, 1, open_hot, NULL);
        app_bank_close(&bank);
    }
    for (int i = 0; !rc && i < b->n_groups && wanted(b, "groups"); i++)
        rc = run(b, b->groups[i], HOT, BENCH_POSTS, "one hot account");
    jw_end(b->w);
    return rc || !wanted(b, "http")
               ? rc
               : bench_ledger_http(b->path, b->seconds, b->w, b->error, sizeof b->error);
}

static bool read_groups(struct cli *c, struct bench *b)
{
    const char *text = cli_flag(c, "group");
    char *end;
    b->groups[0] = 256;
    b->groups[1] = 2048;
    b->n_groups = text ? 0 : 2;
    while (text && b->n_groups < GROUPS_MAX) {
        long n = strtol(text, &end, 10);
        if (end == text || n < 1 || n > BENCH_GROUP_MAX || (*end && *end != ','))
            return false;
        b->groups[b->n_groups++] = (int)n;
        if (!*end)
            break;
        text = end + 1;
    }
    return b->n_groups > 0;
}

int bench_ledger(struct cli *c)
{
    struct buf out;
    struct jsonw w;
    struct bench b = { .seconds = 10, .accounts = 100000, .layout = LEDGER_FAST, .w = &w };
    const char *skew = cli_flag(c, "skew"), *layout = cli_flag(c, "layout");
    b.only = cli_flag(c, "only");
    b.skew = skew ? strtod(skew, NULL) : 0.99;
    if (!cli_number(c, "seconds", 1, 3600, &b.seconds) ||
        !cli_number(c, "accounts", 10, 2000000, &b.accounts) ||
        !cli_number(c, "transfers", 0, 1000000000, &b.transfers))
        return CLI_USAGE;
    if (!read_groups(c, &b))
        return cli_fail(CLI_USAGE, "--group: numbers from 1 to %d", BENCH_GROUP_MAX);
    if (layout && !strcmp(layout, "plain"))
        b.layout = LEDGER_PLAIN;
    else if (layout && strcmp(layout, "fast"))
        return cli_fail(CLI_USAGE, "--layout: fast or plain");
    if (b.only && !wanted(&b, "groups") && !wanted(&b, "start") && !wanted(&b, "http"))
        return cli_fail(CLI_USAGE, "--only: groups, start or http");
    bool server = db_url_is_server(c->config.db);
    snprintf(b.folder, sizeof b.folder, "/var/tmp/piaohao-bench-XXXXXX");
    if (!server && !mkdtemp(b.folder))
        return cli_fail(CLI_FAULT, "bench: no folder in /var/tmp");
    if (server)
        snprintf(b.path, sizeof b.path, "%s", c->config.db);
    else
        snprintf(b.path, sizeof b.path, "%s/books.db", b.folder);
    struct arena *arena = arena_new((size_t)LATENCIES * sizeof(int32_t) + 4096);
    b.took_us = arena_alloc(arena, (size_t)LATENCIES * sizeof(int32_t));
    b.from_us = http_load_now_us();
    buf_init(&out, 1 << 20);
    jw_init(&w, &out);
    jw_object(&w, NULL);
    jw_text(&w, "version", PIAOHAO_VERSION);
    int rc = server ? run_server(&b) : run_all(&b);
    jw_end(&w);
    if (!server)
        remove_files(&b);
    cli_show(c, &out);
    buf_release(&out);
    arena_free(arena);
    return cli_rc(rc, "bench", b.error);
}
