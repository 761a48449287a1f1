/* cash_count.c -- Counting, blind: what was found against what the book says, and whose word
 * counts. */
#include "cash/cash_store.h"
#include <string.h>
#include "base/banned.h"

enum { ROUND_MAX = 50 };

struct counting {
    struct cash_box *box;
    struct who_staff me;
    enum cash_count_kind kind;
    int64_t round;
    struct cash_count_row row;
};

/* Whose count opens or closes it: who takes it over, else who holds it. */
static staff_id counter(const struct cash_box *b)
{
    return b->next.n ? b->next : b->holder;
}

static int may_open(struct call *c, const struct cash_box *b)
{
    struct cash_box other;
    bool found = false;
    if (b->state == BOX_OPEN)
        return CASH_IS_OPEN;
    if (b->state == BOX_HANDED && b->next.n != c->actor.id)
        return CASH_HANDED;
    int rc = cash_row_held(c, c->actor.id, b->currency, &other, &found);
    if (!rc && found && other.id.n != b->id.n)
        rc = CASH_HAS_BOX;
    return rc;
}

static int may_close(struct call *c, const struct cash_box *b)
{
    if (!b->session_id)
        return CASH_NOT_OPEN;
    if (b->holder.n != c->actor.id)
        return CASH_NOT_HOLDER;
    return b->state == BOX_HANDED ? CASH_HANDED : 0;
}

/* The second pair of eyes: of grade 2 or more, and not whose drawer it is. */
static int may_check(struct call *c, const struct cash_box *b, const struct who_staff *me)
{
    struct who_staff holder = { 0 };
    int rc = 0;
    if (who_grade(me) < GRADE_SUPERVISOR)
        return CASH_NO_SECOND;
    if (b->holder.n)
        rc = who_staff_get(c, b->holder, &holder);
    if (!rc && b->holder.n && who_same_person(me, &holder))
        rc = CASH_NO_SECOND;
    if (!rc && b->next.n) {
        rc = who_staff_get(c, b->next, &holder);
        if (!rc && who_same_person(me, &holder))
            rc = CASH_NO_SECOND;
    }
    return rc;
}

static int may_count(struct call *c, struct counting *k, bool second)
{
    const struct cash_box *b = k->box;
    int64_t kind = 0;
    if (!b->active)
        return CASH_NO_BOX;
    int rc = cash_row_round(c, b->id, &k->round, &kind);
    if (rc)
        return rc;
    if (second) {
        k->kind = (enum cash_count_kind)kind;
        return b->state == BOX_COUNTING ? may_check(c, b, &k->me) : CASH_NO_COUNT;
    }
    if (b->state == BOX_COUNTING) {
        if ((int64_t)k->kind != kind && !(kind == COUNT_SPOT && k->kind == COUNT_CLOSE))
            return CASH_COUNTING;
        k->kind = (enum cash_count_kind)kind;
        if (kind == COUNT_SPOT && !b->holder.n)
            return may_check(c, b, &k->me); /* a vault, or a closed drawer: any two of grade 2 */
        return counter(b).n == c->actor.id ? 0 : CASH_NOT_HOLDER;
    }
    switch (k->kind) {
    case COUNT_OPEN:
        return b->kind == CASH_DRAWER ? may_open(c, b) : CASH_IS_OPEN;
    case COUNT_CLOSE:
        return may_close(c, b);
    case COUNT_SPOT:
        return b->state == BOX_HANDED ? CASH_HANDED : may_check(c, b, &k->me);
    }
    return CASH_NO_COUNT;
}

/* The round so far and this count: what does it mean? */
static int judge(struct call *c, struct counting *k)
{
    struct cash_count_row *rows = NULL;
    struct cash_tally list[ROUND_MAX + 1];
    struct cash_settings s;
    int n = 0, m = 0;
    int rc = cash_settings_get(c, &s);
    if (!rc && k->round)
        rc = cash_row_counts(c, k->box->id, k->round, ROUND_MAX, &rows, &n);
    for (int i = n - 1; !rc && i >= 0; i--) {
        struct who_staff who;
        rc = who_staff_get(c, rows[i].staff, &who);
        int64_t person = !rc && who_same_person(&who, &k->me) ? c->actor.id : rows[i].staff.n;
        list[m++] = (struct cash_tally){ person, who_grade(&who), rows[i].counted_minor };
    }
    if (rc)
        return rc;
    list[m++] = (struct cash_tally){ c->actor.id, who_grade(&k->me), k->row.counted_minor };
    k->row.outcome = cash_rule_count(list, m, k->box->book_minor, s.tolerance_minor);
    return 0;
}

static int session_begin(struct call *c, struct counting *k)
{
    struct cash_box *b = k->box;
    int rc = b->session_id ? cash_row_session_end(c, b->session_id, k->row.id) : 0;
    b->holder = counter(b).n ? counter(b) : (staff_id){ c->actor.id };
    b->next.n = 0;
    b->session_id = call_id(c);
    return rc ? rc : cash_row_session_add(c, b->session_id, b, k->row.id);
}

static int session_end(struct call *c, struct counting *k)
{
    struct cash_box *b = k->box;
    int rc = cash_row_session_end(c, b->session_id, k->row.id);
    b->holder.n = b->next.n = b->session_id = 0;
    return rc;
}

