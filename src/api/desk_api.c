/* desk_api.c -- Who stands at the counter and what they have: customers found, made and changed;
 * accounts opened, closed, stopped, frozen. What is shown is masked, and who looked is an event. */
#include "api/counter.h"
#include "api/handlers.h"
#include "ledger/ledger_books.h"
#include "store/event.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "base/banned.h"

enum { FOUND_MAX = 20, TEXT_MAX = 40, REASON_MAX = 120, DOCUMENT_MAX = 60 };

/* ---- finding ---- */

static int find_account(struct call *c, const char *text, struct customer **out, int *n)
{
    struct deposit_account d;
    customer_id lead;
    int rc = deposit_by_number(c, text, &d);
    if (!rc)
        rc = customer_lead(c, d.customer, &lead);
    *out = arena_alloc(c->arena, sizeof **out);
    if (!rc)
        rc = customer_get(c, lead, *out);
    *n = !rc;
    return rc;
}

int api_counter_customers(struct call *c, struct request *q, struct buf *answer)
{
    const char *text = request_text(q, "find");
    char digits[DEPOSIT_NUMBER_TEXT];
    struct customer *list = NULL;
    struct jsonw w;
    size_t m = 0;
    int n = 0, rc;
    if (!text || !*text)
        return call_refuse(c, CUSTOMER_BAD_SEARCH, "find", "%s", "");
    for (const char *p = text; *p && m + 1 < sizeof digits; p++)
        if (*p != ' ')
            digits[m++] = *p;
    digits[m] = '\0';
    if (deposit_number_valid(digits))
        rc = find_account(c, digits, &list, &n);
    else
        rc = customer_find(c, BY_ANY, text, FOUND_MAX, &list, &n);
    if (rc > 0)
        return call_refuse(c, rc, "find", "%s", "");
    if (rc)
        return rc;
    jw_init(&w, answer);
    jw_object(&w, NULL);
    jw_array(&w, "items");
    for (int i = 0; i < n; i++) {
        request_saw(q, list[i].id.n);
        till_customer_json(&w, NULL, &list[i]);
    }
    jw_end(&w);
    jw_end(&w);
    return 0;
}

/* ---- one customer ---- */

int api_counter_customer_seen(struct call *c, struct request *q, struct buf *answer)
{
    const char *reason = request_text(q, "reason");
    bool full = reason && *reason;
    buf_text(answer, "{}");
    return customer_viewed(c, (customer_id){ q->id[0] }, full ? "full" : "accounts",
                           full ? reason : NULL);
}

static void full_json(struct jsonw *w, const struct customer *m)
{
    jw_object(w, "full");
    jw_text(w, "name", m->name);
    jw_text(w, "paper_number", m->paper_number);
    jw_text(w, "mobile", m->mobile);
    jw_text(w, "address", m->address);
    jw_end(w);
}

/* With ?reason= (which the event has) the data is whole. */
int api_counter_customer(struct call *c, struct request *q, struct buf *answer)
{
    struct deposit_account *list;
    struct customer m;
    struct jsonw w;
    customer_id lead;
    const char *reason = request_text(q, "reason");
    int n = 0;
    int rc = customer_lead(c, (customer_id){ q->id[0] }, &lead);
    if (!rc)
        rc = customer_get(c, lead, &m);
    if (!rc)
        rc = deposit_of_customer(c, lead, &list, &n);
    if (rc)
        return rc;
    jw_init(&w, answer);
    jw_object(&w, NULL);
    ms_json(&w, "now_ms", c->now_us);
    till_customer_json(&w, "customer", &m);
    if (reason && *reason)
        full_json(&w, &m);
    jw_array(&w, "accounts");
    for (int i = 0; !rc && i < n; i++)
        rc = till_account_json(c, &w, NULL, &list[i]);
    jw_end(&w);
    jw_end(&w);
    return rc;
}

