/* milp_cbc.c -- CBC, the command of Debian's coinor-cbc, in a child of its own.
 *
 * Its C interface can neither be interrupted nor asked for the best so far; the command can, by
 * SIGINT. The problem (free MPS), the start and the answer are files in memory; what it says comes
 * over a pseudo-terminal, because into a pipe it would only speak every 4 KiB. */
#include "plan/milp_priv.h"
#include "base/buf.h"

#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/banned.h"

enum { PROBLEM_MAX = 256 << 20 };

static bool both(const struct milp_row *r)
{
    return isfinite(r->low) && isfinite(r->high) && r->low != r->high;
}

static void write_rows(const struct milp *m, struct buf *b)
{
    buf_text(b, "NAME P FREE\nROWS\n N OBJ\n");
    for (int i = 0; i < m->n_rows; i++) {
        const struct milp_row *r = &m->rows[i];
        buf_printf(b, " %c R%d\n", r->low == r->high ? 'E' : isfinite(r->low) ? 'G' : 'L', i);
    }
}

/* The columns in order, each with its rows: puts are sorted by counting. */
static void write_columns(const struct milp *m, struct buf *b)
{
    int *first = arena_alloc(m->arena, sizeof *first * (size_t)(m->n_cols + 2));
    int *order = arena_alloc(m->arena, sizeof *order * (size_t)(m->n_puts + 1));
    for (int i = 0; i < m->n_puts; i++)
        first[m->puts[i].col + 2]++;
    for (int c = 2; c <= m->n_cols; c++)
        first[c] += first[c - 1];
    for (int i = 0; i < m->n_puts; i++)
        order[first[m->puts[i].col + 1]++] = i;
    buf_text(b, "COLUMNS\n");
    bool whole = false;
    for (int c = 0; c < m->n_cols; c++) {
        if (m->cols[c].whole != whole)
            buf_printf(b, " M%d 'MARKER' '%s'\n", c, whole ? "INTEND" : "INTORG");
        whole = m->cols[c].whole;
        buf_printf(b, " C%d OBJ %.15g\n", c, m->cols[c].cost);
        for (int i = first[c]; i < first[c + 1]; i++)
            buf_printf(b, " C%d R%d %.15g\n", c, m->puts[order[i]].row, m->puts[order[i]].value);
    }
    if (whole)
        buf_text(b, " MEND 'MARKER' 'INTEND'\n");
}

static void write_bounds(const struct milp *m, struct buf *b)
{
    buf_text(b, "RHS\n");
    for (int i = 0; i < m->n_rows; i++) {
        const struct milp_row *r = &m->rows[i];
        buf_printf(b, " B R%d %.15g\n", i, isfinite(r->low) ? r->low : r->high);
    }
    buf_text(b, "RANGES\n");
    for (int i = 0; i < m->n_rows; i++)
        if (both(&m->rows[i]))
            buf_printf(b, " G R%d %.15g\n", i, m->rows[i].high - m->rows[i].low);
    buf_text(b, "BOUNDS\n");
    for (int c = 0; c < m->n_cols; c++) {
        const struct milp_col *k = &m->cols[c];
        if (isinf(k->low))
            buf_printf(b, " MI B C%d\n", c);
        else
            buf_printf(b, " LO B C%d %.15g\n", c, k->low);
        if (isfinite(k->high))
            buf_printf(b, " UP B C%d %.15g\n", c, k->high);
        else
            buf_printf(b, " PL B C%d\n", c);
    }
    buf_text(b, "ENDATA\n");
}

static void write_start(const struct milp *m, const double *x, struct buf *b)
{
    buf_text(b, "Feasible - objective value 0\n");
    for (int c = 0; c < m->n_cols; c++)
        if (x[c] != 0)
            buf_printf(b, "%d C%d %.15g 0\n", c, c, x[c]);
}

