/* rate.c -- So many requests a minute and peer, in a small table: a guard for public routes.
 * Peers that fall on one place share it; that errs on the strict side and needs no memory. */
#include "api/api_priv.h"
#include <pthread.h>
#include <string.h>
#include "base/banned.h"

enum { PLACES = 4096 };

struct rate {
    pthread_mutex_t lock;
    struct arena *arena;
    struct {
        int64_t minute;
        int count;
    } place[PLACES];
};

struct rate *rate_new(void)
{
    struct arena *arena = arena_new(sizeof(struct rate) + 4096);
    struct rate *r = arena_alloc(arena, sizeof *r);
    r->arena = arena;
    CHECK(!pthread_mutex_init(&r->lock, NULL));
    return r;
}

bool rate_ok(struct rate *r, const char *peer, int64_t now_us, int per_minute)
{
    uint64_t h = UINT64_C(14695981039346656037); /* FNV-1a */
    for (const char *s = peer; *s; s++)
        h = (h ^ (uint8_t)*s) * UINT64_C(1099511628211);
    size_t at = h % PLACES;
    int64_t minute = now_us / US_MINUTE;
    pthread_mutex_lock(&r->lock);
    if (r->place[at].minute != minute) {
        r->place[at].minute = minute;
        r->place[at].count = 0;
    }
    bool ok = ++r->place[at].count <= per_minute;
    pthread_mutex_unlock(&r->lock);
    return ok;
}

void rate_free(struct rate *r)
{
    pthread_mutex_destroy(&r->lock);
    arena_free(r->arena);
}
