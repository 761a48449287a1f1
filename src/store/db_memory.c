/* db_memory.c -- See db_memory.h. A memory that somebody makes while another thread writes joins
 * with the writer's next transaction, or when the writer itself asks for it. */
#include "store/db_memory.h"
#include "store/db_priv.h"
#include <string.h>
#include "base/banned.h"

static int find(const struct db *db, const struct db_memory_kind *kind)
{
    int n = atomic_load_explicit(&db->memories_count, memory_order_acquire);
    for (int i = 0; i < n; i++)
        if (db->memories[i].kind == kind)
            return i;
    return -1;
}

static int open_one(struct db_tx *tx, const struct db_memory_kind *kind, int *at)
{
    struct db *db = tx->db;
    void *m = NULL;
    int rc = 0;
    pthread_mutex_lock(&db->memory_lock);
    *at = find(db, kind);
    if (*at < 0) {
        rc = kind->open(tx, &m);
        int n = atomic_load_explicit(&db->memories_count, memory_order_relaxed);
        if (rc == 0) {
            CHECK(n < DB_MEMORIES_MAX);
            *at = n;
            db->memories[n].kind = kind;
            db->memories[n].m = m;
            atomic_store_explicit(&db->memories_count, n + 1, memory_order_release);
        }
    }
    pthread_mutex_unlock(&db->memory_lock);
    return rc;
}

static void join(struct db_tx *tx, int i)
{
    struct db_memory *e = &tx->db->memories[i];
    if (!e->m || (tx->joined & 1U << i))
        return;
    tx->joined |= 1U << i;
    e->kind->begin(e->m, tx->others);
    for (int d = 0; d < tx->depth; d++)
        e->kind->mark(e->m);
}

int db_memory(struct db_tx *tx, const struct db_memory_kind *kind, void **out)
{
    *out = NULL;
    int at = find(tx->db, kind);
    int rc = at < 0 ? open_one(tx, kind, &at) : 0;
    if (rc)
        return rc;
    if (tx->writer)
        join(tx, at);
    *out = tx->db->memories[at].m;
    return 0;
}

void db_memories_step(struct db_tx *tx, enum db_memory_step step)
{
    int n = atomic_load_explicit(&tx->db->memories_count, memory_order_acquire);
    if (step == MEMORY_BEGIN) {
        tx->joined = 0;
        for (int i = 0; i < n; i++)
            join(tx, i);
        return;
    }
    for (int i = 0; i < n; i++) {
        const struct db_memory *e = &tx->db->memories[i];
        if (!(tx->joined & 1U << i))
            continue;
        void (*const steps[])(void *m) = {
            [MEMORY_MARK] = e->kind->mark,         [MEMORY_KEEP] = e->kind->keep,
            [MEMORY_UNDO] = e->kind->undo,         [MEMORY_DONE] = e->kind->done,
            [MEMORY_ROLLBACK] = e->kind->rollback,
        };
        steps[step](e->m);
    }
}

int db_memories_flush(struct db_tx *tx, const char *sql)
{
    int rc = 0;
    for (int i = 0; tx->writer && tx->joined && i < DB_MEMORIES_MAX && !rc; i++) {
        const struct db_memory *e = &tx->db->memories[i];
        if (!(tx->joined & 1U << i) || !e->kind->flush || !e->kind->waits(e->m))
            continue;
        if (!sql || strstr(sql, e->kind->table))
            rc = e->kind->flush(e->m, tx);
    }
    return rc;
}

void db_memories_close(struct db *db)
{
    int n = atomic_load(&db->memories_count);
    for (int i = 0; i < n; i++)
        if (db->memories[i].m)
            db->memories[i].kind->close(db->memories[i].m);
    atomic_store(&db->memories_count, 0);
}

struct db *db_of(struct db_tx *tx)
{
    return tx->db;
}

bool db_is_writer(struct db_tx *tx)
{
    return tx->writer;
}

bool db_is_shared(struct db *db)
{
    return db->shared;
}

bool db_is_careless(struct db *db)
{
    return db->sync_off;
}

const char *db_file(struct db *db)
{
    return db_is_server(db) ? NULL : db->path;
}
