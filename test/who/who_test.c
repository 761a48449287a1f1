/* who_test.c -- Staff, devices, sessions on a real file. */
#include "who_desk.h"

static void the_first_start_makes_one_administrator_by_a_link_used_once(void **state)
{
    UNUSED(state);
    struct desk d;
    char first[TOKEN_TEXT], token[TOKEN_TEXT];
    bool needed = false;
    struct who_staff boss = desk_person("boss", ROLE_TELLER, 5);
    desk_open(&d, "who-setup");
    assert_int_equal(who_setup_needed(&d.c, &needed), 0);
    assert_true(needed);
    assert_int_equal(who_setup_finish(&d.c, "", &boss, desk_hash(PASSWORD)), WHO_BAD_SETUP);
    assert_int_equal(who_setup_begin(&d.c, first), 0);
    assert_int_equal(who_setup_begin(&d.c, token), 0); /* the first link ends here */
    assert_int_equal(who_setup_finish(&d.c, first, &boss, desk_hash(PASSWORD)), WHO_BAD_SETUP);
    d.c.now_us = NOON + 24 * US_HOUR;
    assert_int_equal(who_setup_finish(&d.c, token, &boss, desk_hash(PASSWORD)), WHO_BAD_SETUP);
    d.c.now_us--;
    assert_int_equal(who_setup_finish(&d.c, token, &boss, desk_hash(PASSWORD)), 0);
    assert_int_equal(boss.role, ROLE_ADMIN); /* whatever the form said */
    assert_int_equal(boss.outlet_id, 0);
    assert_int_equal(desk_sign_in(&d, "boss", PASSWORD, PEER, NULL, NULL), 0);

    assert_int_equal(who_setup_needed(&d.c, &needed), 0);
    assert_false(needed);
    assert_int_equal(who_setup_begin(&d.c, token), WHO_SETUP_DONE);
    assert_int_equal(who_setup_finish(&d.c, token, &boss, desk_hash(PASSWORD)), WHO_SETUP_DONE);
    assert_int_equal(desk_count(&d, "SELECT count(*) FROM setup"), 0);
    desk_close(&d);
}

static void a_right_password_opens_a_session_for_twelve_hours(void **state)
{
    UNUSED(state);
    struct desk d;
    char token[TOKEN_TEXT];
    struct who_session s, found;
    desk_open(&d, "who-session");
    struct who_staff teller = desk_staff(&d, "teller.01", ROLE_TELLER, 7);
    d.c.actor = (struct actor){ .kind = ACTOR_NOBODY };
    assert_int_equal(desk_sign_in(&d, "Teller.01", PASSWORD, PEER, token, &s), 0);
    assert_int_equal(d.c.actor.kind, ACTOR_NOBODY);
    desk_commit(&d);

    assert_int_equal(strlen(token), TOKEN_TEXT - 1);
    assert_int_equal(who_session_find(&d.c, token, &found), 0);
    assert_int_equal(found.actor.kind, ACTOR_STAFF);
    assert_int_equal(found.actor.id, teller.id.n);
    assert_int_equal(found.actor.role, ROLE_TELLER);
    assert_int_equal(found.actor.outlet_id, 7);
    assert_string_equal(found.name, "员工teller.01");
    assert_int_equal(found.expires_us, NOON + 12 * US_HOUR);
    assert_string_equal(found.csrf, s.csrf);

    d.c.now_us = NOON + 12 * US_HOUR - 1;
    assert_int_equal(who_session_find(&d.c, token, &found), 0);
    d.c.now_us++;
    assert_int_equal(who_session_find(&d.c, token, &found), WHO_NO_SESSION);
    assert_int_equal(found.actor.kind, ACTOR_NOBODY);
    assert_int_equal(who_session_find(&d.c, "", &found), WHO_NO_SESSION);
    assert_int_equal(who_session_find(&d.c, NULL, &found), WHO_NO_SESSION);
    desk_close(&d);
}

