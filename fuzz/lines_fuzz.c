/* lines_fuzz.c -- A row of the history file: damaged bytes end the reading and nothing else; lines
 * that can be read pack and read back the same. Two rows, one after the other, are put into one as
 * a merge does: what is put can be read.
 *
 * The input is seq, debits, credits (8 bytes each) before the first line, then the row's body. For
 * two rows its first two bytes say where the second one begins. */
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

static bool begin(struct lines_row *row, const uint8_t *data, size_t size)
{
    *row = (struct lines_row){ .last_seq = INT64_MAX };
    if (size < HEAD)
        return false;
    memcpy(&row->e.seq, data, 8);
    memcpy(&row->e.debits, data + 8, 8);
    memcpy(&row->e.credits, data + 16, 8);
    row->at = data + HEAD;
    row->end = data + size;
    return true;
}

/* What stands in the writer's row is what was put there last. */
static void check_last(const struct lines_writer *w, const struct ledger_entry *e)
{
    struct lines_row row = { .at = w->body, .end = w->at, .last_seq = e->seq };
    row.e.seq = w->first.seq - 1;
    row.e.debits = w->first.debits - (w->first.side == LEDGER_DEBIT ? w->first.minor : 0);
    row.e.credits = w->first.credits - (w->first.side == LEDGER_CREDIT ? w->first.minor : 0);
    int rc;
    while ((rc = lines_row_next(&row)) == 1 && row.e.seq < e->seq)
        ;
    CHECK(rc == 1);
    same(&row.e, e);
}

/* Fewer rows than a batch takes: no database is asked. */
static void merge(const uint8_t *data, size_t size)
{
    enum { ROWS_MAX = 100 };
    static struct arena *arena;
    static struct lines_writer first; /* its batch is large */
    struct lines_row row;
    size_t cut = size < 2 ? 0 : (size_t)(data[0] | data[1] << 8) % size;
    if (!arena) {
        arena = arena_new(2 << 20);
        lines_put_begin(&first, arena, NULL, 1);
    }
    struct lines_writer w = first;
    w.batch->n = 0;
    for (int i = 0; i < 2; i++) {
        if (!begin(&row, i ? data + cut : data, i ? size - cut : cut))
            continue;
        while (w.rows < ROWS_MAX && lines_row_next(&row) == 1) {
            if (lines_put(&w, 7, &row.e))
                return;
            check_last(&w, &row.e);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lines_row row;
    struct ledger_entry before;
    if (!begin(&row, data, size))
        return 0;
    for (before = row.e; lines_row_next(&row) == 1; before = row.e) {
        uint8_t again[LINES_LINE_MAX];
        struct lines_row back = { .e = before, .last_seq = INT64_MAX, .at = again };
        back.end = lines_line_put(again, &before, &row.e);
        CHECK(back.end <= again + LINES_LINE_MAX);
        CHECK(lines_row_next(&back) == 1 && back.at == back.end);
        same(&row.e, &back.e);
    }
    merge(data, size);
    return 0;
}
