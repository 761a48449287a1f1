/* callog_map.c -- The column map: one line of text that says what an export's columns mean. */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "lobby/callog_priv.h"

#include "base/banned.h"

enum { TEXT_MAX = 4096 };

const char *const callog_field_names[FIELD_COUNT] = {
    "number",  "taken", "called",  "served", "ended", "wait",     "date",
    "service", "class", "outcome", "window", "staff", "customer", "outlet",
};
static const char fields_allowed[] = "number, taken, called, served, ended, wait, date, service, "
                                     "class, outcome, window, staff, customer, outlet";

static int refuse(char error[CALLOG_ERROR], const char *word, const char *is, const char *allowed)
{
    snprintf(error, CALLOG_ERROR, "column map: \"%.40s\" %s; allowed: %.120s", word, is, allowed);
    return BASE_BAD_INPUT;
}

/* Copies up to one of the marks, a backslash taking the next byte as it is. Gives the mark found,
 * '\0' at the end of the text. */
static char take(struct arena *arena, const char **rest, const char *marks, char **out)
{
    const char *s = *rest;
    char *to = *out = arena_alloc(arena, strlen(s) + 1);
    while (*s && !strchr(marks, *s)) {
        if (*s == '\\' && s[1])
            s++;
        *to++ = *s++;
    }
    char mark = *s;
    *rest = mark ? s + 1 : s;
    return mark;
}

static char *trimmed(char *text)
{
    while (*text == ' ' || *text == '\n' || *text == '\t')
        text++;
    size_t n = strlen(text);
    while (n > 0 && (text[n - 1] == ' ' || text[n - 1] == '\n' || text[n - 1] == '\t'))
        text[--n] = '\0';
    return text;
}

static int field_of(const char *name)
{
    for (int f = 0; f < FIELD_COUNT; f++)
        if (strcmp(callog_field_names[f], name) == 0)
            return f;
    return -1;
}

static int set_separator(struct callog_map *m, const char *value, char error[CALLOG_ERROR])
{
    static const struct {
        const char *name;
        char separator;
    } row[] = { { "comma", ',' }, { "tab", '\t' }, { "semicolon", ';' } };
    for (size_t i = 0; i < COUNT(row); i++)
        if (strcmp(row[i].name, value) == 0) {
            m->separator = row[i].separator;
            return 0;
        }
    return refuse(error, value, "is not a separator", "comma, tab, semicolon");
}

static int set_unit(struct callog_map *m, const char *value, char error[CALLOG_ERROR])
{
    static const struct {
        const char *name;
        int64_t us;
    } row[] = { { "s", US_SECOND }, { "min", US_MINUTE }, { "ms", 1000 } };
    for (size_t i = 0; i < COUNT(row); i++)
        if (strcmp(row[i].name, value) == 0) {
            m->unit_us = row[i].us;
            return 0;
        }
    return refuse(error, value, "is not a unit", "s, min, ms");
}

static int set_time(struct callog_time *t, const char *value, char error[CALLOG_ERROR])
{
    if (callog_time_compile(value, t))
        return 0;
    return refuse(error, value, "is not a time format",
                  "%Y %y %m %d %H %M %S %f %F %T %s %% and plain text");
}

/* map.outcome.done=OK|FINISHED */
static int add_mapped(struct arena *arena, struct callog_map *m, const char *name, const char *rest,
                      char error[CALLOG_ERROR])
{
    static const char *const outcomes[] = { "done", "left", "noshow", "void" };
    char *field_name, *ours, *theirs;
    const char *at = name + strlen("map.");
    char mark = take(arena, &at, ".", &field_name);
    int field = field_of(field_name);
    if (field != FIELD_OUTCOME && field != FIELD_CLASS && field != FIELD_SERVICE)
        return refuse(error, field_name, "cannot be mapped", "outcome, class, service");
    if (mark != '.' || *at == '\0' || strlen(at) > CALLOG_TEXT_MAX)
        return refuse(error, name, "names no value of ours", "map.FIELD.OURS=THEIRS");
    ours = arena_text(arena, at);
    size_t known = 0;
    while (known < COUNT(outcomes) && strcmp(outcomes[known], ours) != 0)
        known++;
    if (field == FIELD_OUTCOME && known == COUNT(outcomes))
        return refuse(error, ours, "is not an outcome", "done, left, noshow, void");
    do {
        mark = take(arena, &rest, "|", &theirs);
        if (m->mapped == CALLOG_MAPPED_MAX)
            return refuse(error, theirs, "is one value too many", "64 mapped values");
        m->map[m->mapped].field = (enum callog_field)field;
        m->map[m->mapped].ours = ours;
        m->map[m->mapped++].theirs = trimmed(theirs);
    } while (mark == '|');
    return 0;
}

