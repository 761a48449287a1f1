/* move.c -- See move.h. */
#include "app/move.h"
#include "app/lease.h"
#include "ledger/ledger_books.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct move {
    struct arena *arena;
    struct db_table *tables;
    int n, *order;
    move_see *see;
    void *ctx;
    const char *table; /* at work */
    int64_t before, all;
    char *error;
    size_t size;
};

/* What the target makes for itself. */
static bool is_own(const char *table)
{
    return !strcmp(table, "migration");
}

static int say(struct move *m, int rc, const char *what, struct db *db)
{
    snprintf(m->error, m->size, "%s: %s", what, db_error(db));
    return rc;
}

static int count_rows(struct move *m, struct db_tx *tx, const char *table, int64_t *rows)
{
    const char *sql = arena_printf(m->arena, "SELECT COUNT(*) FROM %s", table);
    return db_one_i64(tx, sql, DB_NO_ARGS, 0, rows);
}

/* No row of anybody: tables without rows are what a move that was broken off leaves. */
static int check_empty(struct move *m, struct db_tx *tx)
{
    int rc = 0;
    for (int i = 0; !rc && i < m->n; i++) {
        int64_t rows = 0;
        if (is_own(m->tables[i].name))
            continue;
        rc = count_rows(m, tx, m->tables[i].name, &rows);
        if (!rc && rows) {
            snprintf(m->error, m->size, "the target is not empty: %s has %" PRId64 " rows",
                     m->tables[i].name, rows);
            rc = RC_CONFLICT;
        }
    }
    return rc;
}

/* A server's instance that does the jobs would go on writing into the old store. */
static int check_source(struct move *m, struct db_tx *tx, int64_t now_us)
{
    int64_t until_us = 0;
    int rc = lease_until(tx, &until_us);
    if (!rc && until_us > now_us) {
        snprintf(m->error, m->size,
                 "an instance serves the source: stop it first (one that was killed is forgotten in"
                 " %" PRId64 " s)",
                 (until_us - now_us) / 1000000 + 1);
        return RC_CONFLICT;
    }
    return rc;
}

static bool see_rows(void *ctx, int64_t rows)
{
    struct move *m = ctx;
    if (m->see)
        m->see(m->ctx, m->table, m->before + rows, m->all);
    return true;
}

static int copy_all(struct move *m, struct db_tx *from, struct db_tx *to, struct moved *out)
{
    int rc = 0;
    for (int i = 0; !rc && i < m->n; i++)
        rc = count_rows(m, from, m->tables[i].name, &out->tables[i].rows);
    for (int i = 0; !rc && i < m->n; i++)
        m->all += is_own(m->tables[i].name) ? 0 : out->tables[i].rows;
    for (int k = 0; !rc && k < m->n; k++) {
        const struct db_table *t = &m->tables[m->order[k]];
        if (is_own(t->name))
            continue;
        m->table = t->name;
        rc = db_table_copy(from, to, t, see_rows, m);
        m->before += out->tables[m->order[k]].rows;
    }
    return rc;
}

/* The same rows, in the same order, byte by byte. */
static int compare_all(struct move *m, struct db_tx *from, struct db_tx *to, struct moved *out)
{
    int rc = 0;
    for (int i = 0; !rc && i < m->n; i++) {
        struct moved_table *t = &out->tables[i];
        uint8_t there[DIGEST_BYTES];
        t->name = m->tables[i].name;
        if (m->see)
            m->see(m->ctx, "compare", i, m->n);
        rc = db_table_digest(from, &m->tables[i], &t->rows, t->digest);
        if (!rc)
            rc = db_table_digest(to, &m->tables[i], &t->there, there);
        t->same = is_own(t->name) ? t->rows == t->there
                                  : t->rows == t->there && !memcmp(t->digest, there, sizeof there);
        out->rows += t->rows;
        out->differ += !t->same;
    }
    return rc;
}

static int find_tables(struct move *m, struct db_tx *from, struct db_tx *to, struct moved *out)
{
    struct db_table *there;
    int n = 0;
    int rc = db_tables(from, m->arena, &m->tables, &m->n);
    if (!rc)
        rc = db_tables(to, m->arena, &there, &n);
    for (int i = 0; !rc && (i < n || i < m->n); i++)
        if (n != m->n || strcmp(there[i].name, m->tables[i].name) != 0 ||
            there[i].n_columns != m->tables[i].n_columns) {
            snprintf(m->error, m->size, "the stores' tables are not the same: %s",
                     i < m->n ? m->tables[i].name : there[i].name);
            rc = RC_CONFLICT;
        }
    if (!rc)
        rc = db_tables_order(from, m->arena, m->tables, m->n, &m->order);
    out->n_tables = m->n;
    out->tables = arena_alloc(m->arena, (size_t)(m->n + 1) * sizeof *out->tables);
    return rc;
}

/* In one transaction of the target, while nobody can write the source. */
static int copy_bank(struct move *m, struct bank *from, struct bank *to, struct moved *out)
{
    struct db_tx *hold = NULL, *read = NULL, *write = NULL;
    int rc = db_begin(from->db, &hold);
    if (!rc)
        rc = db_wait_long(hold);
    if (!rc)
        rc = db_read(from->db, &read);
    if (rc)
        say(m, rc, "the source", from->db);
    if (!rc && (rc = db_begin(to->db, &write)))
        say(m, rc, "the target", to->db);
    if (!rc)
        rc = find_tables(m, read, write, out);
    if (!rc)
        rc = check_empty(m, write);
    if (!rc && (rc = copy_all(m, read, write, out)))
        say(m, rc, m->table ? m->table : "the source", *db_error(to->db) ? to->db : from->db);
    if (!rc)
        rc = compare_all(m, read, write, out);
    if (!rc && (rc = db_commit(&hold))) /* was it ours to the end? */
        say(m, rc, "the source was let go", from->db);
    if (!rc && (rc = db_commit(&write)))
        say(m, rc, "the target", to->db);
    db_rollback(&write);
    db_rollback(&hold);
    db_read_done(&read);
    return rc;
}

int move_bank(struct bank *from, struct bank *to, struct arena *arena, int64_t now_us,
              move_see *see, void *ctx, struct moved *out, char *error, size_t size)
{
    struct move m = { .arena = arena, .see = see, .ctx = ctx, .error = error, .size = size };
    struct db_tx *a = NULL;
    *out = (struct moved){ 0 };
    *error = '\0';
    int rc = db_read(from->db, &a);
    if (!rc)
        rc = check_source(&m, a, now_us);
    db_read_done(&a);
    if (!rc)
        rc = copy_bank(&m, from, to, out);
    if (rc && !*error)
        say(&m, rc, "moving", db_error(from->db)[0] ? from->db : to->db);
    return rc;
}
