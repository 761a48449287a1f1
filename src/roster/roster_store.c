/* roster_store.c -- The SQL of weeks and their shifts. */
#include "roster/roster_priv.h"

#include <string.h>

#include "base/banned.h"

int roster_head_read(struct call *c, outlet_id o, date monday, bool draft, struct roster_head *out)
{
    struct db_rows r;
    int rc = db_query(c->tx, &r,
                      draft ? "SELECT version, revision, saved_us, saved_by FROM roster_week"
                              " WHERE outlet_id=$1 AND monday=$2 AND version=0"
                            : "SELECT version, revision, saved_us, saved_by FROM roster_week"
                              " WHERE outlet_id=$1 AND monday=$2 AND version > 0"
                              " ORDER BY version DESC LIMIT 1",
                      DB_ARGS(DB_I(o.n), DB_I(monday.days)));
    *out = (struct roster_head){ 0 };
    if (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        *out =
            (struct roster_head){ (int)db_i64(&r, 0), db_i64(&r, 1), db_i64(&r, 2), db_i64(&r, 3) };
    }
    db_done(&r);
    return rc;
}

int roster_head_write(struct call *c, outlet_id o, date monday, const struct roster_head *h)
{
    return db_exec(c->tx,
                   "INSERT INTO roster_week (outlet_id, monday, version, revision, saved_us,"
                   " saved_by) VALUES ($1,$2,$3,$4,$5,$6) ON CONFLICT (outlet_id, monday, version)"
                   " DO UPDATE SET revision=excluded.revision, saved_us=excluded.saved_us,"
                   " saved_by=excluded.saved_by",
                   DB_ARGS(DB_I(o.n), DB_I(monday.days), DB_I(h->version), DB_I(h->revision),
                           DB_I(h->saved_us), DB_I(h->saved_by)));
}

/* ---- shifts ---- */

struct list {
    struct roster_row *at;
    int n, room;
};

static struct roster_row *more(struct call *c, struct list *l)
{
    if (l->n == l->room) {
        int room = l->room ? l->room * 2 : 64;
        struct roster_row *at = arena_alloc(c->arena, sizeof *at * (size_t)room);
        if (l->n)
            memcpy(at, l->at, sizeof *at * (size_t)l->n);
        l->at = at;
        l->room = room;
    }
    return &l->at[l->n++];
}

#define WORK_COLUMNS                                                                          \
    "w.staff_id, w.day, w.at_outlet, w.from_min, w.until_min, w.break_from, w.break_minutes," \
    " w.pinned FROM roster_work w"
/* Only the latest published version of its week. */
#define WORK_LATEST                                                                          \
    " AND w.version=(SELECT MAX(k.version) FROM roster_week k WHERE k.outlet_id=w.outlet_id" \
    " AND k.monday=w.monday) AND w.version > 0"

static int collect(struct call *c, struct db_rows *r, int rc, struct roster_row **out, int *n)
{
    struct list l = { 0 };
    while (!rc && (rc = db_next(r)) == DB_ROW) {
        rc = 0;
        *more(c, &l) = (struct roster_row){ .staff = db_i64(r, 0),
                                            .day = { (int32_t)db_i64(r, 1) },
                                            .outlet = db_i64(r, 2),
                                            .from = (int)db_i64(r, 3),
                                            .until = (int)db_i64(r, 4),
                                            .break_from = (int)db_i64(r, 5),
                                            .break_minutes = (int)db_i64(r, 6),
                                            .pinned = db_i64(r, 7) != 0 };
    }
    db_done(r);
    *out = l.at;
    *n = l.n;
    return rc;
}

int roster_rows_read(struct call *c, outlet_id o, date monday, int version, struct roster_row **out,
                     int *n)
{
    struct db_rows r;
    int rc = db_query(c->tx, &r,
                      "SELECT " WORK_COLUMNS " WHERE w.outlet_id=$1 AND w.monday=$2"
                      " AND w.version=$3 ORDER BY w.staff_id, w.day",
                      DB_ARGS(DB_I(o.n), DB_I(monday.days), DB_I(version)));
    return collect(c, &r, rc, out, n);
}

int roster_rows_write(struct call *c, outlet_id o, date monday, int version,
                      const struct roster_row *rows, int n)
{
    int rc =
        db_exec(c->tx, "DELETE FROM roster_work WHERE outlet_id=$1 AND monday=$2 AND version=$3",
                DB_ARGS(DB_I(o.n), DB_I(monday.days), DB_I(version)));
    for (int i = 0; !rc && i < n; i++)
        rc = db_exec(c->tx,
                     "INSERT INTO roster_work (outlet_id, monday, version, staff_id, day,"
                     " at_outlet, from_min, until_min, break_from, break_minutes, pinned)"
                     " VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11)",
                     DB_ARGS(DB_I(o.n), DB_I(monday.days), DB_I(version), DB_I(rows[i].staff),
                             DB_I(rows[i].day.days), DB_I(rows[i].outlet), DB_I(rows[i].from),
                             DB_I(rows[i].until), DB_I(rows[i].break_from),
                             DB_I(rows[i].break_minutes), DB_I(rows[i].pinned)));
    return rc;
}

int roster_rows_before(struct call *c, outlet_id o, date from, date until, struct roster_row **out,
                       int *n)
{
    struct db_rows r;
    int rc = db_query(c->tx, &r,
                      "SELECT " WORK_COLUMNS " WHERE w.outlet_id=$1 AND w.monday >= $2"
                      " AND w.monday < $3 AND w.day >= $2 AND w.day < $3" WORK_LATEST
                      " ORDER BY w.staff_id, w.day",
                      DB_ARGS(DB_I(o.n), DB_I(from.days), DB_I(until.days)));
    return collect(c, &r, rc, out, n);
}

int roster_rows_on(struct call *c, outlet_id o, date day, struct roster_row **out, int *n)
{
    struct db_rows r;
    int rc = db_query(c->tx, &r,
                      "SELECT w.staff_id, w.day, w.outlet_id, w.from_min, w.until_min,"
                      " w.break_from, w.break_minutes, w.pinned FROM roster_work w"
                      " WHERE w.at_outlet=$1 AND w.day=$2" WORK_LATEST
                      " ORDER BY w.from_min, w.staff_id",
                      DB_ARGS(DB_I(o.n), DB_I(day.days)));
    return collect(c, &r, rc, out, n); /* outlet: whose roster it is, the home */
}

int roster_wishes_read(struct call *c, outlet_id o, date from, date until, struct roster_row **out,
                       int *n)
{
    struct db_rows r;
    int rc = db_query(c->tx, &r,
                      "SELECT staff_id, day, outlet_id, wish, 0, 0, 0, 0 FROM roster_wish"
                      " WHERE outlet_id=$1 AND day >= $2 AND day <= $3",
                      DB_ARGS(DB_I(o.n), DB_I(from.days), DB_I(until.days)));
    return collect(c, &r, rc, out, n);
}

int roster_last_id(struct db_tx *tx, int64_t *id)
{
    return db_one_i64(tx, "SELECT MAX(id) FROM roster_absence", DB_NO_ARGS, 0, id);
}
