/* deposit_api_test.c -- Accounts' terms, standing orders, products and the day end over HTTP. */
#include "world.h"
#include "deposit/dayend.h"

static char office[TOKEN_TEXT];
static struct deposit_account flow, other, term, notice;

static struct deposit_account open_one(struct call *c, customer_id who, const char *code,
                                       int64_t minor, account_id cash)
{
    struct deposit_product p;
    struct deposit_account a;
    struct deposit_done done;
    BANK_OK(product_by_code(c, code, &p));
    const struct deposit_opening o = { .customer = who,
                                       .product = p.id,
                                       .outlet_id = w.b.outlet.n };
    BANK_OK(deposit_open(c, &o, &a));
    const struct deposit_move m = {
        .id = ledger_id_make(c), .account = a.id, .contra = cash, .minor = minor
    };
    BANK_OK(deposit_in(c, &m, &done));
    return a;
}

static customer_id first, second;

static int open_world(void **state)
{
    struct who_staff s = { .username = "office", .name = "office", .role = ROLE_OFFICE };
    struct call *c = &w.b.c;
    account_id cash;
    world_open(state);
    BANK_OK(db_migrate(w.b.db, ledger_migrations, ledger_migrations_count, 1));
    BANK_OK(db_migrate(w.b.db, deposit_migrations, deposit_migrations_count, 1));
    world_alone();
    BANK_OK(db_begin(w.b.db, &c->tx));
    BANK_OK(ledger_prepare(c));
    BANK_OK(deposit_prepare(c));
    s.active = true;
    BANK_OK(who_staff_put(c, &s, "no password opens this"));
    world_sign(s.id, "office", office, NULL);
    struct customer one = { .kind = CUSTOMER_PERSON,
                            .paper = PAPER_ID_CARD,
                            .paper_number = "410802198002290013",
                            .name = "张三" };
    struct customer two = { .kind = CUSTOMER_PERSON,
                            .paper = PAPER_PASSPORT,
                            .paper_number = "E1234567",
                            .name = "ZHANG SAN" };
    BANK_OK(customer_put(c, &one));
    BANK_OK(customer_put(c, &two));
    first = one.id;
    second = two.id;
    BANK_OK(deposit_own(c, OWN_CASH_DEMO, w.b.outlet.n, CNY, &cash));
    flow = open_one(c, first, "demand", 1000000, cash);
    other = open_one(c, first, "demand", 100, cash);
    term = open_one(c, first, "term-12", 1000000, cash);
    notice = open_one(c, first, "notice-7", 12000000, cash);
    BANK_OK(db_commit(&c->tx));
    return 0;
}

static const char *at(const struct deposit_account *a, const char *rest)
{
    static char path[2][120];
    static int turn;
    turn = !turn;
    snprintf(path[turn], sizeof path[turn], "/api/deposits/%s%s", a->number, rest);
    return path[turn];
}

static void an_account_is_shown_with_its_terms_and_its_interest(void **state)
{
    UNUSED(state);
    expect(ask("GET", at(&flow, ""), w.teller, "", ""), 200, "\"kind\":\"demand\"");
    expect(ask("GET", at(&flow, ""), w.teller, "", ""), 200, "\"credit_parts\"");
    expect(ask("GET", at(&term, ""), w.teller, "", ""), 200, "\"rate_ppm\":32500");
    expect(ask("GET", at(&flow, "/interest"), w.teller, "", ""), 200, "\"spans\":");
    expect(ask("GET", at(&flow, "/interest?until=2099-01-01"), w.teller, "", ""), 422, "until");
    expect(ask("GET", at(&term, "/interest"), w.head, "", ""), 200, "\"at_maturity\":\"325.00\"");
    char books[60], others[60];
    snprintf(books, sizeof books, "/api/books/accounts/%s", flow.number);
    snprintf(others, sizeof others, "\"others\":[{\"number\":\"%s\"", other.number);
    expect(ask("GET", books, w.teller, "", ""), 200, others);
    snprintf(books, sizeof books, "/api/books/accounts/%s/lines", flow.number);
    expect(ask("GET", books, w.teller, "", ""), 200, "\"opening\":\"0.00\",\"debits\":");
    expect(ask("GET", at(&term, ""), NULL, "", ""), 401, "WHO_NO_SESSION");
    expect(ask("GET", at(&term, ""), w.kiosk, "", ""), 403, "WHO_NOT_ALLOWED");
    expect(ask("GET", "/api/deposits/123", w.teller, "", ""), 422, "DEPOSIT_BAD_NUMBER");
    expect(ask("GET", "/api/deposits/8803000000000000017", w.teller, "", ""), 404,
           "DEPOSIT_NO_ACCOUNT");
}

