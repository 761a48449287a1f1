/* ledger_pack.c -- See ledger_pack.h. The reader believes nothing: a damaged row is RC_CORRUPT. */
#include "ledger/ledger_pack.h"
#include <stdio.h>
#include <string.h>
#include "base/banned.h"

enum {
    HAS_OF = 1 << 3,
    HAS_LEGS = 1 << 4,
    HAS_META = 1 << 5,
    HAS_MEMO = 1 << 6,
    HAS_MORE = 1 << 7,
    KIND = 7,
    VARINT = 10,
    RECORD_MAX = 16 * VARINT + LEDGER_LEGS_MAX * 2 * VARINT + LEDGER_MEMO_MAX + VARINT +
                 LEDGER_META_MAX * (LEDGER_KEY_MAX + LEDGER_VALUE_MAX + 2 * VARINT),
};
_Static_assert((int)LEDGER_JOURNAL <= KIND, "a kind fits into three bits");

/* ---- numbers ---- */

uint8_t *pack_put(uint8_t *at, uint64_t n)
{
    while (n >= 0x80) {
        *at++ = (uint8_t)(n | 0x80);
        n >>= 7;
    }
    *at++ = (uint8_t)n;
    return at;
}

uint8_t *pack_put_signed(uint8_t *at, int64_t n)
{
    return pack_put(at, (uint64_t)n << 1 ^ (uint64_t)(n >> 63));
}

uint8_t *pack_put_fixed(uint8_t *at, int64_t n)
{
    memcpy(at, &n, sizeof n);
    return at + sizeof n;
}

bool pack_get(const uint8_t **at, const uint8_t *end, uint64_t *n)
{
    const uint8_t *p = *at;
    uint64_t sum = 0;
    for (int shift = 0; shift < 64 && p < end; shift += 7) {
        uint8_t b = *p++;
        sum |= (uint64_t)(b & 0x7f) << shift;
        if (b < 0x80) {
            *at = p;
            *n = sum;
            return true;
        }
    }
    return false;
}

bool pack_get_signed(const uint8_t **at, const uint8_t *end, int64_t *n)
{
    uint64_t u = 0;
    if (!pack_get(at, end, &u))
        return false;
    *n = (int64_t)(u >> 1 ^ (~(u & 1) + 1));
    return true;
}

bool pack_get_fixed(const uint8_t **at, const uint8_t *end, int64_t *n)
{
    if (end - *at < (ptrdiff_t)sizeof *n)
        return false;
    memcpy(n, *at, sizeof *n);
    *at += sizeof *n;
    return true;
}

/* ---- writing ---- */

static uint8_t *put_text(uint8_t *at, const char *s)
{
    size_t n = strlen(s);
    at = pack_put(at, n);
    memcpy(at, s, n + 1);
    return at + n + 1;
}

static uint8_t *put_more(uint8_t *at, int has, const struct ledger_transfer *t,
                         const struct ledger_leg *legs, size_t n_legs,
                         const struct ledger_pair *meta, size_t n_meta)
{
    if (has & HAS_OF) {
        at = pack_put_signed(at, t->of.high);
        at = pack_put_fixed(at, t->of.low);
    }
    if (has & HAS_MORE) {
        at = pack_put_signed(at, t->asked);
        at = pack_put_signed(at, t->timeout_s);
        at = pack_put_signed(at, t->asked_value.days);
        at = pack_put_signed(at, t->code);
    }
    if (has & HAS_LEGS) {
        CHECK(n_legs <= LEDGER_LEGS_MAX);
        at = pack_put(at, n_legs);
        for (size_t i = 0; i < n_legs; i++) {
            at = pack_put(at, (uint64_t)legs[i].account.n << 1 | (legs[i].side == LEDGER_CREDIT));
            at = pack_put_signed(at, legs[i].minor);
        }
    }
    if (has & HAS_MEMO)
        at = put_text(at, t->memo);
    if (has & HAS_META) {
        CHECK(n_meta <= LEDGER_META_MAX);
        at = pack_put(at, n_meta);
        for (size_t i = 0; i < n_meta; i++)
            at = put_text(put_text(at, meta[i].key), meta[i].value);
    }
    return at;
}

