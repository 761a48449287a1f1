/* branch_test.c -- Putting and getting, every refusal by its name, and the events told. */
#include "test.h"
#include "base/jsonw.h"
#include "branch/branch.h"
#include "branch/demo_city.h"
#include "store/event.h"

static struct {
    struct db *db;
    struct call c;
    struct rng rng;
    struct ids ids;
} at;

static int open_bank(void **state)
{
    UNUSED(state);
    memset(&at, 0, sizeof at);
    assert_int_equal(db_open(test_db("branch"), &at.db), 0);
    assert_int_equal(db_migrate(at.db, event_migrations, event_migrations_count, 1), 0);
    assert_int_equal(db_migrate(at.db, branch_migrations, branch_migrations_count, 1), 0);
    rng_seed(&at.rng, 1);
    ids_init(&at.ids, 0);
    at.c = (struct call){ .now_us = 1790000000 * US_SECOND,
                          .rng = &at.rng,
                          .ids = &at.ids,
                          .arena = arena_new(32 << 20),
                          .actor = { .kind = ACTOR_STAFF, .id = 7 } };
    assert_int_equal(db_begin(at.db, &at.c.tx), 0);
    return 0;
}

static int close_bank(void **state)
{
    UNUSED(state);
    db_rollback(&at.c.tx);
    arena_free(at.c.arena);
    db_close(at.db);
    return 0;
}

static struct branch_outlet an_outlet(const char *code)
{
    struct branch_outlet o = { .lat_e6 = 35240000, .lon_e6 = 113230000, .active = true };
    (void)snprintf(o.code, sizeof o.code, "%s", code);
    (void)snprintf(o.name_zh, sizeof o.name_zh, "网点%s", code);
    (void)snprintf(o.name_en, sizeof o.name_en, "Outlet %s", code);
    return o;
}

static struct branch_service a_service(char prefix, const char *code)
{
    struct branch_service s = { .prefix = prefix, .handling_s = 300, .active = true };
    (void)snprintf(s.code, sizeof s.code, "%s", code);
    (void)snprintf(s.name_zh, sizeof s.name_zh, "业务%c", prefix);
    (void)snprintf(s.name_en, sizeof s.name_en, "Service %c", prefix);
    return s;
}

static struct branch_window a_window(outlet_id outlet, int number)
{
    return (struct branch_window){ .outlet = outlet,
                                   .number = number,
                                   .name_zh = "个人窗口",
                                   .name_en = "Personal window",
                                   .active = true };
}

static struct branch_class a_class(int index, const char *code)
{
    struct branch_class k = { .index = index,
                              .name_zh = "客户",
                              .name_en = "Customer",
                              .rank = index,
                              .target_s = 1200,
                              .goal_ppm = 950000 };
    (void)snprintf(k.code, sizeof k.code, "%s", code);
    return k;
}

static struct branch_outlet put_outlet(const char *code)
{
    struct branch_outlet o = an_outlet(code);
    assert_int_equal(branch_outlet_put(&at.c, &o), 0);
    assert_true(o.id.n > 0);
    return o;
}

static struct branch_service put_service(char prefix, const char *code)
{
    struct branch_service s = a_service(prefix, code);
    assert_int_equal(branch_service_put(&at.c, &s), 0);
    return s;
}

#define REFUSED(call, code, at_field)                \
    do {                                             \
        at.c.field = NULL;                           \
        assert_int_equal((call), (code));            \
        assert_non_null(at.c.field);                 \
        assert_string_equal(at.c.field, (at_field)); \
    } while (0)

