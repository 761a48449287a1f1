/* dayend_test.c -- The day end: each thing once, whoever asks, however often, killed anywhere. */
#include "counter.h"
#include "branch/branch.h"

static struct counter k;

/* One chunk a transaction, as the job does it. */
static void close_days(date until)
{
    struct dayend d;
    for (;;) {
        date today;
        BOOKS_OK(ledger_day(&k.b.c, &today));
        if (today.days > until.days)
            return;
        k.b.c.now_us = date_instant(today, 84600);
        BOOKS_OK(dayend_begin(&k.b.c, (date){ 0 }, &d));
        books_save(&k.b);
        for (bool more = true; more;) {
            BOOKS_OK(dayend_run(&k.b.c, &d, &more));
            books_save(&k.b);
        }
        assert_int_equal(d.step, DAYEND_PROVE);
        BOOKS_OK(dayend_proved(&k.b.c, d.day, true, "ok"));
        books_save(&k.b);
    }
}

static void proven(void)
{
    static int (*const proofs[])(struct call *, int64_t *, int64_t *, char *,
                                 size_t) = { dayend_check, deposit_check, customer_check };
    for (size_t i = 0; i < COUNT(proofs); i++) {
        int64_t count = 0, bad = 0;
        char text[200] = "";
        BOOKS_OK(proofs[i](&k.b.c, &count, &bad, text, sizeof text));
        if (bad)
            fail_msg("proof %zu: %s", i, text);
    }
}

static deposit_id funded(const char *product, int64_t minor)
{
    struct deposit_account a = counter_account(&k, product);
    counter_pay_in(&k, a.id, minor);
    return a.id;
}

/* ---- interest ---- */

/* Check P: what the accounts got is what the books spent, to the fen. */
static void the_interest_of_all_accounts_is_the_expense_of_the_books(void **state)
{
    UNUSED(state);
    enum { ACCOUNTS = 250 };
    deposit_id id[ACCOUNTS];
    int64_t in = 0, now = 0;
    counter_open(&k);
    counter_day(&k, counter_date(2027, 6, 21));
    for (int i = 0; i < ACCOUNTS; i++) {
        int64_t minor = 100 + (int64_t)rng_below(&k.b.rng, 100000000);
        id[i] = funded("demand", minor);
        in += minor;
    }
    books_save(&k.b);
    counter_day(&k, counter_date(2027, 8, 2));
    for (int i = 0; i < ACCOUNTS; i += 3) {
        counter_pay_out(&k, id[i], 50);
        in -= 50;
    }
    const struct deposit_rate lower = {
        counter_product(&k, "demand"), RATE_CREDIT, counter_date(2027, 8, 15), { 3000 }
    };
    BOOKS_OK(rate_put(&k.b.c, &lower));
    books_save(&k.b);
    counter_day(&k, counter_date(2027, 8, 31));
    close_days(counter_date(2027, 8, 31)); /* a month's end: interest payable */
    assert_true(counter_own(&k, OWN_INTEREST_PAYABLE) > 0);
    assert_int_equal(counter_own(&k, OWN_INTEREST_PAYABLE), counter_own(&k, OWN_INTEREST_EXPENSE));
    counter_day(&k, counter_date(2027, 9, 19));
    close_days(counter_date(2027, 9, 20));
    for (int i = 0; i < ACCOUNTS; i++)
        now += counter_balance(&k, id[i]);
    assert_true(now > in);
    assert_int_equal(now - in, counter_own(&k, OWN_INTEREST_EXPENSE));
    assert_int_equal(counter_own(&k, OWN_INTEREST_PAYABLE), 0);
    struct deposit_settled *list;
    int n = 0;
    BOOKS_OK(deposit_settlements(&k.b.c, id[7], 5, &list, &n));
    assert_int_equal(n, 1);
    assert_int_equal(list[0].posted.days, counter_date(2027, 9, 21).days);
    assert_int_equal(list[0].until.days - list[0].from.days + 1, 92);
    books_save(&k.b);
    counter_close(&k);
}

/* What a quarter costs the bank, and how often that was booked. */
static int64_t quarter_of(enum deposit_accrual accrual, int64_t *booked)
{
    enum { ACCOUNTS = 12, LAST = 92 };
    struct deposit_settings s;
    deposit_id id[ACCOUNTS];
    counter_open(&k);
    counter_day(&k, counter_date(2027, 6, 21));
    BOOKS_OK(deposit_settings_get(&k.b.c, &s));
    assert_int_equal(s.accrual, ACCRUAL_MONTHLY);
    s.accrual = accrual;
    BOOKS_OK(deposit_settings_put(&k.b.c, &s));
    for (int i = 0; i < ACCOUNTS; i++)
        id[i] = funded(i % 4 ? "demand" : "term-3", 5000000 + rng_below(&k.b.rng, 100000000));
    for (int day = 1; day <= LAST; day++) {
        date d = { counter_date(2027, 6, 21).days + day - 1 };
        if (day % 9 == 0) {
            deposit_id some = id[1 + rng_below(&k.b.rng, 3)];
            counter_pay_in(&k, some, 1 + rng_below(&k.b.rng, 1000000));
            counter_pay_out(&k, some, 1 + rng_below(&k.b.rng, 100));
        }
        close_days(d);
        if (accrual == ACCRUAL_DAILY && day < LAST - 1)
            assert_int_equal(counter_own(&k, OWN_INTEREST_PAYABLE),
                             counter_own(&k, OWN_INTEREST_EXPENSE));
    }
    proven();
    int64_t expense = counter_own(&k, OWN_INTEREST_EXPENSE);
    *booked = books_number(&k.b, "SELECT COUNT(DISTINCT day) FROM deposit_accrual");
    counter_close(&k);
    return expense;
}

