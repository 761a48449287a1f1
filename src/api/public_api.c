/* public_api.c -- For the public: when it is busy, where it is quicker, what to bring. */
#include "advise/advise.h"
#include "advise/chart.h"
#include "advise/nearby.h"
#include "advise/tip.h"
#include "api/handlers.h"
#include "base/qr.h"
#include "print/print.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/banned.h"

/* ---- the flow chart ---- */

static void cell_json(struct jsonw *w, int slot, const struct chart_cell *k)
{
    jw_object(w, NULL);
    jw_i64(w, "at_s", slot * 1800);
    jw_f64(w, "come", k->come, 1);
    jw_f64(w, "come_low", k->come_low, 0);
    jw_f64(w, "come_high", k->come_high, 0);
    jw_i64(w, "people", k->people);
    if (k->people >= CHART_FEW_PEOPLE) {
        jw_i64(w, "p50_s", k->p50_s);
        jw_i64(w, "p90_s", k->p90_s);
    } else {
        jw_null(w, "p50_s");
        jw_null(w, "p90_s");
    }
    jw_end(w);
}

static void row_json(struct jsonw *w, const struct chart *k, int row)
{
    const struct chart_row *r = &k->row[row];
    jw_object(w, NULL);
    jw_text(w, "code", chart_row_code(row));
    pair_json(w, "name", chart_row_name(row, false), chart_row_name(row, true));
    jw_i64(w, "days", r->days);
    jw_bool(w, "few", r->days < CHART_FEW_DAYS);
    jw_i64(w, "opens_s", r->open_s);
    jw_i64(w, "closes_s", r->close_s);
    for (int half = 0; half < 2; half++)
        if (r->best[half] >= 0)
            jw_i64(w, half ? "best_pm_s" : "best_am_s", r->best[half] * 1800);
        else
            jw_null(w, half ? "best_pm_s" : "best_am_s");
    if (r->busiest >= 0)
        jw_i64(w, "busiest_s", r->busiest * 1800);
    else
        jw_null(w, "busiest_s");
    jw_array(w, "cells");
    for (int i = r->open_s / 1800; i * 1800 < r->close_s && i < CHART_SLOTS; i++)
        cell_json(w, i, &r->cell[i]);
    jw_end(w);
    jw_end(w);
}

static int outlet_of(struct call *c, struct request *q, outlet_id *o)
{
    struct branch_outlet found;
    o->n = q->id[0];
    if (o->n)
        return 0;
    int rc = branch_outlet_find(c, q->param[0], &found);
    *o = found.id;
    return rc;
}

static void good_json(struct jsonw *w, const struct chart_row *r, int slot)
{
    jw_i64(w, "at_s", slot * 1800);
    jw_i64(w, "p50_s", r->cell[slot].p50_s);
    jw_i64(w, "p90_s", r->cell[slot].p90_s);
}

/* The next day with opening hours of whose sort something is known, and its quietest half-hour. */
static int next_json(struct call *c, const struct chart *k, struct jsonw *w)
{
    enum { AHEAD = 10 };
    struct branch_hours hours;
    char text[DATE_TEXT];
    int row = 0, best = -1;
    date d = date_of_instant(c->now_us);
    for (int i = 0; best < 0 && i < AHEAD; i++) {
        d.days++;
        int rc = branch_hours_on(c, k->outlet.id, d, &hours);
        if (!rc)
            rc = chart_row_of(c, d, &row);
        if (rc)
            return rc;
        const struct chart_row *r = &k->row[row];
        for (int half = 0; r->days && hours.open_s < hours.close_s && half < 2; half++) {
            int b = r->best[half];
            if (b >= 0 && (best < 0 || r->cell[b].p90_s < r->cell[best].p90_s))
                best = b;
        }
    }
    if (best < 0) {
        jw_null(w, "next");
        return 0;
    }
    jw_object(w, "next");
    date_print(d, text);
    jw_text(w, "date", text);
    jw_text(w, "row", chart_row_code(row));
    good_json(w, &k->row[row], best);
    jw_end(w);
    return 0;
}

