/* approve_rules.c -- See approve_rules.h. */
#include "approve/approve_rules.h"
#include <string.h>
#include "base/banned.h"

#define YUAN(n) (INT64_C(100) * (n))
#define NO      APPROVE_NEVER
#define ANY     APPROVE_UNLIMITED

const struct approve_settings approve_usual_settings = { .rekey_minor = YUAN(200000),
                                                         .life_s = 1800 };

/* Teller, supervisor, head of outlet, branch office. Cash out is what cannot be undone. */
const struct approve_limit approve_usual[APPROVE_LIMITS] = {
    { APPROVE_CASH_IN, GRADE_TELLER, YUAN(50000), NO },
    { APPROVE_CASH_IN, GRADE_SUPERVISOR, YUAN(200000), YUAN(1000000) },
    { APPROVE_CASH_IN, GRADE_HEAD, YUAN(500000), YUAN(5000000) },
    { APPROVE_CASH_IN, GRADE_OFFICE, YUAN(500000), ANY },
    { APPROVE_CASH_OUT, GRADE_TELLER, YUAN(50000), NO },
    { APPROVE_CASH_OUT, GRADE_SUPERVISOR, YUAN(50000), YUAN(200000) },
    { APPROVE_CASH_OUT, GRADE_HEAD, YUAN(100000), YUAN(1000000) },
    { APPROVE_CASH_OUT, GRADE_OFFICE, YUAN(100000), ANY },
    { APPROVE_TRANSFER, GRADE_TELLER, YUAN(50000), NO },
    { APPROVE_TRANSFER, GRADE_SUPERVISOR, YUAN(200000), YUAN(500000) },
    { APPROVE_TRANSFER, GRADE_HEAD, YUAN(500000), YUAN(5000000) },
    { APPROVE_TRANSFER, GRADE_OFFICE, YUAN(500000), ANY },
    { APPROVE_CORRECTION, GRADE_TELLER, NO, NO },
    { APPROVE_CORRECTION, GRADE_SUPERVISOR, NO, YUAN(50000) },
    { APPROVE_CORRECTION, GRADE_HEAD, NO, YUAN(5000000) },
    { APPROVE_CORRECTION, GRADE_OFFICE, NO, ANY },
    { APPROVE_ACCOUNT, GRADE_TELLER, NO, NO },
    { APPROVE_ACCOUNT, GRADE_SUPERVISOR, NO, ANY },
    { APPROVE_ACCOUNT, GRADE_HEAD, NO, ANY },
    { APPROVE_ACCOUNT, GRADE_OFFICE, NO, ANY },
    { APPROVE_VAULT, GRADE_TELLER, NO, ANY },
    { APPROVE_VAULT, GRADE_SUPERVISOR, NO, ANY },
    { APPROVE_VAULT, GRADE_HEAD, NO, ANY },
    { APPROVE_VAULT, GRADE_OFFICE, NO, ANY },
    { APPROVE_SETTING, GRADE_TELLER, NO, NO },
    { APPROVE_SETTING, GRADE_SUPERVISOR, NO, NO },
    { APPROVE_SETTING, GRADE_HEAD, NO, ANY },
    { APPROVE_SETTING, GRADE_OFFICE, NO, ANY },
};

static const char *const kinds[APPROVE_KINDS] = {
    [APPROVE_CASH_IN] = "cash_in",   [APPROVE_CASH_OUT] = "cash_out",
    [APPROVE_TRANSFER] = "transfer", [APPROVE_CORRECTION] = "correction",
    [APPROVE_ACCOUNT] = "account",   [APPROVE_VAULT] = "vault",
    [APPROVE_SETTING] = "setting",
};

const char *approve_kind_code(enum approve_kind k)
{
    CHECK(k > 0 && k < APPROVE_KINDS);
    return kinds[k];
}

bool approve_kind_parse(const char *code, enum approve_kind *out)
{
    for (int k = 1; k < APPROVE_KINDS; k++)
        if (!strcmp(kinds[k], code)) {
            *out = (enum approve_kind)k;
            return true;
        }
    return false;
}

const char *approve_state_code(enum approve_state s)
{
    static const char *const codes[] = { [APPROVAL_OPEN] = "open",
                                         [APPROVAL_APPROVED] = "approved",
                                         [APPROVAL_REJECTED] = "rejected",
                                         [APPROVAL_WITHDRAWN] = "withdrawn",
                                         [APPROVAL_EXPIRED] = "expired" };
    CHECK(s >= APPROVAL_OPEN && s <= APPROVAL_EXPIRED);
    return codes[s];
}

