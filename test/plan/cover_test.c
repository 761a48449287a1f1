/* cover_test.c -- Shifts that cover a need: the published case, breaks, and why it cannot be. */
#include "base/rng.h"
#include "plan/cover_priv.h"
#include "plan/need.h"
#include "test.h"

#include <math.h>

static struct arena *arena;
static struct cover cover;
static struct cover_answer answer;

static int setup(void **state)
{
    UNUSED(state);
    arena = arena_new((size_t)1 << 30);
    memset(&cover, 0, sizeof cover);
    return 0;
}

static int teardown(void **state)
{
    UNUSED(state);
    arena_free(arena);
    return 0;
}

static void the_february_wednesdays_give_the_published_need(void **state)
{
    UNUSED(state);
    static const int published[24] = { 1, 1,  1,  0,  1, 1, 1, 4, 8, 9, 10, 9,
                                       8, 16, 10, 10, 6, 7, 8, 8, 6, 6, 5,  4 };
    static const int calls[24] = { 27,  7,   5,   0,   2,   1,   19,  158, 389, 430, 496, 441,
                                   382, 814, 463, 462, 271, 300, 355, 342, 272, 246, 230, 177 };
    const char *path = test_data("service/technion_feb1999/call_center_feb1999.txt");
    struct callog *log;
    static struct plan_need n;
    char error[CALLOG_ERROR];
    size_t memory;
    if (!path)
        return;
    assert_int_equal(callog_memory_file(path, &memory), 0);
    struct arena *big = arena_new(memory);
    assert_int_equal(callog_read_file(big, path, CALLOG_TECHNION, NULL, &log, error), 0);
    struct plan_need_order o = {
        .weekday = 3, .slot_s = 3600, .wrap_s = 60, .mean_s = 240, .alpha = .5
    };
    assert_true(plan_need(log, &o, &n));
    assert_int_equal(n.days, 4);
    assert_true(fabs(n.rate_per_hour - 14.86443) < 5e-6);
    for (int i = 0; i < 24; i++) {
        assert_int_equal(n.arrivals[i], calls[i]);
        assert_int_equal(n.need[i], published[i]);
    }
    arena_free(big);
}

/* Eight shifts of six hours, as in the published case. */
static void published_case(void)
{
    static const int need[24] = { 0, 0,  0,  0,  0, 0, 1, 4, 8, 9, 10, 9,
                                  8, 16, 10, 10, 6, 7, 8, 8, 6, 6, 5,  4 };
    static const int first[8] = { 0, 6, 8, 10, 12, 14, 16, 18 };
    static const double cost[8] = { 252, 288, 180, 180, 180, 288, 288, 288 };
    cover.slots = 24;
    memcpy(cover.need, need, sizeof need);
    for (int i = 0; i < 8; i++) {
        struct cover_shift *s = &cover.shifts[cover.n_shifts++];
        *s = (struct cover_shift){ .cost = cost[i], .max = 1000 };
        for (int t = first[i]; t < first[i] + 6; t++)
            s->on[t] = true;
    }
}

static void the_published_shift_plan_costs_6336(void **state)
{
    UNUSED(state);
    published_case();
    assert_int_equal(cover_solve(&cover, arena, NULL, NULL, &answer), 0);
    assert_int_equal(answer.state, MILP_OPTIMAL);
    assert_true(fabs(answer.cost - 6336) < 1e-6);
    assert_true(fabs(answer.bound - 6336) < 1e-6);
    assert_true(answer.seconds < 1); /* measured: 0.004 s; see docs/measurements.md */
}

static void a_second_solver_agrees_on_the_published_case(void **state)
{
    UNUSED(state);
    static struct cover_program p;
    struct milp_answer a;
    published_case();
    memset(&p, 0, sizeof p);
    cover_build(&cover, arena, &p);
    assert_int_equal(milp_solve(&p.m, &(struct milp_order){ .engine = MILP_CBC }, &a), 0);
    assert_true(a.state == MILP_OPTIMAL && fabs(a.cost - 6336) < 1e-6);
}

