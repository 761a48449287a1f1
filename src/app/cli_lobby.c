/* cli_lobby.c -- lobby import, promise, audit, replay: real logs in, figures out. */
#include "app/bank.h"
#include "app/cli.h"
#include "app/clock.h"
#include "app/cli_lobby.h"
#include "base/secret.h"
#include "lobby/import.h"
#include "lobby/infer.h"
#include "lobby/promise_report.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int lobby_log_open(struct cli *c, size_t more, struct lobby_log *out)
{
    const char *format = cli_flag(c, "format"), *map = cli_flag(c, "map");
    char error[CALLOG_ERROR] = "";
    enum callog_format f = CALLOG_TECHNION;
    size_t memory = 0;
    if (!format || !callog_format_parse(format, &f)) {
        cli_fail(CLI_USAGE, "--format: %s; known: technion, csv",
                 format ? "not known" : "is needed");
        return CLI_USAGE;
    }
    if (f == CALLOG_CSV && !map) {
        cli_fail(CLI_USAGE, "--map: needed with --format csv, for example "
                            "'taken=TAKE_TIME,called=CALL_TIME,outcome=STATUS'");
        return CLI_USAGE;
    }
    errno = 0;
    if (callog_memory_file(c->args[0], &memory)) {
        cli_fail(CLI_FAULT, "%s: %s", c->args[0], errno ? strerror(errno) : "cannot be read");
        return CLI_FAULT;
    }
    out->arena = arena_new(memory + more + ((size_t)64 << 20));
    int rc = callog_read_file(out->arena, c->args[0], f, map, &out->log, error);
    if (!rc)
        return CLI_DONE;
    arena_free(out->arena);
    cli_fail(CLI_FAULT, "%s: %s", c->args[0], error);
    return rc > 0 ? CLI_FINDING : CLI_FAULT;
}

bool cli_duration(struct cli *c, const char *name, int64_t *out_us)
{
    const char *text = cli_flag(c, name);
    char *end;
    if (!text)
        return true;
    double n = strtod(text, &end);
    double unit = !strcmp(end, "s") || !*end                 ? 1
                  : !strcmp(end, "m") || !strcmp(end, "min") ? 60
                  : !strcmp(end, "h")                        ? 3600
                                                             : 0;
    if (end == text || unit == 0 || !(n >= 0 && n * unit <= 1e6)) {
        cli_fail(CLI_USAGE, "--%s %s: a duration, for example 90s, 20m, 1h", name, text);
        return false;
    }
    *out_us = (int64_t)(n * unit * 1e6);
    return true;
}

/* One JSON document from a printer, or text from another: whichever was asked for. */
static void print_out(struct cli *c, struct buf *b)
{
    printf("%s%s", b->at ? b->at : "", c->json ? "\n" : "");
    buf_release(b);
}

/* ---- promise ---- */

static struct wait *class_waits(const struct callog *log, const char *service,
                                const char *const *classes, size_t n_classes, struct arena *arena,
                                size_t *n)
{
    struct wait *all = arena_alloc(arena, sizeof *all * (log->n + 1));
    *n = 0;
    for (size_t i = 0; i < n_classes; i++) {
        size_t some = 0;
        struct wait *w = callog_waits(log, service, classes[i], arena, &some);
        memcpy(all + *n, w, some * sizeof *w);
        *n += some;
    }
    return all;
}

static int run_promise(struct cli *c)
{
    struct lobby_log in;
    struct promise_question q[4];
    struct wait_summary summary;
    size_t n_q = 0, n = 0, n_mid = 0;
    int64_t within_us = 0;
    const char *type = cli_flag(c, "type"), *class = cli_flag(c, "class");
    const char *mid[] = { "mid", "high", cli_flag(c, "mid-class") };
    if (!cli_duration(c, "within", &within_us))
        return CLI_USAGE;
    int status = lobby_log_open(c, (size_t)512 << 20, &in);
    if (status)
        return status;
    struct wait *waits = callog_waits(in.log, type, class, in.arena, &n);
    struct wait *mids = class_waits(in.log, type, mid, mid[2] ? 3 : 2, in.arena, &n_mid);
    if (within_us) {
        q[n_q++] = (struct promise_question){ .code = "within",
                                              .zh = "全体客户",
                                              .en = "everybody",
                                              .waits = waits,
                                              .n = n,
                                              .within_us = within_us };
    } else {
        promise_1020(waits, n, mids, n_mid, q);
        n_q = 2;
        q[n_q++] = (struct promise_question){ .code = "within_10",
                                              .zh = "10 分钟内",
                                              .en = "in 10 min",
                                              .waits = waits,
                                              .n = n,
                                              .within_us = 10 * US_MINUTE };
        q[n_q++] = (struct promise_question){ .code = "within_5",
                                              .zh = "5 分钟内",
                                              .en = "in 5 min",
                                              .waits = waits,
                                              .n = n,
                                              .within_us = 5 * US_MINUTE };
    }
    wait_summarise(waits, n, in.arena, &summary);
    struct buf b;
    buf_init(&b, 4 << 20);
    if (c->json) {
        struct jsonw w;
        jw_init(&w, &b);
        jw_object(&w, NULL);
        jw_text(&w, "file", c->args[0]);
        jw_i64(&w, "read", in.log->read);
        jw_i64(&w, "refused", in.log->refused);
        jw_i64(&w, "dropped", in.log->dropped);
        jw_i64(&w, "offered", (int64_t)n);
        promise_report_json(&w, "promise", q, n_q, in.arena);
        wait_summary_json(&w, "waits", &summary);
        jw_end(&w);
    } else {
        buf_printf(
            &b, "%s: %" PRId64 " read, %" PRId64 " refused, %" PRId64 " dropped, %zu offered\n\n",
            c->args[0], in.log->read, in.log->refused, in.log->dropped, n);
        promise_report_text(&b, within_us ? NULL : "1020", q, n_q, true, in.arena);
        wait_summary_text(&b, &summary, true);
    }
    print_out(c, &b);
    arena_free(in.arena);
    return CLI_DONE;
}

