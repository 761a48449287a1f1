/* history.h -- Reads a history of arrivals from text.
 *
 *   bank-calls     rownames,DateTime,Calls             five-minute counts, 2003-03-03T07:00:00Z
 *   technion-6min  "calls","u","Date","Day","Month"    six-minute counts, u 1..240
 *   cmb            date,post_id,periods,amount         half-hours 1..48; a series a post
 *   csv            date,time,count[,service]           any part of an hour that fits in half-hours;
 *                                                      a series a service, and their sum
 *
 * Columns are found by name. Strict: a row that is not what it should be, or the same instant
 * twice, is refused with its line, so that no forecast rests on a guess. Except in csv, what such
 * exports are known to hold is taken: the same row twice counts once and is told; a count that is
 * empty or NA is an interval that is missing; days that lack some of the intervals the others have
 * are left out and told (in csv absent is nobody). Empty lines are passed over. Dates are
 * 2003-03-03, 2003/3/3; an instant may have a blank for T, no seconds and no Z. */
#ifndef PLAN_HISTORY_H
#define PLAN_HISTORY_H
#include "plan/forecast.h"

enum plan_history_format {
    PLAN_HISTORY_BANK_CALLS,
    PLAN_HISTORY_TECHNION,
    PLAN_HISTORY_CMB,
    PLAN_HISTORY_CSV,
    PLAN_HISTORY_FORMATS
};
const char *plan_history_code(enum plan_history_format f); /* "bank-calls" */

enum { PLAN_SERIES = 32, PLAN_HISTORY_ROWS = 4000000 };
struct plan_series {
    char name[24]; /* "A"; "" when there is one only */
    struct plan_history h;
    int incomplete; /* days left out: h.part */
    int repeated;   /* rows that were there already, word for word */
};
/* Series and days in the arena; calendars are zero. 0, or BASE_BAD_INPUT with the line and the
 * reason in error. The text is written over. */
MUST_USE int plan_history_read(char *text, size_t len, enum plan_history_format f,
                               struct arena *arena, struct plan_series **out, int *n, char *error,
                               size_t error_size);
#endif
