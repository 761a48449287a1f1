/* db_kept.h -- Small answers that the writer remembers: who a clerk is, the limits by grade, which
 * accounts are drawers'. On a server each would be a trip of its own under the pen, for every
 * order; here it is one for as long as nobody writes to the tables it was read from.
 *
 * What is remembered was read in a writing transaction, and is forgotten
 *   - when another instance wrote since this one's last transaction, or that cannot be told;
 *   - before a statement of this process with the name of one of the tables in it writes, and
 *     nothing of that kind is remembered again until this transaction has ended, either way.
 * So it is true under the pen, at each order: a right that was withdrawn anywhere is gone at the
 * next one. Readers' snapshots are never answered from it. */
#ifndef STORE_DB_KEPT_H
#define STORE_DB_KEPT_H
#include "store/db.h"

enum { DB_KEPT_TABLES = 3 };
/* What is read from the same tables: a constant of the room that reads it. */
struct db_kept_kind {
    const char *tables[DB_KEPT_TABLES]; /* the rest NULL */
};
/* What was kept under these bytes (a key may be of no bytes), or NULL: read it, and keep it. The
 * copy is aligned for any type and valid until the next call for this transaction. */
const void *db_kept(struct db_tx *tx, const struct db_kept_kind *kind, const void *key,
                    size_t key_len, size_t *len);
/* Forgets all when too much is kept; at most DB_KEPT_MAX bytes are taken at once. */
enum { DB_KEPT_MAX = 64 << 10 };
void db_keep(struct db_tx *tx, const struct db_kept_kind *kind, const void *key, size_t key_len,
             const void *value, size_t len);
#endif
