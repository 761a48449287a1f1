/* staff.c -- Search by simulation, certification on fresh days. See staff.h. */
#include "plan/staff_priv.h"

#include <limits.h>
#include <math.h>
#include <string.h>

#include "base/banned.h"

static const double z99 = 2.3263478740408408; /* one-sided 99 % */
/* A certificate is looked for in up to ROUNDS rounds, in each after half of its fresh days and
 * after all. Each look spends a part of the 1 % that is left to chance, so together at most that.
 */
enum { ROUNDS = 6 };
static const double spent_half = .01 / ROUNDS / 8, spent_last = .01 / ROUNDS * 7 / 8;

int plan_cells(const struct plan_model *m)
{
    return m->n_classes > 1 ? m->n_classes + 1 : 1;
}

double plan_promised(const struct plan_model *m, int cell)
{
    if (cell == 0)
        return m->within > 0 && m->late > 0 ? m->late : 1;
    const struct plan_class *c = &m->classes[cell - 1];
    return c->within > 0 && c->late > 0 ? c->late : 1;
}

void search_open(const struct plan_model *m, uint64_t seed, int drawn, int max, struct arena *arena,
                 struct search *s)
{
    drawn = (drawn + FOUR - 1) / FOUR * FOUR;
    *s = (struct search){ .m = m, .drawn = drawn, .n_days = drawn, .max = max, .arena = arena };
    s->days = arena_alloc(arena, sizeof *s->days * (size_t)drawn);
    s->tally = arena_alloc(arena, sizeof *s->tally);
    for (int d = 0; d < drawn; d++)
        plan_day_draw(m, seed, (uint64_t)d, arena, &s->days[d]);
    s->fours = four_lay(m, s->days, drawn, arena);
    for (int i = 0; i < m->slots; i++)
        for (int k = 0; k < plan_cells(m); k++) {
            double promised = plan_promised(m, k);
            s->share[i][k] = promised < 1 ? promised * .955 : 1;
        }
}

void search_count(const struct plan_model *m, const struct plan_day *d, int n[][PLAN_CELLS],
                  int late[][PLAN_CELLS])
{
    int cells = plan_cells(m);
    double within[PLAN_CELLS] = { m->within }, per = 1 / m->slot;
    for (int k = 1; k < cells; k++)
        within[k] = m->classes[k - 1].within > 0 ? m->classes[k - 1].within : m->within;
    for (int s = 0; s < m->slots; s++)
        for (int k = 0; k < cells; k++)
            n[s][k] = late[s][k] = 0;
    for (int i = 0; i < d->n; i++) {
        int slot = (int)(d->since[i] * per);
        double wait = m->abandon_fails && d->gave_up[i] ? INFINITY : d->wait[i];
        slot = slot < m->slots ? slot : m->slots - 1;
        n[slot][0]++;
        late[slot][0] += wait > within[0];
        if (cells == 1)
            continue;
        int own = d->group ? d->group[i] / 2 / m->n_kinds + 1 : 1;
        n[slot][own]++;
        late[slot][own] += wait > within[own];
    }
}

/* What plan_tally_add() does, for the counts alone: a search asks for nothing else. */
static void search_add(const struct plan_model *m, const struct plan_day *d, struct plan_tally *t)
{
    int n[PLAN_SLOTS][PLAN_CELLS], late[PLAN_SLOTS][PLAN_CELLS], cells = plan_cells(m);
    search_count(m, d, n, late);
    for (int k = 0; k < cells; k++) {
        int64_t all = 0, all_late = 0;
        for (int s = 0; s < m->slots; s++) {
            plan_cell_day(&t->slot[s][k], n[s][k], late[s][k]);
            all += n[s][k];
            all_late += late[s][k];
        }
        plan_cell_day(&t->whole[k], all, all_late);
    }
    t->days++;
}

/* The same, four days side by side. */
static void search_four(struct search *s, const int *counts, int four)
{
    int late[PLAN_SLOTS][FOUR], slots = s->m->slots;
    four_run(s->fours, four, counts, INT_MAX, 0, slots, late);
    for (int k = 0; k < FOUR; k++) {
        int64_t n = 0, all_late = 0;
        for (int i = 0; i < slots; i++) {
            int here = four_n(s->fours, four, i, k);
            plan_cell_day(&s->tally->slot[i][0], here, late[i][k]);
            n += here;
            all_late += late[i][k];
        }
        plan_cell_day(&s->tally->whole[0], n, all_late);
        s->tally->days++;
    }
}

