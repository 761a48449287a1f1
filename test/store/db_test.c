/* db_test.c -- The database port's contract: what every room may rely on, on every engine. */
#include "store_help.h"
#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct db *open_with_table(void)
{
    static const struct db_migration list[] = {
        { "test-001", "CREATE TABLE t (id {ID}, n {I64} CHECK (n < 1000), s {TEXT}, b {BYTES},"
                      " r {REAL}, u {I64} UNIQUE) {TABLE_END};\n"
                      "CREATE TABLE child (a {I64} NOT NULL, b {I64} NOT NULL,"
                      " t_id {I64} NOT NULL REFERENCES t (id), PRIMARY KEY (a, b)) {NO_ROWID};\n" },
    };
    struct db *db = help_open(help_url());
    RC_OF(db_migrate(db, list, COUNT(list), 1));
    return db;
}

static void insert(struct db_tx *tx, int64_t id, int64_t n)
{
    RC_OF(db_exec(tx, "INSERT INTO t (id, n) VALUES ($1,$2)", DB_ARGS(DB_I(id), DB_I(n))));
}

static int64_t count(struct db_tx *tx)
{
    int64_t n = 0;
    RC_OF(db_one_i64(tx, "SELECT count(*) FROM t", DB_NO_ARGS, -1, &n));
    return n;
}

static void every_type_comes_back_as_it_went(void **state)
{
    struct db *db = open_with_table();
    struct db_tx *tx = NULL;
    struct db_rows rows;
    size_t len = 0;
    UNUSED(state);
    RC_OF(db_begin(db, &tx));
    RC_OF(db_exec(tx, "INSERT INTO t (id, n, s, b, r) VALUES ($1,$2,$3,$4,$5)",
                  DB_ARGS(DB_I(INT64_MAX), DB_I(INT64_MIN), DB_T("票号 'q' \n"), DB_B("\0\xff", 2),
                          DB_F(0.1))));
    assert_int_equal(db_changed(tx), 1);
    RC_OF(db_exec(tx, "INSERT INTO t (id, s, b) VALUES (1,$1,$2)", DB_ARGS(DB_T(""), DB_B("", 0))));
    RC_OF(db_exec(tx, "INSERT INTO t (id, n, s, b, r) VALUES (2,$1,$2,$3,$4)",
                  DB_ARGS(DB_NONE, DB_T(NULL), DB_NONE, DB_NONE)));
    RC_OF(db_query(tx, &rows, "SELECT id, n, s, b, r FROM t ORDER BY id DESC", DB_NO_ARGS));
    assert_int_equal(db_next(&rows), DB_ROW);
    assert_true(db_i64(&rows, 0) == INT64_MAX && db_i64(&rows, 1) == INT64_MIN);
    assert_string_equal(db_text(&rows, 2), "票号 'q' \n");
    assert_memory_equal(db_bytes(&rows, 3, &len), "\0\xff", 2);
    assert_int_equal(len, 2);
    assert_true(db_f64(&rows, 4) == 0.1);
    assert_int_equal(db_next(&rows), DB_ROW);
    for (int i = 1; i < 5; i++)
        assert_true(db_is_null(&rows, i));
    assert_null(db_text(&rows, 2));
    assert_null(db_bytes(&rows, 3, &len));
    assert_int_equal(db_next(&rows), DB_ROW);
    assert_string_equal(db_text(&rows, 2), "");
    assert_non_null(db_bytes(&rows, 3, &len)); /* no bytes are not NULL */
    assert_int_equal(len, 0);
    assert_int_equal(db_next(&rows), 0);
    assert_int_equal(db_next(&rows), 0);
    db_done(&rows);
    RC_OF(db_commit(&tx));
    db_close(db);
}

