/* customer.h -- Customers: persons and companies, and who looked at them.
 *
 * One customer per (kind of paper, number): papers are normalised first (an ID card of 15 digits
 * becomes 18, x becomes X, +86 goes), so two spellings are one. Two rows that turn out to be one
 * customer are merged: the one leads to the other from then on, and nothing is copied, so a merge
 * can be undone. Who asks for a customer's full data leaves an event; all others get masked texts.
 *
 * Owns customer. Events never hold a name, a paper or a phone. */
#ifndef WHO_CUSTOMER_H
#define WHO_CUSTOMER_H
#include "base/call.h"
#include "base/date.h"
#include "store/db.h"

typedef struct {
    int64_t n; /* also the customer number (客户号), as digits */
} customer_id;

enum customer_kind { CUSTOMER_PERSON = 1, CUSTOMER_COMPANY };
enum customer_paper {
    PAPER_ID_CARD = 1, /* 居民身份证, GB 11643-1999 */
    PAPER_PASSPORT,    /* 护照 */
    PAPER_PERMIT,      /* 港澳台居民来往大陆通行证 */
    PAPER_RESIDENCE,   /* 外国人永久居留身份证 */
    PAPER_MILITARY,    /* 军官证、士兵证 */
    PAPER_USCC = 11,   /* 统一社会信用代码, GB 32100-2015 */
};
enum customer_flag {
    CUSTOMER_DECEASED = 1 << 0, /* 已故: nothing new is opened, heirs come with papers */
    CUSTOMER_STAFF = 1 << 1,    /* works in the bank */
    CUSTOMER_WATCHED = 1 << 2,  /* money laundering desk looks at each large movement */
    CUSTOMER_FLAGS_ALL = (1 << 3) - 1,
};
enum {
    CUSTOMER_NAME_MAX = 90, /* bytes */
    CUSTOMER_PAPER_MAX = 32,
    CUSTOMER_MOBILE_MAX = 23, /* as it is given; 11 once it is kept */
    CUSTOMER_ADDRESS_MAX = 180,
    CUSTOMER_ADULT_YEARS = 18,
    CUSTOMER_MERGED_MAX = 16, /* rows of one customer */
};
#define ID_CARD_TEXT 19
#define USCC_TEXT    19
#define MOBILE_TEXT  12

#define CUSTOMER_REFUSALS(X)                                                                       \
    X(CUSTOMER_BAD_KIND, 120, 422, "客户须为个人或单位", "a customer is a person or a company")    \
    X(CUSTOMER_BAD_NAME, 121, 422, "姓名或名称不对", "the name is not valid")                      \
    X(CUSTOMER_BAD_PAPER, 122, 422, "证件种类或号码不对", "the kind or number of the paper")       \
    X(CUSTOMER_ID_FORM, 123, 422, "身份证号须为15位或18位", "an ID card has 15 or 18 characters")  \
    X(CUSTOMER_ID_REGION, 124, 422, "身份证号的地区代码不对", "no such region in the ID number")   \
    X(CUSTOMER_ID_DATE, 125, 422, "身份证号中的出生日期不对", "no such birth date, or a future")   \
    X(CUSTOMER_ID_CHECK, 126, 422, "身份证号校验码不对", "the ID card's check character is wrong") \
    X(CUSTOMER_USCC_FORM, 127, 422, "统一社会信用代码须为18位", "the social credit code's form")   \
    X(CUSTOMER_USCC_CHECK, 128, 422, "统一社会信用代码校验码不对",                                 \
      "the social credit code's check character is wrong")                                         \
    X(CUSTOMER_BAD_MOBILE, 129, 422, "手机号不对", "not a mobile number of the mainland")          \
    X(CUSTOMER_BAD_FLAGS, 130, 422, "客户标志不对", "the customer's flags are not valid")          \
    X(CUSTOMER_TAKEN, 131, 409, "该证件已有客户", "there is a customer with this paper")           \
    X(CUSTOMER_NONE, 132, 404, "没有这个客户", "no such customer")                                 \
    X(CUSTOMER_MERGED, 133, 409, "客户已并入另一客户", "the customer was merged into another")     \
    X(CUSTOMER_SAME, 134, 409, "两者已是同一客户", "the two are one customer already")             \
    X(CUSTOMER_KINDS, 135, 409, "个人与单位不能合并", "a person and a company are not merged")     \
    X(CUSTOMER_NOT_MERGED, 136, 409, "客户没有被合并", "the customer was not merged")              \
    X(CUSTOMER_NO_REASON, 137, 422, "须说明理由", "a reason must be given")                        \
    X(CUSTOMER_BAD_SEARCH, 138, 422, "查询内容太短或不对", "too little to search for")             \
    X(CUSTOMER_MANY_MERGED, 139, 409, "合并的客户太多", "too many rows would be one customer")