int64_t approve_weight(money m)
{
    const struct currency_info *k = currency_find((int)m.currency);
    CHECK(k && m.minor >= 0);
    int64_t v = m.minor;
    for (int i = k->scale; i < 2; i++)
        if (__builtin_mul_overflow(v, 10, &v))
            return APPROVE_UNLIMITED;
    for (int i = k->scale; i > 2; i--)
        v = v / 10 + (v % 10 != 0); /* rounded up: a limit is never passed by a rounding */
    return v;
}

const struct approve_limit *approve_limit_of(const struct approve_limit *all,
                                             enum approve_kind kind, int grade)
{
    CHECK(kind > 0 && kind < APPROVE_KINDS);
    if (grade < GRADE_TELLER || grade >= GRADES)
        return NULL;
    return &all[((int)kind - 1) * (GRADES - 1) + grade - 1];
}

bool approve_within(int64_t limit_minor, int64_t weight)
{
    return limit_minor != APPROVE_NEVER && weight <= limit_minor;
}

int approve_limits_fit(const struct approve_limit all[APPROVE_LIMITS], size_t *at)
{
    for (size_t i = 0; i < APPROVE_LIMITS; i++) {
        const struct approve_limit *l = &all[i];
        bool first = l->grade == GRADE_TELLER;
        *at = i;
        if (l->alone_minor < APPROVE_NEVER || l->check_minor < APPROVE_NEVER)
            return APPROVE_BAD_LIMIT;
        if (!first && (l->alone_minor < l[-1].alone_minor || l->check_minor < l[-1].check_minor))
            return APPROVE_BAD_LIMIT;
    }
    return 0;
}

/* Who: another person; where: the outlet's people, or the branch office; how much: by grade. */
int approve_rule_second(const struct approval *a, const struct who_staff *maker,
                        const struct who_staff *checker,
                        const struct approve_limit all[APPROVE_LIMITS])
{
    const struct approve_limit *l = approve_limit_of(all, a->kind, who_grade(checker));
    if (checker->outlet_id && checker->outlet_id != a->outlet_id)
        return APPROVE_NOT_SEEN;
    if (checker->id.n == a->maker.n || who_same_person(maker, checker))
        return APPROVE_SAME_PERSON;
    if (!checker->active || !l || !approve_within(l->check_minor, approve_weight(a->amount)))
        return APPROVE_TOO_HIGH;
    return 0;
}

int approve_rule_open(enum approve_state s)
{
    switch (s) {
    case APPROVAL_OPEN:
        return 0;
    case APPROVAL_APPROVED:
        return APPROVE_APPROVED;
    case APPROVAL_REJECTED:
        return APPROVE_REJECTED;
    case APPROVAL_WITHDRAWN:
        return APPROVE_WITHDRAWN;
    case APPROVAL_EXPIRED:
        return APPROVE_EXPIRED;
    }
    CHECK(!"a state");
    return 0;
}

/* Separators and spaces out, full-width digits (U+FF10 ..., EF BC 90 ...) to plain ones. */
static bool plain_amount(const char *typed, char out[MONEY_TEXT])
{
    size_t n = 0;
    for (const char *p = typed; *p; p++) {
        char ch = *p;
        if (ch == ',' || ch == ' ')
            continue;
        if (!strncmp(p, "\xEF\xBC", 2) && (unsigned char)p[2] >= 0x90 &&
            (unsigned char)p[2] <= 0x99) {
            ch = (char)('0' + ((unsigned char)p[2] - 0x90));
            p += 2;
        }
        if (n + 1 >= MONEY_TEXT)
            return false;
        out[n++] = ch;
    }
    out[n] = 0;
    return n > 0;
}

int approve_rule_rekey(const struct approval *a, const char *typed)
{
    char text[MONEY_TEXT];
    money m;
    if (!a->rekey)
        return 0;
    if (!typed || !*typed)
        return APPROVE_REKEY_MISSING;
    if (!plain_amount(typed, text) || !money_parse(text, a->amount.currency, &m) ||
        m.minor != a->amount.minor)
        return APPROVE_REKEY_DIFFERS;
    return 0;
}
