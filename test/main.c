/* main.c -- Runs every suite that registered itself and closes with `N passed, N failed`.
 * Arguments: names of suites to run, with * for any letters; none: all. --list names them. */
#include "app/bank.h"
#include "test.h"
#include <dirent.h>
#include <fnmatch.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Not there in a runner of a part of the program. */
#pragma weak app_bank_new_books
#pragma weak lobby_model

enum { SUITES_MAX = 256 };
static struct {
    const char *name;
    const struct CMUnitTest *tests;
    size_t count;
} suites[SUITES_MAX];
static size_t suites_count;
static char directory[64];
static long skipped;

void test_register(const char *suite, const struct CMUnitTest *tests, size_t count)
{
    CHECK(suites_count < SUITES_MAX);
    suites[suites_count].name = suite;
    suites[suites_count].tests = tests;
    suites[suites_count++].count = count;
}

const char *test_data(const char *name)
{
    static char path[512];
    static const char *const roots[] = { "../shared/data", "../../shared/data",
                                         "../../../shared/data" };
    for (size_t i = 0; i < COUNT(roots); i++) {
        snprintf(path, sizeof path, "%s/%s", roots[i], name);
        if (access(path, R_OK) == 0)
            return path;
    }
    printf("skipped: ../shared/data/%s is not there\n", name);
    skipped++;
    return NULL;
}

const char *test_dir(void)
{
    return directory;
}

bool test_dies(void (*body)(void))
{
    fflush(NULL);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        struct rlimit none = { 0, 0 };
        setrlimit(RLIMIT_CORE, &none);
        CHECK(freopen("/dev/null", "w", stderr));
        signal(SIGABRT, SIG_DFL);
        body();
        _exit(0);
    }
    int status = 0;
    CHECK(waitpid(child, &status, 0) == child);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

static void remove_directory(const char *path)
{
    DIR *d = opendir(path);
    if (!d)
        return;
    for (struct dirent *e = readdir(d); e; e = readdir(d)) {
        char file[512];
        if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
            continue;
        snprintf(file, sizeof file, "%s/%s", path, e->d_name);
        if (unlink(file))
            remove_directory(file);
    }
    closedir(d);
    rmdir(path);
}

static bool wanted(const char *name, int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (!fnmatch(argv[i], name, 0))
            return true;
    return argc < 2;
}

/* Seconds of processor that this process and its children took. */
static double processor(void)
{
    double s = 0;
    for (int i = 0; i < 2; i++) {
        struct rusage u;
        CHECK(!getrusage(i ? RUSAGE_CHILDREN : RUSAGE_SELF, &u));
        s += (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
             (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
    }
    return s;
}

int main(int argc, char **argv)
{
    long passed = 0, failed = 0;
    if (argc > 1 && !strcmp(argv[1], "--list")) {
        for (size_t i = 0; i < suites_count; i++)
            puts(suites[i].name);
        return 0;
    }
    snprintf(directory, sizeof directory, "/tmp/piaohao-test-XXXXXX");
    CHECK(mkdtemp(directory));
    if (!test_fast_books())
        CHECK(!setenv("PIAOHAO_BOOKS", "plain", 1)); /* of the command line's banks, too */
    if (app_bank_new_books)
        app_bank_new_books(test_fast_books() ? LEDGER_FAST : LEDGER_PLAIN);
    if (lobby_model && argc > 1 && !strcmp(argv[1], "--model")) { /* --model --ops N [SEED ...] */
        int rc = lobby_model(argc - 1, argv + 1);
        remove_directory(directory);
        return rc;
    }
    for (size_t i = 0; i < suites_count; i++) {
        if (!wanted(suites[i].name, argc, argv))
            continue;
        struct timespec a, b;
        clock_gettime(CLOCK_MONOTONIC, &a);
        double before = processor();
        int bad =
            _cmocka_run_group_tests(suites[i].name, suites[i].tests, suites[i].count, NULL, NULL);
        clock_gettime(CLOCK_MONOTONIC, &b);
        double s = (double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) / 1e9;
        printf("suite %s: %.2f s, %.2f of processor\n", suites[i].name, s, processor() - before);
        failed += bad;
        passed += (long)suites[i].count - bad;
    }
    test_db_end();
    remove_directory(directory);
    if (skipped)
        printf("%ld tests skipped for want of ../shared\n", skipped);
    printf("%ld passed, %ld failed\n", passed, failed);
    return failed ? 1 : 0;
}
