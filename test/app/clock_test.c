/* clock_test.c -- The demo's clock against a machine whose time is handed in. */
#include "test.h"
#include "app/clock.h"
#include <pthread.h>

static int64_t machine_us;

static int64_t machine(void *ctx)
{
    UNUSED(ctx);
    return machine_us;
}

#define SECOND INT64_C(1000000)

static void it_runs_at_its_speed(void **state)
{
    UNUSED(state);
    machine_us = 5 * SECOND;
    struct clock *c = clock_demo(1000 * SECOND, 20, machine, NULL);
    assert_int_equal(clock_now_us(c), 1000 * SECOND);
    machine_us += 3 * SECOND;
    assert_int_equal(clock_now_us(c), 1060 * SECOND);
    clock_demo_set(c, 60, false);
    machine_us += SECOND;
    int64_t now = clock_now_us(c);
    assert_true(now >= 1120 * SECOND && now < 1120 * SECOND + 10);
    clock_free(c);
}

static void a_pause_holds_it_and_nothing_is_made_up_for(void **state)
{
    UNUSED(state);
    machine_us = 0;
    struct clock *c = clock_demo(1000 * SECOND, 20, machine, NULL);
    int speed;
    bool paused;
    clock_demo_set(c, 20, true);
    machine_us += 100 * SECOND;
    int64_t held = clock_now_us(c);
    assert_true(held < 1000 * SECOND + 10);
    clock_demo_get(c, &speed, &paused);
    assert_int_equal(speed, 20);
    assert_true(paused);
    clock_demo_set(c, 1, false);
    machine_us += SECOND;
    int64_t now = clock_now_us(c);
    assert_true(now >= 1001 * SECOND && now < 1001 * SECOND + 10);
    clock_free(c);
}

static void it_never_stands_still_and_never_goes_back(void **state)
{
    UNUSED(state);
    machine_us = 50 * SECOND;
    struct clock *c = clock_demo(1000 * SECOND, 60, machine, NULL);
    int64_t last = clock_now_us(c);
    for (int i = 0; i < 1000; i++) {
        machine_us += i % 7 == 3 ? -SECOND : i % 3; /* a machine that is set back */
        if (i % 10 == 0)
            clock_demo_set(c, i % 20 ? 1 : 60, i % 30 == 0);
        if (i % 100 == 50)
            clock_demo_skip(c, last - 5 * SECOND); /* backwards: nothing */
        int64_t now = clock_now_us(c);
        assert_true(now > last);
        last = now;
    }
    clock_demo_skip(c, last + 3600 * SECOND);
    assert_true(clock_now_us(c) >= last + 3600 * SECOND);
    clock_free(c);
}

static void *read_often(void *clock)
{
    int64_t last = 0;
    for (int i = 0; i < 20000; i++) {
        int64_t now = clock_now_us(clock);
        if (now <= last)
            return clock;
        last = now;
    }
    return NULL;
}

static void threads_may_read_it_while_it_is_set(void **state)
{
    UNUSED(state);
    struct clock *c = clock_demo(1000 * SECOND, 20, NULL, NULL);
    pthread_t thread[3];
    for (int i = 0; i < 3; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, read_often, c), 0);
    for (int i = 0; i < 200; i++)
        clock_demo_set(c, i % 2 ? 60 : 1, i % 5 == 0);
    for (int i = 0; i < 3; i++) {
        void *bad = NULL;
        pthread_join(thread[i], &bad);
        assert_null(bad);
    }
    clock_free(c);
}

SUITE(clock, cmocka_unit_test(it_runs_at_its_speed),
      cmocka_unit_test(a_pause_holds_it_and_nothing_is_made_up_for),
      cmocka_unit_test(it_never_stands_still_and_never_goes_back),
      cmocka_unit_test(threads_may_read_it_while_it_is_set))
