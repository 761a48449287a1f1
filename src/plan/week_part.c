/* week_part.c -- A part of the roster as a whole-number program. See week.h, week_priv.h.
 *
 * A column is one shift of one person on one day at one outlet that is lawful by itself. Turns cost
 * more the more somebody has had (also in the weeks before): continuous columns with rising cost,
 * which fill from below by themselves. Skills need no columns: by Hall's theorem a half-hour is
 * short of the most that any set of skills lacks. */
#include "plan/week_priv.h"

#include <math.h>
#include <string.h>

#include "base/banned.h"

struct column {
    struct week_work x;
    bool forced;
};
struct program {
    const struct week_part *p;
    const struct week *w;
    struct milp m;
    struct arena *arena;
    struct column *columns;
    int n, room;
    int *first; /* [person * days + day]: index of its first column; [+1] the end */
};

static void add_column(struct program *g, const struct week_work *x, bool forced)
{
    if (g->n == g->room) {
        int room = g->room ? g->room * 2 : 1024;
        struct column *more = arena_alloc(g->arena, sizeof *more * (size_t)room);
        if (g->n)
            memcpy(more, g->columns, sizeof *more * (size_t)g->n);
        g->columns = more;
        g->room = room;
    }
    g->columns[g->n++] = (struct column){ *x, forced };
}

static bool same(const struct week_work *a, const struct week_work *b)
{
    return a->person == b->person && a->day == b->day && a->unit == b->unit && a->from == b->from &&
           a->until == b->until && a->break_minutes == b->break_minutes &&
           (a->break_minutes == 0 || a->break_from == b->break_from);
}

/* What the roster has already, then what the list of shifts offers. A pin leaves no other choice.
 */
static void columns_of(struct program *g, const struct week_roster *r, int person, int day)
{
    const struct week *w = g->w;
    int from = g->n;
    for (int i = 0; i < r->n; i++)
        if (r->work[i].person == person && r->work[i].day == day) {
            add_column(g, &r->work[i], r->work[i].pinned);
            if (r->work[i].pinned)
                return;
        }
    for (int u = 0; u < w->n_units; u++) {
        bool home = u == w->people[person].unit;
        if (!(g->p->units >> u & 1) || (!home && !g->p->lend))
            continue;
        for (int s = 0; s < w->n_shifts; s++) {
            const struct week_shift *k = &w->shifts[s];
            struct week_work x = { .person = person,
                                   .day = day,
                                   .unit = u,
                                   .from = k->from,
                                   .until = k->until,
                                   .break_from = k->break_from,
                                   .break_minutes = k->break_minutes };
            bool has = false;
            for (int i = from; i < g->n; i++)
                has |= same(&g->columns[i].x, &x);
            if (!has && (k->units >> u & 1) && week_lawful(w, &x))
                add_column(g, &x, false);
        }
    }
}

static double cost_of(const struct week *w, const struct week_work *x)
{
    const struct week_person *p = &w->people[x->person];
    bool turns[WEEK_TURNS];
    week_turns_of(w, x->day, x->from, x->until, turns);
    double cost = w->weights.hour * week_paid(x) / 60.0;
    if ((p->likes < 0 && turns[TURN_LATE]) || (p->likes > 0 && turns[TURN_EARLY]))
        cost += w->weights.likes;
    if (x->unit != p->unit)
        cost += w->weights.lend;
    return cost - p->wish[x->day] * w->weights.wish; /* a day wished for: a cost saved */
}

/* ---- rows about one person ---- */

#define FOR_DAY(g, i, person, day)                            \
    for (int i = (g)->first[(person) * (g)->w->days + (day)]; \
         i < (g)->first[(person) * (g)->w->days + (day) + 1]; i++)

static void person_hours(struct program *g, int person)
{
    const struct week_person *p = &g->w->people[person];
    int due = week_minutes_due(g->w, p), from = g->first[person * g->w->days],
        until = g->first[(person + 1) * g->w->days];
    if (from == until && due == 0)
        return;
    int under = milp_col(&g->m, 0, due, g->w->weights.hour_under / 60, false);
    int least = milp_row(&g->m, due, INFINITY), most = milp_row(&g->m, 0, p->minutes_max);
    milp_put(&g->m, least, under, 1);
    for (int i = from; i < until; i++) {
        milp_put(&g->m, least, i, week_paid(&g->columns[i].x));
        milp_put(&g->m, most, i, week_paid(&g->columns[i].x));
    }
}

