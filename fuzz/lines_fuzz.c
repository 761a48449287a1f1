/* lines_fuzz.c -- A row of the history file: damaged bytes end the reading and nothing else; lines
 * that can be read pack and read back the same.
 *
 * The input is seq, debits, credits (8 bytes each) before the first line, then the row's body. */
#include "ledger/ledger_lines_priv.h"
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { HEAD = 24, LINE_MAX = 1 + 8 * 10 };

static void same(const struct ledger_entry *a, const struct ledger_entry *b)
{
    CHECK(a->seq == b->seq && a->side == b->side && a->minor == b->minor);
    CHECK(a->transfer.high == b->transfer.high && a->transfer.low == b->transfer.low);
    CHECK(a->debits == b->debits && a->credits == b->credits && a->number == b->number);
    CHECK(a->booked_us == b->booked_us && a->booked.days == b->booked.days);
    CHECK(a->value.days == b->value.days);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ledger_entry e = { 0 }, before;
    int64_t number = 0;
    if (size < HEAD)
        return 0;
    memcpy(&e.seq, data, 8);
    memcpy(&e.debits, data + 8, 8);
    memcpy(&e.credits, data + 16, 8);
    const uint8_t *at = data + HEAD, *end = data + size;
    for (before = e; line_next(&at, end, &e, &number); before = e) {
        uint8_t again[LINE_MAX];
        struct ledger_entry back = before;
        int64_t n = before.number;
        const uint8_t *from = again;
        const uint8_t *until = line_put(again, &before, before.number, &e, number);
        CHECK(until <= again + LINE_MAX && line_next(&from, until, &back, &n));
        CHECK(from == until && n == number);
        same(&e, &back);
    }
    return 0;
}
