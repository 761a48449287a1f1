/* who_desk.h -- A database file with the room's tables, and a call on it, for this room's tests. */
#ifndef TEST_WHO_WHO_DESK_H
#define TEST_WHO_WHO_DESK_H
#include "store/event.h"
#include "test.h"
#include "who/who.h"

#include <unistd.h>

#define NOON     INT64_C(1795406400000000) /* 2026-11-23 12:00 in China */
#define PASSWORD "keen-otter-7-票号"
#define PEER     "192.0.2.7"

struct desk {
    struct db *db;
    struct ids ids;
    struct rng rng;
    struct call c;
    char path[300]; /* the file */
};

static inline void desk_open(struct desk *d, const char *name)
{
    *d = (struct desk){ 0 };
    const char *url = test_db(name);
    snprintf(d->path, sizeof d->path, "%s", url + (test_on_server() ? 0 : strlen("sqlite:")));
    assert_int_equal(db_open(url, &d->db), 0);
    assert_int_equal(db_migrate(d->db, event_migrations, event_migrations_count, NOON), 0);
    assert_int_equal(db_migrate(d->db, who_migrations, who_migrations_count, NOON), 0);
    ids_init(&d->ids, 0);
    rng_seed(&d->rng, 1);
    d->c = (struct call){ .now_us = NOON,
                          .rng = &d->rng,
                          .ids = &d->ids,
                          .arena = arena_new(1 << 20),
                          .actor = { .kind = ACTOR_SYSTEM } };
    assert_int_equal(db_begin(d->db, &d->c.tx), 0);
}

/* What was written so far is kept, and a new transaction is open. */
static inline void desk_commit(struct desk *d)
{
    assert_int_equal(db_commit(&d->c.tx), 0);
    arena_clear(d->c.arena);
    assert_int_equal(db_begin(d->db, &d->c.tx), 0);
}

static inline void desk_undo(struct desk *d)
{
    db_rollback(&d->c.tx);
    arena_clear(d->c.arena);
    assert_int_equal(db_begin(d->db, &d->c.tx), 0);
}

static inline void desk_close(struct desk *d)
{
    db_rollback(&d->c.tx);
    db_close(d->db);
    arena_free(d->c.arena);
}

static inline const char *desk_hash(const char *password)
{
    static char hash[PASSWORD_TEXT];
    assert_int_equal(secret_password_hash(password, PASSWORD_TEST, hash), 0);
    return hash;
}

static inline struct who_staff desk_person(const char *username, int role, int64_t outlet_id)
{
    struct who_staff s = { .role = role, .outlet_id = outlet_id, .active = true };
    snprintf(s.username, sizeof(s.username), "%s", username);
    snprintf(s.name, sizeof(s.name), "员工%s", username);
    return s;
}

static inline struct who_staff desk_staff(struct desk *d, const char *username, int role,
                                          int64_t outlet_id)
{
    struct who_staff s = desk_person(username, role, outlet_id);
    assert_int_equal(who_staff_put(&d->c, &s, desk_hash(PASSWORD)), 0);
    assert_true(s.id.n > 0);
    return s;
}

static inline struct who_sign_in desk_form(const char *username, const char *peer)
{
    struct who_sign_in s = { 0 };
    snprintf(s.username, sizeof(s.username), "%s", username);
    snprintf(s.peer, sizeof(s.peer), "%s", peer);
    return s;
}

/* All three steps and the answer; password NULL: a wrong one, without the time of a hash. */
static inline int desk_sign_in(struct desk *d, const char *username, const char *password,
                               const char *peer, char token[TOKEN_TEXT], struct who_session *out)
{
    struct who_session unused;
    struct who_sign_in s = desk_form(username, peer);
    int rc = who_sign_in_read(&d->c, &s);
    if (rc)
        return rc;
    s.ok = password && secret_password_ok(s.hash, password);
    rc = who_sign_in_write(&d->c, &s, out ? out : &unused);
    if (token)
        memcpy(token, s.token, TOKEN_TEXT);
    return rc ? rc : who_sign_in_answer(&d->c, &s);
}

static inline int64_t desk_count(struct desk *d, const char *sql)
{
    int64_t n = -1;
    assert_int_equal(db_one_i64(d->c.tx, sql, DB_NO_ARGS, -1, &n), 0);
    return n;
}
#endif
