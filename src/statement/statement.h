/* statement.h -- What happened in an account between two dates, as the customer takes it home.
 *
 * opening + movements = closing, always: a statement that does not add up is a bug (CHECK), and is
 * never printed. Amounts are on the account's own side: what a customer has is positive, and so is
 * what a cash account holds.
 *
 * Its code is made of its content (SHA-256 of the canonical text, statement_text), so a paper or a
 * file can be checked against the books years later: statement_verify().
 *
 * Formats: JSON, text for a terminal, CSV, PDF, ISO 20022 camt.053.001.08. */
#ifndef STATEMENT_STATEMENT_H
#define STATEMENT_STATEMENT_H
#include "base/buf.h"
#include "ledger/ledger_books.h"

/* In the order in which they are asked. */
#define STATEMENT_REFUSALS(X)                                                                    \
    X(STATEMENT_BAD_FORMAT, 830, 422, "没有这种格式", "no such format")                          \
    X(STATEMENT_BAD_PERIOD, 831, 422, "起止日期不对", "the period ends before it begins")        \
    X(STATEMENT_NO_ACCOUNT, 832, 404, "没有这个账户", "no such account")                         \
    X(STATEMENT_TOO_LONG, 833, 413, "明细太多，请缩短期间", "too many lines: ask for less time") \
    X(STATEMENT_NOT_ONE, 834, 422, "不是本行的对账单文件", "not a statement of ours")            \
    X(STATEMENT_ALTERED, 835, 409, "内容与验证码不符", "the content does not fit its code")      \
    X(STATEMENT_OTHER_BOOKS, 836, 409, "与账簿不符", "the books say otherwise")
enum statement_refusal { STATEMENT_REFUSALS(RC_ENUM) };

enum { STATEMENT_LINES_MAX = 200000 };
#define STATEMENT_CODE  15 /* "7F3K-9QWX-2M4D" and NUL */
#define STATEMENT_BYTES (128 << 20)

enum statement_format {
    STATEMENT_JSON = 1,
    STATEMENT_TEXT,
    STATEMENT_CSV,
    STATEMENT_CSV_BOM, /* for spreadsheets that take UTF-8 for something else */
    STATEMENT_PDF,
    STATEMENT_CAMT053,
};
struct statement_kind {
    enum statement_format format;
    const char *name; /* "camt053" */
    const char *type; /* the media type */
    const char *ending;
};
const struct statement_kind *statement_kind(const char *name); /* NULL: none of them */
/* The same, for who is asked: STATEMENT_BAD_FORMAT. */
MUST_USE int statement_kind_asked(struct call *c, const char *name,
                                  const struct statement_kind **out);

struct statement_bank { /* who gives it out */
    const char *zh, *en;
};
struct statement_query {
    account_id account;
    date from, until; /* booking dates, both counted */
    bool full_name;   /* the owner's whole name: a paper for the owner; else masked */
    struct statement_bank bank;
    bool english; /* words of text, CSV and PDF */
};

struct statement_party { /* whose account it is, as it may be shown */
    char number[32];     /* the account number; of the bank's own accounts the ledger's id */
    char name[128];      /* the customer, else what the account is for */
    char product_zh[64], product_en[64];
    char masked[32]; /* the number, as others see it */
    bool customer;
    int64_t customer_id;
};
struct statement_line {
    int64_t seq, number; /* number: 流水号 */
    transfer_id transfer;
    date booked, value;
    int64_t booked_us;
    enum ledger_side side;
    int64_t minor, balance; /* balance: after it, own side */
    const char *memo;       /* never NULL */
    enum ledger_kind kind;
    int32_t code;
    account_id other;         /* the other account; 0: several (a journal) */
    const char *other_name;   /* masked; never NULL */
    const char *other_number; /* masked; never NULL */
};
struct statement {
    struct statement_query query;
    struct ledger_account account;
    struct statement_party party;
    struct statement_line *lines;
    int n;
    int64_t opening, closing; /* own side */
    int64_t debits, credits;  /* sums of the period */
    int64_t n_debits, n_credits;
    int64_t unfolded; /* of a hot account: net of lines that are not numbered yet, own side */
    int64_t made_us;
    char code[STATEMENT_CODE];
    char digest[65]; /* the whole SHA-256, hexadecimal */
};

/* An account by what a person types: an account number, the ledger's id, or key=value of its
 * metadata. STATEMENT_NO_ACCOUNT. */
MUST_USE int statement_find(struct call *c, const char *text, account_id *out);
MUST_USE int statement_party(struct call *c, const struct ledger_account *a, bool full_name,
                             struct statement_party *out);
/* Of people and accounts that are not ours: 欧阳锋 -> 欧*, all but four and four digits. */
#define STATEMENT_MASK 144
void statement_mask_name(const char *name, char out[STATEMENT_MASK]);
void statement_mask_number(const char *number, char out[STATEMENT_MASK]);
/* In the call's arena. STATEMENT_BAD_PERIOD, STATEMENT_NO_ACCOUNT, STATEMENT_TOO_LONG. */
MUST_USE int statement_make(struct call *c, const struct statement_query *q, struct statement *out);
/* An account's lines after seq, oldest first, at most max: as a statement has them. */
MUST_USE int statement_lines(struct call *c, const struct ledger_account *a, int64_t after_seq,
                             int max, struct statement_line **out, int *n);
/* Appends it in a format. 0, a refusal of print.h, or RC_FULL. */
MUST_USE int statement_write(const struct statement *s, enum statement_format f, struct buf *out);
/* The file's name, without folders: "statement-6214...-20260101-20261231.pdf". */
#define STATEMENT_FILE 96
void statement_file_name(const struct statement *s, enum statement_format f,
                         char out[STATEMENT_FILE]);

/* ---- checking what comes back ---- */

struct statement_claim { /* what a file says of itself */
    char account[32];
    date from, until;
    char code[STATEMENT_CODE];
    bool same_file; /* the file is the very bytes that the books give now */
};
/* Is this file (our CSV or PDF) what the books say? 0; STATEMENT_NOT_ONE; STATEMENT_ALTERED: the
 * file contradicts its own code; STATEMENT_OTHER_BOOKS: the books give another code. code: the one
 * on the paper, or NULL: the file's own. */
MUST_USE int statement_verify(struct call *c, const void *bytes, size_t n, const char *code,
                              const struct statement_bank *bank, struct statement_claim *out);
/* The code of a paper: account and period are read off it. */
MUST_USE int statement_verify_code(struct call *c, const struct statement_query *q,
                                   const char *code, struct statement *out);
#endif
