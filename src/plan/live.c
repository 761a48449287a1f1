/* live.c -- See live.h. */
#include "plan/live.h"
#include "plan/live_priv.h"
#include "plan/chance.h"

#include <math.h>
#include <string.h>

#include "base/banned.h"

const int live_horizon[LIVE_HORIZONS] = { 30, 60, 90 };
const int live_later[LIVE_LATER] = { 0, 10, 20, 30, 45, 60 };

enum { BINS = 400, BIN_S = 30, OF_BUSY = 31, GHOSTS_EVERY = 2 };

/* Waits of one person over the futures: no wait at all, then half minutes; the last is "never". */
struct bins {
    uint16_t n[BINS];
};

static void bins_add(struct bins *b, double minutes)
{
    double at = minutes * 60 / BIN_S + 1;
    b->n[minutes < 0.01 ? 0 : at < BINS - 1 ? (int)at : BINS - 1]++;
}

/* The wait that a share does not exceed, straight inside a bin. Exactly nothing is 0. */
static double bins_quantile(const struct bins *b, int all, double share)
{
    double want = share * all, sum = 0;
    for (int k = 0; k < BINS - 1; k++) {
        if (b->n[k] > 0 && sum + b->n[k] >= want)
            return k == 0 ? 0 : (k - 1 + (want - sum) / b->n[k]) * BIN_S / 60;
        sum += b->n[k];
    }
    return INFINITY;
}

/* ---- the windows ---- */

void live_crew(const struct live_state *s, const struct live_action *a, struct plan_crew *out)
{
    out->n = s->n_windows;
    out->limited = false;
    for (int i = 0; i < s->n_windows; i++) {
        const struct live_window *w = &s->windows[i];
        struct plan_window *p = &out->windows[i];
        bool of = a && a->window == i;
        double upto = w->closes, pause_at = w->pause_at, back = w->back;
        memset(p, 0, sizeof *p);
        memcpy(p->preference, w->preference, sizeof p->preference);
        p->rule = w->rule;
        if (of && a->kind == LIVE_HELP && !p->preference[s->model.kinds[a->service].prefix - 'A'])
            p->preference[s->model.kinds[a->service].prefix - 'A'] = LIVE_LAST_CHOICE;
        if (of && a->kind == LIVE_OPEN)
            p->spans[p->n++] = (struct plan_span){ LIVE_READY, LIVE_READY + a->minutes, 0 };
        if (of && a->kind == LIVE_RESUME)
            back = fmin(back, LIVE_READY / 2.);
        if (of && a->kind == LIVE_DELAY)
            pause_at += a->minutes;
        double from = w->paused ? back : w->open ? 0 : w->opens;
        if (!w->open && !w->paused && w->opens <= 0)
            continue;
        if (p->n > 0 && from <= p->spans[0].to) { /* opened now, it stays open */
            upto = fmax(upto, p->spans[0].to);
            from = p->spans[--p->n].from;
        }
        if (of && a->kind == LIVE_CLOSE)
            from = fmax(from, a->minutes);
        if (w->pause_long > 0 && pause_at > from && pause_at < upto) {
            p->spans[p->n++] = (struct plan_span){ from, pause_at, 0 };
            from = pause_at + w->pause_long;
            if (from < upto)
                p->spans[p->n++] = (struct plan_span){ from, upto, w->pause_long };
        } else if (from < upto) {
            p->spans[p->n++] = (struct plan_span){ from, upto, 0 };
        }
    }
}

/* What a service takes at a share of its distribution. */
static double service_at(const struct plan_service_time *t, double u)
{
    if (t->kind == PLAN_EMPIRICAL)
        return t->values[(int)(u * t->n)];
    if (t->kind == PLAN_EXPONENTIAL)
        return -t->mean * log1p(-u);
    double sd = sqrt(log1p(t->cs2));
    return t->mean * exp(sd * plan_normal_quantile(u) - sd * sd / 2);
}

/* The share of services that are over by then. */
static double over_by(const struct plan_service_time *t, double minutes)
{
    if (minutes <= 0)
        return 0;
    if (t->kind == PLAN_EXPONENTIAL)
        return -expm1(-minutes / t->mean);
    if (t->kind == PLAN_LOGNORMAL) {
        double sd = sqrt(log1p(t->cs2));
        return plan_normal_cdf((log(minutes / t->mean) + sd * sd / 2) / sd);
    }
    int n = 0;
    while (n < t->n && t->values[n] <= minutes)
        n++;
    return (double)n / t->n;
}

