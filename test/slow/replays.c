/* replays.c -- The same request key again: one effect, one answer; twice in a row, at once on many
 * connections, after a restart; and another body under a used key is refused. */
#include "slow.h"
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

enum { AT_ONCE = 32, ROUNDS = 60 };

static struct slow_bank bank;
static struct slow_server server;
static char store[200], take_target[120], take_body[80];

static struct slow_write take(const char *key)
{
    return (struct slow_write){ .target = take_target,
                                .token = bank.bench.kiosk[0],
                                .key = key,
                                .body = take_body,
                                .minimal = true };
}

static int64_t tickets(void)
{
    return slow_number(store, "SELECT COUNT(*) FROM ticket");
}

static struct http_client *client(void)
{
    struct http_client *c = NULL;
    CHECK(!http_client_open(server.port, &c));
    return c;
}

static int post(struct http_client *c, const struct slow_write *w, char answer[600])
{
    struct http_reply r;
    CHECK(!slow_post(c, w, &r));
    snprintf(answer, 600, "%s", r.body);
    return r.status;
}

static void twice_in_a_row(void)
{
    struct http_client *c = client();
    struct slow_write w = take("replay-row-1");
    char first[600], again[600];
    int64_t before = tickets();
    int status = post(c, &w, first);
    bool same = post(c, &w, again) == status && !strcmp(first, again);
    slow_expect(status == 200 && same, "twice in a row: one answer: %s", first);
    w.minimal = false; /* the page's fuller picture of the same ticket */
    status = post(c, &w, again);
    slow_expect(status == 200 && slow_json_i64(first, "id", -1) == slow_json_i64(again, "id", -2),
                "with the fuller answer it is the same ticket");
    slow_expect(tickets() == before + 1, "one ticket came of the three");
    http_client_close(c);
}

static void two_at_once(void)
{
    struct http_client *c[2] = { client(), client() };
    int64_t before = tickets(), same = 0;
    struct buf b;
    buf_init(&b, 1 << 16);
    for (int i = 0; i < ROUNDS; i++) {
        char key[40], text[2][600];
        struct http_reply r;
        bool good = true;
        snprintf(key, sizeof key, "replay-two-%d", i);
        struct slow_write w = take(key);
        buf_clear(&b);
        slow_write_bytes(&w, &b);
        for (int k = 0; k < 2; k++)
            CHECK(!http_client_write(c[k], b.at, b.len));
        for (int k = 0; k < 2; k++) {
            CHECK(!http_client_read(c[k], &r));
            good = good && r.status == 200;
            snprintf(text[k], sizeof text[k], "%s", r.body);
        }
        same += good && !strcmp(text[0], text[1]);
    }
    slow_expect(same == ROUNDS, "two at once: %" PRId64 " of %d pairs got one answer", same,
                ROUNDS);
    slow_expect(tickets() == before + ROUNDS, "%d tickets came of %d requests", ROUNDS, 2 * ROUNDS);
    http_client_close(c[0]);
    http_client_close(c[1]);
    buf_release(&b);
}

static struct {
    bool asked[AT_ONCE];
    int answers, same;
    char first[600];
} many;

static bool many_next(void *ctx, int i, struct buf *request)
{
    UNUSED(ctx);
    if (many.asked[i])
        return false;
    many.asked[i] = true;
    struct slow_write w = take("replay-many-1");
    slow_write_bytes(&w, request);
    return true;
}

static void many_done(void *ctx, int i, const struct http_reply *r)
{
    UNUSED(ctx);
    UNUSED(i);
    if (many.answers++ == 0)
        snprintf(many.first, sizeof many.first, "%s", r->body);
    many.same += r->status == 200 && !strcmp(many.first, r->body);
}

static void many_at_once(void)
{
    struct http_load load = { .port = server.port,
                              .connections = AT_ONCE,
                              .next = many_next,
                              .done = many_done,
                              .patience_ms = 5000 };
    int64_t before = tickets();
    int rc = http_load_run(&load);
    slow_expect(!rc && many.same == AT_ONCE && tickets() == before + 1,
                "%d at once: one ticket, %d times the same answer", AT_ONCE, many.same);
}

static bool refused(int status, const char *answer, int want, const char *code)
{
    char mark[80];
    snprintf(mark, sizeof mark, "\"code\":\"%s\"", code);
    return status == want && strstr(answer, mark);
}

