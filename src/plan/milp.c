/* milp.c -- The problem, and the watch over the child that solves it. See milp.h. */
#include "plan/milp_priv.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/banned.h"

void milp_init(struct milp *m, struct arena *arena)
{
    *m = (struct milp){ .arena = arena };
}

/* A place for one more in an array that grows by doubling. */
static void *more(struct arena *a, void *list, int n, int *room, size_t size)
{
    if (n < *room)
        return list;
    *room = *room ? *room * 2 : 256;
    void *bigger = arena_alloc(a, (size_t)*room * size);
    if (n)
        memcpy(bigger, list, (size_t)n * size);
    return bigger;
}

int milp_col(struct milp *m, double low, double high, double cost, bool whole)
{
    CHECK(low <= high && isfinite(cost));
    m->cols = more(m->arena, m->cols, m->n_cols, &m->room_cols, sizeof *m->cols);
    m->cols[m->n_cols] = (struct milp_col){ low, high, cost, whole };
    return m->n_cols++;
}

int milp_row(struct milp *m, double low, double high)
{
    CHECK(low <= high && (isfinite(low) || isfinite(high)));
    m->rows = more(m->arena, m->rows, m->n_rows, &m->room_rows, sizeof *m->rows);
    m->rows[m->n_rows] = (struct milp_row){ low, high };
    return m->n_rows++;
}

void milp_put(struct milp *m, int row, int col, double value)
{
    CHECK(row >= 0 && row < m->n_rows && col >= 0 && col < m->n_cols && isfinite(value));
    if (value == 0)
        return;
    m->puts = more(m->arena, m->puts, m->n_puts, &m->room_puts, sizeof *m->puts);
    m->puts[m->n_puts++] = (struct milp_put){ row, col, value };
}

double milp_cost(const struct milp *m, const double *x)
{
    double sum = 0;
    for (int i = 0; i < m->n_cols; i++)
        sum += m->cols[i].cost * x[i];
    return sum;
}

bool milp_fits(const struct milp *m, const double *x, double tolerance)
{
    double *sum = arena_alloc(m->arena, sizeof *sum * (size_t)(m->n_rows + 1));
    for (int i = 0; i < m->n_cols; i++)
        if (x[i] < m->cols[i].low - tolerance || x[i] > m->cols[i].high + tolerance ||
            (m->cols[i].whole && fabs(x[i] - round(x[i])) > tolerance))
            return false;
    for (int i = 0; i < m->n_puts; i++)
        sum[m->puts[i].row] += m->puts[i].value * x[m->puts[i].col];
    for (int i = 0; i < m->n_rows; i++)
        if (sum[i] < m->rows[i].low - tolerance || sum[i] > m->rows[i].high + tolerance)
            return false;
    return true;
}

/* ---- the child ---- */

double milp_clock(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Address space in use now, in bytes: the limit is on top of it. */
static rlim_t memory_now(void)
{
    unsigned long pages = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    if (f) {
        if (fscanf(f, "%lu", &pages) != 1)
            pages = 0;
        fclose(f);
    }
    return (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE);
}

void milp_child_begin(const struct milp_order *o, double seconds)
{
    rlim_t cpu = (rlim_t)(seconds + 5), memory = (rlim_t)(o->memory ? o->memory : 1 << 30);
    sigset_t none;
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    signal(SIGPIPE, SIG_DFL);
    setrlimit(RLIMIT_CPU, &(struct rlimit){ cpu, cpu + 2 });
    setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    memory += memory_now();
    setrlimit(RLIMIT_AS, &(struct rlimit){ memory, memory });
#else
    UNUSED(memory); /* their shadow is terabytes of address space */
    UNUSED(memory_now);
#endif
    if (nice(10) == -1)
        return; /* then as everybody else */
}

void milp_heard(struct milp_child *c, const struct milp_order *o)
{
    c->so_far.seconds = milp_clock() - c->started;
    if (o->watch && !o->watch(o->ctx, &c->so_far) && c->asked == 0) {
        kill(c->pid, SIGINT);
        c->asked = 1;
        c->limit = c->so_far.seconds + 3; /* so long to say what it has */
    }
}

long milp_child_read(struct milp_child *c, const struct milp_order *o, void *at, size_t n)
{
    for (;;) {
        struct pollfd p = { .fd = c->fd, .events = POLLIN };
        int ready = poll(&p, 1, 200);
        if (ready > 0) {
            long got = read(c->fd, at, n);
            if (got < 0 && errno == EINTR)
                continue;
            return got > 0 ? got : 0; /* a terminal's end is an error */
        }
        milp_heard(c, o);
        if (c->so_far.seconds < c->limit)
            continue;
        kill(c->pid, c->asked ? SIGKILL : SIGINT);
        c->asked++;
        c->limit = c->so_far.seconds + 3;
    }
}

bool milp_child_end(struct milp_child *c)
{
    int status = 0;
    close(c->fd);
    for (int i = 0; i < 20; i++) { /* it has said all; a second to end */
        pid_t got = waitpid(c->pid, &status, WNOHANG);
        if (got == c->pid)
            return WIFEXITED(status) && WEXITSTATUS(status) == 0;
        if (got < 0 && errno != EINTR)
            return false;
        poll(NULL, 0, i < 5 ? 1 : 60);
    }
    kill(c->pid, SIGKILL);
    while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR)
        continue;
    return false;
}

static const char *const cbc_paths[] = { "/usr/bin/cbc", "/usr/local/bin/cbc" };

bool milp_has(enum milp_engine e)
{
    if (e == MILP_GLPK)
        return true;
    for (size_t i = 0; i < COUNT(cbc_paths); i++)
        if (access(cbc_paths[i], X_OK) == 0)
            return true;
    return false;
}

int milp_solve(const struct milp *m, const struct milp_order *o, struct milp_answer *out)
{
    CHECK(m->n_cols > 0);
    *out = (struct milp_answer){ .state = MILP_NOTHING, .bound = -INFINITY };
    double started = milp_clock();
    out->engine = o->engine == MILP_CBC && milp_has(MILP_CBC) ? MILP_CBC : MILP_GLPK;
    int rc = out->engine == MILP_CBC ? milp_cbc(m, o, out) : milp_glpk(m, o, out);
    out->seconds = milp_clock() - started;
    /* What it began with is an answer, too. */
    if (o->start && out->state != MILP_INFEASIBLE &&
        (!out->x || milp_cost(m, o->start) < milp_cost(m, out->x) - 1e-9)) {
        out->x = arena_alloc(m->arena, sizeof *out->x * (size_t)m->n_cols);
        memcpy(out->x, o->start, sizeof *out->x * (size_t)m->n_cols);
        out->state = out->state == MILP_OPTIMAL ? MILP_OPTIMAL : MILP_BEST;
        rc = 0;
    }
    if (!out->x)
        return rc;
    for (int i = 0; i < m->n_cols; i++)
        if (m->cols[i].whole)
            out->x[i] = round(out->x[i]);
    out->cost = milp_cost(m, out->x);
    out->bound = out->bound < out->cost ? out->bound : out->cost;
    out->gap = (out->cost - out->bound) / fmax(fabs(out->cost), 1);
    if (out->state == MILP_BEST && out->gap <= o->gap + 1e-9)
        out->state = MILP_OPTIMAL;
    return 0;
}
