/* bench_look.c -- bench plan: what a minute's live look costs, in an invented lobby and over a day
 * of the demo city. Processor time of one thread; quantiles are nearest-rank. */
#include "advise/advise.h"
#include "app/bench_look.h"
#include "app/cli.h"
#include "app/demo.h"
#include "app/demo_sim.h"
#include "branch/demo_city.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { TIMES = 100, FROM_S = 9 * 3600, UNTIL_S = 17 * 3600, EVERY_S = 1800, LOOKS = 400 };

static double cpu_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* {"p50": ..., "p99": ..., "max": ...}: the value that this share of them does not exceed. */
static void quantiles(struct jsonw *w, const char *key, double *values, int n)
{
    qsort(values, (size_t)n, sizeof *values, by_size);
    jw_object(w, key);
    jw_f64(w, "p50", values[(n + 1) / 2 - 1], 1);
    jw_f64(w, "p99", values[(99 * n + 99) / 100 - 1], 1);
    jw_f64(w, "max", values[n - 1], 1);
    jw_end(w);
}

/* A full lobby: eight windows, seven of them busy, eight services, three classes. */
static void full_lobby(struct live_state *s, int waiting)
{
    static double values[512];
    struct plan_model *m = &s->model;
    char error[200];
    memset(s, 0, sizeof *s);
    const int n = COUNT(values);
    for (int i = 0; i < n; i++) /* mean 6 minutes, squared variation 1.2 */
        values[i] = 4.045 * exp(.888 * plan_normal_quantile((i + .5) / n));
    *m = (struct plan_model){ .slot = LIVE_SLOT, .slots = 24, .within = 20, .late = .05 };
    m->n_kinds = 8;
    m->n_classes = 3;
    m->classes[0] = (struct plan_class){ "normal", .8, 20, .05 };
    m->classes[1] = (struct plan_class){ "mid", .15, 10, .1 };
    m->classes[2] = (struct plan_class){ "high", .05, 10, .1 };
    for (int i = 0; i < m->slots; i++)
        m->expected[i] = 75. * LIVE_SLOT / 60;
    for (int k = 0; k < m->n_kinds; k++) {
        m->kinds[k].prefix = (char)('A' + k);
        m->kinds[k].share = 1;
        plan_service_values(&m->kinds[k].takes, values, COUNT(values));
    }
    int rc = plan_model_rule(m, "head:mid=5m,high=10m", error, sizeof error);
    CHECK(!rc);
    s->mid_high[1] = s->mid_high[2] = true;
    s->mid_within = 10;
    s->mid_late = .1;
    for (int w = 0; w < 8; w++) {
        struct live_window *x = &s->windows[s->n_windows++];
        *x = (struct live_window){ .id = w + 1, .number = w + 1, .open = w < 7, .busy = w < 7 };
        x->closes = INFINITY;
        x->elapsed = w * .7;
        for (int k = 0; k < m->n_kinds; k++)
            x->preference[k] = 1;
    }
    for (int i = 0; i < waiting; i++)
        s->waiting[s->n_waiting++] = (struct live_waiting){ .id = i + 1,
                                                            .since = -.3 * (waiting - i),
                                                            .waited = .3 * (waiting - i),
                                                            .class_index = i % 10 == 9,
                                                            .kind = i % m->n_kinds };
}

void bench_look_lobby(struct jsonw *w, const char *key, int waiting)
{
    static struct live_state s;
    static struct live_answer answer;
    static struct live_advice advice;
    double look[TIMES], all[TIMES];
    struct live_wish wish = { .goal = .9, .horizon = 1, .looked = &answer };
    full_lobby(&s, waiting);
    for (int i = 0; i < TIMES; i++) {
        double from = cpu_ms();
        live_look(&s, (uint64_t)i + 1, LIVE_FUTURES, &answer);
        look[i] = cpu_ms() - from;
        live_advise(&s, &wish, (uint64_t)i + 1000, &advice);
        all[i] = cpu_ms() - from;
    }
    jw_object(w, key);
    jw_i64(w, "futures", LIVE_FUTURES);
    jw_i64(w, "minutes", live_horizon[LIVE_HORIZONS - 1]);
    jw_i64(w, "waiting", s.n_waiting);
    jw_i64(w, "windows", s.n_windows);
    jw_i64(w, "services", s.model.n_kinds);
    jw_i64(w, "looks", TIMES);
    quantiles(w, "look_cpu_ms", look, TIMES);
    quantiles(w, "with_advice_cpu_ms", all, TIMES);
    jw_end(w);
}

/* ---- the demo city ---- */

struct city {
    struct sim *sims;
    struct advise_cache *cache;
    struct arena *arena;
    date day;
    int64_t at_us;
    uint64_t seed;
    double look[LOOKS], all[LOOKS], whole[LOOKS];
    int n, waiting_most, verdict[4];
};

