/* cash_road.c -- Cash from box to box: two people, always; between outlets it is on the road first.
 */
#include "cash/cash_store.h"
#include <string.h>
#include "base/banned.h"

/* Is the drawer in the hands of one of the two? Tried for somebody not known yet, the maker's own
 * hands are asked where it can only be the maker. */
static bool held_by_two(const struct call *c, const struct cash_box *b)
{
    return b->holder.n == c->actor.id || b->holder.n == c->second_id || c->second_id == CALL_TRIAL;
}

static int ready(struct call *c, const struct cash_box *b)
{
    if (!b->active)
        return CASH_NO_BOX;
    if (b->state == BOX_COUNTING)
        return CASH_COUNTING;
    if (b->state == BOX_HANDED)
        return CASH_HANDED;
    if (b->state != BOX_OPEN)
        return CASH_NOT_OPEN;
    if (b->kind == CASH_DRAWER && !held_by_two(c, b))
        return CASH_NOT_HOLDER;
    return 0;
}

static int two_people(const struct call *c)
{
    return c->second_id && c->second_id != c->actor.id ? 0 : CASH_TWO_PEOPLE;
}

static int amount_fits(struct call *c, const struct cash_box *from, int64_t minor,
                       const struct cash_pieces *p, int n)
{
    if (minor <= 0)
        return call_refuse(c, CASH_BAD_AMOUNT, "amount", "%s", "");
    int rc = cash_pieces_fit(c, from->currency, minor, p, n);
    if (!rc && from->book_minor < minor)
        rc = call_refuse(c, CASH_SHORT, "amount", "%s", "");
    return rc;
}

static int pair_fits(struct call *c, const struct cash_box *from, const struct cash_box *to)
{
    int rc = two_people(c);
    if (rc)
        return rc;
    if (from->id.n == to->id.n)
        return call_refuse(c, CASH_SAME_BOX, "to", "%s", "");
    if (from->currency != to->currency)
        return call_refuse(c, CASH_CURRENCY, "to", "%s", "");
    rc = ready(c, from);
    return rc ? call_refuse(c, rc, "from", "%s", "") : 0;
}

int cash_transfer(struct call *c, box_id from_id, box_id to_id, int64_t minor,
                  const struct cash_pieces *p, int n, struct cash_move *out)
{
    struct cash_box from, to;
    int rc = cash_box_load(c, from_id, &from);
    if (!rc)
        rc = cash_box_load(c, to_id, &to);
    if (!rc)
        rc = pair_fits(c, &from, &to);
    if (!rc && from.outlet_id != to.outlet_id)
        rc = call_refuse(c, CASH_FAR, "to", "%s", "");
    if (!rc && (rc = ready(c, &to)) > 0)
        rc = call_refuse(c, rc, "to", "%s", "");
    if (!rc)
        rc = amount_fits(c, &from, minor, p, n);
    if (rc)
        return rc;
    transfer_id id;
    rc = cash_post(c, to.account, from.account, (money){ minor, from.currency }, "现金调拨", &id);
    struct cash_move in = {
        .kind = MOVE_RECEIVED, .minor = minor, .other_id = from.id.n, .transfer = id, .note = ""
    };
    *out = (struct cash_move){
        .kind = MOVE_SENT, .minor = -minor, .other_id = to.id.n, .transfer = id, .note = ""
    };
    if (!rc)
        rc = cash_note_move(c, &from, out, p, n);
    if (!rc)
        rc = cash_note_move(c, &to, &in, p, n);
    return rc;
}

int cash_supply(struct call *c, box_id vault, int64_t minor, const struct cash_pieces *p, int n,
                struct cash_move *out)
{
    struct cash_box b;
    account_id reserve;
    int64_t size = minor < 0 && minor != INT64_MIN ? -minor : minor;
    int rc = cash_box_load(c, vault, &b);
    if (!rc)
        rc = two_people(c);
    if (!rc)
        rc = ready(c, &b);
    if (!rc && b.kind == CASH_DRAWER)
        rc = call_refuse(c, CASH_FAR, "box_id", "%s", "");
    if (!rc && size <= 0)
        rc = call_refuse(c, CASH_BAD_AMOUNT, "amount", "%s", "");
    if (!rc)
        rc = cash_pieces_fit(c, b.currency, size, p, n);
    if (!rc && b.book_minor + minor < 0)
        rc = call_refuse(c, CASH_SHORT, "amount", "%s", "");
    if (!rc)
        rc = cash_own_account(c, CASH_RESERVE, 0, b.currency, &reserve);
    if (rc)
        return rc;
    money m = { size, b.currency };
    *out = (struct cash_move){ .kind = minor > 0 ? MOVE_RECEIVED : MOVE_SENT,
                               .minor = minor,
                               .note = "" };
    rc = minor > 0 ? cash_post(c, b.account, reserve, m, "领现", &out->transfer)
                   : cash_post(c, reserve, b.account, m, "缴现", &out->transfer);
    return rc ? rc : cash_note_move(c, &b, out, p, n);
}

