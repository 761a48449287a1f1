/* office_test.c -- The office's figures over a real socket: shape, roles, outlets, drill-down. */
#include "world.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static char served_id[24];

static void number_of(const char *body, const char *key, char *out, size_t size)
{
    char find[40];
    (void)snprintf(find, sizeof find, "\"%s\":", key);
    const char *at = strstr(body, find);
    assert_non_null(at);
    at += strlen(find);
    (void)snprintf(out, size, "%.*s", (int)strspn(at, "0123456789"), at);
}

static void expect_get(const char *target, const char *token, int status, const char *part)
{
    expect(ask("GET", target, token, NULL, ""), status, part);
}

/* One customer served after four minutes, one waiting. */
static void a_small_morning(void **state)
{
    UNUSED(state);
    struct http_reply r = ask("POST", at_outlet("/tickets"), w.kiosk, NULL, take_body());
    expect(r, 200, "\"state\":\"waiting\"");
    number_of(r.body, "id", served_id, sizeof served_id);
    expect(ask("POST", at_window(0, "/sign-in"), w.teller, NULL, "{}"), 200, NULL);
    world_later(4 * US_MINUTE);
    expect(ask("POST", at_window(0, "/next"), w.teller, NULL, "{}"), 200, "called");
    expect(ask("POST", at_window(0, "/serve"), w.teller, NULL, "{}"), 200, "serving");
    world_later(2 * US_MINUTE);
    expect(ask("POST", at_window(0, "/end"), w.teller, NULL, "{}"), 200, NULL);
    expect(ask("POST", at_outlet("/tickets"), w.kiosk, NULL, take_body()), 200, NULL);
}

static void the_promise_shows_every_definition(void **state)
{
    UNUSED(state);
    struct http_reply r = ask("GET", "/api/promise", w.head, NULL, "");
    expect(r, 200, "\"class_code\":\"all\"");
    expect(r, 200, "\"class_code\":\"mid_high\"");
    expect(r, 200, "\"code\":\"kaplan_meier\"");
    expect(r, 200, "\"taken\":2,\"served\":1");
    expect(r, 200, "\"verdict_1020\":\"met\"");
    expect(r, 200, "\"outlets\":{\"met\":1,\"not_met\":0}");
    expect(r, 200, "\"within_5min\":{\"kept\":1,\"of\":1,\"value\":1.000000,\"low\":0.2");
    assert_null(strstr(r.body, "nan"));
    expect_get("/api/promise?service=5", w.head, 404, "BRANCH_NO_SERVICE");
    expect_get("/api/promise?from=2026-11-31", w.head, 422, "BASE_BAD_INPUT");
    expect_get("/api/promise?from=2026-11-24&until=2026-11-23", w.head, 422, "BASE_RANGE");
    expect_get("/api/promise?from=2024-01-01", w.head, 422, "BASE_RANGE");
}

static void days_outlets_and_flow_answer(void **state)
{
    UNUSED(state);
    expect_get("/api/days?from=2026-11-22", w.head, 200,
               "{\"date\":\"2026-11-22\",\"day_kind\":\"SN\"");
    expect_get("/api/days", w.admin, 200, "\"verdict_1020\":\"met\"");
    struct http_reply r = ask("GET", "/api/outlets-compare", w.admin, NULL, "");
    expect(r, 200, "\"code\":\"T01\"");
    expect(r, 200, "\"code\":\"T02\"");
    expect(r, 200, "\"rank\":null"); /* no customers, no rank */
    r = ask("GET", "/api/outlets-compare", w.head, NULL, "");
    assert_null(strstr(r.body, "T02")); /* the own outlet only */
    expect_get("/api/flow", w.head, 200, "{\"weekday\":1,\"half_hour\":20,\"taken_mean\":2.00");
    expect_get("/api/half-hours", w.head, 200, "{\"half_hour\":20,\"taken\":2,\"served\":1");
    expect_get("/api/live", w.admin, 200, "\"within_ppm_today\":1000000");
}