/* The look as the server does it; then its two parts once more, by themselves. */
static int look_at(struct call *c, struct city *y, int at)
{
    struct advise_look l = { .open = false };
    uint64_t seed = y->seed ^ (uint64_t)y->at_us;
    double from = cpu_ms();
    int rc = advise_look(c, y->cache, y->sims[at].outlet, LIVE_FUTURES, seed, &l);
    double whole = cpu_ms() - from;
    if (!rc && l.open && y->n < LOOKS) {
        struct live_wish wish = { .goal = l.advice->goal,
                                  .horizon = l.advice->horizon,
                                  .looked = l.answer };
        y->verdict[l.advice->verdict]++;
        y->waiting_most = l.waiting > y->waiting_most ? l.waiting : y->waiting_most;
        from = cpu_ms();
        live_look(l.state, seed, LIVE_FUTURES, l.answer);
        y->look[y->n] = cpu_ms() - from;
        live_advise(l.state, &wish, seed + 1000, l.advice);
        y->all[y->n] = cpu_ms() - from;
        y->whole[y->n++] = whole;
    }
    advise_look_release(&l);
    return rc;
}

static int look_around(struct call *c, void *ctx)
{
    struct city *y = ctx;
    int rc = 0;
    for (int i = 0; !rc && i < DEMO_OUTLETS; i++) {
        struct sim *s = &y->sims[i];
        struct call own = *c;
        own.arena = y->arena;
        own.now_us = date_instant(y->day, 0);
        if (s->day.days != y->day.days) {
            rc = sim_begin(&own, s, y->day, 0, y->seed);
            if (!rc)
                rc = sim_book(&own, s);
        }
        for (int64_t at = sim_next_us(s); rc >= 0 && at <= y->at_us; at = sim_next_us(s)) {
            own.now_us = at > own.now_us ? at : own.now_us;
            rc = sim_step(&own, s);
            arena_clear(y->arena);
        }
        own.now_us = y->at_us;
        own.actor = (struct actor){ .kind = ACTOR_SYSTEM };
        rc = rc < 0 ? rc : look_at(&own, y, i);
        arena_clear(y->arena);
    }
    return rc;
}

static int run_city(struct bank *b, struct city *y, int days)
{
    struct demo_settings d = { .seed = y->seed, .first = { y->day.days - days }, .days = days };
    struct demo_numbers made;
    int rc = demo_make(b, &d);
    if (!rc)
        rc = demo_history(b, &d, NULL, &made);
    if (!rc)
        rc = demo_rosters(b, y->day);
    if (!rc)
        rc = demo_sims_open(b, &y->sims);
    for (int s = FROM_S; !rc && s <= UNTIL_S; s += EVERY_S) {
        y->at_us = date_instant(y->day, s);
        rc = app_bank_write(b, y->at_us, look_around, y);
    }
    return rc;
}

static void city_json(struct jsonw *w, const char *key, struct city *y, int days)
{
    static const char *const verdict[] = { "well", "advice", "better", "no_help" };
    jw_object(w, key);
    jw_i64(w, "outlets", DEMO_OUTLETS);
    jw_i64(w, "days_of_history", days);
    jw_i64(w, "futures", LIVE_FUTURES);
    jw_i64(w, "minutes", live_horizon[LIVE_HORIZONS - 1]);
    jw_i64(w, "looks", y->n);
    jw_i64(w, "waiting_most", y->waiting_most);
    for (size_t i = 0; i < COUNT(verdict); i++)
        jw_i64(w, verdict[i], y->verdict[i]);
    quantiles(w, "look_cpu_ms", y->look, y->n);
    quantiles(w, "with_advice_cpu_ms", y->all, y->n);
    quantiles(w, "with_reading_cpu_ms", y->whole, y->n);
    jw_end(w);
}

int bench_look_city(struct jsonw *w, const char *key, int days)
{
    static struct city y;
    char folder[] = "/var/tmp/piaohao-bench-XXXXXX", path[100], error[600] = "";
    struct bank b;
    date day = { 20780 }; /* a Monday */
    if (!mkdtemp(folder))
        return cli_fail(CLI_FAULT, "bench: no folder in /var/tmp");
    snprintf(path, sizeof path, "%s/city.db", folder);
    y = (struct city){ .seed = 1, .day = day };
    int rc =
        app_bank_open(path, true, date_instant(day, 0) - days * US_DAY, &b, error, sizeof error);
    if (!rc) {
        y.cache = advise_cache_new();
        y.arena = arena_new((size_t)256 << 20);
        rc = run_city(&b, &y, days);
        demo_sims_free(y.sims);
        arena_free(y.arena);
        advise_cache_free(y.cache);
        app_bank_close(&b);
    }
    if (!rc && y.n > 0)
        city_json(w, key, &y, days);
    for (const char *const *end = (const char *const[]){ "", "-wal", "-shm", NULL }; *end; end++) {
        snprintf(path, sizeof path, "%s/city.db%s", folder, *end);
        (void)unlink(path);
    }
    (void)rmdir(folder);
    return cli_rc(rc, "bench", error);
}
