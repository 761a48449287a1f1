/* approve_store.h -- The room's SQL. */
#ifndef APPROVE_APPROVE_STORE_H
#define APPROVE_APPROVE_STORE_H
#include "approve/approve.h"

MUST_USE int approve_row(struct call *c, approval_id id, struct approval *out, bool *found);
MUST_USE int approve_row_keyed(struct call *c, const char *key, approval_id *out, bool *found);
MUST_USE int approve_row_add(struct call *c, const struct approval *a, const char *key);
MUST_USE int approve_row_about(struct call *c, approval_id id, const char *about);
/* 0: none. An open one first, then the newest. */
MUST_USE int approve_row_of(struct call *c, const char *about, approval_id *out);
/* From OPEN to another state, once: *done is false when it was not open any more. */
MUST_USE int approve_row_end(struct call *c, const struct approval *a, bool *done);
MUST_USE int approve_row_answer(struct call *c, approval_id id, const char *answer);
/* Without their bodies: up to hundreds of them, of up to a megabyte each. */
MUST_USE int approve_rows(struct call *c, int64_t outlet_id, staff_id maker, bool open, int max,
                          struct approval **out, int *n);
MUST_USE int approve_rows_due(struct call *c, int max, struct approval **out, int *n);
/* NULL or the number kept under a name: "rekey", "life", "cash_in:1:alone". */
MUST_USE int approve_setting(struct call *c, const char *name, int64_t otherwise, int64_t *out);
/* Every kept one: each order asks for its limits, so all of them come in one query. */
typedef void approve_setting_see(void *ctx, const char *name, int64_t value);
MUST_USE int approve_setting_all(struct call *c, approve_setting_see *see, void *ctx);
MUST_USE int approve_setting_put(struct call *c, const char *name, int64_t value);
/* SHA-256 of a line with what, and the body: in hexadecimal. */
void approve_digest(const char *what, const void *body, size_t len, char out[DIGEST_TEXT]);
#endif
