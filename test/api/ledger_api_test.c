/* ledger_api_test.c -- Orders to the ledger over a real socket, in both layouts of the books. */
#include "world.h"
#include "approve/approve.h"
#include "deposit/deposit.h"

static int64_t cash, alice, berta;
static char office[TOKEN_TEXT], auditor[TOKEN_TEXT];
static int ids;

static const char *fresh_id(void)
{
    static char text[4][40];
    char *out = text[++ids % 4];
    (void)snprintf(out, 40, "0190f3c2a1b00000%016x", ids);
    return out;
}

/* An account that the order names by number; the API opens it. */
static int64_t open_account(const char *more)
{
    char body[300];
    (void)snprintf(body, sizeof body, "{\"name\":\"test\"%s}", more);
    struct http_reply r = ask("POST", "/api/books/accounts", office, NULL, body);
    expect(r, 200, "\"id\":");
    return strtoll(strstr(r.body, "\"id\":") + 5, NULL, 10);
}

static void sign_people(void)
{
    struct who_staff who = { .role = ROLE_OFFICE, .active = true };
    BANK_OK(db_begin(w.b.db, &w.b.c.tx));
    (void)snprintf(who.username, sizeof who.username, "office1");
    (void)snprintf(who.name, sizeof who.name, "分行");
    BANK_OK(who_staff_put(&w.b.c, &who, "no password opens this"));
    world_sign(who.id, "office1", office, NULL);
    who = (struct who_staff){ .role = ROLE_AUDITOR, .active = true };
    (void)snprintf(who.username, sizeof who.username, "auditor1");
    (void)snprintf(who.name, sizeof who.name, "稽核");
    BANK_OK(who_staff_put(&w.b.c, &who, "no password opens this"));
    world_sign(who.id, "auditor1", auditor, NULL);
    BANK_OK(db_commit(&w.b.c.tx));
}

static int open_books(void **state)
{
    int rc = world_open(state);
    if (rc)
        return rc;
    BANK_OK(db_migrate(w.b.db, deposit_migrations, deposit_migrations_count, 1));
    sign_people();
    world_alone();
    cash = open_account(",\"subject\":\"1001\"");
    alice = open_account(",\"subject\":\"2011\",\"no_overdraft\":true");
    berta = open_account(",\"subject\":\"2011\"");
    return 0;
}

static int open_plain(void **state)
{
    world_layout = LEDGER_PLAIN;
    return open_books(state);
}

static int open_fast(void **state)
{
    world_layout = LEDGER_FAST;
    return open_books(state);
}

static int close_books(void **state)
{
    world_layout = 0;
    return world_close(state);
}

static struct http_reply order(const char *id, const char *kind, const char *rest)
{
    char body[600];
    (void)snprintf(body, sizeof body, "{\"id\":\"%s\",\"kind\":\"%s\"%s}", id, kind, rest);
    return ask("POST", "/api/transfers", office, "Accept-Language: en\r\n", body);
}

static const char *pair(int64_t debit, int64_t credit, const char *amount)
{
    static char text[160];
    (void)snprintf(text, sizeof text, ",\"debit\":%lld,\"credit\":%lld,\"amount\":\"%s\"",
                   (long long)debit, (long long)credit, amount);
    return text;
}

static void expect_balance(int64_t account, const char *balance, const char *available)
{
    char target[80], part[60];
    (void)snprintf(target, sizeof target, "/api/books/accounts/%lld/balance", (long long)account);
    struct http_reply r = ask("GET", target, office, NULL, "");
    (void)snprintf(part, sizeof part, "\"balance\":\"%s\"", balance);
    expect(r, 200, part);
    (void)snprintf(part, sizeof part, "\"available\":\"%s\"", available);
    expect(r, 200, part);
}

