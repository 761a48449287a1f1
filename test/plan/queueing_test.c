/* queueing_test.c -- The formulas against published numbers and another program's tables. */
#include "test.h"
#include "plan/queueing.h"
#include <math.h>

static void near(double got, double want, double relative, const char *what, int line)
{
    if (!(fabs(got - want) <= relative * fabs(want)))
        fail_msg("line %d: %s is %.15g and not %.15g", line, what, got, want);
}
#define NEAR(got, want, relative) near(got, want, relative, #got, __LINE__)

/* Rows of numbers after a heading; the number of rows, or 0 without the data. */
static int rows_of(const char *name, int columns, double out[][10], int max)
{
    char line[400];
    const char *path = test_data(name);
    int n = 0;
    FILE *f = path ? fopen(path, "r") : NULL;
    if (!f)
        return 0;
    assert_non_null(fgets(line, sizeof line, f));
    for (; n < max && fgets(line, sizeof line, f); n++) {
        char *p = line;
        for (int i = 0; i < columns; i++) {
            out[n][i] = strtod(p, &p);
            p += *p == ',';
        }
    }
    fclose(f);
    return n;
}

static void erlang_b_and_c_agree_with_every_row_of_the_tables(void **state)
{
    UNUSED(state);
    static double row[400][10];
    int n = rows_of("service/erlang_ref/erlang_bc.csv", 4, row, 400);
    assert_true(n == 0 || n == 299);
    for (int i = 0; i < n; i++) {
        NEAR(plan_erlang_b(row[i][0], (int)row[i][1]), row[i][2], 1e-9);
        NEAR(plan_erlang_c(row[i][0], (int)row[i][1]), row[i][3], 1e-9);
    }
}

static void chains_agree_with_every_row_of_the_tables(void **state)
{
    UNUSED(state);
    static double row[20][10];
    struct plan_chain_answer a;
    int n = rows_of("service/erlang_ref/mmck.csv", 10, row, 20);
    for (int i = 0; i < n; i++) {
        const double *r = row[i];
        assert_true(plan_chain_solve(
            &(struct plan_chain){ r[0], 1 / r[1], (int)r[2], (int64_t)r[3], 0 }, &a));
        NEAR(a.utilization, r[4], 1e-9);
        NEAR(a.response, r[5], 1e-9);
        NEAR(a.system, r[6], 1e-9);
        NEAR(a.throughput, r[7], 1e-9);
        NEAR(a.p_empty, r[8], 1e-9);
        NEAR(a.p_blocked, r[9], 1e-9);
    }
    n = rows_of("service/erlang_ref/erlang_a.csv", 8, row, 20);
    for (int i = 0; i < n; i++) {
        const double *r = row[i];
        assert_true(
            plan_chain_solve(&(struct plan_chain){ r[0], 1 / r[1], (int)r[2], 0, r[3] }, &a));
        NEAR(a.p_wait, r[4], 1e-9);
        NEAR(a.p_abandon, r[5], 1e-9);
        NEAR(a.queue, r[6], 1e-9);
        NEAR(a.wait, r[7], 1e-9);
    }
}