static void an_outlet_comes_back_as_it_was_put(void **state)
{
    UNUSED(state);
    struct branch_outlet a = an_outlet("B2"), got, *list;
    int n;
    (void)snprintf(a.address_zh, sizeof a.address_zh, "人民路1号");
    (void)snprintf(a.phone, sizeof a.phone, "0391-0001000");
    assert_int_equal(branch_outlet_put(&at.c, &a), 0);
    put_outlet("A1");
    assert_int_equal(branch_outlet_get(&at.c, a.id, &got), 0);
    assert_memory_equal(&got, &a, sizeof a);
    assert_int_equal(branch_outlet_find(&at.c, "B2", &got), 0);
    assert_int_equal(got.id.n, a.id.n);
    a.active = false;
    a.lat_e6 = -1;
    assert_int_equal(branch_outlet_put(&at.c, &a), 0);
    assert_int_equal(branch_outlets(&at.c, &list, &n), 0);
    assert_int_equal(n, 2); /* by code */
    assert_string_equal(list[0].code, "A1");
    assert_memory_equal(&list[1], &a, sizeof a);
}

static void outlets_are_refused_by_name(void **state)
{
    UNUSED(state);
    struct branch_outlet a = put_outlet("A1"), o, got;
    REFUSED(branch_outlet_get(&at.c, (outlet_id){ 9 }, &got), BRANCH_NO_OUTLET, "outlet");
    REFUSED(branch_outlet_find(&at.c, "a1", &got), BRANCH_NO_OUTLET, "outlet");
    o = an_outlet("C3");
    o.id.n = 9;
    REFUSED(branch_outlet_put(&at.c, &o), BRANCH_NO_OUTLET, "outlet");
    o = an_outlet("A1");
    REFUSED(branch_outlet_put(&at.c, &o), BRANCH_CODE_TAKEN, "code");
    assert_int_equal(o.id.n, 0); /* untouched */
    o = an_outlet("");
    REFUSED(branch_outlet_put(&at.c, &o), BASE_MISSING, "code");
    o = an_outlet("A 1");
    REFUSED(branch_outlet_put(&at.c, &o), BASE_BAD_INPUT, "code");
    o = a;
    o.name_en[0] = 0;
    REFUSED(branch_outlet_put(&at.c, &o), BASE_MISSING, "name_en");
    static const struct {
        int32_t lat, lon;
        const char *field;
    } place[] = {
        { 90000001, 0, "lat" },   { -90000001, 0, "lat" }, { 1, 180000001, "lon" },
        { 1, -180000001, "lon" }, { 0, 0, "lat" },
    };
    for (size_t i = 0; i < COUNT(place); i++) {
        o = an_outlet("D4");
        o.lat_e6 = place[i].lat;
        o.lon_e6 = place[i].lon;
        REFUSED(branch_outlet_put(&at.c, &o), BRANCH_BAD_PLACE, place[i].field);
    }
}

static void a_window_keeps_its_services_in_order_of_preference(void **state)
{
    UNUSED(state);
    struct branch_outlet o = put_outlet("A1");
    struct branch_service cash = put_service('A', "cash"), loan = put_service('B', "loan");
    struct branch_window w = a_window(o.id, 2), bare = a_window(o.id, 1), got, *list;
    int n;
    w.n_services = 2;
    w.services[0].service = loan.id;
    w.services[0].preference = 2;
    w.services[1].service = cash.id;
    w.services[1].preference = 1;
    assert_int_equal(branch_window_put(&at.c, &w), 0);
    assert_int_equal(branch_window_put(&at.c, &bare), 0);
    assert_int_equal(branch_window_get(&at.c, w.id, &got), 0);
    assert_int_equal(got.n_services, 2);
    assert_int_equal(got.services[0].service.n, cash.id.n);
    assert_int_equal(got.services[1].service.n, loan.id.n);
    assert_int_equal(branch_windows(&at.c, o.id, &list, &n), 0);
    assert_int_equal(n, 2); /* by number, also the one without services */
    assert_int_equal(list[0].number, 1);
    assert_int_equal(list[0].n_services, 0);
    assert_int_equal(list[1].n_services, 2);
    w.n_services = 1; /* loans only */
    assert_int_equal(branch_window_put(&at.c, &w), 0);
    assert_int_equal(branch_window_get(&at.c, w.id, &got), 0);
    assert_int_equal(got.n_services, 1);
    assert_int_equal(got.services[0].service.n, loan.id.n);
}

