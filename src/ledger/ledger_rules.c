/* ledger_rules.c -- See ledger_rules.h. */
#include "ledger/ledger_rules.h"
#include <string.h>
#include "base/banned.h"

static int no(int rc, const char *name, const char **field)
{
    *field = name;
    return rc;
}

/* ---- the order by itself ---- */

static bool is_zero(transfer_id id)
{
    return id.high == 0 && id.low == 0;
}

static bool same_id(transfer_id a, transfer_id b)
{
    return a.high == b.high && a.low == b.low;
}

/* Kinds that take accounts and amount from an earlier transfer. */
static bool follows(enum ledger_kind kind)
{
    return kind == LEDGER_CAPTURE || kind == LEDGER_VOID || kind == LEDGER_REVERSE;
}

static bool two_legged(enum ledger_kind kind)
{
    return kind == LEDGER_POST || kind == LEDGER_HOLD;
}

static int shape_accounts(const struct ledger_order *o, const char **field)
{
    if (!two_legged(o->kind))
        return o->debit.n || o->credit.n ? no(LEDGER_ACCOUNTS_UNWANTED, "debit", field) : 0;
    if (!o->debit.n)
        return no(LEDGER_DEBIT_MISSING, "debit", field);
    if (!o->credit.n)
        return no(LEDGER_CREDIT_MISSING, "credit", field);
    return o->debit.n == o->credit.n ? no(LEDGER_SAME_ACCOUNT, "credit", field) : 0;
}

static int journal_accounts(const struct ledger_order *o, const char **field)
{
    for (size_t i = 0; o->kind == LEDGER_JOURNAL && i < o->n_legs && i < LEDGER_LEGS_MAX; i++)
        for (size_t k = 0; k < i; k++)
            if (o->legs[i].account.n == o->legs[k].account.n)
                return no(LEDGER_SAME_ACCOUNT, "legs", field);
    return 0;
}

static int shape_amount(const struct ledger_order *o, const char **field)
{
    bool wants_currency = !follows(o->kind) || (o->kind == LEDGER_CAPTURE && o->amount.minor);
    if (wants_currency && !currency_find((int)o->amount.currency))
        return no(LEDGER_BAD_CURRENCY, "currency", field);
    bool wants = two_legged(o->kind) || o->kind == LEDGER_CAPTURE;
    if (!wants && o->amount.minor)
        return no(LEDGER_AMOUNT_UNWANTED, "amount", field);
    if (o->amount.minor < 0)
        return no(LEDGER_AMOUNT_NEGATIVE, "amount", field);
    if (two_legged(o->kind) && !o->amount.minor)
        return no(LEDGER_AMOUNT_ZERO, "amount", field);
    return 0;
}

static int shape_legs(const struct ledger_order *o, const char **field)
{
    money_wide debits = 0, credits = 0;
    if (o->kind != LEDGER_JOURNAL)
        return o->n_legs ? no(LEDGER_LEGS_UNWANTED, "legs", field) : 0;
    if (o->n_legs < 2 || o->n_legs > LEDGER_LEGS_MAX)
        return no(LEDGER_LEGS_COUNT, "legs", field);
    for (size_t i = 0; i < o->n_legs; i++)
        if (o->legs[i].side != LEDGER_DEBIT && o->legs[i].side != LEDGER_CREDIT)
            return no(LEDGER_LEG_SIDE, "legs", field);
    for (size_t i = 0; i < o->n_legs; i++) {
        if (o->legs[i].minor <= 0)
            return no(LEDGER_LEG_AMOUNT, "legs", field);
        *(o->legs[i].side == LEDGER_DEBIT ? &debits : &credits) += o->legs[i].minor;
    }
    if (debits > INT64_MAX)
        return no(LEDGER_LEG_AMOUNT, "legs", field);
    return debits != credits ? no(LEDGER_LEGS_UNBALANCED, "legs", field) : 0;
}

static int shape_of(const struct ledger_order *o, const char **field)
{
    if (follows(o->kind) && is_zero(o->of))
        return no(LEDGER_OF_MISSING, "of", field);
    if (!follows(o->kind) && !is_zero(o->of))
        return no(LEDGER_OF_UNWANTED, "of", field);
    return same_id(o->of, o->id) ? no(LEDGER_OF_ITSELF, "of", field) : 0;
}

