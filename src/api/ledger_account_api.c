/* ledger_account_api.c -- Accounts of the ledger as the back office sets them: opened, limited,
 * frozen, stopped, closed. Customers' accounts are opened by their products (deposit). */
#include "api/books.h"
#include "api/handlers.h"
#include "api/ledger_order.h"
#include "approve/approve.h"
#include "cash/cash.h"
#include "deposit/deposit.h"
#include <stdio.h>
#include <string.h>
#include "base/banned.h"

static void want_minor(struct request *q, const char *key, enum currency currency, bool *given,
                       int64_t *minor)
{
    const char *text = NULL;
    money m;
    json_want_text(q->doc, q->body, key, MONEY_TEXT * 2, &text);
    *given = text != NULL;
    if (text && !money_parse(text, currency, &m))
        json_note(q->doc, BASE_BAD_INPUT, key);
    else if (text)
        *minor = m.minor;
}

/* overdraft and overcredit are allowed unless the body says no; min and max are limits if given. */
static void want_limits(struct request *q, enum currency currency, int *flags, int64_t *min,
                        int64_t *max)
{
    bool no_overdraft = false, no_overcredit = false, has_min, has_max;
    json_want_bool(q->doc, q->body, "no_overdraft", &no_overdraft);
    json_want_bool(q->doc, q->body, "no_overcredit", &no_overcredit);
    want_minor(q, "min", currency, &has_min, min);
    want_minor(q, "max", currency, &has_max, max);
    *flags |= (no_overdraft ? LEDGER_NO_OVERDRAFT : 0) |
              (no_overcredit ? LEDGER_NO_OVERCREDIT : 0) | (has_min ? LEDGER_HAS_MIN : 0) |
              (has_max ? LEDGER_HAS_MAX : 0);
}

int api_ledger_open(struct call *c, struct request *q, struct buf *answer)
{
    struct ledger_account a = { .currency = CNY };
    const char *subject = "", *name = "", *code = NULL;
    bool hot = false;
    json_need_text(q->doc, q->body, "subject", sizeof a.subject - 1, &subject);
    json_need_text(q->doc, q->body, "name", LEDGER_NAME_MAX, &name);
    json_want_text(q->doc, q->body, "currency", 3, &code);
    json_want_i64(q->doc, q->body, "outlet_id", 0, IDS_END, &a.outlet_id);
    json_want_bool(q->doc, q->body, "hot", &hot);
    if (code && !currency_parse(code, &a.currency))
        json_note(q->doc, BASE_BAD_INPUT, "currency");
    a.flags = hot ? LEDGER_HOT : 0;
    want_limits(q, a.currency, &a.flags, &a.min_minor, &a.max_minor);
    snprintf(a.subject, sizeof a.subject, "%s", subject);
    snprintf(a.name, sizeof a.name, "%s", name);
    int rc = body_done(c, q);
    if (!rc && c->actor.outlet_id && a.outlet_id != c->actor.outlet_id)
        rc = WHO_OTHER_OUTLET;
    if (!rc)
        rc = ledger_account_open(c, &a, NULL, 0);
    return answer_id(rc, a.id.n, answer);
}

/* The account of the path; of another outlet only for the branch office. */
static int own_account(struct call *c, struct request *q, struct ledger_account *a)
{
    int rc = ledger_account_get(c, (account_id){ q->id[0] }, a);
    if (!rc && c->actor.outlet_id && a->outlet_id && a->outlet_id != c->actor.outlet_id)
        rc = WHO_OTHER_OUTLET;
    return rc;
}

/* One that no other room keeps: what a deposit may be, its product says (PATCH /api/deposits), and
 * a drawer's account goes with its drawer. */
static int bank_account(struct call *c, struct request *q, struct ledger_account *a)
{
    struct deposit_account d;
    bool cash = false;
    int rc = own_account(c, q, a);
    if (!rc)
        rc = cash_account(c, a->id, &cash);
    if (!rc && cash)
        rc = call_refuse(c, CASH_NOT_OURS, "account", "%s", "");
    if (rc)
        return rc;
    rc = deposit_by_ledger(c, a->id, &d);
    if (!rc)
        return call_refuse(c, DEPOSIT_WRONG_KIND, "account", "a customer's account");
    c->detail[0] = '\0';
    c->field = NULL;
    return rc < 0 ? rc : 0;
}

