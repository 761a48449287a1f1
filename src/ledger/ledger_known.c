/* ledger_known.c -- See ledger_known.h. */
#include "ledger/ledger_known.h"
#include "base/banned.h"

enum {
    FIRST = 1 << 10,
    GENERATION = 1 << 21,
    FUTURE_MS = 5000, /* a maker's clock may be ahead by this */
    MEMORY = 1 << 30,
    KINDS = 3,
};
#define GONE INT64_C(-1)

struct entry {
    uint64_t print; /* of the id */
    int64_t number; /* 0: empty, GONE: was undone */
};
struct table {
    struct arena *arena;
    struct entry *at; /* open addressing */
    size_t slots, used;
    int64_t last_ms, last_number;
};
struct known {
    struct arena *own;
    struct table table[KINDS]; /* young, old, of the future */
    int64_t horizon_ms;
};
enum { YOUNG, OLD, FUTURE };

static uint64_t print_of(transfer_id id)
{
    uint64_t h = (uint64_t)id.high * UINT64_C(0x9E3779B97F4A7C15) ^ (uint64_t)id.low;
    h ^= h >> 32;
    return h * UINT64_C(0xD6E8FEB86659FD93);
}

static int64_t ms_of(transfer_id id)
{
    return id.high >> 16;
}

static void table_make(struct table *t, size_t slots)
{
    t->arena = arena_new(MEMORY);
    t->at = arena_alloc(t->arena, slots * sizeof *t->at);
    t->slots = slots;
    t->used = 0;
}

static void put(struct table *t, uint64_t print, int64_t number)
{
    size_t i = (size_t)(print >> 20) & (t->slots - 1);
    while (t->at[i].number)
        i = (i + 1) & (t->slots - 1);
    t->at[i] = (struct entry){ print, number };
    t->used++;
}

static void table_add(struct table *t, uint64_t print, int64_t number)
{
    if (t->used * 2 >= t->slots) {
        struct table old = *t;
        table_make(t, old.slots * 2);
        for (size_t i = 0; i < old.slots; i++)
            if (old.at[i].number > 0)
                put(t, old.at[i].print, old.at[i].number);
        arena_free(old.arena);
    }
    put(t, print, number);
}

struct known *known_new(int64_t horizon_ms)
{
    struct arena *own = arena_new(1 << 12);
    struct known *k = arena_alloc(own, sizeof *k);
    k->own = own;
    k->horizon_ms = horizon_ms;
    for (int i = 0; i < KINDS; i++) {
        table_make(&k->table[i], FIRST);
        k->table[i].last_ms = INT64_MIN;
    }
    return k;
}

void known_free(struct known *k)
{
    if (!k)
        return;
    for (int i = 0; i < KINDS; i++)
        arena_free(k->table[i].arena);
    arena_free(k->own);
}

/* The low half of *at counts probes of a table, the high half tables. */
int64_t known_next(const struct known *k, transfer_id id, uint64_t *at)
{
    uint64_t print = print_of(id);
    for (uint64_t which = *at >> 32; which < KINDS; which++) {
        const struct table *t = &k->table[which];
        for (uint64_t n = *at >> 32 == which ? *at & UINT32_MAX : 0; t->used; n++) {
            const struct entry *e = &t->at[((print >> 20) + n) & (t->slots - 1)];
            if (!e->number)
                break;
            if (e->print == print && e->number > 0) {
                *at = which << 32 | (n + 1);
                return e->number;
            }
        }
    }
    return 0;
}

void known_expect(const struct known *k, transfer_id id)
{
    uint64_t print = print_of(id);
    for (int i = 0; i < KINDS; i++)
        if (k->table[i].used)
            __builtin_prefetch(&k->table[i].at[(print >> 20) & (k->table[i].slots - 1)]);
}

bool known_surely(const struct known *k, transfer_id id, int64_t now_us)
{
    int64_t ms = ms_of(id);
    return ms > k->horizon_ms && ms <= now_us / 1000 + FUTURE_MS;
}

void known_add(struct known *k, transfer_id id, int64_t number, int64_t now_us)
{
    bool future = ms_of(id) > now_us / 1000 + FUTURE_MS;
    struct table *t = &k->table[future ? FUTURE : YOUNG];
    table_add(t, print_of(id), number);
    if (ms_of(id) > t->last_ms)
        t->last_ms = ms_of(id);
    if (number > t->last_number)
        t->last_number = number;
}

void known_remove(struct known *k, transfer_id id, int64_t number)
{
    uint64_t print = print_of(id);
    for (int which = 0; which < KINDS; which++) {
        struct table *t = &k->table[which];
        size_t i = (size_t)(print >> 20) & (t->slots - 1);
        for (; t->at[i].number; i = (i + 1) & (t->slots - 1))
            if (t->at[i].print == print && t->at[i].number == number) {
                t->at[i].number = GONE;
                return;
            }
    }
    CHECK(!"an id that was added");
}

void known_turn(struct known *k, int64_t filled)
{
    struct table *young = &k->table[YOUNG], *old = &k->table[OLD], *future = &k->table[FUTURE];
    if (future->used >= GENERATION && filled >= future->last_number) {
        /* Many ids of the future: from now on those are always looked for. */
        if (future->last_ms > k->horizon_ms)
            k->horizon_ms = future->last_ms;
        arena_free(future->arena);
        table_make(future, FIRST);
    }
    if (young->used < GENERATION || filled < old->last_number)
        return;
    if (old->last_ms > k->horizon_ms)
        k->horizon_ms = old->last_ms;
    arena_free(old->arena);
    *old = *young;
    table_make(young, FIRST);
    young->last_ms = INT64_MIN;
    young->last_number = 0;
}
