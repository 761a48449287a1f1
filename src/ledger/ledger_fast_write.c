/* ledger_fast_write.c -- Fast layout: what a writing call asks of the memory: accounts, ids, the
 * row it adds. */
#include "ledger/ledger_fast_priv.h"
#include "store/db_memory.h"
#include <stdlib.h>
#include <string.h>
#include "base/banned.h"

enum {
    SLOTS_FIRST = 1 << 10,
    CACHE_LINE = 64,
    ACCOUNT_MEMORY = INT32_MAX, /* about eight million accounts */
    TABLE_MEMORY = 1 << 30,
    STACK_MEMORY = 1 << 30,
};

/* ---- accounts ---- */

static struct slot *slot_start(struct slot *slots, size_t n, int64_t id)
{
    uint64_t h = (uint64_t)id * UINT64_C(0x9E3779B97F4A7C15);
    return &slots[(size_t)(h >> 32) & (n - 1)];
}

static struct slot *slot_of(struct slot *slots, size_t n, int64_t id)
{
    for (size_t i = (size_t)(slot_start(slots, n, id) - slots);; i = (i + 1) & (n - 1))
        if (!slots[i].at || slots[i].id == id)
            return &slots[i];
}

static void slots_grow(struct fast *f)
{
    size_t n = f->n_slots ? f->n_slots * 2 : SLOTS_FIRST;
    struct arena *arena = arena_new(TABLE_MEMORY);
    struct slot *slots = arena_alloc(arena, n * sizeof *slots);
    for (size_t i = 0; i < f->n_slots; i++)
        if (f->slots[i].at)
            *slot_of(slots, n, f->slots[i].id) = f->slots[i];
    arena_free(f->slots_arena);
    f->slots_arena = arena;
    f->slots = slots;
    f->n_slots = n;
    if (!f->accounts)
        f->accounts = arena_new(ACCOUNT_MEMORY);
}

static struct fast_account *place_of(struct fast *f, int64_t id)
{
    if (f->used * 2 >= f->n_slots)
        slots_grow(f);
    struct slot *s = slot_of(f->slots, f->n_slots, id);
    if (!s->at) {
        s->id = id;
        s->at = arena_alloc(f->accounts, sizeof *s->at);
        f->used++;
    }
    return s->at;
}

static void expect_account(const struct fast *f, int64_t id, bool places)
{
    const struct slot *s = slot_start(f->slots, f->n_slots, id);
    if (!id)
        return;
    if (places)
        __builtin_prefetch(s);
    else if (s->id == id)
        for (size_t at = 0; at < sizeof *s->at; at += CACHE_LINE)
            __builtin_prefetch((const char *)s->at + at);
}

void fast_expect(const struct fast *f, const struct ledger_order *o, bool places)
{
    if (!f->n_slots || !f->known)
        return;
    if (places)
        known_expect(f->known, o->id);
    expect_account(f, o->debit.n, places);
    expect_account(f, o->credit.n, places);
}

struct fast_account *fast_find(const struct fast *f, int64_t id)
{
    return f->n_slots ? slot_of(f->slots, f->n_slots, id)->at : NULL;
}

int fast_pending(struct call *c, account_id id, struct ledger_totals *t)
{
    int rc = db_one_i64(c->tx,
                        "SELECT CAST(SUM(minor) AS BIGINT) FROM ledger_hold WHERE debit_id=$1"
                        " AND state=1",
                        DB_ARGS(DB_I(id.n)), 0, &t->debits_pending);
    if (!rc)
        rc = db_one_i64(c->tx,
                        "SELECT CAST(SUM(minor) AS BIGINT) FROM ledger_hold WHERE credit_id=$1"
                        " AND state=1",
                        DB_ARGS(DB_I(id.n)), 0, &t->credits_pending);
    return rc;
}
_Static_assert(HOLD_OPEN == 1, "the statements above say so");

/* An account that was not in memory has nothing booked by this transaction: what is committed is
 * all there is. */
static void count(struct fast *f, struct fast_account *at, const struct ledger_entry *e)
{
    at->a.totals.debits = e->debits;
    at->a.totals.credits = e->credits;
    at->a.entries = e->seq;
    at->a.last_us = e->booked_us;
    at->counted = f->life;
}

/* The row, the totals being there already. */
static void keep(struct fast *f, struct fast_account *at, const struct ledger_account *row)
{
    struct ledger_account a = *row;
    a.totals = at->a.totals;
    a.entries = at->a.entries;
    a.last_us = at->a.last_us;
    at->a = a;
    at->asked = f->turn;
    at->loaded = at->exists = true;
    buf_add(&f->reloads, &at, sizeof at); /* what was loaded inside an undone savepoint is not so */
}

