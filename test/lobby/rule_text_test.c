/* rule_text_test.c -- The text of a rule: canonical forms, random round trips, clear refusals. */
#include "test.h"
#include "base/date.h"
#include "base/rng.h"
#include "lobby/rule.h"

static const struct rule_classes classes = {
    .count = 3,
    .at = { { "normal", 0, 0, NULL, NULL },
            { "mid", 1, 0, NULL, NULL },
            { "high", 2, 0, NULL, NULL } },
};

static void rules_print_in_one_canonical_form(void **state)
{
    UNUSED(state);
    static const struct {
        const char *text, *want;
    } row[] = {
        { "fcfs", "fcfs" },
        { "  strict ;", "strict" },
        { "fcfs; courtesy first", "fcfs" },
        { "head: high = 600s , mid=300s", "head:mid=5m,high=10m" },
        { "head:mid=90s,high=7200s", "head:mid=90s,high=2h" },
        { "head", "head" },
        { "accumulate:mid=2.50,normal=1.0,high=0.000001", "accumulate:mid=2.5,high=0.000001" },
        { "ratio:high=1,mid=2,normal=0", "ratio:mid=2,high=1" },
        { "promise;prefer service;courtesy off;finally 60m",
          "promise; finally 1h; courtesy off; prefer service" },
        { "fcfs; when any wait>90s call service:C; courtesy head 10m; when class:mid count>3 call "
          "any",
          "fcfs; courtesy head 10m; when any wait>90s call service:C; when class:mid count>3 call "
          "any" },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        struct lobby_rule rule;
        char error[160], text[RULE_TEXT];
        if (rule_parse(row[i].text, &classes, &rule, error, sizeof error))
            fail_msg("%s: %s", row[i].text, error);
        rule_print(&rule, &classes, text);
        assert_string_equal(text, row[i].want);
    }
}

static void a_bad_rule_is_refused_with_the_word_and_what_is_allowed(void **state)
{
    UNUSED(state);
    static const struct {
        const char *text, *word, *allowed;
    } row[] = {
        { "", "\"\"", "fcfs, strict, head, accumulate, ratio, promise" },
        { "fifo", "\"fifo\"", "fcfs, strict, head, accumulate, ratio, promise" },
        { "FCFS", "\"FCFS\"", "fcfs, strict" },
        { "fcfs:mid=1", "\"fcfs:mid=1\"", "fcfs" },
        { "head:", "\"head:\"", "class=value" },
        { "head:mid", "\"mid\"", "class=value" },
        { "head:gold=5m", "\"gold\"", "normal, mid, high" },
        { "head:mid=5", "\"5\"", "s, m or h" },
        { "head:mid=5m,mid=6m", "\"mid\"", "each class once" },
        { "head:mid=25h", "\"25h\"", "at most 24h" },
        { "head:mid=-5m", "\"-5m\"", "whole number" },
        { "head:mid=5m,,high=1m", "\"\"", "class=value" },
        { "accumulate:mid=0", "\"0\"", "0.000001 to 1000" },
        { "accumulate:mid=1.", "\"1.\"", "six decimals" },
        { "accumulate:mid=1001", "\"1001\"", "1000" },
        { "accumulate:mid=1.0000001", "\"1.0000001\"", "six decimals" },
        { "ratio", "\"ratio\"", "class=value" },
        { "ratio:mid=0", "\"", "at least one class" },
        { "ratio:mid=1001", "\"1001\"", "0 to 1000" },
        { "fcfs; sometimes", "\"sometimes\"", "finally, courtesy, when, prefer" },
        { "fcfs;;prefer service", "\"\"", "finally, courtesy, when, prefer" },
        { "fcfs; finally", "\"finally\"", "finally 40m" },
        { "fcfs; finally 0s", "\"0s\"", "1s to 24h" },
        { "fcfs; finally 1h; finally 2h", "\"finally\"", "once" },
        { "fcfs; finally 1h 2h", "\"2h\"", "finally 40m" },
        { "fcfs; courtesy", "\"courtesy\"", "courtesy off" },
        { "fcfs; courtesy last", "\"last\"", "courtesy head 10m" },
        { "fcfs; courtesy head ten", "\"ten\"", "s, m or h" },
        { "fcfs; prefer me", "\"me\"", "prefer service" },
        { "fcfs; when", "\"when\"", "when QUEUE count>N call QUEUE" },
        { "fcfs; when class:mid count>3 fetch class:mid", "\"fetch\"", "call QUEUE" },
        { "fcfs; when class:mid count>3 call class:mid now", "\"now\"", "call QUEUE" },
        { "fcfs; when klass:mid count>3 call class:mid", "\"klass:mid\"", "any, class:CODE" },
        { "fcfs; when class:gold count>3 call class:mid", "\"gold\"", "normal, mid, high" },
        { "fcfs; when service:c count>3 call class:mid", "\"c\"", "A to Z" },
        { "fcfs; when service:CC count>3 call class:mid", "\"CC\"", "A to Z" },
        { "fcfs; when any count>x call class:mid", "\"x\"", "0 to 100000" },
        { "fcfs; when any count=3 call class:mid", "\"count=3\"", "count>N, wait>DURATION" },
        { "fcfs; when any wait>3 call class:mid", "\"3\"", "s, m or h" },
        { "fcfs; when any count>1 call any; when any count>1 call any; when any count>1 call any; "
          "when any count>1 call any; when any count>1 call any; when any count>1 call any; "
          "when any count>1 call any",
          "\"when\"", "six times" },
        { "fcfs; when class:normal wait>86399s call class:normal; when class:normal wait>86399s "
          "call "
          "class:normal; when class:normal wait>86399s call class:normal; when class:normal "
          "wait>86399s call class:normal; when class:normal wait>86399s call class:normal; when "
          "class:normal wait>86399s call class:normal; courtesy head 86399s",
          "too long", "319 bytes" },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        struct lobby_rule rule;
        char error[240];
        assert_int_equal(rule_parse(row[i].text, &classes, &rule, error, sizeof error),
                         BASE_BAD_INPUT);
        if (!strstr(error, row[i].word) || !strstr(error, row[i].allowed) ||
            !strstr(error, "; allowed: "))
            fail_msg("%s: %s", row[i].text, error);
    }
}

