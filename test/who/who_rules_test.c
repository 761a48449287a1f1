/* who_rules_test.c -- The room's decisions by table. */
#include "who/who_rules.h"
#include "test.h"

static void waiting_grows_with_every_failure_and_ends_by_itself(void **state)
{
    UNUSED(state);
    static const struct {
        int64_t name, name_ago_s, peer, peer_ago_s, want_s;
        const char *why;
    } row[] = {
        { 0, 0, 0, 0, 0, "nothing happened" },
        { 4, 0, 19, 0, 0, "one below both limits" },
        { 5, 0, 5, 0, 60, "the fifth of a name: one minute" },
        { 5, 59, 5, 59, 1, "the last second of it" },
        { 5, 60, 5, 60, 0, "it is over" },
        { 6, 0, 6, 0, 120, "two" },
        { 7, 0, 7, 0, 240, "four" },
        { 8, 0, 8, 0, 480, "eight" },
        { 9, 0, 9, 0, 900, "fifteen, not sixteen" },
        { 1000, 0, 0, 0, 900, "never more" },
        { 0, 0, 20, 10, 50, "the twentieth of a peer, whatever the names" },
        { 5, 0, 24, 0, 900, "the longer of the two" },
        { 5, -5, 0, 0, 65, "a clock that went back lengthens, and cannot overflow" },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        int64_t now = 40 * US_DAY;
        struct who_tries t = { .name_failures = row[i].name,
                               .name_last_us = now - row[i].name_ago_s * US_SECOND,
                               .peer_failures = row[i].peer,
                               .peer_last_us = now - row[i].peer_ago_s * US_SECOND };
        if (who_rules_wait(&t, now) != row[i].want_s * US_SECOND)
            fail_msg("%s: %lld us", row[i].why, (long long)who_rules_wait(&t, now));
    }
}

static void user_names_are_plain_and_lower_case(void **state)
{
    UNUSED(state);
    static const struct {
        const char *in, *want, *why;
    } row[] = {
        { "teller.01", "teller.01", "plain" },
        { "Teller-01", "teller-01", "upper case becomes lower" },
        { "7up", "7up", "a digit may begin" },
        { "a", "", "too short" },
        { "", "", "empty" },
        { ".ab", "", "a dot may not begin" },
        { "a b", "", "a space" },
        { "张三", "", "the name is for that" },
        { "a'--", "", "a quote" },
        { "abcdefghijklmnopqrstuvwxyz01234", "abcdefghijklmnopqrstuvwxyz01234", "31" },
        { "abcdefghijklmnopqrstuvwxyz012345", "", "32" },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        char out[WHO_USERNAME_MAX + 1] = "?";
        bool ok = who_rules_username(row[i].in, out);
        if (ok != (row[i].want[0] != '\0') || strcmp(out, row[i].want))
            fail_msg("%s: '%s'", row[i].why, out);
    }
}

static void weak_passwords_are_refused_with_a_reason(void **state)
{
    UNUSED(state);
    static char long_one[WHO_PASSWORD_MAX + 2];
    memset(long_one, 'x', sizeof(long_one) - 1);
    const struct {
        const char *password;
        int rc;
        const char *why;
    } row[] = {
        { "keen-otter-7", 0, "good" },
        { "四条腿的椅子站在雨里头", 0, "eleven Chinese characters" },
        { "椅子站在雨里头九个字", 0, "ten" },
        { "椅子站在雨里九个字", WHO_WEAK_PASSWORD, "nine, though 27 bytes" },
        { "short-7-x", WHO_WEAK_PASSWORD, "nine" },
        { "", WHO_WEAK_PASSWORD, "empty" },
        { "Password123", WHO_WEAK_PASSWORD, "common, whatever the case" },
        { "woaini1314", WHO_WEAK_PASSWORD, "common in China" },
        { "piaohao123", WHO_WEAK_PASSWORD, "our own name" },
        { "1234567890", WHO_WEAK_PASSWORD, "a run" },
        { "9876543210987", WHO_WEAK_PASSWORD, "a run down" },
        { "abcdefghijkl", WHO_WEAK_PASSWORD, "a run of letters" },
        { "aaaabbbbcccc", WHO_WEAK_PASSWORD, "three different characters" },
        { "my-Zhang.wei-pass", WHO_WEAK_PASSWORD, "holds the user name" },
        { long_one, BASE_TOO_LONG, "257 bytes" },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        const char *why = NULL;
        int rc = who_rules_password("zhang.wei", row[i].password, &why);
        if (rc != row[i].rc || (rc != 0) != (why[0] != '\0'))
            fail_msg("%s: rc %d, %s", row[i].why, rc, why);
    }
    const char *why = NULL;
    assert_int_equal(who_rules_password(NULL, "keen-otter-7", &why), 0);
    assert_int_equal(who_rules_password("ee", "keen-otter-7", &why), 0); /* too short to look for */
}

