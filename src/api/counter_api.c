/* counter_api.c -- Money at the counter: cash in and out of the teller's drawer, transfers, taking
 * back. Each answer is the slip: what was booked, for whom, by whom, and the balance after it. */
#include "api/books.h"
#include "api/counter.h"
#include "api/handlers.h"
#include "ledger/ledger_books.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/banned.h"

enum { MEMO = LEDGER_MEMO_MAX, NOTE = 200 };

/* ---- what is shared ---- */

int till_account(struct call *c, struct request *q, const char *key, struct deposit_account *out)
{
    const char *number = NULL;
    json_need_text(q->doc, q->body, key, 40, &number);
    if (!number)
        return body_done(c, q);
    int rc = deposit_by_number(c, number, out);
    return rc > 0 ? call_refuse(c, rc, key, "%s", "") : rc;
}

void till_customer_json(struct jsonw *w, const char *key, const struct customer *m)
{
    char name[CUSTOMER_NAME_MAX + 1], paper[CUSTOMER_PAPER_MAX + 1], mobile[MOBILE_TEXT];
    customer_mask_name(m->kind, m->name, name);
    customer_mask_paper(m->kind, m->paper_number, paper);
    customer_mask_mobile(m->mobile, mobile);
    jw_object(w, key);
    jw_i64(w, "id", m->id.n);
    jw_text(w, "kind", m->kind == CUSTOMER_COMPANY ? "company" : "person");
    jw_text(w, "name", name);
    jw_i64(w, "paper", m->paper);
    jw_text(w, "paper_number", paper);
    jw_text(w, "mobile", mobile);
    jw_bool(w, "minor", m->minor);
    jw_bool(w, "deceased", (m->flags & CUSTOMER_DECEASED) != 0);
    jw_bool(w, "watched", (m->flags & CUSTOMER_WATCHED) != 0);
    jw_end(w);
}

static const char *state_code(const struct deposit_account *d, const struct ledger_account *a)
{
    if (d->state == DEPOSIT_ENDED || a->state == ACCOUNT_CLOSED)
        return "closed";
    return d->state == DEPOSIT_DORMANT || a->state == ACCOUNT_DORMANT ? "dormant" : "open";
}

static int marks_json(struct call *c, struct jsonw *w, account_id id)
{
    struct ledger_pair *pairs;
    size_t n = 0;
    const char *loss = NULL;
    int rc = ledger_account_meta(c, id, &pairs, &n);
    for (size_t i = 0; !rc && i < n; i++)
        if (!strcmp(pairs[i].key, "loss"))
            loss = pairs[i].value;
    jw_text(w, "loss", loss);
    return rc;
}

static int holder_json(struct call *c, struct jsonw *w, customer_id id)
{
    struct customer m;
    customer_id lead;
    int rc = customer_lead(c, id, &lead);
    if (!rc)
        rc = customer_get(c, lead, &m);
    if (!rc)
        till_customer_json(w, "customer", &m);
    return rc;
}

static int product_json(struct call *c, struct jsonw *w, const struct deposit_account *d)
{
    static const char *const kinds[] = { [DEPOSIT_DEMAND] = "demand",
                                         [DEPOSIT_TERM] = "term",
                                         [DEPOSIT_NOTICE] = "notice",
                                         [DEPOSIT_MARGIN] = "margin",
                                         [DEPOSIT_OVERDRAFT] = "overdraft" };
    struct deposit_product p;
    int rc = product_get(c, d->product, &p);
    if (rc)
        return rc;
    pair_json(w, "product", p.name_zh, p.name_en);
    jw_text(w, "kind", kinds[d->kind]);
    jw_i64(w, "rate_ppm", d->rate_ppm);
    return 0;
}

static void day_json(struct jsonw *w, const char *key, date d)
{
    char text[DATE_TEXT];
    date_print(d, text);
    jw_text(w, key, d.days ? text : NULL);
}

