/* live_test.c -- The next ninety minutes: against formulas, against itself, and what is advised. */
#include "test.h"
#include "plan/live.h"
#include <math.h>
#include <time.h>

static struct live_state s;
static struct live_answer answer, again;
static struct live_advice advice;
static double values[512];

static void rule_of(const char *text)
{
    char error[200] = "";
    if (plan_model_rule(&s.model, text, error, sizeof error))
        fail_msg("%s: %s", text, error);
}

/* Two services (A 4 min, E 15 min), three classes; arrivals an hour; windows handle both. */
static void lobby(double an_hour, int windows, const char *rule)
{
    struct plan_model *m = &s.model;
    memset(&s, 0, sizeof s);
    m->slot = LIVE_SLOT;
    m->slots = 24;
    for (int i = 0; i < m->slots; i++)
        m->expected[i] = an_hour * LIVE_SLOT / 60;
    m->n_classes = 3;
    m->classes[0] = (struct plan_class){ "normal", .8, 20, .05 };
    m->classes[1] = (struct plan_class){ "mid", .15, 10, .1 };
    m->classes[2] = (struct plan_class){ "high", .05, 10, .1 };
    m->n_kinds = 2;
    m->kinds[0].prefix = 'A';
    m->kinds[0].share = .8;
    m->kinds[0].takes = (struct plan_service_time){ .kind = PLAN_EXPONENTIAL, .mean = 4 };
    m->kinds[1].prefix = 'E';
    m->kinds[1].share = .2;
    m->kinds[1].takes = (struct plan_service_time){ .kind = PLAN_EXPONENTIAL, .mean = 4 };
    m->within = 20;
    m->late = .05;
    s.mid_high[1] = s.mid_high[2] = true;
    s.mid_within = 10;
    s.mid_late = .1;
    rule_of(rule);
    s.n_windows = windows;
    for (int i = 0; i < windows; i++) {
        struct live_window *w = &s.windows[i];
        *w = (struct live_window){ .id = i + 1, .number = i + 1, .open = true, .closes = INFINITY };
        w->preference['A' - 'A'] = w->preference['E' - 'A'] = 1;
        w->busy = true;
        w->kind = i % 2;
    }
}

static void waits(int n, double each)
{
    s.n_waiting = n;
    for (int i = 0; i < n; i++)
        s.waiting[i] = (struct live_waiting){
            .id = i + 1, .since = -(n - i) * each, .waited = (n - i) * each, .kind = i % 2
        };
}

static void the_nth_in_line_waits_as_long_as_the_formula_says(void **state)
{
    UNUSED(state);
    lobby(0, 4, "fcfs");
    waits(12, .5);
    live_look(&s, 7, 4000, &answer);
    /* n departures of 4 windows of 4 minutes each: Erlang, a departure a minute. */
    static const struct {
        int n;
        double p50, p90; /* gamma quantiles of shape n, scale 1 */
    } row[] = { { 1, .6931, 2.3026 }, { 4, 3.6721, 6.6808 }, { 12, 11.668, 16.598 } };
    for (size_t i = 0; i < COUNT(row); i++) {
        assert_true(fabs(answer.waiting[row[i].n - 1].p50 - row[i].p50) < .04 * row[i].p50 + .06);
        assert_true(fabs(answer.waiting[row[i].n - 1].p90 - row[i].p90) < .04 * row[i].p90 + .06);
    }
    double p = answer.newcomer[0][0].p50; /* the thirteenth: shape 13 */
    assert_true(fabs(p - 12.668) < .5);
}

