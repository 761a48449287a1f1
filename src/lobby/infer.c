/* infer.c -- Fits each family of rules to the choices of a log and audits calls against a rule.
 *
 * The number of explained choices is a step function of a rule's numbers, so it is searched on a
 * grid and then finely around the best: no derivative would help. With more than two classes one
 * number after the other is searched, the others held, until nothing gets better. */
#include "lobby/infer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "lobby/infer_priv.h"

#include "base/banned.h"

enum { GRID_MAX = 256, SWEEPS = 3, HEAD_FINE_S = 1, RANGE_STEPS = 100, CURVE_STEP_S = 15 };

struct fit {
    const struct infer_log *log;
    const struct infer_choices *choices;
    struct arena *arena;
    int64_t n; /* contested choices */
    int classes;
};

static int64_t explained(const struct fit *f, const struct lobby_rule *rule)
{
    return infer_explained(f->log, f->choices, rule);
}

/* Log likelihood of choices that follow the rule but for a constant share of slips. */
static double likelihood(int64_t k, int64_t n)
{
    double p = (double)k / (double)n, slips = (double)(n - k);
    if (p < .5)
        p = .5;
    return (double)k * log(p) + (slips > 0 ? slips * log(fmax(1 - p, 1e-12)) : 0);
}

static void score(const struct fit *f, struct infer_candidate *c)
{
    c->score = likelihood(c->explained, f->n) - .5 * c->params * log((double)f->n);
}

/* The one number of a class: a head start in seconds, or a rate in thousandths. */
static void set_number(struct lobby_rule *rule, int class_index, int32_t value)
{
    if (rule->base == RULE_HEAD)
        rule->head_us[class_index] = value * US_SECOND;
    else
        rule->rate_ppm[class_index] = value * 1000;
}

static int32_t get_number(const struct lobby_rule *rule, int class_index)
{
    return rule->base == RULE_HEAD ? (int32_t)(rule->head_us[class_index] / US_SECOND)
                                   : rule->rate_ppm[class_index] / 1000;
}

/* Head starts: every 5 s to 5 minutes, every 15 s to 15, every minute to the hour.
 * Rates: 1.02 to 50, each 6 % more than the one before. */
static int grid_of(enum rule_base base, int32_t grid[GRID_MAX])
{
    int n = 0;
    if (base == RULE_HEAD) {
        for (int32_t s = 0; s <= 3600; s += s < 300 ? 5 : s < 900 ? 15 : 60)
            grid[n++] = s;
        return n;
    }
    for (int32_t r = 1020; r <= 50000; r += (r * 6 / 1000 + 1) * 10)
        grid[n++] = r;
    CHECK(n <= GRID_MAX);
    return n;
}

/* Values around the best of the grid: every second; rates first about every 0.3 %, then (last)
 * every thousandth. */
static int fine_grid(enum rule_base base, int32_t best, bool last, int32_t grid[GRID_MAX])
{
    int n = 0;
    int32_t reach = base == RULE_HEAD ? (best < 300 ? 15 : best < 900 ? 30 : 90) : best / 10 + 20;
    int32_t step = base == RULE_HEAD ? HEAD_FINE_S : reach / 60 + 1;
    if (last) {
        reach = base == RULE_HEAD ? 0 : step + 2;
        step = 1;
    }
    for (int32_t v = best - reach; v <= best + reach && n < GRID_MAX; v += step)
        if (v > 0 || (v == 0 && base == RULE_HEAD))
            grid[n++] = v;
    return n;
}

/* Of equally good neighbours the middle one: the plateau's ends are chance. */
static int32_t best_of(const struct fit *f, struct lobby_rule *rule, int class_index,
                       const int32_t *grid, int n, int64_t *best_out)
{
    int64_t count[GRID_MAX], best = -1;
    int first = 0, last = 0;
    CHECK(n > 0 && n <= GRID_MAX);
    for (int i = 0; i < n; i++) {
        set_number(rule, class_index, grid[i]);
        count[i] = explained(f, rule);
        if (count[i] > best) {
            best = count[i];
            first = i;
        }
    }
    for (last = first; last + 1 < n && count[last + 1] == best; last++)
        continue;
    int32_t value = grid[(first + last) / 2];
    set_number(rule, class_index, value);
    *best_out = best;
    return value;
}

