/* interest.c -- What accounts earn and owe: read from the books, posted once. */
#include "deposit/deposit_priv.h"
#include <string.h>
#include "base/banned.h"

/* ---- rates and products, read once in a chunk ---- */

struct rate_memo {
    struct deposit_product *products;
    struct deposit_rate *rates;
    struct interest_rate *picked;
    int n_products, n_rates;
    int64_t outlet; /* of the interest payable asked for last */
    enum currency currency;
    account_id payable; /* 0: none asked for yet */
};

struct rate_memo *rate_memo_new(struct call *c)
{
    return arena_alloc(c->arena, sizeof(struct rate_memo));
}

static int memo_load(struct call *c, struct rate_memo *m)
{
    if (m->products)
        return 0;
    int rc = product_list(c, &m->products, &m->n_products);
    if (!rc)
        rc = rate_list(c, (product_id){ 0 }, &m->rates, &m->n_rates);
    m->picked = arena_alloc(c->arena, (size_t)(m->n_rates + 1) * sizeof *m->picked);
    return rc;
}

static const struct deposit_product *memo_product(const struct rate_memo *m, product_id id)
{
    for (int i = 0; i < m->n_products; i++)
        if (m->products[i].id.n == id.n)
            return &m->products[i];
    return NULL;
}

/* The rates of one side, the first not after `from`: nothing is earned before the first list. */
static int memo_rates(struct rate_memo *m, product_id id, enum rate_side side, date from)
{
    int n = 1;
    m->picked[0] = (struct interest_rate){ .from = from };
    for (int i = 0; i < m->n_rates; i++) {
        const struct deposit_rate *r = &m->rates[i];
        if (r->product.n != id.n || r->side != side)
            continue;
        if (r->from.days <= from.days)
            m->picked[n = 0] = (struct interest_rate){ r->from, r->annual };
        else
            m->picked[n] = (struct interest_rate){ r->from, r->annual };
        n++;
    }
    return n;
}

/* ---- one period ---- */

struct sums {
    struct interest_sum credit, debit;
    date late; /* the earliest value date before the period; days INT32_MAX: none */
};

/* Net changes become balances; what has an earlier value date is in the first. */
static int balances_of(const struct ledger_value_change *list, int n, int64_t before, date from,
                       struct interest_change *out, bool *below, bool *overflow)
{
    int m = 1;
    out[0] = (struct interest_change){ from, before };
    *below = before < 0;
    for (int i = 0; i < n; i++) {
        int64_t next;
        *overflow |= __builtin_add_overflow(out[m - 1].minor, list[i].minor, &next);
        if (list[i].value.days > from.days)
            out[m++] = (struct interest_change){ list[i].value, next };
        else
            out[m - 1].minor = next;
        *below |= next < 0;
    }
    return m;
}

/* Who wants the spans told: period_told(); else nobody. */
struct hearer {
    interest_see *see;
    void *ctx;
};

static int period_told(struct call *c, struct rate_memo *m, const struct deposit_account *a,
                       date from, date until, struct hearer h, struct sums *out)
{
    struct ledger_value_change *list;
    int64_t before = 0;
    bool below = false, overflow = false;
    int n = 0, rc = ledger_value_changes(c, a->ledger, from, &before, &list, &n);
    const struct deposit_product *p = memo_product(m, a->product);
    memset(out, 0, sizeof *out);
    out->late.days = n && list[0].value.days < from.days ? list[0].value.days : INT32_MAX;
    if (rc)
        return rc;
    if (!p)
        return RC_CORRUPT;
    struct interest_change *ch = arena_alloc(c->arena, (size_t)(n + 1) * sizeof *ch);
    struct interest_case k = { .changes = ch,
                               .rates = m->picked,
                               .n_changes =
                                   balances_of(list, n, before, from, ch, &below, &overflow),
                               .n_rates = memo_rates(m, p->id, RATE_CREDIT, from),
                               .day_base = p->day_base,
                               .from = from,
                               .until = until,
                               .currency = a->currency };
    overflow |= !interest_walk(&k, h.see, h.ctx, &out->credit);
    if (below && !overflow) {
        k.n_rates = memo_rates(m, p->id, RATE_DEBIT, from);
        k.debit = true;
        overflow |= !interest_walk(&k, h.see, h.ctx, &out->debit);
    }
    return overflow ? call_refuse(c, LEDGER_OVERFLOW, "account", "%lld", (long long)a->id.n) : 0;
}

