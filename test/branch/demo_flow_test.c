/* demo_flow_test.c -- The demo's customers: their figures, and what the windows make of them. */
#include "test.h"
#include "branch/demo_city.h"
#include "branch/demo_flow.h"
#include <math.h>

static date ymd(int year, int month, int day)
{
    date d;
    assert_true(date_from_ymd(year, month, day, &d));
    return d;
}

static double sum20(const double *v)
{
    double s = 0;
    for (int i = 0; i < DEMO_SLOTS; i++)
        s += v[i];
    return s;
}

static void near4(double carried, double computed)
{
    if (fabs(carried - computed) > 0.00005000001)
        fail_msg("carried %.4f, the file says %.6f", carried, computed);
}

struct posts {
    double slot[2][8][DEMO_SLOTS]; /* post, weekday, half-hour: items */
    int days[2][8];
};

static bool read_posts(struct posts *p)
{
    const char *path = test_data("service/cmb_fintech2021/nov2020_halfhour.csv");
    if (!path)
        return false;
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    char line[64], day[11], post;
    int period, amount;
    assert_non_null(fgets(line, sizeof line, f));
    while (fgets(line, sizeof line, f)) {
        date d;
        assert_int_equal(sscanf(line, "%10[^,],%c,%d,%d", day, &post, &period, &amount), 4);
        assert_true(date_parse(day, &d));
        int k = post - 'A', weekday = date_weekday(d);
        p->days[k][weekday] += period == 1;
        if (period >= 18 && period < 18 + DEMO_SLOTS)
            p->slot[k][weekday][period - 18] += amount;
    }
    fclose(f);
    return true;
}

static void shape_matches(const struct posts *p, int post, int from, int until,
                          const double *carried)
{
    double column[DEMO_SLOTS] = { 0 };
    for (int w = from; w <= until; w++)
        for (int i = 0; i < DEMO_SLOTS; i++)
            column[i] += p->slot[post][w][i];
    for (int i = 0; i < DEMO_SLOTS; i++)
        near4(carried[i], column[i] / sum20(column));
}

static void the_carried_shares_match_the_file(void **state)
{
    UNUSED(state);
    static struct posts p;
    memset(&p, 0, sizeof p);
    if (!read_posts(&p))
        return;
    shape_matches(&p, 0, 1, 5, demo_shape.work_a);
    shape_matches(&p, 0, 6, 7, demo_shape.weekend_a);
    shape_matches(&p, 1, 1, 5, demo_shape.work_b);
    for (int post = 0; post < 2; post++) {
        double total = 0;
        for (int w = 1; w <= 5; w++)
            total += sum20(p.slot[post][w]) / 15;
        for (int w = 1; w <= 5; w++)
            near4(post ? demo_shape.weekday_b[w - 1] : demo_shape.weekday_a[w - 1],
                  sum20(p.slot[post][w]) / p.days[post][w] / total);
        for (int w = 6; w <= 7 && !post; w++)
            near4(demo_shape.weekend_level[w - 6],
                  sum20(p.slot[post][w]) / p.days[post][w] / total);
    }
}

static void special_days_are_found(void **state)
{
    UNUSED(state);
    assert_true(demo_special(ymd(2026, 10, 15)).pension);
    assert_true(demo_special(ymd(2026, 10, 8)).after_holiday); /* a Thursday after seven days off */
    assert_false(demo_special(ymd(2026, 10, 9)).after_holiday);
    assert_false(demo_special(ymd(2026, 10, 12)).after_holiday); /* a Monday is no holiday's end */
    assert_true(demo_special(ymd(2026, 10, 30)).month_end);
    assert_true(demo_special(ymd(2026, 10, 29)).month_end);
    assert_false(demo_special(ymd(2026, 10, 28)).month_end);
    assert_false(demo_special(ymd(2026, 10, 31)).month_end); /* a Saturday */
    assert_true(demo_special(ymd(2026, 10, 2)).holiday);
}

