/* statement_verify.c -- Does a paper or a file say what the books say?
 *
 * The file names its account and period; the books give that statement again, and its code. A PDF
 * is made again with the same words and instant: then every byte is the same, or something else
 * made the file. A CSV is read back: its lines must give its own code, so that a changed amount is
 * told from changed books. */
#include "base/csv.h"
#include "base/secret.h"
#include "statement/statement_priv.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/banned.h"

enum { CSV_COLUMNS = 14, CSV_LINE_MAX = 4096 };

static int not_one(struct call *c, const char *why)
{
    return call_refuse(c, STATEMENT_NOT_ONE, NULL, "%s", why);
}

/* Letters and digits alike; hyphens and spaces are for the eye. */
static bool same_code(const char *a, const char *b)
{
    for (;; a++, b++) {
        while (*a == '-' || *a == ' ')
            a++;
        while (*b == '-' || *b == ' ')
            b++;
        char x = *a >= 'a' && *a <= 'z' ? (char)(*a - 32) : *a;
        char y = *b >= 'a' && *b <= 'z' ? (char)(*b - 32) : *b;
        if (x != y)
            return false;
        if (!x)
            return true;
    }
}

int statement_verify_code(struct call *c, const struct statement_query *q, const char *code,
                          struct statement *out)
{
    int rc = statement_make(c, q, out);
    if (!rc && !same_code(code, out->code))
        rc = call_refuse(c, STATEMENT_OTHER_BOOKS, "code", "the books give another code");
    return rc;
}

/* ---- our PDF ---- */

/* Takes the next field of "a;b;c" away. */
static bool field(const char **at, const char *end, char *out, size_t size)
{
    size_t n = 0;
    while (*at < end && **at != ';' && **at != ')') {
        if (n + 1 == size)
            return false;
        out[n++] = *(*at)++;
    }
    out[n] = 0;
    if (*at < end && **at == ';')
        (*at)++;
    return n > 0;
}

/* "/CreationDate (20261126113000+08'00)" */
static bool created(const char *bytes, size_t n, int64_t *us)
{
    static const char word[] = "/CreationDate (";
    const char *at = memmem(bytes, n, word, sizeof word - 1);
    int d[6];
    date day;
    if (!at || (size_t)(bytes + n - at) < sizeof word + 24)
        return false;
    at += sizeof word - 1;
    if (!strncmp(at, "D:", 2))
        at += 2;
    if (sscanf(at, "%4d%2d%2d%2d%2d%2d", &d[0], &d[1], &d[2], &d[3], &d[4], &d[5]) != 6 ||
        !date_from_ymd(d[0], d[1], d[2], &day) || d[3] > 23 || d[4] > 59 || d[5] > 59)
        return false;
    *us = date_instant(day, d[3] * 3600 + d[4] * 60 + d[5]);
    return true;
}

struct pdf_claim {
    struct statement_claim of;
    bool english, full;
    int64_t made_us;
};

static bool read_pdf(const char *bytes, size_t n, struct pdf_claim *out)
{
    static const char word[] = "(piaohao-statement;";
    char from[12], until[12], language[4], name[8];
    const char *at = memmem(bytes, n, word, sizeof word - 1), *end = bytes + n;
    if (n < 5 || memcmp(bytes, "%PDF-", 5) || !at)
        return false;
    at += sizeof word - 1;
    if (!field(&at, end, out->of.account, sizeof out->of.account) ||
        !field(&at, end, from, sizeof from) || !field(&at, end, until, sizeof until) ||
        !field(&at, end, out->of.code, sizeof out->of.code) ||
        !field(&at, end, language, sizeof language) || !field(&at, end, name, sizeof name))
        return false;
    out->english = !strcmp(language, "en");
    out->full = !strcmp(name, "full");
    return date_parse(from, &out->of.from) && date_parse(until, &out->of.until) &&
           created(bytes, n, &out->made_us);
}

static int verify_pdf(struct call *c, const void *bytes, size_t n, const char *code,
                      const struct statement_bank *bank, struct statement_claim *out)
{
    struct pdf_claim p = { 0 };
    struct statement s;
    struct buf again;
    if (!read_pdf(bytes, n, &p))
        return not_one(c, "no statement's marks in it");
    *out = p.of;
    struct statement_query q = { .from = p.of.from,
                                 .until = p.of.until,
                                 .full_name = p.full,
                                 .bank = *bank,
                                 .english = p.english };
    int rc = statement_find(c, p.of.account, &q.account);
    if (!rc)
        rc = statement_verify_code(c, &q, code ? code : p.of.code, &s);
    if (rc)
        return rc;
    s.made_us = p.made_us;
    buf_init(&again, STATEMENT_BYTES);
    rc = statement_pdf(&s, &again);
    out->same_file = !rc && again.len == n && !memcmp(again.at, bytes, n);
    buf_release(&again);
    return rc;
}

/* ---- our CSV ---- */

static bool number(const struct csv_field *f, int64_t *out)
{
    char *end;
    *out = strtoll(f->at, &end, 10);
    return f->len > 0 && !*end;
}

/* Without the tab that a spreadsheet's file has behind it. */
static void account_number(const struct csv_field *f, char *out, size_t size)
{
    snprintf(out, size, "%.*s", (int)strcspn(f->at, "\t"), f->at);
}

