/* staff_bound.c -- How few windows could do at all: no plan below the bound keeps the promise.
 *
 * A stretch of slots with some counts is lost when its customers are late too often even with every
 * other slot at the maximum. Then each plan with at most these counts there is lost, too: more
 * windows never harm. The cheapest row of counts that holds no lost stretch is found by dynamic
 * programming over the last SPAN - 1 counts; where it is late, a lost stretch is looked for in it,
 * raised as far as it stays lost, and the row is sought again. The cheapest row is a bound after
 * every step, so the work allowed is all that ends it.
 *
 * What holds at 99 %: the best plan there is was fixed before the days were drawn, and on every
 * day it has at least the late customers of any stretch that excludes it. It can only be excluded
 * wrongly when its own late customers lie more than z errors above what was promised in some slot:
 * one test for each slot, class and look, however many stretches were tried. (The ratio to the
 * error, too, grows with every late customer added as long as the excess is more than z^2 times a
 * slot's customers on its fullest day, which is asked for.) That more windows never harm is true
 * to the customer when first come is first called and nobody gives up; elsewhere it is an
 * assumption.
 */
#include "plan/staff_priv.h"

#include <limits.h>
#include <math.h>
#include <string.h>

#include "base/banned.h"

enum { LEVELS = 7, SPAN = 6, LOOKS = 3 };
static const double look_part[LOOKS] = { 1. / 8, 1. / 2, 1 };
static const double look_spends[LOOKS] = { .0005, .0015, .008 };

/* What a slot and class has shown on the days run: above what was promised, squares over days. */
struct excess {
    double sum, squares, most; /* most: customers on the fullest day */
};
struct bound {
    struct search *s;
    int n_days, slots, cells, span, windows; /* windows: positions of a span */
    double z[LOOKS], work;                   /* customers simulated */
    int least[PLAN_SLOTS];                   /* counts of level 0 */
    uint8_t *lost;                           /* [position][levels of the span, the first highest] */
    uint8_t *back;                           /* [slot][state]: the level that fell out */
    int *cost, *next;
    int done; /* days run */
    struct excess at[PLAN_SLOTS][PLAN_CELLS];
};

static int power(int n)
{
    int p = 1;
    for (int i = 0; i < n; i++)
        p *= LEVELS;
    return p;
}

static int cost_of(const struct bound *b, int slot, int level)
{
    int count = b->least[slot] + level;
    return count > b->s->max ? b->s->max : count;
}

static int count_of(const struct bound *b, int slot, int level)
{
    int count = b->least[slot] + level;
    return level == LEVELS - 1 || count > b->s->max ? b->s->max : count;
}

/* ---- is a stretch lost? ---- */

static void add(struct excess *x, double n, double late, double promised)
{
    double over = late - promised * n;
    x->sum += over;
    x->squares += over * over;
    x->most = n > x->most ? n : x->most;
}

static void add_four(struct bound *b, int four, const int *counts, int first, int upto)
{
    int late[PLAN_SLOTS][FOUR];
    const struct four_days *f = b->s->fours;
    double promised = plan_promised(b->s->m, 0);
    four_run(f, four, counts, b->s->max, first, upto, late);
    for (int i = first; i < upto; i++)
        for (int k = 0; k < FOUR; k++)
            add(&b->at[i][0], four_n(f, four, i, k), late[i][k], promised);
    b->work += four_work(f, four, counts, b->s->max, first, upto);
}

/* The customers of some slots as a day of their own. */
static struct plan_day part_of(const struct plan_day *d, double from, double to)
{
    struct plan_day p = *d;
    int a = 0, b = d->n;
    while (a < d->n && d->t[a] < from)
        a++;
    while (b > a && d->t[b - 1] >= to)
        b--;
    p.n = b - a;
    p.t += a;
    p.since += a;
    p.work += a;
    p.wait += a;
    p.gave_up += a;
    p.next += a;
    p.group = d->group ? d->group + a : NULL;
    p.patience = d->patience ? d->patience + a : NULL;
    return p;
}

