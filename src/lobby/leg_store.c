/* leg_store.c -- See leg.h. */
#include "lobby/leg.h"
#include <stdio.h>
#include <string.h>
#include "base/banned.h"

enum {
    CARRY_DAYS = 10
}; /* numbers carried over longer than the longest holiday are not looked for */

#define LEG_COLUMNS                                                                             \
    "l.ticket_id, l.n, t.number, t.source, t.slot_us, t.checked_in_us, l.service_id, l.prefix," \
    " l.class_index, l.courtesy, l.first_in_line, l.by_hand, l.inaccurate, l.only_window,"      \
    " l.only_staff, l.since_us, l.queued_us, l.called_us, l.serving_us, l.ended_us,"            \
    " l.window_id, l.staff_id, l.outcome, l.reason FROM leg l JOIN ticket t ON t.id=l.ticket_id"

static void leg_read(struct db_rows *r, struct leg *l)
{
    const char *number = db_text(r, 2), *reason = db_text(r, 23);
    memset(l, 0, sizeof *l);
    l->ticket.n = db_i64(r, 0);
    l->n = (int)db_i64(r, 1);
    snprintf(l->number, sizeof l->number, "%s", number ? number : "");
    l->source = (enum ticket_source)db_i64(r, 3);
    l->slot_us = db_i64(r, 4);
    l->checked_in_us = db_i64(r, 5);
    l->service.n = db_i64(r, 6);
    l->prefix = (int)db_i64(r, 7);
    l->class_index = (int)db_i64(r, 8);
    l->courtesy = db_i64(r, 9) != 0;
    l->first = db_i64(r, 10) != 0;
    l->by_hand = db_i64(r, 11) != 0;
    l->inaccurate = db_i64(r, 12) != 0;
    l->only_window = db_i64(r, 13);
    l->only_staff = db_i64(r, 14);
    l->since_us = db_i64(r, 15);
    l->queued_us = db_i64(r, 16);
    l->called_us = db_i64(r, 17);
    l->serving_us = db_i64(r, 18);
    l->ended_us = db_i64(r, 19);
    l->window.n = db_i64(r, 20);
    l->staff.n = db_i64(r, 21);
    l->outcome = (int)db_i64(r, 22);
    snprintf(l->reason, sizeof l->reason, "%s", reason ? reason : "");
}

/* The present leg, while the ticket waits or is at a window. */
static bool leg_present(const struct ticket *t, struct leg *l)
{
    if (!ticket_waits(t->state) && t->state != TICKET_CALLED && t->state != TICKET_SERVING)
        return false;
    *l = (struct leg){ .ticket = t->id,
                       .source = t->source,
                       .slot_us = t->slot_us,
                       .checked_in_us = t->checked_in_us,
                       .service = t->service,
                       .prefix = t->prefix,
                       .class_index = t->class_index,
                       .courtesy = t->courtesy,
                       .first = t->first_in_line,
                       .by_hand = t->by_hand,
                       .inaccurate = t->inaccurate,
                       .only_window = t->only_window,
                       .only_staff = t->only_staff,
                       .since_us = t->since_us,
                       .queued_us = t->queued_us,
                       .called_us = t->called_us,
                       .serving_us = t->serving_us,
                       .window = t->window,
                       .staff = t->staff,
                       .outcome = -1 };
    memcpy(l->number, t->number, sizeof l->number);
    memcpy(l->reason, t->reason, sizeof l->reason);
    return true;
}

struct leg_list {
    struct leg *at;
    int n, room;
};

static struct leg *leg_more(struct call *c, struct leg_list *list)
{
    if (list->n == list->room) {
        int room = list->room ? list->room * 2 : 64;
        struct leg *more = arena_alloc(c->arena, sizeof *more * (size_t)room);
        if (list->n)
            memcpy(more, list->at, sizeof *more * (size_t)list->n);
        list->at = more;
        list->room = room;
    }
    return &list->at[list->n++];
}

static int legs_collect(struct call *c, struct db_rows *r, int rc, struct leg_list *list)
{
    while (!rc && (rc = db_next(r)) == DB_ROW) {
        rc = 0;
        leg_read(r, leg_more(c, list));
    }
    db_done(r);
    return rc;
}

int legs_of_ticket(struct call *c, const struct ticket *t, struct leg **out, int *n)
{
    struct leg_list list = { 0 };
    struct db_rows r;
    struct leg now;
    int rc = db_query(c->tx, &r, "SELECT " LEG_COLUMNS " WHERE l.ticket_id=$1 ORDER BY l.n",
                      DB_ARGS(DB_I(t->id.n)));
    rc = legs_collect(c, &r, rc, &list);
    if (!rc && leg_present(t, &now))
        *leg_more(c, &list) = now;
    *out = list.at;
    *n = list.n;
    return rc;
}

int legs_of_day(struct call *c, outlet_id o, date d, struct leg **out, int *n)
{
    struct leg_list list = { 0 };
    struct ticket *live;
    struct db_rows r;
    int n_live = 0;
    int rc = db_query(
        c->tx, &r,
        "SELECT " LEG_COLUMNS " WHERE l.outlet_id=$1 AND l.business_date >= $2"
        " AND l.business_date <= $3 AND l.ended_us >= $4",
        DB_ARGS(DB_I(o.n), DB_I(d.days - CARRY_DAYS), DB_I(d.days), DB_I(date_instant(d, 0))));
    rc = legs_collect(c, &r, rc, &list);
    if (!rc)
        rc = lobby_live(c, o, &live, &n_live);
    for (int i = 0; !rc && i < n_live; i++) {
        struct leg now;
        if (live[i].day.days <= d.days && leg_present(&live[i], &now))
            *leg_more(c, &list) = now;
    }
    *out = list.at;
    *n = list.n;
    return rc;
}
