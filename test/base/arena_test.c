/* arena_test.c -- Memory of one request. */
#include "base/arena.h"
#include "test.h"

static void memory_is_zeroed_and_aligned_also_after_a_clear(void **state)
{
    UNUSED(state);
    struct arena *a = arena_new(1 << 16);
    for (int round = 0; round < 3; round++) {
        for (size_t n = 0; n < 300; n += 7) {
            unsigned char *at = arena_alloc(a, n);
            assert_int_equal((uintptr_t)at % _Alignof(max_align_t), 0);
            for (size_t i = 0; i < n; i++)
                assert_int_equal(at[i], 0);
            memset(at, 0xAA, n);
        }
        arena_clear(a);
    }
    arena_free(a);
}

static void texts_are_copied_and_null_stays_null(void **state)
{
    UNUSED(state);
    struct arena *a = arena_new(4096);
    char source[] = "票号 A001";
    char *copy = arena_text(a, source);
    source[0] = 'x';
    assert_string_equal(copy, "票号 A001");
    assert_string_equal(arena_dup(a, "abcdef", 3), "abc");
    assert_string_equal(arena_printf(a, "%s-%03d", "B", 7), "B-007");
    assert_null(arena_text(a, NULL));
    arena_free(a);
    arena_free(NULL);
}

static void the_whole_max_can_be_used(void **state)
{
    UNUSED(state);
    struct arena *a = arena_new(100 * 1024);
    memset(arena_alloc(a, 90 * 1024), 1, 90 * 1024); /* one large piece beside the first block */
    arena_clear(a);
    memset(arena_alloc(a, 96 * 1024), 1, 96 * 1024);
    arena_free(a);
}

static void use_too_much(void)
{
    struct arena *a = arena_new(8192);
    for (int i = 0; i < 10; i++)
        arena_alloc(a, 1024);
}

static void going_past_the_max_is_a_bug_and_ends_the_process(void **state)
{
    UNUSED(state);
    assert_true(test_dies(use_too_much));
}

SUITE(arena, cmocka_unit_test(memory_is_zeroed_and_aligned_also_after_a_clear),
      cmocka_unit_test(texts_are_copied_and_null_stays_null),
      cmocka_unit_test(the_whole_max_can_be_used),
      cmocka_unit_test(going_past_the_max_is_a_bug_and_ends_the_process))
