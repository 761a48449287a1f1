/* who_store.c -- See who_store.h. Digests are kept where tokens would be: a copy of the file opens
 * no door. */
#include "who/who_store.h"
#include <stdio.h>
#include <string.h>
#include "base/banned.h"

const struct db_migration who_migrations[] = {
    { "who-001-staff",
      "CREATE TABLE staff (id {ID}, username {TEXT} NOT NULL UNIQUE, name {TEXT} NOT NULL,"
      " role {I64} NOT NULL, outlet_id {I64} NOT NULL, active {I64} NOT NULL,"
      " password {TEXT} NOT NULL, created_us {I64} NOT NULL, changed_us {I64} NOT NULL)"
      " {TABLE_END};\n"
      "CREATE TABLE device (id {ID}, role {I64} NOT NULL, outlet_id {I64} NOT NULL,"
      " name {TEXT} NOT NULL, active {I64} NOT NULL, digest {BYTES} UNIQUE,"
      " created_us {I64} NOT NULL, changed_us {I64} NOT NULL) {TABLE_END};\n"
      "CREATE TABLE session (digest {BYTES} NOT NULL PRIMARY KEY,"
      " staff_id {I64} NOT NULL REFERENCES staff(id), created_us {I64} NOT NULL,"
      " expires_us {I64} NOT NULL) {TABLE_END};\n"
      "CREATE INDEX session_staff ON session (staff_id);\n"
      "CREATE TABLE sign_in (id {ID}, at_us {I64} NOT NULL, username {TEXT} NOT NULL,"
      " peer {TEXT} NOT NULL, ok {I64} NOT NULL) {TABLE_END};\n"
      "CREATE INDEX sign_in_name ON sign_in (username, at_us);\n"
      "CREATE INDEX sign_in_peer ON sign_in (peer, at_us);\n"
      "CREATE INDEX sign_in_at ON sign_in (at_us);\n"
      "CREATE TABLE setup (id {ID}, digest {BYTES} NOT NULL, expires_us {I64} NOT NULL)"
      " {TABLE_END};\n" },
    { "who-002-customer",
      "CREATE TABLE customer (id {ID}, kind {I64} NOT NULL, paper {I64} NOT NULL,"
      " paper_number {TEXT} NOT NULL, name {TEXT} NOT NULL, mobile {TEXT} NOT NULL,"
      " address {TEXT} NOT NULL, flags {I64} NOT NULL, outlet_id {I64} NOT NULL,"
      " agent_id {I64} NOT NULL, merged_into {I64} NOT NULL, created_us {I64} NOT NULL,"
      " changed_us {I64} NOT NULL, UNIQUE (paper, paper_number)) {TABLE_END};\n"
      "CREATE INDEX customer_mobile ON customer (mobile);\n"
      "CREATE INDEX customer_name ON customer (name, id);\n"
      "CREATE INDEX customer_number ON customer (paper_number);\n"
      "CREATE INDEX customer_merged ON customer (merged_into);\n" },
    { "who-003-grade", "ALTER TABLE staff ADD COLUMN grade {I64} NOT NULL DEFAULT 0;\n"
                       "ALTER TABLE staff ADD COLUMN number {TEXT} NOT NULL DEFAULT '';\n" },
};
const size_t who_migrations_count = COUNT(who_migrations);

int who_last_id(struct db_tx *tx, int64_t *id)
{
    return db_one_i64(tx,
                      "SELECT MAX(t.last) FROM (SELECT MAX(id) AS last FROM staff UNION ALL"
                      " SELECT MAX(id) FROM device UNION ALL SELECT MAX(id) FROM sign_in"
                      " UNION ALL SELECT MAX(id) FROM customer) AS t",
                      DB_NO_ARGS, 0, id);
}

/* ---- reading rows ---- */

static void copy_text(char *out, size_t size, struct db_rows *rows, int column)
{
    const char *text = db_text(rows, column);
    snprintf(out, size, "%s", text ? text : "");
}

/* One row or none: *found, and the rows stay open for the caller to read and db_done(). */
static int first_row(struct db_rows *rows, int rc, bool *found)
{
    *found = false;
    if (rc)
        return rc;
    rc = db_next(rows);
    *found = rc == DB_ROW;
    return *found ? 0 : rc;
}

