/* server_test.c -- The whole way of a request over a real socket: table, session, role, outlet,
 * CSRF, key, body; and a visit from the kiosk to the end. */
#include "world.h"
#include <unistd.h>

static void an_unknown_address_and_an_unknown_method_are_told_apart(void **state)
{
    UNUSED(state);
    expect(ask("GET", "/api/nothing", NULL, NULL, ""), 404, "API_NO_ROUTE");
    expect(ask("DELETE", "/api/outlets", NULL, NULL, ""), 405, "API_METHOD");
    expect(ask("GET", "/api/nothing", NULL, "Accept-Language: en\r\n", ""), 404,
           "there is nothing at this address");
}

static void a_cookie_needs_the_csrf_word_and_a_bearer_does_not(void **state)
{
    char head[300];
    UNUSED(state);
    (void)snprintf(head, sizeof head, "Cookie: piaohao=%s\r\n", w.teller);
    expect(ask("POST", at_window(0, "/sign-in"), NULL, head, "{}"), 403, "WHO_BAD_CSRF");
    (void)snprintf(head, sizeof head, "Cookie: piaohao=%s\r\nX-CSRF: %s\r\n", w.teller, w.csrf);
    expect(ask("POST", at_window(0, "/sign-in"), NULL, head, "{}"), 200, "\"staff_name\"");
    expect(ask("POST", at_window(0, "/sign-out"), w.teller, NULL, "{}"), 200, NULL);
}

static void a_write_without_a_key_is_refused_and_a_repeated_key_answers_the_same(void **state)
{
    struct http_reply r;
    char head[300], first[64], second[64];
    UNUSED(state);
    (void)snprintf(head, sizeof head, "Authorization: Bearer %s\r\n", w.kiosk);
    BANK_OK(http_client_call(w.client, "POST", at_outlet("/tickets"), head, take_body(),
                             strlen(take_body()), &r));
    expect(r, 400, "API_NO_KEY");
    (void)snprintf(head, sizeof head,
                   "Authorization: Bearer %s\r\nIdempotency-Key: the-same-key\r\n", w.kiosk);
    BANK_OK(http_client_call(w.client, "POST", at_outlet("/tickets"), head, take_body(),
                             strlen(take_body()), &r));
    field_of(r.body, "number", first, sizeof first);
    BANK_OK(http_client_call(w.client, "POST", at_outlet("/tickets"), head, take_body(),
                             strlen(take_body()), &r));
    field_of(r.body, "number", second, sizeof second);
    assert_string_equal(first, second);
    BANK_OK(http_client_call(w.client, "POST", at_outlet("/tickets"), head, "{\"service_id\":1}",
                             16, &r));
    expect(r, 422, "DOOR_KEY_REUSED");
}

static void a_bad_body_is_refused_with_the_path_of_the_field(void **state)
{
    static const struct {
        const char *body, *code, *field;
    } row[] = {
        { "{", "BASE_BAD_INPUT", NULL },
        { "[]", "BASE_", NULL },
        { "{}", "BASE_MISSING", "\"field\":\"service_id\"" },
        { "{\"service_id\":\"x\"}", "BASE_", "\"field\":\"service_id\"" },
        { "{\"service_id\":1,\"service_id\":1}", "BASE_BAD_INPUT", NULL },
        { "{\"service_id\":1,\"colour\":2}", "BASE_UNKNOWN_FIELD", "\"field\":\"colour\"" },
        { "{\"service_id\":1}", "BRANCH_NO_SERVICE", "\"field\":\"service_id\"" },
        { "{\"service_id\":1,\"more_service_ids\":[1,\"x\"]}", "BASE_", "more_service_ids" },
    };
    UNUSED(state);
    for (size_t i = 0; i < COUNT(row); i++) {
        struct http_reply r = ask("POST", at_outlet("/tickets"), w.kiosk, NULL, row[i].body);
        assert_in_range(r.status, 400, 422);
        expect(r, r.status, row[i].code);
        if (row[i].field)
            expect(r, r.status, row[i].field);
    }
}

