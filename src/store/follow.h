/* follow.h -- Events of other instances: several processes write one server's database, and each of
 * them tells its own screens of all that was committed, in the order of every outlet's chain.
 *
 * What this process committed is told at once, unless another instance's event comes before it in
 * the chain: then the log is read, and both are told in order. A thread looks for the rest. */
#ifndef STORE_FOLLOW_H
#define STORE_FOLLOW_H
#include "store/door.h"

struct follow;
/* Tells of events after those that are there now. */
MUST_USE int follow_start(struct db *db, door_listener *listener, void *ctx, struct follow **out);
void follow_stop(struct follow *f); /* NULL is fine */
/* Committed by this process just now. */
void follow_own(struct follow *f, const struct event *events, size_t count);
/* Looks at once: tests, and who does not know what was committed. */
void follow_look(struct follow *f);
#endif
