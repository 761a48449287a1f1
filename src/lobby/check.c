/* check.c -- The proofs over tickets, windows and legs. None repairs anything.
 *
 * What one statement can say is a row of the table below: it counts the breaches and names one.
 * That the log and the rows agree is walked: the last event of a ticket carries its state. */
#include "lobby/lobby_priv.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "base/banned.h"

/* Each gives: how many, and one of their ticket ids (or another number that says where). */
static const struct proof {
    const char *breach, *sql;
} proofs[] = {
    { "two tickets at one window",
      "SELECT COUNT(*), MIN(x.id) FROM (SELECT MIN(id) AS id FROM ticket WHERE state>=3"
      " AND state<=4 GROUP BY window_id HAVING COUNT(*) > 1) AS x" },
    { "called or served, but no window is in use with it",
      "SELECT COUNT(*), MIN(t.id) FROM ticket t LEFT JOIN window_session s"
      " ON s.window_id=t.window_id AND s.state<3 AND s.ticket_id=t.id AND s.outlet_id=t.outlet_id"
      " WHERE t.state>=3 AND t.state<=4 AND s.id IS NULL" },
    { "a window in use shows a ticket that is not there",
      "SELECT COUNT(*), MIN(s.ticket_id) FROM window_session s LEFT JOIN ticket t"
      " ON t.id=s.ticket_id AND t.window_id=s.window_id AND t.state>=3 AND t.state<=4"
      " WHERE s.ticket_id<>0 AND (s.state=3 OR t.id IS NULL)" },
    { "a window in use twice",
      "SELECT COUNT(*), MIN(x.id) FROM (SELECT MIN(window_id) AS id FROM window_session"
      " WHERE state<3 GROUP BY window_id HAVING COUNT(*) > 1) AS x" },
    { "waits, but is bound to a window",
      "SELECT COUNT(*), MIN(id) FROM ticket WHERE window_id<>0 AND state IN (1, 2, 5, 6)" },
    { "a number twice on one day",
      "SELECT COUNT(*), MIN(x.id) FROM (SELECT MIN(id) AS id FROM ticket"
      " GROUP BY outlet_id, business_date, number HAVING COUNT(*) > 1) AS x" },
    { "more numbers than the sequence gave",
      "SELECT COUNT(*), MIN(x.id) FROM (SELECT MIN(t.id) AS id FROM ticket t"
      " LEFT JOIN lobby_sequence q ON q.outlet_id=t.outlet_id"
      " AND q.business_date=t.business_date AND q.prefix=substr(t.number, 1, 1)"
      " WHERE t.source NOT IN (3, 5) GROUP BY t.outlet_id, t.business_date,"
      " substr(t.number, 1, 1) HAVING COUNT(*) > COALESCE(MAX(q.last), 0)) AS x" },
    { "ended without a time, or a time without an end",
      "SELECT COUNT(*), MIN(id) FROM ticket WHERE (state>=7 AND ended_us=0)"
      " OR (state<7 AND ended_us<>0)" },
    { "its times are not in order",
      "SELECT COUNT(*), MIN(id) FROM ticket WHERE taken_us<=0 OR waited_us<0"
      " OR (called_us>0 AND called_us<taken_us) OR (serving_us>0 AND serving_us<called_us)"
      " OR (serving_us>0 AND called_us=0) OR (ended_us>0 AND (ended_us<taken_us"
      " OR ended_us<called_us OR ended_us<serving_us))" },
    { "called or served without having waited",
      "SELECT COUNT(*), MIN(id) FROM ticket WHERE queued_us=0 AND (state IN (3, 4) OR"
      " (state IN (2, 6) AND NOT EXISTS (SELECT 1 FROM leg l WHERE l.ticket_id=ticket.id"
      " AND l.outcome=9)))" }, /* 9: carried over, waits again when the outlet opens */
    { "served, but when is not known",
      "SELECT COUNT(*), MIN(id) FROM ticket WHERE (state=4 AND serving_us=0)"
      " OR (state IN (3, 4) AND called_us=0)" },
    { "a part of a visit is missing",
      "SELECT COUNT(*), MIN(x.id) FROM (SELECT ticket_id AS id FROM leg GROUP BY ticket_id"
      " HAVING MAX(n)<>COUNT(*) OR MIN(n)<>1) AS x" },
    { "a part of a visit without its ticket",
      "SELECT COUNT(*), MIN(l.ticket_id) FROM leg l LEFT JOIN ticket t ON t.id=l.ticket_id"
      " AND t.outlet_id=l.outlet_id WHERE t.id IS NULL" },
    { "its last part ended otherwise than the ticket",
      "SELECT COUNT(*), MIN(t.id) FROM ticket t LEFT JOIN leg l ON l.ticket_id=t.id"
      " AND l.n=(SELECT MAX(m.n) FROM leg m WHERE m.ticket_id=t.id)"
      " WHERE t.state>=7 AND t.queued_us>0 AND (l.ticket_id IS NULL OR l.outcome<>"
      "CASE t.state WHEN 7 THEN 0 WHEN 8 THEN 3 WHEN 9 THEN 4 ELSE 5 END)" },
    { "a part's times are not in order",
      "SELECT COUNT(*), MIN(ticket_id) FROM leg WHERE ended_us<called_us OR ended_us<serving_us"
      " OR (serving_us>0 AND serving_us<called_us)" },
};
_Static_assert(LEG_DONE == 0 && LEG_NO_SHOW == 3 && LEG_LEFT == 4 && LEG_VOID == 5 &&
                   LEG_CARRIED == 9,
               "the statement above names them by number");