static void accrued_daily_or_monthly_it_is_the_same_interest(void **state)
{
    UNUSED(state);
    int64_t months = 0, days = 0;
    int64_t monthly = quarter_of(ACCRUAL_MONTHLY, &months);
    int64_t daily = quarter_of(ACCRUAL_DAILY, &days);
    assert_int_equal(daily, monthly);
    assert_int_equal(months, 4); /* three months' ends and the 20th */
    assert_int_equal(days, 92);
}

/* Killed between two chunks, started again with another setting: what was begun is finished. */
static void an_accrual_that_was_begun_goes_on_whatever_is_set_meanwhile(void **state)
{
    UNUSED(state);
    enum { ACCOUNTS = 450 }; /* more than a chunk */
    struct deposit_settings s;
    struct deposit_account a;
    struct deposit_interest in;
    deposit_id id[ACCOUNTS];
    struct dayend d;
    int64_t earned = 0;
    bool more = true;
    const date day = counter_date(2027, 7, 5);
    counter_open(&k);
    counter_day(&k, counter_date(2027, 6, 21));
    BOOKS_OK(deposit_settings_get(&k.b.c, &s));
    s.accrual = ACCRUAL_DAILY;
    BOOKS_OK(deposit_settings_put(&k.b.c, &s));
    for (int i = 0; i < ACCOUNTS; i++)
        id[i] = funded("demand", 1000000);
    counter_day(&k, day);
    k.b.c.now_us = date_instant(day, 84600);
    BOOKS_OK(dayend_begin(&k.b.c, (date){ 0 }, &d));
    while (d.step < DAYEND_ACCRUE || !d.cursor) {
        assert_true(more && d.step <= DAYEND_ACCRUE);
        BOOKS_OK(dayend_run(&k.b.c, &d, &more));
        books_save(&k.b);
    }
    s.accrual = ACCRUAL_MONTHLY;
    BOOKS_OK(deposit_settings_put(&k.b.c, &s));
    while (more) {
        BOOKS_OK(dayend_run(&k.b.c, &d, &more));
        books_save(&k.b);
    }
    BOOKS_OK(dayend_proved(&k.b.c, d.day, true, "ok"));
    for (int i = 0; i < ACCOUNTS; i++) {
        BOOKS_OK(deposit_get(&k.b.c, id[i], &a));
        BOOKS_OK(deposit_interest_of(&k.b.c, &a, day, &in));
        earned += in.credit.minor;
    }
    assert_true(earned > 0);
    assert_int_equal(counter_own(&k, OWN_INTEREST_PAYABLE), earned);
    assert_int_equal(counter_own(&k, OWN_INTEREST_EXPENSE), earned);
    counter_close(&k);
}

static void a_frozen_account_gets_its_interest_when_it_can(void **state)
{
    UNUSED(state);
    struct deposit_account a;
    counter_open(&k);
    counter_day(&k, counter_date(2027, 6, 21));
    deposit_id id = funded("demand", 1000000);
    BOOKS_OK(deposit_get(&k.b.c, id, &a));
    BOOKS_OK(ledger_freeze(&k.b.c, a.ledger, FREEZE_ALL));
    counter_day(&k, counter_date(2027, 9, 20));
    close_days(counter_date(2027, 9, 20));
    assert_int_equal(counter_balance(&k, id), 1000000);
    BOOKS_OK(ledger_freeze(&k.b.c, a.ledger, FREEZE_NONE));
    close_days(counter_date(2027, 9, 21));
    assert_int_equal(counter_balance(&k, id), 1000894);
    close_days(counter_date(2027, 9, 23));
    assert_int_equal(counter_balance(&k, id), 1000894);
    counter_close(&k);
}

/* ---- fees ---- */

static fee_id add_fee(const char *code, enum fee_cycle cycle, int64_t minor)
{
    struct deposit_fee f = {
        .name_zh = "账户管理费", .name_en = "Account fee", .cycle = cycle, .active = true
    };
    f.amount = (money){ minor, CNY };
    snprintf(f.code, sizeof f.code, "%s", code);
    BOOKS_OK(fee_put(&k.b.c, &f));
    return f.id;
}

static deposit_id with_fee(fee_id fee, int64_t minor)
{
    struct deposit_account a;
    const struct deposit_opening o = { .customer = k.person,
                                       .product = counter_product(&k, "demand"),
                                       .fee = fee };
    BOOKS_OK(deposit_open(&k.b.c, &o, &a));
    counter_pay_in(&k, a.id, minor);
    return a.id;
}

static void fees_are_taken_when_they_are_due_and_owed_when_there_is_nothing(void **state)
{
    UNUSED(state);
    counter_open(&k);
    counter_day(&k, counter_date(2027, 1, 28)); /* a Thursday */
    deposit_id monthly = with_fee(add_fee("m", FEE_MONTHLY, 1460), 10000);
    deposit_id weekly = with_fee(add_fee("w", FEE_WEEKLY, 3000), 10000);
    deposit_id each = with_fee(add_fee("e", FEE_EACH, 100), 10000);
    deposit_id poor = with_fee(add_fee("m2", FEE_MONTHLY, 1460), 500);
    counter_pay_out(&k, each, 1000);
    close_days(counter_date(2027, 1, 28));
    assert_int_equal(counter_balance(&k, each), 10000 - 1000 - 2 * 100); /* in and out */
    close_days(counter_date(2027, 1, 30));
    assert_int_equal(counter_balance(&k, each), 8800);
    assert_int_equal(counter_balance(&k, monthly), 10000);
    close_days(counter_date(2027, 1, 31)); /* a Sunday, the month's last day */
    assert_int_equal(counter_balance(&k, monthly), 8540);
    assert_int_equal(counter_balance(&k, weekly), 7000);
    assert_int_equal(counter_balance(&k, poor), 500);
    assert_int_equal(counter_own(&k, OWN_RECEIVABLE), 1460);
    assert_int_equal(counter_own(&k, OWN_FEE_INCOME), 1460 + 3000 + 200 + 1460);
    counter_pay_in(&k, poor, 2000);
    close_days(counter_date(2027, 2, 1)); /* what is owed is taken */
    assert_int_equal(counter_balance(&k, poor), 1040);
    assert_int_equal(counter_own(&k, OWN_RECEIVABLE), 0);
    close_days(counter_date(2027, 2, 7));
    assert_int_equal(counter_balance(&k, weekly), 4000);
    counter_close(&k);
}

