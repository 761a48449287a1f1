/* callog_csv.c -- A line of any queue system's export, through the column map. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/buf.h"
#include "lobby/callog_priv.h"

#include "base/banned.h"

#define WAIT_MAX_US (400 * US_DAY)

const char callog_plain_header[] =
    "number,taken,called,served,ended,wait,service,class,outcome,window,staff,customer,outlet,date";
const char callog_plain_map[] =
    "number=number,taken=taken,called=called,served=served,ended=ended,wait=wait,service=service,"
    "class=class,outcome=outcome,window=window,staff=staff,customer=customer,outlet=outlet,"
    "date=date;time=%FT%T.%f+08:00;unit=ms";

int csv_header(struct callog_reader *r, const struct csv_field *f, size_t n,
               char error[CALLOG_ERROR])
{
    for (int c = 0; c < FIELD_COUNT; c++) {
        r->column[c] = -1;
        const char *name = r->map.column[c];
        for (size_t i = 0; name && i < n; i++) {
            if (strcmp(f[i].at, name) != 0)
                continue;
            if (r->column[c] >= 0) {
                snprintf(error, CALLOG_ERROR, "the column %.60s is there twice", name);
                return BASE_BAD_INPUT;
            }
            r->column[c] = (int)i;
        }
        if (name && r->column[c] < 0) {
            snprintf(error, CALLOG_ERROR, "the header has no column %.60s (mapped to %s)", name,
                     callog_field_names[c]);
            return BASE_BAD_INPUT;
        }
    }
    return 0;
}

/* "" when the column is not mapped. */
static const char *text_of(const struct callog_reader *r, const struct csv_field *f,
                           enum callog_field field)
{
    return r->column[field] < 0 ? "" : f[r->column[field]].at;
}

static bool refuse(struct callog_reader *r, struct callog_verdict *v, enum callog_field field,
                   const char *value, const char *reason)
{
    v->field = r->map.column[field] ? arena_text(r->arena, r->map.column[field])
                                    : callog_field_names[field];
    v->value = value;
    v->refused = reason;
    return false;
}

static bool nothing(const char *s)
{
    return *s == '\0' || strcmp(s, "-") == 0 || strcasecmp(s, "null") == 0;
}

static bool read_texts(struct callog_reader *r, const struct csv_field *f, struct callog_row *row,
                       struct callog_verdict *v)
{
    const struct {
        enum callog_field field;
        const char **out;
    } text[] = { { FIELD_NUMBER, &row->number },    { FIELD_SERVICE, &row->service },
                 { FIELD_CLASS, &row->class_code }, { FIELD_WINDOW, &row->window },
                 { FIELD_STAFF, &row->staff },      { FIELD_CUSTOMER, &row->customer },
                 { FIELD_OUTLET, &row->outlet } };
    for (size_t i = 0; i < COUNT(text); i++) {
        const char *s = callog_map_value(&r->map, text[i].field, text_of(r, f, text[i].field));
        size_t len = strlen(s);
        if (len > CALLOG_TEXT_MAX)
            return refuse(r, v, text[i].field, s, "longer than 64 bytes");
        for (size_t k = 0; k < len; k++)
            if ((unsigned char)s[k] < ' ')
                return refuse(r, v, text[i].field, s, "holds a control character");
        *text[i].out = text[i].field == FIELD_NUMBER ? arena_text(r->arena, s)
                                                     : callog_intern(&r->texts, s, len);
    }
    return true;
}

static bool read_instant(struct callog_reader *r, const struct csv_field *f,
                         enum callog_field field, const struct callog_row *row,
                         int64_t *previous_us, int64_t *out, struct callog_verdict *v)
{
    const char *s = text_of(r, f, field);
    struct callog_moment at;
    *out = CALLOG_NEVER;
    if (nothing(s))
        return true;
    if (!callog_time_read(&r->map.stamp, s, &at))
        return refuse(r, v, field, s, "does not have the form of the time format");
    *out = date_instant(at.has_day ? at.day : row->day, 0) + at.clock_us;
    while (!at.has_day && *previous_us != CALLOG_NEVER && *out + 12 * US_HOUR < *previous_us)
        *out += US_DAY;
    *previous_us = *out;
    return true;
}

