/* ledger_batch.c -- See ledger_batch.h. */
#include "ledger/ledger_batch.h"
#include "ledger/ledger_fast.h"
#include "store/db_memory.h"
#include "base/banned.h"

enum { BATCH_MIN = 4 /* orders from which on it pays */ };

struct known { /* an id of the call */
    transfer_id id;
    bool used, absent; /* absent: it is neither in the table nor among what waits */
};

struct batch {
    struct known *ids;
    size_t n_ids; /* a power of two */
    struct ledger_transfer *transfers;
    struct ledger_posting *postings, *tails;
    size_t n_transfers, n_postings, n_tails, room;
};

static struct known *known_of(struct batch *t, transfer_id id)
{
    uint64_t h = ((uint64_t)id.high ^ ((uint64_t)id.low << 1)) * UINT64_C(0x9E3779B97F4A7C15);
    for (size_t i = (size_t)(h >> 32) & (t->n_ids - 1);; i = (i + 1) & (t->n_ids - 1))
        if (!t->ids[i].used || (t->ids[i].id.high == id.high && t->ids[i].id.low == id.low))
            return &t->ids[i];
}

/* Which of the ids are there already? */
static int read_ids(struct book *b, const struct ledger_order *orders, size_t n)
{
    struct batch *t = b->batch;
    struct db_value *keys = arena_alloc(b->c->arena, n * 2 * sizeof *keys);
    struct db_rows r;
    int n_keys = 0;
    for (size_t i = 0; i < n; i++) {
        struct known *k = known_of(t, orders[i].id);
        if (k->used)
            continue;
        *k = (struct known){ .id = orders[i].id, .used = true, .absent = true };
        keys[n_keys * 2] = DB_I(orders[i].id.high);
        keys[n_keys++ * 2 + 1] = DB_I(orders[i].id.low);
    }
    int rc = db_query_many(b->c->tx, &r,
                           "SELECT id_high, id_low FROM ledger_transfer WHERE id_high=$1 AND"
                           " id_low=$2",
                           keys, 2, n_keys);
    while (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        known_of(t, (transfer_id){ db_i64(&r, 0), db_i64(&r, 1) })->absent = false;
    }
    db_done(&r);
    return rc;
}

static int read_accounts(struct book *b, const struct ledger_order *orders, size_t n)
{
    struct db_value *ids = arena_alloc(b->c->arena, n * 2 * sizeof *ids);
    size_t n_ids = 0, found = 0;
    for (size_t i = 0; i < n; i++) {
        if (orders[i].debit.n && book_wants(b, orders[i].debit))
            ids[n_ids++] = DB_I(orders[i].debit.n);
        if (orders[i].credit.n && book_wants(b, orders[i].credit))
            ids[n_ids++] = DB_I(orders[i].credit.n);
    }
    struct ledger_account *list = arena_alloc(b->c->arena, (n_ids + 1) * sizeof *list);
    int rc = ledger_row_accounts(b->c, ids, (int)n_ids, list, &found);
    for (size_t i = 0; !rc && i < found; i++)
        *book_known(b, list[i].id) = list[i];
    return rc;
}

int batch_fetch(struct book *b)
{
    const struct ledger_order *orders = b->coming;
    size_t n = b->n_coming;
    b->coming = NULL;
    account_id *ids = arena_alloc(b->c->arena, n * 2 * sizeof *ids);
    for (size_t i = 0; i < n; i++) {
        ids[i * 2] = orders[i].debit;
        ids[i * 2 + 1] = orders[i].credit;
    }
    return fast_fetch(b->fast, b->c, ids, n * 2);
}

int batch_open(struct book *b, const struct ledger_order *orders, size_t n)
{
    bool server = db_is_server(db_of(b->c->tx));
    if (b->fast && (server || n > 1)) {
        b->coming = orders;
        b->n_coming = n;
    }
    if (b->fast || !server || n < BATCH_MIN)
        return 0;
    struct batch *t = arena_alloc(b->c->arena, sizeof *t);
    for (t->n_ids = 16; t->n_ids < n * 2; t->n_ids *= 2)
        ;
    t->ids = arena_alloc(b->c->arena, t->n_ids * sizeof *t->ids);
    t->room = n;
    t->transfers = arena_alloc(b->c->arena, n * sizeof *t->transfers);
    t->postings = arena_alloc(b->c->arena, 2 * n * sizeof *t->postings);
    t->tails = arena_alloc(b->c->arena, 2 * n * sizeof *t->tails);
    b->batch = t;
    int rc = read_ids(b, orders, n);
    return rc ? rc : read_accounts(b, orders, n);
}

int batch_flush(struct book *b)
{
    struct batch *t = b->batch;
    if (!t)
        return 0;
    int rc = ledger_row_transfers_add(b->c, t->transfers, t->n_transfers);
    if (!rc)
        rc = ledger_row_postings_add(b->c, t->postings, t->n_postings);
    if (!rc)
        rc = ledger_row_tails_add(b->c, t->tails, t->n_tails);
    batch_forget(b);
    return rc;
}

void batch_forget(struct book *b)
{
    if (b->batch)
        b->batch->n_transfers = b->batch->n_postings = b->batch->n_tails = 0;
}

int batch_transfer_find(struct book *b, transfer_id id, struct ledger_transfer *out, bool *found)
{
    *found = false;
    if (b->batch) {
        struct known *k = known_of(b->batch, id);
        if (k->used && k->absent)
            return 0;
        int rc = batch_flush(b);
        if (rc)
            return rc;
    }
    return ledger_row_transfer(b->c, id, out, found);
}

int batch_transfer_add(struct book *b, const struct ledger_transfer *x)
{
    struct batch *t = b->batch;
    if (!t)
        return ledger_row_transfers_add(b->c, x, 1);
    known_of(t, x->id)->absent = false;
    int rc = t->n_transfers == t->room ? batch_flush(b) : 0;
    if (!rc)
        t->transfers[t->n_transfers++] = *x;
    return rc;
}

int batch_posting_add(struct book *b, const struct ledger_posting *p, bool tail)
{
    struct batch *t = b->batch;
    if (!t)
        return tail ? ledger_row_tails_add(b->c, p, 1) : ledger_row_postings_add(b->c, p, 1);
    int rc = (tail ? t->n_tails : t->n_postings) == 2 * t->room ? batch_flush(b) : 0;
    if (!rc && tail)
        t->tails[t->n_tails++] = *p;
    else if (!rc)
        t->postings[t->n_postings++] = *p;
    return rc;
}
