/* staff_test.c -- Staffing by simulation, on a short day and few days. */
#include "test.h"
#include "plan/spec.h"
#include "plan/staff_priv.h"
#include <limits.h>
#include <math.h>

static const char short_day[] =
    "{\"open\":\"08:30\",\"arrivals\":[3,12,16,8,4,14,18,10],"
    "\"service\":{\"kind\":\"exponential\",\"mean_minutes\":8},\"max_windows\":12}";

static void read_spec(const char *text, struct arena *arena, struct plan_spec *s)
{
    char error[400] = "";
    if (plan_spec_read(text, strlen(text), arena, s, error, sizeof error))
        fail_msg("%s", error);
}

static void a_certified_plan_keeps_the_promise_on_other_days_too(void **state)
{
    UNUSED(state);
    static struct plan_spec s;
    static struct plan_tally t;
    struct plan_staff_answer a;
    struct plan_staffing again;
    struct arena *arena = arena_new((size_t)1 << 30);
    read_spec(short_day, arena, &s);
    struct plan_staff_request q = { 12, 1, 700, 12000, 500, 0 };
    plan_staff(&s.model, &q, arena, &a);
    assert_true(a.certified);
    assert_true(a.plan.worst_upper <= .05);
    plan_staff_try(&s.model, a.plan.counts, 77, 5000, &t, &again);
    assert_true(again.worst_late <= .05 + .005);
    assert_true(a.lower_bound <= a.plan.sum);
    assert_true(a.lower_bound >= a.plan.sum / 2);
    assert_true(a.plan.sum < a.by[PLAN_SIPP_MAX].sum);
    assert_true(a.day_only.sum <= a.plan.sum);
    assert_true(a.day_only.worst_late > a.plan.worst_late);
    arena_free(arena);
}

static void a_spec_that_means_nothing_is_refused_with_the_reason(void **state)
{
    UNUSED(state);
    static const struct {
        const char *text, *says;
    } row[] = {
        { "{}", "arrivals" },
        { "{\"arrivals\":[1,-2]}", "arrivals[1]" },
        { "{\"arrivals\":[1],\"service\":{\"kind\":\"normal\"}}",
          "service.kind: exponential, lognormal" },
        { "{\"arrivals\":[1],\"service\":{\"kind\":\"empirical\"}}",
          "service.values: the measured minutes" },
        { "{\"arrivals\":[1],\"rule\":\"fastest\"}", "fastest" },
        { "{\"arrivals\":[1],\"windows\":3}", "windows: no such field" },
        { "{\"arrivals\":[1],\"open\":\"8.30\"}", "08:30" },
        { "{\"arrivals\":[1],\"late_share\":2}", "late_share: from 0.0001 to 0.999" },
        { "{\"arrivals\":[1],\"classes\":[{\"share\":1}]}", "classes[0].code: is needed" },
        { "{\"arrivals\":[1],\"late_share\":0}", "late_share: from 0.0001 to 0.999" },
        { "{\"arrivals\":5}", "arrivals: a list" },
        { "{\"arrivals\":[1],\"classes\":[{\"code\":\"a\"},{\"code\":\"a\"}]}",
          "classes[1].code: a is there twice" },
        { "{\"arrivals\":[1],\"services\":[{\"prefix\":\"A\"},{\"prefix\":\"A\"}]}",
          "services[1].prefix: A is there twice" },
        { "{\"arrivals\":[1],\"bookings\":[{\"at\":\"08:40\",\"service\":\"Z\"}]}",
          "bookings[0].service: the prefix of one of the services" },
        { "{\"arrivals\":[1],\"bookings\":[{\"at\":\"9\"}]}", "bookings[0].at: a time is written" },
        { "{\"arrivals\":[1],\"bookings\":[{\"at\":\"07:00\"}]}", "bookings[0].at: between" },
        { "{\"arrivals\":[1],\"bookings\":[{\"at\":\"08:40\",\"class\":\"x\"}]}",
          "bookings[0].class: the code of one" },
        { "{\"arrivals\":[1],\"services\":[{\"kind\":\"empirical\",\"values\":[0,-1]}]}",
          "services[0].values[1]: a number, 0 or more" },
        { "{\"arrivals\":[1],\"classes\":[{\"code\":\"a\",\"share\":0}]}",
          "classes: the shares add up to nothing" },
        { "{\"arrivals\":[1],\"within_minutes\":0}", "within_minutes: from 0.01 to 1440" },
        { "{\"arrivals\":[1],\"max_windows\":1.5}", "max_windows: a whole number" },
        { "{\"arrivals\":[1],\"open\":830}", "open: text" },
        { "{\"arrivals\":[1],\"seed\":-1}", "seed: 0 or more" },
        { "[1]", "the document: an object" },
        { "{\"arrivals\":[1],\"trace_minutes\":[3,30]}", "before the end of the last slot" },
        { "{\"arrivals\":[1],\"trace_minutes\":[3,2]}", "must rise" },
        { "{\"arrivals\":[1],\"people\":[{\"from\":\"10:00\",\"to\":\"09:00\"}]}",
          "people[0]: from, lunch and to" },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        static struct plan_spec s;
        struct arena *arena = arena_new((size_t)1 << 26);
        char error[400] = "";
        int rc = plan_spec_read(row[i].text, strlen(row[i].text), arena, &s, error, sizeof error);
        if (rc <= 0 || !strstr(error, row[i].says))
            fail_msg("%s: %d, %s", row[i].text, rc, error);
        arena_free(arena);
    }
}

