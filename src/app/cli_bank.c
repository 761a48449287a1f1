/* cli_bank.c -- Making stores: init, demo. */
#include "app/bank.h"
#include "app/cli.h"
#include "app/clock.h"
#include "app/demo.h"
#include "app/demo_books.h"
#include "base/secret.h"
#include "branch/branch.h"
#include "who/who.h"
#include <stdio.h>
#include <string.h>

static int64_t machine_now_us(void)
{
    struct clock *c = clock_real();
    int64_t now = clock_now_us(c);
    clock_free(c);
    return now;
}

static int run_init(struct cli *c)
{
    char error[600], token[TOKEN_TEXT] = "";
    struct bank b;
    int64_t now = machine_now_us();
    if (secret_init())
        return cli_fail(CLI_FAULT, "no randomness");
    if (app_bank_open(c->config.db, true, now, &b, error, sizeof error))
        return cli_fail(CLI_FAULT, "%s", error);
    int rc = app_bank_write(&b, now, app_bank_setup, token);
    if (rc == WHO_SETUP_DONE)
        rc = 0;
    if (!rc && c->json)
        printf("{\"store\":\"%s\",\"setup_needed\":%s}\n", app_bank_url_path(c->config.db),
               *token ? "true" : "false");
    else if (!rc)
        printf("%s: %s\n", app_bank_url_path(c->config.db),
               *token ? "ready; piaohao serve prints the set-up link"
                      : "ready; it has staff already");
    app_bank_close(&b);
    secret_wipe(token, sizeof token);
    return cli_rc(rc, "init", NULL);
}

static void progress(int64_t done, int64_t all)
{
    cli_progress("days", done, all);
}

static void books_progress(int64_t done, int64_t all)
{
    cli_progress("books", done, all);
}

static int run_demo(struct cli *c)
{
    char error[600];
    struct bank b;
    int64_t days = 56, seed = 1, now = machine_now_us();
    struct demo_numbers numbers = { 0 };
    if (!cli_number(c, "days", 0, 366, &days) || !cli_number(c, "seed", 0, INT64_MAX, &seed))
        return CLI_USAGE;
    date today = date_of_instant(now);
    struct demo_settings s = { .seed = (uint64_t)seed,
                               .first = { today.days - (int32_t)days },
                               .days = (int)days };
    if (secret_init())
        return cli_fail(CLI_FAULT, "no randomness");
    if (app_bank_open(c->config.db, true, now, &b, error, sizeof error))
        return cli_fail(CLI_FAULT, "%s", error);
    int rc = demo_make(&b, &s);
    if (!rc)
        rc = demo_books_open(&b, s.first, s.seed, books_progress, &s.books);
    if (!rc)
        rc = demo_history(&b, &s, progress, &numbers);
    if (!rc)
        rc = demo_cash_make(&b, (date){ s.first.days + s.days });
    if (!rc)
        rc = demo_rosters(&b, (date){ s.first.days + s.days });
    cli_progress_end();
    int status = rc == BRANCH_CODE_TAKEN || rc == WHO_SETUP_DONE
                     ? cli_fail(CLI_FINDING, "%s is not empty: the demo bank needs a new store",
                                app_bank_url_path(c->config.db))
                     : cli_rc(rc, "demo", db_error(b.db));
    app_bank_close(&b);
    struct demo_books_numbers books = { 0 };
    if (s.books)
        demo_books_numbers(s.books, &books);
    demo_books_free(s.books);
    if (!status && c->json)
        printf("{\"store\":\"%s\",\"days\":%lld,\"tickets\":%lld,\"steps\":%lld,"
               "\"customers\":%lld,\"accounts\":%lld,\"movements\":%lld}\n",
               app_bank_url_path(c->config.db), (long long)numbers.days, (long long)numbers.tickets,
               (long long)numbers.steps, (long long)books.customers, (long long)books.accounts,
               (long long)books.movements);
    else if (!status)
        printf("%s: the demo bank, %lld days, %lld tickets; sign-ins: teller, floor, head, office,"
               " auditor, admin; password: demo\n",
               app_bank_url_path(c->config.db), (long long)numbers.days,
               (long long)numbers.tickets);
    return status;
}

static const struct cli_flag demo_flags[] = {
    { "days", "N", "days of history before today (56)" },
    { "seed", "N", "another number, another history (1)" },
};
const struct cli_verb cli_bank_verbs[] = {
    { "init", NULL, "make an empty store", NULL, 0, 0, 0, NULL, run_init },
    { "demo", NULL, "make the demo bank, with staff, devices and weeks of history", demo_flags,
      COUNT(demo_flags), 0, 0, NULL, run_demo },
};
const size_t cli_bank_verbs_count = COUNT(cli_bank_verbs);
