/* look.c -- One look at an outlet: computed from a snapshot, then written. */
#include "advise/advise_priv.h"
#include "base/jsonw.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/banned.h"

_Static_assert(LIVE_LATER == (int)TOLD_LATER && LIVE_QUANTILES == (int)TOLD_QUANTILES,
               "what is measured is what is told");

enum { SKIP_S = 1200, DOING_S = 420, MINUTE_EVERY_S = 600, ADVICE_LASTS_S = 900 };
static const int goal_horizon = 1; /* an hour */

static struct told_line line_of(struct live_range r)
{
    return (struct told_line){ isfinite(r.p50) ? (int)lround(r.p50 * 60) : -1,
                               isfinite(r.p90) ? (int)lround(r.p90 * 60) : -1 };
}

/* Every service of the plan, by the kind of the model that stands for it. */
static void write_told(const struct scene *n, struct advise_look *l, const int *kind_of,
                       const int *class_of)
{
    const struct lobby_plan *p = n->scene.plan;
    for (int i = 0; i < l->state->n_waiting; i++)
        told_ticket_line(&l->told, (ticket_id){ l->state->waiting[i].id },
                         line_of(l->answer->waiting[i]));
    for (int i = 0; i < p->n_services; i++) {
        const struct branch_service *b = &p->services[i];
        int kind = kind_of[b->prefix - 'A'], q[TOLD_QUANTILES];
        if (kind < 0 || !plan_offers(p, b->id))
            continue;
        for (int k = 0; k < p->n_classes; k++)
            if (class_of[p->classes[k].index] >= 0)
                told_newcomer_line(
                    &l->told, b->id, p->classes[k].index,
                    line_of(l->answer->newcomer[kind][class_of[p->classes[k].index]]));
        for (int k = 0; k < TOLD_LATER; k++) {
            for (int j = 0; j < TOLD_QUANTILES; j++) {
                double m = l->answer->later[k][kind][j];
                q[j] = isfinite(m) ? (int)lround(m * 60) : -1;
            }
            told_later_line(&l->told, b->id, k, q);
        }
    }
}

/* What was declined lately, and what is being done, is not said again. */
static int skip_decided(struct call *c, const struct advise_look *l, struct live_wish *wish)
{
    struct advice *list;
    int n = 0, rc = advice_recent(c, l->outlet, c->now_us - SKIP_S * US_SECOND, &list, &n);
    for (int i = 0; !rc && i < n && wish->n_skip < (int)COUNT(wish->skip); i++) {
        const struct advice *a = &list[i];
        bool doing = a->state == ADVICE_FOLLOWED && c->now_us - a->decided_us < DOING_S * US_SECOND;
        if (a->state != ADVICE_DECLINED && !doing)
            continue;
        for (int w = 0; w < l->state->n_windows; w++)
            if (l->window_id[w] == a->window.n) {
                wish->skip[wish->n_skip].kind = (enum live_kind)a->kind;
                wish->skip[wish->n_skip++].window = w;
            }
    }
    return rc;
}

static void name_parts(const struct scene *n, struct advise_look *l)
{
    const struct lobby_plan *p = n->scene.plan;
    for (int w = 0; w < l->state->n_windows; w++) {
        l->window_id[w] = l->state->windows[w].id;
        l->window_number[w] = l->state->windows[w].number;
        l->windows_open += l->state->windows[w].open;
    }
    for (int k = 0; k < l->state->model.n_kinds; k++) {
        const struct branch_service *b = plan_prefix(p, l->state->model.kinds[k].prefix);
        if (!b)
            continue;
        l->service_id[k] = b->id.n;
        snprintf(l->service_zh[k], sizeof l->service_zh[k], "%s", b->name_zh);
        snprintf(l->service_en[k], sizeof l->service_en[k], "%s", b->name_en);
    }
}

static int name_people(struct call *c, struct advise_look *l)
{
    int rc = 0;
    for (int w = 0; !rc && w < l->state->n_windows; w++) {
        struct who_staff s;
        if (!l->state->windows[w].person)
            continue;
        rc = who_staff_get(c, (staff_id){ l->state->windows[w].person }, &s);
        if (!rc)
            snprintf(l->person[w], sizeof l->person[w], "%s", s.name);
        rc = rc > 0 ? 0 : rc;
    }
    return rc;
}

