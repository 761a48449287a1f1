/* db_lite_keep.c -- Looking after the file: checkpoints beside the writer, online copies, proofs.
 *
 * A commit only appends to the log (WAL); its pages reach the database file by a checkpoint. Done
 * by the committing thread that would be a stall of many milliseconds, so a thread of its own
 * does it: PASSIVE (nobody waits) each CHECKPOINT_PAGES, or when nothing was written for a while.
 * A writer that never pauses keeps the log from starting over, so past RESTART_PAGES the thread
 * asks the writer to wait once, for the few pages that were added since the PASSIVE pass. */
#include "store/db_lite.h"
#include "base/log.h"
#include "store/store_clock.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/banned.h"

enum {
    CHECKPOINT_PAGES = 4096, /* 16 MiB of log */
    RESTART_PAGES = 8192,
    HARD_PAGES = 16384, /* 64 MiB: who writes faster than the disk takes it has to wait */
    REST_PAGES = 256,   /* few enough to let the writer wait for them */
    IDLE_S = 2,
    READERS_MS = 20, /* a restart waits this long for readers of the old log */
};

/* ---- checkpoints ---- */

int lite_keep_wal_hook(void *ctx, sqlite3 *handle, const char *name, int pages)
{
    struct lite_db *d = ctx;
    UNUSED(handle);
    UNUSED(name);
    pthread_mutex_lock(&d->keep);
    if (pages < d->wal_pages)
        d->wal_done = 0; /* the log started over */
    d->wal_pages = pages;
    d->wal_commits++;
    if (pages >= d->wal_hard)
        atomic_store(&d->db.writer_waits, true);
    bool due = pages - d->wal_done >= CHECKPOINT_PAGES && !d->keep_held;
    if (due || pages >= d->wal_hard)
        pthread_cond_signal(&d->keep_news);
    pthread_mutex_unlock(&d->keep);
    return SQLITE_OK;
}

/* One pass; *rest: pages of the log that are not in the file yet. */
static void checkpoint(struct lite_db *d, int mode, int *in_log, int *rest)
{
    int log = 0, done = 0;
    int64_t from = store_clock_us();
    int code = sqlite3_wal_checkpoint_v2(d->keep_handle, NULL, mode, &log, &done);
    int64_t took = store_clock_us() - from;
    bool failed = code != SQLITE_OK && (code & 0xff) != SQLITE_BUSY;
    if (failed && !d->keep_failed) /* said once until it works again */
        log_line(LOG_WARN, "store.checkpoint", "%s", sqlite3_errmsg(d->keep_handle));
    d->keep_failed = failed;
    if (log < 0)
        log = done = 0;
    pthread_mutex_lock(&d->keep);
    d->wal_done = done;
    d->numbers.checkpoints++;
    if (mode != SQLITE_CHECKPOINT_PASSIVE) {
        /* A long reader (a copy, a proof) keeps the old log: let it grow further meanwhile. */
        d->wal_hard = code == SQLITE_OK ? HARD_PAGES : log + HARD_PAGES / 2;
        d->numbers.restarts++;
        if (took > d->numbers.restart_us_max)
            d->numbers.restart_us_max = took;
    }
    pthread_mutex_unlock(&d->keep);
    *in_log = log;
    *rest = log - done;
}

/* urgent: the disk is full, and a log that starts over needs no more room. */
static void checkpoint_all(struct lite_db *d, bool urgent)
{
    int in_log = 0, rest = 0;
    checkpoint(d, SQLITE_CHECKPOINT_PASSIVE, &in_log, &rest);
    if (in_log < RESTART_PAGES && !urgent && !atomic_load(&d->db.writer_waits))
        return;
    if (rest > REST_PAGES && !atomic_load(&d->db.writer_waits))
        checkpoint(d, SQLITE_CHECKPOINT_PASSIVE, &in_log, &rest);
    atomic_store(&d->db.writer_waits, true);
    pthread_mutex_lock(&d->db.writer);
    checkpoint(d, SQLITE_CHECKPOINT_RESTART, &in_log, &rest);
    atomic_store(&d->db.writer_waits, false);
    pthread_cond_broadcast(&d->db.writer_news);
    pthread_mutex_unlock(&d->db.writer);
}

