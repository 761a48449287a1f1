/* ledger_fast_check.c -- Fast layout: the proofs of the books. What was booked is read once, in
 * order, and everything else must follow from it: events, history lines, holds, reversals. */
#include "ledger/ledger_fast.h"
#include "store/db_memory.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "base/banned.h"

enum { SLOTS_FIRST = 1 << 12, EVENTS_AT_ONCE = 1000, FIRST_BYTES = 16 };
#define CHECK_MEMORY ((size_t)8 << 30)

struct proof {
    struct fast *f;
    struct call *c;
    struct arena *arena;
    struct unpack *u;
    int64_t *bad;
    char *text;
    size_t size;
};

static void breach(struct proof *p, const char *what, int64_t at)
{
    if (!*p->bad)
        snprintf(p->text, p->size, "%s: first %lld", what, (long long)at);
    ++*p->bad;
}

/* ---- a table by number or id: keys are never 0 ---- */

struct table {
    struct arena *arena;
    size_t size, slots, used; /* entries begin with their key, two int64 */
    char *at;
};

static void table_begin(struct table *t, struct arena *arena, size_t size)
{
    *t = (struct table){ .arena = arena, .size = size, .slots = SLOTS_FIRST };
    t->at = arena_alloc(arena, t->slots * size);
}

static void *probe(char *at, size_t size, size_t slots, const int64_t key[2])
{
    uint64_t h = (uint64_t)key[0] * UINT64_C(0x9E3779B97F4A7C15) ^
                 (uint64_t)key[1] * UINT64_C(0xD6E8FEB86659FD93);
    for (size_t i = (size_t)(h >> 24) & (slots - 1);; i = (i + 1) & (slots - 1)) {
        int64_t *e = (int64_t *)(void *)(at + i * size);
        if ((e[0] == key[0] && e[1] == key[1]) || (!e[0] && !e[1]))
            return e;
    }
}

static void *table_find(const struct table *t, int64_t high, int64_t low)
{
    const int64_t key[2] = { high, low };
    int64_t *e = probe(t->at, t->size, t->slots, key);
    return e[0] || e[1] ? e : NULL;
}

static void *table_put(struct table *t, int64_t high, int64_t low)
{
    const int64_t key[2] = { high, low };
    if (t->used * 2 >= t->slots) {
        char *more = arena_alloc(t->arena, t->slots * 2 * t->size);
        for (size_t i = 0; i < t->slots; i++) {
            const int64_t *e = (const int64_t *)(const void *)(t->at + i * t->size);
            if (e[0] || e[1])
                memcpy(probe(more, t->size, t->slots * 2, e), e, t->size);
        }
        t->at = more;
        t->slots *= 2;
    }
    int64_t *e = probe(t->at, t->size, t->slots, key);
    if (!e[0] && !e[1]) {
        memcpy(e, key, sizeof key);
        t->used++;
    }
    return e;
}

/* ---- the stream of what was booked ---- */

typedef int see_row(void *ctx, struct proof *p, const struct pack *row);
typedef int see_transfer(void *ctx, struct proof *p, const struct ledger_transfer *t);

static int every_row(struct proof *p, see_row *on_row, see_transfer *on_transfer, void *ctx)
{
    struct db_rows r;
    struct ledger_transfer t;
    int64_t last = 0;
    int rc = db_query(p->c->tx, &r, PACK_COLUMNS " ORDER BY first", DB_NO_ARGS);
    while (!rc && (rc = db_next(&r)) == DB_ROW) {
        struct pack row;
        pack_read(&r, &row);
        if (row.first <= last)
            breach(p, "transfers out of order", row.first);
        last = row.last;
        rc = on_row ? on_row(ctx, p, &row) : 0;
        unpack_begin(p->u, &row);
        int more = 0;
        while (!rc && (more = unpack_next(p->u, &t)) == 1)
            rc = on_transfer(ctx, p, &t);
        if (!rc && more < 0)
            breach(p, "a row that cannot be read", row.first);
    }
    db_done(&r);
    return rc;
}

static struct proof proof_begin(struct fast *f, struct call *c, int64_t *bad, char *text,
                                size_t size)
{
    struct proof p = { f, c, arena_new(CHECK_MEMORY), NULL, bad, text, size };
    p.u = arena_alloc(p.arena, sizeof *p.u);
    *bad = 0;
    return p;
}

