/* window_test.c -- The teller's hand: each step, each refusal by its name, and undo. */
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

static void as(int i)
{
    bank_as(&b, b.teller[i], ROLE_TELLER);
}

static struct ticket waiting(enum bank_service s)
{
    bank_as_system(&b);
    bank_later(&b, 30);
    return bank_take(&b, s, CLASS_NORMAL);
}

/* A day with two tellers, and one customer called to window 1 after a minute. */
static struct ticket one_called(void)
{
    struct ticket t;
    bank_open_day(&b, 2);
    (void)waiting(SERVICE_A);
    bank_later(&b, 60);
    BANK_OK(bank_next(&b, 0, &t));
    assert_int_equal(t.state, TICKET_CALLED);
    return t;
}

static void a_window_belongs_to_one_teller_and_a_teller_to_one_window(void **state)
{
    struct window_session s;
    struct ticket t;
    UNUSED(state);
    bank_open_day(&b, 0);
    as(0);
    assert_int_equal(lobby_next(&b.c, b.window[0], &t), LOBBY_NO_SESSION);
    BANK_OK(lobby_sign_in(&b.c, b.window[0], &s));
    BANK_OK(lobby_sign_in(&b.c, b.window[0], &s)); /* asked twice: it is so already */
    assert_int_equal(lobby_sign_in(&b.c, b.window[1], &s), LOBBY_ELSEWHERE);
    as(1);
    assert_int_equal(lobby_sign_in(&b.c, b.window[0], &s), LOBBY_WINDOW_TAKEN);
    assert_int_equal(lobby_next(&b.c, b.window[0], &t), LOBBY_NOT_YOURS);
    assert_int_equal(lobby_sign_out(&b.c, b.window[0]), LOBBY_NOT_YOURS);
    assert_int_equal(lobby_sign_in(&b.c, (window_id){ 5 }, &s), BRANCH_NO_WINDOW);
    as(0);
    BANK_OK(lobby_sign_out(&b.c, b.window[0]));
    assert_int_equal(lobby_sign_out(&b.c, b.window[0]), LOBBY_NO_SESSION);
}

static void nobody_waiting_is_no_refusal(void **state)
{
    struct ticket t;
    UNUSED(state);
    bank_open_day(&b, 1);
    BANK_OK(bank_next(&b, 0, &t));
    assert_int_equal(t.id.n, 0);
    (void)waiting(SERVICE_C); /* not for this window */
    BANK_OK(bank_next(&b, 0, &t));
    assert_int_equal(t.id.n, 0);
}

static void one_customer_at_a_time(void **state)
{
    struct ticket t;
    UNUSED(state);
    (void)one_called();
    (void)waiting(SERVICE_A);
    assert_int_equal(bank_next(&b, 0, &t), LOBBY_BUSY);
    assert_int_equal(lobby_sign_out(&b.c, b.window[0]), LOBBY_HAS_TICKET);
    assert_int_equal(lobby_pause(&b.c, b.window[0], "lunch"), LOBBY_HAS_TICKET);
    assert_int_equal(bank_end(&b, 0), LOBBY_BAD_STEP); /* not served yet */
    BANK_OK(bank_serve(&b, 0));
    assert_int_equal(bank_serve(&b, 0), LOBBY_BAD_STEP);
    assert_int_equal(lobby_no_show(&b.c, b.window[0], &t), LOBBY_BAD_STEP); /* is here */
    assert_int_equal(bank_next(&b, 0, &t), LOBBY_BUSY);
    BANK_OK(bank_end(&b, 0));
}

static void steps_need_a_customer_at_the_window(void **state)
{
    struct lobby_target to = { .window = b.window[1] };
    struct ticket t;
    UNUSED(state);
    bank_open_day(&b, 1);
    as(0);
    assert_int_equal(lobby_recall(&b.c, b.window[0], &t), LOBBY_NO_CURRENT);
    assert_int_equal(lobby_serve(&b.c, b.window[0], &t), LOBBY_NO_CURRENT);
    assert_int_equal(lobby_end(&b.c, b.window[0], &t), LOBBY_NO_CURRENT);
    assert_int_equal(lobby_no_show(&b.c, b.window[0], &t), LOBBY_NO_CURRENT);
    assert_int_equal(lobby_park(&b.c, b.window[0], "forms", &t), LOBBY_NO_CURRENT);
    assert_int_equal(lobby_transfer(&b.c, b.window[0], &to, "", &t), LOBBY_NO_CURRENT);
    assert_int_equal(lobby_undo(&b.c, b.window[0], &t), LOBBY_NO_UNDO);
}

