/* ledger_known.c -- See ledger_known.h. */
#include "ledger/ledger_known.h"
#include "base/banned.h"

enum {
    FIRST = 1 << 7,
    GENERATION = 1 << 21,
    FUTURE_MS = 5000, /* a maker's clock may be ahead by this */
    PARTS = 8, /* of a table: each grows by itself. Few: large ones have huge pages (arena.c) */
    KINDS = 4,
};
#define MEMORY ((size_t)1 << 30) /* of a part */
#define GONE   INT64_C(-1)

struct entry {
    uint64_t print; /* of the id */
    int64_t number; /* 0: empty, GONE: was undone */
};
struct part {
    struct arena *arena;
    struct entry *at; /* open addressing */
    size_t slots, used;
};
struct table {
    struct part part[PARTS];
    size_t used;
    int64_t last_ms, last_number;
};
struct known {
    struct arena *own;
    size_t generation;
    struct table table[KINDS];
    int64_t horizon_ms;
};
enum { YOUNG, OLD, FUTURE, FUTURE_OLD };

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

static size_t part_of(uint64_t print)
{
    return (size_t)(print >> 61);
}

static size_t slot_of(const struct part *p, uint64_t print, uint64_t later)
{
    return (size_t)((print >> 20) + later) & (p->slots - 1);
}

static void part_make(struct part *p, size_t slots)
{
    p->arena = arena_new(MEMORY);
    p->at = arena_alloc(p->arena, slots * sizeof *p->at);
    p->slots = slots;
    p->used = 0;
}

static void table_make(struct table *t)
{
    for (size_t i = 0; i < PARTS; i++)
        part_make(&t->part[i], FIRST);
    t->used = 0;
    t->last_ms = INT64_MIN;
    t->last_number = 0;
}

static void table_free(struct table *t)
{
    for (size_t i = 0; i < PARTS; i++)
        arena_free(t->part[i].arena);
}

static void put(struct part *p, uint64_t print, int64_t number)
{
    uint64_t n = 0;
    while (p->at[slot_of(p, print, n)].number)
        n++;
    p->at[slot_of(p, print, n)] = (struct entry){ print, number };
    p->used++;
}

static void table_add(struct table *t, uint64_t print, int64_t number)
{
    struct part *p = &t->part[part_of(print)];
    if (p->used * 2 >= p->slots) {
        struct part old = *p;
        part_make(p, old.slots * 2);
        for (size_t i = 0; i < old.slots; i++)
            if (old.at[i].number > 0)
                put(p, old.at[i].print, old.at[i].number);
        arena_free(old.arena);
    }
    put(p, print, number);
    t->used++;
}

struct known *known_new(int64_t horizon_ms)
{
    struct arena *own = arena_new(1 << 12);
    struct known *k = arena_alloc(own, sizeof *k);
    k->own = own;
    k->generation = GENERATION;
    k->horizon_ms = horizon_ms;
    for (int i = 0; i < KINDS; i++)
        table_make(&k->table[i]);
    return k;
}

void known_free(struct known *k)
{
    if (!k)
        return;
    for (int i = 0; i < KINDS; i++)
        table_free(&k->table[i]);
    arena_free(k->own);
}

void known_bound(struct known *k, size_t generation)
{
    k->generation = generation;
}

size_t known_bytes(const struct known *k)
{
    size_t slots = 0;
    for (int i = 0; i < KINDS; i++)
        for (size_t p = 0; p < PARTS; p++)
            slots += k->table[i].part[p].slots;
    return slots * sizeof(struct entry);
}

/* The low half of *at counts probes of a table, the high half tables. */
int64_t known_next(const struct known *k, transfer_id id, uint64_t *at)
{
    uint64_t print = print_of(id);
    for (uint64_t which = *at >> 32; which < KINDS; which++) {
        const struct part *p = &k->table[which].part[part_of(print)];
        for (uint64_t n = *at >> 32 == which ? *at & UINT32_MAX : 0; p->used; n++) {
            const struct entry *e = &p->at[slot_of(p, print, n)];
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
    for (int i = 0; i < KINDS; i++) {
        const struct part *p = &k->table[i].part[part_of(print)];
        if (p->used)
            __builtin_prefetch(&p->at[slot_of(p, print, 0)]);
    }
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
        struct part *p = &k->table[which].part[part_of(print)];
        for (uint64_t n = 0; p->at[slot_of(p, print, n)].number; n++) {
            struct entry *e = &p->at[slot_of(p, print, n)];
            if (e->print == print && e->number == number) {
                e->number = GONE;
                return;
            }
        }
    }
    CHECK(!"an id that was added");
}

/* The younger becomes the elder when it is full, and when all of the elder is in the history file.
 */
static void turn(struct known *k, struct table *young, struct table *old, int64_t filled)
{
    if (young->used < k->generation || filled < old->last_number)
        return;
    if (old->last_ms > k->horizon_ms) /* from now on those are looked for */
        k->horizon_ms = old->last_ms;
    table_free(old);
    *old = *young;
    table_make(young);
}

void known_turn(struct known *k, int64_t filled)
{
    turn(k, &k->table[YOUNG], &k->table[OLD], filled);
    turn(k, &k->table[FUTURE], &k->table[FUTURE_OLD], filled);
}
