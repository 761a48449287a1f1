/* cli_print.c -- A JSON document for people: "path  value" in aligned lines, and a list of objects
 * as a table. */
#include "app/cli.h"
#include "base/buf.h"
#include <stdio.h>
#include <string.h>

enum { DEEP = 16, TEXT = 240, PATH = 1 << 16, COLUMNS = 24, KEY = 52, GAP = 2, LINE = 100 };

/* Our own writer's JSON only: no white space between tokens, a zero after the last. */
static const char *after_text(const char *p)
{
    for (p++; *p && *p != '"'; p++)
        p += *p == '\\' && p[1];
    return *p ? p + 1 : p;
}

/* Behind the value that begins at p. */
static const char *after(const char *p)
{
    int depth = 0;
    do {
        if (*p == '"') {
            p = after_text(p);
        } else if (*p == '{' || *p == '[') {
            depth++;
            p++;
        } else if (*p == '}' || *p == ']') {
            depth--;
            p++;
        } else {
            p += *p == ',' || *p == ':' ? 1 : (ptrdiff_t)strcspn(p, ",:{}[]");
        }
    } while (*p && depth > 0);
    return p;
}

/* The members of an object or the items of a list: false when there is none more. *p begins behind
 * the bracket. */
static bool next(const char **p, const char **key, int *key_len, const char **value)
{
    *p += **p == ',';
    if (!**p || **p == '}' || **p == ']')
        return false;
    *key = NULL;
    if (**p == '"') {
        const char *end = after_text(*p);
        if (*end == ':') {
            *key = *p + 1;
            *key_len = (int)(end - *p) - 2;
            *p = end + 1;
        }
    }
    *value = *p;
    *p = after(*p);
    return true;
}

static bool is_list(const char *v)
{
    return *v == '[' || *v == '{';
}

/* The value without quotes; in a text what JSON escapes is shown as it is there. */
static void plain(const char *v, char out[TEXT])
{
    bool text = *v == '"';
    int len = (int)(after(v) - v) - 2 * text;
    snprintf(out, TEXT, "%.*s", len, v + text);
}

/* Columns that a text takes on a terminal: Chinese takes two. */
static int wide(const char *s)
{
    int n = 0;
    for (; *s; s++) {
        unsigned char c = (unsigned char)*s;
        n += c < 0x80 ? 1 : c >= 0xE0 ? 2 : c >= 0xC0;
    }
    return n;
}

static void cell(const char *s, int width, bool right)
{
    int gap = width - wide(s);
    printf("%*s%s%*s", right && gap > 0 ? gap : 0, "", s, right || gap <= 0 ? 0 : gap, "");
}

/* ---- tables ---- */

struct table {
    int n;
    struct {
        char name[KEY + 1];
        int width;
        bool number; /* all of it are numbers, and stand right */
    } col[COLUMNS];
    char row[COLUMNS][TEXT];
};

static bool is_number(const char *s)
{
    return !s[strspn(s, "0123456789.,-+e%")] || !strcmp(s, "null");
}

/* A cell of the row at hand. False: too many columns. */
static bool keep(struct table *t, const char *name, const char *value)
{
    int i = 0;
    while (i < t->n && strcmp(t->col[i].name, name) != 0)
        i++;
    if (i == COLUMNS)
        return false;
    if (i == t->n) {
        snprintf(t->col[i].name, sizeof t->col[i].name, "%s", name);
        t->col[i].width = 0;
        t->col[i].number = true;
        t->row[i][0] = 0;
        t->n++;
    }
    plain(value, t->row[i]);
    t->col[i].number &= is_number(t->row[i]);
    if (wide(t->row[i]) > t->col[i].width)
        t->col[i].width = wide(t->row[i]);
    return true;
}

/* The members of an object as cells, those of an object in it as "it.member". False: there is a
 * list in it, or too much. */
static bool cells(struct table *t, const char *before, const char *object, int depth)
{
    const char *key = NULL, *value, *p = object + 1;
    char name[KEY + 1];
    int len = 0;
    while (next(&p, &key, &len, &value)) {
        if (snprintf(name, sizeof name, "%s%s%.*s", before, *before ? "." : "", len, key) > KEY)
            return false;
        if (*value == '[' || (*value == '{' && depth == DEEP))
            return false;
        if (!(*value == '{' ? cells(t, name, value, depth + 1) : keep(t, name, value)))
            return false;
    }
    return true;
}