/* How long the present customers still take: the rest of a service that has lasted so long. */
static void draw_busy(const struct live_run *r, uint64_t seed, int future, struct plan_start *start)
{
    struct chance c = chance_of(seed, (uint64_t)future, OF_BUSY);
    for (int i = 0; i < r->s->n_windows; i++) {
        const struct live_window *w = &r->s->windows[i];
        double u = chance_unit(&c);
        start->busy[i] = 0;
        if (!w->busy)
            continue;
        const struct plan_service_time *t = &r->s->model.kinds[w->kind].takes;
        double rest, gone = r->over[i];
        if (gone > 0.995) /* longer than nearly all: it may take about as long again */
            rest = -log(u) * fmax(t->mean, w->elapsed / 2);
        else
            rest = service_at(t, gone + (1 - gone) * u) - w->elapsed;
        start->busy[i] = fmax(rest, 0.1) + w->more;
    }
}

/* Does the rule see no difference but the time? */
static bool alike(const struct rule_waiter *a, const struct rule_waiter *b)
{
    return a->class_index == b->class_index && a->service == b->service &&
           a->courtesy == b->courtesy && a->first == b->first && a->only_window == b->only_window;
}

/* ---- the people ---- */

/* A group for each who is bound to a window or first in line; of more, the last share one. */
static void special_groups(struct live_run *r)
{
    const struct live_state *s = r->s;
    for (int i = 0; i < s->n_waiting; i++) {
        const struct live_waiting *w = &s->waiting[i];
        if (!w->first && !w->only_window) {
            r->group[i] =
                (uint8_t)((w->class_index * s->model.n_kinds + w->kind) * 2 + w->courtesy);
            continue;
        }
        struct rule_waiter g = { 0 };
        g.class_index = w->class_index;
        g.service = s->model.kinds[w->kind].prefix;
        g.courtesy = w->courtesy;
        g.first = w->first;
        g.only_window = w->only_window < 0 ? INT64_MAX : w->only_window;
        int k = 0;
        while (k < r->start.n_special && !alike(&r->start.special[k], &g))
            k++;
        if (k == PLAN_SPECIALS)
            k--;
        else if (k == r->start.n_special)
            r->start.special[r->start.n_special++] = g;
        r->group[i] = (uint8_t)plan_special_group(&s->model, k);
    }
}

/* The ghosts, by time: everybody at 0, the lowest class later. */
static void place_ghosts(struct live_run *r)
{
    const struct plan_model *m = &r->s->model;
    int lowest = 0;
    for (int c = 0; c < m->n_classes; c++)
        if (m->rule_classes.at[c].rank < m->rule_classes.at[lowest].rank)
            lowest = c;
    for (int k = 0; k < LIVE_LATER; k++)
        for (int kind = 0; kind < m->n_kinds; kind++)
            for (int c = 0; c < m->n_classes; c++)
                if (k == 0 || c == lowest)
                    r->ghosts[r->all_ghosts++] = (struct ghost){ k, kind, c, 0 };
    r->lowest = lowest;
}

void live_run_open(const struct live_state *s, bool ghosts, struct live_run *r)
{
    memset(r, 0, sizeof *r);
    r->s = s;
    r->arena = arena_new((size_t)1 << 30);
    r->start.turns = s->turns;
    CHECK(s->n_waiting <= LIVE_WAITING && s->n_windows >= 1 && s->n_windows <= PLAN_WINDOWS);
    CHECK(s->model.slot == LIVE_SLOT && s->model.n_kinds >= 1 && s->model.n_classes >= 1);
    for (int i = 0; i < s->n_windows; i++)
        if (s->windows[i].busy)
            r->over[i] = over_by(&s->model.kinds[s->windows[i].kind].takes, s->windows[i].elapsed);
    special_groups(r);
    if (ghosts)
        place_ghosts(r);
}

void live_run_close(struct live_run *r)
{
    arena_free(r->arena);
}

static void put(struct live_run *r, double t, double since, int group, double patience, bool silent)
{
    struct plan_day *d = &r->day;
    CHECK((size_t)d->n < d->room);
    d->t[d->n] = t;
    d->since[d->n] = since;
    d->group[d->n] = (uint8_t)group;
    if (d->patience)
        d->patience[d->n] = patience;
    if (d->silent)
        d->silent[d->n] = silent;
    d->n++;
}

