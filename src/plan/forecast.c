/* forecast.c -- See forecast.h. */
#include "plan/forecast.h"
#include "plan/forecast_priv.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

enum { TUNE_DAYS = 400, TUNE_MIN = 40, TUNE_FIRST = 20 };

/* ---- one day ---- */

static void view_features(const struct plan_forecast_model *m, date d, struct fc_view *v)
{
    memset(v, 0, sizeof *v);
    v->flags = plan_day_flags(&m->calendar, d);
    v->kind = v->flags & PLAN_DAY_HOLIDAY ? 0 : v->flags & PLAN_DAY_MAKEUP ? 8 : date_weekday(d);
    v->group = m->alone[v->kind] || v->kind == 0;
    if (v->group)
        v->flags &= PLAN_DAY_HOLIDAY;
    else if (m->last_low && d.days - m->last.days <= 3)
        v->flags |= PLAN_DAY_AFTER;
    v->x[FC_LEVEL] = v->x[FC_DRIFT] = 1;
    if (v->kind >= 1 && v->kind <= 7)
        v->x[FC_WEEKDAY + v->kind - 1] = 1;
    for (int i = 0; i < FC_FLAGS; i++)
        v->x[FC_FLAG + i] = v->flags >> i & 1;
    v->closed = m->zero[v->kind] > 0 || (v->kind >= 1 && !m->seen[v->kind] && m->days >= 14);
}

static void view(const struct plan_forecast_model *m, date d, struct fc_view *v)
{
    view_features(m, d, v);
    if (!m->level.started)
        return;
    fc_level_see(m, v);
    fc_shape_see(m, v);
}

void plan_forecast_shut(struct plan_forecast_model *m, date d)
{
    struct plan_calendar *k = &m->calendar;
    if ((size_t)k->n_holidays == m->room) {
        date *more = arena_alloc(m->arena, sizeof *more * (m->room * 2 + 16));
        if (m->room)
            memcpy(more, m->holes, sizeof *more * m->room);
        m->holes = more;
        m->room = m->room * 2 + 16;
    }
    int at = k->n_holidays;
    for (; at > 0 && m->holes[at - 1].days >= d.days; at--)
        m->holes[at] = m->holes[at - 1];
    m->holes[at] = d;
    k->n_holidays++;
    k->holidays = m->holes;
}

static bool known_in_part(const struct plan_forecast_model *m, date d)
{
    for (int i = 0; i < m->n_part; i++)
        if (m->part[i].days == d.days)
            return true;
    return false;
}

void plan_forecast_passed(struct plan_forecast_model *m, date d)
{
    if (!m->days || d.days - m->last.days > 31)
        return;
    for (date e = { m->last.days + 1 }; e.days < d.days; e.days++)
        if (m->seen[date_weekday(e)] && !(plan_day_flags(&m->calendar, e) & PLAN_DAY_HOLIDAY) &&
            !known_in_part(m, e))
            plan_forecast_shut(m, e);
}

void plan_forecast_learn(struct plan_forecast_model *m, date d, const double *count)
{
    struct fc_view v;
    double total = 0, weight = 1;
    CHECK(!m->days || d.days > m->last.days);
    plan_forecast_passed(m, d);
    for (int s = 0; s < m->slots; s++)
        total += count[s];
    view_features(m, d, &v);
    m->seen[v.kind]++;
    m->zero[v.kind] = total > 0 ? 0 : m->zero[v.kind] + 1;
    m->last = d;
    m->days++;
    m->saw = v;
    if (total <= 0)
        return;
    double log_total = log(total);
    if (!m->level.started) {
        fc_level_start(m, log_total);
    } else {
        fc_level_pass(m);
        view(m, d, &v);
        m->saw = v;
        if (m->days > 7)
            fc_range_learn(m, &v, count, total, 1);
    }
    fc_level_see(m, &v);
    m->last_low = m->days > 10 && log_total - v.mu < -.4;
    weight = fc_level_learn(m, &v, log_total);
    fc_shape_learn(m, &v, count, total, weight);
}

/* ---- all days ---- */

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *x, int n)
{
    qsort(x, (size_t)n, sizeof *x, by_size);
    return n % 2 ? x[n / 2] : (x[n / 2 - 1] + x[n / 2]) / 2;
}

static double day_total(const struct plan_history *h, int i)
{
    double total = 0;
    for (int s = 0; s < h->slots; s++)
        total += h->count[(size_t)i * (size_t)h->slots + (size_t)s];
    return total;
}

/* Weekdays whose median is less than two thirds of the usual weekday's (or more than half above)
 * stand alone; with the weekdays nobody comes they are the days of rest. */
static void find_alone(struct plan_forecast_model *m, const struct plan_history *h)
{
    double middle[8] = { 0 }, sorted[7], *x = arena_alloc(m->arena, sizeof *x * (size_t)(h->n + 1));
    int n = 0;
    for (int w = 1; w <= 7; w++) {
        int found = 0;
        for (int i = 0; i < h->n; i++)
            if (date_weekday(h->day[i]) == w && day_total(h, i) > 0)
                x[found++] = log(day_total(h, i));
        if (found)
            sorted[n++] = middle[w] = median(x, found);
        else
            m->calendar.rest |= h->n >= 14 ? 1u << w : 0;
    }
    if (!n)
        return;
    qsort(sorted, (size_t)n, sizeof *sorted, by_size);
    double usual = median(sorted + (n > 5 ? n - 5 : 0), n > 5 ? 5 : n);
    for (int w = 1; w <= 7; w++) {
        m->alone[w] = middle[w] != 0 && fabs(middle[w] - usual) > .4;
        if (m->alone[w])
            m->calendar.rest |= 1u << w;
    }
}

