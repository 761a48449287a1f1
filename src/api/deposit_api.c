/* deposit_api.c -- One account of a customer: its terms, its interest explained, its standing
 * orders, its notices. Who looked is an event before anything is shown. */
#include "api/books.h"
#include "api/handlers.h"
#include "api/office.h"
#include "deposit/dayend.h"
#include "deposit/interest.h"
#include "deposit/standing.h"
#include <stdio.h>
#include <string.h>
#include "base/banned.h"

enum { SETTLED_MAX = 40, RUNS_MAX = 12, MESSAGES_MAX = 50 };

static const char *const kind_codes[] = { "", "demand", "term", "notice", "margin", "overdraft" };
static const char *const state_codes[] = { "", "open", "dormant", "closed" };
static const char *const rollover_codes[] = { "none", "all", "principal", "pay" };

/* The index of a word, or -1. */
static int word_of(const char *const *words, int n, const char *word)
{
    for (int i = 0; i < n; i++)
        if (words[i][0] && !strcmp(words[i], word))
            return i;
    return -1;
}

static int of_path(struct call *c, struct request *q, struct deposit_account *a)
{
    return deposit_by_number(c, q->param[0], a);
}

/* A decimal text of the account's currency; missing: 0. */
static int amount_of(struct call *c, const char *text, enum currency currency, const char *field,
                     int64_t *out)
{
    money m = { 0, currency };
    if (text && !money_parse(text, currency, &m))
        return call_refuse(c, BASE_BAD_INPUT, field, "a decimal amount");
    *out = m.minor;
    return 0;
}

static int done(int rc, struct buf *answer)
{
    if (!rc)
        buf_text(answer, "{}");
    return rc;
}

/* ---- one account ---- */

int api_deposit_seen(struct call *c, struct request *q, struct buf *answer)
{
    struct deposit_account a;
    int rc = of_path(c, q, &a);
    if (!rc)
        rc = customer_viewed(c, a.customer, "deposit", request_text(q, "reason"));
    return done(rc, answer);
}

int api_deposit_orders_seen(struct call *c, struct request *q, struct buf *answer)
{
    struct deposit_account a;
    int rc = of_path(c, q, &a);
    if (!rc)
        rc = customer_viewed(c, a.customer, "orders", request_text(q, "reason"));
    return done(rc, answer);
}

static void day_or_null(struct jsonw *w, const char *key, date d)
{
    if (d.days)
        date_json(w, key, d);
    else
        jw_null(w, key);
}

static void terms_json(struct jsonw *w, const struct deposit_account *a,
                       const struct deposit_product *p)
{
    jw_i64(w, "id", a->id.n);
    jw_text(w, "number", a->number);
    jw_i64(w, "customer_id", a->customer.n);
    jw_i64(w, "outlet_id", a->outlet_id);
    jw_i64(w, "ledger_id", a->ledger.n);
    jw_text(w, "kind", kind_codes[a->kind]);
    jw_text(w, "state", state_codes[a->state]);
    jw_text(w, "product", p->code);
    pair_json(w, "product", p->name_zh, p->name_en);
    jw_text(w, "currency", currency_find((int)a->currency)->code);
    date_json(w, "opened", a->opened);
    day_or_null(w, "closed", a->closed);
    jw_text(w, "certificate", a->certificate);
    jw_text(w, "purpose", a->purpose);
    jw_text(w, "rollover", rollover_codes[a->rollover]);
    jw_i64(w, "fee_id", a->fee.n);
    books_minor(w, "overdraft", a->overdraft_minor, a->currency);
    books_minor(w, "principal", a->principal_minor, a->currency);
    jw_i64(w, "rate_ppm", a->rate_ppm);
    day_or_null(w, "begins", a->begins);
    day_or_null(w, "matures", a->matures);
    jw_bool(w, "released", a->released);
    date_json(w, "settled", a->settled);
    date_json(w, "moved", a->moved);
}