static void the_reference_numbers_come_out(void **state)
{
    UNUSED(state);
    static const struct {
        double load;
        int servers;
        double c;
    } c[] = { { 1, 2, 1. / 3 },          { 2, 3, 4. / 9 },           { 5, 6, .587516450461 },
              { 8, 10, .4091801508 },    { 10, 13, .285270453036 },  { 14, 17, .348264842140 },
              { 20, 23, .415737574685 }, { 100, 103, .680796811804 } };
    for (size_t i = 0; i < COUNT(c); i++)
        NEAR(plan_erlang_c(c[i].load, c[i].servers), c[i].c, 1e-9);
    NEAR(plan_erlang_b(2, 3), .210526315789, 1e-11);
    NEAR(plan_erlang_b(10, 11), .163232333244, 1e-11);
    NEAR(plan_erlang_b(50, 51), .093162005845, 1e-10);
    /* 4 windows, 8 minutes, 27 and 21 customers an hour */
    NEAR(plan_wait_mean(27. / 60, 8, 4), 15.755, 1e-4);
    NEAR(plan_wait_tail(27. / 60, 8, 4, 10), .47780, 1e-4);
    NEAR(plan_wait_tail(27. / 60, 8, 4, 20), .28980, 1e-4);
    NEAR(plan_wait_mean(21. / 60, 8, 4), 2.8577, 1e-4);
    NEAR(plan_wait_tail(21. / 60, 8, 4, 10), .09565, 1e-4);
    NEAR(plan_wait_tail(21. / 60, 8, 4, 20), .02134, 2e-4);
    /* 100 calls in 30 minutes of 3: 14 agents answer 88.8 % in 20 s */
    NEAR(plan_erlang_c(10, 14), .1741319336, 1e-9);
    NEAR(1 - plan_wait_tail(100. / 30, 3, 14, 1. / 3), .8883500192, 1e-9);
    assert_int_equal((int)(1000 * plan_halfin_whitt(8, 10) + .5), 366);
    NEAR(plan_wait_cosmetatos(27. / 60, 8, 4, 0), 7.996, 1e-4);
    NEAR(plan_wait_allen_cunneen(27. / 60, 8, 4, .5), 11.82, 1e-3);
    NEAR(plan_wait_allen_cunneen(27. / 60, 8, 4, 1.5), 19.69, 1e-3);
    NEAR(plan_wait_allen_cunneen(27. / 60, 8, 4, 2.2), 25.21, 1e-3);
    NEAR(plan_wait_mg1(.1, 8, 1), plan_wait_mean(.1, 8, 1), 1e-12);
}

static void classes_share_one_overall_mean(void **state)
{
    UNUSED(state);
    double rates[2] = { .2 * 27 / 60, .8 * 27 / 60 }, w[2], high, low;
    double fcfs = plan_wait_mean(27. / 60, 8, 4);
    plan_wait_priority(rates, 2, 8, 4, w);
    NEAR(w[0], 1.9213, 1e-4);
    NEAR(w[1], 19.2135, 1e-4);
    NEAR(.2 * w[0] + .8 * w[1], fcfs, 1e-12);
    plan_wait_accumulating(rates[0], rates[1], 2, 8, 4, &high, &low);
    NEAR(high, 9.522, 1e-4);
    NEAR(low, 17.313, 1e-4);
    plan_wait_accumulating(rates[0], rates[1], 4, 8, 4, &high, &low);
    NEAR(high, 5.920, 1e-4);
    NEAR(low, 18.214, 1e-4);
    NEAR(.2 * high + .8 * low, fcfs, 1e-12);
    plan_wait_accumulating(rates[0], rates[1], 1e12, 8, 4, &high, &low);
    NEAR(high, w[0], 1e-9);
}

static void loads_up_to_a_hundred_thousand_stay_finite(void **state)
{
    UNUSED(state);
    struct plan_chain_answer a;
    double before = 1;
    for (int c = 100001; c < 104000; c += 500) {
        double p = plan_erlang_c(1e5, c);
        assert_true(isfinite(p) && p >= 0 && p < before);
        before = p;
    }
    assert_true(plan_erlang_b(1e5, 100) > .998);
    assert_true(plan_erlang_c(.5, 5000) == 0);
    for (int c = 1000; c <= 200000; c *= 5) {
        assert_true(plan_chain_solve(&(struct plan_chain){ 1e5, 1, c, 0, .5 }, &a));
        assert_true(isfinite(a.queue) && a.p_wait >= 0 && a.p_wait <= 1);
        NEAR(a.throughput + a.p_abandon * 1e5, 1e5, 1e-9);
        assert_true(plan_chain_solve(&(struct plan_chain){ 1e5, 1, c, c + 50, 0 }, &a));
        NEAR(a.throughput, 1e5 * (1 - a.p_blocked), 1e-9);
        assert_true(a.utilization <= 1 + 1e-12);
    }
    assert_false(plan_chain_solve(&(struct plan_chain){ 2, 1, 1, 0, 0 }, &a));
    assert_true(plan_wait_mean(2, 1, 1) > 1e300);
}

