/* counter.h -- What the files about the teller's counter share: amounts, notes, accounts in JSON.
 */
#ifndef API_COUNTER_H
#define API_COUNTER_H
#include "api/checked.h"
#include "cash/cash.h"
#include "deposit/deposit.h"

/* An amount above zero under a key: noted as missing or bad in the document. */
void till_amount(struct request *q, const char *key, enum currency currency, int64_t *minor);
void till_minor(struct jsonw *w, const char *key, int64_t minor, enum currency currency);
/* "pieces": [{"face": "100.00", "n": 3}]; absent: *n 0. */
void till_pieces(struct request *q, enum currency currency, struct cash_pieces p[CASH_PIECES],
                 int *n);
/* The account named by its number under a key of the body. */
MUST_USE int till_account(struct call *c, struct request *q, const char *key,
                          struct deposit_account *out);
/* {"number", "masked", "name" (masked), product, balances, state} */
MUST_USE int till_account_json(struct call *c, struct jsonw *w, const char *key,
                               const struct deposit_account *d);
/* {"id", "name", "paper_number", "mobile"}: all masked. */
void till_customer_json(struct jsonw *w, const char *key, const struct customer *m);
#endif