static int load(struct fast *f, struct call *c, account_id id)
{
    struct ledger_account a = { 0 };
    struct ledger_entry e;
    bool exists;
    int rc = ledger_row_account(c, id, &a, &exists);
    struct fast_account *at = fast_find(f, id.n);
    if (at)
        at->exists = exists;
    if (rc || !exists)
        return rc;
    if (!at)
        at = place_of(f, id.n);
    bool counted = at->counted == f->life;
    if (!counted)
        rc = fast_committed(f, c->arena, &id, 1, &e);
    if (!rc && (!counted || at->asked != f->turn))
        rc = fast_pending(c, id, &at->a.totals);
    if (rc)
        return rc;
    if (!counted)
        count(f, at, &e);
    keep(f, at, &a);
    return 0;
}

static bool is_here(const struct fast *f, const struct fast_account *at)
{
    return at->loaded && at->counted == f->life && at->asked == f->turn && !f->behind;
}

int fast_account(struct fast *f, struct call *c, account_id id, struct ledger_account **out)
{
    struct fast_account *at = fast_find(f, id.n);
    *out = NULL;
    if (!at || !is_here(f, at)) {
        int rc = fast_ready(f, c);
        at = fast_find(f, id.n);
        if (!rc && !(at && is_here(f, at)))
            rc = load(f, c, id);
        if (rc)
            return rc;
        at = fast_find(f, id.n);
    }
    *out = at && at->exists ? &at->a : NULL;
    return 0;
}

static int by_id(const void *a, const void *b)
{
    int64_t x = ((const account_id *)a)->n, y = ((const account_id *)b)->n;
    return (x > y) - (x < y);
}

/* Those that are not here, each once. */
static size_t missing(struct fast *f, const account_id *ids, size_t n, account_id *out)
{
    size_t m = 0, k = 0;
    for (size_t i = 0; i < n; i++) {
        struct fast_account *at = ids[i].n ? fast_find(f, ids[i].n) : NULL;
        if (!ids[i].n || (at && is_here(f, at)))
            continue;
        if (at)
            at->loaded = at->exists = false;
        out[m++] = ids[i];
    }
    qsort(out, m, sizeof *out, by_id);
    for (size_t i = 0; i < m; i++)
        if (!i || out[i].n != out[i - 1].n)
            out[k++] = out[i];
    return k;
}

/* What the accounts of the rows stand at, when that was never counted. */
static int count_rows(struct fast *f, struct call *c, const struct ledger_account *rows, size_t n)
{
    account_id *fresh = arena_alloc(c->arena, (n + 1) * sizeof *fresh);
    struct ledger_entry *e = arena_alloc(c->arena, (n + 1) * sizeof *e);
    size_t n_fresh = 0;
    for (size_t i = 0; i < n; i++) {
        const struct fast_account *at = fast_find(f, rows[i].id.n);
        if (!at || at->counted != f->life)
            fresh[n_fresh++] = rows[i].id;
    }
    int rc = n_fresh ? fast_committed(f, c->arena, fresh, n_fresh, e) : 0;
    for (size_t i = 0; !rc && i < n_fresh; i++)
        count(f, place_of(f, fresh[i].n), &e[i]);
    return rc;
}

/* The rows with what holds have pending, and the totals of those that were never counted: in a trip
 * each on a server, from one snapshot of the history file. Who is nobody's gets no place. */
int fast_fetch(struct fast *f, struct call *c, const account_id *ids, size_t n)
{
    account_id *wanted = arena_alloc(c->arena, (n + 1) * sizeof *wanted);
    int rc = fast_ready(f, c);
    size_t found = 0, m = rc ? 0 : missing(f, ids, n, wanted);
    if (rc || !m)
        return rc;
    struct db_value *keys = arena_alloc(c->arena, m * sizeof *keys);
    struct ledger_account *rows = arena_alloc(c->arena, m * sizeof *rows);
    for (size_t i = 0; i < m; i++)
        keys[i] = DB_I(wanted[i].n);
    rc = ledger_row_accounts_held(c, keys, (int)m, rows, &found);
    if (!rc)
        rc = count_rows(f, c, rows, found);
    for (size_t i = 0; !rc && i < found; i++) {
        struct fast_account *at = fast_find(f, rows[i].id.n);
        at->a.totals.debits_pending = rows[i].totals.debits_pending;
        at->a.totals.credits_pending = rows[i].totals.credits_pending;
        keep(f, at, &rows[i]);
    }
    return rc;
}

const struct ledger_account *fast_peek(const struct fast *f, account_id id)
{
    const struct fast_account *at = fast_find(f, id.n);
    return at && is_here(f, at) && at->exists ? &at->a : NULL;
}

void fast_touch(struct fast *f, struct ledger_account *a)
{
    struct fast_account *at = (struct fast_account *)a; /* its first member */
    _Static_assert(offsetof(struct fast_account, a) == 0, "an account is found from its copy");
    if (at->kept == f->serial)
        return;
    struct undo_totals u = { at, a->totals, a->entries, a->last_us, at->kept };
    buf_add(&f->totals, &u, sizeof u);
    at->kept = f->serial;
}

