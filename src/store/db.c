/* db.c -- Opening, connections and transactions on SQLite. Statements: db_sql.c. */
#include "store/db_priv.h"
#include "base/buf.h"
#include "base/log.h"
#include "store/event_tail.h"
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/banned.h"

enum {
    WRITER_CACHE_KIB = 32 * 1024,
    READER_CACHE_KIB = 2 * 1024, /* eight of them, in a process that stays below 100 MB */
    FILE_CHUNK = 4 * 1024 * 1024,
    BUSY_MS = 1000, /* a tool beside the server may hold a lock for a moment */
    DB_MEMORY = 16 * 1024 * 1024,
};

/* The words of the last fault, a copy for each thread; also of an open that gave no db. */
static _Thread_local char words[256];

/* ---- once a process ---- */

/* glibc gives the top of the heap back to the kernel at every UPDATE ... RETURNING (the engine's
 * short-lived table lies there): four brk() calls an order, half of all system calls. */
static void process_once(void)
{
    mallopt(M_TRIM_THRESHOLD, 64 << 20);
    mallopt(M_TOP_PAD, 4 << 20);
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

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

static int rc_of(sqlite3 *handle, int code)
{
    switch (code & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
        return 0;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return RC_BUSY;
    case SQLITE_FULL:
        return RC_FULL;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return RC_CORRUPT;
    case SQLITE_CONSTRAINT:
        /* A missing value or a wrong type is a bug of ours, not a conflict of the data. */
        return code == SQLITE_CONSTRAINT_NOTNULL || code == SQLITE_CONSTRAINT_DATATYPE
                   ? RC_IO
                   : RC_CONFLICT;
    case SQLITE_IOERR: {
        int system = handle ? sqlite3_system_errno(handle) : 0;
        return system == ENOSPC || system == EDQUOT ? RC_FULL : RC_IO;
    }
    default:
        return RC_IO;
    }
}

int db_rc(struct db *db, sqlite3 *handle, int code, const char *doing)
{
    int rc = rc_of(handle, code);
    if (rc == 0 || rc == RC_CONFLICT)
        return rc;
    return db_note(db, rc, "%s: %s (%d)", doing, handle ? sqlite3_errmsg(handle) : "no memory",
                   code);
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

/* ---- connections ---- */

int db_connect(struct db *db, int flags, int cache_kib, sqlite3 **out)
{
    sqlite3 *handle = NULL;
    char pragmas[512];
    int code = sqlite3_open_v2(db->path, &handle, flags | SQLITE_OPEN_NOMUTEX, NULL);
    if (code == SQLITE_OK) {
        (void)sqlite3_extended_result_codes(handle, 1);
        (void)sqlite3_busy_timeout(handle, BUSY_MS);
        /* Plans must not depend on bound values: else a statement whose terms meet a partial
         * index is prepared anew at every call. */
        (void)sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_QPSG, 1, NULL);
        (void)snprintf(pragmas, sizeof pragmas,
                       "%s PRAGMA synchronous=%s; PRAGMA foreign_keys=ON;"
                       "PRAGMA temp_store=MEMORY; PRAGMA cache_size=-%d;"
                       "PRAGMA wal_autocheckpoint=0; PRAGMA trusted_schema=OFF;"
                       "SELECT count(*) FROM sqlite_master", /* is it a database at all? */
                       db->shared ? "" : "PRAGMA journal_mode=WAL;",
                       db->sync_off      ? "OFF"
                       : db->sync_normal ? "NORMAL"
                                         : "FULL",
                       cache_kib);
        code = sqlite3_exec(handle, pragmas, NULL, NULL, NULL);
    }
    if (code == SQLITE_OK && !db->shared) {
        /* Growing by chunks leaves room in the file for a checkpoint when the disk is full. */
        int chunk = FILE_CHUNK;
        (void)sqlite3_file_control(handle, "main", SQLITE_FCNTL_CHUNK_SIZE, &chunk);
    }
    if (code != SQLITE_OK) {
        int rc = db_rc(db, handle, code, db->path);
        (void)sqlite3_close_v2(handle);
        return rc == RC_CORRUPT ? RC_IO : rc;
    }
    *out = handle;
    return 0;
}

static int tx_new(struct db *db, bool writer, struct db_tx **out)
{
    sqlite3 *handle = NULL;
    int flags = SQLITE_OPEN_READWRITE | (writer ? SQLITE_OPEN_CREATE : 0);
    int rc = db_connect(db, flags, writer ? WRITER_CACHE_KIB : READER_CACHE_KIB, &handle);
    if (rc)
        return rc;
    if (!writer)
        (void)sqlite3_exec(handle, "PRAGMA query_only=ON", NULL, NULL, NULL);
    struct db_tx *tx = arena_alloc(db->arena, sizeof *tx);
    tx->db = db;
    tx->handle = handle;
    tx->writer = writer;
    if (writer) {
        tx->tail = event_tail_new();
        (void)sqlite3_wal_hook(handle, db_keep_wal_hook, db);
    }
    *out = tx;
    return 0;
}

static void tx_free(struct db_tx *tx)
{
    if (!tx)
        return;
    CHECK(!tx->open);
    db_statements_close(tx);
    event_tail_free(tx->tail);
    CHECK(sqlite3_close(tx->handle) == SQLITE_OK);
}

/* ---- open and close ---- */

/* One process writes a database: a second one would not see the first one's remembered chain
 * ends. The lock is the kernel's, so it is gone with its holder, however that ended. */
static int lock_take(struct db *db)
{
    char path[sizeof db->path + 8], holder[32] = "";
    (void)snprintf(path, sizeof path, "%s.lock", db->path);
    db->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (db->lock_fd < 0)
        return db_note(NULL, RC_IO, "%s: %s", path, strerror(errno));
    if (flock(db->lock_fd, LOCK_EX | LOCK_NB)) {
        ssize_t n = pread(db->lock_fd, holder, sizeof holder - 1, 0);
        holder[n > 0 ? n : 0] = 0;
        return db_note(NULL, RC_BUSY, "%s is served by another process (%s)", db->path,
                       holder[0] ? holder : "unknown");
    }
    int n = snprintf(holder, sizeof holder, "pid %ld", (long)getpid());
    if (ftruncate(db->lock_fd, 0) || pwrite(db->lock_fd, holder, (size_t)n, 0) != n)
        return db_note(NULL, errno == ENOSPC ? RC_FULL : RC_IO, "%s: %s", path, strerror(errno));
    return 0;
}

static int url_read(struct db *db, const char *url)
{
    if (!strncmp(url, "sqlite:", 7))
        url += 7;
    int n = snprintf(db->path, sizeof db->path, "%s", url);
    if (n <= 0 || (size_t)n >= sizeof db->path)
        return db_note(NULL, RC_IO, "not a database's path: '%s'", url);
    char *option = strchr(db->path, '?');
    if (option && !strcmp(option, "?sync=off"))
        db->sync_off = true;
    else if (option && !strcmp(option, "?sync=normal"))
        db->sync_normal = true;
    else if (option)
        return db_note(NULL, RC_IO, "unknown option '%s'", option);
    if (option)
        *option = 0;
    if (!strncmp(db->path, "postgres", 8) && strstr(db->path, "://"))
        return db_note(NULL, RC_IO, "this build has no PostgreSQL engine");
    return 0;
}

static int open_engine(struct db *db)
{
    struct stat st;
    bool found = stat(db->path, &st) == 0;
    if (found && !S_ISREG(st.st_mode))
        return db_note(NULL, RC_IO, "%s is not a file", db->path);
    if (db->shared) {
        if (!found)
            return db_note(NULL, RC_IO, "%s: there is no such database", db->path);
        int rc = tx_new(db, false, &db->free); /* tells now whether it is a database at all */
        if (rc == 0)
            db->readers[db->readers_count++] = db->free;
        return rc;
    }
    int rc = lock_take(db);
    if (rc == 0)
        rc = tx_new(db, true, &db->tx);
    if (rc == 0)
        rc = db_keep_start(db);
    return rc;
}

static int open_any(const char *url, bool shared, struct db **out)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, process_once);
    *out = NULL;
    struct arena *arena = arena_new(DB_MEMORY);
    struct db *db = arena_alloc(arena, sizeof *db);
    db->arena = arena;
    db->shared = shared;
    db->lock_fd = -1;
    CHECK(!pthread_mutex_init(&db->writer, NULL) && !pthread_mutex_init(&db->pool, NULL));
    CHECK(!pthread_mutex_init(&db->keep, NULL) && !pthread_mutex_init(&db->error, NULL));
    CHECK(!pthread_mutex_init(&db->memory_lock, NULL));
    CHECK(!pthread_cond_init(&db->pool_news, NULL) && !pthread_cond_init(&db->writer_news, NULL));
    pthread_condattr_t monotonic;
    CHECK(!pthread_condattr_init(&monotonic));
    CHECK(!pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC));
    CHECK(!pthread_cond_init(&db->keep_news, &monotonic));
    (void)pthread_condattr_destroy(&monotonic);
    int rc = url_read(db, url);
    if (rc == 0)
        rc = open_engine(db);
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
    return open_any(url, false, out);
}

