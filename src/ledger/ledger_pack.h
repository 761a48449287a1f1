/* ledger_pack.h -- The packed form of transfers: what one call booked, in one row of ledger_chunk.
 *
 * A row has the numbers of its first and last transfer, the call's instant, the booking date and
 * the outlet in whose chain the call's event is; its body is one record a transfer, in order:
 *
 *   kind and what follows (1 byte)   number - the one before   id: high - the one before, low (8)
 *   debit credit currency minor      booked_us - at_us         value date - booking date
 *   [of high, low]  [asked timeout asked_value code]  [legs]  [memo]  [metadata]
 *
 * Numbers are LEB128, those that may be below zero in zigzag; texts have their length before them
 * and a NUL after them, so that they can be read in place. */
#ifndef LEDGER_LEDGER_PACK_H
#define LEDGER_LEDGER_PACK_H
#include "base/buf.h"
#include "base/secret.h"
#include "ledger/ledger_books.h"

struct pack { /* a row */
    int64_t first, last, n, at_us;
    date day;
    int64_t chain; /* outlet */
    const void *body;
    size_t len;
};
#define PACK_COLUMNS "SELECT first, last, n, at_us, day, chain, body FROM ledger_chunk"
void pack_read(struct db_rows *r, struct pack *row); /* points into the row of the query */

struct packing { /* what the deltas are from */
    int64_t number, high;
};
/* Adds a record to out. booked must be the row's day. */
void pack_add(struct buf *out, struct packing *p, const struct pack *row,
              const struct ledger_transfer *t, const struct ledger_leg *legs, size_t n_legs,
              const struct ledger_pair *meta, size_t n_meta);

struct unpack {
    const struct pack *row;
    struct packing from;
    const uint8_t *at, *end;
    int64_t left;
    /* of the record last read */
    struct ledger_leg legs[LEDGER_LEGS_MAX];
    size_t n_legs;
    struct ledger_pair meta[LEDGER_META_MAX];
    size_t n_meta;
};
void unpack_begin(struct unpack *u, const struct pack *row);
/* 1 and the transfer (its memo and the metadata point into the row), 0 at the end, RC_CORRUPT. */
MUST_USE int unpack_next(struct unpack *u, struct ledger_transfer *out);

/* The lines of the record last read: none of a hold or a void. How many. */
int unpack_lines(const struct unpack *u, const struct ledger_transfer *t,
                 struct ledger_leg out[LEDGER_LEGS_MAX]);

/* SHA-256 of the row: what the call's event carries. */
void pack_digest(const struct pack *row, uint8_t out[DIGEST_BYTES]);

/* ---- numbers, for other packed forms ---- */
uint8_t *pack_put(uint8_t *at, uint64_t n); /* at most 10 bytes */
uint8_t *pack_put_signed(uint8_t *at, int64_t n);
bool pack_get(const uint8_t **at, const uint8_t *end, uint64_t *n);
bool pack_get_signed(const uint8_t **at, const uint8_t *end, int64_t *n);
bool pack_get_fixed(const uint8_t **at, const uint8_t *end, int64_t *n); /* 8 bytes */
uint8_t *pack_put_fixed(uint8_t *at, int64_t n);
#endif
