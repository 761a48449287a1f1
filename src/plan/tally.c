/* tally.c -- What the simulated days add up to. See sim.h. */
#include "plan/sim.h"

#include <math.h>
#include <string.h>

#include "base/banned.h"

static void cell_add(struct plan_cell *c, double wait, bool gave_up, bool late)
{
    c->n++;
    c->gave_up += gave_up;
    c->late += late;
    if (!isfinite(wait))
        return;
    c->called += !gave_up;
    c->wait += wait;
    c->wait2 += wait * wait;
}

void plan_cell_day(struct plan_cell *c, int64_t customers, int64_t were_late)
{
    double n = (double)customers, late = (double)were_late;
    c->n += customers;
    c->late += were_late;
    c->late2 += late * late;
    c->late_n += late * n;
    c->n2 += n * n;
}

/* A day's sums to the sums of all days. */
static void cell_merge(struct plan_cell *to, const struct plan_cell *day)
{
    plan_cell_day(to, day->n, day->late);
    to->gave_up += day->gave_up;
    to->called += day->called;
    to->wait += day->wait;
    to->wait2 += day->wait2;
}

static void cell_plus(struct plan_cell *to, const struct plan_cell *c)
{
    to->n += c->n;
    to->late += c->late;
    to->gave_up += c->gave_up;
    to->called += c->called;
    to->wait += c->wait;
    to->wait2 += c->wait2;
}

static int bin_of(double wait)
{
    return wait * 10 < PLAN_BINS - 10 ? (int)(wait * 10) : PLAN_BINS - 1;
}

void plan_tally_add(const struct plan_model *m, const struct plan_day *d, struct plan_tally *t)
{
    struct plan_cell day[PLAN_SLOTS][PLAN_CELLS];
    double within[PLAN_CELLS] = { m->within }, per = 1 / m->slot;
    int cells = m->n_classes > 1 ? m->n_classes + 1 : 1;
    for (int k = 1; k < cells; k++)
        within[k] = m->classes[k - 1].within > 0 ? m->classes[k - 1].within : m->within;
    for (int s = 0; s < m->slots; s++)
        memset(day[s], 0, sizeof day[s][0] * (size_t)cells);
    for (int i = 0; i < d->n; i++) {
        int slot = (int)(d->since[i] * per), own = d->group ? d->group[i] / 2 / m->n_kinds + 1 : 1;
        double wait = d->wait[i];
        bool gave_up = d->gave_up[i], fails = gave_up && m->abandon_fails;
        slot = slot < m->slots ? slot : m->slots - 1;
        cell_add(&day[slot][0], wait, gave_up, fails || wait > within[0]);
        if (t->bins)
            t->bins[0][bin_of(wait)]++;
        if (cells == 1)
            continue;
        cell_add(&day[slot][own], wait, gave_up, fails || wait > within[own]);
        if (t->bins)
            t->bins[own][bin_of(wait)]++;
    }
    for (int k = 0; k < cells; k++) {
        struct plan_cell whole = { 0 };
        for (int s = 0; s < m->slots; s++) {
            cell_merge(&t->slot[s][k], &day[s][k]);
            cell_plus(&whole, &day[s][k]);
        }
        cell_merge(&t->whole[k], &whole);
    }
    t->days++;
    t->customers += d->n;
}

double plan_late_share(const struct plan_cell *c)
{
    return c->n > 0 ? (double)c->late / (double)c->n : 0;
}

/* The ratio of two sums over days: variance of late - p n, summed over days, over n^2. */
double plan_late_upper(const struct plan_cell *c, double z)
{
    if (c->n == 0)
        return 0;
    double p = plan_late_share(c), n = (double)c->n;
    double v = c->late2 - 2 * p * c->late_n + p * p * c->n2;
    /* nobody late yet: as if one were, so that a short run cannot certify */
    v = v > 1 ? v : 1;
    return p + z * sqrt(v) / n;
}

double plan_wait_share(const struct plan_tally *t, int cell, double share)
{
    int64_t all = 0, sum = 0;
    for (int b = 0; b < PLAN_BINS; b++)
        all += t->bins[cell][b];
    for (int b = 0; b < PLAN_BINS; b++) {
        sum += t->bins[cell][b];
        if (all > 0 && (double)sum >= share * (double)all)
            return b == PLAN_BINS - 1 ? INFINITY : b == 0 ? 0 : (b + 0.5) / 10;
    }
    return 0;
}

void plan_simulate(const struct plan_model *m, const struct plan_crew *crew, uint64_t seed,
                   uint64_t first, int64_t count, struct plan_tally *t)
{
    struct arena *arena = arena_new((size_t)4 << 30);
    struct plan_day day = { .room = 0 };
    for (int64_t i = 0; i < count; i++) {
        plan_day_draw(m, seed, first + (uint64_t)i, arena, &day);
        plan_run(m, crew, &day, false);
        plan_tally_add(m, &day, t);
    }
    arena_free(arena);
}