static void an_order_is_done_once_and_answered_the_same(void **state)
{
    UNUSED(state);
    char first[400], again[400];
    const char *id = fresh_id();
    struct http_reply r = order(id, "post", pair(cash, alice, "100.00"));
    expect(r, 200, "\"outcome\":\"done\",\"existed\":false");
    (void)snprintf(first, sizeof first, "%s", strstr(r.body, "\"number\""));
    r = order(id, "post", pair(cash, alice, "100.00"));
    expect(r, 200, "\"existed\":true");
    (void)snprintf(again, sizeof again, "%s", strstr(r.body, "\"number\""));
    assert_string_equal(first, again);
    r = order(id, "post", pair(cash, alice, "100.01"));
    expect(r, 409, "LEDGER_EXISTS_AMOUNT");
    expect(r, 409, "\"outcome\":\"refused\"");
    expect(r, 409, "\"field\":\"amount\"");
    expect_balance(alice, "100.00", "100.00");
}

static void what_became_of_an_id_can_be_asked(void **state)
{
    UNUSED(state);
    char target[80];
    const char *id = fresh_id();
    (void)snprintf(target, sizeof target, "/api/transfers/%s", id);
    expect(ask("GET", target, office, NULL, ""), 404, "LEDGER_NO_TRANSFER");
    expect(order(id, "post", pair(alice, berta, "1.00")), 200, "done");
    expect(ask("GET", target, office, NULL, ""), 200, "\"amount\":\"1.00\"");
    expect(ask("GET", target, office, NULL, ""), 200, "\"value_date\":\"2026-11-23\"");
    expect(ask("GET", target, auditor, NULL, ""), 200, "\"kind\":\"post\"");
    expect(ask("GET", "/api/transfers/12", office, NULL, ""), 422, "BASE_BAD_INPUT");
}

static void holds_are_made_captured_and_seen(void **state)
{
    UNUSED(state);
    char rest[120], target[80], id[40];
    (void)snprintf(id, sizeof id, "%s", fresh_id());
    expect(order(id, "hold", pair(alice, berta, "40.00")), 200, "done");
    expect_balance(alice, "99.00", "59.00");
    (void)snprintf(target, sizeof target, "/api/holds/%s", id);
    expect(ask("GET", target, office, NULL, ""), 200, "\"state\":\"open\"");
    (void)snprintf(rest, sizeof rest, ",\"of\":\"%s\",\"amount\":\"15.00\"", id);
    expect(order(fresh_id(), "capture", rest), 200, "\"amount\":\"15.00\"");
    expect(ask("GET", target, office, NULL, ""), 200, "\"state\":\"captured\"");
    expect_balance(alice, "84.00", "84.00");
    (void)snprintf(rest, sizeof rest, ",\"of\":\"%s\"", id);
    expect(order(fresh_id(), "void", rest), 409, "LEDGER_HOLD_CAPTURED");
    expect(order(fresh_id(), "post", pair(alice, berta, "84.01")), 409, "LEDGER_OVERDRAWN");
}