static void parameters_are_bound_by_their_number_not_by_their_place(void **state)
{
    struct db *db = open_with_table();
    struct db_tx *tx = NULL;
    struct db_rows rows;
    UNUSED(state);
    RC_OF(db_read(db, &tx));
    RC_OF(db_query(tx, &rows, "SELECT CAST($2 AS BIGINT), CAST($1 AS BIGINT), CAST($2 AS BIGINT)",
                   DB_ARGS(DB_I(10), DB_I(20))));
    assert_int_equal(db_next(&rows), DB_ROW);
    assert_int_equal(db_i64(&rows, 0), 20);
    assert_int_equal(db_i64(&rows, 1), 10);
    assert_int_equal(db_i64(&rows, 2), 20);
    db_done(&rows);
    db_read_done(&tx);
    db_close(db);
}

static void one_text_may_be_open_twice(void **state)
{
    static const char sql[] = "SELECT n FROM t ORDER BY id";
    struct db *db = open_with_table();
    struct db_tx *tx = NULL;
    struct db_rows a, b;
    UNUSED(state);
    RC_OF(db_begin(db, &tx));
    for (int i = 1; i <= 3; i++)
        insert(tx, i, i);
    int pairs = 0;
    RC_OF(db_query(tx, &a, sql, DB_NO_ARGS));
    while (db_next(&a) == DB_ROW) {
        RC_OF(db_query(tx, &b, sql, DB_NO_ARGS));
        while (db_next(&b) == DB_ROW)
            pairs++;
        db_done(&b);
    }
    db_done(&a);
    assert_int_equal(pairs, 9);
    db_rollback(&tx);
    db_close(db);
}

static void one_statement_writes_and_reads_many_rows(void **state)
{
    enum { ROWS = 100 };
    struct db *db = open_with_table();
    struct db_tx *tx = NULL;
    struct db_rows rows;
    static struct db_value args[ROWS][3], keys[ROWS];
    int seen = 0;
    UNUSED(state);
    RC_OF(db_begin(db, &tx));
    for (int i = 0; i < ROWS; i++) {
        args[i][0] = DB_I(i + 1);
        args[i][1] = i % 10 ? DB_I(i * 2) : DB_NONE;
        args[i][2] = i % 3 ? DB_T("票, \"{号}\" \\") : DB_T("");
    }
    RC_OF(db_exec_many(tx, "INSERT INTO t (id, n, s, u) VALUES ($1,$2,$3,$1+7)", args[0], 3, ROWS));
    assert_int_equal(db_changed(tx), ROWS);
    RC_OF(db_exec_many(tx, "INSERT INTO t (id, n, s) VALUES ($1,$2,$3)", args[0], 3, 0));
    assert_int_equal(db_changed(tx), 0);
    assert_int_equal(count(tx), ROWS);
    for (int i = 0; i < ROWS; i++) { /* read them backwards; one in four is not there */
        keys[i] = DB_I(i % 4 ? ROWS - i : 10000 + i);
    }
    RC_OF(
        db_query_many(tx, &rows, "SELECT id, n, s FROM t WHERE id=$1 AND id<1000", keys, 1, ROWS));
    int rc;
    for (int i = -1; (rc = db_next(&rows)) == DB_ROW; seen++) {
        assert_true(db_row(&rows) > i && db_row(&rows) % 4 != 0);
        i = db_row(&rows);
        assert_int_equal(db_i64(&rows, 0), ROWS - i);
        assert_int_equal(db_is_null(&rows, 1), (ROWS - i - 1) % 10 == 0);
    }
    assert_int_equal(rc, 0);
    assert_int_equal(seen, ROWS * 3 / 4);
    db_done(&rows);
    RC_OF(db_query_many(tx, &rows, "SELECT id FROM t WHERE id=$1", keys, 1, 0));
    assert_int_equal(db_next(&rows), 0);
    db_done(&rows);
    RC_OF(db_commit(&tx));
    db_close(db);
}

