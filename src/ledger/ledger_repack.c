/* ledger_repack.c -- Plain books become fast ones: what was booked goes into packed rows, is read
 * back from them and compared, line by line, with the rows of the plain layout; then those go. All
 * in one transaction: who is killed in the middle has changed nothing. */
#include "ledger/ledger_fast.h"
#include <stdlib.h>
#include <string.h>
#include "base/banned.h"

enum {
    REPACK_MEMORY = 64 << 20,
    ROW_TRANSFERS = 1000,
    ROW_BYTES = 1 << 20,
    FOLD_AT_ONCE = 20000,
};
#define KEEP_MEMORY ((size_t)4 << 30)

struct repacked { /* an account; its lines by the packed rows, and by the plain ones */
    int64_t id, outlet_id;
    int64_t debits, credits, entries;  /* as its row says */
    struct ledger_entry packed, plain; /* the last line */
    uint64_t packed_mix, plain_mix;
};
struct repack {
    struct call *c;
    struct arena *keep;
    struct call k; /* with one that is cleared now and then */
    struct repacked *accounts;
    int64_t n_accounts;
    bool has_meta;
    struct unpack *u;
    struct buf body;
    struct packing packing;
    struct pack row;
    int64_t transfers;
    uint64_t mixed; /* of the transfers as they were read */
};

static int refuse_order(struct call *c, int64_t account, const char *what)
{
    return call_refuse(c, LEDGER_LAYOUT_ORDER, "account", "%lld: %s", (long long)account, what);
}

/* ---- digests: cheap, for what is compared within this transaction ---- */

static uint64_t mix_i64(uint64_t sum, int64_t n)
{
    sum = (sum ^ (uint64_t)n) * UINT64_C(0x9E3779B97F4A7C15);
    return sum ^ sum >> 29;
}

static uint64_t mix_text(uint64_t sum, const char *s)
{
    for (; *s; s++)
        sum = mix_i64(sum, *s);
    return mix_i64(sum, -1);
}

static uint64_t mix_transfer(uint64_t sum, const struct ledger_transfer *t,
                             const struct ledger_leg *legs, size_t n_legs,
                             const struct ledger_pair *meta, size_t n_meta)
{
    const int64_t parts[] = {
        t->id.high,    t->id.low,           t->number,       t->kind,           t->debit.n,
        t->credit.n,   t->amount.minor,     t->asked,        t->of.high,        t->of.low,
        t->timeout_s,  t->asked_value.days, t->code,         t->booked_us,      t->booked.days,
        t->value.days, (int64_t)n_legs,     (int64_t)n_meta, t->amount.currency
    };
    for (size_t i = 0; i < COUNT(parts); i++)
        sum = mix_i64(sum, parts[i]);
    for (size_t i = 0; i < n_legs; i++)
        sum = mix_i64(mix_i64(mix_i64(sum, legs[i].account.n), legs[i].side), legs[i].minor);
    for (size_t i = 0; i < n_meta; i++)
        sum = mix_text(mix_text(sum, meta[i].key), meta[i].value);
    return mix_text(sum, t->memo);
}

/* ---- accounts ---- */

static int by_id(const void *key, const void *at)
{
    int64_t id = *(const int64_t *)key, other = ((const struct repacked *)at)->id;
    return (id > other) - (id < other);
}

static struct repacked *account_of(const struct repack *p, int64_t id)
{
    return bsearch(&id, p->accounts, (size_t)p->n_accounts, sizeof *p->accounts, by_id);
}

static int read_accounts(struct repack *p)
{
    struct db_rows r;
    int64_t n = 0;
    int rc = db_one_i64(p->c->tx, "SELECT COUNT(*) FROM ledger_account", DB_NO_ARGS, 0, &n);
    if (rc)
        return rc;
    p->accounts = arena_alloc(p->keep, (size_t)(n + 1) * sizeof *p->accounts);
    rc = db_query(p->c->tx, &r,
                  "SELECT id, outlet_id, debits, credits, entries FROM ledger_account ORDER BY id",
                  DB_NO_ARGS);
    while (!rc && p->n_accounts < n && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        p->accounts[p->n_accounts++] = (struct repacked){ .id = db_i64(&r, 0),
                                                          .outlet_id = db_i64(&r, 1),
                                                          .debits = db_i64(&r, 2),
                                                          .credits = db_i64(&r, 3),
                                                          .entries = db_i64(&r, 4) };
    }
    db_done(&r);
    return rc;
}

/* ---- written ---- */

