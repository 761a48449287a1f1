/* statement_pdf.c -- The statement on paper: every page opens with a balance, lists movements, and
 * closes with the balance they lead to. */
#include "print/print.h"
#include "statement/statement_priv.h"
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "base/banned.h"

enum { COLUMNS = 7 };
#define LEFT   36.0
#define RIGHT  (PRINT_A4_WIDTH - 36.0)
#define TOP    168.0
#define BOTTOM (PRINT_A4_HEIGHT - 84.0)
#define GREY   0x5A6660
#define INK    0x14251E
#define GREEN  0x1F5E48
#define RED    0xC0281E

struct sheet {
    const struct statement *s;
    struct print *p;
    struct print_table t;
    bool en;
    int64_t debits, credits; /* of this page */
    int64_t balance;         /* after what was printed */
};

static const struct print_column columns_zh[COLUMNS] = {
    { "记账日", 50, PRINT_LEFT, false },        { "流水号", 80, PRINT_LEFT, false },
    { "摘要", 98, PRINT_LEFT, true },           { "借方（支出）", 70, PRINT_RIGHT, false },
    { "贷方（收入）", 70, PRINT_RIGHT, false }, { "余额", 76, PRINT_RIGHT, false },
    { "对方", 79.28, PRINT_LEFT, true },
};
static const struct print_column columns_en[COLUMNS] = {
    { "Booked", 50, PRINT_LEFT, false },         { "Number", 80, PRINT_LEFT, false },
    { "Particulars", 98, PRINT_LEFT, true },     { "Debit", 70, PRINT_RIGHT, false },
    { "Credit", 70, PRINT_RIGHT, false },        { "Balance", 76, PRINT_RIGHT, false },
    { "Counterparty", 79.28, PRINT_LEFT, true },
};

static const char *word(const struct sheet *k, const char *zh, const char *en)
{
    return k->en ? en : zh;
}

static const char *bank(const struct sheet *k)
{
    return word(k, k->s->query.bank.zh, k->s->query.bank.en);
}

static void money_text(const struct sheet *k, int64_t minor, char out[STATEMENT_AMOUNT])
{
    statement_amount(minor, k->s->account.currency, out);
}

/* ---- the stamp: a ring, the bank's name round it, a star, what it is for ---- */

static void star(struct print *p, double x, double y, double r)
{
    const struct print_pen full = { .fills = true, .fill = RED };
    struct print_point points[10];
    for (int i = 0; i < 10; i++) {
        double reach = i % 2 ? r * 0.382 : r, turn = i * M_PI / 5;
        points[i] = (struct print_point){ x + reach * sin(turn), y - reach * cos(turn) };
    }
    print_path(p, points, COUNT(points), true, &full);
}

static void stamp(struct sheet *k, double x, double y)
{
    const double r = 37;
    const struct print_pen ring = { .width = 1.6, .color = RED };
    struct print_style round = { .size = 8.5, .color = RED, .bold = true },
                       below = { .size = 6.2, .color = RED, .align = PRINT_CENTRE };
    print_ellipse(k->p, x, y, r, r, &ring);
    double room = 1.45 * M_PI * (r - 11), wide = print_text_width(k->p, &round, bank(k));
    if (wide > room)
        round.size *= room / wide;
    else
        round.spacing = fmin(4, (room * 0.8 - wide) / (1 + (double)strlen(bank(k)) / 3));
    if (round.spacing < 0)
        round.spacing = 0;
    print_text_round(k->p, x, y, r - 10.5, &round, bank(k));
    star(k->p, x, y - 1, 9);
    print_text(k->p, x, y + 19, &below, word(k, "电子回单专用章", "E-STATEMENT"));
    below.size = 4.8;
    print_text(k->p, x, y + 26.5, &below, k->s->code);
}

/* ---- the head of a page ---- */

static void fact(struct sheet *k, double x, double y, const char *name, const char *value)
{
    const struct print_style small = { .size = 7.5, .color = GREY },
                             ink = { .size = 8.5, .color = INK };
    double gap = k->en ? 58 : 44;
    print_text(k->p, x, y, &small, name);
    print_cell(k->p, x + gap, y, 205 - gap, &ink, value);
}