int db_open_shared(const char *url, struct db **out)
{
    return open_any(url, true, out);
}

void db_close(struct db *db)
{
    if (!db)
        return;
    db_memories_close(db);
    db_keep_end(db);
    for (int i = 0; i < db->readers_count; i++)
        tx_free(db->readers[i]);
    if (db->tx && sqlite3_wal_checkpoint_v2(db->tx->handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL,
                                            NULL) != SQLITE_OK)
        log_line(LOG_WARN, "store.close", "the log stays beside the database: %s",
                 sqlite3_errmsg(db->tx->handle));
    tx_free(db->tx);
    if (db->lock_fd >= 0)
        close(db->lock_fd);
    pthread_cond_destroy(&db->pool_news);
    pthread_cond_destroy(&db->writer_news);
    pthread_cond_destroy(&db->keep_news);
    pthread_mutex_destroy(&db->writer);
    pthread_mutex_destroy(&db->pool);
    pthread_mutex_destroy(&db->keep);
    pthread_mutex_destroy(&db->error);
    pthread_mutex_destroy(&db->memory_lock);
    arena_free(db->arena);
}

const char *db_path(struct db *db)
{
    return db->path;
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
    while (atomic_load(&db->keep_wants)) /* a mutex alone would let us win it again each time */
        pthread_cond_wait(&db->writer_news, &db->writer);
    struct db_tx *tx = db->tx;
    CHECK(!tx->open);
    int rc = db_count(db);
    if (rc == 0)
        rc = db_plain(tx, "BEGIN IMMEDIATE");
    if (rc) {
        pthread_mutex_unlock(&db->writer);
        return rc;
    }
    tx->open = true;
    tx->dead = 0;
    tx->depth = 0;
    event_tail_begin(tx->tail);
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
    int rc = event_tail_heads(t->tail, t);
    if (rc)
        return rc;
    rc = db_count(t->db);
    if (rc == 0)
        rc = t->dead ? t->dead : db_plain(t, "COMMIT");
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
    if (!sqlite3_get_autocommit(t->handle)) {
        int rc = db_plain(t, "ROLLBACK");
        /* With no transaction left to go back from, going on would mix two groups' rows. */
        CHECK(rc == 0 || sqlite3_get_autocommit(t->handle));
    }
    event_tail_rollback(t->tail);
    db_memories_step(t, MEMORY_ROLLBACK);
    writer_end(tx);
}

