/* db_pg.c -- The PostgreSQL engine: connections and what breaks them, BEGIN to COMMIT, the pen. */
#include "base/ids.h"
#include "base/log.h"
#include "store/db_pg.h"
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/banned.h"

static const char take_pen[] = "UPDATE db_pen SET generation=generation+1 WHERE id=1"
                               " RETURNING generation, last_id";

/* ---- faults ---- */

static int rc_of_state(const char *state)
{
    static const struct {
        const char *prefix;
        int rc;
    } rows[] = {
        { "23505", RC_CONFLICT }, { "23514", RC_CONFLICT }, { "23503", RC_CONFLICT },
        { "23P01", RC_CONFLICT }, { "40", RC_BUSY },        { "55P03", RC_BUSY },
        { "25006", RC_BUSY },     { "57P", RC_BUSY },       { "08", RC_BUSY },
        { "53100", RC_FULL },     { "53200", RC_FULL },     { "53300", RC_BUSY },
        { "XX001", RC_CORRUPT },  { "XX002", RC_CORRUPT },
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        if (!strncmp(state, rows[i].prefix, strlen(rows[i].prefix)))
            return rows[i].rc;
    return RC_IO;
}

/* libpq's words end with a line feed, and may have several lines. */
static int note(struct db *db, int rc, const char *doing, const char *text)
{
    return db_note(db, rc, "%.60s: %.*s", doing, (int)strcspn(text, "\n"), text);
}

int pg_fault(struct pg_tx *t, const PGresult *result, const char *doing)
{
    const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    bool lost = PQstatus(t->conn) != CONNECTION_OK;
    int rc = state ? rc_of_state(state) : lost ? RC_BUSY : RC_IO;
    bool elsewhere = state && !strcmp(state, "25006"); /* not the primary any longer */
    if (lost || elsewhere)
        t->broken = true;
    if (rc != RC_CONFLICT)
        note(t->tx.db, rc, doing, result ? PQresultErrorMessage(result) : PQerrorMessage(t->conn));
    t->aborted = rc;
    if (rc == RC_BUSY) /* no savepoint helps: the transaction has to be done anew */
        t->tx.dead = rc;
    return rc;
}

/* ---- one round trip ---- */

int pg_pend(struct pg_tx *t, const char *sql)
{
    int rc = t->n_pending == PG_PENDING_MAX ? pg_now(t, NULL, NULL) : 0;
    if (rc == 0)
        t->pending[t->n_pending++] = sql;
    return rc;
}

static int send_control(struct pg_tx *t, const char *sql)
{
    return PQsendQueryParams(t->conn, sql, 0, NULL, NULL, NULL, NULL, 0);
}

static int send_all(struct pg_tx *t, const char *name, const struct pg_values *v, bool guarded)
{
    int good = 1;
    for (int i = 0; i < t->n_pending; i++)
        good = good && send_control(t, t->pending[i]);
    if (guarded)
        good = good && send_control(t, "SAVEPOINT g");
    if (name)
        good = good && PQsendQueryPrepared(t->conn, name, v->n, v->at, v->lengths, v->formats, 1);
    if (guarded)
        good = good && send_control(t, "RELEASE g");
    return good && PQpipelineSync(t->conn);
}

/* One result and the end of its statement; NULL when the connection is lost. */
static PGresult *result_take(struct pg_tx *t)
{
    PGresult *res = PQgetResult(t->conn), *more;
    while (res && (more = PQgetResult(t->conn)))
        PQclear(more);
    return res;
}

static bool went_well(const PGresult *res)
{
    ExecStatusType s = PQresultStatus(res);
    return s == PGRES_COMMAND_OK || s == PGRES_TUPLES_OK;
}

/* The server answers COMMIT of a transaction that it gave up with a well-meant ROLLBACK. */
static bool committed_not(PGresult *res)
{
    return went_well(res) && !strcmp(PQcmdStatus(res), "ROLLBACK");
}

/* The results in the order of what was sent; the first that did not go well goes to *bad. */
static void take_all(struct pg_tx *t, int before, bool named, int after, PGresult **out,
                     PGresult **bad)
{
    int n = before + named + after;
    for (int i = 0; i < n; i++) {
        PGresult *res = result_take(t);
        if (named && i == before && went_well(res)) {
            *out = res;
            continue;
        }
        if (!*bad && (!went_well(res) || (t->committing && committed_not(res)))) {
            *bad = res;
            if (!res)
                return;
            continue;
        }
        PQclear(res);
    }
    PQclear(PQgetResult(t->conn)); /* the sync's */
}

/* What the guarded statement met is undone; the transaction goes on. */
static int guard_back(struct pg_tx *t)
{
    PGresult *res = PQexec(t->conn, "ROLLBACK TO g; RELEASE g");
    int rc = PQresultStatus(res) == PGRES_COMMAND_OK ? 0 : pg_fault(t, res, "ROLLBACK TO");
    PQclear(res);
    return rc;
}

int pg_trip(struct pg_tx *t, const char *name, const struct pg_values *v, bool guarded,
            PGresult **out)
{
    PGresult *bad = NULL;
    *out = NULL;
    if (t->n_pending == 0 && !guarded) {
        PGresult *res = PQexecPrepared(t->conn, name, v->n, v->at, v->lengths, v->formats, 1);
        *out = res;
        return went_well(res) ? 0 : pg_fault(t, res, name);
    }
    bool sent = PQenterPipelineMode(t->conn) && send_all(t, name, v, guarded);
    if (sent)
        take_all(t, t->n_pending + guarded, name != NULL, guarded, out, &bad);
    int rc =
        sent && !bad && PQstatus(t->conn) == CONNECTION_OK ? 0 : pg_fault(t, bad, "a statement");
    t->began = t->began || rc == 0;
    t->n_pending = 0;
    if (!PQexitPipelineMode(t->conn) && rc == 0)
        rc = pg_fault(t, NULL, "the end of a pipeline");
    if (rc == RC_CONFLICT && guarded) {
        t->aborted = 0;
        rc = guard_back(t);
        rc = rc ? rc : RC_CONFLICT;
    }
    if (rc) {
        PQclear(*out);
        *out = bad;
    } else {
        PQclear(bad);
    }
    return rc;
}

int pg_now(struct pg_tx *t, const char *sql, PGresult **out)
{
    int rc = t->aborted;
    if (rc == 0 && t->n_pending) {
        PGresult *none = NULL;
        rc = pg_trip(t, NULL, NULL, false, &none);
        PQclear(none);
    }
    if (rc || !sql)
        return rc;
    PGresult *res = PQexec(t->conn, sql);
    if (!went_well(res))
        rc = pg_fault(t, res, sql);
    if (rc == 0 && out)
        *out = res;
    else
        PQclear(res);
    return rc;
}

/* ---- connections ---- */

/* A COMMIT that was done here but perhaps not on its replicas says so by a warning (class 01), and
 * then succeeds. */
static void notice(void *ctx, const PGresult *res)
{
    struct pg_tx *t = ctx;
    const char *state = PQresultErrorField(res, PG_DIAG_SQLSTATE);
    const char *text = PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY);
    if (t->committing && state && !strncmp(state, "01", 2))
        t->warned = true;
    log_line(t->committing ? LOG_WARN : LOG_DEBUG, "store.notice", "%s", text ? text : "");
}

