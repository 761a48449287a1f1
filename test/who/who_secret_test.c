/* who_secret_test.c -- What the file holds after a day of signing in, the events it left, and what
 * remains when a database call fails in the middle. */
#include "who_desk.h"

/* ---- the file ---- */

static bool file_holds(const char *path, const char *needle)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        return false;
    assert_int_equal(fseek(f, 0, SEEK_END), 0);
    size_t size = (size_t)ftell(f);
    rewind(f);
    char *bytes = malloc(size + 1);
    assert_non_null(bytes);
    assert_int_equal(fread(bytes, 1, size, f), size);
    bool found = memmem(bytes, size, needle, strlen(needle)) != NULL;
    free(bytes);
    fclose(f);
    return found;
}

static void the_file_holds_no_password_and_no_token(void **state)
{
    UNUSED(state);
    ONLY_ON_A_FILE();
    enum { SECRETS = 8 };
    static const char *const typed_wrong = "Wrong-Field-Passw0rd";
    struct desk d;
    char secret[SECRETS][TOKEN_TEXT];
    struct who_session s;
    desk_open(&d, "who-file");
    struct who_staff boss = desk_person("the.boss", ROLE_ADMIN, 0);
    struct who_device kiosk = {
        .role = ROLE_KIOSK, .outlet_id = 7, .name = "一号", .active = true
    };
    assert_int_equal(who_setup_begin(&d.c, secret[0]), 0);
    desk_commit(&d);
    assert_int_equal(who_setup_finish(&d.c, secret[0], &boss, desk_hash(PASSWORD)), 0);
    assert_int_equal(desk_sign_in(&d, "the.boss", PASSWORD, PEER, secret[1], &s), 0);
    memcpy(secret[2], s.csrf, TOKEN_TEXT);
    assert_int_equal(who_device_put(&d.c, &kiosk, secret[3]), 0);
    assert_int_equal(who_session_find(&d.c, secret[3], &s), 0);
    memcpy(secret[4], s.csrf, TOKEN_TEXT);
    desk_commit(&d);
    assert_int_equal(desk_sign_in(&d, typed_wrong, NULL, PEER, NULL, NULL), WHO_BAD_SIGN_IN);
    assert_int_equal(who_staff_put(&d.c, &boss, desk_hash("another-9-password")), 0);
    assert_int_equal(desk_sign_in(&d, "the.boss", "another-9-password", PEER, secret[5], &s), 0);
    memcpy(secret[6], s.csrf, TOKEN_TEXT);
    desk_commit(&d);
    assert_int_equal(who_sign_out(&d.c, secret[5]), 0);
    snprintf(secret[7], TOKEN_TEXT, "%s", "another-9-password");
    desk_commit(&d);

    char wal[310];
    snprintf(wal, sizeof(wal), "%s-wal", d.path);
    for (int closed = 0; closed <= 1; closed++) {
        const char *files[] = { d.path, wal };
        for (size_t f = 0; f < COUNT(files); f++) {
            for (int i = 0; i < SECRETS; i++) {
                assert_int_not_equal(strlen(secret[i]), 0);
                if (file_holds(files[f], secret[i]))
                    fail_msg("secret %d is in %s", i, files[f]);
            }
            assert_false(file_holds(files[f], PASSWORD));
            assert_false(file_holds(files[f], typed_wrong));
            assert_false(file_holds(files[f], "wrong-field-passw0rd"));
        }
        if (!closed)
            desk_close(&d);
    }
    assert_true(file_holds(d.path, "the.boss")); /* the search itself works */
    assert_true(file_holds(d.path, "$argon2id$"));
}

/* ---- the events ---- */

struct seen {
    char lines[24][160];
    int count;
};

static bool see(void *ctx, const struct event *e)
{
    struct seen *s = ctx;
    assert_true(s->count < (int)COUNT(s->lines));
    snprintf(s->lines[s->count++], sizeof(s->lines[0]), "%s %s %s", e->topic,
             e->actor_kind == ACTOR_STAFF ? "staff" : "other", e->body);
    return true;
}