/* A typing error must not show another outlet's figures, or all of them. */
static void a_parameter_that_is_no_number_is_refused_with_its_name(void **state)
{
    static const struct {
        const char *target, *field;
    } rows[] = { { "/api/promise?outlet=T01", "outlet" },
                 { "/api/promise?outlet=1e3", "outlet" },
                 { "/api/promise?outlet=+5", "outlet" },
                 { "/api/promise?outlet=%205", "outlet" },
                 { "/api/promise?outlet=0x10", "outlet" },
                 { "/api/promise?service=-", "service" },
                 { "/api/tickets?limit=99999999999999999999", "limit" },
                 { "/api/calendar?year=-9223372036854775808", "year" } };
    char field[40];
    UNUSED(state);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct http_reply r = ask("GET", rows[i].target, w.admin, NULL, "");
        (void)snprintf(field, sizeof field, "\"field\":\"%s\"", rows[i].field);
        expect(r, 422, field);
    }
    expect(ask("GET", "/api/calendar?year=4294969322", w.admin, NULL, ""), 422, "BASE_RANGE");
    expect(ask("GET", "/api/promise?outlet=", w.admin, NULL, ""), 200, NULL);
    expect(ask("GET", at_outlet("/rule-check"), w.admin, NULL, ""), 422, "\"field\":\"rule\"");
    expect(ask("POST", "/api/session/device", NULL, NULL, "{}"), 422, "\"field\":\"token\"");
}

static void a_body_under_a_forms_type_is_refused(void **state)
{
    static const char *const types[] = { "text/plain", "application/x-www-form-urlencoded",
                                         "multipart/form-data; boundary=x", "application/jsonp" };
    char head[100];
    UNUSED(state);
    for (size_t i = 0; i < COUNT(types); i++) {
        (void)snprintf(head, sizeof head, "Content-Type: %s\r\n", types[i]);
        struct http_reply r = ask("POST", at_outlet("/tickets"), w.kiosk, head, take_body());
        expect(r, 415, "API_NOT_JSON");
    }
    struct http_reply r = ask("POST", at_outlet("/tickets"), w.kiosk,
                              "Content-Type: Application/JSON; charset=utf-8\r\n", take_body());
    assert_int_equal(r.status, 200);
}

static void a_wrong_method_is_told_the_right_ones(void **state)
{
    char allow[80] = "";
    UNUSED(state);
    struct http_reply r = ask("PUT", "/api/session", NULL, NULL, "{}");
    expect(r, 405, "API_METHOD");
    assert_true(http_reply_header(&r, "Allow", allow, sizeof allow));
    assert_string_equal(allow, "GET, HEAD, POST, DELETE");
}

static void nobody_works_in_another_outlet(void **state)
{
    char target[120];
    UNUSED(state);
    (void)snprintf(target, sizeof target, "/api/outlets/%lld/tickets", (long long)w.b.other.n);
    expect(ask("POST", target, w.kiosk, NULL, take_body()), 403, "WHO_OTHER_OUTLET");
    (void)snprintf(target, sizeof target, "/api/windows/%lld/sign-in",
                   (long long)w.b.other_window.n);
    expect(ask("POST", target, w.teller, NULL, "{}"), 403, "WHO_OTHER_OUTLET");
}

