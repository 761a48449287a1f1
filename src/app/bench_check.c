/* bench_check.c -- `piaohao bench check`: how long each proof takes on books of a known size. */
#include "app/bench_books.h"
#include "app/cli.h"
#include "app/cli_check.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { GROUP = 2000 };

static int book(const char *path, int64_t transfers, char *error, size_t size)
{
    struct bench_books b;
    int64_t done = 0;
    int rc = bench_books_open(path, &b, error, size);
    if (rc)
        return rc;
    bench_books_draw(&b, 0.99);
    while (!rc && done < transfers) {
        rc = bench_books_group(&b, GROUP, BENCH_MIXED, &done);
        cli_progress("transfers", done, transfers);
    }
    if (rc)
        snprintf(error, size, "transfers: %s", db_error(b.bank.db));
    cli_progress_end();
    bench_books_close(&b, true);
    return rc;
}

static int prove(struct cli *c, const char *path)
{
    struct check_proof p[CHECK_PROOFS];
    char error[300] = "";
    struct bank b;
    if (app_bank_open_shared(path, &b, error, sizeof error))
        return cli_fail(CLI_FAULT, "%s", error);
    int status = cli_rc(check_run(&b, p), "proofs", db_error(b.db));
    app_bank_close(&b);
    if (!status)
        check_print(p, app_bank_url_path(path), c->json);
    return status ? status : check_good(p) ? CLI_DONE : CLI_FINDING;
}

static void remove_files(const char *folder)
{
    static const char *const ends[] = {
        "", "-wal", "-shm", ".lock", "-history", "-history-wal", "-history-shm", "-history.lock"
    };
    char path[200];
    for (size_t i = 0; i < COUNT(ends); i++) {
        snprintf(path, sizeof path, "%s/books.db%s", folder, ends[i]);
        (void)unlink(path);
    }
    (void)rmdir(folder);
}

int bench_check(struct cli *c)
{
    const char *text = cli_flag(c, "layout");
    char folder[] = "/var/tmp/piaohao-bench-XXXXXX", path[1100], error[300] = "";
    int64_t transfers = 500000, accounts = 20000;
    enum ledger_layout layout = text && !strcmp(text, "plain") ? LEDGER_PLAIN : LEDGER_FAST;
    if (!cli_number(c, "transfers", 1, 100000000, &transfers) ||
        !cli_number(c, "accounts", 10, 2000000, &accounts))
        return CLI_USAGE;
    if (text && layout == LEDGER_FAST && strcmp(text, "fast"))
        return cli_fail(CLI_USAGE, "--layout: fast or plain");
    bool server = db_url_is_server(c->config.db);
    if (!server && !mkdtemp(folder))
        return cli_fail(CLI_FAULT, "bench: no folder in /var/tmp");
    if (server)
        snprintf(path, sizeof path, "%s", c->config.db);
    else
        snprintf(path, sizeof path, "%s/books.db", folder);
    int rc = bench_books_make(path, layout, accounts, error, sizeof error);
    if (!rc)
        rc = book(path, transfers, error, sizeof error);
    int status = rc ? cli_rc(rc, "bench", error) : prove(c, path);
    if (!server)
        remove_files(folder);
    return status;
}