int api_flow_chart(struct call *c, struct request *q, struct buf *answer)
{
    struct chart *k = arena_alloc(c->arena, sizeof *k);
    struct jsonw w;
    char text[DATE_TEXT];
    outlet_id o;
    service_id service;
    int today = 0, rc = outlet_of(c, q, &o);
    if (!rc)
        rc = request_service(c, q, &service);
    if (!rc)
        rc = chart_read(c, o, service, k);
    if (!rc)
        rc = chart_row_of(c, date_of_instant(c->now_us), &today);
    if (rc)
        return rc;
    int second = date_second_of_day(c->now_us), better = chart_better(&k->row[today], second);
    jw_init(&w, answer);
    jw_object(&w, NULL);
    jw_object(&w, "outlet");
    jw_i64(&w, "id", k->outlet.id.n);
    jw_text(&w, "code", k->outlet.code);
    pair_json(&w, "name", k->outlet.name_zh, k->outlet.name_en);
    pair_json(&w, "address", k->outlet.address_zh, k->outlet.address_en);
    jw_end(&w);
    date_print(k->from, text);
    jw_text(&w, "from", text);
    date_print(k->until, text);
    jw_text(&w, "until", text);
    jw_f64(&w, "most", k->most, 1);
    jw_text(&w, "today", chart_row_code(today));
    jw_i64(&w, "now_s", second);
    if (better >= 0) {
        jw_object(&w, "better");
        good_json(&w, &k->row[today], better);
        jw_end(&w);
    } else {
        jw_null(&w, "better");
    }
    rc = next_json(c, k, &w);
    if (rc)
        return rc;
    jw_array(&w, "rows");
    for (int i = 0; i < CHART_ROWS; i++)
        if (k->row[i].days)
            row_json(&w, k, i);
    jw_end(&w);
    jw_end(&w);
    return 0;
}

/* ---- on paper ---- */

static int chart_paper(struct call *c, struct request *q, struct buf *answer)
{
    struct chart *k = arena_alloc(c->arena, sizeof *k);
    const struct api_settings *s = &q->api->s;
    const char *format = request_text(q, "format");
    struct chart_page page = {
        .bank_zh = s->bank_zh, .bank_en = s->bank_en, .english = q->english, .made_us = c->now_us
    };
    struct print *p = NULL;
    outlet_id o;
    service_id service;
    int rc = outlet_of(c, q, &o);
    if (!rc && format && strcmp(format, "svg") != 0 && strcmp(format, "pdf") != 0)
        rc = call_refuse(c, BASE_BAD_INPUT, "format", "%s", "pdf or svg");
    if (!rc)
        rc = request_service(c, q, &service);
    if (!rc)
        rc = chart_read(c, o, service, k);
    if (rc)
        return rc;
    page.url = arena_printf(c->arena, "%s/me.html?o=%s", s->origin, k->outlet.code);
    rc = chart_print(k, &page, &p);
    if (!rc)
        rc = format && !strcmp(format, "svg") ? print_svg(p, 1, answer) : print_pdf(p, answer);
    print_free(p);
    return rc;
}

static void paper_work(void *arg)
{
    struct request *q = arg;
    struct buf out;
    const char *format = request_text(q, "format");
    bool svg = format && !strcmp(format, "svg");
    buf_init(&out, 8 << 20);
    int rc = request_read(q, chart_paper, &out);
    if (rc) {
        request_answer(q, rc);
    } else {
        http_set_header(q->x, "Content-Disposition",
                        svg ? "inline; filename=\"flow.svg\"" : "inline; filename=\"flow.pdf\"");
        http_answer(q->x, 200, svg ? "image/svg+xml" : "application/pdf", out.at, out.len);
        request_free(q);
    }
    buf_release(&out);
}

void api_flow_paper(struct api *a, struct request *q)
{
    if (!pool_add(a->pool, paper_work, q))
        request_answer(q, RC_FULL);
}

/* ---- outlets nearby ---- */

static struct guide_trip trip_of(const struct api_settings *s, const char *mode)
{
    bool drive = mode && !strcmp(mode, "drive");
    struct guide_trip t = drive ? guide_drive : guide_walk;
    int speed = drive ? s->drive_m_min : s->walk_m_min;
    if (speed > 0)
        t.metres_min = speed;
    return t;
}

