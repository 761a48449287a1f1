/* ledger_lines.c -- See ledger_lines.h. The file itself, its runs, reading lines; rows as they are
 * packed: ledger_lines_row.c; ids: ledger_lines_ids.c; filling: ledger_fill.c. */
#include "base/log.h"
#include "ledger/ledger_lines_priv.h"
#include "store/db_memory.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
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
    /* Runs. What was in the file is made again. */
    { "history-002-runs",
      "DROP TABLE history_line;\nDROP TABLE history_id;\nDROP TABLE history_mark;\n"
      "CREATE TABLE history_run (run {ID}, moves {I64} NOT NULL, number {I64} NOT NULL,"
      " last_number {I64} NOT NULL, at_us {I64} NOT NULL, day {I64} NOT NULL,"
      " id_min {I64} NOT NULL, id_max {I64} NOT NULL) {TABLE_END};\n"
      "CREATE TABLE history_line (run {I64} NOT NULL, account_id {I64} NOT NULL,"
      " seq {I64} NOT NULL, last_seq {I64} NOT NULL, number {I64} NOT NULL, at_us {I64} NOT NULL,"
      " day {I64} NOT NULL, debits {I64} NOT NULL, credits {I64} NOT NULL, back {I64} NOT NULL,"
      " body {BYTES} NOT NULL, PRIMARY KEY (run, account_id, seq)) {NO_ROWID};\n"
      "CREATE TABLE history_id (run {I64} NOT NULL, id_high {I64} NOT NULL,"
      " id_low {I64} NOT NULL, body {BYTES} NOT NULL, PRIMARY KEY (run, id_high, id_low))"
      " {NO_ROWID};\n"
      "CREATE TABLE history_mark (id {ID}, number {I64} NOT NULL, id_high {I64} NOT NULL,"
      " id_low {I64} NOT NULL, turn {I64} NOT NULL) {TABLE_END};\n" },
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

/* Another file counts its turns anew: what is remembered of this one's runs is not of that one. */
static void close_file(struct lines *l)
{
    db_close(atomic_exchange(&l->db, NULL));
    pthread_mutex_lock(&l->knowing);
    l->turn = 0;
    l->n = 0;
    pthread_mutex_unlock(&l->knowing);
    pthread_mutex_lock(&l->telling);
    l->bad.some = false;
    pthread_mutex_unlock(&l->telling);
    atomic_store(&l->given_up, false);
}

int lines_replace(struct lines *l)
{
    char aside[1100], extra[1100];
    static const char *const ends[] = { "-wal", "-shm" };
    close_file(l);
    if (l->shared)
        return 0;
    if (!*l->path)
        return RC_CORRUPT;
    snprintf(aside, sizeof aside, "%s-damaged", l->path);
    if (rename(l->path, aside)) {
        log_line(LOG_ERROR, "ledger.history", "%s: %s", aside, strerror(errno));
        return RC_IO;
    }
    log_line(LOG_ERROR, "ledger.history", "damaged: it is %s now, and is made again", aside);
    for (size_t i = 0; i < COUNT(ends); i++) {
        snprintf(extra, sizeof extra, "%s%s", l->path, ends[i]);
        (void)unlink(extra);
    }
    return open_file(l);
}

/* No database at all, or one that is damaged, is replaced. A fault of another kind (no right, no
 * room, a disk that does not answer) says nothing about what is in the file: that is told. */
static int open_or_replace(struct lines *l)
{
    int rc = open_file(l);
    if (rc == RC_CORRUPT && *l->path)
        return lines_replace(l);
    if (rc) {
        log_line(LOG_ERROR, "ledger.history", "not opened: %s", db_error(NULL));
        (void)db_note(l->of, rc, "history: %s", db_error(NULL));
    }
    return rc;
}

