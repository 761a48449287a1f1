/* product.c -- Products, dated rates, fees, settings. */
#include "deposit/deposit_priv.h"
#include <stdio.h>
#include <string.h>
#include "base/banned.h"

enum { RATE_MAX_PPM = 1000000 };

static void copy_text(char *out, size_t size, struct db_rows *r, int column)
{
    const char *text = db_text(r, column);
    snprintf(out, size, "%s", text ? text : "");
}

static bool good_code(const char *code)
{
    size_t n = strlen(code);
    for (size_t i = 0; i < n; i++)
        if (!((code[i] >= 'a' && code[i] <= 'z') || (code[i] >= '0' && code[i] <= '9') ||
              code[i] == '-'))
            return false;
    return n > 0 && n <= PRODUCT_CODE_MAX;
}

static bool good_name(const char *name)
{
    return name[0] && strlen(name) <= PRODUCT_NAME_MAX;
}

/* ---- products ---- */

#define PRODUCT_COLUMNS                                                                  \
    "SELECT id, code, kind, name_zh, name_en, currency, subject, day_base, term_months," \
    " notice_days, min_minor, customers, active FROM deposit_product"

static void read_product(struct db_rows *r, struct deposit_product *p)
{
    *p = (struct deposit_product){
        .id = { db_i64(r, 0) },
        .kind = (enum deposit_kind)db_i64(r, 2),
        .currency = (enum currency)db_i64(r, 5),
        .day_base = (int)db_i64(r, 7),
        .term_months = (int)db_i64(r, 8),
        .notice_days = (int)db_i64(r, 9),
        .min_minor = db_i64(r, 10),
        .customers = (int)db_i64(r, 11),
        .active = db_i64(r, 12) != 0,
    };
    copy_text(p->code, sizeof p->code, r, 1);
    copy_text(p->name_zh, sizeof p->name_zh, r, 3);
    copy_text(p->name_en, sizeof p->name_en, r, 4);
    copy_text(p->subject, sizeof p->subject, r, 6);
}

static int one_product(struct call *c, struct db_rows *r, int rc, struct deposit_product *out,
                       const char *what)
{
    bool found = false;
    if (!rc && (rc = db_next(r)) == DB_ROW) {
        rc = 0;
        found = true;
        read_product(r, out);
    }
    db_done(r);
    return rc || found ? rc : call_refuse(c, DEPOSIT_NO_PRODUCT, "product", "%s", what);
}

int product_get(struct call *c, product_id id, struct deposit_product *out)
{
    struct db_rows r;
    int rc = db_query(c->tx, &r, PRODUCT_COLUMNS " WHERE id=$1", DB_ARGS(DB_I(id.n)));
    return one_product(c, &r, rc, out, "");
}

int product_by_code(struct call *c, const char *code, struct deposit_product *out)
{
    struct db_rows r;
    int rc = db_query(c->tx, &r, PRODUCT_COLUMNS " WHERE code=$1", DB_ARGS(DB_T(code)));
    return one_product(c, &r, rc, out, code);
}

int product_list(struct call *c, struct deposit_product **out, int *n)
{
    struct db_rows r;
    int64_t count = 0;
    *n = 0;
    int rc = db_one_i64(c->tx, "SELECT COUNT(*) FROM deposit_product", DB_NO_ARGS, 0, &count);
    *out = arena_alloc(c->arena, (size_t)(count + 1) * sizeof **out);
    if (rc)
        return rc;
    rc = db_query(c->tx, &r, PRODUCT_COLUMNS " ORDER BY kind, term_months, notice_days, code",
                  DB_NO_ARGS);
    while (!rc && *n < count && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        read_product(&r, &(*out)[(*n)++]);
    }
    db_done(&r);
    return rc;
}

