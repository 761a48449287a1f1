/* ledger_tail.c -- See ledger_tail.h. */
#include "ledger/ledger_tail.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include "base/banned.h"

enum {
    PIECE = 4096,   /* entries of a piece of memory, which comes and goes as a whole */
    PIECES = 8192,  /* at most, in a ring */
    AHEAD = 12,     /* so far ahead memory is fetched */
    TOGETHER = 256, /* moves of rows whose accounts are asked for together */
    TABLE_FIRST = 256,
    ACCOUNT_BITS = (1 << 28) - 1,
    OWN_MEMORY = 1 << 20,
    TABLE_MEMORY = 1 << 30,
    TEXT_MEMORY = PIECE * 2 * (LEDGER_MEMO_MAX + 1) + 8192,
};
#define NONE UINT64_MAX
_Static_assert((uint64_t)PIECE *PIECES == TAIL_MAX, "see ledger_tail.h");
_Static_assert(PIECE *PIECES < 1 << 28, "a line says in 28 bits which account it is of");

struct ring { /* entries from..to in pieces; an entry never moves */
    size_t size;
    uint64_t from, to, max; /* max: entries, with those of the first piece that are gone */
    struct arena *arenas[PIECES], *texts[PIECES];
    char *pieces[PIECES];
};

struct tail {
    struct arena *own;
    pthread_mutex_t catching, lock;
    tail_base *base;
    void *ctx;
    int64_t first, last; /* numbers: all after first, up to last */
    int pins;
    int64_t wanted; /* to be trimmed to when the pins are gone */
    struct ring moves, lines, accounts;
    struct arena *table_arena;
    uint32_t *table; /* open addressing by account id: entry + 1 */
    size_t slots;
    struct unpack reader;
    struct buf ids, places;     /* of the rows that are taken in: their lines' accounts */
    struct buf waiting, bodies; /* rows read, not yet in; a row's body says where in bodies it is */
    uint64_t waiting_moves;
};

/* ---- rings ---- */

static void *ring_at(const struct ring *r, uint64_t at)
{
    return r->pieces[at / PIECE % PIECES] + at % PIECE * r->size;
}

static bool ring_has_room(const struct ring *r, uint64_t n)
{
    return r->to + n - r->from / PIECE * PIECE <= r->max;
}

/* There is room for it. */
static void *ring_add(struct ring *r)
{
    size_t piece = r->to / PIECE % PIECES;
    if (r->to % PIECE == 0) {
        CHECK(!r->pieces[piece]);
        r->arenas[piece] = arena_new(PIECE * r->size + 64);
        r->pieces[piece] = arena_alloc(r->arenas[piece], PIECE * r->size);
    }
    return ring_at(r, r->to++);
}

/* A text that goes with the entry added last. */
static const char *ring_text(struct ring *r, const char *s)
{
    size_t piece = (r->to - 1) / PIECE % PIECES;
    if (!s || !*s)
        return "";
    if (!r->texts[piece])
        r->texts[piece] = arena_new(TEXT_MEMORY);
    return arena_text(r->texts[piece], s);
}

static void piece_free(struct ring *r, size_t piece)
{
    arena_free(r->arenas[piece]);
    arena_free(r->texts[piece]);
    r->arenas[piece] = r->texts[piece] = NULL;
    r->pieces[piece] = NULL;
}

static void ring_drop(struct ring *r, uint64_t from)
{
    for (; r->from / PIECE < from / PIECE; r->from += PIECE - r->from % PIECE)
        piece_free(r, r->from / PIECE % PIECES);
    r->from = from;
}

static void ring_clear(struct ring *r)
{
    for (size_t i = 0; i < PIECES; i++)
        piece_free(r, i);
    r->from = r->to = 0;
}

/* The whole index of an entry that is there, from its low half. */
static uint64_t ring_whole(const struct ring *r, uint32_t low)
{
    uint32_t off = low - (uint32_t)r->from;
    CHECK(off < r->to - r->from);
    return r->from + off;
}

/* ---- life ---- */

