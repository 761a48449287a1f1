/* ledger_lines.c -- See ledger_lines.h. Reading, and the file itself; filling: ledger_fill.c. */
#include "ledger/ledger_lines_priv.h"
#include "store/db_memory.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/banned.h"

static const struct db_migration history[] = {
    { "history-001",
      "CREATE TABLE history_line (account_id {I64} NOT NULL, seq {I64} NOT NULL,"
      " last_seq {I64} NOT NULL, number {I64} NOT NULL, last_number {I64} NOT NULL,"
      " at_us {I64} NOT NULL, day {I64} NOT NULL, debits {I64} NOT NULL, credits {I64} NOT NULL,"
      " back {I64} NOT NULL, body {BYTES} NOT NULL, PRIMARY KEY (account_id, seq)) {NO_ROWID};\n"
      "CREATE TABLE history_id (id_high {I64} NOT NULL, id_low {I64} NOT NULL,"
      " number {I64} NOT NULL, PRIMARY KEY (id_high, id_low)) {NO_ROWID};\n"
      "CREATE TABLE history_mark (id {ID}, number {I64} NOT NULL, id_high {I64} NOT NULL,"
      " id_low {I64} NOT NULL) {TABLE_END};\n" },
};

/* ---- the file ---- */

/* A server may be making it just now. */
static int look_whole(struct db *db, bool *whole)
{
    struct db_tx *tx = NULL;
    size_t missing = 0;
    int rc = db_read(db, &tx);
    if (!rc)
        rc = db_migrations_missing(tx, history, COUNT(history), &missing);
    if (tx)
        db_read_done(&tx);
    *whole = !missing;
    return rc;
}

/* On a server another instance may be making the tables just now: who only reads has no history
 * then, and takes all from the rows of the database. */
static int open_beside(struct lines *l)
{
    bool whole = true;
    struct db *db = NULL;
    int rc = db_open_beside(l->of, "piaohao_history", &db);
    if (!rc && !l->shared)
        rc = db_migrate(db, history, COUNT(history), 0);
    if (!rc && l->shared)
        rc = look_whole(db, &whole);
    if (!rc && whole) {
        atomic_store(&l->db, db);
        return 0;
    }
    db_close(db);
    return l->shared && rc == RC_IO ? 0 : rc;
}

static int open_file(struct lines *l)
{
    char url[1100];
    bool whole = true;
    struct db *db = NULL;
    if (!*l->path)
        return open_beside(l);
    snprintf(url, sizeof url, "sqlite:%s%s", l->path, l->sync_off ? "?sync=off" : "?sync=normal");
    if (l->shared)
        snprintf(url, sizeof url, "sqlite:%s", l->path);
    int rc = l->shared ? db_open_shared(url, &db) : db_open(url, &db);
    if (!rc && !l->shared)
        rc = db_migrate(db, history, COUNT(history), 0);
    if (!rc && l->shared)
        rc = look_whole(db, &whole);
    if (rc || !whole) {
        db_close(db);
        return rc;
    }
    atomic_store(&l->db, db);
    return 0;
}

int lines_open(struct db *db, struct lines **out)
{
    const char *file = db_file(db);
    struct arena *arena = arena_new(1 << 16);
    struct lines *l = arena_alloc(arena, sizeof *l);
    l->arena = arena;
    l->of = db;
    l->shared = db_is_shared(db);
    l->sync_off = db_is_careless(db);
    if (file)
        snprintf(l->path, sizeof l->path, "%s-history", file);
    CHECK(!pthread_mutex_init(&l->making, NULL));
    int rc = file && access(l->path, F_OK) ? 0 : open_file(l);
    if (rc) {
        lines_close(l);
        return rc;
    }
    *out = l;
    return 0;
}

void lines_close(struct lines *l)
{
    if (!l)
        return;
    db_close(atomic_load(&l->db));
    pthread_mutex_destroy(&l->making);
    arena_free(l->arena);
}

/* The first fill makes the file. */
int lines_make(struct lines *l)
{
    pthread_mutex_lock(&l->making);
    int rc = atomic_load(&l->db) ? 0 : open_file(l);
    pthread_mutex_unlock(&l->making);
    return rc;
}

int lines_wipe(struct lines *l)
{
    static const char *const all[] = { "DELETE FROM history_line", "DELETE FROM history_id",
                                       "DELETE FROM history_mark" };
    struct db_tx *tx = NULL;
    struct db *db = atomic_load(&l->db);
    int rc = db ? db_begin(db, &tx) : 0;
    for (size_t i = 0; !rc && tx && i < COUNT(all); i++)
        rc = db_exec(tx, all[i], DB_NO_ARGS);
    if (!rc && tx)
        rc = db_commit(&tx);
    db_rollback(&tx);
    return rc;
}

