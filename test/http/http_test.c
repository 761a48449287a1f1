/* http_test.c -- The server through real loopback sockets: refusals, bodies, late answers, crowds,
 * the stop. */
#include "desk.h"
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define HOST "Host: h\r\n"

static void malformed_heads_are_refused_with_a_problem_document(void **state)
{
    static const struct {
        const char *bytes;
        int status;
        const char *code; /* NULL: the library's own page */
    } row[] = {
        { "GET /hello HTTP/1.1\r\n\r\n", 400, "no_host" },
        { "GET /hello HTTP/1.1\r\n" HOST HOST "\r\n", 400, "two_hosts" },
        { "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400,
          "two_content_lengths" },
        { "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 2\r\ncontent-length: 2\r\n\r\nab", 400,
          "two_content_lengths" },
        { "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"
          "0\r\n\r\n",
          400, "length_and_chunks" },
        { "POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 400,
          "bad_transfer_encoding" },
        { "POST /echo HTTP/1.0\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400,
          "bad_transfer_encoding" },
        { "GET /hello HTTP/1.1\r\nHost : h\r\n\r\n", 400, "bad_field_name" },
        { "GET /hello HTTP/1.1\r\n" HOST "X-A: b\r\n c\r\n\r\n", 400, "loose_head" },
        { "GET /hello HTTP/1.1\r\n" HOST "X-A: b\n\r\n", 400, "loose_head" },
        { "GET /hello HTTP/1.1\nHost: h\r\n\r\n", 400, "loose_head" },
        { "GET  /hello HTTP/1.1\r\n" HOST "\r\n", 400, "loose_head" },
        { "GET hello HTTP/1.1\r\n" HOST "\r\n", 400, "bad_target" },
        { "GET http://h/hello HTTP/1.1\r\n" HOST "\r\n", 400, "bad_target" },
        { "OPTIONS * HTTP/1.1\r\n" HOST "\r\n", 400, "bad_target" },
        { "GET /he%00llo HTTP/1.1\r\n" HOST "\r\n", 400, "bad_percent" },
        { "GET /hello%2 HTTP/1.1\r\n" HOST "\r\n", 400, "bad_percent" },
        { "GET /hello?a=%x1 HTTP/1.1\r\n" HOST "\r\n", 400, "bad_percent" },
        { "GET /he%0allo HTTP/1.1\r\n" HOST "\r\n", 400, "control_character" },
        { "GET /he\001llo HTTP/1.1\r\n" HOST "\r\n", 400, "control_character" },
        { "GET /%ff HTTP/1.1\r\n" HOST "\r\n", 400, "bad_utf8" },
        { "GET /a/../hello HTTP/1.1\r\n" HOST "\r\n", 400, "dot_segment" },
        { "BREW /hello HTTP/1.1\r\n" HOST "\r\n", 501, "method_not_implemented" },
        { "TRACE /hello HTTP/1.1\r\n" HOST "\r\n", 501, "method_not_implemented" },
        { "GET /hello HTTP/3.0\r\n" HOST "\r\n", 505, NULL },
        { "GET /hello HTTQ/1.1\r\n" HOST "\r\n", 400, NULL },
        { "GET /hello HTTP/1.1\r\n" HOST "no colon\r\n\r\n", 400, NULL },
    };
    static struct desk d;
    struct http_numbers n;
    (void)state;
    desk_open(&d);
    for (size_t i = 0; i < COUNT(row); i++)
        desk_raw(&d, row[i].bytes, strlen(row[i].bytes), row[i].status, row[i].code);
    http_numbers(d.http, &n);
    assert_true(n.refused_400 >= 18);
    assert_int_equal(desk_read(&d, &d.handled), 0);
    desk_shut(&d);
}

/* The library answers this itself, with its head written twice (its parser goes on after it has
 * queued the refusal): the status is right, the connection ends, the rest is not looked at. */
