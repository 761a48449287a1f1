/* hostile.c -- What no good client sends, against a real server: each gets its own clear refusal,
 * as a problem document (RFC 9457), and the next one is served as if nothing had been.
 *
 * A few broken heads are refused by the HTTP library before our code sees them: a short page of
 * its own with the right status (0: none at all), and the connection closed (src/http/README.md).
 * Those rows say LIBRARY. */
#include "slow.h"
#include "base/json.h"
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static struct slow_bank bank;
static struct slow_server server;
static char store[200];

/* ---- one answer ---- */

struct got {
    int status;         /* 0: closed without an answer */
    bool problem, json; /* the type is problem+json; the body is JSON with this status */
    char code[60], field[80], body[300];
};

static void text_of(struct json_doc *d, const char *name, char *out, size_t size)
{
    const char *s = NULL;
    json_want_text(d, json_root(d), name, size - 1, &s);
    snprintf(out, size, "%s", s ? s : "");
}

static struct got understand(const struct http_reply *r)
{
    struct got g = { .status = r->status };
    struct json_doc *d;
    char type[100] = "", error[100];
    int64_t status = 0;
    http_reply_header(r, "Content-Type", type, sizeof type);
    g.problem = !strcmp(type, "application/problem+json");
    snprintf(g.body, sizeof g.body, "%.290s", r->body);
    if (json_parse(r->body, r->body_len, &d, error, sizeof error))
        return g;
    json_want_i64(d, json_root(d), "status", 0, 999, &status);
    text_of(d, "code", g.code, sizeof g.code);
    text_of(d, "field", g.field, sizeof g.field);
    g.json = status == r->status;
    json_free(d);
    return g;
}

static struct got ask_raw(const void *bytes, size_t len)
{
    struct http_client *c = NULL;
    struct http_reply r;
    struct got g = { 0 };
    CHECK(!http_client_open(server.port, &c));
    if (!http_client_write(c, bytes, len) && !http_client_read(c, &r))
        g = understand(&r);
    http_client_close(c);
    return g;
}

static void is_refused(const char *why, const struct got *g, int status, const char *code,
                       const char *field)
{
    bool library = !strcmp(code, "LIBRARY");
    bool right =
        g->status == status && (library || (g->problem && g->json && !strcmp(g->code, code) &&
                                            (!field || !strcmp(g->field, field))));
    slow_expect(right, "%s: %d %s%s%s%s", why, g->status, library && right ? "(library)" : g->code,
                g->field[0] ? " at " : "", g->field, right ? "" : g->body);
}

/* ---- heads ---- */

#define HEAD      " HTTP/1.1\r\nHost: x\r\n"
#define GET(rest) "GET /healthz" HEAD rest "\r\n"
#define ROW(why, bytes, status, code)               \
    {                                               \
        why, bytes, sizeof(bytes) - 1, status, code \
    }

