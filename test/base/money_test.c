/* money_test.c -- Amounts: overflow, rounding, shares, texts, capitals, interest. */
#include "base/money.h"
#include "base/rng.h"
#include "test.h"

static money cny(int64_t minor)
{
    return (money){ minor, CNY };
}

static void adding_past_the_edge_is_said_and_nothing_is_written(void **state)
{
    UNUSED(state);
    money out = cny(7);
    assert_false(money_add(cny(INT64_MAX), cny(1), &out));
    assert_false(money_sub(cny(INT64_MIN), cny(1), &out));
    assert_false(money_neg(cny(INT64_MIN), &out));
    assert_int_equal(out.minor, 7);
    assert_true(money_add(cny(INT64_MAX), cny(-1), &out) && out.minor == INT64_MAX - 1);
    assert_true(money_sub(cny(-1), cny(INT64_MAX), &out) && out.minor == INT64_MIN);
    assert_true(money_neg(cny(INT64_MAX), &out) && out.minor == -INT64_MAX);
    assert_true(money_compare(cny(1), cny(2)) < 0 && money_compare(cny(2), cny(2)) == 0);
}

static void add_two_currencies(void)
{
    money out;
    if (money_add(cny(1), (money){ 1, USD }, &out))
        exit(0);
}

static void two_currencies_in_one_sum_are_our_bug(void **state)
{
    UNUSED(state);
    assert_true(test_dies(add_two_currencies));
}

static void each_rounding_does_what_its_name_says(void **state)
{
    UNUSED(state);
    static const struct {
        int64_t n, by, even, up, down, away;
        const char *why;
    } row[] = {
        { 35, 10, 4, 4, 3, 4, "3.5: even and up agree" },
        { 45, 10, 4, 5, 4, 5, "4.5: a tie goes to the even" },
        { -35, 10, -4, -4, -3, -4, "-3.5: the same below zero" },
        { -45, 10, -4, -5, -4, -5, "-4.5: the same below zero" },
        { 44, 10, 4, 4, 4, 5, "4.4: only up goes up" },
        { 46, 10, 5, 5, 4, 5, "4.6: only down stays" },
        { 40, 10, 4, 4, 4, 4, "exact stays exact" },
        { 0, 3, 0, 0, 0, 0, "nothing" },
        { 1, 3, 0, 0, 0, 1, "an odd divisor has no ties" },
        { INT64_MAX, 1, INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX, "the edge" },
        { INT64_MIN, 1, INT64_MIN, INT64_MIN, INT64_MIN, INT64_MIN, "the other edge" },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        const int64_t want[] = { row[i].even, row[i].up, row[i].down, row[i].away };
        for (int how = ROUND_HALF_EVEN; how <= ROUND_UP; how++) {
            int64_t got = 99;
            if (!money_divide(row[i].n, row[i].by, (enum rounding)how, &got) || got != want[how])
                fail_msg("%s, rounding %d: %lld", row[i].why, how, (long long)got);
        }
    }
    int64_t none = 7;
    assert_false(money_divide((money_wide)INT64_MAX * 2, 1, ROUND_DOWN, &none));
    assert_int_equal(none, 7);
}

static void a_rate_is_parts_per_million(void **state)
{
    UNUSED(state);
    money out;
    assert_true(money_apply(cny(100), (rate){ 35000 }, ROUND_HALF_EVEN, &out) && out.minor == 4);
    assert_true(money_apply(cny(1000000), (rate){ 12500 }, ROUND_HALF_UP, &out) &&
                out.minor == 12500);
    assert_true(money_apply(cny(INT64_MAX), (rate){ RATE_WHOLE }, ROUND_HALF_UP, &out) &&
                out.minor == INT64_MAX);
    assert_false(money_apply(cny(INT64_MAX), (rate){ RATE_WHOLE + 1 }, ROUND_DOWN, &out));
}

static void parts_always_add_up_to_the_whole(void **state)
{
    UNUSED(state);
    struct rng r;
    rng_seed(&r, 20141231);
    for (int run = 0; run < 5000; run++) {
        int64_t weights[12], sum = 0, total = 0;
        money parts[12];
        size_t n = 1 + rng_below(&r, 12);
        for (size_t i = 0; i < n; i++)
            sum += weights[i] = rng_below(&r, 4) ? rng_below(&r, 1000000) : 0;
        if (!sum)
            continue;
        money whole = cny((int64_t)(rng_u64(&r) >> (1 + rng_below(&r, 60))));
        if (rng_below(&r, 2))
            whole.minor = -whole.minor;
        assert_true(money_split(whole, weights, n, parts));
        for (size_t i = 0; i < n; i++) {
            money_wide off =
                (money_wide)parts[i].minor * sum - (money_wide)whole.minor * weights[i];
            total += parts[i].minor;
            assert_true(off < sum && off > -sum); /* less than one minor unit away */
        }
        assert_true(total == whole.minor);
    }
}

