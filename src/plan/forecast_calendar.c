/* forecast_calendar.c -- What is special about a day. */
#include "branch/branch.h"
#include "plan/forecast.h"

#include "base/banned.h"

static bool listed(const struct plan_calendar *k, date d)
{
    int low = 0, high = k->n_holidays;
    while (low < high) {
        int middle = (low + high) / 2;
        if (k->holidays[middle].days < d.days)
            low = middle + 1;
        else
            high = middle;
    }
    return low < k->n_holidays && k->holidays[low].days == d.days;
}

static bool holiday(const struct plan_calendar *k, date d)
{
    if (listed(k, d))
        return true;
    enum branch_day_kind kind = k->china ? branch_calendar(d) : DAY_WORK;
    return kind == DAY_HOLIDAY || kind == DAY_IN_LIEU;
}

static bool works(const struct plan_calendar *k, date d)
{
    if (listed(k, d))
        return false;
    unsigned rest = k->rest ? k->rest : 1u << 6 | 1u << 7;
    return k->china ? branch_is_work_day(branch_calendar(d)) : !(rest >> date_weekday(d) & 1);
}

static date later(date d, int days)
{
    return (date){ d.days + days };
}

/* Between a work day and the next work day lies a holiday; days say in which direction. */
static bool beside_holiday(const struct plan_calendar *k, date d, int step)
{
    bool seen = false;
    for (int i = 1; i <= 15; i++) {
        date e = later(d, i * step);
        if (works(k, e))
            return seen;
        seen |= holiday(k, e);
    }
    return false;
}

/* A payment of that day of the month is met on the work day at or before it. */
static bool paid_on(const struct plan_calendar *k, date d, int day_of_month)
{
    if (day_of_month <= 0)
        return false;
    for (int i = 0; i <= 10; i++) {
        int year, month, day;
        date_to_ymd(later(d, i), &year, &month, &day);
        if (i > 0 && works(k, later(d, i)))
            return false;
        date next = later(d, i + 1);
        int ny, nm, nd;
        date_to_ymd(next, &ny, &nm, &nd);
        if (day == day_of_month || (nd == 1 && day_of_month > day))
            return true;
    }
    return false;
}

/* Work days between d and the edge of its month, step days at a time. */
static int to_edge(const struct plan_calendar *k, date d, int step)
{
    int year, month, day, at, passed = 0;
    date_to_ymd(d, &year, &month, &day);
    for (int i = 1; i <= 31; i++) {
        date e = later(d, i * step);
        date_to_ymd(e, &year, &at, &day);
        if (at != month)
            break;
        passed += works(k, e);
    }
    return passed;
}

unsigned plan_day_flags(const struct plan_calendar *k, date d)
{
    unsigned flags = 0;
    if (holiday(k, d))
        return PLAN_DAY_HOLIDAY;
    if (k->china && branch_calendar(d) == DAY_MAKEUP)
        flags |= PLAN_DAY_MAKEUP;
    if (!works(k, d))
        return flags;
    int before = to_edge(k, d, -1), after = to_edge(k, d, 1);
    flags |= beside_holiday(k, d, 1) ? PLAN_DAY_EVE : 0;
    flags |= beside_holiday(k, d, -1) ? PLAN_DAY_AFTER : 0;
    flags |= paid_on(k, d, k->pension_day) ? PLAN_DAY_PENSION : 0;
    flags |= paid_on(k, d, k->salary_day) ? PLAN_DAY_SALARY : 0;
    flags |= after == 0 ? PLAN_DAY_MONTH_END : after == 1 ? PLAN_DAY_MONTH_LATE : 0;
    flags |= before == 0 ? PLAN_DAY_MONTH_BEGIN : before <= 2 ? PLAN_DAY_MONTH_EARLY : 0;
    return flags;
}