static void from_tellers_down_to_the_life_of_a_ticket(void **state)
{
    char target[80];
    UNUSED(state);
    expect_get("/api/tellers", w.head, 200, "\"name\":\"员工teller1\",\"served\":1");
    expect_get("/api/tickets?state=done", w.head, 200, served_id);
    expect_get("/api/tickets?state=served", w.head, 422, "\"field\":\"state\"");
    expect_get("/api/tickets?class=gold", w.head, 404, "BRANCH_NO_CLASS");
    expect_get("/api/tickets?limit=0", w.head, 422, "BASE_RANGE");
    expect_get("/api/tickets?over=1", w.head, 200, "\"items\":[]");
    expect_get("/api/tickets?limit=1", w.head, 200, "\"more\":true");
    expect_get("/api/audit", w.head, 200, "\"decisions\":1,\"explained\":1");
    (void)snprintf(target, sizeof target, "/api/tickets/id/%s/life", served_id);
    struct http_reply r = ask("GET", target, w.head, NULL, "");
    expect(r, 200, "\"topic\":\"ticket.taken\"");
    expect(r, 200, "\"actor_kind\":\"device\",\"actor_name\":\"kiosk\"");
    expect(r, 200, "\"outcome\":\"done\"");
    expect(r, 200, "\"why\":{\"text_zh\"");
    expect_get("/api/tickets/id/5/life", w.head, 404, "LOBBY_NO_TICKET");
}

static void a_call_by_hand_shows_in_the_audit(void **state)
{
    char body[100], last[24];
    UNUSED(state);
    struct http_reply r = ask("POST", at_outlet("/tickets"), w.kiosk, NULL, take_body());
    number_of(r.body, "id", last, sizeof last);
    (void)snprintf(body, sizeof body, "{\"ticket_id\":%s,\"reason\":\"an old friend\"}", last);
    expect(ask("POST", at_window(0, "/call"), w.teller, NULL, body), 200, "called");
    r = ask("GET", "/api/audit", w.head, NULL, "");
    expect(r, 200, "\"decisions\":2,\"explained\":1,\"by_hand\":1");
    expect(r, 200, "\"should_have\":\"A002\"");
    expect(r, 200, "\"reason\":\"an old friend\"");
}

static void figures_are_for_those_who_may_see_them(void **state)
{
    char target[80];
    UNUSED(state);
    expect_get("/api/promise", NULL, 401, "WHO_NO_SESSION");
    expect_get("/api/promise", w.teller, 403, "WHO_NOT_ALLOWED");
    (void)snprintf(target, sizeof target, "/api/promise?outlet=%lld", (long long)w.b.other.n);
    expect_get(target, w.head, 403, "WHO_OTHER_OUTLET");
    expect_get(target, w.admin, 200, "\"taken\":0");
    expect_get("/api/promise?outlet=5", w.admin, 404, "BRANCH_NO_OUTLET");
}

static void a_printer_that_is_not_there_is_told(void **state)
{
    char target[80], csrf[80];
    UNUSED(state);
    (void)snprintf(csrf, sizeof csrf, "X-CSRF: %s\r\n", w.head_csrf);
    (void)snprintf(target, sizeof target, "/api/tickets/id/%s/print", served_id);
    expect(ask("POST", target, w.head, csrf, "{}"), 200, "\"printed\":false");
    expect(
        ask("PUT", at_outlet("/settings"), w.head, NULL, "{\"printer\":\"file:/nonexistent/lp0\"}"),
        200, NULL);
    expect(ask("POST", target, w.head, csrf, "{}"), 502, "API_PRINTER");
}