static const struct {
    const char *why, *bytes;
    size_t len;
    int status;
    const char *code;
} heads[] = {
    ROW("no Host", "GET /healthz HTTP/1.1\r\n\r\n", 400, "no_host"),
    ROW("two Hosts", GET("Host: y\r\n"), 400, "two_hosts"),
    ROW("two equal Content-Length", GET("Content-Length: 0\r\nContent-Length: 0\r\n"), 400,
        "two_content_lengths"),
    ROW("two different Content-Length", GET("Content-Length: 0\r\nContent-Length: 5\r\n") "hello",
        400, "two_content_lengths"),
    ROW("Content-Length and chunks",
        GET("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n") "0\r\n\r\n", 400,
        "length_and_chunks"),
    ROW("an unknown transfer encoding", GET("Transfer-Encoding: gzip\r\n"), 400,
        "bad_transfer_encoding"),
    ROW("chunks, twice", GET("Transfer-Encoding: chunked, chunked\r\n"), 400,
        "bad_transfer_encoding"),
    ROW("a bare LF", "GET /healthz HTTP/1.1\nHost: x\n\n", 400, "loose_head"),
    ROW("one bare LF", "GET /healthz HTTP/1.1\r\nHost: x\nX: y\r\n\r\n", 400, "loose_head"),
    ROW("a NUL in a value", GET("X: a\0b\r\n"), 400, "loose_head"),
    ROW("a NUL in the target", "GET /a\0b" HEAD "\r\n", 400, "loose_head"),
    ROW("a folded line", GET("X: a\r\n b\r\n"), 400, "loose_head"),
    ROW("a space before the colon", GET("X : a\r\n"), 400, "bad_field_name"),
    ROW("a control character in a value", GET("X: a\001b\r\n"), 400, "control_character"),
    ROW("a broken escape", "GET /%zz" HEAD "\r\n", 400, "bad_percent"),
    ROW("half an escape", "GET /a%4" HEAD "\r\n", 400, "bad_percent"),
    ROW("an escaped NUL", "GET /a%00b" HEAD "\r\n", 400, "bad_percent"),
    ROW("a broken escape in the query", "GET /healthz?a=%G1" HEAD "\r\n", 400, "bad_percent"),
    ROW("bytes that are no UTF-8", "GET /%ff%fe" HEAD "\r\n", 400, "bad_utf8"),
    ROW("an overlong UTF-8", "GET /%c0%ae%c0%ae/" HEAD "\r\n", 400, "bad_utf8"),
    ROW("climbing", "GET /../../etc/passwd" HEAD "\r\n", 400, "dot_segment"),
    ROW("climbing, escaped", "GET /%2e%2e/%2e%2e/etc/passwd" HEAD "\r\n", 400, "dot_segment"),
    ROW("no slash", "GET healthz" HEAD "\r\n", 400, "bad_target"),
    ROW("a proxy's target", "GET http://x/healthz" HEAD "\r\n", 400, "bad_target"),
    ROW("an unknown method", "BREW /healthz" HEAD "\r\n", 501, "method_not_implemented"),
    ROW("TRACE", "TRACE /healthz" HEAD "\r\n", 501, "method_not_implemented"),
    ROW("CONNECT", "CONNECT x:443" HEAD "\r\n", 501, "method_not_implemented"),
    ROW("100 MB announced", "POST /api/session" HEAD "Content-Length: 104857600\r\n\r\n{", 413,
        "body_too_large"),
    ROW("100 MB announced, asking first",
        "POST /api/session" HEAD "Expect: 100-continue\r\nContent-Length: 104857600\r\n\r\n", 413,
        "body_too_large"),
    ROW("a length beyond all numbers",
        "POST /api/session" HEAD "Content-Length: 99999999999999999999999\r\n\r\n", 413, "LIBRARY"),
    ROW("a negative length", "POST /api/session" HEAD "Content-Length: -1\r\n\r\n", 400, "LIBRARY"),
    ROW("a length with a sign", "POST /api/session" HEAD "Content-Length: +5\r\n\r\nhello", 400,
        "LIBRARY"),
    ROW("a length in hex", "POST /api/session" HEAD "Content-Length: 0x5\r\n\r\nhello", 400,
        "LIBRARY"),
    ROW("a broken chunk", "POST /api/session" HEAD "Transfer-Encoding: chunked\r\n\r\nzz\r\nhello",
        400, "LIBRARY"),
    ROW("a chunk beyond all numbers",
        "POST /api/session" HEAD "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\nx", 413,
        "LIBRARY"),
    ROW("a request line of one word", "GET\r\n\r\n", 0, "LIBRARY"),
    ROW("nothing but noise", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 0, "LIBRARY"),
    ROW("HTTP/2 by surprise", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, "LIBRARY"),
    ROW("HTTP/7", "GET /healthz HTTP/7.0\r\nHost: x\r\n\r\n", 505, "LIBRARY"),
};

