/* server_test.c -- What only a server can do to us: several instances on one database, a connection
 * that is lost at any moment, a COMMIT whose answer nobody hears. */
#include "store/db_memory.h"
#include "store_help.h"
#include <arpa/inet.h>
#include <libpq-fe.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

#define ONLY_ON_A_SERVER()     \
    do {                       \
        if (!test_on_server()) \
            skip();            \
    } while (0)

/* ---- between us and the server: a wire that can be cut ---- */

enum cut { CUT_NEVER, CUT_BEFORE_COMMIT, CUT_AFTER_COMMIT };

struct wire {
    int listens, server_port;
    uint16_t port;
    pthread_t thread;
    atomic_int cut; /* once, at the next COMMIT */
    atomic_bool stopping;
    atomic_int carriers;
};

static int dial(int port)
{
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(fd >= 0 && !connect(fd, (struct sockaddr *)&to, sizeof to));
    return fd;
}

static bool pass(int from, int to, char *bytes, size_t room, size_t *n)
{
    ssize_t got = read(from, bytes, room);
    *n = got > 0 ? (size_t)got : 0;
    return got > 0 && to >= 0 ? write(to, bytes, (size_t)got) == got : got > 0;
}

/* One connection until an end hangs up; the client's bytes are looked through for a COMMIT. */
static void carry(struct wire *w, int client)
{
    static _Thread_local char bytes[1 << 16];
    int server = dial(w->server_port);
    struct pollfd p[2] = { { .fd = client, .events = POLLIN }, { .fd = server, .events = POLLIN } };
    size_t n;
    while (!w->stopping && poll(p, 2, 50) >= 0) {
        if (p[1].revents && !pass(server, client, bytes, sizeof bytes, &n))
            break;
        if (!p[0].revents)
            continue;
        if (!pass(client, -1, bytes, sizeof bytes, &n))
            break;
        int cut = memmem(bytes, n, "COMMIT", 6) ? atomic_exchange(&w->cut, CUT_NEVER) : CUT_NEVER;
        if (cut == CUT_BEFORE_COMMIT)
            break;
        if (write(server, bytes, n) != (ssize_t)n)
            break;
        if (cut == CUT_AFTER_COMMIT) {
            (void)read(server, bytes, sizeof bytes); /* it is done when the server says so */
            break;
        }
    }
    close(server);
    close(client);
}

struct carried {
    struct wire *w;
    int client;
};

static void *carry_main(void *ctx)
{
    struct carried c = *(struct carried *)ctx;
    free(ctx);
    carry(c.w, c.client);
    atomic_fetch_sub(&c.w->carriers, 1);
    return NULL;
}

static void *wire_main(void *ctx)
{
    struct wire *w = ctx;
    struct pollfd p = { .fd = w->listens, .events = POLLIN };
    while (!w->stopping) {
        pthread_t t;
        if (poll(&p, 1, 50) <= 0)
            continue;
        struct carried *c = malloc(sizeof *c);
        CHECK(c);
        *c = (struct carried){ w, accept(w->listens, NULL, NULL) };
        atomic_fetch_add(&w->carriers, 1);
        CHECK(c->client >= 0 && !pthread_create(&t, NULL, carry_main, c) && !pthread_detach(t));
    }
    return NULL;
}

/* url with the wire's port in place of the server's. */
static void wire_open(struct wire *w, const char *url, char out[300])
{
    struct sockaddr_in at = { .sin_family = AF_INET };
    socklen_t len = sizeof at;
    const char *colon = strrchr(url, ':'), *slash = strrchr(url, '/');
    *w = (struct wire){ .server_port = atoi(colon + 1) };
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    w->listens = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(w->listens >= 0 && !bind(w->listens, (struct sockaddr *)&at, sizeof at));
    CHECK(!listen(w->listens, 16) && !getsockname(w->listens, (struct sockaddr *)&at, &len));
    w->port = ntohs(at.sin_port);
    (void)snprintf(out, 300, "%.*s:%d%s", (int)(colon - url), url, (int)w->port, slash);
    CHECK(!pthread_create(&w->thread, NULL, wire_main, w));
}

static void wire_close(struct wire *w)
{
    w->stopping = true;
    pthread_join(w->thread, NULL);
    close(w->listens);
    while (atomic_load(&w->carriers) > 0) /* the last ones look up */
        usleep(10000);
}

/* ---- a door that counts ---- */

