/* db_url.c -- A new database for each test: a file, or a database of the server in PIAOHAO_TEST_PG
 * (tools/postgres starts one), so that every suite runs on both engines. */
#include "test.h"
#include <libpq-fe.h>
#include <unistd.h>

enum { KEPT = 64, URL = 300 };

/* Databases of the server that nobody may use any longer, or that others are copied from. */
static struct {
    char name[40];
    bool copied;
} made[KEPT];
static size_t made_count;
static PGconn *server;
static int number;

bool test_on_server(void)
{
    const char *url = getenv("PIAOHAO_TEST_PG");
    return url && *url;
}

bool test_fast_books(void)
{
    const char *books = getenv("PIAOHAO_TEST_BOOKS");
    return !books || strcmp(books, "plain");
}

static bool run(const char *sql)
{
    if (!server) {
        server = PQconnectdb(getenv("PIAOHAO_TEST_PG"));
        if (PQstatus(server) != CONNECTION_OK)
            fail_msg("%s", PQerrorMessage(server));
        PQclear(PQexec(server, "SET client_min_messages=error"));
    }
    PGresult *res = PQexec(server, sql);
    bool good = PQresultStatus(res) == PGRES_COMMAND_OK;
    PQclear(res);
    return good;
}

/* DROP would wait five seconds for somebody to go. */
static bool is_open(const char *name)
{
    char sql[120];
    (void)snprintf(sql, sizeof sql, "SELECT 1 FROM pg_stat_activity WHERE datname='%.39s'", name);
    PGresult *res = PQexec(server, sql);
    bool open = PQntuples(res) > 0;
    PQclear(res);
    return open;
}

/* What is still open stays, and is tried again next time; at the end, a test that failed left it.
 */
static void drop_old(bool all)
{
    size_t kept = 0;
    for (size_t i = 0; i < made_count; i++) {
        char sql[100];
        (void)snprintf(sql, sizeof sql, "DROP DATABASE IF EXISTS %.39s%s", made[i].name,
                       all ? " WITH (FORCE)" : "");
        if ((!all && (made[i].copied || is_open(made[i].name))) || !run(sql))
            made[kept++] = made[i];
    }
    made_count = kept;
}

void test_db_end(void)
{
    if (!server)
        return;
    drop_old(true);
    PQfinish(server);
    server = NULL;
}

static const char *url_of(const char *name)
{
    static char urls[8][URL];
    static int n;
    char *url = urls[n++ % 8];
    const char *base = getenv("PIAOHAO_TEST_PG");
    const char *slash = strrchr(base, '/'), *query = strchr(base, '?');
    (void)snprintf(url, URL, "%.*s/%s%s", (int)(slash - base), base, name, query ? query : "");
    return url;
}

static const char *make(const char *from)
{
    char sql[160];
    if (made_count > KEPT / 2)
        drop_old(false);
    CHECK(made_count < KEPT);
    (void)snprintf(made[made_count].name, sizeof made[0].name, "t%ld_%d", (long)getpid(), ++number);
    made[made_count].copied = false;
    /* files are copied in two thirds of the time that pages through the server's log take */
    (void)snprintf(sql, sizeof sql, "CREATE DATABASE %s TEMPLATE %s STRATEGY FILE_COPY",
                   made[made_count].name, from);
    if (!run(sql))
        fail_msg("%s: %s", sql, PQerrorMessage(server));
    return url_of(made[made_count++].name);
}

const char *test_db(const char *name)
{
    static char urls[8][URL];
    static int n;
    if (test_on_server())
        return make("template0");
    char *url = urls[n++ % 8];
    (void)snprintf(url, URL, "sqlite:%s/%s-%d.db", test_dir(), name, ++number);
    return url;
}

static const char *loosely(const char *url)
{
    static char urls[8][URL + 16];
    static int n;
    char *loose = urls[n++ % 8];
    (void)snprintf(loose, sizeof urls[0], "%s%csync=off", url, strchr(url, '?') ? '&' : '?');
    return loose;
}

const char *test_db_loose(const char *name)
{
    return loosely(test_db(name));
}

static void copy_file(const char *from, const char *to)
{
    char bytes[1 << 16];
    FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
    assert_non_null(in);
    assert_non_null(out);
    for (size_t n = fread(bytes, 1, sizeof bytes, in); n; n = fread(bytes, 1, sizeof bytes, in))
        assert_int_equal(fwrite(bytes, 1, n, out), n);
    (void)fclose(in);
    assert_int_equal(fclose(out), 0);
}

const char *test_db_copy(const char *from)
{
    if (!test_on_server()) {
        const char *url = test_db("copy");
        copy_file(from + strlen("sqlite:"), url + strlen("sqlite:"));
        return url;
    }
    const char *slash = strrchr(from, '/') + 1;
    char name[40];
    (void)snprintf(name, sizeof name, "%.*s", (int)strcspn(slash, "?"), slash);
    for (size_t i = 0; i < made_count; i++)
        if (!strcmp(made[i].name, name))
            made[i].copied = true;
    return make(name);
}

const char *test_db_of(const char *name, void (*make_tables)(const char *url))
{
    static struct {
        const char *name;
        char url[URL];
    } known[8];
    size_t i = 0;
    while (i < COUNT(known) && known[i].name && strcmp(known[i].name, name) != 0)
        i++;
    CHECK(i < COUNT(known));
    if (!known[i].name) {
        (void)snprintf(known[i].url, URL, "%s", test_db(name));
        make_tables(known[i].url);
        known[i].name = name;
    }
    return loosely(test_db_copy(known[i].url));
}
