/* rule_test.c -- The choice: a table of lobbies and who is called next, then properties.
 *
 * A lobby is written as "name=class/service/minutes" words; after the minutes: ! first in line,
 * c courtesy, @W only window W, #S only staff S. The window is 1, its teller 7; it handles
 * A (best), B (second) and not C. */
#include "test.h"
#include "base/date.h"
#include "base/rng.h"
#include "lobby/rule.h"

#define NOW (INT64_C(1767225600) * US_SECOND)

static const struct rule_classes classes = {
    .count = 3,
    .at = { { "normal", 0, 20 * US_MINUTE, "普通客户", "regular" },
            { "mid", 1, 10 * US_MINUTE, "中端", "mid-range" },
            { "high", 2, 10 * US_MINUTE, NULL, NULL } },
};
static const struct rule_caller window1 = { .window = 1, .staff = 7, .preference = { 1, 2, 0 } };

static int class_of(const char *code)
{
    for (int i = 0; i < classes.count; i++)
        if (!strcmp(classes.at[i].code, code))
            return i;
    fail_msg("class %s", code);
    return 0;
}

static int read_lobby(const char *text, struct rule_waiter *out)
{
    char copy[512], *save = NULL;
    int n = 0;
    snprintf(copy, sizeof copy, "%s", text);
    for (char *w = strtok_r(copy, " ", &save); w; w = strtok_r(NULL, " ", &save), n++) {
        char name, code[16], service;
        int minutes, used = 0;
        assert_int_equal(sscanf(w, "%c=%15[a-z]/%c/%d%n", &name, code, &service, &minutes, &used),
                         4);
        out[n] = (struct rule_waiter){ .since_us = NOW - minutes * US_MINUTE,
                                       .order = name,
                                       .class_index = class_of(code),
                                       .service = service };
        for (const char *f = w + used; *f; f++) {
            if (*f == '!')
                out[n].first = true;
            else if (*f == 'c')
                out[n].courtesy = true;
            else if (*f == '@')
                out[n].only_window = *++f - '0';
            else if (*f == '#')
                out[n].only_staff = *++f - '0';
        }
    }
    return n;
}

static struct lobby_rule rule_of(const char *text)
{
    struct lobby_rule rule;
    char error[160];
    if (rule_parse(text, &classes, &rule, error, sizeof error))
        fail_msg("%s: %s", text, error);
    return rule;
}

