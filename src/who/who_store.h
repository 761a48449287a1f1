/* who_store.h -- The room's SQL, over its own tables only. No decisions here. */
#ifndef WHO_WHO_STORE_H
#define WHO_WHO_STORE_H
#include "store/db.h"
#include "who/who_rules.h"

struct who_secret_staff { /* a person with the hash: never leaves the room */
    struct who_staff staff;
    char hash[PASSWORD_TEXT];
};

/* Found or not; out is untouched when not. */
MUST_USE int who_store_staff_named(struct db_tx *tx, const char *username,
                                   struct who_secret_staff *out, bool *found);
MUST_USE int who_store_staff_by_id(struct db_tx *tx, int64_t id, struct who_secret_staff *out,
                                   bool *found);
MUST_USE int who_store_staff_list(struct call *c, int64_t outlet_id, struct who_staff **out,
                                  int *count);
MUST_USE int who_store_staff_add(struct db_tx *tx, const struct who_secret_staff *s,
                                 int64_t now_us);
MUST_USE int who_store_staff_change(struct db_tx *tx, const struct who_secret_staff *s,
                                    int64_t now_us);
MUST_USE int who_store_staff_count(struct db_tx *tx, int64_t *all);
MUST_USE int who_store_other_admins(struct db_tx *tx, int64_t but_id, int64_t *active);

MUST_USE int who_store_device_by_id(struct db_tx *tx, int64_t id, struct who_device *out,
                                    bool *found);
MUST_USE int who_store_device_list(struct call *c, int64_t outlet_id, struct who_device **out,
                                   int *count);
/* digest NULL: no token. */
MUST_USE int who_store_device_add(struct db_tx *tx, const struct who_device *d,
                                  const uint8_t *digest, int64_t now_us);
MUST_USE int who_store_device_change(struct db_tx *tx, const struct who_device *d, int64_t now_us);
MUST_USE int who_store_device_token(struct db_tx *tx, int64_t id, const uint8_t *digest);

MUST_USE int who_store_session_add(struct db_tx *tx, const uint8_t digest[DIGEST_BYTES],
                                   int64_t staff, int64_t now_us, int64_t expires_us);
/* Of an active person, not yet over. Fills actor, name, expires_us. */
MUST_USE int who_store_session_of_staff(struct db_tx *tx, const uint8_t digest[DIGEST_BYTES],
                                        int64_t now_us, struct who_session *out, bool *found);
MUST_USE int who_store_session_of_device(struct db_tx *tx, const uint8_t digest[DIGEST_BYTES],
                                         struct who_session *out, bool *found);
MUST_USE int who_store_session_end(struct db_tx *tx, const uint8_t digest[DIGEST_BYTES]);
MUST_USE int who_store_sessions_end_of(struct db_tx *tx, int64_t staff);

MUST_USE int who_store_try_add(struct db_tx *tx, int64_t id, int64_t at_us, const char *username,
                               const char *peer, bool ok);
MUST_USE int who_store_tries(struct db_tx *tx, const char *username, const char *peer,
                             int64_t since_us, struct who_tries *out);
MUST_USE int who_store_try_list(struct call *c, int max, struct who_attempt **out, int *count);

MUST_USE int who_store_setup_put(struct db_tx *tx, const uint8_t digest[DIGEST_BYTES],
                                 int64_t expires_us);
MUST_USE int who_store_setup_valid(struct db_tx *tx, const uint8_t digest[DIGEST_BYTES],
                                   int64_t now_us, bool *valid);
MUST_USE int who_store_setup_clear(struct db_tx *tx);
MUST_USE int who_store_sweep(struct db_tx *tx, int64_t now_us, int64_t tries_before_us);
#endif
