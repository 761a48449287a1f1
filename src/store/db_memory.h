/* db_memory.h -- What a room keeps in memory beside its tables, in step with the writing
 * transaction: totals, ids seen lately, queues. What is undone or rolled back is undone there, too.
 *
 *   begin -> (mark -> keep | undo)* -> done | rollback        called on the writer's thread
 *
 * A memory is made once a database, by the first who asks for it; a database may have none of a
 * kind (open gives NULL). One process writes a file (PATH.lock), so what it remembers is true; on
 * a server begin says whether another instance wrote since this one's last transaction (the pen's
 * generation), or whether that cannot be told. Readers may share parts of it, under a lock of its
 * own. */
#ifndef STORE_DB_MEMORY_H
#define STORE_DB_MEMORY_H
#include "store/db.h"

struct db_memory_kind {
    /* 0 and the memory, or NULL: none here; a fault: asked again next time. */
    int (*open)(struct db_tx *tx, void **out);
    void (*close)(void *m); /* before the connections are closed; it may still read */
    void (*begin)(void *m, bool others);
    void (*mark)(void *m);
    void (*keep)(void *m);
    void (*undo)(void *m);
    void (*done)(void *m);
    void (*rollback)(void *m);
    /* May be NULL. Rows that wait are written when the transaction ends, and before any statement
     * that has this table's name in it; what was written inside a savepoint waits again when that
     * is undone. */
    const char *table;
    bool (*waits)(const void *m);
    int (*flush)(void *m, struct db_tx *tx);
};
/* The memory of this kind, made when it is not there yet. */
MUST_USE int db_memory(struct db_tx *tx, const struct db_memory_kind *kind, void **out);

struct db *db_of(struct db_tx *tx);
bool db_is_writer(struct db_tx *tx); /* the writing transaction, not a snapshot */
bool db_is_shared(struct db *db);    /* opened beside a server: reads only */
bool db_is_careless(struct db *db);  /* a test's: no fsync */
const char *db_file(struct db *db);  /* the database's file; NULL: it is a server's */
/* Notes a fault's words for db_error() and gives rc back: why a memory could not be made. */
int db_note(struct db *db, int rc, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
#endif
