/* approve_store.c -- See approve_store.h. */
#include "approve/approve_store.h"
#include <stdio.h>
#include <string.h>
#include "base/banned.h"

const struct db_migration approve_migrations[] = {
    { "approve-001-approvals",
      "CREATE TABLE approval (id {ID}, outlet_id {I64} NOT NULL, kind {I64} NOT NULL,"
      " state {I64} NOT NULL CHECK (state BETWEEN 1 AND 5), currency {I64} NOT NULL,"
      " minor {I64} NOT NULL CHECK (minor>=0), what {TEXT} NOT NULL, body {BYTES} NOT NULL,"
      " digest {TEXT} NOT NULL, request_key {TEXT} NOT NULL UNIQUE,"
      " summary_zh {TEXT} NOT NULL, summary_en {TEXT} NOT NULL,"
      " maker_id {I64} NOT NULL REFERENCES staff(id), maker_role {I64} NOT NULL,"
      " rekey {I64} NOT NULL, asked_us {I64} NOT NULL, expires_us {I64} NOT NULL,"
      " checker_id {I64} NOT NULL, decided_us {I64} NOT NULL, reason {TEXT} NOT NULL,"
      " answer {TEXT} NOT NULL, CHECK (checker_id<>maker_id)) {TABLE_END};\n"
      "CREATE INDEX approval_open ON approval (state, outlet_id, asked_us);\n"
      "CREATE INDEX approval_maker ON approval (maker_id, asked_us);\n"
      "CREATE INDEX approval_asked ON approval (outlet_id, asked_us);\n"
      "CREATE TABLE approve_setting (name {TEXT} NOT NULL PRIMARY KEY, value {I64} NOT NULL)"
      " {NO_ROWID};\n" },
    { "approve-002-about",
      "CREATE TABLE approval_about (about {TEXT} NOT NULL,"
      " approval_id {I64} NOT NULL REFERENCES approval(id), PRIMARY KEY (about, approval_id))"
      " {NO_ROWID};\n"
      "CREATE INDEX approval_about_of ON approval_about (approval_id);\n" },
};
const size_t approve_migrations_count = COUNT(approve_migrations);

int approve_last_id(struct db_tx *tx, int64_t *id)
{
    return db_one_i64(tx, "SELECT MAX(id) FROM approval", DB_NO_ARGS, 0, id);
}

#define BEFORE "id, outlet_id, kind, state, currency, minor, what, "
#define AFTER                                                                  \
    ", digest, summary_zh, summary_en, maker_id, maker_role, rekey, asked_us," \
    " expires_us, checker_id, decided_us, reason"
#define COLUMNS BEFORE "body" AFTER ", answer"
#define LISTED  BEFORE "NULL" AFTER ", ''"

static void row_read(struct call *c, struct db_rows *r, struct approval *a)
{
    size_t len = 0;
    const void *body = db_bytes(r, 7, &len);
    *a = (struct approval){
        .id = { db_i64(r, 0) },
        .outlet_id = db_i64(r, 1),
        .kind = (enum approve_kind)db_i64(r, 2),
        .state = (enum approve_state)db_i64(r, 3),
        .amount = { db_i64(r, 5), (enum currency)db_i64(r, 4) },
        .what = arena_text(c->arena, db_text(r, 6)),
        .body = arena_dup(c->arena, body ? body : "", len),
        .body_len = len,
        .summary_zh = arena_text(c->arena, db_text(r, 9)),
        .summary_en = arena_text(c->arena, db_text(r, 10)),
        .maker = { db_i64(r, 11) },
        .maker_role = (int)db_i64(r, 12),
        .rekey = db_i64(r, 13) != 0,
        .asked_us = db_i64(r, 14),
        .expires_us = db_i64(r, 15),
        .checker = { db_i64(r, 16) },
        .decided_us = db_i64(r, 17),
        .reason = arena_text(c->arena, db_text(r, 18)),
        .answer = arena_text(c->arena, db_text(r, 19)),
    };
    (void)snprintf(a->digest, sizeof a->digest, "%s", db_text(r, 8));
    if (a->state == APPROVAL_OPEN && a->expires_us <= c->now_us)
        a->state = APPROVAL_EXPIRED;
}

int approve_row(struct call *c, approval_id id, struct approval *out, bool *found)
{
    struct db_rows r;
    *found = false;
    int rc =
        db_query(c->tx, &r, "SELECT " COLUMNS " FROM approval WHERE id=$1", DB_ARGS(DB_I(id.n)));
    if (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        row_read(c, &r, out);
        *found = true;
    }
    db_done(&r);
    return rc;
}

