/* cli_export.c -- ledger export: the books as text for hledger, beancount or a spreadsheet. */
#include "app/bank.h"
#include "app/cli.h"
#include "ledger/ledger_export.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { MEMORY = 64 << 20 };

static bool put(void *ctx, const char *bytes, size_t n)
{
    return fwrite(bytes, 1, n, ctx) == n;
}

static int export_to(struct cli *c, enum ledger_export_format format, FILE *f,
                     struct ledger_export_done *done)
{
    char error[600] = "";
    struct timespec t;
    struct bank b;
    clock_gettime(CLOCK_REALTIME, &t);
    if (app_bank_open_shared(c->config.db, &b, error, sizeof error))
        return cli_fail(CLI_FAULT, "%s", error);
    struct call k = { .now_us = (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000,
                      .arena = arena_new(MEMORY) };
    int rc = db_read(b.db, &k.tx);
    if (!rc)
        rc = ledger_export(&k, format, put, f, done);
    int status = cli_rc(rc, "ledger export", ferror(f) ? strerror(errno) : db_error(b.db));
    db_read_done(&k.tx);
    arena_free(k.arena);
    app_bank_close(&b);
    return status;
}

int cli_ledger_export(struct cli *c)
{
    static const char *const names[] = {
        [EXPORT_HLEDGER] = "hledger", [EXPORT_BEANCOUNT] = "beancount", [EXPORT_CSV] = "csv"
    };
    const char *name = cli_flag(c, "format"), *path = cli_flag(c, "out");
    struct ledger_export_done done = { 0 };
    size_t format = EXPORT_HLEDGER;
    while (name && format < COUNT(names) && strcmp(names[format], name))
        format++;
    if (!name || format == COUNT(names))
        return cli_fail(CLI_USAGE, "--format: hledger, beancount or csv");
    bool to_file = path && strcmp(path, "-");
    FILE *f = to_file ? cli_create(path, 0600) : stdout;
    if (!f)
        return cli_fail(CLI_FAULT, "%s: %s", path, strerror(errno));
    int status = export_to(c, (enum ledger_export_format)format, f, &done);
    if (to_file && fclose(f) && !status)
        status = cli_fail(CLI_FAULT, "%s: %s", path, strerror(errno));
    if (!status && to_file)
        printf(c->json ? "{\"accounts\":%" PRId64 ",\"transfers\":%" PRId64 ",\"legs\":%" PRId64
                         "}\n"
                       : "%" PRId64 " accounts, %" PRId64 " transfers, %" PRId64 " legs\n",
               done.accounts, done.transfers, done.legs);
    return status;
}