static void a_ghost_disturbs_nobody_and_is_told_what_a_customer_would_wait(void **state)
{
    UNUSED(state);
    lobby(50, 4, "head:mid=5m,high=10m");
    waits(15, .5);
    live_look(&s, 3, 2000, &answer);
    /* A real newcomer instead of the ghost: one more who waits since now. */
    waits(15, .5);
    s.waiting[15] = (struct live_waiting){ .id = 99, .class_index = 1 };
    s.n_waiting = 16;
    live_look(&s, 3, 2000, &again);
    assert_true(fabs(again.waiting[15].p50 - answer.newcomer[0][1].p50) < .7);
    assert_true(fabs(again.waiting[15].p90 - answer.newcomer[0][1].p90) < 1.2);
    /* Classes stand in the order of the rule. */
    assert_true(answer.newcomer[0][2].p50 <= answer.newcomer[0][1].p50);
    assert_true(answer.newcomer[0][1].p50 < answer.newcomer[0][0].p50);
    for (int h = 0; h < LIVE_HORIZONS; h++)
        assert_true(answer.promise[h].kept >= 0 && answer.promise[h].kept <= 1);
}

static void the_same_state_and_seed_give_the_same_answer(void **state)
{
    UNUSED(state);
    lobby(60, 4, "ratio:high=1,mid=2,normal=2");
    waits(20, .4);
    live_look(&s, 11, 300, &answer);
    live_look(&s, 11, 300, &again);
    assert_memory_equal(&answer, &again, sizeof answer);
    live_look(&s, 12, 300, &again);
    assert_memory_not_equal(&answer, &again, sizeof answer);
}

/* Six services that windows like differently, three classes, courtesy, who is bound, a booking out
 * of order: with a when clause each service queues apart and the rule sees every head; without one
 * most share a queue and few are shown. A clause that never holds must not change a bit. */
static void queues_that_are_put_together_give_the_same_answer(void **state)
{
    UNUSED(state);
    static const char *const rules[] = { "head:mid=5m,high=10m", "promise;finally 12m",
                                         "strict; prefer service", "ratio:high=1,mid=2,normal=2",
                                         "accumulate:normal=1,mid=2,high=3;courtesy head 6m" };
    static const char never[] = "; when class:high count>100000 call class:high";
    for (size_t k = 0; k < COUNT(rules); k++) {
        char with[RULE_TEXT];
        struct plan_model *m = &s.model;
        lobby(70, 6, "fcfs");
        m->n_kinds = 6;
        m->courtesy_share = .1;
        m->patience = k % 2 ? 40 : 0;
        m->n_bookings = 2;
        for (int i = 0; i < 6; i++) {
            m->kinds[i] = m->kinds[i % 2];
            m->kinds[i].prefix = (char)('A' + i);
            for (int w = 0; w < 6; w++) /* A and B alike; D nowhere but at the last */
                s.windows[w].preference[i] = (uint8_t)(i < 2 ? 1 : (w + i) % 4);
        }
        for (int i = 0; i < 2; i++)
            m->bookings[i] =
                (struct plan_booking){ .at = 12 + i, .class_index = i, .kind = 2 * i, .show = .8 };
        m->booking_early = 6;
        waits(40, .4);
        for (int i = 0; i < 40; i++) {
            s.waiting[i].kind = i % 6;
            s.waiting[i].class_index = i % 9 == 4 ? 1 : i % 13 == 5 ? 2 : 0;
            s.waiting[i].courtesy = i % 11 == 3;
            s.waiting[i].only_window = i % 8 == 6 ? 1 + i % 6 : 0;
            s.waiting[i].first = i == 17;
        }
        rule_of(rules[k]);
        live_look(&s, k, 400, &answer);
        (void)snprintf(with, sizeof with, "%s%s", rules[k], never);
        rule_of(with);
        live_look(&s, k, 400, &again);
        assert_memory_equal(&answer, &again, sizeof answer);
        assert_true(answer.promise[2].counted > 50);
    }
}

