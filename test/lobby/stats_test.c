/* stats_test.c -- The figures of a small day, each worked out by hand in the comments. */
#include "bank.h"
#include "lobby/own_audit.h"
#include "lobby/queue.h"
#include "lobby/stats.h"
#include <math.h>

#define NEAR(a, b) assert_true(fabs((a) - (b)) < 1e-4)

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

/* Takes at that time, is called at window 1 wait_s later, served for handling_s. */
static struct ticket visit(const char *at, enum bank_service s, int class_index, int wait_s,
                           int handling_s)
{
    bank_at(&b, at);
    bank_as_system(&b);
    struct ticket t = bank_take(&b, s, class_index);
    bank_later(&b, wait_s);
    struct ticket done = bank_visit(&b, 0, 0, handling_s);
    assert_int_equal(done.id.n, t.id.n);
    return done;
}

static void miss_call(const char *at, int wait_s)
{
    struct ticket t;
    bank_at(&b, at);
    bank_as_system(&b);
    (void)bank_take(&b, SERVICE_A, CLASS_NORMAL);
    bank_later(&b, wait_s);
    BANK_OK(bank_next(&b, 0, &t));
    bank_later(&b, 30);
    BANK_OK(lobby_no_show(&b.c, b.window[0], &t));
}

/* Normal served after 120, 400, 1200, 1300 s; mid after 500, 700; one missed its call after 900,
 * one left after 1500, one was voided, one waits since 300 s, one booking was never checked in.
 * The clock stands at 13:05. */
static void a_day(void)
{
    struct book_order booking = { .outlet = b.outlet,
                                  .service = b.service[SERVICE_B],
                                  .slot_us = bank_time(0, "10:00"),
                                  .phone = "13800000001" };
    struct ticket t;
    int missed = 0;
    bank_open_day(&b, 1);
    BANK_OK(lobby_book(&b.c, &booking, &t));
    (void)visit("09:05", SERVICE_A, CLASS_NORMAL, 120, 60);
    (void)visit("09:10", SERVICE_A, CLASS_NORMAL, 400, 120);
    (void)visit("09:40", SERVICE_B, CLASS_NORMAL, 1200, 180);
    (void)visit("10:10", SERVICE_A, CLASS_NORMAL, 1300, 60);
    (void)visit("10:40", SERVICE_A, CLASS_MID, 500, 60);
    (void)visit("11:00", SERVICE_A, CLASS_MID, 700, 60);
    miss_call("11:30", 900);
    bank_as_system(&b);
    BANK_OK(lobby_miss_bookings(&b.c, &missed));
    assert_int_equal(missed, 1);
    bank_at(&b, "12:00");
    t = bank_take(&b, SERVICE_A, CLASS_NORMAL);
    bank_later(&b, 1500);
    BANK_OK(lobby_leave(&b.c, t.id, "", &t));
    t = bank_take(&b, SERVICE_A, CLASS_NORMAL);
    BANK_OK(lobby_void(&b.c, t.id, "printed twice", &t));
    bank_at(&b, "13:00");
    (void)bank_take(&b, SERVICE_A, CLASS_NORMAL);
    bank_later(&b, 300);
}

static struct stats_range today(void)
{
    return (struct stats_range){ b.outlet, { BANK_DAY }, { BANK_DAY } };
}

static void every_end_of_a_visit_is_counted_as_written(void **state)
{
    struct stats_range r = today();
    struct stats_figures f;
    struct stats s;
    UNUSED(state);
    a_day();
    BANK_OK(stats_read(&b.c, &r, &s));
    struct stats_part whole = stats_whole(&s);
    stats_figures(&s, &whole, &f);
    assert_int_equal(f.taken, 10);
    assert_int_equal(f.served, 6);
    assert_int_equal(f.no_show, 1);
    assert_int_equal(f.left, 1);
    assert_int_equal(f.still, 1);
    assert_int_equal(f.voided, 1);
    assert_int_equal(s.missed, 1);
    /* 120 + 400 + 1200 + 1300 + 500 + 700 = 4220 over 6 */
    NEAR(f.waits.mean_s, 4220.0 / 6);
    assert_int_equal(f.waits.median_us, 500 * US_SECOND); /* third of 120 400 500 700 1200 1300 */
    assert_int_equal(f.waits.p95_us, 1300 * US_SECOND);
    assert_int_equal(f.within_5.kept, 1);
    assert_int_equal(f.within_20.kept, 5); /* exactly 20 minutes is within */
    assert_int_equal(f.within_20.of, 6);
    assert_int_equal(f.within_10_mid_high.kept, 1);
    assert_int_equal(f.within_10_mid_high.of, 2);
    assert_int_equal(f.verdict_1020, VERDICT_NOT_MET);
    assert_false(f.sure_1020); /* six people prove nothing */
    stats_release(&s);
}

