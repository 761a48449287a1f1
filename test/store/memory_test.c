/* memory_test.c -- What a room keeps in memory follows the writing transaction. */
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

SUITE(store_memory, cmocka_unit_test(a_memory_follows_the_writing_transaction),
      cmocka_unit_test(a_commit_that_fails_is_a_rollback_for_the_memory))
