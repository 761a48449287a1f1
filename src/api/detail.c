/* detail.c -- What the detail of a refusal says, in Chinese: the one place for those texts.
 *
 * A room says in English what a value should be (call_refuse), with what it holds it against. Here
 * that is found again, '%' for what was filled in. Lists of words of the interface ("once, weekly,
 * monthly") and what the parser says of bytes are for programs, and stay as they are. */
#include "api/api_priv.h"
#include "base/buf.h"
#include <string.h>
#include "base/banned.h"

enum { HOLES = 4, DETAIL_ZH = 600 };

/* What has more letters comes first: "% accounts have it" before "% accounts". */
static const struct {
    const char *en, *zh;
} details[] = {
    { "0, 1 or 2 (supervisor); a head and the office have theirs by role",
      "0、1 或 2（主管）；网点负责人和分行按岗位确定" },
    { "2 to 31 letters, digits, dots, dashes or underscores",
      "2 至 31 个字母、数字、点、横线或下划线" },
    { "opening is before closing, both inside the day", "开门须早于关门，且在同一天内" },
    { "an account here, or a bank and an account", "须为本行账户，或他行行号与账号" },
    { "a weekday is 1 (Monday) to 7 (Sunday)", "星期为 1（周一）至 7（周日）" },
    { "its balance is not asked when paying", "付款时不核对它的余额" },
    { "a whole number of at most 16 digits", "最多 16 位的整数" },
    { "a code is letters, digits, - and _", "代码只能用字母、数字、- 和 _" },
    { "a longitude is -180 to 180 degrees", "经度为 -180 至 180 度" },
    { "a prefix is one letter from A to Z", "字头为一个字母 A 至 Z" },
    { "one of the two is a demand account", "其中一方须为活期账户" },
    { "the file's lines give another code", "文件内容得出的校验码不同" },
    { "4 to 8 digits, a class, two names", "4 至 8 位数字、类别和中英文名称" },
    { "a customer's kind does not change", "客户类型不能改变" },
    { "a day's name has at most 48 bytes", "日期名称最多 48 个字节" },
    { "a latitude is -90 to 90 degrees", "纬度为 -90 至 90 度" },
    { "the window is in another outlet", "窗口属于另一网点" },
    { "after from_ms, at most 60 days", "须晚于开始时间，最长 60 天" },
    { "after the start, not after now", "须晚于开始时间，不晚于现在" },
    { "an outlet has at most % windows", "一个网点最多 % 个窗口" },
    { "no active window here handles %", "本网点没有开放的窗口办理 %" },
    { "other instances may be at work", "可能有其他实例正在运行" },
    { "this role belongs to an outlet", "这个岗位须属于一个网点" },
    { "an amount, an hour and minute", "须为金额和时分" },
    { "the letter % is in use already", "字母 % 已被使用" },
    { "up to 366 days from the first", "从首日起最多 366 天" },
    { "windows, need, roster or work", "windows、need、roster 或 work" },
    { "a device stands in an outlet", "设备须属于一个网点" },
    { "the books give another code", "账簿得出的校验码不同" },
    { "an agent is another person", "代理人须为另一人" },
    { "tcp:HOST:PORT or file:PATH", "tcp:主机:端口 或 file:路径" },
    { "not a margin that is held", "不是已冻结的保证金" },
    { "somebody took it just now", "刚刚被他人使用" },
    { "a liability of the chart", "须为负债类科目" },
    { "a service is named twice", "业务重复" },
    { "a term or notice deposit", "须为定期或通知存款" },
    { "an amount such as 128.00", "金额，例如 128.00" },
    { "A-Z, 0-9, -; at most 11", "A-Z、0-9、-，最多 11 个字符" },
    { "from today on, in order", "须从今天起，先后有序" },
    { "an open demand account", "须为正常的活期账户" },
    { "% is not between % and %", "% 不在 % 与 % 之间" },
    { "32 hexadecimal digits", "32 位十六进制数字" },
    { "a code without blanks", "代码不能有空格" },
    { "a path of this server", "须为本系统的地址" },
    { "the business date is %", "账务日期是 %" },
    { "a customer's account", "这是客户账户" },
    { "class % has this code", "客群 % 已用这个代码" },
    { "nothing would change", "没有任何变化" },
    { "the place is not set", "还没有设置位置" },
    { "until is before from", "截止日期早于起始日期" },
    { "% services, at most %", "% 项业务，最多 % 项" },
    { "%: no letter is free", "%：没有可用的字母" },
    { "digits and capitals", "只能用数字和大写字母" },
    { "% is in use already", "% 已被使用" },
    { "% tickets, at most %", "% 张号票，最多 % 张" },
    { "a date, 2026-11-23", "日期，例如 2026-11-23" },
    { "a day that is over", "须为已结束的日期" },
    { "letters and digits", "只能用字母和数字" },
    { "more than % outlets", "超过 % 个网点" },
    { "% accounts have it", "已有 % 个账户使用" },
    { "% twice on one day", "% 同一天出现两次" },
    { "32 digits 0-9 a-f", "32 位数字 0-9 a-f" },
    { "classes are 0 to %", "客群为 0 至 %" },
    { "it is not dormant", "账户不是睡眠户" },
    { "% lines, at most %", "% 行，最多 % 行" },
    { "a decimal amount", "金额须为小数形式" },
    { "a demand account", "须为活期账户" },
    { "a subject's code", "科目代码" },
    { "no such transfer", "没有这笔交易" },
    { "no such account", "没有这个账户" },
    { "no such service", "没有这项业务" },
    { "not one of ours", "本行没有这种货币" },
    { "at most % bytes", "最多 % 个字节" },
    { "by the deposit", "由存款确定" },
    { "no such outlet", "没有这个网点" },
    { "no such window", "没有这个窗口" },
    { "at most % days", "最多 % 天" },
    { "no such hold", "没有这笔预授权" },
    { "swipe a card", "请刷卡" },
    { "1 to % bytes", "1 至 % 个字节" },
    { "Y: bookings", "字母 Y 留给预约" },
    { "before from", "早于起始日期" },
    { "retry in % s", "请 % 秒后再试" },
    { "1 to % days", "1 至 % 天" },
    { "below zero", "小于零" },
    { "% accounts", "% 个账户" },
    { "% is empty", "% 为空" },
    { "% is taken", "% 已被使用" },
    { "11 digits", "11 位数字" },
    { "19 digits", "19 位数字" },
    { "not valid", "内容不对" },
    { "account %", "账户 %" },
    { "at most %", "最多 %" },
    { "too long", "太长" },
    { "% orders", "% 条指令" },
    { "due on %", "支取日为 %" },
    { "a date", "须为日期" },
    { "within two years of today", "须在今天前后两年之内" },
    { "pdf or svg", "pdf 或 svg" },
    { "walk or drive", "walk 或 drive" },
    { "there are: %", "可用的有：%" },
    { "A-Z a-z 0-9", "只能用字母和数字 A-Z a-z 0-9" },
    { "0 to 100 %", "0 至 100 %" },
    { "it is %", "今天是 %" },
    { "1 to %", "1 至 %" },
    { "twice", "重复" },
    { "key %", "编号 %" },
    { "row %", "第 % 行" },
};

