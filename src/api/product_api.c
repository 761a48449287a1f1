/* product_api.c -- What is sold at which rates, fees, the room's settings, and the day end. */
#include "api/books.h"
#include "api/handlers.h"
#include "api/office.h"
#include "cash/cash.h"
#include "deposit/dayend.h"
#include "ledger/ledger_books.h"
#include <stdio.h>
#include <string.h>
#include "base/banned.h"

enum { DAYS_MAX = 62 };

static const char *const kind_codes[] = { "", "demand", "term", "notice", "margin", "overdraft" };
static const char *const fee_cycles[] = { "", "monthly", "weekly", "each" };

static int word_of(const char *const *words, int n, const char *word)
{
    for (int i = 1; i < n; i++)
        if (!strcmp(words[i], word))
            return i;
    return 0;
}

/* ---- products and rates ---- */

static void product_json(struct jsonw *w, const struct deposit_product *p,
                         const struct deposit_rate *rates, int n)
{
    jw_object(w, NULL);
    jw_i64(w, "id", p->id.n);
    jw_text(w, "code", p->code);
    jw_text(w, "kind", kind_codes[p->kind]);
    pair_json(w, "name", p->name_zh, p->name_en);
    jw_text(w, "currency", currency_find((int)p->currency)->code);
    jw_text(w, "subject", p->subject);
    jw_i64(w, "day_base", p->day_base);
    jw_i64(w, "term_months", p->term_months);
    jw_i64(w, "notice_days", p->notice_days);
    books_minor(w, "min_amount", p->min_minor, p->currency);
    jw_bool(w, "persons", p->customers & 1);
    jw_bool(w, "companies", (p->customers & 2) != 0);
    jw_bool(w, "active", p->active);
    jw_array(w, "rates");
    for (int i = 0; i < n; i++) {
        if (rates[i].product.n != p->id.n)
            continue;
        jw_object(w, NULL);
        jw_text(w, "side", rates[i].side == RATE_CREDIT ? "credit" : "debit");
        date_json(w, "from", rates[i].from);
        jw_i64(w, "ppm", rates[i].annual.ppm);
        jw_end(w);
    }
    jw_end(w);
    jw_end(w);
}

int api_products(struct call *c, struct request *q, struct buf *answer)
{
    struct deposit_product *list;
    struct deposit_rate *rates;
    struct jsonw w;
    int n = 0, m = 0, rc = product_list(c, &list, &n);
    UNUSED(q);
    if (!rc)
        rc = rate_list(c, (product_id){ 0 }, &rates, &m);
    if (rc)
        return rc;
    jw_init(&w, answer);
    jw_object(&w, NULL);
    jw_array(&w, "items");
    for (int i = 0; i < n; i++)
        product_json(&w, &list[i], rates, m);
    jw_end(&w);
    jw_end(&w);
    return 0;
}

/* {product} in the path: a change; else a new one. */
int api_product_put(struct call *c, struct request *q, struct buf *answer)
{
    struct deposit_product p = { .currency = CNY, .day_base = 360, .customers = 3, .active = true };
    const char *kind = NULL, *minimum = NULL, *currency = NULL;
    int64_t base, term, notice;
    snprintf(p.subject, sizeof p.subject, "2011");
    int rc = q->id[0] ? product_get(c, (product_id){ q->id[0] }, &p) : 0;
    bool persons = p.customers & 1, companies = (p.customers & 2) != 0;
    if (rc)
        return rc;
    base = p.day_base;
    term = p.term_months;
    notice = p.notice_days;
    BODY_TEXT(q, "code", p.code);
    BODY_TEXT(q, "name_zh", p.name_zh);
    BODY_TEXT(q, "name_en", p.name_en);
    BODY_TEXT(q, "subject", p.subject);
    json_want_text(q->doc, q->body, "kind", 16, &kind);
    json_want_text(q->doc, q->body, "currency", 3, &currency);
    json_want_text(q->doc, q->body, "min_amount", 30, &minimum);
    json_want_i64(q->doc, q->body, "day_base", 360, 365, &base);
    json_want_i64(q->doc, q->body, "term_months", 0, PRODUCT_TERM_MAX, &term);
    json_want_i64(q->doc, q->body, "notice_days", 0, 31, &notice);
    json_want_bool(q->doc, q->body, "persons", &persons);
    json_want_bool(q->doc, q->body, "companies", &companies);
    json_want_bool(q->doc, q->body, "active", &p.active);
    rc = body_done(c, q);
    if (rc)
        return rc;
    if (kind)
        p.kind = (enum deposit_kind)word_of(kind_codes, COUNT(kind_codes), kind);
    money m = { p.min_minor, p.currency };
    if (currency && !currency_parse(currency, &p.currency))
        return call_refuse(c, LEDGER_BAD_CURRENCY, "currency", "%s", currency);
    if (minimum && !money_parse(minimum, p.currency, &m))
        return call_refuse(c, BASE_BAD_INPUT, "min_amount", "a decimal amount");
    p.min_minor = m.minor;
    p.day_base = (int)base;
    p.term_months = (int)term;
    p.notice_days = (int)notice;
    p.customers = (persons ? 1 : 0) | (companies ? 2 : 0);
    rc = product_put(c, &p);
    return answer_id(rc, p.id.n, answer);
}