static const char settings[] =
    "SET lock_timeout='10s'; SET idle_in_transaction_session_timeout='120s'; SET jit=off;"
    "SET client_min_messages=warning; SET default_transaction_isolation='read committed';"
    "SELECT set_config('synchronous_commit','on',false)"
    " WHERE current_setting('synchronous_commit')='off'";

/* A plan is kept with its statement, from when the tables were small, and nobody plans anew until
 * they are analysed: the writer, who asks by key alone, never reads a table through. */
static const char writer_settings[] =
    "SET enable_seqscan=off; SET enable_hashjoin=off; SET enable_mergejoin=off";

/* Everything is in the schema and nothing else is seen; its tables are asked by key. */
static int settle_beside(struct db *db, PGconn *conn)
{
    char make[80], use[120];
    const char *schema = pg_db(db)->schema;
    (void)snprintf(make, sizeof make, "CREATE SCHEMA IF NOT EXISTS %s", schema);
    (void)snprintf(use, sizeof use, "SET search_path=%s; SET enable_seqscan=off", schema);
    PGresult *res = NULL;
    for (int i = 0; i < 5 && !db->shared; i++) { /* two instances may make it at once */
        PQclear(res);
        res = PQexec(conn, make);
        if (went_well(res))
            break;
    }
    if (!res || went_well(res)) {
        PQclear(res);
        res = PQexec(conn, use);
    }
    int rc = went_well(res) ? 0 : note(db, RC_IO, schema, PQresultErrorMessage(res));
    PQclear(res);
    return rc;
}

