/* ledger_api.c -- Orders to the ledger over HTTP: one, or thousands in a body.
 *
 * The order's own id is its request key, for ever, so no Idempotency-Key is asked for. What comes
 * back is done, refused (a code, and the field), or unknown (503: ask again with the same id; the
 * first answer comes, or it is done now). */
#include "api/books.h"
#include "api/checked.h"
#include "api/handlers.h"
#include "api/ledger_order.h"
#include "cash/cash.h"
#include <stdio.h>
#include <string.h>
#include "base/banned.h"

/* ---- answers ---- */

static void done_json(struct jsonw *w, const struct ledger_result *r, enum currency currency)
{
    char day[DATE_TEXT];
    date_print(r->booked, day);
    jw_text(w, "outcome", "done");
    jw_bool(w, "existed", r->existed);
    jw_i64(w, "number", r->number);
    ms_json(w, "booked_ms", r->booked_us);
    jw_text(w, "day", day);
    books_minor(w, "amount", r->minor, currency);
}

static void refused_json(struct request *q, struct jsonw *w, const struct ledger_result *r)
{
    const struct rc_info *info = api_rc(r->rc);
    CHECK(info);
    jw_text(w, "outcome", "refused");
    jw_text(w, "code", info->name);
    jw_i64(w, "status", info->http);
    jw_text(w, "title", q->english ? info->en : info->zh);
    jw_text(w, "field", r->field);
}

/* A capture, void or reversal has the currency of what it is about. */
static enum currency currency_of(struct call *c, const struct ledger_order *o)
{
    struct ledger_transfer t;
    bool follows = o->kind == LEDGER_CAPTURE || o->kind == LEDGER_VOID || o->kind == LEDGER_REVERSE;
    if (!follows || ledger_transfer_get(c, o->of, &t))
        return o->amount.currency;
    return t.amount.currency;
}

static void result_json(struct call *c, struct request *q, struct jsonw *w,
                        const struct ledger_order *o, const struct ledger_result *r)
{
    jw_object(w, NULL);
    books_transfer_id(w, "id", o->id);
    if (r->rc)
        refused_json(q, w, r);
    else
        done_json(w, r, currency_of(c, o));
    jw_end(w);
}

/* ---- orders ---- */

/* The order of a single request: read by the thread that took it, so that the writer need not. */
static int order_of(struct call *c, struct request *q, struct ledger_order *o)
{
    if (!q->transfer)
        return order_read_one(c, q, o);
    *o = *q->transfer;
    return 0;
}

void api_transfer_taken(struct request *q)
{
    struct ledger_order *o = arena_alloc(q->arena, sizeof *o);
    if (order_read_one(&q->call, q, o)) { /* its run says why not */
        q->call.field = NULL;
        q->call.detail[0] = '\0';
        return;
    }
    q->transfer = o;
}

/* Those of a batch: read once, in the request's memory, for weighing and for the run. */
static int orders_of(struct call *c, struct request *q, struct ledger_order **list, size_t *n)
{
    struct arena *own = c->arena;
    *list = NULL;
    *n = 0;
    if (!q->n_transfers) {
        size_t read = 0;
        c->arena = q->arena;
        int rc = order_read_many(c, q, &q->transfers, &read);
        c->arena = own;
        if (rc)
            return rc;
        q->n_transfers = read;
    }
    *list = q->transfers;
    *n = q->n_transfers;
    return 0;
}

int api_transfer(struct call *c, struct request *q, struct buf *answer)
{
    struct ledger_order o;
    struct ledger_result r = { 0 };
    struct jsonw w;
    int rc = order_of(c, q, &o);
    if (!rc)
        rc = cash_untouched(c, &o, 1);
    if (!rc)
        rc = ledger_post(c, &o, &r);
    if (rc)
        return rc;
    jw_init(&w, answer);
    result_json(c, q, &w, &o, &r);
    return 0;
}

int api_transfers_ahead(struct call *c, void *const *orders, int n)
{
    struct request *const *list = (struct request *const *)orders;
    account_id *ids = arena_alloc(c->arena, 2 * (size_t)n * sizeof *ids);
    for (int i = 0; i < n; i++) {
        const struct ledger_order *o = list[i]->transfer;
        ids[2 * i] = o ? o->debit : (account_id){ 0 };
        ids[2 * i + 1] = o ? o->credit : (account_id){ 0 };
    }
    return ledger_expect(c, ids, 2 * (size_t)n);
}