static void broken_heads(void)
{
    for (size_t i = 0; i < COUNT(heads); i++) {
        struct got g = ask_raw(heads[i].bytes, heads[i].len);
        is_refused(heads[i].why, &g, heads[i].status, heads[i].code, NULL);
    }
}

static void large_ones(void)
{
    struct buf b;
    struct got g;
    buf_init(&b, 16 << 20);
    buf_text(&b, "GET /healthz HTTP/1.1\r\nHost: x\r\nX: ");
    for (int i = 0; i < 17000; i++)
        buf_char(&b, 'a');
    buf_text(&b, "\r\n\r\n");
    g = ask_raw(b.at, b.len);
    is_refused("a head of 17 KB", &g, 431, "head_too_large", NULL);
    buf_clear(&b);
    buf_text(&b, "GET /healthz HTTP/1.1\r\nHost: x\r\nX: ");
    for (int i = 0; i < 1000000; i++)
        buf_char(&b, 'a');
    buf_text(&b, "\r\n\r\n");
    g = ask_raw(b.at, b.len);
    is_refused("a head of 1 MB", &g, 431, "LIBRARY", NULL);
    buf_clear(&b);
    buf_text(&b, "GET /healthz HTTP/1.1\r\nHost: x\r\n");
    for (int i = 0; i < 300; i++)
        buf_printf(&b, "X-%d: a\r\n", i);
    buf_text(&b, "\r\n");
    g = ask_raw(b.at, b.len);
    is_refused("300 header fields", &g, 431, "LIBRARY", NULL);
    buf_clear(&b);
    buf_text(&b, "GET /healthz?");
    for (int i = 0; i < 200; i++)
        buf_text(&b, "a=1&");
    buf_text(&b, " HTTP/1.1\r\nHost: x\r\n\r\n");
    g = ask_raw(b.at, b.len);
    is_refused("200 query parameters", &g, 400, "too_many_parameters", NULL);
    buf_clear(&b);
    buf_text(&b, "POST /api/session HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 40; i++)
        buf_printf(&b, "1000\r\n%04096d\r\n", 0);
    buf_text(&b, "0\r\n\r\n");
    g = ask_raw(b.at, b.len);
    is_refused("160 KB in chunks", &g, 413, "body_too_large", NULL);
    buf_clear(&b);
    buf_printf(&b, "POST /api/session HTTP/1.1\r\nHost: x\r\nContent-Length: 65537\r\n\r\n%065537d",
               0);
    g = ask_raw(b.at, b.len);
    is_refused("a body of 64 KiB and one", &g, 413, "body_too_large", NULL);
    buf_release(&b);
}

/* ---- requests that are HTTP, and not ours ---- */

static const char *const json_type = "Content-Type: application/json\r\n";

static struct got ask(const char *method, const char *target, const char *token, const char *head,
                      const char *body)
{
    static int64_t key;
    struct http_client *c = NULL;
    struct http_reply r;
    struct got g = { 0 };
    char lines[500];
    snprintf(lines, sizeof lines, "%s%s%s%sIdempotency-Key: hostile-%06" PRId64 "\r\n",
             token ? "Authorization: Bearer " : "", token ? token : "", token ? "\r\n" : "",
             head ? head : json_type, ++key);
    CHECK(!http_client_open(server.port, &c));
    if (!http_client_call(c, method, target, lines, body, body ? strlen(body) : 0, &r))
        g = understand(&r);
    http_client_close(c);
    return g;
}

static void wrong_addresses(void)
{
    struct got g;
    char at[120];
    g = ask("GET", "/api/nothing", NULL, NULL, NULL);
    is_refused("an unknown address", &g, 404, "API_NO_ROUTE", NULL);
    g = ask("POST", "/api/nothing", NULL, NULL, "{}");
    is_refused("a write to an unknown address", &g, 404, "API_NO_ROUTE", NULL);
    g = ask("DELETE", "/healthz", NULL, NULL, NULL);
    is_refused("a wrong method", &g, 405, "API_METHOD", NULL);
    g = ask("PUT", "/api/session", NULL, NULL, "{}");
    is_refused("a wrong method for a write", &g, 405, "API_METHOD", NULL);
    g = ask("GET", "/api/outlets/99999999999999999999/board", NULL, NULL, NULL);
    is_refused("an id beyond all numbers", &g, 404, "BRANCH_NO_OUTLET", NULL);
    g = ask("GET", "/api/outlets/-1/board", NULL, NULL, NULL);
    is_refused("a negative id", &g, 404, "BRANCH_NO_OUTLET", NULL);
    g = ask("GET", "/api/outlets/%27%20OR%201=1--/board", NULL, NULL, NULL);
    is_refused("an id with a quote", &g, 404, "BRANCH_NO_OUTLET", NULL);
    g = ask("GET", "/api/outlets/1/stream", NULL, NULL, NULL);
    is_refused("a stream of no outlet", &g, 404, "BRANCH_NO_OUTLET", NULL);
    snprintf(at, sizeof at, "/api/outlets/%" PRId64 "/tickets", bank.bench.outlet[0]);
    g = ask("POST", at, NULL, NULL, "{}");
    is_refused("a write by nobody", &g, 401, "WHO_NO_SESSION", NULL);
    g = ask("POST", at, "not-a-token", NULL, "{}");
    is_refused("a token nobody gave", &g, 401, "WHO_NO_SESSION", NULL);
    g = ask("POST", at, bank.bench.teller[0], NULL, "{}");
    is_refused("a write of another role", &g, 403, "WHO_NOT_ALLOWED", NULL);
    g = ask("POST", at, bank.bench.kiosk[1], NULL, "{}");
    is_refused("a write at another outlet", &g, 403, "WHO_OTHER_OUTLET", NULL);
    g = ask("POST", at, bank.bench.kiosk[0], "Content-Type: text/plain\r\n", "{}");
    is_refused("a body that a form of another site could send", &g, 415, "API_NOT_JSON", NULL);
    snprintf(at, sizeof at, "/api/outlets/%" PRId64 "/day/stop-issuing", bank.bench.outlet[0]);
    char cookie[200];
    snprintf(cookie, sizeof cookie, "%sCookie: piaohao=%s\r\n", json_type, bank.floor);
    g = ask("POST", at, NULL, cookie, "{\"reason\":\"x\"}");
    is_refused("a cookie without its CSRF word", &g, 403, "WHO_BAD_CSRF", NULL);
}

/* ---- bodies ---- */

static void broken_bodies(void)
{
    static const struct {
        const char *why, *body;
        int status;
        const char *code, *field;
    } rows[] = {
        { "truncated JSON", "{\"service_id\":", 422, "BASE_BAD_INPUT", NULL },
        { "no JSON at all", "service_id=1", 422, "BASE_BAD_INPUT", NULL },
        { "a second document", "{} {}", 422, "BASE_BAD_INPUT", NULL },
        { "a list for an object", "[1]", 422, "BASE_BAD_INPUT", NULL },
        { "a number for an object", "7", 422, "BASE_BAD_INPUT", NULL },
        { "a field twice", "{\"service_id\":1,\"service_id\":2}", 422, "BASE_BAD_INPUT", NULL },
        { "an unfinished text", "{\"phone\":\"123", 422, "BASE_BAD_INPUT", NULL },
        { "a lone surrogate", "{\"service_id\":1,\"phone\":\"\\ud800\"}", 422, "BASE_BAD_INPUT",
          NULL },
        { "an escaped NUL", "{\"service_id\":1,\"phone\":\"1\\u00002\"}", 422, "BASE_BAD_INPUT",
          NULL },
        { "invalid UTF-8", "{\"service_id\":1,\"phone\":\"\xff\xfe\"}", 422, "BASE_BAD_INPUT",
          NULL },
        { "not a number", "{\"service_id\":NaN}", 422, "BASE_BAD_INPUT", NULL },
        { "a missing field", "{}", 422, "BASE_MISSING", "service_id" },
        { "null for a number", "{\"service_id\":null}", 422, "BASE_MISSING", "service_id" },
        { "text for a number", "{\"service_id\":\"1\"}", 422, "BASE_BAD_INPUT", "service_id" },
        { "a fraction for a number", "{\"service_id\":1.5}", 422, "BASE_BAD_INPUT", "service_id" },
        { "a number that is too large", "{\"service_id\":1e400}", 422, "BASE_BAD_INPUT", NULL },
        { "a number beyond 64 bits", "{\"service_id\":99999999999999999999}", 422, "BASE_BAD_INPUT",
          NULL },
        { "a number below its range", "{\"service_id\":-4}", 422, "BASE_RANGE", "service_id" },
        { "an object for a number", "{\"service_id\":{\"a\":1}}", 422, "BASE_BAD_INPUT",
          "service_id" },
        { "a number for a text", "{\"service_id\":1,\"phone\":13800000000}", 422, "BASE_BAD_INPUT",
          "phone" },
        { "a text for yes or no", "{\"service_id\":1,\"courtesy\":\"yes\"}", 422, "BASE_BAD_INPUT",
          "courtesy" },
        { "a text for a list", "{\"service_id\":1,\"more_service_ids\":\"2\"}", 422,
          "BASE_BAD_INPUT", "more_service_ids" },
        { "a list with a text", "{\"service_id\":1,\"more_service_ids\":[\"2\"]}", 422,
          "BASE_BAD_INPUT", "more_service_ids" },
        { "an unknown field", "{\"service_id\":1,\"colour\":\"red\"}", 422, "BASE_UNKNOWN_FIELD",
          "colour" },
        { "a long text", "{\"service_id\":1,\"phone\":\"138000000001380000000013800000000\"}", 422,
          "BASE_TOO_LONG", "phone" },
        { "a service that is not there", "{\"service_id\":1}", 404, "BRANCH_NO_SERVICE", NULL },
        { "an empty body", "", 422, "BASE_MISSING", "service_id" },
    };
    char at[120];
    snprintf(at, sizeof at, "/api/outlets/%" PRId64 "/tickets", bank.bench.outlet[0]);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct got g = ask("POST", at, bank.bench.kiosk[0], NULL, rows[i].body);
        is_refused(rows[i].why, &g, rows[i].status, rows[i].code, rows[i].field);
    }
}