static void a_content_length_that_is_no_number_is_refused(void **state)
{
    static const char *const values[] = {
        "+2", "2,2", "", "-1", "0x2", "2 ", "18446744073709551616"
    };
    static struct desk d;
    struct http_reply r;
    (void)state;
    desk_open(&d);
    for (size_t i = 0; i < COUNT(values); i++) {
        struct http_client *c = desk_client(&d);
        char text[200];
        int n = snprintf(text, sizeof(text),
                         "POST /echo HTTP/1.1\r\n" HOST "Content-Length: %s\r\n\r\nab", values[i]);
        assert_int_equal(http_client_write(c, text, (size_t)n), 0);
        assert_int_equal(http_client_read(c, &r), 0);
        assert_true(r.status == 400 || r.status == 413);
        while (http_client_bytes(c, text, sizeof(text)) > 0)
            ;
        http_client_close(c);
    }
    assert_int_equal(desk_read(&d, &d.handled), 0);
    desk_shut(&d);
}

static void a_nul_in_the_head_is_refused(void **state)
{
    static const char in_value[] = "GET /hello HTTP/1.1\r\nHost: h\r\nX-A: b\0c\r\n\r\n";
    static const char two_in_value[] = "GET /hello HTTP/1.1\r\nHost: h\r\nX-A: b\0\0c: d\r\n\r\n";
    static const char in_target[] = "GET /hel\0lo HTTP/1.1\r\nHost: h\r\n\r\n";
    static struct desk d;
    (void)state;
    desk_open(&d);
    desk_raw(&d, in_value, sizeof(in_value) - 1, 400, "loose_head");
    desk_raw(&d, two_in_value, sizeof(two_in_value) - 1, 400, "loose_head");
    desk_raw(&d, in_target, sizeof(in_target) - 1, 400, "loose_head");
    assert_int_equal(desk_read(&d, &d.handled), 0);
    desk_shut(&d);
}

static void a_head_over_16_kib_gets_431_whatever_its_size(void **state)
{
    static const size_t sizes[] = { 17 * 1024, 40 * 1024, 600 * 1024 };
    static struct desk d;
    (void)state;
    desk_open(&d);
    for (size_t i = 0; i < COUNT(sizes); i++) {
        struct buf b;
        buf_init(&b, 1 << 20);
        buf_text(&b, "GET /hello HTTP/1.1\r\n" HOST "X-A: ");
        while (b.len < sizes[i])
            buf_text(&b, "0123456789abcdef");
        buf_text(&b, "\r\n\r\n");
        desk_raw(&d, b.at, b.len, 431, i == 0 ? "head_too_large" : NULL);
        buf_release(&b);
    }
    desk_shut(&d);
}

static void a_declared_body_over_the_limit_gets_413_at_once_and_it_arrives(void **state)
{
    static struct desk d;
    struct buf b;
    (void)state;
    desk_open(&d);
    buf_init(&b, 8 << 20);
    /* the client writes 4 MiB before it reads: a close with a reset would eat the answer */
    buf_printf(&b, "POST /echo HTTP/1.1\r\n" HOST "Content-Length: %d\r\n\r\n", 4 << 20);
    size_t head = b.len;
    while (b.len < head + (4 << 20))
        buf_text(&b, "0123456789abcdef");
    desk_raw(&d, b.at, b.len, 413, "body_too_large");
    /* and one that waits to be let in is told so instead */
    static const char asks[] =
        "POST /echo HTTP/1.1\r\n" HOST "Expect: 100-continue\r\nContent-Length: 1001\r\n\r\n";
    desk_raw(&d, asks, sizeof(asks) - 1, 413, "body_too_large");
    buf_release(&b);
    assert_int_equal(desk_read(&d, &d.handled), 0);
    desk_shut(&d);
}

static void a_chunked_body_over_the_limit_gets_413_while_it_comes(void **state)
{
    static struct desk d;
    struct buf b;
    (void)state;
    desk_open(&d);
    buf_init(&b, 8 << 20);
    buf_text(&b, "POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 4096; i++) {
        buf_text(&b, "400\r\n");
        for (int k = 0; k < 64; k++)
            buf_text(&b, "0123456789abcdef");
        buf_text(&b, "\r\n");
    }
    desk_raw(&d, b.at, b.len, 413, "body_too_large"); /* it never ends */
    buf_release(&b);
    assert_int_equal(desk_read(&d, &d.handled), 0);
    desk_shut(&d);
}

