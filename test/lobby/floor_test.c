/* floor_test.c -- The floor manager's hand: void, move, return, class, correction, paper rolls. */
#include "bank.h"

static struct bank b;

static int open_bank(void **state)
{
    UNUSED(state);
    bank_open(&b);
    return 0;
}

static int close_bank(void **state)
{
    UNUSED(state);
    bank_proven(&b);
    bank_close(&b);
    return 0;
}

static void as_floor(void)
{
    bank_as(&b, b.floor, ROLE_FLOOR);
}

static struct ticket waiting(void)
{
    bank_as_system(&b);
    bank_later(&b, 30);
    return bank_take(&b, SERVICE_A, CLASS_NORMAL);
}

static void every_hand_needs_a_reason(void **state)
{
    struct lobby_target to = { .first = true };
    char longest[LOBBY_REASON + 1];
    UNUSED(state);
    bank_open_day(&b, 1);
    struct ticket t = waiting();
    as_floor();
    assert_int_equal(lobby_void(&b.c, t.id, "", &t), LOBBY_NEEDS_REASON);
    assert_int_equal(lobby_move(&b.c, t.id, &to, "", &t), LOBBY_NEEDS_REASON);
    assert_int_equal(lobby_set_class(&b.c, t.id, CLASS_MID, NULL, &t), LOBBY_NEEDS_REASON);
    assert_int_equal(lobby_set_courtesy(&b.c, t.id, true, "", &t), LOBBY_NEEDS_REASON);
    assert_int_equal(lobby_correct(&b.c, t.id, b.c.now_us, "", &t), LOBBY_NEEDS_REASON);
    memset(longest, 'x', LOBBY_REASON);
    longest[LOBBY_REASON] = 0;
    assert_int_equal(lobby_void(&b.c, t.id, longest, &t), BASE_TOO_LONG);
    assert_int_equal(lobby_leave(&b.c, t.id, longest, &t), BASE_TOO_LONG);
}

static void another_outlets_ticket_is_not_there(void **state)
{
    struct ticket t;
    UNUSED(state);
    bank_open_day(&b, 1);
    t = waiting();
    b.c.actor = (struct actor){
        .kind = ACTOR_STAFF, .id = b.other_teller.n, .role = ROLE_FLOOR, .outlet_id = b.other.n
    };
    assert_int_equal(lobby_void(&b.c, t.id, "mine now", &t), LOBBY_NO_TICKET);
    assert_int_equal(lobby_return(&b.c, t.id, false, &t), LOBBY_NO_TICKET);
    bank_as_system(&b);
    assert_int_equal(bank_ticket(&b, t.id).state, TICKET_WAITING);
}

static void a_ticket_can_be_voided_once_also_at_the_window(void **state)
{
    struct ticket t;
    UNUSED(state);
    bank_open_day(&b, 1);
    (void)waiting();
    BANK_OK(bank_next(&b, 0, &t));
    BANK_OK(bank_serve(&b, 0));
    as_floor();
    BANK_OK(lobby_void(&b.c, t.id, "fell ill", &t));
    assert_int_equal(t.state, TICKET_VOID);
    assert_string_equal(t.reason, "fell ill");
    assert_int_equal(lobby_void(&b.c, t.id, "again", &t), LOBBY_BAD_STEP);
    BANK_OK(bank_next(&b, 0, &t)); /* the window is free */
    assert_int_equal(t.id.n, 0);
}

static void class_and_courtesy_change_and_the_wait_goes_on(void **state)
{
    struct ticket t;
    UNUSED(state);
    bank_rule(&b, "strict;courtesy first");
    bank_open_day(&b, 1);
    struct ticket first = waiting();
    struct ticket second = waiting();
    bank_later(&b, 60);
    as_floor();
    assert_int_equal(lobby_set_class(&b.c, second.id, 7, "gold card", &t), BRANCH_NO_CLASS);
    BANK_OK(lobby_set_class(&b.c, second.id, CLASS_HIGH, "gold card", &t));
    bank_later(&b, 40);
    t = bank_ticket(&b, second.id);
    assert_int_equal(t.class_index, CLASS_HIGH);
    assert_int_equal(ticket_wait_us(&t, b.c.now_us), 100 * US_SECOND);
    assert_int_equal(t.since_us, second.since_us);
    BANK_OK(lobby_set_courtesy(&b.c, first.id, true, "with a stick", &t));
    BANK_OK(bank_next(&b, 0, &t));
    assert_int_equal(t.id.n, first.id.n); /* courtesy goes before the class */
    BANK_OK(bank_serve(&b, 0));
    BANK_OK(bank_end(&b, 0));
    as_floor();
    assert_int_equal(lobby_set_class(&b.c, first.id, CLASS_MID, "late", &t), LOBBY_BAD_STEP);
    assert_int_equal(lobby_set_courtesy(&b.c, first.id, false, "late", &t), LOBBY_BAD_STEP);
}

