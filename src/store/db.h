/* db.h -- One port to the database, two engines behind it: SQLite in a file, PostgreSQL as a
 * server.
 *
 * One SQL text serves both engines: $1 parameters, BIGINT ids made by the application, booleans
 * as 0/1, no triggers, no sequences, no now(). SQL texts are string literals: a statement is
 * prepared once a connection and found again by the address of its text.
 *
 * Only the write door, the jobs and the migrations begin and commit (store/door.h). A room gets
 * an open transaction in call.tx and calls db_exec / db_query on it.
 *
 *     struct db_rows rows;
 *     int rc = db_query(c->tx, &rows, "SELECT id, name FROM outlet WHERE bank=$1",
 * DB_ARGS(DB_I(1))); while (!rc && (rc = db_next(&rows)) == DB_ROW) { rc = 0; use(db_i64(&rows, 0),
 * db_text(&rows, 1));   // text is borrowed until the next db_next
 *     }
 *     db_done(&rows);                                 // always, also after an error
 */
#ifndef STORE_DB_H
#define STORE_DB_H
#include "base/rc.h"

struct db; /* a database: file or server, its connections */
struct ids;
struct db_tx; /* one connection inside a transaction (also: a read snapshot) */

enum { DB_ROW = 1000 }; /* what db_next says when there is a row; 0 at the end; < 0 a fault */

enum db_kind { DB_NULL, DB_INT, DB_REAL, DB_TEXT, DB_BYTES };
struct db_value {
    enum db_kind kind;
    int64_t i;
    double f;
    const void *at; /* text or bytes, borrowed for the call */
    size_t len;
};
#define DB_I(x)    ((struct db_value){ .kind = DB_INT, .i = (x) })
#define DB_F(x)    ((struct db_value){ .kind = DB_REAL, .f = (x) })
#define DB_T(s)    db_value_text(s) /* NULL becomes SQL NULL */
#define DB_B(p, n) ((struct db_value){ .kind = DB_BYTES, .at = (p), .len = (n) })
#define DB_NONE    ((struct db_value){ .kind = DB_NULL })
#define DB_ARGS(...)                          \
    (const struct db_value[]){ __VA_ARGS__ }, \
        (int)(sizeof((const struct db_value[]){ __VA_ARGS__ }) / sizeof(struct db_value))
#define DB_NO_ARGS NULL, 0
struct db_value db_value_text(const char *s);

struct db_rows {
    struct db_tx *tx;
    void *statement;
    int rc;
    const struct db_value *args; /* of db_query_many: the rows of arguments not asked yet */
    int n_args, n_left, row;
};

/* url: "sqlite:PATH" or a plain path: opens or makes the file; WAL, synchronous=FULL, foreign keys.
 * "postgres://user@host:port/name?..." (postgresql:// too; several hosts, a socket's folder and
 * all of libpq's parameters): connects to a database that is there, in UTF-8.
 * 0, RC_IO (cannot be opened: see db_error), RC_CORRUPT (it can, and is no database, or a damaged
 * one), RC_BUSY (another process serves the file; a server may have several instances). */
MUST_USE int db_open(const char *url, struct db **out);
/* For tools that read (check, backup) beside a server or alone: takes no lock, cannot write. */
MUST_USE int db_open_shared(const char *url, struct db **out);
/* A server's database of its own beside this one, on the same server: its tables in a schema, its
 * own writer. What can be made again (history) lives there, so that it is nobody's burden. Made
 * when it is not there yet, unless db is open for reading only: then RC_IO. */
MUST_USE int db_open_beside(struct db *db, const char *schema, struct db **out);
void db_close(struct db *db); /* NULL is fine. Checkpoints and closes every connection */
bool db_url_is_server(const char *url);
bool db_is_server(struct db *db);
/* The generator of the ids that this process writes. Several instances make none twice: each
 * write begins after the last id of the one before it. */
void db_ids(struct db *db, struct ids *ids);
/* The last fault in words, for the operator; db NULL: of this thread's last db_open. Valid until
 * this thread asks again or meets another fault. */
const char *db_error(struct db *db);
const char *db_path(struct db *db); /* the file, or the URL without its password */

/* The one writing transaction. Blocks while another thread writes, or another process on the same
 * server. RC_BUSY: not begun, try again. */
MUST_USE int db_begin(struct db *db, struct db_tx **out);
/* Sets *tx to NULL when done; on a fault roll back. RC_BUSY: not done, may be done anew from its
 * beginning. RC_UNKNOWN (servers only): done or not, nobody knows: look for what it would have
 * written in a later transaction. */
MUST_USE int db_commit(struct db_tx **tx);
void db_rollback(struct db_tx **tx); /* NULL or *tx NULL is fine */
MUST_USE int db_savepoint(struct db_tx *tx);
MUST_USE int db_release(struct db_tx *tx);
void db_undo(struct db_tx *tx); /* back to the savepoint, which is then gone */

