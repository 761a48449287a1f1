/* promise_report.h -- The promise as people and machines read it: every definition side by side.
 *
 * The 1020 promise: at least 95 % of all customers wait at most 20 minutes, and at least 90 % of
 * the mid/high-end customers at most 10. It is met under a definition when no leg of it fails. */
#ifndef LOBBY_PROMISE_REPORT_H
#define LOBBY_PROMISE_REPORT_H
#include "lobby/promise.h"

struct buf;
struct jsonw;

/* Which share of these waits is within T? */
struct promise_question {
    const char *code; /* "all", "mid_high": the word in JSON */
    const char *zh, *en;
    const struct wait *waits;
    size_t n;
    int64_t within_us;
    int goal_ppm; /* 0: no goal, the shares alone */
};
struct promise_answer {
    struct share share[PROMISE_DEFINITIONS];
    enum verdict verdict[PROMISE_DEFINITIONS]; /* NONE without a goal */
    bool sure[PROMISE_DEFINITIONS];
};

void promise_answer(const struct promise_question *q, struct arena *arena,
                    struct promise_answer *out);
/* The two legs of 1020; without mid/high-end waits the second has n 0 and its verdict is NONE. */
void promise_1020(const struct wait *all, size_t n, const struct wait *mid_high, size_t mid_high_n,
                  struct promise_question out[2]);
enum verdict promise_legs(const enum verdict *legs, size_t n);

/* An array of questions with their counts, shares, intervals and verdicts under the key. */
void promise_report_json(struct jsonw *w, const char *key, const struct promise_question *q,
                         size_t n, struct arena *arena);
/* A table a question; then one verdict a definition over all questions that have a goal, after
 * title ("1020"), unless title is NULL. */
void promise_report_text(struct buf *out, const char *title, const struct promise_question *q,
                         size_t n, bool english, struct arena *arena);
void wait_summary_json(struct jsonw *w, const char *key, const struct wait_summary *s);
void wait_summary_text(struct buf *out, const struct wait_summary *s, bool english);
#endif