static void all_five_definitions_stand_side_by_side(void **state)
{
    struct stats_promise p[STATS_GROUPS];
    struct stats_range r = today();
    struct stats s;
    int n = 0;
    UNUSED(state);
    a_day();
    BANK_OK(stats_read(&b.c, &r, &s));
    struct stats_part whole = stats_whole(&s);
    stats_promises(&s, &whole, p, &n);
    assert_int_equal(n, 5);
    assert_string_equal(p[0].code, "all");
    assert_string_equal(p[1].code, "mid_high");
    assert_string_equal(p[2].code, "normal");
    assert_int_equal(p[0].taken, 9);
    const struct share *all = p[0].answer.share;
    NEAR(all[PROMISE_SERVED].value, 5.0 / 6);
    NEAR(all[PROMISE_OWN_TIME].value, 6.0 / 8); /* the missed call waited 900 s, the left 1500 */
    NEAR(all[PROMISE_ABANDON_FAILS].value, 5.0 / 8);
    NEAR(all[PROMISE_DROP_EARLY].value, 5.0 / 7);
    /* at risk 9, then 7 after one censored at 300: 8/9 6/7 5/6 4/5, then 3 at 1200: 2/3 */
    NEAR(all[PROMISE_KAPLAN_MEIER].value, 1 - 8.0 / 9 * 6.0 / 7 * 5.0 / 6 * 4.0 / 5 * 2.0 / 3);
    NEAR(p[1].answer.share[PROMISE_SERVED].value, 0.5);
    NEAR(p[2].answer.share[PROMISE_SERVED].value, 3.0 / 4);
    stats_release(&s);
}

static void figures_can_be_of_one_service_or_one_teller(void **state)
{
    struct stats_range r = today();
    struct stats s;
    UNUSED(state);
    a_day();
    BANK_OK(stats_read(&b.c, &r, &s));
    stats_only(&s, 'B', 0);
    assert_int_equal(s.n, 1);
    stats_release(&s);
    BANK_OK(stats_read(&b.c, &r, &s));
    stats_only(&s, 0, b.teller[0].n);
    assert_int_equal(s.n, 7); /* six served and the one that missed its call */
    stats_only(&s, 0, b.teller[1].n);
    assert_int_equal(s.n, 0);
    stats_release(&s);
}

static void half_hours_show_flow_queue_and_windows(void **state)
{
    struct stats_half_hour h[HALF_HOURS];
    UNUSED(state);
    a_day();
    BANK_OK(stats_half_hours(&b.c, b.outlet, (date){ BANK_DAY }, h));
    assert_int_equal(h[18].taken, 2); /* 09:00 */
    assert_int_equal(h[18].served, 2);
    assert_int_equal(h[18].waiting_max, 1);
    assert_int_equal(h[19].taken, 1); /* 09:40, called 10:00, ended 10:03 */
    assert_int_equal(h[19].served, 0);
    assert_int_equal(h[20].served, 1);
    assert_int_equal(h[20].over, 1);  /* 10:10 waited 1300 s */
    assert_int_equal(h[22].over, 1);  /* 11:00 a mid one waited 700 s, its target is 600 */
    assert_int_equal(h[24].taken, 2); /* 12:00 left, 12:25 void */
    assert_int_equal(h[26].waiting_max, 1);
    NEAR(h[18].windows_open, 1);
    NEAR(h[26].windows_open, 1); /* 13:00 to 13:05 so far */
    assert_int_equal(h[30].taken, 0);
    NEAR(h[30].windows_open, 0);
}

