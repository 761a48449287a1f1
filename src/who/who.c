/* who.c -- Reads, decides (who_rules.c), writes (who_store.c), and leaves an event for each change
 * in the same transaction. Events of this room belong to the bank itself, outlet 0. */
#include "who/who.h"
#include "store/db_kept.h"
#include "store/event.h"
#include "who/who_rules.h"
#include "who/who_store.h"
#include <string.h>
#include "base/banned.h"

enum { BANK = 0 }; /* the outlet of this room's events */

static void token_digest(const char *token, uint8_t out[DIGEST_BYTES])
{
    digest_sha256(token, strlen(token), out);
}

static bool looks_like_token(const char *token)
{
    return token && strlen(token) == TOKEN_TEXT - 1;
}

/* The page's proof that it holds the session: from the token, so that nothing more is kept. */
static void csrf_of(const char *token, char out[TOKEN_TEXT])
{
    char hex[DIGEST_TEXT];
    digest_keyed(token, "csrf", hex);
    memcpy(out, hex, TOKEN_TEXT - 1);
    out[TOKEN_TEXT - 1] = '\0';
}

/* ---- signing in ---- */

/* argon2id of a random text nobody knows, with the cost of PASSWORD_NORMAL. */
static const char nobodys_hash[] = "$argon2id$v=19$m=19456,t=2,p=1$ouV4LsQ0IgudAAq+/"
                                   "+0vvw$B+W8F+5hUBRkXzf/YxdkvaDKyNAixzLjHVWZNC4loq0";

/* The person (found and active, or not) and the name under which tries are counted. */
static int find_person(struct call *c, const char *typed, struct who_secret_staff *person,
                       bool *active, char key[WHO_USERNAME_MAX + 1])
{
    bool found = false;
    int rc = 0;
    bool is_name = who_rules_username(typed, key);
    if (is_name)
        rc = who_store_staff_named(c->tx, key, person, &found);
    if (rc)
        return rc;
    *active = found && person->staff.active;
    if (!found) { /* one tag for all spellings of a name, as a known name has one count */
        char tag[WHO_TAG_TEXT];
        who_rules_tag(is_name ? key : typed, tag);
        memcpy(key, tag, sizeof(tag));
    }
    return 0;
}

static int throttle(struct call *c, const char *key, const char *peer)
{
    struct who_tries tries = { 0 };
    int rc = who_store_tries(c->tx, key, peer, c->now_us - WHO_TRIES_WINDOW_US, &tries);
    if (rc)
        return rc;
    int64_t wait_us = who_rules_wait(&tries, c->now_us);
    if (wait_us > 0)
        return call_refuse(c, WHO_THROTTLED, NULL, "retry in %lld s",
                           (long long)((wait_us + US_SECOND - 1) / US_SECOND));
    return 0;
}

int who_sign_in_read(struct call *c, struct who_sign_in *s)
{
    struct who_secret_staff person = { 0 };
    char key[WHO_USERNAME_MAX + 1];
    bool active = false;
    s->staff.n = 0;
    s->ok = false;
    s->token[0] = '\0';
    int rc = find_person(c, s->username, &person, &active, key);
    if (!rc)
        rc = throttle(c, key, s->peer);
    if (rc)
        return rc;
    if (active) {
        s->staff = person.staff.id;
        memcpy(s->hash, person.hash, sizeof(s->hash));
    } else {
        memcpy(s->hash, nobodys_hash, sizeof(nobodys_hash));
    }
    return 0;
}

static int session_begin(struct call *c, struct who_sign_in *s, const struct who_staff *person,
                         struct who_session *out)
{
    uint8_t digest[DIGEST_BYTES];
    struct actor asked_by = c->actor;
    secret_token(s->token);
    token_digest(s->token, digest);
    *out = (struct who_session){ .actor = { .kind = ACTOR_STAFF,
                                            .id = person->id.n,
                                            .role = person->role,
                                            .outlet_id = person->outlet_id },
                                 .expires_us = c->now_us + WHO_SESSION_US };
    memcpy(out->name, person->name, sizeof(out->name));
    csrf_of(s->token, out->csrf);
    int rc = who_store_session_add(c->tx, digest, person->id.n, c->now_us, out->expires_us);
    if (rc)
        return rc;
    c->actor = out->actor; /* it was this person, though nobody was signed in a moment ago */
    struct jsonw *w = event_begin(c);
    jw_text(w, "role", who_role_code(person->role));
    jw_i64(w, "outlet", person->outlet_id);
    rc = event_add(c, BANK, "staff.signed_in", person->id.n);
    c->actor = asked_by;
    return rc;
}