static void a_batch_has_a_result_for_each_and_links_hold_together(void **state)
{
    UNUSED(state);
    char body[1600], a[40], b[40], d[40], e[40];
    (void)snprintf(a, sizeof a, "%s", fresh_id());
    (void)snprintf(b, sizeof b, "%s", fresh_id());
    (void)snprintf(d, sizeof d, "%s", fresh_id());
    (void)snprintf(e, sizeof e, "%s", fresh_id());
    (void)snprintf(
        body, sizeof body,
        "{\"orders\":[{\"id\":\"%s\",\"kind\":\"post\"%s},{\"id\":\"%s\",\"kind\":\"post\","
        "\"debit\":%lld,\"credit\":%lld,\"amount\":\"1\",\"linked\":true},"
        "{\"id\":\"%s\",\"kind\":\"post\",\"debit\":%lld,\"credit\":%lld,\"amount\":\"99999\"},"
        "{\"id\":\"%s\",\"kind\":\"journal\",\"memo\":\"工资\",\"meta\":{\"run\":\"7\"},\"legs\":["
        "{\"account\":%lld,\"side\":\"debit\",\"amount\":\"3\"},"
        "{\"account\":%lld,\"side\":\"credit\",\"amount\":\"1\"},"
        "{\"account\":%lld,\"side\":\"credit\",\"amount\":\"2.00\"}]}]}",
        a, pair(cash, alice, "16.00"), b, (long long)cash, (long long)berta, d, (long long)alice,
        (long long)berta, e, (long long)cash, (long long)alice, (long long)berta);
    struct http_reply r = ask("POST", "/api/transfers/batch", office, NULL, body);
    expect(r, 200, "\"done\":2,\"existed\":0,\"refused\":2");
    expect(r, 200, "LEDGER_LINKED");
    expect(r, 200, "LEDGER_OVERDRAWN");
    r = ask("POST", "/api/transfers/batch", office, NULL, body);
    expect(r, 200, "\"done\":2,\"existed\":2,\"refused\":2");
    expect_balance(alice, "101.00", "101.00");
}

static void what_is_not_an_order_is_refused_with_its_path(void **state)
{
    UNUSED(state);
    static const struct {
        const char *body, *code, *field;
    } rows[] = {
        { "", "BASE_BAD_INPUT", NULL },
        { "[]", "BASE_BAD_INPUT", NULL },
        { "{}", "BASE_MISSING", "orders" },
        { "{\"orders\":[]}", "BASE_MISSING", "orders" },
        { "{\"orders\":[{}]}", "BASE_MISSING", "orders[0].id" },
        { "{\"orders\":[{\"id\":\"5\"}]}", "BASE_BAD_INPUT", "orders[0].id" },
        { "{\"orders\":[{\"kind\":\"pay\"}]}", "BASE_BAD_INPUT", "orders[0].kind" },
        { "{\"orders\":[{\"colour\":\"red\"}]}", "BASE_UNKNOWN_FIELD", "orders[0].colour" },
        { "{\"orders\":[{\"debit\":\"7\"}]}", "BASE_BAD_INPUT", "orders[0].debit" },
        { "{\"orders\":[{\"debit\":1,\"debit\":2}]}", "BASE_BAD_INPUT", "orders[0].debit" },
        { "{\"orders\":[{\"amount\":12.5}]}", "BASE_BAD_INPUT", "orders[0].amount" },
        { "{\"orders\":[{\"code\":3000000000}]}", "BASE_RANGE", "orders[0].code" },
        { "{\"orders\":[{\"legs\":[{\"account\":1}]}]}", "BASE_MISSING", "orders[0].legs" },
        { "{\"orders\":[],\"more\":1}", "BASE_UNKNOWN_FIELD", NULL },
        { "{\"orders\":[]", "BASE_BAD_INPUT", NULL },
    };
    char part[80];
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct http_reply r = ask("POST", "/api/transfers/batch", office, NULL, rows[i].body);
        expect(r, 422, rows[i].code);
        (void)snprintf(part, sizeof part, "\"field\":\"%s\"", rows[i].field ? rows[i].field : "");
        if (rows[i].field)
            expect(r, 422, part);
    }
    expect(order(fresh_id(), "post", pair(cash, alice, "1.005")), 422, "\"field\":\"amount\"");
    expect(order(fresh_id(), "post", pair(cash, 12345, "1")), 404, "LEDGER_NO_CREDIT");
}

