/* arena.c -- Blocks in a list; each twice the size of the one before, up to the arena's max. */
#include "base/arena.h"
#include "base/rc.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { ARENA_FIRST = 4096, LARGE = 4 << 20, HUGE_PAGE = 2 << 20 };
static const size_t arena_align = _Alignof(max_align_t);

struct block {
    struct block *next; /* the older one */
    size_t size, used;  /* of bytes[] */
    _Alignas(max_align_t) unsigned char bytes[];
};

struct arena {
    struct block *top;
    size_t total, max; /* bytes of all blocks */
};

/* Tables that are read all over: with pages of 4 KiB each look misses the processor's page table,
 * too. Only asked for: nothing depends on it. */
static void want_huge_pages(void *at, size_t size)
{
    uintptr_t from = ((uintptr_t)at + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
    uintptr_t until = ((uintptr_t)at + size) / HUGE_PAGE * HUGE_PAGE;
    if (until > from)
        (void)madvise((char *)at + (from - (uintptr_t)at), until - from, MADV_HUGEPAGE);
}

static struct block *block_new(size_t size)
{
    struct block *b = malloc(sizeof(*b) + size);
    CHECK(b != NULL);
    if (size >= LARGE)
        want_huge_pages(b, sizeof(*b) + size);
    b->next = NULL;
    b->size = size;
    b->used = 0;
    return b;
}

struct arena *arena_new(size_t max)
{
    struct arena *a = malloc(sizeof(*a));
    CHECK(a != NULL);
    CHECK(max > 0);
    size_t first = max < ARENA_FIRST ? max : ARENA_FIRST;
    a->top = block_new(first);
    a->total = first;
    a->max = max;
    return a;
}

static void arena_grow(struct arena *a, size_t n)
{
    if (a->top->used == 0 && !a->top->next) { /* the first block was never used: not counted */
        a->total -= a->top->size;
        free(a->top);
        a->top = NULL;
    }
    size_t left = a->max - a->total;
    size_t size = a->top ? a->top->size * 2 : n;
    if (size < n)
        size = n;
    if (size > left)
        size = left;
    CHECK(size >= n); /* every input is bounded: an arena that is too small is our mistake */
    struct block *b = block_new(size);
    b->next = a->top;
    a->top = b;
    a->total += size;
}

void *arena_alloc(struct arena *a, size_t n)
{
    CHECK(n <= a->max);
    size_t need = (n + arena_align - 1) / arena_align * arena_align;
    if (need == 0)
        need = arena_align; /* every answer is a different address */
    if (a->top->size - a->top->used < need)
        arena_grow(a, need);
    void *at = a->top->bytes + a->top->used;
    a->top->used += need;
    memset(at, 0, need);
    return at;
}

char *arena_dup(struct arena *a, const char *s, size_t n)
{
    CHECK(n < SIZE_MAX);
    char *at = arena_alloc(a, n + 1);
    if (n > 0)
        memcpy(at, s, n);
    return at;
}

char *arena_text(struct arena *a, const char *s)
{
    return s ? arena_dup(a, s, strlen(s)) : NULL;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
    CHECK(fmt != NULL); /* GCC's sanitizer build wants it said */
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    CHECK(n >= 0);
    char *at = arena_alloc(a, (size_t)n + 1);
    vsnprintf(at, (size_t)n + 1, fmt, again);
    va_end(again);
    return at;
}

void arena_clear(struct arena *a)
{
    while (a->top->next) {
        struct block *older = a->top->next;
        a->total -= a->top->size;
        free(a->top);
        a->top = older;
    }
    a->top->used = 0;
}

void arena_free(struct arena *a)
{
    if (!a)
        return;
    arena_clear(a);
    free(a->top);
    free(a);
}
