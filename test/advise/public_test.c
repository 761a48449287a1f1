/* public_test.c -- The flow chart and going to a quicker outlet. */
#include "advise/advise_priv.h"
#include "advise/chart.h"
#include "advise/nearby.h"
#include "advise/tip.h"
#include "lobby/bank.h"
#include "print/print.h"

#include <math.h>

static struct bank b;

static int open_bank(void **state)
{
    UNUSED(state);
    bank_open(&b);
    BANK_OK(db_commit(&b.c.tx));
    BANK_OK(db_migrate(b.db, advise_migrations, advise_migrations_count, b.c.now_us));
    BANK_OK(db_begin(b.db, &b.c.tx));
    return 0;
}

static int close_bank(void **state)
{
    UNUSED(state);
    bank_close(&b);
    return 0;
}

/* A Monday like any other: at nine each waits 8 minutes and more, at two nobody waits. */
static void a_monday(int day)
{
    struct window_session x;
    b.c.now_us = bank_time(day, "09:00");
    bank_as_system(&b);
    BANK_OK(lobby_day_open(&b.c, b.outlet));
    bank_as(&b, b.teller[0], ROLE_TELLER);
    BANK_OK(lobby_sign_in(&b.c, b.window[0], &x));
    bank_as_system(&b);
    for (int i = 0; i < 6; i++)
        bank_take(&b, SERVICE_A, CLASS_NORMAL);
    bank_later(&b, 480);
    for (int i = 0; i < 6; i++)
        bank_visit(&b, 0, 10, 60);
    b.c.now_us = bank_time(day, "14:00");
    for (int i = 0; i < 4; i++) {
        bank_as_system(&b);
        bank_take(&b, i % 2 ? SERVICE_A : SERVICE_B, CLASS_NORMAL);
        bank_visit(&b, 0, 10, 60);
    }
    bank_as(&b, b.teller[0], ROLE_TELLER);
    BANK_OK(lobby_sign_out(&b.c, b.window[0]));
    bank_as_system(&b);
}

static void the_chart_says_when_it_is_busy_and_how_many_days_say_so(void **state)
{
    UNUSED(state);
    static struct chart k;
    assert_int_equal(chart_read(&b.c, b.outlet, (service_id){ 0 }, &k), ADVISE_NO_CHART);
    assert_int_equal(chart_read(&b.c, (outlet_id){ 9 }, (service_id){ 0 }, &k), BRANCH_NO_OUTLET);
    for (int week = 0; week < 5; week++) {
        a_monday(7 * week);
        bank_save(&b);
    }
    b.c.now_us = bank_time(35, "09:10");
    BANK_OK(chart_read(&b.c, b.outlet, (service_id){ 0 }, &k));
    const struct chart_row *r = &k.row[CHART_MONDAY];
    assert_int_equal(r->days, 5);
    assert_int_equal(k.row[1].days, 0);
    /* Nobody came on a Tuesday yet; it is open all the same. The records begin on the first day. */
    assert_true(k.hours[2].open_s < k.hours[2].close_s);
    assert_int_equal(k.from.days, BANK_DAY);
    assert_int_equal(k.until.days, BANK_DAY + 34);
    const struct chart_cell *nine = &r->cell[18], *two = &r->cell[28];
    assert_true(nine->come == 6 && nine->come_low == 6 && nine->come_high == 6);
    assert_int_equal(nine->people, 30);
    assert_true(nine->p50_s >= 480 && nine->p90_s > nine->p50_s);
    assert_int_equal(two->p90_s, 0);
    assert_int_equal(r->busiest, 18);
    assert_int_equal(r->best[1], 28);
    assert_true(k.most == 6);
    /* It is nine: come at two instead. At two there is nothing better. */
    assert_int_equal(chart_better(r, 9 * 3600 + 600), 28);
    assert_int_equal(chart_better(r, 14 * 3600), -1);
    assert_int_equal(chart_better(r, 11 * 3600), -1); /* nobody ever came at eleven */
    /* One service alone; few people: no claim about waits. */
    BANK_OK(chart_read(&b.c, b.outlet, b.service[SERVICE_B], &k));
    assert_true(k.row[CHART_MONDAY].cell[18].come == 0);
    assert_int_equal(k.row[CHART_MONDAY].cell[28].people, 10);
    assert_int_equal(k.row[CHART_MONDAY].best[1], -1);
}