/* Two rules side by side: which choices only one of them explains. */
struct duel {
    const unsigned char *first; /* of each choice in turn: explained by the first rule? */
    unsigned char *note;        /* or: where to note it */
    size_t at;
    int64_t only_first, only_second;
};

static void duel_choice(void *ctx, const struct infer_choice *at, const struct rule_choice *got)
{
    struct duel *d = ctx;
    UNUSED(at);
    bool second = got->index == 0;
    if (d->note)
        d->note[d->at++] = second;
    else if (d->first[d->at++] != second)
        *(second ? &d->only_second : &d->only_first) += 1;
}

/* McNemar 1947 at 5 %, with Edwards' correction for small counts. When the best explains every
 * choice there is no noise that could excuse a rule for missing one. */
static bool about_as_good(const struct fit *f, const unsigned char *best, bool explained_all,
                          struct lobby_rule *rule)
{
    struct duel d = { .first = best };
    struct infer_walk w = { f->log, f->choices, rule, true, duel_choice, &d };
    infer_walk(&w);
    if (d.only_first == 0 || explained_all)
        return d.only_first == 0;
    double lead = fmax(0, fabs((double)(d.only_first - d.only_second)) - 1);
    return lead * lead < 3.8415 * (double)(d.only_first + d.only_second);
}

static int roundness(enum rule_base base, int32_t v)
{
    static const int32_t seconds[] = { 600, 300, 60, 30, 15, 10, 5 };
    static const int32_t thousandths[] = { 1000, 500, 250, 100, 50, 10 };
    const int32_t *unit = base == RULE_HEAD ? seconds : thousandths;
    int n = base == RULE_HEAD ? (int)COUNT(seconds) : (int)COUNT(thousandths);
    int i = 0;
    while (i < n && v % unit[i] != 0)
        i++;
    return n - i;
}

/* Two classes: the numbers around the best that explain about as much; and, as people set round
 * numbers, the roundest of them (of equally round ones the one that explains more). */
static void settle(const struct fit *f, struct infer_candidate *c)
{
    struct lobby_rule rule = c->rule;
    int32_t best = get_number(&rule, 1), named = best;
    int32_t step = rule.base == RULE_ACCUMULATE ? (best / 1000 + 1) * 10
                   : best < 300                 ? 1
                   : best < 900                 ? 5
                                                : 15;
    int64_t named_explained = c->explained;
    bool all = c->explained == f->n;
    unsigned char *right = arena_alloc(f->arena, (size_t)f->n + 1);
    struct duel d = { .note = right };
    struct infer_walk w = { f->log, f->choices, &rule, true, duel_choice, &d };
    infer_walk(&w);
    c->low = c->high = best;
    for (int side = -1; side <= 1; side += 2) {
        int32_t v = best / step * step + (side > 0 ? step : best % step ? 0 : -step);
        for (int tried = 0, beyond = 0; tried < RANGE_STEPS && beyond < 5 && v > 0; tried++) {
            set_number(&rule, 1, v);
            if (about_as_good(f, right, all, &rule)) {
                beyond = 0;
                *(side < 0 ? &c->low : &c->high) = v;
                int64_t got = explained(f, &rule);
                int rounder = roundness(rule.base, v) - roundness(rule.base, named);
                if (rounder > 0 || (rounder == 0 && got > named_explained)) {
                    named = v;
                    named_explained = got;
                }
            } else {
                beyond++;
            }
            v += side * step;
        }
    }
    set_number(&c->rule, 1, named);
    c->explained = named_explained;
}

