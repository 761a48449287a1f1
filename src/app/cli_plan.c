/* cli_plan.c -- plan erlang: the planner's computations from the command line. */
#include "app/cli.h"
#include "app/cli_lobby.h"
#include "base/date.h"
#include "plan/sim.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* False, after saying so, when the flag is given and no number in the range. */
static bool real(struct cli *c, const char *name, double min, double max, double *out)
{
    const char *text = cli_flag(c, name);
    char *end;
    if (!text)
        return true;
    double x = strtod(text, &end);
    if (*text && !*end && x >= min && x <= max) {
        *out = x;
        return true;
    }
    cli_fail(CLI_USAGE, "--%s: '%s' is not a number of %g..%g", name, text, min, max);
    return false;
}

static int print_document(struct cli *c, struct buf *b)
{
    if (c->json)
        printf("%s\n", b->at);
    else
        cli_print_json(b->at, b->len);
    buf_release(b);
    return CLI_DONE;
}

struct erlang {
    double load, cs2;
    int64_t servers, places, mean_us, patience_us, within_us;
};

static bool erlang_read(struct cli *c, struct erlang *e)
{
    *e = (struct erlang){
        .load = -1, .cs2 = -1, .mean_us = 8 * US_MINUTE, .within_us = 20 * US_MINUTE
    };
    if (!cli_flag(c, "load") || !cli_flag(c, "servers")) {
        cli_fail(CLI_USAGE, "plan erlang needs --load and --servers");
        return false;
    }
    if (!real(c, "load", 0, 1e6, &e->load) || !cli_number(c, "servers", 1, 2000000, &e->servers) ||
        !cli_number(c, "places", 1, 100000000, &e->places) || !real(c, "cs2", 0, 1e4, &e->cs2) ||
        !cli_duration(c, "mean", &e->mean_us) || !cli_duration(c, "patience", &e->patience_us) ||
        !cli_duration(c, "within", &e->within_us))
        return false;
    if (e->mean_us <= 0) {
        cli_fail(CLI_USAGE, "--mean: longer than nothing");
        return false;
    }
    if (e->places && e->places < e->servers) {
        cli_fail(CLI_USAGE, "--places: at least as many as --servers");
        return false;
    }
    return true;
}

/* Infinite becomes null: the queue has no such mean. */
static void number(struct jsonw *w, const char *key, double x)
{
    jw_f64(w, key, isfinite(x) ? x : NAN, 12);
}

static void erlang_mmc(const struct erlang *e, struct jsonw *w)
{
    double mean = (double)e->mean_us / 1e6, rate = e->load / mean;
    int s = (int)e->servers;
    jw_object(w, "mmc");
    jw_bool(w, "stable", e->load < s);
    number(w, "erlang_b", plan_erlang_b(e->load, s));
    number(w, "erlang_c", plan_erlang_c(e->load, s));
    number(w, "halfin_whitt", e->load > 0 ? plan_halfin_whitt(e->load, s) : 0);
    number(w, "occupancy", e->load < s ? e->load / s : 1);
    number(w, "mean_wait_s", plan_wait_mean(rate, mean, s));
    number(w, "p_wait_longer", plan_wait_tail(rate, mean, s, (double)e->within_us / 1e6));
    number(w, "p50_s", plan_wait_quantile(rate, mean, s, .5));
    number(w, "p90_s", plan_wait_quantile(rate, mean, s, .9));
    number(w, "p95_s", plan_wait_quantile(rate, mean, s, .95));
    number(w, "p99_s", plan_wait_quantile(rate, mean, s, .99));
    jw_end(w);
    if (e->cs2 >= 0) {
        jw_object(w, "mgc");
        number(w, "cs2", e->cs2);
        number(w, "allen_cunneen_s", plan_wait_allen_cunneen(rate, mean, s, e->cs2));
        number(w, "cosmetatos_s", plan_wait_cosmetatos(rate, mean, s, e->cs2));
        jw_end(w);
    }
}

static bool erlang_chain(const struct erlang *e, const char *name, double theta, int64_t places,
                         struct jsonw *w)
{
    double mean = (double)e->mean_us / 1e6;
    struct plan_chain q = { .rate = e->load / mean,
                            .mean_service = mean,
                            .servers = (int)e->servers,
                            .places = places,
                            .theta = theta };
    struct plan_chain_answer a;
    if (!plan_chain_solve(&q, &a))
        return false;
    jw_object(w, name);
    number(w, "p_wait", a.p_wait);
    number(w, "p_blocked", a.p_blocked);
    number(w, "p_abandon", a.p_abandon);
    number(w, "p_empty", a.p_empty);
    number(w, "mean_queue", a.queue);
    number(w, "mean_system", a.system);
    number(w, "mean_wait_s", a.wait);
    number(w, "occupancy", a.utilization);
    jw_end(w);
    return true;
}