/* The day end's ids can be computed: who used one up would keep an account from its interest. */
static void an_id_of_the_day_end_is_refused(void **state)
{
    UNUSED(state);
    const int64_t day = (INT64_C(20778) * 86400000) << 16; /* 2026-11-21 */
    static const struct {
        int64_t more;
        int status;
        const char *code;
    } rows[] = { { 0xD0, 200, "done" },
                 { 0xD1, 422, "LEDGER_ID_RANGE" },
                 { 0xD7, 422, "LEDGER_ID_RANGE" },
                 { 0xD8, 200, "done" },
                 { 0x100D1, 200, "done" } };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char id[40];
        (void)snprintf(id, sizeof id, "%016llx%016x", (unsigned long long)(day + rows[i].more),
                       ++ids);
        expect(order(id, "post", pair(cash, berta, "1.00")), rows[i].status, rows[i].code);
    }
}

static void who_may_not_is_told_so(void **state)
{
    UNUSED(state);
    char body[300];
    (void)snprintf(body, sizeof body, "{\"id\":\"%s\",\"kind\":\"post\"%s}", fresh_id(),
                   pair(cash, alice, "1"));
    expect(ask("POST", "/api/transfers", NULL, NULL, body), 401, NULL);
    expect(ask("POST", "/api/transfers", w.kiosk, NULL, body), 403, "WHO_NOT_ALLOWED");
    expect(ask("POST", "/api/transfers", auditor, NULL, body), 403, "WHO_NOT_ALLOWED");
    expect(ask("POST", "/api/transfers/batch", auditor, NULL, "{}"), 403, "WHO_NOT_ALLOWED");
}

/* Above what a teller may do alone, a second person decides; the order runs as it was sent. Who
 * asks for the id meanwhile is told that it waits, and for whom. */
static struct http_reply fate(const char *id)
{
    char target[80];
    (void)snprintf(target, sizeof target, "/api/transfers/%s", id);
    return ask("GET", target, w.teller, NULL, "");
}

static long long waiting(const char *body)
{
    struct http_reply r = ask("POST", "/api/transfers", w.teller, NULL, body);
    expect(r, 202, "\"outcome\":\"waiting\",\"approval\":{\"id\":");
    return strtoll(strstr(r.body, "\"approval\":{\"id\":") + 17, NULL, 10);
}

static void a_large_order_waits_for_a_second_person(void **state)
{
    UNUSED(state);
    char body[300], text[80], part[80], digest[80], decide[160], id[40];
    (void)snprintf(id, sizeof id, "%s", fresh_id());
    (void)snprintf(body, sizeof body, "{\"id\":\"%s\",\"kind\":\"post\"%s}", id,
                   pair(cash, berta, "900000.00"));
    expect(fate(id), 404, "LEDGER_NO_TRANSFER");
    long long approval = waiting(body);
    (void)snprintf(part, sizeof part, "\"page\":\"/counter.html?approval=%lld\",\"grade\":3",
                   approval);
    struct http_reply r = fate(id);
    expect(r, 202, "\"outcome\":\"waiting\"");
    expect(r, 202, part);
    expect(r, 202, "\"may_approve\":[{\"id\":");
    expect(r, 202, "\"name\":\"分行\",\"grade\":4}");
    assert_null(strstr(r.body, "900000"));
    (void)snprintf(text, sizeof text, "/api/holds/%s", id);
    expect(ask("GET", text, w.teller, NULL, ""), 202, "waiting");
    assert_int_equal(waiting(body), approval);
    (void)snprintf(text, sizeof text, "/api/approvals/%lld", approval);
    r = ask("GET", text, office, NULL, "");
    const char *at = strstr(r.body, "\"digest\":\"");
    assert_non_null(at);
    (void)snprintf(digest, sizeof digest, "%.64s", at + 10);
    (void)snprintf(text, sizeof text, "/api/approvals/%lld/approve", approval);
    (void)snprintf(decide, sizeof decide, "{\"digest\":\"%s\",\"amount\":\"900000.00\"}", digest);
    expect(ask("POST", text, office, NULL, decide), 200, "approved");
    expect(ask("POST", "/api/transfers", w.teller, NULL, body), 200, "done");
    expect(fate(id), 200, "\"outcome\":\"done\"");
}

