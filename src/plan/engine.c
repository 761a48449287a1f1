/* engine.c -- Runs a day: the short way for first come, the long one by the production rule. */
#include "plan/sim.h"

#include <math.h>
#include <string.h>

#include "base/banned.h"

enum { GROUPS = 256 };
_Static_assert(RULE_CLASSES *PLAN_KINDS * 3 + PLAN_SPECIALS <= GROUPS, "a group is a byte");

/* A window during the day: when it is free, and which span it is in. */
struct desk {
    double free, from;
    const struct plan_span *spans;
    int span, n;
};

static void desk_open(const struct plan_window *w, const struct plan_day *d, int i,
                      struct desk *out)
{
    double late =
        w->late_chance > 0 && d->late[i] < w->late_chance ? w->late_mean * d->late_size[i] : 0;
    *out = (struct desk){ .spans = w->spans, .n = w->n, .from = INFINITY };
    if (w->n > 0)
        out->from = w->spans[0].from + late;
}

/* The first instant from t on at which it may call somebody; INFINITY: not again. */
static inline double desk_ready(struct desk *k, double t)
{
    while (k->span < k->n) {
        double start = t > k->free ? t : k->free;
        start = start > k->from ? start : k->from;
        const struct plan_span *s = &k->spans[k->span];
        if (start < s->to)
            return start;
        double end = k->free > s->to ? k->free : s->to;
        if (++k->span < k->n)
            k->from = fmax(k->spans[k->span].from, end + k->spans[k->span].rest);
    }
    return INFINITY;
}

static inline void served(struct plan_day *d, int i, double wait)
{
    d->wait[i] = wait > 0 ? wait : 0;
    d->gave_up[i] = 0;
}

/* Gives up if the window would come too late. */
static inline bool leaves(struct plan_day *d, int i, double start)
{
    if (d->patience && start - d->t[i] > d->patience[i]) {
        d->wait[i] = d->patience[i];
        d->gave_up[i] = 1;
        return true;
    }
    return false;
}

/* The same windows all day: only when each is free. */
static void run_constant(struct plan_day *d, int windows)
{
    double free[PLAN_WINDOWS] = { 0 };
    int call = 0;
    for (int i = 0; i < d->n; i++) {
        double t = d->t[i], least = free[0];
        int at = 0;
        for (int w = 1; w < windows; w++) {
            at = free[w] < least ? w : at;
            least = free[w] < least ? free[w] : least;
        }
        double start = t > least ? t : least;
        if (leaves(d, i, start))
            continue;
        free[at] = start + d->work[call++];
        served(d, i, start - t);
    }
}

/* How many may be busy, and until when that holds. Asked for instants that never go back. */
struct allowed {
    const struct plan_crew *crew;
    double slot, until;
    int last, at;
};

static struct allowed allowed_from(const struct plan_model *m, const struct plan_crew *crew)
{
    return (struct allowed){ crew, m->slot, m->slots > 1 ? m->slot : INFINITY, m->slots - 1, 0 };
}

static int allowed_at(struct allowed *a, double t)
{
    while (t >= a->until) {
        a->at++;
        a->until = a->at < a->last ? (a->at + 1) * a->slot : INFINITY;
    }
    return a->crew->limit[a->at];
}

/* First come, first called, with so many windows a slot. Starts never go back in time. busy: the
 * instants at which those who are served finish, rising; those before head have finished. */
static void run_limited(const struct plan_model *m, const struct plan_crew *crew,
                        struct plan_day *d)
{
    enum { ROOM = 4 * PLAN_WINDOWS };
    double busy[ROOM], now = 0;
    struct allowed a = allowed_from(m, crew);
    int call = 0, head = 0, tail = 0;
    for (int i = 0; i < d->n; i++) {
        now = d->t[i] > now ? d->t[i] : now;
        for (;;) {
            while (head < tail && busy[head] <= now)
                head++;
            if (tail - head < allowed_at(&a, now))
                break;
            now = head < tail && busy[head] < a.until ? busy[head] : a.until;
        }
        if (leaves(d, i, now))
            continue;
        served(d, i, now - d->t[i]);
        if (tail == ROOM) {
            memmove(busy, busy + head, sizeof *busy * (size_t)(tail - head));
            tail -= head;
            head = 0;
        }
        double end = now + d->work[call++];
        int at = tail++;
        for (; at > head && busy[at - 1] > end; at--)
            busy[at] = busy[at - 1];
        busy[at] = end;
    }
}

