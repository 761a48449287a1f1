/* store_help.c -- See store_help.h. */
#include "store_help.h"

const char *help_url(void)
{
    return test_db("store");
}

struct db *help_open(const char *url)
{
    struct db *db = NULL;
    if (db_open(url, &db))
        fail_msg("%s", db_error(NULL));
    RC_OF(db_migrate(db, event_migrations, event_migrations_count, 1));
    RC_OF(db_migrate(db, door_migrations, door_migrations_count, 1));
    return db;
}

void help_run(struct db *db, const char *sql)
{
    struct db_tx *tx = NULL;
    RC_OF(db_begin(db, &tx));
    if (db_exec(tx, sql, DB_NO_ARGS))
        fail_msg("%s: %s", sql, db_error(db));
    RC_OF(db_commit(&tx));
}

int64_t help_number(struct db *db, const char *sql)
{
    struct db_tx *tx = NULL;
    int64_t n = 0;
    RC_OF(db_read(db, &tx));
    RC_OF(db_one_i64(tx, sql, DB_NO_ARGS, -1, &n));
    db_read_done(&tx);
    return n;
}

void help_begin(struct help_call *h, struct db *db, int64_t now_us)
{
    memset(h, 0, sizeof *h);
    rng_seed(&h->rng, 1);
    ids_init(&h->ids, 0);
    h->c.now_us = now_us;
    h->c.rng = &h->rng;
    h->c.ids = &h->ids;
    h->c.arena = arena_new(1 << 20);
    h->c.actor = (struct actor){ .kind = ACTOR_STAFF, .id = 7 };
    RC_OF(db_begin(db, &h->c.tx));
}

void help_commit(struct help_call *h)
{
    RC_OF(db_commit(&h->c.tx));
    arena_free(h->c.arena);
}

void help_rollback(struct help_call *h)
{
    db_rollback(&h->c.tx);
    arena_free(h->c.arena);
}

void help_event(struct call *c, int64_t outlet_id, int64_t subject_id, int64_t n)
{
    struct jsonw *w = event_begin(c);
    jw_i64(w, "n", n);
    RC_OF(event_add(c, outlet_id, "ticket.called", subject_id));
}

int64_t help_bad_links(struct db *db, char *first)
{
    struct db_tx *tx = NULL;
    int64_t events = 0, bad = 0;
    RC_OF(db_read(db, &tx));
    RC_OF(event_check(tx, &events, &bad, first, 128));
    db_read_done(&tx);
    return bad;
}

int64_t help_clock(void *ctx)
{
    int64_t *now = ctx;
    return ++*now;
}
