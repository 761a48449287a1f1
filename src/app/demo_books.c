/* demo_books.c -- See demo_books.h. Nobody here exists: the ID cards' region 410899 and the mobile
 * numbers' 154 have not been given to anybody, companies and names are drawn from lists. */
#include "app/demo_books.h"
#include "app/demo.h"
#include "branch/demo_city.h"
#include "deposit/dayend.h"
#include "deposit/standing.h"
#include "ledger/ledger_books.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PERSONS = 330, FIRMS = 42, FIRST_OUTLET_SHARE = 5 };

static const char *const givens[] = { "建国", "秀兰", "志强", "桂英", "海涛", "丽娟", "文博",
                                      "雅静", "永胜", "凤霞", "晓东", "玉梅", "振华", "小燕",
                                      "子轩", "欣怡", "德明", "淑珍", "立军", "爱华", "一凡",
                                      "梦琪", "长林", "春花", "国强", "素芳", "浩宇", "佳怡" };
static const char *const places[] = { "怀川", "云台", "太行", "沁河", "覃怀", "修武", "山阳" };
static const char *const trades[] = { "商贸", "餐饮", "机械", "建材", "农产品", "物流" };

struct person {
    deposit_id account;
    account_id ledger;
    int firm;            /* who pays the salary; -1: a pension */
    int64_t pay;         /* a month */
    int pay_day, spends; /* permille of days on which cash is drawn */
};
struct firm {
    deposit_id account;
    account_id ledger;
    int64_t takings; /* an ordinary day */
};
struct demo_books {
    struct bank *bank;
    uint64_t seed;
    int64_t outlet[DEMO_OUTLETS];
    account_id cash[DEMO_OUTLETS], clearing[DEMO_OUTLETS];
    struct person person[PERSONS];
    struct firm firm[FIRMS];
    int person_outlet[PERSONS], firm_outlet[FIRMS];
    struct demo_books_numbers numbers;
    account_id central, loans, loan_interest; /* the bank's own money and business */
    date day;
};

/* ---- who banks here ---- */

static int outlet_of(struct call *c, int i)
{
    return i % FIRST_OUTLET_SHARE == 0 ? 0 : (int)rng_below(c->rng, DEMO_OUTLETS);
}

static int put_person(struct call *c, struct demo_books *k, int i, customer_id *out)
{
    struct customer one = { .kind = CUSTOMER_PERSON,
                            .paper = PAPER_ID_CARD,
                            .outlet_id = k->outlet[k->person_outlet[i]] };
    struct id_card card;
    char number[ID_CARD_TEXT];
    snprintf(one.name, sizeof one.name, "%s%s", demo_surnames[rng_below(c->rng, DEMO_SURNAMES)],
             givens[rng_below(c->rng, COUNT(givens))]);
    snprintf(one.mobile, sizeof one.mobile, "154%08u", rng_below(c->rng, 100000000));
    snprintf(number, sizeof number, "410899%04u%02u%02u%03d0", 1942 + rng_below(c->rng, 64),
             1 + rng_below(c->rng, 12), 1 + rng_below(c->rng, 28), i + 1);
    for (int d = 0; d < 11; d++) {
        number[17] = "0123456789X"[d];
        if (customer_id_card(number, date_of_instant(c->now_us), &card) == 0)
            break;
    }
    memcpy(one.paper_number, number, sizeof number);
    int rc = customer_put(c, &one);
    *out = one.id;
    return rc;
}

static int put_firm(struct call *c, struct demo_books *k, int i, customer_id *out)
{
    static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    struct customer one = { .kind = CUSTOMER_COMPANY,
                            .paper = PAPER_USCC,
                            .outlet_id = k->outlet[k->firm_outlet[i]] };
    char code[USCC_TEXT], number[USCC_TEXT];
    snprintf(one.name, sizeof one.name, "示例%s%s有限公司", places[i % COUNT(places)],
             trades[i % COUNT(trades)]);
    snprintf(number, sizeof number, "91410899MA%07d0", 1000 + i * 37);
    for (int d = 0; d < 31; d++) {
        number[17] = alphabet[d];
        if (customer_uscc(number, code) == 0)
            break;
    }
    memcpy(one.paper_number, number, sizeof number);
    int rc = customer_put(c, &one);
    *out = one.id;
    return rc;
}

