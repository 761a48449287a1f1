/* rule.h -- The calling rule: which of the waiting is called next, and why.
 *
 * A pure function of the waiting, the window that asks, the rule and the moment; no clock, no
 * database. The live lobby, the audit and every simulation call this one function.
 *
 * A rule is written in one line of text, the same in settings, on the command line and in reports:
 *
 *   fcfs                          first come, first called
 *   strict                        higher class rank first, then first come
 *   head:mid=5m,high=10m          head start: a class is given minutes of waiting as credit
 *   accumulate:normal=1,mid=2     accumulating priority: waited time times the class's rate
 *   ratio:high=1,mid=2,normal=2   weighted turns among the classes that wait
 *   promise                       earliest promise first: arrival + class target (EDD)
 * then clauses, each after a semicolon, tried in this order before the base rule:
 *   finally 40m                   whoever has waited longer is called first, the oldest first
 *   courtesy first | courtesy head 10m | courtesy off     elderly, disabled, pregnant
 *   when class:mid count>3 call class:mid      when more than 3 wait in mid, call from mid
 *   when service:C wait>15m call service:C     when the longest wait there is over 15 minutes
 *   prefer service                the window's own service order first, then the base rule
 * Durations: 90s, 5m, 1h. Classes by code (branch_class.code), services by prefix letter.
 *
 * A choice, step by step; the first step that finds somebody decides:
 *   1 eligible: whose service this window handles; a ticket transferred to a window or a person
 *     may be called there and nowhere else, whatever services that window handles.
 *   2 first in line (`first`): the oldest of them.
 *   3 finally: of those who have waited longer than that, the oldest.
 *   4 courtesy first: of the courtesy tickets, the oldest. courtesy head: no step of its own; they
 *     count as having waited that much longer in every step below. Not written: courtesy first.
 *   5 when clauses in their order: a condition counts everybody who waits in the watched queue,
 *     also those this window may not call; it holds when strictly more. If somebody eligible waits
 *     in the queue to call from, the base rule chooses among them; else the next clause is tried.
 *   6 prefer service: only those of the best preference number stay (a transfer to here is best).
 *   7 the base rule. Every base rule is monotone in the time waited inside one class.
 * Equal keys: the smaller order.
 *
 * Base rules, for one who waits since s (less the courtesy credit) in class c, smallest key first:
 *   fcfs s | strict -rank(c) then s | head s - head(c) | accumulate -(now - s) * rate(c)
 *   promise s + target(c) | ratio: below. Classes not named: head 0, rate 1, turns 0.
 * Ratio: of the classes with turns and somebody eligible, the lowest called/turns; ties go to the
 * higher rank, then to the smallest s. Classes without turns come after all others, by rank. The
 * counters start again at 0 once every class with turns has had all of them. */
#ifndef LOBBY_RULE_H
#define LOBBY_RULE_H
#include "base/rc.h"

enum { RULE_CLASSES = 8, RULE_WHENS = 6, RULE_TEXT = 320 };

enum rule_base { RULE_FCFS, RULE_STRICT, RULE_HEAD, RULE_ACCUMULATE, RULE_RATIO, RULE_PROMISE };
enum rule_courtesy { COURTESY_FIRST, COURTESY_HEAD, COURTESY_OFF };
enum rule_queue { QUEUE_ANY, QUEUE_CLASS, QUEUE_SERVICE };

struct rule_when {
    enum rule_queue watch;
    int watch_key;     /* class index or prefix letter */
    bool by_wait;      /* else by count */
    int64_t more_than; /* people, or microseconds */
    enum rule_queue call;
    int call_key;
};
struct lobby_rule {
    enum rule_base base;
    int64_t head_us[RULE_CLASSES];
    int32_t rate_ppm[RULE_CLASSES]; /* accumulate: 1000000 is rate 1 */
    int32_t turns[RULE_CLASSES];    /* ratio: 0 means "after all others" */
    int64_t finally_us;             /* 0: none */
    enum rule_courtesy courtesy;
    int64_t courtesy_us;
    bool prefer_service;
    int n_whens;
    struct rule_when whens[RULE_WHENS];
};
/* The classes a rule text may name. */
struct rule_classes {
    int count;
    struct {
        const char *code;    /* the word in rules */
        int rank;            /* 0 lowest */
        int64_t target_us;   /* for the promise rule */
        const char *zh, *en; /* names for sentences; NULL: the code */
    } at[RULE_CLASSES];      /* [i] is class index i */
};

