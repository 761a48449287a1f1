/* office_api.c -- The promise and the figures of ranges: what the office page shows first. */
#include "api/office.h"
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "base/banned.h"

int range_read(struct call *c, struct request *q, int days, struct stats_range *out)
{
    date today = date_of_instant(c->now_us);
    int rc = request_outlet(c, q, &out->outlet);
    if (!rc)
        rc = request_date(c, q, "until", today, &out->until);
    date from = { out->until.days - days + 1 };
    if (!rc)
        rc = request_date(c, q, "from", from, &out->from);
    return rc;
}

void apart_begin(struct apart *a, const struct call *c)
{
    a->c = *c;
    a->c.arena = arena_new(64 << 20);
}

void apart_clear(struct apart *a)
{
    arena_clear(a->c.arena);
}

int apart_end(struct apart *a, struct call *c, int rc)
{
    if (rc > 0) {
        c->field = a->c.field ? arena_text(c->arena, a->c.field) : NULL;
        memcpy(c->detail, a->c.detail, sizeof c->detail);
    }
    arena_free(a->c.arena);
    return rc;
}

void date_json(struct jsonw *w, const char *key, date d)
{
    char text[DATE_TEXT];
    date_print(d, text);
    jw_text(w, key, text);
}

static void share_fields(struct jsonw *w, const struct share *s)
{
    jw_i64(w, "kept", s->kept);
    jw_i64(w, "of", s->of);
    jw_f64(w, "value", s->value, 6);
    jw_f64(w, "low", s->low, 6);
    jw_f64(w, "high", s->high, 6);
}

void share_json(struct jsonw *w, const char *key, const struct share *s)
{
    jw_object(w, key);
    share_fields(w, s);
    jw_end(w);
}

static void seconds_json(struct jsonw *w, const char *key, const struct wait_summary *s, int64_t us)
{
    if (s->served)
        jw_i64(w, key, us / US_SECOND);
    else
        jw_null(w, key);
}

/* ---- the promise ---- */

static void class_promise(struct jsonw *w, const struct stats_promise *p)
{
    jw_object(w, NULL);
    jw_text(w, "class_code", p->code);
    pair_json(w, "name", p->name_zh, p->name_en);
    jw_i64(w, "target_s", p->target_s);
    jw_i64(w, "goal_ppm", p->goal_ppm);
    jw_i64(w, "n_taken", p->taken);
    jw_array(w, "definitions");
    for (int d = 0; d < PROMISE_DEFINITIONS; d++) {
        enum promise_definition def = (enum promise_definition)d;
        jw_object(w, NULL);
        jw_text(w, "code", promise_code(def));
        pair_json(w, "name", promise_name(def, false), promise_name(def, true));
        share_fields(w, &p->answer.share[d]);
        jw_text(w, "verdict", verdict_code(p->answer.verdict[d]));
        jw_bool(w, "sure", p->answer.sure[d]);
        jw_end(w);
    }
    jw_end(w);
    jw_end(w);
}

static void summary_json(struct jsonw *w, const struct stats *s, const struct stats_figures *f,
                         const struct stats_handling *h)
{
    jw_object(w, "summary");
    jw_i64(w, "taken", f->taken);
    jw_i64(w, "served", f->served);
    jw_i64(w, "abandoned", f->left + f->no_show);
    jw_i64(w, "left", f->left);
    jw_i64(w, "no_show", f->no_show);
    jw_i64(w, "guided", f->guided);
    jw_i64(w, "still", f->still);
    jw_i64(w, "void", f->voided);
    jw_i64(w, "missed_bookings", s->missed);
    jw_f64(w, "mean_wait_s", f->waits.mean_s, 1);
    seconds_json(w, "median_s", &f->waits, f->waits.median_us);
    seconds_json(w, "p90_s", &f->waits, f->waits.p90_us);
    seconds_json(w, "p95_s", &f->waits, f->waits.p95_us);
    seconds_json(w, "max_s", &f->waits, f->waits.max_us);
    share_json(w, "within_5min", &f->within_5);
    jw_array(w, "buckets");
    for (int b = 0; b < WAIT_BUCKETS; b++) {
        jw_object(w, NULL);
        if (b < WAIT_BUCKETS - 1)
            jw_i64(w, "up_to_min", wait_bucket_minutes[b]);
        else
            jw_null(w, "up_to_min");
        jw_i64(w, "count", f->waits.bucket[b]);
        jw_end(w);
    }
    jw_end(w);
    jw_object(w, "handling");
    jw_i64(w, "n", h->n);
    jw_f64(w, "mean_s", h->mean_s, 1);
    jw_f64(w, "median_s", h->median_s, 1);
    jw_end(w);
    jw_end(w);
}