/* ---- books ---- */

struct told { /* a row, which its event must tell */
    int64_t key[2], chain;
    uint8_t digest[FIRST_BYTES];
    bool told, well; /* by an event of its chain; with the row's digest */
};
struct account {
    int64_t key[2];
    int64_t currency, debits, credits, seq, last_us;
    uint64_t sum, history; /* of its lines: as booked, as in the history file */
    int64_t closed;
};
struct chain {
    int64_t key[2];
};
struct books {
    struct table told, accounts, chains;
    int64_t transfers, reversals;
};

static int read_accounts(struct proof *p, struct table *accounts)
{
    struct db_rows r;
    table_begin(accounts, p->arena, sizeof(struct account));
    int rc = db_query(p->c->tx, &r,
                      "SELECT id, currency, state, debits, credits, debits_pending,"
                      " credits_pending, entries FROM ledger_account",
                      DB_NO_ARGS);
    while (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        struct account *a = table_put(accounts, db_i64(&r, 0), 1);
        a->currency = db_i64(&r, 1);
        a->closed = db_i64(&r, 2) == ACCOUNT_CLOSED;
        if (db_i64(&r, 3) || db_i64(&r, 4) || db_i64(&r, 5) || db_i64(&r, 6) || db_i64(&r, 7))
            breach(p, "totals in the account's row, where none belong", db_i64(&r, 0));
    }
    db_done(&r);
    return rc;
}

static int see_told(void *ctx, struct proof *p, const struct pack *row)
{
    struct books *b = ctx;
    uint8_t digest[DIGEST_BYTES];
    struct told *t = table_put(&b->told, row->first, 1);
    UNUSED(p);
    pack_digest(row, digest);
    memcpy(t->digest, digest, FIRST_BYTES);
    t->chain = row->chain;
    (void)table_put(&b->chains, row->chain, 1);
    return 0;
}

static int see_booked(void *ctx, struct proof *p, const struct ledger_transfer *t)
{
    struct books *b = ctx;
    struct ledger_leg legs[LEDGER_LEGS_MAX];
    money_wide debits = 0, credits = 0;
    int n = unpack_lines(p->u, t, legs);
    b->transfers++;
    b->reversals += t->kind == LEDGER_REVERSE;
    for (int i = 0; i < n; i++) {
        const struct account *a = table_find(&b->accounts, legs[i].account.n, 1);
        *(legs[i].side == LEDGER_DEBIT ? &debits : &credits) += legs[i].minor;
        if (!a)
            breach(p, "a line of no account", t->number);
        else if (a->currency != (int64_t)t->amount.currency)
            breach(p, "an account in another currency than the transfer", t->number);
    }
    if (debits != credits)
        breach(p, "a transfer whose debits and credits differ", t->number);
    if (n && debits != t->amount.minor)
        breach(p, "a transfer that moved another amount than it says", t->number);
    if (t->value.days > t->booked.days)
        breach(p, "a value date after the booking date", t->number);
    return 0;
}

struct telling {
    struct books *b;
    int64_t outlet, seq;
    int n;
};

/* Books that were packed anew (ledger_repack.c) have a later event about the same number. */
static bool see_event(void *ctx, const struct event *e)
{
    struct telling *g = ctx;
    const char *hex = strstr(e->body, "\"sha256\":\"");
    struct told *t = table_find(&g->b->told, e->subject_id, 1);
    char text[DIGEST_TEXT];
    uint8_t whole[DIGEST_BYTES] = { 0 };
    g->seq = e->seq;
    g->n++;
    if (!t || !hex || t->chain != g->outlet || (t->told && strcmp(e->topic, LEDGER_PACKED_TOPIC)))
        return true;
    memcpy(whole, t->digest, FIRST_BYTES);
    digest_hex(whole, text);
    t->well = !strncmp(hex + 10, text, FIRST_BYTES * 2);
    t->told = true;
    return true;
}

static int hear_chain(struct proof *p, struct books *b, int64_t outlet)
{
    struct telling g = { .b = b, .outlet = outlet, .n = EVENTS_AT_ONCE };
    int rc = 0;
    while (!rc && g.n == EVENTS_AT_ONCE) {
        g.n = 0;
        rc = event_after(p->c->tx, outlet, g.seq, EVENTS_AT_ONCE, see_event, &g);
    }
    return rc;
}

