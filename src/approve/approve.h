/* approve.h -- Maker and checker (复核, 授权): what one person may not do alone waits for a second
 * one.
 *
 * The maker's order is kept as the very bytes that were sent, with their SHA-256. The second person
 * is another person, always: not the maker, not the maker under another account, whatever became
 * of their roles since. Approving runs the order as the maker's, in the checker's transaction, with
 * call.second_id set: so it happens exactly once or not at all.
 *
 *            approve_ask            approve_decide (another person, enough authority)
 *   (none) ────────────> OPEN ───────────────────────────────────────────────────────> APPROVED
 *                         │ approve_reject ──> REJECTED     approve_withdraw ──> WITHDRAWN
 *                         └ its time is over ──> EXPIRED (by call.now_us, swept or not)
 */
#ifndef APPROVE_APPROVE_H
#define APPROVE_APPROVE_H
#include "base/buf.h"
#include "base/call.h"
#include "base/money.h"
#include "base/rc.h"
#include "base/secret.h"
#include "store/db.h"
#include "who/who.h"

/* In the order in which approve_decide() asks; the last ones are other calls'. */
#define APPROVE_REFUSALS(X)                                                                       \
    X(APPROVE_NO_SUCH, 770, 404, "没有这笔待复核业务", "there is no such approval")               \
    X(APPROVE_NOT_SEEN, 771, 403, "这笔业务不归您复核", "this approval is not yours to see")      \
    X(APPROVE_SAME_PERSON, 772, 403, "经办人不能复核自己的业务",                                  \
      "the person who made it cannot approve it")                                                 \
    X(APPROVE_TOO_HIGH, 773, 403, "超出您的授权额度", "it is above what you may approve")         \
    X(APPROVE_APPROVED, 774, 409, "已经复核通过", "it has been approved")                         \
    X(APPROVE_REJECTED, 775, 409, "复核未通过", "it was rejected")                                \
    X(APPROVE_WITHDRAWN, 776, 409, "经办人已撤回", "its maker took it back")                      \
    X(APPROVE_EXPIRED, 777, 409, "复核已超时，请重新提交", "its time is over; ask for it again")  \
    X(APPROVE_OTHER_BYTES, 778, 409, "复核内容与提交内容不一致",                                  \
      "what you saw is not what was asked for")                                                   \
    X(APPROVE_REKEY_MISSING, 779, 422, "请重新输入金额", "type the amount again")                 \
    X(APPROVE_REKEY_DIFFERS, 780, 422, "重新输入的金额不符", "the amount typed again differs")    \
    X(APPROVE_MAKER_GONE, 781, 409, "经办人已停用或岗位已变，请重新提交",                         \
      "its maker may not do this any more")                                                       \
    X(APPROVE_NOT_MAKER, 782, 403, "只有经办人可以撤回", "only its maker takes it back")          \
    X(APPROVE_NO_REASON, 783, 422, "请填写原因", "a reason is needed")                            \
    X(APPROVE_NO_GRADE, 784, 403, "您没有办理资金业务的级别", "you have no authority over money") \
    X(APPROVE_NOBODY, 785, 409, "没有人有权复核这笔业务", "there is nobody who could approve it") \
    X(APPROVE_BAD_LIMIT, 786, 422, "额度不对", "the limit is not valid")                          \
    X(APPROVE_BAD_SETTING, 787, 422, "授权设置不对", "the setting is not valid")                  \
    X(APPROVE_TOO_LONG, 788, 422, "需要复核的业务内容过长，请分批提交",                           \
      "an order that two people look at is at most 1 MiB: send it in parts")                      \
    X(APPROVE_GREW, 789, 409, "金额比提交时大，请重新提交",                                       \
      "the amount is larger than what was asked for: ask again")
enum approve_refusal { APPROVE_REFUSALS(RC_ENUM) };

typedef struct {
    int64_t n;
} approval_id;

/* What is asked for: each has its own limits. */
enum approve_kind {
    APPROVE_CASH_IN = 1, /* 现金存入 */
    APPROVE_CASH_OUT,    /* 现金支取 */
    APPROVE_TRANSFER,    /* 转账 */
    APPROVE_CORRECTION,  /* 冲正、补记: reversals and back-valued entries */
    APPROVE_ACCOUNT, /* 冻结、止付、挂失、销户 ...: the state of an account or customer */
    APPROVE_VAULT,   /* 现金调拨: between drawers, vaults */
    APPROVE_SETTING, /* limits and other settings */
    APPROVE_KINDS,
};
const char *approve_kind_code(enum approve_kind k); /* "cash_in" ... */
MUST_USE bool approve_kind_parse(const char *code, enum approve_kind *out);
enum approve_state {
    APPROVAL_OPEN = 1,
    APPROVAL_APPROVED,
    APPROVAL_REJECTED,
    APPROVAL_WITHDRAWN,
    APPROVAL_EXPIRED,
};
const char *approve_state_code(enum approve_state s);

/* ---- limits: configuration; by kind and grade (enum who_grade 1..4), in fen ---- */

