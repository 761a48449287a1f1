/* calendar.c -- Which kind of day a date is: a binary search in the built-in spans. */
#include "branch/calendar.h"

#include "base/banned.h"

const char *branch_day_code(enum branch_day_kind k)
{
    static const char *const code[] = { [DAY_WORK] = "WN",
                                        [DAY_WEEKEND] = "SN",
                                        [DAY_HOLIDAY] = "NH",
                                        [DAY_IN_LIEU] = "SS",
                                        [DAY_MAKEUP] = "WS" };
    CHECK((size_t)k < COUNT(code));
    return code[k];
}

bool branch_day_of_code(const char *code, enum branch_day_kind *out)
{
    CHECK(code && out);
    for (int k = DAY_WORK; k <= DAY_MAKEUP; k++) {
        const char *want = branch_day_code((enum branch_day_kind)k);
        if (code[0] == want[0] && code[0] && code[1] == want[1] && code[1] && !code[2]) {
            *out = (enum branch_day_kind)k;
            return true;
        }
    }
    return false;
}

static const struct calendar_span *find(date d)
{
    int year, month, day;
    date_to_ymd(d, &year, &month, &day);
    int32_t want = (int32_t)(year * 10000 + month * 100 + day);
    size_t low = 0, high = calendar_spans_count;
    while (low < high) { /* the first span that ends on the day or later */
        size_t middle = low + (high - low) / 2;
        if (calendar_spans[middle].last < want)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == calendar_spans_count || calendar_spans[low].first > want)
        return NULL;
    return &calendar_spans[low];
}

enum branch_day_kind branch_calendar(date d)
{
    const struct calendar_span *span = find(d);
    if (span)
        return (enum branch_day_kind)span->kind;
    return date_weekday(d) > 5 ? DAY_WEEKEND : DAY_WORK;
}

void branch_calendar_name(date d, const char **zh, const char **en)
{
    const struct calendar_span *span = find(d);
    *zh = span ? calendar_names[span->name].zh : NULL;
    *en = span ? calendar_names[span->name].en : NULL;
}

bool branch_is_work_day(enum branch_day_kind k)
{
    return k == DAY_WORK || k == DAY_MAKEUP;
}
