/* cash_move.c -- Cash in and out of a box, with the transfer it belongs to. */
#include "cash/cash_store.h"
#include "ledger/ledger_books.h"
#include <string.h>
#include "base/banned.h"

enum { NOTE_MAX = 200 };

static int open_and_held(struct call *c, const struct cash_box *b)
{
    if (!b->active)
        return CASH_NO_BOX;
    if (b->state == BOX_COUNTING)
        return CASH_COUNTING;
    if (b->state == BOX_HANDED)
        return CASH_HANDED;
    if (b->state != BOX_OPEN)
        return CASH_NOT_OPEN;
    if (b->kind != CASH_DRAWER || b->holder.n != c->actor.id)
        return CASH_NOT_HOLDER;
    return 0;
}

/* Is it large by itself, or with what the customer brought or took today? */
static int is_large(struct call *c, const struct cash_order *o, int64_t minor, bool *large)
{
    struct cash_settings s;
    int64_t sum = 0;
    date day;
    int rc = cash_settings_get(c, &s);
    if (!rc)
        rc = ledger_day(c, &day);
    if (!rc && o->customer_id)
        rc = cash_row_day_sum(c, o->customer_id, day, o->minor > 0, &sum);
    *large = !rc && (minor >= s.large_minor || sum >= s.large_minor - minor);
    return rc;
}

int cash_ready(struct call *c, const struct cash_order *o, struct cash_box *box)
{
    bool large = false;
    int rc = cash_box_load(c, o->box, box);
    if (!rc)
        rc = open_and_held(c, box);
    if (rc)
        return rc;
    if (o->minor == 0 || o->minor == INT64_MIN)
        return call_refuse(c, CASH_BAD_AMOUNT, "amount", "%s", "");
    int64_t minor = o->minor < 0 ? -o->minor : o->minor;
    rc = cash_pieces_fit(c, box->currency, minor, o->pieces, o->n_pieces);
    if (rc)
        return rc;
    if (o->minor < 0 && box->book_minor < minor)
        return call_refuse(c, CASH_SHORT, "amount", "%s", "");
    rc = is_large(c, o, minor, &large);
    if (rc)
        return rc;
    if (large && (!o->note || !*o->note))
        return call_refuse(c, CASH_NOTE_MISSING, "note", "%s", "");
    if (o->note && strlen(o->note) > NOTE_MAX)
        return call_refuse(c, BASE_TOO_LONG, "note", "%s", "");
    return 0;
}

/* The transfer must have touched the box's account by just this amount. */
static int same_amount(struct call *c, const struct cash_box *b, const struct cash_order *o,
                       transfer_id id)
{
    struct ledger_transfer t;
    struct ledger_leg *legs;
    size_t n = 0;
    int64_t sum = 0;
    int rc = ledger_transfer_get(c, id, &t);
    if (!rc)
        rc = ledger_transfer_legs(c, &t, &legs, &n);
    for (size_t i = 0; !rc && i < n; i++)
        if (legs[i].account.n == b->account.n)
            sum += legs[i].side == LEDGER_DEBIT ? legs[i].minor : -legs[i].minor;
    CHECK(rc || sum == o->minor);
    return rc;
}

int cash_moved(struct call *c, const struct cash_order *o, transfer_id transfer,
               struct cash_move *out)
{
    struct cash_box b;
    bool found = false, large = false;
    int rc = cash_row_moved(c, o->box, transfer, out, &found);
    if (rc || found)
        return rc;
    rc = cash_box_load(c, o->box, &b);
    if (!rc)
        rc = same_amount(c, &b, o, transfer);
    if (!rc)
        rc = is_large(c, o, o->minor < 0 ? -o->minor : o->minor, &large);
    if (rc)
        return rc;
    *out = (struct cash_move){ .kind = o->minor > 0 ? MOVE_IN : MOVE_OUT,
                               .minor = o->minor,
                               .transfer = transfer,
                               .customer_id = o->customer_id,
                               .large = large,
                               .note = o->note ? o->note : "" };
    return cash_note_move(c, &b, out, o->pieces, o->n_pieces);
}

int cash_change(struct call *c, box_id id, const struct cash_pieces *p, int n)
{
    struct cash_box b;
    struct cash_move m = { .kind = MOVE_CHANGE, .note = "" };
    int rc = cash_box_load(c, id, &b);
    if (!rc)
        rc = open_and_held(c, &b);
    if (rc)
        return rc;
    if (n == 0)
        return call_refuse(c, CASH_BAD_PIECES, "pieces", "%s", "");
    rc = cash_pieces_fit(c, b.currency, 0, p, n);
    return rc ? rc : cash_note_move(c, &b, &m, p, n);
}

int cash_move_get(struct call *c, int64_t id, struct cash_move *out)
{
    struct cash_box b;
    bool found = false;
    int rc = cash_row_move(c, id, out, &found);
    if (!rc && !found)
        rc = CASH_NO_BOX;
    return rc ? rc : cash_box_load(c, out->box, &b);
}

int cash_reverse(struct call *c, int64_t move, struct cash_move *out)
{
    struct cash_box b;
    struct cash_move m;
    struct ledger_result done;
    bool found = false, back = false;
    int rc = cash_row_move(c, move, &m, &found);
    if (!rc && !found)
        rc = CASH_NO_BOX;
    if (!rc)
        rc = cash_box_load(c, m.box, &b);
    if (!rc)
        rc = open_and_held(c, &b);
    if (!rc)
        rc = cash_row_taken_back(c, move, &back);
    if (rc)
        return rc;
    if ((m.kind != MOVE_IN && m.kind != MOVE_OUT) || m.session_id != b.session_id || back)
        return call_refuse(c, CASH_NOT_LAST, "move_id", "%s", "");
    if (m.minor > 0 && b.book_minor < m.minor)
        return call_refuse(c, CASH_SHORT, "amount", "%s", "");
    struct ledger_order o = { .id = ledger_id_make(c), .kind = LEDGER_REVERSE, .of = m.transfer };
    rc = ledger_post(c, &o, &done);
    if (rc)
        return rc;
    *out = (struct cash_move){ .kind = MOVE_REVERSED,
                               .minor = -m.minor,
                               .other_id = m.id,
                               .customer_id = m.customer_id,
                               .transfer = o.id,
                               .note = "" };
    return cash_note_move(c, &b, out, NULL, 0);
}

int cash_moves(struct call *c, box_id box, int64_t before_seq, int max, struct cash_move **out,
               int *n)
{
    return cash_row_moves(c, box, before_seq, max, out, n);
}

int cash_large(struct call *c, int64_t outlet_id, date day, int max, struct cash_move **out, int *n)
{
    return cash_row_large(c, outlet_id, day, max, out, n);
}