static void minutes_json(struct jsonw *w, const char *key, double x)
{
    if (isfinite(x))
        jw_f64(w, key, x, 1);
    else
        jw_null(w, key);
}

static void item_json(struct jsonw *w, const char *key, const struct nearby_item *i)
{
    const struct branch_outlet *o = &i->outlet;
    jw_object(w, key);
    outlet_place_json(w, o);
    jw_f64(w, "metres", i->metres, 0);
    jw_bool(w, "open", i->open);
    jw_bool(w, "offers", i->offers);
    jw_i64(w, "opens_s", i->hours.open_s);
    jw_i64(w, "closes_s", i->hours.close_s);
    jw_i64(w, "waiting", i->waiting);
    jw_i64(w, "windows_open", i->windows_open);
    if (i->known) {
        jw_bool(w, "simulated", i->simulated);
        minutes_json(w, "trip_min", i->total.trip);
        minutes_json(w, "p50_min", i->total.p50);
        minutes_json(w, "p90_min", i->total.p90);
        minutes_json(w, "total_min", i->total.total);
        jw_f64(w, "sooner", i->total.sooner, 2);
    }
    jw_bool(w, "too_late", i->too_late);
    jw_bool(w, "suggested", i->total.suggested);
    jw_end(w);
}

static bool degrees(const char *text, double most, int32_t *out)
{
    char *end;
    double x = text ? strtod(text, &end) : NAN;
    if (!text || *end || !(x >= -most && x <= most))
        return false;
    *out = (int32_t)lround(x * 1e6);
    return true;
}

int api_nearby(struct call *c, struct request *q, struct buf *answer)
{
    struct nearby_ask ask = { .service = { 0 } };
    const char *from = request_text(q, "from"), *mode = request_text(q, "mode");
    const char *token = request_text(q, "token");
    struct nearby_item *list, here;
    struct branch_outlet o;
    struct ticket own;
    struct jsonw w;
    int n = 0, rc = request_service(c, q, &ask.service);
    ask.trip = trip_of(&q->api->s, mode);
    if (rc)
        return rc;
    if (mode && *mode && strcmp(mode, "walk") != 0 && strcmp(mode, "drive") != 0)
        return call_refuse(c, BASE_BAD_INPUT, "mode", "%s", "walk or drive");
    if (token && *token) {
        rc = lobby_token_ticket(c, token, &own);
        ask.own = own.id;
    } else if (from && *from) {
        rc = branch_outlet_find(c, from, &o);
        ask.from = o.id;
    } else if (!degrees(request_text(q, "lat"), 90, &ask.lat_e6) ||
               !degrees(request_text(q, "lon"), 180, &ask.lon_e6)) {
        rc = call_refuse(c, BRANCH_BAD_PLACE, "lat", "%s", "");
    }
    if (!rc)
        rc = nearby_read(c, &ask, &here, &list, &n);
    if (rc)
        return rc;
    struct guide_total totals[NEARBY_MAX];
    for (int i = 0; i < n; i++)
        totals[i] = list[i].total;
    int picked = guide_pick(totals, n, rng_unit(c->rng));
    jw_init(&w, answer);
    jw_object(&w, NULL);
    ms_json(&w, "now_ms", c->now_us);
    if (here.outlet.id.n)
        item_json(&w, "here", &here);
    else
        jw_null(&w, "here");
    jw_i64(&w, "suggested_id", picked < 0 ? 0 : list[picked].outlet.id.n);
    jw_array(&w, "items");
    for (int i = 0; i < n; i++)
        item_json(&w, NULL, &list[i]);
    jw_end(&w);
    jw_end(&w);
    return 0;
}

/* Who may have a place held: a number of her own to give back, the lobby's word, or its kiosk. */
static int may_hold(struct call *c, struct request *q, const char *token, const char *pass,
                    struct nearby_ask *ask, bool *may)
{
    struct ticket t;
    const struct actor *a = &q->session.actor;
    *may = a->role == ROLE_KIOSK && a->outlet_id == ask->from.n;
    if (token) {
        int rc = lobby_token_ticket(c, token, &t);
        ask->own = t.id;
        *may = true;
        return rc;
    }
    *may = *may || pass;
    return pass ? lobby_pass_ok(c, ask->from, pass) : 0;
}

