/* ledger_refusal.h -- Every answer of the ledger that is a no, in the order in which it is checked:
 * the first that holds is the answer, so asking again gives the same one. Inside a rule the debit
 * side comes first, then the credit side; a journal's legs in their own order. */
#ifndef LEDGER_LEDGER_REFUSAL_H
#define LEDGER_LEDGER_REFUSAL_H
#include "base/rc.h"

/* The order by itself: nothing is looked up. */
#define LEDGER_REFUSALS_SHAPE(X)                                                                   \
    X(LEDGER_TOO_MANY, 600, 422, "一次提交的指令太多", "too many orders in one call")              \
    X(LEDGER_LINK_OPEN, 601, 422, "成组指令没有结尾", "a group of orders has no end")              \
    X(LEDGER_LINKED, 602, 409, "同组的另一条指令被拒绝", "another order of its group was refused") \
    X(LEDGER_ID_ZERO, 603, 422, "缺少流水号", "the transfer id is missing")                        \
    X(LEDGER_ID_RANGE, 604, 422, "流水号超出范围", "the transfer id is out of range")              \
    X(LEDGER_BAD_KIND, 605, 422, "没有这种指令", "no such kind of order")                          \
    X(LEDGER_OF_MISSING, 606, 422, "没有指明原交易", "the order must name another transfer")       \
    X(LEDGER_OF_UNWANTED, 607, 422, "不应指明原交易", "the order may not name another transfer")   \
    X(LEDGER_OF_ITSELF, 608, 422, "原交易不能是自己", "the order names itself")                    \
    X(LEDGER_ACCOUNTS_UNWANTED, 609, 422, "不应指明账户", "the accounts come from the original")   \
    X(LEDGER_DEBIT_MISSING, 610, 422, "没有借方账户", "the debit account is missing")              \
    X(LEDGER_CREDIT_MISSING, 611, 422, "没有贷方账户", "the credit account is missing")            \
    X(LEDGER_SAME_ACCOUNT, 612, 422, "同一账户出现两次", "one account is named twice")             \
    X(LEDGER_BAD_CURRENCY, 613, 422, "没有这种货币", "no such currency")                           \
    X(LEDGER_AMOUNT_UNWANTED, 614, 422, "不应指明金额", "the amount comes from elsewhere")         \
    X(LEDGER_AMOUNT_NEGATIVE, 615, 422, "金额不能是负数", "the amount is negative")                \
    X(LEDGER_AMOUNT_ZERO, 616, 422, "金额不能是零", "the amount is zero")                          \
    X(LEDGER_TIMEOUT_UNWANTED, 617, 422, "只有预授权才有期限", "only a hold has a time limit")     \
    X(LEDGER_TIMEOUT_RANGE, 618, 422, "期限超出范围", "the time limit is out of range")            \
    X(LEDGER_LEGS_UNWANTED, 619, 422, "不应有分录", "only a journal has legs")                     \
    X(LEDGER_LEGS_COUNT, 620, 422, "分录条数不对", "a journal has 2 to 64 legs")                   \
    X(LEDGER_LEG_SIDE, 621, 422, "分录没有借贷方向", "a leg is neither debit nor credit")          \
    X(LEDGER_LEG_AMOUNT, 622, 422, "分录金额必须大于零", "a leg's amount must be above zero")      \
    X(LEDGER_LEGS_UNBALANCED, 623, 422, "借贷不平", "debits and credits differ")                   \
    X(LEDGER_BAD_CODE, 624, 422, "业务代码超出范围", "the business code is out of range")          \
    X(LEDGER_BAD_MEMO, 625, 422, "摘要太长", "the memo is too long")                               \
    X(LEDGER_META_COUNT, 626, 422, "附加信息太多", "too many pairs of metadata")                   \
    X(LEDGER_META_KEY, 627, 422, "附加信息的名称不对", "a metadata key is not valid")              \
    X(LEDGER_META_VALUE, 628, 422, "附加信息的内容不对", "a metadata value is not valid")          \
    X(LEDGER_META_TWICE, 629, 422, "附加信息的名称重复", "a metadata key is there twice")

