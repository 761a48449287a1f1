/* seats_why.c -- See seats_why.h. */
#include "seats_why.h"
#include "lobby/leg.h"
#include "plan/chance.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEPT = 64, PEOPLE = 4000, CLUSTERS = 8000 };
enum variant {
    AS_IT_IS,
    TRUE_TIMES,
    TRUE_WANTS,
    TRUE_PATIENCE,
    TRUE_WINDOWS,
    REPLAY,
    FIRST_CALLS,
    CAME,
    VARIANTS
};
static const char *const variant_name[VARIANTS] = {
    "the certificate's days",       "who came, when",
    " + what they wanted",          " + the city's law of patience",
    " + windows as they were open", " + how long each call took, second waits",
    "came: until the first call",   "came: all waits of a visit",
};
/* The demo city's law: demo_flow.c. */
static const double patience_median = 2800 / 60., patience_sd = 1.65;

struct morning {
    outlet_id outlet;
    date day;
    struct roster_model *m;
    struct plan_crew *crew;
};
struct cell {
    double n, late, mid, mid_late;
};
struct totals { /* over all days: people and how they strayed, said and seen; minutes of windows */
    double expected, came, said_cv2, seen_cv2, work_said, work_seen;
};
struct why {
    int draws, n, n_clusters;
    struct morning at[KEPT];
    struct cell of[CLUSTERS][VARIANTS];
    struct totals sum;
};

struct why *why_new(int draws)
{
    struct why *w = calloc(1, sizeof *w);
    CHECK(w);
    w->draws = draws;
    return w;
}

static void forget(struct morning *k)
{
    free(k->m);
    free(k->crew);
}

void why_free(struct why *w)
{
    if (w)
        why_forget(w);
    free(w);
}

void why_forget(struct why *w)
{
    for (int i = 0; i < w->n; i++)
        forget(&w->at[i]);
    w->n = 0;
}

void why_keep(struct why *w, outlet_id o, date d, const struct roster_model *m,
              const struct plan_crew *crew)
{
    if (w->n == KEPT)
        return;
    struct morning *k = &w->at[w->n++];
    *k = (struct morning){ o, d, malloc(sizeof *k->m), malloc(sizeof *k->crew) };
    CHECK(k->m && k->crew);
    memcpy(k->m, m, sizeof *m);
    memcpy(k->crew, crew, sizeof *crew);
    for (int i = 0; i < m->model.n_classes; i++)
        k->m->model.rule_classes.at[i].code = k->m->model.classes[i].code;
}

/* ---- what came ---- */

struct visit { /* or a later wait of one */
    double t, since, work, wait, patience;
    int group, ticket, order;
    bool later, absent;
};
struct came {
    struct visit list[PEOPLE];
    int n;
    double work[PEOPLE]; /* in the order of calls */
    int calls, n_tickets;
    double waited[PEOPLE], first[PEOPLE]; /* of a ticket */
    int class_of[PEOPLE];
};

static int by_t(const void *a, const void *b)
{
    const struct visit *x = a, *y = b;
    return x->t < y->t ? -1 : x->t > y->t ? 1 : x->order - y->order;
}

static int by_ticket(const void *a, const void *b)
{
    const struct leg *x = a, *y = b;
    return x->ticket.n != y->ticket.n ? (x->ticket.n < y->ticket.n ? -1 : 1) : x->n - y->n;
}

struct call_row {
    double at, work;
    int64_t window;
};
static int by_call(const void *a, const void *b)
{
    const struct call_row *x = a, *y = b;
    return x->window != y->window ? (x->window < y->window ? -1 : 1)
           : x->at < y->at        ? -1
                                  : x->at > y->at;
}
static int by_at(const void *a, const void *b)
{
    const struct call_row *x = a, *y = b;
    return x->at < y->at ? -1 : x->at > y->at;
}

/* The notes between two customers, where somebody waited: the window was taken, too. */
static void works_of(struct call_row *row, int n, double *work)
{
    qsort(row, (size_t)n, sizeof *row, by_call);
    for (int i = 0; i + 1 < n; i++) {
        double gap = row[i + 1].at - row[i].at - row[i].work;
        row[i].work += row[i].window == row[i + 1].window && gap > 0 && gap < .35 ? gap : .2;
    }
    qsort(row, (size_t)n, sizeof *row, by_at);
    for (int i = 0; i < n; i++)
        work[i] = row[i].work;
}