int api_rate_put(struct call *c, struct request *q, struct buf *answer)
{
    struct deposit_rate r = { .product = { q->id[0] }, .side = RATE_CREDIT };
    const char *from = NULL, *side = NULL;
    int64_t ppm = 0;
    json_need_text(q->doc, q->body, "from", 10, &from);
    json_need_i64(q->doc, q->body, "ppm", 0, RATE_WHOLE, &ppm);
    json_want_text(q->doc, q->body, "side", 8, &side);
    int rc = body_done(c, q);
    if (!rc && !date_parse(from, &r.from))
        rc = call_refuse(c, BASE_BAD_INPUT, "from", "a date");
    if (!rc && side && strcmp(side, "credit") != 0 && strcmp(side, "debit") != 0)
        rc = call_refuse(c, BASE_BAD_INPUT, "side", "credit, debit");
    if (!rc && side && !strcmp(side, "debit"))
        r.side = RATE_DEBIT;
    r.annual.ppm = (int32_t)ppm;
    return answer_id(rc ? rc : rate_put(c, &r), r.product.n, answer);
}

/* ---- fees ---- */

int api_fees(struct call *c, struct request *q, struct buf *answer)
{
    struct deposit_fee *list;
    struct jsonw w;
    int n = 0, rc = fee_list(c, &list, &n);
    UNUSED(q);
    if (rc)
        return rc;
    jw_init(&w, answer);
    jw_object(&w, NULL);
    jw_array(&w, "items");
    for (int i = 0; i < n; i++) {
        jw_object(&w, NULL);
        jw_i64(&w, "id", list[i].id.n);
        jw_text(&w, "code", list[i].code);
        pair_json(&w, "name", list[i].name_zh, list[i].name_en);
        jw_text(&w, "cycle", fee_cycles[list[i].cycle]);
        books_minor(&w, "amount", list[i].amount.minor, list[i].amount.currency);
        jw_text(&w, "currency", currency_find((int)list[i].amount.currency)->code);
        jw_bool(&w, "active", list[i].active);
        jw_end(&w);
    }
    jw_end(&w);
    jw_end(&w);
    return 0;
}

int api_fee_put(struct call *c, struct request *q, struct buf *answer)
{
    struct deposit_fee f = { .amount = { 0, CNY }, .active = true };
    const char *cycle = NULL, *amount = NULL;
    int rc = q->id[0] ? fee_get(c, (fee_id){ q->id[0] }, &f) : 0;
    if (rc)
        return rc;
    BODY_TEXT(q, "code", f.code);
    BODY_TEXT(q, "name_zh", f.name_zh);
    BODY_TEXT(q, "name_en", f.name_en);
    json_want_text(q->doc, q->body, "cycle", 16, &cycle);
    json_want_text(q->doc, q->body, "amount", 30, &amount);
    json_want_bool(q->doc, q->body, "active", &f.active);
    rc = body_done(c, q);
    if (!rc && amount && !money_parse(amount, f.amount.currency, &f.amount))
        rc = call_refuse(c, BASE_BAD_INPUT, "amount", "a decimal amount");
    if (cycle)
        f.cycle = (enum fee_cycle)word_of(fee_cycles, COUNT(fee_cycles), cycle);
    if (!rc)
        rc = fee_put(c, &f);
    return answer_id(rc, f.id.n, answer);
}

