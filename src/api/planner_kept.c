/* planner_kept.c -- Answers of the planner by what they were computed from.
 *
 * A day that is worked out again, or again within its week, and a part whose customers did not
 * change while the other's did, is the same computation with the same seed: the same answer. */
#include "api/planner.h"

#include <pthread.h>
#include <string.h>

#include "base/banned.h"

enum { KEPT = 64, SMALL = 4096, JSON = 256 << 10 };

struct planner_kept {
    pthread_mutex_t lock;
    struct arena *arena;
    int64_t turn; /* the lowest goes first */
    struct kept_answer {
        uint64_t key;
        int64_t used;
        size_t bytes;
        uint8_t small[SMALL];
        struct buf json;
    } at[KEPT];
};

struct planner_kept *planner_kept_new(void)
{
    struct arena *arena = arena_new(sizeof(struct planner_kept) + 65536);
    struct planner_kept *k = arena_alloc(arena, sizeof *k);
    k->arena = arena;
    for (int i = 0; i < KEPT; i++)
        buf_init(&k->at[i].json, JSON);
    CHECK(!pthread_mutex_init(&k->lock, NULL));
    return k;
}

void planner_kept_free(struct planner_kept *k)
{
    for (int i = 0; i < KEPT; i++)
        buf_release(&k->at[i].json);
    pthread_mutex_destroy(&k->lock);
    arena_free(k->arena);
}

/* FNV-1a in 64 bits: a cache of 64, not a seal. */
static uint64_t mix(uint64_t h, const void *bytes, size_t n)
{
    const uint8_t *p = bytes;
    for (size_t i = 0; i < n; i++)
        h = (h ^ p[i]) * UINT64_C(1099511628211);
    return h;
}

/* Pointers are followed or left out: the same day read twice has others. What is left of them in
 * padding makes a miss at worst. */
uint64_t planner_key(const struct roster_model *m, const void *more, size_t bytes)
{
    struct roster_model copy;
    memcpy(&copy, m, sizeof copy);
    uint64_t h = mix(UINT64_C(14695981039346656037), more, bytes);
    for (int k = 0; k < m->model.n_kinds; k++) {
        const struct plan_service_time *t = &m->model.kinds[k].takes;
        if (t->values)
            h = mix(h, t->values, sizeof *t->values * (size_t)t->n);
        copy.model.kinds[k].takes.values = NULL;
    }
    if (m->model.trace)
        h = mix(h, m->model.trace, sizeof *m->model.trace * (size_t)m->model.n_trace);
    copy.model.trace = NULL;
    for (int i = 0; i < m->model.n_classes; i++)
        copy.model.rule_classes.at[i].code = NULL; /* in classes[] */
    return mix(h, &copy, sizeof copy) | 1;         /* 0 is a free place */
}

bool planner_kept_find(struct planner_kept *k, uint64_t key, void *small, size_t bytes,
                       struct buf *json)
{
    bool found = false;
    pthread_mutex_lock(&k->lock);
    for (int i = 0; i < KEPT && !found; i++) {
        struct kept_answer *a = &k->at[i];
        found = a->key == key && a->bytes == bytes;
        if (!found)
            continue;
        a->used = ++k->turn;
        memcpy(small, a->small, bytes);
        buf_add(json, a->json.at, a->json.len);
    }
    pthread_mutex_unlock(&k->lock);
    return found;
}

void planner_keep(struct planner_kept *k, uint64_t key, const void *small, size_t bytes,
                  const struct buf *json)
{
    CHECK(bytes <= SMALL);
    if (json->overflow || json->len > JSON)
        return; /* half an answer is none */
    pthread_mutex_lock(&k->lock);
    struct kept_answer *a = &k->at[0];
    for (int i = 1; i < KEPT; i++)
        a = k->at[i].used < a->used ? &k->at[i] : a;
    a->key = key;
    a->used = ++k->turn;
    a->bytes = bytes;
    memcpy(a->small, small, bytes);
    buf_clear(&a->json);
    buf_add(&a->json, json->at, json->len);
    pthread_mutex_unlock(&k->lock);
}
