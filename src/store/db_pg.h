/* db_pg.h -- The PostgreSQL engine's own files share this.
 *
 *   db_pg.c         the connection: URL, settings, what breaks it, BEGIN to COMMIT, the pen
 *   db_pg_sql.c     statements: prepared once a connection, run, read
 *   db_pg_batch.c   many rows of values by one statement
 *   db_pg_many.c    its text
 *   db_pg_guard.c   which statements may meet a conflict that must not end the transaction
 *   db_pg_value.c   values in the wire's binary format
 *
 * The pen: row 1 of db_pen. Whoever writes has it (its first statement updates the row, so the
 * others wait for the end of the transaction), which makes several instances one writer after
 * another, as on a file. Its generation counts the commits: when it is not the one we left, another
 * instance wrote meanwhile. Its last_id makes ids unique. See docs/decisions/. */
#ifndef STORE_DB_PG_H
#define STORE_DB_PG_H
#include "base/buf.h"
#include "store/db_priv.h"
#include <libpq-fe.h>

enum {
    PG_BOOL = 16,
    PG_BYTEA = 17,
    PG_NAME = 19,
    PG_INT8 = 20,
    PG_INT2 = 21,
    PG_INT4 = 23,
    PG_TEXT = 25,
    PG_FLOAT4 = 700,
    PG_FLOAT8 = 701,
    PG_UNKNOWN = 705,
    PG_BPCHAR = 1042,
    PG_VARCHAR = 1043,
    PG_NUMERIC = 1700,

    PG_PENDING_MAX = 24,
    PG_FETCH = 2000,     /* rows at a time of a large result */
    PG_MANY_ROWS = 8192, /* rows of values a statement */
};

struct pg_statement {
    const char *sql; /* the literal's address: with many, the key of the cache */
    bool many;
    bool prepared;
    bool quiet;   /* the text was given ON CONFLICT DO NOTHING: no row is a conflict */
    bool guarded; /* a conflict is possible: under a savepoint of its own */
    bool select;
    bool loop; /* many: has no form over arrays */
    enum { PG_SIZE_UNKNOWN, PG_SMALL, PG_LARGE } size;
    int params;
    unsigned types[DB_ARGS_MAX]; /* of the parameters; of a column's elements with many */
    struct buf text;             /* as the server has it */
    struct buf asked;            /* as the caller gave it */
    char name[16];
};

struct pg_rows { /* an open result */
    PGresult *result;
    int at, count;
    int place;       /* many: the column with the row's number, else -1 */
    int base, asked; /* many: rows of values before this part, and in it */
    const char *sql; /* many */
    char cursor[16]; /* "" when all rows are here */
    char text[32];   /* a number as text */
    struct pg_rows *next_free;
};

struct pg_tx {
    struct db_tx tx;
    PGconn *conn;
    bool broken;                 /* the connection is lost, or must not be used any longer */
    bool began;                  /* the server is in our transaction */
    bool leaving;                /* a reader's ROLLBACK was sent, and is not answered yet */
    bool committing;             /* COMMIT is on its way */
    bool warned;                 /* ... and came with a warning */
    bool took;                   /* this transaction has the pen */
    int aborted;                 /* the server refuses everything until we undo: this was why */
    int64_t generation, last_id; /* of the pen: as we left it; as it was when we took it */
    const char *pending[PG_PENDING_MAX]; /* not sent yet: goes with the next statement */
    int n_pending;
    unsigned names;
    int cached;
    struct pg_statement *cache; /* DB_CACHE of them */
    struct pg_statement once;   /* past the cache */
    struct pg_rows *free_rows;
    struct buf arrays[DB_ARGS_MAX]; /* the batch being sent */
};

struct pg_guard {               /* a table's constraints */
    char table[64], column[64]; /* column "": the table is referred to */
    bool unique;
};

struct pg_db {
    struct db db;
    PQconninfoOption *options;
    char url[1024];       /* with its password: for what is opened beside it */
    char schema[32];      /* "": the server's usual one */
    pthread_mutex_t lock; /* the guards */
    struct pg_guard *guards;
    int n_guards;
    bool guards_known;
};

static inline struct pg_tx *pg_tx(struct db_tx *tx)
{
    return (struct pg_tx *)tx;
}

