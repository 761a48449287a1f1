/* advise_test.c -- Looks at a small lobby, what is told from them, and what is scored. */
#include "advise/advise_priv.h"
#include "lobby/bank.h"
#include "lobby/queue.h"

#include <math.h>

static struct bank b;
static struct advise_cache *cache;

static int open_bank(void **state)
{
    UNUSED(state);
    bank_open(&b);
    cache = advise_cache_new();
    return 0;
}

static int close_bank(void **state)
{
    UNUSED(state);
    advise_cache_free(cache);
    bank_close(&b);
    return 0;
}

static void migrate(void)
{
    /* the bank of the lobby's tests knows its own rooms only */
    BANK_OK(db_commit(&b.c.tx));
    BANK_OK(db_migrate(b.db, advise_migrations, advise_migrations_count, b.c.now_us));
    BANK_OK(db_begin(b.db, &b.c.tx));
}

static int look(struct advise_look *l)
{
    int rc = advise_look(&b.c, cache, b.outlet, 300, 7, l);
    if (!rc) {
        bank_as_system(&b);
        rc = advise_write(&b.c, l);
    }
    advise_look_release(l);
    return rc;
}

static void a_day_that_is_not_open_is_not_looked_at(void **state)
{
    UNUSED(state);
    struct advise_look l;
    const char *json;
    int64_t at;
    migrate();
    BANK_OK(look(&l));
    assert_false(l.open);
    BANK_OK(advise_now(&b.c, b.outlet, &at, &json));
    assert_string_equal(json, "");
}

static void who_waits_and_who_comes_are_told_ranges_from_the_futures(void **state)
{
    UNUSED(state);
    struct advise_look l;
    struct lobby_scene s;
    struct queue_place place;
    struct ticket t[8];
    migrate();
    bank_at(&b, "09:30");
    bank_open_day(&b, 1);
    for (int i = 0; i < 8; i++) {
        bank_as_system(&b);
        t[i] = bank_take(&b, SERVICE_A, CLASS_NORMAL);
        assert_int_equal(bank_number(&b, "SELECT COUNT(*) FROM told_ticket"), 0);
    }
    bank_later(&b, 30);
    BANK_OK(look(&l));
    assert_true(l.open);
    assert_int_equal(l.waiting, 8);
    BANK_OK(scene_load(&b.c, b.outlet, &s));
    int before = -1;
    for (int i = 0; i < 8; i++) { /* five minutes each at one window */
        t[i] = bank_ticket(&b, t[i].id);
        queue_place(&s, &t[i], &place);
        assert_int_equal(place.range.told_us, b.c.now_us);
        assert_true(place.range.low_s >= before && place.range.high_s >= place.range.low_s + 60);
        before = place.range.low_s;
    }
    assert_true(abs(place.range.low_s - 7 * 300) < 400);
    queue_newcomer(&s, b.service[SERVICE_A], CLASS_NORMAL, &place);
    assert_true(place.range.told_us && place.range.low_s >= before);
    /* Somebody for another service of the same window has come since: she is before the next one.
     */
    struct queue_place then = place;
    bank_later(&b, 1);
    bank_as_system(&b);
    struct ticket other = bank_take(&b, SERVICE_B, CLASS_NORMAL);
    BANK_OK(scene_load(&b.c, b.outlet, &s));
    queue_newcomer(&s, b.service[SERVICE_A], CLASS_NORMAL, &place);
    assert_true(place.range.low_s >= then.range.low_s + 120);
    assert_true(place.range.high_s >= then.range.high_s + 180);
    bank_as_customer(&b);
    BANK_OK(lobby_leave(&b.c, other.id, "", &other));
    bank_as_system(&b);
    /* Time passes: less is left. A number taken now keeps what it was told. */
    bank_later(&b, 120);
    BANK_OK(scene_load(&b.c, b.outlet, &s));
    queue_place(&s, &t[7], &place);
    assert_true(place.range.low_s <= before - 90);
    struct ticket late = bank_take(&b, SERVICE_A, CLASS_NORMAL);
    assert_int_equal(bank_number(&b, "SELECT COUNT(*) FROM told_ticket"), 2);
    assert_int_equal(bank_number(&b, "SELECT p90_s FROM told_ticket ORDER BY ticket_id DESC"),
                     late.forecast_high_s);
    /* Old futures are not told: the estimate is. */
    bank_later(&b, TOLD_FRESH_S + 60);
    BANK_OK(scene_load(&b.c, b.outlet, &s));
    queue_place(&s, &t[7], &place);
    assert_int_equal(place.range.told_us, 0);
    assert_true(place.range.low_s > 0);
}