/* The id was used: the same order is answered as the first time, another one is refused. */
#define LEDGER_REFUSALS_EXISTS(X)                                                                  \
    X(LEDGER_EXISTS_KIND, 630, 409, "流水号已用于另一种指令", "the id was used: another kind")     \
    X(LEDGER_EXISTS_OF, 631, 409, "流水号已用，原交易不同", "the id was used: another original")   \
    X(LEDGER_EXISTS_DEBIT, 632, 409, "流水号已用，借方不同", "the id was used: another debit")     \
    X(LEDGER_EXISTS_CREDIT, 633, 409, "流水号已用，贷方不同", "the id was used: another credit")   \
    X(LEDGER_EXISTS_CURRENCY, 634, 409, "流水号已用，货币不同", "the id was used: other currency") \
    X(LEDGER_EXISTS_AMOUNT, 635, 409, "流水号已用，金额不同", "the id was used: another amount")   \
    X(LEDGER_EXISTS_TIMEOUT, 636, 409, "流水号已用，期限不同", "the id was used: other limit")     \
    X(LEDGER_EXISTS_VALUE_DATE, 637, 409, "流水号已用，起息日不同",                                \
      "the id was used: another value date")                                                       \
    X(LEDGER_EXISTS_CODE, 638, 409, "流水号已用，业务代码不同", "the id was used: another code")   \
    X(LEDGER_EXISTS_MEMO, 639, 409, "流水号已用，摘要不同", "the id was used: another memo")       \
    X(LEDGER_EXISTS_LEGS, 640, 409, "流水号已用，分录不同", "the id was used: other legs")         \
    X(LEDGER_EXISTS_META, 641, 409, "流水号已用，附加信息不同", "the id was used: other metadata")

/* The hold or transfer that the order is about. */
#define LEDGER_REFUSALS_OF(X)                                                                    \
    X(LEDGER_NO_TRANSFER, 642, 404, "没有这笔交易", "no such transfer")                          \
    X(LEDGER_NOT_A_HOLD, 643, 409, "这笔交易不是预授权", "that transfer is not a hold")          \
    X(LEDGER_HOLD_CAPTURED, 644, 409, "预授权已完成", "the hold has been captured")              \
    X(LEDGER_HOLD_VOIDED, 645, 409, "预授权已撤销", "the hold has been voided")                  \
    X(LEDGER_HOLD_EXPIRED, 646, 409, "预授权已过期", "the hold has expired")                     \
    X(LEDGER_HOLD_CURRENCY, 647, 422, "与预授权货币不同", "the hold is in another currency")     \
    X(LEDGER_HOLD_LESS, 648, 409, "超过预授权金额", "the hold is for less")                      \
    X(LEDGER_REVERSE_HOLD, 649, 409, "预授权应撤销，不能冲正", "a hold is voided, not reversed") \
    X(LEDGER_REVERSE_VOID, 650, 409, "撤销没有入账，不能冲正", "a void moved no money")          \
    X(LEDGER_REVERSE_REVERSAL, 651, 409, "冲正不能再冲正", "a reversal is not reversed")         \
    X(LEDGER_REVERSED, 652, 409, "这笔交易已冲正", "the transfer has been reversed")

