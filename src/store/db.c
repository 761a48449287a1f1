/* db.c -- What is the same on every engine: opening by URL, the one writing transaction, the pool
 * of readers, savepoints with what remembers them, injected faults. The engines: db_lite.c,
 * db_pg.c. */
#include "base/buf.h"
#include "base/log.h"
#include "store/db_priv.h"
#include "store/event_tail.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "base/banned.h"

enum { DB_MEMORY = 24 * 1024 * 1024 };

/* The words of the last fault, a copy for each thread; also of an open that gave no db. */
static _Thread_local char words[256];

/* ---- faults ---- */

int db_note(struct db *db, int rc, const char *fmt, ...)
{
    char text[sizeof words];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    (void)snprintf(words, sizeof words, "%s", text);
    if (db) {
        pthread_mutex_lock(&db->error);
        (void)snprintf(db->error_text, sizeof db->error_text, "%s", text);
        pthread_mutex_unlock(&db->error);
    }
    return rc;
}

const char *db_error(struct db *db)
{
    if (db) {
        pthread_mutex_lock(&db->error);
        (void)snprintf(words, sizeof words, "%s", db->error_text);
        pthread_mutex_unlock(&db->error);
    }
    return words;
}

int db_count(struct db *db)
{
    long long n = atomic_fetch_add_explicit(&db->calls, 1, memory_order_relaxed) + 1;
    long long at = atomic_load_explicit(&db->fail_at, memory_order_relaxed);
    if (at == 0 || n != at)
        return 0;
    atomic_store(&db->fail_at, 0);
    return db_note(db, atomic_load(&db->fail_rc), "injected fault at call %lld", n);
}

void db_fail_at(struct db *db, int64_t n, int rc)
{
    CHECK(n >= 0 && (n == 0 || rc < 0));
    atomic_store(&db->fail_rc, rc);
    atomic_store(&db->fail_at, n ? atomic_load(&db->calls) + n : 0);
}

int64_t db_calls(struct db *db)
{
    return atomic_load(&db->calls);
}

/* ---- open and close ---- */

bool db_url_is_server(const char *url)
{
    return !strncmp(url, "postgres://", 11) || !strncmp(url, "postgresql://", 13);
}

static int connect_one(struct db *db, bool writer, struct db_tx **out)
{
    int rc = db->engine->connect(db, writer, out);
    if (rc)
        return rc;
    (*out)->db = db;
    (*out)->writer = writer;
    if (writer)
        (*out)->tail = event_tail_new();
    return 0;
}

static void connection_end(struct db_tx *tx)
{
    if (!tx)
        return;
    CHECK(!tx->open);
    event_tail_free(tx->tail);
    tx->db->engine->disconnect(tx);
}

/* of: a server's database beside which this one is to be, by the name of its schema. */
static int open_engine(struct db *db, const char *url, struct db *of)
{
    int rc = of ? db->engine->beside(db, of, url) : db->engine->open(db, url);
    if (rc)
        return rc;
    if (!db->shared)
        return connect_one(db, true, &db->tx);
    rc = connect_one(db, false, &db->free); /* tells now whether it is a database at all */
    if (rc == 0)
        db->readers[db->readers_count++] = db->free;
    return rc;
}

static int open_any(const char *url, bool shared, struct db *of, struct db **out)
{
    const struct db_engine *engine = of || db_url_is_server(url) ? &db_pg : &db_lite;
    *out = NULL;
    struct arena *arena = arena_new(DB_MEMORY);
    struct db *db = arena_alloc(arena, engine->db_size);
    db->engine = engine;
    db->arena = arena;
    db->shared = shared;
    db->kept = kept_new(arena);
    CHECK(!pthread_mutex_init(&db->writer, NULL) && !pthread_mutex_init(&db->pool, NULL));
    CHECK(!pthread_mutex_init(&db->error, NULL) && !pthread_mutex_init(&db->memory_lock, NULL));
    CHECK(!pthread_cond_init(&db->pool_news, NULL) && !pthread_cond_init(&db->writer_news, NULL));
    int rc = open_engine(db, url, of);
    if (rc) {
        char text[sizeof words]; /* closing may have words of its own */
        (void)snprintf(text, sizeof text, "%s", words);
        db_close(db);
        return db_note(NULL, rc, "%s", text);
    }
    *out = db;
    return 0;
}

int db_open(const char *url, struct db **out)
{
    return open_any(url, false, NULL, out);
}