static void a_visit_goes_from_the_kiosk_to_the_end(void **state)
{
    char number[16], token[80], target[160];
    UNUSED(state);
    struct http_reply r = ask("POST", at_outlet("/tickets"), w.kiosk, NULL, take_body());
    expect(r, 200, "\"state\":\"waiting\"");
    expect(r, 200, "<svg");
    field_of(r.body, "number", number, sizeof number);
    field_of(r.body, "token", token, sizeof token);
    expect(ask("POST", at_window(0, "/sign-in"), w.teller, NULL, "{}"), 200, number);
    r = ask("POST", at_window(0, "/next"), w.teller, NULL, "{}"); /* the oldest, whoever it is */
    expect(r, 200, "\"state\":\"called\"");
    expect(r, 200, "\"text_zh\"");
    expect(ask("POST", at_window(0, "/next"), w.teller, NULL, "{}"), 409, "LOBBY_BUSY");
    r = ask("GET", at_outlet("/board"), NULL, NULL, "");
    expect(r, 200, "\"calling\":[{\"number\"");
    assert_null(strstr(r.body, "phone"));
    expect(ask("POST", at_window(0, "/serve"), w.teller, NULL, "{}"), 200, "\"state\":\"serving\"");
    r = ask("POST", at_window(0, "/end"), w.teller, "Prefer: return=minimal\r\n", "{}");
    expect(r, 200, "\"state\":\"done\"");
    assert_null(strstr(r.body, "waiting")); /* minimal: the step, not the desk */
    (void)snprintf(target, sizeof target, "/api/tickets/%s", token);
    expect(ask("GET", target, NULL, NULL, ""), 200, number);
    (void)snprintf(target, sizeof target, "/api/tickets/%s/leave", token);
    r = ask("POST", target, NULL, NULL, "{}");
    assert_true(r.status == 200 || r.status == 409);
    token[strlen(token) - 1] = token[strlen(token) - 1] == '0' ? '1' : '0';
    (void)snprintf(target, sizeof target, "/api/tickets/%s", token);
    expect(ask("GET", target, NULL, NULL, ""), 404, "LOBBY_NO_TICKET");
    expect(ask("POST", at_window(0, "/sign-out"), w.teller, NULL, "{}"), 200, NULL);
}

static void a_phone_joins_with_the_word_in_the_lobby_only(void **state)
{
    char pass[40], body[200];
    UNUSED(state);
    (void)snprintf(body, sizeof body, "{\"service_id\":%lld,\"pass\":\"guessed\"}",
                   (long long)w.b.service[SERVICE_A].n);
    expect(ask("POST", at_outlet("/join"), NULL, NULL, body), 403, "LOBBY_BAD_PASS");
    struct http_reply r = ask("GET", at_outlet("/pass"), w.board, NULL, "");
    field_of(r.body, "pass", pass, sizeof pass);
    (void)snprintf(body, sizeof body,
                   "{\"service_id\":%lld,\"pass\":\"%s\",\"phone\":\"13900000000\"}",
                   (long long)w.b.service[SERVICE_A].n, pass);
    r = ask("POST", at_outlet("/join"), NULL, NULL, body);
    expect(r, 200, "\"token\"");
    assert_null(strstr(r.body, "13900000000"));
    assert_null(strstr(r.body, "phone_tail")); /* not even the tail to the public */
}

static void a_stream_catches_up_from_the_last_event_and_hides_what_is_not_public(void **state)
{
    char bytes[8192], head[300];
    struct http_client *s;
    size_t n = 0;
    UNUSED(state);
    ask("POST", at_outlet("/tickets"), w.kiosk, NULL, take_body());
    BANK_OK(http_client_open(http_port(w.http), &s));
    (void)snprintf(head, sizeof head, "GET %s HTTP/1.1\r\nHost: x\r\nLast-Event-ID: 0\r\n\r\n",
                   at_outlet("/stream"));
    BANK_OK(http_client_write(s, head, strlen(head)));
    while (n + 1 < sizeof bytes) {
        int got = http_client_bytes(s, bytes + n, sizeof bytes - 1 - n);
        assert_true(got > 0);
        n += (size_t)got;
        bytes[n] = 0;
        if (strstr(bytes, "event: ticket.taken"))
            break;
    }
    assert_non_null(strstr(bytes, "event: hello"));
    assert_non_null(strstr(bytes, "event: day.opened"));
    assert_null(strstr(bytes, "settings.changed")); /* staff only */
    http_client_close(s);
}