int who_sign_in_write(struct call *c, struct who_sign_in *s, struct who_session *out)
{
    struct who_secret_staff person = { 0 };
    char key[WHO_USERNAME_MAX + 1];
    bool active = false;
    *out = (struct who_session){ .actor = { .kind = ACTOR_NOBODY } };
    s->token[0] = '\0';
    int rc = find_person(c, s->username, &person, &active, key);
    if (!rc)
        rc = throttle(c, key, s->peer); /* again: many tries may have been read at one time */
    if (rc)
        goto out;
    /* The hash was verified outside the transaction: it must still be this person's. */
    s->ok = s->ok && active && s->staff.n == person.staff.id.n && s->staff.n != 0 &&
            strcmp(s->hash, person.hash) == 0;
    rc = who_store_try_add(c->tx, call_id(c), c->now_us, key, s->peer, s->ok);
    if (rc)
        goto out;
    if (s->ok) {
        rc = session_begin(c, s, &person.staff, out);
    } else {
        struct jsonw *w = event_begin(c);
        jw_bool(w, "known", person.staff.id.n != 0);
        rc = event_add(c, BANK, "staff.sign_in_failed", person.staff.id.n);
    }
out:
    if (rc)
        s->token[0] = '\0';
    secret_wipe(person.hash, sizeof(person.hash));
    secret_wipe(s->hash, sizeof(s->hash));
    return rc;
}

int who_sign_in_answer(struct call *c, const struct who_sign_in *s)
{
    if (s->ok)
        return 0;
    return call_refuse(c, WHO_BAD_SIGN_IN, NULL, "%s", ""); /* which of the two is not said */
}

/* ---- sessions ---- */

/* Under the pen a session is known for as long as no instance has written to what it hangs on. */
int who_session_find(struct call *c, const char *token, struct who_session *out)
{
    static const struct db_kept_kind kept = { { "session", "staff", "device" } };
    uint8_t digest[DIGEST_BYTES];
    bool found = false;
    size_t len = 0;
    *out = (struct who_session){ .actor = { .kind = ACTOR_NOBODY } };
    if (!looks_like_token(token))
        return WHO_NO_SESSION;
    token_digest(token, digest);
    const struct who_session *known = db_kept(c->tx, &kept, digest, sizeof digest, &len);
    if (known && known->expires_us > c->now_us) {
        *out = *known;
        return 0;
    }
    int rc = who_store_session_of_staff(c->tx, digest, c->now_us, out, &found);
    if (!rc && !found)
        rc = who_store_session_of_device(c->tx, digest, out, &found);
    if (rc)
        return rc;
    if (!found)
        return WHO_NO_SESSION;
    csrf_of(token, out->csrf);
    db_keep(c->tx, &kept, digest, sizeof digest, out, sizeof *out);
    return 0;
}

int who_sign_out(struct call *c, const char *token)
{
    struct who_session session;
    uint8_t digest[DIGEST_BYTES];
    int rc = who_session_find(c, token, &session);
    if (rc)
        return rc;
    if (session.actor.kind != ACTOR_STAFF)
        return WHO_NO_SESSION; /* a device has no session to end: it is deactivated */
    token_digest(token, digest);
    rc = who_store_session_end(c->tx, digest);
    if (rc)
        return rc;
    event_begin(c);
    return event_add(c, BANK, "staff.signed_out", session.actor.id);
}

int who_allow(struct call *c, int roles, int64_t outlet_id)
{
    int rc = who_rules_allow(&c->actor, roles, outlet_id);
    return rc ? call_refuse(c, rc, NULL, "%s", "") : 0;
}

int who_csrf_check(struct call *c, const struct who_session *s, const char *given)
{
    if (given && strlen(s->csrf) == TOKEN_TEXT - 1 && secret_equal(given, s->csrf))
        return 0;
    return call_refuse(c, WHO_BAD_CSRF, NULL, "%s", "");
}

/* ---- staff ---- */

int who_password_fit(struct call *c, const char *username, const char *password)
{
    char name[WHO_USERNAME_MAX + 1];
    const char *why = NULL;
    int rc = who_rules_password(who_rules_username(username, name) ? name : NULL, password, &why);
    return rc ? call_refuse(c, rc, "password", "%s", why) : 0;
}

