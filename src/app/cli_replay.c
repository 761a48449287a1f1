/* cli_replay.c -- lobby replay: a log's real arrivals and service times through the production
 * lobby, store and all. */
#include "app/bank.h"
#include "app/cli_lobby.h"
#include "app/replay.h"
#include "base/secret.h"
#include "http/http_client.h"
#include "lobby/promise_report.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { SERVICES = 24 };

struct loading {
    const struct callog *log;
    const char *service[SERVICES];
    double sum_s[SERVICES];
    int64_t count[SERVICES];
    int n_services;
    struct replay_arrival *arrivals;
    size_t n;
};

static int service_index(struct loading *l, const char *word)
{
    for (int i = 0; i < l->n_services; i++)
        if (!strcmp(l->service[i], word))
            return i;
    if (l->n_services == SERVICES)
        return SERVICES - 1; /* the rare ones share the last */
    l->service[l->n_services] = *word ? word : "-";
    return l->n_services++;
}

static int by_time(const void *a, const void *b)
{
    const struct replay_arrival *x = a, *y = b;
    return (x->at_us > y->at_us) - (x->at_us < y->at_us);
}

/* Everybody offered: joins when the wait began, is served for the log's own time, and gives up
 * after the log's own patience. Those who gave up have no service time: the mean of their service.
 */
static void load_arrivals(struct loading *l, struct cli *c, int64_t days, struct arena *arena)
{
    const char *type = cli_flag(c, "type");
    l->arrivals = arena_alloc(arena, sizeof *l->arrivals * (l->log->n + 1));
    for (size_t i = 0; i < l->log->n; i++) {
        const struct callog_row *r = &l->log->rows[i];
        int64_t at = r->queued_us != CALLOG_NEVER   ? r->queued_us
                     : r->called_us != CALLOG_NEVER ? r->called_us
                                                    : r->taken_us;
        bool served = r->outcome == CALLOG_SERVED;
        if (!callog_offered(r) || (type && strcmp(type, r->service)) ||
            (days && r->day.days >= l->log->first_day.days + days))
            continue;
        int s = service_index(l, r->service);
        int64_t service = served && r->served_us != CALLOG_NEVER && r->ended_us > r->served_us
                              ? r->ended_us - r->served_us
                              : 0;
        l->sum_s[s] += (double)service / 1e6;
        l->count[s] += service > 0;
        l->arrivals[l->n++] = (struct replay_arrival){
            .at_us = at,
            .service_us = service,
            .patience_us = served           ? 0
                           : r->wait_us > 0 ? r->wait_us
                                            : 1,
            .class_index = !strcmp(r->class_code, "2") || !strcmp(r->class_code, "mid") ||
                           !strcmp(r->class_code, "high"),
            .service = (int16_t)s,
        };
    }
    for (size_t i = 0; i < l->n; i++) {
        int s = l->arrivals[i].service;
        if (!l->arrivals[i].service_us)
            l->arrivals[i].service_us =
                l->count[s] ? (int64_t)(l->sum_s[s] / (double)l->count[s] * 1e6) : US_MINUTE;
    }
    qsort(l->arrivals, l->n, sizeof *l->arrivals, by_time);
}

struct pace {
    double speed; /* 0: as fast as it goes */
    int64_t from_us, sim_us;
    size_t all;
};

static void keep_pace(void *ctx, int64_t sim_us)
{
    struct pace *p = ctx;
    if (p->speed <= 0)
        return;
    if (!p->sim_us) {
        p->sim_us = sim_us;
        p->from_us = http_load_now_us();
    }
    int64_t due = p->from_us + (int64_t)((double)(sim_us - p->sim_us) / p->speed);
    int64_t left = due - http_load_now_us();
    if (left > 0) {
        struct timespec t = { left / 1000000, (left % 1000000) * 1000 };
        nanosleep(&t, NULL);
    }
}

static void progress(void *ctx, size_t done, size_t all)
{
    UNUSED(ctx);
    cli_progress("arrivals", (int64_t)done, (int64_t)all);
}

static size_t waits_of(const struct loading *l, const struct replay_numbers *n, int class_index,
                       struct wait *out)
{
    size_t k = 0;
    for (size_t i = 0; i < l->n; i++)
        if (class_index < 0 || l->arrivals[i].class_index == class_index)
            out[k++] = n->waits[i];
    return k;
}

