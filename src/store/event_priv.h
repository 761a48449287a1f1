/* event_priv.h -- Between event.c and event_tail.c: an outlet's last link and the event being
 * built. */
#ifndef STORE_EVENT_PRIV_H
#define STORE_EVENT_PRIV_H
#include "base/secret.h"
#include "store/event_tail.h"

enum { EVENT_BODY_MAX = 64 * 1024, EVENT_TOPIC_MAX = 64 };

#define EVENT_INSERT                                                         \
    "INSERT INTO event (outlet_id, seq, at_us, actor_kind, actor_id, topic," \
    " subject_id, body, hash) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9)"

struct event_link {
    int64_t outlet_id;
    int64_t seq; /* 0: the outlet has no event yet, hash is all zero */
    uint8_t hash[DIGEST_BYTES];
    bool used; /* the slot of the table is taken */
    bool head; /* event_head is behind: event_tail_heads() writes it */
};

/* The text whose hash is the link; *out is valid until the next call. */
struct buf *event_tail_text(struct event_tail *t);
/* The body being built; building says whether event_begin() was called. */
struct jsonw *event_tail_begin_body(struct event_tail *t);
const char *event_tail_body(struct event_tail *t); /* ends it; NULL: larger than EVENT_BODY_MAX */

MUST_USE int event_tail_last(struct event_tail *t, struct db_tx *tx, int64_t outlet_id,
                             const struct event_link **out);
/* The row, to be written with others of the transaction by one statement: before a savepoint,
 * before anybody reads events, before the commit. */
void event_tail_wait(struct event_tail *t, const struct event *e, const uint8_t hash[DIGEST_BYTES]);
/* The row is written: it is the outlet's last link from now on. */
void event_tail_add(struct event_tail *t, const struct event *e, const uint8_t hash[DIGEST_BYTES]);
#endif
