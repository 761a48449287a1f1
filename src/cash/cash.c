/* cash.c -- Boxes: made, found, handed over; the room's own accounts, settings, what all moves
 * share. */
#include "branch/branch.h"
#include "cash/cash_store.h"
#include "ledger/ledger_books.h"
#include "store/db_kept.h"
#include <stdio.h>
#include <string.h>
#include "base/banned.h"

enum { NUMBER_MAX = 999, MEMO = 100 };

/* ---- settings ---- */

int cash_settings_get(struct call *c, struct cash_settings *out)
{
    *out = cash_usual;
    int rc = cash_setting(c, "large", out->large_minor, &out->large_minor);
    if (!rc)
        rc = cash_setting(c, "tolerance", out->tolerance_minor, &out->tolerance_minor);
    if (!rc)
        rc = cash_setting(c, "drawer", out->drawer_minor, &out->drawer_minor);
    int64_t demand = out->demand_closed;
    if (!rc)
        rc = cash_setting(c, "demand_closed", demand, &demand);
    out->demand_closed = demand != 0;
    return rc;
}

int cash_settings_put(struct call *c, const struct cash_settings *s)
{
    if (s->large_minor <= 0)
        return call_refuse(c, CASH_BAD_SETTING, "large", "%s", "");
    if (s->tolerance_minor < 0)
        return call_refuse(c, CASH_BAD_SETTING, "tolerance", "%s", "");
    if (s->drawer_minor <= 0)
        return call_refuse(c, CASH_BAD_SETTING, "drawer", "%s", "");
    int rc = cash_setting_put(c, "large", s->large_minor);
    if (!rc)
        rc = cash_setting_put(c, "tolerance", s->tolerance_minor);
    if (!rc)
        rc = cash_setting_put(c, "drawer", s->drawer_minor);
    if (!rc)
        rc = cash_setting_put(c, "demand_closed", s->demand_closed);
    if (rc)
        return rc;
    struct jsonw *w = event_begin(c);
    jw_i64(w, "second", c->second_id);
    return event_add(c, 0, "cash.settings_changed", 0);
}

/* ---- boxes ---- */

static int here(const struct call *c, int64_t outlet)
{
    return c->actor.outlet_id && c->actor.outlet_id != outlet ? WHO_OTHER_OUTLET : 0;
}

int cash_box_load(struct call *c, box_id id, struct cash_box *out)
{
    bool found = false;
    int rc = cash_row_box(c, id, out, &found);
    if (rc)
        return rc;
    if (!found)
        return call_refuse(c, CASH_NO_BOX, "box_id", "%s", "");
    return here(c, out->outlet_id);
}

int cash_box_get(struct call *c, box_id id, struct cash_box *out)
{
    return cash_box_load(c, id, out);
}

static int box_fields(struct call *c, const struct cash_box *b)
{
    struct branch_outlet o;
    int rc = here(c, b->outlet_id);
    if (rc)
        return rc;
    if (b->kind < CASH_DRAWER || b->kind > CASH_CENTRAL)
        return call_refuse(c, CASH_BAD_BOX, "kind", "%s", "");
    if ((b->kind == CASH_CENTRAL) != (b->outlet_id == 0))
        return call_refuse(c, CASH_BAD_BOX, "outlet_id", "%s", "");
    if (b->number < 1 || b->number > NUMBER_MAX)
        return call_refuse(c, CASH_BAD_BOX, "number", "1..%d", NUMBER_MAX);
    if (!currency_find((int)b->currency))
        return call_refuse(c, CASH_BAD_BOX, "currency", "%s", "");
    return b->outlet_id ? branch_outlet_get(c, (outlet_id){ b->outlet_id }, &o) : 0;
}

static int box_event(struct call *c, const struct cash_box *b, const char *topic)
{
    struct jsonw *w = event_begin(c);
    jw_text(w, "kind", cash_kind_code(b->kind));
    jw_i64(w, "number", b->number);
    jw_text(w, "currency", currency_find((int)b->currency)->code);
    jw_text(w, "state", cash_state_code(b->state));
    jw_bool(w, "active", b->active);
    jw_i64(w, "holder", b->holder.n);
    return event_add(c, b->outlet_id, topic, b->id.n);
}

