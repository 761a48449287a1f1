/* cover.c -- See cover.h. */
#include "plan/cover_priv.h"

#include <math.h>
#include <string.h>

#include "base/banned.h"

int cover_wanted(const struct cover *c, int slot)
{
    int first = -1, last = -1;
    for (int t = 0; t < c->slots; t++)
        if (c->need[t] > 0) {
            first = first < 0 ? t : first;
            last = t;
        }
    bool open = first >= 0 && slot >= first && slot <= last;
    return open && c->need[slot] < c->min_people ? c->min_people : c->need[slot];
}

/* Breaks of the same length whose windows, sorted by begin, are sorted by end, too. */
bool cover_may_imply(const struct cover *c)
{
    int length = 0;
    for (int i = 0; i < c->n_shifts; i++) {
        const struct cover_shift *a = &c->shifts[i];
        if (a->break_slots == 0)
            continue;
        if (length && a->break_slots != length)
            return false;
        length = a->break_slots;
        for (int k = 0; k < i; k++) {
            const struct cover_shift *b = &c->shifts[k];
            if (b->break_slots == 0)
                continue;
            if ((a->break_from < b->break_from && a->break_until > b->break_until) ||
                (b->break_from < a->break_from && b->break_until > a->break_until))
                return false;
        }
    }
    return length > 0;
}

/* ---- the program ---- */

static bool breaks(const struct cover_program *p, const struct cover_shift *s)
{
    return s->break_slots > 0 && !p->no_breaks;
}

static void add_columns(const struct cover *c, struct cover_program *p)
{
    for (int i = 0; i < c->n_shifts; i++) {
        const struct cover_shift *s = &c->shifts[i];
        int from = -1, until = -1;
        if (breaks(p, s) && !p->implicit) {
            from = s->break_from;
            until = s->break_until - s->break_slots;
        }
        for (int b = from; b <= until; b++) {
            int at = milp_col(&p->m, 0, p->no_limits ? (double)INFINITY : (double)s->max,
                              p->elastic ? 0 : s->cost, true);
            CHECK(at == p->n_columns && at < (int)COUNT(p->column));
            p->column[p->n_columns++] = (struct cover_use){ i, b, 0 };
        }
    }
    p->first_break = p->m.n_cols;
    for (int t = 0; p->implicit && t < c->slots; t++)
        milp_col(&p->m, 0, INFINITY, 0, true);
    p->first_short = p->m.n_cols;
    for (int t = 0; p->elastic && t < c->slots; t++)
        milp_col(&p->m, 0, INFINITY, 1, false);
}

static bool at_work(const struct cover *c, const struct cover_use *u, int slot)
{
    const struct cover_shift *s = &c->shifts[u->shift];
    return s->on[slot] &&
           (u->break_start < 0 || slot < u->break_start || slot >= u->break_start + s->break_slots);
}

static void add_cover_rows(const struct cover *c, struct cover_program *p)
{
    int length = 0;
    for (int i = 0; i < c->n_shifts; i++)
        length = breaks(p, &c->shifts[i]) ? c->shifts[i].break_slots : length;
    for (int t = 0; t < c->slots; t++) {
        int wanted = cover_wanted(c, t);
        if (wanted == 0)
            continue;
        int row = milp_row(&p->m, wanted, INFINITY);
        for (int k = 0; k < p->n_columns; k++)
            if (at_work(c, &p->column[k], t))
                milp_put(&p->m, row, k, 1);
        for (int b = t - length + 1; p->implicit && b <= t; b++)
            if (b >= 0)
                milp_put(&p->m, row, p->first_break + b, -1);
        if (p->elastic)
            milp_put(&p->m, row, p->first_short + t, 1);
    }
}

static void add_limit_rows(const struct cover *c, struct cover_program *p)
{
    for (int i = 0; i < c->n_shifts && !p->no_limits; i++) {
        const struct cover_shift *s = &c->shifts[i];
        int row = milp_row(&p->m, s->min, s->max);
        for (int k = 0; k < p->n_columns; k++)
            if (p->column[k].shift == i)
                milp_put(&p->m, row, k, 1);
    }
    if (c->max_people && !p->no_people) {
        int row = milp_row(&p->m, 0, c->max_people);
        for (int k = 0; k < p->n_columns; k++)
            milp_put(&p->m, row, k, 1);
    }
}

/* One condition of the sharing out: the breaks that begin in [from, until] are at least (or, of
 * all, as many as) the people whose whole window of starts lies there. */
static void add_break_row(const struct cover *c, struct cover_program *p, int from, int until,
                          bool all)
{
    int row = milp_row(&p->m, 0, all ? 0 : INFINITY);
    for (int b = from; b <= until; b++)
        milp_put(&p->m, row, p->first_break + b, 1);
    for (int k = 0; k < p->n_columns; k++) {
        const struct cover_shift *s = &c->shifts[p->column[k].shift];
        if (s->break_slots && s->break_from >= from && s->break_until - s->break_slots <= until)
            milp_put(&p->m, row, k, -1);
    }
}