void fast_reload(struct fast *f, account_id id)
{
    struct fast_account *at = fast_find(f, id.n);
    if (!at)
        return;
    at->loaded = false;
    buf_add(&f->reloads, &at, sizeof at);
}

/* ---- transfers ---- */

static int copy_found(struct call *c, const struct unpack *u, const struct ledger_transfer *t,
                      struct fast_found *out)
{
    out->t = *t;
    out->t.memo = arena_text(c->arena, t->memo);
    out->n_legs = u->n_legs;
    out->legs = arena_alloc(c->arena, (u->n_legs + 2) * sizeof *out->legs);
    memcpy(out->legs, u->legs, u->n_legs * sizeof *out->legs);
    return 0;
}

/* LEDGER_NO_TRANSFER: the row has no such number. */
static int find_in(struct call *c, const struct pack *row, int64_t number, struct fast_found *out)
{
    struct unpack u; /* not of the arena: who looks for many in one call would fill it */
    struct ledger_transfer t;
    int rc;
    unpack_begin(&u, row);
    while ((rc = unpack_next(&u, &t)) == 1)
        if (t.number == number)
            return copy_found(c, &u, &t, out);
    return rc ? rc : LEDGER_NO_TRANSFER;
}

int fast_transfer(struct fast *f, struct call *c, int64_t number, struct fast_found *out)
{
    struct db_rows r;
    struct pack row;
    if (f && db_is_writer(c->tx) && fast_row(f, &row) && number >= row.first)
        return find_in(c, &row, number, out);
    int rc = db_query(c->tx, &r, PACK_COLUMNS " WHERE first<=$1 ORDER BY first DESC LIMIT 1",
                      DB_ARGS(DB_I(number)));
    if (!rc && (rc = db_next(&r)) == DB_ROW) {
        pack_read(&r, &row);
        rc = number <= row.last ? find_in(c, &row, number, out) : LEDGER_NO_TRANSFER;
    } else if (!rc) {
        rc = LEDGER_NO_TRANSFER;
    }
    db_done(&r);
    return rc;
}

/* ---- ids ---- */

static int known_by_disk(struct fast *f, transfer_id id, int64_t *number)
{
    struct history history;
    bool found = false;
    int rc = fast_history(f, &history);
    if (!rc)
        rc = lines_known(&history, id, number, &found);
    lines_read_done(&history);
    return rc;
}

int fast_known(struct fast *f, struct call *c, transfer_id id, int64_t *number)
{
    uint64_t at = 0;
    int rc = fast_ready(f, c);
    *number = 0;
    for (int64_t n = 0; !rc && (n = known_next(f->known, id, &at)) > 0;) {
        struct fast_found x;
        rc = fast_transfer(f, c, n, &x);
        if (!rc && x.t.id.high == id.high && x.t.id.low == id.low) {
            *number = n;
            return 0;
        }
    }
    if (rc)
        return rc > 0 ? RC_CORRUPT : rc;
    return known_surely(f->known, id, c->now_us) ? 0 : known_by_disk(f, id, number);
}

/* Readers have no memory of ids: the history file, then the tail. */
static int number_for_reader(struct fast *f, struct call *c, transfer_id id, int64_t *number)
{
    struct fast_view v;
    bool found = false;
    int rc = fast_view_open(f, c, &v);
    if (rc)
        return rc;
    rc = lines_known(&v.history, id, number, &found);
    if (!rc && !found) {
        tail_lock(f->tail);
        const struct tail_move *m = tail_find(f->tail, id);
        *number = m ? m->number : 0;
        tail_unlock(f->tail);
    }
    if (*number > v.number) /* booked after this snapshot */
        *number = 0;
    fast_view_close(&v);
    return rc;
}

int fast_transfer_by_id(struct fast *f, struct call *c, transfer_id id, struct fast_found *out,
                        bool *found)
{
    int64_t number = 0;
    *found = false;
    int rc =
        db_is_writer(c->tx) ? fast_known(f, c, id, &number) : number_for_reader(f, c, id, &number);
    if (rc || !number)
        return rc;
    rc = fast_transfer(f, c, number, out);
    *found = !rc;
    return rc > 0 ? RC_CORRUPT : rc;
}

/* ---- the call's row ---- */

int fast_call(struct fast *f, struct call *c, date day)
{
    int rc = fast_ready(f, c);
    if (rc)
        return rc;
    buf_clear(&f->body);
    f->row = (struct pack){ .at_us = c->now_us, .day = day };
    f->packing = (struct packing){ 0, 0 };
    f->open = true;
    return 0;
}

