/* ledger_export.c -- See ledger_export.h. */
#include "ledger/ledger_export.h"
#include "base/csv.h"
#include "ledger/ledger_find.h"
#include "ledger/ledger_fast.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "base/banned.h"

enum { CHUNK = 4096, BLOCK = 1 << 16, MEMORY = 1 << 20 };
#define ACCOUNTS_MEMORY ((size_t)2 << 30)

/* ---- every transfer, in the order of booking ---- */

static int walk_fast(struct call *c, ledger_see_transfer *see, void *ctx)
{
    struct db_rows r;
    struct unpack *u = arena_alloc(c->arena, sizeof *u);
    struct ledger_transfer t;
    struct ledger_leg legs[LEDGER_LEGS_MAX];
    int rc = db_query(c->tx, &r, PACK_COLUMNS " ORDER BY first", DB_NO_ARGS);
    while (!rc && (rc = db_next(&r)) == DB_ROW) {
        struct pack row;
        int more = 0;
        rc = 0;
        pack_read(&r, &row);
        unpack_begin(u, &row);
        while (!rc && (more = unpack_next(u, &t)) == 1)
            rc = see(ctx, &t, legs, (size_t)unpack_lines(u, &t, legs));
        if (!rc && more < 0)
            rc = more;
    }
    db_done(&r);
    return rc;
}

static int see_plain(struct call *c, struct db_rows *r, ledger_see_transfer *see, void *ctx)
{
    struct ledger_transfer t = { .id = { db_i64(r, 0), db_i64(r, 1) },
                                 .number = db_i64(r, 2),
                                 .kind = (enum ledger_kind)db_i64(r, 3),
                                 .debit = { db_i64(r, 4) },
                                 .credit = { db_i64(r, 5) },
                                 .amount = { db_i64(r, 7), (enum currency)db_i64(r, 6) },
                                 .code = (int32_t)db_i64(r, 8),
                                 .memo = db_text(r, 9),
                                 .booked_us = db_i64(r, 10),
                                 .booked = { (int32_t)db_i64(r, 11) },
                                 .value = { (int32_t)db_i64(r, 12) },
                                 .outlet_id = db_i64(r, 13) };
    struct ledger_leg two[2] = { { t.debit, LEDGER_DEBIT, t.amount.minor },
                                 { t.credit, LEDGER_CREDIT, t.amount.minor } };
    struct ledger_leg *legs = two;
    size_t n = 2;
    int rc = 0;
    if (t.kind == LEDGER_HOLD || t.kind == LEDGER_VOID)
        n = 0;
    else if (!t.debit.n)
        rc = ledger_transfer_legs(c, &t, &legs, &n);
    return rc ? rc : see(ctx, &t, legs, n);
}

static int walk_plain(struct call *c, ledger_see_transfer *see, void *ctx)
{
    struct db_rows r;
    struct call k = *c;
    int rc = db_query(c->tx, &r,
                      "SELECT id_high, id_low, number, kind, debit_id, credit_id, currency, minor,"
                      " code, memo, booked_us, booked_day, value_day, outlet_id"
                      " FROM ledger_transfer ORDER BY number",
                      DB_NO_ARGS);
    k.arena = arena_new(MEMORY);
    while (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = see_plain(&k, &r, see, ctx);
        arena_clear(k.arena);
    }
    db_done(&r);
    arena_free(k.arena);
    return rc;
}

int ledger_walk(struct call *c, ledger_see_transfer *see, void *ctx)
{
    struct fast *fast;
    int rc = ledger_fast_of(c->tx, &fast);
    if (rc)
        return rc;
    return fast ? walk_fast(c, see, ctx) : walk_plain(c, see, ctx);
}

/* ---- out ---- */

struct known { /* an account, in the order of ids */
    int64_t id;
    struct ledger_account a;
    enum ledger_class class;
};
struct export
{
    struct call *c;
    enum ledger_export_format format;
    ledger_export_put *put;
    void *ctx;
    struct buf out;
    struct known *accounts;
    int n, max;
    date last;
    struct ledger_export_done *done;
};

static int hand_on(struct export *x, size_t least)
{
    if (x->out.len < least)
        return 0;
    bool good = !x->out.overflow && x->put(x->ctx, x->out.at, x->out.len);
    buf_clear(&x->out);
    return good ? 0 : RC_IO;
}

/* What ends a line or begins a comment or a quote in those formats becomes a space. */
static void text_out(struct export *x, const char *s)
{
    for (; *s; s++)
        buf_char(&x->out, (unsigned char)*s < 0x20 || strchr(";|\"\\", *s) ? ' ' : *s);
}

static void csv_text(struct export *x, const char *s)
{
    bool guard = csv_needs_guard(s);
    buf_char(&x->out, '"');
    if (guard)
        buf_char(&x->out, '\'');
    for (; *s; s++) {
        if (*s == '"')
            buf_char(&x->out, '"');
        buf_char(&x->out, *s);
    }
    buf_char(&x->out, '"');
}

