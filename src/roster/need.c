/* need.c -- See need.h. */
#include "roster/need.h"
#include "roster/seat.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/banned.h"

int roster_windows_of(const struct roster_model *m, enum roster_part part)
{
    int n = 0;
    for (int i = 0; i < m->n_windows; i++)
        n += part == ROSTER_ALL || m->windows[i].corporate == (part == ROSTER_CORPORATE);
    return n;
}

void roster_need_fill(const struct roster_model *m, enum roster_skill k, const int *counts,
                      struct roster_need *need)
{
    int first = m->open_s / ROSTER_SLOT_S;
    for (int i = 0; i < m->model.slots && first + i < WEEK_SLOTS; i++)
        need->windows[k][first + i] = counts[i];
}

static double mean_service(const struct plan_model *m)
{
    double sum = 0, share = 0;
    for (int k = 0; k < m->n_kinds; k++) {
        sum += m->kinds[k].share * m->kinds[k].takes.mean;
        share += m->kinds[k].share;
    }
    return share > 0 ? sum / share : 8;
}

void roster_need_textbook(const struct roster_model *m, struct roster_need *out)
{
    static const enum roster_part parts[] = { ROSTER_PERSONAL, ROSTER_CORPORATE };
    *out = (struct roster_need){ .planned = true };
    snprintf(out->source, sizeof out->source, "textbook");
    for (int k = 0; k < ROSTER_PARTS; k++) {
        struct plan_model part;
        double rates[PLAN_SLOTS];
        int counts[PLAN_SLOTS], most = roster_windows_of(m, parts[k]);
        if (most == 0 || !roster_model_part(m, parts[k], &part))
            continue;
        for (int i = 0; i < part.slots; i++)
            rates[i] = part.expected[i] / part.slot;
        struct plan_day_rates d = { rates, part.slots, part.slot };
        plan_staff_by(PLAN_SIPP_MAX, &d, mean_service(&part), part.within, part.late, counts,
                      part.slots);
        for (int i = 0; i < part.slots; i++)
            counts[i] = counts[i] > most ? most : counts[i] < 1 ? 1 : counts[i];
        roster_need_fill(m, k, counts, out);
    }
}

bool roster_need_certified(const struct roster_model *m, enum roster_part part,
                           enum roster_effort effort, uint64_t seed, struct arena *arena,
                           struct plan_model *model, struct plan_staff_answer *answer)
{
    int most = roster_windows_of(m, part);
    if (most == 0 || !roster_model_part(m, part, model))
        return false;
    double customers = 40; /* a day of nobody takes its time, too */
    for (int i = 0; i < model->slots; i++)
        customers += model->expected[i];
    double part_of = effort == ROSTER_QUICK ? .2 : 1;
    struct plan_staff_request q = { .max_windows = most,
                                    .seed = seed,
                                    .search_days = (int64_t)(80000 * part_of / customers) + 60,
                                    .certify_days = (int64_t)(1.2e6 * part_of / customers) + 300,
                                    .compare_days = (int64_t)(1e5 * part_of / customers) + 50,
                                    .bound_work = 1e7 * part_of * part_of };
    plan_staff(model, &q, arena, answer);
    return true;
}

void roster_open_windows(const struct roster_model *m, const int windows[ROSTER_PARTS][WEEK_SLOTS],
                         uint64_t open[PLAN_SLOTS])
{
    struct seat_place places[SEAT_PLACES];
    int order[SEAT_PLACES], first = m->open_s / ROSTER_SLOT_S;
    for (int i = 0; i < m->n_windows; i++)
        places[i] = (struct seat_place){ .corporate = m->windows[i].corporate,
                                         .letters = seat_letters(m->windows[i].preference) };
    seat_order(places, m->n_windows, order);
    memset(open, 0, sizeof(uint64_t) * PLAN_SLOTS);
    for (int s = 0; s < m->model.slots && first + s < WEEK_SLOTS; s++) {
        int left[ROSTER_PARTS] = { windows[0][first + s], windows[1][first + s] };
        for (int i = 0; i < m->n_windows; i++)
            if (left[m->windows[order[i]].corporate]-- > 0)
                open[s] |= UINT64_C(1) << order[i];
    }
}

