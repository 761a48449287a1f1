/* deposit.c -- Accounts are opened, found, changed. */
#include "deposit/deposit_priv.h"
#include <stdio.h>
#include <string.h>
#include "base/banned.h"

enum { NUMBER_TRIES = 50, OF_CUSTOMER_MAX = 500, REASON_MAX = 200 };

/* ---- finding ---- */

static int none(struct call *c, const char *what)
{
    return call_refuse(c, DEPOSIT_NO_ACCOUNT, "account", "%s", what);
}

int deposit_get(struct call *c, deposit_id id, struct deposit_account *out)
{
    struct deposit_account a = { 0 };
    bool found = false;
    int rc = deposit_row(c, id, &a, &found);
    if (!rc && !found)
        rc = none(c, "");
    if (!rc)
        *out = a;
    return rc;
}

int deposit_load(struct call *c, deposit_id id, struct deposit_account *out)
{
    int rc = deposit_get(c, id, out);
    if (!rc && out->state == DEPOSIT_ENDED)
        rc = call_refuse(c, DEPOSIT_CLOSED, "account", "%lld", (long long)id.n);
    return rc;
}

int deposit_by_number(struct call *c, const char *number, struct deposit_account *out)
{
    char digits[DEPOSIT_NUMBER_TEXT];
    size_t n = 0;
    int found = 0;
    for (const char *at = number; *at; at++) {
        if (*at == ' ')
            continue;
        if (n == sizeof digits - 1)
            return call_refuse(c, DEPOSIT_BAD_NUMBER, "number", "19 digits");
        digits[n++] = *at;
    }
    digits[n] = '\0';
    if (!deposit_number_valid(digits))
        return call_refuse(c, DEPOSIT_BAD_NUMBER, "number", "%s", "");
    int rc =
        deposit_rows(c, DEPOSIT_COLUMNS " WHERE number=$1", DB_ARGS(DB_T(digits)), 1, out, &found);
    return rc || found ? rc : none(c, "");
}

int deposit_by_ledger(struct call *c, account_id ledger, struct deposit_account *out)
{
    int found = 0;
    int rc = deposit_rows(c, DEPOSIT_COLUMNS " WHERE ledger_id=$1", DB_ARGS(DB_I(ledger.n)), 1, out,
                          &found);
    return rc || found ? rc : none(c, "");
}

int deposit_of_customer(struct call *c, customer_id customer, struct deposit_account **out, int *n)
{
    customer_id ids[CUSTOMER_MERGED_MAX];
    int m = 0, rc = customer_ids(c, customer, ids, &m);
    *n = 0;
    *out = arena_alloc(c->arena, OF_CUSTOMER_MAX * sizeof **out);
    for (int i = 0; !rc && i < m; i++) {
        int some = 0;
        rc = deposit_rows(c, DEPOSIT_COLUMNS " WHERE customer_id=$1 ORDER BY id LIMIT $2",
                          DB_ARGS(DB_I(ids[i].n), DB_I(OF_CUSTOMER_MAX - *n)), OF_CUSTOMER_MAX - *n,
                          *out + *n, &some);
        *n += some;
    }
    return rc;
}

int deposit_tell(struct call *c, const struct deposit_account *a, const char *topic)
{
    struct jsonw *w = event_begin(c);
    jw_i64(w, "customer", a->customer.n);
    jw_i64(w, "product", a->product.n);
    jw_i64(w, "kind", a->kind);
    jw_i64(w, "state", a->state);
    jw_i64(w, "ledger", a->ledger.n);
    return event_add(c, a->outlet_id, topic, a->id.n);
}

/* ---- opening ---- */

static int check_customer(struct call *c, const struct deposit_opening *o,
                          const struct deposit_product *p, customer_id *lead)
{
    struct customer one;
    int rc = customer_lead(c, o->customer, lead);
    if (!rc)
        rc = customer_get(c, *lead, &one);
    if (rc > 0)
        return call_refuse(c, DEPOSIT_NO_CUSTOMER, "customer", "%lld", (long long)o->customer.n);
    if (!rc && one.flags & CUSTOMER_DECEASED)
        rc = call_refuse(c, DEPOSIT_DECEASED, "customer", "%s", "");
    if (!rc && !(p->customers & (one.kind == CUSTOMER_PERSON ? 1 : 2)))
        rc = call_refuse(c, DEPOSIT_WRONG_CUSTOMER, "product", "%s", p->code);
    return rc;
}