static void terms_are_changed_in_words(void **state)
{
    char body[120];
    UNUSED(state);
    snprintf(body, sizeof body, "{\"rollover\":\"principal\",\"payout\":\"%s\"}", flow.number);
    expect(ask("PATCH", at(&term, ""), w.teller, "", body), 200, "{}");
    expect(ask("GET", at(&term, ""), w.teller, "", ""), 200, "\"rollover\":\"principal\"");
    expect(ask("PATCH", at(&term, ""), w.teller, "", "{\"rollover\":\"maybe\"}"), 422,
           "DEPOSIT_BAD_ROLLOVER");
    expect(ask("PATCH", at(&flow, ""), w.teller, "", "{\"overdraft\":\"1.00\"}"), 422,
           "DEPOSIT_BAD_LIMIT");
    expect(ask("PATCH", at(&flow, ""), w.teller, "", "{\"overdraft\":\"1.001\"}"), 422,
           "overdraft");
    expect(ask("POST", at(&notice, "/notice"), w.teller, "", "{\"amount\":\"60000.00\"}"), 200,
           "\"due\":");
    expect(ask("POST", at(&notice, "/notice"), w.teller, "", "{\"amount\":\"60000.00\"}"), 409,
           "DEPOSIT_NOTICE_GIVEN");
    expect(ask("POST", at(&notice, "/notice-cancel"), w.teller, "", ""), 200, "{}");
    expect(ask("POST", at(&flow, "/wake"), w.head, "", "{\"reason\":\"came\"}"), 409,
           "DEPOSIT_WRONG_KIND");
    expect(ask("POST", at(&flow, "/wake"), w.teller, "", "{\"reason\":\"came\"}"), 403,
           "WHO_NOT_ALLOWED");
    expect(ask("POST", at(&flow, "/release"), office, "", "{\"reason\":\"over\"}"), 409,
           "DEPOSIT_WRONG_KIND");
}

static void a_standing_order_is_made_paused_and_ended(void **state)
{
    char body[300], path[80], id[24];
    UNUSED(state);
    snprintf(body, sizeof body,
             "{\"amount\":\"12.50\",\"cycle\":\"monthly\",\"first\":\"2036-01-31\",\"payee\":"
             "\"%s\",\"memo\":\"rent\"}",
             other.number);
    struct http_reply r = ask("POST", at(&flow, "/orders"), w.teller, "", body);
    const char *found = strstr(r.body, "\"id\":");
    assert_int_equal(r.status, 200);
    assert_non_null(found);
    snprintf(id, sizeof id, "%lld", strtoll(found + 5, NULL, 10));
    snprintf(path, sizeof path, "/api/standing-orders/%s", id);
    expect(ask("GET", at(&flow, "/orders"), w.teller, "", ""), 200, "\"amount\":\"12.50\"");
    expect(ask("PATCH", path, w.teller, "", "{\"amount\":\"13.00\",\"until\":\"2036-12-31\"}"), 200,
           "{}");
    expect(ask("PATCH", path, w.teller, "", "{\"state\":\"paused\"}"), 200, "{}");
    expect(ask("PATCH", path, w.teller, "", "{\"state\":\"sleeping\"}"), 422, "state");
    expect(ask("PATCH", path, w.teller, "", "{\"holiday\":\"never\"}"), 422, "holiday");
    expect(ask("PATCH", path, w.teller, "", "{\"holiday\":\"work_day_before\"}"), 200, "{}");
    expect(ask("GET", at(&flow, "/orders"), w.teller, "", ""), 200,
           "\"holiday\":\"work_day_before\"");
    expect(ask("GET", at(&flow, "/orders"), w.teller, "", ""), 200, "\"state\":\"paused\"");
    expect(ask("PATCH", path, w.teller, "", "{\"state\":\"ended\"}"), 200, "{}");
    expect(ask("PATCH", path, w.teller, "", "{\"amount\":\"14.00\"}"), 409, "DEPOSIT_ORDER_ENDED");
    expect(ask("POST", at(&flow, "/orders"), w.teller, "",
               "{\"amount\":\"1.00\",\"cycle\":\"hourly\",\"first\":\"2036-01-31\","
               "\"payee_bank\":\"B\",\"payee_account\":\"1\"}"),
           422, "DEPOSIT_BAD_SCHEDULE");
    static const struct {
        const char *bank, *account, *field;
    } bad[] = { { "10 2", "1", "payee_bank" },
                { "102", "12/3", "payee_account" },
                { "102", "", "payee_account" } };
    for (size_t i = 0; i < COUNT(bad); i++) {
        snprintf(body, sizeof body,
                 "{\"amount\":\"1.00\",\"cycle\":\"once\",\"first\":\"2036-01-31\","
                 "\"payee_bank\":\"%s\",\"payee_account\":\"%s\"}",
                 bad[i].bank, bad[i].account);
        r = ask("POST", at(&flow, "/orders"), w.teller, "", body);
        expect(r, 422, "DEPOSIT_BAD_PAYEE");
        expect(r, 422, bad[i].field);
    }
    expect(ask("POST", at(&flow, "/orders"), w.teller, "",
               "{\"amount\":\"1.00\",\"cycle\":\"once\",\"first\":\"2036-01-31\",\"payee_bank\":"
               "\"102\","
               "\"payee_account\":\"6222020000000000000\",\"payee_name\":\"欧阳锋\"}"),
           200, "id");
    r = ask("GET", at(&flow, "/orders"), w.teller, "", "");
    expect(r, 200, "\"payee_name\":\"欧*\""); /* masked, as every name on a screen */
    expect(r, 200, "\"payee_account\":\"6222***********0000\"");
    expect(r, 200, "\"payee_name\":\"张*\""); /* the holder of an account here */
    expect(ask("PATCH", "/api/standing-orders/5", w.teller, "", "{}"), 404, "DEPOSIT_NO_ORDER");
}

