/* sim_more_test.c -- What the simulator draws: services, arrivals, people who are late; and the
 * formulas to within a percent. */
#include "test.h"
#include "plan/sim.h"
#include <math.h>
#include <stdio.h>

static struct arena *arena;
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

/* So many an hour for so long, 8 minutes each, a fifth of them of the higher class. */
static struct plan_model steady(double an_hour, double customers)
{
    struct plan_model m = { .slots = 1, .n_kinds = 1, .n_classes = 2, .within = 20, .late = .05 };
    char error[200] = "";
    m.slot = customers * 60 / an_hour;
    m.expected[0] = customers;
    m.classes[0] = (struct plan_class){ "normal", .8, 20, .05 };
    m.classes[1] = (struct plan_class){ "mid", .2, 10, .1 };
    m.kinds[0].prefix = 'A';
    m.kinds[0].share = 1;
    m.kinds[0].takes = (struct plan_service_time){ .kind = PLAN_EXPONENTIAL, .mean = 8 };
    assert_false(plan_model_rule(&m, "fcfs", error, sizeof error));
    return m;
}

static struct plan_tally tally;

/* Days first of all: the tally of so many under a rule with so many windows. */
static void run(struct plan_model *m, const char *rule, int windows, int days)
{
    char error[200] = "";
    struct plan_crew crew;
    assert_false(plan_model_rule(m, rule, error, sizeof error));
    plan_crew_of(m, (int[]){ windows }, &crew);
    memset(&tally, 0, sizeof tally);
    plan_simulate(m, &crew, 17, 0, days, &tally);
}

static double mean_wait(int cell)
{
    return tally.whole[cell].wait / (double)tally.whole[cell].n;
}

static void near(double got, double want, double relative, const char *what)
{
    if (!(fabs(got / want - 1) <= relative))
        fail_msg("%s: %g and not %g", what, got, want);
}

/* 21 an hour for four windows: seven tenths busy. */
static void means_by_class_agree_with_the_formulas_within_a_percent(void **state)
{
    UNUSED(state);
    struct plan_model m = steady(21, 500000);
    double rate = 21. / 60, strict[2], low, high;
    plan_wait_priority((double[]){ .2 * rate, .8 * rate }, 2, 8, 4, strict);
    run(&m, "strict", 4, 8);
    near(mean_wait(2), strict[0], .01, "strict, high");
    near(mean_wait(1), strict[1], .01, "strict, low");
    plan_wait_accumulating(.2 * rate, .8 * rate, 3, 8, 4, &high, &low);
    run(&m, "accumulate:normal=1,mid=3", 4, 8);
    near(mean_wait(2), high, .01, "accumulating, high");
    near(mean_wait(1), low, .01, "accumulating, low");
    run(&m, "fcfs", 4, 8);
    near(mean_wait(0), plan_wait_mean(rate, 8, 4), .01, "first come");
    near(plan_late_share(&tally.whole[1]), plan_wait_tail(rate, 8, 4, 20), .03, "the tail");
}

static void impatience_agrees_with_erlang_a_within_a_percent(void **state)
{
    UNUSED(state);
    struct plan_model m = steady(27, 1000000);
    struct plan_chain_answer a;
    m.patience = 30;
    assert_true(plan_chain_solve(&(struct plan_chain){ .45, 8, 4, 0, 1. / 30 }, &a));
    near(a.p_abandon, .100040, 1e-4, "the table's own");
    static const char *const rules[] = { "fcfs", "strict", "head:mid=10m" };
    for (size_t r = 0; r < COUNT(rules); r++) {
        run(&m, rules[r], 4, 3);
        const struct plan_cell *c = &tally.whole[0];
        near((double)c->gave_up / (double)c->n, a.p_abandon, .01, rules[r]);
        near(mean_wait(0), a.wait, .01, rules[r]);
    }
}

/* Mean and tail of M/G/4 at nine tenths busy, by squared coefficient of variation: simulated with
 * another program over fifty million customers. */
