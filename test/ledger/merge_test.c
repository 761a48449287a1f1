/* merge_test.c -- The history file against a plain list: runs of random sizes, merges in random
 * order, merges given up half-way and calls that fail: what is read stays what was put in.
 *
 * LEDGER_MERGES=n in the environment: n times as many. */
#include "books.h"
#include "ledger/ledger_lines_priv.h"
#include <stdlib.h>
#include <string.h>

enum { PEOPLE = 7, MOVES = 30000, LINES = MOVES * 2, MEMO = 40 };

struct moved {
    transfer_id id;
    int64_t number;
    int n; /* lines */
    struct ledger_entry line[2];
    int64_t account[2];
    char memo[MEMO];
};
static struct model {
    struct rng dice;
    struct lines *lines;
    struct db *db;
    struct moved all[MOVES];
    int64_t n, filled; /* moves */
    int64_t now_us, high;
    struct ledger_entry of[PEOPLE][LINES]; /* lines, by account */
    int64_t n_of[PEOPLE];
    int64_t runs, merges, given_up;
} m;
static struct books d;

static int times(void)
{
    const char *text = getenv("LEDGER_MERGES");
    return text ? atoi(text) : 1;
}

/* Accounts have ids far apart, and one is negative: their order is that of numbers. */
static int64_t account_of(int i)
{
    return i == 0 ? -5 : (int64_t)i * i * 1000003;
}

/* ---- making moves ---- */

static void add_line(struct moved *x, int i, int who, enum ledger_side side)
{
    static const struct ledger_entry none = { 0 };
    struct ledger_entry *e = &x->line[i];
    const struct ledger_entry *before = m.n_of[who] ? &m.of[who][m.n_of[who] - 1] : &none;
    x->account[i] = who;
    e->side = side;
    e->seq = before->seq + 1;
    e->debits = before->debits + (side == LEDGER_DEBIT ? e->minor : 0);
    e->credits = before->credits + (side == LEDGER_CREDIT ? e->minor : 0);
    e->booked_us = e->booked_us < before->booked_us ? before->booked_us : e->booked_us;
    e->booked.days = e->booked.days < before->booked.days ? before->booked.days : e->booked.days;
    m.of[who][m.n_of[who]++] = *e;
}

static void add_move(void)
{
    static const char *const memos[] = { "", "房租", "a", "a memo of some length, to fill rows" };
    struct moved *x = &m.all[m.n];
    int a = (int)rng_below(&m.dice, PEOPLE), b = (int)rng_below(&m.dice, PEOPLE);
    m.now_us += rng_below(&m.dice, 9) ? rng_below(&m.dice, 3000000) : 0;
    m.high += rng_below(&m.dice, 3);
    /* Ids: in order as a rule, some late, with any low half. */
    x->id.high = m.high - (rng_below(&m.dice, 50) ? 0 : rng_below(&m.dice, 500));
    x->id.low = (int64_t)((uint64_t)m.n * UINT64_C(0x9E3779B97F4A7C15));
    x->number = (m.n ? m.all[m.n - 1].number : 0) + 1 + rng_below(&m.dice, 3);
    snprintf(x->memo, sizeof x->memo, "%s", memos[rng_below(&m.dice, COUNT(memos))]);
    int64_t late = rng_below(&m.dice, 40) ? 0 : rng_below(&m.dice, 5000000);
    int32_t day = (int32_t)(m.now_us / US_DAY);
    struct ledger_entry e = { .transfer = x->id,
                              .minor = 1 + rng_below(&m.dice, 100000),
                              .booked_us = m.now_us - late,
                              .booked = { day },
                              .value = { day - (int32_t)(rng_below(&m.dice, 30) == 0) },
                              .number = x->number,
                              .kind = (enum ledger_kind)(1 + rng_below(&m.dice, 6)),
                              .code = (int32_t)rng_below(&m.dice, 3) * 1000,
                              .memo = x->memo };
    x->n = rng_below(&m.dice, 10) ? 2 : 0; /* a hold has no lines */
    x->line[0] = x->line[1] = e;
    x->line[0].other.n = account_of(b);
    x->line[1].other.n = account_of(a);
    if (x->n) {
        add_line(x, 0, a, LEDGER_DEBIT);
        add_line(x, 1, b, LEDGER_CREDIT);
    }
    m.n++;
}

