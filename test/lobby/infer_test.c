/* infer_test.c -- The rule read out of the real log, and out of simulated ones whose rule we know.
 */
#include "test.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/date.h"
#include "base/jsonw.h"
#include "base/rng.h"
#include "lobby/infer.h"

#include <math.h>

#ifdef __SANITIZE_ADDRESS__
enum { RUNS = 20, NEEDED = 19 }; /* the same share in a third of the time */
#else
enum { RUNS = 40, NEEDED = 38 };
#endif
enum { CUSTOMERS = 450, WINDOWS = 3 };

static const struct rule_classes two = {
    .count = 2, .at = { { "normal", 0, 0, NULL, NULL }, { "high", 1, 0, NULL, NULL } }
};
static const struct rule_classes three = { .count = 3,
                                           .at = { { "normal", 0, 0, NULL, NULL },
                                                   { "mid", 1, 0, NULL, NULL },
                                                   { "high", 2, 0, NULL, NULL } } };

/* Half are normal of three classes, three in four of two. */
static int random_class(const struct rule_classes *classes, struct rng *r)
{
    int roll = (int)rng_below(r, 4);
    return roll < 2 ? 0 : roll == 2 ? (classes->count == 3 ? 1 : 0) : classes->count - 1;
}

/* A branch on one day: Poisson arrivals, three busy windows, the production rule. cheat: the share
 * of calls by the teller "Qian" that take the youngest instead. */
static void simulate(const struct rule_classes *classes, const struct lobby_rule *rule,
                     double cheat, struct rng *r, struct infer_call *calls)
{
    static const char *const teller[WINDOWS] = { "Li", "Qian", "Wu" };
    static struct rule_waiter queue[CUSTOMERS];
    int64_t window_free[WINDOWS] = { 0 }, arrival = 0;
    struct rule_caller caller = { .preference = { 1 } };
    struct rule_turns turns = { 0 };
    int came = 0, waiting = 0, called = 0;
    arrival = (int64_t)(rng_exponential(r, 57) * 1e6) + 1;
    while (called < CUSTOMERS) {
        int w = 0;
        for (int i = 1; i < WINDOWS; i++)
            w = window_free[i] < window_free[w] ? i : w;
        int64_t now = window_free[w];
        if (came < CUSTOMERS && (waiting == 0 || arrival <= now)) {
            queue[waiting++] = (struct rule_waiter){ .since_us = arrival,
                                                     .order = came + 1,
                                                     .class_index = random_class(classes, r),
                                                     .service = 'A' };
            calls[came++].since_us = arrival;
            if (window_free[w] < arrival)
                window_free[w] = arrival;
            arrival += (int64_t)(rng_exponential(r, 57) * 1e6) + 1;
            continue;
        }
        int k = rule_choose(rule, classes, queue, waiting, &caller, &turns, now).index;
        assert_true(k >= 0);
        if (w == 1 && rng_unit(r) < cheat)
            for (int i = 0; i < waiting; i++)
                k = queue[i].since_us > queue[k].since_us ? i : k;
        int id = (int)queue[k].order - 1;
        calls[id] = (struct infer_call){ .name = "",
                                         .staff = teller[w],
                                         .line = id + 2,
                                         .since_us = queue[k].since_us,
                                         .left_us = now,
                                         .class_index = queue[k].class_index,
                                         .service = 'A',
                                         .called = true,
                                         .queued = true };
        rule_called(rule, queue[k].class_index, &turns);
        queue[k] = queue[--waiting];
        window_free[w] = now + (int64_t)(rng_lognormal(r, 4.8, .7) * 1e6) + 1;
        called++;
    }
}