#define STAFF_COLUMNS "id, username, name, role, outlet_id, active, grade, number"

static void read_staff(struct db_rows *rows, struct who_staff *s)
{
    s->id.n = db_i64(rows, 0);
    copy_text(s->username, sizeof(s->username), rows, 1);
    copy_text(s->name, sizeof(s->name), rows, 2);
    s->role = (int)db_i64(rows, 3);
    s->outlet_id = db_i64(rows, 4);
    s->active = db_i64(rows, 5) != 0;
    s->grade = (int)db_i64(rows, 6);
    copy_text(s->number, sizeof(s->number), rows, 7);
}

#define DEVICE_COLUMNS "id, role, outlet_id, name, active"

static void read_device(struct db_rows *rows, struct who_device *d)
{
    d->id.n = db_i64(rows, 0);
    d->role = (int)db_i64(rows, 1);
    d->outlet_id = db_i64(rows, 2);
    copy_text(d->name, sizeof(d->name), rows, 3);
    d->active = db_i64(rows, 4) != 0;
}

/* ---- staff ---- */

static int staff_one(struct db_rows *rows, int rc, struct who_secret_staff *out, bool *found)
{
    rc = first_row(rows, rc, found);
    if (*found) {
        read_staff(rows, &out->staff);
        copy_text(out->hash, sizeof(out->hash), rows, 8);
    }
    db_done(rows);
    return rc;
}

int who_store_staff_named(struct db_tx *tx, const char *username, struct who_secret_staff *out,
                          bool *found)
{
    struct db_rows rows;
    int rc = db_query(tx, &rows, "SELECT " STAFF_COLUMNS ", password FROM staff WHERE username=$1",
                      DB_ARGS(DB_T(username)));
    return staff_one(&rows, rc, out, found);
}

int who_store_staff_by_id(struct db_tx *tx, int64_t id, struct who_secret_staff *out, bool *found)
{
    struct db_rows rows;
    int rc = db_query(tx, &rows, "SELECT " STAFF_COLUMNS ", password FROM staff WHERE id=$1",
                      DB_ARGS(DB_I(id)));
    return staff_one(&rows, rc, out, found);
}

int who_store_staff_list(struct call *c, int64_t outlet_id, struct who_staff **out, int *count)
{
    int64_t n = 0;
    struct db_rows rows;
    *out = NULL;
    *count = 0;
    int rc = db_one_i64(c->tx, "SELECT count(*) FROM staff WHERE $1=0 OR outlet_id=$1",
                        DB_ARGS(DB_I(outlet_id)), 0, &n);
    if (rc || n == 0)
        return rc;
    *out = arena_alloc(c->arena, (size_t)n * sizeof(**out));
    rc = db_query(c->tx, &rows,
                  "SELECT " STAFF_COLUMNS " FROM staff WHERE $1=0 OR outlet_id=$1"
                  " ORDER BY username",
                  DB_ARGS(DB_I(outlet_id)));
    while (!rc && *count < n && (rc = db_next(&rows)) == DB_ROW) {
        rc = 0;
        read_staff(&rows, &(*out)[(*count)++]);
    }
    db_done(&rows);
    return rc;
}

int who_store_staff_add(struct db_tx *tx, const struct who_secret_staff *s, int64_t now_us)
{
    return db_exec(tx,
                   "INSERT INTO staff (id, username, name, role, outlet_id, active, password,"
                   " created_us, changed_us, grade, number)"
                   " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
                   DB_ARGS(DB_I(s->staff.id.n), DB_T(s->staff.username), DB_T(s->staff.name),
                           DB_I(s->staff.role), DB_I(s->staff.outlet_id), DB_I(s->staff.active),
                           DB_T(s->hash), DB_I(now_us), DB_I(now_us), DB_I(s->staff.grade),
                           DB_T(s->staff.number)));
}

int who_store_staff_change(struct db_tx *tx, const struct who_secret_staff *s, int64_t now_us)
{
    return db_exec(tx,
                   "UPDATE staff SET username=$1, name=$2, role=$3, outlet_id=$4, active=$5,"
                   " password=$6, changed_us=$7, grade=$8, number=$9 WHERE id=$10",
                   DB_ARGS(DB_T(s->staff.username), DB_T(s->staff.name), DB_I(s->staff.role),
                           DB_I(s->staff.outlet_id), DB_I(s->staff.active), DB_T(s->hash),
                           DB_I(now_us), DB_I(s->staff.grade), DB_T(s->staff.number),
                           DB_I(s->staff.id.n)));
}

