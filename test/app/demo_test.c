/* demo_test.c -- One work day of the demo bank, made by the lobby's own functions and proven by
 * its proofs; each proof is shown a store in which it must find something. */
#include "test.h"
#include "app/bank.h"
#include "app/cli_check.h"
#include "app/demo.h"
#include "base/secret.h"
#include "branch/demo_city.h"
#include "lobby/lobby.h"
#include "roster/need.h"
#include <unistd.h>

enum { DEMO_CHAINS = DEMO_OUTLETS + 1 }; /* and the bank's own */
static struct bank bank;
static struct demo_numbers numbers;

static void make_bank(const char *name, uint64_t seed, struct bank *b, struct demo_numbers *n)
{
    char path[400], error[600] = "";
    struct demo_settings s = { .seed = seed, .days = 1 };
    snprintf(path, sizeof path, "%s/%s", test_dir(), name);
    (void)unlink(path);
    assert_int_equal(secret_init(), 0);
    assert_true(date_from_ymd(2026, 11, 18, &s.first)); /* a Wednesday */
    assert_int_equal(app_bank_open(path, true, date_instant(s.first, 0), b, error, sizeof error),
                     0);
    assert_int_equal(demo_make(b, &s), 0);
    assert_int_equal(demo_history(b, &s, NULL, n), 0);
}

static int made(void **state)
{
    UNUSED(state);
    make_bank("demo.db", 7, &bank, &numbers);
    return 0;
}

static int closed(void **state)
{
    UNUSED(state);
    app_bank_close(&bank);
    return 0;
}

static void a_day_has_its_customers_and_every_proof_holds(void **state)
{
    UNUSED(state);
    struct check_proof p[CHECK_PROOFS];
    assert_true(numbers.tickets > 2000 && numbers.tickets < 8000);
    assert_int_equal(check_run(&bank, p), 0);
    for (int i = 0; i < CHECK_PROOFS; i++)
        if (p[i].bad)
            fail_msg("%s: %s", p[i].name, p[i].text);
    assert_true(p[2].count >= numbers.tickets);
    assert_true(p[1].count > p[2].count * 3); /* events of tickets: taken, called, served, done */
}

static void the_demo_bank_is_made_once(void **state)
{
    UNUSED(state);
    struct demo_settings s = { .seed = 7, .days = 1 };
    assert_int_equal(demo_make(&bank, &s), WHO_SETUP_DONE);
}

static void everybody_went_home(void **state)
{
    UNUSED(state);
    struct db_tx *tx;
    int64_t open = -1;
    assert_int_equal(db_read(bank.db, &tx), 0);
    assert_int_equal(
        db_one_i64(tx, "SELECT COUNT(*) FROM window_session WHERE state<3", DB_NO_ARGS, -1, &open),
        0);
    assert_int_equal(open, 0);
    assert_int_equal(
        db_one_i64(tx, "SELECT COUNT(*) FROM ticket WHERE state<7", DB_NO_ARGS, -1, &open), 0);
    assert_int_equal(open, 0);
    db_read_done(&tx);
}

/* The last link of every chain: it stands for all events before it. */
static void heads(struct bank *b, uint8_t out[DEMO_CHAINS][32], int *n)
{
    struct db_tx *tx;
    struct db_rows r;
    size_t len = 0;
    *n = 0;
    assert_int_equal(db_read(b->db, &tx), 0);
    assert_int_equal(db_query(tx, &r, "SELECT hash FROM event_head ORDER BY outlet_id", DB_NO_ARGS),
                     0);
    while (db_next(&r) == DB_ROW && *n < DEMO_CHAINS) {
        const void *hash = db_bytes(&r, 0, &len);
        assert_int_equal(len, 32);
        memcpy(out[(*n)++], hash, 32);
    }
    db_done(&r);
    db_read_done(&tx);
}

static void one_seed_gives_one_history(void **state)
{
    UNUSED(state);
    struct bank other;
    struct demo_numbers n = { 0 };
    uint8_t a[DEMO_CHAINS][32], b[DEMO_CHAINS][32];
    int n_a = 0, n_b = 0;
    make_bank("other.db", 7, &other, &n);
    assert_int_equal(n.tickets, numbers.tickets);
    assert_int_equal(n.steps, numbers.steps);
    heads(&bank, a, &n_a);
    heads(&other, b, &n_b);
    app_bank_close(&other);
    assert_int_equal(n_a, DEMO_CHAINS);
    assert_int_equal(n_a, n_b);
    assert_memory_equal(a, b, sizeof a);
    make_bank("third.db", 8, &other, &n);
    heads(&other, b, &n_b);
    app_bank_close(&other);
    assert_memory_not_equal(a[1], b[1], 32);
}