void lines_forget(struct lines *l)
{
    db_close(atomic_exchange(&l->db, NULL));
}

int lines_read(struct lines *l, struct db_tx **tx, int64_t *mark)
{
    struct db *db = atomic_load(&l->db);
    *tx = NULL;
    *mark = 0;
    if (!db)
        return 0;
    int rc = db_read(db, tx);
    if (!rc)
        rc = db_one_i64(*tx, "SELECT number FROM history_mark WHERE id=1", DB_NO_ARGS, 0, mark);
    if (rc)
        lines_read_done(tx);
    return rc;
}

void lines_read_done(struct db_tx **tx)
{
    if (*tx)
        db_read_done(tx);
}

int lines_mark_id(struct db_tx *tx, transfer_id *id)
{
    struct db_rows r;
    int rc = db_query(tx, &r, "SELECT id_high, id_low FROM history_mark WHERE id=1", DB_NO_ARGS);
    if (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        *id = (transfer_id){ db_i64(&r, 0), db_i64(&r, 1) };
    }
    db_done(&r);
    return rc;
}

/* ---- a row of lines ---- */

/* Adds with care: the bytes may be damaged. */
static bool add(int64_t *n, int64_t more)
{
    return !__builtin_add_overflow(*n, more, n);
}

static bool add_days(date *d, int64_t more)
{
    int64_t days = d->days;
    if (!add(&days, more) || days < INT32_MIN || days > INT32_MAX)
        return false;
    d->days = (int32_t)days;
    return true;
}

bool line_next(const uint8_t **at, const uint8_t *end, struct ledger_entry *e, int64_t *number)
{
    uint64_t step = 0, minor = 0;
    int64_t high = 0, us = 0, day = 0, back = 0;
    if (*at == end)
        return false;
    int side = *(*at)++;
    if (!pack_get(at, end, &step) || !pack_get_signed(at, end, &high) ||
        !pack_get_fixed(at, end, &e->transfer.low) || !pack_get(at, end, &minor) ||
        !pack_get_signed(at, end, &us) || !pack_get_signed(at, end, &day) ||
        !pack_get_signed(at, end, &back))
        return false;
    e->side = side == LEDGER_DEBIT ? LEDGER_DEBIT : LEDGER_CREDIT;
    if (step > INT64_MAX || minor > INT64_MAX || !add(number, (int64_t)step) || !add(&e->seq, 1) ||
        !add(e->side == LEDGER_DEBIT ? &e->debits : &e->credits, (int64_t)minor) ||
        !add(&e->booked_us, us) || !add_days(&e->booked, day))
        return false;
    e->number = *number;
    e->minor = (int64_t)minor;
    e->transfer.high = (int64_t)((uint64_t)e->transfer.high + (uint64_t)high);
    e->value = e->booked;
    return add_days(&e->value, back);
}

uint8_t *line_put(uint8_t *at, const struct ledger_entry *before, int64_t number_before,
                  const struct ledger_entry *e, int64_t number)
{
    *at++ = (uint8_t)e->side;
    at = pack_put(at, (uint64_t)(number - number_before));
    at = pack_put_signed(at,
                         (int64_t)((uint64_t)e->transfer.high - (uint64_t)before->transfer.high));
    at = pack_put_fixed(at, e->transfer.low);
    at = pack_put(at, (uint64_t)e->minor);
    at = pack_put_signed(at, e->booked_us - before->booked_us);
    at = pack_put_signed(at, (int64_t)e->booked.days - before->booked.days);
    return pack_put_signed(at, (int64_t)e->value.days - e->booked.days);
}

struct row {
    const uint8_t *at, *end;
    struct ledger_entry e; /* before the next line */
    int64_t number, last_seq;
};

#define ROW_COLUMNS "SELECT seq, last_seq, debits, credits, body FROM history_line"

static void row_begin(struct db_rows *r, int from, struct row *row)
{
    size_t len = 0;
    *row = (struct row){ .last_seq = db_i64(r, from + 1) };
    row->e.seq = db_i64(r, from) - 1;
    row->e.debits = db_i64(r, from + 2);
    row->e.credits = db_i64(r, from + 3);
    row->at = db_bytes(r, from + 4, &len);
    row->end = row->at + len;
}

/* 1: there is one; 0: that was the last; RC_CORRUPT. */
static int row_next(struct row *row)
{
    if (row->e.seq == row->last_seq)
        return row->at == row->end ? 0 : RC_CORRUPT;
    return line_next(&row->at, row->end, &row->e, &row->number) ? 1 : RC_CORRUPT;
}

