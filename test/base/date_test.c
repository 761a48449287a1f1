/* date_test.c -- Days and the bank's civil time. */
#include "base/date.h"
#include "test.h"

static date day(int y, int m, int d)
{
    date out = { 0 };
    assert_true(date_from_ymd(y, m, d, &out));
    return out;
}

/* A slow calendar that counts day by day, beside the closed formula. */
static void every_day_from_1900_to_2100_goes_there_and_back(void **state)
{
    UNUSED(state);
    static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    int32_t days = day(1900, 1, 1).days;
    int weekday = 1; /* 1900-01-01 was a Monday */
    assert_int_equal(days, -25567);
    for (int y = 1900; y <= 2100; y++) {
        bool leap = (y % 4 == 0 && y % 100 != 0) || y == 2000;
        for (int m = 1; m <= 12; m++) {
            int length = lengths[m - 1] + (m == 2 && leap);
            for (int d = 1; d <= length; d++, days++, weekday = weekday % 7 + 1) {
                int gy, gm, gd;
                char text[DATE_TEXT];
                date parsed = { 0 };
                date_to_ymd((date){ days }, &gy, &gm, &gd);
                date_print((date){ days }, text);
                if (gy != y || gm != m || gd != d || day(y, m, d).days != days ||
                    date_weekday((date){ days }) != weekday || !date_parse(text, &parsed) ||
                    parsed.days != days)
                    fail_msg("%d-%d-%d", y, m, d);
            }
            date none;
            assert_false(date_from_ymd(y, m, length + 1, &none));
        }
    }
}

static void known_days_have_their_iso_weekday(void **state)
{
    UNUSED(state);
    static const struct {
        int y, m, d, want;
        const char *why;
    } row[] = {
        { 1970, 1, 1, 4, "the epoch was a Thursday" },
        { 2000, 2, 29, 2, "400 years make a leap year" },
        { 1999, 2, 1, 1, "the first Monday of the Technion log" },
        { 2014, 10, 1, 3, "a National Day" },
        { 2026, 11, 23, 1, "a Monday" },
        { 1900, 3, 1, 4, "1900 had no 29 February" },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        if (date_weekday(day(row[i].y, row[i].m, row[i].d)) != row[i].want)
            fail_msg("%s", row[i].why);
    }
}

static void dates_that_are_not_dates_are_refused(void **state)
{
    UNUSED(state);
    static const struct {
        const char *text, *why;
    } row[] = {
        { "2023-02-29", "not a leap year" },
        { "1900-02-29", "100 years: not a leap year" },
        { "2026-13-01", "month" },
        { "2026-00-01", "month" },
        { "2026-04-31", "April has 30" },
        { "2026-11-00", "day" },
        { "2026-11-23 ", "trailing space" },
        { "2026-1-23", "one digit" },
        { "2026/11/23", "separator" },
        { "+026-11-23", "sign" },
        { "", "empty" },
        { "0000-01-01", "no year 0" },
        { "2026-11-23T00:00", "more than a date" },
        { NULL, "nothing" },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        date d = { 12345 };
        if (date_parse(row[i].text, &d) || d.days != 12345)
            fail_msg("%s: %s", row[i].text, row[i].why);
    }
}

static void times_of_day_are_read_whole(void **state)
{
    UNUSED(state);
    static const struct {
        const char *text;
        int want;
        const char *why;
    } row[] = {
        { "08:30", 30600, "opening" },   { "00:00", 0, "midnight" },    { "23:59", 86340, "last" },
        { "24:00", 86400, "day's end" }, { "24:01", -1, "past it" },    { "12:60", -1, "minute" },
        { "8:30", -1, "one digit" },     { "08:30:00", -1, "seconds" }, { "-1:30", -1, "sign" },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        int s = -1;
        if (date_parse_hm(row[i].text, &s) != (row[i].want >= 0) || s != row[i].want)
            fail_msg("%s: %s", row[i].text, row[i].why);
    }
}

static void instants_are_shown_in_the_banks_civil_time(void **state)
{
    UNUSED(state);
    static const struct {
        int64_t at_us;
        const char *want, *why;
    } row[] = {
        { 0, "1970-01-01T08:00:00.000000+08:00", "UTC midnight is eight o'clock" },
        { -1, "1970-01-01T07:59:59.999999+08:00", "before the epoch rounds down" },
        { INT64_C(57599999999), "1970-01-01T23:59:59.999999+08:00", "last of the day" },
        { INT64_C(57600000000), "1970-01-02T00:00:00.000000+08:00", "first of the next" },
        { INT64_C(-28800000001), "1969-12-31T23:59:59.999999+08:00", "the day before" },
        { INT64_MAX, "----------T12:00:54.775807+08:00", "a year past 9999 is not made up" },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        char text[INSTANT_TEXT];
        instant_print(row[i].at_us, text);
        if (strcmp(text, row[i].want))
            fail_msg("%s: %s", row[i].why, text);
    }
}

static void an_instant_splits_into_date_and_second_and_joins_again(void **state)
{
    UNUSED(state);
    for (int64_t at = -3 * US_DAY; at < 3 * US_DAY; at += 1237 * US_SECOND) {
        date d = date_of_instant(at);
        int s = date_second_of_day(at);
        assert_in_range(s, 0, 86399);
        assert_int_equal(date_instant(d, s), at);
    }
}

SUITE(date, cmocka_unit_test(every_day_from_1900_to_2100_goes_there_and_back),
      cmocka_unit_test(known_days_have_their_iso_weekday),
      cmocka_unit_test(dates_that_are_not_dates_are_refused),
      cmocka_unit_test(times_of_day_are_read_whole),
      cmocka_unit_test(instants_are_shown_in_the_banks_civil_time),
      cmocka_unit_test(an_instant_splits_into_date_and_second_and_joins_again))
