/* session_store.c -- The rows of windows in use, days, settings and the lobby's secret. */
#include "lobby/lobby_priv.h"
#include "base/secret.h"
#include <stdio.h>
#include <string.h>
#include "base/banned.h"

#define COLUMNS                                                                           \
    "id, outlet_id, window_id, staff_id, state, opened_us, ended_us, paused_us, last_us," \
    " paused_total_us, pause_reason, ticket_id, last_ticket_id"

static void session_read(struct db_rows *r, struct window_session *s)
{
    memset(s, 0, sizeof *s);
    s->id = db_i64(r, 0);
    s->outlet.n = db_i64(r, 1);
    s->window.n = db_i64(r, 2);
    s->staff.n = db_i64(r, 3);
    s->state = (enum session_state)db_i64(r, 4);
    s->opened_us = db_i64(r, 5);
    s->ended_us = db_i64(r, 6);
    s->paused_us = db_i64(r, 7);
    s->last_us = db_i64(r, 8);
    s->paused_total_us = db_i64(r, 9);
    snprintf(s->pause_reason, sizeof s->pause_reason, "%s", db_text(r, 10));
    s->ticket.n = db_i64(r, 11);
    s->last_ticket.n = db_i64(r, 12);
}

int session_insert(struct call *c, const struct window_session *s)
{
    return db_exec(c->tx,
                   "INSERT INTO window_session (" COLUMNS
                   ") VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13)",
                   DB_ARGS(DB_I(s->id), DB_I(s->outlet.n), DB_I(s->window.n), DB_I(s->staff.n),
                           DB_I(s->state), DB_I(s->opened_us), DB_I(s->ended_us),
                           DB_I(s->paused_us), DB_I(s->last_us), DB_I(s->paused_total_us),
                           DB_T(s->pause_reason), DB_I(s->ticket.n), DB_I(s->last_ticket.n)));
}

int session_update(struct call *c, const struct window_session *s)
{
    int rc = db_exec(c->tx,
                     "UPDATE window_session SET state=$2, ended_us=$3, paused_us=$4, last_us=$5,"
                     " paused_total_us=$6, pause_reason=$7, ticket_id=$8, last_ticket_id=$9"
                     " WHERE id=$1",
                     DB_ARGS(DB_I(s->id), DB_I(s->state), DB_I(s->ended_us), DB_I(s->paused_us),
                             DB_I(s->last_us), DB_I(s->paused_total_us), DB_T(s->pause_reason),
                             DB_I(s->ticket.n), DB_I(s->last_ticket.n)));
    if (!rc)
        CHECK(db_changed(c->tx) == 1);
    return rc;
}

int session_pause_over(struct call *c, struct window_session *s, int64_t at_us)
{
    if (s->state != SESSION_PAUSED)
        return 0;
    int64_t until = at_us > s->paused_us ? at_us : s->paused_us;
    /* A pause taken twice in one instant is one row, the longer. */
    int rc = db_exec(c->tx,
                     "INSERT INTO window_pause (session_id, from_us, until_us, outlet_id,"
                     " window_id, staff_id, reason) VALUES ($1,$2,$3,$4,$5,$6,$7)"
                     " ON CONFLICT (session_id, from_us) DO UPDATE SET until_us=excluded.until_us",
                     DB_ARGS(DB_I(s->id), DB_I(s->paused_us), DB_I(until), DB_I(s->outlet.n),
                             DB_I(s->window.n), DB_I(s->staff.n), DB_T(s->pause_reason)));
    s->paused_total_us += until - s->paused_us;
    s->paused_us = 0;
    s->pause_reason[0] = 0;
    s->state = SESSION_OPEN;
    return rc;
}

int session_end(struct call *c, struct window_session *s, int64_t at_us)
{
    int rc = session_pause_over(c, s, at_us);
    if (rc)
        return rc;
    s->state = SESSION_ENDED;
    s->ended_us = at_us;
    return session_update(c, s);
}

