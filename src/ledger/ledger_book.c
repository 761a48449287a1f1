/* ledger_book.c -- The working set of a call: each account is read once, changed in memory as often
 * as orders touch it, and written once at the end. */
#include "ledger/ledger_batch.h"
#include "ledger/ledger_fast.h"
#include <stdio.h>
#include "base/banned.h"

enum { SLOTS_MIN = 64, SLOTS_MAX = 65536, DUE_AT_ONCE = 256 };

int book_open(struct book *b, struct call *c, size_t orders)
{
    *b = (struct book){ .c = c, .single = orders == 1, .n_slots = SLOTS_MIN };
    int rc = ledger_fast_of(c->tx, &b->fast);
    if (!rc)
        rc = ledger_day(c, &b->day);
    if (rc || b->fast)
        return rc ? rc : fast_call(b->fast, c, b->day);
    while (b->n_slots < SLOTS_MAX && b->n_slots < orders * 4)
        b->n_slots *= 2;
    b->slots = arena_alloc(c->arena, b->n_slots * sizeof *b->slots);
    return 0;
}

int ledger_expect(struct call *c, const account_id *ids, size_t n)
{
    struct fast *fast = NULL;
    int rc = ledger_fast_of(c->tx, &fast);
    return rc || !fast ? rc : fast_fetch(fast, c, ids, n);
}

/* Ids differ in their middle bits: the low ones count instances, the high ones years. */
static size_t slot_of(const struct book *b, account_id id)
{
    uint64_t mixed = (uint64_t)id.n * UINT64_C(0x9E3779B97F4A7C15);
    return (size_t)(mixed >> 40) & (b->n_slots - 1);
}

static struct book_account *place_find(struct book *b, account_id id)
{
    struct book_account *at = b->slots[slot_of(b, id)];
    while (at && at->a.id.n != id.n)
        at = at->next_slot;
    return at;
}

static void place_add(struct book *b, struct book_account *at, account_id id)
{
    size_t slot = slot_of(b, id);
    at->a.id = id;
    at->next_slot = b->slots[slot];
    b->slots[slot] = at;
    at->next = b->all;
    b->all = at;
}

bool book_wants(struct book *b, account_id id)
{
    if (place_find(b, id))
        return false;
    place_add(b, arena_alloc(b->c->arena, sizeof(struct book_account)), id);
    return true;
}

struct ledger_account *book_known(struct book *b, account_id id)
{
    struct book_account *at = place_find(b, id);
    CHECK(at);
    at->exists = true;
    return &at->a;
}

int book_account(struct book *b, account_id id, struct ledger_account **out)
{
    if (b->fast) { /* all in memory, as nearly always: nothing is read, and nothing looked through
                    */
        int rc = b->coming && !fast_peek(b->fast, id) ? batch_fetch(b) : 0;
        return rc ? rc : fast_account(b->fast, b->c, id, out);
    }
    struct book_account *at = place_find(b, id);
    if (!at) {
        at = arena_alloc(b->c->arena, sizeof *at);
        int rc = ledger_row_account(b->c, id, &at->a, &at->exists);
        if (rc)
            return rc;
        place_add(b, at, id);
    }
    *out = at->exists ? &at->a : NULL;
    return 0;
}

void book_touch(struct book *b, struct ledger_account *a)
{
    if (b->fast) {
        fast_touch(b->fast, a);
        return;
    }
    struct book_account *at = (struct book_account *)a; /* its first member */
    _Static_assert(offsetof(struct book_account, a) == 0, "an account is found from its copy");
    CHECK(at->exists && !(a->flags & LEDGER_HOT));
    if (b->group && at->group != b->group) {
        at->kept = at->a;
        at->kept_dirty = at->dirty;
        at->group = b->group;
    }
    at->dirty = true;
}

void book_group(struct book *b)
{
    b->group++;
}

void book_group_undo(struct book *b)
{
    for (struct book_account *at = b->all; at; at = at->next)
        if (at->group == b->group) {
            at->a = at->kept;
            at->dirty = at->kept_dirty;
            at->group = 0;
        }
}

/* One event for all that a call of several orders booked, with the digest of its row. */
static int bulk_event(struct book *b, const struct pack *row)
{
    uint8_t digest[DIGEST_BYTES];
    char text[DIGEST_TEXT];
    struct jsonw *w = event_begin(b->c);
    pack_digest(row, digest);
    digest_hex(digest, text);
    jw_i64(w, "transfers", row->n);
    jw_i64(w, "last", row->last);
    jw_i64(w, "day", row->day.days);
    jw_text(w, "sha256", text);
    return event_add(b->c, row->chain, "transfers.booked", row->first);
}

