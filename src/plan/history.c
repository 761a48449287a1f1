/* history.c -- See history.h. */
#include "plan/history.h"
#include "base/csv.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

enum { COLUMNS = 12, ROLES = 4 };
enum role { R_DATE, R_BIN, R_COUNT, R_SERIES };

struct layout {
    const char *code;
    const char *column[ROLES]; /* of date, bin, count, series; NULL: none */
    bool series_needed;
    int bins; /* a day's intervals; 0: any part of the day, absent is nobody */
};
/* In bank-calls the instant is date and bin in one. */
static const struct layout layouts[PLAN_HISTORY_FORMATS] = {
    [PLAN_HISTORY_BANK_CALLS] = { "bank-calls", { "DateTime", "DateTime", "Calls", NULL }, 0, 288 },
    [PLAN_HISTORY_TECHNION] = { "technion-6min", { "Date", "u", "calls", NULL }, 0, 240 },
    [PLAN_HISTORY_CMB] = { "cmb", { "date", "periods", "amount", "post_id" }, true, 48 },
    [PLAN_HISTORY_CSV] = { "csv", { "date", "time", "count", "service" }, false, 0 },
};

const char *plan_history_code(enum plan_history_format f)
{
    return layouts[f].code;
}

struct row {
    int32_t day, line;
    int16_t series, bin;
    double count;
};
struct reader {
    const struct layout *layout;
    enum plan_history_format f;
    struct arena *arena;
    struct row *row;
    size_t n;
    int32_t line;
    int column[ROLES];
    size_t columns;
    struct plan_series *series;
    int n_series;
    char *error;
    size_t error_size;
};

static int refuse(struct reader *r, const char *what, const char *value)
{
    char seen[40];
    snprintf(seen, sizeof seen, "%s", value ? value : "");
    for (char *p = seen; *p; p++)
        if ((unsigned char)*p < 32 || (unsigned char)*p > 126)
            *p = '?';
    if (r->line == 0) /* an empty file */
        snprintf(r->error, r->error_size, "%s", what);
    else
        snprintf(r->error, r->error_size, value ? "line %d: %s, not '%s'" : "line %d: %s", r->line,
                 what, seen);
    return BASE_BAD_INPUT;
}

static int read_head(struct reader *r, const struct csv_field *field, size_t n)
{
    char want[160];
    const struct layout *l = r->layout;
    r->columns = n;
    for (int role = 0; role < ROLES; role++) {
        r->column[role] = -1;
        for (size_t i = 0; l->column[role] && i < n; i++)
            if (!strcmp(field[i].at, l->column[role]))
                r->column[role] = (int)i;
        if (r->column[role] >= 0 || !l->column[role] || (role == R_SERIES && !l->series_needed))
            continue;
        snprintf(want, sizeof want, "format %s needs a column %s in its first line", l->code,
                 l->column[role]);
        return refuse(r, want, NULL);
    }
    return 0;
}

static bool whole_number(const char *text, int min, int max, int *out)
{
    char *end;
    long x = strtol(text, &end, 10);
    if (*text < '0' || *text > '9' || *end || x < min || x > max)
        return false;
    *out = (int)x;
    return true;
}

/* "2003-03-03" or "2003/3/3". */
static bool day_of(const char *text, date *d)
{
    char *end;
    if (strlen(text) < 8 || text[4] != '/')
        return date_parse(text, d);
    long year = strtol(text, &end, 10), month, day;
    if (end != text + 4 || text[5] < '0' || text[5] > '9')
        return false;
    month = strtol(text + 5, &end, 10);
    if (*end != '/' || end[1] < '0' || end[1] > '9' || month > 12)
        return false;
    day = strtol(end + 1, &end, 10);
    return !*end && day < 32 && date_from_ymd((int)year, (int)month, (int)day, d);
}

/* "2003-03-03T07:05:00Z", five minutes a bin. */
static bool instant(const char *text, date *d, int *bin)
{
    static const char *const ends[] = { "", ":00", "Z", ":00Z" };
    char day[11], hour[6];
    int second = 0;
    bool known = false;
    if (strlen(text) < 16 || (text[10] != 'T' && text[10] != ' '))
        return false;
    for (size_t i = 0; i < COUNT(ends); i++)
        known = known || !strcmp(text + 16, ends[i]);
    snprintf(day, sizeof day, "%.10s", text);
    snprintf(hour, sizeof hour, "%.5s", text + 11);
    if (!known || !date_parse(day, d) || !date_parse_hm(hour, &second) || second % 300 ||
        second == 86400)
        return false;
    *bin = second / 300;
    return true;
}