static void add_by_rule(struct bound *b, int day, const struct plan_crew *crew, int first, int upto)
{
    const struct plan_model *m = b->s->m;
    struct plan_day part = part_of(&b->s->days[day], (first - 2) * m->slot,
                                   upto < b->slots ? upto * m->slot : INFINITY);
    int n[PLAN_SLOTS][PLAN_CELLS], late[PLAN_SLOTS][PLAN_CELLS];
    plan_run(m, crew, &part, false);
    search_count(m, &part, n, late);
    for (int i = first; i < upto; i++)
        for (int k = 0; k < b->cells; k++)
            if (plan_promised(m, k) < 1)
                add(&b->at[i][k], n[i][k], late[i][k], plan_promised(m, k));
    b->work += 3 * part.n;
}

/* The clearest excess so far, in errors; slot: where. Not counted where it is too small to tell. */
static double clearest(const struct bound *b, int first, int upto, int days, double z, int *slot)
{
    double most = -INFINITY;
    for (int i = first; i < upto; i++)
        for (int k = 0; k < b->cells; k++) {
            const struct excess *x = &b->at[i][k];
            double v = x->squares - x->sum * x->sum / days, clear;
            if (x->squares <= 0 || x->sum < z * z * x->most)
                continue;
            clear = x->sum / sqrt(fmax(v, 1e-9 * x->squares)); /* all days alike: very clear */
            if (clear > most) {
                most = clear;
                *slot = i;
            }
        }
    return most;
}

/* Is a promise surely broken in slots first .. upto - 1 with these counts there, every other slot
 * at the maximum? slot: where most clearly. */
static bool lost(struct bound *b, const int *counts, int first, int upto, int *slot)
{
    struct plan_crew crew;
    int given[PLAN_SLOTS], done = 0;
    for (int i = 0; i < b->slots; i++)
        given[i] = i >= first && i < upto ? counts[i] : b->s->max;
    if (!b->s->fours)
        plan_crew_of(b->s->m, given, &crew);
    for (int i = first; i < upto; i++)
        for (int k = 0; k < b->cells; k++)
            b->at[i][k] = (struct excess){ .sum = 0 };
    for (int look = 0; look < LOOKS; look++) {
        int to = (int)ceil(b->n_days * look_part[look]);
        for (; done < to && b->s->fours; done += FOUR)
            add_four(b, done / FOUR, given, first, upto);
        for (; done < to; done++)
            add_by_rule(b, done, &crew, first, upto);
        b->done = done;
        double seen = clearest(b, first, upto, done, b->z[look], slot);
        if (seen > b->z[look])
            return true;
        /* To give up early never makes the bound too high. */
        double grow = sqrt((double)b->n_days / done);
        seen = clearest(b, first, upto, done, 0, slot);
        if (seen * grow + 1.5 * sqrt(grow * grow - 1) < b->z[LOOKS - 1])
            return false;
    }
    return false;
}

/* ---- the cheapest row without a lost stretch ---- */

/* Every row with at most these levels in slots first .. upto - 1 is lost. */
static void exclude(struct bound *b, const int *level, int first, int upto)
{
    int p = upto - b->span, high[SPAN] = { 0 }, value[SPAN] = { 0 };
    CHECK(b->span >= 1 && b->span <= SPAN);
    p = p < 0 ? 0 : p;
    for (int i = 0; i < b->span; i++)
        high[i] = p + i >= first && p + i < upto ? level[p + i] : LEVELS - 1;
    uint8_t *at = b->lost + (size_t)p * (size_t)power(b->span);
    for (int i = 0; i >= 0;) {
        int index = 0;
        for (int k = 0; k < b->span; k++)
            index = index * LEVELS + value[k];
        at[index] = 1;
        for (i = b->span - 1; i >= 0 && value[i] == high[i]; i--)
            value[i] = 0;
        if (i >= 0)
            value[i]++;
    }
}