int db_open_shared(const char *url, struct db **out)
{
    return open_any(url, true, NULL, out);
}

int db_open_beside(struct db *db, const char *schema, struct db **out)
{
    CHECK(db_is_server(db));
    return open_any(schema, db->shared, db, out);
}

void db_close(struct db *db)
{
    if (!db)
        return;
    db_memories_close(db);
    for (int i = 0; i < db->readers_count; i++)
        connection_end(db->readers[i]);
    connection_end(db->tx);
    db->engine->close(db);
    kept_free(db->kept);
    pthread_cond_destroy(&db->pool_news);
    pthread_cond_destroy(&db->writer_news);
    pthread_mutex_destroy(&db->writer);
    pthread_mutex_destroy(&db->pool);
    pthread_mutex_destroy(&db->error);
    pthread_mutex_destroy(&db->memory_lock);
    arena_free(db->arena);
}

const char *db_path(struct db *db)
{
    return db->path;
}

bool db_is_server(struct db *db)
{
    return db->engine != &db_lite;
}

void db_ids(struct db *db, struct ids *ids)
{
    pthread_mutex_lock(&db->writer);
    CHECK(!db->tx || !db->tx->open);
    db->ids = ids;
    pthread_mutex_unlock(&db->writer);
}

/* ---- the writing transaction ---- */

struct event_tail *db_tail(struct db_tx *tx)
{
    return tx->tail;
}

int db_dead(struct db_tx *tx)
{
    return tx->dead;
}

int db_begin(struct db *db, struct db_tx **out)
{
    *out = NULL;
    if (db->shared)
        return db_note(db, RC_IO, "%s is open for reading only", db->path);
    pthread_mutex_lock(&db->writer);
    while (atomic_load(&db->writer_waits)) /* a mutex alone would let us win it again each time */
        pthread_cond_wait(&db->writer_news, &db->writer);
    struct db_tx *tx = db->tx;
    CHECK(!tx->open);
    tx->dead = 0;
    tx->depth = 0;
    tx->others = false;
    int rc = db_count(db);
    if (rc == 0)
        rc = db->engine->begin(tx, &tx->others);
    if (rc) {
        pthread_mutex_unlock(&db->writer);
        return rc;
    }
    tx->open = true;
    if (tx->others) /* another process wrote: what we remember of it may be old */
        event_tail_forget(tx->tail);
    event_tail_begin(tx->tail);
    kept_begin(db->kept, tx->others);
    db_memories_step(tx, MEMORY_BEGIN);
    *out = tx;
    return 0;
}

static void writer_end(struct db_tx **tx)
{
    struct db *db = (*tx)->db;
    (*tx)->open = false;
    *tx = NULL;
    pthread_mutex_unlock(&db->writer);
}

int db_commit(struct db_tx **tx)
{
    struct db_tx *t = *tx;
    CHECK(t && t->writer && t->open && t->depth == 0);
    CHECK(t->open_rows == 0); /* somebody forgot db_done() */
    atomic_store(&t->db->doubt, false);
    int rc = db_memories_flush(t, NULL);
    if (rc == 0)
        rc = event_tail_heads(t->tail, t);
    if (rc)
        return rc;
    rc = db_count(t->db);
    if (rc == 0)
        rc = t->dead ? t->dead : t->db->engine->commit(t);
    if (rc)
        return rc;
    event_tail_done(t->tail);
    db_memories_step(t, MEMORY_DONE);
    writer_end(tx);
    return 0;
}

void db_rollback(struct db_tx **tx)
{
    if (!tx || !*tx)
        return;
    struct db_tx *t = *tx;
    CHECK(t->writer && t->open);
    CHECK(t->open_rows == 0);
    t->db->engine->rollback(t);
    event_tail_rollback(t->tail);
    db_memories_step(t, MEMORY_ROLLBACK);
    writer_end(tx);
}

int db_savepoint(struct db_tx *tx)
{
    CHECK(tx->writer && tx->open && tx->depth < DB_SAVEPOINTS_MAX);
    int rc = db_count(tx->db);
    if (rc == 0)
        rc = tx->dead ? tx->dead : tx->db->engine->savepoint(tx);
    if (rc)
        return rc;
    tx->depth++;
    event_tail_mark(tx->tail);
    db_memories_step(tx, MEMORY_MARK);
    return 0;
}

