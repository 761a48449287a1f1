/* tip.h -- Tips for new and complex business, as the bank writes them: what to bring, the steps,
 * where else it can be done. Owns advise_tip. */
#ifndef ADVISE_TIP_H
#define ADVISE_TIP_H
#include "branch/branch.h"

enum tip_kind { TIP_NEW = 1, TIP_COMPLEX = 2 };
enum { TIP_TITLE = 96, TIP_TEXT = 800, TIPS_MAX = 200 };
struct tip {
    int64_t id;
    service_id service; /* 0: of no one service */
    enum tip_kind kind;
    date from, until; /* shown on these days; until days 0: for ever */
    bool active;
    int sort;
    char title_zh[TIP_TITLE], title_en[TIP_TITLE];
    char bring_zh[TIP_TEXT], bring_en[TIP_TEXT];
    char steps_zh[TIP_TEXT], steps_en[TIP_TEXT]; /* a line a step */
    char elsewhere_zh[TIP_TEXT], elsewhere_en[TIP_TEXT];
};
/* By sort, then the newest. all: also those that are not shown today. service 0: of every one. */
MUST_USE int tip_list(struct call *c, service_id service, bool all, struct tip **out, int *n);
MUST_USE int tip_get(struct call *c, int64_t id, struct tip *out);
/* id 0: a new one. ADVISE_NO_TIP, BRANCH_NO_SERVICE, BASE_MISSING (no Chinese title), BASE_RANGE
 * (until before from). */
MUST_USE int tip_put(struct call *c, struct tip *t);
/* The demo bank's. */
MUST_USE int tip_demo(struct call *c);
#endif