/* The 1020 verdict under every definition: no leg of it fails. */
static void verdicts_json(struct jsonw *w, const struct stats_promise *p)
{
    jw_object(w, "verdicts_1020");
    for (int d = 0; d < PROMISE_DEFINITIONS; d++) {
        enum verdict legs[2] = { p[0].answer.verdict[d], p[1].answer.verdict[d] };
        jw_text(w, promise_code((enum promise_definition)d), verdict_code(promise_legs(legs, 2)));
    }
    jw_end(w);
}

/* Pooled figures hide one bad outlet, so how many outlets keep the promise is told beside them. */
static void outlets_met(struct jsonw *w, struct stats *s)
{
    struct stats_part *parts;
    int n = 0, count[4] = { 0 };
    stats_split(s, STATS_BY_OUTLET, &parts, &n);
    for (int i = 0; i < n; i++) {
        struct stats_figures f;
        stats_figures(s, &parts[i], &f);
        count[f.verdict_1020]++;
    }
    jw_object(w, "outlets");
    jw_i64(w, "met", count[VERDICT_MET]);
    jw_i64(w, "not_met", count[VERDICT_NOT_MET]);
    jw_end(w);
}

static void promise_write(struct jsonw *w, struct stats *s, const struct stats_handling *h)
{
    struct stats_part whole = stats_whole(s);
    struct stats_promise list[STATS_GROUPS];
    struct stats_figures f;
    int n = 0;
    stats_promises(s, &whole, list, &n);
    stats_figures(s, &whole, &f);
    jw_object(w, NULL);
    date_json(w, "from", s->range.from);
    date_json(w, "until", s->range.until);
    jw_i64(w, "outlet_id", s->range.outlet.n);
    jw_array(w, "classes");
    for (int i = 0; i < n; i++)
        class_promise(w, &list[i]);
    jw_end(w);
    summary_json(w, s, &f, h);
    jw_text(w, "verdict_1020", verdict_code(f.verdict_1020));
    jw_bool(w, "sure_1020", f.sure_1020);
    verdicts_json(w, list);
    outlets_met(w, s);
    jw_end(w);
}

int api_promise(struct call *c, struct request *q, struct buf *answer)
{
    struct stats_range range;
    struct stats_handling h;
    struct stats s = { 0 };
    struct jsonw w;
    service_id service = { request_i64(q, "service", 0) };
    int64_t staff = request_i64(q, "staff", 0);
    struct branch_service b = { .prefix = 0 };
    int rc = range_read(c, q, 1, &range);
    if (!rc && service.n)
        rc = branch_service_get(c, service, &b);
    if (!rc)
        rc = stats_handling(c, &range, b.prefix, staff, &h);
    if (!rc)
        rc = stats_read(c, &range, &s);
    if (!rc) {
        stats_only(&s, b.prefix, staff);
        jw_init(&w, answer);
        promise_write(&w, &s, &h);
    }
    stats_release(&s);
    return rc;
}

/* ---- days and outlets ---- */