static void a_pause_has_a_reason_and_calls_nobody(void **state)
{
    struct ticket t;
    UNUSED(state);
    bank_open_day(&b, 1);
    (void)waiting(SERVICE_A);
    as(0);
    assert_int_equal(lobby_pause(&b.c, b.window[0], ""), LOBBY_NEEDS_REASON);
    assert_int_equal(lobby_pause(&b.c, b.window[0], "tired"), LOBBY_NEEDS_REASON);
    BANK_OK(lobby_pause(&b.c, b.window[0], "cash"));
    assert_int_equal(lobby_pause(&b.c, b.window[0], "cash"), LOBBY_PAUSED);
    assert_int_equal(lobby_next(&b.c, b.window[0], &t), LOBBY_PAUSED);
    BANK_OK(lobby_resume(&b.c, b.window[0]));
    BANK_OK(lobby_resume(&b.c, b.window[0]));
    BANK_OK(lobby_next(&b.c, b.window[0], &t));
    assert_true(t.id.n > 0);
}

static void recalls_are_apart_and_not_endless(void **state)
{
    struct ticket t = one_called();
    UNUSED(state);
    bank_later(&b, 9);
    assert_int_equal(lobby_recall(&b.c, b.window[0], &t), LOBBY_RECALL_SOON);
    for (int i = 1; i <= 3; i++) {
        bank_later(&b, 10);
        BANK_OK(lobby_recall(&b.c, b.window[0], &t));
        assert_int_equal(t.recalls, i);
    }
    bank_later(&b, 60);
    assert_int_equal(lobby_recall(&b.c, b.window[0], &t), LOBBY_RECALL_MAX);
    BANK_OK(bank_serve(&b, 0));
    assert_int_equal(lobby_recall(&b.c, b.window[0], &t), LOBBY_BAD_STEP);
}

static void a_call_by_hand_says_why_and_stays_in_bounds(void **state)
{
    struct ticket t, c, elsewhere;
    struct take_order there = { .outlet = b.other,
                                .services = { b.service[SERVICE_A] },
                                .n_services = 1,
                                .source = SOURCE_KIOSK };
    UNUSED(state);
    bank_open_day(&b, 2);
    BANK_OK(lobby_day_open(&b.c, b.other));
    BANK_OK(lobby_take(&b.c, &there, &elsewhere));
    (void)waiting(SERVICE_A);
    struct ticket second = waiting(SERVICE_A);
    c = waiting(SERVICE_C);
    as(0);
    assert_int_equal(lobby_call(&b.c, b.window[0], second.id, "", &t), LOBBY_NEEDS_REASON);
    assert_int_equal(lobby_call(&b.c, b.window[0], elsewhere.id, "mine", &t), LOBBY_NO_TICKET);
    assert_int_equal(lobby_call(&b.c, b.window[0], c.id, "mine", &t), LOBBY_NOT_HANDLED);
    assert_int_equal(lobby_call(&b.c, b.window[0], (ticket_id){ 5 }, "mine", &t), LOBBY_NO_TICKET);
    BANK_OK(lobby_call(&b.c, b.window[0], second.id, "has a train to catch", &t));
    assert_true(t.by_hand);
    assert_string_equal(t.reason, "has a train to catch");
    as(1);
    assert_int_equal(lobby_call(&b.c, b.window[1], second.id, "mine", &t), LOBBY_BAD_STEP);
}

/* ---- undo: each step, and the row is as it was ---- */

static void undone(ticket_id id, const struct ticket *before, int64_t legs)
{
    struct ticket t;
    bank_later(&b, 5);
    as(0);
    BANK_OK(lobby_undo(&b.c, b.window[0], &t));
    t = bank_ticket(&b, id);
    bank_same_ticket(before, &t);
    assert_int_equal(bank_number(&b, "SELECT COUNT(*) FROM leg WHERE outcome<>8"), legs);
    assert_int_equal(lobby_undo(&b.c, b.window[0], &t), LOBBY_NO_UNDO); /* once, not back again */
}

