/* statement.c -- Gathers a statement from the books and proves that it adds up. */
#include "base/log.h"
#include "statement/statement_priv.h"
#include "base/secret.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "base/banned.h"

enum { CHUNK = 1024, CHUNK_MEMORY = 16 << 20, PARTIES = 1024 };

static const struct statement_kind kinds[] = {
    { STATEMENT_JSON, "json", "application/json", "json" },
    { STATEMENT_TEXT, "text", "text/plain; charset=utf-8", "txt" },
    { STATEMENT_CSV, "csv", "text/csv; charset=utf-8", "csv" },
    { STATEMENT_CSV_BOM, "csv-bom", "text/csv; charset=utf-8", "csv" },
    { STATEMENT_PDF, "pdf", "application/pdf", "pdf" },
    { STATEMENT_CAMT053, "camt053", "application/xml", "xml" },
};

const struct statement_kind *statement_kind(const char *name)
{
    for (size_t i = 0; name && i < COUNT(kinds); i++) {
        if (!strcmp(kinds[i].name, name))
            return &kinds[i];
    }
    return NULL;
}

int statement_kind_asked(struct call *c, const char *name, const struct statement_kind **out)
{
    *out = statement_kind(name);
    return *out ? 0 : call_refuse(c, STATEMENT_BAD_FORMAT, "format", "%.20s", name ? name : "");
}

/* ---- the other side of a line: accounts repeat, so each is looked up once ---- */

struct others {
    struct call *c;
    struct other {
        account_id id;
        const char *name, *number;
        bool clearing; /* the other side is outside: the transfer's metadata says who */
    } slot[PARTIES];
};

/* Of a payment to or from another bank: who pays or is paid, as the order said. */
static int outside_party(struct call *c, struct statement_line *l)
{
    struct ledger_pair *meta;
    size_t n = 0;
    int rc = ledger_transfer_meta(c, l->transfer, &meta, &n);
    for (size_t i = 0; !rc && i < n; i++) {
        char text[STATEMENT_MASK];
        if (!strcmp(meta[i].key, "payee_name") || !strcmp(meta[i].key, "payer_name")) {
            statement_mask_name(meta[i].value, text);
            l->other_name = arena_text(c->arena, text);
        }
        if (!strcmp(meta[i].key, "payee_account") || !strcmp(meta[i].key, "payer_account")) {
            statement_mask_number(meta[i].value, text);
            l->other_number = arena_text(c->arena, text);
        }
    }
    return rc;
}

static int other_party(struct others *o, account_id id, struct statement_line *l)
{
    struct other *at = &o->slot[(uint64_t)id.n * UINT64_C(0x9E3779B97F4A7C15) >> 54];
    if (at->id.n != id.n) {
        struct ledger_account a;
        struct statement_party p;
        int rc = ledger_account_get(o->c, id, &a);
        if (!rc)
            rc = statement_party(o->c, &a, false, &p);
        if (rc)
            return rc;
        *at = (struct other){ id, arena_text(o->c->arena, p.name),
                              arena_text(o->c->arena, p.masked), !strncmp(a.subject, "3001", 4) };
    }
    l->other_name = at->name;
    l->other_number = at->number;
    return at->clearing ? outside_party(o->c, l) : 0;
}
_Static_assert(PARTIES == 1 << (64 - 54), "the shift above says so");

/* Of a journal the one other account, when there is just one. */
static int journal_other(struct call *c, transfer_id id, account_id own, account_id *other)
{
    struct ledger_transfer t;
    struct ledger_leg *legs;
    size_t n = 0;
    int rc = ledger_transfer_get(c, id, &t);
    if (!rc)
        rc = ledger_transfer_legs(c, &t, &legs, &n);
    *other = (account_id){ 0 };
    for (size_t i = 0; !rc && i < n; i++) {
        if (legs[i].account.n == own.n)
            continue;
        if (other->n && other->n != legs[i].account.n) {
            other->n = 0;
            break;
        }
        *other = legs[i].account;
    }
    return rc;
}

static int fill_other(struct call *chunk, struct others *o, const struct statement *s,
                      struct statement_line *l)
{
    int rc = 0;
    l->other_name = l->other_number = "";
    if (l->kind == LEDGER_JOURNAL || !l->other.n)
        rc = journal_other(chunk, l->transfer, s->account.id, &l->other);
    return rc || !l->other.n ? rc : other_party(o, l->other, l);
}

/* ---- lines ---- */

static int64_t own_side(const struct statement *s, int64_t debits, int64_t credits)
{
    return s->account.debit_side ? debits - credits : credits - debits;
}