static void lognormal_service_gives_the_waits_of_the_table(void **state)
{
    UNUSED(state);
    static const struct {
        double cs2, wait, late;
    } row[] = {
        { 0, 7.99, .105 }, { .5, 11.85, .208 }, { 1.5, 19.30, .335 }, { 2.2, 24.41, .387 }
    };
    enum { DAYS = 16 };
    for (size_t i = 0; i < COUNT(row); i++) {
        struct plan_model m = steady(27, 200000);
        struct plan_crew crew;
        double sum = 0, squares = 0, late = 0;
        m.n_classes = 1;
        m.kinds[0].takes.kind = PLAN_LOGNORMAL;
        m.kinds[0].takes.cs2 = row[i].cs2;
        plan_crew_of(&m, (int[]){ 4 }, &crew);
        for (int d = 0; d < DAYS; d++) {
            memset(&tally, 0, sizeof tally);
            plan_simulate(&m, &crew, 23, (uint64_t)d, 1, &tally);
            sum += mean_wait(0) / DAYS;
            squares += mean_wait(0) * mean_wait(0) / DAYS;
            late += plan_late_share(&tally.whole[0]) / DAYS;
        }
        double error = sqrt((squares - sum * sum) / (DAYS - 1));
        if (!(fabs(sum - row[i].wait) < 3 * error + .005))
            fail_msg("cs2 %g: %g +- %g and not %g", row[i].cs2, sum, error, row[i].wait);
        near(late, row[i].late, .05, "the tail");
    }
}

/* One window: Pollaczek and Khinchine say what any service times give. */
static void empirical_service_gives_the_mean_of_its_values(void **state)
{
    UNUSED(state);
    static double values[] = { 2, 4, 9, 17, 3, 13 };
    struct plan_model m = steady(5, 500000);
    double squares = 0;
    plan_service_values(&m.kinds[0].takes, values, COUNT(values));
    near(m.kinds[0].takes.mean, 8, 1e-12, "the mean");
    for (size_t i = 0; i < COUNT(values); i++)
        squares += values[i] * values[i] / COUNT(values);
    near(m.kinds[0].takes.cs2, squares / 64 - 1, 1e-9, "its variation");
    run(&m, "fcfs", 1, 6);
    near(mean_wait(0), 5. / 60 * squares / (2 * (1 - 5. / 60 * 8)), .01, "first come");
    run(&m, "strict", 1, 6);
    near(mean_wait(0), 5. / 60 * squares / (2 * (1 - 5. / 60 * 8)), .01, "strict");
}

/* Several services: each takes its own time, whoever is called. */
static void services_take_their_own_times(void **state)
{
    UNUSED(state);
    struct plan_model m = steady(5, 500000);
    m.n_kinds = 2;
    m.kinds[0].share = 1;
    m.kinds[0].takes = (struct plan_service_time){ .kind = PLAN_LOGNORMAL, .mean = 4, .cs2 = 0 };
    m.kinds[1] = m.kinds[0];
    m.kinds[1].prefix = 'B';
    m.kinds[1].takes.mean = 12;
    run(&m, "fcfs", 1, 6);
    near(mean_wait(0), 5. / 60 * 80 / (2 * (1 - 5. / 60 * 8)), .01, "half of 4, half of 12");
}

static void arrivals_follow_their_slots_and_spread_as_told(void **state)
{
    UNUSED(state);
    enum { DAYS = 6000 };
    static const double expected[] = { 4, 30, 0, 12 };
    for (int over = 0; over < 2; over++) {
        struct plan_model m = steady(27, 1);
        struct plan_day d = { .n = 0 };
        double sum = 0, squares = 0, slot[4] = { 0 };
        m.slot = 30;
        m.slots = 4;
        memcpy(m.expected, expected, sizeof expected);
        m.day_cv = over ? .25 : 0;
        for (uint64_t day = 0; day < DAYS; day++) {
            plan_day_draw(&m, 4, day, arena, &d);
            sum += d.n;
            squares += (double)d.n * d.n;
            for (int i = 0; i < d.n; i++) {
                assert_true(i == 0 || d.t[i] >= d.t[i - 1]);
                assert_true(d.t[i] >= 0 && d.t[i] < 120);
                slot[(int)(d.t[i] / 30)]++;
            }
        }
        double mean = sum / DAYS, variance = squares / DAYS - mean * mean;
        near(mean, 46, .01, "customers a day");
        near(variance, 46 + m.day_cv * m.day_cv * 46 * 46, .06, "their variance");
        assert_true(slot[2] == 0);
        for (int i = 0; i < 4; i++)
            if (expected[i] > 0)
                near(slot[i] / DAYS, expected[i], .02, "a slot");
    }
}