static void what_is_printed_reads_back_as_the_same_amount(void **state)
{
    UNUSED(state);
    static const enum currency kinds[] = { CNY, CZK, HKD, JPY, KWD, GBP, USD, EUR };
    struct rng r;
    char text[MONEY_TEXT];
    rng_seed(&r, 7);
    for (int run = 0; run < 20000; run++) {
        money m = { (int64_t)(rng_u64(&r) >> rng_below(&r, 64)), kinds[run % (int)COUNT(kinds)] };
        money back = { 0 };
        if (run < 16)
            m.minor = run < 8 ? INT64_MIN : INT64_MAX;
        money_print(m, text);
        if (!money_parse(text, m.currency, &back) || back.minor != m.minor)
            fail_msg("%s is not %lld", text, (long long)m.minor);
    }
    money_print(cny(-5), text);
    assert_string_equal(text, "-0.05");
    money_print((money){ 128, JPY }, text);
    assert_string_equal(text, "128");
    money_print((money){ 1, KWD }, text);
    assert_string_equal(text, "0.001");
}

static void a_text_that_is_not_plainly_an_amount_is_none(void **state)
{
    UNUSED(state);
    static const char *const bad[] = { "",
                                       "-",
                                       ".5",
                                       "5.",
                                       "1.005",
                                       "01",
                                       "1,000",
                                       " 1",
                                       "1 ",
                                       "+1",
                                       "-0",
                                       "-0.00",
                                       "1e3",
                                       "0x10",
                                       "1.-5",
                                       "--1",
                                       "１",
                                       "1.5.0",
                                       "92233720368547758.08",
                                       "-92233720368547758.09",
                                       "99999999999999999999999999",
                                       "000" };
    money out = cny(7);
    for (size_t i = 0; i < COUNT(bad); i++)
        if (money_parse(bad[i], CNY, &out))
            fail_msg("'%s' was read as %lld", bad[i], (long long)out.minor);
    assert_false(money_parse(NULL, CNY, &out));
    assert_false(money_parse("1.0", JPY, &out));
    assert_int_equal(out.minor, 7);
    assert_true(money_parse("128", CNY, &out) && out.minor == 12800);
    assert_true(money_parse("128.5", CNY, &out) && out.minor == 12850);
    enum currency c = CNY;
    assert_true(currency_parse("EUR", &c) && c == EUR);
    assert_false(currency_parse("eur", &c) || currency_parse("", &c) || currency_parse(NULL, &c));
    assert_null(currency_find(1));
}

static void amounts_in_capitals_follow_the_rules_for_vouchers(void **state)
{
    UNUSED(state);
    static const struct {
        int64_t fen;
        const char *want, *why;
    } row[] = {
        { 12800, "壹佰贰拾捌元整", "yuan only: 整" },
        { 140950, "壹仟肆佰零玖元伍角", "annex 1: a zero between digits; no 整 after 角" },
        { 600714, "陆仟零柒元壹角肆分", "annex 1: two zeros between digits are one" },
        { 168032, "壹仟陆佰捌拾元零叁角贰分", "annex 1: the yuan end in 0" },
        { 10700053, "壹拾万柒仟元零伍角叁分", "annex 1: thousands follow at once" },
        { 1640902, "壹万陆仟肆佰零玖元零贰分", "annex 1: no jiao" },
        { 32504, "叁佰贰拾伍元零肆分", "annex 1: no jiao" },
        { 0, "零元整", "nothing" },
        { 5, "伍分", "fen only" },
        { 50, "伍角", "jiao only" },
        { 55, "伍角伍分", "below one yuan" },
        { 100, "壹元整", "one" },
        { 1000, "壹拾元整", "ten has its 壹" },
        { 10000000, "壹拾万元整", "zeros at the end are silent" },
        { 100000100, "壹佰万零壹元整", "zeros over a group of four" },
        { 10000000100, "壹亿零壹元整", "a whole group of zeros" },
        { 10001000000, "壹亿零壹万元整", "a group that begins with zeros" },
        { 10010000000, "壹亿零壹拾万元整", "the same, shifted" },
        { 10100000000, "壹亿零壹佰万元整", "the same, shifted" },
        { 11000000000, "壹亿壹仟万元整", "thousands follow at once" },
        { 1002003004, "壹仟零贰万零叁拾元零肆分", "zeros everywhere" },
        { -12850, "负壹佰贰拾捌元伍角", "below zero" },
        { INT64_MAX, "玖亿贰仟贰佰叁拾叁万柒仟贰佰零叁亿陆仟捌佰伍拾肆万柒仟柒佰伍拾捌元零柒分",
          "the largest" },
    };
    char got[MONEY_CAPITALS];
    for (size_t i = 0; i < COUNT(row); i++) {
        money_capitals(cny(row[i].fen), got);
        if (strcmp(got, row[i].want))
            fail_msg("%s: %s, not %s", row[i].why, got, row[i].want);
    }
    money_capitals(cny(INT64_MIN), got);
    assert_true(!strncmp(got, "负玖亿", strlen("负玖亿")));
}

