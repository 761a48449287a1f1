/* db_pg_sql.c -- Statements on PostgreSQL: prepared once a connection under a name, run in one
 * round trip, read from memory; large results of readers come through a cursor. */
#include "base/log.h"
#include "store/db_pg.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/banned.h"

enum {
    SQL_MAX = 64 << 10,
    LARGE = 5000, /* rows, from which on a reader's result comes through a cursor */
};

/* ---- the cache ---- */

struct pg_statement *pg_statement_slot(struct pg_tx *t, const char *sql, bool many)
{
    uint64_t h = ((uint64_t)(uintptr_t)sql + many) * UINT64_C(0x9e3779b97f4a7c15);
    if (!t->cache)
        t->cache = arena_alloc(t->tx.db->arena, DB_CACHE * sizeof *t->cache);
    for (size_t i = (size_t)(h >> 40) % DB_CACHE;; i = (i + 1) % DB_CACHE) {
        struct pg_statement *s = &t->cache[i];
        if (s->sql == sql && s->many == many)
            return s;
        if (!s->sql)
            return t->cached < DB_CACHE_MAX ? s : &t->once;
    }
}

void pg_statement_new(struct pg_tx *t, struct pg_statement *s, const char *sql, bool many)
{
    if (s->sql && s->prepared && s != &t->once) {
        char text[40];
        (void)snprintf(text, sizeof text, "DEALLOCATE %s", s->name);
        if (pg_now(t, text, NULL))
            return;
    }
    if (!s->sql) {
        buf_init(&s->text, SQL_MAX);
        buf_init(&s->asked, SQL_MAX);
        t->cached += s != &t->once;
    }
    s->sql = sql;
    s->many = many;
    s->prepared = s->loop = false;
    s->size = PG_SIZE_UNKNOWN;
    s->params = -1;
    buf_clear(&s->asked);
    buf_text(&s->asked, sql);
    memset(s->types, 0, sizeof s->types);
    if (s == &t->once)
        s->name[0] = 0; /* the unnamed statement: the next one takes its place */
    else
        (void)snprintf(s->name, sizeof s->name, "s%u", ++t->names);
}

void pg_statements_forget(struct pg_tx *t)
{
    for (int i = 0; t->cache && i < DB_CACHE; i++)
        t->cache[i].prepared = false;
    t->once.prepared = false;
}

void pg_statements_free(struct pg_tx *t)
{
    for (int i = 0; t->cache && i < DB_CACHE; i++) {
        buf_release(&t->cache[i].text);
        buf_release(&t->cache[i].asked);
    }
    buf_release(&t->once.text);
    buf_release(&t->once.asked);
}

/* ---- preparing ---- */

static int refused(struct pg_tx *t, PGresult *res, const struct pg_statement *s)
{
    const char *state = res ? PQresultErrorField(res, PG_DIAG_SQLSTATE) : NULL;
    if (state && !strncmp(state, "42", 2)) /* a bug or a missing migration: say which text */
        log_line(LOG_ERROR, "store.sql", "%s: %s", PQresultErrorMessage(res), s->text.at);
    int rc = pg_fault(t, res, s->asked.at);
    PQclear(res);
    return rc;
}

/* What the server found for the parameters that were given no type. */
static int describe(struct pg_tx *t, struct pg_statement *s)
{
    PGresult *res = PQdescribePrepared(t->conn, s->name);
    if (PQresultStatus(res) != PGRES_COMMAND_OK)
        return refused(t, res, s);
    for (int i = 0; i < s->params; i++)
        s->types[i] = PQparamtype(res, i);
    PQclear(res);
    return 0;
}

int pg_statement_prepare(struct pg_tx *t, struct pg_statement *s)
{
    if (s->prepared)
        return 0;
    unsigned types[DB_ARGS_MAX];
    bool asks = false;
    int rc = pg_now(t, NULL, NULL); /* an error of ours would end what is still to be sent */
    for (int i = 0; i < s->params; i++) {
        types[i] = s->many ? pg_array_type(s->types[i]) : s->types[i];
        asks = asks || !types[i];
    }
    if (rc)
        return rc;
    CHECK(!s->text.overflow);
    PGresult *res = PQprepare(t->conn, s->name, s->text.at, s->params, types);
    if (PQresultStatus(res) != PGRES_COMMAND_OK)
        return refused(t, res, s);
    PQclear(res);
    s->prepared = true;
    return asks ? describe(t, s) : 0;
}