static void the_body_of_an_unknown_path_is_dropped(void **state)
{
    char body[5000] = { 0 };
    static struct desk d;
    struct http_reply r;
    (void)state;
    desk_open(&d);
    struct http_client *c = desk_client(&d);
    assert_int_equal(http_client_call(c, "POST", "/no/such", NULL, body, sizeof(body), &r), 0);
    assert_int_equal(r.status, 404);
    assert_int_equal(http_client_call(c, "GET", "/hello", NULL, NULL, 0, &r), 0);
    assert_int_equal(r.status, 200);
    http_client_close(c);
    desk_shut(&d);
}

static void every_answer_carries_the_security_headers(void **state)
{
    static const char *const want[][2] = {
        { "X-Content-Type-Options", "nosniff" },
        { "Referrer-Policy", "no-referrer" },
        { "Cross-Origin-Opener-Policy", "same-origin" },
        { "Cache-Control", "no-store" },
        { "Content-Type", "text/plain" },
        { "Content-Length", "5" },
    };
    static struct desk d;
    struct http_reply r;
    char value[300];
    (void)state;
    desk_open(&d);
    struct http_client *c = desk_client(&d);
    for (int head = 0; head < 2; head++) {
        assert_int_equal(http_client_call(c, head ? "HEAD" : "GET", "/hello", NULL, NULL, 0, &r),
                         0);
        assert_int_equal(r.status, 200);
        assert_int_equal(r.body_len, head ? 0 : 5);
        for (size_t i = 0; i < COUNT(want); i++) {
            assert_true(http_reply_header(&r, want[i][0], value, sizeof(value)));
            assert_string_equal(value, want[i][1]);
        }
        assert_true(http_reply_header(&r, "Content-Security-Policy", value, sizeof(value)));
        assert_non_null(strstr(value, "frame-ancestors 'none'"));
        assert_false(http_reply_header(&r, "Strict-Transport-Security", value, sizeof(value)));
    }
    assert_int_equal(http_client_call(c, "GET", "/empty", NULL, NULL, 0, &r), 0);
    assert_int_equal(r.status, 204);
    assert_int_equal(http_client_call(c, "GET", "/static", NULL, NULL, 0, &r), 0);
    assert_string_equal(r.body, "static");
    http_client_close(c);
    desk_shut(&d);
}

static void the_handler_reads_path_query_cookie_and_header(void **state)
{
    static struct desk d;
    struct http_reply r;
    char value[100];
    (void)state;
    desk_open(&d);
    struct http_client *c = desk_client(&d);
    assert_int_equal(http_client_call(c, "GET", "/read?a=%E7%A5%A8+1&a=2",
                                      "Cookie: s=x; s=y\r\nX-A: one\r\nX-A: two\r\n", NULL, 0, &r),
                     0);
    assert_string_equal(r.body, "0 /read a=票 1 s=x h=one 127.0.0.1 0");
    assert_true(http_reply_header(&r, "Cache-Control", value, sizeof(value)));
    assert_string_equal(value, "max-age=60");
    assert_non_null(strstr(r.head, "Set-Cookie: s=1; HttpOnly\r\n"));
    assert_non_null(strstr(r.head, "Set-Cookie: t=2\r\n"));
    assert_int_equal(http_client_call(c, "DELETE", "/read", NULL, NULL, 0, &r), 0);
    assert_string_equal(r.body, "5 /read a=- s=- h=- 127.0.0.1 0");
    http_client_close(c);
    desk_shut(&d);
}

/* The desk at /read says whose a request is. */
static void peer_is(struct desk *d, const char *head, const char *peer)
{
    struct http_reply r;
    char want[120];
    struct http_client *c = desk_client(d);
    assert_int_equal(http_client_call(c, "DELETE", "/read", head, NULL, 0, &r), 0);
    (void)snprintf(want, sizeof(want), "5 /read a=- s=- h=- %s 0", peer);
    assert_string_equal(r.body, want);
    http_client_close(c);
}

