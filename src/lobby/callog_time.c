/* callog_time.c -- Times as an export writes them: %Y %y %m %d %H %M %S %f %F %T %s %%. */
#include <string.h>

#include "lobby/callog_priv.h"

#include "base/banned.h"

static bool add_step(struct callog_time *t, char step, char literal)
{
    if (t->n == CALLOG_TIME_STEPS)
        return false;
    t->step[t->n] = step;
    t->literal[t->n++] = literal;
    return true;
}

static bool add_directive(struct callog_time *t, char letter)
{
    switch (letter) {
    case 'F':
        return add_directive(t, 'Y') && add_step(t, 0, '-') && add_directive(t, 'm') &&
               add_step(t, 0, '-') && add_directive(t, 'd');
    case 'T':
        return add_directive(t, 'H') && add_step(t, 0, ':') && add_directive(t, 'M') &&
               add_step(t, 0, ':') && add_directive(t, 'S');
    case '%':
        return add_step(t, 0, '%');
    case 's':
        t->has_day = t->has_clock = true;
        return add_step(t, 's', 0);
    case 'd':
        t->has_day = true;
        return add_step(t, 'd', 0);
    case 'H':
        t->has_clock = true;
        return add_step(t, 'H', 0);
    default:
        return letter != '\0' && strchr("YymMSf", letter) && add_step(t, letter, 0);
    }
}

bool callog_time_compile(const char *format, struct callog_time *out)
{
    *out = (struct callog_time){ 0 };
    for (const char *c = format; *c; c++) {
        bool fits = *c == '%' ? add_directive(out, *++c) : add_step(out, 0, *c);
        if (!fits)
            return false;
    }
    return out->has_day || out->has_clock;
}

/* Between 1 and max digits. */
static bool read_digits(const char **at, int max, int64_t *out, int *digits)
{
    int n = 0;
    *out = 0;
    for (; n < max && **at >= '0' && **at <= '9'; n++)
        *out = *out * 10 + (*(*at)++ - '0');
    *digits = n;
    return n > 0;
}

struct parts {
    int64_t y, m, d, clock_us, since_1970;
    bool absolute;
};

static bool read_step(char step, const char **at, struct parts *p)
{
    int64_t n;
    int digits;
    int most = step == 'Y' ? 4 : step == 'f' ? 6 : step == 's' ? 11 : 2;
    if (!read_digits(at, most, &n, &digits))
        return false;
    switch (step) {
    case 'Y':
        p->y = n;
        return digits == 4;
    case 'y':
        p->y = n < 70 ? 2000 + n : 1900 + n;
        return digits == 2;
    case 'm':
        p->m = n;
        return true;
    case 'd':
        p->d = n;
        return true;
    case 'H':
        p->clock_us += n * US_HOUR;
        return n < 24;
    case 'M':
        p->clock_us += n * US_MINUTE;
        return n < 60;
    case 'S':
        p->clock_us += n * US_SECOND;
        return n < 60;
    case 'f':
        for (; digits < 6; digits++)
            n *= 10;
        p->clock_us += n;
        return true;
    default:
        p->since_1970 = n;
        p->absolute = true;
        return true;
    }
}

bool callog_time_read(const struct callog_time *t, const char *text, struct callog_moment *out)
{
    struct parts p = { .y = 1970, .m = 1, .d = 1 };
    const char *at = text;
    for (int i = 0; i < t->n; i++) {
        if (t->step[i] == 0) {
            if (*at++ != t->literal[i])
                return false;
        } else if (!read_step(t->step[i], &at, &p)) {
            return false;
        }
    }
    out->has_day = t->has_day;
    if (*at != '\0')
        return false;
    if (p.absolute) {
        out->day = date_of_instant(p.since_1970 * US_SECOND);
        out->clock_us = p.clock_us + p.since_1970 * US_SECOND - date_instant(out->day, 0);
        return true;
    }
    out->clock_us = p.clock_us;
    return date_from_ymd((int)p.y, (int)p.m, (int)p.d, &out->day);
}
