/* config.c -- See config.h. */
#include "app/config.h"
#include "base/json.h"
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT(field, value, otherwise, help)                                                       \
    {                                                                                             \
#field, CONFIG_TEXT, offsetof(struct config, field), sizeof(((struct config *)0)->field), \
            0, 0, value, otherwise, help                                                          \
    }
#define INT(field, min, max, otherwise, help)                                                 \
    {                                                                                         \
#field, CONFIG_INT, offsetof(struct config, field), 0, min, max, "N", otherwise, help \
    }
#define BOOL(field, help)                                                              \
    {                                                                                  \
#field, CONFIG_BOOL, offsetof(struct config, field), 0, 0, 0, NULL, "no", help \
    }

const struct config_key config_keys[] = {
    TEXT(db, "URL", "sqlite:piaohao.db",
         "the store: sqlite:PATH or PATH, or postgres://USER@HOST:PORT/NAME"),
    TEXT(books, "LAYOUT", "fast", "new books: fast (history behind the writer) or plain"),
    TEXT(address, "IP", "127.0.0.1", "the address to listen on"),
    INT(port, 0, 65535, "8080", "the port; 0: the system chooses"),
    BOOL(allow_plain, "listen beyond this machine without TLS (a proxy in front has it)"),
    TEXT(proxy, "IP", "", "the proxy in front: its X-Forwarded-For says whose a request is"),
    TEXT(tls_certificate, "FILE", "", "PEM certificate chain; with --tls-key: serve HTTPS"),
    TEXT(tls_key, "FILE", "", "PEM private key"),
    TEXT(origin, "URL", "", "the address customers see, for QR codes"),
    TEXT(web, "DIR", "", "look for pages here before those inside the program"),
    TEXT(log_level, "LEVEL", "info", "debug, info, warn or error"),
    TEXT(bank_zh, "NAME", "", "the bank's Chinese name on every page"),
    TEXT(bank_en, "NAME", "", "the bank's English name"),
    INT(connections_max, 16, 1000000, "16384", "connections at one time"),
    INT(idle_s, 1, 3600, "60", "seconds until an idle connection is closed"),
    INT(advice_share, 0, 100, "25", "percent of one core for live advice; 0: none"),
    TEXT(map_tiles, "URL", "", "tiles of the outlet map: https://host/{z}/{x}/{y}.png"),
    INT(walk_m_min, 10, 300, "75", "metres walked a minute, for outlets nearby"),
    INT(drive_m_min, 50, 2000, "370", "metres driven a minute, for outlets nearby"),
};
const size_t config_keys_count = COUNT(config_keys);

const struct config_key *config_key_find(const char *name)
{
    for (size_t i = 0; i < COUNT(config_keys); i++)
        if (!strcmp(config_keys[i].name, name))
            return &config_keys[i];
    return NULL;
}

static bool word_is(const char *text, const char *const *words)
{
    for (; *words; words++)
        if (!strcmp(text, *words))
            return true;
    return false;
}

static bool put_bool(bool *out, const char *text)
{
    static const char *const yes[] = { "yes", "true", "1", "on", NULL };
    static const char *const no[] = { "no", "false", "0", "off", NULL };
    *out = word_is(text, yes);
    return *out || word_is(text, no);
}

bool config_put(struct config *c, const struct config_key *k, const char *text, char *error,
                size_t size)
{
    void *at = (char *)c + k->offset;
    char *end;
    switch (k->kind) {
    case CONFIG_TEXT:
        if (strlen(text) < k->size) {
            memcpy(at, text, strlen(text) + 1);
            return true;
        }
        snprintf(error, size, "%s: longer than %zu bytes", k->name, k->size - 1);
        return false;
    case CONFIG_INT:
        errno = 0;
        int64_t n = strtoll(text, &end, 10);
        if (isdigit((unsigned char)*text) && !*end && !errno && n >= k->min && n <= k->max) {
            *(int64_t *)at = n;
            return true;
        }
        snprintf(error, size, "%s: '%s' is not a number of %" PRId64 "..%" PRId64, k->name, text,
                 k->min, k->max);
        return false;
    case CONFIG_BOOL:
        if (put_bool(at, text))
            return true;
        snprintf(error, size, "%s: '%s' is neither yes nor no", k->name, text);
        return false;
    }
    CHECK(!"a kind of key");
    return false;
}