static int settle(struct db *db, PGconn *conn)
{
    const char *encoding = PQparameterStatus(conn, "server_encoding");
    if (!encoding || strcmp(encoding, "UTF8") != 0)
        return db_note(db, RC_IO, "%s is in %s: a database in UTF8 is needed", db->path,
                       encoding ? encoding : "an unknown encoding");
    if (PQserverVersion(conn) < 130000)
        return db_note(db, RC_IO, "PostgreSQL 13 or later is needed");
    PGresult *res = PQexec(conn, settings);
    if (went_well(res) && db->sync_off) {
        PQclear(res);
        res = PQexec(conn, "SET synchronous_commit=off");
    }
    int rc = went_well(res) ? 0 : note(db, RC_IO, "settings", PQresultErrorMessage(res));
    PQclear(res);
    return rc || !*pg_db(db)->schema ? rc : settle_beside(db, conn);
}

/* What the operator did not say: a lost server is noticed within seconds, and of several hosts the
 * one that may write is taken. */
static const char *const usual[][2] = {
    { "connect_timeout", "5" },
    { "keepalives_idle", "5" },
    { "keepalives_interval", "2" },
    { "keepalives_count", "3" },
    { "tcp_user_timeout", "10000" },
    { "target_session_attrs", "read-write" },
    { "fallback_application_name", "piaohao" },
    { "client_encoding", "UTF8" },
};

/* Proofs and exports sort whole tables, one after the other. */
static const char shared_settings[] = "SET work_mem='64MB'";

static int connect_new(struct db *db, PGconn **out)
{
    enum { OPTIONS_MAX = 80 };
    const char *names[OPTIONS_MAX], *values[OPTIONS_MAX];
    int n = 0;
    for (size_t i = 0; i < COUNT(usual); i++, n++)
        names[n] = usual[i][0], values[n] = usual[i][1]; /* later ones win */
    for (PQconninfoOption *o = pg_db(db)->options; o->keyword; o++)
        if (o->val) {
            CHECK(n < OPTIONS_MAX - 1);
            names[n] = o->keyword;
            values[n++] = o->val;
        }
    names[n] = values[n] = NULL;
    PGconn *conn = PQconnectdbParams(names, values, 0);
    int rc = PQstatus(conn) == CONNECTION_OK
                 ? settle(db, conn)
                 : note(db, RC_BUSY, db->path, conn ? PQerrorMessage(conn) : "no memory");
    if (rc) {
        PQfinish(conn);
        conn = NULL;
    }
    *out = conn;
    return rc;
}

/* Does the server's end say, without being asked, that it is gone? */
static bool is_lost(PGconn *conn)
{
    struct pollfd p = { .fd = PQsocket(conn), .events = POLLIN };
    for (int i = 0; i < 4 && PQstatus(conn) == CONNECTION_OK && p.fd >= 0; i++)
        if (poll(&p, 1, 0) <= 0 || !PQconsumeInput(conn))
            break; /* its last words first, then the end of the stream */
    return PQstatus(conn) != CONNECTION_OK;
}

