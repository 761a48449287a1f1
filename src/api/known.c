/* known.c -- Sessions seen lately, so that an order that goes through the door needs no snapshot of
 * its own first: on a server that is two trips on the one thread that reads requests. */
#include "api/api_priv.h"
#include <string.h>
#include "base/banned.h"

enum { SLOTS = 1 << 10, LIFE_US = 2000000 };

struct known {
    struct arena *arena;
    struct {
        uint8_t digest[DIGEST_BYTES]; /* of the token: nobody finds that here */
        int64_t at_us;
        struct who_session session;
    } at[SLOTS];
};

struct known *known_sessions_new(void)
{
    struct arena *arena = arena_new(sizeof(struct known) + 4096);
    struct known *k = arena_alloc(arena, sizeof *k);
    k->arena = arena;
    return k;
}

void known_sessions_free(struct known *k)
{
    secret_wipe(k->at, sizeof k->at);
    arena_free(k->arena);
}

static size_t slot_of(const char *token, uint8_t digest[DIGEST_BYTES])
{
    digest_sha256(token, strlen(token), digest);
    return ((size_t)digest[0] << 8 | digest[1]) % SLOTS;
}

bool known_session(struct known *k, const char *token, int64_t now_us, struct who_session *out)
{
    uint8_t digest[DIGEST_BYTES];
    size_t i = slot_of(token, digest);
    int64_t age = now_us - k->at[i].at_us;
    if (memcmp(k->at[i].digest, digest, sizeof digest) || age < 0 || age > LIFE_US ||
        k->at[i].session.expires_us <= now_us)
        return false;
    *out = k->at[i].session;
    return true;
}

void known_session_add(struct known *k, const char *token, int64_t now_us,
                       const struct who_session *s)
{
    uint8_t digest[DIGEST_BYTES];
    size_t i = slot_of(token, digest);
    memcpy(k->at[i].digest, digest, sizeof digest);
    k->at[i].at_us = now_us;
    k->at[i].session = *s;
}