static int memory_file(const char *name, const struct buf *b)
{
    int fd = memfd_create(name, 0);
    for (size_t at = 0; fd >= 0 && b && at < b->len;) {
        ssize_t n = write(fd, b->at + at, b->len - at);
        if (n <= 0) {
            close(fd);
            return -1;
        }
        at += (size_t)n;
    }
    return fd;
}

/* ---- what it says ---- */

static void hear_line(struct milp_child *c, const char *line, struct milp_answer *out)
{
    int nodes, left;
    double best, bound;
    const char *at;
    if (sscanf(line, "Cbc0010I After %d nodes, %d on tree, %lf best solution, best possible %lf",
               &nodes, &left, &best, &bound) == 4) {
        c->so_far.bound = fmax(c->so_far.bound, bound);
        if (best < 1e49) {
            c->so_far.best = best;
            c->so_far.some = true;
        }
    } else if ((at = strstr(line, "nteger solution of ")) && sscanf(at + 19, "%lf", &best) == 1) {
        c->so_far.best = c->so_far.some ? fmin(best, c->so_far.best) : best;
        c->so_far.some = true;
    } else if ((at = strstr(line, "best possible ")) && sscanf(at + 14, "%lf", &bound) == 1) {
        c->so_far.bound = fmax(c->so_far.bound, bound);
    } else if (sscanf(line, "Continuous objective value is %lf", &bound) == 1 ||
               sscanf(line, "Lower bound: %lf", &bound) == 1) {
        c->so_far.bound = fmax(c->so_far.bound, bound);
    }
    if (strstr(line, "Optimal solution found"))
        out->state = MILP_OPTIMAL;
    else if (strncmp(line, "Result - ", 9) == 0 && !strstr(line, "nfeasible"))
        out->state = MILP_BEST;
}

static void listen(struct milp_child *c, const struct milp_order *o, struct milp_answer *out)
{
    char line[400], bytes[4096];
    size_t len = 0;
    for (long n; (n = milp_child_read(c, o, bytes, sizeof bytes)) > 0; milp_heard(c, o))
        for (long i = 0; i < n; i++) {
            if (bytes[i] != '\n' && len < sizeof line - 1) {
                line[len++] = bytes[i];
                continue;
            }
            line[len] = 0;
            len = 0;
            hear_line(c, line, out);
        }
}

/* The answer: a line about the state, then "index name value reduced" for what is not 0; "**"
 * stands before what breaks a condition. */
static bool read_answer(const struct milp *m, int fd, struct milp_answer *out)
{
    FILE *f = fdopen(fd, "r");
    char line[300], name[40];
    bool any = false;
    if (!f)
        return false;
    rewind(f);
    double *x = arena_alloc(m->arena, sizeof *x * (size_t)m->n_cols);
    if (fgets(line, sizeof line, f)) {
        bool never = strstr(line, "nfeasible") != NULL;
        any = !never && strstr(line, "objective value");
        if (never)
            out->state = MILP_INFEASIBLE;
    }
    while (any && fgets(line, sizeof line, f)) {
        int index;
        double value;
        const char *at = line[0] == '*' ? line + 2 : line;
        if (sscanf(at, "%d %39s %lf", &index, name, &value) == 3 && name[0] == 'C' && index >= 0 &&
            index < m->n_cols)
            x[index] = value;
    }
    fclose(f);
    if (any && milp_fits(m, x, 1e-5))
        out->x = x;
    return out->x != NULL;
}

/* ---- the child ---- */

enum { FD_PROBLEM = 3, FD_ANSWER, FD_START, FDS };