/* ---- settings ---- */

static const char *const accruals[] = { "", "monthly", "daily" };

int api_deposit_settings(struct call *c, struct request *q, struct buf *answer)
{
    struct deposit_settings s;
    struct jsonw w;
    char at[12];
    UNUSED(q);
    int rc = deposit_settings_get(c, &s);
    if (rc)
        return rc;
    snprintf(at, sizeof at, "%02d:%02d", s.cut_off_s / 3600 % 24, s.cut_off_s / 60 % 60);
    jw_init(&w, answer);
    jw_object(&w, NULL);
    jw_text(&w, "prefix", s.prefix);
    jw_i64(&w, "dormant_days", s.dormant_days);
    books_minor(&w, "dormant_below", s.dormant_minor, CNY);
    jw_i64(&w, "order_tries", s.order_tries);
    jw_text(&w, "cut_off", at);
    jw_text(&w, "accrual", accruals[s.accrual]);
    jw_end(&w);
    return 0;
}

int api_deposit_settings_put(struct call *c, struct request *q, struct buf *answer)
{
    struct deposit_settings s;
    const char *cut_off = NULL, *below = NULL, *accrual = NULL;
    int rc = deposit_settings_get(c, &s);
    if (rc)
        return rc;
    int64_t days = s.dormant_days, tries = s.order_tries;
    money m = { s.dormant_minor, CNY };
    BODY_TEXT(q, "prefix", s.prefix);
    json_want_i64(q->doc, q->body, "dormant_days", 0, 36600, &days);
    json_want_text(q->doc, q->body, "dormant_below", 30, &below);
    json_want_i64(q->doc, q->body, "order_tries", 1, 31, &tries);
    json_want_text(q->doc, q->body, "cut_off", 5, &cut_off);
    json_want_text(q->doc, q->body, "accrual", 10, &accrual);
    rc = body_done(c, q);
    if (!rc && ((below && !money_parse(below, CNY, &m)) ||
                (cut_off && !date_parse_hm(cut_off, &s.cut_off_s))))
        rc = call_refuse(c, BASE_BAD_INPUT, "cut_off", "an amount, an hour and minute");
    int when = accrual ? word_of(accruals, COUNT(accruals), accrual) : (int)s.accrual;
    if (!rc && !when)
        rc = call_refuse(c, DEPOSIT_BAD_SETTING, "accrual", "monthly, daily");
    s.accrual = (enum deposit_accrual)when;
    s.dormant_minor = m.minor;
    s.dormant_days = (int)days;
    s.order_tries = (int)tries;
    if (!rc)
        rc = deposit_settings_put(c, &s);
    if (!rc)
        buf_text(answer, "{}");
    return rc;
}

/* ---- the day end ---- */

/* Each step's own time: from the end of the one before. */
static void steps_json(struct jsonw *w, const struct dayend *d)
{
    int64_t before_us = d->begun_us;
    jw_array(w, "steps");
    for (int i = DAYEND_EXPIRE; i <= DAYEND_PROVE; i++) {
        int64_t over_us = i == DAYEND_PROVE ? d->ended_us : d->over_us[i];
        jw_object(w, NULL);
        jw_text(w, "step", dayend_step_code((enum dayend_step)i));
        jw_text(w, "state", over_us ? "done" : (int)d->step == i ? "running" : "waiting");
        jw_i64(w, "done", d->done[i]);
        jw_i64(w, "chunks", d->chunks[i]);
        ms_json(w, "ended_ms", over_us);
        if (over_us)
            jw_i64(w, "took_ms", over_us > before_us ? (over_us - before_us) / 1000 : 0);
        else
            jw_null(w, "took_ms");
        jw_end(w);
        before_us = over_us ? over_us : before_us;
    }
    jw_end(w);
}

