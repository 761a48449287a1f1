/* ids_test.c -- Time-ordered ids. */
#include "base/ids.h"
#include "test.h"

#define NOON_US INT64_C(1795406400000000) /* 2026-11-23 12:00 in China */

static void ids_grow_while_the_clock_stands_and_goes_back(void **state)
{
    UNUSED(state);
    struct ids g;
    ids_init(&g, 3);
    int64_t last = 0, now = NOON_US;
    for (int i = 0; i < 20000; i++) {
        if (i % 3 == 0)
            now += 700; /* less than a millisecond */
        if (i % 1000 == 999)
            now -= INT64_C(3600000000);
        int64_t id = ids_next(&g, now);
        assert_true(id >= last + 16 || last == 0);
        assert_int_equal(id & 15, 3);
        last = id;
    }
    assert_true(last < IDS_END);
}

static void nothing_at_or_below_a_seen_id_is_given_again(void **state)
{
    UNUSED(state);
    struct ids g, other;
    ids_init(&g, 0);
    ids_init(&other, 5);
    int64_t old = ids_next(&other, NOON_US + 60 * INT64_C(1000000));
    ids_seen(&g, old);
    ids_seen(&g, 7); /* an older one changes nothing */
    int64_t id = ids_next(&g, NOON_US);
    assert_true(id > old);
    assert_int_equal(id & 15, 0);
}

static void a_clock_before_2020_still_gives_positive_growing_ids(void **state)
{
    UNUSED(state);
    struct ids g;
    ids_init(&g, 0);
    int64_t a = ids_next(&g, INT64_C(917827200000000)); /* 1999-02-01 */
    int64_t b = ids_next(&g, INT64_C(917827200000000));
    assert_true(a > 0 && b > a);
}

static void an_instance_of_16(void)
{
    struct ids g;
    ids_init(&g, 16);
}

static void a_clock_after_the_last_id(void)
{
    struct ids g;
    ids_init(&g, 0);
    ids_next(&g, INT64_C(4102444800000000)); /* 2100 */
}

static void ids_outside_their_range_are_a_bug(void **state)
{
    UNUSED(state);
    assert_true(test_dies(an_instance_of_16));
    assert_true(test_dies(a_clock_after_the_last_id));
}

SUITE(ids, cmocka_unit_test(ids_grow_while_the_clock_stands_and_goes_back),
      cmocka_unit_test(nothing_at_or_below_a_seen_id_is_given_again),
      cmocka_unit_test(a_clock_before_2020_still_gives_positive_growing_ids),
      cmocka_unit_test(ids_outside_their_range_are_a_bug))