static void another_body(void)
{
    struct http_client *c = client();
    char text[600], first[600], target[120];
    struct slow_write w = take("replay-row-1"), other;
    int64_t before = tickets();
    int status = post(c, &w, first);
    other = w;
    other.body = "{\"service_id\":1,\"courtesy\":true}";
    slow_expect(status == 200 && refused(post(c, &other, text), text, 422, "DOOR_KEY_REUSED"),
                "another body under the key is refused: DOOR_KEY_REUSED");
    snprintf(target, sizeof target, "/api/outlets/%" PRId64 "/tickets", bank.bench.outlet[1]);
    other = w;
    other.target = target;
    other.token = bank.admin; /* first as someone else: the key is not theirs */
    status = post(c, &other, text);
    slow_expect(status == 200 && strcmp(text, first),
                "another person's same key is another key: %s", text);
    other.target = take_target;
    slow_expect(refused(post(c, &other, text), text, 422, "DOOR_KEY_REUSED"),
                "the same key and body at another address is refused: DOOR_KEY_REUSED");
    slow_expect(tickets() == before + 1, "the refused ones left nothing");
    status = post(c, &w, text);
    slow_expect(status == 200 && !strcmp(first, text), "the first answer is still given");
    http_client_close(c);
}

static void keys_out_of_bounds(void)
{
    static const struct {
        const char *key, *why;
    } rows[] = { { "", "empty" },
                 { "1234567", "seven letters" },
                 { "0123456789012345678901234567890123456789", "forty letters" } };
    struct http_client *c = client();
    char text[600];
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct slow_write w = take(rows[i].key);
        slow_expect(refused(post(c, &w, text), text, 400, "API_NO_KEY"), "a key of %s: API_NO_KEY",
                    rows[i].why);
    }
    http_client_close(c);
}

/* A refusal uses no key up: the same request may succeed later. */
static void a_refusal_is_not_remembered(void)
{
    struct http_client *c = client();
    char target[120], text[600], first[600];
    struct slow_write w = { .target = target,
                            .token = bank.bench.teller[0],
                            .key = "replay-refusal-1",
                            .body = "{}",
                            .minimal = true };
    snprintf(target, sizeof target, "/api/windows/%" PRId64 "/serve", bank.bench.window[0]);
    slow_expect(refused(post(c, &w, text), text, 409, "LOBBY_NO_CURRENT"),
                "serving nobody is refused");
    snprintf(target, sizeof target, "/api/windows/%" PRId64 "/next", bank.bench.window[0]);
    w.key = "replay-next-1";
    int status = post(c, &w, first);
    bool same = post(c, &w, text) == status && !strcmp(first, text);
    slow_expect(status == 200 && same, "next twice calls one ticket: %s", first);
    snprintf(target, sizeof target, "/api/windows/%" PRId64 "/serve", bank.bench.window[0]);
    w.key = "replay-refusal-1";
    slow_expect(post(c, &w, text) == 200, "the refused key serves when there is a customer");
    http_client_close(c);
}

static void after_a_restart(int signal)
{
    char first[600], text[600], key[40];
    snprintf(key, sizeof key, "replay-restart-%d", signal);
    struct slow_write w = take(key), other = w;
    other.body = "{\"service_id\":1}";
    struct http_client *c = client();
    int status = post(c, &w, first);
    http_client_close(c);
    slow_end(&server, signal);
    if (!slow_start(&server, store, NULL))
        return;
    int64_t before = tickets();
    c = client();
    bool same = post(c, &w, text) == status && !strcmp(first, text);
    slow_expect(status == 200 && same && tickets() == before,
                "after signal %d and a restart: the same answer, no new ticket", signal);
    slow_expect(refused(post(c, &other, text), text, 422, "DOOR_KEY_REUSED"),
                "and another body is refused");
    http_client_close(c);
}

int main(void)
{
    snprintf(store, sizeof store, "%s/replays.db", slow_dir());
    slow_bank(store, &bank);
    snprintf(take_target, sizeof take_target, "/api/outlets/%" PRId64 "/tickets",
             bank.bench.outlet[0]);
    snprintf(take_body, sizeof take_body, "{\"service_id\":%" PRId64 "}", bank.bench.service);
    if (slow_start(&server, store, NULL)) {
        twice_in_a_row();
        two_at_once();
        many_at_once();
        another_body();
        keys_out_of_bounds();
        a_refusal_is_not_remembered();
        after_a_restart(SIGTERM);
        after_a_restart(SIGKILL);
        slow_end(&server, SIGTERM);
        slow_log_clean(&server);
        slow_prove(store);
    }
    return slow_finish();
}
