/* milp_glpk.c -- GLPK in a forked child; its records come through a pipe. The only file with
 * glpk.h.
 *
 * GLPK ends its process on an internal error and keeps its state per thread: in a child neither
 * matters. The child says a record at every better answer, about five times a second the bound, and
 * at the end how it ended. Cuts are off: they made small problems slower (measured). */
#include "plan/milp_priv.h"

#include <fcntl.h>
#include <glpk.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/banned.h"

enum said { SAID_BOUND, SAID_ANSWER, SAID_OPTIMAL, SAID_STOPPED, SAID_INFEASIBLE };
struct record {
    int32_t said, n; /* n doubles follow */
    double cost, bound;
};
struct work {
    const struct milp *m;
    const struct milp_order *o;
    int fd;
    glp_prob *p;
    double said_at;
};

static volatile sig_atomic_t stop_now;
static void on_stop(int signal_number)
{
    UNUSED(signal_number);
    stop_now = 1;
}

static void put_all(int fd, const void *at, size_t n)
{
    for (const char *p = at; n > 0;) {
        ssize_t done = write(fd, p, n);
        if (done <= 0)
            _exit(3);
        p += done;
        n -= (size_t)done;
    }
}

static void say(struct work *w, enum said what, double bound)
{
    static double x[1024];
    int n = what == SAID_ANSWER ? w->m->n_cols : 0, room = COUNT(x);
    struct record r = { what, n, n ? glp_mip_obj_val(w->p) : 0, bound };
    put_all(w->fd, &r, sizeof r);
    for (int i = 0; i < n; i += room) {
        int k = n - i < room ? n - i : room;
        for (int j = 0; j < k; j++)
            x[j] = glp_mip_col_val(w->p, i + j + 1);
        put_all(w->fd, x, sizeof *x * (size_t)k);
    }
    w->said_at = milp_clock();
}

static void on_tree(glp_tree *tree, void *info)
{
    struct work *w = info;
    int reason = glp_ios_reason(tree), best = glp_ios_best_node(tree);
    if (stop_now)
        glp_ios_terminate(tree);
    double bound = best ? glp_ios_node_bound(tree, best) : -HUGE_VAL;
    if (reason == GLP_IBINGO)
        say(w, SAID_ANSWER, bound);
    else if (milp_clock() - w->said_at > .2)
        say(w, SAID_BOUND, bound);
}

static int bounds_of(double low, double high)
{
    if (isinf(low))
        return isinf(high) ? GLP_FR : GLP_UP;
    return isinf(high) ? GLP_LO : low == high ? GLP_FX : GLP_DB;
}

/* glp_load_matrix reads from 1 on. */
static void load(struct work *w)
{
    const struct milp *m = w->m;
    int *row = arena_alloc(m->arena, sizeof *row * (size_t)(m->n_puts + 1));
    int *col = arena_alloc(m->arena, sizeof *col * (size_t)(m->n_puts + 1));
    double *value = arena_alloc(m->arena, sizeof *value * (size_t)(m->n_puts + 1));
    glp_set_obj_dir(w->p, GLP_MIN);
    glp_add_cols(w->p, m->n_cols);
    if (m->n_rows)
        glp_add_rows(w->p, m->n_rows);
    for (int i = 0; i < m->n_cols; i++) {
        const struct milp_col *c = &m->cols[i];
        glp_set_col_kind(w->p, i + 1, c->whole ? GLP_IV : GLP_CV);
        glp_set_col_bnds(w->p, i + 1, bounds_of(c->low, c->high), c->low, c->high);
        glp_set_obj_coef(w->p, i + 1, c->cost);
    }
    for (int i = 0; i < m->n_rows; i++)
        glp_set_row_bnds(w->p, i + 1, bounds_of(m->rows[i].low, m->rows[i].high), m->rows[i].low,
                         m->rows[i].high);
    for (int i = 0; i < m->n_puts; i++) {
        row[i + 1] = m->puts[i].row + 1;
        col[i + 1] = m->puts[i].col + 1;
        value[i + 1] = m->puts[i].value;
    }
    glp_load_matrix(w->p, m->n_puts, row, col, value);
}