void pack_add(struct buf *out, struct packing *p, const struct pack *row,
              const struct ledger_transfer *t, const struct ledger_leg *legs, size_t n_legs,
              const struct ledger_pair *meta, size_t n_meta)
{
    uint8_t record[RECORD_MAX], *at = record;
    bool more = t->asked != t->amount.minor || t->timeout_s || t->asked_value.days || t->code;
    int has = (int)t->kind | (t->of.high || t->of.low ? HAS_OF : 0) | (n_legs ? HAS_LEGS : 0) |
              (n_meta ? HAS_META : 0) | (t->memo[0] ? HAS_MEMO : 0) | (more ? HAS_MORE : 0);
    CHECK(t->number > p->number && t->booked.days == row->day.days);
    *at++ = (uint8_t)has;
    at = pack_put(at, (uint64_t)(t->number - p->number));
    at = pack_put_signed(at, (int64_t)((uint64_t)t->id.high - (uint64_t)p->high));
    at = pack_put_fixed(at, t->id.low);
    at = pack_put_signed(at, t->debit.n);
    at = pack_put_signed(at, t->credit.n);
    at = pack_put(at, (uint64_t)t->amount.currency);
    at = pack_put_signed(at, t->amount.minor);
    at = pack_put_signed(at, t->booked_us - row->at_us);
    at = pack_put_signed(at, (int64_t)t->value.days - row->day.days);
    at = put_more(at, has, t, legs, n_legs, meta, n_meta);
    CHECK(at <= record + sizeof record);
    buf_add(out, record, (size_t)(at - record));
    p->number = t->number;
    p->high = t->id.high;
}

/* ---- reading ---- */

void pack_read(struct db_rows *r, struct pack *row)
{
    *row = (struct pack){ .first = db_i64(r, 0),
                          .last = db_i64(r, 1),
                          .n = db_i64(r, 2),
                          .at_us = db_i64(r, 3),
                          .day = { (int32_t)db_i64(r, 4) },
                          .chain = db_i64(r, 5) };
    row->body = db_bytes(r, 6, &row->len);
}

void unpack_begin(struct unpack *u, const struct pack *row)
{
    u->row = row;
    u->from = (struct packing){ 0, 0 };
    u->at = row->body;
    u->end = u->at + row->len;
    u->left = row->n;
    u->n_legs = u->n_meta = 0;
}

static bool get_text(struct unpack *u, size_t max, const char **out)
{
    uint64_t n = 0;
    if (!pack_get(&u->at, u->end, &n) || n > max || (uint64_t)(u->end - u->at) <= n || u->at[n])
        return false;
    *out = (const char *)u->at;
    u->at += n + 1;
    return strlen(*out) == n;
}

static bool get_day(struct unpack *u, int32_t from, date *out)
{
    int64_t days = 0, sum = 0;
    if (!pack_get_signed(&u->at, u->end, &days) || __builtin_add_overflow(days, from, &sum) ||
        sum < INT32_MIN || sum > INT32_MAX)
        return false;
    out->days = (int32_t)sum;
    return true;
}

static bool get_legs(struct unpack *u)
{
    uint64_t n = 0, account = 0;
    if (!pack_get(&u->at, u->end, &n) || n < 2 || n > LEDGER_LEGS_MAX)
        return false;
    for (size_t i = 0; i < n; i++) {
        struct ledger_leg *l = &u->legs[i];
        if (!pack_get(&u->at, u->end, &account) || !pack_get_signed(&u->at, u->end, &l->minor) ||
            l->minor <= 0)
            return false;
        l->account.n = (int64_t)(account >> 1);
        l->side = account & 1 ? LEDGER_CREDIT : LEDGER_DEBIT;
    }
    u->n_legs = n;
    return true;
}

static bool get_meta(struct unpack *u)
{
    uint64_t n = 0;
    if (!pack_get(&u->at, u->end, &n) || n > LEDGER_META_MAX)
        return false;
    for (size_t i = 0; i < n; i++)
        if (!get_text(u, LEDGER_KEY_MAX, &u->meta[i].key) ||
            !get_text(u, LEDGER_VALUE_MAX, &u->meta[i].value))
            return false;
    u->n_meta = n;
    return true;
}

