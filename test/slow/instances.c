/* instances.c -- Three `piaohao serve` on one PostgreSQL, and everything dies all the time:
 * instances and the database, with kill -9. Eight clients pay each other through whichever instance
 * answers, ask again with the same id until they know, and a reader watches the sum in snapshots.
 *
 *     slow_instances URL DIR [EVENTS [SEED]]     DIR: of tools/postgres; 30 events by default */
#include "slow.h"
#include "app/bench_books.h"
#include "base/rng.h"
#include "who/who.h"
#include <inttypes.h>
#include <libpq-fe.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { ACCOUNTS = 50, INSTANCES = 3, WRITERS = 8, ORDERS_MAX = 1 << 20, PATIENCE_S = 60 };
enum { SENT = 1, DONE, REFUSED };

static struct given {
    uint8_t state, debit, credit;
    int32_t minor;
} given[ORDERS_MAX];
static atomic_llong orders, again, unknown, looks, lost_looks, wrong_sums;
static atomic_int ports[INSTANCES];
static atomic_bool stopping;
static struct slow_server servers[INSTANCES];
static int64_t accounts[ACCOUNTS];
static char token[TOKEN_TEXT], refused_as[300];
static const char *url, *folder;

static int64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static transfer_id id_of(int64_t i)
{
    return (transfer_id){ ((INT64_C(1790000000000) + i / 50) << 16) | (i % 50), i * 7919 + 1 };
}

/* ---- the bank ---- */

static int make_clerk(struct call *c, void *ctx)
{
    struct who_staff s = { .role = ROLE_OFFICE, .active = true };
    struct who_staff admin = { .role = ROLE_ADMIN, .active = true };
    struct who_sign_in in = { .ok = true };
    struct who_session session;
    UNUSED(ctx);
    snprintf(s.username, sizeof s.username, "clerk");
    snprintf(s.name, sizeof s.name, "柜员");
    snprintf(admin.username, sizeof admin.username, "admin");
    snprintf(admin.name, sizeof admin.name, "管理员");
    int rc = secret_password_hash("not used: the session is made here", PASSWORD_TEST, in.hash);
    if (!rc)
        rc = who_staff_put(c, &admin, in.hash);
    if (!rc)
        rc = who_staff_put(c, &s, in.hash);
    snprintf(in.username, sizeof in.username, "%s", s.username);
    snprintf(in.peer, sizeof in.peer, "127.0.0.1");
    in.staff = s.id;
    if (!rc)
        rc = who_sign_in_write(c, &in, &session);
    memcpy(token, in.token, TOKEN_TEXT);
    return rc;
}

static void make_bank(void)
{
    char error[300] = "";
    struct bank b;
    struct db_tx *tx = NULL;
    struct db_rows r;
    int n = 0;
    if (bench_books_make(url, LEDGER_PLAIN, ACCOUNTS, error, sizeof error) ||
        app_bank_open(url, false, now_us(), &b, error, sizeof error)) {
        fprintf(stderr, "%s\n", error);
        exit(3);
    }
    CHECK(!app_bank_write(&b, now_us(), make_clerk, NULL));
    CHECK(!db_read(b.db, &tx));
    CHECK(!db_query(tx, &r, "SELECT id FROM ledger_account WHERE subject='2011' ORDER BY id",
                    DB_NO_ARGS));
    while (db_next(&r) == DB_ROW && n < ACCOUNTS)
        accounts[n++] = db_i64(&r, 0);
    db_done(&r);
    CHECK(n == ACCOUNTS);
    db_read_done(&tx);
    app_bank_close(&b);
}

/* ---- eight clients ---- */

/* One try: what became of the order as far as this answer says. */
static int try_order(struct http_client **client, int instance, int64_t i)
{
    char body[300], id[TRANSFER_TEXT], head[200];
    struct http_reply r;
    const struct given *g = &given[i];
    if (!*client && http_client_open(atomic_load(&ports[instance]), client))
        return SENT;
    ledger_id_print(id_of(i), id);
    snprintf(body, sizeof body,
             "{\"id\":\"%s\",\"kind\":\"post\",\"debit\":%" PRId64 ",\"credit\":%" PRId64
             ",\"amount\":\"%d.%02d\"}",
             id, accounts[g->debit], accounts[g->credit], g->minor / 100, g->minor % 100);
    snprintf(head, sizeof head, "Authorization: Bearer %s\r\nContent-Type: application/json\r\n",
             token);
    if (http_client_call(*client, "POST", "/api/transfers", head, body, strlen(body), &r)) {
        http_client_close(*client);
        *client = NULL;
        return SENT;
    }
    if (r.status == 200)
        return DONE;
    if (r.status >= 500) {
        atomic_fetch_add(&unknown, strstr(r.body, "RC_UNKNOWN") != NULL);
        return SENT;
    }
    snprintf(refused_as, sizeof refused_as, "%d %.250s", r.status, r.body);
    return REFUSED;
}

