/* jsonw.c -- RFC 8259 out. A level's bit in .comma says that a value was written there already. */
#include "base/jsonw.h"
#include "base/rc.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { JW_DEPTH_MAX = 63 };

void jw_init(struct jsonw *w, struct buf *out)
{
    *w = (struct jsonw){ .out = out };
}

/* Length of the well-formed UTF-8 sequence at s, or 0 (Unicode 15, table 3-7). */
static size_t utf8_length(const unsigned char *s, size_t n)
{
    static const struct {
        unsigned char first_min, first_max, second_min, second_max;
        size_t len;
    } row[] = {
        { 0xC2, 0xDF, 0x80, 0xBF, 2 }, { 0xE0, 0xE0, 0xA0, 0xBF, 3 }, { 0xE1, 0xEC, 0x80, 0xBF, 3 },
        { 0xED, 0xED, 0x80, 0x9F, 3 }, { 0xEE, 0xEF, 0x80, 0xBF, 3 }, { 0xF0, 0xF0, 0x90, 0xBF, 4 },
        { 0xF1, 0xF3, 0x80, 0xBF, 4 }, { 0xF4, 0xF4, 0x80, 0x8F, 4 },
    };
    if (s[0] < 0x80)
        return 1;
    for (size_t i = 0; i < COUNT(row); i++) {
        if (s[0] < row[i].first_min || s[0] > row[i].first_max)
            continue;
        if (n < row[i].len || s[1] < row[i].second_min || s[1] > row[i].second_max)
            return 0;
        for (size_t k = 2; k < row[i].len; k++) {
            if ((s[k] & 0xC0) != 0x80)
                return 0;
        }
        return row[i].len;
    }
    return 0;
}

static void put_escape(struct buf *out, unsigned char c)
{
    static const char hex[] = "0123456789abcdef";
    static const char plain[] = "\"\"\\\\\bb\ff\nn\rr\tt"; /* pairs: the byte, its letter */
    for (size_t i = 0; i + 1 < sizeof(plain) - 1; i += 2) {
        if (plain[i] == (char)c) {
            buf_add(out, (char[]){ '\\', plain[i + 1] }, 2);
            return;
        }
    }
    buf_add(out, (char[]){ '\\', 'u', '0', '0', hex[c >> 4], hex[c & 15] }, 6);
}

/* Bytes that go out as they are; the rest is looked at. */
static const bool plain_byte[256] = {
    [' '] = true, ['!'] = true, ['#' ... '['] = true, [']' ... '~'] = true
};

/* Eight bytes at once: is one of them not plain? (Bytes of a word that are below a number, or equal
 * to one: Bit Twiddling Hacks, "Determine if a word has a byte less than n".) */
static bool all_plain(uint64_t w)
{
    const uint64_t ones = UINT64_MAX / 255, high = ones * 0x80;
    uint64_t quote = w ^ ones * '"', slash = w ^ ones * '\\', del = w ^ ones * 0x7F;
    uint64_t bad = (w - ones * 0x20) | (quote - ones) | (slash - ones) | (del - ones) | w;
    return !(bad & high);
}

/* From the first byte that is not plain on. */
static void put_rest(struct buf *out, const unsigned char *s, size_t n)
{
    size_t start = 0, i = 0; /* start: of the run that goes out as it is */
    while (i < n) {
        if (plain_byte[s[i]]) {
            i++;
            continue;
        }
        size_t len = utf8_length(s + i, n - i);
        if (len > 1) {
            i += len;
            continue;
        }
        buf_add(out, s + start, i - start);
        if (len == 1)
            put_escape(out, s[i]);
        else
            buf_text(out, "\xEF\xBF\xBD");
        start = ++i;
    }
    buf_add(out, s + start, n - start);
}

static void put_string(struct buf *out, const char *text, size_t n)
{
    const unsigned char *s = (const unsigned char *)text;
    size_t i = 0;
    buf_char(out, '"');
    if (buf_room(out, n)) {
        char *to = out->at + out->len;
        for (uint64_t w; i + sizeof w <= n; i += sizeof w) {
            memcpy(&w, s + i, sizeof w);
            if (!all_plain(w))
                break;
            memcpy(to + i, &w, sizeof w);
        }
        for (; i < n && plain_byte[s[i]]; i++)
            to[i] = (char)s[i];
        out->len += i;
        out->at[out->len] = '\0';
    }
    if (i < n)
        put_rest(out, s + i, n - i);
    buf_char(out, '"');
}

/* Everything before a value: the comma and, in an object, the key. */
static void put_lead(struct jsonw *w, const char *key)
{
    uint64_t bit = UINT64_C(1) << w->depth;
    bool in_object = w->depth > 0 && !(w->array & bit);
    CHECK(in_object == (key != NULL));
    CHECK(w->depth > 0 || !(w->comma & bit)); /* one value at the top */
    if (w->comma & bit)
        buf_char(w->out, ',');
    w->comma |= bit;
    if (key) {
        put_string(w->out, key, strlen(key));
        buf_char(w->out, ':');
    }
}

static void open_level(struct jsonw *w, const char *key, bool array)
{
    put_lead(w, key);
    CHECK(w->depth < JW_DEPTH_MAX);
    w->depth++;
    uint64_t bit = UINT64_C(1) << w->depth;
    w->comma &= ~bit;
    w->array = array ? w->array | bit : w->array & ~bit;
    buf_char(w->out, array ? '[' : '{');
}

void jw_object(struct jsonw *w, const char *key)
{
    open_level(w, key, false);
}

void jw_array(struct jsonw *w, const char *key)
{
    open_level(w, key, true);
}

void jw_end(struct jsonw *w)
{
    CHECK(w->depth > 0);
    buf_char(w->out, w->array & (UINT64_C(1) << w->depth) ? ']' : '}');
    w->depth--;
}

void jw_text_n(struct jsonw *w, const char *key, const char *s, size_t n)
{
    put_lead(w, key);
    put_string(w->out, s, n);
}

void jw_text(struct jsonw *w, const char *key, const char *s)
{
    if (s)
        jw_text_n(w, key, s, strlen(s));
    else
        jw_null(w, key);
}

void jw_i64(struct jsonw *w, const char *key, int64_t n)
{
    put_lead(w, key);
    buf_i64(w->out, n);
}

void jw_f64(struct jsonw *w, const char *key, double x, int decimals)
{
    CHECK(decimals >= 0 && decimals <= 17);
    if (!isfinite(x)) {
        jw_null(w, key);
        return;
    }
    put_lead(w, key);
    buf_printf(w->out, "%.*f", decimals, x);
}

void jw_real(struct jsonw *w, const char *key, double x)
{
    char text[32];
    if (!isfinite(x)) {
        jw_null(w, key);
        return;
    }
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, x);
        if (strtod(text, NULL) == x)
            break;
    }
    put_lead(w, key);
    buf_text(w->out, text);
}

void jw_bool(struct jsonw *w, const char *key, bool b)
{
    jw_raw(w, key, b ? "true" : "false");
}

void jw_null(struct jsonw *w, const char *key)
{
    jw_raw(w, key, "null");
}

void jw_raw(struct jsonw *w, const char *key, const char *json)
{
    put_lead(w, key);
    buf_text(w->out, json);
}
