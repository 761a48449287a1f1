/* json.h -- Reads JSON from outside (jansson, duplicates rejected, depth and size bounded).
 *
 * The reader walks a document and remembers the first thing that is wrong, with its path:
 * so a handler reads all its fields in a row and asks once, at the end, with json_finish(),
 * which also refuses every field nobody asked for.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H
#include "base/jsonw.h"
#include "base/rc.h"

struct json_doc;  /* a parsed document */
struct json_node; /* a borrowed place in it */

/* 0, or BASE_BAD_INPUT with why (line, column, reason) in error. */
MUST_USE int json_parse(const char *text, size_t len, struct json_doc **out, char *error,
                        size_t error_size);
void json_free(struct json_doc *d); /* NULL is fine */
struct json_node *json_root(struct json_doc *d);

#define JSON_DEPTH_MAX 32

/* Field readers. The document notes the first error; a missing optional field leaves *out.
 * null is the same as missing. A NULL node (an absent object) has no fields. */
void json_need_text(struct json_doc *d, struct json_node *n, const char *key, size_t max,
                    const char **out); /* borrowed from the document; at most max bytes */
void json_want_text(struct json_doc *d, struct json_node *n, const char *key, size_t max,
                    const char **out);
void json_need_i64(struct json_doc *d, struct json_node *n, const char *key, int64_t min,
                   int64_t max, int64_t *out);
void json_want_i64(struct json_doc *d, struct json_node *n, const char *key, int64_t min,
                   int64_t max, int64_t *out);
void json_want_f64(struct json_doc *d, struct json_node *n, const char *key, double min, double max,
                   double *out);
void json_want_bool(struct json_doc *d, struct json_node *n, const char *key, bool *out);
/* Arrays and objects inside: NULL when absent (json_want) or noted as missing (json_need). */
struct json_node *json_want_array(struct json_doc *d, struct json_node *n, const char *key,
                                  size_t max_items, size_t *count); /* absent: *count = 0 */
struct json_node *json_need_array(struct json_doc *d, struct json_node *n, const char *key,
                                  size_t max_items, size_t *count);
struct json_node *json_want_object(struct json_doc *d, struct json_node *n, const char *key);
struct json_node *json_item(struct json_node *array, size_t i);
bool json_is_text(struct json_node *n, const char **out);
bool json_is_i64(struct json_node *n, int64_t *out);
bool json_is_f64(struct json_node *n, double *out); /* integers too */
/* Writes a node and all below it as it was read; counts as reading them. */
void json_print(struct json_doc *d, struct json_node *n, struct jsonw *w, const char *key);
/* Notes an error at a field oneself (a value that parses but means nothing). */
void json_note(struct json_doc *d, int refusal, const char *path);

/* 0 if every field was read well and none was left unread; else the first refusal, with the
 * JSON path ("services[2].id") in *path, borrowed from the document. */
MUST_USE int json_finish(struct json_doc *d, const char **path);
/* A refusal of json_finish in words, for a person who wrote the document: "slot_minutes: from 1 to
 * 1440". */
void json_fault_text(const struct json_doc *d, int refusal, const char *path, char *out,
                     size_t size);
#endif
