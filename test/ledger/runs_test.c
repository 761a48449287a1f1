/* runs_test.c -- The history file in runs: however lines came into it and were merged, an account's
 * lines are all there, in order, and say what their transfers say; every id is found. */
#include "books.h"
#include "ledger/ledger_lines_priv.h"
#include <stdlib.h>
#include <string.h>

enum { PEOPLE = 6, ROUNDS = 120, GROUP = 24, KEPT = ROUNDS * GROUP };

static struct books d;
static account_id people[PEOPLE];
static struct ledger_order kept[KEPT];
static struct ledger_result answers[KEPT];
static int n_kept;

static void reopen(void)
{
    BOOKS_OK(db_commit(&d.c.tx));
    db_close(d.db);
    BOOKS_OK(db_open(books_url, &d.db));
    BOOKS_OK(db_begin(d.db, &d.c.tx));
}

static void write_a_group(int round)
{
    static const char *const memos[] = { NULL, "", "房租",
                                         "a memo of some length, that fills rows" };
    struct ledger_order *orders = kept + n_kept;
    d.c.now_us += 250000;
    for (int i = 0; i < GROUP; i++) {
        uint32_t a = rng_below(&d.rng, PEOPLE), b = rng_below(&d.rng, PEOPLE - 1);
        orders[i] = books_order(&d, people[a], people[b >= a ? b + 1 : b], 1 + (int64_t)i);
        orders[i].memo = memos[(round + i) % 4];
        orders[i].code = i % 3 ? 0 : round + i;
        if (i % 8 == 5)
            orders[i].value_date.days = date_of_instant(d.c.now_us).days - 1;
    }
    BOOKS_OK(ledger_post_many(&d.c, orders, GROUP, answers + n_kept));
    n_kept += GROUP;
    books_save(&d);
}

static void open_people(void)
{
    books_layout = LEDGER_FAST;
    books_open(&d);
    n_kept = 0;
    for (int i = 0; i < PEOPLE; i++)
        people[i] = books_account(&d, "2011", 0);
    books_save(&d);
    d.c.now_us += 2 * US_DAY;
    BOOKS_OK(ledger_day_set(&d.c, date_of_instant(d.c.now_us)));
}

/* In pages that do not fit the rows. */
static void lines_are_what_was_booked(account_id id)
{
    struct ledger_account a;
    int64_t seq = 0, debits = 0, credits = 0;
    int n = 1;
    BOOKS_OK(ledger_account_get(&d.c, id, &a));
    while (n) {
        struct ledger_entry *e;
        BOOKS_OK(ledger_lines(&d.c, id, seq, 97, &e, &n));
        for (int i = 0; i < n; i++) {
            struct ledger_transfer t;
            int64_t then;
            BOOKS_OK(ledger_transfer_get(&d.c, e[i].transfer, &t));
            assert_int_equal(e[i].seq, ++seq);
            debits += e[i].side == LEDGER_DEBIT ? e[i].minor : 0;
            credits += e[i].side == LEDGER_CREDIT ? e[i].minor : 0;
            assert_true(e[i].debits == debits && e[i].credits == credits);
            assert_true(e[i].minor == t.amount.minor && e[i].number == t.number);
            assert_true(e[i].other.n == (t.debit.n == id.n ? t.credit.n : t.debit.n));
            assert_true(e[i].kind == t.kind && e[i].code == t.code);
            assert_string_equal(e[i].memo, t.memo);
            assert_true(e[i].value.days == t.value.days && e[i].booked_us == t.booked_us);
            if (seq % 50 == 0) {
                BOOKS_OK(ledger_balance_at(&d.c, id, t.booked_us - 1, &then));
                assert_true(then != INT64_MIN);
            }
        }
    }
    assert_true(seq == a.entries && debits == a.totals.debits && credits == a.totals.credits);
}

/* The balance after every group, as it was then. */
static void the_past_is_as_it_was(const int64_t *balances, const int64_t *instants)
{
    for (int round = 0; round < ROUNDS; round += 7) {
        int64_t minor;
        BOOKS_OK(ledger_balance_at(&d.c, people[0], instants[round], &minor));
        assert_int_equal(minor, balances[round]);
    }
}

static int64_t runs_of_the_file(void)
{
    char path[400];
    struct db *h;
    struct db_tx *tx;
    int64_t n = 0;
    snprintf(path, sizeof path, "sqlite:%s-history", db_path(d.db));
    BOOKS_OK(db_open_shared(path, &h));
    BOOKS_OK(db_read(h, &tx));
    BOOKS_OK(db_one_i64(tx, "SELECT COUNT(*) FROM history_run", DB_NO_ARGS, 0, &n));
    db_read_done(&tx);
    db_close(h);
    return n;
}