static void run_cbc(const struct milp_order *o, double seconds, int terminal, const int fds[3])
{
    char limit[32], ratio[32];
    int at[3];
    milp_child_begin(o, seconds);
    for (int i = 0; i < 3; i++) /* first out of each other's way */
        at[i] = fds[i] >= 0 ? fcntl(fds[i], F_DUPFD, 20) : -1;
    int nothing = open("/dev/null", O_RDWR);
    if (dup2(nothing, 0) < 0 || dup2(terminal, 1) < 0 || dup2(nothing, 2) < 0)
        _exit(3);
    for (int i = 0; i < 3; i++)
        if (at[i] >= 0 && dup2(at[i], FD_PROBLEM + i) < 0)
            _exit(3);
    close_range(fds[2] >= 0 ? FDS : FD_START, ~0U, 0);
    snprintf(limit, sizeof limit, "%.1f", seconds);
    snprintf(ratio, sizeof ratio, "%.9g", o->gap);
    const char *args[20] = { "cbc",      "/dev/fd/3", "-timeMode", "elapsed",
                             "-seconds", limit,       "-ratio",    ratio };
    int n = 8;
    if (fds[2] >= 0) {
        args[n++] = "-mipstart";
        args[n++] = "/dev/fd/5";
        args[n++] = "-preprocess"; /* it ends itself when preprocessing adds columns to a start's */
        args[n++] = "off";
    }
    args[n++] = "-solve";
    args[n++] = "-solution";
    args[n++] = "/dev/fd/4";
    args[n] = NULL;
    char *const clean[] = { "PATH=/usr/bin:/bin", "LC_ALL=C", NULL };
    execve("/usr/bin/cbc", (char *const *)args, clean);
    execve("/usr/local/bin/cbc", (char *const *)args, clean);
    _exit(3);
}

static int open_terminal(int *other)
{
    char name[64];
    int fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    if (grantpt(fd) || unlockpt(fd) || ptsname_r(fd, name, sizeof name) ||
        (*other = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC)) < 0) {
        close(fd);
        return -1;
    }
    return fd;
}

static void close_all(const int fds[3])
{
    for (int i = 0; i < 3; i++)
        if (fds[i] >= 0)
            close(fds[i]);
}

static int run(const struct milp *m, const struct milp_order *o, const int fds[3],
               struct milp_answer *out)
{
    double seconds = o->seconds > 0 ? o->seconds : 10;
    int other = -1, answer = dup(fds[1]);
    struct milp_child c = { .fd = open_terminal(&other),
                            .started = milp_clock(),
                            .limit = seconds + 3,
                            .so_far = { .bound = -INFINITY } };
    if (o->start) {
        c.so_far.best = milp_cost(m, o->start);
        c.so_far.some = true;
    }
    c.pid = c.fd >= 0 && answer >= 0 ? fork() : -1;
    if (c.pid == 0)
        run_cbc(o, seconds, other, fds);
    if (other >= 0)
        close(other);
    if (c.pid < 0) {
        if (c.fd >= 0)
            close(c.fd);
        if (answer >= 0)
            close(answer);
        return RC_IO;
    }
    listen(&c, o, out);
    bool ended = milp_child_end(&c);
    out->bound = c.so_far.bound;
    bool some = read_answer(m, answer, out); /* closes it */
    if (some && out->state == MILP_NOTHING)
        out->state = MILP_BEST;
    if (!some && out->state != MILP_INFEASIBLE)
        out->state = MILP_NOTHING;
    double cost = some ? milp_cost(m, out->x) : 0;
    if (out->state == MILP_OPTIMAL)
        out->bound = fmax(out->bound, cost - o->gap * fabs(cost));
    return ended || some || c.asked ? 0 : RC_IO;
}

int milp_cbc(const struct milp *m, const struct milp_order *o, struct milp_answer *out)
{
    struct buf b, s;
    int fds[3] = { -1, -1, -1 };
    buf_init(&b, PROBLEM_MAX);
    buf_init(&s, PROBLEM_MAX);
    write_rows(m, &b);
    write_columns(m, &b);
    write_bounds(m, &b);
    fds[0] = memory_file("problem", &b);
    fds[1] = memory_file("answer", NULL);
    if (o->start) {
        write_start(m, o->start, &s);
        fds[2] = memory_file("start", &s);
    }
    int rc = fds[0] >= 0 && fds[1] >= 0 ? run(m, o, fds, out) : RC_IO;
    close_all(fds);
    buf_release(&b);
    buf_release(&s);
    return rc;
}
