/* counter_test.c -- The counter over HTTP: customers, accounts, drawers, and what waits for a
 * second person. Two orders with one key, from many clients at once, are one. */
#include "world.h"
#include "api/checked.h"
#include "approve/approve.h"
#include "cash/cash.h"
#include "deposit/deposit.h"
#include "ledger/ledger_books.h"
#include "who/customer.h"
#include <pthread.h>

static char super[TOKEN_TEXT], office[TOKEN_TEXT], office2[TOKEN_TEXT], teller2[TOKEN_TEXT];
static char alice[24], berta[24];
static int64_t customer, drawer, vault;
static struct call c2;

static void add(const char *username, int role, int grade, char token[TOKEN_TEXT])
{
    struct who_staff s = { .role = role, .grade = grade, .active = true };
    s.outlet_id = role == ROLE_OFFICE ? 0 : w.b.outlet.n;
    (void)snprintf(s.username, sizeof s.username, "%s", username);
    (void)snprintf(s.name, sizeof s.name, "%s", username);
    BANK_OK(who_staff_put(&w.b.c, &s, "no password opens this"));
    world_sign(s.id, username, token, NULL);
}

static int open_counter(void **state)
{
    world_open(state);
    BANK_OK(db_migrate(w.b.db, ledger_migrations, ledger_migrations_count, 1));
    BANK_OK(db_migrate(w.b.db, deposit_migrations, deposit_migrations_count, 1));
    BANK_OK(db_migrate(w.b.db, approve_migrations, approve_migrations_count, 1));
    BANK_OK(db_migrate(w.b.db, cash_migrations, cash_migrations_count, 1));
    BANK_OK(db_begin(w.b.db, &w.b.c.tx));
    BANK_OK(ledger_prepare(&w.b.c));
    BANK_OK(deposit_prepare(&w.b.c));
    add("super", ROLE_TELLER, GRADE_SUPERVISOR, super);
    add("office", ROLE_OFFICE, 0, office);
    add("office2", ROLE_OFFICE, 0, office2);
    world_sign(w.b.teller[1], "teller2", teller2, NULL);
    BANK_OK(db_commit(&w.b.c.tx));
    return 0;
}

/* ---- asking ---- */