static void make_room(struct live_run *r)
{
    size_t room = (size_t)(r->drawn.n + r->s->n_waiting + r->all_ghosts) + 1;
    struct plan_day *d = &r->day;
    if (room <= d->room)
        return;
    room += room / 4;
    *d = (struct plan_day){ .room = room, .work = d->work };
    d->t = arena_alloc(r->arena, room * sizeof *d->t);
    d->since = arena_alloc(r->arena, room * sizeof *d->since);
    d->wait = arena_alloc(r->arena, room * sizeof *d->wait);
    d->gave_up = arena_alloc(r->arena, room);
    d->next = arena_alloc(r->arena, room * sizeof *d->next);
    d->group = arena_alloc(r->arena, room);
    d->patience =
        r->s->model.patience > 0 ? arena_alloc(r->arena, room * sizeof *d->patience) : NULL;
    d->silent = plan_silent(&r->s->model) ? arena_alloc(r->arena, room) : NULL;
}

/* Who has waited long is not who will leave next: what she has shown of her patience counts. */
static double rest_of_patience(const struct plan_model *m, double waited, double e)
{
    return m->patience * plan_patience_after(&m->patience_law, waited / m->patience, e);
}

/* One who waits by the lobby's book. She may have gone without a word, or never have been there. */
static void put_waiting(struct live_run *r, int i, struct chance *c)
{
    const struct plan_model *m = &r->s->model;
    const struct plan_patience *p = &m->patience_law;
    const struct live_waiting *w = &r->s->waiting[i];
    double rest = m->patience > 0 ? rest_of_patience(m, w->waited, chance_exponential(c)) : 0;
    bool silent = false;
    if (plan_silent(m)) {
        double here = (1 - p->never) * plan_patience_stays(p, w->waited / m->patience);
        double gone = p->never + p->silent * (1 - p->never - here);
        double u = chance_unit(c) * (here + gone);
        silent = u < gone || u < gone + p->silent * here;
        rest = u < gone ? -1 : rest;
    }
    put(r, 0, w->since, r->group[i], rest, silent);
}

/* A future's people: who waits, then ghosts and newcomers by time. Work is of the k-th call; those
 * who wait may need more than was drawn for the newcomers, so it is drawn for all. Ghosts change
 * nothing for the others, and half the futures are enough to measure by. */
void live_run_draw(struct live_run *r, uint64_t seed, int future)
{
    const struct live_state *s = r->s;
    const struct plan_model *m = &s->model;
    struct chance c = chance_of(seed, (uint64_t)future, OF_BUSY + 1);
    plan_day_draw(m, seed, (uint64_t)future, r->arena, &r->drawn);
    make_room(r);
    r->n_ghosts = future % GHOSTS_EVERY ? 0 : r->all_ghosts;
    r->day.n = 0;
    r->day.uniform = m->n_kinds > 1;
    for (int i = 0; i < s->n_waiting; i++)
        put_waiting(r, i, &c);
    int g = 0;
    for (int i = 0; i <= r->drawn.n; i++) {
        double t = i < r->drawn.n ? r->drawn.t[i] : INFINITY;
        for (; g < r->n_ghosts && live_later[r->ghosts[g].later] <= t; g++) {
            r->ghosts[g].at = r->day.n;
            double at = live_later[r->ghosts[g].later];
            put(r, at, at,
                plan_ghost_group(m, &r->start, r->ghosts[g].class_index, r->ghosts[g].kind),
                INFINITY, false);
        }
        if (i == r->drawn.n)
            break;
        put(r, t, r->drawn.since[i], r->drawn.group ? r->drawn.group[i] : 0,
            r->drawn.patience ? r->drawn.patience[i] : 0, r->drawn.silent && r->drawn.silent[i]);
    }
    if (r->work_room < (size_t)r->day.n) {
        r->work_room = (size_t)r->day.n * 2;
        r->day.work = arena_alloc(r->arena, r->work_room * sizeof *r->day.work);
    }
    for (int i = 0; i < r->day.n - r->n_ghosts; i++) {
        double u = chance_unit(&c);
        r->day.work[i] = r->day.uniform ? u : service_at(&m->kinds[0].takes, u);
    }
    draw_busy(r, seed, future, &r->start);
}

/* ---- the promise ---- */

struct count {
    int n, late, mid_n, mid_late;
};

static void count_one(const struct live_state *s, int class_index, double wait, struct count *k)
{
    k->n++;
    k->late += wait > s->model.within;
    if (s->mid_high[class_index]) {
        k->mid_n++;
        k->mid_late += wait > s->mid_within;
    }
}

static bool lost(const struct live_state *s, const struct live_waiting *w)
{
    return w->waited > (s->mid_high[w->class_index] ? s->mid_within : s->model.within);
}

static bool keeps(const struct live_state *s, const struct count *k)
{
    return k->late <= s->model.late * k->n + 1e-9 && k->mid_late <= s->mid_late * k->mid_n + 1e-9;
}

