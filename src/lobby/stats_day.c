/* stats_day.c -- Figures that need services and window sessions: tellers, and a day's half-hours.
 */
#include "lobby/lobby_priv.h"
#include "lobby/stats.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/banned.h"

/* ---- tellers ---- */

enum { TELLERS_MAX = 2000 };
struct tellers {
    struct stats_teller *list; /* by staff id, until the end */
    int n;
};

/* The teller's row, made when it is new; NULL: more people than anybody employs. */
static struct stats_teller *teller_row(struct tellers *t, int64_t staff)
{
    int low = 0, high = t->n;
    while (low < high) {
        int middle = (low + high) / 2;
        if (t->list[middle].staff < staff)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < t->n && t->list[low].staff == staff)
        return &t->list[low];
    if (t->n == TELLERS_MAX)
        return NULL;
    memmove(&t->list[low + 1], &t->list[low], sizeof *t->list * (size_t)(t->n - low));
    t->list[low] = (struct stats_teller){ .staff = staff };
    t->n++;
    return &t->list[low];
}

static void teller_leg(struct stats_teller *t, struct db_rows *r)
{
    int64_t outcome = db_i64(r, 1), queued = db_i64(r, 2), called = db_i64(r, 3),
            serving = db_i64(r, 4), ended = db_i64(r, 5);
    bool inaccurate = db_i64(r, 6) != 0;
    t->no_shows += outcome == LEG_NO_SHOW;
    if (called && ended > called && outcome != LEG_VOID)
        t->busy_s += (ended - called) / US_SECOND;
    if (!serving || (outcome != LEG_DONE && outcome != LEG_NEXT))
        return;
    t->served += outcome == LEG_DONE;
    t->handled++;
    t->sum_wait_s += called > queued && queued ? (double)(called - queued) / 1e6 : 0;
    if (!inaccurate) {
        t->timed++;
        t->sum_handling_s += (double)(ended - serving) / 1e6;
    }
}

#define LEG_QUERY                                                                               \
    "SELECT staff_id, outcome, queued_us, called_us, serving_us, ended_us, inaccurate FROM leg" \
    " WHERE business_date >= $1 AND business_date <= $2 AND staff_id > 0"

static int teller_legs(struct call *c, const struct stats_range *range, struct tellers *t)
{
    struct db_rows r;
    int rc = range->outlet.n ? db_query(c->tx, &r, LEG_QUERY " AND outlet_id=$3",
                                        DB_ARGS(DB_I(range->from.days), DB_I(range->until.days),
                                                DB_I(range->outlet.n)))
                             : db_query(c->tx, &r, LEG_QUERY,
                                        DB_ARGS(DB_I(range->from.days), DB_I(range->until.days)));
    while (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        struct stats_teller *row = teller_row(t, db_i64(&r, 0));
        if (row)
            teller_leg(row, &r);
    }
    db_done(&r);
    return rc;
}

static int teller_sessions(struct call *c, outlet_id o, const struct stats_range *range,
                           struct tellers *t)
{
    struct db_rows r;
    int rc = db_query(c->tx, &r,
                      "SELECT staff_id, state, opened_us, ended_us, paused_us, paused_total_us"
                      " FROM window_session WHERE outlet_id=$1 AND opened_us >= $2"
                      " AND opened_us < $3 AND staff_id > 0",
                      DB_ARGS(DB_I(o.n), DB_I(date_instant(range->from, 0)),
                              DB_I(date_instant(range->until, 0) + US_DAY)));
    while (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        struct stats_teller *row = teller_row(t, db_i64(&r, 0));
        int64_t state = db_i64(&r, 1), until = state == SESSION_ENDED ? db_i64(&r, 3) : c->now_us;
        int64_t paused = db_i64(&r, 5);
        if (state == SESSION_PAUSED)
            paused += c->now_us - db_i64(&r, 4);
        if (row && until - db_i64(&r, 2) > paused)
            row->open_s += (until - db_i64(&r, 2) - paused) / US_SECOND;
    }
    db_done(&r);
    return rc;
}

static int compare_tellers(const void *a, const void *b)
{
    const struct stats_teller *x = a, *y = b;
    if (x->served != y->served)
        return x->served < y->served ? 1 : -1;
    return (x->staff > y->staff) - (x->staff < y->staff);
}

