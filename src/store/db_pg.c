/* db_pg.c -- The PostgreSQL engine. */
#include "store/db_priv.h"
#include "base/banned.h"

static int pg_open(struct db *db, const char *url)
{
    UNUSED(db);
    UNUSED(url);
    return db_note(NULL, RC_IO, "this build has no PostgreSQL engine");
}

static void pg_close(struct db *db)
{
    UNUSED(db);
}

const struct db_engine db_pg = {
    .name = "postgresql",
    .db_size = sizeof(struct db),
    .open = pg_open,
    .close = pg_close,
};