static int open_account(struct call *c, struct demo_books *k, customer_id who, int64_t outlet,
                        const char *product, struct deposit_opening o, struct deposit_account *out)
{
    struct deposit_product p;
    int rc = product_by_code(c, product, &p);
    o.customer = who;
    o.outlet_id = outlet;
    o.product = p.id;
    if (!rc)
        rc = deposit_open(c, &o, out);
    k->numbers.accounts += !rc;
    return rc;
}

static int move(struct call *c, struct demo_books *k, deposit_id a, account_id contra,
                int64_t minor, const char *memo)
{
    struct deposit_done done;
    const struct deposit_move m = { .id = ledger_id_make(c),
                                    .account = a,
                                    .contra = contra,
                                    .minor = minor > 0 ? minor : -minor,
                                    .memo = memo };
    k->numbers.movements++;
    return minor > 0 ? deposit_in(c, &m, &done) : deposit_out(c, &m, &done);
}

/* Some have a term or notice deposit beside their demand account. */
static int save_some(struct call *c, struct demo_books *k, customer_id who, int outlet,
                     deposit_id demand)
{
    static const char *const products[] = { "term-3",  "term-6",  "term-12",
                                            "term-12", "term-36", "notice-7" };
    struct deposit_account a;
    uint32_t which = rng_below(c->rng, COUNT(products) * 3);
    struct deposit_opening o = { .rollover = ROLLOVER_ALL };
    if (which >= COUNT(products))
        return 0;
    int64_t minor = 100000 * (5 + (int64_t)rng_below(c->rng, 100));
    if (which == COUNT(products) - 1) {
        o.rollover = ROLLOVER_NONE;
        minor += 5000000;
    } else if (rng_below(c->rng, 3) == 0) {
        o.rollover = ROLLOVER_PAY;
        o.payout = demand;
    }
    int rc = open_account(c, k, who, k->outlet[outlet], products[which], o, &a);
    return rc ? rc : move(c, k, a.id, k->cash[outlet], minor, "定期开户");
}

static int make_firm(struct call *c, struct demo_books *k, int i, fee_id fee)
{
    struct firm *f = &k->firm[i];
    struct deposit_account a;
    customer_id who;
    bool credit = i % 4 == 0;
    int outlet = k->firm_outlet[i] = outlet_of(c, i);
    struct deposit_opening o = { .fee = fee, .overdraft_minor = credit ? 50000000 : 0 };
    f->takings = 200000 + 10000 * (int64_t)rng_below(c->rng, 200);
    int rc = put_firm(c, k, i, &who);
    if (!rc)
        rc = open_account(c, k, who, k->outlet[outlet], credit ? "overdraft" : "demand", o, &a);
    f->account = a.id;
    f->ledger = a.ledger;
    if (!rc)
        rc = move(c, k, a.id, k->clearing[outlet],
                  20000000 + 100000 * (int64_t)rng_below(c->rng, 2000), "他行转入");
    if (!rc && i % 6 == 1) {
        o = (struct deposit_opening){ .purpose = "银行承兑汇票保证金" };
        rc = open_account(c, k, who, k->outlet[outlet], "margin", o, &a);
        if (!rc)
            rc = move(c, k, a.id, k->clearing[outlet], 10000000, "缴存保证金");
    }
    return rc;
}