static void what_was_told_is_settled_when_the_wait_is_over(void **state)
{
    UNUSED(state);
    struct advise_look l;
    struct told_sum *sums;
    struct ticket t;
    int n = 0, settled = 0;
    migrate();
    bank_at(&b, "10:00");
    bank_open_day(&b, 1);
    BANK_OK(look(&l));
    bank_as_system(&b);
    struct ticket first = bank_take(&b, SERVICE_A, CLASS_NORMAL);
    struct ticket second = bank_take(&b, SERVICE_B, CLASS_MID);
    bank_as_customer(&b);
    BANK_OK(told_settle(&b.c, b.outlet, 10, &settled));
    assert_int_equal(settled, 0);
    bank_later(&b, 40);
    BANK_OK(bank_next(&b, 0, &t));
    assert_int_equal(t.id.n, first.id.n);
    bank_as_system(&b);
    BANK_OK(lobby_leave(&b.c, second.id, "", &t));
    BANK_OK(told_settle(&b.c, b.outlet, 10, &settled));
    assert_int_equal(settled, 2);
    assert_int_equal(bank_number(&b, "SELECT waited_s FROM told_ticket WHERE outcome=1"), 40);
    BANK_OK(told_sums(&b.c, b.outlet, (date){ BANK_DAY }, (date){ BANK_DAY }, &sums, &n));
    assert_int_equal(n, 1); /* who left is not counted */
    assert_int_equal(sums[0].prefix, 'A');
    assert_int_equal(sums[0].n, 1);
    assert_int_equal(sums[0].within_90, 1); /* told up to a minute */
    assert_int_equal(sums[0].n_50, 0); /* "no wait" as the middle: not a median to be right by */
    BANK_OK(db_exec(b.c.tx, "UPDATE told_ticket SET p50_s=$1", DB_ARGS(DB_I(60))));
    BANK_OK(told_sums(&b.c, b.outlet, (date){ BANK_DAY }, (date){ BANK_DAY }, &sums, &n));
    assert_true(sums[0].n_50 == 1 && sums[0].within_50 == 1);
    BANK_OK(told_sums(&b.c, (outlet_id){ 0 }, (date){ BANK_DAY + 1 }, (date){ BANK_DAY + 9 }, &sums,
                      &n));
    assert_int_equal(n, 0);
}

/* Eight people, one window open, two closed: opening another is the thing to do. */
static void crowd(struct advise_look *l, struct advice *a)
{
    struct advice *list;
    int n = 0;
    migrate();
    bank_at(&b, "11:00");
    bank_open_day(&b, 1);
    for (int i = 0; i < 6; i++) {
        bank_as_system(&b);
        bank_take(&b, SERVICE_A, CLASS_NORMAL);
    }
    BANK_OK(look(l));
    BANK_OK(advice_list(&b.c, b.outlet, 0, 10, &list, &n));
    assert_int_equal(n, 1);
    *a = list[0];
}