static void a_move_keeps_the_original_time_and_names_one_place(void **state)
{
    struct lobby_target none = { 0 }, wrong = { .window = b.window[2] },
                        c = { .service = b.service[SERVICE_C] };
    struct ticket t;
    UNUSED(state);
    bank_open_day(&b, 3);
    bank_later(&b, 30);
    struct ticket taken = bank_take(&b, SERVICE_B, CLASS_NORMAL);
    bank_later(&b, 50);
    as_floor();
    assert_int_equal(lobby_move(&b.c, taken.id, &none, "x", &t), LOBBY_BAD_TARGET);
    assert_int_equal(lobby_move(&b.c, taken.id, &wrong, "x", &t), LOBBY_NOT_HANDLED);
    BANK_OK(lobby_move(&b.c, taken.id, &c, "a company's business", &t));
    assert_int_equal(t.state, TICKET_TRANSFERRED);
    assert_int_equal(t.since_us, taken.since_us);
    bank_later(&b, 20);
    t = bank_ticket(&b, taken.id);
    assert_int_equal(ticket_wait_us(&t, b.c.now_us), 70 * US_SECOND);
    BANK_OK(bank_next(&b, 2, &t));
    assert_int_equal(t.id.n, taken.id.n);
    as_floor();
    assert_int_equal(lobby_move(&b.c, taken.id, &c, "x", &t), LOBBY_BAD_STEP); /* called */
}

static void a_passed_number_comes_back_the_same_day(void **state)
{
    struct ticket t;
    UNUSED(state);
    bank_open_day(&b, 1);
    struct ticket taken = waiting();
    bank_later(&b, 60);
    BANK_OK(bank_next(&b, 0, &t));
    BANK_OK(lobby_no_show(&b.c, b.window[0], &t));
    bank_later(&b, 300); /* away: not waiting */
    as_floor();
    BANK_OK(lobby_return(&b.c, t.id, true, &t));
    assert_int_equal(t.state, TICKET_TRANSFERRED);
    assert_true(t.first_in_line);
    bank_later(&b, 10);
    assert_int_equal(ticket_wait_us(&t, b.c.now_us), 70 * US_SECOND);
    assert_int_equal(t.since_us, taken.since_us);
    assert_int_equal(lobby_return(&b.c, t.id, true, &t), LOBBY_BAD_STEP); /* it waits already */
    BANK_OK(bank_next(&b, 0, &t));
    BANK_OK(lobby_no_show(&b.c, b.window[0], &t));
    b.c.now_us = bank_time(1, "09:00");
    as_floor();
    assert_int_equal(lobby_return(&b.c, t.id, true, &t), LOBBY_BAD_STEP); /* yesterday's */
}

static void a_forgotten_end_is_corrected_and_marked(void **state)
{
    struct ticket t;
    UNUSED(state);
    bank_open_day(&b, 1);
    (void)waiting();
    BANK_OK(bank_next(&b, 0, &t));
    assert_int_equal(lobby_correct(&b.c, t.id, b.c.now_us, "forgot", &t), LOBBY_BAD_STEP);
    BANK_OK(bank_serve(&b, 0));
    int64_t began = b.c.now_us;
    bank_later(&b, 3600);
    as_floor();
    assert_int_equal(lobby_correct(&b.c, t.id, began - 1, "forgot", &t), LOBBY_BAD_TIME);
    assert_int_equal(lobby_correct(&b.c, t.id, b.c.now_us + 1, "forgot", &t), LOBBY_BAD_TIME);
    BANK_OK(lobby_correct(&b.c, t.id, began + 200 * US_SECOND, "forgot", &t));
    assert_int_equal(t.state, TICKET_DONE);
    assert_true(t.inaccurate);
    assert_int_equal(t.ended_us, began + 200 * US_SECOND);
    BANK_OK(lobby_correct(&b.c, t.id, began + 300 * US_SECOND, "it was five minutes", &t));
    assert_int_equal(bank_number(&b, "SELECT ended_us FROM leg WHERE inaccurate=1"),
                     began + 300 * US_SECOND);
    BANK_OK(bank_next(&b, 0, &t)); /* the window is free again */
}