static void a_page_must_show_the_sessions_own_csrf_token(void **state)
{
    UNUSED(state);
    struct desk d;
    struct who_session one, two;
    desk_open(&d, "who-csrf");
    desk_staff(&d, "teller.01", ROLE_TELLER, 7);
    assert_int_equal(desk_sign_in(&d, "teller.01", PASSWORD, PEER, NULL, &one), 0);
    assert_int_equal(desk_sign_in(&d, "teller.01", PASSWORD, PEER, NULL, &two), 0);
    assert_int_equal(who_csrf_check(&d.c, &one, one.csrf), 0);
    assert_int_equal(who_csrf_check(&d.c, &one, two.csrf), WHO_BAD_CSRF);
    assert_int_equal(who_csrf_check(&d.c, &one, ""), WHO_BAD_CSRF);
    assert_int_equal(who_csrf_check(&d.c, &one, NULL), WHO_BAD_CSRF);
    struct who_session none = { 0 };
    assert_int_equal(who_csrf_check(&d.c, &none, ""), WHO_BAD_CSRF); /* empty equals empty: no */
    d.c.actor = one.actor;
    assert_int_equal(who_allow(&d.c, ROLE_TELLER, 7), 0);
    assert_int_equal(who_allow(&d.c, ROLE_ADMIN, 0), WHO_NOT_ALLOWED);
    assert_int_equal(who_allow(&d.c, ROLE_TELLER, 8), WHO_OTHER_OUTLET);
    desk_close(&d);
}

static void a_wrong_password_and_an_unknown_name_get_the_same_answer(void **state)
{
    UNUSED(state);
    struct desk d;
    char token[TOKEN_TEXT];
    struct who_session s;
    struct who_attempt *tries = NULL;
    int count = 0;
    desk_open(&d, "who-wrong");
    struct who_staff gone = desk_staff(&d, "gone", ROLE_TELLER, 7);
    desk_staff(&d, "teller.01", ROLE_TELLER, 7);
    gone.active = false;
    assert_int_equal(who_staff_put(&d.c, &gone, NULL), 0);
    static const char *const row[] = { "teller.01", "nobody", "gone", "my-secret pass!" };
    for (size_t i = 0; i < COUNT(row); i++) {
        const char *password = i == 2 ? PASSWORD : "not-this-one";
        d.c.now_us++;
        assert_int_equal(desk_sign_in(&d, row[i], password, PEER, token, &s), WHO_BAD_SIGN_IN);
        assert_string_equal(d.c.detail, "");
        assert_string_equal(token, "");
        assert_int_equal(s.actor.kind, ACTOR_NOBODY);
    }
    desk_commit(&d); /* the tries are kept */
    assert_int_equal(who_attempts(&d.c, 10, &tries, &count), 0);
    assert_int_equal(count, 4);
    assert_string_equal(tries[3].username, "teller.01"); /* newest first */
    assert_string_equal(tries[1].username, "gone");
    assert_int_equal(tries[0].username[0], '?'); /* perhaps a password in the wrong field */
    assert_int_equal(strlen(tries[0].username), 5);
    assert_string_equal(tries[0].peer, PEER);
    assert_false(tries[0].ok);
    assert_int_equal(who_attempts(&d.c, 2, &tries, &count), 0);
    assert_int_equal(count, 2);
    desk_close(&d);
}