static int shape_timeout(const struct ledger_order *o, const char **field)
{
    if (o->kind != LEDGER_HOLD && o->timeout_s)
        return no(LEDGER_TIMEOUT_UNWANTED, "timeout", field);
    if (o->timeout_s < 0 || o->timeout_s > LEDGER_TIMEOUT_MAX_S)
        return no(LEDGER_TIMEOUT_RANGE, "timeout", field);
    return 0;
}

static bool key_fits(const char *key)
{
    size_t n = key ? strlen(key) : 0;
    return n && n <= LEDGER_KEY_MAX && strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789_.-") == n;
}

int ledger_rule_meta(const struct ledger_pair *meta, size_t n, const char **field)
{
    if (n > LEDGER_META_MAX)
        return no(LEDGER_META_COUNT, "meta", field);
    for (size_t i = 0; i < n; i++)
        if (!key_fits(meta[i].key))
            return no(LEDGER_META_KEY, "meta", field);
    for (size_t i = 0; i < n; i++) {
        size_t len = meta[i].value ? strlen(meta[i].value) : 0;
        if (!len || len > LEDGER_VALUE_MAX)
            return no(LEDGER_META_VALUE, "meta", field);
    }
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < i; k++)
            if (!strcmp(meta[i].key, meta[k].key))
                return no(LEDGER_META_TWICE, "meta", field);
    return 0;
}

int ledger_rule_shape(const struct ledger_order *o, const char **field)
{
    static int (*const parts[])(const struct ledger_order *o, const char **field) = {
        shape_of, shape_accounts, journal_accounts, shape_amount, shape_timeout, shape_legs,
    };
    if (is_zero(o->id))
        return no(LEDGER_ID_ZERO, "id", field);
    if (o->id.high < 0)
        return no(LEDGER_ID_RANGE, "id", field);
    if (o->kind < LEDGER_POST || o->kind > LEDGER_JOURNAL)
        return no(LEDGER_BAD_KIND, "kind", field);
    for (size_t i = 0; i < COUNT(parts); i++) {
        int rc = parts[i](o, field);
        if (rc)
            return rc;
    }
    if (o->code < 0)
        return no(LEDGER_BAD_CODE, "code", field);
    if (o->memo && strlen(o->memo) > LEDGER_MEMO_MAX)
        return no(LEDGER_BAD_MEMO, "memo", field);
    return ledger_rule_meta(o->meta, o->n_meta, field);
}

/* ---- the same order again ---- */

int ledger_rule_same(const struct ledger_transfer *first, const struct ledger_order *o,
                     const char **field)
{
    bool two = two_legged(o->kind);
    if (first->kind != o->kind)
        return no(LEDGER_EXISTS_KIND, "kind", field);
    if (!same_id(first->of, o->of))
        return no(LEDGER_EXISTS_OF, "of", field);
    if (two && first->debit.n != o->debit.n)
        return no(LEDGER_EXISTS_DEBIT, "debit", field);
    if (two && first->credit.n != o->credit.n)
        return no(LEDGER_EXISTS_CREDIT, "credit", field);
    bool has_currency = two || o->kind == LEDGER_JOURNAL ||
                        (o->kind == LEDGER_CAPTURE && first->asked && o->amount.minor);
    if (has_currency && first->amount.currency != o->amount.currency)
        return no(LEDGER_EXISTS_CURRENCY, "currency", field);
    if (first->asked != o->amount.minor)
        return no(LEDGER_EXISTS_AMOUNT, "amount", field);
    if (first->timeout_s != o->timeout_s)
        return no(LEDGER_EXISTS_TIMEOUT, "timeout", field);
    if (first->asked_value.days != o->value_date.days)
        return no(LEDGER_EXISTS_VALUE_DATE, "value_date", field);
    if (first->code != o->code)
        return no(LEDGER_EXISTS_CODE, "code", field);
    return strcmp(first->memo, o->memo ? o->memo : "") ? no(LEDGER_EXISTS_MEMO, "memo", field) : 0;
}

bool ledger_rule_same_legs(const struct ledger_leg *a, size_t n, const struct ledger_order *o)
{
    if (n != o->n_legs)
        return false;
    for (size_t i = 0; i < n; i++)
        if (a[i].account.n != o->legs[i].account.n || a[i].side != o->legs[i].side ||
            a[i].minor != o->legs[i].minor)
            return false;
    return true;
}