static void advice_is_given_goes_on_and_is_decided_once(void **state)
{
    UNUSED(state);
    struct advise_look l;
    struct advice a, again;
    struct advice *list;
    int n = 0;
    crowd(&l, &a);
    assert_int_equal(a.state, ADVICE_OPEN);
    assert_int_equal(a.kind, LIVE_OPEN);
    assert_true(a.after_ppm > a.before_ppm);
    assert_int_equal(bank_number(&b, "SELECT COUNT(*) FROM event WHERE topic='advice.given'"), 1);
    bank_later(&b, 60);
    BANK_OK(look(&l)); /* a minute later the same: no second row */
    BANK_OK(advice_list(&b.c, b.outlet, 0, 10, &list, &n));
    assert_int_equal(n, 1);
    assert_true(list[0].last_us > list[0].at_us);
    bank_as(&b, b.floor, ROLE_FLOOR);
    assert_int_equal(advice_get(&b.c, 12345, &again), ADVISE_NO_ADVICE);
    assert_int_equal(advice_decline(&b.c, a.id, "  ", &again), ADVISE_NO_REASON);
    assert_int_equal(advice_decline(&b.c, a.id, NULL, &again), ADVISE_NO_REASON);
    char longer[200];
    memset(longer, 'x', sizeof longer);
    longer[199] = 0;
    assert_int_equal(advice_decline(&b.c, a.id, longer, &again), BASE_TOO_LONG);
    BANK_OK(advice_decline(&b.c, a.id, "无人可派", &again));
    assert_int_equal(again.state, ADVICE_DECLINED);
    assert_int_equal(advice_follow(&b.c, a.id, &again), ADVISE_DECIDED);
    /* Declined: the other closed window may be advised, not this one. */
    bank_later(&b, 60);
    BANK_OK(look(&l));
    BANK_OK(advice_list(&b.c, b.outlet, 0, 10, &list, &n));
    for (int i = 0; i < n; i++)
        if (list[i].state == ADVICE_OPEN)
            assert_false(list[i].kind == a.kind && list[i].window.n == a.window.n);
    /* Staff of another outlet do not see it. */
    bank_as(&b, b.floor, ROLE_FLOOR);
    b.c.actor.outlet_id = b.other.n;
    assert_int_equal(advice_follow(&b.c, a.id, &again), ADVISE_NO_ADVICE);
}

static void advice_is_scored_when_its_horizon_has_passed(void **state)
{
    UNUSED(state);
    struct advise_look l;
    struct advise_scores scores;
    struct advice a;
    int settled = 0;
    crowd(&l, &a);
    bank_as(&b, b.floor, ROLE_FLOOR);
    BANK_OK(advice_follow(&b.c, a.id, &a));
    bank_later(&b, 120);
    bank_as(&b, b.teller[1], ROLE_TELLER);
    struct window_session x;
    BANK_OK(lobby_sign_in(&b.c, a.window, &x));
    for (int i = 0; i < 6; i++)
        bank_visit(&b, 0, 10, 60);
    bank_as_system(&b);
    BANK_OK(advise_score(&b.c, b.outlet, &settled));
    BANK_OK(advice_get(&b.c, a.id, &a));
    assert_int_equal(a.scored_us, 0); /* too early */
    bank_later(&b, 2 * 3600);
    BANK_OK(advise_score(&b.c, b.outlet, &settled));
    BANK_OK(advice_get(&b.c, a.id, &a));
    assert_true(a.scored_us > 0);
    assert_int_equal(a.kept, 1);
    assert_int_equal(a.done, 1);
    BANK_OK(advise_scores(&b.c, b.outlet, (date){ BANK_DAY }, (date){ BANK_DAY }, &scores));
    assert_int_equal(scores.given, 1);
    assert_int_equal(scores.followed.scored, 1);
    assert_int_equal(scores.followed.kept, 1);
    assert_true(scores.n_promise >= 1);
    for (int i = 0; i < scores.n_promise; i++)
        assert_int_equal(scores.promise[i].kept.of, 1);
}