enum customer_refusal { CUSTOMER_REFUSALS(RC_ENUM) };

/* ---- papers and masks: pure ---- */

struct id_card {
    char number[ID_CARD_TEXT]; /* 18 characters */
    date birth;
    bool woman;
};
/* 15 digits become 18 (19 is put before the year). 0 or CUSTOMER_ID_... (GB 11643-1999). */
MUST_USE int customer_id_card(const char *text, date today, struct id_card *out);
/* 0 or CUSTOMER_USCC_... (GB 32100-2015). Lower case becomes upper. */
MUST_USE int customer_uscc(const char *text, char out[USCC_TEXT]);
/* +86, 0086, 86, spaces and hyphens go. 0 or CUSTOMER_BAD_MOBILE. */
MUST_USE int customer_mobile(const char *text, char out[MOBILE_TEXT]);
int customer_age(date birth, date today); /* whole years; the birthday itself counts */

/* 张三丰 -> 张*; a company's name is not masked. */
void customer_mask_name(enum customer_kind kind, const char *name, char out[CUSTOMER_NAME_MAX + 1]);
/* 410802198002290013 -> 4108**********0013; a company's code is not masked. */
void customer_mask_paper(enum customer_kind kind, const char *number,
                         char out[CUSTOMER_PAPER_MAX + 1]);
void customer_mask_mobile(const char *mobile, char out[MOBILE_TEXT]); /* 139****5678 */

/* ---- customers ---- */

struct customer {
    customer_id id;
    enum customer_kind kind;
    enum customer_paper paper;
    char paper_number[CUSTOMER_PAPER_MAX + 1];
    char name[CUSTOMER_NAME_MAX + 1];
    char mobile[CUSTOMER_MOBILE_MAX + 1]; /* or "" */
    char address[CUSTOMER_ADDRESS_MAX + 1];
    int flags;
    int64_t outlet_id; /* where it was made; 0: the branch office */
    customer_id agent; /* guardian, legal representative; 0: none */
    /* out */
    customer_id merged_into; /* 0: stands by itself */
    date birth;              /* of an ID card; 0 otherwise */
    bool woman, minor;       /* minor: below 18 on the day it is read */
    int64_t created_us, changed_us;
};
/* id 0: a new one. Checks and normalises; the row comes back. The paper of a customer may be
 * changed (a renewed passport), its kind may not. Event customer.created or customer.changed. */
MUST_USE int customer_put(struct call *c, struct customer *one);
/* The row itself, also of a merged one: merged_into says where it leads. */
MUST_USE int customer_get(struct call *c, customer_id id, struct customer *out);
/* The customer that an id leads to, after all merges. */
MUST_USE int customer_lead(struct call *c, customer_id id, customer_id *out);
/* Every id that leads to this customer, its own first: whose accounts are its accounts. */
MUST_USE int customer_ids(struct call *c, customer_id id, customer_id out[CUSTOMER_MERGED_MAX],
                          int *n);

enum customer_by { BY_PAPER = 1, BY_MOBILE, BY_NAME, BY_NUMBER, BY_ANY /* whichever fits */ };
/* At most max customers that stand by themselves, in the order of their ids; a name matches by its
 * beginning (at least one character), all else as a whole, after being normalised. A merged one
 * that matches gives the one it leads to. CUSTOMER_BAD_SEARCH. */
MUST_USE int customer_find(struct call *c, enum customer_by by, const char *text, int max,
                           struct customer **out, int *n);

/* Other customers of the same kind that may be this one: the same mobile, or the very name; the day
 * of birth only beside one of those. What agrees most comes first. A merged row's lead counts. */
enum customer_why { ALIKE_MOBILE = 1, ALIKE_NAME = 2, ALIKE_BIRTH = 4 };
struct customer_like {
    struct customer customer;
    int why; /* enum customer_why bits */
};
MUST_USE int customer_alike(struct call *c, customer_id id, int max, struct customer_like **out,
                            int *n);

/* `from` leads to `into` from now on, and so do their accounts. Event customer.merged. */
MUST_USE int customer_merge(struct call *c, customer_id from, customer_id into, const char *reason);
/* Takes a merge back. Event customer.parted. */
MUST_USE int customer_part(struct call *c, customer_id from, const char *reason);
/* Somebody saw the full data or the accounts: what ("full", "accounts", "statement"). The event
 * customer.viewed is in the chain of the asker's outlet. reason may be NULL. */
MUST_USE int customer_viewed(struct call *c, customer_id id, const char *what, const char *reason);

/* For `piaohao check`: customers, and those that lead nowhere or have an impossible paper. */
MUST_USE int customer_check(struct call *c, int64_t *count, int64_t *bad, char *text, size_t size);
#endif