static int box_make(struct call *c, struct cash_box *b)
{
    static const char *const names[] = {
        [CASH_DRAWER] = "尾箱", [CASH_VAULT] = "金库", [CASH_CENTRAL] = "中心金库"
    };
    struct ledger_account a = { .outlet_id = b->outlet_id,
                                .currency = b->currency,
                                .subject = "1001",
                                .flags = LEDGER_NO_OVERCREDIT };
    (void)snprintf(a.name, sizeof a.name, "%s %d", names[b->kind], b->number);
    int rc = ledger_account_open(c, &a, NULL, 0);
    if (rc)
        return rc;
    b->id.n = call_id(c);
    b->account = a.id;
    b->state = cash_rest(b);
    rc = cash_row_box_add(c, b);
    if (!rc && db_changed(c->tx) != 1)
        rc = call_refuse(c, CASH_BOX_TAKEN, "number", "%s", "");
    return rc;
}

int cash_box_put(struct call *c, struct cash_box *b)
{
    struct cash_box old;
    int rc;
    if (!b->id.n) {
        b->holder.n = b->next.n = b->session_id = b->book_minor = b->moves = 0;
        rc = box_fields(c, b);
        if (!rc)
            rc = box_make(c, b);
        return rc ? rc : box_event(c, b, "cash.box_changed");
    }
    rc = cash_box_load(c, b->id, &old);
    if (rc)
        return rc;
    if (!b->active && (old.book_minor || old.state != cash_rest(&old) || old.session_id))
        return CASH_BOX_IN_USE;
    old.active = b->active;
    *b = old;
    rc = cash_row_box_save(c, b);
    return rc ? rc : box_event(c, b, "cash.box_changed");
}

int cash_boxes(struct call *c, int64_t outlet, struct cash_box **out, int *n)
{
    return cash_row_boxes(c, outlet, out, n);
}

int cash_held(struct call *c, enum currency currency, struct cash_box *out)
{
    bool found = false;
    int rc = cash_row_held(c, c->actor.id, currency, out, &found);
    return rc || found ? rc : CASH_NOT_OPEN;
}

int cash_mine(struct call *c, enum currency currency, struct cash_box *out)
{
    bool found = false;
    int rc = cash_row_held(c, c->actor.id, currency, out, &found);
    if (rc)
        return rc;
    return found && out->session_id ? 0 : CASH_NOT_OPEN;
}

int cash_not_closed(struct call *c, int64_t outlet, struct cash_box **out, int *n)
{
    int all = 0;
    *n = 0;
    int rc = cash_row_boxes(c, outlet, out, &all);
    for (int i = 0; !rc && i < all; i++)
        if ((*out)[i].kind == CASH_DRAWER && (*out)[i].state != BOX_CLOSED)
            (*out)[(*n)++] = (*out)[i];
    return rc;
}

int cash_hand_over(struct call *c, box_id id, staff_id next)
{
    struct cash_box b;
    struct who_staff s;
    int rc = cash_box_load(c, id, &b);
    if (rc)
        return rc;
    if (b.holder.n != c->actor.id || !b.session_id)
        return CASH_NOT_HOLDER;
    if (b.state == BOX_COUNTING)
        return CASH_COUNTING;
    if (next.n) {
        rc = who_staff_get(c, next, &s);
        if (rc)
            return rc;
        if (!s.active || s.outlet_id != b.outlet_id || next.n == b.holder.n ||
            who_grade(&s) == GRADE_NONE)
            return call_refuse(c, CASH_NO_TELLER, "staff_id", "%s", "");
    }
    b.next = next;
    b.state = next.n ? BOX_HANDED : BOX_OPEN;
    rc = cash_row_box_save(c, &b);
    return rc ? rc : box_event(c, &b, "cash.handed");
}

/* ---- the room's own accounts ---- */

