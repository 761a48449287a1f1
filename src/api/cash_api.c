/* cash_api.c -- Drawers and vaults: seen, counted, handed over, filled; settings of cash. */
#include "api/counter.h"
#include "api/handlers.h"
#include "ledger/ledger_books.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "base/banned.h"

enum { MOVES_MAX = 200, COUNTS_MAX = 50, LARGE_MAX = 1000 };

/* ---- shared with counter_api.c ---- */

void till_minor(struct jsonw *w, const char *key, int64_t minor, enum currency currency)
{
    char text[MONEY_TEXT];
    money_print((money){ minor, currency }, text);
    jw_text(w, key, text);
}

void till_amount(struct request *q, const char *key, enum currency currency, int64_t *minor)
{
    const char *text = NULL;
    money m;
    *minor = 0;
    json_need_text(q->doc, q->body, key, MONEY_TEXT - 1, &text);
    if (!text)
        return;
    if (!money_parse(text, currency, &m) || m.minor <= 0)
        json_note(q->doc, CASH_BAD_AMOUNT, key);
    else
        *minor = m.minor;
}

void till_pieces(struct request *q, enum currency currency, struct cash_pieces p[CASH_PIECES],
                 int *n)
{
    size_t count = 0;
    struct json_node *list = json_want_array(q->doc, q->body, "pieces", CASH_PIECES, &count);
    *n = 0;
    for (size_t i = 0; i < count; i++) {
        const char *face = NULL;
        money m = { 0, currency };
        struct json_node *one = json_item(list, i);
        json_need_text(q->doc, one, "face", MONEY_TEXT - 1, &face);
        json_need_i64(q->doc, one, "n", INT32_MIN, INT32_MAX, &p[i].n);
        if (face && !money_parse(face, currency, &m))
            json_note(q->doc, CASH_BAD_PIECES, "pieces");
        p[i].face_minor = m.minor;
        (*n)++;
    }
}

/* ---- reading ---- */

/* What must be in a box is not told to who may have to count it. */
static bool tells_book(const struct call *c, const struct cash_box *b)
{
    if (b->state == BOX_COUNTING || b->holder.n == c->actor.id)
        return false;
    return c->actor.role & (ROLE_HEAD | ROLE_OFFICE | ROLE_AUDITOR | ROLE_ADMIN);
}

static void box_json(struct call *c, struct jsonw *w, const char *key, const struct cash_box *b)
{
    jw_object(w, key);
    jw_i64(w, "id", b->id.n);
    jw_i64(w, "outlet_id", b->outlet_id);
    jw_text(w, "kind", cash_kind_code(b->kind));
    jw_i64(w, "number", b->number);
    jw_text(w, "currency", currency_find((int)b->currency)->code);
    jw_bool(w, "active", b->active);
    jw_text(w, "state", cash_state_code(b->state));
    jw_i64(w, "holder_id", b->holder.n);
    jw_text(w, "holder", b->holder.n ? staff_name(c, b->holder.n) : NULL);
    jw_i64(w, "next_id", b->next.n);
    jw_text(w, "next", b->next.n ? staff_name(c, b->next.n) : NULL);
    jw_bool(w, "mine", b->holder.n == c->actor.id && b->session_id != 0);
    jw_i64(w, "moves", b->moves);
    if (tells_book(c, b))
        till_minor(w, "book", b->book_minor, b->currency);
    else
        jw_null(w, "book");
    jw_end(w);
}

static void faces_json(struct jsonw *w, enum currency currency)
{
    int64_t faces[CASH_PIECES];
    int n = cash_faces(currency, faces);
    jw_array(w, "faces");
    for (int i = 0; i < n; i++)
        till_minor(w, NULL, faces[i], currency);
    jw_end(w);
}

static void transits_json(struct call *c, struct jsonw *w, const struct cash_transit *list, int n)
{
    jw_array(w, "transits");
    for (int i = 0; i < n; i++) {
        jw_object(w, NULL);
        jw_i64(w, "id", list[i].id.n);
        jw_i64(w, "from", list[i].from.n);
        jw_i64(w, "to", list[i].to.n);
        ms_json(w, "sent_ms", list[i].sent_us);
        ms_json(w, "arrived_ms", list[i].arrived_us);
        jw_text(w, "sent_by", staff_name(c, list[i].sent_by.n));
        jw_end(w);
    }
    jw_end(w);
}

