/* demo_flow.c -- The shape of a Chinese bank day, and customers drawn from it. */
#include "branch/demo_flow.h"
#include "branch/demo_city.h"

#include <math.h>
#include <stdlib.h>

#include "base/banned.h"

/* Aggregated from the half-hourly work of two posts of a Chinese bank, 1-21 November 2020 (China
 * Merchants Bank FinTech 2021 data track, nov2020_halfhour.csv), four decimals; recomputed by
 * tools/demo-flow-figures. Post A works all week: personal customers. Post B rests at weekends:
 * companies. */
const struct demo_shape demo_shape = {
    .work_a = { .0093, .0509, .0666, .0729, .0736, .0699, .0581, .0470, .0447, .0454,
                .0514, .0629, .0699, .0711, .0709, .0644, .0484, .0191, .0034, .0000 },
    .weekend_a = { .0066, .0405, .0610, .0733, .0813, .0785, .0648, .0512, .0474, .0499,
                   .0568, .0662, .0742, .0751, .0724, .0544, .0352, .0107, .0006, .0000 },
    .work_b = { .0112, .0292, .0507, .0553, .0566, .0671, .0580, .0290, .0176, .0151,
                .0493, .0740, .0764, .0821, .0886, .0874, .0744, .0478, .0216, .0087 },
    .weekday_a = { 1.0527, 1.0323, .9488, .9495, 1.0166 },
    .weekday_b = { .9672, .9762, .9199, 1.0271, 1.1096 },
    .weekend_level = { .4359, .3692 },
};

/* Assumptions of ours, for which no open figures were found. */
static const double pension_personal = 1.18, month_end_personal = 1.08, month_end_company = 1.25,
                    after_holiday_all = 1.22, holiday_level = 0.85; /* of a Sunday */
static const double day_log_sd = 0.07; /* weather, market days, school: the same for a whole day */
static const int class_permille[DEMO_CLASSES] = { 800, 150, 50 };
static const int courtesy_permille = 60, courtesy_pension_permille = 120;
static const int phone_permille = 100, booking_permille = 80;
static const int no_show_permille[] = { [DEMO_KIOSK] = 12, [DEMO_PHONE] = 50, [DEMO_BOOKING] = 90 };

/* Patience: the survival of the Technion call log, Kaplan-Meier (S(60 s) = .821, S(180 s) = .610,
 * median 280 s), is a lognormal of median 280 s and log-sd 1.65. In a lobby people have come a long
 * way, sit down and see the queue move: ten times the median. */
static const double patience_median_s = 2800, patience_log_sd = 1.65;
/* Handling: lognormal with squared coefficient of variation 1.2 (the log's agents: 1.47). */
static const double handling_cs2 = 1.2;
enum { HANDLING_MIN_S = 20, HANDLING_MAX_S = 90 * 60, HALF_HOUR_S = 1800 };

static date next_day(date d, int by)
{
    return (date){ .days = d.days + by };
}

static bool is_off(enum branch_day_kind k)
{
    return k == DAY_HOLIDAY || k == DAY_IN_LIEU;
}

struct demo_special demo_special(date d)
{
    int year, month, day, last_month, last_day, work_days_left = 0;
    struct demo_special s = { 0 };
    date_to_ymd(d, &year, &month, &day);
    s.holiday = is_off(branch_calendar(d));
    s.pension = day == 15;
    if (!branch_is_work_day(branch_calendar(d)))
        return s;
    for (date k = next_day(d, 1);; k = next_day(k, 1)) {
        date_to_ymd(k, &year, &last_month, &last_day);
        if (last_month != month)
            break;
        work_days_left += branch_is_work_day(branch_calendar(k));
    }
    s.month_end = work_days_left < 2;
    for (date k = next_day(d, -1); !branch_is_work_day(branch_calendar(k)); k = next_day(k, -1))
        s.after_holiday |= is_off(branch_calendar(k));
    return s;
}

/* How many times an ordinary work day's customers come, by kind of customer. */
static double day_factor(date d, bool company)
{
    enum branch_day_kind kind = branch_calendar(d);
    struct demo_special s = demo_special(d);
    int weekday = date_weekday(d);
    if (!branch_is_work_day(kind)) {
        if (company)
            return 0;
        double f = demo_shape.weekend_level[weekday == 6 && !s.holiday ? 0 : 1];
        return f * (s.holiday ? holiday_level : 1) * (s.pension ? pension_personal : 1);
    }
    int as = kind == DAY_MAKEUP || weekday > 5 ? 0 : weekday - 1;
    double f = company ? demo_shape.weekday_b[as] : demo_shape.weekday_a[as];
    if (s.pension && !company)
        f *= pension_personal;
    if (s.month_end)
        f *= company ? month_end_company : month_end_personal;
    return s.after_holiday ? f * after_holiday_all : f;
}

static double slot_share(date d, bool company, int slot)
{
    if (company)
        return demo_shape.work_b[slot];
    return branch_is_work_day(branch_calendar(d)) ? demo_shape.work_a[slot]
                                                  : demo_shape.weekend_a[slot];
}

static double expected(int daily, int permille, date d, bool company, int slot)
{
    return daily * (permille / 1000.0) * day_factor(d, company) * slot_share(d, company, slot);
}

double demo_expected(int daily, int corporate_permille, date d, int slot)
{
    CHECK(slot >= 0 && slot < DEMO_SLOTS);
    return expected(daily, 1000 - corporate_permille, d, false, slot) +
           expected(daily, corporate_permille, d, true, slot);
}

static int draw(struct rng *rng, const int *weights, int n)
{
    int total = 0, i = 0;
    for (int k = 0; k < n; k++)
        total += weights[k];
    int at = (int)rng_below(rng, (uint32_t)total);
    while (i < n - 1 && at >= weights[i])
        at -= weights[i++];
    return i;
}

