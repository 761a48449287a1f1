/* json.c -- The only file that names jansson.
 *
 * Which fields were read is kept as a set of jansson's object iterators: one address a field of a
 * document, also where the value is one of the shared constants true, false, null. A path is
 * worked out only when something is wrong, by looking for the node from the root. */
#include "base/json.h"
#include "base/buf.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_MAX_BYTES = 240 };

struct json_doc {
    json_t *root;
    int refusal;
    char path[PATH_MAX_BYTES + 1], wanted[64];
    const void **seen; /* open addressing, NULL is free; size a power of two */
    size_t seen_count, seen_size;
};

static json_t *node_json(struct json_node *n)
{
    return (json_t *)(void *)n;
}

static struct json_node *json_as_node(json_t *j)
{
    return (struct json_node *)(void *)j;
}

/* ---- the set of fields read ---- */

static size_t slot_of(const struct json_doc *d, const void *field)
{
    uint64_t hash = ((uint64_t)(uintptr_t)field >> 4) * UINT64_C(0x9E3779B97F4A7C15);
    size_t i = (size_t)(hash >> 20) & (d->seen_size - 1);
    while (d->seen[i] && d->seen[i] != field)
        i = (i + 1) & (d->seen_size - 1);
    return i;
}

static void seen_add(struct json_doc *d, const void *field)
{
    if (d->seen_count * 2 >= d->seen_size) {
        const void **old = d->seen;
        size_t old_size = d->seen_size;
        d->seen_size = old_size ? old_size * 2 : 32;
        d->seen = calloc(d->seen_size, sizeof(*d->seen));
        CHECK(d->seen != NULL);
        for (size_t i = 0; i < old_size; i++) {
            if (old[i])
                d->seen[slot_of(d, old[i])] = old[i];
        }
        free(old);
    }
    size_t i = slot_of(d, field);
    if (!d->seen[i]) {
        d->seen[i] = field;
        d->seen_count++;
    }
}

static bool seen_has(const struct json_doc *d, const void *field)
{
    return d->seen_size > 0 && d->seen[slot_of(d, field)] != NULL;
}

/* ---- paths ---- */

static void path_key(struct buf *path, const char *key)
{
    if (path->len > 0)
        buf_char(path, '.');
    buf_text(path, key);
}

static void path_index(struct buf *path, size_t i)
{
    buf_printf(path, "[%zu]", i);
}

static void path_cut(struct buf *path, size_t len)
{
    path->len = len;
    path->at[len] = '\0';
    path->overflow = false;
}

/* Appends the way from at to the container wanted; false (path as before) when it is not below. */
static bool path_find(json_t *at, const json_t *wanted, struct buf *path)
{
    if (at == wanted)
        return true;
    size_t len = path->len;
    if (json_is_array(at)) {
        for (size_t i = 0; i < json_array_size(at); i++) {
            path_index(path, i);
            if (path_find(json_array_get(at, i), wanted, path))
                return true;
            path_cut(path, len);
        }
    } else if (json_is_object(at)) {
        const char *key;
        json_t *value;
        json_object_foreach(at, key, value)
        {
            path_key(path, key);
            if (path_find(value, wanted, path))
                return true;
            path_cut(path, len);
        }
    }
    return false;
}

void json_note(struct json_doc *d, int refusal, const char *path)
{
    CHECK(refusal > 0);
    if (d->refusal)
        return;
    d->refusal = refusal;
    snprintf(d->path, sizeof(d->path), "%s", path ? path : "");
}

/* key NULL: of the node itself. */
static void note_at(struct json_doc *d, struct json_node *n, const char *key, int refusal)
{
    if (d->refusal)
        return;
    struct buf path;
    buf_init(&path, PATH_MAX_BYTES);
    if (n)
        path_find(d->root, node_json(n), &path);
    if (key)
        path_key(&path, key);
    json_note(d, refusal, path.at);
    buf_release(&path);
}

/* The same, with what would have been right. */
__attribute__((format(printf, 5, 6))) static void note_want(struct json_doc *d, struct json_node *n,
                                                            const char *key, int refusal,
                                                            const char *fmt, ...)
{
    va_list args;
    if (d->refusal)
        return;
    note_at(d, n, key, refusal);
    va_start(args, fmt);
    vsnprintf(d->wanted, sizeof d->wanted, fmt, args);
    va_end(args);
}

/* ---- parsing ---- */

/* Nesting is counted before parsing, as the parser recurses. Strings are skipped. */
static bool too_deep(const char *text, size_t len)
{
    int depth = 0;
    bool in_string = false;
    for (size_t i = 0; i < len; i++) {
        char ch = text[i];
        if (in_string) {
            if (ch == '\\')
                i++;
            else if (ch == '"')
                in_string = false;
        } else if (ch == '"') {
            in_string = true;
        } else if (ch == '{' || ch == '[') {
            if (++depth > JSON_DEPTH_MAX)
                return true;
        } else if (ch == '}' || ch == ']') {
            depth--;
        }
    }
    return false;
}

