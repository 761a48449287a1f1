/* torture_test.c -- Every write of the lobby, with the N-th database call failing, for every N and
 * each kind of fault: afterwards the store is as it was, byte for byte, and the same write then
 * succeeds and leaves the very rows it leaves undisturbed. */
#include "bank.h"
#include "base/buf.h"
#include "base/secret.h"
#include "lobby/day.h"
#include "store/db_table.h"
#include "store/event.h"

enum { CALLS_MAX = 2000 };

static struct bank b;
static struct ticket one, two; /* what a path is about */
static int64_t tomorrow;

/* ---- the whole store in 32 bytes ---- */

static struct db_table *tables;
static int n_tables;
static struct arena *names;

static void find_tables(void)
{
    names = arena_new(8 << 20);
    BANK_OK(db_tables(b.c.tx, names, &tables, &n_tables));
}

/* branch_version's number is drawn at each change: two runs that leave the same otherwise differ
 * in it. */
enum { WHOLE = 0, ALL_BUT_VERSION = 1 };

static void digest(int less, uint8_t out[DIGEST_BYTES])
{
    struct buf all;
    buf_init(&all, 1 << 16);
    for (int i = 0; i < n_tables; i++) {
        uint8_t of_one[DIGEST_BYTES];
        int64_t rows = 0;
        if (!strcmp(tables[i].name, "migration") ||
            (less && !strcmp(tables[i].name, "branch_version")))
            continue;
        BANK_OK(db_table_digest(b.c.tx, &tables[i], &rows, of_one));
        buf_add(&all, of_one, sizeof of_one);
    }
    digest_sha256(all.at, all.len, out);
    buf_release(&all);
}

/* ---- the paths: what stands before, and the one write ---- */

static struct book_order booking(const char *phone)
{
    return (struct book_order){
        .outlet = b.outlet, .service = b.service[SERVICE_B], .slot_us = tomorrow, .phone = phone
    };
}

static void as_floor(void)
{
    bank_as(&b, b.floor, ROLE_FLOOR);
}

static void opened(void)
{
    bank_open_day(&b, 2);
    one = bank_take(&b, SERVICE_A, CLASS_NORMAL);
    bank_later(&b, 60);
    two = bank_take(&b, SERVICE_B, CLASS_MID);
    bank_later(&b, 60);
}

static void called(void)
{
    opened();
    BANK_OK(bank_next(&b, 0, &one));
    bank_later(&b, 15);
}

static void serving(void)
{
    called();
    BANK_OK(bank_serve(&b, 0));
    bank_later(&b, 200);
}

static void just_served(void)
{
    called();
    BANK_OK(bank_serve(&b, 0));
    bank_later(&b, 10);
}

static void done(void)
{
    serving();
    BANK_OK(bank_end(&b, 0));
    bank_later(&b, 10);
}

static void parked(void)
{
    serving();
    BANK_OK(lobby_park(&b.c, b.window[0], "a form", &one));
    bank_later(&b, 10);
}

static void booked(void)
{
    struct book_order o = booking("13800000001");
    opened();
    bank_as_customer(&b);
    BANK_OK(lobby_book(&b.c, &o, &one));
}

static void visit_of_two(void)
{
    struct take_order o = { .outlet = b.outlet,
                            .services = { b.service[SERVICE_A], b.service[SERVICE_C] },
                            .n_services = 2 };
    bank_open_day(&b, 1);
    BANK_OK(lobby_take(&b.c, &o, &one));
    BANK_OK(bank_next(&b, 0, &one));
    BANK_OK(bank_serve(&b, 0));
}

static int run_take(void)
{
    struct take_order o = { .outlet = b.outlet,
                            .services = { b.service[SERVICE_A], b.service[SERVICE_B] },
                            .n_services = 2,
                            .class_index = CLASS_HIGH,
                            .courtesy = true,
                            .source = SOURCE_PHONE,
                            .phone = "13800000002" };
    bank_as_customer(&b);
    return lobby_take(&b.c, &o, &one);
}

static int run_book(void)
{
    struct book_order o = booking("13800000003");
    bank_as_customer(&b);
    return lobby_book(&b.c, &o, &one);
}

static int run_check_in(void)
{
    b.c.now_us = tomorrow - 300 * US_SECOND;
    bank_as_customer(&b);
    return lobby_check_in(&b.c, one.id, &one);
}