static void the_rules_and_clauses_choose_as_written(void **state)
{
    UNUSED(state);
    static const struct {
        const char *rule, *lobby;
        char want; /* '-': nobody */
        enum rule_why why;
        const char *reason;
    } row[] = {
        { "fcfs", "", '-', WHY_NOBODY, "an empty lobby" },
        { "fcfs", "a=high/C/50", '-', WHY_NOBODY, "the window does not handle C" },
        { "fcfs", "a=normal/A/5 b=high/A/4 c=mid/B/6", 'c', WHY_OLDEST, "class does not matter" },
        { "fcfs", "b=normal/A/5 a=high/A/5", 'a', WHY_OLDEST, "a tie goes to the smaller order" },
        { "strict", "a=normal/A/50 b=mid/A/1 c=mid/A/2", 'c', WHY_RANK, "rank, then the oldest" },
        { "strict", "a=normal/A/50 b=high/C/9", 'a', WHY_RANK, "the higher one is not ours" },
        { "head:mid=5m,high=10m", "a=normal/A/9 b=mid/A/5", 'b', WHY_HEAD, "9 against 5 + 5" },
        { "head:mid=5m,high=10m", "a=normal/A/11 b=mid/A/5", 'a', WHY_HEAD, "11 against 5 + 5" },
        { "head:mid=5m,high=10m", "a=normal/A/10 b=mid/A/5", 'a', WHY_HEAD,
          "10 against 5 + 5: equal keys go to the smaller order" },
        { "accumulate:mid=2,high=4", "a=normal/A/9 b=mid/A/5 c=high/A/2", 'b', WHY_ACCUMULATED,
          "9, 10, 8" },
        { "accumulate:mid=1.5", "a=normal/A/9 b=mid/A/5", 'a', WHY_ACCUMULATED, "9 against 7.5" },
        { "ratio:high=1,mid=2", "a=normal/A/90 b=mid/A/1 c=high/A/0", 'c', WHY_TURN,
          "nobody had a turn: the higher rank; without turns: after all others" },
        { "ratio:high=1", "a=normal/A/5 b=mid/A/1", 'b', WHY_TURN, "without turns: by rank" },
        { "promise", "a=normal/A/15 b=mid/A/6", 'b', WHY_PROMISE, "5 minutes left against 4" },
        { "promise", "a=normal/A/17 b=mid/A/6", 'a', WHY_PROMISE, "3 minutes left against 4" },
        { "strict", "a=normal/A/1! b=high/A/9", 'a', WHY_FIRST_IN_LINE, "first in line" },
        { "strict", "a=normal/A/1! b=normal/A/3!", 'b', WHY_FIRST_IN_LINE, "the oldest of two" },
        { "fcfs", "a=normal/C/1! b=high/A/1", 'b', WHY_OLDEST, "first, but not at this window" },
        { "strict; finally 40m", "a=normal/A/41 b=high/A/9", 'a', WHY_FINALLY, "over 40 minutes" },
        { "strict; finally 40m", "a=normal/A/40 b=high/A/9", 'b', WHY_RANK, "40 is not longer" },
        { "fcfs; finally 40m", "a=normal/C/90 b=mid/A/9", 'b', WHY_OLDEST, "90, but not ours" },
        { "strict", "a=normal/A/1c b=high/A/9", 'a', WHY_COURTESY, "courtesy first by default" },
        { "strict", "a=normal/A/1c b=high/A/2c", 'b', WHY_COURTESY, "the oldest of two" },
        { "strict; courtesy off", "a=normal/A/1c b=high/A/9", 'b', WHY_RANK, "switched off" },
        { "fcfs; courtesy head 10m", "a=normal/A/1c b=high/A/9", 'a', WHY_COURTESY, "1 + 10" },
        { "fcfs; courtesy head 10m", "a=normal/A/9c b=high/A/1", 'a', WHY_OLDEST,
          "oldest without the credit too" },
        { "fcfs; courtesy head 10m", "a=normal/A/1c b=high/A/12", 'b', WHY_OLDEST, "1 + 10 < 12" },
        { "strict; courtesy head 10m", "a=normal/A/1c b=high/A/1 c=normal/A/5", 'b', WHY_RANK,
          "the credit works inside the rank" },
        { "strict; courtesy head 10m", "a=normal/A/1c c=normal/A/5", 'a', WHY_COURTESY, "1 + 10" },
        { "accumulate:mid=2; courtesy head 3m", "a=normal/A/9 b=mid/A/2c", 'b', WHY_COURTESY,
          "9 against 2 x (2 + 3)" },
        { "promise; courtesy head 5m", "a=normal/A/12c b=mid/A/6", 'a', WHY_COURTESY,
          "8 - 5 minutes left against 4" },
        { "ratio:normal=1,mid=1; courtesy head 9m", "a=normal/A/1c b=normal/A/5", 'a', WHY_COURTESY,
          "the credit works inside the class whose turn it is" },
        { "fcfs; when class:mid count>1 call class:mid", "a=normal/A/9 b=mid/A/1 c=mid/A/2", 'c',
          WHY_WHEN, "two mid wait" },
        { "fcfs; when class:mid count>1 call class:mid", "a=normal/A/9 b=mid/A/1 c=mid/C/2", 'b',
          WHY_WHEN, "those of another window count too" },
        { "fcfs; when class:mid count>2 call class:mid", "a=normal/A/9 b=mid/A/1 c=mid/A/2", 'a',
          WHY_OLDEST, "two are not more than two" },
        { "fcfs; when service:C wait>15m call service:B", "a=normal/A/9 b=mid/B/1 c=mid/C/16", 'b',
          WHY_WHEN, "C waits 16 minutes" },
        { "fcfs; when service:C wait>15m call service:C", "a=normal/A/9 b=mid/B/1 c=mid/C/16", 'a',
          WHY_OLDEST, "the condition holds, but this window has nobody there" },
        { "fcfs; when any count>1 call service:C; when any count>1 call class:mid",
          "a=normal/A/9 b=mid/B/1 c=normal/C/16", 'b', WHY_WHEN, "then the next clause" },
        { "strict; when service:B count>1 call service:B", "a=high/A/9 b=normal/B/8 c=mid/B/1", 'c',
          WHY_WHEN, "the base rule inside the queue" },
        { "strict; courtesy head 9m; when service:B count>0 call service:B",
          "a=high/A/9 b=normal/B/8 c=normal/B/1c", 'c', WHY_WHEN, "with the courtesy credit" },
        { "fcfs; when any wait>10m call any; prefer service", "a=normal/A/1 b=normal/B/11", 'b',
          WHY_WHEN, "call any: the base rule without preference" },
        { "fcfs; prefer service", "a=normal/A/1 b=high/B/50", 'a', WHY_OLDEST, "A is preferred" },
        { "fcfs; prefer service", "b=high/B/50", 'b', WHY_OLDEST, "nobody for A" },
        { "strict; prefer service", "a=normal/A/1 b=high/B/50 c=mid/A/1", 'c', WHY_RANK,
          "the base rule inside the preferred service" },
        { "fcfs; prefer service", "a=normal/A/1 b=high/B/50@1", 'b', WHY_OLDEST,
          "a transfer to this window is preferred like its best service" },
        { "fcfs; finally 40m; prefer service", "a=normal/A/1 b=high/B/50", 'b', WHY_FINALLY,
          "finally comes before" },
        { "fcfs", "a=normal/A/9@2 b=normal/A/1", 'b', WHY_OLDEST, "another window's" },
        { "fcfs", "a=normal/C/9@1 b=normal/A/1", 'a', WHY_OLDEST,
          "sent here, whatever the service" },
        { "fcfs", "a=normal/A/9#8 b=normal/A/1", 'b', WHY_OLDEST, "another teller's" },
        { "fcfs", "a=normal/C/9#7 b=normal/A/1", 'a', WHY_OLDEST, "this teller's" },
        { "fcfs", "a=normal/A/9@1#8 b=normal/A/1", 'b', WHY_OLDEST, "both must hold" },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        struct rule_waiter lobby[16];
        int n = read_lobby(row[i].lobby, lobby);
        struct lobby_rule rule = rule_of(row[i].rule);
        struct rule_choice got = rule_choose(&rule, &classes, lobby, n, &window1, NULL, NOW);
        char name = got.index < 0 ? '-' : (char)lobby[got.index].order;
        if (name != row[i].want || got.why != row[i].why)
            fail_msg("%s | %s: %c why %d, not %c why %d: %s", row[i].rule, row[i].lobby, name,
                     (int)got.why, row[i].want, (int)row[i].why, row[i].reason);
    }
}

