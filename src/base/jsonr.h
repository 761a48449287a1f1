/* jsonr.h -- Pulls values out of JSON text, one after another, without building a document.
 *
 * For bodies with thousands of records (a document costs fourteen times as much). It accepts what
 * json_parse() accepts, no more and no less (fuzz/jsonr_fuzz.c holds one against the other), except
 * that who reads an object looks for repeated keys: an unknown one is skipped or refused by him.
 *
 *     jr_init(&r, text, len);
 *     if (jr_object(&r))
 *         while (jr_key(&r, &key))
 *             jr_is(&key, "amount") ? jr_text(&r, amount, sizeof amount) : jr_skip(&r);
 *     rc = jr_end(&r);             // 0: all was well, and nothing comes after it
 *
 * The first thing that is wrong ends it: every further call gives false, and r->rc says what. */
#ifndef BASE_JSONR_H
#define BASE_JSONR_H
#include "base/rc.h"

enum { JR_DEPTH_MAX = 32, JR_KEY_MAX = 48 };
enum jr_kind { JR_OBJECT = 1, JR_ARRAY, JR_TEXT, JR_NUMBER, JR_BOOL, JR_NULL };

struct jsonr {
    const char *begin, *at, *end;
    int depth;
    bool first[JR_DEPTH_MAX + 1]; /* nothing was read at this level yet */
    bool array[JR_DEPTH_MAX + 1];
    int rc; /* BASE_BAD_INPUT: not JSON; BASE_TOO_LONG, BASE_RANGE: of a value */
    const char *why;
};
struct jr_key {
    char text[JR_KEY_MAX + 1];
    size_t len; /* JR_KEY_MAX + 1: a longer one, none of ours */
};

void jr_init(struct jsonr *r, const char *text, size_t len);
/* What comes next; 0 at a mistake. */
enum jr_kind jr_peek(struct jsonr *r);
bool jr_object(struct jsonr *r);                /* { is read */
bool jr_key(struct jsonr *r, struct jr_key *k); /* the next key and its colon; false: } is read */
bool jr_array(struct jsonr *r);                 /* [ is read */
bool jr_item(struct jsonr *r);                  /* another value comes; false: ] is read */
bool jr_is(const struct jr_key *k, const char *text);
/* At most size - 1 bytes and NUL; a longer text: BASE_TOO_LONG. */
bool jr_text(struct jsonr *r, char *out, size_t size);
bool jr_i64(struct jsonr *r, int64_t *out); /* an integer; a real is BASE_BAD_INPUT */
bool jr_bool(struct jsonr *r, bool *out);
bool jr_null(struct jsonr *r);
bool jr_skip(struct jsonr *r); /* one whole value */
int jr_end(struct jsonr *r);
bool jr_fail(struct jsonr *r, int rc, const char *why); /* false */
#endif
