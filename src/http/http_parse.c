/* http_parse.c -- See http_parse.h. */
#include "http/http_parse.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

static const struct http_refusal_info refusals[] = { [HTTP_FINE] = { 200, "fine", "" },
#define ROW(name, status_, code_, title_) [HTTP_REFUSE_##name] = { (status_), (code_), (title_) },
                                                     HTTP_REFUSALS(ROW)
#undef ROW
};
_Static_assert(COUNT(refusals) == HTTP_REFUSALS_END, "every refusal has its row");

const struct http_refusal_info *http_refusal_info(enum http_refusal why)
{
    CHECK(why < HTTP_REFUSALS_END);
    return &refusals[why];
}

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

enum http_refusal http_decode(const char *raw, size_t n, bool plus, struct buf *out)
{
    for (size_t i = 0; i < n; i++) {
        char c = raw[i];
        if (c == '%') {
            int high = i + 2 < n ? hex(raw[i + 1]) : -1;
            int low = high >= 0 ? hex(raw[i + 2]) : -1;
            if (low < 0 || high * 16 + low == 0)
                return HTTP_REFUSE_PERCENT;
            c = (char)(high * 16 + low);
            i += 2;
        } else if (c == '+' && plus) {
            c = ' ';
        } else if ((unsigned char)c <= ' ' || c == 0x7f) {
            return HTTP_REFUSE_CONTROL;
        }
        buf_char(out, c);
    }
    return HTTP_FINE;
}

/* The length of the UTF-8 character at s, or 0: overlong forms, surrogates and code points above
 * U+10FFFF are no characters (RFC 3629, 3). */
static size_t utf8_length(const unsigned char *s, size_t n)
{
    if (s[0] < 0x80)
        return 1;
    if (s[0] < 0xc2 || s[0] > 0xf4)
        return 0;
    size_t len = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
    if (n < len)
        return 0;
    for (size_t i = 1; i < len; i++)
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
        (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
        return 0;
    return len;
}

bool http_utf8_ok(const char *s, size_t n)
{
    for (size_t i = 0; i < n;) {
        size_t len = utf8_length((const unsigned char *)s + i, n - i);
        if (len == 0)
            return false;
        i += len;
    }
    return true;
}

static bool has_dot_segment(const char *path)
{
    for (const char *p = strstr(path, "/.."); p; p = strstr(p + 1, "/.."))
        if (p[3] == '\0' || p[3] == '/')
            return true;
    return false;
}

enum http_refusal http_parse_path(const char *target, struct buf *out)
{
    size_t start = out->len, n = strcspn(target, "?");
    if (target[0] != '/')
        return HTTP_REFUSE_TARGET;
    enum http_refusal why = http_decode(target, n, false, out);
    if (why)
        return why;
    const char *path = out->at + start;
    size_t len = out->len - start;
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)path[i] < ' ' || path[i] == 0x7f)
            return HTTP_REFUSE_CONTROL;
    if (!http_utf8_ok(path, len))
        return HTTP_REFUSE_UTF8;
    if (has_dot_segment(path))
        return HTTP_REFUSE_DOTS;
    buf_char(out, '\0');
    return HTTP_FINE;
}

static enum http_refusal add_decoded(const char *raw, size_t n, struct buf *out)
{
    size_t start = out->len;
    enum http_refusal why = http_decode(raw, n, true, out);
    if (!why && !http_utf8_ok(out->at + start, out->len - start))
        why = HTTP_REFUSE_UTF8;
    buf_char(out, '\0');
    return why;
}

enum http_refusal http_parse_query(const char *target, struct buf *out)
{
    const char *p = strchr(target, '?');
    int count = 0;
    while (p && *p) {
        p++; /* over '?' or '&' */
        size_t n = strcspn(p, "&");
        const char *equals = memchr(p, '=', n);
        size_t name = equals ? (size_t)(equals - p) : n;
        if (n > 0) {
            if (++count > HTTP_PAIRS_MAX)
                return HTTP_REFUSE_PAIRS;
            enum http_refusal why = add_decoded(p, name, out);
            if (!why)
                why = add_decoded(p + name + (equals != NULL), n - name - (equals != NULL), out);
            if (why)
                return why;
        }
        p += n;
    }
    return HTTP_FINE;
}

static void trim(const char **s, size_t *n)
{
    while (*n > 0 && (**s == ' ' || **s == '\t')) {
        (*s)++;
        (*n)--;
    }
    while (*n > 0 && ((*s)[*n - 1] == ' ' || (*s)[*n - 1] == '\t'))
        (*n)--;
}

/* RFC 6265, 5.4 the other way round. A pair without '=' or without a name is no cookie; values
 * are opaque: a quoted value loses its quotes, nothing else is decoded. */
