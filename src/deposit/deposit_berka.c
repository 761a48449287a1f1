/* deposit_berka.c -- See deposit_berka.h. */
#include "deposit/deposit_berka.h"
#include "base/csv.h"
#include "deposit/deposit_priv.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/banned.h"

enum { FIELDS = 10, ROWS_MAX = 2000000, NUMBERS_MAX = 1000000, DAY_MEMORY = 256 << 20 };

struct key { /* a transfer or a fee: what is compared */
    int64_t account, minor;
    date day;
    char bank[3];
    char payee[12];
    bool first; /* of its order: its day was given */
};
struct order_row {
    struct key key; /* day: of its first transfer; 0: none */
    standing_id id;
};
struct account_row {
    int64_t number;
    date opened;
    int fee; /* 0 monthly, 1 weekly, 2 after each transaction */
    deposit_id id;
};
struct replay {
    struct call *c;
    struct deposit_berka *out;
    char *why;
    struct account_row *accounts;
    struct order_row *orders;
    struct key *transfers, *fees; /* as booked */
    struct key *made, *charged;   /* by the engine */
    size_t n_accounts, n_orders, n_transfers, n_fees, n_made, n_charged;
    int32_t *by_number; /* account number -> index + 1 */
    fee_id fee[3];
    product_id product;
    customer_id customer;
};

/* ---- reading ---- */

static bool number_of(const char *text, int64_t *out)
{
    size_t n = strlen(text);
    *out = 0;
    for (size_t i = 0; i < n; i++) {
        if (text[i] < '0' || text[i] > '9' || n > 15)
            return false;
        *out = *out * 10 + (text[i] - '0');
    }
    return n > 0;
}

static bool amount_of(const char *text, int64_t *out)
{
    money m;
    if (!money_parse(text, CZK, &m))
        return false;
    *out = m.minor;
    return true;
}

static bool day_of(const char *text, date *out)
{
    int64_t n;
    return strlen(text) == 6 && number_of(text, &n) &&
           date_from_ymd(1900 + (int)(n / 10000), (int)(n / 100 % 100), (int)(n % 100), out);
}

typedef bool read_line(struct replay *r, struct csv_field *f);

/* Every line after the head; what has another number of fields or is no row is refused. */
static int each_line(struct replay *r, const char *name, struct buf *text, size_t fields,
                     read_line *line)
{
    char *at = text->at, *end = text->at + text->len;
    for (int64_t n = 1; at < end; n++) {
        struct csv_field f[FIELDS + 1];
        const char *why = "not a row of this format";
        char *next = memchr(at, '\n', (size_t)(end - at));
        size_t count = 0, len = (size_t)((next ? next + 1 : end) - at);
        if (!next && n > 1)
            return 0; /* the source is cut off inside its last line */
        *(next ? next : end) = '\0';
        int rc = csv_split(at, len - (next != NULL), ';', f, FIELDS, &count, &why);
        if (rc || count != fields || (n > 1 && !line(r, f))) {
            snprintf(r->why, 100, "%s:%lld: %s", name, (long long)n, why);
            return BASE_BAD_INPUT;
        }
        at += len;
    }
    return 0;
}

static size_t lines_of(const struct buf *text)
{
    size_t n = 1;
    for (size_t i = 0; i < text->len; i++)
        n += text->at[i] == '\n';
    return n;
}

static bool read_account(struct replay *r, struct csv_field *f)
{
    struct account_row a = { .fee = !strcmp(f[2].at, "POPLATEK TYDNE")       ? 1
                                    : !strcmp(f[2].at, "POPLATEK PO OBRATU") ? 2
                                                                             : 0 };
    if (!number_of(f[0].at, &a.number) || a.number >= NUMBERS_MAX || !day_of(f[3].at, &a.opened))
        return false;
    r->accounts[r->n_accounts++] = a;
    r->by_number[a.number] = (int32_t)r->n_accounts;
    return true;
}

static bool read_key(struct key *k, const char *account, const char *bank, const char *payee,
                     const char *minor)
{
    *k = (struct key){ .account = 0 };
    if (strlen(bank) > 2 || strlen(payee) > 11)
        return false;
    snprintf(k->bank, sizeof k->bank, "%s", bank);
    snprintf(k->payee, sizeof k->payee, "%s", payee);
    return number_of(account, &k->account) && amount_of(minor, &k->minor);
}

static bool read_order(struct replay *r, struct csv_field *f)
{
    struct order_row *o = &r->orders[r->n_orders++];
    return read_key(&o->key, f[1].at, f[2].at, f[3].at, f[4].at);
}