int lines_last(struct db_tx *tx, account_id id, const struct lines_until *until,
               struct ledger_entry *out)
{
    struct db_rows r;
    struct row row;
    *out = (struct ledger_entry){ 0 };
    if (!tx)
        return 0;
    int rc =
        db_query(tx, &r,
                 ROW_COLUMNS " WHERE account_id=$1 AND number<=$2 AND at_us<=$3 AND day<=$4"
                             " ORDER BY seq DESC LIMIT 1",
                 DB_ARGS(DB_I(id.n), DB_I(until->number), DB_I(until->at_us), DB_I(until->day)));
    if (!rc && (rc = db_next(&r)) == DB_ROW) {
        row_begin(&r, 0, &row);
        while ((rc = row_next(&row)) == 1 && row.number <= until->number &&
               row.e.booked_us <= until->at_us && row.e.booked.days <= until->day)
            *out = row.e;
        rc = rc < 0 ? rc : 0;
    }
    db_done(&r);
    return rc;
}

int lines_last_many(struct db_tx *tx, struct arena *arena, const account_id *ids, size_t n,
                    int64_t number, struct ledger_entry *out)
{
    struct db_rows r;
    struct row row;
    memset(out, 0, n * sizeof *out);
    if (!tx || !n)
        return 0;
    struct db_value *keys = arena_alloc(arena, n * 2 * sizeof *keys);
    for (size_t i = 0; i < n; i++) {
        keys[i * 2] = DB_I(ids[i].n);
        keys[i * 2 + 1] = DB_I(number);
    }
    int rc = db_query_many(tx, &r,
                           ROW_COLUMNS " WHERE account_id=$1 AND number<=$2 ORDER BY seq DESC"
                                       " LIMIT 1",
                           keys, 2, (int)n);
    while (!rc && (rc = db_next(&r)) == DB_ROW) {
        struct ledger_entry *e = &out[db_row(&r)];
        row_begin(&r, 0, &row);
        while ((rc = row_next(&row)) == 1 && row.number <= number)
            *e = row.e;
        rc = rc < 0 ? rc : 0;
    }
    db_done(&r);
    return rc;
}

int lines_walk(struct db_tx *tx, account_id id, int64_t after_seq, int64_t number, bool back,
               lines_see *see, void *ctx)
{
    struct db_rows r;
    struct row row;
    bool more = true;
    if (!tx)
        return 0;
    int rc = db_query(tx, &r,
                      ROW_COLUMNS " WHERE account_id=$1 AND last_seq>$2 AND number<=$3 AND back>=$4"
                                  " AND seq>=COALESCE((SELECT MAX(h.seq) FROM history_line h"
                                  " WHERE h.account_id=$1 AND h.seq<=$2), 0) ORDER BY seq",
                      DB_ARGS(DB_I(id.n), DB_I(after_seq), DB_I(number), DB_I(back)));
    while (!rc && more && (rc = db_next(&r)) == DB_ROW) {
        row_begin(&r, 0, &row);
        while (more && (rc = row_next(&row)) == 1) {
            more = row.number <= number;
            if (more && row.e.seq > after_seq)
                more = see(ctx, &row.e);
        }
        rc = rc < 0 ? rc : 0;
    }
    db_done(&r);
    return rc;
}

int lines_walk_all(struct db_tx *tx, lines_see_all *see, void *ctx)
{
    struct db_rows r;
    struct row row;
    bool more = true;
    if (!tx)
        return 0;
    int rc = db_query(tx, &r,
                      "SELECT account_id, seq, last_seq, debits, credits, body FROM history_line"
                      " ORDER BY account_id, seq",
                      DB_NO_ARGS);
    while (!rc && more && (rc = db_next(&r)) == DB_ROW) {
        account_id id = { db_i64(&r, 0) };
        row_begin(&r, 1, &row);
        while (more && (rc = row_next(&row)) == 1)
            more = see(ctx, id, row.number, &row.e);
        rc = rc < 0 ? rc : 0;
    }
    db_done(&r);
    return rc;
}

/* ---- ids ---- */

int lines_known(struct db_tx *tx, transfer_id id, int64_t *number, bool *found)
{
    *number = 0;
    int rc = tx ? db_one_i64(tx, "SELECT number FROM history_id WHERE id_high=$1 AND id_low=$2",
                             DB_ARGS(DB_I(id.high), DB_I(id.low)), 0, number)
                : 0;
    *found = *number != 0;
    return rc;
}

int lines_known_from(struct db_tx *tx, int64_t high, int64_t max, lines_see_id *see, void *ctx,
                     int64_t *n)
{
    struct db_rows r;
    *n = 0;
    if (!tx)
        return 0;
    int rc = db_query(tx, &r,
                      "SELECT id_high, id_low, number FROM history_id WHERE id_high>=$1"
                      " ORDER BY id_high, id_low LIMIT $2",
                      DB_ARGS(DB_I(high), DB_I(max)));
    while (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        see(ctx, (transfer_id){ db_i64(&r, 0), db_i64(&r, 1) }, db_i64(&r, 2));
        ++*n;
    }
    db_done(&r);
    return rc;
}