static int make_person(struct call *c, struct demo_books *k, int i)
{
    struct person *p = &k->person[i];
    struct deposit_account a;
    customer_id who;
    int outlet = k->person_outlet[i] = outlet_of(c, i);
    p->firm = rng_below(c->rng, 10) < 7 ? (int)rng_below(c->rng, FIRMS) : -1;
    p->pay_day = p->firm < 0 ? 5 : p->firm % 2 ? 10 : 15;
    p->pay = p->firm < 0 ? 180000 + 1000 * (int64_t)rng_below(c->rng, 200)
                         : 280000 + 1000 * (int64_t)rng_below(c->rng, 500);
    p->spends = 20 + (int)rng_below(c->rng, 80);
    int rc = put_person(c, k, i, &who);
    if (!rc)
        rc =
            open_account(c, k, who, k->outlet[outlet], "demand", (struct deposit_opening){ 0 }, &a);
    p->account = a.id;
    p->ledger = a.ledger;
    if (!rc)
        rc = move(c, k, a.id, k->cash[outlet], 50000 + 1000 * (int64_t)rng_below(c->rng, 3000),
                  "现金存入");
    return rc ? rc : save_some(c, k, who, outlet, a.id);
}

/* Rent, a loan elsewhere, water and power: most people have one or two. */
static int make_orders(struct call *c, struct demo_books *k, int i, date first)
{
    static const struct {
        const char *bank, *account, *name, *memo;
        int64_t from, more;
    } payees[] = {
        { "示例水务", "1000200030", "示例水务公司", "水费", 3000, 50 },
        { "示例电力", "1000200040", "示例供电公司", "电费", 8000, 120 },
        { "示例物业", "1000200050", "示例物业公司", "物业费", 12000, 100 },
        { "他行一", "6600770088", "个人住房贷款", "还贷", 120000, 2000 },
    };
    int rc = 0, n = (int)rng_below(c->rng, 3);
    for (int j = 0; !rc && j < n; j++) {
        uint32_t which = rng_below(c->rng, COUNT(payees));
        struct standing_order o = { .payer = k->person[i].account,
                                    .minor = payees[which].from +
                                             100 * (int64_t)rng_below(c->rng,
                                                                      (uint32_t)payees[which].more),
                                    .cycle = STANDING_MONTHLY,
                                    .first = { first.days + 1 + (int32_t)rng_below(c->rng, 28) } };
        snprintf(o.payee_bank, sizeof o.payee_bank, "%s", payees[which].bank);
        snprintf(o.payee_account, sizeof o.payee_account, "%s", payees[which].account);
        snprintf(o.payee_name, sizeof o.payee_name, "%s", payees[which].name);
        snprintf(o.memo, sizeof o.memo, "%s", payees[which].memo);
        rc = standing_put(c, &o);
    }
    if (!rc && i % 9 == 4 && i > 0) { /* pocket money for somebody else's child */
        struct standing_order o = { .payer = k->person[i].account,
                                    .payee = k->person[i - 1].account,
                                    .minor = 20000,
                                    .memo = "生活费",
                                    .cycle = STANDING_WEEKLY,
                                    .first = { first.days + 1 } };
        rc = standing_put(c, &o);
    }
    return rc;
}

static int find_outlets(struct call *c, struct demo_books *k)
{
    int rc = 0;
    for (int i = 0; !rc && i < DEMO_OUTLETS; i++) {
        struct branch_outlet o;
        rc = branch_outlet_find(c, demo_outlets[i].code, &o);
        k->outlet[i] = o.id.n;
        if (!rc)
            rc = deposit_own(c, OWN_CASH_DEMO, o.id.n, CNY, &k->cash[i]);
        if (!rc)
            rc = deposit_own(c, OWN_CLEARING, o.id.n, CNY, &k->clearing[i]);
    }
    return rc;
}

static int own_account(struct call *c, const char *subject, const char *name, account_id *out)
{
    struct ledger_account a = { .currency = CNY };
    snprintf(a.subject, sizeof a.subject, "%s", subject);
    snprintf(a.name, sizeof a.name, "%s", name);
    int rc = ledger_account_open(c, &a, NULL, 0);
    *out = a.id;
    return rc;
}

static int own_move(struct call *c, account_id debit, account_id credit, int64_t minor,
                    const char *memo)
{
    struct ledger_result r;
    const struct ledger_order o = { .id = ledger_id_make(c),
                                    .kind = LEDGER_POST,
                                    .debit = debit,
                                    .credit = credit,
                                    .amount = { minor, CNY },
                                    .memo = memo };
    return ledger_post(c, &o, &r);
}