static void many_rows_change_what_they_name(void **state)
{
    struct db *db = open_with_table();
    struct db_tx *tx = NULL;
    int64_t sum = 0;
    const struct db_value rows[] = { DB_I(1), DB_I(10), DB_I(2), DB_I(20), DB_I(9), DB_I(90) };
    const struct db_value more[] = { DB_I(2), DB_I(22), DB_I(3), DB_I(33) };
    const struct db_value keys[] = { DB_I(1), DB_I(3) };
    UNUSED(state);
    RC_OF(db_begin(db, &tx));
    for (int i = 1; i <= 3; i++)
        insert(tx, i, i);
    RC_OF(db_exec_many(tx, "UPDATE t SET n=n+$2, u=$1 WHERE id=$1 AND n<$2", rows, 2, 3));
    assert_int_equal(db_changed(tx), 2);
    RC_OF(db_one_i64(tx, "SELECT CAST(SUM(n) AS BIGINT) FROM t", DB_NO_ARGS, 0, &sum));
    assert_int_equal(sum, 11 + 22 + 3);
    RC_OF(db_exec_many(tx,
                       "INSERT INTO t (id, n) VALUES ($1,$2)"
                       " ON CONFLICT (id) DO UPDATE SET n=excluded.n+1",
                       more, 2, 2));
    RC_OF(db_one_i64(tx, "SELECT CAST(SUM(n) AS BIGINT) FROM t", DB_NO_ARGS, 0, &sum));
    assert_int_equal(sum, 11 + 23 + 34);
    RC_OF(db_savepoint(tx));
    assert_int_equal(db_exec_many(tx, "INSERT INTO t (id, n) VALUES ($1,$2)", rows, 2, 3),
                     RC_CONFLICT);
    db_undo(tx);
    RC_OF(db_exec_many(tx, "DELETE FROM t WHERE id=$1", keys, 1, 2));
    assert_int_equal(db_changed(tx), 2);
    assert_int_equal(count(tx), 1);
    db_rollback(&tx);
    db_close(db);
}

static void a_text_at_a_used_address_is_prepared_anew(void **state)
{
    struct db *db = open_with_table();
    struct db_tx *tx = NULL;
    char sql[64] = "SELECT 1";
    int64_t n = 0;
    UNUSED(state);
    RC_OF(db_read(db, &tx));
    RC_OF(db_one_i64(tx, sql, DB_NO_ARGS, 0, &n));
    assert_int_equal(n, 1);
    memcpy(sql, "SELECT 2", 9);
    RC_OF(db_one_i64(tx, sql, DB_NO_ARGS, 0, &n));
    assert_int_equal(n, 2);
    db_read_done(&tx);
    db_close(db);
}

static void more_texts_than_the_cache_holds_still_run(void **state)
{
    static char texts[1500][32];
    struct db *db = open_with_table();
    struct db_tx *tx = NULL;
    UNUSED(state);
    RC_OF(db_read(db, &tx));
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < 1500; i++) {
            int64_t n = 0;
            (void)snprintf(texts[i], sizeof texts[i], "SELECT %d", i);
            RC_OF(db_one_i64(tx, texts[i], DB_NO_ARGS, 0, &n));
            assert_int_equal(n, i);
        }
    db_read_done(&tx);
    db_close(db);
}

static void an_undone_savepoint_takes_back_its_own_and_nothing_else(void **state)
{
    struct db *db = open_with_table();
    struct db_tx *tx = NULL;
    UNUSED(state);
    RC_OF(db_begin(db, &tx));
    insert(tx, 1, 1);
    RC_OF(db_savepoint(tx));
    insert(tx, 2, 2);
    RC_OF(db_savepoint(tx));
    insert(tx, 3, 3);
    db_undo(tx);
    assert_int_equal(count(tx), 2);
    RC_OF(db_release(tx));
    RC_OF(db_savepoint(tx));
    insert(tx, 4, 4);
    db_undo(tx);
    RC_OF(db_commit(&tx));
    assert_null(tx);
    assert_int_equal(help_number(db, "SELECT sum(id) FROM t"), 3);
    RC_OF(db_begin(db, &tx));
    insert(tx, 9, 9);
    db_rollback(&tx);
    assert_null(tx);
    db_rollback(&tx);
    assert_int_equal(help_number(db, "SELECT sum(id) FROM t"), 3);
    db_close(db);
}