static int row_event(struct repack *p)
{
    uint8_t digest[DIGEST_BYTES];
    char text[DIGEST_TEXT];
    struct jsonw *w = event_begin(p->c);
    pack_digest(&p->row, digest);
    digest_hex(digest, text);
    jw_i64(w, "transfers", p->row.n);
    jw_i64(w, "last", p->row.last);
    jw_i64(w, "day", p->row.day.days);
    jw_text(w, "sha256", text);
    return event_add(p->c, p->row.chain, LEDGER_PACKED_TOPIC, p->row.first);
}

static int row_save(struct repack *p)
{
    struct pack *row = &p->row;
    if (!row->n)
        return 0;
    CHECK(!p->body.overflow);
    row->body = p->body.at;
    row->len = p->body.len;
    int rc = db_exec(p->c->tx,
                     "INSERT INTO ledger_chunk (first, last, n, at_us, day, chain, body)"
                     " VALUES ($1, $2, $3, $4, $5, $6, $7)",
                     DB_ARGS(DB_I(row->first), DB_I(row->last), DB_I(row->n), DB_I(row->at_us),
                             DB_I(row->day.days), DB_I(row->chain), DB_B(row->body, row->len)));
    if (!rc)
        rc = row_event(p);
    row->n = 0;
    buf_clear(&p->body);
    return rc == RC_CONFLICT ? RC_CORRUPT : rc;
}

static int take(struct repack *p, const struct ledger_transfer *t)
{
    struct ledger_leg *legs = NULL;
    struct ledger_pair *meta = NULL;
    size_t n_legs = 0, n_meta = 0;
    int rc = 0;
    if (t->kind == LEDGER_JOURNAL || t->kind == LEDGER_REVERSE)
        rc = ledger_row_legs(&p->k, t->id, &legs, &n_legs);
    if (!rc && p->has_meta)
        rc = ledger_row_meta(&p->k, OWNER_TRANSFER, t->id, &meta, &n_meta);
    bool full = p->row.n == ROW_TRANSFERS || p->body.len > ROW_BYTES ||
                (p->row.n && p->row.day.days != t->booked.days);
    if (!rc && full)
        rc = row_save(p);
    if (rc)
        return rc;
    if (!p->row.n) {
        p->row = (struct pack){
            .first = t->number, .at_us = t->booked_us, .day = t->booked, .chain = t->outlet_id
        };
        p->packing = (struct packing){ 0, 0 };
    } else if (p->row.chain != t->outlet_id) {
        p->row.chain = 0;
    }
    pack_add(&p->body, &p->packing, &p->row, t, legs, n_legs, meta, n_meta);
    p->row.n++;
    p->row.last = t->number;
    p->mixed = mix_transfer(p->mixed, t, legs, n_legs, meta, n_meta);
    p->transfers++;
    return 0;
}

static int write_rows(struct repack *p)
{
    struct db_rows r;
    int64_t meta = 0, last = 0;
    int rc = db_one_i64(p->c->tx, "SELECT COUNT(*) FROM ledger_meta WHERE owner=2", DB_NO_ARGS, 0,
                        &meta);
    p->has_meta = meta > 0;
    if (!rc)
        rc = db_query(p->c->tx, &r,
                      "SELECT t.id_high, t.id_low, " LEDGER_TRANSFER_FIELDS
                      " FROM ledger_transfer AS t ORDER BY t.number",
                      DB_NO_ARGS);
    else
        r = (struct db_rows){ 0 };
    while (!rc && (rc = db_next(&r)) == DB_ROW) {
        struct ledger_transfer t;
        ledger_row_transfer_read(&p->k, &r, 2, (transfer_id){ db_i64(&r, 0), db_i64(&r, 1) }, &t);
        rc = t.number > last ? take(p, &t) : RC_CORRUPT;
        last = t.number;
        arena_clear(p->k.arena);
    }
    db_done(&r);
    return rc ? rc : row_save(p);
}
_Static_assert(OWNER_TRANSFER == 2, "the statement above says so");

/* ---- read back ---- */

static int see_packed(struct repack *p, const struct ledger_transfer *t)
{
    struct ledger_leg legs[LEDGER_LEGS_MAX];
    int n = unpack_lines(p->u, t, legs);
    p->mixed = mix_transfer(p->mixed, t, p->u->legs, p->u->n_legs, p->u->meta, p->u->n_meta);
    p->transfers++;
    for (int i = 0; i < n; i++) {
        struct repacked *a = account_of(p, legs[i].account.n);
        if (!a)
            return RC_CORRUPT;
        struct ledger_entry *e = &a->packed;
        if (t->booked_us < e->booked_us)
            return refuse_order(p->c, a->id, "a line is earlier than one with a lower number");
        e->seq++;
        e->transfer = t->id;
        e->side = legs[i].side;
        e->minor = legs[i].minor;
        *(legs[i].side == LEDGER_DEBIT ? &e->debits : &e->credits) += legs[i].minor;
        e->booked_us = t->booked_us;
        e->booked = t->booked;
        e->value = t->value;
        a->packed_mix = fast_mix(a->packed_mix, e);
    }
    return 0;
}

