/* rule_fuzz.c -- parse -> print -> parse: the same rule and the same text come back; and whatever
 * was parsed can choose and explain. */
#include "base/date.h"
#include "lobby/rule.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct rule_classes classes = {
    .count = 3,
    .at = { { "normal", 0, 20 * US_MINUTE, "普通", "regular" },
            { "mid", 1, 10 * US_MINUTE, "中端", "mid-range" },
            { "high", 2, 10 * US_MINUTE, NULL, NULL } },
};

static void choose_and_explain(const struct lobby_rule *rule, size_t seed)
{
    struct rule_waiter lobby[6];
    char sentence[400];
    struct rule_caller caller = { .window = 1, .staff = 2, .preference = { 1, 2 } };
    struct rule_turns turns = { 0 };
    for (int i = 0; i < 6; i++)
        lobby[i] =
            (struct rule_waiter){ .since_us = (int64_t)(seed * 7 + (size_t)i * 5) % 31 * US_MINUTE,
                                  .order = i,
                                  .class_index = i % 3,
                                  .service = 'A' + i % 4,
                                  .courtesy = i == 4 };
    struct rule_choice c = rule_choose(rule, &classes, lobby, 6, &caller, &turns, US_HOUR);
    CHECK(c.index >= 0 && c.index < 6 && c.eligible == 4);
    rule_called(rule, c.class_index, &turns);
    rule_explain(rule, &classes, &c, seed % 2, sentence, sizeof sentence);
    CHECK(strlen(sentence) > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char text[1024], error[160], first[RULE_TEXT], second[RULE_TEXT];
    struct lobby_rule rule, again;
    if (size >= sizeof text)
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    if (rule_parse(text, &classes, &rule, error, sizeof error)) {
        CHECK(strstr(error, "allowed: "));
        return 0;
    }
    rule_print(&rule, &classes, first);
    CHECK(rule_parse(first, &classes, &again, error, sizeof error) == 0);
    rule_print(&again, &classes, second);
    CHECK(strcmp(first, second) == 0);
    choose_and_explain(&rule, size);
    return 0;
}