/* The first field that is not valid or does not fit the kind; NULL: all is well. */
static const char *misfit(const struct deposit_product *p)
{
    const bool term = p->kind == DEPOSIT_TERM, notice = p->kind == DEPOSIT_NOTICE;
    if (p->kind < DEPOSIT_DEMAND || p->kind > DEPOSIT_OVERDRAFT)
        return "kind";
    if (!good_code(p->code))
        return "code";
    if (!good_name(p->name_zh))
        return "name_zh";
    if (!good_name(p->name_en))
        return "name_en";
    if (!currency_find((int)p->currency))
        return "currency";
    if (p->day_base != 360 && p->day_base != 365)
        return "day_base";
    if (p->min_minor < 0 || p->min_minor >= INT64_C(1) << 60)
        return "min_amount";
    if (p->customers < 1 || p->customers > 3)
        return "persons";
    if (term ? p->term_months <= 0 || p->term_months > PRODUCT_TERM_MAX : p->term_months)
        return "term_months";
    if (notice ? p->notice_days <= 0 || p->notice_days > 31 : p->notice_days)
        return "notice_days";
    return NULL;
}

static int check_used(struct call *c, const struct deposit_product *p)
{
    struct deposit_product was = { 0 };
    int64_t used = 0;
    int rc = product_get(c, p->id, &was);
    if (!rc)
        rc = db_one_i64(c->tx, "SELECT COUNT(*) FROM deposit_account WHERE product_id=$1",
                        DB_ARGS(DB_I(p->id.n)), 0, &used);
    if (!rc && used &&
        (was.kind != p->kind || was.currency != p->currency || was.day_base != p->day_base ||
         was.term_months != p->term_months || was.notice_days != p->notice_days))
        rc = call_refuse(c, DEPOSIT_BAD_PRODUCT, "kind", "%lld accounts have it", (long long)used);
    return rc;
}

static int check_subject(struct call *c, const struct deposit_product *p)
{
    struct ledger_subject *list;
    int n = 0, rc = ledger_subjects(c, &list, &n);
    for (int i = 0; !rc && i < n; i++)
        if (!strcmp(list[i].code, p->subject) && list[i].class == SUBJECT_LIABILITY)
            return 0;
    return rc ? rc : call_refuse(c, DEPOSIT_BAD_PRODUCT, "subject", "a liability of the chart");
}

int product_put(struct call *c, struct deposit_product *p)
{
    const char *bad = misfit(p);
    if (bad)
        return call_refuse(c, DEPOSIT_BAD_PRODUCT, bad, "%s", p->code);
    struct deposit_product row = *p;
    int rc = row.id.n ? check_used(c, p) : 0;
    if (!rc)
        rc = check_subject(c, p);
    if (rc)
        return rc;
    if (!row.id.n)
        row.id.n = call_id(c);
    rc = db_exec(c->tx,
                 "INSERT INTO deposit_product (id, code, kind, name_zh, name_en, currency, subject,"
                 " day_base, term_months, notice_days, min_minor, customers, active)"
                 " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
                 " ON CONFLICT (id) DO UPDATE SET code=excluded.code, kind=excluded.kind,"
                 " name_zh=excluded.name_zh, name_en=excluded.name_en, currency=excluded.currency,"
                 " subject=excluded.subject, day_base=excluded.day_base,"
                 " term_months=excluded.term_months, notice_days=excluded.notice_days,"
                 " min_minor=excluded.min_minor, customers=excluded.customers,"
                 " active=excluded.active",
                 DB_ARGS(DB_I(row.id.n), DB_T(row.code), DB_I(row.kind), DB_T(row.name_zh),
                         DB_T(row.name_en), DB_I(row.currency), DB_T(row.subject),
                         DB_I(row.day_base), DB_I(row.term_months), DB_I(row.notice_days),
                         DB_I(row.min_minor), DB_I(row.customers), DB_I(row.active)));
    if (rc == RC_CONFLICT)
        return call_refuse(c, DEPOSIT_BAD_PRODUCT, "code", "%s is taken", row.code);
    if (rc)
        return rc;
    struct jsonw *w = event_begin(c);
    jw_text(w, "code", row.code);
    jw_bool(w, "active", row.active);
    rc = event_add(c, 0, "product.changed", row.id.n);
    if (!rc)
        *p = row;
    return rc;
}