static void an_order_that_nobody_approved_says_why_and_may_be_asked_for_again(void **state)
{
    UNUSED(state);
    char body[300], text[80], id[40];
    (void)snprintf(id, sizeof id, "%s", fresh_id());
    (void)snprintf(body, sizeof body, "{\"id\":\"%s\",\"kind\":\"post\"%s}", id,
                   pair(cash, berta, "800000.00"));
    (void)snprintf(text, sizeof text, "/api/approvals/%lld/reject", waiting(body));
    expect(ask("POST", text, office, NULL, "{\"reason\":\"no paper\"}"), 200, "rejected");
    expect(ask("POST", "/api/transfers", w.teller, NULL, body), 409, "APPROVE_REJECTED");
    expect(fate(id), 409, "\"code\":\"APPROVE_REJECTED\"");
    expect(fate(id), 409, "no paper");
    (void)snprintf(body, sizeof body, "{\"id\":\"%s\",\"kind\":\"post\"%s}", id,
                   pair(cash, berta, "700000.00"));
    (void)snprintf(text, sizeof text, "/api/approvals/%lld/withdraw", waiting(body));
    expect(fate(id), 202, "waiting"); /* what is open comes before what is over */
    expect(ask("POST", text, w.teller, NULL, "{}"), 200, "withdrawn");
    expect(fate(id), 409, "APPROVE_WITHDRAWN");
    (void)snprintf(body, sizeof body, "{\"id\":\"%s\",\"kind\":\"post\"%s}", id,
                   pair(cash, berta, "1.00"));
    expect(ask("POST", "/api/transfers", w.teller, NULL, body), 200, "done");
    expect(fate(id), 200, "\"amount\":\"1.00\"");
}

/* What would be refused is refused before anybody is asked, in a batch as well. */
static void a_batch_of_which_nothing_would_be_done_does_not_wait(void **state)
{
    UNUSED(state);
    char body[800], first[40], second[40];
    (void)snprintf(first, sizeof first, "%s", fresh_id());
    (void)snprintf(second, sizeof second, "%s", fresh_id());
    int n = snprintf(body, sizeof body,
                     "{\"orders\":[{\"id\":\"%s\",\"kind\":\"post\",\"linked\":true%s},", first,
                     pair(cash, berta, "900000.00"));
    (void)snprintf(body + n, sizeof body - (size_t)n, "{\"id\":\"%s\",\"kind\":\"post\"%s}]}",
                   second, pair(alice, berta, "77000000.00"));
    struct http_reply r = ask("POST", "/api/transfers/batch", w.teller, NULL, body);
    expect(r, 200, "LEDGER_OVERDRAWN");
    expect(r, 200, "LEDGER_LINKED");
    expect(fate(first), 404, "LEDGER_NO_TRANSFER");
}

/* Each order of a batch that waits is told of; one too large to wait is refused, and nothing ends.
 */
static void a_batch_waits_as_a_whole_unless_it_is_too_large(void **state)
{
    UNUSED(state);
    enum { N = 2600 };
    size_t size = (size_t)N * 500, n;
    char *body = malloc(size), first[40], last[40];
    assert_non_null(body);
    for (int large = 0; large < 2; large++) {
        int orders = large ? N : 2;
        n = (size_t)snprintf(body, size, "{\"orders\":[");
        for (int i = 0; i < orders; i++) {
            const char *id = fresh_id();
            (void)snprintf(i ? last : first, sizeof first, "%s", id);
            n += (size_t)snprintf(body + n, size - n,
                                  "%s{\"id\":\"%s\",\"kind\":\"post\",\"memo\":\"%0140d\",\"meta\":"
                                  "{\"k\":\"%0120d\"}%s}",
                                  i ? "," : "", id, i, i, pair(cash, berta, "900000.00"));
        }
        (void)snprintf(body + n, size - n, "]}");
        struct http_reply r = ask("POST", "/api/transfers/batch", w.teller, NULL, body);
        expect(r, large ? 422 : 202, large ? "APPROVE_TOO_LONG" : "\"outcome\":\"waiting\"");
        expect(fate(first), large ? 404 : 202, large ? "LEDGER_NO_TRANSFER" : "waiting");
        expect(fate(last), large ? 404 : 202, large ? "LEDGER_NO_TRANSFER" : "waiting");
    }
    expect(ask("GET", "/api/approvals?which=me", office, NULL, ""), 200, "\"mine\":false");
    free(body);
}

