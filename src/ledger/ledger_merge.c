/* ledger_merge.c -- Fast layout: some runs of the history file become one, the newest as a rule.
 *
 * Their lines are read account by account, in the order of the runs, which is the order of booking;
 * their ids in the order of ids. Rows are fetched some at a time, so that no statement stays open
 * while the same table is written. */
#include "ledger/ledger_lines_priv.h"
#include <string.h>
#include "base/banned.h"

enum {
    MANY = 8,            /* runs of a size */
    AT_MOST = 32,        /* runs that are merged at once */
    SMALLEST = 1 << 10,  /* transfers; sizes go up eightfold */
    SOON = 64 << 10,     /* up to this size at once: it takes less than a second */
    LARGEST = 512 << 10, /* runs of this size stay as they are */
    MANY_RUNS = 128,     /* each is asked for an account's lines */
    TOO_MANY = LINES_RUNS_MAX - 64,
    ROOM = 8, /* places for runs that other instances add meanwhile */
    ROWS_AT_ONCE = 256,
    REST_TURNS = 128, /* accounts between two rests */
    TURNS = 1024,     /* accounts between two looks at whether there is something better to do */
    MERGE_MEMORY = 8 << 20,
    ROW_MEMORY = 1 << 20, /* of the rows of a fetch */
};

struct source {
    struct arena *arena; /* of the rows fetched */
    int64_t run;
    int n, at;
    bool last; /* nothing comes after these */
    struct stored {
        int64_t account, seq, last_seq, debits, credits;
        transfer_id id;
        const uint8_t *body;
        size_t len;
    } rows[ROWS_AT_ONCE];
    struct ids_row ids;
    bool has; /* ids.before is the next one */
};

struct merging {
    const struct lines *l;
    struct db_tx *tx;
    struct arena *arena;
    struct source *from;
    int n;
    struct lines_run to;
    lines_busy *busy;
    void *ctx;
};

static bool is_busy(const struct merging *m)
{
    return m->busy && m->busy(m->ctx);
}

/* ---- rows of lines ---- */

static int keep_body(struct source *s, struct stored *row, struct db_rows *r, int column)
{
    const void *body = db_bytes(r, column, &row->len);
    if (row->len > LINES_ROW_MAX)
        return RC_CORRUPT;
    uint8_t *copy = arena_alloc(s->arena, row->len + 1);
    memcpy(copy, body, row->len);
    row->body = copy;
    return 0;
}

static int fetch_lines(struct db_tx *tx, struct source *s)
{
    struct db_rows r;
    const struct stored *old = &s->rows[s->n ? s->n - 1 : 0];
    int64_t account = s->n ? old->account : INT64_MIN, seq = s->n ? old->seq : 0;
    arena_clear(s->arena);
    s->n = s->at = 0;
    int rc = db_query(tx, &r,
                      "SELECT account_id, seq, last_seq, debits, credits, body FROM history_line"
                      " WHERE run=$1 AND (account_id, seq)>($2, $3) ORDER BY account_id, seq"
                      " LIMIT $4",
                      DB_ARGS(DB_I(s->run), DB_I(account), DB_I(seq), DB_I(ROWS_AT_ONCE)));
    while (!rc && (rc = db_next(&r)) == DB_ROW) {
        struct stored *row = &s->rows[s->n++];
        *row = (struct stored){ .account = db_i64(&r, 0),
                                .seq = db_i64(&r, 1),
                                .last_seq = db_i64(&r, 2),
                                .debits = db_i64(&r, 3),
                                .credits = db_i64(&r, 4) };
        rc = keep_body(s, row, &r, 5);
    }
    db_done(&r);
    s->last = s->n < ROWS_AT_ONCE;
    return rc;
}

static int need_lines(struct db_tx *tx, struct source *s)
{
    return s->at < s->n || s->last ? 0 : fetch_lines(tx, s);
}

/* All that a run has of an account. */
static int copy_account(struct merging *m, struct source *s, int64_t account,
                        struct lines_writer *w)
{
    int rc = 0, more = 0;
    while (!rc && s->at < s->n && s->rows[s->at].account == account) {
        const struct stored *from = &s->rows[s->at++];
        struct lines_row row = { .at = from->body,
                                 .end = from->body + from->len,
                                 .e = { .debits = from->debits, .credits = from->credits },
                                 .last_seq = from->last_seq };
        row.e.seq = (int64_t)((uint64_t)from->seq - 1);
        while (!rc && (more = lines_row_next(&row)) == 1)
            rc = lines_put(w, account, &row.e);
        if (!rc && more < 0)
            rc = more;
        if (!rc)
            rc = need_lines(m->tx, s);
    }
    return rc;
}