/* beancount knows five roots; clearing is on either side and is put with equity. */
static const char *root_of(enum ledger_class class)
{
    switch (class) {
    case SUBJECT_ASSET:
        return "Assets";
    case SUBJECT_LIABILITY:
        return "Liabilities";
    case SUBJECT_INCOME:
        return "Income";
    case SUBJECT_EXPENSE:
        return "Expenses";
    default:
        return "Equity";
    }
}

/* "Liabilities:2011:A891953768994256" */
static void account_out(struct export *x, const struct known *k)
{
    buf_printf(&x->out, "%s:%s:A%" PRId64, root_of(k->class), k->a.subject, k->id);
}

static const struct known *account_of(const struct export *x, account_id id)
{
    int low = 0, high = x->n - 1;
    while (low <= high) {
        int at = (low + high) / 2;
        if (x->accounts[at].id == id.n)
            return &x->accounts[at];
        if (x->accounts[at].id < id.n)
            low = at + 1;
        else
            high = at - 1;
    }
    return NULL;
}

static const char *code_of(enum currency currency)
{
    return currency_find((int)currency)->code;
}

/* ---- accounts ---- */

static int add_accounts(struct export *x, const struct ledger_account *list, int n,
                        const struct ledger_subject *subjects, int n_subjects)
{
    for (int i = 0; i < n; i++) {
        struct known *k = &x->accounts[x->n++];
        k->id = list[i].id.n;
        k->a = list[i];
        for (int s = 0; s < n_subjects; s++) {
            if (!strcmp(subjects[s].code, list[i].subject))
                k->class = subjects[s].class;
        }
    }
    return 0;
}

static void make_room(struct export *x, int more)
{
    if (x->n + more <= x->max)
        return;
    int max = (x->n + more) * 2;
    struct known *list = arena_alloc(x->c->arena, (size_t)max * sizeof *list);
    if (x->n)
        memcpy(list, x->accounts, (size_t)x->n * sizeof *list);
    x->accounts = list;
    x->max = max;
}

static int load_accounts(struct export *x)
{
    struct ledger_accounts_wanted w = { .outlet_id = LEDGER_ALL_OUTLETS };
    struct ledger_subject *subjects;
    struct call k = *x->c;
    int n_subjects, n = CHUNK;
    int rc = ledger_subjects(x->c, &subjects, &n_subjects);
    k.arena = arena_new(64 << 20);
    while (!rc && n == CHUNK) {
        struct ledger_account *list;
        rc = ledger_accounts(&k, &w, CHUNK, &list, &n);
        make_room(x, n);
        if (!rc)
            rc = add_accounts(x, list, n, subjects, n_subjects);
        if (n)
            w.after.n = x->accounts[x->n - 1].id;
        arena_clear(k.arena);
    }
    arena_free(k.arena);
    x->done->accounts = x->n;
    return rc;
}

static void open_out(struct export *x, const struct known *k)
{
    char day[DATE_TEXT];
    date_print(k->a.opened, day);
    if (x->format == EXPORT_BEANCOUNT) {
        buf_printf(&x->out, "%s open ", day);
        account_out(x, k);
        buf_printf(&x->out, " %s\n  name: \"", code_of(k->a.currency));
        text_out(x, k->a.name);
        buf_text(&x->out, "\"\n");
    } else {
        buf_text(&x->out, "account ");
        account_out(x, k);
        buf_text(&x->out, "  ; ");
        text_out(x, k->a.name);
        buf_char(&x->out, '\n');
    }
}

static int head_out(struct export *x)
{
    int rc = 0;
    if (x->format == EXPORT_CSV) {
        buf_text(&x->out, "booked,value date,number,transfer,kind,code,memo,subject,account,name,"
                          "currency,debit,credit\r\n");
        return 0;
    }
    buf_text(&x->out, "; Books exported by piaohao. Debits are positive.\n");
    if (x->format == EXPORT_BEANCOUNT)
        buf_text(&x->out, "option \"title\" \"piaohao\"\n");
    for (int i = 0; !rc && i < x->n; i++) {
        open_out(x, &x->accounts[i]);
        rc = hand_on(x, BLOCK);
    }
    return rc;
}

/* ---- transfers ---- */

static void amount_out(struct export *x, int64_t minor, enum currency currency)
{
    char text[MONEY_TEXT];
    money_print((money){ minor, currency }, text);
    buf_text(&x->out, text);
}

static void title_out(struct export *x, const struct ledger_transfer *t)
{
    char booked[DATE_TEXT], value[DATE_TEXT], id[TRANSFER_TEXT];
    date_print(t->booked, booked);
    date_print(t->value, value);
    ledger_id_print(t->id, id);
    if (x->format == EXPORT_BEANCOUNT) {
        buf_printf(&x->out, "\n%s * \"", booked);
        text_out(x, t->memo);
        buf_printf(&x->out, "\"\n  number: \"%" PRId64 "\"\n  id: \"%s\"\n", t->number, id);
        if (t->value.days != t->booked.days)
            buf_printf(&x->out, "  value: %s\n", value);
        return;
    }
    buf_printf(&x->out, "\n%s", booked);
    if (t->value.days != t->booked.days)
        buf_printf(&x->out, "=%s", value);
    buf_printf(&x->out, " * (%" PRId64 ") ", t->number);
    text_out(x, t->memo);
    buf_printf(&x->out, "  ; id:%s\n", id);
}