static void parts_json(struct jsonw *w, const char *key, const struct interest_sum *s,
                       enum currency currency)
{
    jw_array(w, key);
    for (int i = 0; i < s->n; i++) {
        jw_object(w, NULL);
        date_json(w, "from", s->parts[i].from);
        date_json(w, "until", s->parts[i].until);
        jw_i64(w, "unit_days", s->parts[i].product.unit_days);
        jw_i64(w, "rate_ppm", s->parts[i].product.annual.ppm);
        jw_end(w);
    }
    jw_end(w);
    UNUSED(currency);
}

/* What has been earned since the last settlement, and how that comes about. */
static int interest_json(struct call *c, struct jsonw *w, const struct deposit_account *a,
                         const struct deposit_product *p)
{
    struct deposit_interest in;
    date today;
    int64_t drawn = 0;
    int rc = ledger_day(c, &today);
    if (rc || a->state == DEPOSIT_ENDED) {
        jw_null(w, "interest");
        return rc;
    }
    const date until = { today.days - 1 };
    rc = deposit_interest_of(c, a, until, &in);
    if (!rc && (a->kind == DEPOSIT_TERM || a->kind == DEPOSIT_NOTICE) && a->principal_minor)
        rc = deposit_quote(c, a->id, 0, &drawn);
    if (rc)
        return rc;
    jw_object(w, "interest");
    date_json(w, "from", in.from);
    date_json(w, "until", until);
    jw_i64(w, "day_base", p->day_base);
    books_minor(w, "credit", in.credit.minor, a->currency);
    books_minor(w, "debit", in.debit.minor, a->currency);
    books_minor(w, "adjusted", in.adjusted, a->currency);
    books_minor(w, "if_drawn_today", drawn, a->currency);
    parts_json(w, "credit_parts", &in.credit, a->currency);
    parts_json(w, "debit_parts", &in.debit, a->currency);
    jw_end(w);
    return 0;
}

static int settled_json(struct call *c, struct jsonw *w, const struct deposit_account *a)
{
    struct deposit_settled *list;
    int n = 0, rc = deposit_settlements(c, a->id, SETTLED_MAX, &list, &n);
    jw_array(w, "settlements");
    for (int i = 0; !rc && i < n; i++) {
        jw_object(w, NULL);
        date_json(w, "from", list[i].from);
        date_json(w, "until", list[i].until);
        date_json(w, "posted", list[i].posted);
        books_minor(w, "credit", list[i].credit_minor, a->currency);
        books_minor(w, "debit", list[i].debit_minor, a->currency);
        books_minor(w, "adjusted", list[i].adjusted_minor, a->currency);
        books_transfer_id(w, "transfer", list[i].transfer);
        jw_end(w);
    }
    jw_end(w);
    return rc;
}

static int messages_json(struct call *c, struct jsonw *w, const struct deposit_account *a)
{
    struct deposit_message *list;
    int n = 0, rc = deposit_messages(c, a->id, 0, MESSAGES_MAX, &list, &n);
    jw_array(w, "messages");
    for (int i = 0; !rc && i < n; i++) {
        jw_object(w, NULL);
        jw_text(w, "kind", list[i].kind);
        date_json(w, "day", list[i].day);
        jw_i64(w, "subject_id", list[i].subject_id);
        books_minor(w, "amount", list[i].minor, a->currency);
        jw_end(w);
    }
    jw_end(w);
    return rc;
}

int api_deposit(struct call *c, struct request *q, struct buf *answer)
{
    struct deposit_account a, to = { .number = "" };
    struct deposit_product p;
    struct jsonw w;
    int rc = of_path(c, q, &a);
    if (!rc)
        rc = product_get(c, a.product, &p);
    if (!rc && a.payout.n)
        rc = deposit_get(c, a.payout, &to);
    if (rc)
        return rc;
    jw_init(&w, answer);
    jw_object(&w, NULL);
    terms_json(&w, &a, &p);
    jw_text(&w, "payout", to.number);
    rc = interest_json(c, &w, &a, &p);
    if (!rc)
        rc = settled_json(c, &w, &a);
    if (!rc)
        rc = messages_json(c, &w, &a);
    jw_end(&w);
    return rc;
}

