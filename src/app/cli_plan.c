/* cli_plan.c -- plan erlang, simulate, staff; bench plan: the planner's computations from the
 * command line. */
#include "app/bench_look.h"
#include "app/cli.h"
#include "app/cli_lobby.h"
#include "base/date.h"
#include "plan/spec.h"
#include "plan/live.h"
#include "plan/staff.h"
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
    cli_show(c, b);
    buf_release(b);
    return CLI_DONE;
}

struct erlang {
    double load, cs2, high, gathers;
    int64_t servers, places, mean_us, patience_us, within_us;
};

static bool erlang_read(struct cli *c, struct erlang *e)
{
    *e = (struct erlang){ .load = -1,
                          .cs2 = -1,
                          .high = -1,
                          .gathers = 1,
                          .mean_us = 8 * US_MINUTE,
                          .within_us = 20 * US_MINUTE };
    if (!cli_flag(c, "load") || !cli_flag(c, "servers")) {
        cli_fail(CLI_USAGE, "plan erlang needs --load and --servers");
        return false;
    }
    if (!real(c, "load", 0, 1e6, &e->load) || !cli_number(c, "servers", 1, 2000000, &e->servers) ||
        !cli_number(c, "places", 1, 100000000, &e->places) || !real(c, "cs2", 0, 1e4, &e->cs2) ||
        !real(c, "high", 0, 1, &e->high) || !real(c, "gathers", 1, 1e6, &e->gathers) ||
        !cli_duration(c, "mean", &e->mean_us) || !cli_duration(c, "patience", &e->patience_us) ||
        !cli_duration(c, "within", &e->within_us))
        return false;
    if (e->mean_us <= 0) {
        cli_fail(CLI_USAGE, "--mean: longer than nothing");
        return false;
    }
    if (cli_flag(c, "gathers") && e->high < 0) {
        cli_fail(CLI_USAGE, "--gathers: which share of customers? give --high");
        return false;
    }
    if (e->places && e->places < e->servers) {
        cli_fail(CLI_USAGE, "--places: at least as many as --servers");
        return false;
    }
    return true;
}

/* Every digit: the chance of waiting may be 1e-30. Infinite becomes null, the queue has no such
 * mean. */
