/* live_advice.c -- What could be done, tried on the same futures. See live.h.
 *
 * All actions are tried on a few futures, the better half of them on a few more, and so on; the
 * last three are run again on fresh ones with and without: the numbers told come from those alone,
 * so that the choice among many does not flatter them. The cheapest that reaches the goal wins;
 * where none does, the cheapest of those that spare nearly as many people a late call as the best
 * one does. */
#include "plan/live_priv.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

enum {
    SCREEN = 200,
    SCREEN_ROUNDS = 5,
    FINALISTS = 3,
    OPEN_TIMES = 3,
    DELAY_MIN = 30,
    HELP_MIN = 30,
    CLOSE_MIN = 30
};
static const int open_minutes[OPEN_TIMES] = { 25, 45, 90 };

/* Minutes of a person, or as hard to get as so many. A person who has to be found is the dearest;
 * a break is somebody's right; to help costs nobody a minute, but a queue of its own. */
static const double cost_resume = 15, cost_delay = 10, cost_help = 5;
/* A window only helps with services that are short: nobody opens a loan by helping out. */
static const double help_longest = 8.5;

const char *live_kind_code(enum live_kind k)
{
    static const char *const code[LIVE_KINDS] = { "nothing", "open", "resume",
                                                  "delay",   "help", "close" };
    CHECK((unsigned)k < LIVE_KINDS);
    return code[k];
}

static void offer(const struct live_wish *wish, struct live_advice *a, struct live_action of)
{
    for (int i = 0; i < wish->n_skip; i++)
        if (wish->skip[i].kind == of.kind && wish->skip[i].window == of.window)
            return;
    if (a->n_tried < LIVE_ACTIONS)
        a->tried[a->n_tried++].action = of;
}

/* The services by how many people wait for them now: helping makes sense with the first two. */
static int busiest_kinds(const struct live_state *s, int out[2])
{
    int waiting[PLAN_KINDS] = { 0 }, n = 0;
    for (int i = 0; i < s->n_waiting; i++)
        waiting[s->waiting[i].kind]++;
    for (; n < 2; n++) {
        int best = -1;
        for (int k = 0; k < s->model.n_kinds; k++)
            if (waiting[k] > 0 && s->model.kinds[k].takes.mean <= help_longest &&
                (best < 0 || waiting[k] > waiting[best]))
                best = k;
        if (best < 0)
            break;
        waiting[best] = 0;
        out[n] = best;
    }
    return n;
}

static void offer_all(const struct live_state *s, const struct live_wish *wish,
                      struct live_advice *a)
{
    int kinds[2], n_kinds = busiest_kinds(s, kinds);
    const int *of = kinds, *m = open_minutes;
    for (int i = 0; i < s->n_windows; i++) {
        const struct live_window *w = &s->windows[i];
        if (w->paused && !w->at_lunch)
            offer(wish, a, (struct live_action){ LIVE_RESUME, i, 0, 0, cost_resume });
        if (w->open && w->pause_long > 0 && w->pause_at < 60)
            offer(wish, a, (struct live_action){ LIVE_DELAY, i, DELAY_MIN, 0, cost_delay });
        for (int k = 0; w->open && k < n_kinds; k++)
            if (!w->preference[s->model.kinds[kinds[k]].prefix - 'A'])
                offer(wish, a, (struct live_action){ LIVE_HELP, i, HELP_MIN, of[k], cost_help });
    }
    for (int i = 0; !wish->no_new_people && i < s->n_windows; i++)
        for (int k = 0; !s->windows[i].open && !s->windows[i].paused && k < OPEN_TIMES; k++)
            if (!s->by_roster || (s->windows[i].person && s->windows[i].person_for >= m[k]))
                offer(wish, a, (struct live_action){ LIVE_OPEN, i, m[k], 0, m[k] });
}

/* Actions beside doing nothing, on the futures of one seed. */
struct trial {
    struct live_run r;
    struct plan_engine *nothing;
    int horizon, futures; /* how many were run */
    uint64_t seed;
    double before, late_before; /* sums over them */
    int n;
    struct candidate {
        struct live_effect e; /* after and late_after: sums, until told */
        struct plan_engine *engine;
    } at[LIVE_ACTIONS];
};

static struct plan_engine *engine_with(struct live_run *r, const struct live_action *a)
{
    struct plan_crew *crew = arena_alloc(r->arena, sizeof *crew);
    live_crew(r->s, a, crew);
    return plan_engine_new(&r->s->model, crew, &r->start, r->arena);
}

