/* cli_shift.c -- plan need, plan shifts: from a queue's log to shifts, at the command line. */
#include "app/cli.h"
#include "app/cli_lobby.h"
#include "app/cli_shift.h"
#include "base/date.h"
#include "plan/cover.h"
#include "plan/need.h"
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int shift_print(struct cli *c, struct buf *b)
{
    cli_show(c, b);
    buf_release(b);
    return CLI_DONE;
}

void shift_clock(int open_s, double minutes, char out[16])
{
    int at = open_s + (int)(minutes * 60);
    snprintf(out, 16, "%02d:%02d", at / 3600, at / 60 % 60);
}

/* ---- the first Ctrl-C takes the best so far, the second ends the program ---- */

static volatile sig_atomic_t interrupted;
static void on_interrupt(int signal_number)
{
    interrupted = 1;
    signal(signal_number, SIG_DFL);
}

void shift_interruptible(void)
{
    signal(SIGINT, on_interrupt);
}

bool shift_watch(void *ctx, const struct milp_progress *p)
{
    const char *what = ctx;
    if (!isatty(2))
        return !interrupted;
    fprintf(stderr, "\r%s  %5.1f s", what, p->seconds);
    if (p->some)
        fprintf(stderr, "  best %.6g", p->best);
    if (isfinite(p->bound))
        fprintf(stderr, "  bound %.6g", p->bound);
    if (p->some && isfinite(p->bound))
        fprintf(stderr, "  gap %.2f %%", 100 * (p->best - p->bound) / fmax(fabs(p->best), 1));
    fprintf(stderr, "  (Ctrl-C: take the best so far)  ");
    return !interrupted;
}

void shift_watch_end(void)
{
    if (isatty(2))
        fprintf(stderr, "\r%79s\r", "");
}

bool shift_stopped(void)
{
    return interrupted;
}

const char *shift_state(enum milp_state s)
{
    static const char *const code[] = { "optimal", "best_so_far", "infeasible", "nothing" };
    return code[s];
}

/* ---- plan need ---- */

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

static bool need_order(struct cli *c, struct plan_need_order *o)
{
    static const char *const days[] = { "all", "mon", "tue", "wed", "thu", "fri", "sat", "sun" };
    const char *weekday = cli_flag(c, "weekday");
    int64_t slot_us = US_HOUR, wrap_us = 0, mean_us = 0, within_us = 0;
    *o = (struct plan_need_order){ .alpha = .5 };
    if (!cli_duration(c, "slot", &slot_us) || !cli_duration(c, "wrap", &wrap_us) ||
        !cli_duration(c, "mean", &mean_us) || !cli_duration(c, "within", &within_us) ||
        !real(c, "wait-probability", .0001, .9999, &o->alpha))
        return false;
    for (size_t i = 0; weekday && i < COUNT(days); i++)
        if (!strcmp(weekday, days[i])) {
            o->weekday = (int)i;
            weekday = NULL;
        }
    if (weekday) {
        cli_fail(CLI_USAGE, "--weekday: mon tue wed thu fri sat sun all");
        return false;
    }
    if (cli_flag(c, "mean") && mean_us == 0) {
        cli_fail(CLI_USAGE, "--mean: longer than nothing");
        return false;
    }
    o->slot_s = (int)(slot_us / US_SECOND);
    if (o->slot_s < 900 || 86400 % o->slot_s) {
        cli_fail(CLI_USAGE, "--slot: 15m or longer, a part of a day");
        return false;
    }
    o->wrap_s = (double)wrap_us / 1e6;
    o->mean_s = (double)mean_us / 1e6;
    o->within_s = (double)within_us / 1e6;
    return true;
}