/* Who gets the money matters as much as how much it is. */
static void a_large_standing_order_gets_another_payee_by_two_people(void **state)
{
    static const char *const more[] = { "\"payee\":\"%s\"", "\"until\":\"2099-12-31\"",
                                        "\"payee_name\":\"me\"" };
    char body[300], fields[80], path[80];
    UNUSED(state);
    snprintf(body, sizeof body,
             "{\"amount\":\"600000.00\",\"cycle\":\"monthly\",\"first\":\"2036-01-31\","
             "\"payee_bank\":\"B\",\"payee_account\":\"1\",\"payee_name\":\"someone\"}");
    expect(ask("POST", at(&flow, "/orders"), w.teller, "", body), 202, "\"kind\":\"transfer\"");
    struct http_reply r = ask("POST", at(&flow, "/orders"), w.head, "", body);
    expect(r, 202, "\"amount\":\"600000.00\"");
    char look[80], digest[80];
    long long id = strtoll(strstr(r.body, "\"id\":") + 5, NULL, 10);
    snprintf(look, sizeof look, "/api/approvals/%lld", id);
    field_of(ask("GET", look, office, "", "").body, "digest", digest, sizeof digest);
    snprintf(look, sizeof look, "/api/approvals/%lld/approve", id);
    snprintf(body, sizeof body, "{\"digest\":\"%.64s\",\"amount\":\"600000.00\"}", digest);
    r = ask("POST", look, office, "", body);
    expect(r, 200, "\"state\":\"approved\"");
    snprintf(path, sizeof path, "/api/standing-orders/%lld",
             strtoll(strstr(strstr(r.body, "\"answer\":"), "\"id\":") + 5, NULL, 10));
    for (size_t i = 0; i < COUNT(more); i++) {
        snprintf(fields, sizeof fields, more[i], other.number);
        snprintf(body, sizeof body, "{%s}", fields);
        expect(ask("PATCH", path, w.teller, "", body), 202, "\"amount\":\"600000.00\"");
    }
    expect(ask("PATCH", path, w.teller, "", "{\"memo\":\"rent\"}"), 200, "{}");
    expect(ask("PATCH", path, w.teller, "", "{\"state\":\"paused\"}"), 200, "{}");
}

