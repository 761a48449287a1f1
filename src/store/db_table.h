/* db_table.h -- The tables of a bank as such: what they are called, what is in them, whether two
 * databases hold the same. For moving a bank to another engine, and for tests. */
#ifndef STORE_DB_TABLE_H
#define STORE_DB_TABLE_H
#include "base/secret.h"
#include "store/db.h"

struct arena;
struct db_column {
    char name[64];
    enum db_kind kind;
    int key; /* its place in the primary key, from 1; 0: not in it */
};
struct db_table {
    char name[64];
    int n_columns;
    struct db_column columns[48];
    const char *read;   /* SELECT every column in key order */
    const char *insert; /* INSERT every column, $1 ... */
};
/* Every table of the rooms, in the order of their names; what the engine keeps for itself is left
 * out. In the arena. RC_CORRUPT: a table that is not ours (no key, another type of column). */
MUST_USE int db_tables(struct db_tx *tx, struct arena *arena, struct db_table **out, int *n);
/* RC_CONFLICT: it has tables and none is the list of our migrations: it is another program's. */
MUST_USE int db_not_another(struct db_tx *tx);
/* *order: places of the tables such that each comes after those that it refers to. */
MUST_USE int db_tables_order(struct db_tx *tx, struct arena *arena, const struct db_table *tables,
                             int n, int **order);
/* Rows and SHA-256 over the whole table, the same on both engines: each row's digest is linked to
 * the one before it, in key order. */
MUST_USE int db_table_digest(struct db_tx *tx, const struct db_table *t, int64_t *rows,
                             uint8_t out[DIGEST_BYTES]);
/* Copies all rows. see (may be NULL) is told now and then how many; false: stop with RC_STOPPING.
 */
typedef bool db_table_see(void *ctx, int64_t rows);
MUST_USE int db_table_copy(struct db_tx *from, struct db_tx *to, const struct db_table *t,
                           db_table_see *see, void *ctx);
#endif