static int64_t random_duration(struct rng *r, uint32_t least)
{
    static const uint32_t unit[] = { 1, 60, 3600 };
    uint32_t u = unit[rng_below(r, 3)];
    return (int64_t)(least + rng_below(r, 86400 / u - least)) * u * US_SECOND;
}

static void random_queue(struct rng *r, enum rule_queue *queue, int *key)
{
    *queue = (enum rule_queue)rng_below(r, 3);
    *key = *queue == QUEUE_CLASS     ? (int)rng_below(r, 3)
           : *queue == QUEUE_SERVICE ? 'A' + (int)rng_below(r, 26)
                                     : 0;
}

static void random_rule(struct rng *r, struct lobby_rule *out)
{
    memset(out, 0, sizeof *out);
    out->base = (enum rule_base)rng_below(r, 6);
    for (int i = 0; i < 3; i++) {
        if (out->base == RULE_HEAD)
            out->head_us[i] = rng_below(r, 3) ? random_duration(r, 0) : 0;
        if (out->base == RULE_ACCUMULATE)
            out->rate_ppm[i] = rng_below(r, 3) ? 1 + (int32_t)rng_below(r, 1000000000) : 1000000;
        if (out->base == RULE_RATIO)
            out->turns[i] = (int32_t)rng_below(r, 1001) + (i == 0);
    }
    if (out->turns[0] > 1000)
        out->turns[0] = 1000;
    if (rng_below(r, 2))
        out->finally_us = random_duration(r, 1);
    out->courtesy = (enum rule_courtesy)rng_below(r, 3);
    if (out->courtesy == COURTESY_HEAD)
        out->courtesy_us = random_duration(r, 0);
    out->prefer_service = rng_below(r, 2);
    out->n_whens = (int)rng_below(r, 4);
    for (int i = 0; i < out->n_whens; i++) {
        struct rule_when *when = &out->whens[i];
        random_queue(r, &when->watch, &when->watch_key);
        random_queue(r, &when->call, &when->call_key);
        when->by_wait = rng_below(r, 2);
        when->more_than = when->by_wait ? random_duration(r, 0) : rng_below(r, 100001);
    }
}

static void assert_same_rule(const struct lobby_rule *a, const struct lobby_rule *b)
{
    assert_int_equal(a->base, b->base);
    assert_memory_equal(a->head_us, b->head_us, sizeof a->head_us);
    assert_memory_equal(a->rate_ppm, b->rate_ppm, sizeof a->rate_ppm);
    assert_memory_equal(a->turns, b->turns, sizeof a->turns);
    assert_int_equal(a->finally_us, b->finally_us);
    assert_int_equal(a->courtesy, b->courtesy);
    assert_int_equal(a->courtesy_us, b->courtesy_us);
    assert_int_equal(a->prefer_service, b->prefer_service);
    assert_int_equal(a->n_whens, b->n_whens);
    for (int i = 0; i < a->n_whens; i++) {
        const struct rule_when *x = &a->whens[i], *y = &b->whens[i];
        assert_true(x->watch == y->watch && x->watch_key == y->watch_key &&
                    x->by_wait == y->by_wait && x->more_than == y->more_than &&
                    x->call == y->call && x->call_key == y->call_key);
    }
}

static void every_rule_survives_printing_and_parsing(void **state)
{
    UNUSED(state);
    struct rng r;
    rng_seed(&r, 23);
    for (int i = 0; i < 20000; i++) {
        struct lobby_rule rule, again;
        char text[RULE_TEXT], error[160];
        random_rule(&r, &rule);
        rule_print(&rule, &classes, text);
        if (rule_parse(text, &classes, &again, error, sizeof error))
            fail_msg("%s: %s", text, error);
        assert_same_rule(&rule, &again);
    }
}

SUITE(rule_text, cmocka_unit_test(rules_print_in_one_canonical_form),
      cmocka_unit_test(a_bad_rule_is_refused_with_the_word_and_what_is_allowed),
      cmocka_unit_test(every_rule_survives_printing_and_parsing))
