/* db_lite.c -- The SQLite engine: the file, its lock, connections, BEGIN to COMMIT. */
#include "base/log.h"
#include "store/db_lite.h"
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
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
};

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

int lite_rc(struct db *db, sqlite3 *handle, int code, const char *doing)
{
    int rc = rc_of(handle, code);
    if (rc == 0 || rc == RC_CONFLICT)
        return rc;
    return db_note(db, rc, "%s: %s (%d)", doing, handle ? sqlite3_errmsg(handle) : "no memory",
                   code);
}

/* ---- connections ---- */

int lite_connect(struct db *db, int flags, int cache_kib, sqlite3 **out)
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
        int rc = lite_rc(db, handle, code, db->path);
        (void)sqlite3_close_v2(handle);
        return rc;
    }
    *out = handle;
    return 0;
}

static int connect_tx(struct db *db, bool writer, struct db_tx **out)
{
    sqlite3 *handle = NULL;
    int flags = SQLITE_OPEN_READWRITE | (writer ? SQLITE_OPEN_CREATE : 0);
    int rc = lite_connect(db, flags, writer ? WRITER_CACHE_KIB : READER_CACHE_KIB, &handle);
    if (rc)
        return rc;
    if (!writer)
        (void)sqlite3_exec(handle, "PRAGMA query_only=ON", NULL, NULL, NULL);
    struct lite_tx *tx = arena_alloc(db->arena, sizeof *tx);
    tx->handle = handle;
    *out = &tx->tx;
    if (!writer)
        return 0;
    (void)sqlite3_wal_hook(handle, lite_keep_wal_hook, db);
    rc = lite_keep_start(db);
    if (rc) {
        *out = NULL;
        (void)sqlite3_close(handle);
    }
    return rc;
}

static void disconnect(struct db_tx *tx)
{
    struct lite_tx *t = lite_tx(tx);
    if (tx->writer)
        lite_keep_end(tx->db);
    if (tx->writer && sqlite3_wal_checkpoint_v2(t->handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL,
                                                NULL) != SQLITE_OK)
        log_line(LOG_WARN, "store.close", "the log stays beside the database: %s",
                 sqlite3_errmsg(t->handle));
    lite_statements_close(t);
    CHECK(sqlite3_close(t->handle) == SQLITE_OK);
}

/* ---- open and close ---- */

/* The books are nobody else's to read. SQLite gives a new file what the umask leaves, and the log
 * beside it the file's own mode. A file that is there keeps what the operator gave it (and is not
 * opened here: closing it would drop SQLite's locks). */
void lite_make_private(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd >= 0)
        close(fd);
}

/* One process writes a database: a second one would not see the first one's remembered chain
 * ends. The lock is the kernel's, so it is gone with its holder, however that ended. */
static int lock_take(struct db *db)
{
    int *fd = &lite_db(db)->lock_fd;
    char path[sizeof db->path + 8], holder[32] = "";
    (void)snprintf(path, sizeof path, "%s.lock", db->path);
    *fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (*fd < 0)
        return db_note(NULL, RC_IO, "%s: %s", path, strerror(errno));
    if (flock(*fd, LOCK_EX | LOCK_NB)) {
        ssize_t n = pread(*fd, holder, sizeof holder - 1, 0);
        holder[n > 0 ? n : 0] = 0;
        return db_note(NULL, RC_BUSY, "%s is served by another process (%s)", db->path,
                       holder[0] ? holder : "unknown");
    }
    int n = snprintf(holder, sizeof holder, "pid %ld", (long)getpid());
    if (ftruncate(*fd, 0) || pwrite(*fd, holder, (size_t)n, 0) != n)
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
    return 0;
}

