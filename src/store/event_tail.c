/* event_tail.c -- The last link of every chain, and the way back. See event_tail.h. */
#include "store/event_priv.h"
#include <string.h>
#include "base/banned.h"

enum {
    MARKS_MAX = 8,
    TABLE_FIRST = 64,
    TAIL_MEMORY = 256 << 20, /* a million outlets */
    TX_MEMORY = 1 << 30,     /* links of one transaction: bulk imports write 10^6 events */
    TEXT_MAX = EVENT_BODY_MAX + 512,
};

/* What an added event replaced. */
struct undo {
    int64_t outlet_id;
    uint8_t hash[DIGEST_BYTES];
};

struct event_tail {
    struct arena *arena;
    struct event_link *table; /* open addressing by outlet, a power of two */
    size_t slots, used;

    struct arena *tx_arena; /* cleared by begin */
    struct undo *undo;
    size_t undo_count, undo_room;
    struct {
        size_t undo, listed, waits, written;
    } marks[MARKS_MAX];
    int depth;
    struct event_list *list;
    struct db_value *waiting;          /* rows of EVENT_VALUES */
    size_t waits, written, waits_room; /* those from written on are in no table yet */

    struct buf body, text;
    struct jsonw writer;
    bool building;
};

struct event_tail *event_tail_new(void)
{
    struct arena *arena = arena_new(TAIL_MEMORY);
    struct event_tail *t = arena_alloc(arena, sizeof *t);
    t->arena = arena;
    t->slots = TABLE_FIRST;
    t->table = arena_alloc(arena, t->slots * sizeof *t->table);
    t->tx_arena = arena_new(TX_MEMORY);
    buf_init(&t->body, EVENT_BODY_MAX);
    buf_init(&t->text, TEXT_MAX);
    return t;
}

void event_tail_free(struct event_tail *t)
{
    if (!t)
        return;
    buf_release(&t->body);
    buf_release(&t->text);
    arena_free(t->tx_arena);
    arena_free(t->arena);
}

/* ---- the table ---- */

static struct event_link *slot_of(struct event_link *table, size_t slots, int64_t outlet_id)
{
    uint64_t h = (uint64_t)outlet_id * UINT64_C(0x9e3779b97f4a7c15);
    for (size_t i = (size_t)(h >> 32) & (slots - 1);; i = (i + 1) & (slots - 1))
        if (!table[i].used || table[i].outlet_id == outlet_id)
            return &table[i];
}

static void table_grow(struct event_tail *t)
{
    size_t slots = t->slots * 2;
    struct event_link *table = arena_alloc(t->arena, slots * sizeof *table);
    for (size_t i = 0; i < t->slots; i++)
        if (t->table[i].used)
            *slot_of(table, slots, t->table[i].outlet_id) = t->table[i];
    t->table = table;
    t->slots = slots;
}

static struct event_link *known(struct event_tail *t, int64_t outlet_id)
{
    struct event_link *link = slot_of(t->table, t->slots, outlet_id);
    CHECK(link->used);
    return link;
}

int event_tail_last(struct event_tail *t, struct db_tx *tx, int64_t outlet_id,
                    const struct event_link **out)
{
    struct event_link *link = slot_of(t->table, t->slots, outlet_id);
    if (link->used) {
        *out = link;
        return 0;
    }
    struct event_link found = { .outlet_id = outlet_id, .used = true };
    struct db_rows rows;
    int rc = db_query(tx, &rows, "SELECT seq, hash FROM event_head WHERE outlet_id=$1",
                      DB_ARGS(DB_I(outlet_id)));
    if (rc == 0)
        rc = db_next(&rows);
    if (rc == DB_ROW) {
        size_t len = 0;
        const void *hash = db_bytes(&rows, 1, &len);
        found.seq = db_i64(&rows, 0);
        rc = len == DIGEST_BYTES && found.seq > 0 ? 0 : RC_CORRUPT;
        if (rc == 0)
            memcpy(found.hash, hash, len);
    }
    db_done(&rows);
    if (rc)
        return rc;
    if (++t->used * 4 > t->slots * 3)
        table_grow(t);
    link = slot_of(t->table, t->slots, outlet_id);
    *link = found;
    *out = link;
    return 0;
}

void event_tail_forget(struct event_tail *t)
{
    memset(t->table, 0, t->slots * sizeof *t->table);
    t->used = 0;
}

/* ---- growing arrays of the transaction ---- */

static void undo_push(struct event_tail *t, const struct event_link *was)
{
    if (t->undo_count == t->undo_room) {
        size_t room = t->undo_room ? t->undo_room * 2 : 64;
        struct undo *more = arena_alloc(t->tx_arena, room * sizeof *more);
        if (t->undo_count)
            memcpy(more, t->undo, t->undo_count * sizeof *more);
        t->undo = more;
        t->undo_room = room;
    }
    struct undo *u = &t->undo[t->undo_count++];
    u->outlet_id = was->outlet_id;
    memcpy(u->hash, was->hash, sizeof u->hash);
}

static void list_push(struct event_list *list, const struct event *e)
{
    if (list->count == list->room) {
        size_t room = list->room ? list->room * 2 : 64;
        struct event *more = arena_alloc(list->arena, room * sizeof *more);
        if (list->count)
            memcpy(more, list->at, list->count * sizeof *more);
        list->at = more;
        list->room = room;
    }
    struct event *kept = &list->at[list->count++];
    *kept = *e;
    kept->topic = arena_text(list->arena, e->topic);
    kept->body = arena_text(list->arena, e->body);
}

void event_tail_add(struct event_tail *t, const struct event *e, const uint8_t hash[DIGEST_BYTES])
{
    struct event_link *link = known(t, e->outlet_id);
    CHECK(e->seq == link->seq + 1);
    undo_push(t, link);
    link->seq = e->seq;
    memcpy(link->hash, hash, DIGEST_BYTES);
    link->head = true;
    if (t->list)
        list_push(t->list, e);
}

