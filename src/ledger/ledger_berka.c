/* ledger_berka.c -- Reading and ordering; see ledger_berka.h. Pure. */
#include "ledger/ledger_berka.h"
#include <stdlib.h>
#include <string.h>
#include "base/banned.h"

enum { FIELDS = 10, DAY_MAX = 64, TOLERANCE = 11 }; /* a rounding is at most 0.10 */

/* ---- reading ---- */

struct field {
    const char *at;
    size_t len;
};

static size_t split(const char *line, size_t len, struct field *out)
{
    size_t n = 0, from = 0;
    for (size_t i = 0; i <= len; i++) {
        if (i < len && line[i] != ';')
            continue;
        if (n == FIELDS)
            return FIELDS + 1;
        struct field f = { line + from, i - from };
        if (f.len >= 2 && f.at[0] == '"' && f.at[f.len - 1] == '"')
            f = (struct field){ f.at + 1, f.len - 2 };
        out[n++] = f;
        from = i + 1;
    }
    return n;
}

static bool is(const struct field *f, const char *text)
{
    return f->len == strlen(text) && !memcmp(f->at, text, f->len);
}

static bool whole(const struct field *f, int64_t *out)
{
    int64_t n = 0;
    if (!f->len || f->len > 15)
        return false;
    for (size_t i = 0; i < f->len; i++) {
        if (f->at[i] < '0' || f->at[i] > '9')
            return false;
        n = n * 10 + (f->at[i] - '0');
    }
    *out = n;
    return true;
}

static bool amount(const struct field *f, int64_t *out)
{
    char text[24];
    money m;
    if (f->len >= sizeof text)
        return false;
    memcpy(text, f->at, f->len);
    text[f->len] = '\0';
    if (!money_parse(text, CZK, &m))
        return false;
    *out = m.minor;
    return true;
}

static bool operation(const struct field *f, struct ledger_berka_row *r)
{
    if (is(&f[7], "SANKC. UROK"))
        r->operation = 'S';
    else if (is(&f[7], "SLUZBY"))
        r->operation = 'F';
    else if (is(&f[7], "UROK"))
        r->operation = 'I';
    else if (is(&f[4], "VKLAD") || is(&f[4], "VYBER"))
        r->operation = 'V';
    else if (is(&f[4], "VYBER KARTOU"))
        r->operation = 'K';
    else if (is(&f[4], "PREVOD Z UCTU") || is(&f[4], "PREVOD NA UCET"))
        r->operation = 'P';
    return r->operation != 0;
}

static bool row(const struct field *f, struct ledger_berka_row *r)
{
    int64_t day = 0;
    if (!whole(&f[0], &r->id) || !whole(&f[1], &r->account) || !whole(&f[2], &day) || !r->account ||
        f[2].len != 6)
        return false;
    if (!date_from_ymd(1900 + (int)(day / 10000), (int)(day / 100 % 100), (int)(day % 100),
                       &r->day))
        return false;
    r->credit = is(&f[3], "PRIJEM");
    if (!r->credit && !is(&f[3], "VYDAJ") && !is(&f[3], "VYBER"))
        return false;
    r->loan = is(&f[7], "UVER") && !r->credit;
    if (f[8].len == 2)
        memcpy(r->bank, f[8].at, 2);
    return amount(&f[5], &r->minor) && r->minor > 0 && amount(&f[6], &r->balance) &&
           operation(f, r);
}

static int64_t signed_minor(const struct ledger_berka_row *r)
{
    return r->credit ? r->minor : -r->minor;
}

/* ---- order ---- */

static int by_account(const void *x, const void *y)
{
    const struct ledger_berka_row *a = x, *b = y;
    if (a->account != b->account)
        return a->account < b->account ? -1 : 1;
    if (a->day.days != b->day.days)
        return a->day.days < b->day.days ? -1 : 1;
    return (a->id > b->id) - (a->id < b->id);
}

static int by_line(const void *x, const void *y)
{
    const struct ledger_berka_row *a = x, *b = y;
    if (a->account != b->account)
        return a->account < b->account ? -1 : 1;
    return (a->line > b->line) - (a->line < b->line);
}

static int by_booking(const void *x, const void *y)
{
    const struct ledger_berka_row *a = x, *b = y;
    if (a->day.days != b->day.days)
        return a->day.days < b->day.days ? -1 : 1;
    if (a->account != b->account)
        return a->account < b->account ? -1 : 1;
    return a->nth - b->nth;
}