static void ratio_gives_each_class_its_turns_and_starts_again(void **state)
{
    UNUSED(state);
    struct lobby_rule rule = rule_of("ratio:high=1,mid=2,normal=2");
    struct rule_waiter lobby[3];
    struct rule_turns turns = { 0 };
    char order[11] = "";
    read_lobby("a=normal/A/9 b=mid/A/1 c=high/A/1", lobby);
    for (int i = 0; i < 10; i++) {
        struct rule_choice got = rule_choose(&rule, &classes, lobby, 3, &window1, &turns, NOW);
        assert_int_equal(got.why, WHY_TURN);
        order[i] = "nmh"[got.class_index];
        rule_called(&rule, got.class_index, &turns);
    }
    assert_string_equal(order, "hmnmnhmnmn");
    for (int i = 0; i < RULE_CLASSES; i++)
        assert_int_equal(turns.called[i], 0);
    struct lobby_rule fcfs = rule_of("fcfs");
    rule_called(&fcfs, 1, &turns);
    assert_int_equal(turns.called[1], 0);
}

static void a_class_that_was_away_does_not_collect_turns(void **state)
{
    UNUSED(state);
    struct lobby_rule rule = rule_of("ratio:high=1,normal=2");
    struct rule_waiter lobby[2];
    struct rule_turns turns = { 0 };
    read_lobby("a=normal/A/9 c=high/A/1", lobby);
    for (int i = 0; i < 100; i++)
        rule_called(&rule, 0, &turns);
    int high = 0;
    for (int i = 0; i < 9; i++) {
        struct rule_choice got = rule_choose(&rule, &classes, lobby, 2, &window1, &turns, NOW);
        high += got.class_index == 2;
        rule_called(&rule, got.class_index, &turns);
    }
    assert_int_equal(high, 4); /* at once, then one in three */
}