void lite_keep_urgent(struct db *db)
{
    struct lite_db *d = lite_db(db);
    pthread_mutex_lock(&d->keep);
    d->keep_urgent = true;
    pthread_cond_signal(&d->keep_news);
    pthread_mutex_unlock(&d->keep);
}

static void keep_wait(struct lite_db *d, int *code)
{
    struct timespec until = store_clock_after(IDLE_S);
    *code = pthread_cond_timedwait(&d->keep_news, &d->keep, &until);
}

static void *keep_main(void *ctx)
{
    struct lite_db *d = ctx;
    int64_t commits = 0;
    pthread_mutex_lock(&d->keep);
    while (!d->keep_stop) {
        int code = 0;
        if (d->keep_held || (!d->keep_urgent && !atomic_load(&d->db.writer_waits) &&
                             d->wal_pages - d->wal_done < CHECKPOINT_PAGES))
            keep_wait(d, &code);
        bool due = d->wal_pages - d->wal_done >= CHECKPOINT_PAGES;
        bool idle = code == ETIMEDOUT && d->wal_commits == commits && d->wal_pages > d->wal_done;
        bool urgent = d->keep_urgent || atomic_load(&d->db.writer_waits);
        commits = d->wal_commits;
        d->keep_urgent = d->keep_held = false;
        if (d->keep_stop || !(due || idle || urgent))
            continue;
        pthread_mutex_unlock(&d->keep);
        checkpoint_all(d, urgent);
        pthread_mutex_lock(&d->keep);
        d->keep_held =
            d->wal_pages - d->wal_done >= CHECKPOINT_PAGES && !atomic_load(&d->db.writer_waits);
    }
    atomic_store(&d->db.writer_waits, false);
    pthread_mutex_unlock(&d->keep);
    return NULL;
}

int lite_keep_start(struct db *db)
{
    struct lite_db *d = lite_db(db);
    int rc = lite_connect(db, SQLITE_OPEN_READWRITE, 512, &d->keep_handle);
    if (rc)
        return rc;
    (void)sqlite3_busy_timeout(d->keep_handle, READERS_MS);
    d->wal_hard = HARD_PAGES;
    if (pthread_create(&d->keep_thread, NULL, keep_main, d))
        return db_note(NULL, RC_IO, "no thread for checkpoints");
    d->keep_running = true;
    return 0;
}

void lite_keep_end(struct db *db)
{
    struct lite_db *d = lite_db(db);
    if (d->keep_running) {
        pthread_mutex_lock(&d->keep);
        d->keep_stop = true;
        pthread_cond_signal(&d->keep_news);
        pthread_mutex_unlock(&d->keep);
        pthread_join(d->keep_thread, NULL);
        d->keep_running = false;
    }
    (void)sqlite3_close(d->keep_handle);
    d->keep_handle = NULL;
}

void lite_numbers(struct db *db, struct db_keep_numbers *out)
{
    struct lite_db *d = lite_db(db);
    pthread_mutex_lock(&d->keep);
    *out = d->numbers;
    pthread_mutex_unlock(&d->keep);
}

/* ---- proofs ---- */

/* The first thing that is wrong goes into text. PRAGMA foreign_key_check gives
 * (table, rowid, parent, number), no row when all is well. */
static int integrity(sqlite3 *handle, char *text, size_t text_size)
{
    static const char *const proofs[] = { "PRAGMA integrity_check(1)", "PRAGMA foreign_key_check" };
    (void)snprintf(text, text_size, "ok");
    for (size_t i = 0; i < COUNT(proofs); i++) {
        sqlite3_stmt *st = NULL;
        int rc = 0, code = sqlite3_prepare_v2(handle, proofs[i], -1, &st, NULL);
        if (code == SQLITE_OK)
            code = sqlite3_step(st);
        if (code == SQLITE_ROW) {
            const char *a = (const char *)sqlite3_column_text(st, 0);
            if (i == 0 && a && strcmp(a, "ok") != 0)
                rc = RC_CORRUPT, (void)snprintf(text, text_size, "%s", a);
            if (i == 1)
                rc = RC_CORRUPT,
                (void)snprintf(text, text_size, "%s row %lld points to a missing row of %s",
                               a ? a : "?", (long long)sqlite3_column_int64(st, 1),
                               (const char *)sqlite3_column_text(st, 2));
        } else if (code != SQLITE_DONE) {
            rc = RC_CORRUPT;
            (void)snprintf(text, text_size, "%s", sqlite3_errmsg(handle));
        }
        (void)sqlite3_finalize(st);
        if (rc)
            return rc;
    }
    return 0;
}

