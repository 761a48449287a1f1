/* http_parse_test.c -- The meaning of a head, by call. */
#include "test.h"
#include "http/http_parse.h"

static void paths_are_decoded_or_refused(void **state)
{
    static const struct {
        const char *target, *path;
        enum http_refusal why;
    } row[] = {
        { "/", "/", HTTP_FINE },
        { "/a/b?c=d", "/a/b", HTTP_FINE },
        { "/%E7%A5%A8%E5%8F%B7", "/票号", HTTP_FINE },
        { "/a%2Fb+c", "/a/b+c", HTTP_FINE },
        { "/a..b/..c/d..", "/a..b/..c/d..", HTTP_FINE },
        { "", NULL, HTTP_REFUSE_TARGET },
        { "*", NULL, HTTP_REFUSE_TARGET },
        { "http://h/x", NULL, HTTP_REFUSE_TARGET },
        { "?a", NULL, HTTP_REFUSE_TARGET },
        { "/a%", NULL, HTTP_REFUSE_PERCENT },
        { "/a%4", NULL, HTTP_REFUSE_PERCENT },
        { "/a%4?x", NULL, HTTP_REFUSE_PERCENT },
        { "/a%zz", NULL, HTTP_REFUSE_PERCENT },
        { "/a%00b", NULL, HTTP_REFUSE_PERCENT },
        { "/a%0ab", NULL, HTTP_REFUSE_CONTROL },
        { "/a%7f", NULL, HTTP_REFUSE_CONTROL },
        { "/a\001", NULL, HTTP_REFUSE_CONTROL },
        { "/a b", NULL, HTTP_REFUSE_CONTROL },
        { "/%ff", NULL, HTTP_REFUSE_UTF8 },
        { "/%c0%af", NULL, HTTP_REFUSE_UTF8 },
        { "/%ed%a0%80", NULL, HTTP_REFUSE_UTF8 },
        { "/../etc", NULL, HTTP_REFUSE_DOTS },
        { "/a/%2e%2e/b", NULL, HTTP_REFUSE_DOTS },
        { "/a/..", NULL, HTTP_REFUSE_DOTS },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct buf out;
        buf_init(&out, 1000);
        assert_int_equal(http_parse_path(row[i].target, &out), row[i].why);
        if (row[i].path)
            assert_string_equal(out.at, row[i].path);
        buf_release(&out);
    }
}

static void the_first_of_a_repeated_query_name_wins(void **state)
{
    struct buf q;
    (void)state;
    buf_init(&q, 1000);
    assert_int_equal(http_parse_query("/x?a=1&b=%E5%85%AD+%2B&a=2&&c&d=&=e&f=g=h", &q), HTTP_FINE);
    assert_string_equal(http_pair_find(q.at, q.len, "a", false), "1");
    assert_string_equal(http_pair_find(q.at, q.len, "b", false), "六 +");
    assert_string_equal(http_pair_find(q.at, q.len, "c", false), "");
    assert_string_equal(http_pair_find(q.at, q.len, "d", false), "");
    assert_string_equal(http_pair_find(q.at, q.len, "", false), "e");
    assert_string_equal(http_pair_find(q.at, q.len, "f", false), "g=h");
    assert_null(http_pair_find(q.at, q.len, "A", false));
    buf_clear(&q);
    assert_int_equal(http_parse_query("/x", &q), HTTP_FINE);
    assert_null(http_pair_find(q.at, q.len, "a", false));
    buf_release(&q);
}

static void broken_queries_are_refused(void **state)
{
    static const struct {
        const char *target;
        enum http_refusal why;
    } row[] = {
        { "/?a=%", HTTP_REFUSE_PERCENT },   { "/?a=%0", HTTP_REFUSE_PERCENT },
        { "/?%00=1", HTTP_REFUSE_PERCENT }, { "/?a=%1&b2", HTTP_REFUSE_PERCENT },
        { "/?a=%fe", HTTP_REFUSE_UTF8 },    { "/?a=\tb", HTTP_REFUSE_CONTROL },
        { "/?a=%0a%09", HTTP_FINE },        { "/?", HTTP_FINE },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct buf out;
        buf_init(&out, 1000);
        assert_int_equal(http_parse_query(row[i].target, &out), row[i].why);
        buf_release(&out);
    }
    struct buf many, out;
    buf_init(&many, 1000);
    buf_init(&out, 1000);
    buf_text(&many, "/?");
    for (int i = 0; i <= HTTP_PAIRS_MAX; i++)
        buf_text(&many, "a&");
    assert_int_equal(http_parse_query(many.at, &out), HTTP_REFUSE_PAIRS);
    buf_release(&many);
    buf_release(&out);
}

static void cookies_are_opaque_and_the_first_wins(void **state)
{
    static const char header[] = "s=abc; t=\"q%20q\"; s=later;x ; =y; u= v =w ;z=";
    struct buf c;
    (void)state;
    buf_init(&c, 1000);
    http_parse_cookies(header, sizeof(header) - 1, &c);
    assert_string_equal(http_pair_find(c.at, c.len, "s", false), "abc");
    assert_string_equal(http_pair_find(c.at, c.len, "t", false), "q%20q");
    assert_string_equal(http_pair_find(c.at, c.len, "u", false), "v =w");
    assert_string_equal(http_pair_find(c.at, c.len, "z", false), "");
    assert_null(http_pair_find(c.at, c.len, "x", false));
    assert_null(http_pair_find(c.at, c.len, "", false));
    buf_release(&c);
}

#define F(n, v)                                \
    {                                          \
        (n), (v), sizeof(n) - 1, sizeof(v) - 1 \
    }