static void holidays_and_pension_days_are_rows_of_their_own(void **state)
{
    UNUSED(state);
    static const struct {
        int y, m, d, row;
        const char *why;
    } row[] = {
        { 2026, 11, 23, CHART_MONDAY, "an ordinary Monday" },
        { 2026, 11, 29, CHART_MONDAY + 6, "a Sunday" },
        { 2026, 10, 1, CHART_HOLIDAY, "the National Day" },
        { 2026, 10, 10, CHART_MAKEUP, "a Saturday made up" },
        { 2026, 12, 15, CHART_PENSION, "the fifteenth" },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        date d;
        int got;
        assert_true(date_from_ymd(row[i].y, row[i].m, row[i].d, &d));
        BANK_OK(chart_row_of(&b.c, d, &got));
        if (got != row[i].row)
            fail_msg("%s: %s", row[i].why, chart_row_code(got));
    }
}

static void the_chart_is_a_page_that_is_the_same_each_time(void **state)
{
    UNUSED(state);
    static struct chart k;
    struct chart_page page = { "某银行", "A Bank", "http://127.0.0.1/me.html?o=T01", false, 1 };
    struct print *p;
    struct buf one, two;
    for (int week = 0; week < 3; week++) {
        a_monday(7 * week);
        bank_save(&b);
    }
    b.c.now_us = bank_time(21, "09:10");
    BANK_OK(chart_read(&b.c, b.outlet, (service_id){ 0 }, &k));
    buf_init(&one, 8 << 20);
    buf_init(&two, 8 << 20);
    BANK_OK(chart_print(&k, &page, &p));
    assert_int_equal(print_pages(p), 1);
    BANK_OK(print_pdf(p, &one));
    print_free(p);
    BANK_OK(chart_print(&k, &page, &p));
    BANK_OK(print_pdf(p, &two));
    assert_true(one.len > 2000 && one.len == two.len && !memcmp(one.at, two.at, one.len));
    buf_clear(&one);
    BANK_OK(print_svg(p, 1, &one));
    assert_non_null(strstr(one.at, "<svg"));
    print_free(p);
    buf_release(&one);
    buf_release(&two);
}

/* T01 is crowded, T02 next door is empty. */
static struct nearby_ask next_door(void)
{
    struct branch_outlet o;
    BANK_OK(branch_outlet_get(&b.c, b.other, &o));
    struct branch_outlet first;
    BANK_OK(branch_outlet_get(&b.c, b.outlet, &first));
    o.lat_e6 = first.lat_e6 + 2000; /* 222 metres north */
    o.lon_e6 = first.lon_e6;
    BANK_OK(branch_outlet_put(&b.c, &o));
    bank_at(&b, "10:00");
    bank_open_day(&b, 1);
    bank_as_system(&b);
    BANK_OK(lobby_day_open(&b.c, b.other));
    for (int i = 0; i < 14; i++)
        bank_take(&b, SERVICE_A, CLASS_NORMAL);
    return (
        struct nearby_ask){ .from = b.outlet, .service = b.service[SERVICE_A], .trip = guide_walk };
}

