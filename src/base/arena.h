/* arena.h -- Memory that lives as long as one request.
 * arena_alloc() never returns NULL: every input is bounded, so running out is a bug (CHECK). */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H
#include <stddef.h>

struct arena;

/* An arena that may grow to max bytes in all. Freed with arena_free(). */
struct arena *arena_new(size_t max);
/* Zeroed memory, aligned for any type, valid until arena_clear() or arena_free(). */
void *arena_alloc(struct arena *a, size_t n);
char *arena_dup(struct arena *a, const char *s, size_t n); /* NUL-terminated copy of n bytes */
char *arena_text(struct arena *a, const char *s);          /* copy of a C string; NULL stays NULL */
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void arena_clear(struct arena *a); /* forget everything, keep the first block */
void arena_free(struct arena *a);  /* NULL is fine */
#endif