static void windows_are_refused_by_name(void **state)
{
    UNUSED(state);
    struct branch_outlet o = put_outlet("A1"), other = put_outlet("B2");
    struct branch_service cash = put_service('A', "cash");
    struct branch_window w = a_window(o.id, 1), got, *list;
    int n;
    assert_int_equal(branch_window_put(&at.c, &w), 0);
    REFUSED(branch_window_get(&at.c, (window_id){ 9 }, &got), BRANCH_NO_WINDOW, "window");
    REFUSED(branch_windows(&at.c, (outlet_id){ 9 }, &list, &n), BRANCH_NO_OUTLET, "outlet");
    struct branch_window moved = w;
    moved.outlet = other.id;
    REFUSED(branch_window_put(&at.c, &moved), BRANCH_NO_WINDOW, "window");
    moved = w;
    moved.id.n = 9;
    REFUSED(branch_window_put(&at.c, &moved), BRANCH_NO_WINDOW, "window");
    struct branch_window x = a_window((outlet_id){ 9 }, 1);
    REFUSED(branch_window_put(&at.c, &x), BRANCH_NO_OUTLET, "outlet");
    x = a_window(o.id, 1);
    REFUSED(branch_window_put(&at.c, &x), BRANCH_CODE_TAKEN, "number");
    x.number = 0;
    REFUSED(branch_window_put(&at.c, &x), BASE_RANGE, "number");
    x.number = 2;
    x.name_zh[0] = 0;
    REFUSED(branch_window_put(&at.c, &x), BASE_MISSING, "name_zh");
    x = a_window(o.id, 2);
    x.n_services = 1;
    x.services[0].service.n = 9;
    x.services[0].preference = 1;
    REFUSED(branch_window_put(&at.c, &x), BRANCH_NO_SERVICE, "service");
    x.services[0].service = cash.id;
    x.services[0].preference = 0;
    REFUSED(branch_window_put(&at.c, &x), BASE_RANGE, "preference");
    x.services[0].preference = 1;
    x.services[1] = x.services[0];
    x.n_services = 2;
    REFUSED(branch_window_put(&at.c, &x), BASE_BAD_INPUT, "services");
    for (int number = 2; number <= BRANCH_WINDOWS_MAX; number++) {
        x = a_window(o.id, number);
        assert_int_equal(branch_window_put(&at.c, &x), 0);
    }
    x = a_window(o.id, BRANCH_WINDOWS_MAX + 1);
    REFUSED(branch_window_put(&at.c, &x), BASE_RANGE, "number");
    assert_int_equal(branch_windows(&at.c, o.id, &list, &n), 0);
    assert_int_equal(n, BRANCH_WINDOWS_MAX);
}

static void services_are_refused_by_name(void **state)
{
    UNUSED(state);
    struct branch_service cash = put_service('A', "cash"), s, got, *list;
    int n;
    REFUSED(branch_service_get(&at.c, (service_id){ 9 }, &got), BRANCH_NO_SERVICE, "service");
    s = a_service('B', "loan");
    s.id.n = 9;
    REFUSED(branch_service_put(&at.c, &s), BRANCH_NO_SERVICE, "service");
    s = a_service('B', "cash");
    REFUSED(branch_service_put(&at.c, &s), BRANCH_CODE_TAKEN, "code");
    s = a_service('A', "loan");
    REFUSED(branch_service_put(&at.c, &s), BRANCH_BAD_PREFIX, "prefix"); /* used once already */
    s.prefix = 'a';
    REFUSED(branch_service_put(&at.c, &s), BRANCH_BAD_PREFIX, "prefix");
    s.prefix = 0;
    REFUSED(branch_service_put(&at.c, &s), BRANCH_BAD_PREFIX, "prefix");
    s = a_service('B', "loan");
    s.handling_s = 9;
    REFUSED(branch_service_put(&at.c, &s), BASE_RANGE, "handling_s");
    s.handling_s = 1200;
    s.sort = -1;
    assert_int_equal(branch_service_put(&at.c, &s), 0);
    cash.handling_s = 240;
    assert_int_equal(branch_service_put(&at.c, &cash), 0); /* its own letter and code are free */
    assert_int_equal(branch_services(&at.c, &list, &n), 0);
    assert_int_equal(n, 2);
    assert_memory_equal(&list[0], &s, sizeof s); /* by sort */
    assert_memory_equal(&list[1], &cash, sizeof cash);
}