static int period_sums(struct call *c, struct rate_memo *m, const struct deposit_account *a,
                       date from, date until, struct sums *out)
{
    return period_told(c, m, a, from, until, (struct hearer){ NULL, NULL }, out);
}

/* ---- settlements that an entry with an early value date made wrong ---- */

struct interest_fix {
    date from, until;
    int64_t n, credit, debit; /* as it was paid so far; then as it should be */
};

static int read_fixes(struct call *c, const struct deposit_account *a, date late,
                      struct interest_fix **out, int *n)
{
    enum { PERIODS = 400 };
    struct db_rows r;
    struct interest_fix *list = arena_alloc(c->arena, PERIODS * sizeof *list);
    *n = 0;
    int rc = db_query(c->tx, &r,
                      "SELECT from_day, until_day, n, credit_now, debit_now FROM deposit_settlement"
                      " WHERE account_id=$1 AND until_day>=$2 ORDER BY until_day, n LIMIT $3",
                      DB_ARGS(DB_I(a->id.n), DB_I(late.days), DB_I(PERIODS)));
    while (!rc && *n < PERIODS && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        list[(*n)++] = (struct interest_fix){ .from = { (int32_t)db_i64(&r, 0) },
                                              .until = { (int32_t)db_i64(&r, 1) },
                                              .n = db_i64(&r, 2),
                                              .credit = db_i64(&r, 3),
                                              .debit = db_i64(&r, 4) };
    }
    db_done(&r);
    *out = list;
    return rc;
}

static int adjust(struct call *c, struct rate_memo *m, const struct deposit_account *a, date late,
                  struct deposit_interest *out)
{
    int rc = read_fixes(c, a, late, &out->fixes, &out->n_fixes);
    for (int i = 0; !rc && i < out->n_fixes; i++) {
        struct interest_fix *f = &out->fixes[i];
        struct sums s;
        rc = period_sums(c, m, a, f->from, f->until, &s);
        out->adjusted += s.credit.minor - f->credit - (s.debit.minor - f->debit);
        f->credit = s.credit.minor;
        f->debit = s.debit.minor;
    }
    return rc;
}

int interest_read(struct call *c, struct rate_memo *m, const struct deposit_account *a, date until,
                  struct deposit_interest *out)
{
    struct sums s;
    memset(out, 0, sizeof *out);
    out->from.days = a->settled.days + 1;
    out->until = until;
    int rc = memo_load(c, m);
    if (rc || until.days < out->from.days || !deposit_by_product(a->kind))
        return rc;
    rc = period_sums(c, m, a, out->from, until, &s);
    out->credit = s.credit;
    out->debit = s.debit;
    if (!rc && s.late.days != INT32_MAX)
        rc = adjust(c, m, a, s.late, out);
    return rc;
}

int deposit_interest_of(struct call *c, const struct deposit_account *a, date until,
                        struct deposit_interest *out)
{
    return interest_read(c, rate_memo_new(c), a, until, out);
}

/* ---- day by day ---- */

struct span_list {
    struct call *c;
    struct interest_span *at;
    int n, room;
};

static void keep_span(void *ctx, const struct interest_span *s)
{
    struct span_list *l = ctx;
    if (s->debit && !s->unit_days)
        return; /* days above zero are told once, with credit */
    if (l->n == l->room) {
        int room = l->room ? l->room * 2 : 64;
        struct interest_span *more = arena_alloc(l->c->arena, (size_t)room * sizeof *more);
        if (l->n)
            memcpy(more, l->at, (size_t)l->n * sizeof *more);
        l->at = more;
        l->room = room;
    }
    l->at[l->n++] = *s;
}