/* The office asks, the administrator looks at it and says yes; the answer of the order itself. */
static void by_two(const char *method, const char *path, const char *body, char answer[200])
{
    char look[80], digest[80], decide[120];
    struct http_reply r = ask(method, path, office, "", body);
    expect(r, 202, "\"kind\":\"setting\"");
    long long id = strtoll(strstr(r.body, "\"id\":") + 5, NULL, 10);
    snprintf(look, sizeof look, "/api/approvals/%lld", id);
    field_of(ask("GET", look, w.admin, "", "").body, "digest", digest, sizeof digest);
    snprintf(decide, sizeof decide, "{\"digest\":\"%.64s\"}", digest);
    snprintf(look, sizeof look, "/api/approvals/%lld/approve", id);
    expect(ask("POST", look, office, "", decide), 403, "APPROVE_SAME_PERSON");
    r = ask("POST", look, w.admin, "", decide);
    expect(r, 200, "\"state\":\"approved\"");
    snprintf(answer, 200, "%.199s", strstr(r.body, "\"answer\":"));
}

static void products_rates_and_fees_take_two_people(void **state)
{
    static const char product[] =
        "{\"code\":\"term-9\",\"kind\":\"term\",\"name_zh\":\"九个月\",\"name_en\":\"9 months\","
        "\"term_months\":9,\"min_amount\":\"50.00\"}";
    char path[100], got[200];
    UNUSED(state);
    expect(ask("GET", "/api/deposit-products", w.teller, "", ""), 200, "\"code\":\"notice-7\"");
    expect(ask("POST", "/api/deposit-products", w.teller, "", product), 403, "WHO_NOT_ALLOWED");
    by_two("POST", "/api/deposit-products", product, got);
    long long id = strtoll(strstr(got, "\"id\":") + 5, NULL, 10);
    snprintf(path, sizeof path, "/api/deposit-products/%lld/rates", id);
    by_two("POST", path, "{\"from\":\"2036-01-01\",\"ppm\":31000}", got);
    expect(ask("GET", "/api/deposit-products", w.teller, "", ""), 200,
           "{\"side\":\"credit\",\"from\":\"2036-01-01\",\"ppm\":31000}");
    expect(ask("POST", path, office, "", "{\"from\":\"2036-02-01\",\"ppm\":31500}"), 202,
           "九个月：存款利率 3.15 %，自 2036-02-01");
    snprintf(path, sizeof path, "/api/deposit-products/%lld", id);
    by_two("PUT", path, "{\"active\":false}", got);
    by_two("POST", "/api/deposit-fees",
           "{\"code\":\"f1\",\"name_zh\":\"费\",\"name_en\":\"Fee\",\"cycle\":\"weekly\","
           "\"amount\":\"3.00\"}",
           got);
    expect(ask("GET", "/api/deposit-fees", w.teller, "", ""), 200, "\"cycle\":\"weekly\"");
    expect(ask("GET", "/api/deposit-settings", w.teller, "", ""), 200, "\"cut_off\":\"23:30\"");
    by_two("PUT", "/api/deposit-settings", "{\"cut_off\":\"22:15\",\"accrual\":\"daily\"}", got);
    expect(ask("GET", "/api/deposit-settings", w.teller, "", ""), 200,
           "\"cut_off\":\"22:15\",\"accrual\":\"daily\"");
}

