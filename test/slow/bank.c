/* bank.c -- A bank on SQLite whose server is killed (kill -9) all the time while eight clients pay
 * each other over HTTP and a reader watches the sum (payers.h): plain books, then fast ones. In
 * between the plain ones are made fast and plain again, by a command that is killed, too.
 *
 *     slow_bank [KILLS [SEED]]      of each layout; 60 by default */
#include "payers.h"
#include "base/rng.h"
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static struct rng dice;

/* Between two deaths something is acknowledged, so that no death is of an idle server. */
static bool wait_for_more(int64_t than)
{
    for (int i = 0; i < 20000; i++) {
        if (payers_done() > than)
            return true;
        slow_sleep_ms(1);
    }
    return slow_expect(false, "the server books again within 20 s");
}

/* Some die while they start, most in the middle of the work. */
static void die(struct slow_server *s, const char *path, int i)
{
    int fd;
    slow_launch(s, path, NULL, NULL, &fd);
    if (i % 8 == 7) {
        slow_sleep_ms(rng_below(&dice, 40));
        close(fd);
    } else if (slow_wait(s, fd)) {
        int64_t before = payers_done();
        payers_port(0, s->port);
        if (wait_for_more(before))
            slow_sleep_ms(rng_below(&dice, 200));
    } else {
        slow_expect(false, "the server starts after a kill (its log: %s)", s->log);
    }
    slow_end(s, SIGKILL);
    slow_log_clean(s);
}

static void campaign(const char *name, enum ledger_layout layout, int kills)
{
    struct slow_server s;
    char path[300];
    double begun = slow_seconds();
    snprintf(path, sizeof path, "%s/%s.db", slow_dir(), name);
    payers_bank(path, layout);
    payers_start(1);
    for (int i = 0; i < kills; i++)
        die(&s, path, i);
    if (slow_start(&s, path, NULL))
        payers_port(0, s.port);
    (void)wait_for_more(payers_done() + 100);
    payers_stop();
    slow_end(&s, SIGTERM);
    slow_log_clean(&s);
    printf("%s: killed %d times in %.0f s\n", name, kills, slow_seconds() - begun);
    payers_compare();
    slow_prove(path);
}

/* piaohao ledger layout LAYOUT, killed after so long; -1: not. 0: it got through. */
static int convert(const char *path, const char *layout, int64_t kill_after_ms)
{
    int status = -1;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        int null = open("/dev/null", O_WRONLY);
        dup2(null, STDOUT_FILENO);
        dup2(null, STDERR_FILENO);
        execl(slow_binary(), "piaohao", "ledger", "layout", layout, "--db", path, (char *)NULL);
        _exit(127);
    }
    if (kill_after_ms >= 0) {
        slow_sleep_ms(kill_after_ms);
        kill(child, SIGKILL);
    }
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Killed later and later until one gets through: the books are all of one layout, every time. */
static void turn(const char *path, const char *layout)
{
    int killed = 0;
    while (killed < 100 && convert(path, layout, killed * 4) != 0)
        killed++;
    slow_expect(killed >= 3 && killed < 100,
                "the books are %s after %d conversions that were"
                " killed",
                layout, killed);
    payers_compare();
    slow_prove(path);
}

int main(int argc, char **argv)
{
    char path[300];
    int kills = argc > 1 ? atoi(argv[1]) : slow_sanitized() ? 15 : 60;
    rng_seed(&dice, argc > 2 ? strtoull(argv[2], NULL, 10) : 20261126);
    CHECK(!secret_init());
    signal(SIGPIPE, SIG_IGN);
    campaign("plain", LEDGER_PLAIN, kills);
    snprintf(path, sizeof path, "%s/plain.db", slow_dir());
    turn(path, "fast");
    turn(path, "plain");
    campaign("fast", LEDGER_FAST, kills);
    return slow_finish();
}
