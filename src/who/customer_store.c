/* customer_store.c -- See customer_store.h. */
#include "who/customer_store.h"
#include <stdio.h>
#include <string.h>
#include "base/banned.h"

#define COLUMNS                                                                                \
    "SELECT id, kind, paper, paper_number, name, mobile, address, flags, outlet_id, agent_id," \
    " merged_into, created_us, changed_us FROM customer"

static void copy_text(char *out, size_t size, struct db_rows *r, int column)
{
    const char *text = db_text(r, column);
    snprintf(out, size, "%s", text ? text : "");
}

static void read_row(struct db_rows *r, struct customer *out)
{
    *out = (struct customer){
        .id = { db_i64(r, 0) },
        .kind = (enum customer_kind)db_i64(r, 1),
        .paper = (enum customer_paper)db_i64(r, 2),
        .flags = (int)db_i64(r, 7),
        .outlet_id = db_i64(r, 8),
        .agent = { db_i64(r, 9) },
        .merged_into = { db_i64(r, 10) },
        .created_us = db_i64(r, 11),
        .changed_us = db_i64(r, 12),
    };
    copy_text(out->paper_number, sizeof out->paper_number, r, 3);
    copy_text(out->name, sizeof out->name, r, 4);
    copy_text(out->mobile, sizeof out->mobile, r, 5);
    copy_text(out->address, sizeof out->address, r, 6);
}

static int read_rows(struct db_rows *r, int rc, int max, struct customer *out, int *n)
{
    *n = 0;
    while (!rc && *n < max && (rc = db_next(r)) == DB_ROW) {
        rc = 0;
        read_row(r, &out[(*n)++]);
    }
    db_done(r);
    return rc;
}

int customer_store_get(struct call *c, customer_id id, struct customer *out, bool *found)
{
    struct db_rows r;
    int n, rc = db_query(c->tx, &r, COLUMNS " WHERE id=$1", DB_ARGS(DB_I(id.n)));
    rc = read_rows(&r, rc, 1, out, &n);
    *found = n == 1;
    return rc;
}

int customer_store_by_paper(struct call *c, enum customer_paper paper, const char *number,
                            struct customer *out, bool *found)
{
    struct db_rows r;
    int n, rc = db_query(c->tx, &r, COLUMNS " WHERE paper=$1 AND paper_number=$2",
                         DB_ARGS(DB_I(paper), DB_T(number)));
    rc = read_rows(&r, rc, 1, out, &n);
    *found = n == 1;
    return rc;
}

int customer_store_add(struct call *c, const struct customer *one)
{
    return db_exec(c->tx,
                   "INSERT INTO customer (id, kind, paper, paper_number, name, mobile, address,"
                   " flags, outlet_id, agent_id, merged_into, created_us, changed_us)"
                   " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
                   DB_ARGS(DB_I(one->id.n), DB_I(one->kind), DB_I(one->paper),
                           DB_T(one->paper_number), DB_T(one->name), DB_T(one->mobile),
                           DB_T(one->address), DB_I(one->flags), DB_I(one->outlet_id),
                           DB_I(one->agent.n), DB_I(one->merged_into.n), DB_I(one->created_us),
                           DB_I(one->changed_us)));
}

int customer_store_save(struct call *c, const struct customer *one)
{
    return db_exec(c->tx,
                   "UPDATE customer SET paper=$1, paper_number=$2, name=$3, mobile=$4,"
                   " address=$5, flags=$6, agent_id=$7, merged_into=$8, changed_us=$9"
                   " WHERE id=$10",
                   DB_ARGS(DB_I(one->paper), DB_T(one->paper_number), DB_T(one->name),
                           DB_T(one->mobile), DB_T(one->address), DB_I(one->flags),
                           DB_I(one->agent.n), DB_I(one->merged_into.n), DB_I(one->changed_us),
                           DB_I(one->id.n)));
}

int customer_store_find(struct call *c, enum customer_by by, const char *text, int max,
                        struct customer *out, int *n)
{
    struct db_rows r;
    char last[CUSTOMER_NAME_MAX + 5]; /* after every name that begins with the text */
    int rc = 0;
    switch (by) {
    case BY_PAPER:
        rc = db_query(c->tx, &r, COLUMNS " WHERE paper_number=$1 ORDER BY id LIMIT $2",
                      DB_ARGS(DB_T(text), DB_I(max)));
        break;
    case BY_MOBILE:
        rc = db_query(c->tx, &r, COLUMNS " WHERE mobile=$1 ORDER BY id LIMIT $2",
                      DB_ARGS(DB_T(text), DB_I(max)));
        break;
    default:
        snprintf(last, sizeof last, "%.*s\xF4\x8F\xBF\xBF", CUSTOMER_NAME_MAX, text);
        rc = db_query(c->tx, &r, COLUMNS " WHERE name>=$1 AND name<$2 ORDER BY name, id LIMIT $3",
                      DB_ARGS(DB_T(text), DB_T(last), DB_I(max)));
    }
    return read_rows(&r, rc, max, out, n);
}

int customer_store_merged(struct call *c, customer_id into, int max, customer_id *out, int *n)
{
    struct db_rows r;
    int rc =
        db_query(c->tx, &r, "SELECT id FROM customer WHERE merged_into=$1 ORDER BY id LIMIT $2",
                 DB_ARGS(DB_I(into.n), DB_I(max)));
    *n = 0;
    while (!rc && *n < max && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        out[(*n)++].n = db_i64(&r, 0);
    }
    db_done(&r);
    return rc;
}

int customer_store_all(struct call *c, customer_id after, int max, struct customer *out, int *n)
{
    struct db_rows r;
    int rc = db_query(c->tx, &r, COLUMNS " WHERE id>$1 ORDER BY id LIMIT $2",
                      DB_ARGS(DB_I(after.n), DB_I(max)));
    return read_rows(&r, rc, max, out, n);
}