static int transit_event(struct call *c, const struct cash_transit *t, int64_t outlet_id,
                         enum currency currency, const char *topic)
{
    char text[MONEY_TEXT];
    struct jsonw *w = event_begin(c);
    money_print((money){ t->minor, currency }, text);
    jw_text(w, "amount", text);
    jw_i64(w, "from", t->from.n);
    jw_i64(w, "to", t->to.n);
    jw_i64(w, "second", c->second_id);
    return event_add(c, outlet_id, topic, t->id.n);
}

int cash_send(struct call *c, box_id from_id, box_id to_id, int64_t minor,
              const struct cash_pieces *p, int n, transit_id *out)
{
    struct cash_box from, to;
    account_id road;
    bool found = false;
    int rc = cash_box_load(c, from_id, &from);
    if (!rc)
        rc = cash_row_box(c, to_id, &to, &found); /* of another outlet: only where it goes */
    if (!rc && !found)
        rc = call_refuse(c, CASH_NO_BOX, "to", "%s", "");
    if (!rc)
        rc = pair_fits(c, &from, &to);
    if (!rc && (from.kind == CASH_DRAWER || to.kind == CASH_DRAWER || !to.active ||
                from.outlet_id == to.outlet_id))
        rc = call_refuse(c, CASH_FAR, "to", "%s", "");
    if (!rc)
        rc = amount_fits(c, &from, minor, p, n);
    if (!rc)
        rc = cash_own_account(c, CASH_ROAD, 0, from.currency, &road);
    if (rc)
        return rc;
    struct cash_transit t = { .id = { call_id(c) },
                              .from = from_id,
                              .to = to_id,
                              .minor = minor,
                              .sent_us = c->now_us,
                              .sent_by = { c->actor.id },
                              .sent_second = c->second_id };
    struct cash_move m = { .kind = MOVE_SENT, .minor = -minor, .other_id = to_id.n, .note = "" };
    rc = cash_post(c, road, from.account, (money){ minor, from.currency }, "现金出库", &m.transfer);
    if (!rc)
        rc = cash_note_move(c, &from, &m, p, n);
    if (!rc)
        rc = cash_row_transit_add(c, &t);
    *out = t.id;
    if (!rc)
        rc = transit_event(c, &t, from.outlet_id, from.currency, "cash.sent");
    return rc ? rc : transit_event(c, &t, to.outlet_id, from.currency, "cash.coming");
}

int cash_arrive(struct call *c, transit_id id, const struct cash_pieces *p, int n,
                int64_t *over_minor)
{
    struct cash_transit t;
    struct cash_box to;
    account_id road;
    bool found = false;
    int64_t counted = 0;
    *over_minor = 0;
    int rc = cash_row_transit(c, id, &t, &found);
    if (!rc && !found)
        rc = CASH_NO_TRANSIT;
    if (!rc)
        rc = cash_box_load(c, t.to, &to);
    if (!rc && t.arrived_us)
        rc = CASH_ARRIVED;
    if (!rc)
        rc = two_people(c);
    if (!rc)
        rc = ready(c, &to);
    if (!rc && (rc = cash_sum(to.currency, p, n, &counted)) > 0)
        rc = call_refuse(c, rc, "pieces", "%s", "");
    if (!rc && counted < 0)
        rc = call_refuse(c, CASH_BAD_PIECES, "pieces", "%s", "");
    if (!rc)
        rc = cash_own_account(c, CASH_ROAD, 0, to.currency, &road);
    if (rc)
        return rc;
    struct cash_move m = {
        .kind = MOVE_RECEIVED, .minor = t.minor, .other_id = t.from.n, .note = ""
    };
    rc = cash_post(c, to.account, road, (money){ t.minor, to.currency }, "现金入库", &m.transfer);
    if (!rc)
        rc = cash_note_move(c, &to, &m, p, n);
    *over_minor = counted - t.minor;
    transfer_id booked;
    if (!rc && *over_minor)
        rc = cash_difference(c, &to, *over_minor, &booked);
    t.arrived_us = c->now_us;
    t.arrived_by.n = c->actor.id;
    t.arrived_second = c->second_id;
    if (!rc)
        rc = cash_row_transit_end(c, &t);
    return rc ? rc : transit_event(c, &t, to.outlet_id, to.currency, "cash.arrived");
}

int cash_transits(struct call *c, int64_t outlet_id, bool open_only, int max,
                  struct cash_transit **out, int *n)
{
    return cash_row_transits(c, outlet_id, open_only, max, out, n);
}
