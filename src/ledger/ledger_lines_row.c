/* ledger_lines_row.c -- A row of lines of the history file, read and written. The reader believes
 * nothing: damaged bytes are RC_CORRUPT. */
#include "ledger/ledger_lines_priv.h"
#include <string.h>
#include "base/banned.h"

enum { CREDIT = 8, HAS_MEMO = 16, KIND = 7 }; /* a line's first byte */
_Static_assert((int)LEDGER_JOURNAL <= KIND, "a kind fits into three bits");

/* ---- read ---- */

void lines_row_begin(struct db_rows *r, int from, struct lines_row *row)
{
    size_t len = 0;
    *row = (struct lines_row){ .last_seq = db_i64(r, from + 1) };
    row->e.seq = (int64_t)((uint64_t)db_i64(r, from) - 1);
    row->e.debits = db_i64(r, from + 2);
    row->e.credits = db_i64(r, from + 3);
    row->at = db_bytes(r, from + 4, &len);
    row->end = row->at + len;
}

static bool add(int64_t *n, int64_t more)
{
    return !__builtin_add_overflow(*n, more, n);
}

static bool add_days(date *d, int64_t more)
{
    int64_t days = d->days;
    if (!add(&days, more) || days < INT32_MIN || days > INT32_MAX)
        return false;
    d->days = (int32_t)days;
    return true;
}

static bool get_memo(struct lines_row *row)
{
    uint64_t n = 0;
    if (!pack_get(&row->at, row->end, &n) || !n || n > LEDGER_MEMO_MAX ||
        (uint64_t)(row->end - row->at) <= n || memchr(row->at, 0, n + 1) != row->at + n)
        return false;
    row->e.memo = (const char *)row->at;
    row->at += n + 1;
    return true;
}

/* The totals before the line are in row->e, those after it afterwards. */
static bool get_line(struct lines_row *row)
{
    struct ledger_entry *e = &row->e;
    uint64_t step = 0, minor = 0, code = 0;
    int64_t high = 0, us = 0, day = 0, back = 0, other = 0;
    if (row->at == row->end)
        return false;
    int first = *row->at++;
    if (!pack_get(&row->at, row->end, &step) || !pack_get_signed(&row->at, row->end, &high) ||
        !pack_get_fixed(&row->at, row->end, &e->transfer.low) ||
        !pack_get(&row->at, row->end, &minor) || !pack_get_signed(&row->at, row->end, &us) ||
        !pack_get_signed(&row->at, row->end, &day) || !pack_get_signed(&row->at, row->end, &back) ||
        !pack_get_signed(&row->at, row->end, &other) || !pack_get(&row->at, row->end, &code))
        return false;
    e->side = first & CREDIT ? LEDGER_CREDIT : LEDGER_DEBIT;
    e->kind = (enum ledger_kind)(first & KIND);
    if (e->kind < LEDGER_POST || e->kind > LEDGER_JOURNAL || step > INT64_MAX ||
        minor > INT64_MAX || code > INT32_MAX || !add(&e->number, (int64_t)step) ||
        !add(&e->seq, 1) ||
        !add(e->side == LEDGER_DEBIT ? &e->debits : &e->credits, (int64_t)minor) ||
        !add(&e->booked_us, us) || !add_days(&e->booked, day))
        return false;
    e->transfer.high = (int64_t)((uint64_t)e->transfer.high + (uint64_t)high);
    e->other.n = (int64_t)((uint64_t)e->other.n + (uint64_t)other);
    e->minor = (int64_t)minor;
    e->code = (int32_t)code;
    e->value = e->booked;
    e->memo = "";
    return add_days(&e->value, back) && (!(first & HAS_MEMO) || get_memo(row));
}

int lines_row_next(struct lines_row *row)
{
    if (row->e.seq == row->last_seq)
        return row->at == row->end ? 0 : RC_CORRUPT;
    return get_line(row) ? 1 : RC_CORRUPT;
}

/* ---- many rows a statement ---- */

struct lines_batch *lines_batch_new(struct arena *arena, const char *sql, int n_values)
{
    struct lines_batch *b = arena_alloc(arena, sizeof *b);
    b->sql = sql;
    b->n_values = n_values;
    b->values = arena_alloc(arena, (size_t)LINES_AT_ONCE * (size_t)n_values * sizeof *b->values);
    b->bodies = arena_alloc(arena, (size_t)LINES_AT_ONCE * LINES_ROW_MAX);
    return b;
}

uint8_t *lines_batch_body(struct lines_batch *b)
{
    return b->bodies + (size_t)b->n * LINES_ROW_MAX;
}

