/* queue.c -- Who is before whom: people ahead, and the wait range that follows. */
#include "lobby/queue.h"
#include <stdio.h>
#include <string.h>
#include "base/banned.h"

/* The windows that are open now and handle the service; when none is, all that could. */
static int servers(const struct lobby_scene *s, service_id service, bool open_only, bool *in)
{
    int n = 0;
    for (int i = 0; i < s->plan->n_windows; i++) {
        bool open = false;
        for (int k = 0; k < s->n_sessions; k++)
            open = open || (s->sessions[k].window.n == s->plan->windows[i].id.n &&
                            s->sessions[k].state == SESSION_OPEN);
        in[i] = (open || !open_only) && window_handles(&s->plan->windows[i], service);
        n += in[i];
    }
    return n;
}

static bool window_busy(const struct lobby_scene *s, window_id w)
{
    for (int i = 0; i < s->n_sessions; i++)
        if (s->sessions[i].window.n == w.n)
            return s->sessions[i].ticket.n != 0;
    return false;
}

static double handling_of(const struct lobby_scene *s, service_id service)
{
    const struct branch_service *b = plan_service(s->plan, service);
    return b && b->handling_s > 0 ? b->handling_s : 300;
}

/* What share of a competitor's possible windows is also ours: its weight in our queue. */
static double overlap(const struct lobby_scene *s, const struct ticket *t, const bool *ours)
{
    int mine = 0, all = 0;
    for (int i = 0; i < s->plan->n_windows; i++) {
        const struct branch_window *w = &s->plan->windows[i];
        bool can = window_handles(w, t->service) && (!t->only_window || t->only_window == w->id.n);
        bool open = false;
        for (int k = 0; k < s->n_sessions; k++)
            open = open ||
                   (s->sessions[k].window.n == w->id.n && s->sessions[k].state == SESSION_OPEN);
        all += can && open;
        mine += can && ours[i];
    }
    return all ? (double)mine / all : 0;
}

/* Would the rule call a before b, if one window could call both? Asked of the rule itself. */
static bool called_before(const struct lobby_scene *s, const struct ticket *a,
                          const struct ticket *b)
{
    struct rule_waiter two[2];
    int index[2];
    struct ticket pair[2] = { *a, *b };
    struct rule_caller caller = { 0 };
    struct lobby_rule rule = s->plan->rule;
    pair[0].only_window = pair[0].only_staff = pair[1].only_window = pair[1].only_staff = 0;
    memset(caller.preference, 1, sizeof caller.preference);
    rule.n_whens = 0; /* counts of others do not order two people */
    if (rule_waiters(pair, 2, two, index) != 2)
        return ticket_waits(a->state);
    struct rule_choice choice =
        rule_choose(&rule, &s->plan->rule_classes, two, 2, &caller, &s->day.turns, s->now_us);
    return choice.index == 0;
}

static int half_minutes_down(double s)
{
    return s <= 0 ? 0 : (int)(s / 30) * 30;
}

/* What the futures said, less the time since. For a newcomer the line has moved on by it, but no
 * further than to its end; and who came since then is before her: each takes a turn, as far as they
 * use the same windows. */
static bool told_range(const struct lobby_scene *s, const struct ticket *t, const bool *ours,
                       const struct forecast_in *in, struct wait_range *out)
{
    struct told_line l;
    double turns = 0, gone = (double)(s->now_us - s->told.at_us) / 1e6;
    double turn_s = in->windows > 0 ? in->handling_s / in->windows : in->handling_s;
    if (!told_fresh(&s->told, s->now_us))
        return false;
    bool known = told_of_ticket(&s->told, t->id, &l);
    if (!known && (t->first_in_line || t->only_window || t->only_staff ||
                   !told_of_newcomer(&s->told, t->service, t->class_index, &l)))
        return false;
    if (l.p50_s < 0 || l.p90_s < 0)
        return false;
    if (!known) {
        for (int i = 0; i < s->n_live; i++) {
            const struct ticket *x = &s->live[i];
            if (x->since_us > s->told.at_us && x->id.n != t->id.n && ticket_waits(x->state) &&
                called_before(s, x, t))
                turns += x->service.n == t->service.n ? 1 : overlap(s, x, ours);
        }
        gone = gone > l.p50_s ? l.p50_s : gone;
    }
    double middle = turns - (turns < 1 ? turns : 1) / 3; /* the median of a sum of such turns */
    out->low_s = half_minutes_down(l.p50_s + middle * turn_s - gone + 15);
    out->high_s = half_minutes_down(l.p90_s + turns * turn_s - gone + 29);
    if (out->high_s < out->low_s + 60)
        out->high_s = out->low_s + 60;
    out->told_us = s->told.at_us;
    return true;
}

