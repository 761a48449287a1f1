/* interest_test.c -- Interest: vectors, dates, and what is posted. */
#include "counter.h"

static struct counter k;

/* ---- pure ---- */

static void the_last_digit_checks_all_others(void **state)
{
    UNUSED(state);
    static const char *const good[] = { "6222021709001234561", "6212261709000000013",
                                        "6222021709999999993", "9558801709001234561" };
    char number[DEPOSIT_NUMBER_TEXT], mask[DEPOSIT_NUMBER_TEXT];
    for (size_t i = 0; i < COUNT(good); i++)
        assert_true(deposit_luhn(good[i]));
    assert_false(deposit_luhn("6222021709001234560"));
    assert_false(deposit_luhn("62220217090012345x1") || deposit_luhn("") || deposit_luhn("0"));
    assert_false(deposit_number_valid("6222021709001234561")); /* a card */
    deposit_number_make("880300000000000001", number);
    assert_true(deposit_number_valid(number));
    deposit_number_mask(number, mask);
    assert_string_equal(mask + 6, "*********0017");
    for (int at = 0; at < 19; at++) { /* every single wrong digit is seen */
        char wrong[DEPOSIT_NUMBER_TEXT];
        memcpy(wrong, number, sizeof wrong);
        wrong[at] = wrong[at] == '9' ? '0' : (char)(wrong[at] + 1);
        assert_false(deposit_luhn(wrong));
    }
}

