/* books_find_api.c -- What is under a figure: one transfer with all its legs and its event; search.
 */
#include "api/books.h"
#include "api/counter.h"
#include "api/handlers.h"
#include "api/office.h"
#include "ledger/ledger_find.h"
#include "store/event.h"
#include <stdlib.h>
#include <string.h>
#include "base/banned.h"

enum { FOUND_MAX = 50, PEOPLE_MAX = 20, PERSON_MIN = 3 /* bytes: one character */ };

void books_transfer_id(struct jsonw *w, const char *key, transfer_id id)
{
    char text[TRANSFER_TEXT];
    if (!id.high && !id.low) {
        jw_null(w, key);
        return;
    }
    ledger_id_print(id, text);
    jw_text(w, key, text);
}

int books_party(struct call *c, struct request *q, struct jsonw *w, const char *key, account_id id)
{
    struct ledger_account a;
    struct statement_party p;
    int rc = ledger_account_get(c, id, &a);
    if (!rc)
        rc = statement_party(c, &a, false, &p);
    if (rc)
        return rc;
    request_saw(q, p.customer_id);
    jw_object(w, key);
    jw_i64(w, "id", id.n);
    jw_text(w, "number", p.customer ? p.masked : p.number);
    jw_text(w, "name", p.name);
    jw_text(w, "subject", a.subject);
    jw_bool(w, "customer", p.customer);
    if (p.customer)
        pair_json(w, "product", p.product_zh, p.product_en);
    jw_end(w);
    return 0;
}

/* ---- one transfer ---- */

static const char *kind_code(enum ledger_kind kind)
{
    static const char *const codes[] = {
        [LEDGER_POST] = "post", [LEDGER_HOLD] = "hold",       [LEDGER_CAPTURE] = "capture",
        [LEDGER_VOID] = "void", [LEDGER_REVERSE] = "reverse", [LEDGER_JOURNAL] = "journal",
    };
    return codes[kind];
}

static void transfer_head(struct jsonw *w, const struct ledger_transfer *t)
{
    books_transfer_id(w, "id", t->id);
    jw_i64(w, "number", t->number);
    jw_text(w, "kind", kind_code(t->kind));
    books_minor(w, "amount", t->amount.minor, t->amount.currency);
    jw_text(w, "currency", currency_find((int)t->amount.currency)->code);
    date_json(w, "booked", t->booked);
    date_json(w, "value", t->value);
    ms_json(w, "at_ms", t->booked_us);
    jw_text(w, "memo", t->memo);
    jw_i64(w, "code", t->code);
    books_transfer_id(w, "of", t->of);
}

static int legs_json(struct call *c, struct request *q, struct jsonw *w,
                     const struct ledger_transfer *t)
{
    struct ledger_leg *legs;
    size_t n = 0;
    int64_t debits = 0, credits = 0;
    int rc = ledger_transfer_legs(c, t, &legs, &n);
    jw_array(w, "legs");
    for (size_t i = 0; !rc && i < n; i++) {
        bool debit = legs[i].side == LEDGER_DEBIT;
        *(debit ? &debits : &credits) += legs[i].minor;
        jw_object(w, NULL);
        rc = books_party(c, q, w, "account", legs[i].account);
        jw_text(w, "side", debit ? "debit" : "credit");
        books_minor(w, "amount", legs[i].minor, t->amount.currency);
        jw_end(w);
    }
    jw_end(w);
    books_minor(w, "debits", debits, t->amount.currency);
    books_minor(w, "credits", credits, t->amount.currency);
    return rc;
}

static int hold_json(struct call *c, struct request *q, struct jsonw *w,
                     const struct ledger_transfer *t)
{
    static const char *const states[] = { [HOLD_OPEN] = "open",
                                          [HOLD_CAPTURED] = "captured",
                                          [HOLD_VOIDED] = "voided",
                                          [HOLD_EXPIRED] = "expired" };
    enum ledger_hold_state state;
    int64_t minor, expires_us;
    if (t->kind != LEDGER_HOLD) {
        jw_null(w, "hold");
        return 0;
    }
    int rc = ledger_hold_get(c, t->id, &state, &minor, &expires_us);
    if (rc)
        return rc;
    jw_object(w, "hold");
    jw_text(w, "state", states[state]);
    books_minor(w, "left", minor, t->amount.currency);
    ms_json(w, "expires_ms", expires_us);
    rc = books_party(c, q, w, "debit", t->debit);
    if (!rc)
        rc = books_party(c, q, w, "credit", t->credit);
    jw_end(w);
    return rc;
}

static int meta_json(struct call *c, struct jsonw *w, const struct ledger_transfer *t)
{
    struct ledger_pair *meta;
    size_t n = 0;
    int rc = ledger_transfer_meta(c, t->id, &meta, &n);
    jw_array(w, "meta");
    for (size_t i = 0; !rc && i < n; i++) {
        jw_object(w, NULL);
        jw_text(w, "key", meta[i].key);
        jw_text(w, "value", meta[i].value);
        jw_end(w);
    }
    jw_end(w);
    return rc;
}

