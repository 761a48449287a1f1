/* world.c -- See world.h. */
#include "world.h"
#include "advise/advise.h"
#include "cash/cash.h"
#include "approve/approve.h"
#include <stdatomic.h>

struct world w;
enum ledger_layout world_layout;
static _Atomic int64_t now_us;

static int64_t clock_us(void *ctx)
{
    UNUSED(ctx);
    return atomic_fetch_add(&now_us, 1000);
}

void world_later(int64_t us)
{
    atomic_fetch_add(&now_us, us);
}

static void listen_door(void *ctx, const struct event *events, size_t count)
{
    UNUSED(ctx);
    if (w.api)
        api_events(w.api, events, count);
}

void world_sign(staff_id id, const char *username, char token[TOKEN_TEXT], char csrf[TOKEN_TEXT])
{
    struct who_sign_in in = { .ok = true, .staff = id };
    struct who_session session;
    (void)snprintf(in.username, sizeof in.username, "%s", username);
    (void)snprintf(in.peer, sizeof in.peer, "127.0.0.1");
    (void)snprintf(in.hash, sizeof in.hash, "no password opens this");
    BANK_OK(who_sign_in_write(&w.b.c, &in, &session));
    memcpy(token, in.token, TOKEN_TEXT);
    if (csrf)
        memcpy(csrf, session.csrf, TOKEN_TEXT);
}

static void add_people(void)
{
    struct who_device kiosk = { .role = ROLE_KIOSK, .outlet_id = w.b.outlet.n, .active = true };
    struct who_device board = { .role = ROLE_BOARD, .outlet_id = w.b.outlet.n, .active = true };
    struct who_staff admin = { .role = ROLE_ADMIN, .active = true };
    (void)snprintf(kiosk.name, sizeof kiosk.name, "kiosk");
    (void)snprintf(board.name, sizeof board.name, "board");
    (void)snprintf(admin.username, sizeof admin.username, "boss");
    (void)snprintf(admin.name, sizeof admin.name, "管理员");
    BANK_OK(who_device_put(&w.b.c, &kiosk, w.kiosk));
    BANK_OK(who_device_put(&w.b.c, &board, w.board));
    BANK_OK(who_staff_put(&w.b.c, &admin, "no password opens this"));
    world_sign(w.b.teller[0], "teller1", w.teller, w.csrf);
    world_sign(w.b.head, "head", w.head, w.head_csrf);
    world_sign(admin.id, "boss", w.admin, w.admin_csrf);
}

int world_open(void **state)
{
    char error[200];
    UNUSED(state);
    memset(&w, 0, sizeof w);
    assert_int_equal(secret_init(), 0);
    bank_open(&w.b);
    BANK_OK(db_commit(&w.b.c.tx));
    BANK_OK(db_migrate(w.b.db, ledger_migrations, ledger_migrations_count, 1));
    BANK_OK(db_migrate(w.b.db, approve_migrations, approve_migrations_count, 1));
    BANK_OK(db_migrate(w.b.db, cash_migrations, cash_migrations_count, 1));
    BANK_OK(db_migrate(w.b.db, advise_migrations, advise_migrations_count, 1));
    BANK_OK(db_begin(w.b.db, &w.b.c.tx));
    if (world_layout ? world_layout == LEDGER_FAST : test_fast_books())
        BANK_OK(ledger_layout_set(&w.b.c, LEDGER_FAST));
    BANK_OK(ledger_prepare(&w.b.c));
    BANK_OK(lobby_prepare(&w.b.c));
    BANK_OK(lobby_day_open(&w.b.c, w.b.outlet));
    add_people();
    BANK_OK(db_commit(&w.b.c.tx));
    atomic_store(&now_us, bank_time(0, "10:00"));
    struct door_settings d = {
        .db = w.b.db, .ids = &w.b.ids, .seed = 1, .clock = clock_us, .listener = listen_door
    };
    BANK_OK(door_open(&d, &w.door));
    struct api_settings a = { .db = w.b.db,
                              .door = w.door,
                              .now_us = clock_us,
                              .bank_zh = "测试银行",
                              .bank_en = "Test bank",
                              .version = "0",
                              .origin = "http://127.0.0.1" };
    BANK_OK(api_open(&a, &w.api));
    struct http_settings h = {
        .address = "127.0.0.1", .handler = api_handle, .body_limit = api_body_limit, .ctx = w.api
    };
    BANK_OK(http_start(&h, &w.http, error, sizeof error));
    BANK_OK(http_client_open(http_port(w.http), &w.client));
    return 0;
}

int world_close(void **state)
{
    UNUSED(state);
    http_client_close(w.client);
    http_stop(w.http);
    door_close(w.door);
    api_close(w.api);
    arena_free(w.b.c.arena);
    db_close(w.b.db);
    return 0;
}

struct http_reply ask(const char *method, const char *target, const char *token, const char *more,
                      const char *body)
{
    char head[600];
    struct http_reply r = { 0 };
    (void)snprintf(head, sizeof head, "%s%s%sIdempotency-Key: test-key-%d\r\n%s",
                   token ? "Authorization: Bearer " : "", token ? token : "", token ? "\r\n" : "",
                   ++w.key, more ? more : "");
    BANK_OK(http_client_call(w.client, method, target, head, body, strlen(body), &r));
    return r;
}

void expect(struct http_reply r, int status, const char *code)
{
    if (r.status != status || (code && !strstr(r.body, code)))
        print_message("answer: %d %.300s\n", r.status, r.body);
    assert_int_equal(r.status, status);
    if (code)
        assert_non_null(strstr(r.body, code));
}

const char *at_outlet(const char *rest)
{
    static char target[160];
    (void)snprintf(target, sizeof target, "/api/outlets/%lld%s", (long long)w.b.outlet.n, rest);
    return target;
}

const char *at_window(int i, const char *rest)
{
    static char target[160];
    (void)snprintf(target, sizeof target, "/api/windows/%lld%s", (long long)w.b.window[i].n, rest);
    return target;
}

const char *take_body(void)
{
    static char body[80];
    (void)snprintf(body, sizeof body, "{\"service_id\":%lld}", (long long)w.b.service[SERVICE_A].n);
    return body;
}

const char *field_of(const char *body, const char *key, char *out, size_t size)
{
    char find[40];
    (void)snprintf(find, sizeof find, "\"%s\":\"", key);
    const char *at = strstr(body, find);
    assert_non_null(at);
    at += strlen(find);
    (void)snprintf(out, size, "%.*s", (int)strcspn(at, "\""), at);
    return out;
}

void world_alone(void)
{
    static const struct approve_limit all[] = {
        { APPROVE_ACCOUNT, GRADE_HEAD, APPROVE_UNLIMITED, APPROVE_UNLIMITED },
        { APPROVE_ACCOUNT, GRADE_OFFICE, APPROVE_UNLIMITED, APPROVE_UNLIMITED },
    };
    struct actor was = w.b.c.actor;
    w.b.c.actor = (struct actor){ .kind = ACTOR_SYSTEM };
    BANK_OK(db_migrate(w.b.db, approve_migrations, approve_migrations_count, 1));
    BANK_OK(db_begin(w.b.db, &w.b.c.tx));
    BANK_OK(approve_limits_put(&w.b.c, all, COUNT(all)));
    BANK_OK(db_commit(&w.b.c.tx));
    w.b.c.actor = was;
}