static bool read_transaction(struct replay *r, struct csv_field *f)
{
    struct key k;
    bool fee = !strcmp(f[7].at, "SLUZBY"), out = !strcmp(f[4].at, "PREVOD NA UCET");
    if (!fee && !out)
        return true;
    if (!read_key(&k, f[1].at, out ? f[8].at : "", out ? f[9].at : "", f[5].at) ||
        !day_of(f[2].at, &k.day))
        return false;
    *(fee ? &r->fees[r->n_fees++] : &r->transfers[r->n_transfers++]) = k;
    return true;
}

/* ---- order ---- */

static int compare_payee(const void *x, const void *y)
{
    const struct key *a = x, *b = y;
    if (a->account != b->account)
        return a->account < b->account ? -1 : 1;
    int by = strcmp(a->bank, b->bank);
    if (!by)
        by = strcmp(a->payee, b->payee);
    if (!by && a->minor != b->minor)
        by = a->minor < b->minor ? -1 : 1;
    return by;
}

static int compare(const void *x, const void *y)
{
    const struct key *a = x, *b = y;
    int by = compare_payee(x, y);
    return by ? by : (a->day.days > b->day.days) - (a->day.days < b->day.days);
}

static int compare_fee(const void *x, const void *y) /* without the amount: it may differ */
{
    const struct key *a = x, *b = y;
    if (a->account != b->account)
        return a->account < b->account ? -1 : 1;
    return (a->day.days > b->day.days) - (a->day.days < b->day.days);
}

/* The first transfer of each order, in the sorted list, gives its first day. */
static void first_days(struct replay *r)
{
    qsort(r->transfers, r->n_transfers, sizeof *r->transfers, compare);
    for (size_t i = 0; i < r->n_orders; i++) {
        const struct key *k = &r->orders[i].key;
        size_t low = 0, high = r->n_transfers;
        while (low < high) {
            size_t mid = (low + high) / 2;
            if (compare_payee(&r->transfers[mid], k) < 0)
                low = mid + 1;
            else
                high = mid;
        }
        if (low < r->n_transfers && compare_payee(&r->transfers[low], k) == 0) {
            r->orders[i].key.day = r->transfers[low].day;
            r->out->orders_active++;
        }
    }
}

static size_t within(struct key *list, size_t n, date until)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (list[i].day.days <= until.days)
            list[kept++] = list[i];
    return kept;
}

/* ---- the bank ---- */

static int make_product(struct replay *r, date first)
{
    static const struct {
        const char *code, *zh, *en;
        int64_t minor;
    } fees[] = { { "berka-monthly", "月结单费", "Monthly statement", 1460 },
                 { "berka-weekly", "周结单费", "Weekly statement", 3000 },
                 { "berka-each", "逐笔结单费", "Statement after each transaction", 10000 } };
    struct deposit_product p = { .code = "berka",
                                 .kind = DEPOSIT_OVERDRAFT,
                                 .name_zh = "活期",
                                 .name_en = "Current account",
                                 .currency = CZK,
                                 .subject = "2011",
                                 .day_base = 360,
                                 .customers = 3,
                                 .active = true };
    struct customer one = { .kind = CUSTOMER_PERSON,
                            .paper = PAPER_PASSPORT,
                            .paper_number = "BERKA1999",
                            .name = "Berka" };
    int rc = ledger_day_set(r->c, first);
    if (!rc)
        rc = product_put(r->c, &p);
    const struct deposit_rate none = { p.id, RATE_CREDIT, first, { 0 } };
    if (!rc)
        rc = rate_put(r->c, &none);
    if (!rc)
        rc = customer_put(r->c, &one);
    r->product = p.id;
    r->customer = one.id;
    for (int i = 0; !rc && i < 3; i++) {
        struct deposit_fee f = { .cycle = FEE_MONTHLY,
                                 .amount = { fees[i].minor, CZK },
                                 .active = true };
        snprintf(f.code, sizeof f.code, "%s", fees[i].code);
        snprintf(f.name_zh, sizeof f.name_zh, "%s", fees[i].zh);
        snprintf(f.name_en, sizeof f.name_en, "%s", fees[i].en);
        rc = fee_put(r->c, &f);
        r->fee[i] = f.id;
    }
    return rc;
}

