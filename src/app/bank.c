/* bank.c -- See bank.h. */
#include "app/bank.h"
#include "advise/advise.h"
#include "approve/approve.h"
#include "cash/cash.h"
#include "deposit/deposit.h"
#include "ledger/ledger_filler.h"
#include "lobby/lobby.h"
#include "store/db_memory.h"
#include "roster/roster.h"
#include "store/door.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct db_migration bank_migrations[] = {
    { "bank-001-setting", "CREATE TABLE bank_setting (name {TEXT} NOT NULL PRIMARY KEY,"
                          " value {TEXT} NOT NULL) {TABLE_END};\n" },
};
static const size_t bank_migrations_count = COUNT(bank_migrations);

/* The tables of every room, in the order in which they may refer to each other. */
static const struct {
    const struct db_migration *list;
    const size_t *count;
} rooms[] = {
    { event_migrations, &event_migrations_count },
    { door_migrations, &door_migrations_count },
    { who_migrations, &who_migrations_count },
    { branch_migrations, &branch_migrations_count },
    { ledger_migrations, &ledger_migrations_count },
    { deposit_migrations, &deposit_migrations_count },
    { approve_migrations, &approve_migrations_count },
    { cash_migrations, &cash_migrations_count },
    { lobby_migrations, &lobby_migrations_count },
    { roster_migrations, &roster_migrations_count },
    { advise_migrations, &advise_migrations_count },
    { bank_migrations, &bank_migrations_count },
};

static int migrate(struct db *db, int64_t now_us)
{
    int rc = app_bank_refuse_another(db);
    for (size_t i = 0; !rc && i < COUNT(rooms); i++)
        rc = db_migrate(db, rooms[i].list, *rooms[i].count, now_us);
    return rc;
}

static int is_older(struct db_tx *tx, bool *older)
{
    int rc = 0;
    *older = false;
    for (size_t i = 0; !rc && i < COUNT(rooms); i++) {
        size_t missing = 0;
        rc = db_migrations_missing(tx, rooms[i].list, *rooms[i].count, &missing);
        *older = *older || missing;
    }
    return rc;
}

static int last_id(struct db_tx *tx, struct ids *ids)
{
    /* clang-format off */
    static int (*const last[])(struct db_tx * tx, int64_t * id) = {
        who_last_id,
        branch_last_id,
        ledger_last_id,
        deposit_last_id,
        approve_last_id,
        cash_last_id,
        lobby_last_id,
        roster_last_id,
        advise_last_id,
    };
    /* clang-format on */
    int rc = 0;
    for (size_t i = 0; !rc && i < COUNT(last); i++) {
        int64_t id = 0;
        rc = last[i](tx, &id);
        ids_seen(ids, id);
    }
    return rc;
}

static int learn(struct bank *b)
{
    struct db_tx *tx = NULL;
    char value[BANK_VALUE] = "";
    ids_init(&b->ids, 0);
    db_ids(b->db, &b->ids);
    int rc = db_read(b->db, &tx);
    if (!rc)
        rc = is_older(tx, &b->older);
    if (!rc && !b->older && !db_is_shared(b->db)) /* who only reads gives no numbers */
        rc = last_id(tx, &b->ids);
    if (!rc && !b->older)
        rc = app_bank_setting_get(tx, "demo", value);
    b->demo = !strcmp(value, "1");
    db_read_done(&tx);
    return rc;
}

static enum ledger_layout new_books = LEDGER_FAST;

void app_bank_new_books(enum ledger_layout layout)
{
    new_books = layout;
}

/* Books that nobody has used yet get the layout of the configuration; it counts at once, for
 * nothing has asked which one they have. */
static int choose_layout(struct call *c)
{
    int64_t used = 0;
    int rc = db_one_i64(c->tx,
                        "SELECT COUNT(*) FROM (SELECT id FROM ledger_account"
                        " UNION ALL SELECT id FROM ledger_layout) AS x",
                        DB_NO_ARGS, 0, &used);
    return rc || used ? rc : ledger_layout_set(c, new_books);
}

static int prepare(struct call *c, void *ctx)
{
    UNUSED(ctx);
    int rc = choose_layout(c);
    if (!rc)
        rc = ledger_prepare(c);
    if (!rc)
        rc = deposit_prepare(c);
    return rc ? rc : lobby_prepare(c);
}

static int defaults(struct call *c)
{
    static const struct branch_class usual[] = {
        { .index = 0,
          .code = "normal",
          .name_zh = "普通客户",
          .name_en = "Normal",
          .rank = 0,
          .target_s = 1200,
          .goal_ppm = 950000 },
        { .index = 1,
          .code = "mid",
          .name_zh = "中端客户",
          .name_en = "Mid",
          .rank = 1,
          .target_s = 600,
          .goal_ppm = 900000,
          .mid_high = true },
        { .index = 2,
          .code = "high",
          .name_zh = "高端客户",
          .name_en = "High-end",
          .rank = 2,
          .target_s = 600,
          .goal_ppm = 900000,
          .mid_high = true },
    };
    struct branch_class *list;
    int n = 0;
    int rc = branch_classes(c, &list, &n);
    for (size_t i = 0; !rc && n == 0 && i < COUNT(usual); i++) {
        struct branch_class k = usual[i];
        rc = branch_class_put(c, &k);
    }
    return rc;
}

