/* model_test.c -- An outlet's settings and tickets as the planner's model. */
#include "lobby/bank.h"
#include "lobby/queue.h"
#include "roster/forecast.h"

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

/* The way from the seat and the notes between two customers take the window, too; so does a call
 * that nobody comes to. */
static void a_window_is_taken_for_longer_than_the_service(void **state)
{
    UNUSED(state);
    struct bank b;
    struct ticket t;
    bank_open(&b);
    bank_at(&b, "09:00");
    bank_open_day(&b, 1);
    for (int i = 0; i < 41; i++) {
        bank_as_system(&b);
        bank_take(&b, i % 2 ? SERVICE_A : SERVICE_B, CLASS_NORMAL);
    }
    for (int i = 0; i < 40; i++) {
        bank_visit(&b, 0, 60, 300);
        bank_later(&b, 30);
    }
    BANK_OK(roster_model(&b.c, b.outlet, (date){ BANK_DAY + 7 }, &model));
    assert_true(fabs(model.beside - 1.5) < .01);
    assert_true(fabs(model.model.kinds[model.kind_of[0]].takes.mean - 6.5) < .01);
    double before = model.beside;
    BANK_OK(bank_next(&b, 0, &t));
    bank_later(&b, 120);
    BANK_OK(lobby_no_show(&b.c, b.window[0], &t));
    BANK_OK(roster_model(&b.c, b.outlet, (date){ BANK_DAY + 7 }, &model));
    assert_true(fabs(model.beside - before - 150 / 40. / 60) < .01);
    assert_true(model.model.absent_takes == 0);
    /* Where so many go that their patience is measured, they are called on their own. */
    for (int i = 0; i < 24; i++) {
        bank_as_system(&b);
        t = bank_take(&b, SERVICE_A, CLASS_NORMAL);
        bank_later(&b, 300);
        if (i % 2) {
            BANK_OK(lobby_leave(&b.c, t.id, "customer", &t));
            continue;
        }
        BANK_OK(bank_next(&b, 0, &t));
        bank_later(&b, 120);
        BANK_OK(lobby_no_show(&b.c, b.window[0], &t));
    }
    BANK_OK(roster_model(&b.c, b.outlet, (date){ BANK_DAY + 7 }, &model));
    assert_true(model.model.patience > 0 && fabs(model.model.absent_takes - 2.5) < .15);
    assert_true(fabs(model.beside - before) < .15); /* and not 13 of them on 40 visits */
    bank_close(&b);
}

/* Companies come in the afternoon: the next hours' mix is theirs. */
/* A number given back for a place elsewhere is no end of patience. */
static void who_was_guided_elsewhere_did_not_lose_patience(void **state)
{
    static const char *const reason[] = { LOBBY_GUIDED, "customer" };
    UNUSED(state);
    struct bank b;
    bank_open(&b);
    bank_at(&b, "09:00");
    bank_open_day(&b, 1);
    for (int way = 0; way < 2; way++) {
        for (int i = 0; i < 12; i++) {
            struct ticket t = bank_take(&b, SERVICE_A, CLASS_NORMAL);
            bank_later(&b, 300);
            BANK_OK(lobby_leave(&b.c, t.id, reason[way], &t));
        }
        BANK_OK(roster_model(&b.c, b.outlet, (date){ BANK_DAY + 7 }, &model));
        assert_true((model.model.patience > 0) == (way == 1));
    }
    bank_close(&b);
}

static void the_mix_is_that_of_the_hour(void **state)
{
    UNUSED(state);
    static struct plan_model p;
    memset(&model, 0, sizeof model);
    model.model.n_kinds = 2;
    model.model.kinds[0].share = 600;
    model.model.kinds[1].share = 200;
    model.mix[20][0] = 60;
    model.mix[30][1] = 100;
    model.model.slot = 30;
    model.model.slots = 3;
    p = model.model;
    roster_model_mix(&model, 10 * 3600, 11 * 3600 + 1800, &p);
    double day_0 = 20 * (60 + 15) / 180., day_1 = 20 * (100 + 5) / 180.; /* of the day, as twenty */
    assert_true(fabs(p.kinds[0].share - 60 - day_0) < 1e-9);
    assert_true(fabs(p.kinds[1].share - day_1) < 1e-9);
    /* and each slot's own: from ten to half past, then nobody was seen */
    assert_true(p.mixed && p.mix[0][0] == p.kinds[0].share);
    assert_true(fabs(p.mix[1][0] - day_0) < 1e-9 && fabs(p.mix[2][1] - day_1) < 1e-9);
    roster_model_mix(&model, 15 * 3600 + 60, 16 * 3600, &p);
    assert_true(fabs(p.kinds[1].share - 100 - day_1) < 1e-9);
    roster_model_mix(&model, 18 * 3600, 19 * 3600, &p); /* nobody seen: the day's shares */
    assert_true(fabs(p.kinds[0].share * day_1 - p.kinds[1].share * day_0) < 1e-9);
}