/* The pairs are a set: their order means nothing. */
bool ledger_rule_same_meta(const struct ledger_pair *a, size_t n, const struct ledger_order *o)
{
    if (n != o->n_meta)
        return false;
    for (size_t i = 0; i < n; i++) {
        size_t k = 0;
        while (k < n && (strcmp(a[i].key, o->meta[k].key) || strcmp(a[i].value, o->meta[k].value)))
            k++;
        if (k == n)
            return false;
    }
    return true;
}

/* ---- holds and reversals ---- */

enum ledger_hold_state ledger_rule_hold_state(const struct ledger_hold *h, int64_t now_us)
{
    bool due = h->state == HOLD_OPEN && h->expires_us && h->expires_us <= now_us;
    return due ? HOLD_EXPIRED : h->state;
}

int ledger_rule_hold(const struct ledger_hold *h, const struct ledger_order *o, int64_t now_us,
                     int64_t *minor, const char **field)
{
    switch (ledger_rule_hold_state(h, now_us)) {
    case HOLD_CAPTURED:
        return no(LEDGER_HOLD_CAPTURED, "of", field);
    case HOLD_VOIDED:
        return no(LEDGER_HOLD_VOIDED, "of", field);
    case HOLD_EXPIRED:
        return no(LEDGER_HOLD_EXPIRED, "of", field);
    case HOLD_OPEN:
        break;
    }
    if (o->amount.minor && o->amount.currency != h->currency)
        return no(LEDGER_HOLD_CURRENCY, "currency", field);
    if (o->amount.minor > h->minor)
        return no(LEDGER_HOLD_LESS, "amount", field);
    *minor = o->amount.minor ? o->amount.minor : h->minor;
    return 0;
}

int ledger_rule_reverse(enum ledger_kind kind)
{
    switch (kind) {
    case LEDGER_HOLD:
        return LEDGER_REVERSE_HOLD;
    case LEDGER_VOID:
        return LEDGER_REVERSE_VOID;
    case LEDGER_REVERSE:
        return LEDGER_REVERSE_REVERSAL;
    default:
        return 0;
    }
}

/* ---- accounts ---- */

bool ledger_debit_side(enum ledger_class class)
{
    return class == SUBJECT_ASSET || class == SUBJECT_EXPENSE;
}

/* Up to four totals of 63 bits each fit easily. */
static money_wide balance(const struct ledger_account *a)
{
    money_wide credit = (money_wide)a->totals.credits - a->totals.debits;
    return a->debit_side ? -credit : credit;
}

static int64_t pending_out(const struct ledger_account *a)
{
    return a->debit_side ? a->totals.credits_pending : a->totals.debits_pending;
}

static int64_t pending_in(const struct ledger_account *a)
{
    return a->debit_side ? a->totals.debits_pending : a->totals.credits_pending;
}

int64_t ledger_balance(const struct ledger_account *a)
{
    return (int64_t)balance(a); /* the difference of two numbers >= 0 */
}

int64_t ledger_available(const struct ledger_account *a)
{
    money_wide left = balance(a) - pending_out(a) - a->frozen_minor;
    if (a->flags & LEDGER_HAS_MIN)
        left -= a->min_minor;
    if (left < INT64_MIN)
        return INT64_MIN;
    return left > INT64_MAX ? INT64_MAX : (int64_t)left;
}

/* Does the leg lower the balance on the account's own side? */
static bool lowers(const struct ledger_touch *t)
{
    return t->side == (t->account->debit_side ? LEDGER_CREDIT : LEDGER_DEBIT);
}

static int by_side(const struct ledger_touch *t, int debit, int credit)
{
    return t->side == LEDGER_DEBIT ? debit : credit;
}

static int rule_exists(const struct ledger_touches *s, const struct ledger_touch *t)
{
    UNUSED(s);
    return t->account ? 0 : by_side(t, LEDGER_NO_DEBIT, LEDGER_NO_CREDIT);
}

static int rule_currency(const struct ledger_touches *s, const struct ledger_touch *t)
{
    bool same = t->account->currency == s->currency;
    return same ? 0 : by_side(t, LEDGER_DEBIT_CURRENCY, LEDGER_CREDIT_CURRENCY);
}