int api_cash_boxes(struct call *c, struct request *q, struct buf *answer)
{
    struct cash_box *list, *central;
    struct cash_transit *road;
    struct jsonw w;
    outlet_id o;
    int n = 0, m = 0, k = 0;
    int rc = request_outlet(c, q, &o);
    if (!rc)
        rc = cash_boxes(c, o.n ? o.n : -1, &list, &n);
    if (!rc)
        rc = cash_boxes(c, 0, &central, &k);
    if (!rc)
        rc = cash_transits(c, o.n ? o.n : -1, true, MOVES_MAX, &road, &m);
    if (rc)
        return rc;
    jw_init(&w, answer);
    jw_object(&w, NULL);
    ms_json(&w, "now_ms", c->now_us);
    faces_json(&w, CNY);
    jw_array(&w, "items");
    for (int i = 0; i < n; i++)
        box_json(c, &w, NULL, &list[i]);
    for (int i = 0; o.n && i < k; i++) /* where a vault's cash may be sent to */
        box_json(c, &w, NULL, &central[i]);
    jw_end(&w);
    transits_json(c, &w, road, m);
    jw_end(&w);
    return 0;
}

static void move_json(struct call *c, struct jsonw *w, const struct cash_move *m,
                      enum currency currency, bool book)
{
    char id[TRANSFER_TEXT];
    jw_object(w, NULL);
    jw_i64(w, "id", m->id);
    jw_i64(w, "seq", m->seq);
    jw_i64(w, "box_id", m->box.n);
    jw_text(w, "kind", cash_move_code(m->kind));
    till_minor(w, "amount", m->minor, currency);
    if (book)
        till_minor(w, "book", m->book_minor, currency);
    ms_json(w, "at_ms", m->at_us);
    jw_text(w, "staff", staff_name(c, m->staff.n));
    jw_text(w, "second", m->second_id ? staff_name(c, m->second_id) : NULL);
    jw_i64(w, "session_id", m->session_id);
    jw_i64(w, "other_id", m->other_id);
    ledger_id_print(m->transfer, id);
    jw_text(w, "transfer", m->transfer.high || m->transfer.low ? id : NULL);
    jw_bool(w, "large", m->large);
    jw_text(w, "note", m->note);
    jw_end(w);
}

static void counts_json(struct call *c, struct jsonw *w, const struct cash_count_row *list, int n,
                        const struct cash_box *b)
{
    static const char *const kinds[] = {
        [COUNT_OPEN] = "open", [COUNT_CLOSE] = "close", [COUNT_SPOT] = "spot"
    };
    static const char *const outcomes[] = { [COUNT_AGREES] = "agrees",
                                            [COUNT_AGAIN] = "again",
                                            [COUNT_SECOND] = "second",
                                            [COUNT_BOOKED] = "booked" };
    jw_array(w, "counts");
    for (int i = 0; i < n; i++) {
        bool done = list[i].outcome == COUNT_AGREES || list[i].outcome == COUNT_BOOKED;
        jw_object(w, NULL);
        jw_text(w, "kind", kinds[list[i].kind]);
        jw_text(w, "outcome", outcomes[list[i].outcome]);
        jw_text(w, "staff", staff_name(c, list[i].staff.n));
        ms_json(w, "at_ms", list[i].at_us);
        if (done || b->state != BOX_COUNTING)
            till_minor(w, "counted", list[i].counted_minor, b->currency);
        else
            jw_null(w, "counted"); /* the other one counts blind, too */
        if (list[i].outcome == COUNT_BOOKED)
            till_minor(w, "over", list[i].counted_minor - list[i].book_minor, b->currency);
        jw_end(w);
    }
    jw_end(w);
}

int api_cash_box(struct call *c, struct request *q, struct buf *answer)
{
    struct cash_box b;
    struct cash_move *moves;
    struct cash_count_row *counts;
    struct cash_settings s;
    struct jsonw w;
    int n = 0, m = 0;
    int64_t before = request_i64(q, "before", INT64_MAX);
    int rc = cash_box_get(c, (box_id){ q->id[0] }, &b);
    if (!rc)
        rc = cash_moves(c, b.id, before, MOVES_MAX, &moves, &n);
    if (!rc)
        rc = cash_counts(c, b.id, COUNTS_MAX, &counts, &m);
    if (!rc)
        rc = cash_settings_get(c, &s);
    if (rc)
        return rc;
    jw_init(&w, answer);
    jw_object(&w, NULL);
    ms_json(&w, "now_ms", c->now_us);
    box_json(c, &w, "box", &b);
    faces_json(&w, b.currency);
    jw_bool(&w, "full",
            b.state == BOX_OPEN && b.kind == CASH_DRAWER && b.book_minor > s.drawer_minor);
    if (q->api->s.demo) /* who only tries the demo has no notes to count */
        till_minor(&w, "demo_book", b.book_minor, b.currency);
    jw_array(&w, "moves");
    for (int i = 0; i < n; i++)
        move_json(c, &w, &moves[i], b.currency, tells_book(c, &b));
    jw_end(&w);
    counts_json(c, &w, counts, m, &b);
    jw_end(&w);
    return 0;
}

