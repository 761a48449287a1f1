/* branch_store.c -- The room's SQL over its own tables: reading. Writing is in branch_save.c. */
#include "branch/branch_priv.h"
#include "store/db.h"

#include <string.h>

#include "base/banned.h"

/* A text column into a fixed field; longer than we write it: not our row. */
static void take(struct db_rows *rows, int column, char *to, size_t size, int *rc)
{
    const char *s = db_text(rows, column);
    size_t len = s ? strlen(s) : 0;
    if (!s || len >= size) {
        *rc = RC_CORRUPT;
        return;
    }
    memcpy(to, s, len + 1);
}
#define TAKE(column, field) take(rows, (column), (field), sizeof(field), &rc)

static int one_i64(struct call *c, const char *sql, struct db_value v, int64_t *out)
{
    return db_one_i64(c->tx, sql, DB_ARGS(v), 0, out);
}

int branch_last_id(struct db_tx *tx, int64_t *id)
{
    return db_one_i64(tx,
                      "SELECT MAX(t.last) FROM (SELECT MAX(id) AS last FROM outlet UNION ALL"
                      " SELECT MAX(id) FROM outlet_window UNION ALL SELECT MAX(id) FROM service)"
                      " AS t",
                      DB_NO_ARGS, 0, id);
}

#define OUTLET_COLUMNS                                                                            \
    "SELECT id, code, name_zh, name_en, district_zh, district_en, address_zh, address_en, phone," \
    " lat_e6, lon_e6, active FROM outlet"

static int outlet_row(struct db_rows *rows, struct branch_outlet *o)
{
    int rc = 0;
    memset(o, 0, sizeof *o);
    o->id.n = db_i64(rows, 0);
    TAKE(1, o->code);
    TAKE(2, o->name_zh);
    TAKE(3, o->name_en);
    TAKE(4, o->district_zh);
    TAKE(5, o->district_en);
    TAKE(6, o->address_zh);
    TAKE(7, o->address_en);
    TAKE(8, o->phone);
    o->lat_e6 = (int32_t)db_i64(rows, 9);
    o->lon_e6 = (int32_t)db_i64(rows, 10);
    o->active = db_i64(rows, 11) != 0;
    return rc;
}

static int outlet_one(struct call *c, const char *sql, struct db_value key,
                      struct branch_outlet *out)
{
    struct branch_outlet found;
    struct db_rows rows;
    int rc = db_query(c->tx, &rows, sql, DB_ARGS(key));
    if (!rc && (rc = db_next(&rows)) == DB_ROW)
        rc = outlet_row(&rows, &found);
    else if (!rc)
        rc = call_refuse(c, BRANCH_NO_OUTLET, "outlet", "no such outlet");
    db_done(&rows);
    if (!rc)
        *out = found;
    return rc;
}

int branch_outlet_get(struct call *c, outlet_id id, struct branch_outlet *out)
{
    return outlet_one(c, OUTLET_COLUMNS " WHERE id=$1", DB_I(id.n), out);
}

int branch_outlet_find(struct call *c, const char *code, struct branch_outlet *out)
{
    CHECK(code);
    return outlet_one(c, OUTLET_COLUMNS " WHERE code=$1", DB_T(code), out);
}

int branch_outlets(struct call *c, struct branch_outlet **out, int *count)
{
    int64_t n = 0;
    int rc = db_one_i64(c->tx, "SELECT count(*) FROM outlet", DB_NO_ARGS, 0, &n);
    if (rc)
        return rc;
    struct branch_outlet *list = arena_alloc(c->arena, (size_t)(n + 1) * sizeof *list);
    struct db_rows rows;
    int i = 0;
    rc = db_query(c->tx, &rows, OUTLET_COLUMNS " ORDER BY code", DB_NO_ARGS);
    while (!rc && (rc = db_next(&rows)) == DB_ROW) {
        CHECK(i < n); /* one transaction sees one count */
        rc = outlet_row(&rows, &list[i++]);
    }
    db_done(&rows);
    if (rc)
        return rc;
    *out = list;
    *count = i;
    return 0;
}

static int window_row(struct db_rows *rows, struct branch_window *w)
{
    int rc = 0;
    memset(w, 0, sizeof *w);
    w->id.n = db_i64(rows, 0);
    w->outlet.n = db_i64(rows, 1);
    w->number = (int)db_i64(rows, 2);
    TAKE(3, w->name_zh);
    TAKE(4, w->name_en);
    w->corporate = db_i64(rows, 5) != 0;
    w->active = db_i64(rows, 6) != 0;
    return rc;
}

/* A row for each window and service; a window without services comes once with NULLs. */
#define WINDOW_COLUMNS                                                                 \
    "SELECT w.id, w.outlet_id, w.number, w.name_zh, w.name_en, w.corporate, w.active," \
    " s.service_id, s.preference FROM outlet_window w"                                 \
    " LEFT JOIN window_service s ON s.window_id = w.id"
#define WINDOW_ORDER " ORDER BY w.number, w.id, s.preference, s.service_id"