static int64_t distance(int64_t before, const struct ledger_berka_row *r)
{
    int64_t off = before + signed_minor(r) - r->balance;
    return off < 0 ? -off : off;
}

struct search {
    const struct ledger_berka_row *rows;
    size_t n;
    bool used[DAY_MAX];
    size_t path[DAY_MAX], best[DAY_MAX];
    int64_t best_off; /* -1: none yet */
    int steps;
};

/* Every order that closes is tried, the one with the least rounding wins; of equals the first in
 * the order of ids, so the file's order means nothing. Days are short: at most seven rows. */
static void try_orders(struct search *s, size_t depth, int64_t before, int64_t off)
{
    enum { STEPS_MAX = 100000 };
    if (++s->steps > STEPS_MAX || (s->best_off >= 0 && off >= s->best_off))
        return;
    if (depth == s->n) {
        memcpy(s->best, s->path, s->n * sizeof *s->path);
        s->best_off = off;
        return;
    }
    for (size_t i = 0; i < s->n; i++) {
        int64_t d = distance(before, &s->rows[i]);
        if (s->used[i] || d > TOLERANCE)
            continue;
        s->used[i] = true;
        s->path[depth] = i;
        try_orders(s, depth + 1, s->rows[i].balance, off + d);
        s->used[i] = false;
    }
}

/* Rows of one account and day, in the order of ids; gives the balance after them. */
static int64_t order_day(struct ledger_berka *b, struct ledger_berka_row *rows, size_t n,
                         int64_t before, bool first)
{
    struct search s = { .rows = rows, .n = n, .best_off = -1 };
    if (n <= DAY_MAX)
        try_orders(&s, 0, before, 0);
    if (s.best_off < 0)
        b->unsolved++;
    for (size_t i = 0; i < n; i++) {
        struct ledger_berka_row *r = &rows[s.best_off < 0 ? i : s.best[i]];
        r->nth = (int32_t)i + 1;
        r->rounded = r->balance - before - signed_minor(r);
        if (!first || i)
            *(r->rounded ? &b->off : &b->exact) += 1;
        b->rounding -= r->rounded;
        before = r->balance;
    }
    return before;
}

static void order_all(struct ledger_berka *b)
{
    int64_t before = 0, last_overdrawn = 0;
    qsort(b->rows, b->n, sizeof *b->rows, by_line);
    for (size_t i = 1; i < b->n; i++)
        if (b->rows[i].account == b->rows[i - 1].account)
            b->broken += distance(b->rows[i - 1].balance, &b->rows[i]) != 0;
    qsort(b->rows, b->n, sizeof *b->rows, by_account);
    for (size_t from = 0, until; from < b->n; from = until) {
        struct ledger_berka_row *r = &b->rows[from];
        bool first = !from || r->account != r[-1].account;
        for (until = from; until < b->n && b->rows[until].account == r->account &&
                           b->rows[until].day.days == r->day.days;)
            until++;
        b->accounts += first;
        before = order_day(b, r, until - from, first ? 0 : before, first);
        for (size_t i = from; i < until; i++) {
            b->overdrawn_accounts += b->rows[i].balance < 0 && last_overdrawn != r->account;
            b->overdrawn_rows += b->rows[i].balance < 0;
            if (b->rows[i].balance < 0)
                last_overdrawn = r->account;
        }
    }
    qsort(b->rows, b->n, sizeof *b->rows, by_booking);
}

int ledger_berka_read(struct arena *a, const char *text, size_t len, date until,
                      struct ledger_berka *out, int64_t *line)
{
    size_t lines = 1;
    for (size_t i = 0; i < len; i++)
        lines += text[i] == '\n';
    *out = (struct ledger_berka){ .rows = arena_alloc(a, lines * sizeof *out->rows) };
    *line = 0;
    for (size_t from = 0, end; from < len; from = end + 1) {
        struct field f[FIELDS];
        const char *stop = memchr(text + from, '\n', len - from);
        end = stop ? (size_t)(stop - text) : len;
        size_t n = end - from;
        if (n && text[from + n - 1] == '\r')
            n--;
        if (++*line == 1 || !n)
            continue; /* the heads of the columns */
        struct ledger_berka_row r = { .line = *line };
        bool good = split(text + from, n, f) == FIELDS && row(f, &r);
        if (!good && !stop)
            break; /* the last row was cut off */
        if (!good)
            return BASE_BAD_INPUT;
        if (r.day.days > until.days) {
            out->later++;
            continue;
        }
        *(r.credit ? &out->credits : &out->debits) += r.minor;
        out->rows[out->n++] = r;
    }
    order_all(out);
    return 0;
}

