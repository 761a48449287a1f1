/* event.c -- Writes and proves the event log.
 *
 * The text that is hashed ("canonical text"): decimal numbers, each ended by a line feed; the topic
 * with its length in bytes before it, so that no part can be shifted into its neighbour; the body
 * last, to the end:
 *
 *     piaohao event 1\n
 *     <outlet_id>\n<seq>\n<at_us>\n<actor_kind>\n<actor_id>\n<bytes of
 * topic>:<topic>\n<subject_id>\n <body>
 *
 *     hash(n) = SHA-256(hash(n-1) || text(n)),  hash(0) = 32 zero bytes
 *
 * event_head keeps the last seq and hash of each outlet, so that taking away the newest events is
 * seen too. Who can rewrite the whole file can make a new chain: copies elsewhere (backups, the
 * event streams' readers) are the proof against that. */
#include "store/db_memory.h"
#include "store/event_priv.h"
#include <stdio.h>
#include <string.h>
#include "base/banned.h"

const struct db_migration event_migrations[] = {
    { "event-001", "CREATE TABLE event (\n"
                   "  outlet_id {I64} NOT NULL,\n"
                   "  seq {I64} NOT NULL,\n"
                   "  at_us {I64} NOT NULL,\n"
                   "  actor_kind {I64} NOT NULL,\n"
                   "  actor_id {I64} NOT NULL,\n"
                   "  topic {TEXT} NOT NULL,\n"
                   "  subject_id {I64} NOT NULL,\n"
                   "  body {TEXT} NOT NULL,\n"
                   "  hash {BYTES} NOT NULL,\n"
                   "  PRIMARY KEY (outlet_id, seq)\n"
                   ") {NO_ROWID};\n"
                   "CREATE INDEX event_subject ON event (outlet_id, subject_id, seq);\n"
                   "CREATE TABLE event_head (\n"
                   "  outlet_id {ID},\n"
                   "  seq {I64} NOT NULL,\n"
                   "  hash {BYTES} NOT NULL\n"
                   ") {TABLE_END};\n" },
};
const size_t event_migrations_count = COUNT(event_migrations);

static void text_put(struct buf *b, const struct event *e, size_t topic_len, size_t body_len)
{
    buf_text(b, "piaohao event 1\n");
    buf_i64(b, e->outlet_id);
    buf_char(b, '\n');
    buf_i64(b, e->seq);
    buf_char(b, '\n');
    buf_i64(b, e->at_us);
    buf_char(b, '\n');
    buf_i64(b, (int64_t)e->actor_kind);
    buf_char(b, '\n');
    buf_i64(b, e->actor_id);
    buf_char(b, '\n');
    buf_i64(b, (int64_t)topic_len);
    buf_char(b, ':');
    buf_add(b, e->topic, topic_len);
    buf_char(b, '\n');
    buf_i64(b, e->subject_id);
    buf_char(b, '\n');
    buf_add(b, e->body, body_len);
}

/* ---- writing ---- */

struct jsonw *event_begin(struct call *c)
{
    struct event_tail *t = c->tx ? db_tail(c->tx) : NULL;
    CHECK(t); /* an open writing transaction */
    return event_tail_begin_body(t);
}

int event_add(struct call *c, int64_t outlet_id, const char *topic, int64_t subject_id)
{
    struct event_tail *t = db_tail(c->tx);
    const struct event_link *last = NULL;
    uint8_t hash[DIGEST_BYTES];
    CHECK(t && strlen(topic) <= EVENT_TOPIC_MAX);
    const char *body = event_tail_body(t);
    if (!body)
        return RC_FULL;
    int rc = event_tail_last(t, c->tx, outlet_id, &last);
    if (rc)
        return rc;
    struct event e = {
        .outlet_id = outlet_id,
        .seq = last->seq + 1,
        .at_us = c->now_us,
        .actor_kind = c->actor.kind,
        .actor_id = c->actor.id,
        .topic = topic,
        .subject_id = subject_id,
        .body = body,
    };
    struct buf *text = event_tail_text(t);
    text_put(text, &e, strlen(topic), strlen(body));
    CHECK(!text->overflow);
    digest_link(last->hash, text->at, text->len, hash);
    if (db_is_server(db_of(c->tx))) {
        event_tail_wait(t, &e, hash);
        event_tail_add(t, &e, hash);
        return 0;
    }
    rc = db_exec(c->tx, EVENT_INSERT,
                 DB_ARGS(DB_I(e.outlet_id), DB_I(e.seq), DB_I(e.at_us), DB_I(e.actor_kind),
                         DB_I(e.actor_id), DB_T(e.topic), DB_I(e.subject_id), DB_T(e.body),
                         DB_B(hash, sizeof hash)));
    if (rc)
        return rc == RC_CONFLICT ? RC_CORRUPT : rc; /* a row behind the head: not ours */
    event_tail_add(t, &e, hash);
    return 0;
}