static int open_one(struct replay *r, struct account_row *a)
{
    struct deposit_account out;
    const struct deposit_opening o = { .customer = r->customer,
                                       .product = r->product,
                                       .overdraft_minor = INT64_C(1) << 50,
                                       .fee = r->fee[a->fee] };
    int rc = deposit_open(r->c, &o, &out);
    a->id = out.id;
    r->out->accounts += !rc;
    return rc;
}

static int give_order(struct replay *r, struct order_row *row)
{
    int32_t at = r->by_number[row->key.account];
    struct standing_order o = { .minor = row->key.minor,
                                .cycle = STANDING_MONTHLY,
                                .first = row->key.day };
    if (!at || !r->accounts[at - 1].id.n)
        return call_refuse(r->c, BASE_BAD_INPUT, "order", "account %lld",
                           (long long)row->key.account);
    o.payer = r->accounts[at - 1].id;
    snprintf(o.payee_bank, sizeof o.payee_bank, "%s", row->key.bank);
    snprintf(o.payee_account, sizeof o.payee_account, "%s", row->key.payee);
    int rc = standing_put(r->c, &o);
    row->id = o.id;
    return rc;
}

static int one_day(struct replay *r, date day)
{
    struct call *c = r->c;
    struct dayend d;
    bool more = true;
    int rc = 0;
    c->now_us = date_instant(day, 9 * 3600);
    for (size_t i = 0; !rc && i < r->n_accounts; i++)
        if (r->accounts[i].opened.days == day.days)
            rc = open_one(r, &r->accounts[i]);
    for (size_t i = 0; !rc && i < r->n_orders; i++)
        if (r->orders[i].key.day.days == day.days)
            rc = give_order(r, &r->orders[i]);
    c->now_us = date_instant(day, 84600);
    if (!rc)
        rc = dayend_begin(c, day, &d);
    while (!rc && more)
        rc = dayend_run(c, &d, &more);
    r->out->days++;
    return rc ? rc : dayend_proved(c, day, true, "");
}

static int all_days(struct replay *r, date first, date until)
{
    struct call *c = r->c;
    struct arena *outer = c->arena;
    int rc = 0;
    c->arena = arena_new(DAY_MEMORY);
    for (date day = first; !rc && day.days <= until.days; day.days++) {
        rc = one_day(r, day);
        arena_clear(c->arena);
    }
    arena_free(c->arena);
    c->arena = outer;
    return rc;
}

/* ---- what the engine made ---- */

/* The run says when; the books say how much and to whom. */
static int read_run(struct replay *r, const struct order_row *o, const struct standing_run *run)
{
    struct ledger_transfer t;
    struct ledger_pair *meta;
    struct key k = { .account = o->key.account, .first = run->due.days == o->key.day.days };
    size_t n = 0;
    int rc = ledger_transfer_get(r->c, run->transfer, &t);
    if (!rc)
        rc = ledger_transfer_meta(r->c, run->transfer, &meta, &n);
    if (rc)
        return rc;
    k.day = t.booked;
    k.minor = t.amount.minor;
    for (size_t i = 0; i < n; i++) {
        if (!strcmp(meta[i].key, "payee_bank"))
            snprintf(k.bank, sizeof k.bank, "%s", meta[i].value);
        if (!strcmp(meta[i].key, "payee_account"))
            snprintf(k.payee, sizeof k.payee, "%s", meta[i].value);
    }
    r->made[r->n_made++] = k;
    return 0;
}

static int read_made(struct replay *r)
{
    enum { RUNS = 64 };
    int64_t all = 0;
    int rc = db_one_i64(r->c->tx, "SELECT COUNT(*) FROM deposit_standing_run WHERE state=1",
                        DB_NO_ARGS, 0, &all);
    r->made = arena_alloc(r->c->arena, ((size_t)all + 1) * sizeof *r->made);
    for (size_t i = 0; !rc && i < r->n_orders; i++) {
        struct standing_run *runs;
        int n = 0;
        if (!r->orders[i].id.n)
            continue;
        rc = standing_runs(r->c, r->orders[i].id, RUNS, &runs, &n);
        for (int j = 0; !rc && j < n; j++)
            rc = runs[j].rc ? 0 : read_run(r, &r->orders[i], &runs[j]);
    }
    return rc;
}

