/* engine.c -- Runs a day: the short way for first come, the long one by the production rule. */
#include "plan/sim.h"

#include <math.h>
#include <string.h>

#include "base/banned.h"

enum { GROUPS = 256, WORDS = GROUPS / 64, CELLS = 64 };
_Static_assert(RULE_CLASSES *PLAN_KINDS * 3 + PLAN_SPECIALS <= GROUPS, "a group is a byte");

/* A window during the day: when it is free, and which span it is in. */
struct desk {
    double free, from;
    const struct plan_span *spans;
    int span, n;
};

static void desk_open(const struct plan_window *w, struct plan_day *d, int i, struct desk *out)
{
    if (w->late_chance > 0)
        plan_day_lateness(d);
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

static inline bool over(const struct plan_day *d, int i, double now)
{
    return d->patience && now - d->t[i] > d->patience[i];
}

/* Gives up if the window would come too late. Who says nothing is called all the same. */
static inline bool leaves(struct plan_day *d, int i, double start)
{
    if (over(d, i, start) && !(d->silent && d->silent[i])) {
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

/* People wait in queues, by class, courtesy and service; the rule is shown the heads. Services that
 * every window likes as much are one queue, unless a rule has a when clause, which may ask for a
 * service. What a window sees of the queues: of each class and courtesy only the oldest matters to
 * the rule, and with `prefer service` of each service it likes differently: a cell. */
struct sight {
    const struct lobby_rule *rule;
    uint8_t preference[26];
    uint64_t sees[WORDS]; /* queues it may call, but for special ones */
    uint8_t cell[GROUPS];
};

/* Of all days of one crew. */
struct plan_engine {
    const struct plan_model *m;
    const struct plan_crew *crew;
    struct rule_caller caller[PLAN_WINDOWS];
    uint8_t sight_of[PLAN_WINDOWS];
    struct sight sight[PLAN_WINDOWS];
    int n_sights;
    bool merges;                            /* else everybody at a head is shown */
    bool counts;                            /* a when clause counts people */
    int ghosts;                             /* groups from here on are ghosts' */
    uint8_t queue_of[GROUPS], kind[GROUPS]; /* of a group */
    int n_plain, n_queues, n_words;         /* queues; before the special ones; words of some */
    struct rule_waiter of_queue[GROUPS];
};

struct engine {
    const struct plan_engine *p;
    struct plan_day *d;
    struct desk desk[PLAN_WINDOWS];
    double ready[PLAN_WINDOWS]; /* of those not idle */
    int call, waiting;
    int asked, left; /* how many, from the first, have to be called; of them, how many are not */
    uint64_t idle;
    int head[GROUPS], tail[GROUPS]; /* of a queue */
    int64_t head_us[GROUPS];        /* since when the head waits */
    uint64_t some[WORDS];           /* queues somebody waits in */
    struct rule_turns turns;
    struct allowed allowed;
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

/* Which cell a queue is in, of those of one window: the rule may look at how much it is liked. */
static int cell_of(const struct plan_engine *p, const struct sight *v, const struct rule_waiter *of)
{
    bool counted[256] = { false };
    int liked = 0, mine = v->preference[of->service - 'A'];
    for (int k = 0; v->rule->prefer_service && k < p->m->n_kinds; k++) {
        int its = v->preference[p->m->kinds[k].prefix - 'A'];
        liked += its > 0 && its < mine && !counted[its];
        counted[its] = true;
    }
    return (liked * p->m->n_classes + of->class_index) * 2 + of->courtesy;
}

static void see(struct plan_engine *p, struct sight *v)
{
    memset(v->sees, 0, sizeof v->sees);
    for (int q = 0; q < p->n_plain; q++) {
        if (v->preference[p->of_queue[q].service - 'A'] == 0)
            continue;
        v->sees[q >> 6] |= UINT64_C(1) << (q & 63);
        int cell = p->merges ? cell_of(p, v, &p->of_queue[q]) : CELLS;
        p->merges &= cell < CELLS;
        v->cell[q] = (uint8_t)cell;
    }
}

static void open_callers(struct plan_engine *p)
{
    static const uint8_t nothing[26];
    const struct plan_window *windows = p->crew->windows;
    p->n_sights = 0;
    p->merges = true;
    p->counts = false;
    for (int w = 0; w < p->crew->n; w++) {
        const struct lobby_rule *rule = windows[w].rule ? windows[w].rule : &p->m->rule;
        p->caller[w] = (struct rule_caller){ .window = w + 1, .staff = w + 1 };
        memcpy(p->caller[w].preference, windows[w].preference, 26);
        if (!memcmp(windows[w].preference, nothing, 26))
            memset(p->caller[w].preference, 1, 26);
        p->merges &= rule->n_whens == 0;
        p->counts |= counts_people(rule);
        int k = 0;
        while (k < p->n_sights &&
               (p->sight[k].rule != rule ||
                memcmp(p->sight[k].preference, p->caller[w].preference, 26) != 0))
            k++;
        p->sight_of[w] = (uint8_t)k;
        if (k < p->n_sights)
            continue;
        p->sight[k].rule = rule;
        memcpy(p->sight[k].preference, p->caller[w].preference, 26);
        p->n_sights++;
    }
}

/* Do all windows like both services as much? */
static bool liked_alike(const struct plan_engine *p, int a, int b)
{
    bool alike = p->merges;
    for (int k = 0; alike && k < p->n_sights; k++)
        alike = p->sight[k].preference[p->m->kinds[a].prefix - 'A'] ==
                p->sight[k].preference[p->m->kinds[b].prefix - 'A'];
    return alike;
}

static void open_queues(struct plan_engine *p)
{
    const struct plan_model *m = p->m;
    int first[PLAN_KINDS] = { 0 }; /* the first service that shares its queues */
    for (int k = 0; k < m->n_kinds; k++) {
        first[k] = 0;
        while (first[k] < k && !liked_alike(p, first[k], k))
            first[k]++;
    }
    p->n_queues = 0;
    for (int g = 0; g < m->n_classes * m->n_kinds * 2; g++) {
        int class = g / 2 / m->n_kinds, kind = g / 2 % m->n_kinds;
        p->kind[g] = (uint8_t)kind;
        if (first[kind] < kind) {
            p->queue_of[g] = p->queue_of[g - 2 * (kind - first[kind])];
            continue;
        }
        p->queue_of[g] = (uint8_t)p->n_queues;
        p->of_queue[p->n_queues++] = (struct rule_waiter){ .class_index = class,
                                                           .service = m->kinds[kind].prefix,
                                                           .courtesy = g & 1 };
    }
    p->n_plain = p->n_queues;
    p->ghosts = m->n_classes * m->n_kinds * 2;
}

/* Groups for whom the rule sees otherwise (bound to a window, first in line), each a queue; and
 * ghosts', who wait among the others. */
static void more_groups(struct plan_engine *p, const struct plan_start *s)
{
    const struct plan_model *m = p->m;
    CHECK(s->n_special <= PLAN_SPECIALS);
    for (int k = 0; k < s->n_special; k++, p->ghosts++) {
        p->queue_of[p->ghosts] = (uint8_t)p->n_queues;
        p->of_queue[p->n_queues++] = s->special[k];
        for (int i = 0; i < m->n_kinds; i++)
            if (m->kinds[i].prefix == s->special[k].service)
                p->kind[p->ghosts] = (uint8_t)i;
    }
    for (int g = 0; g < m->n_classes * m->n_kinds; g++) {
        p->kind[p->ghosts + g] = p->kind[2 * g];
        p->queue_of[p->ghosts + g] = p->queue_of[2 * g];
    }
}

/* start NULL: the doors are to open. */
static void engine_of(const struct plan_model *m, const struct plan_crew *crew,
                      const struct plan_start *start, struct plan_engine *p)
{
    p->m = m;
    p->crew = crew;
    open_callers(p);
    open_queues(p);
    for (int k = 0; k < p->n_sights; k++)
        see(p, &p->sight[k]);
    if (start)
        more_groups(p, start);
    p->n_words = (p->n_queues + 63) / 64;
}

/* The doors are open already: windows are busy. */
static void engine_open(const struct plan_engine *p, const struct plan_start *start,
                        struct plan_day *d, struct engine *e)
{
    const struct plan_window *windows = p->crew->windows;
    e->p = p;
    e->d = d;
    e->call = e->waiting = 0;
    e->idle = 0;
    e->asked = e->left = d->n;
    memset(e->some, 0, sizeof e->some);
    memset(e->head, 0, sizeof e->head);
    memset(e->tail, 0, sizeof e->tail);
    memset(&e->turns, 0, sizeof e->turns);
    if (start)
        e->turns = start->turns;
    e->allowed = allowed_from(p->m, p->crew);
    for (int w = 0; w < p->crew->n; w++) {
        desk_open(&windows[w], d, w, &e->desk[w]);
        if (start)
            e->desk[w].free = start->busy[w];
        e->ready[w] = desk_ready(&e->desk[w], e->desk[w].free);
    }
}

/* By since inside a queue; only bookings, and who waits at the start, come out of order. */
static void push(struct engine *e, int i, int q)
{
    struct plan_day *d = e->d;
    int64_t since = to_us(d->since[i]);
    d->next[i] = -1;
    e->waiting++;
    if (!(e->some[q >> 6] >> (q & 63) & 1)) {
        e->some[q >> 6] |= UINT64_C(1) << (q & 63);
        e->head[q] = e->tail[q] = i;
        e->head_us[q] = since;
    } else if (since >= to_us(d->since[e->tail[q]])) {
        d->next[e->tail[q]] = i;
        e->tail[q] = i;
    } else {
        int *at = &e->head[q];
        while (*at >= 0 && to_us(d->since[*at]) <= since)
            at = &d->next[*at];
        d->next[i] = *at;
        *at = i;
        e->head_us[q] = to_us(d->since[e->head[q]]);
    }
}

static void pop(struct engine *e, int q)
{
    int i = e->head[q];
    e->waiting--;
    e->left -= i < e->asked;
    if (i == e->tail[q]) {
        e->some[q >> 6] &= ~(UINT64_C(1) << (q & 63));
    } else {
        e->head[q] = e->d->next[i];
        e->head_us[q] = to_us(e->d->since[e->head[q]]);
    }
}

/* Those at the head whose patience ended go. False: nobody is left in the queue. */
static bool drop_gone(struct engine *e, int q, double now)
{
    while (e->some[q >> 6] >> (q & 63) & 1) {
        if (!leaves(e->d, e->head[q], now))
            return true;
        pop(e, q);
    }
    return false;
}

static void count_waiting(struct engine *e, double now, struct rule_counts *out)
{
    const struct plan_day *d = e->d;
    memset(out, 0, sizeof *out);
    for (int q = 0; q < e->p->n_queues; q++) {
        if (!(e->some[q >> 6] >> (q & 63) & 1))
            continue;
        const struct rule_waiter *w = &e->p->of_queue[q];
        for (int i = e->head[q]; i >= 0; i = d->next[i]) {
            bool gone = over(d, i, now) && !(d->silent && d->silent[i]);
            if (gone || group_of(d, i) >= e->p->ghosts)
                continue;
            out->all++;
            out->of_class[w->class_index]++;
            out->of_service[w->service - 'A']++;
        }
    }
}

/* The heads to choose among, as queues. */
static int every_head(struct engine *e, double now, int *of)
{
    int n = 0;
    for (int k = 0; k < e->p->n_words; k++)
        for (uint64_t left = e->some[k]; left; left &= left - 1) {
            int q = k * 64 + __builtin_ctzll(left);
            if (!e->d->patience || drop_gone(e, q, now))
                of[n++] = q;
        }
    return n;
}

static inline bool older(const struct engine *e, int a, int b)
{
    return e->head_us[a] != e->head_us[b] ? e->head_us[a] < e->head_us[b] : e->head[a] < e->head[b];
}

/* The same by the window's sight: the oldest of each cell; and who is special, one by one. */
static int oldest_heads(struct engine *e, const struct sight *v, double now, int *of)
{
    const struct plan_engine *p = e->p;
    uint64_t cells = 0;
    uint8_t oldest[UINT8_MAX + 1]; /* of a cell: fewer than CELLS of them */
    int n = 0;
    for (int k = 0; k < p->n_words; k++)
        for (uint64_t left = e->some[k] & v->sees[k]; left; left &= left - 1) {
            int q = k * 64 + __builtin_ctzll(left), c = v->cell[q];
            if (e->d->patience && !drop_gone(e, q, now))
                continue;
            if (!(cells >> c & 1) || older(e, q, oldest[c]))
                oldest[c] = (uint8_t)q;
            cells |= UINT64_C(1) << c;
        }
    for (; cells; cells &= cells - 1)
        of[n++] = oldest[__builtin_ctzll(cells)];
    for (int q = p->n_plain; q < p->n_queues; q++)
        if (e->some[q >> 6] >> (q & 63) & 1 && (!e->d->patience || drop_gone(e, q, now)))
            of[n++] = q;
    return n;
}

/* Whose turn it is at window w: the queue, or -1. */
static int choose(struct engine *e, int w, double now)
{
    const struct plan_engine *p = e->p;
    const struct sight *v = &p->sight[p->sight_of[w]];
    struct rule_waiter heads[GROUPS];
    struct rule_counts counts;
    int of[GROUPS], n = p->merges ? oldest_heads(e, v, now, of) : every_head(e, now, of);
    if (n == 0)
        return -1;
    /* Nothing to choose: every rule calls the only head, if this window handles it. */
    if (n == 1 && of[0] < p->n_plain)
        return v->sees[of[0] >> 6] >> (of[0] & 63) & 1 ? of[0] : -1;
    for (int k = 0; k < n; k++) {
        heads[k] = p->of_queue[of[k]];
        heads[k].since_us = e->head_us[of[k]];
        heads[k].order = e->head[of[k]];
    }
    if (p->counts)
        count_waiting(e, now, &counts);
    struct rule_choice c =
        rule_choose_heads(v->rule, &p->m->rule_classes, heads, n, p->counts ? &counts : NULL,
                          &p->caller[w], &e->turns, to_us(now));
    return c.index < 0 ? -1 : of[c.index];
}

/* The work of the k-th call, for one who wants this. */
static double work_of(struct engine *e, int g)
{
    double u = e->d->work[e->call++];
    if (!e->d->uniform)
        return u;
    const struct plan_service_time *s = &e->p->m->kinds[e->p->kind[g]].takes;
    if (s->kind == PLAN_EXPONENTIAL)
        return -s->mean * log(u);
    if (s->kind == PLAN_EMPIRICAL)
        return s->values[(int)(u * s->n)];
    double sd = sqrt(log1p(s->cs2));
    return s->mean * exp(sd * plan_normal_quantile(u) - sd * sd / 2);
}

/* Its turn: whoever waited was popped. */
static void start(struct engine *e, int w, int i, int g, double now)
{
    const struct lobby_rule *rule = e->p->sight[e->p->sight_of[w]].rule;
    served(e->d, i, now - e->d->since[i]);
    if (g >= e->p->ghosts)
        return; /* takes no time, and the window is as it was */
    if (rule->base == RULE_RATIO)
        rule_called(rule, e->p->of_queue[e->p->queue_of[g]].class_index, &e->turns);
    bool absent = e->d->silent && e->d->silent[i] && over(e->d, i, now);
    e->d->gave_up[i] = absent;
    e->desk[w].free = now + (absent ? e->p->m->absent_takes : work_of(e, g));
    e->ready[w] = desk_ready(&e->desk[w], e->desk[w].free);
    e->idle &= ~(UINT64_C(1) << w);
}

static bool call_next(struct engine *e, int w, double now)
{
    int g;
    do {
        int q = e->waiting ? choose(e, w, now) : -1;
        if (q < 0)
            return false;
        int i = e->head[q];
        g = group_of(e->d, i);
        pop(e, q);
        start(e, w, i, g, now);
    } while (g >= e->p->ghosts);
    return true;
}

/* May one more window be busy now? Those not idle are busy: limited windows never close. */
static bool may_start(struct engine *e, double now)
{
    return !e->p->crew->limited ||
           e->p->crew->n - __builtin_popcountll(e->idle) < allowed_at(&e->allowed, now);
}

/* An idle window has nobody else to call: of those that handle it the one that likes it best, so
 * that who can do everything is not taken by what others could do. -1: none. */
static int idle_for(struct engine *e, int letter, double now)
{
    uint64_t left = may_start(e, now) ? e->idle : 0;
    int best = -1;
    for (; left; left &= left - 1) {
        int w = __builtin_ctzll(left), liked = e->p->caller[w].preference[letter];
        double r = desk_ready(&e->desk[w], now);
        if (r > now) { /* closed meanwhile */
            e->idle &= ~(UINT64_C(1) << w);
            e->ready[w] = r;
        } else if (liked > 0 && (best < 0 || liked < e->p->caller[best].preference[letter])) {
            best = w;
            if (liked == 1)
                break;
        }
    }
    return best;
}

static void arrive(struct engine *e, int i)
{
    double now = e->d->t[i];
    int g = group_of(e->d, i), q = e->p->queue_of[g];
    int w = idle_for(e, e->p->of_queue[q].service - 'A', now);
    if (w < 0) {
        push(e, i, q);
        return;
    }
    e->left -= i < e->asked;
    start(e, w, i, g, now);
}

/* Who still waits when no window opens again. */
static void leave_rest(struct engine *e)
{
    for (int q = 0; q < e->p->n_queues; q++)
        while (drop_gone(e, q, INFINITY)) {
            served(e->d, e->head[q], INFINITY);
            pop(e, q);
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
    for (int w = 0; w < e->p->crew->n; w++)
        if (!(e->idle >> w & 1) && e->ready[w] < *soon) {
            *soon = e->ready[w];
            at = w;
        }
    if (e->p->crew->limited && e->waiting > 0 && e->allowed.until < *soon) {
        *soon = e->allowed.until;
        return -1;
    }
    return at;
}

/* Who comes until then has to be called before the day is over. */
static void ask_until(struct engine *e, double until)
{
    int n = e->d->n;
    while (n > 0 && e->d->t[n - 1] > until)
        n--;
    e->asked = e->left = n;
}

static void run(struct engine *e)
{
    struct plan_day *d = e->d;
    bool limited = e->p->crew->limited;
    int n = e->p->crew->n;
    if (limited) /* all there from the beginning, idle */
        e->idle = n == 64 ? UINT64_MAX : (UINT64_C(1) << n) - 1;
    for (int i = 0; e->left > 0;) {
        double soon, t = i < d->n ? d->t[i] : INFINITY;
        int at = next_ready(e, &soon);
        if (t <= soon) {
            if (i == d->n)
                break; /* somebody waits, and nothing will happen again */
            arrive(e, i++);
        } else if (limited) {
            allowed_at(&e->allowed, soon);
            if (at >= 0)
                e->idle |= UINT64_C(1) << at;
            call_idle(e, soon);
        } else {
            CHECK(at >= 0); /* a limit alone gives -1 */
            if (!call_next(e, at, soon))
                e->idle |= UINT64_C(1) << at;
        }
    }
    leave_rest(e);
}

static void run_by_rule(const struct plan_model *m, const struct plan_crew *crew,
                        struct plan_day *d)
{
    struct plan_engine p;
    struct engine e;
    engine_of(m, crew, NULL, &p);
    engine_open(&p, NULL, d, &e);
    run(&e);
}

/* May everybody be called in the order of arrival, by any window? */
static bool first_come(const struct plan_model *m, const struct plan_crew *crew)
{
    if (m->rule.base != RULE_FCFS || m->rule.n_whens > 0 || m->rule.prefer_service ||
        m->n_bookings > 0 || (m->courtesy_share > 0 && m->rule.courtesy != COURTESY_OFF) ||
        m->n_kinds > 1 || plan_silent(m))
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
        run_by_rule(m, crew, day);
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

struct plan_engine *plan_engine_new(const struct plan_model *m, const struct plan_crew *crew,
                                    const struct plan_start *start, struct arena *arena)
{
    struct plan_engine *p = arena_alloc(arena, sizeof *p);
    CHECK(crew->n >= 1 && crew->n <= PLAN_WINDOWS && !crew->limited);
    engine_of(m, crew, start, p);
    return p;
}

void plan_run_from(const struct plan_engine *p, const struct plan_start *from, double until,
                   struct plan_day *day)
{
    struct engine e;
    CHECK(day->group);
    engine_open(p, from, day, &e);
    ask_until(&e, until);
    run(&e);
}