static void dayend_json(struct jsonw *w, const struct dayend *d)
{
    jw_object(w, NULL);
    date_json(w, "day", d->day);
    jw_text(w, "step", dayend_step_code(d->step));
    jw_object(w, "done");
    for (int i = DAYEND_EXPIRE; i < DAYEND_PROVE; i++)
        jw_i64(w, dayend_step_code((enum dayend_step)i), d->done[i]);
    jw_end(w);
    steps_json(w, d);
    ms_json(w, "begun_ms", d->begun_us);
    ms_json(w, "ended_ms", d->ended_us);
    jw_bool(w, "closed", d->step == DAYEND_DONE);
    jw_bool(w, "proven", d->proven);
    jw_text(w, "proof", d->text);
    jw_end(w);
}

/* What the day end waits for, and who has answered for it. */
static int drawers_json(struct call *c, struct jsonw *w, date today)
{
    struct cash_settings s;
    struct cash_pass pass;
    struct cash_box *list;
    bool passed = false;
    int n = 0, rc = cash_settings_get(c, &s);
    if (!rc)
        rc = cash_not_closed(c, c->actor.outlet_id ? c->actor.outlet_id : -1, &list, &n);
    if (!rc)
        rc = cash_day_passed(c, today, &pass, &passed);
    if (rc)
        return rc;
    jw_bool(w, "drawers_demanded", s.demand_closed);
    jw_array(w, "drawers_open");
    for (int i = 0; i < n; i++) {
        jw_object(w, NULL);
        jw_i64(w, "id", list[i].id.n);
        jw_i64(w, "outlet_id", list[i].outlet_id);
        jw_i64(w, "number", list[i].number);
        jw_text(w, "state", cash_state_code(list[i].state));
        jw_i64(w, "holder_id", list[i].holder.n);
        jw_end(w);
    }
    jw_end(w);
    jw_text(w, "drawers_passed", passed ? pass.reason : "");
    return 0;
}

/* Why the date is not closed if somebody asks now, in words; null: it would be. */
static void blocked_json(struct jsonw *w, int rc)
{
    const struct rc_info *info = rc > 0 ? api_rc(rc) : NULL;
    if (!info) {
        jw_null(w, "blocked");
        return;
    }
    jw_object(w, "blocked");
    jw_text(w, "code", info->name);
    pair_json(w, "why", info->zh, info->en);
    jw_end(w);
}

int api_dayend(struct call *c, struct request *q, struct buf *answer)
{
    struct deposit_settings s;
    struct dayend *list;
    struct jsonw w;
    date today;
    bool asked = false;
    char at[12];
    int n = 0, may = 0, rc = ledger_day(c, &today);
    int64_t days = request_i64(q, "days", DAYS_MAX);
    if (days < 1 || days > DAYS_MAX)
        return call_refuse(c, BASE_RANGE, "days", "1 to %d", DAYS_MAX);
    if (!rc)
        rc = dayend_asked(c, &asked);
    if (!rc)
        rc = deposit_settings_get(c, &s);
    if (!rc)
        rc = dayend_list(c, (int)days, &list, &n);
    if (!rc && (may = dayend_may(c)) < 0)
        rc = may;
    if (rc)
        return rc;
    snprintf(at, sizeof at, "%02d:%02d", s.cut_off_s / 3600 % 24, s.cut_off_s / 60 % 60);
    jw_init(&w, answer);
    jw_object(&w, NULL);
    ms_json(&w, "now_ms", c->now_us);
    date_json(&w, "business_date", today);
    date_json(&w, "civil_date", date_of_instant(c->now_us));
    jw_text(&w, "cut_off", at);
    jw_bool(&w, "asked", asked);
    jw_bool(&w, "running", n && list[0].step != DAYEND_DONE);
    rc = drawers_json(c, &w, today);
    blocked_json(&w, may);
    jw_array(&w, "items");
    for (int i = 0; i < n; i++)
        dayend_json(&w, &list[i]);
    jw_end(&w);
    jw_end(&w);
    return rc;
}

int api_dayend_ask(struct call *c, struct request *q, struct buf *answer)
{
    const char *reason = NULL;
    json_want_text(q->doc, q->body, "drawers_open", 200, &reason);
    int rc = body_done(c, q);
    if (!rc)
        rc = dayend_ask(c);
    if (!rc && reason)
        rc = cash_day_pass(c, reason);
    if (!rc)
        rc = cash_day_ready(c);
    if (!rc)
        buf_text(answer, "{}");
    return rc;
}
