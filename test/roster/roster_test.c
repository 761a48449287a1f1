/* roster_test.c -- Weeks kept: drafts, publishing, who is there, and what is refused. */
#include "lobby/bank.h"
#include "roster/need.h"
#include "roster/roster.h"

static struct roster_week week;
static struct bank b;

static int setup(void **state)
{
    UNUSED(state);
    bank_open(&b);
    bank_at(&b, "09:00");
    return 0;
}

static int teardown(void **state)
{
    UNUSED(state);
    bank_close(&b);
    return 0;
}

static const date monday = { BANK_DAY };

static int person_of(staff_id s)
{
    for (int i = 0; i < week.week.n_people; i++)
        if (week.week.people[i].id == s.n)
            return i;
    return -1;
}

static void load(void)
{
    BANK_OK(roster_week_get(&b.c, b.outlet, monday, &week));
}

static struct week_work shift(int teller, int day, int from, int until)
{
    return (struct week_work){ .person = person_of(b.teller[teller]),
                               .day = day,
                               .from = from,
                               .until = until,
                               .break_from = 720,
                               .break_minutes = until - from > 360 ? 60 : 0 };
}

static int64_t save(int n, const struct week_work *x)
{
    struct week_roster r = { .n = 0 };
    int64_t now = -1;
    load();
    for (int i = 0; i < n; i++)
        week_add(&r, b.c.arena, &x[i]);
    BANK_OK(roster_draft_put(&b.c, b.outlet, monday, week.draft.revision, &week.week, &r, &now));
    return now;
}

static void a_week_without_anything_has_its_people_and_usual_shifts(void **state)
{
    UNUSED(state);
    load();
    assert_int_equal(week.week.n_people, BANK_TELLERS);
    assert_int_equal(week.draft.saved_us, 0);
    assert_int_equal(week.published.saved_us, 0);
    assert_false(week.setup.own);
    assert_true(week.setup.n_patterns >= 1);
    assert_int_equal(week.setup.patterns[0].from, 540);
    assert_int_equal(week.setup.patterns[0].until, 1020);
    assert_true(week.week.n_shifts > week.setup.n_patterns); /* a shift for each lunch */
    assert_int_equal(roster_week_get(&b.c, b.outlet, (date){ BANK_DAY + 1 }, &week),
                     ROSTER_BAD_WEEK);
    assert_int_equal(roster_week_get(&b.c, (outlet_id){ 7 }, monday, &week), BRANCH_NO_OUTLET);
}

static void absences_wishes_contracts_and_needs_are_in_the_week(void **state)
{
    UNUSED(state);
    struct roster_absence a = {
        .staff = b.teller[0], .from = { BANK_DAY + 1 }, .until = { BANK_DAY + 2 }, .kind = "leave"
    };
    struct roster_contract k = { b.teller[1], 2, 960, 1200, -1, false };
    struct roster_need need = { .planned = true, .source = "hand" };
    need.windows[SKILL_PERSONAL][20] = 2;
    need.windows[SKILL_CORPORATE][20] = 1;
    BANK_OK(roster_absence_put(&b.c, b.outlet, &a));
    BANK_OK(roster_contract_put(&b.c, b.outlet, &k));
    BANK_OK(roster_wish_put(&b.c, b.outlet, b.teller[2], (date){ BANK_DAY + 3 }, -1));
    BANK_OK(roster_need_put(&b.c, b.outlet, (date){ BANK_DAY + 4 }, &need));
    load();
    const struct week_person *p = week.week.people;
    assert_true(p[person_of(b.teller[0])].absent[1] && p[person_of(b.teller[0])].absent[2]);
    assert_false(p[person_of(b.teller[0])].absent[3]);
    assert_int_equal(p[person_of(b.teller[1])].skills, 2);
    assert_int_equal(p[person_of(b.teller[1])].minutes_max, 1200);
    assert_int_equal(p[person_of(b.teller[2])].wish[3], -1);
    assert_true(week.planned[4] && !week.planned[3]);
    assert_int_equal(week.week.units[0].need[4][20][SKILL_CORPORATE], 1);
    BANK_OK(roster_absence_end(&b.c, b.outlet, a.id));
    assert_int_equal(roster_absence_end(&b.c, b.outlet, a.id), ROSTER_NO_ABSENCE);
    BANK_OK(roster_wish_put(&b.c, b.outlet, b.teller[2], (date){ BANK_DAY + 3 }, 0));
    load();
    assert_false(week.week.people[person_of(b.teller[0])].absent[1]);
    assert_int_equal(week.week.people[person_of(b.teller[2])].wish[3], 0);
}