static void fit_numbers(const struct fit *f, enum rule_base base, struct infer_candidate *c)
{
    int32_t grid[GRID_MAX], fine[GRID_MAX];
    int n = grid_of(base, grid);
    struct lobby_rule *rule = &c->rule;
    rule->base = base;
    for (int k = 0; k < f->classes; k++)
        set_number(rule, k, base == RULE_HEAD ? 0 : 1000);
    int64_t before = -1, best = 0;
    for (int sweep = 0; sweep < SWEEPS && best > before; sweep++) {
        before = sweep ? best : -1;
        for (int k = 1; k < f->classes; k++) {
            int32_t near = best_of(f, rule, k, grid, n, &best);
            near = best_of(f, rule, k, fine, fine_grid(base, near, false, fine), &best);
            best_of(f, rule, k, fine, fine_grid(base, near, true, fine), &best);
        }
        if (f->classes == 2)
            break;
    }
    c->explained = explained(f, rule);
    c->params = f->classes - 1;
    if (f->classes == 2)
        settle(f, c);
}

static int common_divisor(int a, int b)
{
    while (b) {
        int r = a % b;
        a = b;
        b = r;
    }
    return a;
}

/* Turns from 1 to a few for each class, in lowest terms. */
static void fit_ratio(const struct fit *f, struct infer_candidate *c)
{
    static const int most_of[] = { 0, 1, 6, 4, 3, 2, 2, 2, 2 };
    int most = most_of[f->classes], combinations = 1;
    c->rule.base = RULE_RATIO;
    c->explained = -1;
    c->params = f->classes - 1;
    for (int k = 0; k < f->classes; k++)
        combinations *= most;
    for (int i = 0; i < combinations; i++) {
        struct lobby_rule rule = { .base = RULE_RATIO };
        int divisor = 0;
        for (int k = 0, rest = i; k < f->classes; k++, rest /= most) {
            rule.turns[k] = rest % most + 1;
            divisor = common_divisor(rule.turns[k], divisor);
        }
        if (divisor > 1)
            continue;
        int64_t got = explained(f, &rule);
        if (got > c->explained) {
            c->explained = got;
            c->rule = rule;
        }
    }
}

static int compare_candidates(const void *a, const void *b)
{
    const struct infer_candidate *x = a, *y = b;
    if (x->score != y->score)
        return x->score > y->score ? -1 : 1;
    return x->params - y->params;
}

static void fit_all(const struct fit *f, struct infer_report *out)
{
    struct infer_candidate *best = out->best;
    best[0].rule.base = RULE_FCFS;
    best[1].rule.base = RULE_STRICT;
    best[0].explained = explained(f, &best[0].rule);
    best[1].explained = explained(f, &best[1].rule);
    fit_numbers(f, RULE_HEAD, &best[2]);
    fit_ratio(f, &best[3]);
    fit_numbers(f, RULE_ACCUMULATE, &best[4]);
    for (int i = 0; i < INFER_FAMILIES; i++)
        score(f, &best[i]);
    qsort(best, INFER_FAMILIES, sizeof *best, compare_candidates);
    struct lobby_rule head = { .base = RULE_HEAD };
    for (int i = 0; i < INFER_CURVE && f->classes == 2; i++) {
        set_number(&head, 1, i * CURVE_STEP_S);
        out->curve[i] = explained(f, &head);
    }
}

struct audit {
    const struct infer_log *log;
    const struct infer_choices *choices;
    struct infer_report *out;
};

static void audit_choice(void *ctx, const struct infer_choice *at, const struct rule_choice *got)
{
    struct audit *a = ctx;
    struct infer_staff *staff = &a->out->staff[at->staff];
    a->out->audited++;
    staff->choices++;
    if (got->index <= 0)
        return;
    const struct infer_call *called = &a->log->calls[at->call];
    const struct infer_call *instead = &a->log->calls[a->choices->who[at->first + got->index]];
    staff->breaks++;
    a->out->breaks[a->out->broken++] =
        (struct infer_break){ called, instead, called->since_us - instead->since_us, got->why };
}