static int by_id(const void *a, const void *b)
{
    return lines_id_order(((const struct lines_id *)a)->id, ((const struct lines_id *)b)->id);
}

static void put_mark(struct db_tx *tx, const struct moved *x)
{
    BOOKS_OK(db_exec(tx,
                     "INSERT INTO history_mark (id, number, id_high, id_low, turn)"
                     " VALUES (1, $1, $2, $3, 1) ON CONFLICT (id) DO UPDATE SET"
                     " number=excluded.number, turn=history_mark.turn+1",
                     DB_ARGS(DB_I(x->number), DB_I(x->id.high), DB_I(x->id.low))));
}

/* As ledger_fill.c does, from the list. */
static void put_run(int64_t until)
{
    struct arena *arena = arena_new(64 << 20);
    int64_t n = until - m.filled;
    const struct moved *from = &m.all[m.filled];
    struct lines_id *ids = arena_alloc(arena, (size_t)n * sizeof *ids);
    struct lines_run run = { .moves = n,
                             .number = from->number,
                             .last_number = m.all[until - 1].number,
                             .at_us = INT64_MAX,
                             .day = INT32_MAX };
    struct lines_writer w;
    struct ids_writer iw;
    struct db_tx *tx;
    BOOKS_OK(db_begin(m.db, &tx));
    BOOKS_OK(db_one_i64(tx, "SELECT MAX(run) FROM history_run", DB_NO_ARGS, 0, &run.run));
    run.run++;
    lines_put_begin(&w, arena, tx, run.run);
    for (int who = 0; who < PEOPLE; who++)
        for (int64_t i = 0; i < n; i++)
            for (int k = 0; k < from[i].n; k++)
                if (from[i].account[k] == who)
                    BOOKS_OK(lines_put(&w, account_of(who), &from[i].line[k]));
    BOOKS_OK(lines_put_end(&w));
    for (int64_t i = 0; i < n; i++) {
        ids[i] = (struct lines_id){ from[i].id, from[i].number };
        for (int k = 0; k < 2; k++) {
            const struct ledger_entry *e = &from[i].line[k];
            run.at_us = e->booked_us < run.at_us ? e->booked_us : run.at_us;
            run.day = e->booked.days < run.day ? e->booked.days : run.day;
        }
    }
    qsort(ids, (size_t)n, sizeof *ids, by_id);
    run.id_min = ids[0].id.high;
    run.id_max = ids[n - 1].id.high;
    ids_put_begin(&iw, arena, tx, run.run);
    for (int64_t i = 0; i < n; i++)
        BOOKS_OK(ids_put(&iw, &ids[i]));
    BOOKS_OK(ids_put_end(&iw));
    BOOKS_OK(lines_run_put(tx, &run));
    put_mark(tx, &m.all[until - 1]);
    BOOKS_OK(db_commit(&tx));
    arena_free(arena);
    m.filled = until;
    m.runs++;
}

static void begin(uint64_t seed)
{
    struct lines *lines = m.lines;
    struct db *db = m.db;
    int64_t runs = m.runs, merges = m.merges, given_up = m.given_up;
    memset(&m, 0, sizeof m);
    m.lines = lines;
    m.db = db;
    m.runs = runs;
    m.merges = merges;
    m.given_up = given_up;
    m.now_us = 20780 * US_DAY;
    m.high = INT64_C(1790000000000) << 16;
    rng_seed(&m.dice, seed);
    BOOKS_OK(lines_wipe(m.lines));
}

static void open_file(uint64_t seed)
{
    memset(&m, 0, sizeof m);
    books_layout = LEDGER_PLAIN; /* nobody else has the file */
    books_open(&d);
    BOOKS_OK(lines_open(d.db, &m.lines));
    BOOKS_OK(lines_make(m.lines));
    m.db = atomic_load(&m.lines->db);
    begin(seed);
}

static void close_file(void)
{
    lines_close(m.lines);
    books_close(&d);
}

/* ---- reading ---- */

static void same(const struct ledger_entry *a, const struct ledger_entry *b, bool memo)
{
    if (a->seq != b->seq || a->side != b->side || a->minor != b->minor || a->code != b->code ||
        a->transfer.high != b->transfer.high || a->transfer.low != b->transfer.low ||
        a->debits != b->debits || a->credits != b->credits || a->number != b->number ||
        a->booked_us != b->booked_us || a->booked.days != b->booked.days ||
        a->value.days != b->value.days || a->other.n != b->other.n || a->kind != b->kind ||
        (memo && strcmp(a->memo, b->memo)))
        fail_msg("line %lld of number %lld is another one", (long long)a->seq,
                 (long long)b->number);
}

