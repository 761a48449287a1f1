/* demo_city.h -- An invented bank in a real city: the demo's outlets, windows, services, classes.
 *
 * 票号示范银行 / Piaohao Demo Bank exists nowhere. Places are the real district centres of Jiaozuo,
 * road names are real, house numbers and telephone numbers (exchange 000) are invented. */
#ifndef BRANCH_DEMO_CITY_H
#define BRANCH_DEMO_CITY_H
#include "branch/branch.h"

enum { DEMO_OUTLETS = 14, DEMO_SERVICES = 8, DEMO_CLASSES = 3 };
/* The services in their order: prefix letters A to H. */
enum demo_service {
    DEMO_CASH,
    DEMO_TRANSFER,
    DEMO_ACCOUNT,
    DEMO_CARD,
    DEMO_WEALTH,
    DEMO_LOAN,
    DEMO_COMPANY,
    DEMO_SOCIAL
};

enum demo_mix { MIX_MAIN, MIX_CITY, MIX_CAMPUS, MIX_COUNTY, DEMO_MIXES };
enum demo_weekend { WEEKEND_BOTH, WEEKEND_SATURDAY }; /* open on both days, or closed on Sunday */

struct demo_outlet {
    const char *code, *name_zh, *name_en, *district_zh, *district_en, *address_zh, *address_en;
    int32_t lat_e6, lon_e6;
    const char *windows; /* one letter a window, see demo_city.c */
    int daily;           /* customers expected on an ordinary work day */
    enum demo_mix mix;
    enum demo_weekend weekend;
};
extern const char demo_bank_zh[], demo_bank_en[];
extern const struct demo_outlet demo_outlets[DEMO_OUTLETS];
extern const int demo_handling_s[DEMO_SERVICES];
extern const int demo_mix_permille[DEMO_MIXES][DEMO_SERVICES];

/* The demo outlet with this code, or NULL. */
const struct demo_outlet *demo_outlet_find(const char *code);
/* Opening hours on a day of this kind; open_s == close_s: closed. */
struct branch_hours demo_hours(const struct demo_outlet *o, enum branch_day_kind kind, int weekday);
/* Whether the window of this number handles the service, and how gladly: 0 not, 1 best. */
int demo_preference(const struct demo_outlet *o, int window_number, int service_index);
/* Whether somebody sits there: by the day's kind, the opening hours and lunch in turns; one window
 * of the bigger outlets is opened for the busy hours only. */
bool demo_staffed(const struct demo_outlet *o, date d, int window_number, int second_of_day);
/* Whether it is the turn of this window's teller to have lunch. */
bool demo_at_lunch(const struct demo_outlet *o, date d, int window_number, int second_of_day);

/* Writes the whole bank into an empty database. 0, BRANCH_CODE_TAKEN (it is there already), fault.
 */
MUST_USE int branch_demo_city(struct call *c);
#endif