static void who_is_bound_to_a_window_waits_for_it(void **state)
{
    UNUSED(state);
    lobby(0, 3, "fcfs");
    waits(3, 1);
    s.waiting[0].only_window = 2;  /* closed */
    s.waiting[1].only_window = -1; /* not there at all */
    s.waiting[2].first = true;
    s.windows[1].open = s.windows[1].busy = false;
    live_look(&s, 5, 1000, &answer);
    assert_true(isinf(answer.waiting[0].p50) && isinf(answer.waiting[1].p90));
    assert_true(fabs(answer.waiting[2].p50 - 2 * .6931) < .15);
    s.windows[1].paused = true; /* comes back in ten minutes */
    s.windows[1].back = 10;
    live_look(&s, 5, 1000, &answer);
    assert_true(answer.waiting[0].p50 >= 9.9 && answer.waiting[0].p90 < 10.6);
    assert_true(isinf(answer.waiting[1].p50));
}

static void a_service_that_lasts_is_not_over_at_once(void **state)
{
    UNUSED(state);
    lobby(0, 1, "fcfs");
    waits(1, 1);
    /* Constant ten minutes: after seven, three are left; not 4 as for an exponential one. */
    for (size_t i = 0; i < COUNT(values); i++)
        values[i] = 10;
    plan_service_values(&s.model.kinds[0].takes, values, COUNT(values));
    s.windows[0].elapsed = 7;
    live_look(&s, 5, 400, &answer);
    assert_true(fabs(answer.waiting[0].p50 - 3) < .3);
    s.windows[0].elapsed = 0; /* was called this moment: all of it is to come */
    live_look(&s, 5, 400, &answer);
    assert_true(fabs(answer.waiting[0].p50 - 10) < .3);
}

static void opening_a_window_is_advised_where_it_keeps_the_promise(void **state)
{
    UNUSED(state);
    struct live_wish wish = { .goal = .9, .horizon = 1 };
    lobby(46, 5, "head:mid=5m,high=10m");
    waits(12, .4);
    s.windows[4].open = s.windows[4].busy = false;
    live_advise(&s, &wish, 1, &advice);
    if (getenv("PIAOHAO_TELL"))
        printf("base %.3f best %.3f -> %.3f\n", advice.base, advice.best.before, advice.best.after);
    assert_int_equal(advice.verdict, LIVE_ADVICE);
    assert_int_equal(advice.best.action.kind, LIVE_OPEN);
    assert_int_equal(advice.best.action.window, 4);
    assert_true(advice.best.after >= .9 && advice.best.before < .9);
    assert_true(advice.best.gained > advice.best.undone);
    /* Nobody is there to open it. */
    wish.no_new_people = true;
    live_advise(&s, &wish, 1, &advice);
    assert_int_equal(advice.verdict, LIVE_NO_HELP);
    /* Somebody is on a break: to end it is cheaper than to find a person. */
    s.windows[4].paused = true;
    s.windows[4].back = 40;
    live_advise(&s, &wish, 1, &advice);
    assert_int_equal(advice.verdict, LIVE_ADVICE);
    assert_int_equal(advice.best.action.kind, LIVE_RESUME);
}

static void a_quiet_lobby_gets_no_advice_and_a_hopeless_one_is_told_so(void **state)
{
    UNUSED(state);
    struct live_wish wish = { .goal = .9, .horizon = 1 };
    lobby(20, 4, "fcfs");
    for (int i = 0; i < 4; i++)
        s.windows[i].busy = false;
    live_advise(&s, &wish, 1, &advice);
    assert_int_equal(advice.verdict, LIVE_WELL);
    assert_int_equal(advice.best.action.kind, LIVE_NOTHING);
    assert_int_equal(advice.spare.action.kind, LIVE_CLOSE);
    assert_true(advice.spare.after >= .97);
    lobby(150, 3, "fcfs");
    waits(90, .2);
    live_advise(&s, &wish, 1, &advice);
    assert_int_equal(advice.verdict, LIVE_NO_HELP);
    assert_true(advice.base < .01);
}

/* A look that was below the goal by chance: the fresh futures say all is well, so nothing is said.
 */