static const char *json(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static const char *json(const char *fmt, ...)
{
    static char body[900];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(body, sizeof body, fmt, args);
    va_end(args);
    for (char *p = body; *p; p++)
        if (*p == '\'')
            *p = '"';
    return body;
}

static int64_t number_of(const char *body, const char *key)
{
    char find[40];
    (void)snprintf(find, sizeof find, "\"%s\":", key);
    const char *at = strstr(body, find);
    if (!at)
        fail_msg("no %s in %.300s", key, body);
    return strtoll(at + strlen(find), NULL, 10);
}

static struct http_reply ask_key(const char *method, const char *target, const char *token,
                                 const char *key, const char *body)
{
    char head[300];
    struct http_reply r = { 0 };
    (void)snprintf(head, sizeof head, "Authorization: Bearer %s\r\nIdempotency-Key: %s\r\n", token,
                   key);
    BANK_OK(http_client_call(w.client, method, target, head, body, strlen(body), &r));
    return r;
}

static int64_t waits(struct http_reply r)
{
    expect(r, 202, "\"state\":\"open\"");
    return number_of(strstr(r.body, "\"approval\""), "id");
}

/* The second person looks at the bytes and says yes; amount NULL: is not typed again. */
static struct http_reply approve(int64_t id, const char *token, const char *amount)
{
    char target[80], digest[80];
    (void)snprintf(target, sizeof target, "/api/approvals/%lld", (long long)id);
    struct http_reply r = ask("GET", target, token, NULL, "");
    expect(r, 200, "\"digest\"");
    field_of(r.body, "digest", digest, sizeof digest);
    (void)snprintf(target, sizeof target, "/api/approvals/%lld/approve", (long long)id);
    return ask("POST", target, token, NULL,
               amount ? json("{'digest':'%s','amount':'%s'}", digest, amount)
                      : json("{'digest':'%s'}", digest));
}

static const char *at_box(int64_t box, const char *rest)
{
    static char target[80];
    (void)snprintf(target, sizeof target, "/api/cash/boxes/%lld%s", (long long)box, rest);
    return target;
}

/* ---- the day, in its order ---- */

static void cash_comes_from_the_central_bank_by_two_people(void **state)
{
    UNUSED(state);
    struct http_reply r =
        ask("POST", "/api/cash/boxes", w.head, NULL, "{\"kind\":\"vault\",\"number\":1}");
    expect(r, 200, "\"vault\"");
    vault = number_of(strstr(r.body, "\"box\""), "id");
    r = ask("POST", "/api/cash/boxes", w.head, NULL, "{\"kind\":\"drawer\",\"number\":1}");
    drawer = number_of(strstr(r.body, "\"box\""), "id");
    expect(ask("POST", "/api/cash/boxes", w.head, NULL, "{\"kind\":\"drawer\",\"number\":1}"), 409,
           "CASH_BOX_TAKEN");
    expect(ask("POST", "/api/cash/boxes", w.teller, NULL, "{\"kind\":\"drawer\",\"number\":2}"),
           403, "WHO_NOT_ALLOWED");
    int64_t id =
        waits(ask("POST", at_box(vault, "/supply"), w.head, NULL, "{\"amount\":\"300000.00\"}"));
    expect(approve(id, w.head, "300000.00"), 403, "APPROVE_SAME_PERSON");
    expect(approve(id, super, "300000.00"), 200, "approved");
}

static void a_drawer_is_opened_counted_and_filled(void **state)
{
    char target[80];
    UNUSED(state);
    expect(ask("POST", at_box(drawer, "/count"), w.teller, NULL, "{\"kind\":\"open\"}"), 200,
           "\"agrees\"");
    (void)snprintf(target, sizeof target, "/api/cash/transfer");
    int64_t id = waits(ask(
        "POST", target, w.teller, NULL,
        json("{'from':%lld,'to':%lld,'amount':'100000.00'}", (long long)vault, (long long)drawer)));
    /* the book of the own drawer is not told */
    expect(approve(id, w.head, NULL), 200, "approved");
    struct http_reply r = ask("GET", at_box(drawer, ""), w.teller, NULL, "");
    expect(r, 200, "\"book\":null");
    expect(ask("GET", at_box(drawer, ""), w.head, NULL, ""), 200, "\"book\":\"100000.00\"");
}

static void a_customer_is_made_found_masked_and_seen(void **state)
{
    UNUSED(state);
    struct http_reply r = ask("POST", "/api/counter/customers", w.teller, NULL,
                              json("{'paper':1,'paper_number':'410802198002290013','name':'张三丰',"
                                   "'mobile':'13912345678'}"));
    expect(r, 200, "4108**********0013");
    customer = number_of(strstr(r.body, "\"customer\""), "id");
    expect(ask("POST", "/api/counter/customers", w.teller, NULL,
               json("{'paper':1,'paper_number':'410802198002290013','name':'张三丰'}")),
           409, "CUSTOMER_TAKEN");
    expect(ask("POST", "/api/counter/customers", w.teller, NULL,
               json("{'paper':1,'paper_number':'410802198002290014','name':'x'}")),
           422, "CUSTOMER_ID_CHECK");
    r = ask("GET", "/api/counter/customers?find=13912345678", w.teller, NULL, "");
    expect(r, 200, "139****5678");
    assert_null(strstr(r.body, "三丰"));
    expect(ask("GET", "/api/counter/customers?find=410802198002290013", w.teller, NULL, ""), 200,
           "4108**********0013");
    expect(ask("GET", "/api/counter/customers", w.teller, NULL, ""), 422, "CUSTOMER_BAD_SEARCH");
    char target[120];
    (void)snprintf(target, sizeof target, "/api/counter/customers/%lld", (long long)customer);
    r = ask("GET", target, w.teller, NULL, "");
    expect(r, 200, "\"accounts\":[]");
    assert_null(strstr(r.body, "三丰"));
    (void)snprintf(target, sizeof target, "/api/counter/customers/%lld?reason=heir",
                   (long long)customer);
    expect(ask("GET", target, w.teller, NULL, ""), 200, "张三丰");
}

static void open_account(const char *product, char out[24])
{
    struct http_reply r =
        ask("POST", "/api/counter/accounts", w.teller, NULL,
            json("{'customer_id':%lld,'product':'%s'}", (long long)customer, product));
    expect(r, 200, "\"number\"");
    field_of(r.body, "number", out, 24);
}

static void cash_goes_in_and_out_of_the_drawer_with_a_slip(void **state)
{
    char target[80];
    UNUSED(state);
    open_account("demand", alice);
    open_account("demand", berta);
    struct http_reply r =
        ask("POST", "/api/counter/in", w.teller, NULL,
            json("{'account':'%s','amount':'128.00','pieces':[{'face':'100.00','n':1},"
                 "{'face':'20.00','n':1},{'face':'5.00','n':1},{'face':'1.00','n':3}]}",
                 alice));
    expect(r, 200, "壹佰贰拾捌元整");
    int64_t move = number_of(r.body, "move_id");
    expect(
        ask("POST", "/api/counter/in", w.teller, NULL,
            json("{'account':'%s','amount':'128.00','pieces':[{'face':'100.00','n':1}]}", alice)),
        422, "CASH_PIECES_DIFFER");
    expect(ask("POST", "/api/counter/out", w.teller, NULL,
               json("{'account':'%s','amount':'128.01'}", alice)),
           409, "LEDGER_OVERDRAWN");
    r = ask("POST", "/api/counter/out", w.teller, NULL,
            json("{'account':'%s','amount':'28.00'}", alice));
    expect(r, 200, "\"balance\":\"100.00\"");
    expect(ask("POST", "/api/counter/in", teller2, NULL,
               json("{'account':'%s','amount':'1.00'}", alice)),
           409, "CASH_NOT_OPEN");
    expect(ask("POST", "/api/counter/in", w.teller, NULL,
               json("{'account':'%s','amount':'0.00'}", alice)),
           422, "CASH_BAD_AMOUNT");
    /* taking back always takes two */
    (void)snprintf(target, sizeof target, "/api/cash/moves/%lld/reverse", (long long)move);
    expect(ask("POST", target, w.teller, NULL, "{}"), 409, "LEDGER_OVERDRAWN");
}

/* What was paid into a term deposit is drawn, not taken back: its terms began with it. */
static void a_term_deposits_cash_is_not_taken_back(void **state)
{
    char target[80], term[24], text[300] = "";
    int64_t count = 0, bad = 0;
    UNUSED(state);
    open_account("term-12", term);
    struct http_reply r = ask("POST", "/api/counter/in", w.teller, NULL,
                              json("{'account':'%s','amount':'1000.00'}", term));
    expect(r, 200, "\"slip\":\"in\"");
    (void)snprintf(target, sizeof target, "/api/cash/moves/%lld/reverse",
                   (long long)number_of(r.body, "move_id"));
    expect(ask("POST", target, w.teller, NULL, "{}"), 409, "DEPOSIT_WRONG_KIND");
    expect(ask("POST", "/api/counter/out", w.teller, NULL,
               json("{'account':'%s','amount':'1000.00'}", term)),
           200, "\"slip\":\"out\"");
    c2 = (struct call){ .arena = arena_new(64 << 20), .now_us = bank_time(0, "12:00") };
    BANK_OK(db_read(w.b.db, &c2.tx));
    BANK_OK(deposit_check(&c2, &count, &bad, text, sizeof text));
    db_read_done(&c2.tx);
    arena_free(c2.arena);
    assert_string_equal(text, "");
}

static void a_large_order_waits_and_the_same_key_tells_its_true_state(void **state)
{
    UNUSED(state);
    const char *body = json("{'account':'%s','amount':'60000.00','note':'卖房款'}", alice);
    struct http_reply r = ask_key("POST", "/api/counter/in", w.teller, "large-in-1", body);
    int64_t id = waits(r);
    body = json("{'account':'%s','amount':'60000.00','note':'卖房款'}", alice);
    assert_int_equal(waits(ask_key("POST", "/api/counter/in", w.teller, "large-in-1", body)), id);
    expect(ask_key("POST", "/api/counter/in", w.teller, "large-in-1",
                   json("{'account':'%s','amount':'60001.00','note':'卖房款'}", alice)),
           422, "DOOR_KEY_REUSED");
    expect(ask("GET", "/api/approvals?which=me", super, NULL, ""), 200, "现金存入");
    r = ask("GET", "/api/approvals?which=me", w.teller, NULL, "");
    expect(r, 200, "\"items\":[]");
    expect(ask("GET", "/api/approvals?which=mine", w.teller, NULL, ""), 200, "60000.00");
    char look[80];
    (void)snprintf(look, sizeof look, "/api/approvals/%lld", (long long)id);
    expect(ask("GET", look, teller2, NULL, ""), 403, "APPROVE_NOT_SEEN");
    (void)snprintf(look, sizeof look, "/api/approvals/%lld/approve", (long long)id);
    expect(ask("POST", look, teller2, NULL, "{\"digest\":\"00\"}"), 403, "APPROVE_TOO_HIGH");
    expect(approve(id, super, NULL), 200, "approved");
    expect(approve(id, super, NULL), 409, "APPROVE_APPROVED");
    body = json("{'account':'%s','amount':'60000.00','note':'卖房款'}", alice);
    r = ask_key("POST", "/api/counter/in", w.teller, "large-in-1", body);
    expect(r, 200, "陆万元整"); /* now it is the slip */
    expect(r, 200, "\"second\":\"super\"");
}

static void what_would_be_refused_is_refused_before_anybody_is_asked(void **state)
{
    UNUSED(state);
    expect(ask("POST", "/api/counter/out", w.teller, NULL,
               json("{'account':'%s','amount':'60100.01','note':'x'}", alice)),
           409, "LEDGER_OVERDRAWN");
    expect(ask("POST", "/api/counter/in", w.teller, NULL,
               json("{'account':'%s','amount':'60000.00'}", alice)),
           422, "CASH_NOTE_MISSING");
}

static void a_rejected_order_tells_why(void **state)
{
    char target[80];
    UNUSED(state);
    const char *body = json("{'account':'%s','payee':'%s','amount':'55000.00'}", alice, berta);
    int64_t id = waits(ask_key("POST", "/api/counter/transfer", w.teller, "rejected-1", body));
    (void)snprintf(target, sizeof target, "/api/approvals/%lld/reject", (long long)id);
    expect(ask("POST", target, w.head, NULL, "{\"reason\":\"\"}"), 422, "APPROVE_NO_REASON");
    expect(ask("POST", target, w.head, NULL, json("{'reason':'签名不符'}")), 200, "rejected");
    body = json("{'account':'%s','payee':'%s','amount':'55000.00'}", alice, berta);
    expect(ask_key("POST", "/api/counter/transfer", w.teller, "rejected-1", body), 409, "签名不符");
    body = json("{'account':'%s','payee':'%s','amount':'55000.00'}", alice, berta);
    id = waits(ask_key("POST", "/api/counter/transfer", w.teller, "withdrawn-1", body));
    (void)snprintf(target, sizeof target, "/api/approvals/%lld/withdraw", (long long)id);
    expect(ask("POST", target, w.head, NULL, "{}"), 403, "APPROVE_NOT_MAKER");
    expect(ask("POST", target, w.teller, NULL, "{}"), 200, "withdrawn");
}

static void a_transfer_shows_the_payee_masked_and_books_once(void **state)
{
    char target[80];
    UNUSED(state);
    (void)snprintf(target, sizeof target, "/api/counter/payee?number=%s", berta);
    struct http_reply r = ask("GET", target, w.teller, NULL, "");
    expect(r, 200, "张*");
    assert_null(strstr(r.body, "三丰"));
    expect(ask("POST", "/api/counter/transfer", w.teller, NULL,
               json("{'account':'%s','payee':'%s','amount':'1.00'}", alice, alice)),
           422, "DEPOSIT_PAYEE_SELF");
    expect(ask("POST", "/api/counter/transfer", w.teller, NULL,
               json("{'account':'%s','payee':'%.18s0','amount':'1.00'}", alice, berta)),
           berta[18] == '0' ? 200 : 422, NULL);
    expect(ask("POST", "/api/counter/transfer", w.teller, NULL,
               json("{'account':'%s','payee':'%s','amount':'10.00','memo':'房租'}", alice, berta)),
           200, "\"transfer\"");
}

static void stopping_and_freezing_take_two_people(void **state)
{
    char target[80];
    UNUSED(state);
    int64_t id = waits(ask("POST", "/api/counter/state", w.teller, NULL,
                           json("{'account':'%s','step':'loss','reason':'存折遗失'}", berta)));
    expect(approve(id, super, NULL), 200, "approved");
    (void)snprintf(target, sizeof target, "/api/counter/account?number=%s", berta);
    expect(ask("GET", target, w.teller, NULL, ""), 200, "\"loss\":\"2026-11-23\"");
    expect(ask("POST", "/api/counter/out", w.teller, NULL,
               json("{'account':'%s','amount':'1.00'}", berta)),
           409, "LEDGER_STOPPED");
    expect(ask("POST", "/api/counter/state", w.teller, NULL,
               json("{'account':'%s','step':'freeze_all','reason':'x'}", berta)),
           422, "document");
    id = waits(ask("POST", "/api/counter/state", w.teller, NULL,
                   json("{'account':'%s','step':'unloss','reason':'找到'}", berta)));
    expect(approve(id, super, NULL), 200, "approved");
    expect(ask("GET", target, w.teller, NULL, ""), 200, "\"loss\":null");
}

/* Not even by two people: a customer's account past its product, a drawer's past its drawer. */
static void what_another_room_keeps_is_not_changed_as_the_banks_own(void **state)
{
    static const char *const steps[] = { "limits", "dormant", "close" };
    char target[120];
    UNUSED(state);
    (void)snprintf(target, sizeof target, "/api/books/accounts/%s", alice);
    int64_t ledger = number_of(ask("GET", target, office, NULL, "").body, "ledger_id");
    int64_t till = 0;
    struct cash_box b;
    struct call c = { .arena = arena_new(1 << 20), .actor = { .kind = ACTOR_SYSTEM } };
    BANK_OK(db_read(w.b.db, &c.tx));
    BANK_OK(cash_box_get(&c, (box_id){ drawer }, &b));
    till = b.account.n;
    db_read_done(&c.tx);
    arena_free(c.arena);
    for (size_t i = 0; i < COUNT(steps); i++) {
        const char *method = i ? "POST" : "PUT";
        (void)snprintf(target, sizeof target, "/api/books/accounts/%lld/%s", (long long)ledger,
                       steps[i]);
        expect(ask(method, target, office, NULL, "{}"), 409, "DEPOSIT_WRONG_KIND");
        (void)snprintf(target, sizeof target, "/api/books/accounts/%lld/%s", (long long)till,
                       steps[i]);
        expect(ask(method, target, office, NULL, "{}"), 409, "CASH_NOT_OURS");
    }
}

static void limits_are_changed_by_two_people_of_the_office(void **state)
{
    UNUSED(state);
    const char *body = "{\"items\":[{\"kind\":\"transfer\",\"grade\":1,\"alone\":\"5.00\","
                       "\"check\":\"never\"}],\"rekey\":\"100000.00\"}";
    expect(ask("PUT", "/api/approve-limits", w.head, NULL, body), 403, "WHO_NOT_ALLOWED");
    int64_t id = waits(ask("PUT", "/api/approve-limits", office, NULL, body));
    char look[80];
    (void)snprintf(look, sizeof look, "/api/approvals/%lld", (long long)id);
    expect(ask("GET", look, w.head, NULL, ""), 403, "APPROVE_NOT_SEEN");
    expect(approve(id, office, NULL), 403, "APPROVE_SAME_PERSON");
    expect(approve(id, office2, NULL), 200, "approved");
    waits(ask("POST", "/api/counter/transfer", w.teller, NULL,
              json("{'account':'%s','payee':'%s','amount':'5.01'}", alice, berta)));
    expect(
        ask("PUT", "/api/approve-limits", office, NULL,
            "{\"items\":[{\"kind\":\"transfer\",\"grade\":1,\"alone\":\"-5\",\"check\":\"any\"}]}"),
        422, "APPROVE_BAD_LIMIT");
    id = waits(ask("PUT", "/api/cash/settings", office, NULL, "{\"large\":\"40000.00\"}"));
    expect(approve(id, office2, NULL), 200, "approved");
    expect(ask("GET", "/api/cash/settings", w.teller, NULL, ""), 200, "40000.00");
}

/* ---- many at once ---- */

enum { RACERS = 6 };
static int64_t raced;
static char raced_digest[80];
struct racer {
    pthread_t thread;
    const char *token;
    int status;
};

static void *race(void *arg)
{
    struct racer *r = arg;
    struct http_client *client;
    struct http_reply reply = { 0 };
    char head[200], target[80], body[200];
    static _Atomic int key;
    (void)snprintf(head, sizeof head,
                   "Authorization: Bearer %s\r\nIdempotency-Key: race-key-%d\r\n", r->token, ++key);
    (void)snprintf(target, sizeof target, "/api/approvals/%lld/approve", (long long)raced);
    (void)snprintf(body, sizeof body, "{\"digest\":\"%s\"}", raced_digest);
    if (http_client_open(http_port(w.http), &client))
        return NULL;
    if (!http_client_call(client, "POST", target, head, body, strlen(body), &reply))
        r->status = reply.status;
    http_client_close(client);
    return NULL;
}

static void many_checkers_at_once_run_an_order_once(void **state)
{
    struct racer racers[RACERS];
    char target[80], before[30], after[30];
    int done = 0;
    UNUSED(state);
    (void)snprintf(target, sizeof target, "/api/counter/account?number=%s", berta);
    field_of(ask("GET", target, w.teller, NULL, "").body, "balance", before, sizeof before);
    raced = waits(ask("POST", "/api/counter/transfer", w.teller, NULL,
                      json("{'account':'%s','payee':'%s','amount':'7.00'}", alice, berta)));
    char look[80];
    (void)snprintf(look, sizeof look, "/api/approvals/%lld", (long long)raced);
    field_of(ask("GET", look, w.head, NULL, "").body, "digest", raced_digest, sizeof raced_digest);
    for (int i = 0; i < RACERS; i++) {
        racers[i] = (struct racer){ .token = i % 2 ? super : w.head };
        assert_int_equal(pthread_create(&racers[i].thread, NULL, race, &racers[i]), 0);
    }
    for (int i = 0; i < RACERS; i++) {
        pthread_join(racers[i].thread, NULL);
        done += racers[i].status == 200;
        assert_true(racers[i].status == 200 || racers[i].status == 409);
    }
    assert_int_equal(done, 1);
    field_of(ask("GET", target, w.teller, NULL, "").body, "balance", after, sizeof after);
    assert_int_equal((int)(strtod(after, NULL) * 100 - strtod(before, NULL) * 100 + 0.5), 700);
}

/* Asked for with little in it, approved with much: the second person agreed to the little. */
static void what_has_grown_since_it_was_asked_for_is_not_run(void **state)
{
    UNUSED(state);
    int64_t id = waits(ask("POST", "/api/counter/close", w.teller, NULL,
                           json("{'account':'%s','to':'%s'}", alice, berta)));
    expect(ask("POST", "/api/counter/in", w.teller, NULL,
               json("{'account':'%s','amount':'9.00','note':'x'}", alice)),
           200, "\"slip\":\"in\"");
    expect(approve(id, w.head, NULL), 409, "APPROVE_GREW");
    expect(ask("POST", "/api/counter/out", w.teller, NULL,
               json("{'account':'%s','amount':'9.00','note':'x'}", alice)),
           200, "\"slip\":\"out\"");
}

static void an_account_is_closed_to_cash_and_every_proof_holds(void **state)
{
    char text[300] = "";
    int64_t count = 0, bad = 0;
    UNUSED(state);
    struct http_reply r =
        ask("POST", "/api/counter/close", w.teller, NULL, json("{'account':'%s'}", berta));
    expect(r, 200, "\"state\":\"closed\"");
    expect(ask("GET", "/api/cash/large", w.head, NULL, ""), 200, "60000.00");
    expect(ask("GET", "/api/cash/not-closed", w.head, NULL, ""), 200, "\"drawer\"");
    expect(ask("POST", at_box(drawer, "/count"), w.teller, NULL, "{\"kind\":\"close\"}"), 200,
           "\"again\"");
    c2 = (struct call){ .arena = arena_new(64 << 20), .now_us = bank_time(0, "12:00") };
    BANK_OK(db_read(w.b.db, &c2.tx));
    BANK_OK(cash_check(&c2, &count, &bad, text, sizeof text));
    if (bad)
        fail_msg("cash: %s", text);
    BANK_OK(approve_check(&c2, &count, &bad, text, sizeof text));
    if (bad)
        fail_msg("second: %s", text);
    BANK_OK(ledger_check_totals(&c2, &count, &bad, text, sizeof text));
    if (bad)
        fail_msg("totals: %s", text);
    db_read_done(&c2.tx);
    arena_free(c2.arena);
}

static void every_weighed_order_is_a_write_of_the_table(void **state)
{
    UNUSED(state);
    for (size_t i = 0; i < api_checked_count; i++) {
        bool found = false;
        for (size_t k = 0; k < api_routes_count; k++)
            found = found || (api_routes[k].method == api_checked[i].method &&
                              api_routes[k].kind == ROUTE_WRITE &&
                              !strcmp(api_routes[k].path, api_checked[i].path));
        if (!found)
            fail_msg("%s", api_checked[i].path);
    }
}

static void the_office_takes_two_people_to_freeze_an_account(void **state)
{
    char target[120];
    UNUSED(state);
    (void)snprintf(target, sizeof target, "/api/books/accounts/%s", alice);
    int64_t ledger = number_of(ask("GET", target, office, NULL, "").body, "ledger_id");
    (void)snprintf(target, sizeof target, "/api/books/accounts/%lld/freeze", (long long)ledger);
    int64_t id = waits(ask("POST", target, office, NULL, "{\"how\":\"all\"}"));
    expect(approve(id, office, NULL), 403, "APPROVE_SAME_PERSON");
    expect(approve(id, office2, NULL), 200, "approved");
    expect(ask("POST", "/api/counter/in", w.teller, NULL,
               json("{'account':'%s','amount':'1.00','note':'x'}", alice)),
           409, "LEDGER_CREDIT_FROZEN");
    id = waits(ask("POST", target, office, NULL, "{\"how\":\"none\"}"));
    expect(approve(id, office2, NULL), 200, "approved");
}

static void the_counter_from_morning_to_evening(void **state)
{
    cash_comes_from_the_central_bank_by_two_people(state);
    a_drawer_is_opened_counted_and_filled(state);
    a_customer_is_made_found_masked_and_seen(state);
    cash_goes_in_and_out_of_the_drawer_with_a_slip(state);
    a_term_deposits_cash_is_not_taken_back(state);
    a_large_order_waits_and_the_same_key_tells_its_true_state(state);
    what_would_be_refused_is_refused_before_anybody_is_asked(state);
    a_rejected_order_tells_why(state);
    a_transfer_shows_the_payee_masked_and_books_once(state);
    stopping_and_freezing_take_two_people(state);
    the_office_takes_two_people_to_freeze_an_account(state);
    what_another_room_keeps_is_not_changed_as_the_banks_own(state);
    limits_are_changed_by_two_people_of_the_office(state);
    many_checkers_at_once_run_an_order_once(state);
    what_has_grown_since_it_was_asked_for_is_not_run(state);
    an_account_is_closed_to_cash_and_every_proof_holds(state);
}

SUITE(api_counter, cmocka_unit_test(every_weighed_order_is_a_write_of_the_table),
      cmocka_unit_test_setup_teardown(the_counter_from_morning_to_evening, open_counter,
                                      world_close))