/* One who waits. Within equal keys the smaller order goes first, so a choice is never ambiguous. */
struct rule_waiter {
    int64_t since_us;    /* the original time: when the wait began (booked time for bookings) */
    int64_t order;       /* tie-break: ticket id */
    int64_t only_window; /* transferred to this window only; 0: any */
    int64_t only_staff;  /* transferred to this person only; 0: any */
    int class_index;
    int service; /* prefix letter */
    bool courtesy;
    bool first; /* transferred "first in line", or an undone call: before all others */
};
/* The window that asks. preference[letter - 'A']: 0 not handled, 1 best, 2 ... */
struct rule_caller {
    int64_t window, staff;
    uint8_t preference[26];
};
/* How many of each class were called since everybody had a turn: for the ratio rule. */
struct rule_turns {
    int32_t called[RULE_CLASSES];
};

enum rule_why {
    WHY_NOBODY,
    WHY_FIRST_IN_LINE,
    WHY_FINALLY,
    WHY_COURTESY,
    WHY_WHEN,
    WHY_OLDEST,
    WHY_RANK,
    WHY_HEAD,
    WHY_ACCUMULATED,
    WHY_TURN,
    WHY_PROMISE
};
struct rule_choice {
    int index; /* into the waiters; -1: nobody this window may call */
    enum rule_why why;
    int when;          /* which when clause, for WHY_WHEN */
    int eligible;      /* how many this window might have called */
    int64_t waited_us; /* the chosen one's wait */
    int64_t credit_us; /* head start, courtesy credit, target or accumulated time of it */
    int class_index;   /* of the chosen; -1: nobody */
};
/* How many wait in each queue, for a caller that passes only the heads of its queues. */
struct rule_counts {
    int32_t all, of_class[RULE_CLASSES], of_service[26];
};

/* 0, or BASE_BAD_INPUT with a clear message (which word, what is allowed) in error. */
MUST_USE int rule_parse(const char *text, const struct rule_classes *classes,
                        struct lobby_rule *out, char *error, size_t error_size);
/* The canonical text: parse(print(r)) == r. */
void rule_print(const struct lobby_rule *rule, const struct rule_classes *classes,
                char out[RULE_TEXT]);
/* Waiters in any order. Does not change turns; rule_called() does, once the call is a fact.
 * One linear pass (two more when the rule has when clauses), no memory, no clock.
 * turns may be NULL: nobody was called yet. */
struct rule_choice rule_choose(const struct lobby_rule *rule, const struct rule_classes *classes,
                               const struct rule_waiter *waiters, int n,
                               const struct rule_caller *caller, const struct rule_turns *turns,
                               int64_t now_us);
/* The same choice from less: only the oldest (since, then order) of every group of waiters with the
 * same class, service, courtesy, first, only_window and only_staff. counts: how many wait in all;
 * NULL when no when clause counts people (else the heads alone are counted). .eligible counts
 * heads. */
struct rule_choice
rule_choose_heads(const struct lobby_rule *rule, const struct rule_classes *classes,
                  const struct rule_waiter *heads, int n, const struct rule_counts *counts,
                  const struct rule_caller *caller, const struct rule_turns *turns, int64_t now_us);
void rule_called(const struct lobby_rule *rule, int class_index, struct rule_turns *turns);
/* One sentence for people: "why this ticket?" */
void rule_explain(const struct lobby_rule *rule, const struct rule_classes *classes,
                  const struct rule_choice *choice, bool english, char *out, size_t size);
#endif
