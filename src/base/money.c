/* money.c -- See money.h. */
#include "base/money.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const struct currency_info currencies[] = {
    { CNY, "CNY", 2, "人民币", "Chinese yuan" },
    { CZK, "CZK", 2, "捷克克朗", "Czech koruna" },
    { HKD, "HKD", 2, "港元", "Hong Kong dollar" },
    { JPY, "JPY", 0, "日元", "Japanese yen" },
    { KWD, "KWD", 3, "科威特第纳尔", "Kuwaiti dinar" },
    { GBP, "GBP", 2, "英镑", "pound sterling" },
    { USD, "USD", 2, "美元", "US dollar" },
    { EUR, "EUR", 2, "欧元", "euro" },
};

const struct currency_info *currency_find(int numeric)
{
    for (size_t i = 0; i < COUNT(currencies); i++)
        if ((int)currencies[i].currency == numeric)
            return &currencies[i];
    return NULL;
}

bool currency_parse(const char *code, enum currency *out)
{
    for (size_t i = 0; code && i < COUNT(currencies); i++)
        if (!strcmp(currencies[i].code, code)) {
            *out = currencies[i].currency;
            return true;
        }
    return false;
}

static int scale_of(enum currency c)
{
    const struct currency_info *info = currency_find((int)c);
    CHECK(info);
    return info->scale;
}

static uint64_t power_of_ten(int n)
{
    uint64_t p = 1;
    while (n-- > 0)
        p *= 10;
    return p;
}

bool money_add(money a, money b, money *out)
{
    int64_t minor;
    CHECK(a.currency == b.currency);
    if (__builtin_add_overflow(a.minor, b.minor, &minor))
        return false;
    *out = (money){ minor, a.currency };
    return true;
}

bool money_sub(money a, money b, money *out)
{
    int64_t minor;
    CHECK(a.currency == b.currency);
    if (__builtin_sub_overflow(a.minor, b.minor, &minor))
        return false;
    *out = (money){ minor, a.currency };
    return true;
}

bool money_neg(money a, money *out)
{
    if (a.minor == INT64_MIN)
        return false;
    *out = (money){ -a.minor, a.currency };
    return true;
}

int money_compare(money a, money b)
{
    CHECK(a.currency == b.currency);
    return (a.minor > b.minor) - (a.minor < b.minor);
}

bool money_divide(money_wide n, int64_t by, enum rounding how, int64_t *out)
{
    CHECK(by > 0);
    money_wide q = n / by, r = n % by; /* C truncates: r has the sign of n */
    money_wide twice = (r < 0 ? -r : r) * 2;
    bool away = false;
    switch (how) {
    case ROUND_HALF_EVEN:
        away = twice > by || (twice == by && q % 2 != 0);
        break;
    case ROUND_HALF_UP:
        away = twice >= by;
        break;
    case ROUND_UP:
        away = r != 0;
        break;
    case ROUND_DOWN:
        break;
    }
    if (away)
        q += n < 0 ? -1 : 1;
    if (q < INT64_MIN || q > INT64_MAX)
        return false;
    *out = (int64_t)q;
    return true;
}

bool money_apply(money m, rate r, enum rounding how, money *out)
{
    int64_t minor;
    if (!money_divide((money_wide)m.minor * r.ppm, RATE_WHOLE, how, &minor))
        return false;
    *out = (money){ minor, m.currency };
    return true;
}

/* Part i is the whole's first i+1 shares, rounded down, less those given before: so the parts add
 * up by construction, and each rounding error is below one minor unit. */
bool money_split(money whole, const int64_t *weights, size_t n, money *parts)
{
    int64_t sum = 0, so_far = 0, given = 0, cut = 0;
    for (size_t i = 0; i < n; i++) {
        CHECK(weights[i] >= 0);
        if (__builtin_add_overflow(sum, weights[i], &sum))
            return false;
    }
    CHECK(sum > 0);
    for (size_t i = 0; i < n; i++) {
        so_far += weights[i];
        bool fits = money_divide((money_wide)whole.minor * so_far, sum, ROUND_DOWN, &cut);
        CHECK(fits); /* so_far <= sum: the cut is not larger than the whole */
        parts[i] = (money){ cut - given, whole.currency };
        given = cut;
    }
    CHECK(given == whole.minor);
    return true;
}

void money_print(money m, char out[MONEY_TEXT])
{
    int scale = scale_of(m.currency), count = 0;
    uint64_t n = m.minor < 0 ? -(uint64_t)m.minor : (uint64_t)m.minor;
    char digits[MONEY_TEXT]; /* from the last to the first */
    do {
        digits[count++] = (char)('0' + n % 10);
        n /= 10;
    } while (n || count <= scale);
    if (m.minor < 0)
        *out++ = '-';
    while (count) {
        *out++ = digits[--count];
        if (count && count == scale)
            *out++ = '.';
    }
    *out = '\0';
}

/* Appends the digits at *s to *n, at most max of them; how many, or -1: too many or too large. */
static int digits(const char **s, int max, money_wide *n)
{
    int count = 0;
    for (; **s >= '0' && **s <= '9'; (*s)++, count++) {
        if (count >= max)
            return -1;
        *n = *n * 10 + (**s - '0');
    }
    return count;
}