static void every_change_is_an_event_of_the_bank_without_names(void **state)
{
    UNUSED(state);
    static const char *const want[] = {
        "staff.changed other {\"role\":\"teller\",\"outlet\":7,\"active\":true,\"new\":true,"
        "\"grade\":1,\"password\":true}",
        "staff.signed_in staff {\"role\":\"teller\",\"outlet\":7}",
        "staff.sign_in_failed other {\"known\":true}",
        "staff.sign_in_failed other {\"known\":false}",
        "staff.signed_out other {}",
        "staff.changed other {\"role\":\"teller\",\"outlet\":7,\"active\":false,\"new\":false,"
        "\"grade\":1,\"password\":false}",
        "device.changed other {\"role\":\"board\",\"outlet\":7,\"active\":true,\"new\":true}",
    };
    struct desk d;
    struct seen seen = { 0 };
    char token[TOKEN_TEXT];
    struct who_device board = {
        .role = ROLE_BOARD, .outlet_id = 7, .name = "叫号屏", .active = true
    };
    desk_open(&d, "who-events");
    struct who_staff teller = desk_staff(&d, "teller.01", ROLE_TELLER, 7);
    assert_int_equal(desk_sign_in(&d, "teller.01", PASSWORD, PEER, token, NULL), 0);
    assert_int_equal(desk_sign_in(&d, "teller.01", NULL, PEER, NULL, NULL), WHO_BAD_SIGN_IN);
    assert_int_equal(desk_sign_in(&d, "nobody", NULL, PEER, NULL, NULL), WHO_BAD_SIGN_IN);
    assert_int_equal(who_sign_out(&d.c, token), 0);
    teller.active = false;
    assert_int_equal(who_staff_put(&d.c, &teller, NULL), 0);
    assert_int_equal(who_device_put(&d.c, &board, token), 0);
    desk_commit(&d);
    assert_int_equal(event_after(d.c.tx, 0, 0, 100, see, &seen), 0);
    assert_int_equal(seen.count, (int)COUNT(want));
    for (size_t i = 0; i < COUNT(want); i++)
        assert_string_equal(seen.lines[i], want[i]);
    desk_close(&d);
}

/* ---- torture: the N-th database call fails ---- */

typedef int torture_step(struct desk *d);
static char setup_token[TOKEN_TEXT];

static int step_sign_in(struct desk *d)
{
    return desk_sign_in(d, "teller.01", PASSWORD, PEER, NULL, NULL);
}

static int step_fail(struct desk *d)
{
    int rc = desk_sign_in(d, "teller.01", NULL, PEER, NULL, NULL);
    return rc == WHO_BAD_SIGN_IN ? 0 : rc;
}

static int step_staff(struct desk *d)
{
    struct who_staff s = desk_person("x1", ROLE_TELLER, 7);
    int rc = who_staff_put(&d->c, &s, desk_hash(PASSWORD));
    assert_true((rc == 0) == (s.id.n != 0));
    return rc;
}

static int step_device(struct desk *d)
{
    char token[TOKEN_TEXT];
    struct who_device k = { .role = ROLE_KIOSK, .outlet_id = 7, .name = "x", .active = true };
    int rc = who_device_put(&d->c, &k, token);
    assert_true((rc == 0) == (token[0] != '\0'));
    return rc;
}

static int step_setup(struct desk *d)
{
    struct who_staff s = desk_person("boss", ROLE_ADMIN, 0);
    return who_setup_finish(&d->c, setup_token, &s, desk_hash(PASSWORD));
}

static int step_sweep(struct desk *d)
{
    return who_sweep(&d->c);
}

static void torture(struct desk *d, torture_step *step, const char *name)
{
    static const char *const all = "SELECT (SELECT count(*) FROM staff)"
                                   " + 100*(SELECT count(*) FROM device)"
                                   " + 10000*(SELECT count(*) FROM session)"
                                   " + 1000000*(SELECT count(*) FROM sign_in)"
                                   " + 100000000*(SELECT count(*) FROM setup)";
    int64_t before = desk_count(d, all);
    for (int64_t n = 1; n < 200; n++) {
        db_fail_at(d->db, n, RC_IO);
        int rc = step(d);
        db_fail_at(d->db, 0, 0);
        if (rc == 0) {
            assert_true(n > 1);
            desk_undo(d);
            return;
        }
        if (rc != RC_IO)
            fail_msg("%s, call %lld: rc %d", name, (long long)n, rc);
        desk_undo(d);
        assert_int_equal(desk_count(d, all), before);
    }
    fail_msg("%s never passed", name);
}

static void a_database_call_that_fails_anywhere_leaves_nothing_behind(void **state)
{
    UNUSED(state);
    struct desk d;
    desk_open(&d, "who-torture");
    assert_int_equal(who_setup_begin(&d.c, setup_token), 0);
    desk_commit(&d);
    torture(&d, step_setup, "set-up");
    desk_staff(&d, "teller.01", ROLE_TELLER, 7);
    desk_commit(&d);
    torture(&d, step_sign_in, "sign-in");
    torture(&d, step_fail, "failed sign-in");
    torture(&d, step_staff, "staff");
    torture(&d, step_device, "device");
    torture(&d, step_sweep, "sweep");
    desk_close(&d);
}

SUITE(who_secret, cmocka_unit_test(the_file_holds_no_password_and_no_token),
      cmocka_unit_test(every_change_is_an_event_of_the_bank_without_names),
      cmocka_unit_test(a_database_call_that_fails_anywhere_leaves_nothing_behind))