/* ---- what other files say ---- */

struct fact {
    int64_t key, value;
};
struct facts {
    struct fact *list;
    size_t n;
};

static int by_key(const void *x, const void *y)
{
    const struct fact *a = x, *b = y;
    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    return (a->value > b->value) - (a->value < b->value);
}

/* The first of a key: the least value. NULL: none. */
static const struct fact *fact_of(const struct facts *facts, int64_t key)
{
    size_t low = 0, high = facts->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (facts->list[middle].key < key)
            low = middle + 1;
        else
            high = middle;
    }
    return low < facts->n && facts->list[low].key == key ? &facts->list[low] : NULL;
}

static bool loan_fact(const struct field *f, const struct facts *disps, struct fact *out)
{
    UNUSED(disps);
    return whole(&f[1], &out->key) && amount(&f[5], &out->value); /* account_id, payments */
}

static bool disp_fact(const struct field *f, const struct facts *disps, struct fact *out)
{
    UNUSED(disps);
    return whole(&f[0], &out->key) && whole(&f[2], &out->value); /* disp_id, account_id */
}

/* issued is "931107 00:00:00" */
static bool card_fact(const struct field *f, const struct facts *disps, struct fact *out)
{
    int64_t disp, number;
    date day;
    struct field issued = { f[3].at, f[3].len < 6 ? f[3].len : 6 };
    if (!whole(&f[1], &disp) || !whole(&issued, &number) || issued.len != 6 ||
        !date_from_ymd(1900 + (int)(number / 10000), (int)(number / 100 % 100), (int)(number % 100),
                       &day))
        return false;
    const struct fact *account = fact_of(disps, disp);
    *out = (struct fact){ account ? account->value : 0, day.days };
    return account != NULL;
}

typedef bool read_fact(const struct field *f, const struct facts *disps, struct fact *out);

static int read_facts(struct arena *a, const struct buf *text, size_t fields, read_fact *read,
                      const struct facts *disps, struct facts *out, int64_t *line)
{
    size_t lines = 1;
    for (size_t i = 0; i < text->len; i++)
        lines += text->at[i] == '\n';
    *out = (struct facts){ .list = arena_alloc(a, lines * sizeof *out->list) };
    *line = 0;
    for (size_t from = 0, end; from < text->len; from = end + 1) {
        struct field f[FIELDS];
        const char *stop = memchr(text->at + from, '\n', text->len - from);
        end = stop ? (size_t)(stop - text->at) : text->len;
        size_t n = end - from;
        if (n && text->at[from + n - 1] == '\r')
            n--;
        if (++*line == 1 || !n)
            continue; /* the heads of the columns */
        if (split(text->at + from, n, f) != fields || !read(f, disps, &out->list[out->n]))
            return BASE_BAD_INPUT;
        out->n++;
    }
    qsort(out->list, out->n, sizeof *out->list, by_key);
    return 0;
}

static void explain_row(const struct ledger_berka_row *r, const struct facts *loans,
                        const struct facts *cards, struct ledger_berka_explained *out)
{
    const struct fact *f;
    out->loan_payments += r->loan;
    if (r->loan && (f = fact_of(loans, r->account))) {
        int64_t off = r->minor > f->value ? r->minor - f->value : f->value - r->minor;
        out->loan_agreed += off <= 50;
        out->loan_exact += off == 0;
    }
    out->card_withdrawals += r->operation == 'K';
    if (r->operation == 'K' && (f = fact_of(cards, r->account)))
        out->card_held += f->value <= r->day.days;
}

int ledger_berka_explain(struct arena *a, const struct ledger_berka *b,
                         const struct ledger_berka_files *files, struct ledger_berka_explained *out,
                         const char **why, int64_t *line)
{
    struct facts loans = { 0 }, disps = { 0 }, cards = { 0 };
    int rc = 0;
    *out = (struct ledger_berka_explained){ 0 };
    *why = "loan.asc";
    if (files->loans)
        rc = read_facts(a, files->loans, 7, loan_fact, NULL, &loans, line);
    if (!rc && files->disps && files->cards) {
        *why = "disp.asc";
        rc = read_facts(a, files->disps, 4, disp_fact, NULL, &disps, line);
    }
    if (!rc && files->disps && files->cards) {
        *why = "card.asc";
        rc = read_facts(a, files->cards, 4, card_fact, &disps, &cards, line);
    }
    for (size_t i = 0; !rc && i < b->n; i++)
        explain_row(&b->rows[i], &loans, &cards, out);
    return rc;
}
