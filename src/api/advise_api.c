/* advise_api.c -- Live advice: the floor's panel, deciding, and was it right. */
#include "advise/advise.h"
#include "api/office.h"
#include "lobby/told.h"
#include <stdio.h>
#include <string.h>
#include "base/banned.h"

enum { LISTED = 30 };

static void advice_json(struct jsonw *w, const char *key, const struct advice *a,
                        const struct lobby_plan *p)
{
    const struct branch_window *win = plan_window(p, a->window);
    const struct branch_service *s = a->service.n ? plan_service(p, a->service) : NULL;
    jw_object(w, key);
    jw_i64(w, "id", a->id);
    ms_json(w, "at_ms", a->at_us);
    ms_json(w, "last_ms", a->last_us);
    jw_text(w, "kind", live_kind_code((enum live_kind)a->kind));
    jw_i64(w, "window_id", a->window.n);
    jw_i64(w, "window_number", win ? win->number : 0);
    jw_i64(w, "minutes", a->minutes);
    if (s)
        pair_json(w, "service", s->name_zh, s->name_en);
    jw_i64(w, "horizon_min", a->horizon_min);
    jw_f64(w, "before", a->before_ppm / 1e6, 3);
    jw_f64(w, "after", a->after_ppm / 1e6, 3);
    jw_text(w, "state", advice_state_code(a->state));
    ms_json(w, "decided_ms", a->decided_us);
    jw_text(w, "reason", a->reason[0] ? a->reason : NULL);
    if (a->scored_us && a->kept >= 0)
        jw_bool(w, "kept", a->kept > 0);
    else
        jw_null(w, "kept");
    if (a->scored_us && a->done >= 0)
        jw_bool(w, "done", a->done > 0);
    else
        jw_null(w, "done");
    jw_end(w);
}

int api_advice(struct call *c, struct request *q, struct buf *answer)
{
    const struct lobby_plan *p;
    struct advice *list;
    struct jsonw w;
    const char *now;
    int64_t at_us;
    outlet_id o = { q->id[0] };
    int n = 0, rc = plan_load(c, o, &p);
    if (!rc)
        rc = advise_now(c, o, &at_us, &now);
    if (!rc)
        rc = advice_list(c, o, date_instant(date_of_instant(c->now_us), 0), LISTED, &list, &n);
    if (rc)
        return rc;
    jw_init(&w, answer);
    jw_object(&w, NULL);
    ms_json(&w, "now_ms", c->now_us);
    if (*now) {
        jw_i64(&w, "age_s", (c->now_us - at_us) / US_SECOND);
        jw_bool(&w, "fresh", c->now_us - at_us <= TOLD_FRESH_S * US_SECOND);
        jw_raw(&w, "now", now);
    } else {
        jw_null(&w, "age_s");
        jw_bool(&w, "fresh", false);
        jw_null(&w, "now");
    }
    jw_array(&w, "items");
    for (int i = 0; i < n; i++)
        advice_json(&w, NULL, &list[i], p);
    jw_end(&w);
    jw_end(&w);
    return 0;
}

static int advice_small(int rc, const struct advice *a, struct buf *answer)
{
    struct jsonw w;
    if (rc)
        return rc;
    jw_init(&w, answer);
    jw_object(&w, NULL);
    jw_i64(&w, "id", a->id);
    jw_text(&w, "state", advice_state_code(a->state));
    jw_end(&w);
    return 0;
}

int api_advice_follow(struct call *c, struct request *q, struct buf *answer)
{
    struct advice a;
    int rc = body_done(c, q);
    if (!rc)
        rc = advice_follow(c, q->id[0], &a);
    return advice_small(rc, &a, answer);
}

int api_advice_decline(struct call *c, struct request *q, struct buf *answer)
{
    struct advice a;
    const char *reason = NULL;
    json_need_text(q->doc, q->body, "reason", 400, &reason);
    int rc = body_done(c, q);
    if (!rc)
        rc = advice_decline(c, q->id[0], reason, &a);
    return advice_small(rc, &a, answer);
}