static int hear_events(struct proof *p, struct books *b)
{
    int rc = 0;
    for (size_t i = 0; !rc && i < b->chains.slots; i++) {
        const struct chain *at = (const void *)(b->chains.at + i * b->chains.size);
        if (at->key[1])
            rc = hear_chain(p, b, at->key[0]);
    }
    for (size_t i = 0; !rc && i < b->told.slots; i++) {
        const struct told *t = (const void *)(b->told.at + i * b->told.size);
        if (t->key[1] && !t->told)
            breach(p, "a row that no event tells", t->key[0]);
        else if (t->key[1] && !t->well)
            breach(p, "a row that is not as its event says", t->key[0]);
    }
    return rc;
}

static int check_reversal(struct proof *p, transfer_id of, transfer_id by)
{
    struct fast_found x, y;
    bool has_of, has_by;
    int rc = fast_transfer_by_id(p->f, p->c, of, &x, &has_of);
    if (!rc)
        rc = fast_transfer_by_id(p->f, p->c, by, &y, &has_by);
    if (rc == RC_CORRUPT) {
        breach(p, "a reversal whose transfers cannot be looked for", of.high);
        return 0;
    }
    if (rc)
        return rc;
    if (!has_of || !has_by || y.t.kind != LEDGER_REVERSE || y.t.of.high != of.high ||
        y.t.of.low != of.low || x.t.amount.minor != y.t.amount.minor ||
        x.t.debit.n != y.t.credit.n || x.t.credit.n != y.t.debit.n || x.n_legs != y.n_legs)
        breach(p, "a reversal that is not the other way round", has_by ? y.t.number : of.high);
    return 0;
}

static int check_reversals(struct proof *p, int64_t expected)
{
    struct db_rows r;
    int64_t n = 0;
    int rc = db_query(p->c->tx, &r, "SELECT of_high, of_low, by_high, by_low FROM ledger_reversal",
                      DB_NO_ARGS);
    while (!rc && (rc = db_next(&r)) == DB_ROW) {
        n++;
        rc = check_reversal(p, (transfer_id){ db_i64(&r, 0), db_i64(&r, 1) },
                            (transfer_id){ db_i64(&r, 2), db_i64(&r, 3) });
    }
    db_done(&r);
    if (!rc && n != expected)
        breach(p, "another number of reversals than booked", n);
    return rc;
}

int fast_check_books(struct fast *f, struct call *c, int64_t *count, int64_t *bad, char *text,
                     size_t size)
{
    struct proof p = proof_begin(f, c, bad, text, size);
    struct books b = { .transfers = 0 };
    table_begin(&b.told, p.arena, sizeof(struct told));
    table_begin(&b.chains, p.arena, sizeof(struct chain));
    int rc = read_accounts(&p, &b.accounts);
    if (!rc)
        rc = every_row(&p, see_told, see_booked, &b);
    if (!rc)
        rc = hear_events(&p, &b);
    if (!rc)
        rc = check_reversals(&p, b.reversals);
    *count = b.transfers;
    arena_free(p.arena);
    return rc;
}

/* ---- totals ---- */

struct totals {
    struct table accounts;
    int64_t mark, number; /* of the history file; the greatest seen */
    struct proof *p;
    struct account *at;
    int64_t id;
};

static uint64_t mix(uint64_t sum, const uint64_t *parts, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        sum = (sum ^ parts[i]) * UINT64_C(0x9E3779B97F4A7C15);
        sum ^= sum >> 29;
    }
    return sum;
}

uint64_t fast_mix(uint64_t sum, const struct ledger_entry *e)
{
    const uint64_t parts[] = {
        (uint64_t)e->seq,        (uint64_t)e->transfer.high, (uint64_t)e->transfer.low,
        (uint64_t)e->side,       (uint64_t)e->minor,         (uint64_t)e->debits,
        (uint64_t)e->credits,    (uint64_t)e->booked_us,     (uint64_t)e->booked.days,
        (uint64_t)e->value.days,
    };
    return mix(sum, parts, COUNT(parts));
}

