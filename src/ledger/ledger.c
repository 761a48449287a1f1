/* ledger.c -- Orders are judged and booked: read, decide (ledger_rules.c), write. */
#include "ledger/ledger_batch.h"
#include "ledger/ledger_fast.h"
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include "base/banned.h"

/* ---- ids ---- */

transfer_id ledger_id_make(struct call *c)
{
    uint64_t ms = c->now_us > 0 ? (uint64_t)(c->now_us / 1000) : 0;
    uint64_t high = (ms << 16 | (rng_u64(c->rng) & 0xFFFF)) & INT64_MAX;
    return (transfer_id){ (int64_t)high, (int64_t)rng_u64(c->rng) };
}

void ledger_id_print(transfer_id id, char out[TRANSFER_TEXT])
{
    static const char digits[] = "0123456789abcdef";
    for (int i = 0; i < 16; i++) {
        out[i] = digits[(uint64_t)id.high >> (60 - 4 * i) & 15];
        out[16 + i] = digits[(uint64_t)id.low >> (60 - 4 * i) & 15];
    }
    out[TRANSFER_TEXT - 1] = '\0';
}

bool ledger_id_parse(const char *text, transfer_id *out)
{
    static const char digits[] = "0123456789abcdef";
    uint64_t part[2] = { 0, 0 };
    if (!text || strlen(text) != TRANSFER_TEXT - 1)
        return false;
    for (int i = 0; i < TRANSFER_TEXT - 1; i++) {
        const char *at = strchr(digits, text[i]);
        if (!at)
            return false;
        part[i / 16] = part[i / 16] << 4 | (uint64_t)(at - digits);
    }
    if (part[0] > INT64_MAX)
        return false;
    *out = (transfer_id){ (int64_t)part[0], (int64_t)part[1] };
    return true;
}

/* ---- one order ---- */

struct job {
    struct book *b;
    const struct ledger_order *o;
    struct ledger_transfer t; /* as it will be booked */
    struct ledger_touches touches;
    struct ledger_hold hold;       /* CAPTURE, VOID */
    const struct ledger_leg *legs; /* JOURNAL and the reversal of one */
    size_t n_legs;
    const char *field;
};

static void answer(const struct ledger_transfer *t, bool existed, struct ledger_result *out)
{
    *out = (struct ledger_result){
        .existed = existed,
        .number = t->number,
        .booked_us = t->booked_us,
        .booked = t->booked,
        .minor = t->amount.minor,
    };
}

/* The id was booked: is it the same order? */
static int judge_again(struct job *j, const struct ledger_transfer *first)
{
    struct call *c = j->b->c;
    struct ledger_leg *legs;
    struct ledger_pair *meta;
    size_t n = 0;
    int rc = ledger_rule_same(first, j->o, &j->field);
    if (!rc && first->kind == LEDGER_JOURNAL) {
        rc = ledger_row_legs(c, first->id, &legs, &n);
        if (!rc && !ledger_rule_same_legs(legs, n, j->o)) {
            j->field = "legs";
            rc = LEDGER_EXISTS_LEGS;
        }
    }
    if (!rc)
        rc = ledger_row_meta(c, OWNER_TRANSFER, first->id, &meta, &n);
    if (!rc && !ledger_rule_same_meta(meta, n, j->o)) {
        j->field = "meta";
        rc = LEDGER_EXISTS_META;
    }
    return rc;
}

static int add_touch(struct job *j, account_id id, enum ledger_side side, int64_t minor,
                     int64_t held)
{
    CHECK(j->touches.n < LEDGER_LEGS_MAX);
    struct ledger_touch *t = &j->touches.at[j->touches.n++];
    *t = (struct ledger_touch){ .id = id, .side = side, .minor = minor, .held = held };
    return book_account(j->b, id, &t->account);
}

static int add_pair(struct job *j, account_id debit, account_id credit, int64_t minor, int64_t held)
{
    int rc = add_touch(j, debit, LEDGER_DEBIT, minor, held);
    return rc ? rc : add_touch(j, credit, LEDGER_CREDIT, minor, held);
}

static int plan_pair(struct job *j)
{
    j->t.debit = j->o->debit;
    j->t.credit = j->o->credit;
    j->t.amount = j->o->amount;
    j->touches.stage = j->o->kind == LEDGER_HOLD ? STAGE_HOLD : STAGE_POST;
    return add_pair(j, j->t.debit, j->t.credit, j->t.amount.minor, 0);
}