int who_store_staff_count(struct db_tx *tx, int64_t *all)
{
    return db_one_i64(tx, "SELECT count(*) FROM staff", DB_NO_ARGS, 0, all);
}

int who_store_other_admins(struct db_tx *tx, int64_t but_id, int64_t *active)
{
    return db_one_i64(tx, "SELECT count(*) FROM staff WHERE role=$1 AND active=1 AND id<>$2",
                      DB_ARGS(DB_I(ROLE_ADMIN), DB_I(but_id)), 0, active);
}

/* ---- devices ---- */

int who_store_device_by_id(struct db_tx *tx, int64_t id, struct who_device *out, bool *found)
{
    struct db_rows rows;
    int rc =
        db_query(tx, &rows, "SELECT " DEVICE_COLUMNS " FROM device WHERE id=$1", DB_ARGS(DB_I(id)));
    rc = first_row(&rows, rc, found);
    if (*found)
        read_device(&rows, out);
    db_done(&rows);
    return rc;
}

int who_store_device_list(struct call *c, int64_t outlet_id, struct who_device **out, int *count)
{
    int64_t n = 0;
    struct db_rows rows;
    *out = NULL;
    *count = 0;
    int rc = db_one_i64(c->tx, "SELECT count(*) FROM device WHERE $1=0 OR outlet_id=$1",
                        DB_ARGS(DB_I(outlet_id)), 0, &n);
    if (rc || n == 0)
        return rc;
    *out = arena_alloc(c->arena, (size_t)n * sizeof(**out));
    rc = db_query(c->tx, &rows,
                  "SELECT " DEVICE_COLUMNS " FROM device WHERE $1=0 OR outlet_id=$1"
                  " ORDER BY outlet_id, name, id",
                  DB_ARGS(DB_I(outlet_id)));
    while (!rc && *count < n && (rc = db_next(&rows)) == DB_ROW) {
        rc = 0;
        read_device(&rows, &(*out)[(*count)++]);
    }
    db_done(&rows);
    return rc;
}

static struct db_value digest_or_none(const uint8_t *digest)
{
    return digest ? DB_B(digest, DIGEST_BYTES) : DB_NONE;
}

int who_store_device_add(struct db_tx *tx, const struct who_device *d, const uint8_t *digest,
                         int64_t now_us)
{
    return db_exec(tx,
                   "INSERT INTO device (id, role, outlet_id, name, active, digest, created_us,"
                   " changed_us) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                   DB_ARGS(DB_I(d->id.n), DB_I(d->role), DB_I(d->outlet_id), DB_T(d->name),
                           DB_I(d->active), digest_or_none(digest), DB_I(now_us), DB_I(now_us)));
}

int who_store_device_change(struct db_tx *tx, const struct who_device *d, int64_t now_us)
{
    return db_exec(tx,
                   "UPDATE device SET role=$1, outlet_id=$2, name=$3, active=$4, changed_us=$5"
                   " WHERE id=$6",
                   DB_ARGS(DB_I(d->role), DB_I(d->outlet_id), DB_T(d->name), DB_I(d->active),
                           DB_I(now_us), DB_I(d->id.n)));
}

int who_store_device_token(struct db_tx *tx, int64_t id, const uint8_t *digest)
{
    return db_exec(tx, "UPDATE device SET digest=$1 WHERE id=$2",
                   DB_ARGS(digest_or_none(digest), DB_I(id)));
}

/* ---- sessions ---- */

int who_store_session_add(struct db_tx *tx, const uint8_t digest[DIGEST_BYTES], int64_t staff,
                          int64_t now_us, int64_t expires_us)
{
    return db_exec(
        tx,
        "INSERT INTO session (digest, staff_id, created_us, expires_us)"
        " VALUES ($1, $2, $3, $4)",
        DB_ARGS(DB_B(digest, DIGEST_BYTES), DB_I(staff), DB_I(now_us), DB_I(expires_us)));
}