static void five_failures_of_a_name_make_it_wait_known_or_not(void **state)
{
    UNUSED(state);
    static const char *const names[] = { "teller.01", "nobody" };
    struct desk d;
    desk_open(&d, "who-throttle");
    desk_staff(&d, "teller.01", ROLE_TELLER, 7);
    for (size_t n = 0; n < COUNT(names); n++) {
        char peer[16];
        d.c.now_us = NOON + (int64_t)n * US_DAY;
        for (int i = 0; i < 5; i++) { /* from five places, in two spellings */
            snprintf(peer, sizeof(peer), "192.0.2.%d", i);
            const char *name = i % 2 ? names[n] : n ? "NOBODY" : "TELLER.01";
            assert_int_equal(desk_sign_in(&d, name, NULL, peer, NULL, NULL), WHO_BAD_SIGN_IN);
        }
        assert_int_equal(desk_sign_in(&d, names[n], PASSWORD, PEER, NULL, NULL), WHO_THROTTLED);
        assert_string_equal(d.c.detail, "retry in 60 s");
        d.c.now_us += US_MINUTE;
        assert_int_equal(desk_sign_in(&d, names[n], NULL, PEER, NULL, NULL), WHO_BAD_SIGN_IN);
        d.c.now_us += US_MINUTE;
        assert_int_equal(desk_sign_in(&d, names[n], NULL, PEER, NULL, NULL), WHO_THROTTLED);
        assert_string_equal(d.c.detail, "retry in 60 s"); /* two minutes after the sixth */
    }
    d.c.now_us = NOON + 3 * US_MINUTE;
    assert_int_equal(desk_sign_in(&d, "teller.01", PASSWORD, PEER, NULL, NULL), 0);
    for (int i = 0; i < 4; i++) { /* a success has wiped the slate */
        d.c.now_us++;
        assert_int_equal(desk_sign_in(&d, "teller.01", NULL, PEER, NULL, NULL), WHO_BAD_SIGN_IN);
    }
    assert_int_equal(desk_sign_in(&d, "teller.01", PASSWORD, PEER, NULL, NULL), 0);
    desk_close(&d);
}

static void twenty_failures_of_a_peer_make_it_wait_and_nobody_else(void **state)
{
    UNUSED(state);
    struct desk d;
    desk_open(&d, "who-peer");
    desk_staff(&d, "teller.01", ROLE_TELLER, 7);
    for (int i = 0; i < 20; i++) {
        char name[16];
        snprintf(name, sizeof(name), "guess%d", i);
        assert_int_equal(desk_sign_in(&d, name, NULL, PEER, NULL, NULL), WHO_BAD_SIGN_IN);
    }
    assert_int_equal(desk_sign_in(&d, "teller.01", PASSWORD, PEER, NULL, NULL), WHO_THROTTLED);
    assert_int_equal(desk_sign_in(&d, "teller.01", PASSWORD, "192.0.2.8", NULL, NULL), 0);
    d.c.now_us += WHO_SESSION_US;
    assert_int_equal(desk_sign_in(&d, "teller.01", PASSWORD, PEER, NULL, NULL), 0);
    desk_close(&d);
}

static void tries_read_at_one_moment_do_not_slip_through_together(void **state)
{
    UNUSED(state);
    struct desk d;
    struct who_sign_in s[8];
    struct who_session out;
    desk_open(&d, "who-burst");
    desk_staff(&d, "teller.01", ROLE_TELLER, 7);
    for (size_t i = 0; i < COUNT(s); i++) {
        s[i] = desk_form("teller.01", PEER);
        assert_int_equal(who_sign_in_read(&d.c, &s[i]), 0);
        s[i].ok = i == 7; /* the eighth guess is right, too late */
    }
    for (size_t i = 0; i < COUNT(s); i++)
        assert_int_equal(who_sign_in_write(&d.c, &s[i], &out), i < 5 ? 0 : WHO_THROTTLED);
    assert_string_equal(s[7].token, "");
    assert_int_equal(desk_count(&d, "SELECT count(*) FROM session"), 0);
    desk_close(&d);
}

static void a_hash_that_changed_meanwhile_opens_nothing(void **state)
{
    UNUSED(state);
    struct desk d;
    struct who_session out;
    desk_open(&d, "who-meanwhile");
    struct who_staff teller = desk_staff(&d, "teller.01", ROLE_TELLER, 7);
    struct who_sign_in s = desk_form("teller.01", PEER);
    assert_int_equal(who_sign_in_read(&d.c, &s), 0);
    s.ok = secret_password_ok(s.hash, PASSWORD);
    assert_true(s.ok);
    assert_int_equal(who_staff_put(&d.c, &teller, desk_hash("another-9-password")), 0);
    assert_int_equal(who_sign_in_write(&d.c, &s, &out), 0);
    assert_int_equal(who_sign_in_answer(&d.c, &s), WHO_BAD_SIGN_IN);
    desk_close(&d);
}

