/* chart.c -- See chart.h. */
#include "advise/chart.h"
#include "advise/advise.h"
#include "lobby/stats.h"
#include "plan/forecast.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

enum { DAYS = CHART_WEEKS * 7, PENSION_DAY = 15 };

const char *chart_row_code(int row)
{
    static const char *const code[CHART_ROWS] = { "mon", "tue", "wed",     "thu",    "fri",
                                                  "sat", "sun", "holiday", "makeup", "pension" };
    CHECK((unsigned)row < CHART_ROWS);
    return code[row];
}

const char *chart_row_name(int row, bool english)
{
    static const char *const zh[CHART_ROWS] = { "周一", "周二", "周三",   "周四",     "周五",
                                                "周六", "周日", "节假日", "调休上班", "养老金日" };
    static const char *const en[CHART_ROWS] = { "Monday",     "Tuesday",  "Wednesday",
                                                "Thursday",   "Friday",   "Saturday",
                                                "Sunday",     "Holidays", "Make-up days",
                                                "Pension day" };
    CHECK((unsigned)row < CHART_ROWS);
    return english ? en[row] : zh[row];
}

int chart_row_of(struct call *c, date d, int *row)
{
    static const struct plan_calendar china = { .china = true, .pension_day = PENSION_DAY };
    enum branch_day_kind kind;
    const char *name;
    int rc = branch_day(c, d, &kind, &name);
    if (rc)
        return rc;
    *row = kind == DAY_HOLIDAY || kind == DAY_IN_LIEU     ? CHART_HOLIDAY
           : kind == DAY_MAKEUP                           ? CHART_MAKEUP
           : plan_day_flags(&china, d) & PLAN_DAY_PENSION ? CHART_PENSION
                                                          : date_weekday(d) - 1;
    return 0;
}

struct reading {
    date from;
    int row[DAYS]; /* -1: nobody came on that day */
    int first;     /* the first day somebody came */
    uint16_t come[DAYS][CHART_SLOTS];
    int32_t *wait[CHART_ROWS][CHART_SLOTS]; /* seconds of those who were called */
    int n[CHART_ROWS][CHART_SLOTS];
};

static int compare(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return x < y ? -1 : x > y;
}

/* Nearest rank, as everywhere. */
static int quantile(const int32_t *sorted, int n, double share)
{
    int rank = (int)(share * n + 0.999999);
    return sorted[rank < 1 ? 0 : rank > n ? n - 1 : rank - 1];
}

static bool counts(const struct stats_visit *v, int prefix)
{
    return v->end != VISIT_VOID && (!prefix || v->prefix == prefix);
}

static int slot_of(const struct stats_visit *v)
{
    return date_second_of_day(v->at_us) / 1800;
}

static int sort_days(struct call *c, const struct stats *s, int prefix, struct reading *r)
{
    int rc = 0;
    for (int i = 0; i < DAYS; i++)
        r->row[i] = -1;
    for (size_t i = 0; i < s->n; i++) {
        int day = s->visit[i].day - r->from.days;
        if (day < 0 || day >= DAYS)
            continue;
        r->row[day] = 0; /* open: somebody came, for whatever */
        if (counts(&s->visit[i], prefix))
            r->come[day][slot_of(&s->visit[i])]++;
    }
    for (int i = DAYS - 1; i >= 0; i--)
        if (r->row[i] == 0)
            r->first = i;
    for (int i = 0; !rc && i < DAYS; i++)
        if (r->row[i] == 0)
            rc = chart_row_of(c, (date){ r->from.days + i }, &r->row[i]);
    return rc;
}

static void sort_waits(struct arena *arena, const struct stats *s, int prefix, struct reading *r)
{
    for (int turn = 0; turn < 2; turn++) {
        for (size_t i = 0; i < s->n; i++) {
            const struct stats_visit *v = &s->visit[i];
            int day = v->day - r->from.days, slot = slot_of(v);
            if (day < 0 || day >= DAYS || !counts(v, prefix) || v->end != VISIT_SERVED)
                continue;
            int row = r->row[day], at = r->n[row][slot]++;
            if (turn)
                r->wait[row][slot][at] = (int32_t)(v->wait_us / US_SECOND);
        }
        for (int row = 0; row < CHART_ROWS; row++)
            for (int slot = 0; slot < CHART_SLOTS; slot++) {
                if (turn) {
                    qsort(r->wait[row][slot], (size_t)r->n[row][slot], sizeof(int32_t), compare);
                    continue;
                }
                r->wait[row][slot] =
                    arena_alloc(arena, sizeof(int32_t) * (size_t)(r->n[row][slot] + 1));
                r->n[row][slot] = 0;
            }
    }
}

static void make_cell(const struct reading *r, int row, int slot, struct chart_cell *k)
{
    int32_t come[DAYS];
    int n = 0;
    double sum = 0;
    for (int d = 0; d < DAYS; d++)
        if (r->row[d] == row) {
            come[n++] = r->come[d][slot];
            sum += r->come[d][slot];
        }
    *k = (struct chart_cell){ .p50_s = -1, .p90_s = -1, .people = r->n[row][slot] };
    if (!n)
        return;
    qsort(come, (size_t)n, sizeof come[0], compare);
    k->come = sum / n;
    k->come_low = quantile(come, n, .1);
    k->come_high = quantile(come, n, .9);
    if (!k->people)
        return;
    k->p50_s = quantile(r->wait[row][slot], k->people, .5);
    k->p90_s = quantile(r->wait[row][slot], k->people, .9);
}