/* Runs days from..to - 1 into the tally. */
static void run_days(struct search *s, const int *counts, int from, int to)
{
    struct plan_crew crew;
    plan_crew_of(s->m, counts, &crew);
    if (from == 0)
        memset(s->tally, 0, sizeof *s->tally);
    for (; from < to && s->fours; from += FOUR) {
        search_four(s, crew.limit, from / FOUR);
        s->work += four_work(s->fours, from / FOUR, crew.limit, INT_MAX, 0, s->m->slots);
    }
    for (int d = from; d < to; d++) {
        plan_run(s->m, &crew, &s->days[d], false);
        search_add(s->m, &s->days[d], s->tally);
        s->work += s->days[d].n;
    }
}

/* Is any promise broken by more than chance (z errors) allows? */
static bool broken(const struct search *s, double z)
{
    for (int k = 0; k < plan_cells(s->m); k++) {
        if (s->whole_day) {
            const struct plan_cell *c = &s->tally->whole[k];
            double p = plan_late_share(c);
            if (p - z * (plan_late_upper(c, 1) - p) > plan_promised(s->m, k))
                return true;
            continue;
        }
        for (int i = 0; i < s->m->slots; i++) {
            const struct plan_cell *c = &s->tally->slot[i][k];
            double p = plan_late_share(c);
            if (s->share[i][k] < 1 && p - z * (plan_late_upper(c, 1) - p) > s->share[i][k])
                return true;
        }
    }
    return false;
}

bool search_holds(struct search *s, const int *counts)
{
    int done = 0;
    for (int to = s->n_days / 32; done < s->n_days; to *= 2) {
        to = (to < 1 ? 1 : to > s->n_days ? s->n_days : to + FOUR - 1) / FOUR * FOUR;
        to = to < FOUR ? FOUR : to;
        run_days(s, counts, done, to);
        done = to;
        if (broken(s, done < s->n_days ? 1.7 : 0))
            return false;
    }
    return true;
}

double search_excess(struct search *s, const int *counts, int n_days)
{
    double excess = 0;
    n_days = (n_days + FOUR - 1) / FOUR * FOUR;
    run_days(s, counts, 0, n_days < s->n_days ? n_days : s->n_days);
    for (int k = 0; k < plan_cells(s->m); k++)
        for (int i = 0; i < s->m->slots; i++) {
            const struct plan_cell *c = &s->tally->slot[i][k];
            if (s->share[i][k] < 1)
                excess += fmax(0, (double)c->late - s->share[i][k] * (double)c->n);
        }
    return excess;
}

/* ---- the search ---- */

/* The slot with the most late customers above what is aimed at, on the last days run; -1: none. */
static int worst_slot(const struct search *s, const bool *stuck)
{
    int worst = -1;
    double most = 0;
    for (int i = 0; i < s->m->slots; i++)
        for (int k = 0; k < plan_cells(s->m); k++) {
            const struct plan_cell *c = &s->tally->slot[i][k];
            double excess = (double)c->late - s->share[i][k] * (double)c->n;
            if (!stuck[i] && s->share[i][k] < 1 && excess > most) {
                most = excess;
                worst = i;
            }
        }
    return worst;
}

/* One window more in the worst slot or one of the two before it, until the plan holds. Where all
 * windows are open already nothing helps, and the next worst is tried. */
static void grow(struct search *s, int *counts)
{
    bool stuck[PLAN_SLOTS] = { false };
    while (search_excess(s, counts, s->n_days) > 0) {
        int worst = worst_slot(s, stuck), best = -1;
        double least = INFINITY;
        for (int i = worst; i >= 0 && i >= worst - 2; i--) {
            if (counts[i] >= s->max)
                continue;
            counts[i]++;
            double excess = search_excess(s, counts, s->n_days);
            counts[i]--;
            if (excess < least) {
                least = excess;
                best = i;
            }
        }
        if (worst < 0)
            return; /* as many as there are, and still too few */
        if (best >= 0)
            counts[best]++;
        else
            stuck[worst] = true;
    }
}