struct heard {
    pthread_mutex_t lock;
    int64_t last, count, gaps;
};

struct instance {
    struct db *db;
    struct door *door;
    struct ids ids;
    int64_t now;
    struct heard heard;
};

static void hear(void *ctx, const struct event *events, size_t count)
{
    struct heard *h = ctx;
    pthread_mutex_lock(&h->lock);
    for (size_t i = 0; i < count; i++) {
        if (events[i].outlet_id != 1)
            continue;
        h->gaps += h->last && events[i].seq != h->last + 1;
        h->last = events[i].seq;
        h->count++;
    }
    pthread_mutex_unlock(&h->lock);
}

static int64_t heard_of(struct instance *x)
{
    pthread_mutex_lock(&x->heard.lock);
    int64_t n = x->heard.count;
    pthread_mutex_unlock(&x->heard.lock);
    return n;
}

static const struct db_migration rows[] = {
    { "server-001", "CREATE TABLE done (id {ID}, n {I64} NOT NULL) {TABLE_END};\n" },
};

static void instance_open(struct instance *x, const char *url)
{
    memset(x, 0, sizeof *x);
    x->db = help_open(url);
    RC_OF(db_migrate(x->db, rows, COUNT(rows), 1));
    ids_init(&x->ids, 0);
    x->now = 1800000000000000;
    pthread_mutex_init(&x->heard.lock, NULL);
    struct door_settings s = { .db = x->db,
                               .ids = &x->ids,
                               .clock = help_clock,
                               .clock_ctx = &x->now,
                               .listener = hear,
                               .listener_ctx = &x->heard };
    RC_OF(door_open(&s, &x->door));
}

static void instance_close(struct instance *x)
{
    door_close(x->door);
    db_close(x->db);
}

static int do_one(struct call *c, void *order, struct buf *answer)
{
    const int64_t *n = order;
    struct jsonw *w = event_begin(c);
    jw_i64(w, "n", *n);
    int rc = db_exec(c->tx, "INSERT INTO done (id, n) VALUES ($1,$2)",
                     DB_ARGS(DB_I(call_id(c)), DB_I(*n)));
    buf_i64(answer, *n);
    return rc ? rc : event_add(c, 1, "ticket.called", *n);
}

static int write_one(struct instance *x, int64_t n)
{
    char key[32];
    struct buf answer;
    buf_init(&answer, 100);
    (void)snprintf(key, sizeof key, "order %lld", (long long)n);
    int rc = door_write(x->door, (struct actor){ .kind = ACTOR_SYSTEM }, key, do_one, &n, &answer);
    if (rc == 0)
        assert_int_equal(atoi(answer.at), n);
    buf_release(&answer);
    return rc;
}

static int64_t number(struct db *db, const char *sql)
{
    return help_number(db, sql);
}

/* ---- several instances ---- */

enum { INSTANCES = 3, WRITERS = 2, EACH = 40 };

struct writer {
    struct instance *x;
    int64_t first;
    int bad;
};

static void *writer_main(void *ctx)
{
    struct writer *w = ctx;
    for (int i = 0; i < EACH; i++)
        w->bad += write_one(w->x, w->first + i) != 0;
    return NULL;
}

static void three_instances_are_one_bank(void **state)
{
    static struct instance x[INSTANCES];
    struct writer w[INSTANCES * WRITERS];
    pthread_t t[INSTANCES * WRITERS];
    char first[128] = "";
    UNUSED(state);
    ONLY_ON_A_SERVER();
    const char *url = test_db("three");
    for (int i = 0; i < INSTANCES; i++)
        instance_open(&x[i], url);
    for (int i = 0; i < INSTANCES * WRITERS; i++) {
        w[i] = (struct writer){ &x[i % INSTANCES], 1 + i * EACH, 0 };
        assert_int_equal(pthread_create(&t[i], NULL, writer_main, &w[i]), 0);
    }
    for (int i = 0; i < INSTANCES * WRITERS; i++) {
        pthread_join(t[i], NULL);
        assert_int_equal(w[i].bad, 0);
    }
    enum { ALL = INSTANCES * WRITERS * EACH };
    assert_int_equal(number(x[0].db, "SELECT COUNT(DISTINCT n) FROM done"), ALL);
    assert_int_equal(number(x[1].db, "SELECT COUNT(*) FROM done"), ALL);
    assert_int_equal(help_bad_links(x[2].db, first), 0);
    for (int i = 0; i < INSTANCES; i++) { /* each heard of all, in order */
        for (int tries = 0; heard_of(&x[i]) < ALL && tries < 100; tries++)
            usleep(20000);
        assert_int_equal(heard_of(&x[i]), ALL);
        assert_int_equal(x[i].heard.gaps, 0);
    }
    /* The same key at another instance: the stored answer, done once. */
    assert_int_equal(write_one(&x[1], 1), 0);
    assert_int_equal(write_one(&x[2], 1), 0);
    assert_int_equal(number(x[0].db, "SELECT COUNT(*) FROM done WHERE n=1"), 1);
    for (int i = 0; i < INSTANCES; i++)
        instance_close(&x[i]);
}

