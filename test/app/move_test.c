/* move_test.c -- A bank goes from a file to the other store (a server's database when there is one)
 * and back, and is the same; a target that is not empty is refused, one that was left empty by a
 * move that died is not. */
#include "app/cli_check.h"
#include "app/move.h"
#include "ledger/ledger_books.h"
#include "store/db_table.h"
#include "test.h"
#include <sys/wait.h>
#include <unistd.h>

static const int64_t now_us = INT64_C(1795000000000000);
static char url_of_source[300];

static int fill(struct call *c, void *ctx)
{
    struct ledger_account a = { .currency = CNY, .name = "现金 'a'" }, b = a;
    struct ledger_result r;
    UNUSED(ctx);
    snprintf(a.subject, sizeof a.subject, "1001");
    snprintf(b.subject, sizeof b.subject, "2011");
    int rc = ledger_account_open(c, &a, NULL, 0);
    if (!rc)
        rc = ledger_account_open(c, &b, NULL, 0);
    for (int i = 1; !rc && i <= 2500; i++) { /* more than one batch of rows */
        struct ledger_order o = { .id = ledger_id_make(c),
                                  .kind = LEDGER_POST,
                                  .debit = a.id,
                                  .credit = b.id,
                                  .amount = { i, CNY } };
        rc = ledger_post(c, &o, &r);
    }
    return rc;
}

static void open_made(const char *url, struct bank *b, bool bare)
{
    char error[600] = "";
    int rc = bare ? app_bank_open_bare(url, now_us, b, error, sizeof error)
                  : app_bank_open(url, true, now_us, b, error, sizeof error);
    if (rc)
        fail_msg("%s", error);
}

static const char *source(void)
{
    struct bank b;
    char token[TOKEN_TEXT];
    if (*url_of_source)
        return url_of_source;
    snprintf(url_of_source, sizeof url_of_source, "sqlite:%s/move-source.db", test_dir());
    app_bank_new_books(LEDGER_PLAIN); /* rows, many of them */
    open_made(url_of_source, &b, false);
    app_bank_new_books(test_fast_books() ? LEDGER_FAST : LEDGER_PLAIN);
    assert_int_equal(app_bank_write(&b, now_us, app_bank_setup, token), 0);
    assert_int_equal(app_bank_write(&b, now_us, fill, NULL), 0);
    app_bank_close(&b);
    return url_of_source;
}

static int move_one(const char *from_url, const char *to_url, move_see *see, struct moved *m,
                    struct arena *arena, char error[600])
{
    struct bank from, to;
    open_made(from_url, &from, false);
    open_made(to_url, &to, true);
    int rc = move_bank(&from, &to, arena, now_us, see, NULL, m, error, 600);
    if (!rc) {
        struct check_proof p[CHECK_PROOFS];
        assert_int_equal(check_run(&to, p), 0);
        assert_true(check_good(p));
    }
    app_bank_close(&from);
    app_bank_close(&to);
    return rc;
}

static void a_bank_goes_to_the_other_store_and_back_and_is_the_same(void **state)
{
    struct arena *arena = arena_new(256 << 20);
    struct moved there, back;
    char error[600], other[300], home[300];
    UNUSED(state);
    snprintf(other, sizeof other, "%s", test_db("moved"));
    snprintf(home, sizeof home, "sqlite:%s/move-home.db", test_dir());
    if (move_one(source(), other, NULL, &there, arena, error))
        fail_msg("%s", error);
    assert_int_equal(there.differ, 0);
    assert_true(there.rows > 7500 && there.n_tables > 40);
    if (move_one(other, home, NULL, &back, arena, error))
        fail_msg("%s", error);
    assert_int_equal(back.differ, 0);
    assert_int_equal(back.rows, there.rows);
    for (int i = 0; i < there.n_tables; i++) {
        assert_string_equal(there.tables[i].name, back.tables[i].name);
        if (strcmp(there.tables[i].name, "migration"))
            assert_memory_equal(there.tables[i].digest, back.tables[i].digest, DIGEST_BYTES);
    }
    assert_int_equal(move_one(source(), other, NULL, &there, arena, error), RC_CONFLICT);
    assert_non_null(strstr(error, "not empty"));
    arena_free(arena);
}

