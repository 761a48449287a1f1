/* branch.c -- Writing to the room: look, decide, save, tell. */
#include "branch/branch_priv.h"
#include "store/event.h"

#include <string.h>

#include "base/banned.h"

static int code_taken(struct call *c, int rc, int64_t other, int64_t own, const char *field)
{
    if (!rc && other && other != own)
        rc = call_refuse(c, BRANCH_CODE_TAKEN, field, "%s is in use already", field);
    return rc;
}

int branch_outlet_put(struct call *c, struct branch_outlet *o)
{
    struct branch_outlet old;
    bool added = o->id.n == 0;
    int64_t other = 0;
    int rc = branch_rule_outlet(c, o);
    if (!rc && !added)
        rc = branch_outlet_get(c, o->id, &old);
    if (!rc)
        rc = branch_store_outlet_by_code(c, o->code, &other);
    rc = code_taken(c, rc, other, o->id.n, "code");
    if (rc)
        return rc;
    struct branch_outlet save = *o;
    if (added)
        save.id.n = call_id(c);
    rc = branch_store_outlet_save(c, &save, added);
    if (rc)
        return rc;
    struct jsonw *w = event_begin(c);
    jw_text(w, "code", save.code);
    jw_text(w, "outlet_zh", save.name_zh);
    jw_i64(w, "lat_e6", save.lat_e6);
    jw_i64(w, "lon_e6", save.lon_e6);
    jw_bool(w, "active", save.active);
    jw_bool(w, "added", added);
    rc = event_add(c, save.id.n, "outlet.changed", save.id.n);
    if (!rc)
        *o = save;
    return rc;
}

/* The window itself: known, in its own outlet, its number free, the outlet not full. */
static int window_check(struct call *c, const struct branch_window *w, bool added)
{
    struct branch_outlet outlet;
    struct branch_window old;
    int64_t other = 0, count = 0;
    int rc = branch_outlet_get(c, w->outlet, &outlet);
    if (!rc && !added)
        rc = branch_window_get(c, w->id, &old);
    if (!rc && !added && old.outlet.n != w->outlet.n)
        rc = call_refuse(c, BRANCH_NO_WINDOW, "window", "the window is in another outlet");
    for (int i = 0; !rc && i < w->n_services; i++) {
        struct branch_service service;
        rc = branch_service_get(c, w->services[i].service, &service);
    }
    if (!rc)
        rc = branch_store_window_by_number(c, w->outlet, w->number, &other);
    rc = code_taken(c, rc, other, w->id.n, "number");
    if (!rc && added)
        rc = branch_store_window_count(c, w->outlet, &count);
    if (!rc && count >= BRANCH_WINDOWS_MAX)
        rc = call_refuse(c, BASE_RANGE, "number", "an outlet has at most %d windows",
                         BRANCH_WINDOWS_MAX);
    return rc;
}

static int window_tell(struct call *c, const struct branch_window *w, bool added)
{
    struct jsonw *j = event_begin(c);
    jw_i64(j, "number", w->number);
    jw_text(j, "window_zh", w->name_zh);
    jw_bool(j, "corporate", w->corporate);
    jw_bool(j, "active", w->active);
    jw_bool(j, "added", added);
    jw_array(j, "services");
    for (int i = 0; i < w->n_services; i++) {
        jw_object(j, NULL);
        jw_i64(j, "service", w->services[i].service.n);
        jw_i64(j, "preference", w->services[i].preference);
        jw_end(j);
    }
    jw_end(j);
    return event_add(c, w->outlet.n, "window.changed", w->id.n);
}

int branch_window_put(struct call *c, struct branch_window *w)
{
    bool added = w->id.n == 0;
    int rc = branch_rule_window(c, w);
    if (!rc)
        rc = window_check(c, w, added);
    if (rc)
        return rc;
    struct branch_window save = *w;
    if (added)
        save.id.n = call_id(c);
    rc = branch_store_window_save(c, &save, added);
    if (!rc)
        rc = window_tell(c, &save, added);
    if (!rc)
        *w = save;
    return rc;
}

static int service_check(struct call *c, const struct branch_service *s)
{
    struct branch_service old;
    int64_t other = 0;
    int rc = s->id.n ? branch_service_get(c, s->id, &old) : 0;
    if (!rc)
        rc = branch_store_service_by_code(c, s->code, &other);
    rc = code_taken(c, rc, other, s->id.n, "code");
    if (!rc)
        rc = branch_store_service_by_prefix(c, s->prefix, &other);
    if (!rc && other && other != s->id.n)
        rc = call_refuse(c, BRANCH_BAD_PREFIX, "prefix", "the letter %c is in use already",
                         s->prefix);
    return rc;
}

