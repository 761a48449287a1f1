/* infer_report.c -- What the log says about the rule, and which calls broke it. */
#include "lobby/infer.h"

#include <stdio.h>

#include "base/buf.h"
#include "base/jsonw.h"

#include "base/banned.h"

enum { CURVE_STEP_S = 15 };

static const char *family_of(enum rule_base base, bool english)
{
    static const char *const zh[] = { "先到先叫", "按类别优先", "类别提前量",
                                      "等候加权", "按比例轮流", "最早到期" };
    static const char *const en[] = { "first come",   "strict class", "head start",
                                      "accumulating", "turns",        "earliest promise" };
    CHECK((unsigned)base < COUNT(zh));
    return english ? en[base] : zh[base];
}

static bool ranged(const struct infer_candidate *c)
{
    return c->high > 0;
}

static void candidate_json(struct jsonw *w, const char *key, const struct infer_log *log,
                           const struct infer_report *r, const struct infer_candidate *c)
{
    char text[RULE_TEXT];
    struct share s = share_wilson(c->explained, r->choices);
    rule_print(&c->rule, &log->classes, text);
    jw_object(w, key);
    jw_text(w, "family", family_of(c->rule.base, true));
    jw_text(w, "rule", text);
    jw_i64(w, "explained", c->explained);
    jw_i64(w, "of", r->choices);
    jw_f64(w, "share", s.value, 6);
    jw_f64(w, "low", s.low, 6);
    jw_f64(w, "high", s.high, 6);
    jw_i64(w, "numbers_fitted", c->params);
    jw_f64(w, "score", c->score, 3);
    if (ranged(c) && c->rule.base == RULE_HEAD) {
        jw_i64(w, "head_s", c->rule.head_us[1] / US_SECOND);
        jw_i64(w, "head_s_low", c->low);
        jw_i64(w, "head_s_high", c->high);
    } else if (ranged(c)) {
        jw_f64(w, "rate", c->rule.rate_ppm[1] / 1e6, 3);
        jw_f64(w, "rate_low", c->low / 1e3, 3);
        jw_f64(w, "rate_high", c->high / 1e3, 3);
    }
    jw_end(w);
}

static void inference_json(struct jsonw *w, const struct infer_log *log,
                           const struct infer_report *r)
{
    jw_array(w, "classes_low_to_high");
    for (int i = 0; i < log->classes.count; i++)
        jw_text(w, NULL, log->classes.at[i].code);
    jw_end(w);
    jw_f64(w, "tolerance_s", (double)log->tolerance_us / 1e6, 6);
    jw_i64(w, "calls", r->calls);
    jw_i64(w, "after_a_wait", r->waited);
    jw_i64(w, "choices", r->choices);
    if (r->choices == 0) {
        jw_null(w, "inferred");
        return;
    }
    candidate_json(w, "inferred", log, r, &r->best[0]);
    jw_array(w, "candidates");
    for (int i = 0; i < INFER_FAMILIES; i++)
        candidate_json(w, NULL, log, r, &r->best[i]);
    jw_end(w);
    jw_array(w, "head_start_curve");
    for (int i = 0; i < INFER_CURVE && log->classes.count == 2; i++) {
        jw_object(w, NULL);
        jw_i64(w, "head_s", i * CURVE_STEP_S);
        jw_i64(w, "explained", r->curve[i]);
        jw_f64(w, "share", (double)r->curve[i] / (double)r->choices, 6);
        jw_end(w);
    }
    jw_end(w);
}

static void call_json(struct jsonw *w, const char *key, const struct infer_log *log,
                      const struct infer_call *c)
{
    char at[INSTANT_TEXT];
    instant_print(c->since_us, at);
    jw_object(w, key);
    jw_i64(w, "line", c->line);
    jw_text(w, "number", c->name);
    jw_text(w, "class", log->classes.at[c->class_index].code);
    jw_text(w, "since", at);
    jw_end(w);
}

static const char *why_code(enum rule_why why)
{
    static const char *const code[] = { "nobody",      "first_in_line", "finally", "courtesy",
                                        "when",        "oldest",        "rank",    "head",
                                        "accumulated", "turn",          "promise" };
    CHECK((unsigned)why < COUNT(code));
    return code[why];
}

static void breaks_json(struct jsonw *w, const struct infer_log *log, const struct infer_report *r,
                        size_t listed)
{
    jw_array(w, "breaks");
    for (size_t i = 0; i < (size_t)r->broken && i < listed; i++) {
        const struct infer_break *b = &r->breaks[i];
        char at[INSTANT_TEXT];
        instant_print(b->called->left_us, at);
        jw_object(w, NULL);
        jw_text(w, "at", at);
        jw_text(w, "staff", b->called->staff[0] ? b->called->staff : NULL);
        call_json(w, "called", log, b->called);
        call_json(w, "instead", log, b->instead);
        jw_f64(w, "waited_longer_s", (double)b->earlier_us / 1e6, 3);
        jw_text(w, "why", why_code(b->why));
        jw_end(w);
    }
    jw_end(w);
    jw_i64(w, "breaks_not_listed",
           (int64_t)((size_t)r->broken > listed ? (size_t)r->broken - listed : 0));
}