static void *writer_main(void *ctx)
{
    struct rng dice;
    struct http_client *client = NULL;
    int instance = (int)(intptr_t)ctx % INSTANCES;
    rng_seed(&dice, (uint64_t)(intptr_t)ctx + 77);
    while (!stopping) {
        int64_t i = atomic_fetch_add(&orders, 1), until = now_us() + PATIENCE_S * INT64_C(1000000);
        struct given *g = &given[i];
        CHECK(i < ORDERS_MAX);
        g->debit = (uint8_t)rng_below(&dice, ACCOUNTS);
        g->credit = (uint8_t)((g->debit + 1 + rng_below(&dice, ACCOUNTS - 1)) % ACCOUNTS);
        g->minor = 1 + (int32_t)rng_below(&dice, 500);
        g->state = SENT;
        while (g->state == SENT && now_us() < until) {
            g->state = (uint8_t)try_order(&client, instance, i);
            if (g->state != SENT && rng_below(&dice, 50))
                continue;
            atomic_fetch_add(&again, g->state == SENT);
            http_client_close(client); /* now and then, or when in doubt: another instance */
            client = NULL;
            instance = (instance + 1) % INSTANCES;
            if (g->state == SENT)
                slow_sleep_ms(10 + rng_below(&dice, 30));
        }
    }
    http_client_close(client);
    return NULL;
}

/* ---- one reader ---- */

static void *reader_main(void *ctx)
{
    struct db *db = NULL;
    UNUSED(ctx);
    while (!stopping) {
        struct db_tx *tx = NULL;
        int64_t sum = 0;
        int rc = db ? 0 : db_open_shared(url, &db);
        if (!rc)
            rc = db_read(db, &tx);
        if (!rc)
            rc = db_one_i64(tx,
                            "SELECT CAST(SUM(credits-debits) AS BIGINT) FROM ledger_account"
                            " WHERE subject='2011'",
                            DB_NO_ARGS, 0, &sum);
        if (!rc && sum != ACCOUNTS * INT64_C(1000000000))
            atomic_fetch_add(&wrong_sums, 1);
        atomic_fetch_add(rc ? &lost_looks : &looks, 1);
        db_read_done(&tx);
        slow_sleep_ms(20);
    }
    db_close(db);
    return NULL;
}

/* ---- what dies ---- */

static bool database_answers(void)
{
    for (int i = 0; i < 300; i++) {
        if (PQping(url) == PQPING_OK)
            return true;
        slow_sleep_ms(100);
    }
    return slow_expect(false, "the database comes back");
}

static void kill_instance(int k)
{
    slow_end(&servers[k], SIGKILL);
    slow_log_clean(&servers[k]);
    (void)slow_start(&servers[k], url, NULL);
    atomic_store(&ports[k], servers[k].port);
}

/* A backend that is killed makes the whole database recover; its postmaster, start again. */
static void kill_database(bool whole)
{
    char command[600];
    if (whole) {
        snprintf(command, sizeof command,
                 "kill -9 $(tools/postgres pid %s) && tools/postgres restart %s", folder, folder);
        slow_expect(system(command) == 0, "the database is started again");
    } else {
        PGconn *conn = PQconnectdb(url);
        PGresult *res = PQexec(conn, "SELECT pid FROM pg_stat_activity WHERE state IS NOT NULL AND"
                                     " pid<>pg_backend_pid() ORDER BY random() LIMIT 1");
        if (PQntuples(res) == 1)
            kill((pid_t)atoi(PQgetvalue(res, 0, 0)), SIGKILL);
        PQclear(res);
        PQfinish(conn);
        slow_sleep_ms(50);
    }
    (void)database_answers();
}

