/* rule.c -- The choice: a survey of the waiting, then the clauses and the base rule over it.
 *
 * The survey keeps, for every class, who would be first inside the class. Since every base rule is
 * monotone in the time waited inside one class, the base rule then compares at most RULE_CLASSES
 * people, however many wait. Keys are 128 bits wide: no instant, credit or rate can overflow them.
 */
#include "lobby/rule.h"

#include <string.h>

#include "base/banned.h"

typedef __int128 wide;

/* One question. filter: only this queue; credit_us: what courtesy adds to the time waited. */
struct question {
    const struct lobby_rule *rule;
    const struct rule_classes *classes;
    const struct rule_waiter *waiters;
    int n;
    const struct rule_caller *caller;
    const struct rule_turns *turns;
    int64_t now_us;
    int64_t credit_us;
};
struct survey {
    int eligible;
    int first, oldest, courtesy; /* indexes, or -1 */
    int best;                    /* preference number of the heads, with prefer service */
    int head[RULE_CLASSES];      /* who is first inside each class, or -1 */
};
struct crowd {
    struct rule_counts counts;
    int64_t oldest_all, oldest_class[RULE_CLASSES],
        oldest_service[26]; /* since; INT64_MAX: nobody */
};

static int64_t narrow(wide x)
{
    return x > INT64_MAX ? INT64_MAX : x < INT64_MIN ? INT64_MIN : (int64_t)x;
}

static bool bound(const struct rule_waiter *w)
{
    return w->only_window != 0 || w->only_staff != 0;
}

static bool may_call(const struct rule_waiter *w, const struct rule_caller *caller)
{
    if (bound(w))
        return (w->only_window == 0 || w->only_window == caller->window) &&
               (w->only_staff == 0 || w->only_staff == caller->staff);
    unsigned letter = (unsigned)(w->service - 'A');
    return letter < 26 && caller->preference[letter] != 0;
}

static int preference_of(const struct rule_waiter *w, const struct rule_caller *caller)
{
    return bound(w) ? 1 : caller->preference[w->service - 'A'];
}

static bool in_queue(const struct rule_waiter *w, enum rule_queue queue, int key)
{
    return queue == QUEUE_ANY || (queue == QUEUE_CLASS ? w->class_index : w->service) == key;
}

/* Since when the rule counts one's wait. */
static wide effective(const struct question *q, int i)
{
    const struct rule_waiter *w = &q->waiters[i];
    return (wide)w->since_us - (w->courtesy ? q->credit_us : 0);
}

static bool older(const struct question *q, int a, int b)
{
    const struct rule_waiter *x = &q->waiters[a], *y = &q->waiters[b];
    return x->since_us != y->since_us ? x->since_us < y->since_us : x->order < y->order;
}

/* Earlier by the time that counts; b may be -1. */
static bool earlier(const struct question *q, int a, int b)
{
    if (b < 0)
        return true;
    wide x = effective(q, a), y = effective(q, b);
    return x != y ? x < y : older(q, a, b);
}

static void keep_older(const struct question *q, int i, int *at)
{
    if (*at < 0 || older(q, i, *at))
        *at = i;
}

/* prefer: heads only of the best preference number. */
static void survey(const struct question *q, enum rule_queue queue, int key, bool prefer,
                   struct survey *s)
{
    *s = (struct survey){ .first = -1, .oldest = -1, .courtesy = -1, .best = 256 };
    for (int c = 0; c < RULE_CLASSES; c++)
        s->head[c] = -1;
    for (int i = 0; i < q->n; i++) {
        const struct rule_waiter *w = &q->waiters[i];
        CHECK((unsigned)w->class_index < RULE_CLASSES);
        if (!may_call(w, q->caller) || !in_queue(w, queue, key))
            continue;
        s->eligible++;
        keep_older(q, i, &s->oldest);
        if (w->first)
            keep_older(q, i, &s->first);
        if (w->courtesy)
            keep_older(q, i, &s->courtesy);
        if (prefer) {
            int p = preference_of(w, q->caller);
            if (p > s->best)
                continue;
            if (p < s->best) {
                s->best = p;
                for (int c = 0; c < RULE_CLASSES; c++)
                    s->head[c] = -1;
            }
        }
        if (earlier(q, i, s->head[w->class_index]))
            s->head[w->class_index] = i;
    }
}

