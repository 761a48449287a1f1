/* interest_api.c -- "Explain this number": a period's interest as spans of days, balance x days =
 * product, sum, rate, to the fen; from the walk that settles it (deposit/interest.h). */
#include "api/books.h"
#include "api/handlers.h"
#include "api/office.h"
#include "deposit/interest.h"
#include "base/banned.h"

enum { SETTLED_MAX = 40 };

static void spans_json(struct jsonw *w, const struct interest_told *t, enum currency currency)
{
    jw_array(w, "spans");
    for (int i = 0; i < t->n; i++) {
        const struct interest_span *s = &t->spans[i];
        jw_object(w, NULL);
        date_json(w, "from", s->from);
        date_json(w, "until", s->until);
        books_minor(w, "balance", s->minor, currency);
        jw_i64(w, "units", s->units);
        jw_i64(w, "days", s->days);
        jw_i64(w, "unit_days", s->unit_days);
        jw_i64(w, "rate_ppm", s->annual.ppm);
        jw_bool(w, "debit", s->debit);
        jw_end(w);
    }
    jw_end(w);
}

/* Sums by side and rate, in the order in which they came: what is multiplied by the rate. */
static void sums_json(struct jsonw *w, const struct interest_told *t)
{
    jw_array(w, "sums");
    for (int i = 0; i < t->n; i++) {
        const struct interest_span *s = &t->spans[i];
        int64_t sum = 0, days = 0;
        bool first = true;
        for (int j = 0; j < i && first; j++)
            first = t->spans[j].debit != s->debit || t->spans[j].annual.ppm != s->annual.ppm;
        for (int j = i; first && j < t->n; j++)
            if (t->spans[j].debit == s->debit && t->spans[j].annual.ppm == s->annual.ppm) {
                sum += t->spans[j].unit_days;
                days += t->spans[j].days;
            }
        if (!first)
            continue;
        jw_object(w, NULL);
        jw_bool(w, "debit", s->debit);
        jw_i64(w, "rate_ppm", s->annual.ppm);
        jw_i64(w, "days", days);
        jw_i64(w, "unit_days", sum);
        jw_end(w);
    }
    jw_end(w);
}

static void settled_json(struct jsonw *w, const char *key, const struct deposit_settled *s,
                         enum currency currency)
{
    jw_object(w, key);
    date_json(w, "from", s->from);
    date_json(w, "until", s->until);
    date_json(w, "posted", s->posted);
    books_minor(w, "credit", s->credit_minor, currency);
    books_minor(w, "debit", s->debit_minor, currency);
    books_minor(w, "adjusted", s->adjusted_minor, currency);
    books_transfer_id(w, "transfer", s->transfer);
    jw_end(w);
}

static int product_told(struct call *c, struct request *q, struct jsonw *w,
                        const struct deposit_account *a, date today)
{
    struct interest_told t;
    date until;
    int rc = request_date(c, q, "until", (date){ today.days - 1 }, &until);
    if (!rc && until.days >= today.days)
        rc = call_refuse(c, BASE_RANGE, "until", "a day that is over");
    if (!rc)
        rc = deposit_interest_told(c, a, until, &t);
    if (rc)
        return rc;
    const date end = interest_period_end(t.posted ? t.until : t.from);
    date_json(w, "from", t.from);
    date_json(w, "until", t.until);
    date_json(w, "settles", end);
    date_json(w, "posts", (date){ end.days + 1 });
    jw_i64(w, "day_base", t.day_base);
    spans_json(w, &t, a->currency);
    sums_json(w, &t);
    books_minor(w, "credit", t.credit_minor, a->currency);
    books_minor(w, "debit", t.debit_minor, a->currency);
    if (t.posted)
        settled_json(w, "posted", &t.as_posted, a->currency);
    else
        jw_null(w, "posted");
    return 0;
}

/* A term or notice deposit: principal x months x rate / 12 when it matures; today's price. */
static int deposit_told(struct call *c, struct jsonw *w, const struct deposit_account *a)
{
    struct deposit_product p;
    money whole = { 0, a->currency };
    int64_t today = 0;
    int rc = product_get(c, a->product, &p);
    if (!rc && a->principal_minor && a->state != DEPOSIT_ENDED)
        rc = deposit_quote(c, a->id, 0, &today);
    if (!rc && a->kind == DEPOSIT_TERM &&
        !interest_term((money){ a->principal_minor, a->currency }, (rate){ a->rate_ppm },
                       p.term_months, &whole))
        rc = call_refuse(c, LEDGER_OVERFLOW, "account", "%s", "");
    if (rc)
        return rc;
    books_minor(w, "principal", a->principal_minor, a->currency);
    jw_i64(w, "rate_ppm", a->rate_ppm);
    jw_i64(w, "months", p.term_months);
    date_json(w, "begins", a->begins);
    date_json(w, "matures", a->matures);
    books_minor(w, "at_maturity", whole.minor, a->currency);
    books_minor(w, "if_drawn_today", today, a->currency);
    return 0;
}

int api_deposit_interest(struct call *c, struct request *q, struct buf *answer)
{
    struct deposit_account a;
    struct deposit_settled *list;
    struct jsonw w;
    date today;
    int n = 0, rc = deposit_by_number(c, q->param[0], &a);
    if (!rc)
        rc = ledger_day(c, &today);
    if (!rc)
        rc = deposit_settlements(c, a.id, SETTLED_MAX, &list, &n);
    if (rc)
        return rc;
    const bool by_deposit = a.kind == DEPOSIT_TERM || a.kind == DEPOSIT_NOTICE;
    jw_init(&w, answer);
    jw_object(&w, NULL);
    jw_text(&w, "number", a.number);
    jw_text(&w, "currency", currency_find((int)a.currency)->code);
    jw_text(&w, "method", by_deposit ? "deposit" : "product");
    jw_bool(&w, "notice", a.kind == DEPOSIT_NOTICE);
    jw_bool(&w, "ended", a.state == DEPOSIT_ENDED);
    date_json(&w, "business_date", today);
    rc = by_deposit ? deposit_told(c, &w, &a) : product_told(c, q, &w, &a, today);
    jw_array(&w, "settlements");
    for (int i = 0; i < n; i++)
        settled_json(&w, NULL, &list[i], a.currency);
    jw_end(&w);
    jw_end(&w);
    return rc;
}
