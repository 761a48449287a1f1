/* patience_test.c -- Patience measured on waits of which most ended by a call. */
#include "test.h"
#include "base/rng.h"
#include "plan/patience.h"
#include "plan/queueing.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { PEOPLE = 20000 };

/* The share who still wait after so many minutes, by draws of the law. */
static double stays(const struct plan_patience *law, double mean, double waited, double minutes)
{
    int n = 0;
    for (int i = 0; i < 4000; i++)
        n += mean * plan_patience_after(law, waited / mean, -log((i + .5) / 4000)) > minutes;
    return n / 4000.;
}

static double truly(double minutes)
{
    return 1 - plan_normal_cdf(log(minutes / 46.7) / 1.65);
}

/* Lognormal patience, as in the demo city; three in ten of those who go do not say so; two in a
 * hundred are never there. Some are called at once, the others wait so long in the mean. */
static double measure(double at_once, double wait, struct plan_patience *law)
{
    struct patience_seen s = { .people = 0 };
    struct rng rng;
    rng_seed(&rng, 5);
    for (int i = 0; i < PEOPLE; i++) {
        double patience = rng_lognormal(&rng, log(46.7), 1.65);
        double call = -wait * log(1 - rng_unit(&rng));
        call = rng_unit(&rng) < at_once ? 0 : call;
        bool silent = rng_unit(&rng) < .3, never = rng_unit(&rng) < .02;
        if (never)
            patience_add(&s, call, PATIENCE_NOT_THERE);
        else if (call <= patience)
            patience_add(&s, call, PATIENCE_CALLED);
        else
            patience_add(&s, silent ? call : patience, silent ? PATIENCE_NOT_THERE : PATIENCE_LEFT);
    }
    return patience_fit(&s, law);
}

static void measured_patience_is_the_true_one_although_most_are_called_first(void **state)
{
    static const double at[] = { 5, 10, 20, 30, 45 };
    struct plan_patience law;
    double mean = measure(0, 20, &law);
    UNUSED(state);
    assert_true(fabs(law.never - .02) < .005);
    for (size_t i = 0; i < COUNT(at); i++) {
        if (getenv("PIAOHAO_TELL"))
            printf("%g min: stay %.3f, truly %.3f, as an exponential %.3f\n", at[i],
                   stays(&law, mean, 0, at[i]), truly(at[i]), exp(-at[i] / mean));
        assert_true(fabs(stays(&law, mean, 0, at[i]) - truly(at[i])) < .025);
    }
    assert_true(fabs(exp(-45 / mean) - truly(45)) > .03); /* which is why it is measured */
}

/* Most lobbies: half of all go straight to a window, and who is not there then is no impatient one.
 */
static void who_never_was_there_is_not_taken_for_impatient(void **state)
{
    static const double at[] = { 2, 5, 10, 20 };
    struct plan_patience law;
    double mean = measure(.5, 5, &law);
    UNUSED(state);
    assert_true(fabs(law.never - .02) < .004 && fabs(law.silent - .3) < .06);
    for (size_t i = 0; i < COUNT(at); i++) {
        if (getenv("PIAOHAO_TELL"))
            printf("%g min: stay %.3f, truly %.3f; never there %.4f\n", at[i],
                   stays(&law, mean, 0, at[i]), truly(at[i]), law.never);
        assert_true(fabs(stays(&law, mean, 0, at[i]) - truly(at[i])) < .012);
        assert_true(fabs(plan_patience_stays(&law, at[i] / mean) - stays(&law, mean, 0, at[i])) <
                    .001);
    }
}

static void who_has_waited_long_stays_longer(void **state)
{
    struct plan_patience law;
    double mean = measure(0, 20, &law);
    UNUSED(state);
    double left = stays(&law, mean, 20, 20);
    assert_true(fabs(left - truly(40) / truly(20)) < .03);
    assert_true(left > stays(&law, mean, 0, 20) + .02);
}

static void a_law_of_nothing_is_exponential_and_few_say_nothing(void **state)
{
    struct plan_patience law = { .n = 0 };
    struct patience_seen s = { .people = 0 };
    UNUSED(state);
    assert_true(plan_patience_after(&law, 3, .7) == .7);
    assert_true(patience_fit(&s, &law) == 0);
    for (int i = 0; i < 500; i++)
        patience_add(&s, i % 30, i % 60 == 0 ? PATIENCE_LEFT : PATIENCE_CALLED);
    assert_true(patience_fit(&s, &law) == 0 && law.n == 0); /* nine left */
    patience_add(&s, 300, PATIENCE_LEFT);
    assert_true(patience_fit(&s, &law) > 60 && law.n == PATIENCE_PARTS);
}

SUITE(plan_patience,
      cmocka_unit_test(measured_patience_is_the_true_one_although_most_are_called_first),
      cmocka_unit_test(who_never_was_there_is_not_taken_for_impatient),
      cmocka_unit_test(who_has_waited_long_stays_longer),
      cmocka_unit_test(a_law_of_nothing_is_exponential_and_few_say_nothing))