/* ---- standing orders ---- */

static void due_days_keep_to_the_first_one(void **state)
{
    UNUSED(state);
    const date d = counter_date(2027, 1, 31);
    assert_int_equal(standing_due(STANDING_MONTHLY, d, 1).days, counter_date(2027, 2, 28).days);
    assert_int_equal(standing_due(STANDING_MONTHLY, d, 2).days, counter_date(2027, 3, 31).days);
    assert_int_equal(standing_due(STANDING_WEEKLY, d, 2).days, d.days + 14);
    assert_int_equal(standing_due(STANDING_YEARLY, d, 1).days, counter_date(2028, 1, 31).days);
    assert_int_equal(standing_due(STANDING_ONCE, d, 0).days, d.days);
}

static void what_is_no_order_is_refused(void **state)
{
    UNUSED(state);
    counter_open(&k);
    deposit_id from = funded("demand", 1), to = funded("demand", 1), term = funded("term-3", 5000);
    const struct standing_order good = { .payer = from,
                                         .payee = to,
                                         .minor = 100,
                                         .cycle = STANDING_MONTHLY,
                                         .first = counter_date(2026, 11, 23) };
    struct standing_order o;
    static const int want[] = {
        DEPOSIT_BAD_AMOUNT,   DEPOSIT_WRONG_KIND,   DEPOSIT_BAD_PAYEE,  DEPOSIT_PAYEE_SELF,
        DEPOSIT_BAD_SCHEDULE, DEPOSIT_BAD_SCHEDULE, DEPOSIT_NO_ACCOUNT, DEPOSIT_BAD_PAYEE,
        DEPOSIT_BAD_SCHEDULE, DEPOSIT_NO_ORDER,
    };
    for (int i = 0; i < (int)COUNT(want); i++) {
        o = good;
        o.minor = i == 0 ? 0 : o.minor;
        o.payer = i == 1 ? term : i == 6 ? (deposit_id){ 5 } : o.payer;
        o.payee = i == 2 ? (deposit_id){ 0 } : i == 3 ? from : i == 7 ? term : o.payee;
        o.first.days -= i == 4;
        o.cycle = i == 5 ? 9 : o.cycle;
        o.until.days = i == 8 ? 1 : 0;
        o.id.n = i == 9 ? 5 : 0;
        int rc = standing_put(&k.b.c, &o);
        if (rc != want[i])
            fail_msg("row %d: %d", i, rc);
    }
    o = good;
    BOOKS_OK(standing_put(&k.b.c, &o));
    o.minor = 200;
    BOOKS_OK(standing_put(&k.b.c, &o));
    struct deposit_done done;
    assert_int_equal(deposit_close(&k.b.c, from, k.cash, ledger_id_make(&k.b.c), &done),
                     DEPOSIT_ORDERS_OPEN);
    BOOKS_OK(standing_set_state(&k.b.c, o.id, STANDING_ENDED));
    assert_int_equal(standing_put(&k.b.c, &o), DEPOSIT_ORDER_ENDED);
    assert_int_equal(standing_set_state(&k.b.c, o.id, STANDING_ACTIVE), DEPOSIT_ORDER_ENDED);
    counter_close(&k);
}

static void an_order_without_funds_is_tried_again_and_then_given_up(void **state)
{
    UNUSED(state);
    struct standing_run *runs;
    struct deposit_message *m;
    int n = 0;
    counter_open(&k);
    counter_day(&k, counter_date(2027, 1, 10));
    deposit_id from = funded("demand", 150), to = funded("demand", 1);
    struct standing_order o = { .payer = from,
                                .payee = to,
                                .minor = 100,
                                .cycle = STANDING_MONTHLY,
                                .first = counter_date(2027, 1, 11),
                                .until = counter_date(2027, 4, 30) };
    struct standing_order out = { .payer = from,
                                  .payee_bank = "AB",
                                  .payee_account = "12345",
                                  .payee_name = "某公司",
                                  .minor = 50,
                                  .cycle = STANDING_ONCE,
                                  .first = counter_date(2027, 1, 10) };
    BOOKS_OK(standing_put(&k.b.c, &o));
    BOOKS_OK(standing_put(&k.b.c, &out));
    close_days(counter_date(2027, 1, 10));
    assert_int_equal(counter_own(&k, OWN_CLEARING), 50);
    BOOKS_OK(standing_get(&k.b.c, out.id, &out));
    assert_int_equal(out.state, STANDING_ENDED);
    close_days(counter_date(2027, 1, 31));
    assert_int_equal(counter_balance(&k, from), 0);
    assert_int_equal(counter_balance(&k, to), 101);
    close_days(counter_date(2027, 2, 12)); /* tried on the 11th and 12th */
    counter_pay_in(&k, from, 100);
    close_days(counter_date(2027, 2, 28)); /* the third day succeeds */
    assert_int_equal(counter_balance(&k, to), 201);
    close_days(counter_date(2027, 3, 31)); /* three days without */
    counter_pay_in(&k, from, 1000);
    close_days(counter_date(2027, 5, 31));
    BOOKS_OK(standing_get(&k.b.c, o.id, &o));
    assert_int_equal(o.state, STANDING_ENDED);
    assert_int_equal(o.paid, 3);
    assert_int_equal(counter_balance(&k, to), 301);
    BOOKS_OK(standing_runs(&k.b.c, o.id, 10, &runs, &n));
    assert_int_equal(n, 4);
    assert_true(runs[1].given_up && runs[1].rc == LEDGER_OVERDRAWN && runs[1].tries == 3);
    assert_true(!runs[2].given_up && runs[2].rc == 0 && runs[2].tries == 3);
    assert_int_equal(runs[2].tried.days, counter_date(2027, 2, 13).days);
    BOOKS_OK(deposit_messages(&k.b.c, from, 0, 10, &m, &n));
    assert_int_equal(n, 3);
    assert_string_equal(m[0].kind, "order.failed");
    assert_string_equal(m[2].kind, "order.given_up");
    proven();
    counter_close(&k);
}

