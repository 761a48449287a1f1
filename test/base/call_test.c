/* call_test.c -- What a refusal leaves in the call, and the list of base refusals. */
#include "base/call.h"
#include "test.h"

static void a_refusal_names_its_field_and_cuts_a_long_detail(void **state)
{
    UNUSED(state);
    struct call c = { 0 };
    assert_int_equal(call_refuse(&c, BASE_RANGE, "minutes", "%d is above %d", 99, 60), BASE_RANGE);
    assert_string_equal(c.field, "minutes");
    assert_string_equal(c.detail, "99 is above 60");
    assert_int_equal(call_refuse(&c, BASE_TOO_LONG, NULL, "%0200d", 1), BASE_TOO_LONG);
    assert_null(c.field);
    assert_int_equal(strlen(c.detail), sizeof(c.detail) - 1);
}

static void ask_for_an_id_in_a_read(void)
{
    struct call c = { 0 };
    call_id(&c);
}

static void a_read_that_asks_for_an_id_is_a_bug(void **state)
{
    UNUSED(state);
    assert_true(test_dies(ask_for_an_id_in_a_read));
    struct ids ids;
    ids_init(&ids, 0);
    struct call c = { .ids = &ids, .now_us = INT64_C(1795354200000000) };
    assert_true(call_id(&c) < call_id(&c));
}

static void base_refusals_are_in_their_range_and_have_both_texts(void **state)
{
    UNUSED(state);
    static const struct rc_info row[] = { BASE_REFUSALS(RC_ROW) };
    for (size_t i = 0; i < COUNT(row); i++) {
        assert_in_range(row[i].code, 1, 99);
        assert_in_range(row[i].http, 400, 499);
        assert_true(strlen(row[i].zh) > 0 && strlen(row[i].en) > 0);
    }
}

SUITE(call, cmocka_unit_test(a_refusal_names_its_field_and_cuts_a_long_detail),
      cmocka_unit_test(a_read_that_asks_for_an_id_is_a_bug),
      cmocka_unit_test(base_refusals_are_in_their_range_and_have_both_texts))