static void number(struct jsonw *w, const char *key, double x)
{
    jw_real(w, key, x);
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

/* Two classes: the high one always first, and gathering priority so many times as fast. */
static void erlang_classes(const struct erlang *e, struct jsonw *w)
{
    double mean = (double)e->mean_us / 1e6, rate = e->load / mean, wait[2], high, low;
    const double rates[2] = { rate * e->high, rate * (1 - e->high) };
    int s = (int)e->servers;
    plan_wait_priority(rates, 2, mean, s, wait);
    jw_object(w, "priority");
    number(w, "high_share", e->high);
    number(w, "high_mean_wait_s", wait[0]);
    number(w, "low_mean_wait_s", wait[1]);
    if (e->gathers > 1 && e->load < s) {
        plan_wait_accumulating(rates[0], rates[1], e->gathers, mean, s, &high, &low);
        number(w, "gathers", e->gathers);
        number(w, "accumulating_high_mean_wait_s", high);
        number(w, "accumulating_low_mean_wait_s", low);
    }
    jw_end(w);
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
    number(w, "mean_stay_s", a.response);
    number(w, "throughput_per_hour", a.throughput * 3600);
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
    if (e.high >= 0)
        erlang_classes(&e, &w);
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

/* ---- a day from a spec ---- */

/* CLI_DONE and a spec in the arena, or the status of what was said. */
static int spec_open(struct cli *c, struct arena *arena, struct plan_spec **out)
{
    const char *path = cli_flag(c, "spec");
    char error[400] = "", *text = NULL;
    size_t len = 0;
    if (!path)
        return cli_fail(CLI_USAGE, "%s needs --spec FILE", c->verb->name);
    int status = cli_read_file(path, (size_t)8 << 20, arena, &text, &len);
    if (status)
        return status;
    *out = arena_alloc(arena, sizeof **out);
    if (plan_spec_read(text, len, arena, *out, error, sizeof error))
        return cli_fail(CLI_FINDING, "%s: %s", path, error);
    if (!cli_number(c, "seed", 0, INT64_MAX, &(*out)->seed) ||
        !cli_number(c, "days", 1, 10000000, &(*out)->days))
        return CLI_USAGE;
    return CLI_DONE;
}

static void write_counts(struct jsonw *w, const int *counts, int n)
{
    jw_array(w, "windows");
    for (int i = 0; i < n; i++)
        jw_i64(w, NULL, counts[i]);
    jw_end(w);
}

static void write_cell(struct jsonw *w, const char *key, const struct plan_cell *c, double days)
{
    double n = c->n > 0 ? (double)c->n : 1;
    jw_object(w, key);
    jw_f64(w, "customers_a_day", (double)c->n / days, 4);
    jw_f64(w, "mean_wait_minutes", c->wait / n, 4);
    jw_f64(w, "late_share", plan_late_share(c), 6);
    jw_f64(w, "late_upper_99", fmin(1, plan_late_upper(c, 2.3263478740408408)), 6);
    jw_f64(w, "gave_up_share", (double)c->gave_up / n, 6);
}

/* The whole day and each slot, for everybody and each class. */
static void write_tally(struct jsonw *w, const struct plan_spec *s, const struct plan_tally *t,
                        const int *counts)
{
    const struct plan_model *m = &s->model;
    double days = (double)t->days;
    for (int k = 0; k <= (m->n_classes > 1 ? m->n_classes : 0); k++) {
        write_cell(w, k ? m->classes[k - 1].code : "everybody", &t->whole[k], days);
        if (t->bins) {
            jw_f64(w, "p50_minutes", plan_wait_share(t, k, .5), 2);
            jw_f64(w, "p90_minutes", plan_wait_share(t, k, .9), 2);
            jw_f64(w, "p95_minutes", plan_wait_share(t, k, .95), 2);
        }
        jw_end(w);
    }
    jw_array(w, "slots");
    for (int i = 0; i < m->slots; i++) {
        char from[16];
        int at = s->open_s + (int)(i * m->slot * 60);
        snprintf(from, sizeof from, "%02d:%02d", at / 3600 % 24, at / 60 % 60);
        jw_object(w, NULL);
        jw_text(w, "from", from);
        if (counts)
            jw_i64(w, "windows", counts[i]);
        write_cell(w, "everybody", &t->slot[i][0], days);
        jw_end(w);
        for (int k = 1; k <= (m->n_classes > 1 ? m->n_classes : 0); k++) {
            write_cell(w, m->classes[k - 1].code, &t->slot[i][k], days);
            jw_end(w);
        }
        jw_end(w);
    }
    jw_end(w);
}

/* "1,2,4": one number a slot. */
static bool read_windows(const char *text, const struct plan_model *m, int *counts)
{
    int n = 0;
    const char *p = text;
    while (n < m->slots) {
        char *end;
        long x = strtol(p, &end, 10);
        if (end == p || x < 0 || x > PLAN_WINDOWS)
            break;
        if (*end && *end != ',')
            break;
        counts[n++] = (int)x;
        p = end + (*end == ',');
        if (!*end)
            break;
    }
    if (n == m->slots && !*p)
        return true;
    if (n == m->slots)
        cli_fail(CLI_USAGE, "--windows: more numbers than the day's %d slots", m->slots);
    else if (n > 0 && !*p)
        cli_fail(CLI_USAGE, "--windows: %d numbers for the day's %d slots", n, m->slots);
    else
        cli_fail(CLI_USAGE,
                 "--windows: '%.12s': a number of 0..%d for each of %d slots, with commas", p,
                 PLAN_WINDOWS, m->slots);
    return false;
}

static int simulate_spec(struct cli *c, struct arena *arena)
{
    struct plan_spec *s = NULL;
    int counts[PLAN_SLOTS], status = spec_open(c, arena, &s);
    const char *windows = cli_flag(c, "windows");
    if (status)
        return status;
    CHECK(s);
    if (!windows && !s->people)
        return cli_fail(CLI_USAGE, "plan simulate needs --windows, or people in the spec");
    if (windows && !read_windows(windows, &s->model, counts))
        return CLI_USAGE;
    if (windows)
        plan_crew_of(&s->model, counts, &s->crew);
    struct plan_tally *t = arena_alloc(arena, sizeof *t);
    t->bins = arena_alloc(arena, sizeof *t->bins * PLAN_CELLS);
    plan_simulate(&s->model, &s->crew, (uint64_t)s->seed, 0, s->days ? s->days : 5000, t);
    struct buf b;
    struct jsonw w;
    buf_init(&b, 4 << 20);
    jw_init(&w, &b);
    jw_object(&w, NULL);
    jw_i64(&w, "days", t->days);
    jw_i64(&w, "seed", s->seed);
    jw_i64(&w, "customers", t->customers);
    write_tally(&w, s, t, windows ? counts : NULL);
    jw_end(&w);
    return print_document(c, &b);
}

static int run_simulate(struct cli *c)
{
    struct arena *arena = arena_new((size_t)8 << 30);
    int status = simulate_spec(c, arena);
    arena_free(arena);
    return status;
}

/* ---- staffing ---- */

/* formula: the highest share of a slot by the textbook's own formula; negative: there is none. */
static void write_staffing(struct jsonw *w, const char *key, const struct plan_staffing *p,
                           double formula, int slots)
{
    jw_object(w, key);
    jw_i64(w, "window_slots", p->sum);
    write_counts(w, p->counts, slots);
    jw_f64(w, "whole_day_late_share", p->whole_late, 6);
    jw_f64(w, "worst_slot_late_share", p->worst_late, 6);
    jw_i64(w, "worst_slot", p->worst_slot + 1);
    jw_i64(w, "slots_over", p->slots_over);
    if (formula >= 0)
        jw_f64(w, "worst_slot_by_formula", formula, 6);
    jw_i64(w, "days", p->days);
    jw_end(w);
}

/* Why nothing can be certified: all windows all day are too few, and where most. */
static void write_beyond(struct jsonw *w, const struct plan_spec *s, int max,
                         const struct plan_staff_answer *a)
{
    char from[16];
    int at = s->open_s + (int)(a->beyond_slot * s->model.slot * 60);
    snprintf(from, sizeof from, "%02d:%02d", at / 3600 % 24, at / 60 % 60);
    jw_object(w, "all_windows_are_too_few");
    jw_i64(w, "windows", max);
    jw_text(w, "from", from);
    jw_text(w, "class", a->beyond_class < 0 ? "everybody" : s->model.classes[a->beyond_class].code);
    jw_f64(w, "late_share", a->beyond_late, 6);
    jw_end(w);
}

static int staff_spec(struct cli *c, struct arena *arena)
{
    struct plan_spec *s = NULL;
    struct plan_staff_answer a;
    int status = spec_open(c, arena, &s);
    if (status)
        return status;
    CHECK(s);
    struct plan_staff_request q = { .max_windows = s->max_windows ? (int)s->max_windows : 24,
                                    .seed = (uint64_t)s->seed,
                                    .certify_days = s->days };
    plan_staff(&s->model, &q, arena, &a);
    int slots = s->model.slots;
    struct buf b;
    struct jsonw w;
    buf_init(&b, 4 << 20);
    jw_init(&w, &b);
    jw_object(&w, NULL);
    jw_bool(&w, "certified", a.certified);
    jw_f64(&w, "confidence", .99, 2);
    jw_i64(&w, "rounds", a.rounds);
    if (a.beyond_windows)
        write_beyond(&w, s, q.max_windows, &a);
    write_staffing(&w, "plan", &a.plan, -1, slots);
    jw_i64(&w, "lower_bound", a.lower_bound);
    jw_i64(&w, "gap", a.plan.sum - a.lower_bound);
    jw_f64(&w, "lower_bound_confidence", .99, 2);
    jw_text(&w, "lower_bound_assumes",
            a.bound_assumes ? "more windows make nobody later" : "nothing");
    jw_object(&w, "beside");
    for (int m = 0; m < PLAN_METHODS; m++)
        write_staffing(&w, plan_method_code(m), &a.by[m], a.formula_late[m], slots);
    write_staffing(&w, "day_only", &a.day_only, -1, slots);
    jw_end(&w);
    jw_object(&w, "certificate");
    write_tally(&w, s, a.tally, a.plan.counts);
    jw_end(&w);
    jw_end(&w);
    print_document(c, &b);
    return a.certified ? CLI_DONE : CLI_FINDING;
}

static int run_staff(struct cli *c)
{
    struct arena *arena = arena_new((size_t)8 << 30);
    int status = staff_spec(c, arena);
    arena_free(arena);
    return status;
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
    struct plan_crew crew;
    struct plan_model m = bench_model(whole_day);
    char error[200];
    int rc = plan_model_rule(&m, rule, error, sizeof error);
    CHECK(!rc);
    plan_crew_of(&m, whole_day ? counts : (int[]){ 10 }, &crew);
    double best = 0, total = 0;
    for (int turn = 0; turn < 5; turn++) {
        tally = (struct plan_tally){ .days = 0 };
        double from = cpu_s();
        plan_simulate(&m, &crew, 1, 0, days, &tally);
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

/* A whole answer of plan staff: seconds of processor. classes: two, over-dispersed days, lognormal
 * service, people who give up, and the lobby's promise rule. */
static void bench_staff(struct jsonw *w, const char *key, bool classes)
{
    static struct plan_staff_answer a;
    struct arena *arena = arena_new((size_t)8 << 30);
    struct plan_model m = bench_model(true);
    char error[200];
    m.patience = 0;
    m.n_classes = 1;
    if (classes) {
        m.n_classes = 2;
        m.patience = 60;
        m.day_cv = .08;
        m.kinds[0].takes.kind = PLAN_LOGNORMAL;
        m.kinds[0].takes.cs2 = 1.2;
    }
    int rc = plan_model_rule(&m, classes ? "promise;courtesy off;finally 40m" : "fcfs", error,
                             sizeof error);
    CHECK(!rc);
    double from = cpu_s();
    struct plan_staff_request q = { .max_windows = 14, .seed = 1 };
    plan_staff(&m, &q, arena, &a);
    jw_object(w, key);
    jw_f64(w, "cpu_s", cpu_s() - from, 2);
    jw_bool(w, "certified", a.certified);
    jw_i64(w, "rounds", a.rounds);
    jw_i64(w, "window_slots", a.plan.sum);
    jw_i64(w, "lower_bound", a.lower_bound);
    jw_end(w);
    arena_free(arena);
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
    bench_staff(&w, "staff_first_come", false);
    bench_staff(&w, "staff_classes_overdispersed", true);
    bench_look_lobby(&w, "live_look_20_waiting", 20);
    bench_look_lobby(&w, "live_look_60_waiting", 60);
    int status = bench_look_city(&w, "live_look_demo_city", 14);
    jw_end(&w);
    return status ? status : print_document(c, &b);
}

static const struct cli_flag erlang_flags[] = {
    { "load", "A", "offered load in Erlangs: arrivals an hour times mean service in hours" },
    { "servers", "C", "windows" },
    { "mean", "T", "mean service time (8m)" },
    { "within", "T", "the wait promised (20m)" },
    { "patience", "T", "mean patience: Erlang A too" },
    { "places", "K", "places, in service and waiting: M/M/c/K too" },
    { "cs2", "X", "squared coefficient of variation of service: M/G/c too" },
    { "high", "P", "share of a class called first, 0 to 1: each class's mean wait too" },
    { "gathers", "B", "with --high: it gathers priority so many times as fast instead" },
};

static const struct cli_flag spec_flags[] = {
    { "spec", "FILE", "the day as JSON, see docs/plan-spec.md" },
    { "seed", "N", "of the simulated days (1)" },
    { "days", "N", "days to simulate, or to certify on" },
    { "windows", "N,N,...", "windows in each slot" },
};

static const struct cli_flag nearby_flags[] = {
    { "format", "F", "of FILE: outlets (kind,branch_id,lat,lon,name,address,phone,work_time)" },
    { "from", "PLACE", "LAT,LON in degrees (30.512822,105.591054), or the code of an outlet" },
    { "service", "S", "only where it is offered: a word of the column services; a letter or code" },
    { "kind", "K", "of FILE: outlet, atm, ..., or all (outlet)" },
    { "now", "T", "only what is open at 11:30 (FILE); as if it were 2026-11-23T11:30" },
    { "mode", "M", "without FILE: walk or drive (walk)" },
    { "max", "N", "at most so many places" },
};

const struct cli_verb cli_plan_verbs[] = {
    { "plan erlang", NULL, "a queue by formulas: Erlang B, C, A, wait tail and quantiles",
      erlang_flags, COUNT(erlang_flags), 0, 0, NULL, run_erlang },
    { "plan simulate", NULL, "what a day's windows give, by half-hour and class", spec_flags,
      COUNT(spec_flags), 0, 0, NULL, run_simulate },
    { "plan staff", NULL, "the fewest windows that keep the promise in every half-hour", spec_flags,
      COUNT(spec_flags) - 1, 0, 0, NULL, run_staff },
    { "plan nearby", "[FILE]", "outlets by distance from a place; of this bank without FILE",
      nearby_flags, COUNT(nearby_flags), 0, 1, "walk_m_min drive_m_min", cli_plan_nearby },
    { "bench plan", NULL,
      "simulated customers a second of one core; what an answer of plan staff and a live look cost",
      NULL, 0, 0, 0, NULL, run_bench },
};
const size_t cli_plan_verbs_count = COUNT(cli_plan_verbs);