/* Refused at once, with the field, and nobody is asked to look at it. */
static void what_is_wrong_with_a_product_is_said_with_its_field(void **state)
{
    static const struct {
        const char *method, *path, *body;
        int status;
        const char *code, *field;
    } row[] = {
        { "POST", "/api/deposit-products", "{\"code\":\"gift\",\"kind\":\"gift\"}", 422,
          "DEPOSIT_BAD_PRODUCT", "kind" },
        { "POST", "/api/deposit-products", "{\"code\":\"G!\",\"kind\":\"demand\"}", 422,
          "DEPOSIT_BAD_PRODUCT", "code" },
        { "POST", "/api/deposit-products",
          "{\"code\":\"g\",\"kind\":\"term\",\"name_zh\":\"甲\",\"name_en\":\"A\"}", 422,
          "DEPOSIT_BAD_PRODUCT", "term_months" },
        { "POST", "/api/deposit-products",
          "{\"code\":\"g\",\"kind\":\"notice\",\"name_zh\":\"甲\",\"name_en\":\"A\"}", 422,
          "DEPOSIT_BAD_PRODUCT", "notice_days" },
        { "POST", "/api/deposit-products",
          "{\"code\":\"demand\",\"kind\":\"demand\",\"name_zh\":\"甲\",\"name_en\":\"A\"}", 422,
          "DEPOSIT_BAD_PRODUCT", "code" },
        { "POST", "/api/deposit-products",
          "{\"code\":\"g\",\"kind\":\"demand\",\"name_zh\":\"甲\",\"name_en\":\"A\","
          "\"min_amount\":\"1.234\"}",
          422, "BASE_BAD_INPUT", "min_amount" },
        { "RATE", "", "{\"from\":\"2006-01-01\",\"ppm\":31000}", 409, "DEPOSIT_RATE_PAST", "from" },
        { "RATE", "", "{\"from\":\"x\",\"ppm\":31000}", 422, "BASE_BAD_INPUT", "from" },
        { "RATE", "", "{\"from\":\"2036-01-01\",\"ppm\":-1}", 422, "BASE_RANGE", "ppm" },
        { "RATE", "", "{\"from\":\"2036-01-01\",\"ppm\":1,\"side\":\"both\"}", 422,
          "BASE_BAD_INPUT", "side" },
        { "POST", "/api/deposit-fees", "{\"code\":\"f\",\"name_zh\":\"甲\",\"name_en\":\"A\"}", 422,
          "DEPOSIT_BAD_FEE", "cycle" },
        { "POST", "/api/deposit-fees",
          "{\"code\":\"f\",\"name_zh\":\"甲\",\"name_en\":\"A\",\"cycle\":\"each\"}", 422,
          "DEPOSIT_BAD_FEE", "amount" },
        { "PUT", "/api/deposit-settings", "{\"cut_off\":\"25:15\"}", 422, "BASE_BAD_INPUT",
          "cut_off" },
        { "PUT", "/api/deposit-settings", "{\"accrual\":\"hourly\"}", 422, "DEPOSIT_BAD_SETTING",
          "accrual" },
        { "PUT", "/api/deposit-settings", "{\"prefix\":\"622202\"}", 422, "DEPOSIT_BAD_SETTING",
          "prefix" },
    };
    struct http_reply r = ask("GET", "/api/deposit-products", office, "", "");
    long long demand = strtoll(strstr(r.body, "\"id\":") + 5, NULL, 10);
    char path[100], field[60];
    UNUSED(state);
    snprintf(path, sizeof path, "/api/deposit-products/%lld/rates", demand);
    for (size_t i = 0; i < COUNT(row); i++) {
        const bool of_rate = !strcmp(row[i].method, "RATE");
        r = ask(of_rate ? "POST" : row[i].method, of_rate ? path : row[i].path, office, "",
                row[i].body);
        expect(r, row[i].status, row[i].code);
        snprintf(field, sizeof field, "\"field\":\"%s\"", row[i].field);
        expect(r, row[i].status, field);
    }
    r = ask("GET", "/api/approvals?which=mine", office, "", "");
    expect(r, 200, "\"items\":[]");
}

static void two_customers_become_one_and_two_again(void **state)
{
    char path[100], body[100];
    UNUSED(state);
    snprintf(path, sizeof path, "/api/customers/%lld/merge", (long long)second.n);
    snprintf(body, sizeof body, "{\"into_id\":%lld,\"reason\":\"same person\"}",
             (long long)first.n);
    expect(ask("POST", path, w.teller, "", body), 403, "WHO_NOT_ALLOWED");
    expect(ask("POST", path, w.head, "", body), 200, "{}");
    expect(ask("POST", path, w.head, "", body), 409, "CUSTOMER_MERGED");
    snprintf(path, sizeof path, "/api/customers/%lld/alike", (long long)second.n);
    snprintf(body, sizeof body, "\"customer\":{\"id\":%lld", (long long)first.n);
    expect(ask("GET", path, w.teller, "", ""), 200, body); /* either number finds the one */
    snprintf(body, sizeof body, "\"merged\":[{\"id\":%lld", (long long)second.n);
    expect(ask("GET", path, w.teller, "", ""), 200, body);
    snprintf(path, sizeof path, "/api/customers/%lld/looks", (long long)first.n);
    expect(ask("GET", path, w.teller, "", ""), 403, "WHO_NOT_ALLOWED");
    expect(ask("GET", path, w.head, "", ""), 200, "\"topic\":\"customer.merged\"");
    snprintf(path, sizeof path, "/api/customers/%lld/part", (long long)second.n);
    expect(ask("POST", path, w.head, "", "{\"reason\":\"not so\"}"), 200, "{}");
}