static void classes_are_refused_by_name(void **state)
{
    UNUSED(state);
    struct branch_class k = a_class(0, "normal"), *list;
    int n;
    assert_int_equal(branch_class_put(&at.c, &k), 0);
    k = a_class(BRANCH_CLASSES_MAX, "x");
    REFUSED(branch_class_put(&at.c, &k), BRANCH_NO_CLASS, "index");
    k = a_class(-1, "x");
    REFUSED(branch_class_put(&at.c, &k), BRANCH_NO_CLASS, "index");
    k = a_class(1, "normal");
    REFUSED(branch_class_put(&at.c, &k), BRANCH_CODE_TAKEN, "code");
    k = a_class(0, "normal");
    k.rank = 1;
    REFUSED(branch_class_put(&at.c, &k), BASE_RANGE, "rank");
    k = a_class(1, "mid");
    k.target_s = 0;
    REFUSED(branch_class_put(&at.c, &k), BASE_RANGE, "target_s");
    k.target_s = 600;
    k.goal_ppm = 1000001;
    REFUSED(branch_class_put(&at.c, &k), BASE_RANGE, "goal_ppm");
    k.goal_ppm = 900000;
    k.mid_high = true;
    assert_int_equal(branch_class_put(&at.c, &k), 0);
    k.target_s = 300; /* the same class again: changed */
    assert_int_equal(branch_class_put(&at.c, &k), 0);
    assert_int_equal(branch_classes(&at.c, &list, &n), 0);
    assert_int_equal(n, 2);
    assert_memory_equal(&list[1], &k, sizeof k);
}

static void hours_are_refused_by_name(void **state)
{
    UNUSED(state);
    struct branch_outlet o = put_outlet("A1");
    struct branch_hours week[8], day = { 8 * 3600, 17 * 3600 };
    static const struct {
        int weekday;
        struct branch_hours h;
        const char *field;
    } bad[] = {
        { 0, { 1, 2 }, "weekday" },  { 8, { 1, 2 }, "weekday" },     { 1, { 2, 1 }, "opens_s" },
        { 1, { -1, 2 }, "opens_s" }, { 1, { 1, 86401 }, "opens_s" },
    };
    for (size_t i = 0; i < COUNT(bad); i++)
        REFUSED(branch_hours_put(&at.c, o.id, bad[i].weekday, bad[i].h), BRANCH_BAD_HOURS,
                bad[i].field);
    REFUSED(branch_hours_put(&at.c, (outlet_id){ 9 }, 1, day), BRANCH_NO_OUTLET, "outlet");
    REFUSED(branch_hours_week(&at.c, (outlet_id){ 9 }, week), BRANCH_NO_OUTLET, "outlet");
    assert_int_equal(branch_hours_put(&at.c, o.id, 1, day), 0);
    day.close_s = 16 * 3600;
    assert_int_equal(branch_hours_put(&at.c, o.id, 1, day), 0);
    assert_int_equal(branch_hours_week(&at.c, o.id, week), 0);
    assert_int_equal(week[1].close_s, 16 * 3600);
    assert_int_equal(week[2].open_s, week[2].close_s); /* no row: closed */
}

static date ymd(int year, int month, int day)
{
    date d;
    assert_true(date_from_ymd(year, month, day, &d));
    return d;
}