static void roles_and_outlets_say_who_may_do_what(void **state)
{
    UNUSED(state);
    static const struct {
        struct actor actor;
        int roles;
        int64_t outlet_id;
        int rc;
        const char *why;
    } row[] = {
        { { ACTOR_SYSTEM, 0, 0, 0 }, ROLE_ADMIN, 7, 0, "the system itself" },
        { { ACTOR_NOBODY, 0, 0, 0 }, ROLE_TELLER, 7, WHO_NO_SESSION, "nobody is signed in" },
        { { ACTOR_CUSTOMER, 0, 0, 0 }, ROLE_TELLER, 0, WHO_NO_SESSION, "a customer is not staff" },
        { { ACTOR_STAFF, 1, ROLE_TELLER, 7 }, ROLE_TELLER | ROLE_FLOOR, 7, 0, "own outlet" },
        { { ACTOR_STAFF, 1, ROLE_TELLER, 7 }, ROLE_FLOOR, 7, WHO_NOT_ALLOWED, "another role" },
        { { ACTOR_STAFF, 1, ROLE_TELLER, 7 }, ROLE_TELLER, 8, WHO_OTHER_OUTLET, "another outlet" },
        { { ACTOR_STAFF, 1, ROLE_TELLER, 7 }, ROLE_FLOOR, 8, WHO_NOT_ALLOWED, "role comes first" },
        { { ACTOR_STAFF, 1, ROLE_TELLER, 7 }, ROLE_TELLER, 0, 0, "not about an outlet" },
        { { ACTOR_STAFF, 1, ROLE_OFFICE, 0 }, ROLE_OFFICE, 8, 0, "the office sees every outlet" },
        { { ACTOR_STAFF, 1, ROLE_ADMIN, 0 },
          ROLE_TELLER,
          8,
          WHO_NOT_ALLOWED,
          "an administrator is no teller" },
        { { ACTOR_DEVICE, 1, ROLE_KIOSK, 7 }, ROLE_KIOSK, 7, 0, "a device" },
        { { ACTOR_DEVICE, 1, ROLE_KIOSK, 7 }, ROLE_KIOSK, 8, WHO_OTHER_OUTLET, "carried away" },
        { { ACTOR_STAFF, 1, 0, 7 }, ROLE_NONE, 7, WHO_NOT_ALLOWED, "no role fits no role" },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        int rc = who_rules_allow(&row[i].actor, row[i].roles, row[i].outlet_id);
        if (rc != row[i].rc)
            fail_msg("%s: rc %d", row[i].why, rc);
    }
}

static void role_codes_go_there_and_back(void **state)
{
    UNUSED(state);
    int all = 0;
    for (int role = 1; role <= ROLE_ADMIN; role <<= 1) {
        assert_int_equal(who_role_parse(who_role_code(role)), role);
        assert_true(who_rules_is_role(role, WHO_STAFF_ROLES) !=
                    who_rules_is_role(role, WHO_DEVICE_ROLES));
        all |= role;
    }
    assert_int_equal(all, WHO_STAFF_ROLES | WHO_DEVICE_ROLES);
    assert_string_equal(who_role_code(0), "none");
    assert_string_equal(who_role_code(ROLE_TELLER | ROLE_FLOOR), "none");
    assert_int_equal(who_role_parse("Teller"), ROLE_NONE);
    assert_int_equal(who_role_parse(NULL), ROLE_NONE);
    assert_false(who_rules_is_role(ROLE_TELLER | ROLE_FLOOR, WHO_STAFF_ROLES));
    assert_false(who_rules_is_role(0, WHO_STAFF_ROLES));
    assert_false(who_rules_is_role(INT32_MIN, WHO_STAFF_ROLES));
}

static void refusals_are_in_the_rooms_range_in_order_and_have_both_texts(void **state)
{
    UNUSED(state);
    static const struct rc_info row[] = { WHO_REFUSALS(RC_ROW) };
    for (size_t i = 0; i < COUNT(row); i++) {
        assert_int_equal(row[i].code, 100 + (int)i);
        assert_in_range(row[i].http, 400, 499);
        assert_true(strlen(row[i].zh) > 0 && strlen(row[i].en) > 0);
    }
}

SUITE(who_rules, cmocka_unit_test(waiting_grows_with_every_failure_and_ends_by_itself),
      cmocka_unit_test(user_names_are_plain_and_lower_case),
      cmocka_unit_test(weak_passwords_are_refused_with_a_reason),
      cmocka_unit_test(roles_and_outlets_say_who_may_do_what),
      cmocka_unit_test(role_codes_go_there_and_back),
      cmocka_unit_test(refusals_are_in_the_rooms_range_in_order_and_have_both_texts))