/* A teller who is at lunch from 12:00 to 12:45 on five days is expected to be so on the sixth. */
static void a_usual_lunch_is_seen_coming(void **state)
{
    UNUSED(state);
    static struct habit h;
    struct window_session x;
    struct live_window w = { .id = b.window[0].n, .open = true, .closes = INFINITY };
    struct live_window other = { .id = b.window[1].n, .closes = INFINITY };
    for (int day = 0; day < 4; day++) {
        b.c.now_us = bank_time(day, "09:00");
        bank_as(&b, b.teller[0], ROLE_TELLER);
        BANK_OK(lobby_sign_in(&b.c, b.window[0], &x));
        b.c.now_us = bank_time(day, "12:00");
        BANK_OK(lobby_pause(&b.c, b.window[0], "lunch"));
        b.c.now_us = bank_time(day, "12:45");
        BANK_OK(lobby_resume(&b.c, b.window[0]));
        b.c.now_us = bank_time(day, "14:00");
        bank_as(&b, b.teller[1], ROLE_TELLER);
        BANK_OK(lobby_sign_in(&b.c, b.window[1], &x));
        b.c.now_us = bank_time(day, "16:00");
        BANK_OK(lobby_sign_out(&b.c, b.window[1]));
        b.c.now_us = bank_time(day, "17:00");
        bank_as(&b, b.teller[0], ROLE_TELLER);
        BANK_OK(lobby_sign_out(&b.c, b.window[0]));
    }
    BANK_OK(habit_read(&b.c, b.outlet, (date){ BANK_DAY + 4 }, &h));
    assert_int_equal(h.days, 4);
    habit_apply(&h, 11 * 3600 + 1800, &w);
    assert_true(w.pause_at == 30 && w.pause_long == 45);
    habit_apply(&h, 13 * 3600 + 2400, &other); /* opens at two, for two hours */
    assert_true(fabs(other.opens - 21) < 1e-9 && other.closes == 140);
    w = (struct live_window){ .id = b.window[0].n, .paused = true, .back = 4 };
    habit_apply(&h, 12 * 3600 + 600, &w);
    assert_true(w.back == 36);
}

/* Half an hour's customer keeps her from lunch until 12:22: she meant to go before that, and nobody
 * is called by her after noon. */
static void who_finishes_a_customer_meant_to_go_before(void **state)
{
    UNUSED(state);
    static struct habit h;
    struct ticket t;
    struct live_window w = { .id = b.window[0].n, .open = true, .closes = INFINITY };
    for (int day = 0; day < 4; day++) {
        b.c.now_us = bank_time(day, "09:00");
        bank_open_day(&b, 1);
        b.c.now_us = bank_time(day, "11:52");
        bank_take(&b, SERVICE_A, CLASS_NORMAL);
        bank_as(&b, b.teller[0], ROLE_TELLER);
        BANK_OK(bank_next(&b, 0, &t));
        bank_as(&b, b.teller[0], ROLE_TELLER);
        BANK_OK(lobby_serve(&b.c, b.window[0], &t));
        b.c.now_us = bank_time(day, "12:22");
        BANK_OK(lobby_end(&b.c, b.window[0], &t));
        BANK_OK(lobby_pause(&b.c, b.window[0], "lunch"));
        b.c.now_us = bank_time(day, "12:45");
        BANK_OK(lobby_resume(&b.c, b.window[0]));
        b.c.now_us = bank_time(day, "17:00");
        BANK_OK(lobby_sign_out(&b.c, b.window[0]));
    }
    BANK_OK(habit_read(&b.c, b.outlet, (date){ BANK_DAY + 4 }, &h));
    habit_apply(&h, 11 * 3600 + 1800, &w);
    assert_true(w.pause_at == 30 && w.pause_long == 45);
}

