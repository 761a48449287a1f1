/* books.h -- What the files about the books share. */
#ifndef API_BOOKS_H
#define API_BOOKS_H
#include "api/api_priv.h"
#include "statement/statement.h"

/* An amount as a decimal text: JSON carries no money as a number. */
void books_minor(struct jsonw *w, const char *key, int64_t minor, enum currency currency);
const char *books_freeze_code(enum ledger_freeze f); /* "none", "out", "all" */
/* {"id", "number", "name", "customer", ...} of an account, as staff may see it; that it was shown
 * is kept (request_saw). */
MUST_USE int books_party(struct call *c, struct request *q, struct jsonw *w, const char *key,
                         account_id id);
void books_transfer_id(struct jsonw *w, const char *key, transfer_id id); /* null for zero */
#endif
