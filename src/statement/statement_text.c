/* statement_text.c -- JSON, lines for a terminal, CSV. */
#include "base/csv.h"
#include "base/jsonw.h"
#include "statement/statement_priv.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "base/banned.h"

/* ---- JSON ---- */

static void jw_minor(struct jsonw *w, const char *key, int64_t minor, enum currency currency)
{
    char text[MONEY_TEXT];
    money_print((money){ minor, currency }, text);
    jw_text(w, key, text);
}

static void jw_date(struct jsonw *w, const char *key, date d)
{
    char text[DATE_TEXT];
    date_print(d, text);
    jw_text(w, key, text);
}

static void line_json(struct jsonw *w, const struct statement *s, const struct statement_line *l)
{
    char id[TRANSFER_TEXT];
    enum currency currency = s->account.currency;
    ledger_id_print(l->transfer, id);
    jw_object(w, NULL);
    jw_i64(w, "seq", l->seq);
    jw_i64(w, "number", l->number);
    jw_text(w, "transfer", id);
    jw_date(w, "booked", l->booked);
    jw_date(w, "value", l->value);
    jw_i64(w, "at_ms", l->booked_us / 1000);
    jw_text(w, "side", l->side == LEDGER_DEBIT ? "debit" : "credit");
    jw_minor(w, "amount", l->minor, currency);
    jw_minor(w, "balance", l->balance, currency);
    jw_text(w, "memo", l->memo);
    jw_bool(w, "reversal", l->kind == LEDGER_REVERSE);
    jw_i64(w, "code", l->code);
    jw_text(w, "other", l->other_name);
    jw_text(w, "other_number", l->other_number);
    jw_end(w);
}

void statement_json(const struct statement *s, struct buf *out)
{
    struct jsonw w;
    enum currency currency = s->account.currency;
    jw_init(&w, out);
    jw_object(&w, NULL);
    jw_text(&w, "account", s->party.number);
    jw_i64(&w, "ledger_id", s->account.id.n);
    jw_text(&w, "name", s->party.name);
    jw_text(&w, "product_zh", s->party.product_zh);
    jw_text(&w, "product_en", s->party.product_en);
    jw_text(&w, "currency", currency_find((int)currency)->code);
    jw_date(&w, "from", s->query.from);
    jw_date(&w, "until", s->query.until);
    jw_minor(&w, "opening", s->opening, currency);
    jw_minor(&w, "closing", s->closing, currency);
    jw_minor(&w, "debits", s->debits, currency);
    jw_minor(&w, "credits", s->credits, currency);
    jw_i64(&w, "n_debits", s->n_debits);
    jw_i64(&w, "n_credits", s->n_credits);
    jw_minor(&w, "unfolded", s->unfolded, currency);
    jw_bool(&w, "debit_side", s->account.debit_side);
    jw_text(&w, "code", s->code);
    jw_text(&w, "sha256", s->digest);
    jw_array(&w, "lines");
    for (int i = 0; i < s->n; i++)
        line_json(&w, s, &s->lines[i]);
    jw_end(&w);
    jw_end(&w);
}

/* ---- a terminal ---- */

/* Columns that a text takes on a terminal: Chinese takes two. */
static int columns_of(const char *s)
{
    int n = 0;
    for (; *s; s++) {
        unsigned char c = (unsigned char)*s;
        if (c < 0x80)
            n++;
        else if (c >= 0xE0)
            n += 2;
        else if (c >= 0xC0)
            n++;
    }
    return n;
}

/* A memo may hold anything: what a terminal would obey (C0, DEL, C1) is a space. */
static void shown(struct buf *out, const char *s)
{
    for (; *s; s++) {
        unsigned char c = (unsigned char)*s;
        bool c1 = c == 0xC2 && (unsigned char)s[1] < 0xA0;
        s += c1;
        buf_char(out, c < 0x20 || c == 0x7F || c1 ? ' ' : *s);
    }
}

static void padded(struct buf *out, const char *s, int width, bool right)
{
    int gap = width - columns_of(s);
    for (int i = 0; right && i < gap; i++)
        buf_char(out, ' ');
    shown(out, s);
    for (int i = 0; !right && i < gap; i++)
        buf_char(out, ' ');
    buf_char(out, ' ');
}

static void plain_line(const struct statement *s, const struct statement_line *l, struct buf *out)
{
    char day[DATE_TEXT], amount[STATEMENT_AMOUNT], balance[STATEMENT_AMOUNT], number[24];
    date_print(l->booked, day);
    statement_amount(l->minor, s->account.currency, amount);
    statement_amount(l->balance, s->account.currency, balance);
    snprintf(number, sizeof number, "%" PRId64, l->number);
    padded(out, day, 10, false);
    padded(out, number, 17, true);
    padded(out, l->side == LEDGER_DEBIT ? amount : "", 18, true);
    padded(out, l->side == LEDGER_CREDIT ? amount : "", 18, true);
    padded(out, balance, 18, true);
    padded(out, l->memo, 20, false);
    shown(out, l->other_name);
    buf_char(out, '\n');
}

static void plain_head(const struct statement *s, struct buf *out)
{
    bool en = s->query.english;
    char from[DATE_TEXT], until[DATE_TEXT];
    date_print(s->query.from, from);
    date_print(s->query.until, until);
    buf_printf(out, "%s  %s\n", en ? s->query.bank.en : s->query.bank.zh,
               en ? "Statement of account" : "账户对账单");
    buf_printf(out, "%s  ", s->party.number);
    shown(out, s->party.name);
    buf_printf(out, "  %s\n", currency_find((int)s->account.currency)->code);
    buf_printf(out, "%s .. %s   %s %s\n\n", from, until, en ? "code" : "验证码", s->code);
    padded(out, en ? "booked" : "记账日", 10, false);
    padded(out, en ? "number" : "流水号", 17, true);
    padded(out, en ? "debit" : "借方", 18, true);
    padded(out, en ? "credit" : "贷方", 18, true);
    padded(out, en ? "balance" : "余额", 18, true);
    padded(out, en ? "memo" : "摘要", 20, false);
    buf_printf(out, "%s\n", en ? "counterparty" : "对方");
}