static void who_may_be_the_same_customer_is_found_by_what_agrees(void **state)
{
    struct call *c = &w.b.c;
    char path[100];
    struct customer third = { .kind = CUSTOMER_PERSON,
                              .paper = PAPER_PASSPORT,
                              .paper_number = "E7654321",
                              .mobile = "13800138000",
                              .name = "张三" };
    UNUSED(state);
    BANK_OK(db_begin(w.b.db, &c->tx));
    BANK_OK(customer_put(c, &third));
    struct customer fourth = third;
    fourth.id.n = 0;
    snprintf(fourth.paper_number, sizeof fourth.paper_number, "E7654322");
    snprintf(fourth.name, sizeof fourth.name, "李四");
    BANK_OK(customer_put(c, &fourth));
    struct customer_like *list;
    int n = 0;
    BANK_OK(customer_alike(c, third.id, 10, &list, &n));
    assert_int_equal(n, 2);
    assert_int_equal(list[0].why | list[1].why, ALIKE_MOBILE | ALIKE_NAME);
    BANK_OK(db_commit(&c->tx));
    snprintf(path, sizeof path, "/api/customers/%lld/alike", (long long)third.id.n);
    struct http_reply r = ask("GET", path, w.teller, "", "");
    expect(r, 200, "\"same_name\":true");
    expect(r, 200, "\"same_mobile\":true");
    assert_null(strstr(r.body, "13800138000")); /* masked, as everywhere */
    assert_null(strstr(r.body, "张三"));
}

static void the_day_end_is_asked_for_and_watched(void **state)
{
    UNUSED(state);
    expect(ask("GET", "/api/dayend", w.teller, "", ""), 200, "\"running\":false");
    expect(ask("POST", "/api/dayend", w.teller, "", ""), 403, "WHO_NOT_ALLOWED");
    expect(ask("POST", "/api/dayend", office, "", ""), 200, "{}");
    expect(ask("GET", "/api/dayend", w.teller, "", ""), 200, "\"asked\":true");
}

static void the_day_end_waits_for_open_drawers_or_a_reason(void **state)
{
    char path[100];
    UNUSED(state);
    struct http_reply r =
        ask("POST", "/api/cash/boxes", w.head, NULL, "{\"kind\":\"drawer\",\"number\":7}");
    expect(r, 200, "\"drawer\"");
    snprintf(path, sizeof path, "/api/cash/boxes/%lld/count",
             strtoll(strstr(strstr(r.body, "\"box\""), "\"id\":") + 5, NULL, 10));
    expect(ask("POST", path, w.teller, NULL, "{\"kind\":\"open\",\"pieces\":[]}"), 200, "agrees");
    expect(ask("POST", "/api/dayend", office, "", ""), 409, "CASH_DRAWERS_OPEN");
    expect(ask("GET", "/api/dayend", w.teller, "", ""), 200, "\"asked\":false");
    expect(ask("GET", "/api/dayend", w.teller, "", ""), 200, "\"number\":7");
    expect(ask("POST", "/api/dayend", office, "", "{\"drawers_open\":\"\"}"), 422,
           "CASH_NO_REASON");
    expect(ask("POST", "/api/dayend", office, "", "{\"drawers_open\":\"停电\"}"), 200, "{}");
    expect(ask("GET", "/api/dayend", w.teller, "", ""), 200, "\"drawers_passed\":\"停电\"");
    expect(ask("GET", "/api/dayend", w.teller, "", ""), 200, "\"asked\":true");
}