static int run_erlang(struct cli *c)
{
    struct erlang e;
    struct buf b;
    struct jsonw w;
    bool solved = true;
    if (!erlang_read(c, &e))
        return CLI_USAGE;
    buf_init(&b, 1 << 16);
    jw_init(&w, &b);
    jw_object(&w, NULL);
    number(&w, "load", e.load);
    jw_i64(&w, "servers", e.servers);
    number(&w, "mean_service_s", (double)e.mean_us / 1e6);
    number(&w, "within_s", (double)e.within_us / 1e6);
    erlang_mmc(&e, &w);
    if (e.patience_us > 0)
        solved = erlang_chain(&e, "erlang_a", 1e6 / (double)e.patience_us, 0, &w);
    if (solved && e.places)
        solved = erlang_chain(&e, "mmck", 0, e.places, &w);
    jw_end(&w);
    if (solved)
        return print_document(c, &b);
    buf_release(&b);
    return cli_fail(CLI_FINDING, "patience so long that the states are too many to sum");
}

/* ---- how fast ---- */

static double cpu_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static struct plan_model bench_model(bool whole_day)
{
    static const double day[] = { 3,  7,  12, 14, 14, 16, 14, 7, 4, 4,
                                  12, 18, 19, 20, 20, 18, 12, 5, 2, 1 };
    struct plan_model m = { .slot = 1e6,
                            .slots = 1,
                            .expected = { 1e6 },
                            .n_classes = 1,
                            .n_kinds = 1,
                            .within = 20,
                            .late = .05 };
    m.classes[0] = (struct plan_class){ "normal", .8, 20, .05 };
    m.classes[1] = (struct plan_class){ "mid", .2, 10, .1 };
    m.kinds[0].prefix = 'A';
    m.kinds[0].share = 1;
    m.kinds[0].takes = (struct plan_service_time){ .kind = PLAN_EXPONENTIAL, .mean = 8 };
    if (whole_day) {
        m.slot = 30;
        m.slots = COUNT(day);
        memcpy(m.expected, day, sizeof day);
        m.n_classes = 2;
        m.patience = 45;
    }
    return m;
}

/* Customers a second of processor: drawn, run and summed. */
static void bench_case(struct jsonw *w, const char *key, bool whole_day, const char *rule,
                       int64_t days)
{
    static const int counts[] = { 1, 2, 4, 4, 4, 6, 6, 3, 3, 2, 4, 5, 6, 7, 7, 7, 6, 5, 4, 2 };
    static struct plan_tally tally;
    struct plan_window windows[PLAN_WINDOWS];
    struct plan_model m = bench_model(whole_day);
    char error[200];
    int rc = plan_model_rule(&m, rule, error, sizeof error);
    CHECK(!rc);
    int n = plan_windows_of(&m, whole_day ? counts : (int[]){ 10 }, windows);
    double best = 0, total = 0;
    for (int turn = 0; turn < 5; turn++) {
        tally = (struct plan_tally){ .days = 0 };
        double from = cpu_s();
        plan_simulate(&m, windows, n, 1, 0, days, &tally);
        double speed = (double)tally.customers / (cpu_s() - from);
        total += (double)tally.customers / speed;
        best = speed > best ? speed : best;
    }
    jw_object(w, key);
    jw_text(w, "rule", rule);
    jw_i64(w, "customers", tally.customers);
    jw_f64(w, "best_of_5_per_cpu_s", best, 0);
    jw_f64(w, "mean_of_5_per_cpu_s", 5 * (double)tally.customers / total, 0);
    jw_f64(w, "mean_wait_min", tally.whole[0].wait / (double)tally.whole[0].n, 6);
    jw_end(w);
}

static int run_bench(struct cli *c)
{
    struct buf b;
    struct jsonw w;
    buf_init(&b, 1 << 16);
    jw_init(&w, &b);
    jw_object(&w, NULL);
    bench_case(&w, "mm10_first_come", false, "fcfs", 1);
    bench_case(&w, "day_first_come_patience_schedule", true, "fcfs", 4000);
    bench_case(&w, "day_head_patience_schedule", true, "head:mid=10m", 4000);
    bench_case(&w, "day_promise_patience_schedule", true, "promise;finally 40m", 4000);
    bench_case(&w, "day_strict_patience_schedule", true, "strict", 4000);
    jw_end(&w);
    return print_document(c, &b);
}

static const struct cli_flag erlang_flags[] = {
    { "load", "A", "offered load in Erlangs: arrivals an hour times mean service in hours" },
    { "servers", "C", "windows" },
    { "mean", "T", "mean service time (8m)" },
    { "within", "T", "the wait promised (20m)" },
    { "patience", "T", "mean patience: Erlang A too" },
    { "places", "K", "places, in service and waiting: M/M/c/K too" },
    { "cs2", "X", "squared coefficient of variation of service: M/G/c too" },
};

const struct cli_verb cli_plan_verbs[] = {
    { "plan erlang", NULL, "a queue by formulas: Erlang B, C, A, wait tail and quantiles",
      erlang_flags, COUNT(erlang_flags), 0, 0, NULL, run_erlang },
    { "bench plan", NULL, "simulated customers a second of one core", NULL, 0, 0, 0, NULL,
      run_bench },
};
const size_t cli_plan_verbs_count = COUNT(cli_plan_verbs);