int approve_row_keyed(struct call *c, const char *key, approval_id *out, bool *found)
{
    int64_t id = 0;
    int rc = db_one_i64(c->tx, "SELECT id FROM approval WHERE request_key=$1", DB_ARGS(DB_T(key)),
                        0, &id);
    *found = !rc && id;
    out->n = id;
    return rc;
}

int approve_row_add(struct call *c, const struct approval *a, const char *key)
{
    return db_exec(c->tx,
                   "INSERT INTO approval (id, outlet_id, kind, state, currency, minor, what, body,"
                   " digest, request_key, summary_zh, summary_en, maker_id, maker_role, rekey,"
                   " asked_us, expires_us, checker_id, decided_us, reason, answer) VALUES ($1, $2,"
                   " $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, 0, 0, '',"
                   " '')",
                   DB_ARGS(DB_I(a->id.n), DB_I(a->outlet_id), DB_I(a->kind), DB_I(a->state),
                           DB_I(a->amount.currency), DB_I(a->amount.minor), DB_T(a->what),
                           DB_B(a->body, a->body_len), DB_T(a->digest), DB_T(key),
                           DB_T(a->summary_zh), DB_T(a->summary_en), DB_I(a->maker.n),
                           DB_I(a->maker_role), DB_I(a->rekey), DB_I(a->asked_us),
                           DB_I(a->expires_us)));
}

int approve_row_about(struct call *c, approval_id id, const char *about)
{
    return db_exec(c->tx,
                   "INSERT INTO approval_about (about, approval_id) VALUES ($1, $2)"
                   " ON CONFLICT (about, approval_id) DO NOTHING",
                   DB_ARGS(DB_T(about), DB_I(id.n)));
}

int approve_row_of(struct call *c, const char *about, approval_id *out)
{
    return db_one_i64(c->tx,
                      "SELECT p.id FROM approval_about a JOIN approval p ON p.id=a.approval_id"
                      " WHERE a.about=$1 ORDER BY CASE WHEN p.state=1 AND p.expires_us>$2 THEN 0"
                      " ELSE 1 END, p.asked_us DESC, p.id DESC LIMIT 1",
                      DB_ARGS(DB_T(about), DB_I(c->now_us)), 0, &out->n);
}

int approve_row_end(struct call *c, const struct approval *a, bool *done)
{
    int rc = db_exec(c->tx,
                     "UPDATE approval SET state=$1, checker_id=$2, decided_us=$3, reason=$4"
                     " WHERE id=$5 AND state=$6",
                     DB_ARGS(DB_I(a->state), DB_I(a->checker.n), DB_I(a->decided_us),
                             DB_T(a->reason ? a->reason : ""), DB_I(a->id.n), DB_I(APPROVAL_OPEN)));
    *done = !rc && db_changed(c->tx) == 1;
    return rc;
}

int approve_row_answer(struct call *c, approval_id id, const char *answer)
{
    return db_exec(c->tx, "UPDATE approval SET answer=$1 WHERE id=$2",
                   DB_ARGS(DB_T(answer), DB_I(id.n)));
}

static int rows_read(struct call *c, struct db_rows *r, int rc, int max, struct approval **out,
                     int *n)
{
    struct approval *list = arena_alloc(c->arena, (size_t)max * sizeof *list);
    *n = 0;
    while (!rc && *n < max && (rc = db_next(r)) == DB_ROW) {
        rc = 0;
        row_read(c, r, &list[(*n)++]);
    }
    db_done(r);
    *out = list;
    return rc;
}

int approve_rows(struct call *c, int64_t outlet_id, staff_id maker, bool open, int max,
                 struct approval **out, int *n)
{
    struct db_rows r;
    int rc;
    if (open)
        rc = db_query(c->tx, &r,
                      "SELECT " LISTED " FROM approval WHERE state=1 AND expires_us>$1"
                      " AND ($2=0 OR outlet_id=$2) ORDER BY asked_us, id LIMIT $3",
                      DB_ARGS(DB_I(c->now_us), DB_I(outlet_id), DB_I(max)));
    else if (maker.n)
        rc = db_query(c->tx, &r,
                      "SELECT " LISTED " FROM approval WHERE maker_id=$1"
                      " ORDER BY asked_us DESC, id DESC LIMIT $2",
                      DB_ARGS(DB_I(maker.n), DB_I(max)));
    else
        rc = db_query(c->tx, &r,
                      "SELECT " LISTED " FROM approval WHERE ($1=0 OR outlet_id=$1)"
                      " ORDER BY asked_us DESC, id DESC LIMIT $2",
                      DB_ARGS(DB_I(outlet_id), DB_I(max)));
    return rows_read(c, &r, rc, max, out, n);
}