static void unique_check_and_foreign_keys_are_conflicts(void **state)
{
    struct db *db = open_with_table();
    struct db_tx *tx = NULL;
    UNUSED(state);
    RC_OF(db_begin(db, &tx));
    RC_OF(db_exec(tx, "INSERT INTO t (id, u) VALUES (1, 5)", DB_NO_ARGS));
    static const char *const bad[] = {
        "INSERT INTO t (id) VALUES (1)",                      /* primary key */
        "INSERT INTO t (id, u) VALUES (2, 5)",                /* unique */
        "INSERT INTO t (id, n) VALUES (2, 1000)",             /* check */
        "INSERT INTO child (a, b, t_id) VALUES (1, 1, 77)",   /* foreign key */
        "DELETE FROM t WHERE id IN (SELECT t_id FROM child)", /* still referenced */
    };
    RC_OF(db_exec(tx, "INSERT INTO child (a, b, t_id) VALUES (5, 5, 1)", DB_NO_ARGS));
    for (size_t i = 0; i < COUNT(bad); i++) {
        RC_OF(db_savepoint(tx)); /* as PostgreSQL wants it where a failure is expected */
        assert_int_equal(db_exec(tx, bad[i], DB_NO_ARGS), RC_CONFLICT);
        db_undo(tx);
    }
    insert(tx, 2, 2);
    RC_OF(db_commit(&tx));
    assert_int_equal(help_number(db, "SELECT count(*) FROM t"), 2);
    db_close(db);
}

static void a_number_column_refuses_text(void **state)
{
    struct db *db = open_with_table();
    struct db_tx *tx = NULL;
    UNUSED(state);
    RC_OF(db_begin(db, &tx));
    RC_OF(db_savepoint(tx));
    assert_true(db_exec(tx, "INSERT INTO t (id, n) VALUES (1, $1)", DB_ARGS(DB_T("x"))) < 0);
    db_undo(tx);
    db_rollback(&tx);
    db_close(db);
}

static void readers_see_one_moment_and_never_half_a_commit(void **state)
{
    struct db *db = open_with_table();
    struct db_tx *tx = NULL, *early = NULL, *late = NULL;
    UNUSED(state);
    RC_OF(db_read(db, &early));
    assert_int_equal(count(early), 0);
    RC_OF(db_begin(db, &tx));
    insert(tx, 1, 1);
    assert_int_equal(count(early), 0);
    RC_OF(db_commit(&tx));
    assert_int_equal(count(early), 0);
    RC_OF(db_read(db, &late));
    assert_int_equal(count(late), 1);
    db_read_done(&early);
    db_read_done(&late);
    db_close(db);
}

static void a_reader_cannot_write(void **state)
{
    struct db *db = open_with_table();
    struct db_tx *tx = NULL;
    UNUSED(state);
    RC_OF(db_read(db, &tx));
    assert_true(db_exec(tx, "INSERT INTO t (id) VALUES (1)", DB_NO_ARGS) < 0);
    db_read_done(&tx);
    assert_int_equal(help_number(db, "SELECT count(*) FROM t"), 0);
    db_close(db);
}

static void *read_many(void *ctx)
{
    for (int i = 0; i < 200; i++) {
        struct db_tx *tx = NULL;
        int64_t a = 0, b = 0;
        if (db_read(ctx, &tx) ||
            db_one_i64(tx, "SELECT coalesce(sum(n),0) FROM t", DB_NO_ARGS, 0, &a) ||
            db_one_i64(tx, "SELECT coalesce(sum(n),0) FROM t", DB_NO_ARGS, 0, &b) || a != b ||
            a % 2 != 0)
            return "a reader saw half a commit";
        db_read_done(&tx);
    }
    return NULL;
}