static int merge_lines(struct merging *m)
{
    struct lines_writer w;
    int64_t turns = 0;
    int rc = 0;
    lines_put_begin(&w, m->arena, m->tx, m->to.run);
    for (int i = 0; !rc && i < m->n; i++)
        rc = need_lines(m->tx, &m->from[i]);
    while (!rc) {
        int64_t account = INT64_MAX;
        bool any = false;
        for (int i = 0; i < m->n; i++) {
            const struct source *s = &m->from[i];
            if (s->at < s->n && s->rows[s->at].account <= account) {
                account = s->rows[s->at].account;
                any = true;
            }
        }
        if (!any)
            break;
        if (++turns % TURNS == 0 && is_busy(m))
            return RC_BUSY;
        if (turns % REST_TURNS == 0)
            lines_rest_now(m->l);
        for (int i = 0; !rc && i < m->n; i++)
            rc = copy_account(m, &m->from[i], account, &w);
    }
    return rc ? rc : lines_put_end(&w);
}

/* ---- rows of ids ---- */

static int fetch_ids(struct db_tx *tx, struct source *s)
{
    struct db_rows r;
    transfer_id after = s->n ? s->rows[s->n - 1].id : (transfer_id){ INT64_MIN, INT64_MIN };
    arena_clear(s->arena);
    s->n = s->at = 0;
    int rc = db_query(tx, &r,
                      "SELECT id_high, id_low, body FROM history_id WHERE run=$1"
                      " AND (id_high, id_low)>($2, $3) ORDER BY id_high, id_low LIMIT $4",
                      DB_ARGS(DB_I(s->run), DB_I(after.high), DB_I(after.low), DB_I(ROWS_AT_ONCE)));
    while (!rc && (rc = db_next(&r)) == DB_ROW) {
        struct stored *row = &s->rows[s->n++];
        *row = (struct stored){ .id = { db_i64(&r, 0), db_i64(&r, 1) } };
        rc = keep_body(s, row, &r, 2);
    }
    db_done(&r);
    s->last = s->n < ROWS_AT_ONCE;
    return rc;
}

static int next_id(struct db_tx *tx, struct source *s)
{
    int rc;
    while ((rc = ids_row_next(&s->ids)) == 0) {
        if (s->at == s->n && !s->last && (rc = fetch_ids(tx, s)))
            return rc;
        if (s->at == s->n)
            break;
        const struct stored *row = &s->rows[s->at++];
        s->ids = (struct ids_row){ .at = row->body, .end = row->body + row->len };
    }
    s->has = rc == 1;
    return rc < 0 ? rc : 0;
}

/* Each is there once, and none is missing: an id that is not found is booked again. */
static int merge_ids(struct merging *m)
{
    struct ids_writer w;
    transfer_id last = { INT64_MIN, INT64_MIN };
    int64_t n = 0;
    int rc = 0;
    ids_put_begin(&w, m->arena, m->tx, m->to.run);
    for (int i = 0; !rc && i < m->n; i++) {
        struct source *s = &m->from[i];
        s->n = s->at = 0;
        s->last = false;
        s->ids = (struct ids_row){ 0 };
        rc = next_id(m->tx, s);
    }
    while (!rc) {
        struct source *least = NULL;
        for (int i = 0; i < m->n; i++)
            if (m->from[i].has &&
                (!least || lines_id_order(m->from[i].ids.before.id, least->ids.before.id) < 0))
                least = &m->from[i];
        if (!least)
            break;
        const struct lines_id *id = &least->ids.before;
        if ((n++ && lines_id_order(last, id->id) >= 0) || id->number < 1)
            return RC_CORRUPT;
        last = id->id;
        rc = ids_put(&w, id);
        if (!rc)
            rc = next_id(m->tx, least);
    }
    if (!rc && n != m->to.moves)
        rc = RC_CORRUPT;
    return rc ? rc : ids_put_end(&w);
}

/* ---- which, and all together ---- */

/* Is it worth it? The others are at least half of the largest one, so what is copied becomes part
 * of something half as large again; the smallest ones cost nothing. */
static bool worth_it(const struct lines_run *list, int n, int64_t *sum)
{
    int64_t largest = 0;
    *sum = 0;
    for (int i = 0; i < n; i++) {
        *sum += list[i].moves;
        largest = list[i].moves > largest ? list[i].moves : largest;
    }
    return *sum <= SMALLEST || largest <= *sum / 3 * 2;
}

/* Neighbours that are small together, wherever: small runs stay behind large ones. */
static int small_together(const struct lines_run *list, int n, bool must, int *from)
{
    int64_t least = INT64_MAX, sum;
    for (int i = 0; i + MANY <= n; i++)
        if ((worth_it(list + i, MANY, &sum) || must) && sum < least) {
            least = sum;
            *from = i;
        }
    return least < INT64_MAX && (must || least < SOON) ? MANY : 0;
}

