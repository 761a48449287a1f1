/* booking_test.c -- Appointments: every limit, early, late, missed, moved, blacked out. */
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

static struct book_order order(const char *hms, int phone)
{
    static char number[12];
    (void)snprintf(number, sizeof number, "138%08u", (unsigned)phone % 100000000u);
    return (struct book_order){ .outlet = b.outlet,
                                .service = b.service[SERVICE_B],
                                .slot_us = bank_time(0, hms),
                                .phone = number };
}

static struct ticket booked(const char *hms, int phone)
{
    struct book_order o = order(hms, phone);
    struct ticket t;
    BANK_OK(lobby_book(&b.c, &o, &t));
    return t;
}

static void settings(int per_customer, int missed_max, int capacity)
{
    struct lobby_settings s;
    BANK_OK(lobby_settings_get(&b.c, b.outlet, &s));
    s.per_customer = per_customer;
    s.missed_max = missed_max;
    s.slot_capacity = capacity;
    BANK_OK(lobby_settings_put(&b.c, b.outlet, &s));
}

static void a_booking_holds_a_place_in_its_slot(void **state)
{
    struct slot *slots;
    int n = 0;
    UNUSED(state);
    struct ticket t = booked("10:00", 1);
    assert_string_equal(t.number, "Y001");
    assert_int_equal(t.state, TICKET_BOOKED);
    assert_int_equal(t.since_us, bank_time(0, "10:00"));
    BANK_OK(lobby_slots(&b.c, b.outlet, b.service[SERVICE_B], (date){ BANK_DAY }, &slots, &n));
    assert_int_equal(n, 16); /* 09:00 to 17:00, half an hour each */
    assert_int_equal(slots[2].at_us, bank_time(0, "10:00"));
    assert_int_equal(slots[2].taken, 1);
    assert_int_equal(slots[2].capacity, 4);
    assert_int_equal(slots[3].taken, 0);
}

static void what_cannot_be_booked_is_refused(void **state)
{
    struct book_order o = order("10:00", 1);
    struct ticket t;
    UNUSED(state);
    o.phone = "238000";
    assert_int_equal(lobby_book(&b.c, &o, &t), LOBBY_BAD_PHONE);
    o = order("10:00", 1);
    o.service = b.service[SERVICE_A];
    assert_int_equal(lobby_book(&b.c, &o, &t), LOBBY_NOT_BOOKABLE);
    o.service = b.service[SERVICE_D]; /* bookable, but no window has it */
    assert_int_equal(lobby_book(&b.c, &o, &t), BRANCH_NOT_OFFERED);
    o.service.n = 5;
    assert_int_equal(lobby_book(&b.c, &o, &t), BRANCH_NO_SERVICE);
    o = order("10:10", 1);
    assert_int_equal(lobby_book(&b.c, &o, &t), LOBBY_NO_SLOT);
    o = order("18:00", 1); /* closed by then */
    assert_int_equal(lobby_book(&b.c, &o, &t), LOBBY_NO_SLOT);
    o = order("09:00", 1); /* it is 09:00; half an hour's notice is needed */
    assert_int_equal(lobby_book(&b.c, &o, &t), LOBBY_TOO_SOON);
    o.slot_us = bank_time(8, "10:00");
    assert_int_equal(lobby_book(&b.c, &o, &t), LOBBY_TOO_FAR);
    o.slot_us = bank_time(7, "10:00");
    BANK_OK(lobby_book(&b.c, &o, &t));
}

static void a_full_slot_opens_again_when_somebody_cancels(void **state)
{
    struct book_order o;
    struct ticket t, first = booked("10:00", 1);
    UNUSED(state);
    for (int i = 2; i <= 4; i++)
        (void)booked("10:00", i);
    o = order("10:00", 5);
    assert_int_equal(lobby_book(&b.c, &o, &t), LOBBY_SLOT_FULL);
    BANK_OK(lobby_cancel(&b.c, first.id, &t));
    assert_int_equal(t.state, TICKET_LEFT);
    assert_int_equal(lobby_cancel(&b.c, first.id, &t), LOBBY_BAD_STEP);
    o = order("10:00", 5);
    BANK_OK(lobby_book(&b.c, &o, &t));
}

static void one_customer_holds_only_so_many(void **state)
{
    struct book_order o;
    struct ticket t, first = booked("10:00", 1);
    UNUSED(state);
    (void)booked("11:00", 1);
    o = order("12:00", 1);
    assert_int_equal(lobby_book(&b.c, &o, &t), LOBBY_TOO_MANY_BOOKINGS);
    o = order("12:00", 2); /* somebody else */
    BANK_OK(lobby_book(&b.c, &o, &t));
    BANK_OK(lobby_cancel(&b.c, first.id, &t));
    o = order("12:00", 1);
    BANK_OK(lobby_book(&b.c, &o, &t));
}

static void who_misses_too_often_may_not_book(void **state)
{
    struct book_order o;
    struct ticket t;
    int missed = 0;
    UNUSED(state);
    settings(4, 2, 4);
    (void)booked("10:00", 1);
    (void)booked("10:30", 1);
    bank_at(&b, "10:16");
    BANK_OK(lobby_miss_bookings(&b.c, &missed));
    assert_int_equal(missed, 1);
    o = order("12:00", 1);
    BANK_OK(lobby_book(&b.c, &o, &t)); /* one is forgiven */
    bank_at(&b, "10:46");
    BANK_OK(lobby_miss_bookings(&b.c, &missed));
    assert_int_equal(missed, 1);
    o = order("13:00", 1);
    assert_int_equal(lobby_book(&b.c, &o, &t), LOBBY_TOO_MANY_MISSED);
    settings(4, 0, 4); /* 0: nobody counts */
    BANK_OK(lobby_book(&b.c, &o, &t));
}

