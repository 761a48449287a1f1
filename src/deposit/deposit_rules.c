/* deposit_rules.c -- Numbers, days and interest: pure; no clock, no database, no memory. */
#include "deposit/deposit_priv.h"
#include <string.h>
#include "base/banned.h"

/* ---- account numbers ---- */

/* ISO/IEC 7812-1 annex B: the digit that makes the whole a multiple of ten. */
static int luhn_sum(const char *digits, size_t n)
{
    int sum = 0;
    for (size_t i = 0; i < n; i++) { /* from the right; the last digit counts once */
        int d = digits[n - 1 - i] - '0';
        d = i % 2 ? d * 2 : d;
        sum += d > 9 ? d - 9 : d;
    }
    return sum;
}

bool deposit_luhn(const char *digits)
{
    size_t n = strlen(digits);
    return n > 1 && strspn(digits, "0123456789") == n && luhn_sum(digits, n) % 10 == 0;
}

bool deposit_number_valid(const char *number)
{
    return strlen(number) == DEPOSIT_NUMBER_TEXT - 1 && deposit_luhn(number) &&
           strncmp(number, "62", 2) != 0;
}

void deposit_number_make(const char *body, char out[DEPOSIT_NUMBER_TEXT])
{
    CHECK(strlen(body) == DEPOSIT_NUMBER_TEXT - 2);
    memcpy(out, body, DEPOSIT_NUMBER_TEXT - 2);
    out[DEPOSIT_NUMBER_TEXT - 2] = '0';
    out[DEPOSIT_NUMBER_TEXT - 1] = '\0';
    out[DEPOSIT_NUMBER_TEXT - 2] =
        (char)('0' + (10 - luhn_sum(out, DEPOSIT_NUMBER_TEXT - 1) % 10) % 10);
    CHECK(deposit_luhn(out));
}

void deposit_number_mask(const char *number, char out[DEPOSIT_NUMBER_TEXT])
{
    size_t n = strlen(number);
    CHECK(n < DEPOSIT_NUMBER_TEXT);
    memcpy(out, number, n + 1);
    for (size_t i = 6; i + 4 < n; i++)
        out[i] = '*';
}

bool deposit_by_product(enum deposit_kind kind)
{
    return kind == DEPOSIT_DEMAND || kind == DEPOSIT_MARGIN || kind == DEPOSIT_OVERDRAFT;
}

bool deposit_not_now(int rc)
{
    switch (rc) {
    case LEDGER_OVERDRAWN:
    case LEDGER_BELOW_MINIMUM:
    case LEDGER_FROZEN_PART:
    case LEDGER_DEBIT_FROZEN:
    case LEDGER_STOPPED:
    case LEDGER_DORMANT:
        return true;
    default:
        return false;
    }
}

#define DAY_IDS (INT64_C(86400000) << 16)

transfer_id deposit_transfer_id(date d, int tag, int64_t subject, int part)
{
    return (transfer_id){ (int64_t)d.days * DAY_IDS + tag, subject * 8 + part };
}

bool deposit_is_own_id(transfer_id id)
{
    int64_t tag = id.high % DAY_IDS;
    return id.high >= DAY_IDS && tag >= TAG_SETTLE && tag <= TAG_ACCRUE;
}

transfer_id deposit_id_beside(transfer_id id)
{
    return (transfer_id){ id.high, (int64_t)((uint64_t)id.low ^ UINT64_C(0x5EED5EED5EED5EED)) };
}

/* ---- days ---- */

static int days_of_month(int y, int m)
{
    date first, next;
    CHECK(date_from_ymd(y, m, 1, &first));
    CHECK(date_from_ymd(m == 12 ? y + 1 : y, m == 12 ? 1 : m + 1, 1, &next));
    return next.days - first.days;
}

date interest_months_after(date from, int months)
{
    int y, m, d;
    date out;
    date_to_ymd(from, &y, &m, &d);
    int at = y * 12 + (m - 1) + months;
    y = at / 12;
    m = at % 12 + 1;
    int last = days_of_month(y, m);
    CHECK(date_from_ymd(y, m, d < last ? d : last, &out));
    return out;
}

date interest_period_end(date d)
{
    int y, m, day;
    date out;
    date_to_ymd(d, &y, &m, &day);
    if (m % 3 == 0 && day > 20)
        m++;
    m += (3 - m % 3) % 3;
    if (m > 12) {
        m -= 12;
        y++;
    }
    CHECK(date_from_ymd(y, m, 20, &out));
    return out;
}

date interest_period_last(date d)
{
    date end = interest_period_end(d), out;
    int y, m, day;
    if (end.days == d.days)
        return end;
    date_to_ymd(end, &y, &m, &day);
    CHECK(date_from_ymd(m == 3 ? y - 1 : y, m == 3 ? 12 : m - 3, 20, &out));
    return out;
}

date standing_due(enum standing_cycle cycle, date first, int n)
{
    switch (cycle) {
    case STANDING_WEEKLY:
        return (date){ first.days + 7 * n };
    case STANDING_MONTHLY:
        return interest_months_after(first, n);
    case STANDING_YEARLY:
        return interest_months_after(first, 12 * n);
    default:
        return first;
    }
}

/* ---- cumulative product ---- */

static struct interest_part *part_for(struct interest_sum *s, rate annual, date from)
{
    struct interest_part *last = s->n ? &s->parts[s->n - 1] : NULL;
    if (last && last->product.annual.ppm == annual.ppm)
        return last;
    if (s->n == INTEREST_PARTS_MAX)
        return NULL;
    s->parts[s->n] = (struct interest_part){ .from = from, .product.annual = annual };
    return &s->parts[s->n++];
}

