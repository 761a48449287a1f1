/* db_kept.c -- See db_kept.h. A small hash table, the writer's alone. */
#include "store/db_kept.h"
#include "store/db_priv.h"
#include <ctype.h>
#include <string.h>
#include <strings.h>
#include "base/banned.h"

enum {
    SLOTS = 1 << 10,
    KINDS_MAX = 8,
    ROOM = 2 << 20,   /* bytes kept: then all is forgotten */
    MEMORY = 4 << 20, /* with the heads */
};

struct entry {
    struct entry *next;
    uint64_t print;
    int kind;
    size_t key_len, len;
    _Alignas(16) char bytes[]; /* the value, then the key */
};

struct kept {
    struct arena *arena;
    struct entry *slots[SLOTS];
    const struct db_kept_kind *kinds[KINDS_MAX];
    bool written[KINDS_MAX]; /* in this transaction */
    int n_kinds;
    bool wrote; /* anything, in this transaction */
    size_t used;
};

struct kept *kept_new(struct arena *own)
{
    struct kept *k = arena_alloc(own, sizeof *k);
    k->arena = arena_new(MEMORY);
    return k;
}

void kept_free(struct kept *k)
{
    if (k)
        arena_free(k->arena);
}

static void forget_all(struct kept *k)
{
    memset(k->slots, 0, sizeof k->slots);
    arena_clear(k->arena);
    k->used = 0;
}

static void forget_kind(struct kept *k, int kind)
{
    for (size_t i = 0; k->used && i < SLOTS; i++)
        for (struct entry **at = &k->slots[i]; *at;)
            if ((*at)->kind == kind)
                *at = (*at)->next;
            else
                at = &(*at)->next;
}

void kept_begin(struct kept *k, bool others)
{
    if (others)
        forget_all(k);
    memset(k->written, 0, sizeof k->written);
    k->wrote = false;
}

static bool part_of_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

static bool names(const struct db_kept_kind *kind, const char *sql)
{
    for (int i = 0; i < DB_KEPT_TABLES && kind->tables[i]; i++) {
        size_t n = strlen(kind->tables[i]);
        for (const char *at = sql; (at = strstr(at, kind->tables[i])); at += n)
            if ((at == sql || !part_of_word(at[-1])) && !part_of_word(at[n]))
                return true;
    }
    return false;
}

void kept_statement(struct kept *k, const char *sql)
{
    if (!strncasecmp(sql, "SELECT", 6))
        return;
    k->wrote = true;
    for (int i = 0; i < k->n_kinds; i++)
        if (!k->written[i] && names(k->kinds[i], sql)) {
            k->written[i] = true;
            forget_kind(k, i);
        }
}

/* A kind that is new in a transaction which has written already may have been written, too. */
static int kind_of(struct kept *k, const struct db_kept_kind *kind)
{
    for (int i = 0; i < k->n_kinds; i++)
        if (k->kinds[i] == kind)
            return i;
    CHECK(k->n_kinds < KINDS_MAX);
    k->kinds[k->n_kinds] = kind;
    k->written[k->n_kinds] = k->wrote;
    return k->n_kinds++;
}

static uint64_t print_of(int kind, const void *key, size_t len)
{
    uint64_t h = UINT64_C(0xCBF29CE484222325) + (uint64_t)kind;
    for (size_t i = 0; i < len; i++)
        h = (h ^ ((const uint8_t *)key)[i]) * UINT64_C(0x100000001B3);
    return h ^ h >> 29;
}

const void *db_kept(struct db_tx *tx, const struct db_kept_kind *kind, const void *key,
                    size_t key_len, size_t *len)
{
    if (!tx->writer || tx->dead)
        return NULL;
    struct kept *k = tx->db->kept;
    int n = kind_of(k, kind);
    uint64_t print = print_of(n, key, key_len);
    for (const struct entry *e = k->slots[print % SLOTS]; e; e = e->next)
        if (e->print == print && e->kind == n && e->key_len == key_len &&
            (!key_len || !memcmp(e->bytes + e->len, key, key_len))) {
            *len = e->len;
            return e->bytes;
        }
    return NULL;
}

void db_keep(struct db_tx *tx, const struct db_kept_kind *kind, const void *key, size_t key_len,
             const void *value, size_t len)
{
    if (!tx->writer || tx->dead || len + key_len > DB_KEPT_MAX)
        return;
    struct kept *k = tx->db->kept;
    int n = kind_of(k, kind);
    if (k->written[n])
        return;
    if (k->used + len + key_len + sizeof(struct entry) > ROOM)
        forget_all(k);
    struct entry *e = arena_alloc(k->arena, sizeof *e + len + key_len);
    e->print = print_of(n, key, key_len);
    e->kind = n;
    e->key_len = key_len;
    e->len = len;
    if (len)
        memcpy(e->bytes, value, len);
    if (key_len)
        memcpy(e->bytes + len, key, key_len);
    e->next = k->slots[e->print % SLOTS];
    k->slots[e->print % SLOTS] = e;
    k->used += sizeof *e + len + key_len;
}