void http_parse_cookies(const char *header, size_t n, struct buf *out)
{
    for (size_t i = 0; i <= n;) {
        const char *end = i < n ? memchr(header + i, ';', n - i) : NULL;
        size_t len = end ? (size_t)(end - header) - i : n - i;
        const char *equals = len ? memchr(header + i, '=', len) : NULL;
        if (equals) {
            const char *name = header + i, *value = equals + 1;
            size_t name_len = (size_t)(equals - name);
            size_t value_len = len - name_len - 1;
            trim(&name, &name_len);
            trim(&value, &value_len);
            if (value_len >= 2 && value[0] == '"' && value[value_len - 1] == '"') {
                value++;
                value_len -= 2;
            }
            if (name_len > 0 && !memchr(name, '\0', name_len) && !memchr(value, '\0', value_len)) {
                buf_add(out, name, name_len);
                buf_char(out, '\0');
                buf_add(out, value, value_len);
                buf_char(out, '\0');
            }
        }
        i += len + 1;
    }
}

const char *http_pair_find(const char *pairs, size_t n, const char *name, bool ignore_case)
{
    for (size_t i = 0; i < n;) {
        const char *value = pairs + i + strlen(pairs + i) + 1;
        int other = ignore_case ? strcasecmp(pairs + i, name) : strcmp(pairs + i, name);
        if (other == 0)
            return value;
        i = (size_t)(value - pairs) + strlen(value) + 1;
    }
    return NULL;
}

/* RFC 9110, 5.6.2: tchar */
static bool is_token_char(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c != '\0' && strchr("!#$%&'*+-.^_`|~", c));
}

bool http_header_name_ok(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!is_token_char(s[i]))
            return false;
    return n > 0;
}

static bool value_ok(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (((unsigned char)s[i] < ' ' && s[i] != '\t') || s[i] == 0x7f)
            return false;
    return true;
}

bool http_header_text_ok(const char *s)
{
    return value_ok(s, strlen(s));
}

bool http_address_print(int family, const void *bytes, char out[HTTP_PEER_TEXT])
{
    bool mapped = family == AF_INET6 && IN6_IS_ADDR_V4MAPPED((const struct in6_addr *)bytes);
    if (mapped) /* what a socket of both families says of IPv4: the same client, one name */
        return inet_ntop(AF_INET, (const char *)bytes + 12, out, HTTP_PEER_TEXT) != NULL;
    return inet_ntop(family, bytes, out, HTTP_PEER_TEXT) != NULL;
}

bool http_address(const char *text, char out[HTTP_PEER_TEXT])
{
    struct in6_addr bytes;
    int family = strchr(text, ':') ? AF_INET6 : AF_INET;
    return inet_pton(family, text, &bytes) == 1 && http_address_print(family, &bytes, out);
}

bool http_forwarded(const char *value, size_t n, char out[HTTP_PEER_TEXT])
{
    char text[HTTP_PEER_TEXT];
    const char *comma = n ? memrchr(value, ',', n) : NULL;
    const char *last = comma ? comma + 1 : value;
    size_t len = n - (size_t)(last - value);
    trim(&last, &len);
    if (len >= sizeof text)
        return false;
    memcpy(text, last, len);
    text[len] = '\0';
    return http_address(text, out);
}

static bool is_field(const struct http_field *f, const char *name)
{
    return f->name_len == strlen(name) && strncasecmp(f->name, name, f->name_len) == 0;
}

static bool is_length(const struct http_field *f)
{
    if (f->value_len == 0 || f->value_len > 18)
        return false;
    for (size_t i = 0; i < f->value_len; i++)
        if (f->value[i] < '0' || f->value[i] > '9')
            return false;
    return true;
}

static bool is_chunked(const struct http_field *f)
{
    return f->value_len == 7 && strncasecmp(f->value, "chunked", 7) == 0;
}

enum http_refusal http_check_fields(const struct http_field *f, size_t count, bool version_1_1)
{
    int hosts = 0, lengths = 0, codings = 0;
    bool length_ok = true, coding_ok = version_1_1; /* RFC 9112, 6.1: no chunks in HTTP/1.0 */
    for (size_t i = 0; i < count; i++) {
        if (!http_header_name_ok(f[i].name, f[i].name_len))
            return HTTP_REFUSE_NAME;
        if (!value_ok(f[i].value, f[i].value_len))
            return HTTP_REFUSE_CONTROL;
        if (is_field(&f[i], "host")) {
            hosts++;
        } else if (is_field(&f[i], "content-length")) {
            lengths++;
            length_ok = length_ok && is_length(&f[i]);
        } else if (is_field(&f[i], "transfer-encoding")) {
            codings++;
            coding_ok = coding_ok && is_chunked(&f[i]);
        }
    }
    if (version_1_1 && hosts == 0)
        return HTTP_REFUSE_NO_HOST;
    if (hosts > 1)
        return HTTP_REFUSE_TWO_HOSTS;
    if (lengths > 1)
        return HTTP_REFUSE_TWO_LENGTHS;
    if (lengths && codings)
        return HTTP_REFUSE_LENGTH_AND_CHUNKS;
    if (codings > 1 || (codings && !coding_ok))
        return HTTP_REFUSE_CODING;
    return length_ok ? HTTP_FINE : HTTP_REFUSE_LENGTH;
}

int64_t http_declared_length(const struct http_field *f, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (is_field(&f[i], "transfer-encoding"))
            return -1;
        if (!is_field(&f[i], "content-length"))
            continue;
        int64_t n = 0;
        CHECK(is_length(&f[i]));
        for (size_t k = 0; k < f[i].value_len; k++)
            n = n * 10 + (f[i].value[k] - '0');
        return n;
    }
    return 0;
}