struct tail *tail_new(int64_t after, tail_base *base, void *ctx)
{
    struct arena *own = arena_new(OWN_MEMORY);
    struct tail *t = arena_alloc(own, sizeof *t);
    t->own = own;
    t->base = base;
    t->ctx = ctx;
    t->first = t->last = after;
    t->moves.size = sizeof(struct tail_move);
    t->lines.size = sizeof(struct tail_line);
    t->accounts.size = sizeof(struct tail_account);
    tail_bound(t, TAIL_MAX);
    t->slots = TABLE_FIRST;
    t->table_arena = arena_new(TABLE_MEMORY);
    t->table = arena_alloc(t->table_arena, t->slots * sizeof *t->table);
    buf_init(&t->ids, TABLE_MEMORY);
    buf_init(&t->places, TABLE_MEMORY);
    buf_init(&t->waiting, TABLE_MEMORY);
    buf_init(&t->bodies, TABLE_MEMORY);
    CHECK(!pthread_mutex_init(&t->lock, NULL) && !pthread_mutex_init(&t->catching, NULL));
    return t;
}

void tail_bound(struct tail *t, uint64_t max)
{
    CHECK(max <= (uint64_t)PIECE * PIECES);
    t->moves.max = t->lines.max = t->accounts.max = max;
}

void tail_reset(struct tail *t, int64_t after)
{
    ring_clear(&t->moves);
    ring_clear(&t->lines);
    ring_clear(&t->accounts);
    memset(t->table, 0, t->slots * sizeof *t->table);
    t->first = t->last = after;
    t->wanted = 0;
}

void tail_free(struct tail *t)
{
    if (!t)
        return;
    tail_reset(t, 0);
    arena_free(t->table_arena);
    buf_release(&t->ids);
    buf_release(&t->places);
    buf_release(&t->waiting);
    buf_release(&t->bodies);
    pthread_mutex_destroy(&t->lock);
    pthread_mutex_destroy(&t->catching);
    arena_free(t->own);
}

void tail_lock(struct tail *t)
{
    pthread_mutex_lock(&t->lock);
}

void tail_unlock(struct tail *t)
{
    pthread_mutex_unlock(&t->lock);
}

/* ---- accounts ---- */

static uint32_t *slot_start(uint32_t *table, size_t slots, int64_t id)
{
    uint64_t h = (uint64_t)id * UINT64_C(0x9E3779B97F4A7C15);
    return &table[(size_t)(h >> 32) & (slots - 1)];
}

static uint32_t *slot_of(uint32_t *table, size_t slots, const struct ring *accounts, int64_t id)
{
    for (size_t i = (size_t)(slot_start(table, slots, id) - table);; i = (i + 1) & (slots - 1)) {
        if (!table[i])
            return &table[i];
        const struct tail_account *a = ring_at(accounts, table[i] - 1);
        if (a->id == id)
            return &table[i];
    }
}

static void table_grow(struct tail *t)
{
    size_t slots = t->slots * 2;
    struct arena *arena = arena_new(TABLE_MEMORY);
    uint32_t *table = arena_alloc(arena, slots * sizeof *table);
    for (uint32_t i = 0; i < t->accounts.to; i++) {
        const struct tail_account *a = ring_at(&t->accounts, i);
        *slot_of(table, slots, &t->accounts, a->id) = i + 1;
    }
    arena_free(t->table_arena);
    t->table_arena = arena;
    t->table = table;
    t->slots = slots;
}

static struct tail_account *find_account(const struct tail *t, int64_t id)
{
    uint32_t at = *slot_of(t->table, t->slots, &t->accounts, id);
    return at ? ring_at(&t->accounts, at - 1) : NULL;
}

static int add_account(struct tail *t, int64_t id, const struct ledger_entry *e)
{
    if (!ring_has_room(&t->accounts, 1))
        return RC_FULL;
    if (t->accounts.to * 2 >= t->slots)
        table_grow(t);
    struct tail_account *a = ring_add(&t->accounts);
    *a = (struct tail_account){
        .id = id, .debits = e->debits, .credits = e->credits, .seq = e->seq, .last = NONE
    };
    *slot_of(t->table, t->slots, &t->accounts, id) = (uint32_t)t->accounts.to;
    return 0;
}

/* ---- catching up ---- */

/* Of the move that was added last. */
static void add_line(struct tail *t, uint32_t at, const struct ledger_leg *leg, int64_t other,
                     struct tail_line *l)
{
    struct tail_account *a = ring_at(&t->accounts, at);
    *(leg->side == LEDGER_DEBIT ? &a->debits : &a->credits) += leg->minor;
    *l = (struct tail_line){ .minor = leg->minor,
                             .debits = a->debits,
                             .credits = a->credits,
                             .seq = ++a->seq,
                             .move = (uint32_t)(t->moves.to - 1),
                             .before = a->last,
                             .account = at & ACCOUNT_BITS,
                             .side = leg->side & 15,
                             .other = other };
    a->last = t->lines.to - 1;
}