#define APPROVE_UNLIMITED INT64_MAX
enum { APPROVE_NEVER = -1 }; /* not at all, whatever the amount */
struct approve_limit {
    enum approve_kind kind;
    int grade;
    int64_t alone_minor; /* up to this without a second person; NEVER: always two */
    int64_t check_minor; /* up to this as the second person; NEVER: never the second */
};
struct approve_settings {
    int64_t rekey_minor; /* from this on the checker types the amount again */
    int life_s;          /* how long an order waits: 60 .. 86,400 */
};
/* All kinds x grades, in their order: (kind - 1) * 4 + grade - 1. */
enum { APPROVE_LIMITS = (APPROVE_KINDS - 1) * (GRADES - 1) };
MUST_USE int approve_limits(struct call *c, struct approve_limit out[APPROVE_LIMITS]);
/* A higher grade may never do less than a lower one: APPROVE_BAD_LIMIT. */
MUST_USE int approve_limits_put(struct call *c, const struct approve_limit *list, size_t n);
MUST_USE int approve_settings_get(struct call *c, struct approve_settings *out);
MUST_USE int approve_settings_put(struct call *c, const struct approve_settings *s);

/* ---- asking ---- */

/* An amount (minor >= 0) as it is judged, in fen: another currency's whole units like yuan; too
 * large is UNLIMITED. */
int64_t approve_weight(money m);
/* Must a second person look at this? Not when one has (second_id), nor for the system's own jobs.
 * APPROVE_NO_GRADE. */
MUST_USE int approve_need(struct call *c, enum approve_kind kind, money amount, bool *second);

enum {
    APPROVE_SUMMARY = 240,
    APPROVE_REASON = 120,
    APPROVE_PATH = 200,
    APPROVE_BODY = 1 << 20,
    APPROVE_ABOUT = 40,
    APPROVE_PEOPLE = 20,
};
struct approve_ask {
    enum approve_kind kind;
    int64_t outlet_id;
    money amount;                        /* 0: it is not about an amount */
    const char *what;                    /* "POST /api/transfers": how it is run when approved */
    const char *key;                     /* the maker's request key, with its scope */
    const void *body;                    /* the bytes that were sent */
    size_t body_len;                     /* at most APPROVE_BODY */
    const char *summary_zh, *summary_en; /* what a person reads; no full names */
    const char *const *about; /* ids the order brought with it, each shorter than APPROVE_ABOUT */
    size_t n_about;
};
/* The actor is the maker. Asking again with the same key gives the first id. APPROVE_TOO_LONG,
 * APPROVE_NOBODY. */
MUST_USE int approve_ask(struct call *c, const struct approve_ask *a, approval_id *out);

struct approval {
    approval_id id;
    int64_t outlet_id;
    enum approve_kind kind;
    enum approve_state state; /* as of now: an open one whose time is over is expired */
    money amount;
    const char *what, *summary_zh, *summary_en; /* texts live in the call's arena */
    const void *body;                           /* "" in lists, where nobody reads it */
    size_t body_len;
    char digest[DIGEST_TEXT]; /* SHA-256 of what and body */
    staff_id maker, checker;
    int maker_role;
    bool rekey; /* the checker must type the amount */
    int64_t asked_us, expires_us, decided_us;
    const char *reason, *answer; /* answer: of the order that was run */
};
/* For the maker, whoever may check it, the head, the office and auditors; others APPROVE_NOT_SEEN.
 */
MUST_USE int approve_get(struct call *c, approval_id id, struct approval *out);
/* May the caller be the second person of it? 0 or the refusal that approve_decide() would give. */
MUST_USE int approve_may(struct call *c, const struct approval *a);
enum approve_which { APPROVE_FOR_ME, APPROVE_MINE, APPROVE_ALL };
/* Newest first; FOR_ME: open ones the caller may decide, oldest first. outlet 0: all. */
MUST_USE int approve_list(struct call *c, int64_t outlet_id, enum approve_which which, int max,
                          struct approval **out, int *n);

/* What waits, or waited last, of an id that an order brought with it: an open one before those that
 * are over. For everybody who may ask about the id. */
MUST_USE int approve_about(struct call *c, const char *about, struct approval *out, bool *found);
/* Who could be the second person of it now, the lowest grade first; at most APPROVE_PEOPLE. */
MUST_USE int approve_people(struct call *c, const struct approval *a, struct who_staff **out,
                            int *n);

/* ---- deciding ---- */

/* Runs the order; c->actor is the maker, c->second_id the checker. */
typedef int approve_run(struct call *c, const struct approval *a, void *ctx, struct buf *answer);
/* digest: of what the checker saw. rekey: the amount as typed, NULL when none was. On a refusal,
 * also the order's own, nothing was written and the approval stays open: roll back. */
MUST_USE int approve_decide(struct call *c, approval_id id, const char *digest, const char *rekey,
                            approve_run *run, void *ctx, struct buf *answer);
MUST_USE int approve_reject(struct call *c, approval_id id, const char *reason);
MUST_USE int approve_withdraw(struct call *c, approval_id id);
/* A job: marks at most max whose time is over. */
MUST_USE int approve_expire(struct call *c, int max, int *expired);

/* ---- proof ---- */

/* Every decided one has another person as its checker, its bytes have their digest, an approved one
 * has its answer and exactly one event. */
MUST_USE int approve_check(struct call *c, int64_t *count, int64_t *bad, char *text, size_t size);
MUST_USE int approve_last_id(struct db_tx *tx, int64_t *id);
extern const struct db_migration approve_migrations[];
extern const size_t approve_migrations_count;
#endif
