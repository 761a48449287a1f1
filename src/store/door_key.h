/* door_key.h -- Request keys: what was answered to whom, so that asking twice does once. */
#ifndef STORE_DOOR_KEY_H
#define STORE_DOOR_KEY_H
#include "store/door.h"

/* *found: the key was used with this digest, answer is what was answered then.
 * DOOR_KEY_REUSED: it was used with another digest. */
MUST_USE int door_key_find(struct call *c, const struct door_order *o, struct buf *answer,
                           bool *found);
MUST_USE int door_key_keep(struct call *c, const struct door_order *o, const struct buf *answer);
/* The newest id in use, so that ids go on after it also when the clock went back. */
MUST_USE int door_key_last_id(struct db *db, int64_t *id);
#endif