int64_t tail_other(const struct ledger_transfer *x, account_id own)
{
    return !x->debit.n ? 0 : x->debit.n == own.n ? x->credit.n : x->debit.n;
}

static int by_id(const void *a, const void *b)
{
    int64_t x = ((const account_id *)a)->n, y = ((const account_id *)b)->n;
    return (x > y) - (x < y);
}

static int account_ids(struct tail *t, const struct pack *row)
{
    struct ledger_transfer x;
    struct ledger_leg legs[LEDGER_LEGS_MAX];
    int rc;
    unpack_begin(&t->reader, row);
    while ((rc = unpack_next(&t->reader, &x)) == 1)
        for (int i = 0, lines = unpack_lines(&t->reader, &x, legs); i < lines; i++)
            buf_add(&t->ids, &legs[i].account, sizeof(account_id));
    return rc;
}

/* Where each line's account is: entry + 1, or 0. The table and its accounts are read all over, so
 * what comes later is fetched before. */
static void look_up(struct tail *t, const account_id *ids, size_t n, uint32_t *places)
{
    for (size_t i = 0; i < n + 2 * AHEAD; i++) {
        if (i < n)
            __builtin_prefetch(slot_start(t->table, t->slots, ids[i].n));
        if (i >= AHEAD && i - AHEAD < n) {
            uint32_t at = *slot_start(t->table, t->slots, ids[i - AHEAD].n);
            if (at)
                __builtin_prefetch(ring_at(&t->accounts, at - 1));
        }
        if (i >= 2 * AHEAD)
            places[i - 2 * AHEAD] =
                *slot_of(t->table, t->slots, &t->accounts, ids[i - 2 * AHEAD].n);
    }
}

/* Those that the tail has not had yet, each once. Only who is catching adds accounts, so no lock is
 * held while the base is asked for. */
static int add_missing(struct tail *t, const account_id *ids, size_t n, const uint32_t *places)
{
    size_t missing = 0, each = 0;
    for (size_t i = 0; i < n; i++)
        missing += !places[i];
    if (!missing)
        return 0;
    struct arena *arena = arena_new(TABLE_MEMORY);
    account_id *list = arena_alloc(arena, missing * sizeof *list);
    for (size_t i = 0, k = 0; i < n; i++)
        if (!places[i])
            list[k++] = ids[i];
    qsort(list, missing, sizeof *list, by_id);
    for (size_t i = 0; i < missing; i++)
        if (!each || list[each - 1].n != list[i].n)
            list[each++] = list[i];
    struct ledger_entry *base = arena_alloc(arena, each * sizeof *base);
    int rc = t->base ? t->base(t->ctx, arena, list, each, base) : 0;
    tail_lock(t);
    for (size_t i = 0; !rc && i < each; i++)
        rc = add_account(t, list[i].n, &base[i]);
    tail_unlock(t);
    arena_free(arena);
    return rc;
}

/* t->places: of each line in t->ids. */
static int need_accounts(struct tail *t)
{
    size_t n = t->ids.len / sizeof(account_id);
    buf_clear(&t->places);
    CHECK(!t->ids.overflow && buf_room(&t->places, (n + 1) * sizeof(uint32_t)));
    const account_id *ids = (const void *)t->ids.at;
    uint32_t *places = (void *)t->places.at;
    look_up(t, ids, n, places);
    int rc = add_missing(t, ids, n, places);
    for (size_t i = 0; !rc && i < n; i++)
        if (!places[i])
            places[i] = *slot_of(t->table, t->slots, &t->accounts, ids[i].n);
    return rc;
}

/* places: of its lines' accounts. How many those are. */
static int add_move(struct tail *t, const struct ledger_transfer *x, const uint32_t *places)
{
    struct ledger_leg legs[LEDGER_LEGS_MAX];
    int n = unpack_lines(&t->reader, x, legs);
    struct tail_move *m = ring_add(&t->moves);
    *m = (struct tail_move){ .id = x->id,
                             .number = x->number,
                             .booked_us = x->booked_us,
                             .memo = ring_text(&t->moves, x->memo),
                             .booked = x->booked.days,
                             .value = x->value.days,
                             .code = x->code,
                             .kind = (uint8_t)x->kind };
    for (int i = 0; i < n; i++) {
        struct tail_line *l = ring_add(&t->lines);
        add_line(t, places[i] - 1, &legs[i], tail_other(x, legs[i].account), l);
    }
    return n;
}

