/* dayend.c -- kill -9 at random moments while a quarter is settled; in the end the books are those
 * of a day end that nobody disturbed: fast books, then plain ones.
 *
 * Two stores with the same accounts: one is closed in peace, the other by a process that is killed
 * again and again until one gets through. Interest, fees and standing orders must have been booked
 * once each, to the fen.
 *
 *     slow_dayend [ACCOUNTS [SEED]] */
#include "slow.h"
#include "app/bank.h"
#include "app/bench_dayend.h"
#include "base/rng.h"
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { KILLS_MIN = 25, KILLS_MAX = 60 };

static date settlement;
static struct rng dice;

static void make(const char *path, int64_t accounts)
{
    char error[600];
    int rc = bench_dayend_make(path, accounts, &settlement, error, sizeof error);
    slow_expect(rc == 0, "a bank of %" PRId64 " accounts is made%s%s", accounts, rc ? ": " : "",
                rc ? error : "");
}

static void copy(const char *from, const char *to)
{
    char command[700];
    snprintf(command, sizeof command, "cp '%s' '%s'", from, to);
    slow_expect(system(command) == 0, "the store is copied");
}

/* piaohao dayend --date LAST --db PATH, with its words thrown away. */
static pid_t launch(const char *path)
{
    char day[DATE_TEXT];
    date_print((date){ settlement.days + 1 }, day);
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        int null = open("/dev/null", O_WRONLY);
        dup2(null, STDOUT_FILENO);
        dup2(null, STDERR_FILENO);
        execl(slow_binary(), "piaohao", "dayend", "--date", day, "--db", path, (char *)NULL);
        _exit(127);
    }
    return child;
}

/* 0 when it got through. */
static int close_it(const char *path, int64_t kill_after_ms)
{
    int status = -1;
    pid_t child = launch(path);
    if (kill_after_ms >= 0) {
        slow_sleep_ms(kill_after_ms);
        kill(child, SIGKILL);
    }
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* ---- what both must have ---- */

static const struct {
    const char *what, *sql;
} facts[] = {
    { "transfers", SLOW_TRANSFERS },
    { "interest settlements", "SELECT COUNT(*) FROM deposit_settlement" },
    { "interest paid", "SELECT CAST(SUM(credit_minor) AS BIGINT) FROM deposit_settlement" },
    { "standing orders paid", "SELECT COUNT(*) FROM deposit_standing_run WHERE state=1" },
    { "things done once", "SELECT COUNT(*) FROM deposit_done" },
    { "accounts settled", "SELECT CAST(SUM(settled_day) AS BIGINT) FROM deposit_account" },
    { "days closed", "SELECT COUNT(*) FROM deposit_dayend WHERE step=12 AND proven=1" },
};

static void same(const char *a, const char *b)
{
    for (size_t i = 0; i < COUNT(facts); i++) {
        int64_t x = slow_number(a, facts[i].sql), y = slow_number(b, facts[i].sql);
        slow_expect(x == y, "%s: %" PRId64 " and %" PRId64, facts[i].what, x, y);
    }
    int64_t x = slow_turnover(a), y = slow_turnover(b);
    slow_expect(x == y && x > 0, "money moved: %" PRId64 " and %" PRId64, x, y);
}

/* The first runs are killed early, later ones later, so that every step is hit. */
static void killed(const char *path)
{
    int kills = 0, status = -1;
    double begun = slow_seconds();
    while (status && kills < KILLS_MAX) {
        int64_t ms = kills < KILLS_MIN
                         ? 5 + rng_below(&dice, 5 + 6 * (uint32_t)kills)
                         : 500 + rng_below(&dice, 1000 * (uint32_t)(kills - KILLS_MIN + 1));
        status = close_it(path, ms);
        kills += status != 0;
    }
    if (status)
        status = close_it(path, -1);
    slow_expect(status == 0, "a run gets through after %d that were killed", kills);
    slow_expect(kills >= KILLS_MIN, "at least %d were killed", KILLS_MIN);
    printf("%d kills in %.0f s\n", kills, slow_seconds() - begun);
}

static void campaign(const char *name, enum ledger_layout layout, int64_t accounts)
{
    char store[2][300];
    printf("books: %s\n", name);
    app_bank_new_books(layout);
    for (int i = 0; i < 2; i++)
        snprintf(store[i], sizeof store[i], "%s/%s-%d.db", slow_dir(), name, i);
    make(store[0], accounts);
    copy(store[0], store[1]);
    slow_expect(close_it(store[0], -1) == 0, "in peace it gets through");
    slow_prove(store[0]);
    killed(store[1]);
    slow_prove(store[1]);
    same(store[0], store[1]);
    slow_expect(close_it(store[1], -1) == 0, "asked again, all is closed");
    same(store[0], store[1]);
}

int main(int argc, char **argv)
{
    int64_t accounts = argc > 1 ? strtoll(argv[1], NULL, 10) : slow_sanitized() ? 500 : 4000;
    rng_seed(&dice, argc > 2 ? strtoull(argv[2], NULL, 10) : 1);
    campaign("fast", LEDGER_FAST, accounts);
    campaign("plain", LEDGER_PLAIN, accounts);
    return slow_finish();
}