static void report(struct cli *c, const struct loading *l, const struct replay_numbers *n,
                   double seconds, struct arena *arena)
{
    static const struct {
        const char *code, *zh, *en;
        int class_index;
    } groups[] = { { "all", "全体客户", "everybody", -1 },
                   { "normal", "普通客户", "normal", 0 },
                   { "mid", "中高端客户", "mid/high", 1 } };
    struct wait *list[COUNT(groups)];
    size_t count[COUNT(groups)];
    struct promise_question q[2];
    struct buf b;
    struct jsonw w;
    for (size_t i = 0; i < COUNT(groups); i++) {
        list[i] = arena_alloc(arena, sizeof **list * (l->n + 1));
        count[i] = waits_of(l, n, groups[i].class_index, list[i]);
    }
    promise_1020(list[0], count[0], list[2], count[2], q);
    buf_init(&b, 4 << 20);
    jw_init(&w, &b);
    if (c->json) {
        jw_object(&w, NULL);
        jw_i64(&w, "arrivals", (int64_t)l->n);
        jw_i64(&w, "served", n->called);
        jw_i64(&w, "gave_up", n->left);
        jw_i64(&w, "steps", n->steps);
        jw_f64(&w, "seconds", seconds, 2);
    } else {
        buf_printf(&b,
                   "%zu arrivals, %" PRId64 " served, %" PRId64 " gave up; %" PRId64
                   " steps of the production lobby in %.1f s\n",
                   l->n, n->called, n->left, n->steps, seconds);
    }
    for (size_t i = 0; i < COUNT(groups); i++) {
        struct wait_summary sum;
        wait_summarise(list[i], count[i], arena, &sum);
        if (c->json)
            wait_summary_json(&w, groups[i].code, &sum);
        else
            buf_printf(&b, "\n%s\n", groups[i].en);
        if (!c->json)
            wait_summary_text(&b, &sum, true);
    }
    if (c->json) {
        promise_report_json(&w, "promise", q, 2, arena);
        jw_end(&w);
    } else {
        promise_report_text(&b, "1020", q, 2, true, arena);
    }
    printf("%s%s", b.at, c->json ? "\n" : "");
    buf_release(&b);
}

static int replay_in(struct cli *c, struct loading *l, int64_t windows, double speed,
                     const char *path, struct arena *arena)
{
    char error[600] = "";
    const char *rule = cli_flag(c, "rule");
    struct bank b;
    struct replay_bank bank;
    struct replay_numbers numbers;
    struct pace pace = { .speed = speed };
    struct replay_plan plan = { .outlets = 1,
                                .windows = (int)windows,
                                .services = l->service,
                                .n_services = l->n_services,
                                .rule = rule ? rule : "head:mid=90s",
                                .high_code = "mid",
                                .now_us = l->n ? l->arrivals[0].at_us - US_HOUR : US_DAY };
    if (app_bank_open(path, true, plan.now_us, &b, error, sizeof error))
        return cli_fail(CLI_FAULT, "%s", error);
    int64_t from = http_load_now_us();
    int rc = replay_bank_make(b.db, &b.ids, &plan, arena, &bank, error, sizeof error);
    if (!rc) {
        struct replay r = { .db = b.db,
                            .ids = &b.ids,
                            .outlets = bank.outlets,
                            .n_outlets = 1,
                            .services = bank.services,
                            .arrivals = l->arrivals,
                            .n = l->n,
                            .progress = progress,
                            .ctx = &pace,
                            .pace = keep_pace,
                            .group = speed > 0 ? 1 : 0 };
        rc = replay_run(&r, arena, &numbers, error, sizeof error);
    }
    cli_progress_end();
    double seconds = (double)(http_load_now_us() - from) / 1e6;
    app_bank_close(&b);
    if (rc)
        return cli_fail(rc > 0 ? CLI_FINDING : CLI_FAULT, "replay: %s", error);
    report(c, l, &numbers, seconds, arena);
    return CLI_DONE;
}

int lobby_replay(struct cli *c)
{
    static const char *const ends[] = { "", "-wal", "-shm", ".lock" };
    char folder[] = "/var/tmp/piaohao-replay-XXXXXX", path[300];
    const char *speed_text = cli_flag(c, "speed"), *keep = cli_flag(c, "keep");
    double speed = 0;
    char *end = NULL;
    int64_t windows = 0, days = 0;
    struct lobby_log in;
    if (!cli_number(c, "windows", 1, BRANCH_WINDOWS_MAX, &windows) ||
        !cli_number(c, "days", 1, 36600, &days))
        return CLI_USAGE;
    if (!windows)
        return cli_fail(CLI_USAGE, "--windows: how many, 1 to %d", BRANCH_WINDOWS_MAX);
    if (speed_text && strcmp(speed_text, "max")) {
        speed = strtod(speed_text, &end);
        if (*end || speed <= 0)
            return cli_fail(CLI_USAGE, "--speed %s: max, or a number above 0", speed_text);
    }
    if (secret_init())
        return cli_fail(CLI_FAULT, "no randomness");
    int status = lobby_log_open(c, (size_t)512 << 20, &in);
    if (status)
        return status;
    struct loading l = { .log = in.log };
    load_arrivals(&l, c, days, in.arena);
    if (!l.n)
        status = cli_fail(CLI_FINDING, "%s: nobody to replay", c->args[0]);
    else if (!keep && !mkdtemp(folder))
        status = cli_fail(CLI_FAULT, "no folder in /var/tmp");
    if (!status) {
        snprintf(path, sizeof path, "%s/replay.db", folder);
        status = replay_in(c, &l, windows, speed, keep ? keep : path, in.arena);
    }
    for (size_t i = 0; !keep && i < COUNT(ends); i++) {
        snprintf(path, sizeof path, "%s/replay.db%s", folder, ends[i]);
        unlink(path);
    }
    if (!keep)
        rmdir(folder);
    arena_free(in.arena);
    return status;
}
