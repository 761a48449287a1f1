/* seat_test.c -- Who sits at which window: counts by skill, windows in order, and nobody moved
 * without need. */
#include "roster/seat.h"
#include "test.h"

#include <string.h>

enum { ALL = 0xff, NO_LOANS = 0x0f, LOANS = 0x30 };
static const struct seat_place places[] = {
    { .letters = NO_LOANS, .usual = 1 }, /* elderly-friendly */
    { .letters = NO_LOANS, .usual = 2 }, { .letters = ALL, .usual = 3 },
    { .letters = LOANS, .usual = 4 },    { .letters = ALL, .corporate = true, .usual = 5 },
};
enum { PLACES = COUNT(places) };

static void the_first_windows_handle_every_service(void **state)
{
    UNUSED(state);
    int order[SEAT_PLACES];
    seat_order(places, PLACES, order);
    const int want[PLACES] = { 2, 4, 0, 1, 3 };
    assert_memory_equal(order, want, sizeof want);
}

static void people_become_windows_by_skill(void **state)
{
    UNUSED(state);
    static const struct {
        int personal, companies, both, corporate, want[2];
        const char *why;
    } row[] = {
        { 2, 0, 0, 1, { 2, 0 }, "nobody can do companies" },
        { 0, 1, 3, 1, { 3, 1 }, "the one who can only that is enough" },
        { 1, 0, 2, 1, { 2, 1 }, "one of those who can both" },
        { 0, 1, 3, 2, { 2, 2 }, "two are needed" },
        { 6, 0, 2, 0, { 4, 2 }, "personal windows are full: they sit at the companies'" },
        { 0, 5, 0, 1, { 0, 2 }, "more people than windows" },
        { 0, 0, 2, 9, { 0, 2 }, "no more windows than there are" },
        { 0, 0, 0, 1, { 0, 0 }, "nobody" },
    };
    const int most[ROSTER_PARTS] = { 4, 2 };
    for (size_t i = 0; i < COUNT(row); i++) {
        const int by[4] = { 9, row[i].personal, row[i].companies, row[i].both };
        int out[ROSTER_PARTS];
        seat_counts(by, most, row[i].corporate, out);
        if (out[0] != row[i].want[0] || out[1] != row[i].want[1])
            fail_msg("%s: %d and %d", row[i].why, out[0], out[1]);
    }
}

static void seat(struct seat_person *p, int n)
{
    seat_people(places, PLACES, 1, p, n);
}

static void at(const struct seat_person *p, const int *want, int n)
{
    for (int i = 0; i < n; i++)
        if (p[i].place != want[i])
            fail_msg("%d sits at %d, not at %d", i, p[i].place, want[i]);
}

static void a_day_of_reliefs_and_breaks(void **state)
{
    UNUSED(state);
    /* Tellers 1 to 5 of the five windows, relief 6 who can only personal business. */
    struct seat_person p[] = { { 1, 1, true, -1 }, { 2, 1, true, -1 }, { 3, 3, true, -1 },
                               { 4, 3, true, -1 }, { 5, 3, true, -1 }, { 6, 1, false, -1 } };
    seat(p, 6);
    at(p, (const int[]){ 0, 1, 2, 3, 4, -1 }, 6); /* each at her own */
    p[5].here = true;
    seat(p, 6);
    at(p, (const int[]){ 0, 1, 2, 3, 4, -1 }, 6); /* no window is left for the relief */
    p[2].here = false;
    seat(p, 6);
    at(p, (const int[]){ 0, 1, -1, 3, 4, 2 }, 6); /* she takes the one at lunch's window */
    p[2].here = true;
    seat(p, 6);
    at(p, (const int[]){ 0, 1, -1, 3, 4, 2 }, 6); /* and stays: nobody is moved without need */
    p[0].here = false;
    seat(p, 6);
    at(p, (const int[]){ -1, 1, 0, 3, 4, 2 }, 6);
    p[0].here = true;
    p[4].here = p[5].here = false; /* companies need one who can both: the loans window closes */
    seat(p, 6);
    assert_int_equal(p[0].place, 2);
    assert_int_equal(p[1].place, 1);
    assert_int_equal(p[2].place, 0);
    assert_int_equal(p[3].place, 4);
}

static void who_has_one_skill_is_seated_first(void **state)
{
    UNUSED(state);
    struct seat_person p[] = { { 7, 3, true, -1 }, { 8, 3, true, -1 }, { 9, 1, true, -1 } };
    seat(p, 3);
    at(p, (const int[]){ 4, 0, 2 }, 3);
    p[0].here = false; /* the other who can both goes to the companies' window */
    seat(p, 3);
    at(p, (const int[]){ -1, 4, 2 }, 3);
}

static void a_window_taken_by_somebody_else_is_left_to_them(void **state)
{
    UNUSED(state);
    struct seat_place own[PLACES];
    struct seat_person p[] = { { 1, 1, true, -1 }, { 3, 3, true, -1 } };
    memcpy(own, places, sizeof own);
    own[2].taken = own[4].taken = true;
    seat_people(own, PLACES, 1, p, 2);
    at(p, (const int[]){ 0, 1 }, 2);
}

static void a_duty_is_here_between_its_times_but_not_at_the_break(void **state)
{
    UNUSED(state);
    struct roster_duty d = { .from = 510, .until = 1050, .break_from = 720, .break_minutes = 60 };
    struct roster_need need = { .planned = true };
    need.windows[SKILL_CORPORATE][20] = 2;
    assert_true(!seat_here(&d, 509) && seat_here(&d, 510) && seat_here(&d, 719));
    assert_true(!seat_here(&d, 720) && !seat_here(&d, 779) && seat_here(&d, 780));
    assert_true(seat_here(&d, 1049) && !seat_here(&d, 1050));
    d.absent = true;
    assert_false(seat_here(&d, 600));
    assert_true(seat_corporate(&need, 629) == 2 && seat_corporate(&need, 630) == 0);
    need.planned = false;
    assert_int_equal(seat_corporate(&need, 630), 1);
}

SUITE(roster_seats, cmocka_unit_test(the_first_windows_handle_every_service),
      cmocka_unit_test(people_become_windows_by_skill),
      cmocka_unit_test(a_day_of_reliefs_and_breaks),
      cmocka_unit_test(who_has_one_skill_is_seated_first),
      cmocka_unit_test(a_window_taken_by_somebody_else_is_left_to_them),
      cmocka_unit_test(a_duty_is_here_between_its_times_but_not_at_the_break))
