/* promise_report.c -- See the header. Text columns hold ASCII only, names come last: Chinese
 * characters are two columns wide, and nothing after them has to line up. */
#include "lobby/promise_report.h"

#include <math.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/date.h"
#include "base/jsonw.h"

#include "base/banned.h"

void promise_answer(const struct promise_question *q, struct arena *arena,
                    struct promise_answer *out)
{
    for (int d = 0; d < PROMISE_DEFINITIONS; d++) {
        enum promise_definition definition = (enum promise_definition)d;
        out->share[d] = promise_share(q->waits, q->n, q->within_us, definition, arena);
        out->verdict[d] =
            q->goal_ppm > 0 ? promise_verdict(out->share[d], q->goal_ppm) : VERDICT_NONE;
        out->sure[d] = q->goal_ppm > 0 && promise_sure(out->share[d], q->goal_ppm);
    }
}

void promise_1020(const struct wait *all, size_t n, const struct wait *mid_high, size_t mid_high_n,
                  struct promise_question out[2])
{
    out[0] = (struct promise_question){ "all", "全部客户",     "all customers", all,
                                        n,     20 * US_MINUTE, 950000 };
    out[1] = (struct promise_question){ "mid_high", "中高端客户", "mid/high-end customers",
                                        mid_high,   mid_high_n,   10 * US_MINUTE,
                                        900000 };
}

enum verdict promise_legs(const enum verdict *legs, size_t n)
{
    enum verdict all = VERDICT_NONE;
    for (size_t i = 0; i < n; i++) {
        if (legs[i] == VERDICT_NOT_MET)
            return VERDICT_NOT_MET;
        if (legs[i] != VERDICT_NONE)
            all = legs[i];
    }
    return all;
}

static void share_json(struct jsonw *w, const struct promise_answer *a, int d, bool goal)
{
    const struct share *s = &a->share[d];
    jw_object(w, NULL);
    jw_text(w, "definition", promise_code((enum promise_definition)d));
    jw_i64(w, "kept", s->kept);
    jw_i64(w, "of", s->of);
    jw_f64(w, "share", s->value, 6);
    jw_f64(w, "low", s->low, 6);
    jw_f64(w, "high", s->high, 6);
    if (goal) {
        jw_text(w, "verdict", verdict_code(a->verdict[d]));
        jw_bool(w, "sure", a->sure[d]);
    }
    jw_end(w);
}

void promise_report_json(struct jsonw *w, const char *key, const struct promise_question *q,
                         size_t n, struct arena *arena)
{
    jw_array(w, key);
    for (size_t i = 0; i < n; i++) {
        struct promise_answer a;
        promise_answer(&q[i], arena, &a);
        jw_object(w, NULL);
        jw_text(w, "who", q[i].code);
        jw_i64(w, "waits", (int64_t)q[i].n);
        jw_f64(w, "within_s", (double)q[i].within_us / 1e6, 3);
        if (q[i].goal_ppm > 0)
            jw_f64(w, "goal", q[i].goal_ppm / 1e6, 6);
        jw_array(w, "shares");
        for (int d = 0; d < PROMISE_DEFINITIONS; d++)
            share_json(w, &a, d, q[i].goal_ppm > 0);
        jw_end(w);
        jw_end(w);
    }
    jw_end(w);
}

static const char *verdict_words(enum verdict v, bool sure, bool english)
{
    if (v == VERDICT_MET)
        return english ? (sure ? "met" : "met?") : (sure ? "达标" : "达标(存疑)");
    if (v == VERDICT_NOT_MET)
        return english ? (sure ? "not met" : "not met?") : (sure ? "未达标" : "未达标(存疑)");
    return "-";
}

static void add_time(struct buf *out, int64_t us, bool english)
{
    int64_t s = us / US_SECOND;
    if (s >= 60 && s % 60 == 0)
        buf_printf(out, english ? "%lld min" : "%lld 分钟", (long long)(s / 60));
    else
        buf_printf(out, english ? "%lld s" : "%lld 秒", (long long)s);
}

