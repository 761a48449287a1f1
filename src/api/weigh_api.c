/* weigh_api.c -- How the orders about accounts and customers are weighed (checked.h): what changes
 * an account's state, limit or owner is looked at by a second person. */
#include "api/checked.h"
#include <stdio.h>
#include <string.h>
#include "base/banned.h"

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

/* What will be paid each time. */
int weigh_standing(struct call *c, struct request *q, struct weight *w)
{
    const char *amount = NULL;
    json_want_text(q->doc, q->body, "amount", MONEY_TEXT, &amount);
    w->kind = APPROVE_TRANSFER;
    w->outlet_id = c->actor.outlet_id;
    w->alone = !amount || !money_parse(amount, CNY, &w->amount) || w->amount.minor < 0;
    if (w->alone)
        w->amount = (money){ 0, CNY };
    (void)snprintf(w->zh, sizeof w->zh, "定期转账约定");
    (void)snprintf(w->en, sizeof w->en, "a standing order");
    return 0;
}
