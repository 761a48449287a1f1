/* outlets.c -- See outlets.h. */
#include "advise/outlets.h"
#include "base/csv.h"
#include "base/date.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

enum column { LAT, LON, CODE, NAME, KIND, ADDRESS, PHONE, HOURS, SERVICES, COLUMNS };
enum { FIELDS = 64 };

struct reading {
    struct outlet_list *out;
    int column[COLUMNS]; /* where it is; -1: nowhere */
    size_t columns;      /* in the first row */
    int line;
    char *error;
};

static bool bad(const struct reading *r, const char *column, const char *value, const char *want)
{
    snprintf(r->error, OUTLETS_ERROR, "line %d: %s: '%.40s' %s", r->line, column, value, want);
    return false;
}

static bool degrees(const char *text, double most, int32_t *out)
{
    char *end;
    double x = strtod(text, &end);
    end += strspn(end, " ");
    if (end == text || *end || !(x >= -most && x <= most) || strpbrk(text, "xXpP"))
        return false;
    *out = (int32_t)lround(x * 1e6);
    return true;
}

/* ---- the first row ---- */

static bool read_names(struct reading *r, const struct csv_field *f, size_t n)
{
    static const struct {
        const char *name;
        enum column column;
    } known[] = {
        { "lat", LAT },           { "latitude", LAT },  { "lon", LON },
        { "lng", LON },           { "longitude", LON }, { "branch_id", CODE },
        { "code", CODE },         { "name", NAME },     { "kind", KIND },
        { "address", ADDRESS },   { "phone", PHONE },   { "work_time", HOURS },
        { "services", SERVICES },
    };
    for (int c = 0; c < COLUMNS; c++)
        r->column[c] = -1;
    r->columns = n;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < COUNT(known); k++) {
            if (strcmp(f[i].at, known[k].name) != 0)
                continue;
            if (r->column[known[k].column] >= 0)
                return bad(r, "the first row", f[i].at, "is there twice");
            r->column[known[k].column] = (int)i;
        }
    static const char *const needed[] = { "lat", "lon" };
    for (int c = LAT; c <= LON; c++)
        if (r->column[c] < 0) {
            snprintf(r->error, OUTLETS_ERROR,
                     "line 1: no column '%s'; the first row names the columns: lat and lon, and "
                     "any of kind, branch_id, name, address, phone, work_time, services",
                     needed[c]);
            return false;
        }
    r->out->tells_services = r->column[SERVICES] >= 0;
    r->out->tells_hours = r->column[HOURS] >= 0;
    return true;
}

/* ---- a row ---- */

static const char *field(const struct reading *r, const struct csv_field *f, enum column c)
{
    return r->column[c] < 0 ? "" : f[r->column[c]].at;
}

static bool read_clock(const char *text, size_t len, int *out)
{
    char padded[8] = "0";
    if (len < 4 || len > 5)
        return false;
    memcpy(padded + (len == 4), text, len);
    return date_parse_hm(padded, out);
}

/* "8:30-18:00"; an empty one is not known. */
static bool read_hours(const char *text, struct outlet_row *row)
{
    const char *dash = strchr(text, '-');
    row->open_s = row->close_s = -1;
    if (!*text)
        return true;
    return dash && read_clock(text, (size_t)(dash - text), &row->open_s) &&
           read_clock(dash + 1, strlen(dash + 1), &row->close_s) && row->open_s < row->close_s;
}

static bool text_fits(const struct reading *r, const char *column, const char *value, char *out,
                      size_t size)
{
    if (strlen(value) >= size)
        return bad(r, column, value, "is too long");
    snprintf(out, size, "%s", value);
    return true;
}