/* The round is over: the box opens, closes, or is as before a spot check. */
static int settle(struct call *c, struct counting *k)
{
    struct cash_box *b = k->box;
    int rc = 0;
    if (k->kind == COUNT_OPEN)
        rc = session_begin(c, k);
    else if (k->kind == COUNT_CLOSE)
        rc = session_end(c, k);
    b->state = cash_rest(b);
    if (k->kind == COUNT_SPOT && b->kind == CASH_DRAWER && !b->session_id)
        b->holder.n = 0;
    if (!rc)
        rc = cash_row_round_set(c, b->id, 0, 0);
    return rc ? rc : cash_row_box_save(c, b);
}

static int unsettled(struct call *c, struct counting *k)
{
    struct cash_box *b = k->box;
    if (b->state != BOX_COUNTING && k->kind == COUNT_OPEN && !b->holder.n)
        b->holder.n = c->actor.id;
    b->state = BOX_COUNTING;
    if (!k->round)
        k->round = k->row.id;
    int rc = cash_row_round_set(c, b->id, k->round, k->kind);
    return rc ? rc : cash_row_box_save(c, b);
}

/* What was found is in the event only when it is settled: the second person counts blind, too. */
static int count_event(struct call *c, const struct counting *k, int64_t over)
{
    static const char *const kinds[] = {
        [COUNT_OPEN] = "open", [COUNT_CLOSE] = "close", [COUNT_SPOT] = "spot"
    };
    static const char *const outcomes[] = { [COUNT_AGREES] = "agrees",
                                            [COUNT_AGAIN] = "again",
                                            [COUNT_SECOND] = "second",
                                            [COUNT_BOOKED] = "booked" };
    char text[MONEY_TEXT];
    struct jsonw *w = event_begin(c);
    jw_text(w, "count", kinds[k->kind]);
    jw_text(w, "outcome", outcomes[k->row.outcome]);
    jw_text(w, "state", cash_state_code(k->box->state));
    if (k->row.outcome == COUNT_BOOKED) {
        money_print((money){ over, k->box->currency }, text);
        jw_text(w, "over", text);
    }
    return event_add(c, k->box->outlet_id, "cash.counted", k->box->id.n);
}

static int finish(struct call *c, struct counting *k, const struct cash_pieces *p, int n,
                  struct cash_counted *out)
{
    struct cash_box *b = k->box;
    int64_t over = k->row.counted_minor - b->book_minor;
    bool done = k->row.outcome == COUNT_AGREES || k->row.outcome == COUNT_BOOKED;
    int rc = 0;
    if (!done)
        rc = unsettled(c, k);
    else if (k->row.outcome == COUNT_BOOKED)
        rc = cash_difference(c, b, over, &k->row.booked);
    if (!rc)
        rc = cash_row_count_add(c, b, k->round, &k->row);
    if (!rc)
        rc = cash_row_pieces_add(c, k->row.id, p, n);
    if (!rc && done)
        rc = settle(c, k);
    *out = (struct cash_counted){ .id = k->row.id,
                                  .outcome = k->row.outcome,
                                  .counted_minor = k->row.counted_minor,
                                  .over_minor = k->row.outcome == COUNT_BOOKED ? over : 0 };
    return rc ? rc : count_event(c, k, over);
}

static int count(struct call *c, box_id id, enum cash_count_kind kind, bool second,
                 const struct cash_pieces *p, int n, struct cash_counted *out)
{
    struct cash_box b;
    struct counting k = { .box = &b, .kind = kind };
    int rc = cash_box_load(c, id, &b);
    if (!rc)
        rc = who_staff_get(c, (staff_id){ c->actor.id }, &k.me);
    if (!rc && who_grade(&k.me) == GRADE_NONE)
        rc = WHO_NOT_ALLOWED;
    if (!rc)
        rc = may_count(c, &k, second);
    if (rc)
        return rc;
    k.row = (struct cash_count_row){
        .id = call_id(c), .at_us = c->now_us, .staff = k.me.id, .book_minor = b.book_minor
    };
    rc = cash_sum(b.currency, p, n, &k.row.counted_minor);
    for (int i = 0; !rc && i < n; i++)
        rc = p[i].n < 0 ? CASH_BAD_PIECES : 0;
    if (rc)
        return call_refuse(c, rc, "pieces", "%s", "");
    k.row.kind = k.kind;
    rc = judge(c, &k);
    return rc ? rc : finish(c, &k, p, n, out);
}

int cash_count(struct call *c, box_id box, enum cash_count_kind kind, const struct cash_pieces *p,
               int n, struct cash_counted *out)
{
    CHECK(kind >= COUNT_OPEN && kind <= COUNT_SPOT);
    return count(c, box, kind, false, p, n, out);
}

int cash_recount(struct call *c, box_id box, const struct cash_pieces *p, int n,
                 struct cash_counted *out)
{
    return count(c, box, COUNT_CLOSE, true, p, n, out);
}

int cash_counts(struct call *c, box_id box, int max, struct cash_count_row **out, int *n)
{
    return cash_row_counts(c, box, 0, max, out, n);
}
