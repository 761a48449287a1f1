/* test.h -- The tests' common ground: cmocka, and suites that register themselves.
 *
 * A test file defines static void test functions (their names are sentences) and ends with
 *     SUITE(money, cmocka_unit_test(parts_always_add_up_to_the_whole), ...)
 * The runner prints `N passed, N failed` as its last line. */
#ifndef TEST_TEST_H
#define TEST_TEST_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <stdlib.h>
#include <cmocka.h>
#include "base/rc.h"

void test_register(const char *suite, const struct CMUnitTest *tests, size_t count);
/* ../shared/data/<name>, or NULL (after printing "skipped: no ../shared") when it is not there. */
const char *test_data(const char *name);
/* A fresh directory for this run's files, removed at the end. */
const char *test_dir(void);

/* A new, empty database: the URL of a file in test_dir(), or of a database of its own on the server
 * in PIAOHAO_TEST_PG, so that the same suites run on both engines. Valid for the next seven. */
const char *test_db(const char *name);
const char *test_db_loose(const char *name); /* the same, not synced: for many small commits */
/* A new copy of one that was made so and is closed: built once, a bank costs a copy. */
const char *test_db_copy(const char *from);
/* A copy, not synced, of the one whose tables make() makes when this name is first asked for. */
const char *test_db_of(const char *name, void (*make)(const char *url));
bool test_on_server(void);
/* New books of every suite are fast ones, as everybody's; PIAOHAO_TEST_BOOKS=plain: plain ones. */
bool test_fast_books(void);
void test_db_end(void); /* main's */
/* In a test of what only a file has: passed over on a server. */
#define ONLY_ON_A_FILE()      \
    do {                      \
        if (test_on_server()) \
            skip();           \
    } while (0)

/* Does body end the process by a failed CHECK? Run in a child, so that this process lives on. */
bool test_dies(void (*body)(void));

/* model/lobby_model.c: random operations against a slow, obvious model. */
int lobby_model(int argc, char **argv);

#define SUITE(name, ...)                                             \
    static const struct CMUnitTest name##_tests[] = { __VA_ARGS__ }; \
    __attribute__((constructor)) static void name##_suite(void)      \
    {                                                                \
        test_register(#name, name##_tests, COUNT(name##_tests));     \
    }
#endif