static bool get_asked(struct unpack *u, struct ledger_transfer *t)
{
    int64_t code = 0;
    if (!pack_get_signed(&u->at, u->end, &t->asked) ||
        !pack_get_signed(&u->at, u->end, &t->timeout_s) || !get_day(u, 0, &t->asked_value) ||
        !pack_get_signed(&u->at, u->end, &code) || code < 0 || code > INT32_MAX)
        return false;
    t->code = (int32_t)code;
    return true;
}

static bool get_more(struct unpack *u, int has, struct ledger_transfer *t)
{
    if ((has & HAS_OF) && (!pack_get_signed(&u->at, u->end, &t->of.high) ||
                           !pack_get_fixed(&u->at, u->end, &t->of.low)))
        return false;
    if ((has & HAS_MORE) && !get_asked(u, t))
        return false;
    u->n_legs = u->n_meta = 0;
    if ((has & HAS_LEGS) && !get_legs(u))
        return false;
    if ((has & HAS_MEMO) && !get_text(u, LEDGER_MEMO_MAX, &t->memo))
        return false;
    return !(has & HAS_META) || get_meta(u);
}

static bool get_record(struct unpack *u, struct ledger_transfer *t)
{
    const struct pack *row = u->row;
    uint64_t number = 0, currency = 0;
    int64_t high = 0, after = 0;
    if (u->at == u->end)
        return false;
    int has = *u->at++;
    *t = (struct ledger_transfer){ .kind = (enum ledger_kind)(has & KIND),
                                   .booked = row->day,
                                   .memo = "",
                                   .outlet_id = row->chain };
    bool good = pack_get(&u->at, u->end, &number) && pack_get_signed(&u->at, u->end, &high) &&
                pack_get_fixed(&u->at, u->end, &t->id.low) &&
                pack_get_signed(&u->at, u->end, &t->debit.n) &&
                pack_get_signed(&u->at, u->end, &t->credit.n) &&
                pack_get(&u->at, u->end, &currency) &&
                pack_get_signed(&u->at, u->end, &t->amount.minor) &&
                pack_get_signed(&u->at, u->end, &after) && get_day(u, row->day.days, &t->value);
    if (!good || t->kind < LEDGER_POST || t->kind > LEDGER_JOURNAL || t->amount.minor <= 0 ||
        currency > 999)
        return false;
    t->amount.currency = (enum currency)currency;
    t->asked = t->amount.minor;
    t->id.high = (int64_t)((uint64_t)u->from.high + (uint64_t)high);
    if (t->id.high < 0 || __builtin_add_overflow(after, row->at_us, &t->booked_us) || number == 0 ||
        number > INT64_MAX || __builtin_add_overflow(u->from.number, (int64_t)number, &t->number))
        return false;
    return get_more(u, has, t);
}

int unpack_next(struct unpack *u, struct ledger_transfer *out)
{
    bool first = u->left == u->row->n;
    if (u->left == 0)
        return u->at == u->end && u->from.number == u->row->last ? 0 : RC_CORRUPT;
    if (u->left < 0 || !get_record(u, out) || (first && out->number != u->row->first))
        return RC_CORRUPT;
    u->left--;
    u->from = (struct packing){ out->number, out->id.high };
    return 1;
}

int unpack_lines(const struct unpack *u, const struct ledger_transfer *t,
                 struct ledger_leg out[LEDGER_LEGS_MAX])
{
    if (t->kind == LEDGER_HOLD || t->kind == LEDGER_VOID)
        return 0;
    if (u->n_legs) {
        memcpy(out, u->legs, u->n_legs * sizeof *out);
        return (int)u->n_legs;
    }
    out[0] = (struct ledger_leg){ t->debit, LEDGER_DEBIT, t->amount.minor };
    out[1] = (struct ledger_leg){ t->credit, LEDGER_CREDIT, t->amount.minor };
    return 2;
}

void pack_digest(const struct pack *row, uint8_t out[DIGEST_BYTES])
{
    uint8_t body[DIGEST_BYTES];
    char head[200];
    digest_sha256(row->body, row->len, body);
    int n = snprintf(head, sizeof head, "piaohao transfers 1\n%lld %lld %lld %lld %d %lld\n",
                     (long long)row->first, (long long)row->last, (long long)row->n,
                     (long long)row->at_us, (int)row->day.days, (long long)row->chain);
    CHECK(n > 0 && (size_t)n < sizeof head);
    digest_link(body, head, (size_t)n, out);
}