void fast_add(struct fast *f, struct call *c, const struct ledger_transfer *t,
              const struct ledger_leg *legs, size_t n_legs, const struct ledger_pair *meta,
              size_t n_meta, int64_t outlet_id)
{
    CHECK(f->open && t->number > f->last);
    if (f->row.n++ == 0) {
        f->row.first = t->number;
        f->row.chain = outlet_id;
    } else if (f->row.chain != outlet_id) {
        f->row.chain = 0; /* of several outlets: the bank's own chain has the event */
    }
    pack_add(&f->body, &f->packing, &f->row, t, legs, n_legs, meta, n_meta);
    f->last = f->row.last = t->number;
    struct undo_id u = { t->id, t->number };
    known_add(f->known, t->id, t->number, c->now_us);
    buf_add(&f->ids, &u, sizeof u);
}

bool fast_row(struct fast *f, struct pack *row)
{
    if (!f->open || !f->row.n)
        return false;
    *row = f->row;
    row->body = f->body.at;
    row->len = f->body.len;
    return true;
}

enum { ROW_VALUES = 7 };

static void row_values(const struct pack *row, const char *bodies, struct db_value *out)
{
    const void *body = bodies ? bodies + (size_t)row->body : row->body;
    const struct db_value values[ROW_VALUES] = {
        DB_I(row->first),    DB_I(row->last),  DB_I(row->n),         DB_I(row->at_us),
        DB_I(row->day.days), DB_I(row->chain), DB_B(body, row->len),
    };
    memcpy(out, values, sizeof values);
}

static const char row_add[] = "INSERT INTO ledger_chunk (first, last, n, at_us, day, chain, body)"
                              " VALUES ($1, $2, $3, $4, $5, $6, $7)";

bool fast_waits(const void *m)
{
    const struct fast *f = m;
    return f->rows.len > f->sent;
}

/* Group commit: the rows of many calls go in one trip. */
int fast_flush(void *m, struct db_tx *tx)
{
    struct fast *f = m;
    size_t n = (f->rows.len - f->sent) / sizeof(struct pack), was = f->sent;
    const struct pack *rows = (const void *)(f->rows.at + f->sent);
    struct arena *arena = arena_new(STACK_MEMORY);
    struct db_value *values = arena_alloc(arena, n * ROW_VALUES * sizeof *values);
    CHECK(!f->rows.overflow && !f->bodies.overflow);
    for (size_t i = 0; i < n; i++)
        row_values(&rows[i], f->bodies.at, values + i * ROW_VALUES);
    f->sent = f->rows.len; /* first: it is a statement on this very table */
    int rc = db_exec_many(tx, row_add, values, ROW_VALUES, (int)n);
    if (rc)
        f->sent = was;
    arena_free(arena);
    return rc == RC_CONFLICT ? RC_CORRUPT : rc;
}

static void wait_row(struct fast *f, const struct pack *row)
{
    struct pack kept = *row;
    kept.body = (const void *)f->bodies.len;
    buf_add(&f->bodies, row->body, row->len);
    buf_add(&f->rows, &kept, sizeof kept);
}

int fast_save(struct fast *f, struct call *c)
{
    struct pack row;
    bool some = fast_row(f, &row);
    f->open = false;
    if (!some)
        return 0;
    CHECK(!f->body.overflow);
    if (db_is_server(f->db)) {
        wait_row(f, &row);
        return 0;
    }
    struct db_value values[ROW_VALUES];
    row_values(&row, NULL, values);
    int rc = db_exec(c->tx, row_add, values, ROW_VALUES);
    return rc == RC_CONFLICT ? RC_CORRUPT : rc;
}

/* ---- remembered answers ---- */

bool fast_day(const struct fast *f, date *out)
{
    *out = f->day;
    return f->day_known;
}

void fast_day_set(struct fast *f, date d)
{
    f->day = d;
    f->day_known = true;
}

void fast_day_forget(struct fast *f)
{
    f->day_known = false;
}

bool fast_due(const struct fast *f, int64_t now_us)
{
    return !f->due_known || (f->next_due && f->next_due <= now_us);
}

void fast_due_set(struct fast *f, int64_t next_us)
{
    f->next_due = next_us;
    f->due_known = true;
}

void fast_due_add(struct fast *f, int64_t at_us)
{
    if (f->due_known && at_us && (!f->next_due || at_us < f->next_due))
        f->next_due = at_us;
}

/* ---- a tail of the writer's own ---- */

int fast_own_tail(struct fast *f, struct call *c, struct tail **out, int64_t *committed)
{
    int rc = fast_ready(f, c);
    *out = NULL;
    *committed = f->committed;
    if (rc || f->last == f->committed)
        return rc;
    f->own_used = true;
    if (tail_last(f->own_tail) < f->committed)
        tail_reset(f->own_tail, f->committed);
    *out = f->own_tail;
    return 0;
}