int till_account_json(struct call *c, struct jsonw *w, const char *key,
                      const struct deposit_account *d)
{
    struct ledger_account a;
    char masked[DEPOSIT_NUMBER_TEXT];
    int rc = ledger_account_get(c, d->ledger, &a);
    if (rc)
        return rc;
    deposit_number_mask(d->number, masked);
    jw_object(w, key);
    jw_i64(w, "id", d->id.n);
    jw_text(w, "number", d->number);
    jw_text(w, "masked", masked);
    jw_text(w, "currency", currency_find((int)d->currency)->code);
    rc = product_json(c, w, d);
    till_minor(w, "balance", ledger_balance(&a), d->currency);
    till_minor(w, "available", ledger_available(&a), d->currency);
    till_minor(w, "held", a.totals.debits_pending, d->currency);
    till_minor(w, "frozen", a.frozen_minor, d->currency);
    till_minor(w, "overdraft", d->overdraft_minor, d->currency);
    till_minor(w, "principal", d->principal_minor, d->currency);
    jw_text(w, "state", state_code(d, &a));
    jw_text(w, "freeze", books_freeze_code(a.freeze));
    jw_bool(w, "stopped", a.stopped);
    day_json(w, "opened", d->opened);
    day_json(w, "begins", d->begins);
    day_json(w, "matures", d->matures);
    if (!rc)
        rc = marks_json(c, w, d->ledger);
    if (!rc)
        rc = holder_json(c, w, d->customer);
    jw_end(w);
    return rc;
}

/* ---- the slip ---- */

struct slip_facts {
    const char *kind; /* "in", "out", "transfer", "reversed" */
    const struct deposit_account *account, *payee;
    const struct ledger_result *done;
    transfer_id transfer;
    int64_t minor, interest_minor, move_id;
    const char *memo;
};

static int slip_json(struct call *c, const struct slip_facts *f, struct buf *answer)
{
    struct jsonw w;
    char id[TRANSFER_TEXT], capitals[MONEY_CAPITALS];
    enum currency currency = f->account->currency;
    jw_init(&w, answer);
    jw_object(&w, NULL);
    jw_text(&w, "slip", f->kind);
    ledger_id_print(f->transfer, id);
    jw_text(&w, "transfer", id);
    jw_i64(&w, "number", f->done->number);
    ms_json(&w, "at_ms", c->now_us);
    day_json(&w, "day", f->done->booked);
    jw_text(&w, "currency", currency_find((int)currency)->code);
    till_minor(&w, "amount", f->minor, currency);
    till_minor(&w, "interest", f->interest_minor, currency);
    till_minor(&w, "total", f->minor + f->interest_minor, currency);
    if (currency == CNY) {
        money_capitals((money){ f->minor + f->interest_minor, CNY }, capitals);
        jw_text(&w, "capitals", capitals);
    }
    jw_text(&w, "memo", f->memo ? f->memo : "");
    jw_i64(&w, "move_id", f->move_id);
    jw_i64(&w, "staff_id", c->actor.id);
    jw_text(&w, "staff", staff_name(c, c->actor.id));
    jw_text(&w, "second", c->second_id > 0 ? staff_name(c, c->second_id) : NULL);
    int rc = till_account_json(c, &w, "account", f->account);
    if (!rc && f->payee) {
        char masked[DEPOSIT_NUMBER_TEXT];
        deposit_number_mask(f->payee->number, masked);
        jw_object(&w, "payee");
        jw_text(&w, "masked", masked);
        rc = holder_json(c, &w, f->payee->customer);
        jw_end(&w);
    }
    jw_end(&w);
    return rc;
}

/* ---- cash ---- */

struct cash_body {
    struct deposit_account account;
    struct cash_pieces p[CASH_PIECES];
    struct cash_order order;
    int64_t minor;
    const char *memo;
};

static int cash_read(struct call *c, struct request *q, bool in, struct cash_body *b)
{
    customer_id lead;
    int rc = till_account(c, q, "account", &b->account);
    if (rc)
        return rc;
    till_amount(q, "amount", b->account.currency, &b->minor);
    till_pieces(q, b->account.currency, b->p, &b->order.n_pieces);
    json_want_text(q->doc, q->body, "memo", MEMO, &b->memo);
    json_want_text(q->doc, q->body, "note", NOTE, &b->order.note);
    rc = body_done(c, q);
    if (!rc)
        rc = customer_lead(c, b->account.customer, &lead);
    if (rc)
        return rc;
    b->order.pieces = b->p;
    b->order.customer_id = lead.n;
    b->order.minor = in ? b->minor : -b->minor;
    return 0;
}

/* Of a term or notice deposit the interest goes out of the drawer, too. */
static int add_interest(struct call *c, struct cash_body *b, int64_t *interest)
{
    *interest = 0;
    if (b->account.kind != DEPOSIT_TERM && b->account.kind != DEPOSIT_NOTICE)
        return 0;
    int rc = deposit_quote(c, b->account.id, b->minor, interest);
    if (!rc && __builtin_sub_overflow(b->order.minor, *interest, &b->order.minor))
        rc = CASH_BAD_AMOUNT;
    return rc;
}