int lines_open(struct db *db, struct lines **out)
{
    const char *file = db_file(db);
    struct arena *arena = arena_new(sizeof(struct lines) + 4096);
    struct lines *l = arena_alloc(arena, sizeof *l);
    l->arena = arena;
    l->of = db;
    l->shared = db_is_shared(db);
    l->sync_off = db_is_careless(db);
    if (file)
        snprintf(l->path, sizeof l->path, "%s-history", file);
    CHECK(!pthread_mutex_init(&l->making, NULL) && !pthread_mutex_init(&l->knowing, NULL) &&
          !pthread_mutex_init(&l->telling, NULL));
    int rc = file && access(l->path, F_OK) ? 0 : open_or_replace(l);
    if (rc) {
        lines_close(l);
        return rc;
    }
    *out = l;
    return 0;
}

void lines_rests(struct lines *l, lines_rest *rest, void *ctx)
{
    l->rest = rest;
    l->rest_ctx = ctx;
}

void lines_rest_now(const struct lines *l)
{
    if (l && l->rest)
        l->rest(l->rest_ctx);
}

void lines_note(struct lines *l, int rc)
{
    struct db *db = atomic_load(&l->db);
    if (db && *db_error(db))
        (void)db_note(l->of, rc, "history: %s", db_error(db));
}

void lines_close(struct lines *l)
{
    if (!l)
        return;
    db_close(atomic_load(&l->db));
    pthread_mutex_destroy(&l->making);
    pthread_mutex_destroy(&l->knowing);
    pthread_mutex_destroy(&l->telling);
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

int lines_empty(struct db_tx *tx)
{
    static const char *const all[] = { "DELETE FROM history_line", "DELETE FROM history_id",
                                       "DELETE FROM history_run",
                                       "DELETE FROM history_mark WHERE id=0",
                                       "UPDATE history_mark SET number=0, turn=turn+1" };
    int rc = 0;
    for (size_t i = 0; !rc && i < COUNT(all); i++)
        rc = db_exec(tx, all[i], DB_NO_ARGS);
    return rc;
}

int lines_wipe(struct lines *l)
{
    struct db_tx *tx = NULL;
    struct db *db = atomic_load(&l->db);
    int rc = db ? db_begin(db, &tx) : 0;
    if (!rc && tx)
        rc = lines_empty(tx);
    if (!rc && tx)
        rc = db_commit(&tx);
    db_rollback(&tx);
    return rc;
}

void lines_forget(struct lines *l)
{
    close_file(l);
}

/* ---- damage ---- */

/* Some of a list: run ids, the first and the last one of them. 0: it is not known where. */
void lines_spoilt(struct lines *l, int64_t from, int64_t to)
{
    pthread_mutex_lock(&l->telling);
    if (!l->bad.some)
        log_line(LOG_ERROR, "ledger.history", "runs %lld to %lld: damaged", (long long)from,
                 (long long)to);
    if (!l->bad.some || l->bad.from == 0)
        l->bad = (struct lines_bad){ true, from, to };
    pthread_mutex_unlock(&l->telling);
}

int lines_fault(const struct history *h, int64_t run, int rc)
{
    if (rc == RC_CORRUPT && h->of)
        lines_spoilt(h->of, run, run);
    return rc;
}

bool lines_are_spoilt(struct lines *l)
{
    pthread_mutex_lock(&l->telling);
    bool some = l->bad.some;
    pthread_mutex_unlock(&l->telling);
    return some;
}

bool lines_given_up(struct lines *l)
{
    return atomic_load(&l->given_up);
}

int lines_marked(struct db_tx *tx, bool *damaged)
{
    int64_t n = 0;
    int rc = db_one_i64(tx, "SELECT COUNT(*) FROM history_mark WHERE id=0", DB_NO_ARGS, 0, &n);
    *damaged = n > 0;
    return rc;
}

/* ---- snapshots ---- */

int lines_runs(struct db_tx *tx, struct lines_run *list, int *n)
{
    struct db_rows r;
    *n = 0;
    int rc = db_query(tx, &r,
                      "SELECT run, moves, number, last_number, at_us, day, id_min, id_max"
                      " FROM history_run ORDER BY number",
                      DB_NO_ARGS);
    while (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = *n < LINES_RUNS_MAX ? 0 : RC_CORRUPT;
        if (rc)
            break;
        list[(*n)++] = (struct lines_run){ .run = db_i64(&r, 0),
                                           .moves = db_i64(&r, 1),
                                           .number = db_i64(&r, 2),
                                           .last_number = db_i64(&r, 3),
                                           .at_us = db_i64(&r, 4),
                                           .day = (int32_t)db_i64(&r, 5),
                                           .id_min = db_i64(&r, 6),
                                           .id_max = db_i64(&r, 7) };
    }
    db_done(&r);
    return rc;
}

int lines_run_put(struct db_tx *tx, const struct lines_run *run)
{
    return db_exec(tx,
                   "INSERT INTO history_run (run, moves, number, last_number, at_us, day, id_min,"
                   " id_max) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                   DB_ARGS(DB_I(run->run), DB_I(run->moves), DB_I(run->number),
                           DB_I(run->last_number), DB_I(run->at_us), DB_I(run->day),
                           DB_I(run->id_min), DB_I(run->id_max)));
}

