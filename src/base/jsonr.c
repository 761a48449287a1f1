/* jsonr.c -- See jsonr.h. */
#include "base/jsonr.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

bool jr_fail(struct jsonr *r, int rc, const char *why)
{
    if (!r->rc) {
        r->rc = rc;
        r->why = why;
    }
    return false;
}

static bool bad(struct jsonr *r, const char *why)
{
    return jr_fail(r, BASE_BAD_INPUT, why);
}

void jr_init(struct jsonr *r, const char *text, size_t len)
{
    *r = (struct jsonr){ .begin = text, .at = text, .end = text + len };
}

static void space(struct jsonr *r)
{
    while (r->at < r->end && (*r->at == ' ' || *r->at == '\t' || *r->at == '\n' || *r->at == '\r'))
        r->at++;
}

static bool take(struct jsonr *r, char c)
{
    space(r);
    if (r->rc || r->at == r->end || *r->at != c)
        return false;
    r->at++;
    return true;
}

enum jr_kind jr_peek(struct jsonr *r)
{
    space(r);
    if (r->rc || r->at == r->end) {
        bad(r, "the text ends in the middle");
        return 0;
    }
    switch (*r->at) {
    case '{':
        return JR_OBJECT;
    case '[':
        return JR_ARRAY;
    case '"':
        return JR_TEXT;
    case 't':
    case 'f':
        return JR_BOOL;
    case 'n':
        return JR_NULL;
    default:
        return JR_NUMBER;
    }
}

/* ---- objects and arrays ---- */

static bool enter(struct jsonr *r, char c, bool array)
{
    if (!take(r, c))
        return bad(r, array ? "an array is expected" : "an object is expected");
    if (r->depth == JR_DEPTH_MAX)
        return bad(r, "nested too deep");
    r->depth++;
    r->first[r->depth] = true;
    r->array[r->depth] = array;
    return true;
}

bool jr_object(struct jsonr *r)
{
    return enter(r, '{', false);
}

bool jr_array(struct jsonr *r)
{
    return enter(r, '[', true);
}

/* Another one comes: after the first, behind a comma. */
static bool another(struct jsonr *r, char close)
{
    if (r->rc)
        return false;
    CHECK(r->depth > 0);
    if (take(r, close)) {
        r->depth--;
        return false;
    }
    if (!r->first[r->depth] && !take(r, ','))
        return bad(r, "a comma or the end is expected");
    r->first[r->depth] = false;
    return true;
}

bool jr_item(struct jsonr *r)
{
    CHECK(r->rc || r->array[r->depth]);
    return another(r, ']');
}

/* ---- text ---- */

static int hex4(const char *at)
{
    int n = 0;
    for (int i = 0; i < 4; i++) {
        char c = at[i];
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0)
            return -1;
        n = n * 16 + digit;
    }
    return n;
}

static size_t utf8(uint32_t c, char out[4])
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xC0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xE0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3F));
        out[2] = (char)(0x80 | (c & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 0x3F));
    out[2] = (char)(0x80 | (c >> 6 & 0x3F));
    out[3] = (char)(0x80 | (c & 0x3F));
    return 4;
}

/* \uXXXX, and the second half of a pair. 0: not one; U+0000 is none of ours. */
static size_t unicode(struct jsonr *r, char out[4])
{
    int high = r->end - r->at >= 4 ? hex4(r->at) : -1;
    if (high <= 0 || (high >= 0xDC00 && high <= 0xDFFF))
        return 0;
    r->at += 4;
    if (high < 0xD800 || high > 0xDBFF)
        return utf8((uint32_t)high, out);
    if (r->end - r->at < 6 || r->at[0] != '\\' || r->at[1] != 'u')
        return 0;
    int low = hex4(r->at + 2);
    if (low < 0xDC00 || low > 0xDFFF)
        return 0;
    r->at += 6;
    return utf8(0x10000 + ((uint32_t)(high - 0xD800) << 10) + (uint32_t)(low - 0xDC00), out);
}

static size_t escape(struct jsonr *r, char out[4])
{
    static const char names[] = "\"\\/bfnrt", means[] = "\"\\/\b\f\n\r\t";
    if (r->at == r->end)
        return 0;
    char c = *r->at++;
    if (c == 'u')
        return unicode(r, out);
    const char *name = c ? strchr(names, c) : NULL;
    if (!name)
        return 0;
    out[0] = means[name - names];
    return 1;
}

/* The length of a well-formed UTF-8 sequence above ASCII, 0: it is none (RFC 3629). */
static size_t sequence(const char *text, const char *end)
{
    const unsigned char *s = (const unsigned char *)text;
    size_t left = (size_t)(end - text);
    size_t n = s[0] >= 0xC2 && s[0] <= 0xDF   ? 2
               : s[0] >= 0xE0 && s[0] <= 0xEF ? 3
               : s[0] >= 0xF0 && s[0] <= 0xF4 ? 4
                                              : 0;
    if (!n || left < n)
        return 0;
    for (size_t i = 1; i < n; i++)
        if ((s[i] & 0xC0) != 0x80)
            return 0;
    bool overlong = (s[0] == 0xE0 && s[1] < 0xA0) || (s[0] == 0xF0 && s[1] < 0x90);
    bool surrogate = s[0] == 0xED && s[1] >= 0xA0;
    bool beyond = s[0] == 0xF4 && s[1] >= 0x90;
    return overlong || surrogate || beyond ? 0 : n;
}