static int alter(struct call *c, void *sql)
{
    return db_exec(c->tx, sql, DB_NO_ARGS);
}

/* Alters, proves, and leaves the store as it was. */
static int altered(struct call *c, void *ctx)
{
    const char **row = ctx;
    int64_t tickets = 0, bad = 0;
    char text[CHECK_TEXT];
    int rc = alter(c, (void *)(uintptr_t)row[0]);
    if (rc)
        fail_msg("%s: %d", row[0], rc);
    assert_int_equal(lobby_check(c, &tickets, &bad, text, sizeof text), 0);
    if (bad < 1 || !strstr(text, row[1]))
        fail_msg("%s: %s", row[0], bad ? text : "not found");
    return BASE_BAD_INPUT; /* rolls back */
}

#define ONE_DONE "(SELECT MIN(id) FROM ticket WHERE state=7)"

static void each_proof_over_tickets_finds_its_breach(void **state)
{
    UNUSED(state);
    static const char *const row[][2] = {
        { "UPDATE ticket SET state=4, ended_us=0 WHERE id=" ONE_DONE, "no window is in use" },
        { "UPDATE window_session SET ticket_id=5 WHERE id=(SELECT MIN(id) FROM window_session)",
          "shows a ticket that is not there" },
        { "UPDATE ticket SET state=2, ended_us=0 WHERE id=" ONE_DONE, "bound to a window" },
        { "UPDATE ticket SET ended_us=0 WHERE id=" ONE_DONE, "without a time" },
        { "UPDATE ticket SET called_us=taken_us-1 WHERE id=" ONE_DONE, "not in order" },
        { "UPDATE ticket SET state=9 WHERE id=" ONE_DONE, "ended otherwise" },
        { "UPDATE lobby_sequence SET last=1 WHERE last>1", "more numbers than the sequence" },
        { "DELETE FROM leg WHERE ticket_id=" ONE_DONE, "ended otherwise" },
        { "UPDATE leg SET n=n+1 WHERE ticket_id=" ONE_DONE, "part of a visit is missing" },
        { "UPDATE leg SET ended_us=called_us-1 WHERE ticket_id=" ONE_DONE,
          "part's times are not in order" },
        { "UPDATE leg SET ticket_id=5 WHERE ticket_id=" ONE_DONE, "without its ticket" },
        { "DELETE FROM event WHERE topic='ticket.done' AND subject_id=" ONE_DONE,
          "last event says another state" },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        const char *both[2] = { row[i][0], row[i][1] };
        assert_int_equal(app_bank_write(&bank, 1, altered, both), BASE_BAD_INPUT);
    }
}

/* ---- a day by the published roster ---- */

static const struct roster_duty *duty_of(const struct roster_duty *list, int n, int64_t staff)
{
    for (int i = 0; i < n; i++)
        if (list[i].staff.n == staff && !list[i].absent)
            return &list[i];
    return NULL;
}

/* Whoever sat at a window was on duty, came no earlier and went no later than the roster says. */
static int sat_by_roster(struct call *c, void *ctx)
{
    date day = *(date *)ctx;
    int seen = 0, rc = 0;
    for (int at = 0; !rc && at < DEMO_OUTLETS; at++) {
        struct branch_outlet o;
        struct roster_duty *list;
        struct window_span *spans;
        bool published = false;
        int n = 0, m = 0;
        rc = branch_outlet_find(c, demo_outlets[at].code, &o);
        if (!rc)
            rc = roster_day(c, o.id, day, &list, &n, &published);
        if (!rc)
            rc = lobby_window_spans(c, o.id, date_instant(day, 0), date_instant(day, 86400), &spans,
                                    &m);
        assert_true(rc || (published && (n > 0) == (m > 0)));
        for (int i = 0; !rc && i < m; i++) {
            if (spans[i].pause)
                continue;
            const struct roster_duty *d = duty_of(list, n, spans[i].staff.n);
            assert_non_null(d);
            assert_true(spans[i].from_us >= date_instant(day, d->from * 60));
            assert_true(date_second_of_day(spans[i].from_us) < d->until * 60);
            seen++;
        }
    }
    assert_true(rc || seen > 20);
    return rc;
}