int api_nearby_go(struct call *c, struct request *q, struct buf *answer)
{
    struct nearby_ask ask = { .service = { 0 } };
    struct nearby_item to;
    struct ticket held = { .id = { 0 } };
    struct jsonw w;
    const char *mode = NULL, *token = NULL, *pass = NULL;
    int64_t to_id = 0;
    bool may;
    json_need_i64(q->doc, q->body, "from_id", 1, INT64_MAX, &ask.from.n);
    json_need_i64(q->doc, q->body, "to_id", 1, INT64_MAX, &to_id);
    json_need_i64(q->doc, q->body, "service_id", 1, INT64_MAX, &ask.service.n);
    json_want_text(q->doc, q->body, "mode", 8, &mode);
    json_want_text(q->doc, q->body, "token", TICKET_TOKEN, &token);
    json_want_text(q->doc, q->body, "pass", 40, &pass);
    int rc = body_done(c, q);
    ask.trip = trip_of(&q->api->s, mode);
    if (!rc)
        rc = may_hold(c, q, token, pass, &ask, &may);
    if (!rc)
        rc = may ? nearby_hold(c, &ask, (outlet_id){ to_id }, &to, &held)
                 : nearby_go(c, &ask, (outlet_id){ to_id }, &to);
    if (rc)
        return rc;
    jw_init(&w, answer);
    jw_object(&w, NULL);
    jw_i64(&w, "to_id", to_id);
    jw_i64(&w, "id", held.id.n);
    jw_end(&w);
    return 0;
}

/* The token is made anew each time it is asked for: nothing about it is kept with the key. */
int api_nearby_go_after(struct call *c, struct request *q, struct buf *answer)
{
    struct branch_outlet o;
    struct lobby_scene s;
    struct ticket t;
    struct jsonw w;
    int64_t id = 0, to = 0;
    json_want_i64(q->small, json_root(q->small), "id", 0, INT64_MAX, &id);
    json_want_i64(q->small, json_root(q->small), "to_id", 1, INT64_MAX, &to);
    int rc = branch_outlet_get(c, (outlet_id){ to }, &o);
    if (!rc && id)
        rc = lobby_ticket(c, (ticket_id){ id }, &t);
    if (!rc && id)
        rc = scene_load(c, t.outlet, &s);
    if (rc)
        return rc;
    jw_init(&w, answer);
    jw_object(&w, NULL);
    jw_text(&w, "url", arena_printf(c->arena, "%s/me.html?o=%s", q->api->s.origin, o.code));
    jw_i64(&w, "to_id", to);
    if (id)
        rc = ticket_json(c, q, &w, "ticket", &t, &s, TICKET_WITH_TOKEN);
    else
        jw_null(&w, "ticket");
    jw_end(&w);
    return rc;
}

/* A page of ours only: nobody gets a code that leads elsewhere. */
int api_qr(struct call *c, struct request *q, struct buf *answer)
{
    const char *path = request_text(q, "path");
    struct jsonw w;
    struct buf svg;
    size_t n = path ? strlen(path) : 0;
    if (n < 2 || n > 200 || path[0] != '/' || path[1] == '/' ||
        strspn(path, "/.?=&#-_0123456789"
                     "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") != n)
        return call_refuse(c, BASE_BAD_INPUT, "path", "%s", "a path of this server");
    const char *url = arena_printf(c->arena, "%s%s", q->api->s.origin, path);
    buf_init(&svg, 64 << 10);
    int rc = qr_svg(url, &svg);
    if (!rc) {
        jw_init(&w, answer);
        jw_object(&w, NULL);
        jw_text(&w, "url", url);
        jw_text_n(&w, "qr_svg", svg.at, svg.len);
        jw_end(&w);
    }
    buf_release(&svg);
    return rc;
}

/* ---- tips ---- */

