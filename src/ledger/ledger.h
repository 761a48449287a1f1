/* ledger.h -- The room where money moves, and the only one.
 *
 * A transfer takes an amount from the debit side of one account to the credit side of another, so
 * the sum of all debits equals the sum of all credits, always. Nothing that was booked is changed
 * or deleted; a mistake is undone by its reversal, and both lines stay.
 *
 * A transfer's id is made by who asks, before asking (128 bits, time-ordered), and is the request
 * key for ever: the same id with the same fields gives the first answer, the same id with another
 * field is refused, naming the field. Who does not know the outcome asks again with the same id.
 *
 * Other rooms call ledger_post() inside their own transaction and never touch the tables.
 */
#ifndef LEDGER_LEDGER_H
#define LEDGER_LEDGER_H
#include "base/call.h"
#include "base/date.h"
#include "base/money.h"
#include "ledger/ledger_refusal.h"
#include "store/db.h"

typedef struct {
    int64_t n;
} account_id;
/* high: 48 bits of milliseconds since 1970, then 16 of chance; low: 64 of chance. high >= 0. */
typedef struct {
    int64_t high, low;
} transfer_id;
#define TRANSFER_TEXT 33 /* 32 hexadecimal digits */
transfer_id ledger_id_make(struct call *c);
void ledger_id_print(transfer_id id, char out[TRANSFER_TEXT]);
MUST_USE bool ledger_id_parse(const char *text, transfer_id *out);

enum {
    LEDGER_ORDERS_MAX = 8192, /* orders in one call */
    LEDGER_LEGS_MAX = 64,
    LEDGER_META_MAX = 8,
    LEDGER_KEY_MAX = 32, /* bytes of a metadata key: a-z 0-9 _ . - */
    LEDGER_VALUE_MAX = 128,
    LEDGER_MEMO_MAX = 140,
    LEDGER_NAME_MAX = 90,
};
#define LEDGER_TIMEOUT_MAX_S (366 * 86400)

/* ---- the chart of accounts (会计科目) ---- */

enum ledger_class {
    SUBJECT_ASSET = 1,
    SUBJECT_LIABILITY = 2,
    SUBJECT_COMMON = 3, /* clearing between outlets and currencies: either side */
    SUBJECT_EQUITY = 4,
    SUBJECT_INCOME = 6,
    SUBJECT_EXPENSE = 7,
};
struct ledger_subject {
    char code[9]; /* 4 to 8 digits */
    enum ledger_class class;
    char name_zh[LEDGER_NAME_MAX + 1], name_en[LEDGER_NAME_MAX + 1];
};
/* Makes the standard chart where a code is missing; never changes one. */
MUST_USE int ledger_prepare(struct call *c);
MUST_USE int ledger_subject_put(struct call *c, const struct ledger_subject *s);
MUST_USE int ledger_subjects(struct call *c, struct ledger_subject **out, int *n);
/* Does a debit raise the balance? (assets, expenses) */
bool ledger_debit_side(enum ledger_class class);

/* ---- accounts ---- */

enum ledger_flag {
    LEDGER_NO_OVERDRAFT = 1 << 0,  /* debits, holds included, must not exceed credits posted */
    LEDGER_NO_OVERCREDIT = 1 << 1, /* credits, holds included, must not exceed debits posted */
    LEDGER_HAS_MIN = 1 << 2,       /* min_minor holds */
    LEDGER_HAS_MAX = 1 << 3,       /* max_minor holds */
    LEDGER_HOT = 1 << 4,           /* many write at once: its legs are appended and folded later */
    LEDGER_FLAGS_ALL = (1 << 5) - 1,
};
enum ledger_freeze {
    FREEZE_NONE,
    FREEZE_OUT, /* 只收不付 */
    FREEZE_ALL, /* 不收不付 */
};
enum ledger_state { ACCOUNT_OPEN = 1, ACCOUNT_DORMANT, ACCOUNT_CLOSED };