static int cash_run(struct call *c, struct request *q, bool in, struct buf *answer)
{
    struct cash_body b = { 0 };
    struct cash_box box;
    struct cash_move move;
    struct deposit_done done;
    int64_t interest = 0;
    int rc = cash_read(c, q, in, &b);
    if (!rc)
        rc = cash_mine(c, b.account.currency, &box);
    if (!rc && !in)
        rc = add_interest(c, &b, &interest);
    if (rc)
        return rc;
    b.order.box = box.id;
    rc = cash_ready(c, &b.order, &box);
    if (rc)
        return rc;
    struct deposit_move m = { .id = ledger_id_make(c),
                              .account = b.account.id,
                              .contra = box.account,
                              .minor = b.minor,
                              .memo = b.memo ? b.memo
                                      : in   ? "现金存入"
                                             : "现金支取" };
    rc = in ? deposit_in(c, &m, &done) : deposit_out(c, &m, &done);
    if (!rc)
        b.order.minor = in ? done.result.minor : -done.result.minor;
    if (!rc)
        rc = cash_moved(c, &b.order, m.id, &move);
    if (!rc)
        rc = deposit_get(c, b.account.id, &b.account);
    if (rc)
        return rc;
    struct slip_facts f = { .kind = in ? "in" : "out",
                            .account = &b.account,
                            .done = &done.result,
                            .transfer = m.id,
                            .minor = b.minor,
                            .interest_minor = interest,
                            .move_id = move.id,
                            .memo = b.memo };
    return slip_json(c, &f, answer);
}

int api_counter_in(struct call *c, struct request *q, struct buf *answer)
{
    return cash_run(c, q, true, answer);
}

int api_counter_out(struct call *c, struct request *q, struct buf *answer)
{
    return cash_run(c, q, false, answer);
}

/* A term or notice deposit began with what was paid in, and what was drawn went with its interest:
 * to take the transfer back would leave its terms as they are. It is drawn, or opened anew. */
static int check_by_product(struct call *c, int64_t move)
{
    struct cash_move m;
    struct ledger_transfer t;
    struct ledger_leg *legs;
    struct deposit_account d;
    size_t n = 0;
    int rc = cash_move_get(c, move, &m);
    if (!rc)
        rc = ledger_transfer_get(c, m.transfer, &t);
    if (!rc)
        rc = ledger_transfer_legs(c, &t, &legs, &n);
    if (rc)
        return rc < 0 ? rc : 0; /* of no transfer: cash_reverse() says so */
    for (size_t i = 0; !rc && i < n; i++) {
        int found = deposit_by_ledger(c, legs[i].account, &d);
        if (!found && (d.kind == DEPOSIT_TERM || d.kind == DEPOSIT_NOTICE))
            return call_refuse(c, DEPOSIT_WRONG_KIND, "move", "a term or notice deposit");
        rc = found < 0 ? found : 0;
    }
    c->detail[0] = '\0'; /* the drawer's account is nobody's deposit */
    c->field = NULL;
    return rc;
}

int api_counter_reverse(struct call *c, struct request *q, struct buf *answer)
{
    struct cash_move back;
    char id[TRANSFER_TEXT];
    struct jsonw w;
    int rc = body_done(c, q);
    if (!rc)
        rc = check_by_product(c, q->id[0]);
    if (!rc)
        rc = cash_reverse(c, q->id[0], &back);
    if (rc)
        return rc;
    ledger_id_print(back.transfer, id);
    jw_init(&w, answer);
    jw_object(&w, NULL);
    jw_text(&w, "slip", "reversed");
    jw_text(&w, "transfer", id);
    jw_i64(&w, "move_id", back.id);
    jw_end(&w);
    return 0;
}

/* ---- transfers ---- */

struct transfer_body {
    struct deposit_account payer, payee;
    int64_t minor;
    const char *memo;
};

static int transfer_read(struct call *c, struct request *q, struct transfer_body *b)
{
    int rc = till_account(c, q, "account", &b->payer);
    if (!rc)
        rc = till_account(c, q, "payee", &b->payee);
    if (rc)
        return rc;
    till_amount(q, "amount", b->payer.currency, &b->minor);
    json_want_text(q->doc, q->body, "memo", MEMO, &b->memo);
    rc = body_done(c, q);
    if (!rc && b->payer.id.n == b->payee.id.n)
        rc = call_refuse(c, DEPOSIT_PAYEE_SELF, "payee", "%s", "");
    return rc;
}

