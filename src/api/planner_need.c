/* planner_need.c -- The fewest windows for a day or a week, certified: a good answer within a
 * second or two, shown while the better one is looked for.
 *
 * The two parts of a day (personal, corporate) are computed beside each other, and joined. What was
 * computed before from the same figures is taken from planner_kept.c. */
#include "api/planner.h"
#include "api/office.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/banned.h"

struct needs_ctx {
    struct planner *planner;
    outlet_id outlet;
    date first;
    int days;
    struct planner_day day; /* being worked on */
    date at;
};

static int read_day(struct call *c, void *ctx)
{
    struct needs_ctx *x = ctx;
    return planner_day(c, x->planner, x->outlet, x->at, &x->day);
}

static void staffing_json(struct jsonw *w, const char *key, const struct plan_staffing *p,
                          int slots)
{
    jw_object(w, key);
    jw_i64(w, "sum", p->sum);
    jw_array(w, "windows");
    for (int i = 0; i < slots; i++)
        jw_i64(w, NULL, p->counts[i]);
    jw_end(w);
    jw_f64(w, "whole_late", p->whole_late, 5);
    jw_f64(w, "worst_late", p->worst_late, 5);
    jw_i64(w, "worst_slot", p->worst_slot);
    jw_i64(w, "slots_over", p->slots_over);
    jw_end(w);
}

static void part_json(struct jsonw *w, const struct roster_model *r, const struct plan_model *m,
                      const struct plan_staff_answer *a)
{
    static const double z99 = 2.3263478740408408;
    jw_object(w, NULL);
    jw_bool(w, "certified", a->certified);
    jw_f64(w, "confidence", .99, 2);
    jw_i64(w, "days", a->plan.days);
    jw_i64(w, "lower_bound", a->lower_bound);
    if (a->beyond_windows) {
        jw_object(w, "beyond");
        jw_i64(w, "slot", r->open_s / ROSTER_SLOT_S + a->beyond_slot);
        jw_f64(w, "late", a->beyond_late, 5);
        jw_end(w);
    }
    staffing_json(w, "plan", &a->plan, m->slots);
    for (int i = 0; i < PLAN_METHODS; i++)
        staffing_json(w, plan_method_code(i), &a->by[i], m->slots);
    staffing_json(w, "day_only", &a->day_only, m->slots);
    jw_array(w, "late");
    for (int i = 0; i < m->slots; i++)
        jw_f64(w, NULL, plan_late_share(&a->tally->slot[i][0]), 5);
    jw_end(w);
    jw_array(w, "late_upper");
    for (int i = 0; i < m->slots; i++)
        jw_f64(w, NULL, fmin(1, plan_late_upper(&a->tally->slot[i][0], z99)), 5);
    jw_end(w);
    jw_end(w);
}

/* ---- a part, and both ---- */

struct part_small {
    bool some; /* it has customers */
    int slots, counts[PLAN_SLOTS];
};
struct part {
    const struct roster_model *m;
    struct planner_kept *kept;
    enum roster_part part;
    enum roster_effort effort;
    bool reused;
    struct part_small small;
    struct buf json;
};

static uint64_t part_key(const struct part *p)
{
    const int what[] = { 1, (int)p->part, (int)p->effort };
    return planner_key(p->m, what, sizeof what);
}

static void part_run(void *arg)
{
    struct part *p = arg;
    uint64_t key = part_key(p);
    p->reused = planner_kept_find(p->kept, key, &p->small, sizeof p->small, &p->json);
    if (p->reused)
        return;
    struct arena *own = arena_new((size_t)2 << 30);
    struct plan_model *m = arena_alloc(own, sizeof *m);
    struct plan_staff_answer *a = arena_alloc(own, sizeof *a);
    struct jsonw w;
    p->small.some = roster_need_certified(p->m, p->part, p->effort, 1020, own, m, a);
    if (p->small.some) {
        p->small.slots = m->slots;
        memcpy(p->small.counts, a->plan.counts, sizeof p->small.counts);
        jw_init(&w, &p->json);
        part_json(&w, p->m, m, a);
    }
    arena_free(own);
    planner_keep(p->kept, key, &p->small, sizeof p->small, &p->json);
}

struct joined_small {
    struct roster_need need;
};

/* Both kinds of windows together: {"certified": ...}, and what was added to the need. */
static void join(struct planner_kept *kept, const struct roster_model *m, struct roster_need *need,
                 struct buf *out)
{
    struct roster_joined r;
    struct joined_small small = { .need = *need };
    struct jsonw w;
    uint64_t key = planner_key(m, need->windows, sizeof need->windows);
    if (planner_kept_find(kept, key, &small, sizeof small, out)) {
        *need = small.need;
        return;
    }
    roster_need_join(m, 2020, need, &r);
    jw_init(&w, out);
    jw_object(&w, NULL);
    jw_bool(&w, "certified", r.certified);
    jw_i64(&w, "added", r.added);
    jw_i64(&w, "days", r.days);
    jw_f64(&w, "whole_late", r.whole_late, 5);
    jw_f64(&w, "worst_late", r.worst_late, 5);
    jw_f64(&w, "worst_upper", r.worst_upper, 5);
    jw_i64(&w, "slots_over", r.slots_over);
    jw_end(&w);
    small.need = *need;
    planner_keep(kept, key, &small, sizeof small, out);
}