/* ---- rates ---- */

int rate_put(struct call *c, const struct deposit_rate *put)
{
    struct deposit_product p = { 0 };
    date today;
    int64_t rates = 0;
    int rc = product_get(c, put->product, &p);
    if (!rc && ((put->side != RATE_CREDIT && put->side != RATE_DEBIT) || put->annual.ppm < 0 ||
                put->annual.ppm > RATE_MAX_PPM))
        rc = call_refuse(c, DEPOSIT_BAD_RATE, "ppm", "0 to 100 %%");
    if (!rc)
        rc = ledger_day(c, &today);
    if (!rc)
        rc = db_one_i64(c->tx, "SELECT COUNT(*) FROM deposit_rate WHERE product_id=$1 AND side=$2",
                        DB_ARGS(DB_I(put->product.n), DB_I(put->side)), 0, &rates);
    if (!rc && rates && put->from.days < today.days) /* the first one may be an old list */
        rc = call_refuse(c, DEPOSIT_RATE_PAST, "from", "it is %s", date_text(today).at);
    if (!rc)
        rc = db_exec(c->tx,
                     "INSERT INTO deposit_rate (product_id, side, from_day, ppm)"
                     " VALUES ($1, $2, $3, $4)"
                     " ON CONFLICT (product_id, side, from_day) DO UPDATE SET ppm=excluded.ppm",
                     DB_ARGS(DB_I(put->product.n), DB_I(put->side), DB_I(put->from.days),
                             DB_I(put->annual.ppm)));
    if (rc)
        return rc;
    struct jsonw *w = event_begin(c);
    jw_text(w, "product", p.code);
    jw_i64(w, "side", put->side);
    jw_i64(w, "from", put->from.days);
    jw_i64(w, "ppm", put->annual.ppm);
    return event_add(c, 0, "rate.changed", p.id.n);
}

int rate_list(struct call *c, product_id product, struct deposit_rate **out, int *n)
{
    struct db_rows r;
    int64_t count = 0;
    *n = 0;
    int rc = db_one_i64(c->tx, "SELECT COUNT(*) FROM deposit_rate WHERE $1=0 OR product_id=$1",
                        DB_ARGS(DB_I(product.n)), 0, &count);
    *out = arena_alloc(c->arena, (size_t)(count + 1) * sizeof **out);
    if (rc)
        return rc;
    rc = db_query(c->tx, &r,
                  "SELECT product_id, side, from_day, ppm FROM deposit_rate"
                  " WHERE $1=0 OR product_id=$1 ORDER BY product_id, side, from_day",
                  DB_ARGS(DB_I(product.n)));
    while (!rc && *n < count && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        (*out)[(*n)++] = (struct deposit_rate){ .product = { db_i64(&r, 0) },
                                                .side = (enum rate_side)db_i64(&r, 1),
                                                .from = { (int32_t)db_i64(&r, 2) },
                                                .annual = { (int32_t)db_i64(&r, 3) } };
    }
    db_done(&r);
    return rc;
}

int rate_on(struct call *c, product_id product, enum rate_side side, date d, rate *out)
{
    int64_t ppm = -1;
    int rc = db_one_i64(c->tx,
                        "SELECT ppm FROM deposit_rate WHERE product_id=$1 AND side=$2"
                        " AND from_day<=$3 ORDER BY from_day DESC LIMIT 1",
                        DB_ARGS(DB_I(product.n), DB_I(side), DB_I(d.days)), -1, &ppm);
    if (!rc && ppm < 0)
        rc = call_refuse(c, DEPOSIT_NO_RATE, "product", "%lld", (long long)product.n);
    out->ppm = (int32_t)ppm;
    return rc;
}