static int rule_value_later(const struct ledger_touches *s, const struct ledger_touch *t)
{
    UNUSED(t);
    return s->value.days > s->booked.days ? LEDGER_VALUE_LATER : 0;
}

static int rule_value_earlier(const struct ledger_touches *s, const struct ledger_touch *t)
{
    return s->value.days < t->account->opened.days ? LEDGER_VALUE_EARLIER : 0;
}

static int rule_closed(const struct ledger_touches *s, const struct ledger_touch *t)
{
    UNUSED(s);
    bool closed = t->account->state == ACCOUNT_CLOSED;
    return closed ? by_side(t, LEDGER_DEBIT_CLOSED, LEDGER_CREDIT_CLOSED) : 0;
}

static int rule_frozen(const struct ledger_touches *s, const struct ledger_touch *t)
{
    UNUSED(s);
    bool frozen =
        t->account->freeze == FREEZE_ALL || (t->account->freeze == FREEZE_OUT && lowers(t));
    return frozen ? by_side(t, LEDGER_DEBIT_FROZEN, LEDGER_CREDIT_FROZEN) : 0;
}

static int rule_stopped(const struct ledger_touches *s, const struct ledger_touch *t)
{
    UNUSED(s);
    return t->account->stopped && lowers(t) ? LEDGER_STOPPED : 0;
}

static int rule_dormant(const struct ledger_touches *s, const struct ledger_touch *t)
{
    UNUSED(s);
    return t->account->state == ACCOUNT_DORMANT && lowers(t) ? LEDGER_DORMANT : 0;
}

static int rule_overflow(const struct ledger_touches *s, const struct ledger_touch *t)
{
    const struct ledger_totals *a = &t->account->totals;
    money_wide sum = t->side == LEDGER_DEBIT ? (money_wide)a->debits + a->debits_pending
                                             : (money_wide)a->credits + a->credits_pending;
    if (s->stage != STAGE_CAPTURE) /* what is captured was counted as pending */
        sum += t->minor;
    return sum > INT64_MAX ? LEDGER_OVERFLOW : 0;
}

/* A hold was inside the limits when it was made and has been counted since. */
static bool limited(const struct ledger_touches *s, const struct ledger_touch *t, int flag)
{
    return s->stage != STAGE_CAPTURE && (t->account->flags & flag);
}

static int rule_overdrawn(const struct ledger_touches *s, const struct ledger_touch *t)
{
    const struct ledger_totals *a = &t->account->totals;
    if (!limited(s, t, LEDGER_NO_OVERDRAFT) || t->side != LEDGER_DEBIT)
        return 0;
    money_wide debits = (money_wide)a->debits + a->debits_pending + t->minor;
    return debits > a->credits ? LEDGER_OVERDRAWN : 0;
}

static int rule_overcredited(const struct ledger_touches *s, const struct ledger_touch *t)
{
    const struct ledger_totals *a = &t->account->totals;
    if (!limited(s, t, LEDGER_NO_OVERCREDIT) || t->side != LEDGER_CREDIT)
        return 0;
    money_wide credits = (money_wide)a->credits + a->credits_pending + t->minor;
    return credits > a->debits ? LEDGER_OVERCREDITED : 0;
}

static int rule_minimum(const struct ledger_touches *s, const struct ledger_touch *t)
{
    if (!limited(s, t, LEDGER_HAS_MIN) || !lowers(t))
        return 0;
    money_wide left = balance(t->account) - pending_out(t->account) - t->minor;
    return left < t->account->min_minor ? LEDGER_BELOW_MINIMUM : 0;
}

static int rule_frozen_part(const struct ledger_touches *s, const struct ledger_touch *t)
{
    const struct ledger_account *a = t->account;
    if (s->stage == STAGE_CAPTURE || !a->frozen_minor || !lowers(t))
        return 0;
    money_wide left = balance(a) - pending_out(a) - t->minor - a->frozen_minor;
    return left < (a->flags & LEDGER_HAS_MIN ? a->min_minor : 0) ? LEDGER_FROZEN_PART : 0;
}

