/* place_api.c -- Outlets, windows, services, hours, calendar: what an administrator may change. */
#include "api/handlers.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/banned.h"

int api_outlet_put(struct call *c, struct request *q, struct buf *answer)
{
    struct branch_outlet o = { .active = true };
    double lat, lon;
    int rc = q->id[0] ? branch_outlet_get(c, (outlet_id){ q->id[0] }, &o) : 0;
    if (rc)
        return rc;
    lat = o.lat_e6 / 1e6;
    lon = o.lon_e6 / 1e6;
    BODY_TEXT(q, "code", o.code);
    BODY_TEXT(q, "name_zh", o.name_zh);
    BODY_TEXT(q, "name_en", o.name_en);
    BODY_TEXT(q, "district_zh", o.district_zh);
    BODY_TEXT(q, "district_en", o.district_en);
    BODY_TEXT(q, "address_zh", o.address_zh);
    BODY_TEXT(q, "address_en", o.address_en);
    BODY_TEXT(q, "phone", o.phone);
    json_want_f64(q->doc, q->body, "lat", -90, 90, &lat);
    json_want_f64(q->doc, q->body, "lon", -180, 180, &lon);
    json_want_bool(q->doc, q->body, "active", &o.active);
    rc = body_done(c, q);
    if (rc)
        return rc;
    o.lat_e6 = (int32_t)(lat * 1e6 + (lat < 0 ? -0.5 : 0.5));
    o.lon_e6 = (int32_t)(lon * 1e6 + (lon < 0 ? -0.5 : 0.5));
    bool made = !o.id.n;
    rc = branch_outlet_put(c, &o);
    for (int d = 1; !rc && made && d <= 5; d++) /* usual hours until somebody says other */
        rc = branch_hours_put(c, o.id, d, (struct branch_hours){ 30600, 63000 });
    return answer_id(rc, o.id.n, answer);
}

int api_classes(struct call *c, struct request *q, struct buf *answer)
{
    struct lobby_plan p = { 0 };
    struct branch_class *list;
    struct jsonw w;
    int n = 0;
    UNUSED(q);
    int rc = branch_classes(c, &list, &n);
    if (rc)
        return rc;
    CHECK(n <= BRANCH_CLASSES_MAX);
    memcpy(p.classes, list, sizeof *list * (size_t)n);
    p.n_classes = n;
    jw_init(&w, answer);
    jw_object(&w, NULL);
    jw_array(&w, "items");
    for (int i = 0; i < n; i++)
        class_json(&w, NULL, &p, list[i].index);
    jw_end(&w);
    jw_end(&w);
    return 0;
}

int api_class_put(struct call *c, struct request *q, struct buf *answer)
{
    struct branch_class *list, k = { .index = -1 };
    int n = 0;
    int rc = branch_classes(c, &list, &n);
    for (int i = 0; !rc && i < n; i++)
        if (list[i].index == q->id[0] && q->param[0][0] >= '0' && q->param[0][0] <= '9')
            k = list[i];
    if (!rc && k.index < 0)
        rc = BRANCH_NO_CLASS;
    if (rc)
        return rc;
    int64_t target = k.target_s, goal = k.goal_ppm;
    BODY_TEXT(q, "name_zh", k.name_zh);
    BODY_TEXT(q, "name_en", k.name_en);
    json_want_i64(q->doc, q->body, "target_s", 60, 86400, &target);
    json_want_i64(q->doc, q->body, "goal_ppm", 1, 1000000, &goal);
    json_want_bool(q->doc, q->body, "mid_high", &k.mid_high);
    rc = body_done(c, q);
    k.target_s = (int)target;
    k.goal_ppm = (int)goal;
    if (!rc)
        rc = branch_class_put(c, &k);
    return answer_id(rc, k.index, answer);
}

/* "services": [{"service_id":1,"preference":1}, ...]; absent: as it was. */
static void window_services(struct request *q, struct branch_window *w)
{
    size_t n = 0;
    struct json_node *list = json_want_array(q->doc, q->body, "services", BRANCH_SERVICES_MAX, &n);
    if (!list)
        return;
    w->n_services = (int)n;
    for (size_t i = 0; i < n; i++) {
        int64_t preference = 1;
        struct json_node *item = json_item(list, i);
        w->services[i].service.n = 0;
        json_need_i64(q->doc, item, "service_id", 1, INT64_MAX, &w->services[i].service.n);
        json_want_i64(q->doc, item, "preference", 1, 99, &preference);
        w->services[i].preference = (int)preference;
    }
}

