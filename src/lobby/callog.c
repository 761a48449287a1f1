/* callog.c -- Cuts a log into lines, has each read by its format, and keeps the books. */
#include "lobby/callog.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/buf.h"
#include "lobby/callog_priv.h"

#include "base/banned.h"

#define BYTES_MAX ((size_t)256 << 20)
enum { RECORD_LINES_MAX = 16, ROWS_FIRST = 1024 };

bool callog_format_parse(const char *text, enum callog_format *out)
{
    *out = strcmp(text, "csv") == 0 ? CALLOG_CSV : CALLOG_TECHNION;
    return *out == CALLOG_CSV || strcmp(text, "technion") == 0;
}

const char *callog_outcome_code(enum callog_outcome o)
{
    static const char *const code[] = { "done", "left", "noshow", "void" };
    CHECK((unsigned)o < COUNT(code));
    return code[o];
}

#define CODE(name, code, zh, en) code,

const char *callog_drop_code(enum callog_drop d)
{
    static const char *const codes[] = { CALLOG_DROPS(CODE) };
    CHECK((unsigned)d < COUNT(codes));
    return codes[d];
}

const char *callog_quirk_code(enum callog_quirk q)
{
    static const char *const codes[] = { CALLOG_QUIRKS(CODE) };
    CHECK((unsigned)q < COUNT(codes));
    return codes[q];
}

static size_t hash_of(const char *text, size_t len)
{
    uint64_t h = UINT64_C(14695981039346656037); /* FNV-1a */
    for (size_t i = 0; i < len; i++)
        h = (h ^ (unsigned char)text[i]) * UINT64_C(1099511628211);
    return (size_t)(h ^ h >> 32);
}

static void texts_grow(struct callog_texts *t)
{
    size_t room = t->room ? t->room * 2 : 256;
    const char **at = arena_alloc(t->arena, room * sizeof *at);
    for (size_t i = 0; i < t->room; i++) {
        if (!t->at[i])
            continue;
        size_t k = hash_of(t->at[i], strlen(t->at[i])) & (room - 1);
        while (at[k])
            k = (k + 1) & (room - 1);
        at[k] = t->at[i];
    }
    t->at = at;
    t->room = room;
}

const char *callog_intern(struct callog_texts *t, const char *text, size_t len)
{
    if (t->n * 2 >= t->room)
        texts_grow(t);
    size_t k = hash_of(text, len) & (t->room - 1);
    while (t->at[k]) {
        if (strlen(t->at[k]) == len && memcmp(t->at[k], text, len) == 0)
            return t->at[k];
        k = (k + 1) & (t->room - 1);
    }
    t->n++;
    return t->at[k] = arena_dup(t->arena, text, len);
}

/* The bytes still to be read. */
struct input {
    const char *at, *end;
    int64_t line; /* of what comes next; the header is 1 */
};

static bool odd_quotes(const char *at, size_t n)
{
    size_t quotes = 0;
    for (const char *q = at; (q = memchr(q, '"', n - (size_t)(q - at))) != NULL; q++)
        quotes++;
    return quotes % 2 == 1;
}

static size_t line_length(const char *at, const char *end)
{
    const char *lf = memchr(at, '\n', (size_t)(end - at));
    return lf ? (size_t)(lf - at) + 1 : (size_t)(end - at);
}

/* One record with its line ending. A quoted field may go over line ends; when the quote is not
 * closed within some lines it is a stray one, and the record is the first line alone. */
static bool next_record(struct input *in, const char **record, size_t *len)
{
    if (in->at == in->end)
        return false;
    size_t first = line_length(in->at, in->end), n = first;
    int64_t lines = 1;
    while (odd_quotes(in->at, n) && lines < RECORD_LINES_MAX && in->at + n < in->end) {
        n += line_length(in->at + n, in->end);
        lines++;
    }
    if (lines > 1 && (odd_quotes(in->at, n) || n > CALLOG_LINE_MAX)) {
        n = first;
        lines = 1;
    }
    *record = in->at;
    *len = n;
    in->at += n;
    in->line += lines;
    return true;
}

static bool is_blank(const char *at, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (at[i] != ' ' && at[i] != '\t' && at[i] != '\r' && at[i] != '\n')
            return false;
    return true;
}

