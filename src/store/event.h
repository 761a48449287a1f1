/* event.h -- The event log: every change of state is one row, chained per outlet.
 *
 * Event n of an outlet carries hash = SHA-256(hash of event n-1 || its own canonical text), so no
 * row can be altered, removed or put in without breaking the chain (event_check). seq counts
 * 1, 2, 3 ... without a gap in each outlet; outlet 0 is the bank itself (staff, sign-ins,
 * settings).
 *
 * After the commit the door hands the new events to the listener: screens, streams, outbox. */
#ifndef STORE_EVENT_H
#define STORE_EVENT_H
#include "base/call.h"
#include "base/rc.h"
#include "base/buf.h"
#include "base/jsonw.h"
#include "store/db.h"

struct event {
    int64_t outlet_id;
    int64_t seq;
    int64_t at_us;
    enum actor_kind actor_kind;
    int64_t actor_id;
    const char *topic;  /* "ticket.called", "staff.signed_in": noun.past-verb */
    int64_t subject_id; /* ticket, window, staff ... by topic */
    const char *body;   /* a JSON object, no names, no phones, no secrets */
};

/* Building one: the body is written with jw_* between begin and add.
 *     struct jsonw *w = event_begin(c);
 *     jw_i64(w, "window", window.n);
 *     rc = event_add(c, outlet, "ticket.called", ticket.n);                                   */
struct jsonw *event_begin(struct call *c);
/* 0, a fault, or RC_FULL: the body is over 64 KiB. topic: at most 64 bytes. */
MUST_USE int event_add(struct call *c, int64_t outlet_id, const char *topic, int64_t subject_id);

/* Reads events of an outlet after seq, oldest first, at most max; each is handed to see(),
 * which may stop by returning false. */
typedef bool event_see(void *ctx, const struct event *e);
MUST_USE int event_after(struct db_tx *tx, int64_t outlet_id, int64_t seq, int max, event_see *see,
                         void *ctx);
/* All events of one subject (a ticket's life line), oldest first. */
MUST_USE int event_of(struct db_tx *tx, int64_t outlet_id, int64_t subject_id,
                      const char *topic_prefix, event_see *see, void *ctx);
/* The hash of one event, hexadecimal; "" when there is none. */
#define EVENT_HASH 65
MUST_USE int event_hash(struct db_tx *tx, int64_t outlet_id, int64_t seq, char out[EVENT_HASH]);
MUST_USE int event_last_seq(struct db_tx *tx, int64_t outlet_id, int64_t *seq);
/* Walks every chain. *bad counts broken links; first_bad says where the first is. */
MUST_USE int event_check(struct db_tx *tx, int64_t *events, int64_t *bad, char *first_bad,
                         size_t first_bad_size);
extern const struct db_migration event_migrations[];
extern const size_t event_migrations_count;
#endif