static void more_readers_than_connections_wait_for_each_other(void **state)
{
    struct db *db = open_with_table();
    pthread_t threads[16];
    struct db_tx *tx = NULL;
    UNUSED(state);
    for (size_t i = 0; i < COUNT(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, read_many, db), 0);
    for (int i = 0; i < 100; i++) {
        RC_OF(db_begin(db, &tx));
        insert(tx, 2 * i, 1);
        insert(tx, 2 * i + 1, 1);
        RC_OF(db_commit(&tx));
    }
    for (size_t i = 0; i < COUNT(threads); i++) {
        void *wrong = NULL;
        assert_int_equal(pthread_join(threads[i], &wrong), 0);
        if (wrong)
            fail_msg("%s", (const char *)wrong);
    }
    db_close(db);
}

static void a_migration_runs_once_and_may_not_change_afterwards(void **state)
{
    static const struct db_migration one[] = { { "m-1",
                                                 "CREATE TABLE m (id {ID}) {TABLE_END};\n" } };
    static const struct db_migration spaced[] = {
        { "m-1", "CREATE TABLE m (\n  id {ID}\n) {TABLE_END};\n" },
        { "m-2", "ALTER TABLE m ADD COLUMN x {I64};\n" },
    };
    static const struct db_migration other[] = { { "m-1",
                                                   "CREATE TABLE m (no {ID}) {TABLE_END};\n" } };
    static const struct db_migration broken[] = {
        { "m-3",
          "CREATE TABLE m3 (id {ID}) {TABLE_END};\nCREATE TABLE m (id {ID}) {TABLE_END};\n" }
    };
    const char *url = help_url();
    struct db *db = help_open(url);
    UNUSED(state);
    RC_OF(db_migrate(db, one, COUNT(one), 1));
    RC_OF(db_migrate(db, one, COUNT(one), 2));
    RC_OF(db_migrate(db, spaced, COUNT(spaced), 3));
    assert_int_equal(db_migrate(db, other, COUNT(other), 4), RC_CORRUPT);
    assert_non_null(strstr(db_error(db), "m-1"));
    assert_true(db_migrate(db, broken, COUNT(broken), 5) < 0);
    assert_int_equal(help_number(db, "SELECT count(*) FROM migration WHERE name='m-3'"), 0);
    help_run(db, "CREATE TABLE m3 (id INTEGER PRIMARY KEY)"); /* nothing of it was left */
    db_close(db);
    db = help_open(url);
    RC_OF(db_migrate(db, spaced, COUNT(spaced), 6));
    assert_int_equal(help_number(db, "SELECT at_us FROM migration WHERE name='m-2'"), 3);
    db_close(db);
}

static void an_injected_fault_comes_at_its_call_and_once(void **state)
{
    struct db *db = open_with_table();
    struct db_tx *tx = NULL;
    UNUSED(state);
    db_fail_at(db, 3, RC_IO);
    int64_t before = db_calls(db);
    RC_OF(db_begin(db, &tx));
    RC_OF(db_savepoint(tx));
    assert_int_equal(db_exec(tx, "INSERT INTO t (id) VALUES (1)", DB_NO_ARGS), RC_IO);
    assert_int_equal(db_calls(db) - before, 3);
    insert(tx, 1, 1);
    RC_OF(db_release(tx));
    db_fail_at(db, 1, RC_FULL);
    assert_int_equal(db_commit(&tx), RC_FULL);
    assert_non_null(tx);
    db_fail_at(db, 0, 0);
    db_rollback(&tx);
    assert_int_equal(help_number(db, "SELECT count(*) FROM t"), 0);
    db_close(db);
}