/* First come, first called, windows that open and close: of those that can start first the lowest
 * number, so that the windows that close first are the likeliest to be idle. */
static void run_first_come(const struct plan_window *windows, int n, struct plan_day *d)
{
    struct desk desk[PLAN_WINDOWS];
    double ready[PLAN_WINDOWS];
    int call = 0;
    for (int w = 0; w < n; w++) {
        desk_open(&windows[w], d, w, &desk[w]);
        ready[w] = desk_ready(&desk[w], 0);
    }
    for (int i = 0; i < d->n; i++) {
        double t = d->t[i], start = INFINITY;
        int at = -1;
        for (int w = 0; w < n; w++) {
            double r = ready[w];
            if (r < t) /* idle since r: is its span still open? */
                r = ready[w] = desk_ready(&desk[w], t);
            if (r < start) {
                start = r;
                at = w;
                if (r <= t)
                    break;
            }
        }
        if (leaves(d, i, start))
            continue;
        served(d, i, start - t);
        if (at < 0)
            continue; /* no window opens again: waits for ever */
        desk[at].free = start + d->work[call++];
        ready[at] = desk_ready(&desk[at], desk[at].free);
    }
}

/* ---- by the rule ---- */

struct engine {
    const struct plan_model *m;
    struct plan_day *d;
    struct desk desk[PLAN_WINDOWS];
    double ready[PLAN_WINDOWS]; /* of those not idle */
    struct rule_caller caller[PLAN_WINDOWS];
    const struct lobby_rule *rule[PLAN_WINDOWS];
    int n_desks, n_groups, call, waiting;
    int n_plain, n_words; /* groups before the special ones; words of some */
    int ghosts;           /* groups from here on are ghosts' */
    uint64_t idle;
    int head[GROUPS], tail[GROUPS];
    uint64_t some[GROUPS / 64]; /* groups somebody waits in */
    struct rule_waiter of_group[GROUPS];
    uint8_t kind[GROUPS];
    struct rule_turns turns;
    bool counts; /* a when clause counts people */
    struct allowed allowed;
    bool limited;
};

static int group_of(const struct plan_day *d, int i)
{
    return d->group ? d->group[i] : 0;
}

static int64_t to_us(double minutes)
{
    return (int64_t)(minutes * 6e7);
}

static bool counts_people(const struct lobby_rule *rule)
{
    for (int k = 0; k < rule->n_whens; k++)
        if (!rule->whens[k].by_wait)
            return true;
    return false;
}

static void engine_open(const struct plan_model *m, const struct plan_crew *crew,
                        struct plan_day *d, struct engine *e)
{
    const struct plan_window *windows = crew->windows;
    int n = crew->n;
    e->limited = crew->limited;
    e->allowed = allowed_from(m, crew);
    e->m = m;
    e->d = d;
    e->n_desks = n;
    e->n_groups = m->n_classes * m->n_kinds * 2;
    e->call = e->waiting = 0;
    e->idle = 0;
    memset(e->some, 0, sizeof e->some);
    memset(&e->turns, 0, sizeof e->turns);
    e->counts = counts_people(&m->rule);
    for (int g = 0; g < e->n_groups; g++) {
        int class = g / 2 / m->n_kinds, kind = g / 2 % m->n_kinds;
        e->of_group[g] = (struct rule_waiter){ .class_index = class,
                                               .service = m->kinds[kind].prefix,
                                               .courtesy = g & 1 };
        e->kind[g] = (uint8_t)kind;
    }
    e->n_plain = e->ghosts = e->n_groups;
    e->n_words = (e->n_groups + 63) / 64;
    for (int w = 0; w < n; w++) {
        static const uint8_t nothing[26];
        desk_open(&windows[w], d, w, &e->desk[w]);
        e->ready[w] = desk_ready(&e->desk[w], 0);
        e->rule[w] = windows[w].rule ? windows[w].rule : &m->rule;
        e->counts |= counts_people(e->rule[w]);
        e->caller[w] = (struct rule_caller){ .window = w + 1, .staff = w + 1 };
        memcpy(e->caller[w].preference, windows[w].preference, 26);
        if (!memcmp(windows[w].preference, nothing, 26))
            memset(e->caller[w].preference, 1, 26);
    }
}

