/* weigh_api.c -- How the orders about accounts and customers are weighed (checked.h): what changes
 * an account's state, limit or owner is looked at by a second person. */
#include "api/checked.h"
#include "deposit/product.h"
#include "deposit/standing.h"
#include <stdio.h>
#include <string.h>
#include "base/banned.h"

enum { LOOKED_AT = 200 }; /* of a field that is only looked at: its own limit is asked for later */

/* By the end of the path: what a person reads. */
static const struct {
    const char *end, *zh;
} steps[] = {
    { "/freeze", "冻结或解冻账户" }, { "/stop", "止付或解除止付" }, { "/dormant", "睡眠户设置" },
    { "/wake", "睡眠户激活" },       { "/close", "关闭账户" },      { "/limits", "修改账户限额" },
    { "/release", "解除保证金" },    { "/merge", "合并客户" },      { "/part", "拆分客户" },
};

int weigh_account_step(struct call *c, struct request *q, struct weight *w)
{
    const char *zh = "账户变更", *path = q->route->path;
    size_t n = strlen(path);
    for (size_t i = 0; i < COUNT(steps); i++) {
        size_t m = strlen(steps[i].end);
        if (n > m && !strcmp(path + n - m, steps[i].end))
            zh = steps[i].zh;
    }
    size_t len = strlen(q->param[0]);
    const char *four = len > 4 ? q->param[0] + len - 4 : q->param[0];
    w->kind = APPROVE_ACCOUNT;
    w->outlet_id = c->actor.outlet_id;
    (void)snprintf(w->zh, sizeof w->zh, "%s：尾号 %s", zh, four);
    (void)snprintf(w->en, sizeof w->en, "%.180s: ...%s", q->route->summary, four);
    return 0;
}

/* A passbook's number or what is done at maturity needs nobody; a limit or a fee does. */
int weigh_deposit_patch(struct call *c, struct request *q, struct weight *w)
{
    const char *overdraft = NULL;
    int64_t fee = -1;
    json_want_text(q->doc, q->body, "overdraft", 30, &overdraft);
    json_want_i64(q->doc, q->body, "fee_id", 0, INT64_MAX, &fee);
    w->alone = !overdraft && fee < 0;
    int rc = weigh_account_step(c, q, w);
    if (overdraft && (!money_parse(overdraft, CNY, &w->amount) || w->amount.minor < 0))
        w->amount = (money){ 0, CNY }; /* the order's own refusal says so */
    return rc;
}

/* The order as it is (of a new one only whose account it will be), and in which currency. */
static int standing_now(struct call *c, struct request *q, struct standing_order *o,
                        enum currency *currency)
{
    struct deposit_account payer;
    int rc = q->route->method == HTTP_POST ? deposit_by_number(c, q->param[0], &payer)
                                           : standing_get(c, (standing_id){ q->id[0] }, o);
    if (!rc && q->route->method != HTTP_POST)
        rc = deposit_get(c, o->payer, &payer);
    if (!rc)
        *currency = payer.currency;
    return rc;
}

/* What will be paid each time: also when only who gets it changes, or for how long. Pausing,
 * ending and a memo need nobody. */
int weigh_standing(struct call *c, struct request *q, struct weight *w)
{
    static const char *const others[] = { "payee", "payee_bank", "payee_account", "payee_name",
                                          "until" };
    struct standing_order o = { .minor = 0 };
    enum currency currency = CNY;
    const char *amount = NULL, *other = NULL;
    int rc = standing_now(c, q, &o, &currency);
    if (rc)
        return rc;
    json_want_text(q->doc, q->body, "amount", MONEY_TEXT, &amount);
    for (size_t i = 0; i < COUNT(others) && !other; i++)
        json_want_text(q->doc, q->body, others[i], LOOKED_AT, &other);
    w->kind = APPROVE_TRANSFER;
    w->outlet_id = c->actor.outlet_id;
    w->amount = (money){ o.minor, currency };
    w->alone = !amount && !other;
    if (amount && (!money_parse(amount, currency, &w->amount) || w->amount.minor < 0))
        w->amount = (money){ 0, currency }; /* the order's own refusal says so */
    (void)snprintf(w->zh, sizeof w->zh, "定期转账约定");
    (void)snprintf(w->en, sizeof w->en, "a standing order");
    return 0;
}