static void an_order_keeps_off_days_without_work(void **state)
{
    UNUSED(state);
    static const int paid_on[] = { 6, 8, 5 }; /* the 6th of March is a Saturday */
    struct standing_order o[3];
    struct standing_run *runs;
    int n = 0;
    counter_open(&k);
    counter_day(&k, counter_date(2027, 3, 1));
    deposit_id from = funded("demand", 10000), to = funded("demand", 1);
    for (int i = 0; i < 3; i++) {
        o[i] = (struct standing_order){ .payer = from,
                                        .payee = to,
                                        .minor = 100,
                                        .cycle = STANDING_MONTHLY,
                                        .holiday = (enum standing_holiday)(i + 1),
                                        .first = counter_date(2027, 3, 6) };
        BOOKS_OK(standing_put(&k.b.c, &o[i]));
        assert_int_equal(o[i].pays.days, counter_date(2027, 3, paid_on[i]).days);
    }
    close_days(counter_date(2027, 3, 5));
    assert_int_equal(counter_balance(&k, to), 101);
    close_days(counter_date(2027, 3, 7));
    assert_int_equal(counter_balance(&k, to), 201);
    close_days(counter_date(2027, 3, 8));
    assert_int_equal(counter_balance(&k, to), 301);
    for (int i = 0; i < 3; i++) {
        BOOKS_OK(standing_runs(&k.b.c, o[i].id, 5, &runs, &n));
        assert_int_equal(n, 1);
        assert_int_equal(runs[0].due.days, counter_date(2027, 3, 6).days);
        assert_int_equal(runs[0].tried.days, counter_date(2027, 3, paid_on[i]).days);
        BOOKS_OK(standing_get(&k.b.c, o[i].id, &o[i]));
        assert_int_equal(o[i].next.days, counter_date(2027, 4, 6).days); /* a Tuesday */
        assert_int_equal(o[i].pays.days, o[i].next.days);
    }
    o[0].holiday = STANDING_WORK_DAY_BEFORE + 1;
    assert_int_equal(standing_put(&k.b.c, &o[0]), DEPOSIT_BAD_SCHEDULE);
    proven();
    counter_close(&k);
}

static void a_paused_order_does_not_pay_what_passed(void **state)
{
    UNUSED(state);
    counter_open(&k);
    counter_day(&k, counter_date(2027, 1, 1));
    deposit_id from = funded("demand", 10000), to = funded("demand", 1);
    struct standing_order o = { .payer = from,
                                .payee = to,
                                .minor = 100,
                                .cycle = STANDING_WEEKLY,
                                .first = counter_date(2027, 1, 2) };
    BOOKS_OK(standing_put(&k.b.c, &o));
    close_days(counter_date(2027, 1, 2));
    BOOKS_OK(standing_set_state(&k.b.c, o.id, STANDING_PAUSED));
    close_days(counter_date(2027, 1, 20));
    BOOKS_OK(standing_set_state(&k.b.c, o.id, STANDING_ACTIVE));
    close_days(counter_date(2027, 1, 23));
    assert_int_equal(counter_balance(&k, to), 201);
    counter_close(&k);
}

/* A weekly order of 100 from somebody with `funds`; the payee has 1. */
static struct standing_order weekly(enum standing_holiday holiday, date first, int64_t funds)
{
    struct standing_order o = { .payer = funded("demand", funds),
                                .payee = funded("demand", 1),
                                .minor = 100,
                                .cycle = STANDING_WEEKLY,
                                .holiday = holiday,
                                .first = first };
    BOOKS_OK(standing_put(&k.b.c, &o));
    return o;
}

static struct standing_order now_of(const struct standing_order *o)
{
    struct standing_order out;
    BOOKS_OK(standing_get(&k.b.c, o->id, &out));
    return out;
}