int db_savepoint(struct db_tx *tx)
{
    CHECK(tx->writer && tx->open && tx->depth < DB_SAVEPOINTS_MAX);
    int rc = db_count(tx->db);
    if (rc == 0)
        rc = tx->dead ? tx->dead : db_plain(tx, "SAVEPOINT s");
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
        rc = tx->dead ? tx->dead : db_plain(tx, "RELEASE s");
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
        int rc = db_plain(tx, "ROLLBACK TO s");
        if (rc == 0)
            rc = db_plain(tx, "RELEASE s");
        if (rc)
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
        rc = tx_new(db, false, out);
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

int db_read(struct db *db, struct db_tx **out)
{
    struct db_tx *tx = NULL;
    *out = NULL;
    int rc = db_count(db);
    if (rc == 0)
        rc = reader_take(db, &tx);
    if (rc)
        return rc;
    tx->dead = 0;
    tx->open = true;
    rc = db_plain(tx, "BEGIN DEFERRED");
    if (rc) {
        tx->open = false;
        reader_give(tx);
        return rc;
    }
    *out = tx;
    return 0;
}

void db_read_done(struct db_tx **tx)
{
    if (!tx || !*tx)
        return;
    struct db_tx *t = *tx;
    CHECK(!t->writer && t->open && t->open_rows == 0);
    if (!sqlite3_get_autocommit(t->handle))
        (void)db_plain(t, "ROLLBACK");
    t->open = false;
    *tx = NULL;
    reader_give(t);
}