/* Lines of an account that are in the file, up to a number. */
static int64_t in_file(int who, int64_t number)
{
    int64_t low = 0, high = m.n_of[who], mark = m.filled ? m.all[m.filled - 1].number : 0;
    if (number > mark)
        number = mark;
    while (low < high) {
        int64_t middle = (low + high) / 2;
        if (m.of[who][middle].number <= number)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct seeing {
    int who;
    int64_t at, stop;
    bool back;
};

static bool see(void *ctx, const struct ledger_entry *e)
{
    struct seeing *s = ctx;
    if (s->back) { /* rows are left out, in which nothing has an earlier value date */
        for (; s->at < e->seq - 1; s->at++)
            assert_true(m.of[s->who][s->at].value.days == m.of[s->who][s->at].booked.days);
    }
    same(e, &m.of[s->who][s->at++], true);
    return s->at != s->stop;
}

static int64_t any_number(void)
{
    return rng_below(&m.dice, 4) ? m.all[rng_below(&m.dice, (uint32_t)m.n)].number : INT64_MAX;
}

static void walk_some(const struct history *h)
{
    struct seeing s = { .who = (int)rng_below(&m.dice, PEOPLE) };
    int64_t number = any_number(), end = in_file(s.who, number);
    s.at = end ? rng_below(&m.dice, (uint32_t)end + 1) : 0;
    s.back = rng_below(&m.dice, 3) == 0;
    s.stop = rng_below(&m.dice, 3) && end > s.at
                 ? s.at + 1 + rng_below(&m.dice, (uint32_t)(end - s.at))
                 : -1;
    BOOKS_OK(lines_walk(h, (account_id){ account_of(s.who) }, s.at, number, s.back, see, &s));
    if (!s.back)
        assert_int_equal(s.at, s.stop > 0 ? s.stop : end);
    for (; s.back && s.stop < 0 && s.at < end; s.at++)
        assert_true(m.of[s.who][s.at].value.days == m.of[s.who][s.at].booked.days);
}

static struct lines_until any_until(void)
{
    struct lines_until until = LINES_ALL;
    const struct ledger_entry *some = &m.all[rng_below(&m.dice, (uint32_t)m.n)].line[0];
    if (rng_below(&m.dice, 2))
        until.number = any_number();
    if (rng_below(&m.dice, 2))
        until.at_us = some->booked_us - rng_below(&m.dice, 2);
    if (rng_below(&m.dice, 3) == 0)
        until.day = some->booked.days;
    return until;
}

static int64_t last_of(int who, const struct lines_until *until)
{
    int64_t n = in_file(who, until->number);
    while (n &&
           (m.of[who][n - 1].booked_us > until->at_us || m.of[who][n - 1].booked.days > until->day))
        n--;
    return n;
}

static void ask_last(const struct history *h)
{
    int who = (int)rng_below(&m.dice, PEOPLE);
    struct lines_until until = any_until();
    struct ledger_entry e;
    int64_t n = last_of(who, &until);
    BOOKS_OK(lines_last(h, (account_id){ account_of(who) }, &until, &e));
    assert_int_equal(e.seq, n);
    if (n)
        same(&e, &m.of[who][n - 1], false);
}

static void ask_many(const struct history *h)
{
    struct arena *arena = arena_new(1 << 20);
    account_id ids[PEOPLE + 1];
    struct ledger_entry e[PEOPLE + 1];
    struct lines_until until = any_until();
    memset(e, 0, sizeof e);
    for (int i = 0; i < PEOPLE; i++)
        ids[i].n = account_of(PEOPLE - 1 - i);
    ids[PEOPLE].n = 12345; /* nobody's */
    BOOKS_OK(lines_last_many(h, arena, ids, PEOPLE + 1, &until, e));
    for (int i = 0; i < PEOPLE; i++) {
        int64_t n = last_of(PEOPLE - 1 - i, &until);
        assert_int_equal(e[i].seq, n);
        if (n)
            same(&e[i], &m.of[PEOPLE - 1 - i][n - 1], false);
    }
    assert_int_equal(e[PEOPLE].seq, 0);
    arena_free(arena);
}

static void ask_ids(const struct history *h)
{
    for (int i = 0; i < 20; i++) {
        int64_t at = rng_below(&m.dice, (uint32_t)m.n), number;
        bool found;
        transfer_id id = m.all[at].id;
        BOOKS_OK(lines_known(h, id, &number, &found));
        assert_true(found == (at < m.filled) && number == (found ? m.all[at].number : 0));
        id.low++;
        BOOKS_OK(lines_known(h, id, &number, &found));
        assert_true(!found && !number);
    }
}

static void count_id(void *ctx, transfer_id id, int64_t number)
{
    int64_t *sum = ctx;
    *sum += number + id.low % 1000;
}

static void ask_late_ids(const struct history *h)
{
    int64_t high = m.all[rng_below(&m.dice, (uint32_t)m.n)].id.high, n = 0, sum = 0, got;
    for (int64_t i = 0; i < m.filled; i++)
        if (m.all[i].id.high >= high) {
            count_id(&sum, m.all[i].id, m.all[i].number);
            n++;
        }
    int64_t seen = 0;
    BOOKS_OK(lines_known_from(h, high, INT64_MAX, count_id, &seen, &got));
    assert_true(got == n && seen == sum);
}

static bool see_all(void *ctx, account_id id, const struct ledger_entry *e)
{
    int64_t *next = ctx;
    int who = 0;
    while (account_of(who) != id.n)
        who++;
    same(e, &m.of[who][next[who]++], true);
    return true;
}

static void everything_is_there(void)
{
    static struct history h;
    int64_t next[PEOPLE] = { 0 }, last = 0, moves = 0;
    BOOKS_OK(lines_read(m.lines, &h));
    BOOKS_OK(lines_walk_all(&h, see_all, next));
    for (int who = 0; who < PEOPLE; who++)
        assert_int_equal(next[who], in_file(who, INT64_MAX));
    for (int i = 0; i < h.n; i++) {
        assert_true(h.run[i].number > last && h.run[i].last_number >= h.run[i].number);
        last = h.run[i].last_number;
        moves += h.run[i].moves;
    }
    assert_true(last == h.mark && moves == m.filled);
    lines_read_done(&h);
}

static void ask_some(void)
{
    static struct history h;
    BOOKS_OK(lines_read(m.lines, &h));
    for (int i = 0; i < 3; i++) {
        walk_some(&h);
        ask_last(&h);
    }
    ask_many(&h);
    ask_ids(&h);
    if (rng_below(&m.dice, 8) == 0)
        ask_late_ids(&h);
    lines_read_done(&h);
}

/* ---- tests ---- */

static bool maybe_busy(void *ctx)
{
    UNUSED(ctx);
    return rng_below(&m.dice, 2) == 0;
}

static int64_t size_of_next(void)
{
    switch (rng_below(&m.dice, 40)) {
    case 0:
        return 900 + rng_below(&m.dice, 1500);
    case 1:
        return rng_below(&m.dice, 300);
    default:
        return rng_below(&m.dice, 8);
    }
}

static void one_round(void)
{
    int64_t more = 1 + size_of_next();
    bool merged = true;
    for (int64_t i = 0; i < more; i++)
        add_move();
    put_run(m.n - (more > 1 && rng_below(&m.dice, 3) == 0)); /* the last one is not in yet */
    ask_some();
    while (merged && rng_below(&m.dice, 5)) {
        BOOKS_OK(lines_merge(m.lines, rng_below(&m.dice, 2), maybe_busy, NULL, &merged));
        m.merges += merged;
        if (merged)
            ask_some();
    }
    if (rng_below(&m.dice, 50) == 0)
        everything_is_there();
}

static void runs_of_any_size_merged_at_any_time_say_what_was_put_in(void **state)
{
    UNUSED(state);
    open_file(1);
    for (int rounds = (test_on_server() ? 40 : 300) * times(); rounds > 0; rounds--) {
        if (m.n + 3000 > MOVES) {
            everything_is_there();
            begin((uint64_t)rounds);
        }
        one_round();
    }
    everything_is_there();
    if (times() > 1)
        print_message("%lld runs, %lld merges\n", (long long)m.runs, (long long)m.merges);
    assert_true(m.merges > (test_on_server() ? 2 : 20));
    close_file();
}

static void put_nine_runs(void)
{
    for (int run = 0; run < 9; run++) {
        for (int k = 0; k < 90; k++)
            add_move();
        put_run(m.n);
    }
}

/* Each call of a merge fails in its turn; then it is done. */
static void a_merge_that_fails_anywhere_changes_nothing(void **state)
{
    UNUSED(state);
    static const int kinds[] = { RC_FULL, RC_IO, RC_BUSY };
    bool merged = false;
    int fails = 0;
    open_file(7);
    put_nine_runs();
    for (int at = 1; !merged; at++) {
        db_fail_at(m.db, at, kinds[at % 3]);
        int rc = lines_merge(m.lines, true, NULL, NULL, &merged);
        db_fail_at(m.db, 0, 0);
        assert_true(merged ? !rc : rc || kinds[at % 3] == RC_BUSY);
        fails += !merged;
        everything_is_there();
        ask_some();
    }
    assert_true(fails > 30);
    close_file();
}

/* The last line of the account in run 4 gets an instant 2^63 microseconds before the one before. */
static void spoil_instant(struct db_tx *tx, int64_t account)
{
    struct db_rows r;
    struct lines_row row;
    struct ledger_entry before = { 0 };
    uint8_t body[LINES_ROW_MAX], *at = body;
    BOOKS_OK(db_query(tx, &r,
                      "SELECT " LINES_ROW " FROM history_line WHERE run=4 AND account_id=$1",
                      DB_ARGS(DB_I(account))));
    assert_int_equal(db_next(&r), DB_ROW);
    lines_row_begin(&r, 0, &row);
    while (lines_row_next(&row) == 1) {
        struct ledger_entry e = row.e;
        if (e.seq == row.last_seq && before.seq)
            e.booked_us = INT64_MIN + before.booked_us;
        at = lines_line_put(at, &before, &e);
        before = e;
    }
    db_done(&r);
    assert_true(before.booked_us < 0);
    BOOKS_OK(db_exec(tx, "UPDATE history_line SET body=$1 WHERE run=4 AND account_id=$2",
                     DB_ARGS(DB_B(body, (size_t)(at - body)), DB_I(account))));
}

/* Steps that no number can hold are damage, too. */
static void instants_too_far_apart_are_not_merged(void **state)
{
    UNUSED(state);
    struct db_tx *tx;
    bool merged;
    open_file(12);
    put_nine_runs();
    BOOKS_OK(db_begin(m.db, &tx));
    spoil_instant(tx, account_of(3));
    BOOKS_OK(db_commit(&tx));
    assert_int_equal(lines_merge(m.lines, true, NULL, NULL, &merged), RC_CORRUPT);
    assert_false(merged);
    close_file();
}

/* Another file, whose runs have changed as often as those of the one before. */
static void what_was_known_of_a_file_is_forgotten_with_it(void **state)
{
    UNUSED(state);
    ONLY_ON_A_FILE();
    for (int way = 0; way < 2; way++) {
        struct history h;
        open_file(14);
        put_nine_runs();
        BOOKS_OK(lines_read(m.lines, &h));
        assert_int_equal(h.n, 9);
        lines_read_done(&h);
        if (way == 0) {
            BOOKS_OK(lines_replace(m.lines));
        } else {
            char path[400];
            snprintf(path, sizeof path, "%s-history", db_path(d.db));
            lines_forget(m.lines);
            assert_int_equal(remove(path), 0);
            BOOKS_OK(lines_make(m.lines));
        }
        m.db = atomic_load(&m.lines->db);
        m.filled = 0;
        for (int run = 0; run < 9; run++)
            put_run((run + 1) * 50);
        everything_is_there();
        ask_some();
        close_file();
    }
}

/* A file in which a run is damaged is not merged into one that looks whole. */
static void damaged_runs_are_not_merged(void **state)
{
    UNUSED(state);
    static const char *const damages[] = {
        "UPDATE history_line SET seq=seq+1, last_seq=last_seq+1 WHERE run=4",
        "UPDATE history_line SET debits=debits+1 WHERE run=5",
        "UPDATE history_line SET body=$1 WHERE run=6",
        "UPDATE history_id SET body=$1 WHERE run=6",
        "DELETE FROM history_line WHERE run=3",
        "DELETE FROM history_id WHERE run=3",
        "UPDATE history_id SET body=(SELECT h.body FROM history_id h WHERE h.run=7 LIMIT 1)"
        " WHERE run=8",
    };
    static const char garbage[2000] = "\1\2\3";
    for (size_t i = 0; i < COUNT(damages); i++) {
        struct db_tx *tx;
        bool merged, takes = strstr(damages[i], "$1");
        open_file(11);
        put_nine_runs();
        BOOKS_OK(db_begin(m.db, &tx));
        BOOKS_OK(takes ? db_exec(tx, damages[i], DB_ARGS(DB_B(garbage, i == 2 ? 40 : 2000)))
                       : db_exec(tx, damages[i], DB_NO_ARGS));
        BOOKS_OK(db_commit(&tx));
        assert_int_equal(lines_merge(m.lines, true, NULL, NULL, &merged), RC_CORRUPT);
        assert_false(merged);
        close_file();
    }
}

/* A disk that takes small runs and not their merger: runs stop growing before a reader's table is
 * full, and go on when there is room. */
static void runs_never_become_more_than_a_reader_takes(void **state)
{
    UNUSED(state);
    ONLY_ON_A_FILE(); /* a thousand small transactions */
    open_file(13);
    while (m.runs < LINES_RUNS_MAX - 8) {
        BOOKS_OK(lines_make_room(m.lines));
        add_move();
        put_run(m.n);
    }
    for (int i = 0; i < 30; i++) {
        db_fail_at(m.db, 12 + i, RC_FULL);
        assert_int_equal(lines_make_room(m.lines), RC_FULL);
    }
    db_fail_at(m.db, 0, 0);
    BOOKS_OK(lines_make_room(m.lines));
    everything_is_there();
    close_file();
}

/* A bank's day: small ones, now and then a batch of salaries. */
static int64_t some_parts(int step)
{
    return step % 30 == 29 ? 6000 : step % 7 == 6 ? 1100 : 120;
}

/* Millions of runs, as sizes only: few stay, neighbours are merged, and what is copied is a small
 * multiple of what came in. */
static void sizes_only(uint64_t seed, uint32_t largest, uint32_t idle_in)
{
    static struct lines_run list[LINES_RUNS_MAX];
    struct rng dice;
    int n = 0, most = 0;
    double in = 0, copied = 0;
    rng_seed(&dice, seed);
    for (int step = 0; step < 10000 * times(); step++) {
        int from = 0, k;
        assert_true(n < LINES_RUNS_MAX);
        list[n++].moves = largest ? 1 + rng_below(&dice, largest) : some_parts(step);
        in += (double)list[n - 1].moves;
        bool idle = idle_in && rng_below(&dice, idle_in) == 0;
        while ((k = lines_which(list, n, idle, &from)) > 0) {
            int64_t sum = 0;
            assert_true(k >= 8 && k <= 32 && from >= 0 && from + k <= n);
            for (int i = from; i < from + k; i++)
                sum += list[i].moves;
            copied += sum > 1024 ? (double)sum : 0;
            list[from].moves = sum;
            memmove(&list[from + 1], &list[from + k], (size_t)(n - from - k) * sizeof *list);
            n -= k - 1;
        }
        if (n > 900) { /* what a bank of billions has: begin anew */
            most = n;
            n = 0;
        }
        most = n > most ? n : most;
    }
    if (copied > in * 20)
        fail_msg("up to %u: copied %.0f for %.0f", largest, copied, in);
    if (idle_in == 1 && largest < 1000)
        assert_in_range(most, 1, 50 + (int)(in / (512 << 10))); /* the largest stay */
    if (times() > 1)
        print_message("up to %u: at most %d runs, each copied %.1f times\n", largest, most,
                      copied / in);
}

static void few_runs_stay_and_little_is_copied(void **state)
{
    UNUSED(state);
    sizes_only(0, 0, 1);
    sizes_only(1, 5, 1);
    sizes_only(2, 900, 1);
    sizes_only(3, 20000, 20);
    sizes_only(4, 200000, 0);
    sizes_only(5, 1000000, 100);
}

SUITE(ledger_merge, ON_PLAIN(runs_of_any_size_merged_at_any_time_say_what_was_put_in),
      ON_PLAIN(a_merge_that_fails_anywhere_changes_nothing), ON_PLAIN(damaged_runs_are_not_merged),
      ON_PLAIN(instants_too_far_apart_are_not_merged),
      ON_PLAIN(what_was_known_of_a_file_is_forgotten_with_it),
      ON_PLAIN(runs_never_become_more_than_a_reader_takes),
      cmocka_unit_test(few_runs_stay_and_little_is_copied))
