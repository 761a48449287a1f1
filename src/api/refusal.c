/* refusal.c -- Every result code of the program in one table. */
#include "api/planner.h" /* and api_priv.h, roster.h */
#include "advise/advise.h"
#include "approve/approve.h"
#include "cash/cash.h"
#include "deposit/deposit_refusal.h"
#include "ledger/ledger_refusal.h"
#include "print/print.h"
#include "statement/statement.h"
#include "store/door.h"
#include "who/customer.h"
#include "base/banned.h"

static const struct rc_info codes[] = {
    { RC_IO, 503, "RC_IO", "系统故障，请稍后再试", "a system fault; try again later" },
    { RC_BUSY, 503, "RC_BUSY", "系统忙，请稍后再试", "the system is busy; try again" },
    { RC_CORRUPT, 500, "RC_CORRUPT", "数据损坏，请联系管理员", "damaged data; tell the operator" },
    { RC_FULL, 503, "RC_FULL", "存储空间或队列已满", "the disk or a queue is full" },
    { RC_UNKNOWN, 503, "RC_UNKNOWN", "结果未知，请用同一编号查询",
      "the outcome is unknown; ask again with the same key" },
    { RC_CONFLICT, 409, "RC_CONFLICT", "与已有数据冲突", "it conflicts with what is there" },
    { RC_STOPPING, 503, "RC_STOPPING", "系统正在停止", "the system is stopping" },
    /* a line a room */
    /* clang-format off */
    BASE_REFUSALS(RC_ROW)
    DOOR_REFUSALS(RC_ROW)
    WHO_REFUSALS(RC_ROW)
    CUSTOMER_REFUSALS(RC_ROW)
    BRANCH_REFUSALS(RC_ROW)
    LEDGER_REFUSALS(RC_ROW)
    DEPOSIT_REFUSALS(RC_ROW)
    LOBBY_REFUSALS(RC_ROW)
    API_REFUSALS(RC_ROW)
    APPROVE_REFUSALS(RC_ROW)
    CASH_REFUSALS(RC_ROW)
    ADVISE_REFUSALS(RC_ROW)
    PRINT_REFUSALS(RC_ROW)
    STATEMENT_REFUSALS(RC_ROW)
    ROSTER_REFUSALS(RC_ROW)
    /* clang-format on */
};

const struct rc_info *api_rc(int rc)
{
    for (size_t i = 0; i < COUNT(codes); i++)
        if (codes[i].code == rc)
            return &codes[i];
    return NULL;
}

size_t api_rc_count(void)
{
    return COUNT(codes);
}

const struct rc_info *api_rc_at(size_t i)
{
    CHECK(i < COUNT(codes));
    return &codes[i];
}
