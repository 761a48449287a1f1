/* callog_technion.c -- The call log of a bank's call centre, February 1999, 17 columns.
 *
 * Known of the recorder: q_start 0:00:00 means "did not queue", not midnight; clocks of the queue
 * and of the agents differ by a second; times past midnight start again at 0:00:00; priority and
 * customer are 0 for everybody who did not wait. */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "lobby/callog_priv.h"

#include "base/banned.h"

enum column {
    VRU_LINE,
    CALL_ID,
    CUSTOMER,
    PRIORITY,
    TYPE,
    DAY,
    VRU_ENTRY,
    VRU_EXIT,
    VRU_TIME,
    Q_START,
    Q_EXIT,
    Q_TIME,
    OUTCOME,
    SER_START,
    SER_EXIT,
    SER_TIME,
    SERVER,
    COLUMNS
};
static const char *const names[COLUMNS] = {
    "vru+line",  "call_id",   "customer_id", "priority", "type",   "date",
    "vru_entry", "vru_exit",  "vru_time",    "q_start",  "q_exit", "q_time",
    "outcome",   "ser_start", "ser_exit",    "ser_time", "server",
};

int technion_header(struct callog_reader *r, const struct csv_field *f, size_t n,
                    char error[CALLOG_ERROR])
{
    _Static_assert(COLUMNS <= FIELD_COUNT + 20, "room for the columns");
    for (int c = 0; c < COLUMNS; c++) {
        r->column[c] = -1;
        for (size_t i = 0; i < n; i++) {
            if (strcmp(f[i].at, names[c]) != 0)
                continue;
            if (r->column[c] >= 0) {
                snprintf(error, CALLOG_ERROR, "the column %s is there twice", names[c]);
                return BASE_BAD_INPUT;
            }
            r->column[c] = (int)i;
        }
        if (r->column[c] < 0) {
            snprintf(error, CALLOG_ERROR, "the header has no column %s", names[c]);
            return BASE_BAD_INPUT;
        }
    }
    return 0;
}

static bool refuse(struct callog_verdict *v, enum column c, const char *value, const char *reason)
{
    v->field = names[c];
    v->value = value;
    v->refused = reason;
    return false;
}

static bool read_number(const char *s, int64_t min, int64_t max, int64_t *out)
{
    bool minus = *s == '-';
    int64_t n = 0;
    s += minus;
    size_t len = strlen(s);
    if (len < 1 || len > 12)
        return false;
    for (; *s; s++) {
        if (*s < '0' || *s > '9')
            return false;
        n = n * 10 + (*s - '0');
    }
    *out = minus ? -n : n;
    return *out >= min && *out <= max;
}

/* "9:05:07" or "09:05:07" */
static bool read_clock(const char *s, int32_t *out)
{
    int h = 0, digits = 0;
    while (digits < 2 && *s >= '0' && *s <= '9') {
        h = h * 10 + (*s++ - '0');
        digits++;
    }
    for (int i = 0; i < 6; i++)
        if (digits == 0 || (i % 3 == 0 ? s[i] != ':' : s[i] < '0' || s[i] > '9'))
            return false;
    int m = (s[1] - '0') * 10 + (s[2] - '0'), sec = (s[4] - '0') * 10 + (s[5] - '0');
    *out = h * 3600 + m * 60 + sec;
    return s[6] == '\0' && h < 24 && m < 60 && sec < 60;
}

/* yymmdd of the 20th century: 990201 */
static bool read_day(const char *s, date *out)
{
    int64_t n;
    return strlen(s) == 6 && read_number(s, 101, 991231, &n) &&
           date_from_ymd(1900 + (int)(n / 10000), (int)(n / 100 % 100), (int)(n % 100), out);
}