int lines_which(const struct lines_run *list, int n, bool idle, int *from)
{
    int64_t sum;
    for (int64_t size = SMALLEST; size <= (idle ? LARGEST : SOON); size *= MANY) {
        int k = 0;
        while (k < n && list[n - 1 - k].moves < size)
            k++;
        for (; k >= MANY; k--) { /* the oldest of those: so a merge ends, also after a busy time */
            int some = k < AT_MOST ? k : AT_MOST;
            *from = n - k;
            if (worth_it(list + *from, some, &sum))
                return some;
        }
    }
    return n < MANY_RUNS ? 0 : small_together(list, n, n >= TOO_MANY, from);
}

int lines_run_drop(struct db_tx *tx, int64_t run)
{
    static const char *const gone[] = { "DELETE FROM history_line WHERE run=$1",
                                        "DELETE FROM history_id WHERE run=$1",
                                        "DELETE FROM history_run WHERE run=$1" };
    int rc = 0;
    for (size_t k = 0; !rc && k < COUNT(gone); k++)
        rc = db_exec(tx, gone[k], DB_ARGS(DB_I(run)));
    return rc;
}

static int replace_runs(struct merging *m)
{
    int rc = 0;
    for (int i = 0; !rc && i < m->n; i++)
        rc = lines_run_drop(m->tx, m->from[i].run);
    if (!rc)
        rc = lines_run_put(m->tx, &m->to);
    return rc ? rc : db_exec(m->tx, "UPDATE history_mark SET turn=turn+1", DB_NO_ARGS);
}

static void begin(struct merging *m, const struct lines_run *list, int n, int64_t run)
{
    m->n = n;
    m->from = arena_alloc(m->arena, (size_t)n * sizeof *m->from);
    m->to = list[0];
    m->to.moves = 0;
    m->to.run = run;
    for (int i = 0; i < n; i++) {
        m->from[i].arena = arena_new(ROW_MEMORY);
        m->from[i].run = list[i].run;
        m->to.moves += list[i].moves;
        m->to.last_number = list[i].last_number;
        if (list[i].at_us < m->to.at_us)
            m->to.at_us = list[i].at_us;
        if (list[i].day < m->to.day)
            m->to.day = list[i].day;
        if (list[i].id_min < m->to.id_min)
            m->to.id_min = list[i].id_min;
        if (list[i].id_max > m->to.id_max)
            m->to.id_max = list[i].id_max;
    }
}

static int merge(struct merging *m, const struct lines_run *list, int k, bool *merged)
{
    int64_t last = 0;
    int rc = db_one_i64(m->tx, "SELECT MAX(run) FROM history_run", DB_NO_ARGS, 0, &last);
    begin(m, list, k, last + 1);
    if (!rc)
        rc = merge_lines(m);
    if (!rc)
        rc = merge_ids(m);
    if (!rc)
        rc = replace_runs(m);
    if (!rc)
        rc = db_commit(&m->tx);
    *merged = !rc;
    return rc == RC_BUSY ? 0 : rc; /* another time */
}

int lines_merge(struct lines *l, bool idle, lines_busy *busy, void *ctx, bool *merged)
{
    struct merging m = { .l = l, .arena = arena_new(MERGE_MEMORY), .busy = busy, .ctx = ctx };
    struct lines_run *list = arena_alloc(m.arena, LINES_RUNS_MAX * sizeof *list);
    struct db *db = atomic_load(&l->db);
    int n = 0, k = 0, from = 0;
    *merged = false;
    int rc = db ? db_begin(db, &m.tx) : 0;
    if (!rc && m.tx)
        rc = lines_runs(m.tx, list, &n);
    if (!rc)
        k = lines_which(list, n, idle, &from);
    if (n >= TOO_MANY || (k && list[from].moves < SOON))
        m.busy = NULL; /* it has to be, or does not take long */
    if (!rc && k)
        rc = merge(&m, list + from, k, merged);
    if (rc == RC_CONFLICT)
        rc = RC_CORRUPT;
    if (rc == RC_CORRUPT)
        lines_spoilt(l, k ? list[from].run : 0, k ? list[from + k - 1].run : 0);
    db_rollback(&m.tx);
    for (int i = 0; i < m.n; i++)
        arena_free(m.from[i].arena);
    arena_free(m.arena);
    return rc;
}

/* Merges that cannot be done (a disk that has room for a small run, but not for a large one) must
 * not let runs become more than a reader takes. */
int lines_make_room(struct lines *l)
{
    struct db_tx *tx = NULL;
    int64_t n = 0;
    bool merged;
    int rc = db_read(atomic_load(&l->db), &tx);
    if (!rc)
        rc = db_one_i64(tx, "SELECT COUNT(*) FROM history_run", DB_NO_ARGS, 0, &n);
    if (tx)
        db_read_done(&tx);
    if (rc || n < LINES_RUNS_MAX - ROOM)
        return rc;
    if (lines_given_up(l))
        return RC_CORRUPT;
    rc = lines_merge(l, false, NULL, NULL, &merged);
    return rc || merged ? rc : RC_FULL;
}