static int least_of(const struct search *s, int slot)
{
    return slot == s->m->slots - 1 ? 1 : 0;
}

static bool try_change(struct search *s, int *counts, int a, int b, int plus)
{
    int saved[PLAN_SLOTS];
    memcpy(saved, counts, sizeof saved);
    counts[a]--;
    if (b >= 0)
        counts[b]--;
    if (plus >= 0)
        counts[plus]++;
    bool lawful = counts[a] >= least_of(s, a) && (b < 0 || counts[b] >= least_of(s, b)) &&
                  (plus < 0 || counts[plus] <= s->max);
    if (lawful && search_holds(s, counts))
        return true;
    memcpy(counts, saved, sizeof saved);
    return false;
}

static void remove_singles(struct search *s, int *counts)
{
    for (int i = s->m->slots - 1; i >= 0; i--)
        while (try_change(s, counts, i, -1, -1))
            continue;
}

/* Two windows less, one more nearby: at slot k. */
static bool remove_pair(struct search *s, int *counts, int k)
{
    enum { REACH = 2 };
    int n = s->m->slots;
    for (int a = k - REACH; a <= k + REACH; a++)
        for (int b = a; b <= k + REACH; b++)
            if (a >= 0 && b >= 0 && a < n && b < n && a != k && b != k &&
                try_change(s, counts, a, b, k))
                return true;
    return false;
}

/* Round and round until no slot has found anything since it was last asked, or the work is done
 * that is allowed: a day of a hundred slots is a search of another size. */
void search_shrink(struct search *s, int *counts)
{
    int n = s->m->slots, idle = 0;
    remove_singles(s, counts);
    for (int k = 0; idle < n && s->work < s->allowed; k = (k + 1) % n, idle++)
        if (remove_pair(s, counts, k)) {
            remove_singles(s, counts);
            idle = -1;
        }
}

/* From the textbook's plan down: by a third of the days first where a day takes long. */
static void textbook_down(struct search *s, int *counts)
{
    int all = s->n_days;
    if (!s->fours && all > 60) {
        s->n_days = all / 3 / FOUR * FOUR;
        grow(s, counts);
        search_shrink(s, counts);
        s->n_days = all;
        grow(s, counts);
        remove_singles(s, counts);
        return;
    }
    grow(s, counts);
    search_shrink(s, counts);
}

/* And, where that is fewer, from the row the bound ended with up. */
static void first_plan(struct search *s, const int *row, int *counts)
{
    int other[PLAN_SLOTS], fewer = 0, n = s->m->slots;
    textbook_down(s, counts);
    if (!s->fours || s->work >= s->allowed)
        return;
    memcpy(other, row, sizeof *other * (size_t)n);
    other[n - 1] += other[n - 1] == 0;
    grow(s, other);
    search_shrink(s, other);
    for (int i = 0; i < n; i++)
        fewer += counts[i] - other[i];
    if (fewer > 0 && search_excess(s, other, s->n_days) <= 0)
        memcpy(counts, other, sizeof *other * (size_t)n);
}

/* ---- the certificate ---- */

static void look(const struct plan_model *m, const int *counts, const struct plan_tally *t,
                 struct plan_staffing *out)
{
    *out = (struct plan_staffing){ .days = t->days };
    out->whole_late = plan_late_share(&t->whole[0]);
    for (int i = 0; i < m->slots; i++) {
        bool over = false;
        out->counts[i] = counts[i];
        out->sum += counts[i];
        double p = plan_late_share(&t->slot[i][0]);
        if (p > out->worst_late) {
            out->worst_late = p;
            out->worst_slot = i;
        }
        out->worst_upper = fmax(out->worst_upper, plan_late_upper(&t->slot[i][0], z99));
        for (int k = 0; k < plan_cells(m); k++)
            over |= plan_late_share(&t->slot[i][k]) > plan_promised(m, k);
        out->slots_over += over;
    }
}

