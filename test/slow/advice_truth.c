/* advice_truth.c -- See advice_truth.h. */
#include "advice_truth.h"
#include "advise/advise_priv.h"
#include "lobby/leg.h"
#include "plan/chance.h"
#include "plan/live_priv.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LOOKS = 4000, VARIANTS = 8, PEOPLE = 2000 };
static const char *const variant_name[VARIANTS] = {
    "as it is",
    "nobody gives up",
    "true law of patience",
    "true arrivals",
    "true arrivals and law of patience",
    "day_cv + 0.1",
    "true arrivals, what they want",
    "services 5 % longer",
};
/* The demo city's law: demo_flow.c. */
static const double patience_median = 2800 / 60., patience_sd = 1.65;

struct kept_look {
    outlet_id outlet;
    int64_t at_us;
    struct live_state *s;
};
struct sums {
    double n, kept, late, counted, mid_late, mid, calls;
};
struct truth {
    int futures, n;
    struct kept_look look[LOOKS];
    struct sums said[VARIANTS][LIVE_HORIZONS], scored[LIVE_HORIZONS], first[LIVE_HORIZONS];
    /* of the day in hand */
    struct ticket *list;
    struct leg *legs;
    int n_list, n_legs;
    int64_t first_called[PEOPLE];
    struct branch_class *classes;
    int n_classes;
};

struct truth *truth_new(int futures)
{
    struct truth *t = calloc(1, sizeof *t);
    CHECK(t);
    t->futures = futures;
    return t;
}

void truth_free(struct truth *t)
{
    free(t);
}

void truth_keep(struct truth *t, outlet_id o, int64_t at_us, const struct live_state *s)
{
    if (t->n == LOOKS)
        return;
    struct kept_look *k = &t->look[t->n++];
    *k = (struct kept_look){ o, at_us, malloc(sizeof *s) };
    CHECK(k->s);
    memcpy(k->s, s, sizeof *s);
    for (int i = 0; i < s->model.n_classes; i++)
        k->s->model.rule_classes.at[i].code = k->s->model.classes[i].code;
}

/* ---- futures with something of the truth in them ---- */

static double patience_beyond(struct chance *c, double waited)
{
    double z = waited > 0 ? (log(waited) - log(patience_median)) / patience_sd : -INFINITY;
    double gone = waited > 0 ? plan_normal_cdf(z) : 0;
    double u = gone + (1 - gone) * chance_unit(c);
    u = fmin(u, 1 - 1e-12);
    return exp(log(patience_median) + patience_sd * plan_normal_quantile(u)) - waited;
}

static void true_patience(struct live_run *r, uint64_t seed, int f)
{
    struct chance c = chance_of(seed, (uint64_t)f, 77);
    for (int i = 0; r->day.patience && i < r->day.n; i++)
        if (r->day.patience[i] >= 0) /* else gone already */
            r->day.patience[i] =
                patience_beyond(&c, i < r->s->n_waiting ? r->s->waiting[i].waited : 0);
}

struct coming {
    double t;
    int group;
};

static int by_t(const void *a, const void *b)
{
    const struct coming *x = a, *y = b;
    return x->t < y->t ? -1 : x->t > y->t;
}

static int model_class(const struct truth *t, const struct live_state *s, int class_index)
{
    for (int i = 0; i < t->n_classes; i++)
        for (int k = 0; t->classes[i].index == class_index && k < s->model.n_classes; k++)
            if (!strcmp(s->model.classes[k].code, t->classes[i].code))
                return k;
    return 0;
}

static int model_kind(const struct live_state *s, int prefix)
{
    for (int k = 0; k < s->model.n_kinds; k++)
        if (s->model.kinds[k].prefix == prefix)
            return k;
    return s->model.n_kinds - 1;
}

