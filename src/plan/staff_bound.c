/* staff_bound.c -- How few windows could do at all, and how few when only the day's average counts.
 *
 * The bound: three neighbouring slots can surely not keep the promise with x, y, z windows when
 * they cannot with every other slot unlimited (an infinite-server relaxation). More windows never
 * harm, so for each x and y there is a least z; the bound is the cheapest row of counts in which
 * every three neighbours pass, by dynamic programming over pairs. */
#include "plan/staff_priv.h"

#include <limits.h>
#include <string.h>

#include "base/banned.h"

/* Counts from the least of a slot up; the highest level stands for unlimited. */
enum { LEVELS = 6 };

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

/* Surely too few? counts are unlimited but in slots first .. first + n - 1. */
static bool too_few(struct search *s, const int *counts, int first, int n)
{
    struct plan_crew crew;
    int done = 0;
    plan_crew_of(s->m, counts, &crew);
    double from = (first - 2) * s->m->slot, to = (first + n) * s->m->slot;
    memset(s->tally, 0, sizeof *s->tally);
    for (int upto = s->n_days / 16; done < s->n_days; upto *= 2) {
        bool near = false;
        upto = upto < 1 ? 1 : upto > s->n_days ? s->n_days : upto;
        for (; done < upto; done++) {
            struct plan_day part = part_of(&s->days[done], from, to);
            plan_run(s->m, &crew, &part, false);
            search_add(s->m, &part, s->tally);
        }
        for (int i = first; i < first + n; i++)
            for (int k = 0; k < plan_cells(s->m); k++) {
                const struct plan_cell *c = &s->tally->slot[i][k];
                double p = plan_late_share(c), error = plan_late_upper(c, 1) - p;
                if (p - (done < s->n_days ? 4 : 2.33) * error > plan_promised(s->m, k))
                    return true;
                near |= p + error > plan_promised(s->m, k);
            }
        if (!near)
            return false; /* to take it for enough never makes the bound too high */
    }
    return false;
}

struct bound {
    struct search *s;
    int single[PLAN_SLOTS], counts[PLAN_SLOTS];
    int third[PLAN_SLOTS][LEVELS][LEVELS]; /* least count of slot i + 2 for levels of i, i + 1 */
};

static void set_level(struct bound *b, int slot, int level)
{
    int count = b->single[slot] + level, max = b->s->max;
    b->counts[slot] = level == LEVELS - 1 || count > max ? max : count;
}

/* The least counts of slot i + 2: falls with x and with y, so each search begins at a neighbour. */
static void fill_third(struct bound *b, int i)
{
    for (int x = 0; x < LEVELS; x++)
        for (int y = 0; y < LEVELS; y++) {
            int z = b->single[i + 2] + LEVELS - 1;
            z = x > 0 && b->third[i][x - 1][y] < z ? b->third[i][x - 1][y] : z;
            z = y > 0 && b->third[i][x][y - 1] < z ? b->third[i][x][y - 1] : z;
            set_level(b, i, x);
            set_level(b, i + 1, y);
            for (; z > b->single[i + 2]; z--) {
                b->counts[i + 2] = z - 1 < b->s->max ? z - 1 : b->s->max;
                if (too_few(b->s, b->counts, i, 3))
                    break;
            }
            b->third[i][x][y] = z;
        }
    for (int k = i; k < i + 3; k++)
        b->counts[k] = b->s->max;
}

static int cheapest_row(const struct bound *b, int n)
{
    int cost[LEVELS][LEVELS], next[LEVELS][LEVELS], best = INT_MAX;
    for (int x = 0; x < LEVELS; x++)
        for (int y = 0; y < LEVELS; y++)
            cost[x][y] = b->single[0] + x + b->single[1] + y;
    for (int i = 0; i + 2 < n; i++) {
        for (int y = 0; y < LEVELS; y++)
            for (int z = 0; z < LEVELS; z++) {
                int count = b->single[i + 2] + z, least = INT_MAX;
                for (int x = 0; x < LEVELS; x++)
                    if (count >= b->third[i][x][y] && cost[x][y] < least)
                        least = cost[x][y];
                next[y][z] = least < INT_MAX ? least + count : INT_MAX;
            }
        memcpy(cost, next, sizeof cost);
    }
    for (int x = 0; x < LEVELS; x++)
        for (int y = 0; y < LEVELS; y++)
            best = cost[x][y] < best ? cost[x][y] : best;
    return best;
}

int plan_lower_bound(struct search *s)
{
    int n = s->m->slots, saved = s->n_days, sum = 0;
    struct bound *b = arena_alloc(s->arena, sizeof *b);
    b->s = s;
    s->n_days = saved / 3 + 1;
    for (int i = 0; i < n; i++)
        b->counts[i] = s->max;
    for (int i = 0; i < n; i++) {
        int x = i == n - 1 ? 1 : 0;
        for (b->counts[i] = x; x < s->max && too_few(s, b->counts, i, 1); b->counts[i] = x)
            x++;
        b->counts[i] = s->max;
        b->single[i] = x;
        sum += x;
    }
    for (int i = 0; i + 2 < n; i++)
        fill_third(b, i);
    s->n_days = saved;
    return n >= 3 ? cheapest_row(b, n) : sum;
}

/* Takes away, one by one, the window whose absence makes the fewest late over the day. */
void plan_day_only(struct search *s, const int *from, int *counts)
{
    int few = s->n_days / 8 + 1;
    memcpy(counts, from, sizeof(int) * PLAN_SLOTS);
    s->whole_day = true;
    for (;;) {
        int best = -1;
        int64_t least = INT64_MAX;
        for (int i = 0; i < s->m->slots; i++) {
            if (counts[i] <= (i == s->m->slots - 1))
                continue;
            counts[i]--;
            search_excess(s, counts, few);
            counts[i]++;
            if (s->tally->whole[0].late < least) {
                least = s->tally->whole[0].late;
                best = i;
            }
        }
        if (best < 0)
            break;
        counts[best]--;
        if (search_holds(s, counts))
            continue;
        counts[best]++;
        break;
    }
    s->whole_day = false;
}