int api_transfers(struct call *c, struct request *q, struct buf *answer)
{
    struct ledger_order *orders;
    struct jsonw w;
    size_t n = 0;
    int64_t done = 0, existed = 0;
    int rc = orders_of(c, q, &orders, &n);
    if (!rc)
        rc = cash_untouched(c, orders, n);
    if (rc)
        return rc;
    struct ledger_result *results = arena_alloc(c->arena, n * sizeof *results);
    rc = ledger_post_many(c, orders, n, results);
    if (rc)
        return rc;
    jw_init(&w, answer);
    jw_object(&w, NULL);
    jw_array(&w, "results");
    for (size_t i = 0; i < n; i++) {
        result_json(c, q, &w, &orders[i], &results[i]);
        done += !results[i].rc;
        existed += results[i].existed;
    }
    jw_end(&w);
    q->nothing = c->second_id == CALL_TRIAL && !done;
    jw_i64(&w, "done", done);
    jw_i64(&w, "existed", existed);
    jw_i64(&w, "refused", (int64_t)n - done);
    jw_end(&w);
    return 0;
}

/* Nothing is booked under it: perhaps it waits for a second person. */
static int not_booked(struct call *c, struct request *q, transfer_id id, struct buf *answer, int rc)
{
    char text[TRANSFER_TEXT];
    if (rc != LEDGER_NO_TRANSFER)
        return rc;
    ledger_id_print(id, text);
    return checked_about(c, q, text, answer, rc);
}

/* What became of an id: done; 202, it waits for a second person; refused by one; or
 * LEDGER_NO_TRANSFER (not done, as of this moment). */
int api_transfer_get(struct call *c, struct request *q, struct buf *answer)
{
    struct ledger_transfer t;
    struct jsonw w;
    transfer_id id;
    if (!ledger_id_parse(q->param[0], &id))
        return call_refuse(c, BASE_BAD_INPUT, "id", "32 digits 0-9 a-f");
    int rc = ledger_transfer_get(c, id, &t);
    if (rc)
        return not_booked(c, q, id, answer, rc);
    struct ledger_result r = { .existed = true,
                               .number = t.number,
                               .booked_us = t.booked_us,
                               .booked = t.booked,
                               .minor = t.amount.minor };
    jw_init(&w, answer);
    jw_object(&w, NULL);
    books_transfer_id(&w, "id", id);
    done_json(&w, &r, t.amount.currency);
    jw_text(&w, "kind", order_kind_code(t.kind));
    jw_text(&w, "currency", currency_find((int)t.amount.currency)->code);
    if (t.debit.n) {
        jw_i64(&w, "debit", t.debit.n);
        jw_i64(&w, "credit", t.credit.n);
    }
    books_transfer_id(&w, "of", t.of);
    char value[DATE_TEXT];
    date_print(t.value, value);
    jw_text(&w, "value_date", value);
    jw_i64(&w, "code", t.code);
    jw_text(&w, "memo", t.memo);
    jw_end(&w);
    return 0;
}

int api_hold_get(struct call *c, struct request *q, struct buf *answer)
{
    static const char *const states[] = { [HOLD_OPEN] = "open",
                                          [HOLD_CAPTURED] = "captured",
                                          [HOLD_VOIDED] = "voided",
                                          [HOLD_EXPIRED] = "expired" };
    enum ledger_hold_state state;
    struct ledger_transfer t;
    struct jsonw w;
    transfer_id id;
    int64_t left = 0, expires = 0;
    if (!ledger_id_parse(q->param[0], &id))
        return call_refuse(c, BASE_BAD_INPUT, "id", "32 digits 0-9 a-f");
    int rc = ledger_transfer_get(c, id, &t);
    if (rc)
        return not_booked(c, q, id, answer, rc);
    rc = ledger_hold_get(c, id, &state, &left, &expires);
    if (rc)
        return rc;
    jw_init(&w, answer);
    jw_object(&w, NULL);
    books_transfer_id(&w, "id", id);
    jw_text(&w, "state", states[state]);
    books_minor(&w, "amount", t.amount.minor, t.amount.currency);
    books_minor(&w, "left", left, t.amount.currency);
    jw_text(&w, "currency", currency_find((int)t.amount.currency)->code);
    ms_json(&w, "expires_ms", expires);
    jw_i64(&w, "debit", t.debit.n);
    jw_i64(&w, "credit", t.credit.n);
    jw_end(&w);
    return 0;
}

