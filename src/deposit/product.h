/* product.h -- What is sold: products with dated rates, fees, the room's settings. */
#ifndef DEPOSIT_PRODUCT_H
#define DEPOSIT_PRODUCT_H
#include "base/call.h"
#include "base/date.h"
#include "base/money.h"

typedef struct {
    int64_t n;
} product_id;
typedef struct {
    int64_t n;
} fee_id;

enum deposit_kind {
    DEPOSIT_DEMAND = 1, /* 活期 */
    DEPOSIT_TERM,       /* 整存整取定期 */
    DEPOSIT_NOTICE,     /* 通知存款 */
    DEPOSIT_MARGIN,     /* 保证金 */
    DEPOSIT_OVERDRAFT,  /* 透支账户: a demand account that may go below zero */
};
enum { PRODUCT_CODE_MAX = 16, PRODUCT_NAME_MAX = 60, PRODUCT_TERM_MAX = 120 };
struct deposit_product {
    product_id id;
    char code[PRODUCT_CODE_MAX + 1]; /* "demand", "term-12" */
    enum deposit_kind kind;
    char name_zh[PRODUCT_NAME_MAX + 1], name_en[PRODUCT_NAME_MAX + 1];
    enum currency currency;
    char subject[9];   /* of its ledger accounts */
    int day_base;      /* 360 or 365 */
    int term_months;   /* term */
    int notice_days;   /* notice: 1 or 7 */
    int64_t min_minor; /* least amount to pay in and, of a notice deposit, to draw and to leave */
    int customers;     /* 1 persons, 2 companies, 3 both */
    bool active;       /* may be opened */
};
/* id 0: a new one; a product that has accounts keeps its kind, currency, term and day base. */
MUST_USE int product_put(struct call *c, struct deposit_product *p);
MUST_USE int product_get(struct call *c, product_id id, struct deposit_product *out);
MUST_USE int product_by_code(struct call *c, const char *code, struct deposit_product *out);
MUST_USE int product_list(struct call *c, struct deposit_product **out, int *n);

enum rate_side { RATE_CREDIT = 1, RATE_DEBIT }; /* paid by the bank; by who is overdrawn */
struct deposit_rate {
    product_id product;
    enum rate_side side;
    date from; /* holds from this day until the next one */
    rate annual;
};
/* Not before the business date: what has been earned is not changed. Event rate.changed. */
MUST_USE int rate_put(struct call *c, const struct deposit_rate *r);
/* All rates, by product, side and day; product {0}: of all. */
MUST_USE int rate_list(struct call *c, product_id product, struct deposit_rate **out, int *n);
/* The rate on a day. DEPOSIT_NO_RATE. */
MUST_USE int rate_on(struct call *c, product_id product, enum rate_side side, date d, rate *out);
/* Of a currency's demand product: what early withdrawal and overdue days bear. */
MUST_USE int rate_demand(struct call *c, enum currency currency, date d, rate *out);

enum fee_cycle {
    FEE_MONTHLY = 1, /* on the month's last day */
    FEE_WEEKLY,      /* on Sundays */
    FEE_EACH,        /* for each movement of the customer's, at the end of its day */
};
struct deposit_fee {
    fee_id id;
    char code[PRODUCT_CODE_MAX + 1];
    char name_zh[PRODUCT_NAME_MAX + 1], name_en[PRODUCT_NAME_MAX + 1];
    enum fee_cycle cycle;
    money amount;
    bool active;
};
MUST_USE int fee_put(struct call *c, struct deposit_fee *f);
MUST_USE int fee_get(struct call *c, fee_id id, struct deposit_fee *out);
/* What is due at the end of a day on which the customer has made so many movements. Pure. */
int64_t fee_due(const struct deposit_fee *fee, date day, int64_t moves);
MUST_USE int fee_list(struct call *c, struct deposit_fee **out, int *n);

enum deposit_accrual { ACCRUAL_MONTHLY = 1, ACCRUAL_DAILY };
struct deposit_settings {
    char prefix[7];        /* the first 6 digits of account numbers; invented; never 62.... */
    int dormant_days;      /* a demand account with little in it sleeps after so long; 0: never */
    int64_t dormant_minor; /* ... with less than this */
    int order_tries;       /* days on which a standing order is tried, the due day included */
    enum deposit_accrual accrual; /* when interest payable becomes what was earned */
    int cut_off_s;                /* second of the day at which serve closes the business date */
};
MUST_USE int deposit_settings_get(struct call *c, struct deposit_settings *out);
MUST_USE int deposit_settings_put(struct call *c, const struct deposit_settings *s);
#endif