void plan_staff_try(const struct plan_model *m, const int *counts, uint64_t seed, int64_t days,
                    struct plan_tally *tally, struct plan_staffing *out)
{
    struct plan_crew crew;
    plan_crew_of(m, counts, &crew);
    memset(tally, 0, offsetof(struct plan_tally, bins));
    plan_simulate(m, &crew, seed, 0, days, tally);
    look(m, counts, tally, out);
}

static bool within(const struct plan_model *m, const struct plan_tally *t, double z)
{
    for (int i = 0; i < m->slots; i++)
        for (int k = 0; k < plan_cells(m); k++)
            if (plan_promised(m, k) < 1 && plan_late_upper(&t->slot[i][k], z) > plan_promised(m, k))
                return false;
    return true;
}

/* Runs the fresh days of a round, a quarter at a time; gives up when they surely do not certify.
 * True: every slot and class is certified. */
static bool certify(const struct plan_model *m, const int *counts, uint64_t seed, int64_t days,
                    struct plan_tally *t, struct plan_staffing *out)
{
    struct plan_crew crew;
    bool lost = false, won = false;
    plan_crew_of(m, counts, &crew);
    memset(t, 0, offsetof(struct plan_tally, bins));
    for (int quarter = 1; quarter <= 4 && !lost && !won; quarter++) {
        plan_simulate(m, &crew, seed, (uint64_t)t->days, days * quarter / 4 - t->days, t);
        for (int i = 0; i < m->slots; i++)
            for (int k = 0; k < plan_cells(m); k++) {
                const struct plan_cell *c = &t->slot[i][k];
                double p = plan_late_share(c), error = plan_late_upper(c, 1) - p;
                lost |= plan_promised(m, k) < 1 && p - error > plan_promised(m, k);
            }
        won = quarter == 2 && within(m, t, -plan_normal_quantile(spent_half));
    }
    look(m, counts, t, out);
    return won || (t->days == days && within(m, t, -plan_normal_quantile(spent_last)));
}

/* Aims lower where the fresh days could not certify, or would not with all of them: more so in each
 * round. */
static void tighten(struct search *s, const struct plan_tally *t, int64_t days, int round)
{
    double z = -plan_normal_quantile(spent_last) * sqrt((double)t->days / (double)days);
    for (int i = 0; i < s->m->slots; i++)
        for (int k = 0; k < plan_cells(s->m); k++) {
            double promised = plan_promised(s->m, k);
            const struct plan_cell *c = &t->slot[i][k];
            double over = plan_late_upper(c, z) - promised;
            if (promised >= 1 || over <= 0)
                continue;
            s->share[i][k] = fmax(
                s->share[i][k] - over * (1.2 + .3 * round) - promised * .01 * round, promised * .1);
        }
}

static void compare(const struct plan_model *m, const struct plan_staff_request *q, int64_t days,
                    struct arena *arena, struct plan_staff_answer *out)
{
    struct plan_tally *t = arena_alloc(arena, sizeof *t);
    double rates[PLAN_SLOTS], mean = 0, share = 0;
    for (int i = 0; i < m->slots; i++)
        rates[i] = m->expected[i] / m->slot;
    for (int k = 0; k < m->n_kinds; k++) {
        mean += m->kinds[k].share * m->kinds[k].takes.mean;
        share += m->kinds[k].share;
    }
    struct plan_day_rates d = { rates, m->slots, m->slot };
    for (int method = 0; method < PLAN_METHODS; method++) {
        int counts[PLAN_SLOTS];
        double *late = &out->formula_late[method];
        plan_staff_by(method, &d, mean / share, m->within, m->late, counts, m->slots);
        for (int i = 0; i < m->slots; i++) {
            double rate = plan_staff_rate(method, &d, mean / share, i);
            counts[i] = counts[i] < q->max_windows ? counts[i] : q->max_windows;
            if (rate > 0)
                *late = fmax(*late, plan_wait_tail(rate, mean / share, counts[i], m->within));
        }
        plan_staff_try(m, counts, q->seed + 2, days, t, &out->by[method]);
    }
}