static void customer_read(struct request *q, struct customer *m)
{
    const char *name = NULL, *number = NULL, *mobile = NULL, *address = NULL;
    int64_t paper = m->paper;
    bool fresh = !m->id.n;
    if (fresh) {
        json_need_i64(q->doc, q->body, "paper", 1, 99, &paper);
        json_need_text(q->doc, q->body, "paper_number", CUSTOMER_PAPER_MAX, &number);
        json_need_text(q->doc, q->body, "name", CUSTOMER_NAME_MAX, &name);
    } else {
        json_want_text(q->doc, q->body, "paper_number", CUSTOMER_PAPER_MAX, &number);
        json_want_text(q->doc, q->body, "name", CUSTOMER_NAME_MAX, &name);
    }
    json_want_text(q->doc, q->body, "mobile", sizeof m->mobile + 6, &mobile);
    json_want_text(q->doc, q->body, "address", CUSTOMER_ADDRESS_MAX, &address);
    m->paper = (enum customer_paper)paper;
    if (fresh)
        m->kind = paper >= PAPER_USCC ? CUSTOMER_COMPANY : CUSTOMER_PERSON;
    if (name)
        (void)snprintf(m->name, sizeof m->name, "%s", name);
    if (number)
        (void)snprintf(m->paper_number, sizeof m->paper_number, "%s", number);
    if (address)
        (void)snprintf(m->address, sizeof m->address, "%s", address);
    if (mobile && *mobile) {
        if (customer_mobile(mobile, m->mobile))
            json_note(q->doc, CUSTOMER_BAD_MOBILE, "mobile");
    } else if (mobile) {
        m->mobile[0] = '\0';
    }
}

static int customer_save(struct call *c, struct request *q, struct customer *m, struct buf *answer)
{
    struct jsonw w;
    customer_read(q, m);
    int rc = body_done(c, q);
    if (!rc)
        rc = customer_put(c, m);
    if (rc)
        return rc;
    jw_init(&w, answer);
    jw_object(&w, NULL);
    till_customer_json(&w, "customer", m);
    jw_end(&w);
    return 0;
}

int api_counter_customer_put(struct call *c, struct request *q, struct buf *answer)
{
    struct customer m = { .outlet_id = c->actor.outlet_id };
    return customer_save(c, q, &m, answer);
}

int api_counter_customer_patch(struct call *c, struct request *q, struct buf *answer)
{
    struct customer m;
    int rc = customer_get(c, (customer_id){ q->id[0] }, &m);
    return rc ? rc : customer_save(c, q, &m, answer);
}

/* ---- products, opening ---- */

int api_counter_products(struct call *c, struct request *q, struct buf *answer)
{
    static const char *const kinds[] = { [DEPOSIT_DEMAND] = "demand",
                                         [DEPOSIT_TERM] = "term",
                                         [DEPOSIT_NOTICE] = "notice",
                                         [DEPOSIT_MARGIN] = "margin",
                                         [DEPOSIT_OVERDRAFT] = "overdraft" };
    struct deposit_product *list;
    struct jsonw w;
    date today;
    int n = 0;
    UNUSED(q);
    int rc = product_list(c, &list, &n);
    if (!rc)
        rc = ledger_day(c, &today);
    if (rc)
        return rc;
    jw_init(&w, answer);
    jw_object(&w, NULL);
    jw_array(&w, "items");
    for (int i = 0; i < n; i++) {
        rate r = { 0 };
        if (!list[i].active || list[i].currency != CNY)
            continue;
        rc = rate_on(c, list[i].id, RATE_CREDIT, today, &r);
        if (rc < 0)
            return rc;
        jw_object(&w, NULL);
        jw_text(&w, "code", list[i].code);
        pair_json(&w, "name", list[i].name_zh, list[i].name_en);
        jw_text(&w, "kind", kinds[list[i].kind]);
        jw_i64(&w, "term_months", list[i].term_months);
        jw_i64(&w, "customers", list[i].customers);
        till_minor(&w, "min", list[i].min_minor, list[i].currency);
        jw_i64(&w, "rate_ppm", r.ppm);
        jw_end(&w);
    }
    jw_end(&w);
    jw_end(&w);
    return 0;
}

static int account_answer(struct call *c, int rc, const struct deposit_account *d,
                          struct buf *answer)
{
    struct jsonw w;
    if (rc)
        return rc;
    jw_init(&w, answer);
    jw_object(&w, NULL);
    rc = till_account_json(c, &w, "account", d);
    jw_end(&w);
    return rc;
}