static void count_crowd(const struct question *q, const struct rule_counts *counts,
                        struct crowd *out)
{
    memset(out, 0, sizeof *out);
    out->oldest_all = INT64_MAX;
    for (int i = 0; i < RULE_CLASSES; i++)
        out->oldest_class[i] = INT64_MAX;
    for (int i = 0; i < 26; i++)
        out->oldest_service[i] = INT64_MAX;
    for (int i = 0; i < q->n; i++) {
        const struct rule_waiter *w = &q->waiters[i];
        unsigned letter = (unsigned)(w->service - 'A');
        out->counts.all++;
        out->counts.of_class[w->class_index]++;
        if (w->since_us < out->oldest_all)
            out->oldest_all = w->since_us;
        if (w->since_us < out->oldest_class[w->class_index])
            out->oldest_class[w->class_index] = w->since_us;
        if (letter >= 26)
            continue;
        out->counts.of_service[letter]++;
        if (w->since_us < out->oldest_service[letter])
            out->oldest_service[letter] = w->since_us;
    }
    if (counts)
        out->counts = *counts;
}

static bool longer_than(int64_t since_us, int64_t now_us, int64_t limit_us)
{
    return since_us != INT64_MAX && (wide)now_us - since_us > limit_us;
}

static bool holds(const struct rule_when *when, const struct crowd *crowd, int64_t now_us)
{
    int64_t people = crowd->counts.all, since = crowd->oldest_all;
    if (when->watch == QUEUE_CLASS) {
        CHECK((unsigned)when->watch_key < RULE_CLASSES);
        people = crowd->counts.of_class[when->watch_key];
        since = crowd->oldest_class[when->watch_key];
    } else if (when->watch == QUEUE_SERVICE) {
        CHECK(when->watch_key >= 'A' && when->watch_key <= 'Z');
        people = crowd->counts.of_service[when->watch_key - 'A'];
        since = crowd->oldest_service[when->watch_key - 'A'];
    }
    return when->by_wait ? longer_than(since, now_us, when->more_than) : people > when->more_than;
}

static int rank_of(const struct question *q, int i)
{
    return q->classes->at[q->waiters[i].class_index].rank;
}

/* The key of a base rule that has one number; the smallest is called first. */
static wide key_of(const struct question *q, int i)
{
    int c = q->waiters[i].class_index;
    wide since = effective(q, i);
    switch (q->rule->base) {
    case RULE_STRICT:
        return -(wide)rank_of(q, i);
    case RULE_HEAD:
        return since - q->rule->head_us[c];
    case RULE_ACCUMULATE:
        return -((wide)q->now_us - since) * q->rule->rate_ppm[c];
    case RULE_PROMISE:
        return since + q->classes->at[c].target_us;
    case RULE_FCFS:
    case RULE_RATIO:
        break;
    }
    return since;
}

/* <0: a's class is to be called before b's. */
static int compare_turns(const struct question *q, int a, int b)
{
    int ca = q->waiters[a].class_index, cb = q->waiters[b].class_index;
    int64_t ta = q->rule->turns[ca], tb = q->rule->turns[cb];
    if ((ta > 0) != (tb > 0))
        return ta > 0 ? -1 : 1;
    if (ta > 0 && q->turns) {
        int64_t x = q->turns->called[ca] * tb, y = q->turns->called[cb] * ta;
        if (x != y)
            return x < y ? -1 : 1;
    }
    return rank_of(q, b) - rank_of(q, a);
}

static bool before(const struct question *q, int a, int b)
{
    if (q->rule->base == RULE_RATIO) {
        int turn = compare_turns(q, a, b);
        return turn != 0 ? turn < 0 : earlier(q, a, b);
    }
    wide x = key_of(q, a), y = key_of(q, b);
    if (x != y)
        return x < y;
    if (q->rule->base == RULE_STRICT)
        return earlier(q, a, b);
    return q->waiters[a].order < q->waiters[b].order;
}

static int pick(const struct question *q, const struct survey *s)
{
    int best = -1;
    for (int c = 0; c < RULE_CLASSES; c++)
        if (s->head[c] >= 0 && (best < 0 || before(q, s->head[c], best)))
            best = s->head[c];
    return best;
}

static enum rule_why why_of(enum rule_base base)
{
    static const enum rule_why why[] = {
        [RULE_FCFS] = WHY_OLDEST, [RULE_STRICT] = WHY_RANK,     [RULE_HEAD] = WHY_HEAD,
        [RULE_RATIO] = WHY_TURN,  [RULE_PROMISE] = WHY_PROMISE, [RULE_ACCUMULATE] = WHY_ACCUMULATED,
    };
    CHECK((unsigned)base < COUNT(why));
    return why[base];
}

static int64_t credit_of(const struct question *q, int i)
{
    int c = q->waiters[i].class_index;
    switch (q->rule->base) {
    case RULE_HEAD:
        return q->rule->head_us[c];
    case RULE_ACCUMULATE:
        return narrow(((wide)q->now_us - effective(q, i)) * q->rule->rate_ppm[c] / 1000000);
    case RULE_PROMISE:
        return q->classes->at[c].target_us;
    case RULE_FCFS:
    case RULE_STRICT:
    case RULE_RATIO:
        break;
    }
    return 0;
}