static int read_rows(struct repack *p)
{
    struct db_rows r;
    int64_t transfers = p->transfers;
    uint64_t mixed = p->mixed;
    p->transfers = 0;
    p->mixed = 0;
    int rc = db_query(p->c->tx, &r, PACK_COLUMNS " ORDER BY first", DB_NO_ARGS);
    while (!rc && (rc = db_next(&r)) == DB_ROW) {
        struct pack row;
        struct ledger_transfer t;
        int more;
        pack_read(&r, &row);
        unpack_begin(p->u, &row);
        for (rc = 0; !rc && (more = unpack_next(p->u, &t)) != 0;)
            rc = more < 0 ? more : see_packed(p, &t);
    }
    db_done(&r);
    return rc || (transfers == p->transfers && mixed == p->mixed) ? rc : RC_CORRUPT;
}

static int read_lines(struct repack *p)
{
    struct db_rows r;
    struct repacked *a = NULL;
    int rc = db_query(p->c->tx, &r,
                      "SELECT account_id, seq, id_high, id_low, side, minor, debits, credits,"
                      " booked_us, booked_day, value_day FROM ledger_posting"
                      " ORDER BY account_id, seq",
                      DB_NO_ARGS);
    while (!rc && (rc = db_next(&r)) == DB_ROW) {
        if (!a || a->id != db_i64(&r, 0))
            a = account_of(p, db_i64(&r, 0));
        rc = a ? 0 : RC_CORRUPT;
        if (rc)
            break;
        a->plain = (struct ledger_entry){ .seq = db_i64(&r, 1),
                                          .transfer = { db_i64(&r, 2), db_i64(&r, 3) },
                                          .side = (enum ledger_side)db_i64(&r, 4),
                                          .minor = db_i64(&r, 5),
                                          .debits = db_i64(&r, 6),
                                          .credits = db_i64(&r, 7),
                                          .booked_us = db_i64(&r, 8),
                                          .booked = { (int32_t)db_i64(&r, 9) },
                                          .value = { (int32_t)db_i64(&r, 10) } };
        a->plain_mix = fast_mix(a->plain_mix, &a->plain);
    }
    db_done(&r);
    return rc;
}

/* The sums may be the same and the order not: a bank that was served by several instances. */
static int compare(struct repack *p)
{
    for (int64_t i = 0; i < p->n_accounts; i++) {
        const struct repacked *a = &p->accounts[i];
        if (a->packed.seq != a->entries || a->packed.debits != a->debits ||
            a->packed.credits != a->credits)
            return RC_CORRUPT;
        if (a->packed_mix != a->plain_mix)
            return refuse_order(p->c, a->id, "its lines are not in the order of their numbers");
    }
    return 0;
}

static int clear_plain(struct call *c)
{
    static const char *const all[] = {
        "DELETE FROM ledger_transfer",
        "DELETE FROM ledger_leg",
        "DELETE FROM ledger_posting",
        "UPDATE ledger_account SET debits=0, credits=0, debits_pending=0, credits_pending=0,"
        " entries=0, last_us=0",
    };
    int rc = 0;
    for (size_t i = 0; !rc && i < COUNT(all); i++)
        rc = db_exec(c->tx, all[i], DB_NO_ARGS);
    return rc;
}

int ledger_repack(struct call *c)
{
    struct repack p = { .c = c, .keep = arena_new(KEEP_MEMORY), .k = *c };
    int folded = FOLD_AT_ONCE, rc = 0;
    p.k.arena = arena_new(REPACK_MEMORY);
    p.u = arena_alloc(p.keep, sizeof *p.u);
    buf_init(&p.body, 64 << 20);
    while (!rc && folded == FOLD_AT_ONCE) {
        rc = ledger_fold(&p.k, FOLD_AT_ONCE, &folded);
        arena_clear(p.k.arena);
    }
    if (!rc)
        rc = read_accounts(&p);
    if (!rc)
        rc = write_rows(&p);
    if (!rc)
        rc = read_rows(&p);
    if (!rc)
        rc = read_lines(&p);
    if (!rc)
        rc = compare(&p);
    if (!rc)
        rc = clear_plain(c);
    buf_release(&p.body);
    arena_free(p.k.arena);
    arena_free(p.keep);
    return rc;
}