static void only_an_open_outlet_with_a_window_for_it_is_suggested(void **state)
{
    UNUSED(state);
    struct nearby_item *list, here, to;
    struct window_session x;
    struct nearby_ask ask = next_door();
    int n = 0;
    BANK_OK(nearby_read(&b.c, &ask, &here, &list, &n));
    assert_int_equal(n, 1);
    assert_true(here.open && here.total.p50 > 30);
    assert_true(list[0].open && list[0].offers && fabs(list[0].metres - 222) < 1);
    assert_false(list[0].total.suggested); /* nobody sits there */
    assert_int_equal(nearby_go(&b.c, &ask, b.other, &to), ADVISE_NOT_BETTER);
    bank_as(&b, b.other_teller, ROLE_TELLER);
    b.c.actor.outlet_id = b.other.n;
    BANK_OK(lobby_sign_in(&b.c, b.other_window, &x));
    bank_as_system(&b);
    BANK_OK(nearby_read(&b.c, &ask, &here, &list, &n));
    assert_true(list[0].total.suggested && list[0].total.sooner > .9);
    /* Ten minutes before it closes, twenty away: nobody is sent to a door that is shut. */
    struct branch_hours hours;
    struct branch_outlet o = list[0].outlet;
    BANK_OK(branch_hours_on(&b.c, b.other, (date){ BANK_DAY }, &hours));
    int64_t then = b.c.now_us;
    b.c.now_us = date_instant((date){ BANK_DAY }, hours.close_s) - 10 * US_MINUTE;
    BANK_OK(nearby_read(&b.c, &ask, &here, &list, &n));
    assert_true(list[0].total.suggested && !list[0].too_late);
    o.lat_e6 += 9000;
    BANK_OK(branch_outlet_put(&b.c, &o));
    BANK_OK(nearby_read(&b.c, &ask, &here, &list, &n));
    assert_true(list[0].total.sooner > .8 && list[0].too_late && !list[0].total.suggested);
    b.c.now_us = then;
    ask.service = b.service[SERVICE_C]; /* which T02 does not do */
    BANK_OK(nearby_read(&b.c, &ask, &here, &list, &n));
    assert_false(list[0].offers || list[0].total.suggested);
    ask.service = b.service[SERVICE_A];
    BANK_OK(lobby_day_stop(&b.c, b.other, "full"));
    BANK_OK(nearby_read(&b.c, &ask, &here, &list, &n));
    assert_false(list[0].open || list[0].total.suggested);
    ask = (struct nearby_ask){ .lat_e6 = 91000000, .service = ask.service };
    assert_int_equal(nearby_read(&b.c, &ask, &here, &list, &n), BRANCH_BAD_PLACE);
}

static void who_is_sent_holds_a_place_until_she_is_there(void **state)
{
    UNUSED(state);
    struct nearby_item *list, here, to;
    struct window_session x;
    struct nearby_ask ask = next_door();
    int64_t coming = 0;
    int n = 0, sent = 0;
    bank_as(&b, b.other_teller, ROLE_TELLER);
    b.c.actor.outlet_id = b.other.n;
    BANK_OK(lobby_sign_in(&b.c, b.other_window, &x));
    bank_as_customer(&b);
    while (sent < 100 && !nearby_go(&b.c, &ask, b.other, &to))
        sent++;
    /* fourteen wait here, five minutes each: about ten may go before it is no longer quicker */
    assert_true(sent >= 4 && sent <= 13);
    BANK_OK(nearby_coming(&b.c, b.other, &coming));
    assert_int_equal(coming, sent);
    assert_int_equal(nearby_go(&b.c, &ask, b.other, &to), ADVISE_NOT_BETTER);
    bank_later(&b, 1200); /* they have arrived, or will not */
    BANK_OK(nearby_coming(&b.c, b.other, &coming));
    assert_int_equal(coming, 0);
    BANK_OK(nearby_read(&b.c, &ask, &here, &list, &n));
    assert_true(list[0].total.suggested);
}

/* T02 has its teller; who asks is a customer. */
static struct nearby_ask next_door_open(void)
{
    struct window_session x;
    struct nearby_ask ask = next_door();
    bank_as(&b, b.other_teller, ROLE_TELLER);
    b.c.actor.outlet_id = b.other.n;
    BANK_OK(lobby_sign_in(&b.c, b.other_window, &x));
    bank_as_customer(&b);
    return ask;
}