/* ---- audit ---- */

static int audit_log(struct cli *c, int64_t list)
{
    struct lobby_log in;
    struct infer_log log;
    struct infer_report report;
    char error[CALLOG_ERROR] = "";
    int status = lobby_log_open(c, (size_t)512 << 20, &in);
    if (status)
        return status;
    int rc =
        infer_log_of(in.log, cli_flag(c, "type"), cli_flag(c, "classes"), in.arena, &log, error);
    if (!rc)
        rc = infer_run(&log, cli_flag(c, "rule"), in.arena, &report, error);
    if (!rc) {
        struct buf b;
        buf_init(&b, 64 << 20);
        if (c->json) {
            struct jsonw w;
            jw_init(&w, &b);
            jw_object(&w, NULL);
            jw_text(&w, "file", c->args[0]);
            infer_report_json(&w, "audit", &log, &report, (size_t)list);
            jw_end(&w);
        } else {
            infer_report_text(&b, &log, &report, (size_t)list, true);
        }
        print_out(c, &b);
    }
    arena_free(in.arena);
    return rc ? cli_fail(CLI_FINDING, "%s: %s", c->args[0], error) : CLI_DONE;
}

static int run_audit(struct cli *c)
{
    int64_t list = 20;
    if (!cli_number(c, "list", 0, 1000000, &list))
        return CLI_USAGE;
    return c->n_args ? audit_log(c, list) : lobby_audit_own(c, list);
}

/* ---- import ---- */

static int64_t machine_now_us(void)
{
    struct clock *clock = clock_real();
    int64_t now = clock_now_us(clock);
    clock_free(clock);
    return now;
}

enum { IMPORT_GROUP = 500 };
struct importing {
    struct import *import;
    const struct callog_row *rows;
    size_t n;
    char why[200];
};

static int import_group(struct call *c, void *ctx)
{
    struct importing *i = ctx;
    int rc = import_rows(c, i->import, i->rows, i->n);
    if (rc > 0)
        snprintf(i->why, sizeof i->why, "%s %s", c->field ? c->field : "", c->detail);
    return rc;
}

static void import_report(struct cli *c, const struct lobby_log *in, const struct import_numbers *n,
                          int64_t list)
{
    struct buf b;
    buf_init(&b, 16 << 20);
    if (c->json) {
        struct jsonw w;
        jw_init(&w, &b);
        jw_object(&w, NULL);
        jw_text(&w, "file", c->args[0]);
        jw_i64(&w, "added", n->added);
        jw_i64(&w, "there_already", n->same);
        jw_i64(&w, "renamed", n->renamed);
        jw_i64(&w, "outlets_made", n->outlets_made);
        jw_i64(&w, "services_made", n->services_made);
        callog_report_json(&w, "log", in->log, (size_t)list);
        jw_end(&w);
    } else {
        buf_printf(&b,
                   "%s: %" PRId64 " added, %" PRId64 " there already, %" PRId64
                   " with a number of their own, %" PRId64 " outlets and %" PRId64
                   " services made\n\n",
                   c->args[0], n->added, n->same, n->renamed, n->outlets_made, n->services_made);
        callog_report_text(&b, in->log, (size_t)list, true);
    }
    print_out(c, &b);
}