/* Legs as given, or the other way round. */
static int plan_legs(struct job *j, const struct ledger_leg *legs, size_t n, bool swapped)
{
    struct ledger_leg *own = arena_alloc(j->b->c->arena, n * sizeof *own);
    int rc = 0;
    int64_t debits = 0;
    for (size_t i = 0; !rc && i < n; i++) {
        own[i] = legs[i];
        if (swapped)
            own[i].side = legs[i].side == LEDGER_DEBIT ? LEDGER_CREDIT : LEDGER_DEBIT;
        if (own[i].side == LEDGER_DEBIT)
            debits += own[i].minor;
        rc = add_touch(j, own[i].account, own[i].side, own[i].minor, 0);
    }
    j->legs = own;
    j->n_legs = n;
    j->t.amount.minor = debits;
    return rc;
}

static int plan_journal(struct job *j)
{
    j->t.amount.currency = j->o->amount.currency;
    j->touches.stage = STAGE_POST;
    return plan_legs(j, j->o->legs, j->o->n_legs, false);
}

static int no_hold(struct job *j)
{
    struct ledger_transfer t;
    bool found;
    int rc = batch_transfer_find(j->b, j->o->of, &t, &found);
    j->field = "of";
    if (rc)
        return rc;
    return found ? LEDGER_NOT_A_HOLD : LEDGER_NO_TRANSFER;
}

static int plan_hold_end(struct job *j)
{
    struct ledger_hold *h = &j->hold;
    int64_t minor = 0;
    bool found;
    int rc = ledger_row_hold(j->b->c, j->o->of, h, &found);
    if (!rc && !found)
        return no_hold(j);
    if (!rc)
        rc = ledger_rule_hold(h, j->o, j->b->c->now_us, &minor, &j->field);
    if (rc)
        return rc;
    j->t.debit = h->debit;
    j->t.credit = h->credit;
    j->t.amount = (money){ minor, h->currency };
    j->touches.stage = j->o->kind == LEDGER_VOID ? STAGE_VOID : STAGE_CAPTURE;
    return add_pair(j, h->debit, h->credit, minor, h->minor);
}

static int plan_reverse(struct job *j)
{
    struct call *c = j->b->c;
    struct ledger_transfer t;
    struct ledger_leg *legs;
    size_t n = 0;
    bool found;
    int rc = batch_transfer_find(j->b, j->o->of, &t, &found);
    j->field = "of";
    if (!rc)
        rc = found ? ledger_rule_reverse(t.kind) : LEDGER_NO_TRANSFER;
    if (!rc)
        rc = ledger_row_reversed(c, j->o->of, &found);
    if (!rc && found)
        rc = LEDGER_REVERSED;
    if (rc)
        return rc;
    j->touches.stage = STAGE_POST;
    j->t.amount = t.amount;
    j->t.value = t.value; /* interest sees neither of the two lines */
    if (t.kind != LEDGER_JOURNAL) {
        j->t.debit = t.credit;
        j->t.credit = t.debit;
        return add_pair(j, j->t.debit, j->t.credit, t.amount.minor, 0);
    }
    rc = ledger_row_legs(c, t.id, &legs, &n);
    return rc ? rc : plan_legs(j, legs, n, true);
}

static int plan(struct job *j)
{
    static int (*const plans[])(struct job * j) = {
        [LEDGER_POST] = plan_pair,        [LEDGER_HOLD] = plan_pair,
        [LEDGER_CAPTURE] = plan_hold_end, [LEDGER_VOID] = plan_hold_end,
        [LEDGER_REVERSE] = plan_reverse,  [LEDGER_JOURNAL] = plan_journal,
    };
    const struct ledger_order *o = j->o;
    j->t = (struct ledger_transfer){
        .id = o->id,
        .kind = o->kind,
        .asked = o->amount.minor,
        .of = o->of,
        .timeout_s = o->timeout_s,
        .asked_value = o->value_date,
        .code = o->code,
        .memo = o->memo ? o->memo : "",
        .booked = j->b->day,
    };
    int rc = plans[o->kind](j);
    if (rc)
        return rc;
    if (o->value_date.days)
        j->t.value = o->value_date;
    else if (o->kind != LEDGER_REVERSE)
        j->t.value = j->t.booked;
    j->touches.currency = j->t.amount.currency;
    j->touches.booked = j->t.booked;
    j->touches.value = j->t.value;
    j->field = NULL;
    return o->kind == LEDGER_VOID ? 0 : ledger_rule_touches(&j->touches, &j->field);
}

/* ---- writing what was decided ---- */

/* The ledger's instant: an account's history never goes back, even when the clock does. */
static int64_t booking_instant(const struct job *j)
{
    int64_t at = j->b->c->now_us;
    for (size_t i = 0; i < j->touches.n; i++)
        if (j->touches.at[i].account->last_us > at)
            at = j->touches.at[i].account->last_us;
    return at;
}

/* The fast layout writes no line: the transfer's record is enough to make it. */
static void book_leg_fast(struct job *j, const struct ledger_touch *t)
{
    bool posts = j->touches.stage == STAGE_POST || j->touches.stage == STAGE_CAPTURE;
    book_touch(j->b, t->account);
    ledger_rule_apply(&t->account->totals, t, j->touches.stage);
    if (posts) {
        t->account->last_us = j->t.booked_us;
        t->account->entries++;
    }
}