static void large_bodies(void)
{
    struct buf b;
    struct got g;
    char at[120];
    snprintf(at, sizeof at, "/api/outlets/%" PRId64 "/tickets", bank.bench.outlet[0]);
    buf_init(&b, 1 << 20);
    for (int i = 0; i < 30000; i++)
        buf_char(&b, '[');
    g = ask("POST", at, bank.bench.kiosk[0], NULL, b.at);
    is_refused("30,000 lists in each other", &g, 422, "BASE_BAD_INPUT", NULL);
    buf_clear(&b);
    for (int i = 0; i < 9000; i++)
        buf_text(&b, "{\"a\":");
    g = ask("POST", at, bank.bench.kiosk[0], NULL, b.at);
    is_refused("9,000 objects in each other", &g, 422, "BASE_BAD_INPUT", NULL);
    buf_clear(&b);
    buf_printf(&b, "{\"service_id\":1,\"phone\":\"%060000d\"}", 0);
    g = ask("POST", at, bank.bench.kiosk[0], NULL, b.at);
    is_refused("a text of 60,000 letters", &g, 422, "BASE_TOO_LONG", "phone");
    buf_clear(&b);
    buf_text(&b, "{\"service_id\":1");
    for (int i = 0; i < 4000; i++)
        buf_printf(&b, ",\"f%d\":1", i);
    buf_char(&b, '}');
    g = ask("POST", at, bank.bench.kiosk[0], NULL, b.at);
    is_refused("4,000 fields", &g, 422, "BASE_UNKNOWN_FIELD", NULL);
    buf_clear(&b);
    buf_text(&b, "{\"service_id\":1,\"more_service_ids\":[1");
    for (int i = 0; i < 20000; i++)
        buf_text(&b, ",1");
    buf_text(&b, "]}");
    g = ask("POST", at, bank.bench.kiosk[0], NULL, b.at);
    slow_expect(g.status == 422 && g.problem && !strcmp(g.field, "more_service_ids"),
                "a list of 20,000: %d %s at %s", g.status, g.code, g.field);
    buf_release(&b);
    snprintf(at, sizeof at, "/api/outlets/%" PRId64 "/settings", bank.bench.outlet[0]);
    g = ask("PUT", at, bank.admin, NULL, "{\"booking\":{\"colour\":1}}");
    is_refused("an unknown field inside", &g, 422, "BASE_UNKNOWN_FIELD", "booking.colour");
    g = ask("PUT", at, bank.admin, NULL, "{\"booking\":{\"capacity\":\"x\"}}");
    is_refused("a wrong type inside", &g, 422, "BASE_BAD_INPUT", "booking.capacity");
    g = ask("PUT", at, bank.admin, NULL, "{\"rule\":\"loudest first\"}");
    is_refused("a rule nobody knows", &g, 422, "LOBBY_BAD_RULE", NULL);
}

