/* own_audit_test.c -- A call that breaks the rule is found, with who should have been called. */
#include "bank.h"
#include "lobby/own_audit.h"

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
    bank_close(&b);
    return 0;
}

static struct own_audit audit(void)
{
    struct own_audit a;
    BANK_OK(own_audit(&b.c, b.outlet, (date){ BANK_DAY }, &a));
    return a;
}

static int call_by_hand(int window, ticket_id t, const char *reason)
{
    struct ticket out;
    bank_as(&b, b.teller[window], ROLE_TELLER);
    return lobby_call(&b.c, b.window[window], t, reason, &out);
}

static struct ticket take_later(enum bank_service s, int class_index)
{
    bank_as_system(&b);
    bank_later(&b, 20);
    return bank_take(&b, s, class_index);
}

/* Fifteen customers of three classes and two services, served at three windows as they come free.
 */
static void busy_morning(void)
{
    struct ticket t;
    for (int i = 0; i < 15; i++)
        (void)take_later(i % 4 == 3 ? SERVICE_C : i % 2 ? SERVICE_B : SERVICE_A, i % 3);
    for (int i = 0; i < 24; i++) {
        bank_later(&b, 61);
        BANK_OK(bank_next(&b, i % 3, &t));
        if (!t.id.n)
            continue;
        bank_later(&b, 5);
        BANK_OK(bank_serve(&b, i % 3));
        bank_later(&b, 33 + i);
        BANK_OK(bank_end(&b, i % 3));
    }
}

static void calls_by_the_rule_are_all_explained(void **state)
{
    static const char *const rules[] = {
        "fcfs",
        "strict;courtesy off",
        "head:mid=5m,high=10m",
        "accumulate:normal=1,mid=2,high=3",
        "ratio:high=2,mid=1,normal=1",
        "promise;courtesy head 10m;finally 40m",
        "fcfs;when class:high count>1 call class:high",
        "strict;prefer service",
    };
    UNUSED(state);
    for (size_t i = 0; i < COUNT(rules); i++) {
        bank_rule(&b, rules[i]);
        bank_open_day(&b, 3);
        busy_morning();
        struct own_audit a = audit();
        assert_string_equal(a.rule, rules[i]);
        assert_true(a.decisions >= 15);
        assert_int_equal(a.explained, a.decisions);
        assert_int_equal(a.n_broke, 0);
        bank_undo(&b);
        bank_at(&b, "09:00");
    }
}

static void a_call_by_hand_that_jumps_the_queue_is_listed_with_its_reason(void **state)
{
    UNUSED(state);
    bank_open_day(&b, 2);
    struct ticket first = take_later(SERVICE_A, CLASS_NORMAL);
    struct ticket friend = take_later(SERVICE_A, CLASS_NORMAL);
    bank_later(&b, 60);
    BANK_OK(call_by_hand(1, friend.id, "knows the manager"));
    bank_later(&b, 60);
    BANK_OK(call_by_hand(0, first.id, "has his turn anyway"));
    struct own_audit a = audit();
    assert_int_equal(a.decisions, 2);
    assert_int_equal(a.by_hand, 2);
    assert_int_equal(a.explained, 1); /* the second call by hand is what the rule says, too */
    assert_int_equal(a.n_broke, 1);
    assert_string_equal(a.broke[0].number, friend.number);
    assert_string_equal(a.broke[0].should_number, first.number);
    assert_string_equal(a.broke[0].reason, "knows the manager");
    assert_int_equal(a.broke[0].window.n, b.window[1].n);
    assert_int_equal(a.broke[0].staff.n, b.teller[1].n);
    assert_true(a.broke[0].by_hand);
}

static void changes_while_waiting_are_seen_as_they_were(void **state)
{
    struct lobby_target to = { .window = b.window[1] };
    struct ticket t;
    UNUSED(state);
    bank_rule(&b, "strict;courtesy off");
    bank_open_day(&b, 2);
    struct ticket a1 = take_later(SERVICE_A, CLASS_NORMAL);
    struct ticket a2 = take_later(SERVICE_A, CLASS_MID);
    struct ticket a3 = take_later(SERVICE_A, CLASS_NORMAL);
    struct ticket a4 = take_later(SERVICE_A, CLASS_NORMAL);
    bank_later(&b, 10);
    BANK_OK(bank_next(&b, 0, &t)); /* the mid one: nobody is higher yet */
    assert_int_equal(t.id.n, a2.id.n);
    bank_later(&b, 10);
    bank_as(&b, b.floor, ROLE_FLOOR);
    BANK_OK(lobby_set_class(&b.c, a3.id, CLASS_HIGH, "gold card", &t));
    BANK_OK(lobby_move(&b.c, a1.id, &to, "asked for her", &t));
    bank_later(&b, 10);
    BANK_OK(bank_end(&b, 0) == LOBBY_BAD_STEP ? 0 : 1);
    BANK_OK(bank_serve(&b, 0));
    BANK_OK(bank_end(&b, 0));
    bank_later(&b, 10);
    BANK_OK(bank_next(&b, 0, &t)); /* now the high one */
    assert_int_equal(t.id.n, a3.id.n);
    BANK_OK(bank_serve(&b, 0));
    BANK_OK(bank_end(&b, 0));
    bank_later(&b, 10);
    BANK_OK(bank_next(&b, 0, &t)); /* the older one is bound to window 2 */
    assert_int_equal(t.id.n, a4.id.n);
    struct own_audit a = audit();
    assert_int_equal(a.decisions, 3);
    assert_int_equal(a.explained, 3);
    /* its visit is one wait, though it is two legs */
    t = bank_ticket(&b, a1.id);
    assert_int_equal(ticket_wait_us(&t, b.c.now_us), b.c.now_us - a1.taken_us);
}

