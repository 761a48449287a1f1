/* customer_store.h -- The SQL over the table customer. No decisions here. */
#ifndef WHO_CUSTOMER_STORE_H
#define WHO_CUSTOMER_STORE_H
#include "who/customer.h"

/* Found or not; out is untouched when not. birth, woman and minor are not filled. */
MUST_USE int customer_store_get(struct call *c, customer_id id, struct customer *out, bool *found);
MUST_USE int customer_store_by_paper(struct call *c, enum customer_paper paper, const char *number,
                                     struct customer *out, bool *found);
MUST_USE int customer_store_add(struct call *c, const struct customer *one);
MUST_USE int customer_store_save(struct call *c, const struct customer *one);
/* Rows after an id whose column is (name: begins with) the text, at most max. */
MUST_USE int customer_store_find(struct call *c, enum customer_by by, const char *text, int max,
                                 struct customer *out, int *n);
MUST_USE int customer_store_merged(struct call *c, customer_id into, int max, customer_id *out,
                                   int *n);
/* Rows after an id, oldest first: for the proof. */
MUST_USE int customer_store_all(struct call *c, customer_id after, int max, struct customer *out,
                                int *n);
#endif