/* ---- said and was ---- */

static void side_json(struct jsonw *w, const char *key, int64_t given, int64_t kept, int64_t scored,
                      double said)
{
    struct share s = share_wilson(kept, scored);
    jw_object(w, key);
    jw_i64(w, "given", given);
    jw_i64(w, "scored", scored);
    if (scored) {
        jw_f64(w, "said", said, 4);
        share_json(w, "was", &s);
    }
    jw_end(w);
}

static void promise_scores(struct jsonw *w, const struct advise_scores *s)
{
    jw_array(w, "promise");
    for (int i = 0; i < s->n_promise; i++) {
        const struct advise_bucket *b = &s->promise[i];
        jw_object(w, NULL);
        jw_i64(w, "horizon_min", b->horizon_min);
        jw_i64(w, "from_percent", advise_bucket_percent[b->bucket]);
        jw_i64(w, "until_percent", advise_bucket_percent[b->bucket + 1]);
        jw_f64(w, "said", b->said, 4);
        share_json(w, "was", &b->kept);
        jw_end(w);
    }
    jw_end(w);
}

static void wait_scores(struct jsonw *w, const char *key, const struct told_sum *list, int n,
                        int by)
{
    bool done[26 * BRANCH_CLASSES_MAX * 6] = { false };
    jw_array(w, key);
    for (int i = 0; i < n; i++) {
        struct told_sum sum = list[i];
        if (done[i])
            continue;
        for (int k = i + 1; k < n; k++) {
            const struct told_sum *x = &list[k];
            bool same = by == 0   ? x->horizon_min == sum.horizon_min
                        : by == 1 ? x->prefix == sum.prefix
                                  : x->class_index == sum.class_index;
            if (done[k] || !same)
                continue;
            sum.n += x->n;
            sum.n_50 += x->n_50;
            sum.within_50 += x->within_50;
            sum.within_90 += x->within_90;
            sum.off_s += x->off_s;
            done[k] = true;
        }
        struct share p50 = share_wilson(sum.within_50, sum.n_50),
                     p90 = share_wilson(sum.within_90, sum.n);
        char prefix[2] = { (char)sum.prefix, 0 };
        jw_object(w, NULL);
        if (by == 0)
            jw_i64(w, "upto_min", sum.horizon_min);
        else if (by == 1)
            jw_text(w, "prefix", prefix);
        else
            jw_i64(w, "class_index", sum.class_index);
        jw_i64(w, "n", sum.n);
        share_json(w, "p50", &p50);
        share_json(w, "p90", &p90);
        jw_f64(w, "off_s", sum.n ? (double)sum.off_s / (double)sum.n : 0, 0);
        jw_end(w);
    }
    jw_end(w);
}

int api_advice_scores(struct call *c, struct request *q, struct buf *answer)
{
    struct stats_range range;
    struct advise_scores *s = arena_alloc(c->arena, sizeof *s);
    struct told_sum *sums;
    struct jsonw w;
    int n = 0, rc = range_read(c, q, 14, &range);
    if (!rc)
        rc = advise_scores(c, range.outlet, range.from, range.until, s);
    if (!rc)
        rc = told_sums(c, range.outlet, range.from, range.until, &sums, &n);
    if (rc)
        return rc;
    jw_init(&w, answer);
    jw_object(&w, NULL);
    date_json(&w, "from", range.from);
    date_json(&w, "until", range.until);
    wait_scores(&w, "by_length", sums, n, 0);
    wait_scores(&w, "by_service", sums, n, 1);
    wait_scores(&w, "by_class", sums, n, 2);
    promise_scores(&w, s);
    jw_object(&w, "advice");
    jw_i64(&w, "given", s->given);
    jw_i64(&w, "declined", s->declined);
    side_json(&w, "followed", s->followed.given, s->followed.kept, s->followed.scored,
              s->followed.said);
    side_json(&w, "not_followed", s->not_followed.given, s->not_followed.kept,
              s->not_followed.scored, s->not_followed.said);
    jw_end(&w);
    jw_end(&w);
    return 0;
}
