/* date.h -- Days, instants and the bank's civil time.
 *
 * An instant is microseconds since 1970-01-01 00:00 UTC (int64). A date is days since 1970-01-01
 * (int32). The bank's civil time is UTC+8 without daylight saving, in one place: date_zone_s. */
#ifndef BASE_DATE_H
#define BASE_DATE_H
#include "base/rc.h"

#define US_SECOND   INT64_C(1000000)
#define US_MINUTE   (60 * US_SECOND)
#define US_HOUR     (60 * US_MINUTE)
#define US_DAY      (24 * US_HOUR)
#define DATE_ZONE_S (8 * 3600)

typedef struct {
    int32_t days; /* since 1970-01-01 */
} date;

MUST_USE bool date_from_ymd(int year, int month, int day, date *out); /* false: no such day */
void date_to_ymd(date d, int *year, int *month, int *day);
int date_weekday(date d);                              /* 1 Monday ... 7 Sunday (ISO 8601) */
date date_of_instant(int64_t at_us);                   /* the civil date */
int64_t date_instant(date d, int second_of_day);       /* the instant of a civil time */
int date_second_of_day(int64_t at_us);                 /* 0..86399, civil */
MUST_USE bool date_parse(const char *text, date *out); /* "2026-11-23", whole string */
MUST_USE bool date_parse_hm(const char *text, int *second_of_day); /* "08:30" */
#define DATE_TEXT 11
void date_print(date d, char out[DATE_TEXT]); /* "2026-11-23" */
struct date_text {
    char at[DATE_TEXT];
};
struct date_text date_text(date d); /* the same, for the middle of a call */
#define INSTANT_TEXT 33
void instant_print(int64_t at_us, char out[INSTANT_TEXT]); /* "2026-11-23T21:30:00.000000+08:00" */
#endif
