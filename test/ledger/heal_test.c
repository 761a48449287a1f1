/* heal_test.c -- Damage in the history file never stops the books: runs that cannot be read or
 * merged are made again from what was booked; what cannot be mended so is marked, and made again at
 * the next start. */
#include "books.h"
#include "ledger/ledger_fast_priv.h"
#include "ledger/ledger_filler.h"
#include "ledger/ledger_lines_priv.h"
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { PEOPLE = 5, GROUP = 16 };

static struct books d;
static account_id people[PEOPLE];

static void write_a_group(void)
{
    struct ledger_order orders[GROUP];
    struct ledger_result results[GROUP];
    d.c.now_us += 250000;
    for (int i = 0; i < GROUP; i++) {
        uint32_t a = rng_below(&d.rng, PEOPLE), b = rng_below(&d.rng, PEOPLE - 1);
        orders[i] = books_order(&d, people[a], people[b >= a ? b + 1 : b], 1 + (int64_t)i);
        orders[i].memo = i % 3 ? NULL : "房租";
    }
    BOOKS_OK(ledger_post_many(&d.c, orders, GROUP, results));
    books_save(&d);
}

static struct lines *lines_of(void)
{
    struct fast *f;
    BOOKS_OK(ledger_fast_of(d.c.tx, &f));
    return fast_lines(f);
}

/* So many runs; a merge is what the next one brings. */
static void open_runs(int n)
{
    books_layout = LEDGER_FAST;
    books_open(&d);
    for (int i = 0; i < PEOPLE; i++)
        people[i] = books_account(&d, "2011", 0);
    books_save(&d);
    for (int i = 0; i < n; i++) {
        write_a_group();
        books_fill(&d, 100000);
    }
}

static int64_t of_history(const char *sql)
{
    struct db_tx *tx;
    int64_t n = 0;
    BOOKS_OK(db_read(atomic_load(&lines_of()->db), &tx));
    BOOKS_OK(db_one_i64(tx, sql, DB_NO_ARGS, 0, &n));
    db_read_done(&tx);
    return n;
}

static void spoil(const char *sql)
{
    static const char garbage[40] = "\1\2\3";
    struct db_tx *tx;
    BOOKS_OK(db_begin(atomic_load(&lines_of()->db), &tx));
    BOOKS_OK(strstr(sql, "$1") ? db_exec(tx, sql, DB_ARGS(DB_B(garbage, sizeof garbage)))
                               : db_exec(tx, sql, DB_NO_ARGS));
    assert_true(db_changed(tx) > 0);
    BOOKS_OK(db_commit(&tx));
}

static void reopen(void)
{
    BOOKS_OK(db_commit(&d.c.tx));
    db_close(d.db);
    BOOKS_OK(db_open(books_url, &d.db));
    BOOKS_OK(db_begin(d.db, &d.c.tx));
}

static void all_is_well(void)
{
    books_proven(&d);
    d.c.now_us += 3600 * US_SECOND; /* ids are no longer in memory */
    write_a_group();
    books_fill(&d, 100000);
    books_proven(&d);
    assert_int_equal(of_history("SELECT COUNT(*) FROM history_mark WHERE id=0"), 0);
}

/* ---- tests ---- */

static void runs_that_cannot_be_merged_are_made_again(void **state)
{
    UNUSED(state);
    static const char *const damages[] = {
        "UPDATE history_line SET debits=debits+1 WHERE run=5",
        "UPDATE history_line SET body=$1 WHERE run=3",
        "UPDATE history_id SET body=$1 WHERE run=6",
        "DELETE FROM history_line WHERE run=3",
        "DELETE FROM history_id WHERE run=1",
        "DELETE FROM history_line WHERE run=2 OR run=4",
    };
    for (size_t i = 0; i < COUNT(damages); i++) {
        open_runs(7);
        assert_int_equal(of_history("SELECT COUNT(*) FROM history_run"), 7);
        spoil(damages[i]);
        write_a_group();
        books_fill(&d, 100000); /* the eighth: all are merged */
        assert_int_equal(of_history("SELECT COUNT(*) FROM history_run"), 1);
        assert_int_equal(of_history("SELECT SUM(moves) FROM history_run"), 8 * GROUP);
        all_is_well();
        reopen();
        all_is_well();
        books_close(&d);
    }
}

