/* state.c -- The lobby as it is now, as the simulator sees it. */
#include "advise/advise_priv.h"
#include "lobby/promise_report.h"
#include "roster/forecast.h"

#include <math.h>
#include <string.h>

#include "base/banned.h"

/* ---- what does not change within a day ---- */

enum { TABLE = 256, CACHED = 4096 };

struct kept {
    int64_t outlet, version;
    int32_t day;
    struct arena *arena;
    struct roster_model *model;
    struct roster_fit fit;     /* the arrivals' forecast, fitted once a day */
    double *table[PLAN_KINDS]; /* quantiles of the service times */
    struct habit habit;
};
struct advise_cache {
    struct arena *arena;
    struct kept *at[CACHED]; /* hashed by outlet, linear */
};

struct advise_cache *advise_cache_new(void)
{
    struct arena *arena = arena_new((size_t)64 << 20);
    struct advise_cache *k = arena_alloc(arena, sizeof *k);
    k->arena = arena;
    return k;
}

void advise_cache_free(struct advise_cache *k)
{
    if (!k)
        return;
    for (size_t i = 0; i < CACHED; i++)
        if (k->at[i])
            arena_free(k->at[i]->arena);
    arena_free(k->arena);
}

/* The service times as a table: looked up a hundred thousand times a look. */
static void make_tables(struct kept *p)
{
    struct plan_model *m = &p->model->model;
    for (int k = 0; k < m->n_kinds; k++) {
        struct plan_service_time *t = &m->kinds[k].takes;
        double mean = t->mean, sum = 0, sd = sqrt(log1p(t->cs2));
        p->table[k] = arena_alloc(p->arena, TABLE * sizeof(double));
        for (int i = 0; i < TABLE; i++) {
            double u = (i + .5) / TABLE;
            p->table[k][i] =
                t->kind == PLAN_EXPONENTIAL ? -log1p(-u) : exp(sd * plan_normal_quantile(u));
            sum += p->table[k][i];
        }
        for (int i = 0; i < TABLE; i++)
            p->table[k][i] *= mean * TABLE / sum;
        plan_service_values(t, p->table[k], TABLE);
    }
}

static struct kept **place_of(struct advise_cache *k, outlet_id o)
{
    size_t at = (uint64_t)o.n * UINT64_C(0x9E3779B97F4A7C15) >> 52;
    for (size_t turn = 0; turn < CACHED; turn++, at = (at + 1) % CACHED)
        if (!k->at[at] || k->at[at]->outlet == o.n)
            return &k->at[at];
    return &k->at[at]; /* more outlets than places: the first gives way */
}

static int model_of(struct call *c, struct advise_cache *k, outlet_id o, struct kept **out)
{
    struct kept **place = place_of(k, o), *p = *place;
    int64_t version;
    date today = date_of_instant(c->now_us);
    int rc = branch_version(c, &version);
    if (rc)
        return rc;
    if (!p)
        *place = p = arena_alloc(k->arena, sizeof *p);
    if (!p->arena)
        p->arena = arena_new((size_t)4 << 20);
    if (p->model && p->outlet == o.n && p->day == today.days && p->version == version) {
        *out = p;
        return 0;
    }
    arena_clear(p->arena);
    p->model = arena_alloc(p->arena, sizeof *p->model);
    rc = roster_model(c, o, today, p->model);
    if (!rc)
        rc = roster_fit(c, o, today, p->arena, &p->fit);
    if (rc) {
        p->model = NULL;
        return rc;
    }
    p->outlet = o.n;
    p->day = today.days;
    p->version = version;
    if (p->model->open)
        make_tables(p);
    *out = p;
    return habit_read(c, o, today, &p->habit);
}

/* ---- who will come ---- */

/* The day so far, by the half-hours as the history counts them. */
static void so_far_of(const struct scene *n, struct roster_so_far *out)
{
    *out = (struct roster_so_far){ .second = date_second_of_day(n->scene.now_us) };
    for (int i = 0; i < n->n_today; i++) {
        const struct ticket *t = &n->today[i];
        int64_t came = advise_came_us(t);
        if (t->queued_us > 0 && t->state != TICKET_VOID && came <= n->scene.now_us)
            out->count[date_second_of_day(came) / ROSTER_SLOT_S]++;
    }
}

static void set_arrivals(const struct scene *n, const struct kept *p, struct live_state *s)
{
    const struct roster_model *r = p->model;
    struct plan_model *m = &s->model;
    struct roster_so_far now;
    struct roster_forecast f;
    so_far_of(n, &now);
    roster_forecast(&p->fit, r, (date){ p->day }, &now, &f);
    s->level = f.level;
    m->day_cv = f.day_cv;
    m->slot = LIVE_SLOT;
    m->slots = (live_horizon[LIVE_HORIZONS - 1] + 20) / LIVE_SLOT;
    for (int i = 0; i < m->slots; i++) {
        double from = now.second + i * LIVE_SLOT * 60;
        m->expected[i] = n->scene.day.state == DAY_OPEN
                             ? roster_expected(&f, r, from, from + LIVE_SLOT * 60)
                             : 0;
    }
    m->trace = NULL;
    roster_model_mix(r, now.second, now.second + m->slots * LIVE_SLOT * 60, m);
}