int advise_look(struct call *c, struct advise_cache *k, outlet_id o, int futures, uint64_t seed,
                struct advise_look *out)
{
    struct scene *n = arena_alloc(c->arena, sizeof *n);
    struct live_wish wish = { .goal = ADVICE_GOAL_PERCENT / 100., .horizon = goal_horizon };
    const int *kind_of, *class_of;
    memset(out, 0, sizeof *out);
    out->outlet = o;
    out->at_us = c->now_us;
    buf_init(&out->told, 1 << 20);
    out->state = arena_alloc(c->arena, sizeof *out->state);
    out->answer = arena_alloc(c->arena, sizeof *out->answer);
    out->advice = arena_alloc(c->arena, sizeof *out->advice);
    int rc = advise_scene(c, k, o, n, out->state, &out->open, &kind_of, &class_of);
    if (rc || !out->open)
        return rc;
    name_parts(n, out);
    out->waiting = out->state->n_waiting;
    out->level = out->state->level;
    for (int i = 0; i < 60 / LIVE_SLOT; i++)
        out->arrivals_hour += out->state->model.expected[i];
    rc = name_people(c, out);
    if (!rc)
        rc = skip_decided(c, out, &wish);
    if (rc)
        return rc;
    live_look(out->state, seed, futures, out->answer);
    write_told(n, out, kind_of, class_of);
    wish.confirm = futures;
    wish.looked = out->answer;
    live_advise(out->state, &wish, seed + 1000, out->advice);
    return 0;
}

void advise_look_release(struct advise_look *l)
{
    buf_release(&l->told);
}

/* ---- writing ---- */

static int ppm(double share)
{
    return (int)lround(share * 1e6);
}

static bool same(const struct advice *a, const struct live_effect *e, const struct advise_look *l)
{
    return a->kind == (int)e->action.kind && a->window.n == l->window_id[e->action.window];
}

static void numbers_of(const struct live_effect *e, const struct advise_look *l, struct advice *a)
{
    a->before_ppm = ppm(e->before);
    a->after_ppm = ppm(e->after);
    a->late_before_milli = (int)lround(e->late_before * 1e3);
    a->late_after_milli = (int)lround(e->late_after * 1e3);
    a->last_us = l->at_us;
}

static int give(struct call *c, const struct advise_look *l, const struct live_effect *e,
                struct advice *a)
{
    *a = (struct advice){ .outlet = l->outlet,
                          .at_us = l->at_us,
                          .kind = (int)e->action.kind,
                          .window = { l->window_id[e->action.window] },
                          .minutes = e->action.minutes,
                          .horizon_min = live_horizon[l->advice->horizon],
                          .state = ADVICE_OPEN,
                          .kept = -1,
                          .done = -1 };
    if (e->action.kind == LIVE_HELP)
        a->service.n = l->service_id[e->action.service];
    numbers_of(e, l, a);
    a->id = call_id(c);
    int rc = advice_insert(c, a);
    if (rc)
        return rc;
    struct jsonw *w = event_begin(c);
    jw_text(w, "kind", live_kind_code(e->action.kind));
    jw_i64(w, "window", a->window.n);
    jw_i64(w, "minutes", a->minutes);
    jw_i64(w, "before_ppm", a->before_ppm);
    jw_i64(w, "after_ppm", a->after_ppm);
    return event_add(c, l->outlet.n, "advice.given", a->id);
}

/* The one open advice follows the look: goes on, is replaced, or is over. *id: the open one. */
static int write_advice(struct call *c, const struct advise_look *l, int64_t *id)
{
    struct advice a;
    const struct live_effect *best = &l->advice->best;
    bool wanted = best->action.kind != LIVE_NOTHING;
    int rc = advice_open(c, l->outlet, &a);
    *id = 0;
    if (rc)
        return rc;
    bool goes_on =
        a.id && wanted && same(&a, best, l) && l->at_us - a.at_us < ADVICE_LASTS_S * US_SECOND;
    if (goes_on) {
        a.last_us = l->at_us; /* what is scored is what was said when it was given */
        *id = a.id;
        return advice_update(c, &a);
    }
    if (a.id) {
        a.state = ADVICE_OVER;
        a.decided_us = l->at_us;
        rc = advice_update(c, &a);
        if (!rc) {
            event_begin(c);
            rc = event_add(c, l->outlet.n, "advice.over", a.id);
        }
    }
    if (!rc && wanted) {
        rc = give(c, l, best, &a);
        *id = a.id;
    }
    return rc;
}

static void effect_json(struct jsonw *w, const char *key, const struct advise_look *l,
                        const struct live_effect *e)
{
    if (e->action.kind == LIVE_NOTHING) {
        jw_null(w, key);
        return;
    }
    jw_object(w, key);
    jw_text(w, "kind", live_kind_code(e->action.kind));
    jw_i64(w, "window_id", l->window_id[e->action.window]);
    jw_i64(w, "window_number", l->window_number[e->action.window]);
    jw_i64(w, "minutes", e->action.minutes);
    if (e->action.kind == LIVE_OPEN && l->person[e->action.window][0])
        jw_text(w, "person", l->person[e->action.window]);
    if (e->action.kind == LIVE_HELP) {
        jw_text(w, "service_zh", l->service_zh[e->action.service]);
        jw_text(w, "service_en", l->service_en[e->action.service]);
    }
    jw_f64(w, "before", e->before, 3);
    jw_f64(w, "after", e->after, 3);
    jw_f64(w, "late_before", e->late_before, 2);
    jw_f64(w, "late_after", e->late_after, 2);
    jw_i64(w, "futures", e->futures);
    jw_i64(w, "gained", e->gained);
    jw_i64(w, "undone", e->undone);
    jw_end(w);
}