/* The doors are open already: windows are busy, and there are groups for whom the rule sees
 * otherwise (bound to a window, first in line) and for ghosts. */
static void engine_start(const struct plan_start *s, struct engine *e)
{
    const struct plan_model *m = e->m;
    e->turns = s->turns;
    CHECK(s->n_special <= PLAN_SPECIALS);
    for (int k = 0; k < s->n_special; k++) {
        e->of_group[e->n_groups] = s->special[k];
        for (int i = 0; i < m->n_kinds; i++)
            if (m->kinds[i].prefix == s->special[k].service)
                e->kind[e->n_groups] = (uint8_t)i;
        e->n_groups++;
    }
    e->ghosts = e->n_groups;
    for (int g = 0; g < m->n_classes * m->n_kinds; g++) {
        e->kind[e->n_groups] = (uint8_t)(g % m->n_kinds);
        e->of_group[e->n_groups++] = e->of_group[2 * g];
    }
    e->n_words = (e->n_groups + 63) / 64;
    for (int w = 0; w < e->n_desks; w++) {
        e->desk[w].free = s->busy[w];
        e->ready[w] = desk_ready(&e->desk[w], s->busy[w]);
    }
}

/* By since inside a group; only bookings come out of order. */
static void push(struct engine *e, int i, int g)
{
    struct plan_day *d = e->d;
    d->next[i] = -1;
    e->waiting++;
    if (!(e->some[g >> 6] >> (g & 63) & 1)) {
        e->some[g >> 6] |= UINT64_C(1) << (g & 63);
        e->head[g] = e->tail[g] = i;
    } else if (d->since[i] >= d->since[e->tail[g]]) {
        d->next[e->tail[g]] = i;
        e->tail[g] = i;
    } else {
        int *at = &e->head[g];
        while (*at >= 0 && d->since[*at] <= d->since[i])
            at = &d->next[*at];
        d->next[i] = *at;
        *at = i;
    }
}

static void pop(struct engine *e, int g)
{
    int i = e->head[g];
    e->waiting--;
    if (i == e->tail[g])
        e->some[g >> 6] &= ~(UINT64_C(1) << (g & 63));
    else
        e->head[g] = e->d->next[i];
}

/* Those at the head whose patience ended go. False: nobody is left in the group. */
static bool drop_gone(struct engine *e, int g, double now)
{
    while (e->some[g >> 6] >> (g & 63) & 1) {
        if (!leaves(e->d, e->head[g], now))
            return true;
        pop(e, g);
    }
    return false;
}

static void count_waiting(struct engine *e, double now, struct rule_counts *out)
{
    const struct plan_day *d = e->d;
    memset(out, 0, sizeof *out);
    for (int g = 0; g < e->ghosts; g++) {
        if (!(e->some[g >> 6] >> (g & 63) & 1))
            continue;
        const struct rule_waiter *w = &e->of_group[g];
        for (int i = e->head[g]; i >= 0; i = d->next[i]) {
            if (d->patience && now - d->t[i] > d->patience[i])
                continue;
            out->all++;
            out->of_class[w->class_index]++;
            out->of_service[w->service - 'A']++;
        }
    }
}