static void months_end_where_there_is_no_such_day(void **state)
{
    UNUSED(state);
    static const struct {
        int from[3], months, to[3];
        const char *why;
    } rows[] = {
        { { 2026, 1, 31 }, 1, { 2026, 2, 28 }, "no 31 February" },
        { { 2028, 1, 31 }, 1, { 2028, 2, 29 }, "a leap year" },
        { { 2026, 11, 30 }, 3, { 2027, 2, 28 }, "over the year's end" },
        { { 2026, 3, 15 }, 12, { 2027, 3, 15 }, "a year" },
        { { 2028, 2, 29 }, 12, { 2029, 2, 28 }, "born on a leap day" },
        { { 2026, 12, 31 }, 60, { 2031, 12, 31 }, "five years" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        date got = interest_months_after(
            counter_date(rows[i].from[0], rows[i].from[1], rows[i].from[2]), rows[i].months);
        if (got.days != counter_date(rows[i].to[0], rows[i].to[1], rows[i].to[2]).days)
            fail_msg("%s", rows[i].why);
    }
}

static void quarters_end_on_the_twentieth(void **state)
{
    UNUSED(state);
    static const struct {
        int d[3], end[3], last[3];
    } rows[] = {
        { { 2026, 9, 20 }, { 2026, 9, 20 }, { 2026, 9, 20 } },
        { { 2026, 9, 21 }, { 2026, 12, 20 }, { 2026, 9, 20 } },
        { { 2026, 12, 21 }, { 2027, 3, 20 }, { 2026, 12, 20 } },
        { { 2026, 12, 31 }, { 2027, 3, 20 }, { 2026, 12, 20 } },
        { { 2027, 1, 1 }, { 2027, 3, 20 }, { 2026, 12, 20 } },
        { { 2027, 3, 19 }, { 2027, 3, 20 }, { 2026, 12, 20 } },
        { { 2027, 4, 30 }, { 2027, 6, 20 }, { 2027, 3, 20 } },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        date d = counter_date(rows[i].d[0], rows[i].d[1], rows[i].d[2]);
        assert_int_equal(interest_period_end(d).days,
                         counter_date(rows[i].end[0], rows[i].end[1], rows[i].end[2]).days);
        assert_int_equal(interest_period_last(d).days,
                         counter_date(rows[i].last[0], rows[i].last[1], rows[i].last[2]).days);
    }
}

static int64_t earned(const struct interest_change *ch, int n, const struct interest_rate *ra,
                      int m, date from, date until, bool debit)
{
    struct interest_sum s;
    assert_true(interest_products(ch, n, ra, m, from, until, debit, 360, CNY, &s));
    return s.minor;
}

/* The quarter of 21 June to 20 September has 92 days. */
static void the_product_is_whole_yuan_times_days(void **state)
{
    UNUSED(state);
    const date from = counter_date(2026, 6, 21), until = counter_date(2026, 9, 20);
    const struct interest_rate list = { { 0 }, { 3500 } };
    assert_int_equal(until.days - from.days + 1, 92);
    static const struct {
        int64_t first, then;
        int days;
        int64_t want;
        const char *why;
    } rows[] = {
        { 1234567, 800000, 40, 885, "12345 x 40 + 8000 x 52 = 909800 -> 8.845278" },
        { 99, 99, 92, 0, "fen do not bear" },
        { 100, 100, 92, 0, "0.000894 is below half a fen" },
        { 1000000, 1000000, 92, 894, "10000 x 92 x 0.0035 / 360 = 8.9444" },
        { -500000, 1000000, 46, 447, "below zero nothing is earned" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct interest_change ch[] = { { from, rows[i].first },
                                              { { from.days + rows[i].days }, rows[i].then } };
        int64_t got = earned(ch, 2, &list, 1, from, until, false);
        if (got != rows[i].want)
            fail_msg("%s: %lld", rows[i].why, (long long)got);
    }
}

static void a_new_rate_splits_the_product(void **state)
{
    UNUSED(state);
    const date from = counter_date(2026, 6, 21), until = counter_date(2026, 9, 20);
    const struct interest_rate rates[] = { { { 0 }, { 3500 } },
                                           { { from.days + 40 }, { 5000 } },
                                           { { from.days + 60 }, { 5000 } } };
    const struct interest_change ch[] = { { from, 1234567 }, { { from.days + 50 }, 800000 } };
    struct interest_sum s;
    assert_true(interest_products(ch, 2, rates, 3, from, until, false, 360, CNY, &s));
    assert_int_equal(s.n, 2); /* the third is the same rate */
    assert_int_equal(s.parts[0].product.unit_days, 12345 * 40);
    assert_int_equal(s.parts[1].product.unit_days, 12345 * 10 + 8000 * 42);
    assert_int_equal(s.parts[0].until.days + 1, s.parts[1].from.days);
    assert_int_equal(s.parts[1].until.days, until.days);
    assert_int_equal(s.minor, 1118); /* (493800 x 3500 + 459450 x 5000) / 360 / 10^6 = 11.1820 */
    const struct interest_change below[] = { { from, -1000000 } };
    const struct interest_rate daily = { { 0 }, { 180000 } };
    assert_int_equal(earned(below, 1, &daily, 1, from, until, true), 46000); /* 0.05 % a day */
}

static void a_leap_day_is_a_day(void **state)
{
    UNUSED(state);
    const date from = counter_date(2027, 12, 21), until = counter_date(2028, 3, 20);
    const struct interest_rate list = { { 0 }, { 3500 } };
    const struct interest_change ch = { from, 3600000 };
    assert_int_equal(until.days - from.days + 1, 91);
    assert_int_equal(earned(&ch, 1, &list, 1, from, until, false), 3185); /* 36000 x 91 x .. */
}

static void terms_and_notices_are_paid_by_the_deposit(void **state)
{
    UNUSED(state);
    money out;
    assert_true(interest_term((money){ 1000000, CNY }, (rate){ 32500 }, 12, &out));
    assert_int_equal(out.minor, 32500);
    assert_true(interest_term((money){ 1000099, CNY }, (rate){ 28500 }, 3, &out));
    assert_int_equal(out.minor, 7125);
    assert_true(interest_days((money){ 5000000, CNY }, (rate){ 13500 }, 30, 360, &out));
    assert_int_equal(out.minor, 5625);
    const struct notice_facts good = { .notice_days = 7,
                                       .minor = 6000000,
                                       .noticed_minor = 6000000,
                                       .begins = { 100 },
                                       .today = { 130 },
                                       .told = { 123 },
                                       .due = { 130 },
                                       .min_minor = 5000000 };
    struct notice_facts f = good;
    assert_int_equal(interest_notice_part(&f), 6000000);
    f.noticed_minor = 5000000; /* more than was told: the rest bears the demand rate */
    assert_int_equal(interest_notice_part(&f), 5000000);
    f = good;
    f.noticed_minor = 0; /* not told */
    assert_int_equal(interest_notice_part(&f), 0);
    f = good;
    f.today.days = 129; /* too early */
    assert_int_equal(interest_notice_part(&f), 0);
    f.today.days = 131; /* too late */
    assert_int_equal(interest_notice_part(&f), 0);
    f = good;
    f.minor = 4000000; /* less than may be drawn */
    assert_int_equal(interest_notice_part(&f), 0);
    f = good;
    f.begins.days = 125; /* shorter than the notice */
    assert_int_equal(interest_notice_part(&f), 0);
}

/* ---- against the books ---- */

static int64_t due(deposit_id id, date until)
{
    struct deposit_account a;
    struct deposit_interest in;
    BOOKS_OK(deposit_get(&k.b.c, id, &a));
    BOOKS_OK(deposit_interest_of(&k.b.c, &a, until, &in));
    return in.credit.minor + in.adjusted - in.debit.minor;
}

static void settle(deposit_id id, date until)
{
    struct deposit_account a;
    BOOKS_OK(deposit_get(&k.b.c, id, &a));
    BOOKS_OK(deposit_settle(&k.b.c, &a, until));
}

static void what_is_drawn_on_the_day_it_came_earned_no_day(void **state)
{
    UNUSED(state);
    struct deposit_settled *list;
    int n = -1;
    counter_open(&k);
    struct deposit_account a = counter_account(&k, "term-3");
    counter_pay_in(&k, a.id, 1000000);
    counter_pay_out(&k, a.id, 400000);
    BOOKS_OK(deposit_settlements(&k.b.c, a.id, 5, &list, &n));
    assert_int_equal(n, 0);
    counter_day(&k, counter_date(2026, 11, 24));
    struct deposit_done done;
    BOOKS_OK(deposit_close(&k.b.c, a.id, k.cash, ledger_id_make(&k.b.c), &done));
    BOOKS_OK(deposit_settlements(&k.b.c, a.id, 5, &list, &n));
    assert_int_equal(n, 1);
    assert_int_equal(list[0].until.days, list[0].from.days);
    counter_close(&k);
}

static void a_quarter_is_settled_once_and_compounds(void **state)
{
    UNUSED(state);
    struct deposit_settled *list;
    int n = 0;
    counter_open(&k);
    counter_day(&k, counter_date(2027, 6, 21));
    struct deposit_account a = counter_account(&k, "demand");
    counter_pay_in(&k, a.id, 1234567);
    counter_day(&k, (date){ counter_date(2027, 6, 21).days + 40 });
    counter_pay_out(&k, a.id, 434567);
    counter_day(&k, counter_date(2027, 9, 21));
    const date end = counter_date(2027, 9, 20);
    assert_int_equal(due(a.id, end), 885);
    settle(a.id, end);
    settle(a.id, end); /* again: nothing */
    assert_int_equal(counter_balance(&k, a.id), 800885);
    assert_int_equal(counter_own(&k, OWN_INTEREST_PAYABLE), -885);
    BOOKS_OK(deposit_settlements(&k.b.c, a.id, 10, &list, &n));
    assert_int_equal(n, 1);
    assert_int_equal(list[0].from.days, counter_date(2027, 6, 21).days);
    assert_int_equal(list[0].posted.days, counter_date(2027, 9, 21).days);
    assert_int_equal(list[0].credit_minor, 885);
    /* the next 91 days: 8008 whole yuan */
    counter_day(&k, counter_date(2027, 12, 21));
    assert_int_equal(due(a.id, counter_date(2027, 12, 20)), 708); /* 8008 x 91 x .0035/360=7.0848 */
    counter_close(&k);
}

static void a_rate_that_changes_inside_the_quarter_splits_it(void **state)
{
    UNUSED(state);
    counter_open(&k);
    counter_day(&k, counter_date(2027, 6, 21));
    struct deposit_account a = counter_account(&k, "demand");
    counter_pay_in(&k, a.id, 1000000);
    const struct deposit_rate lower = {
        a.product, RATE_CREDIT, counter_date(2027, 8, 1), { 3000 }
    };
    struct deposit_rate bad = lower;
    BOOKS_OK(rate_put(&k.b.c, &lower));
    bad.from.days = counter_date(2027, 6, 20).days;
    assert_int_equal(rate_put(&k.b.c, &bad), DEPOSIT_RATE_PAST);
    bad.annual.ppm = -1;
    assert_int_equal(rate_put(&k.b.c, &bad), DEPOSIT_BAD_RATE);
    bad.product.n = 5;
    assert_int_equal(rate_put(&k.b.c, &bad), DEPOSIT_NO_PRODUCT);
    counter_day(&k, counter_date(2027, 9, 21));
    /* 41 days at 0.35 %, 51 at 0.30 %: 3.98611 + 4.25 = 8.23611 */
    assert_int_equal(due(a.id, counter_date(2027, 9, 20)), 824);
    counter_close(&k);
}

static int64_t told_days(const struct interest_told *t, const int64_t *balances)
{
    int64_t days = 0;
    for (int i = 0; i < t->n; i++) {
        const struct interest_span *s = &t->spans[i];
        assert_int_equal(s->minor, balances[i]);
        assert_int_equal(s->unit_days, s->units * s->days);
        assert_int_equal(s->from.days, i ? t->spans[i - 1].until.days + 1 : t->from.days);
        days += s->days;
    }
    return days;
}

/* What the page shows is the settlement's own walk, before it is posted and after. */
static void the_days_told_are_those_that_are_settled(void **state)
{
    static const int64_t balances[] = { 1234567, 1234567, 800000 };
    struct interest_told t;
    UNUSED(state);
    counter_open(&k);
    counter_day(&k, counter_date(2027, 6, 21));
    struct deposit_account a = counter_account(&k, "demand");
    struct deposit_account term = counter_account(&k, "term-12");
    counter_pay_in(&k, a.id, 1234567);
    const struct deposit_rate lower = {
        a.product, RATE_CREDIT, counter_date(2027, 7, 10), { 3000 }
    };
    BOOKS_OK(rate_put(&k.b.c, &lower));
    counter_day(&k, (date){ counter_date(2027, 6, 21).days + 40 });
    counter_pay_out(&k, a.id, 434567);
    counter_day(&k, counter_date(2027, 9, 21));
    const date end = counter_date(2027, 9, 20);
    BOOKS_OK(deposit_get(&k.b.c, a.id, &a));
    BOOKS_OK(deposit_interest_told(&k.b.c, &a, end, &t));
    assert_int_equal(t.n, 3); /* the rate, then the balance */
    assert_false(t.posted);
    assert_int_equal(told_days(&t, balances), 92);
    assert_int_equal(t.spans[1].annual.ppm, 3000);
    assert_int_equal(t.credit_minor, due(a.id, end));
    settle(a.id, end);
    BOOKS_OK(deposit_get(&k.b.c, a.id, &a));
    const int64_t was = t.credit_minor;
    BOOKS_OK(deposit_interest_told(&k.b.c, &a, end, &t));
    assert_true(t.posted);
    assert_int_equal(told_days(&t, balances), 92);
    assert_int_equal(t.credit_minor, was);
    assert_int_equal(t.as_posted.credit_minor, was);
    assert_int_equal(deposit_interest_told(&k.b.c, &term, end, &t), DEPOSIT_WRONG_KIND);
    counter_close(&k);
}

static void what_is_booked_late_changes_what_was_settled(void **state)
{
    UNUSED(state);
    struct deposit_done done;
    counter_open(&k);
    counter_day(&k, counter_date(2027, 6, 21));
    struct deposit_account a = counter_account(&k, "demand");
    counter_pay_in(&k, a.id, 1000000);
    counter_day(&k, counter_date(2027, 9, 21));
    settle(a.id, counter_date(2027, 9, 20));
    assert_int_equal(counter_balance(&k, a.id), 1000894);
    /* 10,000.00 that should have come on 21 August: 31 days of the old quarter */
    struct deposit_move late = { .id = ledger_id_make(&k.b.c),
                                 .account = a.id,
                                 .contra = k.cash,
                                 .minor = 1000000,
                                 .value_date = counter_date(2027, 8, 21) };
    BOOKS_OK(deposit_in(&k.b.c, &late, &done));
    counter_day(&k, counter_date(2027, 12, 21));
    struct deposit_interest in;
    BOOKS_OK(deposit_get(&k.b.c, a.id, &a));
    BOOKS_OK(deposit_interest_of(&k.b.c, &a, counter_date(2027, 12, 20), &in));
    assert_int_equal(in.adjusted, 302);      /* 11.9583 instead of 8.9444 */
    assert_int_equal(in.credit.minor, 1770); /* 20008 x 91 */
    settle(a.id, counter_date(2027, 12, 20));
    assert_int_equal(counter_balance(&k, a.id), 2000894 + 1770 + 302);
    /* taken back by its reversal, which has the same value date */
    struct ledger_order back = { .id = ledger_id_make(&k.b.c),
                                 .kind = LEDGER_REVERSE,
                                 .of = late.id };
    struct ledger_result r;
    BOOKS_OK(ledger_post(&k.b.c, &back, &r));
    counter_day(&k, counter_date(2028, 3, 21));
    BOOKS_OK(deposit_get(&k.b.c, a.id, &a));
    BOOKS_OK(deposit_interest_of(&k.b.c, &a, counter_date(2028, 3, 20), &in));
    assert_int_equal(in.adjusted, -302 - (1770 - 885));
    settle(a.id, counter_date(2028, 3, 20));
    BOOKS_OK(deposit_get(&k.b.c, a.id, &a));
    BOOKS_OK(deposit_interest_of(&k.b.c, &a, counter_date(2028, 6, 20), &in));
    assert_int_equal(in.adjusted, 0); /* corrected once */
    counter_close(&k);
}

static void who_is_overdrawn_owes_and_what_cannot_be_taken_is_kept(void **state)
{
    UNUSED(state);
    struct deposit_account a;
    struct deposit_done done;
    counter_open(&k);
    counter_day(&k, counter_date(2027, 6, 21));
    const struct deposit_opening o = { .customer = k.person,
                                       .product = counter_product(&k, "overdraft"),
                                       .overdraft_minor = 1000000 };
    BOOKS_OK(deposit_open(&k.b.c, &o, &a));
    counter_pay_out(&k, a.id, 1000000);
    assert_int_equal(counter_out(&k, a.id, 1, &done), LEDGER_BELOW_MINIMUM);
    counter_day(&k, counter_date(2027, 9, 21));
    settle(a.id, counter_date(2027, 9, 20)); /* 0.05 % x 92 days = 460.00, over the limit */
    assert_int_equal(counter_balance(&k, a.id), -1000000);
    assert_int_equal(counter_own(&k, OWN_RECEIVABLE), 46000);
    assert_int_equal(counter_own(&k, OWN_INTEREST_INCOME), 46000);
    assert_int_equal(deposit_close(&k.b.c, a.id, k.cash, ledger_id_make(&k.b.c), &done),
                     DEPOSIT_DUES_OPEN);
    books_undo(&k.b);
    counter_close(&k);
}

SUITE(deposit_interest, cmocka_unit_test(the_last_digit_checks_all_others),
      cmocka_unit_test(months_end_where_there_is_no_such_day),
      cmocka_unit_test(quarters_end_on_the_twentieth),
      cmocka_unit_test(the_product_is_whole_yuan_times_days),
      cmocka_unit_test(a_new_rate_splits_the_product), cmocka_unit_test(a_leap_day_is_a_day),
      cmocka_unit_test(terms_and_notices_are_paid_by_the_deposit),
      cmocka_unit_test(what_is_drawn_on_the_day_it_came_earned_no_day),
      cmocka_unit_test(a_quarter_is_settled_once_and_compounds),
      cmocka_unit_test(a_rate_that_changes_inside_the_quarter_splits_it),
      cmocka_unit_test(the_days_told_are_those_that_are_settled),
      cmocka_unit_test(what_is_booked_late_changes_what_was_settled),
      cmocka_unit_test(who_is_overdrawn_owes_and_what_cannot_be_taken_is_kept))