static void quantiles_rise_with_the_share_and_undo_the_tail(void **state)
{
    UNUSED(state);
    double before = 0;
    for (int i = 0; i < 1000; i++) {
        double p = i / 1000., t = plan_wait_quantile(27. / 60, 8, 4, p);
        assert_true(t >= before);
        before = t;
        if (t > 0)
            NEAR(plan_wait_tail(27. / 60, 8, 4, t), 1 - p, 1e-9);
    }
    NEAR(plan_normal_quantile(.99), 2.3263478740408, 1e-10);
}

static void the_fewest_windows_for_the_promise_are_those_of_the_table(void **state)
{
    UNUSED(state);
    static const struct {
        int mean, an_hour, all, both;
    } row[] = { { 8, 6, 2, 2 },    { 8, 10, 3, 3 }, { 8, 15, 3, 4 }, { 8, 20, 4, 4 },
                { 8, 25, 5, 5 },   { 8, 30, 5, 6 }, { 8, 40, 7, 7 }, { 8, 50, 8, 9 },
                { 8, 60, 10, 10 }, { 5, 15, 2, 3 }, { 5, 20, 3, 3 }, { 5, 30, 4, 4 },
                { 5, 40, 4, 5 },   { 5, 60, 6, 6 } };
    for (size_t i = 0; i < COUNT(row); i++) {
        int all = plan_servers_for(row[i].an_hour / 60., row[i].mean, 20, .05);
        int ten = plan_servers_for(row[i].an_hour / 60., row[i].mean, 10, .10);
        assert_int_equal(all, row[i].all);
        assert_int_equal(all > ten ? all : ten, row[i].both);
    }
    assert_int_equal(plan_servers_for(0, 8, 20, .05), 0);
}

/* lambda(t) = 100 + 20 sin t, mean 1: m(t) = 100 + 10 (sin t - cos t). */
static void the_offered_load_follows_the_day(void **state)
{
    UNUSED(state);
    enum { SLOTS = 6000 };
    static double rates[SLOTS];
    const double slot = .01, pi = 3.14159265358979;
    struct plan_day_rates d = { rates, SLOTS, slot };
    struct plan_service_time s = { .kind = PLAN_EXPONENTIAL, .mean = 1 };
    for (int i = 0; i < SLOTS; i++)
        rates[i] = 100 + 20 * sin((i + .5) * slot);
    NEAR(plan_offered_load(&d, &s, 16 * pi), 90, 1e-5);
    NEAR(plan_offered_load(&d, &s, 16.5 * pi), 110, 1e-5);
    /* the same mean, whatever the distribution, once the rate is constant */
    for (int i = 0; i < SLOTS; i++)
        rates[i] = 100;
    s = (struct plan_service_time){ .kind = PLAN_LOGNORMAL, .mean = 1, .cs2 = 1.5 };
    NEAR(plan_offered_load(&d, &s, 60), 100, 1e-4);
    double values[] = { 1.6, .4, 1 };
    plan_service_values(&s, values, 3);
    NEAR(s.cs2, .24, 1e-12);
    NEAR(plan_offered_load(&d, &s, 60), 100, 1e-12);
    NEAR(plan_offered_load(&d, &s, .5), 100 * (.4 + .5 + .5) / 3, 1e-9);
}

SUITE(plan_queueing, cmocka_unit_test(erlang_b_and_c_agree_with_every_row_of_the_tables),
      cmocka_unit_test(chains_agree_with_every_row_of_the_tables),
      cmocka_unit_test(the_reference_numbers_come_out),
      cmocka_unit_test(classes_share_one_overall_mean),
      cmocka_unit_test(loads_up_to_a_hundred_thousand_stay_finite),
      cmocka_unit_test(quantiles_rise_with_the_share_and_undo_the_tail),
      cmocka_unit_test(the_fewest_windows_for_the_promise_are_those_of_the_table),
      cmocka_unit_test(the_offered_load_follows_the_day))