/* ---- noise, with one who works beside it ---- */

static struct {
    atomic_bool stop;
    int64_t us[1 << 16];
    size_t n;
    int64_t bad;
} worker;

static void *work(void *ctx)
{
    static const char *const steps[] = { "", "next", "serve", "end" };
    struct http_client *c = NULL;
    struct http_reply r;
    UNUSED(ctx);
    CHECK(!http_client_open(server.port, &c));
    for (int64_t i = 0; !worker.stop && worker.n < COUNT(worker.us); i++) {
        int step = (int)(i % 4), w = BENCH_TELLERS - 1;
        char at[120], key[40], body[60] = "{}";
        snprintf(key, sizeof key, "hostile-worker-%" PRId64, i);
        snprintf(at, sizeof at, "/api/windows/%" PRId64 "/%s", bank.bench.window[w], steps[step]);
        if (!step) {
            snprintf(at, sizeof at, "/api/outlets/%" PRId64 "/tickets",
                     bank.bench.outlet[BENCH_OUTLETS - 1]);
            snprintf(body, sizeof body, "{\"service_id\":%" PRId64 "}", bank.bench.service);
        }
        struct slow_write o = { .target = at,
                                .token = step ? bank.bench.teller[w]
                                              : bank.bench.kiosk[BENCH_OUTLETS - 1],
                                .key = key,
                                .body = body,
                                .minimal = true };
        int64_t from = http_load_now_us();
        if (slow_post(c, &o, &r) || r.status != 200)
            worker.bad++;
        worker.us[worker.n++] = http_load_now_us() - from;
        slow_sleep_ms(1);
    }
    http_client_close(c);
    return NULL;
}