static void day_json(struct jsonw *w, const char *key, date d)
{
    char text[DATE_TEXT];
    date_print(d, text);
    jw_text(w, key, d.days ? text : NULL);
}

static int tips_answer(struct call *c, struct request *q, bool all, struct buf *answer)
{
    struct tip *list;
    struct jsonw w;
    service_id service;
    int n = 0, rc = request_service(c, q, &service);
    if (!rc)
        rc = tip_list(c, service, all, &list, &n);
    if (rc)
        return rc;
    jw_init(&w, answer);
    jw_object(&w, NULL);
    jw_array(&w, "items");
    for (int i = 0; i < n; i++) {
        const struct tip *t = &list[i];
        jw_object(&w, NULL);
        jw_i64(&w, "id", t->id);
        jw_i64(&w, "service_id", t->service.n);
        jw_text(&w, "kind", t->kind == TIP_NEW ? "new" : "complex");
        day_json(&w, "from", t->from);
        day_json(&w, "until", t->until);
        jw_bool(&w, "active", t->active);
        jw_i64(&w, "sort", t->sort);
        pair_json(&w, "title", t->title_zh, t->title_en);
        pair_json(&w, "bring", t->bring_zh, t->bring_en);
        pair_json(&w, "steps", t->steps_zh, t->steps_en);
        pair_json(&w, "elsewhere", t->elsewhere_zh, t->elsewhere_en);
        jw_end(&w);
    }
    jw_end(&w);
    jw_end(&w);
    return 0;
}

int api_tips(struct call *c, struct request *q, struct buf *answer)
{
    return tips_answer(c, q, false, answer);
}

int api_tips_all(struct call *c, struct request *q, struct buf *answer)
{
    return tips_answer(c, q, true, answer);
}

static int day_want(struct call *c, struct request *q, const char *name, date *out)
{
    const char *text = NULL;
    json_want_text(q->doc, q->body, name, 10, &text);
    if (!text)
        return 0;
    if (!*text)
        out->days = 0;
    else if (!date_parse(text, out))
        return call_refuse(c, BASE_BAD_INPUT, name, "YYYY-MM-DD");
    return 0;
}

int api_tip_put(struct call *c, struct request *q, struct buf *answer)
{
    struct tip t = { .kind = TIP_COMPLEX, .active = true, .from = date_of_instant(c->now_us) };
    const char *kind = NULL;
    struct jsonw w;
    int rc = q->id[0] ? tip_get(c, q->id[0], &t) : 0;
    int64_t sort = t.sort;
    if (!rc)
        rc = day_want(c, q, "from", &t.from);
    if (!rc)
        rc = day_want(c, q, "until", &t.until);
    if (rc)
        return rc;
    json_want_i64(q->doc, q->body, "service_id", 0, INT64_MAX, &t.service.n);
    json_want_text(q->doc, q->body, "kind", 8, &kind);
    json_want_bool(q->doc, q->body, "active", &t.active);
    json_want_i64(q->doc, q->body, "sort", 0, 10000, &sort);
    BODY_TEXT(q, "title_zh", t.title_zh);
    BODY_TEXT(q, "title_en", t.title_en);
    BODY_TEXT(q, "bring_zh", t.bring_zh);
    BODY_TEXT(q, "bring_en", t.bring_en);
    BODY_TEXT(q, "steps_zh", t.steps_zh);
    BODY_TEXT(q, "steps_en", t.steps_en);
    BODY_TEXT(q, "elsewhere_zh", t.elsewhere_zh);
    BODY_TEXT(q, "elsewhere_en", t.elsewhere_en);
    rc = body_done(c, q);
    if (kind && strcmp(kind, "new") && strcmp(kind, "complex"))
        rc = call_refuse(c, BASE_BAD_INPUT, "kind", "new, complex");
    if (kind)
        t.kind = !strcmp(kind, "new") ? TIP_NEW : TIP_COMPLEX;
    t.sort = (int)sort;
    if (!rc)
        rc = tip_put(c, &t);
    if (rc)
        return rc;
    jw_init(&w, answer);
    jw_object(&w, NULL);
    jw_i64(&w, "id", t.id);
    jw_end(&w);
    return 0;
}