int cash_own_account(struct call *c, enum cash_own which, int64_t outlet, enum currency currency,
                     account_id *out)
{
    static const struct {
        const char *subject, *name;
    } own[] = { [CASH_OVER] = { "2241", "现金长款" },
                [CASH_UNDER] = { "1221", "现金短款" },
                [CASH_ROAD] = { "1001", "在途现金" },
                [CASH_RESERVE] = { "1003", "存放中央银行现金领缴" } };
    bool found = false;
    int rc = cash_row_own(c, which, outlet, currency, out, &found);
    if (rc || found)
        return rc;
    struct ledger_account a = { .outlet_id = outlet, .currency = currency };
    (void)snprintf(a.subject, sizeof a.subject, "%s", own[which].subject);
    (void)snprintf(a.name, sizeof a.name, "%s", own[which].name);
    rc = ledger_account_open(c, &a, NULL, 0);
    if (!rc)
        rc = cash_row_own_add(c, which, outlet, currency, a.id);
    *out = a.id;
    return rc;
}

/* ---- what all moves share ---- */

int cash_pieces_fit(struct call *c, enum currency currency, int64_t minor,
                    const struct cash_pieces *p, int n)
{
    int64_t sum = 0;
    if (n == 0)
        return 0;
    int rc = cash_sum(currency, p, n, &sum);
    if (rc)
        return call_refuse(c, rc, "pieces", "%s", "");
    char text[MONEY_TEXT];
    money_print((money){ sum, currency }, text);
    return sum == minor ? 0 : call_refuse(c, CASH_PIECES_DIFFER, "pieces", "%s", text);
}

int cash_post(struct call *c, account_id debit, account_id credit, money amount, const char *memo,
              transfer_id *out)
{
    struct ledger_result done;
    struct ledger_order o = { .id = ledger_id_make(c),
                              .kind = LEDGER_POST,
                              .debit = debit,
                              .credit = credit,
                              .amount = amount,
                              .memo = memo };
    *out = o.id;
    return ledger_post(c, &o, &done);
}

static int move_event(struct call *c, const struct cash_box *b, const struct cash_move *m)
{
    char text[MONEY_TEXT];
    struct jsonw *w = event_begin(c);
    jw_text(w, "kind", cash_move_code(m->kind));
    money_print((money){ m->minor, b->currency }, text);
    jw_text(w, "amount", text);
    jw_text(w, "currency", currency_find((int)b->currency)->code);
    jw_i64(w, "seq", m->seq);
    jw_i64(w, "second", m->second_id);
    jw_bool(w, "large", m->large);
    return event_add(c, b->outlet_id, "cash.moved", b->id.n);
}

int cash_note_move(struct call *c, struct cash_box *b, struct cash_move *m,
                   const struct cash_pieces *p, int n)
{
    int rc = ledger_day(c, &m->day);
    if (rc)
        return rc;
    if (__builtin_add_overflow(b->book_minor, m->minor, &b->book_minor) || b->book_minor < 0)
        return call_refuse(c, CASH_SHORT, "amount", "%s", "");
    m->id = call_id(c);
    m->seq = ++b->moves;
    m->box = b->id;
    m->book_minor = b->book_minor;
    m->at_us = c->now_us;
    m->staff.n = c->actor.id;
    m->second_id = c->second_id > 0 ? c->second_id : 0;
    m->session_id = b->session_id;
    rc = cash_row_move_add(c, m);
    if (!rc)
        rc = cash_row_pieces_add(c, m->id, p, n);
    if (!rc)
        rc = cash_row_box_save(c, b);
    return rc ? rc : move_event(c, b, m);
}

int cash_difference(struct call *c, struct cash_box *b, int64_t minor, transfer_id *out)
{
    account_id own;
    char memo[MEMO];
    bool over = minor > 0;
    money amount = { over ? minor : -minor, b->currency };
    CHECK(minor != 0);
    int rc = cash_own_account(c, over ? CASH_OVER : CASH_UNDER, b->outlet_id, b->currency, &own);
    if (rc)
        return rc;
    (void)snprintf(memo, sizeof memo, "%s %d %s", b->kind == CASH_DRAWER ? "尾箱" : "金库",
                   b->number, over ? "长款" : "短款");
    rc = over ? cash_post(c, b->account, own, amount, memo, out)
              : cash_post(c, own, b->account, amount, memo, out);
    if (rc)
        return rc;
    struct cash_move m = { .kind = over ? MOVE_OVER : MOVE_SHORT,
                           .minor = minor,
                           .transfer = *out };
    return cash_note_move(c, b, &m, NULL, 0);
}