/* A batch is judged by what weighs most in it, in whichever currency: 4,900,000 yen weigh more than
 * 49,999.00 yuan, though their minor units are fewer. */
static void a_batch_is_weighed_across_currencies(void **state)
{
    char body[700];
    UNUSED(state);
    int64_t a = open_account(",\"subject\":\"2011\",\"currency\":\"JPY\"");
    int64_t b = open_account(",\"subject\":\"2011\",\"currency\":\"JPY\"");
    int n = snprintf(body, sizeof body, "{\"orders\":[{\"id\":\"%s\",\"kind\":\"post\"%s},",
                     fresh_id(), pair(cash, berta, "49999.00"));
    (void)snprintf(body + n, sizeof body - (size_t)n,
                   "{\"id\":\"%s\",\"kind\":\"post\"%s,\"currency\":\"JPY\"}]}", fresh_id(),
                   pair(a, b, "4900000"));
    expect(ask("POST", "/api/transfers/batch", w.teller, NULL, body), 202, "\"approval\":{\"id\":");
}

/* As long as a batch may be, and above what one person may do: no more than a refusal. */
static void a_batch_too_long_for_a_second_person_is_refused(void **state)
{
    static char body[(1 << 20) + 1000];
    UNUSED(state);
    int n = snprintf(body, sizeof body, "{\"orders\":[{\"id\":\"%s\",\"kind\":\"post\"%s}]}",
                     fresh_id(), pair(cash, berta, "60000.00"));
    memset(body + n, ' ', sizeof body - 1 - (size_t)n);
    expect(ask("POST", "/api/transfers/batch", w.teller, NULL, body), 422, "APPROVE_TOO_LONG");
}

static void the_chart_is_shown_and_grows(void **state)
{
    UNUSED(state);
    expect(ask("GET", "/api/books/subjects", auditor, NULL, ""), 200,
           "\"code\":\"1001\",\"class\":1");
    const char *at = "/api/books/subjects/229901", *body =
                                                       "{\"class\":2,\"name_zh\":\"待处理款项\","
                                                       "\"name_en\":\"To be looked into\"}";
    expect(ask("PUT", at, auditor, NULL, body), 403, "WHO_NOT_ALLOWED");
    expect(ask("PUT", at, office, NULL, "{\"class\":2}"), 422, "LEDGER_BAD_NAME");
    expect(ask("PUT", "/api/books/subjects/12", office, NULL, body), 422, "LEDGER_BAD_SUBJECT");
    expect(ask("PUT", "/api/books/subjects/2299010000001", office, NULL, body), 422,
           "LEDGER_BAD_SUBJECT");
    expect(ask("PUT", "/api/books/subjects/2011", office, NULL, "{\"class\":1}"), 409,
           "LEDGER_SUBJECT_USED");
    expect(ask("PUT", at, office, NULL, body), 202, "a new subject of the chart: 229901");
    expect(ask("PUT", "/api/books/subjects/2011", office, NULL, "{\"name_en\":\"Deposits\"}"), 202,
           "change a subject of the chart: 2011 Deposits");
}