/* After RC_UNKNOWN: it was committed here, and only its copies elsewhere are in doubt. Looking for
 * it now finds it, and proves nothing. */
bool db_in_doubt(struct db *db);

/* The transaction will do nothing for long: nobody shall end it for that. */
MUST_USE int db_wait_long(struct db_tx *tx);

/* The transaction will write a bank's whole history: until the end of this connection a file's
 * writer keeps up to 256 MiB of pages, instead of writing them out and reading them again. */
MUST_USE int db_write_much(struct db_tx *tx);

/* A snapshot for reading, from a pool (waits for a free connection). */
MUST_USE int db_read(struct db *db, struct db_tx **out);
/* The same for a thread of our own that looks in from time to time: its calls are not counted, and
 * an injected fault waits for somebody else's. */
MUST_USE int db_read_aside(struct db *db, struct db_tx **out);
void db_read_done(struct db_tx **tx);
/* Was anything committed since the mark (-1: since ever), by whomever? Sets the mark. Files: no. */
MUST_USE int db_others(struct db_tx *tx, int64_t *mark, bool *others);

/* changed may be NULL. RC_CONFLICT: a unique key or check forbids it. */
MUST_USE int db_exec(struct db_tx *tx, const char *sql, const struct db_value *args, int n_args);
int64_t db_changed(struct db_tx *tx); /* rows touched by the last db_exec */
MUST_USE int db_query(struct db_tx *tx, struct db_rows *rows, const char *sql,
                      const struct db_value *args, int n_args);
int db_next(struct db_rows *rows);
int64_t db_i64(struct db_rows *rows, int column);
double db_f64(struct db_rows *rows, int column);
const char *db_text(struct db_rows *rows, int column); /* NULL for SQL NULL */
const void *db_bytes(struct db_rows *rows, int column, size_t *len);
bool db_is_null(struct db_rows *rows, int column);
void db_done(struct db_rows *rows);

/* The same statement for n_rows rows of n_args values each, row after row in args (0 rows: nothing
 * happens); db_changed counts them all. One statement over arrays on PostgreSQL, so a key stands
 * in a batch once, and no row may depend on another. After RC_CONFLICT or a fault some rows may
 * be written: undo to a savepoint, or give up. */
MUST_USE int db_exec_many(struct db_tx *tx, const char *sql, const struct db_value *args,
                          int n_args, int n_rows);
/* The rows of one SELECT for n_rows rows of values, in their order; read with db_next as usual.
 * args stay the caller's and unchanged until db_done. */
MUST_USE int db_query_many(struct db_tx *tx, struct db_rows *rows, const char *sql,
                           const struct db_value *args, int n_args, int n_rows);
int db_row(struct db_rows *rows); /* the row of values, from 0, to which this row belongs */

/* One number: the first column of the first row, or otherwise (no row, NULL) none. */
MUST_USE int db_one_i64(struct db_tx *tx, const char *sql, const struct db_value *args, int n_args,
                        int64_t none, int64_t *out);

/* Schema. {ID} {I64} {TEXT} {BYTES} {REAL} {TABLE_END} {NO_ROWID} in DDL become the engine's words:
 *   CREATE TABLE x (id {ID}, n {I64} NOT NULL) {TABLE_END};
 * name is unique; each migration runs once, in its own transaction, in the given order. */
struct db_migration {
    const char *name; /* "lobby-001-tickets" */
    const char *ddl;  /* statements, each ended by ;\n */
};
MUST_USE int db_migrate(struct db *db, const struct db_migration *list, size_t count,
                        int64_t now_us);

/* *missing: how many of the list have not run in this store. */
MUST_USE int db_migrations_missing(struct db_tx *tx, const struct db_migration *list, size_t count,
                                   size_t *missing);

/* Online copy of the database into a new file, checked before it gets its name. RC_CONFLICT: the
 * file exists. error says "ok" or what is wrong. */
MUST_USE int db_backup(struct db *db, const char *path, char *error, size_t error_size);
/* PRAGMA integrity_check and foreign_key_check: 0 and text "ok", or RC_CORRUPT and what is wrong.
 */
MUST_USE int db_integrity(struct db *db, char *text, size_t text_size);

/* Checkpoints so far; restart: the writer had to wait for them, at most this long. */
struct db_keep_numbers {
    int64_t checkpoints, restarts, restart_us_max;
};
void db_keep_numbers(struct db *db, struct db_keep_numbers *out);

/* For torture tests: let the n-th call from now fail with rc (0: stop failing). */
void db_fail_at(struct db *db, int64_t n, int rc);
int64_t db_calls(struct db *db); /* database calls made so far */
#endif