int api_window_put(struct call *c, struct request *q, struct buf *answer)
{
    struct branch_window w = { .active = true };
    const char *rule = NULL;
    int rc = q->id[0] ? branch_window_get(c, (window_id){ q->id[0] }, &w) : 0;
    int64_t number = w.number;
    if (rc)
        return rc;
    if (!w.id.n)
        json_need_i64(q->doc, q->body, "outlet_id", 1, INT64_MAX, &w.outlet.n);
    json_want_i64(q->doc, q->body, "number", 1, 999, &number);
    BODY_TEXT(q, "name_zh", w.name_zh);
    BODY_TEXT(q, "name_en", w.name_en);
    json_want_bool(q->doc, q->body, "corporate", &w.corporate);
    json_want_bool(q->doc, q->body, "active", &w.active);
    json_want_text(q->doc, q->body, "rule", RULE_TEXT - 1, &rule);
    window_services(q, &w);
    rc = body_done(c, q);
    if (!rc && c->actor.outlet_id && c->actor.outlet_id != w.outlet.n)
        rc = WHO_OTHER_OUTLET;
    w.number = (int)number;
    if (!rc)
        rc = branch_window_put(c, &w);
    if (!rc && rule)
        rc = lobby_window_rule_put(c, w.id, rule);
    return answer_id(rc, w.id.n, answer);
}

int api_service_put(struct call *c, struct request *q, struct buf *answer)
{
    struct branch_service s = { .active = true, .handling_s = 300 };
    char prefix[2] = "";
    int rc = q->id[0] ? branch_service_get(c, (service_id){ q->id[0] }, &s) : 0;
    if (rc)
        return rc;
    int64_t handling = s.handling_s, sort = s.sort;
    prefix[0] = s.prefix;
    BODY_TEXT(q, "prefix", prefix);
    BODY_TEXT(q, "code", s.code);
    BODY_TEXT(q, "name_zh", s.name_zh);
    BODY_TEXT(q, "name_en", s.name_en);
    BODY_TEXT(q, "documents_zh", s.documents_zh);
    BODY_TEXT(q, "documents_en", s.documents_en);
    BODY_TEXT(q, "machine_zh", s.machine_zh);
    BODY_TEXT(q, "machine_en", s.machine_en);
    json_want_i64(q->doc, q->body, "handling_s", 1, 86400, &handling);
    json_want_i64(q->doc, q->body, "sort", 0, 10000, &sort);
    json_want_bool(q->doc, q->body, "corporate", &s.corporate);
    json_want_bool(q->doc, q->body, "bookable", &s.bookable);
    json_want_bool(q->doc, q->body, "active", &s.active);
    rc = body_done(c, q);
    s.prefix = prefix[0];
    s.handling_s = (int)handling;
    s.sort = (int)sort;
    /* Y is the letter of bookings: a service may not take it. */
    if (!rc && s.prefix == 'Y')
        rc = call_refuse(c, BRANCH_BAD_PREFIX, "prefix", "%s", "Y: bookings");
    if (!rc)
        rc = branch_service_put(c, &s);
    return answer_id(rc, s.id.n, answer);
}

int request_service(struct call *c, struct request *q, service_id *out)
{
    const char *text = request_text(q, "service");
    struct branch_service *list;
    struct buf known;
    char *end;
    int n = 0;
    out->n = 0;
    if (!text || !*text || !strcmp(text, "0"))
        return 0;
    int64_t id = strtoll(text, &end, 10);
    int rc = branch_services(c, &list, &n);
    buf_init(&known, 4096);
    for (int i = 0; !rc && i < n; i++) {
        const char letter[2] = { list[i].prefix, 0 };
        if ((!*end && list[i].id.n == id) || !strcmp(text, letter) || !strcmp(text, list[i].code))
            out->n = list[i].id.n;
        buf_printf(&known, "%s%s %s", i ? ", " : "", letter, list[i].code);
    }
    if (!rc && !out->n)
        rc = call_refuse(c, BRANCH_NO_SERVICE, "service", "there are: %s", n ? known.at : "none");
    buf_release(&known);
    return rc;
}

int api_services(struct call *c, struct request *q, struct buf *answer)
{
    struct branch_service *list;
    struct jsonw w;
    int n = 0;
    UNUSED(q);
    int rc = branch_services(c, &list, &n);
    jw_init(&w, answer);
    jw_object(&w, NULL);
    jw_array(&w, "items");
    for (int i = 0; !rc && i < n; i++) {
        char prefix[2] = { list[i].prefix, 0 };
        jw_object(&w, NULL);
        jw_i64(&w, "id", list[i].id.n);
        jw_text(&w, "prefix", prefix);
        jw_text(&w, "code", list[i].code);
        pair_json(&w, "name", list[i].name_zh, list[i].name_en);
        pair_json(&w, "documents", list[i].documents_zh, list[i].documents_en);
        pair_json(&w, "machine", list[i].machine_zh, list[i].machine_en);
        jw_i64(&w, "handling_s", list[i].handling_s);
        jw_i64(&w, "sort", list[i].sort);
        jw_bool(&w, "corporate", list[i].corporate);
        jw_bool(&w, "bookable", list[i].bookable);
        jw_bool(&w, "active", list[i].active);
        jw_end(&w);
    }
    jw_end(&w);
    jw_end(&w);
    return rc;
}