struct finding {
    int64_t bad;
    char *text;
    size_t size;
};

static void find(struct finding *f, const char *breach, int64_t count, int64_t id)
{
    if (count && !f->bad)
        snprintf(f->text, f->size, "%s: %" PRId64 ", first ticket %" PRId64, breach, count, id);
    f->bad += count;
}

static int prove(struct call *c, const struct proof *p, struct finding *f)
{
    struct db_rows r;
    int rc = db_query(c->tx, &r, p->sql, DB_NO_ARGS);
    if (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        find(f, p->breach, db_i64(&r, 0), db_i64(&r, 1));
    }
    db_done(&r);
    return rc;
}

/* ---- the log and the rows ---- */

struct last_state { /* of one ticket, by its events */
    int64_t ticket;
    int state;
};
struct log_walk {
    struct last_state *at; /* open addressing, size a power of two */
    size_t size, used;
    int64_t seq, events;
    bool full;
};

static struct last_state *place_of(struct log_walk *w, int64_t ticket)
{
    uint64_t h = (uint64_t)ticket * UINT64_C(0x9E3779B97F4A7C15);
    for (size_t i = h >> 20 & (w->size - 1);; i = (i + 1) & (w->size - 1))
        if (!w->at[i].ticket || w->at[i].ticket == ticket)
            return &w->at[i];
}

static bool see_event(void *ctx, const struct event *e)
{
    static const char mark[] = "\"state\":\"";
    struct log_walk *w = ctx;
    char code[16];
    w->seq = e->seq;
    w->events++;
    const char *at = strncmp(e->topic, "ticket.", 7) ? NULL : strstr(e->body, mark);
    if (!at)
        return true;
    at += sizeof mark - 1;
    snprintf(code, sizeof code, "%.*s", (int)strcspn(at, "\""), at);
    struct last_state *p = place_of(w, e->subject_id);
    if (!p->ticket && ++w->used > w->size / 2) {
        w->full = true;
        return false;
    }
    p->ticket = e->subject_id;
    p->state = ticket_state_parse(code);
    return true;
}

/* Tickets of an outlet whose row says otherwise than the last event. Imported ones have a log of
 * their own: one event for all. */
static int compare(struct call *c, outlet_id o, struct log_walk *w, struct finding *f)
{
    struct db_rows r;
    int64_t count = 0, first = 0;
    int rc = db_query(c->tx, &r, "SELECT id, state, source FROM ticket WHERE outlet_id=$1",
                      DB_ARGS(DB_I(o.n)));
    while (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        struct last_state *p = place_of(w, db_i64(&r, 0));
        bool bare = !p->ticket && db_i64(&r, 2) == SOURCE_IMPORT;
        if (bare || (p->ticket && p->state == db_i64(&r, 1)))
            continue;
        if (!count++)
            first = db_i64(&r, 0);
    }
    db_done(&r);
    find(f, "its last event says another state", count, first);
    return rc;
}

static int outlet_log(struct call *c, outlet_id o, struct finding *f)
{
    enum { EVENTS_AT_ONCE = 20000 };
    struct log_walk w = { .size = 1024 };
    int64_t tickets = 0, before = -1;
    int rc = db_one_i64(c->tx, "SELECT COUNT(*) FROM ticket WHERE outlet_id=$1", DB_ARGS(DB_I(o.n)),
                        0, &tickets);
    while (w.size < (size_t)tickets * 3 + 1024)
        w.size *= 2;
    struct arena *arena = arena_new(w.size * sizeof *w.at + 4096);
    w.at = arena_alloc(arena, w.size * sizeof *w.at);
    while (!rc && !w.full && w.events != before) {
        before = w.events;
        rc = event_after(c->tx, o.n, w.seq, EVENTS_AT_ONCE, see_event, &w);
    }
    if (!rc && w.full)
        find(f, "the log knows more tickets than there are", 1, 0);
    else if (!rc)
        rc = compare(c, o, &w, f);
    arena_free(arena);
    return rc;
}

int lobby_check(struct call *c, int64_t *tickets, int64_t *bad, char *text, size_t size)
{
    struct branch_outlet *outlets;
    struct finding f = { .text = text, .size = size };
    int n = 0;
    if (size)
        text[0] = '\0';
    int rc = db_one_i64(c->tx, "SELECT COUNT(*) FROM ticket", DB_NO_ARGS, 0, tickets);
    for (size_t i = 0; !rc && i < COUNT(proofs); i++)
        rc = prove(c, &proofs[i], &f);
    if (!rc)
        rc = branch_outlets(c, &outlets, &n);
    for (int i = 0; !rc && i < n; i++)
        rc = outlet_log(c, outlets[i].id, &f);
    *bad = f.bad;
    return rc;
}