static void expected_customers_follow_the_kind_of_day(void **state)
{
    UNUSED(state);
    double day[8] = { 0 };
    for (int w = 1; w <= 7; w++) /* 2026-11-02 is a Monday */
        for (int slot = 0; slot < DEMO_SLOTS; slot++)
            day[w] += demo_expected(200, 100, ymd(2026, 11, 1 + w), slot);
    double work = (day[1] + day[2] + day[3] + day[4] + day[5]) / 5;
    assert_true(fabs(work - 200) < 0.2);
    assert_true(fabs(day[6] - 180 * .4359) < 0.1);
    assert_true(fabs(day[7] - 180 * .3692) < 0.1);
    assert_true(day[1] > day[3]);
}

/* ---- A small lobby: first come first served within the window's own preference, ticks of 5 s. */
enum { TICK_S = 5, WALK_S = 20, MISS_S = 60, WAITERS = 1024 };
struct figures {
    int customers, served, gave_up, within20, all20, within10, mid10, days, missed;
    double wait_s, slot_wait_s[DEMO_SLOTS]; /* by the half-hour of arrival */
    int slot_served[DEMO_SLOTS];
};

static int best(const struct demo_outlet *o, int window, const struct demo_arrival *a,
                const int *queue, int waiting)
{
    int at = -1, at_preference = 0;
    int64_t at_since = 0;
    for (int i = 0; i < waiting; i++) {
        const struct demo_arrival *x = &a[queue[i]];
        int p = demo_preference(o, window, x->service_index);
        int64_t since = x->at_us - (x->class_index ? 5 * US_MINUTE : 0);
        if (p && (at < 0 || p < at_preference || (p == at_preference && since < at_since))) {
            at = i;
            at_preference = p;
            at_since = since;
        }
    }
    return at;
}

static void drop(int *queue, int *waiting, int at)
{
    memmove(queue + at, queue + at + 1, (size_t)(--*waiting - at) * sizeof *queue);
}

static void served(struct figures *f, const struct demo_arrival *a, int64_t wait_us)
{
    f->served++;
    f->wait_s += (double)wait_us / 1e6;
    int slot = (date_second_of_day(a->at_us) - DEMO_FIRST_SLOT_S) / 1800;
    f->slot_wait_s[slot] += (double)wait_us / 1e6;
    f->slot_served[slot]++;
    f->all20++;
    f->within20 += wait_us <= 20 * US_MINUTE;
    f->mid10 += a->class_index > 0;
    f->within10 += a->class_index > 0 && wait_us <= 10 * US_MINUTE;
}

static void one_day(const struct demo_outlet *o, date d, const struct demo_arrival *a, int n,
                    struct figures *f)
{
    int queue[WAITERS], waiting = 0, windows = (int)strlen(o->windows), from = 0;
    int64_t free_us[64] = { 0 }, end = date_instant(d, 20 * 3600);
    struct branch_hours h = demo_hours(o, branch_calendar(d), date_weekday(d));
    assert_true(n < WAITERS);
    f->customers += n;
    for (int64_t now = date_instant(d, h.open_s); now < end; now += TICK_S * US_SECOND) {
        for (; from < n && a[from].at_us <= now; from++)
            if (!a[from].no_show || a[from].channel != DEMO_BOOKING)
                queue[waiting++] = from;
        for (int i = waiting - 1; i >= 0; i--)
            if (now - a[queue[i]].at_us > a[queue[i]].patience_us) {
                drop(queue, &waiting, i);
                f->gave_up++;
            }
        int second = date_second_of_day(now); /* who waits at closing time is served */
        if (second >= h.close_s)
            second = h.close_s - 1;
        for (int w = 1; waiting && w <= windows; w++) {
            if (free_us[w] > now || !demo_staffed(o, d, w, second))
                continue;
            int at = best(o, w, a, queue, waiting);
            if (at < 0)
                continue;
            const struct demo_arrival *x = &a[queue[at]];
            drop(queue, &waiting, at);
            free_us[w] =
                now + (x->no_show ? MISS_S * US_SECOND : x->service_us + WALK_S * US_SECOND);
            if (!x->no_show)
                served(f, x, now - x->at_us);
        }
    }
    assert_int_equal(waiting, 0); /* nobody is left over */
}

static struct branch_outlet named(const struct demo_outlet *o)
{
    struct branch_outlet out = { .active = true };
    snprintf(out.code, sizeof out.code, "%s", o->code);
    return out;
}