static int session_one(struct db_rows *rows, int rc, enum actor_kind kind, struct who_session *out,
                       bool *found)
{
    rc = first_row(rows, rc, found);
    if (*found) {
        *out = (struct who_session){ .actor = { .kind = kind,
                                                .id = db_i64(rows, 0),
                                                .role = (int)db_i64(rows, 1),
                                                .outlet_id = db_i64(rows, 2) },
                                     .expires_us = db_i64(rows, 4) };
        copy_text(out->name, sizeof(out->name), rows, 3);
    }
    db_done(rows);
    return rc;
}

int who_store_session_of_staff(struct db_tx *tx, const uint8_t digest[DIGEST_BYTES], int64_t now_us,
                               struct who_session *out, bool *found)
{
    struct db_rows rows;
    int rc = db_query(tx, &rows,
                      "SELECT p.id, p.role, p.outlet_id, p.name, s.expires_us FROM session s"
                      " JOIN staff p ON p.id=s.staff_id"
                      " WHERE s.digest=$1 AND s.expires_us>$2 AND p.active=1",
                      DB_ARGS(DB_B(digest, DIGEST_BYTES), DB_I(now_us)));
    return session_one(&rows, rc, ACTOR_STAFF, out, found);
}

int who_store_session_of_device(struct db_tx *tx, const uint8_t digest[DIGEST_BYTES],
                                struct who_session *out, bool *found)
{
    struct db_rows rows;
    int rc = db_query(tx, &rows,
                      "SELECT id, role, outlet_id, name, CAST($1 AS BIGINT) FROM device"
                      " WHERE digest=$2 AND active=1",
                      DB_ARGS(DB_I(WHO_NEVER_US), DB_B(digest, DIGEST_BYTES)));
    return session_one(&rows, rc, ACTOR_DEVICE, out, found);
}

int who_check(struct db_tx *tx, int64_t *all, int64_t *bad)
{
    static const char *const count =
        "SELECT MAX(t.n) FROM (SELECT (SELECT COUNT(*) FROM staff) + (SELECT COUNT(*) FROM session)"
        " AS n) AS t";
    static const char *const wrong =
        "SELECT MAX(t.n) FROM (SELECT (SELECT COUNT(*) FROM session s LEFT JOIN staff p"
        " ON p.id=s.staff_id WHERE p.id IS NULL OR p.active=0)"
        " + (SELECT COUNT(*) FROM staff WHERE length(password)=0 OR length(username)=0)"
        " + (SELECT COUNT(*) FROM device WHERE active=1 AND digest IS NULL)"
        " + (SELECT CASE WHEN COUNT(*) > 0 AND SUM(CASE WHEN role=$1 AND active=1 THEN 1 ELSE 0 "
        "END)"
        "=0 THEN 1 ELSE 0 END FROM staff) AS n) AS t";
    int rc = db_one_i64(tx, count, DB_NO_ARGS, 0, all);
    return rc ? rc : db_one_i64(tx, wrong, DB_ARGS(DB_I(ROLE_ADMIN)), 0, bad);
}

int who_signed_in(struct call *c, staff_id id, bool *out)
{
    int64_t n = 0;
    int rc = db_one_i64(c->tx, "SELECT COUNT(*) FROM session WHERE staff_id=$1 AND expires_us > $2",
                        DB_ARGS(DB_I(id.n), DB_I(c->now_us)), 0, &n);
    *out = n > 0;
    return rc;
}

int who_store_session_end(struct db_tx *tx, const uint8_t digest[DIGEST_BYTES])
{
    return db_exec(tx, "DELETE FROM session WHERE digest=$1", DB_ARGS(DB_B(digest, DIGEST_BYTES)));
}

int who_store_sessions_end_of(struct db_tx *tx, int64_t staff)
{
    return db_exec(tx, "DELETE FROM session WHERE staff_id=$1", DB_ARGS(DB_I(staff)));
}

/* ---- tries ---- */

int who_store_try_add(struct db_tx *tx, int64_t id, int64_t at_us, const char *username,
                      const char *peer, bool ok)
{
    return db_exec(
        tx, "INSERT INTO sign_in (id, at_us, username, peer, ok) VALUES ($1, $2, $3, $4, $5)",
        DB_ARGS(DB_I(id), DB_I(at_us), DB_T(username), DB_T(peer), DB_I(ok)));
}