/* Capital, money at the central bank, and loans that pay for the depositors' interest. */
static int make_bank(struct call *c, struct demo_books *k)
{
    account_id capital;
    int rc = own_account(c, "1003", "存放中央银行款项", &k->central);
    if (!rc)
        rc = own_account(c, "4001", "实收资本", &capital);
    if (!rc)
        rc = own_account(c, "1303", "贷款", &k->loans);
    if (!rc)
        rc = own_account(c, "6011", "贷款利息收入", &k->loan_interest);
    if (!rc)
        rc = own_move(c, k->central, capital, INT64_C(5000000000), "投入资本");
    return rc ? rc : own_move(c, k->loans, k->central, INT64_C(4000000000), "发放贷款");
}

static int make_all(struct call *c, void *ctx)
{
    struct demo_books *k = ctx;
    struct deposit_fee fee = { .code = "company",
                               .name_zh = "对公账户管理费",
                               .name_en = "Company account fee",
                               .cycle = FEE_MONTHLY,
                               .amount = { 3000, CNY },
                               .active = true };
    rng_seed(c->rng, k->seed ^ 0xB00C5);
    int rc = ledger_day_set(c, k->day);
    if (!rc)
        rc = find_outlets(c, k);
    if (!rc)
        rc = make_bank(c, k);
    if (!rc)
        rc = fee_put(c, &fee);
    for (int i = 0; !rc && i < FIRMS; i++)
        rc = make_firm(c, k, i, fee.id);
    for (int i = 0; !rc && i < PERSONS; i++)
        rc = make_person(c, k, i);
    for (int i = 0; !rc && i < PERSONS; i++)
        rc = make_orders(c, k, i, k->day);
    k->numbers.customers = PERSONS + FIRMS;
    return rc;
}

/* ---- a day ---- */

static int can_pay(struct call *c, account_id ledger, int64_t minor, bool *can)
{
    struct ledger_account a;
    int rc = ledger_account_get(c, ledger, &a);
    *can = !rc && ledger_available(&a) >= minor;
    return rc;
}

static int pay(struct call *c, struct demo_books *k, deposit_id from, account_id ledger,
               deposit_id to, int64_t minor, const char *memo)
{
    struct deposit_done done;
    bool can;
    const struct deposit_move m = {
        .id = ledger_id_make(c), .account = from, .minor = minor, .memo = memo
    };
    int rc = can_pay(c, ledger, minor, &can);
    if (rc || !can)
        return rc;
    k->numbers.movements++;
    return deposit_transfer(c, &m, to, &done);
}

/* Later in the day, a few minutes after the one before. */
static void later(struct call *c)
{
    if (date_second_of_day(c->now_us) < 17 * 3600)
        c->now_us += (int64_t)(20 + rng_below(c->rng, 900)) * US_SECOND;
}

static int person_day(struct call *c, struct demo_books *k, int i, int month_day)
{
    struct person *p = &k->person[i];
    int outlet = k->person_outlet[i], rc = 0;
    bool can = false;
    if (month_day == p->pay_day && p->firm < 0)
        rc = move(c, k, p->account, k->clearing[outlet], p->pay, "养老金");
    else if (month_day == p->pay_day)
        rc = pay(c, k, k->firm[p->firm].account, k->firm[p->firm].ledger, p->account, p->pay,
                 "工资");
    if (!rc && (int)rng_below(c->rng, 1000) < p->spends) {
        int64_t minor = 10000 * (1 + (int64_t)rng_below(c->rng, 20));
        rc = can_pay(c, p->ledger, minor, &can);
        if (!rc && can)
            rc = move(c, k, p->account, k->cash[outlet], -minor, "现金支取");
    }
    if (!rc && rng_below(c->rng, 1000) < 12)
        rc = move(c, k, p->account, k->cash[outlet], 10000 * (1 + (int64_t)rng_below(c->rng, 50)),
                  "现金存入");
    if (!rc && rng_below(c->rng, 1000) < 10) {
        uint32_t to = rng_below(c->rng, PERSONS);
        if ((int)to != i)
            rc = pay(c, k, p->account, p->ledger, k->person[to].account,
                     100 * (10 + (int64_t)rng_below(c->rng, 5000)), "转账");
    }
    return rc;
}