static void many_small_runs_are_merged_and_say_the_same(void **state)
{
    UNUSED(state);
    static int64_t balances[ROUNDS], instants[ROUNDS];
    open_people();
    for (int round = 0; round < ROUNDS; round++) {
        struct ledger_account a;
        write_a_group(round);
        BOOKS_OK(ledger_account_get(&d.c, people[0], &a));
        balances[round] = ledger_balance(&a);
        instants[round] = d.c.now_us;
        books_fill(&d, round % 5 ? 1000 : 7);
        if (round % 40 == 39)
            for (int i = 0; i < PEOPLE; i++)
                lines_are_what_was_booked(people[i]);
    }
    if (!test_on_server())
        assert_in_range(runs_of_the_file(), 1, 40);
    the_past_is_as_it_was(balances, instants);
    books_proven(&d);
    d.c.now_us += 3600 * US_SECOND; /* ids are no longer in memory */
    reopen();
    for (int i = 0; i < n_kept; i += 31) {
        struct ledger_result r;
        BOOKS_OK(ledger_post(&d.c, &kept[i], &r));
        assert_true(r.existed && r.number == answers[i].number);
    }
    the_past_is_as_it_was(balances, instants);
    books_proven(&d);
    books_close(&d);
}

/* As the first fast banks had it: a table of lines by account and number. */
static const struct db_migration first[] = {
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

static void an_older_history_file_is_made_again(void **state)
{
    UNUSED(state);
    char path[400];
    struct db *h;
    struct db_tx *tx;
    ONLY_ON_A_FILE();
    open_people();
    for (int round = 0; round < 9; round++)
        write_a_group(round);
    snprintf(path, sizeof path, "%s-history", db_path(d.db));
    BOOKS_OK(db_commit(&d.c.tx));
    db_close(d.db);
    remove(path);
    BOOKS_OK(db_open(path, &h));
    BOOKS_OK(db_migrate(h, first, COUNT(first), 0));
    BOOKS_OK(db_begin(h, &tx)); /* its mark is right, its lines are none of ours */
    BOOKS_OK(db_exec(tx, "INSERT INTO history_mark VALUES (1, $1, $2, $3)",
                     DB_ARGS(DB_I(answers[n_kept - 1].number), DB_I(kept[n_kept - 1].id.high),
                             DB_I(kept[n_kept - 1].id.low))));
    BOOKS_OK(db_exec(tx, "INSERT INTO history_line VALUES (1, 1, 1, 1, 1, 1, 1, 1, 1, 1, $1)",
                     DB_ARGS(DB_B("\0", 1))));
    BOOKS_OK(db_commit(&tx));
    db_close(h);
    BOOKS_OK(db_open(books_url, &d.db));
    BOOKS_OK(db_begin(d.db, &d.c.tx));
    for (int i = 0; i < PEOPLE; i++)
        lines_are_what_was_booked(people[i]);
    write_a_group(9);
    books_fill(&d, INT32_MAX);
    for (int i = 0; i < PEOPLE; i++)
        lines_are_what_was_booked(people[i]);
    books_proven(&d);
    assert_int_equal(runs_of_the_file(), 1);
    books_close(&d);
}

static void the_smallest_runs_are_merged_first_and_large_ones_only_when_there_is_time(void **state)
{
    UNUSED(state);
    static const struct {
        const char *sizes; /* oldest first, in thousands; n*size */
        bool idle;
        int from, n;
        const char *why;
    } rows[] = {
        { "", true, 0, 0, "nothing" },
        { "7*0", true, 0, 0, "seven are not many" },
        { "8*0", false, 0, 8, "eight are" },
        { "3*900 8*0", false, 3, 8, "the large ones stay" },
        { "3*900 40*0", false, 3, 32, "not more than thirty-two at once, the oldest first" },
        { "7*5 7*0", false, 0, 14, "sizes below count, too: fourteen below 8,192" },
        { "1*5 9*0", false, 1, 9, "a large one is not copied for the sake of small ones" },
        { "1*60 2*5 6*0", true, 1, 8, "a large one stays, its neighbours do not" },
        { "1*5 6*0 2*2", false, 0, 9, "but when the others are half of it it is" },
        { "100*900 9*0 100*900", false, 100, 8, "many: small ones behind large ones" },
        { "8*300", false, 0, 0, "large: not while there is something to do" },
        { "8*300", true, 0, 8, "but when there is time" },
        { "8*600", true, 0, 0, "larger ones stay for ever" },
        { "600*900 3*700 400*900", false, 0, 8, "too many: neighbours that are small together" },
    };
    struct lines_run *list = calloc(LINES_RUNS_MAX + 64, sizeof *list);
    for (size_t i = 0; i < COUNT(rows); i++) {
        int n = 0, from = 0;
        for (const char *at = rows[i].sizes; *at;) {
            char *end;
            long count = strtol(at, &end, 10), size = strtol(end + 1, &end, 10);
            for (long k = 0; k < count; k++)
                list[n++].moves = size * 1000 + 1;
            at = *end ? end + 1 : end;
        }
        int k = lines_which(list, n, rows[i].idle, &from);
        if (k != rows[i].n || (k && n < 900 && from != rows[i].from))
            fail_msg("%s: %s: %d from %d", rows[i].sizes, rows[i].why, k, from);
        if (n > 900 && (from > 602 || from + k < 601))
            fail_msg("%s: from %d", rows[i].why, from);
    }
    free(list);
}

SUITE(ledger_runs, ON_FAST(many_small_runs_are_merged_and_say_the_same),
      ON_FAST(an_older_history_file_is_made_again),
      cmocka_unit_test(the_smallest_runs_are_merged_first_and_large_ones_only_when_there_is_time))