static void a_number_is_given_back_for_a_place_there(void **state)
{
    UNUSED(state);
    struct nearby_item to;
    struct ticket held, again, mine;
    struct nearby_ask ask = next_door_open();
    int64_t coming = 0;
    int missed = 0;
    mine = bank_take(&b, SERVICE_A, CLASS_HIGH);
    bank_as_customer(&b);
    ask.own = mine.id;
    BANK_OK(nearby_hold(&b.c, &ask, b.other, &to, &held));
    assert_int_equal(held.state, TICKET_BOOKED);
    assert_int_equal(held.outlet.n, b.other.n);
    assert_int_equal(held.class_index, mine.class_index);
    assert_true(held.slot_us > b.c.now_us && held.slot_us % US_MINUTE == 0);
    mine = bank_ticket(&b, mine.id);
    assert_int_equal(mine.state, TICKET_LEFT);
    assert_string_equal(mine.reason, "guided");
    bank_save(&b);
    /* Once given back it is not given back again, and nothing of the try stays. */
    assert_int_equal(nearby_hold(&b.c, &ask, b.other, &to, &again), LOBBY_BAD_STEP);
    bank_undo(&b);
    BANK_OK(nearby_coming(&b.c, b.other, &coming));
    assert_int_equal(coming, 1);
    assert_int_equal(bank_number(&b, "SELECT COUNT(*) FROM ticket WHERE state=1"), 1);
    /* Checked in she waits there, and is not on her way besides. */
    b.c.now_us = held.slot_us - US_MINUTE;
    BANK_OK(lobby_check_in(&b.c, held.id, &held));
    assert_int_equal(held.state, TICKET_WAITING);
    BANK_OK(nearby_coming(&b.c, b.other, &coming));
    assert_int_equal(coming, 0);
    /* Without a number; she does not come: missed, and the place is free. */
    ask.own.n = 0;
    BANK_OK(nearby_hold(&b.c, &ask, b.other, &to, &held));
    b.c.now_us = held.slot_us + 3 * US_HOUR;
    bank_as_system(&b);
    BANK_OK(lobby_miss_bookings(&b.c, &missed));
    assert_int_equal(missed, 1);
    assert_int_equal(bank_ticket(&b, held.id).state, TICKET_NO_SHOW);
    bank_proven(&b);
}

static void a_number_that_is_called_is_not_given_back(void **state)
{
    UNUSED(state);
    struct nearby_item to;
    struct ticket held, called;
    struct nearby_ask ask = next_door_open();
    assert_int_equal(bank_next(&b, 0, &called), 0);
    bank_as_customer(&b);
    bank_save(&b);
    ask.own = called.id;
    assert_int_equal(nearby_hold(&b.c, &ask, b.other, &to, &held), LOBBY_BAD_STEP);
    bank_undo(&b);
    assert_int_equal(bank_ticket(&b, called.id).state, TICKET_CALLED);
    /* Nor for an outlet that gives out no numbers. */
    struct hold_order o = { .outlet = b.other, .service = ask.service };
    o.arrive_us = bank_time(0, "23:00");
    assert_int_equal(lobby_hold(&b.c, &o, &held), LOBBY_CLOSED);
    bank_undo(&b);
    o.arrive_us = b.c.now_us;
    o.service = b.service[SERVICE_C];
    assert_int_equal(lobby_hold(&b.c, &o, &held), BRANCH_NOT_OFFERED);
}

/* Eighteen minutes' way for a newcomer's seventy; who is first in the line stays. The server says
 * so, whatever the page asked. */
