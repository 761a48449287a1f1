/* db_lite_sql.c -- Statements: prepared once a connection, bound by name, stepped, read. */
#include "store/db_lite.h"
#include "base/log.h"
#include <stdio.h>
#include <string.h>
#include "base/banned.h"

/* ---- the cache ---- */

/* SQLite numbers $n by first appearance ("SELECT $2, $1": index 1 is $2), so each is looked up. */
static void params_read(struct lite_statement *s)
{
    s->params = sqlite3_bind_parameter_count(s->st);
    CHECK(s->params <= DB_ARGS_MAX);
    for (int i = 0; i < s->params; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "$%d", i + 1);
        int at = sqlite3_bind_parameter_index(s->st, name);
        CHECK(at > 0); /* parameters are $1 ... $n without a gap */
        s->at[i] = (uint8_t)at;
    }
}

static int prepare(struct lite_tx *tx, struct lite_statement *s, const char *sql)
{
    const char *tail = NULL;
    unsigned keep = s->spare ? 0 : SQLITE_PREPARE_PERSISTENT;
    int code = sqlite3_prepare_v3(tx->handle, sql, -1, keep, &s->st, &tail);
    if (code != SQLITE_OK) {
        s->st = NULL;
        int rc = lite_rc(tx->tx.db, tx->handle, code, sql);
        if ((code & 0xff) == SQLITE_ERROR) /* a bug or a missing migration: say which text */
            log_line(LOG_ERROR, "store.sql", "%s: %s", sqlite3_errmsg(tx->handle), sql);
        return rc;
    }
    CHECK(s->st && *tail == 0); /* one statement, nothing after it */
    s->sql = sql;
    params_read(s);
    return 0;
}

static struct lite_statement *spare_take(struct lite_tx *tx)
{
    for (int i = 0; i < LITE_SPARES; i++)
        if (!tx->spares[i].st) {
            tx->spares[i].spare = true;
            return &tx->spares[i];
        }
    CHECK(!"too many open queries on one connection: db_done() was forgotten");
    return NULL;
}

/* The slot of this text, empty or filled; NULL when the cache has no room for a new one. */
static struct lite_statement *slot_of(struct lite_tx *tx, const char *sql)
{
    uint64_t h = (uint64_t)(uintptr_t)sql * UINT64_C(0x9e3779b97f4a7c15);
    for (size_t i = (size_t)(h >> 40) % DB_CACHE;; i = (i + 1) % DB_CACHE) {
        struct lite_statement *s = &tx->cache[i];
        if (s->sql == sql)
            return s;
        if (!s->sql)
            return tx->cached < DB_CACHE_MAX ? s : NULL;
    }
}

static int statement_take(struct lite_tx *tx, const char *sql, struct lite_statement **out)
{
    struct lite_statement *s = slot_of(tx, sql);
    if (s && s->st && !s->busy && strcmp(sqlite3_sql(s->st), sql) == 0) {
        *out = s;
        return 0;
    }
    if (s && s->st && !s->busy) { /* a text of the arena: the address came again, the text not */
        (void)sqlite3_finalize(s->st);
        s->st = NULL;
    } else if (!s || s->busy) {
        s = spare_take(tx);
    } else if (!s->sql) {
        s->sql = sql;
        tx->cached++;
    }
    *out = s;
    return prepare(tx, s, sql);
}

static void statement_give(struct lite_statement *s)
{
    s->busy = false;
    if (s->spare) {
        (void)sqlite3_finalize(s->st);
        s->st = NULL;
        return;
    }
    (void)sqlite3_reset(s->st);
    (void)sqlite3_clear_bindings(s->st);
}

void lite_statements_close(struct lite_tx *tx)
{
    for (int i = 0; i < DB_CACHE; i++)
        (void)sqlite3_finalize(tx->cache[i].st);
    for (int i = 0; i < LITE_SPARES; i++)
        (void)sqlite3_finalize(tx->spares[i].st);
}

static int bind_one(sqlite3_stmt *st, int at, const struct db_value *v, bool copy)
{
    sqlite3_destructor_type keep = copy ? SQLITE_TRANSIENT : SQLITE_STATIC;
    switch (v->kind) {
    case DB_NULL:
        return sqlite3_bind_null(st, at);
    case DB_INT:
        return sqlite3_bind_int64(st, at, v->i);
    case DB_REAL:
        return sqlite3_bind_double(st, at, v->f);
    case DB_TEXT:
        return sqlite3_bind_text64(st, at, v->at, v->len, keep, SQLITE_UTF8);
    case DB_BYTES:
        if (v->len == 0) /* no bytes are not NULL */
            return sqlite3_bind_zeroblob(st, at, 0);
        return sqlite3_bind_blob64(st, at, v->at, v->len, keep);
    }
    CHECK(!"a kind of value");
    return SQLITE_MISUSE;
}

/* copy: the values may go before the statement is done (db_query). */
static int bind_all(struct db_tx *tx, struct lite_statement *s, const struct db_value *args,
                    int n_args, bool copy)
{
    CHECK(n_args == s->params); /* as many values as the text has parameters */
    for (int i = 0; i < n_args; i++) {
        int code = bind_one(s->st, s->at[i], &args[i], copy);
        if (code != SQLITE_OK)
            return lite_rc(tx->db, lite_tx(tx)->handle, code, s->sql);
    }
    return 0;
}

/* The engine may end the transaction by itself (disk full, i/o fault): from then on every call
 * fails, so that nobody goes on outside a transaction. */
