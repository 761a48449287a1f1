/* memory_test.c -- What a room keeps in memory follows the writing transaction. */
#include "store/db_kept.h"
#include "store/db_memory.h"
#include "store_help.h"

static char steps[64];

static void note(void *m, char what)
{
    size_t n = strlen(steps);
    assert_ptr_equal(m, steps);
    steps[n] = what;
    steps[n + 1] = '\0';
}

static int memory_open(struct db_tx *tx, void **out)
{
    UNUSED(tx);
    *out = steps;
    return 0;
}

static void memory_close(void *m)
{
    note(m, 'x');
}

static void memory_begin(void *m, bool others)
{
    UNUSED(others);
    note(m, 'b');
}

static void memory_mark(void *m)
{
    note(m, 'm');
}

static void memory_keep(void *m)
{
    note(m, 'k');
}

static void memory_undo(void *m)
{
    note(m, 'u');
}

static void memory_done(void *m)
{
    note(m, 'd');
}

static void memory_rollback(void *m)
{
    note(m, 'r');
}

static const struct db_memory_kind kind = {
    .open = memory_open,
    .close = memory_close,
    .begin = memory_begin,
    .mark = memory_mark,
    .keep = memory_keep,
    .undo = memory_undo,
    .done = memory_done,
    .rollback = memory_rollback,
};

static int none_open(struct db_tx *tx, void **out)
{
    static int asked;
    UNUSED(tx);
    UNUSED(out);
    return asked++ ? 0 : RC_IO;
}

static const struct db_memory_kind none = { .open = none_open };

static void a_memory_follows_the_writing_transaction(void **state)
{
    struct db *db;
    struct db_tx *tx, *reader;
    void *m = NULL;
    UNUSED(state);
    assert_int_equal(db_open(test_db_loose("memory"), &db), 0);
    steps[0] = '\0';
    assert_int_equal(db_begin(db, &tx), 0);
    assert_int_equal(db_savepoint(tx), 0);
    assert_int_equal(db_read(db, &reader), 0);
    assert_int_equal(db_memory(reader, &kind, &m),
                     0); /* a reader makes it: the writer is not told */
    assert_string_equal(steps, "");
    assert_int_equal(db_memory(tx, &kind, &m), 0); /* it joins, as deep as the transaction is */
    assert_ptr_equal(m, steps);
    assert_string_equal(steps, "bm");
    db_undo(tx);
    assert_int_equal(db_savepoint(tx), 0);
    assert_int_equal(db_release(tx), 0);
    assert_int_equal(db_memory(tx, &kind, &m), 0);
    assert_int_equal(db_commit(&tx), 0);
    assert_string_equal(steps, "bmumkd");
    assert_int_equal(db_begin(db, &tx), 0);
    db_rollback(&tx);
    assert_string_equal(steps, "bmumkdbr");
    assert_int_equal(db_memory(reader, &none, &m), RC_IO); /* a fault is asked again */
    assert_int_equal(db_memory(reader, &none, &m), 0);
    assert_null(m);
    db_read_done(&reader);
    db_close(db);
    assert_string_equal(steps, "bmumkdbrx");
}

static void a_commit_that_fails_is_a_rollback_for_the_memory(void **state)
{
    struct db *db;
    struct db_tx *tx;
    void *m = NULL;
    UNUSED(state);
    assert_int_equal(db_open(test_db_loose("memory"), &db), 0);
    steps[0] = '\0';
    assert_int_equal(db_begin(db, &tx), 0);
    assert_int_equal(db_memory(tx, &kind, &m), 0);
    db_fail_at(db, 1, RC_FULL);
    assert_int_equal(db_commit(&tx), RC_FULL);
    db_rollback(&tx);
    assert_string_equal(steps, "br");
    db_close(db);
}

/* ---- small answers that are kept ---- */

static const struct db_migration kept_tables[] = {
    { "kept-001", "CREATE TABLE clerk (id {ID}, may {I64} NOT NULL) {TABLE_END};\n"
                  "CREATE TABLE clerk_seen (id {ID}) {TABLE_END};\n"
                  "INSERT INTO clerk (id, may) VALUES (1, 7);\n" },
};
static int kept_asked; /* the database */

static int64_t may(struct db_tx *tx)
{
    static const struct db_kept_kind kept = { { "clerk" } };
    const int64_t id = 1;
    size_t len = 0;
    int64_t n = 0;
    const int64_t *known = db_kept(tx, &kept, &id, sizeof id, &len);
    if (known) {
        assert_int_equal(len, sizeof n);
        return *known;
    }
    kept_asked++;
    assert_int_equal(db_one_i64(tx, "SELECT may FROM clerk WHERE id=$1", DB_ARGS(DB_I(id)), -1, &n),
                     0);
    db_keep(tx, &kept, &id, sizeof id, &n, sizeof n);
    return n;
}

static void let(struct db_tx *tx, int64_t n)
{
    assert_int_equal(db_exec(tx, "UPDATE clerk SET may=$1 WHERE id=1", DB_ARGS(DB_I(n))), 0);
}