static void what_cannot_be_is_refused(void **state)
{
    UNUSED(state);
    struct roster_absence a = {
        .staff = b.teller[0], .from = { BANK_DAY + 2 }, .until = { BANK_DAY + 1 }, .kind = "leave"
    };
    struct roster_contract k = { b.teller[0], 3, 2400, 1200, 0, false };
    struct roster_need need = { .planned = true };
    struct roster_setup s;
    assert_int_equal(roster_absence_put(&b.c, b.outlet, &a), ROSTER_BAD_ABSENCE);
    a.until.days += 5;
    a.staff = b.other_teller;
    assert_int_equal(roster_absence_put(&b.c, b.outlet, &a), ROSTER_NOT_STAFF);
    (void)snprintf(a.kind, sizeof a.kind, "holiday");
    assert_int_equal(roster_absence_put(&b.c, b.outlet, &a), ROSTER_BAD_ABSENCE);
    assert_int_equal(roster_contract_put(&b.c, b.outlet, &k), ROSTER_BAD_CONTRACT);
    need.windows[0][10] = 1; /* 5:00: nobody opens then */
    assert_int_equal(roster_need_put(&b.c, b.outlet, monday, &need), ROSTER_BAD_NEED);
    BANK_OK(branch_hours_put(&b.c, b.outlet, 7, (struct branch_hours){ 0, 0 }));
    assert_int_equal(roster_need_put(&b.c, b.outlet, (date){ BANK_DAY + 6 }, &need), ROSTER_CLOSED);
    BANK_OK(roster_setup_get(&b.c, b.outlet, monday, &s));
    s.patterns[0].until = s.patterns[0].from;
    assert_int_equal(roster_setup_put(&b.c, b.outlet, &s), ROSTER_BAD_SHIFT);
    BANK_OK(roster_setup_get(&b.c, b.outlet, monday, &s));
    s.rules.days_in_row = 0;
    assert_int_equal(roster_setup_put(&b.c, b.outlet, &s), ROSTER_BAD_RULES);
    s.rules.days_in_row = 3;
    BANK_OK(roster_setup_put(&b.c, b.outlet, &s));
    load();
    assert_true(week.setup.own && week.week.rules.days_in_row == 3);
}

static void two_people_cannot_overwrite_each_other_unseen(void **state)
{
    UNUSED(state);
    struct week_work x;
    struct week_roster r = { .n = 0 };
    int64_t now = 0;
    int version = 0;
    load();
    assert_int_equal(roster_publish(&b.c, b.outlet, monday, 1, &version), ROSTER_NO_DRAFT);
    x = shift(0, 0, 540, 1020);
    assert_int_equal(save(1, &x), 1);
    load();
    assert_int_equal(roster_draft_put(&b.c, b.outlet, monday, 0, &week.week, &r, &now),
                     ROSTER_STALE);
    assert_int_equal(roster_publish(&b.c, b.outlet, monday, 7, &version), ROSTER_STALE);
    x.until = 500;
    week_add(&r, b.c.arena, &x);
    assert_int_equal(roster_draft_put(&b.c, b.outlet, monday, 1, &week.week, &r, &now),
                     ROSTER_BAD_SHIFT);
}