static inline struct pg_db *pg_db(struct db *db)
{
    return (struct pg_db *)db;
}

/* ---- db_pg.c ---- */

/* The server's refusal, or the loss of it, as rc; notes its words. Ends the transaction when the
 * server did. result may be NULL; it stays the caller's. */
int pg_fault(struct pg_tx *t, const PGresult *result, const char *doing);
/* Control statements of ours, to be sent with the next one. */
int pg_pend(struct pg_tx *t, const char *sql);
/* One round trip: what is pending, then the prepared statement (NULL: nothing more), under a
 * savepoint of its own when guarded. *out: its result, to be cleared. */
struct pg_values {
    int n;
    const char *const *at;
    const int *lengths, *formats;
};
int pg_trip(struct pg_tx *t, const char *name, const struct pg_values *v, bool guarded,
            PGresult **out);
/* A text without parameters, at once (after what is pending). *out may be NULL. */
int pg_now(struct pg_tx *t, const char *sql, PGresult **out);

/* ---- db_pg_sql.c ---- */

int pg_run(struct db_tx *tx, const char *sql);
int pg_exec(struct db_tx *tx, const char *sql, const struct db_value *args, int n_args);
int pg_query(struct db_tx *tx, struct db_rows *rows, const char *sql, const struct db_value *args,
             int n_args);
int pg_next(struct db_rows *rows);
void pg_done(struct db_rows *rows);
/* A text's place in the cache, and its renewal. */
struct pg_statement *pg_statement_slot(struct pg_tx *t, const char *sql, bool many);
void pg_statement_new(struct pg_tx *t, struct pg_statement *s, const char *sql, bool many);
/* Found or made for these values; prepared before it is run. */
int pg_statement_take(struct pg_tx *t, const char *sql, const struct db_value *args, int n,
                      struct pg_statement **out);
int pg_statement_prepare(struct pg_tx *t, struct pg_statement *s);
int pg_statement_run(struct pg_tx *t, struct pg_statement *s, const struct pg_values *v,
                     PGresult **res);
struct pg_rows *pg_rows_open(struct pg_tx *t, struct db_rows *rows);
void pg_rows_result(struct pg_rows *r, PGresult *res);
void pg_statements_forget(struct pg_tx *t); /* the connection they lived on is gone */
void pg_statements_free(struct pg_tx *t);

/* ---- db_pg_many.c ---- */

/* The text with names quoted that the grammar has for itself. */
void pg_add_text(struct buf *b, const char *sql);
/* The text over arrays of these element types: false when it has no such form. */
bool pg_many_text(const char *sql, const unsigned *types, int n, struct buf *out);

/* ---- db_pg_batch.c ---- */

int pg_exec_many(struct db_tx *tx, const char *sql, const struct db_value *args, int n_args,
                 int n_rows);
int pg_query_many(struct db_tx *tx, struct db_rows *rows, const char *sql,
                  const struct db_value *args, int n_args, int n_rows);
int pg_many_part(struct db_rows *rows); /* the next part of a query's rows of values */
int pg_rows_place(const struct pg_rows *r);

/* ---- db_pg_guard.c ---- */

/* Fills select, quiet, guarded and text from the text as asked. */
int pg_guard_statement(struct pg_tx *t, struct pg_statement *s);
void pg_guards_forget(struct db *db); /* tables changed */

/* ---- db_pg_value.c ---- */

unsigned pg_type_of(enum db_kind kind); /* 0: the server finds out */
bool pg_type_fits(unsigned type, const struct db_value *v);
/* A value in the wire's format: points into the value or into room. */
const char *pg_value(unsigned type, const struct db_value *v, uint64_t *room, int *len);
/* A column of n_rows values, n_args apart, as an array. */
void pg_array(unsigned type, const struct db_value *first, int n_args, int n_rows, struct buf *out);
unsigned pg_array_type(unsigned type); /* 0: none */
const char *pg_type_name(unsigned type);
int64_t pg_i64(struct db_rows *rows, int column);
double pg_f64(struct db_rows *rows, int column);
const char *pg_text(struct db_rows *rows, int column);
const void *pg_bytes(struct db_rows *rows, int column, size_t *len);
bool pg_is_null(struct db_rows *rows, int column);
#endif
