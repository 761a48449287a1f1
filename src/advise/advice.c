/* advice.c -- The rows of advice, and what people decide about it. */
#include "advise/advise_priv.h"
#include "base/jsonw.h"

#include <stdio.h>
#include <string.h>

#include "base/banned.h"

const struct db_migration advise_migrations[] = {
    { "advise-001-advice",
      "CREATE TABLE advise_now (outlet_id {ID}, at_us {I64} NOT NULL, body {TEXT} NOT NULL)"
      " {TABLE_END};\n"
      "CREATE TABLE advise_minute (outlet_id {I64} NOT NULL, at_us {I64} NOT NULL,"
      " business_date {I64} NOT NULL, said_30 {I64} NOT NULL, said_60 {I64} NOT NULL,"
      " said_90 {I64} NOT NULL, kept_30 {I64} NOT NULL, kept_60 {I64} NOT NULL,"
      " kept_90 {I64} NOT NULL, scored {I64} NOT NULL, PRIMARY KEY (outlet_id, at_us))"
      " {NO_ROWID};\n"
      "CREATE INDEX advise_minute_open ON advise_minute (outlet_id, at_us) WHERE scored=0;\n"
      "CREATE INDEX advise_minute_date ON advise_minute (business_date);\n"
      "CREATE TABLE advice (id {ID}, outlet_id {I64} NOT NULL, at_us {I64} NOT NULL,"
      " business_date {I64} NOT NULL, last_us {I64} NOT NULL, kind {I64} NOT NULL,"
      " window_id {I64} NOT NULL, minutes {I64} NOT NULL, service_id {I64} NOT NULL,"
      " horizon_min {I64} NOT NULL, before_ppm {I64} NOT NULL, after_ppm {I64} NOT NULL,"
      " late_before_milli {I64} NOT NULL, late_after_milli {I64} NOT NULL,"
      " state {I64} NOT NULL, decided_us {I64} NOT NULL, reason {TEXT} NOT NULL,"
      " kept {I64} NOT NULL, done {I64} NOT NULL, scored_us {I64} NOT NULL) {TABLE_END};\n"
      "CREATE INDEX advice_outlet ON advice (outlet_id, at_us);\n"
      "CREATE INDEX advice_date ON advice (business_date);\n" },
    { "advise-002-guide",
      "CREATE TABLE guide_token (id {ID}, outlet_id {I64} NOT NULL, service_id {I64} NOT NULL,"
      " from_id {I64} NOT NULL, at_us {I64} NOT NULL, arrives_us {I64} NOT NULL) {TABLE_END};\n"
      "CREATE INDEX guide_token_outlet ON guide_token (outlet_id, arrives_us);\n" },
    { "advise-003-tip",
      "CREATE TABLE advise_tip (id {ID}, service_id {I64} NOT NULL, kind {I64} NOT NULL,"
      " from_day {I64} NOT NULL, until_day {I64} NOT NULL, active {I64} NOT NULL,"
      " sort {I64} NOT NULL, title_zh {TEXT} NOT NULL, title_en {TEXT} NOT NULL,"
      " bring_zh {TEXT} NOT NULL, bring_en {TEXT} NOT NULL, steps_zh {TEXT} NOT NULL,"
      " steps_en {TEXT} NOT NULL, elsewhere_zh {TEXT} NOT NULL, elsewhere_en {TEXT} NOT NULL)"
      " {TABLE_END};\n" },
    { "advise-004-guide-ticket",
      "ALTER TABLE guide_token ADD COLUMN ticket_id {I64} NOT NULL DEFAULT 0;\n" },
    { "advise-005-guide-old",
      "ALTER TABLE guide_token ADD COLUMN old_id {I64} NOT NULL DEFAULT 0;\n"
      "CREATE INDEX guide_token_old ON guide_token (old_id) WHERE old_id<>0;\n" },
};
const size_t advise_migrations_count = COUNT(advise_migrations);

