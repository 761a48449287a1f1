/* callog.h -- Reads the log of any queue: bytes in, rows out, and a report of everything odd.
 *
 * Nothing is lost silently: read = kept + refused + dropped. Refused is a line that cannot be
 * understood, with its number, field and reason. Dropped is a line that was understood and is left
 * out for a named reason. A quirk is odd but kept (or the reason why it was dropped); quirks are
 * counted over every line that was understood.
 *
 * Formats
 *   technion  the bank's call log of February 1999: TAB, CRLF or LF, columns found by their names
 *             in any order. Each row can be written back byte for byte.
 *   csv       any queue system's export, by a column map in one line of text, for example
 *     number=ticket_no,taken=take_time,called=call_time,served=start,ended=end,service=biz,
 *     class=vip,outcome=status,window=counter,staff=teller;time=%Y-%m-%d %H:%M:%S;
 *     map.outcome.done=OK|FINISHED;map.class.mid=VIP
 *   Segments are parted by semicolons; a backslash takes the next character as it is.
 *     field=column,...    number taken called served ended wait date service class outcome window
 *                         staff customer outlet. Needed: taken or wait; columns not named are read
 *                         over.
 *     time=FORMAT         of taken, called, served, ended: %Y %y %m %d %H %M %S %f (fraction of a
 *                         second) %F %T %s (seconds since 1970) %%. Default %F %T; %T when a date
 *                         column is named.
 *     day=FORMAT          of the date column, default %F
 *     unit=s|min|ms       of the wait column, default s
 *     sep=comma|tab|semicolon   default comma
 *     map.FIELD.OURS=THEIRS|THEIRS   for outcome (done left noshow void), class, service
 *   Without an outcome column a ticket that was called or served is done, one that only ended left.
 *   Civil times are UTC+8. A clock time more than 12 hours before the one before it on the same
 *   line is the next day's.
 *
 * The population of waits (callog_offered): everybody who was served, and everybody who gave up
 * after waiting more than 0 s. In the February log 1,972 callers hung up without having queued
 * (1,941 never, 31 for 0 s): they were not offered to the agents. So 31,071 of 33,043 count. */
#ifndef LOBBY_CALLOG_H
#define LOBBY_CALLOG_H
#include "base/date.h"
#include "lobby/promise.h"

struct arena;
struct buf;
struct jsonw;

enum callog_format { CALLOG_TECHNION, CALLOG_CSV };
MUST_USE bool callog_format_parse(const char *text, enum callog_format *out); /* "technion" "csv" */

enum callog_outcome { CALLOG_SERVED, CALLOG_ABANDONED, CALLOG_NOSHOW, CALLOG_PHANTOM };
const char *callog_outcome_code(enum callog_outcome o); /* "done" "left" "noshow" "void" */

/* Why an understood line is left out. */
#define CALLOG_DROPS(X)                                                             \
    X(BLANK, "blank", "空行", "empty line")                                         \
    X(PHANTOM, "phantom", "虚假来电或作废号", "phantom call or void ticket")        \
    X(NEGATIVE_VRU, "negative_vru_time", "语音时长为负", "negative vru_time")       \
    X(NEGATIVE_WAIT, "negative_wait", "叫号早于取号", "called before it was taken") \
    X(NO_END, "no_end", "没有叫号也没有结束", "neither called nor ended")
/* What is odd about an understood line. */
#define CALLOG_QUIRKS(X)                                                                     \
    X(PHANTOM, "phantom", "虚假来电", "PHANTOM outcome, or a void ticket")                   \
    X(NEGATIVE_VRU, "negative_vru_time", "语音时长为负", "negative vru_time")                \
    X(VRU_TIME, "wrong_vru_time", "语音时长不符", "vru_time is not vru_exit - vru_entry")    \
    X(Q_TIME, "wrong_q_time", "排队时长不符", "q_time is not q_exit - q_start")              \
    X(SER_TIME, "wrong_ser_time", "服务时长不符", "ser_time is not ser_exit - ser_start")    \
    X(EARLY_SERVICE, "ser_start_before_q_exit", "服务开始早于出队",                          \
      "served, and the service starts before the queue is left")                             \
    X(NO_SERVER, "agent_no_server", "已服务但无人员", "served by NO_SERVER or nobody named") \
    X(NO_SERVICE_TIME, "served_without_start", "已服务但无开始时间",                         \
      "served, but no start of service is given")                                            \
    X(GHOST_SERVICE, "hang_with_service", "弃号却有服务时间",                                \
      "gave up, and yet has times of service")                                               \
    X(MIDNIGHT, "past_midnight", "跨零点", "goes past midnight")                             \
    X(NEGATIVE_WAIT, "negative_wait", "叫号早于取号", "called before it was taken")          \
    X(TWICE, "number_twice", "同日号码重复", "the same number twice on one day at one outlet")