static bool read_place(const struct reading *r, const struct csv_field *f, struct branch_outlet *o)
{
    const char *lat = field(r, f, LAT), *lon = field(r, f, LON);
    int32_t turned = 0;
    if (!degrees(lat, 90, &o->lat_e6))
        return bad(r, "lat", lat,
                   degrees(lat, 180, &turned) && degrees(lon, 90, &turned)
                       ? "is beyond 90 degrees: lat and lon look exchanged"
                       : "is not degrees of -90..90, such as 30.512822");
    if (!degrees(lon, 180, &o->lon_e6))
        return bad(r, "lon", lon, "is not degrees of -180..180, such as 105.591054");
    if (!o->lat_e6 && !o->lon_e6)
        return bad(r, "lat and lon", lat, "and 0 is no place of an outlet; leave the row out");
    return true;
}

static bool read_row(struct reading *r, const struct csv_field *f, size_t n)
{
    struct outlet_row *row = &r->out->row[r->out->n];
    struct branch_outlet *o = &row->outlet;
    const char *hours = field(r, f, HOURS), *kind = field(r, f, KIND);
    *row = (struct outlet_row){ .line = r->line };
    if (n != r->columns) {
        snprintf(r->error, OUTLETS_ERROR,
                 "line %d: %zu columns, the first row has %zu; text with commas belongs in quotes",
                 r->line, n, r->columns);
        return false;
    }
    if (!read_place(r, f, o) ||
        !text_fits(r, "branch_id", field(r, f, CODE), o->code, sizeof o->code) ||
        !text_fits(r, "name", field(r, f, NAME), o->name_zh, sizeof o->name_zh) ||
        !text_fits(r, "address", field(r, f, ADDRESS), o->address_zh, sizeof o->address_zh) ||
        !text_fits(r, "phone", field(r, f, PHONE), o->phone, sizeof o->phone) ||
        !text_fits(r, "kind", *kind ? kind : "outlet", row->kind, sizeof row->kind))
        return false;
    if (!read_hours(hours, row))
        return bad(r, "work_time", hours, "is not written 8:30-18:00");
    if (r->out->tells_services)
        row->services = field(r, f, SERVICES);
    o->id.n = ++r->out->n;
    o->active = true;
    return true;
}

static bool read_line(struct reading *r, char *line, size_t len)
{
    struct csv_field f[FIELDS];
    const char *why = "";
    size_t n = 0;
    if (csv_split(line, len, ',', f, FIELDS, &n, &why)) {
        snprintf(r->error, OUTLETS_ERROR, "line %d: %s", r->line, why);
        return false;
    }
    if (r->line == 1)
        return read_names(r, f, n);
    if (n == 1 && !*f[0].at)
        return true;
    if (r->out->n == OUTLETS_MAX) {
        snprintf(r->error, OUTLETS_ERROR, "line %d: more than %d rows", r->line, OUTLETS_MAX);
        return false;
    }
    return read_row(r, f, n);
}

int outlets_read(char *text, size_t len, struct arena *arena, struct outlet_list *out,
                 char error[OUTLETS_ERROR])
{
    struct reading r = { .out = out, .error = error };
    size_t lines = 1;
    *out = (struct outlet_list){ .n = 0 };
    *error = '\0';
    for (size_t i = 0; i < len; i++)
        lines += text[i] == '\n';
    out->row = arena_alloc(arena, sizeof *out->row * (lines < OUTLETS_MAX ? lines : OUTLETS_MAX));
    size_t at = len >= 3 && !memcmp(text, "\xEF\xBB\xBF", 3) ? 3 : 0;
    while (at < len) {
        char *end = memchr(text + at, '\n', len - at);
        size_t n = end ? (size_t)(end - text) - at + 1 : len - at;
        r.line++;
        if (memchr(text + at, 0, n)) {
            snprintf(error, OUTLETS_ERROR, "line %d: a zero byte; this is not text", r.line);
            return BASE_BAD_INPUT;
        }
        if (!read_line(&r, text + at, n))
            return BASE_BAD_INPUT;
        at += n;
    }
    if (out->n)
        return 0;
    snprintf(error, OUTLETS_ERROR,
             r.line ? "no row after the names of the columns"
                    : "is empty; the first row names the columns, such as "
                      "kind,branch_id,lat,lon,name,address,phone,work_time");
    return BASE_BAD_INPUT;
}