static void a_second_server_is_told_that_the_file_is_served(void **state)
{
    ONLY_ON_A_FILE();
    const char *url = help_url();
    struct db *db = help_open(url), *other = NULL;
    UNUSED(state);
    assert_int_equal(db_open(url, &other), RC_BUSY);
    assert_null(other);
    assert_non_null(strstr(db_error(NULL), "served by another process (pid "));
    RC_OF(db_open_shared(url, &other)); /* a tool that reads may */
    assert_int_equal(help_number(other, "SELECT count(*) FROM event"), 0);
    struct db_tx *tx = NULL;
    assert_int_equal(db_begin(other, &tx), RC_IO);
    db_close(other);
    db_close(db);
    db = help_open(url);
    db_close(db);
}

/* Whatever the umask is: what is in the books is nobody else's to read. */
static void what_the_store_makes_is_its_owners_alone(void **state)
{
    ONLY_ON_A_FILE();
    static const char *const beside[] = { "", "-wal", "-shm", ".lock", ".copy" };
    char path[300], name[320], error[400];
    struct stat st;
    UNUSED(state);
    mode_t was = umask(0);
    (void)snprintf(path, sizeof path, "%s/own.db", test_dir());
    struct db *db = help_open(path);
    (void)snprintf(name, sizeof name, "%s.copy", path);
    RC_OF(db_backup(db, name, error, sizeof error));
    umask(was);
    for (size_t i = 0; i < COUNT(beside); i++) {
        (void)snprintf(name, sizeof name, "%s%s", path, beside[i]);
        assert_int_equal(stat(name, &st), 0);
        assert_int_equal(st.st_mode & 0777, 0600);
    }
    db_close(db);
    assert_int_equal(unlink(name), 0);
}

static void what_is_not_a_database_is_refused_in_words(void **state)
{
    char path[300];
    struct db *db = NULL;
    UNUSED(state);
    (void)snprintf(path, sizeof path, "%s/text", test_dir());
    FILE *f = fopen(path, "w");
    for (int i = 0; i < 300; i++)
        assert_true(fputs("this is a letter, not a database\n", f) > 0);
    fclose(f);
    assert_int_equal(db_open(path, &db), RC_CORRUPT);
    assert_non_null(strstr(db_error(NULL), "not a database"));
    assert_int_equal(db_open(test_dir(), &db), RC_IO);
    assert_int_equal(db_open("sqlite:/nowhere/at/all.db", &db), RC_IO);
    assert_int_equal(db_open("postgres://localhost/x", &db), RC_IO);
    assert_int_equal(db_open("x.db?sync=maybe", &db), RC_IO);
    assert_int_equal(db_open("", &db), RC_IO);
    assert_int_equal(db_open_shared("sqlite:/tmp/there/is/none.db", &db), RC_IO);
    assert_null(db);
}

struct writing {
    struct db *db;
    atomic_bool stop;
};

static void *write_pairs(void *ctx)
{
    struct writing *w = ctx;
    for (int64_t i = 0; !atomic_load(&w->stop) && i < 100000; i++) {
        struct db_tx *tx = NULL;
        if (db_begin(w->db, &tx))
            return "begin";
        for (int64_t k = 0; k < 20; k++)
            if (db_exec(tx, "INSERT INTO t (id, n, s) VALUES ($1,$2,$3)",
                        DB_ARGS(DB_I(i * 20 + k), DB_I(1), DB_T("some text to fill a page with"))))
                return "insert";
        if (db_commit(&tx))
            return "commit";
    }
    return NULL;
}