static void booked_and_open(void)
{
    booked();
    int64_t now = b.c.now_us;
    b.c.now_us = tomorrow - 400 * US_SECOND;
    bank_as_system(&b);
    BANK_OK(lobby_day_open(&b.c, b.outlet));
    b.c.now_us = now;
}

static int run_reschedule(void)
{
    return lobby_reschedule(&b.c, one.id, tomorrow + 3600 * US_SECOND, &one);
}

static int run_cancel(void)
{
    return lobby_cancel(&b.c, one.id, &one);
}

static int run_miss(void)
{
    int missed = 0;
    b.c.now_us = tomorrow + US_DAY / 12;
    bank_as_system(&b);
    int rc = lobby_miss_bookings(&b.c, &missed);
    if (!rc)
        assert_int_equal(missed, 1);
    return rc;
}

static int run_blackout(void)
{
    struct ticket *hit;
    int n = 0;
    bank_as(&b, b.head, ROLE_HEAD);
    int rc = lobby_blackout(&b.c, b.outlet, tomorrow - 3600 * US_SECOND,
                            tomorrow + 3600 * US_SECOND, "a power cut", true, &hit, &n);
    if (!rc)
        assert_int_equal(n, 1);
    return rc;
}

static int run_notify(void)
{
    return lobby_notify(&b.c, one.id, 5, &one);
}

static int run_leave(void)
{
    bank_as_customer(&b);
    return lobby_leave(&b.c, one.id, "", &one);
}

static int run_roll(void)
{
    struct roll_entry e = { .number = "P001",
                            .service = b.service[SERVICE_A],
                            .taken_us = b.c.now_us - 3000 * US_SECOND,
                            .called_us = b.c.now_us - 2000 * US_SECOND,
                            .ended_us = b.c.now_us - 1000 * US_SECOND,
                            .window = b.window[0] };
    as_floor();
    return lobby_roll(&b.c, b.outlet, &e, &one);
}

static int run_sign_in(void)
{
    struct window_session s;
    bank_as(&b, b.teller[2], ROLE_TELLER);
    return lobby_sign_in(&b.c, b.window[2], &s);
}

static int run_sign_out(void)
{
    bank_as(&b, b.teller[1], ROLE_TELLER);
    return lobby_sign_out(&b.c, b.window[1]);
}

static int run_pause(void)
{
    bank_as(&b, b.teller[1], ROLE_TELLER);
    return lobby_pause(&b.c, b.window[1], "lunch");
}

static void paused(void)
{
    opened();
    BANK_OK(run_pause());
    bank_later(&b, 600);
}

static int run_resume(void)
{
    return lobby_resume(&b.c, b.window[1]);
}

static int run_next(void)
{
    int rc = bank_next(&b, 0, &one);
    if (!rc)
        assert_true(one.id.n > 0);
    return rc;
}

static int run_call(void)
{
    as_floor();
    bank_as(&b, b.teller[0], ROLE_TELLER);
    return lobby_call(&b.c, b.window[0], two.id, "asked for by name", &two);
}

static int run_recall(void)
{
    return lobby_recall(&b.c, b.window[0], &one);
}

static int run_serve(void)
{
    return bank_serve(&b, 0);
}

static int run_end(void)
{
    return bank_end(&b, 0);
}

static int run_no_show(void)
{
    return lobby_no_show(&b.c, b.window[0], &one);
}

static int run_park(void)
{
    return lobby_park(&b.c, b.window[0], "a form", &one);
}

static int run_return(void)
{
    as_floor();
    return lobby_return(&b.c, one.id, true, &one);
}

static int run_transfer(void)
{
    struct lobby_target to = { .service = b.service[SERVICE_B], .first = true };
    return lobby_transfer(&b.c, b.window[0], &to, "a transfer first", &one);
}

static int run_transfer_window(void)
{
    struct lobby_target to = { .window = b.window[1] };
    return lobby_transfer(&b.c, b.window[0], &to, "over there", &one);
}

static int run_undo(void)
{
    bank_as(&b, b.teller[0], ROLE_TELLER);
    return lobby_undo(&b.c, b.window[0], &one);
}

static int run_void(void)
{
    as_floor();
    return lobby_void(&b.c, one.id, "printed twice", &one);
}

static int run_move(void)
{
    struct lobby_target to = { .window = b.window[1], .first = true };
    as_floor();
    return lobby_move(&b.c, one.id, &to, "shorter there", &one);
}

static int run_class(void)
{
    as_floor();
    return lobby_set_class(&b.c, one.id, CLASS_HIGH, "a gold card", &one);
}

