/* model_test.c -- An outlet's settings and tickets as the planner's model. */
#include "lobby/bank.h"
#include "roster/model.h"

#include <math.h>

static struct roster_model model;

static void an_outlet_without_history_has_its_settings(void **state)
{
    UNUSED(state);
    struct bank b;
    bank_open(&b);
    BANK_OK(roster_model(&b.c, b.outlet, (date){ BANK_DAY }, &model));
    assert_true(model.open);
    assert_int_equal(model.open_s, 9 * 3600);
    assert_int_equal(model.model.slots, 16);
    assert_int_equal(model.n_windows, 3);
    assert_int_equal(model.history_days, 0);
    assert_int_equal(model.model.n_kinds, 3); /* D is offered nowhere */
    assert_int_equal(model.kind_of['D' - 'A'], -1);
    int a = model.kind_of[0];
    assert_true(a >= 0 && model.model.kinds[a].takes.mean == 5); /* 300 s */
    assert_int_equal(model.model.n_classes, 3);
    assert_true(model.model.within == 20 && model.model.classes[1].within == 10);
    assert_int_equal(model.windows[2].preference['C' - 'A'], 1);
    bank_close(&b);
}

static void a_closed_day_and_no_outlet_are_told_apart(void **state)
{
    UNUSED(state);
    struct bank b;
    bank_open(&b);
    BANK_OK(branch_hours_put(&b.c, b.outlet, 7, (struct branch_hours){ 0, 0 }));
    BANK_OK(roster_model(&b.c, b.outlet, (date){ BANK_DAY + 6 }, &model));
    assert_false(model.open);
    assert_int_equal(roster_model(&b.c, (outlet_id){ 99 }, (date){ BANK_DAY }, &model),
                     BRANCH_NO_OUTLET);
    bank_close(&b);
}

static void last_weeks_tickets_make_the_arrivals_and_the_times(void **state)
{
    UNUSED(state);
    struct bank b;
    bank_open(&b);
    bank_at(&b, "09:00");
    bank_open_day(&b, 1);
    for (int i = 0; i < 6; i++) {
        bank_take(&b, SERVICE_A, i < 3 ? CLASS_NORMAL : CLASS_MID);
        bank_visit(&b, 0, 0, 600);
    }
    BANK_OK(roster_model(&b.c, b.outlet, (date){ BANK_DAY + 7 }, &model));
    const struct plan_model *m = &model.model;
    assert_int_equal(model.history_days, 1);
    assert_int_equal(model.measured, 6);
    assert_true(m->expected[0] == 3 && m->expected[1] == 3 && m->expected[2] == 0);
    /* six of ten minutes among twenty of five */
    assert_true(fabs(m->kinds[model.kind_of[0]].takes.mean - (6 * 10 + 20 * 5) / 26.0) < 1e-9);
    assert_true(m->classes[1].share > 2.9 && m->classes[0].share > 3.9);
    /* a Wednesday has no fellow: all work days of the weeks before */
    BANK_OK(roster_model(&b.c, b.outlet, (date){ BANK_DAY + 2 }, &model));
    assert_true(model.history_days == 1 && model.model.expected[1] == 3);
    double forecast[48] = { [10] = 2, [18] = 1, [19] = 4, [40] = 8 };
    roster_model_expect(&model, forecast);
    assert_true(m->expected[0] == 3 && m->expected[1] == 4 && m->expected[15] == 8);
    bank_close(&b);
}

static void a_part_has_its_own_services_and_share(void **state)
{
    UNUSED(state);
    static struct plan_model part;
    struct plan_tally *t = calloc(1, sizeof *t);
    struct plan_crew crew;
    uint64_t open[PLAN_SLOTS];
    struct bank b;
    bank_open(&b);
    struct branch_service s;
    BANK_OK(branch_service_get(&b.c, b.service[SERVICE_C], &s));
    s.corporate = true;
    BANK_OK(branch_service_put(&b.c, &s));
    bank_at(&b, "09:00");
    bank_open_day(&b, 3);
    for (int i = 0; i < 3; i++) {
        bank_take(&b, i == 0 ? SERVICE_C : SERVICE_A, CLASS_NORMAL);
        bank_visit(&b, i == 0 ? 2 : 0, 0, 60);
    }
    BANK_OK(roster_model(&b.c, b.outlet, (date){ BANK_DAY + 7 }, &model));
    assert_true(roster_model_part(&model, ROSTER_CORPORATE, &part));
    assert_int_equal(part.n_kinds, 1);
    assert_true(fabs(part.expected[0] - 1) < .01);
    assert_true(roster_model_part(&model, ROSTER_PERSONAL, &part));
    assert_int_equal(part.n_kinds, 2);
    assert_true(fabs(part.expected[0] - 2) < .01);
    for (int i = 0; i < PLAN_SLOTS; i++)
        open[i] = i < 16 ? 5 : 0; /* windows 1 and 3 */
    roster_model_crew(&model, open, &crew);
    assert_int_equal(crew.n, 2);
    plan_simulate(&model.model, &crew, 1, 0, 50, t);
    assert_int_equal(t->days, 50);
    assert_int_equal(t->whole[0].n, t->whole[0].called);
    free(t);
    bank_close(&b);
}

SUITE(roster_model, cmocka_unit_test(an_outlet_without_history_has_its_settings),
      cmocka_unit_test(a_closed_day_and_no_outlet_are_told_apart),
      cmocka_unit_test(last_weeks_tickets_make_the_arrivals_and_the_times),
      cmocka_unit_test(a_part_has_its_own_services_and_share))