int api_deposit_patch(struct call *c, struct request *q, struct buf *answer)
{
    struct deposit_change change = {
        .rollover = -1, .payout = -1, .overdraft_minor = -1, .fee = -1
    };
    struct deposit_account a, to;
    const char *rollover = NULL, *payout = NULL, *overdraft = NULL;
    int rc = of_path(c, q, &a);
    if (rc)
        return rc;
    json_want_text(q->doc, q->body, "certificate", DEPOSIT_CERTIFICATE_MAX, &change.certificate);
    json_want_text(q->doc, q->body, "rollover", 16, &rollover);
    json_want_text(q->doc, q->body, "payout", 40, &payout);
    json_want_text(q->doc, q->body, "overdraft", 30, &overdraft);
    json_want_i64(q->doc, q->body, "fee_id", 0, INT64_MAX, &change.fee);
    rc = body_done(c, q);
    if (!rc && rollover) {
        change.rollover = word_of(rollover_codes, COUNT(rollover_codes), rollover);
        if (change.rollover < 0)
            rc = call_refuse(c, DEPOSIT_BAD_ROLLOVER, "rollover", "none, all, principal, pay");
    }
    if (!rc && overdraft)
        rc = amount_of(c, overdraft, a.currency, "overdraft", &change.overdraft_minor);
    if (!rc && payout)
        rc = *payout ? deposit_by_number(c, payout, &to) : 0;
    if (!rc && payout)
        change.payout = *payout ? to.id.n : 0;
    return done(rc ? rc : deposit_change(c, a.id, &change), answer);
}

/* ---- notice, sleep, margin ---- */

int api_deposit_notice(struct call *c, struct request *q, struct buf *answer)
{
    struct deposit_account a;
    const char *text = NULL;
    int64_t minor = 0;
    date due;
    struct jsonw w;
    json_need_text(q->doc, q->body, "amount", 30, &text);
    int rc = body_done(c, q);
    if (!rc)
        rc = of_path(c, q, &a);
    if (!rc)
        rc = amount_of(c, text, a.currency, "amount", &minor);
    if (!rc)
        rc = deposit_notice(c, a.id, minor, &due);
    if (rc)
        return rc;
    jw_init(&w, answer);
    jw_object(&w, NULL);
    date_json(&w, "due", due);
    jw_end(&w);
    return 0;
}

int api_deposit_notice_cancel(struct call *c, struct request *q, struct buf *answer)
{
    struct deposit_account a;
    int rc = body_done(c, q);
    if (!rc)
        rc = of_path(c, q, &a);
    return done(rc ? rc : deposit_notice_cancel(c, a.id), answer);
}

static int with_reason(struct call *c, struct request *q, struct buf *answer,
                       int (*act)(struct call *c, deposit_id id, const char *reason))
{
    struct deposit_account a;
    const char *reason = NULL;
    json_need_text(q->doc, q->body, "reason", 200, &reason);
    int rc = body_done(c, q);
    if (!rc)
        rc = of_path(c, q, &a);
    return done(rc ? rc : act(c, a.id, reason), answer);
}

int api_deposit_wake(struct call *c, struct request *q, struct buf *answer)
{
    return with_reason(c, q, answer, deposit_wake);
}

int api_deposit_release(struct call *c, struct request *q, struct buf *answer)
{
    return with_reason(c, q, answer, deposit_margin_release);
}

/* ---- standing orders ---- */

