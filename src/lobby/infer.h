/* infer.h -- Reads the calling rule out of a log, and audits calls against a rule.
 *
 * A choice is a call at which somebody else might have been called instead. It tells rules apart
 * only where at least two classes waited; those choices are counted. A rule explains a choice when
 * rule_choose_heads(), the function the lobby itself calls, chooses the one who was called. Rules
 * are compared by explained choices less a price for each fitted number (BIC), so that a log called
 * first-come is not named "head start of 1 second".
 *
 * Clocks: stamps of one log may differ by two steps of its resolution (two clocks, each rounded).
 * So with whole-second stamps the tolerance is 2 s: who came less than 2 s before the call is not
 * held to have waited, and the one called counts as having come 2 s earlier. Stamps in
 * microseconds: no tolerance, and of calls at one instant the file's order tells.
 *
 * Several numbers often explain about as much (McNemar at 5 %): their range is given, and the
 * roundest of them is named, as people set round numbers.
 *
 * Ratio rules are judged with the turns that the calls before it really used.
 *
 * False alarms: a teller is named only when the binomial chance of so many breaks, at the rate of
 * everybody else (plus one break in two choices more), is below 5 % after Holm's correction over
 * all tellers. Single breaks are listed as facts, not as faults. */
#ifndef LOBBY_INFER_H
#define LOBBY_INFER_H
#include "lobby/callog.h"
#include "lobby/rule.h"

struct infer_call {
    const char *name;          /* ticket number or call id */
    const char *staff;         /* who called; "" when not known: may call every service */
    int64_t line;              /* in the log, or any number that finds it again */
    int64_t since_us, left_us; /* began to wait; was called or gave up */
    int place;                 /* outlet: queues of their own */
    int class_index, service;  /* index into classes; letter */
    bool courtesy;
    bool called; /* else gave up */
    bool queued; /* had to wait; else the call only uses up a turn */
};
struct infer_log {
    const struct infer_call *calls; /* in any order */
    size_t n;
    struct rule_classes classes; /* in rank order, lowest first: rank is the index */
    const char *services[26];    /* the names behind the letters, or NULL */
    int64_t tolerance_us;
};
/* service: only calls of this service (NULL: all; who may call what is read from the log).
 * classes: the log's class texts from the lowest rank up, "+" for texts of one class: "1+0,2".
 * NULL: "1+0,2" for technion; normal, mid, high, vip as far as they are there; else by mean wait,
 * the longest lowest. 0 or BASE_BAD_INPUT with a sentence in error. */
MUST_USE int infer_log_of(const struct callog *log, const char *service, const char *classes,
                          struct arena *arena, struct infer_log *out, char error[CALLOG_ERROR]);

struct infer_candidate {
    struct lobby_rule rule;
    int params; /* fitted numbers */
    int64_t explained;
    double score;      /* log likelihood less the price of the numbers */
    int32_t low, high; /* two classes: head (s) or rate (1/1000) about as good as best */
};
enum { INFER_FAMILIES = 5 }; /* fcfs, strict, head, ratio, accumulate */
struct infer_break {
    const struct infer_call *called, *instead; /* instead: who should have been called */
    int64_t earlier_us; /* how much earlier `instead` had begun to wait; may be < 0 */
    enum rule_why why;
};
struct infer_staff {
    const char *name;
    int64_t choices, breaks;
    double chance, corrected; /* of so many breaks; after Holm */
    bool named;
};
enum { INFER_CURVE = 25 }; /* head starts of 0, 15, 30, ... 360 s */
struct infer_report {
    int64_t calls, waited, choices; /* called; of them after a wait; of them with two classes */
    struct infer_candidate best[INFER_FAMILIES]; /* each family's best, the best family first */
    int64_t curve[INFER_CURVE]; /* two classes: choices explained by each head start */
    bool given;                 /* audited against a given rule, else against best[0] */
    struct lobby_rule rule;     /* audited against */
    int64_t audited, broken;    /* choices; all with somebody else waiting when given */
    struct infer_break *breaks; /* in the order of place and time */
    struct infer_staff *staff;  /* most breaks first */
    size_t n_staff;
};
/* given: audit against this rule (text over log->classes); NULL: against the inferred one.
 * 0, or BASE_BAD_INPUT with a sentence: the rule cannot be read, or fewer than two classes. */
MUST_USE int infer_run(const struct infer_log *log, const char *given, struct arena *arena,
                       struct infer_report *out, char error[CALLOG_ERROR]);

/* P(X >= k) of a binomial. */
double infer_binomial_tail(int64_t k, int64_t n, double p);

void infer_report_json(struct jsonw *w, const char *key, const struct infer_log *log,
                       const struct infer_report *r, size_t listed);
void infer_report_text(struct buf *out, const struct infer_log *log, const struct infer_report *r,
                       size_t listed, bool english);
#endif