static void only_what_keeps_the_rules_is_published(void **state)
{
    UNUSED(state);
    struct roster_absence a = {
        .staff = b.teller[0], .from = monday, .until = monday, .kind = "sick"
    };
    struct roster_duty *duty;
    int version = 0, n = 0;
    load();
    struct week_work x[] = { shift(0, 0, 540, 1020), shift(1, 0, 540, 1020),
                             shift(2, 1, 540, 900) };
    int64_t revision = save(3, x);
    BANK_OK(roster_absence_put(&b.c, b.outlet, &a));
    assert_int_equal(roster_publish(&b.c, b.outlet, monday, revision, &version), ROSTER_BROKEN);
    assert_non_null(strstr(b.c.detail, "absent"));
    revision = save(2, x + 1);
    BANK_OK(roster_publish(&b.c, b.outlet, monday, revision, &version));
    assert_int_equal(version, 1);
    BANK_OK(roster_on_duty(&b.c, b.outlet, bank_time(0, "12:30"), &duty, &n));
    assert_int_equal(n, 1);
    assert_int_equal(duty[0].staff.n, b.teller[1].n);
    assert_true(duty[0].on_break && !duty[0].lent);
    bool published = false;
    BANK_OK(roster_day(&b.c, b.outlet, monday, &duty, &n, &published));
    assert_true(published && n == 1 && !duty[0].absent && duty[0].skills == 3);
    a.staff = b.teller[1];
    BANK_OK(roster_absence_put(&b.c, b.outlet, &a)); /* noted in the morning */
    BANK_OK(roster_day(&b.c, b.outlet, monday, &duty, &n, &published));
    assert_true(published && n == 1 && duty[0].absent && duty[0].from == 540);
    BANK_OK(roster_absence_end(&b.c, b.outlet, a.id));
    BANK_OK(roster_day(&b.c, b.outlet, (date){ monday.days + 7 }, &duty, &n, &published));
    assert_true(!published && n == 0);
    BANK_OK(roster_on_duty(&b.c, b.outlet, bank_time(0, "18:00"), &duty, &n));
    assert_int_equal(n, 0);
    /* A later draft changes nothing until it is published; then the next version holds. */
    revision = save(1, x + 2);
    BANK_OK(roster_on_duty(&b.c, b.outlet, bank_time(0, "10:00"), &duty, &n));
    assert_int_equal(n, 1);
    BANK_OK(roster_publish(&b.c, b.outlet, monday, revision, &version));
    assert_int_equal(version, 2);
    BANK_OK(roster_on_duty(&b.c, b.outlet, bank_time(0, "10:00"), &duty, &n));
    assert_int_equal(n, 0);
}

static void the_next_week_knows_the_one_before(void **state)
{
    UNUSED(state);
    struct week_work x[7];
    int version;
    load();
    for (int d = 3; d < 7; d++) /* Thursday to Sunday, late */
        x[d - 3] = shift(0, d, 600, 1020);
    x[4] = shift(1, 0, 540, 900);
    for (int i = 0; i < 4; i++)
        x[i].break_from = 780;
    int64_t revision = save(5, x);
    BANK_OK(roster_publish(&b.c, b.outlet, monday, revision, &version));
    BANK_OK(roster_week_get(&b.c, b.outlet, (date){ BANK_DAY + 7 }, &week));
    const struct week_person *p = &week.week.people[person_of(b.teller[0])];
    assert_int_equal(p->days_before, 4);
    assert_int_equal(p->until_before, 1020);
    assert_int_equal(p->owed[TURN_WEEKEND], 2);
    assert_int_equal(p->owed[TURN_LATE], 4);
    assert_int_equal(week.week.people[person_of(b.teller[1])].days_before, 0);
}

static void a_teller_lent_from_elsewhere_is_a_guest_here(void **state)
{
    UNUSED(state);
    struct week_roster r = { .n = 0 };
    struct roster_duty *duty;
    struct who_staff other;
    int64_t now;
    int version, n = 0;
    BANK_OK(who_staff_get(&b.c, b.other_teller, &other));
    struct roster_contract k = { b.other_teller, 1 << SKILL_CORPORATE, 0, 2400, 0, true };
    struct roster_absence away = {
        .staff = b.other_teller, .from = monday, .until = monday, .kind = "sick"
    };
    bool published;
    BANK_OK(roster_contract_put(&b.c, b.other, &k));
    BANK_OK(roster_week_get(&b.c, b.other, monday, &week));
    struct week_work x = { .person = person_of(b.other_teller), .from = 540, .until = 840 };
    week.week.units[1].id = b.outlet.n;
    week.week.n_units = 2;
    memset(week.week.units[1].open, 1, sizeof week.week.units[1].open);
    x.unit = 1;
    week_add(&r, b.c.arena, &x);
    BANK_OK(roster_draft_put(&b.c, b.other, monday, 0, &week.week, &r, &now));
    BANK_OK(roster_publish(&b.c, b.other, monday, now, &version));
    load();
    assert_int_equal(week.week.n_people, BANK_TELLERS + 1);
    assert_int_equal(week.work.n, 1);
    int at_work[WEEK_SLOTS], missing[WEEK_SLOTS];
    week_cover(&week.week, &week.work, 0, 0, at_work, missing);
    assert_int_equal(at_work[20], 1);
    BANK_OK(roster_on_duty(&b.c, b.outlet, bank_time(0, "10:00"), &duty, &n));
    assert_true(n == 1 && duty[0].lent);
    /* What she can do, and that she is away after all, is known at home. */
    BANK_OK(roster_day(&b.c, b.outlet, monday, &duty, &n, &published));
    assert_true(!published && n == 1 && duty[0].skills == 2 && !duty[0].absent);
    assert_int_equal(week.week.people[BANK_TELLERS].skills, 2);
    BANK_OK(roster_absence_put(&b.c, b.other, &away));
    BANK_OK(roster_day(&b.c, b.outlet, monday, &duty, &n, &published));
    assert_true(n == 1 && duty[0].absent);
    load();
    assert_true(week.week.people[BANK_TELLERS].absent[0]);
    assert_false(week.week.people[BANK_TELLERS].absent[1]);
}

