/* jsonr_fuzz.c -- The pull reader held against the one that builds a document: both accept a text
 * or both refuse it, and texts and integers read are the same. */
#include "base/arena.h"
#include "base/json.h"
#include "base/jsonr.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { TEXT = 2048, KEYS = 64 };

struct keys { /* of the objects around */
    struct keys *up;
    char text[KEYS][TEXT];
    int n;
};

/* Whether a key was there already: the document's reader refuses that. */
static bool repeated(struct keys *k, const char *text)
{
    for (int i = 0; i < k->n; i++)
        if (!strcmp(k->text[i], text))
            return true;
    if (k->n < KEYS)
        strncpy(k->text[k->n++], text, TEXT - 1);
    return false;
}

static bool value(struct jsonr *r, struct arena *a, bool *unsure);

static bool object(struct jsonr *r, struct arena *a, bool *unsure)
{
    struct keys *keys = arena_alloc(a, sizeof *keys);
    struct jr_key k;
    if (!jr_object(r))
        return false;
    while (jr_key(r, &k)) {
        if (k.len > JR_KEY_MAX)
            *unsure = true; /* long keys are not kept */
        else if (repeated(keys, k.text))
            return false;
        if (keys->n == KEYS)
            *unsure = true;
        if (!value(r, a, unsure))
            return false;
    }
    return !r->rc;
}

static bool value(struct jsonr *r, struct arena *a, bool *unsure)
{
    switch (jr_peek(r)) {
    case JR_OBJECT:
        return object(r, a, unsure);
    case JR_ARRAY:
        if (jr_array(r))
            while (jr_item(r))
                if (!value(r, a, unsure))
                    return false;
        return !r->rc;
    default:
        return jr_skip(r);
    }
}

/* "t" and "n" of the outermost object, read both ways. */
static void same_fields(const char *text, size_t size)
{
    struct json_doc *doc = NULL;
    struct jsonr r;
    struct jr_key k;
    char error[200], mine[64] = "";
    const char *theirs = NULL;
    int64_t n = 0, m = 0;
    if (json_parse(text, size, &doc, error, sizeof error))
        return;
    jr_init(&r, text, size);
    struct json_node *root = json_root(doc);
    if (jr_peek(&r) == JR_OBJECT && jr_object(&r)) {
        json_want_text(doc, root, "t", 63, &theirs);
        json_want_i64(doc, root, "n", INT64_MIN, INT64_MAX, &n);
        while (jr_key(&r, &k)) {
            bool good = true;
            if (jr_is(&k, "t") && jr_peek(&r) == JR_TEXT)
                good = jr_text(&r, mine, sizeof mine);
            else if (jr_is(&k, "n") && jr_peek(&r) == JR_NUMBER)
                good = jr_i64(&r, &m);
            else
                good = jr_skip(&r);
            if (!good)
                break;
        }
        CHECK(r.rc || !theirs || !strcmp(theirs, mine));
        CHECK(r.rc || n == m || !n);
    }
    json_free(doc);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct json_doc *doc = NULL;
    struct jsonr r;
    char error[200];
    bool unsure = false;
    const char *text = (const char *)data;
    if (size > TEXT - 1)
        return 0;
    struct arena *a = arena_new((size_t)64 << 20);
    bool theirs = json_parse(text, size, &doc, error, sizeof error) == 0;
    jr_init(&r, text, size);
    enum jr_kind kind = jr_peek(&r);
    bool mine = (kind == JR_OBJECT || kind == JR_ARRAY) && value(&r, a, &unsure) && !jr_end(&r);
    CHECK(unsure || mine == theirs);
    json_free(doc);
    arena_free(a);
    same_fields(text, size);
    return 0;
}