void infer_report_json(struct jsonw *w, const char *key, const struct infer_log *log,
                       const struct infer_report *r, size_t listed)
{
    char text[RULE_TEXT];
    rule_print(&r->rule, &log->classes, text);
    jw_object(w, key);
    inference_json(w, log, r);
    jw_object(w, "audit");
    jw_text(w, "rule", text);
    jw_text(w, "rule_from", r->given ? "given" : "inferred");
    jw_i64(w, "choices", r->audited);
    jw_i64(w, "broken", r->broken);
    jw_array(w, "staff");
    for (size_t i = 0; i < r->n_staff; i++) {
        const struct infer_staff *s = &r->staff[i];
        jw_object(w, NULL);
        jw_text(w, "name", s->name);
        jw_i64(w, "choices", s->choices);
        jw_i64(w, "breaks", s->breaks);
        jw_f64(w, "share", (double)s->breaks / (double)s->choices, 6);
        jw_f64(w, "chance", s->chance, 9);
        jw_f64(w, "chance_corrected", s->corrected, 9);
        jw_bool(w, "named", s->named);
        jw_end(w);
    }
    jw_end(w);
    breaks_json(w, log, r, listed);
    jw_end(w);
    jw_end(w);
}

static void candidates_text(struct buf *out, const struct infer_log *log,
                            const struct infer_report *r, bool english)
{
    char text[RULE_TEXT];
    buf_printf(out,
               english ? "%lld calls, %lld after a wait; two classes waited at %lld of them\n"
                       : "叫号 %lld 次，等候后叫号 %lld 次；其中 %lld 次有两类以上客户同时在等\n",
               (long long)r->calls, (long long)r->waited, (long long)r->choices);
    if (r->choices == 0)
        return;
    buf_text(out, english ? "classes, lowest first:" : "客户类别（由低到高）：");
    for (int i = 0; i < log->classes.count; i++)
        buf_printf(out, " %s", log->classes.at[i].code);
    buf_text(out, "\n");
    for (int i = 0; i < INFER_FAMILIES; i++) {
        const struct infer_candidate *c = &r->best[i];
        rule_print(&c->rule, &log->classes, text);
        buf_printf(out, "%s %5.1f %%  %8lld  %-28s %s", i == 0 ? "=>" : "  ",
                   100 * (double)c->explained / (double)r->choices, (long long)c->explained, text,
                   family_of(c->rule.base, english));
        if (ranged(c) && c->rule.base == RULE_HEAD)
            buf_printf(out, " (%d..%d s)", c->low, c->high);
        else if (ranged(c))
            buf_printf(out, " (%.2f..%.2f)", c->low / 1e3, c->high / 1e3);
        buf_text(out, "\n");
    }
}

static void curve_text(struct buf *out, const struct infer_log *log, const struct infer_report *r,
                       bool english)
{
    if (log->classes.count != 2 || r->choices == 0)
        return;
    buf_text(out, english ? "head start: share of the choices explained\n"
                          : "提前量：能解释的叫号占比\n");
    for (int i = 0; i <= 12; i++)
        buf_printf(out, "  %4d s  %5.1f %%\n", i * CURVE_STEP_S,
                   100 * (double)r->curve[i] / (double)r->choices);
}

static void staff_text(struct buf *out, const struct infer_report *r, bool english)
{
    buf_text(out, english ? "   breaks  choices     share    chance  corrected\n"
                          : "   breaks  choices     share    chance  corrected  （违规次数、"
                            "叫号次数、占比、偶然概率、校正后）\n");
    for (size_t i = 0; i < r->n_staff; i++) {
        const struct infer_staff *s = &r->staff[i];
        buf_printf(out, " %8lld %8lld  %6.1f %%  %8.4f   %8.4f  %s%s\n", (long long)s->breaks,
                   (long long)s->choices, 100 * (double)s->breaks / (double)s->choices, s->chance,
                   s->corrected, s->name,
                   !s->named ? ""
                   : english ? "  <- more than chance"
                             : "  <- 超出偶然");
    }
}

static void break_text(struct buf *out, const struct infer_log *log, const struct infer_break *b,
                       bool english)
{
    char at[INSTANT_TEXT];
    instant_print(b->called->left_us, at);
    buf_printf(out,
               english ? "  %.19s line %lld %s (%s) by %s; instead: line %lld %s (%s), waiting "
                       : "  %.19s 第 %lld 行 %s（%s）由 %s 叫号；应先叫第 %lld 行 %s（%s），",
               at, (long long)b->called->line, b->called->name,
               log->classes.at[b->called->class_index].code,
               b->called->staff[0] ? b->called->staff : "-", (long long)b->instead->line,
               b->instead->name, log->classes.at[b->instead->class_index].code);
    double seconds = (double)(b->earlier_us >= 0 ? b->earlier_us : -b->earlier_us) / 1e6;
    if (english)
        buf_printf(out, "%s by %.0f s\n", b->earlier_us >= 0 ? "longer" : "shorter", seconds);
    else
        buf_printf(out, "其%s等 %.0f 秒\n", b->earlier_us >= 0 ? "多" : "少", seconds);
}

void infer_report_text(struct buf *out, const struct infer_log *log, const struct infer_report *r,
                       size_t listed, bool english)
{
    char text[RULE_TEXT];
    rule_print(&r->rule, &log->classes, text);
    candidates_text(out, log, r, english);
    curve_text(out, log, r, english);
    buf_printf(out,
               english ? "audit against %s rule \"%s\": %lld broken of %lld choices\n"
                       : "按%s规则“%s”核查：不符 %lld 次，共 %lld 次\n",
               english ? (r->given ? "the given" : "the inferred") : (r->given ? "给定" : "推断"),
               text, (long long)r->broken, (long long)r->audited);
    staff_text(out, r, english);
    for (size_t i = 0; i < (size_t)r->broken && i < listed; i++)
        break_text(out, log, &r->breaks[i], english);
    if ((size_t)r->broken > listed && listed > 0)
        buf_printf(out, english ? "  ... and %lld more\n" : "  …… 另有 %lld 次\n",
                   (long long)((size_t)r->broken - listed));
}
