/* stats_store.c -- Reading visits, services and sessions for the figures. */
#include "lobby/lobby_priv.h"
#include "lobby/queue.h"
#include "lobby/stats.h"
#include <math.h>
#include <string.h>
#include "base/banned.h"

static int range_fit(struct call *c, const struct stats_range *r)
{
    if (r->until.days < r->from.days)
        return call_refuse(c, BASE_RANGE, "until", "%s", "before from");
    if (r->until.days - r->from.days >= STATS_DAYS_MAX)
        return call_refuse(c, BASE_RANGE, "from", "at most %d days", STATS_DAYS_MAX);
    return 0;
}

/* The outlets asked about: one, or all of the bank. */
int stats_outlets(struct call *c, const struct stats_range *r, struct branch_outlet **out, int *n)
{
    int rc = range_fit(c, r);
    *n = 0;
    if (rc)
        return rc;
    if (!r->outlet.n)
        return branch_outlets(c, out, n);
    *out = arena_alloc(c->arena, sizeof **out);
    *n = 1;
    return branch_outlet_get(c, r->outlet, *out);
}

/* One outlet's rows come by (outlet, date); all rows come by date, in the order of their ids, so
 * that each page of the table is read once. Statements are literals: one text for each. */
static int count_rows(struct call *c, const struct stats_range *r, bool legs, int64_t *n)
{
    if (!r->outlet.n)
        return db_one_i64(c->tx,
                          legs ? "SELECT COUNT(*) FROM leg WHERE business_date >= $1"
                                 " AND business_date <= $2"
                               : "SELECT COUNT(*) FROM ticket WHERE business_date >= $1"
                                 " AND business_date <= $2",
                          DB_ARGS(DB_I(r->from.days), DB_I(r->until.days)), 0, n);
    return db_one_i64(c->tx,
                      legs ? "SELECT COUNT(*) FROM leg WHERE business_date >= $1"
                             " AND business_date <= $2 AND outlet_id=$3"
                           : "SELECT COUNT(*) FROM ticket WHERE business_date >= $1"
                             " AND business_date <= $2 AND outlet_id=$3",
                      DB_ARGS(DB_I(r->from.days), DB_I(r->until.days), DB_I(r->outlet.n)), 0, n);
}

static int outlet_place(const struct stats *s, int64_t id)
{
    for (int i = 0; i < s->n_outlets; i++)
        if (s->outlets[i].id.n == id)
            return i;
    return -1;
}

static enum visit_end visit_end(enum ticket_state state, bool was_served, bool guided)
{
    switch (state) {
    case TICKET_WAITING:
    case TICKET_TRANSFERRED:
        return VISIT_STILL;
    case TICKET_NO_SHOW:
        return was_served ? VISIT_SERVED : VISIT_NO_SHOW;
    case TICKET_LEFT:
        return was_served ? VISIT_SERVED : guided ? VISIT_GUIDED : VISIT_LEFT;
    case TICKET_VOID:
        return VISIT_VOID;
    case TICKET_BOOKED:
    case TICKET_CALLED:
    case TICKET_SERVING:
    case TICKET_PARKED:
    case TICKET_DONE:
        break;
    }
    return VISIT_SERVED;
}

/* False: a booking that is not (or was never) in the lobby. */
static bool visit_row(struct db_rows *r, int64_t now_us, struct stats *s, struct stats_visit *v)
{
    struct ticket t = { .state = (enum ticket_state)db_i64(r, 3),
                        .queued_us = db_i64(r, 5),
                        .called_us = db_i64(r, 6),
                        .ended_us = db_i64(r, 7),
                        .waited_us = db_i64(r, 8) };
    int64_t slot_us = db_i64(r, 9), checked_in_us = db_i64(r, 10);
    if (slot_us && !checked_in_us) {
        s->missed += t.state == TICKET_NO_SHOW;
        return false;
    }
    v->day = (int32_t)db_i64(r, 0);
    v->class_index = (uint8_t)db_i64(r, 1);
    v->prefix = (uint8_t)db_i64(r, 2);
    v->at_us = !slot_us ? db_i64(r, 4) : checked_in_us > slot_us ? checked_in_us : slot_us;
    v->wait_us = ticket_wait_us(&t, now_us);
    v->staff = db_i64(r, 11);
    v->end = (uint8_t)visit_end(t.state, db_i64(r, 12) > 0, db_i64(r, 14) > 0);
    return true;
}

/* The subselect runs only for the few who left or missed a call. */
#define VISIT_QUERY                                                                               \
    "SELECT business_date, class_index, prefix, state, taken_us, queued_us, called_us, ended_us," \
    " waited_us, slot_us, checked_in_us, staff_id, CASE WHEN state IN (8, 9) THEN"                \
    " (SELECT COUNT(*) FROM leg l WHERE l.ticket_id=ticket.id AND l.serving_us > 0) ELSE 0 END,"  \
    " outlet_id, CASE WHEN state=9 AND reason='" LOBBY_GUIDED                                     \
    "' THEN 1 ELSE 0 END FROM ticket WHERE business_date >= $1 AND business_date <= $2"