/* A lost connection is made anew: what was prepared on it is gone. */
static int connect_again(struct pg_tx *t)
{
    if (t->conn && !t->broken && !is_lost(t->conn))
        return 0;
    PQfinish(t->conn);
    t->conn = NULL;
    pg_statements_forget(t);
    int rc = connect_new(t->tx.db, &t->conn);
    if (rc)
        return rc;
    (void)PQsetNoticeReceiver(t->conn, notice, t);
    t->broken = false;
    t->generation = -1; /* whoever wrote meanwhile */
    if (t->tx.writer)
        PQclear(PQexec(t->conn, writer_settings));
    else if (t->tx.db->shared)
        PQclear(PQexec(t->conn, shared_settings));
    return 0;
}

static int pen_make(struct pg_tx *t)
{
    static const char ddl[] =
        "CREATE TABLE IF NOT EXISTS db_pen (id BIGINT PRIMARY KEY CHECK (id=1),"
        " generation BIGINT NOT NULL, last_id BIGINT NOT NULL);"
        "INSERT INTO db_pen (id, generation, last_id) VALUES (1,0,0) ON CONFLICT DO NOTHING";
    PGresult *res = NULL;
    int rc = 0;
    for (int i = 0; i < 5; i++) { /* two instances may make it at once: one of them is refused */
        PQclear(res);
        res = PQexec(t->conn, "SELECT 1 FROM db_pen WHERE id=1");
        if (PQntuples(res) == 1)
            break;
        PQclear(res);
        res = PQexec(t->conn, ddl);
    }
    if (!went_well(res))
        rc = note(t->tx.db, RC_IO, t->tx.db->path, PQresultErrorMessage(res));
    PQclear(res);
    return rc;
}

static int connect_tx(struct db *db, bool writer, struct db_tx **out)
{
    struct pg_tx *t = arena_alloc(db->arena, sizeof *t);
    t->tx.db = db;
    t->tx.writer = writer;
    t->broken = true;
    int rc = connect_again(t);
    if (rc == 0 && writer)
        rc = pen_make(t);
    if (rc) {
        PQfinish(t->conn);
        return rc == RC_BUSY ? RC_IO : rc; /* a file's RC_BUSY means another thing */
    }
    *out = &t->tx;
    return 0;
}

static void disconnect(struct db_tx *tx)
{
    struct pg_tx *t = pg_tx(tx);
    PQfinish(t->conn);
    pg_statements_free(t);
    for (int i = 0; i < DB_ARGS_MAX; i++)
        buf_release(&t->arrays[i]);
}

/* ---- open and close ---- */

static const char *option_of(const struct pg_db *d, const char *name)
{
    for (const PQconninfoOption *o = d->options; o->keyword; o++)
        if (!strcmp(o->keyword, name))
            return o->val ? o->val : "";
    return "";
}

static void path_make(struct pg_db *d)
{
    const char *user = option_of(d, "user"), *host = option_of(d, "host");
    const char *port = option_of(d, "port"), *name = option_of(d, "dbname");
    bool folder = *host == '/' || *host == '@';
    (void)snprintf(d->db.path, sizeof d->db.path, "postgres://%s%s%s%s%s/%s%s%s%s%s", user,
                   *user ? "@" : "", folder ? "" : host, *port && !folder ? ":" : "",
                   folder ? "" : port, *name ? name : user, folder ? "?host=" : "",
                   folder ? host : "", *port && folder ? "&port=" : "", folder ? port : "");
}

/* "sync=off" is ours, for tests: everything else is libpq's. */
static int pg_open(struct db *db, const char *url)
{
    static const char ours[] = "sync=off";
    struct pg_db *d = pg_db(db);
    char text[1024], *error = NULL;
    CHECK(!pthread_mutex_init(&d->lock, NULL));
    int n = snprintf(text, sizeof text, "%s", url);
    if (n <= 0 || (size_t)n >= sizeof text)
        return db_note(NULL, RC_IO, "the database's URL is too long");
    char *at = strstr(text, ours);
    if (at && at[-1] != '_' && (at[-1] == '?' || at[-1] == '&')) {
        db->sync_off = true;
        bool last = !at[sizeof ours - 1];
        memmove(last ? at - 1 : at, at + sizeof ours - 1 + !last,
                strlen(at + sizeof ours - 1) + last);
    }
    d->options = PQconninfoParse(text, &error);
    if (!d->options) {
        int rc = note(NULL, RC_IO, "the database's URL", error ? error : "no memory");
        PQfreemem(error);
        return rc;
    }
    (void)snprintf(d->url, sizeof d->url, "%s", text);
    path_make(d);
    return 0;
}