int json_parse(const char *text, size_t len, struct json_doc **out, char *error, size_t error_size)
{
    *out = NULL;
    if (too_deep(text, len)) {
        snprintf(error, error_size, "nested deeper than %d", JSON_DEPTH_MAX);
        return BASE_BAD_INPUT;
    }
    if (len > 0 &&
        memchr(text, '\0', len)) { /* jansson 2.14 skips one that stands behind a number */
        snprintf(error, error_size, "a zero byte");
        return BASE_BAD_INPUT;
    }
    json_error_t why;
    json_t *root = json_loadb(text, len, JSON_REJECT_DUPLICATES, &why);
    if (!root) {
        char *near = strstr(why.text, " near '"); /* what was near may be a password */
        if (near)
            *near = '\0';
        snprintf(error, error_size, "line %d, column %d: %s", why.line, why.column, why.text);
        return BASE_BAD_INPUT;
    }
    struct json_doc *d = calloc(1, sizeof(*d));
    CHECK(d != NULL);
    d->root = root;
    *out = d;
    return 0;
}

void json_free(struct json_doc *d)
{
    if (!d)
        return;
    json_decref(d->root);
    free(d->seen);
    free(d);
}

struct json_node *json_root(struct json_doc *d)
{
    return json_as_node(d->root);
}

/* ---- fields ---- */

/* The field's value, marked as read, or NULL when it is absent or null (noted when needed). */
static json_t *field(struct json_doc *d, struct json_node *n, const char *key, bool needed)
{
    json_t *object = n ? node_json(n) : NULL;
    if (object && !json_is_object(object)) {
        note_want(d, n, NULL, BASE_BAD_INPUT, "an object");
        return NULL;
    }
    void *at = object ? json_object_iter_at(object, key) : NULL;
    json_t *value = at ? json_object_iter_value(at) : NULL;
    if (at)
        seen_add(d, at);
    if (value && !json_is_null(value))
        return value;
    if (needed)
        note_at(d, n, key, BASE_MISSING);
    return NULL;
}

static void read_text(struct json_doc *d, struct json_node *n, const char *key, size_t max,
                      const char **out, bool needed)
{
    json_t *value = field(d, n, key, needed);
    if (!value)
        return;
    if (!json_is_string(value))
        note_want(d, n, key, BASE_BAD_INPUT, "text");
    else if (json_string_length(value) > max)
        note_want(d, n, key, BASE_TOO_LONG, "at most %zu bytes", max);
    else
        *out = json_string_value(value);
}

void json_need_text(struct json_doc *d, struct json_node *n, const char *key, size_t max,
                    const char **out)
{
    read_text(d, n, key, max, out, true);
}

void json_want_text(struct json_doc *d, struct json_node *n, const char *key, size_t max,
                    const char **out)
{
    read_text(d, n, key, max, out, false);
}

static void read_i64(struct json_doc *d, struct json_node *n, const char *key, int64_t min,
                     int64_t max, int64_t *out, bool needed)
{
    json_t *value = field(d, n, key, needed);
    if (!value)
        return;
    int64_t number = json_integer_value(value);
    if (!json_is_integer(value))
        note_want(d, n, key, BASE_BAD_INPUT, "a whole number");
    else if ((number < min || number > max) && max == INT64_MAX)
        note_want(d, n, key, BASE_RANGE, "%" PRId64 " or more", min);
    else if (number < min || number > max)
        note_want(d, n, key, BASE_RANGE, "from %" PRId64 " to %" PRId64, min, max);
    else
        *out = number;
}

void json_need_i64(struct json_doc *d, struct json_node *n, const char *key, int64_t min,
                   int64_t max, int64_t *out)
{
    read_i64(d, n, key, min, max, out, true);
}

void json_want_i64(struct json_doc *d, struct json_node *n, const char *key, int64_t min,
                   int64_t max, int64_t *out)
{
    read_i64(d, n, key, min, max, out, false);
}

void json_want_f64(struct json_doc *d, struct json_node *n, const char *key, double min, double max,
                   double *out)
{
    json_t *value = field(d, n, key, false);
    if (!value)
        return;
    double number = json_number_value(value);
    if (!json_is_number(value))
        note_want(d, n, key, BASE_BAD_INPUT, "a number");
    else if (!(number >= min && number <= max))
        note_want(d, n, key, BASE_RANGE, "from %.10g to %.10g", min, max);
    else
        *out = number;
}

void json_want_bool(struct json_doc *d, struct json_node *n, const char *key, bool *out)
{
    json_t *value = field(d, n, key, false);
    if (!value)
        return;
    if (!json_is_boolean(value))
        note_want(d, n, key, BASE_BAD_INPUT, "true or false");
    else
        *out = json_is_true(value);
}