static void one_who_is_late_opens_late(void **state)
{
    UNUSED(state);
    enum { DAYS = 40000 };
    static const double trace[] = { 0 };
    static struct plan_crew crew = { .n = 1 };
    struct plan_model m = steady(27, 1);
    struct plan_day d = { .n = 0 };
    double sum = 0;
    int late = 0;
    m.trace = trace;
    m.n_trace = 1;
    m.slot = 600;
    crew.windows[0] = (struct plan_window){ .n = 1, .late_chance = .3, .late_mean = 12 };
    crew.windows[0].spans[0] = (struct plan_span){ 0, INFINITY, 0 };
    for (uint64_t day = 0; day < DAYS; day++) {
        plan_day_draw(&m, 6, day, arena, &d);
        plan_run(&m, &crew, &d, day & 1);
        sum += d.wait[0];
        late += d.wait[0] > 0;
    }
    near((double)late / DAYS, .3, .03, "late days");
    near(sum / DAYS, .3 * 12, .04, "minutes late");
}

static void the_booked_come_as_often_and_as_early_as_told(void **state)
{
    UNUSED(state);
    enum { DAYS = 20000 };
    static const double trace[] = { 0 };
    struct plan_model m = steady(27, 1);
    struct plan_day d = { .n = 0 };
    double early = 0;
    int came = 0;
    m.trace = trace;
    m.n_trace = 0;
    m.slot = 300;
    m.n_bookings = 1;
    m.bookings[0] = (struct plan_booking){ .at = 120, .class_index = 1, .show = .85 };
    m.booking_early = 9;
    m.booking_sd = 5;
    for (uint64_t day = 0; day < DAYS; day++) {
        plan_day_draw(&m, 8, day, arena, &d);
        came += d.n;
        if (d.n == 0)
            continue;
        early += 120 - d.t[0];
        assert_true(d.since[0] == fmax(120, d.t[0]));
        assert_int_equal(d.group[0] / 2, 1);
    }
    near((double)came / DAYS, .85, .02, "who came");
    near(early / came, 9, .02, "minutes early");
}

static void shares_of_classes_services_and_courtesy_come_out(void **state)
{
    UNUSED(state);
    struct plan_model m = steady(27, 200000);
    struct plan_day d = { .n = 0 };
    double mid = 0, second = 0, courtesy = 0;
    m.n_kinds = 2;
    m.kinds[0].share = 3;
    m.kinds[1] = m.kinds[0];
    m.kinds[1].prefix = 'B';
    m.kinds[1].share = 1;
    m.courtesy_share = .07;
    plan_day_draw(&m, 2, 0, arena, &d);
    for (int i = 0; i < d.n; i++) {
        mid += d.group[i] / 2 / 2 == 1;
        second += d.group[i] / 2 % 2 == 1;
        courtesy += d.group[i] & 1;
    }
    near(mid / d.n, .2, .03, "the higher class");
    near(second / d.n, .25, .03, "the second service");
    near(courtesy / d.n, .07, .05, "courtesy tickets");
}

/* Three people come at minutes 0, 1 and 2 and wait five at most. */
static struct plan_model three_in_a_row(void)
{
    static const double trace[] = { 0, 1, 2 };
    struct plan_model m = steady(27, 1);
    m.trace = trace;
    m.n_trace = COUNT(trace);
    m.slot = 300;
    m.patience = 5;
    return m;
}

static void giving_up_counts_as_the_promise_says(void **state)
{
    UNUSED(state);
    struct plan_model m = three_in_a_row();
    struct plan_day d = { .n = 0 };
    struct plan_crew crew;
    plan_crew_of(&m, (int[]){ 1 }, &crew);
    for (int fails = 0; fails < 2; fails++) {
        m.abandon_fails = fails;
        memset(&tally, 0, sizeof tally);
        plan_day_draw(&m, 1, 0, arena, &d);
        for (int i = 0; i < d.n; i++) {
            d.patience[i] = 5;
            d.work[i] = 100;
        }
        plan_run(&m, &crew, &d, true);
        plan_tally_add(&m, &d, &tally);
        assert_int_equal(tally.whole[0].n, 3);
        assert_int_equal(tally.whole[0].gave_up, 2);
        assert_int_equal(tally.whole[0].late, fails ? 2 : 0);
        assert_true(d.wait[1] == 5 && d.wait[2] == 5);
    }
}