static int fault(struct db_tx *tx, int code, const char *sql)
{
    int rc = lite_rc(tx->db, lite_tx(tx)->handle, code, sql);
    if (tx->open && rc != RC_CONFLICT && sqlite3_get_autocommit(lite_tx(tx)->handle))
        tx->dead = rc;
    if (rc == RC_FULL && tx->writer)
        lite_keep_urgent(tx->db);
    return rc;
}

/* ---- running ---- */

int lite_run(struct db_tx *tx, const char *sql)
{
    int code = sqlite3_exec(lite_tx(tx)->handle, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? 0 : fault(tx, code, sql);
}

/* Steps a bound statement to its end. */
static int exec_step(struct db_tx *tx, struct lite_statement *s, const char *sql)
{
    int code;
    do {
        code = sqlite3_step(s->st);
    } while (code == SQLITE_ROW);
    if (code != SQLITE_DONE)
        return fault(tx, code, sql);
    tx->changed = sqlite3_stmt_readonly(s->st) ? 0 : sqlite3_changes64(lite_tx(tx)->handle);
    return 0;
}

static int exec(struct db_tx *tx, const char *sql, const struct db_value *args, int n_args)
{
    struct lite_statement *s = NULL;
    int rc = statement_take(lite_tx(tx), sql, &s);
    if (rc)
        return rc;
    rc = bind_all(tx, s, args, n_args, false);
    if (rc == 0)
        rc = exec_step(tx, s, sql);
    statement_give(s);
    return rc;
}

int lite_plain(struct db_tx *tx, const char *sql)
{
    return exec(tx, sql, DB_NO_ARGS);
}

int lite_exec(struct db_tx *tx, const char *sql, const struct db_value *args, int n_args)
{
    return exec(tx, sql, args, n_args);
}

int lite_query(struct db_tx *tx, struct db_rows *rows, const char *sql, const struct db_value *args,
               int n_args)
{
    struct lite_statement *s = NULL;
    int rc = statement_take(lite_tx(tx), sql, &s);
    if (rc)
        return rc;
    s->busy = true;
    tx->open_rows++;
    rows->statement = s;
    return bind_all(tx, s, args, n_args, true);
}

/* ---- many rows of values ---- */

/* The statement again, with the next row of values. */
static int many_turn(struct db_rows *rows, struct lite_statement *s)
{
    (void)sqlite3_reset(s->st);
    rows->args += rows->n_args;
    rows->n_left--;
    rows->row++;
    return bind_all(rows->tx, s, rows->args, rows->n_args, false);
}

int lite_query_many(struct db_tx *tx, struct db_rows *rows, const char *sql,
                    const struct db_value *args, int n_args, int n_rows)
{
    rows->args = args;
    rows->n_args = n_args;
    rows->n_left = n_rows - 1;
    return lite_query(tx, rows, sql, args, n_args);
}

int lite_exec_many(struct db_tx *tx, const char *sql, const struct db_value *args, int n_args,
                   int n_rows)
{
    struct lite_statement *s = NULL;
    int64_t changed = 0;
    int rc = statement_take(lite_tx(tx), sql, &s);
    if (rc)
        return rc;
    for (int i = 0; i < n_rows && rc == 0; i++) {
        rc = bind_all(tx, s, args + (size_t)i * (size_t)n_args, n_args, false);
        if (rc == 0)
            rc = exec_step(tx, s, sql);
        if (rc == 0)
            changed += tx->changed;
        (void)sqlite3_reset(s->st);
    }
    statement_give(s);
    tx->changed = changed;
    return rc;
}

/* ---- rows ---- */

int lite_next(struct db_rows *rows)
{
    struct lite_statement *s = rows->statement;
    for (;;) {
        int code = sqlite3_step(s->st);
        if (code == SQLITE_ROW)
            return DB_ROW;
        if (code != SQLITE_DONE)
            return fault(rows->tx, code, s->sql);
        if (rows->n_left <= 0)
            return 0;
        int rc = many_turn(rows, s);
        if (rc)
            return rc;
    }
}

static sqlite3_stmt *row_of(struct db_rows *rows, int column)
{
    struct lite_statement *s = rows->statement;
    CHECK(column >= 0 && column < sqlite3_data_count(s->st)); /* there is a row, it is in it */
    return s->st;
}

int64_t lite_i64(struct db_rows *rows, int column)
{
    return sqlite3_column_int64(row_of(rows, column), column);
}

double lite_f64(struct db_rows *rows, int column)
{
    return sqlite3_column_double(row_of(rows, column), column);
}

const char *lite_text(struct db_rows *rows, int column)
{
    return (const char *)sqlite3_column_text(row_of(rows, column), column);
}

const void *lite_bytes(struct db_rows *rows, int column, size_t *len)
{
    sqlite3_stmt *st = row_of(rows, column);
    const void *at = sqlite3_column_blob(st, column);
    *len = (size_t)sqlite3_column_bytes(st, column);
    if (!at && sqlite3_column_type(st, column) != SQLITE_NULL)
        return ""; /* no bytes, but not NULL */
    return at;
}

bool lite_is_null(struct db_rows *rows, int column)
{
    return sqlite3_column_type(row_of(rows, column), column) == SQLITE_NULL;
}

void lite_done(struct db_rows *rows)
{
    struct lite_statement *s = rows->statement;
    rows->tx->open_rows--;
    statement_give(s);
}