/* ---- near ---- */

static bool has_word(const char *words, const char *word)
{
    size_t len = strlen(word);
    for (const char *p = words + strspn(words, " ;|"); *p; p += strspn(p, " ;|")) {
        size_t n = strcspn(p, " ;|");
        if (n == len && !memcmp(p, word, n))
            return true;
        p += n;
    }
    return false;
}

static bool fits(const struct outlet_row *row, const struct outlet_ask *ask)
{
    if (ask->kind && strcmp(row->kind, ask->kind) != 0)
        return false;
    if (ask->service && !(row->services && has_word(row->services, ask->service)))
        return false;
    return ask->at_s < 0 || row->open_s < 0 ||
           (ask->at_s >= row->open_s && ask->at_s < row->close_s);
}

void outlets_near(const struct outlet_list *list, const struct outlet_ask *ask, struct arena *arena,
                  struct outlet_places *out)
{
    size_t most = (size_t)list->n + 1;
    struct branch_outlet *fit = arena_alloc(arena, sizeof *fit * most);
    struct branch_near *near = arena_alloc(arena, sizeof *near * most);
    *out = (struct outlet_places){ .n = 0 };
    for (int i = 0; i < list->n; i++)
        if (fits(&list->row[i], ask))
            fit[out->outlets++] = list->row[i].outlet;
    branch_nearest(fit, out->outlets, ask->lat_e6, ask->lon_e6, near);
    out->by = arena_alloc(arena, sizeof *out->by * most);
    out->place = arena_alloc(arena, sizeof *out->place * most);
    for (int i = 0; i < out->outlets; i++) {
        const struct branch_outlet *o = near[i].outlet;
        struct outlet_place *p = out->n ? &out->place[out->n - 1] : NULL;
        /* Two points may be equally far: a place's outlets are gathered, whatever lies between. */
        for (int k = out->n - 1; k >= 0 && out->place[k].metres >= near[i].metres; k--)
            if (out->place[k].lat_e6 == o->lat_e6 && out->place[k].lon_e6 == o->lon_e6)
                p = &out->place[k];
        if (!out->n || p->lat_e6 != o->lat_e6 || p->lon_e6 != o->lon_e6) {
            p = &out->place[out->n++];
            *p = (struct outlet_place){ near[i].metres, o->lat_e6, o->lon_e6, i, 0 };
        }
        int at = p->first + p->n++;
        memmove(&out->by[at + 1], &out->by[at], sizeof *out->by * (size_t)(i - at));
        out->by[at] = &list->row[o->id.n - 1];
        for (struct outlet_place *q = p + 1; q < out->place + out->n; q++)
            q->first++;
    }
}

bool outlets_point(const char *text, int32_t *lat_e6, int32_t *lon_e6, char error[OUTLETS_ERROR])
{
    char lat[32] = "";
    int32_t turned = 0;
    const char *comma = strchr(text, ',');
    size_t len = comma ? (size_t)(comma - text) : 0;
    if (comma && len < sizeof lat) {
        memcpy(lat, text, len);
        if (degrees(lat, 90, lat_e6) && degrees(comma + 1, 180, lon_e6))
            return true;
        if (degrees(lat, 180, &turned) && degrees(comma + 1, 90, &turned)) {
            snprintf(error, OUTLETS_ERROR, "'%.60s': latitude comes first: %s,%s", text, comma + 1,
                     lat);
            return false;
        }
    }
    snprintf(error, OUTLETS_ERROR,
             "'%.60s' is not LAT,LON in degrees (-90..90, -180..180), such as 30.512822,105.591054",
             text);
    return false;
}