int api_counter_transfer(struct call *c, struct request *q, struct buf *answer)
{
    struct transfer_body b = { 0 };
    struct deposit_done done;
    int rc = transfer_read(c, q, &b);
    if (rc)
        return rc;
    struct deposit_move m = { .id = ledger_id_make(c),
                              .account = b.payer.id,
                              .minor = b.minor,
                              .memo = b.memo ? b.memo : "转账" };
    rc = deposit_transfer(c, &m, b.payee.id, &done);
    if (!rc)
        rc = deposit_get(c, b.payer.id, &b.payer);
    if (rc)
        return rc;
    struct slip_facts f = { .kind = "transfer",
                            .account = &b.payer,
                            .payee = &b.payee,
                            .done = &done.result,
                            .transfer = m.id,
                            .minor = b.minor,
                            .interest_minor = done.interest_minor,
                            .memo = b.memo };
    return slip_json(c, &f, answer);
}

/* Whose account is it? For the payer to see before the money goes. */
int api_counter_payee(struct call *c, struct request *q, struct buf *answer)
{
    struct deposit_account d;
    struct customer m;
    struct jsonw w;
    customer_id lead;
    char name[CUSTOMER_NAME_MAX + 1];
    const char *number = request_text(q, "number");
    int rc = number ? deposit_by_number(c, number, &d) : BASE_MISSING;
    if (rc > 0)
        return call_refuse(c, rc, "number", "%s", "");
    if (!rc)
        rc = customer_lead(c, d.customer, &lead);
    if (!rc)
        rc = customer_get(c, lead, &m);
    if (rc)
        return rc;
    customer_mask_name(m.kind, m.name, name);
    request_saw(q, m.id.n);
    jw_init(&w, answer);
    jw_object(&w, NULL);
    jw_text(&w, "name", name);
    jw_text(&w, "currency", currency_find((int)d.currency)->code);
    jw_bool(&w, "open", d.state != DEPOSIT_ENDED);
    jw_end(&w);
    return 0;
}

/* ---- how they are weighed ---- */

static void tail(const char *number, char out[5])
{
    size_t n = strlen(number);
    (void)snprintf(out, 5, "%.4s", n > 4 ? number + n - 4 : number);
}

static int weigh_cash(struct call *c, struct request *q, bool in, struct weight *w)
{
    struct cash_body b = { 0 };
    char four[5];
    int64_t interest = 0;
    int rc = cash_read(c, q, in, &b);
    if (!rc && !in)
        rc = add_interest(c, &b, &interest);
    if (rc)
        return rc;
    tail(b.account.number, four);
    w->kind = in ? APPROVE_CASH_IN : APPROVE_CASH_OUT;
    w->outlet_id = c->actor.outlet_id;
    w->amount = (money){ b.minor + interest, b.account.currency };
    (void)snprintf(w->zh, sizeof w->zh, "%s：尾号 %s", in ? "现金存入" : "现金支取", four);
    (void)snprintf(w->en, sizeof w->en, "cash %s: account ...%s", in ? "in" : "out", four);
    return 0;
}

int weigh_counter_in(struct call *c, struct request *q, struct weight *w)
{
    return weigh_cash(c, q, true, w);
}

int weigh_counter_out(struct call *c, struct request *q, struct weight *w)
{
    return weigh_cash(c, q, false, w);
}

int weigh_counter_transfer(struct call *c, struct request *q, struct weight *w)
{
    struct transfer_body b = { 0 };
    char from[5], to[5];
    int rc = transfer_read(c, q, &b);
    if (rc)
        return rc;
    tail(b.payer.number, from);
    tail(b.payee.number, to);
    w->kind = APPROVE_TRANSFER;
    w->outlet_id = c->actor.outlet_id;
    w->amount = (money){ b.minor, b.payer.currency };
    (void)snprintf(w->zh, sizeof w->zh, "转账：尾号 %s → 尾号 %s", from, to);
    (void)snprintf(w->en, sizeof w->en, "transfer: ...%s to ...%s", from, to);
    return 0;
}

int weigh_counter_reverse(struct call *c, struct request *q, struct weight *w)
{
    struct cash_move m;
    struct cash_box b;
    int rc = cash_move_get(c, q->id[0], &m);
    if (!rc)
        rc = cash_box_get(c, m.box, &b);
    if (rc)
        return rc;
    w->amount = (money){ m.minor < 0 ? -m.minor : m.minor, b.currency };
    w->kind = APPROVE_CORRECTION;
    w->outlet_id = c->actor.outlet_id;
    (void)snprintf(w->zh, sizeof w->zh, "冲正尾箱收付");
    (void)snprintf(w->en, sizeof w->en, "take a movement of the drawer back");
    return 0;
}