/* The day on which something changes next, at most `end`. */
static date next_step(const struct interest_change *ch, int n_ch, const struct interest_rate *ra,
                      int n_ra, date end)
{
    date next = end;
    if (n_ch > 1 && ch[1].day.days < next.days)
        next = ch[1].day;
    if (n_ra > 1 && ra[1].from.days < next.days)
        next = ra[1].from;
    return next;
}

static void tell_span(const struct interest_part *p, date from, int64_t minor, int64_t before,
                      bool debit, interest_see *see, void *ctx)
{
    struct interest_span s = { .from = from,
                               .until = p->until,
                               .minor = minor,
                               .days = p->until.days - from.days + 1,
                               .unit_days = p->product.unit_days - before,
                               .annual = p->product.annual,
                               .debit = debit };
    s.units = s.unit_days / s.days;
    see(ctx, &s);
}

bool interest_walk(const struct interest_case *k, interest_see *see, void *ctx,
                   struct interest_sum *out)
{
    struct interest_sum sum = { .n = 0 };
    struct money_product products[INTEREST_PARTS_MAX];
    const date end = { k->until.days + 1 };
    money total = { 0, k->currency };
    int c = 0, r = 0; /* what holds on the day */
    CHECK(k->n_changes > 0 && k->changes[0].day.days <= k->from.days);
    CHECK(k->n_rates > 0 && k->rates[0].from.days <= k->from.days);
    for (date at = k->from; at.days < end.days;) {
        while (c + 1 < k->n_changes && k->changes[c + 1].day.days <= at.days)
            c++;
        while (r + 1 < k->n_rates && k->rates[r + 1].from.days <= at.days)
            r++;
        date next = next_step(k->changes + c, k->n_changes - c, k->rates + r, k->n_rates - r, end);
        struct interest_part *p = part_for(&sum, k->rates[r].annual, at);
        const int64_t minor = k->changes[c].minor, before = p ? p->product.unit_days : 0;
        const money balance = { k->debit ? -minor : minor, k->currency };
        if (!p || !money_product_add(&p->product, balance, next.days - at.days))
            return false;
        p->until.days = next.days - 1;
        if (see)
            tell_span(p, at, minor, before, k->debit, see, ctx);
        at = next;
    }
    for (int i = 0; i < sum.n; i++)
        products[i] = sum.parts[i].product;
    if (!money_interest(products, (size_t)sum.n, k->day_base, k->currency, &total))
        return false;
    sum.minor = total.minor;
    *out = sum;
    return true;
}

bool interest_products(const struct interest_change *changes, int n_changes,
                       const struct interest_rate *rates, int n_rates, date from, date until,
                       bool debit, int day_base, enum currency currency, struct interest_sum *out)
{
    const struct interest_case k = { .changes = changes,
                                     .rates = rates,
                                     .n_changes = n_changes,
                                     .n_rates = n_rates,
                                     .day_base = day_base,
                                     .from = from,
                                     .until = until,
                                     .debit = debit,
                                     .currency = currency };
    return interest_walk(&k, NULL, NULL, out);
}

/* ---- by the deposit ---- */

bool interest_days(money principal, rate annual, int days, int day_base, money *out)
{
    struct money_product p = { .annual = annual };
    return money_product_add(&p, principal, days) &&
           money_interest(&p, 1, day_base, principal.currency, out);
}

/* A month counts 30 of 360 days, so rate / 12 a month: the same product. */
bool interest_term(money principal, rate annual, int months, money *out)
{
    return interest_days(principal, annual, months * 30, 360, out);
}

/* 银发〔1999〕3号, articles 10 to 12: what was told and is drawn on the due day bears the notice
 * rate; less than the term of notice, another day, more than was told, or too little does not. */
int64_t interest_notice_part(const struct notice_facts *f)
{
    if (!f->noticed_minor || f->today.days != f->due.days || f->minor < f->min_minor ||
        f->today.days - f->begins.days < f->notice_days)
        return 0;
    return f->minor < f->noticed_minor ? f->minor : f->noticed_minor;
}

/* ---- words of standing orders ---- */

static const char *const cycles[] = { "", "once", "weekly", "monthly", "yearly" };
static const char *const holidays[] = { "", "as_it_is", "next_work_day", "work_day_before" };
static const char *const states[] = { "", "active", "paused", "ended" };

static bool word_in(const char *const *words, int n, const char *word, int *at)
{
    for (*at = 1; *at < n; ++*at)
        if (!strcmp(words[*at], word))
            return true;
    return false;
}

const char *standing_cycle_code(enum standing_cycle cycle)
{
    CHECK(cycle >= STANDING_ONCE && cycle <= STANDING_YEARLY);
    return cycles[cycle];
}

const char *standing_holiday_code(enum standing_holiday holiday)
{
    CHECK(holiday >= STANDING_AS_IT_IS && holiday <= STANDING_WORK_DAY_BEFORE);
    return holidays[holiday];
}

const char *standing_state_code(enum standing_state state)
{
    CHECK(state >= STANDING_ACTIVE && state <= STANDING_ENDED);
    return states[state];
}

bool standing_cycle_parse(const char *word, enum standing_cycle *out)
{
    int at;
    bool found = word_in(cycles, COUNT(cycles), word, &at);
    *out = (enum standing_cycle)(found ? at : 0);
    return found;
}

bool standing_holiday_parse(const char *word, enum standing_holiday *out)
{
    int at;
    bool found = word_in(holidays, COUNT(holidays), word, &at);
    *out = (enum standing_holiday)(found ? at : 0);
    return found;
}

bool standing_state_parse(const char *word, enum standing_state *out)
{
    int at;
    bool found = word_in(states, COUNT(states), word, &at);
    *out = (enum standing_state)(found ? at : 0);
    return found;
}
