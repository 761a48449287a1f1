/* callog_test.c -- The real log of February 1999, and the same log mistreated. */
#include "test.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/jsonw.h"
#include "base/rng.h"
#include "lobby/callog.h"

#include <math.h>

static const char header[] = "vru+line\tcall_id\tcustomer_id\tpriority\ttype\tdate\tvru_entry\t"
                             "vru_exit\tvru_time\tq_start\tq_exit\tq_time\toutcome\tser_start\t"
                             "ser_exit\tser_time\tserver";

static char *slurp(const char *path, size_t *n)
{
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    assert_int_equal(fseek(f, 0, SEEK_END), 0);
    *n = (size_t)ftell(f);
    rewind(f);
    char *bytes = malloc(*n + 1);
    assert_non_null(bytes);
    assert_int_equal(fread(bytes, 1, *n, f), *n);
    fclose(f);
    bytes[*n] = '\0';
    return bytes;
}

static struct callog *read_technion(struct arena *arena, const char *bytes, size_t n)
{
    struct callog *log = NULL;
    char error[CALLOG_ERROR];
    if (callog_read(arena, bytes, n, CALLOG_TECHNION, NULL, &log, error))
        fail_msg("%s", error);
    assert_int_equal(log->read, (int64_t)log->n + log->refused + log->dropped);
    return log;
}

static const char *february(void)
{
    const char *path = test_data("service/technion_feb1999/call_center_feb1999.txt");
    if (!path)
        skip();
    return path;
}

static struct callog *read_february(struct arena **arena)
{
    const char *path = february();
    size_t memory = 0;
    struct callog *log = NULL;
    char error[CALLOG_ERROR];
    assert_int_equal(callog_memory_file(path, &memory), 0);
    *arena = arena_new(memory);
    assert_int_equal(callog_read_file(*arena, path, CALLOG_TECHNION, NULL, &log, error), 0);
    return log;
}

static void every_quirk_of_the_real_log_is_counted_exactly(void **state)
{
    UNUSED(state);
    static const struct {
        enum callog_quirk quirk;
        int64_t want;
    } row[] = {
        { CALLOG_QUIRK_PHANTOM, 278 },        { CALLOG_QUIRK_NEGATIVE_VRU, 25 },
        { CALLOG_QUIRK_VRU_TIME, 0 },         { CALLOG_QUIRK_Q_TIME, 2 },
        { CALLOG_QUIRK_SER_TIME, 16 },        { CALLOG_QUIRK_EARLY_SERVICE, 10982 },
        { CALLOG_QUIRK_NO_SERVER, 491 },      { CALLOG_QUIRK_TWICE, 0 },
        { CALLOG_QUIRK_NO_SERVICE_TIME, 50 }, { CALLOG_QUIRK_GHOST_SERVICE, 97 },
    };
    struct arena *arena;
    struct callog *log = read_february(&arena);
    for (size_t i = 0; i < COUNT(row); i++)
        if (log->quirk[row[i].quirk] != row[i].want)
            fail_msg("%s: %lld", callog_quirk_code(row[i].quirk),
                     (long long)log->quirk[row[i].quirk]);
    assert_int_equal(log->read, 33344);
    assert_int_equal(log->n, 33043);
    assert_int_equal(log->refused, 0);
    assert_int_equal(log->dropped_for[CALLOG_DROP_PHANTOM], 278);
    assert_int_equal(log->dropped_for[CALLOG_DROP_NEGATIVE_VRU], 23); /* two are phantoms too */
    assert_int_equal(log->n_problems, 301);
    assert_int_equal(log->resolution_us, US_SECOND);
    assert_true(log->crlf);
    arena_free(arena);
}