static void hours_of_a_date_follow_the_calendar_and_its_corrections(void **state)
{
    UNUSED(state);
    struct branch_outlet o = put_outlet("A1");
    for (int weekday = 1; weekday <= 6; weekday++) /* opens at its own number; Sunday closed */
        assert_int_equal(
            branch_hours_put(&at.c, o.id, weekday, (struct branch_hours){ weekday * 3600, 72000 }),
            0);
    static const struct {
        int year, month, day, open_hour;
        const char *why;
    } row[] = {
        { 2026, 11, 24, 2, "a Tuesday" },
        { 2026, 11, 28, 6, "a Saturday" },
        { 2026, 11, 29, 0, "a Sunday" },
        { 2026, 10, 1, 0, "a holiday: Sunday's hours" },
        { 2026, 10, 7, 0, "a day in lieu" },
        { 2026, 9, 20, 1, "make-up Sunday: Monday's" },
        { 2026, 10, 10, 1, "make-up Saturday" },
        { 2026, 12, 25, 0, "declared a holiday here" },
        { 2026, 12, 27, 1, "declared a work day" },
        { 2026, 12, 24, 0, "declared a weekend" },
    };
    assert_int_equal(branch_day_put(&at.c, ymd(2026, 12, 25), DAY_HOLIDAY, "盘点日"), 0);
    assert_int_equal(branch_day_put(&at.c, ymd(2026, 12, 27), DAY_HOLIDAY, "错"), 0);
    assert_int_equal(branch_day_put(&at.c, ymd(2026, 12, 27), DAY_WORK, "补班"), 0);
    assert_int_equal(branch_day_put(&at.c, ymd(2026, 12, 24), DAY_WEEKEND, ""), 0);
    for (size_t i = 0; i < COUNT(row); i++) {
        struct branch_hours h;
        assert_int_equal(
            branch_hours_on(&at.c, o.id, ymd(row[i].year, row[i].month, row[i].day), &h), 0);
        if (h.open_s != row[i].open_hour * 3600)
            fail_msg("%s: opens at %d", row[i].why, h.open_s);
    }
    enum branch_day_kind kind;
    const char *name;
    assert_int_equal(branch_day(&at.c, ymd(2026, 12, 27), &kind, &name), 0);
    assert_int_equal(kind, DAY_WORK);
    assert_string_equal(name, "补班");
    assert_int_equal(branch_day(&at.c, ymd(2026, 10, 1), &kind, &name), 0);
    assert_int_equal(kind, DAY_HOLIDAY);
    assert_string_equal(name, "国庆节");
    REFUSED(branch_day_put(&at.c, ymd(2026, 1, 1), DAY_WORK,
                           "一二三四五六七八九十一二三四五六七八九十"),
            BASE_TOO_LONG, "name_zh");
}

static void an_outlet_offers_what_its_active_windows_handle(void **state)
{
    UNUSED(state);
    struct branch_outlet o = put_outlet("A1"), other = put_outlet("B2");
    struct branch_service cash = put_service('A', "cash"), loan = put_service('B', "loan"), *list;
    struct branch_window w = a_window(o.id, 1);
    int n;
    w.n_services = 1;
    w.services[0].service = cash.id;
    w.services[0].preference = 1;
    assert_int_equal(branch_window_put(&at.c, &w), 0);
    assert_int_equal(branch_services_at(&at.c, o.id, &list, &n), 0);
    assert_int_equal(n, 1);
    assert_int_equal(branch_offers(&at.c, o.id, cash.id), 0);
    REFUSED(branch_offers(&at.c, o.id, loan.id), BRANCH_NOT_OFFERED, "service");
    REFUSED(branch_offers(&at.c, other.id, cash.id), BRANCH_NOT_OFFERED, "service");
    REFUSED(branch_offers(&at.c, o.id, (service_id){ 9 }), BRANCH_NO_SERVICE, "service");
    REFUSED(branch_offers(&at.c, (outlet_id){ 9 }, cash.id), BRANCH_NO_OUTLET, "outlet");
    w.active = false;
    assert_int_equal(branch_window_put(&at.c, &w), 0);
    REFUSED(branch_offers(&at.c, o.id, cash.id), BRANCH_NOT_OFFERED, "service");
    w.active = true;
    cash.active = false;
    assert_int_equal(branch_window_put(&at.c, &w), 0);
    assert_int_equal(branch_service_put(&at.c, &cash), 0);
    REFUSED(branch_offers(&at.c, o.id, cash.id), BRANCH_NOT_OFFERED, "service");
}

