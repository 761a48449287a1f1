/* day.c -- Draws the day that is then simulated. See sim.h. */
#include "plan/sim.h"
#include "plan/chance.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

enum purpose { OF_LEVEL, OF_ARRIVALS, OF_GROUPS, OF_PATIENCE, OF_WORK, OF_LATENESS, OF_BOOKINGS };

int plan_model_rule(struct plan_model *m, const char *text, char *error, size_t error_size)
{
    m->rule_classes = (struct rule_classes){ .count = m->n_classes };
    for (int i = 0; i < m->n_classes; i++) {
        double within = m->classes[i].within > 0 ? m->classes[i].within : m->within;
        m->rule_classes.at[i].code = m->classes[i].code;
        m->rule_classes.at[i].rank = i;
        m->rule_classes.at[i].target_us = (int64_t)(within * 6e7);
    }
    return rule_parse(text, &m->rule_classes, &m->rule, error, error_size);
}

void plan_crew_of(const struct plan_model *m, const int *counts, struct plan_crew *out)
{
    out->n = 1;
    out->limited = true;
    for (int i = 0; i < m->slots; i++) {
        out->limit[i] = i == m->slots - 1 && counts[i] < 1 ? 1 : counts[i];
        out->n = out->limit[i] > out->n ? out->limit[i] : out->n;
    }
    CHECK(out->n <= PLAN_WINDOWS);
    for (int w = 0; w < out->n; w++) {
        memset(&out->windows[w], 0, sizeof out->windows[w]);
        out->windows[w].n = 1;
        out->windows[w].spans[0].to = INFINITY;
    }
}

/* ---- who comes ---- */

struct shares {
    double upto[RULE_CLASSES * PLAN_KINDS];
    int n;
};

/* Of those who come in a slot; where the mix does not change it is every slot's. */
static void shares_of(const struct plan_model *m, int slot, struct shares *s)
{
    double sum = 0;
    s->n = 0;
    for (int c = 0; c < m->n_classes; c++)
        for (int k = 0; k < m->n_kinds; k++)
            s->upto[s->n++] = sum +=
                m->classes[c].share * (m->mixed ? m->mix[slot][k] : m->kinds[k].share);
    for (int i = 0; i < s->n; i++)
        s->upto[i] /= sum;
}

/* Arrivals of a Poisson process: unit exponential steps of the expected count, slot by slot. */
static int draw_arrivals(const struct plan_model *m, double level, struct chance *c, double *t,
                         int max)
{
    double passed = 0, step = chance_exponential(c);
    int n = 0;
    for (int i = 0; i < m->slots; i++) {
        double here = m->expected[i] * level, per = here > 0 ? m->slot / here : 0;
        for (; step <= passed + here && n < max; step += chance_exponential(c))
            t[n++] = i * m->slot + (step - passed) * per;
        passed += here;
    }
    return n;
}

static int draw_bookings(const struct plan_model *m, struct chance *c, struct plan_day *d)
{
    int n = d->n;
    for (int i = 0; i < m->n_bookings; i++) {
        const struct plan_booking *b = &m->bookings[i];
        double shows = chance_unit(c), off = chance_normal(c);
        if (shows >= b->show)
            continue;
        double t = b->at - m->booking_early + m->booking_sd * off;
        t = t > 0 ? t : 0;
        int k = n++;
        CHECK(d->group); /* make_room() sees to it when there are bookings */
        uint8_t group = (uint8_t)((b->class_index * m->n_kinds + b->kind) * 2);
        for (; k > 0 && d->t[k - 1] > t; k--) {
            d->t[k] = d->t[k - 1];
            d->since[k] = d->since[k - 1];
            d->group[k] = d->group[k - 1];
        }
        d->t[k] = t;
        d->since[k] = t > b->at ? t : b->at;
        d->group[k] = group;
    }
    return n;
}

static void draw_groups(const struct plan_model *m, struct chance *c, struct plan_day *d)
{
    struct shares s;
    int of = 0;
    shares_of(m, of, &s);
    for (int i = 0; i < d->n; i++) {
        double u = chance_unit(c);
        int slot = (int)(d->t[i] / m->slot);
        slot = slot < m->slots ? slot : m->slots - 1;
        if (m->mixed && slot != of)
            shares_of(m, of = slot, &s);
        int g = 0;
        while (g < s.n - 1 && u >= s.upto[g])
            g++;
        bool courtesy = m->courtesy_share > 0 && chance_unit(c) < m->courtesy_share;
        d->group[i] = (uint8_t)(g * 2 + courtesy);
    }
}