static void an_order_resumed_before_its_moved_day_is_paid_on_it(void **state)
{
    UNUSED(state);
    const date saturday = counter_date(2027, 3, 6), monday = { saturday.days + 2 };
    counter_open(&k);
    counter_day(&k, counter_date(2027, 3, 5));
    struct standing_order o = weekly(STANDING_NEXT_WORK_DAY, saturday, 1000);
    BOOKS_OK(standing_set_state(&k.b.c, o.id, STANDING_PAUSED));
    close_days((date){ monday.days - 1 });
    BOOKS_OK(standing_set_state(&k.b.c, o.id, STANDING_ACTIVE));
    o = now_of(&o);
    assert_int_equal(o.next.days, saturday.days);
    assert_int_equal(o.pays.days, monday.days);
    close_days(monday);
    assert_int_equal(counter_balance(&k, o.payee), 101);
    /* before a due day: the day of paying passed, and the due day with it */
    struct standing_order b = weekly(STANDING_WORK_DAY_BEFORE, (date){ saturday.days + 7 }, 1000);
    BOOKS_OK(standing_set_state(&k.b.c, b.id, STANDING_PAUSED));
    close_days((date){ saturday.days + 6 }); /* the Friday */
    BOOKS_OK(standing_set_state(&k.b.c, b.id, STANDING_ACTIVE));
    assert_int_equal(now_of(&b).next.days, saturday.days + 14);
    close_days((date){ saturday.days + 8 });
    assert_int_equal(counter_balance(&k, b.payee), 1);
    proven();
    counter_close(&k);
}

static void a_pause_does_not_end_what_is_being_tried_again(void **state)
{
    UNUSED(state);
    const date day = counter_date(2027, 3, 9); /* a Tuesday */
    counter_open(&k);
    counter_day(&k, day);
    struct standing_order o = weekly(STANDING_AS_IT_IS, day, 1);
    close_days(day);
    BOOKS_OK(standing_set_state(&k.b.c, o.id, STANDING_PAUSED));
    counter_pay_in(&k, o.payer, 500);
    BOOKS_OK(standing_set_state(&k.b.c, o.id, STANDING_ACTIVE));
    close_days((date){ day.days + 1 });
    assert_int_equal(counter_balance(&k, o.payee), 101);
    assert_int_equal(now_of(&o).next.days, day.days + 7);
    counter_close(&k);
}

static void an_order_follows_the_calendar_as_it_is_on_the_day(void **state)
{
    UNUSED(state);
    static const int paid_on[] = { 17, 18, 16 }, makeup_on[] = { 20, 20, 20 };
    const date wednesday = counter_date(2027, 3, 10), saturday = counter_date(2027, 3, 13);
    struct standing_order o[3], s[3];
    struct standing_run *runs;
    int n = 0;
    counter_open(&k);
    counter_day(&k, wednesday);
    for (int i = 0; i < 3; i++) {
        o[i] = weekly((enum standing_holiday)(i + 1), wednesday, 1000);
        s[i] = weekly((enum standing_holiday)(i + 1), saturday, 1000);
    }
    close_days((date){ saturday.days + 2 });
    BOOKS_OK(branch_day_put(&k.b.c, (date){ wednesday.days + 7 }, DAY_HOLIDAY, "停业"));
    BOOKS_OK(branch_day_put(&k.b.c, (date){ saturday.days + 7 }, DAY_MAKEUP, "调休"));
    close_days((date){ saturday.days + 9 });
    for (int i = 0; i < 3; i++) {
        BOOKS_OK(standing_runs(&k.b.c, o[i].id, 5, &runs, &n));
        assert_int_equal(n, 2);
        assert_int_equal(runs[0].due.days, wednesday.days + 7);
        assert_int_equal(runs[0].tried.days, counter_date(2027, 3, paid_on[i]).days);
        assert_int_equal(now_of(&o[i]).next.days, wednesday.days + 14);
        BOOKS_OK(standing_runs(&k.b.c, s[i].id, 5, &runs, &n));
        assert_int_equal(n, 2);
        assert_int_equal(runs[0].tried.days, counter_date(2027, 3, makeup_on[i]).days);
    }
    /* Entered too late for the day before: paid at once, not lost. */
    close_days((date){ wednesday.days + 13 });
    BOOKS_OK(branch_day_put(&k.b.c, (date){ wednesday.days + 14 }, DAY_HOLIDAY, "停业"));
    close_days((date){ wednesday.days + 14 });
    BOOKS_OK(standing_runs(&k.b.c, o[2].id, 5, &runs, &n));
    assert_int_equal(runs[0].tried.days, wednesday.days + 14);
    assert_int_equal(counter_balance(&k, o[2].payee), 301);
    proven();
    counter_close(&k);
}

static void an_order_that_keeps_off_holidays_is_tried_again_on_work_days(void **state)
{
    UNUSED(state);
    const date friday = counter_date(2027, 3, 12);
    counter_open(&k);
    counter_day(&k, friday);
    struct standing_order o = weekly(STANDING_NEXT_WORK_DAY, friday, 1),
                          b = weekly(STANDING_WORK_DAY_BEFORE, friday, 1),
                          each = weekly(STANDING_AS_IT_IS, friday, 1);
    close_days(friday);
    assert_int_equal(now_of(&o).pays.days, friday.days + 3);
    assert_int_equal(now_of(&b).pays.days, friday.days + 3);
    assert_int_equal(now_of(&each).pays.days, friday.days + 1);
    BOOKS_OK(branch_day_put(&k.b.c, (date){ friday.days + 3 }, DAY_HOLIDAY, "停业"));
    counter_pay_in(&k, o.payer, 500);
    counter_pay_in(&k, b.payer, 500);
    close_days((date){ friday.days + 3 });
    assert_int_equal(counter_balance(&k, o.payee), 1);
    close_days((date){ friday.days + 4 });
    assert_int_equal(counter_balance(&k, o.payee), 101);
    assert_int_equal(counter_balance(&k, b.payee), 101);
    proven();
    counter_close(&k);
}