static int run_import(struct cli *c)
{
    struct lobby_log in;
    struct bank b;
    char error[600] = "";
    const char *outlet = cli_flag(c, "outlet"), *mid = cli_flag(c, "mid-class");
    struct import_target target = { .outlet_code = outlet && *outlet ? outlet : "IMPORT",
                                    .mid_class = mid };
    int64_t list = 20, now = machine_now_us();
    if (!cli_number(c, "list", 0, 1000000, &list))
        return CLI_USAGE;
    if (secret_init())
        return cli_fail(CLI_FAULT, "no randomness");
    int status = lobby_log_open(c, 0, &in);
    if (status)
        return status;
    if (!mid && in.log->format == CALLOG_TECHNION)
        target.mid_class = "2"; /* the log's priority customers */
    if (app_bank_open(c->config.db, true, now, &b, error, sizeof error)) {
        arena_free(in.arena);
        return cli_fail(CLI_FAULT, "%s", error);
    }
    struct importing i = { .import = import_new(in.arena, &target) };
    int rc = 0;
    for (size_t at = 0; !rc && at < in.log->n; at += i.n) {
        i.rows = in.log->rows + at;
        i.n = in.log->n - at < IMPORT_GROUP ? in.log->n - at : IMPORT_GROUP;
        rc = app_bank_write(&b, now, import_group, &i);
        cli_progress("rows", (int64_t)(at + i.n), (int64_t)in.log->n);
    }
    cli_progress_end();
    if (!rc)
        import_report(c, &in, import_numbers(i.import), list);
    status = cli_rc(rc, "import", rc > 0 ? i.why : db_error(b.db));
    app_bank_close(&b);
    arena_free(in.arena);
    return status;
}

/* ---- the table ---- */

#define FORMAT                                       \
    {                                                \
        "format", "F", "technion, or csv with --map" \
    }
#define MAP                                                                                  \
    {                                                                                        \
        "map", "MAP", "columns of a csv: 'taken=TAKE_TIME,called=CALL_TIME,...;time=FORMAT'" \
    }
#define TYPE                             \
    {                                    \
        "type", "S", "only this service" \
    }
static const struct cli_flag promise_flags[] = {
    FORMAT,
    MAP,
    TYPE,
    { "class", "C", "only this class" },
    { "mid-class", "C", "the log's word for mid/high-end customers, beside mid and high" },
    { "within", "T", "share within T, such as 180s; without it the 1020 promise" },
};
static const struct cli_flag audit_flags[] = {
    FORMAT,
    MAP,
    TYPE,
    { "classes", "L", "class words from the lowest up, + for one class: 1+0,2" },
    { "rule", "R", "audit against this rule instead of the inferred one" },
    { "list", "N", "how many calls that broke the rule to list (20)" },
    { "outlet", "CODE", "own tickets: this outlet of the store" },
    { "date", "D", "own tickets: this day" },
};
static const struct cli_flag import_flags[] = {
    FORMAT,
    MAP,
    { "outlet", "CODE", "the outlet of rows that name none; made when there is none (IMPORT)" },
    { "mid-class", "C", "the log's word for the mid class (technion: 2)" },
    { "list", "N", "how many bad lines to list (20)" },
};
static const struct cli_flag replay_flags[] = {
    FORMAT,
    MAP,
    TYPE,
    { "windows", "N", "windows, each handling every service" },
    { "rule", "R", "the calling rule; classes are normal and mid (head:mid=90s)" },
    { "speed", "S", "max, or how many times real time (max)" },
    { "days", "N", "only the first N days" },
    { "keep", "PATH", "keep the store here instead of a temporary one" },
};

static const struct cli_flag chart_flags[] = {
    { "outlet", "CODE", "whose visits of the last twelve weeks" },
    { "format", "F", "pdf or svg (pdf; svg when --out ends so)" },
    { "out", "FILE", "where to (standard output)" },
    { "service", "S", "of one service: its letter or code" },
    { "english", NULL, "words in English" },
    { "now", "T", "as if it were 2026-11-23T11:30" },
};

const struct cli_verb cli_lobby_verbs[] = {
    { "lobby import", "FILE", "make a queue log's rows tickets of the store", import_flags,
      COUNT(import_flags), 1, 1, NULL, run_import },
    { "lobby promise", "FILE", "the promise under its five definitions", promise_flags,
      COUNT(promise_flags), 1, 1, NULL, run_promise },
    { "lobby audit", "[FILE]", "a log's calling rule and who broke it; own tickets without FILE",
      audit_flags, COUNT(audit_flags), 0, 1, NULL, run_audit },
    { "lobby replay", "FILE", "drive a log's arrivals through the production lobby", replay_flags,
      COUNT(replay_flags), 1, 1, NULL, lobby_replay },
    { "lobby chart", NULL, "the peak-hour flow chart by weekday, one A4 page", chart_flags,
      COUNT(chart_flags), 0, 0, "origin bank_zh bank_en", cli_lobby_chart },
};
const size_t cli_lobby_verbs_count = COUNT(cli_lobby_verbs);