static void accounts_are_limited_frozen_stopped_and_closed(void **state)
{
    UNUSED(state);
    char target[100];
    int64_t a = open_account(",\"subject\":\"2011\"");
#define AT(rest) \
    (snprintf(target, sizeof target, "/api/books/accounts/%lld" rest, (long long)a), target)
    expect(ask("PUT", AT("/limits"), office, NULL, "{\"min\":\"5.00\"}"), 200, NULL);
    expect(order(fresh_id(), "post", pair(a, berta, "1")), 409, "LEDGER_BELOW_MINIMUM");
    expect(ask("PUT", AT("/limits"), office, NULL, "{}"), 200, NULL);
    expect(ask("POST", AT("/freeze"), office, NULL, "{\"how\":\"all\"}"), 200, NULL);
    expect(order(fresh_id(), "post", pair(cash, a, "1")), 409, "LEDGER_CREDIT_FROZEN");
    expect(ask("POST", AT("/freeze"), office, NULL, "{\"how\":\"ice\"}"), 422, "\"field\":\"how\"");
    expect(ask("POST", AT("/freeze"), office, NULL, "{\"how\":\"none\"}"), 200, NULL);
    expect(ask("POST", AT("/freeze"), office, NULL, "{\"amount\":\"2.50\"}"), 200, NULL);
    expect(ask("POST", AT("/close"), office, NULL, "{}"), 409, "LEDGER_STILL_FROZEN");
    expect(ask("POST", AT("/freeze"), office, NULL, "{\"amount\":\"0\"}"), 200, NULL);
    expect(ask("POST", AT("/stop"), office, NULL, "{}"), 200, NULL);
    expect(order(fresh_id(), "post", pair(a, berta, "1")), 409, "LEDGER_STOPPED");
    expect(ask("POST", AT("/stop"), office, NULL, "{\"stopped\":false}"), 200, NULL);
    expect(ask("POST", AT("/dormant"), office, NULL, "{}"), 200, NULL);
    expect(ask("POST", AT("/dormant"), office, NULL, "{}"), 409, "LEDGER_AS_BEFORE");
    expect(ask("POST", AT("/close"), office, NULL, "{}"), 200, NULL);
    expect(order(fresh_id(), "post", pair(cash, a, "1")), 409, "LEDGER_CREDIT_CLOSED");
    expect(ask("GET", AT("/balance?on=2026-11-23"), office, NULL, ""), 200, "\"balance\":\"0.00\"");
    expect(ask("GET", AT("/balance?value=2026-11-22"), office, NULL, ""), 200, "0.00");
    expect(ask("GET", AT("/balance?at_ms=1"), office, NULL, ""), 200, "0.00");
}

/* ---- rights that are withdrawn elsewhere ---- */

/* Another instance of a server's bank; of a file's, this one beside its door. */
struct elsewhere {
    struct db *db;
    struct ids ids;
    struct call c;
};

static void elsewhere_open(struct elsewhere *e)
{
    *e = (struct elsewhere){ .db = w.b.db, .c = w.b.c };
    ids_init(&e->ids, 0);
    if (!test_on_server())
        return;
    BANK_OK(db_open(db_path(w.b.db), &e->db));
    db_ids(e->db, &e->ids);
    e->c.ids = &e->ids;
}

static void elsewhere_staff(struct elsewhere *e, const struct who_staff *now)
{
    struct who_staff s = *now;
    e->c.actor = (struct actor){ .kind = ACTOR_SYSTEM };
    BANK_OK(db_begin(e->db, &e->c.tx));
    BANK_OK(who_staff_put(&e->c, &s, NULL));
    BANK_OK(db_commit(&e->c.tx));
}

/* What supervisors, heads and the office may move alone. */
static void elsewhere_limit(struct elsewhere *e, int64_t alone)
{
    struct approve_limit l[3];
    for (int i = 0; i < 3; i++)
        l[i] = (struct approve_limit){ APPROVE_TRANSFER, GRADE_SUPERVISOR + i, alone,
                                       APPROVE_UNLIMITED };
    e->c.actor = (struct actor){ .kind = ACTOR_SYSTEM };
    BANK_OK(db_begin(e->db, &e->c.tx));
    BANK_OK(approve_limits_put(&e->c, l, COUNT(l)));
    BANK_OK(db_commit(&e->c.tx));
}