static void extreme_instants_and_rates_do_not_overflow(void **state)
{
    UNUSED(state);
    static const char *const text[] = { "fcfs", "head:high=24h", "accumulate:high=1000",
                                        "promise; courtesy head 24h", "fcfs; finally 24h" };
    struct rule_waiter w[2] = {
        { .since_us = INT64_MIN, .order = 1, .class_index = 2, .service = 'A' },
        { .since_us = INT64_MAX, .order = 2, .class_index = 0, .service = 'A' },
    };
    for (size_t i = 0; i < COUNT(text); i++) {
        struct lobby_rule rule = rule_of(text[i]);
        struct rule_choice got = rule_choose(&rule, &classes, w, 2, &window1, NULL, INT64_MAX);
        assert_int_equal(got.index, 0);
        assert_true(got.waited_us == INT64_MAX);
        got = rule_choose(&rule, &classes, w + 1, 1, &window1, NULL, INT64_MIN);
        assert_int_equal(got.index, 0);
        assert_int_equal(got.waited_us, 0);
    }
}

/* Random rules and lobbies. */
static const char *const bases[] = {
    "fcfs",
    "strict",
    "head:mid=4m,high=9m",
    "accumulate:mid=1.7,high=3",
    "ratio:high=1,mid=2,normal=3",
    "ratio:mid=1",
    "promise",
    "head:mid=0s,high=0s",
};
static const char *const clauses[] = {
    "",
    "; finally 25m",
    "; courtesy off",
    "; courtesy head 6m",
    "; prefer service",
    "; when class:mid count>3 call class:mid",
    "; when service:B wait>12m call service:B",
    "; when any count>6 call class:high",
    "; finally 28m; courtesy head 3m; when service:A count>2 call service:A; prefer service",
};

static int random_lobby(struct rng *r, struct rule_waiter *out, int max)
{
    int n = (int)rng_below(r, (uint32_t)max + 1);
    for (int i = 0; i < n; i++)
        out[i] = (struct rule_waiter){
            .since_us = NOW - (int64_t)rng_below(r, 30) * US_MINUTE,
            .order = i + 1,
            .class_index = (int)rng_below(r, 3),
            .service = 'A' + (int)rng_below(r, 3),
            .courtesy = rng_below(r, 6) == 0,
            .first = rng_below(r, 40) == 0,
            .only_window = rng_below(r, 12) == 0 ? 1 + rng_below(r, 2) : 0,
            .only_staff = rng_below(r, 20) == 0 ? 7 + rng_below(r, 2) : 0,
        };
    return n;
}

static struct lobby_rule random_choice_rule(struct rng *r)
{
    char text[400];
    snprintf(text, sizeof text, "%s%s", bases[rng_below(r, COUNT(bases))],
             clauses[rng_below(r, COUNT(clauses))]);
    return rule_of(text);
}