static int rule_maximum(const struct ledger_touches *s, const struct ledger_touch *t)
{
    if (!limited(s, t, LEDGER_HAS_MAX) || lowers(t))
        return 0;
    money_wide after = balance(t->account) + pending_in(t->account) + t->minor;
    return after > t->account->max_minor ? LEDGER_ABOVE_MAXIMUM : 0;
}

static const char *touch_field(const struct ledger_touches *s, const struct ledger_touch *t)
{
    if (s->n > 2)
        return "legs";
    return t->side == LEDGER_DEBIT ? "debit" : "credit";
}

int ledger_rule_touches(const struct ledger_touches *s, const char **field)
{
    static int (*const rules[])(const struct ledger_touches *s, const struct ledger_touch *t) = {
        rule_exists,       rule_currency, rule_value_later, rule_value_earlier, rule_closed,
        rule_frozen,       rule_stopped,  rule_dormant,     rule_overflow,      rule_overdrawn,
        rule_overcredited, rule_minimum,  rule_frozen_part, rule_maximum,
    };
    CHECK(s->n >= 2 && s->n <= LEDGER_LEGS_MAX);
    for (size_t r = 0; r < COUNT(rules); r++)
        for (size_t i = 0; i < s->n; i++) {
            int rc = rules[r](s, &s->at[i]);
            if (rc)
                return no(rc, touch_field(s, &s->at[i]), field);
        }
    return 0;
}

void ledger_rule_apply(struct ledger_totals *totals, const struct ledger_touch *t,
                       enum ledger_stage stage)
{
    bool debit = t->side == LEDGER_DEBIT;
    int64_t *posted = debit ? &totals->debits : &totals->credits;
    int64_t *pending = debit ? &totals->debits_pending : &totals->credits_pending;
    CHECK(t->minor > 0 || stage == STAGE_VOID);
    if (stage == STAGE_HOLD)
        *pending += t->minor;
    if (stage == STAGE_POST || stage == STAGE_CAPTURE)
        *posted += t->minor;
    if (stage == STAGE_CAPTURE || stage == STAGE_VOID)
        *pending -= t->held;
    CHECK(*posted >= 0 && *pending >= 0);
}

int ledger_rule_close(const struct ledger_account *a)
{
    if (a->state == ACCOUNT_CLOSED)
        return LEDGER_AS_BEFORE;
    if (balance(a))
        return LEDGER_NOT_EMPTY;
    if (a->totals.debits_pending || a->totals.credits_pending)
        return LEDGER_HOLDS_OPEN;
    return a->freeze != FREEZE_NONE || a->frozen_minor ? LEDGER_STILL_FROZEN : 0;
}

int ledger_rule_limits(int flags, int64_t min, int64_t max, const char **field)
{
    int both = LEDGER_NO_OVERDRAFT | LEDGER_NO_OVERCREDIT;
    if ((flags & ~LEDGER_FLAGS_ALL) || (flags & both) == both)
        return no(LEDGER_BAD_FLAGS, "flags", field);
    if ((!(flags & LEDGER_HAS_MIN) && min) || (!(flags & LEDGER_HAS_MAX) && max))
        return no(LEDGER_BAD_FLAGS, "flags", field);
    if ((flags & LEDGER_HAS_MIN) && (flags & LEDGER_HAS_MAX) && min > max)
        return no(LEDGER_BAD_LIMITS, "min", field);
    if ((flags & LEDGER_HOT) && (flags & (both | LEDGER_HAS_MIN | LEDGER_HAS_MAX)))
        return no(LEDGER_HOT_LIMITED, "flags", field);
    return 0;
}

bool ledger_rule_name(const char *name)
{
    size_t n = strnlen(name, LEDGER_NAME_MAX + 1);
    return n > 0 && n <= LEDGER_NAME_MAX;
}

int ledger_rule_subject(const struct ledger_subject *s)
{
    size_t n = strnlen(s->code, sizeof s->code);
    bool known = s->class >= SUBJECT_ASSET && s->class <= SUBJECT_EXPENSE && (int)s->class != 5;
    if (n < 4 || n > 8 || strspn(s->code, "0123456789") != n || !known)
        return LEDGER_BAD_SUBJECT;
    return ledger_rule_name(s->name_zh) && ledger_rule_name(s->name_en) ? 0 : LEDGER_BAD_NAME;
}
