/* db_schema.c -- One DDL text for both engines, and migrations that run once. */
#include "store/db_priv.h"
#include "base/buf.h"
#include "base/log.h"
#include "base/secret.h"
#include <string.h>
#include "base/banned.h"

enum { DDL_MAX = 256 * 1024 };

/* What a token becomes on this engine. */
static const char *word_of(const struct db_engine *e, const char *token, size_t *len)
{
    const struct {
        const char *token, *word;
    } words[] = {
        { "{ID}", e->id },
        { "{I64}", e->i64 },
        { "{TEXT}", e->text },
        { "{BYTES}", e->bytes },
        { "{REAL}", e->real },
        { "{TABLE_END}", e->table_end },
        { "{NO_ROWID}", e->no_rowid },
    };
    size_t i = 0;
    while (i < COUNT(words) && strncmp(token, words[i].token, strlen(words[i].token)) != 0)
        i++;
    CHECK(i < COUNT(words)); /* an unknown token in a migration */
    *len = strlen(words[i].token);
    return words[i].word;
}

static void ddl_expand(const struct db_engine *e, const char *ddl, struct buf *out)
{
    while (*ddl) {
        size_t plain = strcspn(ddl, "{"), len = 0;
        buf_add(out, ddl, plain);
        ddl += plain;
        if (!*ddl)
            break;
        buf_text(out, word_of(e, ddl, &len));
        ddl += len;
    }
    CHECK(!out->overflow);
}

/* The digest of a migration leaves white space out: a text may be indented anew. */
static void ddl_digest(const char *ddl, char out[DIGEST_TEXT])
{
    struct buf b;
    uint8_t digest[DIGEST_BYTES];
    buf_init(&b, DDL_MAX);
    for (; *ddl; ddl++)
        if (!strchr(" \t\r\n", *ddl))
            buf_char(&b, *ddl);
    CHECK(!b.overflow);
    digest_sha256(b.at ? b.at : "", b.len, digest);
    digest_hex(digest, out);
    buf_release(&b);
}

/* found: 1 when it ran already with this text. */
static int migration_find(struct db_tx *tx, const struct db_migration *m, const char *digest,
                          bool *found)
{
    struct db_rows rows;
    *found = false;
    int rc =
        db_query(tx, &rows, "SELECT digest FROM migration WHERE name=$1", DB_ARGS(DB_T(m->name)));
    if (rc == 0)
        rc = db_next(&rows);
    if (rc == DB_ROW) {
        *found = true;
        rc = 0;
        if (strcmp(db_text(&rows, 0), digest) != 0)
            rc = db_note(tx->db, RC_CORRUPT, "migration %s was changed after it had run", m->name);
    }
    db_done(&rows);
    return rc;
}

static int migration_run(struct db *db, const struct db_migration *m, int64_t now_us)
{
    struct db_tx *tx = NULL;
    char digest[DIGEST_TEXT];
    struct buf ddl;
    bool found = false;
    buf_init(&ddl, DDL_MAX);
    ddl_digest(m->ddl, digest);
    int rc = db_begin(db, &tx);
    if (rc == 0)
        rc = migration_find(tx, m, digest, &found);
    if (rc || found)
        goto out;
    ddl_expand(db->engine, m->ddl, &ddl);
    rc = db_run(tx, ddl.at);
    if (rc == 0)
        rc = db_exec(tx, "INSERT INTO migration (name, digest, at_us) VALUES ($1,$2,$3)",
                     DB_ARGS(DB_T(m->name), DB_T(digest), DB_I(now_us)));
    if (rc == 0)
        rc = db_commit(&tx);
    if (rc == 0)
        log_line(LOG_DEBUG, "store.migrated", "%s", m->name);
out:
    db_rollback(&tx);
    buf_release(&ddl);
    if (rc)
        log_line(LOG_ERROR, "store.migration", "%s: %s", m->name, db_error(db));
    return rc;
}

int db_migrate(struct db *db, const struct db_migration *list, size_t count, int64_t now_us)
{
    struct db_tx *tx = NULL;
    struct buf ddl;
    buf_init(&ddl, DDL_MAX);
    ddl_expand(db->engine,
               "CREATE TABLE IF NOT EXISTS migration (name {TEXT} NOT NULL PRIMARY KEY,"
               " digest {TEXT} NOT NULL, at_us {I64} NOT NULL) {NO_ROWID}",
               &ddl);
    int rc = db_begin(db, &tx);
    if (rc == 0)
        rc = db_run(tx, ddl.at);
    if (rc == 0)
        rc = db_commit(&tx);
    db_rollback(&tx);
    buf_release(&ddl);
    for (size_t i = 0; i < count && rc == 0; i++)
        rc = migration_run(db, &list[i], now_us);
    return rc;
}

int db_migrations_missing(struct db_tx *tx, const struct db_migration *list, size_t count,
                          size_t *missing)
{
    int rc = 0;
    *missing = 0;
    for (size_t i = 0; i < count && rc == 0; i++) {
        int64_t found = 0;
        rc = db_one_i64(tx, "SELECT COUNT(*) FROM migration WHERE name=$1",
                        DB_ARGS(DB_T(list[i].name)), 0, &found);
        *missing += rc == 0 && found == 0;
    }
    return rc;
}
