/* bench_roster.c -- bench roster: how long a bank's week takes, on invented people and needs. */
#include "app/cli.h"
#include "app/cli_shift.h"
#include "base/rng.h"
#include "plan/week.h"
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static void add_shift(struct week *w, const char *code, int from, int until, int lunch)
{
    struct week_shift *s = &w->shifts[w->n_shifts++];
    *s = (struct week_shift){ .from = from,
                              .until = until,
                              .break_from = lunch,
                              .break_minutes = lunch ? 60 : 0,
                              .units = ~UINT64_C(0) };
    snprintf(s->code, sizeof s->code, "%s", code);
}

static void add_need(struct week *w, struct rng *rng, int unit, int each)
{
    static const double shape[20] = { .4, .7, .9, 1,  1,  1,  .9, .6, .5, .5,
                                      .7, .9, 1,  .9, .9, .8, .7, .5, .4, .3 };
    struct week_unit *u = &w->units[unit];
    snprintf(u->code, sizeof u->code, "%03d", unit + 1);
    for (int d = 0; d < 6; d++) {
        double people = each * (d == 5 ? .2 : .38 + .08 * rng_unit(rng));
        u->open[d] = true;
        for (int t = 0; t < 20; t++) {
            u->need[d][17 + t][0] = (uint8_t)ceil(people * shape[t]);
            u->need[d][17 + t][1] = (uint8_t)(d < 5 && shape[t] > .5);
        }
    }
}

static void add_person(struct week *w, struct rng *rng, int each)
{
    int i = w->n_people++;
    struct week_person *p = &w->people[i];
    bool part = i % 6 == 5;
    *p = (struct week_person){ .unit = i / each,
                               .skills = i % each < 3 ? 3 : 1,
                               .minutes_min = (part ? 16 : 36) * 60,
                               .minutes_max = (part ? 20 : 40) * 60,
                               .until_before = -1,
                               .likes = (int)rng_below(rng, 3) - 1 };
    snprintf(p->code, sizeof p->code, "%d", i + 1);
    for (int d = 0; d < WEEK_DAYS; d++)
        p->free_until[d] = 1440;
    if (rng_below(rng, 6) == 0)
        p->absent[rng_below(rng, 6)] = true;
    if (rng_below(rng, 15) == 0)
        memset(p->absent, 1, 7);
    p->wish[rng_below(rng, 6)] = -(int)rng_below(rng, 2);
    p->owed[TURN_LATE] = (int)rng_below(rng, 4);
    p->owed[TURN_WEEKEND] = (int)rng_below(rng, 3);
    p->days_before = (int)rng_below(rng, 6);
    p->until_before = p->days_before ? 1110 : -1;
    p->lend = rng_below(rng, 6) == 0 ? ~UINT64_C(0) : 0;
}

static void invent(struct week *w, struct arena *arena, int outlets, int each, uint64_t seed)
{
    struct rng rng;
    rng_seed(&rng, seed);
    w->first = (date){ 20780 };
    w->days = 7;
    w->n_units = outlets;
    w->n_skills = 2;
    w->rules = week_usual_rules;
    w->weights = week_usual_weights;
    w->units = arena_alloc(arena, sizeof *w->units * (size_t)outlets);
    w->people = arena_alloc(arena, sizeof *w->people * (size_t)(outlets * each));
    for (int lunch = 11 * 60; lunch <= 13 * 60; lunch += 30) {
        add_shift(w, "full", 510, 1050, lunch);
        add_shift(w, "late", 570, 1110, lunch + 30);
    }
    add_shift(w, "morning", 510, 750, 0);
    add_shift(w, "noon", 660, 900, 0);
    add_shift(w, "evening", 870, 1110, 0);
    for (int u = 0; u < outlets; u++)
        add_need(w, &rng, u, each);
    for (int i = 0; i < outlets * each; i++)
        add_person(w, &rng, each);
}

static double cpu_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static bool watch(void *ctx, const struct week_progress *p)
{
    UNUSED(ctx);
    if (isatty(2))
        fprintf(stderr, "\rroster  %5.1f s  outlet %d of %d  ", p->seconds, p->unit + 1, p->units);
    return !shift_stopped();
}

static int bench(struct cli *c, struct arena *arena, int outlets, int each, int64_t seed)
{
    struct week *w = arena_alloc(arena, sizeof *w);
    struct week_report *report = arena_alloc(arena, sizeof *report);
    struct week_answer a;
    struct week_order o = { .seconds = 58, .lend = true, .watch = watch };
    invent(w, arena, outlets, each, (uint64_t)seed);
    shift_interruptible();
    int rc = week_solve(w, NULL, &o, arena, &a);
    shift_watch_end();
    if (rc)
        return cli_fail(CLI_FAULT, "the solver could not be started");
    double from = cpu_ms();
    for (int i = 0; i < 20; i++)
        week_check(w, &a.roster, arena, report);
    double check = (cpu_ms() - from) / 20;
    struct buf b;
    struct jsonw j;
    buf_init(&b, 1 << 16);
    jw_init(&j, &b);
    jw_object(&j, NULL);
    jw_i64(&j, "outlets", outlets);
    jw_i64(&j, "people", w->n_people);
    jw_text(&j, "engine", milp_has(MILP_CBC) ? "cbc" : "glpk");
    jw_f64(&j, "seconds", a.seconds, 2);
    jw_text(&j, "state", a.state == MILP_OPTIMAL ? "optimal" : "best_so_far");
    jw_i64(&j, "parts_stopped", a.stopped);
    jw_f64(&j, "cost", a.cost, 2);
    jw_f64(&j, "gap", a.gap, 5);
    jw_i64(&j, "shifts", a.roster.n);
    jw_i64(&j, "broken_rules", report->n_hard);
    jw_i64(&j, "short_half_hours", report->short_slots);
    jw_i64(&j, "few_people_half_hours", report->few_slots);
    jw_f64(&j, "check_cpu_ms", check, 3);
    jw_end(&j);
    return shift_print(c, &b);
}

int bench_roster(struct cli *c)
{
    int64_t outlets = 15, people = 12, seed = 1;
    if (!cli_number(c, "outlets", 1, WEEK_UNITS, &outlets) ||
        !cli_number(c, "people", 2, 16, &people) || !cli_number(c, "seed", 0, INT64_MAX, &seed))
        return CLI_USAGE;
    struct arena *arena = arena_new((size_t)8 << 30);
    int status = bench(c, arena, (int)outlets, (int)people, seed);
    arena_free(arena);
    return status;
}
