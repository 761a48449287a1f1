/* db_pg_value.c -- Values in the wire's binary format: numbers in network order, texts and bytes as
 * they are, arrays of both. */
#include "store/db_pg.h"
#include <endian.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "base/banned.h"

unsigned pg_type_of(enum db_kind kind)
{
    switch (kind) {
    case DB_INT:
        return PG_INT8;
    case DB_REAL:
        return PG_FLOAT8;
    case DB_TEXT:
        return PG_TEXT;
    case DB_BYTES:
        return PG_BYTEA;
    case DB_NULL:
        break;
    }
    return 0;
}

bool pg_type_fits(unsigned type, const struct db_value *v)
{
    switch (v->kind) {
    case DB_NULL:
        return true;
    case DB_INT:
        return type == PG_INT8 || type == PG_FLOAT8 ||
               (type == PG_INT4 && v->i >= INT32_MIN && v->i <= INT32_MAX) ||
               (type == PG_INT2 && v->i >= INT16_MIN && v->i <= INT16_MAX) ||
               (type == PG_BOOL && (v->i == 0 || v->i == 1));
    case DB_REAL:
        return type == PG_FLOAT8;
    case DB_TEXT:
        return type == PG_TEXT || type == PG_VARCHAR || type == PG_BPCHAR || type == PG_NAME ||
               type == PG_UNKNOWN;
    case DB_BYTES:
        return type == PG_BYTEA;
    }
    return false;
}

static uint64_t real_bits(double f)
{
    uint64_t bits;
    memcpy(&bits, &f, sizeof bits);
    return bits;
}

const char *pg_value(unsigned type, const struct db_value *v, uint64_t *room, int *len)
{
    char *at = (char *)room;
    if (v->kind == DB_NULL) {
        *len = 0;
        return NULL;
    }
    if (v->kind == DB_TEXT || v->kind == DB_BYTES) {
        CHECK(v->len < INT32_MAX);
        *len = (int)v->len;
        return v->len ? v->at : "";
    }
    uint64_t big = htobe64(v->kind == DB_REAL  ? real_bits(v->f)
                           : type == PG_FLOAT8 ? real_bits((double)v->i)
                                               : (uint64_t)v->i);
    *len = type == PG_INT4 ? 4 : type == PG_INT2 ? 2 : type == PG_BOOL ? 1 : 8;
    memcpy(at, (const char *)&big + (8 - *len), (size_t)*len);
    return at;
}

/* ---- arrays ---- */

static const struct {
    unsigned type, array;
    const char *name;
} arrays[] = {
    { PG_INT8, 1016, "bigint" },  { PG_TEXT, 1009, "text" },
    { PG_BYTEA, 1001, "bytea" },  { PG_FLOAT8, 1022, "double precision" },
    { PG_INT4, 1007, "integer" }, { PG_INT2, 1005, "smallint" },
    { PG_BOOL, 1000, "boolean" }, { PG_VARCHAR, 1015, "character varying" },
};

unsigned pg_array_type(unsigned type)
{
    for (size_t i = 0; i < COUNT(arrays); i++)
        if (arrays[i].type == type)
            return arrays[i].array;
    return 0;
}

const char *pg_type_name(unsigned type)
{
    for (size_t i = 0; i < COUNT(arrays); i++)
        if (arrays[i].type == type)
            return arrays[i].name;
    return NULL;
}

static void add_u32(struct buf *b, uint32_t n)
{
    n = htobe32(n);
    buf_add(b, &n, sizeof n);
}

void pg_array(unsigned type, const struct db_value *first, int n_args, int n_rows, struct buf *out)
{
    bool nulls = false;
    for (int i = 0; i < n_rows && !nulls; i++)
        nulls = first[(size_t)i * (size_t)n_args].kind == DB_NULL;
    add_u32(out, 1); /* dimensions */
    add_u32(out, nulls);
    add_u32(out, type);
    add_u32(out, (uint32_t)n_rows);
    add_u32(out, 1); /* the first index */
    for (int i = 0; i < n_rows; i++) {
        const struct db_value *v = &first[(size_t)i * (size_t)n_args];
        uint64_t room;
        int len;
        const char *at = pg_value(type, v, &room, &len);
        add_u32(out, at ? (uint32_t)len : UINT32_MAX);
        if (at)
            buf_add(out, at, (size_t)len);
    }
}

/* ---- columns ---- */