void roster_windows_at_work(const struct roster_model *m, const struct week *w,
                            const struct week_roster *r, int day, int out[ROSTER_PARTS][WEEK_SLOTS])
{
    const int most[ROSTER_PARTS] = { roster_windows_of(m, ROSTER_PERSONAL),
                                     roster_windows_of(m, ROSTER_CORPORATE) };
    struct roster_need need = { .planned = false };
    for (int t = 0; t < WEEK_SLOTS; t++)
        for (int k = 0; k < ROSTER_PARTS; k++) {
            need.windows[k][t] = w->units[0].need[day][t][k];
            need.planned |= need.windows[k][t] > 0;
        }
    for (int t = 0; t < WEEK_SLOTS; t++) {
        int by[1 << ROSTER_PARTS] = { 0 }, counts[ROSTER_PARTS];
        for (int i = 0; i < r->n; i++) {
            const struct week_work *x = &r->work[i];
            const struct week_person *p = &w->people[x->person];
            int a = t * 30;
            bool pause =
                x->break_minutes && a + 30 > x->break_from && a < x->break_from + x->break_minutes;
            if (x->day == day && x->unit == 0 && x->from <= a && x->until >= a + 30 && !pause &&
                !p->absent[day])
                by[p->skills & 3]++;
        }
        seat_counts(by, most, seat_corporate(&need, t * 30), counts);
        for (int k = 0; k < ROSTER_PARTS; k++)
            out[k][t] = counts[k];
    }
}

/* ---- the cheapest fix ---- */

struct trial {
    const struct roster_model *m;
    double aim; /* share of the promise that half-hours may be late */
    struct plan_day *days;
    int n;
    struct plan_tally *tally;
};

/* The share late over the day and in the worst half-hour, and how far beyond the promise: 0, when
 * every half-hour keeps it. */
static double excess(struct trial *t, const int windows[ROSTER_PARTS][WEEK_SLOTS], double *whole,
                     double *worst)
{
    uint64_t open[PLAN_SLOTS];
    struct plan_crew crew;
    const struct plan_model *m = &t->m->model;
    double beyond = 0;
    roster_open_windows(t->m, windows, open);
    roster_model_crew(t->m, open, &crew);
    memset(t->tally, 0, offsetof(struct plan_tally, bins));
    for (int i = 0; i < t->n; i++) {
        plan_run(m, &crew, &t->days[i], false);
        plan_tally_add(m, &t->days[i], t->tally);
    }
    *whole = plan_late_share(&t->tally->whole[0]);
    *worst = 0;
    for (int s = 0; s < m->slots; s++) {
        const struct plan_cell *c = &t->tally->slot[s][0];
        double p = plan_late_share(c);
        *worst = p > *worst ? p : *worst;
        beyond += fmax(0, (double)c->late - m->late * t->aim * (double)c->n);
    }
    return beyond;
}

static bool add_window(const struct roster_model *m, int windows[ROSTER_PARTS][WEEK_SLOTS],
                       int kind, int slot, int slots)
{
    int first = m->open_s / ROSTER_SLOT_S, most = 0;
    for (int i = 0; i < m->n_windows; i++)
        most += m->windows[i].corporate == (kind == SKILL_CORPORATE);
    if (slot + slots > first + m->model.slots)
        return false;
    for (int t = slot; t < slot + slots; t++)
        if (++windows[kind][t] > most)
            return false;
    return true;
}