/* Good requests with a few bytes changed, cut anywhere, half of them hung up on. */
static void noise(int times)
{
    static const char good[] = "POST /api/session HTTP/1.1\r\nHost: x\r\nContent-Type: "
                               "application/json\r\nContent-Length: 38\r\n\r\n"
                               "{\"username\":\"nobody\",\"password\":\"none\"}\r\n";
    uint64_t x = 88172645463325252u;
    int answered = 0;
    for (int i = 0; i < times; i++) {
        char bytes[sizeof good];
        struct http_client *c = NULL;
        struct http_reply r;
        memcpy(bytes, good, sizeof good);
        for (int k = 0; k < 4; k++) {
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
            bytes[x % (sizeof good - 1)] = (char)(x >> 32);
        }
        size_t len = i % 3 ? sizeof good - 1 : (x >> 20) % (sizeof good - 1);
        CHECK(!http_client_open(server.port, &c));
        struct pollfd p = { .fd = http_client_fd(c), .events = POLLIN };
        if (!http_client_write(c, bytes, len) && i % 10 == 1 && poll(&p, 1, 20) > 0)
            answered += !http_client_read(c, &r);
        http_client_close(c);
    }
    slow_expect(true, "%d requests of noise, 300 looked at, %d of them answered", times, answered);
}