/* They keep their place, are called and are not there: the window loses a minute on each. */
static void who_goes_without_a_word_is_called_all_the_same(void **state)
{
    UNUSED(state);
    struct plan_model m = three_in_a_row();
    struct plan_day d = { .n = 0 };
    struct plan_crew crew;
    m.patience_law.silent = .3;
    m.patience_law.never = .02;
    m.absent_takes = 1;
    plan_crew_of(&m, (int[]){ 1 }, &crew);
    for (int work = 10; work <= 40; work += 30) {
        memset(&tally, 0, sizeof tally);
        plan_day_draw(&m, 1, 0, arena, &d);
        for (int i = 0; i < d.n; i++) {
            d.patience[i] = 5;
            d.silent[i] = true;
            d.work[i] = work;
        }
        plan_run(&m, &crew, &d, false);
        plan_tally_add(&m, &d, &tally);
        assert_true(d.wait[1] == work - 1 && d.wait[2] == work + 1 - 2);
        assert_true(!d.gave_up[0] && d.gave_up[1] && d.gave_up[2]);
        assert_int_equal(tally.whole[0].gave_up, 2);
        assert_int_equal(tally.whole[0].called, 1);
        assert_int_equal(tally.whole[0].late,
                         work > 20 ? 2 : 0); /* as the lobby's figures have it */
    }
    m.n_trace = 0;
    m.trace = NULL;
    m.expected[0] = 20000;
    struct plan_day many = { .n = 0 };
    double silent = 0, never = 0;
    plan_day_draw(&m, 2, 0, arena, &many);
    for (int i = 0; i < many.n; i++) {
        never += many.patience[i] < 0;
        silent += many.patience[i] >= 0 && many.silent[i];
    }
    near(never / many.n, .02, .1, "gone at once");
    near(silent / (many.n - never), .3, .03, "without a word");
}

/* The calls of a real day as they came, in minutes from 7:00; how many. */
static int real_day(const char *path, const char *day, double *out, int max)
{
    char line[400];
    int n = 0;
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    while (n < max && fgets(line, sizeof line, f)) {
        char date[16], entry[16];
        int h, m, sec;
        if (sscanf(line, "%*s %*s %*s %*s %*s %15s %15s", date, entry) != 2 || strcmp(date, day) ||
            sscanf(entry, "%d:%d:%d", &h, &m, &sec) != 3 || h < 7)
            continue;
        double t = (h - 7) * 60 + m + sec / 60.;
        int k = n++;
        for (; k > 0 && out[k - 1] > t; k--)
            out[k] = out[k - 1];
        out[k] = t;
    }
    (void)fclose(f);
    return n;
}

/* Lunches, people who are late, windows that finish and close, a real day's arrivals: under every
 * rule the same instants of calling, so the same overall mean; and who waits is accounted for. */
static void a_real_day_has_one_mean_under_every_rule(void **state)
{
    UNUSED(state);
    static const char *const rules[] = { "fcfs",
                                         "strict",
                                         "head:mid=7m",
                                         "ratio:mid=2,normal=1",
                                         "accumulate:normal=1,mid=3",
                                         "promise;finally 40m" };
    enum { MOST = 4000, WINDOWS = 9 };
    static double trace[MOST];
    static struct plan_crew crew;
    const char *path = test_data("service/technion_feb1999/call_center_feb1999.txt");
    struct plan_model m = steady(60, 1);
    struct plan_day d = { .n = 0 };
    char error[200];
    if (!path)
        return;
    m.trace = trace;
    m.n_trace = real_day(path, "990202", trace, MOST);
    assert_in_range(m.n_trace, 1000, MOST);
    m.slot = 60;
    m.slots = 17;
    m.kinds[0].takes.mean = 3.4;
    crew = (struct plan_crew){ .n = WINDOWS };
    for (int w = 0; w < WINDOWS; w++) {
        struct plan_window *x = &crew.windows[w];
        x->n = 2;
        x->spans[0] = (struct plan_span){ w % 3 * 60, 300 + w * 20, 0 };
        x->spans[1] = (struct plan_span){ 330 + w * 20, w % 3 ? 900 : INFINITY, 30 };
        x->late_chance = .2;
        x->late_mean = 15;
    }
    for (uint64_t day = 0; day < 5; day++) {
        double first = 0;
        plan_day_draw(&m, 31, day, arena, &d);
        for (size_t r = 0; r < COUNT(rules); r++) {
            double sum[3] = { 0 };
            int n[3] = { 0 };
            assert_false(plan_model_rule(&m, rules[r], error, sizeof error));
            plan_run(&m, &crew, &d, true);
            for (int i = 0; i < d.n; i++) {
                int own = d.group[i] / 2 + 1;
                assert_true(isfinite(d.wait[i]));
                sum[0] += d.wait[i];
                sum[own] += d.wait[i];
                n[0]++;
                n[own]++;
            }
            first = r ? first : sum[0];
            assert_true(first / n[0] > .2); /* somebody does wait */
            if (!(fabs(sum[0] - first) <= 1e-9 * first))
                fail_msg("%s, day %d: %.15g and not %.15g", rules[r], (int)day, sum[0] / n[0],
                         first / n[0]);
            assert_true(n[1] + n[2] == n[0] && fabs(sum[1] + sum[2] - sum[0]) < 1e-6 * first);
            if (r > 0) /* whoever is preferred waits less */
                assert_true(sum[2] / n[2] < sum[1] / n[1]);
        }
    }
}