/* With what the line says of its transfer. */
static uint64_t mix_all(uint64_t sum, const struct ledger_entry *e)
{
    const uint64_t parts[] = { (uint64_t)e->number, (uint64_t)e->other.n, (uint64_t)e->kind,
                               (uint64_t)e->code };
    sum = mix(fast_mix(sum, e), parts, COUNT(parts));
    for (const char *at = e->memo; *at; at++)
        sum = (sum ^ (uint8_t)*at) * UINT64_C(0x9E3779B97F4A7C15);
    return sum;
}

static int see_lines(void *ctx, struct proof *p, const struct ledger_transfer *t)
{
    struct totals *s = ctx;
    struct ledger_leg legs[LEDGER_LEGS_MAX];
    int n = unpack_lines(p->u, t, legs);
    s->number = t->number;
    for (int i = 0; i < n; i++) {
        struct account *a = table_find(&s->accounts, legs[i].account.n, 1);
        if (!a)
            continue; /* `books` says so */
        *(legs[i].side == LEDGER_DEBIT ? &a->debits : &a->credits) += legs[i].minor;
        if (t->booked_us < a->last_us)
            breach(p, "a line earlier than the one before", a->key[0]);
        a->last_us = t->booked_us;
        a->seq++;
        const struct ledger_entry e = { .seq = a->seq,
                                        .transfer = t->id,
                                        .side = legs[i].side,
                                        .minor = legs[i].minor,
                                        .debits = a->debits,
                                        .credits = a->credits,
                                        .booked_us = t->booked_us,
                                        .booked = t->booked,
                                        .value = t->value,
                                        .number = t->number,
                                        .other = { tail_other(t, legs[i].account) },
                                        .kind = t->kind,
                                        .code = t->code,
                                        .memo = t->memo ? t->memo : "" };
        if (t->number <= s->mark)
            a->sum = mix_all(a->sum, &e);
    }
    return 0;
}

static bool see_history(void *ctx, account_id id, const struct ledger_entry *e)
{
    struct totals *s = ctx;
    if (e->number > s->number)
        return true; /* booked after this snapshot */
    if (!s->at || s->id != id.n)
        s->at = table_find(&s->accounts, id.n, 1);
    s->id = id.n;
    if (s->at)
        s->at->history = mix_all(s->at->history, e);
    else
        breach(s->p, "history of no account", id.n);
    return true;
}

static void compare(struct proof *p, const struct account *a, bool readable)
{
    const struct ledger_account *m =
        db_is_writer(p->c->tx) ? fast_peek(p->f, (account_id){ a->key[0] }) : NULL;
    if (a->sum != a->history && readable)
        breach(p, "history that is not what was booked", a->key[0]);
    if (m && (m->totals.debits != a->debits || m->totals.credits != a->credits ||
              m->entries != a->seq || m->last_us != a->last_us))
        breach(p, "totals in memory that are not what was booked", a->key[0]);
    if (a->closed && a->debits != a->credits)
        breach(p, "closed with money in it", a->key[0]);
}

static int read_history(struct proof *p, const struct history *h, struct totals *s, bool *readable)
{
    bool marked = false;
    int rc = h->tx ? lines_marked(h->tx, &marked) : 0;
    if (!rc)
        rc = lines_walk_all(h, see_history, s);
    *readable = rc != RC_CORRUPT && !marked;
    if (!rc && marked)
        breach(p, "history is damaged and made again at the next start: its number", h->mark);
    if (rc == RC_CORRUPT)
        breach(
            p,
            "history that cannot be read (a server mends it when it is asked for, a start without"
            " the file makes it again): up to its number",
            h->mark);
    return rc == RC_CORRUPT ? 0 : rc;
}