/* The settlement that ended on that day, if there is one. */
static int posted_of(struct call *c, const struct deposit_account *a, date until,
                     struct interest_told *out)
{
    enum { LOOK = 400 };
    struct deposit_settled *list;
    int n = 0, rc = deposit_settlements(c, a->id, LOOK, &list, &n);
    for (int i = 0; !rc && i < n && !out->posted; i++)
        if (list[i].until.days == until.days) {
            out->posted = true;
            out->as_posted = list[i];
            out->from = list[i].from;
        }
    return rc;
}

int deposit_interest_told(struct call *c, const struct deposit_account *a, date until,
                          struct interest_told *out)
{
    struct rate_memo *m = rate_memo_new(c);
    struct span_list spans = { .c = c };
    struct sums s = { .late = { 0 } };
    memset(out, 0, sizeof *out);
    if (!deposit_by_product(a->kind))
        return call_refuse(c, DEPOSIT_WRONG_KIND, "account", "by the deposit");
    out->from.days = a->settled.days + 1;
    out->until = until;
    int rc = memo_load(c, m);
    if (!rc)
        rc = posted_of(c, a, until, out);
    if (!rc && until.days >= out->from.days)
        rc = period_told(c, m, a, out->from, until, (struct hearer){ keep_span, &spans }, &s);
    const struct deposit_product *p = rc ? NULL : memo_product(m, a->product);
    out->day_base = p ? p->day_base : 0;
    out->spans = spans.at;
    out->n = spans.n;
    out->credit_minor = s.credit.minor;
    out->debit_minor = s.debit.minor;
    return rc;
}

/* ---- settling ---- */

static int note(struct call *c, const struct deposit_account *a, const struct deposit_interest *in,
                transfer_id id)
{
    date today;
    int64_t n = 0;
    int rc = ledger_day(c, &today);
    if (!rc && !deposit_by_product(a->kind)) /* parts drawn on one day; a period has one row */
        rc = db_one_i64(c->tx,
                        "SELECT COUNT(*) FROM deposit_settlement WHERE account_id=$1"
                        " AND until_day=$2",
                        DB_ARGS(DB_I(a->id.n), DB_I(in->until.days)), 0, &n);
    if (!rc)
        rc = db_exec(c->tx,
                     "INSERT INTO deposit_settlement (account_id, until_day, n, from_day,"
                     " posted_day, credit_minor, debit_minor, adjusted_minor, credit_now,"
                     " debit_now, id_high, id_low)"
                     " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
                     DB_ARGS(DB_I(a->id.n), DB_I(in->until.days), DB_I(n), DB_I(in->from.days),
                             DB_I(today.days), DB_I(in->credit.minor), DB_I(in->debit.minor),
                             DB_I(in->adjusted), DB_I(in->credit.minor), DB_I(in->debit.minor),
                             DB_I(id.high), DB_I(id.low)));
    for (int i = 0; !rc && i < in->n_fixes; i++)
        rc = db_exec(c->tx,
                     "UPDATE deposit_settlement SET credit_now=$1, debit_now=$2"
                     " WHERE account_id=$3 AND until_day=$4 AND n=$5",
                     DB_ARGS(DB_I(in->fixes[i].credit), DB_I(in->fixes[i].debit), DB_I(a->id.n),
                             DB_I(in->fixes[i].until.days), DB_I(in->fixes[i].n)));
    return rc;
}

int interest_note(struct call *c, const struct deposit_account *a, date from, date until,
                  int64_t minor, transfer_id transfer)
{
    struct deposit_interest in = { .from = from, .until = until, .credit.minor = minor };
    if (until.days < from.days)
        return 0; /* drawn on the day it came: no day was earned */
    return note(c, a, &in, transfer);
}

static int payable_of(struct call *c, struct rate_memo *m, const struct deposit_account *a)
{
    int rc = 0;
    if (!m->payable.n || m->outlet != a->outlet_id || m->currency != a->currency)
        rc = deposit_own(c, OWN_INTEREST_PAYABLE, a->outlet_id, a->currency, &m->payable);
    m->outlet = a->outlet_id;
    m->currency = a->currency;
    return rc;
}