static void question_text(struct buf *out, const struct promise_question *q,
                          const struct promise_answer *a, bool english)
{
    buf_printf(out, english ? "%s: %zu waits, within " : "%s：%zu 次等候，不超过 ",
               english ? q->en : q->zh, q->n);
    add_time(out, q->within_us, english);
    if (q->goal_ppm > 0)
        buf_printf(out, english ? ", goal %.1f %%" : "，目标 %.1f %%", q->goal_ppm / 1e4);
    buf_text(out, "\n");
    for (int d = 0; d < PROMISE_DEFINITIONS; d++) {
        const struct share *s = &a->share[d];
        buf_printf(out, "  %-13s %8lld / %-8lld", promise_code((enum promise_definition)d),
                   (long long)s->kept, (long long)s->of);
        if (isnan(s->value))
            buf_printf(out, "  %7s  %17s", "-", "");
        else
            buf_printf(out, "  %7.4f  (%.4f..%.4f)", s->value, s->low, s->high);
        buf_printf(out, "  %s", promise_name((enum promise_definition)d, english));
        if (q->goal_ppm > 0)
            buf_printf(out, english ? ": %s" : "：%s",
                       verdict_words(a->verdict[d], a->sure[d], english));
        buf_text(out, "\n");
    }
}

void promise_report_text(struct buf *out, const char *title, const struct promise_question *q,
                         size_t n, bool english, struct arena *arena)
{
    enum verdict all[PROMISE_DEFINITIONS] = { 0 };
    for (size_t i = 0; i < n; i++) {
        struct promise_answer a;
        promise_answer(&q[i], arena, &a);
        question_text(out, &q[i], &a, english);
        for (int d = 0; d < PROMISE_DEFINITIONS; d++) {
            enum verdict legs[2] = { all[d], a.verdict[d] };
            all[d] = promise_legs(legs, 2);
        }
    }
    for (int d = 0; title && d < PROMISE_DEFINITIONS; d++)
        buf_printf(out, english ? "%s %s: %s\n" : "%s %s：%s\n", title,
                   verdict_words(all[d], true, english),
                   promise_name((enum promise_definition)d, english));
}

void wait_summary_json(struct jsonw *w, const char *key, const struct wait_summary *s)
{
    jw_object(w, key);
    jw_i64(w, "n", s->n);
    jw_i64(w, "served", s->served);
    jw_i64(w, "abandoned", s->abandoned);
    jw_i64(w, "still", s->still);
    jw_f64(w, "mean_s", s->mean_s, 3);
    jw_f64(w, "median_s", (double)s->median_us / 1e6, 3);
    jw_f64(w, "p90_s", (double)s->p90_us / 1e6, 3);
    jw_f64(w, "p95_s", (double)s->p95_us / 1e6, 3);
    jw_f64(w, "p99_s", (double)s->p99_us / 1e6, 3);
    jw_f64(w, "max_s", (double)s->max_us / 1e6, 3);
    jw_i64(w, "within_5min", s->within_5min);
    jw_array(w, "buckets");
    for (int b = 0; b < WAIT_BUCKETS; b++) {
        jw_object(w, NULL);
        if (b < WAIT_BUCKETS - 1)
            jw_i64(w, "up_to_min", wait_bucket_minutes[b]);
        else
            jw_null(w, "up_to_min");
        jw_i64(w, "n", s->bucket[b]);
        jw_end(w);
    }
    jw_end(w);
    jw_end(w);
}

void wait_summary_text(struct buf *out, const struct wait_summary *s, bool english)
{
    buf_printf(out,
               english ? "served %lld, gave up %lld, still waiting %lld\n"
                       : "已办理 %lld，弃号 %lld，仍在等候 %lld\n",
               (long long)s->served, (long long)s->abandoned, (long long)s->still);
    if (s->served == 0)
        return;
    buf_printf(
        out,
        english ? "wait in minutes: mean %.2f, median %.2f, p90 %.2f, p95 %.2f, p99 %.2f, "
                  "longest %.2f\n"
                : "等候（分钟）：平均 %.2f，中位 %.2f，90 分位 %.2f，95 分位 %.2f，99 分位 %.2f，"
                  "最长 %.2f\n",
        s->mean_s / 60, (double)s->median_us / 6e7, (double)s->p90_us / 6e7,
        (double)s->p95_us / 6e7, (double)s->p99_us / 6e7, (double)s->max_us / 6e7);
    for (int b = 0; b < WAIT_BUCKETS; b++) {
        double share = 100 * (double)s->bucket[b] / (double)s->served;
        if (b < WAIT_BUCKETS - 1)
            buf_printf(out, "  <= %2d min  %8lld  %5.1f %%\n", wait_bucket_minutes[b],
                       (long long)s->bucket[b], share);
        else
            buf_printf(out, "  >  %2d min  %8lld  %5.1f %%\n", wait_bucket_minutes[b - 1],
                       (long long)s->bucket[b], share);
    }
}
