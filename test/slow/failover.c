/* failover.c -- Two `piaohao serve` on a primary with a synchronous standby (one URL with both
 * hosts), under the payers' load, and what a database does to its clients when it changes hands:
 *
 *   25006  the primary takes no writes for a while, and says so
 *   57P01  an operator ends every connection
 *   kill   the primary dies for good, and the standby is promoted
 *   57P03  the new primary crashes and recovers: it does not take connections meanwhile
 *
 * After each, work goes on; in the end what was acknowledged is there once, and nothing of it was
 * ever told as a refusal.
 *
 *     slow_failover URL DIR_A DIR_B fast|plain       DIR: of tools/postgres */
#include "payers.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SERVERS = 2, WAIT_MS = 15000, STEP_MS = 20, SOME = 150 };

static struct slow_server servers[SERVERS];
static const char *url, *primary, *standby;

/* Until n more orders were acknowledged; the bound is the test's, the wait is for the answers. */
static bool some_more(const char *after)
{
    int64_t until = payers_done() + SOME;
    for (int ms = 0; ms < WAIT_MS; ms += STEP_MS) {
        if (payers_done() >= until)
            return slow_expect(true, "work goes on after %s", after);
        slow_sleep_ms(STEP_MS);
    }
    return slow_expect(false, "work goes on after %s", after);
}

static void sql(const char *folder, const char *text)
{
    char command[900];
    snprintf(
        command, sizeof command,
        "psql -X -q -A -t -h %s -p $(sed -n 's/^port = //p' %s/data/postgresql.conf | tail -n 1)"
        " -U piaohao -d postgres -c \"%s\" >/dev/null",
        folder, folder, text);
    slow_expect(system(command) == 0, "the database's operator is obeyed");
}

/* Nobody's order is acknowledged while the primary takes none. */
static void turn_read_only(void)
{
    sql(primary, "ALTER SYSTEM SET default_transaction_read_only=on");
    sql(primary, "SELECT pg_reload_conf()");
    int64_t last = -1;
    int still = 0;
    for (int ms = 0; ms < WAIT_MS && still < 25; ms += STEP_MS) { /* half a second without one */
        int64_t now = payers_done();
        still = now == last ? still + 1 : 0;
        last = now;
        slow_sleep_ms(STEP_MS);
    }
    slow_expect(still == 25, "a primary that takes no writes gets none");
    sql(primary, "ALTER SYSTEM RESET default_transaction_read_only");
    sql(primary, "SELECT pg_reload_conf()");
}

static void end_connections(void)
{
    for (int i = 0; i < 5; i++) {
        int64_t before = payers_done();
        sql(primary, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE"
                     " application_name='piaohao'");
        for (int ms = 0; ms < WAIT_MS && payers_done() <= before; ms += STEP_MS)
            slow_sleep_ms(STEP_MS);
    }
}

static void fail_over(void)
{
    char command[600];
    snprintf(command, sizeof command,
             "kill -9 $(tools/postgres pid %s) && tools/postgres promote %s", primary, standby);
    slow_expect(system(command) == 0, "the primary dies, the standby is promoted");
}

static void crash(void)
{
    char command[600];
    snprintf(command, sizeof command,
             "kill -9 $(tools/postgres pid %s) && tools/postgres restart %s", standby, standby);
    slow_expect(system(command) == 0, "the new primary crashes and recovers");
}

int main(int argc, char **argv)
{
    if (argc < 5)
        return 2;
    url = argv[1];
    primary = argv[2];
    standby = argv[3];
    CHECK(!secret_init());
    signal(SIGPIPE, SIG_IGN);
    payers_bank(url, strcmp(argv[4], "plain") ? LEDGER_FAST : LEDGER_PLAIN);
    for (int i = 0; i < SERVERS; i++) {
        if (!slow_start(&servers[i], url, NULL))
            return slow_finish();
        payers_port(i, servers[i].port);
    }
    payers_start(SERVERS);
    some_more("the start");
    turn_read_only();
    some_more("25006");
    end_connections();
    some_more("57P01");
    fail_over();
    some_more("the failover");
    crash();
    some_more("a crash of the new primary");
    payers_stop();
    for (int i = 0; i < SERVERS; i++) {
        slow_end(&servers[i], SIGTERM);
        slow_log_clean(&servers[i]);
    }
    payers_compare();
    slow_prove(url);
    return slow_finish();
}