int stats_tellers(struct call *c, const struct stats_range *range, struct stats_teller **out,
                  int *n)
{
    struct branch_outlet *outlets;
    struct tellers t = { .list = arena_alloc(c->arena, sizeof *t.list * (TELLERS_MAX + 1)) };
    int n_outlets = 0;
    int rc = stats_outlets(c, range, &outlets, &n_outlets);
    if (!rc)
        rc = teller_legs(c, range, &t);
    for (int i = 0; !rc && i < n_outlets; i++)
        rc = teller_sessions(c, outlets[i].id, range, &t);
    for (int i = 0; i < t.n; i++) {
        struct stats_teller *row = &t.list[i];
        row->mean_wait_s = row->handled ? row->sum_wait_s / (double)row->handled : NAN;
        row->mean_handling_s = row->timed ? row->sum_handling_s / (double)row->timed : NAN;
    }
    qsort(t.list, (size_t)t.n, sizeof *t.list, compare_tellers);
    *out = t.list;
    *n = t.n;
    return rc;
}

/* ---- half-hours ---- */

struct edge { /* one more waits from here on, or one less */
    int64_t at_us;
    int step;
};
struct day_work {
    int64_t start_us, now_us;
    struct edge *edges;
    size_t n, room;
    double open_us[HALF_HOURS];
    struct stats_half_hour *out;
};

static int half_hour_of(const struct day_work *w, int64_t at_us)
{
    int64_t h = (at_us - w->start_us) / (30 * US_MINUTE);
    return at_us < w->start_us || h >= HALF_HOURS ? -1 : (int)h;
}

static void add_waiting(struct day_work *w, int64_t from_us, int64_t until_us)
{
    if (!from_us || until_us <= from_us)
        return;
    CHECK(w->n + 2 <= w->room);
    w->edges[w->n++] = (struct edge){ from_us, 1 };
    w->edges[w->n++] = (struct edge){ until_us, -1 };
}

static void add_open(struct day_work *w, int64_t from_us, int64_t until_us, int sign)
{
    for (int h = 0; h < HALF_HOURS; h++) {
        int64_t a = w->start_us + h * 30 * US_MINUTE, b = a + 30 * US_MINUTE;
        int64_t from = from_us > a ? from_us : a, until = until_us < b ? until_us : b;
        if (until > from)
            w->open_us[h] += sign * (double)(until - from);
    }
}

static int day_legs(struct call *c, outlet_id o, date d, struct day_work *w)
{
    struct db_rows r;
    int64_t n = 0;
    int rc = db_one_i64(c->tx,
                        "SELECT (SELECT COUNT(*) FROM leg l WHERE l.outlet_id=$1 AND"
                        " l.business_date=$2) + (SELECT COUNT(*) FROM ticket t WHERE"
                        " t.outlet_id=$1 AND t.business_date=$2)",
                        DB_ARGS(DB_I(o.n), DB_I(d.days)), 0, &n);
    if (rc)
        return rc;
    w->room = 2 * (size_t)n;
    w->n = 0;
    w->edges = arena_alloc(c->arena, sizeof *w->edges * (w->room + 1));
    rc = db_query(c->tx, &r,
                  "SELECT queued_us, called_us, serving_us, ended_us, outcome FROM leg"
                  " WHERE outlet_id=$1 AND business_date=$2",
                  DB_ARGS(DB_I(o.n), DB_I(d.days)));
    while (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        int64_t called = db_i64(&r, 1), ended = db_i64(&r, 3), outcome = db_i64(&r, 4);
        int h = half_hour_of(w, ended);
        if (outcome != LEG_UNDONE)
            add_waiting(w, db_i64(&r, 0), called ? called : ended);
        if (h >= 0 && db_i64(&r, 2) && (outcome == LEG_DONE || outcome == LEG_NEXT))
            w->out[h].served++;
    }
    db_done(&r);
    if (rc)
        return rc;
    /* Those whose present leg is not filed yet: waiting, called, being served. */
    rc = db_query(c->tx, &r,
                  "SELECT queued_us, called_us FROM ticket WHERE outlet_id=$1 AND business_date=$2"
                  " AND state IN (2, 3, 4, 6)",
                  DB_ARGS(DB_I(o.n), DB_I(d.days)));
    while (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        add_waiting(w, db_i64(&r, 0), db_i64(&r, 1) ? db_i64(&r, 1) : c->now_us);
    }
    db_done(&r);
    return rc;
}

