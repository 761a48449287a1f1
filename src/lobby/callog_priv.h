/* callog_priv.h -- What the readers of the formats share. */
#ifndef LOBBY_CALLOG_PRIV_H
#define LOBBY_CALLOG_PRIV_H
#include "base/csv.h"
#include "lobby/callog.h"

enum { CALLOG_COLUMNS_MAX = 128, CALLOG_TEXT_MAX = 64, CALLOG_LINE_MAX = 65536 };

/* The set of texts seen: each is kept once. */
struct callog_texts {
    struct arena *arena;
    const char **at;
    size_t room, n;
};
const char *callog_intern(struct callog_texts *t, const char *text, size_t len);

/* What a format's reader says about one line. */
struct callog_verdict {
    const char *refused; /* the reason, or NULL */
    const char *field;   /* the column it is about */
    const char *value;   /* what stands there */
    int drop;            /* enum callog_drop, or -1: kept */
};

/* A compiled time format. */
enum { CALLOG_TIME_STEPS = 32 };
struct callog_time {
    char step[CALLOG_TIME_STEPS]; /* a letter of a directive, or 0 and a literal */
    char literal[CALLOG_TIME_STEPS];
    int n;
    bool has_day, has_clock;
};
struct callog_moment {
    bool has_day;
    date day;
    int64_t clock_us; /* since the civil midnight */
};
MUST_USE bool callog_time_compile(const char *format, struct callog_time *out);
MUST_USE bool callog_time_read(const struct callog_time *t, const char *text,
                               struct callog_moment *out);

/* The column map of the csv format. */
enum callog_field {
    FIELD_NUMBER,
    FIELD_TAKEN,
    FIELD_CALLED,
    FIELD_SERVED,
    FIELD_ENDED,
    FIELD_WAIT,
    FIELD_DATE,
    FIELD_SERVICE,
    FIELD_CLASS,
    FIELD_OUTCOME,
    FIELD_WINDOW,
    FIELD_STAFF,
    FIELD_CUSTOMER,
    FIELD_OUTLET,
    FIELD_COUNT
};
extern const char *const callog_field_names[FIELD_COUNT];
enum { CALLOG_MAPPED_MAX = 64 };
struct callog_map {
    const char *column[FIELD_COUNT]; /* NULL: not in the file */
    struct callog_time stamp, day;
    int64_t unit_us;
    char separator;
    int mapped;
    struct {
        enum callog_field field;
        const char *ours, *theirs;
    } map[CALLOG_MAPPED_MAX];
};
MUST_USE int callog_map_parse(struct arena *arena, const char *text, struct callog_map *out,
                              char error[CALLOG_ERROR]);
const char *callog_map_value(const struct callog_map *m, enum callog_field field, const char *text);

/* One reader at work. */
struct callog_reader {
    struct arena *arena;
    struct callog *log;
    struct callog_texts texts;
    struct callog_map map;
    int column[FIELD_COUNT + 20]; /* of each field of the format, -1: not there */
    size_t columns;               /* in the header */
};
MUST_USE int technion_header(struct callog_reader *r, const struct csv_field *f, size_t n,
                             char error[CALLOG_ERROR]);
void technion_line(struct callog_reader *r, const struct csv_field *f, struct callog_row *row,
                   struct callog_verdict *v);
MUST_USE int csv_header(struct callog_reader *r, const struct csv_field *f, size_t n,
                        char error[CALLOG_ERROR]);
void csv_line(struct callog_reader *r, const struct csv_field *f, struct callog_row *row,
              struct callog_verdict *v);
void technion_write(const struct callog_row *row, struct buf *out);
#endif