static void signing_out_ends_this_session_only(void **state)
{
    UNUSED(state);
    struct desk d;
    char one[TOKEN_TEXT], two[TOKEN_TEXT];
    struct who_session s;
    desk_open(&d, "who-out");
    desk_staff(&d, "teller.01", ROLE_TELLER, 7);
    assert_int_equal(desk_sign_in(&d, "teller.01", PASSWORD, PEER, one, NULL), 0);
    assert_int_equal(desk_sign_in(&d, "teller.01", PASSWORD, PEER, two, NULL), 0);
    assert_int_equal(who_sign_out(&d.c, one), 0);
    assert_int_equal(who_session_find(&d.c, one, &s), WHO_NO_SESSION);
    assert_int_equal(who_sign_out(&d.c, one), WHO_NO_SESSION);
    assert_int_equal(who_session_find(&d.c, two, &s), 0);
    desk_close(&d);
}

static void deactivating_and_a_new_password_end_every_session_at_once(void **state)
{
    UNUSED(state);
    struct desk d;
    char token[TOKEN_TEXT];
    struct who_session s;
    desk_open(&d, "who-end");
    struct who_staff teller = desk_staff(&d, "teller.01", ROLE_TELLER, 7);

    assert_int_equal(desk_sign_in(&d, "teller.01", PASSWORD, PEER, token, NULL), 0);
    teller.role = ROLE_FLOOR; /* a new role holds at once, in the same session */
    teller.outlet_id = 8;
    assert_int_equal(who_staff_put(&d.c, &teller, NULL), 0);
    assert_int_equal(who_session_find(&d.c, token, &s), 0);
    assert_int_equal(s.actor.role, ROLE_FLOOR);
    assert_int_equal(s.actor.outlet_id, 8);

    teller.active = false;
    assert_int_equal(who_staff_put(&d.c, &teller, NULL), 0);
    assert_int_equal(who_session_find(&d.c, token, &s), WHO_NO_SESSION);
    teller.active = true;
    assert_int_equal(who_staff_put(&d.c, &teller, NULL), 0);
    assert_int_equal(who_session_find(&d.c, token, &s), WHO_NO_SESSION); /* it does not come back */

    assert_int_equal(desk_sign_in(&d, "teller.01", PASSWORD, PEER, token, NULL), 0);
    assert_int_equal(who_staff_put(&d.c, &teller, desk_hash("another-9-password")), 0);
    assert_int_equal(who_session_find(&d.c, token, &s), WHO_NO_SESSION);
    assert_int_equal(desk_sign_in(&d, "teller.01", "another-9-password", PEER, NULL, NULL), 0);
    desk_close(&d);
}

