/* db_pg_many.c -- One statement over arrays instead of one a row: the text is rewritten, once a
 * connection, so that the rooms' SQL stays one text for both engines.
 *
 *   INSERT INTO t (..) VALUES (.. $1 ..) rest    INSERT INTO t (..) SELECT .. k.p1 .. FROM
 *                                                unnest($1::bigint[], ..) WITH ORDINALITY AS
 *                                                k(p1, .., place) ORDER BY k.place rest
 *   UPDATE t SET .. WHERE ..                     UPDATE t SET .. FROM unnest(..) AS k(..) WHERE ..
 *   DELETE FROM t WHERE ..                       DELETE FROM t USING unnest(..) AS k(..) WHERE ..
 *   SELECT ..                                    SELECT q.*, k.place FROM unnest(..) AS k(..)
 *                                                CROSS JOIN LATERAL (SELECT ..) AS q ORDER BY ..
 *
 * A text that has none of these shapes is run once a row. */
#include "store/db_pg.h"
#include <ctype.h>
#include <string.h>
#include <strings.h>
#include "base/banned.h"

static bool word_at(const char *at, const char *begin, const char *word)
{
    size_t n = strlen(word);
    if (strncasecmp(at, word, n) != 0 || isalnum((unsigned char)at[n]) || at[n] == '_')
        return false;
    return at == begin || (!isalnum((unsigned char)at[-1]) && at[-1] != '_');
}

/* Names of ours that are words of PostgreSQL's grammar. */
static const char *const reserved[] = { "freeze" };

void pg_add_text(struct buf *b, const char *sql)
{
    bool quoted = false;
    for (const char *at = sql; *at; at++) {
        if (*at == '\'')
            quoted = !quoted;
        size_t i = 0;
        while (i < COUNT(reserved) && (quoted || !word_at(at, sql, reserved[i])))
            i++;
        if (i == COUNT(reserved)) {
            buf_char(b, *at);
            continue;
        }
        buf_printf(b, "\"%s\"", reserved[i]);
        at += strlen(reserved[i]) - 1;
    }
}

/* The word outside of texts and brackets, or NULL. */
static const char *find_word(const char *sql, const char *word)
{
    int depth = 0;
    bool quoted = false;
    for (const char *at = sql; *at; at++) {
        if (*at == '\'')
            quoted = !quoted;
        else if (!quoted && *at == '(')
            depth++;
        else if (!quoted && *at == ')')
            depth--;
        else if (!quoted && depth == 0 && word_at(at, sql, word))
            return at;
    }
    return NULL;
}

static const char *after_bracket(const char *at)
{
    int depth = 0;
    bool quoted = false;
    for (; *at; at++) {
        if (*at == '\'')
            quoted = !quoted;
        else if (!quoted && *at == '(')
            depth++;
        else if (!quoted && *at == ')' && --depth == 0)
            return at + 1;
    }
    return NULL;
}

/* From sql to end, $7 as k.p7. */
static void add_part(struct buf *b, const char *sql, const char *end)
{
    bool quoted = false;
    for (; sql < end; sql++) {
        if (*sql == '\'')
            quoted = !quoted;
        if (*sql == '$' && !quoted && isdigit((unsigned char)sql[1]))
            buf_text(b, "k.p");
        else
            buf_char(b, *sql);
    }
}

static void add_rows(struct buf *b, const unsigned *types, int n)
{
    buf_text(b, "unnest(");
    for (int i = 0; i < n; i++)
        buf_printf(b, "%s$%d::%s[]", i ? "," : "", i + 1, pg_type_name(types[i]));
    buf_text(b, ") WITH ORDINALITY AS k(");
    for (int i = 0; i < n; i++)
        buf_printf(b, "p%d,", i + 1);
    buf_text(b, "place)");
}

static bool insert_text(const char *sql, const unsigned *types, int n, struct buf *out)
{
    const char *values = find_word(sql, "VALUES");
    const char *open = values ? strchr(values, '(') : NULL;
    const char *rest = open ? after_bracket(open) : NULL;
    if (!rest || strchr(rest, '$') || *(rest + strspn(rest, " \n")) == ',')
        return false;
    buf_add(out, sql, (size_t)(values - sql));
    buf_text(out, "SELECT ");
    add_part(out, open + 1, rest - 1);
    buf_text(out, " FROM ");
    add_rows(out, types, n);
    buf_text(out, " ORDER BY k.place");
    buf_text(out, rest);
    return true;
}

static bool change_text(const char *sql, const char *joined, const unsigned *types, int n,
                        struct buf *out)
{
    const char *where = find_word(sql, "WHERE");
    if (!where || (*joined == 'F' && find_word(sql, "FROM")))
        return false;
    add_part(out, sql, where);
    buf_text(out, joined);
    add_rows(out, types, n);
    buf_char(out, ' ');
    add_part(out, where, where + strlen(where));
    return true;
}

static void select_text(const char *sql, const unsigned *types, int n, struct buf *out)
{
    bool ordered = find_word(sql, "ORDER") || find_word(sql, "LIMIT");
    buf_text(out, "SELECT q.*, k.place FROM ");
    add_rows(out, types, n);
    buf_text(out, ordered
                      ? " CROSS JOIN LATERAL (SELECT z.*, row_number() OVER () AS z_place FROM ("
                      : " CROSS JOIN LATERAL (");
    add_part(out, sql, sql + strlen(sql));
    buf_text(out, ordered ? ") AS z) AS q ORDER BY k.place, q.z_place" : ") AS q ORDER BY k.place");
}

static bool many_text(const char *sql, const unsigned *types, int n, struct buf *out)
{
    for (int i = 0; i < n; i++)
        if (!pg_array_type(types[i]))
            return false;
    if (word_at(sql, sql, "INSERT"))
        return insert_text(sql, types, n, out);
    if (word_at(sql, sql, "UPDATE"))
        return change_text(sql, "FROM ", types, n, out);
    if (word_at(sql, sql, "DELETE"))
        return change_text(sql, "USING ", types, n, out);
    if (!word_at(sql, sql, "SELECT") && !word_at(sql, sql, "WITH"))
        return false;
    select_text(sql, types, n, out);
    return true;
}

bool pg_many_text(const char *sql, const unsigned *types, int n, struct buf *out)
{
    struct buf plain;
    buf_init(&plain, 64 << 10);
    pg_add_text(&plain, sql);
    bool good = many_text(plain.at, types, n, out);
    buf_release(&plain);
    return good;
}
