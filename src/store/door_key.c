/* door_key.c -- The table of request keys. Ids are time-ordered, so rows are only appended at one
 * end of the table and swept from the other; the key's own index is the one tree that is written
 * at random places. */
#include "store/door_key.h"
#include "base/ids.h"
#include <string.h>
#include "base/banned.h"

const struct db_migration door_migrations[] = {
    { "door-001-request-keys", "CREATE TABLE request_key (\n"
                               "  id {ID},\n"
                               "  at_us {I64} NOT NULL,\n"
                               "  key {TEXT} NOT NULL,\n"
                               "  digest {BYTES} NOT NULL,\n"
                               "  answer {BYTES} NOT NULL\n"
                               ") {TABLE_END};\n"
                               "CREATE UNIQUE INDEX request_key_key ON request_key (key);\n" },
};
const size_t door_migrations_count = COUNT(door_migrations);

int door_key_find(struct call *c, const struct door_order *o, struct buf *answer, bool *found)
{
    struct db_rows rows;
    size_t len = 0;
    *found = false;
    int rc = db_query(c->tx, &rows, "SELECT digest, answer FROM request_key WHERE key=$1",
                      DB_ARGS(DB_T(o->key)));
    if (rc == 0)
        rc = db_next(&rows);
    if (rc == DB_ROW) {
        const void *digest = db_bytes(&rows, 0, &len);
        if (len != sizeof o->digest || memcmp(digest, o->digest, len) != 0) {
            rc = call_refuse(c, DOOR_KEY_REUSED, NULL, "key %s", o->key);
        } else {
            const void *bytes = db_bytes(&rows, 1, &len);
            buf_add(answer, bytes, len);
            *found = true;
            rc = 0;
        }
    }
    db_done(&rows);
    return rc;
}

int door_key_keep(struct call *c, const struct door_order *o, const struct buf *answer)
{
    return db_exec(c->tx,
                   "INSERT INTO request_key (id, at_us, key, digest, answer)"
                   " VALUES ($1,$2,$3,$4,$5)",
                   DB_ARGS(DB_I(call_id(c)), DB_I(c->now_us), DB_T(o->key),
                           DB_B(o->digest, sizeof o->digest), DB_B(answer->at, answer->len)));
}

int door_key_last_id(struct db *db, int64_t *id)
{
    struct db_tx *tx = NULL;
    int rc = db_read(db, &tx);
    if (rc == 0)
        rc = db_one_i64(tx, "SELECT max(id) FROM request_key", DB_NO_ARGS, 0, id);
    db_read_done(&tx);
    return rc;
}

int door_check(struct db_tx *tx, int64_t *keys, int64_t *bad)
{
    int rc = db_one_i64(tx, "SELECT COUNT(*) FROM request_key", DB_NO_ARGS, 0, keys);
    if (rc)
        return rc;
    return db_one_i64(tx,
                      "SELECT COUNT(*) FROM request_key WHERE length(digest)<>32 OR length(key)=0"
                      " OR at_us<=0",
                      DB_NO_ARGS, 0, bad);
}

int door_sweep(struct call *c, int64_t older_than_us, int max, int64_t *gone)
{
    *gone = 0;
    /* An id is never smaller than its own instant's, so this bound spares young keys and keeps the
     * statement from reading the whole table. */
    struct ids bound;
    ids_init(&bound, 0);
    int64_t below = ids_next(&bound, older_than_us);
    int rc = db_exec(c->tx,
                     "DELETE FROM request_key WHERE id IN (SELECT k.id FROM request_key k"
                     " WHERE k.id<$1 AND k.at_us<$2 ORDER BY k.id LIMIT $3)",
                     DB_ARGS(DB_I(below), DB_I(older_than_us), DB_I(max)));
    if (rc == 0)
        *gone = db_changed(c->tx);
    return rc;
}
