/* score.c -- What was said, beside what came. See advise.h. */
#include "advise/advise_priv.h"
#include "lobby/promise_report.h"

#include <string.h>

#include "base/banned.h"

const int advise_bucket_percent[ADVISE_BUCKETS + 1] = { 0, 10, 30, 50, 70, 90, 95, 100 };

enum { TAIL_S = 1260, AT_ONCE = 200, KEEP_DAYS = 400 };

int64_t advise_came_us(const struct ticket *t)
{
    if (!t->slot_us)
        return t->taken_us;
    return t->checked_in_us > t->slot_us ? t->checked_in_us : t->slot_us;
}

struct sums {
    int n, late, mid_n, mid_late;
};

/* -1: does not count; 0 in time, 1 late, 2: not over yet. */
static int judge(const struct ticket *t, const struct wait *w, int64_t limit_us)
{
    if (w->end == WAIT_ABANDONED || ticket_guided(t) || t->state == TICKET_VOID)
        return -1;
    if (w->us > limit_us)
        return 1;
    return w->end == WAIT_STILL ? 2 : 0;
}

int advise_was_kept(const struct ticket *today, int n, int64_t at_us, int minutes, int64_t now_us,
                    const bool mid_high[BRANCH_CLASSES_MAX])
{
    struct promise_question leg[2];
    struct sums s = { 0 };
    bool open = false;
    promise_1020(NULL, 0, NULL, 0, leg);
    for (int i = 0; i < n; i++) {
        const struct ticket *t = &today[i];
        struct wait w;
        int64_t came = advise_came_us(t);
        if (!ticket_wait(t, now_us, &w) || came > at_us + minutes * US_MINUTE)
            continue;
        bool mid = mid_high[t->class_index];
        int64_t limit = mid ? leg[1].within_us : leg[0].within_us;
        bool waits_on =
            ticket_waits(t->state) || (t->called_us ? t->called_us > at_us : t->ended_us > at_us);
        if (came <= at_us && (!waits_on || at_us - came > limit))
            continue; /* was called before, or lost already */
        int all = judge(t, &w, leg[0].within_us), own = judge(t, &w, leg[1].within_us);
        if (all < 0)
            continue;
        open = open || all == 2 || (mid && own == 2);
        s.n++;
        s.late += all == 1;
        s.mid_n += mid;
        s.mid_late += mid && own == 1;
    }
    if (s.n == 0 || open)
        return -1;
    /* Late at most the share that is left by the goal, in whole numbers. */
    return (int64_t)s.late * 1000000 <= (int64_t)s.n * (1000000 - leg[0].goal_ppm) &&
           (int64_t)s.mid_late * 1000000 <= (int64_t)s.mid_n * (1000000 - leg[1].goal_ppm);
}

/* ---- the rows ---- */

struct day {
    bool mid_high[BRANCH_CLASSES_MAX];
    date day;
    struct ticket *list;
    int n;
};

static int day_of(struct call *c, outlet_id o, date d, struct day *k)
{
    if (k->list && k->day.days == d.days)
        return 0;
    k->day = d;
    return lobby_day_tickets(c, o, d, &k->list, &k->n);
}

struct minute {
    int64_t at_us;
    int kept[LIVE_HORIZONS];
};

static int score_minutes(struct call *c, outlet_id o, struct day *k, int *settled)
{
    struct minute *list = arena_alloc(c->arena, sizeof *list * AT_ONCE);
    struct db_rows r;
    int n = 0, longest = live_horizon[LIVE_HORIZONS - 1];
    int64_t before = c->now_us - longest * US_MINUTE - TAIL_S * US_SECOND;
    int rc = db_query(c->tx, &r,
                      "SELECT at_us FROM advise_minute WHERE outlet_id=$1 AND at_us < $2"
                      " AND scored=0 ORDER BY at_us LIMIT 200",
                      DB_ARGS(DB_I(o.n), DB_I(before)));
    while (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        if (n < AT_ONCE)
            list[n++].at_us = db_i64(&r, 0);
    }
    db_done(&r);
    for (int i = 0; !rc && i < n; i++) {
        rc = day_of(c, o, date_of_instant(list[i].at_us), k);
        for (int h = 0; !rc && h < LIVE_HORIZONS; h++)
            list[i].kept[h] = advise_was_kept(k->list, k->n, list[i].at_us, live_horizon[h],
                                              c->now_us, k->mid_high);
        if (!rc)
            rc = db_exec(c->tx,
                         "UPDATE advise_minute SET kept_30=$1, kept_60=$2, kept_90=$3, scored=1"
                         " WHERE outlet_id=$4 AND at_us=$5",
                         DB_ARGS(DB_I(list[i].kept[0]), DB_I(list[i].kept[1]),
                                 DB_I(list[i].kept[2]), DB_I(o.n), DB_I(list[i].at_us)));
    }
    *settled += n;
    if (rc)
        return rc;
    return db_exec(c->tx, "DELETE FROM advise_minute WHERE outlet_id=$1 AND at_us < $2",
                   DB_ARGS(DB_I(o.n), DB_I(c->now_us - KEEP_DAYS * US_DAY)));
}

