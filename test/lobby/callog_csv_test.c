/* callog_csv_test.c -- Exports of other queue systems through a column map. */
#include "test.h"
#include "base/arena.h"
#include "base/buf.h"
#include "lobby/callog.h"

static struct callog *read_csv(struct arena *arena, const char *map, const char *text)
{
    struct callog *log = NULL;
    char error[CALLOG_ERROR];
    if (callog_read(arena, text, strlen(text), CALLOG_CSV, map, &log, error))
        fail_msg("%s", error);
    assert_int_equal(log->read, (int64_t)log->n + log->refused + log->dropped);
    return log;
}

static int64_t at(int h, int m, int s)
{
    date day;
    assert_true(date_from_ymd(2026, 11, 23, &day));
    return date_instant(day, h * 3600 + m * 60 + s);
}

static void an_export_is_read_through_its_map(void **state)
{
    UNUSED(state);
    static const char map[] =
        "number=ticket_no,taken=take_time,called=call_time,served=start,ended=end,service=biz,"
        "class=vip,outcome=status,window=counter,staff=teller;time=%Y-%m-%d %H:%M:%S;"
        "map.outcome.done=OK|FINISHED;map.outcome.noshow=过号;map.class.mid=VIP; ";
    static const char text[] =
        "ticket_no,take_time,call_time,start,end,biz,vip,status,counter,teller,remark\n"
        "A001,2026-11-23 09:00:00,2026-11-23 09:05:00,2026-11-23 09:05:10,2026-11-23 "
        "09:09:00,A,VIP,"
        "OK,3,\"Li, Wei\",\n"
        "A002,2026-11-23 09:01:00,,,2026-11-23 09:20:00,A,普通,left,,,\"went\nhome\"\n"
        "A003,2026-11-23 09:02:00,2026-11-23 09:10:00,,,B,,过号,3,Wang,\n"
        "A004,2026-11-23 09:02:00,2026-11-23 09:01:00,,,B,,FINISHED,3,Wang,\n"
        "A005,2026-11-23 09:02:00,,,,B,,OK,3,Wang,\n"
        "A006,2026-11-23 09:02:00,,,,B,,left,3,Wang,\n"
        "A007,2026-11-23 9:2:0,,,,B,,gone,3,Wang,\n"
        "A001,2026-11-23T09:02:00,,,,B,,OK,3,Wang,\n"
        "A008,2026-11-23 09:02:00,,,,B,,void,3,Wang,\n"
        "A001,2026-11-23 10:00:00,2026-11-23 10:00:00,NULL,-,B,,ok,3,,\n";
    struct arena *arena = arena_new(callog_memory(sizeof text));
    struct callog *log = read_csv(arena, map, text);
    assert_int_equal(log->read, 10);
    assert_int_equal(log->n, 4);
    const struct callog_row *row = log->rows;
    assert_string_equal(row[0].number, "A001");
    assert_string_equal(row[0].class_code, "mid");
    assert_string_equal(row[0].staff, "Li, Wei");
    assert_true(row[0].taken_us == at(9, 0, 0) && row[0].served_us == at(9, 5, 10));
    assert_int_equal(row[0].wait_us, 5 * US_MINUTE);
    assert_int_equal(row[0].outcome, CALLOG_SERVED);
    assert_int_equal(row[1].outcome, CALLOG_ABANDONED);
    assert_int_equal(row[1].wait_us, 19 * US_MINUTE);
    assert_string_equal(row[1].class_code, "普通");
    assert_int_equal(row[2].line, 5); /* the record before it has two lines */
    assert_int_equal(row[2].outcome, CALLOG_NOSHOW);
    assert_int_equal(row[2].wait_us, 8 * US_MINUTE);
    assert_int_equal(row[3].wait_us, 0);
    assert_int_equal(log->quirk[CALLOG_QUIRK_TWICE], 1);
    assert_int_equal(log->quirk[CALLOG_QUIRK_NO_SERVER], 1);
    assert_int_equal(log->dropped_for[CALLOG_DROP_NEGATIVE_WAIT], 1);
    assert_int_equal(log->dropped_for[CALLOG_DROP_NO_END], 1);
    assert_int_equal(log->dropped_for[CALLOG_DROP_PHANTOM], 1);
    assert_int_equal(log->refused, 3);
    assert_string_equal(log->problems[1].field, "call_time");
    assert_string_equal(log->problems[3].field, "status");
    assert_string_equal(log->problems[4].field, "take_time");
    size_t n;
    struct wait *w = callog_waits(log, "A", NULL, arena, &n);
    assert_true(n == 2 && w[1].end == WAIT_ABANDONED);
    callog_waits(log, NULL, "high+mid", arena, &n);
    assert_int_equal(n, 1);
    callog_waits(log, NULL, "mi+id+", arena, &n);
    assert_int_equal(n, 2); /* of the two without a class */
    char key[CALLOG_KEY];
    callog_key(&row[0], key);
    assert_string_equal(key, "2026-11-23//A001");
    arena_free(arena);
}

