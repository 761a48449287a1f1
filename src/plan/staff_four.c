/* staff_four.c -- Days run four side by side, for a search that asks thousands of plans.
 *
 * First come, first called, one service and class, nobody gives up. In single precision: who waits
 * within a thousandth of a minute of the promise is not late here. Certificates come from sim.h. */
#include "plan/staff_priv.h"

#include <math.h>
#include <string.h>

#include "base/banned.h"

enum { KEPT = 24 };
typedef float four_floats __attribute__((vector_size(16)));
typedef int32_t four_words __attribute__((vector_size(16)));
struct row { /* the next customer of each of four days */
    four_floats t, due, work;
};
struct four_day {
    struct row *rows;
    int from[PLAN_SLOTS + 1], n[PLAN_SLOTS][FOUR];
};
struct four_days {
    const struct plan_model *m;
    struct four_day *fours;
    four_floats (*early)[KEPT]; /* [four * slots + slot]: who is still served at its beginning */
};

static four_floats higher(four_floats a, four_floats b)
{
    four_words more = a > b;
    return (four_floats)((more & (four_words)a) | (~more & (four_words)b));
}

static four_floats lower(four_floats a, four_floats b)
{
    four_words more = a > b;
    return (four_floats)((more & (four_words)b) | (~more & (four_words)a));
}

/* Four days side by side, first come, first called. ends: the latest ends of service, falling; with
 * c windows one may start when the c-th of them has passed. Somebody who only fills a day up starts
 * like the others and takes no time, which changes nothing. */
void four_run(const struct four_days *f, int four, const int *counts, int unlimited, int first,
              int upto, int late[][FOUR])
{
    const struct four_day *d = &f->fours[four];
    four_floats ends[PLAN_WINDOWS + 2], now = { 0 }, until;
    float slot = (float)f->m->slot;
    int at[FOUR], row[FOUR], limit[PLAN_SLOTS + 1], kept = 0, slots = f->m->slots;
    for (int i = first; i < upto; i++)
        kept = counts[i] > kept && counts[i] < unlimited ? counts[i] : kept;
    for (int i = first; i <= upto; i++) /* the row of ends that must have passed */
        limit[i] = i < upto && counts[i] < unlimited ? counts[i] : kept + 1;
    memset(late[first], 0, sizeof late[0] * (size_t)(upto - first));
    for (int k = 0; k < FOUR; k++) {
        ends[0][k] = INFINITY;
        ends[kept + 1][k] = 0;
        at[k] = first;
        row[k] = limit[first];
        until[k] = first + 1 < slots ? (float)(first + 1) * slot : INFINITY;
    }
    memset(ends + 1, 0, sizeof ends[0] * (size_t)kept);
    if (first > 0)
        memcpy(ends + 1, f->early[four * slots + first],
               sizeof ends[0] * (size_t)(kept < KEPT ? kept : KEPT));
    for (int own = first; own < upto; own++)
        for (int i = d->from[own]; i < d->from[own + 1]; i++) {
            const struct row *r = &d->rows[i];
            now = higher(r->t, now);
            for (int k = 0; k < FOUR; k++) {
                float s = now[k], free = ends[row[k]][k];
                s = free > s ? free : s;
                while (s >= until[k] &&
                       until[k] < INFINITY) { /* not in this slot: as soon as the next allows */
                    s = now[k] > until[k] ? now[k] : until[k];
                    at[k] += at[k] < upto;
                    until[k] = at[k] < upto && at[k] + 1 < slots ? until[k] + slot : INFINITY;
                    row[k] = limit[at[k]];
                    free = ends[row[k]][k];
                    s = free > s ? free : s;
                }
                now[k] = s;
                late[own][k] += s > r->due[k];
            }
            four_floats end = now + r->work;
            for (int c = 1; c <= kept; c++) {
                four_floats high = higher(ends[c], end);
                end = lower(ends[c], end);
                ends[c] = high;
            }
        }
}

/* Puts four days side by side, slot by slot, and keeps who would still be served at each slot's
 * beginning had everybody been called at once. */
static void lay(struct four_days *f, int four, const struct plan_day *days, struct arena *arena)
{
    const struct plan_model *m = f->m;
    struct four_day *d4 = &f->fours[four];
    int at[FOUR] = { 0 }, upto[FOUR], rows = 0, room = 0;
    for (int k = 0; k < FOUR; k++)
        room += days[k].n;
    d4->rows = arena_alloc(arena, sizeof *d4->rows * (size_t)(room + 1));
    for (int i = 0; i < m->slots; i++) {
        int most = 0;
        four_floats *early = f->early[four * m->slots + i];
        d4->from[i] = rows;
        for (int k = 0; k < FOUR; k++) {
            const struct plan_day *d = &days[k];
            for (upto[k] = at[k]; upto[k] < d->n; upto[k]++)
                if (i < m->slots - 1 && d->t[upto[k]] >= (i + 1) * m->slot)
                    break;
            most = upto[k] - at[k] > most ? upto[k] - at[k] : most;
            d4->n[i][k] = upto[k] - at[k];
            for (int j = at[k] - 1; j >= 0 && d->t[j] >= (i - 3) * m->slot; j--) {
                float end = (float)(d->t[j] + d->work[j]);
                for (int c = 0; c < KEPT && end > (float)(i * m->slot); c++) {
                    float have = early[c][k];
                    early[c][k] = have > end ? have : end;
                    end = have > end ? end : have;
                }
            }
        }
        for (int j = 0; j < most; j++, rows++)
            for (int k = 0; k < FOUR; k++) {
                const struct plan_day *d = &days[k];
                bool some = at[k] + j < upto[k];
                d4->rows[rows].t[k] = some ? (float)d->t[at[k] + j] : 0;
                d4->rows[rows].work[k] = some ? (float)d->work[at[k] + j] : 0;
                d4->rows[rows].due[k] =
                    some ? (float)(d->t[at[k] + j] + m->within + 1e-3) : INFINITY;
            }
        memcpy(at, upto, sizeof at);
    }
    d4->from[m->slots] = rows;
}

bool four_can(const struct plan_model *m)
{
    return m->rule.base == RULE_FCFS && m->rule.n_whens == 0 && m->n_kinds == 1 &&
           m->n_bookings == 0 && m->patience <= 0 && plan_cells(m) == 1;
}

struct four_days *four_lay(const struct plan_model *m, const struct plan_day *days, int n,
                           struct arena *arena)
{
    if (!four_can(m))
        return NULL;
    struct four_days *f = arena_alloc(arena, sizeof *f);
    size_t fours = (size_t)(n / FOUR), early = fours * (size_t)m->slots;
    f->m = m;
    f->fours = arena_alloc(arena, sizeof *f->fours * fours);
    f->early = arena_alloc(arena, sizeof *f->early * early);
    memset(f->early, 0, sizeof *f->early * early);
    for (int i = 0; i < (int)fours; i++)
        lay(f, i, days + (ptrdiff_t)i * FOUR, arena);
    return f;
}

int four_n(const struct four_days *f, int four, int slot, int k)
{
    return f->fours[four].n[slot][k];
}

double four_work(const struct four_days *f, int four, const int *counts, int unlimited, int first,
                 int upto)
{
    int kept = 8;
    for (int i = first; i < upto; i++)
        kept = counts[i] > kept && counts[i] < unlimited ? counts[i] : kept;
    return FOUR * (f->fours[four].from[upto] - f->fours[four].from[first]) * (kept / 8.);
}