static void behind_a_proxy_a_request_is_its_clients(void **state)
{
    static struct desk d;
    (void)state;
    desk_open_with(&d, &(struct http_settings){ .proxy = "127.0.0.1" });
    peer_is(&d, "X-Forwarded-For: 203.0.113.7\r\n", "203.0.113.7");
    peer_is(&d, "X-Forwarded-For: 10.9.9.9, 203.0.113.7\r\n", "203.0.113.7"); /* invented first */
    peer_is(&d, "X-Forwarded-For: 10.9.9.9\r\nx-forwarded-for: 2001:DB8::1\r\n", "2001:db8::1");
    peer_is(&d, "X-Forwarded-For: unknown\r\n", "127.0.0.1");
    peer_is(&d, NULL, "127.0.0.1");
    desk_shut(&d);
    desk_open_with(&d, &(struct http_settings){ .proxy = "203.0.113.1" }); /* not where we are */
    peer_is(&d, "X-Forwarded-For: 203.0.113.7\r\n", "127.0.0.1");
    desk_shut(&d);
    desk_open(&d);
    peer_is(&d, "X-Forwarded-For: 203.0.113.7\r\n", "127.0.0.1");
    desk_shut(&d);
}

static void want_reply(struct http_client *c, int status, const char *body)
{
    struct http_reply r;
    assert_int_equal(http_client_read(c, &r), 0);
    assert_int_equal(r.status, status);
    assert_string_equal(r.body, body);
}

static void three_pipelined_posts_are_answered_in_order(void **state)
{
    static const char *const paths[] = { "/echo", "/later" };
    static struct desk d;
    (void)state;
    desk_open(&d);
    for (size_t i = 0; i < COUNT(paths); i++) {
        struct http_client *c = desk_client(&d);
        struct buf b;
        int status = i ? 201 : 200;
        buf_init(&b, 1000);
        http_load_write(&b, "POST", paths[i], NULL, "one", 3);
        http_load_write(&b, "POST", paths[i], NULL, "three", 5);
        http_load_write(&b, "POST", paths[i], NULL, "", 0);
        assert_int_equal(http_client_write(c, b.at, b.len), 0);
        want_reply(c, status, "one");
        want_reply(c, status, "three");
        want_reply(c, status, "");
        buf_release(&b);
        http_client_close(c);
    }
    desk_shut(&d);
}

static void a_client_that_asks_first_is_told_to_continue(void **state)
{
    static const char head[] =
        "POST /echo HTTP/1.1\r\n" HOST "Expect: 100-continue\r\nContent-Length: 4\r\n\r\n";
    static struct desk d;
    (void)state;
    desk_open(&d);
    struct http_client *c = desk_client(&d);
    assert_int_equal(http_client_write(c, head, sizeof(head) - 1), 0);
    want_reply(c, 100, "");
    assert_int_equal(http_client_write(c, "body", 4), 0);
    want_reply(c, 200, "body");
    http_client_close(c);
    desk_shut(&d);
}

static void a_chunked_body_is_put_together(void **state)
{
    static const char bytes[] = "POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n"
                                "3\r\none\r\n5;x=y\r\n two \r\n5\r\nthree\r\n0\r\nX-T: t\r\n\r\n";
    static struct desk d;
    (void)state;
    desk_open(&d);
    struct http_client *c = desk_client(&d);
    assert_int_equal(http_client_write(c, bytes, sizeof(bytes) - 1), 0);
    want_reply(c, 200, "one two three");
    http_client_close(c);
    desk_shut(&d);
}

static void a_client_that_drips_does_not_hold_the_others(void **state)
{
    static const char bytes[] = "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 4\r\n\r\nslow";
    static struct desk d;
    struct http_reply r;
    (void)state;
    desk_open(&d);
    struct http_client *slow = desk_client(&d), *quick = desk_client(&d);
    for (size_t i = 0; i < sizeof(bytes) - 1; i++) {
        assert_int_equal(http_client_write(slow, bytes + i, 1), 0);
        assert_int_equal(http_client_call(quick, "GET", "/hello", NULL, NULL, 0, &r), 0);
        assert_int_equal(r.status, 200);
    }
    want_reply(slow, 200, "slow");
    http_client_close(slow);
    http_client_close(quick);
    desk_shut(&d);
}

