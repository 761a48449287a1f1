/* pages.c -- See pages.h. */
#include "app/pages.h"
#include "app/assets.h"
#include "app/config.h"
#include "base/buf.h"
#include <stdio.h>
#include <string.h>

enum { PATH_MAX_BYTES = 240, PAGE_MAX = 8 << 20 };

static bool ends_with(const char *s, const char *end)
{
    size_t n = strlen(s), m = strlen(end);
    return n >= m && !memcmp(s + n - m, end, m);
}

/* Letters, digits, "._-" and single slashes; no part begins with a dot: nothing leads upwards. */
static bool path_is_plain(const char *path)
{
    for (const char *p = path; *p; p++) {
        bool good = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
                    (*p >= '0' && *p <= '9') || strchr("._-/", *p);
        if (!good || (*p == '/' && (p[1] == '.' || p[1] == '/')))
            return false;
    }
    return path[0] == '/' && strlen(path) < PATH_MAX_BYTES;
}

static const char *type_of(const char *path)
{
    static const struct {
        const char *end, *type;
    } types[] = {
        { ".html", "text/html; charset=utf-8" },
        { ".css", "text/css; charset=utf-8" },
        { ".js", "text/javascript; charset=utf-8" },
        { ".json", "application/json" },
        { ".svg", "image/svg+xml" },
        { ".png", "image/png" },
        { ".ico", "image/x-icon" },
        { ".webmanifest", "application/manifest+json" },
        { ".txt", "text/plain; charset=utf-8" },
    };
    for (size_t i = 0; i < COUNT(types); i++)
        if (ends_with(path, types[i].end))
            return types[i].type;
    return NULL;
}

static bool from_disk(const char *dir, const char *path, struct http_exchange *x, int status)
{
    char file[1024], block[16384];
    const char *type = type_of(path);
    struct buf bytes;
    size_t n;
    if (!type || (size_t)snprintf(file, sizeof file, "%s%s", dir, path) >= sizeof file)
        return false;
    FILE *f = fopen(file, "rb");
    if (!f)
        return false;
    buf_init(&bytes, PAGE_MAX);
    while ((n = fread(block, 1, sizeof block, f)) > 0)
        buf_add(&bytes, block, n);
    bool good = !ferror(f) && !bytes.overflow;
    fclose(f);
    if (good) {
        http_set_header(x, "Cache-Control", "no-cache");
        http_answer(x, status, type, bytes.len ? bytes.at : "", bytes.len);
    }
    buf_release(&bytes);
    return good;
}

static bool has_word(const char *list, const char *word)
{
    return list && strstr(list, word);
}

static void from_table(const struct asset *a, struct http_exchange *x)
{
    const char *known = http_header(x, "If-None-Match");
    bool page = ends_with(a->path, ".html");
    http_set_header(x, "ETag", a->etag);
    http_set_header(x, "Cache-Control", page ? "no-cache" : "max-age=300");
    if (a->gz)
        http_set_header(x, "Vary", "Accept-Encoding");
    if (known && (has_word(known, a->etag) || !strcmp(known, "*"))) {
        http_answer(x, 304, a->type, "", 0);
    } else if (a->gz && has_word(http_header(x, "Accept-Encoding"), "gzip")) {
        http_set_header(x, "Content-Encoding", "gzip");
        http_answer_static(x, 200, a->type, a->gz, a->gz_len);
    } else {
        http_answer_static(x, 200, a->type, a->bytes, a->len);
    }
}

static bool answer_path(const char *dir, const char *path, struct http_exchange *x)
{
    if (dir && from_disk(dir, path, x, 200))
        return true;
    const struct asset *a = asset_find(path);
    if (a)
        from_table(a, x);
    return a != NULL;
}

/* An address that is none, asked for by a person: a page that leads on. Programs get the problem as
 * JSON. */
static bool answer_missing(const char *dir, struct http_exchange *x)
{
    static const char page[] = "/missing.html";
    const struct asset *a = asset_find(page);
    if (!has_word(http_header(x, "Accept"), "text/html") || !strncmp(http_path(x), "/api/", 5))
        return false;
    if (dir && from_disk(dir, page, x, 404))
        return true;
    if (a) {
        http_set_header(x, "Cache-Control", "no-cache");
        http_answer_static(x, 404, a->type, a->bytes, a->len);
    }
    return a != NULL;
}

static char map_policy[CONFIG_TEXT_MAX + 256]; /* set once, before the server starts */

void pages_tiles(const char *url)
{
    const char *host = strstr(url, "://");
    size_t len = host ? (size_t)(host + 3 - url) + strcspn(host + 3, "/") : 0;
    map_policy[0] = 0;
    if (len)
        snprintf(map_policy, sizeof map_policy,
                 "default-src 'self'; img-src 'self' data: blob: %.*s; style-src 'self'; script-src"
                 " 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action"
                 " 'self'",
                 (int)len, url);
}

bool pages_answer(void *ctx, struct http_exchange *x)
{
    const char *dir = ctx, *path = http_path(x);
    char page[PATH_MAX_BYTES + 8];
    if (!path_is_plain(path))
        return false;
    if (!strcmp(path, "/"))
        return answer_path(dir, "/index.html", x);
    if (map_policy[0] && (!strcmp(path, "/map.html") || !strcmp(path, "/map")))
        http_set_header(x, "Content-Security-Policy", map_policy);
    if (answer_path(dir, path, x))
        return true;
    if (strchr(path, '.') || ends_with(path, "/"))
        return answer_missing(dir, x);
    snprintf(page, sizeof page, "%s.html", path);
    return answer_path(dir, page, x) || answer_missing(dir, x);
}
