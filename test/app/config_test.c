/* config_test.c -- Keys from file, environment and flags; what is refused, and how it is named. */
#include "test.h"
#include "app/config.h"

static void every_key_has_its_default(void **state)
{
    UNUSED(state);
    struct config c;
    config_default(&c);
    assert_string_equal(c.db, "sqlite:piaohao.db");
    assert_string_equal(c.address, "127.0.0.1");
    assert_int_equal(c.port, 8080);
    assert_false(c.allow_plain);
    assert_int_equal(c.connections_max, 16384);
}

static void a_file_sets_keys_and_refuses_what_it_does_not_know(void **state)
{
    UNUSED(state);
    static const struct {
        const char *json;
        bool good;
        const char *says, *why;
    } row[] = {
        { "{}", true, "", "nothing set" },
        { "{\"port\":9000,\"bank_zh\":\"甲银行\",\"allow_plain\":true}", true, "", "three kinds" },
        { "{\"prot\":9000}", false, "prot: no such key", "a wrong name is named" },
        { "{\"port\":\"9000\"}", false, "port", "a number in quotes is no number" },
        { "{\"port\":70000}", false, "port", "past the last port" },
        { "{\"port\":1,\"port\":2}", false, "", "twice" },
        { "{\"db\":{\"path\":\"x\"}}", false, "db", "an object for a text" },
        { "[]", false, "", "a list is no configuration" },
        { "{\"port\":9000", false, "", "cut off" },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        struct config c;
        char error[300] = "";
        config_default(&c);
        bool good = config_text(&c, row[i].json, strlen(row[i].json), error, sizeof error);
        if (good != row[i].good || !strstr(error, row[i].says))
            fail_msg("%s: %s (%s)", row[i].json, error, row[i].why);
        if (i == 1) {
            assert_int_equal(c.port, 9000);
            assert_true(c.allow_plain);
            assert_string_equal(c.bank_zh, "甲银行");
        }
    }
}

static void the_environment_wins_over_the_default(void **state)
{
    UNUSED(state);
    struct config c;
    char error[300] = "";
    config_default(&c);
    setenv("PIAOHAO_PORT", "81", 1);
    setenv("PIAOHAO_ALLOW_PLAIN", "yes", 1);
    assert_true(config_environment(&c, error, sizeof error));
    assert_int_equal(c.port, 81);
    assert_true(c.allow_plain);
    setenv("PIAOHAO_PORT", "eighty", 1);
    assert_false(config_environment(&c, error, sizeof error));
    assert_non_null(strstr(error, "PIAOHAO_PORT"));
    unsetenv("PIAOHAO_PORT");
    unsetenv("PIAOHAO_ALLOW_PLAIN");
}

static void what_does_not_fit_together_is_refused(void **state)
{
    UNUSED(state);
    static const struct {
        const char *key, *value, *says;
    } row[] = {
        { "tls_key", "key.pem", "tls_certificate is missing" },
        { "tls_certificate", "chain.pem", "tls_key is missing" },
        { "db", "postgres:host/bank", "postgres://USER@HOST:PORT/NAME" },
        { "log_level", "loud", "loud" },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        struct config c;
        char error[300] = "";
        config_default(&c);
        assert_true(config_fit(&c, error, sizeof error));
        assert_true(config_put(&c, config_key_find(row[i].key), row[i].value, error, sizeof error));
        assert_false(config_fit(&c, error, sizeof error));
        assert_non_null(strstr(error, row[i].says));
    }
}

static void a_file_that_is_not_there_is_named(void **state)
{
    UNUSED(state);
    struct config c;
    char error[300] = "";
    config_default(&c);
    assert_false(config_file(&c, "/nowhere/piaohao.json", error, sizeof error));
    assert_non_null(strstr(error, "/nowhere/piaohao.json"));
}

SUITE(config, cmocka_unit_test(every_key_has_its_default),
      cmocka_unit_test(a_file_sets_keys_and_refuses_what_it_does_not_know),
      cmocka_unit_test(the_environment_wins_over_the_default),
      cmocka_unit_test(what_does_not_fit_together_is_refused),
      cmocka_unit_test(a_file_that_is_not_there_is_named))