bool money_parse(const char *text, enum currency c, money *out)
{
    enum { DIGITS_MAX = 19 }; /* as many as INT64_MAX has */
    int scale = scale_of(c), decimals = 0;
    money_wide n = 0;
    if (!text)
        return false;
    bool negative = *text == '-';
    const char *s = text + negative;
    if (s[0] == '0' && s[1] >= '0' && s[1] <= '9')
        return false;
    if (digits(&s, DIGITS_MAX, &n) < 1)
        return false;
    if (*s == '.') {
        s++;
        decimals = digits(&s, scale, &n);
        if (decimals < 1)
            return false;
    }
    if (*s || (negative && n == 0))
        return false;
    n *= (money_wide)power_of_ten(scale - decimals);
    if (negative)
        n = -n;
    if (n < INT64_MIN || n > INT64_MAX)
        return false;
    *out = (money){ (int64_t)n, c };
    return true;
}

/* ---- capitals ---- */

struct capitals {
    char *at;
    size_t len;
};

static void put(struct capitals *w, const char *text)
{
    size_t n = strlen(text);
    CHECK(w->len + n < MONEY_CAPITALS);
    memcpy(w->at + w->len, text, n + 1);
    w->len += n;
}

static void put_digit(struct capitals *w, unsigned digit)
{
    static const char *const names[] = {
        "零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"
    };
    CHECK(digit < COUNT(names));
    put(w, names[digit]);
}

/* 1..9999: a row of zeros between two digits is one 零, zeros at the end are silent. */
static void put_four(struct capitals *w, unsigned n)
{
    static const char *const steps[] = { "仟", "佰", "拾", "" };
    bool begun = false, zero = false;
    unsigned unit = 1000;
    for (size_t i = 0; i < COUNT(steps); i++, unit /= 10) {
        unsigned digit = n / unit % 10;
        if (digit == 0) {
            zero = begun;
            continue;
        }
        if (zero)
            put(w, "零");
        put_digit(w, digit);
        put(w, steps[i]);
        begun = true;
        zero = false;
    }
}

/* n > 0. 亿 over 万 over four digits; above 亿 the same names count again (玖亿…亿). */
static void put_number(struct capitals *w, uint64_t n)
{
    static const struct {
        uint64_t size;
        const char *name;
    } steps[] = { { 100000000, "亿" }, { 10000, "万" } };
    for (size_t i = 0; i < COUNT(steps); i++) {
        uint64_t high = n / steps[i].size;
        if (!high)
            continue;
        put_number(w, high);
        put(w, steps[i].name);
        n %= steps[i].size;
        if (n && n < steps[i].size / 10)
            put(w, "零");
        if (n)
            put_number(w, n);
        return;
    }
    put_four(w, (unsigned)n);
}

void money_capitals(money m, char out[MONEY_CAPITALS])
{
    struct capitals w = { .at = out };
    uint64_t n = m.minor < 0 ? -(uint64_t)m.minor : (uint64_t)m.minor;
    uint64_t yuan = n / 100;
    unsigned jiao = (unsigned)(n / 10 % 10), fen = (unsigned)(n % 10);
    CHECK(m.currency == CNY);
    out[0] = '\0';
    if (m.minor < 0)
        put(&w, "负");
    if (yuan)
        put_number(&w, yuan);
    else if (!n)
        put(&w, "零");
    if (yuan || !n)
        put(&w, "元");
    if (!jiao && !fen) {
        put(&w, "整");
        return;
    }
    if (yuan && (!jiao || yuan % 10 == 0))
        put(&w, "零");
    if (jiao) {
        put_digit(&w, jiao);
        put(&w, "角");
    }
    if (fen) {
        put_digit(&w, fen);
        put(&w, "分");
    }
}

/* ---- interest ---- */

bool money_product_add(struct money_product *p, money balance, int32_t days)
{
    int64_t units = balance.minor / (int64_t)power_of_ten(scale_of(balance.currency)), add, sum;
    CHECK(days >= 0);
    if (units <= 0)
        return true;
    if (__builtin_mul_overflow(units, (int64_t)days, &add) ||
        __builtin_add_overflow(p->unit_days, add, &sum))
        return false;
    p->unit_days = sum;
    return true;
}

bool money_interest(const struct money_product *parts, size_t n, int day_base, enum currency c,
                    money *out)
{
    money_wide sum = 0; /* below 2^63 x 2^31 x parts: no overflow before 2^33 parts */
    int64_t minor;
    CHECK(day_base == 360 || day_base == 365 || day_base == 366);
    for (size_t i = 0; i < n; i++)
        sum += (money_wide)parts[i].unit_days * parts[i].annual.ppm;
    money_wide most = ((money_wide)1 << 126) / 1000;
    if (sum > most || sum < -most)
        return false;
    if (!money_divide(sum * (money_wide)power_of_ten(scale_of(c)), (int64_t)day_base * RATE_WHOLE,
                      ROUND_HALF_UP, &minor))
        return false;
    *out = (money){ minor, c };
    return true;
}
