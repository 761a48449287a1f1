/* week_test.c -- Rosters of named people: the checker, and the solver proven by it. */
#include "base/rng.h"
#include "plan/week_priv.h"
#include "plan/week_spec.h"
#include "test.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static struct arena *arena;
static struct week w;
static struct week_report report;

static void new_week(int units, int people)
{
    memset(&w, 0, sizeof w);
    w.first = (date){ 20780 }; /* a Monday */
    w.days = 7;
    w.n_units = units;
    w.n_people = people;
    w.n_skills = 2;
    w.rules = week_usual_rules;
    w.weights = week_usual_weights;
    w.units = arena_alloc(arena, sizeof *w.units * (size_t)units);
    w.people = arena_alloc(arena, sizeof *w.people * (size_t)people);
    for (int u = 0; u < units; u++)
        for (int d = 0; d < 6; d++)
            w.units[u].open[d] = true;
    for (int p = 0; p < people; p++) {
        w.people[p] = (struct week_person){
            .skills = 1, .minutes_min = 30 * 60, .minutes_max = 40 * 60, .until_before = -1
        };
        for (int d = 0; d < WEEK_DAYS; d++)
            w.people[p].free_until[d] = 1440;
    }
}

static void add_shift(const char *code, int from, int until, int break_from, int break_minutes)
{
    struct week_shift *s = &w.shifts[w.n_shifts++];
    *s = (struct week_shift){ .from = from,
                              .until = until,
                              .break_from = break_from,
                              .break_minutes = break_minutes,
                              .units = ~UINT64_C(0) };
    (void)snprintf(s->code, sizeof s->code, "%s", code);
}

static void usual_shifts(void)
{
    for (int lunch = 11 * 60 + 30; lunch <= 13 * 60; lunch += 30) {
        add_shift("full", 8 * 60 + 30, 17 * 60 + 30, lunch, 60);
        add_shift("late", 9 * 60 + 30, 18 * 60 + 30, lunch, 60);
    }
    add_shift("morning", 8 * 60 + 30, 12 * 60 + 30, 0, 0);
    add_shift("noon", 11 * 60, 15 * 60, 0, 0);
    add_shift("evening", 14 * 60 + 30, 18 * 60 + 30, 0, 0);
}

/* 8:30-18:30 with a shape of two peaks, for a number of personal and corporate people. */
static void need(int unit, int day, double personal, double corporate)
{
    static const double shape[20] = { .4, .7, .9, 1,  1,  1,  .9, .6, .5, .5,
                                      .7, .9, 1,  .9, .9, .8, .7, .5, .4, .3 };
    for (int t = 0; t < 20; t++) {
        w.units[unit].need[day][17 + t][0] = (uint8_t)ceil(personal * shape[t] - 1e-9);
        w.units[unit].need[day][17 + t][1] = (uint8_t)ceil(corporate * shape[t] - .2);
    }
}

static int setup(void **state)
{
    UNUSED(state);
    arena = arena_new((size_t)4 << 30);
    return 0;
}

static int teardown(void **state)
{
    UNUSED(state);
    arena_free(arena);
    return 0;
}

static bool found(enum week_fault_kind kind)
{
    for (int i = 0; i < report.n_faults; i++)
        if (report.faults[i].kind == kind)
            return true;
    return false;
}

static struct week_work day_work(int person, int day, int from, int until)
{
    return (struct week_work){ .person = person,
                               .day = day,
                               .from = from,
                               .until = until,
                               .break_from = 11 * 60 + 60 * person,
                               .break_minutes = until - from > 360 ? 60 : 0 };
}