static void random_cover(struct rng *rng)
{
    memset(&cover, 0, sizeof cover);
    cover.slots = 20;
    cover.seconds = 20;
    cover.min_people = 2;
    for (int t = 0; t < cover.slots; t++)
        cover.need[t] = 1 + (int)rng_below(rng, 5) + (t > 4 && t < 14 ? 3 : 0);
    for (int length = 8; length <= 18; length += 4)
        for (int t = 0; t + length <= cover.slots; t += 2) {
            struct cover_shift *s = &cover.shifts[cover.n_shifts++];
            *s = (struct cover_shift){ .max = 1000, .cost = length + rng_below(rng, 3) };
            for (int i = t; i < t + length; i++)
                s->on[i] = true;
            if (length < 12)
                continue;
            /* windows that move with the shift: none lies strictly inside another */
            s->break_slots = 2;
            s->break_from = t + length / 2 - 3;
            s->break_until = t + length / 2 + 3;
        }
}

static void implicit_breaks_cost_what_explicit_ones_do(void **state)
{
    UNUSED(state);
    struct rng rng;
    rng_seed(&rng, 11);
    for (int turn = 0; turn < 15; turn++) {
        random_cover(&rng);
        assert_int_equal(cover_solve(&cover, arena, NULL, NULL, &answer), 0);
        assert_int_equal(answer.state, MILP_OPTIMAL);
        double explicit_cost = answer.cost;
        int explicit_columns = answer.columns;
        cover.implicit = true;
        assert_true(cover_may_imply(&cover));
        assert_int_equal(cover_solve(&cover, arena, NULL, NULL, &answer), 0);
        assert_int_equal(answer.state, MILP_OPTIMAL);
        assert_true(fabs(answer.cost - explicit_cost) < 1e-6);
        assert_true(answer.columns < explicit_columns);
        for (int i = 0; i < answer.n_uses; i++) {
            const struct cover_use *u = &answer.uses[i];
            const struct cover_shift *s = &cover.shifts[u->shift];
            assert_true(s->break_slots == 0 ||
                        (u->break_start >= s->break_from && u->break_start + 2 <= s->break_until));
        }
    }
}

static void windows_inside_others_are_not_counted_implicitly(void **state)
{
    UNUSED(state);
    struct rng rng;
    rng_seed(&rng, 1);
    random_cover(&rng);
    int at = cover.n_shifts - 1;
    cover.shifts[at].break_from = 2;
    cover.shifts[at].break_until = 18;
    assert_false(cover_may_imply(&cover));
    cover.implicit = true;
    assert_int_equal(cover_solve(&cover, arena, NULL, NULL, &answer), 0);
    assert_int_equal(answer.state, MILP_OPTIMAL);
}

static const char spec_head[] = "{\"opens\":\"09:00\",\"need\":[1,2,3,3,2,2],";

static int solve_spec(const char *rest)
{
    char text[2000], error[300] = "";
    double slot;
    int open_s;
    (void)snprintf(text, sizeof text, "%s%s", spec_head, rest);
    int rc = cover_read(text, strlen(text), &cover, &open_s, &slot, error, sizeof error);
    if (rc) {
        print_message("%s\n", error);
        return rc;
    }
    assert_int_equal(open_s, 9 * 3600);
    return cover_solve(&cover, arena, NULL, NULL, &answer);
}