static int count_and_last(struct db_rows *rows, int rc, int64_t *count, int64_t *last_us)
{
    bool found = false;
    rc = first_row(rows, rc, &found);
    *count = found ? db_i64(rows, 0) : 0;
    *last_us = found && !db_is_null(rows, 1) ? db_i64(rows, 1) : 0;
    db_done(rows);
    return rc;
}

int who_store_tries(struct db_tx *tx, const char *username, const char *peer, int64_t since_us,
                    struct who_tries *out)
{
    struct db_rows rows;
    int64_t success_us = 0;
    int rc = db_one_i64(tx, "SELECT max(at_us) FROM sign_in WHERE username=$1 AND ok=1",
                        DB_ARGS(DB_T(username)), INT64_MIN, &success_us);
    if (rc)
        return rc;
    int64_t from_us = success_us > since_us ? success_us : since_us;
    rc = db_query(tx, &rows,
                  "SELECT count(*), max(at_us) FROM sign_in"
                  " WHERE username=$1 AND at_us>$2 AND ok=0",
                  DB_ARGS(DB_T(username), DB_I(from_us)));
    rc = count_and_last(&rows, rc, &out->name_failures, &out->name_last_us);
    if (rc)
        return rc;
    rc = db_query(tx, &rows,
                  "SELECT count(*), max(at_us) FROM sign_in WHERE peer=$1 AND at_us>$2 AND ok=0",
                  DB_ARGS(DB_T(peer), DB_I(since_us)));
    return count_and_last(&rows, rc, &out->peer_failures, &out->peer_last_us);
}

int who_store_try_list(struct call *c, int max, struct who_attempt **out, int *count)
{
    struct db_rows rows;
    *out = arena_alloc(c->arena, (size_t)max * sizeof(**out));
    *count = 0;
    int rc = db_query(c->tx, &rows,
                      "SELECT at_us, username, peer, ok FROM sign_in ORDER BY at_us DESC, id DESC"
                      " LIMIT $1",
                      DB_ARGS(DB_I(max)));
    while (!rc && *count < max && (rc = db_next(&rows)) == DB_ROW) {
        struct who_attempt *a = &(*out)[(*count)++];
        rc = 0;
        a->at_us = db_i64(&rows, 0);
        copy_text(a->username, sizeof(a->username), &rows, 1);
        copy_text(a->peer, sizeof(a->peer), &rows, 2);
        a->ok = db_i64(&rows, 3) != 0;
    }
    db_done(&rows);
    return rc;
}

/* ---- set-up and sweeping ---- */

int who_store_setup_put(struct db_tx *tx, const uint8_t digest[DIGEST_BYTES], int64_t expires_us)
{
    return db_exec(tx,
                   "INSERT INTO setup (id, digest, expires_us) VALUES (1, $1, $2)"
                   " ON CONFLICT (id) DO UPDATE SET digest=excluded.digest,"
                   " expires_us=excluded.expires_us",
                   DB_ARGS(DB_B(digest, DIGEST_BYTES), DB_I(expires_us)));
}

int who_store_setup_valid(struct db_tx *tx, const uint8_t digest[DIGEST_BYTES], int64_t now_us,
                          bool *valid)
{
    int64_t n = 0;
    int rc = db_one_i64(tx, "SELECT count(*) FROM setup WHERE digest=$1 AND expires_us>$2",
                        DB_ARGS(DB_B(digest, DIGEST_BYTES), DB_I(now_us)), 0, &n);
    *valid = n > 0;
    return rc;
}

int who_store_setup_clear(struct db_tx *tx)
{
    return db_exec(tx, "DELETE FROM setup", DB_NO_ARGS);
}

int who_store_sweep(struct db_tx *tx, int64_t now_us, int64_t tries_before_us)
{
    int rc = db_exec(tx, "DELETE FROM session WHERE expires_us<=$1", DB_ARGS(DB_I(now_us)));
    if (!rc)
        rc = db_exec(tx, "DELETE FROM setup WHERE expires_us<=$1", DB_ARGS(DB_I(now_us)));
    if (!rc)
        rc = db_exec(tx, "DELETE FROM sign_in WHERE at_us<$1", DB_ARGS(DB_I(tries_before_us)));
    return rc;
}
