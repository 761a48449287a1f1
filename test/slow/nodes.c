/* nodes.c -- Two nodes on one PostgreSQL close the same business dates, and die meanwhile; each
 * thing is done once: the books are those of a bank that one process closed in peace.
 *
 * First two processes that know nothing of each other close every date since a quarter's
 * settlement, one of them killed again and again; then two served instances close the last days,
 * are both asked to close today, and the one that answered is killed.
 *
 *     slow_nodes URL [ACCOUNTS [SEED]] */
#include "slow.h"
#include "app/bench_dayend.h"
#include "base/rng.h"
#include "who/who.h"
#include <fcntl.h>
#include <inttypes.h>
#include <libpq-fe.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { KILLS_MIN = 8, KILLS = 20, ROUNDS_MAX = 100, PATIENCE_S = 120 };

static struct rng dice;
static char peace[300], token[TOKEN_TEXT];
static const char *url;

static int64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* ---- processes ---- */

static pid_t launch(const char *const *args)
{
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        int null = open("/dev/null", O_WRONLY);
        dup2(null, STDOUT_FILENO);
        dup2(null, STDERR_FILENO);
        execv(slow_binary(), (char *const *)(uintptr_t)args);
        _exit(127);
    }
    return child;
}

static int ended(pid_t child)
{
    int status = -1;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static pid_t close_through(const char *store, date last)
{
    char day[DATE_TEXT];
    date_print(last, day);
    return launch((const char *[]){ "piaohao", "dayend", "--date", day, "--db", store, NULL });
}

/* Both at once; the one that is killed is another one each time. */
static void race(date last)
{
    int kills = 0, through = 0;
    for (int i = 0; through < 2 && i < ROUNDS_MAX; i++) {
        pid_t a = close_through(url, last), b = close_through(url, last);
        through = 0;
        if (kills < KILLS) {
            slow_sleep_ms(10 + rng_below(&dice, 30 + 5 * (uint32_t)kills));
            kill(kills++ % 2 ? a : b, SIGKILL);
        }
        through += ended(a) == 0;
        through += ended(b) == 0;
    }
    slow_expect(through == 2 && kills >= KILLS_MIN,
                "two at once get through, after %d that were killed", kills);
}

/* ---- facts ---- */

static const struct {
    const char *what, *sql;
} facts[] = {
    { "transfers", SLOW_TRANSFERS },
    { "lines", "SELECT CAST(SUM(entries) AS BIGINT) FROM ledger_account" },
    { "interest settlements", "SELECT COUNT(*) FROM deposit_settlement" },
    { "interest paid", "SELECT CAST(SUM(credit_minor) AS BIGINT) FROM deposit_settlement" },
    { "standing orders paid", "SELECT COUNT(*) FROM deposit_standing_run WHERE state=1" },
    { "things done once", "SELECT COUNT(*) FROM deposit_done" },
    { "accounts settled", "SELECT CAST(SUM(settled_day) AS BIGINT) FROM deposit_account" },
    { "days closed", "SELECT COUNT(*) FROM deposit_dayend WHERE step=12 AND proven=1" },
    { "the business date", "SELECT business_day FROM ledger_day" },
};

static void same(const char *when)
{
    for (size_t i = 0; i < COUNT(facts); i++) {
        int64_t x = slow_number(peace, facts[i].sql), y = slow_number(url, facts[i].sql);
        slow_expect(x == y && x >= 0, "%s, %s: %" PRId64 " and %" PRId64, when, facts[i].what, x,
                    y);
    }
    int64_t x = slow_turnover(peace), y = slow_turnover(url);
    slow_expect(x == y && x > 0, "%s, money moved: %" PRId64 " and %" PRId64, when, x, y);
}

/* ---- two servers ---- */

static int make_clerk(struct call *c, void *ctx)
{
    struct who_staff admin = { .role = ROLE_ADMIN, .active = true };
    struct who_sign_in in = { .ok = true, .peer = "127.0.0.1" };
    struct who_session session;
    UNUSED(ctx);
    snprintf(admin.username, sizeof admin.username, "night");
    snprintf(admin.name, sizeof admin.name, "夜班");
    int rc = who_staff_put(c, &admin, "no password opens this");
    snprintf(in.username, sizeof in.username, "night");
    snprintf(in.hash, sizeof in.hash, "no password opens this");
    in.staff = admin.id;
    if (!rc)
        rc = who_sign_in_write(c, &in, &session);
    memcpy(token, in.token, TOKEN_TEXT);
    return rc;
}

static void make(int64_t accounts, date *settlement)
{
    char error[600] = "", from[320];
    struct bank b;
    snprintf(peace, sizeof peace, "%s/peace.db", slow_dir());
    snprintf(from, sizeof from, "sqlite:%s", peace);
    int rc = bench_dayend_make(peace, accounts, settlement, error, sizeof error);
    if (!rc)
        rc = app_bank_open(peace, false, now_us(), &b, error, sizeof error);
    if (!rc) {
        rc = app_bank_write(&b, now_us(), make_clerk, NULL);
        app_bank_close(&b);
    }
    slow_expect(rc == 0, "a bank of %" PRId64 " accounts is made %s", accounts, error);
    rc = ended(launch((const char *[]){ "piaohao", "move", "--from", from, "--to", url, NULL }));
    slow_expect(rc == 0, "and moved to the server");
}

static bool ask_to_close(const struct slow_server *s)
{
    struct http_client *client = NULL;
    struct http_reply r = { 0 };
    char head[200];
    snprintf(head, sizeof head,
             "Authorization: Bearer %s\r\nContent-Type: application/json\r\n"
             "Idempotency-Key: close-%" PRId64 "\r\n",
             token, now_us());
    int rc = http_client_open(s->port, &client);
    if (!rc)
        rc = http_client_call(client, "POST", "/api/dayend", head, "{}", 2, &r);
    bool good = !rc && (r.status == 200 || (r.status == 409 && strstr(r.body, "DAY_RUNNING")));
    if (!good)
        printf("    %d %d %.200s\n", rc, r.status, rc ? "" : r.body);
    http_client_close(client);
    return good;
}

static bool wait_for(const char *what, const char *sql, int64_t value)
{
    double until = slow_seconds() + PATIENCE_S;
    while (slow_seconds() < until) {
        if (slow_number(url, sql) == value)
            return true;
        slow_sleep_ms(50);
    }
    return slow_expect(false, "%s within %d s", what, PATIENCE_S);
}

/* Time is moved, not waited for: the lease of who does the jobs runs out. If its holder lives, two
 * do them at once. */
static void lease_runs_out(void)
{
    PGconn *conn = PQconnectdb(url);
    PGresult *res = PQexec(conn, "DELETE FROM bank_setting WHERE name='jobs_lease'");
    slow_expect(PQresultStatus(res) == PGRES_COMMAND_OK, "a lease runs out");
    PQclear(res);
    PQfinish(conn);
}

static void restart(struct slow_server *s, int signal)
{
    slow_end(s, signal);
    slow_log_clean(s);
    slow_expect(slow_start(s, url, NULL), "a node is there again");
}

/* The dates that were missed, then today: asked of both, and one dies at once. */
static void serve_both(date today)
{
    struct slow_server s[2];
    for (int i = 0; i < 2; i++)
        slow_expect(slow_start(&s[i], url, NULL), "a node is there");
    for (int i = 0; i < 4; i++) {
        slow_sleep_ms(200 + rng_below(&dice, 1500));
        restart(&s[i % 2], SIGKILL);
        lease_runs_out();
    }
    wait_for("the missed dates are closed", "SELECT business_day FROM ledger_day", today.days);
    wait_for("all of each", "SELECT COUNT(*) FROM deposit_dayend WHERE step<12", 0);
    slow_expect(ask_to_close(&s[0]) && ask_to_close(&s[1]), "both are asked to close today");
    slow_sleep_ms(rng_below(&dice, 1500));
    restart(&s[rng_below(&dice, 2)], SIGKILL);
    lease_runs_out();
    wait_for("today is closed", "SELECT business_day FROM ledger_day", today.days + 1);
    wait_for("all of it", "SELECT COUNT(*) FROM deposit_dayend WHERE step<12", 0);
    for (int i = 0; i < 2; i++) {
        slow_end(&s[i], SIGTERM);
        slow_log_clean(&s[i]);
    }
}

int main(int argc, char **argv)
{
    date settlement, today;
    if (argc < 2)
        return 2;
    url = argv[1];
    rng_seed(&dice, argc > 3 ? strtoull(argv[3], NULL, 10) : 20261126);
    CHECK(!secret_init());
    signal(SIGPIPE, SIG_IGN);
    slow_new_day();
    app_bank_new_books(argc > 4 && !strcmp(argv[4], "plain") ? LEDGER_PLAIN : LEDGER_FAST);
    make(argc > 2 ? strtoll(argv[2], NULL, 10) : 300, &settlement);
    today = date_of_instant(now_us());
    const date missed = { today.days - 4 };
    slow_expect(ended(close_through(peace, missed)) == 0, "in peace it gets through");
    race(missed);
    same("raced");
    slow_prove(url);
    serve_both(today);
    slow_expect(ended(close_through(peace, today)) == 0, "in peace today is closed, too");
    same("served");
    slow_prove(url);
    return slow_finish();
}
