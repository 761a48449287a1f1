/* jsonw.h -- Writes JSON, append-only, into a buf. Commas are put in by themselves.
 * Text is escaped; invalid UTF-8 becomes U+FFFD. Integers above 2^53 must be written as text. */
#ifndef BASE_JSONW_H
#define BASE_JSONW_H
#include "base/buf.h"

struct jsonw {
    struct buf *out;
    int depth;
    uint64_t comma; /* one bit a level: a value was written here already */
    uint64_t array; /* one bit a level: this level is an array */
};

void jw_init(struct jsonw *w, struct buf *out);
void jw_object(struct jsonw *w, const char *key); /* key NULL inside arrays and at the top */
void jw_array(struct jsonw *w, const char *key);
void jw_end(struct jsonw *w); /* closes the innermost object or array */
void jw_text(struct jsonw *w, const char *key, const char *s); /* NULL writes null */
void jw_text_n(struct jsonw *w, const char *key, const char *s, size_t n);
void jw_i64(struct jsonw *w, const char *key, int64_t n);
void jw_f64(struct jsonw *w, const char *key, double x, int decimals); /* NaN writes null */
/* As few digits as read back to the same double: of 3e-30 nothing is lost. NaN writes null. */
void jw_real(struct jsonw *w, const char *key, double x);
void jw_bool(struct jsonw *w, const char *key, bool b);
void jw_null(struct jsonw *w, const char *key);
void jw_raw(struct jsonw *w, const char *key, const char *json); /* already JSON */
#endif
