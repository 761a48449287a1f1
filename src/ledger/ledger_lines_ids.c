/* ledger_lines_ids.c -- Which transfer id is where, in the history file: each run has its ids in
 * order, some in a row. */
#include "ledger/ledger_lines_priv.h"
#include "base/banned.h"

int lines_id_order(transfer_id a, transfer_id b)
{
    return a.high != b.high ? (a.high > b.high) - (a.high < b.high)
                            : (a.low > b.low) - (a.low < b.low);
}

/* ---- a row ---- */

void ids_row_begin(struct db_rows *r, int column, struct ids_row *row)
{
    size_t len = 0;
    *row = (struct ids_row){ .at = db_bytes(r, column, &len) };
    row->end = row->at + len;
}

int ids_row_next(struct ids_row *row)
{
    uint64_t high = 0;
    int64_t number = 0;
    if (row->at == row->end)
        return 0;
    if (!pack_get(&row->at, row->end, &high) ||
        !pack_get_fixed(&row->at, row->end, &row->before.id.low) ||
        !pack_get_signed(&row->at, row->end, &number))
        return RC_CORRUPT;
    row->before.id.high = (int64_t)((uint64_t)row->before.id.high + high);
    row->before.number = (int64_t)((uint64_t)row->before.number + (uint64_t)number);
    return 1;
}

void ids_put_begin(struct ids_writer *w, struct arena *arena, struct db_tx *tx, int64_t run)
{
    *w = (struct ids_writer){ .tx = tx, .run = run };
    w->batch = lines_batch_new(
        arena, "INSERT INTO history_id (run, id_high, id_low, body) VALUES ($1, $2, $3, $4)", 4);
}
_Static_assert((int)IDS_ROW_MAX <= (int)LINES_ROW_MAX, "a batch's bodies are for both");

static int end_row(struct ids_writer *w)
{
    if (!w->at)
        return 0;
    const struct db_value row[4] = { DB_I(w->run), DB_I(w->first.id.high), DB_I(w->first.id.low),
                                     DB_B(w->body, (size_t)(w->at - w->body)) };
    w->at = NULL;
    return lines_batch_add(w->batch, w->tx, row);
}

int ids_put(struct ids_writer *w, const struct lines_id *id)
{
    int rc = w->at && w->at - w->body >= IDS_ROW_BYTES ? end_row(w) : 0;
    if (!w->at) {
        w->first = *id;
        w->before = (struct lines_id){ .number = 0 };
        w->body = w->at = lines_batch_body(w->batch);
    }
    w->at = pack_put(w->at, (uint64_t)id->id.high - (uint64_t)w->before.id.high);
    w->at = pack_put_fixed(w->at, id->id.low);
    w->at = pack_put_signed(w->at, (int64_t)((uint64_t)id->number - (uint64_t)w->before.number));
    w->before = *id;
    return rc;
}

int ids_put_end(struct ids_writer *w)
{
    int rc = end_row(w);
    return rc ? rc : lines_batch_end(w->batch, w->tx);
}

/* ---- looked for ---- */

static int find_in(struct db_rows *r, transfer_id id, int64_t *number, bool *found)
{
    struct ids_row row;
    int rc;
    ids_row_begin(r, 0, &row);
    while ((rc = ids_row_next(&row)) == 1 && !*found) {
        *found = row.before.id.high == id.high && row.before.id.low == id.low;
        *number = *found ? row.before.number : 0;
    }
    return rc < 0 ? rc : 0;
}

int lines_known(const struct history *h, transfer_id id, int64_t *number, bool *found)
{
    enum { RUNS_AT_ONCE = 64 };
    struct db_value keys[RUNS_AT_ONCE * 3];
    int rc = 0;
    *number = 0;
    *found = false;
    for (int at = h->n - 1; !rc && !*found && at >= 0;) {
        struct db_rows r;
        int n = 0;
        for (; at >= 0 && n < RUNS_AT_ONCE; at--)
            if (id.high >= h->run[at].id_min && id.high <= h->run[at].id_max) {
                keys[n * 3] = DB_I(h->run[at].run);
                keys[n * 3 + 1] = DB_I(id.high);
                keys[n++ * 3 + 2] = DB_I(id.low);
            }
        if (!n)
            break;
        rc = db_query_many(h->tx, &r,
                           "SELECT body FROM history_id WHERE run=$1"
                           " AND id_high<=$2 AND (id_high<$2 OR id_low<=$3)"
                           " ORDER BY id_high DESC, id_low DESC LIMIT 1",
                           keys, 3, n);
        while (!rc && !*found && (rc = db_next(&r)) == DB_ROW)
            rc = lines_fault(h, keys[db_row(&r) * 3].i, find_in(&r, id, number, found));
        db_done(&r);
    }
    return lines_fault(h, 0, rc);
}

struct seeing {
    int64_t high, max, n;
    lines_see_id *see;
    void *ctx;
};

static int see_rows(const struct history *h, const char *sql, int64_t run, struct seeing *s)
{
    struct db_rows r;
    int rc = db_query(h->tx, &r, sql, DB_ARGS(DB_I(run), DB_I(s->high)));
    while (!rc && s->n < s->max && (rc = db_next(&r)) == DB_ROW) {
        struct ids_row row;
        ids_row_begin(&r, 0, &row);
        while (s->n < s->max && (rc = ids_row_next(&row)) == 1)
            if (row.before.id.high >= s->high) {
                s->see(s->ctx, row.before.id, row.before.number);
                s->n++;
            }
        rc = rc < 0 ? rc : 0;
    }
    db_done(&r);
    return lines_fault(h, run, rc);
}

int lines_known_from(const struct history *h, int64_t high, int64_t max, lines_see_id *see,
                     void *ctx, int64_t *n)
{
    struct seeing s = { high, max, 0, see, ctx };
    int rc = 0;
    for (int i = 0; !rc && i < h->n; i++) {
        if (h->run[i].id_max < high)
            continue;
        /* The row before may end with some of them. */
        rc = see_rows(h,
                      "SELECT body FROM history_id WHERE run=$1 AND id_high<$2"
                      " ORDER BY id_high DESC, id_low DESC LIMIT 1",
                      h->run[i].run, &s);
        if (!rc)
            rc = see_rows(h,
                          "SELECT body FROM history_id WHERE run=$1 AND id_high>=$2"
                          " ORDER BY id_high, id_low",
                          h->run[i].run, &s);
    }
    *n = s.n;
    return rc;
}