static void the_document_names_every_route_and_every_code(void **state)
{
    struct json_doc *d;
    char error[120];
    UNUSED(state);
    struct http_reply r = ask("GET", "/api/openapi.json", NULL, NULL, "");
    expect(r, 200, "\"openapi\":\"3.1.0\"");
    assert_int_equal(json_parse(r.body, r.body_len, &d, error, sizeof error), 0);
    json_free(d);
    for (size_t i = 0; i < api_routes_count; i++) {
        assert_non_null(strstr(r.body, api_routes[i].path));
        assert_true(api_routes[i].summary && *api_routes[i].summary);
    }
    for (size_t i = 0; i < api_rc_count(); i++)
        assert_non_null(strstr(r.body, api_rc_at(i)->name));
}

static void public_writes_are_limited_per_peer_and_minute(void **state)
{
    struct http_reply r = { 0 };
    UNUSED(state);
    for (int i = 0; i < 80; i++) {
        r = ask("POST", at_outlet("/join"), NULL, NULL, "{}");
        if (r.status == 429)
            break;
    }
    expect(r, 429, "API_RATE");
}

static void a_wrong_password_is_refused_and_told_in_the_persons_language(void **state)
{
    UNUSED(state);
    world_later(2 * US_MINUTE); /* past the limit of the test before */
    struct http_reply r = ask("POST", "/api/session", NULL, "Accept-Language: en\r\n",
                              "{\"username\":\"boss\",\"password\":\"wrong password\"}");
    expect(r, 401, "the user name or password is wrong");
    r = ask("GET", "/api/sign-ins", w.admin, NULL, "");
    expect(r, 200, "\"ok\":false");
    assert_null(strstr(r.body, "wrong password"));
    expect(ask("POST", "/api/demo/clock", NULL, NULL, "{\"speed\":20}"), 404, "API_NOT_DEMO");
    expect(ask("POST", "/api/setup", NULL, NULL,
               "{\"token\":\"x\",\"username\":\"evil\",\"name\":\"e\",\"password\":\"a long one "
               "here\"}"),
           409, "WHO_SETUP_DONE");
}

static void settings_refuse_a_bad_rule_in_words(void **state)
{
    UNUSED(state);
    expect(ask("PUT", at_outlet("/settings"), w.admin, NULL, "{\"rule\":\"fifo\"}"), 422, "fifo");
    expect(ask("PUT", at_outlet("/settings"), w.admin, NULL, "{\"recall_max\":999}"), 422,
           "recall_max");
    expect(ask("PUT", at_outlet("/settings"), w.admin, NULL, "{\"rule\":\"strict\"}"), 200,
           "\"rule\":\"strict\"");
}

static const struct CMUnitTest server_tests[] = {
    cmocka_unit_test(an_unknown_address_and_an_unknown_method_are_told_apart),
    cmocka_unit_test(a_cookie_needs_the_csrf_word_and_a_bearer_does_not),
    cmocka_unit_test(a_write_without_a_key_is_refused_and_a_repeated_key_answers_the_same),
    cmocka_unit_test(a_bad_body_is_refused_with_the_path_of_the_field),
    cmocka_unit_test(a_parameter_that_is_no_number_is_refused_with_its_name),
    cmocka_unit_test(a_body_under_a_forms_type_is_refused),
    cmocka_unit_test(a_wrong_method_is_told_the_right_ones),
    cmocka_unit_test(nobody_works_in_another_outlet),
    cmocka_unit_test(a_visit_goes_from_the_kiosk_to_the_end),
    cmocka_unit_test(a_phone_joins_with_the_word_in_the_lobby_only),
    cmocka_unit_test(a_stream_catches_up_from_the_last_event_and_hides_what_is_not_public),
    cmocka_unit_test(the_document_names_every_route_and_every_code),
    cmocka_unit_test(settings_refuse_a_bad_rule_in_words),
    cmocka_unit_test(public_writes_are_limited_per_peer_and_minute),
    cmocka_unit_test(a_wrong_password_is_refused_and_told_in_the_persons_language),
};

static void the_server(void **state)
{
    UNUSED(state);
    int bad = _cmocka_run_group_tests("api_server", server_tests, COUNT(server_tests), world_open,
                                      world_close);
    assert_int_equal(bad, 0);
}
SUITE(api_server, cmocka_unit_test(the_server))
