/* ledger_order.h -- Orders to the ledger, from the bytes of a request. */
#ifndef API_LEDGER_ORDER_H
#define API_LEDGER_ORDER_H
#include "api/api_priv.h"
#include "base/jsonr.h"
#include "ledger/ledger_books.h"

enum { API_ORDERS_MAX = 4096, ORDER_BODY_MAX = 4 << 20 };

/* {"id":"32 hex digits","kind":"post","debit":1,"credit":2,"amount":"12.34", ...}; texts live in
 * the arena. A field that is unknown, missing or of another type is refused with its path. */
MUST_USE int order_read_one(struct call *c, struct request *q, struct ledger_order *out);
/* {"orders":[...]}: 1 to API_ORDERS_MAX of them. */
MUST_USE int order_read_many(struct call *c, struct request *q, struct ledger_order **out,
                             size_t *n);
const char *order_kind_code(enum ledger_kind kind);
const char *order_side_code(enum ledger_side side);
#endif