static int book_leg(struct job *j, const struct ledger_touch *t)
{
    struct ledger_account *a = t->account;
    struct ledger_posting p = {
        .account = t->id,
        .entry = { .transfer = j->t.id,
                   .side = t->side,
                   .minor = t->minor,
                   .booked_us = j->t.booked_us,
                   .booked = j->t.booked,
                   .value = j->t.value },
    };
    bool posts = j->touches.stage == STAGE_POST || j->touches.stage == STAGE_CAPTURE;
    if (a->flags & LEDGER_HOT) /* no row that all writers share is changed */
        return posts ? batch_posting_add(j->b, &p, true) : 0;
    book_touch(j->b, a);
    ledger_rule_apply(&a->totals, t, j->touches.stage);
    if (!posts)
        return 0;
    a->last_us = j->t.booked_us;
    p.entry.seq = ++a->entries;
    p.entry.debits = a->totals.debits;
    p.entry.credits = a->totals.credits;
    return batch_posting_add(j->b, &p, false);
}

static int book_hold(struct job *j)
{
    struct call *c = j->b->c;
    if (j->o->kind == LEDGER_HOLD) {
        struct ledger_hold h = {
            .id = j->t.id,
            .debit = j->t.debit,
            .credit = j->t.credit,
            .currency = j->t.amount.currency,
            .minor = j->t.amount.minor,
            .state = HOLD_OPEN,
            .expires_us = j->t.timeout_s ? c->now_us + j->t.timeout_s * US_SECOND : 0,
        };
        if (j->b->fast)
            fast_due_add(j->b->fast, h.expires_us);
        return ledger_row_hold_add(c, &h);
    }
    if (j->o->kind != LEDGER_CAPTURE && j->o->kind != LEDGER_VOID)
        return 0;
    bool captured = j->o->kind == LEDGER_CAPTURE;
    j->hold.state = captured ? HOLD_CAPTURED : HOLD_VOIDED;
    j->hold.captured = captured ? j->t.amount.minor : 0;
    return ledger_row_hold_end(c, &j->hold, j->t.id, c->now_us);
}

static void tell_digest(struct job *j, struct jsonw *w)
{
    struct pack row;
    uint8_t digest[DIGEST_BYTES];
    char text[DIGEST_TEXT];
    CHECK(fast_row(j->b->fast, &row));
    pack_digest(&row, digest);
    digest_hex(digest, text);
    jw_text(w, "sha256", text);
}

static int book_event(struct job *j)
{
    static const char *const topics[] = {
        [LEDGER_POST] = "transfer.posted",      [LEDGER_HOLD] = "transfer.held",
        [LEDGER_CAPTURE] = "hold.captured",     [LEDGER_VOID] = "hold.voided",
        [LEDGER_REVERSE] = "transfer.reversed", [LEDGER_JOURNAL] = "transfer.journal",
    };
    struct jsonw *w;
    char of[TRANSFER_TEXT];
    book_event_begin(j->b->c, &w, j->t.id, j->t.amount);
    for (size_t i = 0; !j->n_legs && i < j->touches.n; i++)
        jw_i64(w, i ? "credit" : "debit", j->touches.at[i].id.n);
    if (j->n_legs) {
        jw_array(w, "legs");
        for (size_t i = 0; i < j->n_legs; i++)
            jw_i64(w, NULL, j->legs[i].account.n);
        jw_end(w);
    }
    jw_i64(w, "day", j->t.booked.days);
    if (j->t.value.days != j->t.booked.days)
        jw_i64(w, "value_day", j->t.value.days);
    if (j->o->of.high || j->o->of.low) {
        ledger_id_print(j->o->of, of);
        jw_text(w, "of", of);
    }
    if (j->b->fast)
        tell_digest(j, w);
    return event_add(j->b->c, j->t.outlet_id, topics[j->o->kind], j->t.number);
}

static int book_plain(struct job *j)
{
    struct call *c = j->b->c;
    int rc = batch_transfer_add(j->b, &j->t);
    if (!rc)
        rc = ledger_row_legs_add(c, j->t.id, j->legs, j->n_legs);
    for (size_t i = 0; !rc && i < j->touches.n; i++)
        rc = book_leg(j, &j->touches.at[i]);
    return rc;
}

static int book_fast(struct job *j)
{
    fast_add(j->b->fast, j->b->c, &j->t, j->legs, j->n_legs, j->o->meta, j->o->n_meta,
             j->t.outlet_id);
    for (size_t i = 0; i < j->touches.n; i++)
        book_leg_fast(j, &j->touches.at[i]);
    return 0;
}