static void yesterdays_end_stays(void **state)
{
    struct ticket t;
    UNUSED(state);
    bank_open_day(&b, 1);
    (void)waiting();
    t = bank_visit(&b, 0, 0, 60);
    b.c.now_us = bank_time(1, "09:00");
    as_floor();
    assert_int_equal(lobby_correct(&b.c, t.id, t.ended_us - 1, "late", &t), LOBBY_BAD_STEP);
}

static void paper_rolls_are_entered_once_with_possible_times(void **state)
{
    struct roll_entry e = { .number = "P-17",
                            .service = b.service[SERVICE_A],
                            .taken_us = bank_time(0, "09:10"),
                            .called_us = bank_time(0, "09:25"),
                            .ended_us = bank_time(0, "09:31"),
                            .window = b.window[0] };
    struct ticket t;
    UNUSED(state);
    bank_at(&b, "12:00");
    as_floor();
    BANK_OK(lobby_roll(&b.c, b.outlet, &e, &t));
    assert_int_equal(t.state, TICKET_DONE);
    assert_int_equal(ticket_wait_us(&t, b.c.now_us), 15 * US_MINUTE);
    assert_int_equal(lobby_roll(&b.c, b.outlet, &e, &t), LOBBY_NUMBER_TAKEN);
    memcpy(e.number, "P-18", 5);
    e.called_us = bank_time(0, "09:05");
    assert_int_equal(lobby_roll(&b.c, b.outlet, &e, &t), LOBBY_BAD_TIME);
    e.called_us = 0;
    assert_int_equal(lobby_roll(&b.c, b.outlet, &e, &t), LOBBY_BAD_TIME); /* ended, never called */
    e.ended_us = 0;
    e.taken_us = bank_time(0, "12:01");
    assert_int_equal(lobby_roll(&b.c, b.outlet, &e, &t), LOBBY_BAD_TIME);
    e.taken_us = bank_time(0, "09:10");
    e.window.n = 5;
    assert_int_equal(lobby_roll(&b.c, b.outlet, &e, &t), BRANCH_NO_WINDOW);
    e.window.n = 0;
    memcpy(e.number, "p18", 4);
    assert_int_equal(lobby_roll(&b.c, b.outlet, &e, &t), BASE_BAD_INPUT);
    memcpy(e.number, "P-18", 5);
    BANK_OK(lobby_roll(&b.c, b.outlet, &e, &t));
    assert_int_equal(t.state, TICKET_LEFT); /* written down, never called */
    e.called_us = bank_time(0, "09:30");
    memcpy(e.number, "P-19", 5);
    BANK_OK(lobby_roll(&b.c, b.outlet, &e, &t));
    assert_true(t.inaccurate); /* nobody wrote the end down */
}

static void a_rule_that_is_none_is_refused(void **state)
{
    struct lobby_settings s;
    UNUSED(state);
    BANK_OK(lobby_settings_get(&b.c, b.outlet, &s));
    memcpy(s.rule, "fastest", 8);
    assert_int_equal(lobby_settings_put(&b.c, b.outlet, &s), LOBBY_BAD_RULE);
    assert_int_equal(lobby_window_rule_put(&b.c, b.window[0], "head:gold=5m"), LOBBY_BAD_RULE);
    memcpy(s.rule, "fcfs", 5);
    s.recall_max = 21;
    assert_int_equal(lobby_settings_put(&b.c, b.outlet, &s), BASE_RANGE);
    s.recall_max = 2;
    memcpy(s.printer, "usb", 4);
    assert_int_equal(lobby_settings_put(&b.c, b.outlet, &s), BASE_BAD_INPUT);
    s.printer[0] = 0;
    BANK_OK(lobby_settings_put(&b.c, b.outlet, &s));
    BANK_OK(lobby_settings_get(&b.c, b.outlet, &s));
    assert_int_equal(s.recall_max, 2);
}

#define ON(f) cmocka_unit_test_setup_teardown(f, open_bank, close_bank)
SUITE(lobby_floor, ON(every_hand_needs_a_reason), ON(another_outlets_ticket_is_not_there),
      ON(a_ticket_can_be_voided_once_also_at_the_window),
      ON(class_and_courtesy_change_and_the_wait_goes_on),
      ON(a_move_keeps_the_original_time_and_names_one_place),
      ON(a_passed_number_comes_back_the_same_day), ON(a_forgotten_end_is_corrected_and_marked),
      ON(yesterdays_end_stays), ON(paper_rolls_are_entered_once_with_possible_times),
      ON(a_rule_that_is_none_is_refused))
