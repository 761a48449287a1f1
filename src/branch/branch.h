/* branch.h -- Outlets, windows, services, customer classes, opening hours, the business calendar.
 *
 * Everything that is true of a branch before anybody walks in. Owns outlet, outlet_hours,
 * outlet_window (window alone is a reserved word of SQL), window_service, service, customer_class,
 * calendar_day, branch_version. What an outlet offers is what its active windows handle, nothing
 * else. */
#ifndef BRANCH_BRANCH_H
#define BRANCH_BRANCH_H
#include "base/call.h"
#include "base/date.h"
#include "base/rc.h"
#include "store/db.h"

typedef struct {
    int64_t n;
} outlet_id;
typedef struct {
    int64_t n;
} window_id;
typedef struct {
    int64_t n;
} service_id;

#define BRANCH_REFUSALS(X)                                                           \
    X(BRANCH_NO_OUTLET, 200, 404, "没有这个网点", "no such outlet")                  \
    X(BRANCH_NO_WINDOW, 201, 404, "没有这个窗口", "no such window")                  \
    X(BRANCH_NO_SERVICE, 202, 404, "没有这项业务", "no such service")                \
    X(BRANCH_NO_CLASS, 203, 404, "没有这个客户等级", "no such customer class")       \
    X(BRANCH_CODE_TAKEN, 204, 409, "编号已被使用", "the code is in use already")     \
    X(BRANCH_BAD_HOURS, 205, 422, "营业时间有误", "the opening hours are not valid") \
    X(BRANCH_BAD_PREFIX, 206, 422, "字头须为一个大写字母且不重复",                   \
      "the prefix must be one capital letter, used once")                            \
    X(BRANCH_BAD_PLACE, 207, 422, "坐标有误", "the coordinates are not valid")       \
    X(BRANCH_NOT_OFFERED, 208, 409, "本网点不办理这项业务",                          \
      "this outlet does not offer the service")
enum branch_refusal { BRANCH_REFUSALS(RC_ENUM) };

enum { BRANCH_CLASSES_MAX = 8, BRANCH_SERVICES_MAX = 32, BRANCH_WINDOWS_MAX = 64 };

struct branch_outlet {
    outlet_id id;
    char code[16];
    char name_zh[96], name_en[96], district_zh[48], district_en[48], address_zh[160],
        address_en[160];
    char phone[32];
    int32_t lat_e6, lon_e6; /* degrees times a million, WGS-84 */
    bool active;
};
struct branch_window {
    window_id id;
    outlet_id outlet;
    int number;                    /* what the customer sees: 1, 2, 3 ... unique in the outlet */
    char name_zh[48], name_en[48]; /* "对公窗口" */
    bool corporate, active;
    int n_services;
    struct {
        service_id service;
        int preference;
    } services[BRANCH_SERVICES_MAX]; /* 1 is best */
};
struct branch_service {
    service_id id;
    char prefix;   /* 'A': the letter on the ticket, unique in the bank */
    char code[24]; /* "cash" */
    char name_zh[48], name_en[48];
    int handling_s;                            /* usual handling time, seconds */
    char documents_zh[240], documents_en[240]; /* what to bring */
    char machine_zh[160], machine_en[160]; /* the machine or app that can do it instead, or "" */
    bool corporate, active, bookable;
    int sort;
};
/* Class 0 is everybody ("normal"); higher ranks are called earlier under strict priority. */
struct branch_class {
    int index;     /* 0 .. BRANCH_CLASSES_MAX-1, kept in tickets */
    char code[16]; /* "normal", "mid", "high": the word in rules */
    char name_zh[32], name_en[32];
    int rank;      /* 0 lowest */
    int target_s;  /* wait target: 1200 or 600 */
    int goal_ppm;  /* 950000: the share that must be within the target */
    bool mid_high; /* counts as mid/high-end in the 1020 promise */
};
struct branch_hours {    /* a weekday's opening; open_s == close_s: closed */
    int open_s, close_s; /* seconds of the civil day */
};
enum branch_day_kind { DAY_WORK, DAY_WEEKEND, DAY_HOLIDAY, DAY_IN_LIEU, DAY_MAKEUP };
const char *branch_day_code(enum branch_day_kind k); /* "WN" "SN" "NH" "SS" "WS" */
MUST_USE bool branch_day_of_code(const char *code, enum branch_day_kind *out);
bool branch_is_work_day(enum branch_day_kind k); /* ordinary or make-up */