/* Input that no order may have, whatever the tables say. */
static int staff_fields(struct call *c, struct who_staff *s)
{
    char username[WHO_USERNAME_MAX + 1];
    if (!who_rules_username(s->username, username))
        return call_refuse(c, BASE_BAD_INPUT, "username",
                           "2 to 31 letters, digits, dots, dashes or underscores");
    if (s->name[0] == '\0')
        return call_refuse(c, BASE_MISSING, "name", "%s", "");
    if (s->outlet_id < 0)
        return call_refuse(c, BASE_RANGE, "outlet_id", "%s", "");
    memcpy(s->username, username, sizeof(username));
    return 0;
}

static int staff_changed_event(struct call *c, const struct who_staff *s, bool made, bool password)
{
    struct jsonw *w = event_begin(c);
    jw_text(w, "role", who_role_code(s->role));
    jw_i64(w, "outlet", s->outlet_id);
    jw_bool(w, "active", s->active);
    jw_bool(w, "new", made);
    jw_i64(w, "grade", who_grade(s));
    jw_bool(w, "password", password); /* that it changed, not what it is */
    return event_add(c, BANK, "staff.changed", s->id.n);
}

/* Refusals in the order of their codes. old: the person as it is, or zero for a new one. */
static int staff_refusal(struct call *c, const struct who_staff *s, const struct who_staff *old)
{
    struct who_secret_staff other;
    bool taken = false;
    int rc = who_store_staff_named(c->tx, s->username, &other, &taken);
    if (rc)
        return rc;
    if (taken && other.staff.id.n != s->id.n)
        return call_refuse(c, WHO_NAME_TAKEN, "username", "%s", "");
    if (!who_rules_is_role(s->role, WHO_STAFF_ROLES))
        return call_refuse(c, WHO_BAD_ROLE, "role", "%s", "");
    if (who_rules_needs_outlet(s->role) && s->outlet_id == 0)
        return call_refuse(c, BASE_MISSING, "outlet_id", "this role belongs to an outlet");
    if (s->grade < GRADE_NONE || s->grade > GRADE_SUPERVISOR)
        return call_refuse(c, WHO_BAD_GRADE, "grade",
                           "0, 1 or 2 (supervisor); a head and the office have theirs by role");
    if (!who_rules_number(s->number))
        return call_refuse(c, WHO_BAD_NUMBER, "number", "A-Z a-z 0-9");
    if (old->role == ROLE_ADMIN && old->active && !(s->role == ROLE_ADMIN && s->active)) {
        int64_t others = 0;
        rc = who_store_other_admins(c->tx, s->id.n, &others);
        if (rc)
            return rc;
        if (others == 0)
            return call_refuse(c, WHO_LAST_ADMIN, "active", "%s", "");
    }
    return 0;
}

int who_staff_put(struct call *c, struct who_staff *s, const char *password_hash)
{
    struct who_secret_staff put = { 0 };
    struct who_staff old = { 0 };
    bool made = s->id.n == 0, found = false;
    int rc = staff_fields(c, s);
    if (!rc && !made)
        rc = who_store_staff_by_id(c->tx, s->id.n, &put, &found);
    if (rc)
        return rc;
    if (!made && !found)
        return call_refuse(c, WHO_NO_STAFF, "id", "%s", "");
    old = put.staff;
    rc = staff_refusal(c, s, &old);
    if (rc)
        return rc;
    if (made && !password_hash)
        return call_refuse(c, BASE_MISSING, "password", "%s", "");
    if (password_hash) {
        CHECK(strlen(password_hash) < sizeof(put.hash));
        memcpy(put.hash, password_hash, strlen(password_hash) + 1);
    }
    if (made)
        s->id.n = call_id(c);
    put.staff = *s;
    rc = made ? who_store_staff_add(c->tx, &put, c->now_us)
              : who_store_staff_change(c->tx, &put, c->now_us);
    secret_wipe(put.hash, sizeof(put.hash));
    if (!rc && !made && (password_hash || !s->active))
        rc = who_store_sessions_end_of(c->tx, s->id.n);
    if (!rc)
        rc = staff_changed_event(c, s, made, password_hash != NULL);
    if (rc && made)
        s->id.n = 0;
    return rc;
}

int who_staff_get(struct call *c, staff_id id, struct who_staff *out)
{
    static const struct db_kept_kind kept = { { "staff" } };
    struct who_secret_staff person;
    bool found = false;
    size_t len = 0;
    const struct who_staff *known = db_kept(c->tx, &kept, &id.n, sizeof id.n, &len);
    if (known) {
        *out = *known;
        return 0;
    }
    int rc = who_store_staff_by_id(c->tx, id.n, &person, &found);
    if (rc)
        return rc;
    if (!found)
        return WHO_NO_STAFF;
    *out = person.staff;
    db_keep(c->tx, &kept, &id.n, sizeof id.n, out, sizeof *out);
    return 0;
}

