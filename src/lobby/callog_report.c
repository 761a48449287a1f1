/* callog_report.c -- What was read, what was left out and why, and everything odd. */
#include "lobby/callog.h"

#include <string.h>

#include "base/buf.h"
#include "base/jsonw.h"

#include "base/banned.h"

struct tally {
    int64_t outcome[CALLOG_PHANTOM + 1];
    int64_t offered, never_queued;
};
struct name {
    const char *code, *zh, *en;
};
#define NAME(name, code, zh, en) { code, zh, en },
static const struct name drops[] = { CALLOG_DROPS(NAME) };
static const struct name quirks[] = { CALLOG_QUIRKS(NAME) };

static struct tally tally_of(const struct callog *log)
{
    struct tally t = { 0 };
    for (size_t i = 0; i < log->n; i++) {
        t.outcome[log->rows[i].outcome]++;
        t.offered += callog_offered(&log->rows[i]);
    }
    t.never_queued = (int64_t)log->n - t.offered;
    return t;
}

static void problems_json(struct jsonw *w, const struct callog *log, size_t listed)
{
    jw_array(w, "lines");
    for (size_t i = 0; i < log->n_problems && i < listed; i++) {
        const struct callog_problem *p = &log->problems[i];
        jw_object(w, NULL);
        jw_i64(w, "line", p->line);
        jw_text(w, "what", p->dropped ? "dropped" : "refused");
        if (p->dropped) {
            jw_text(w, "reason", callog_drop_code(p->drop));
        } else {
            jw_text(w, "field", p->field);
            jw_text(w, "reason", p->reason);
            jw_text(w, "value", p->value);
        }
        jw_end(w);
    }
    jw_end(w);
}

void callog_report_json(struct jsonw *w, const char *key, const struct callog *log, size_t listed)
{
    char first[DATE_TEXT], last[DATE_TEXT];
    struct tally t = tally_of(log);
    date_print(log->first_day, first);
    date_print(log->last_day, last);
    jw_object(w, key);
    jw_text(w, "format", log->format == CALLOG_TECHNION ? "technion" : "csv");
    jw_i64(w, "read", log->read);
    jw_i64(w, "kept", (int64_t)log->n);
    jw_i64(w, "refused", log->refused);
    jw_i64(w, "dropped", log->dropped);
    jw_object(w, "dropped_for");
    for (int d = 0; d < CALLOG_DROP_COUNT; d++)
        jw_i64(w, drops[d].code, log->dropped_for[d]);
    jw_end(w);
    jw_object(w, "quirks");
    for (int q = 0; q < CALLOG_QUIRK_COUNT; q++)
        jw_i64(w, quirks[q].code, log->quirk[q]);
    jw_end(w);
    jw_object(w, "outcomes");
    for (int o = 0; o < CALLOG_PHANTOM; o++)
        jw_i64(w, callog_outcome_code((enum callog_outcome)o), t.outcome[o]);
    jw_end(w);
    jw_i64(w, "offered", t.offered);
    jw_i64(w, "not_offered", t.never_queued);
    jw_text(w, "first_day", log->n ? first : NULL);
    jw_text(w, "last_day", log->n ? last : NULL);
    jw_f64(w, "resolution_s", (double)log->resolution_us / 1e6, 6);
    problems_json(w, log, listed);
    jw_i64(w, "lines_not_listed",
           log->refused + log->dropped -
               (int64_t)(log->n_problems < listed ? log->n_problems : listed));
    jw_end(w);
}

static void problem_text(struct buf *out, const struct callog_problem *p, bool english)
{
    buf_printf(out, english ? "  line %lld: " : "  第 %lld 行：", (long long)p->line);
    if (p->dropped)
        buf_printf(out, english ? "left out: %s\n" : "略去：%s\n",
                   english ? drops[p->drop].en : drops[p->drop].zh);
    else
        buf_printf(out, english ? "refused: %s%s%s (\"%s\")\n" : "拒收：%s%s%s（“%s”）\n", p->field,
                   p->field[0] ? ": " : "", p->reason, p->value);
}

void callog_report_text(struct buf *out, const struct callog *log, size_t listed, bool english)
{
    char first[DATE_TEXT], last[DATE_TEXT];
    struct tally t = tally_of(log);
    date_print(log->first_day, first);
    date_print(log->last_day, last);
    buf_printf(out,
               english ? "read %lld lines: kept %lld, refused %lld, left out %lld\n"
                       : "读入 %lld 行：保留 %lld，拒收 %lld，略去 %lld\n",
               (long long)log->read, (long long)log->n, (long long)log->refused,
               (long long)log->dropped);
    if (log->n > 0)
        buf_printf(out,
                   english ? "%s to %s: done %lld, left %lld, no-show %lld; waits counted %lld\n"
                           : "%s 至 %s：办结 %lld，弃号 %lld，过号 %lld；计入等候 %lld\n",
                   first, last, (long long)t.outcome[CALLOG_SERVED],
                   (long long)t.outcome[CALLOG_ABANDONED], (long long)t.outcome[CALLOG_NOSHOW],
                   (long long)t.offered);
    for (int d = 0; d < CALLOG_DROP_COUNT; d++)
        if (log->dropped_for[d] > 0)
            buf_printf(out, "  %8lld  %-24s %s\n", (long long)log->dropped_for[d], drops[d].code,
                       english ? drops[d].en : drops[d].zh);
    buf_text(out, english ? "odd lines\n" : "异常记录\n");
    for (int q = 0; q < CALLOG_QUIRK_COUNT; q++)
        if (log->quirk[q] > 0)
            buf_printf(out, "  %8lld  %-24s %s\n", (long long)log->quirk[q], quirks[q].code,
                       english ? quirks[q].en : quirks[q].zh);
    size_t n = log->n_problems < listed ? log->n_problems : listed;
    for (size_t i = 0; i < n; i++)
        problem_text(out, &log->problems[i], english);
    int64_t more = log->refused + log->dropped - (int64_t)n;
    if (more > 0 && listed > 0)
        buf_printf(out, english ? "  ... and %lld more lines\n" : "  …… 另有 %lld 行\n",
                   (long long)more);
}