/* A slip of the pen in the URL does not put a bank's tables into another program's database. */
static void another_programs_database_is_left_alone(void **state)
{
    struct arena *arena = arena_new(16 << 20);
    struct db *db;
    struct db_tx *tx = NULL;
    struct db_table *tables;
    struct bank b;
    char error[600] = "", url[300];
    int n = 0;
    UNUSED(state);
    snprintf(url, sizeof url, "%s", test_db("another"));
    assert_int_equal(db_open(url, &db), 0);
    assert_int_equal(db_begin(db, &tx), 0);
    assert_int_equal(db_exec(tx, "CREATE TABLE invoice (number TEXT PRIMARY KEY)", DB_NO_ARGS), 0);
    assert_int_equal(db_commit(&tx), 0);
    db_close(db);
    assert_int_equal(app_bank_open_bare(url, now_us, &b, error, sizeof error), RC_CONFLICT);
    assert_non_null(strstr(error, "another program (invoice)"));
    assert_int_equal(app_bank_open(url, true, now_us, &b, error, sizeof error), RC_CONFLICT);
    assert_int_equal(db_open(url, &db), 0);
    assert_int_equal(db_read(db, &tx), 0);
    assert_int_equal(db_tables(tx, arena, &tables, &n), 0);
    assert_int_equal(n, 1);
    db_read_done(&tx);
    db_close(db);
    arena_free(arena);
}

static void die_in_the_middle(void *ctx, const char *table, int64_t done, int64_t all)
{
    UNUSED(ctx);
    UNUSED(table);
    if (done > all / 2)
        _exit(9);
}

static void a_move_that_died_leaves_nothing_and_can_be_done_again(void **state)
{
    struct arena *arena = arena_new(256 << 20);
    struct moved m;
    char error[600], to[300];
    int status = 0;
    UNUSED(state);
    snprintf(to, sizeof to, "%s", test_db("died"));
    (void)source();
    fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        (void)move_one(url_of_source, to, die_in_the_middle, &m, arena, error);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 9);
    if (move_one(source(), to, NULL, &m, arena, error))
        fail_msg("%s", error);
    assert_int_equal(m.differ, 0);
    arena_free(arena);
}

static int make_fast(struct call *c, void *ctx)
{
    UNUSED(ctx);
    return ledger_layout_set(c, LEDGER_FAST);
}

static int read_books(struct call *c, void *ctx)
{
    struct ledger_trial t;
    int64_t *sums = ctx;
    enum ledger_layout layout;
    int rc = ledger_trial(c, LEDGER_ALL_OUTLETS, (date){ INT32_MAX }, CNY, &t);
    if (!rc)
        rc = ledger_layout(c, &layout);
    sums[0] = t.debits;
    sums[1] = t.credits;
    sums[2] = layout;
    return rc;
}

static void fast_books_go_to_the_other_store_as_they_are(void **state)
{
    struct arena *arena = arena_new(256 << 20);
    struct moved m;
    struct bank b;
    char error[600], fast[300], to[300];
    int64_t before[3], after[3];
    UNUSED(state);
    snprintf(fast, sizeof fast, "sqlite:%s/move-fast.db", test_dir());
    snprintf(to, sizeof to, "%s", test_db("fast-moved"));
    if (move_one(source(), fast, NULL, &m, arena, error))
        fail_msg("%s", error);
    open_made(fast, &b, false);
    assert_int_equal(app_bank_write(&b, now_us, make_fast, NULL), 0);
    app_bank_close(&b);
    open_made(fast, &b, false);
    assert_int_equal(app_bank_write(&b, now_us, read_books, before), 0);
    assert_int_equal(before[2], LEDGER_FAST);
    app_bank_close(&b);
    if (move_one(fast, to, NULL, &m, arena, error))
        fail_msg("%s", error);
    assert_int_equal(m.differ, 0);
    open_made(to, &b, false);
    assert_int_equal(app_bank_write(&b, now_us, read_books, after), 0);
    assert_int_equal(after[2], LEDGER_FAST);
    assert_true(before[0] && before[0] == after[0] && before[1] == after[1]);
    app_bank_close(&b);
    arena_free(arena);
}

static void a_password_is_not_shown(void **state)
{
    static const struct {
        const char *url, *shown;
    } row[] = {
        { "sqlite:a.db", "a.db" },
        { "postgres://u:secret@h:5/b", "postgres://u@h:5/b" },
        { "postgres://u@h/b?password=secret&sslmode=require", "postgres://u@h/b?sslmode=require" },
        { "postgresql:///b?host=/run&password=secret", "postgresql:///b?host=/run&" },
    };
    UNUSED(state);
    for (size_t i = 0; i < COUNT(row); i++)
        assert_string_equal(app_bank_url_path(row[i].url), row[i].shown);
}

SUITE(move, cmocka_unit_test(a_bank_goes_to_the_other_store_and_back_and_is_the_same),
      cmocka_unit_test(another_programs_database_is_left_alone),
      cmocka_unit_test(a_move_that_died_leaves_nothing_and_can_be_done_again),
      cmocka_unit_test(fast_books_go_to_the_other_store_as_they_are),
      cmocka_unit_test(a_password_is_not_shown))
