/* forecast.h -- How many people come, half-hour by half-hour, from those who came before.
 *
 * A history is days of counts. A fit learns the level and its drift, what each weekday and each
 * special kind of day is worth, the shape of each weekday, and how far days and half-hours stray.
 * A forecast is a mean and a range for each slot, and the day's own deviation for the simulator
 * (day_cv of plan_model). Given the counts of the morning it corrects the rest of the day.
 * Pure: same history, same forecast. README.md says how. */
#ifndef PLAN_FORECAST_H
#define PLAN_FORECAST_H
#include "base/arena.h"
#include "base/date.h"

enum { PLAN_FORECAST_SLOTS = 48, PLAN_HISTORY_DAYS = 4000 };

/* What is special about a day. A day may be several things. */
enum plan_day_flag {
    PLAN_DAY_HOLIDAY = 1,    /* public holiday or a weekday off in lieu */
    PLAN_DAY_MAKEUP = 2,     /* a work day on a weekend */
    PLAN_DAY_EVE = 4,        /* the last work day before a holiday */
    PLAN_DAY_AFTER = 8,      /* the first work day after a holiday, or after a hole in the days */
    PLAN_DAY_PENSION = 16,   /* pensions are paid */
    PLAN_DAY_SALARY = 32,    /* wages are paid */
    PLAN_DAY_MONTH_END = 64, /* the last work day of the month */
    PLAN_DAY_MONTH_BEGIN = 128, /* the first */
    PLAN_DAY_MONTH_EARLY = 256, /* the second and third */
    PLAN_DAY_MONTH_LATE = 512   /* the last but one */
};
/* The calendar is a choice: China's is built in; elsewhere holidays are listed, or left to be
 * learnt as days unlike their weekday. */
struct plan_calendar {
    bool china;
    unsigned rest; /* weekdays without work elsewhere, bit 1 Monday to bit 7; 0: Saturday, Sunday */
    const date *holidays; /* rising; besides */
    int n_holidays;
    int pension_day, salary_day; /* of the month; 0: none. On the work day at or before it */
};
unsigned plan_day_flags(const struct plan_calendar *k, date d);

struct plan_history {
    int slots; /* of the whole day from midnight: 48 half-hours */
    int n;     /* days, rising; a day that is not there is a hole, not a day of nobody */
    date *day;
    double *count; /* n * slots */
    struct plan_calendar calendar;
    const date *part; /* days that came, but are known in part only: no holes, and no counts */
    int n_part;
};

struct plan_forecast {
    date day;
    unsigned flags;
    bool closed;      /* nobody ever came on such a day: all 0 */
    int slots, known; /* slots before known are counts, not forecasts */
    double mean[PLAN_FORECAST_SLOTS], low[PLAN_FORECAST_SLOTS], high[PLAN_FORECAST_SLOTS];
    double total, total_low, total_high; /* the whole day, with what is known */
    /* Deviation of the (rest of the) day's level around its mean, as a share: without the Poisson
     * chance of its people. */
    double day_cv;
};

struct plan_forecast_model; /* of the arena given */

/* Fits the days of the history before `until` (all: INT32_MAX). Never fails: with little history
 * it says little and its ranges are wide. */
struct plan_forecast_model *plan_forecast_fit(const struct plan_history *h, date until,
                                              struct arena *arena);
/* One more day, later than all before it. Learns what it tells; the knobs stay. */
void plan_forecast_learn(struct plan_forecast_model *m, date d, const double *count);
/* Says that the outlet is shut that day (after the last one learnt): no count will come. */
void plan_forecast_shut(struct plan_forecast_model *m, date d);
/* Says that all days before d have come: those that did not come though their weekday usually does
 * were shut. (Learning a day says so too.) */
void plan_forecast_passed(struct plan_forecast_model *m, date d);
/* The day's forecast. so_far: counts of the first `known` slots of that very day, or NULL and 0.
 * cover: share the ranges are to hold, as 0.9. */
void plan_forecast_day(const struct plan_forecast_model *m, date d, const double *so_far, int known,
                       double cover, struct plan_forecast *out);
#endif