/* At most what fits, cut at a whole character, control bytes shown as '.'. */
static void clean_copy(char *out, size_t size, const char *text)
{
    size_t n = strnlen(text, size - 1);
    while (n > 0 && text[n] != '\0' && ((unsigned char)text[n] & 0xc0) == 0x80)
        n--;
    for (size_t i = 0; i < n; i++)
        out[i] = (unsigned char)text[i] < ' ' || text[i] == 0x7f ? '.' : text[i];
    out[n] = '\0';
}

static void note(struct callog_reader *r, int64_t line, const struct callog_verdict *v)
{
    struct callog *log = r->log;
    if (v->refused) {
        log->refused++;
    } else {
        log->dropped++;
        log->dropped_for[v->drop]++;
    }
    if (log->n_problems == CALLOG_PROBLEMS_MAX)
        return;
    if ((log->n_problems & (log->n_problems - 1)) == 0 && log->n_problems != 1) { /* 0, 2, 4, 8 */
        size_t room = log->n_problems ? log->n_problems * 2 : 2;
        struct callog_problem *more = arena_alloc(r->arena, room * sizeof *more);
        if (log->n_problems > 0)
            memcpy(more, log->problems, log->n_problems * sizeof *more);
        log->problems = more;
    }
    struct callog_problem *p = &log->problems[log->n_problems++];
    *p = (struct callog_problem){ .line = line, .dropped = !v->refused, .field = "", .reason = "" };
    if (v->refused) {
        p->field = v->field ? v->field : "";
        p->reason = v->refused;
        clean_copy(p->value, sizeof p->value, v->value ? v->value : "");
    } else {
        p->drop = (enum callog_drop)v->drop;
    }
}

static void keep(struct callog_reader *r, const struct callog_row *row, size_t *room)
{
    struct callog *log = r->log;
    if (log->n == *room) {
        *room = *room ? *room * 2 : ROWS_FIRST;
        struct callog_row *more = arena_alloc(r->arena, *room * sizeof *more);
        if (log->n > 0)
            memcpy(more, log->rows, log->n * sizeof *more);
        log->rows = more;
    }
    log->rows[log->n++] = *row;
    if (log->n == 1 || row->day.days < log->first_day.days)
        log->first_day = row->day;
    if (log->n == 1 || row->day.days > log->last_day.days)
        log->last_day = row->day;
}

static char separator_of(const struct callog_reader *r)
{
    return r->log->format == CALLOG_TECHNION ? '\t' : r->map.separator;
}

/* Fills row or says what is wrong with the record, which is in scratch. */
static void read_record(struct callog_reader *r, char *scratch, size_t len, struct callog_row *row,
                        struct callog_verdict *v)
{
    struct csv_field f[CALLOG_COLUMNS_MAX];
    size_t n = 0;
    const char *why = NULL;
    if (len > CALLOG_LINE_MAX) {
        v->refused = "the line is longer than 65536 bytes";
        return;
    }
    if (is_blank(scratch, len)) {
        v->drop = CALLOG_DROP_BLANK;
        return;
    }
    if (csv_split(scratch, len, separator_of(r), f, CALLOG_COLUMNS_MAX, &n, &why)) {
        v->refused = why;
        v->value = memchr(scratch, '\0', len) ? "" : scratch;
        return;
    }
    if (n != r->columns) {
        v->refused =
            n < r->columns ? "fewer fields than the header" : "more fields than the header";
        v->value = f[0].at;
        return;
    }
    if (r->log->format == CALLOG_TECHNION)
        technion_line(r, f, row, v);
    else
        csv_line(r, f, row, v);
    for (int q = 0; !v->refused && q < CALLOG_QUIRK_COUNT; q++)
        r->log->quirk[q] += row->quirks >> q & 1;
}