/* ---- what is sold, and at which price: always for the whole bank, never alone ---- */

static int about_setting(struct call *c, struct weight *w)
{
    w->kind = APPROVE_SETTING;
    w->outlet_id = c->actor.outlet_id;
    return 0;
}

/* A rate as hung out: 3500 ppm is 0.35 %. */
static void percent_text(int64_t ppm, char *out, size_t size)
{
    (void)snprintf(out, size, "%lld.%04lld", (long long)(ppm / 10000), (long long)(ppm % 10000));
    for (size_t n = strlen(out); n > 4 && out[n - 1] == '0' && out[n - 3] != '.'; n--)
        out[n - 1] = 0;
}

int weigh_rate(struct call *c, struct request *q, struct weight *w)
{
    struct deposit_product p;
    const char *from = "", *side = "credit";
    char percent[24];
    int64_t ppm = 0;
    json_want_text(q->doc, q->body, "from", 10, &from);
    json_want_text(q->doc, q->body, "side", 8, &side);
    json_want_i64(q->doc, q->body, "ppm", 0, RATE_WHOLE, &ppm);
    const bool debit = !strcmp(side, "debit");
    int rc = product_get(c, (product_id){ q->id[0] }, &p);
    if (rc)
        return rc;
    percent_text(ppm, percent, sizeof percent);
    (void)snprintf(w->zh, sizeof w->zh, "%s：%s %s %%，自 %s", p.name_zh,
                   debit ? "透支利率" : "存款利率", percent, from);
    (void)snprintf(w->en, sizeof w->en, "%s: %s rate %s %% from %s", p.name_en,
                   debit ? "overdraft" : "deposit", percent, from);
    return about_setting(c, w);
}

int weigh_product(struct call *c, struct request *q, struct weight *w)
{
    struct deposit_product p = { .code = "" };
    const char *zh = "", *en = "";
    json_want_text(q->doc, q->body, "name_zh", PRODUCT_NAME_MAX, &zh);
    json_want_text(q->doc, q->body, "name_en", PRODUCT_NAME_MAX, &en);
    int rc = q->id[0] ? product_get(c, (product_id){ q->id[0] }, &p) : 0;
    if (rc)
        return rc;
    (void)snprintf(w->zh, sizeof w->zh, "%s：%s", p.code[0] ? "修改产品" : "新产品",
                   p.code[0] ? p.name_zh : zh);
    (void)snprintf(w->en, sizeof w->en, "%s: %s", p.code[0] ? "change a product" : "a new product",
                   p.code[0] ? p.name_en : en);
    return about_setting(c, w);
}

int weigh_fee(struct call *c, struct request *q, struct weight *w)
{
    struct deposit_fee f = { .code = "" };
    const char *zh = "", *en = "", *amount = NULL;
    char was[MONEY_TEXT] = "";
    json_want_text(q->doc, q->body, "name_zh", PRODUCT_NAME_MAX, &zh);
    json_want_text(q->doc, q->body, "name_en", PRODUCT_NAME_MAX, &en);
    json_want_text(q->doc, q->body, "amount", 30, &amount);
    int rc = q->id[0] ? fee_get(c, (fee_id){ q->id[0] }, &f) : 0;
    if (rc)
        return rc;
    if (f.code[0])
        money_print(f.amount, was);
    (void)snprintf(w->zh, sizeof w->zh, "收费项目：%s %s", f.code[0] ? f.name_zh : zh,
                   amount ? amount : was);
    (void)snprintf(w->en, sizeof w->en, "the fee %s: %s", f.code[0] ? f.name_en : en,
                   amount ? amount : was);
    return about_setting(c, w);
}

int weigh_deposit_settings(struct call *c, struct request *q, struct weight *w)
{
    UNUSED(q);
    (void)snprintf(w->zh, sizeof w->zh, "修改存款和日终参数");
    (void)snprintf(w->en, sizeof w->en, "change the settings of deposits and the day end");
    return about_setting(c, w);
}