static void staff_orders_are_refused_for_one_reason_each(void **state)
{
    UNUSED(state);
    struct desk d;
    desk_open(&d, "who-staff");
    struct who_staff admin = desk_staff(&d, "admin", ROLE_ADMIN, 0);
    desk_staff(&d, "teller.01", ROLE_TELLER, 7);
    struct who_staff got;
    assert_int_equal(who_staff_get(&d.c, (staff_id){ 5 }, &got), WHO_NO_STAFF);
    assert_int_equal(who_staff_get(&d.c, admin.id, &got), 0);
    assert_string_equal(got.username, "admin");
    static const struct {
        int64_t id;
        const char *username;
        int role;
        int64_t outlet_id;
        bool hash;
        int rc;
        const char *field, *why;
    } row[] = {
        { 5, "x1", ROLE_TELLER, 7, true, WHO_NO_STAFF, "id", "no such person" },
        { 0, "Teller.01", ROLE_TELLER, 7, true, WHO_NAME_TAKEN, "username", "in any case" },
        { 0, "x1", ROLE_KIOSK, 7, true, WHO_BAD_ROLE, "role", "a device's role" },
        { 0, "x1", ROLE_TELLER | ROLE_FLOOR, 7, true, WHO_BAD_ROLE, "role", "two roles" },
        { 0, "x1", 0, 7, true, WHO_BAD_ROLE, "role", "none" },
        { 0, "x1", ROLE_TELLER, 0, true, BASE_MISSING, "outlet_id", "would see every outlet" },
        { 0, "x1", ROLE_OFFICE, -1, true, BASE_RANGE, "outlet_id", "no such outlet" },
        { 0, "x y", ROLE_TELLER, 7, true, BASE_BAD_INPUT, "username", "not a user name" },
        { 0, "x1", ROLE_TELLER, 7, false, BASE_MISSING, "password", "a new one needs one" },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        struct who_staff s = desk_person(row[i].username, row[i].role, row[i].outlet_id);
        s.id.n = row[i].id;
        int rc = who_staff_put(&d.c, &s, row[i].hash ? desk_hash(PASSWORD) : NULL);
        if (rc != row[i].rc || strcmp(d.c.field, row[i].field))
            fail_msg("%s: rc %d, %s", row[i].why, rc, d.c.field);
    }
    struct who_staff nameless = desk_person("x1", ROLE_TELLER, 7);
    nameless.name[0] = '\0';
    assert_int_equal(who_staff_put(&d.c, &nameless, desk_hash(PASSWORD)), BASE_MISSING);
    assert_int_equal(who_password_fit(&d.c, "x1", "password123"), WHO_WEAK_PASSWORD);
    assert_string_equal(d.c.field, "password");
    assert_int_equal(who_password_fit(&d.c, "x1", PASSWORD), 0);
    assert_int_equal(desk_count(&d, "SELECT count(*) FROM staff"), 2);
    desk_close(&d);
}

static void the_last_administrator_stays(void **state)
{
    UNUSED(state);
    struct desk d;
    desk_open(&d, "who-last");
    struct who_staff one = desk_staff(&d, "admin.1", ROLE_ADMIN, 0);
    struct who_staff two = desk_staff(&d, "admin.2", ROLE_ADMIN, 0);
    two.active = false;
    assert_int_equal(who_staff_put(&d.c, &two, NULL), 0);
    one.active = false;
    assert_int_equal(who_staff_put(&d.c, &one, NULL), WHO_LAST_ADMIN);
    one.active = true;
    one.role = ROLE_OFFICE;
    assert_int_equal(who_staff_put(&d.c, &one, NULL), WHO_LAST_ADMIN);
    one.role = ROLE_ADMIN;
    assert_int_equal(who_staff_put(&d.c, &one, NULL), 0);
    two.active = true;
    assert_int_equal(who_staff_put(&d.c, &two, NULL), 0);
    one.role = ROLE_OFFICE;
    assert_int_equal(who_staff_put(&d.c, &one, NULL), 0); /* another one is there now */
    desk_close(&d);
}

static void lists_are_of_one_outlet_or_of_all(void **state)
{
    UNUSED(state);
    struct desk d;
    struct who_staff *staff = NULL;
    struct who_device *devices = NULL;
    char token[TOKEN_TEXT];
    int count = -1;
    desk_open(&d, "who-lists");
    assert_int_equal(who_staff_list(&d.c, 0, &staff, &count), 0);
    assert_int_equal(count, 0);
    desk_staff(&d, "bo", ROLE_TELLER, 7);
    desk_staff(&d, "al", ROLE_TELLER, 8);
    desk_staff(&d, "cy", ROLE_OFFICE, 0);
    struct who_device kiosk = {
        .role = ROLE_KIOSK, .outlet_id = 7, .name = "一号", .active = true
    };
    assert_int_equal(who_device_put(&d.c, &kiosk, token), 0);
    assert_int_equal(who_staff_list(&d.c, 0, &staff, &count), 0);
    assert_int_equal(count, 3);
    assert_string_equal(staff[0].username, "al");
    assert_int_equal(who_staff_list(&d.c, 7, &staff, &count), 0);
    assert_int_equal(count, 1);
    assert_string_equal(staff[0].username, "bo");
    assert_int_equal(who_device_list(&d.c, 7, &devices, &count), 0);
    assert_int_equal(count, 1);
    assert_string_equal(devices[0].name, "一号");
    assert_int_equal(who_device_list(&d.c, 8, &devices, &count), 0);
    assert_int_equal(count, 0);
    desk_close(&d);
}