int api_ledger_limits(struct call *c, struct request *q, struct buf *answer)
{
    struct ledger_account a;
    int64_t min = 0, max = 0;
    int rc = bank_account(c, q, &a);
    if (rc)
        return rc;
    int flags = a.flags & LEDGER_HOT;
    want_limits(q, a.currency, &flags, &min, &max);
    rc = body_done(c, q);
    if (!rc)
        rc = ledger_limits(c, a.id, flags, min, max);
    return answer_id(rc, a.id.n, answer);
}

int api_ledger_freeze(struct call *c, struct request *q, struct buf *answer)
{
    static const char *const names[] = { "none", "out", "all" };
    struct ledger_account a;
    const char *how = NULL;
    int64_t part = 0;
    bool has_part = false;
    int rc = own_account(c, q, &a);
    if (rc)
        return rc;
    json_want_text(q->doc, q->body, "how", 8, &how);
    want_minor(q, "amount", a.currency, &has_part, &part);
    size_t i = 0;
    while (how && i < COUNT(names) && strcmp(how, names[i]))
        i++;
    if (i == COUNT(names) || (how != NULL) == has_part)
        json_note(q->doc, BASE_BAD_INPUT, "how"); /* the whole account, or a part of it */
    rc = body_done(c, q);
    if (!rc)
        rc = has_part ? ledger_freeze_part(c, a.id, part)
                      : ledger_freeze(c, a.id, (enum ledger_freeze)i);
    return answer_id(rc, a.id.n, answer);
}
_Static_assert(FREEZE_NONE == 0 && FREEZE_OUT == 1 && FREEZE_ALL == 2, "the names above");

static int set_flag(struct call *c, struct request *q, const struct ledger_account *a,
                    const char *key, int (*set)(struct call *c, account_id id, bool on),
                    struct buf *answer)
{
    bool on = true;
    json_want_bool(q->doc, q->body, key, &on);
    int rc = body_done(c, q);
    if (!rc)
        rc = set(c, a->id, on);
    return answer_id(rc, a->id.n, answer);
}

int api_ledger_stop(struct call *c, struct request *q, struct buf *answer)
{
    struct ledger_account a;
    int rc = own_account(c, q, &a);
    return rc ? rc : set_flag(c, q, &a, "stopped", ledger_stop, answer);
}

int api_ledger_dormant(struct call *c, struct request *q, struct buf *answer)
{
    struct ledger_account a;
    int rc = bank_account(c, q, &a);
    return rc ? rc : set_flag(c, q, &a, "dormant", ledger_dormant, answer);
}

int api_ledger_close(struct call *c, struct request *q, struct buf *answer)
{
    struct ledger_account a;
    int rc = bank_account(c, q, &a);
    if (!rc)
        rc = body_done(c, q);
    if (!rc)
        rc = ledger_close(c, a.id);
    return answer_id(rc, a.id.n, answer);
}

/* The balance on the account's own side: ?at_ms= (end of that instant), ?on= (end of a booking
 * date) or ?value= (by value dates), else as of now with what is available. */
int api_ledger_balance(struct call *c, struct request *q, struct buf *answer)
{
    struct ledger_account a;
    struct jsonw w;
    date day = { 0 };
    int64_t minor = 0, at_ms = request_i64(q, "at_ms", -1);
    const char *on = request_text(q, "on"), *value = request_text(q, "value");
    int rc = ledger_account_get(c, (account_id){ q->id[0] }, &a);
    if (!rc)
        rc = request_date(c, q, value ? "value" : "on", (date){ 0 }, &day);
    if (!rc && at_ms >= 0)
        rc = ledger_balance_at(c, a.id, at_ms * 1000 + 999, &minor);
    else if (!rc && value)
        rc = ledger_balance_value(c, a.id, day, &minor);
    else if (!rc && on)
        rc = ledger_balance_on(c, a.id, day, &minor);
    else if (!rc)
        minor = ledger_balance(&a);
    if (rc)
        return rc;
    jw_init(&w, answer);
    jw_object(&w, NULL);
    jw_i64(&w, "id", a.id.n);
    jw_text(&w, "currency", currency_find((int)a.currency)->code);
    books_minor(&w, "balance", minor, a.currency);
    if (at_ms < 0 && !on && !value)
        books_minor(&w, "available", ledger_available(&a), a.currency);
    jw_end(&w);
    return 0;
}