/* Was it seen to be done within ten minutes? Of opening and resuming the sessions tell. */
static int seen_done(struct call *c, const struct advice *a, int *done)
{
    int64_t n = 0, until = a->at_us + 10 * US_MINUTE;
    int rc = 0;
    *done = -1;
    if (a->kind == LIVE_OPEN || a->kind == LIVE_RESUME) {
        rc = lobby_window_opened(c, a->window, a->at_us, until, &n);
        *done = n > 0;
    }
    return rc;
}

static int score_advice(struct call *c, outlet_id o, struct day *k, int *settled)
{
    struct advice *list;
    int n = 0, longest = live_horizon[LIVE_HORIZONS - 1];
    int64_t before = c->now_us - longest * US_MINUTE - TAIL_S * US_SECOND;
    int rc = advice_unscored(c, o, before, AT_ONCE, &list, &n);
    for (int i = 0; !rc && i < n; i++) {
        struct advice *a = &list[i];
        rc = day_of(c, o, date_of_instant(a->at_us), k);
        if (rc)
            break;
        a->kept = advise_was_kept(k->list, k->n, a->at_us, a->horizon_min, c->now_us, k->mid_high);
        rc = seen_done(c, a, &a->done);
        a->scored_us = c->now_us;
        if (a->state == ADVICE_OPEN)
            a->state = ADVICE_OVER;
        if (!rc)
            rc = advice_update(c, a);
    }
    *settled += n;
    return rc;
}

int advise_score(struct call *c, outlet_id o, int *settled)
{
    struct branch_class *classes;
    struct day *k = arena_alloc(c->arena, sizeof *k);
    int n = 0, rc = told_settle(c, o, AT_ONCE, settled);
    if (!rc)
        rc = branch_classes(c, &classes, &n);
    for (int i = 0; !rc && i < n; i++)
        k->mid_high[classes[i].index] = classes[i].mid_high;
    if (!rc)
        rc = score_minutes(c, o, k, settled);
    if (!rc)
        rc = score_advice(c, o, k, settled);
    return rc;
}

/* ---- the table ---- */

static int bucket_of(int64_t said_ppm)
{
    int b = 0;
    while (b < ADVISE_BUCKETS - 1 && said_ppm >= advise_bucket_percent[b + 1] * 10000)
        b++;
    return b;
}

static int read_minutes(struct call *c, outlet_id o, date from, date until,
                        struct advise_scores *out)
{
    struct db_rows r;
    int64_t n[LIVE_HORIZONS][ADVISE_BUCKETS] = { 0 }, kept[LIVE_HORIZONS][ADVISE_BUCKETS] = { 0 };
    double said[LIVE_HORIZONS][ADVISE_BUCKETS] = { 0 };
    int rc = db_query(c->tx, &r,
                      "SELECT said_30, said_60, said_90, kept_30, kept_60, kept_90"
                      " FROM advise_minute WHERE scored=1 AND business_date >= $1"
                      " AND business_date <= $2 AND (outlet_id=$3 OR 0=$4)",
                      DB_ARGS(DB_I(from.days), DB_I(until.days), DB_I(o.n), DB_I(o.n)));
    while (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        for (int h = 0; h < LIVE_HORIZONS; h++) {
            int64_t s = db_i64(&r, h), was = db_i64(&r, LIVE_HORIZONS + h);
            int b = bucket_of(s);
            if (was < 0)
                continue;
            n[h][b]++;
            kept[h][b] += was;
            said[h][b] += (double)s / 1e6;
        }
    }
    db_done(&r);
    for (int h = 0; !rc && h < LIVE_HORIZONS; h++)
        for (int b = 0; b < ADVISE_BUCKETS; b++)
            if (n[h][b])
                out->promise[out->n_promise++] =
                    (struct advise_bucket){ live_horizon[h], b, said[h][b] / (double)n[h][b],
                                            share_wilson(kept[h][b], n[h][b]) };
    return rc;
}

int advise_scores(struct call *c, outlet_id o, date from, date until, struct advise_scores *out)
{
    struct db_rows r;
    memset(out, 0, sizeof *out);
    int rc = read_minutes(c, o, from, until, out);
    if (rc)
        return rc;
    rc = db_query(c->tx, &r,
                  "SELECT state, before_ppm, after_ppm, kept FROM advice WHERE business_date >= $1"
                  " AND business_date <= $2 AND (outlet_id=$3 OR 0=$4)",
                  DB_ARGS(DB_I(from.days), DB_I(until.days), DB_I(o.n), DB_I(o.n)));
    while (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        bool followed = db_i64(&r, 0) == ADVICE_FOLLOWED;
        int64_t kept = db_i64(&r, 3);
        double said = (double)db_i64(&r, followed ? 2 : 1) / 1e6;
        out->given++;
        out->declined += db_i64(&r, 0) == ADVICE_DECLINED;
        if (followed) {
            out->followed.given++;
            out->followed.scored += kept >= 0;
            out->followed.kept += kept == 1;
            out->followed.said += kept >= 0 ? said : 0;
        } else {
            out->not_followed.given++;
            out->not_followed.scored += kept >= 0;
            out->not_followed.kept += kept == 1;
            out->not_followed.said += kept >= 0 ? said : 0;
        }
    }
    db_done(&r);
    if (out->followed.scored)
        out->followed.said /= (double)out->followed.scored;
    if (out->not_followed.scored)
        out->not_followed.said /= (double)out->not_followed.scored;
    return rc;
}
