/* ticket_test.c -- Taking a number, the keys to it, and which step leads where. */
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

static struct take_order order(enum bank_service s)
{
    return (struct take_order){
        .outlet = b.outlet, .services = { b.service[s] }, .n_services = 1, .source = SOURCE_KIOSK
    };
}

static void numbers_count_up_for_each_letter(void **state)
{
    char number[12];
    UNUSED(state);
    bank_open_day(&b, 0);
    assert_string_equal(bank_take(&b, SERVICE_A, CLASS_NORMAL).number, "A001");
    assert_string_equal(bank_take(&b, SERVICE_B, CLASS_NORMAL).number, "B001");
    assert_string_equal(bank_take(&b, SERVICE_A, CLASS_HIGH).number, "A002");
    ticket_number('Z', 1000, number);
    assert_string_equal(number, "Z1000");
}

static void what_cannot_be_taken_is_refused(void **state)
{
    struct take_order o = order(SERVICE_A);
    struct ticket t;
    UNUSED(state);
    bank_open_day(&b, 0);
    o.outlet.n = 5;
    assert_int_equal(lobby_take(&b.c, &o, &t), BRANCH_NO_OUTLET);
    o = order(SERVICE_D);
    assert_int_equal(lobby_take(&b.c, &o, &t), BRANCH_NOT_OFFERED);
    o.services[0].n = 5;
    assert_int_equal(lobby_take(&b.c, &o, &t), BRANCH_NO_SERVICE);
    o = order(SERVICE_A);
    o.class_index = 7;
    assert_int_equal(lobby_take(&b.c, &o, &t), BRANCH_NO_CLASS);
    o = order(SERVICE_A);
    o.phone = "12345";
    assert_int_equal(lobby_take(&b.c, &o, &t), LOBBY_BAD_PHONE);
    o = order(SERVICE_A);
    o.services[1] = b.service[SERVICE_A];
    o.n_services = 2;
    assert_int_equal(lobby_take(&b.c, &o, &t), BASE_BAD_INPUT);
    o.n_services = 0;
    assert_int_equal(lobby_take(&b.c, &o, &t), BASE_RANGE);
    assert_int_equal(bank_number(&b, "SELECT COUNT(*) FROM ticket"), 0);
}

static void a_phone_is_kept_as_four_digits_and_a_pseudonym(void **state)
{
    struct take_order o = order(SERVICE_A);
    struct ticket t;
    UNUSED(state);
    bank_open_day(&b, 0);
    o.phone = "13812345678";
    BANK_OK(lobby_take(&b.c, &o, &t));
    assert_string_equal(t.phone_tail, "5678");
    assert_int_equal(bank_number(&b, "SELECT COUNT(*) FROM ticket WHERE phone_key='13812345678'"),
                     0);
    assert_int_equal(bank_number(&b, "SELECT COUNT(*) FROM ticket WHERE phone_key IS NOT NULL"), 1);
}

static void a_token_opens_one_ticket_and_no_other(void **state)
{
    char token[TICKET_TOKEN];
    struct ticket t, found;
    UNUSED(state);
    bank_open_day(&b, 0);
    t = bank_take(&b, SERVICE_A, CLASS_NORMAL);
    (void)bank_take(&b, SERVICE_A, CLASS_NORMAL);
    BANK_OK(lobby_token(&b.c, t.id, token));
    BANK_OK(lobby_token_ticket(&b.c, token, &found));
    assert_int_equal(found.id.n, t.id.n);
    token[strlen(token) - 1] = token[strlen(token) - 1] == '0' ? '1' : '0';
    assert_int_equal(lobby_token_ticket(&b.c, token, &found), LOBBY_NO_TICKET);
    assert_int_equal(lobby_token_ticket(&b.c, "", &found), LOBBY_NO_TICKET);
    assert_int_equal(lobby_token_ticket(&b.c, "zz-00", &found), LOBBY_NO_TICKET);
}

static void the_pass_of_the_lobby_is_of_today_and_of_here(void **state)
{
    char pass[24], there[24];
    UNUSED(state);
    BANK_OK(lobby_pass(&b.c, b.outlet, pass));
    BANK_OK(lobby_pass(&b.c, b.other, there));
    BANK_OK(lobby_pass_ok(&b.c, b.outlet, pass));
    assert_int_equal(lobby_pass_ok(&b.c, b.outlet, there), LOBBY_BAD_PASS);
    assert_int_equal(lobby_pass_ok(&b.c, b.outlet, ""), LOBBY_BAD_PASS);
    b.c.now_us = bank_time(1, "09:00");
    assert_int_equal(lobby_pass_ok(&b.c, b.outlet, pass), LOBBY_BAD_PASS);
}

static void the_customer_may_leave_and_be_told(void **state)
{
    struct ticket t;
    UNUSED(state);
    bank_open_day(&b, 1);
    t = bank_take(&b, SERVICE_A, CLASS_NORMAL);
    bank_as_customer(&b);
    BANK_OK(lobby_notify(&b.c, t.id, 5, &t));
    assert_int_equal(t.notify_ahead, 5);
    assert_int_equal(lobby_notify(&b.c, t.id, 51, &t), BASE_RANGE);
    bank_later(&b, 77);
    BANK_OK(lobby_leave(&b.c, t.id, NULL, &t));
    assert_int_equal(t.state, TICKET_LEFT);
    assert_int_equal(ticket_wait_us(&t, b.c.now_us + US_HOUR), 77 * US_SECOND);
    assert_int_equal(lobby_leave(&b.c, t.id, NULL, &t), LOBBY_BAD_STEP);
    assert_int_equal(lobby_notify(&b.c, t.id, 3, &t), LOBBY_BAD_STEP);
    assert_int_equal(lobby_leave(&b.c, (ticket_id){ 5 }, NULL, &t), LOBBY_NO_TICKET);
}