static void facts(struct sheet *k)
{
    const struct statement *s = k->s;
    char period[2 * DATE_TEXT + 8], from[DATE_TEXT], until[DATE_TEXT];
    date_print(s->query.from, from);
    date_print(s->query.until, until);
    snprintf(period, sizeof period, "%s – %s", from, until);
    const char *product = word(k, s->party.product_zh, s->party.product_en);
    const struct currency_info *currency = currency_find((int)s->account.currency);
    double x = LEFT, y = 84;
    fact(k, x, y, word(k, "户名", "Name"), s->party.name);
    fact(k, x, y + 15, word(k, "账号", "Account"), s->party.number);
    fact(k, x, y + 30, word(k, "期间", "Period"), period);
    x += 215;
    fact(k, x, y, word(k, "币种", "Currency"), word(k, currency->zh, currency->code));
    fact(k, x, y + 15, word(k, "产品", "Product"), *product ? product : "—");
    fact(k, x, y + 30, word(k, "验证码", "Code"), s->code);
}

/* The whole period in one line: opening - debits + credits = closing. */
static void summary(struct sheet *k)
{
    const struct statement *s = k->s;
    const struct print_pen band = { .fills = true, .fill = 0xEAF2ED };
    const struct print_style name = { .size = 6.8, .color = GREY },
                             value = { .size = 9, .color = INK, .bold = true };
    const char *names[] = { word(k, "期初余额", "Opening balance"), word(k, "借方合计", "Debits"),
                            word(k, "贷方合计", "Credits"),
                            word(k, "期末余额", "Closing balance") };
    const int64_t minors[] = { s->opening, s->debits, s->credits, s->closing };
    const int64_t counts[] = { -1, s->n_debits, s->n_credits, -1 };
    double width = (RIGHT - LEFT) / 4;
    print_rect(k->p, LEFT, 126, RIGHT - LEFT, 32, 3, &band);
    for (int i = 0; i < 4; i++) {
        char text[STATEMENT_AMOUNT], head[80];
        money_text(k, minors[i], text);
        if (counts[i] < 0)
            snprintf(head, sizeof head, "%s", names[i]);
        else
            snprintf(head, sizeof head, k->en ? "%s (%" PRId64 ")" : "%s（%" PRId64 "笔）",
                     names[i], counts[i]);
        print_text(k->p, LEFT + 8 + i * width, 138, &name, head);
        print_text(k->p, LEFT + 8 + i * width, 151, &value, text);
    }
}

static void sum_row(struct sheet *k, const char *label, bool totals, int64_t balance)
{
    char debits[STATEMENT_AMOUNT], credits[STATEMENT_AMOUNT], text[STATEMENT_AMOUNT];
    const char *cells[COLUMNS] = { NULL, NULL, label, NULL, NULL, text, NULL };
    money_text(k, k->debits, debits);
    money_text(k, k->credits, credits);
    money_text(k, balance, text);
    if (totals) {
        cells[3] = debits;
        cells[4] = credits;
    }
    print_table_total(k->p, &k->t, cells);
}

static void begin_page(struct sheet *k)
{
    const struct print_style title = { .size = 16, .color = INK, .bold = true },
                             name = { .size = 10, .color = GREEN, .bold = true };
    const struct print_pen rule = { .width = 1.2, .color = GREEN };
    print_page(k->p);
    print_text(k->p, LEFT, 42, &name, bank(k));
    print_text(k->p, LEFT, 64, &title, word(k, "账户对账单", "Statement of account"));
    print_line(k->p, LEFT, 70, RIGHT - 88, 70, &rule);
    facts(k);
    stamp(k, RIGHT - 40, 80);
    summary(k);
    k->t.y = TOP;
    k->debits = k->credits = 0;
    print_table_head(k->p, &k->t);
    sum_row(k,
            print_pages(k->p) == 1 ? word(k, "期初余额", "Opening balance")
                                   : word(k, "承前页", "Brought forward"),
            false, k->balance);
}

static void foot(struct sheet *k)
{
    char made[INSTANT_TEXT], text[200];
    const struct print_style small = { .size = 6.8, .color = GREY },
                             number = { .size = 6.8, .color = GREY, .align = PRINT_RIGHT };
    const struct print_pen rule = { .width = 0.5, .color = 0xB9C4BD };
    double y = PRINT_A4_HEIGHT - 40;
    instant_print(k->s->made_us, made);
    snprintf(text, sizeof text,
             k->en ? "Made %.10s %.8s. To check this paper: its account, period and code %s."
                   : "打印时间 %.10s %.8s。凭账号、期间和验证码 %s 可核验本单真伪。",
             made, made + 11, k->s->code);
    print_line(k->p, LEFT, y - 10, RIGHT, y - 10, &rule);
    print_text(k->p, LEFT, y, &small, text);
    print_page_number(k->p, RIGHT, y, &number,
                      word(k, "第 {page} 页，共 {pages} 页", "Page {page} of {pages}"));
}