static bool note_topic(void *ctx, const struct event *e)
{
    char *text = ctx;
    size_t len = strlen(text);
    (void)snprintf(text + len, 512 - len, "%s ", e->topic);
    return true;
}

static void every_change_is_told(void **state)
{
    UNUSED(state);
    char bank[512] = "", here[512] = "";
    struct branch_outlet o = put_outlet("A1");
    struct branch_window w = a_window(o.id, 1);
    struct branch_class k = a_class(0, "normal");
    put_service('A', "cash");
    assert_int_equal(branch_window_put(&at.c, &w), 0);
    assert_int_equal(branch_class_put(&at.c, &k), 0);
    assert_int_equal(branch_hours_put(&at.c, o.id, 1, (struct branch_hours){ 1, 2 }), 0);
    assert_int_equal(branch_day_put(&at.c, ymd(2027, 1, 1), DAY_HOLIDAY, "元旦"), 0);
    assert_int_equal(branch_outlet_put(&at.c, &o), 0);
    assert_int_equal(event_after(at.c.tx, 0, 0, 100, note_topic, bank), 0);
    assert_int_equal(event_after(at.c.tx, o.id.n, 0, 100, note_topic, here), 0);
    assert_string_equal(bank, "service.changed class.changed calendar.changed ");
    assert_string_equal(here, "outlet.changed window.changed hours.changed outlet.changed ");
}

static void the_demo_city_is_whole(void **state)
{
    UNUSED(state);
    assert_int_equal(branch_demo_city(&at.c), 0);
    struct branch_outlet *outlets;
    struct branch_service *services;
    struct branch_class *classes;
    int n, m;
    assert_int_equal(branch_outlets(&at.c, &outlets, &n), 0);
    assert_int_equal(n, DEMO_OUTLETS);
    assert_int_equal(branch_services(&at.c, &services, &m), 0);
    assert_int_equal(m, DEMO_SERVICES);
    for (int i = 0; i < m; i++) {
        assert_int_equal(services[i].prefix, 'A' + i);
        assert_true(services[i].documents_zh[0] && services[i].documents_en[0]);
        assert_true(services[i].machine_zh[0] && services[i].machine_en[0]);
    }
    assert_int_equal(branch_classes(&at.c, &classes, &m), 0);
    assert_int_equal(m, DEMO_CLASSES);
    assert_true(classes[2].mid_high && classes[2].target_s == 600);
    for (int i = 0; i < n; i++) {
        struct branch_window *windows;
        struct branch_hours h;
        const struct demo_outlet *d = demo_outlet_find(outlets[i].code);
        assert_non_null(d);
        assert_int_equal(branch_windows(&at.c, outlets[i].id, &windows, &m), 0);
        assert_true(m >= 5 && m <= 9);
        assert_int_equal(windows[m - 1].corporate, true);
        assert_string_equal(windows[0].name_zh, "爱心窗口");
        for (int w = 0; w < m; w++)
            for (int s = 0; s < windows[w].n_services; s++) {
                struct branch_service found;
                assert_int_equal(branch_service_get(&at.c, windows[w].services[s].service, &found),
                                 0);
                assert_int_equal(demo_preference(d, w + 1, found.prefix - 'A'),
                                 windows[w].services[s].preference);
            }
        assert_int_equal(branch_services_at(&at.c, outlets[i].id, &services, &m), 0);
        assert_int_equal(m, DEMO_SERVICES);
        for (date k = ymd(2026, 9, 14); k.days < ymd(2026, 10, 19).days; k.days++) {
            struct branch_hours want = demo_hours(d, branch_calendar(k), date_weekday(k));
            assert_int_equal(branch_hours_on(&at.c, outlets[i].id, k, &h), 0);
            assert_memory_equal(&h, &want, sizeof h);
        }
        assert_true(outlets[i].lat_e6 > 34800000 && outlets[i].lat_e6 < 35400000);
        assert_true(outlets[i].lon_e6 > 112700000 && outlets[i].lon_e6 < 113700000);
    }
    assert_int_equal(branch_demo_city(&at.c), BRANCH_CODE_TAKEN); /* only once */
}