int who_staff_list(struct call *c, int64_t outlet_id, struct who_staff **out, int *count)
{
    return who_store_staff_list(c, outlet_id, out, count);
}

/* ---- devices ---- */

static int device_refusal(struct call *c, const struct who_device *d, bool known)
{
    if (d->name[0] == '\0')
        return call_refuse(c, BASE_MISSING, "name", "%s", "");
    if (!known)
        return call_refuse(c, WHO_NO_DEVICE, "id", "%s", "");
    if (!who_rules_is_role(d->role, WHO_DEVICE_ROLES))
        return call_refuse(c, WHO_BAD_ROLE, "role", "%s", "");
    if (d->outlet_id <= 0)
        return call_refuse(c, BASE_MISSING, "outlet_id", "a device stands in an outlet");
    return 0;
}

/* The token's coming and going: given when the device becomes active, forgotten when it ends. */
static int device_token(struct call *c, const struct who_device *d, bool was_active,
                        char token_out[TOKEN_TEXT])
{
    uint8_t digest[DIGEST_BYTES];
    if (d->active == was_active)
        return 0;
    if (!d->active)
        return who_store_device_token(c->tx, d->id.n, NULL);
    secret_token(token_out);
    token_digest(token_out, digest);
    return who_store_device_token(c->tx, d->id.n, digest);
}

int who_device_put(struct call *c, struct who_device *d, char token_out[TOKEN_TEXT])
{
    struct who_device old = { 0 };
    bool made = d->id.n == 0, found = made;
    int rc = 0;
    token_out[0] = '\0';
    if (!made)
        rc = who_store_device_by_id(c->tx, d->id.n, &old, &found);
    if (!rc)
        rc = device_refusal(c, d, found);
    if (rc)
        return rc;
    if (made)
        d->id.n = call_id(c);
    rc = made ? who_store_device_add(c->tx, d, NULL, c->now_us)
              : who_store_device_change(c->tx, d, c->now_us);
    if (!rc)
        rc = device_token(c, d, old.active, token_out);
    if (rc)
        goto out;
    struct jsonw *w = event_begin(c);
    jw_text(w, "role", who_role_code(d->role));
    jw_i64(w, "outlet", d->outlet_id);
    jw_bool(w, "active", d->active);
    jw_bool(w, "new", made);
    rc = event_add(c, BANK, "device.changed", d->id.n);
out:
    if (rc) {
        token_out[0] = '\0';
        if (made)
            d->id.n = 0;
    }
    return rc;
}

int who_device_list(struct call *c, int64_t outlet_id, struct who_device **out, int *count)
{
    return who_store_device_list(c, outlet_id, out, count);
}

/* ---- audit, set-up, sweeping ---- */

int who_attempts(struct call *c, int max, struct who_attempt **out, int *count)
{
    CHECK(max > 0 && max <= 10000);
    return who_store_try_list(c, max, out, count);
}

int who_setup_needed(struct call *c, bool *needed)
{
    int64_t staff = 0;
    int rc = who_store_staff_count(c->tx, &staff);
    *needed = !rc && staff == 0;
    return rc;
}

int who_setup_begin(struct call *c, char token_out[TOKEN_TEXT])
{
    uint8_t digest[DIGEST_BYTES];
    bool needed = false;
    token_out[0] = '\0';
    int rc = who_setup_needed(c, &needed);
    if (rc)
        return rc;
    if (!needed)
        return WHO_SETUP_DONE;
    secret_token(token_out);
    token_digest(token_out, digest);
    return who_store_setup_put(c->tx, digest, c->now_us + 24 * US_HOUR);
}

int who_setup_finish(struct call *c, const char *token, struct who_staff *first,
                     const char *password_hash)
{
    uint8_t digest[DIGEST_BYTES];
    bool needed = false, valid = false;
    int rc = who_setup_needed(c, &needed);
    if (rc)
        return rc;
    if (!needed)
        return WHO_SETUP_DONE;
    if (looks_like_token(token)) {
        token_digest(token, digest);
        rc = who_store_setup_valid(c->tx, digest, c->now_us, &valid);
        if (rc)
            return rc;
    }
    if (!valid)
        return WHO_BAD_SETUP;
    first->id.n = 0;
    first->role = ROLE_ADMIN;
    first->outlet_id = 0;
    first->active = true;
    rc = who_staff_put(c, first, password_hash);
    if (!rc)
        rc = who_store_setup_clear(c->tx);
    return rc;
}

int who_sweep(struct call *c)
{
    return who_store_sweep(c->tx, c->now_us, c->now_us - 183 * US_DAY);
}