static bool read_texts(struct callog_reader *r, const char *const *s, struct callog_row *row,
                       struct callog_technion *t, struct callog_verdict *v)
{
    static const enum column plain[] = { VRU_LINE, CUSTOMER, PRIORITY, TYPE, SERVER };
    for (size_t i = 0; i < COUNT(plain); i++) {
        size_t len = strlen(s[plain[i]]);
        if (len == 0 || len > CALLOG_TEXT_MAX)
            return refuse(v, plain[i], s[plain[i]], len ? "longer than 64 bytes" : "is empty");
        for (size_t k = 0; k < len; k++)
            if ((unsigned char)s[plain[i]][k] < ' ')
                return refuse(v, plain[i], s[plain[i]], "holds a control character");
    }
    t->vru_line = callog_intern(&r->texts, s[VRU_LINE], strlen(s[VRU_LINE]));
    t->outcome = callog_intern(&r->texts, s[OUTCOME], strlen(s[OUTCOME]));
    row->customer = callog_intern(&r->texts, s[CUSTOMER], strlen(s[CUSTOMER]));
    row->class_code = callog_intern(&r->texts, s[PRIORITY], strlen(s[PRIORITY]));
    row->service = callog_intern(&r->texts, s[TYPE], strlen(s[TYPE]));
    row->number = arena_text(r->arena, s[CALL_ID]);
    bool nobody = strcmp(s[SERVER], "NO_SERVER") == 0;
    row->staff = nobody ? "" : callog_intern(&r->texts, s[SERVER], strlen(s[SERVER]));
    row->window = row->outlet = "";
    return true;
}

static bool read_values(const char *const *s, struct callog_row *row, struct callog_technion *t,
                        struct callog_verdict *v)
{
    const struct {
        enum column c;
        int32_t *out;
    } clock[] = { { VRU_ENTRY, &t->vru_entry }, { VRU_EXIT, &t->vru_exit },
                  { Q_START, &t->q_start },     { Q_EXIT, &t->q_exit },
                  { SER_START, &t->ser_start }, { SER_EXIT, &t->ser_exit } },
      duration[] = { { VRU_TIME, &t->vru_time },
                     { Q_TIME, &t->q_time },
                     { SER_TIME, &t->ser_time } };
    if (!read_number(s[CALL_ID], 0, INT64_MAX, &row->call_id))
        return refuse(v, CALL_ID, s[CALL_ID], "not a whole number");
    if (!read_day(s[DAY], &row->day))
        return refuse(v, DAY, s[DAY], "not a day as yymmdd");
    for (size_t i = 0; i < COUNT(clock); i++)
        if (!read_clock(s[clock[i].c], clock[i].out))
            return refuse(v, clock[i].c, s[clock[i].c], "not a time as h:mm:ss");
    for (size_t i = 0; i < COUNT(duration); i++) {
        int64_t n = 0;
        if (!read_number(s[duration[i].c], -86400, 86400, &n))
            return refuse(v, duration[i].c, s[duration[i].c], "not a number of seconds");
        *duration[i].out = (int32_t)n;
    }
    if (strcmp(s[OUTCOME], "AGENT") == 0)
        row->outcome = CALLOG_SERVED;
    else if (strcmp(s[OUTCOME], "HANG") == 0)
        row->outcome = CALLOG_ABANDONED;
    else if (strcmp(s[OUTCOME], "PHANTOM") == 0)
        row->outcome = CALLOG_PHANTOM;
    else
        return refuse(v, OUTCOME, s[OUTCOME], "none of AGENT, HANG, PHANTOM");
    return true;
}

/* The instant of a clock time that comes after an earlier one of the same call. */
static int64_t instant_after(date day, int32_t clock, int64_t previous_us)
{
    int64_t at = date_instant(day, clock);
    while (at + 12 * US_HOUR < previous_us)
        at += US_DAY;
    return at;
}

static void set_instants(struct callog_row *row, const struct callog_technion *t)
{
    bool served = row->outcome == CALLOG_SERVED, service_time = t->ser_start || t->ser_exit;
    row->queued = t->q_time > 0;
    row->taken_us = date_instant(row->day, t->vru_entry);
    int64_t left_vru = instant_after(row->day, t->vru_exit, row->taken_us), out = left_vru;
    row->queued_us = left_vru;
    if (t->q_start || t->q_exit) {
        row->queued_us = instant_after(row->day, t->q_start, row->taken_us);
        out = instant_after(row->day, t->q_exit, row->queued_us);
    }
    row->called_us = served ? out : CALLOG_NEVER;
    row->served_us = row->ended_us = CALLOG_NEVER;
    if (served && service_time) {
        row->served_us = instant_after(row->day, t->ser_start, out);
        row->ended_us = instant_after(row->day, t->ser_exit, row->served_us);
    } else if (!served) {
        row->ended_us = out;
    }
    row->wait_us = (t->q_time > 0 ? t->q_time : 0) * US_SECOND;
    int64_t end = row->ended_us == CALLOG_NEVER ? out : row->ended_us;
    if (date_of_instant(end).days != row->day.days)
        row->quirks |= 1u << CALLOG_QUIRK_MIDNIGHT;
}