/* Times as they were; the mix stays drawn. */
static int arrivals_of(const struct truth *t, const struct kept_look *k, struct coming *out)
{
    int n = 0;
    for (int i = 0; i < t->n_list && n < PEOPLE; i++) {
        const struct ticket *x = &t->list[i];
        int64_t came = advise_came_us(x);
        if (x->queued_us > 0 && x->state != TICKET_VOID && came > k->at_us &&
            came < k->at_us + 110 * US_MINUTE)
            out[n++] =
                (struct coming){ (double)(came - k->at_us) / 6e7,
                                 (model_class(t, k->s, x->class_index) * k->s->model.n_kinds +
                                  model_kind(k->s, x->prefix)) *
                                         2 +
                                     x->courtesy };
    }
    qsort(out, (size_t)n, sizeof *out, by_t);
    return n;
}

static void try_one(struct truth *t, const struct kept_look *k, int variant)
{
    static double trace[PEOPLE], longer[PLAN_KINDS][1000];
    static struct coming coming[PEOPLE];
    struct live_state *s = malloc(sizeof *s);
    struct live_run r;
    struct plan_crew *crew = malloc(sizeof *crew);
    struct live_kept kept[LIVE_HORIZONS];
    CHECK(s && crew);
    memcpy(s, k->s, sizeof *s);
    if (variant == 1)
        s->model.patience = 0;
    if (variant == 5)
        s->model.day_cv += .1;
    for (int i = 0; variant == 7 && i < s->model.n_kinds; i++) {
        struct plan_service_time *x = &s->model.kinds[i].takes;
        for (int j = 0; j < x->n && j < 1000; j++)
            longer[i][j] = x->values[j] * 1.05;
        x->values = longer[i];
        x->mean *= 1.05;
    }
    if (variant == 3 || variant == 4 || variant == 6) {
        s->model.n_trace = arrivals_of(t, k, coming);
        for (int i = 0; i < s->model.n_trace; i++)
            trace[i] = coming[i].t;
        s->model.trace = trace;
        s->model.n_bookings = 0;
    }
    live_run_open(s, false, &r);
    live_crew(s, NULL, crew);
    struct plan_engine *e = plan_engine_new(&s->model, crew, &r.start, r.arena);
    for (int f = 0; f < t->futures; f++) {
        live_run_draw(&r, (uint64_t)k->at_us, f);
        if (variant == 2 || variant == 4)
            true_patience(&r, (uint64_t)k->at_us, f);
        for (int i = 0; variant == 6 && i < s->model.n_trace; i++)
            r.day.group[s->n_waiting + i] = (uint8_t)coming[i].group;
        plan_run_from(e, &r.start, live_horizon[LIVE_HORIZONS - 1], &r.day);
        live_run_count(&r, kept);
        for (int h = 0; h < LIVE_HORIZONS; h++) {
            struct sums *x = &t->said[variant][h];
            x->n += 1. / t->futures;
            x->kept += (double)kept[h].kept / t->futures;
            x->late += (double)kept[h].late / t->futures;
            x->mid_late += (double)kept[h].mid_late / t->futures;
            x->counted += (double)kept[h].n / t->futures;
            x->mid += (double)kept[h].mid_n / t->futures;
            for (int i = 0; i < r.day.n; i++) {
                double at = r.day.t[i] + r.day.wait[i];
                x->calls += !r.day.gave_up[i] && at <= live_horizon[h] ? 1. / t->futures : 0;
            }
        }
    }
    live_run_close(&r);
    free(crew);
    free(s);
}

/* ---- what came ---- */

static void first_calls(struct truth *t)
{
    for (int i = 0; i < t->n_list && i < PEOPLE; i++) {
        t->first_called[i] = t->list[i].called_us;
        for (int k = 0; k < t->n_legs; k++)
            if (t->legs[k].ticket.n == t->list[i].id.n && t->legs[k].called_us > 0 &&
                (!t->first_called[i] || t->legs[k].called_us < t->first_called[i]))
                t->first_called[i] = t->legs[k].called_us;
    }
}