int lite_integrity(struct db *db, char *text, size_t text_size)
{
    struct db_tx *tx = NULL;
    int rc = db_read(db, &tx);
    if (rc) {
        (void)snprintf(text, text_size, "%s", db_error(db));
        return rc;
    }
    rc = integrity(lite_tx(tx)->handle, text, text_size);
    db_read_done(&tx);
    return rc;
}

/* ---- copies ---- */

/* One step, so the copy is the state of one instant; writers go on meanwhile. */
static int copy(sqlite3 *from, sqlite3 *to, char *error, size_t error_size)
{
    sqlite3_backup *b = sqlite3_backup_init(to, "main", from, "main");
    if (b)
        (void)sqlite3_backup_step(b, -1);
    int code = b ? sqlite3_backup_finish(b) : sqlite3_errcode(to);
    if (code == SQLITE_OK) /* one file, without a log beside it */
        code = sqlite3_exec(to, "PRAGMA journal_mode=DELETE", NULL, NULL, NULL);
    if (code == SQLITE_OK)
        return 0;
    (void)snprintf(error, error_size, "%s", sqlite3_errmsg(to));
    return (code & 0xff) == SQLITE_FULL || sqlite3_system_errno(to) == ENOSPC ? RC_FULL : RC_IO;
}

static int copy_checked(struct db *db, const char *part, char *error, size_t error_size)
{
    sqlite3 *from = NULL, *to = NULL;
    int rc = lite_connect(db, SQLITE_OPEN_READWRITE, 1024, &from);
    lite_make_private(part);
    if (rc) {
        (void)snprintf(error, error_size, "%s", db_error(db));
    } else if (sqlite3_open_v2(part, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL)) {
        rc = RC_IO;
        (void)snprintf(error, error_size, "%s: %s", part, sqlite3_errmsg(to));
    }
    if (rc == 0)
        rc = copy(from, to, error, error_size);
    if (rc == 0)
        rc = integrity(to, error, error_size);
    (void)sqlite3_close(to);
    (void)sqlite3_close(from);
    return rc;
}

/* The file, then the folder that names it, on the disk. */
static int fsync_path(const char *path, int flags)
{
    int fd = open(path, flags | O_CLOEXEC);
    int rc = fd < 0 || fsync(fd) ? RC_IO : 0;
    if (fd >= 0)
        close(fd);
    return rc;
}

static int name_give(const char *part, const char *path)
{
    char folder[1024];
    (void)snprintf(folder, sizeof folder, "%s", path);
    char *slash = strrchr(folder, '/');
    if (slash)
        slash[slash == folder] = 0;
    if (fsync_path(part, O_RDWR))
        return RC_IO;
    if (renameat2(AT_FDCWD, part, AT_FDCWD, path, RENAME_NOREPLACE)) {
        if (errno == EEXIST)
            return RC_CONFLICT;
        if ((errno != EINVAL && errno != ENOSYS) || rename(part, path))
            return RC_IO; /* EINVAL: a file system that knows only the plain rename */
    }
    return fsync_path(slash ? folder : ".", O_RDONLY | O_DIRECTORY);
}

int lite_backup(struct db *db, const char *path, char *error, size_t error_size)
{
    char part[1024];
    (void)snprintf(error, error_size, "ok");
    int n = snprintf(part, sizeof part, "%s.part", path);
    if (n <= 0 || (size_t)n >= sizeof part || access(path, F_OK) == 0) {
        (void)snprintf(error, error_size, "%s: exists already", path);
        return RC_CONFLICT;
    }
    (void)unlink(part); /* of a copy that was broken off */
    int rc = copy_checked(db, part, error, error_size);
    if (rc == 0) {
        rc = name_give(part, path);
        if (rc)
            (void)snprintf(error, error_size, "%s: %s", path, strerror(errno));
    }
    if (rc)
        (void)unlink(part);
    return rc;
}