/* ---- the forecast ---- */

/* Ten customers in each half-hour from nine to five, on the work days of half a year. */
static void even_days(struct plan_history *h, struct arena *arena, int days)
{
    *h = (struct plan_history){ .slots = 48, .calendar = { .china = true } };
    h->day = arena_alloc(arena, sizeof *h->day * (size_t)days);
    h->count = arena_alloc(arena, sizeof *h->count * 48 * (size_t)days);
    for (int back = days; back > 0; back--) {
        date d = { BANK_DAY - back };
        if (!branch_is_work_day(branch_calendar(d)))
            continue;
        for (int i = 18; i < 34; i++)
            h->count[h->n * 48 + i] = 10 + (back * 7 + i) % 3 - 1;
        h->day[h->n++] = d;
    }
    memset(&model, 0, sizeof model);
    model.open = true;
    model.open_s = 9 * 3600;
    model.close_s = 17 * 3600;
    model.model.slots = 16;
    model.model.slot = 30;
    model.model.day_cv = .1;
    for (int i = 0; i < 16; i++)
        model.model.expected[i] = 10;
}

static void the_forecast_of_the_page_is_corrected_by_the_day_so_far(void **state)
{
    UNUSED(state);
    struct arena *arena = arena_new((size_t)16 << 20);
    struct plan_history h;
    struct plan_forecast plain;
    struct roster_forecast f, morning;
    struct roster_so_far now = { .second = 12 * 3600 + 900 };
    date today = { BANK_DAY };
    even_days(&h, arena, 120);
    struct roster_fit fit = { plan_forecast_fit(&h, today, arena), h.n };
    roster_forecast(&fit, &model, today, NULL, &morning);
    plan_forecast_day(fit.model, today, NULL, 0, .9, &plain);
    assert_true(morning.fitted && morning.level == 1 && morning.history_days == h.n);
    assert_memory_equal(morning.mean, plain.mean, sizeof plain.mean);
    assert_true(morning.total == plain.total && morning.day_cv == plain.day_cv);
    for (int i = 18; i < 24; i++)
        now.count[i] = 15;
    now.count[24] = 8; /* of half the half-hour */
    roster_forecast(&fit, &model, today, &now, &f);
    assert_true(f.level > 1.02 && f.level < 1.6);
    assert_true(f.mean[20] == 15 && f.mean[30] > 1.02 * morning.mean[30]);
    assert_true(fabs(f.mean[30] / morning.mean[30] - f.level) < .05);
    assert_true(f.day_cv > 0 && f.day_cv < .5);
    double rest = roster_expected(&f, &model, now.second, 12 * 3600 + 1800);
    assert_true(fabs(rest - f.mean[24] / 2) < 1e-9);
    assert_true(roster_expected(&f, &model, 17 * 3600, 20 * 3600) == 0);
    arena_free(arena);
}

static void with_little_history_the_means_are_corrected_instead(void **state)
{
    UNUSED(state);
    struct arena *arena = arena_new((size_t)16 << 20);
    struct plan_history h;
    struct roster_forecast f;
    struct roster_fit none = { .model = NULL };
    struct roster_so_far now = { .second = 12 * 3600 };
    even_days(&h, arena, 20);
    roster_forecast(&none, &model, (date){ BANK_DAY }, NULL, &f);
    assert_true(!f.fitted && f.total == 160 && f.day_cv == .1 && f.mean[18] == 10);
    assert_true(f.low[18] < 10 && f.high[18] > 10 && f.total_low < 160 && f.total_high > 160);
    for (int i = 18; i < 24; i++)
        now.count[i] = 15;
    roster_forecast(&none, &model, (date){ BANK_DAY }, &now, &f);
    assert_true(fabs(f.level - 190 / 160.) < 1e-9); /* a hundred before: 1 / .1^2 */
    assert_true(fabs(f.day_cv - 1 / sqrt(190)) < 1e-9);
    assert_true(fabs(f.mean[30] - 10 * f.level) < 1e-9);
    model.close_s = 16 * 3600 + 900; /* the last half-hour's people come while it is open */
    assert_true(fabs(roster_expected(&f, &model, 16 * 3600, 86400) - f.mean[32]) < 1e-9);
    arena_free(arena);
}

SUITE(roster_model, cmocka_unit_test(an_outlet_without_history_has_its_settings),
      cmocka_unit_test(a_closed_day_and_no_outlet_are_told_apart),
      cmocka_unit_test(last_weeks_tickets_make_the_arrivals_and_the_times),
      cmocka_unit_test(a_part_has_its_own_services_and_share),
      cmocka_unit_test(a_window_is_taken_for_longer_than_the_service),
      cmocka_unit_test(who_was_guided_elsewhere_did_not_lose_patience),
      cmocka_unit_test(the_mix_is_that_of_the_hour),
      cmocka_unit_test(the_forecast_of_the_page_is_corrected_by_the_day_so_far),
      cmocka_unit_test(with_little_history_the_means_are_corrected_instead))