/* Windows of a kind that somebody sits at, at an instant. */
static int open_at(const struct window_span *list, int n, const struct branch_window *windows,
                   int n_windows, bool corporate, int64_t at_us)
{
    int open = 0;
    for (int i = 0; i < n; i++)
        for (int w = 0; w < n_windows; w++)
            if (windows[w].id.n == list[i].window.n && windows[w].corporate == corporate &&
                list[i].from_us <= at_us && list[i].until_us > at_us)
                open += list[i].pause ? -1 : 1;
    return open;
}

struct half_hours {
    int all, more; /* windows stood open for those who were still being served */
};

/* In each half-hour there is a minute at which as many windows of a kind are open as the published
 * roster's certificate counts; people come late, and finish whom they serve. */
static int as_certified(struct call *c, const struct branch_outlet *o, date day,
                        struct half_hours *sum)
{
    date monday = { day.days - date_weekday(day) + 1 };
    struct roster_week *week = arena_alloc(c->arena, sizeof *week);
    struct roster_model *m = arena_alloc(c->arena, sizeof *m);
    struct branch_window *windows;
    struct window_span *spans;
    int at_work[ROSTER_PARTS][WEEK_SLOTS], n = 0, n_windows = 0;
    int rc = roster_week_get(c, o->id, monday, week);
    if (!rc)
        rc = roster_model(c, o->id, day, m);
    if (!rc)
        rc = branch_windows(c, o->id, &windows, &n_windows);
    if (!rc)
        rc = lobby_window_spans(c, o->id, date_instant(day, 0), date_instant(day, 86400), &spans,
                                &n);
    if (rc)
        return rc;
    roster_windows_at_work(m, &week->week, &week->published_work, day.days - monday.days, at_work);
    for (int t = m->open_s / ROSTER_SLOT_S; t < m->close_s / ROSTER_SLOT_S; t++)
        for (int kind = 0; kind < ROSTER_PARTS; kind++) {
            int least = 99, most = 0;
            for (int minute = 0; minute < 30; minute++) {
                int open = open_at(spans, n, windows, n_windows, kind == SKILL_CORPORATE,
                                   date_instant(day, t * ROSTER_SLOT_S + minute * 60));
                least = open < least ? open : least;
                most = open > most ? open : most;
            }
            if (most < at_work[kind][t])
                fail_msg("%s at %d:%02d: %d windows by roster, %d to %d open", o->code, t / 2,
                         t % 2 * 30, at_work[kind][t], least, most);
            sum->more += least > at_work[kind][t];
            sum->all++;
        }
    return 0;
}

static int open_by_roster(struct call *c, void *ctx)
{
    struct half_hours sum = { 0 };
    int rc = 0;
    for (int at = 0; !rc && at < DEMO_OUTLETS; at++) {
        struct branch_outlet o;
        rc = branch_outlet_find(c, demo_outlets[at].code, &o);
        if (!rc)
            rc = as_certified(c, &o, *(date *)ctx, &sum);
    }
    assert_true(rc || (sum.all > 200 && sum.more * 100 <= sum.all));
    return rc;
}

static void days_follow_their_published_roster(void **state)
{
    UNUSED(state);
    struct sim *sims;
    static const int after[] = { 0, 1, 5 }; /* somebody is away on Tuesday; Saturday */
    date day;
    assert_true(date_from_ymd(2026, 11, 23, &day));
    assert_int_equal(demo_rosters(&bank, day), 0);
    assert_int_equal(demo_sims_open(&bank, &sims), 0);
    for (size_t i = 0; i < COUNT(after); i++) {
        assert_true(date_from_ymd(2026, 11, 23 + after[i], &day));
        int64_t night_us = date_instant(day, 23 * 3600);
        assert_int_equal(demo_run_day(&bank, sims, day, INT64_MAX, 7), 0);
        assert_int_equal(app_bank_write(&bank, night_us, sat_by_roster, &day), 0);
        assert_int_equal(app_bank_write(&bank, night_us, open_by_roster, &day), 0);
    }
    demo_sims_free(sims);
}

static const struct CMUnitTest demo_tests[] = {
    cmocka_unit_test_setup(a_day_has_its_customers_and_every_proof_holds, made),
    cmocka_unit_test(the_demo_bank_is_made_once),
    cmocka_unit_test(everybody_went_home),
    cmocka_unit_test(one_seed_gives_one_history),
    cmocka_unit_test(days_follow_their_published_roster),
    cmocka_unit_test_teardown(each_proof_over_tickets_finds_its_breach, closed),
};
__attribute__((constructor)) static void demo_suite(void)
{
    test_register("demo", demo_tests, COUNT(demo_tests));
}