static int check_certificate(struct call *c, const char *certificate)
{
    int64_t used = 0;
    size_t n = strlen(certificate);
    if (!n)
        return 0;
    if (n > DEPOSIT_CERTIFICATE_MAX ||
        strspn(certificate, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") != n)
        return call_refuse(c, DEPOSIT_BAD_CERTIFICATE, "certificate", "digits and capitals");
    int rc = db_one_i64(c->tx, "SELECT COUNT(*) FROM deposit_account WHERE certificate=$1",
                        DB_ARGS(DB_T(certificate)), 0, &used);
    return rc || !used ? rc : call_refuse(c, DEPOSIT_CERTIFICATE_USED, "certificate", "%s", "");
}

/* Interest or all goes to a demand account of the same currency that is open. */
static int check_payout(struct call *c, const struct deposit_account *a)
{
    struct deposit_account to;
    bool found = false, term = a->kind == DEPOSIT_TERM;
    bool wanted = a->rollover == ROLLOVER_PRINCIPAL || a->rollover == ROLLOVER_PAY;
    if ((int)a->rollover < ROLLOVER_NONE || a->rollover > ROLLOVER_PAY ||
        (!term && a->rollover != ROLLOVER_NONE))
        return call_refuse(c, DEPOSIT_BAD_ROLLOVER, "rollover", "%d", (int)a->rollover);
    if (!a->payout.n)
        return wanted ? call_refuse(c, DEPOSIT_NO_PAYOUT, "payout", "%s", "") : 0;
    int rc = deposit_row(c, a->payout, &to, &found);
    if (!rc && (!found || to.state == DEPOSIT_ENDED || to.currency != a->currency ||
                (to.kind != DEPOSIT_DEMAND && to.kind != DEPOSIT_OVERDRAFT)))
        rc = call_refuse(c, DEPOSIT_NO_PAYOUT, "payout", "%lld", (long long)a->payout.n);
    return rc;
}

static int check_limit(struct call *c, const struct deposit_account *a)
{
    bool good = a->kind == DEPOSIT_OVERDRAFT
                    ? a->overdraft_minor >= 0 && a->overdraft_minor < INT64_C(1) << 60
                    : a->overdraft_minor == 0;
    return good ? 0 : call_refuse(c, DEPOSIT_BAD_LIMIT, "overdraft", "%s", "");
}

static int check_fee(struct call *c, fee_id id, enum currency currency)
{
    struct deposit_fee f;
    if (!id.n)
        return 0;
    int rc = fee_get(c, id, &f);
    if (!rc && (!f.active || f.amount.currency != currency))
        rc = call_refuse(c, DEPOSIT_NO_FEE, "fee", "%s", f.code);
    return rc;
}

/* Twelve digits of chance, so that a number says nothing about the one before. */
static int new_number(struct call *c, char out[DEPOSIT_NUMBER_TEXT])
{
    struct deposit_settings s;
    int64_t used = 1;
    int rc = deposit_settings_get(c, &s);
    for (int i = 0; !rc && used && i < NUMBER_TRIES; i++) {
        char body[DEPOSIT_NUMBER_TEXT];
        snprintf(body, sizeof body, "%.6s%06u%06u", s.prefix, rng_below(c->rng, 1000000),
                 rng_below(c->rng, 1000000));
        deposit_number_make(body, out);
        rc = db_one_i64(c->tx, "SELECT COUNT(*) FROM deposit_account WHERE number=$1",
                        DB_ARGS(DB_T(out)), 0, &used);
    }
    return rc || !used ? rc : call_refuse(c, DEPOSIT_NUMBERS_OUT, NULL, "%s", s.prefix);
}

static int open_ledger(struct call *c, const struct deposit_product *p, struct deposit_account *a)
{
    const struct ledger_pair meta[] = { { "deposit", a->number } };
    struct ledger_account la = { .outlet_id = a->outlet_id,
                                 .currency = p->currency,
                                 .flags = LEDGER_NO_OVERDRAFT };
    if (a->kind == DEPOSIT_OVERDRAFT) {
        la.flags = LEDGER_HAS_MIN;
        la.min_minor = -a->overdraft_minor;
    }
    memcpy(la.subject, p->subject, sizeof la.subject);
    snprintf(la.name, sizeof la.name, "%s", p->name_zh);
    int rc = ledger_account_open(c, &la, meta, 1);
    a->ledger = la.id;
    a->opened = la.opened;
    return rc;
}

static int check_opening(struct call *c, const struct deposit_opening *o,
                         const struct deposit_product *p, struct deposit_account *a)
{
    rate now;
    date today;
    int rc = p->active ? 0 : call_refuse(c, DEPOSIT_PRODUCT_ENDED, "product", "%s", p->code);
    if (!rc)
        rc = ledger_day(c, &today);
    if (!rc)
        rc = rate_on(c, p->id, RATE_CREDIT, today, &now);
    if (!rc)
        rc = check_customer(c, o, p, &a->customer);
    if (!rc)
        rc = check_certificate(c, a->certificate);
    if (!rc)
        rc = check_payout(c, a);
    if (!rc)
        rc = check_limit(c, a);
    return rc ? rc : check_fee(c, a->fee, p->currency);
}

int deposit_open(struct call *c, const struct deposit_opening *o, struct deposit_account *out)
{
    struct deposit_product p;
    const char *certificate = o->certificate ? o->certificate : "";
    const char *purpose = o->purpose ? o->purpose : "";
    int rc = product_get(c, o->product, &p);
    if (rc)
        return rc;
    if (strlen(purpose) > DEPOSIT_PURPOSE_MAX)
        return call_refuse(c, BASE_TOO_LONG, "purpose", "at most %d bytes", DEPOSIT_PURPOSE_MAX);
    if (strlen(certificate) > DEPOSIT_CERTIFICATE_MAX)
        return call_refuse(c, DEPOSIT_BAD_CERTIFICATE, "certificate", "too long");
    struct deposit_account a = { .outlet_id = o->outlet_id,
                                 .product = p.id,
                                 .kind = p.kind,
                                 .state = DEPOSIT_OPEN,
                                 .currency = p.currency,
                                 .rollover = o->rollover,
                                 .payout = o->payout,
                                 .overdraft_minor = o->overdraft_minor,
                                 .fee = o->fee };
    snprintf(a.certificate, sizeof a.certificate, "%s", certificate);
    snprintf(a.purpose, sizeof a.purpose, "%s", purpose);
    rc = check_opening(c, o, &p, &a);
    if (!rc)
        rc = new_number(c, a.number);
    if (!rc)
        rc = open_ledger(c, &p, &a);
    if (rc)
        return rc;
    a.id.n = call_id(c);
    a.settled.days = a.opened.days - 1;
    a.moved = a.opened;
    rc = deposit_row_add(c, &a);
    if (!rc)
        rc = deposit_tell(c, &a, "deposit.opened");
    if (!rc)
        *out = a;
    return rc;
}

/* ---- changing ---- */

static int set_limit(struct call *c, struct deposit_account *a, int64_t minor)
{
    if (minor < 0 || minor == a->overdraft_minor)
        return 0;
    a->overdraft_minor = minor;
    int rc = check_limit(c, a);
    return rc ? rc : ledger_limits(c, a->ledger, LEDGER_HAS_MIN, -minor, 0);
}

int deposit_change(struct call *c, deposit_id id, const struct deposit_change *change)
{
    struct deposit_account a;
    int rc = deposit_load(c, id, &a);
    if (!rc && change->certificate && strcmp(change->certificate, a.certificate) != 0) {
        rc = check_certificate(c, change->certificate);
        if (!rc)
            snprintf(a.certificate, sizeof a.certificate, "%s", change->certificate);
    }
    if (rc)
        return rc;
    if (change->rollover >= 0)
        a.rollover = (enum deposit_rollover)change->rollover;
    if (change->payout >= 0)
        a.payout.n = change->payout;
    if (change->fee >= 0)
        a.fee.n = change->fee;
    if (change->rollover >= 0 || change->payout >= 0)
        rc = check_payout(c, &a);
    if (!rc && change->fee >= 0)
        rc = check_fee(c, a.fee, a.currency);
    if (!rc)
        rc = set_limit(c, &a, change->overdraft_minor);
    if (!rc)
        rc = deposit_row_save(c, &a);
    return rc ? rc : deposit_tell(c, &a, "deposit.changed");
}

static int with_reason(struct call *c, const struct deposit_account *a, const char *topic,
                       const char *reason)
{
    struct jsonw *w = event_begin(c);
    jw_text(w, "reason", reason);
    return event_add(c, a->outlet_id, topic, a->id.n);
}

static int check_reason(struct call *c, const char *reason)
{
    return reason && *reason && strlen(reason) <= REASON_MAX
               ? 0
               : call_refuse(c, BASE_MISSING, "reason", "1 to %d bytes", REASON_MAX);
}

int deposit_wake(struct call *c, deposit_id id, const char *reason)
{
    struct deposit_account a;
    int rc = check_reason(c, reason);
    if (!rc)
        rc = deposit_load(c, id, &a);
    if (!rc && a.state != DEPOSIT_DORMANT)
        rc = call_refuse(c, DEPOSIT_WRONG_KIND, "account", "it is not dormant");
    if (!rc)
        rc = ledger_dormant(c, a.ledger, false);
    if (!rc)
        rc = ledger_day(c, &a.moved); /* the time until it sleeps again begins anew */
    if (rc)
        return rc;
    a.state = DEPOSIT_OPEN;
    rc = deposit_row_save(c, &a);
    return rc ? rc : with_reason(c, &a, "deposit.woken", reason);
}

int deposit_margin_release(struct call *c, deposit_id id, const char *reason)
{
    struct deposit_account a;
    int rc = check_reason(c, reason);
    if (!rc)
        rc = deposit_load(c, id, &a);
    if (!rc && (a.kind != DEPOSIT_MARGIN || a.released))
        rc = call_refuse(c, DEPOSIT_WRONG_KIND, "account", "not a margin that is held");
    if (rc)
        return rc;
    a.released = true;
    rc = deposit_row_save(c, &a);
    return rc ? rc : with_reason(c, &a, "margin.released", reason);
}

/* ---- notice ---- */

int deposit_notice(struct call *c, deposit_id id, int64_t minor, date *due)
{
    struct deposit_account a;
    struct deposit_product p;
    struct notice_facts f = { 0 };
    int64_t notice_id = 0;
    date today;
    int rc = deposit_load(c, id, &a);
    if (!rc && a.kind != DEPOSIT_NOTICE)
        rc = call_refuse(c, DEPOSIT_NOT_NOTICE, "account", "%s", "");
    if (!rc && !a.principal_minor)
        rc = call_refuse(c, DEPOSIT_NOT_FUNDED, "account", "%s", "");
    if (!rc)
        rc = product_get(c, a.product, &p);
    if (!rc)
        rc = notice_open(c, id, &f, &notice_id);
    if (!rc)
        rc = ledger_day(c, &today);
    if (!rc && notice_id && f.due.days >= today.days)
        rc = call_refuse(c, DEPOSIT_NOTICE_GIVEN, "account", "due on %s", date_text(f.due).at);
    if (!rc && minor > a.principal_minor)
        rc = call_refuse(c, DEPOSIT_MORE_THAN_IN, "amount", "%s", "");
    if (!rc && minor < p.min_minor)
        rc = call_refuse(c, DEPOSIT_BELOW_MINIMUM, "amount", "%s", "");
    if (!rc && notice_id) /* not used on its day: over */
        rc = notice_end(c, id, notice_id, NOTICE_UNUSED);
    if (rc)
        return rc;
    due->days = today.days + p.notice_days;
    rc = db_exec(
        c->tx,
        "INSERT INTO deposit_notice (account_id, notice_id, minor, told_day, due_day, state)"
        " VALUES ($1, $2, $3, $4, $5, 1)",
        DB_ARGS(DB_I(id.n), DB_I(call_id(c)), DB_I(minor), DB_I(today.days), DB_I(due->days)));
    return rc ? rc : deposit_tell(c, &a, "deposit.notice");
}

int deposit_notice_cancel(struct call *c, deposit_id id)
{
    struct deposit_account a;
    struct notice_facts f = { 0 };
    int64_t notice_id = 0;
    int rc = deposit_load(c, id, &a);
    if (!rc)
        rc = notice_open(c, id, &f, &notice_id);
    if (!rc && !notice_id)
        rc = call_refuse(c, DEPOSIT_NO_NOTICE, "account", "%s", "");
    if (!rc)
        rc = notice_end(c, id, notice_id, NOTICE_UNUSED);
    return rc ? rc : deposit_tell(c, &a, "deposit.notice_cancelled");
}
