/* demo_flow.h -- The demo city's customers: when they come, what for, how patient they are.
 *
 * The shape of the day is real (a Chinese bank's posts in November 2020, as aggregated shares), the
 * patience has the spread of a real call log; the mix, the special days and the shares of classes
 * are our assumptions, each named in demo_flow.c. One seed gives one day, always the same. */
#ifndef BRANCH_DEMO_FLOW_H
#define BRANCH_DEMO_FLOW_H
#include "base/arena.h"
#include "base/rng.h"
#include "branch/branch.h"

enum { DEMO_SLOTS = 20, DEMO_FIRST_SLOT_S = 8 * 3600 + 1800 }; /* half-hours of 8:30 to 18:30 */

enum demo_channel { DEMO_KIOSK, DEMO_PHONE, DEMO_BOOKING };
struct demo_arrival {
    int64_t at_us;       /* takes the number; a booking: checks in */
    int64_t booked_us;   /* a booking's time, else 0 */
    int64_t patience_us; /* gives up after waiting this long */
    int64_t service_us;  /* time at the window */
    int service_index;   /* enum demo_service: prefix letter 'A' + index */
    int class_index;
    enum demo_channel channel;
    bool courtesy; /* elderly, disabled or pregnant */
    bool no_show;  /* leaves unseen: does not come when called (a booking: never checks in) */
};

/* What is unusual about a date. All false on an ordinary day. */
struct demo_special {
    bool pension;       /* the 15th */
    bool month_end;     /* one of the month's last two work days */
    bool after_holiday; /* the first work day after a public holiday */
    bool holiday;       /* a public holiday or day in lieu */
};
struct demo_special demo_special(date d);

/* The carried figures, for the test that recomputes them. */
struct demo_shape {
    double work_a[DEMO_SLOTS], weekend_a[DEMO_SLOTS], work_b[DEMO_SLOTS];
    double weekday_a[5], weekday_b[5], weekend_level[2];
};
extern const struct demo_shape demo_shape;

/* Customers expected in a half-hour (0 .. DEMO_SLOTS-1) at an outlet that an ordinary work day
 * brings daily customers, corporate_permille of them companies. Opening hours are not looked at. */
double demo_expected(int daily, int corporate_permille, date d, int slot);

/* One day's customers in order of time, in the arena; none when the outlet is closed. volume 1 is
 * the outlet's usual size. 0, or BRANCH_NO_OUTLET when the outlet is not one of the demo city. */
MUST_USE int demo_day(struct rng *rng, const struct branch_outlet *outlet, date d, double volume,
                      struct arena *arena, struct demo_arrival **out, int *n);
#endif