static void every_kept_line_is_written_back_byte_for_byte(void **state)
{
    UNUSED(state);
    size_t n, line = 1;
    char *bytes = slurp(february(), &n), *at = strchr(bytes, '\n') + 1;
    struct arena *arena = arena_new(callog_memory(n));
    struct callog *log = read_technion(arena, bytes, n);
    struct buf out;
    buf_init(&out, 1024);
    for (size_t i = 0; i < log->n; i++) {
        for (line++; (int64_t)line < log->rows[i].line; line++)
            at = strchr(at, '\n') + 1;
        buf_clear(&out);
        callog_write(&log->rows[i], &out);
        buf_text(&out, "\r\n");
        if (strncmp(out.at, at, out.len) != 0)
            fail_msg("line %zu: %.*s", line, (int)out.len, out.at);
        at += out.len;
    }
    buf_release(&out);
    arena_free(arena);
    free(bytes);
}

static void the_five_definitions_come_out_as_published(void **state)
{
    UNUSED(state);
    /* To four decimals; the notes round these once more to .945 .943 .826 .936 .906. */
    static const struct {
        int64_t kept, of;
        double share;
    } row[PROMISE_DEFINITIONS] = {
        { 25648, 27141, .9450 }, { 29304, 31071, .9431 }, { 25648, 31071, .8255 },
        { 25648, 27415, .9355 }, { 25648, 31071, .9063 },
    };
    struct arena *arena;
    struct callog *log = read_february(&arena);
    size_t n;
    struct wait *w = callog_waits(log, NULL, NULL, arena, &n);
    assert_int_equal(n, 31071);
    for (int d = 0; d < PROMISE_DEFINITIONS; d++) {
        struct share s = promise_share(w, n, 180 * US_SECOND, (enum promise_definition)d, arena);
        assert_int_equal(s.kept, row[d].kept);
        assert_int_equal(s.of, row[d].of);
        if (fabs(s.value - row[d].share) > 5e-5 + 1e-9)
            fail_msg("%s: %.6f", promise_code((enum promise_definition)d), s.value);
    }
    struct wait_summary s;
    wait_summarise(w, n, arena, &s);
    assert_int_equal(s.served, 27141);
    assert_int_equal(s.abandoned, 3930);
    assert_int_equal(llround(s.mean_s * 10), 407);
    assert_int_equal(s.median_us, 6 * US_SECOND);
    assert_int_equal(s.p90_us, 131 * US_SECOND);
    assert_int_equal(s.p95_us, 189 * US_SECOND);
    assert_int_equal(s.p99_us, 311 * US_SECOND);
    assert_int_equal(s.max_us, 749 * US_SECOND);
    arena_free(arena);
}

static void times_past_midnight_are_the_next_days(void **state)
{
    UNUSED(state);
    struct arena *arena;
    struct callog *log = read_february(&arena);
    int64_t past = 0;
    for (size_t i = 0; i < log->n; i++) {
        const struct callog_row *row = &log->rows[i];
        assert_true(row->wait_us >= 0);
        if (row->queued && row->outcome == CALLOG_SERVED)
            assert_int_equal(row->called_us - row->queued_us, row->wait_us);
        if (row->served_us != CALLOG_NEVER)
            assert_true(row->ended_us >= row->served_us);
        past += row->quirks >> CALLOG_QUIRK_MIDNIGHT & 1;
    }
    assert_int_equal(past, log->quirk[CALLOG_QUIRK_MIDNIGHT]);
    assert_true(past >= 18); /* the 2 and 16 wrong durations are all of these */
    arena_free(arena);
}

