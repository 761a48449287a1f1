/* money.h -- Whole minor units and their currency; never a float.
 *
 * An amount is an int64 of the currency's smallest unit (CNY: fen). Overflow is a return value,
 * never a wrap: false, and *out untouched. Two currencies in one operation are a bug (CHECK).
 * money_divide() is the only place that rounds, and every caller names how.
 */
#ifndef BASE_MONEY_H
#define BASE_MONEY_H
#include "base/rc.h"

/* ISO 4217 numeric codes. */
enum currency {
    CNY = 156,
    CZK = 203,
    HKD = 344,
    JPY = 392,
    KWD = 414,
    GBP = 826,
    USD = 840,
    EUR = 978,
};
struct currency_info {
    enum currency currency;
    const char *code; /* "CNY" */
    int scale;        /* decimals of the minor unit: 2 for fen, 0 for yen */
    const char *zh, *en;
};
const struct currency_info *currency_find(int numeric); /* NULL: not one of ours */
MUST_USE bool currency_parse(const char *code, enum currency *out);

typedef struct {
    int64_t minor;
    enum currency currency;
} money;
typedef struct {
    int32_t ppm; /* parts per million: 0.35 % is 3,500 */
} rate;
#define RATE_WHOLE 1000000

MUST_USE bool money_add(money a, money b, money *out);
MUST_USE bool money_sub(money a, money b, money *out);
MUST_USE bool money_neg(money a, money *out);
int money_compare(money a, money b); /* < 0, 0, > 0 */

enum rounding {
    ROUND_HALF_EVEN, /* ties to the even neighbour */
    ROUND_HALF_UP,   /* ties away from zero: 四舍五入 */
    ROUND_DOWN,      /* toward zero */
    ROUND_UP,        /* away from zero */
};
__extension__ typedef __int128 money_wide;
/* n / by, by > 0. The one dividing function. */
MUST_USE bool money_divide(money_wide n, int64_t by, enum rounding how, int64_t *out);
MUST_USE bool money_apply(money m, rate r, enum rounding how, money *out);

/* Shares by weight that add up to the whole, each less than one minor unit from its exact share;
 * what does not divide is spread evenly over the row. Weights >= 0, not all 0 (CHECK); false when
 * their sum overflows. */
MUST_USE bool money_split(money whole, const int64_t *weights, size_t n, money *parts);

#define MONEY_TEXT 32
void money_print(money m, char out[MONEY_TEXT]); /* "-128.00": always all decimals */
/* The whole text: -?digits[.digits], at most the currency's decimals, no leading zeros, no sign
 * before zero, no spaces, no separators. */
MUST_USE bool money_parse(const char *text, enum currency c, money *out);

/* 壹佰贰拾捌元整, by the rules of 支付结算办法 (银发〔1997〕393号), annex 1: one 零 for zeros
 * between digits, 整 after 元 only, none after 角 or 分; where the annex leaves a choice (a 0
 * before 元 or before 仟) its first example is followed. 负 before a negative amount. CNY only
 * (CHECK). */
#define MONEY_CAPITALS 256
void money_capitals(money m, char out[MONEY_CAPITALS]);

/* Interest by cumulative product (积数法, 银发〔2005〕129号): only whole units (yuan) bear, each
 * counts once a day; a new rate begins a new part. interest = sum(product x rate) / day base,
 * rounded once, half up, to the minor unit. */
struct money_product {
    int64_t unit_days; /* sum of whole units x days at this rate */
    rate annual;
};
/* A balance at or below zero bears nothing. days >= 0 (CHECK). */
MUST_USE bool money_product_add(struct money_product *p, money balance, int32_t days);
/* day_base: 360, 365 or 366. */
MUST_USE bool money_interest(const struct money_product *parts, size_t n, int day_base,
                             enum currency c, money *out);
#endif