static bool chance(struct rng *rng, int permille)
{
    return (int)rng_below(rng, 1000) < permille;
}

static int draw_service(struct rng *rng, const struct demo_outlet *o, date d)
{
    int weights[DEMO_SERVICES];
    for (int i = 0; i < DEMO_SERVICES; i++)
        weights[i] = demo_mix_permille[o->mix][i];
    weights[DEMO_COMPANY] = 0;
    if (!branch_is_work_day(branch_calendar(d)))
        weights[DEMO_LOAN] = 0; /* advisers are off */
    if (demo_special(d).pension) {
        weights[DEMO_CASH] += weights[DEMO_CASH] / 2;
        weights[DEMO_SOCIAL] += weights[DEMO_SOCIAL] / 2;
    }
    return draw(rng, weights, DEMO_SERVICES);
}

static void draw_channel(struct rng *rng, int64_t close_us, struct demo_arrival *a)
{
    int at = (int)rng_below(rng, 1000);
    a->channel = at < phone_permille                      ? DEMO_PHONE
                 : at < phone_permille + booking_permille ? DEMO_BOOKING
                                                          : DEMO_KIOSK;
    int64_t quarter = 15 * US_MINUTE, booked_us = (a->at_us + quarter - 1) / quarter * quarter;
    if (a->service_index == DEMO_SOCIAL || booked_us >= close_us) /* cannot be booked */
        a->channel = a->channel == DEMO_BOOKING ? DEMO_KIOSK : a->channel;
    if (a->channel == DEMO_BOOKING) { /* checks in up to ten minutes early, never late */
        a->booked_us = booked_us;
        if (booked_us - a->at_us > 10 * US_MINUTE)
            a->at_us = booked_us - 10 * US_MINUTE;
    }
    a->no_show = chance(rng, no_show_permille[a->channel]);
}

static struct demo_arrival draw_arrival(struct rng *rng, const struct demo_outlet *o, date d,
                                        int64_t at_us, int64_t close_us, bool company)
{
    struct demo_arrival a = { .at_us = at_us };
    double log_var = log(1 + handling_cs2);
    a.service_index = company ? DEMO_COMPANY : draw_service(rng, o, d);
    a.class_index = draw(rng, class_permille, DEMO_CLASSES);
    a.courtesy = !company && chance(rng, demo_special(d).pension ? courtesy_pension_permille
                                                                 : courtesy_permille);
    double patience_s = rng_lognormal(rng, log(patience_median_s), patience_log_sd);
    a.patience_us = (int64_t)(fmin(patience_s, 24 * 3600.0) * (double)US_SECOND);
    double service_s =
        rng_lognormal(rng, log(demo_handling_s[a.service_index]) - log_var / 2, sqrt(log_var));
    service_s = fmax(HANDLING_MIN_S, fmin(HANDLING_MAX_S, service_s));
    a.service_us = (int64_t)(service_s * (double)US_SECOND);
    draw_channel(rng, close_us, &a);
    return a;
}

static int by_time(const void *a, const void *b)
{
    const struct demo_arrival *x = a, *y = b;
    if (x->at_us != y->at_us)
        return x->at_us < y->at_us ? -1 : 1;
    return x->service_us < y->service_us ? -1 : x->service_us > y->service_us;
}

/* How much of a half-hour the doors are open, 0 .. 1, and from which second. */
static double open_part(struct branch_hours h, int slot, int *from_s)
{
    int a = DEMO_FIRST_SLOT_S + slot * HALF_HOUR_S, b = a + HALF_HOUR_S;
    if (a < h.open_s)
        a = h.open_s;
    if (b > h.close_s)
        b = h.close_s;
    *from_s = a;
    return b > a ? (double)(b - a) / HALF_HOUR_S : 0;
}

int demo_day(struct rng *rng, const struct branch_outlet *outlet, date d, double volume,
             struct arena *arena, struct demo_arrival **out, int *n)
{
    const struct demo_outlet *o = demo_outlet_find(outlet->code);
    CHECK(volume >= 0 && volume <= 100);
    if (!o)
        return BRANCH_NO_OUTLET;
    struct branch_hours h = demo_hours(o, branch_calendar(d), date_weekday(d));
    double mood = volume * rng_lognormal(rng, -day_log_sd * day_log_sd / 2, day_log_sd);
    int company_permille = demo_mix_permille[o->mix][DEMO_COMPANY], total = 0;
    int64_t counts[DEMO_SLOTS][2];
    for (int slot = 0; slot < DEMO_SLOTS; slot++)
        for (int company = 0; company < 2; company++) {
            int from, permille = company ? company_permille : 1000 - company_permille;
            double mean = expected(o->daily, permille, d, company, slot) * mood;
            mean *= open_part(h, slot, &from);
            counts[slot][company] = mean > 0 ? rng_poisson(rng, mean) : 0;
            total += (int)counts[slot][company];
        }
    struct demo_arrival *list = arena_alloc(arena, (size_t)(total + 1) * sizeof *list);
    int filled = 0;
    for (int slot = 0; slot < DEMO_SLOTS; slot++)
        for (int company = 0; company < 2; company++)
            for (int64_t k = 0; k < counts[slot][company]; k++) {
                int from;
                double part = open_part(h, slot, &from);
                double at_s = from + rng_unit(rng) * part * HALF_HOUR_S;
                int64_t at_us = date_instant(d, 0) + (int64_t)(at_s * (double)US_SECOND);
                list[filled++] =
                    draw_arrival(rng, o, d, at_us, date_instant(d, h.close_s), company);
            }
    CHECK(filled == total);
    qsort(list, (size_t)total, sizeof *list, by_time);
    *out = list;
    *n = total;
    return 0;
}