static int window_rows(struct db_rows *rows, struct branch_window *list, int max, int *count)
{
    int n = 0, rc;
    while ((rc = db_next(rows)) == DB_ROW) {
        if (!n || list[n - 1].id.n != db_i64(rows, 0)) {
            if (n == max)
                return RC_CORRUPT;
            rc = window_row(rows, &list[n++]);
            if (rc)
                return rc;
        }
        struct branch_window *w = &list[n - 1];
        if (db_is_null(rows, 7))
            continue;
        if (w->n_services == BRANCH_SERVICES_MAX)
            return RC_CORRUPT;
        w->services[w->n_services].service.n = db_i64(rows, 7);
        w->services[w->n_services++].preference = (int)db_i64(rows, 8);
    }
    *count = n;
    return rc;
}

int branch_window_get(struct call *c, window_id id, struct branch_window *out)
{
    struct branch_window found;
    struct db_rows rows;
    int n = 0;
    int rc =
        db_query(c->tx, &rows, WINDOW_COLUMNS " WHERE w.id=$1" WINDOW_ORDER, DB_ARGS(DB_I(id.n)));
    if (!rc)
        rc = window_rows(&rows, &found, 1, &n);
    db_done(&rows);
    if (!rc && !n)
        rc = call_refuse(c, BRANCH_NO_WINDOW, "window", "no such window");
    if (!rc)
        *out = found;
    return rc;
}

int branch_windows(struct call *c, outlet_id outlet, struct branch_window **out, int *count)
{
    struct branch_outlet known;
    int64_t n = 0;
    int rc = branch_outlet_get(c, outlet, &known);
    if (!rc)
        rc = branch_store_window_count(c, outlet, &n);
    if (rc)
        return rc;
    struct branch_window *list = arena_alloc(c->arena, (size_t)(n + 1) * sizeof *list);
    struct db_rows rows;
    rc = db_query(c->tx, &rows, WINDOW_COLUMNS " WHERE w.outlet_id=$1" WINDOW_ORDER,
                  DB_ARGS(DB_I(outlet.n)));
    int found = 0;
    if (!rc)
        rc = window_rows(&rows, list, (int)n, &found);
    db_done(&rows);
    if (rc)
        return rc;
    *out = list;
    *count = found;
    return 0;
}

#define SERVICE_COLUMNS                                                                  \
    "SELECT id, prefix, code, name_zh, name_en, handling_s, documents_zh, documents_en," \
    " machine_zh, machine_en, corporate, active, bookable, sort FROM service"
#define SERVICE_ORDER " ORDER BY sort, prefix"

static int service_row(struct db_rows *rows, struct branch_service *s)
{
    int rc = 0;
    char prefix[2] = "";
    memset(s, 0, sizeof *s);
    s->id.n = db_i64(rows, 0);
    TAKE(1, prefix);
    s->prefix = prefix[0];
    TAKE(2, s->code);
    TAKE(3, s->name_zh);
    TAKE(4, s->name_en);
    s->handling_s = (int)db_i64(rows, 5);
    TAKE(6, s->documents_zh);
    TAKE(7, s->documents_en);
    TAKE(8, s->machine_zh);
    TAKE(9, s->machine_en);
    s->corporate = db_i64(rows, 10) != 0;
    s->active = db_i64(rows, 11) != 0;
    s->bookable = db_i64(rows, 12) != 0;
    s->sort = (int)db_i64(rows, 13);
    return rc;
}

/* At most 26 letters exist, so BRANCH_SERVICES_MAX always suffices. */
static int service_list(struct call *c, const char *sql, const struct db_value *args, int n_args,
                        struct branch_service **out, int *count)
{
    struct branch_service *list = arena_alloc(c->arena, BRANCH_SERVICES_MAX * sizeof *list);
    struct db_rows rows;
    int n = 0;
    int rc = db_query(c->tx, &rows, sql, args, n_args);
    while (!rc && (rc = db_next(&rows)) == DB_ROW)
        rc = n < BRANCH_SERVICES_MAX ? service_row(&rows, &list[n++]) : RC_CORRUPT;
    db_done(&rows);
    if (rc)
        return rc;
    *out = list;
    *count = n;
    return 0;
}

int branch_service_get(struct call *c, service_id id, struct branch_service *out)
{
    struct branch_service found;
    struct db_rows rows;
    int rc = db_query(c->tx, &rows, SERVICE_COLUMNS " WHERE id=$1", DB_ARGS(DB_I(id.n)));
    if (!rc && (rc = db_next(&rows)) == DB_ROW)
        rc = service_row(&rows, &found);
    else if (!rc)
        rc = call_refuse(c, BRANCH_NO_SERVICE, "service", "no such service");
    db_done(&rows);
    if (!rc)
        *out = found;
    return rc;
}

int branch_services(struct call *c, struct branch_service **out, int *count)
{
    return service_list(c, SERVICE_COLUMNS SERVICE_ORDER, DB_NO_ARGS, out, count);
}