static void where_the_fresh_futures_keep_the_promise_nothing_is_advised(void **state)
{
    UNUSED(state);
    struct live_wish wish = { .goal = .9, .horizon = 1, .looked = &answer };
    lobby(34, 5, "fcfs");
    waits(6, .4);
    s.windows[4].open = s.windows[4].busy = false;
    live_look(&s, 1, 1000, &answer);
    assert_true(answer.promise[1].kept > .9);
    live_advise(&s, &wish, 1, &advice);
    assert_true(advice.verdict == LIVE_WELL && advice.base == answer.promise[1].kept);
    answer.promise[1].kept = .89;
    live_advise(&s, &wish, 1, &advice);
    assert_int_equal(advice.verdict, LIVE_WELL);
    assert_int_equal(advice.best.action.kind, LIVE_NOTHING);
    assert_true(advice.base >= .9);
}

static void a_window_helps_with_the_service_people_wait_for(void **state)
{
    UNUSED(state);
    struct live_wish wish = { .goal = .9, .horizon = 1, .no_new_people = true };
    lobby(34, 4, "fcfs; prefer service");
    s.model.kinds[0].share = 1;
    s.model.kinds[1].share = 0;
    waits(7, .5);
    for (int i = 0; i < 8; i++)
        s.waiting[i].kind = 0;
    s.windows[3].preference[0] = 0; /* E only, and nobody comes for E */
    s.windows[3].busy = false;
    live_advise(&s, &wish, 1, &advice);
    if (getenv("PIAOHAO_TELL"))
        printf("base %.3f best %.3f -> %.3f\n", advice.base, advice.best.before, advice.best.after);
    assert_int_equal(advice.verdict, LIVE_ADVICE);
    assert_int_equal(advice.best.action.kind, LIVE_HELP);
    assert_int_equal(advice.best.action.window, 3);
    assert_int_equal(advice.best.action.service, 0);
}

static void sooner_is_what_the_quantiles_say(void **state)
{
    UNUSED(state);
    double quick[LIVE_QUANTILES], slow[LIVE_QUANTILES], never[LIVE_QUANTILES];
    for (int i = 0; i < LIVE_QUANTILES; i++) {
        quick[i] = i;
        slow[i] = 20 + i;
        never[i] = INFINITY;
    }
    assert_true(live_sooner(quick, 5, 1, slow) == 1);
    assert_true(live_sooner(quick, 40, 1, slow) == 0);
    assert_true(live_sooner(never, 0, 0, slow) == 0);
    assert_true(live_sooner(quick, 5, 1, never) == 1);
    assert_true(fabs(live_sooner(quick, 0, 0, quick) - .45) < 1e-9); /* ties are not sooner */
}

/* 60 waiting, 8 windows, three classes, eight services: the figure of docs/measurements.md. */
static void a_full_lobby_is_looked_at_a_thousand_times_quickly(void **state)
{
    UNUSED(state);
    struct timespec a, b;
    lobby(75, 8, "head:mid=5m,high=10m");
    s.model.n_kinds = 8;
    for (size_t i = 0; i < COUNT(values); i++) /* lognormal, mean 6, squared variation 1.2 */
        values[i] = 4.045 * exp(.888 * plan_normal_quantile(((double)i + .5) / COUNT(values)));
    plan_service_values(&s.model.kinds[0].takes, values, COUNT(values));
    for (int k = 0; k < 8; k++) {
        s.model.kinds[k].prefix = (char)('A' + k);
        s.model.kinds[k].share = 1;
        s.model.kinds[k].takes = s.model.kinds[0].takes;
        for (int w = 0; w < 8; w++)
            s.windows[w].preference[k] = 1;
    }
    rule_of("head:mid=5m,high=10m");
    waits(60, .3);
    for (int i = 0; i < 60; i++)
        s.waiting[i].kind = i % 8;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &a);
    live_look(&s, 1, LIVE_FUTURES, &answer);
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &b);
    double ms = (double)(b.tv_sec - a.tv_sec) * 1e3 + (double)(b.tv_nsec - a.tv_nsec) / 1e6;
    if (getenv("PIAOHAO_TELL"))
        printf("live_look: %.1f ms\n", ms);
    assert_true(answer.waiting[59].p90 > answer.waiting[0].p90);
}