static void dates_times_and_separators_come_in_many_forms(void **state)
{
    UNUSED(state);
    static const struct {
        const char *map, *text;
        int64_t taken_us, wait_us;
    } row[] = {
        { "taken=in,called=out,date=d;time=%H:%M;day=%Y%m%d;sep=tab",
          "d\tin\tout\n20261123\t9:05\t9:30\n", 0, 25 * US_MINUTE },
        { "taken=in,called=out,date=d", "d,in,out\n2026-11-23,23:50:00,00:10:00\n", 0,
          20 * US_MINUTE },
        { "taken=in,called=out;time=%d.%m.%y %H.%M.%S\\;%f;sep=semicolon",
          "in;out\n\"23.11.26 09.05.00;5\";\"23.11.26 09.05.01;25\"\n", 0, 750000 },
        { "taken=a\\,b,called=c\\=d;time=%s", "\"a,b\",c=d\n1795395900,1795396000\n", 0,
          100 * US_SECOND },
        { "wait=wait_min;unit=min", "wait_min\n21.9\n", CALLOG_NEVER, 1314 * US_SECOND },
        { "wait=w;unit=ms", "w,x\n1500,\n", CALLOG_NEVER, 1500000 },
        { "wait=w", "w\n0.000001\n", CALLOG_NEVER, 1 },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        struct arena *arena = arena_new(callog_memory(1000));
        struct callog *log = read_csv(arena, row[i].map, row[i].text);
        if (log->n != 1)
            fail_msg("%s: %s", row[i].map, log->problems[0].reason);
        if (log->rows[0].wait_us != row[i].wait_us)
            fail_msg("%s: %lld", row[i].map, (long long)log->rows[0].wait_us);
        assert_int_equal(log->rows[0].taken_us == CALLOG_NEVER, row[i].taken_us == CALLOG_NEVER);
        arena_free(arena);
    }
}