int branch_service_put(struct call *c, struct branch_service *s)
{
    bool added = s->id.n == 0;
    int rc = branch_rule_service(c, s);
    if (!rc)
        rc = service_check(c, s);
    if (rc)
        return rc;
    struct branch_service save = *s;
    if (added)
        save.id.n = call_id(c);
    rc = branch_store_service_save(c, &save, added);
    if (rc)
        return rc;
    const char prefix[2] = { save.prefix, 0 };
    struct jsonw *w = event_begin(c);
    jw_text(w, "code", save.code);
    jw_text(w, "prefix", prefix);
    jw_i64(w, "handling_s", save.handling_s);
    jw_bool(w, "corporate", save.corporate);
    jw_bool(w, "active", save.active);
    jw_bool(w, "bookable", save.bookable);
    jw_bool(w, "added", added);
    rc = event_add(c, 0, "service.changed", save.id.n);
    if (!rc)
        *s = save;
    return rc;
}

int branch_class_put(struct call *c, struct branch_class *k)
{
    int64_t other = -1;
    int rc = branch_rule_class(c, k);
    if (!rc)
        rc = branch_store_class_by_code(c, k->code, &other);
    if (!rc && other >= 0 && other != k->index)
        rc = call_refuse(c, BRANCH_CODE_TAKEN, "code", "class %d has this code", (int)other);
    if (!rc)
        rc = branch_store_class_save(c, k);
    if (rc)
        return rc;
    struct jsonw *w = event_begin(c);
    jw_text(w, "code", k->code);
    jw_i64(w, "rank", k->rank);
    jw_i64(w, "target_s", k->target_s);
    jw_i64(w, "goal_ppm", k->goal_ppm);
    jw_bool(w, "mid_high", k->mid_high);
    return event_add(c, 0, "class.changed", k->index);
}

int branch_hours_put(struct call *c, outlet_id outlet, int weekday, struct branch_hours h)
{
    struct branch_outlet known;
    int rc = branch_outlet_get(c, outlet, &known);
    if (!rc)
        rc = branch_rule_hours(c, weekday, h);
    if (!rc)
        rc = branch_store_hours_save(c, outlet, weekday, h);
    if (rc)
        return rc;
    struct jsonw *w = event_begin(c);
    jw_i64(w, "weekday", weekday);
    jw_i64(w, "open_s", h.open_s);
    jw_i64(w, "close_s", h.close_s);
    return event_add(c, outlet.n, "hours.changed", outlet.n);
}

int branch_day(struct call *c, date d, enum branch_day_kind *out, const char **name_zh)
{
    bool found;
    enum branch_day_kind kind;
    const char *name = NULL, *english;
    int rc = branch_store_day(c, d, &found, &kind, &name);
    if (rc)
        return rc;
    if (!found) {
        kind = branch_calendar(d);
        branch_calendar_name(d, &name, &english);
    }
    *out = kind;
    if (name_zh)
        *name_zh = name;
    return 0;
}

int branch_day_put(struct call *c, date d, enum branch_day_kind kind, const char *name_zh)
{
    CHECK(name_zh);
    if (strlen(name_zh) > 48)
        return call_refuse(c, BASE_TOO_LONG, "name_zh", "a day's name has at most 48 bytes");
    int rc = branch_store_day_save(c, d, kind, name_zh);
    if (rc)
        return rc;
    char text[DATE_TEXT];
    date_print(d, text);
    struct jsonw *w = event_begin(c);
    jw_text(w, "date", text);
    jw_text(w, "kind", branch_day_code(kind));
    jw_text(w, "day_zh", name_zh);
    return event_add(c, 0, "calendar.changed", d.days);
}

int branch_hours_on(struct call *c, outlet_id outlet, date d, struct branch_hours *out)
{
    struct branch_hours week[8];
    enum branch_day_kind kind;
    int rc = branch_hours_week(c, outlet, week);
    if (!rc)
        rc = branch_day(c, d, &kind, NULL);
    if (!rc)
        *out = week[branch_rule_weekday(kind, date_weekday(d))];
    return rc;
}

int branch_offers(struct call *c, outlet_id outlet, service_id service)
{
    struct branch_service known, *list;
    int n;
    int rc = branch_services_at(c, outlet, &list, &n);
    if (!rc)
        rc = branch_service_get(c, service, &known);
    if (rc)
        return rc;
    for (int i = 0; i < n; i++)
        if (list[i].id.n == service.n)
            return 0;
    return call_refuse(c, BRANCH_NOT_OFFERED, "service", "no active window here handles %s",
                       known.code);
}