static void an_order_whose_last_day_has_passed_is_over(void **state)
{
    UNUSED(state);
    const date first = counter_date(2027, 3, 9); /* a Tuesday */
    counter_open(&k);
    counter_day(&k, first);
    struct standing_order o = weekly(STANDING_AS_IT_IS, first, 1000), p = o, once = o;
    p.id.n = once.id.n = 0;
    p.until.days = first.days + 7;
    once.until.days = first.days;
    once.cycle = STANDING_ONCE;
    BOOKS_OK(standing_put(&k.b.c, &p));
    BOOKS_OK(standing_put(&k.b.c, &once));
    BOOKS_OK(standing_set_state(&k.b.c, once.id, STANDING_PAUSED));
    close_days(first);
    assert_int_equal(counter_balance(&k, o.payee), 201);
    o.until.days = first.days + 6; /* the next one would be a day later */
    BOOKS_OK(standing_put(&k.b.c, &o));
    assert_int_equal(o.state, STANDING_ENDED);
    BOOKS_OK(standing_set_state(&k.b.c, p.id, STANDING_PAUSED));
    close_days((date){ first.days + 8 });
    BOOKS_OK(standing_set_state(&k.b.c, p.id, STANDING_ACTIVE));
    BOOKS_OK(standing_set_state(&k.b.c, once.id, STANDING_ACTIVE));
    assert_int_equal(now_of(&p).state, STANDING_ENDED);
    assert_int_equal(now_of(&once).state, STANDING_ENDED);
    close_days((date){ first.days + 20 });
    assert_int_equal(counter_balance(&k, o.payee), 201);
    assert_int_equal(books_number(&k.b, "SELECT COUNT(*) FROM event WHERE topic='order.ended'"), 3);
    /* as an older version left it */
    struct standing_order q = weekly(STANDING_AS_IT_IS, (date){ first.days + 21 }, 1000);
    BOOKS_OK(db_exec(k.b.c.tx, "UPDATE deposit_standing SET until_day=first_day-1 WHERE id=$1",
                     DB_ARGS(DB_I(q.id.n))));
    close_days((date){ first.days + 21 });
    assert_int_equal(now_of(&q).state, STANDING_ENDED);
    assert_int_equal(counter_balance(&k, q.payee), 1);
    proven();
    counter_close(&k);
}

/* ---- maturities, sleep ---- */

static struct deposit_account term(enum deposit_rollover rollover, deposit_id payout)
{
    struct deposit_account a;
    const struct deposit_opening o = { .customer = k.person,
                                       .product = counter_product(&k, "term-3"),
                                       .rollover = rollover,
                                       .payout = payout };
    BOOKS_OK(deposit_open(&k.b.c, &o, &a));
    counter_pay_in(&k, a.id, 1000000);
    return a;
}

static void a_term_deposit_does_at_maturity_what_was_agreed(void **state)
{
    UNUSED(state);
    struct deposit_account a, other;
    struct deposit_message *m;
    int n = 0;
    counter_open(&k);
    counter_day(&k, counter_date(2027, 1, 31));
    deposit_id demand = funded("demand", 100), shut = funded("demand", 100);
    struct deposit_account none = term(ROLLOVER_NONE, (deposit_id){ 0 }),
                           all = term(ROLLOVER_ALL, (deposit_id){ 0 }),
                           principal = term(ROLLOVER_PRINCIPAL, demand),
                           pay = term(ROLLOVER_PAY, demand), fails = term(ROLLOVER_PAY, shut);
    struct deposit_done done;
    BOOKS_OK(deposit_close(&k.b.c, shut, k.cash, ledger_id_make(&k.b.c), &done));
    counter_day(&k, counter_date(2027, 4, 28));
    close_days(counter_date(2027, 4, 28));
    assert_int_equal(counter_balance(&k, all.id), 1000000);
    close_days(counter_date(2027, 4, 30)); /* they matured on the 30th, at its beginning */
    assert_int_equal(counter_balance(&k, none.id), 1000000);
    assert_int_equal(counter_balance(&k, all.id), 1007125);
    assert_int_equal(counter_balance(&k, principal.id), 1000000);
    assert_int_equal(counter_balance(&k, pay.id), 0);
    assert_int_equal(counter_balance(&k, demand), 100 + 7125 + 1007125);
    BOOKS_OK(deposit_get(&k.b.c, all.id, &a));
    assert_int_equal(a.matures.days, counter_date(2027, 7, 30).days);
    assert_int_equal(a.principal_minor, 1007125);
    BOOKS_OK(deposit_get(&k.b.c, pay.id, &other));
    assert_int_equal(other.state, DEPOSIT_ENDED);
    assert_int_equal(counter_balance(&k, fails.id), 1000000);
    BOOKS_OK(deposit_messages(&k.b.c, fails.id, 0, 10, &m, &n));
    assert_int_equal(n, 1);
    assert_string_equal(m[0].kind, "term.waits");
    proven();
    counter_close(&k);
}

static void who_has_little_and_does_not_come_sleeps(void **state)
{
    UNUSED(state);
    struct deposit_settings s;
    struct deposit_account a;
    counter_open(&k);
    BOOKS_OK(deposit_settings_get(&k.b.c, &s));
    s.dormant_days = 10;
    BOOKS_OK(deposit_settings_put(&k.b.c, &s));
    counter_day(&k, counter_date(2027, 1, 1));
    deposit_id poor = funded("demand", 9999), rich = funded("demand", 10000);
    close_days(counter_date(2027, 1, 11));
    BOOKS_OK(deposit_get(&k.b.c, poor, &a));
    assert_int_equal(a.state, DEPOSIT_OPEN);
    close_days(counter_date(2027, 1, 12));
    BOOKS_OK(deposit_get(&k.b.c, poor, &a));
    assert_int_equal(a.state, DEPOSIT_DORMANT);
    BOOKS_OK(deposit_get(&k.b.c, rich, &a));
    assert_int_equal(a.state, DEPOSIT_OPEN);
    BOOKS_OK(deposit_wake(&k.b.c, poor, "came in person"));
    close_days(counter_date(2027, 1, 13));
    BOOKS_OK(deposit_get(&k.b.c, poor, &a));
    assert_int_equal(a.state, DEPOSIT_OPEN);
    proven();
    counter_close(&k);
}