int rate_demand(struct call *c, enum currency currency, date d, rate *out)
{
    int64_t id = 0;
    int rc = db_one_i64(c->tx,
                        "SELECT id FROM deposit_product WHERE kind=$1 AND currency=$2"
                        " ORDER BY id LIMIT 1",
                        DB_ARGS(DB_I(DEPOSIT_DEMAND), DB_I(currency)), 0, &id);
    return rc ? rc : rate_on(c, (product_id){ id }, RATE_CREDIT, d, out);
}

/* ---- fees ---- */

#define FEE_COLUMNS \
    "SELECT id, code, name_zh, name_en, cycle, currency, minor, active FROM deposit_fee"

static void read_fee(struct db_rows *r, struct deposit_fee *f)
{
    *f = (struct deposit_fee){
        .id = { db_i64(r, 0) },
        .cycle = (enum fee_cycle)db_i64(r, 4),
        .amount = { db_i64(r, 6), (enum currency)db_i64(r, 5) },
        .active = db_i64(r, 7) != 0,
    };
    copy_text(f->code, sizeof f->code, r, 1);
    copy_text(f->name_zh, sizeof f->name_zh, r, 2);
    copy_text(f->name_en, sizeof f->name_en, r, 3);
}

int fee_get(struct call *c, fee_id id, struct deposit_fee *out)
{
    struct db_rows r;
    bool found = false;
    int rc = db_query(c->tx, &r, FEE_COLUMNS " WHERE id=$1", DB_ARGS(DB_I(id.n)));
    if (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        found = true;
        read_fee(&r, out);
    }
    db_done(&r);
    return rc || found ? rc : call_refuse(c, DEPOSIT_NO_FEE, "fee", "%lld", (long long)id.n);
}

int fee_list(struct call *c, struct deposit_fee **out, int *n)
{
    struct db_rows r;
    int64_t count = 0;
    *n = 0;
    int rc = db_one_i64(c->tx, "SELECT COUNT(*) FROM deposit_fee", DB_NO_ARGS, 0, &count);
    *out = arena_alloc(c->arena, (size_t)(count + 1) * sizeof **out);
    if (rc)
        return rc;
    rc = db_query(c->tx, &r, FEE_COLUMNS " ORDER BY code", DB_NO_ARGS);
    while (!rc && *n < count && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        read_fee(&r, &(*out)[(*n)++]);
    }
    db_done(&r);
    return rc;
}

int fee_put(struct call *c, struct deposit_fee *f)
{
    struct deposit_fee row = *f, was;
    const char *bad = !good_code(f->code)                             ? "code"
                      : !good_name(f->name_zh)                        ? "name_zh"
                      : !good_name(f->name_en)                        ? "name_en"
                      : f->cycle < FEE_MONTHLY || f->cycle > FEE_EACH ? "cycle"
                      : !currency_find((int)f->amount.currency)       ? "currency"
                      : f->amount.minor <= 0                          ? "amount"
                                                                      : NULL;
    if (bad)
        return call_refuse(c, DEPOSIT_BAD_FEE, bad, "%s", f->code);
    int rc = row.id.n ? fee_get(c, row.id, &was) : 0;
    if (rc)
        return rc;
    if (!row.id.n)
        row.id.n = call_id(c);
    rc = db_exec(c->tx,
                 "INSERT INTO deposit_fee (id, code, name_zh, name_en, cycle, currency, minor,"
                 " active) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
                 " ON CONFLICT (id) DO UPDATE SET code=excluded.code, name_zh=excluded.name_zh,"
                 " name_en=excluded.name_en, cycle=excluded.cycle, currency=excluded.currency,"
                 " minor=excluded.minor, active=excluded.active",
                 DB_ARGS(DB_I(row.id.n), DB_T(row.code), DB_T(row.name_zh), DB_T(row.name_en),
                         DB_I(row.cycle), DB_I(row.amount.currency), DB_I(row.amount.minor),
                         DB_I(row.active)));
    if (rc == RC_CONFLICT)
        return call_refuse(c, DEPOSIT_BAD_FEE, "code", "%s is taken", row.code);
    if (rc)
        return rc;
    struct jsonw *w = event_begin(c);
    jw_text(w, "code", row.code);
    jw_i64(w, "minor", row.amount.minor);
    rc = event_add(c, 0, "fee.changed", row.id.n);
    if (!rc)
        *f = row;
    return rc;
}

