/* bank_url.c -- What a store's URL says: a file or a server's database, and whether a bank is
 * there. */
#include "app/bank.h"
#include "store/db_table.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* postgres://user:password@host/name?password=... -> without either password. */
static const char *without_password(const char *url)
{
    static _Thread_local char texts[4][600];
    static _Thread_local int n;
    char *out = texts[n++ % 4];
    snprintf(out, sizeof texts[0], "%s", url);
    char *host = strstr(out, "://") + 3, *at = host + strcspn(host, "/?@"), *colon = NULL;
    if (*at == '@')
        colon = memchr(host, ':', (size_t)(at - host));
    if (colon)
        memmove(colon, at, strlen(at) + 1);
    char *word = strstr(out, "password=");
    if (word) {
        char *end = word + strcspn(word, "&");
        memmove(word, *end ? end + 1 : end, strlen(*end ? end + 1 : end) + 1);
    }
    return out;
}

const char *app_bank_url_path(const char *url)
{
    if (db_url_is_server(url))
        return without_password(url);
    return strncmp(url, "sqlite:", 7) ? url : url + 7;
}

/* Nothing of a bank is there: not even the list of what was made. */
bool app_bank_is_empty(struct db *db)
{
    struct db_tx *tx = NULL;
    struct db_table *tables;
    int n = 0;
    struct arena *arena = arena_new(16 << 20);
    int rc = db_read(db, &tx);
    if (!rc)
        rc = db_tables(tx, arena, &tables, &n);
    db_read_done(&tx);
    arena_free(arena);
    return !rc && n == 0;
}

int app_bank_refuse_another(struct db *db)
{
    struct db_tx *tx = NULL;
    int rc = db_read(db, &tx);
    if (!rc)
        rc = db_not_another(tx);
    db_read_done(&tx);
    return rc;
}

bool app_bank_is_there(const char *url)
{
    return db_url_is_server(url) || !access(app_bank_url_path(url), F_OK);
}