static void look_json(struct jsonw *w, const struct advise_look *l, int64_t advice_id)
{
    static const char *const verdict[] = { "well", "advice", "better", "no_help" };
    jw_object(w, NULL);
    jw_i64(w, "at_ms", l->at_us / 1000);
    jw_i64(w, "futures", l->answer->futures);
    jw_f64(w, "cpu_ms", (double)l->cpu_us / 1e3, 0);
    jw_i64(w, "waiting", l->waiting);
    jw_i64(w, "windows_open", l->windows_open);
    jw_i64(w, "lost", l->answer->lost);
    jw_f64(w, "arrivals_hour", l->arrivals_hour, 1);
    jw_f64(w, "level", l->level, 3);
    jw_array(w, "promise");
    for (int h = 0; h < LIVE_HORIZONS; h++) {
        const struct live_promise *p = &l->answer->promise[h];
        jw_object(w, NULL);
        jw_i64(w, "minutes", live_horizon[h]);
        jw_f64(w, "kept", p->kept, 3);
        jw_f64(w, "counted", p->counted, 1);
        jw_f64(w, "late", p->late, 2);
        jw_f64(w, "mid_counted", p->mid_counted, 1);
        jw_f64(w, "mid_late", p->mid_late, 2);
        jw_end(w);
    }
    jw_end(w);
    jw_text(w, "verdict", verdict[l->advice->verdict]);
    jw_i64(w, "horizon_min", live_horizon[l->advice->horizon]);
    jw_f64(w, "goal", l->advice->goal, 2);
    jw_f64(w, "base", l->advice->base, 3);
    jw_i64(w, "advice_id", advice_id);
    effect_json(w, "best", l, &l->advice->best);
    effect_json(w, "spare", l, &l->advice->spare);
    jw_array(w, "tried");
    for (int i = 0; i < l->advice->n_tried && i < 4; i++)
        effect_json(w, NULL, l, &l->advice->tried[i]);
    jw_end(w);
    jw_i64(w, "tried_count", l->advice->n_tried);
    jw_end(w);
}

/* A row each ten minutes is enough to be judged by. */
static int write_minute(struct call *c, const struct advise_look *l)
{
    const struct live_promise *p = l->answer->promise;
    int64_t last = 0;
    int rc = db_one_i64(c->tx, "SELECT MAX(at_us) FROM advise_minute WHERE outlet_id=$1",
                        DB_ARGS(DB_I(l->outlet.n)), 0, &last);
    if (rc || l->at_us - last < MINUTE_EVERY_S * US_SECOND || p[LIVE_HORIZONS - 1].counted < 1)
        return rc;
    return db_exec(c->tx,
                   "INSERT INTO advise_minute (outlet_id, at_us, business_date, said_30, said_60,"
                   " said_90, kept_30, kept_60, kept_90, scored)"
                   " VALUES ($1, $2, $3, $4, $5, $6, -1, -1, -1, 0)",
                   DB_ARGS(DB_I(l->outlet.n), DB_I(l->at_us), DB_I(date_of_instant(l->at_us).days),
                           DB_I(ppm(p[0].kept)), DB_I(ppm(p[1].kept)), DB_I(ppm(p[2].kept))));
}

int advise_write(struct call *c, const struct advise_look *l)
{
    struct buf body;
    struct jsonw w;
    int64_t id = 0;
    if (!l->open)
        return db_exec(c->tx, "DELETE FROM advise_now WHERE outlet_id=$1",
                       DB_ARGS(DB_I(l->outlet.n)));
    int rc = told_put(c, l->outlet, l->told.at ? l->told.at : "");
    if (!rc)
        rc = write_advice(c, l, &id);
    if (!rc)
        rc = write_minute(c, l);
    if (rc)
        return rc;
    buf_init(&body, 64 << 10);
    jw_init(&w, &body);
    look_json(&w, l, id);
    CHECK(!body.overflow);
    rc = db_exec(c->tx,
                 "INSERT INTO advise_now (outlet_id, at_us, body) VALUES ($1, $2, $3)"
                 " ON CONFLICT (outlet_id) DO UPDATE SET at_us=excluded.at_us,"
                 " body=excluded.body",
                 DB_ARGS(DB_I(l->outlet.n), DB_I(l->at_us), DB_T(body.at)));
    buf_release(&body);
    return rc;
}

int advise_now(struct call *c, outlet_id o, int64_t *at_us, const char **json)
{
    struct db_rows r;
    int rc = db_query(c->tx, &r, "SELECT at_us, body FROM advise_now WHERE outlet_id=$1",
                      DB_ARGS(DB_I(o.n)));
    *at_us = 0;
    *json = "";
    if (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        *at_us = db_i64(&r, 0);
        *json = arena_text(c->arena, db_text(&r, 1));
    }
    db_done(&r);
    return rc;
}