/* Twice over the row: what may fail comes before anything is put in. Half a row would be counted
 * twice when it is tried again. */
static int add_row(struct tail *t, const struct pack *row)
{
    struct ledger_transfer x;
    buf_clear(&t->ids);
    int rc = account_ids(t, row);
    tail_lock(t);
    bool room = ring_has_room(&t->moves, (uint64_t)row->n) &&
                ring_has_room(&t->lines, t->ids.len / sizeof(account_id));
    tail_unlock(t);
    if (!rc && !room)
        rc = RC_FULL;
    if (!rc)
        rc = need_accounts(t);
    if (rc)
        return rc;
    const uint32_t *places = (const void *)t->places.at;
    tail_lock(t);
    unpack_begin(&t->reader, row);
    while (unpack_next(&t->reader, &x) == 1) /* the first time over it went well */
        places += add_move(t, &x, places);
    ((struct tail_move *)ring_at(&t->moves, t->moves.to - 1))->ends = true;
    t->last = row->last;
    tail_unlock(t);
    return 0;
}

/* The rows that wait, their accounts asked for together: on a server each question is a trip, and
 * single orders are rows of one move. */
static int add_waiting(struct tail *t)
{
    struct pack *rows = (void *)t->waiting.at;
    size_t n = t->waiting.len / sizeof *rows, whole = 0;
    int rc = 0, bad = 0;
    CHECK(!t->waiting.overflow && !t->bodies.overflow);
    buf_clear(&t->ids);
    for (; !bad && whole < n; whole += !bad) {
        rows[whole].body = t->bodies.at + (size_t)rows[whole].body;
        bad = account_ids(t, &rows[whole]);
    }
    if (whole)
        rc = need_accounts(t);
    for (size_t i = 0; !rc && i < whole; i++)
        rc = add_row(t, &rows[i]);
    buf_clear(&t->waiting);
    buf_clear(&t->bodies);
    t->waiting_moves = 0;
    return rc ? rc : bad;
}

static int take_row(struct tail *t, const struct pack *row)
{
    if (!t->waiting_moves && row->n >= TOGETHER)
        return add_row(t, row);
    struct pack kept = *row;
    kept.body = (const void *)t->bodies.len;
    buf_add(&t->bodies, row->body, row->len);
    buf_add(&t->waiting, &kept, sizeof kept);
    t->waiting_moves += (uint64_t)row->n;
    return t->waiting_moves >= TOGETHER ? add_waiting(t) : 0;
}

static uint64_t moves_in(struct tail *t)
{
    tail_lock(t);
    uint64_t n = t->moves.to - t->moves.from + t->waiting_moves;
    tail_unlock(t);
    return n;
}

int tail_catch(struct tail *t, struct db_tx *tx, int64_t limit, uint64_t max)
{
    struct db_rows r;
    pthread_mutex_lock(&t->catching);
    if (t->last >= limit) {
        pthread_mutex_unlock(&t->catching);
        return 0;
    }
    int rc = db_query(tx, &r, PACK_COLUMNS " WHERE first>$1 AND first<=$2 ORDER BY first",
                      DB_ARGS(DB_I(t->last), DB_I(limit)));
    while (!rc && moves_in(t) < max && (rc = db_next(&r)) == DB_ROW) {
        struct pack row;
        pack_read(&r, &row);
        rc = take_row(t, &row);
    }
    db_done(&r);
    int late = add_waiting(t); /* what was read before a fault is whole */
    pthread_mutex_unlock(&t->catching);
    return rc ? rc : late;
}

/* ---- reading ---- */

int64_t tail_first(const struct tail *t)
{
    return t->first;
}

int64_t tail_last(const struct tail *t)
{
    return t->last;
}

const struct tail_account *tail_account(const struct tail *t, account_id id)
{
    return find_account(t, id.n);
}

/* NULL: none, or forgotten. */
static const struct tail_line *line_of(const struct tail *t, uint64_t at)
{
    return at >= t->lines.from && at < t->lines.to ? ring_at(&t->lines, at) : NULL;
}