static int group_of(const struct roster_model *m, const struct leg *l)
{
    int kind = l->prefix >= 'A' && l->prefix <= 'Z' ? m->kind_of[l->prefix - 'A'] : -1;
    int class_index = m->class_of[l->class_index];
    kind = kind < 0 ? 0 : kind;
    class_index = class_index < 0 ? 0 : class_index;
    return (class_index * m->model.n_kinds + kind) * 2 + l->courtesy;
}

static void read_came(const struct morning *k, struct leg *legs, int n, struct came *out)
{
    static struct call_row row[PEOPLE];
    int64_t open = date_instant(k->day, k->m->open_s), last = 0;
    int rows = 0;
    memset(out, 0, sizeof *out);
    qsort(legs, (size_t)n, sizeof *legs, by_ticket);
    for (int i = 0; i < n && out->n < PEOPLE && rows < PEOPLE; i++) {
        const struct leg *l = &legs[i];
        int64_t until = l->called_us ? l->called_us : l->ended_us;
        bool first = l->ticket.n != last, waits = l->queued_us > 0 && until > l->queued_us;
        if (first)
            out->n_tickets++;
        int at = out->n_tickets - 1;
        last = l->ticket.n;
        double wait = waits ? (double)(until - l->queued_us) / 6e7 : 0;
        double took = l->called_us ? (double)(l->ended_us - l->called_us) / 6e7 : 0;
        int64_t came = first && l->slot_us ? l->checked_in_us : l->queued_us;
        if (first)
            out->class_of[at] = k->m->class_of[l->class_index];
        out->waited[at] += wait;
        if (first)
            out->first[at] = wait;
        if (!first && !waits && rows > 0) { /* goes on at the window */
            row[rows - 1].work += took;
            continue;
        }
        out->list[out->n++] = (struct visit){ .t = (double)(came - open) / 6e7,
                                              .since = (double)(l->since_us - open) / 6e7,
                                              .wait = wait,
                                              .patience = l->called_us ? INFINITY : wait,
                                              .group = group_of(k->m, l),
                                              .ticket = at,
                                              .order = out->n,
                                              .later = !first,
                                              .absent = l->outcome == LEG_NO_SHOW };
        if (l->called_us)
            row[rows++] =
                (struct call_row){ (double)(l->called_us - open) / 6e7, took, l->window.n };
    }
    out->calls = rows;
    works_of(row, rows, out->work);
    qsort(out->list, (size_t)out->n, sizeof *out->list, by_t);
}

/* ---- the windows as they were ---- */

static void crew_of(const struct morning *k, const struct window_span *s, int n,
                    struct plan_crew *out)
{
    int64_t open = date_instant(k->day, k->m->open_s);
    memset(out, 0, sizeof *out);
    out->n = k->m->n_windows;
    for (int i = 0; i < out->n; i++) {
        struct plan_window *w = &out->windows[i];
        double from[PLAN_SPANS], to[PLAN_SPANS];
        int spans = 0;
        memcpy(w->preference, k->m->windows[i].preference, sizeof w->preference);
        for (int j = 0; j < n; j++)
            if (s[j].window.n == k->m->windows[i].id.n && !s[j].pause && spans < PLAN_SPANS) {
                from[spans] = (double)(s[j].from_us - open) / 6e7;
                to[spans++] = (double)(s[j].until_us - open) / 6e7;
            }
        for (int j = 0; j < n; j++) /* a pause parts a span */
            if (s[j].window.n == k->m->windows[i].id.n && s[j].pause && spans < PLAN_SPANS)
                for (int x = 0; x < spans; x++) {
                    double a = (double)(s[j].from_us - open) / 6e7,
                           b = (double)(s[j].until_us - open) / 6e7;
                    if (from[x] <= a && b <= to[x]) {
                        from[spans] = b;
                        to[spans++] = to[x];
                        to[x] = a;
                        break;
                    }
                }
        for (int x = 0; x < spans; x++) { /* in order */
            int at = w->n++;
            for (; at > 0 && w->spans[at - 1].from > from[x]; at--)
                w->spans[at] = w->spans[at - 1];
            w->spans[at] = (struct plan_span){ .from = from[x], .to = to[x] };
        }
        if (w->n > 0 && w->spans[w->n - 1].to > (k->m->close_s - k->m->open_s) / 60. - 1)
            w->spans[w->n - 1].to = INFINITY;
    }
}