/* The accounts and what the order would do to them. */
#define LEDGER_REFUSALS_ACCOUNT(X)                                                                 \
    X(LEDGER_NO_DEBIT, 653, 404, "没有这个借方账户", "no such debit account")                      \
    X(LEDGER_NO_CREDIT, 654, 404, "没有这个贷方账户", "no such credit account")                    \
    X(LEDGER_DEBIT_CURRENCY, 655, 422, "借方账户货币不同", "the debit account's currency differs") \
    X(LEDGER_CREDIT_CURRENCY, 656, 422, "贷方账户货币不同", "the credit account's differs")        \
    X(LEDGER_VALUE_LATER, 657, 422, "起息日晚于记账日", "the value date is after the booking")     \
    X(LEDGER_VALUE_EARLIER, 658, 422, "起息日早于开户日", "the value date is before the opening")  \
    X(LEDGER_DEBIT_CLOSED, 659, 409, "借方账户已销户", "the debit account is closed")              \
    X(LEDGER_CREDIT_CLOSED, 660, 409, "贷方账户已销户", "the credit account is closed")            \
    X(LEDGER_DEBIT_FROZEN, 661, 409, "借方账户已冻结", "the debit account is frozen")              \
    X(LEDGER_CREDIT_FROZEN, 662, 409, "贷方账户已冻结", "the credit account is frozen")            \
    X(LEDGER_STOPPED, 663, 409, "账户已止付", "payments from the account are stopped")             \
    X(LEDGER_DORMANT, 664, 409, "账户是睡眠户", "the account is dormant")                          \
    X(LEDGER_OVERFLOW, 665, 422, "金额超出账户可记范围", "a total would pass its range")           \
    X(LEDGER_OVERDRAWN, 666, 409, "余额不足", "the balance does not cover it")                     \
    X(LEDGER_OVERCREDITED, 667, 409, "贷方超过借方", "credits would exceed debits")                \
    X(LEDGER_BELOW_MINIMUM, 668, 409, "低于最低余额", "the balance would fall below its minimum")  \
    X(LEDGER_FROZEN_PART, 669, 409, "可用余额不足，部分已冻结", "a part of the balance is frozen") \
    X(LEDGER_ABOVE_MAXIMUM, 670, 409, "超过最高余额", "the balance would pass its maximum")

/* Accounts, subjects, the day. */
#define LEDGER_REFUSALS_BOOKS(X)                                                                 \
    X(LEDGER_NO_ACCOUNT, 671, 404, "没有这个账户", "no such account")                            \
    X(LEDGER_ACCOUNT_CLOSED, 672, 409, "账户已销户", "the account is closed")                    \
    X(LEDGER_NO_OUTLET, 673, 404, "没有这个网点", "no such outlet")                              \
    X(LEDGER_NO_SUBJECT, 674, 404, "没有这个会计科目", "no such subject in the chart")           \
    X(LEDGER_BAD_NAME, 675, 422, "名称不对", "the name is not valid")                            \
    X(LEDGER_BAD_FLAGS, 676, 422, "账户控制标志互相矛盾", "the account's flags do not fit")      \
    X(LEDGER_BAD_LIMITS, 677, 422, "最低余额高于最高余额", "the minimum is above the maximum")   \
    X(LEDGER_HOT_LIMITED, 678, 422, "热点账户不能有限额", "a hot account cannot have limits")    \
    X(LEDGER_BAD_FREEZE, 679, 422, "冻结方式或金额不对", "no such kind or amount of freeze")     \
    X(LEDGER_AS_BEFORE, 680, 409, "账户已是这种状态", "the account is in that state already")    \
    X(LEDGER_NOT_EMPTY, 681, 409, "账户有余额，不能销户", "the account still has a balance")     \
    X(LEDGER_HOLDS_OPEN, 682, 409, "账户有未完成的预授权", "the account has open holds")         \
    X(LEDGER_STILL_FROZEN, 683, 409, "账户有冻结，不能销户", "the account is frozen")            \
    X(LEDGER_BAD_SUBJECT, 684, 422, "会计科目代码或类别不对", "the subject's code or class")     \
    X(LEDGER_SUBJECT_USED, 685, 409, "科目已使用，不能改类别", "the subject is in use as it is") \
    X(LEDGER_DAY_BACK, 686, 409, "记账日不能倒退", "the business date does not go back")         \
    X(LEDGER_LAYOUT_ENGINE, 687, 409, "服务器上已用的账不能改存储方式",                          \
      "used books on a server stay as they are")                                                 \
    X(LEDGER_LAYOUT_ORDER, 688, 409, "流水顺序与编号不一致，不能改存储方式",                     \
      "lines are not in the order of their numbers")

#define LEDGER_REFUSALS(X)     \
    LEDGER_REFUSALS_SHAPE(X)   \
    LEDGER_REFUSALS_EXISTS(X)  \
    LEDGER_REFUSALS_OF(X)      \
    LEDGER_REFUSALS_ACCOUNT(X) \
    LEDGER_REFUSALS_BOOKS(X)
enum ledger_refusal { LEDGER_REFUSALS(RC_ENUM) };
#endif