/* Each rule, broken by one change of a good roster, is found, and nothing hard before it. */
static void every_broken_rule_is_found(void **state)
{
    UNUSED(state);
    static const enum week_fault_kind kinds[] = {
        WEEK_ABSENT, WEEK_NOT_FREE, WEEK_TWICE,  WEEK_REST,   WEEK_IN_ROW,
        WEEK_OVER,   WEEK_BREAK,    WEEK_LENGTH, WEEK_CLOSED, WEEK_LENT,
        WEEK_UNDER,  WEEK_SHORT,    WEEK_FEW,    WEEK_WISH,   WEEK_UNKNOWN,
    };
    for (size_t k = 0; k < COUNT(kinds); k++) {
        struct week_roster r = { .n = 0 };
        new_week(2, 3);
        need(0, 1, 1, 0);
        for (int p = 0; p < 3; p++)
            for (int d = 0; d < 4; d++) {
                struct week_work x = day_work(p, d, 510, 1110);
                week_add(&r, arena, &x);
            }
        week_check(&w, &r, arena, &report);
        assert_int_equal(report.n_hard, 0);
        assert_false(found(kinds[k]));
        struct week_work more = day_work(0, 4, 510, 870);
        switch (kinds[k]) {
        case WEEK_ABSENT:
            w.people[0].absent[2] = true;
            break;
        case WEEK_NOT_FREE:
            w.people[1].free_until[2] = 1100;
            break;
        case WEEK_TWICE:
            more.day = 3;
            week_add(&r, arena, &more);
            break;
        case WEEK_REST:
            w.people[0].until_before = 1380;
            break;
        case WEEK_IN_ROW:
            w.people[0].days_before = 3;
            break;
        case WEEK_OVER:
            week_add(&r, arena, &more);
            break;
        case WEEK_BREAK:
            r.work[0].break_minutes = 0;
            break;
        case WEEK_LENGTH:
            r.work[0].until = r.work[0].from + 60;
            r.work[0].break_minutes = 0;
            break;
        case WEEK_CLOSED:
            w.units[0].open[3] = false;
            break;
        case WEEK_LENT:
            r.work[0].unit = 1;
            break;
        case WEEK_UNDER:
            w.people[0].minutes_min = 39 * 60;
            break;
        case WEEK_SHORT:
            w.units[0].need[1][20][0] = 4;
            break;
        case WEEK_FEW:
            w.rules.min_people = 4;
            break;
        case WEEK_WISH:
            w.people[2].wish[0] = -1;
            break;
        case WEEK_UNKNOWN:
            more.person = 9;
            week_add(&r, arena, &more);
            break;
        case WEEK_FAULT_KINDS:
            break;
        }
        week_check(&w, &r, arena, &report);
        if (!found(kinds[k]))
            print_message("not found: %s\n", week_fault_code(kinds[k]));
        assert_true(found(kinds[k]));
        assert_int_equal(report.n_hard > 0, week_fault_hard(kinds[k]));
        assert_non_null(week_fault_code(kinds[k]));
    }
}

static void people_with_two_skills_count_once(void **state)
{
    UNUSED(state);
    new_week(1, 3);
    int by[1 << WEEK_SKILLS] = { 0 };
    uint8_t n[WEEK_SKILLS] = { 2, 1 };
    by[3] = 2; /* two who can both: three are needed in all */
    assert_int_equal(week_missing(&w, n, by), 1);
    by[1] = 1;
    assert_int_equal(week_missing(&w, n, by), 0);
    by[1] = 3;
    by[3] = 0; /* nobody for the companies */
    assert_int_equal(week_missing(&w, n, by), 1);
}

static void absence_takes_its_share_of_the_contract(void **state)
{
    UNUSED(state);
    new_week(1, 1);
    w.people[0].minutes_min = 2400;
    assert_int_equal(week_minutes_due(&w, &w.people[0]), 2400);
    w.people[0].absent[0] = true;
    assert_int_equal(week_minutes_due(&w, &w.people[0]), 1920);
    for (int d = 0; d < 7; d++)
        w.people[0].absent[d] = true;
    assert_int_equal(week_minutes_due(&w, &w.people[0]), 0);
}

/* All rosters of two people on three days with two shifts, one by one. */
static double cheapest_by_trying(void)
{
    double least = INFINITY;
    for (int code = 0; code < 729; code++) {
        struct week_roster r = { .n = 0 };
        int rest = code;
        for (int k = 0; k < 6; k++, rest /= 3)
            if (rest % 3) {
                const struct week_shift *s = &w.shifts[rest % 3 - 1];
                struct week_work x = { .person = k / 3,
                                       .day = k % 3,
                                       .from = s->from,
                                       .until = s->until,
                                       .break_from = s->break_from,
                                       .break_minutes = s->break_minutes };
                week_add(&r, arena, &x);
            }
        week_check(&w, &r, arena, &report);
        if (report.n_hard == 0 && report.cost < least)
            least = report.cost;
    }
    return least;
}