static int pg_beside(struct db *db, struct db *of, const char *schema)
{
    struct pg_db *d = pg_db(db);
    int rc = pg_open(db, pg_db(of)->url);
    db->sync_off = of->sync_off;
    int n = snprintf(d->schema, sizeof d->schema, "%s", schema);
    CHECK(n > 0 && (size_t)n < sizeof d->schema);
    return rc;
}

static void pg_close(struct db *db)
{
    struct pg_db *d = pg_db(db);
    PQconninfoFree(d->options);
    pthread_mutex_destroy(&d->lock);
}

/* ---- the writing transaction ---- */

static int64_t read_i64(const PGresult *res, int column)
{
    uint64_t n = 0;
    const char *at = PQgetvalue(res, 0, column);
    for (int i = 0; i < 8; i++)
        n = n << 8 | (uint8_t)at[i];
    return (int64_t)n;
}

static int begin_once(struct pg_tx *t, bool *others)
{
    struct pg_values none = { 0 };
    struct pg_statement *s = NULL;
    PGresult *res = NULL;
    t->aborted = t->n_pending = 0;
    t->tx.dead = 0;
    t->began = t->warned = t->took = false;
    int rc = connect_again(t);
    if (rc == 0)
        rc = pg_statement_take(t, take_pen, NULL, 0, &s);
    if (rc == 0)
        rc = pg_statement_prepare(t, s);
    if (rc == 0)
        rc = pg_pend(t, "BEGIN");
    if (rc == 0)
        rc = pg_trip(t, s->name, &none, false, &res);
    if (rc == 0 && PQntuples(res) != 1)
        rc = db_note(t->tx.db, RC_CORRUPT, "db_pen has lost its row");
    if (rc == 0) {
        int64_t generation = read_i64(res, 0);
        *others = generation != t->generation + 1;
        t->generation = generation;
        t->took = true;
        t->last_id = read_i64(res, 1);
        if (t->tx.db->ids)
            ids_seen(t->tx.db->ids, t->last_id);
    }
    PQclear(res);
    return rc;
}

/* The generation of the pen is what it was before us, if the server says so. */
static void pg_rollback(struct db_tx *tx)
{
    struct pg_tx *t = pg_tx(tx);
    bool back = false;
    t->n_pending = 0;
    if (t->conn && PQstatus(t->conn) == CONNECTION_OK && !t->broken &&
        PQtransactionStatus(t->conn) != PQTRANS_IDLE) {
        PGresult *res = PQexec(t->conn, "ROLLBACK");
        back = PQresultStatus(res) == PGRES_COMMAND_OK;
        t->broken = !back;
        PQclear(res);
    }
    t->generation = back && t->took ? t->generation - 1 : -1;
    t->took = false;
    t->aborted = 0;
}

static int pg_begin(struct db_tx *tx, bool *others)
{
    struct pg_tx *t = pg_tx(tx);
    int rc = begin_once(t, others);
    if (rc && t->broken) { /* lost while idle: once more, on a new connection */
        pg_rollback(tx);
        rc = begin_once(t, others);
    }
    if (rc)
        pg_rollback(tx);
    return rc;
}

/* The last id goes into the pen and the transaction ends, in one trip. From here on a lost
 * connection leaves us not knowing. */
static int pg_commit(struct db_tx *tx)
{
    struct pg_tx *t = pg_tx(tx);
    struct ids *ids = tx->db->ids;
    char pen[80];
    if (t->aborted)
        return t->aborted;
    int rc = 0;
    if (ids && ids->last > t->last_id) {
        (void)snprintf(pen, sizeof pen, "UPDATE db_pen SET last_id=%lld WHERE id=1",
                       (long long)ids->last);
        rc = pg_pend(t, pen);
    }
    if (rc == 0)
        rc = pg_pend(t, "COMMIT");
    if (rc)
        return rc;
    t->committing = true;
    rc = pg_now(t, NULL, NULL);
    t->committing = false;
    if (rc && PQstatus(t->conn) != CONNECTION_OK)
        rc = db_note(tx->db, RC_UNKNOWN, "the connection was lost in COMMIT: %.150s",
                     PQerrorMessage(t->conn));
    else if (rc == 0 && t->warned) {
        atomic_store(&tx->db->doubt, true);
        rc = db_note(tx->db, RC_UNKNOWN, "COMMIT was done here, perhaps not on the replicas");
    } else if (rc == 0)
        t->took = false;
    return rc;
}

