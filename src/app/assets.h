/* assets.h -- The pages inside the binary.
 *
 * tools/embed-web stages web/ and the libraries of web/node_modules at build time and writes one
 * table of them, sorted by path. Text is kept twice, plain and gzip; both live as long as the
 * program, so they may be answered without a copy. */
#ifndef APP_ASSETS_H
#define APP_ASSETS_H
#include <stddef.h>

struct asset {
    const char *path; /* "/kiosk.html", "/lib/vendor/preact.js" */
    const char *type; /* "text/html; charset=utf-8" */
    const void *bytes;
    size_t len;
    const void *gz; /* NULL: not smaller than the plain bytes */
    size_t gz_len;
    const char *etag; /* quoted, from the bytes: ready for the ETag header */
};

/* The page at exactly this path, or NULL. */
const struct asset *asset_find(const char *path);
size_t asset_count(void);
const struct asset *asset_at(size_t i); /* in order of path; i < asset_count(), or CHECK */

/* Written by tools/embed-web; read through the functions above. */
extern const struct asset assets_table[];
extern const size_t assets_table_count;
#endif