int advise_last_id(struct db_tx *tx, int64_t *id)
{
    return db_one_i64(tx,
                      "SELECT MAX(t.last) FROM (SELECT MAX(id) AS last FROM advice UNION ALL"
                      " SELECT MAX(id) FROM guide_token UNION ALL SELECT MAX(id) FROM advise_tip)"
                      " AS t",
                      DB_NO_ARGS, 0, id);
}

const char *advice_state_code(int state)
{
    static const char *const code[] = { "", "open", "followed", "declined", "over" };
    CHECK(state > 0 && state < (int)COUNT(code));
    return code[state];
}

#define COLUMNS                                                                               \
    "id, outlet_id, at_us, last_us, kind, window_id, minutes, service_id, horizon_min,"       \
    " before_ppm, after_ppm, late_before_milli, late_after_milli, state, decided_us, reason," \
    " kept, done, scored_us FROM advice"

static void row_read(struct db_rows *r, struct advice *a)
{
    const char *reason = db_text(r, 15);
    *a = (struct advice){ .id = db_i64(r, 0),
                          .outlet = { db_i64(r, 1) },
                          .at_us = db_i64(r, 2),
                          .last_us = db_i64(r, 3),
                          .kind = (int)db_i64(r, 4),
                          .window = { db_i64(r, 5) },
                          .minutes = (int)db_i64(r, 6),
                          .service = { db_i64(r, 7) },
                          .horizon_min = (int)db_i64(r, 8),
                          .before_ppm = (int)db_i64(r, 9),
                          .after_ppm = (int)db_i64(r, 10),
                          .late_before_milli = (int)db_i64(r, 11),
                          .late_after_milli = (int)db_i64(r, 12),
                          .state = (int)db_i64(r, 13),
                          .decided_us = db_i64(r, 14),
                          .kept = (int)db_i64(r, 16),
                          .done = (int)db_i64(r, 17),
                          .scored_us = db_i64(r, 18) };
    snprintf(a->reason, sizeof a->reason, "%s", reason ? reason : "");
}

static int rows_read(struct call *c, struct db_rows *r, int rc, int max, struct advice **out,
                     int *n)
{
    *out = arena_alloc(c->arena, sizeof **out * (size_t)(max + 1));
    *n = 0;
    while (!rc && (rc = db_next(r)) == DB_ROW) {
        rc = 0;
        if (*n < max)
            row_read(r, &(*out)[(*n)++]);
    }
    db_done(r);
    return rc;
}

int advice_open(struct call *c, outlet_id o, struct advice *out)
{
    struct advice *list;
    struct db_rows r;
    int n = 0;
    int rc = db_query(c->tx, &r,
                      "SELECT " COLUMNS " WHERE outlet_id=$1 AND at_us >= $2 AND state=1"
                      " ORDER BY at_us DESC LIMIT 1",
                      DB_ARGS(DB_I(o.n), DB_I(c->now_us - US_DAY)));
    rc = rows_read(c, &r, rc, 1, &list, &n);
    *out = n ? list[0] : (struct advice){ 0 };
    return rc;
}

int advice_recent(struct call *c, outlet_id o, int64_t from_us, struct advice **out, int *n)
{
    struct db_rows r;
    int rc = db_query(c->tx, &r,
                      "SELECT " COLUMNS " WHERE outlet_id=$1 AND at_us >= $2 AND decided_us >= $3"
                      " ORDER BY at_us DESC LIMIT 40",
                      DB_ARGS(DB_I(o.n), DB_I(from_us - US_HOUR), DB_I(from_us)));
    return rows_read(c, &r, rc, 40, out, n);
}

int advice_list(struct call *c, outlet_id o, int64_t from_us, int max, struct advice **out, int *n)
{
    struct db_rows r;
    int rc = db_query(c->tx, &r,
                      "SELECT " COLUMNS " WHERE outlet_id=$1 AND at_us >= $2"
                      " ORDER BY at_us DESC, id DESC LIMIT $3",
                      DB_ARGS(DB_I(o.n), DB_I(from_us), DB_I(max)));
    return rows_read(c, &r, rc, max, out, n);
}