static int pg_savepoint(struct db_tx *tx)
{
    struct pg_tx *t = pg_tx(tx);
    return t->aborted ? t->aborted : pg_pend(t, "SAVEPOINT s");
}

static bool takes_back(struct pg_tx *t)
{
    if (t->n_pending == 0 || strcmp(t->pending[t->n_pending - 1], "SAVEPOINT s") != 0)
        return false;
    t->n_pending--; /* nothing was done since: nobody needs to know */
    return true;
}

static int pg_release(struct db_tx *tx)
{
    struct pg_tx *t = pg_tx(tx);
    if (t->aborted)
        return t->aborted;
    return takes_back(t) ? 0 : pg_pend(t, "RELEASE s");
}

static int pg_undo(struct db_tx *tx)
{
    struct pg_tx *t = pg_tx(tx);
    if (takes_back(t))
        return 0;
    int was = t->aborted;
    t->aborted = 0;
    int rc = was ? 0 : pg_now(t, NULL, NULL);
    if (rc)
        return rc;
    PGresult *res = PQexec(t->conn, "ROLLBACK TO s; RELEASE s");
    rc = went_well(res) ? 0 : pg_fault(t, res, "ROLLBACK TO");
    PQclear(res);
    return rc;
}

/* ---- reading ---- */

/* The answer to the end of what was read before. */
static void left(struct pg_tx *t)
{
    PGresult *res;
    bool good = !t->leaving;
    while (t->leaving && (res = PQgetResult(t->conn)) != NULL) {
        good = PQresultStatus(res) == PGRES_COMMAND_OK;
        PQclear(res);
    }
    t->leaving = false;
    t->broken = t->broken || !good;
}