/* For the account, or against it when earlier settlements paid too much. */
static int post_credit(struct call *c, struct rate_memo *m, const struct deposit_account *a,
                       int64_t minor, transfer_id id)
{
    struct ledger_result r;
    bool taken;
    const struct deposit_charge back = { .id = id,
                                         .minor = -minor,
                                         .income = OWN_INTEREST_PAYABLE,
                                         .kind = OWED_INTEREST,
                                         .code = CODE_INTEREST,
                                         .memo = "结息更正" };
    if (!minor)
        return 0;
    if (minor < 0)
        return deposit_charge(c, a, &back, &taken);
    int rc = payable_of(c, m, a);
    return rc ? rc
              : deposit_post(c, id, m->payable, a->ledger, (money){ minor, a->currency },
                             CODE_INTEREST, "结息", &r);
}

static int post_debit(struct call *c, const struct deposit_account *a, int64_t minor,
                      transfer_id id)
{
    bool taken;
    const struct deposit_charge charge = { .id = id,
                                           .minor = minor,
                                           .income = OWN_INTEREST_INCOME,
                                           .kind = OWED_INTEREST,
                                           .code = CODE_OVERDRAFT_INTEREST,
                                           .memo = "透支利息" };
    return minor ? deposit_charge(c, a, &charge, &taken) : 0;
}

int interest_settle(struct call *c, struct rate_memo *m, struct deposit_account *a, date until)
{
    struct deposit_interest in;
    if (until.days <= a->settled.days || !deposit_by_product(a->kind))
        return 0;
    transfer_id id = deposit_transfer_id(until, TAG_SETTLE, a->id.n, 0);
    int rc = interest_read(c, m, a, until, &in);
    if (!rc)
        rc = post_credit(c, m, a, in.credit.minor + in.adjusted, id);
    if (!rc)
        rc = post_debit(c, a, in.debit.minor, deposit_transfer_id(until, TAG_DEBIT, a->id.n, 0));
    if (!rc)
        rc = note(c, a, &in, id);
    if (!rc)
        rc = db_exec(c->tx, "UPDATE deposit_account SET settled_day=$1 WHERE id=$2",
                     DB_ARGS(DB_I(until.days), DB_I(a->id.n)));
    if (!rc)
        a->settled = until;
    else
        m->payable.n = 0; /* it may have been opened, and is undone with the rest */
    return rc;
}

int deposit_settle(struct call *c, struct deposit_account *a, date until)
{
    return interest_settle(c, rate_memo_new(c), a, until);
}

int deposit_settlements(struct call *c, deposit_id id, int max, struct deposit_settled **out,
                        int *n)
{
    struct db_rows r;
    CHECK(max > 0);
    *out = arena_alloc(c->arena, (size_t)max * sizeof **out);
    *n = 0;
    int rc = db_query(c->tx, &r,
                      "SELECT from_day, until_day, posted_day, credit_minor, debit_minor,"
                      " adjusted_minor, id_high, id_low FROM deposit_settlement"
                      " WHERE account_id=$1 ORDER BY until_day DESC, n DESC LIMIT $2",
                      DB_ARGS(DB_I(id.n), DB_I(max)));
    while (!rc && *n < max && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        (*out)[(*n)++] = (struct deposit_settled){ .from = { (int32_t)db_i64(&r, 0) },
                                                   .until = { (int32_t)db_i64(&r, 1) },
                                                   .posted = { (int32_t)db_i64(&r, 2) },
                                                   .credit_minor = db_i64(&r, 3),
                                                   .debit_minor = db_i64(&r, 4),
                                                   .adjusted_minor = db_i64(&r, 5),
                                                   .transfer = { db_i64(&r, 6), db_i64(&r, 7) } };
    }
    db_done(&r);
    return rc;
}

/* ---- by the deposit ---- */

static int sum_of(struct call *c, bool good, const money *parts, int n, int64_t *out)
{
    *out = 0;
    for (int i = 0; good && i < n; i++)
        good = !__builtin_add_overflow(*out, parts[i].minor, out);
    return good ? 0 : call_refuse(c, LEDGER_OVERFLOW, "amount", "%s", "");
}

