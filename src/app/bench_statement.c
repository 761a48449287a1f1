/* bench_statement.c -- `piaohao bench statement`: processor time of the whole command, its start
 * included, that makes a long statement. The books are made first: one account with many lines over
 * seven years from today on, among others that book three times as much. */
#include "app/bench_books.h"
#include "app/cli.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ACCOUNTS = 200, DAYS = 2557, RUNS = 5, OTHERS = 3 };
extern char **environ;

struct making {
    struct bench_books b;
    date first;
    int64_t lines, all; /* of the account: so far, in the end */
};

/* ---- the books ---- */

static void draw(struct making *m, struct call *c, struct ledger_order *o, bool own)
{
    static const char *const memos[] = { "",     "工资", "房租 2026-11", "card 1807, groceries",
                                         "转账", "" };
    struct bench_books *b = &m->b;
    uint32_t n = (uint32_t)b->n_accounts, from = own ? 0 : 1 + rng_below(&b->rng, n - 1),
             to = 1 + rng_below(&b->rng, n - 1);
    if (to == from)
        to = from == 1 ? 2 : 1;
    bool in = rng_below(&b->rng, 2);
    *o = (struct ledger_order){ .id = ledger_id_make(c),
                                .kind = LEDGER_POST,
                                .debit = b->accounts[in ? to : from],
                                .credit = b->accounts[in ? from : to],
                                .amount = { 1 + (int64_t)rng_below(&b->rng, 50000), CNY },
                                .code = (int32_t)rng_below(&b->rng, 3) * 100,
                                .memo = memos[rng_below(&b->rng, COUNT(memos))] };
}

static int book_day(struct making *m, int day)
{
    struct bench_books *b = &m->b;
    struct call c = { .rng = &b->rng, .ids = &b->bank.ids, .arena = b->arena };
    date d = { m->first.days + day };
    int64_t own = m->all * (day + 1) / DAYS - m->lines;
    int n = 0;
    c.now_us = date_instant(d, 9 * 3600);
    for (int64_t i = 0; i < own && n + 1 + OTHERS <= BENCH_GROUP_MAX; i++)
        for (int k = 0; k <= OTHERS; k++)
            draw(m, &c, &b->orders[n++], k == 0);
    int rc = db_begin(b->bank.db, &c.tx);
    if (!rc)
        rc = ledger_day_set(&c, d);
    if (!rc && n)
        rc = ledger_post_many(&c, b->orders, (size_t)n, b->results);
    if (!rc)
        rc = db_commit(&c.tx);
    db_rollback(&c.tx);
    for (int i = 0; !rc && i < n; i++)
        rc = b->results[i].rc; /* they have money enough */
    m->lines += own;
    arena_clear(b->arena);
    return rc;
}

static int make(const char *path, enum ledger_layout layout, struct making *m, char *error,
                size_t size)
{
    int rc = bench_books_make(path, layout, ACCOUNTS, error, size);
    if (!rc)
        rc = bench_books_open(path, &m->b, error, size);
    if (rc) {
        memset(&m->b, 0, sizeof m->b);
        return rc;
    }
    m->first.days = date_of_instant(m->b.now_us).days + 1;
    for (int day = 0; !rc && day < DAYS; day++) {
        rc = book_day(m, day);
        cli_progress("days", day, DAYS);
    }
    cli_progress_end();
    if (rc)
        snprintf(error, size, "booking: %d %s", rc, db_error(m->b.bank.db));
    return rc;
}

/* ---- the command ---- */

struct took {
    double cpu_ms, wall_ms;
    int64_t bytes;
};

