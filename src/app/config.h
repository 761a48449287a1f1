/* config.h -- What the operator may set: one table of keys, three places to set them.
 *
 *   default < configuration file (--config FILE, JSON) < environment PIAOHAO_KEY < flag --key
 *
 * docs/configuration.md says the same in words; a test holds the two together. */
#ifndef APP_CONFIG_H
#define APP_CONFIG_H
#include "base/rc.h"

enum { CONFIG_TEXT_MAX = 512 };

struct config {
    char db[CONFIG_TEXT_MAX];
    char books[16]; /* layout of new books: fast or plain */
    char address[64];
    int64_t port;
    bool allow_plain; /* listen beyond this machine without TLS */
    char proxy[64];   /* the proxy in front, whose X-Forwarded-For is believed; "": none */
    char tls_certificate[CONFIG_TEXT_MAX], tls_key[CONFIG_TEXT_MAX];
    char origin[CONFIG_TEXT_MAX]; /* "": made from address and port */
    char web[CONFIG_TEXT_MAX];    /* "": the pages inside the program */
    char log_level[16];
    char bank_zh[96], bank_en[96];
    int64_t connections_max, idle_s;
    int64_t advice_share;            /* percent of a core for live advice; 0: none */
    char map_tiles[CONFIG_TEXT_MAX]; /* "": a sketch without tiles */
    int64_t walk_m_min, drive_m_min; /* metres a minute, for outlets nearby */
};

enum config_kind { CONFIG_TEXT, CONFIG_INT, CONFIG_BOOL };
struct config_key {
    const char *name; /* "tls_key": in the file; --tls-key; PIAOHAO_TLS_KEY */
    enum config_kind kind;
    size_t offset, size;
    int64_t min, max;
    const char *value; /* "FILE": what the help calls it; NULL for switches */
    const char *otherwise;
    const char *help;
};
extern const struct config_key config_keys[];
extern const size_t config_keys_count;
const struct config_key *config_key_find(const char *name); /* as in the file, or NULL */

void config_default(struct config *c);
/* Each gives true, or false with a sentence in error that names the key, file or variable. */
MUST_USE bool config_put(struct config *c, const struct config_key *k, const char *text,
                         char *error, size_t size);
MUST_USE bool config_text(struct config *c, const char *json, size_t len, char *error, size_t size);
MUST_USE bool config_file(struct config *c, const char *path, char *error, size_t size);
MUST_USE bool config_environment(struct config *c, char *error, size_t size);
/* What only the whole can say: TLS needs both files, the log level and the store's kind. */
MUST_USE bool config_fit(const struct config *c, char *error, size_t size);
#endif