/* ---- settings ---- */

int deposit_settings_get(struct call *c, struct deposit_settings *out)
{
    struct db_rows r;
    *out = (struct deposit_settings){ .prefix = "880300",
                                      .dormant_days = 366 * 2,
                                      .dormant_minor = 10000,
                                      .order_tries = 3,
                                      .accrual = ACCRUAL_MONTHLY,
                                      .cut_off_s = 23 * 3600 + 1800 };
    int rc = db_query(c->tx, &r,
                      "SELECT prefix, dormant_days, dormant_minor, order_tries, cut_off_s, accrual"
                      " FROM deposit_setting WHERE id=1",
                      DB_NO_ARGS);
    if (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        copy_text(out->prefix, sizeof out->prefix, &r, 0);
        out->dormant_days = (int)db_i64(&r, 1);
        out->dormant_minor = db_i64(&r, 2);
        out->order_tries = (int)db_i64(&r, 3);
        out->cut_off_s = (int)db_i64(&r, 4);
        out->accrual = (enum deposit_accrual)db_i64(&r, 5);
    }
    db_done(&r);
    return rc;
}

static const char *bad_setting(const struct deposit_settings *s)
{
    if (strlen(s->prefix) != 6 || strspn(s->prefix, "0123456789") != 6 ||
        !strncmp(s->prefix, "62", 2) || s->prefix[0] == '0')
        return "prefix"; /* 62 begins the cards of this country */
    if (s->dormant_days < 0 || s->dormant_days > 36600)
        return "dormant_days";
    if (s->dormant_minor < 0 || s->dormant_minor > INT64_C(1) << 50)
        return "dormant_minor";
    if (s->order_tries < 1 || s->order_tries > 31)
        return "order_tries";
    if (s->accrual != ACCRUAL_MONTHLY && s->accrual != ACCRUAL_DAILY)
        return "accrual";
    return s->cut_off_s < 0 || s->cut_off_s >= 86400 ? "cut_off" : NULL;
}

int deposit_settings_put(struct call *c, const struct deposit_settings *s)
{
    const char *bad = bad_setting(s);
    if (bad)
        return call_refuse(c, DEPOSIT_BAD_SETTING, bad, "%s", bad);
    int rc = db_exec(c->tx,
                     "INSERT INTO deposit_setting (id, prefix, dormant_days, dormant_minor,"
                     " order_tries, cut_off_s, accrual) VALUES (1, $1, $2, $3, $4, $5, $6)"
                     " ON CONFLICT (id) DO UPDATE SET prefix=excluded.prefix,"
                     " dormant_days=excluded.dormant_days, dormant_minor=excluded.dormant_minor,"
                     " order_tries=excluded.order_tries, cut_off_s=excluded.cut_off_s,"
                     " accrual=excluded.accrual",
                     DB_ARGS(DB_T(s->prefix), DB_I(s->dormant_days), DB_I(s->dormant_minor),
                             DB_I(s->order_tries), DB_I(s->cut_off_s), DB_I(s->accrual)));
    if (rc)
        return rc;
    struct jsonw *w = event_begin(c);
    jw_text(w, "prefix", s->prefix);
    jw_i64(w, "cut_off_s", s->cut_off_s);
    jw_i64(w, "accrual", s->accrual);
    return event_add(c, 0, "deposit.settings", 0);
}

/* ---- the standard list ---- */

/* A list as banks hung it out from 2012-07-06 (the central bank's base rates of that day with what
 * was usual on top): a beginning to be changed, not advice. */