static const char *unguarded(const struct csv_field *f)
{
    return f->at[0] == '\'' ? f->at + 1 : f->at;
}

static bool amount(const struct csv_field *f, enum currency currency, int64_t *out)
{
    money m = { 0, currency };
    if (f->len && !money_parse(f->at, currency, &m))
        return false;
    *out = m.minor;
    return true;
}

/* The opening and the closing row have no line number. */
static bool csv_end_row(struct statement *s, const struct csv_field *f, bool closing)
{
    date d;
    if (f[2].len || !date_parse(f[4].at, &d) ||
        !amount(&f[10], s->account.currency, closing ? &s->closing : &s->opening))
        return false;
    *(closing ? &s->query.until : &s->query.from) = d;
    return !closing || (amount(&f[8], s->account.currency, &s->debits) &&
                        amount(&f[9], s->account.currency, &s->credits));
}

static bool csv_row(struct statement *s, const struct csv_field *f, struct arena *arena)
{
    struct statement_line *l = &s->lines[s->n++];
    int64_t debit, credit;
    if (!number(&f[2], &l->seq) || !number(&f[3], &l->number) || !date_parse(f[4].at, &l->booked) ||
        !date_parse(f[5].at, &l->value) || !amount(&f[8], s->account.currency, &debit) ||
        !amount(&f[9], s->account.currency, &credit) || (debit != 0) == (credit != 0) ||
        !amount(&f[10], s->account.currency, &l->balance))
        return false;
    l->side = debit ? LEDGER_DEBIT : LEDGER_CREDIT;
    l->minor = debit ? debit : credit;
    l->memo = arena_text(arena, unguarded(&f[7]));
    return true;
}

/* One record: a line feed inside quotes is text. */
static size_t record_length(const char *at, const char *end)
{
    bool quoted = false;
    const char *p = at;
    for (; p < end; p++) {
        if (*p == '"')
            quoted = !quoted;
        if (*p == '\n' && !quoted)
            return (size_t)(p + 1 - at);
    }
    return (size_t)(p - at);
}

struct csv_reading {
    struct statement s;
    char code[STATEMENT_CODE];
    bool closed;
};

static bool csv_record(struct csv_reading *r, const struct csv_field *f, int64_t nth,
                       struct arena *arena)
{
    struct statement *s = &r->s;
    if (r->closed)
        return false;
    if (nth == 0)
        return true; /* the titles */
    char account[sizeof s->party.number];
    account_number(&f[0], account, sizeof account);
    if (nth == 1) {
        memcpy(s->party.number, account, sizeof account);
        return currency_parse(f[1].at, &s->account.currency) && csv_end_row(s, f, false);
    }
    if (strcmp(account, s->party.number))
        return false;
    if (f[2].len)
        return csv_row(s, f, arena);
    r->closed = true;
    snprintf(r->code, sizeof r->code, "%s", f[13].at);
    return csv_end_row(s, f, true);
}

static bool read_csv(struct call *c, const char *bytes, size_t n, struct csv_reading *r)
{
    const char *at = bytes, *end = bytes + n, *why;
    int64_t rows = 0, most = 0;
    if (n >= 3 && !memcmp(at, "\xEF\xBB\xBF", 3))
        at += 3;
    for (const char *p = at; p < end; p++)
        most += *p == '\n';
    r->s.lines = arena_alloc(c->arena, (size_t)(most + 1) * sizeof *r->s.lines);
    while (at < end) {
        struct csv_field f[CSV_COLUMNS];
        size_t fields = 0, len = record_length(at, end);
        char line[CSV_LINE_MAX];
        if (len >= sizeof line)
            return false;
        memcpy(line, at, len);
        line[len] = 0;
        if (csv_split(line, len, ',', f, CSV_COLUMNS, &fields, &why) || fields != CSV_COLUMNS ||
            !csv_record(r, f, rows++, c->arena))
            return false;
        at += len;
    }
    return r->closed;
}

static int verify_csv(struct call *c, const char *bytes, size_t n, const char *code,
                      struct statement_claim *out)
{
    struct csv_reading r = { 0 };
    struct statement books;
    if (!read_csv(c, bytes, n, &r))
        return not_one(c, "not a CSV of ours");
    snprintf(out->account, sizeof out->account, "%s", r.s.party.number);
    memcpy(out->code, r.code, sizeof out->code);
    out->from = r.s.query.from;
    out->until = r.s.query.until;
    statement_seal(&r.s);
    if (!same_code(r.s.code, code ? code : r.code))
        return call_refuse(c, STATEMENT_ALTERED, "code", "the file's lines give another code");
    struct statement_query q = { .from = out->from, .until = out->until };
    int rc = statement_find(c, out->account, &q.account);
    if (!rc)
        rc = statement_verify_code(c, &q, r.s.code, &books);
    out->same_file = !rc;
    return rc;
}

int statement_verify(struct call *c, const void *bytes, size_t n, const char *code,
                     const struct statement_bank *bank, struct statement_claim *out)
{
    *out = (struct statement_claim){ 0 };
    if (n >= 5 && !memcmp(bytes, "%PDF-", 5))
        return verify_pdf(c, bytes, n, code, bank, out);
    return verify_csv(c, bytes, n, code, out);
}