struct hole {
    const char *at;
    size_t len;
};

/* Does the text fit? Each hole takes the shortest that lets the rest fit, the last one all. */
static bool fits(const char *pattern, const char *text, struct hole holes[HOLES], int n)
{
    size_t literal = strcspn(pattern, "%");
    if (strncmp(pattern, text, literal) != 0)
        return false;
    pattern += literal;
    text += literal;
    if (!*pattern)
        return !*text;
    CHECK(n < HOLES);
    for (size_t len = strlen(pattern + 1) ? 1 : strlen(text); len && len <= strlen(text); len++) {
        holes[n] = (struct hole){ text, len };
        if (fits(pattern + 1, text + len, holes, n + 1))
            return true;
    }
    return false;
}

const char *detail_zh(struct arena *arena, const char *en)
{
    struct hole holes[HOLES] = { 0 };
    for (size_t i = 0; i < COUNT(details); i++) {
        if (!fits(details[i].en, en, holes, 0))
            continue;
        struct buf b;
        int n = 0;
        buf_init(&b, DETAIL_ZH);
        for (const char *p = details[i].zh; *p; p++)
            if (*p == '%') {
                buf_add(&b, holes[n].at, holes[n].len);
                n++;
            } else {
                buf_add(&b, p, 1);
            }
        const char *zh = b.overflow ? NULL : arena_dup(arena, b.at, b.len);
        buf_release(&b);
        return zh;
    }
    return NULL;
}
