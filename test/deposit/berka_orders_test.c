/* berka_orders_test.c -- A real bank's standing orders and fees, done again by the day end. */
#include "counter.h"
#include "deposit/deposit_berka.h"

static struct counter k;
static struct buf texts[3];

static void begin(void)
{
    counter_open(&k);
    for (int i = 0; i < 3; i++)
        buf_init(&texts[i], 64 << 20);
}

static void end(void)
{
    for (int i = 0; i < 3; i++)
        buf_release(&texts[i]);
    counter_close(&k);
}

static int run(struct deposit_berka *out, char why[100], date until)
{
    why[0] = '\0';
    return deposit_berka_replay(&k.b.c, &texts[0], &texts[1], &texts[2], until, out, why);
}

static const char small_accounts[] = "\"account_id\";\"district_id\";\"frequency\";\"date\"\r\n"
                                     "7;55;\"POPLATEK MESICNE\";930105\r\n"
                                     "8;55;\"POPLATEK TYDNE\";930201\r\n";
static const char small_orders[] =
    "\"order_id\";\"account_id\";\"bank_to\";\"account_to\";\"amount\";\"k_symbol\"\r\n"
    "1;7;\"AB\";\"123\";100.50;\"SIPO\"\r\n"
    "2;7;\"AB\";\"123\";200.00;\"SIPO\"\r\n"
    "3;8;\"CD\";\"9\";1.00;\" \"\r\n";
static const char head[] = "\"trans_id\";\"account_id\";\"date\";\"type\";\"operation\";\"amount\";"
                           "\"balance\";\"k_symbol\";\"bank\";\"account\"\r\n";
#define OUT(id, day, amount) \
    id ";7;" day ";\"VYDAJ\";\"PREVOD NA UCET\";" amount ";0.00;\"SIPO\";\"AB\";123\r\n"

static void each_order_goes_on_from_its_first_day(void **state)
{
    UNUSED(state);
    struct deposit_berka b;
    char why[100];
    begin();
    buf_text(&texts[0], small_accounts);
    buf_text(&texts[1], small_orders);
    buf_text(&texts[2], head);
    buf_text(&texts[2], OUT("1", "930110", "100.50") OUT("2", "930210", "100.50"));
    buf_text(&texts[2], OUT("3", "930311", "100.50")); /* a day late */
    buf_text(&texts[2], "4;7;930131;\"VYDAJ\";\"VYBER\";14.60;0.00;\"SLUZBY\";;\r\n");
    buf_text(&texts[2], "5;8;930228;\"VYDAJ\";\"VYBER\";31.00;0.00;\"SLUZBY\";;\r\n");
    buf_text(&texts[2], "6;8;930"); /* cut off: left out */
    BOOKS_OK(run(&b, why, counter_date(1993, 3, 31)));
    assert_int_equal(b.accounts, 2);
    assert_int_equal(b.orders, 3);
    assert_int_equal(b.orders_active, 1);
    assert_int_equal(b.generated, 3);
    assert_int_equal(b.matched, 2);
    assert_int_equal(b.predicted, 1);
    assert_int_equal(b.missing, 1);
    assert_int_equal(b.surplus, 1);
    assert_int_equal(b.fees_charged, 3 + 2);
    assert_int_equal(b.fees_matched, 1);
    assert_int_equal(b.fees_missing, 1);
    assert_int_equal(b.fees_waived, 3);
    end();
}

static void what_is_no_row_is_named(void **state)
{
    UNUSED(state);
    static const char *const bad[] = { "7;55;\"POPLATEK MESICNE\"\r\n", "x;55;\"M\";930105\r\n",
                                       "7;55;\"M\";930231\r\n" };
    struct deposit_berka b;
    char why[100];
    for (size_t i = 0; i < COUNT(bad); i++) {
        begin();
        buf_text(&texts[0], "a;b;c;d\r\n");
        buf_text(&texts[0], bad[i]);
        assert_int_equal(run(&b, why, counter_date(1993, 3, 31)), BASE_BAD_INPUT);
        assert_non_null(strstr(why, "account.asc:2"));
        end();
    }
}

static bool read_data(const char *command, const char *name, struct buf *out)
{
    char text[700], block[4096], path[200];
    snprintf(path, sizeof path, "money/berka/%s", name);
    const char *file = test_data(path);
    if (!file)
        return false;
    snprintf(text, sizeof text, "%s '%s'", command, file);
    FILE *f = popen(text, "r");
    assert_non_null(f);
    for (size_t n; (n = fread(block, 1, sizeof block, f)) > 0;)
        buf_add(out, block, n);
    assert_int_equal(pclose(f), 0);
    return true;
}

/* Checks C and D of the data: every outgoing transfer, every fee, by account, payee, amount, day.
 */
static void every_outgoing_transfer_and_every_fee_comes_from_the_day_end(void **state)
{
    UNUSED(state);
    struct deposit_berka b;
    char why[100];
    if (getenv("PIAOHAO_TEST_PG")) /* a million statements: the small bank above is enough there */
        return;
    begin();
    if (read_data("cat", "account.asc", &texts[0]) && read_data("cat", "order.asc", &texts[1]) &&
        read_data("xz -dc", "trans.asc.xz", &texts[2])) {
        BOOKS_OK(run(&b, why, counter_date(1994, 3, 31)));
        assert_int_equal(b.accounts, 1229);
        assert_int_equal(b.orders, 6471);
        assert_int_equal(b.orders_active, 1150);
        assert_int_equal(b.transfers, 6343);
        assert_int_equal(b.generated, 6343);
        assert_int_equal(b.matched, 6343);
        assert_int_equal(b.predicted, 5193);
        assert_int_equal(b.missing + b.surplus, 0);
        assert_int_equal(b.fees, 5445);
        assert_int_equal(b.fees_matched, 5445);
        assert_int_equal(b.fees_missing, 0);
        assert_int_equal(b.fee_minor[0], 1460);
        assert_int_equal(b.fee_minor[1], 3000);
        assert_int_equal(b.fee_minor[2], 10000);
    }
    end();
}

SUITE(deposit_berka, cmocka_unit_test(each_order_goes_on_from_its_first_day),
      cmocka_unit_test(what_is_no_row_is_named),
      cmocka_unit_test(every_outgoing_transfer_and_every_fee_comes_from_the_day_end))