/* The runs change with each fill: those of the turn that was read last are remembered. */
static int know_runs(struct lines *l, struct history *h, int64_t turn)
{
    pthread_mutex_lock(&l->knowing);
    bool known = l->turn == turn;
    if (known) {
        h->n = l->n;
        memcpy(h->run, l->run, (size_t)l->n * sizeof *l->run);
    }
    pthread_mutex_unlock(&l->knowing);
    if (known)
        return 0;
    int rc = lines_fault(h, 0, lines_runs(h->tx, h->run, &h->n));
    pthread_mutex_lock(&l->knowing);
    if (!rc && turn > l->turn) {
        l->turn = turn;
        l->n = h->n;
        memcpy(l->run, h->run, (size_t)h->n * sizeof *l->run);
    }
    pthread_mutex_unlock(&l->knowing);
    return rc;
}

int lines_read(struct lines *l, struct history *h)
{
    struct db_rows r;
    struct db *db = atomic_load(&l->db);
    int64_t turn = 0;
    h->of = l;
    h->tx = NULL;
    h->mark = 0;
    h->n = 0;
    if (!db)
        return 0;
    int rc = db_read(db, &h->tx);
    if (rc)
        return rc;
    rc = db_query(h->tx, &r, "SELECT number, turn FROM history_mark WHERE id=1", DB_NO_ARGS);
    if (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        h->mark = db_i64(&r, 0);
        turn = db_i64(&r, 1);
    }
    db_done(&r);
    if (!rc && h->mark)
        rc = know_runs(l, h, turn);
    if (rc)
        lines_read_done(h);
    return rc;
}

void lines_read_done(struct history *h)
{
    if (h->tx)
        db_read_done(&h->tx);
}

int lines_mark_id(const struct history *h, transfer_id *id)
{
    struct db_rows r;
    int rc = db_query(h->tx, &r, "SELECT id_high, id_low FROM history_mark WHERE id=1", DB_NO_ARGS);
    if (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        *id = (transfer_id){ db_i64(&r, 0), db_i64(&r, 1) };
    }
    db_done(&r);
    return rc;
}

/* ---- reading lines ---- */

enum { RUNS_AT_ONCE = 64 /* asked in one trip */ };

/* Some of the runs that may have lines like that, newest first, from run *at on downwards: the
 * values of the statement for each. */
static int look_where(const struct history *h, account_id id, const struct lines_until *until,
                      int *at, struct db_value *keys)
{
    int n = 0;
    for (; *at >= 0 && n < RUNS_AT_ONCE; --*at) {
        const struct lines_run *run = &h->run[*at];
        if (run->number > until->number || run->at_us > until->at_us || run->day > until->day)
            continue;
        const struct db_value row[] = { DB_I(run->run), DB_I(id.n), DB_I(until->number),
                                        DB_I(until->at_us), DB_I(until->day) };
        memcpy(keys + n++ * 5, row, sizeof row);
    }
    return n;
}

/* The last line of the row that fulfils the conditions. */
static int last_in(struct db_rows *r, const struct lines_until *until, struct ledger_entry *out)
{
    struct lines_row row;
    int rc;
    lines_row_begin(r, 0, &row);
    while ((rc = lines_row_next(&row)) == 1 && row.e.number <= until->number &&
           row.e.booked_us <= until->at_us && row.e.booked.days <= until->day)
        *out = row.e;
    out->memo = NULL;
    return rc < 0 ? rc : 0;
}