/* Whatever way an account is looked at, its customer's record says so. */
static void every_look_at_an_account_is_an_event(void **state)
{
    static const struct {
        const char *path, *what;
        bool ledger; /* named by the ledger's id, else by its number */
    } rows[] = {
        { "/api/counter/account?number=%s", "account", false },
        { "/api/deposits/%s", "deposit", false },
        { "/api/deposits/%s/interest", "deposit", false },
        { "/api/deposits/%s/orders", "orders", false },
        { "/api/books/accounts/%s", "accounts", true },
        { "/api/books/accounts/%s/lines", "lines", true },
        { "/api/books/accounts/%s/life", "life", true },
        { "/api/books/accounts/%s/balance", "balance", true },
        { "/api/books/accounts/%s/statement?format=csv", "statement", true },
        { "/api/counter/quote?amount=1.00&number=%s", "quote", false },
        { "/api/counter/payee?number=%s", "payee", false },
        { "/api/counter/customers?find=%s", "customers", false },
        { "/api/books/search?q=%s", "search", true },
        { "/api/books/search?min=100.00&max=%s", "search", true },
        { "/api/books/subject?code=2011&of=%s", "subject", true },
        { "/api/books/transfer?id=%s", "transfer", true },
    };
    char path[120], ledger[40], looks[80], want[60], transfer[40] = "";
    UNUSED(state);
    snprintf(ledger, sizeof ledger, "%lld", (long long)flow.ledger.n);
    snprintf(looks, sizeof looks, "/api/customers/%lld/looks", (long long)first.n);
    for (size_t i = 0; i < COUNT(rows); i++) {
        snprintf(path, sizeof path, rows[i].path, rows[i].ledger ? ledger : flow.number);
        struct http_reply r = ask("GET", path, rows[i].ledger ? w.head : w.teller, "", "");
        if (r.status != 200)
            fail_msg("%s: %d", path, r.status);
        const char *found = strstr(r.body, "\"transfer\":{\"id\":\"");
        if (found) /* the last row asks for it */
            snprintf(transfer, sizeof transfer, "%.32s", found + 18);
        if (i + 2 == COUNT(rows))
            memcpy(ledger, transfer, sizeof ledger);
        snprintf(want, sizeof want, "\"all\":%zu,", i + 2); /* made, and looked at */
        expect(ask("GET", looks, w.head, "", ""), 200, want);
        snprintf(want, sizeof want, "\"body\":{\"what\":\"%s\"", rows[i].what);
        expect(ask("GET", looks, w.head, "", ""), 200, want);
    }
}

/* Persons are found in the books by those who look at customers: masked, and each one shown is
 * kept, one event whatever the number of her accounts. */
static void people_are_found_masked_by_few_and_kept(void **state)
{
    static const struct {
        const char *word, *part;
    } rows[] = {
        { "410802198002290013", "\"paper_number\":\"4108**********0013\"" },
        { "%E5%BC%A0", "\"name\":\"张*\"" },
        { "E1234567", "\"accounts\":[]" },
    };
    char path[120], looks[80];
    UNUSED(state);
    for (size_t i = 0; i < COUNT(rows); i++) {
        snprintf(path, sizeof path, "/api/books/search?q=%s", rows[i].word);
        struct http_reply r = ask("GET", path, w.head, "", "");
        expect(r, 200, "{\"items\":[{\"kind\":\"person\",\"customer\":{");
        expect(r, 200, rows[i].part);
        assert_null(strstr(r.body, "张三"));
        expect(ask("GET", path, office, "", ""), 200, "person");
        expect(ask("GET", path, w.admin, "", ""), 200, "\"items\":[]");
        expect(ask("GET", path, w.teller, "", ""), 403, "WHO_NOT_ALLOWED");
    }
    snprintf(path, sizeof path, "\"number\":\"%.4s", flow.number);
    expect(ask("GET", "/api/books/search?q=410802198002290013", w.head, "", ""), 200, path);
    snprintf(looks, sizeof looks, "/api/customers/%lld/looks", (long long)first.n);
    expect(ask("GET", looks, w.head, "", ""), 200, "\"all\":6,"); /* made; seen five times */
    expect(ask("GET", "/api/books/search?q=E", w.head, "", ""), 200, "\"items\":[]");
}

#define IN_WORLD(f) cmocka_unit_test_setup_teardown(f, open_world, world_close)
SUITE(deposit_api, IN_WORLD(an_account_is_shown_with_its_terms_and_its_interest),
      IN_WORLD(every_look_at_an_account_is_an_event),
      IN_WORLD(people_are_found_masked_by_few_and_kept), IN_WORLD(terms_are_changed_in_words),
      IN_WORLD(a_standing_order_is_made_paused_and_ended),
      IN_WORLD(a_large_standing_order_gets_another_payee_by_two_people),
      IN_WORLD(products_rates_and_fees_take_two_people),
      IN_WORLD(what_is_wrong_with_a_product_is_said_with_its_field),
      IN_WORLD(the_day_end_waits_for_open_drawers_or_a_reason),
      IN_WORLD(two_customers_become_one_and_two_again),
      IN_WORLD(who_may_be_the_same_customer_is_found_by_what_agrees),
      IN_WORLD(the_day_end_is_asked_for_and_watched))
