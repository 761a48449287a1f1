/* secret.h -- Passwords, tokens, digests (libsodium and OpenSSL 3 are named in secret.c only).
 * Nothing here prints. Tokens are 256 bits of the system's randomness in base64url. */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H
#include "base/rc.h"

#define TOKEN_TEXT    44  /* 43 characters and NUL */
#define PASSWORD_TEXT 128 /* an argon2id string and NUL */
#define DIGEST_BYTES  32
#define DIGEST_TEXT   65

enum password_cost { PASSWORD_NORMAL, PASSWORD_TEST }; /* TEST is for tests and the demo bank */

int secret_init(void); /* once, at start. 0 or RC_IO */
void secret_random(void *out, size_t n);
void secret_token(char out[TOKEN_TEXT]);
/* Takes 15-60 ms with PASSWORD_NORMAL: never on the writer's thread. 0 or RC_FULL (memory). */
MUST_USE int secret_password_hash(const char *password, enum password_cost cost,
                                  char out[PASSWORD_TEXT]);
MUST_USE bool secret_password_ok(const char *hash, const char *password);
void secret_wipe(void *at, size_t n);
bool secret_equal(const char *a, const char *b); /* constant time in the length of b */

void digest_sha256(const void *bytes, size_t n, uint8_t out[DIGEST_BYTES]);
void digest_hex(const uint8_t in[DIGEST_BYTES], char out[DIGEST_TEXT]);
/* A chain's next link: SHA-256(previous || bytes). */
void digest_link(const uint8_t previous[DIGEST_BYTES], const void *bytes, size_t n,
                 uint8_t out[DIGEST_BYTES]);
/* A keyed pseudonym of a phone or card number, so that it can be counted and not read. */
void digest_keyed(const char *key, const char *text, char out[DIGEST_TEXT]);
#endif