/* Would all windows there are, all day, do? */
static void all_windows(struct search *s, struct plan_staff_answer *out)
{
    int counts[PLAN_SLOTS];
    for (int i = 0; i < s->m->slots; i++)
        counts[i] = s->max;
    run_days(s, counts, 0, s->n_days);
    double most = -INFINITY;
    for (int i = 0; i < s->m->slots; i++)
        for (int k = 0; k < plan_cells(s->m); k++) {
            const struct plan_cell *c = &s->tally->slot[i][k];
            double promised = plan_promised(s->m, k), p = plan_late_share(c);
            double surely = (p - 4 * (plan_late_upper(c, 1) - p) - promised) * (double)c->n;
            if (promised >= 1 || surely <= most)
                continue;
            most = surely;
            out->beyond_slot = i;
            out->beyond_class = k - 1;
            out->beyond_late = p;
        }
    out->beyond_windows = most > 0;
}

/* How much work: a second or so for each part. */
struct effort {
    int64_t search, drawn, certify, compare;
    double bound, allowed; /* customers simulated for the bound; by the search */
};
static struct effort effort_of(const struct plan_model *m, const struct plan_staff_request *q)
{
    double customers = 1 + m->n_bookings + m->n_trace;
    for (int i = 0; i < m->slots; i++)
        customers += m->expected[i];
    /* An empty day costs something, too; of a day of a million few are enough. */
    double least = fmin(1, 2e4 / customers);
    customers = fmax(customers, 40 + 2 * m->slots);
    /* Choosing by a rule costs two to three times as much as first come. */
    double work = m->rule.base == RULE_FCFS && m->n_kinds == 1 ? 1 : 2.6;
    struct effort e = {
        .search = (int64_t)(380000 / work / customers) + 1 + (int)(49 * least),
        .certify = (int64_t)(8e6 / work / customers) + 1 + (int)(199 * least),
        .compare = (int64_t)(6e5 / work / customers) + 1 + (int)(99 * least),
        .bound = four_can(m) ? 1.1e8 : 1.6e7,
        .allowed = four_can(m) ? 1.5e8 : 1.8e7,
    };
    e.drawn = four_can(m) ? (int64_t)(720000 / customers) + 1 + (int)(49 * least) : e.search;
    e.search = four_can(m) ? e.drawn * 2 / 3 : e.search;
    if (q->search_days)
        e.drawn = e.search = q->search_days;
    e.certify = q->certify_days ? q->certify_days : e.certify;
    e.compare = q->compare_days ? q->compare_days : e.compare;
    e.bound = q->bound_work > 0 ? q->bound_work : e.bound;
    return e;
}

void plan_staff(const struct plan_model *m, const struct plan_staff_request *q, struct arena *arena,
                struct plan_staff_answer *out)
{
    struct search s;
    struct effort e = effort_of(m, q);
    struct plan_tally *t = arena_alloc(arena, sizeof *t);
    *out = (struct plan_staff_answer){ .tally = t };
    compare(m, q, e.compare, arena, out);
    search_open(m, q->seed, (int)e.drawn, q->max_windows, arena, &s);
    s.n_days = e.search < s.drawn ? (int)e.search / FOUR * FOUR + FOUR : s.drawn;
    int counts[PLAN_SLOTS], row[PLAN_SLOTS];
    s.allowed = e.allowed;
    all_windows(&s, out);
    out->lower_bound = plan_lower_bound(&s, e.bound, row);
    out->bound_assumes = m->rule.base != RULE_FCFS || m->rule.n_whens > 0 || m->patience > 0 ||
                         m->n_bookings > 0 || m->courtesy_share > 0;
    memcpy(counts, out->by[PLAN_SIPP_MAX].counts, sizeof counts);
    counts[m->slots - 1] += counts[m->slots - 1] == 0;
    first_plan(&s, row, counts);
    for (;;) {
        if (out->rounds > 0) {
            grow(&s, counts);
            if (s.work < 2 * s.allowed)
                remove_singles(&s, counts);
        }
        out->rounds++;
        out->certified =
            certify(m, counts, q->seed + 100 + (uint64_t)out->rounds, e.certify, t, &out->plan);
        if (out->certified || out->rounds == (out->beyond_windows ? 1 : ROUNDS))
            break;
        tighten(&s, t, e.certify, out->rounds);
    }
    int only[PLAN_SLOTS];
    plan_day_only(&s, out->plan.counts, only);
    plan_staff_try(m, only, q->seed + 3, e.compare, s.tally, &out->day_only);
}
