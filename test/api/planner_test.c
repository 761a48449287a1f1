/* planner_test.c -- The planner's routes over HTTP: weeks, checks, jobs, what-if. */
#include "api/planner.h"
#include "world.h"
#include <time.h>

static char body[4096];

static const char *work(const char *more)
{
    (void)snprintf(body, sizeof body,
                   "{\"week\":\"2026-11-23\"%s,\"work\":[{\"staff_id\":%lld,\"day\":0,\"from\":540,"
                   "\"until\":1020,\"break_from\":720,\"break_minutes\":60,\"pinned\":true}]}",
                   more, (long long)w.b.teller[0].n);
    return body;
}

static void a_week_is_read_checked_saved_and_published(void **state)
{
    UNUSED(state);
    struct http_reply r = ask("GET", at_outlet("/roster?week=2026-11-23"), w.head, NULL, "");
    expect(r, 200, "\"patterns\":[");
    expect(ask("GET", at_outlet("/roster?week=2026-11-24"), w.head, NULL, ""), 422,
           "ROSTER_BAD_WEEK");
    expect(ask("POST", at_outlet("/roster/check"), w.head, NULL, work("")), 200,
           "\"broken_rules\":0");
    expect(ask("PUT", at_outlet("/roster"), w.head, NULL, work(",\"revision\":0")), 200,
           "\"revision\":1");
    expect(ask("PUT", at_outlet("/roster"), w.head, NULL, work(",\"revision\":0")), 409,
           "ROSTER_STALE");
    expect(ask("POST", at_outlet("/roster/publish"), w.head, NULL,
               "{\"week\":\"2026-11-23\",\"revision\":1}"),
           200, "\"version\":1");
    expect(ask("GET", at_outlet("/duty"), w.head, NULL, ""), 200, "\"on_break\":false");
    expect(ask("GET", at_outlet("/roster"), w.teller, NULL, ""), 403, "WHO_NOT_ALLOWED");
}

static void absences_and_contracts_are_kept(void **state)
{
    UNUSED(state);
    char text[300], path[80];
    (void)snprintf(text, sizeof text,
                   "{\"staff_id\":%lld,\"from\":\"2026-11-24\",\"until\":\"2026-11-24\"}",
                   (long long)w.b.teller[1].n);
    expect(ask("POST", at_outlet("/absences"), w.head, NULL, text), 200, "\"id\":");
    expect(ask("GET", at_outlet("/absences"), w.head, NULL, ""), 200, "2026-11-24");
    (void)snprintf(path, sizeof path, "/contracts/%lld", (long long)w.b.teller[1].n);
    expect(ask("PUT", at_outlet(path), w.head, NULL,
               "{\"minutes_min\":960,\"minutes_max\":1200,\"corporate\":true}"),
           200, "{}");
    expect(ask("PUT", at_outlet(path), w.head, NULL, "{\"minutes_min\":1960,\"minutes_max\":1200}"),
           422, "ROSTER_BAD_CONTRACT");
    expect(ask("PUT", at_outlet("/roster/rules"), w.head, NULL, "{\"min_people\":1}"), 200, "{}");
}

static const char *job_path(const char *started, const char *more)
{
    static char path[80];
    const char *at = strstr(started, "\"job\":");
    assert_non_null(at);
    (void)snprintf(path, sizeof path, "/plan/jobs/%lld%s", strtoll(at + 6, NULL, 10), more);
    return path;
}

/* Asks until the job is over. */
static struct http_reply wait_for(const char *started)
{
    struct http_reply r = { 0 };
    for (int i = 0; i < 3000; i++) {
        r = ask("GET", at_outlet(job_path(started, "")), w.head, NULL, "");
        assert_int_equal(r.status, 200);
        if (!strstr(r.body, "\"running\""))
            break;
        nanosleep(&(struct timespec){ .tv_nsec = 20000000 }, NULL);
    }
    return r;
}

static void a_roster_is_made_by_a_job_and_keeps_what_is_pinned(void **state)
{
    UNUSED(state);
    char started[400];
    expect(
        ask("PUT", at_outlet("/plan/need"), w.head, NULL,
            "{\"day\":\"2026-11-23\",\"personal\":[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1,1,1,1]}"),
        200, "{}");
    struct http_reply r =
        ask("POST", at_outlet("/roster/solve"), w.head, NULL, work(",\"seconds\":10"));
    assert_int_equal(r.status, 200);
    (void)snprintf(started, sizeof started, "%s", r.body);
    r = wait_for(started);
    assert_non_null(strstr(r.body, "\"state\":\"done\""));
    assert_non_null(strstr(r.body, "\"pinned\":true"));
    assert_non_null(strstr(r.body, "\"broken_rules\":0"));
    expect(ask("GET", at_outlet("/plan/jobs"), w.head, NULL, ""), 200, "\"kind\":\"roster\"");
    expect(ask("GET", at_outlet("/plan/jobs/99999"), w.head, NULL, ""), 404, "ROSTER_NO_JOB");
    expect(ask("POST", at_outlet(job_path(started, "/stop")), w.head, NULL, "{}"), 200,
           "\"stopping\":true");
}