/* The service may write the store; who names a printer may not. */
static void a_printer_is_a_device_and_no_file(void **state)
{
    char target[80], file[300], fresh[300], pipe[300], body[400], bytes[4096];
    struct stat st;
    UNUSED(state);
    (void)snprintf(file, sizeof file, "%s/books.db", test_dir());
    (void)snprintf(pipe, sizeof pipe, "%s/printer", test_dir());
    (void)snprintf(target, sizeof target, "/api/tickets/id/%s/print", served_id);
    assert_int_equal(close(open(file, O_WRONLY | O_CREAT, 0600)), 0);
    assert_int_equal(mkfifo(pipe, 0600), 0);
    (void)snprintf(fresh, sizeof fresh, "%s/new", test_dir());
    const char *const places[] = { file, fresh, pipe }; /* nobody reads the pipe yet */
    for (size_t i = 0; i < COUNT(places); i++) {
        (void)snprintf(body, sizeof body, "{\"printer\":\"file:%s\"}", places[i]);
        expect(ask("PUT", at_outlet("/settings"), w.head, NULL, body), 200, NULL);
        expect(ask("POST", target, w.head, NULL, "{}"), 502, "API_PRINTER");
    }
    assert_int_equal(stat(file, &st), 0);
    assert_int_equal(st.st_size, 0);
    assert_int_not_equal(stat(fresh, &st), 0);
    int fd = open(pipe, O_RDONLY | O_NONBLOCK);
    expect(ask("POST", target, w.head, NULL, "{}"), 200, "\"printed\":true");
    assert_true(read(fd, bytes, sizeof bytes) > 100);
    close(fd);
}

static int dial(int port, int flags)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    (void)connect(fd, (struct sockaddr *)(void *)&at, sizeof at);
    return fd;
}

/* A place that listens and takes nobody any more: to connect there is to wait. */
static int dead_printer(int *port, int waiting[8])
{
    struct sockaddr_in at = { .sin_family = AF_INET };
    socklen_t len = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(bind(fd, (struct sockaddr *)(void *)&at, sizeof at), 0);
    assert_int_equal(listen(fd, 0), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)(void *)&at, &len), 0);
    *port = ntohs(at.sin_port);
    for (int i = 0; i < 8; i++)
        waiting[i] = dial(*port, SOCK_NONBLOCK);
    return fd;
}

static void who_waits_for_a_dead_printer_holds_nobodys_figures(void **state)
{
    enum { PRINTS = 3 }; /* more than there are workers */
    int port = 0, waiting[8], print[PRINTS];
    char head[300], body[80], bytes[600];
    UNUSED(state);
    int printer = dead_printer(&port, waiting);
    (void)snprintf(body, sizeof body, "{\"printer\":\"tcp:127.0.0.1:%d\"}", port);
    expect(ask("PUT", at_outlet("/settings"), w.head, NULL, body), 200, NULL);
    (void)snprintf(head, sizeof head,
                   "POST /api/tickets/id/%s/print HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                   "%s\r\nContent-Length: 2\r\n\r\n{}",
                   served_id, w.head);
    for (int i = 0; i < PRINTS; i++) {
        print[i] = dial(http_port(w.http), 0);
        assert_int_equal(write(print[i], head, strlen(head)), strlen(head));
    }
    for (int i = 0; i < 20; i++) /* turns of the server's loop: it has read them then */
        expect_get("/healthz", NULL, 200, NULL);
    expect_get("/api/promise", w.head, 200, "\"taken\"");
    for (int i = 0; i < PRINTS; i++)
        assert_int_equal(recv(print[i], bytes, sizeof bytes, MSG_DONTWAIT), -1);
    close(printer);
    for (int i = 0; i < 8; i++)
        close(waiting[i]);
    for (int i = 0; i < PRINTS; i++) {
        assert_true(recv(print[i], bytes, sizeof bytes, 0) > 12);
        assert_memory_equal(bytes, "HTTP/1.1 502", 12);
        close(print[i]);
    }
}

static const struct CMUnitTest office_tests[] = {
    cmocka_unit_test(a_small_morning),
    cmocka_unit_test(the_promise_shows_every_definition),
    cmocka_unit_test(days_outlets_and_flow_answer),
    cmocka_unit_test(from_tellers_down_to_the_life_of_a_ticket),
    cmocka_unit_test(a_call_by_hand_shows_in_the_audit),
    cmocka_unit_test(figures_are_for_those_who_may_see_them),
    cmocka_unit_test(a_printer_that_is_not_there_is_told),
    cmocka_unit_test(a_printer_is_a_device_and_no_file),
    cmocka_unit_test(who_waits_for_a_dead_printer_holds_nobodys_figures),
};

static void the_office(void **state)
{
    UNUSED(state);
    int bad = _cmocka_run_group_tests("api_office", office_tests, COUNT(office_tests), world_open,
                                      world_close);
    assert_int_equal(bad, 0);
}
SUITE(api_office, cmocka_unit_test(the_office))