static void write_need(struct jsonw *w, const struct plan_need_order *o, const struct plan_need *n)
{
    jw_object(w, NULL);
    jw_i64(w, "days", n->days);
    jw_i64(w, "slot_minutes", o->slot_s / 60);
    jw_f64(w, "measured_rate_per_hour", n->rate_per_hour, 5);
    jw_f64(w, "used_rate_per_hour", n->used_per_hour, 5);
    jw_array(w, "need");
    for (int i = 0; i < n->slots; i++)
        jw_i64(w, NULL, n->need[i]);
    jw_end(w);
    jw_array(w, "slots");
    for (int i = 0; i < n->slots; i++) {
        char from[16];
        shift_clock(0, (double)i * o->slot_s / 60, from);
        jw_object(w, NULL);
        jw_text(w, "from", from);
        jw_i64(w, "arrivals", n->arrivals[i]);
        jw_f64(w, "arrivals_a_day", (double)n->arrivals[i] / n->days, 4);
        jw_i64(w, "served", n->served[i]);
        jw_f64(w, "mean_service_s", n->service_s[i], 3);
        jw_i64(w, "need", n->need[i]);
        jw_end(w);
    }
    jw_end(w);
    jw_end(w);
}

static int run_need(struct cli *c)
{
    struct plan_need_order o;
    struct lobby_log log;
    if (!need_order(c, &o))
        return CLI_USAGE;
    int status = lobby_log_open(c, 1 << 20, &log);
    if (status)
        return status;
    struct plan_need *n = arena_alloc(log.arena, sizeof *n);
    bool some = plan_need(log.log, &o, n);
    if (some) {
        struct buf b;
        struct jsonw w;
        buf_init(&b, 1 << 20);
        jw_init(&w, &b);
        write_need(&w, &o, n);
        shift_print(c, &b);
    }
    arena_free(log.arena);
    return some ? CLI_DONE : cli_fail(CLI_FINDING, "the log has no such day, or nobody was served");
}

/* ---- plan shifts ---- */

struct cover_job {
    struct cover cover;
    struct cover_answer answer;
    int open_s;
    double slot;
};

static void write_row(struct jsonw *w, const char *key, const int *numbers, int n)
{
    jw_array(w, key);
    for (int i = 0; i < n; i++)
        jw_i64(w, NULL, numbers[i]);
    jw_end(w);
}

static void write_uses(struct jsonw *w, const struct cover_job *j)
{
    char at[16];
    jw_array(w, "shifts");
    for (int i = 0; i < j->answer.n_uses; i++) {
        const struct cover_use *u = &j->answer.uses[i];
        jw_object(w, NULL);
        jw_text(w, "name", j->cover.shifts[u->shift].name);
        jw_i64(w, "people", u->people);
        if (u->break_start >= 0) {
            shift_clock(j->open_s, u->break_start * j->slot, at);
            jw_text(w, "break_at", at);
            jw_f64(w, "break_minutes", j->cover.shifts[u->shift].break_slots * j->slot, 0);
        }
        jw_end(w);
    }
    jw_end(w);
}

/* Which half-hours are short, and what would let them be covered. */
static void write_missing(struct jsonw *w, const struct cover_job *j)
{
    const struct cover_answer *a = &j->answer;
    char at[16], text[400];
    jw_array(w, "missing");
    for (int t = 0; t < j->cover.slots; t++)
        if (a->short_of[t] > 0) {
            shift_clock(j->open_s, t * j->slot, at);
            jw_object(w, NULL);
            jw_text(w, "from", at);
            jw_i64(w, "people", a->short_of[t]);
            jw_end(w);
        }
    jw_end(w);
    jw_text(w, "fix", cover_fix_code(a->fix));
    switch (a->fix) {
    case COVER_FIX_SHIFT:
        snprintf(text, sizeof text, "no shift covers these: add one that does");
        break;
    case COVER_FIX_PEOPLE:
        snprintf(text, sizeof text, "with %d people in all (not %d) it can be covered", a->number,
                 j->cover.max_people);
        break;
    case COVER_FIX_LIMITS:
        snprintf(text, sizeof text,
                 "without the shifts' own limits it can be covered, with %d people", a->number);
        break;
    case COVER_FIX_BREAKS:
        snprintf(text, sizeof text, "it is the breaks: wider or other windows would do");
        break;
    case COVER_FIX_NONE:
        snprintf(text, sizeof text, "several limits at once stand in the way");
        break;
    }
    jw_text(w, "fix_text", text);
}