static void a_call_can_be_undone(void **state)
{
    struct ticket t;
    UNUSED(state);
    bank_rule(&b, "ratio:normal=2,mid=1");
    bank_open_day(&b, 1);
    struct ticket before = waiting(SERVICE_A);
    bank_later(&b, 60);
    BANK_OK(bank_next(&b, 0, &t));
    undone(t.id, &before, 0);
    struct lobby_day d;
    BANK_OK(lobby_day_get(&b.c, b.outlet, (date){ BANK_DAY }, &d));
    assert_int_equal(d.turns.called[CLASS_NORMAL], 0); /* its turn is given back, too */
    BANK_OK(bank_next(&b, 0, &t));
    assert_int_equal(t.id.n, before.id.n);
}

static void a_call_from_parking_can_be_undone_with_the_reason_it_had(void **state)
{
    struct ticket t = one_called();
    UNUSED(state);
    BANK_OK(lobby_park(&b.c, b.window[0], "forms", &t));
    struct ticket before = bank_ticket(&b, t.id);
    assert_string_equal(before.reason, "forms");
    BANK_OK(lobby_call(&b.c, b.window[0], t.id, "forms are ready", &t));
    undone(t.id, &before, 1);
}

static void a_service_begun_can_be_undone(void **state)
{
    struct ticket t = one_called();
    UNUSED(state);
    bank_later(&b, 20);
    BANK_OK(bank_serve(&b, 0));
    undone(t.id, &t, 0);
}

static void an_end_can_be_undone(void **state)
{
    struct ticket t = one_called();
    UNUSED(state);
    BANK_OK(bank_serve(&b, 0));
    struct ticket before = bank_ticket(&b, t.id);
    bank_later(&b, 100);
    BANK_OK(bank_end(&b, 0));
    undone(t.id, &before, 0);
    BANK_OK(bank_end(&b, 0)); /* and ended again */
}

static void the_end_of_one_of_two_services_can_be_undone(void **state)
{
    struct take_order o = { .outlet = b.outlet,
                            .services = { b.service[SERVICE_A], b.service[SERVICE_C] },
                            .n_services = 2,
                            .source = SOURCE_KIOSK };
    struct ticket t;
    UNUSED(state);
    bank_open_day(&b, 1);
    BANK_OK(lobby_take(&b.c, &o, &t));
    BANK_OK(bank_next(&b, 0, &t));
    BANK_OK(bank_serve(&b, 0));
    struct ticket before = bank_ticket(&b, t.id);
    BANK_OK(bank_end(&b, 0));
    t = bank_ticket(&b, t.id);
    assert_int_equal(t.state, TICKET_TRANSFERRED);
    undone(t.id, &before, 0);
}

static void a_no_show_can_be_undone(void **state)
{
    struct ticket t = one_called();
    struct ticket gone;
    UNUSED(state);
    bank_later(&b, 40);
    BANK_OK(lobby_no_show(&b.c, b.window[0], &gone));
    assert_int_equal(gone.state, TICKET_NO_SHOW);
    undone(t.id, &t, 0);
}

static void parking_can_be_undone(void **state)
{
    struct ticket t = one_called(), parked;
    UNUSED(state);
    BANK_OK(lobby_park(&b.c, b.window[0], "documents", &parked));
    undone(t.id, &t, 0);
}

static void a_transfer_can_be_undone(void **state)
{
    struct lobby_target to = { .service = b.service[SERVICE_C], .first = true };
    struct ticket t = one_called(), there;
    UNUSED(state);
    BANK_OK(lobby_transfer(&b.c, b.window[0], &to, "wrong counter", &there));
    assert_int_equal(there.prefix, 'C');
    undone(t.id, &t, 0);
}

static void undo_has_its_time_and_its_place(void **state)
{
    struct ticket t = one_called();
    UNUSED(state);
    bank_later(&b, 61);
    assert_int_equal(lobby_undo(&b.c, b.window[0], &t), LOBBY_UNDO_LATE);
    BANK_OK(bank_serve(&b, 0));
    BANK_OK(bank_end(&b, 0));
    struct ticket ended = t;
    (void)waiting(SERVICE_A);
    BANK_OK(bank_next(&b, 0, &t)); /* undo is now about this one */
    BANK_OK(lobby_undo(&b.c, b.window[0], &t));
    assert_int_equal(bank_ticket(&b, ended.id).state, TICKET_DONE);
    as(1);
    assert_int_equal(lobby_undo(&b.c, b.window[1], &t), LOBBY_NO_UNDO);
}

