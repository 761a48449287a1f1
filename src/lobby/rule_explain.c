/* rule_explain.c -- Why this ticket? One sentence that can be read out to the customer who asks. */
#include "lobby/rule.h"

#include <stdio.h>
#include <string.h>

#include "base/date.h"

#include "base/banned.h"

enum { SAY = 48, SAY_QUEUE = 96 };

static void say_time(int64_t us, bool english, char out[SAY])
{
    int64_t s = us / US_SECOND;
    int h = (int)(s / 3600 % 100000), m = (int)(s / 60 % 60), r = (int)(s % 60);
    if (h > 0)
        snprintf(out, SAY, english ? "%d h %d min" : "%d 小时 %d 分", h, m);
    else if (m > 0 && r > 0)
        snprintf(out, SAY, english ? "%d min %d s" : "%d 分 %d 秒", m, r);
    else if (m > 0)
        snprintf(out, SAY, english ? "%d min" : "%d 分钟", m);
    else
        snprintf(out, SAY, english ? "%d s" : "%d 秒", r);
}

/* In Chinese without its last word 客户 ("金卡客户" is "金卡"), which the sentences add. */
static void class_name(const struct rule_classes *classes, int i, bool english, char out[SAY])
{
    static const char people[] = "客户";
    if (i < 0 || i >= classes->count) {
        snprintf(out, SAY, "%s", english ? "this class" : "这类");
        return;
    }
    const char *name = english ? classes->at[i].en : classes->at[i].zh;
    snprintf(out, SAY, "%s", name ? name : classes->at[i].code);
    size_t n = strlen(out), tail = sizeof people - 1;
    if (!english && n > tail && !strcmp(out + n - tail, people))
        out[n - tail] = 0;
}

static void say_queue(enum rule_queue queue, int key, const struct rule_classes *classes,
                      bool english, char out[SAY_QUEUE])
{
    char name[SAY];
    class_name(classes, key, english, name);
    if (queue == QUEUE_ANY)
        snprintf(out, SAY_QUEUE, "%s", english ? "the whole lobby" : "全部排队客户");
    else if (queue == QUEUE_SERVICE)
        snprintf(out, SAY_QUEUE, english ? "service %c" : "%c 类业务", key);
    else
        snprintf(out, SAY_QUEUE, english ? "%s customers" : "%s客户", name);
}

static void explain_when(const struct rule_when *when, const struct rule_classes *classes,
                         const char *waited, bool english, char *out, size_t size)
{
    char watch[SAY_QUEUE], call[SAY_QUEUE], limit[SAY];
    say_queue(when->watch, when->watch_key, classes, english, watch);
    say_queue(when->call, when->call_key, classes, english, call);
    if (when->by_wait)
        say_time(when->more_than, english, limit);
    else
        snprintf(limit, sizeof limit, english ? "%lld people" : "%lld 人",
                 (long long)when->more_than);
    if (english)
        snprintf(out, size, "More than %s %s in %s, so we now call from %s; waited %s.", limit,
                 when->by_wait ? "of waiting" : "wait", watch, call, waited);
    else
        snprintf(out, size, "%s%s超过%s，现在先从%s叫号；这位客户已等%s。", watch,
                 when->by_wait ? "等候" : "排队", limit, call, waited);
}

/* The sentences that need no more than the wait, the class, and one amount of time. */
static void explain_base(enum rule_why why, const char *name, const char *waited,
                         const char *amount, bool late, bool english, char *out, size_t size)
{
    if (why == WHY_RANK)
        snprintf(out, size,
                 english ? "Called by customer class (%s); the longest waiting of them, %s."
                         : "按客户类别先后叫号，%s客户中这位等得最久，已等%s。",
                 name, waited);
    else if (why == WHY_HEAD && !amount[0])
        snprintf(out, size,
                 english
                     ? "Called by waiting time plus each class's head start; waited %s, the most."
                     : "按等候时间加各类客户的提前量叫号，这位客户已等%s，最先轮到。",
                 waited);
    else if (why == WHY_HEAD)
        snprintf(out, size,
                 english ? "Called by waiting time; %s customers count %s more. Waited %s."
                         : "按等候时间叫号，%s客户按多等%s计算；这位客户实际已等%s。",
                 name, amount, waited);
    else if (why == WHY_ACCUMULATED)
        snprintf(out, size,
                 english ? "Called by waiting time weighted by class (%s): waited %s, counts as %s."
                         : "按等候时间加权叫号，%s客户已等%s，折算为%s，排在最前。",
                 name, waited, amount);
    else if (why == WHY_TURN)
        snprintf(out, size,
                 english ? "Classes are called in turns; it is the turn of %s, longest wait %s."
                         : "各类客户按比例轮流叫号，现在轮到%s客户，其中等得最久的已等%s。",
                 name, waited);
    else if (english)
        snprintf(out, size, "We promised %s customers %s; waited %s, %s.", name, amount, waited,
                 late ? "already over the promise" : "closest to the promised time");
    else
        snprintf(out, size, "对%s客户承诺%s内叫号，这位已等%s，%s。", name, amount, waited,
                 late ? "已超过承诺时间" : "离承诺时限最近");
}

void rule_explain(const struct lobby_rule *rule, const struct rule_classes *classes,
                  const struct rule_choice *choice, bool english, char *out, size_t size)
{
    char waited[SAY], amount[SAY], name[SAY];
    class_name(classes, choice->class_index, english, name);
    say_time(choice->waited_us, english, waited);
    say_time(choice->credit_us > 0 ? choice->credit_us : 0, english, amount);
    switch (choice->why) {
    case WHY_NOBODY:
        snprintf(out, size, "%s",
                 english ? "Nobody this window may call is waiting."
                         : "没有本窗口可叫的客户在等候。");
        return;
    case WHY_FIRST_IN_LINE:
        snprintf(out, size,
                 english ? "Was put first in line; waited %s." : "已安排在队首，先叫；已等%s。",
                 waited);
        return;
    case WHY_FINALLY:
        say_time(rule->finally_us, english, amount);
        snprintf(out, size,
                 english ? "Waited %s, more than %s: the longest waiting customer goes first."
                         : "已等%s，超过%s，等得最久的客户先叫。",
                 waited, amount);
        return;
    case WHY_COURTESY:
        if (choice->credit_us > 0)
            snprintf(out, size,
                     english ? "Elderly, disabled and pregnant customers count %s more; waited %s."
                             : "老年、残障、孕期等客户照顾叫号，按多等%s计算；实际已等%s。",
                     amount, waited);
        else
            snprintf(out, size,
                     english ? "Elderly, disabled and pregnant customers go first; waited %s."
                             : "老年、残障、孕期等客户优先叫号；已等%s。",
                     waited);
        return;
    case WHY_WHEN:
        CHECK(choice->when >= 0 && choice->when < rule->n_whens);
        explain_when(&rule->whens[choice->when], classes, waited, english, out, size);
        return;
    case WHY_OLDEST:
        snprintf(out, size,
                 english ? "First come, first called: the longest waiting, %s."
                         : "先到先叫，这位客户等得最久，已等%s。",
                 waited);
        return;
    case WHY_RANK:
    case WHY_HEAD:
    case WHY_ACCUMULATED:
    case WHY_TURN:
    case WHY_PROMISE:
        break;
    }
    if (choice->credit_us <= 0)
        amount[0] = '\0';
    bool late = choice->why == WHY_PROMISE && choice->waited_us > choice->credit_us;
    explain_base(choice->why, name, waited, amount, late, english, out, size);
}