/* Companies come in the afternoon: the mix of a slot, and not the day's, says what is wanted. */
static void what_is_wanted_follows_the_mix_of_the_slot(void **state)
{
    UNUSED(state);
    struct plan_model m = steady(60, 400);
    struct plan_day d = { .room = 0 };
    int n[2][2] = { { 0 } };
    m.kinds[1] = m.kinds[0];
    m.kinds[1].prefix = 'B';
    m.n_kinds = m.slots = 2;
    m.expected[1] = m.expected[0];
    m.mixed = true;
    m.mix[0][0] = 9;
    m.mix[0][1] = 1;
    m.mix[1][0] = 1;
    m.mix[1][1] = 3;
    for (uint64_t day = 0; day < 40; day++) {
        plan_day_draw(&m, 5, day, arena, &d);
        for (int i = 0; i < d.n; i++)
            n[d.t[i] >= m.slot][d.group[i] / 2 % 2]++;
    }
    near(n[0][0] / (double)(n[0][0] + n[0][1]), .9, .01, "the morning's first service");
    near(n[1][0] / (double)(n[1][0] + n[1][1]), .25, .03, "the afternoon's");
}

/* Window 1 can do everything and likes B best; A is 2's own. Whoever comes for A while both are
 * idle goes to 2, so that 1 is free for the B who comes behind. */
static void an_idle_window_that_likes_it_best_takes_who_comes(void **state)
{
    UNUSED(state);
    struct plan_model m = steady(60, 10);
    struct plan_crew crew;
    struct plan_day d = { .room = 0 };
    double at[] = { 1, 2 };
    m.kinds[1] = m.kinds[0];
    m.kinds[1].prefix = 'B';
    m.n_kinds = 2;
    m.trace = at;
    m.n_trace = 2;
    plan_crew_of(&m, (int[]){ 2 }, &crew);
    crew.limited = false;
    crew.windows[0].preference[0] = 3;
    crew.windows[0].preference[1] = crew.windows[1].preference[0] = 1;
    plan_day_draw(&m, 5, 0, arena, &d);
    d.group[0] = 0;
    d.group[1] = 2; /* B, of the lowest class */
    plan_run(&m, &crew, &d, false);
    assert_true(d.wait[0] == 0 && d.wait[1] == 0);
    crew.windows[0].preference[0] = 1; /* liked as much: the lower number, and B has to wait */
    plan_run(&m, &crew, &d, false);
    assert_true(d.wait[0] == 0 && d.wait[1] > 0);
}

#define HERE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
SUITE(plan_sim_more, HERE(a_real_day_has_one_mean_under_every_rule),
      HERE(means_by_class_agree_with_the_formulas_within_a_percent),
      HERE(impatience_agrees_with_erlang_a_within_a_percent),
      HERE(lognormal_service_gives_the_waits_of_the_table),
      HERE(empirical_service_gives_the_mean_of_its_values), HERE(services_take_their_own_times),
      HERE(arrivals_follow_their_slots_and_spread_as_told), HERE(one_who_is_late_opens_late),
      HERE(the_booked_come_as_often_and_as_early_as_told),
      HERE(shares_of_classes_services_and_courtesy_come_out),
      HERE(what_is_wanted_follows_the_mix_of_the_slot),
      HERE(an_idle_window_that_likes_it_best_takes_who_comes),
      HERE(who_goes_without_a_word_is_called_all_the_same),
      HERE(giving_up_counts_as_the_promise_says))