static int book_transfer(struct job *j)
{
    struct call *c = j->b->c;
    j->t.booked_us = booking_instant(j);
    j->t.number = call_id(c);
    j->t.outlet_id = j->touches.at[0].account->outlet_id;
    int rc = j->b->fast ? book_fast(j) : book_plain(j);
    if (!rc)
        rc = book_hold(j);
    if (!rc && j->o->kind == LEDGER_REVERSE)
        rc = ledger_row_reversal_add(c, j->o->of, j->t.id);
    if (!rc)
        rc = ledger_row_meta_add(c, OWNER_TRANSFER, j->t.id, j->o->meta, j->o->n_meta);
    if (!rc && (!j->b->fast || j->b->single))
        rc = book_event(j);
    return rc;
}

/* 0 or a refusal, both in out; a fault is returned. */
static int one_order(struct book *b, const struct ledger_order *o, struct ledger_result *out)
{
    struct job *j = b->job; /* one for all orders of a call: it is large */
    struct ledger_transfer first;
    bool found = false;
    j->b = b;
    j->o = o;
    j->touches.n = 0;
    j->legs = NULL;
    j->n_legs = 0;
    j->field = NULL;
    int rc = ledger_rule_shape(o, &j->field);
    if (!rc)
        rc = batch_transfer_find(b, o->id, &first, &found);
    if (!rc && found) {
        rc = judge_again(j, &first);
        answer(&first, true, out);
    } else if (!rc) {
        rc = plan(j);
        if (!rc)
            rc = book_transfer(j);
        answer(&j->t, false, out);
    }
    if (rc)
        *out = (struct ledger_result){ .rc = rc, .field = j->field };
    return rc < 0 ? rc : 0;
}

/* ---- groups ---- */

static void refuse_others(struct ledger_result *results, size_t n, size_t but, int rc)
{
    for (size_t i = 0; i < n; i++)
        results[i] = (struct ledger_result){ .rc = i == but ? rc : LEDGER_LINKED,
                                             .field = i == but ? results[i].field : NULL };
}

static int one_group(struct book *b, const struct ledger_order *orders, size_t n,
                     struct ledger_result *results)
{
    size_t i = 0;
    int rc = batch_flush(b);
    if (!rc)
        rc = db_savepoint(b->c->tx);
    if (rc)
        return rc;
    book_group(b);
    for (; !rc && i < n; i++) {
        rc = one_order(b, &orders[i], &results[i]);
        if (!rc && results[i].rc)
            break;
    }
    if (rc || i == n) {
        int ended = rc ? rc : db_release(b->c->tx);
        if (ended)
            db_undo(b->c->tx);
        return ended;
    }
    db_undo(b->c->tx);
    batch_forget(b);
    book_group_undo(b);
    refuse_others(results, n, i, results[i].rc);
    return 0;
}

/* A processor waits long for memory that is asked for all over: so it is asked some orders before.
 */
static void expect(const struct book *b, const struct ledger_order *orders, size_t i, size_t n)
{
    enum { PLACES = 16, ACCOUNTS = 8 };
    if (!b->fast)
        return;
    if (i + PLACES < n)
        fast_expect(b->fast, &orders[i + PLACES], true);
    if (i + ACCOUNTS < n)
        fast_expect(b->fast, &orders[i + ACCOUNTS], false);
}

int ledger_post_many(struct call *c, const struct ledger_order *orders, size_t n,
                     struct ledger_result *results)
{
    struct book b;
    int released;
    if (n > LEDGER_ORDERS_MAX)
        return call_refuse(c, LEDGER_TOO_MANY, NULL, "%zu orders", n);
    int rc = book_open(&b, c, n);
    b.job = arena_alloc(c->arena, sizeof *b.job);
    if (!rc)
        rc = book_expire(&b, INT_MAX, &released);
    if (!rc)
        rc = batch_open(&b, orders, n);
    for (size_t i = 0, end; !rc && i < n; i = end + 1) {
        expect(&b, orders, i, n);
        for (end = i; end < n && orders[end].linked; end++)
            ;
        if (end == n) {
            results[n - 1].field = "linked";
            refuse_others(results + i, n - i, n - i - 1, LEDGER_LINK_OPEN);
            break;
        }
        rc = end == i ? one_order(&b, &orders[i], &results[i])
                      : one_group(&b, orders + i, end - i + 1, results + i);
    }
    return rc ? rc : book_save(&b);
}

int ledger_post(struct call *c, const struct ledger_order *o, struct ledger_result *out)
{
    struct ledger_result r = { 0 };
    int rc = ledger_post_many(c, o, 1, &r);
    if (rc)
        return rc;
    if (r.rc)
        return call_refuse(c, r.rc, r.field, "%s", r.field ? r.field : "");
    *out = r;
    return 0;
}
