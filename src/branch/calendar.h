/* calendar.h -- The built-in business calendar as spans of days (inside the room branch only).
 *
 * Days are written YYYYMMDD, so that the table reads like the notices it comes from. Spans do not
 * overlap and are sorted; a day in no span is a work day from Monday to Friday, else a weekend. */
#ifndef BRANCH_CALENDAR_H
#define BRANCH_CALENDAR_H
#include "branch/branch.h"

struct calendar_name {
    const char *zh, *en;
};
struct calendar_span {
    int32_t first, last; /* both included */
    uint8_t kind;        /* enum branch_day_kind */
    uint8_t name;        /* into calendar_names */
};
extern const struct calendar_name calendar_names[];
extern const struct calendar_span calendar_spans[];
extern const size_t calendar_spans_count;
#endif