enum { MOST = 4 };

static void the_framing_of_a_message_has_one_meaning(void **state)
{
    static const struct {
        struct http_field f[MOST];
        size_t count;
        bool old;
        enum http_refusal why;
        int64_t length;
    } row[] = {
        { { F("Host", "h") }, 1, false, HTTP_FINE, 0 },
        { { { 0 } }, 0, true, HTTP_FINE, 0 },
        { { { 0 } }, 0, false, HTTP_REFUSE_NO_HOST, 0 },
        { { F("Host", "h"), F("HOST", "h") }, 2, false, HTTP_REFUSE_TWO_HOSTS, 0 },
        { { F("Host", "h"), F("Content-Length", "12") }, 2, false, HTTP_FINE, 12 },
        { { F("Host", "h"), F("Content-Length", "1"), F("content-length", "1") },
          3,
          false,
          HTTP_REFUSE_TWO_LENGTHS,
          0 },
        { { F("Host", "h"), F("Content-Length", "+1") }, 2, false, HTTP_REFUSE_LENGTH, 0 },
        { { F("Host", "h"), F("Content-Length", "1 ") }, 2, false, HTTP_REFUSE_LENGTH, 0 },
        { { F("Host", "h"), F("Content-Length", "") }, 2, false, HTTP_REFUSE_LENGTH, 0 },
        { { F("Host", "h"), F("Content-Length", "1,1") }, 2, false, HTTP_REFUSE_LENGTH, 0 },
        { { F("Host", "h"), F("Content-Length", "9999999999999999999") },
          2,
          false,
          HTTP_REFUSE_LENGTH,
          0 },
        { { F("Host", "h"), F("Transfer-Encoding", "Chunked") }, 2, false, HTTP_FINE, -1 },
        { { F("Host", "h"), F("Transfer-Encoding", "chunked") }, 2, true, HTTP_REFUSE_CODING, 0 },
        { { F("Host", "h"), F("Transfer-Encoding", "xchunked") }, 2, false, HTTP_REFUSE_CODING, 0 },
        { { F("Host", "h"), F("Transfer-Encoding", "gzip, chunked") },
          2,
          false,
          HTTP_REFUSE_CODING,
          0 },
        { { F("Host", "h"), F("Transfer-Encoding", "chunked"), F("Transfer-Encoding", "chunked") },
          3,
          false,
          HTTP_REFUSE_CODING,
          0 },
        { { F("Host", "h"), F("Transfer-Encoding", "chunked"), F("Content-Length", "0") },
          3,
          false,
          HTTP_REFUSE_LENGTH_AND_CHUNKS,
          0 },
        { { F("Host ", "h") }, 1, false, HTTP_REFUSE_NAME, 0 },
        { { F("", "h") }, 1, false, HTTP_REFUSE_NAME, 0 },
        { { F("Host", "h"), F("X", "a\rb") }, 2, false, HTTP_REFUSE_CONTROL, 0 },
        { { F("Host", "h"), F("X", "a\0b") }, 2, false, HTTP_REFUSE_CONTROL, 0 },
        { { F("Host", "h"), F("X", "a\tb") }, 2, false, HTTP_FINE, 0 },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        assert_int_equal(http_check_fields(row[i].f, row[i].count, !row[i].old), row[i].why);
        if (!row[i].why)
            assert_int_equal(http_declared_length(row[i].f, row[i].count), row[i].length);
    }
}

static void every_refusal_has_a_status_a_code_and_a_title(void **state)
{
    (void)state;
    for (int i = HTTP_FINE + 1; i < HTTP_REFUSALS_END; i++) {
        const struct http_refusal_info *info = http_refusal_info((enum http_refusal)i);
        assert_in_range(info->status, 400, 599);
        assert_true(info->code[0] && info->title[0]);
    }
}

static void the_last_forwarded_address_counts_if_it_is_one(void **state)
{
    static const struct {
        const char *value, *peer; /* NULL: none */
    } rows[] = { { "192.0.2.1", "192.0.2.1" },
                 { "10.0.0.1,192.0.2.1", "192.0.2.1" },
                 { " 10.0.0.1 ,\t192.0.2.1 ", "192.0.2.1" },
                 { "2001:0DB8:0:0::1", "2001:db8::1" },
                 { "::ffff:192.0.2.1", "192.0.2.1" }, /* of a socket of both families */
                 { "192.0.2.1,", NULL },
                 { "", NULL },
                 { ",", NULL },
                 { "192.0.2.1:8080", NULL },
                 { "[2001:db8::1]", NULL },
                 { "192.0.2.256", NULL },
                 { "fe80::1%eth0", NULL },
                 { "1111:1111:1111:1111:1111:1111:1111:1111:1111:1111", NULL },
                 { "localhost", NULL } };
    char peer[HTTP_PEER_TEXT];
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        bool found = http_forwarded(rows[i].value, strlen(rows[i].value), peer);
        assert_int_equal(found, rows[i].peer != NULL);
        if (found)
            assert_string_equal(peer, rows[i].peer);
    }
}

SUITE(http_parse, cmocka_unit_test(paths_are_decoded_or_refused),
      cmocka_unit_test(the_first_of_a_repeated_query_name_wins),
      cmocka_unit_test(broken_queries_are_refused),
      cmocka_unit_test(cookies_are_opaque_and_the_first_wins),
      cmocka_unit_test(the_framing_of_a_message_has_one_meaning),
      cmocka_unit_test(the_last_forwarded_address_counts_if_it_is_one),
      cmocka_unit_test(every_refusal_has_a_status_a_code_and_a_title))