double infer_binomial_tail(int64_t k, int64_t n, double p)
{
    if (k <= 0)
        return 1;
    if (k > n || p <= 0)
        return 0;
    if (p >= 1)
        return 1;
    double log_p = log(p), log_q = log1p(-p), sum = 0;
    for (int64_t i = k; i <= n; i++) {
        double term =
            exp(lgamma((double)n + 1) - lgamma((double)i + 1) - lgamma((double)(n - i) + 1) +
                (double)i * log_p + (double)(n - i) * log_q);
        sum += term;
        if ((double)i > (double)n * p && term < sum * 1e-17)
            break;
    }
    return sum < 1 ? sum : 1;
}

static int by_chance(const void *a, const void *b)
{
    const struct infer_staff *x = a, *y = b;
    return x->chance != y->chance ? (x->chance > y->chance ? 1 : -1) : strcmp(x->name, y->name);
}

static int by_breaks(const void *a, const void *b)
{
    const struct infer_staff *x = a, *y = b;
    if (x->breaks != y->breaks)
        return x->breaks > y->breaks ? -1 : 1;
    return strcmp(x->name, y->name);
}

static void judge_staff(struct infer_report *out)
{
    size_t n = 0;
    for (size_t i = 0; i < out->n_staff; i++)
        if (out->staff[i].choices > 0 && out->staff[i].name[0])
            out->staff[n++] = out->staff[i];
    out->n_staff = n;
    for (size_t i = 0; i < n; i++) {
        struct infer_staff *s = &out->staff[i];
        double rate =
            (double)(out->broken - s->breaks + 1) / (double)(out->audited - s->choices + 2);
        s->chance = infer_binomial_tail(s->breaks, s->choices, rate);
    }
    qsort(out->staff, n, sizeof *out->staff, by_chance);
    double most = 0; /* Holm 1979: the i-th smallest times (n - i), never falling */
    for (size_t i = 0; i < n; i++) {
        most = fmax(most, fmin(1, out->staff[i].chance * (double)(n - i)));
        out->staff[i].corrected = most;
        out->staff[i].named = most < .05;
    }
    qsort(out->staff, n, sizeof *out->staff, by_breaks);
}

static void audit(const struct infer_log *log, const struct infer_choices *choices,
                  struct arena *arena, struct infer_report *out)
{
    struct audit a = { log, choices, out };
    out->n_staff = choices->n_staff;
    out->staff = arena_alloc(arena, out->n_staff * sizeof *out->staff);
    out->breaks = arena_alloc(arena, (choices->n + 1) * sizeof *out->breaks);
    for (size_t i = 0; i < out->n_staff; i++)
        out->staff[i].name = choices->staff[i];
    struct infer_walk w = { log, choices, &out->rule, !out->given, audit_choice, &a };
    infer_walk(&w);
    judge_staff(out);
}

int infer_run(const struct infer_log *log, const char *given, struct arena *arena,
              struct infer_report *out, char error[CALLOG_ERROR])
{
    struct infer_choices choices;
    *out = (struct infer_report){ .given = given != NULL };
    error[0] = '\0';
    if (given && rule_parse(given, &log->classes, &out->rule, error, CALLOG_ERROR))
        return BASE_BAD_INPUT;
    infer_choices_of(log, arena, &choices);
    struct fit f = { log, &choices, arena, 0, log->classes.count };
    out->calls = (int64_t)choices.n;
    for (size_t i = 0; i < choices.n; i++) {
        out->waited += log->calls[choices.at[i].call].queued;
        f.n += choices.at[i].contested;
    }
    out->choices = f.n;
    if (f.n > 0)
        fit_all(&f, out);
    if (!given && f.n == 0) {
        snprintf(
            error, CALLOG_ERROR,
            "at no call did two classes wait: any rule would have called the same (%d classes)",
            log->classes.count);
        return BASE_BAD_INPUT;
    }
    if (!given)
        out->rule = out->best[0].rule;
    audit(log, &choices, arena, out);
    return 0;
}
