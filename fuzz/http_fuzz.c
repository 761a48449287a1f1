/* http_fuzz.c -- The pure parts of reading a request head. What is accepted must survive being
 * written again: target -> path and pairs -> escaped target -> the same path and pairs. */
#include "http/http_parse.h"

#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 1 << 20, FIELDS_MAX = 64 };
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void escape(const char *s, size_t n, struct buf *out)
{
    for (size_t i = 0; i < n; i++)
        buf_printf(out, "%%%02X", (unsigned char)s[i]);
}

static void path_again(const char *target)
{
    struct buf path, again, escaped;
    buf_init(&path, TEXT_MAX);
    buf_init(&again, TEXT_MAX);
    buf_init(&escaped, TEXT_MAX);
    if (http_parse_path(target, &path) == HTTP_FINE) {
        CHECK(path.at[0] == '/' && strlen(path.at) + 1 == path.len);
        CHECK(http_utf8_ok(path.at, path.len - 1));
        buf_char(&escaped, '/');
        escape(path.at + 1, path.len - 2, &escaped);
        CHECK(http_parse_path(escaped.at, &again) == HTTP_FINE);
        CHECK(again.len == path.len && memcmp(again.at, path.at, path.len) == 0);
    }
    buf_release(&path);
    buf_release(&again);
    buf_release(&escaped);
}

static void query_again(const char *target)
{
    struct buf pairs, again, escaped;
    buf_init(&pairs, TEXT_MAX);
    buf_init(&again, TEXT_MAX);
    buf_init(&escaped, TEXT_MAX);
    if (http_parse_query(target, &pairs) == HTTP_FINE) {
        buf_char(&escaped, '?');
        for (size_t i = 0; i < pairs.len;) {
            const char *name = pairs.at + i, *value = name + strlen(name) + 1;
            CHECK(http_pair_find(pairs.at, pairs.len, name, false) != NULL);
            escape(name, strlen(name), &escaped);
            buf_char(&escaped, '=');
            escape(value, strlen(value), &escaped);
            buf_char(&escaped, '&');
            i = (size_t)(value - pairs.at) + strlen(value) + 1;
        }
        CHECK(http_parse_query(escaped.at, &again) == HTTP_FINE);
        CHECK(again.len == pairs.len && memcmp(again.at, pairs.at, pairs.len) == 0);
    }
    buf_release(&pairs);
    buf_release(&again);
    buf_release(&escaped);
}

static void cookies(const char *text, size_t n)
{
    struct buf pairs;
    int zeros = 0;
    char *exact = malloc(n ? n : 1); /* a read past the end is seen */
    CHECK(exact != NULL);
    memcpy(exact, text, n);
    buf_init(&pairs, TEXT_MAX);
    http_parse_cookies(exact, n, &pairs);
    for (size_t i = 0; i < pairs.len; i++)
        zeros += pairs.at[i] == '\0';
    CHECK(zeros % 2 == 0 && (pairs.len == 0 || pairs.at[pairs.len - 1] == '\0'));
    http_pair_find(pairs.at, pairs.len, "s", false);
    buf_release(&pairs);
    free(exact);
}

/* Lines "name:value" of the input are the fields. */
static void fields(const char *text, size_t n)
{
    struct http_field f[FIELDS_MAX];
    size_t count = 0, lengths = 0;
    for (size_t i = 0; i < n && count < FIELDS_MAX;) {
        const char *line = text + i, *end = memchr(line, '\n', n - i);
        size_t len = end ? (size_t)(end - line) : n - i;
        const char *colon = memchr(line, ':', len);
        size_t name = colon ? (size_t)(colon - line) : len;
        f[count++] = (struct http_field){ .name = line,
                                          .name_len = name,
                                          .value = colon ? colon + 1 : line + len,
                                          .value_len = colon ? len - name - 1 : 0 };
        i += len + 1;
    }
    enum http_refusal new = http_check_fields(f, count, true);
    enum http_refusal old = http_check_fields(f, count, false);
    CHECK(new != HTTP_FINE || old == HTTP_FINE || old == HTTP_REFUSE_CODING);
    if (new != HTTP_FINE && old != HTTP_FINE)
        return;
    CHECK(http_declared_length(f, count) >= -1);
    for (size_t i = 0; i < count; i++) {
        CHECK(f[i].name_len > 0 && !memchr(f[i].value, '\0', f[i].value_len));
        lengths += f[i].name_len == 14 && strncasecmp(f[i].name, "content-length", 14) == 0;
    }
    CHECK(lengths <= 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf text;
    buf_init(&text, size + 1);
    buf_add(&text, data, size);
    path_again(text.at);
    query_again(text.at);
    cookies(text.at, size);
    fields(text.at, size);
    buf_release(&text);
    return 0;
}