int branch_services_at(struct call *c, outlet_id outlet, struct branch_service **out, int *count)
{
    struct branch_outlet known;
    int rc = branch_outlet_get(c, outlet, &known);
    if (rc)
        return rc;
    return service_list(c,
                        SERVICE_COLUMNS
                        " WHERE active=1 AND id IN (SELECT s.service_id FROM window_service s"
                        " JOIN outlet_window w ON w.id = s.window_id"
                        " WHERE w.outlet_id=$1 AND w.active=1)" SERVICE_ORDER,
                        DB_ARGS(DB_I(outlet.n)), out, count);
}

int branch_classes(struct call *c, struct branch_class **out, int *count)
{
    struct branch_class *list = arena_alloc(c->arena, BRANCH_CLASSES_MAX * sizeof *list);
    struct db_rows all, *rows = &all;
    int n = 0;
    int rc = db_query(c->tx, rows,
                      "SELECT class_index, code, name_zh, name_en, class_rank, target_s, goal_ppm,"
                      " mid_high FROM customer_class ORDER BY class_index",
                      DB_NO_ARGS);
    while (!rc && (rc = db_next(rows)) == DB_ROW) {
        if (n == BRANCH_CLASSES_MAX) {
            rc = RC_CORRUPT;
            break;
        }
        struct branch_class *k = &list[n++];
        rc = 0;
        k->index = (int)db_i64(rows, 0);
        TAKE(1, k->code);
        TAKE(2, k->name_zh);
        TAKE(3, k->name_en);
        k->rank = (int)db_i64(rows, 4);
        k->target_s = (int)db_i64(rows, 5);
        k->goal_ppm = (int)db_i64(rows, 6);
        k->mid_high = db_i64(rows, 7) != 0;
    }
    db_done(rows);
    if (rc)
        return rc;
    *out = list;
    *count = n;
    return 0;
}

int branch_hours_week(struct call *c, outlet_id outlet, struct branch_hours out[8])
{
    struct branch_outlet known;
    int rc = branch_outlet_get(c, outlet, &known);
    if (rc)
        return rc;
    struct branch_hours week[8] = { { 0 } };
    struct db_rows rows;
    rc = db_query(c->tx, &rows,
                  "SELECT weekday, open_s, close_s FROM outlet_hours WHERE outlet_id=$1",
                  DB_ARGS(DB_I(outlet.n)));
    while (!rc && (rc = db_next(&rows)) == DB_ROW) {
        rc = 0;
        int64_t weekday = db_i64(&rows, 0);
        if (weekday < 1 || weekday > 7)
            rc = RC_CORRUPT;
        else
            week[weekday] = (struct branch_hours){ .open_s = (int)db_i64(&rows, 1),
                                                   .close_s = (int)db_i64(&rows, 2) };
    }
    db_done(&rows);
    if (!rc)
        memcpy(out, week, sizeof week);
    return rc;
}

int branch_store_day(struct call *c, date d, bool *found, enum branch_day_kind *kind,
                     const char **name_zh)
{
    struct db_rows rows;
    int rc = db_query(c->tx, &rows, "SELECT kind, name_zh FROM calendar_day WHERE day=$1",
                      DB_ARGS(DB_I(d.days)));
    *found = false;
    if (!rc && (rc = db_next(&rows)) == DB_ROW) {
        const char *code = db_text(&rows, 0);
        rc = code && branch_day_of_code(code, kind) ? 0 : RC_CORRUPT;
        *found = !rc;
        *name_zh = arena_text(c->arena, db_text(&rows, 1));
    }
    db_done(&rows);
    return rc;
}

int branch_store_outlet_by_code(struct call *c, const char *code, int64_t *id)
{
    return one_i64(c, "SELECT id FROM outlet WHERE code=$1", DB_T(code), id);
}

int branch_store_window_by_number(struct call *c, outlet_id outlet, int number, int64_t *id)
{
    return db_one_i64(c->tx, "SELECT id FROM outlet_window WHERE outlet_id=$1 AND number=$2",
                      DB_ARGS(DB_I(outlet.n), DB_I(number)), 0, id);
}

int branch_store_window_count(struct call *c, outlet_id outlet, int64_t *count)
{
    return one_i64(c, "SELECT count(*) FROM outlet_window WHERE outlet_id=$1", DB_I(outlet.n),
                   count);
}

int branch_store_service_by_code(struct call *c, const char *code, int64_t *id)
{
    return one_i64(c, "SELECT id FROM service WHERE code=$1", DB_T(code), id);
}

int branch_store_service_by_prefix(struct call *c, char prefix, int64_t *id)
{
    const char text[2] = { prefix, 0 };
    return one_i64(c, "SELECT id FROM service WHERE prefix=$1", DB_T(text), id);
}

int branch_store_class_by_code(struct call *c, const char *code, int64_t *index)
{
    return db_one_i64(c->tx, "SELECT class_index FROM customer_class WHERE code=$1",
                      DB_ARGS(DB_T(code)), -1, index);
}