static void expect_may(struct db_tx *tx, int64_t n, int asked)
{
    kept_asked = 0;
    assert_int_equal(may(tx), n);
    assert_int_equal(kept_asked, asked);
}

static struct db *kept_open(const char *url)
{
    struct db *db;
    assert_int_equal(db_open(url, &db), 0);
    assert_int_equal(db_migrate(db, kept_tables, 1, 1), 0);
    return db;
}

static void what_is_kept_is_true_under_the_pen(void **state)
{
    struct db *db = kept_open(test_db_loose("kept"));
    struct db_tx *tx;
    UNUSED(state);
    assert_int_equal(db_begin(db, &tx), 0);
    expect_may(tx, 7, 1);
    expect_may(tx, 7, 0);
    assert_int_equal(db_commit(&tx), 0);
    assert_int_equal(db_begin(db, &tx), 0);
    expect_may(tx, 7, 0); /* in later transactions, too */
    assert_int_equal(db_exec(tx, "INSERT INTO clerk_seen (id) VALUES ($1)", DB_ARGS(DB_I(1))), 0);
    expect_may(tx, 7, 0); /* another table, whose name only begins like it */
    assert_int_equal(db_savepoint(tx), 0);
    let(tx, 8);
    expect_may(tx, 8, 1);
    db_undo(tx);
    expect_may(tx, 7, 1); /* what was undone was not kept */
    let(tx, 9);
    db_rollback(&tx);
    assert_int_equal(db_begin(db, &tx), 0);
    expect_may(tx, 7, 1);
    expect_may(tx, 7, 0);
    const struct db_value rows[] = { DB_I(5) };
    assert_int_equal(db_exec_many(tx, "UPDATE clerk SET may=$1 WHERE id=1", rows, 1, 1), 0);
    expect_may(tx, 5, 1);
    assert_int_equal(db_commit(&tx), 0);
    assert_int_equal(db_read(db, &tx), 0);
    expect_may(tx, 5, 1);
    expect_may(tx, 5, 1); /* a snapshot asks each time */
    db_read_done(&tx);
    db_close(db);
}

static void what_is_written_before_it_is_first_asked_is_not_kept(void **state)
{
    struct db *db = kept_open(test_db_loose("kept2"));
    struct db_tx *tx;
    UNUSED(state);
    assert_int_equal(db_begin(db, &tx), 0);
    assert_int_equal(db_savepoint(tx), 0);
    let(tx, 8);
    expect_may(tx, 8, 1);
    db_undo(tx);
    expect_may(tx, 7, 1);
    assert_int_equal(db_commit(&tx), 0);
    db_close(db);
}

static void too_much_is_forgotten(void **state)
{
    static const struct db_kept_kind kept = { { "clerk" } };
    static char large[DB_KEPT_MAX];
    struct db *db = kept_open(test_db_loose("kept3"));
    struct db_tx *tx;
    size_t len = 0;
    int found = 0;
    UNUSED(state);
    assert_int_equal(db_begin(db, &tx), 0);
    for (int i = 0; i < 100; i++) {
        large[0] = (char)i;
        db_keep(tx, &kept, &i, sizeof i, large, sizeof large - sizeof i);
        const char *now = db_kept(tx, &kept, &i, sizeof i, &len);
        assert_true(now && now[0] == (char)i);
    }
    for (int i = 0; i < 100; i++)
        found += db_kept(tx, &kept, &i, sizeof i, &len) != NULL;
    assert_in_range(found, 1, 40);
    db_keep(tx, &kept, "x", 1, large, sizeof large); /* with its key it is too large */
    assert_null(db_kept(tx, &kept, "x", 1, &len));
    db_rollback(&tx);
    db_close(db);
}

/* Rights that another instance withdraws are gone at the next transaction. */
static void another_instance_makes_all_of_it_old(void **state)
{
    struct db_tx *tx;
    UNUSED(state);
    if (!test_on_server())
        skip();
    const char *url = test_db_loose("kept4");
    struct db *one = kept_open(url), *two = kept_open(url);
    for (int64_t n = 20; n < 30; n++) {
        assert_int_equal(db_begin(one, &tx), 0);
        let(tx, n);
        assert_int_equal(db_commit(&tx), 0);
        for (int again = 0; again < 2; again++) {
            assert_int_equal(db_begin(two, &tx), 0);
            expect_may(tx, n, !again);
            assert_int_equal(db_commit(&tx), 0);
        }
        assert_int_equal(db_begin(one, &tx), 0);
        let(tx, 99);
        db_rollback(&tx);
        assert_int_equal(db_begin(two, &tx), 0);
        assert_int_equal(may(tx), n);
        assert_int_equal(db_commit(&tx), 0);
    }
    db_close(one);
    db_close(two);
}

SUITE(store_memory, cmocka_unit_test(a_memory_follows_the_writing_transaction),
      cmocka_unit_test(a_commit_that_fails_is_a_rollback_for_the_memory),
      cmocka_unit_test(what_is_kept_is_true_under_the_pen),
      cmocka_unit_test(what_is_written_before_it_is_first_asked_is_not_kept),
      cmocka_unit_test(too_much_is_forgotten),
      cmocka_unit_test(another_instance_makes_all_of_it_old))
