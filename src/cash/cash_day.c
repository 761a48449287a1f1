/* cash_day.c -- The business date ends with every drawer closed, or somebody answers for it. */
#include "cash/cash_store.h"
#include "ledger/ledger_books.h"
#include <stdio.h>
#include <string.h>
#include "base/banned.h"

enum { REASON_MAX = 200, NAMED = 4, EVERYWHERE = -1 };

/* "outlet 3 drawer 2, ...": the first few, and how many more. */
static void name_them(const struct cash_box *list, int n, char *out, size_t size)
{
    size_t len = 0;
    for (int i = 0; i < n && i < NAMED && len < size; i++)
        len += (size_t)snprintf(out + len, size - len, "%soutlet %lld drawer %d", i ? ", " : "",
                                (long long)list[i].outlet_id, list[i].number);
    if (n > NAMED && len < size)
        snprintf(out + len, size - len, ", %d more", n - NAMED);
}

/* Of all outlets, whoever asks. */
static int open_drawers(struct call *c, struct cash_box **list, int *n)
{
    struct call k = *c;
    k.actor = (struct actor){ .kind = ACTOR_SYSTEM };
    return cash_not_closed(&k, EVERYWHERE, list, n);
}

int cash_day_passed(struct call *c, date day, struct cash_pass *out, bool *found)
{
    struct db_rows r;
    *found = false;
    int rc = db_query(c->tx, &r,
                      "SELECT staff_id, at_us, drawers, reason FROM cash_day_pass WHERE day=$1",
                      DB_ARGS(DB_I(day.days)));
    if (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        *found = true;
        *out = (struct cash_pass){ .by = { db_i64(&r, 0) },
                                   .at_us = db_i64(&r, 1),
                                   .drawers = (int)db_i64(&r, 2),
                                   .reason = arena_text(c->arena, db_text(&r, 3)) };
    }
    db_done(&r);
    return rc;
}

int cash_day_ready(struct call *c)
{
    struct cash_settings s;
    struct cash_box *list;
    struct cash_pass pass;
    bool passed = false;
    date day;
    char text[120] = "";
    int n = 0;
    int rc = cash_settings_get(c, &s);
    if (!rc && s.demand_closed)
        rc = open_drawers(c, &list, &n);
    if (rc || !n)
        return rc;
    rc = ledger_day(c, &day);
    if (!rc)
        rc = cash_day_passed(c, day, &pass, &passed);
    if (rc || passed)
        return rc;
    name_them(list, n, text, sizeof text);
    return call_refuse(c, CASH_DRAWERS_OPEN, "drawers", "%s", text);
}

int cash_day_pass(struct call *c, const char *reason)
{
    struct cash_box *list;
    date day;
    int n = 0;
    if (!reason || !*reason || strlen(reason) > REASON_MAX)
        return call_refuse(c, CASH_NO_REASON, "reason", "%s", "");
    int rc = ledger_day(c, &day);
    if (!rc)
        rc = open_drawers(c, &list, &n);
    if (rc || !n)
        return rc;
    rc =
        db_exec(c->tx,
                "INSERT INTO cash_day_pass (day, staff_id, at_us, drawers, reason)"
                " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (day) DO UPDATE SET"
                " staff_id=excluded.staff_id, at_us=excluded.at_us, drawers=excluded.drawers,"
                " reason=excluded.reason",
                DB_ARGS(DB_I(day.days), DB_I(c->actor.id), DB_I(c->now_us), DB_I(n), DB_T(reason)));
    if (rc)
        return rc;
    struct jsonw *w = event_begin(c);
    jw_i64(w, "day", day.days);
    jw_i64(w, "drawers", n);
    return event_add(c, 0, "cash.day_passed", 0);
}