static int run_courtesy(void)
{
    as_floor();
    return lobby_set_courtesy(&b.c, one.id, true, "with a stick", &one);
}

static int run_correct(void)
{
    as_floor();
    return lobby_correct(&b.c, one.id, b.c.now_us - 20 * US_SECOND, "forgotten", &one);
}

static int run_day_open(void)
{
    bank_as_system(&b);
    return lobby_day_open(&b.c, b.outlet);
}

static int run_day_stop(void)
{
    as_floor();
    return lobby_day_stop(&b.c, b.outlet, "full");
}

static void stopped(void)
{
    opened();
    BANK_OK(run_day_stop());
}

static int run_day_resume(void)
{
    return lobby_day_resume(&b.c, b.outlet);
}

static int close_day(bool carry)
{
    int left = 0;
    as_floor();
    int rc = lobby_day_close(&b.c, b.outlet, carry, "the evening", &left);
    if (!rc)
        assert_int_equal(left, 2);
    return rc;
}

static int run_close_void(void)
{
    return close_day(false);
}

static int run_close_carry(void)
{
    return close_day(true);
}

static int run_tick(void)
{
    bank_as_system(&b);
    return lobby_day_tick(&b.c, b.outlet);
}

/* The day was left open with people at the windows and in the chairs. */
static void night(void)
{
    called();
    b.c.now_us = tomorrow - 9 * 3600 * US_SECOND;
}

static void closing_time(void)
{
    opened();
    bank_at(&b, "17:00:01");
}

static int run_settings(void)
{
    struct lobby_settings s;
    int rc = lobby_settings_get(&b.c, b.outlet, &s);
    snprintf(s.rule, sizeof s.rule, "strict;courtesy off");
    s.undo_s = 30;
    return rc ? rc : lobby_settings_put(&b.c, b.outlet, &s);
}

static int run_window_rule(void)
{
    return lobby_window_rule_put(&b.c, b.window[0], "strict;courtesy off");
}

static const struct path {
    const char *name;
    void (*before)(void);
    int (*run)(void);
} paths[] = {
    { "take", opened, run_take },
    { "book", opened, run_book },
    { "check in", booked_and_open, run_check_in },
    { "reschedule", booked, run_reschedule },
    { "cancel", booked, run_cancel },
    { "miss bookings", booked, run_miss },
    { "blackout", booked, run_blackout },
    { "notify", opened, run_notify },
    { "leave", opened, run_leave },
    { "leave when called", called, run_leave },
    { "roll", opened, run_roll },
    { "sign in", opened, run_sign_in },
    { "sign out", opened, run_sign_out },
    { "pause", opened, run_pause },
    { "resume", paused, run_resume },
    { "next", opened, run_next },
    { "call", opened, run_call },
    { "recall", called, run_recall },
    { "serve", called, run_serve },
    { "end", serving, run_end },
    { "end of the first service", visit_of_two, run_end },
    { "no-show", called, run_no_show },
    { "park", serving, run_park },
    { "return", parked, run_return },
    { "transfer", serving, run_transfer },
    { "transfer to a window", serving, run_transfer_window },
    { "undo of a call", called, run_undo },
    { "undo of a serve", just_served, run_undo },
    { "undo of an end", done, run_undo },
    { "void", opened, run_void },
    { "void while serving", serving, run_void },
    { "move", opened, run_move },
    { "class", opened, run_class },
    { "courtesy", opened, run_courtesy },
    { "correct", done, run_correct },
    { "correct while serving", serving, run_correct },
    { "day open", NULL, run_day_open },
    { "day stop", opened, run_day_stop },
    { "day resume", stopped, run_day_resume },
    { "day close, voids", opened, run_close_void },
    { "day close, carries over", opened, run_close_carry },
    { "day tick opens", NULL, run_tick },
    { "day tick at closing time", closing_time, run_tick },
    { "day tick after a night", night, run_tick },
    { "settings", opened, run_settings },
    { "window rule", opened, run_window_rule },
};

/* ---- one path, one fault after another ---- */

struct moment { /* everything that a write may use and change */
    struct call c;
    struct ids ids;
    struct rng rng;
    struct ticket one, two;
};

static struct moment moment_keep(void)
{
    return (struct moment){ b.c, b.ids, b.rng, one, two };
}

