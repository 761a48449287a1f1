/* cash_road_api.c -- Cash from box to box, over the road, from and to the central bank: all of it
 * is weighed, so that two people act. */
#include "api/counter.h"
#include "api/handlers.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "base/banned.h"

struct haul { /* what such an order says */
    struct cash_box from;
    int64_t from_id, to_id, minor;
    struct cash_pieces p[CASH_PIECES];
    int n;
};

static int haul_read(struct call *c, struct request *q, struct haul *h)
{
    json_need_i64(q->doc, q->body, "from", 1, INT64_MAX, &h->from_id);
    json_need_i64(q->doc, q->body, "to", 1, INT64_MAX, &h->to_id);
    int rc = cash_box_get(c, (box_id){ h->from_id }, &h->from);
    if (rc)
        return rc;
    till_amount(q, "amount", h->from.currency, &h->minor);
    till_pieces(q, h->from.currency, h->p, &h->n);
    return body_done(c, q);
}

int api_cash_transfer(struct call *c, struct request *q, struct buf *answer)
{
    struct haul h = { 0 };
    struct cash_move m;
    int rc = haul_read(c, q, &h);
    if (!rc)
        rc = cash_transfer(c, (box_id){ h.from_id }, (box_id){ h.to_id }, h.minor, h.p, h.n, &m);
    if (!rc)
        buf_printf(answer, "{\"move_id\":%" PRId64 "}", m.id);
    return rc;
}

int api_cash_send(struct call *c, struct request *q, struct buf *answer)
{
    struct haul h = { 0 };
    transit_id t;
    int rc = haul_read(c, q, &h);
    if (!rc)
        rc = cash_send(c, (box_id){ h.from_id }, (box_id){ h.to_id }, h.minor, h.p, h.n, &t);
    if (!rc)
        buf_printf(answer, "{\"transit_id\":%" PRId64 "}", t.n);
    return rc;
}

int api_cash_arrive(struct call *c, struct request *q, struct buf *answer)
{
    struct cash_pieces p[CASH_PIECES];
    struct jsonw w;
    int64_t over = 0;
    int n = 0;
    till_pieces(q, CNY, p, &n);
    int rc = body_done(c, q);
    if (!rc)
        rc = cash_arrive(c, (transit_id){ q->id[0] }, p, n, &over);
    if (rc)
        return rc;
    jw_init(&w, answer);
    jw_object(&w, NULL);
    till_minor(&w, "over", over, CNY);
    jw_end(&w);
    return 0;
}

struct supply {
    struct cash_box box;
    int64_t minor;
    bool out;
    struct cash_pieces p[CASH_PIECES];
    int n;
};

static int supply_read(struct call *c, struct request *q, struct supply *s)
{
    int rc = cash_box_get(c, (box_id){ q->id[0] }, &s->box);
    if (rc)
        return rc;
    till_amount(q, "amount", s->box.currency, &s->minor);
    json_want_bool(q->doc, q->body, "back", &s->out);
    till_pieces(q, s->box.currency, s->p, &s->n);
    return body_done(c, q);
}

int api_cash_supply(struct call *c, struct request *q, struct buf *answer)
{
    struct supply s = { 0 };
    struct cash_move m;
    int rc = supply_read(c, q, &s);
    if (!rc)
        rc = cash_supply(c, s.box.id, s.out ? -s.minor : s.minor, s.p, s.n, &m);
    if (!rc)
        buf_printf(answer, "{\"move_id\":%" PRId64 "}", m.id);
    return rc;
}

/* ---- how they are weighed ---- */

static void box_name(const struct cash_box *b, bool english, char out[40])
{
    static const char *const zh[] = { "", "尾箱", "金库", "中心金库" };
    static const char *const en[] = { "", "drawer", "vault", "central vault" };
    (void)snprintf(out, 40, "%s %d", (english ? en : zh)[b->kind], b->number);
}

static int weigh_haul(struct call *c, struct request *q, struct weight *w)
{
    struct haul h = { 0 };
    struct cash_box to;
    char zh[2][40], en[2][40];
    int rc = haul_read(c, q, &h);
    if (rc)
        return rc;
    struct actor was = c->actor;
    c->actor = (struct actor){ .kind = ACTOR_SYSTEM }; /* the other outlet's vault: only its name */
    rc = cash_box_get(c, (box_id){ h.to_id }, &to);
    c->actor = was;
    if (rc)
        return rc;
    box_name(&h.from, false, zh[0]);
    box_name(&to, false, zh[1]);
    box_name(&h.from, true, en[0]);
    box_name(&to, true, en[1]);
    w->kind = APPROVE_VAULT;
    w->outlet_id = h.from.outlet_id;
    w->amount = (money){ h.minor, h.from.currency };
    (void)snprintf(w->zh, sizeof w->zh, "现金调拨：%s → %s", zh[0], zh[1]);
    (void)snprintf(w->en, sizeof w->en, "cash from %s to %s", en[0], en[1]);
    return 0;
}

int weigh_cash_transfer(struct call *c, struct request *q, struct weight *w)
{
    return weigh_haul(c, q, w);
}

int weigh_cash_supply(struct call *c, struct request *q, struct weight *w)
{
    struct supply s = { 0 };
    char zh[40], en[40];
    int rc = supply_read(c, q, &s);
    if (rc)
        return rc;
    box_name(&s.box, false, zh);
    box_name(&s.box, true, en);
    w->kind = APPROVE_VAULT;
    w->outlet_id = s.box.outlet_id;
    w->amount = (money){ s.minor, s.box.currency };
    (void)snprintf(w->zh, sizeof w->zh, "%s：%s", s.out ? "向人民银行缴现" : "从人民银行领现", zh);
    (void)snprintf(w->en, sizeof w->en, "cash %s the central bank: %s", s.out ? "to" : "from", en);
    return 0;
}

int weigh_cash_arrive(struct call *c, struct request *q, struct weight *w)
{
    struct cash_pieces p[CASH_PIECES];
    int n = 0;
    int64_t minor = 0;
    till_pieces(q, CNY, p, &n);
    int rc = body_done(c, q);
    if (!rc && (rc = cash_sum(CNY, p, n, &minor)) > 0)
        return call_refuse(c, rc, "pieces", "%s", "");
    w->kind = APPROVE_VAULT;
    w->outlet_id = c->actor.outlet_id;
    w->amount.minor = minor < 0 ? 0 : minor;
    (void)snprintf(w->zh, sizeof w->zh, "在途现金入库");
    (void)snprintf(w->en, sizeof w->en, "cash on the road counted in");
    return rc;
}

int weigh_cash_settings(struct call *c, struct request *q, struct weight *w)
{
    UNUSED(q);
    w->kind = APPROVE_SETTING;
    w->outlet_id = c->actor.outlet_id;
    (void)snprintf(w->zh, sizeof w->zh, "修改现金参数");
    (void)snprintf(w->en, sizeof w->en, "change the settings of cash");
    return 0;
}