int lines_last(const struct history *h, account_id id, const struct lines_until *until,
               struct ledger_entry *out)
{
    struct db_value keys[RUNS_AT_ONCE * 5];
    int rc = 0, at = h->n - 1, n;
    *out = (struct ledger_entry){ 0 };
    while (!rc && !out->seq && (n = look_where(h, id, until, &at, keys)) > 0) {
        struct db_rows r;
        rc = db_query_many(h->tx, &r,
                           "SELECT " LINES_ROW " FROM history_line WHERE run=$1 AND account_id=$2"
                           " AND number<=$3 AND at_us<=$4 AND day<=$5 ORDER BY seq DESC LIMIT 1",
                           keys, 5, n);
        if (!rc && (rc = db_next(&r)) == DB_ROW)
            rc = lines_fault(h, keys[db_row(&r) * 5].i, last_in(&r, until, out));
        db_done(&r);
    }
    return lines_fault(h, 0, rc);
}

struct asked { /* an account that has no line yet */
    int64_t id;
    size_t place;
};
struct asking {
    const struct history *h;
    const struct lines_until *until;
    struct asked *of; /* by id */
    size_t n;
    struct db_value *keys;
    struct ledger_entry *out;
};

static int by_id(const void *a, const void *b)
{
    int64_t x = ((const struct asked *)a)->id, y = ((const struct asked *)b)->id;
    return (x > y) - (x < y);
}

/* Each by its key. */
static int ask_run(struct asking *k, const struct lines_run *run)
{
    struct db_rows r;
    for (size_t i = 0; i < k->n; i++) {
        const struct db_value row[] = { DB_I(run->run), DB_I(k->of[i].id), DB_I(k->until->number),
                                        DB_I(k->until->at_us), DB_I(k->until->day) };
        memcpy(k->keys + i * 5, row, sizeof row);
    }
    int rc = db_query_many(k->h->tx, &r,
                           "SELECT " LINES_ROW " FROM history_line WHERE run=$1 AND account_id=$2"
                           " AND number<=$3 AND at_us<=$4 AND day<=$5 ORDER BY seq DESC LIMIT 1",
                           k->keys, 5, (int)k->n);
    while (!rc && (rc = db_next(&r)) == DB_ROW)
        rc = lines_fault(k->h, run->run, last_in(&r, k->until, &k->out[k->of[db_row(&r)].place]));
    db_done(&r);
    return rc;
}

/* All of a run that is small beside what is asked for: both are in the order of accounts. */
static int read_run(struct asking *k, const struct lines_run *run)
{
    struct db_rows r;
    size_t at = 0;
    int rc = db_query(k->h->tx, &r,
                      "SELECT " LINES_ROW ", account_id FROM history_line WHERE run=$1"
                      " AND number<=$2 AND at_us<=$3 AND day<=$4 ORDER BY account_id, seq",
                      DB_ARGS(DB_I(run->run), DB_I(k->until->number), DB_I(k->until->at_us),
                              DB_I(k->until->day)));
    while (!rc && (rc = db_next(&r)) == DB_ROW) {
        int64_t id = db_i64(&r, 5);
        while (at < k->n && k->of[at].id < id)
            at++;
        rc = 0;
        for (size_t i = at; !rc && i < k->n && k->of[i].id == id; i++)
            rc = lines_fault(k->h, run->run, last_in(&r, k->until, &k->out[k->of[i].place]));
    }
    db_done(&r);
    return rc;
}

static void leave_found(struct asking *k)
{
    size_t left = 0;
    for (size_t i = 0; i < k->n; i++)
        if (!k->out[k->of[i].place].seq)
            k->of[left++] = k->of[i];
    k->n = left;
}