static void plain_sum(const struct statement *s, const char *word, int64_t minor, bool totals,
                      struct buf *out)
{
    char amount[STATEMENT_AMOUNT], debits[STATEMENT_AMOUNT] = "", credits[STATEMENT_AMOUNT] = "";
    if (totals) {
        statement_amount(s->debits, s->account.currency, debits);
        statement_amount(s->credits, s->account.currency, credits);
    }
    statement_amount(minor, s->account.currency, amount);
    padded(out, word, 28, false);
    padded(out, debits, 18, true);
    padded(out, credits, 18, true);
    padded(out, amount, 18, true);
    buf_char(out, '\n');
}

void statement_plain(const struct statement *s, struct buf *out)
{
    bool en = s->query.english;
    plain_head(s, out);
    plain_sum(s, en ? "opening balance" : "期初余额", s->opening, false, out);
    for (int i = 0; i < s->n; i++)
        plain_line(s, &s->lines[i], out);
    plain_sum(s, en ? "closing balance" : "期末余额", s->closing, true, out);
    if (s->account.currency == CNY && !en) {
        char capitals[MONEY_CAPITALS];
        money_capitals((money){ s->closing, CNY }, capitals);
        buf_printf(out, "期末余额（大写）人民币%s\n", capitals);
    }
}

/* ---- CSV ---- */

/* RFC 4180 */
static void cell(struct buf *out, const char *s)
{
    bool guard = csv_needs_guard(s);
    bool quote = guard || strpbrk(s, ",\"\r\n") || *s == ' ';
    if (!quote) {
        buf_text(out, s);
        return;
    }
    buf_char(out, '"');
    if (guard)
        buf_char(out, '\'');
    for (; *s; s++) {
        if (*s == '"')
            buf_char(out, '"');
        buf_char(out, *s);
    }
    buf_char(out, '"');
}

static void amount(struct buf *out, int64_t minor, enum currency currency)
{
    char text[MONEY_TEXT];
    money_print((money){ minor, currency }, text);
    buf_text(out, text);
}

/* sheet: for spreadsheets, which keep 15 digits of a number and lose the other four of an
 * account's; a tab behind it makes it a text, and is no formula. */
static void csv_begin(const struct statement *s, bool sheet, struct buf *out)
{
    buf_text(out, s->party.number);
    buf_text(out, sheet ? "\t," : ",");
    buf_text(out, currency_find((int)s->account.currency)->code);
    buf_char(out, ',');
}

static void csv_line(const struct statement *s, const struct statement_line *l, bool sheet,
                     struct buf *out)
{
    char booked[DATE_TEXT], value[DATE_TEXT], at[INSTANT_TEXT], id[TRANSFER_TEXT];
    enum currency currency = s->account.currency;
    date_print(l->booked, booked);
    date_print(l->value, value);
    instant_print(l->booked_us, at);
    ledger_id_print(l->transfer, id);
    csv_begin(s, sheet, out);
    buf_i64(out, l->seq);
    buf_char(out, ',');
    buf_i64(out, l->number);
    buf_char(out, ',');
    buf_text(out, booked);
    buf_char(out, ',');
    buf_text(out, value);
    buf_char(out, ',');
    buf_add(out, at + 11, 8);
    buf_char(out, ',');
    cell(out, l->memo);
    buf_char(out, ',');
    if (l->side == LEDGER_DEBIT)
        amount(out, l->minor, currency);
    buf_char(out, ',');
    if (l->side == LEDGER_CREDIT)
        amount(out, l->minor, currency);
    buf_char(out, ',');
    amount(out, l->balance, currency);
    buf_char(out, ',');
    cell(out, l->other_name);
    buf_char(out, ',');
    cell(out, l->other_number);
    buf_char(out, ',');
    buf_text(out, id);
    buf_text(out, "\r\n");
}

static void csv_end(const struct statement *s, bool closing, bool sheet, struct buf *out)
{
    char day[DATE_TEXT];
    enum currency currency = s->account.currency;
    date_print(closing ? s->query.until : s->query.from, day);
    csv_begin(s, sheet, out);
    buf_printf(out, ",,%s,,,", day);
    if (s->query.english)
        buf_text(out, closing ? "closing balance" : "opening balance");
    else
        buf_text(out, closing ? "期末余额" : "期初余额");
    buf_char(out, ',');
    if (closing)
        amount(out, s->debits, currency);
    buf_char(out, ',');
    if (closing)
        amount(out, s->credits, currency);
    buf_char(out, ',');
    amount(out, closing ? s->closing : s->opening, currency);
    buf_printf(out, ",,,%s\r\n", closing ? s->code : "");
}

void statement_csv(const struct statement *s, bool bom, struct buf *out)
{
    if (bom)
        buf_text(out, "\xEF\xBB\xBF");
    buf_text(out, s->query.english
                      ? "account,currency,line,number,booked,value date,time,memo,debit,credit,"
                        "balance,counterparty,counterparty account,transfer\r\n"
                      : "账号,币种,序号,流水号,记账日,起息日,时间,摘要,借方,贷方,余额,对方户名,"
                        "对方账号,交易号\r\n");
    csv_end(s, false, bom, out);
    for (int i = 0; i < s->n; i++)
        csv_line(s, &s->lines[i], bom, out);
    csv_end(s, true, bom, out);
}