/* The statement for these values: types come from their kinds, or from the server for a NULL. */
int pg_statement_take(struct pg_tx *t, const char *sql, const struct db_value *args, int n,
                      struct pg_statement **out)
{
    struct pg_statement *s = pg_statement_slot(t, sql, false);
    CHECK(sql && n <= DB_ARGS_MAX);
    *out = s;
    bool again = !s->sql || s->sql != sql || strcmp(s->asked.at, sql) != 0;
    if (again)
        pg_statement_new(t, s, sql, false);
    CHECK(s->params < 0 || s->params == n); /* as many values as the text has parameters */
    for (int i = 0; i < n && s->params >= 0 && !again; i++)
        again = !pg_type_fits(s->types[i], &args[i]);
    if (!again && s->params >= 0)
        return 0;
    if (s->prepared) /* other kinds of values than before */
        pg_statement_new(t, s, sql, false);
    s->params = n;
    for (int i = 0; i < n; i++)
        if (args[i].kind != DB_NULL)
            s->types[i] = pg_type_of(args[i].kind);
    return pg_guard_statement(t, s);
}

/* ---- running ---- */

/* A statement that the server took; rc tells of a refusal. */
static int settle(struct pg_tx *t, const struct pg_statement *s, int rc, PGresult **res)
{
    t->tx.changed = 0;
    if (rc == 0 && !s->select)
        t->tx.changed = strtoll(PQcmdTuples(*res), NULL, 10);
    if (rc == 0 && s->quiet && t->tx.changed == 0)
        rc = RC_CONFLICT;
    if (rc && rc != RC_CONFLICT) {
        const char *state = *res ? PQresultErrorField(*res, PG_DIAG_SQLSTATE) : NULL;
        if (state && !strncmp(state, "42", 2))
            log_line(LOG_ERROR, "store.sql", "%s: %s", PQresultErrorMessage(*res), s->text.at);
    }
    return rc;
}

int pg_statement_run(struct pg_tx *t, struct pg_statement *s, const struct pg_values *v,
                     PGresult **res)
{
    int rc = pg_statement_prepare(t, s);
    return rc ? rc : settle(t, s, pg_trip(t, s->name, v, s->guarded, res), res);
}

static int run(struct pg_tx *t, struct pg_statement *s, const struct db_value *args, int n,
               PGresult **res)
{
    int rc = pg_statement_prepare(t, s); /* the types of NULLs are known after it */
    if (rc)
        return rc;
    const char *at[DB_ARGS_MAX];
    int lengths[DB_ARGS_MAX], formats[DB_ARGS_MAX];
    uint64_t room[DB_ARGS_MAX];
    for (int i = 0; i < n; i++) {
        at[i] = pg_value(s->types[i], &args[i], &room[i], &lengths[i]);
        formats[i] = 1;
    }
    struct pg_values v = { n, at, lengths, formats };
    return settle(t, s, pg_trip(t, s->name, &v, s->guarded, res), res);
}

int pg_run(struct db_tx *tx, const char *sql)
{
    struct buf text;
    buf_init(&text, 512 << 10);
    pg_add_text(&text, sql);
    int rc = pg_now(pg_tx(tx), text.at, NULL);
    buf_release(&text);
    pg_guards_forget(tx->db);
    return rc;
}

int pg_exec(struct db_tx *tx, const char *sql, const struct db_value *args, int n_args)
{
    struct pg_tx *t = pg_tx(tx);
    struct pg_statement *s = NULL;
    PGresult *res = NULL;
    if (t->aborted)
        return t->aborted;
    int rc = pg_statement_take(t, sql, args, n_args, &s);
    if (rc == 0)
        rc = run(t, s, args, n_args, &res);
    PQclear(res);
    return rc;
}

/* ---- open results ---- */

struct pg_rows *pg_rows_open(struct pg_tx *t, struct db_rows *rows)
{
    struct pg_rows *r = t->free_rows;
    if (r)
        t->free_rows = r->next_free;
    else
        r = arena_alloc(t->tx.db->arena, sizeof *r);
    *r = (struct pg_rows){ .at = -1, .place = -1 };
    rows->statement = r;
    t->tx.open_rows++;
    return r;
}