static void fill_line(const struct statement *s, const struct ledger_entry *e,
                      struct statement_line *l)
{
    *l = (struct statement_line){ .seq = e->seq,
                                  .number = e->number,
                                  .transfer = e->transfer,
                                  .booked = e->booked,
                                  .value = e->value,
                                  .booked_us = e->booked_us,
                                  .side = e->side,
                                  .minor = e->minor,
                                  .balance = own_side(s, e->debits, e->credits),
                                  .memo = e->memo,
                                  .kind = e->kind,
                                  .code = e->code,
                                  .other = e->other };
}

/* What is read of transfers goes with the chunk's memory; what is kept is copied. */
static int add_lines(struct call *chunk, struct statement *s, struct others *o,
                     const struct ledger_entry *entries, int n)
{
    int rc = 0;
    for (int i = 0; !rc && i < n; i++) {
        struct statement_line *l = &s->lines[s->n++];
        fill_line(s, &entries[i], l);
        l->memo = *l->memo ? arena_text(o->c->arena, l->memo) : "";
        rc = fill_other(chunk, o, s, l);
        if (l->side == LEDGER_DEBIT) {
            s->debits += l->minor;
            s->n_debits++;
        } else {
            s->credits += l->minor;
            s->n_credits++;
        }
    }
    return rc;
}

static int read_chunk(struct call *chunk, struct statement *s, struct others *o, int64_t *seq,
                      int max)
{
    struct ledger_entry *entries;
    int n = 0;
    int rc = ledger_lines(chunk, s->account.id, *seq, max, &entries, &n);
    if (!rc && n == 0)
        rc = RC_CORRUPT; /* lines are numbered without a gap */
    if (!rc)
        rc = add_lines(chunk, s, o, entries, n);
    if (!rc)
        *seq = entries[n - 1].seq;
    return rc;
}

static int read_lines(struct call *c, struct statement *s, int64_t after, int64_t last)
{
    struct others *o = arena_alloc(c->arena, sizeof *o);
    struct call chunk = *c;
    int64_t seq = after;
    int rc = 0;
    o->c = c;
    s->lines = arena_alloc(c->arena, (size_t)(last - after + 1) * sizeof *s->lines);
    chunk.arena = arena_new(CHUNK_MEMORY);
    while (!rc && seq < last) {
        rc = read_chunk(&chunk, s, o, &seq, last - seq < CHUNK ? (int)(last - seq) : CHUNK);
        arena_clear(chunk.arena);
    }
    arena_free(chunk.arena);
    return rc;
}

int statement_lines(struct call *c, const struct ledger_account *a, int64_t after_seq, int max,
                    struct statement_line **out, int *n)
{
    struct statement s = { .account = *a };
    struct others *o = arena_alloc(c->arena, sizeof *o);
    struct ledger_entry *entries;
    int found = 0;
    o->c = c;
    int rc = ledger_lines(c, a->id, after_seq, max, &entries, &found);
    s.lines = arena_alloc(c->arena, (size_t)(found + 1) * sizeof *s.lines);
    if (!rc)
        rc = add_lines(c, &s, o, entries, found);
    *out = s.lines;
    *n = s.n;
    return rc;
}

/* Opening and closing from the lines' own totals; what a hot account has not folded yet besides. */
static int read_period(struct call *c, struct statement *s)
{
    struct ledger_entry before, last;
    int64_t on = 0;
    date day_before = { s->query.from.days - 1 };
    int rc = ledger_entry_on(c, s->account.id, day_before, &before);
    if (!rc)
        rc = ledger_entry_on(c, s->account.id, s->query.until, &last);
    if (!rc && last.seq - before.seq > STATEMENT_LINES_MAX)
        rc = call_refuse(c, STATEMENT_TOO_LONG, NULL, "%" PRId64 " lines, at most %d",
                         last.seq - before.seq, STATEMENT_LINES_MAX);
    if (!rc)
        rc = ledger_balance_on(c, s->account.id, s->query.until, &on);
    if (rc)
        return rc;
    s->opening = own_side(s, before.debits, before.credits);
    s->closing = own_side(s, last.debits, last.credits);
    s->unfolded = on - s->closing;
    return read_lines(c, s, before.seq, last.seq);
}

int statement_make(struct call *c, const struct statement_query *q, struct statement *out)
{
    struct statement s = { .query = *q, .made_us = c->now_us };
    if (q->until.days < q->from.days)
        return call_refuse(c, STATEMENT_BAD_PERIOD, "until", "until is before from");
    int rc = ledger_account_get(c, q->account, &s.account);
    if (rc > 0)
        return call_refuse(c, STATEMENT_NO_ACCOUNT, "account", "no such account");
    if (!rc)
        rc = statement_party(c, &s.account, q->full_name, &s.party);
    if (!rc)
        rc = read_period(c, &s);
    if (rc)
        return rc;
    CHECK(s.n == s.n_debits + s.n_credits);
    if (s.opening + own_side(&s, s.debits, s.credits) != s.closing) {
        /* Lines are read from the disk: the proof of totals says which. */
        log_line(LOG_ERROR, "statement",
                 "the lines of account %" PRId64 " do not lead to its total", s.account.id.n);
        return RC_CORRUPT;
    }
    statement_seal(&s);
    *out = s;
    return 0;
}