static void the_solver_finds_what_trying_all_finds(void **state)
{
    UNUSED(state);
    struct rng rng;
    rng_seed(&rng, 21);
    for (int turn = 0; turn < 12; turn++) {
        struct week_answer a;
        new_week(1, 2);
        w.days = 3;
        w.rules.rest_minutes = turn % 2 ? 15 * 60 : 660;
        w.rules.days_in_row = turn % 3 ? 2 : 3;
        add_shift("full", 510, 1050, 720, 60);
        add_shift("late", 600, 1140, 780, 60);
        for (int p = 0; p < 2; p++) {
            w.people[p].minutes_min = 12 * 60;
            w.people[p].minutes_max = 16 * 60 + 480 * (int)rng_below(&rng, 2);
            w.people[p].absent[rng_below(&rng, 6) % 5 % 3] = rng_below(&rng, 2);
            w.people[p].wish[rng_below(&rng, 3)] = (int)rng_below(&rng, 3) - 1;
            w.people[p].likes = (int)rng_below(&rng, 3) - 1;
            w.people[p].owed[TURN_LATE] = (int)rng_below(&rng, 4);
            w.people[p].days_before = (int)rng_below(&rng, 3);
            w.people[p].until_before = w.people[p].days_before ? 1140 : -1;
            w.people[p].skills = 1 + rng_below(&rng, 3);
        }
        for (int d = 0; d < 3; d++)
            need(0, d, 1 + rng_below(&rng, 2), rng_below(&rng, 2));
        double least = cheapest_by_trying();
        struct week_order o = { .gap = 1e-9, .seconds = 20 };
        assert_int_equal(week_solve(&w, NULL, &o, arena, &a), 0);
        week_check(&w, &a.roster, arena, &report);
        assert_int_equal(report.n_hard, 0);
        assert_int_equal(a.state, MILP_OPTIMAL);
        if (fabs(report.cost - least) > 1e-6)
            print_message("turn %d: %g, trying all gives %g\n", turn, report.cost, least);
        assert_true(fabs(report.cost - least) < 1e-6 && fabs(a.cost - least) < 1e-6);
    }
}

/* A bank: outlets of random size, people with contracts, absences, wishes, some of them lent. */
static void random_bank(struct rng *rng, int units, int each)
{
    new_week(units, units * each);
    usual_shifts();
    for (int u = 0; u < units; u++)
        for (int d = 0; d < 6; d++)
            need(u, d, each * (d == 5 ? .3 : .55 + .1 * rng_unit(rng)), each * (d < 5 ? .15 : 0));
    for (int i = 0; i < w.n_people; i++) {
        struct week_person *p = &w.people[i];
        p->unit = i / each;
        p->skills = i % each < 2 ? 3 : i % 4 == 3 ? 2 : 1;
        p->minutes_min = i % 6 == 5 ? 16 * 60 : 36 * 60;
        p->minutes_max = i % 6 == 5 ? 20 * 60 : 40 * 60;
        if (rng_below(rng, 5) == 0)
            p->absent[rng_below(rng, 6)] = true;
        if (rng_below(rng, 12) == 0)
            memset(p->absent, 1, 7);
        if (rng_below(rng, 8) == 0)
            p->free_from[rng_below(rng, 6)] = 600;
        p->wish[rng_below(rng, 6)] = -(int)rng_below(rng, 2);
        p->likes = (int)rng_below(rng, 3) - 1;
        p->owed[TURN_LATE] = (int)rng_below(rng, 4);
        p->owed[TURN_WEEKEND] = (int)rng_below(rng, 2);
        p->days_before = (int)rng_below(rng, 6);
        p->until_before = p->days_before ? 1110 : -1;
        p->lend = rng_below(rng, 5) == 0 ? ~UINT64_C(0) : 0;
    }
}

static void no_rule_is_broken_in_random_weeks(void **state)
{
    UNUSED(state);
    struct rng rng;
    rng_seed(&rng, 4);
    for (int turn = 0; turn < 3; turn++) {
        struct week_answer a;
        random_bank(&rng, 2, 6 + turn);
        struct week_order o = { .seconds = 3, .lend = turn > 0, .gap = .02 };
        assert_int_equal(week_solve(&w, NULL, &o, arena, &a), 0);
        week_check(&w, &a.roster, arena, &report);
        assert_int_equal(report.n_hard, 0);
        assert_true(fabs(report.cost - a.cost) < 1e-6);
        for (int i = 0; i < a.roster.n; i++) /* once more, and by hand */
            assert_false(w.people[a.roster.work[i].person].absent[a.roster.work[i].day]);
        assert_true(a.gap >= -1e-9);
    }
}