int api_cash_large(struct call *c, struct request *q, struct buf *answer)
{
    struct cash_move *list;
    struct jsonw w;
    outlet_id o;
    date day;
    int n = 0;
    int rc = request_outlet(c, q, &o);
    if (!rc)
        rc = ledger_day(c, &day);
    if (!rc)
        rc = request_date(c, q, "date", day, &day);
    if (!rc)
        rc = cash_large(c, o.n, day, LARGE_MAX, &list, &n);
    if (rc)
        return rc;
    jw_init(&w, answer);
    jw_object(&w, NULL);
    jw_array(&w, "items");
    for (int i = 0; i < n; i++) {
        struct cash_box b;
        rc = cash_box_get(c, list[i].box, &b);
        if (rc)
            return rc;
        move_json(c, &w, &list[i], b.currency, false);
    }
    jw_end(&w);
    jw_end(&w);
    return 0;
}

int api_cash_not_closed(struct call *c, struct request *q, struct buf *answer)
{
    struct cash_box *list;
    struct jsonw w;
    outlet_id o;
    int n = 0;
    int rc = request_outlet(c, q, &o);
    if (!rc)
        rc = cash_not_closed(c, o.n ? o.n : -1, &list, &n);
    if (rc)
        return rc;
    jw_init(&w, answer);
    jw_object(&w, NULL);
    jw_array(&w, "items");
    for (int i = 0; i < n; i++)
        box_json(c, &w, NULL, &list[i]);
    jw_end(&w);
    jw_end(&w);
    return 0;
}

/* ---- boxes ---- */

static int box_answer(struct call *c, int rc, const struct cash_box *b, struct buf *answer)
{
    struct jsonw w;
    if (rc)
        return rc;
    jw_init(&w, answer);
    jw_object(&w, NULL);
    box_json(c, &w, "box", b);
    jw_end(&w);
    return 0;
}

int api_cash_box_put(struct call *c, struct request *q, struct buf *answer)
{
    struct cash_box b = { .currency = CNY, .kind = CASH_DRAWER, .active = true };
    const char *kind = NULL, *currency = NULL;
    int64_t number = 0, outlet = c->actor.outlet_id;
    json_need_text(q->doc, q->body, "kind", 10, &kind);
    json_need_i64(q->doc, q->body, "number", 0, INT32_MAX, &number);
    json_want_text(q->doc, q->body, "currency", 3, &currency);
    json_want_i64(q->doc, q->body, "outlet_id", 0, INT64_MAX, &outlet);
    int rc = body_done(c, q);
    if (rc)
        return rc;
    b.kind = !strcmp(kind, "vault")     ? CASH_VAULT
             : !strcmp(kind, "central") ? CASH_CENTRAL
                                        : CASH_DRAWER;
    if (strcmp(kind, cash_kind_code(b.kind)))
        return call_refuse(c, CASH_BAD_BOX, "kind", "drawer, vault, central");
    if (currency && !currency_parse(currency, &b.currency))
        return call_refuse(c, CASH_BAD_BOX, "currency", "%s", currency);
    b.number = (int)number;
    b.outlet_id = b.kind == CASH_CENTRAL ? 0 : outlet;
    return box_answer(c, cash_box_put(c, &b), &b, answer);
}

int api_cash_box_patch(struct call *c, struct request *q, struct buf *answer)
{
    struct cash_box b;
    int rc = cash_box_get(c, (box_id){ q->id[0] }, &b);
    if (rc)
        return rc;
    json_want_bool(q->doc, q->body, "active", &b.active);
    rc = body_done(c, q);
    return box_answer(c, rc ? rc : cash_box_put(c, &b), &b, answer);
}

/* ---- counting ---- */