static bool read_instants(struct callog_reader *r, const struct csv_field *f,
                          struct callog_row *row, struct callog_verdict *v)
{
    struct callog_moment day;
    int64_t previous = CALLOG_NEVER;
    const char *s = text_of(r, f, FIELD_DATE);
    bool has_day = r->column[FIELD_DATE] >= 0;
    if (has_day) {
        if (!callog_time_read(&r->map.day, s, &day))
            return refuse(r, v, FIELD_DATE, s, "does not have the form of the day format");
        row->day = day.day;
    }
    if (!read_instant(r, f, FIELD_TAKEN, row, &previous, &row->taken_us, v) ||
        !read_instant(r, f, FIELD_CALLED, row, &previous, &row->called_us, v) ||
        !read_instant(r, f, FIELD_SERVED, row, &previous, &row->served_us, v) ||
        !read_instant(r, f, FIELD_ENDED, row, &previous, &row->ended_us, v))
        return false;
    if (row->taken_us == CALLOG_NEVER && r->column[FIELD_WAIT] < 0)
        return refuse(r, v, FIELD_TAKEN, text_of(r, f, FIELD_TAKEN), "is empty");
    if (!has_day && row->taken_us != CALLOG_NEVER)
        row->day = date_of_instant(row->taken_us);
    row->queued_us = row->taken_us;
    return true;
}

static bool read_outcome(struct callog_reader *r, const struct csv_field *f, struct callog_row *row,
                         struct callog_verdict *v)
{
    static const struct {
        const char *word;
        enum callog_outcome outcome;
    } known[] = {
        { "done", CALLOG_SERVED },         { "served", CALLOG_SERVED },
        { "ok", CALLOG_SERVED },           { "left", CALLOG_ABANDONED },
        { "abandoned", CALLOG_ABANDONED }, { "noshow", CALLOG_NOSHOW },
        { "no-show", CALLOG_NOSHOW },      { "no_show", CALLOG_NOSHOW },
        { "void", CALLOG_PHANTOM },        { "cancelled", CALLOG_PHANTOM },
    };
    if (r->column[FIELD_OUTCOME] < 0) {
        bool reached = row->called_us != CALLOG_NEVER || row->served_us != CALLOG_NEVER;
        bool wait_alone = r->column[FIELD_TAKEN] < 0;
        row->outcome = reached || wait_alone ? CALLOG_SERVED : CALLOG_ABANDONED;
        return true;
    }
    const char *s = callog_map_value(&r->map, FIELD_OUTCOME, text_of(r, f, FIELD_OUTCOME));
    for (size_t i = 0; i < COUNT(known); i++)
        if (strcasecmp(known[i].word, s) == 0) {
            row->outcome = known[i].outcome;
            return true;
        }
    return refuse(r, v, FIELD_OUTCOME, s,
                  "is no known outcome: done, left, noshow, void, or one of map.outcome");
}

/* A number with at most six decimals, times the unit. */
static bool read_wait(struct callog_reader *r, const char *s, struct callog_row *row,
                      struct callog_verdict *v)
{
    int64_t whole = 0, fraction = 0, scale = 1;
    int digits = 0;
    const char *at = s + (*s == '-');
    for (; *at >= '0' && *at <= '9' && digits < 12; at++, digits++)
        whole = whole * 10 + (*at - '0');
    if (digits > 0 && *at == '.')
        for (at++; *at >= '0' && *at <= '9' && scale < 1000000; at++, scale *= 10)
            fraction = fraction * 10 + (*at - '0');
    __int128 us = (__int128)whole * r->map.unit_us +
                  ((__int128)fraction * r->map.unit_us + scale / 2) / scale;
    if (digits == 0 || *at != '\0' || us > WAIT_MAX_US)
        return refuse(r, v, FIELD_WAIT, s, "is not a wait");
    row->wait_us = *s == '-' ? -(int64_t)us : (int64_t)us;
    return true;
}

/* The moment at which the wait was over, or CALLOG_NEVER. */
static int64_t end_of_wait(const struct callog_row *row)
{
    if (row->called_us != CALLOG_NEVER)
        return row->called_us;
    if (row->outcome == CALLOG_SERVED)
        return row->served_us;
    return row->ended_us;
}