int approve_rows_due(struct call *c, int max, struct approval **out, int *n)
{
    struct db_rows r;
    int rc = db_query(c->tx, &r,
                      "SELECT " LISTED " FROM approval WHERE state=1 AND expires_us<=$1"
                      " ORDER BY expires_us, id LIMIT $2",
                      DB_ARGS(DB_I(c->now_us), DB_I(max)));
    return rows_read(c, &r, rc, max, out, n);
}

int approve_setting(struct call *c, const char *name, int64_t otherwise, int64_t *out)
{
    return db_one_i64(c->tx, "SELECT value FROM approve_setting WHERE name=$1", DB_ARGS(DB_T(name)),
                      otherwise, out);
}

int approve_setting_all(struct call *c, approve_setting_see *see, void *ctx)
{
    struct db_rows r;
    int rc = db_query(c->tx, &r, "SELECT name, value FROM approve_setting", DB_NO_ARGS);
    while (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        see(ctx, db_text(&r, 0), db_i64(&r, 1));
    }
    db_done(&r);
    return rc;
}

int approve_setting_put(struct call *c, const char *name, int64_t value)
{
    return db_exec(c->tx,
                   "INSERT INTO approve_setting (name, value) VALUES ($1, $2)"
                   " ON CONFLICT (name) DO UPDATE SET value=excluded.value",
                   DB_ARGS(DB_T(name), DB_I(value)));
}

/* ---- proof ---- */

static const struct {
    const char *breach, *sql; /* SELECT how many, the first one's id */
} proofs[] = {
    { "decided by its maker, or by nobody",
      "SELECT COUNT(*), MIN(id) FROM approval WHERE (state IN (2, 3) AND (checker_id=0 OR"
      " checker_id=maker_id OR decided_us<asked_us)) OR (state IN (1, 4, 5) AND checker_id<>0)" },
    { "approved by another account of its maker",
      "SELECT COUNT(*), MIN(a.id) FROM approval a JOIN staff m ON m.id=a.maker_id JOIN staff k"
      " ON k.id=a.checker_id WHERE m.number<>'' AND LOWER(m.number)=LOWER(k.number)" },
    { "approved without an answer, or answered without approval",
      "SELECT COUNT(*), MIN(id) FROM approval WHERE (state=2)<>(answer<>'')" },
    { "decided after its time",
      "SELECT COUNT(*), MIN(id) FROM approval WHERE state IN (2, 3) AND decided_us>=expires_us" },
    { "rejected without a reason",
      "SELECT COUNT(*), MIN(id) FROM approval WHERE state=3 AND reason=''" },
    { "approved without exactly one event",
      "SELECT COUNT(*), MIN(a.id) FROM approval a LEFT JOIN (SELECT outlet_id, subject_id,"
      " COUNT(*) AS n FROM event WHERE topic='approval.approved' GROUP BY outlet_id, subject_id)"
      " AS e ON e.outlet_id=a.outlet_id AND e.subject_id=a.id WHERE"
      " COALESCE(e.n, 0)<>CASE a.state WHEN 2 THEN 1 ELSE 0 END" },
};

static int check_bytes(struct call *c, int64_t *bad, char *text, size_t size)
{
    struct db_rows r;
    int rc =
        db_query(c->tx, &r, "SELECT id, what, body, digest FROM approval ORDER BY id", DB_NO_ARGS);
    while (!rc && (rc = db_next(&r)) == DB_ROW) {
        size_t len = 0;
        char hex[DIGEST_TEXT];
        const void *body = db_bytes(&r, 2, &len);
        approve_digest(db_text(&r, 1), body, len, hex);
        if (strcmp(hex, db_text(&r, 3)) && !(*bad)++)
            (void)snprintf(text, size, "approval %lld: its bytes have changed",
                           (long long)db_i64(&r, 0));
        rc = 0;
    }
    db_done(&r);
    return rc;
}

int approve_check(struct call *c, int64_t *count, int64_t *bad, char *text, size_t size)
{
    *bad = 0;
    int rc = db_one_i64(c->tx, "SELECT COUNT(*) FROM approval", DB_NO_ARGS, 0, count);
    for (size_t i = 0; !rc && i < COUNT(proofs); i++) {
        struct db_rows r;
        rc = db_query(c->tx, &r, proofs[i].sql, DB_NO_ARGS);
        if (!rc && (rc = db_next(&r)) == DB_ROW) {
            rc = 0;
            if (db_i64(&r, 0) && !*bad)
                (void)snprintf(text, size, "%s: %lld, first %lld", proofs[i].breach,
                               (long long)db_i64(&r, 0), (long long)db_i64(&r, 1));
            *bad += db_i64(&r, 0);
        }
        db_done(&r);
    }
    return rc ? rc : check_bytes(c, bad, text, size);
}
