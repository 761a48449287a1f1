/* callog_fuzz.c -- Any bytes as a log, under any column map: every line is accounted for, and a row
 * written out reads as the same row. The map and the log are parted by the first zero byte. */
#include "base/arena.h"
#include "base/buf.h"
#include "lobby/callog.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void same_row(const struct callog_row *a, const struct callog_row *b)
{
    CHECK(a->taken_us == b->taken_us && a->called_us == b->called_us);
    CHECK(a->served_us == b->served_us && a->ended_us == b->ended_us);
    CHECK(a->day.days == b->day.days && a->outcome == b->outcome && a->wait_us == b->wait_us);
    CHECK(strcmp(a->number, b->number) == 0 && strcmp(a->staff, b->staff) == 0);
    CHECK(strcmp(a->service, b->service) == 0 && strcmp(a->class_code, b->class_code) == 0);
}

static void write_and_read_again(struct arena *arena, const struct callog *log)
{
    struct buf out;
    struct callog *again = NULL;
    char error[CALLOG_ERROR];
    const char *header =
        "vru+line\tcall_id\tcustomer_id\tpriority\ttype\tdate\tvru_entry\tvru_exit\t"
        "vru_time\tq_start\tq_exit\tq_time\toutcome\tser_start\tser_exit\tser_time\t"
        "server";
    buf_init(&out, (size_t)8 << 20);
    buf_printf(&out, "%s\n", log->format == CALLOG_CSV ? callog_plain_header : header);
    for (size_t i = 0; i < log->n; i++) {
        callog_write(&log->rows[i], &out);
        buf_char(&out, '\n');
    }
    if (!out.overflow) {
        CHECK(!callog_read(arena, out.at, out.len, log->format,
                           log->format == CALLOG_CSV ? callog_plain_map : NULL, &again, error));
        CHECK(again->n == log->n);
        for (size_t i = 0; i < log->n; i++)
            same_row(&log->rows[i], &again->rows[i]);
    }
    buf_release(&out);
}

static void read_it(const char *map, const char *bytes, size_t n, enum callog_format format)
{
    struct arena *arena = arena_new((size_t)1 << 30);
    struct callog *log = NULL;
    char error[CALLOG_ERROR];
    struct buf out;
    buf_init(&out, 1 << 20);
    int rc = callog_read(arena, bytes, n, format, map, &log, error);
    CHECK((rc == 0) == (error[0] == '\0'));
    if (rc == 0) {
        size_t waits;
        CHECK(log->read == (int64_t)log->n + log->refused + log->dropped);
        callog_waits(log, NULL, NULL, arena, &waits);
        callog_report_text(&out, log, 20, true);
        write_and_read_again(arena, log);
    }
    buf_release(&out);
    arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    const char *zero = size ? memchr(text, '\0', size) : NULL;
    if (!zero)
        return 0;
    size_t used = (size_t)(zero - text) + 1;
    if (zero == text)
        read_it(NULL, text + used, size - used, CALLOG_TECHNION);
    else
        read_it(text, text + used, size - used, CALLOG_CSV);
    return 0;
}