static void figures_fields(struct jsonw *w, const struct stats_figures *f)
{
    jw_i64(w, "taken", f->taken);
    jw_i64(w, "served", f->served);
    jw_i64(w, "abandoned", f->left + f->no_show);
    jw_i64(w, "no_show", f->no_show);
    jw_i64(w, "void", f->voided);
    jw_f64(w, "mean_wait_s", f->waits.mean_s, 1);
    seconds_json(w, "p95_s", &f->waits, f->waits.p95_us);
    share_json(w, "within_20", &f->within_20);
    share_json(w, "within_10_mid_high", &f->within_10_mid_high);
    jw_text(w, "verdict_1020", verdict_code(f->verdict_1020));
    jw_bool(w, "sure_1020", f->sure_1020);
}

static int days_write(struct call *c, struct jsonw *w, struct stats *s)
{
    struct stats_part *parts;
    int n = 0, rc = 0;
    stats_split(s, STATS_BY_DAY, &parts, &n);
    jw_object(w, NULL);
    jw_array(w, "items");
    for (int i = 0; !rc && i < n; i++) {
        struct stats_figures f;
        enum branch_day_kind kind;
        const char *name = NULL;
        date d = { parts[i].key };
        rc = branch_day(c, d, &kind, &name);
        if (rc)
            break;
        stats_figures(s, &parts[i], &f);
        jw_object(w, NULL);
        date_json(w, "date", d);
        jw_text(w, "day_kind", branch_day_code(kind));
        jw_text(w, "day_name_zh", name);
        figures_fields(w, &f);
        jw_end(w);
    }
    jw_end(w);
    jw_end(w);
    return rc;
}

int api_days(struct call *c, struct request *q, struct buf *answer)
{
    struct stats_range range;
    struct stats s = { 0 };
    struct jsonw w;
    int rc = range_read(c, q, 28, &range);
    if (!rc)
        rc = stats_read(c, &range, &s);
    jw_init(&w, answer);
    if (!rc)
        rc = days_write(c, &w, &s);
    stats_release(&s);
    return rc;
}

struct ranked {
    int outlet, rank;
    struct stats_figures f;
};

/* Before another: the larger share; who has no share comes last. */
static bool ranks_before(const struct ranked *a, const struct ranked *b)
{
    if (!a->f.within_20.of || !b->f.within_20.of)
        return a->f.within_20.of && !b->f.within_20.of;
    return a->f.within_20.value > b->f.within_20.value;
}

/* Outlets whose intervals overlap share a rank: the counts cannot tell them apart. */
static void rank_outlets(struct ranked *list, int n)
{
    for (int i = 1; i < n; i++) {
        struct ranked one = list[i];
        int k = i;
        for (; k > 0 && ranks_before(&one, &list[k - 1]); k--)
            list[k] = list[k - 1];
        list[k] = one;
    }
    for (int i = 0; i < n; i++) {
        list[i].rank = list[i].f.within_20.of ? 1 : 0;
        for (int k = 0; k < n && list[i].rank; k++)
            list[i].rank +=
                list[k].f.within_20.of && list[k].f.within_20.low > list[i].f.within_20.high;
    }
}

static void compare_write(struct call *c, struct jsonw *w, struct stats *s)
{
    struct ranked *list = arena_alloc(c->arena, sizeof *list * (size_t)(s->n_outlets + 1));
    struct stats_part *parts;
    int n = 0;
    stats_split(s, STATS_BY_OUTLET, &parts, &n);
    for (int i = 0; i < s->n_outlets; i++) {
        struct stats_part none = { .key = i, .index = NULL, .n = 0 };
        list[i].outlet = i;
        stats_figures(s, &none, &list[i].f);
    }
    for (int i = 0; i < n; i++)
        stats_figures(s, &parts[i], &list[parts[i].key].f);
    rank_outlets(list, s->n_outlets);
    jw_object(w, NULL);
    jw_array(w, "items");
    for (int i = 0; i < s->n_outlets; i++) {
        const struct branch_outlet *o = &s->outlets[list[i].outlet];
        jw_object(w, NULL);
        jw_i64(w, "outlet_id", o->id.n);
        jw_text(w, "code", o->code);
        pair_json(w, "name", o->name_zh, o->name_en);
        if (list[i].rank)
            jw_i64(w, "rank", list[i].rank);
        else
            jw_null(w, "rank");
        figures_fields(w, &list[i].f);
        jw_end(w);
    }
    jw_end(w);
    jw_end(w);
}

