/* own_audit.c -- See own_audit.h. */
#include "lobby/own_audit.h"
#include "lobby/leg.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/banned.h"

/* ---- the rule in force ---- */

struct rule_span { /* from this instant until the next span */
    int64_t from_us;
    bool set; /* false: a window without a rule of its own */
    char text[RULE_TEXT];
    struct lobby_rule rule;
};
struct rule_history {
    int64_t window; /* 0: the outlet's */
    struct rule_span *at;
    int n, room;
};

static void history_add(struct call *c, struct rule_history *h, int64_t from_us, const char *text)
{
    if (h->n == h->room) {
        int room = h->room ? h->room * 2 : 4;
        struct rule_span *more = arena_alloc(c->arena, sizeof *more * (size_t)room);
        if (h->n)
            memcpy(more, h->at, sizeof *more * (size_t)h->n);
        h->at = more;
        h->room = room;
    }
    struct rule_span *s = &h->at[h->n++];
    *s = (struct rule_span){ .from_us = from_us, .set = text[0] != 0 };
    snprintf(s->text, sizeof s->text, "%s", text);
}

/* first: what held before the first change that is on file; "": a window without its own. */
static int history_read(struct call *c, outlet_id o, int64_t window, const char *first,
                        const struct rule_classes *classes, struct rule_history *h)
{
    struct db_rows r;
    char error[160];
    *h = (struct rule_history){ .window = window };
    history_add(c, h, 0, first);
    int rc = db_query(c->tx, &r,
                      "SELECT from_us, rule FROM rule_history WHERE outlet_id=$1 AND window_id=$2"
                      " ORDER BY from_us",
                      DB_ARGS(DB_I(o.n), DB_I(window)));
    while (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        history_add(c, h, db_i64(&r, 0), db_text(&r, 1));
    }
    db_done(&r);
    for (int i = 0; !rc && i < h->n; i++)
        if (h->at[i].set && rule_parse(h->at[i].text, classes, &h->at[i].rule, error, sizeof error))
            h->at[i].set = false; /* a class of then is gone */
    return rc;
}

static const struct rule_span *history_at(const struct rule_history *h, int64_t at_us)
{
    int i = 0;
    while (i + 1 < h->n && h->at[i + 1].from_us <= at_us)
        i++;
    return &h->at[i];
}

/* ---- the day ---- */

struct audit {
    struct call *c;
    outlet_id outlet;
    const struct lobby_plan *plan;
    struct rule_history rule;
    struct rule_history own[BRANCH_WINDOWS_MAX];
    int n_own;
    struct leg *legs;
    int n_legs;
    int64_t *from_us, *until_us; /* of each leg: when it was in the queue */
    struct rule_waiter *waiters;
    int *whose; /* of each waiter: which leg */
    struct rule_turns turns;
    struct own_audit *out;
};

static int window_rule_at(struct audit *a, window_id w, int64_t at_us,
                          const struct lobby_rule **out)
{
    const struct rule_history *own = NULL;
    for (int i = 0; i < a->n_own; i++)
        if (a->own[i].window == w.n)
            own = &a->own[i];
    if (!own) {
        if (a->n_own == BRANCH_WINDOWS_MAX)
            return RC_FULL;
        struct rule_history *h = &a->own[a->n_own++];
        int rc = history_read(a->c, a->outlet, w.n, "", &a->plan->rule_classes, h);
        if (rc)
            return rc;
        own = h;
    }
    const struct rule_span *s = history_at(own, at_us);
    if (!s->set)
        s = history_at(&a->rule, at_us);
    *out = s->set ? &s->rule : &a->plan->rule;
    return 0;
}

/* Was there an earlier leg of the ticket? Then a booking's early arrival is behind it. */
static bool leg_is_first(const struct audit *a, const struct leg *l)
{
    for (int i = 0; i < a->n_legs; i++)
        if (a->legs[i].ticket.n == l->ticket.n && a->legs[i].n && &a->legs[i] != l &&
            (!l->n || a->legs[i].n < l->n))
            return false;
    return true;
}

static void spans_make(struct audit *a)
{
    for (int i = 0; i < a->n_legs; i++) {
        const struct leg *l = &a->legs[i];
        a->until_us[i] = l->called_us ? l->called_us : l->outcome < 0 ? INT64_MAX : l->ended_us;
        a->from_us[i] = l->queued_us;
        /* Checked in early: may be called at once, though the wait counts from the booked time. */
        if (l->slot_us && l->checked_in_us && l->checked_in_us < l->queued_us && leg_is_first(a, l))
            a->from_us[i] = l->checked_in_us;
        if (!l->queued_us || l->outcome == LEG_UNDONE || l->source == SOURCE_ROLL)
            a->from_us[i] = INT64_MAX; /* its waiting is the next leg's, or none */
    }
}

static bool away_undone(const struct audit *a, ticket_id t, int64_t at_us)
{
    for (int i = 0; i < a->n_legs; i++)
        if (a->legs[i].ticket.n == t.n && a->legs[i].outcome == LEG_UNDONE &&
            a->legs[i].called_us <= at_us && at_us < a->legs[i].ended_us)
            return true;
    return false;
}