static void person_turns(struct program *g, int person)
{
    const struct week *w = g->w;
    int from = g->first[person * w->days], until = g->first[(person + 1) * w->days];
    for (int k = 0; k < WEEK_TURNS; k++) {
        int row = -1;
        for (int i = from; i < until; i++) {
            bool turns[WEEK_TURNS];
            const struct week_work *x = &g->columns[i].x;
            week_turns_of(w, x->day, x->from, x->until, turns);
            if (!turns[k])
                continue;
            row = row < 0 ? milp_row(&g->m, 0, 0) : row;
            milp_put(&g->m, row, i, 1);
        }
        for (int d = 0; row >= 0 && d < w->days; d++)
            milp_put(&g->m, row,
                     milp_col(&g->m, 0, 1, week_turn_cost(w, w->people[person].owed[k] + d), false),
                     -1);
    }
}

static void person_rows(struct program *g, int person)
{
    const struct week *w = g->w;
    int most = w->rules.days_in_row;
    for (int d = 0; d < w->days; d++) {
        int row = milp_row(&g->m, 0, 1);
        FOR_DAY(g, i, person, d)
        milp_put(&g->m, row, i, 1);
    }
    /* In any most + 1 days in a row, those before the first day among them, one is free. */
    for (int d = -most; d + most < w->days; d++) {
        int before = d < 0 ? -d : 0;
        if (before > w->people[person].days_before || (d < 0 && d + most < 0))
            continue;
        int row = milp_row(&g->m, -INFINITY, most - before);
        for (int k = d < 0 ? 0 : d; k <= d + most; k++)
            FOR_DAY(g, i, person, k)
        milp_put(&g->m, row, i, 1);
    }
}

/* A late end and an early begin on the next day exclude each other: a row for each late end. */
static void person_rest(struct program *g, int person)
{
    const struct week *w = g->w;
    int before = w->people[person].until_before;
    FOR_DAY(g, i, person, 0)
    if (before >= 0 && g->columns[i].x.from + 1440 - before < w->rules.rest_minutes)
        g->m.cols[i].high = 0; /* a pinned one is dropped before */
    for (int d = 0; d + 1 < w->days; d++) {
        bool done[1441] = { false };
        FOR_DAY(g, i, person, d)
        {
            int end = g->columns[i].x.until, earliest = end + w->rules.rest_minutes - 1440;
            if (earliest <= 0 || done[end])
                continue;
            done[end] = true;
            int row = -1;
            FOR_DAY(g, k, person, d + 1)
            if (g->columns[k].x.from < earliest) {
                row = row < 0 ? milp_row(&g->m, 0, 1) : row;
                milp_put(&g->m, row, k, 1);
            }
            FOR_DAY(g, k, person, d)
            if (row >= 0 && g->columns[k].x.until >= end)
                milp_put(&g->m, row, k, 1);
        }
    }
}

/* ---- rows about one half-hour ---- */

/* Those who are not free in this part and work there. */
static void fixed_at(const struct program *g, const struct week_roster *r, int unit, int day,
                     int slot, int *people, int by_skills[1 << WEEK_SKILLS])
{
    *people = 0;
    memset(by_skills, 0, sizeof(int) * (1 << WEEK_SKILLS));
    for (int i = 0; i < r->n; i++) {
        const struct week_work *x = &r->work[i];
        if (g->p->free[x->person] || x->unit != unit || x->day != day || !week_at_work(x, slot))
            continue;
        ++*people;
        by_skills[g->w->people[x->person].skills & ((1U << g->w->n_skills) - 1)]++;
    }
}

static void put_at_work(struct program *g, int row, int unit, int day, int slot, unsigned skills)
{
    for (int p = 0; p < g->w->n_people; p++) {
        if (!g->p->free[p] || !(g->w->people[p].skills & skills))
            continue;
        FOR_DAY(g, i, p, day)
        if (g->columns[i].x.unit == unit && week_at_work(&g->columns[i].x, slot))
            milp_put(&g->m, row, i, 1);
    }
}

/* Does each of these skills have a need of its own? Else a smaller set says as much. */
static bool all_needed(const struct week *w, const uint8_t *need, unsigned some)
{
    for (int k = 0; k < w->n_skills; k++)
        if (some >> k & 1 && need[k] == 0)
            return false;
    return true;
}