int api_compare(struct call *c, struct request *q, struct buf *answer)
{
    struct stats_range range;
    struct stats s = { 0 };
    struct jsonw w;
    int rc = range_read(c, q, 28, &range);
    if (!rc)
        rc = stats_read(c, &range, &s);
    jw_init(&w, answer);
    if (!rc)
        compare_write(c, &w, &s);
    stats_release(&s);
    return rc;
}

/* ---- flow ---- */

static void flow_write(struct jsonw *w, struct stats *s)
{
    struct stats_part *parts;
    int n = 0, days[8] = { 0 };
    stats_split(s, STATS_BY_DAY, &parts, &n);
    for (int i = 0; i < n; i++)
        days[date_weekday((date){ parts[i].key })] += parts[i].n > 0;
    stats_split(s, STATS_BY_CELL, &parts, &n);
    jw_object(w, NULL);
    date_json(w, "from", s->range.from);
    date_json(w, "until", s->range.until);
    jw_array(w, "cells");
    for (int i = 0; i < n; i++) {
        struct wait_summary sum;
        int weekday = parts[i].key / HALF_HOURS + 1;
        size_t waits = stats_waits(s, &parts[i], GROUP_ALL);
        wait_summarise(s->waits, waits, s->scratch, &sum);
        arena_clear(s->scratch);
        jw_object(w, NULL);
        jw_i64(w, "weekday", weekday);
        jw_i64(w, "half_hour", parts[i].key % HALF_HOURS);
        /* A carried-over number's arrival and business date can be of two weekdays. */
        jw_f64(w, "taken_mean", (double)parts[i].n / (days[weekday] ? days[weekday] : 1), 2);
        jw_f64(w, "wait_mean_s", sum.mean_s, 1);
        jw_i64(w, "days", days[weekday]);
        jw_end(w);
    }
    jw_end(w);
    jw_end(w);
}

int api_flow(struct call *c, struct request *q, struct buf *answer)
{
    struct stats_range range;
    struct stats s = { 0 };
    struct jsonw w;
    int rc = range_read(c, q, 28, &range);
    if (!rc)
        rc = stats_read(c, &range, &s);
    jw_init(&w, answer);
    if (!rc)
        flow_write(&w, &s);
    stats_release(&s);
    return rc;
}

int api_half_hours(struct call *c, struct request *q, struct buf *answer)
{
    struct stats_half_hour h[HALF_HOURS];
    outlet_id o = { 0 };
    struct jsonw w;
    date d;
    int first = HALF_HOURS, last = -1;
    int rc = request_outlet(c, q, &o);
    if (!rc)
        rc = request_date(c, q, "date", date_of_instant(c->now_us), &d);
    if (!rc)
        rc = stats_half_hours(c, o, d, h);
    if (rc)
        return rc;
    for (int i = 0; i < HALF_HOURS; i++)
        if (h[i].taken || h[i].served || h[i].waiting_max || h[i].windows_open > 0) {
            first = i < first ? i : first;
            last = i;
        }
    jw_init(&w, answer);
    jw_object(&w, NULL);
    date_json(&w, "date", d);
    jw_array(&w, "items");
    for (int i = first; i <= last; i++) {
        jw_object(&w, NULL);
        jw_i64(&w, "half_hour", i);
        jw_i64(&w, "taken", h[i].taken);
        jw_i64(&w, "served", h[i].served);
        jw_i64(&w, "waiting_max", h[i].waiting_max);
        jw_f64(&w, "mean_wait_s", h[i].waits.mean_s, 1);
        seconds_json(&w, "p95_s", &h[i].waits, h[i].waits.p95_us);
        jw_f64(&w, "windows_open_mean", h[i].windows_open, 2);
        jw_i64(&w, "over", h[i].over);
        jw_end(&w);
    }
    jw_end(&w);
    jw_end(&w);
    return 0;
}