/* By roster: a lunch that is due and taken over, somebody still to come, a relief nobody needs. */
static void a_published_roster_says_who_comes_and_who_is_free(void **state)
{
    UNUSED(state);
    static struct live_state s;
    static struct habit h;
    struct roster_duty people[] = {
        { .staff = { 1 }, .from = 540, .until = 1020, .break_from = 720, .break_minutes = 45 },
        { .staff = { 2 }, .from = 810, .until = 960 },
        { .staff = { 3 }, .from = 540, .until = 960, .break_from = 750, .break_minutes = 30 },
        { .staff = { 4 }, .from = 540, .until = 740, .absent = true },
    };
    struct duty d = { true, people, 4, { .planned = true } };
    struct lobby_plan plan = { .n_windows = 3 };
    struct branch_window windows[3] = { { .id = { 11 } }, { .id = { 12 } }, { .id = { 13 } } };
    struct window_session x[2] = { { .window = { 11 }, .staff = { 1 }, .state = SESSION_OPEN } };
    struct lobby_scene l = { .plan = &plan, .sessions = x, .n_sessions = 1 };
    windows[2].corporate = true;
    plan.windows = windows;
    people[0].skills = people[1].skills = 3;
    people[2].skills = people[3].skills = 1 << SKILL_PERSONAL;
    h = (struct habit){ .n = 2, .window = { 11, 12 }, .staff = { 1, 2 } };
    for (int i = 0; i < 3; i++)
        s.windows[i] = (struct live_window){ .id = 11 + i, .open = i == 0, .closes = INFINITY };
    s.n_windows = 3;
    l.now_us = date_instant((date){ BANK_DAY }, 690 * 60);
    duty_apply(&d, &l, &h, 1020 * 60, &s);
    assert_true(s.by_roster);
    /* At 12:00 the relief takes the first window over; it is empty from her lunch until 12:45. */
    assert_true(s.windows[0].pause_at == 60 && s.windows[0].pause_long == 15);
    assert_true(isinf(s.windows[0].closes));
    /* She is due, and not seen yet; from 12:00 she is at the other one, and back at one. */
    assert_true(s.windows[1].opens == 5 && s.windows[1].pause_at == 30);
    assert_true(s.windows[1].pause_long == 60 && isinf(s.windows[1].closes));
    assert_true(s.windows[2].opens == 121); /* with the second teller who can both */
    for (int i = 0; i < 3; i++)
        assert_true(s.windows[i].person == 0);
    people[3].absent = false; /* one more than windows need: the first goes to the companies' */
    duty_apply(&d, &l, &h, 1020 * 60, &s);
    assert_true(s.windows[0].opens == 0 && s.windows[0].pause_long > 0);
    assert_true(s.windows[2].opens == 1 && s.windows[2].pause_at == 30);
    people[0].skills = people[1].skills = 1; /* nobody is left over for them */
    s.windows[2] = (struct live_window){ .id = 13, .closes = INFINITY };
    s.windows[1].person = 0;
    duty_apply(&d, &l, &h, 1020 * 60, &s);
    assert_true(s.windows[2].opens == 0 && s.windows[2].person == 0);
    plan.windows[2].corporate = false; /* it is a personal window, and there are people for it */
    people[1].from = 540;
    s.windows[1].person_for = 0;
    duty_apply(&d, &l, &h, 1020 * 60, &s);
    assert_true(s.windows[2].opens == 5 && s.windows[1].person == 4 &&
                s.windows[1].person_for == 50);
    x[0].state = SESSION_PAUSED; /* at lunch since noon */
    x[0].paused_us = date_instant((date){ BANK_DAY }, 720 * 60);
    l.now_us = date_instant((date){ BANK_DAY }, 755 * 60);
    plan.windows[2].corporate = true;
    people[1].from = 810;
    s.windows[0] = (struct live_window){ .id = 11, .paused = true, .closes = INFINITY };
    duty_apply(&d, &l, &h, 1020 * 60, &s);
    assert_true(s.windows[0].at_lunch && s.windows[0].back == 11);
    x[0].staff.n = 9; /* not on the roster: left as habit has it */
    s.windows[0] = (struct live_window){ .id = 11, .paused = true, .back = 7, .closes = 30 };
    duty_apply(&d, &l, &h, 1020 * 60, &s);
    assert_true(s.windows[0].back == 7 && s.windows[0].closes == 30 && !s.windows[0].at_lunch);
}

SUITE(advise, cmocka_unit_test(a_published_roster_says_who_comes_and_who_is_free),
      cmocka_unit_test_setup_teardown(a_day_that_is_not_open_is_not_looked_at, open_bank,
                                      close_bank),
      cmocka_unit_test_setup_teardown(who_waits_and_who_comes_are_told_ranges_from_the_futures,
                                      open_bank, close_bank),
      cmocka_unit_test_setup_teardown(what_was_told_is_settled_when_the_wait_is_over, open_bank,
                                      close_bank),
      cmocka_unit_test_setup_teardown(advice_is_given_goes_on_and_is_decided_once, open_bank,
                                      close_bank),
      cmocka_unit_test_setup_teardown(who_finishes_a_customer_meant_to_go_before, open_bank,
                                      close_bank),
      cmocka_unit_test_setup_teardown(a_usual_lunch_is_seen_coming, open_bank, close_bank),
      cmocka_unit_test_setup_teardown(advice_is_scored_when_its_horizon_has_passed, open_bank,
                                      close_bank))