static struct lobby_rule random_rule(enum rule_base base, struct rng *r)
{
    struct lobby_rule rule = { .base = base };
    if (base == RULE_HEAD)
        rule.head_us[1] = (60 + rng_below(r, 300)) * US_SECOND;
    if (base == RULE_ACCUMULATE) {
        rule.rate_ppm[0] = 1000000;
        rule.rate_ppm[1] = 1500000 + (int32_t)rng_below(r, 35) * 100000;
    }
    if (base == RULE_RATIO) {
        rule.turns[0] = 1 + (int32_t)rng_below(r, 2);
        rule.turns[1] = rule.turns[0] == 2 ? 1 : 1 + (int32_t)rng_below(r, 3);
    }
    return rule;
}

static void run(const struct infer_log *log, const char *given, struct arena *arena,
                struct infer_report *out)
{
    char error[CALLOG_ERROR];
    if (infer_run(log, given, arena, out, error))
        fail_msg("%s", error);
}

static void the_right_one_of_five_disciplines_is_named(void **state)
{
    UNUSED(state);
    static const enum rule_base base[] = { RULE_FCFS, RULE_STRICT, RULE_HEAD, RULE_RATIO,
                                           RULE_ACCUMULATE };
    static struct infer_call calls[CUSTOMERS];
    struct rng r;
    rng_seed(&r, 25);
    for (size_t b = 0; b < COUNT(base); b++) {
        int right = 0;
        for (int i = 0; i < RUNS; i++) {
            struct arena *arena = arena_new((size_t)64 << 20);
            struct infer_log log = { .calls = calls, .n = CUSTOMERS, .classes = two };
            struct infer_report report;
            struct lobby_rule rule = random_rule(base[b], &r);
            simulate(&two, &rule, 0, &r, calls);
            run(&log, NULL, arena, &report);
            right += report.best[0].rule.base == base[b];
            if (report.best[0].rule.base == base[b]) /* an exact log has no unexplained call */
                assert_int_equal(report.best[0].explained, report.choices);
            arena_free(arena);
        }
        if (right < NEEDED)
            fail_msg("discipline %d: %d of %d", (int)base[b], right, RUNS);
    }
}

static void rules_over_three_classes_are_found_too(void **state)
{
    UNUSED(state);
    static const struct lobby_rule rules[] = {
        { .base = RULE_FCFS },
        { .base = RULE_STRICT },
        { .base = RULE_HEAD, .head_us = { 0, 120 * US_SECOND, 300 * US_SECOND } },
        { .base = RULE_RATIO, .turns = { 1, 2, 3 } },
        { .base = RULE_ACCUMULATE, .rate_ppm = { 1000000, 1600000, 3000000 } },
    };
    static struct infer_call calls[CUSTOMERS];
    struct rng r;
    rng_seed(&r, 27);
    for (size_t i = 0; i < COUNT(rules); i++) {
        struct arena *arena = arena_new((size_t)64 << 20);
        struct infer_log log = { .calls = calls, .n = CUSTOMERS, .classes = three };
        struct infer_report report;
        simulate(&three, &rules[i], 0, &r, calls);
        run(&log, NULL, arena, &report);
        assert_int_equal(report.best[0].rule.base, rules[i].base);
        assert_true(report.best[0].explained * 100 >= report.choices * 98);
        arena_free(arena);
    }
}