static void add_day(struct figures *f, const struct figures *day)
{
    f->customers += day->customers;
    f->served += day->served;
    f->gave_up += day->gave_up;
    f->wait_s += day->wait_s;
    f->all20 += day->all20;
    f->within20 += day->within20;
    f->mid10 += day->mid10;
    f->within10 += day->within10;
    for (int i = 0; i < DEMO_SLOTS; i++) {
        f->slot_wait_s[i] += day->slot_wait_s[i];
        f->slot_served[i] += day->slot_served[i];
    }
    f->days += day->customers > 0;
    f->missed +=
        day->customers && (day->within20 < .95 * day->all20 || day->within10 < .90 * day->mid10);
}

/* Eight weeks of autumn 2026, the National Day among them, through one outlet's windows. */
static void simulate(size_t k, struct figures *work, struct figures *rest, int *fewest, int *most)
{
    struct rng rng;
    struct branch_outlet outlet = named(&demo_outlets[k]);
    rng_seed(&rng, 20261123 + k);
    for (date d = ymd(2026, 9, 28); d.days < ymd(2026, 11, 23).days; d.days++) {
        struct arena *arena = arena_new(8 << 20);
        struct demo_arrival *a;
        int n;
        struct figures day = { 0 };
        assert_int_equal(demo_day(&rng, &outlet, d, 1, arena, &a, &n), 0);
        one_day(&demo_outlets[k], d, a, n, &day);
        bool works = branch_is_work_day(branch_calendar(d));
        add_day(works ? work : rest, &day);
        if (works && n < *fewest)
            *fewest = n;
        if (works && n > *most)
            *most = n;
        arena_free(arena);
    }
}

static void print_figures(const char *name, const struct figures *f)
{
    printf("  %s: %d days, %.0f customers a day, mean wait %.1f min, %.1f %% within 20, mid/high"
           " %.1f %% within 10, %.1f %% gave up, 1020 missed on %d days\n",
           name, f->days, f->customers / (double)f->days, f->wait_s / f->served / 60,
           100.0 * f->within20 / f->all20, 100.0 * f->within10 / f->mid10,
           100.0 * f->gave_up / f->customers, f->missed);
}

static void a_typical_work_day_waits_two_to_six_minutes(void **state)
{
    UNUSED(state);
    struct figures rest = { 0 };
    int fewest = 100000, most = 0, days = 0, missed = 0;
    double worst = 0, slot_s[DEMO_SLOTS] = { 0 }, slot_n[DEMO_SLOTS] = { 0 };
    for (size_t k = 0; k < DEMO_OUTLETS; k++) {
        struct figures work = { 0 };
        simulate(k, &work, &rest, &fewest, &most);
        print_figures(demo_outlets[k].code, &work);
        days += work.days;
        missed += work.missed;
        for (int i = 0; i < DEMO_SLOTS; i++) {
            slot_s[i] += work.slot_wait_s[i];
            slot_n[i] += work.slot_served[i];
        }
        double minutes = work.wait_s / work.served / 60;
        if (minutes < 2 || minutes > 6)
            fail_msg("%s waits %.1f minutes", demo_outlets[k].code, minutes);
    }
    print_figures("days off", &rest);
    printf("  work days: %d to %d customers, 1020 missed on %d of %d outlet-days\n", fewest, most,
           missed, days);
    assert_true(missed > days / 20 && missed < days / 2);
    printf("  mean wait by half-hour from 8:30, minutes:");
    for (int i = 0; i < DEMO_SLOTS && slot_n[i]; i++) {
        double minutes = slot_s[i] / slot_n[i] / 60;
        printf(" %.1f", minutes);
        worst = minutes > worst ? minutes : worst;
    }
    printf("\n");
    assert_true(worst > 4 && worst < 15); /* the peak is tense */
}