static struct who_staff staff_named(const char *username)
{
    struct who_staff *list = NULL, found = { .role = 0 };
    struct call c = w.b.c;
    int n = 0;
    BANK_OK(db_read(w.b.db, &c.tx));
    BANK_OK(who_staff_list(&c, 0, &list, &n));
    for (int i = 0; i < n; i++)
        if (!strcmp(list[i].username, username))
            found = list[i];
    db_read_done(&c.tx);
    return found;
}

static void pay(int status, const char *code)
{
    expect(order(fresh_id(), "post", pair(cash, alice, "60000.00")), status, code);
}

/* Each step follows on orders whose clerk, session and limits are known here. */
static void a_right_withdrawn_elsewhere_is_gone_at_the_next_order(void **state)
{
    struct elsewhere e;
    struct who_staff me = staff_named("office1");
    UNUSED(state);
    elsewhere_open(&e);
    pay(200, "\"done\"");
    pay(200, "\"done\"");
    elsewhere_limit(&e, 5000000); /* 50,000.00, and there is nobody who could be the second */
    pay(409, "APPROVE_NOBODY");
    elsewhere_limit(&e, APPROVE_UNLIMITED);
    pay(200, "\"done\"");
    me.role = ROLE_AUDITOR;
    elsewhere_staff(&e, &me);
    pay(403, "WHO_NOT_ALLOWED");
    pay(403, "WHO_NOT_ALLOWED");
    me.role = ROLE_OFFICE;
    elsewhere_staff(&e, &me);
    pay(200, "\"done\"");
    pay(200, "\"done\"");
    me.active = false;
    elsewhere_staff(&e, &me);
    pay(401, "WHO_NO_SESSION");
    pay(401, "WHO_NO_SESSION");
    if (e.db != w.b.db)
        db_close(e.db);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(an_order_is_done_once_and_answered_the_same),
    cmocka_unit_test(what_became_of_an_id_can_be_asked),
    cmocka_unit_test(holds_are_made_captured_and_seen),
    cmocka_unit_test(a_batch_has_a_result_for_each_and_links_hold_together),
    cmocka_unit_test(what_is_not_an_order_is_refused_with_its_path),
    cmocka_unit_test(an_id_of_the_day_end_is_refused),
    cmocka_unit_test(who_may_not_is_told_so),
    cmocka_unit_test(a_large_order_waits_for_a_second_person),
    cmocka_unit_test(a_batch_is_weighed_across_currencies),
    cmocka_unit_test(a_batch_too_long_for_a_second_person_is_refused),
    cmocka_unit_test(an_order_that_nobody_approved_says_why_and_may_be_asked_for_again),
    cmocka_unit_test(a_batch_waits_as_a_whole_unless_it_is_too_large),
    cmocka_unit_test(a_batch_of_which_nothing_would_be_done_does_not_wait),
    cmocka_unit_test(accounts_are_limited_frozen_stopped_and_closed),
    cmocka_unit_test(the_chart_is_shown_and_grows),
    cmocka_unit_test(a_right_withdrawn_elsewhere_is_gone_at_the_next_order),
};

static void orders_over_http_in_the_plain_layout(void **state)
{
    UNUSED(state);
    assert_int_equal(cmocka_run_group_tests_name("plain", tests, open_plain, close_books), 0);
}

static void orders_over_http_in_the_fast_layout(void **state)
{
    UNUSED(state);
    assert_int_equal(cmocka_run_group_tests_name("fast", tests, open_fast, close_books), 0);
}

SUITE(api_ledger, cmocka_unit_test(orders_over_http_in_the_plain_layout),
      cmocka_unit_test(orders_over_http_in_the_fast_layout))
