/* buf.c -- See buf.h. What does not fit whole is not added at all: a cut JSON text or a cut UTF-8
 * character would be worse than none. */
#include "base/buf.h"
#include "base/rc.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BUF_FIRST = 256 };

bool buf_room(struct buf *b, size_t n)
{
    if (b->overflow || n > b->max - b->len) {
        b->overflow = true;
        return false;
    }
    size_t need = b->len + n + 1;
    if (need <= b->cap)
        return true;
    size_t cap = b->cap ? b->cap * 2 : BUF_FIRST;
    if (cap < need)
        cap = need;
    if (cap > b->max + 1)
        cap = b->max + 1;
    char *at = realloc(b->at, cap);
    CHECK(at != NULL);
    b->at = at;
    b->cap = cap;
    return true;
}

void buf_init(struct buf *b, size_t max)
{
    CHECK(max < SIZE_MAX / 4);
    *b = (struct buf){ .max = max };
    CHECK(buf_room(b, 0));
    b->at[0] = '\0';
}

void buf_release(struct buf *b)
{
    free(b->at);
    *b = (struct buf){ 0 };
}

void buf_clear(struct buf *b)
{
    b->len = 0;
    b->overflow = false;
    if (b->at)
        b->at[0] = '\0';
}

void buf_i64(struct buf *b, int64_t n)
{
    static const char pairs[] = "00010203040506070809101112131415161718192021222324"
                                "25262728293031323334353637383940414243444546474849"
                                "50515253545556575859606162636465666768697071727374"
                                "75767778798081828384858687888990919293949596979899";
    char digits[20];
    size_t at = sizeof(digits);
    uint64_t rest = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
    for (; rest >= 100; rest /= 100)
        memcpy(digits + (at -= 2), pairs + rest % 100 * 2, 2);
    if (rest >= 10)
        memcpy(digits + (at -= 2), pairs + rest * 2, 2);
    else
        digits[--at] = (char)('0' + rest);
    if (n < 0)
        digits[--at] = '-';
    buf_add(b, digits + at, sizeof(digits) - at);
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    CHECK(n >= 0);
    if (buf_room(b, (size_t)n)) {
        vsnprintf(b->at + b->len, (size_t)n + 1, fmt, again);
        b->len += (size_t)n;
    }
    va_end(again);
}

char *buf_detach(struct buf *b, size_t *len)
{
    char *at = b->at;
    if (len)
        *len = b->len;
    *b = (struct buf){ .max = b->max };
    return at;
}

void buf_free_bytes(char *bytes)
{
    free(bytes);
}