static bool eligible(const struct rule_waiter *w)
{
    if (w->only_window || w->only_staff)
        return (!w->only_window || w->only_window == 1) && (!w->only_staff || w->only_staff == 7);
    return w->service != 'C';
}

static void the_choice_is_eligible_and_does_not_depend_on_the_order_given(void **state)
{
    UNUSED(state);
    struct rng r;
    rng_seed(&r, 20);
    for (int k = 0; k < 20000; k++) {
        struct rule_waiter lobby[24], other[24];
        struct lobby_rule rule = random_choice_rule(&r);
        struct rule_turns turns = { .called = { (int32_t)rng_below(&r, 4),
                                                (int32_t)rng_below(&r, 4), 1 } };
        int n = random_lobby(&r, lobby, 24), can = 0;
        for (int i = 0; i < n; i++)
            can += eligible(&lobby[i]);
        memcpy(other, lobby, sizeof lobby);
        for (int i = n - 1; i > 0; i--) {
            int j = (int)rng_below(&r, (uint32_t)i + 1);
            struct rule_waiter t = other[i];
            other[i] = other[j];
            other[j] = t;
        }
        struct rule_choice a = rule_choose(&rule, &classes, lobby, n, &window1, &turns, NOW);
        struct rule_choice b = rule_choose(&rule, &classes, other, n, &window1, &turns, NOW);
        assert_int_equal(a.eligible, can);
        assert_int_equal(a.index < 0, can == 0);
        assert_int_equal(a.why, b.why);
        assert_int_equal(a.credit_us, b.credit_us);
        if (a.index < 0)
            continue;
        assert_true(eligible(&lobby[a.index]));
        assert_int_equal(lobby[a.index].order, other[b.index].order);
        char zh[400], en[400];
        rule_explain(&rule, &classes, &a, false, zh, sizeof zh);
        rule_explain(&rule, &classes, &a, true, en, sizeof en);
        assert_true(strlen(zh) > 12 && strlen(en) > 12);
    }
}

static bool same_group(const struct rule_waiter *a, const struct rule_waiter *b)
{
    return a->class_index == b->class_index && a->service == b->service &&
           a->courtesy == b->courtesy && a->first == b->first && a->only_window == b->only_window &&
           a->only_staff == b->only_staff;
}

static int heads_of(const struct rule_waiter *lobby, int n, struct rule_waiter *heads,
                    struct rule_counts *counts)
{
    int m = 0;
    memset(counts, 0, sizeof *counts);
    for (int i = 0; i < n; i++) {
        counts->all++;
        counts->of_class[lobby[i].class_index]++;
        counts->of_service[lobby[i].service - 'A']++;
        int j = 0;
        while (j < m && !same_group(&heads[j], &lobby[i]))
            j++;
        bool older = j == m || lobby[i].since_us < heads[j].since_us ||
                     (lobby[i].since_us == heads[j].since_us && lobby[i].order < heads[j].order);
        if (older)
            heads[j] = lobby[i];
        m += j == m;
    }
    return m;
}

static void the_heads_of_the_queues_give_the_same_choice_as_everybody(void **state)
{
    UNUSED(state);
    struct rng r;
    rng_seed(&r, 21);
    for (int k = 0; k < 20000; k++) {
        struct rule_waiter lobby[40], heads[40];
        struct rule_counts counts;
        struct lobby_rule rule = random_choice_rule(&r);
        int n = random_lobby(&r, lobby, 40);
        int m = heads_of(lobby, n, heads, &counts);
        struct rule_choice a = rule_choose(&rule, &classes, lobby, n, &window1, NULL, NOW);
        struct rule_choice b =
            rule_choose_heads(&rule, &classes, heads, m, &counts, &window1, NULL, NOW);
        assert_int_equal(a.why, b.why);
        assert_int_equal(a.index < 0, b.index < 0);
        if (a.index >= 0)
            assert_int_equal(lobby[a.index].order, heads[b.index].order);
    }
}