struct seen_event {
    struct call *c;
    int64_t outlet_id, seq, at_us, actor_id;
    enum actor_kind actor;
    char *topic, *body;
};

static bool see_event(void *ctx, const struct event *e)
{
    struct seen_event *s = ctx;
    s->outlet_id = e->outlet_id;
    s->seq = e->seq;
    s->at_us = e->at_us;
    s->actor = e->actor_kind;
    s->actor_id = e->actor_id;
    s->topic = arena_text(s->c->arena, e->topic);
    s->body = arena_text(s->c->arena, e->body);
    return false;
}

/* The first event about it, with its place and its hash in the chain of the outlet. */
static int event_json(struct call *c, struct jsonw *w, const struct ledger_transfer *t)
{
    struct seen_event s = { .c = c };
    char hash[EVENT_HASH];
    int rc = ledger_transfer_event(c, t, see_event, &s);
    if (!rc && s.seq)
        rc = event_hash(c->tx, s.outlet_id, s.seq, hash);
    if (rc)
        return rc;
    if (!s.seq) {
        jw_null(w, "event");
        return 0;
    }
    jw_object(w, "event");
    jw_i64(w, "outlet_id", s.outlet_id);
    jw_i64(w, "seq", s.seq);
    ms_json(w, "at_ms", s.at_us);
    jw_text(w, "topic", s.topic);
    jw_text(w, "by", s.actor == ACTOR_STAFF ? staff_name(c, s.actor_id) : "");
    jw_text(w, "hash", hash);
    jw_raw(w, "body", s.body);
    jw_end(w);
    return 0;
}

static int transfer_json(struct call *c, struct request *q, struct jsonw *w,
                         const struct ledger_transfer *t)
{
    transfer_id by = { 0, 0 };
    bool reversed = false;
    transfer_head(w, t);
    int rc = ledger_reversed_by(c, t->id, &by, &reversed);
    books_transfer_id(w, "reversed_by", by);
    if (!rc)
        rc = legs_json(c, q, w, t);
    if (!rc)
        rc = hold_json(c, q, w, t);
    if (!rc)
        rc = meta_json(c, w, t);
    if (!rc)
        rc = event_json(c, w, t);
    return rc;
}

int api_books_transfer(struct call *c, struct request *q, struct buf *answer)
{
    const char *text = request_text(q, "id");
    struct ledger_transfer t;
    transfer_id id;
    struct jsonw w;
    if (text && !ledger_id_parse(text, &id))
        return call_refuse(c, BASE_BAD_INPUT, "id", "32 hexadecimal digits");
    int rc = text ? ledger_transfer_get(c, id, &t)
                  : ledger_transfer_by_number(c, request_i64(q, "number", 0), &t);
    if (rc)
        return rc;
    jw_init(&w, answer);
    jw_object(&w, NULL);
    rc = transfer_json(c, q, &w, &t);
    jw_end(&w);
    return rc;
}

/* ---- search ---- */

struct found {
    struct call *c;
    struct request *q;
    struct jsonw *w;
    int n;
};

static int found_account(struct found *f, account_id id)
{
    jw_object(f->w, NULL);
    jw_text(f->w, "kind", "account");
    int rc = books_party(f->c, f->q, f->w, "account", id);
    jw_end(f->w);
    f->n++;
    return rc;
}

static int found_transfer(struct found *f, const struct ledger_transfer *t)
{
    int rc = 0;
    jw_object(f->w, NULL);
    jw_text(f->w, "kind", "transfer");
    jw_object(f->w, "transfer");
    transfer_head(f->w, t);
    if (t->debit.n)
        rc = books_party(f->c, f->q, f->w, "debit", t->debit);
    if (!rc && t->credit.n)
        rc = books_party(f->c, f->q, f->w, "credit", t->credit);
    jw_end(f->w);
    jw_end(f->w);
    f->n++;
    return rc;
}

/* key=value of accounts and of transfers. */
static int find_meta(struct found *f, const char *text, const char *sign)
{
    account_id *accounts;
    transfer_id *transfers;
    int n = 0, m = 0;
    const char *key = arena_dup(f->c->arena, text, (size_t)(sign - text)), *value = sign + 1;
    int rc = ledger_find_accounts(f->c, key, value, (account_id){ 0 }, FOUND_MAX, &accounts, &n);
    for (int i = 0; !rc && i < n; i++)
        rc = found_account(f, accounts[i]);
    if (!rc)
        rc = ledger_find_transfers(f->c, key, value, (transfer_id){ 0, 0 }, FOUND_MAX, &transfers,
                                   &m);
    for (int i = 0; !rc && i < m; i++) {
        struct ledger_transfer t;
        rc = ledger_transfer_get(f->c, transfers[i], &t);
        if (!rc)
            rc = found_transfer(f, &t);
    }
    return rc;
}