static void set_quirks(struct callog_row *row, const struct callog_technion *t)
{
    bool served = row->outcome == CALLOG_SERVED;
    bool service_time = t->ser_start || t->ser_exit || t->ser_time;
    const bool odd[CALLOG_QUIRK_COUNT] = {
        [CALLOG_QUIRK_PHANTOM] = row->outcome == CALLOG_PHANTOM,
        [CALLOG_QUIRK_NEGATIVE_VRU] = t->vru_time < 0,
        [CALLOG_QUIRK_VRU_TIME] = t->vru_time != t->vru_exit - t->vru_entry,
        [CALLOG_QUIRK_Q_TIME] = t->q_time != t->q_exit - t->q_start,
        [CALLOG_QUIRK_SER_TIME] = t->ser_time != t->ser_exit - t->ser_start,
        [CALLOG_QUIRK_EARLY_SERVICE] = served && t->ser_start < t->q_exit,
        [CALLOG_QUIRK_NO_SERVER] = served && row->staff[0] == '\0',
        [CALLOG_QUIRK_NO_SERVICE_TIME] = served && !service_time,
        [CALLOG_QUIRK_GHOST_SERVICE] = row->outcome == CALLOG_ABANDONED && service_time,
    };
    for (int q = 0; q < CALLOG_QUIRK_COUNT; q++)
        if (odd[q])
            row->quirks |= 1u << q;
}

void technion_line(struct callog_reader *r, const struct csv_field *f, struct callog_row *row,
                   struct callog_verdict *v)
{
    const char *s[COLUMNS];
    struct callog_technion *t = arena_alloc(r->arena, sizeof *t);
    for (int c = 0; c < COLUMNS; c++)
        s[c] = f[r->column[c]].at;
    row->technion = t;
    if (!read_values(s, row, t, v) || !read_texts(r, s, row, t, v))
        return;
    set_instants(row, t);
    set_quirks(row, t);
    if (row->outcome == CALLOG_PHANTOM)
        v->drop = CALLOG_DROP_PHANTOM;
    else if (t->vru_time < 0)
        v->drop = CALLOG_DROP_NEGATIVE_VRU;
}

static void add_clock(struct buf *out, int32_t clock)
{
    char text[16];
    int n =
        snprintf(text, sizeof text, "%d:%02d:%02d\t", clock / 3600, clock / 60 % 60, clock % 60);
    buf_add(out, text, (size_t)n);
}

static void add_text(struct buf *out, const char *text)
{
    buf_text(out, text);
    buf_char(out, '\t');
}

static void add_number(struct buf *out, int64_t n)
{
    buf_i64(out, n);
    buf_char(out, '\t');
}

void technion_write(const struct callog_row *row, struct buf *out)
{
    const struct callog_technion *t = row->technion;
    char day[16];
    int y, m, d;
    date_to_ymd(row->day, &y, &m, &d);
    snprintf(day, sizeof day, "%02d%02d%02d", y % 100, m, d);
    add_text(out, t->vru_line);
    add_text(out, row->number);
    add_text(out, row->customer);
    add_text(out, row->class_code);
    add_text(out, row->service);
    add_text(out, day);
    add_clock(out, t->vru_entry);
    add_clock(out, t->vru_exit);
    add_number(out, t->vru_time);
    add_clock(out, t->q_start);
    add_clock(out, t->q_exit);
    add_number(out, t->q_time);
    add_text(out, t->outcome);
    add_clock(out, t->ser_start);
    add_clock(out, t->ser_exit);
    add_number(out, t->ser_time);
    buf_text(out, row->staff[0] ? row->staff : "NO_SERVER");
}