static int lines_of_person(int i, int *n)
{
    struct ledger_entry *lines;
    return ledger_entries(&d.c, people[i], 0, 1000, &lines, n);
}

/* The one who met the damage is told of it; the next fill mends it. */
static void a_run_that_a_reader_cannot_read_is_made_again(void **state)
{
    UNUSED(state);
    int n = 0;
    open_runs(5);
    spoil("UPDATE history_line SET body=$1 WHERE run=3");
    assert_int_equal(lines_of_person(0, &n), RC_CORRUPT);
    write_a_group();
    books_fill(&d, 100000);
    BOOKS_OK(lines_of_person(0, &n));
    assert_true(n > 5);
    assert_int_equal(of_history("SELECT COUNT(*) FROM history_run"), 6);
    all_is_well();
    books_close(&d);
}

/* The filler does not wait for somebody to book. */
static void damage_is_mended_while_nobody_books(void **state)
{
    UNUSED(state);
    struct ledger_filler *filler = NULL;
    int n = 0, rc = RC_CORRUPT;
    open_runs(5);
    spoil("UPDATE history_line SET body=$1 WHERE run=3");
    BOOKS_OK(ledger_filler_start(d.db, &filler));
    assert_int_equal(lines_of_person(0, &n), RC_CORRUPT);
    for (time_t until = time(NULL) + 60; rc == RC_CORRUPT && time(NULL) < until; sched_yield()) {
        arena_clear(d.c.arena);
        rc = lines_of_person(0, &n);
    }
    BOOKS_OK(rc);
    ledger_filler_stop(filler, false);
    all_is_well();
    books_close(&d);
}

/* Every call of it fails once: then the file is as it was, and it is tried again. */
static void healing_that_fails_is_tried_again(void **state)
{
    UNUSED(state);
    struct ledger_history h;
    open_runs(5);
    spoil("UPDATE history_line SET debits=debits+1 WHERE run=2");
    struct lines *l = lines_of();
    int n = 0, fails = 0;
    lines_spoilt(l, 2, 4);
    for (int at = 1; lines_are_spoilt(l); at++) {
        struct db_tx *books;
        BOOKS_OK(db_read(d.db, &books));
        db_fail_at(atomic_load(&l->db), at, at % 2 ? RC_FULL : RC_IO);
        int rc = lines_heal(l, books);
        db_fail_at(atomic_load(&l->db), 0, 0);
        db_read_done(&books);
        assert_true(!rc == !lines_are_spoilt(l));
        fails += rc != 0;
        BOOKS_OK(lines_of_person(1, &n));
    }
    assert_true(fails > 10);
    BOOKS_OK(ledger_history(d.c.tx, &h));
    assert_false(h.damaged);
    all_is_well();
    books_close(&d);
}

static void totals_say(const char *what)
{
    char text[300] = "";
    int64_t count = 0, bad = 0;
    BOOKS_OK(ledger_check_totals(&d.c, &count, &bad, text, sizeof text));
    if (!bad || !strstr(text, what))
        fail_msg("totals: %s", text);
}

/* The list of runs is wrong itself. Booking, filling and reading of what is whole go on. */
static void what_cannot_be_mended_is_marked_and_made_again_at_the_next_start(void **state)
{
    UNUSED(state);
    struct ledger_history h;
    char aside[400];
    open_runs(7);
    spoil("UPDATE history_line SET debits=debits+1 WHERE run=5");
    spoil("UPDATE history_run SET last_number=last_number+10000000000000 WHERE run=4");
    for (int i = 0; i < 12; i++) {
        write_a_group();
        books_fill(&d, 100000);
    }
    BOOKS_OK(ledger_history(d.c.tx, &h));
    assert_true(h.damaged && !h.waiting && !h.fault);
    assert_int_equal(of_history("SELECT COUNT(*) FROM history_run"), 19);
    assert_int_equal(of_history("SELECT COUNT(*) FROM history_mark WHERE id=0"), 1);
    totals_say("history");
    reopen();
    books_fill(&d, 100000);
    BOOKS_OK(ledger_history(d.c.tx, &h));
    assert_false(h.damaged);
    snprintf(aside, sizeof aside, "%s-history-damaged", db_path(d.db));
    if (!test_on_server())
        assert_int_equal(access(aside, F_OK), 0);
    all_is_well();
    books_close(&d);
}

