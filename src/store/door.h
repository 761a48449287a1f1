/* door.h -- The write door: the only way in for a write from outside.
 *
 * One writer thread takes all waiting orders, begins, runs each under its own savepoint, commits
 * once (one fsync for the group) and only then answers. An order with a request key is done once:
 * the same key and digest gives the stored answer, the same key with another digest is refused.
 *
 *      door_submit --> queue --> [BEGIN; for each: SAVEPOINT, run, RELEASE | undo; COMMIT] --> done
 *                                                      fault at COMMIT: every order gets it  */
#ifndef STORE_DOOR_H
#define STORE_DOOR_H
#include "base/buf.h"
#include "base/call.h"
#include "base/rc.h"
#include "store/db.h"
#include "store/event.h"

#define DOOR_REFUSALS(X)                                    \
    X(DOOR_KEY_REUSED, 20, 422, "请求编号已用于另一份内容", \
      "this request key was used with another body")
enum door_refusal { DOOR_REFUSALS(RC_ENUM) };

struct door;
struct door_order;

/* Decides and writes; puts the answer to be sent (and stored with the key) into answer.
 * Runs on the writer's thread in an open transaction: must not block on anything else. */
typedef int door_run(struct call *c, void *order, struct buf *answer);
/* The commit happened (rc 0 or a refusal of this order) or failed (fault): answer the person.
 * Runs on the writer's thread; c and answer are valid until it returns. */
typedef void door_done(void *order, int rc, const struct call *c, const struct buf *answer);

/* Once a group and before its orders run: reads at once what each of these would otherwise read for
 * itself. Writes nothing; what it cannot read it leaves to them. */
typedef int door_ahead(struct call *c, void *const *orders, int n);

struct door_order {
    door_run *run;
    door_done *done;
    door_ahead *ahead; /* may be NULL; the same for all who have one */
    void *order;       /* handed to both */
    struct actor actor;
    char key[64];            /* request key with its scope, or "" for none */
    uint8_t digest[32];      /* of the body the key belongs to */
    struct door_order *next; /* the door's own */
};

/* Tells the listener of committed events, on the writer's thread, before done() is called. */
typedef void door_listener(void *ctx, const struct event *events, size_t count);
/* Where the door reads the time of a group: one instant for each order. */
typedef int64_t door_clock(void *ctx);

struct door_settings {
    struct db *db;
    struct ids *ids; /* used by the writer's thread only, from now on */
    uint64_t seed;
    int group_max; /* orders a commit, 0: 256 */
    int queue_max; /* waiting orders before RC_FULL, 0: 8192 */
    door_clock *clock;
    void *clock_ctx;
    door_listener *listener; /* may be NULL */
    void *listener_ctx;
};
MUST_USE int door_open(const struct door_settings *s, struct door **out);
/* Finishes what is queued, then stops. Later submits get RC_STOPPING. */
void door_close(struct door *d);
/* Takes the order (kept by the caller until done() is called). RC_FULL or RC_STOPPING: not taken.
 */
MUST_USE int door_submit(struct door *d, struct door_order *o);
/* Submits and waits: for jobs and tools. The answer may be NULL. */
MUST_USE int door_write(struct door *d, struct actor actor, const char *key, door_run *run,
                        void *order, struct buf *answer);
struct door_numbers {
    int64_t orders, refused, faults, groups, commit_us_total, group_max_seen, queued;
    int fault; /* of the last group: 0, or RC_FULL while the disk is full ... */
};
void door_numbers(struct door *d, struct door_numbers *out);

/* Inside an order or job: forgets at most max request keys older than the instant, oldest first.
 * *gone says how many; call again in a further order while it equals max. */
MUST_USE int door_sweep(struct call *c, int64_t older_than_us, int max, int64_t *gone);

/* For `piaohao check`: how many request keys are kept, and how many cannot be ours. */
MUST_USE int door_check(struct db_tx *tx, int64_t *keys, int64_t *bad);

extern const struct db_migration door_migrations[];
extern const size_t door_migrations_count;
#endif