static int pg_read(struct db_tx *tx)
{
    struct pg_tx *t = pg_tx(tx);
    left(t);
    int rc = connect_again(t);
    t->aborted = t->n_pending = 0;
    t->began = false;
    return rc ? rc : pg_pend(t, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
}

/* Nobody waits for the end of what only read: it is sent, and the next reader takes the answer. */
static void pg_read_done(struct db_tx *tx)
{
    struct pg_tx *t = pg_tx(tx);
    t->leaving = t->conn && !t->broken && PQstatus(t->conn) == CONNECTION_OK &&
                 PQtransactionStatus(t->conn) == PQTRANS_INTRANS &&
                 PQsendQuery(t->conn, "ROLLBACK") == 1 && PQflush(t->conn) == 0;
    if (!t->leaving)
        pg_rollback(tx);
    t->n_pending = 0;
}

/* ---- keeping ---- */

static int pg_backup(struct db *db, const char *path, char *error, size_t size)
{
    UNUSED(path);
    (void)snprintf(error, size,
                   "%.300s is a server's: copy it with pg_dump --format=custom, or with piaohao"
                   " move into a file",
                   db->path);
    return RC_CONFLICT;
}

/* Reads every table through (checksums are looked at where they are on), and looks for constraints
 * that were never proven. */
static int integrity(struct pg_tx *t, char *text, size_t size)
{
    static const char doubts[] = "SELECT conrelid::regclass::text, conname FROM pg_constraint"
                                 " WHERE NOT convalidated LIMIT 1";
    static const char tables[] = "SELECT quote_ident(relname) FROM pg_class WHERE relkind='r' AND"
                                 " pg_table_is_visible(oid) AND relnamespace NOT IN"
                                 " ('pg_catalog'::regnamespace,'information_schema'::regnamespace)";
    PGresult *res = NULL, *count = NULL;
    int rc = pg_now(t, doubts, &res);
    if (rc == 0 && PQntuples(res) > 0) {
        (void)snprintf(text, size, "%s: %s was never proven", PQgetvalue(res, 0, 0),
                       PQgetvalue(res, 0, 1));
        rc = RC_CORRUPT;
    }
    PQclear(res);
    res = NULL;
    if (rc == 0)
        rc = pg_now(t, tables, &res);
    for (int i = 0; rc == 0 && i < PQntuples(res); i++) {
        char sql[200];
        (void)snprintf(sql, sizeof sql, "SELECT count(*) FROM %s", PQgetvalue(res, i, 0));
        rc = pg_now(t, sql, &count);
        PQclear(count);
        count = NULL;
    }
    PQclear(res);
    return rc;
}

static int pg_integrity(struct db *db, char *text, size_t size)
{
    struct db_tx *tx = NULL;
    (void)snprintf(text, size, "ok");
    int rc = db_read(db, &tx);
    if (rc == 0)
        rc = integrity(pg_tx(tx), text, size);
    db_read_done(&tx);
    if (rc && rc != RC_CORRUPT)
        (void)snprintf(text, size, "%s", db_error(db));
    return rc;
}

static void pg_numbers(struct db *db, struct db_keep_numbers *out)
{
    UNUSED(db);
    UNUSED(out); /* checkpoints are the server's */
}

const struct db_engine db_pg = {
    .name = "postgresql",
    .db_size = sizeof(struct pg_db),
    .id = "BIGINT PRIMARY KEY",
    .i64 = "BIGINT",
    .text = "TEXT COLLATE \"C\"",
    .bytes = "BYTEA",
    .real = "DOUBLE PRECISION",
    .table_end = "",
    .no_rowid = "",
    .wait_sql = "SET LOCAL idle_in_transaction_session_timeout=0",
    .generation_sql = "SELECT generation FROM db_pen WHERE id=1",
    .columns_sql =
        "SELECT CAST(r.relname AS TEXT), CAST(a.attname AS TEXT), CASE t.typname WHEN 'int8'"
        " THEN 'INTEGER' WHEN 'text' THEN 'TEXT' WHEN 'bytea' THEN 'BLOB' WHEN 'float8' THEN 'REAL'"
        " END, COALESCE(array_position(CAST(i.indkey AS int2[]), a.attnum) + 1, 0)"
        " FROM pg_class r JOIN pg_attribute a ON a.attrelid=r.oid AND a.attnum>0 AND"
        " NOT a.attisdropped JOIN pg_type t ON t.oid=a.atttypid"
        " LEFT JOIN pg_index i ON i.indrelid=r.oid AND i.indisprimary"
        " WHERE r.relkind='r' AND r.relname<>'db_pen' AND r.relnamespace=to_regnamespace("
        "CAST(current_schema() AS TEXT)) ORDER BY r.relname COLLATE \"C\", a.attnum",
    .references_sql = "SELECT CAST(a.relname AS TEXT), CAST(b.relname AS TEXT) FROM pg_constraint c"
                      " JOIN pg_class a ON a.oid=c.conrelid JOIN pg_class b ON b.oid=c.confrelid"
                      " WHERE c.contype='f'",
    .open = pg_open,
    .beside = pg_beside,
    .close = pg_close,
    .connect = connect_tx,
    .disconnect = disconnect,
    .begin = pg_begin,
    .commit = pg_commit,
    .rollback = pg_rollback,
    .savepoint = pg_savepoint,
    .release = pg_release,
    .undo = pg_undo,
    .read = pg_read,
    .read_done = pg_read_done,
    .run = pg_run,
    .exec = pg_exec,
    .exec_many = pg_exec_many,
    .query = pg_query,
    .query_many = pg_query_many,
    .next = pg_next,
    .column_i64 = pg_i64,
    .column_f64 = pg_f64,
    .column_text = pg_text,
    .column_bytes = pg_bytes,
    .column_null = pg_is_null,
    .done = pg_done,
    .backup = pg_backup,
    .integrity = pg_integrity,
    .numbers = pg_numbers,
};