static void set_quirks(struct callog_reader *r, struct callog_row *row)
{
    bool served = row->outcome == CALLOG_SERVED;
    bool staffed = r->column[FIELD_STAFF] >= 0, timed = r->column[FIELD_SERVED] >= 0;
    int64_t last = row->ended_us != CALLOG_NEVER ? row->ended_us : end_of_wait(row);
    const bool odd[CALLOG_QUIRK_COUNT] = {
        [CALLOG_QUIRK_PHANTOM] = row->outcome == CALLOG_PHANTOM,
        [CALLOG_QUIRK_EARLY_SERVICE] = served && row->served_us != CALLOG_NEVER &&
                                       row->called_us != CALLOG_NEVER &&
                                       row->served_us < row->called_us,
        [CALLOG_QUIRK_NO_SERVER] = served && staffed && row->staff[0] == '\0',
        [CALLOG_QUIRK_NO_SERVICE_TIME] = served && timed && row->served_us == CALLOG_NEVER,
        [CALLOG_QUIRK_GHOST_SERVICE] =
            !served && row->outcome != CALLOG_PHANTOM && row->served_us != CALLOG_NEVER,
        [CALLOG_QUIRK_MIDNIGHT] = row->taken_us != CALLOG_NEVER && last != CALLOG_NEVER &&
                                  date_of_instant(last).days != date_of_instant(row->taken_us).days,
        [CALLOG_QUIRK_NEGATIVE_WAIT] = row->wait_us < 0,
    };
    for (int q = 0; q < CALLOG_QUIRK_COUNT; q++)
        if (odd[q])
            row->quirks |= 1u << q;
}

void csv_line(struct callog_reader *r, const struct csv_field *f, struct callog_row *row,
              struct callog_verdict *v)
{
    const char *wait = text_of(r, f, FIELD_WAIT);
    if (!read_texts(r, f, row, v) || !read_instants(r, f, row, v) || !read_outcome(r, f, row, v))
        return;
    int64_t end = end_of_wait(row);
    bool known = !nothing(wait);
    if (known && !read_wait(r, wait, row, v))
        return;
    if (!known && row->taken_us != CALLOG_NEVER && end != CALLOG_NEVER) {
        row->wait_us = end - row->taken_us;
        known = true;
    }
    if (known && row->wait_us > WAIT_MAX_US) {
        refuse(r, v, FIELD_TAKEN, text_of(r, f, FIELD_TAKEN), "waited longer than 400 days");
        return;
    }
    row->queued = true;
    set_quirks(r, row);
    if (row->outcome == CALLOG_PHANTOM)
        v->drop = CALLOG_DROP_PHANTOM;
    else if (!known && row->outcome == CALLOG_SERVED)
        refuse(r, v, FIELD_CALLED, text_of(r, f, FIELD_CALLED), "done, but never called or served");
    else if (!known)
        v->drop = CALLOG_DROP_NO_END;
    else if (row->wait_us < 0)
        v->drop = CALLOG_DROP_NEGATIVE_WAIT;
}

static void add_instant(struct buf *out, int64_t at_us)
{
    char text[INSTANT_TEXT] = "";
    if (at_us != CALLOG_NEVER)
        instant_print(at_us, text);
    buf_text(out, text);
    buf_char(out, ',');
}

static void add_quoted(struct buf *out, const char *text)
{
    buf_char(out, '"');
    for (; *text; text++) {
        if (*text == '"')
            buf_char(out, '"');
        buf_char(out, *text);
    }
    buf_text(out, "\",");
}

void callog_write_plain(const struct callog_row *row, struct buf *out)
{
    char day[DATE_TEXT];
    date_print(row->day, day);
    add_quoted(out, row->number);
    add_instant(out, row->taken_us);
    add_instant(out, row->called_us);
    add_instant(out, row->served_us);
    add_instant(out, row->ended_us);
    buf_printf(out, "%lld.%03d,", (long long)(row->wait_us / 1000), (int)(row->wait_us % 1000));
    add_quoted(out, row->service);
    add_quoted(out, row->class_code);
    buf_printf(out, "%s,", callog_outcome_code(row->outcome));
    add_quoted(out, row->window);
    add_quoted(out, row->staff);
    add_quoted(out, row->customer);
    add_quoted(out, row->outlet);
    buf_text(out, day);
}