/* Reads a string. Bytes that do not fit are left out, and *len says how many there were. */
static bool string(struct jsonr *r, char *out, size_t size, size_t *len)
{
    size_t n = 0;
    if (!take(r, '"'))
        return bad(r, "a text is expected");
    while (r->at < r->end && *r->at != '"') {
        unsigned char c = (unsigned char)*r->at;
        const char *from = r->at;
        char made[4];
        size_t l = 1;
        if (c < 0x20)
            return bad(r, "a control character in a text");
        if (c == '\\') {
            r->at++;
            l = escape(r, made);
            from = made;
        } else {
            if (c >= 0x80)
                l = sequence(r->at, r->end);
            r->at += l;
        }
        if (!l)
            return bad(r, c == '\\' ? "an escape that is none" : "not UTF-8");
        if (n + l < size)
            memcpy(out + n, from, l);
        n += l;
    }
    if (r->at == r->end)
        return bad(r, "a text without its end");
    r->at++;
    if (size)
        out[n < size ? n : size - 1] = '\0';
    *len = n;
    return true;
}

bool jr_text(struct jsonr *r, char *out, size_t size)
{
    size_t len = 0;
    if (!string(r, out, size, &len))
        return false;
    return len < size || jr_fail(r, BASE_TOO_LONG, "the text is too long");
}

bool jr_key(struct jsonr *r, struct jr_key *k)
{
    CHECK(r->rc || !r->array[r->depth]);
    k->len = 0;
    if (!another(r, '}') || !string(r, k->text, sizeof k->text, &k->len))
        return false;
    if (k->len > JR_KEY_MAX)
        k->len = JR_KEY_MAX + 1;
    return take(r, ':') || bad(r, "a colon is expected");
}

bool jr_is(const struct jr_key *k, const char *text)
{
    return k->len <= JR_KEY_MAX && !strcmp(k->text, text);
}

/* ---- numbers and words ---- */

static void digits(struct jsonr *r)
{
    while (r->at < r->end && *r->at >= '0' && *r->at <= '9')
        r->at++;
}

static bool digit_at(const struct jsonr *r)
{
    return r->at < r->end && *r->at >= '0' && *r->at <= '9';
}

/* The grammar of RFC 8259, 6. *real: it has a fraction or an exponent. */
static bool number(struct jsonr *r, const char **from, bool *real)
{
    space(r);
    *from = r->at;
    *real = false;
    if (r->at < r->end && *r->at == '-')
        r->at++;
    if (!digit_at(r))
        return bad(r, "a value is expected");
    if (*r->at == '0')
        r->at++;
    else
        digits(r);
    if (r->at < r->end && *r->at == '.') {
        r->at++;
        *real = true;
        if (!digit_at(r))
            return bad(r, "a number without its decimals");
        digits(r);
    }
    if (r->at < r->end && (*r->at == 'e' || *r->at == 'E')) {
        r->at++;
        *real = true;
        if (r->at < r->end && (*r->at == '+' || *r->at == '-'))
            r->at++;
        if (!digit_at(r))
            return bad(r, "a number without its exponent");
        digits(r);
    }
    return true;
}

static bool integer(struct jsonr *r, const char *from, int64_t *out)
{
    bool negative = *from == '-';
    int64_t n = 0;
    for (const char *s = from + negative; s < r->at; s++)
        if (__builtin_mul_overflow(n, 10, &n) ||
            __builtin_sub_overflow(n, (int64_t)(*s - '0'), &n)) /* below zero there is one more */
            return bad(r, "a number too large");
    if (!negative && n == INT64_MIN)
        return bad(r, "a number too large");
    *out = negative ? n : -n;
    return true;
}

bool jr_i64(struct jsonr *r, int64_t *out)
{
    const char *from;
    bool real;
    if (r->rc || !number(r, &from, &real))
        return false;
    return real ? bad(r, "an integer is expected") : integer(r, from, out);
}

static bool word(struct jsonr *r, const char *text)
{
    size_t n = strlen(text);
    space(r);
    if (r->rc || (size_t)(r->end - r->at) < n || memcmp(r->at, text, n))
        return false;
    r->at += n;
    return true;
}

bool jr_bool(struct jsonr *r, bool *out)
{
    *out = word(r, "true");
    return *out || word(r, "false") || bad(r, "true or false is expected");
}

bool jr_null(struct jsonr *r)
{
    return word(r, "null") || bad(r, "null is expected");
}

/* A real that no double holds is refused, as everywhere. */
static bool skip_number(struct jsonr *r)
{
    const char *from;
    bool real;
    int64_t n;
    char text[2048];
    if (!number(r, &from, &real))
        return false;
    if (!real)
        return integer(r, from, &n);
    size_t len = (size_t)(r->at - from);
    if (len >= sizeof text)
        return bad(r, "a number too long");
    memcpy(text, from, len);
    text[len] = '\0';
    errno = 0;
    double x = strtod(text, NULL);
    return (errno != ERANGE || fabs(x) != HUGE_VAL) || bad(r, "a number too large");
}

bool jr_skip(struct jsonr *r)
{
    struct jr_key key;
    bool yes;
    size_t len;
    switch (jr_peek(r)) {
    case JR_OBJECT:
        if (jr_object(r))
            while (jr_key(r, &key))
                if (!jr_skip(r))
                    return false;
        return !r->rc;
    case JR_ARRAY:
        if (jr_array(r))
            while (jr_item(r))
                if (!jr_skip(r))
                    return false;
        return !r->rc;
    case JR_TEXT:
        return string(r, NULL, 0, &len);
    case JR_BOOL:
        return jr_bool(r, &yes);
    case JR_NULL:
        return jr_null(r);
    case JR_NUMBER:
        return skip_number(r);
    }
    return false;
}

int jr_end(struct jsonr *r)
{
    space(r);
    if (!r->rc && (r->depth || r->at != r->end))
        (void)bad(r, r->depth ? "it has no end" : "something comes after the end");
    return r->rc;
}
