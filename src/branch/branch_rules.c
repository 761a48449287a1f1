/* branch_rules.c -- What may be written, and how far apart two places are. Pure. */
#include "branch/branch_priv.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

/* A text of our own struct always ends; anything else is a bug of the caller. */
#define ENDS(field) CHECK(memchr((field), 0, sizeof(field)) != NULL)

static int need(struct call *c, const char *field, const char *text)
{
    return text[0] ? 0 : call_refuse(c, BASE_MISSING, field, "%s is empty", field);
}

/* Codes stand in addresses, rules and file names: letters, digits, '-' and '_'. */
static int check_code(struct call *c, const char *code)
{
    int rc = need(c, "code", code);
    if (rc)
        return rc;
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    if (code[strspn(code, allowed)])
        return call_refuse(c, BASE_BAD_INPUT, "code", "a code is letters, digits, - and _");
    return 0;
}

static int check_range(struct call *c, const char *field, int64_t n, int64_t min, int64_t max)
{
    if (n >= min && n <= max)
        return 0;
    return call_refuse(c, BASE_RANGE, field, "%lld is not between %lld and %lld", (long long)n,
                       (long long)min, (long long)max);
}

int branch_rule_outlet(struct call *c, const struct branch_outlet *o)
{
    ENDS(o->code), ENDS(o->name_zh), ENDS(o->name_en), ENDS(o->district_zh), ENDS(o->district_en);
    ENDS(o->address_zh), ENDS(o->address_en), ENDS(o->phone);
    int rc = check_code(c, o->code);
    if (!rc)
        rc = need(c, "name_zh", o->name_zh);
    if (!rc)
        rc = need(c, "name_en", o->name_en);
    if (rc)
        return rc;
    if (o->lat_e6 < -90000000 || o->lat_e6 > 90000000)
        return call_refuse(c, BRANCH_BAD_PLACE, "lat", "a latitude is -90 to 90 degrees");
    if (o->lon_e6 < -180000000 || o->lon_e6 > 180000000)
        return call_refuse(c, BRANCH_BAD_PLACE, "lon", "a longitude is -180 to 180 degrees");
    if (o->lat_e6 == 0 && o->lon_e6 == 0) /* what a form sends that nobody filled in */
        return call_refuse(c, BRANCH_BAD_PLACE, "lat", "the place is not set");
    return 0;
}

int branch_rule_window(struct call *c, const struct branch_window *w)
{
    ENDS(w->name_zh), ENDS(w->name_en);
    CHECK(w->n_services >= 0 && w->n_services <= BRANCH_SERVICES_MAX);
    int rc = check_range(c, "number", w->number, 1, 999);
    if (!rc)
        rc = need(c, "name_zh", w->name_zh);
    if (!rc)
        rc = need(c, "name_en", w->name_en);
    for (int i = 0; !rc && i < w->n_services; i++) {
        rc = check_range(c, "preference", w->services[i].preference, 1, 99);
        for (int j = 0; !rc && j < i; j++)
            if (w->services[j].service.n == w->services[i].service.n)
                rc = call_refuse(c, BASE_BAD_INPUT, "services", "a service is named twice");
    }
    return rc;
}

int branch_rule_service(struct call *c, const struct branch_service *s)
{
    ENDS(s->code), ENDS(s->name_zh), ENDS(s->name_en), ENDS(s->documents_zh);
    ENDS(s->documents_en), ENDS(s->machine_zh), ENDS(s->machine_en);
    int rc = check_code(c, s->code);
    if (!rc)
        rc = need(c, "name_zh", s->name_zh);
    if (!rc)
        rc = need(c, "name_en", s->name_en);
    if (!rc)
        rc = check_range(c, "handling_s", s->handling_s, 10, 4 * 3600);
    if (!rc && (s->prefix < 'A' || s->prefix > 'Z'))
        rc = call_refuse(c, BRANCH_BAD_PREFIX, "prefix", "a prefix is one letter from A to Z");
    return rc;
}

int branch_rule_class(struct call *c, const struct branch_class *k)
{
    ENDS(k->code), ENDS(k->name_zh), ENDS(k->name_en);
    if (k->index < 0 || k->index >= BRANCH_CLASSES_MAX)
        return call_refuse(c, BRANCH_NO_CLASS, "index", "classes are 0 to %d",
                           BRANCH_CLASSES_MAX - 1);
    int rc = check_code(c, k->code);
    if (!rc)
        rc = need(c, "name_zh", k->name_zh);
    if (!rc)
        rc = need(c, "name_en", k->name_en);
    if (!rc) /* class 0 is everybody: nothing may rank below it */
        rc = check_range(c, "rank", k->rank, 0, k->index ? BRANCH_CLASSES_MAX - 1 : 0);
    if (!rc)
        rc = check_range(c, "target_s", k->target_s, 60, 4 * 3600);
    if (!rc)
        rc = check_range(c, "goal_ppm", k->goal_ppm, 1, 1000000);
    return rc;
}

int branch_rule_hours(struct call *c, int weekday, struct branch_hours h)
{
    if (weekday < 1 || weekday > 7)
        return call_refuse(c, BRANCH_BAD_HOURS, "weekday", "a weekday is 1 (Monday) to 7 (Sunday)");
    if (h.open_s < 0 || h.close_s > 86400 || h.open_s > h.close_s)
        return call_refuse(c, BRANCH_BAD_HOURS, "opens_s",
                           "opening is before closing, both inside the day");
    return 0;
}

int branch_rule_weekday(enum branch_day_kind kind, int weekday)
{
    CHECK(weekday >= 1 && weekday <= 7);
    switch (kind) {
    case DAY_HOLIDAY:
    case DAY_IN_LIEU:
        return 7;
    case DAY_MAKEUP:
        return 1;
    case DAY_WEEKEND: /* a weekday that was declared a weekend by hand */
        return weekday < 6 ? 7 : weekday;
    case DAY_WORK: /* a weekend day that was declared a work day by hand */
        return weekday > 5 ? 1 : weekday;
    }
    CHECK(!"a day kind outside the list");
    return 7;
}

/* Haversine (Sinnott 1984): exact enough also for a few metres. R is the mean radius, IUGG. */
double branch_distance_m(int32_t lat1, int32_t lon1, int32_t lat2, int32_t lon2)
{
    const double radius_m = 6371008.8, radian = M_PI / 180.0 / 1e6;
    double south = sin(((double)lat2 - lat1) * radian / 2),
           east = sin(((double)lon2 - lon1) * radian / 2);
    double h = south * south + cos(lat1 * radian) * cos(lat2 * radian) * east * east;
    return 2 * radius_m * asin(sqrt(h > 1 ? 1 : h));
}

static int nearer(const void *a, const void *b)
{
    const struct branch_near *x = a, *y = b;
    if (x->metres != y->metres)
        return x->metres < y->metres ? -1 : 1;
    return strcmp(x->outlet->code, y->outlet->code);
}

void branch_nearest(const struct branch_outlet *outlets, int n, int32_t lat_e6, int32_t lon_e6,
                    struct branch_near *out)
{
    CHECK(n >= 0);
    for (int i = 0; i < n; i++)
        out[i] = (struct branch_near){
            .outlet = &outlets[i],
            .metres = branch_distance_m(lat_e6, lon_e6, outlets[i].lat_e6, outlets[i].lon_e6),
        };
    if (n)
        qsort(out, (size_t)n, sizeof *out, nearer);
}