/* Reading. Each gives 0, a BRANCH_NO_... refusal, or a fault. Lists are in the call's arena. */
MUST_USE int branch_outlet_get(struct call *c, outlet_id id, struct branch_outlet *out);
MUST_USE int branch_outlet_find(struct call *c, const char *code, struct branch_outlet *out);
MUST_USE int branch_outlets(struct call *c, struct branch_outlet **out, int *count);
MUST_USE int branch_window_get(struct call *c, window_id id, struct branch_window *out);
MUST_USE int branch_windows(struct call *c, outlet_id outlet, struct branch_window **out,
                            int *count);
MUST_USE int branch_service_get(struct call *c, service_id id, struct branch_service *out);
MUST_USE int branch_services(struct call *c, struct branch_service **out, int *count);
/* The services some active window of the outlet handles. */
MUST_USE int branch_services_at(struct call *c, outlet_id outlet, struct branch_service **out,
                                int *count);
/* 0 if some active window of the outlet handles it; BRANCH_NO_OUTLET, BRANCH_NO_SERVICE,
 * BRANCH_NOT_OFFERED. */
MUST_USE int branch_offers(struct call *c, outlet_id outlet, service_id service);
MUST_USE int branch_classes(struct call *c, struct branch_class **out, int *count);

/* Writing (id 0: new, and id is filled in). Each writes an event: outlet.changed, window.changed,
 * hours.changed in the outlet's chain; service.changed, class.changed, calendar.changed in the
 * bank's (outlet 0). What is wrong with the values themselves is refused before what the tables
 * say; on a refusal or fault nothing the caller gave has changed. */
MUST_USE int branch_outlet_put(struct call *c, struct branch_outlet *o);
MUST_USE int branch_window_put(struct call *c, struct branch_window *w);
MUST_USE int branch_service_put(struct call *c, struct branch_service *s);
MUST_USE int branch_class_put(struct call *c, struct branch_class *k);
MUST_USE int branch_hours_put(struct call *c, outlet_id outlet, int weekday, struct branch_hours h);

/* A number that is another one after every change of outlets, windows, services and classes (and
 * of whatever calls branch_touch), in no other store the same: what was read under it may be kept
 * until it changes. 0: nothing was ever put. */
MUST_USE int branch_version(struct call *c, int64_t *out);
MUST_USE int branch_touch(struct call *c);

/* Calendar: 2004-2026 built in (calendar_data.c, from the State Council's yearly notices), rows of
 * calendar_day override it. Outside the table: Monday to Friday are work days. */
enum branch_day_kind branch_calendar(date d);
void branch_calendar_name(date d, const char **zh, const char **en); /* "国庆节", or NULL */
MUST_USE int branch_day(struct call *c, date d, enum branch_day_kind *out, const char **name_zh);
MUST_USE int branch_day_put(struct call *c, date d, enum branch_day_kind kind, const char *name_zh);
/* The hours of one date: the weekday's hours on ordinary days; Monday's hours on make-up days;
 * Sunday's hours on public holidays and days in lieu (an outlet closed on Sundays is closed on
 * holidays). A weekday without a row is closed. */
MUST_USE int branch_hours_on(struct call *c, outlet_id outlet, date d, struct branch_hours *out);
MUST_USE int branch_hours_week(struct call *c, outlet_id outlet,
                               struct branch_hours out[8]); /* [1..7] */

/* Great-circle metres between two places in degrees e6, R = 6371.0088 km. */
double branch_distance_m(int32_t lat1, int32_t lon1, int32_t lat2, int32_t lon2);
struct branch_near {
    const struct branch_outlet *outlet;
    double metres;
};
/* Fills out[n] with all outlets, the nearest first; equal distances by code. Pure. */
void branch_nearest(const struct branch_outlet *outlets, int n, int32_t lat_e6, int32_t lon_e6,
                    struct branch_near *out);

/* The highest id in the room's tables, 0 when they are empty: at start, for ids_seen(). */
MUST_USE int branch_last_id(struct db_tx *tx, int64_t *id);
extern const struct db_migration branch_migrations[];
extern const size_t branch_migrations_count;
#endif
