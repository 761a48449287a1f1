/* lines_fuzz.c -- A row of the history file: damaged bytes end the reading and nothing else; lines
 * that can be read pack and read back the same.
 *
 * The input is seq, debits, credits (8 bytes each) before the first line, then the row's body. */
#include "ledger/ledger_lines_priv.h"
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { HEAD = 24 };

static void same(const struct ledger_entry *a, const struct ledger_entry *b)
{
    CHECK(a->seq == b->seq && a->side == b->side && a->minor == b->minor);
    CHECK(a->transfer.high == b->transfer.high && a->transfer.low == b->transfer.low);
    CHECK(a->debits == b->debits && a->credits == b->credits && a->number == b->number);
    CHECK(a->booked_us == b->booked_us && a->booked.days == b->booked.days);
    CHECK(a->value.days == b->value.days && a->other.n == b->other.n);
    CHECK(a->kind == b->kind && a->code == b->code && !strcmp(a->memo, b->memo));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lines_row row = { .last_seq = INT64_MAX };
    struct ledger_entry before;
    if (size < HEAD)
        return 0;
    memcpy(&row.e.seq, data, 8);
    memcpy(&row.e.debits, data + 8, 8);
    memcpy(&row.e.credits, data + 16, 8);
    row.at = data + HEAD;
    row.end = data + size;
    for (before = row.e; lines_row_next(&row) == 1; before = row.e) {
        uint8_t again[LINES_LINE_MAX];
        struct lines_row back = { .e = before, .last_seq = INT64_MAX, .at = again };
        back.end = lines_line_put(again, &before, &row.e);
        CHECK(back.end <= again + LINES_LINE_MAX);
        CHECK(lines_row_next(&back) == 1 && back.at == back.end);
        same(&row.e, &back.e);
    }
    return 0;
}