static void who_is_soon_called_is_not_sent_away(void **state)
{
    UNUSED(state);
    struct nearby_item *list, here, to;
    struct ticket held, t;
    struct nearby_ask ask = next_door_open(), own;
    struct branch_outlet o;
    int n = 0;
    struct ticket first =
        bank_ticket(&b, (ticket_id){ bank_number(&b, "SELECT MIN(id) FROM ticket") });
    BANK_OK(branch_outlet_get(&b.c, b.other, &o));
    o.lat_e6 += 7000; /* a kilometre */
    bank_as_system(&b);
    BANK_OK(branch_outlet_put(&b.c, &o));
    t = bank_take(&b, SERVICE_A, CLASS_NORMAL);
    bank_as_customer(&b);
    BANK_OK(nearby_read(&b.c, &ask, &here, &list, &n));
    assert_true(list[0].total.suggested && list[0].total.trip > 15);
    bank_save(&b);
    own = ask;
    own.own = first.id;
    BANK_OK(nearby_read(&b.c, &own, &here, &list, &n));
    assert_true(here.known && here.total.p90 < 15);
    assert_false(list[0].total.suggested);
    assert_int_equal(nearby_hold(&b.c, &own, b.other, &to, &held), ADVISE_NOT_BETTER);
    bank_undo(&b);
    assert_int_equal(bank_ticket(&b, first.id).state, TICKET_WAITING);
    own.own = t.id; /* the last may go */
    BANK_OK(nearby_hold(&b.c, &own, b.other, &to, &held));
    bank_proven(&b);
}

static void a_number_given_back_leads_to_the_place_there(void **state)
{
    UNUSED(state);
    struct nearby_item to;
    struct nearby_ask ask = next_door_open();
    struct ticket held, found, old = bank_take(&b, SERVICE_A, CLASS_NORMAL),
                               other = bank_take(&b, SERVICE_A, CLASS_NORMAL);
    bank_as_customer(&b);
    BANK_OK(nearby_went(&b.c, old.id, &found));
    assert_int_equal(found.id.n, 0);
    ask.own = old.id;
    BANK_OK(nearby_hold(&b.c, &ask, b.other, &to, &held));
    BANK_OK(nearby_went(&b.c, old.id, &found));
    assert_int_equal(found.id.n, held.id.n);
    assert_string_equal(found.number, held.number);
    BANK_OK(nearby_went(&b.c, other.id, &found));
    assert_int_equal(found.id.n, 0);
    b.c.now_us = held.slot_us;
    BANK_OK(lobby_check_in(&b.c, held.id, &held));
    BANK_OK(nearby_went(&b.c, old.id, &found));
    assert_int_equal(found.state, TICKET_WAITING); /* as it stands now */
}

/* A minute that is held is no booking: it takes no slot, and cannot be made one without the
 * questions a booking asks (whose, how many, how often missed). */
static void a_place_held_cannot_be_moved_to_a_slot(void **state)
{
    UNUSED(state);
    struct nearby_item to;
    struct ticket held, moved;
    struct slot *slots;
    struct nearby_ask ask = next_door_open();
    int n = 0, taken = 0;
    BANK_OK(nearby_hold(&b.c, &ask, b.other, &to, &held));
    assert_int_equal(held.source, SOURCE_GUIDED);
    bank_save(&b);
    assert_int_equal(lobby_reschedule(&b.c, held.id, bank_time(1, "10:00"), &moved), LOBBY_HELD);
    bank_undo(&b);
    struct hold_order o = { b.other, ask.service, { 0 }, bank_time(0, "11:00") };
    BANK_OK(lobby_hold(&b.c, &o, &held));
    BANK_OK(lobby_slots(&b.c, b.other, ask.service, (date){ BANK_DAY }, &slots, &n));
    for (int i = 0; i < n; i++)
        taken += slots[i].taken;
    assert_true(n > 0 && taken == 0);
    BANK_OK(lobby_cancel(&b.c, held.id, &held));
    bank_proven(&b);
}