/* Each of these was a day's worth of work, or an end. */
static void an_empty_day_and_a_hopeless_one_are_answered_soon(void **state)
{
    UNUSED(state);
    static const char *const text[] = { "{\"arrivals\":[0,0]}", "{\"arrivals\":[40000]}" };
    for (size_t i = 0; i < COUNT(text); i++) {
        static struct plan_spec s;
        struct plan_staff_answer a;
        struct arena *arena = arena_new((size_t)4 << 30);
        char error[400] = "";
        assert_int_equal(plan_spec_read(text[i], strlen(text[i]), arena, &s, error, sizeof error),
                         0);
        struct plan_staff_request q = { .max_windows = 3, .seed = 1 };
        plan_staff(&s.model, &q, arena, &a);
        assert_int_equal(a.certified, i == 0);
        assert_int_equal(a.plan.sum, i == 0 ? 1 : 3); /* somebody stays to the end, in any case */
        assert_true((double)a.plan.days * (i ? 40000 : 44) < 2e7);
        /* And it is said why: with all windows all day most are late. */
        assert_int_equal(a.beyond_windows, i == 1);
        assert_true(i == 0 || (a.rounds == 1 && a.beyond_late > .9 && a.beyond_class == -1));
        arena_free(arena);
    }
}

static void people_and_bookings_are_read(void **state)
{
    UNUSED(state);
    static struct plan_spec s;
    struct arena *arena = arena_new((size_t)1 << 26);
    read_spec("{\"open\":\"09:00\",\"arrivals\":[5,5,5,5],"
              "\"classes\":[{\"code\":\"normal\",\"share\":3},{\"code\":\"mid\",\"share\":1}],"
              "\"services\":[{\"prefix\":\"C\",\"share\":1},{\"prefix\":\"D\",\"share\":1,"
              "\"kind\":\"empirical\",\"values\":[3,5]}],\"rule\":\"head:mid=5m\","
              "\"bookings\":[{\"at\":\"10:00\",\"class\":\"mid\",\"service\":\"D\"}],"
              "\"people\":[{\"from\":\"09:00\",\"to\":\"11:00\",\"lunch\":\"10:00\","
              "\"lunch_minutes\":20,\"services\":\"DC\"},{\"from\":\"09:00\"}]}",
              arena, &s);
    assert_int_equal(s.crew.n, 2);
    assert_true(s.crew.windows[0].spans[1].from == 60 && s.crew.windows[0].spans[1].rest == 20);
    assert_int_equal(s.crew.windows[0].preference['D' - 'A'], 1);
    assert_int_equal(s.crew.windows[0].preference['C' - 'A'], 2);
    assert_true(isinf(s.crew.windows[1].spans[0].to));
    assert_true(s.model.bookings[0].at == 60 && s.model.bookings[0].kind == 1);
    assert_true(s.model.kinds[1].takes.mean == 4);
    assert_int_equal(s.model.rule.head_us[1], 300000000);
    arena_free(arena);
}