struct ledger_totals { /* each only ever counts up, except that pending ones end */
    int64_t debits, credits, debits_pending, credits_pending;
};
struct ledger_account {
    account_id id;
    int64_t outlet_id; /* whose books; 0: the bank itself */
    enum currency currency;
    char subject[9];
    char name[LEDGER_NAME_MAX + 1]; /* what it is for; no person's name */
    int flags;
    int64_t min_minor, max_minor; /* of the balance on the account's own side */
    /* out */
    bool debit_side;
    enum ledger_state state;
    enum ledger_freeze freeze;
    int64_t frozen_minor; /* a part that must stay (部分冻结) */
    bool stopped;         /* 止付 */
    struct ledger_totals totals;
    int64_t entries; /* postings so far */
    int64_t last_us; /* the last one's instant */
    int64_t opened_us;
    date opened;
};
struct ledger_pair {
    const char *key, *value;
};
/* Takes the fields above "out", fills the others. */
MUST_USE int ledger_account_open(struct call *c, struct ledger_account *a,
                                 const struct ledger_pair *meta, size_t n_meta);
/* Totals as of now: legs of a hot account that are not folded yet are in, holds that are due out.
 */
MUST_USE int ledger_account_get(struct call *c, account_id id, struct ledger_account *out);
/* Flags and limits; a limit that is broken already is kept to from now on. */
MUST_USE int ledger_limits(struct call *c, account_id id, int flags, int64_t min, int64_t max);
MUST_USE int ledger_freeze(struct call *c, account_id id, enum ledger_freeze how);
MUST_USE int ledger_freeze_part(struct call *c, account_id id, int64_t minor); /* 0: none */
MUST_USE int ledger_stop(struct call *c, account_id id, bool stopped);
MUST_USE int ledger_dormant(struct call *c, account_id id, bool dormant);
MUST_USE int ledger_close(struct call *c, account_id id);
/* On the account's own side: what is booked; what may still be taken out. */
int64_t ledger_balance(const struct ledger_account *a);
int64_t ledger_available(const struct ledger_account *a);

/* ---- transfers ---- */

enum ledger_kind {
    LEDGER_POST = 1, /* amount from debit to credit */
    LEDGER_HOLD,     /* the same, pending; counts in the available balance at once */
    LEDGER_CAPTURE,  /* posts the hold `of`: amount, or all of it (0); the rest is released */
    LEDGER_VOID,     /* releases the hold `of` */
    LEDGER_REVERSE,  /* books `of` the other way round */
    LEDGER_JOURNAL,  /* legs instead of two accounts */
};
enum ledger_side { LEDGER_DEBIT = 1, LEDGER_CREDIT };
struct ledger_leg {
    account_id account;
    enum ledger_side side;
    int64_t minor;
};
struct ledger_order {
    transfer_id id;
    enum ledger_kind kind;
    account_id debit, credit; /* POST, HOLD */
    money amount;             /* POST, HOLD; CAPTURE (0: all); JOURNAL: only its currency */
    transfer_id of;           /* CAPTURE, VOID, REVERSE */
    int64_t timeout_s;        /* HOLD: 0 never ends by itself */
    date value_date;          /* 起息日; 0: the booking date */
    int32_t code;             /* the caller's kind of business, >= 0 */
    const char *memo;         /* 摘要; NULL is "" */
    const struct ledger_leg *legs;
    size_t n_legs;
    const struct ledger_pair *meta;
    size_t n_meta;
    bool linked; /* all or none with the next order */
};
struct ledger_result {
    int rc;            /* 0 or a refusal */
    const char *field; /* of a refusal, or NULL */
    bool existed;      /* the id was booked before: this is that answer */
    int64_t number;    /* the bank's own number of it (流水号) */
    int64_t booked_us; /* the ledger's instant: never before an earlier posting of the accounts */
    date booked;
    int64_t minor; /* what was moved or held */
};
/* One order. On a refusal nothing of it was written (what was due may be released): roll back. */
MUST_USE int ledger_post(struct call *c, const struct ledger_order *o, struct ledger_result *out);
/* On a server: the accounts that several calls of this transaction will ask for, in a few trips for
 * all of them instead of a few for each. Ids of nobody and of 0 do no harm. */
MUST_USE int ledger_expect(struct call *c, const account_id *ids, size_t n);
/* Many, each with its own result; 0 also when some are refused. Orders tied by `linked` are done
 * all or none: the one that is wrong has its refusal, the others LEDGER_LINKED. A fault, or
 * LEDGER_TOO_MANY: nothing counts, roll back. */
MUST_USE int ledger_post_many(struct call *c, const struct ledger_order *orders, size_t n,
                              struct ledger_result *results);
#endif