int advice_unscored(struct call *c, outlet_id o, int64_t before_us, int max, struct advice **out,
                    int *n)
{
    struct db_rows r;
    int rc = db_query(c->tx, &r,
                      "SELECT " COLUMNS " WHERE outlet_id=$1 AND at_us >= $2 AND at_us < $3"
                      " AND scored_us=0 ORDER BY at_us LIMIT $4",
                      DB_ARGS(DB_I(o.n), DB_I(before_us - 8 * US_DAY), DB_I(before_us), DB_I(max)));
    return rows_read(c, &r, rc, max, out, n);
}

int advice_get(struct call *c, int64_t id, struct advice *out)
{
    struct advice *list;
    struct db_rows r;
    int n = 0;
    int rc = db_query(c->tx, &r, "SELECT " COLUMNS " WHERE id=$1", DB_ARGS(DB_I(id)));
    rc = rows_read(c, &r, rc, 1, &list, &n);
    if (!rc && !n)
        return ADVISE_NO_ADVICE;
    if (!rc)
        *out = list[0];
    return rc;
}

int advice_insert(struct call *c, struct advice *a)
{
    return db_exec(
        c->tx,
        "INSERT INTO advice (id, outlet_id, at_us, business_date, last_us, kind, window_id,"
        " minutes, service_id, horizon_min, before_ppm, after_ppm, late_before_milli,"
        " late_after_milli, state, decided_us, reason, kept, done, scored_us) VALUES"
        " ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 0, '', -1, -1, 0)",
        DB_ARGS(DB_I(a->id), DB_I(a->outlet.n), DB_I(a->at_us),
                DB_I(date_of_instant(a->at_us).days), DB_I(a->last_us), DB_I(a->kind),
                DB_I(a->window.n), DB_I(a->minutes), DB_I(a->service.n), DB_I(a->horizon_min),
                DB_I(a->before_ppm), DB_I(a->after_ppm), DB_I(a->late_before_milli),
                DB_I(a->late_after_milli), DB_I(a->state)));
}

int advice_update(struct call *c, const struct advice *a)
{
    return db_exec(c->tx,
                   "UPDATE advice SET last_us=$1, state=$2, decided_us=$3, reason=$4, kept=$5,"
                   " done=$6, scored_us=$7 WHERE id=$8",
                   DB_ARGS(DB_I(a->last_us), DB_I(a->state), DB_I(a->decided_us), DB_T(a->reason),
                           DB_I(a->kept), DB_I(a->done), DB_I(a->scored_us), DB_I(a->id)));
}

/* ---- deciding ---- */

static int decide(struct call *c, int64_t id, int state, const char *reason, const char *topic,
                  struct advice *a)
{
    int rc = advice_get(c, id, a);
    if (rc)
        return rc;
    if (c->actor.outlet_id && c->actor.outlet_id != a->outlet.n)
        return ADVISE_NO_ADVICE;
    if (a->state != ADVICE_OPEN)
        return ADVISE_DECIDED;
    a->state = state;
    a->decided_us = c->now_us;
    snprintf(a->reason, sizeof a->reason, "%s", reason);
    rc = advice_update(c, a);
    if (rc)
        return rc;
    struct jsonw *w = event_begin(c);
    jw_text(w, "kind", live_kind_code((enum live_kind)a->kind));
    jw_i64(w, "window", a->window.n);
    jw_i64(w, "minutes", a->minutes);
    if (*reason)
        jw_text(w, "reason", reason);
    return event_add(c, a->outlet.n, topic, a->id);
}

int advice_follow(struct call *c, int64_t id, struct advice *out)
{
    return decide(c, id, ADVICE_FOLLOWED, "", "advice.followed", out);
}

int advice_decline(struct call *c, int64_t id, const char *reason, struct advice *out)
{
    size_t n = reason ? strlen(reason) : 0;
    if (n >= ADVICE_REASON)
        return call_refuse(c, BASE_TOO_LONG, "reason", "at most %d bytes", ADVICE_REASON - 1);
    if (!n || strspn(reason, " \t\r\n") == n)
        return call_refuse(c, ADVISE_NO_REASON, "reason", "%s", "");
    return decide(c, id, ADVICE_DECLINED, reason, "advice.declined", out);
}