/* Which columns, and how wide; false: it is not a list of plain objects. */
static bool measure(const char *list, struct table *t)
{
    const char *key = NULL, *item, *p = list + 1;
    int len = 0;
    t->n = 0;
    while (next(&p, &key, &len, &item))
        if (*item != '{' || !cells(t, "", item, 0))
            return false;
    return t->n > 0;
}

static void print_row(const struct table *t)
{
    int last = t->n - 1;
    while (last > 0 && !t->row[last][0])
        last--;
    for (int i = 0; i <= last; i++) {
        bool number = t->col[i].number;
        cell(t->row[i], i == last && !number ? 0 : t->col[i].width, number);
        printf("%*s", i < last ? GAP : 0, "");
    }
    printf("\n");
}

/* One word of each name is a line: line `at` of `lines`, the last word in the last. */
static void words(struct table *t, int at, int lines)
{
    for (int i = 0; i < t->n; i++) {
        const char *name = t->col[i].name;
        int n = 1;
        for (const char *p = name; (p = strpbrk(p, "._")); p++)
            n++;
        t->row[i][0] = 0;
        for (int skip = at - (lines - n); skip > 0; skip--)
            name = strpbrk(name, "._") + 1;
        if (at >= lines - n)
            snprintf(t->row[i], TEXT, "%.*s", (int)strcspn(name, "._"), name);
    }
}

/* A name of several words takes several lines where one line would make the table too wide. */
static void print_names(struct table *t)
{
    int whole = 0, lines = 1;
    for (int i = 0; i < t->n; i++) {
        int name = wide(t->col[i].name), n = 1;
        whole += GAP + (name > t->col[i].width ? name : t->col[i].width);
        for (const char *p = t->col[i].name; (p = strpbrk(p, "._")); p++)
            n++;
        lines = n > lines ? n : lines;
    }
    lines = whole <= LINE ? 1 : lines;
    for (int pass = 0; pass < 2; pass++)
        for (int at = 0; at < lines; at++) {
            if (lines > 1)
                words(t, at, lines);
            for (int i = 0; i < t->n; i++) {
                if (lines == 1)
                    memcpy(t->row[i], t->col[i].name, sizeof t->col[i].name);
                if (wide(t->row[i]) > t->col[i].width)
                    t->col[i].width = wide(t->row[i]);
            }
            if (pass)
                print_row(t);
        }
}

static void print_table(const char *path, const char *list, struct table *t)
{
    const char *key = NULL, *item, *p = list + 1;
    int len = 0;
    printf("\n%s\n", path);
    print_names(t);
    while (next(&p, &key, &len, &item)) {
        memset(t->row, 0, sizeof t->row);
        (void)cells(t, "", item, 0);
        print_row(t);
    }
    printf("\n");
}

/* ---- lines ---- */

/* A list of plain values, in lines that are not too long. */
static bool print_values(const char *path, const char *list)
{
    const char *key = NULL, *value, *p = list + 1;
    char text[TEXT];
    int len = 0, at = 0;
    while (next(&p, &key, &len, &value))
        if (is_list(value))
            return false;
    p = list + 1;
    at = printf("%-*s", KEY, path);
    for (int n = 0; next(&p, &key, &len, &value); n++) {
        plain(value, text);
        if (n && at + wide(text) > LINE + KEY)
            at = printf("\n%*s", KEY, "") - 1;
        at += printf(" %s", text);
    }
    printf("\n");
    return true;
}

static void print_value(const char *path, const char *v, int depth)
{
    struct table t;
    char text[TEXT];
    struct buf below;
    const char *key = NULL, *value, *p = v + 1;
    int len = 0;
    if (!is_list(v) || depth == DEEP) {
        plain(v, text);
        printf("%-*s %s\n", KEY, path, text);
    } else if (*v == '[' && measure(v, &t)) {
        print_table(path, v, &t);
    } else if (*v != '[' || !print_values(path, v)) {
        buf_init(&below, PATH);
        for (int i = 0; next(&p, &key, &len, &value); i++) {
            buf_clear(&below);
            if (key)
                buf_printf(&below, "%s%s%.*s", path, *path ? "." : "", len, key);
            else
                buf_printf(&below, "%s.%d", path, i);
            print_value(below.at, value, depth + 1);
        }
        buf_release(&below);
    }
}

void cli_show(const struct cli *c, const struct buf *document)
{
    if (c->json)
        printf("%s\n", document->at);
    else if (document->len)
        print_value("", document->at, 0);
}