/* ---- the code ---- */

void statement_canonical(const struct statement *s, struct buf *out)
{
    char from[DATE_TEXT], until[DATE_TEXT];
    date_print(s->query.from, from);
    date_print(s->query.until, until);
    buf_printf(out, "piaohao-statement-1\n%s\n%s\n%s\n%s\n%" PRId64 "\n%" PRId64 "\n%d\n",
               s->party.number, currency_find((int)s->account.currency)->code, from, until,
               s->opening, s->closing, s->n);
    for (int i = 0; i < s->n; i++) {
        const struct statement_line *l = &s->lines[i];
        buf_i64(out, l->seq);
        buf_char(out, ';');
        buf_i64(out, l->number);
        buf_char(out, ';');
        buf_i64(out, l->booked.days);
        buf_char(out, ';');
        buf_i64(out, l->value.days);
        buf_char(out, ';');
        buf_i64(out, l->side == LEDGER_DEBIT ? -l->minor : l->minor);
        buf_char(out, ';');
        buf_i64(out, l->balance);
        buf_char(out, ';');
        buf_text(out, l->memo);
        buf_char(out, '\n');
    }
}

/* 60 bits in Crockford's alphabet: no letter is taken for a digit. */
void statement_code_of(const uint8_t digest[32], char out[STATEMENT_CODE])
{
    static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    uint64_t bits = 0;
    int at = 0;
    for (int i = 0; i < 8; i++)
        bits = bits << 8 | digest[i];
    for (int i = 0; i < 12; i++) {
        if (i && i % 4 == 0)
            out[at++] = '-';
        out[at++] = letters[bits >> 59];
        bits <<= 5;
    }
    out[at] = 0;
}

void statement_seal(struct statement *s)
{
    uint8_t digest[DIGEST_BYTES];
    struct buf text;
    buf_init(&text, STATEMENT_BYTES);
    statement_canonical(s, &text);
    CHECK(!text.overflow);
    digest_sha256(text.at, text.len, digest);
    statement_code_of(digest, s->code);
    digest_hex(digest, s->digest);
    buf_release(&text);
}

/* ---- out ---- */

void statement_amount(int64_t minor, enum currency currency, char out[STATEMENT_AMOUNT])
{
    char plain[MONEY_TEXT];
    money_print((money){ minor, currency }, plain);
    const char *from = plain, *point = strchr(plain, '.');
    size_t at = 0;
    if (*from == '-')
        out[at++] = *from++;
    size_t whole = point ? (size_t)(point - from) : strlen(from);
    for (size_t i = 0; i < whole; i++) {
        if (i && (whole - i) % 3 == 0)
            out[at++] = ',';
        out[at++] = from[i];
    }
    snprintf(out + at, STATEMENT_AMOUNT - at, "%s", point ? point : "");
}

bool statement_is_credit(const struct statement *s, int64_t minor)
{
    return minor == 0 || (minor > 0) != s->account.debit_side;
}

int statement_write(const struct statement *s, enum statement_format f, struct buf *out)
{
    int rc = 0;
    switch (f) {
    case STATEMENT_JSON:
        statement_json(s, out);
        break;
    case STATEMENT_TEXT:
        statement_plain(s, out);
        break;
    case STATEMENT_CSV:
    case STATEMENT_CSV_BOM:
        statement_csv(s, f == STATEMENT_CSV_BOM, out);
        break;
    case STATEMENT_PDF:
        rc = statement_pdf(s, out);
        break;
    case STATEMENT_CAMT053:
        statement_camt053(s, out);
        break;
    }
    return !rc && out->overflow ? RC_FULL : rc;
}

void statement_file_name(const struct statement *s, enum statement_format f,
                         char out[STATEMENT_FILE])
{
    const char *ending = "json";
    char from[DATE_TEXT], until[DATE_TEXT];
    date_print(s->query.from, from);
    date_print(s->query.until, until);
    for (size_t i = 0; i < COUNT(kinds); i++) {
        if (kinds[i].format == f)
            ending = kinds[i].ending;
    }
    snprintf(out, STATEMENT_FILE, "statement-%s-%s-%s.%s", s->party.number, from, until, ending);
}