static void add_break_rows(const struct cover *c, struct cover_program *p)
{
    int first = c->slots, last = 0;
    bool begin[PLAN_SLOTS] = { false }, end[PLAN_SLOTS] = { false };
    for (int i = 0; i < c->n_shifts; i++) {
        const struct cover_shift *s = &c->shifts[i];
        if (!s->break_slots)
            continue;
        begin[s->break_from] = true;
        end[s->break_until - s->break_slots] = true;
        first = s->break_from < first ? s->break_from : first;
        last = s->break_until - s->break_slots > last ? s->break_until - s->break_slots : last;
    }
    add_break_row(c, p, first, last, true);
    for (int t = 0; t < c->slots; t++) {
        if (end[t] && t < last)
            add_break_row(c, p, first, t, false);
        if (begin[t] && t > first)
            add_break_row(c, p, t, last, false);
        if (t < first || t > last) /* nobody's window: no breaks */
            p->m.cols[p->first_break + t].high = 0;
    }
}

void cover_build(const struct cover *c, struct arena *arena, struct cover_program *p)
{
    milp_init(&p->m, arena);
    p->n_columns = 0;
    add_columns(c, p);
    add_cover_rows(c, p);
    add_limit_rows(c, p);
    if (p->implicit)
        add_break_rows(c, p);
}

/* ---- the answer ---- */

static void use(struct cover_answer *out, int shift, int break_start, int people)
{
    if (people <= 0)
        return;
    for (int i = 0; i < out->n_uses; i++)
        if (out->uses[i].shift == shift && out->uses[i].break_start == break_start) {
            out->uses[i].people += people;
            return;
        }
    CHECK(out->n_uses < COVER_USES);
    out->uses[out->n_uses++] = (struct cover_use){ shift, break_start, people };
}

/* Shares the breaks out, in the order of time: each to the shift whose window ends first. */
static void share_breaks(const struct cover *c, const struct cover_program *p, const double *x,
                         struct cover_answer *out)
{
    int left[COVER_SHIFTS] = { 0 };
    for (int k = 0; k < p->n_columns; k++) {
        int shift = p->column[k].shift;
        if (c->shifts[shift].break_slots)
            left[shift] += (int)x[k];
        else
            use(out, shift, -1, (int)x[k]);
    }
    for (int t = 0; t < c->slots; t++)
        for (int n = (int)x[p->first_break + t]; n > 0;) {
            int best = -1;
            for (int i = 0; i < c->n_shifts; i++)
                if (left[i] > 0 && c->shifts[i].break_from <= t &&
                    c->shifts[i].break_until - c->shifts[i].break_slots >= t &&
                    (best < 0 || c->shifts[i].break_until < c->shifts[best].break_until))
                    best = i;
            CHECK(best >= 0); /* the conditions say that somebody can have it */
            int some = left[best] < n ? left[best] : n;
            use(out, best, t, some);
            left[best] -= some;
            n -= some;
        }
}

static void read_answer(const struct cover *c, const struct cover_program *p,
                        const struct milp_answer *a, struct cover_answer *out)
{
    if (p->implicit)
        share_breaks(c, p, a->x, out);
    for (int k = 0; k < p->n_columns && !p->implicit; k++)
        use(out, p->column[k].shift, p->column[k].break_start, (int)a->x[k]);
    for (int i = 0; i < out->n_uses; i++) {
        out->people += out->uses[i].people;
        for (int t = 0; t < c->slots; t++)
            if (at_work(c, &out->uses[i], t))
                out->at_work[t] += out->uses[i].people;
    }
    for (int t = 0; t < c->slots; t++)
        CHECK(out->at_work[t] >= cover_wanted(c, t));
}

int cover_solve(const struct cover *c, struct arena *arena, milp_watch *watch, void *ctx,
                struct cover_answer *out)
{
    struct cover_program *p = arena_alloc(arena, sizeof *p);
    struct milp_answer a;
    memset(out, 0, sizeof *out);
    p->implicit = c->implicit && cover_may_imply(c);
    cover_build(c, arena, p);
    out->columns = p->m.n_cols;
    if (p->m.n_cols == 0) { /* no shifts at all */
        out->state = MILP_INFEASIBLE;
        return cover_explain(c, arena, out);
    }
    struct milp_order o = {
        .engine = MILP_GLPK, .seconds = c->seconds, .gap = c->gap, .watch = watch, .ctx = ctx
    };
    int rc = milp_solve(&p->m, &o, &a);
    if (rc)
        return rc;
    out->state = a.state;
    out->seconds = a.seconds;
    out->bound = a.bound;
    if (a.state == MILP_INFEASIBLE)
        return cover_explain(c, arena, out);
    if (!a.x)
        return 0;
    out->cost = a.cost;
    out->gap = a.gap;
    read_answer(c, p, &a, out);
    return 0;
}