/* Columns in another order, LF for CRLF, an extra column: the same rows. */
static void reordered_columns_and_plain_line_ends_make_no_difference(void **state)
{
    UNUSED(state);
    static const char text[] =
        "server\tser_time\tser_exit\tser_start\toutcome\tq_time\tq_exit\tq_start\tvru_time\t"
        "vru_exit\tvru_entry\tdate\ttype\tpriority\tcustomer_id\tcall_id\tvru+line\textra\n"
        "YIFAT\t0\t0:00:00\t0:00:00\tAGENT\t13\t13:45:06\t13:44:53\t6\t13:44:53\t13:44:47\t990202\t"
        "PS\t2\t24442634\t34648\tAA0101\tx\n"
        "AVNI\t591\t0:00:32\t23:50:41\tAGENT\t0\t0:00:00\t0:00:00\t10\t23:50:42\t23:50:32\t990201\t"
        "PS\t0\t0\t34924\tAA0201\t";
    struct arena *arena = arena_new(callog_memory(sizeof text));
    struct callog *log = read_technion(arena, text, strlen(text));
    struct buf out;
    buf_init(&out, 1024);
    assert_int_equal(log->n, 2);
    assert_false(log->crlf);
    callog_write(&log->rows[0], &out);
    assert_string_equal(out.at,
                        "AA0101\t34648\t24442634\t2\tPS\t990202\t13:44:47\t13:44:53\t6\t13:44:53\t"
                        "13:45:06\t13\tAGENT\t0:00:00\t0:00:00\t0\tYIFAT");
    char key[CALLOG_KEY];
    callog_key(&log->rows[0], key);
    assert_string_equal(key, "1999-02-02/AA0101/34648");
    assert_int_equal(log->rows[1].ended_us - log->rows[1].served_us, 591 * US_SECOND);
    assert_int_equal(log->quirk[CALLOG_QUIRK_MIDNIGHT], 1);
    buf_release(&out);
    arena_free(arena);
}

static void a_bad_line_is_refused_with_its_number_field_and_reason(void **state)
{
    UNUSED(state);
    static const struct {
        const char *line, *field, *reason;
    } row[] = {
        { "AA\t1\t0\t0\tPS\t990201", "", "fewer fields than the header" },
        { "AA\t1\t0\t0\tPS\t990201\t7:00:00\t7:00:01\t1\t0:00:00\t0:00:00\t0\tAGENT\t7:00:01\t7:00:"
          "02\t1\tX\tY",
          "", "more fields than the header" },
        { "AA\tone\t0\t0\tPS\t990201\t7:00:00\t7:00:01\t1\t0:00:00\t0:00:00\t0\tAGENT\t7:00:01\t7:"
          "00:02\t1\tX",
          "call_id", "not a whole number" },
        { "AA\t1\t0\t0\tPS\t990230\t7:00:00\t7:00:01\t1\t0:00:00\t0:00:00\t0\tAGENT\t7:00:01\t7:00:"
          "02\t1\tX",
          "date", "not a day as yymmdd" },
        { "AA\t1\t0\t0\tPS\t990201\t7:60:00\t7:00:01\t1\t0:00:00\t0:00:00\t0\tAGENT\t7:00:01\t7:00:"
          "02\t1\tX",
          "vru_entry", "not a time as h:mm:ss" },
        { "AA\t1\t0\t0\tPS\t990201\t7:00:00\t7:00:01\t1\t0:00:00\t0:00\t0\tAGENT\t7:00:01\t7:00:"
          "02\t1\tX",
          "q_exit", "not a time as h:mm:ss" },
        { "AA\t1\t0\t0\tPS\t990201\t7:00:00\t7:00:01\t1\t0:00:00\t0:00:00\t0\tAGENT\t7:00:01\t7:00:"
          "02\t1e9\tX",
          "ser_time", "not a number of seconds" },
        { "AA\t1\t0\t0\tPS\t990201\t7:00:00\t7:00:01\t1\t0:00:00\t0:00:00\t0\tGHOST\t7:00:01\t7:00:"
          "02\t1\tX",
          "outcome", "none of AGENT, HANG, PHANTOM" },
        { "AA\t1\t0\t0\t\t990201\t7:00:00\t7:00:01\t1\t0:00:00\t0:00:00\t0\tAGENT\t7:00:01\t7:00:"
          "02\t1\tX",
          "type", "is empty" },
        { "AA\t\"1\t0", "", "a quote is not closed" },
    };
    char text[4096];
    int n = snprintf(text, sizeof text, "\xef\xbb\xbf%s\r\n", header);
    for (size_t i = 0; i < COUNT(row); i++)
        n += snprintf(text + n, sizeof text - (size_t)n, "\r\n%s\r\n", row[i].line);
    struct arena *arena = arena_new(callog_memory((size_t)n));
    struct callog *log = read_technion(arena, text, (size_t)n);
    assert_int_equal(log->refused, COUNT(row));
    assert_int_equal(log->dropped_for[CALLOG_DROP_BLANK], COUNT(row));
    for (size_t i = 0, p = 0; i < COUNT(row); i++, p++) {
        while (log->problems[p].dropped)
            p++;
        assert_int_equal(log->problems[p].line, 3 + 2 * (int64_t)i);
        assert_string_equal(log->problems[p].field, row[i].field);
        assert_string_equal(log->problems[p].reason, row[i].reason);
    }
    struct buf out;
    struct jsonw w;
    buf_init(&out, 1 << 16);
    callog_report_text(&out, log, 100, true);
    assert_non_null(strstr(out.at, "line 7: refused: call_id: not a whole number (\"one\")"));
    callog_report_text(&out, log, 5, false);
    buf_clear(&out);
    jw_init(&w, &out);
    callog_report_json(&w, NULL, log, 3);
    assert_non_null(strstr(out.at, "\"lines_not_listed\":17"));
    buf_release(&out);
    arena_free(arena);
}