/* Two windows too few, one of two closed ones could be opened by somebody for half an hour. */
static void a_window_is_opened_only_by_somebody_who_is_free_and_can(void **state)
{
    UNUSED(state);
    struct live_wish wish = { .goal = .9, .horizon = 1, .confirm = 300 };
    lobby(50, 4, "fcfs");
    waits(14, .5);
    s.windows[2] = s.windows[3] = (struct live_window){ .closes = INFINITY };
    for (int i = 2; i < 4; i++)
        s.windows[i].preference['A' - 'A'] = s.windows[i].preference['E' - 'A'] = 1;
    s.by_roster = true;
    live_advise(&s, &wish, 5, &advice);
    for (int i = 0; i < advice.n_tried; i++)
        assert_int_not_equal(advice.tried[i].action.kind, LIVE_OPEN);
    s.windows[3].person = 77;
    s.windows[3].person_for = 30;
    live_advise(&s, &wish, 5, &advice);
    int n = 0;
    for (int i = 0; i < advice.n_tried; i++)
        if (advice.tried[i].action.kind == LIVE_OPEN) {
            assert_int_equal(advice.tried[i].action.window, 3);
            assert_int_equal(advice.tried[i].action.minutes, 25);
            n++;
        }
    assert_int_equal(n, 1);
    s.windows[2].paused = s.windows[2].at_lunch = true; /* a lunch is not ended */
    s.windows[2].back = 20;
    live_advise(&s, &wish, 5, &advice);
    for (int i = 0; i < advice.n_tried; i++)
        assert_int_not_equal(advice.tried[i].action.kind, LIVE_RESUME);
}

/* Who waits by the book may have gone without a word: the longer ago she came, the likelier. */
static void who_has_gone_without_a_word_is_called_and_not_counted(void **state)
{
    UNUSED(state);
    for (int waited = 0; waited <= 15; waited += 15) {
        double stays = exp(-waited / 30.), gone = .1 + .5 * .9 * (1 - stays);
        lobby(0, 1, "fcfs");
        s.windows[0].busy = false;
        s.model.patience = 30;
        s.model.patience_law.silent = .5;
        s.model.patience_law.never = .1;
        s.model.absent_takes = 1;
        waits(1, waited);
        live_look(&s, 9, 8000, &answer);
        double here = .9 * stays / (.9 * stays + gone);
        assert_true(fabs(answer.promise[0].counted - here) < .02);
        assert_true(answer.waiting[0].p90 < .02); /* if she is there, she is called now */
    }
}

SUITE(plan_live, cmocka_unit_test(who_has_gone_without_a_word_is_called_and_not_counted),
      cmocka_unit_test(a_window_is_opened_only_by_somebody_who_is_free_and_can),
      cmocka_unit_test(the_nth_in_line_waits_as_long_as_the_formula_says),
      cmocka_unit_test(a_ghost_disturbs_nobody_and_is_told_what_a_customer_would_wait),
      cmocka_unit_test(the_same_state_and_seed_give_the_same_answer),
      cmocka_unit_test(queues_that_are_put_together_give_the_same_answer),
      cmocka_unit_test(who_is_bound_to_a_window_waits_for_it),
      cmocka_unit_test(a_service_that_lasts_is_not_over_at_once),
      cmocka_unit_test(opening_a_window_is_advised_where_it_keeps_the_promise),
      cmocka_unit_test(a_quiet_lobby_gets_no_advice_and_a_hopeless_one_is_told_so),
      cmocka_unit_test(where_the_fresh_futures_keep_the_promise_nothing_is_advised),
      cmocka_unit_test(a_window_helps_with_the_service_people_wait_for),
      cmocka_unit_test(sooner_is_what_the_quantiles_say),
      cmocka_unit_test(a_full_lobby_is_looked_at_a_thousand_times_quickly))