static int day_sessions(struct call *c, outlet_id o, struct day_work *w)
{
    struct db_rows r;
    int rc = db_query(c->tx, &r,
                      "SELECT state, opened_us, ended_us, paused_us FROM window_session"
                      " WHERE outlet_id=$1 AND opened_us >= $2 AND opened_us < $3",
                      DB_ARGS(DB_I(o.n), DB_I(w->start_us), DB_I(w->start_us + US_DAY)));
    while (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        int64_t state = db_i64(&r, 0);
        add_open(w, db_i64(&r, 1), state == SESSION_ENDED ? db_i64(&r, 2) : c->now_us, 1);
        if (state == SESSION_PAUSED)
            add_open(w, db_i64(&r, 3), c->now_us, -1);
    }
    db_done(&r);
    if (rc)
        return rc;
    rc = db_query(c->tx, &r,
                  "SELECT from_us, until_us FROM window_pause WHERE outlet_id=$1 AND from_us >= $2"
                  " AND from_us < $3",
                  DB_ARGS(DB_I(o.n), DB_I(w->start_us), DB_I(w->start_us + US_DAY)));
    while (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        add_open(w, db_i64(&r, 0), db_i64(&r, 1), -1);
    }
    db_done(&r);
    return rc;
}

/* By time; who leaves the queue goes before who joins it at the same moment. */
static int compare_edges(const void *a, const void *b)
{
    const struct edge *x = a, *y = b;
    if (x->at_us != y->at_us)
        return x->at_us < y->at_us ? -1 : 1;
    return x->step - y->step;
}

static void sweep_waiting(struct day_work *w)
{
    int64_t waiting = 0;
    size_t i = 0;
    qsort(w->edges, w->n, sizeof *w->edges, compare_edges);
    while (i < w->n && w->edges[i].at_us < w->start_us)
        waiting += w->edges[i++].step;
    for (int h = 0; h < HALF_HOURS; h++) {
        int64_t end = w->start_us + (h + 1) * 30 * US_MINUTE, max = waiting;
        for (; i < w->n && w->edges[i].at_us < end; i++) {
            waiting += w->edges[i].step;
            max = waiting > max ? waiting : max;
        }
        w->out[h].waiting_max += max;
    }
}

static int target_of(const struct stats *s, int class_index)
{
    for (int i = 0; i < s->n_classes; i++)
        if (s->classes[i].index == class_index)
            return s->classes[i].target_s;
    return 1200;
}

static void half_hour_waits(struct stats *s, struct stats_half_hour out[HALF_HOURS])
{
    struct stats_part *parts;
    int n = 0;
    stats_split(s, STATS_BY_CELL, &parts, &n);
    for (int i = 0; i < n; i++) {
        struct stats_half_hour *h = &out[parts[i].key % HALF_HOURS];
        size_t waits = stats_waits(s, &parts[i], GROUP_ALL);
        h->taken = (int64_t)parts[i].n;
        wait_summarise(s->waits, waits, s->scratch, &h->waits);
        for (size_t k = 0; k < parts[i].n; k++) {
            const struct stats_visit *v = &s->visit[parts[i].index[k]];
            h->over +=
                v->end != VISIT_VOID && v->wait_us > target_of(s, v->class_index) * US_SECOND;
        }
        arena_clear(s->scratch);
    }
}

int stats_half_hours(struct call *c, outlet_id o, date d, struct stats_half_hour out[HALF_HOURS])
{
    struct stats_range range = { .outlet = o, .from = d, .until = d };
    struct day_work w = { .start_us = date_instant(d, 0), .now_us = c->now_us, .out = out };
    struct stats s;
    memset(out, 0, sizeof *out * HALF_HOURS);
    for (int h = 0; h < HALF_HOURS; h++)
        wait_summarise(NULL, 0, c->arena, &out[h].waits);
    int rc = stats_read(c, &range, &s);
    if (!rc)
        half_hour_waits(&s, out);
    for (int i = 0; !rc && i < s.n_outlets; i++) {
        rc = day_legs(c, s.outlets[i].id, d, &w);
        if (!rc)
            rc = day_sessions(c, s.outlets[i].id, &w);
        if (!rc)
            sweep_waiting(&w);
    }
    for (int h = 0; h < HALF_HOURS; h++) {
        int64_t passed = w.now_us - (w.start_us + h * 30 * US_MINUTE);
        passed = passed > 30 * US_MINUTE ? 30 * US_MINUTE : passed;
        out[h].windows_open = passed > 0 ? w.open_us[h] / (double)passed : 0;
    }
    stats_release(&s);
    return rc;
}