int db_release(struct db_tx *tx)
{
    CHECK(tx->writer && tx->open && tx->depth > 0 && tx->open_rows == 0);
    int rc = db_count(tx->db);
    if (rc == 0)
        rc = tx->dead ? tx->dead : tx->db->engine->release(tx);
    if (rc)
        return rc;
    tx->depth--;
    event_tail_keep(tx->tail);
    db_memories_step(tx, MEMORY_KEEP);
    return 0;
}

void db_undo(struct db_tx *tx)
{
    CHECK(tx->writer && tx->open && tx->depth > 0 && tx->open_rows == 0);
    tx->depth--;
    if (!tx->dead) {
        int rc = tx->db->engine->undo(tx);
        if (rc && !tx->dead)
            tx->dead = rc; /* what was to be undone is still there: nothing may be committed */
    }
    event_tail_undo(tx->tail);
    db_memories_step(tx, MEMORY_UNDO);
}

/* ---- reading ---- */

static int reader_take(struct db *db, struct db_tx **out)
{
    int rc = 0;
    pthread_mutex_lock(&db->pool);
    while (!db->free && db->readers_count == DB_READERS_MAX)
        pthread_cond_wait(&db->pool_news, &db->pool);
    if (db->free) {
        *out = db->free;
        db->free = db->free->next_free;
    } else {
        rc = connect_one(db, false, out);
        if (rc == 0)
            db->readers[db->readers_count++] = *out;
    }
    pthread_mutex_unlock(&db->pool);
    return rc;
}

static void reader_give(struct db_tx *tx)
{
    struct db *db = tx->db;
    pthread_mutex_lock(&db->pool);
    tx->next_free = db->free;
    db->free = tx;
    pthread_cond_signal(&db->pool_news);
    pthread_mutex_unlock(&db->pool);
}

static int read_any(struct db *db, bool aside, struct db_tx **out)
{
    struct db_tx *tx = NULL;
    *out = NULL;
    int rc = aside ? 0 : db_count(db);
    if (rc == 0)
        rc = reader_take(db, &tx);
    if (rc)
        return rc;
    tx->dead = 0;
    tx->aside = aside;
    rc = db->engine->read(tx);
    if (rc) {
        reader_give(tx);
        return rc;
    }
    tx->open = true;
    *out = tx;
    return 0;
}

int db_read(struct db *db, struct db_tx **out)
{
    return read_any(db, false, out);
}

int db_read_aside(struct db *db, struct db_tx **out)
{
    return read_any(db, true, out);
}

void db_read_done(struct db_tx **tx)
{
    if (!tx || !*tx)
        return;
    struct db_tx *t = *tx;
    CHECK(!t->writer && t->open && t->open_rows == 0);
    t->db->engine->read_done(t);
    t->open = false;
    *tx = NULL;
    reader_give(t);
}

int db_others(struct db_tx *tx, int64_t *mark, bool *others)
{
    int64_t now = 0;
    *others = false;
    if (!tx->db->engine->generation_sql)
        return 0;
    int rc = db_one_i64(tx, tx->db->engine->generation_sql, DB_NO_ARGS, 0, &now);
    *others = rc == 0 && now != *mark;
    *mark = now;
    return rc;
}

int db_wait_long(struct db_tx *tx)
{
    const char *sql = tx->db->engine->wait_sql;
    return sql ? db_run(tx, sql) : 0;
}

int db_write_much(struct db_tx *tx)
{
    const char *sql = tx->db->engine->much_sql;
    return sql ? db_run(tx, sql) : 0;
}

bool db_in_doubt(struct db *db)
{
    return atomic_load(&db->doubt);
}

/* ---- statements ---- */

struct db_value db_value_text(const char *s)
{
    if (!s)
        return DB_NONE;
    return (struct db_value){ .kind = DB_TEXT, .at = s, .len = strlen(s) };
}

static int may_call(struct db_tx *tx)
{
    CHECK(tx->open);
    int rc = tx->aside ? 0 : db_count(tx->db);
    return rc ? rc : tx->dead;
}

static int may_run(struct db_tx *tx, const char *sql)
{
    if (tx->writer)
        kept_statement(tx->db->kept, sql);
    return may_call(tx);
}

int db_run(struct db_tx *tx, const char *sql)
{
    if (tx->writer)
        kept_statement(tx->db->kept, sql);
    return tx->db->engine->run(tx, sql);
}