static struct plan_forecast_model *start(const struct plan_history *h, const struct fc_knobs *k,
                                         struct arena *arena)
{
    struct plan_forecast_model *m = arena_alloc(arena, sizeof *m);
    m->calendar = h->calendar;
    m->calendar.holidays = NULL;
    m->calendar.n_holidays = 0;
    m->arena = arena;
    m->slots = h->slots;
    m->k = *k;
    m->part = h->part;
    m->n_part = h->n_part;
    for (int i = 0; i < h->calendar.n_holidays; i++)
        plan_forecast_shut(m, h->calendar.holidays[i]);
    find_alone(m, h);
    fc_range_start(m);
    return m;
}

static const double *counts_of(const struct plan_history *h, int i)
{
    return &h->count[(size_t)i * (size_t)h->slots];
}

/* Error of the days' half-hours, each forecast from the days before it, as a share. */
static double loss(const struct plan_history *h, const struct fc_knobs *k)
{
    struct arena *arena = arena_new((size_t)1 << 26);
    struct plan_forecast_model *m = start(h, k, arena);
    m->mean_only = true;
    double off = 0, all = 0;
    for (int i = 0; i < h->n; i++) {
        const double *y = counts_of(h, i);
        plan_forecast_learn(m, h->day[i], y);
        double total = 0, mean = 0;
        for (int s = 0; s < h->slots && i >= TUNE_FIRST; s++) {
            double x = m->saw.closed ? 0 : m->saw.mean[s];
            off += fabs(x - y[s]);
            mean += x;
            total += y[s];
        }
        all += 2 * total;
        off += fabs(mean - total);
    }
    arena_free(arena);
    return all > 0 ? off / all : 0;
}

/* One knob at a time to its half or its double, where that is better by half a percent; by more
 * where few days say so, for a gain over 30 days is as often luck. */
static struct fc_knobs tune(const struct plan_history *h)
{
    struct fc_knobs k = fc_usual;
    double *knob = (double *)&k;
    static const bool is_share[FC_KNOBS] = { [2] = true, [8] = true, [9] = true };
    struct plan_history recent = *h;
    if (recent.n > TUNE_DAYS) {
        recent.day += recent.n - TUNE_DAYS;
        recent.count += (size_t)(recent.n - TUNE_DAYS) * (size_t)recent.slots;
        recent.n = TUNE_DAYS;
    }
    if (recent.n < TUNE_MIN)
        return k;
    double best = loss(&recent, &k), worth = .005 * fmax(1, 120. / (recent.n - TUNE_FIRST));
    for (int turn = 0; turn < 3; turn++)
        for (size_t i = 0; i < FC_KNOBS; i++) {
            double was = knob[i], kept = was;
            for (int up = 0; up < 2; up++) {
                double by = up ? 2 : .5;
                knob[i] = is_share[i] ? fmax(0, 1 - (1 - was) * by) : was * by;
                double now = loss(&recent, &k);
                if (now < best * (1 - worth)) {
                    best = now;
                    kept = knob[i];
                }
            }
            knob[i] = kept;
        }
    return k;
}

struct plan_forecast_model *plan_forecast_fit(const struct plan_history *h, date until,
                                              struct arena *arena)
{
    struct plan_history before = *h;
    CHECK(h->slots > 0 && h->slots <= FC_SLOTS);
    while (before.n > 0 && before.day[before.n - 1].days >= until.days)
        before.n--;
    struct fc_knobs k = tune(&before);
    struct plan_forecast_model *m = start(&before, &k, arena);
    for (int i = 0; i < before.n; i++)
        plan_forecast_learn(m, before.day[i], counts_of(&before, i));
    return m;
}

/* Days with people between the last one learnt and d: the level passes over each. */
static void pass_to(struct plan_forecast_model *m, date d)
{
    int passed = 0;
    for (date e = { m->last.days + 1 }; e.days <= d.days && passed < 400; e.days++) {
        struct fc_view v;
        view_features(m, e, &v);
        if (v.closed && e.days < d.days)
            continue;
        fc_level_pass(m);
        passed++;
    }
}

void plan_forecast_day(const struct plan_forecast_model *m, date d, const double *so_far, int known,
                       double cover, struct plan_forecast *out)
{
    struct plan_forecast_model then = *m;
    struct fc_view v;
    CHECK(known >= 0 && known <= m->slots && cover > 0 && cover < 1);
    *out = (struct plan_forecast){ .day = d, .slots = m->slots, .known = known };
    if (m->level.started)
        pass_to(&then, d);
    view(&then, d, &v);
    out->flags = v.flags;
    out->closed = v.closed || !m->level.started;
    if (!out->closed) {
        fc_range_day(&then, &v, so_far, cover, out);
        return;
    }
    for (int s = 0; s < known; s++) {
        out->mean[s] = out->low[s] = out->high[s] = so_far[s];
        out->total += so_far[s];
    }
    out->total_low = out->total_high = out->total;
}
