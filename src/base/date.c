/* date.c -- Proleptic Gregorian days (the algorithms of Howard Hinnant, "chrono-compatible
 * low-level date algorithms", 2013): exact for every date here, without tables or loops. */
#include "base/date.h"

#include <stdio.h>
#include <string.h>

enum { YEAR_MIN = 1, YEAR_MAX = 9999 };

static int64_t floor_div(int64_t a, int64_t b)
{
    int64_t q = a / b;
    return q - (a % b != 0 && (a < 0) != (b < 0));
}

static int64_t floor_mod(int64_t a, int64_t b)
{
    return a - floor_div(a, b) * b;
}

static bool is_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int days_in_month(int year, int month)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

bool date_from_ymd(int year, int month, int day, date *out)
{
    if (year < YEAR_MIN || year > YEAR_MAX || month < 1 || month > 12)
        return false;
    if (day < 1 || day > days_in_month(year, month))
        return false;
    int y = month <= 2 ? year - 1 : year; /* the year begins in March: the leap day comes last */
    int era = y / 400;
    int year_of_era = y - era * 400;
    int day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    out->days = era * 146097 + day_of_era - 719468;
    return true;
}

void date_to_ymd(date d, int *year, int *month, int *day)
{
    int64_t z = (int64_t)d.days + 719468;
    int64_t era = floor_div(z, 146097);
    int64_t doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;
    *day = (int)(doy - (153 * mp + 2) / 5 + 1);
    *month = (int)(mp < 10 ? mp + 3 : mp - 9);
    *year = (int)(yoe + era * 400 + (*month <= 2));
}

int date_weekday(date d)
{
    return (int)floor_mod((int64_t)d.days + 3, 7) + 1; /* 1970-01-01 was a Thursday */
}

date date_of_instant(int64_t at_us)
{
    int64_t second = floor_div(at_us, US_SECOND) + DATE_ZONE_S;
    return (date){ .days = (int32_t)floor_div(second, 86400) };
}

int64_t date_instant(date d, int second_of_day)
{
    return ((int64_t)d.days * 86400 + second_of_day - DATE_ZONE_S) * US_SECOND;
}

int date_second_of_day(int64_t at_us)
{
    return (int)floor_mod(floor_div(at_us, US_SECOND) + DATE_ZONE_S, 86400);
}

/* Exactly n digits at s, or -1. */
static int digits(const char *s, int n)
{
    int value = 0;
    for (int i = 0; i < n; i++) {
        if (s[i] < '0' || s[i] > '9')
            return -1;
        value = value * 10 + (s[i] - '0');
    }
    return value;
}

bool date_parse(const char *text, date *out)
{
    if (!text || strlen(text) != 10 || text[4] != '-' || text[7] != '-')
        return false;
    return date_from_ymd(digits(text, 4), digits(text + 5, 2), digits(text + 8, 2), out);
}

bool date_parse_hm(const char *text, int *second_of_day)
{
    if (!text || strlen(text) != 5 || text[2] != ':')
        return false;
    int hour = digits(text, 2), minute = digits(text + 3, 2);
    bool midnight = hour == 24 && minute == 0; /* the end of a day, ISO 8601 */
    if (!midnight && (hour < 0 || hour > 23 || minute < 0 || minute > 59))
        return false;
    *second_of_day = hour * 3600 + minute * 60;
    return true;
}

/* A year that does not fit four digits is shown as unknown: printing never fails. */
static char *put_two(char *at, unsigned n)
{
    *at++ = (char)('0' + n / 10 % 10);
    *at++ = (char)('0' + n % 10);
    return at;
}

void date_print(date d, char out[DATE_TEXT])
{
    int year, month, day;
    date_to_ymd(d, &year, &month, &day);
    if (year < YEAR_MIN || year > YEAR_MAX) {
        memcpy(out, "----------", DATE_TEXT);
        return;
    }
    char *at = put_two(put_two(out, (unsigned)year / 100), (unsigned)year % 100);
    *at++ = '-';
    at = put_two(at, (unsigned)month);
    *at++ = '-';
    at = put_two(at, (unsigned)day);
    *at = '\0';
}

struct date_text date_text(date d)
{
    struct date_text t;
    date_print(d, t.at);
    return t;
}

void instant_print(int64_t at_us, char out[INSTANT_TEXT])
{
    date_print(date_of_instant(at_us), out);
    unsigned s = (unsigned)date_second_of_day(at_us);
    unsigned us = (unsigned)floor_mod(at_us, US_SECOND);
    char *at = out + DATE_TEXT - 1;
    *at++ = 'T';
    at = put_two(at, s / 3600);
    *at++ = ':';
    at = put_two(at, s / 60 % 60);
    *at++ = ':';
    at = put_two(at, s % 60);
    *at++ = '.';
    at = put_two(put_two(put_two(at, us / 10000), us / 100 % 100), us % 100);
    memcpy(at, "+08:00", sizeof "+08:00");
}