static void rules_that_mean_the_same_choose_the_same(void **state)
{
    UNUSED(state);
    static const char *const pair[][2] = {
        { "fcfs", "head:mid=0s,high=0s" },
        { "fcfs", "accumulate:normal=1,mid=1,high=1" },
        { "strict", "head:mid=8h,high=16h" },
    };
    struct rng r;
    rng_seed(&r, 22);
    for (size_t p = 0; p < COUNT(pair); p++) {
        struct lobby_rule a = rule_of(pair[p][0]), b = rule_of(pair[p][1]);
        for (int k = 0; k < 3000; k++) {
            struct rule_waiter lobby[20];
            int n = random_lobby(&r, lobby, 20);
            assert_int_equal(rule_choose(&a, &classes, lobby, n, &window1, NULL, NOW).index,
                             rule_choose(&b, &classes, lobby, n, &window1, NULL, NOW).index);
        }
    }
}

static void a_choice_is_told_in_one_sentence(void **state)
{
    UNUSED(state);
    static const struct {
        const char *rule, *lobby, *zh, *en;
    } row[] = {
        { "fcfs", "a=normal/A/12", "先到先叫，这位客户等得最久，已等12 分钟。",
          "First come, first called: the longest waiting, 12 min." },
        { "head:mid=5m", "a=mid/A/3",
          "按等候时间叫号，中端客户按多等5 分钟计算；这位客户实际已等3 分钟。",
          "Called by waiting time; mid-range customers count 5 min more. Waited 3 min." },
        { "head:mid=5m", "a=normal/A/3",
          "按等候时间加各类客户的提前量叫号，这位客户已等3 分钟，最先轮到。",
          "Called by waiting time plus each class's head start; waited 3 min, the most." },
        { "promise", "a=normal/A/23",
          "对普通客户承诺20 分钟内叫号，这位已等23 分钟，已超过承诺时间。",
          "We promised regular customers 20 min; waited 23 min, already over the promise." },
        { "fcfs; when class:mid count>0 call class:mid", "a=mid/A/65",
          "中端客户排队超过0 人，现在先从中端客户叫号；这位客户已等1 小时 5 分。",
          "More than 0 people wait in mid-range customers, so we now call from mid-range "
          "customers; "
          "waited 1 h 5 min." },
        { "ratio:high=1", "a=high/A/2",
          "各类客户按比例轮流叫号，现在轮到high客户，其中等得最久的已等2 分钟。",
          "Classes are called in turns; it is the turn of high, longest wait 2 min." },
        { "strict", "a=normal/A/2c", "老年、残障、孕期等客户优先叫号；已等2 分钟。",
          "Elderly, disabled and pregnant customers go first; waited 2 min." },
        { "strict", "", "没有本窗口可叫的客户在等候。", "Nobody this window may call is waiting." },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        struct rule_waiter lobby[4];
        char text[300];
        struct lobby_rule rule = rule_of(row[i].rule);
        int n = read_lobby(row[i].lobby, lobby);
        struct rule_choice got = rule_choose(&rule, &classes, lobby, n, &window1, NULL, NOW);
        rule_explain(&rule, &classes, &got, false, text, sizeof text);
        assert_string_equal(text, row[i].zh);
        rule_explain(&rule, &classes, &got, true, text, sizeof text);
        assert_string_equal(text, row[i].en);
    }
}

SUITE(rule, cmocka_unit_test(the_rules_and_clauses_choose_as_written),
      cmocka_unit_test(ratio_gives_each_class_its_turns_and_starts_again),
      cmocka_unit_test(a_class_that_was_away_does_not_collect_turns),
      cmocka_unit_test(extreme_instants_and_rates_do_not_overflow),
      cmocka_unit_test(the_choice_is_eligible_and_does_not_depend_on_the_order_given),
      cmocka_unit_test(the_heads_of_the_queues_give_the_same_choice_as_everybody),
      cmocka_unit_test(rules_that_mean_the_same_choose_the_same),
      cmocka_unit_test(a_choice_is_told_in_one_sentence))
