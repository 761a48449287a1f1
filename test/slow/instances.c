/* instances.c -- Three `piaohao serve` on one PostgreSQL, and everything dies all the time:
 * instances and the database, with kill -9. The clients are payers.h; a second reader looks into
 * the database itself.
 *
 *     slow_instances URL DIR fast|plain [EVENTS [SEED]]     DIR: of tools/postgres; 30 events */
#include "payers.h"
#include "base/rng.h"
#include <libpq-fe.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { INSTANCES = PAYERS_PORTS };

static atomic_llong looks, wrong_sums;
static atomic_bool stopping;
static struct slow_server servers[INSTANCES];
static const char *url, *folder;

/* ---- a reader past all instances, in the database ---- */

static void *reader_main(void *ctx)
{
    struct db *db = NULL;
    struct call c = { .arena = arena_new(64 << 20) };
    UNUSED(ctx);
    while (!stopping) {
        struct ledger_trial t;
        int64_t sum = 0;
        int rc = db ? 0 : db_open_shared(url, &db);
        if (!rc)
            rc = db_read(db, &c.tx);
        if (!rc)
            rc = ledger_trial(&c, LEDGER_ALL_OUTLETS, (date){ INT32_MAX }, CNY, &t);
        for (int i = 0; !rc && i < t.n_lines; i++)
            if (!strcmp(t.lines[i].subject, "2011"))
                sum = t.lines[i].credits - t.lines[i].debits;
        if (!rc && sum != PAYERS_ACCOUNTS * PAYERS_MINOR)
            atomic_fetch_add(&wrong_sums, 1);
        atomic_fetch_add(&looks, !rc);
        db_read_done(&c.tx);
        arena_clear(c.arena);
        slow_sleep_ms(20);
    }
    db_close(db);
    arena_free(c.arena);
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
    payers_port(k, servers[k].port);
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

int main(int argc, char **argv)
{
    pthread_t reader;
    if (argc < 4)
        return 2;
    url = argv[1];
    folder = argv[2];
    int events = argc > 4 ? atoi(argv[4]) : 30;
    CHECK(!secret_init());
    signal(SIGPIPE, SIG_IGN);
    payers_bank(url, strcmp(argv[3], "plain") ? LEDGER_FAST : LEDGER_PLAIN);
    for (int i = 0; i < INSTANCES; i++) {
        if (!slow_start(&servers[i], url, NULL))
            return slow_finish();
        payers_port(i, servers[i].port);
    }
    payers_start(INSTANCES);
    CHECK(!pthread_create(&reader, NULL, reader_main, NULL));
    chaos(events, argc > 5 ? strtoull(argv[5], NULL, 10) : 20261126);
    atomic_store(&stopping, true);
    payers_stop();
    pthread_join(reader, NULL);
    for (int i = 0; i < INSTANCES; i++) {
        slow_end(&servers[i], SIGTERM);
        slow_log_clean(&servers[i]);
    }
    payers_compare();
    slow_expect(atomic_load(&looks) > 20 && !atomic_load(&wrong_sums),
                "and in %lld looks past them, into the database", atomic_load(&looks));
    slow_prove(url);
    return slow_finish();
}