/* Chooses among the heads of a queue; says courtesy when only the courtesy credit made it so. */
static int pick_in(struct question *q, enum rule_queue queue, int key, bool prefer,
                   struct rule_choice *choice)
{
    struct survey s;
    survey(q, queue, key, prefer, &s);
    int i = pick(q, &s);
    if (i < 0)
        return i;
    choice->credit_us = credit_of(q, i);
    if (q->waiters[i].courtesy && q->credit_us > 0) {
        int64_t credit = q->credit_us;
        q->credit_us = 0;
        survey(q, queue, key, prefer, &s);
        if (pick(q, &s) != i) {
            choice->why = WHY_COURTESY;
            choice->credit_us = credit;
        }
        q->credit_us = credit;
    }
    return i;
}

static int try_whens(struct question *q, const struct rule_counts *counts,
                     struct rule_choice *choice)
{
    if (q->rule->n_whens == 0)
        return -1;
    struct crowd crowd;
    count_crowd(q, counts, &crowd);
    for (int k = 0; k < q->rule->n_whens; k++) {
        const struct rule_when *when = &q->rule->whens[k];
        if (!holds(when, &crowd, q->now_us))
            continue;
        int i = pick_in(q, when->call, when->call_key, false, choice);
        if (i >= 0) {
            choice->why = WHY_WHEN;
            choice->when = k;
            choice->credit_us = 0;
            return i;
        }
    }
    return -1;
}

static int decide(struct question *q, const struct rule_counts *counts, struct rule_choice *choice)
{
    struct survey s;
    survey(q, QUEUE_ANY, 0, q->rule->prefer_service, &s);
    choice->eligible = s.eligible;
    if (s.eligible == 0)
        return -1;
    choice->why = WHY_FIRST_IN_LINE;
    if (s.first >= 0)
        return s.first;
    choice->why = WHY_FINALLY;
    if (q->rule->finally_us > 0 &&
        longer_than(q->waiters[s.oldest].since_us, q->now_us, q->rule->finally_us))
        return s.oldest;
    choice->why = WHY_COURTESY;
    if (q->rule->courtesy == COURTESY_FIRST && s.courtesy >= 0)
        return s.courtesy;
    int i = try_whens(q, counts, choice);
    if (i >= 0)
        return i;
    choice->why = why_of(q->rule->base);
    i = pick(q, &s);
    choice->credit_us = credit_of(q, i);
    if (q->waiters[i].courtesy && q->credit_us > 0)
        i = pick_in(q, QUEUE_ANY, 0, q->rule->prefer_service, choice);
    return i;
}

struct rule_choice
rule_choose_heads(const struct lobby_rule *rule, const struct rule_classes *classes,
                  const struct rule_waiter *heads, int n, const struct rule_counts *counts,
                  const struct rule_caller *caller, const struct rule_turns *turns, int64_t now_us)
{
    struct question q = { .rule = rule,
                          .classes = classes,
                          .waiters = heads,
                          .n = n,
                          .caller = caller,
                          .turns = turns,
                          .now_us = now_us };
    if (rule->courtesy == COURTESY_HEAD)
        q.credit_us = rule->courtesy_us;
    struct rule_choice choice = { .class_index = -1 };
    choice.index = decide(&q, counts, &choice);
    if (choice.index < 0)
        return (struct rule_choice){ .index = -1, .why = WHY_NOBODY, .class_index = -1 };
    int64_t waited = narrow((wide)now_us - heads[choice.index].since_us);
    choice.waited_us = waited > 0 ? waited : 0;
    choice.class_index = heads[choice.index].class_index;
    return choice;
}

struct rule_choice rule_choose(const struct lobby_rule *rule, const struct rule_classes *classes,
                               const struct rule_waiter *waiters, int n,
                               const struct rule_caller *caller, const struct rule_turns *turns,
                               int64_t now_us)
{
    return rule_choose_heads(rule, classes, waiters, n, NULL, caller, turns, now_us);
}

void rule_called(const struct lobby_rule *rule, int class_index, struct rule_turns *turns)
{
    CHECK((unsigned)class_index < RULE_CLASSES);
    if (rule->base != RULE_RATIO || rule->turns[class_index] <= 0)
        return;
    if (turns->called[class_index] < INT32_MAX)
        turns->called[class_index]++;
    for (int c = 0; c < RULE_CLASSES; c++)
        if (turns->called[c] < rule->turns[c])
            return;
    memset(turns, 0, sizeof *turns);
}
