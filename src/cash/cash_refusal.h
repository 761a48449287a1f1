/* cash_refusal.h -- Every answer of the room that is a no. */
#ifndef CASH_CASH_REFUSAL_H
#define CASH_CASH_REFUSAL_H
#include "base/rc.h"

/* In the order in which they are checked. */
#define CASH_REFUSALS(X)                                                                           \
    X(CASH_NO_BOX, 800, 404, "没有这个尾箱或金库", "no such drawer or vault")                      \
    X(CASH_BAD_BOX, 801, 422, "尾箱要素不对", "the drawer's fields do not fit together")           \
    X(CASH_BOX_TAKEN, 802, 409, "该编号已使用", "there is one with this number already")           \
    X(CASH_BOX_IN_USE, 803, 409, "有现金或未轧账，不能停用", "it holds cash or is open")           \
    X(CASH_NOT_HOLDER, 804, 403, "不是您的尾箱", "the drawer is not in your hands")                \
    X(CASH_NOT_OPEN, 805, 409, "尾箱尚未开箱", "the drawer is not open")                           \
    X(CASH_IS_OPEN, 806, 409, "尾箱已开箱", "the drawer is open already")                          \
    X(CASH_HAS_BOX, 807, 409, "您已有打开的尾箱", "you hold an open drawer already")               \
    X(CASH_COUNTING, 808, 409, "清点未完成，不能收付", "it is being counted; nothing may move")    \
    X(CASH_HANDED, 809, 409, "尾箱正在交接", "the drawer is being handed over")                    \
    X(CASH_BAD_PIECES, 810, 422, "券别或张数不对", "no such note or coin, or not so many")         \
    X(CASH_PIECES_DIFFER, 811, 422, "券别合计与金额不符", "the notes and coins are another sum")   \
    X(CASH_BAD_AMOUNT, 812, 422, "金额必须大于零", "the amount must be above zero")                \
    X(CASH_CURRENCY, 813, 422, "尾箱货币不同", "the drawer is in another currency")                \
    X(CASH_SHORT, 814, 409, "尾箱现金不足", "there is not so much cash in it")                     \
    X(CASH_NOTE_MISSING, 815, 422, "大额现金须登记来源或用途",                                     \
      "large cash needs its source or purpose")                                                    \
    X(CASH_TWO_PEOPLE, 816, 403, "现金调拨须两人办理", "two people move cash between boxes")       \
    X(CASH_SAME_BOX, 817, 422, "调出与调入相同", "both are one box")                               \
    X(CASH_FAR, 818, 422, "跨网点调拨须经金库", "between outlets cash goes from vault to vault")   \
    X(CASH_NO_SECOND, 819, 403, "复点人须为另一名主管", "another person of a higher grade counts") \
    X(CASH_NO_COUNT, 820, 409, "没有待复点的清点", "no count waits for a second person")           \
    X(CASH_NO_TRANSIT, 821, 404, "没有这笔在途现金", "no such cash on the road")                   \
    X(CASH_ARRIVED, 822, 409, "在途现金已入库", "that cash has arrived")                           \
    X(CASH_BAD_SETTING, 823, 422, "现金参数不对", "the setting is not valid")                      \
    X(CASH_NOT_OURS, 824, 409, "现金账户只能经尾箱收付", "cash moves through its drawer only")     \
    X(CASH_NOT_LAST, 825, 409, "只能冲正当前尾箱未轧账的收付",                                     \
      "only what the open drawer moved since it was opened is reversed")                           \
    X(CASH_NO_TELLER, 826, 422, "接收人须为本网点在岗柜员", "hand it to a teller of this outlet")  \
    X(CASH_DRAWERS_OPEN, 827, 409, "有尾箱未轧账，不能日终", "a drawer is not closed yet")         \
    X(CASH_NO_REASON, 828, 422, "放行须写明原因", "say why the day may end with open drawers")
enum cash_refusal { CASH_REFUSALS(RC_ENUM) };
#endif