/* ---- begun, asked, run by two ---- */

static void a_day_is_closed_once_and_none_before_its_time(void **state)
{
    UNUSED(state);
    struct dayend d, *list;
    bool asked = false;
    int n = 0;
    counter_open(&k);
    counter_day(&k, counter_date(2027, 1, 10));
    assert_int_equal(dayend_begin(&k.b.c, counter_date(2027, 1, 9), &d), DEPOSIT_DAY_OVER);
    assert_int_equal(dayend_begin(&k.b.c, counter_date(2027, 1, 11), &d), DEPOSIT_DAY_FUTURE);
    BOOKS_OK(dayend_ask(&k.b.c));
    BOOKS_OK(dayend_asked(&k.b.c, &asked));
    assert_true(asked);
    BOOKS_OK(dayend_begin(&k.b.c, counter_date(2027, 1, 10), &d));
    BOOKS_OK(dayend_asked(&k.b.c, &asked));
    assert_false(asked);
    assert_int_equal(dayend_ask(&k.b.c), DEPOSIT_DAY_RUNNING);
    close_days(counter_date(2027, 1, 10));
    assert_int_equal(dayend_begin(&k.b.c, (date){ 0 }, &d), DEPOSIT_DAY_FUTURE);
    assert_int_equal(dayend_ask(&k.b.c), DEPOSIT_DAY_FUTURE);
    BOOKS_OK(dayend_list(&k.b.c, 5, &list, &n));
    assert_int_equal(n, 1);
    assert_true(list[0].step == DAYEND_DONE && list[0].proven);
    assert_string_equal(dayend_step_code(DAYEND_SETTLE), "settle");
    counter_close(&k);
}

/* A day with something in every step. */
static deposit_id scene_accounts[150];
static void scene(void)
{
    counter_open(&k);
    counter_day(&k, counter_date(2027, 6, 21));
    fee_id fee = add_fee("each", FEE_EACH, 10);
    deposit_id to = scene_accounts[0] = funded("demand", 777700);
    for (int i = 1; i < 150; i++)
        scene_accounts[i] = i % 10 ? funded("demand", 10000 * i) : with_fee(fee, 10000 * i);
    for (int i = 1; i < 120; i++) {
        struct standing_order o = { .payer = scene_accounts[i],
                                    .payee = to,
                                    .minor = 100 + i,
                                    .cycle = STANDING_MONTHLY,
                                    .first = counter_date(2027, 9, 20) };
        BOOKS_OK(standing_put(&k.b.c, &o));
    }
    (void)term(ROLLOVER_ALL, (deposit_id){ 0 }); /* matures on 21 September */
    counter_day(&k, counter_date(2027, 9, 20));
    books_save(&k.b);
}

struct outcome {
    uint64_t balances; /* a digest of them all */
    int64_t to, expense, fees, transfers, settlements, runs;
};
static struct outcome outcome_now(void)
{
    struct outcome o = { .balances = 0 };
    for (int i = 0; i < 150; i++)
        o.balances = o.balances * 31 + (uint64_t)counter_balance(&k, scene_accounts[i]);
    o.to = counter_balance(&k, scene_accounts[0]);
    o.expense = counter_own(&k, OWN_INTEREST_EXPENSE);
    o.fees = counter_own(&k, OWN_FEE_INCOME);
    o.transfers = books_number(&k.b, "SELECT COUNT(*) FROM ledger_transfer");
    o.settlements = books_number(&k.b, "SELECT COUNT(*) FROM deposit_settlement");
    o.runs = books_number(&k.b, "SELECT COUNT(*) FROM deposit_standing_run WHERE state=1");
    return o;
}

static void same(const struct outcome *a, const struct outcome *b)
{
    assert_memory_equal(a, b, sizeof *a);
}

static void two_nodes_close_a_day_together_and_twice(void **state)
{
    UNUSED(state);
    struct dayend a, b;
    bool more = true;
    scene();
    close_days(counter_date(2027, 9, 20));
    const struct outcome want = outcome_now();
    assert_int_equal(want.runs, 119);
    assert_int_equal(want.settlements, 151);
    assert_true(want.to > 777700);
    proven();
    counter_close(&k);
    scene();
    k.b.c.now_us = date_instant(counter_date(2027, 9, 20), 84600);
    BOOKS_OK(dayend_begin(&k.b.c, (date){ 0 }, &a));
    books_save(&k.b);
    BOOKS_OK(dayend_begin(&k.b.c, (date){ 0 }, &b));
    books_save(&k.b);
    for (int i = 0; more; i++) { /* chunk by chunk, in turns; each does its last one again */
        struct dayend again = i % 2 ? a : b;
        BOOKS_OK(dayend_run(&k.b.c, i % 2 ? &a : &b, &more));
        books_save(&k.b);
        if (more) {
            BOOKS_OK(dayend_run(&k.b.c, &again, &more));
            books_save(&k.b);
        }
    }
    BOOKS_OK(dayend_proved(&k.b.c, a.day, true, "ok"));
    BOOKS_OK(dayend_proved(&k.b.c, a.day, false, "late"));
    const struct outcome got = outcome_now();
    same(&want, &got);
    proven();
    counter_close(&k);
}