static void moment_back(const struct moment *m)
{
    arena_clear(b.c.arena);
    struct db_tx *tx = b.c.tx;
    b.c = m->c;
    b.c.tx = tx;
    b.ids = m->ids;
    b.rng = m->rng;
    one = m->one;
    two = m->two;
}

static void assert_same(const uint8_t *want, int less, const char *path, int64_t n,
                        const char *when)
{
    uint8_t now[DIGEST_BYTES];
    digest(less, now);
    if (memcmp(want, now, DIGEST_BYTES))
        fail_msg("%s, call %lld: the store is another %s", path, (long long)n, when);
}

/* Undisturbed, under a savepoint that is taken back: it succeeds and leaves the rows it leaves. */
static void whole_run(const struct path *p, const struct moment *m, int64_t n,
                      uint8_t want[DIGEST_BYTES], bool first)
{
    moment_back(m);
    BANK_OK(db_savepoint(b.c.tx));
    int rc = p->run();
    if (rc)
        fail_msg("%s: rc %d (%s) without a fault, after call %lld", p->name, rc, b.c.detail,
                 (long long)n);
    if (first)
        digest(ALL_BUT_VERSION, want);
    else
        assert_same(want, ALL_BUT_VERSION, p->name, n, "after a success that follows a fault");
    db_undo(b.c.tx);
}

/* The number of database calls the path makes. */
static int64_t torture(const struct path *p, const struct moment *m, int kind,
                       const uint8_t before[DIGEST_BYTES], uint8_t after[DIGEST_BYTES])
{
    for (int64_t n = 1; n < CALLS_MAX; n++) {
        moment_back(m);
        BANK_OK(db_savepoint(b.c.tx));
        int64_t from = db_calls(b.db);
        db_fail_at(b.db, n, kind);
        int rc = p->run();
        db_fail_at(b.db, 0, 0);
        int64_t calls = db_calls(b.db) - from;
        if (rc == 0 && calls >= n)
            fail_msg("%s: the fault at call %lld was swallowed", p->name, (long long)n);
        if (rc == 0) {
            assert_same(after, ALL_BUT_VERSION, p->name, n, "after a success");
            db_undo(b.c.tx);
            return calls;
        }
        if (rc != kind)
            fail_msg("%s, call %lld: rc %d for a fault of %d", p->name, (long long)n, rc, kind);
        db_undo(b.c.tx);
        assert_same(before, WHOLE, p->name, n, "after a fault");
        whole_run(p, m, n, after, false);
    }
    fail_msg("%s: more than %d database calls", p->name, CALLS_MAX);
    return 0;
}

static int64_t torture_path(const struct path *p)
{
    static const int kinds[] = { RC_IO, RC_FULL, RC_BUSY };
    uint8_t before[DIGEST_BYTES], after[DIGEST_BYTES];
    int64_t faults = 0;
    bank_at(&b, "09:30");
    bank_as_system(&b);
    if (p->before)
        p->before();
    digest(WHOLE, before);
    struct moment m = moment_keep();
    whole_run(p, &m, 0, after, true);
    assert_same(before, WHOLE, p->name, 0, "after undoing a success");
    for (size_t k = 0; k < COUNT(kinds); k++)
        faults += torture(p, &m, kinds[k], before, after);
    moment_back(&m);
    BANK_OK(p->run()); /* events carry their hashes: the chain in memory is right too */
    assert_same(after, ALL_BUT_VERSION, p->name, 0, "after all of it");
    return faults;
}

static void a_fault_at_any_call_leaves_the_lobby_as_it_was(void **state)
{
    int64_t faults = 0, events = 0, bad = 0;
    char text[200];
    UNUSED(state);
    bank_open(&b);
    BANK_OK(lobby_prepare(&b.c));
    bank_save(&b);
    find_tables();
    tomorrow = bank_time(1, "10:00");
    for (size_t i = 0; i < COUNT(paths); i++) {
        faults += torture_path(&paths[i]);
        if (i + 1 < COUNT(paths))
            bank_undo(&b);
        ids_seen(&b.ids, b.ids.last + ((int64_t)60000 << IDS_LOW_BITS));
    }
    bank_save(&b);
    BANK_OK(event_check(b.c.tx, &events, &bad, text, sizeof text));
    assert_int_equal(bad, 0);
    print_message("%zu paths, %lld faults\n", COUNT(paths), (long long)faults);
    bank_close(&b);
    arena_free(names);
}

SUITE(lobby_torture, cmocka_unit_test(a_fault_at_any_call_leaves_the_lobby_as_it_was))
