/* db_table.c -- See db_table.h. */
#include "store/db_table.h"
#include "base/arena.h"
#include "base/buf.h"
#include "store/db_priv.h"
#include <stdio.h>
#include <string.h>
#include "base/banned.h"

enum { TABLES_MAX = 256, ROW_MAX = 64 << 20, COPY_ROWS = 1000, COPY_BYTES = 8 << 20 };

/* ---- what there is ---- */

static bool kind_of(const char *type, enum db_kind *kind)
{
    static const struct {
        const char *type;
        enum db_kind kind;
    } kinds[] = {
        { "INTEGER", DB_INT }, { "TEXT", DB_TEXT }, { "BLOB", DB_BYTES }, { "REAL", DB_REAL }
    };
    for (size_t i = 0; i < COUNT(kinds); i++)
        if (!strcmp(kinds[i].type, type)) {
            *kind = kinds[i].kind;
            return true;
        }
    return false;
}

static void texts_make(struct db_table *t, struct arena *arena)
{
    struct buf read, insert, values;
    buf_init(&read, 8192);
    buf_init(&insert, 8192);
    buf_init(&values, 2048);
    for (int i = 0; i < t->n_columns; i++) {
        buf_printf(&read, "%s%s", i ? ", " : "SELECT ", t->columns[i].name);
        buf_printf(&insert, "%s%s", i ? ", " : "", t->columns[i].name);
        buf_printf(&values, "%s$%d", i ? "," : "", i + 1);
    }
    buf_printf(&read, " FROM %s", t->name);
    for (int place = 1; place <= t->n_columns; place++)
        for (int i = 0; i < t->n_columns; i++)
            if (t->columns[i].key == place)
                buf_printf(&read, "%s%s", place == 1 ? " ORDER BY " : ", ", t->columns[i].name);
    t->read = arena_text(arena, read.at);
    t->insert =
        arena_printf(arena, "INSERT INTO %s (%s) VALUES (%s)", t->name, insert.at, values.at);
    CHECK(!read.overflow && !insert.overflow && !values.overflow);
    buf_release(&read);
    buf_release(&insert);
    buf_release(&values);
}

/* Rows (table, column, type, place in the key) by table and column. */
int db_tables(struct db_tx *tx, struct arena *arena, struct db_table **out, int *n)
{
    struct db_table *list = arena_alloc(arena, TABLES_MAX * sizeof *list);
    struct db_rows r;
    *n = 0;
    int rc = db_query(tx, &r, tx->db->engine->columns_sql, DB_NO_ARGS);
    while (rc == 0 && (rc = db_next(&r)) == DB_ROW) {
        const char *table = db_text(&r, 0);
        rc = 0;
        if (*n == 0 || strcmp(list[*n - 1].name, table) != 0) {
            if (*n == TABLES_MAX)
                return db_done(&r), db_note(tx->db, RC_CORRUPT, "more tables than ours: %s", table);
            (void)snprintf(list[(*n)++].name, sizeof list->name, "%s", table);
        }
        struct db_table *t = &list[*n - 1];
        if (t->n_columns == (int)COUNT(t->columns))
            return db_done(&r), db_note(tx->db, RC_CORRUPT, "%s is no table of ours", t->name);
        struct db_column *k = &t->columns[t->n_columns++];
        (void)snprintf(k->name, sizeof k->name, "%s", db_text(&r, 1));
        k->key = (int)db_i64(&r, 3);
        if (!db_text(&r, 2) || !kind_of(db_text(&r, 2), &k->kind))
            rc = db_note(tx->db, RC_CORRUPT, "%s.%s is of no type of ours", t->name, k->name);
    }
    db_done(&r);
    for (int i = 0; i < *n; i++)
        texts_make(&list[i], arena);
    *out = list;
    return rc;
}

int db_not_another(struct db_tx *tx)
{
    struct db_rows r;
    char other[64] = "";
    bool ours = false;
    int n = 0, rc = db_query(tx, &r, tx->db->engine->columns_sql, DB_NO_ARGS);
    while (rc == 0 && !ours && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        ours = !strcmp(db_text(&r, 0), "migration") && !strcmp(db_text(&r, 1), "digest");
        if (!n++)
            (void)snprintf(other, sizeof other, "%s", db_text(&r, 0));
    }
    db_done(&r);
    return rc || ours || !n ? rc
                            : db_note(tx->db, RC_CONFLICT,
                                      "there are tables of another program (%s): name an empty"
                                      " database",
                                      other);
}

/* ---- which table before which ---- */

static int place_of(const struct db_table *tables, int n, const char *name)
{
    for (int i = 0; i < n; i++)
        if (!strcmp(tables[i].name, name))
            return i;
    return -1;
}