static void check_in_is_neither_early_nor_late(void **state)
{
    struct ticket t = booked("10:00", 1), late;
    UNUSED(state);
    late = booked("10:30", 2);
    bank_at(&b, "09:50");
    assert_int_equal(lobby_check_in(&b.c, t.id, &t), LOBBY_CLOSED); /* the day is not open */
    BANK_OK(lobby_day_open(&b.c, b.outlet));
    bank_at(&b, "09:44:59");
    assert_int_equal(lobby_check_in(&b.c, t.id, &t), LOBBY_EARLY);
    bank_at(&b, "09:45");
    BANK_OK(lobby_check_in(&b.c, t.id, &t));
    assert_int_equal(t.state, TICKET_WAITING);
    assert_int_equal(lobby_check_in(&b.c, t.id, &t), LOBBY_BAD_STEP);
    assert_int_equal(ticket_wait_us(&t, bank_time(0, "10:00")), 0); /* counts from 10:00 */
    assert_int_equal(ticket_wait_us(&t, bank_time(0, "10:05")), 5 * US_MINUTE);
    bank_at(&b, "10:45:01");
    assert_int_equal(lobby_check_in(&b.c, late.id, &t), LOBBY_LATE);
    bank_at(&b, "10:45");
    BANK_OK(lobby_check_in(&b.c, late.id, &t));
    assert_int_equal(t.queued_us, bank_time(0, "10:45")); /* late: from the check-in */
    assert_int_equal(t.since_us, bank_time(0, "10:30"));  /* in line by the booked time */
}

static void a_booking_can_be_moved_even_when_missed(void **state)
{
    struct ticket t = booked("10:00", 1);
    int missed = 0;
    UNUSED(state);
    BANK_OK(lobby_reschedule(&b.c, t.id, bank_time(0, "11:00"), &t));
    assert_int_equal(t.since_us, bank_time(0, "11:00"));
    assert_string_equal(t.number, "Y001");
    assert_int_equal(lobby_reschedule(&b.c, t.id, bank_time(0, "11:07"), &t), LOBBY_NO_SLOT);
    bank_at(&b, "11:16");
    BANK_OK(lobby_miss_bookings(&b.c, &missed));
    assert_int_equal(bank_ticket(&b, t.id).state, TICKET_NO_SHOW);
    BANK_OK(lobby_reschedule(&b.c, t.id, bank_time(1, "10:00"), &t));
    assert_int_equal(t.state, TICKET_BOOKED);
    assert_int_equal(t.day.days, BANK_DAY + 1);
    BANK_OK(lobby_cancel(&b.c, t.id, &t));
    assert_int_equal(lobby_reschedule(&b.c, t.id, bank_time(1, "11:00"), &t), LOBBY_BAD_STEP);
}

static void a_blackout_warns_before_it_cancels(void **state)
{
    struct ticket *hit, t = booked("10:00", 1);
    struct book_order o;
    int n = 0;
    UNUSED(state);
    (void)booked("11:00", 2);
    int64_t from = bank_time(0, "10:15"), until = bank_time(0, "11:00");
    assert_int_equal(lobby_blackout(&b.c, b.outlet, until, from, "x", true, &hit, &n),
                     LOBBY_BAD_TIME);
    assert_int_equal(lobby_blackout(&b.c, b.outlet, from, until, "", true, &hit, &n),
                     LOBBY_NEEDS_REASON);
    BANK_OK(lobby_blackout(&b.c, b.outlet, from, until, "fire drill", false, &hit, &n));
    assert_int_equal(n, 1); /* the slot of 10:00 reaches into it */
    assert_int_equal(hit[0].id.n, t.id.n);
    assert_int_equal(bank_ticket(&b, t.id).state, TICKET_BOOKED);
    BANK_OK(lobby_blackout(&b.c, b.outlet, from, until, "fire drill", true, &hit, &n));
    t = bank_ticket(&b, t.id);
    assert_int_equal(t.state, TICKET_VOID);
    assert_string_equal(t.reason, "fire drill");
    o = order("10:30", 3);
    assert_int_equal(lobby_book(&b.c, &o, &t), LOBBY_SLOT_BLOCKED);
    o = order("11:00", 3);
    BANK_OK(lobby_book(&b.c, &o, &t));
}

static void leaving_a_booking_is_cancelling_it(void **state)
{
    struct ticket t = booked("10:00", 1);
    UNUSED(state);
    bank_as_customer(&b);
    BANK_OK(lobby_leave(&b.c, t.id, NULL, &t));
    assert_int_equal(t.state, TICKET_LEFT);
    assert_int_equal(bank_number(&b, "SELECT COUNT(*) FROM leg"), 0); /* it never waited */
}

#define ON(f) cmocka_unit_test_setup_teardown(f, open_bank, close_bank)
SUITE(lobby_booking, ON(a_booking_holds_a_place_in_its_slot), ON(what_cannot_be_booked_is_refused),
      ON(a_full_slot_opens_again_when_somebody_cancels), ON(one_customer_holds_only_so_many),
      ON(who_misses_too_often_may_not_book), ON(check_in_is_neither_early_nor_late),
      ON(a_booking_can_be_moved_even_when_missed), ON(a_blackout_warns_before_it_cancels),
      ON(leaving_a_booking_is_cancelling_it))