/* ---- the whole city at a glance ---- */

struct glance {
    int waiting, windows_open;
    int64_t longest_s;
    const char *level;
};

static void glance_of(const struct lobby_scene *s, struct glance *g)
{
    const struct lobby_settings *set = &s->plan->settings;
    *g = (struct glance){ .level = "ok" };
    for (int i = 0; i < s->n_live; i++) {
        if (!ticket_waits(s->live[i].state))
            continue;
        int64_t wait_s = ticket_wait_us(&s->live[i], s->now_us) / US_SECOND;
        g->waiting++;
        g->longest_s = wait_s > g->longest_s ? wait_s : g->longest_s;
    }
    for (int i = 0; i < s->n_sessions; i++)
        g->windows_open += s->sessions[i].state == SESSION_OPEN;
    if (g->longest_s * 4 >= set->alarm_wait_s * 3 || g->waiting * 4 >= set->alarm_count * 3)
        g->level = "warn";
    if (g->longest_s >= set->alarm_wait_s || g->waiting >= set->alarm_count ||
        (g->waiting && !g->windows_open))
        g->level = "alarm";
}

static void live_write(struct jsonw *w, const struct lobby_scene *s, const struct share *within)
{
    struct glance g;
    const struct branch_outlet *o = &s->outlet;
    glance_of(s, &g);
    jw_object(w, NULL);
    jw_i64(w, "outlet_id", o->id.n);
    jw_text(w, "code", o->code);
    pair_json(w, "name", o->name_zh, o->name_en);
    pair_json(w, "district", o->district_zh, o->district_en);
    jw_f64(w, "lat", o->lat_e6 / 1e6, 6);
    jw_f64(w, "lon", o->lon_e6 / 1e6, 6);
    jw_bool(w, "open_now", s->day.state == DAY_OPEN || s->day.state == DAY_STOPPED);
    jw_i64(w, "waiting", g.waiting);
    jw_i64(w, "longest_wait_s", g.longest_s);
    jw_i64(w, "windows_open", g.windows_open);
    if (within->of)
        jw_i64(w, "within_ppm_today", (int64_t)(within->value * 1e6));
    else
        jw_null(w, "within_ppm_today");
    share_json(w, "within_20", within);
    jw_text(w, "level", g.level);
    jw_end(w);
}

int api_live(struct call *c, struct request *q, struct buf *answer)
{
    struct stats_range range;
    struct stats s = { 0 };
    struct stats_part *parts;
    struct apart apart;
    struct jsonw w;
    int n = 0;
    int rc = range_read(c, q, 1, &range);
    range.from = range.until = date_of_instant(c->now_us);
    if (!rc)
        rc = stats_read(c, &range, &s);
    jw_init(&w, answer);
    jw_object(&w, NULL);
    ms_json(&w, "now_ms", c->now_us);
    jw_array(&w, "items");
    if (!rc)
        stats_split(&s, STATS_BY_OUTLET, &parts, &n);
    apart_begin(&apart, c);
    for (int i = 0, k = 0; !rc && i < s.n_outlets; i++) {
        struct lobby_scene scene;
        struct share within = share_wilson(0, 0);
        if (k < n && parts[k].key == i) {
            struct stats_figures f;
            stats_figures(&s, &parts[k++], &f);
            within = f.within_20;
        }
        if (!s.outlets[i].active)
            continue;
        rc = scene_load(&apart.c, s.outlets[i].id, &scene);
        if (!rc)
            live_write(&w, &scene, &within);
        apart_clear(&apart);
    }
    rc = apart_end(&apart, c, rc);
    jw_end(&w);
    jw_end(&w);
    stats_release(&s);
    return rc;
}