static int add_column(struct callog_map *m, const char *name, const char *column,
                      char error[CALLOG_ERROR])
{
    int field = field_of(name);
    if (field < 0)
        return refuse(error, name, "is not a field", fields_allowed);
    if (m->column[field])
        return refuse(error, name, "is given twice", "each field once");
    if (*column == '\0')
        return refuse(error, name, "has no column", "field=column");
    m->column[field] = column;
    return 0;
}

/* "taken=take_time,called=call_time" */
static int add_columns(struct arena *arena, struct callog_map *m, const char *segment,
                       char error[CALLOG_ERROR])
{
    char mark;
    do {
        char *name, *column;
        if (take(arena, &segment, "=,", &name) != '=')
            return refuse(error, trimmed(name), "has no column", "field=column,field=column");
        mark = take(arena, &segment, ",", &column);
        int rc = add_column(m, trimmed(name), trimmed(column), error);
        if (rc)
            return rc;
    } while (mark == ',');
    return 0;
}

static bool starts(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* The segment's backslashes are still in it: what takes it apart last takes them off. */
static int add_segment(struct arena *arena, struct callog_map *m, const char *segment,
                       char error[CALLOG_ERROR])
{
    char *name, *value;
    const char *rest = segment;
    bool map = starts(segment, "map.");
    bool option = starts(segment, "time=") || starts(segment, "day=") || starts(segment, "unit=") ||
                  starts(segment, "sep=");
    if (!map && !option)
        return add_columns(arena, m, segment, error);
    if (take(arena, &rest, "=", &name) != '=')
        return refuse(error, name, "has no value", "map.FIELD.OURS=THEIRS");
    if (map)
        return add_mapped(arena, m, name, rest, error);
    take(arena, &rest, "", &value);
    if (strcmp(name, "time") == 0)
        return set_time(&m->stamp, value, error);
    if (strcmp(name, "day") == 0)
        return set_time(&m->day, value, error);
    value = trimmed(value);
    return strcmp(name, "unit") == 0 ? set_unit(m, value, error) : set_separator(m, value, error);
}

/* The next segment with its backslashes. */
static char *next_segment(struct arena *arena, const char **rest)
{
    const char *s = *rest;
    while (*s && *s != ';')
        s += *s == '\\' && s[1] ? 2 : 1;
    char *segment = arena_dup(arena, *rest, (size_t)(s - *rest));
    *rest = *s ? s + 1 : s;
    while (*segment == ' ' || *segment == '\n' || *segment == '\t')
        segment++;
    return segment;
}

static int check_whole(struct callog_map *m, char error[CALLOG_ERROR])
{
    if (!m->column[FIELD_TAKEN] && !m->column[FIELD_WAIT])
        return refuse(error, "", "names neither taken nor wait", "taken=COLUMN or wait=COLUMN");
    if (m->stamp.n == 0 && !callog_time_compile(m->column[FIELD_DATE] ? "%T" : "%F %T", &m->stamp))
        CHECK(false);
    if (m->day.n == 0 && !callog_time_compile("%F", &m->day))
        CHECK(false);
    if (!m->day.has_day)
        return refuse(error, "day", "holds no day", "a format with %d or %F");
    bool stamps = m->column[FIELD_TAKEN] != NULL;
    if (stamps && !m->stamp.has_day && !m->column[FIELD_DATE])
        return refuse(error, "time", "holds no day", "a format with %d, or date=COLUMN");
    if (stamps && !m->stamp.has_clock)
        return refuse(error, "time", "holds no hour", "a format with %H, %T or %s");
    return 0;
}

int callog_map_parse(struct arena *arena, const char *text, struct callog_map *out,
                     char error[CALLOG_ERROR])
{
    *out = (struct callog_map){ .separator = ',', .unit_us = US_SECOND };
    if (strlen(text) > TEXT_MAX)
        return refuse(error, text, "... is too long", "4096 bytes");
    int rc = 0;
    for (const char *rest = text; !rc && *rest;) {
        char *segment = next_segment(arena, &rest);
        if (*segment)
            rc = add_segment(arena, out, segment, error);
    }
    return rc ? rc : check_whole(out, error);
}

const char *callog_map_value(const struct callog_map *m, enum callog_field field, const char *text)
{
    for (int i = 0; i < m->mapped; i++)
        if (m->map[i].field == field && strcmp(m->map[i].theirs, text) == 0)
            return m->map[i].ours;
    return text;
}