static void an_answer_may_come_later_from_another_thread(void **state)
{
    static struct desk d;
    struct http_reply r;
    (void)state;
    desk_open(&d);
    struct http_client *c = desk_client(&d);
    for (int i = 0; i < 300; i++) { /* often enough for each order of answer and suspension */
        assert_int_equal(http_client_call(c, "POST", "/later", NULL, "x", 1, &r), 0);
        assert_int_equal(r.status, 201);
        assert_string_equal(r.body, "x");
    }
    desk_await(&d, &d.ends, 300);
    http_client_close(c);
    desk_shut(&d);
}

static void a_client_that_closed_its_sending_side_is_answered_all_the_same(void **state)
{
    static const char bytes[] = "POST /keep HTTP/1.1\r\n" HOST "Content-Length: 1\r\n\r\nx";
    static struct desk d;
    (void)state;
    desk_open(&d);
    struct http_client *c = desk_client(&d);
    assert_int_equal(http_client_write(c, bytes, sizeof(bytes) - 1), 0);
    assert_int_equal(shutdown(http_client_fd(c), SHUT_WR), 0);
    desk_await(&d, &d.kept_count, 1);
    http_answer(d.kept[0], 200, "text/plain", "kept", 4);
    want_reply(c, 200, "kept");
    http_client_close(c);
    desk_shut(&d);
}