static void two_in_one(void)
{
    static const char two[] = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
                              "GET /api/info HTTP/1.1\r\nHost: x\r\n\r\n";
    struct http_client *c = NULL;
    struct http_reply r;
    CHECK(!http_client_open(server.port, &c));
    CHECK(!http_client_write(c, two, sizeof two - 1));
    bool first = !http_client_read(c, &r) && r.status == 200 && strstr(r.body, "\"status\":\"ok\"");
    bool second = !http_client_read(c, &r) && r.status == 200 && strstr(r.body, "bank");
    slow_expect(first && second, "two requests in one packet are answered in their order");
    http_client_close(c);
}

/* Half a request, and the end: no reason to keep the connection until the idle limit. */
static void who_leaves_in_the_middle(void)
{
    static const char *const halves[] = {
        "GET /heal", "GET /healthz HTTP/1.1\r\nHost: x\r\n",
        "POST /api/session HTTP/1.1\r\nHost: x\r\nContent-Length: 38\r\n\r\n{",
        "POST /api/session HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"
    };
    struct http_client *c[COUNT(halves)];
    int64_t from = http_load_now_us();
    int closed = 0;
    for (size_t i = 0; i < COUNT(halves); i++) {
        CHECK(!http_client_open(server.port, &c[i]));
        CHECK(!http_client_write(c[i], halves[i], strlen(halves[i])));
        shutdown(http_client_fd(c[i]), SHUT_WR);
    }
    for (size_t i = 0; i < COUNT(halves); i++) {
        struct pollfd p = { .fd = http_client_fd(c[i]), .events = POLLIN };
        closed += poll(&p, 1, 9000) > 0;
        http_client_close(c[i]);
    }
    slow_expect(closed == (int)COUNT(halves), "%d of %zu who left in the middle: closed in %.1f s",
                closed, COUNT(halves), (double)(http_load_now_us() - from) / 1e6);
}

int main(void)
{
    pthread_t thread;
    int64_t now, most;
    snprintf(store, sizeof store, "%s/hostile.db", slow_dir());
    slow_bank(store, &bank);
    if (!slow_start(&server, store, NULL))
        return slow_finish();
    CHECK(!pthread_create(&thread, NULL, work, NULL));
    broken_heads();
    large_ones();
    wrong_addresses();
    broken_bodies();
    large_bodies();
    noise(3000);
    two_in_one();
    who_leaves_in_the_middle();
    worker.stop = true;
    pthread_join(thread, NULL);
    slow_memory(&server, &now, &most);
    int64_t p99 = slow_quantile(worker.us, worker.n, 0.99);
    slow_expect(worker.bad == 0 && worker.n > 20 && p99 < 1000000,
                "who worked beside it: %zu writes, %" PRId64 " failed, p50 %.1f ms, p99 %.1f ms",
                worker.n, worker.bad, (double)slow_quantile(worker.us, worker.n, 0.5) / 1e3,
                (double)p99 / 1e3);
    slow_expect(most >> 20 < 100 || slow_sanitized(), "%" PRId64 " MB resident at most",
                most >> 20);
    slow_end(&server, SIGTERM);
    slow_log_clean(&server);
    slow_prove(store);
    return slow_finish();
}