int db_tables_order(struct db_tx *tx, struct arena *arena, const struct db_table *tables, int n,
                    int **order)
{
    bool *before = arena_alloc(arena, (size_t)n * (size_t)n + 1); /* [a * n + b]: a needs b */
    bool *done = arena_alloc(arena, (size_t)n + 1);
    int *list = arena_alloc(arena, ((size_t)n + 1) * sizeof *list), count = 0;
    struct db_rows r;
    int rc = db_query(tx, &r, tx->db->engine->references_sql, DB_NO_ARGS);
    while (rc == 0 && (rc = db_next(&r)) == DB_ROW) {
        int a = place_of(tables, n, db_text(&r, 0)), b = place_of(tables, n, db_text(&r, 1));
        rc = 0;
        if (a >= 0 && b >= 0 && a != b)
            before[a * n + b] = true;
    }
    db_done(&r);
    for (int left = n; rc == 0 && left > 0;) {
        int was = left;
        for (int a = 0; a < n; a++) {
            bool ready = !done[a];
            for (int b = 0; b < n && ready; b++)
                ready = !before[a * n + b] || done[b];
            if (ready) {
                done[a] = true;
                list[count++] = a;
                left--;
            }
        }
        if (left == was)
            rc = db_note(tx->db, RC_CORRUPT, "tables refer to each other in a ring");
    }
    *order = list;
    return rc;
}

/* ---- what is in them ---- */

static void row_text(struct db_rows *r, const struct db_table *t, struct buf *b)
{
    buf_clear(b);
    for (int i = 0; i < t->n_columns; i++) {
        size_t len = 0;
        double f;
        if (db_is_null(r, i)) {
            buf_text(b, "n\n");
            continue;
        }
        switch (t->columns[i].kind) {
        case DB_INT:
            buf_char(b, 'i');
            buf_i64(b, db_i64(r, i));
            break;
        case DB_REAL: /* the bits: no digit is lost */
            f = db_f64(r, i);
            buf_char(b, 'r');
            buf_add(b, &f, sizeof f);
            break;
        default: {
            const void *at = db_bytes(r, i, &len);
            buf_char(b, 'b');
            buf_i64(b, (int64_t)len);
            buf_char(b, ':');
            buf_add(b, at, len);
        }
        }
        buf_char(b, '\n');
    }
    CHECK(!b->overflow);
}

int db_table_digest(struct db_tx *tx, const struct db_table *t, int64_t *rows,
                    uint8_t out[DIGEST_BYTES])
{
    struct db_rows r;
    struct buf b;
    memset(out, 0, DIGEST_BYTES);
    *rows = 0;
    buf_init(&b, ROW_MAX);
    int rc = db_query(tx, &r, t->read, DB_NO_ARGS);
    while (rc == 0 && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        row_text(&r, t, &b);
        digest_link(out, b.at, b.len, out);
        ++*rows;
    }
    db_done(&r);
    buf_release(&b);
    return rc;
}

/* ---- copying ---- */

struct batch {
    struct arena *arena;
    struct db_value *values;
    int rows;
    size_t bytes;
};

static struct db_value value_keep(struct batch *b, struct db_rows *r, int i, enum db_kind kind)
{
    size_t len = 0;
    if (db_is_null(r, i))
        return DB_NONE;
    if (kind == DB_INT)
        return DB_I(db_i64(r, i));
    if (kind == DB_REAL)
        return DB_F(db_f64(r, i));
    const void *at = db_bytes(r, i, &len);
    b->bytes += len;
    return (struct db_value){ .kind = kind, .at = arena_dup(b->arena, at, len), .len = len };
}

static int batch_write(struct batch *b, struct db_tx *to, const struct db_table *t)
{
    int rc = db_exec_many(to, t->insert, b->values, t->n_columns, b->rows);
    arena_clear(b->arena);
    b->values = arena_alloc(b->arena, COPY_ROWS * (size_t)t->n_columns * sizeof *b->values);
    b->rows = 0;
    b->bytes = 0;
    return rc;
}

int db_table_copy(struct db_tx *from, struct db_tx *to, const struct db_table *t, db_table_see *see,
                  void *ctx)
{
    struct batch b = { .arena = arena_new((size_t)COPY_BYTES + ROW_MAX + (16 << 20)) };
    struct db_rows r;
    int64_t rows = 0;
    b.values = arena_alloc(b.arena, COPY_ROWS * (size_t)t->n_columns * sizeof *b.values);
    int rc = db_query(from, &r, t->read, DB_NO_ARGS);
    while (rc == 0 && (rc = db_next(&r)) == DB_ROW) {
        struct db_value *row = b.values + (size_t)b.rows * (size_t)t->n_columns;
        rc = 0;
        for (int i = 0; i < t->n_columns; i++)
            row[i] = value_keep(&b, &r, i, t->columns[i].kind);
        rows++;
        if (++b.rows < COPY_ROWS && b.bytes < COPY_BYTES)
            continue;
        rc = batch_write(&b, to, t);
        if (rc == 0 && see && !see(ctx, rows))
            rc = RC_STOPPING;
    }
    db_done(&r);
    if (rc == 0)
        rc = batch_write(&b, to, t);
    if (rc == 0 && see && !see(ctx, rows))
        rc = RC_STOPPING;
    arena_free(b.arena);
    return rc;
}