int fast_check_totals(struct fast *f, struct call *c, int64_t *count, int64_t *bad, char *text,
                      size_t size)
{
    struct proof p = proof_begin(f, c, bad, text, size);
    struct totals s = { .p = &p };
    struct history history = { .n = 0 };
    bool readable = true;
    int64_t rows = 0;
    int rc = read_accounts(&p, &s.accounts);
    if (!rc)
        rc = lines_read(fast_lines(f), &history);
    s.mark = history.mark;
    if (!rc)
        rc = every_row(&p, NULL, see_lines, &s);
    if (!rc)
        rc = read_history(&p, &history, &s, &readable);
    lines_read_done(&history);
    for (size_t i = 0; !rc && i < s.accounts.slots; i++) {
        const struct account *a = (const void *)(s.accounts.at + i * s.accounts.size);
        if (a->key[1])
            compare(&p, a, readable);
    }
    *count = (int64_t)s.accounts.used;
    if (!rc)
        rc = db_one_i64(c->tx,
                        "SELECT COUNT(*) FROM (SELECT number FROM ledger_transfer UNION ALL"
                        " SELECT seq FROM ledger_posting UNION ALL SELECT number FROM"
                        " ledger_tail) AS x",
                        DB_NO_ARGS, 0, &rows);
    if (!rc && rows)
        breach(&p, "rows of the other layout", rows);
    arena_free(p.arena);
    return rc;
}

/* ---- holds ---- */

struct held { /* a hold as booked, and what ended it */
    int64_t key[2];
    int64_t debit, credit, minor, end_minor;
    transfer_id by;
    int64_t kind; /* 0: nothing has */
    int64_t seen;
};
struct holding {
    struct table held;
    int64_t n;
};

static int see_holds(void *ctx, struct proof *p, const struct ledger_transfer *t)
{
    struct holding *s = ctx;
    if (t->kind == LEDGER_HOLD) {
        struct held *h = table_put(&s->held, t->id.high, t->id.low);
        h->debit = t->debit.n;
        h->credit = t->credit.n;
        h->minor = t->amount.minor;
        s->n++;
    } else if (t->kind == LEDGER_CAPTURE || t->kind == LEDGER_VOID) {
        struct held *h = table_find(&s->held, t->of.high, t->of.low);
        if (!h || h->kind || h->debit != t->debit.n || h->credit != t->credit.n) {
            breach(p, "a capture or void whose hold is none, or another", t->number);
            return 0;
        }
        h->kind = t->kind;
        h->by = t->id;
        h->end_minor = t->kind == LEDGER_CAPTURE ? t->amount.minor : 0;
    }
    return 0;
}

/* 1: as it must be. */
static bool ended_well(const struct held *h, struct db_rows *r)
{
    int64_t state = db_i64(r, 5), expires = db_i64(r, 6), captured = db_i64(r, 7);
    int64_t ended = db_i64(r, 10);
    bool by = db_i64(r, 8) == h->by.high && db_i64(r, 9) == h->by.low;
    switch (state) {
    case HOLD_OPEN:
        return !h->kind && !ended && !captured;
    case HOLD_CAPTURED:
        return h->kind == LEDGER_CAPTURE && by && captured == h->end_minor;
    case HOLD_VOIDED:
        return h->kind == LEDGER_VOID && by && !captured;
    default:
        return !h->kind && expires && ended >= expires && !captured;
    }
}

int fast_check_holds(struct fast *f, struct call *c, int64_t *count, int64_t *bad, char *text,
                     size_t size)
{
    struct proof p = proof_begin(f, c, bad, text, size);
    struct holding s = { .n = 0 };
    struct db_rows r;
    int64_t n = 0;
    table_begin(&s.held, p.arena, sizeof(struct held));
    int rc = every_row(&p, NULL, see_holds, &s);
    if (!rc)
        rc = db_query(c->tx, &r,
                      "SELECT id_high, id_low, debit_id, credit_id, minor, state, expires_us,"
                      " captured, by_high, by_low, ended_us FROM ledger_hold",
                      DB_NO_ARGS);
    else
        r = (struct db_rows){ 0 };
    while (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        n++;
        const struct held *h = table_find(&s.held, db_i64(&r, 0), db_i64(&r, 1));
        if (!h || h->debit != db_i64(&r, 2) || h->credit != db_i64(&r, 3) ||
            h->minor != db_i64(&r, 4))
            breach(&p, "a hold without its transfer", db_i64(&r, 2));
        else if (!ended_well(h, &r))
            breach(&p, "a hold that did not end as it says", db_i64(&r, 2));
    }
    db_done(&r);
    if (!rc && n != s.n)
        breach(&p, "another number of holds than booked", n);
    *count = n;
    arena_free(p.arena);
    return rc;
}