static void write_cover(struct jsonw *w, const struct cover_job *j)
{
    const struct cover_answer *a = &j->answer;
    jw_object(w, NULL);
    jw_text(w, "state", shift_state(a->state));
    jw_f64(w, "seconds", a->seconds, 4);
    jw_i64(w, "columns", a->columns);
    if (a->state == MILP_INFEASIBLE) {
        write_missing(w, j);
    } else if (a->state != MILP_NOTHING) {
        int wanted[PLAN_SLOTS];
        for (int t = 0; t < j->cover.slots; t++)
            wanted[t] = cover_wanted(&j->cover, t);
        jw_f64(w, "cost", a->cost, 4);
        jw_f64(w, "bound", a->bound, 4);
        jw_f64(w, "gap", a->gap, 6);
        jw_i64(w, "people", a->people);
        write_uses(w, j);
        write_row(w, "wanted", wanted, j->cover.slots);
        write_row(w, "at_work", a->at_work, j->cover.slots);
    }
    jw_end(w);
}

static int cover_file(struct cli *c, struct arena *arena)
{
    const char *path = cli_flag(c, "spec");
    struct cover_job *j = arena_alloc(arena, sizeof *j);
    char error[300] = "", *text = NULL;
    size_t len = 0;
    if (!path)
        return cli_fail(CLI_USAGE, "plan shifts needs --spec FILE");
    int status = cli_read_file(path, (size_t)16 << 20, arena, &text, &len);
    if (status)
        return status;
    if (cover_read(text, len, &j->cover, &j->open_s, &j->slot, error, sizeof error))
        return cli_fail(CLI_FINDING, "%s: %s", path, error);
    if (!real(c, "seconds", .1, 3600, &j->cover.seconds) || !real(c, "gap", 0, 1, &j->cover.gap))
        return CLI_USAGE;
    shift_interruptible();
    int rc = cover_solve(&j->cover, arena, shift_watch, (void *)"shifts", &j->answer);
    shift_watch_end();
    if (rc)
        return cli_fail(CLI_FAULT, "the solver ended without an answer (memory?)");
    struct buf b;
    struct jsonw w;
    buf_init(&b, 4 << 20);
    jw_init(&w, &b);
    write_cover(&w, j);
    shift_print(c, &b);
    return j->answer.state <= MILP_BEST ? CLI_DONE : CLI_FINDING;
}

static int run_shifts(struct cli *c)
{
    struct arena *arena = arena_new((size_t)4 << 30);
    int status = cover_file(c, arena);
    arena_free(arena);
    return status;
}

static const struct cli_flag need_flags[] = {
    { "format", "NAME", "technion, or csv with --map" },
    { "map", "TEXT", "csv: which column is what, see lobby import" },
    { "weekday", "DAY", "mon ... sun; all (all)" },
    { "slot", "T", "length of a slot (1h)" },
    { "wrap", "T", "after each service, before the next call (0)" },
    { "mean", "T", "service time with its wrap (measured)" },
    { "within", "T", "the wait promised (0)" },
    { "wait-probability", "P", "chance of waiting longer than that (0.5)" },
};
static const struct cli_flag shift_flags[] = {
    { "spec", "FILE", "need and shifts as JSON, see docs/shift-spec.md" },
    { "seconds", "S", "time limit (10, or the spec's)" },
    { "gap", "X", "good enough within this share of the bound (0)" },
};

const struct cli_verb cli_shift_verbs[] = {
    { "plan need", "FILE", "people needed in each hour of a weekday, from a queue's log",
      need_flags, COUNT(need_flags), 1, 1, NULL, run_need },
    { "plan shifts", NULL, "shifts and breaks that cover a need at least cost", shift_flags,
      COUNT(shift_flags), 0, 0, NULL, run_shifts },
};
const size_t cli_shift_verbs_count = COUNT(cli_shift_verbs);