static void a_fix_is_found_where_the_promise_breaks(void **state)
{
    UNUSED(state);
    static struct roster_model m;
    int windows[ROSTER_PARTS][WEEK_SLOTS] = { { 0 } };
    struct roster_fix fix;
    BANK_OK(roster_model(&b.c, b.outlet, monday, &m));
    for (int s = 0; s < m.model.slots; s++)
        m.model.expected[s] = 3;
    m.model.mixed = false;
    m.model.kinds[m.kind_of[2]].share = 0; /* only window 3 does it */
    m.model.expected[6] = 16;
    for (int t = 18; t < 34; t++)
        windows[SKILL_PERSONAL][t] = 2;
    assert_true(roster_cheapest_fix(&m, windows, 1, 100, &fix));
    assert_int_equal(fix.kind, SKILL_PERSONAL);
    assert_true(fix.slot >= 22 && fix.slot <= 26);
    assert_true(fix.worst_after < fix.worst_before);
    struct roster_need need;
    roster_need_textbook(&m, &need);
    assert_true(need.windows[SKILL_PERSONAL][24] >= need.windows[SKILL_PERSONAL][20]);
    assert_int_equal(roster_windows_of(&m, ROSTER_ALL), 3);
}

static void both_kinds_of_windows_keep_the_promise_together(void **state)
{
    UNUSED(state);
    static struct roster_model m;
    struct roster_need need = { .planned = true };
    struct roster_joined joined;
    BANK_OK(roster_model(&b.c, b.outlet, monday, &m));
    for (int s = 0; s < m.model.slots; s++)
        m.model.expected[s] = 2;
    m.model.mixed = false;
    m.model.kinds[m.kind_of[2]].share = 0;
    m.model.expected[6] = 9;
    for (int t = 18; t < 34; t++)
        need.windows[SKILL_PERSONAL][t] = 1; /* too few at its busiest */
    roster_need_join(&m, 1, &need, &joined);
    assert_true(joined.certified && joined.added > 0 && joined.slots_over == 0);
    assert_true(joined.worst_late <= joined.worst_upper && joined.worst_upper <= m.model.late);
    int sum = 0;
    for (int t = 0; t < WEEK_SLOTS; t++)
        sum += need.windows[SKILL_PERSONAL][t] + need.windows[SKILL_CORPORATE][t];
    assert_int_equal(sum, 16 + joined.added);
    m.model.expected[6] = 60; /* no windows would do */
    roster_need_join(&m, 1, &need, &joined);
    assert_true(!joined.certified && joined.slots_over > 0);
}

SUITE(roster_weeks,
      cmocka_unit_test_setup_teardown(a_week_without_anything_has_its_people_and_usual_shifts,
                                      setup, teardown),
      cmocka_unit_test_setup_teardown(absences_wishes_contracts_and_needs_are_in_the_week, setup,
                                      teardown),
      cmocka_unit_test_setup_teardown(what_cannot_be_is_refused, setup, teardown),
      cmocka_unit_test_setup_teardown(two_people_cannot_overwrite_each_other_unseen, setup,
                                      teardown),
      cmocka_unit_test_setup_teardown(only_what_keeps_the_rules_is_published, setup, teardown),
      cmocka_unit_test_setup_teardown(the_next_week_knows_the_one_before, setup, teardown),
      cmocka_unit_test_setup_teardown(a_teller_lent_from_elsewhere_is_a_guest_here, setup,
                                      teardown),
      cmocka_unit_test_setup_teardown(a_fix_is_found_where_the_promise_breaks, setup, teardown),
      cmocka_unit_test_setup_teardown(both_kinds_of_windows_keep_the_promise_together, setup,
                                      teardown))