/* By the first call alone, or as the score has it. */
static void came(struct truth *t, const struct kept_look *k, bool first, const bool *mid_high)
{
    struct sums *to = first ? t->first : t->scored;
    for (int h = 0; h < LIVE_HORIZONS; h++) {
        int64_t until = k->at_us + live_horizon[h] * US_MINUTE;
        int n = 0, late = 0, mid_n = 0, mid_late = 0;
        for (int i = 0; i < t->n_list && i < PEOPLE; i++) {
            const struct ticket *x = &t->list[i];
            struct wait w;
            int64_t at = advise_came_us(x), call = first ? t->first_called[i] : x->called_us;
            if (!ticket_wait(x, until + US_DAY, &w) || at > until || w.end == WAIT_ABANDONED)
                continue;
            bool mid = mid_high[x->class_index];
            int64_t us = first ? call - at : w.us;
            if (at <= k->at_us && (call <= k->at_us || k->at_us - at > (mid ? 10 : 20) * US_MINUTE))
                continue;
            n++;
            late += us > 20 * US_MINUTE;
            mid_n += mid;
            mid_late += mid && us > 10 * US_MINUTE;
        }
        if (n == 0)
            continue;
        to[h].n++;
        to[h].kept += late <= .05 * n + 1e-9 && mid_late <= .1 * mid_n + 1e-9;
        to[h].late += late;
        to[h].mid_late += mid_late;
        to[h].counted += n;
        to[h].mid += mid_n;
        for (int i = 0; i < t->n_list && i < PEOPLE && first; i++)
            to[h].calls += t->first_called[i] > k->at_us && t->first_called[i] <= until &&
                           t->list[i].state != TICKET_NO_SHOW;
        for (int i = 0; i < t->n_legs && !first; i++)
            to[h].calls += t->legs[i].called_us > k->at_us && t->legs[i].called_us <= until;
    }
}

int truth_day(struct call *c, struct truth *t)
{
    bool mid_high[BRANCH_CLASSES_MAX] = { false };
    struct arena *arena = c->arena, *own = arena_new((size_t)64 << 20);
    int rc = branch_classes(c, &t->classes, &t->n_classes);
    int64_t outlet = 0;
    for (int i = 0; !rc && i < t->n_classes; i++)
        mid_high[t->classes[i].index] = t->classes[i].mid_high;
    c->arena = own;
    for (int pass = 0; !rc && pass < t->n; pass++) {
        struct kept_look *first = &t->look[pass];
        if (!first->s)
            continue;
        outlet = first->outlet.n;
        rc = lobby_day_tickets(c, first->outlet, date_of_instant(first->at_us), &t->list,
                               &t->n_list);
        if (!rc)
            rc = legs_of_day(c, first->outlet, date_of_instant(first->at_us), &t->legs, &t->n_legs);
        if (rc)
            break;
        first_calls(t);
        for (int i = pass; i < t->n; i++) {
            struct kept_look *k = &t->look[i];
            if (k->outlet.n != outlet || !k->s)
                continue;
            came(t, k, false, mid_high);
            came(t, k, true, mid_high);
            for (int v = 0; v < VARIANTS; v++)
                try_one(t, k, v);
            free(k->s);
            k->s = NULL;
        }
        arena_clear(c->arena);
    }
    t->n = 0;
    c->arena = arena;
    arena_free(own);
    return rc;
}

static void line(const char *name, const struct sums s[LIVE_HORIZONS])
{
    printf("%-36s", name);
    for (int h = 0; h < LIVE_HORIZONS; h++)
        printf("  %.3f (late %.2f of %.1f mid %.2f of %.2f, calls %.1f)", s[h].kept / s[h].n,
               s[h].late / s[h].n, s[h].counted / s[h].n, s[h].mid_late / s[h].n, s[h].mid / s[h].n,
               s[h].calls / s[h].n);
    printf("\n");
}

void truth_tell(const struct truth *t)
{
    line("came, as scored", t->scored);
    line("came, by the first call", t->first);
    for (int v = 0; v < VARIANTS; v++)
        line(variant_name[v], t->said[v]);
}