static int read_header(struct callog_reader *r, struct input *in, char *scratch,
                       char error[CALLOG_ERROR])
{
    struct csv_field f[CALLOG_COLUMNS_MAX];
    const char *record, *why = NULL;
    size_t len, n = 0;
    if (in->end - in->at >= 3 && memcmp(in->at, "\xef\xbb\xbf", 3) == 0)
        in->at += 3;
    if (!next_record(in, &record, &len) || is_blank(record, len)) {
        snprintf(error, CALLOG_ERROR, "the first line holds no column names");
        return BASE_BAD_INPUT;
    }
    r->log->crlf = len >= 2 && record[len - 2] == '\r' && record[len - 1] == '\n';
    if (len > CALLOG_LINE_MAX) {
        snprintf(error, CALLOG_ERROR, "the header is longer than %d bytes", CALLOG_LINE_MAX);
        return BASE_BAD_INPUT;
    }
    memcpy(scratch, record, len);
    scratch[len] = '\0';
    if (csv_split(scratch, len, separator_of(r), f, CALLOG_COLUMNS_MAX, &n, &why)) {
        snprintf(error, CALLOG_ERROR, "the header cannot be read: %s", why);
        return BASE_BAD_INPUT;
    }
    r->columns = n;
    return r->log->format == CALLOG_TECHNION ? technion_header(r, f, n, error)
                                             : csv_header(r, f, n, error);
}

static void see_instant(int64_t at_us, int64_t *coarse)
{
    if (at_us == CALLOG_NEVER)
        return;
    while (at_us % *coarse != 0)
        *coarse = *coarse == US_MINUTE ? US_SECOND : 1;
}

static int64_t resolution_of(const struct callog *log)
{
    int64_t coarse = US_MINUTE;
    for (size_t i = 0; i < log->n; i++) {
        const struct callog_row *row = &log->rows[i];
        see_instant(row->taken_us, &coarse);
        see_instant(row->called_us, &coarse);
        see_instant(row->served_us, &coarse);
        see_instant(row->ended_us, &coarse);
    }
    return coarse;
}

static void read_all(struct callog_reader *r, struct input *in, char *scratch)
{
    const char *record;
    size_t len, room = 0;
    for (;;) {
        int64_t line = in->line;
        if (!next_record(in, &record, &len))
            break;
        size_t held = len > CALLOG_LINE_MAX ? 0 : len;
        memcpy(scratch, record, held);
        scratch[held] = '\0';
        struct callog_row row = { .line = line };
        struct callog_verdict v = { .drop = -1 };
        read_record(r, scratch, len, &row, &v);
        r->log->read++;
        if (v.refused || v.drop >= 0)
            note(r, line, &v);
        else
            keep(r, &row, &room);
    }
    CHECK(r->log->read == (int64_t)r->log->n + r->log->refused + r->log->dropped);
}

/* A number that was already given on that day at that outlet. */
static void mark_repeats(struct callog_reader *r)
{
    struct callog_texts seen = { .arena = r->arena };
    for (size_t i = 0; i < r->log->n; i++) {
        struct callog_row *row = &r->log->rows[i];
        char key[CALLOG_KEY];
        CHECK(row->number != NULL);
        if (row->number[0] == '\0')
            continue;
        callog_key(row, key);
        size_t before = seen.n;
        callog_intern(&seen, key, strlen(key));
        if (seen.n == before) {
            row->quirks |= 1u << CALLOG_QUIRK_TWICE;
            r->log->quirk[CALLOG_QUIRK_TWICE]++;
        }
    }
}

size_t callog_memory(size_t n)
{
    return ((size_t)16 << 20) + (n < BYTES_MAX ? n : BYTES_MAX) * 2048;
}

int callog_read(struct arena *arena, const char *bytes, size_t n, enum callog_format format,
                const char *map, struct callog **out, char error[CALLOG_ERROR])
{
    struct callog_reader r = { .arena = arena, .texts = { .arena = arena } };
    struct input in = { bytes, bytes + n, 1 };
    int rc = 0;
    error[0] = '\0';
    if (n > BYTES_MAX) {
        snprintf(error, CALLOG_ERROR, "the log is larger than 256 MB");
        return BASE_TOO_LONG;
    }
    if (format == CALLOG_CSV && !map) {
        snprintf(error, CALLOG_ERROR, "the csv format needs a column map: taken=COLUMN,...");
        return BASE_BAD_INPUT;
    }
    r.log = arena_alloc(arena, sizeof *r.log);
    r.log->format = format;
    char *scratch = arena_alloc(arena, (n < CALLOG_LINE_MAX ? n : CALLOG_LINE_MAX) + 1);
    if (format == CALLOG_CSV)
        rc = callog_map_parse(arena, map, &r.map, error);
    if (!rc)
        rc = read_header(&r, &in, scratch, error);
    if (rc)
        return rc;
    read_all(&r, &in, scratch);
    mark_repeats(&r);
    r.log->resolution_us = resolution_of(r.log);
    *out = r.log;
    return 0;
}

