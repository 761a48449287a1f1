/* milp_test.c -- Whole-number programs in a child process: right, limited, stoppable. */
#include "base/rng.h"
#include "plan/milp.h"
#include "test.h"

#include <math.h>

static struct arena *arena;

static int setup(void **state)
{
    UNUSED(state);
    arena = arena_new((size_t)1 << 30);
    return 0;
}

static int teardown(void **state)
{
    UNUSED(state);
    arena_free(arena);
    return 0;
}

/* A knapsack with several bounds: each column's worth and weights at random. */
static void knapsack(struct milp *m, struct rng *rng, int cols, int rows)
{
    milp_init(m, arena);
    for (int i = 0; i < cols; i++)
        milp_col(m, 0, 1, -1.0 - rng_below(rng, 100), true);
    for (int r = 0; r < rows; r++) {
        int row = milp_row(m, -INFINITY, 17.0 * cols + 7 * r);
        for (int i = 0; i < cols; i++)
            milp_put(m, row, i, rng_below(rng, 100));
    }
}

static void both_solvers_find_the_same_optimum(void **state)
{
    UNUSED(state);
    struct rng rng;
    struct milp m;
    struct milp_answer g, b;
    rng_seed(&rng, 3);
    if (!milp_has(MILP_CBC)) {
        print_message("skipped: no cbc (coinor-cbc)\n");
        return;
    }
    for (int turn = 0; turn < 12; turn++) {
        knapsack(&m, &rng, 18, 4);
        /* rows of every kind, and a column below 0 */
        int y = milp_col(&m, -5, 5, turn % 3 - 1.0, turn % 2), range = milp_row(&m, 1, 3);
        milp_put(&m, range, y, 1);
        milp_put(&m, range, 0, 2);
        int equal = milp_row(&m, 2, 2);
        for (int i = 1; i < 6; i++)
            milp_put(&m, equal, i, 1);
        assert_int_equal(milp_solve(&m, &(struct milp_order){ .engine = MILP_GLPK }, &g), 0);
        assert_int_equal(milp_solve(&m, &(struct milp_order){ .engine = MILP_CBC }, &b), 0);
        assert_int_equal(b.engine, MILP_CBC);
        assert_int_equal(g.state, MILP_OPTIMAL);
        assert_int_equal(b.state, MILP_OPTIMAL);
        assert_true(fabs(g.cost - b.cost) < 1e-6);
        assert_true(milp_fits(&m, g.x, 1e-6) && milp_fits(&m, b.x, 1e-6));
        assert_true(g.gap < 1e-6 && g.bound <= g.cost + 1e-9);
    }
}

static void what_cannot_be_is_said_so_by_both(void **state)
{
    UNUSED(state);
    for (int e = MILP_GLPK; e <= MILP_CBC; e++) {
        struct milp m;
        struct milp_answer a;
        milp_init(&m, arena);
        int x = milp_col(&m, 0, 10, 1, true), y = milp_col(&m, 0, 10, 1, true);
        int odd = milp_row(&m, 5, 5); /* 2x + 2y = 5: the relaxation can, whole numbers cannot */
        milp_put(&m, odd, x, 2);
        milp_put(&m, odd, y, 2);
        assert_int_equal(milp_solve(&m, &(struct milp_order){ .engine = e }, &a), 0);
        assert_int_equal(a.state, MILP_INFEASIBLE);
        assert_null(a.x);
        int much = milp_row(&m, 50, INFINITY);
        milp_put(&m, much, x, 1);
        assert_int_equal(milp_solve(&m, &(struct milp_order){ .engine = e }, &a), 0);
        assert_int_equal(a.state, MILP_INFEASIBLE);
    }
}

struct watched {
    int calls, stop_at;
    double best;
};

static bool watch(void *ctx, const struct milp_progress *p)
{
    struct watched *w = ctx;
    w->calls++;
    if (p->some)
        w->best = p->best;
    return (!p->some && p->seconds < 4) || w->calls < w->stop_at;
}