/* The first row of a query, or a zeroed session. */
static int session_first(struct db_rows *r, int rc, struct window_session *out)
{
    memset(out, 0, sizeof *out);
    if (!rc && (rc = db_next(r)) == DB_ROW) {
        session_read(r, out);
        rc = 0;
    }
    db_done(r);
    return rc;
}

int session_of_window(struct call *c, window_id w, struct window_session *out)
{
    struct db_rows r;
    int rc = db_query(c->tx, &r,
                      "SELECT " COLUMNS " FROM window_session WHERE window_id=$1 AND state < 3",
                      DB_ARGS(DB_I(w.n)));
    return session_first(&r, rc, out);
}

int session_of_staff(struct call *c, staff_id s, struct window_session *out)
{
    struct db_rows r;
    int rc = db_query(c->tx, &r,
                      "SELECT " COLUMNS
                      " FROM window_session WHERE staff_id=$1 AND state < 3 AND staff_id > 0",
                      DB_ARGS(DB_I(s.n)));
    return session_first(&r, rc, out);
}

int lobby_sessions(struct call *c, outlet_id o, struct window_session **out, int *n)
{
    struct db_rows r;
    struct window_session *list = arena_alloc(c->arena, sizeof *list * (size_t)BRANCH_WINDOWS_MAX);
    int rc = db_query(c->tx, &r,
                      "SELECT " COLUMNS " FROM window_session WHERE outlet_id=$1 AND state < 3",
                      DB_ARGS(DB_I(o.n)));
    *n = 0;
    while (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        if (*n < BRANCH_WINDOWS_MAX)
            session_read(&r, &list[(*n)++]);
    }
    db_done(&r);
    *out = list;
    return rc;
}

int session_with_ticket(struct call *c, outlet_id o, ticket_id t, struct window_session *out)
{
    struct window_session *list;
    int n, rc = lobby_sessions(c, o, &list, &n);
    memset(out, 0, sizeof *out);
    for (int i = 0; !rc && i < n; i++)
        if (list[i].ticket.n == t.n)
            *out = list[i];
    return rc;
}

static void turns_print(const struct rule_turns *t, char out[96])
{
    snprintf(out, 96, "%d,%d,%d,%d,%d,%d,%d,%d", t->called[0], t->called[1], t->called[2],
             t->called[3], t->called[4], t->called[5], t->called[6], t->called[7]);
}

static void turns_read(const char *text, struct rule_turns *t)
{
    _Static_assert(RULE_CLASSES == 8, "turns are written as eight numbers");
    memset(t, 0, sizeof *t);
    sscanf(text, "%d,%d,%d,%d,%d,%d,%d,%d", &t->called[0], &t->called[1], &t->called[2],
           &t->called[3], &t->called[4], &t->called[5], &t->called[6], &t->called[7]);
}

int lobby_day_get(struct call *c, outlet_id o, date d, struct lobby_day *out)
{
    struct db_rows r;
    int rc = db_query(c->tx, &r,
                      "SELECT state, opened_us, stopped_us, closed_us, reason, turns FROM lobby_day"
                      " WHERE outlet_id=$1 AND business_date=$2",
                      DB_ARGS(DB_I(o.n), DB_I(d.days)));
    memset(out, 0, sizeof *out);
    out->outlet = o;
    out->day = d;
    if (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        out->state = (enum day_state)db_i64(&r, 0);
        out->opened_us = db_i64(&r, 1);
        out->stopped_us = db_i64(&r, 2);
        out->closed_us = db_i64(&r, 3);
        snprintf(out->reason, sizeof out->reason, "%s", db_text(&r, 4));
        turns_read(db_text(&r, 5), &out->turns);
    }
    db_done(&r);
    return rc;
}