/* Levels of the cheapest row, into level. Its cost; INT_MAX: every row is lost. */
static int cheapest_row(struct bound *b, int *level)
{
    int states = power(b->span - 1), tail = states / LEVELS, best = 0, k = b->span - 1;
    CHECK(tail > 0);
    for (int s = 0; s < states; s++) {
        b->cost[s] = 0;
        for (int i = k - 1, rest = s; i >= 0; i--, rest /= LEVELS)
            b->cost[s] += cost_of(b, i, rest % LEVELS);
    }
    for (int p = 0; p < b->windows; p++) {
        const uint8_t *bad = b->lost + (size_t)p * (size_t)states * LEVELS;
        uint8_t *back = b->back + (size_t)p * (size_t)states;
        for (int s = 0; s < states; s++)
            b->next[s] = INT_MAX;
        for (int s = 0; s < states; s++)
            for (int v = 0; v < LEVELS && b->cost[s] < INT_MAX; v++) {
                int to = s % tail * LEVELS + v, cost = b->cost[s] + cost_of(b, p + k, v);
                if (bad[s * LEVELS + v] || cost >= b->next[to])
                    continue;
                b->next[to] = cost;
                back[to] = (uint8_t)(s / tail);
            }
        int *swap = b->cost;
        b->cost = b->next;
        b->next = swap;
    }
    if (b->windows > 24) /* of a long day this takes time, too */
        b->work += states / 8. * LEVELS * b->windows;
    for (int s = 1; s < states; s++)
        best = b->cost[s] < b->cost[best] ? s : best;
    if (b->cost[best] == INT_MAX)
        return INT_MAX;
    for (int i = k - 1, rest = best; i >= 0; i--, rest /= LEVELS)
        level[b->windows + i] = rest % LEVELS;
    for (int p = b->windows - 1, s = best; p >= 0; p--) {
        level[p] = b->back[(size_t)p * (size_t)states + (size_t)s];
        s = level[p] * tail + s / LEVELS;
    }
    return b->cost[best];
}

/* ---- what is lost in a row ---- */

static void counts_of(const struct bound *b, const int *level, int *counts)
{
    for (int i = 0; i < b->slots; i++)
        counts[i] = count_of(b, i, level[i]);
}

/* Raises a lost stretch one window at a time, in turn, as far as it stays lost, and excludes it. */
static void raise_and_exclude(struct bound *b, const int *row, int first, int upto)
{
    int level[PLAN_SLOTS] = { 0 }, counts[PLAN_SLOTS] = { 0 }, where;
    bool stuck[PLAN_SLOTS] = { false }, more = true;
    memcpy(level, row, sizeof *level * (size_t)b->slots);
    while (more) {
        more = false;
        for (int i = first; i < upto; i++) {
            if (stuck[i] || level[i] == LEVELS - 1)
                continue;
            level[i]++;
            counts_of(b, level, counts);
            stuck[i] = !lost(b, counts, first, upto, &where);
            level[i] -= stuck[i];
            more |= !stuck[i];
        }
    }
    exclude(b, level, first, upto);
}

/* The shortest lost stretch that ends with the slot, or one after it. */
static bool cut_before(struct bound *b, const int *row, int slot)
{
    int counts[PLAN_SLOTS], where;
    counts_of(b, row, counts);
    for (int upto = slot + 1; upto <= slot + 2 && upto <= b->slots; upto++) {
        int low = upto > b->span ? upto - b->span : 0, high = slot;
        if (!lost(b, counts, low, upto, &where))
            continue;
        while (low < high) {
            int mid = (low + high + 1) / 2;
            if (lost(b, counts, mid, upto, &where))
                low = mid;
            else
                high = mid - 1;
        }
        raise_and_exclude(b, row, low, upto);
        return true;
    }
    return false;
}

/* Excludes the row by stretches of it, one for about every third slot that is late. False: nothing
 * short enough in it is surely lost. */