static void stopped_it_gives_the_best_so_far_and_its_gap(void **state)
{
    UNUSED(state);
    struct rng rng;
    struct milp m;
    struct milp_answer a;
    rng_seed(&rng, 5);
    knapsack(&m, &rng, 200, 50);
    double *some = arena_alloc(arena, sizeof *some * 200);
    for (int i = 0; i < 50; i++)
        some[i] = 1;
    assert_true(milp_fits(&m, some, 1e-9));
    for (int e = MILP_GLPK; e <= MILP_CBC; e++) {
        struct watched w = { .stop_at = 3 };
        struct milp_order o = {
            .engine = e, .seconds = 60, .watch = watch, .ctx = &w, .start = some
        };
        assert_int_equal(milp_solve(&m, &o, &a), 0);
        assert_int_equal(a.state, MILP_BEST);
        assert_true(a.seconds < 20);
        assert_non_null(a.x);
        assert_true(milp_fits(&m, a.x, 1e-5));
        assert_true(a.gap > 0 && a.gap < 3 && a.bound < a.cost);
    }
}

static void time_over_gives_the_best_so_far(void **state)
{
    UNUSED(state);
    struct rng rng;
    struct milp m;
    struct milp_answer a;
    rng_seed(&rng, 6);
    knapsack(&m, &rng, 200, 50);
    for (int e = MILP_GLPK; e <= MILP_CBC; e++) {
        struct milp_order o = { .engine = e, .seconds = .7 };
        assert_int_equal(milp_solve(&m, &o, &a), 0);
        assert_int_equal(a.state, MILP_BEST);
        assert_true(a.gap > 0 && a.seconds < 12);
    }
}

static void an_answer_to_begin_with_is_never_lost(void **state)
{
    UNUSED(state);
    struct rng rng;
    struct milp m;
    struct milp_answer a;
    rng_seed(&rng, 7);
    knapsack(&m, &rng, 60, 5);
    double *start = arena_alloc(arena, sizeof *start * 60);
    start[3] = 1;
    for (int e = MILP_GLPK; e <= MILP_CBC; e++) {
        struct milp_order o = { .engine = e, .start = start, .seconds = 30 };
        assert_int_equal(milp_solve(&m, &o, &a), 0);
        assert_true(a.cost <= milp_cost(&m, start));
        /* A child that dies of its limit leaves what was there. */
        o.memory = 1;
        assert_int_equal(milp_solve(&m, &o, &a), 0);
        assert_non_null(a.x);
    }
}

static void a_child_that_dies_is_a_fault_and_nothing_more(void **state)
{
    UNUSED(state);
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    print_message("skipped: no limit on memory under a sanitizer\n");
#else
    struct rng rng;
    struct milp m;
    struct milp_answer a;
    rng_seed(&rng, 8);
    knapsack(&m, &rng, 2500, 800); /* more than earlier tests may have left free */
    struct milp_order o = { .engine = MILP_GLPK, .memory = 4096 };
    assert_int_equal(milp_solve(&m, &o, &a), RC_IO);
    assert_null(a.x);
#endif
}

SUITE(
    plan_milp, cmocka_unit_test_setup_teardown(both_solvers_find_the_same_optimum, setup, teardown),
    cmocka_unit_test_setup_teardown(what_cannot_be_is_said_so_by_both, setup, teardown),
    cmocka_unit_test_setup_teardown(stopped_it_gives_the_best_so_far_and_its_gap, setup, teardown),
    cmocka_unit_test_setup_teardown(time_over_gives_the_best_so_far, setup, teardown),
    cmocka_unit_test_setup_teardown(an_answer_to_begin_with_is_never_lost, setup, teardown),
    cmocka_unit_test_setup_teardown(a_child_that_dies_is_a_fault_and_nothing_more, setup, teardown))