static int read_visits(struct call *c, struct stats *s)
{
    struct db_rows r;
    const struct stats_range *range = &s->range;
    int64_t last = 0;
    int place = -1;
    int rc = range->outlet.n ? db_query(c->tx, &r, VISIT_QUERY " AND outlet_id=$3",
                                        DB_ARGS(DB_I(range->from.days), DB_I(range->until.days),
                                                DB_I(range->outlet.n)))
                             : db_query(c->tx, &r, VISIT_QUERY,
                                        DB_ARGS(DB_I(range->from.days), DB_I(range->until.days)));
    while (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        int64_t outlet = db_i64(&r, 13);
        if (outlet != last)
            place = outlet_place(s, outlet);
        last = outlet;
        if (place < 0)
            continue; /* no such outlet: lobby_check() tells of it */
        s->visit[s->n].outlet = (uint16_t)place;
        s->n += visit_row(&r, c->now_us, s, &s->visit[s->n]);
    }
    db_done(&r);
    return rc;
}

int stats_read(struct call *c, const struct stats_range *r, struct stats *out)
{
    struct branch_class *classes = NULL;
    int64_t all = 0;
    *out = (struct stats){ .range = *r };
    int rc = stats_outlets(c, r, &out->outlets, &out->n_outlets);
    if (!rc)
        rc = branch_classes(c, &classes, &out->n_classes);
    if (!rc)
        rc = count_rows(c, r, false, &all);
    if (!rc && all > STATS_VISITS_MAX)
        rc = call_refuse(c, BASE_RANGE, "from", "%lld tickets, at most %d", (long long)all,
                         STATS_VISITS_MAX);
    if (rc)
        return rc;
    CHECK(out->n_classes <= BRANCH_CLASSES_MAX);
    memcpy(out->classes, classes, sizeof *classes * (size_t)out->n_classes);
    /* A snapshot: what was counted is what is read. */
    size_t room = (size_t)all + 1;
    out->keep = arena_new(room * 80 + (1 << 20));
    out->scratch = arena_new(room * 40 + (1 << 20));
    out->visit = arena_alloc(out->keep, room * sizeof *out->visit);
    out->waits = arena_alloc(out->keep, room * sizeof *out->waits);
    return read_visits(c, out);
}

#define SERVICE_QUERY                                                                  \
    "SELECT prefix, staff_id, serving_us, ended_us FROM leg WHERE business_date >= $1" \
    " AND business_date <= $2 AND outcome IN (0, 6) AND serving_us > 0 AND inaccurate=0"

static int read_services(struct call *c, const struct stats_range *range, int prefix, int64_t staff,
                         struct wait *out, size_t *n)
{
    struct db_rows r;
    _Static_assert(LEG_DONE == 0 && LEG_NEXT == 6, "the query's outcomes");
    int rc = range->outlet.n ? db_query(c->tx, &r, SERVICE_QUERY " AND outlet_id=$3",
                                        DB_ARGS(DB_I(range->from.days), DB_I(range->until.days),
                                                DB_I(range->outlet.n)))
                             : db_query(c->tx, &r, SERVICE_QUERY,
                                        DB_ARGS(DB_I(range->from.days), DB_I(range->until.days)));
    while (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        if ((!prefix || db_i64(&r, 0) == prefix) && (!staff || db_i64(&r, 1) == staff))
            out[(*n)++] = (struct wait){ .us = db_i64(&r, 3) - db_i64(&r, 2), .end = WAIT_SERVED };
    }
    db_done(&r);
    return rc;
}

int stats_handling(struct call *c, const struct stats_range *r, int prefix, int64_t staff,
                   struct stats_handling *out)
{
    struct wait_summary sum;
    int64_t room = 0;
    size_t n = 0;
    *out = (struct stats_handling){ .mean_s = NAN, .median_s = NAN };
    int rc = range_fit(c, r);
    if (!rc)
        rc = count_rows(c, r, true, &room);
    if (!rc && room > 2 * STATS_VISITS_MAX)
        rc = call_refuse(c, BASE_RANGE, "from", "%lld services, at most %d", (long long)room,
                         2 * STATS_VISITS_MAX);
    if (rc)
        return rc;
    struct arena *own = arena_new((size_t)room * 48 + (1 << 20));
    struct wait *list = arena_alloc(own, sizeof *list * (size_t)(room + 1));
    rc = read_services(c, r, prefix, staff, list, &n);
    /* The same summary that serves waits: mean, and median by nearest rank. */
    wait_summarise(list, n, own, &sum);
    *out = (struct stats_handling){ .n = (int64_t)n,
                                    .mean_s = sum.mean_s,
                                    .median_s = n ? (double)sum.median_us / 1e6 : NAN };
    arena_free(own);
    return rc;
}

int stats_tickets(struct call *c, outlet_id o, date d, struct ticket **out, int *n)
{
    return ticket_day(c, o, d, out, n);
}