static void chaos(int events, uint64_t seed)
{
    struct rng dice;
    int died[3] = { 0 };
    rng_seed(&dice, seed);
    for (int i = 0; i < events; i++) {
        slow_sleep_ms(300 + rng_below(&dice, 700));
        uint32_t what = rng_below(&dice, 10);
        if (what < 7)
            kill_instance((int)rng_below(&dice, INSTANCES));
        else
            kill_database(what == 9);
        died[what < 7 ? 0 : what == 9 ? 2 : 1]++;
    }
    printf("killed: %d instances, %d of the database's processes, %d postmasters\n", died[0],
           died[1], died[2]);
}

/* ---- what must be true ---- */

static void compare(void)
{
    int64_t debits[ACCOUNTS] = { 0 }, credits[ACCOUNTS] = { 0 };
    int64_t done = 0, open = 0, refused = 0, lost = 0, wrong = 0, booked = 0;
    struct db *db = NULL;
    struct call c = { .arena = arena_new(256 << 20), .now_us = now_us() };
    CHECK(!db_open_shared(url, &db) && !db_read(db, &c.tx));
    for (int64_t i = 0; i < atomic_load(&orders); i++) {
        const struct given *g = &given[i];
        struct ledger_transfer t;
        open += g->state == SENT;
        refused += g->state == REFUSED;
        if (g->state != DONE)
            continue;
        done++;
        debits[g->debit] += g->minor;
        credits[g->credit] += g->minor;
        lost += ledger_transfer_get(&c, id_of(i), &t) != 0;
        if (i % 1000 == 0)
            arena_clear(c.arena);
    }
    for (int i = 0; i < ACCOUNTS; i++) {
        struct ledger_account a;
        CHECK(!ledger_account_get(&c, (account_id){ accounts[i] }, &a));
        wrong +=
            a.totals.debits != debits[i] || a.totals.credits != credits[i] + INT64_C(1000000000);
    }
    CHECK(!db_one_i64(c.tx, "SELECT COUNT(*) FROM ledger_transfer", DB_NO_ARGS, 0, &booked));
    slow_expect(!open, "every order has an answer (%" PRId64 " have none)", open);
    slow_expect(!refused, "nothing is refused for what was a fault: %s", refused_as);
    slow_expect(!lost && booked == done + ACCOUNTS,
                "what was acknowledged is there once: %" PRId64 " of %" PRId64, booked - ACCOUNTS,
                done);
    slow_expect(!wrong, "every account is as its acknowledged orders make it");
    slow_expect(!atomic_load(&wrong_sums), "the sum was the same in all %lld looks",
                atomic_load(&looks));
    slow_expect(atomic_load(&looks) > 20, "the reader could look");
    db_read_done(&c.tx);
    db_close(db);
    arena_free(c.arena);
    printf("%" PRId64 " transfers, %lld asked again, %lld answered as unknown, %.0f s\n", done,
           atomic_load(&again), atomic_load(&unknown), slow_seconds());
}

int main(int argc, char **argv)
{
    pthread_t writers[WRITERS], reader;
    if (argc < 3)
        return 2;
    url = argv[1];
    folder = argv[2];
    int events = argc > 3 ? atoi(argv[3]) : 30;
    CHECK(!secret_init());
    signal(SIGPIPE, SIG_IGN);
    make_bank();
    for (int i = 0; i < INSTANCES; i++) {
        if (!slow_start(&servers[i], url, NULL))
            return slow_finish();
        atomic_store(&ports[i], servers[i].port);
    }
    for (intptr_t i = 0; i < WRITERS; i++)
        CHECK(!pthread_create(&writers[i], NULL, writer_main, (void *)i));
    CHECK(!pthread_create(&reader, NULL, reader_main, NULL));
    chaos(events, argc > 4 ? strtoull(argv[4], NULL, 10) : 20261126);
    atomic_store(&stopping, true);
    for (int i = 0; i < WRITERS; i++)
        pthread_join(writers[i], NULL);
    pthread_join(reader, NULL);
    for (int i = 0; i < INSTANCES; i++) {
        slow_end(&servers[i], SIGTERM);
        slow_log_clean(&servers[i]);
    }
    compare();
    slow_prove(url);
    return slow_finish();
}
