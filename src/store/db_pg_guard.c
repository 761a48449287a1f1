/* db_pg_guard.c -- On SQLite a statement that meets a conflict changes nothing and the transaction
 * goes on. On PostgreSQL any error ends the transaction, unless a savepoint stands before it. So:
 *
 *   INSERT of one row        gets ON CONFLICT DO NOTHING: no row inserted is the conflict, no error
 *   anything else that may   runs between SAVEPOINT and RELEASE, in the same round trip
 *   SELECT and the rest      runs bare
 *
 * What may meet a conflict says the catalogue: a table with checks or references (INSERT), a column
 * that is changed and stands in a key, check or reference (UPDATE), a table that is referred to
 * (DELETE). */
#include "store/db_pg.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include "base/banned.h"

/* table, column ('' when it is referred to), 1 when it is part of a key */
static const char constraints[] =
    "SELECT r.relname, a.attname, CASE WHEN c.contype IN ('u','p') THEN 1 ELSE 0 END"
    " FROM pg_constraint c JOIN pg_class r ON r.oid=c.conrelid"
    " JOIN pg_attribute a ON a.attrelid=c.conrelid AND a.attnum=ANY(c.conkey)"
    " WHERE c.contype IN ('c','f','u','p') AND pg_table_is_visible(r.oid)"
    " UNION SELECT r.relname, a.attname, 1 FROM pg_index i JOIN pg_class r ON r.oid=i.indrelid"
    " JOIN pg_attribute a ON a.attrelid=i.indrelid AND a.attnum=ANY(i.indkey)"
    " WHERE i.indisunique AND pg_table_is_visible(r.oid) AND r.relnamespace<>11"
    " UNION SELECT r.relname, '', 0 FROM pg_constraint c JOIN pg_class r ON r.oid=c.confrelid"
    " WHERE c.contype='f' AND pg_table_is_visible(r.oid)";

static int guards_read(struct pg_tx *t)
{
    struct pg_db *d = pg_db(t->tx.db);
    PGresult *res = NULL;
    int rc = pg_now(t, constraints, &res);
    if (rc == 0) {
        d->n_guards = PQntuples(res);
        d->guards = arena_alloc(d->db.arena, (size_t)(d->n_guards + 1) * sizeof *d->guards);
        for (int i = 0; i < d->n_guards; i++) {
            struct pg_guard *g = &d->guards[i];
            (void)snprintf(g->table, sizeof g->table, "%s", PQgetvalue(res, i, 0));
            (void)snprintf(g->column, sizeof g->column, "%s", PQgetvalue(res, i, 1));
            g->unique = *PQgetvalue(res, i, 2) == '1';
        }
        d->guards_known = true;
    }
    PQclear(res);
    return rc;
}

void pg_guards_forget(struct db *db)
{
    struct pg_db *d = pg_db(db);
    pthread_mutex_lock(&d->lock);
    d->guards_known = false;
    pthread_mutex_unlock(&d->lock);
}

static const char *skip_word(const char *at)
{
    at += strcspn(at, " \n");
    return at + strspn(at, " \n");
}

/* Is the column given a value in the text between SET and WHERE? */
static bool sets(const char *sql, const char *column)
{
    size_t n = strlen(column);
    const char *set = strstr(sql, " SET ");
    const char *where = set ? strstr(set, " WHERE ") : NULL;
    for (const char *at = set; at && (at = strstr(at, column)); at += n) {
        const char *after = at + n + strspn(at + n, " ");
        if (where && at > where)
            return false;
        if (!isalnum((unsigned char)at[-1]) && at[-1] != '_' && at[-1] != '.' && *after == '=')
            return true;
    }
    return false;
}

static bool meets(const struct pg_guard *g, const char *sql, char verb)
{
    if (verb == 'D')
        return !*g->column;
    if (verb == 'U')
        return *g->column && sets(sql, g->column);
    return *g->column && !g->unique;
}

/* One row of values, and no word of its own about conflicts. */
static bool one_row(const char *sql)
{
    const char *values = strstr(sql, "VALUES");
    return values && !strstr(sql, "ON CONFLICT") && !strstr(sql, "SELECT") &&
           !strstr(sql, "RETURNING");
}

int pg_guard_statement(struct pg_tx *t, struct pg_statement *s)
{
    const char *sql = s->asked.at;
    struct pg_db *d = pg_db(t->tx.db);
    int rc = 0;
    s->select = !strncasecmp(sql, "SELECT", 6) || !strncasecmp(sql, "WITH", 4);
    s->quiet = s->guarded = false;
    buf_clear(&s->text);
    pg_add_text(&s->text, sql);
    char verb = (char)toupper((unsigned char)*sql);
    if (s->select || !t->tx.writer || !strchr("IUD", verb))
        return 0;
    const char *table = skip_word(sql);
    if (verb != 'U')
        table = skip_word(table); /* INTO, FROM */
    size_t n = strcspn(table, " (\n");
    pthread_mutex_lock(&d->lock);
    if (!d->guards_known)
        rc = guards_read(t);
    bool key = verb == 'I' && one_row(sql);
    for (int i = 0; rc == 0 && i < d->n_guards && !s->guarded; i++)
        s->guarded = strlen(d->guards[i].table) == n && !strncmp(d->guards[i].table, table, n) &&
                     meets(&d->guards[i], sql, verb);
    pthread_mutex_unlock(&d->lock);
    s->guarded = s->guarded || (verb == 'I' && !key);
    s->quiet = key && !s->guarded;
    if (s->quiet)
        buf_text(&s->text, " ON CONFLICT DO NOTHING");
    return rc;
}