static bool cheapest(const struct roster_model *m, const int windows[ROSTER_PARTS][WEEK_SLOTS],
                     double aim, uint64_t seed, int64_t days, struct roster_fix *out)
{
    struct arena *arena = arena_new((size_t)2 << 30);
    struct trial t = { .m = m, .aim = aim, .n = (int)days };
    double least = INFINITY;
    int first = m->open_s / ROSTER_SLOT_S;
    t.days = arena_alloc(arena, sizeof *t.days * (size_t)days);
    t.tally = arena_alloc(arena, sizeof *t.tally);
    for (int i = 0; i < t.n; i++)
        plan_day_draw(&m->model, seed, (uint64_t)i, arena, &t.days[i]);
    struct roster_fix fix = { .slots = 0 };
    double before = excess(&t, windows, &fix.late_before, &fix.worst_before);
    /* Half an hour, then an hour, then two: the first length that does is the cheapest. */
    for (int slots = 1; before > 0 && slots <= 4 && least > 0; slots *= 2)
        for (int kind = 0; kind < ROSTER_PARTS; kind++)
            for (int s = 0; s + slots <= m->model.slots; s++) {
                int more[ROSTER_PARTS][WEEK_SLOTS];
                double whole, worst;
                memcpy(more, windows, sizeof more);
                if (!add_window(m, more, kind, first + s, slots))
                    continue;
                double beyond = excess(&t, more, &whole, &worst);
                if (beyond < least * .98) {
                    least = beyond;
                    fix = (struct roster_fix){ kind,  first + s,        slots, fix.late_before,
                                               whole, fix.worst_before, worst };
                }
            }
    arena_free(arena);
    *out = fix;
    return fix.slots > 0;
}

bool roster_cheapest_fix(const struct roster_model *m, const int windows[ROSTER_PARTS][WEEK_SLOTS],
                         uint64_t seed, int64_t days, struct roster_fix *out)
{
    return cheapest(m, windows, 1, seed, days, out);
}

/* ---- both parts together ---- */

static void judge(const struct roster_model *m, const struct roster_need *need, uint64_t seed,
                  int64_t days, struct plan_tally *t, struct roster_joined *out)
{
    static const double z99 = 2.3263478740408408;
    uint64_t open[PLAN_SLOTS];
    struct plan_crew crew;
    const struct plan_model *model = &m->model;
    roster_open_windows(m, need->windows, open);
    roster_model_crew(m, open, &crew);
    memset(t, 0, sizeof *t);
    plan_simulate(model, &crew, seed, 0, days, t);
    out->days = days;
    out->whole_late = plan_late_share(&t->whole[0]);
    out->worst_late = out->worst_upper = 0;
    out->slots_over = 0;
    for (int s = 0; s < model->slots; s++) {
        double late = plan_late_share(&t->slot[s][0]), upper = plan_late_upper(&t->slot[s][0], z99);
        out->worst_late = fmax(out->worst_late, late);
        out->worst_upper = fmax(out->worst_upper, fmin(1, upper));
        out->slots_over += late > model->late;
    }
    out->certified = out->worst_upper <= model->late;
}

void roster_need_join(const struct roster_model *m, uint64_t seed, struct roster_need *need,
                      struct roster_joined *out)
{
    enum { ROUNDS = 12 };
    struct arena *arena = arena_new((size_t)1 << 20);
    struct plan_tally *t = arena_alloc(arena, sizeof *t);
    struct roster_fix f;
    double customers = 40;
    int added = 0;
    for (int i = 0; i < m->model.slots; i++)
        customers += m->model.expected[i];
    int64_t look = (int64_t)(3e4 / customers) + 40, days = (int64_t)(6e5 / customers) + 300;
    for (int round = 0; round < ROUNDS; round++) {
        judge(m, need, seed + 2 * (uint64_t)round, days, t, out);
        if (out->certified ||
            !cheapest(m, need->windows, .85, seed + 2 * (uint64_t)round + 1, look, &f))
            break;
        for (int s = f.slot; s < f.slot + f.slots; s++)
            need->windows[f.kind][s]++;
        added += f.slots;
    }
    out->added = added;
    arena_free(arena);
}