static void one_seed_gives_one_day_in_order(void **state)
{
    UNUSED(state);
    struct branch_outlet outlet = named(&demo_outlets[0]);
    struct arena *arena = arena_new(8 << 20);
    struct demo_arrival *a, *b;
    struct rng rng;
    int n, m;
    rng_seed(&rng, 7);
    assert_int_equal(demo_day(&rng, &outlet, ymd(2026, 11, 23), 1, arena, &a, &n), 0);
    rng_seed(&rng, 7);
    assert_int_equal(demo_day(&rng, &outlet, ymd(2026, 11, 23), 1, arena, &b, &m), 0);
    assert_int_equal(n, m);
    assert_memory_equal(a, b, (size_t)n * sizeof *a);
    for (int i = 0; i < n; i++) {
        int second = date_second_of_day(a[i].at_us);
        assert_true(!i || a[i].at_us >= a[i - 1].at_us);
        assert_true(second >= 8 * 3600 + 1800 && second < 17 * 3600 + 1800);
        assert_int_equal(date_of_instant(a[i].at_us).days, ymd(2026, 11, 23).days);
        assert_true(a[i].service_us >= 20 * US_SECOND && a[i].service_us <= 90 * US_MINUTE);
        assert_int_equal(a[i].booked_us != 0, a[i].channel == DEMO_BOOKING);
        assert_true(!a[i].booked_us || (a[i].booked_us >= a[i].at_us &&
                                        a[i].booked_us - a[i].at_us <= 10 * US_MINUTE));
    }
    arena_free(arena);
}

static void a_closed_outlet_and_a_stranger_have_no_customers(void **state)
{
    UNUSED(state);
    struct branch_outlet outlet = named(demo_outlet_find("JZ05")), stranger = { .code = "X" };
    struct arena *arena = arena_new(1 << 20);
    struct demo_arrival *a;
    struct rng rng;
    int n = -1;
    rng_seed(&rng, 7);
    assert_int_equal(demo_day(&rng, &outlet, ymd(2026, 11, 22), 1, arena, &a, &n), 0);
    assert_int_equal(n, 0); /* a Sunday */
    assert_int_equal(demo_day(&rng, &outlet, ymd(2026, 10, 1), 1, arena, &a, &n), 0);
    assert_int_equal(n, 0); /* the National Day */
    assert_int_equal(demo_day(&rng, &stranger, ymd(2026, 11, 23), 1, arena, &a, &n),
                     BRANCH_NO_OUTLET);
    arena_free(arena);
}

static void draws_have_the_shares_they_were_given(void **state)
{
    UNUSED(state);
    struct branch_outlet outlet = named(demo_outlet_find("JZ01"));
    struct arena *arena = arena_new(64 << 20);
    struct demo_arrival *a;
    struct rng rng;
    int n, class[DEMO_CLASSES] = { 0 }, service[DEMO_SERVICES] = { 0 }, courtesy = 0, gone3 = 0;
    double sum = 0, sum2 = 0;
    rng_seed(&rng, 1);
    assert_int_equal(demo_day(&rng, &outlet, ymd(2026, 11, 11), 100, arena, &a, &n), 0);
    for (int i = 0; i < n; i++) {
        double s = (double)a[i].service_us / 1e6 / demo_handling_s[a[i].service_index];
        class[a[i].class_index]++;
        service[a[i].service_index]++;
        courtesy += a[i].courtesy;
        gone3 += a[i].patience_us <= 30 * US_MINUTE;
        sum += s;
        sum2 += s * s;
    }
    double mean = sum / n, cs2 = sum2 / n / mean / mean - 1;
    printf("  %d customers: mean service %.3f of usual, cs2 %.3f, patience under 30 min %.3f\n", n,
           mean, cs2, (double)gone3 / n);
    assert_true(n > 20000);
    assert_true(fabs(mean - 1) < 0.03 && fabs(cs2 - 1.2) < 0.2);
    assert_true(fabs((double)class[0] / n - .80) < .02 && fabs((double)class[2] / n - .05) < .01);
    assert_true(fabs((double)courtesy / n - .06 * (1 - (double)service[DEMO_COMPANY] / n)) < .01);
    /* the log's S(180 s) = .610, ten times slower */
    assert_true(fabs((double)gone3 / n - .390) < .02);
    for (int i = 0; i < DEMO_SERVICES; i++)
        assert_true(service[i] > 0);
    arena_free(arena);
}

SUITE(branch_demo_flow, cmocka_unit_test(the_carried_shares_match_the_file),
      cmocka_unit_test(special_days_are_found),
      cmocka_unit_test(expected_customers_follow_the_kind_of_day),
      cmocka_unit_test(a_typical_work_day_waits_two_to_six_minutes),
      cmocka_unit_test(one_seed_gives_one_day_in_order),
      cmocka_unit_test(a_closed_outlet_and_a_stranger_have_no_customers),
      cmocka_unit_test(draws_have_the_shares_they_were_given))