static const char *cell(struct db_rows *rows, int column, unsigned *type, int *len)
{
    const struct pg_rows *r = rows->statement;
    CHECK(r->result && r->at >= 0 && r->at < r->count && column >= 0 &&
          column < PQnfields(r->result) && column != r->place);
    if (PQgetisnull(r->result, r->at, column))
        return NULL;
    *type = PQftype(r->result, column);
    *len = PQgetlength(r->result, r->at, column);
    return PQgetvalue(r->result, r->at, column);
}

static uint64_t read_big(const char *at, int len)
{
    uint64_t n = 0;
    for (int i = 0; i < len; i++)
        n = n << 8 | (uint8_t)at[i];
    return n;
}

static int64_t read_signed(const char *at, int len)
{
    return len == 8   ? (int64_t)read_big(at, 8)
           : len == 4 ? (int32_t)read_big(at, 4)
           : len == 2 ? (int16_t)read_big(at, 2)
                      : (int64_t)read_big(at, len);
}

/* Digits to the base 10,000, the first of them times 10000^weight. */
static double read_numeric(const char *at, int len, int64_t *whole)
{
    int digits = (int)read_signed(at, 2), weight = (int)read_signed(at + 2, 2);
    bool negative = read_big(at + 4, 2) == 0x4000;
    double f = 0;
    int64_t n = 0;
    CHECK(len >= 8 + 2 * digits);
    for (int i = 0; i < digits; i++) {
        int d = (int)read_big(at + 8 + 2 * i, 2);
        f += d * pow(10000, weight - i);
        if (i <= weight)
            n = n * 10000 + d;
    }
    for (int i = digits; i <= weight; i++)
        n *= 10000;
    *whole = negative ? -n : n;
    return negative ? -f : f;
}

static double read_real(const char *at, int len)
{
    uint64_t bits = read_big(at, len);
    if (len == 4) {
        uint32_t small = (uint32_t)bits;
        float f;
        memcpy(&f, &small, sizeof f);
        return (double)f;
    }
    double f;
    memcpy(&f, &bits, sizeof f);
    return f;
}

static bool is_text(unsigned type)
{
    return type == PG_TEXT || type == PG_VARCHAR || type == PG_BPCHAR || type == PG_NAME ||
           type == PG_UNKNOWN || type == PG_BYTEA;
}

int64_t pg_i64(struct db_rows *rows, int column)
{
    unsigned type = 0;
    int len = 0;
    int64_t whole = 0;
    const char *at = cell(rows, column, &type, &len);
    if (!at || is_text(type)) /* a text is no number here: only where SQLite's would be 0, too */
        return 0;
    if (type == PG_NUMERIC)
        return (void)read_numeric(at, len, &whole), whole;
    if (type == PG_FLOAT8 || type == PG_FLOAT4)
        return (int64_t)read_real(at, len);
    return read_signed(at, len);
}

double pg_f64(struct db_rows *rows, int column)
{
    unsigned type = 0;
    int len = 0;
    int64_t whole = 0;
    const char *at = cell(rows, column, &type, &len);
    if (!at || is_text(type))
        return 0;
    if (type == PG_NUMERIC)
        return read_numeric(at, len, &whole);
    if (type == PG_FLOAT8 || type == PG_FLOAT4)
        return read_real(at, len);
    return (double)read_signed(at, len);
}

const char *pg_text(struct db_rows *rows, int column)
{
    struct pg_rows *r = rows->statement;
    unsigned type = 0;
    int len = 0;
    const char *at = cell(rows, column, &type, &len);
    if (!at || is_text(type))
        return at;
    if (type == PG_FLOAT8 || type == PG_FLOAT4)
        (void)snprintf(r->text, sizeof r->text, "%.15g", pg_f64(rows, column));
    else
        (void)snprintf(r->text, sizeof r->text, "%" PRId64, pg_i64(rows, column));
    return r->text;
}

const void *pg_bytes(struct db_rows *rows, int column, size_t *len)
{
    unsigned type = 0;
    int n = 0;
    const char *at = cell(rows, column, &type, &n);
    *len = (size_t)n;
    if (!at || is_text(type))
        return at;
    at = pg_text(rows, column);
    *len = strlen(at);
    return at;
}

bool pg_is_null(struct db_rows *rows, int column)
{
    unsigned type = 0;
    int len = 0;
    return !cell(rows, column, &type, &len);
}