/* Fees are found in the books by their id, which the day and the account make. */
static int read_charged(struct replay *r, date first, date until)
{
    size_t months = (size_t)(until.days - first.days) / 28 + 2;
    r->charged = arena_alloc(r->c->arena, months * r->n_accounts * sizeof *r->charged);
    for (size_t i = 0; i < r->n_accounts; i++) {
        if (!r->accounts[i].id.n)
            continue;
        for (date d = first; d.days <= until.days; d.days++) {
            struct ledger_transfer t;
            int y, m, day, rc;
            date_to_ymd((date){ d.days + 1 }, &y, &m, &day);
            if (day != 1)
                continue;
            rc = ledger_transfer_get(r->c, deposit_transfer_id(d, TAG_FEE, r->accounts[i].id.n, 0),
                                     &t);
            if (rc < 0)
                return rc;
            if (!rc)
                r->charged[r->n_charged++] = (struct key){ .account = r->accounts[i].number,
                                                           .minor = t.amount.minor,
                                                           .day = t.booked };
        }
    }
    return 0;
}

/* ---- comparing ---- */

static void compare_transfers(struct replay *r)
{
    struct deposit_berka *o = r->out;
    size_t i = 0, j = 0;
    qsort(r->made, r->n_made, sizeof *r->made, compare);
    while (i < r->n_transfers || j < r->n_made) {
        int by = i == r->n_transfers ? 1
                 : j == r->n_made    ? -1
                                     : compare(&r->transfers[i], &r->made[j]);
        o->matched += by == 0;
        o->predicted += by == 0 && !r->made[j].first;
        o->missing += by < 0;
        o->surplus += by > 0;
        i += by <= 0;
        j += by >= 0;
    }
}

static void compare_fees(struct replay *r)
{
    struct deposit_berka *o = r->out;
    size_t i = 0, j = 0;
    qsort(r->fees, r->n_fees, sizeof *r->fees, compare_fee);
    qsort(r->charged, r->n_charged, sizeof *r->charged, compare_fee);
    while (i < r->n_fees || j < r->n_charged) {
        int by = i == r->n_fees      ? 1
                 : j == r->n_charged ? -1
                                     : compare_fee(&r->fees[i], &r->charged[j]);
        bool same = by == 0 && r->fees[i].minor == r->charged[j].minor;
        o->fees_matched += same;
        o->fees_missing += by < 0 || (by == 0 && !same);
        o->fees_waived += by > 0;
        if (same) {
            int fee = r->accounts[r->by_number[r->fees[i].account] - 1].fee;
            o->fee_minor[fee] = r->fees[i].minor;
            o->fee_rows[fee]++;
        }
        i += by <= 0;
        j += by >= 0;
    }
}

int deposit_berka_replay(struct call *c, struct buf *accounts, struct buf *orders,
                         struct buf *transactions, date until, struct deposit_berka *out,
                         char why[100])
{
    struct replay *r = arena_alloc(c->arena, sizeof *r);
    size_t rows = lines_of(transactions);
    date first;
    int64_t now_us = c->now_us;
    memset(out, 0, sizeof *out);
    CHECK(date_from_ymd(1993, 1, 1, &first) && rows < ROWS_MAX);
    *r = (struct replay){ .c = c, .out = out, .why = why };
    r->by_number = arena_alloc(c->arena, NUMBERS_MAX * sizeof *r->by_number);
    r->accounts = arena_alloc(c->arena, lines_of(accounts) * sizeof *r->accounts);
    r->orders = arena_alloc(c->arena, lines_of(orders) * sizeof *r->orders);
    r->transfers = arena_alloc(c->arena, rows * sizeof *r->transfers);
    r->fees = arena_alloc(c->arena, rows * sizeof *r->fees);
    int rc = each_line(r, "account.asc", accounts, 4, read_account);
    if (!rc)
        rc = each_line(r, "order.asc", orders, 6, read_order);
    if (!rc)
        rc = each_line(r, "trans.asc", transactions, 10, read_transaction);
    if (rc)
        return rc;
    out->orders = (int64_t)r->n_orders;
    r->n_transfers = within(r->transfers, r->n_transfers, until);
    r->n_fees = within(r->fees, r->n_fees, until);
    out->transfers = (int64_t)r->n_transfers;
    out->fees = (int64_t)r->n_fees;
    first_days(r);
    rc = make_product(r, first);
    if (!rc)
        rc = all_days(r, first, until);
    if (!rc)
        rc = read_made(r);
    if (!rc)
        rc = read_charged(r, first, until);
    c->now_us = now_us;
    if (rc)
        return rc;
    out->generated = (int64_t)r->n_made;
    out->fees_charged = (int64_t)r->n_charged;
    compare_transfers(r);
    compare_fees(r);
    return 0;
}
