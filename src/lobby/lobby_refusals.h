/* lobby_refusals.h -- Every no the lobby says: its name, code, HTTP status, and both texts. */
#ifndef LOBBY_LOBBY_REFUSALS_H
#define LOBBY_LOBBY_REFUSALS_H
#include "base/rc.h"

#define LOBBY_REFUSALS(X)                                                                         \
    X(LOBBY_NO_TICKET, 300, 404, "没有这个号", "no such ticket")                                  \
    X(LOBBY_CLOSED, 301, 409, "网点现在不营业", "the outlet is not open")                         \
    X(LOBBY_NOT_ISSUING, 302, 409, "今日已停止取号", "no more numbers are given today")           \
    X(LOBBY_BAD_STEP, 303, 409, "当前状态不能这样操作", "the ticket's state does not allow this") \
    X(LOBBY_NO_SESSION, 304, 409, "窗口没有柜员登录", "nobody is signed in at this window")       \
    X(LOBBY_NOT_YOURS, 305, 403, "这个窗口由另一名柜员使用", "another teller is at this window")  \
    X(LOBBY_WINDOW_TAKEN, 306, 409, "窗口已有柜员", "the window is taken")                        \
    X(LOBBY_ELSEWHERE, 307, 409, "您已在另一窗口登录", "you are signed in at another window")     \
    X(LOBBY_PAUSED, 308, 409, "窗口已暂停", "the window is paused")                               \
    X(LOBBY_BUSY, 309, 409, "请先结束当前客户", "finish the present customer first")              \
    X(LOBBY_NO_CURRENT, 310, 409, "窗口没有当前客户", "no customer is at the window")             \
    X(LOBBY_NOT_HANDLED, 311, 409, "本窗口不办理这项业务", "this window does not handle it")      \
    X(LOBBY_RECALL_SOON, 312, 409, "呼叫间隔太短", "wait a little before calling again")          \
    X(LOBBY_RECALL_MAX, 313, 409, "已达到重呼次数上限", "it was called again often enough")       \
    X(LOBBY_NO_UNDO, 314, 409, "没有可撤销的操作", "there is nothing to undo")                    \
    X(LOBBY_UNDO_LATE, 315, 409, "撤销时间已过", "the time to undo has passed")                   \
    X(LOBBY_NEEDS_REASON, 316, 422, "请填写原因", "a reason is needed")                           \
    X(LOBBY_BAD_TARGET, 317, 422, "请指定一个业务、窗口或员工",                                   \
      "name a service, a window or a person")                                                     \
    X(LOBBY_BAD_TIME, 318, 422, "时间有误", "the time is not possible")                           \
    X(LOBBY_NOT_BOOKABLE, 319, 409, "这项业务不能预约", "the service cannot be booked")           \
    X(LOBBY_NO_SLOT, 320, 409, "没有这个预约时段", "no such slot")                                \
    X(LOBBY_SLOT_FULL, 321, 409, "该时段已约满", "the slot is full")                              \
    X(LOBBY_SLOT_BLOCKED, 322, 409, "该时段暂停预约", "the slot is blocked")                      \
    X(LOBBY_TOO_SOON, 323, 409, "须提前预约", "book with more notice")                            \
    X(LOBBY_TOO_FAR, 324, 409, "超出可预约日期", "too many days ahead")                           \
    X(LOBBY_TOO_MANY_BOOKINGS, 325, 409, "您的预约已达上限",                                      \
      "you hold as many bookings as allowed")                                                     \
    X(LOBBY_TOO_MANY_MISSED, 326, 409, "失约次数过多，暂不能预约", "too many missed bookings")    \
    X(LOBBY_EARLY, 327, 409, "还没到签到时间", "it is too early to check in")                     \
    X(LOBBY_LATE, 328, 409, "已超过签到时间，请现场取号", "too late to check in; take a number")  \
    X(LOBBY_BAD_PHONE, 329, 422, "手机号有误", "the phone number is not valid")                   \
    X(LOBBY_BAD_PASS, 330, 403, "请扫描大堂内的二维码", "scan the code in the lobby")             \
    X(LOBBY_NUMBER_TAKEN, 331, 409, "号码已存在", "the number exists already")                    \
    X(LOBBY_NOT_OPEN_DAY, 332, 409, "今日已结束营业", "the day is closed")                        \
    X(LOBBY_OPEN_TICKETS, 333, 409, "还有窗口在服务客户", "customers are still being served")     \
    X(LOBBY_BAD_RULE, 334, 422, "叫号规则有误", "the calling rule is not valid")                  \
    X(LOBBY_HAS_TICKET, 335, 409, "请先处理窗口的当前客户", "the window still has a customer")    \
    X(LOBBY_HELD, 336, 409, "为您留的位置不能改期；改天请取消后另行预约",                         \
      "a place held for you cannot be moved: cancel it and book another time")
enum lobby_refusal { LOBBY_REFUSALS(RC_ENUM) };
#endif