#define CALLOG_DROP_ENUM(name, code, zh, en)  CALLOG_DROP_##name,
#define CALLOG_QUIRK_ENUM(name, code, zh, en) CALLOG_QUIRK_##name,
enum callog_drop { CALLOG_DROPS(CALLOG_DROP_ENUM) CALLOG_DROP_COUNT };
enum callog_quirk { CALLOG_QUIRKS(CALLOG_QUIRK_ENUM) CALLOG_QUIRK_COUNT };
const char *callog_drop_code(enum callog_drop d);
const char *callog_quirk_code(enum callog_quirk q);

#define CALLOG_NEVER INT64_MIN
/* What the technion format has beyond the common fields, as it stands in the file. */
struct callog_technion {
    const char *vru_line, *outcome;
    int32_t vru_entry, vru_exit, vru_time, q_start, q_exit, q_time, ser_start, ser_exit, ser_time;
};
struct callog_row {
    int64_t line;                  /* in the file, the header is 1 */
    int64_t call_id;               /* technion; else 0 */
    const char *number;            /* ticket number or call id, as written */
    const char *customer, *outlet; /* "" when not known, as all texts below; texts are shared */
    const char *class_code, *service, *window, *staff; /* staff "" for NO_SERVER */
    date day;
    int64_t taken_us;  /* instants, or CALLOG_NEVER */
    int64_t queued_us; /* when the wait began: technion q_start; csv: taken */
    int64_t called_us, served_us, ended_us;
    int64_t wait_us;
    bool queued; /* waited more than 0 s, or took a ticket */
    enum callog_outcome outcome;
    uint32_t quirks;                        /* 1 << enum callog_quirk */
    const struct callog_technion *technion; /* NULL for csv */
};
struct callog_problem {
    int64_t line;
    bool dropped; /* else refused */
    enum callog_drop drop;
    const char *field, *reason; /* of a refusal; field "" when it is about the whole line */
    char value[48];             /* what stands there, cut and cleaned */
};
enum { CALLOG_PROBLEMS_MAX = 10000, CALLOG_ERROR = 200 };
struct callog {
    enum callog_format format;
    struct callog_row *rows; /* in the file's order */
    size_t n;
    int64_t read, refused, dropped; /* lines after the header */
    int64_t dropped_for[CALLOG_DROP_COUNT], quirk[CALLOG_QUIRK_COUNT];
    struct callog_problem *problems; /* the first CALLOG_PROBLEMS_MAX refused and dropped lines */
    size_t n_problems;
    int64_t resolution_us;    /* 1 minute, 1 second or 1 microsecond: what all instants hold */
    bool crlf;                /* the header's line ending */
    date first_day, last_day; /* of the rows; equal to {0} without rows */
};

/* bytes is borrowed for the call only. map: the column map for csv, else NULL.
 * 0; or BASE_BAD_INPUT / BASE_TOO_LONG (over 256 MB) with a sentence in error when the map or the
 * header cannot be used at all. The arena must allow callog_memory(n) bytes. */
MUST_USE int callog_read(struct arena *arena, const char *bytes, size_t n,
                         enum callog_format format, const char *map, struct callog **out,
                         char error[CALLOG_ERROR]);
/* The same from a file; RC_IO with a sentence when it cannot be read. */
MUST_USE int callog_read_file(struct arena *arena, const char *path, enum callog_format format,
                              const char *map, struct callog **out, char error[CALLOG_ERROR]);
size_t callog_memory(size_t n);
MUST_USE int callog_memory_file(const char *path, size_t *out); /* for arena_new() */

bool callog_offered(const struct callog_row *row);
/* The waits of everybody offered, of this service and of these classes ("mid+high"; NULL: any).
 * Abandoned covers those who did not come when called. */
struct wait *callog_waits(const struct callog *log, const char *service, const char *classes,
                          struct arena *arena, size_t *n);
/* A text that is the same whenever the same call is read again: "1999-02-01/AA0101/34536",
 * "2026-11-23/OUTLET/A013"; a ticket without a number goes by its line, "2026-11-23/OUTLET/#17". */
enum { CALLOG_KEY = 160 };
void callog_key(const struct callog_row *row, char out[CALLOG_KEY]);
/* The line as it stood in the file (technion), without its line ending. */
void callog_write(const struct callog_row *row, struct buf *out);
/* A csv row with the columns of callog_plain_map; read again, it gives the same row. */
extern const char callog_plain_header[], callog_plain_map[];
void callog_write_plain(const struct callog_row *row, struct buf *out);

/* listed: how many problem lines to print at most. */
void callog_report_json(struct jsonw *w, const char *key, const struct callog *log, size_t listed);
void callog_report_text(struct buf *out, const struct callog *log, size_t listed, bool english);
#endif