/* Who waited when leg k was called; sure_only: without those who came at that very instant. */
static int waiters_at(struct audit *a, int k, bool sure_only)
{
    int64_t at = a->legs[k].called_us;
    int n = 0;
    for (int i = 0; i < a->n_legs; i++) {
        const struct leg *l = &a->legs[i];
        bool there = a->from_us[i] <= at && a->until_us[i] > at &&
                     !(sure_only && a->from_us[i] == at) && !away_undone(a, l->ticket, at);
        if (i != k && !there)
            continue;
        a->waiters[n] = (struct rule_waiter){ .since_us = l->since_us,
                                              .order = l->ticket.n,
                                              .only_window = l->only_window,
                                              .only_staff = l->only_staff,
                                              .class_index = l->class_index,
                                              .service = l->prefix,
                                              .courtesy = l->courtesy,
                                              .first = l->first };
        a->whose[n++] = i;
    }
    return n;
}

static void call_broke(struct audit *a, int k, int should)
{
    const struct leg *l = &a->legs[k];
    struct own_call *b = &a->out->broke[a->out->n_broke++];
    *b = (struct own_call){ .ticket = l->ticket,
                            .window = l->window,
                            .staff = l->staff,
                            .at_us = l->called_us,
                            .by_hand = l->by_hand };
    memcpy(b->number, l->number, sizeof b->number);
    if (l->by_hand)
        memcpy(b->reason, l->reason, sizeof b->reason);
    if (should >= 0) {
        b->should = a->legs[should].ticket;
        memcpy(b->should_number, a->legs[should].number, sizeof b->should_number);
    }
}

static int call_check(struct audit *a, int k)
{
    const struct leg *l = &a->legs[k];
    const struct branch_window *w = plan_window(a->plan, l->window);
    const struct lobby_rule *rule;
    int should = -1;
    if (!w)
        return 0; /* the window is gone: what it handled is not known */
    int rc = window_rule_at(a, l->window, l->called_us, &rule);
    if (rc)
        return rc;
    struct rule_caller caller = plan_caller(a->plan, w, l->staff);
    for (int sure_only = 0; sure_only < 2 && should != k; sure_only++) {
        int n = waiters_at(a, k, sure_only);
        struct rule_choice choice = rule_choose(rule, &a->plan->rule_classes, a->waiters, n,
                                                &caller, &a->turns, l->called_us);
        should = choice.index < 0 ? -1 : a->whose[choice.index];
    }
    a->out->decisions++;
    a->out->by_hand += l->by_hand;
    if (should == k)
        a->out->explained++;
    else
        call_broke(a, k, should);
    if (!l->by_hand && rule->base == RULE_RATIO)
        rule_called(rule, l->class_index, &a->turns);
    return 0;
}

/* Is this leg a decision of this day? */
static bool is_decision(struct audit *a, const struct leg *l, date d)
{
    if (!l->called_us || !l->window.n || l->outcome == LEG_UNDONE || l->source == SOURCE_ROLL ||
        date_of_instant(l->called_us).days != d.days)
        return false;
    if (l->queued_us != l->called_us || leg_is_first(a, l))
        return true;
    /* It did not wait: called back from parking, or the visit's next service at the window. */
    a->out->parked += l->by_hand && l->serving_us != l->called_us;
    return false;
}

struct decision {
    const struct leg *leg;
};

static int compare_calls(const void *x, const void *y)
{
    const struct leg *a = ((const struct decision *)x)->leg;
    const struct leg *b = ((const struct decision *)y)->leg;
    if (a->called_us != b->called_us)
        return a->called_us < b->called_us ? -1 : 1;
    return (a->ticket.n > b->ticket.n) - (a->ticket.n < b->ticket.n);
}

static int audit_load(struct audit *a, date d)
{
    struct lobby_settings first;
    struct call *c = a->c;
    int rc = plan_load(c, a->outlet, &a->plan);
    /* No outlet has the number 0, so these are the settings of one that never changed them. */
    if (!rc)
        rc = lobby_settings_get(c, (outlet_id){ 0 }, &first);
    if (!rc)
        rc = history_read(c, a->outlet, 0, first.rule, &a->plan->rule_classes, &a->rule);
    if (!rc)
        rc = legs_of_day(c, a->outlet, d, &a->legs, &a->n_legs);
    if (rc)
        return rc;
    size_t n = (size_t)a->n_legs + 1;
    a->from_us = arena_alloc(c->arena, sizeof *a->from_us * n);
    a->until_us = arena_alloc(c->arena, sizeof *a->until_us * n);
    a->waiters = arena_alloc(c->arena, sizeof *a->waiters * n);
    a->whose = arena_alloc(c->arena, sizeof *a->whose * n);
    a->out->broke = arena_alloc(c->arena, sizeof *a->out->broke * n);
    spans_make(a);
    return 0;
}

int own_audit(struct call *c, outlet_id o, date d, struct own_audit *out)
{
    struct audit *a = arena_alloc(c->arena, sizeof *a);
    int n = 0;
    a->c = c;
    a->outlet = o;
    a->out = out;
    *out = (struct own_audit){ .decisions = 0 };
    int rc = audit_load(a, d);
    if (rc)
        return rc;
    int64_t evening = date_instant(d, 0) + US_DAY - 1;
    const struct rule_span *last = history_at(&a->rule, evening);
    out->rule_changed = last->from_us > date_instant(d, 0);
    memcpy(out->rule, last->text, sizeof out->rule);
    struct decision *calls = arena_alloc(c->arena, sizeof *calls * (size_t)(a->n_legs + 1));
    for (int i = 0; i < a->n_legs; i++)
        if (is_decision(a, &a->legs[i], d))
            calls[n++].leg = &a->legs[i];
    qsort(calls, (size_t)n, sizeof *calls, compare_calls);
    for (int i = 0; !rc && i < n; i++)
        rc = call_check(a, (int)(calls[i].leg - a->legs));
    return rc;
}