/* ---- trying ---- */

static void count(int class_index, double wait, double weight, struct cell *to)
{
    bool mid = class_index > 0;
    to->n += weight;
    to->late += wait > 20 ? weight : 0;
    to->mid += mid ? weight : 0;
    to->mid_late += mid && wait > 10 ? weight : 0;
}

static void true_patience(struct plan_day *d, uint64_t seed, int f)
{
    struct chance c = chance_of(seed, (uint64_t)f, 77);
    for (int i = 0; d->patience && i < d->n; i++)
        d->patience[i] =
            d->patience[i] < 0 ? -1 : exp(log(patience_median) + patience_sd * chance_normal(&c));
}

static void put_came(const struct came *k, enum variant v, struct plan_day *d)
{
    d->n = 0;
    for (int i = 0; i < k->n; i++) {
        const struct visit *x = &k->list[i];
        if (x->later && v < REPLAY)
            continue;
        int at = d->n++;
        CHECK((size_t)d->n < d->room);
        d->t[at] = x->t;
        if (d->since != d->t)
            d->since[at] = x->since;
        if (v >= TRUE_WANTS)
            d->group[at] = (uint8_t)x->group;
        if (v >= REPLAY)
            d->patience[at] = x->patience;
        if (v >= REPLAY && d->silent)
            d->silent[at] = 0;
    }
    for (int i = 0; v >= REPLAY && i < k->calls; i++)
        d->work[i] = k->work[i];
    for (int i = k->calls; v >= REPLAY && i < d->n; i++)
        d->work[i] = 7;
    if (v >= REPLAY)
        d->uniform = false;
}

static void try_one(struct why *w, const struct morning *k, const struct came *came, enum variant v,
                    const struct plan_crew *crew, struct cell *to)
{
    static double trace[PEOPLE], total[PEOPLE];
    struct arena *arena = arena_new((size_t)1 << 30);
    struct plan_model *m = malloc(sizeof *m);
    struct plan_day day = { .room = 0 };
    uint64_t seed = 7 + (uint64_t)k->outlet.n * 1000 + (uint64_t)k->day.days * 100000;
    int draws = v >= REPLAY ? 1 : v == AS_IT_IS ? 5 * w->draws : w->draws;
    CHECK(m);
    memcpy(m, &k->m->model, sizeof *m);
    if (v >= TRUE_TIMES) {
        m->trace = trace;
        m->n_trace = came->n;
        m->n_bookings = 1; /* for since */
        m->bookings[0] = (struct plan_booking){ .show = 0 };
        m->patience = m->patience > 0 ? m->patience : 1e9;
    }
    for (int i = 0; i < came->n; i++)
        trace[i] = came->list[i].t;
    for (int f = 0; f < draws; f++) {
        plan_day_draw(m, seed, (uint64_t)f, arena, &day);
        if (v >= TRUE_TIMES)
            put_came(came, v, &day);
        if (v == TRUE_PATIENCE || v == TRUE_WINDOWS)
            true_patience(&day, seed, f);
        plan_run(m, crew, &day, true);
        if (v < REPLAY) {
            for (int i = 0; i < day.n; i++)
                count(day.group[i] / 2 / m->n_kinds, day.wait[i], 1. / draws, to);
            continue;
        }
        memset(total, 0, sizeof total);
        for (int i = 0; i < day.n; i++)
            total[came->list[i].ticket] += came->list[i].later
                                               ? fmax(0, day.wait[i] - (day.t[i] - day.since[i]))
                                               : day.wait[i];
        for (int i = 0; i < came->n_tickets; i++)
            count(came->class_of[i], total[i], 1. / draws, to);
    }
    free(m);
    arena_free(arena);
}