static void a_copy_taken_while_writing_is_whole_and_verified(void **state)
{
    ONLY_ON_A_FILE();
    struct writing w = { .db = open_with_table() };
    char path[300], error[400], text[400];
    pthread_t thread;
    void *wrong = NULL;
    struct stat st;
    UNUSED(state);
    assert_int_equal(pthread_create(&thread, NULL, write_pairs, &w), 0);
    while (help_number(w.db, "SELECT count(*) FROM t") < 2000)
        ;
    (void)snprintf(path, sizeof path, "%s/copy.db", test_dir());
    if (db_backup(w.db, path, error, sizeof error))
        fail_msg("%s", error);
    assert_int_equal(db_backup(w.db, path, error, sizeof error), RC_CONFLICT);
    atomic_store(&w.stop, true);
    pthread_join(thread, &wrong);
    if (wrong)
        fail_msg("%s", (const char *)wrong);
    (void)snprintf(text, sizeof text, "%s-wal", path);
    assert_int_not_equal(stat(text, &st), 0); /* one file, ready to be carried away */
    struct db *copy = NULL;
    RC_OF(db_open_shared(path, &copy));
    RC_OF(db_integrity(copy, text, sizeof text));
    assert_string_equal(text, "ok");
    int64_t n = help_number(copy, "SELECT count(*) FROM t");
    assert_true(n >= 2000 && n % 20 == 0); /* whole commits only */
    db_close(copy);
    db_close(w.db);
    assert_int_equal(unlink(path), 0);
}

static void a_damaged_file_is_found(void **state)
{
    ONLY_ON_A_FILE();
    char url[300], text[200] = "";
    (void)snprintf(url, sizeof url, "%s", help_url());
    struct db *db = help_open(url);
    UNUSED(state);
    RC_OF(db_integrity(db, text, sizeof text));
    assert_string_equal(text, "ok");
    help_run(db, "CREATE TABLE d (id INTEGER PRIMARY KEY, s TEXT)");
    help_run(db, "CREATE INDEX d_s ON d (s)");
    struct db_tx *tx = NULL;
    RC_OF(db_begin(db, &tx));
    for (int i = 0; i < 2000; i++)
        RC_OF(db_exec(tx, "INSERT INTO d (id, s) VALUES ($1,$2)",
                      DB_ARGS(DB_I(i), DB_T("a line of text that fills pages"))));
    RC_OF(db_commit(&tx));
    int64_t pages = help_number(db, "PRAGMA page_count");
    db_close(db);
    FILE *f = fopen(url + 7, "r+");
    assert_int_equal(fseek(f, (long)(pages - 3) * 4096, SEEK_SET), 0);
    for (int i = 0; i < 4096; i++)
        fputc(0x5a, f);
    fclose(f);
    RC_OF(db_open_shared(url, &db));
    assert_int_equal(db_integrity(db, text, sizeof text), RC_CORRUPT);
    assert_string_not_equal(text, "ok");
    db_close(db);
}

SUITE(store_db, cmocka_unit_test(every_type_comes_back_as_it_went),
      cmocka_unit_test(parameters_are_bound_by_their_number_not_by_their_place),
      cmocka_unit_test(one_text_may_be_open_twice),
      cmocka_unit_test(one_statement_writes_and_reads_many_rows),
      cmocka_unit_test(many_rows_change_what_they_name),
      cmocka_unit_test(a_text_at_a_used_address_is_prepared_anew),
      cmocka_unit_test(more_texts_than_the_cache_holds_still_run),
      cmocka_unit_test(an_undone_savepoint_takes_back_its_own_and_nothing_else),
      cmocka_unit_test(unique_check_and_foreign_keys_are_conflicts),
      cmocka_unit_test(a_number_column_refuses_text),
      cmocka_unit_test(readers_see_one_moment_and_never_half_a_commit),
      cmocka_unit_test(a_reader_cannot_write),
      cmocka_unit_test(more_readers_than_connections_wait_for_each_other),
      cmocka_unit_test(a_migration_runs_once_and_may_not_change_afterwards),
      cmocka_unit_test(an_injected_fault_comes_at_its_call_and_once),
      cmocka_unit_test(a_second_server_is_told_that_the_file_is_served),
      cmocka_unit_test(what_the_store_makes_is_its_owners_alone),
      cmocka_unit_test(what_the_store_makes_is_its_owners_alone),
      cmocka_unit_test(what_is_not_a_database_is_refused_in_words),
      cmocka_unit_test(a_copy_taken_while_writing_is_whole_and_verified),
      cmocka_unit_test(a_damaged_file_is_found))