static int save_fast(struct book *b)
{
    struct pack row;
    int rc = 0;
    if (!b->single && fast_row(b->fast, &row))
        rc = bulk_event(b, &row);
    return rc ? rc : fast_save(b->fast, b->c);
}

int book_save(struct book *b)
{
    const struct ledger_account **dirty;
    size_t n = 0;
    if (b->fast)
        return save_fast(b);
    int rc = batch_flush(b);
    for (struct book_account *at = b->all; at; at = at->next)
        n += at->dirty;
    dirty = arena_alloc(b->c->arena, (n + 1) * sizeof *dirty);
    n = 0;
    for (struct book_account *at = b->all; at; at = at->next)
        if (at->dirty) {
            dirty[n++] = &at->a;
            at->dirty = false;
        }
    return rc || !n ? rc : ledger_row_totals_save(b->c, dirty, n);
}

/* ---- holds end ---- */

static int release_leg(struct book *b, account_id id, enum ledger_side side, int64_t minor)
{
    struct ledger_account *a = NULL;
    int rc = book_account(b, id, &a);
    if (rc)
        return rc;
    if (!a)
        return RC_CORRUPT;
    if ((a->flags & LEDGER_HOT) && !b->fast)
        return 0;
    struct ledger_touch t = { .account = a, .side = side, .held = minor };
    book_touch(b, a);
    ledger_rule_apply(&a->totals, &t, STAGE_VOID);
    return 0;
}

int book_release(struct book *b, const struct ledger_hold *h, enum ledger_hold_state how,
                 transfer_id by)
{
    struct ledger_hold ended = *h;
    ended.state = how;
    int rc = release_leg(b, h->debit, LEDGER_DEBIT, h->minor);
    if (!rc)
        rc = release_leg(b, h->credit, LEDGER_CREDIT, h->minor);
    if (!rc)
        rc = ledger_row_hold_end(b->c, &ended, by, b->c->now_us);
    return rc;
}

void book_event_begin(struct call *c, struct jsonw **w, transfer_id id, money amount)
{
    char text[TRANSFER_TEXT], minor[32];
    ledger_id_print(id, text);
    snprintf(minor, sizeof minor, "%lld", (long long)amount.minor);
    *w = event_begin(c);
    jw_text(*w, "transfer", text);
    jw_text(*w, "minor", minor); /* above 2^53 possible: a text */
    const struct currency_info *info = currency_find((int)amount.currency);
    jw_text(*w, "currency", info ? info->code : "");
}

static int expire_one(struct book *b, const struct ledger_hold *h)
{
    struct ledger_account *a = NULL;
    struct jsonw *w;
    int rc = book_release(b, h, HOLD_EXPIRED, (transfer_id){ 0 });
    if (!rc)
        rc = book_account(b, h->debit, &a);
    if (rc)
        return rc;
    CHECK(a);
    book_event_begin(b->c, &w, h->id, (money){ h->minor, h->currency });
    jw_i64(w, "debit", h->debit.n);
    jw_i64(w, "credit", h->credit.n);
    return event_add(b->c, a->outlet_id, "hold.expired", h->debit.n);
}

static int note_next_due(struct book *b)
{
    int64_t next = 0;
    int rc = db_one_i64(b->c->tx,
                        "SELECT MIN(expires_us) FROM ledger_hold WHERE state=1 AND expires_us>0",
                        DB_NO_ARGS, 0, &next);
    if (!rc)
        fast_due_set(b->fast, next);
    return rc;
}

int book_expire(struct book *b, int max, int *released)
{
    struct ledger_hold *due;
    int rc = 0, n = 1;
    *released = 0;
    if (b->fast && !fast_due(b->fast, b->c->now_us))
        return 0;
    while (!rc && n && *released < max) {
        int at_once = max - *released < DUE_AT_ONCE ? max - *released : DUE_AT_ONCE;
        rc = ledger_row_due(b->c, at_once, &due, &n);
        for (int i = 0; !rc && i < n; i++)
            rc = expire_one(b, &due[i]);
        *released += n;
    }
    return rc || !b->fast ? rc : note_next_due(b);
}