/* Who has booked is of one class, so that the others are the more among those who just come. */
static void set_walk_in_classes(const double *booked, double expected, struct plan_model *m)
{
    double all = 0;
    for (int i = 0; i < m->n_classes; i++)
        all += m->classes[i].share;
    for (int i = 0; i < m->n_classes; i++) {
        double share = m->classes[i].share / all;
        m->classes[i].share = fmax(share * expected - booked[i], share * expected / 100 + 1e-6);
    }
}

/* Bookings to come are known: they are taken out of what is expected. */
static void set_bookings(const struct scene *n, const struct kept *p, struct live_state *s)
{
    struct plan_model *m = &s->model;
    double booked[RULE_CLASSES] = { 0 }, expected = 0;
    for (int i = 0; i < m->slots; i++)
        expected += m->expected[i];
    m->n_bookings = 0;
    m->booking_early = 5;
    m->booking_sd = 4;
    for (int i = 0; i < n->n_bookings && m->n_bookings < PLAN_BOOKINGS; i++) {
        const struct ticket *t = &n->bookings[i];
        int kind = t->prefix >= 'A' && t->prefix <= 'Z' ? p->model->kind_of[t->prefix - 'A'] : -1;
        double at = (double)(t->slot_us - n->scene.now_us) / 6e7;
        if (t->state != TICKET_BOOKED || kind < 0 || at < -15 || at >= m->slots * LIVE_SLOT)
            continue;
        int class_index = p->model->class_of[t->class_index];
        m->bookings[m->n_bookings++] =
            (struct plan_booking){ at, class_index < 0 ? 0 : class_index, kind, at < 0 ? .5 : .9 };
        int slot = at > 0 ? (int)(at / LIVE_SLOT) : 0;
        m->expected[slot] = fmax(0, m->expected[slot] - .9);
        booked[class_index < 0 ? 0 : class_index] += .9;
    }
    set_walk_in_classes(booked, expected, m);
}

/* ---- who is there ---- */

static void set_waiting(const struct scene *n, const struct kept *p, struct live_state *s)
{
    const struct lobby_scene *l = &n->scene;
    s->n_waiting = 0;
    for (int i = 0; i < l->n_live && s->n_waiting < LIVE_WAITING; i++) {
        const struct ticket *t = &l->live[i];
        int kind = t->prefix >= 'A' && t->prefix <= 'Z' ? p->model->kind_of[t->prefix - 'A'] : -1;
        int class_index = p->model->class_of[t->class_index];
        if (!ticket_waits(t->state) || kind < 0)
            continue;
        struct live_waiting w = { .id = t->id.n,
                                  .since = (double)(t->since_us - l->now_us) / 6e7,
                                  .waited = (double)ticket_wait_us(t, l->now_us) / 6e7,
                                  .class_index = class_index < 0 ? 0 : class_index,
                                  .kind = kind,
                                  .courtesy = t->courtesy,
                                  .first = t->first_in_line };
        int64_t only = t->only_window;
        for (int k = 0; t->only_staff && k < l->n_sessions; k++)
            if (l->sessions[k].staff.n == t->only_staff)
                only = l->sessions[k].window.n;
        if (only || t->only_staff)
            w.only_window = -1;
        for (int k = 0; only && k < s->n_windows; k++)
            if (s->windows[k].id == only)
                w.only_window = k + 1;
        s->waiting[s->n_waiting++] = w;
    }
}

/* How long a pause of this sort still lasts, going by what is usual. */
static double pause_left(const char *reason, double gone)
{
    double usual = !strcmp(reason, "lunch")                                    ? 45
                   : !strcmp(reason, "meeting") || !strcmp(reason, "training") ? 60
                                                                               : 15;
    return usual - gone > 4 ? usual - gone : 4;
}

static const struct ticket *at_window(const struct scene *n, int64_t ticket)
{
    for (int i = 0; i < n->scene.n_live; i++)
        if (n->scene.live[i].id.n == ticket)
            return &n->scene.live[i];
    return NULL;
}

static void set_customer(const struct scene *n, const struct kept *p, const struct ticket *t,
                         struct live_state *s, struct live_window *w)
{
    struct visit_service v[TICKET_SERVICES];
    int visits = ticket_services(t, v);
    int kind = t->prefix >= 'A' && t->prefix <= 'Z' ? p->model->kind_of[t->prefix - 'A'] : -1;
    w->busy = true;
    w->kind = kind < 0 ? 0 : kind;
    w->elapsed =
        (double)(n->scene.now_us - t->called_us) / 6e7; /* as takes counts it: from the call */
    for (int i = 0; i < visits; i++) {
        const struct branch_service *b = plan_service(n->scene.plan, v[i].service);
        if (v[i].state != 't' || !b)
            continue;
        kind = p->model->kind_of[b->prefix - 'A'];
        if (kind >= 0 && w->preference[b->prefix - 'A'])
            w->more += s->model.kinds[kind].takes.mean - p->model->beside;
    }
}