/* Whose turn it is at window w: the group, or -1. */
static int choose(struct engine *e, int w, double now)
{
    struct rule_waiter heads[GROUPS];
    struct rule_counts counts;
    int of[GROUPS], n = 0;
    for (int k = 0; k < e->n_words; k++)
        for (uint64_t left = e->some[k]; left; left &= left - 1) {
            int g = k * 64 + __builtin_ctzll(left);
            if (e->d->patience && !drop_gone(e, g, now))
                continue;
            int i = e->head[g];
            of[n] = g;
            heads[n] = e->of_group[g];
            heads[n].since_us = to_us(e->d->since[i]);
            heads[n++].order = i;
        }
    if (n == 0)
        return -1;
    if (n == 1 &&
        (of[0] < e->n_plain || of[0] >= e->ghosts)) /* nothing to choose: every rule calls the only
                                                       head, if this window handles it */
        return e->caller[w].preference[heads[0].service - 'A'] ? of[0] : -1;
    if (e->counts)
        count_waiting(e, now, &counts);
    struct rule_choice c =
        rule_choose_heads(e->rule[w], &e->m->rule_classes, heads, n, e->counts ? &counts : NULL,
                          &e->caller[w], &e->turns, to_us(now));
    return c.index < 0 ? -1 : of[c.index];
}

/* The work of the k-th call, for one who wants this. */
static double work_of(struct engine *e, int g)
{
    double u = e->d->work[e->call++];
    if (!e->d->uniform)
        return u;
    const struct plan_service_time *s = &e->m->kinds[e->kind[g]].takes;
    if (s->kind == PLAN_EXPONENTIAL)
        return -s->mean * log(u);
    if (s->kind == PLAN_EMPIRICAL)
        return s->values[(int)(u * s->n)];
    double sd = sqrt(log1p(s->cs2));
    return s->mean * exp(sd * plan_normal_quantile(u) - sd * sd / 2);
}

static void start(struct engine *e, int w, int i, int g, double now)
{
    CHECK(w >= 0);
    served(e->d, i, now - e->d->since[i]);
    if (g >= e->ghosts)
        return; /* takes no time, and the window is as it was */
    if (e->rule[w]->base == RULE_RATIO)
        rule_called(e->rule[w], e->of_group[g].class_index, &e->turns);
    e->desk[w].free = now + work_of(e, g);
    e->ready[w] = desk_ready(&e->desk[w], e->desk[w].free);
    e->idle &= ~(UINT64_C(1) << w);
}

static bool call_next(struct engine *e, int w, double now)
{
    int g;
    do {
        g = e->waiting ? choose(e, w, now) : -1;
        if (g < 0)
            return false;
        int i = e->head[g];
        pop(e, g);
        start(e, w, i, g, now);
    } while (g >= e->ghosts);
    return true;
}

/* May one more window be busy now? Those not idle are busy: limited windows never close. */
static bool may_start(struct engine *e, double now)
{
    return !e->limited || e->n_desks - __builtin_popcountll(e->idle) < allowed_at(&e->allowed, now);
}

static void arrive(struct engine *e, int i)
{
    double now = e->d->t[i];
    int g = group_of(e->d, i);
    uint64_t left = may_start(e, now) ? e->idle : 0;
    for (; left; left &= left - 1) {
        int w = __builtin_ctzll(left);
        double r = desk_ready(&e->desk[w], now);
        if (r > now) { /* closed meanwhile */
            e->idle &= ~(UINT64_C(1) << w);
            e->ready[w] = r;
        } else if (e->caller[w].preference[e->of_group[g].service - 'A']) {
            start(e, w, i, g, now); /* an idle window has nobody else to call */
            return;
        }
    }
    push(e, i, g);
}

/* Who still waits when no window opens again. */
static void leave_rest(struct engine *e)
{
    for (int g = 0; g < e->n_groups; g++)
        while (drop_gone(e, g, INFINITY)) {
            served(e->d, e->head[g], INFINITY);
            pop(e, g);
        }
}