/* Windows with the services each handles, for the settings page. */
int api_window_list(struct call *c, struct request *q, struct buf *answer)
{
    struct branch_window *list;
    struct jsonw w;
    int n = 0;
    int rc = branch_windows(c, (outlet_id){ q->id[0] }, &list, &n);
    jw_init(&w, answer);
    jw_object(&w, NULL);
    jw_array(&w, "items");
    for (int i = 0; !rc && i < n; i++) {
        char rule[RULE_TEXT];
        rc = lobby_window_rule_get(c, list[i].id, rule);
        if (rc)
            break;
        jw_object(&w, NULL);
        jw_i64(&w, "id", list[i].id.n);
        jw_text(&w, "rule", rule);
        jw_i64(&w, "number", list[i].number);
        pair_json(&w, "name", list[i].name_zh, list[i].name_en);
        jw_bool(&w, "corporate", list[i].corporate);
        jw_bool(&w, "active", list[i].active);
        jw_array(&w, "services");
        for (int k = 0; k < list[i].n_services; k++) {
            jw_object(&w, NULL);
            jw_i64(&w, "service_id", list[i].services[k].service.n);
            jw_i64(&w, "preference", list[i].services[k].preference);
            jw_end(&w);
        }
        jw_end(&w);
        jw_end(&w);
    }
    jw_end(&w);
    jw_end(&w);
    return rc;
}

int api_hours_put(struct call *c, struct request *q, struct buf *answer)
{
    struct branch_hours h;
    int64_t weekday = 0, opens = 0, closes = 0;
    json_need_i64(q->doc, q->body, "weekday", 1, 7, &weekday);
    json_need_i64(q->doc, q->body, "opens_s", 0, 86400, &opens);
    json_need_i64(q->doc, q->body, "closes_s", 0, 86400, &closes);
    int rc = body_done(c, q);
    h.open_s = (int)opens;
    h.close_s = (int)closes;
    if (!rc)
        rc = branch_hours_put(c, (outlet_id){ q->id[0] }, (int)weekday, h);
    if (!rc)
        buf_text(answer, "{}");
    return rc;
}

int api_calendar(struct call *c, struct request *q, struct buf *answer)
{
    struct jsonw w;
    int this_year, month, day;
    date first;
    date_to_ymd(date_of_instant(c->now_us), &this_year, &month, &day);
    int64_t year = request_i64(q, "year", this_year);
    if (year < 1990 || year > 2100 || !date_from_ymd((int)year, 1, 1, &first))
        return call_refuse(c, BASE_RANGE, "year", "1990..2100");
    jw_init(&w, answer);
    jw_object(&w, NULL);
    jw_i64(&w, "year", year);
    jw_array(&w, "items");
    for (date d = first;; d.days++) {
        enum branch_day_kind kind;
        const char *name = NULL;
        char text[DATE_TEXT];
        int y;
        date_to_ymd(d, &y, &month, &day);
        if (y != year)
            break;
        int rc = branch_day(c, d, &kind, &name);
        if (rc)
            return rc;
        date_print(d, text);
        jw_object(&w, NULL);
        jw_text(&w, "date", text);
        jw_text(&w, "kind", branch_day_code(kind));
        jw_text(&w, "name_zh", name && *name ? name : NULL);
        jw_end(&w);
    }
    jw_end(&w);
    jw_end(&w);
    return 0;
}

int api_calendar_put(struct call *c, struct request *q, struct buf *answer)
{
    const char *day = NULL, *code = NULL, *name = "";
    enum branch_day_kind kind;
    date d;
    json_need_text(q->doc, q->body, "date", 10, &day);
    json_need_text(q->doc, q->body, "kind", 2, &code);
    json_want_text(q->doc, q->body, "name_zh", 40, &name);
    int rc = body_done(c, q);
    if (rc)
        return rc;
    if (!date_parse(day, &d))
        return call_refuse(c, BASE_BAD_INPUT, "date", "YYYY-MM-DD");
    if (!branch_day_of_code(code, &kind))
        return call_refuse(c, BASE_BAD_INPUT, "kind", "WN, SN, NH, SS, WS");
    rc = branch_day_put(c, d, kind, name);
    if (!rc)
        buf_text(answer, "{}");
    return rc;
}