static bool cut(struct bound *b, const int *row)
{
    enum { NEXT = 3 };
    int counts[PLAN_SLOTS], where = 0;
    bool late[PLAN_SLOTS] = { false }, some = false;
    double z = b->z[LOOKS - 1];
    counts_of(b, row, counts);
    if (!lost(b, counts, 0, b->slots, &where))
        return false;
    for (int i = 0; i < b->slots; i++)
        late[i] = clearest(b, i, i + 1, b->done, z, &where) > z;
    for (int i = 0; i < b->slots; i++)
        if (late[i] && cut_before(b, row, i)) {
            some = true;
            i += NEXT - 1;
        }
    for (int i = 0; i < b->slots && !some; i++)
        some = cut_before(b, row, i);
    return some;
}

/* ---- the bound ---- */

static void bound_open(struct bound *b, struct search *s)
{
    int n = s->m->slots;
    *b = (struct bound){ .s = s, .n_days = s->drawn, .slots = n, .cells = plan_cells(s->m) };
    b->span = n < SPAN ? n : SPAN;
    b->windows = n - b->span + 1;
    size_t states = (size_t)power(b->span - 1);
    b->lost = arena_alloc(s->arena, (size_t)b->windows * states * LEVELS);
    memset(b->lost, 0, (size_t)b->windows * states * LEVELS);
    b->back = arena_alloc(s->arena, (size_t)b->windows * states);
    b->cost = arena_alloc(s->arena, sizeof(int) * states);
    b->next = arena_alloc(s->arena, sizeof(int) * states);
    int promises = 0;
    for (int k = 0; k < b->cells; k++)
        promises += plan_promised(s->m, k) < 1;
    for (int k = 0; k < LOOKS; k++)
        b->z[k] = -plan_normal_quantile(look_spends[k] / fmax(1, promises * n));
}

int plan_lower_bound(struct search *s, double work, int *row)
{
    int n = s->m->slots, level[PLAN_SLOTS] = { 0 }, counts[PLAN_SLOTS] = { 0 }, where, bound;
    struct bound *b = arena_alloc(s->arena, sizeof *b);
    bound_open(b, s);
    for (int i = 0; i < n; i++) {
        counts[i] = i == n - 1 ? 1 : 0; /* somebody stays to the end */
        while (counts[i] < s->max && lost(b, counts, i, i + 1, &where))
            counts[i]++;
        b->least[i] = counts[i];
    }
    if (n == 1)
        return row[0] = b->least[0]; /* nothing to join */
    do {
        bound = cheapest_row(b, level);
    } while (bound < INT_MAX && b->work < work && cut(b, level));
    for (int i = 0; i < n; i++)
        row[i] = bound < INT_MAX ? cost_of(b, i, level[i]) : s->max;
    return bound < INT_MAX ? bound : n * s->max;
}

/* The slots whose window harms least over the day when it goes, one window each, at most n. */
static int harm_least(struct search *s, int *counts, int n, int *slots)
{
    int64_t late[PLAN_SLOTS];
    int found = 0, few = s->n_days / 8 + 1;
    for (int i = 0; i < s->m->slots; i++) {
        if (counts[i] <= (i == s->m->slots - 1))
            continue;
        counts[i]--;
        search_excess(s, counts, few);
        counts[i]++;
        int at = found < n ? found++ : n;
        for (; at > 0 && s->tally->whole[0].late < late[at - 1]; at--)
            if (at < n) {
                late[at] = late[at - 1];
                slots[at] = slots[at - 1];
            }
        if (at < n) {
            late[at] = s->tally->whole[0].late;
            slots[at] = i;
        }
    }
    return found;
}

/* Takes away the windows whose absence makes the fewest late over the day: one by one, and of a day
 * with many slots several at a time until that is too many. */
void plan_day_only(struct search *s, const int *from, int *counts)
{
    int slots[PLAN_SLOTS];
    memcpy(counts, from, sizeof(int) * PLAN_SLOTS);
    s->whole_day = true;
    for (int step = 1 + s->m->slots / 24; step > 0;) {
        int n = harm_least(s, counts, step, slots);
        for (int i = 0; i < n; i++)
            counts[slots[i]]--;
        if (n > 0 && search_holds(s, counts))
            continue;
        for (int i = 0; i < n; i++)
            counts[slots[i]]++;
        step = n > 0 ? step / 2 : 0;
    }
    s->whole_day = false;
}