static void child_main(struct work *w, double seconds)
{
    glp_smcp lp;
    glp_iocp mip;
    glp_term_out(GLP_OFF);
    w->p = glp_create_prob();
    load(w);
    glp_init_smcp(&lp);
    lp.msg_lev = GLP_MSG_OFF;
    lp.tm_lim = (int)(seconds * 1000);
    lp.presolve = GLP_ON;
    int rc = glp_simplex(w->p, &lp);
    int status = rc == 0 ? glp_get_status(w->p) : GLP_UNDEF;
    if (rc == GLP_ENOPFS || status == GLP_NOFEAS || status == GLP_INFEAS) {
        say(w, SAID_INFEASIBLE, 0);
        return;
    }
    if (status != GLP_OPT) {
        say(w, SAID_STOPPED, -HUGE_VAL);
        return;
    }
    say(w, SAID_BOUND, glp_get_obj_val(w->p));
    glp_init_iocp(&mip);
    mip.msg_lev = GLP_MSG_OFF;
    mip.tm_lim = (int)fmax(1, (seconds * 1000));
    mip.mip_gap = w->o->gap;
    mip.cb_func = on_tree;
    mip.cb_info = w;
    rc = glp_intopt(w->p, &mip);
    status = glp_mip_status(w->p);
    if (status == GLP_OPT || status == GLP_FEAS)
        say(w, SAID_ANSWER, -HUGE_VAL);
    if (rc == 0 && status == GLP_NOFEAS)
        say(w, SAID_INFEASIBLE, 0);
    else
        say(w, (rc == 0 || rc == GLP_EMIPGAP) && status != GLP_UNDEF ? SAID_OPTIMAL : SAID_STOPPED,
            -HUGE_VAL);
}

static bool read_all(struct milp_child *c, const struct milp_order *o, void *at, size_t n)
{
    for (char *p = at; n > 0;) {
        long got = milp_child_read(c, o, p, n);
        if (got <= 0)
            return false;
        p += got;
        n -= (size_t)got;
    }
    return true;
}

/* True: the child said how it ended. */
static bool listen(struct milp_child *c, const struct milp *m, const struct milp_order *o,
                   struct milp_answer *out)
{
    struct record r;
    while (read_all(c, o, &r, sizeof r)) {
        if (isfinite(r.bound) && r.said <= SAID_ANSWER)
            c->so_far.bound = fmax(c->so_far.bound, r.bound);
        if (r.said == SAID_ANSWER) {
            CHECK(r.n == m->n_cols);
            double *x = arena_alloc(m->arena, sizeof *x * (size_t)(r.n + 1));
            if (!read_all(c, o, x, sizeof *x * (size_t)r.n))
                return false;
            out->x = x;
            out->state = MILP_BEST;
            c->so_far.best = r.cost;
            c->so_far.some = true;
        }
        milp_heard(c, o);
        if (r.said == SAID_OPTIMAL && out->x)
            out->state = MILP_OPTIMAL;
        if (r.said == SAID_INFEASIBLE)
            out->state = MILP_INFEASIBLE;
        if (r.said >= SAID_OPTIMAL)
            return true;
    }
    return false;
}

int milp_glpk(const struct milp *m, const struct milp_order *o, struct milp_answer *out)
{
    int ends[2];
    double seconds = o->seconds > 0 ? o->seconds : 10;
    if (pipe2(ends, O_CLOEXEC))
        return RC_IO;
    struct milp_child c = { .fd = ends[0],
                            .started = milp_clock(),
                            .limit = seconds + 2,
                            .so_far = { .bound = -INFINITY } };
    c.pid = fork();
    if (c.pid == 0) {
        milp_child_begin(o, seconds);
        signal(SIGINT, on_stop);
        int nothing = open("/dev/null", O_RDWR);
        if (dup2(nothing, 1) < 0 || dup2(nothing, 2) < 0)
            _exit(3);
        if (dup2(ends[1], 3) != 3)
            _exit(3);
        close_range(4, ~0U, 0);
        struct work w = { .m = m, .o = o, .fd = 3 };
        child_main(&w, seconds);
        _exit(0);
    }
    close(ends[1]);
    if (c.pid < 0) {
        close(ends[0]);
        return RC_IO;
    }
    bool said = listen(&c, m, o, out);
    milp_child_end(&c);
    /* Within the gap: the bound is at least that near. */
    out->bound = c.so_far.bound;
    if (out->state == MILP_OPTIMAL) {
        double cost = milp_cost(m, out->x);
        out->bound = fmax(out->bound, cost - o->gap * fabs(cost));
    }
    return said || out->x ? 0 : RC_IO;
}