int cash_account(struct call *c, account_id id, bool *is)
{
    int64_t n = 0;
    int rc = db_one_i64(c->tx,
                        "SELECT COUNT(*) FROM (SELECT account_id FROM cash_box UNION ALL"
                        " SELECT account_id FROM cash_own WHERE which=3) AS t"
                        " WHERE t.account_id=$1",
                        DB_ARGS(DB_I(id.n)), 0, &n);
    *is = n > 0;
    return rc;
}

/* ---- orders that come past the room ---- */

struct own_list {
    int64_t *ids;
    int64_t n;
};

static const struct db_kept_kind own_kept = { { "cash_box", "cash_own" } };

static int own_ask(struct call *c, struct own_list *l)
{
    struct db_rows r;
    int64_t all = 0;
    *l = (struct own_list){ NULL, 0 };
    int rc = db_one_i64(c->tx, "SELECT COUNT(*) FROM cash_box", DB_NO_ARGS, 0, &all);
    if (rc || !all)
        return rc;
    l->ids = arena_alloc(c->arena, (size_t)(all + 16) * sizeof *l->ids);
    rc = db_query(c->tx, &r,
                  "SELECT account_id FROM cash_box UNION ALL SELECT account_id FROM cash_own"
                  " WHERE which=3",
                  DB_NO_ARGS);
    while (!rc && l->n < all + 16 && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        l->ids[l->n++] = db_i64(&r, 0);
    }
    db_done(&r);
    return rc;
}

/* Asked for each order, and hardly ever another answer. */
static int own_read(struct call *c, struct own_list *l)
{
    size_t len = 0;
    const void *known = db_kept(c->tx, &own_kept, NULL, 0, &len);
    if (!known) {
        int rc = own_ask(c, l);
        if (!rc)
            db_keep(c->tx, &own_kept, NULL, 0, l->ids, (size_t)l->n * sizeof *l->ids);
        return rc;
    }
    l->n = (int64_t)(len / sizeof *l->ids);
    l->ids = arena_alloc(c->arena, len + 1);
    memcpy(l->ids, known, len);
    return 0;
}

static bool is_own(const struct own_list *l, account_id a)
{
    for (int64_t i = 0; i < l->n; i++)
        if (l->ids[i] == a.n)
            return true;
    return false;
}

static int touches(struct call *c, const struct own_list *l, const struct ledger_order *o,
                   bool *yes)
{
    struct ledger_transfer t;
    struct ledger_leg *legs;
    size_t n = 0;
    *yes = is_own(l, o->debit) || is_own(l, o->credit);
    for (size_t i = 0; i < o->n_legs; i++)
        *yes = *yes || is_own(l, o->legs[i].account);
    if (o->kind != LEDGER_REVERSE)
        return 0;
    int rc = ledger_transfer_get(c, o->of, &t);
    if (!rc)
        rc = ledger_transfer_legs(c, &t, &legs, &n);
    for (size_t i = 0; !rc && i < n; i++)
        *yes = *yes || is_own(l, legs[i].account);
    if (rc > 0) { /* none, or a hold: the ledger's own refusal says so */
        c->detail[0] = '\0';
        c->field = NULL;
    }
    return rc < 0 ? rc : 0;
}

int cash_untouched(struct call *c, const struct ledger_order *orders, size_t n)
{
    struct own_list l;
    int rc = own_read(c, &l);
    for (size_t i = 0; !rc && l.n && i < n; i++) {
        bool yes = false;
        rc = touches(c, &l, &orders[i], &yes);
        if (!rc && yes)
            rc = call_refuse(c, CASH_NOT_OURS, "orders", "%zu", i);
    }
    return rc;
}