void live_run_count(const struct live_run *r, struct live_kept out[LIVE_HORIZONS])
{
    const struct live_state *s = r->s;
    const struct plan_day *d = &r->day;
    struct count k[LIVE_HORIZONS] = { { 0 } };
    int plain = s->model.n_classes * s->model.n_kinds * 2;
    for (int i = 0; i < s->n_waiting; i++) {
        const struct live_waiting *w = &s->waiting[i];
        if (d->gave_up[i] || lost(s, w))
            continue;
        for (int h = 0; h < LIVE_HORIZONS; h++)
            count_one(s, w->class_index, w->waited + d->wait[i] + w->since, &k[h]);
    }
    for (int i = s->n_waiting; i < d->n; i++) {
        if (d->group[i] >= plain || d->gave_up[i])
            continue;
        int class_index = d->group[i] / 2 / s->model.n_kinds;
        for (int h = 0; h < LIVE_HORIZONS; h++)
            if (d->since[i] <= live_horizon[h])
                count_one(s, class_index, d->wait[i], &k[h]);
    }
    for (int h = 0; h < LIVE_HORIZONS; h++)
        out[h] =
            (struct live_kept){ keeps(s, &k[h]), k[h].n, k[h].late, k[h].mid_n, k[h].mid_late };
}

void live_promise_add(const struct live_kept kept[LIVE_HORIZONS],
                      struct live_promise to[LIVE_HORIZONS])
{
    for (int h = 0; h < LIVE_HORIZONS; h++) {
        to[h].kept += kept[h].kept;
        to[h].late += kept[h].late;
        to[h].mid_late += kept[h].mid_late;
        to[h].counted += kept[h].n;
        to[h].mid_counted += kept[h].mid_n;
    }
}

void live_promise_mean(struct live_promise p[LIVE_HORIZONS], int futures)
{
    for (int h = 0; h < LIVE_HORIZONS; h++) {
        p[h].kept /= futures;
        p[h].late /= futures;
        p[h].mid_late /= futures;
        p[h].counted /= futures;
        p[h].mid_counted /= futures;
    }
}

void live_look(const struct live_state *s, uint64_t seed, int futures, struct live_answer *out)
{
    struct live_run r;
    struct plan_crew crew;
    struct live_kept kept[LIVE_HORIZONS];
    live_run_open(s, true, &r);
    live_crew(s, NULL, &crew);
    struct plan_engine *engine = plan_engine_new(&s->model, &crew, &r.start, r.arena);
    CHECK(futures >= 1 && futures <= UINT16_MAX);
    struct bins *waits = arena_alloc(r.arena, sizeof *waits * (size_t)(s->n_waiting + 1));
    struct bins *ghosts = arena_alloc(r.arena, sizeof *ghosts * (size_t)(r.all_ghosts + 1));
    memset(out, 0, sizeof *out);
    out->futures = futures;
    for (int i = 0; i < s->n_waiting; i++)
        out->lost += lost(s, &s->waiting[i]);
    for (int f = 0; f < futures; f++) {
        live_run_draw(&r, seed, f);
        plan_run_from(engine, &r.start, live_horizon[LIVE_HORIZONS - 1], &r.day);
        for (int i = 0; i < s->n_waiting; i++) { /* who gave up would have waited longer still */
            bool left = r.day.gave_up[i] && !(r.day.silent && r.day.silent[i]);
            bins_add(&waits[i], left ? r.day.wait[i] : r.day.wait[i] + s->waiting[i].since);
        }
        for (int g = 0; g < r.n_ghosts; g++)
            bins_add(&ghosts[g], r.day.wait[r.ghosts[g].at]);
        live_run_count(&r, kept);
        live_promise_add(kept, out->promise);
    }
    live_promise_mean(out->promise, futures);
    for (int i = 0; i < s->n_waiting; i++)
        out->waiting[i] = (struct live_range){ bins_quantile(&waits[i], futures, .5),
                                               bins_quantile(&waits[i], futures, .9) };
    int measured = (futures + GHOSTS_EVERY - 1) / GHOSTS_EVERY;
    for (int g = 0; g < r.all_ghosts; g++) {
        const struct ghost *of = &r.ghosts[g];
        if (of->later == 0)
            out->newcomer[of->kind][of->class_index] =
                (struct live_range){ bins_quantile(&ghosts[g], measured, .5),
                                     bins_quantile(&ghosts[g], measured, .9) };
        for (int q = 0; of->class_index == r.lowest && q < LIVE_QUANTILES; q++)
            out->later[of->later][of->kind][q] =
                bins_quantile(&ghosts[g], measured, (q + .5) / LIVE_QUANTILES);
    }
    live_run_close(&r);
}
