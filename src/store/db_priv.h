/* db_priv.h -- What every engine's files of this room share: a database, its connections, and the
 * engine behind them. Everybody else uses db.h.
 *
 * An engine embeds struct db and struct db_tx as the first member of its own and fills struct
 * db_engine; db.c keeps what is the same for all: the order of calls, the reader pool, the chain
 * ends, the memories, the injected faults.
 *
 * Locks, in the order in which they may be taken: writer (held from db_begin to the end of the
 * transaction) before the engine's own before error (the last fault's text); pool (free readers)
 * is never held together with another. */
#ifndef STORE_DB_PRIV_H
#define STORE_DB_PRIV_H
#include "base/arena.h"
#include "store/db.h"
#include "store/db_memory.h"
#include <pthread.h>
#include <stdatomic.h>

enum {
    DB_ARGS_MAX = 48,      /* parameters of a statement */
    DB_CACHE = 1024,       /* slots of a connection's statement cache, a power of two */
    DB_CACHE_MAX = 700,    /* filled slots; statements past it are prepared each time */
    DB_READERS_MAX = 8,    /* read connections */
    DB_SAVEPOINTS_MAX = 8, /* nested savepoints */
    DB_MEMORIES_MAX = 4,   /* kinds of memory beside the tables */
};

struct event_tail; /* store/event_tail.h: what event.c remembers of the writing transaction */
struct ids;

/* A connection, inside a transaction or waiting for one. */
struct db_tx {
    struct db *db;
    bool writer;
    bool open;   /* inside a transaction */
    bool aside;  /* a reader's: db_read_aside() */
    bool others; /* the writer's: another process wrote before this transaction */
    int dead;    /* the engine ended the transaction itself: every call gives this rc */
    int depth;   /* savepoints */
    int open_rows;
    int64_t changed;
    struct event_tail *tail; /* the writer's */
    unsigned joined;         /* the memories that follow this transaction, a bit each */
    struct db_tx *next_free;
};

/* The words of DDL (db_schema.c), and what an engine does. A call of a transaction is made only
 * while it is open and not dead; rc as in db.h. */
struct db_engine {
    const char *name;
    size_t db_size;
    const char *id, *i64, *text, *bytes, *real, *table_end, *no_rowid;

    const char *columns_sql;    /* (table, column, type, place in the key) of every column */
    const char *references_sql; /* (table, the table it refers to) */
    const char *wait_sql;       /* before a long silence, or NULL */
    const char *much_sql;       /* before much is written in one transaction, or NULL */
    const char *generation_sql; /* another number after each commit; NULL: one process writes */

    int (*open)(struct db *db, const char *url); /* notes why not */
    /* The same server, its own tables in a schema; NULL: files have none. Before connect. */
    int (*beside)(struct db *db, struct db *of, const char *schema);
    void (*close)(struct db *db); /* after every connection */
    int (*connect)(struct db *db, bool writer, struct db_tx **out);
    void (*disconnect)(struct db_tx *tx);

    int (*begin)(struct db_tx *tx, bool *others); /* others: somebody else wrote meanwhile */
    int (*commit)(struct db_tx *tx);
    void (*rollback)(struct db_tx *tx);
    int (*savepoint)(struct db_tx *tx);
    int (*release)(struct db_tx *tx);
    int (*undo)(struct db_tx *tx);
    int (*read)(struct db_tx *tx);
    void (*read_done)(struct db_tx *tx);

    int (*run)(struct db_tx *tx, const char *sql); /* DDL, several statements */
    int (*exec)(struct db_tx *tx, const char *sql, const struct db_value *args, int n_args);
    int (*exec_many)(struct db_tx *tx, const char *sql, const struct db_value *args, int n_args,
                     int n_rows);
    int (*query)(struct db_tx *tx, struct db_rows *rows, const char *sql,
                 const struct db_value *args, int n_args);
    int (*query_many)(struct db_tx *tx, struct db_rows *rows, const char *sql,
                      const struct db_value *args, int n_args, int n_rows);
    int (*next)(struct db_rows *rows);
    int64_t (*column_i64)(struct db_rows *rows, int column);
    double (*column_f64)(struct db_rows *rows, int column);
    const char *(*column_text)(struct db_rows *rows, int column);
    const void *(*column_bytes)(struct db_rows *rows, int column, size_t *len);
    bool (*column_null)(struct db_rows *rows, int column);
    void (*done)(struct db_rows *rows);

    int (*backup)(struct db *db, const char *path, char *error, size_t size);
    int (*integrity)(struct db *db, char *text, size_t size);
    void (*numbers)(struct db *db, struct db_keep_numbers *out);
};
extern const struct db_engine db_lite, db_pg;

struct kept;           /* store/db_kept.h */
struct db_memory_kind; /* store/db_memory.h */
struct db_memory {
    const struct db_memory_kind *kind;
    void *m; /* NULL: this database has none of the kind */
};

struct db {
    const struct db_engine *engine;
    struct arena *arena;
    char path[1024];  /* the file, or the server's URL without its password */
    bool shared;      /* opened beside a server: reads only */
    bool sync_off;    /* tests only: "?sync=off" */
    bool sync_normal; /* what can be made again: "?sync=normal" */
    struct db_tx *tx; /* the writer's connection; NULL when shared */
    pthread_mutex_t writer;
    pthread_cond_t writer_news;
    atomic_bool writer_waits; /* the next db_begin waits for the engine's news */
    struct ids *ids;          /* db_ids() */
    atomic_bool doubt;        /* db_in_doubt() */

    pthread_mutex_t pool;
    pthread_cond_t pool_news;
    struct db_tx *readers[DB_READERS_MAX];
    int readers_count;
    struct db_tx *free;

    pthread_mutex_t error;
    char error_text[256];

    pthread_mutex_t memory_lock; /* while one is made */
    struct db_memory memories[DB_MEMORIES_MAX];
    atomic_int memories_count;

    struct kept *kept; /* db_kept.h: the writer's */

    atomic_llong calls, fail_at;
    atomic_int fail_rc;
};

/* Counts a call; the injected fault (db_fail_at) or 0. */
int db_count(struct db *db);
/* Runs statements without parameters outside the cache: DDL. */
int db_run(struct db_tx *tx, const char *sql);

/* What the writer remembers (db_kept.h): a transaction begins; a statement may write. */
struct kept *kept_new(struct arena *own);
void kept_free(struct kept *k);
void kept_begin(struct kept *k, bool others);
void kept_statement(struct kept *k, const char *sql);

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
/* Rows that wait are written: before a statement that may look at them, or at the end (NULL). */
MUST_USE int db_memories_flush(struct db_tx *tx, const char *sql);
void db_memories_close(struct db *db);
#endif