static int read_when(struct reader *r, const char *day, const char *bin, struct row *row)
{
    date d;
    int x = 0;
    switch (r->f) {
    case PLAN_HISTORY_BANK_CALLS:
        if (!instant(day, &d, &x))
            return refuse(r, "DateTime is written 2003-03-03T07:05:00Z, at whole five minutes",
                          day);
        break;
    case PLAN_HISTORY_TECHNION:
    case PLAN_HISTORY_CMB:
        if (!whole_number(bin, 1, r->layout->bins, &x))
            return refuse(r,
                          r->f == PLAN_HISTORY_CMB ? "periods is a whole number of 1..48"
                                                   : "u is a whole number of 1..240",
                          bin);
        x--;
        break;
    case PLAN_HISTORY_CSV:
    case PLAN_HISTORY_FORMATS:
        if (!date_parse_hm(bin, &x) || x == 86400)
            return refuse(r, "time is written 09:30", bin);
        x /= 60;
        break;
    }
    if (r->f != PLAN_HISTORY_BANK_CALLS && !day_of(day, &d))
        return refuse(r, "a date is written 2026-11-23", day);
    row->day = d.days;
    row->bin = (int16_t)x;
    return 0;
}

static int series_of(struct reader *r, const char *name)
{
    for (int i = 0; i < r->n_series; i++)
        if (!strcmp(r->series[i].name, name))
            return i;
    if (r->n_series == PLAN_SERIES - 1 || strlen(name) >= sizeof r->series->name)
        return -1;
    snprintf(r->series[r->n_series].name, sizeof r->series->name, "%s", name);
    return r->n_series++;
}

static int read_row(struct reader *r, const struct csv_field *field, size_t n)
{
    struct row *row = &r->row[r->n];
    char *end;
    if (n != r->columns)
        return refuse(r, "as many fields as the first line has", NULL);
    *row = (struct row){ .line = r->line };
    int rc = read_when(r, field[r->column[R_DATE]].at, field[r->column[R_BIN]].at, row);
    if (rc)
        return rc;
    const char *count = field[r->column[R_COUNT]].at;
    row->count = strtod(count, &end);
    if (r->layout->bins && (!*count || !strcmp(count, "NA")))
        row->count = NAN;
    else if (*count < '0' || *count > '9' || *end || !(row->count <= 1e9) || strpbrk(count, "xXpP"))
        return refuse(r, "the count is a number, 0 or more", count);
    int series = series_of(r, r->column[R_SERIES] < 0 ? "" : field[r->column[R_SERIES]].at);
    if (series < 0)
        return refuse(r, "at most 31 series, their names of at most 23 bytes",
                      field[r->column[R_SERIES]].at);
    row->series = (int16_t)series;
    r->n++;
    return 0;
}

static int by_place(const void *a, const void *b)
{
    const struct row *x = a, *y = b;
    if (x->series != y->series)
        return x->series - y->series;
    if (x->day != y->day)
        return x->day < y->day ? -1 : 1;
    if (x->bin != y->bin)
        return x->bin - y->bin;
    return x->line - y->line;
}

/* The most usual number of intervals a day. */
static size_t usual_bins(const struct row *row, size_t n)
{
    static const int room = 1441;
    int times[1441] = { 0 };
    size_t best = 0;
    for (size_t i = 0, from = 0; i < n; i++)
        if (i + 1 == n || row[i + 1].day != row[i].day) {
            size_t bins = i + 1 - from;
            if (bins < (size_t)room)
                times[bins]++;
            from = i + 1;
        }
    for (size_t b = 1; b < (size_t)room; b++)
        if (times[b] > 0 && times[b] >= times[best])
            best = b;
    return best;
}

/* Rows that say what the one before says, and those without a count, go; sorted ones. A day all of
 * whose counts are missing stays with one row: it is a day known in part. */
static size_t drop_rows(const struct reader *r, struct plan_series *s, struct row *row, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; r->layout->bins && i < n; i++) {
        struct row *last = kept ? &row[kept - 1] : NULL;
        bool same_day = last && last->day == row[i].day;
        if (same_day && last->bin == row[i].bin && last->count == row[i].count)
            s->repeated++;
        else if (same_day && isnan(last->count))
            *last = row[i];
        else if (!same_day || !isnan(row[i].count))
            row[kept++] = row[i];
    }
    return r->layout->bins ? kept : n;
}