static void the_february_log_shows_the_documented_head_start(void **state)
{
    UNUSED(state);
    const char *path = test_data("service/technion_feb1999/call_center_feb1999.txt");
    struct callog *log = NULL;
    struct infer_log calls;
    struct infer_report report;
    char error[CALLOG_ERROR];
    size_t memory;
    if (!path)
        skip();
    assert_int_equal(callog_memory_file(path, &memory), 0);
    struct arena *arena = arena_new(memory);
    assert_int_equal(callog_read_file(arena, path, CALLOG_TECHNION, NULL, &log, error), 0);
    assert_int_equal(infer_log_of(log, "PS", NULL, arena, &calls, error), 0);
    assert_int_equal(calls.tolerance_us, 2 * US_SECOND);
    run(&calls, NULL, arena, &report);
    assert_int_equal(report.choices, 3157);
    assert_int_equal(report.best[0].rule.base, RULE_HEAD);
    assert_int_equal(report.best[0].rule.head_us[1], 90 * US_SECOND);
    assert_true(report.best[0].low >= 80 && report.best[0].high <= 100);
    /* 60.7, 79.3, 82.5, 84.7, 81.1, 77.7 % at 0, 60, 75, 90, 105, 120 s; strict 71.4 % */
    static const int64_t at[][2] = { { 0, 1915 }, { 4, 2505 }, { 5, 2603 },
                                     { 6, 2674 }, { 7, 2561 }, { 8, 2454 } };
    for (size_t i = 0; i < COUNT(at); i++)
        assert_int_equal(report.curve[at[i][0]], at[i][1]);
    for (int i = 0; i < INFER_FAMILIES; i++) {
        if (report.best[i].rule.base == RULE_STRICT)
            assert_int_equal(report.best[i].explained, 2255);
        if (report.best[i].rule.base == RULE_FCFS)
            assert_int_equal(report.best[i].explained, 1915);
    }
    assert_int_equal(report.audited, 3157);
    assert_int_equal(report.broken, 3157 - 2674);
    int64_t choices = 0, breaks = 0;
    for (size_t i = 0; i < report.n_staff; i++) {
        choices += report.staff[i].choices;
        breaks += report.staff[i].breaks;
        assert_false(report.staff[i].named); /* nobody breaks it more often than chance */
    }
    assert_true(choices <= report.audited && breaks <= report.broken);
    assert_int_equal(infer_log_of(log, "XX", NULL, arena, &calls, error), BASE_BAD_INPUT);
    assert_non_null(strstr(error, "XX"));
    assert_int_equal(infer_log_of(log, NULL, "1,2", arena, &calls, error), BASE_BAD_INPUT);
    assert_non_null(strstr(error, "\"0\""));
    arena_free(arena);
}

static void who_breaks_a_rule_is_named_and_nobody_else(void **state)
{
    UNUSED(state);
    static struct infer_call calls[CUSTOMERS];
    struct rng r;
    int caught = 0, false_alarms = 0;
    rng_seed(&r, 26);
    for (int i = 0; i < 40; i++) {
        struct arena *arena = arena_new((size_t)64 << 20);
        struct infer_log log = { .calls = calls, .n = CUSTOMERS, .classes = two };
        struct infer_report report;
        struct lobby_rule rule = random_rule(RULE_HEAD, &r);
        char text[RULE_TEXT];
        simulate(&two, &rule, i % 2 ? .3 : 0, &r, calls);
        rule_print(&rule, &two, text);
        run(&log, text, arena, &report);
        assert_true(report.given);
        for (size_t s = 0; s < report.n_staff; s++) {
            bool qian = strcmp(report.staff[s].name, "Qian") == 0 && i % 2;
            caught += qian && report.staff[s].named;
            false_alarms += !qian && report.staff[s].named;
        }
        assert_int_equal(report.broken > 0, i % 2);
        for (int64_t b = 0; b < report.broken; b++) {
            assert_string_equal(report.breaks[b].called->staff, "Qian");
            assert_ptr_not_equal(report.breaks[b].called, report.breaks[b].instead);
            assert_true(report.breaks[b].instead->since_us <= report.breaks[b].called->left_us);
        }
        arena_free(arena);
    }
    assert_int_equal(caught, 20);
    assert_int_equal(false_alarms, 0);
}