int day_put(struct call *c, const struct lobby_day *d)
{
    char turns[96];
    turns_print(&d->turns, turns);
    return db_exec(c->tx,
                   "INSERT INTO lobby_day (outlet_id, business_date, state, opened_us, stopped_us,"
                   " closed_us, reason, turns) VALUES ($1,$2,$3,$4,$5,$6,$7,$8)"
                   " ON CONFLICT (outlet_id, business_date) DO UPDATE SET state=excluded.state,"
                   " opened_us=excluded.opened_us, stopped_us=excluded.stopped_us,"
                   " closed_us=excluded.closed_us, reason=excluded.reason, turns=excluded.turns",
                   DB_ARGS(DB_I(d->outlet.n), DB_I(d->day.days), DB_I(d->state), DB_I(d->opened_us),
                           DB_I(d->stopped_us), DB_I(d->closed_us), DB_T(d->reason), DB_T(turns)));
}

int lobby_secret(struct call *c, const char **out)
{
    struct db_rows r;
    int rc = db_query(c->tx, &r, "SELECT secret FROM lobby_secret WHERE id=1", DB_NO_ARGS);
    *out = NULL;
    if (!rc && (rc = db_next(&r)) == DB_ROW) {
        *out = arena_text(c->arena, db_text(&r, 0));
        rc = 0;
    }
    db_done(&r);
    if (rc || *out)
        return rc;
    char made[TOKEN_TEXT];
    secret_token(made);
    *out = arena_text(c->arena, made);
    return db_exec(c->tx, "INSERT INTO lobby_secret (id, secret) VALUES (1,$1)",
                   DB_ARGS(DB_T(made)));
}

int lobby_window_opened(struct call *c, window_id w, int64_t from_us, int64_t until_us, int64_t *n)
{
    return db_one_i64(
        c->tx,
        "SELECT (SELECT COUNT(*) FROM window_session WHERE window_id=$1"
        " AND opened_us >= $2 AND opened_us < $3) + (SELECT COUNT(*) FROM"
        " window_pause WHERE window_id=$4 AND until_us >= $5 AND until_us < $6)",
        DB_ARGS(DB_I(w.n), DB_I(from_us), DB_I(until_us), DB_I(w.n), DB_I(from_us), DB_I(until_us)),
        0, n);
}

int lobby_window_spans(struct call *c, outlet_id o, int64_t from_us, int64_t until_us,
                       struct window_span **out, int *n)
{
    struct db_rows r;
    int64_t most = 0;
    int rc = db_one_i64(
        c->tx,
        "SELECT (SELECT COUNT(*) FROM window_session WHERE outlet_id=$1 AND"
        " opened_us >= $2 AND opened_us < $3) + (SELECT COUNT(*) FROM"
        " window_pause WHERE outlet_id=$4 AND from_us >= $5 AND from_us < $6)",
        DB_ARGS(DB_I(o.n), DB_I(from_us), DB_I(until_us), DB_I(o.n), DB_I(from_us), DB_I(until_us)),
        0, &most);
    *n = 0;
    if (rc)
        return rc;
    *out = arena_alloc(c->arena, sizeof **out * (size_t)(most + 1));
    rc = db_query(
        c->tx, &r,
        "SELECT window_id, opened_us, ended_us, 0, staff_id FROM window_session WHERE outlet_id=$1"
        " AND opened_us >= $2 AND opened_us < $3 UNION ALL SELECT window_id, from_us,"
        " until_us, 1, 0 FROM window_pause WHERE outlet_id=$4 AND from_us >= $5"
        " AND from_us < $6",
        DB_ARGS(DB_I(o.n), DB_I(from_us), DB_I(until_us), DB_I(o.n), DB_I(from_us),
                DB_I(until_us)));
    while (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        if (*n < most)
            (*out)[(*n)++] = (struct window_span){ { db_i64(&r, 0) },
                                                   db_i64(&r, 1),
                                                   db_i64(&r, 2),
                                                   db_i64(&r, 3) != 0,
                                                   { db_i64(&r, 4) } };
    }
    db_done(&r);
    return rc;
}