static void a_pause_is_no_open_window(void **state)
{
    struct stats_half_hour h[HALF_HOURS];
    struct stats_range r = today();
    struct stats_teller *list;
    int n = 0;
    UNUSED(state);
    bank_open_day(&b, 2);
    bank_as(&b, b.teller[0], ROLE_TELLER);
    bank_at(&b, "09:10");
    BANK_OK(lobby_pause(&b.c, b.window[0], "short"));
    bank_at(&b, "09:25");
    BANK_OK(lobby_resume(&b.c, b.window[0]));
    bank_at(&b, "09:50");
    BANK_OK(lobby_pause(&b.c, b.window[0], "lunch"));
    bank_at(&b, "10:00");
    BANK_OK(stats_half_hours(&b.c, b.outlet, (date){ BANK_DAY }, h));
    NEAR(h[18].windows_open, 1.5);           /* 15 of 30 minutes, and the other window */
    NEAR(h[19].windows_open, 2 - 10 / 30.0); /* the pause that runs */
    BANK_OK(stats_tellers(&b.c, &r, &list, &n));
    assert_int_equal(n, 2);
    for (int i = 0; i < n; i++)
        assert_int_equal(list[i].open_s, list[i].staff == b.teller[0].n ? 35 * 60 : 60 * 60);
    /* signing out in the middle of a pause files it */
    BANK_OK(lobby_sign_out(&b.c, b.window[0]));
    assert_int_equal(bank_number(&b, "SELECT CAST(SUM(until_us - from_us) AS BIGINT)"
                                     " FROM window_pause"),
                     25 * US_MINUTE);
}

static void tellers_are_counted_by_their_services(void **state)
{
    struct stats_range r = today();
    struct stats_handling handling;
    struct stats_teller *list;
    int n = 0;
    UNUSED(state);
    a_day();
    BANK_OK(stats_tellers(&b.c, &r, &list, &n));
    assert_int_equal(n, 1);
    assert_int_equal(list[0].staff, b.teller[0].n);
    assert_int_equal(list[0].served, 6);
    assert_int_equal(list[0].no_shows, 1);
    NEAR(list[0].mean_wait_s, 4220.0 / 6);
    NEAR(list[0].mean_handling_s, 540.0 / 6); /* 60 120 180 60 60 60 */
    assert_int_equal(list[0].open_s, 4 * 3600 + 300);
    assert_int_equal(list[0].busy_s, 540 + 30); /* and half a minute for the missed call */
    BANK_OK(stats_handling(&b.c, &r, 0, 0, &handling));
    assert_int_equal(handling.n, 6);
    NEAR(handling.mean_s, 90);
    NEAR(handling.median_s, 60);
    BANK_OK(stats_handling(&b.c, &r, 'B', 0, &handling));
    assert_int_equal(handling.n, 1);
}

static void a_visit_sums_its_waits_and_counts_as_served_when_it_was(void **state)
{
    struct lobby_target to = { .window = b.window[1] };
    struct stats_range r = today();
    struct ticket t;
    struct stats s;
    UNUSED(state);
    bank_open_day(&b, 2);
    (void)bank_take(&b, SERVICE_A, CLASS_NORMAL);
    bank_later(&b, 100);
    BANK_OK(bank_next(&b, 0, &t));
    BANK_OK(bank_serve(&b, 0));
    bank_later(&b, 50);
    BANK_OK(lobby_transfer(&b.c, b.window[0], &to, "", &t));
    bank_later(&b, 30);
    BANK_OK(stats_read(&b.c, &r, &s));
    assert_int_equal(s.visit[0].end, VISIT_STILL);
    assert_int_equal(s.visit[0].wait_us, 130 * US_SECOND);
    stats_release(&s);
    BANK_OK(bank_next(&b, 1, &t));
    bank_later(&b, 10);
    BANK_OK(lobby_no_show(&b.c, b.window[1], &t));
    BANK_OK(stats_read(&b.c, &r, &s));
    assert_int_equal(s.visit[0].end, VISIT_SERVED); /* served once, missed the second call */
    assert_int_equal(s.visit[0].wait_us, 130 * US_SECOND);
    stats_release(&s);
}