static void a_small_log_is_audited_by_hand(void **state)
{
    UNUSED(state);
    static const char text[] = "number,taken,called,class,staff,service\n"
                               "A1,2026-11-23 09:00:00.0,2026-11-23 09:10:00.1,normal,Li,A\n"
                               "A2,2026-11-23 09:01:00.0,2026-11-23 09:12:00.1,normal,Li,A\n"
                               "V1,2026-11-23 09:08:00.0,2026-11-23 09:11:00.1,high,Wu,A\n"
                               "A3,2026-11-23 09:09:00.0,2026-11-23 09:13:00.1,normal,Wu,A\n";
    struct callog *log = NULL;
    struct infer_log calls;
    struct infer_report report;
    char error[CALLOG_ERROR];
    struct arena *arena = arena_new((size_t)64 << 20);
    assert_int_equal(callog_read(arena, text, strlen(text), CALLOG_CSV,
                                 "number=number,taken=taken,called=called,class=class,staff=staff,"
                                 "service=service;time=%F %T.%f",
                                 &log, error),
                     0);
    assert_int_equal(infer_log_of(log, NULL, NULL, arena, &calls, error), 0);
    assert_int_equal(calls.tolerance_us, 0);
    assert_string_equal(calls.classes.at[1].code, "high");
    run(&calls, "strict", arena, &report);
    assert_int_equal(report.calls, 4);
    assert_int_equal(report.choices, 2); /* at 9:10 and 9:11 */
    assert_int_equal(report.audited, 3); /* and A2 before A3 */
    assert_int_equal(report.broken, 1);
    assert_string_equal(report.breaks[0].called->name, "A1");
    assert_string_equal(report.breaks[0].instead->name, "V1");
    assert_int_equal(report.breaks[0].earlier_us, -8 * US_MINUTE);
    assert_int_equal(report.breaks[0].why, WHY_RANK);
    run(&calls, "fcfs; when class:normal count>2 call class:normal", arena, &report);
    assert_int_equal(report.broken, 1); /* V1 at 9:11, with two normal waiting: the oldest, A2 */
    assert_string_equal(report.breaks[0].instead->name, "A2");
    assert_int_equal(infer_run(&calls, "strickt", arena, &report, error), BASE_BAD_INPUT);
    assert_non_null(strstr(error, "\"strickt\""));

    struct buf out;
    struct jsonw w;
    run(&calls, "strict", arena, &report);
    buf_init(&out, 1 << 16);
    infer_report_text(&out, &calls, &report, 10, true);
    assert_non_null(strstr(out.at, "line 2 A1 (normal) by Li; instead: line 4 V1 (high), waiting "
                                   "shorter by 480 s"));
    infer_report_text(&out, &calls, &report, 0, false);
    buf_clear(&out);
    jw_init(&w, &out);
    infer_report_json(&w, NULL, &calls, &report, 10);
    assert_non_null(strstr(out.at, "\"waited_longer_s\":-480"));
    buf_release(&out);
    arena_free(arena);
}

/* The sum 1 - P(X < k), in exact small cases. */
static void the_binomial_tail_is_exact(void **state)
{
    UNUSED(state);
    static const struct {
        int k, n;
        double p, want;
    } row[] = { { 0, 5, .3, 1 },       { 1, 2, .5, .75 },     { 3, 3, .1, .001 }, { 4, 3, .5, 0 },
                { 2, 10, .1, .26390 }, { 9, 10, .9, .73610 }, { 1, 5, 0, 0 },     { 5, 5, 1, 1 } };
    for (size_t i = 0; i < COUNT(row); i++)
        if (fabs(infer_binomial_tail(row[i].k, row[i].n, row[i].p) - row[i].want) > 1e-5)
            fail_msg("row %zu: %.7f", i, infer_binomial_tail(row[i].k, row[i].n, row[i].p));
}

SUITE(infer, cmocka_unit_test(the_right_one_of_five_disciplines_is_named),
      cmocka_unit_test(rules_over_three_classes_are_found_too),
      cmocka_unit_test(the_february_log_shows_the_documented_head_start),
      cmocka_unit_test(who_breaks_a_rule_is_named_and_nobody_else),
      cmocka_unit_test(a_small_log_is_audited_by_hand),
      cmocka_unit_test(the_binomial_tail_is_exact))