/* Who is there when her minute has come checks in. */
static void those_who_are_there_check_in(struct ticket *held, int n)
{
    for (int i = 0; i < n; i++)
        if (held[i].state == TICKET_BOOKED && held[i].slot_us <= b.c.now_us)
            BANK_OK(lobby_check_in(&b.c, held[i].id, &held[i]));
}

/* Fourteen wait, three more come each minute, and all that come ask: who goes holds a place, comes
 * and waits there; as many go as are sooner there, on their way or arrived, and then none. */
static void the_crowd_is_spread_by_the_places_it_holds(void **state)
{
    UNUSED(state);
    struct nearby_item to;
    struct ticket t, held[60];
    struct nearby_ask ask = next_door_open();
    int went = 0, asked = 0, late = 0;
    for (int minute = 0; minute < 20; minute++, bank_later(&b, 60)) {
        those_who_are_there_check_in(held, went);
        for (int k = 0; k < 3; k++, asked++) {
            t = bank_take(&b, SERVICE_A, CLASS_NORMAL);
            bank_as_customer(&b);
            bank_save(&b);
            ask.own = t.id;
            int rc = nearby_hold(&b.c, &ask, b.other, &to, &held[went]);
            if (rc)
                bank_undo(&b);
            assert_true(!rc || rc == ADVISE_NOT_BETTER);
            went += !rc;
            late += !rc && minute >= 10;
            assert_int_equal(bank_ticket(&b, t.id).state, rc ? TICKET_WAITING : TICKET_LEFT);
        }
    }
    assert_int_equal(bank_number(&b, "SELECT COUNT(*) FROM ticket WHERE slot_us<>0"), went);
    print_message("%d of %d went, %d of them late\n", went, asked, late);
    assert_true(went >= 8 && went <= 40);
    bank_proven(&b);
}

static void tips_are_shown_in_their_days_and_for_their_service(void **state)
{
    UNUSED(state);
    struct tip *list, t = { .kind = TIP_NEW, .active = true, .title_zh = "新业务" };
    int n = 0;
    t.from.days = BANK_DAY;
    t.until.days = BANK_DAY + 1;
    t.service = b.service[SERVICE_A];
    BANK_OK(tip_put(&b.c, &t));
    BANK_OK(tip_list(&b.c, b.service[SERVICE_A], false, &list, &n));
    assert_int_equal(n, 1);
    BANK_OK(tip_list(&b.c, b.service[SERVICE_B], false, &list, &n));
    assert_int_equal(n, 0);
    b.c.now_us = bank_time(3, "09:00");
    BANK_OK(tip_list(&b.c, (service_id){ 0 }, false, &list, &n));
    assert_int_equal(n, 0); /* over */
    BANK_OK(tip_list(&b.c, (service_id){ 0 }, true, &list, &n));
    assert_int_equal(n, 1);
    assert_int_equal(tip_get(&b.c, 12345, &t), ADVISE_NO_TIP);
    t = (struct tip){ .kind = TIP_NEW };
    assert_int_equal(tip_put(&b.c, &t), BASE_MISSING);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_bank, close_bank)
SUITE(advise_public, TEST(the_chart_says_when_it_is_busy_and_how_many_days_say_so),
      TEST(holidays_and_pension_days_are_rows_of_their_own),
      TEST(the_chart_is_a_page_that_is_the_same_each_time),
      TEST(only_an_open_outlet_with_a_window_for_it_is_suggested),
      TEST(tips_are_shown_in_their_days_and_for_their_service),
      TEST(who_is_sent_holds_a_place_until_she_is_there),
      TEST(a_number_is_given_back_for_a_place_there),
      TEST(a_number_that_is_called_is_not_given_back), TEST(who_is_soon_called_is_not_sent_away),
      TEST(a_number_given_back_leads_to_the_place_there),
      TEST(a_place_held_cannot_be_moved_to_a_slot),
      TEST(the_crowd_is_spread_by_the_places_it_holds))