/* ---- how an order is weighed (checked.h) ---- */

static int weigh_order(struct call *c, const struct ledger_order *o, struct weight *w)
{
    struct ledger_transfer t;
    money amount = o->amount;
    bool back = o->value_date.days != 0;
    if (o->kind == LEDGER_JOURNAL)
        for (size_t i = 0; i < o->n_legs; i++)
            if (o->legs[i].side == LEDGER_DEBIT &&
                __builtin_add_overflow(amount.minor, o->legs[i].minor, &amount.minor))
                amount.minor = INT64_MAX;
    if (o->kind == LEDGER_CAPTURE || o->kind == LEDGER_VOID || o->kind == LEDGER_REVERSE) {
        int rc = ledger_transfer_get(c, o->of, &t);
        if (rc < 0)
            return rc;
        if (!rc && (o->kind != LEDGER_CAPTURE || !amount.minor))
            amount = t.amount;
        if (!rc)
            amount.currency = t.amount.currency;
        c->detail[0] = '\0'; /* one that is missing is the order's refusal, not this one's */
    }
    if (o->kind == LEDGER_REVERSE || back)
        w->kind = APPROVE_CORRECTION;
    /* by weight: a batch may have several currencies, whose minor units say nothing beside each
     * other */
    if (amount.minor > 0 && approve_weight(amount) > approve_weight(w->amount))
        w->amount = amount;
    return 0;
}

static void summary(struct weight *w, const char *zh, const char *en, size_t n)
{
    char text[MONEY_TEXT];
    money_print(w->amount, text);
    const char *code = currency_find((int)w->amount.currency)->code;
    if (n == 1) {
        snprintf(w->zh, sizeof w->zh, "%s %s %s", zh, code, text);
        snprintf(w->en, sizeof w->en, "%s, %s %s", en, code, text);
        return;
    }
    snprintf(w->zh, sizeof w->zh, "批量记账 %zu 笔，最大一笔 %s %s", n, code, text);
    snprintf(w->en, sizeof w->en, "%zu orders, the largest of %s %s", n, code, text);
}

int weigh_transfer(struct call *c, struct request *q, struct weight *w)
{
    static const char *const zh[] = {
        [LEDGER_POST] = "转账",       [LEDGER_HOLD] = "预授权",  [LEDGER_CAPTURE] = "预授权完成",
        [LEDGER_VOID] = "预授权撤销", [LEDGER_REVERSE] = "冲正", [LEDGER_JOURNAL] = "多借多贷记账",
    };
    static const char *const en[] = {
        [LEDGER_POST] = "transfer",         [LEDGER_HOLD] = "hold",
        [LEDGER_CAPTURE] = "hold captured", [LEDGER_VOID] = "hold voided",
        [LEDGER_REVERSE] = "reversal",      [LEDGER_JOURNAL] = "journal",
    };
    struct ledger_order *o = arena_alloc(c->arena, sizeof *o);
    int rc = order_of(c, q, o);
    w->kind = APPROVE_TRANSFER;
    w->outlet_id = c->actor.outlet_id;
    w->orders = o;
    w->n_orders = 1;
    if (!rc)
        rc = weigh_order(c, o, w);
    if (!rc)
        summary(w, zh[o->kind], en[o->kind], 1);
    return rc;
}

int weigh_transfers(struct call *c, struct request *q, struct weight *w)
{
    struct ledger_order *orders;
    size_t n = 0;
    int rc = orders_of(c, q, &orders, &n);
    w->kind = APPROVE_TRANSFER;
    w->outlet_id = c->actor.outlet_id;
    for (size_t i = 0; !rc && i < n; i++)
        rc = weigh_order(c, &orders[i], w);
    w->orders = orders;
    w->n_orders = n;
    if (!rc)
        summary(w, "", "", n > 1 ? n : 2);
    return rc;
}