static int lite_open(struct db *db, const char *url)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct lite_db *d = lite_db(db);
    struct stat st;
    pthread_condattr_t monotonic;
    (void)pthread_once(&once, process_once);
    d->lock_fd = -1;
    CHECK(!pthread_mutex_init(&d->keep, NULL));
    CHECK(!pthread_condattr_init(&monotonic));
    CHECK(!pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC));
    CHECK(!pthread_cond_init(&d->keep_news, &monotonic));
    (void)pthread_condattr_destroy(&monotonic);
    int rc = url_read(db, url);
    if (rc)
        return rc;
    bool found = stat(db->path, &st) == 0;
    if (found && !S_ISREG(st.st_mode))
        return db_note(NULL, RC_IO, "%s is not a file", db->path);
    if (!db->shared) {
        rc = lock_take(db);
        if (rc == 0)
            lite_make_private(db->path);
        if (rc == 0 && found && st.st_mode & (S_IRWXG | S_IRWXO))
            log_line(LOG_WARN, "store.mode", "%s is open to others: mode %03o", db->path,
                     (unsigned)st.st_mode & 0777);
        return rc;
    }
    return found ? 0 : db_note(NULL, RC_IO, "%s: there is no such database", db->path);
}

static void lite_close(struct db *db)
{
    struct lite_db *d = lite_db(db);
    if (d->lock_fd >= 0)
        close(d->lock_fd);
    pthread_cond_destroy(&d->keep_news);
    pthread_mutex_destroy(&d->keep);
}

/* ---- transactions ---- */

static int begin(struct db_tx *tx, bool *others)
{
    *others = false; /* PATH.lock */
    return lite_plain(tx, "BEGIN IMMEDIATE");
}

static int commit(struct db_tx *tx)
{
    return lite_plain(tx, "COMMIT");
}

static void rollback(struct db_tx *tx)
{
    sqlite3 *handle = lite_tx(tx)->handle;
    if (sqlite3_get_autocommit(handle))
        return;
    int rc = lite_plain(tx, "ROLLBACK");
    /* With no transaction left to go back from, going on would mix two groups' rows. */
    CHECK(rc == 0 || sqlite3_get_autocommit(handle));
}

static int savepoint(struct db_tx *tx)
{
    return lite_plain(tx, "SAVEPOINT s");
}

static int release(struct db_tx *tx)
{
    return lite_plain(tx, "RELEASE s");
}

static int undo(struct db_tx *tx)
{
    int rc = lite_plain(tx, "ROLLBACK TO s");
    return rc ? rc : lite_plain(tx, "RELEASE s");
}

static int read_begin(struct db_tx *tx)
{
    return lite_plain(tx, "BEGIN DEFERRED");
}

static void read_done(struct db_tx *tx)
{
    if (!sqlite3_get_autocommit(lite_tx(tx)->handle))
        (void)lite_plain(tx, "ROLLBACK");
}

/* INTEGER PRIMARY KEY is the row's own place in the tree; a BIGINT PRIMARY KEY would be a second
 * tree beside it. STRICT: a text cannot get into a number's column. */
const struct db_engine db_lite = {
    .name = "sqlite",
    .db_size = sizeof(struct lite_db),
    .id = "INTEGER PRIMARY KEY",
    .i64 = "INTEGER",
    .text = "TEXT",
    .bytes = "BLOB",
    .real = "REAL",
    .table_end = "STRICT",
    .no_rowid = "STRICT, WITHOUT ROWID",
    .much_sql = "PRAGMA cache_size=-262144",
    .columns_sql = "SELECT m.name, c.name, c.type, c.pk FROM sqlite_master m"
                   " JOIN pragma_table_info(m.name) c WHERE m.type='table'"
                   " AND m.name NOT LIKE 'sqlite%' ORDER BY m.name, c.cid",
    .references_sql = "SELECT m.name, f.\"table\" FROM sqlite_master m"
                      " JOIN pragma_foreign_key_list(m.name) f WHERE m.type='table'",
    .open = lite_open,
    .close = lite_close,
    .connect = connect_tx,
    .disconnect = disconnect,
    .begin = begin,
    .commit = commit,
    .rollback = rollback,
    .savepoint = savepoint,
    .release = release,
    .undo = undo,
    .read = read_begin,
    .read_done = read_done,
    .run = lite_run,
    .exec = lite_exec,
    .exec_many = lite_exec_many,
    .query = lite_query,
    .query_many = lite_query_many,
    .next = lite_next,
    .column_i64 = lite_i64,
    .column_f64 = lite_f64,
    .column_text = lite_text,
    .column_bytes = lite_bytes,
    .column_null = lite_is_null,
    .done = lite_done,
    .backup = lite_backup,
    .integrity = lite_integrity,
    .numbers = lite_numbers,
};
