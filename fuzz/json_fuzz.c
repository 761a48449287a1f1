/* json_fuzz.c -- parse -> print -> parse -> print: whatever is accepted prints to text that is
 * accepted again and prints the same. The field readers walk it, too. */
#include "base/json.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Prints the document, or returns false when it is refused. */
static bool print(const char *text, size_t len, struct buf *out)
{
    struct json_doc *doc = NULL;
    struct jsonw w;
    char error[200];
    if (json_parse(text, len, &doc, error, sizeof(error))) {
        CHECK(doc == NULL && error[0] != '\0');
        return false;
    }
    jw_init(&w, out);
    json_print(doc, json_root(doc), &w, NULL);
    CHECK(json_finish(doc, NULL) == 0); /* printing has read every field */
    json_free(doc);
    return true;
}

/* A handler's walk; any answer is right as long as there is one. */
static void walk(const char *text, size_t len)
{
    struct json_doc *doc = NULL;
    char error[200];
    if (json_parse(text, len, &doc, error, sizeof(error)))
        return;
    const char *name = NULL, *path = NULL;
    int64_t n = 0;
    double x = 0;
    bool yes = false;
    size_t count = 0;
    struct json_node *root = json_root(doc);
    json_need_text(doc, root, "name", 20, &name);
    json_want_i64(doc, root, "n", -5, 5, &n);
    json_want_f64(doc, root, "x", 0, 1, &x);
    json_want_bool(doc, root, "b", &yes);
    struct json_node *list = json_want_array(doc, root, "a", 8, &count);
    for (size_t i = 0; i < count; i++)
        json_need_i64(doc, json_item(list, i), "n", 0, 9, &n);
    int rc = json_finish(doc, &path);
    CHECK((rc == 0) == (path == NULL));
    CHECK(n >= -5 && n <= 9 && x >= 0 && x <= 1);
    json_free(doc);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf once, twice;
    buf_init(&once, (size_t)1 << 22);
    buf_init(&twice, (size_t)1 << 22);
    walk((const char *)data, size);
    if (print((const char *)data, size, &once) && !once.overflow) {
        CHECK(print(once.at, once.len, &twice));
        CHECK(once.len == twice.len && memcmp(once.at, twice.at, once.len) == 0);
    }
    buf_release(&once);
    buf_release(&twice);
    return 0;
}
