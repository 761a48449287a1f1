/* told.c -- See told.h. The text of an outlet is lines of numbers, so that one row is read a page:
 *
 *   t ID P50 P90            a ticket that waits
 *   n SERVICE CLASS P50 P90 a newcomer
 *   l SERVICE K Q Q ...     a newcomer who comes later: quantiles
 */
#include "lobby/told.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

const int told_later_min[TOLD_LATER] = { 0, 10, 20, 30, 45, 60 };

enum outcome { TOLD_OPEN = 0, TOLD_CALLED = 1, TOLD_LEFT = 2 };

void told_ticket_line(struct buf *b, ticket_id t, struct told_line l)
{
    buf_printf(b, "t %" PRId64 " %d %d\n", t.n, l.p50_s, l.p90_s);
}

void told_newcomer_line(struct buf *b, service_id s, int class_index, struct told_line l)
{
    buf_printf(b, "n %" PRId64 " %d %d %d\n", s.n, class_index, l.p50_s, l.p90_s);
}

void told_later_line(struct buf *b, service_id s, int k, const int q[TOLD_QUANTILES])
{
    buf_printf(b, "l %" PRId64 " %d", s.n, k);
    for (int i = 0; i < TOLD_QUANTILES; i++)
        buf_printf(b, " %d", q[i]);
    buf_char(b, '\n');
}

int told_put(struct call *c, outlet_id o, const char *text)
{
    return db_exec(c->tx,
                   "INSERT INTO told (outlet_id, at_us, body) VALUES ($1, $2, $3)"
                   " ON CONFLICT (outlet_id) DO UPDATE SET at_us=excluded.at_us,"
                   " body=excluded.body",
                   DB_ARGS(DB_I(o.n), DB_I(c->now_us), DB_T(text)));
}

int told_get(struct call *c, outlet_id o, struct told *out)
{
    struct db_rows r;
    int rc =
        db_query(c->tx, &r, "SELECT at_us, body FROM told WHERE outlet_id=$1", DB_ARGS(DB_I(o.n)));
    *out = (struct told){ 0 };
    if (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        out->at_us = db_i64(&r, 0);
        if (told_fresh(out, c->now_us)) /* else nobody asks for the text */
            out->text = arena_text(c->arena, db_text(&r, 1));
    }
    db_done(&r);
    return rc;
}

bool told_fresh(const struct told *t, int64_t now_us)
{
    return t->at_us && now_us - t->at_us <= TOLD_FRESH_S * US_SECOND &&
           t->at_us - now_us <= US_MINUTE;
}

/* The numbers of the line that begins so, or NULL. */
static const char *line_of(const struct told *t, const char *start)
{
    size_t len = strlen(start);
    for (const char *at = t->text; at && *at;) {
        if (!strncmp(at, start, len))
            return at + len;
        at = strchr(at, '\n');
        at = at ? at + 1 : NULL;
    }
    return NULL;
}

static bool numbers(const char *at, int *out, int n)
{
    for (int i = 0; i < n; i++) {
        char *end;
        if (!at)
            return false;
        out[i] = (int)strtol(at, &end, 10);
        if (end == at)
            return false;
        at = end;
    }
    return true;
}

bool told_of_ticket(const struct told *t, ticket_id id, struct told_line *out)
{
    char start[32];
    int n[2];
    snprintf(start, sizeof start, "t %" PRId64 " ", id.n);
    if (!numbers(line_of(t, start), n, 2))
        return false;
    *out = (struct told_line){ n[0], n[1] };
    return true;
}

bool told_of_newcomer(const struct told *t, service_id s, int class_index, struct told_line *out)
{
    char start[40];
    int n[2];
    snprintf(start, sizeof start, "n %" PRId64 " %d ", s.n, class_index);
    if (!numbers(line_of(t, start), n, 2))
        return false;
    *out = (struct told_line){ n[0], n[1] };
    return true;
}

bool told_of_later(const struct told *t, service_id s, double out[TOLD_LATER][TOLD_QUANTILES])
{
    for (int k = 0; k < TOLD_LATER; k++) {
        char start[40];
        int n[TOLD_QUANTILES];
        snprintf(start, sizeof start, "l %" PRId64 " %d ", s.n, k);
        if (!numbers(line_of(t, start), n, TOLD_QUANTILES))
            return false;
        for (int i = 0; i < TOLD_QUANTILES; i++)
            out[k][i] = n[i] < 0 ? INFINITY : n[i] / 60.0;
    }
    return true;
}

/* ---- what came of it ---- */

int told_keep(struct call *c, const struct ticket *t, struct told_line l)
{
    return db_exec(c->tx,
                   "INSERT INTO told_ticket (ticket_id, outlet_id, business_date, prefix,"
                   " class_index, at_us, p50_s, p90_s, outcome, waited_s)"
                   " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0)",
                   DB_ARGS(DB_I(t->id.n), DB_I(t->outlet.n), DB_I(t->day.days), DB_I(t->prefix),
                           DB_I(t->class_index), DB_I(t->taken_us), DB_I(l.p50_s), DB_I(l.p90_s)));
}