static void a_device_token_holds_until_the_device_is_deactivated(void **state)
{
    UNUSED(state);
    struct desk d;
    char token[TOKEN_TEXT], other[TOKEN_TEXT];
    struct who_session s;
    struct who_device kiosk = {
        .role = ROLE_KIOSK, .outlet_id = 7, .name = "一号", .active = true
    };
    desk_open(&d, "who-device");
    assert_int_equal(who_device_put(&d.c, &kiosk, token), 0);
    d.c.now_us = NOON + 3650 * US_DAY;
    assert_int_equal(who_session_find(&d.c, token, &s), 0);
    assert_int_equal(s.actor.kind, ACTOR_DEVICE);
    assert_int_equal(s.actor.id, kiosk.id.n);
    assert_int_equal(s.actor.role, ROLE_KIOSK);
    assert_int_equal(s.actor.outlet_id, 7);
    assert_true(s.expires_us == WHO_NEVER_US);
    assert_int_equal(strlen(s.csrf), TOKEN_TEXT - 1);
    assert_int_equal(who_sign_out(&d.c, token), WHO_NO_SESSION);

    snprintf(kiosk.name, sizeof(kiosk.name), "二号");
    assert_int_equal(who_device_put(&d.c, &kiosk, other), 0); /* a new name, the same token */
    assert_string_equal(other, "");
    assert_int_equal(who_session_find(&d.c, token, &s), 0);
    kiosk.active = false;
    assert_int_equal(who_device_put(&d.c, &kiosk, other), 0);
    assert_int_equal(who_session_find(&d.c, token, &s), WHO_NO_SESSION);
    kiosk.active = true;
    assert_int_equal(who_device_put(&d.c, &kiosk, other), 0);
    assert_int_equal(who_session_find(&d.c, token, &s), WHO_NO_SESSION); /* forgotten for good */
    assert_int_equal(who_session_find(&d.c, other, &s), 0);

    struct who_device none = kiosk;
    none.id.n = 5;
    assert_int_equal(who_device_put(&d.c, &none, other), WHO_NO_DEVICE);
    none = (struct who_device){ .role = ROLE_TELLER, .outlet_id = 7, .name = "x", .active = true };
    assert_int_equal(who_device_put(&d.c, &none, other), WHO_BAD_ROLE);
    none.role = ROLE_BOARD;
    none.outlet_id = 0;
    assert_int_equal(who_device_put(&d.c, &none, other), BASE_MISSING);
    none.outlet_id = 7;
    none.name[0] = '\0';
    assert_int_equal(who_device_put(&d.c, &none, other), BASE_MISSING);
    assert_string_equal(other, "");
    desk_close(&d);
}

static void sweeping_takes_what_is_over_and_nothing_else(void **state)
{
    UNUSED(state);
    struct desk d;
    char token[TOKEN_TEXT];
    struct who_session s;
    desk_open(&d, "who-sweep");
    assert_int_equal(who_setup_begin(&d.c, token), 0);
    desk_staff(&d, "teller.01", ROLE_TELLER, 7);
    assert_int_equal(desk_sign_in(&d, "teller.01", PASSWORD, PEER, NULL, NULL), 0);
    d.c.now_us += 11 * US_HOUR;
    assert_int_equal(desk_sign_in(&d, "teller.01", PASSWORD, PEER, token, NULL), 0);
    d.c.now_us += 2 * US_HOUR;
    assert_int_equal(who_sweep(&d.c), 0);
    assert_int_equal(desk_count(&d, "SELECT count(*) FROM session"), 1);
    assert_int_equal(who_session_find(&d.c, token, &s), 0);
    assert_int_equal(desk_count(&d, "SELECT count(*) FROM setup"), 1);
    d.c.now_us += 200 * US_DAY;
    assert_int_equal(who_sweep(&d.c), 0);
    assert_int_equal(desk_count(&d, "SELECT count(*) FROM session"), 0);
    assert_int_equal(desk_count(&d, "SELECT count(*) FROM setup"), 0);
    assert_int_equal(desk_count(&d, "SELECT count(*) FROM sign_in"), 0);
    desk_close(&d);
}

