/* deposit_test.c -- Accounts: opened, moved, noticed, closed; every refusal. */
#include "counter.h"

static struct counter k;

static int open_as(struct deposit_opening o, struct deposit_account *out)
{
    if (!o.customer.n)
        o.customer = k.person;
    return deposit_open(&k.b.c, &o, out);
}

static void an_account_is_found_by_its_number_its_ledger_and_its_customer(void **state)
{
    UNUSED(state);
    struct deposit_account a, b, *list;
    char spaced[40];
    int n = 0;
    counter_open(&k);
    a = counter_account(&k, "demand");
    assert_true(deposit_number_valid(a.number));
    snprintf(spaced, sizeof spaced, "%.4s %.4s %.11s", a.number, a.number + 4, a.number + 8);
    BOOKS_OK(deposit_by_number(&k.b.c, spaced, &b));
    assert_int_equal(b.id.n, a.id.n);
    BOOKS_OK(deposit_by_ledger(&k.b.c, a.ledger, &b));
    assert_int_equal(b.id.n, a.id.n);
    a.number[18] = a.number[18] == '9' ? '0' : (char)(a.number[18] + 1);
    assert_int_equal(deposit_by_number(&k.b.c, a.number, &b), DEPOSIT_BAD_NUMBER);
    assert_int_equal(deposit_by_number(&k.b.c, "12345678901234567890", &b), DEPOSIT_BAD_NUMBER);
    deposit_number_make("990300123456789012", a.number);
    assert_int_equal(deposit_by_number(&k.b.c, a.number, &b), DEPOSIT_NO_ACCOUNT);
    assert_int_equal(deposit_by_ledger(&k.b.c, k.cash, &b), DEPOSIT_NO_ACCOUNT);
    assert_int_equal(deposit_get(&k.b.c, (deposit_id){ 1 }, &b), DEPOSIT_NO_ACCOUNT);
    (void)counter_account(&k, "term-12");
    BOOKS_OK(deposit_of_customer(&k.b.c, k.person, &list, &n));
    assert_int_equal(n, 2);
    /* the accounts of a customer who is merged follow */
    struct customer twin = { .kind = CUSTOMER_PERSON,
                             .paper = PAPER_PASSPORT,
                             .paper_number = "E12345678",
                             .name = "ZHANG SAN" };
    BOOKS_OK(customer_put(&k.b.c, &twin));
    BOOKS_OK(customer_merge(&k.b.c, k.person, twin.id, "same person"));
    BOOKS_OK(deposit_of_customer(&k.b.c, twin.id, &list, &n));
    assert_int_equal(n, 2);
    assert_int_equal(list[0].customer.n, k.person.n);
    BOOKS_OK(open_as((struct deposit_opening){ .product = counter_product(&k, "demand") }, &b));
    assert_int_equal(b.customer.n, twin.id.n); /* opened for whom it leads to */
    counter_close(&k);
}

