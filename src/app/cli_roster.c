/* cli_roster.c -- plan roster: named people's weeks at the command line. */
#include "app/cli.h"
#include "app/cli_shift.h"
#include "plan/week_spec.h"
#include <math.h>
#include <stdio.h>
#include <unistd.h>

static bool watch(void *ctx, const struct week_progress *p)
{
    const struct week *w = ctx;
    if (isatty(2)) {
        fprintf(stderr, "\rroster  %5.1f s  %s (%d of %d)", p->seconds,
                p->unit < w->n_units ? w->units[p->unit].code : "lending", p->unit + 1, p->units);
        if (isfinite(p->best))
            fprintf(stderr, "  best %.6g", p->best);
        if (isfinite(p->bound))
            fprintf(stderr, "  bound %.6g", p->bound);
        if (isfinite(p->best) && isfinite(p->bound))
            fprintf(stderr, "  gap %.1f %%", 100 * (p->best - p->bound) / fmax(fabs(p->best), 1));
        fprintf(stderr, "  (Ctrl-C: best so far)  ");
    }
    return !shift_stopped();
}

static int roster_file(struct cli *c, struct arena *arena)
{
    const char *path = cli_flag(c, "spec");
    char error[300] = "", *text = NULL;
    size_t len = 0;
    int64_t seconds = 0;
    struct week_spec *s = arena_alloc(arena, sizeof *s);
    struct week_report *report = arena_alloc(arena, sizeof *report);
    struct week_answer a;
    if (!path)
        return cli_fail(CLI_USAGE, "plan roster needs --spec FILE");
    if (!cli_number(c, "seconds", 1, 3600, &seconds))
        return CLI_USAGE;
    int status = cli_read_file(path, (size_t)16 << 20, arena, &text, &len);
    if (status)
        return status;
    if (week_spec_read(text, len, arena, s, error, sizeof error))
        return cli_fail(CLI_FINDING, "%s: %s", path, error);
    if (seconds)
        s->order.seconds = (double)seconds;
    s->order.watch = watch;
    s->order.ctx = &s->week;
    bool check = cli_flag(c, "check") != NULL;
    if (check)
        a = (struct week_answer){ .roster = s->keep, .bound = -INFINITY, .gap = NAN };
    shift_interruptible();
    int rc = check ? 0 : week_solve(&s->week, &s->keep, &s->order, arena, &a);
    shift_watch_end();
    if (rc)
        return cli_fail(CLI_FAULT, "the solver could not be started");
    week_check(&s->week, &a.roster, arena, report);
    struct buf b;
    struct jsonw w;
    buf_init(&b, 64 << 20);
    jw_init(&w, &b);
    if (check)
        week_report_json(&w, NULL, &s->week, report);
    else
        week_answer_json(&w, &s->week, &a, report);
    shift_print(c, &b);
    return report->n_hard ? CLI_FINDING : CLI_DONE;
}

static int run_roster(struct cli *c)
{
    struct arena *arena = arena_new((size_t)8 << 30);
    int status = roster_file(c, arena);
    arena_free(arena);
    return status;
}

static const struct cli_flag roster_flags[] = {
    { "spec", "FILE", "people, rules, need and shifts as JSON, see docs/roster-spec.md" },
    { "seconds", "S", "time limit in all (55, or the spec's)" },
    { "check", NULL, "only judge the spec's own roster" },
};
static const struct cli_flag bench_flags[] = {
    { "outlets", "N", "outlets (15)" },
    { "people", "N", "people at each (12)" },
    { "seed", "N", "of the invented bank (1)" },
};
const struct cli_verb cli_roster_verbs[] = {
    { "plan roster", NULL, "who works when: named people's shifts for a week", roster_flags,
      COUNT(roster_flags), 0, 0, NULL, run_roster },
    { "bench roster", NULL, "how long a bank's week of rosters takes", bench_flags,
      COUNT(bench_flags), 0, 0, NULL, bench_roster },
};
const size_t cli_roster_verbs_count = COUNT(cli_roster_verbs);