static void what_another_window_took_up_is_not_undone(void **state)
{
    struct lobby_target to = { .window = b.window[1] };
    struct ticket t = one_called();
    UNUSED(state);
    BANK_OK(lobby_transfer(&b.c, b.window[0], &to, "", &t));
    BANK_OK(bank_next(&b, 1, &t));
    as(0);
    assert_int_equal(lobby_undo(&b.c, b.window[0], &t), LOBBY_NO_UNDO);
    assert_int_equal(bank_ticket(&b, t.id).window.n, b.window[1].n);
}

/* ---- times that survive, visits of several services ---- */

static void transfer_and_park_keep_the_original_time(void **state)
{
    struct lobby_target to = { .window = b.window[1] };
    struct ticket t = one_called();
    int64_t since = t.since_us;
    UNUSED(state);
    struct ticket later = waiting(SERVICE_A);
    BANK_OK(bank_serve(&b, 0));
    bank_later(&b, 100);
    BANK_OK(lobby_transfer(&b.c, b.window[0], &to, "", &t));
    assert_int_equal(t.since_us, since);
    bank_later(&b, 40);
    t = bank_ticket(&b, t.id);
    assert_int_equal(ticket_wait_us(&t, b.c.now_us), 100 * US_SECOND); /* 60 and 40 */
    BANK_OK(bank_next(&b, 0, &t)); /* bound to window 2: window 1 gets the later one */
    assert_int_equal(t.id.n, later.id.n);
    BANK_OK(bank_next(&b, 1, &t));
    assert_int_equal(t.since_us, since);
    BANK_OK(lobby_park(&b.c, b.window[1], "forms", &t));
    bank_later(&b, 600);
    t = bank_ticket(&b, t.id);
    assert_int_equal(ticket_wait_us(&t, b.c.now_us), 100 * US_SECOND); /* parked is not waiting */
    BANK_OK(lobby_return(&b.c, t.id, false, &t));
    bank_later(&b, 7);
    assert_int_equal(ticket_wait_us(&t, b.c.now_us), 107 * US_SECOND);
    assert_int_equal(t.since_us, since);
}

static void a_transfer_names_one_place_that_can(void **state)
{
    struct lobby_target none = { 0 },
                        two = { .service = b.service[SERVICE_A], .window = b.window[1] },
                        wrong = { .window = b.window[2] },
                        nowhere = { .service = b.service[SERVICE_D] },
                        stranger = { .staff = b.other_teller }, person = { .staff = b.teller[1] };
    struct ticket t = one_called();
    UNUSED(state);
    bank_save(&b);
    BANK_OK(db_savepoint(b.c.tx));
    assert_int_equal(lobby_transfer(&b.c, b.window[0], &none, "", &t), LOBBY_BAD_TARGET);
    assert_int_equal(lobby_transfer(&b.c, b.window[0], &two, "", &t), LOBBY_BAD_TARGET);
    assert_int_equal(lobby_transfer(&b.c, b.window[0], &nowhere, "", &t), BRANCH_NOT_OFFERED);
    assert_int_equal(lobby_transfer(&b.c, b.window[0], &stranger, "", &t), WHO_NO_STAFF);
    db_undo(b.c.tx);
    wrong.window = b.window[2]; /* handles C and A: it can */
    BANK_OK(lobby_transfer(&b.c, b.window[0], &wrong, "", &t));
    BANK_OK(lobby_undo(&b.c, b.window[0], &t));
    BANK_OK(lobby_transfer(&b.c, b.window[0], &person, "", &t));
    assert_int_equal(t.only_staff, b.teller[1].n);
    BANK_OK(bank_next(&b, 0, &t));
    assert_int_equal(t.id.n, 0);
    BANK_OK(bank_next(&b, 1, &t));
    assert_true(t.id.n > 0);
}