static int runs_json(struct call *c, struct jsonw *w, standing_id id)
{
    struct standing_run *runs;
    int n = 0, rc = standing_runs(c, id, RUNS_MAX, &runs, &n);
    jw_array(w, "runs");
    for (int i = 0; !rc && i < n; i++) {
        const struct rc_info *info = runs[i].rc ? api_rc(runs[i].rc) : NULL;
        jw_object(w, NULL);
        date_json(w, "due", runs[i].due);
        date_json(w, "tried", runs[i].tried);
        jw_i64(w, "tries", runs[i].tries);
        jw_bool(w, "paid", runs[i].rc == 0);
        jw_bool(w, "given_up", runs[i].given_up);
        jw_text(w, "why", info ? info->name : NULL);
        pair_json(w, "why", info ? info->zh : "", info ? info->en : "");
        jw_end(w);
    }
    jw_end(w);
    return rc;
}

/* Who is paid, masked: the holder of an account here, or a name and number at another bank. */
static int payee_json(struct call *c, struct jsonw *w, const struct standing_order *o)
{
    struct deposit_account payee;
    char number[STATEMENT_MASK] = "", here[DEPOSIT_NUMBER_TEXT] = "", name[STATEMENT_MASK];
    struct customer holder;
    customer_id lead;
    int rc = 0;
    statement_mask_name(o->payee_name, name);
    statement_mask_number(o->payee_account, number);
    if (o->payee.n && !(rc = deposit_get(c, o->payee, &payee)) &&
        !(rc = customer_lead(c, payee.customer, &lead)) && !(rc = customer_get(c, lead, &holder))) {
        customer_mask_name(holder.kind, holder.name, name);
        deposit_number_mask(payee.number, here);
    }
    jw_text(w, "payee", here);
    jw_text(w, "payee_bank", o->payee_bank);
    jw_text(w, "payee_account", number);
    jw_text(w, "payee_name", name);
    return rc;
}

static int order_json(struct call *c, struct jsonw *w, const struct standing_order *o,
                      enum currency currency)
{
    jw_object(w, NULL);
    jw_i64(w, "id", o->id.n);
    int rc = payee_json(c, w, o);
    books_minor(w, "amount", o->minor, currency);
    jw_text(w, "memo", o->memo);
    jw_text(w, "cycle", standing_cycle_code(o->cycle));
    jw_text(w, "holiday", o->holiday ? standing_holiday_code(o->holiday) : "");
    date_json(w, "first", o->first);
    day_or_null(w, "until", o->until);
    jw_text(w, "state", standing_state_code(o->state));
    date_json(w, "next", o->next);
    date_json(w, "pays", o->pays);
    jw_i64(w, "tries", o->tries);
    jw_i64(w, "paid", o->paid);
    if (!rc)
        rc = runs_json(c, w, o->id);
    jw_end(w);
    return rc;
}

int api_deposit_orders(struct call *c, struct request *q, struct buf *answer)
{
    struct deposit_account a;
    struct standing_order *list;
    struct jsonw w;
    int n = 0, rc = of_path(c, q, &a);
    if (!rc)
        rc = standing_of(c, a.id, &list, &n);
    if (rc)
        return rc;
    jw_init(&w, answer);
    jw_object(&w, NULL);
    jw_array(&w, "items");
    for (int i = 0; !rc && i < n; i++)
        rc = order_json(c, &w, &list[i], a.currency);
    jw_end(&w);
    jw_end(&w);
    return rc;
}

/* Fields a body may have, of a new order and of a change. */
static int order_body(struct call *c, struct request *q, struct standing_order *o,
                      enum currency currency, bool fresh)
{
    const char *amount = NULL, *until = NULL, *payee = NULL, *holiday = NULL;
    struct deposit_account to;
    (fresh ? json_need_text : json_want_text)(q->doc, q->body, "amount", 30, &amount);
    BODY_TEXT(q, "memo", o->memo);
    json_want_text(q->doc, q->body, "until", 10, &until);
    json_want_text(q->doc, q->body, "payee", 40, &payee);
    BODY_TEXT(q, "payee_bank", o->payee_bank);
    BODY_TEXT(q, "payee_account", o->payee_account);
    BODY_TEXT(q, "payee_name", o->payee_name);
    json_want_text(q->doc, q->body, "holiday", 20, &holiday);
    int rc = body_done(c, q);
    if (!rc && amount)
        rc = amount_of(c, amount, currency, "amount", &o->minor);
    if (!rc && until && !(*until ? date_parse(until, &o->until) : (o->until.days = 0, true)))
        rc = call_refuse(c, DEPOSIT_BAD_SCHEDULE, "until", "%s", until);
    if (!rc && holiday && !standing_holiday_parse(holiday, &o->holiday))
        rc = call_refuse(c, BASE_BAD_INPUT, "holiday", "as_it_is, next_work_day, work_day_before");
    if (!rc && payee && *payee)
        rc = deposit_by_number(c, payee, &to);
    if (rc)
        return rc;
    if (payee)
        o->payee.n = *payee ? to.id.n : 0;
    return 0;
}