static void slot_rows(struct program *g, const struct week_roster *r, int unit, int day, int slot)
{
    const struct week *w = g->w;
    const uint8_t *need = w->units[unit].need[day][slot];
    int people, by_skills[1 << WEEK_SKILLS], lack = -1;
    unsigned all = (1U << w->n_skills) - 1;
    fixed_at(g, r, unit, day, slot, &people, by_skills);
    for (unsigned some = 1; some <= all; some++) {
        int have = 0, wanted = week_need_of(w, need, some);
        for (unsigned s = 1; s <= all; s++)
            have += s & some ? by_skills[s] : 0;
        if (wanted <= have || !all_needed(w, need, some))
            continue;
        lack = lack < 0 ? milp_col(&g->m, 0, INFINITY, w->weights.short_slot, false) : lack;
        int row = milp_row(&g->m, wanted - have, INFINITY);
        milp_put(&g->m, row, lack, 1);
        put_at_work(g, row, unit, day, slot, some);
    }
    if (people >= w->rules.min_people)
        return;
    int row = milp_row(&g->m, w->rules.min_people - people, INFINITY);
    milp_put(&g->m, row, milp_col(&g->m, 0, INFINITY, w->weights.few_people, false), 1);
    put_at_work(g, row, unit, day, slot, ~0U);
}

static void build(struct program *g, const struct week_roster *r)
{
    const struct week *w = g->w;
    int first, last;
    milp_init(&g->m, g->arena);
    g->first = arena_alloc(g->arena, sizeof *g->first * (size_t)(w->n_people * w->days + 1));
    for (int p = 0; p < w->n_people; p++)
        for (int d = 0; d < w->days; d++) {
            g->first[p * w->days + d] = g->n;
            if (g->p->free[p])
                columns_of(g, r, p, d);
            g->first[p * w->days + d + 1] = g->n;
        }
    for (int i = 0; i < g->n; i++) {
        int at = milp_col(&g->m, g->columns[i].forced, 1, cost_of(w, &g->columns[i].x), true);
        CHECK(at == i);
    }
    for (int p = 0; p < w->n_people; p++)
        if (g->p->free[p]) {
            person_rows(g, p);
            person_rest(g, p);
            person_hours(g, p);
            person_turns(g, p);
        }
    for (int u = 0; u < w->n_units; u++)
        for (int d = 0; d < w->days; d++)
            if (g->p->units >> u & 1 && w->units[u].open[d] &&
                week_span(&w->units[u], d, w->n_skills, &first, &last))
                for (int t = first; t <= last; t++)
                    slot_rows(g, r, u, d, t);
}

/* The roster as it is, as an answer to begin with: the columns, and the least of the others. */
static double *start_of(struct program *g, const struct week_roster *r)
{
    const struct milp *m = &g->m;
    double *x = arena_alloc(g->arena, sizeof *x * (size_t)m->n_cols);
    double *sum = arena_alloc(g->arena, sizeof *sum * (size_t)(m->n_rows + 1));
    for (int k = 0; k < r->n; k++) {
        if (!g->p->free[r->work[k].person])
            continue;
        for (int i = g->first[r->work[k].person * g->w->days + r->work[k].day]; i < g->n; i++)
            if (same(&g->columns[i].x, &r->work[k])) {
                x[i] = 1;
                break;
            }
    }
    for (int i = 0; i < m->n_puts; i++)
        if (m->puts[i].col < g->n)
            sum[m->puts[i].row] += m->puts[i].value * x[m->puts[i].col];
    /* Each other column fills what its row still lacks; cheaper ones come first in a row. */
    for (int i = 0; i < m->n_puts; i++) {
        const struct milp_put *put = &m->puts[i];
        if (put->col < g->n)
            continue;
        double lack = m->rows[put->row].low - sum[put->row];
        double most = fmin(m->cols[put->col].high, 1e9);
        double want = put->value < 0 ? sum[put->row] - m->rows[put->row].high : lack;
        want = fmin(fmax(want, 0), most);
        if (want > x[put->col]) {
            sum[put->row] += put->value * (want - x[put->col]);
            x[put->col] = want;
        }
    }
    return milp_fits(m, x, 1e-6) ? x : NULL;
}

int week_part_solve(const struct week_part *p, struct week_roster *r, const struct milp_order *o,
                    struct arena *arena, struct milp_answer *out)
{
    struct program g = { .p = p, .w = p->w, .arena = arena };
    build(&g, r);
    *out = (struct milp_answer){ .state = MILP_OPTIMAL };
    if (g.n == 0)
        return 0; /* nobody can work: nothing to decide */
    struct milp_order order = *o;
    order.start = start_of(&g, r);
    int rc = milp_solve(&g.m, &order, out);
    if (rc || !out->x)
        return rc;
    int n = 0;
    for (int i = 0; i < r->n; i++)
        if (!p->free[r->work[i].person])
            r->work[n++] = r->work[i];
    r->n = n;
    for (int i = 0; i < g.n; i++)
        if (out->x[i] > .5)
            week_add(r, arena, &g.columns[i].x);
    return 0;
}