static void a_window_that_does_not_handle_it_is_no_target(void **state)
{
    struct lobby_target to = { .window = b.window[2] };
    struct ticket t;
    UNUSED(state);
    bank_open_day(&b, 1);
    (void)waiting(SERVICE_B);
    BANK_OK(bank_next(&b, 0, &t));
    BANK_OK(db_savepoint(b.c.tx));
    assert_int_equal(lobby_transfer(&b.c, b.window[0], &to, "", &t), LOBBY_NOT_HANDLED);
    db_undo(b.c.tx);
}

static void first_in_line_is_before_all_others(void **state)
{
    struct lobby_target to = { .service = b.service[SERVICE_A], .first = true };
    struct ticket t;
    UNUSED(state);
    bank_open_day(&b, 2);
    (void)waiting(SERVICE_A);
    struct ticket last = waiting(SERVICE_A);
    bank_as(&b, b.floor, ROLE_FLOOR);
    BANK_OK(lobby_move(&b.c, last.id, &to, "feels unwell", &t));
    BANK_OK(bank_next(&b, 0, &t));
    assert_int_equal(t.id.n, last.id.n);
    assert_int_equal(t.choice.why, WHY_FIRST_IN_LINE);
}

static void a_visit_of_several_services_goes_on_here_and_there(void **state)
{
    struct take_order o = {
        .outlet = b.outlet,
        .services = { b.service[SERVICE_A], b.service[SERVICE_B], b.service[SERVICE_C] },
        .n_services = 3,
        .source = SOURCE_KIOSK,
    };
    struct visit_service v[TICKET_SERVICES];
    struct ticket t;
    UNUSED(state);
    bank_open_day(&b, 3);
    BANK_OK(lobby_take(&b.c, &o, &t));
    bank_later(&b, 90);
    BANK_OK(bank_next(&b, 0, &t));
    BANK_OK(bank_serve(&b, 0));
    bank_later(&b, 60);
    BANK_OK(bank_end(&b, 0)); /* B follows, at the same window, at once */
    t = bank_ticket(&b, t.id);
    assert_int_equal(t.state, TICKET_SERVING);
    assert_int_equal(t.prefix, 'B');
    assert_int_equal(ticket_wait_us(&t, b.c.now_us), 90 * US_SECOND);
    bank_later(&b, 60);
    BANK_OK(bank_end(&b, 0)); /* C is for another window: it waits at its old time */
    t = bank_ticket(&b, t.id);
    assert_int_equal(t.state, TICKET_TRANSFERRED);
    assert_int_equal(t.prefix, 'C');
    assert_int_equal(t.since_us, t.taken_us);
    bank_later(&b, 30);
    BANK_OK(bank_next(&b, 2, &t));
    BANK_OK(bank_serve(&b, 2));
    BANK_OK(bank_end(&b, 2));
    t = bank_ticket(&b, t.id);
    assert_int_equal(t.state, TICKET_DONE);
    assert_int_equal(ticket_wait_us(&t, b.c.now_us), 120 * US_SECOND);
    assert_int_equal(ticket_services(&t, v), 3);
    for (int i = 0; i < 3; i++)
        assert_int_equal(v[i].state, 'd');
    assert_int_equal(bank_number(&b, "SELECT COUNT(*) FROM leg"), 3);
}

#define ON(f) cmocka_unit_test_setup_teardown(f, open_bank, close_bank)
SUITE(lobby_window, ON(a_window_belongs_to_one_teller_and_a_teller_to_one_window),
      ON(nobody_waiting_is_no_refusal), ON(one_customer_at_a_time),
      ON(steps_need_a_customer_at_the_window), ON(a_pause_has_a_reason_and_calls_nobody),
      ON(recalls_are_apart_and_not_endless), ON(a_call_by_hand_says_why_and_stays_in_bounds),
      ON(a_call_can_be_undone), ON(a_call_from_parking_can_be_undone_with_the_reason_it_had),
      ON(a_service_begun_can_be_undone), ON(an_end_can_be_undone),
      ON(the_end_of_one_of_two_services_can_be_undone), ON(a_no_show_can_be_undone),
      ON(parking_can_be_undone), ON(a_transfer_can_be_undone), ON(undo_has_its_time_and_its_place),
      ON(what_another_window_took_up_is_not_undone), ON(transfer_and_park_keep_the_original_time),
      ON(a_transfer_names_one_place_that_can), ON(a_window_that_does_not_handle_it_is_no_target),
      ON(first_in_line_is_before_all_others),
      ON(a_visit_of_several_services_goes_on_here_and_there))