static int counted(struct call *c, struct request *q, bool second, struct buf *answer)
{
    static const char *const outcomes[] = { [COUNT_AGREES] = "agrees",
                                            [COUNT_AGAIN] = "again",
                                            [COUNT_SECOND] = "second",
                                            [COUNT_BOOKED] = "booked" };
    struct cash_pieces p[CASH_PIECES];
    struct cash_counted k;
    struct cash_box b;
    struct jsonw w;
    const char *kind = "close";
    int n = 0;
    int rc = cash_box_get(c, (box_id){ q->id[0] }, &b);
    if (rc)
        return rc;
    till_pieces(q, b.currency, p, &n);
    if (!second)
        json_need_text(q->doc, q->body, "kind", 10, &kind);
    rc = body_done(c, q);
    if (rc)
        return rc;
    enum cash_count_kind what = !strcmp(kind, "open")   ? COUNT_OPEN
                                : !strcmp(kind, "spot") ? COUNT_SPOT
                                                        : COUNT_CLOSE;
    if (what == COUNT_CLOSE && strcmp(kind, "close") != 0)
        return call_refuse(c, BASE_BAD_INPUT, "kind", "open, close, spot");
    rc = second ? cash_recount(c, b.id, p, n, &k) : cash_count(c, b.id, what, p, n, &k);
    if (!rc)
        rc = cash_box_get(c, b.id, &b);
    if (rc)
        return rc;
    jw_init(&w, answer);
    jw_object(&w, NULL);
    jw_text(&w, "outcome", outcomes[k.outcome]);
    till_minor(&w, "counted", k.counted_minor, b.currency);
    if (k.outcome == COUNT_BOOKED)
        till_minor(&w, "over", k.over_minor, b.currency);
    box_json(c, &w, "box", &b);
    jw_end(&w);
    return 0;
}

int api_cash_count(struct call *c, struct request *q, struct buf *answer)
{
    return counted(c, q, false, answer);
}

int api_cash_recount(struct call *c, struct request *q, struct buf *answer)
{
    return counted(c, q, true, answer);
}

int api_cash_hand_over(struct call *c, struct request *q, struct buf *answer)
{
    struct cash_box b;
    int64_t next = 0;
    json_want_i64(q->doc, q->body, "staff_id", 0, INT64_MAX, &next);
    int rc = body_done(c, q);
    if (!rc)
        rc = cash_hand_over(c, (box_id){ q->id[0] }, (staff_id){ next });
    if (!rc)
        rc = cash_box_get(c, (box_id){ q->id[0] }, &b);
    return box_answer(c, rc, &b, answer);
}

int api_cash_change(struct call *c, struct request *q, struct buf *answer)
{
    struct cash_pieces p[CASH_PIECES];
    struct cash_box b;
    int n = 0;
    int rc = cash_box_get(c, (box_id){ q->id[0] }, &b);
    if (rc)
        return rc;
    till_pieces(q, b.currency, p, &n);
    rc = body_done(c, q);
    if (!rc)
        rc = cash_change(c, b.id, p, n);
    return box_answer(c, rc, &b, answer);
}

/* ---- settings ---- */

int api_cash_settings(struct call *c, struct request *q, struct buf *answer)
{
    struct cash_settings s;
    struct jsonw w;
    UNUSED(q);
    int rc = cash_settings_get(c, &s);
    if (rc)
        return rc;
    jw_init(&w, answer);
    jw_object(&w, NULL);
    till_minor(&w, "large", s.large_minor, CNY);
    till_minor(&w, "tolerance", s.tolerance_minor, CNY);
    till_minor(&w, "drawer", s.drawer_minor, CNY);
    jw_bool(&w, "demand_closed", s.demand_closed);
    jw_end(&w);
    return 0;
}

static void want_minor(struct request *q, const char *key, int64_t *minor)
{
    const char *text = NULL;
    money m;
    json_want_text(q->doc, q->body, key, MONEY_TEXT - 1, &text);
    if (!text)
        return;
    if (!money_parse(text, CNY, &m))
        json_note(q->doc, CASH_BAD_SETTING, key);
    else
        *minor = m.minor;
}

int api_cash_settings_put(struct call *c, struct request *q, struct buf *answer)
{
    struct cash_settings s;
    int rc = cash_settings_get(c, &s);
    if (rc)
        return rc;
    want_minor(q, "large", &s.large_minor);
    want_minor(q, "tolerance", &s.tolerance_minor);
    want_minor(q, "drawer", &s.drawer_minor);
    json_want_bool(q->doc, q->body, "demand_closed", &s.demand_closed);
    rc = body_done(c, q);
    if (!rc)
        rc = cash_settings_put(c, &s);
    return rc ? rc : api_cash_settings(c, q, answer);
}