/* Every plan of a small day, simulated at length: none below the bound keeps the promise. */
static void no_plan_below_the_bound_keeps_the_promise(void **state)
{
    UNUSED(state);
    static const char *const text[] = {
        "{\"arrivals\":[6,11,8],\"max_windows\":6}",
        "{\"arrivals\":[9,14,5],\"max_windows\":6,\"rule\":\"head:mid=10m\",\"patience_minutes\":"
        "60,"
        "\"classes\":[{\"code\":\"normal\",\"share\":0.8},"
        "{\"code\":\"mid\",\"share\":0.2,\"within_minutes\":10,\"late_share\":0.1}]}",
    };
    for (size_t i = 0; i < COUNT(text); i++) {
        static struct plan_spec s;
        static struct plan_tally t;
        struct arena *arena = arena_new((size_t)1 << 30);
        struct search se;
        struct plan_staffing p;
        int row[PLAN_SLOTS], best = INT_MAX;
        read_spec(text[i], arena, &s);
        for (int all = 0; all < 343; all++) {
            int counts[PLAN_SLOTS] = { all / 49, all / 7 % 7, all % 7 };
            bool keeps = true;
            if (counts[0] + counts[1] + counts[2] >= best || counts[2] == 0)
                continue;
            plan_staff_try(&s.model, counts, 5, 4000, &t, &p);
            for (int k = 0; k < plan_cells(&s.model); k++)
                for (int j = 0; j < 3; j++)
                    keeps &= plan_late_share(&t.slot[j][k]) <= plan_promised(&s.model, k);
            best = keeps ? p.sum : best;
        }
        search_open(&s.model, 9, 4000, 6, arena, &se);
        assert_int_equal(se.fours != NULL, i == 0);
        int bound = plan_lower_bound(&se, 1e7, row);
        assert_true(bound <= best);
        assert_true(bound >= best - 1 - (int)i); /* and says something */
        arena_free(arena);
    }
}

/* The short way counts the late customers that the simulator counts, slot by slot. */
static void days_side_by_side_are_the_simulators_days(void **state)
{
    UNUSED(state);
    static struct plan_spec s;
    struct arena *arena = arena_new((size_t)1 << 30);
    struct search se;
    struct plan_crew crew;
    read_spec(short_day, arena, &s);
    search_open(&s.model, 3, 400, 12, arena, &se);
    static const int plans[][8] = { { 1, 4, 5, 3, 2, 4, 6, 3 },
                                    { 0, 2, 7, 0, 3, 3, 3, 1 },
                                    { 9, 9, 9, 9, 9, 9, 9, 9 } };
    for (size_t p = 0; p < COUNT(plans); p++) {
        plan_crew_of(&s.model, plans[p], &crew);
        for (int d = 0; d < 400; d++) {
            int n[PLAN_SLOTS][PLAN_CELLS], late[PLAN_SLOTS][PLAN_CELLS], got[PLAN_SLOTS][FOUR];
            int surely[PLAN_SLOTS][PLAN_CELLS]; /* by more than single precision can miss */
            plan_run(&s.model, &crew, &se.days[d], false);
            search_count(&s.model, &se.days[d], n, late);
            s.model.within += .002;
            search_count(&s.model, &se.days[d], n, surely);
            s.model.within -= .002;
            four_run(se.fours, d / FOUR, plans[p], INT_MAX, 0, 8, got);
            for (int i = 0; i < 8; i++) {
                assert_int_equal(four_n(se.fours, d / FOUR, i, d % FOUR), n[i][0]);
                assert_in_range(got[i][d % FOUR], surely[i][0], late[i][0]);
            }
            /* a stretch with all others unlimited is never later than the whole plan */
            four_run(se.fours, d / FOUR, plans[p], INT_MAX, 2, 6, got);
            for (int i = 2; i < 6; i++)
                assert_true(got[i][d % FOUR] <= late[i][0]);
        }
    }
    arena_free(arena);
}

SUITE(plan_staff, cmocka_unit_test(no_plan_below_the_bound_keeps_the_promise),
      cmocka_unit_test(days_side_by_side_are_the_simulators_days),
      cmocka_unit_test(a_certified_plan_keeps_the_promise_on_other_days_too),
      cmocka_unit_test(a_spec_that_means_nothing_is_refused_with_the_reason),
      cmocka_unit_test(an_empty_day_and_a_hopeless_one_are_answered_soon),
      cmocka_unit_test(people_and_bookings_are_read))
