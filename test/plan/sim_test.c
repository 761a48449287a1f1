/* sim_test.c -- The simulator against formulas, against itself, and by hand. */
#include "test.h"
#include "plan/sim.h"
#include <math.h>

static struct arena *arena; /* of the test that runs; big days live here */
static int setup(void **state)
{
    UNUSED(state);
    arena = arena_new((size_t)1 << 30);
    return 0;
}
static int teardown(void **state)
{
    UNUSED(state);
    arena_free(arena);
    return 0;
}

static void rule_of(struct plan_model *m, const char *text)
{
    char error[200] = "";
    if (plan_model_rule(m, text, error, sizeof error))
        fail_msg("%s: %s", text, error);
}

/* 27 an hour for so long, 8 minutes each, a fifth of them of the higher class. */
static struct plan_model steady(double an_hour, double customers)
{
    struct plan_model m = { .slots = 1, .n_kinds = 1, .n_classes = 2, .within = 20, .late = .05 };
    m.slot = customers * 60 / an_hour;
    m.expected[0] = customers;
    m.classes[0] = (struct plan_class){ "normal", .8, 20, .05 };
    m.classes[1] = (struct plan_class){ "mid", .2, 10, .1 };
    m.kinds[0].prefix = 'A';
    m.kinds[0].share = 1;
    m.kinds[0].takes = (struct plan_service_time){ .kind = PLAN_EXPONENTIAL, .mean = 8 };
    rule_of(&m, "fcfs");
    return m;
}

/* A branch day: two peaks, windows that open and close, people who come late and have lunch. */
static struct plan_model branch_day(void)
{
    static const double expected[] = { 3, 7, 12, 14, 14, 16, 14, 7, 4, 4, 12, 18, 19, 20, 20, 12 };
    struct plan_model m = steady(27, 1);
    m.slot = 30;
    m.slots = COUNT(expected);
    memcpy(m.expected, expected, sizeof expected);
    return m;
}
static const int branch_counts[] = { 1, 2, 4, 4, 4, 6, 5, 3, 2, 2, 4, 5, 6, 6, 6, 4 };

static double mean_of(const struct plan_day *d, int group, int *n)
{
    double sum = 0;
    *n = 0;
    for (int i = 0; i < d->n; i++)
        if (group < 0 || d->group[i] / 2 == group) {
            sum += d->wait[i];
            ++*n;
        }
    return *n ? sum / *n : 0;
}

/* Means of ten long days each; the wanted mean must lie within three standard errors. */
static void means_agree(const char *rule, double want_low, double want_high)
{
    enum { DAYS = 10 };
    struct plan_model m = steady(27, 40000);
    struct plan_crew crew;
    struct plan_day d = { .n = 0 };
    double sum[2] = { 0 }, squares[2] = { 0 }, want[2] = { want_low, want_high };
    int n;
    plan_crew_of(&m, (int[]){ 4 }, &crew);
    rule_of(&m, rule);
    for (int day = 0; day < DAYS; day++) {
        plan_day_draw(&m, 3, (uint64_t)day, arena, &d);
        plan_run(&m, &crew, &d, false);
        for (int c = 0; c < 2; c++) {
            double mean = mean_of(&d, c, &n);
            sum[c] += mean / DAYS;
            squares[c] += mean * mean / DAYS;
        }
    }
    for (int c = 0; c < 2; c++) {
        double error = sqrt((squares[c] - sum[c] * sum[c]) / (DAYS - 1));
        if (!(fabs(sum[c] - want[c]) < 3 * error))
            fail_msg("%s, class %d: %g +- %g and not %g", rule, c, sum[c], error, want[c]);
    }
}

static void means_lie_within_three_standard_errors_of_the_table(void **state)
{
    UNUSED(state);
    means_agree("fcfs", 15.82, 15.81);
    means_agree("strict", 19.2135, 1.9213);
    means_agree("accumulate:normal=1,mid=2", 17.313, 9.522);
    means_agree("accumulate:normal=1,mid=4", 18.214, 5.920);
    means_agree("head:mid=10m", 16.97, 11.21);
    means_agree("head:mid=20m", 17.73, 8.16);
}

static const char *const rules[] = { "fcfs",
                                     "strict",
                                     "head:mid=7m",
                                     "accumulate:normal=1,mid=3",
                                     "ratio:mid=2,normal=1",
                                     "promise;finally 40m",
                                     "fcfs;when class:mid count>2 call class:mid",
                                     "strict;when class:normal wait>15m call class:normal" };