static void what_cannot_be_opened_is_refused(void **state)
{
    UNUSED(state);
    struct deposit_account a, demand;
    struct customer gone = { .kind = CUSTOMER_PERSON,
                             .paper = PAPER_PASSPORT,
                             .paper_number = "E7654321",
                             .name = "李四",
                             .flags = CUSTOMER_DECEASED };
    counter_open(&k);
    const product_id term = counter_product(&k, "term-12"), flow = counter_product(&k, "demand");
    BOOKS_OK(customer_put(&k.b.c, &gone));
    demand = counter_account(&k, "demand");
    struct deposit_product p;
    BOOKS_OK(product_get(&k.b.c, flow, &p));
    p.id.n = 0;
    p.customers = 2;
    snprintf(p.code, sizeof p.code, "firm");
    BOOKS_OK(product_put(&k.b.c, &p));
    const product_id firm = p.id;
    const struct {
        int rc;
        struct deposit_opening o;
    } rows[] = {
        { DEPOSIT_NO_PRODUCT, { .product = { 5 } } },
        { DEPOSIT_NO_RATE, { .product = firm } },
        { DEPOSIT_NO_CUSTOMER, { .product = flow, .customer = { 5 } } },
        { DEPOSIT_DECEASED, { .product = flow, .customer = gone.id } },
        { DEPOSIT_BAD_CERTIFICATE, { .product = flow, .certificate = "a b" } },
        { DEPOSIT_BAD_ROLLOVER, { .product = flow, .rollover = ROLLOVER_ALL } },
        { DEPOSIT_NO_PAYOUT, { .product = term, .rollover = ROLLOVER_PAY } },
        { DEPOSIT_NO_PAYOUT, { .product = term, .rollover = ROLLOVER_PAY, .payout = { 5 } } },
        { DEPOSIT_BAD_LIMIT, { .product = flow, .overdraft_minor = 1 } },
        { DEPOSIT_NO_FEE, { .product = flow, .fee = { 5 } } },
        { LEDGER_NO_OUTLET, { .product = flow, .outlet_id = 5 } },
        { BASE_TOO_LONG,
          { .product = flow,
            .purpose = "0123456789012345678901234567890123456789"
                       "012345678901234567890123456789" } },
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_int_equal(open_as(rows[i].o, &a), rows[i].rc);
    const struct deposit_rate r = { firm, RATE_CREDIT, { 20780 }, { 100 } };
    BOOKS_OK(rate_put(&k.b.c, &r));
    assert_int_equal(open_as((struct deposit_opening){ .product = firm }, &a),
                     DEPOSIT_WRONG_CUSTOMER);
    BOOKS_OK(open_as((struct deposit_opening){ .product = firm, .customer = k.company }, &a));
    p.active = false;
    BOOKS_OK(product_put(&k.b.c, &p));
    assert_int_equal(
        open_as((struct deposit_opening){ .product = firm, .customer = k.company }, &a),
        DEPOSIT_PRODUCT_ENDED);
    BOOKS_OK(open_as((struct deposit_opening){ .product = flow, .certificate = "AB123" }, &a));
    assert_int_equal(
        open_as((struct deposit_opening){ .product = flow, .certificate = "AB123" }, &a),
        DEPOSIT_CERTIFICATE_USED);
    struct deposit_change change = {
        .rollover = -1, .payout = -1, .overdraft_minor = -1, .fee = -1
    };
    change.certificate = "AB124";
    BOOKS_OK(deposit_change(&k.b.c, a.id, &change));
    change.certificate = NULL;
    change.overdraft_minor = 100;
    assert_int_equal(deposit_change(&k.b.c, a.id, &change), DEPOSIT_BAD_LIMIT);
    BOOKS_OK(deposit_get(&k.b.c, a.id, &a));
    assert_string_equal(a.certificate, "AB124");
    assert_true(demand.id.n > 0);
    counter_close(&k);
}

static void numbers_run_out_by_chance_only(void **state)
{
    UNUSED(state);
    struct deposit_account a;
    counter_open(&k);
    const struct rng still = k.b.rng;
    a = counter_account(&k, "demand");
    /* every try finds a number that is taken: chance that stands still is made by taking them all
     */
    for (int i = 0; i < 60; i++) {
        k.b.rng = still;
        int rc = open_as((struct deposit_opening){ .product = a.product }, &a);
        if (rc)
            assert_int_equal(rc, DEPOSIT_NUMBERS_OUT);
        if (rc)
            break;
        assert_true(i < 59);
    }
    counter_close(&k);
}

static void a_product_is_whole_and_keeps_what_its_accounts_stand_on(void **state)
{
    UNUSED(state);
    struct deposit_product p, q, *list;
    int n = 0;
    counter_open(&k);
    BOOKS_OK(product_list(&k.b.c, &list, &n));
    assert_int_equal(n, 11);
    BOOKS_OK(product_by_code(&k.b.c, "term-12", &p));
    for (int i = 0; i < 7; i++) {
        q = p;
        q.term_months = i == 0 ? 0 : q.term_months;
        q.day_base = i == 1 ? 364 : q.day_base;
        q.notice_days = i == 2 ? 7 : 0;
        q.currency = i == 3 ? 1 : q.currency;
        q.code[0] = i == 4 ? 'X' : q.code[0];
        q.customers = i == 5 ? 0 : 3;
        if (i == 6)
            memcpy(q.subject, "1001", 5);
        assert_int_equal(product_put(&k.b.c, &q), DEPOSIT_BAD_PRODUCT);
    }
    q = p;
    q.id.n = 0; /* the code is taken */
    assert_int_equal(db_savepoint(k.b.c.tx), 0);
    assert_int_equal(product_put(&k.b.c, &q), DEPOSIT_BAD_PRODUCT);
    db_undo(k.b.c.tx);
    (void)counter_account(&k, "term-12");
    q = p;
    q.term_months = 13;
    assert_int_equal(product_put(&k.b.c, &q), DEPOSIT_BAD_PRODUCT);
    q = p;
    q.min_minor = 1000;
    BOOKS_OK(product_put(&k.b.c, &q));
    assert_int_equal(product_by_code(&k.b.c, "none", &q), DEPOSIT_NO_PRODUCT);
    counter_close(&k);
}

static void settings_and_fees_are_checked(void **state)
{
    UNUSED(state);
    struct deposit_settings s, t;
    struct deposit_fee f = { .code = "monthly",
                             .name_zh = "账户管理费",
                             .name_en = "Account fee",
                             .cycle = FEE_MONTHLY,
                             .amount = { 300, CNY },
                             .active = true },
                       *list;
    int n = 0;
    counter_open(&k);
    BOOKS_OK(deposit_settings_get(&k.b.c, &s));
    for (int i = 0; i < 6; i++) {
        static const char *const field[] = { "prefix",        "prefix",      "dormant_days",
                                             "dormant_minor", "order_tries", "cut_off" };
        t = s;
        if (i < 2)
            memcpy(t.prefix, i ? "88030" : "622202", i ? 6 : 7);
        t.dormant_days = i == 2 ? -1 : t.dormant_days;
        t.dormant_minor = i == 3 ? -1 : t.dormant_minor;
        t.order_tries = i == 4 ? 0 : t.order_tries;
        t.cut_off_s = i == 5 ? 86400 : t.cut_off_s;
        assert_int_equal(deposit_settings_put(&k.b.c, &t), DEPOSIT_BAD_SETTING);
        assert_string_equal(k.b.c.field, field[i]);
    }
    s.order_tries = 5;
    BOOKS_OK(deposit_settings_put(&k.b.c, &s));
    BOOKS_OK(deposit_settings_get(&k.b.c, &t));
    assert_int_equal(t.order_tries, 5);
    BOOKS_OK(fee_put(&k.b.c, &f));
    struct deposit_fee bad = f;
    bad.amount.minor = 0;
    assert_int_equal(fee_put(&k.b.c, &bad), DEPOSIT_BAD_FEE);
    bad.id.n = 5;
    bad.amount.minor = 1;
    assert_int_equal(fee_put(&k.b.c, &bad), DEPOSIT_NO_FEE);
    BOOKS_OK(fee_list(&k.b.c, &list, &n));
    assert_int_equal(n, 1);
    counter_close(&k);
}

/* ---- demand, margin ---- */

static void money_comes_and_goes_once(void **state)
{
    UNUSED(state);
    struct deposit_done done;
    counter_open(&k);
    struct deposit_account a = counter_account(&k, "demand"), b = counter_account(&k, "demand");
    struct deposit_move m = {
        .id = ledger_id_make(&k.b.c), .account = a.id, .contra = k.cash, .minor = 10000
    };
    BOOKS_OK(deposit_in(&k.b.c, &m, &done));
    BOOKS_OK(deposit_in(&k.b.c, &m, &done));
    assert_true(done.result.existed);
    assert_int_equal(counter_balance(&k, a.id), 10000);
    assert_int_equal(counter_out(&k, a.id, 10001, &done), LEDGER_OVERDRAWN);
    assert_int_equal(counter_in(&k, a.id, 0, &done), DEPOSIT_BAD_AMOUNT);
    assert_int_equal(counter_out(&k, a.id, -1, &done), DEPOSIT_BAD_AMOUNT);
    m.id = ledger_id_make(&k.b.c);
    m.minor = 4000;
    BOOKS_OK(deposit_transfer(&k.b.c, &m, b.id, &done));
    assert_int_equal(counter_balance(&k, a.id), 6000);
    assert_int_equal(counter_balance(&k, b.id), 4000);
    counter_close(&k);
}

static void a_margin_is_drawn_after_its_release_only(void **state)
{
    UNUSED(state);
    struct deposit_account a;
    struct deposit_done done;
    counter_open(&k);
    BOOKS_OK(open_as((struct deposit_opening){ .product = counter_product(&k, "margin"),
                                               .purpose = "承兑汇票保证金" },
                     &a));
    counter_pay_in(&k, a.id, 50000);
    assert_int_equal(counter_out(&k, a.id, 1, &done), DEPOSIT_MARGIN_HELD);
    assert_int_equal(deposit_close(&k.b.c, a.id, k.cash, ledger_id_make(&k.b.c), &done),
                     DEPOSIT_MARGIN_HELD);
    assert_int_equal(deposit_margin_release(&k.b.c, a.id, ""), BASE_MISSING);
    BOOKS_OK(deposit_margin_release(&k.b.c, a.id, "汇票已解付"));
    assert_int_equal(deposit_margin_release(&k.b.c, a.id, "again"), DEPOSIT_WRONG_KIND);
    counter_pay_out(&k, a.id, 50000);
    counter_close(&k);
}

static void closing_pays_the_interest_of_the_day_before(void **state)
{
    UNUSED(state);
    struct deposit_done done;
    counter_open(&k);
    counter_day(&k, counter_date(2027, 6, 21));
    struct deposit_account a = counter_account(&k, "demand");
    counter_pay_in(&k, a.id, 1234567);
    counter_day(&k, (date){ counter_date(2027, 6, 21).days + 40 }); /* forty days */
    transfer_id id = ledger_id_make(&k.b.c);
    int64_t quote = 0;
    BOOKS_OK(deposit_quote(&k.b.c, a.id, 0, &quote));
    assert_int_equal(quote, 480);     /* 12345 x 40 x 0.0035 / 360 = 4.80083 */
    BOOKS_OK(db_savepoint(k.b.c.tx)); /* a refusal is rolled back whole */
    assert_int_equal(deposit_close(&k.b.c, a.id, (account_id){ 0 }, id, &done), DEPOSIT_NO_CONTRA);
    db_undo(k.b.c.tx);
    BOOKS_OK(deposit_close(&k.b.c, a.id, k.cash, id, &done));
    assert_int_equal(done.interest_minor, 480);
    assert_int_equal(done.result.minor, 1234567 + 480);
    BOOKS_OK(deposit_close(&k.b.c, a.id, k.cash, id, &done));
    assert_true(done.result.existed);
    assert_int_equal(deposit_close(&k.b.c, a.id, k.cash, ledger_id_make(&k.b.c), &done),
                     DEPOSIT_CLOSED);
    assert_int_equal(counter_in(&k, a.id, 1, &done), DEPOSIT_CLOSED);
    assert_int_equal(counter_out(&k, a.id, 1, &done), DEPOSIT_CLOSED);
    assert_int_equal(deposit_wake(&k.b.c, a.id, "x"), DEPOSIT_CLOSED);
    a = counter_account(&k, "demand"); /* opened and closed on one day: nothing earned */
    counter_pay_in(&k, a.id, 100);
    BOOKS_OK(deposit_close(&k.b.c, a.id, k.cash, ledger_id_make(&k.b.c), &done));
    assert_int_equal(done.result.minor, 100);
    BOOKS_OK(open_as((struct deposit_opening){ .product = counter_product(&k, "overdraft"),
                                               .overdraft_minor = 1000 },
                     &a));
    counter_pay_out(&k, a.id, 1000);
    assert_int_equal(deposit_close(&k.b.c, a.id, k.cash, ledger_id_make(&k.b.c), &done),
                     DEPOSIT_OVERDRAWN);
    counter_close(&k);
}

/* ---- term ---- */

static void a_term_deposit_is_paid_in_once_and_keeps_its_rate(void **state)
{
    UNUSED(state);
    struct deposit_done done;
    counter_open(&k);
    counter_day(&k, counter_date(2027, 1, 31));
    struct deposit_account a = counter_account(&k, "term-3");
    assert_int_equal(counter_out(&k, a.id, 1, &done), DEPOSIT_NOT_FUNDED);
    assert_int_equal(counter_in(&k, a.id, 4999, &done), DEPOSIT_BELOW_MINIMUM);
    struct deposit_move m = {
        .id = ledger_id_make(&k.b.c), .account = a.id, .contra = k.cash, .minor = 1000000
    };
    BOOKS_OK(deposit_in(&k.b.c, &m, &done));
    BOOKS_OK(deposit_in(&k.b.c, &m, &done)); /* asked again: the first answer, not a refusal */
    assert_true(done.result.existed);
    assert_int_equal(counter_in(&k, a.id, 5000, &done), DEPOSIT_FUNDED);
    BOOKS_OK(deposit_get(&k.b.c, a.id, &a));
    assert_int_equal(a.matures.days, counter_date(2027, 4, 30).days);
    assert_int_equal(a.rate_ppm, 28500);
    const struct deposit_rate lower = {
        a.product, RATE_CREDIT, counter_date(2027, 2, 1), { 10000 }
    };
    BOOKS_OK(rate_put(&k.b.c, &lower));
    counter_day(&k, counter_date(2027, 4, 30));
    assert_int_equal(counter_out(&k, a.id, 1000001, &done), DEPOSIT_MORE_THAN_IN);
    m = (struct deposit_move){
        .id = ledger_id_make(&k.b.c), .account = a.id, .contra = k.cash, .minor = 1000000
    };
    BOOKS_OK(deposit_out(&k.b.c, &m, &done));
    assert_int_equal(done.interest_minor, 7125); /* 10000 x 2.85 % x 3 / 12 */
    assert_int_equal(done.result.minor, 1007125);
    BOOKS_OK(deposit_out(&k.b.c, &m, &done));
    assert_true(done.result.existed && done.interest_minor == 7125);
    m.minor = 999999;
    assert_int_equal(deposit_out(&k.b.c, &m, &done), LEDGER_EXISTS_AMOUNT);
    BOOKS_OK(deposit_close(&k.b.c, a.id, (account_id){ 0 }, ledger_id_make(&k.b.c), &done));
    counter_close(&k);
}

static void early_and_late_days_bear_the_demand_rate(void **state)
{
    UNUSED(state);
    struct deposit_done done;
    counter_open(&k);
    counter_day(&k, counter_date(2027, 1, 10));
    struct deposit_account a = counter_account(&k, "term-12");
    counter_pay_in(&k, a.id, 2000000);
    counter_day(&k, counter_date(2027, 4, 20)); /* a hundred days */
    assert_int_equal(counter_out(&k, a.id, 1995001, &done), DEPOSIT_LEAVES_LITTLE);
    BOOKS_OK(counter_out(&k, a.id, 500000, &done));
    assert_int_equal(done.interest_minor, 486); /* 5000 x 100 x 0.35 % / 360 = 4.8611 */
    assert_int_equal(counter_out(&k, a.id, 500000, &done), DEPOSIT_PART_DONE);
    counter_day(&k, counter_date(2028, 1, 20)); /* ten days after maturity */
    int64_t quote = 0;
    BOOKS_OK(deposit_quote(&k.b.c, a.id, 0, &quote));
    assert_int_equal(quote, 48750 + 146); /* 15000 x 3.25 % + 15000 x 10 x 0.35 % / 360 */
    BOOKS_OK(deposit_close(&k.b.c, a.id, k.cash, ledger_id_make(&k.b.c), &done));
    assert_int_equal(done.result.minor, 1500000 + quote);
    assert_int_equal(counter_balance(&k, a.id), 0);
    counter_close(&k);
}

/* ---- notice ---- */

static void a_notice_that_is_kept_bears_its_rate(void **state)
{
    UNUSED(state);
    struct deposit_done done;
    date due;
    counter_open(&k);
    counter_day(&k, counter_date(2027, 3, 1));
    struct deposit_account a = counter_account(&k, "notice-7"),
                           flow = counter_account(&k, "demand");
    assert_int_equal(deposit_notice(&k.b.c, a.id, 5000000, &due), DEPOSIT_NOT_FUNDED);
    counter_pay_in(&k, a.id, 20000000);
    assert_int_equal(deposit_notice(&k.b.c, flow.id, 5000000, &due), DEPOSIT_NOT_NOTICE);
    assert_int_equal(deposit_notice(&k.b.c, a.id, 20000001, &due), DEPOSIT_MORE_THAN_IN);
    assert_int_equal(deposit_notice(&k.b.c, a.id, 4999999, &due), DEPOSIT_BELOW_MINIMUM);
    assert_int_equal(deposit_notice_cancel(&k.b.c, a.id), DEPOSIT_NO_NOTICE);
    counter_day(&k, counter_date(2027, 3, 24));
    BOOKS_OK(deposit_notice(&k.b.c, a.id, 6000000, &due));
    assert_int_equal(due.days, counter_date(2027, 3, 31).days);
    assert_int_equal(deposit_notice(&k.b.c, a.id, 6000000, &due), DEPOSIT_NOTICE_GIVEN);
    counter_day(&k, counter_date(2027, 3, 31));
    BOOKS_OK(counter_out(&k, a.id, 6000000, &done));
    assert_int_equal(done.interest_minor, 6750); /* 60000 x 30 x 1.35 % / 360 */
    BOOKS_OK(counter_out(&k, a.id, 5000000, &done));
    assert_int_equal(done.interest_minor, 1458); /* no notice: 50000 x 30 x 0.35 % / 360 */
    assert_int_equal(counter_out(&k, a.id, 5000000, &done), DEPOSIT_LEAVES_LITTLE);
    counter_close(&k);
}

static void a_notice_that_is_taken_back_costs_its_days(void **state)
{
    UNUSED(state);
    struct deposit_done done;
    date due;
    counter_open(&k);
    counter_day(&k, counter_date(2027, 3, 1));
    struct deposit_account a = counter_account(&k, "notice-7");
    counter_pay_in(&k, a.id, 6000000);
    BOOKS_OK(deposit_notice(&k.b.c, a.id, 6000000, &due));
    BOOKS_OK(deposit_notice_cancel(&k.b.c, a.id));
    BOOKS_OK(deposit_notice(&k.b.c, a.id, 6000000, &due)); /* and not used: seven days more */
    counter_day(&k, counter_date(2027, 3, 24));
    BOOKS_OK(deposit_notice(&k.b.c, a.id, 6000000, &due));
    counter_day(&k, counter_date(2027, 3, 31));
    BOOKS_OK(counter_out(&k, a.id, 6000000, &done));
    assert_int_equal(done.interest_minor, 3600); /* 60000 x (30 - 14) x 1.35 % / 360 */
    counter_close(&k);
}

static void a_sleeping_account_takes_money_and_gives_none_until_it_is_woken(void **state)
{
    UNUSED(state);
    struct deposit_done done;
    counter_open(&k);
    struct deposit_account a = counter_account(&k, "demand");
    counter_pay_in(&k, a.id, 100);
    assert_int_equal(deposit_wake(&k.b.c, a.id, "came in person"), DEPOSIT_WRONG_KIND);
    BOOKS_OK(ledger_dormant(&k.b.c, a.ledger, true));
    BOOKS_OK(db_exec(k.b.c.tx, "UPDATE deposit_account SET state=2", DB_NO_ARGS));
    counter_pay_in(&k, a.id, 100);
    assert_int_equal(counter_out(&k, a.id, 100, &done), LEDGER_DORMANT);
    assert_int_equal(deposit_wake(&k.b.c, a.id, NULL), BASE_MISSING);
    BOOKS_OK(deposit_wake(&k.b.c, a.id, "came in person"));
    counter_pay_out(&k, a.id, 200);
    counter_close(&k);
}

SUITE(deposit, cmocka_unit_test(an_account_is_found_by_its_number_its_ledger_and_its_customer),
      cmocka_unit_test(what_cannot_be_opened_is_refused),
      cmocka_unit_test(numbers_run_out_by_chance_only),
      cmocka_unit_test(a_product_is_whole_and_keeps_what_its_accounts_stand_on),
      cmocka_unit_test(settings_and_fees_are_checked), cmocka_unit_test(money_comes_and_goes_once),
      cmocka_unit_test(a_margin_is_drawn_after_its_release_only),
      cmocka_unit_test(closing_pays_the_interest_of_the_day_before),
      cmocka_unit_test(a_term_deposit_is_paid_in_once_and_keeps_its_rate),
      cmocka_unit_test(early_and_late_days_bear_the_demand_rate),
      cmocka_unit_test(a_notice_that_is_kept_bears_its_rate),
      cmocka_unit_test(a_notice_that_is_taken_back_costs_its_days),
      cmocka_unit_test(a_sleeping_account_takes_money_and_gives_none_until_it_is_woken))