/* Who was shown a quicker outlet and gave the number back has not given up. */
static void a_number_given_back_for_another_outlet_is_censored(void **state)
{
    UNUSED(state);
    struct stats_range r = today();
    struct stats_figures f;
    struct ticket t;
    struct wait w;
    struct stats s;
    bank_open_day(&b, 1);
    for (int i = 0; i < 3; i++) {
        t = bank_take(&b, SERVICE_A, CLASS_NORMAL);
        bank_later(&b, 600);
        BANK_OK(lobby_leave(&b.c, t.id, i == 0 ? "customer" : LOBBY_GUIDED, &t));
    }
    assert_true(ticket_guided(&t) && ticket_wait(&t, b.c.now_us, &w) && w.end == WAIT_STILL);
    BANK_OK(stats_read(&b.c, &r, &s));
    assert_true(s.n == 3 && s.visit[0].end == VISIT_LEFT && s.visit[1].end == VISIT_GUIDED);
    struct stats_part whole = stats_whole(&s);
    stats_figures(&s, &whole, &f);
    assert_true(f.taken == 3 && f.left == 1 && f.guided == 2 && f.still == 0);
    assert_true(f.waits.abandoned == 1 && f.waits.served == 0);
    struct share kept = promise_share(s.waits, stats_waits(&s, &whole, GROUP_ALL), 20 * US_MINUTE,
                                      PROMISE_ABANDON_FAILS, s.scratch);
    assert_true(kept.of == 1); /* only the one who gave up fails */
    stats_release(&s);
}

static void a_booking_waits_from_the_booked_time(void **state)
{
    struct book_order o = { .outlet = b.outlet,
                            .service = b.service[SERVICE_B],
                            .slot_us = bank_time(0, "10:00"),
                            .phone = "13800000001" };
    struct stats_range r = today();
    struct ticket t;
    struct stats s;
    UNUSED(state);
    bank_open_day(&b, 1);
    BANK_OK(lobby_book(&b.c, &o, &t));
    BANK_OK(stats_read(&b.c, &r, &s));
    assert_int_equal(s.n, 0); /* not in the lobby yet */
    stats_release(&s);
    bank_at(&b, "09:50");
    BANK_OK(lobby_check_in(&b.c, t.id, &t));
    bank_at(&b, "10:04");
    (void)bank_visit(&b, 0, 0, 60);
    BANK_OK(stats_read(&b.c, &r, &s));
    assert_int_equal(s.n, 1);
    assert_int_equal(s.visit[0].wait_us, 4 * US_MINUTE);
    assert_int_equal(s.visit[0].at_us, bank_time(0, "10:00"));
    stats_release(&s);
}

static void days_and_outlets_are_split_and_empty_days_stay(void **state)
{
    struct stats_range r = { { 0 }, { BANK_DAY - 1 }, { BANK_DAY + 1 } };
    struct stats_part *parts;
    struct stats s;
    int n = 0;
    UNUSED(state);
    a_day();
    BANK_OK(stats_read(&b.c, &r, &s));
    assert_int_equal(s.n_outlets, 2);
    stats_split(&s, STATS_BY_DAY, &parts, &n);
    assert_int_equal(n, 3);
    assert_int_equal(parts[0].n, 0);
    assert_int_equal(parts[1].key, BANK_DAY);
    assert_int_equal(parts[1].n, 10);
    stats_split(&s, STATS_BY_OUTLET, &parts, &n);
    assert_int_equal(n, 1);
    assert_int_equal(parts[0].n, 10);
    stats_split(&s, STATS_BY_CELL, &parts, &n);
    assert_int_equal(parts[0].key, 18); /* Monday 09:00 */
    assert_int_equal(parts[0].n, 2);
    stats_release(&s);
}