/* Every kind of write and read once. */
static int a_little_of_everything(void)
{
    struct branch_outlet o = an_outlet("A1"), *outlets;
    struct branch_service s = a_service('A', "cash"), *services;
    struct branch_class k = a_class(0, "normal"), *classes;
    struct branch_window w, *windows;
    struct branch_hours h = { 1, 2 };
    int n, rc = branch_class_put(&at.c, &k);
    if (!rc)
        rc = branch_outlet_put(&at.c, &o);
    if (!rc)
        rc = branch_service_put(&at.c, &s);
    w = a_window(o.id, 1);
    w.n_services = 1;
    w.services[0].service = s.id;
    w.services[0].preference = 1;
    for (int twice = 0; !rc && twice < 2; twice++) /* added, then changed */
        rc = branch_window_put(&at.c, &w);
    if (!rc)
        rc = branch_hours_put(&at.c, o.id, 1, h);
    if (!rc)
        rc = branch_day_put(&at.c, ymd(2027, 1, 1), DAY_HOLIDAY, "元旦");
    if (!rc)
        rc = branch_hours_on(&at.c, o.id, ymd(2027, 1, 1), &h);
    if (!rc)
        rc = branch_offers(&at.c, o.id, s.id);
    if (!rc)
        rc = branch_outlets(&at.c, &outlets, &n);
    if (!rc)
        rc = branch_services(&at.c, &services, &n);
    if (!rc)
        rc = branch_windows(&at.c, o.id, &windows, &n);
    if (!rc)
        rc = branch_classes(&at.c, &classes, &n);
    return rc;
}

static void every_fault_of_the_store_comes_through(void **state)
{
    UNUSED(state);
    int64_t calls = 0;
    for (int twice = 0; twice < 2; twice++) { /* the first reads what the store then remembers */
        db_rollback(&at.c.tx);
        assert_int_equal(db_begin(at.db, &at.c.tx), 0);
        calls = db_calls(at.db);
        assert_int_equal(a_little_of_everything(), 0);
        calls = db_calls(at.db) - calls;
    }
    assert_true(calls > 40);
    for (int64_t k = 1; k <= calls; k++) {
        db_rollback(&at.c.tx);
        assert_int_equal(db_begin(at.db, &at.c.tx), 0);
        db_fail_at(at.db, k, RC_IO);
        int rc = a_little_of_everything();
        db_fail_at(at.db, 0, 0);
        if (rc != RC_IO)
            fail_msg("call %d of %d failed, and we heard %d", (int)k, (int)calls, rc);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_bank, close_bank)
SUITE(branch, TEST(an_outlet_comes_back_as_it_was_put), TEST(outlets_are_refused_by_name),
      TEST(a_window_keeps_its_services_in_order_of_preference), TEST(windows_are_refused_by_name),
      TEST(services_are_refused_by_name), TEST(classes_are_refused_by_name),
      TEST(hours_are_refused_by_name),
      TEST(hours_of_a_date_follow_the_calendar_and_its_corrections),
      TEST(an_outlet_offers_what_its_active_windows_handle), TEST(every_change_is_told),
      TEST(the_demo_city_is_whole), TEST(every_fault_of_the_store_comes_through))