int db_exec(struct db_tx *tx, const char *sql, const struct db_value *args, int n_args)
{
    int rc = may_run(tx, sql);
    if (rc == 0)
        rc = db_memories_flush(tx, sql);
    return rc ? rc : tx->db->engine->exec(tx, sql, args, n_args);
}

int db_exec_many(struct db_tx *tx, const char *sql, const struct db_value *args, int n_args,
                 int n_rows)
{
    CHECK(n_args > 0 && n_rows >= 0);
    int rc = may_run(tx, sql);
    if (rc)
        return rc;
    tx->changed = 0;
    return n_rows ? tx->db->engine->exec_many(tx, sql, args, n_args, n_rows) : 0;
}

int64_t db_changed(struct db_tx *tx)
{
    return tx->changed;
}

int db_query(struct db_tx *tx, struct db_rows *rows, const char *sql, const struct db_value *args,
             int n_args)
{
    *rows = (struct db_rows){ .tx = tx };
    rows->rc = may_run(tx, sql);
    if (rows->rc == 0 && tx->tail && event_tail_waits(tx->tail) && strstr(sql, "event"))
        rows->rc = event_tail_flush(tx->tail, tx);
    if (rows->rc == 0)
        rows->rc = db_memories_flush(tx, sql);
    if (rows->rc == 0)
        rows->rc = tx->db->engine->query(tx, rows, sql, args, n_args);
    return rows->rc;
}

int db_query_many(struct db_tx *tx, struct db_rows *rows, const char *sql,
                  const struct db_value *args, int n_args, int n_rows)
{
    CHECK(n_args > 0 && n_rows >= 0);
    *rows = (struct db_rows){ .tx = tx };
    rows->rc = may_run(tx, sql);
    if (rows->rc == 0 && n_rows > 0)
        rows->rc = tx->db->engine->query_many(tx, rows, sql, args, n_args, n_rows);
    return rows->rc;
}

int db_next(struct db_rows *rows)
{
    if (!rows->statement || rows->rc < 0)
        return rows->rc;
    int rc = may_call(rows->tx);
    if (rc == 0)
        rc = rows->tx->db->engine->next(rows);
    if (rc == DB_ROW)
        return rc;
    rows->rc = rc;
    if (rc == 0)
        db_done(rows); /* asked again it says 0 again, and the statement is free at once */
    return rc;
}

int64_t db_i64(struct db_rows *rows, int column)
{
    CHECK(rows->statement);
    return rows->tx->db->engine->column_i64(rows, column);
}

double db_f64(struct db_rows *rows, int column)
{
    CHECK(rows->statement);
    return rows->tx->db->engine->column_f64(rows, column);
}

const char *db_text(struct db_rows *rows, int column)
{
    CHECK(rows->statement);
    return rows->tx->db->engine->column_text(rows, column);
}

const void *db_bytes(struct db_rows *rows, int column, size_t *len)
{
    CHECK(rows->statement);
    return rows->tx->db->engine->column_bytes(rows, column, len);
}

bool db_is_null(struct db_rows *rows, int column)
{
    CHECK(rows->statement);
    return rows->tx->db->engine->column_null(rows, column);
}

int db_row(struct db_rows *rows)
{
    return rows->row;
}

void db_done(struct db_rows *rows)
{
    if (!rows->statement)
        return;
    rows->tx->db->engine->done(rows);
    rows->statement = NULL;
}

int db_one_i64(struct db_tx *tx, const char *sql, const struct db_value *args, int n_args,
               int64_t none, int64_t *out)
{
    struct db_rows rows;
    int rc = db_query(tx, &rows, sql, args, n_args);
    if (rc == 0)
        rc = db_next(&rows);
    if (rc == DB_ROW) {
        *out = db_is_null(&rows, 0) ? none : db_i64(&rows, 0);
        rc = 0;
    } else if (rc == 0) {
        *out = none;
    }
    db_done(&rows);
    return rc;
}

/* ---- keeping ---- */

int db_backup(struct db *db, const char *path, char *error, size_t error_size)
{
    return db->engine->backup(db, path, error, error_size);
}

int db_integrity(struct db *db, char *text, size_t text_size)
{
    return db->engine->integrity(db, text, text_size);
}

void db_keep_numbers(struct db *db, struct db_keep_numbers *out)
{
    *out = (struct db_keep_numbers){ 0 };
    db->engine->numbers(db, out);
}