int api_counter_open(struct call *c, struct request *q, struct buf *answer)
{
    static const char *const rolls[] = { [ROLLOVER_NONE] = "none",
                                         [ROLLOVER_ALL] = "all",
                                         [ROLLOVER_PRINCIPAL] = "principal",
                                         [ROLLOVER_PAY] = "pay" };
    struct deposit_opening o = { .outlet_id = c->actor.outlet_id };
    struct deposit_account d, payout;
    struct deposit_product p;
    const char *product = NULL, *roll = "none", *pays = NULL;
    json_need_i64(q->doc, q->body, "customer_id", 1, INT64_MAX, &o.customer.n);
    json_need_text(q->doc, q->body, "product", PRODUCT_CODE_MAX, &product);
    json_want_text(q->doc, q->body, "rollover", 12, &roll);
    json_want_text(q->doc, q->body, "payout", TEXT_MAX, &pays);
    json_want_text(q->doc, q->body, "certificate", DEPOSIT_CERTIFICATE_MAX, &o.certificate);
    json_want_text(q->doc, q->body, "purpose", DEPOSIT_PURPOSE_MAX, &o.purpose);
    int rc = body_done(c, q), i = 0;
    if (rc)
        return rc;
    while (i < (int)COUNT(rolls) && strcmp(rolls[i], roll))
        i++;
    if (i == (int)COUNT(rolls))
        return call_refuse(c, DEPOSIT_BAD_ROLLOVER, "rollover", "none, all, principal, pay");
    o.rollover = (enum deposit_rollover)i;
    if (pays && *pays && (rc = deposit_by_number(c, pays, &payout)) > 0)
        return call_refuse(c, rc, "payout", "%s", "");
    if (!rc && pays && *pays)
        o.payout = payout.id;
    if (!rc)
        rc = product_by_code(c, product, &p);
    o.product = p.id;
    if (!rc)
        rc = deposit_open(c, &o, &d);
    return account_answer(c, rc, &d, answer);
}

static int account_asked(struct call *c, struct request *q, struct deposit_account *d)
{
    const char *number = request_text(q, "number");
    int rc = number ? deposit_by_number(c, number, d) : BASE_MISSING;
    return rc > 0 ? call_refuse(c, rc, "number", "%s", "") : rc;
}

int api_counter_account_seen(struct call *c, struct request *q, struct buf *answer)
{
    struct deposit_account d = { 0 };
    int rc = account_asked(c, q, &d);
    if (!rc)
        rc = customer_viewed(c, d.customer, "account", request_text(q, "reason"));
    buf_text(answer, "{}");
    return rc;
}

int api_counter_account(struct call *c, struct request *q, struct buf *answer)
{
    struct deposit_account d = { 0 };
    int rc = account_asked(c, q, &d);
    return account_answer(c, rc, &d, answer);
}

/* What a withdrawal or closing would pay besides what is asked for. */
int api_counter_quote(struct call *c, struct request *q, struct buf *answer)
{
    struct deposit_account d = { 0 };
    struct jsonw w;
    money m = { 0, CNY };
    int64_t interest = 0;
    const char *amount = request_text(q, "amount");
    int rc = account_asked(c, q, &d);
    if (!rc && amount && *amount && !money_parse(amount, d.currency, &m))
        return call_refuse(c, CASH_BAD_AMOUNT, "amount", "%s", "");
    if (!rc)
        rc = deposit_quote(c, d.id, m.minor, &interest);
    if (rc)
        return rc;
    request_saw(q, d.customer.n);
    jw_init(&w, answer);
    jw_object(&w, NULL);
    till_minor(&w, "interest", interest, d.currency);
    jw_end(&w);
    return 0;
}

/* ---- closing ---- */

struct closing {
    struct deposit_account account, to;
    bool cash;
};

static int closing_read(struct call *c, struct request *q, struct closing *k)
{
    const char *to = NULL;
    int rc = till_account(c, q, "account", &k->account);
    if (rc)
        return rc;
    json_want_text(q->doc, q->body, "to", TEXT_MAX, &to);
    rc = body_done(c, q);
    k->cash = !to || !*to;
    if (!rc && !k->cash && (rc = deposit_by_number(c, to, &k->to)) > 0)
        return call_refuse(c, rc, "to", "%s", "");
    if (!rc && !k->cash && k->to.id.n == k->account.id.n)
        return call_refuse(c, DEPOSIT_PAYEE_SELF, "to", "%s", "");
    return rc;
}