/* ---- the transaction ---- */

void event_tail_begin(struct event_tail *t)
{
    arena_clear(t->tx_arena);
    t->undo = NULL;
    t->undo_count = t->undo_room = 0;
    t->depth = 0;
    t->list = NULL;
    t->building = false;
    t->waiting = NULL;
    t->waits = t->written = t->waits_room = 0;
}

void event_tail_mark(struct event_tail *t)
{
    CHECK(t->depth < MARKS_MAX);
    t->marks[t->depth].undo = t->undo_count;
    t->marks[t->depth].listed = t->list ? t->list->count : 0;
    t->marks[t->depth].waits = t->waits;
    t->marks[t->depth].written = t->written;
    t->depth++;
}

void event_tail_keep(struct event_tail *t)
{
    CHECK(t->depth > 0);
    t->depth--;
}

/* Newest first, so that an outlet ends with the link it had at the mark. */
static void take_back(struct event_tail *t, size_t undo, size_t listed)
{
    while (t->undo_count > undo) {
        const struct undo *u = &t->undo[--t->undo_count];
        struct event_link *link = known(t, u->outlet_id);
        CHECK(link->seq > 0);
        link->seq--;
        memcpy(link->hash, u->hash, sizeof link->hash);
        link->head = undo > 0; /* events before the mark may still wait for their head */
    }
    if (t->list)
        t->list->count = listed;
    t->building = false;
}

void event_tail_undo(struct event_tail *t)
{
    CHECK(t->depth > 0);
    t->depth--;
    take_back(t, t->marks[t->depth].undo, t->marks[t->depth].listed);
    t->waits = t->marks[t->depth].waits;
    t->written = t->marks[t->depth].written; /* what was written since is gone with the savepoint */
}

void event_tail_rollback(struct event_tail *t)
{
    take_back(t, 0, 0);
    t->waits = t->written = 0;
    t->list = NULL;
}

/* ---- rows that wait ---- */

enum { EVENT_VALUES = 9 };

void event_tail_wait(struct event_tail *t, const struct event *e, const uint8_t hash[DIGEST_BYTES])
{
    struct arena *a = t->tx_arena;
    if (t->waits == t->waits_room) {
        size_t room = t->waits_room ? t->waits_room * 2 : 16;
        struct db_value *more = arena_alloc(a, room * EVENT_VALUES * sizeof *more);
        if (t->waits)
            memcpy(more, t->waiting, t->waits * EVENT_VALUES * sizeof *more);
        t->waiting = more;
        t->waits_room = room;
    }
    const struct db_value row[EVENT_VALUES] = {
        DB_I(e->outlet_id),
        DB_I(e->seq),
        DB_I(e->at_us),
        DB_I(e->actor_kind),
        DB_I(e->actor_id),
        DB_T(arena_text(a, e->topic)),
        DB_I(e->subject_id),
        DB_T(arena_text(a, e->body)),
        DB_B(arena_dup(a, (const char *)hash, DIGEST_BYTES), DIGEST_BYTES),
    };
    memcpy(t->waiting + t->waits++ * EVENT_VALUES, row, sizeof row);
}

bool event_tail_waits(const struct event_tail *t)
{
    return t->waits > t->written;
}

int event_tail_flush(struct event_tail *t, struct db_tx *tx)
{
    if (t->waits == t->written)
        return 0;
    int rc = db_exec_many(tx, EVENT_INSERT, t->waiting + t->written * EVENT_VALUES, EVENT_VALUES,
                          (int)(t->waits - t->written));
    if (rc == 0)
        t->written = t->waits;
    if (rc == 0 && t->depth == 0) /* no mark refers to them */
        t->waits = t->written = 0;
    return rc == RC_CONFLICT ? RC_CORRUPT : rc; /* a row behind the head: not ours */
}

int event_tail_heads(struct event_tail *t, struct db_tx *tx)
{
    int done = event_tail_flush(t, tx);
    if (done)
        return done;
    for (size_t i = 0; i < t->undo_count; i++) {
        struct event_link *link = known(t, t->undo[i].outlet_id);
        if (!link->head)
            continue;
        int rc = db_exec(
            tx,
            "INSERT INTO event_head (outlet_id, seq, hash) VALUES ($1,$2,$3)"
            " ON CONFLICT (outlet_id) DO UPDATE SET seq=excluded.seq,"
            " hash=excluded.hash",
            DB_ARGS(DB_I(link->outlet_id), DB_I(link->seq), DB_B(link->hash, sizeof link->hash)));
        if (rc)
            return rc;
        link->head = false;
    }
    return 0;
}

void event_tail_done(struct event_tail *t)
{
    t->undo_count = 0;
    t->list = NULL;
}

void event_collect(struct db_tx *tx, struct event_list *list)
{
    struct event_tail *t = db_tail(tx);
    CHECK(t && t->depth == 0);
    t->list = list;
}

/* ---- the event being built ---- */

struct jsonw *event_tail_begin_body(struct event_tail *t)
{
    buf_clear(&t->body);
    jw_init(&t->writer, &t->body);
    jw_object(&t->writer, NULL);
    t->building = true;
    return &t->writer;
}

const char *event_tail_body(struct event_tail *t)
{
    CHECK(t->building); /* event_begin() first */
    t->building = false;
    jw_end(&t->writer);
    CHECK(t->body.overflow || t->writer.depth == 0); /* an array or object was left open */
    return t->body.overflow ? NULL : t->body.at;
}

struct buf *event_tail_text(struct event_tail *t)
{
    buf_clear(&t->text);
    return &t->text;
}