static const struct {
    struct deposit_product p;
    int32_t credit_ppm, debit_ppm;
} standard[] = {
    { { .code = "demand", .kind = DEPOSIT_DEMAND, .name_zh = "活期存款", .name_en = "Demand" },
      3500,
      0 },
    { { .code = "term-3",
        .kind = DEPOSIT_TERM,
        .name_zh = "整存整取三个月",
        .name_en = "Term, 3 months",
        .term_months = 3,
        .min_minor = 5000 },
      28500,
      0 },
    { { .code = "term-6",
        .kind = DEPOSIT_TERM,
        .name_zh = "整存整取六个月",
        .name_en = "Term, 6 months",
        .term_months = 6,
        .min_minor = 5000 },
      30500,
      0 },
    { { .code = "term-12",
        .kind = DEPOSIT_TERM,
        .name_zh = "整存整取一年",
        .name_en = "Term, 1 year",
        .term_months = 12,
        .min_minor = 5000 },
      32500,
      0 },
    { { .code = "term-24",
        .kind = DEPOSIT_TERM,
        .name_zh = "整存整取二年",
        .name_en = "Term, 2 years",
        .term_months = 24,
        .min_minor = 5000 },
      37500,
      0 },
    { { .code = "term-36",
        .kind = DEPOSIT_TERM,
        .name_zh = "整存整取三年",
        .name_en = "Term, 3 years",
        .term_months = 36,
        .min_minor = 5000 },
      42500,
      0 },
    { { .code = "term-60",
        .kind = DEPOSIT_TERM,
        .name_zh = "整存整取五年",
        .name_en = "Term, 5 years",
        .term_months = 60,
        .min_minor = 5000 },
      47500,
      0 },
    { { .code = "notice-1",
        .kind = DEPOSIT_NOTICE,
        .name_zh = "一天通知存款",
        .name_en = "Notice, 1 day",
        .notice_days = 1,
        .min_minor = 5000000 },
      8000,
      0 },
    { { .code = "notice-7",
        .kind = DEPOSIT_NOTICE,
        .name_zh = "七天通知存款",
        .name_en = "Notice, 7 days",
        .notice_days = 7,
        .min_minor = 5000000 },
      13500,
      0 },
    { { .code = "margin", .kind = DEPOSIT_MARGIN, .name_zh = "保证金存款", .name_en = "Margin" },
      3500,
      0 },
    { { .code = "overdraft",
        .kind = DEPOSIT_OVERDRAFT,
        .name_zh = "透支账户",
        .name_en = "Overdraft account" },
      3500,
      180000 },
};

static int prepare_one(struct call *c, const struct deposit_product *which, int32_t credit_ppm,
                       int32_t debit_ppm)
{
    struct deposit_product p = *which;
    date from;
    int64_t there = 0;
    CHECK(date_from_ymd(2012, 7, 6, &from));
    int rc = db_one_i64(c->tx, "SELECT COUNT(*) FROM deposit_product WHERE code=$1",
                        DB_ARGS(DB_T(p.code)), 0, &there);
    if (rc || there)
        return rc;
    p.currency = CNY;
    p.day_base = 360;
    p.customers = 3;
    p.active = true;
    memcpy(p.subject, "2011", 5);
    rc = product_put(c, &p);
    struct deposit_rate first = { p.id, RATE_CREDIT, from, { credit_ppm } };
    if (!rc)
        rc = rate_put(c, &first);
    first.side = RATE_DEBIT;
    first.annual.ppm = debit_ppm;
    return !rc && debit_ppm ? rate_put(c, &first) : rc;
}

int deposit_prepare(struct call *c)
{
    int64_t products = 0;
    int rc = db_one_i64(c->tx, "SELECT COUNT(*) FROM deposit_product", DB_NO_ARGS, 0, &products);
    for (size_t i = 0; !rc && !products && i < COUNT(standard); i++)
        rc = prepare_one(c, &standard[i].p, standard[i].credit_ppm, standard[i].debit_ppm);
    return rc;
}