static int firm_day(struct call *c, struct demo_books *k, int i)
{
    struct firm *f = &k->firm[i];
    int outlet = k->firm_outlet[i], rc = 0;
    bool can = false;
    int64_t takings = f->takings / 100 * (int64_t)(60 + rng_below(c->rng, 80));
    if (rng_below(c->rng, 2))
        rc = move(c, k, f->account, k->clearing[outlet], takings, "货款");
    if (!rc && rng_below(c->rng, 6) == 0) {
        uint32_t to = rng_below(c->rng, FIRMS);
        if ((int)to != i)
            rc = pay(c, k, f->account, f->ledger, k->firm[to].account, takings * 2, "采购货款");
    }
    if (!rc && rng_below(c->rng, 8) == 0) {
        rc = can_pay(c, f->ledger, takings, &can);
        if (!rc && can)
            rc = move(c, k, f->account, k->clearing[outlet], -takings, "付他行货款");
    }
    return rc;
}

/* The day end with its proof, all in this transaction. */
static int evening(struct call *c, struct demo_books *k)
{
    struct dayend d;
    struct ledger_trial t;
    bool more = true;
    c->now_us = date_instant(k->day, 23 * 3600 + 1800);
    int rc = dayend_begin(c, k->day, &d);
    while (!rc && more)
        rc = dayend_run(c, &d, &more);
    if (!rc)
        rc = ledger_trial(c, LEDGER_ALL_OUTLETS, k->day, CNY, &t);
    return rc ? rc
              : dayend_proved(c, k->day, t.debits == t.credits && t.between == 0, "trial balance");
}

static int act_day(struct call *c, void *ctx)
{
    struct demo_books *k = ctx;
    int y, m, d, rc = 0;
    date_to_ymd(k->day, &y, &m, &d);
    rng_seed(c->rng, k->seed * 1000003 + (uint64_t)k->day.days);
    bool open = date_weekday(k->day) <= 5;
    for (int i = 0; !rc && open && i < FIRMS; i++, later(c))
        rc = firm_day(c, k, i);
    for (int i = 0; !rc && i < PERSONS; i++) {
        int64_t before = k->numbers.movements;
        rc = person_day(c, k, i, d);
        if (k->numbers.movements != before)
            later(c);
    }
    if (!rc && d == 21) /* 5.6 % a year */
        rc = own_move(c, k->central, k->loan_interest, INT64_C(4000000000) / 1000 * 56 / 12,
                      "贷款结息");
    return rc ? rc : evening(c, k);
}

int demo_books_day(struct demo_books *k, date day)
{
    k->day = day;
    return app_bank_write(k->bank, date_instant(day, 8 * 3600 + 300), act_day, k);
}

int demo_books_open(struct bank *b, date first, uint64_t seed,
                    void (*progress)(int64_t done, int64_t all), struct demo_books **out)
{
    struct demo_books *k = calloc(1, sizeof *k);
    CHECK(k);
    *out = k;
    k->bank = b;
    k->seed = seed;
    k->day.days = first.days - DEMO_BOOKS_BEFORE;
    int rc = app_bank_write(b, date_instant(k->day, 8 * 3600), make_all, k);
    for (int i = 0; !rc && i < DEMO_BOOKS_BEFORE; i++) {
        rc = demo_books_day(k, (date){ first.days - DEMO_BOOKS_BEFORE + i });
        if (progress)
            progress(i + 1, DEMO_BOOKS_BEFORE);
    }
    return rc;
}

void demo_books_numbers(const struct demo_books *k, struct demo_books_numbers *out)
{
    *out = k->numbers;
}

void demo_books_free(struct demo_books *k)
{
    free(k);
}