static int close_to_cash(struct call *c, const struct closing *k, struct deposit_done *done)
{
    struct cash_box box;
    struct cash_move move;
    customer_id lead;
    transfer_id id = ledger_id_make(c);
    int rc = cash_mine(c, k->account.currency, &box);
    if (!rc)
        rc = customer_lead(c, k->account.customer, &lead);
    if (!rc)
        rc = deposit_close(c, k->account.id, box.account, id, done);
    if (rc || !done->result.minor)
        return rc;
    struct cash_order o = {
        .box = box.id, .minor = -done->result.minor, .customer_id = lead.n, .note = "销户"
    };
    rc = cash_ready(c, &o, &box);
    return rc ? rc : cash_moved(c, &o, id, &move);
}

int api_counter_close(struct call *c, struct request *q, struct buf *answer)
{
    struct closing k = { 0 };
    struct deposit_done done = { 0 };
    struct jsonw w;
    int rc = closing_read(c, q, &k);
    if (!rc && k.cash)
        rc = close_to_cash(c, &k, &done);
    else if (!rc)
        rc = deposit_close(c, k.account.id, k.to.ledger, ledger_id_make(c), &done);
    if (!rc)
        rc = deposit_get(c, k.account.id, &k.account);
    if (rc)
        return rc;
    jw_init(&w, answer);
    jw_object(&w, NULL);
    jw_text(&w, "slip", "closed");
    jw_i64(&w, "number", done.result.number);
    ms_json(&w, "at_ms", c->now_us);
    till_minor(&w, "total", done.result.minor, k.account.currency);
    till_minor(&w, "interest", done.interest_minor, k.account.currency);
    jw_text(&w, "staff", staff_name(c, c->actor.id));
    jw_text(&w, "second", c->second_id > 0 ? staff_name(c, c->second_id) : NULL);
    rc = till_account_json(c, &w, "account", &k.account);
    jw_end(&w);
    return rc;
}

/* ---- stopped, lost, frozen ---- */

static const struct state_step {
    const char *code, *zh, *en;
    bool document; /* a court's or the police's paper must be named */
} steps[] = {
    { "stop", "止付", "stop payments", false },
    { "unstop", "解除止付", "end the stop", false },
    { "loss", "挂失", "report the loss of the passbook", false },
    { "unloss", "解挂", "end the loss report", false },
    { "freeze_out", "冻结（只收不付）", "freeze payments out", true },
    { "freeze_all", "冻结（不收不付）", "freeze in and out", true },
    { "freeze_part", "部分冻结", "freeze a part", true },
    { "unfreeze", "解冻", "end the freeze", true },
    { "wake", "睡眠户激活", "wake the dormant account", false },
};

struct state_body {
    struct deposit_account account;
    const struct state_step *step;
    const char *reason, *document;
    int64_t minor;
};

static int state_read(struct call *c, struct request *q, struct state_body *b)
{
    const char *code = NULL;
    int rc = till_account(c, q, "account", &b->account);
    if (rc)
        return rc;
    json_need_text(q->doc, q->body, "step", TEXT_MAX, &code);
    json_need_text(q->doc, q->body, "reason", REASON_MAX, &b->reason);
    for (size_t i = 0; code && i < COUNT(steps); i++)
        if (!strcmp(steps[i].code, code))
            b->step = &steps[i];
    if (code && !b->step)
        return call_refuse(c, BASE_BAD_INPUT, "step",
                           "stop, unstop, loss, unloss, freeze_out, freeze_all, freeze_part,"
                           " unfreeze, wake");
    if (b->step && b->step->document)
        json_need_text(q->doc, q->body, "document", DOCUMENT_MAX, &b->document);
    else
        json_want_text(q->doc, q->body, "document", DOCUMENT_MAX, &b->document);
    if (b->step && !strcmp(b->step->code, "freeze_part"))
        till_amount(q, "amount", b->account.currency, &b->minor);
    return body_done(c, q);
}

/* Keeps the account's other metadata, sets or (NULL) takes away "loss". */
static int set_loss(struct call *c, account_id id, const char *value)
{
    struct ledger_pair *old, all[LEDGER_META_MAX + 1];
    size_t n = 0, m = 0;
    int rc = ledger_account_meta(c, id, &old, &n);
    for (size_t i = 0; !rc && i < n; i++)
        if (strcmp(old[i].key, "loss"))
            all[m++] = old[i];
    if (value)
        all[m++] = (struct ledger_pair){ "loss", value };
    return rc ? rc : ledger_account_meta_put(c, id, all, m);
}