static void an_outlet_has_one_computation_at_a_time(void **state)
{
    UNUSED(state);
    char started[400];
    struct http_reply r =
        ask("POST", at_outlet("/plan/staff"), w.head, NULL, "{\"day\":\"2026-11-23\",\"days\":7}");
    assert_int_equal(r.status, 200);
    (void)snprintf(started, sizeof started, "%s", r.body);
    expect(ask("POST", at_outlet("/plan/staff"), w.head, NULL, "{\"day\":\"2026-11-23\"}"), 409,
           "ROSTER_BUSY");
    expect(ask("POST", at_outlet(job_path(started, "/stop")), w.head, NULL, "{}"), 200, "\"job\"");
    r = wait_for(started);
    assert_non_null(strstr(r.body, "\"state\":\"done\""));
}

static void a_day_worked_out_again_is_answered_from_what_is_known(void **state)
{
    UNUSED(state);
    static const char *const reused[] = { "\"reused\":", "\"reused\":true" };
    for (int turn = 0; turn < 2; turn++) {
        char started[400];
        struct http_reply r =
            ask("POST", at_outlet("/plan/staff"), w.head, NULL, "{\"day\":\"2026-11-25\"}");
        assert_int_equal(r.status, 200);
        (void)snprintf(started, sizeof started, "%s", r.body);
        r = wait_for(started);
        assert_non_null(strstr(r.body, "\"state\":\"done\""));
        assert_non_null(strstr(r.body, "\"first\":false"));
        assert_non_null(strstr(r.body, reused[turn]));
        assert_non_null(strstr(r.body, "\"joined\":{\"certified\":"));
    }
}

static void what_if_is_answered(void **state)
{
    UNUSED(state);
    expect(ask("GET", at_outlet("/plan/forecast?day=2026-11-24"), w.head, NULL, ""), 200,
           "\"mean\":[");
    expect(ask("POST", at_outlet("/plan/simulate"), w.head, NULL,
               "{\"day\":\"2026-11-23\",\"use\":\"roster\",\"arrivals\":1.3,\"fix\":true}"),
           200, "\"whole\":{");
    expect(ask("POST", at_outlet("/plan/simulate"), w.head, NULL,
               "{\"day\":\"2026-11-23\",\"rule\":\"nonsense\"}"),
           422, "LOBBY_BAD_RULE");
    expect(ask("POST", at_outlet("/plan/simulate"), w.head, NULL,
               "{\"day\":\"2026-11-23\",\"colour\":1}"),
           422, "BASE_UNKNOWN_FIELD");
    expect(ask("POST", at_outlet("/plan/simulate"), w.teller, NULL, "{\"day\":\"2026-11-23\"}"),
           403, "WHO_NOT_ALLOWED");
}

static void a_day_or_a_service_there_is_not_is_refused_at_its_field(void **state)
{
    UNUSED(state);
    static const struct {
        const char *method, *path, *body, *code, *words;
    } row[] = {
        { "POST", "/plan/simulate", "{\"day\":\"9999-12-31\"}", "BASE_RANGE", "\"day\"" },
        { "POST", "/plan/staff", "{\"day\":\"9999-12-31\"}", "BASE_RANGE", "within two years" },
        { "PUT", "/plan/need", "{\"day\":\"1900-01-01\"}", "BASE_RANGE", "\"day\"" },
        { "GET", "/plan/forecast?day=9999-12-31", "", "BASE_RANGE", "\"day\"" },
        { "GET", "/roster?week=9999-12-27", "", "BASE_RANGE", "\"week\"" },
        { "POST", "/roster/solve", "{\"week\":\"9999-12-27\"}", "BASE_RANGE", "\"week\"" },
        { "GET", "/flow-chart?service=zz", "", "BRANCH_NO_SERVICE", "there are: A " },
        { "GET", "/flow-chart?service=1x", "", "BRANCH_NO_SERVICE", "\"service\"" },
        { "GET", "/flow-chart/paper?service=zz", "", "BRANCH_NO_SERVICE", "\"service\"" },
        { "GET", "/flow-chart/paper?format=gif", "", "BASE_BAD_INPUT", "pdf or svg" },
        { "GET", "/slots?service=zz", "", "BRANCH_NO_SERVICE", "\"service\"" },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        struct http_reply r = ask(row[i].method, at_outlet(row[i].path), w.head,
                                  "Accept-Language: en\r\n", row[i].body);
        assert_true(r.status == 422 || r.status == 404);
        assert_non_null(strstr(r.body, row[i].code));
        assert_non_null(strstr(r.body, row[i].words));
    }
    expect(ask("GET", "/api/tips?service=zz", NULL, NULL, ""), 404, "BRANCH_NO_SERVICE");
    expect(ask("GET", "/api/tips?service=A", NULL, NULL, ""), 200, "items");
    expect(ask("GET", "/api/nearby?service=A&mode=fly&lat=1&lon=1", NULL, NULL, ""), 422,
           "walk 或 drive"); /* in Chinese, as nothing else was asked for */
    expect(ask("GET", "/api/calendar?year=next", w.head, NULL, ""), 422, "最多 16 位的整数");
}

