/* deposit_refusal.h -- Every answer of the room that is a no, in the order in which it is asked. */
#ifndef DEPOSIT_DEPOSIT_REFUSAL_H
#define DEPOSIT_DEPOSIT_REFUSAL_H
#include "base/rc.h"

#define DEPOSIT_REFUSALS_PRODUCT(X)                                                              \
    X(DEPOSIT_NO_PRODUCT, 700, 404, "没有这个产品", "no such product")                           \
    X(DEPOSIT_BAD_PRODUCT, 701, 422, "产品要素不对", "the product's fields do not fit together") \
    X(DEPOSIT_PRODUCT_ENDED, 702, 409, "产品已停售", "the product is no longer opened")          \
    X(DEPOSIT_BAD_RATE, 703, 422, "利率超出范围", "the rate is out of range")                    \
    X(DEPOSIT_RATE_PAST, 704, 409, "利率不能改过去的日期", "a rate cannot begin in the past")    \
    X(DEPOSIT_NO_RATE, 705, 409, "该产品当日没有利率", "the product has no rate on that day")    \
    X(DEPOSIT_NO_FEE, 706, 404, "没有这个收费项目", "no such fee")                               \
    X(DEPOSIT_BAD_FEE, 707, 422, "收费项目要素不对", "the fee's fields do not fit together")     \
    X(DEPOSIT_BAD_SETTING, 708, 422, "参数不对", "the setting is not valid")

#define DEPOSIT_REFUSALS_OPEN(X)                                                                  \
    X(DEPOSIT_NO_CUSTOMER, 710, 404, "没有这个客户", "no such customer")                          \
    X(DEPOSIT_DECEASED, 711, 409, "客户已故，不能开户", "the customer is deceased")               \
    X(DEPOSIT_WRONG_CUSTOMER, 712, 409, "该产品不对这类客户", "not a product for this customer")  \
    X(DEPOSIT_BAD_CERTIFICATE, 713, 422, "凭证号不对", "the certificate number is not valid")     \
    X(DEPOSIT_CERTIFICATE_USED, 714, 409, "凭证号已使用", "the certificate number is in use")     \
    X(DEPOSIT_BAD_ROLLOVER, 715, 422, "转存约定不对", "the instruction at maturity is not valid") \
    X(DEPOSIT_NO_PAYOUT, 716, 422, "没有可用的结算账户", "the account to be paid to is missing")  \
    X(DEPOSIT_BAD_LIMIT, 717, 422, "透支额度不对", "the overdraft limit is not valid")            \
    X(DEPOSIT_NUMBERS_OUT, 718, 503, "账号资源用尽", "no free account number was found")

#define DEPOSIT_REFUSALS_ACCOUNT(X)                                                               \
    X(DEPOSIT_NO_ACCOUNT, 720, 404, "没有这个账户", "no such account")                            \
    X(DEPOSIT_BAD_NUMBER, 721, 422, "账号校验位不对", "the account number is mistyped")           \
    X(DEPOSIT_CLOSED, 722, 409, "账户已销户", "the account is closed")                            \
    X(DEPOSIT_BAD_AMOUNT, 723, 422, "金额必须大于零", "the amount must be above zero")            \
    X(DEPOSIT_BELOW_MINIMUM, 724, 422, "低于起存金额", "below the product's least amount")        \
    X(DEPOSIT_FUNDED, 725, 409, "定期类账户只存一次", "a term or notice deposit is paid in once") \
    X(DEPOSIT_NOT_FUNDED, 726, 409, "账户没有存款", "nothing was paid in yet")                    \
    X(DEPOSIT_PART_DONE, 727, 409, "已部分提前支取过", "a part was withdrawn early before")       \
    X(DEPOSIT_LEAVES_LITTLE, 728, 409, "剩余低于起存金额", "too little would stay")               \
    X(DEPOSIT_MORE_THAN_IN, 729, 409, "超过存款金额", "more than was paid in")                    \
    X(DEPOSIT_MARGIN_HELD, 730, 409, "保证金须先解除", "a margin deposit must be released first") \
    X(DEPOSIT_NOT_NOTICE, 731, 422, "不是通知存款", "not a notice deposit")                       \
    X(DEPOSIT_NOTICE_GIVEN, 732, 409, "已有未到期的通知", "a notice is open already")             \
    X(DEPOSIT_NO_NOTICE, 733, 404, "没有未到期的通知", "there is no open notice")                 \
    X(DEPOSIT_OVERDRAWN, 734, 409, "账户透支，不能销户", "the account is overdrawn")              \
    X(DEPOSIT_DUES_OPEN, 735, 409, "账户有欠费欠息", "fees or interest are still owed")           \
    X(DEPOSIT_NO_CONTRA, 736, 422, "余额须指明去向", "say where the balance goes")                \
    X(DEPOSIT_ORDERS_OPEN, 737, 409, "账户有定期转账约定", "standing orders are still active")    \
    X(DEPOSIT_WRONG_KIND, 738, 409, "这种账户不能这样做", "not for this kind of account")

#define DEPOSIT_REFUSALS_ORDER(X)                                                      \
    X(DEPOSIT_NO_ORDER, 745, 404, "没有这个转账约定", "no such standing order")        \
    X(DEPOSIT_ORDER_ENDED, 746, 409, "转账约定已结束", "the standing order has ended") \
    X(DEPOSIT_BAD_SCHEDULE, 747, 422, "转账日期不对", "the schedule is not valid")     \
    X(DEPOSIT_BAD_PAYEE, 748, 422, "收款人不对", "the payee is not valid")             \
    X(DEPOSIT_PAYEE_SELF, 749, 422, "收付款账户相同", "payer and payee are one account")

#define DEPOSIT_REFUSALS_DAY(X)                                                               \
    X(DEPOSIT_DAY_OVER, 755, 409, "该日已日终", "that day is closed already")                 \
    X(DEPOSIT_DAY_FUTURE, 756, 422, "日终日期不能晚于今天", "a day to come cannot be closed") \
    X(DEPOSIT_DAY_RUNNING, 757, 409, "日终正在进行", "the day end is running")

#define DEPOSIT_REFUSALS(X)     \
    DEPOSIT_REFUSALS_PRODUCT(X) \
    DEPOSIT_REFUSALS_OPEN(X)    \
    DEPOSIT_REFUSALS_ACCOUNT(X) \
    DEPOSIT_REFUSALS_ORDER(X)   \
    DEPOSIT_REFUSALS_DAY(X)
enum deposit_refusal { DEPOSIT_REFUSALS(RC_ENUM) };
#endif