static double lognormal(const struct plan_service_time *s, double normal)
{
    double sd = sqrt(log1p(s->cs2));
    return s->mean * exp(sd * normal - sd * sd / 2);
}

static void draw_work(const struct plan_model *m, struct chance *c, struct plan_day *d)
{
    const struct plan_service_time *s = &m->kinds[0].takes;
    d->uniform = m->n_kinds > 1;
    for (int i = 0; i < d->n; i++) {
        if (d->uniform)
            d->work[i] = chance_unit(c);
        else if (s->kind == PLAN_EXPONENTIAL)
            d->work[i] = s->mean * chance_exponential(c);
        else if (s->kind == PLAN_LOGNORMAL)
            d->work[i] = lognormal(s, chance_normal(c));
        else
            d->work[i] = s->values[(int)(chance_unit(c) * s->n)];
    }
}

static void make_room(const struct plan_model *m, size_t room, struct arena *arena,
                      struct plan_day *d)
{
    bool grouped = m->n_classes * m->n_kinds > 1 || m->courtesy_share > 0 || m->n_bookings > 0;
    if (room <= d->room)
        return;
    room += m->day_cv > 0 ? room : 0; /* the level varies: not a new one for every higher day */
    *d = (struct plan_day){ .room = room };
    d->t = arena_alloc(arena, room * sizeof *d->t);
    d->since = m->n_bookings ? arena_alloc(arena, room * sizeof *d->since) : d->t;
    d->work = arena_alloc(arena, room * sizeof *d->work);
    d->wait = arena_alloc(arena, room * sizeof *d->wait);
    d->gave_up = arena_alloc(arena, room);
    d->next = arena_alloc(arena, room * sizeof *d->next);
    d->group = grouped ? arena_alloc(arena, room) : NULL;
    d->patience = m->patience > 0 ? arena_alloc(arena, room * sizeof *d->patience) : NULL;
    d->silent = plan_silent(m) ? arena_alloc(arena, room) : NULL;
}

bool plan_silent(const struct plan_model *m)
{
    return m->patience > 0 && (m->patience_law.silent > 0 || m->patience_law.never > 0);
}

/* Who gives up does so with a word or without; and some are gone at once. */
static void draw_silent(const struct plan_model *m, struct chance *c, struct plan_day *d)
{
    const struct plan_patience *p = &m->patience_law;
    for (int i = 0; i < d->n; i++) {
        double u = chance_unit(c);
        d->silent[i] = u < p->never + (1 - p->never) * p->silent;
        if (u < p->never)
            d->patience[i] = -1;
    }
}

void plan_day_draw(const struct plan_model *m, uint64_t seed, uint64_t day, struct arena *arena,
                   struct plan_day *d)
{
    struct chance c = chance_of(seed, day, OF_LEVEL);
    double level = m->day_cv > 0 ? chance_gamma(&c, m->day_cv) : 1, expected = 0;
    for (int i = 0; i < m->slots; i++)
        expected += m->expected[i] * level;
    int max = m->trace ? m->n_trace : (int)(expected + 12 * sqrt(expected) + 60);
    make_room(m, (size_t)(max + m->n_bookings) + 1, arena, d);
    c = chance_of(seed, day, OF_ARRIVALS);
    if (m->trace)
        memcpy(d->t, m->trace, (size_t)(d->n = m->n_trace) * sizeof *d->t);
    else
        d->n = draw_arrivals(m, level, &c, d->t, max);
    c = chance_of(seed, day, OF_GROUPS);
    if (d->group)
        draw_groups(m, &c, d);
    c = chance_of(seed, day, OF_BOOKINGS);
    if (m->n_bookings) {
        memcpy(d->since, d->t, (size_t)d->n * sizeof *d->t);
        d->n = draw_bookings(m, &c, d);
    }
    c = chance_of(seed, day, OF_PATIENCE);
    for (int i = 0; d->patience && i < d->n; i++)
        d->patience[i] =
            m->patience * plan_patience_after(&m->patience_law, 0, chance_exponential(&c));
    if (d->silent)
        draw_silent(m, &c, d);
    c = chance_of(seed, day, OF_WORK);
    draw_work(m, &c, d);
    d->seed = seed;
    d->number = day;
    d->late_drawn = false;
}

void plan_day_lateness(struct plan_day *d)
{
    struct chance c = chance_of(d->seed, d->number, OF_LATENESS);
    for (int w = 0; !d->late_drawn && w < PLAN_WINDOWS; w++) {
        d->late[w] = chance_unit(&c);
        d->late_size[w] = chance_exponential(&c);
    }
    d->late_drawn = true;
}
