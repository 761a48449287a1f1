/* db_lite.h -- The SQLite engine's own files share this: db_lite.c opens and begins, db_lite_sql.c
 * runs statements, db_lite_keep.c looks after the file. */
#ifndef STORE_DB_LITE_H
#define STORE_DB_LITE_H
#include "store/db_priv.h"
#include <sqlite3.h>

enum { LITE_SPARES = 12 /* statements open twice at once, or past the cache */ };

struct lite_statement {
    const char *sql; /* the literal's address: the key of the cache */
    sqlite3_stmt *st;
    int params;
    bool busy;               /* between db_query and db_done */
    bool spare;              /* not in the cache: finalized by db_done */
    uint8_t at[DB_ARGS_MAX]; /* SQLite's index of $1, $2 ...: it numbers by first appearance */
};

struct lite_tx {
    struct db_tx tx;
    sqlite3 *handle;
    int cached;
    struct lite_statement cache[DB_CACHE];
    struct lite_statement spares[LITE_SPARES];
};

struct lite_db {
    struct db db;
    int lock_fd; /* PATH.lock, or -1 */

    pthread_mutex_t keep; /* the checkpoint thread: db_lite_keep.c */
    pthread_cond_t keep_news;
    pthread_t keep_thread;
    sqlite3 *keep_handle;
    bool keep_running, keep_stop, keep_urgent;
    bool keep_held;   /* the last pass left much: a long reader holds the log */
    bool keep_failed; /* the checkpoint thread's own */
    int64_t wal_pages, wal_done, wal_commits, wal_hard;
    struct db_keep_numbers numbers;
};

static inline struct lite_tx *lite_tx(struct db_tx *tx)
{
    return (struct lite_tx *)tx;
}

static inline struct lite_db *lite_db(struct db *db)
{
    return (struct lite_db *)db;
}

/* SQLite's code in ours; notes the connection's words when it is a fault. */
int lite_rc(struct db *db, sqlite3 *handle, int code, const char *doing);
/* Makes the file, for its owner alone, when there is none. */
void lite_make_private(const char *path);
/* A connection with our pragmas. */
int lite_connect(struct db *db, int flags, int cache_kib, sqlite3 **out);
/* Runs one cached statement without parameters, uncounted: BEGIN, COMMIT, savepoints. */
int lite_plain(struct db_tx *tx, const char *sql);
void lite_statements_close(struct lite_tx *tx);

int lite_run(struct db_tx *tx, const char *sql);
int lite_exec(struct db_tx *tx, const char *sql, const struct db_value *args, int n_args);
int lite_exec_many(struct db_tx *tx, const char *sql, const struct db_value *args, int n_args,
                   int n_rows);
int lite_query(struct db_tx *tx, struct db_rows *rows, const char *sql, const struct db_value *args,
               int n_args);
int lite_query_many(struct db_tx *tx, struct db_rows *rows, const char *sql,
                    const struct db_value *args, int n_args, int n_rows);
int lite_next(struct db_rows *rows);
int64_t lite_i64(struct db_rows *rows, int column);
double lite_f64(struct db_rows *rows, int column);
const char *lite_text(struct db_rows *rows, int column);
const void *lite_bytes(struct db_rows *rows, int column, size_t *len);
bool lite_is_null(struct db_rows *rows, int column);
void lite_done(struct db_rows *rows);

int lite_keep_start(struct db *db);
void lite_keep_end(struct db *db);
/* The disk is full: let the log start over soon. */
void lite_keep_urgent(struct db *db);
int lite_keep_wal_hook(void *ctx, sqlite3 *handle, const char *name, int pages);
int lite_backup(struct db *db, const char *path, char *error, size_t size);
int lite_integrity(struct db *db, char *text, size_t size);
void lite_numbers(struct db *db, struct db_keep_numbers *out);
#endif