void config_default(struct config *c)
{
    char error[160];
    memset(c, 0, sizeof *c);
    for (size_t i = 0; i < COUNT(config_keys); i++)
        CHECK(config_put(c, &config_keys[i], config_keys[i].otherwise, error, sizeof error));
}

/* A key of the document into c; what is ill-typed is the document's to tell (json_finish). */
static bool take_key(struct config *c, struct json_doc *d, const struct config_key *k, char *error,
                     size_t size)
{
    struct json_node *root = json_root(d);
    const char *text = NULL;
    void *at = (char *)c + k->offset;
    switch (k->kind) {
    case CONFIG_TEXT:
        json_want_text(d, root, k->name, k->size - 1, &text);
        return !text || config_put(c, k, text, error, size);
    case CONFIG_INT:
        json_want_i64(d, root, k->name, k->min, k->max, at);
        return true;
    case CONFIG_BOOL:
        json_want_bool(d, root, k->name, at);
        return true;
    }
    return true;
}

bool config_text(struct config *c, const char *json, size_t len, char *error, size_t size)
{
    struct json_doc *d = NULL;
    const char *path = NULL;
    bool good = !json_parse(json, len, &d, error, size);
    for (size_t i = 0; good && i < COUNT(config_keys); i++)
        good = take_key(c, d, &config_keys[i], error, size);
    int rc = good ? json_finish(d, &path) : 0;
    if (rc == BASE_UNKNOWN_FIELD)
        snprintf(error, size, "%s: no such key", path);
    else if (rc)
        snprintf(error, size, "%s: not a value it can have", path ? path : "");
    json_free(d);
    return good && !rc;
}

bool config_file(struct config *c, const char *path, char *error, size_t size)
{
    enum { FILE_MAX = 64 << 10 };
    static char text[FILE_MAX];
    char why[200];
    FILE *f = fopen(path, "r");
    if (!f) {
        snprintf(error, size, "%s: %s", path, strerror(errno));
        return false;
    }
    size_t n = fread(text, 1, sizeof text, f);
    bool whole = !ferror(f) && n < sizeof text;
    fclose(f);
    if (!whole) {
        snprintf(error, size, "%s: cannot be read, or is over 64 KiB", path);
        return false;
    }
    if (config_text(c, text, n, why, sizeof why))
        return true;
    snprintf(error, size, "%s: %s", path, why);
    return false;
}

bool config_environment(struct config *c, char *error, size_t size)
{
    for (size_t i = 0; i < COUNT(config_keys); i++) {
        char name[64], why[200];
        size_t n = (size_t)snprintf(name, sizeof name, "PIAOHAO_%s", config_keys[i].name);
        for (size_t k = 0; k < n; k++)
            name[k] = (char)toupper((unsigned char)name[k]);
        const char *text = getenv(name);
        if (!text || config_put(c, &config_keys[i], text, why, sizeof why))
            continue;
        snprintf(error, size, "%s: %s", name, why);
        return false;
    }
    return true;
}

bool config_fit(const struct config *c, char *error, size_t size)
{
    static const char *const levels[] = { "debug", "info", "warn", "error", NULL };
    if (!word_is(c->log_level, levels)) {
        snprintf(error, size, "log_level: '%s' is not debug, info, warn or error", c->log_level);
        return false;
    }
    static const char *const layouts[] = { "fast", "plain", NULL };
    if (!word_is(c->books, layouts)) {
        snprintf(error, size, "books: '%s' is not fast or plain", c->books);
        return false;
    }
    if (!*c->tls_certificate != !*c->tls_key) {
        snprintf(error, size, "%s is missing: TLS needs tls_certificate and tls_key",
                 *c->tls_key ? "tls_certificate" : "tls_key");
        return false;
    }
    if (!strncmp(c->db, "postgres", 8) && strchr(c->db, ':') && !strstr(c->db, "://")) {
        snprintf(error, size, "db: a server is named as postgres://USER@HOST:PORT/NAME");
        return false;
    }
    return true;
}