static void what_is_pinned_stays_unless_it_is_unlawful(void **state)
{
    UNUSED(state);
    struct rng rng;
    struct week_answer a;
    struct week_roster keep = { .n = 0 };
    rng_seed(&rng, 9);
    random_bank(&rng, 1, 6);
    memset(w.people[0].absent, 0, sizeof w.people[0].absent);
    memset(w.people[1].absent, 0, sizeof w.people[1].absent);
    w.people[1].absent[2] = true;
    w.people[0].free_from[1] = 0;
    struct week_work pin = day_work(0, 1, 540, 900), bad = day_work(1, 2, 540, 900);
    pin.pinned = bad.pinned = true;
    week_add(&keep, arena, &pin);
    week_add(&keep, arena, &bad);
    assert_int_equal(week_solve(&w, &keep, &(struct week_order){ .seconds = 2 }, arena, &a), 0);
    week_check(&w, &a.roster, arena, &report);
    assert_int_equal(report.n_hard, 0);
    bool there = false;
    for (int i = 0; i < a.roster.n; i++) {
        const struct week_work *x = &a.roster.work[i];
        there |= x->person == 0 && x->day == 1 && x->from == 540 && x->until == 900 && x->pinned;
        assert_false(x->person == 1 && x->day == 2);
    }
    assert_true(there);
}

static bool stop_at_once(void *ctx, const struct week_progress *p)
{
    ++*(int *)ctx;
    return p->seconds < 0;
}

static void stopped_at_once_there_is_a_lawful_roster(void **state)
{
    UNUSED(state);
    struct rng rng;
    struct week_answer a;
    int calls = 0;
    rng_seed(&rng, 10);
    random_bank(&rng, 3, 8);
    struct week_order o = { .seconds = 60, .watch = stop_at_once, .ctx = &calls };
    assert_int_equal(week_solve(&w, NULL, &o, arena, &a), 0);
    assert_true(calls > 0);
    assert_int_equal(a.state, MILP_BEST);
    assert_true(a.seconds < 15);
    week_check(&w, &a.roster, arena, &report);
    assert_int_equal(report.n_hard, 0);
    assert_true(a.roster.n > 3 * 8 * 2); /* the first answer covers what it can */
}

static void lending_covers_what_one_outlet_alone_cannot(void **state)
{
    UNUSED(state);
    struct week_answer alone, lent;
    new_week(2, 8);
    usual_shifts();
    for (int d = 0; d < 5; d++) {
        need(0, d, 3, 0);
        need(1, d, 2, 0);
    }
    for (int i = 0; i < 8; i++)
        w.people[i].unit = i < 2 ? 0 : 1;
    w.people[7].lend = 1;
    w.people[6].lend = 1;
    struct week_order o = { .seconds = 5 };
    assert_int_equal(week_solve(&w, NULL, &o, arena, &alone), 0);
    o.lend = true;
    assert_int_equal(week_solve(&w, NULL, &o, arena, &lent), 0);
    print_message("alone %g, lent %g state %d\n", alone.cost, lent.cost, lent.state);
    assert_true(lent.cost < alone.cost - 100);
    week_check(&w, &lent.roster, arena, &report);
    assert_int_equal(report.n_hard, 0);
}

static void a_dragged_shift_is_judged_at_once(void **state)
{
    UNUSED(state);
    struct rng rng;
    struct week_answer a;
    struct timespec from, to;
    rng_seed(&rng, 12);
    random_bank(&rng, 15, 12);
    struct week_order o = { .seconds = 1, .gap = .5 };
    assert_int_equal(week_solve(&w, NULL, &o, arena, &a), 0);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
    for (int i = 0; i < 10; i++)
        week_check(&w, &a.roster, arena, &report);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
    double ms = (double)(to.tv_sec - from.tv_sec) * 100 + (double)(to.tv_nsec - from.tv_nsec) / 1e7;
    print_message("15 outlets, 180 people: checked in %.2f ms of processor\n", ms);
    assert_true(ms < 500); /* one outlet is a fifteenth; 50 ms is the promise to the page */
}