/* Found by `piaohao check`, too, when nobody has looked yet. */
static void the_proof_of_totals_tells_damaged_rows_and_goes_on(void **state)
{
    UNUSED(state);
    open_runs(5);
    spoil("UPDATE history_line SET body=$1 WHERE run=3");
    totals_say("history");
    books_close(&d);
}

/* Somebody looks (`piaohao check`) while the server starts again and sets the file aside: when he
 * goes, the new file's log stays. */
static void who_still_reads_the_damaged_file_does_no_harm_to_the_new_one(void **state)
{
    UNUSED(state);
    struct db *looker;
    struct db_tx *tx;
    char url[400], log[400];
    int64_t n = 0;
    ONLY_ON_A_FILE();
    open_runs(5);
    spoil("INSERT INTO history_mark VALUES (0, 0, 0, 0, 0)");
    snprintf(url, sizeof url, "sqlite:%s-history", db_path(d.db));
    snprintf(log, sizeof log, "%s-history-wal", db_path(d.db));
    BOOKS_OK(db_open_shared(url, &looker));
    BOOKS_OK(db_read(looker, &tx));
    BOOKS_OK(db_one_i64(tx, "SELECT COUNT(*) FROM history_run", DB_NO_ARGS, 0, &n));
    assert_int_equal(n, 5);
    reopen();
    books_fill(&d, 100000);
    assert_int_equal(access(log, F_OK), 0);
    db_read_done(&tx);
    db_close(looker);
    assert_int_equal(access(log, F_OK), 0);
    all_is_well();
    books_close(&d);
}

static void *begin_one(void *ctx)
{
    struct db_tx *tx;
    int *rc = ctx;
    *rc = db_begin(d.db, &tx);
    db_rollback(&tx);
    return NULL;
}

/* Runs are at their limit and cannot become fewer: who books far ahead does not wait for that. */
static void a_writer_does_not_wait_for_a_filler_that_cannot_write(void **state)
{
    UNUSED(state);
    struct ledger_filler *filler = NULL;
    struct fast *f;
    struct ledger_history h;
    pthread_t writer;
    int rc = 1;
    ONLY_ON_A_FILE();
    open_runs(7);
    spoil("UPDATE history_line SET debits=debits+1 WHERE run=5");
    spoil("UPDATE history_run SET last_number=last_number+10000000000000 WHERE run=4");
    spoil("WITH RECURSIVE n(i) AS (SELECT 5000000 UNION ALL SELECT i+1 FROM n WHERE i<5001010)"
          " INSERT INTO history_run SELECT i, 1, i, i, 1, 1, 1, 1 FROM n");
    BOOKS_OK(ledger_fast_of(d.c.tx, &f));
    write_a_group();
    BOOKS_OK(db_commit(&d.c.tx));
    atomic_fetch_add(&f->waiting, LEDGER_LAG_MAX + 1);
    BOOKS_OK(ledger_filler_start(d.db, &filler));
    assert_int_equal(pthread_create(&writer, NULL, begin_one, &rc), 0);
    pthread_join(writer, NULL);
    assert_int_equal(rc, 0);
    BOOKS_OK(db_begin(d.db, &d.c.tx));
    BOOKS_OK(ledger_history(d.c.tx, &h));
    assert_true(h.damaged && h.fault == RC_CORRUPT && h.waiting > LEDGER_LAG_MAX);
    atomic_fetch_sub(&f->waiting, LEDGER_LAG_MAX + 1);
    ledger_filler_stop(filler, false);
    reopen();
    books_fill(&d, 100000);
    all_is_well();
    books_close(&d);
}

SUITE(ledger_heal, ON_FAST(runs_that_cannot_be_merged_are_made_again),
      ON_FAST(a_run_that_a_reader_cannot_read_is_made_again),
      ON_FAST(damage_is_mended_while_nobody_books), ON_FAST(healing_that_fails_is_tried_again),
      ON_FAST(what_cannot_be_mended_is_marked_and_made_again_at_the_next_start),
      ON_FAST(the_proof_of_totals_tells_damaged_rows_and_goes_on),
      ON_FAST(who_still_reads_the_damaged_file_does_no_harm_to_the_new_one),
      ON_FAST(a_writer_does_not_wait_for_a_filler_that_cannot_write))