/* ---- a day ---- */

static const enum roster_part parts[ROSTER_PARTS] = { ROSTER_PERSONAL, ROSTER_CORPORATE };

/* Is the full answer known already? Then there is nothing to show before it. */
static bool known(const struct needs_ctx *x)
{
    bool all = true;
    for (int k = 0; k < ROSTER_PARTS && all; k++) {
        struct part p = { .m = &x->day.m,
                          .kept = planner_kept_of(x->planner),
                          .part = parts[k],
                          .effort = ROSTER_FULL };
        buf_init(&p.json, 1 << 20);
        all = planner_kept_find(p.kept, part_key(&p), &p.small, sizeof p.small, &p.json);
        buf_release(&p.json);
    }
    return all;
}

/* One day into the document. */
static void day_need(struct planner_job *j, struct needs_ctx *x, enum roster_effort effort,
                     struct jsonw *w)
{
    static const char *const name[] = { "personal", "corporate" };
    struct planner_kept *kept = planner_kept_of(x->planner);
    struct roster_need need = { .planned = true };
    struct part p[ROSTER_PARTS];
    struct buf joined;
    buf_init(&joined, 1 << 20);
    for (int k = 0; k < ROSTER_PARTS; k++) {
        p[k] = (struct part){ .m = &x->day.m, .kept = kept, .part = parts[k], .effort = effort };
        buf_init(&p[k].json, 1 << 20);
    }
    planner_both(part_run, &p[0], &p[1]);
    snprintf(need.source, sizeof need.source, "certified");
    jw_object(w, NULL);
    date_json(w, "day", x->at);
    jw_i64(w, "opens", x->day.m.open_s / 60);
    jw_bool(w, "first", effort == ROSTER_QUICK); /* a better one may come */
    jw_bool(w, "reused", p[0].reused && p[1].reused);
    jw_object(w, "parts");
    for (int k = 0; k < ROSTER_PARTS; k++) {
        if (p[k].small.some) {
            roster_need_fill(&x->day.m, (enum roster_skill)k, p[k].small.counts, &need);
            jw_raw(w, name[k], p[k].json.at);
        }
        buf_release(&p[k].json);
    }
    jw_end(w);
    if (effort == ROSTER_FULL && !planner_stopping(j)) {
        join(kept, &x->day.m, &need, &joined);
        jw_raw(w, "joined", joined.at);
    }
    buf_release(&joined);
    need_json(w, "need", &need);
    jw_end(w);
}

static void day_document(struct planner_job *j, struct needs_ctx *x, enum roster_effort effort,
                         struct buf *out)
{
    struct jsonw w;
    buf_clear(out);
    jw_init(&w, out);
    jw_object(&w, NULL);
    jw_array(&w, "items");
    day_need(j, x, effort, &w);
    jw_end(&w);
    jw_end(&w);
}

/* A day alone: at once what a fifth of the work finds, then the rest. Stopped, the first is it. */
static int one_day(struct planner_job *j, struct needs_ctx *x, struct buf *out)
{
    x->at = x->first;
    planner_progress(j, 0, 100, NAN, NAN);
    int rc = planner_read(j, read_day, x);
    if (rc)
        return rc;
    if (!x->day.m.open) {
        buf_text(out, "{\"items\":[]}");
        return 0;
    }
    if (!known(x)) {
        day_document(j, x, ROSTER_QUICK, out);
        planner_partial(j, out);
        planner_progress(j, 20, 100, NAN, NAN);
        if (planner_stopping(j))
            return 0;
    }
    day_document(j, x, ROSTER_FULL, out);
    return 0;
}

static int run_needs(struct planner_job *j, struct buf *out)
{
    struct needs_ctx *x = planner_ctx(j);
    struct jsonw w;
    int rc = 0;
    if (x->days == 1)
        return one_day(j, x, out);
    jw_init(&w, out);
    jw_object(&w, NULL);
    jw_array(&w, "items");
    for (int d = 0; !rc && d < x->days && !planner_stopping(j); d++) {
        planner_progress(j, 100 * d, 100 * x->days, NAN, NAN);
        x->at.days = x->first.days + d;
        rc = planner_read(j, read_day, x);
        if (!rc && x->day.m.open)
            day_need(j, x, ROSTER_FULL, &w);
    }
    jw_end(&w);
    jw_end(&w);
    planner_progress(j, 100 * x->days, 100 * x->days, NAN, NAN);
    return rc;
}

int api_plan_staff(struct call *c, struct request *q, struct buf *answer)
{
    struct needs_ctx *x = arena_alloc(c->arena, sizeof *x);
    int64_t days = 1, id = 0;
    *x = (struct needs_ctx){ .planner = q->api->planner, .outlet = { q->id[0] } };
    int rc = planner_body_day(c, q, &x->first);
    json_want_i64(q->doc, q->body, "days", 1, 7, &days);
    if (!rc)
        rc = body_done(c, q);
    x->days = (int)days;
    if (!rc)
        rc = planner_start(q->api->planner, q, x->outlet, "staff", run_needs, x, sizeof *x, &id);
    return planner_answer(rc, id, answer);
}
