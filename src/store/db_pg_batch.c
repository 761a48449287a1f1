/* db_pg_batch.c -- Many rows of values by one statement: a column of them is one array parameter.
 */
#include "store/db_pg.h"
#include <string.h>
#include "base/banned.h"

enum { ARRAY_MAX = 256 << 20 };

/* The element types of the columns: by the first value that is not NULL, 0 when there is none.
 * *fits: the statement as it is prepared takes them all. */
static void types_of(const struct pg_statement *s, const struct db_value *args, int n_args,
                     int n_rows, unsigned *types, bool *fits)
{
    memset(types, 0, (size_t)n_args * sizeof *types);
    *fits = true;
    for (int r = 0; r < n_rows; r++)
        for (int i = 0; i < n_args; i++, args++) {
            if (!types[i])
                types[i] = pg_type_of(args->kind);
            *fits = *fits && pg_type_fits(s->types[i], args);
        }
}

/* What the server takes for the columns of which we know nothing. */
static int types_ask(struct pg_tx *t, const char *sql, const struct db_value *args, int n_args,
                     unsigned *types)
{
    struct pg_statement *one = NULL;
    bool asks = false;
    for (int i = 0; i < n_args; i++)
        asks = asks || !types[i];
    if (!asks)
        return 0;
    int rc = pg_statement_take(t, sql, args, n_args, &one);
    if (rc == 0)
        rc = pg_statement_prepare(t, one);
    for (int i = 0; i < n_args && rc == 0; i++)
        if (!types[i])
            types[i] = one->types[i];
    return rc;
}

static int many_take(struct pg_tx *t, const char *sql, const struct db_value *args, int n_args,
                     int n_rows, struct pg_statement **out)
{
    unsigned types[DB_ARGS_MAX];
    bool fits = false;
    CHECK(n_args <= DB_ARGS_MAX);
    struct pg_statement *s = pg_statement_slot(t, sql, true);
    bool known = s->sql == sql && s->many && s->params == n_args && !strcmp(s->asked.at, sql);
    types_of(s, args, n_args, n_rows, types, &fits);
    *out = s;
    if (known && fits)
        return 0;
    pg_statement_new(t, s, sql, true);
    int rc = types_ask(t, sql, args, n_args, types);
    if (rc)
        return rc;
    s->params = n_args;
    memcpy(s->types, types, sizeof types[0] * (size_t)n_args);
    s->select = strchr("SWsw", *sql) != NULL;
    s->guarded = s->quiet = false;
    buf_clear(&s->text);
    s->loop = !pg_many_text(sql, types, n_args, &s->text);
    return 0;
}

static int many_run(struct pg_tx *t, struct pg_statement *s, const struct db_value *args,
                    int n_rows, PGresult **res)
{
    const char *at[DB_ARGS_MAX];
    int lengths[DB_ARGS_MAX], formats[DB_ARGS_MAX];
    for (int i = 0; i < s->params; i++) {
        struct buf *b = &t->arrays[i];
        if (!b->max)
            buf_init(b, ARRAY_MAX);
        buf_clear(b);
        pg_array(s->types[i], args + i, s->params, n_rows, b);
        if (b->overflow)
            return db_note(t->tx.db, RC_FULL, "a batch over %d MiB", ARRAY_MAX >> 20);
        at[i] = b->at;
        lengths[i] = (int)b->len;
        formats[i] = 1;
    }
    struct pg_values v = { s->params, at, lengths, formats };
    return pg_statement_run(t, s, &v, res);
}

int pg_exec_many(struct db_tx *tx, const char *sql, const struct db_value *args, int n_args,
                 int n_rows)
{
    struct pg_tx *t = pg_tx(tx);
    struct pg_statement *s = NULL;
    int64_t changed = 0;
    int rc = t->aborted;
    while (rc == 0 && n_rows > 0) {
        int part = n_rows < PG_MANY_ROWS ? n_rows : PG_MANY_ROWS;
        PGresult *res = NULL;
        rc = many_take(t, sql, args, n_args, part, &s);
        if (rc == 0 && s->loop)
            part = 1;
        if (rc == 0)
            rc = s->loop ? pg_exec(tx, sql, args, n_args) : many_run(t, s, args, part, &res);
        PQclear(res);
        changed += tx->changed;
        n_rows -= part;
        args += (size_t)part * (size_t)n_args;
    }
    tx->changed = changed;
    return rc;
}

int pg_many_part(struct db_rows *rows)
{
    struct pg_tx *t = pg_tx(rows->tx);
    struct pg_rows *r = rows->statement;
    struct pg_statement *s = NULL;
    PGresult *res = NULL;
    int part = rows->n_left < PG_MANY_ROWS ? rows->n_left : PG_MANY_ROWS;
    if (t->aborted)
        return t->aborted;
    int rc = many_take(t, r->sql, rows->args, rows->n_args, part, &s);
    CHECK(rc || !s->loop); /* a SELECT */
    if (rc == 0)
        rc = many_run(t, s, rows->args, part, &res);
    if (rc) {
        PQclear(res);
        return rc;
    }
    pg_rows_result(r, res);
    r->place = PQnfields(res) - 1;
    r->base += r->asked;
    r->asked = part;
    rows->args += (size_t)part * (size_t)rows->n_args;
    rows->n_left -= part;
    return 0;
}

int pg_query_many(struct db_tx *tx, struct db_rows *rows, const char *sql,
                  const struct db_value *args, int n_args, int n_rows)
{
    struct pg_rows *r = pg_rows_open(pg_tx(tx), rows);
    r->sql = sql;
    rows->args = args;
    rows->n_args = n_args;
    rows->n_left = n_rows;
    return pg_many_part(rows);
}

int pg_rows_place(const struct pg_rows *r)
{
    uint64_t n = 0;
    const char *at = PQgetvalue(r->result, r->at, r->place);
    for (int i = 0; i < 8; i++)
        n = n << 8 | (uint8_t)at[i];
    return r->base + (int)n - 1; /* WITH ORDINALITY counts from 1 */
}
