/* rng_test.c -- One seed, one run. */
#include "base/rng.h"
#include "test.h"

#include <math.h>

static void the_generator_is_pcg32(void **state)
{
    UNUSED(state);
    /* pcg32_srandom(42, 54) of the reference library: its first two numbers. */
    const uint64_t step = UINT64_C(6364136223846793005), inc = 54 << 1 | 1;
    struct rng r = { .state = (inc + 42) * step + inc, .stream = inc };
    assert_true(rng_u64(&r) == UINT64_C(0xa15c02b77b47f409));
}

static void a_seed_replays_and_another_seed_differs(void **state)
{
    UNUSED(state);
    struct rng a, b, other;
    rng_seed(&a, 42);
    rng_seed(&b, 42);
    rng_seed(&other, 43);
    int same = 0;
    for (int i = 0; i < 1000; i++) {
        uint64_t x = rng_u64(&a);
        assert_true(x == rng_u64(&b));
        same += x == rng_u64(&other);
    }
    assert_int_equal(same, 0);
}

static void below_is_even_over_its_range(void **state)
{
    UNUSED(state);
    struct rng r;
    int seen[7] = { 0 };
    rng_seed(&r, 1);
    for (int i = 0; i < 70000; i++)
        seen[rng_below(&r, 7)]++;
    for (int i = 0; i < 7; i++)
        assert_in_range(seen[i], 9600, 10400); /* 4 sigma is 370 */
    assert_int_equal(rng_below(&r, 1), 0);
}

static void distributions_have_their_means(void **state)
{
    UNUSED(state);
    enum { N = 40000 };
    struct rng r;
    double unit = 0, exponential = 0, lognormal = 0, small = 0, large = 0, square = 0;
    rng_seed(&r, 2);
    for (int i = 0; i < N; i++) {
        double u = rng_unit(&r), e = rng_exponential(&r, 300);
        assert_true(u >= 0 && u < 1 && e >= 0);
        unit += u / N;
        exponential += e / N;
        lognormal += log(rng_lognormal(&r, 5, 0.7)) / N;
        small += (double)rng_poisson(&r, 0.5) / N;
    }
    for (int i = 0; i < N / 10; i++) {
        double k = (double)rng_poisson(&r, 100);
        large += k * 10 / N;
        square += k * k * 10 / N;
    }
    assert_true(fabs(unit - 0.5) < 0.006);
    assert_true(fabs(exponential - 300) < 7);
    assert_true(fabs(lognormal - 5) < 0.016);
    assert_true(fabs(small - 0.5) < 0.016);
    assert_true(fabs(large - 100) < 0.7);
    assert_true(fabs(square - large * large - 100) < 12); /* variance equals mean */
    assert_int_equal(rng_poisson(&r, 0), 0);
}

SUITE(rng, cmocka_unit_test(the_generator_is_pcg32),
      cmocka_unit_test(a_seed_replays_and_another_seed_differs),
      cmocka_unit_test(below_is_even_over_its_range),
      cmocka_unit_test(distributions_have_their_means))
