/* bank_test.c -- The small bank of the other tests works as its header says. */
#include "bank.h"

static void a_customer_takes_a_number_is_called_and_served(void **state)
{
    struct bank b;
    UNUSED(state);
    bank_open(&b);
    bank_open_day(&b, 1);
    struct ticket t = bank_take(&b, SERVICE_A, CLASS_NORMAL);
    assert_string_equal(t.number, "A001");
    bank_later(&b, 120);
    t = bank_visit(&b, 0, 10, 300);
    assert_int_equal(t.state, TICKET_DONE);
    assert_int_equal(ticket_wait_us(&t, b.c.now_us), 120 * US_SECOND);
    assert_int_equal(t.serving_us - t.called_us, 10 * US_SECOND);
    assert_int_equal(t.ended_us - t.serving_us, 300 * US_SECOND);
    assert_int_equal(bank_number(&b, "SELECT COUNT(*) FROM leg"), 1);
    bank_close(&b);
}

SUITE(bank, cmocka_unit_test(a_customer_takes_a_number_is_called_and_served))