static void leg_csv(struct export *x, const struct ledger_transfer *t, const struct ledger_leg *l,
                    const struct known *k)
{
    char booked[DATE_TEXT], value[DATE_TEXT], id[TRANSFER_TEXT];
    date_print(t->booked, booked);
    date_print(t->value, value);
    ledger_id_print(t->id, id);
    buf_printf(&x->out, "%s,%s,%" PRId64 ",%s,%d,%" PRId32 ",", booked, value, t->number, id,
               (int)t->kind, t->code);
    csv_text(x, t->memo);
    buf_printf(&x->out, ",%s,%" PRId64 ",", k->a.subject, k->id);
    csv_text(x, k->a.name);
    buf_printf(&x->out, ",%s,", code_of(t->amount.currency));
    if (l->side == LEDGER_DEBIT)
        amount_out(x, l->minor, t->amount.currency);
    buf_char(&x->out, ',');
    if (l->side == LEDGER_CREDIT)
        amount_out(x, l->minor, t->amount.currency);
    buf_text(&x->out, "\r\n");
}

static int transfer_out(void *ctx, const struct ledger_transfer *t, const struct ledger_leg *legs,
                        size_t n)
{
    struct export *x = ctx;
    if (!n)
        return 0;
    if (t->booked.days > x->last.days)
        x->last = t->booked;
    if (x->format != EXPORT_CSV)
        title_out(x, t);
    for (size_t i = 0; i < n; i++) {
        const struct known *k = account_of(x, legs[i].account);
        if (!k)
            return RC_CORRUPT;
        if (x->format == EXPORT_CSV) {
            leg_csv(x, t, &legs[i], k);
            continue;
        }
        buf_text(&x->out, "  ");
        account_out(x, k);
        buf_text(&x->out, "  ");
        amount_out(x, legs[i].side == LEDGER_DEBIT ? legs[i].minor : -legs[i].minor,
                   t->amount.currency);
        buf_printf(&x->out, " %s\n", code_of(t->amount.currency));
    }
    x->done->transfers++;
    x->done->legs += (int64_t)n;
    return hand_on(x, BLOCK);
}

/* ---- the balances that the reader must come to ---- */

static int assertion_out(struct export *x, const struct known *k, const char *day)
{
    int64_t debits, credits;
    int rc = ledger_turnover_on(x->c, k->a.id, (date){ INT32_MAX }, &debits, &credits);
    if (rc || (!debits && !credits))
        return rc;
    if (x->format == EXPORT_BEANCOUNT)
        buf_printf(&x->out, "%s balance ", day);
    else
        buf_text(&x->out, "  ");
    account_out(x, k);
    if (x->format == EXPORT_HLEDGER)
        buf_printf(&x->out, "  0 %s =", code_of(k->a.currency));
    buf_char(&x->out, ' ');
    amount_out(x, debits - credits, k->a.currency);
    if (x->format == EXPORT_BEANCOUNT)
        buf_text(&x->out, " ~ 0"); /* else it forgives a unit of the last decimal */
    buf_printf(&x->out, " %s\n", code_of(k->a.currency));
    return hand_on(x, BLOCK);
}

/* beancount's assertions are of the beginning of a day, hledger's of a posting. */
static int assertions_out(struct export *x)
{
    char day[DATE_TEXT];
    int rc = 0;
    if (x->format == EXPORT_CSV || !x->done->transfers)
        return 0;
    date_print((date){ x->last.days + 1 }, day);
    buf_char(&x->out, '\n');
    if (x->format == EXPORT_HLEDGER)
        buf_printf(&x->out, "%s * balances as piaohao has them\n", day);
    for (int i = 0; !rc && i < x->n; i++)
        rc = assertion_out(x, &x->accounts[i], day);
    return rc;
}

int ledger_export(struct call *c, enum ledger_export_format f, ledger_export_put *put, void *ctx,
                  struct ledger_export_done *done)
{
    struct call k = *c;
    struct export x = {
        .c = &k, .format = f, .put = put, .ctx = ctx, .last = { INT32_MIN }, .done = done
    };
    *done = (struct ledger_export_done){ 0 };
    k.arena = arena_new(ACCOUNTS_MEMORY);
    buf_init(&x.out, 4 * BLOCK);
    int rc = load_accounts(&x);
    if (!rc)
        rc = head_out(&x);
    if (!rc)
        rc = ledger_walk(&k, transfer_out, &x);
    if (!rc)
        rc = assertions_out(&x);
    if (!rc)
        rc = hand_on(&x, 1);
    buf_release(&x.out);
    arena_free(k.arena);
    return rc;
}