static int file_size(FILE *f, size_t *out)
{
    struct stat st;
    if (!f || fstat(fileno(f), &st))
        return RC_IO;
    if (S_ISDIR(st.st_mode)) {
        errno = EISDIR;
        return RC_IO;
    }
    if (fseek(f, 0, SEEK_END))
        return RC_IO;
    long n = ftell(f);
    if (n < 0 || fseek(f, 0, SEEK_SET))
        return RC_IO;
    *out = (size_t)n;
    return 0;
}

int callog_memory_file(const char *path, size_t *out)
{
    FILE *f = fopen(path, "rb");
    size_t n = 0;
    int rc = file_size(f, &n);
    if (f)
        fclose(f);
    *out = callog_memory(n) + (n < BYTES_MAX ? n : 0) * 2;
    return rc;
}

int callog_read_file(struct arena *arena, const char *path, enum callog_format format,
                     const char *map, struct callog **out, char error[CALLOG_ERROR])
{
    size_t n = 0;
    char *bytes;
    FILE *f = fopen(path, "rb");
    int rc = file_size(f, &n);
    if (!rc && n > BYTES_MAX) {
        snprintf(error, CALLOG_ERROR, "%.120s is larger than 256 MB", path);
        rc = BASE_TOO_LONG;
        goto out;
    }
    if (rc) {
        snprintf(error, CALLOG_ERROR, "%.120s cannot be opened", path);
        goto out;
    }
    bytes = arena_alloc(arena, n + 1);
    if (fread(bytes, 1, n, f) != n) {
        snprintf(error, CALLOG_ERROR, "%.120s cannot be read to its end", path);
        rc = RC_IO;
        goto out;
    }
    rc = callog_read(arena, bytes, n, format, map, out, error);
out:
    if (f)
        fclose(f);
    return rc;
}

bool callog_offered(const struct callog_row *row)
{
    return row->outcome == CALLOG_SERVED || (row->outcome != CALLOG_PHANTOM && row->queued);
}

/* Is the text one of "mid+high"? */
static bool among(const char *list, const char *text)
{
    size_t n = strlen(text);
    for (const char *at = list;; at++) {
        size_t len = strcspn(at, "+");
        if (len == n && memcmp(at, text, n) == 0)
            return true;
        at += len;
        if (*at == '\0')
            return false;
    }
}

struct wait *callog_waits(const struct callog *log, const char *service, const char *classes,
                          struct arena *arena, size_t *n)
{
    struct wait *waits = arena_alloc(arena, (log->n + 1) * sizeof *waits);
    *n = 0;
    for (size_t i = 0; i < log->n; i++) {
        const struct callog_row *row = &log->rows[i];
        if (!callog_offered(row) || (service && strcmp(service, row->service) != 0) ||
            (classes && !among(classes, row->class_code)))
            continue;
        waits[(*n)++] =
            (struct wait){ row->wait_us,
                           row->outcome == CALLOG_SERVED ? WAIT_SERVED : WAIT_ABANDONED };
    }
    return waits;
}

void callog_key(const struct callog_row *row, char out[CALLOG_KEY])
{
    char day[DATE_TEXT];
    date_print(row->day, day);
    if (row->technion)
        snprintf(out, CALLOG_KEY, "%s/%.60s/%lld", day, row->technion->vru_line,
                 (long long)row->call_id);
    else if (row->number[0])
        snprintf(out, CALLOG_KEY, "%s/%.66s/%.66s", day, row->outlet, row->number);
    else
        snprintf(out, CALLOG_KEY, "%s/%.66s/#%lld", day, row->outlet, (long long)row->line);
}

void callog_write(const struct callog_row *row, struct buf *out)
{
    if (row->technion)
        technion_write(row, out);
    else
        callog_write_plain(row, out);
}