struct ended {
    int64_t ticket, waited_s;
    enum outcome outcome;
};

/* The first wait: until the first call, whatever became of the visit after it. */
static int read_ended(struct call *c, outlet_id o, int max, struct ended *list, int *n)
{
    struct db_rows r;
    int rc = db_query(
        c->tx, &r,
        "SELECT k.ticket_id, k.at_us, t.state, t.called_us, t.ended_us,"
        " (SELECT MIN(l.called_us) FROM leg l WHERE l.ticket_id=k.ticket_id AND l.called_us > 0)"
        " FROM told_ticket k JOIN ticket t ON t.id=k.ticket_id"
        " WHERE k.outlet_id=$1 AND k.outcome=0 AND"
        " (t.called_us > 0 OR t.state >= 7 OR EXISTS (SELECT 1 FROM leg l WHERE"
        " l.ticket_id=k.ticket_id AND l.called_us > 0)) ORDER BY k.ticket_id",
        DB_ARGS(DB_I(o.n)));
    *n = 0;
    while (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        int64_t at = db_i64(&r, 1), called = db_i64(&r, 3), ended = db_i64(&r, 4),
                first = db_is_null(&r, 5) ? 0 : db_i64(&r, 5);
        if (*n == max)
            continue;
        called = first && (!called || first < called) ? first : called;
        struct ended *e = &list[(*n)++];
        e->ticket = db_i64(&r, 0);
        e->outcome = called ? TOLD_CALLED : TOLD_LEFT;
        e->waited_s = ((called ? called : ended) - at) / US_SECOND;
        if (e->waited_s < 0)
            e->waited_s = 0;
    }
    db_done(&r);
    return rc;
}

int told_settle(struct call *c, outlet_id o, int max, int *settled)
{
    struct ended *list = arena_alloc(c->arena, sizeof *list * (size_t)(max + 1));
    int n = 0, rc = read_ended(c, o, max, list, &n);
    for (int i = 0; !rc && i < n; i++)
        rc = db_exec(c->tx, "UPDATE told_ticket SET outcome=$1, waited_s=$2 WHERE ticket_id=$3",
                     DB_ARGS(DB_I(list[i].outcome), DB_I(list[i].waited_s), DB_I(list[i].ticket)));
    *settled = n;
    if (!rc)
        rc = db_exec(c->tx, "DELETE FROM told_ticket WHERE outlet_id=$1 AND business_date < $2",
                     DB_ARGS(DB_I(o.n), DB_I(date_of_instant(c->now_us).days - TOLD_KEEP_DAYS)));
    return rc;
}

static int horizon_of(int64_t p90_s)
{
    static const int upto[] = { 5, 10, 20, 30, 60 };
    for (size_t i = 0; i < COUNT(upto); i++)
        if (p90_s <= upto[i] * 60)
            return upto[i];
    return 0;
}

static struct told_sum *sum_of(struct told_sum *list, int *n, int max, int prefix, int class_index,
                               int horizon)
{
    for (int i = 0; i < *n; i++)
        if (list[i].prefix == prefix && list[i].class_index == class_index &&
            list[i].horizon_min == horizon)
            return &list[i];
    if (*n == max)
        return NULL;
    list[*n] =
        (struct told_sum){ .prefix = prefix, .class_index = class_index, .horizon_min = horizon };
    return &list[(*n)++];
}

int told_sums(struct call *c, outlet_id o, date from, date until, struct told_sum **out, int *n)
{
    enum { MAX = 26 * BRANCH_CLASSES_MAX * 6 };
    struct told_sum *list = arena_alloc(c->arena, sizeof *list * MAX);
    struct db_rows r;
    int rc =
        db_query(c->tx, &r,
                 "SELECT prefix, class_index, p50_s, p90_s, waited_s"
                 " FROM told_ticket WHERE outcome=1 AND business_date >= $1 AND business_date <= $2"
                 " AND (outlet_id=$3 OR 0=$4)",
                 DB_ARGS(DB_I(from.days), DB_I(until.days), DB_I(o.n), DB_I(o.n)));
    *n = 0;
    *out = list;
    while (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        int64_t p50 = db_i64(&r, 2), p90 = db_i64(&r, 3), waited = db_i64(&r, 4);
        bool wait_told = p50 >= TOLD_GRAIN_S;
        if (p50 < 0 || p90 < 0)
            continue;
        struct told_sum *s =
            sum_of(list, n, MAX, (int)db_i64(&r, 0), (int)db_i64(&r, 1), horizon_of(p90));
        if (!s)
            continue;
        s->n_50 += wait_told;
        s->n++;
        s->within_50 += wait_told && waited <= p50;
        s->within_90 += waited <= p90;
        s->off_s += waited > p50 ? waited - p50 : p50 - waited;
    }
    db_done(&r);
    return rc;
}