/* The page's own sum: what it began with and its movements are what it ends with. */
static void end_page(struct sheet *k, bool last)
{
    if (last)
        sum_row(k, word(k, "本页合计 / 期末余额", "This page / closing"), true, k->balance);
    else
        sum_row(k, word(k, "本页合计 / 过次页", "This page / carried"), true, k->balance);
    foot(k);
}

/* "张* …1234": a paper has no room for more, and the end is what people compare. */
static void other_text(const struct statement_line *l, char *out, size_t size)
{
    size_t n = strlen(l->other_number);
    if (n > 4)
        snprintf(out, size, "%s …%s", l->other_name, l->other_number + n - 4);
    else
        snprintf(out, size, "%s", l->other_name);
}

static void one_line(struct sheet *k, const struct statement_line *l)
{
    char day[DATE_TEXT], number[24], amount[STATEMENT_AMOUNT], balance[STATEMENT_AMOUNT],
        other[200];
    bool debit = l->side == LEDGER_DEBIT;
    date_print(l->booked, day);
    snprintf(number, sizeof number, "%" PRId64, l->number);
    money_text(k, l->minor, amount);
    money_text(k, l->balance, balance);
    other_text(l, other, sizeof other);
    const char *cells[COLUMNS] = {
        day, number, l->memo, debit ? amount : NULL, debit ? NULL : amount, balance, other
    };
    if (k->t.y + print_table_row_height(k->p, &k->t, cells) > BOTTOM) {
        end_page(k, false);
        begin_page(k);
    }
    print_table_row(k->p, &k->t, cells);
    *(debit ? &k->debits : &k->credits) += l->minor;
    k->balance = l->balance;
}

/* ---- the end of the last page ---- */

static void capitals(struct sheet *k, double y)
{
    char text[MONEY_CAPITALS], line[MONEY_CAPITALS + 80];
    const struct print_style ink = { .size = 9, .color = INK };
    if (k->s->account.currency != CNY)
        return;
    money_capitals((money){ k->s->closing, CNY }, text);
    snprintf(line, sizeof line, "%s%s",
             word(k, "期末余额（大写）：人民币", "Closing balance in words: 人民币"), text);
    print_paragraph(k->p, LEFT, y, RIGHT - LEFT - 70, 0, &ink, line);
}

static int seal(struct sheet *k, double y)
{
    char text[200], from[DATE_TEXT], until[DATE_TEXT];
    date_print(k->s->query.from, from);
    date_print(k->s->query.until, until);
    snprintf(text, sizeof text, "piaohao-statement;%s;%s;%s;%s", k->s->party.number, from, until,
             k->s->code);
    return print_qr(k->p, RIGHT - 52, y, 50, text);
}

static int fill(struct sheet *k)
{
    begin_page(k);
    for (int i = 0; i < k->s->n; i++)
        one_line(k, &k->s->lines[i]);
    end_page(k, true);
    if (k->t.y + 70 > BOTTOM + 20) {
        print_page(k->p);
        foot(k);
        k->t.y = LEFT;
    }
    capitals(k, k->t.y + 20);
    return seal(k, k->t.y + 8);
}

int statement_pdf(const struct statement *s, struct buf *out)
{
    char keywords[200], title[120], from[DATE_TEXT], until[DATE_TEXT];
    date_print(s->query.from, from);
    date_print(s->query.until, until);
    snprintf(keywords, sizeof keywords, "piaohao-statement;%s;%s;%s;%s;%s;%s", s->party.number,
             from, until, s->code, s->query.english ? "en" : "zh",
             s->query.full_name ? "full" : "masked");
    struct sheet k = { .s = s, .en = s->query.english, .balance = s->opening };
    snprintf(title, sizeof title, "%s %s", word(&k, "账户对账单", "Statement of account"),
             s->party.number);
    k.p = print_new(&(struct print_setup){
        .title = title, .author = bank(&k), .keywords = keywords, .created_us = s->made_us });
    k.t = (struct print_table){ .x = LEFT,
                                .columns = k.en ? columns_en : columns_zh,
                                .n = COLUMNS,
                                .size = 7,
                                .head = 0xDCE8E1,
                                .stripe = 0xF6F8F6,
                                .rule = 0xDDE3DF };
    int rc = fill(&k);
    if (!rc && k.balance != s->closing) /* a line's own balance, from the disk */
        rc = RC_CORRUPT;
    if (!rc)
        rc = print_pdf(k.p, out);
    print_free(k.p);
    return rc;
}