int lines_batch_add(struct lines_batch *b, struct db_tx *tx, const struct db_value *row)
{
    memcpy(b->values + b->n++ * b->n_values, row, (size_t)b->n_values * sizeof *row);
    return b->n == LINES_AT_ONCE ? lines_batch_end(b, tx) : 0;
}

int lines_batch_end(struct lines_batch *b, struct db_tx *tx)
{
    int n = b->n;
    b->n = 0;
    return n ? db_exec_many(tx, b->sql, b->values, b->n_values, n) : 0;
}

/* ---- written ---- */

static int64_t step_of(int64_t to, int64_t from)
{
    return (int64_t)((uint64_t)to - (uint64_t)from);
}

uint8_t *lines_line_put(uint8_t *at, const struct ledger_entry *before,
                        const struct ledger_entry *e)
{
    size_t memo = e->memo ? strlen(e->memo) : 0;
    *at++ =
        (uint8_t)((int)e->kind | (e->side == LEDGER_CREDIT ? CREDIT : 0) | (memo ? HAS_MEMO : 0));
    at = pack_put(at, (uint64_t)(e->number - before->number));
    at = pack_put_signed(at, step_of(e->transfer.high, before->transfer.high));
    at = pack_put_fixed(at, e->transfer.low);
    at = pack_put(at, (uint64_t)e->minor);
    at = pack_put_signed(at, e->booked_us - before->booked_us);
    at = pack_put_signed(at, (int64_t)e->booked.days - before->booked.days);
    at = pack_put_signed(at, (int64_t)e->value.days - e->booked.days);
    at = pack_put_signed(at, step_of(e->other.n, before->other.n));
    at = pack_put(at, (uint64_t)e->code);
    if (memo) {
        at = pack_put(at, memo);
        memcpy(at, e->memo, memo + 1);
        at += memo + 1;
    }
    return at;
}

void lines_put_begin(struct lines_writer *w, struct arena *arena, struct db_tx *tx, int64_t run)
{
    *w = (struct lines_writer){ .tx = tx, .run = run };
    w->batch = lines_batch_new(
        arena,
        "INSERT INTO history_line (run, account_id, seq, last_seq, number, at_us, day,"
        " debits, credits, back, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        11);
}

static int end_row(struct lines_writer *w)
{
    const struct ledger_entry *e = &w->first;
    if (!w->n)
        return 0;
    int64_t debits = e->debits - (e->side == LEDGER_DEBIT ? e->minor : 0);
    int64_t credits = e->credits - (e->side == LEDGER_CREDIT ? e->minor : 0);
    const struct db_value row[11] = { DB_I(w->run),
                                      DB_I(w->account),
                                      DB_I(e->seq),
                                      DB_I(w->before.seq),
                                      DB_I(e->number),
                                      DB_I(e->booked_us),
                                      DB_I(e->booked.days),
                                      DB_I(debits),
                                      DB_I(credits),
                                      DB_I(w->back),
                                      DB_B(w->body, (size_t)(w->at - w->body)) };
    w->n = 0;
    w->rows++;
    return lines_batch_add(w->batch, w->tx, row);
}

/* What a merge reads may be damaged: it is not written on as if it were whole. Numbers above zero
 * have a step between them; instants may lie too far apart for one. */
static bool follows(const struct ledger_entry *before, const struct ledger_entry *e)
{
    int64_t debits = before->debits, credits = before->credits, us;
    return e->seq - 1 == before->seq && e->number >= before->number &&
           !__builtin_sub_overflow(e->booked_us, before->booked_us, &us) &&
           add(e->side == LEDGER_DEBIT ? &debits : &credits, e->minor) && e->debits == debits &&
           e->credits == credits;
}

int lines_put(struct lines_writer *w, int64_t account, const struct ledger_entry *e)
{
    static const struct ledger_entry nothing = { 0 };
    int rc = 0;
    if (e->seq < 1 || e->number < 1 || e->minor < 0 || e->code < 0)
        return RC_CORRUPT;
    if (w->seen && w->account == account && !follows(&w->before, e))
        return RC_CORRUPT;
    w->seen = true;
    if (w->n &&
        (w->account != account || w->n == LINES_ROW_LINES || w->at - w->body >= LINES_ROW_BYTES))
        rc = end_row(w);
    if (!w->n) {
        w->account = account;
        w->first = *e;
        w->body = w->at = lines_batch_body(w->batch);
        w->back = 0;
    }
    w->at = lines_line_put(w->at, w->n ? &w->before : &nothing, e);
    w->back += e->value.days < e->booked.days;
    w->before = *e;
    w->n++;
    return rc;
}

int lines_put_end(struct lines_writer *w)
{
    int rc = end_row(w);
    return rc ? rc : lines_batch_end(w->batch, w->tx);
}