/* The rows of one series, sorted, as days. */
static int add_days(struct reader *r, struct plan_series *s, struct row *row, size_t n)
{
    int a_day = r->layout->bins ? r->layout->bins : 1440, a_slot = a_day / PLAN_FORECAST_SLOTS;
    size_t want = r->layout->bins ? usual_bins(row, n) : 0, days = 0;
    for (size_t i = 0; i < n; i++) {
        days += i == 0 || row[i].day != row[i - 1].day;
        if (i > 0 && row[i].day == row[i - 1].day && row[i].bin == row[i - 1].bin) {
            char before[80];
            r->line = row[i].line;
            snprintf(before, sizeof before, "the same interval was given before, on line %d",
                     row[i - 1].line);
            return refuse(r, before, NULL);
        }
    }
    if (days > PLAN_HISTORY_DAYS) {
        r->line = row[n - 1].line;
        return refuse(r, "at most 4000 days", NULL);
    }
    date *part = arena_alloc(r->arena, sizeof *part * (days + 1));
    s->h.slots = PLAN_FORECAST_SLOTS;
    s->h.day = arena_alloc(r->arena, sizeof *s->h.day * days);
    s->h.count = arena_alloc(r->arena, sizeof *s->h.count * days * PLAN_FORECAST_SLOTS);
    for (size_t from = 0, to; from < n; from = to) {
        for (to = from; to < n && row[to].day == row[from].day; to++)
            ;
        if (want && (to - from != want || isnan(row[from].count))) {
            part[s->incomplete++] = (date){ row[from].day };
            continue;
        }
        s->h.day[s->h.n] = (date){ row[from].day };
        for (size_t i = from; i < to; i++)
            s->h.count[s->h.n * PLAN_FORECAST_SLOTS + row[i].bin / a_slot] += row[i].count;
        s->h.n++;
    }
    s->h.part = part;
    s->h.n_part = s->incomplete;
    return 0;
}

/* All services of a csv as one series more, the first. */
static int add_sum(struct reader *r)
{
    struct row *all = arena_alloc(r->arena, sizeof *all * (r->n + 1));
    size_t kept = 0;
    memcpy(all, r->row, sizeof *all * r->n);
    for (size_t i = 0; i < r->n; i++)
        all[i].series = 0;
    qsort(all, r->n, sizeof *all, by_place);
    for (size_t i = 0; i < r->n; i++)
        if (kept > 0 && all[kept - 1].day == all[i].day && all[kept - 1].bin == all[i].bin)
            all[kept - 1].count += all[i].count;
        else
            all[kept++] = all[i];
    memmove(r->series + 1, r->series, sizeof *r->series * (size_t)r->n_series);
    r->series[0] = (struct plan_series){ .name = "all" };
    r->n_series++;
    return add_days(r, &r->series[0], all, kept);
}

static int read_lines(struct reader *r, char *text, size_t len)
{
    struct csv_field field[COLUMNS];
    size_t at = 0, n = 0;
    const char *why = NULL;
    while (at < len) {
        char *end = memchr(text + at, '\n', len - at);
        size_t size = end ? (size_t)(end - text) - at + 1 : len - at;
        char after = text[at + size];
        r->line++;
        if (memchr(text + at, 0, size))
            return refuse(r, "a zero byte", NULL);
        if (csv_split(text + at, size, ',', field, COLUMNS, &n, &why))
            return refuse(r, why, NULL);
        text[at + size] = after;
        at += size;
        if (n == 1 && !field[0].at[strspn(field[0].at, " \t\r")] && r->columns)
            continue;
        if (r->n == PLAN_HISTORY_ROWS)
            return refuse(r, "at most 4000000 rows", NULL);
        int rc = r->line == 1 ? read_head(r, field, n) : read_row(r, field, n);
        if (rc)
            return rc;
    }
    return r->n > 0 ? 0 : refuse(r, "no rows of counts", NULL);
}

int plan_history_read(char *text, size_t len, enum plan_history_format f, struct arena *arena,
                      struct plan_series **out, int *n, char *error, size_t error_size)
{
    size_t lines = 1;
    CHECK(f < PLAN_HISTORY_FORMATS && text[len] == 0);
    for (size_t i = 0; i < len; i++)
        lines += text[i] == '\n';
    if (lines > PLAN_HISTORY_ROWS)
        lines = PLAN_HISTORY_ROWS + 1;
    struct reader r = { .layout = &layouts[f],
                        .f = f,
                        .arena = arena,
                        .row = arena_alloc(arena, sizeof *r.row * (lines + 1)),
                        .series = arena_alloc(arena, sizeof *r.series * PLAN_SERIES),
                        .error = error,
                        .error_size = error_size };
    if (len >= 3 && !memcmp(text, "\xEF\xBB\xBF", 3)) {
        text += 3;
        len -= 3;
    }
    int rc = read_lines(&r, text, len);
    if (rc)
        return rc;
    qsort(r.row, r.n, sizeof *r.row, by_place);
    for (size_t from = 0, to; !rc && from < r.n; from = to) {
        for (to = from; to < r.n && r.row[to].series == r.row[from].series; to++)
            ;
        struct plan_series *s = &r.series[r.row[from].series];
        rc = add_days(&r, s, &r.row[from], drop_rows(&r, s, &r.row[from], to - from));
    }
    if (!rc && f == PLAN_HISTORY_CSV && r.n_series > 1)
        rc = add_sum(&r);
    *out = r.series;
    *n = r.n_series;
    return rc;
}