static void add_totals(struct totals *sum, const struct plan_model *m, const struct came *k)
{
    double expected = 0, people = k->n_tickets;
    for (int i = 0; i < m->slots; i++)
        expected += m->expected[i];
    sum->expected += expected;
    sum->came += people;
    sum->said_cv2 += m->day_cv * m->day_cv;
    sum->seen_cv2 += pow(people / expected - 1, 2) - 1 / expected;
    for (int i = 0; i < k->calls; i++)
        sum->work_seen += k->work[i];
    for (int i = 0; i < k->n; i++) {
        const struct visit *x = &k->list[i];
        const struct plan_service_time *t = &m->kinds[x->group / 2 % m->n_kinds].takes;
        if (!x->later && !isfinite(x->patience))
            sum->work_said += x->absent ? m->absent_takes : t->mean;
    }
}

int why_day(struct call *c, struct why *w)
{
    struct came *came = malloc(sizeof *came);
    struct plan_crew *crew = malloc(sizeof *crew);
    struct arena *arena = c->arena, *own = arena_new((size_t)64 << 20);
    int rc = 0;
    CHECK(came && crew);
    c->arena = own;
    for (int i = 0; !rc && i < w->n && w->n_clusters < CLUSTERS; i++) {
        struct morning *k = &w->at[i];
        struct leg *legs;
        struct window_span *spans;
        struct cell *to = w->of[w->n_clusters];
        int n = 0, m = 0;
        rc = legs_of_day(c, k->outlet, k->day, &legs, &n);
        if (!rc)
            rc = lobby_window_spans(c, k->outlet, date_instant(k->day, 0),
                                    date_instant(k->day, 86400), &spans, &m);
        if (rc)
            break;
        read_came(k, legs, n, came);
        crew_of(k, spans, m, crew);
        for (int v = 0; v < FIRST_CALLS; v++)
            try_one(w, k, came, v, v >= TRUE_WINDOWS ? crew : k->crew, &to[v]);
        add_totals(&w->sum, &k->m->model, came);
        for (int t = 0; t < came->n_tickets; t++) {
            count(came->class_of[t], came->first[t], 1, &to[FIRST_CALLS]);
            count(came->class_of[t], came->waited[t], 1, &to[CAME]);
        }
        w->n_clusters++;
        arena_clear(own);
    }
    c->arena = arena;
    arena_free(own);
    free(came);
    free(crew);
    return rc;
}

static void tell_totals(const struct why *w)
{
    const struct totals *t = &w->sum;
    double n = w->n_clusters;
    printf("expected %.0f, came %.0f; the day's level strays by %.3f, said %.3f; minutes of windows"
           " %.0f, said %.0f\n",
           t->expected, t->came, sqrt(fmax(0, t->seen_cv2 / n)), sqrt(t->said_cv2 / n),
           t->work_seen, t->work_said);
}

void why_tell(const struct why *w)
{
    double late[VARIANTS] = { 0 }, n[VARIANTS] = { 0 };
    for (int i = 0; i < w->n_clusters; i++)
        for (int v = 0; v < VARIANTS; v++) {
            late[v] += w->of[i][v].late;
            n[v] += w->of[i][v].n;
        }
    printf("late, less what came, standard error by %d days of an outlet:\n", w->n_clusters);
    for (int v = 0; v < VARIANTS; v++) {
        double squares = 0, m = w->n_clusters;
        for (int i = 0; i < w->n_clusters; i++) {
            const struct cell *a = &w->of[i][v], *b = &w->of[i][CAME];
            double off = (a->late - late[v] / n[v] * a->n) / n[v] -
                         (b->late - late[CAME] / n[CAME] * b->n) / n[CAME];
            squares += off * off;
        }
        printf("  %-42s %.0f people, %.4f late, %+.4f (%.4f)\n", variant_name[v], n[v],
               late[v] / n[v], late[v] / n[v] - late[CAME] / n[CAME],
               m > 1 ? sqrt(squares * m / (m - 1)) : 0);
    }
    tell_totals(w);
}