static void it_says_which_half_hour_is_short_and_what_would_help(void **state)
{
    UNUSED(state);
    static const struct {
        const char *spec;
        enum cover_fix fix;
        int slot, number;
        const char *why;
    } row[] = {
        { "\"shifts\":[{\"name\":\"a\",\"start\":\"09:00\",\"end\":\"11:00\"}]}", COVER_FIX_SHIFT,
          4, 0, "nobody is there after 11:00" },
        { "\"max_people\":2,\"shifts\":[{\"name\":\"a\",\"start\":\"09:00\",\"end\":\"12:00\"}]}",
          COVER_FIX_PEOPLE, 2, 3, "three are needed at 10:00" },
        { "\"shifts\":[{\"name\":\"a\",\"start\":\"09:00\",\"end\":\"12:00\",\"max\":2}]}",
          COVER_FIX_LIMITS, 2, 3, "the only shift may have two" },
        { "\"max_people\":3,\"shifts\":[{\"name\":\"a\",\"start\":\"09:00\",\"end\":\"12:00\","
          "\"break\":{\"minutes\":30,\"from\":\"10:00\",\"until\":\"10:30\"}}]}",
          COVER_FIX_PEOPLE, 2, 0, "all have their break at 10:00: no number of people helps" },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        assert_int_equal(solve_spec(row[i].spec), 0);
        assert_int_equal(answer.state, MILP_INFEASIBLE);
        assert_true(answer.short_of[row[i].slot] > 0);
        if (i == 3)
            assert_int_equal(answer.fix, COVER_FIX_BREAKS);
        else
            assert_int_equal(answer.fix, row[i].fix);
        if (row[i].number)
            assert_int_equal(answer.number, row[i].number);
        assert_non_null(cover_fix_code(answer.fix));
    }
}

static void two_people_are_there_from_the_first_to_the_last_need(void **state)
{
    UNUSED(state);
    assert_int_equal(solve_spec("\"min_people\":2,\"generate\":{\"lengths_minutes\":[60,120],"
                                "\"every_minutes\":30}}"),
                     0);
    assert_int_equal(answer.state, MILP_OPTIMAL);
    for (int t = 0; t < 6; t++)
        assert_true(answer.at_work[t] >= 2);
    assert_true(fabs(answer.cost - 7) < 1e-6); /* 2 2 3 3 2 2 half-hours */
}

static void a_bad_spec_is_refused_with_its_place(void **state)
{
    UNUSED(state);
    static const char *const bad[] = {
        "\"shifts\":[{\"name\":\"a\",\"start\":\"09:10\",\"end\":\"12:00\"}]}",
        "\"shifts\":[{\"name\":\"a\",\"start\":\"11:00\",\"end\":\"10:00\"}]}",
        "\"shifts\":[{\"name\":\"a\",\"covers\":[1,1]}]}",
        "\"shifts\":[{\"name\":\"a\",\"covers\":[1,1,1,1,1,2]}]}",
        "\"shifts\":[{\"name\":\"a\",\"start\":\"09:00\",\"end\":\"12:00\",\"min\":3,\"max\":1}]}",
        "\"shifts\":[{\"name\":\"a\",\"start\":\"09:00\",\"end\":\"10:00\",\"break\":"
        "{\"minutes\":90}}]}",
        "\"shifts\":[],\"colour\":1}",
        "\"shifts\":[{\"name\":\"a\",\"start\":\"09:00\",\"end\":\"12:00\"},"
        "{\"name\":\"a\",\"start\":\"09:00\",\"end\":\"11:00\"}]}",
        "\"shifts\":[]}",
        "\"breaks\":\"none\",\"shifts\":[{\"name\":\"a\",\"start\":\"09:00\",\"end\":\"12:00\"}]}",
    };
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_true(solve_spec(bad[i]) > 0);
}

SUITE(plan_cover,
      cmocka_unit_test_setup_teardown(the_february_wednesdays_give_the_published_need, setup,
                                      teardown),
      cmocka_unit_test_setup_teardown(the_published_shift_plan_costs_6336, setup, teardown),
      cmocka_unit_test_setup_teardown(a_second_solver_agrees_on_the_published_case, setup,
                                      teardown),
      cmocka_unit_test_setup_teardown(implicit_breaks_cost_what_explicit_ones_do, setup, teardown),
      cmocka_unit_test_setup_teardown(windows_inside_others_are_not_counted_implicitly, setup,
                                      teardown),
      cmocka_unit_test_setup_teardown(it_says_which_half_hour_is_short_and_what_would_help, setup,
                                      teardown),
      cmocka_unit_test_setup_teardown(two_people_are_there_from_the_first_to_the_last_need, setup,
                                      teardown),
      cmocka_unit_test_setup_teardown(a_bad_spec_is_refused_with_its_place, setup, teardown))
