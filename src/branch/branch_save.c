/* branch_save.c -- The room's SQL over its own tables: writing. */
#include "branch/branch_priv.h"
#include "base/secret.h"
#include "store/db.h"

#include "base/banned.h"

/* A key that somebody took between our look and our write. */
static int taken(struct call *c, int rc)
{
    if (rc != RC_CONFLICT)
        return rc;
    return call_refuse(c, BRANCH_CODE_TAKEN, "code", "somebody took it just now");
}

int branch_version(struct call *c, int64_t *out)
{
    return db_one_i64(c->tx, "SELECT version FROM branch_version WHERE id=1", DB_NO_ARGS, 0, out);
}

/* Drawn, not counted: a count would be the same in another store, or after a rollback. */
int branch_touch(struct call *c)
{
    uint64_t drawn;
    secret_random(&drawn, sizeof drawn);
    return db_exec(c->tx,
                   "INSERT INTO branch_version (id, version) VALUES (1, $1)"
                   " ON CONFLICT (id) DO UPDATE SET version=excluded.version",
                   DB_ARGS(DB_I((int64_t)(drawn >> 2) + 1)));
}

/* After a save that the plans of the lobby are made of. */
static int touched(struct call *c, int rc)
{
    return rc ? rc : branch_touch(c);
}

int branch_store_outlet_save(struct call *c, const struct branch_outlet *o, bool added)
{
    static const char insert[] =
        "INSERT INTO outlet (id, code, name_zh, name_en, district_zh, district_en, address_zh,"
        " address_en, phone, lat_e6, lon_e6, active)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    static const char update[] =
        "UPDATE outlet SET code=$2, name_zh=$3, name_en=$4, district_zh=$5, district_en=$6,"
        " address_zh=$7, address_en=$8, phone=$9, lat_e6=$10, lon_e6=$11, active=$12 WHERE id=$1";
    int rc = taken(c, db_exec(c->tx, added ? insert : update,
                              DB_ARGS(DB_I(o->id.n), DB_T(o->code), DB_T(o->name_zh),
                                      DB_T(o->name_en), DB_T(o->district_zh), DB_T(o->district_en),
                                      DB_T(o->address_zh), DB_T(o->address_en), DB_T(o->phone),
                                      DB_I(o->lat_e6), DB_I(o->lon_e6), DB_I(o->active))));
    return touched(c, rc);
}

int branch_store_window_save(struct call *c, const struct branch_window *w, bool added)
{
    static const char insert[] =
        "INSERT INTO outlet_window (id, outlet_id, number, name_zh, name_en, corporate, active)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7)";
    static const char update[] =
        "UPDATE outlet_window SET outlet_id=$2, number=$3, name_zh=$4, name_en=$5, corporate=$6,"
        " active=$7 WHERE id=$1";
    int rc = taken(
        c, db_exec(c->tx, added ? insert : update,
                   DB_ARGS(DB_I(w->id.n), DB_I(w->outlet.n), DB_I(w->number), DB_T(w->name_zh),
                           DB_T(w->name_en), DB_I(w->corporate), DB_I(w->active))));
    if (!rc && !added)
        rc =
            db_exec(c->tx, "DELETE FROM window_service WHERE window_id=$1", DB_ARGS(DB_I(w->id.n)));
    for (int i = 0; !rc && i < w->n_services; i++)
        rc = db_exec(
            c->tx,
            "INSERT INTO window_service (window_id, service_id, preference) VALUES ($1, $2, $3)",
            DB_ARGS(DB_I(w->id.n), DB_I(w->services[i].service.n),
                    DB_I(w->services[i].preference)));
    return touched(c, rc);
}

int branch_store_service_save(struct call *c, const struct branch_service *s, bool added)
{
    static const char insert[] =
        "INSERT INTO service (id, prefix, code, name_zh, name_en, handling_s, documents_zh,"
        " documents_en, machine_zh, machine_en, corporate, active, bookable, sort)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
    static const char update[] =
        "UPDATE service SET prefix=$2, code=$3, name_zh=$4, name_en=$5, handling_s=$6,"
        " documents_zh=$7, documents_en=$8, machine_zh=$9, machine_en=$10, corporate=$11,"
        " active=$12, bookable=$13, sort=$14 WHERE id=$1";
    const char prefix[2] = { s->prefix, 0 };
    int rc = taken(
        c, db_exec(c->tx, added ? insert : update,
                   DB_ARGS(DB_I(s->id.n), DB_T(prefix), DB_T(s->code), DB_T(s->name_zh),
                           DB_T(s->name_en), DB_I(s->handling_s), DB_T(s->documents_zh),
                           DB_T(s->documents_en), DB_T(s->machine_zh), DB_T(s->machine_en),
                           DB_I(s->corporate), DB_I(s->active), DB_I(s->bookable), DB_I(s->sort))));
    return touched(c, rc);
}

int branch_store_class_save(struct call *c, const struct branch_class *k)
{
    int rc = taken(
        c,
        db_exec(
            c->tx,
            "INSERT INTO customer_class (class_index, code, name_zh, name_en, class_rank, target_s,"
            " goal_ppm, mid_high) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
            " ON CONFLICT (class_index) DO UPDATE SET code=excluded.code, name_zh=excluded.name_zh,"
            " name_en=excluded.name_en, class_rank=excluded.class_rank, target_s=excluded.target_s,"
            " goal_ppm=excluded.goal_ppm, mid_high=excluded.mid_high",
            DB_ARGS(DB_I(k->index), DB_T(k->code), DB_T(k->name_zh), DB_T(k->name_en),
                    DB_I(k->rank), DB_I(k->target_s), DB_I(k->goal_ppm), DB_I(k->mid_high))));
    return touched(c, rc);
}

int branch_store_hours_save(struct call *c, outlet_id outlet, int weekday, struct branch_hours h)
{
    return db_exec(c->tx,
                   "INSERT INTO outlet_hours (outlet_id, weekday, open_s, close_s)"
                   " VALUES ($1, $2, $3, $4) ON CONFLICT (outlet_id, weekday)"
                   " DO UPDATE SET open_s=excluded.open_s, close_s=excluded.close_s",
                   DB_ARGS(DB_I(outlet.n), DB_I(weekday), DB_I(h.open_s), DB_I(h.close_s)));
}

int branch_store_day_save(struct call *c, date d, enum branch_day_kind kind, const char *name_zh)
{
    return db_exec(c->tx,
                   "INSERT INTO calendar_day (day, kind, name_zh) VALUES ($1, $2, $3)"
                   " ON CONFLICT (day) DO UPDATE SET kind=excluded.kind, name_zh=excluded.name_zh",
                   DB_ARGS(DB_I(d.days), DB_T(branch_day_code(kind)), DB_T(name_zh)));
}