static const struct tail_move *move_of(const struct tail *t, const struct tail_line *l)
{
    return ring_at(&t->moves, ring_whole(&t->moves, l->move)); /* a line goes with its move */
}

const struct tail_line *tail_before(const struct tail *t, const struct tail_line *l)
{
    return line_of(t, l->before);
}

const struct tail_line *tail_newest(const struct tail *t, account_id id, int64_t limit)
{
    const struct tail_account *a = find_account(t, id.n);
    const struct tail_line *l = a ? line_of(t, a->last) : NULL;
    while (l && move_of(t, l)->number > limit)
        l = tail_before(t, l);
    return l;
}

int64_t tail_number(const struct tail *t, const struct tail_line *l)
{
    return move_of(t, l)->number;
}

void tail_entry_of(const struct tail_move *m, const struct tail_line *l, struct ledger_entry *out)
{
    *out = (struct ledger_entry){ .seq = l->seq,
                                  .transfer = m->id,
                                  .side = (enum ledger_side)l->side,
                                  .minor = l->minor,
                                  .debits = l->debits,
                                  .credits = l->credits,
                                  .booked_us = m->booked_us,
                                  .booked = { m->booked },
                                  .value = { m->value },
                                  .number = m->number,
                                  .other = { l->other },
                                  .kind = (enum ledger_kind)m->kind,
                                  .code = m->code,
                                  .memo = m->memo };
}

void tail_entry(const struct tail *t, const struct tail_line *l, struct ledger_entry *out)
{
    tail_entry_of(move_of(t, l), l, out);
}

const struct tail_move *tail_find(const struct tail *t, transfer_id id)
{
    for (uint64_t at = t->moves.to; at > t->moves.from; at--) {
        const struct tail_move *m = ring_at(&t->moves, at - 1);
        if (m->id.high == id.high && m->id.low == id.low)
            return m;
    }
    return NULL;
}

/* The first move after a number. */
static uint64_t move_after(const struct tail *t, int64_t number)
{
    uint64_t low = t->moves.from, high = t->moves.to;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        const struct tail_move *m = ring_at(&t->moves, middle);
        if (m->number > number)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* The first line of a move or of one after it. */
static uint64_t line_after(const struct tail *t, uint64_t move)
{
    uint64_t low = t->lines.from, high = t->lines.to;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        const struct tail_line *l = ring_at(&t->lines, middle);
        if (ring_whole(&t->moves, l->move) >= move)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

static void trim(struct tail *t)
{
    if (t->pins || t->wanted <= t->first)
        return;
    uint64_t move = move_after(t, t->wanted), line = line_after(t, move);
    ring_drop(&t->lines, line);
    ring_drop(&t->moves, move);
    t->first = t->wanted;
}

void tail_trim(struct tail *t, int64_t number)
{
    if (number > t->wanted)
        t->wanted = number;
    trim(t);
}

void tail_pin(struct tail *t)
{
    tail_lock(t);
    t->pins++;
    tail_unlock(t);
}

void tail_unpin(struct tail *t)
{
    tail_lock(t);
    CHECK(t->pins > 0);
    t->pins--;
    trim(t);
    tail_unlock(t);
}

/* ---- for the filler ---- */

const struct tail_move *tail_move_at(const struct tail *t, uint64_t at)
{
    return ring_at(&t->moves, at);
}

void tail_part(const struct tail *t, int64_t after, uint64_t max, struct tail_part *out)
{
    *out = (struct tail_part){ .after = after, .last = after };
    out->move = move_after(t, after);
    /* Moves may be in whose row is not whole yet: those are after t->last. */
    uint64_t end = move_after(t, t->last);
    if (end - out->move > max)
        for (end = out->move + max; !tail_move_at(t, end - 1)->ends;)
            end++;
    out->moves = end - out->move;
    out->line = line_after(t, out->move);
    out->lines = line_after(t, end) - out->line;
    out->accounts = (uint32_t)t->accounts.to;
    if (out->moves)
        out->last = tail_move_at(t, end - 1)->number;
}

const struct tail_line *tail_line_at(const struct tail *t, uint64_t at)
{
    return ring_at(&t->lines, at);
}

int64_t tail_account_at(const struct tail *t, uint32_t at)
{
    return ((const struct tail_account *)ring_at(&t->accounts, at))->id;
}