/* ---- grades and staff numbers ---- */

static void a_grade_belongs_to_the_role_and_only_a_supervisor_is_named(void **state)
{
    static const struct {
        int role, grade, want;
    } row[] = { { ROLE_TELLER, 0, GRADE_TELLER },
                { ROLE_TELLER, GRADE_SUPERVISOR, GRADE_SUPERVISOR },
                { ROLE_FLOOR, GRADE_SUPERVISOR, GRADE_SUPERVISOR },
                { ROLE_HEAD, 0, GRADE_HEAD },
                { ROLE_OFFICE, GRADE_SUPERVISOR, GRADE_OFFICE },
                { ROLE_AUDITOR, GRADE_SUPERVISOR, GRADE_NONE },
                { ROLE_ADMIN, 0, GRADE_NONE } };
    struct desk d;
    UNUSED(state);
    desk_open(&d, "who-grade");
    for (size_t i = 0; i < COUNT(row); i++) {
        struct who_staff s = { .role = row[i].role, .grade = row[i].grade };
        assert_int_equal(who_grade(&s), row[i].want);
    }
    struct who_staff s = { .role = ROLE_TELLER,
                           .outlet_id = 7,
                           .username = "graded",
                           .name = "x",
                           .active = true,
                           .grade = 3 };
    assert_int_equal(who_staff_put(&d.c, &s, "hash"), WHO_BAD_GRADE);
    s.grade = GRADE_SUPERVISOR;
    memcpy(s.number, "70-1", 5);
    assert_int_equal(who_staff_put(&d.c, &s, "hash"), WHO_BAD_NUMBER);
    memcpy(s.number, "7001A", 6);
    assert_int_equal(who_staff_put(&d.c, &s, "hash"), 0);
    struct who_staff twin;
    assert_int_equal(who_staff_get(&d.c, s.id, &twin), 0);
    assert_int_equal(twin.grade, GRADE_SUPERVISOR);
    assert_string_equal(twin.number, "7001A");
    twin.id.n = 1;
    memcpy(twin.number, "7001a", 6);
    assert_true(who_same_person(&s, &twin));
    twin.number[0] = s.number[0] = '\0';
    assert_false(who_same_person(&s, &twin));
    desk_close(&d);
}

SUITE(who, cmocka_unit_test(the_first_start_makes_one_administrator_by_a_link_used_once),
      cmocka_unit_test(a_right_password_opens_a_session_for_twelve_hours),
      cmocka_unit_test(a_page_must_show_the_sessions_own_csrf_token),
      cmocka_unit_test(a_wrong_password_and_an_unknown_name_get_the_same_answer),
      cmocka_unit_test(five_failures_of_a_name_make_it_wait_known_or_not),
      cmocka_unit_test(twenty_failures_of_a_peer_make_it_wait_and_nobody_else),
      cmocka_unit_test(tries_read_at_one_moment_do_not_slip_through_together),
      cmocka_unit_test(a_hash_that_changed_meanwhile_opens_nothing),
      cmocka_unit_test(signing_out_ends_this_session_only),
      cmocka_unit_test(deactivating_and_a_new_password_end_every_session_at_once),
      cmocka_unit_test(staff_orders_are_refused_for_one_reason_each),
      cmocka_unit_test(the_last_administrator_stays),
      cmocka_unit_test(lists_are_of_one_outlet_or_of_all),
      cmocka_unit_test(a_device_token_holds_until_the_device_is_deactivated),
      cmocka_unit_test(a_grade_belongs_to_the_role_and_only_a_supervisor_is_named),
      cmocka_unit_test(sweeping_takes_what_is_over_and_nothing_else))