/* A small spec, and beside it the same with one thing wrong: the field and what it should be. */
static void a_bad_week_is_refused_with_its_place(void **state)
{
    UNUSED(state);
    static const char good[] =
        "{\"from\":\"2026-11-30\",\"skills\":[\"cash\"],\"outlets\":[{\"code\":\"001\",\"need\":"
        "[{\"day\":\"2026-11-30\",\"from\":\"09:00\",\"people\":[1,1]}]}],\"shifts\":[{\"code\":"
        "\"m\","
        "\"start\":\"09:00\",\"end\":\"12:00\"}],\"people\":[{\"code\":\"p1\",\"outlet\":\"001\","
        "\"hours_min\":0,\"hours_max\":40},{\"code\":\"p2\",\"outlet\":\"001\"}]}";
    static const struct {
        const char *was, *is, *says;
    } row[] = {
        { "\"2026-11-30\",\"skills\"", "\"30.11.2026\",\"skills\"", "from: a day like" },
        { "[\"cash\"]", "[3]", "skills: texts of at most" },
        { "[1,1]", "[1,-1]", "outlets[0].need[0].people: each from 0 to 200" },
        { "[1,1]", "7", "outlets[0].need[0].people: a list" },
        { "\"from\":\"09:00\"", "\"from\":\"09:10\"", "need[0].from: at a full or half hour" },
        { "\"day\":\"2026-11-30\"", "\"day\":\"2026-12-30\"", "need[0].day: 2026-12-30 is no day" },
        { "\"from\":\"09:00\"", "\"skill\":\"gold\"", "need[0].skill: one of the skills" },
        { "\"12:00\"", "\"08:00\"", "shifts[0].start: a time before the end" },
        { "\"12:00\"", "\"noon\"", "shifts[0].end: a time like 08:30" },
        { "\"p2\"", "\"p1\"", "people[1].code: p1 is there twice" },
        { "\"p2\",\"outlet\":\"001\"", "\"p2\",\"outlet\":\"002\"",
          "people[1].outlet: 002 is none of the outlets" },
        { "\"hours_min\":0", "\"hours_min\":41", "people[0].hours_min: at most hours_max" },
        { "\"hours_min\":0", "\"hours_min\":-1", "people[0].hours_min: from 0 to 200" },
        { "\"hours_min\":0", "\"skills\":[\"gold\"]", "people[0].skills: each one of" },
        { "\"hours_min\":0", "\"absent\":[\"2026-12-24\"]",
          "people[0].absent: 2026-12-24 is no day" },
        { "\"hours_min\":0", "\"wants\":\"noon\"", "people[0].wants: early or late" },
        { "\"hours_min\":0", "\"lend_to\":[\"9\"]", "people[0].lend_to: 9 is none of" },
        { "\"hours_min\":0", "\"colour\":0", "people[0].colour: no such field" },
        { "\"skills\":[\"cash\"]", "\"roster\":[{\"person\":\"p9\",\"day\":\"2026-11-30\"}]",
          "roster[0].person: p9 is none of the people" },
        { "\"skills\":[\"cash\"]", "\"days\":15", "days: from 1 to 14" },
    };
    static struct week_spec s;
    char text[900], error[300] = "";
    assert_int_equal(week_spec_read(good, strlen(good), arena, &s, error, sizeof error), 0);
    for (size_t i = 0; i < COUNT(row); i++) {
        const char *at = strstr(good, row[i].was);
        assert_non_null(at);
        (void)snprintf(text, sizeof text, "%.*s%s%s", (int)(at - good), good, row[i].is,
                       at + strlen(row[i].was));
        *error = '\0';
        int rc = week_spec_read(text, strlen(text), arena, &s, error, sizeof error);
        if (rc <= 0 || !strstr(error, row[i].says))
            fail_msg("%s: %d, %s", row[i].is, rc, error);
    }
}

SUITE(plan_week, cmocka_unit_test_setup_teardown(every_broken_rule_is_found, setup, teardown),
      cmocka_unit_test_setup_teardown(people_with_two_skills_count_once, setup, teardown),
      cmocka_unit_test_setup_teardown(absence_takes_its_share_of_the_contract, setup, teardown),
      cmocka_unit_test_setup_teardown(the_solver_finds_what_trying_all_finds, setup, teardown),
      cmocka_unit_test_setup_teardown(no_rule_is_broken_in_random_weeks, setup, teardown),
      cmocka_unit_test_setup_teardown(what_is_pinned_stays_unless_it_is_unlawful, setup, teardown),
      cmocka_unit_test_setup_teardown(stopped_at_once_there_is_a_lawful_roster, setup, teardown),
      cmocka_unit_test_setup_teardown(lending_covers_what_one_outlet_alone_cannot, setup, teardown),
      cmocka_unit_test_setup_teardown(a_dragged_shift_is_judged_at_once, setup, teardown),
      cmocka_unit_test_setup_teardown(a_bad_week_is_refused_with_its_place, setup, teardown))