/* ---- reading ---- */

#define EVENT_COLUMNS "outlet_id, seq, at_us, actor_kind, actor_id, topic, subject_id, body, hash"

static struct event row_event(struct db_rows *rows)
{
    return (struct event){
        .outlet_id = db_i64(rows, 0),
        .seq = db_i64(rows, 1),
        .at_us = db_i64(rows, 2),
        .actor_kind = (enum actor_kind)db_i64(rows, 3),
        .actor_id = db_i64(rows, 4),
        .topic = db_text(rows, 5),
        .subject_id = db_i64(rows, 6),
        .body = db_text(rows, 7),
    };
}

static int see_all(struct db_rows *rows, int rc, const char *prefix, event_see *see, void *ctx)
{
    size_t len = prefix ? strlen(prefix) : 0;
    while (rc == 0 && (rc = db_next(rows)) == DB_ROW) {
        rc = 0;
        struct event e = row_event(rows);
        if (len && strncmp(e.topic, prefix, len) != 0)
            continue;
        if (!see(ctx, &e))
            break;
    }
    db_done(rows);
    return rc;
}

int event_after(struct db_tx *tx, int64_t outlet_id, int64_t seq, int max, event_see *see,
                void *ctx)
{
    struct db_rows rows;
    int rc = db_query(tx, &rows,
                      "SELECT " EVENT_COLUMNS " FROM event WHERE outlet_id=$1 AND seq>$2"
                      " ORDER BY seq LIMIT $3",
                      DB_ARGS(DB_I(outlet_id), DB_I(seq), DB_I(max)));
    return see_all(&rows, rc, NULL, see, ctx);
}

int event_of(struct db_tx *tx, int64_t outlet_id, int64_t subject_id, const char *topic_prefix,
             event_see *see, void *ctx)
{
    struct db_rows rows;
    int rc = db_query(tx, &rows,
                      "SELECT " EVENT_COLUMNS " FROM event WHERE outlet_id=$1 AND subject_id=$2"
                      " ORDER BY seq",
                      DB_ARGS(DB_I(outlet_id), DB_I(subject_id)));
    return see_all(&rows, rc, topic_prefix, see, ctx);
}

int event_hash(struct db_tx *tx, int64_t outlet_id, int64_t seq, char out[EVENT_HASH])
{
    struct db_rows rows;
    int rc = db_query(tx, &rows, "SELECT hash FROM event WHERE outlet_id=$1 AND seq=$2",
                      DB_ARGS(DB_I(outlet_id), DB_I(seq)));
    out[0] = 0;
    if (!rc && (rc = db_next(&rows)) == DB_ROW) {
        size_t n = 0;
        const uint8_t *hash = db_bytes(&rows, 0, &n);
        rc = n == DIGEST_BYTES ? 0 : RC_CORRUPT;
        if (!rc)
            digest_hex(hash, out);
    }
    db_done(&rows);
    return rc;
}

int event_last_seq(struct db_tx *tx, int64_t outlet_id, int64_t *seq)
{
    return db_one_i64(tx, "SELECT max(seq) FROM event WHERE outlet_id=$1", DB_ARGS(DB_I(outlet_id)),
                      0, seq);
}

/* ---- proving ---- */

struct walk {
    struct db_tx *tx;
    struct buf text;
    struct event_link at; /* the link before the row that comes */
    int64_t events, bad;
    char *first_bad;
    size_t first_bad_size;
};