static void a_log_without_its_columns_is_refused_as_a_whole(void **state)
{
    UNUSED(state);
    static const struct {
        const char *text, *error;
    } row[] = {
        { "", "no column names" },
        { "\r\n", "no column names" },
        { "call_id\tdate\n", "no column vru+line" },
        { "vru+line\tvru+line\n", "vru+line is there twice" },
        { "vru+line\t\"x\n", "a quote is not closed" },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        struct arena *arena = arena_new(callog_memory(100));
        struct callog *log = NULL;
        char error[CALLOG_ERROR];
        assert_int_equal(callog_read(arena, row[i].text, strlen(row[i].text), CALLOG_TECHNION, NULL,
                                     &log, error),
                         BASE_BAD_INPUT);
        if (!strstr(error, row[i].error))
            fail_msg("%s", error);
        arena_free(arena);
    }
    struct arena *arena = arena_new(callog_memory(0));
    struct callog *log = NULL;
    char error[CALLOG_ERROR];
    assert_int_equal(callog_read_file(arena, "/nowhere", CALLOG_TECHNION, NULL, &log, error),
                     RC_IO);
    assert_non_null(strstr(error, "/nowhere"));
    arena_free(arena);
}

static void a_mistreated_log_never_loses_a_line_silently(void **state)
{
    UNUSED(state);
    size_t n;
    char *bytes = slurp(february(), &n);
    struct rng r;
    rng_seed(&r, 24);
    for (int k = 0; k < 60; k++) {
        size_t from = rng_below(&r, (uint32_t)(n - 20000)), len = rng_below(&r, 6000);
        char *text = malloc(len + sizeof header + 2);
        size_t h = (size_t)snprintf(text, sizeof header + 2, "%s\n", header);
        memcpy(text + h, bytes + from, len);
        for (uint32_t i = rng_below(&r, 20); i > 0 && len > 0; i--)
            text[h + rng_below(&r, (uint32_t)len)] = "\t\n\r\0\"9:A"[rng_below(&r, 8)];
        struct arena *arena = arena_new(callog_memory(h + len));
        struct callog *log = read_technion(arena, text, h + len);
        assert_true(log->refused + log->dropped >= (int64_t)log->n_problems);
        arena_free(arena);
        free(text);
    }
    free(bytes);
}

SUITE(callog, cmocka_unit_test(every_quirk_of_the_real_log_is_counted_exactly),
      cmocka_unit_test(every_kept_line_is_written_back_byte_for_byte),
      cmocka_unit_test(the_five_definitions_come_out_as_published),
      cmocka_unit_test(times_past_midnight_are_the_next_days),
      cmocka_unit_test(reordered_columns_and_plain_line_ends_make_no_difference),
      cmocka_unit_test(a_bad_line_is_refused_with_its_number_field_and_reason),
      cmocka_unit_test(a_log_without_its_columns_is_refused_as_a_whole),
      cmocka_unit_test(a_mistreated_log_never_loses_a_line_silently))