void queue_place(const struct lobby_scene *s, const struct ticket *t, struct queue_place *out)
{
    bool ours[BRANCH_WINDOWS_MAX];
    int open = servers(s, t->service, true, ours);
    double ahead = 0, handling = 0;
    memset(out, 0, sizeof *out);
    if (!open)
        servers(s, t->service, false, ours);
    for (int i = 0; i < s->n_live; i++) {
        const struct ticket *other = &s->live[i];
        if (other->id.n == t->id.n || !ticket_waits(other->state))
            continue;
        double weight = open ? overlap(s, other, ours) : other->service.n == t->service.n;
        if (weight <= 0 || !called_before(s, other, t))
            continue;
        out->ahead++;
        if (other->class_index == t->class_index && other->service.n == t->service.n)
            out->ahead_class++;
        ahead += weight;
        handling += weight * handling_of(s, other->service);
    }
    struct forecast_in in = { .ahead = ahead, .windows = open };
    for (int i = 0; i < s->plan->n_windows; i++)
        in.free += open && ours[i] && !window_busy(s, s->plan->windows[i].id);
    in.handling_s = (handling + handling_of(s, t->service)) / (ahead + 1);
    if (!told_range(s, t, ours, &in, &out->range))
        out->range = forecast_wait(&in);
}

static int scene_read(struct call *c, outlet_id o, bool light, struct lobby_scene *out)
{
    memset(out, 0, sizeof *out);
    out->now_us = c->now_us;
    int rc = plan_load(c, o, &out->plan);
    if (rc)
        return rc;
    out->outlet = out->plan->outlet;
    rc = day_of_now(c, o, &out->day);
    if (!rc)
        rc = lobby_sessions(c, o, &out->sessions, &out->n_sessions);
    if (!rc)
        rc = light ? ticket_light(c, o, true, &out->live, &out->n_live)
                   : lobby_live(c, o, &out->live, &out->n_live);
    if (!rc)
        rc = told_get(c, o, &out->told);
    return rc;
}

int scene_load(struct call *c, outlet_id o, struct lobby_scene *out)
{
    return scene_read(c, o, false, out);
}

int scene_load_light(struct call *c, outlet_id o, struct lobby_scene *out)
{
    return scene_read(c, o, true, out);
}

int lobby_live(struct call *c, outlet_id o, struct ticket **out, int *n)
{
    return ticket_states(c, o, TICKET_WAITING, TICKET_TRANSFERRED, out, n);
}

int lobby_ticket(struct call *c, ticket_id t, struct ticket *out)
{
    return ticket_one(c, t, out);
}

void queue_newcomer(const struct lobby_scene *s, service_id service, int class_index,
                    struct queue_place *out)
{
    const struct branch_service *b = plan_service(s->plan, service);
    struct ticket t = { .id = { INT64_MAX },
                        .service = service,
                        .prefix = b ? b->prefix : 'A',
                        .class_index = class_index,
                        .state = TICKET_WAITING,
                        .since_us = s->now_us,
                        .queued_us = s->now_us };
    queue_place(s, &t, out);
}

int lobby_passed(struct call *c, outlet_id o, date d, char out[LOBBY_PASSED][12], int *n)
{
    struct db_rows r;
    int rc = db_query(c->tx, &r,
                      "SELECT number FROM ticket WHERE outlet_id=$1 AND business_date=$2"
                      " AND state=8 AND called_us > 0 ORDER BY ended_us DESC LIMIT 6",
                      DB_ARGS(DB_I(o.n), DB_I(d.days)));
    *n = 0;
    while (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        if (*n < LOBBY_PASSED)
            snprintf(out[(*n)++], 12, "%s", db_text(&r, 0));
    }
    db_done(&r);
    return rc;
}

int lobby_teller_today(struct call *c, outlet_id o, date d, staff_id s, struct teller_today *out)
{
    struct db_rows r;
    int rc = db_query(c->tx, &r,
                      "SELECT outcome, serving_us, ended_us, called_us, queued_us FROM leg"
                      " WHERE outlet_id=$1 AND business_date=$2 AND staff_id=$3",
                      DB_ARGS(DB_I(o.n), DB_I(d.days), DB_I(s.n)));
    double handling = 0, wait = 0;
    int64_t handled = 0;
    *out = (struct teller_today){ 0 };
    while (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        int64_t outcome = db_i64(&r, 0), serving = db_i64(&r, 1),
                waited = db_i64(&r, 3) - db_i64(&r, 4);
        out->no_shows += outcome == LEG_NO_SHOW;
        if (!serving || (outcome != LEG_DONE && outcome != LEG_NEXT))
            continue;
        out->served += outcome == LEG_DONE;
        handled++;
        handling += (double)(db_i64(&r, 2) - serving) / 1e6;
        wait += waited > 0 ? (double)waited / 1e6 : 0;
    }
    db_done(&r);
    if (handled) {
        out->mean_handling_s = handling / (double)handled;
        out->mean_wait_s = wait / (double)handled;
    }
    return rc;
}
