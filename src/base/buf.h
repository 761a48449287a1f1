/* buf.h -- A byte buffer that grows to a cap given at its birth.
 * Past the cap nothing more is added and .overflow is set: the writer asks once, at the end.
 * The bytes are always NUL-terminated. */
#ifndef BASE_BUF_H
#define BASE_BUF_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct buf {
    char *at;
    size_t len, cap, max;
    bool overflow;
};

void buf_init(struct buf *b, size_t max);
void buf_release(struct buf *b);
void buf_clear(struct buf *b); /* len 0, memory kept */
/* Room for n more bytes and the NUL, or false and overflow is set. */
bool buf_room(struct buf *b, size_t n);

static inline void buf_add(struct buf *b, const void *bytes, size_t n)
{
    if (!buf_room(b, n))
        return;
    if (n > 0)
        memcpy(b->at + b->len, bytes, n);
    b->len += n;
    b->at[b->len] = '\0';
}

static inline void buf_text(struct buf *b, const char *s)
{
    buf_add(b, s, strlen(s));
}

static inline void buf_char(struct buf *b, char c)
{
    if ((b->overflow || b->len + 2 > b->cap) && !buf_room(b, 1))
        return;
    b->at[b->len++] = c;
    b->at[b->len] = '\0';
}

void buf_i64(struct buf *b, int64_t n);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Takes the bytes away from the buffer; the caller frees them with buf_free_bytes(). */
char *buf_detach(struct buf *b, size_t *len);
void buf_free_bytes(char *bytes);
#endif