static void ids_of_two_instances_never_meet(void **state)
{
    static struct instance x[2];
    UNUSED(state);
    ONLY_ON_A_SERVER();
    const char *url = test_db("ids");
    instance_open(&x[0], url);
    instance_open(&x[1], url);
    x[1].now -= 3600 * INT64_C(1000000); /* its clock is an hour behind */
    int64_t last = 0;
    for (int64_t n = 1; n <= 20; n++) {
        int64_t id = 0;
        assert_int_equal(write_one(&x[n % 2], n), 0);
        id = number(x[0].db, "SELECT MAX(id) FROM done");
        assert_true(id > last);
        last = id;
    }
    assert_int_equal(number(x[0].db, "SELECT COUNT(DISTINCT id) FROM done"), 20);
    instance_close(&x[0]);
    instance_close(&x[1]);
}

/* ---- lost connections ---- */

static void a_connection_lost_between_orders_is_made_anew(void **state)
{
    static struct instance x;
    UNUSED(state);
    ONLY_ON_A_SERVER();
    const char *url = test_db("lost");
    instance_open(&x, url);
    assert_int_equal(write_one(&x, 1), 0);
    PGconn *killer = PQconnectdb(url);
    PQclear(PQexec(killer, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE"
                           " datname=current_database() AND pid<>pg_backend_pid()"));
    PQfinish(killer);
    assert_int_equal(write_one(&x, 2), 0);
    assert_int_equal(number(x.db, "SELECT COUNT(*) FROM done"), 2);
    instance_close(&x);
}

static int die_once(struct call *c, void *order, struct buf *answer)
{
    int *times = order;
    int64_t n = 7;
    int rc = do_one(c, &n, answer);
    if (rc == 0 && (*times)++ == 0) {
        int64_t pid = 0;
        rc = db_one_i64(c->tx, "SELECT CAST(pg_backend_pid() AS BIGINT)", DB_NO_ARGS, 0, &pid);
        PGconn *killer = PQconnectdb(db_path(db_of(c->tx)));
        char sql[80];
        (void)snprintf(sql, sizeof sql, "SELECT pg_terminate_backend(%lld)", (long long)pid);
        PQclear(PQexec(killer, sql));
        PQfinish(killer);
    }
    return rc;
}

static void an_order_whose_connection_is_killed_is_done_anew_with_the_same_instant(void **state)
{
    static struct instance x;
    int times = 0;
    UNUSED(state);
    ONLY_ON_A_SERVER();
    instance_open(&x, test_db("killed"));
    assert_int_equal(write_one(&x, 1), 0);
    int64_t before = x.now;
    assert_int_equal(door_write(x.door, (struct actor){ 0 }, "killed", die_once, &times, NULL), 0);
    assert_int_equal(times, 2);
    assert_int_equal(x.now, before + 1); /* the clock was read once */
    assert_int_equal(number(x.db, "SELECT COUNT(*) FROM done WHERE n=7"), 1);
    char first[128];
    assert_int_equal(help_bad_links(x.db, first), 0);
    instance_close(&x);
}

/* ---- a COMMIT that nobody heard of ---- */