static void trial_open(const struct live_state *s, int horizon, uint64_t seed,
                       const struct live_effect *list, int n, struct trial *t)
{
    live_run_open(s, false, &t->r);
    t->nothing = engine_with(&t->r, NULL);
    t->horizon = horizon;
    t->seed = seed;
    t->futures = 0;
    t->before = t->late_before = 0;
    t->n = n;
    for (int i = 0; i < n; i++)
        t->at[i] = (struct candidate){ .e = { .action = list[i].action },
                                       .engine = engine_with(&t->r, &list[i].action) };
}

static void one_run(struct trial *t, const struct plan_engine *engine, struct live_kept *out)
{
    struct live_kept kept[LIVE_HORIZONS];
    plan_run_from(engine, &t->r.start, live_horizon[t->horizon], &t->r.day);
    live_run_count(&t->r, kept);
    *out = kept[t->horizon];
}

static void trial_run(struct trial *t, int futures)
{
    for (int f = 0; f < futures; f++) {
        struct live_kept was, is;
        live_run_draw(&t->r, t->seed, t->futures++);
        one_run(t, t->nothing, &was);
        t->before += was.kept;
        t->late_before += was.late + was.mid_late;
        for (int i = 0; i < t->n; i++) {
            struct live_effect *e = &t->at[i].e;
            one_run(t, t->at[i].engine, &is);
            e->after += is.kept;
            e->late_after += is.late + is.mid_late;
            e->gained += is.kept && !was.kept;
            e->undone += was.kept && !is.kept;
        }
    }
}

static struct live_effect told(const struct trial *t, int i)
{
    struct live_effect e = t->at[i].e;
    e.futures = t->futures;
    e.before = t->before / t->futures;
    e.after /= t->futures;
    e.late_before = t->late_before / t->futures;
    e.late_after /= t->futures;
    return e;
}

static void trial_close(struct trial *t)
{
    live_run_close(&t->r);
}

/* Runs them all on so many futures. */
static void compare(const struct live_state *s, int horizon, uint64_t seed, int futures,
                    struct live_effect *list, int n)
{
    struct trial t;
    trial_open(s, horizon, seed, list, n, &t);
    trial_run(&t, futures);
    for (int i = 0; i < n; i++)
        list[i] = told(&t, i);
    trial_close(&t);
}

static double spared(const struct live_effect *e)
{
    return e->late_before - e->late_after;
}

static bool reaches(const struct live_effect *e, double goal)
{
    return e->after >= goal;
}

/* Better than chance: by the futures that changed sides, or by clearly fewer late people; never
 * at the price of the promise. */
static bool helps(const struct live_effect *e)
{
    double moved = e->gained + e->undone, net = e->gained - e->undone;
    bool sides = moved > 0 && net >= 3 * sqrt(moved) && e->after - e->before >= 0.05;
    bool fewer = spared(e) >= 1 && spared(e) >= 0.15 * e->late_before;
    return sides || (fewer && e->after >= e->before);
}

static int by_worth(const struct live_effect *a, const struct live_effect *b, double goal)
{
    bool x = reaches(a, goal), y = reaches(b, goal);
    if (x != y)
        return x ? -1 : 1;
    if (x && a->action.cost != b->action.cost)
        return a->action.cost < b->action.cost ? -1 : 1;
    double p = spared(a), q = spared(b);
    return p != q ? (p > q ? -1 : 1) : a->action.window - b->action.window;
}

/* The best few to the front: few enough for a plain selection. */
static void order(struct trial *t, int front, double goal)
{
    for (int i = 0; i < front; i++)
        for (int k = i + 1; k < t->n; k++) {
            struct live_effect a = told(t, k), b = told(t, i);
            if (by_worth(&a, &b, goal) < 0) {
                struct candidate c = t->at[i];
                t->at[i] = t->at[k];
                t->at[k] = c;
            }
        }
}

/* The best few of many: all on a few futures, the better half on a few more, and so on. */
static void screen(const struct live_state *s, const struct live_wish *wish, uint64_t seed,
                   struct live_advice *out)
{
    struct trial t;
    int futures = wish->screen ? wish->screen : SCREEN;
    if (out->n_tried <= FINALISTS)
        return;
    trial_open(s, wish->horizon, seed, out->tried, out->n_tried, &t);
    for (int round = 0; round < SCREEN_ROUNDS && t.n > FINALISTS; round++) {
        trial_run(&t, (futures + SCREEN_ROUNDS - 1) / SCREEN_ROUNDS);
        int stay = (t.n + 1) / 2 > FINALISTS ? (t.n + 1) / 2 : FINALISTS;
        order(&t, stay, wish->goal);
        for (int i = 0; i < t.n; i++)
            out->tried[i] = told(&t, i);
        t.n = stay;
    }
    trial_close(&t);
}