/* Letters whose kind is shared (more services than PLAN_KINDS) are served with the kind's own. */
static void set_preferences(const struct lobby_scene *l, const struct branch_window *b,
                            const struct kept *p, struct live_window *w)
{
    struct rule_caller caller = plan_caller(l->plan, b, (staff_id){ 0 });
    const struct plan_model *m = &p->model->model;
    for (int letter = 0; letter < 26; letter++) {
        int kind = p->model->kind_of[letter];
        if (!caller.preference[letter] || kind < 0)
            continue;
        uint8_t *to = &w->preference[m->kinds[kind].prefix - 'A'];
        if (!*to || caller.preference[letter] < *to)
            *to = caller.preference[letter];
    }
}

static void set_windows(const struct scene *n, const struct kept *p, struct live_state *s)
{
    const struct lobby_scene *l = &n->scene;
    s->n_windows = 0;
    for (int i = 0; i < l->plan->n_windows && s->n_windows < PLAN_WINDOWS; i++) {
        const struct branch_window *b = &l->plan->windows[i];
        struct live_window *w = &s->windows[s->n_windows++];
        memset(w, 0, sizeof *w);
        w->id = b->id.n;
        w->number = b->number;
        w->closes = INFINITY;
        w->rule = n->own_rule[i];
        set_preferences(l, b, p, w);
        for (int k = 0; k < l->n_sessions; k++) {
            const struct window_session *x = &l->sessions[k];
            if (x->window.n != b->id.n)
                continue;
            w->open = x->state == SESSION_OPEN;
            w->paused = x->state == SESSION_PAUSED;
            if (w->paused)
                w->back = pause_left(x->pause_reason, (double)(l->now_us - x->paused_us) / 6e7);
            const struct ticket *t = x->ticket.n ? at_window(n, x->ticket.n) : NULL;
            if (t)
                set_customer(n, p, t, s, w);
        }
        habit_apply(&p->habit, date_second_of_day(l->now_us), w);
    }
}

static void set_promise(const struct lobby_scene *l, const struct kept *p, struct live_state *s)
{
    struct promise_question leg[2];
    promise_1020(NULL, 0, NULL, 0, leg);
    s->model.within = (double)leg[0].within_us / 6e7;
    s->model.late = 1 - leg[0].goal_ppm / 1e6;
    s->mid_within = (double)leg[1].within_us / 6e7;
    s->mid_late = 1 - leg[1].goal_ppm / 1e6;
    for (int i = 0; i < l->plan->n_classes; i++) {
        int k = p->model->class_of[l->plan->classes[i].index];
        if (k >= 0)
            s->mid_high[k] = l->plan->classes[i].mid_high;
        if (k >= 0)
            s->turns.called[k] = l->day.turns.called[l->plan->classes[i].index];
    }
}

static int own_rules(struct call *c, const struct kept *p, struct scene *n)
{
    const struct lobby_plan *plan = n->scene.plan;
    char text[RULE_TEXT], error[200];
    int rc = 0;
    for (int i = 0; !rc && plan->n_own_rules > 0 && i < plan->n_windows; i++) {
        rc = lobby_window_rule_get(c, plan->windows[i].id, text);
        if (rc || !text[0])
            continue;
        struct lobby_rule *rule = arena_alloc(c->arena, sizeof *rule);
        /* The classes of the model are in another order than the lobby's: read again by code. */
        if (!rule_parse(text, &p->model->model.rule_classes, rule, error, sizeof error))
            n->own_rule[i] = rule;
    }
    return rc;
}

int advise_scene(struct call *c, struct advise_cache *k, outlet_id o, struct scene *n,
                 struct live_state *s, bool *open, const int **kind_of, const int **class_of)
{
    struct kept *p = NULL;
    *open = false;
    int rc = scene_load(c, o, &n->scene);
    if (rc || (n->scene.day.state != DAY_OPEN && n->scene.day.state != DAY_STOPPED))
        return rc;
    rc = model_of(c, k, o, &p);
    if (rc || !p->model->open || p->model->model.n_kinds == 0 || n->scene.plan->n_windows == 0)
        return rc;
    rc = lobby_day_tickets(c, o, n->scene.day.day, &n->today, &n->n_today);
    if (!rc)
        rc = ticket_bookings(c, o, c->now_us - US_HOUR, c->now_us + 3 * US_HOUR, &n->bookings,
                             &n->n_bookings);
    if (!rc)
        rc = own_rules(c, p, n);
    if (!rc)
        rc = duty_read(c, o, &n->duty);
    if (rc)
        return rc;
    memset(s, 0, sizeof *s);
    s->model = p->model->model;
    *kind_of = p->model->kind_of;
    *class_of = p->model->class_of;
    set_promise(&n->scene, p, s);
    set_arrivals(n, p, s);
    set_bookings(n, p, s);
    set_windows(n, p, s);
    duty_apply(&n->duty, &n->scene, &p->habit, p->model->close_s, s);
    set_waiting(n, p, s);
    *open = true;
    return 0;
}