static void a_lost_commit_is_resolved_by_its_key(void **state)
{
    static struct instance x;
    struct wire w;
    char url[300], first[128];
    UNUSED(state);
    ONLY_ON_A_SERVER();
    wire_open(&w, test_db("commit"), url);
    instance_open(&x, url);
    assert_int_equal(write_one(&x, 1), 0);
    atomic_store(&w.cut, CUT_AFTER_COMMIT);
    assert_int_equal(write_one(&x, 2), 0); /* it was done: the key says so */
    atomic_store(&w.cut, CUT_BEFORE_COMMIT);
    assert_int_equal(write_one(&x, 3), RC_BUSY); /* it was not, for sure */
    assert_int_equal(number(x.db, "SELECT COUNT(*) FROM done WHERE n=3"), 0);
    assert_int_equal(write_one(&x, 3), 0);
    assert_int_equal(write_one(&x, 3), 0);
    assert_int_equal(number(x.db, "SELECT COUNT(*) FROM done"), 3);
    assert_int_equal(help_bad_links(x.db, first), 0);
    for (int tries = 0; heard_of(&x) < 3 && tries < 100; tries++)
        usleep(20000);
    assert_int_equal(heard_of(&x), 3);
    assert_int_equal(x.heard.gaps, 0);
    instance_close(&x);
    wire_close(&w);
}

static void without_a_key_a_lost_commit_stays_unknown(void **state)
{
    static struct instance x;
    struct wire w;
    char url[300];
    int64_t n = 5;
    UNUSED(state);
    ONLY_ON_A_SERVER();
    wire_open(&w, test_db("commit"), url);
    instance_open(&x, url);
    assert_int_equal(write_one(&x, 1), 0);
    atomic_store(&w.cut, CUT_AFTER_COMMIT);
    assert_int_equal(door_write(x.door, (struct actor){ 0 }, "", do_one, &n, NULL), RC_UNKNOWN);
    assert_int_equal(number(x.db, "SELECT COUNT(*) FROM done WHERE n=5"), 1);
    instance_close(&x);
    wire_close(&w);
}

/* A standby that must confirm and is not there: COMMIT waits, is told to wait no longer, and
 * succeeds with a warning. */
static void *cancel_main(void *ctx)
{
    PGconn *conn = PQconnectdb(ctx);
    for (int i = 0; i < 200; i++) {
        PGresult *res = PQexec(conn, "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE"
                                     " wait_event='SyncRep' AND datname=current_database()");
        int n = PQntuples(res);
        PQclear(res);
        if (n > 0)
            break;
        usleep(20000);
    }
    PQfinish(conn);
    return NULL;
}

static void replicas_wanted(const char *url, const char *names)
{
    char sql[100];
    PGconn *conn = PQconnectdb(url);
    (void)snprintf(sql, sizeof sql, "ALTER SYSTEM SET synchronous_standby_names='%s'", names);
    PQclear(PQexec(conn, sql));
    PGresult *res = PQexec(conn, "SELECT pg_reload_conf()");
    assert_int_equal(PQresultStatus(res), PGRES_TUPLES_OK);
    PQclear(res);
    PQfinish(conn);
}

static void a_commit_that_was_not_replicated_is_unknown_and_no_refusal(void **state)
{
    static struct instance x;
    pthread_t t;
    UNUSED(state);
    ONLY_ON_A_SERVER();
    const char *url = test_db("replica");
    char kept[300];
    (void)snprintf(kept, sizeof kept, "%s", url);
    instance_open(&x, kept);
    assert_int_equal(write_one(&x, 1), 0);
    replicas_wanted(kept, "nobody");
    assert_int_equal(pthread_create(&t, NULL, cancel_main, kept), 0);
    int rc = 0, last = 1;
    while (!rc && last < 100000) /* until the server has heard that it wants a replica */
        rc = write_one(&x, ++last);
    replicas_wanted(kept, "");
    pthread_join(t, NULL);
    assert_int_equal(rc, RC_UNKNOWN);
    assert_int_equal(write_one(&x, last), 0); /* asked again with the same key: the truth */
    assert_int_equal(number(x.db, "SELECT COUNT(*) FROM done"), last);
    assert_int_equal(write_one(&x, last + 1), 0);
    char first[128];
    assert_int_equal(help_bad_links(x.db, first), 0);
    instance_close(&x);
}

SUITE(store_server, cmocka_unit_test(three_instances_are_one_bank),
      cmocka_unit_test(ids_of_two_instances_never_meet),
      cmocka_unit_test(a_connection_lost_between_orders_is_made_anew),
      cmocka_unit_test(an_order_whose_connection_is_killed_is_done_anew_with_the_same_instant),
      cmocka_unit_test(a_lost_commit_is_resolved_by_its_key),
      cmocka_unit_test(without_a_key_a_lost_commit_stays_unknown),
      cmocka_unit_test(a_commit_that_was_not_replicated_is_unknown_and_no_refusal))