static bool known(const struct chart_row *r, int slot)
{
    const struct chart_cell *k = &r->cell[slot];
    return slot * 1800 >= r->open_s && (slot + 1) * 1800 <= r->close_s &&
           k->people >= CHART_FEW_PEOPLE;
}

/* The quietest by what nine in ten wait, then by half of them; the busiest by who comes. */
static void find_best(struct chart_row *r)
{
    r->best[0] = r->best[1] = r->busiest = -1;
    for (int i = 0; i < CHART_SLOTS; i++) {
        int *best = &r->best[i >= CHART_SLOTS / 2];
        const struct chart_cell *k = &r->cell[i], *b = *best < 0 ? NULL : &r->cell[*best];
        if (r->busiest < 0 ? k->come > 0 : k->come > r->cell[r->busiest].come)
            r->busiest = i;
        /* not the last hour: who comes then is served in a hurry */
        if (!known(r, i) || (i + 2) * 1800 > r->close_s)
            continue;
        if (!b || k->p90_s < b->p90_s || (k->p90_s == b->p90_s && k->p50_s < b->p50_s))
            *best = i;
    }
}

int chart_better(const struct chart_row *r, int second_of_day)
{
    int now = second_of_day / 1800, best = -1;
    if (now < 0 || now >= CHART_SLOTS || !known(r, now))
        return -1;
    for (int i = now + 1; i < CHART_SLOTS; i++)
        if (known(r, i) && (i + 2) * 1800 <= r->close_s &&
            (best < 0 || r->cell[i].p90_s < r->cell[best].p90_s))
            best = i;
    return best >= 0 && r->cell[best].p90_s * 3 <= r->cell[now].p90_s * 2 &&
                   r->cell[now].p90_s - r->cell[best].p90_s >= 180
               ? best
               : -1;
}

/* The hours of the newest day of each sort: hours may have changed. */
static int make_rows(struct call *c, outlet_id o, const struct reading *r, struct chart *out)
{
    int rc = 0;
    for (int d = 0; !rc && d < DAYS; d++) {
        struct branch_hours h;
        if (r->row[d] < 0)
            continue;
        struct chart_row *row = &out->row[r->row[d]];
        rc = branch_hours_on(c, o, (date){ r->from.days + d }, &h);
        row->days++;
        row->open_s = h.open_s;
        row->close_s = h.close_s;
    }
    for (int i = 0; !rc && i < CHART_ROWS; i++) {
        for (int slot = 0; slot < CHART_SLOTS; slot++) {
            make_cell(r, i, slot, &out->row[i].cell[slot]);
            if (out->row[i].cell[slot].come > out->most)
                out->most = out->row[i].cell[slot].come;
        }
        find_best(&out->row[i]);
    }
    return rc;
}

static int read_machines(struct call *c, outlet_id o, struct chart *out)
{
    struct branch_service *list;
    int n = 0, rc = branch_services_at(c, o, &list, &n);
    for (int i = 0; !rc && i < n && out->n_machines < (int)COUNT(out->machines); i++) {
        if (!list[i].machine_zh[0])
            continue;
        int k = out->n_machines++;
        snprintf(out->machines[k].name_zh, sizeof out->machines[k].name_zh, "%s", list[i].name_zh);
        snprintf(out->machines[k].name_en, sizeof out->machines[k].name_en, "%s", list[i].name_en);
        snprintf(out->machines[k].machine_zh, sizeof out->machines[k].machine_zh, "%s",
                 list[i].machine_zh);
        snprintf(out->machines[k].machine_en, sizeof out->machines[k].machine_en, "%s",
                 list[i].machine_en);
    }
    return rc;
}

int chart_read(struct call *c, outlet_id o, service_id service, struct chart *out)
{
    struct branch_service b = { .prefix = 0 };
    struct reading *r = arena_alloc(c->arena, sizeof *r);
    struct stats s = { .n = 0 };
    date today = date_of_instant(c->now_us);
    struct stats_range range = { o, { today.days - DAYS }, { today.days - 1 } };
    memset(out, 0, sizeof *out);
    int rc = branch_outlet_get(c, o, &out->outlet);
    if (!rc && service.n)
        rc = branch_service_get(c, service, &b);
    if (rc)
        return rc;
    snprintf(out->service_zh, sizeof out->service_zh, "%s", b.name_zh);
    snprintf(out->service_en, sizeof out->service_en, "%s", b.name_en);
    out->from = r->from = range.from;
    out->until = range.until;
    rc = stats_read(c, &range, &s);
    if (!rc)
        rc = sort_days(c, &s, b.prefix, r);
    out->from.days += r->first;
    if (!rc)
        rc = branch_hours_week(c, o, out->hours);
    if (!rc) {
        sort_waits(s.keep, &s, b.prefix, r);
        rc = make_rows(c, o, r, out);
    }
    stats_release(&s);
    if (!rc)
        rc = read_machines(c, o, out);
    return rc ? rc : out->most > 0 ? 0 : ADVISE_NO_CHART;
}