static void who_leaves_when_called_frees_the_window(void **state)
{
    struct ticket t, next;
    UNUSED(state);
    bank_open_day(&b, 1);
    t = bank_take(&b, SERVICE_A, CLASS_NORMAL);
    next = bank_take(&b, SERVICE_A, CLASS_NORMAL);
    BANK_OK(bank_next(&b, 0, &t));
    bank_as_customer(&b);
    BANK_OK(lobby_leave(&b.c, t.id, NULL, &t));
    BANK_OK(bank_next(&b, 0, &t));
    assert_int_equal(t.id.n, next.id.n);
    bank_as_customer(&b);
    BANK_OK(bank_serve(&b, 0));
    bank_as_customer(&b);
    assert_int_equal(lobby_leave(&b.c, t.id, NULL, &t), LOBBY_BAD_STEP); /* being served */
}

/* The diagram of ticket.h as a table: from each state, the steps that are lawful. */
static void every_step_is_lawful_from_the_states_of_the_diagram_alone(void **state)
{
    static const struct {
        enum ticket_state from;
        enum ticket_step step;
        enum ticket_state to;
    } lawful[] = {
        { TICKET_BOOKED, STEP_CHECK_IN, TICKET_WAITING },
        { TICKET_BOOKED, STEP_MISS, TICKET_NO_SHOW },
        { TICKET_BOOKED, STEP_LEAVE, TICKET_LEFT },
        { TICKET_BOOKED, STEP_VOID, TICKET_VOID },
        { TICKET_WAITING, STEP_CALL, TICKET_CALLED },
        { TICKET_WAITING, STEP_LEAVE, TICKET_LEFT },
        { TICKET_WAITING, STEP_VOID, TICKET_VOID },
        { TICKET_WAITING, STEP_MOVE, TICKET_TRANSFERRED },
        { TICKET_CALLED, STEP_SERVE, TICKET_SERVING },
        { TICKET_CALLED, STEP_TRANSFER, TICKET_TRANSFERRED },
        { TICKET_CALLED, STEP_PARK, TICKET_PARKED },
        { TICKET_CALLED, STEP_NO_SHOW, TICKET_NO_SHOW },
        { TICKET_CALLED, STEP_LEAVE, TICKET_LEFT },
        { TICKET_CALLED, STEP_VOID, TICKET_VOID },
        { TICKET_SERVING, STEP_END, TICKET_DONE },
        { TICKET_SERVING, STEP_NEXT_SERVICE, TICKET_SERVING },
        { TICKET_SERVING, STEP_TRANSFER, TICKET_TRANSFERRED },
        { TICKET_SERVING, STEP_PARK, TICKET_PARKED },
        { TICKET_SERVING, STEP_VOID, TICKET_VOID },
        { TICKET_PARKED, STEP_CALL, TICKET_CALLED },
        { TICKET_PARKED, STEP_RETURN, TICKET_TRANSFERRED },
        { TICKET_PARKED, STEP_LEAVE, TICKET_LEFT },
        { TICKET_PARKED, STEP_VOID, TICKET_VOID },
        { TICKET_PARKED, STEP_MOVE, TICKET_TRANSFERRED },
        { TICKET_TRANSFERRED, STEP_CALL, TICKET_CALLED },
        { TICKET_TRANSFERRED, STEP_LEAVE, TICKET_LEFT },
        { TICKET_TRANSFERRED, STEP_VOID, TICKET_VOID },
        { TICKET_TRANSFERRED, STEP_MOVE, TICKET_TRANSFERRED },
        { TICKET_NO_SHOW, STEP_REINSERT, TICKET_TRANSFERRED },
    };
    size_t found = 0;
    UNUSED(state);
    for (int from = TICKET_BOOKED; from <= TICKET_VOID; from++)
        for (int step = 0; step < TICKET_STEPS; step++) {
            enum ticket_state to = TICKET_BOOKED;
            bool may = ticket_step((enum ticket_state)from, (enum ticket_step)step, &to);
            bool listed = false;
            for (size_t i = 0; i < COUNT(lawful); i++)
                if ((int)lawful[i].from == from && (int)lawful[i].step == step) {
                    listed = true;
                    assert_int_equal(to, lawful[i].to);
                }
            assert_int_equal(may, listed);
            found += may;
        }
    assert_int_equal(found, COUNT(lawful));
}

#define ON(f) cmocka_unit_test_setup_teardown(f, open_bank, close_bank)
SUITE(lobby_ticket, ON(numbers_count_up_for_each_letter), ON(what_cannot_be_taken_is_refused),
      ON(a_phone_is_kept_as_four_digits_and_a_pseudonym), ON(a_token_opens_one_ticket_and_no_other),
      ON(the_pass_of_the_lobby_is_of_today_and_of_here), ON(the_customer_may_leave_and_be_told),
      ON(who_leaves_when_called_frees_the_window),
      cmocka_unit_test(every_step_is_lawful_from_the_states_of_the_diagram_alone))