/* A reader of capitals that knows nothing of the writer: sums digits times their steps. */
static int64_t read_capitals(const char *s)
{
    static const char *const names[] = { "零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖",
                                         "拾", "佰", "仟", "万", "亿", "元", "角", "分", "整" };
    int64_t high = 0, middle = 0, part = 0, digit = 0, fen = 0;
    for (; *s; s += 3) {
        int k = 0;
        while (k < (int)COUNT(names) && strncmp(s, names[k], 3))
            k++;
        assert_true(k < (int)COUNT(names));
        if (k <= 9) {
            digit = k;
            continue;
        }
        if (k <= 12)
            part += digit * (k == 10 ? 10 : k == 11 ? 100 : 1000);
        else if (k == 13)
            middle += (part + digit) * 10000, part = 0;
        else if (k == 14)
            high = (high + middle + part + digit) * 100000000, middle = part = 0;
        else if (k == 15)
            fen = (high + middle + part + digit) * 100;
        else if (k <= 17)
            fen += digit * (k == 16 ? 10 : 1);
        digit = 0;
    }
    return fen;
}

static void capitals_read_back_as_the_same_amount(void **state)
{
    UNUSED(state);
    struct rng r;
    char got[MONEY_CAPITALS];
    rng_seed(&r, 3);
    for (int run = 0; run < 20000; run++) {
        int64_t fen = (int64_t)(rng_u64(&r) >> (8 + rng_below(&r, 55)));
        if (rng_below(&r, 2)) /* many zeros */
            for (int64_t p = 10; p < fen; p *= 10)
                if (rng_below(&r, 2))
                    fen -= fen / p % 10 * p;
        money_capitals(cny(fen), got);
        if (read_capitals(got) != fen)
            fail_msg("%lld: %s", (long long)fen, got);
        assert_null(strstr(got, "零零"));
    }
}

static void demand_interest_equals_the_known_answers(void **state)
{
    UNUSED(state);
    struct money_product p = { .annual = { 3500 } };
    money out;
    assert_true(money_product_add(&p, cny(1234567), 40) && money_product_add(&p, cny(800000), 52));
    assert_int_equal(p.unit_days, 909800);
    assert_true(money_interest(&p, 1, 360, CNY, &out) && out.minor == 885);
    p.unit_days = 0;
    assert_true(money_product_add(&p, cny(99), 92) && p.unit_days == 0);
    assert_true(money_interest(&p, 1, 360, CNY, &out) && out.minor == 0);
    assert_true(money_product_add(&p, cny(100), 92) && p.unit_days == 92);
    assert_true(money_interest(&p, 1, 360, CNY, &out) && out.minor == 0);
    assert_true(money_product_add(&p, cny(-500000), 92) && p.unit_days == 92);
    p.unit_days = INT64_MAX - 10;
    assert_false(money_product_add(&p, cny(100), 11));
    assert_false(money_interest((struct money_product[]){ { INT64_MAX, { 1000000000 } } }, 1, 360,
                                CNY, &out));
}

static void a_new_rate_splits_the_product_and_is_rounded_once(void **state)
{
    UNUSED(state);
    struct money_product parts[2] = { { .annual = { 3500 } }, { .annual = { 3500 } } };
    money whole, split;
    assert_true(money_product_add(&parts[0], cny(1234567), 40));
    assert_true(money_product_add(&parts[1], cny(800000), 52));
    assert_true(money_interest(parts, 2, 360, CNY, &split) && split.minor == 885);
    parts[1].annual.ppm = 3000; /* 493,800 x 0.35 % + 416,000 x 0.30 % over 360 = 8.2675 */
    assert_true(money_interest(parts, 2, 360, CNY, &whole) && whole.minor == 827);
}

SUITE(money, cmocka_unit_test(adding_past_the_edge_is_said_and_nothing_is_written),
      cmocka_unit_test(two_currencies_in_one_sum_are_our_bug),
      cmocka_unit_test(each_rounding_does_what_its_name_says),
      cmocka_unit_test(a_rate_is_parts_per_million),
      cmocka_unit_test(parts_always_add_up_to_the_whole),
      cmocka_unit_test(what_is_printed_reads_back_as_the_same_amount),
      cmocka_unit_test(a_text_that_is_not_plainly_an_amount_is_none),
      cmocka_unit_test(amounts_in_capitals_follow_the_rules_for_vouchers),
      cmocka_unit_test(capitals_read_back_as_the_same_amount),
      cmocka_unit_test(demand_interest_equals_the_known_answers),
      cmocka_unit_test(a_new_rate_splits_the_product_and_is_rounded_once))