int api_deposit_order_put(struct call *c, struct request *q, struct buf *answer)
{
    struct deposit_account a;
    struct standing_order o = { .minor = 0 };
    const char *cycle = NULL, *first = NULL;
    json_need_text(q->doc, q->body, "cycle", 10, &cycle);
    json_need_text(q->doc, q->body, "first", 10, &first);
    int rc = of_path(c, q, &a);
    if (!rc)
        rc = order_body(c, q, &o, a.currency, true);
    if (rc)
        return rc;
    if (!standing_cycle_parse(cycle, &o.cycle))
        return call_refuse(c, DEPOSIT_BAD_SCHEDULE, "cycle", "once, weekly, monthly, yearly");
    if (!date_parse(first, &o.first))
        return call_refuse(c, DEPOSIT_BAD_SCHEDULE, "first", "a date, 2026-11-23");
    o.payer = a.id;
    rc = standing_put(c, &o);
    return answer_id(rc, o.id.n, answer);
}

/* In all that a person may change. */
static bool order_same(const struct standing_order *a, const struct standing_order *b)
{
    return a->payee.n == b->payee.n && a->minor == b->minor && a->cycle == b->cycle &&
           a->holiday == b->holiday && a->first.days == b->first.days &&
           a->until.days == b->until.days && !strcmp(a->payee_bank, b->payee_bank) &&
           !strcmp(a->payee_account, b->payee_account) && !strcmp(a->payee_name, b->payee_name) &&
           !strcmp(a->memo, b->memo);
}

int api_order_patch(struct call *c, struct request *q, struct buf *answer)
{
    const standing_id id = { q->id[0] };
    struct standing_order o;
    struct deposit_account payer;
    const char *state = NULL;
    int rc = standing_get(c, id, &o);
    if (!rc)
        rc = deposit_get(c, o.payer, &payer);
    if (rc)
        return rc;
    const struct standing_order was = o;
    json_want_text(q->doc, q->body, "state", 10, &state);
    rc = order_body(c, q, &o, payer.currency, false);
    enum standing_state to = o.state;
    if (!rc && state && !standing_state_parse(state, &to))
        rc = call_refuse(c, BASE_BAD_INPUT, "state", "active, paused, ended");
    if (!rc && !order_same(&was, &o))
        rc = standing_put(c, &o);
    if (!rc && state)
        rc = standing_set_state(c, id, to);
    return done(rc, answer);
}

/* ---- one customer out of two, and back ---- */

int api_customer_merge(struct call *c, struct request *q, struct buf *answer)
{
    int64_t into = 0;
    const char *reason = NULL;
    json_need_i64(q->doc, q->body, "into_id", 1, INT64_MAX, &into);
    json_need_text(q->doc, q->body, "reason", 200, &reason);
    int rc = body_done(c, q);
    return done(rc ? rc
                   : customer_merge(c, (customer_id){ q->id[0] }, (customer_id){ into }, reason),
                answer);
}

int api_customer_part(struct call *c, struct request *q, struct buf *answer)
{
    const char *reason = NULL;
    json_need_text(q->doc, q->body, "reason", 200, &reason);
    int rc = body_done(c, q);
    return done(rc ? rc : customer_part(c, (customer_id){ q->id[0] }, reason), answer);
}