/* Whole term and the days after it; or, before maturity, all days at `early`. */
static int term_interest(struct call *c, const struct deposit_account *a, int64_t minor,
                         const struct deposit_product *p, rate early, date until, int64_t *out)
{
    money parts[2] = { { 0, a->currency }, { 0, a->currency } }, m = { minor, a->currency };
    bool good;
    if (until.days < a->matures.days) {
        good = interest_days(m, early, until.days - a->begins.days, p->day_base, &parts[0]);
    } else {
        rate demand = { 0 };
        int rc = rate_demand(c, a->currency, until, &demand);
        if (rc)
            return rc;
        good = interest_term(m, (rate){ a->rate_ppm }, p->term_months, &parts[0]) &&
               interest_days(m, demand, until.days - a->matures.days, p->day_base, &parts[1]);
    }
    return sum_of(c, good, parts, 2, out);
}

/* Days that a notice took which was then not used, or taken back, bear nothing (article 12). */
static int unpaid_days(struct call *c, const struct deposit_account *a,
                       const struct deposit_product *p, int *days)
{
    int64_t unused = 0;
    int rc =
        db_one_i64(c->tx, "SELECT COUNT(*) FROM deposit_notice WHERE account_id=$1 AND state=$2",
                   DB_ARGS(DB_I(a->id.n), DB_I(NOTICE_UNUSED)), 0, &unused);
    *days = (int)unused * p->notice_days;
    return rc;
}

static int notice_interest(struct call *c, const struct deposit_account *a, int64_t minor,
                           const struct deposit_product *p, date today, int64_t *out)
{
    struct notice_facts f = { .notice_days = p->notice_days,
                              .minor = minor,
                              .begins = a->begins,
                              .today = today,
                              .min_minor = p->min_minor,
                              .left_minor = a->principal_minor - minor };
    money parts[2] = { { 0, a->currency }, { 0, a->currency } };
    rate high, low;
    int64_t notice_id;
    int unpaid = 0;
    int rc = notice_open(c, a->id, &f, &notice_id);
    if (!rc)
        rc = unpaid_days(c, a, p, &unpaid);
    if (!rc)
        rc = rate_on(c, p->id, RATE_CREDIT, today, &high);
    if (!rc)
        rc = rate_demand(c, a->currency, today, &low);
    if (rc)
        return rc;
    int64_t kept = interest_notice_part(&f);
    int days = today.days - a->begins.days - unpaid;
    days = days < 0 ? 0 : days;
    bool good =
        interest_days((money){ kept, a->currency }, high, days, p->day_base, &parts[0]) &&
        interest_days((money){ minor - kept, a->currency }, low, days, p->day_base, &parts[1]);
    return sum_of(c, good, parts, 2, out);
}

int interest_drawn(struct call *c, const struct deposit_account *a, int64_t minor,
                   int64_t *interest)
{
    struct deposit_product p;
    rate early = { 0 };
    date today;
    int rc = product_get(c, a->product, &p);
    if (!rc)
        rc = ledger_day(c, &today);
    if (!rc && a->kind == DEPOSIT_NOTICE)
        return notice_interest(c, a, minor, &p, today, interest);
    if (!rc)
        rc = rate_demand(c, a->currency, today, &early);
    return rc ? rc : term_interest(c, a, minor, &p, early, today, interest);
}

int interest_earned(struct call *c, const struct deposit_account *a, date until, int64_t *interest)
{
    struct deposit_product p;
    rate now = { a->rate_ppm };
    int rc = product_get(c, a->product, &p);
    date end = { until.days + 1 }; /* through the end of that day */
    *interest = 0;
    if (rc || !a->principal_minor || end.days <= a->begins.days)
        return rc;
    if (a->kind == DEPOSIT_TERM)
        return term_interest(c, a, a->principal_minor, &p, now, end, interest);
    money out = { 0, a->currency };
    rc = rate_on(c, p.id, RATE_CREDIT, until, &now);
    if (!rc && !interest_days((money){ a->principal_minor, a->currency }, now,
                              end.days - a->begins.days, p.day_base, &out))
        rc = call_refuse(c, LEDGER_OVERFLOW, "amount", "%s", "");
    *interest = out.minor;
    return rc;
}