int lines_last_many(const struct history *h, struct arena *arena, const account_id *ids, size_t n,
                    const struct lines_until *until, struct ledger_entry *out)
{
    enum { CHEAPER = 4 /* a row read on from the one before than one looked for */ };
    struct asking k = { .h = h, .until = until, .n = n, .out = out };
    int rc = 0;
    if (!h->n || !n)
        return 0;
    k.of = arena_alloc(arena, n * sizeof *k.of);
    k.keys = arena_alloc(arena, n * 5 * sizeof *k.keys);
    for (size_t i = 0; i < n; i++)
        k.of[i] = (struct asked){ ids[i].n, i };
    qsort(k.of, n, sizeof *k.of, by_id);
    leave_found(&k);
    for (int i = h->n - 1; !rc && k.n && i >= 0; i--) {
        const struct lines_run *run = &h->run[i];
        if (run->number > until->number || run->at_us > until->at_us || run->day > until->day)
            continue;
        rc = (uint64_t)run->moves * 2 < k.n * CHEAPER ? read_run(&k, run) : ask_run(&k, run);
        leave_found(&k);
    }
    return lines_fault(h, 0, rc);
}

struct walking {
    int64_t after_seq, number;
    lines_see *see;
    void *ctx;
    bool more;
};

static int walk_row(struct walking *w, struct db_rows *r)
{
    struct lines_row row;
    int rc = 0;
    lines_row_begin(r, 0, &row);
    while (w->more && (rc = lines_row_next(&row)) == 1) {
        w->more = row.e.number <= w->number;
        if (w->more && row.e.seq > w->after_seq)
            w->more = w->see(w->ctx, &row.e);
    }
    return rc < 0 ? rc : 0;
}

int lines_walk(const struct history *h, account_id id, int64_t after_seq, int64_t number, bool back,
               lines_see *see, void *ctx)
{
    struct walking w = { after_seq, number, see, ctx, true };
    struct db_value keys[RUNS_AT_ONCE * 5];
    int rc = 0;
    for (int at = 0, n; !rc && w.more && at < h->n && h->run[at].number <= number; at += n) {
        struct db_rows r;
        for (n = 0; n < RUNS_AT_ONCE && at + n < h->n && h->run[at + n].number <= number; n++) {
            const struct db_value row[] = { DB_I(h->run[at + n].run), DB_I(id.n), DB_I(after_seq),
                                            DB_I(number), DB_I(back) };
            memcpy(keys + n * 5, row, sizeof row);
        }
        rc = db_query_many(h->tx, &r,
                           "SELECT " LINES_ROW " FROM history_line WHERE run=$1 AND account_id=$2"
                           " AND last_seq>$3 AND number<=$4 AND back>=$5"
                           " AND seq>=COALESCE((SELECT MAX(h.seq) FROM history_line h"
                           " WHERE h.run=$1 AND h.account_id=$2 AND h.seq<=$3), 0) ORDER BY seq",
                           keys, 5, n);
        while (!rc && w.more && (rc = db_next(&r)) == DB_ROW)
            rc = lines_fault(h, keys[db_row(&r) * 5].i, walk_row(&w, &r));
        db_done(&r);
    }
    return lines_fault(h, 0, rc);
}

static int walk_run(const struct history *h, int64_t run, lines_see_all *see, void *ctx, bool *more)
{
    struct db_rows r;
    struct lines_row row;
    int rc = db_query(h->tx, &r,
                      "SELECT account_id, " LINES_ROW " FROM history_line WHERE run=$1"
                      " ORDER BY account_id, seq",
                      DB_ARGS(DB_I(run)));
    while (!rc && *more && (rc = db_next(&r)) == DB_ROW) {
        account_id id = { db_i64(&r, 0) };
        lines_row_begin(&r, 1, &row);
        while (*more && (rc = lines_row_next(&row)) == 1)
            *more = see(ctx, id, &row.e);
        rc = rc < 0 ? rc : 0;
    }
    db_done(&r);
    return lines_fault(h, run, rc);
}

int lines_walk_all(const struct history *h, lines_see_all *see, void *ctx)
{
    bool more = true;
    int rc = 0;
    for (int i = 0; !rc && more && i < h->n; i++)
        rc = walk_run(h, h->run[i].run, see, ctx, &more);
    return rc;
}