static void walk_bad(struct walk *w, int64_t outlet_id, int64_t seq, const char *what)
{
    if (w->bad++ == 0)
        (void)snprintf(w->first_bad, w->first_bad_size, "outlet %lld event %lld: %s",
                       (long long)outlet_id, (long long)seq, what);
}

/* A row is right when it follows its neighbour and its hash is the link from the neighbour's
 * written hash: so one changed row is one finding, not one for all that follow. */
static void walk_row(struct walk *w, struct db_rows *rows)
{
    struct event e = row_event(rows);
    uint8_t hash[DIGEST_BYTES];
    size_t topic_len = 0, body_len = 0, hash_len = 0;
    e.topic = db_bytes(rows, 5, &topic_len);
    e.body = db_bytes(rows, 7, &body_len);
    const void *written = db_bytes(rows, 8, &hash_len);
    w->events++;
    if (e.seq != w->at.seq + 1)
        walk_bad(w, e.outlet_id, e.seq, "an event before it is missing");
    buf_clear(&w->text);
    text_put(&w->text, &e, topic_len, body_len);
    digest_link(w->at.hash, w->text.at, w->text.len, hash);
    if (w->text.overflow || hash_len != DIGEST_BYTES || memcmp(written, hash, DIGEST_BYTES) != 0)
        walk_bad(w, e.outlet_id, e.seq, "it was changed, or put in");
    w->at.seq = e.seq;
    if (hash_len == DIGEST_BYTES)
        memcpy(w->at.hash, written, DIGEST_BYTES);
}

/* The outlet's events are walked: does its head say the same? */
static int walk_head(struct walk *w)
{
    struct db_rows rows;
    size_t len = 0;
    int rc = db_query(w->tx, &rows, "SELECT seq, hash FROM event_head WHERE outlet_id=$1",
                      DB_ARGS(DB_I(w->at.outlet_id)));
    if (rc == 0)
        rc = db_next(&rows);
    if (rc == DB_ROW) {
        const void *hash = db_bytes(&rows, 1, &len);
        if (db_i64(&rows, 0) != w->at.seq || len != DIGEST_BYTES ||
            memcmp(hash, w->at.hash, len) != 0)
            walk_bad(w, w->at.outlet_id, db_i64(&rows, 0), "the newest event is not this one");
        rc = 0;
    } else if (rc == 0) {
        walk_bad(w, w->at.outlet_id, w->at.seq, "the outlet's head is missing");
    }
    db_done(&rows);
    return rc;
}

static int walk_events(struct walk *w)
{
    struct db_rows rows;
    int rc = db_query(w->tx, &rows, "SELECT " EVENT_COLUMNS " FROM event ORDER BY outlet_id, seq",
                      DB_NO_ARGS);
    while (rc == 0 && (rc = db_next(&rows)) == DB_ROW) {
        rc = 0;
        int64_t outlet_id = db_i64(&rows, 0);
        if (!w->at.used || w->at.outlet_id != outlet_id) {
            if (w->at.used)
                rc = walk_head(w);
            w->at = (struct event_link){ .outlet_id = outlet_id, .used = true };
        }
        walk_row(w, &rows);
    }
    db_done(&rows);
    if (rc == 0 && w->at.used)
        rc = walk_head(w);
    return rc;
}

int event_check(struct db_tx *tx, int64_t *events, int64_t *bad, char *first_bad,
                size_t first_bad_size)
{
    struct walk w = { .tx = tx, .first_bad = first_bad, .first_bad_size = first_bad_size };
    int64_t bare = 0;
    if (first_bad_size)
        first_bad[0] = 0;
    buf_init(&w.text, EVENT_BODY_MAX + 4096);
    int rc = walk_events(&w);
    if (rc == 0)
        rc = db_one_i64(tx,
                        "SELECT min(h.outlet_id) FROM event_head h WHERE NOT EXISTS"
                        " (SELECT 1 FROM event e WHERE e.outlet_id=h.outlet_id)",
                        DB_NO_ARGS, -1, &bare);
    if (rc == 0 && bare >= 0)
        walk_bad(&w, bare, 1, "all events of the outlet are missing");
    buf_release(&w.text);
    *events = w.events;
    *bad = w.bad;
    return rc;
}
