/* db_priv.h -- What the SQLite files of this room share about a database and its connections.
 * Only db.c, db_sql.c, db_schema.c and db_keep.c include it; everybody else uses db.h.
 *
 * Locks, in the order in which they may be taken: writer (held from db_begin to the end of the
 * transaction) before keep (the checkpoint thread's news) before error (the last fault's text);
 * pool (free readers) is never held together with another. */
#ifndef STORE_DB_PRIV_H
#define STORE_DB_PRIV_H
#include "base/arena.h"
#include "store/db.h"
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>

enum {
    DB_ARGS_MAX = 48,      /* parameters of a statement */
    DB_CACHE = 1024,       /* slots of a connection's statement cache, a power of two */
    DB_CACHE_MAX = 700,    /* filled slots; statements past it are prepared each time */
    DB_SPARES = 12,        /* statements open twice at once, or past the cache */
    DB_READERS_MAX = 8,    /* read connections */
    DB_SAVEPOINTS_MAX = 8, /* nested savepoints */
    DB_MEMORIES_MAX = 4,   /* kinds of memory beside the tables */
};

struct db_statement {
    const char *sql; /* the literal's address: the key of the cache */
    sqlite3_stmt *st;
    int params;
    bool busy;               /* between db_query and db_done */
    bool spare;              /* not in the cache: finalized by db_done */
    uint8_t at[DB_ARGS_MAX]; /* SQLite's index of $1, $2 ...: it numbers by first appearance */
};

struct event_tail; /* store/event_tail.h: what event.c remembers of the writing transaction */

struct db_tx {
    struct db *db;
    sqlite3 *handle;
    bool writer;
    bool open; /* inside a transaction */
    int dead;  /* the engine ended the transaction itself (disk full): every call gives this rc */
    int depth; /* savepoints */
    int open_rows;
    int64_t changed;
    struct event_tail *tail; /* the writer's */
    unsigned joined;         /* the memories that follow this transaction, a bit each */
    int cached;
    struct db_statement cache[DB_CACHE];
    struct db_statement spares[DB_SPARES];
    struct db_tx *next_free;
};

struct db_memory_kind; /* store/db_memory.h */
struct db_memory {
    const struct db_memory_kind *kind;
    void *m; /* NULL: this database has none of the kind */
};

struct db {
    struct arena *arena;
    char path[1024];
    bool shared;      /* opened beside a server: reads only */
    bool sync_off;    /* tests only: "?sync=off" */
    bool sync_normal; /* what can be made again: "?sync=normal" */
    int lock_fd;      /* PATH.lock, or -1 */
    struct db_tx *tx; /* the writer's connection; NULL when shared */
    pthread_mutex_t writer;
    pthread_cond_t writer_news;

    pthread_mutex_t pool;
    pthread_cond_t pool_news;
    struct db_tx *readers[DB_READERS_MAX];
    int readers_count;
    struct db_tx *free;

    pthread_mutex_t keep; /* the checkpoint thread: db_keep.c */
    pthread_cond_t keep_news;
    pthread_t keep_thread;
    sqlite3 *keep_handle;
    bool keep_running, keep_stop, keep_urgent;
    bool keep_held;   /* the last pass left much: a long reader holds the log */
    bool keep_failed; /* the checkpoint thread's own */
    int64_t wal_pages, wal_done, wal_commits, wal_hard;
    struct db_keep_numbers keep_numbers;
    atomic_bool keep_wants; /* the next db_begin waits until the log has started over */

    pthread_mutex_t error;
    char error_text[256];

    pthread_mutex_t memory_lock; /* while one is made */
    struct db_memory memories[DB_MEMORIES_MAX];
    atomic_int memories_count;

    atomic_llong calls, fail_at;
    atomic_int fail_rc;
};

/* Notes the fault's words for db_error() and gives rc back. */
int db_note(struct db *db, int rc, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* SQLite's code in ours; notes the connection's words when it is a fault. */
int db_rc(struct db *db, sqlite3 *handle, int code, const char *doing);
/* Counts a call; the injected fault (db_fail_at) or 0. */
int db_count(struct db *db);
/* Runs statements without parameters outside the cache: DDL, pragmas. */
int db_run(struct db_tx *tx, const char *sql);
/* Runs one cached statement without parameters, uncounted: BEGIN, COMMIT, savepoints. */
int db_plain(struct db_tx *tx, const char *sql);
/* A connection with our pragmas. */
int db_connect(struct db *db, int flags, int cache_kib, sqlite3 **out);
void db_statements_close(struct db_tx *tx);

enum db_memory_step {
    MEMORY_BEGIN,
    MEMORY_MARK,
    MEMORY_KEEP,
    MEMORY_UNDO,
    MEMORY_DONE,
    MEMORY_ROLLBACK,
};
/* The memories that follow the writing transaction are told. */
void db_memories_step(struct db_tx *tx, enum db_memory_step step);
void db_memories_close(struct db *db);

int db_keep_start(struct db *db);
void db_keep_end(struct db *db);
/* The disk is full: let the log start over soon. */
void db_keep_urgent(struct db *db);
int db_keep_wal_hook(void *ctx, sqlite3 *handle, const char *name, int pages);
#endif
