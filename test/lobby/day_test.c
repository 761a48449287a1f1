/* day_test.c -- Opening, stopping, closing, and what is carried over. */
#include "bank.h"
#include "lobby/day.h"

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

static int take(struct ticket *t)
{
    struct take_order o = { .outlet = b.outlet,
                            .services = { b.service[SERVICE_A] },
                            .n_services = 1,
                            .source = SOURCE_KIOSK };
    return lobby_take(&b.c, &o, t);
}

static enum day_state day_now(void)
{
    struct lobby_day d;
    BANK_OK(lobby_day_get(&b.c, b.outlet, date_of_instant(b.c.now_us), &d));
    return d.state;
}

static void numbers_are_given_while_the_day_is_open(void **state)
{
    struct ticket t;
    int left = 0;
    UNUSED(state);
    assert_int_equal(take(&t), LOBBY_CLOSED);
    assert_int_equal(lobby_day_stop(&b.c, b.outlet, "full"), LOBBY_CLOSED);
    assert_int_equal(lobby_day_resume(&b.c, b.outlet), LOBBY_CLOSED);
    assert_int_equal(lobby_day_close(&b.c, b.outlet, false, "end", &left), LOBBY_CLOSED);
    BANK_OK(lobby_day_open(&b.c, b.outlet));
    BANK_OK(lobby_day_open(&b.c, b.outlet));
    BANK_OK(take(&t));
    assert_int_equal(lobby_day_stop(&b.c, b.outlet, ""), LOBBY_NEEDS_REASON);
    BANK_OK(lobby_day_stop(&b.c, b.outlet, "full"));
    assert_int_equal(take(&t), LOBBY_NOT_ISSUING);
    BANK_OK(lobby_day_resume(&b.c, b.outlet));
    BANK_OK(take(&t));
    BANK_OK(lobby_day_close(&b.c, b.outlet, false, "end", &left));
    assert_int_equal(take(&t), LOBBY_NOT_OPEN_DAY);
    assert_int_equal(lobby_day_open(&b.c, b.outlet), LOBBY_NOT_OPEN_DAY);
    assert_int_equal(lobby_day_resume(&b.c, b.outlet), LOBBY_NOT_OPEN_DAY);
}

static void closing_waits_for_the_windows_and_voids_the_rest(void **state)
{
    struct ticket served, waits, parked, t;
    int left = -1;
    UNUSED(state);
    bank_open_day(&b, 1);
    BANK_OK(take(&parked));
    BANK_OK(take(&served));
    BANK_OK(take(&waits));
    BANK_OK(bank_next(&b, 0, &t));
    BANK_OK(lobby_park(&b.c, b.window[0], "forms", &t));
    BANK_OK(bank_next(&b, 0, &t));
    bank_as(&b, b.floor, ROLE_FLOOR);
    assert_int_equal(lobby_day_close(&b.c, b.outlet, false, "end", &left), LOBBY_OPEN_TICKETS);
    assert_int_equal(lobby_day_close(&b.c, b.outlet, false, "", &left), LOBBY_NEEDS_REASON);
    BANK_OK(bank_serve(&b, 0));
    bank_as(&b, b.floor, ROLE_FLOOR);
    assert_int_equal(lobby_day_close(&b.c, b.outlet, false, "end", &left), LOBBY_OPEN_TICKETS);
    BANK_OK(bank_end(&b, 0));
    bank_as(&b, b.teller[0], ROLE_TELLER);
    BANK_OK(lobby_pause(&b.c, b.window[0], "lunch"));
    bank_later(&b, 600);
    bank_as(&b, b.floor, ROLE_FLOOR);
    BANK_OK(lobby_day_close(&b.c, b.outlet, false, "power cut", &left));
    assert_int_equal(left, 2);
    assert_int_equal(bank_ticket(&b, waits.id).state, TICKET_VOID);
    assert_string_equal(bank_ticket(&b, waits.id).reason, "power cut");
    assert_int_equal(bank_ticket(&b, parked.id).state, TICKET_VOID);
    assert_int_equal(bank_ticket(&b, served.id).state, TICKET_DONE);
    assert_int_equal(bank_number(&b, "SELECT COUNT(*) FROM window_session WHERE state < 3"), 0);
    assert_int_equal(bank_number(&b, "SELECT MAX(paused_total_us) FROM window_session"),
                     600 * US_SECOND); /* the pause that ran is filed */
    BANK_OK(lobby_day_close(&b.c, b.outlet, false, "again", &left));
    assert_int_equal(left, 0);
}

static void after_the_close_nobody_is_called(void **state)
{
    struct window_session s;
    struct ticket t;
    int left = 0;
    UNUSED(state);
    bank_open_day(&b, 1);
    BANK_OK(take(&t));
    BANK_OK(lobby_day_close(&b.c, b.outlet, true, "end", &left));
    bank_as(&b, b.teller[0], ROLE_TELLER);
    BANK_OK(lobby_sign_in(&b.c, b.window[0], &s));
    assert_int_equal(lobby_next(&b.c, b.window[0], &t), LOBBY_NOT_OPEN_DAY);
}