static void a_range_that_is_no_range_is_refused(void **state)
{
    struct stats_range r = { b.outlet, { BANK_DAY }, { BANK_DAY - 1 } };
    struct stats s;
    UNUSED(state);
    assert_int_equal(stats_read(&b.c, &r, &s), BASE_RANGE);
    stats_release(&s);
    r.until.days = BANK_DAY + STATS_DAYS_MAX;
    assert_int_equal(stats_read(&b.c, &r, &s), BASE_RANGE);
    stats_release(&s);
    r = (struct stats_range){ { 1 }, { BANK_DAY }, { BANK_DAY } };
    assert_int_equal(stats_read(&b.c, &r, &s), BRANCH_NO_OUTLET);
    stats_release(&s);
}

static int read_everything(void)
{
    static struct stats_half_hour h[HALF_HOURS];
    struct stats_range r = { { 0 }, { BANK_DAY }, { BANK_DAY } };
    struct stats_handling handling;
    struct stats_teller *tellers;
    struct own_audit audit;
    struct ticket *tickets;
    struct stats s;
    int n = 0;
    int rc = stats_read(&b.c, &r, &s);
    stats_release(&s);
    if (!rc)
        rc = stats_handling(&b.c, &r, 0, 0, &handling);
    if (!rc)
        rc = stats_tellers(&b.c, &r, &tellers, &n);
    if (!rc)
        rc = stats_half_hours(&b.c, b.outlet, (date){ BANK_DAY }, h);
    if (!rc)
        rc = stats_tickets(&b.c, b.outlet, (date){ BANK_DAY }, &tickets, &n);
    if (!rc)
        rc = own_audit(&b.c, b.outlet, (date){ BANK_DAY }, &audit);
    return rc;
}

static void a_fault_at_any_read_is_told_and_nothing_is_kept(void **state)
{
    int64_t n = 1;
    int rc = 0;
    UNUSED(state);
    a_day();
    for (;; n++) {
        db_fail_at(b.db, n, RC_IO);
        rc = read_everything();
        db_fail_at(b.db, 0, 0);
        if (!rc)
            break;
        assert_int_equal(rc, RC_IO);
    }
    assert_true(n > 50);
}

#define ON(f) cmocka_unit_test_setup_teardown(f, open_bank, close_bank)
static void arrivals_are_counted_by_half_hour_without_void_tickets(void **state)
{
    static const double want[HALF_HOURS] = {
        [18] = 2, [19] = 1, [20] = 1, [21] = 1, [22] = 1, [23] = 1, [24] = 1, [26] = 1
    };
    struct stats_range r = { b.outlet, { BANK_DAY - 3 }, { BANK_DAY + 3 } };
    struct stats_arrivals *a = NULL;
    struct stats s;
    int n = 0;
    UNUSED(state);
    a_day();
    BANK_OK(stats_read(&b.c, &r, &s));
    stats_arrivals(&s, &a, &n);
    assert_int_equal(n, 1);
    assert_int_equal(a[0].day.days, BANK_DAY);
    assert_memory_equal(a[0].count, want, sizeof want);
    stats_only(&s, 'B', 0);
    stats_arrivals(&s, &a, &n);
    assert_int_equal(n, 1);
    assert_true(a[0].count[19] == 1 && a[0].count[18] == 0);
    stats_release(&s);
}

SUITE(stats, ON(every_end_of_a_visit_is_counted_as_written),
      ON(all_five_definitions_stand_side_by_side), ON(figures_can_be_of_one_service_or_one_teller),
      ON(half_hours_show_flow_queue_and_windows), ON(a_pause_is_no_open_window),
      ON(tellers_are_counted_by_their_services),
      ON(a_visit_sums_its_waits_and_counts_as_served_when_it_was),
      ON(a_number_given_back_for_another_outlet_is_censored),
      ON(a_booking_waits_from_the_booked_time), ON(days_and_outlets_are_split_and_empty_days_stay),
      ON(arrivals_are_counted_by_half_hour_without_void_tickets),
      ON(a_range_that_is_no_range_is_refused), ON(a_fault_at_any_read_is_told_and_nothing_is_kept))
