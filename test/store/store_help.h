/* store_help.h -- The contract suite's ground: a database for each test, on either engine. */
#ifndef TEST_STORE_HELP_H
#define TEST_STORE_HELP_H
#include "base/call.h"
#include "store/db.h"
#include "store/door.h"
#include "store/event.h"
#include "test.h"

#define RC_OF(call) assert_int_equal((call), 0)

/* A new, empty database: its URL, valid until the next call. */
const char *help_url(void);
struct db *help_open(const char *url); /* opened, with the event log's and the door's tables */
void help_run(struct db *db, const char *sql); /* one statement in a transaction of its own */
int64_t help_number(struct db *db, const char *sql);

/* A call in an open transaction: everything a room is handed. */
struct help_call {
    struct call c;
    struct rng rng;
    struct ids ids;
};
void help_begin(struct help_call *h, struct db *db, int64_t now_us);
void help_commit(struct help_call *h);
void help_rollback(struct help_call *h);
void help_event(struct call *c, int64_t outlet_id, int64_t subject_id, int64_t n);

/* event_check: the number of bad links; the first goes to first (at least 128 bytes). */
int64_t help_bad_links(struct db *db, char *first);
int64_t help_clock(void *ctx); /* ctx: int64_t *, one microsecond later at each look */
#endif