void pg_rows_result(struct pg_rows *r, PGresult *res)
{
    PQclear(r->result);
    r->result = res;
    r->at = -1;
    r->count = PQntuples(res);
}

static int fetch(struct pg_tx *t, struct pg_rows *r)
{
    char text[40];
    PGresult *res = NULL;
    (void)snprintf(text, sizeof text, "FETCH %d FROM %s", PG_FETCH, r->cursor);
    if (t->aborted)
        return t->aborted;
    res = PQexecParams(t->conn, text, 0, NULL, NULL, NULL, NULL, 1);
    if (PQresultStatus(res) != PGRES_TUPLES_OK) {
        int rc = pg_fault(t, res, text);
        PQclear(res);
        return rc;
    }
    pg_rows_result(r, res);
    return 0;
}

/* A reader's result of unknown size, a part at a time. */
static int declare(struct pg_tx *t, struct pg_statement *s, const struct db_value *args, int n,
                   struct pg_rows *r)
{
    const char *at[DB_ARGS_MAX];
    int lengths[DB_ARGS_MAX], formats[DB_ARGS_MAX];
    uint64_t room[DB_ARGS_MAX];
    struct buf text;
    for (int i = 0; i < n; i++) {
        at[i] = pg_value(s->types[i], &args[i], &room[i], &lengths[i]);
        formats[i] = 1;
    }
    int rc = pg_now(t, NULL, NULL);
    if (rc)
        return rc;
    (void)snprintf(r->cursor, sizeof r->cursor, "c%u", ++t->names);
    buf_init(&text, SQL_MAX);
    buf_printf(&text, "DECLARE %s NO SCROLL CURSOR FOR %s", r->cursor, s->text.at);
    PGresult *res = PQexecParams(t->conn, text.at, n, s->types, at, lengths, formats, 1);
    rc = PQresultStatus(res) == PGRES_COMMAND_OK ? 0 : pg_fault(t, res, s->asked.at);
    PQclear(res);
    buf_release(&text);
    if (rc) {
        r->cursor[0] = 0;
        return rc;
    }
    rc = fetch(t, r);
    if (rc == 0)
        s->size = r->count < PG_FETCH ? PG_SMALL : PG_LARGE;
    return rc;
}

int pg_query(struct db_tx *tx, struct db_rows *rows, const char *sql, const struct db_value *args,
             int n_args)
{
    struct pg_tx *t = pg_tx(tx);
    struct pg_statement *s = NULL;
    PGresult *res = NULL;
    if (t->aborted)
        return t->aborted;
    int rc = pg_statement_take(t, sql, args, n_args, &s);
    if (rc)
        return rc;
    struct pg_rows *r = pg_rows_open(t, rows);
    if (!tx->writer && s->select && s->size != PG_SMALL && s != &t->once && !strstr(sql, "LIMIT"))
        return declare(t, s, args, n_args, r);
    rc = run(t, s, args, n_args, &res);
    if (rc) {
        PQclear(res);
        return rc;
    }
    pg_rows_result(r, res);
    if (r->count > LARGE)
        s->size = PG_LARGE;
    return 0;
}

int pg_next(struct db_rows *rows)
{
    struct pg_rows *r = rows->statement;
    struct pg_tx *t = pg_tx(rows->tx);
    for (;;) {
        if (++r->at < r->count) {
            if (r->place >= 0)
                rows->row = pg_rows_place(r);
            return DB_ROW;
        }
        if (r->cursor[0] && r->count == PG_FETCH) {
            int rc = fetch(t, r);
            if (rc)
                return rc;
        } else if (rows->n_left > 0) {
            int rc = pg_many_part(rows);
            if (rc)
                return rc;
        } else {
            return 0;
        }
    }
}

void pg_done(struct db_rows *rows)
{
    struct pg_rows *r = rows->statement;
    struct pg_tx *t = pg_tx(rows->tx);
    char text[40];
    t->tx.open_rows--;
    if (r->cursor[0] && r->count == PG_FETCH && !t->aborted && !t->tx.dead) {
        (void)snprintf(text, sizeof text, "CLOSE %s", r->cursor);
        (void)pg_now(t, text, NULL);
    }
    PQclear(r->result);
    r->result = NULL;
    r->next_free = t->free_rows;
    t->free_rows = r;
}
