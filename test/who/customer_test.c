/* customer_test.c -- Papers against tables and an independent library; finding, merging, viewing.
 */
#include "who/customer.h"
#include "who_desk.h"

static const date today = { 20780 }; /* 2026-11-23 */

/* ---- papers ---- */

static void an_id_card_is_eighteen_characters_of_region_birth_order_and_check(void **state)
{
    UNUSED(state);
    static const struct {
        const char *text, *number;
        int rc;
        const char *why;
    } rows[] = {
        { "11010519491231002X", "11010519491231002X", 0, "the standard's own example" },
        { "11010519491231002x", "11010519491231002X", 0, "x becomes X" },
        { "410802198002290013", "410802198002290013", 0, "a leap day" },
        { "410802200002291235", "410802200002291235", 0, "2000 was a leap year" },
        { "410803199912319998", "410803199912319998", 0, "the last day of a year" },
        { "410802198102290013", NULL, CUSTOMER_ID_DATE, "1981 was no leap year" },
        { "410802198013010013", NULL, CUSTOMER_ID_DATE, "no thirteenth month" },
        { "410802203001010013", NULL, CUSTOMER_ID_DATE, "not born yet" },
        { "410802198002290014", NULL, CUSTOMER_ID_CHECK, "another check character" },
        { "110105194912310020", NULL, CUSTOMER_ID_CHECK, "0 is not X" },
        { "990802198002290013", NULL, CUSTOMER_ID_REGION, "no such province" },
        { "41080219800229001", NULL, CUSTOMER_ID_FORM, "seventeen" },
        { "4108021980022900133", NULL, CUSTOMER_ID_FORM, "nineteen" },
        { "41080219800229001Y", NULL, CUSTOMER_ID_FORM, "only X may stand there" },
        { "4108021980O2290013", NULL, CUSTOMER_ID_FORM, "a letter O" },
        { "", NULL, CUSTOMER_ID_FORM, "nothing" },
        { "110105491231002", "11010519491231002X", 0, "fifteen digits become eighteen" },
        { "410802800229001", "410802198002290013", 0, "fifteen digits, a leap day" },
        { "410802810229001", NULL, CUSTOMER_ID_DATE, "fifteen digits, no such day" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct id_card card = { .number = "?" };
        int rc = customer_id_card(rows[i].text, today, &card);
        if (rc != rows[i].rc || strcmp(card.number, rc ? "?" : rows[i].number) != 0)
            fail_msg("%s: rc %d, %s", rows[i].why, rc, card.number);
    }
    struct id_card card;
    assert_int_equal(customer_id_card("410802198002290013", today, &card), 0);
    assert_false(card.woman);
    assert_int_equal(customer_id_card("11010519491231002X", today, &card), 0);
    assert_true(card.woman);
    assert_int_equal(customer_age(card.birth, today), 76);
}

static void an_age_is_complete_on_the_birthday(void **state)
{
    UNUSED(state);
    date birth, on;
    assert_true(date_from_ymd(2008, 2, 29, &birth) && date_from_ymd(2026, 2, 28, &on));
    assert_int_equal(customer_age(birth, on), 17);
    on.days++;
    assert_int_equal(customer_age(birth, on), 18);
}

static void a_credit_code_has_a_check_character(void **state)
{
    UNUSED(state);
    static const struct {
        const char *text;
        int rc;
        const char *why;
    } rows[] = {
        { "91110000600037341L", 0, "a registered code" },
        { "91110000600037341l", 0, "small letters" },
        { "911100006000373410", CUSTOMER_USCC_CHECK, "another check character" },
        { "91110000600037341I", CUSTOMER_USCC_FORM, "I is not in the alphabet" },
        { "9111000060003734L", CUSTOMER_USCC_FORM, "seventeen" },
        { "911X0000600037341L", CUSTOMER_USCC_FORM, "a letter in the region" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char code[USCC_TEXT] = "";
        int rc = customer_uscc(rows[i].text, code);
        if (rc != rows[i].rc || (!rc && strcmp(code, "91110000600037341L") != 0))
            fail_msg("%s: %d %s", rows[i].why, rc, code);
    }
}

static void a_mobile_number_loses_its_country_code(void **state)
{
    UNUSED(state);
    static const char *const good[] = { "13912345678",       "+8613912345678", "008613912345678",
                                        "+86 139 1234 5678", "8613912345678",  "139-1234-5678" };
    static const char *const bad[] = {
        "12012345678",    "10612345678",   "1391234567", "139123456789",
        "+8513912345678", "23912345678",   "",           "1391234567a",
        "+13912345678",   "86139123456780"
    };
    char out[MOBILE_TEXT];
    for (size_t i = 0; i < COUNT(good); i++) {
        assert_int_equal(customer_mobile(good[i], out), 0);
        assert_string_equal(out, "13912345678");
    }
    for (size_t i = 0; i < COUNT(bad); i++)
        if (customer_mobile(bad[i], out) != CUSTOMER_BAD_MOBILE)
            fail_msg("%s was taken", bad[i]);
}

static void masks_show_the_first_character_of_a_person_and_all_of_a_company(void **state)
{
    UNUSED(state);
    char out[CUSTOMER_NAME_MAX + 1], paper[CUSTOMER_PAPER_MAX + 1], mobile[MOBILE_TEXT];
    customer_mask_name(CUSTOMER_PERSON, "张三丰", out);
    assert_string_equal(out, "张*");
    customer_mask_name(CUSTOMER_PERSON, "Li", out);
    assert_string_equal(out, "L*");
    customer_mask_name(CUSTOMER_COMPANY, "山阳茶叶有限公司", out);
    assert_string_equal(out, "山阳茶叶有限公司");
    customer_mask_paper(CUSTOMER_PERSON, "410802198002290013", paper);
    assert_string_equal(paper, "4108**********0013");
    customer_mask_paper(CUSTOMER_PERSON, "E12345678", paper);
    assert_string_equal(paper, "E1*****78");
    customer_mask_paper(CUSTOMER_PERSON, "E1234", paper);
    assert_string_equal(paper, "****4");
    customer_mask_paper(CUSTOMER_COMPANY, "91110000600037341L", paper);
    assert_string_equal(paper, "91110000600037341L");
    customer_mask_mobile("13912345678", mobile);
    assert_string_equal(mobile, "139****5678");
    customer_mask_mobile("", mobile);
    assert_string_equal(mobile, "");
}

/* ---- against python3-stdnum ---- */

static void random_digits(struct rng *r, char *out, size_t n, const char *alphabet)
{
    for (size_t i = 0; i < n; i++)
        out[i] = alphabet[rng_below(r, (uint32_t)strlen(alphabet))];
    out[n] = '\0';
}

/* Mostly good numbers; the rest has one character changed or a day that may not exist. */
static void make_id(struct rng *r, char out[19])
{
    static const char *const regions[] = { "410802", "410803", "110105", "310101", "440106",
                                           "510104", "650102", "330106", "120101", "210102" };
    struct id_card card;
    snprintf(out, 19, "%s%04u%02u%02u%03u%c", regions[rng_below(r, COUNT(regions))],
             1930 + rng_below(r, 96), 1 + rng_below(r, 12), 1 + rng_below(r, 31),
             rng_below(r, 1000), '0');
    for (int i = 0; i < 11 && customer_id_card(out, today, &card) == CUSTOMER_ID_CHECK; i++)
        out[17] = "0123456789X"[i];
    if (rng_below(r, 3) == 0)
        out[6 + rng_below(r, 12)] = "0123456789X"[rng_below(r, 10)];
}

static void make_code(struct rng *r, char out[19])
{
    char code[USCC_TEXT];
    static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    random_digits(r, out, 8, "0123456789");
    random_digits(r, out + 8, 10, alphabet);
    for (int i = 0; i < 31 && customer_uscc(out, code) == CUSTOMER_USCC_CHECK; i++)
        out[17] = alphabet[i];
    if (rng_below(r, 3) == 0)
        out[2 + rng_below(r, 16)] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[rng_below(r, 36)];
}

static void numbers_are_judged_as_by_an_independent_library(void **state)
{
    enum { EACH = 4000 };
    UNUSED(state);
    char path[128], command[512];
    static bool ours[2 * EACH];
    struct rng r;
    int good = 0;
    if (system("/usr/bin/python3 -c 'import stdnum.cn.ric, stdnum.cn.uscc' 2>/dev/null")) {
        print_message("skipped: python3-stdnum is not installed\n");
        return;
    }
    rng_seed(&r, 11643);
    snprintf(path, sizeof path, "%s/numbers", test_dir());
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    for (int i = 0; i < 2 * EACH; i++) {
        char text[19], code[USCC_TEXT];
        struct id_card card;
        (i < EACH ? make_id : make_code)(&r, text);
        ours[i] =
            i < EACH ? customer_id_card(text, today, &card) == 0 : customer_uscc(text, code) == 0;
        good += ours[i];
        fprintf(f, "%s\n", text);
    }
    fclose(f);
    assert_true(good > EACH && good < 2 * EACH - 1000);
    snprintf(command, sizeof command,
             "/usr/bin/python3 -c 'import sys, stdnum.cn.ric as a, stdnum.cn.uscc as b\n"
             "for i, s in enumerate(open(sys.argv[1])):"
             " print(int((a if i < %d else b).is_valid(s.strip())))' %s",
             EACH, path);
    f = popen(command, "r");
    assert_non_null(f);
    for (int i = 0; i < 2 * EACH; i++) {
        int theirs = -1;
        assert_int_equal(fscanf(f, "%d", &theirs), 1);
        if (theirs != ours[i])
            fail_msg("number %d: ours %d, theirs %d", i + 1, ours[i], theirs);
    }
    assert_int_equal(pclose(f), 0);
}

/* ---- rows ---- */

static struct desk d;

static struct customer person(const char *paper, const char *name, const char *mobile)
{
    struct customer one = { .kind = CUSTOMER_PERSON, .paper = PAPER_ID_CARD };
    snprintf(one.paper_number, sizeof one.paper_number, "%s", paper);
    snprintf(one.name, sizeof one.name, "%s", name);
    snprintf(one.mobile, sizeof one.mobile, "%s", mobile);
    return one;
}

static customer_id add(const char *paper, const char *name, const char *mobile)
{
    struct customer one = person(paper, name, mobile);
    assert_int_equal(customer_put(&d.c, &one), 0);
    return one.id;
}

static void one_paper_is_one_customer_in_whatever_spelling(void **state)
{
    UNUSED(state);
    desk_open(&d, "customers-1");
    struct customer one = person("110105491231002", "王小明", "+8613912345678"), two = one;
    assert_int_equal(customer_put(&d.c, &one), 0);
    assert_string_equal(one.paper_number, "11010519491231002X");
    assert_string_equal(one.mobile, "13912345678");
    assert_true(one.woman && !one.minor && one.id.n > 0);
    snprintf(two.paper_number, sizeof two.paper_number, "11010519491231002x");
    assert_int_equal(customer_put(&d.c, &two), CUSTOMER_TAKEN);
    assert_string_equal(d.c.field, "paper_number");
    two = one;
    snprintf(two.name, sizeof two.name, "王大明");
    assert_int_equal(customer_put(&d.c, &two), 0);
    assert_int_equal(customer_get(&d.c, one.id, &one), 0);
    assert_string_equal(one.name, "王大明");
    one = person("410802201501010017", "小朋友", "");
    one.paper_number[17] = '0';
    while (customer_put(&d.c, &one) == CUSTOMER_ID_CHECK)
        one.paper_number[17] = one.paper_number[17] == '9' ? 'X' : (char)(one.paper_number[17] + 1);
    assert_true(one.minor);
    desk_close(&d);
}

static void what_is_wrong_is_refused_and_named(void **state)
{
    UNUSED(state);
    desk_open(&d, "customers-2");
    const struct customer good = person("410802198002290013", "张三", "13912345678");
    static const struct {
        int rc;
        const char *field;
    } rows[] = { { CUSTOMER_BAD_KIND, "kind" },          { CUSTOMER_BAD_NAME, "name" },
                 { CUSTOMER_BAD_PAPER, "paper_number" }, { CUSTOMER_BAD_MOBILE, "mobile" },
                 { CUSTOMER_BAD_FLAGS, "flags" },        { CUSTOMER_NONE, "customer" },
                 { CUSTOMER_BAD_PAPER, "paper_number" }, { CUSTOMER_BAD_KIND, "agent" } };
    customer_id firm;
    struct customer company = { .kind = CUSTOMER_COMPANY,
                                .paper = PAPER_USCC,
                                .paper_number = "91110000600037341L",
                                .name = "山阳茶叶有限公司" };
    assert_int_equal(customer_put(&d.c, &company), 0);
    firm = company.id;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct customer one = good;
        one.kind = i == 0 ? 3 : one.kind;
        one.name[0] = i == 1 ? '\n' : one.name[0];
        one.paper = i == 2 ? PAPER_USCC : i == 6 ? PAPER_PASSPORT : one.paper;
        one.mobile[1] = i == 3 ? '2' : one.mobile[1];
        one.flags = i == 4 ? 1 << 20 : 0;
        one.agent.n = i == 5 ? 4711 : i == 7 ? firm.n : 0;
        if (i == 6)
            snprintf(one.paper_number, sizeof one.paper_number, "E-1234567");
        d.c.field = "";
        int rc = customer_put(&d.c, &one);
        if (rc != rows[i].rc || strcmp(d.c.field, rows[i].field) != 0)
            fail_msg("row %zu: %d %s", i, rc, d.c.field);
    }
    desk_close(&d);
}

static int found(enum customer_by by, const char *text, customer_id first)
{
    struct customer *list;
    int n = 0, rc = customer_find(&d.c, by, text, 10, &list, &n);
    if (rc)
        return -rc;
    if (n && first.n)
        assert_int_equal(list[0].id.n, first.n);
    return n;
}

static void customers_are_found_by_paper_mobile_name_and_number(void **state)
{
    UNUSED(state);
    char number[32];
    desk_open(&d, "customers-3");
    customer_id a = add("410802198002290013", "张三", "13912345678");
    customer_id b = add("410802200002291235", "张三丰", "13912345678");
    customer_id e = add("410803199912319998", "李四", "16612345678");
    const customer_id any = { 0 };
    assert_int_equal(found(BY_PAPER, "410802198002290013", a), 1);
    assert_int_equal(found(BY_PAPER, "410802800229001", a), 1); /* the old form */
    assert_int_equal(found(BY_MOBILE, "+86 139 1234 5678", a), 2);
    assert_int_equal(found(BY_NAME, "张", a), 2);
    assert_int_equal(found(BY_NAME, "张三丰", b), 1);
    assert_int_equal(found(BY_NAME, "王", any), 0);
    assert_int_equal(found(BY_NAME, "", any), -CUSTOMER_BAD_SEARCH);
    assert_int_equal(found(BY_MOBILE, "12", any), -CUSTOMER_BAD_SEARCH);
    snprintf(number, sizeof number, "%lld", (long long)e.n);
    assert_int_equal(found(BY_NUMBER, number, e), 1);
    assert_int_equal(found(BY_ANY, number, e), 1);
    assert_int_equal(found(BY_ANY, "16612345678", e), 1);
    assert_int_equal(found(BY_ANY, "李", e), 1);
    assert_int_equal(found(BY_ANY, "410803199912319998", e), 1);
    assert_int_equal(found(BY_ANY, "", any), -CUSTOMER_BAD_SEARCH);
    desk_close(&d);
}

static void both_ids_of_a_merged_customer_lead_to_one_until_they_are_parted(void **state)
{
    UNUSED(state);
    customer_id ids[CUSTOMER_MERGED_MAX], lead;
    int n = 0;
    desk_open(&d, "customers-4");
    customer_id a = add("410802198002290013", "张三", "13912345678");
    struct customer abroad = { .kind = CUSTOMER_PERSON,
                               .paper = PAPER_PASSPORT,
                               .paper_number = "e12345678",
                               .name = "ZHANG SAN" };
    struct customer firm = { .kind = CUSTOMER_COMPANY,
                             .paper = PAPER_USCC,
                             .paper_number = "91110000600037341L",
                             .name = "山阳茶叶有限公司" };
    assert_int_equal(customer_put(&d.c, &abroad), 0);
    assert_int_equal(customer_put(&d.c, &firm), 0);
    customer_id b = abroad.id, third = add("410803199912319998", "张三", "");
    assert_int_equal(customer_merge(&d.c, b, a, ""), CUSTOMER_NO_REASON);
    assert_int_equal(customer_merge(&d.c, b, b, "same person"), CUSTOMER_SAME);
    assert_int_equal(customer_merge(&d.c, b, firm.id, "same person"), CUSTOMER_KINDS);
    assert_int_equal(customer_part(&d.c, b, "no"), CUSTOMER_NOT_MERGED);
    assert_int_equal(customer_merge(&d.c, b, a, "same person, passport seen"), 0);
    assert_int_equal(customer_merge(&d.c, b, third, "again"), CUSTOMER_MERGED);
    assert_int_equal(customer_merge(&d.c, a, b, "round"), CUSTOMER_SAME);
    assert_int_equal(customer_put(&d.c, &abroad), CUSTOMER_MERGED);
    assert_int_equal(customer_merge(&d.c, a, third, "and a third"), 0);
    assert_int_equal(customer_lead(&d.c, b, &lead), 0);
    assert_int_equal(lead.n, third.n);
    assert_int_equal(customer_ids(&d.c, b, ids, &n), 0);
    assert_int_equal(n, 3);
    assert_int_equal(ids[0].n, third.n);
    assert_int_equal(found(BY_PAPER, "E12345678", third), 1);
    assert_int_equal(customer_part(&d.c, a, "not the same after all"), 0);
    assert_int_equal(customer_ids(&d.c, b, ids, &n), 0);
    assert_int_equal(n, 2);
    assert_int_equal(ids[0].n, a.n);
    desk_close(&d);
}

static void so_many_rows_and_no_more_are_one_customer(void **state)
{
    UNUSED(state);
    customer_id first = { 0 };
    int rc = 0;
    desk_open(&d, "customers-5");
    for (int i = 0; i <= CUSTOMER_MERGED_MAX; i++) {
        struct customer one = { .kind = CUSTOMER_PERSON, .paper = PAPER_PASSPORT, .name = "A" };
        snprintf(one.paper_number, sizeof one.paper_number, "E%07d", i);
        assert_int_equal(customer_put(&d.c, &one), 0);
        if (i)
            rc = customer_merge(&d.c, one.id, first, "one person");
        else
            first = one.id;
        assert_int_equal(rc, i == CUSTOMER_MERGED_MAX ? CUSTOMER_MANY_MERGED : 0);
    }
    desk_close(&d);
}

static bool see(void *ctx, const struct event *e)
{
    assert_null(strstr(e->body, "张"));
    assert_null(strstr(e->body, "4108"));
    assert_null(strstr(e->body, "139"));
    if (!strcmp(e->topic, "customer.viewed")) {
        assert_non_null(strstr(e->body, "full"));
        assert_int_equal(e->actor_id, 77);
        ++*(int *)ctx;
    }
    return true;
}

static void who_looked_at_whom_is_an_event_and_no_event_has_a_name(void **state)
{
    UNUSED(state);
    int views = 0;
    int64_t count = 0, bad = 0;
    char text[200] = "";
    desk_open(&d, "customers-6");
    customer_id a = add("410802198002290013", "张三", "13912345678");
    d.c.actor =
        (struct actor){ .kind = ACTOR_STAFF, .id = 77, .role = ROLE_TELLER, .outlet_id = 3 };
    assert_int_equal(customer_viewed(&d.c, a, "full", "asked by phone"), 0);
    assert_int_equal(customer_viewed(&d.c, a, "full", NULL), 0);
    assert_int_equal(customer_viewed(&d.c, a, "full", "\n"), CUSTOMER_NO_REASON);
    assert_int_equal(customer_viewed(&d.c, (customer_id){ 5 }, "full", NULL), CUSTOMER_NONE);
    assert_int_equal(event_after(d.c.tx, 0, 0, 100, see, &views), 0);
    assert_int_equal(views, 0);
    assert_int_equal(event_after(d.c.tx, 3, 0, 100, see, &views), 0);
    assert_int_equal(views, 2);
    d.c.now_us = 0; /* a proof asks no clock */
    assert_int_equal(customer_check(&d.c, &count, &bad, text, sizeof text), 0);
    assert_true(count == 1 && bad == 0);
    assert_int_equal(db_exec(d.c.tx, "UPDATE customer SET merged_into=id", DB_NO_ARGS), 0);
    assert_int_equal(customer_check(&d.c, &count, &bad, text, sizeof text), 0);
    assert_int_equal(bad, 1);
    desk_close(&d);
}

SUITE(customers,
      cmocka_unit_test(an_id_card_is_eighteen_characters_of_region_birth_order_and_check),
      cmocka_unit_test(an_age_is_complete_on_the_birthday),
      cmocka_unit_test(a_credit_code_has_a_check_character),
      cmocka_unit_test(a_mobile_number_loses_its_country_code),
      cmocka_unit_test(masks_show_the_first_character_of_a_person_and_all_of_a_company),
      cmocka_unit_test(numbers_are_judged_as_by_an_independent_library),
      cmocka_unit_test(one_paper_is_one_customer_in_whatever_spelling),
      cmocka_unit_test(what_is_wrong_is_refused_and_named),
      cmocka_unit_test(customers_are_found_by_paper_mobile_name_and_number),
      cmocka_unit_test(both_ids_of_a_merged_customer_lead_to_one_until_they_are_parted),
      cmocka_unit_test(so_many_rows_and_no_more_are_one_customer),
      cmocka_unit_test(who_looked_at_whom_is_an_event_and_no_event_has_a_name))
