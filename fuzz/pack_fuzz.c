/* pack_fuzz.c -- A packed row of transfers: damaged bytes are RC_CORRUPT and nothing else; what can
 * be read packs and reads back the same, and every transfer has lines that can be summed.
 *
 * The input is first, last, n, at_us (8 bytes each), day (4), chain (8), then the body. */
#include "ledger/ledger_pack.h"
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void take(const uint8_t **at, void *to, size_t n)
{
    memcpy(to, *at, n);
    *at += n;
}

static void check_lines(const struct unpack *u, const struct ledger_transfer *t)
{
    struct ledger_leg legs[LEDGER_LEGS_MAX];
    int n = unpack_lines(u, t, legs);
    CHECK(n >= 0 && n <= LEDGER_LEGS_MAX);
    for (int i = 0; i < n; i++)
        CHECK(legs[i].minor > 0);
    CHECK(t->memo && strlen(t->memo) <= LEDGER_MEMO_MAX && u->n_meta <= LEDGER_META_MAX);
    for (size_t i = 0; i < u->n_meta; i++)
        CHECK(strlen(u->meta[i].key) <= LEDGER_KEY_MAX &&
              strlen(u->meta[i].value) <= LEDGER_VALUE_MAX);
}

static void same(const struct ledger_transfer *a, const struct ledger_transfer *b)
{
    CHECK(a->id.high == b->id.high && a->id.low == b->id.low && a->number == b->number);
    CHECK(a->kind == b->kind && a->debit.n == b->debit.n && a->credit.n == b->credit.n);
    CHECK(a->amount.minor == b->amount.minor && a->amount.currency == b->amount.currency);
    CHECK(a->asked == b->asked && a->of.high == b->of.high && a->of.low == b->of.low);
    CHECK(a->timeout_s == b->timeout_s && a->asked_value.days == b->asked_value.days);
    CHECK(a->code == b->code && a->booked_us == b->booked_us && a->value.days == b->value.days);
    CHECK(!strcmp(a->memo, b->memo));
}

/* Both rows side by side: the one that was given, and the one that was made of it. */
static void compare(const struct pack *row, const struct pack *again)
{
    static struct unpack u, v;
    struct ledger_transfer a, b;
    unpack_begin(&u, row);
    unpack_begin(&v, again);
    while (unpack_next(&u, &a) == 1) {
        CHECK(unpack_next(&v, &b) == 1);
        same(&a, &b);
        CHECK(u.n_legs == v.n_legs && u.n_meta == v.n_meta);
        for (size_t i = 0; i < u.n_legs; i++)
            CHECK(u.legs[i].account.n == v.legs[i].account.n && u.legs[i].side == v.legs[i].side &&
                  u.legs[i].minor == v.legs[i].minor);
    }
    CHECK(unpack_next(&v, &b) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct unpack u;
    struct pack row = { 0 }, again;
    struct packing from = { 0, 0 };
    struct ledger_transfer t;
    struct buf body;
    uint8_t digest[DIGEST_BYTES];
    int rc;
    if (size < 44)
        return 0;
    const uint8_t *at = data, *end = data + size;
    take(&at, &row.first, 8);
    take(&at, &row.last, 8);
    take(&at, &row.n, 8);
    take(&at, &row.at_us, 8);
    take(&at, &row.day.days, 4);
    take(&at, &row.chain, 8);
    row.body = at;
    row.len = (size_t)(end - at);
    pack_digest(&row, digest);
    buf_init(&body, 64 << 20);
    again = row;
    unpack_begin(&u, &row);
    while ((rc = unpack_next(&u, &t)) == 1) {
        check_lines(&u, &t);
        pack_add(&body, &from, &row, &t, u.legs, u.n_legs, u.meta, u.n_meta);
    }
    CHECK(rc == 0 || rc == RC_CORRUPT);
    if (rc == 0 && !body.overflow) {
        again.body = body.at;
        again.len = body.len;
        compare(&row, &again);
    }
    buf_release(&body);
    return 0;
}