static void carried_over_tickets_do_not_wait_at_night(void **state)
{
    struct ticket t, fresh;
    int left = 0;
    UNUSED(state);
    bank_open_day(&b, 1);
    bank_at(&b, "16:50");
    BANK_OK(take(&t));
    bank_at(&b, "17:00");
    bank_as(&b, b.floor, ROLE_FLOOR);
    BANK_OK(lobby_day_close(&b.c, b.outlet, true, "carried over", &left));
    assert_int_equal(left, 1);
    t = bank_ticket(&b, t.id);
    assert_int_equal(t.state, TICKET_WAITING);
    assert_int_equal(ticket_wait_us(&t, bank_time(0, "23:00")), 10 * US_MINUTE);
    bank_proven(&b);
    b.c.now_us = bank_time(1, "09:00");
    bank_open_day(&b, 1);
    t = bank_ticket(&b, t.id);
    assert_int_equal(ticket_wait_us(&t, bank_time(1, "09:05")), 15 * US_MINUTE);
    /* its number is still on the wall, so it is not given again */
    assert_string_equal(t.number, "A001");
    BANK_OK(take(&fresh));
    assert_string_equal(fresh.number, "A002");
    bank_later(&b, 300);
    BANK_OK(bank_next(&b, 0, &fresh));
    assert_int_equal(fresh.id.n, t.id.n); /* the older time goes first */
    assert_int_equal(ticket_wait_us(&fresh, b.c.now_us), 15 * US_MINUTE);
}

static void the_clock_opens_stops_and_closes(void **state)
{
    struct ticket t;
    UNUSED(state);
    bank_at(&b, "08:59");
    BANK_OK(lobby_day_tick(&b.c, b.outlet));
    assert_int_equal(day_now(), DAY_BEFORE);
    bank_at(&b, "09:00");
    BANK_OK(lobby_day_tick(&b.c, b.outlet));
    assert_int_equal(day_now(), DAY_OPEN);
    BANK_OK(take(&t));
    bank_at(&b, "17:00");
    BANK_OK(lobby_day_tick(&b.c, b.outlet));
    assert_int_equal(day_now(), DAY_STOPPED);
    BANK_OK(lobby_day_tick(&b.c, b.outlet));
    assert_int_equal(day_now(), DAY_STOPPED); /* who holds a ticket is served */
    BANK_OK(lobby_leave(&b.c, t.id, "", &t));
    BANK_OK(lobby_day_tick(&b.c, b.outlet));
    assert_int_equal(day_now(), DAY_CLOSED);
}

static void issuing_stops_when_the_forecast_passes_closing(void **state)
{
    struct ticket t;
    UNUSED(state);
    bank_open_day(&b, 3);
    bank_at(&b, "16:30");
    BANK_OK(lobby_day_tick(&b.c, b.outlet));
    assert_int_equal(day_now(), DAY_OPEN);
    for (int i = 0; i < 30; i++)
        BANK_OK(take(&t)); /* two and a half hours of work, three windows */
    BANK_OK(lobby_day_tick(&b.c, b.outlet));
    assert_int_equal(day_now(), DAY_STOPPED);
    assert_int_equal(take(&t), LOBBY_NOT_ISSUING);
}

static void a_day_left_open_is_closed_in_the_morning(void **state)
{
    struct ticket called, waits, t;
    UNUSED(state);
    bank_open_day(&b, 2);
    bank_at(&b, "16:00");
    BANK_OK(take(&called));
    BANK_OK(take(&waits));
    BANK_OK(bank_next(&b, 0, &t));
    bank_as_system(&b);
    b.c.now_us = bank_time(1, "08:00");
    BANK_OK(lobby_day_tick(&b.c, b.outlet));
    assert_int_equal(bank_ticket(&b, called.id).state, TICKET_VOID);
    assert_int_equal(bank_ticket(&b, waits.id).state, TICKET_VOID);
    assert_int_equal(bank_number(&b, "SELECT COUNT(*) FROM window_session WHERE state < 3"), 0);
    /* nobody sat there all night */
    assert_true(bank_number(&b, "SELECT MAX(ended_us) FROM window_session") <=
                bank_time(1, "08:00"));
    assert_int_equal(bank_number(&b, "SELECT COUNT(*) FROM lobby_day WHERE state=3"), 1);
}

#define ON(f) cmocka_unit_test_setup_teardown(f, open_bank, close_bank)
SUITE(lobby_day, ON(numbers_are_given_while_the_day_is_open),
      ON(closing_waits_for_the_windows_and_voids_the_rest), ON(after_the_close_nobody_is_called),
      ON(carried_over_tickets_do_not_wait_at_night), ON(the_clock_opens_stops_and_closes),
      ON(issuing_stops_when_the_forecast_passes_closing),
      ON(a_day_left_open_is_closed_in_the_morning))