static int loss_step(struct call *c, account_id id, bool lost)
{
    date today;
    char text[DATE_TEXT];
    int rc = ledger_day(c, &today);
    if (!rc)
        rc = ledger_stop(c, id, lost);
    if (rc)
        return rc;
    date_print(today, text);
    return set_loss(c, id, lost ? arena_text(c->arena, text) : NULL);
}

static int unfreeze(struct call *c, account_id id)
{
    struct ledger_account a;
    int rc = ledger_account_get(c, id, &a);
    if (!rc && a.freeze != FREEZE_NONE)
        return ledger_freeze(c, id, FREEZE_NONE);
    return rc ? rc : ledger_freeze_part(c, id, 0);
}

static int state_step(struct call *c, const struct state_body *b)
{
    account_id id = b->account.ledger;
    switch (b->step - steps) {
    case 0:
    case 1:
        return ledger_stop(c, id, b->step == steps);
    case 2:
    case 3:
        return loss_step(c, id, b->step == steps + 2);
    case 4:
        return ledger_freeze(c, id, FREEZE_OUT);
    case 5:
        return ledger_freeze(c, id, FREEZE_ALL);
    case 6:
        return ledger_freeze_part(c, id, b->minor);
    case 7:
        return unfreeze(c, id);
    default:
        return deposit_wake(c, b->account.id, b->reason);
    }
}

int api_counter_state(struct call *c, struct request *q, struct buf *answer)
{
    struct state_body b = { 0 };
    int rc = state_read(c, q, &b);
    if (!rc)
        rc = state_step(c, &b);
    if (rc)
        return rc;
    struct jsonw *w = event_begin(c);
    jw_text(w, "step", b.step->code);
    jw_text(w, "document", b.document);
    jw_i64(w, "second", c->second_id);
    rc = event_add(c, c->actor.outlet_id, "account.state_changed", b.account.id.n);
    if (!rc)
        rc = deposit_get(c, b.account.id, &b.account);
    return account_answer(c, rc, &b.account, answer);
}

/* ---- how they are weighed ---- */

static const char *tail(const char *number)
{
    size_t n = strlen(number);
    return n > 4 ? number + n - 4 : number;
}

int weigh_counter_state(struct call *c, struct request *q, struct weight *w)
{
    struct state_body b = { 0 };
    int rc = state_read(c, q, &b);
    if (rc)
        return rc;
    w->kind = APPROVE_ACCOUNT;
    w->outlet_id = c->actor.outlet_id;
    w->amount = (money){ b.minor, b.account.currency };
    (void)snprintf(w->zh, sizeof w->zh, "%s：尾号 %s", b.step->zh, tail(b.account.number));
    (void)snprintf(w->en, sizeof w->en, "%s: ...%s", b.step->en, tail(b.account.number));
    return 0;
}

/* What leaves the bank's books with it: balance and interest. */
int weigh_counter_close(struct call *c, struct request *q, struct weight *w)
{
    struct closing k = { 0 };
    struct ledger_account a;
    int64_t interest = 0, sum = 0;
    int rc = closing_read(c, q, &k);
    if (!rc)
        rc = ledger_account_get(c, k.account.ledger, &a);
    if (!rc)
        rc = deposit_quote(c, k.account.id, 0, &interest);
    if (rc)
        return rc;
    if (!__builtin_add_overflow(ledger_balance(&a), interest, &sum) && sum > 0)
        w->amount = (money){ sum, k.account.currency };
    w->kind = k.cash ? APPROVE_CASH_OUT : APPROVE_TRANSFER;
    w->outlet_id = c->actor.outlet_id;
    (void)snprintf(w->zh, sizeof w->zh, "销户：尾号 %s", tail(k.account.number));
    (void)snprintf(w->en, sizeof w->en, "close account ...%s", tail(k.account.number));
    return 0;
}

int weigh_counter_customer(struct call *c, struct request *q, struct weight *w)
{
    w->kind = APPROVE_ACCOUNT;
    w->outlet_id = c->actor.outlet_id;
    (void)snprintf(w->zh, sizeof w->zh, "修改客户资料：客户号 %" PRId64, q->id[0]);
    (void)snprintf(w->en, sizeof w->en, "change customer %" PRId64, q->id[0]);
    return 0;
}
