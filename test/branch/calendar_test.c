/* calendar_test.c -- The built-in calendar against the notices and a bank's own calendar. */
#include "test.h"
#include "branch/branch.h"

static date ymd(int year, int month, int day)
{
    date d;
    assert_true(date_from_ymd(year, month, day, &d));
    return d;
}

static void every_day_equals_the_banks_own_calendar(void **state)
{
    UNUSED(state);
    const char *path = test_data("service/cmb_fintech2021/wkd_v1.csv");
    if (!path)
        return;
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    char line[64], code[8];
    int year, month, day, days = 0, wrong = 0;
    assert_non_null(fgets(line, sizeof line, f));
    while (fgets(line, sizeof line, f)) {
        assert_int_equal(sscanf(line, "%d/%d/%d,%2s", &year, &month, &day, code), 4);
        const char *got = branch_day_code(branch_calendar(ymd(year, month, day)));
        if (strcmp(got, code)) {
            printf("%d-%02d-%02d: %s, the bank says %s\n", year, month, day, got, code);
            wrong++;
        }
        days++;
    }
    fclose(f);
    assert_int_equal(days, 1461);
    assert_int_equal(wrong, 0);
}

/* Every row of the notices, and nothing beside them: a day in no row is an ordinary one. An
 * in_lieu_off row repeats a holiday row, so days off are counted by date. */
static void every_row_of_the_notices_is_in_the_calendar_once(void **state)
{
    UNUSED(state);
    const char *path = test_data("service/calendar_cn/cn_holidays_2004_2026.csv");
    if (!path)
        return;
    enum { FIRST = 12418, LAST = 20819 }; /* 2004-01-01, 2026-12-31 as days */
    static char want[LAST - FIRST + 1];
    memset(want, 0, sizeof want);
    want[ymd(2012, 6, 23).days - FIRST] = 'h'; /* the one day the collection lacks: README */
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    char line[256], day[11], kind[24];
    assert_non_null(fgets(line, sizeof line, f));
    while (fgets(line, sizeof line, f)) {
        date d;
        assert_int_equal(sscanf(line, "%10[^,],%23[^,]", day, kind), 2);
        assert_true(date_parse(day, &d));
        assert_true(d.days >= FIRST && d.days <= LAST);
        char is = !strcmp(kind, "makeup_workday") ? 'm' : 'h';
        assert_true(!want[d.days - FIRST] || want[d.days - FIRST] == is);
        want[d.days - FIRST] = is;
    }
    fclose(f);
    int off = 0, makeup = 0;
    for (int32_t k = FIRST; k <= LAST; k++) {
        date d = { .days = k };
        enum branch_day_kind got = branch_calendar(d);
        const char *zh, *en;
        branch_calendar_name(d, &zh, &en);
        if (want[k - FIRST] == 'm') {
            assert_int_equal(got, DAY_MAKEUP);
            makeup++;
        } else if (want[k - FIRST] == 'h') {
            assert_false(branch_is_work_day(got));
            off++;
        } else {
            assert_int_equal(got, date_weekday(d) > 5 ? DAY_WEEKEND : DAY_WORK);
        }
        assert_int_equal(zh != NULL, want[k - FIRST] != 0);
    }
    assert_int_equal(makeup, 150);
    assert_int_equal(off, 620); /* 619 dates of the collection and 23 June 2012 */
}

static void the_year_2014_has_250_working_days(void **state)
{
    UNUSED(state);
    int work = 0;
    for (date d = ymd(2014, 1, 1); d.days <= ymd(2014, 12, 31).days; d.days++)
        work += branch_is_work_day(branch_calendar(d));
    assert_int_equal(work, 250);
}

static void days_outside_the_table_follow_the_week(void **state)
{
    UNUSED(state);
    assert_int_equal(branch_calendar(ymd(1999, 10, 1)), DAY_WORK); /* a Friday */
    assert_int_equal(branch_calendar(ymd(2031, 1, 1)), DAY_WORK);  /* a Wednesday */
    assert_int_equal(branch_calendar(ymd(2031, 1, 4)), DAY_WEEKEND);
}

static void holidays_have_names_and_kinds_have_codes(void **state)
{
    UNUSED(state);
    static const struct {
        int year, month, day;
        enum branch_day_kind kind;
        const char *zh;
    } row[] = {
        { 2026, 10, 1, DAY_HOLIDAY, "国庆节" }, { 2026, 2, 17, DAY_HOLIDAY, "春节" },
        { 2025, 5, 2, DAY_HOLIDAY, "劳动节" },  { 2024, 5, 2, DAY_IN_LIEU, "劳动节" },
        { 2012, 6, 23, DAY_HOLIDAY, "端午节" }, { 2015, 9, 3, DAY_HOLIDAY, "抗战胜利70周年" },
        { 2018, 9, 29, DAY_MAKEUP, "国庆节" },  { 2026, 11, 23, DAY_WORK, NULL },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        date d = ymd(row[i].year, row[i].month, row[i].day);
        const char *zh, *en;
        branch_calendar_name(d, &zh, &en);
        assert_int_equal(branch_calendar(d), row[i].kind);
        if (row[i].zh)
            assert_string_equal(zh, row[i].zh);
        else
            assert_null(zh);
    }
    for (int k = DAY_WORK; k <= DAY_MAKEUP; k++) {
        enum branch_day_kind back;
        assert_true(branch_day_of_code(branch_day_code((enum branch_day_kind)k), &back));
        assert_int_equal(back, k);
    }
    enum branch_day_kind none;
    assert_false(branch_day_of_code("W", &none));
    assert_false(branch_day_of_code("WNX", &none));
    assert_false(branch_day_of_code("", &none));
}

SUITE(branch_calendar, cmocka_unit_test(every_day_equals_the_banks_own_calendar),
      cmocka_unit_test(every_row_of_the_notices_is_in_the_calendar_once),
      cmocka_unit_test(the_year_2014_has_250_working_days),
      cmocka_unit_test(days_outside_the_table_follow_the_week),
      cmocka_unit_test(holidays_have_names_and_kinds_have_codes))