int app_bank_setup(struct call *c, void *token)
{
    int rc = who_setup_begin(c, token);
    return rc ? rc : defaults(c);
}

static int opened(struct bank *b, int rc, const char *url, char *error, size_t size)
{
    if (rc == RC_BUSY)
        snprintf(error, size, "%s is in use by another process", app_bank_url_path(url));
    else if (rc)
        snprintf(error, size, "%s: %s", app_bank_url_path(url), db_error(b->db));
    if (rc)
        app_bank_close(b);
    return rc;
}

static int no_store(struct bank *b, const char *url, char *error, size_t size)
{
    snprintf(error, size, "%s: %s", app_bank_url_path(url),
             db_url_is_server(url) ? "no bank in this database (piaohao init makes one)"
                                   : "no such store");
    app_bank_close(b);
    return RC_IO;
}

int app_bank_open(const char *url, bool make, int64_t now_us, struct bank *out, char *error,
                  size_t size)
{
    memset(out, 0, sizeof *out);
    if (!make && !app_bank_is_there(url))
        return no_store(out, url, error, size);
    int rc = db_open(url, &out->db);
    if (!rc && !make && db_url_is_server(url) && app_bank_is_empty(out->db))
        return no_store(out, url, error, size);
    if (!rc)
        rc = migrate(out->db, now_us);
    if (!rc)
        rc = learn(out);
    if (!rc)
        rc = app_bank_write(out, now_us, prepare, NULL);
    return opened(out, rc, url, error, size);
}

int app_bank_open_bare(const char *url, int64_t now_us, struct bank *out, char *error, size_t size)
{
    memset(out, 0, sizeof *out);
    int rc = db_open(url, &out->db);
    if (!rc)
        rc = migrate(out->db, now_us);
    return opened(out, rc, url, error, size);
}

int app_bank_open_shared(const char *url, struct bank *out, char *error, size_t size)
{
    memset(out, 0, sizeof *out);
    if (!app_bank_is_there(url))
        return no_store(out, url, error, size);
    int rc = db_open_shared(url, &out->db);
    if (!rc && db_url_is_server(url) && app_bank_is_empty(out->db))
        return no_store(out, url, error, size);
    if (!rc)
        rc = learn(out);
    return opened(out, rc, url, error, size);
}

int app_bank_fill(struct bank *b)
{
    return ledger_filler_start(b->db, &b->filler);
}

void app_bank_history(struct bank *b, int64_t *waiting, bool *fault, bool *damaged)
{
    struct ledger_filler_numbers n = { 0 };
    if (b->filler)
        ledger_filler_numbers(b->filler, &n);
    *waiting = n.waiting;
    *fault = n.fault != 0;
    *damaged = n.damaged;
}

void app_bank_close(struct bank *b)
{
    ledger_filler_stop(b->filler, false);
    b->filler = NULL;
    db_close(b->db);
    b->db = NULL;
}

int app_bank_setting_get(struct db_tx *tx, const char *name, char out[BANK_VALUE])
{
    struct db_rows r;
    int rc = db_query(tx, &r, "SELECT value FROM bank_setting WHERE name=$1", DB_ARGS(DB_T(name)));
    out[0] = '\0';
    if (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        snprintf(out, BANK_VALUE, "%s", db_text(&r, 0));
    }
    db_done(&r);
    return rc;
}

int app_bank_setting_put(struct db_tx *tx, const char *name, const char *value)
{
    CHECK(strlen(value) < BANK_VALUE);
    return db_exec(tx,
                   "INSERT INTO bank_setting (name, value) VALUES ($1,$2)"
                   " ON CONFLICT (name) DO UPDATE SET value=excluded.value",
                   DB_ARGS(DB_T(name), DB_T(value)));
}

int app_bank_write(struct bank *b, int64_t now_us, int (*run)(struct call *c, void *ctx), void *ctx)
{
    enum { MEMORY = 64 << 20 };
    struct rng rng;
    struct call c = { .now_us = now_us, .rng = &rng, .ids = &b->ids };
    rng_seed(&rng, (uint64_t)now_us);
    int rc = db_begin(b->db, &c.tx);
    if (rc)
        return rc;
    c.arena = arena_new(MEMORY);
    rc = run(&c, ctx);
    if (!rc)
        rc = db_commit(&c.tx);
    db_rollback(&c.tx);
    arena_free(c.arena);
    return rc;
}

struct ordered {
    door_run *run;
    void *order;
};

static int run_order(struct call *c, void *ctx)
{
    struct ordered *o = ctx;
    return o->run(c, o->order, NULL);
}

int app_bank_order(struct bank *b, int64_t now_us, door_run *run, void *order)
{
    struct ordered o = { run, order };
    return app_bank_write(b, now_us, run_order, &o);
}