static void first_in_line_undone_and_parked_calls_are_understood(void **state)
{
    struct lobby_target first = { .service = b.service[SERVICE_A], .first = true };
    struct ticket t, a1;
    UNUSED(state);
    bank_open_day(&b, 2);
    a1 = take_later(SERVICE_A, CLASS_NORMAL);
    (void)take_later(SERVICE_A, CLASS_NORMAL);
    struct ticket a3 = take_later(SERVICE_A, CLASS_NORMAL);
    bank_later(&b, 10);
    BANK_OK(bank_next(&b, 0, &t)); /* the oldest is called, and taken back */
    bank_later(&b, 5);
    BANK_OK(bank_next(&b, 1, &t)); /* meanwhile the second is called: rightly */
    bank_later(&b, 5);
    bank_as(&b, b.teller[0], ROLE_TELLER);
    BANK_OK(lobby_undo(&b.c, b.window[0], &t));
    assert_int_equal(t.id.n, a1.id.n);
    bank_as(&b, b.floor, ROLE_FLOOR);
    bank_later(&b, 5);
    BANK_OK(lobby_move(&b.c, a3.id, &first, "in a hurry", &t));
    bank_later(&b, 5);
    BANK_OK(bank_next(&b, 0, &t)); /* first in line: before the older one */
    assert_int_equal(t.id.n, a3.id.n);
    BANK_OK(bank_serve(&b, 0));
    bank_later(&b, 5);
    bank_as(&b, b.teller[0], ROLE_TELLER);
    BANK_OK(lobby_park(&b.c, b.window[0], "forms", &t));
    bank_later(&b, 60);
    BANK_OK(call_by_hand(0, a3.id, "forms are ready")); /* no decision of the rule */
    struct own_audit a = audit();
    assert_int_equal(a.decisions, 2);
    assert_int_equal(a.explained, 2);
    assert_int_equal(a.parked, 1);
    assert_int_equal(bank_number(&b, "SELECT COUNT(*) FROM leg WHERE outcome=8"), 1);
}

static void the_rule_in_force_at_the_call_is_asked(void **state)
{
    struct ticket t;
    UNUSED(state);
    bank_open_day(&b, 2);
    (void)take_later(SERVICE_A, CLASS_NORMAL);
    (void)take_later(SERVICE_A, CLASS_NORMAL);
    (void)take_later(SERVICE_A, CLASS_HIGH);
    bank_later(&b, 10);
    BANK_OK(bank_next(&b, 0, &t)); /* fcfs */
    bank_later(&b, 10);
    bank_as_system(&b);
    bank_rule(&b, "strict");
    bank_later(&b, 10);
    BANK_OK(bank_next(&b, 1, &t));
    assert_int_equal(t.class_index, CLASS_HIGH);
    struct own_audit a = audit();
    assert_int_equal(a.decisions, 2);
    assert_int_equal(a.explained, 2);
    assert_true(a.rule_changed);
    assert_string_equal(a.rule, "strict");
}

static void a_window_may_have_a_rule_of_its_own(void **state)
{
    struct ticket t;
    UNUSED(state);
    BANK_OK(lobby_window_rule_put(&b.c, b.window[1], "strict"));
    bank_open_day(&b, 2);
    (void)take_later(SERVICE_A, CLASS_NORMAL);
    (void)take_later(SERVICE_A, CLASS_NORMAL);
    (void)take_later(SERVICE_A, CLASS_HIGH);
    bank_later(&b, 10);
    BANK_OK(bank_next(&b, 1, &t));
    assert_int_equal(t.class_index, CLASS_HIGH);
    bank_later(&b, 10);
    BANK_OK(bank_next(&b, 0, &t));
    struct own_audit a = audit();
    assert_int_equal(a.explained, 2);
    assert_int_equal(a.n_broke, 0);
}

#define ON(f) cmocka_unit_test_setup_teardown(f, open_bank, close_bank)
SUITE(own_audit, ON(calls_by_the_rule_are_all_explained),
      ON(a_call_by_hand_that_jumps_the_queue_is_listed_with_its_reason),
      ON(changes_while_waiting_are_seen_as_they_were),
      ON(first_in_line_undone_and_parked_calls_are_understood),
      ON(the_rule_in_force_at_the_call_is_asked), ON(a_window_may_have_a_rule_of_its_own))