/* The one to advise among the confirmed: NULL when none helps. */
static const struct live_effect *choose(const struct live_effect *list, int n, double goal)
{
    const struct live_effect *best = NULL;
    double most = 0;
    for (int i = 0; i < n; i++)
        if (helps(&list[i]) && spared(&list[i]) > most)
            most = spared(&list[i]);
    for (int i = 0; i < n; i++) {
        const struct live_effect *e = &list[i];
        if (!helps(e) && !(reaches(e, goal) && e->gained > e->undone))
            continue;
        if (!reaches(e, goal) && spared(e) < 0.8 * most)
            continue;
        if (!best || (reaches(e, goal) && !reaches(best, goal)) ||
            (reaches(e, goal) == reaches(best, goal) && e->action.cost < best->action.cost))
            best = e;
    }
    return best;
}

/* All is well: could somebody rest? The window with the least to do, tried alone. */
static void look_for_spare(const struct live_state *s, const struct live_wish *wish, uint64_t seed,
                           int futures, struct live_advice *a)
{
    struct live_effect tried[PLAN_WINDOWS];
    double safe = fmax(wish->goal, 0.97);
    int n = 0, open = 0;
    for (int i = 0; i < s->n_windows; i++) {
        open += s->windows[i].open;
        if (s->windows[i].open && !s->windows[i].busy && n < LIVE_ACTIONS)
            tried[n++].action = (struct live_action){ LIVE_CLOSE, i, CLOSE_MIN, 0, -CLOSE_MIN };
    }
    if (open < 3 || n == 0 || a->base < safe)
        return;
    compare(s, LIVE_HORIZONS - 1, seed, futures, tried, n);
    for (int i = 0; i < n; i++)
        if (tried[i].after >= safe && tried[i].late_after <= tried[i].late_before + 0.1 &&
            (a->spare.action.kind == LIVE_NOTHING || tried[i].after > a->spare.after))
            a->spare = tried[i];
}

static double base_of(const struct live_state *s, int horizon, uint64_t seed, int futures)
{
    struct live_effect nothing = { .action = { LIVE_CLOSE, -1, 0, 0, 0 } };
    compare(s, horizon, seed, futures, &nothing, 1);
    return nothing.before;
}

static void well(const struct live_state *s, const struct live_wish *wish, uint64_t seed,
                 int futures, struct live_advice *out)
{
    out->verdict = LIVE_WELL;
    look_for_spare(s, wish, seed, futures, out);
}

void live_advise(const struct live_state *s, const struct live_wish *wish, uint64_t seed,
                 struct live_advice *out)
{
    int few = wish->screen ? wish->screen : SCREEN;
    int confirm = wish->confirm ? wish->confirm : LIVE_FUTURES;
    CHECK(wish->horizon >= 0 && wish->horizon < LIVE_HORIZONS);
    memset(out, 0, sizeof *out);
    out->horizon = wish->horizon;
    out->goal = wish->goal;
    out->base = wish->looked ? wish->looked->promise[wish->horizon].kept
                             : base_of(s, wish->horizon, seed, confirm);
    if (out->base >= wish->goal) {
        well(s, wish, seed, few, out);
        return;
    }
    offer_all(s, wish, out);
    if (out->n_tried == 0) {
        out->verdict = LIVE_NO_HELP;
        return;
    }
    screen(s, wish, seed, out);
    int finalists = out->n_tried < FINALISTS ? out->n_tried : FINALISTS;
    compare(s, wish->horizon, seed + 1, confirm, out->tried, finalists);
    out->base = out->tried[0].before; /* the same futures for all of them */
    if (out->base >= wish->goal) {    /* the first look was below by chance */
        well(s, wish, seed, few, out);
        return;
    }
    const struct live_effect *best = choose(out->tried, finalists, wish->goal);
    out->verdict = !best ? LIVE_NO_HELP : reaches(best, wish->goal) ? LIVE_ADVICE : LIVE_BETTER;
    if (best)
        out->best = *best;
}

/* A trip takes longer or shorter by about as much as its deviation: three points stand for it. */
double live_sooner(const double a[LIVE_QUANTILES], double trip, double trip_sd,
                   const double b[LIVE_QUANTILES])
{
    static const double at[] = { -1.2247, 0, 1.2247 };
    int n = 0, all = 0;
    for (int k = 0; k < 3; k++)
        for (int i = 0; i < LIVE_QUANTILES; i++)
            for (int j = 0; j < LIVE_QUANTILES; j++) {
                n += isfinite(a[i]) && a[i] + trip + at[k] * trip_sd < b[j];
                all++;
            }
    return (double)n / all;
}
