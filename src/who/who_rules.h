/* who_rules.h -- The room's decisions, pure: no clock, no database, no randomness. */
#ifndef WHO_WHO_RULES_H
#define WHO_WHO_RULES_H
#include "who/who.h"

#define WHO_TRIES_WINDOW_US (15 * US_MINUTE)
#define WHO_USERNAME_MAX    31
#define WHO_PASSWORD_MAX    256

/* Failures inside the window; a name's only those after its last success. */
struct who_tries {
    int64_t name_failures, name_last_us;
    int64_t peer_failures, peer_last_us;
};
/* How long the next try must wait; 0: not at all. */
int64_t who_rules_wait(const struct who_tries *t, int64_t now_us);

/* a-z, 0-9 and . _ - ; starts with a letter or digit; 2 to 31 long. Upper case becomes lower.
 * false: not a user name, out is then "". */
bool who_rules_username(const char *text, char out[WHO_USERNAME_MAX + 1]);
/* A staff number: letters and digits, or none. */
bool who_rules_number(const char *text);
/* What is kept of a name nobody has: "?" and four hex digits. */
#define WHO_TAG_TEXT 6
void who_rules_tag(const char *text, char out[WHO_TAG_TEXT]);
/* 0, WHO_WEAK_PASSWORD or BASE_TOO_LONG; *why in English. */
int who_rules_password(const char *username, const char *password, const char **why);
/* 0, WHO_NO_SESSION, WHO_NOT_ALLOWED or WHO_OTHER_OUTLET. */
int who_rules_allow(const struct actor *a, int roles, int64_t outlet_id);
/* Exactly one of the staff's roles (a device's roles). */
bool who_rules_is_role(int role, int of);
/* Roles whose holder would see every outlet if none were given. */
bool who_rules_needs_outlet(int role);
#endif