static int run_once(const char *const *argv, const char *out, struct took *took)
{
    struct timespec from, to;
    struct rusage used;
    struct stat file;
    int status = 0;
    fflush(NULL);
    clock_gettime(CLOCK_MONOTONIC, &from);
    pid_t pid = fork();
    if (pid == 0) {
        execve("/proc/self/exe", (char *const *)argv, environ);
        _exit(127);
    }
    if (pid < 0 || wait4(pid, &status, 0, &used) != pid || !WIFEXITED(status))
        return CLI_FAULT;
    clock_gettime(CLOCK_MONOTONIC, &to);
    took->cpu_ms = (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e3 +
                   (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e3;
    took->wall_ms =
        (double)(to.tv_sec - from.tv_sec) * 1e3 + (double)(to.tv_nsec - from.tv_nsec) / 1e6;
    took->bytes = stat(out, &file) ? 0 : file.st_size;
    return WEXITSTATUS(status);
}

static int by_cpu(const void *a, const void *b)
{
    double x = ((const struct took *)a)->cpu_ms, y = ((const struct took *)b)->cpu_ms;
    return (x > y) - (x < y);
}

static void say(struct cli *c, struct jsonw *w, const char *layout, const char *format,
                const struct took *took)
{
    if (!c->json) {
        printf("  %-6s %-8s %7.0f %8.0f %8.0f %10.1f\n", layout, format, took[0].cpu_ms,
               took[RUNS / 2].cpu_ms, took[RUNS / 2].wall_ms, (double)took[0].bytes / 1e6);
        return;
    }
    jw_object(w, NULL);
    jw_text(w, "layout", layout);
    jw_text(w, "format", format);
    jw_f64(w, "cpu_ms_least", took[0].cpu_ms, 1);
    jw_f64(w, "cpu_ms_median", took[RUNS / 2].cpu_ms, 1);
    jw_f64(w, "wall_ms_median", took[RUNS / 2].wall_ms, 1);
    jw_i64(w, "bytes", took[0].bytes);
    jw_end(w);
}

static int measure(struct cli *c, struct jsonw *w, const struct making *m, const char *folder,
                   const char *path, const char *layout)
{
    static const char *const formats[] = { "json", "csv", "camt053", "text", "pdf" };
    char out[200], account[24], from[DATE_TEXT], to[DATE_TEXT];
    int status = CLI_DONE;
    snprintf(out, sizeof out, "%s/out", folder);
    snprintf(account, sizeof account, "%" PRId64, m->b.accounts[0].n);
    date_print(m->first, from);
    date_print((date){ m->first.days + DAYS }, to);
    for (size_t i = 0; !status && i < COUNT(formats); i++) {
        struct took took[RUNS];
        const char *const argv[] = { "piaohao",  "statement", "--db",  path,   "--account",
                                     account,    "--from",    from,    "--to", to,
                                     "--format", formats[i],  "--out", out,    NULL };
        for (int k = 0; !status && k < RUNS; k++)
            status = run_once(argv, out, &took[k]);
        qsort(took, RUNS, sizeof *took, by_cpu);
        if (!status)
            say(c, w, layout, formats[i], took);
    }
    (void)unlink(out);
    return status;
}

static int one_layout(struct cli *c, struct jsonw *w, const char *folder, const char *path,
                      enum ledger_layout layout, int64_t lines)
{
    struct making *m = calloc(1, sizeof *m);
    char error[300] = "";
    CHECK(m);
    m->all = lines;
    int rc = make(path, layout, m, error, sizeof error);
    bench_books_unlock(&m->b);
    int status = rc ? cli_rc(rc, "bench", error)
                    : measure(c, w, m, folder, path, layout == LEDGER_FAST ? "fast" : "plain");
    arena_free(m->b.arena);
    arena_free(m->b.keep);
    free(m);
    return status;
}

static int both(struct cli *c, struct jsonw *w, const char *folder, int64_t lines)
{
    const char *asked = cli_flag(c, "layout");
    bool server = db_url_is_server(c->config.db), chosen = false;
    int status = CLI_DONE;
    for (int layout = LEDGER_FAST; !status && layout >= LEDGER_PLAIN; layout--) {
        char path[1100];
        const char *name = layout == LEDGER_FAST ? "fast" : "plain";
        if ((asked && strcmp(asked, name)) || (server && chosen))
            continue;
        chosen = true;
        snprintf(path, sizeof path, "%s/%s.db", folder, name);
        status = one_layout(c, w, folder, server ? c->config.db : path, layout, lines);
    }
    return chosen ? status : cli_fail(CLI_USAGE, "--layout: fast or plain");
}

static void remove_files(const char *folder)
{
    static const char *const ends[] = {
        "", "-wal", "-shm", ".lock", "-history", "-history-wal", "-history-shm", "-history.lock"
    };
    for (size_t i = 0; i < 2 * COUNT(ends); i++) {
        char path[200];
        snprintf(path, sizeof path, "%s/%s.db%s", folder, i % 2 ? "fast" : "plain", ends[i / 2]);
        (void)unlink(path);
    }
    (void)rmdir(folder);
}

int bench_statement(struct cli *c)
{
    char folder[] = "/var/tmp/piaohao-bench-XXXXXX";
    int64_t lines = 20000;
    struct jsonw w;
    struct buf out;
    if (!cli_number(c, "lines", 1, 200000, &lines))
        return CLI_USAGE;
    if (!mkdtemp(folder))
        return cli_fail(CLI_FAULT, "bench: no folder in /var/tmp: %s", strerror(errno));
    buf_init(&out, 1 << 16);
    jw_init(&w, &out);
    jw_object(&w, NULL);
    jw_i64(&w, "lines", lines);
    jw_array(&w, "statements");
    if (!c->json)
        printf("%" PRId64 " lines over seven years; processor time of the whole command\n"
               "  books  format   least ms   median     wall        MB\n",
               lines);
    int status = both(c, &w, folder, lines);
    jw_end(&w);
    jw_end(&w);
    if (c->json && !status)
        printf("%s\n", out.at);
    buf_release(&out);
    remove_files(folder);
    return status;
}