static void a_client_may_leave_while_its_answer_is_awaited(void **state)
{
    static struct desk d;
    struct http_client *c[20];
    (void)state;
    desk_open(&d);
    for (int i = 0; i < 20; i++) {
        struct linger hard = { .l_onoff = i % 2 }; /* with a reset, and without */
        c[i] = desk_client(&d);
        setsockopt(http_client_fd(c[i]), SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
        assert_int_equal(http_client_write(c[i], "GET /keep HTTP/1.1\r\n" HOST "\r\n", 31), 0);
    }
    desk_await(&d, &d.kept_count, 20);
    for (int i = 0; i < 20; i++)
        http_client_close(c[i]);
    for (int i = 0; i < 20; i++)
        http_answer(d.kept[i], 200, "text/plain", "gone?", 5);
    desk_await(&d, &d.ends, 20);
    desk_shut(&d);
}

static void the_stop_waits_for_an_answer_that_comes(void **state)
{
    static struct desk d;
    (void)state;
    desk_open(&d);
    struct http_client *c = desk_client(&d);
    for (int i = 0; i < 30; i++)
        assert_int_equal(http_client_write(c, "GET /later HTTP/1.1\r\n" HOST "\r\n", 32), 0);
    want_reply(c, 201, ""); /* many are pipelined behind it when the stop comes */
    http_stop(d.http);
    d.http = NULL;
    http_client_close(c);
    desk_shut(&d);
}

static void two_thousand_idle_connections_do_not_hold_the_others(void **state)
{
    enum { CROWD = 2000 };
    static struct http_client *crowd[CROWD];
    struct rlimit files;
    static struct desk d;
    struct http_reply r;
    (void)state;
    desk_open(&d); /* raises the limit */
    getrlimit(RLIMIT_NOFILE, &files);
    int count = files.rlim_cur > 2 * CROWD + 200 ? CROWD : (int)files.rlim_cur / 2 - 200;
    for (int i = 0; i < count; i++)
        crowd[i] = desk_client(&d);
    struct http_client *c = desk_client(&d);
    for (int i = 0; i < 20; i++) {
        assert_int_equal(http_client_call(c, "GET", "/hello", NULL, NULL, 0, &r), 0);
        assert_true(r.latency_us < 1000000);
    }
    for (int i = 0; i < count; i++)
        http_client_close(crowd[i]);
    http_client_close(c);
    desk_shut(&d);
}

static bool next_post(void *ctx, int connection, struct buf *request)
{
    int *left = ctx;
    char body[20];
    if (--*left < 0)
        return false;
    int n = snprintf(body, sizeof(body), "%d", connection);
    http_load_write(request, "POST", *left % 2 ? "/later" : "/echo", NULL, body, (size_t)n);
    return true;
}

static void check_post(void *ctx, int connection, const struct http_reply *r)
{
    (void)ctx;
    assert_true(r->status == 200 || r->status == 201);
    assert_int_equal(strtol(r->body, NULL, 10), connection);
}

static void many_connections_get_their_own_answers(void **state)
{
    static struct desk d;
    int left = 3000;
    (void)state;
    desk_open(&d);
    assert_int_equal(http_load_run(&(struct http_load){ .port = d.port,
                                                        .connections = 50,
                                                        .next = next_post,
                                                        .done = check_post,
                                                        .ctx = &left,
                                                        .patience_ms = 5000 }),
                     0);
    assert_int_equal(desk_read(&d, &d.handled), 3000);
    desk_shut(&d);
}

static void a_start_that_cannot_be_says_why(void **state)
{
    static struct desk d;
    struct http *h = NULL;
    char error[300];
    (void)state;
    desk_open(&d);
    struct http_settings s = { .address = "127.0.0.1", .port = d.port };
    s.handler = (http_handler *)(void *)abort;
    assert_int_equal(http_start(&s, &h, error, sizeof(error)), RC_IO);
    assert_non_null(strstr(error, "Address already in use"));
    s.port = 0;
    s.address = "localhost";
    assert_int_equal(http_start(&s, &h, error, sizeof(error)), RC_IO);
    assert_non_null(strstr(error, "localhost"));
    s.address = "127.0.0.1";
    s.proxy = "proxy.example";
    assert_int_equal(http_start(&s, &h, error, sizeof(error)), RC_IO);
    assert_string_equal(error, "proxy.example is not a numeric address");
    s.proxy = NULL;
    s.tls_certificate = s.tls_key = "/nonexistent/key.pem";
    assert_int_equal(http_start(&s, &h, error, sizeof(error)), RC_IO);
    assert_string_equal(error, "cannot read /nonexistent/key.pem: No such file or directory");
    s.tls_certificate = s.tls_key = "/etc/hostname";
    assert_int_equal(http_start(&s, &h, error, sizeof(error)), RC_IO);
    assert_non_null(strstr(error, "certificate"));
    desk_shut(&d);
}

SUITE(http, cmocka_unit_test(malformed_heads_are_refused_with_a_problem_document),
      cmocka_unit_test(a_content_length_that_is_no_number_is_refused),
      cmocka_unit_test(a_nul_in_the_head_is_refused),
      cmocka_unit_test(a_head_over_16_kib_gets_431_whatever_its_size),
      cmocka_unit_test(a_declared_body_over_the_limit_gets_413_at_once_and_it_arrives),
      cmocka_unit_test(a_chunked_body_over_the_limit_gets_413_while_it_comes),
      cmocka_unit_test(the_body_of_an_unknown_path_is_dropped),
      cmocka_unit_test(every_answer_carries_the_security_headers),
      cmocka_unit_test(the_handler_reads_path_query_cookie_and_header),
      cmocka_unit_test(behind_a_proxy_a_request_is_its_clients),
      cmocka_unit_test(three_pipelined_posts_are_answered_in_order),
      cmocka_unit_test(a_client_that_asks_first_is_told_to_continue),
      cmocka_unit_test(a_chunked_body_is_put_together),
      cmocka_unit_test(a_client_that_drips_does_not_hold_the_others),
      cmocka_unit_test(an_answer_may_come_later_from_another_thread),
      cmocka_unit_test(a_client_that_closed_its_sending_side_is_answered_all_the_same),
      cmocka_unit_test(a_client_may_leave_while_its_answer_is_awaited),
      cmocka_unit_test(the_stop_waits_for_an_answer_that_comes),
      cmocka_unit_test(two_thousand_idle_connections_do_not_hold_the_others),
      cmocka_unit_test(many_connections_get_their_own_answers),
      cmocka_unit_test(a_start_that_cannot_be_says_why))