/* A refusal that says "there is none" is an empty answer here. */
static int none_is_empty(struct call *c, int rc)
{
    if (rc <= 0)
        return rc;
    c->field = NULL;
    c->detail[0] = 0;
    return 0;
}

/* Only for those who may look at customers at all: the administrator may not. */
static bool sees_people(const struct call *c)
{
    return (c->actor.role & (ROLE_HEAD | ROLE_OFFICE | ROLE_AUDITOR)) != 0;
}

static int person_accounts(struct found *f, customer_id id)
{
    struct deposit_account *list;
    int n = 0, rc = deposit_of_customer(f->c, id, &list, &n);
    jw_array(f->w, "accounts");
    for (int i = 0; !rc && i < n; i++)
        rc = books_party(f->c, f->q, f->w, NULL, list[i].ledger);
    jw_end(f->w);
    return rc;
}

/* Customers by paper, mobile, number or the beginning of a name: masked, with their accounts. */
static int find_people(struct found *f, const char *text)
{
    struct customer *list;
    int n = 0;
    if (!sees_people(f->c) || strlen(text) < PERSON_MIN)
        return 0;
    int rc = none_is_empty(f->c, customer_find(f->c, BY_ANY, text, PEOPLE_MAX, &list, &n));
    for (int i = 0; !rc && i < n; i++) {
        request_saw(f->q, list[i].id.n);
        jw_object(f->w, NULL);
        jw_text(f->w, "kind", "person");
        till_customer_json(f->w, "customer", &list[i]);
        rc = person_accounts(f, list[i].id);
        jw_end(f->w);
        f->n++;
    }
    return rc;
}

static int find_word(struct found *f, const char *text)
{
    const char *sign = strchr(text, '=');
    struct ledger_transfer t;
    transfer_id id;
    account_id account;
    if (sign)
        return find_meta(f, text, sign);
    int rc = find_people(f, text);
    if (rc)
        return rc;
    rc = statement_find(f->c, text, &account);
    if (!rc)
        rc = found_account(f, account);
    rc = none_is_empty(f->c, rc);
    if (!rc && ledger_id_parse(text, &id)) {
        rc = ledger_transfer_get(f->c, id, &t);
        return rc ? none_is_empty(f->c, rc) : found_transfer(f, &t);
    }
    if (!rc && *text && strspn(text, "0123456789") == strlen(text) && strlen(text) < 17) {
        rc = ledger_transfer_by_number(f->c, strtoll(text, NULL, 10), &t);
        return rc ? none_is_empty(f->c, rc) : found_transfer(f, &t);
    }
    return rc;
}

static int wanted_of(struct call *c, struct request *q, struct ledger_transfers_wanted *w)
{
    const char *code = request_text(q, "currency"), *before = request_text(q, "before");
    enum currency currency = CNY;
    *w = (struct ledger_transfers_wanted){ 0 };
    if (code && *code && !currency_parse(code, &currency))
        return call_refuse(c, BASE_BAD_INPUT, "currency", "not one of ours");
    if (before && !ledger_id_parse(before, &w->before))
        return call_refuse(c, BASE_BAD_INPUT, "before", "32 hexadecimal digits");
    w->currency = code && *code ? currency : 0;
    w->memo = request_text(q, "memo");
    if (w->memo && !*w->memo)
        w->memo = NULL;
    int rc = request_amount(c, q, "min", currency, 0, &w->min_minor);
    if (!rc)
        rc = request_amount(c, q, "max", currency, INT64_MAX, &w->max_minor);
    if (!rc)
        rc = request_date(c, q, "from", (date){ INT32_MIN }, &w->from);
    if (!rc)
        rc = request_date(c, q, "until", (date){ INT32_MAX }, &w->until);
    return rc;
}

static int find_range(struct found *f)
{
    struct request *q = f->q;
    struct ledger_transfers_wanted wanted;
    struct ledger_transfer *list;
    transfer_id last = { 0, 0 };
    bool more = false;
    int n = 0;
    int rc = wanted_of(f->c, q, &wanted);
    if (!rc)
        rc = ledger_transfers(f->c, &wanted, FOUND_MAX, &list, &n, &last, &more);
    for (int i = 0; !rc && i < n; i++)
        rc = found_transfer(f, &list[i]);
    jw_end(f->w);
    if (more)
        books_transfer_id(f->w, "before", last);
    else
        jw_null(f->w, "before");
    return rc;
}

int api_books_search(struct call *c, struct request *q, struct buf *answer)
{
    const char *text = request_text(q, "q");
    struct jsonw w;
    struct found f = { .c = c, .q = q, .w = &w };
    jw_init(&w, answer);
    jw_object(&w, NULL);
    jw_array(&w, "items");
    int rc;
    if (text && *text) {
        rc = find_word(&f, text);
        jw_end(&w);
        jw_null(&w, "before");
    } else {
        rc = find_range(&f);
    }
    jw_end(&w);
    return rc;
}