static void every_rule_gives_the_same_overall_mean(void **state)
{
    UNUSED(state);
    struct plan_model m = branch_day();
    struct plan_crew crew;
    struct plan_day d = { .n = 0 };
    int n;
    plan_crew_of(&m, branch_counts, &crew);
    for (uint64_t day = 0; day < 200; day++) {
        double first = 0;
        plan_day_draw(&m, 11, day, arena, &d);
        for (size_t r = 0; r < COUNT(rules); r++) {
            rule_of(&m, rules[r]);
            plan_run(&m, &crew, &d, true);
            double mean = mean_of(&d, -1, &n);
            if (r == 0)
                first = mean;
            if (!(fabs(mean - first) <= 1e-9 * (1 + first)))
                fail_msg("%s, day %d: %.15g and not %.15g", rules[r], (int)day, mean, first);
        }
    }
}

static void both_ways_agree(const struct plan_model *m, const struct plan_crew *crew)
{
    struct plan_day d = { .n = 0 };
    for (uint64_t day = 0; day < 200; day++) {
        plan_day_draw(m, 5, day, arena, &d);
        double *wait = arena_alloc(arena, sizeof *wait * (size_t)d.n + 1);
        plan_run(m, crew, &d, true);
        memcpy(wait, d.wait, sizeof *wait * (size_t)d.n);
        memset(d.wait, 0, sizeof *wait * (size_t)d.n);
        plan_run(m, crew, &d, false);
        for (int i = 0; i < d.n; i++)
            if (wait[i] != d.wait[i])
                fail_msg("day %d, customer %d: %g and %g", (int)day, i, wait[i], d.wait[i]);
    }
}

static void the_short_way_gives_the_waits_of_the_long_one(void **state)
{
    UNUSED(state);
    static struct plan_crew people = { .n = 3 };
    struct plan_crew crew;
    struct plan_model m = branch_day();
    plan_crew_of(&m, branch_counts, &crew);
    both_ways_agree(&m, &crew);
    m.patience = 25;
    both_ways_agree(&m, &crew);
    for (int w = 0; w < people.n; w++) {
        people.windows[w].n = 2;
        people.windows[w].spans[0] = (struct plan_span){ 20 * w, 200, 0 };
        people.windows[w].spans[1] = (struct plan_span){ 230 + w, INFINITY, 30 };
        people.windows[w].late_chance = .5;
        people.windows[w].late_mean = 10;
    }
    both_ways_agree(&m, &people);
}

static void the_same_seed_gives_the_same_bytes(void **state)
{
    UNUSED(state);
    static struct plan_tally a, b, other;
    struct plan_model m = branch_day();
    struct plan_crew crew;
    plan_crew_of(&m, branch_counts, &crew);
    m.patience = 20;
    m.day_cv = .2;
    rule_of(&m, "promise;courtesy off");
    plan_simulate(&m, &crew, 9, 0, 200, &a);
    plan_simulate(&m, &crew, 9, 0, 120, &b);
    plan_simulate(&m, &crew, 9, 120, 80, &b);
    assert_memory_equal(&a, &b, sizeof a);
    plan_simulate(&m, &crew, 10, 0, 200, &other);
    assert_true(memcmp(&a, &other, sizeof a) != 0);
}

/* L = lambda W for each class: the number waiting is counted at instants of its own. */
static void littles_law_holds_in_each_class(void **state)
{
    UNUSED(state);
    struct plan_model m = steady(24, 200000);
    struct plan_crew crew;
    struct plan_day d = { .n = 0 };
    int n;
    plan_crew_of(&m, (int[]){ 4 }, &crew);
    const double step = .5;
    m.patience = 40;
    rule_of(&m, "accumulate:normal=1,mid=4");
    plan_day_draw(&m, 21, 0, arena, &d);
    plan_run(&m, &crew, &d, false);
    size_t instants = (size_t)(m.slot / step) + 2000;
    int *change = arena_alloc(arena, instants * 2 * sizeof *change);
    for (int i = 0; i < d.n; i++) {
        size_t c = d.group[i] / 2;
        change[(size_t)(d.t[i] / step + 1) * 2 + c]++;
        change[(size_t)((d.t[i] + d.wait[i]) / step + 1) * 2 + c]--;
    }
    for (size_t c = 0; c < 2; c++) {
        double area = 0;
        int waiting = 0;
        for (size_t k = 0; k < instants; k++) {
            waiting += change[k * 2 + c];
            assert_true(waiting >= 0);
            area += waiting * step;
        }
        double mean = mean_of(&d, (int)c, &n), per = n / m.slot;
        if (!(fabs(area / m.slot / (per * mean) - 1) < .005))
            fail_msg("class %d: L %g, lambda W %g", (int)c, area / m.slot, per * mean);
    }
}