static void a_bad_map_is_refused_with_the_word_and_what_is_allowed(void **state)
{
    UNUSED(state);
    static const struct {
        const char *map, *word, *allowed;
    } row[] = {
        { "", "neither taken nor wait", "taken=COLUMN or wait=COLUMN" },
        { "number=a", "neither taken nor wait", "wait=COLUMN" },
        { "token=a", "\"token\"", "number, taken, called" },
        { "taken", "\"taken\"", "field=column" },
        { "taken=", "\"taken\"", "field=column" },
        { "taken=a,taken=b", "\"taken\" is given twice", "once" },
        { "taken=a;time=%Q", "\"%Q\"", "%Y %y %m" },
        { "taken=a;time=%H:%M", "holds no day", "date=COLUMN" },
        { "taken=a;time=%F", "holds no hour", "%H" },
        { "taken=a,date=d;day=%H", "holds no day", "%F" },
        { "wait=a;unit=hours", "\"hours\"", "s, min, ms" },
        { "wait=a;sep=dot", "\"dot\"", "comma, tab, semicolon" },
        { "wait=a;map.outcome.ok=1", "\"ok\"", "done, left, noshow, void" },
        { "wait=a;map.window.3=1", "\"window\"", "outcome, class, service" },
        { "wait=a;map.outcome=1", "names no value", "map.FIELD.OURS=THEIRS" },
        { "wait=a;map.outcome.done", "has no value", "map.FIELD.OURS=THEIRS" },
        { "wait=gone", "no column gone", "mapped to wait" },
        { "wait=w", "w is there twice", "" },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        struct arena *arena = arena_new(callog_memory(1000));
        struct callog *log = NULL;
        char error[CALLOG_ERROR];
        assert_int_equal(callog_read(arena, "w,w\n1,2\n", 8, CALLOG_CSV, row[i].map, &log, error),
                         BASE_BAD_INPUT);
        if (!strstr(error, row[i].word) || !strstr(error, row[i].allowed))
            fail_msg("%s: %s", row[i].map, error);
        arena_free(arena);
    }
}

static void a_row_written_in_the_plain_form_reads_as_the_same_row(void **state)
{
    UNUSED(state);
    static const char map[] =
        "number=n,taken=t,called=c,ended=e,class=k,staff=s,outlet=o,outcome=x";
    static const char text[] =
        "n,t,c,e,k,s,o,x\n"
        "\"A\"\"1\",2026-11-23 09:00:00,2026-11-23 09:05:01,,mid,Li,East,done\n"
        "A2,2026-11-23 09:00:00,,2026-11-24 00:00:00,,,,left\n";
    struct arena *arena = arena_new(callog_memory(10000));
    struct callog *log = read_csv(arena, map, text);
    struct buf out;
    buf_init(&out, 10000);
    buf_printf(&out, "%s\n", callog_plain_header);
    for (size_t i = 0; i < log->n; i++) {
        callog_write(&log->rows[i], &out);
        buf_text(&out, "\n");
    }
    struct callog *again = read_csv(arena, callog_plain_map, out.at);
    assert_int_equal(again->n, 2);
    for (size_t i = 0; i < 2; i++) {
        const struct callog_row *a = &log->rows[i], *b = &again->rows[i];
        assert_true(a->taken_us == b->taken_us && a->called_us == b->called_us &&
                    a->ended_us == b->ended_us && a->wait_us == b->wait_us &&
                    a->outcome == b->outcome && a->day.days == b->day.days);
        assert_string_equal(a->number, b->number);
        assert_string_equal(a->staff, b->staff);
        assert_string_equal(a->outlet, b->outlet);
    }
    buf_release(&out);
    arena_free(arena);
}

static void the_published_sample_reads_as_a_log_of_waits_alone(void **state)
{
    UNUSED(state);
    const char *path = test_data("service/bank_wait_100/bank_wait_100.csv");
    struct callog *log = NULL;
    char error[CALLOG_ERROR];
    size_t memory, n;
    if (!path)
        skip();
    assert_int_equal(callog_memory_file(path, &memory), 0);
    struct arena *arena = arena_new(memory);
    assert_int_equal(
        callog_read_file(arena, path, CALLOG_CSV, "wait=wait_min;unit=min", &log, error), 0);
    struct wait *w = callog_waits(log, NULL, NULL, arena, &n);
    assert_int_equal(n, 100);
    assert_int_equal(promise_share(w, n, 20 * US_MINUTE, PROMISE_SERVED, arena).kept, 91);
    arena_free(arena);
}

SUITE(callog_csv, cmocka_unit_test(an_export_is_read_through_its_map),
      cmocka_unit_test(dates_times_and_separators_come_in_many_forms),
      cmocka_unit_test(a_bad_map_is_refused_with_the_word_and_what_is_allowed),
      cmocka_unit_test(a_row_written_in_the_plain_form_reads_as_the_same_row),
      cmocka_unit_test(the_published_sample_reads_as_a_log_of_waits_alone))