/* The process dies at the N-th database call: what was committed stays, the rest is done again. */
static void a_fault_at_any_call_of_the_day_end_changes_nothing_in_the_end(void **state)
{
    UNUSED(state);
    int64_t calls = 0, tried = 0;
    const bool server = getenv("PIAOHAO_TEST_PG") != NULL; /* each try costs more there */
    scene();
    int64_t from = db_calls(k.b.db);
    close_days(counter_date(2027, 9, 20));
    calls = db_calls(k.b.db) - from;
    const struct outcome want = outcome_now();
    counter_close(&k);
    scene();
    k.b.c.now_us = date_instant(counter_date(2027, 9, 20), 84600);
    struct dayend d;
    BOOKS_OK(dayend_begin(&k.b.c, (date){ 0 }, &d));
    books_save(&k.b);
    for (bool more = true; more;) { /* each chunk with every one of its calls failing once */
        int rc = -1;
        for (int64_t n = 1; rc; n += 1 + n / (server ? 3 : 40)) {
            struct dayend try = d;
            db_fail_at(k.b.db, n, n % 2 ? RC_IO : RC_BUSY);
            rc = dayend_run(&k.b.c, &try, &more);
            db_fail_at(k.b.db, 0, 0);
            tried++;
            assert_true(rc <= 0);
            if (rc)
                books_undo(&k.b);
        }
        books_save(&k.b);
    }
    BOOKS_OK(dayend_proved(&k.b.c, d.day, true, "ok"));
    books_save(&k.b);
    const struct outcome got = outcome_now();
    same(&want, &got);
    proven();
    print_message("%lld calls, %lld faults\n", (long long)calls, (long long)tried);
    counter_close(&k);
}

static void the_proof_sees_what_was_tampered_with(void **state)
{
    UNUSED(state);
    static const struct {
        const char *sql;
        bool accounts;
    } rows[] = {
        { "UPDATE deposit_settlement SET from_day=from_day+1", false },
        { "UPDATE deposit_settlement SET credit_minor=credit_minor+1 WHERE credit_minor>0", false },
        { "UPDATE deposit_settlement SET id_low=id_low+1 WHERE credit_minor>0", false },
        { "UPDATE deposit_account SET settled_day=settled_day+1 WHERE kind=1", false },
        { "DELETE FROM deposit_standing_run WHERE state=1", false },
        { "UPDATE deposit_dayend SET step=5 WHERE day=(SELECT MIN(day) FROM deposit_dayend)",
          false },
        { "INSERT INTO deposit_settlement SELECT account_id, until_day, 1, from_day, posted_day,"
          " credit_minor, debit_minor, adjusted_minor, credit_now, debit_now, id_high, id_low"
          " FROM deposit_settlement",
          false },
        { "UPDATE deposit_account SET state=3", true },
        { "UPDATE deposit_account SET principal_minor=1 WHERE kind=2", true },
        { "UPDATE deposit_account SET customer_id=1", true },
    };
    scene();
    close_days(counter_date(2027, 9, 21));
    proven();
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[200] = "";
        int64_t n = 0, bad = 0;
        BOOKS_OK(db_savepoint(k.b.c.tx));
        BOOKS_OK(db_exec(k.b.c.tx, rows[i].sql, DB_NO_ARGS));
        BOOKS_OK(
            (rows[i].accounts ? deposit_check : dayend_check)(&k.b.c, &n, &bad, text, sizeof text));
        if (!bad || !text[0])
            fail_msg("not seen: %s", rows[i].sql);
        db_undo(k.b.c.tx);
    }
    counter_close(&k);
}

SUITE(deposit_dayend, cmocka_unit_test(the_interest_of_all_accounts_is_the_expense_of_the_books),
      cmocka_unit_test(accrued_daily_or_monthly_it_is_the_same_interest),
      cmocka_unit_test(an_accrual_that_was_begun_goes_on_whatever_is_set_meanwhile),
      cmocka_unit_test(a_frozen_account_gets_its_interest_when_it_can),
      cmocka_unit_test(fees_are_taken_when_they_are_due_and_owed_when_there_is_nothing),
      cmocka_unit_test(due_days_keep_to_the_first_one),
      cmocka_unit_test(what_is_no_order_is_refused),
      cmocka_unit_test(an_order_without_funds_is_tried_again_and_then_given_up),
      cmocka_unit_test(an_order_keeps_off_days_without_work),
      cmocka_unit_test(a_paused_order_does_not_pay_what_passed),
      cmocka_unit_test(an_order_resumed_before_its_moved_day_is_paid_on_it),
      cmocka_unit_test(a_pause_does_not_end_what_is_being_tried_again),
      cmocka_unit_test(an_order_follows_the_calendar_as_it_is_on_the_day),
      cmocka_unit_test(an_order_that_keeps_off_holidays_is_tried_again_on_work_days),
      cmocka_unit_test(an_order_whose_last_day_has_passed_is_over),
      cmocka_unit_test(a_term_deposit_does_at_maturity_what_was_agreed),
      cmocka_unit_test(who_has_little_and_does_not_come_sleeps),
      cmocka_unit_test(a_day_is_closed_once_and_none_before_its_time),
      cmocka_unit_test(two_nodes_close_a_day_together_and_twice),
      cmocka_unit_test(a_fault_at_any_call_of_the_day_end_changes_nothing_in_the_end),
      cmocka_unit_test(the_proof_sees_what_was_tampered_with))