static void impatience_agrees_with_erlang_a(void **state)
{
    UNUSED(state);
    static struct plan_tally t;
    struct plan_chain_answer a;
    struct plan_model m = steady(27, 400000);
    struct plan_crew crew;
    plan_crew_of(&m, (int[]){ 4 }, &crew);
    m.patience = 30;
    rule_of(&m, "fcfs");
    plan_simulate(&m, &crew, 2, 0, 1, &t);
    assert_true(plan_chain_solve(&(struct plan_chain){ .45, 8, 4, 0, 1. / 30 }, &a));
    const struct plan_cell *c = &t.whole[0];
    assert_true(fabs((double)c->gave_up / (double)c->n / a.p_abandon - 1) < .02);
    assert_true(fabs(c->wait / (double)c->n / a.wait - 1) < .02);
}

static void a_window_serves_to_the_end_and_then_closes(void **state)
{
    UNUSED(state);
    static const double trace[] = { 1, 2, 9.5, 12, 61 };
    struct plan_model m = steady(27, 1);
    static struct plan_crew crew = { .n = 1 };
    struct plan_window *w = crew.windows;
    struct plan_day d = { .n = 0 };
    m.trace = trace;
    m.n_trace = COUNT(trace);
    m.slot = 100;
    w->n = 2;
    w->spans[0] = (struct plan_span){ 0, 10, 0 };
    w->spans[1] = (struct plan_span){ 30, 60, 30 };
    for (int long_way = 0; long_way < 2; long_way++) {
        plan_day_draw(&m, 1, 0, arena, &d);
        for (int i = 0; i < d.n; i++)
            d.work[i] = 4;
        plan_run(&m, &crew, &d, long_way);
        assert_true(d.wait[0] == 0 && d.wait[1] == 3);
        assert_true(d.wait[2] == 0);
        /* 1-5, 5-9, 9.5-13.5, then at least 30 minutes of lunch: back at 43.5 */
        assert_true(d.wait[3] == 43.5 - 12);
        assert_true(isinf(d.wait[4]));
    }
}

static void a_booking_waits_from_its_time_and_a_skill_keeps_others_out(void **state)
{
    UNUSED(state);
    static const double trace[] = { 1, 2, 3 };
    struct plan_model m = steady(27, 1);
    static struct plan_crew crew = { .n = 2 };
    struct plan_window *w = crew.windows;
    struct plan_day d = { .n = 0 };
    m.trace = trace;
    m.n_trace = COUNT(trace);
    m.slot = 100;
    m.n_kinds = 2;
    m.kinds[1] = m.kinds[0];
    m.kinds[0].share = 1;
    m.kinds[1].prefix = 'B';
    m.kinds[1].share = 0;
    m.kinds[0].takes = m.kinds[1].takes =
        (struct plan_service_time){ .kind = PLAN_LOGNORMAL, .mean = 10, .cs2 = 0 };
    m.n_bookings = 1;
    m.bookings[0] = (struct plan_booking){ .at = 20, .class_index = 1, .kind = 1, .show = 1 };
    m.booking_early = 10;
    w[0].n = w[1].n = 1;
    w[0].spans[0] = w[1].spans[0] = (struct plan_span){ 0, INFINITY, 0 };
    w[0].preference[0] = 1; /* A alone */
    w[1].preference[1] = 1; /* B alone */
    plan_day_draw(&m, 1, 0, arena, &d);
    plan_run(&m, &crew, &d, false);
    assert_int_equal(d.n, 4);
    assert_true(d.wait[0] == 0 && d.wait[1] == 9 && d.wait[2] == 18);
    assert_true(d.since[3] == 20 && d.wait[3] == 0); /* came at 10, called at once */
}

SUITE(plan_sim,
      cmocka_unit_test_setup_teardown(means_lie_within_three_standard_errors_of_the_table, setup,
                                      teardown),
      cmocka_unit_test_setup_teardown(every_rule_gives_the_same_overall_mean, setup, teardown),
      cmocka_unit_test_setup_teardown(the_short_way_gives_the_waits_of_the_long_one, setup,
                                      teardown),
      cmocka_unit_test_setup_teardown(the_same_seed_gives_the_same_bytes, setup, teardown),
      cmocka_unit_test_setup_teardown(littles_law_holds_in_each_class, setup, teardown),
      cmocka_unit_test_setup_teardown(impatience_agrees_with_erlang_a, setup, teardown),
      cmocka_unit_test_setup_teardown(a_window_serves_to_the_end_and_then_closes, setup, teardown),
      cmocka_unit_test_setup_teardown(a_booking_waits_from_its_time_and_a_skill_keeps_others_out,
                                      setup, teardown))