static void tips_are_written_by_the_head_and_refused_at_their_field(void **state)
{
    UNUSED(state);
    char path[64];
    struct http_reply r;
    expect(ask("PUT", "/api/tips/0", w.teller, NULL, "{\"title_zh\":\"提示\"}"), 403,
           "WHO_NOT_ALLOWED");
    expect(ask("GET", "/api/tips/all", w.teller, NULL, ""), 403, "WHO_NOT_ALLOWED");
    static const struct {
        const char *body, *code, *field;
    } row[] = {
        { "{}", "BASE_MISSING", "title_zh" },
        { "{\"title_zh\":\"提示\",\"from\":\"2026-11-24\",\"until\":\"2026-11-23\"}", "BASE_RANGE",
          "until" },
        { "{\"title_zh\":\"提示\",\"until\":\"soon\"}", "BASE_BAD_INPUT", "until" },
        { "{\"title_zh\":\"提示\",\"kind\":\"old\"}", "BASE_BAD_INPUT", "kind" },
        { "{\"title_zh\":\"提示\",\"service_id\":987654}", "BRANCH_NO_SERVICE", "" },
        { "{\"title_zh\":\"提示\",\"colour\":1}", "BASE_UNKNOWN_FIELD", "colour" },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        r = ask("PUT", "/api/tips/0", w.head, NULL, row[i].body);
        assert_true(r.status >= 400 && r.status < 500);
        assert_non_null(strstr(r.body, row[i].code));
        assert_non_null(strstr(r.body, row[i].field));
    }
    expect(ask("PUT", "/api/tips/987654", w.head, NULL, "{}"), 404, "ADVISE_NO_TIP");
    r = ask("PUT", "/api/tips/0", w.head, NULL,
            "{\"title_zh\":\"给孩子开户\",\"steps_zh\":\"取号\\n核对\",\"active\":false}");
    expect(r, 200, "\"id\":");
    const char *id = strstr(r.body, "\"id\":");
    assert_non_null(id);
    (void)snprintf(path, sizeof path, "/api/tips/%lld", strtoll(id + 5, NULL, 10));
    assert_null(strstr(ask("GET", "/api/tips", NULL, NULL, "").body, "给孩子开户"));
    expect(ask("GET", "/api/tips/all", w.head, NULL, ""), 200, "给孩子开户");
    expect(ask("PUT", path, w.admin, NULL, "{\"active\":true}"), 200, "\"id\":");
    expect(ask("GET", "/api/tips", NULL, NULL, ""), 200, "取号\\n核对");
}

static void half_an_answer_is_not_kept(void **state)
{
    UNUSED(state);
    struct planner_kept *k = planner_kept_new();
    struct buf whole, half, found;
    int64_t small = 7;
    buf_init(&whole, 100);
    buf_init(&half, 4);
    buf_init(&found, 100);
    buf_add(&whole, "{\"a\":1}", 7);
    buf_add(&half, "{\"a\"", 4);
    buf_add(&half, ":1}", 3);
    planner_keep(k, 11, &small, sizeof small, &whole);
    planner_keep(k, 12, &small, sizeof small, &half);
    small = 0;
    assert_true(planner_kept_find(k, 11, &small, sizeof small, &found));
    assert_int_equal(small, 7);
    assert_string_equal(found.at, "{\"a\":1}");
    assert_false(planner_kept_find(k, 12, &small, sizeof small, &found));
    buf_release(&whole);
    buf_release(&half);
    buf_release(&found);
    planner_kept_free(k);
}

static const struct CMUnitTest planner_tests[] = {
    cmocka_unit_test(half_an_answer_is_not_kept),
    cmocka_unit_test(a_day_or_a_service_there_is_not_is_refused_at_its_field),
    cmocka_unit_test(tips_are_written_by_the_head_and_refused_at_their_field),
    cmocka_unit_test(a_week_is_read_checked_saved_and_published),
    cmocka_unit_test(absences_and_contracts_are_kept),
    cmocka_unit_test(what_if_is_answered),
    cmocka_unit_test(a_roster_is_made_by_a_job_and_keeps_what_is_pinned),
    cmocka_unit_test(an_outlet_has_one_computation_at_a_time),
    cmocka_unit_test(a_day_worked_out_again_is_answered_from_what_is_known),
};

static void the_planner(void **state)
{
    UNUSED(state);
    int bad = _cmocka_run_group_tests("api_planner", planner_tests, COUNT(planner_tests),
                                      world_open, world_close);
    assert_int_equal(bad, 0);
}

SUITE(api_planner, cmocka_unit_test(the_planner))
