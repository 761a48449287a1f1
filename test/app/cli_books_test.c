/* cli_books_test.c -- The chart of accounts and standing orders on the command line. */
#include "app/bank.h"
#include "app/cli.h"
#include "deposit/deposit.h"
#include "verbs.h"
#include "who/customer.h"
#include <string.h>

static char number[2][DEPOSIT_NUMBER_TEXT];
static struct verb_run ran;

/* Two demand accounts of somebody, in a new bank. */
static int fill(struct call *c, void *ctx)
{
    struct deposit_product p;
    struct customer one = { .kind = CUSTOMER_PERSON,
                            .paper = PAPER_PASSPORT,
                            .paper_number = "E1234567",
                            .name = "ZHANG SAN" };
    UNUSED(ctx);
    int rc = deposit_prepare(c);
    if (!rc)
        rc = customer_put(c, &one);
    if (!rc)
        rc = product_by_code(c, "demand", &p);
    for (int i = 0; !rc && i < 2; i++) {
        struct deposit_account a;
        const struct deposit_opening o = { .customer = one.id, .product = p.id };
        rc = deposit_open(c, &o, &a);
        if (!rc)
            snprintf(number[i], sizeof number[i], "%s", a.number);
    }
    return rc;
}

static int open_bank(void **state)
{
    char url[300], error[600] = "";
    const int64_t now_us = INT64_C(1795000000000000);
    struct bank b;
    UNUSED(state);
    snprintf(url, sizeof url, "sqlite:%s/books-cli.db", test_dir());
    if (app_bank_open(url, true, now_us, &b, error, sizeof error))
        fail_msg("%s", error);
    assert_int_equal(app_bank_write(&b, now_us, fill, NULL), 0);
    app_bank_close(&b);
    return 0;
}

/* %s of the line: the first account's number, then the second's. */
static const char *line(const char *format)
{
    static char text[400];
    size_t n = 0;
    for (int i = 0; *format; format++)
        n += (size_t)(*format == '$' ? snprintf(text + n, sizeof text - n, "%s", number[i++])
                                     : snprintf(text + n, sizeof text - n, "%c", *format));
    return text;
}

static void run(const char *format)
{
    verb_run(line(format), &ran);
    if (ran.status)
        fail_msg("%s: %s", line(format), ran.said);
}

static void the_chart_is_listed_and_grows(void **state)
{
    UNUSED(state);
    run("ledger subjects --db @/books-cli.db");
    assert_non_null(strstr(ran.out, "1001  asset"));
    run("ledger subject 229901 --class liability --name 待处理 --name-en Pending --db "
        "@/books-cli.db");
    assert_string_equal(ran.out, "229901 待处理 / Pending (liability): made\n");
    run("ledger subject 229901 --name 待查 --json --db @/books-cli.db"); /* the rest stays */
    assert_string_equal(ran.out, "{\"code\":\"229901\",\"class\":\"liability\",\"made\":false}\n");
    run("ledger subjects --json --db @/books-cli.db");
    assert_non_null(strstr(ran.out,
                           "{\"code\":\"229901\",\"class\":\"liability\",\"name\":\"待查\","
                           "\"name_en\":\"Pending\"}"));
    verb_says("ledger subject 2011 --class asset --db @/books-cli.db", CLI_FINDING,
              "LEDGER_SUBJECT_USED");
    verb_says("ledger subject 12 --class asset --db @/books-cli.db", CLI_FINDING,
              "LEDGER_BAD_SUBJECT");
    verb_says("ledger subject 123456789 --class asset --db @/books-cli.db", CLI_USAGE,
              "4 to 8 digits");
    verb_says("ledger subject 2299 --class money --db @/books-cli.db", CLI_USAGE, "liability");
    verb_says("ledger subject 2299 --db @/books-cli.db", CLI_USAGE, "--name-en");
}

static void a_standing_order_goes_to_another_bank_and_is_paused(void **state)
{
    char text[300];
    UNUSED(state);
    run("deposit order $ --bank 102491000019 --account 6222020000000000000 --payee-name 某公司 "
        "--amount 50.00 --cycle monthly --first 2036-12-05 --holiday next_work_day --memo 房租 "
        "--json --db @/books-cli.db");
    long long id = strtoll(strchr(ran.out, ':') + 1, NULL, 10);
    run("deposit order $ --to $ --amount 1.00 --cycle once --first 2036-12-05 --db @/books-cli.db");
    run("deposit orders $ --db @/books-cli.db");
    assert_non_null(strstr(ran.out, "102491000019  6222020000000000000  房租"));
    assert_non_null(strstr(ran.out, number[1]));
    snprintf(text, sizeof text, "deposit order $ --id %lld --state paused --db @/books-cli.db", id);
    run(text);
    run("deposit orders $ --db @/books-cli.db");
    assert_non_null(strstr(ran.out, "  paused"));
}

static void what_is_no_order_is_said(void **state)
{
    static const struct {
        const char *rest, *says;
        int status;
    } rows[] = {
        { "--to $ --amount 60000.00 --cycle once --first 2036-12-05", "APPROVE_TOO_HIGH",
          CLI_FINDING },
        { "--bank B --account 5/6 --amount 6.00 --cycle once --first 2036-12-05", "payee_account",
          CLI_FINDING },
        { "--to 123 --amount 6.00 --cycle once --first 2036-12-05", "DEPOSIT_BAD_NUMBER",
          CLI_FINDING },
        { "--to $ --amount 6.001 --cycle once --first 2036-12-05", "DEPOSIT_BAD_AMOUNT",
          CLI_FINDING },
        { "--to $ --amount 6.00 --cycle once --first 2036-13-05", "no such day", CLI_USAGE },
        { "--to $ --amount 6.00 --cycle hourly --first 2036-12-05", "monthly", CLI_USAGE },
        { "--to $ --amount 6.00 --cycle once --first 2036-12-05 --holiday never", "as_it_is",
          CLI_USAGE },
        { "--amount 6.00 --cycle once --first 2036-12-05", "who is paid", CLI_USAGE },
        { "--to $ --cycle once --first 2036-12-05", "--amount", CLI_USAGE },
        { "--id 5", "go together", CLI_USAGE },
        { "--id 5 --state asleep", "paused", CLI_USAGE },
        { "--id 5 --state paused", "DEPOSIT_NO_ORDER", CLI_FINDING },
    };
    char text[300];
    UNUSED(state);
    for (size_t i = 0; i < COUNT(rows); i++) {
        snprintf(text, sizeof text, "deposit order $ %s --db @/books-cli.db", rows[i].rest);
        verb_says(line(text), rows[i].status, rows[i].says);
    }
    verb_says("deposit orders 880 --db @/books-cli.db", CLI_FINDING, "DEPOSIT_BAD_NUMBER");
}

SUITE(cli_books, cmocka_unit_test_setup(the_chart_is_listed_and_grows, open_bank),
      cmocka_unit_test(a_standing_order_goes_to_another_bank_and_is_paused),
      cmocka_unit_test(what_is_no_order_is_said))