static struct json_node *read_array(struct json_doc *d, struct json_node *n, const char *key,
                                    size_t max_items, size_t *count, bool needed)
{
    *count = 0;
    json_t *value = field(d, n, key, needed);
    if (!value)
        return NULL;
    if (!json_is_array(value)) {
        note_want(d, n, key, BASE_BAD_INPUT, "a list");
        return NULL;
    }
    if (json_array_size(value) > max_items) {
        note_want(d, n, key, BASE_TOO_LONG, "at most %zu of them", max_items);
        return NULL;
    }
    *count = json_array_size(value);
    return json_as_node(value);
}

struct json_node *json_want_array(struct json_doc *d, struct json_node *n, const char *key,
                                  size_t max_items, size_t *count)
{
    return read_array(d, n, key, max_items, count, false);
}

struct json_node *json_need_array(struct json_doc *d, struct json_node *n, const char *key,
                                  size_t max_items, size_t *count)
{
    return read_array(d, n, key, max_items, count, true);
}

struct json_node *json_want_object(struct json_doc *d, struct json_node *n, const char *key)
{
    json_t *value = field(d, n, key, false);
    if (!value)
        return NULL;
    if (json_is_object(value))
        return json_as_node(value);
    note_want(d, n, key, BASE_BAD_INPUT, "an object");
    return NULL;
}

struct json_node *json_item(struct json_node *array, size_t i)
{
    return array ? json_as_node(json_array_get(node_json(array), i)) : NULL;
}

bool json_is_text(struct json_node *n, const char **out)
{
    if (!n || !json_is_string(node_json(n)))
        return false;
    *out = json_string_value(node_json(n));
    return true;
}

bool json_is_i64(struct json_node *n, int64_t *out)
{
    if (!n || !json_is_integer(node_json(n)))
        return false;
    *out = json_integer_value(node_json(n));
    return true;
}

bool json_is_f64(struct json_node *n, double *out)
{
    if (!n || !json_is_number(node_json(n)))
        return false;
    *out = json_number_value(node_json(n));
    return true;
}

static void print_real(struct jsonw *w, const char *key, double x)
{
    char text[40];
    snprintf(text, sizeof(text), "%.17g", x); /* 17 digits name every double */
    if (!strpbrk(text, ".e"))
        strncat(text, ".0", sizeof(text) - strlen(text) - 1);
    jw_raw(w, key, text);
}

static void print_value(struct json_doc *d, json_t *value, struct jsonw *w, const char *key)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        jw_object(w, key);
        for (void *it = json_object_iter(value); it; it = json_object_iter_next(value, it)) {
            seen_add(d, it);
            print_value(d, json_object_iter_value(it), w, json_object_iter_key(it));
        }
        jw_end(w);
        break;
    case JSON_ARRAY:
        jw_array(w, key);
        for (size_t i = 0; i < json_array_size(value); i++)
            print_value(d, json_array_get(value, i), w, NULL);
        jw_end(w);
        break;
    case JSON_STRING:
        jw_text_n(w, key, json_string_value(value), json_string_length(value));
        break;
    case JSON_INTEGER:
        jw_i64(w, key, json_integer_value(value));
        break;
    case JSON_REAL:
        print_real(w, key, json_real_value(value));
        break;
    case JSON_NULL:
        jw_null(w, key);
        break;
    default:
        jw_bool(w, key, json_is_true(value));
        break;
    }
}

void json_print(struct json_doc *d, struct json_node *n, struct jsonw *w, const char *key)
{
    print_value(d, node_json(n), w, key);
}

/* ---- the end ---- */

/* The first field never read, in document order; only below fields that were read. */
static bool find_unread(const struct json_doc *d, json_t *at, struct buf *path)
{
    size_t len = path->len;
    if (json_is_array(at)) {
        for (size_t i = 0; i < json_array_size(at); i++) {
            path_index(path, i);
            if (find_unread(d, json_array_get(at, i), path))
                return true;
            path_cut(path, len);
        }
        return false;
    }
    if (!json_is_object(at))
        return false;
    for (void *it = json_object_iter(at); it; it = json_object_iter_next(at, it)) {
        path_key(path, json_object_iter_key(it));
        if (!seen_has(d, it) || find_unread(d, json_object_iter_value(it), path))
            return true;
        path_cut(path, len);
    }
    return false;
}

int json_finish(struct json_doc *d, const char **path)
{
    if (!d->refusal) {
        struct buf unread;
        buf_init(&unread, PATH_MAX_BYTES);
        if (find_unread(d, d->root, &unread))
            json_note(d, BASE_UNKNOWN_FIELD, unread.at);
        buf_release(&unread);
    }
    if (path)
        *path = d->refusal ? d->path : NULL;
    return d->refusal;
}

void json_fault_text(const struct json_doc *d, int refusal, const char *path, char *out,
                     size_t size)
{
    snprintf(out, size, "%s: %s", path && *path ? path : "the document",
             refusal == BASE_UNKNOWN_FIELD ? "no such field"
             : refusal == BASE_MISSING     ? "is needed"
             : *d->wanted                  ? d->wanted
                                           : "not valid");
}