/* A limited crew after somebody finished or the slot's count rose: idle windows call in turn. */
static void call_idle(struct engine *e, double now)
{
    for (uint64_t left = e->idle; left && e->waiting > 0 && may_start(e, now); left &= left - 1)
        call_next(e, __builtin_ctzll(left), now);
}

/* The next window to be ready, or -1 and in *soon when nothing is due or the count may change. */
static int next_ready(struct engine *e, double *soon)
{
    int at = -1;
    *soon = INFINITY;
    for (int w = 0; w < e->n_desks; w++)
        if (!(e->idle >> w & 1) && e->ready[w] < *soon) {
            *soon = e->ready[w];
            at = w;
        }
    if (e->limited && e->waiting > 0 && e->allowed.until < *soon) {
        *soon = e->allowed.until;
        return -1;
    }
    return at;
}

static void run_by_rule(const struct plan_model *m, const struct plan_crew *crew,
                        const struct plan_start *start_from, struct plan_day *d)
{
    struct engine e;
    engine_open(m, crew, d, &e);
    if (start_from)
        engine_start(start_from, &e);
    if (e.limited) /* all there from the beginning, idle */
        e.idle = e.n_desks == 64 ? UINT64_MAX : (UINT64_C(1) << e.n_desks) - 1;
    for (int i = 0; i < d->n || e.waiting > 0;) {
        double soon, t = i < d->n ? d->t[i] : INFINITY;
        int at = next_ready(&e, &soon);
        if (t <= soon) {
            if (i == d->n)
                break; /* somebody waits, and nothing will happen again */
            arrive(&e, i++);
        } else if (e.limited) {
            allowed_at(&e.allowed, soon);
            if (at >= 0)
                e.idle |= UINT64_C(1) << at;
            call_idle(&e, soon);
        } else {
            CHECK(at >= 0); /* a limit alone gives -1 */
            if (!call_next(&e, at, soon))
                e.idle |= UINT64_C(1) << at;
        }
    }
    leave_rest(&e);
}

/* May everybody be called in the order of arrival, by any window? */
static bool first_come(const struct plan_model *m, const struct plan_crew *crew)
{
    if (m->rule.base != RULE_FCFS || m->rule.n_whens > 0 || m->rule.prefer_service ||
        m->n_bookings > 0 || (m->courtesy_share > 0 && m->rule.courtesy != COURTESY_OFF) ||
        m->n_kinds > 1)
        return false;
    for (int w = 0; w < crew->n; w++)
        for (int k = 0; k < 26; k++)
            if (crew->windows[w].rule ||
                crew->windows[w].preference[k] != crew->windows[0].preference[0])
                return false;
    return true;
}

void plan_run(const struct plan_model *m, const struct plan_crew *crew, struct plan_day *day,
              bool by_rule)
{
    bool constant = crew->limited;
    CHECK(crew->n >= 1 && crew->n <= PLAN_WINDOWS);
    for (int i = 0; constant && i < m->slots; i++)
        constant = crew->limit[i] == crew->n;
    if (by_rule || !first_come(m, crew))
        run_by_rule(m, crew, NULL, day);
    else if (constant)
        run_constant(day, crew->n);
    else if (crew->limited)
        run_limited(m, crew, day);
    else
        run_first_come(crew->windows, crew->n, day);
}

int plan_special_group(const struct plan_model *m, int k)
{
    return m->n_classes * m->n_kinds * 2 + k;
}

int plan_ghost_group(const struct plan_model *m, const struct plan_start *s, int class, int kind)
{
    return plan_special_group(m, s->n_special) + class * m->n_kinds + kind;
}

void plan_run_from(const struct plan_model *m, const struct plan_crew *crew,
                   const struct plan_start *from, struct plan_day *day)
{
    CHECK(crew->n >= 1 && crew->n <= PLAN_WINDOWS && day->group);
    CHECK(!crew->limited);
    run_by_rule(m, crew, from, day);
}
