/* event_test.c -- The event log: gapless, chained, and every way to tamper with it is found. */
#include "store_help.h"

struct seen {
    int count;
    int64_t seqs[64];
    char last[200];
    int stop_after;
};

static bool see(void *ctx, const struct event *e)
{
    struct seen *s = ctx;
    s->seqs[s->count++] = e->seq;
    (void)snprintf(s->last, sizeof s->last, "%lld %lld %d %lld %s %lld %s", (long long)e->outlet_id,
                   (long long)e->at_us, (int)e->actor_kind, (long long)e->actor_id, e->topic,
                   (long long)e->subject_id, e->body);
    return s->count != s->stop_after;
}

/* Three outlets (0, 1, 2) with 10 events each, in transactions of 3. */
static struct db *open_with_events(void)
{
    struct db *db = help_open(help_url());
    struct help_call h;
    for (int i = 0; i < 10; i++) {
        help_begin(&h, db, 1000 + i);
        for (int outlet = 0; outlet < 3; outlet++)
            help_event(&h.c, outlet, 100 + i % 2, i);
        help_commit(&h);
    }
    return db;
}

static void events_are_numbered_per_outlet_without_a_gap(void **state)
{
    struct db *db = open_with_events();
    struct db_tx *tx = NULL;
    struct seen s = { 0 };
    int64_t events = 0, bad = 0, seq = 0;
    char first[128];
    UNUSED(state);
    RC_OF(db_read(db, &tx));
    RC_OF(event_after(tx, 1, 0, 64, see, &s));
    assert_int_equal(s.count, 10);
    for (int i = 0; i < 10; i++)
        assert_int_equal(s.seqs[i], i + 1);
    assert_string_equal(s.last, "1 1009 1 7 ticket.called 101 {\"n\":9}");
    RC_OF(event_last_seq(tx, 1, &seq));
    assert_int_equal(seq, 10);
    RC_OF(event_last_seq(tx, 99, &seq));
    assert_int_equal(seq, 0);
    RC_OF(event_check(tx, &events, &bad, first, sizeof first));
    assert_int_equal(events, 30);
    assert_int_equal(bad, 0);
    assert_string_equal(first, "");
    db_read_done(&tx);
    db_close(db);
}

static void reading_goes_on_after_a_number_and_stops_when_told(void **state)
{
    struct db *db = open_with_events();
    struct db_tx *tx = NULL;
    UNUSED(state);
    RC_OF(db_read(db, &tx));
    struct seen s = { .count = 0 };
    RC_OF(event_after(tx, 2, 7, 64, see, &s));
    assert_int_equal(s.count, 3);
    assert_int_equal(s.seqs[0], 8);
    s = (struct seen){ .count = 0 };
    RC_OF(event_after(tx, 2, 2, 4, see, &s));
    assert_int_equal(s.count, 4);
    s = (struct seen){ .stop_after = 2 };
    RC_OF(event_after(tx, 2, 0, 64, see, &s));
    assert_int_equal(s.count, 2);
    db_read_done(&tx);
    db_close(db);
}

static void a_subjects_life_line_is_found_by_topic(void **state)
{
    struct db *db = open_with_events();
    struct db_tx *tx = NULL;
    UNUSED(state);
    RC_OF(db_read(db, &tx));
    struct seen s = { .count = 0 };
    RC_OF(event_of(tx, 1, 101, "ticket.", see, &s));
    assert_int_equal(s.count, 5);
    assert_int_equal(s.seqs[0], 2);
    s = (struct seen){ .count = 0 };
    RC_OF(event_of(tx, 1, 101, "window.", see, &s));
    assert_int_equal(s.count, 0);
    RC_OF(event_of(tx, 1, 101, NULL, see, &s));
    assert_int_equal(s.count, 5);
    db_read_done(&tx);
    db_close(db);
}

static void what_is_undone_leaves_no_gap_in_the_chain(void **state)
{
    struct db *db = open_with_events();
    struct help_call h;
    char first[128];
    UNUSED(state);
    help_begin(&h, db, 2000);
    help_event(&h.c, 1, 5, 1);
    RC_OF(db_savepoint(h.c.tx));
    help_event(&h.c, 1, 5, 2);
    help_event(&h.c, 2, 5, 2);
    help_event(&h.c, 7, 5, 2); /* an outlet's very first */
    db_undo(h.c.tx);
    help_event(&h.c, 2, 5, 3);
    help_commit(&h);
    help_begin(&h, db, 2001);
    help_event(&h.c, 1, 5, 4);
    help_event(&h.c, 7, 5, 4);
    help_rollback(&h);
    help_begin(&h, db, 2002);
    help_event(&h.c, 1, 5, 5);
    help_event(&h.c, 7, 5, 5);
    help_commit(&h);
    assert_int_equal(help_bad_links(db, first), 0);
    assert_int_equal(help_number(db, "SELECT count(*) FROM event"), 34);
    assert_int_equal(help_number(db, "SELECT max(seq) FROM event WHERE outlet_id=1"), 12);
    assert_int_equal(help_number(db, "SELECT max(seq) FROM event WHERE outlet_id=7"), 1);
    db_close(db);
}

static void the_chain_goes_on_after_a_restart(void **state)
{
    char url[300], first[128];
    struct help_call h;
    UNUSED(state);
    (void)snprintf(url, sizeof url, "%s", help_url());
    for (int run = 0; run < 3; run++) {
        struct db *db = help_open(url);
        help_begin(&h, db, run);
        for (int outlet = 0; outlet < 200; outlet++)
            help_event(&h.c, outlet, 1, run);
        help_commit(&h);
        assert_int_equal(help_bad_links(db, first), 0);
        db_close(db);
    }
}

static void every_fault_on_the_way_leaves_a_whole_chain(void **state)
{
    struct db *db = open_with_events();
    char first[128];
    UNUSED(state);
    bool passed = false;
    int64_t want = 30;
    for (int64_t n = 1; !passed; n++) {
        struct help_call h;
        assert_true(n < 100);
        help_begin(&h, db, 3000 + n);
        db_fail_at(db, n, RC_IO);
        int rc = 0;
        for (int i = 0; i < 4 && rc == 0; i++) {
            jw_i64(event_begin(&h.c), "i", i);
            rc = event_add(&h.c, i == 3 ? n + 10 : i, "ticket.called", 1);
        }
        if (rc == 0)
            rc = db_commit(&h.c.tx);
        passed = rc == 0;
        db_fail_at(db, 0, 0);
        help_rollback(&h);
        assert_int_equal(help_bad_links(db, first), 0);
        want += passed ? 4 : 0;
        assert_int_equal(help_number(db, "SELECT count(*) FROM event"), want);
    }
    db_close(db);
}

static void tampering_is_found_wherever_it_happens(void **state)
{
    static const struct {
        const char *why, *sql[3], *first;
    } rows[] = {
        { "a changed body",
          { "UPDATE event SET body='{\"n\":8}' WHERE outlet_id=1 AND seq=4" },
          "outlet 1 event 4: it was changed, or put in" },
        { "a changed instant",
          { "UPDATE event SET at_us=at_us+1 WHERE outlet_id=0 AND seq=1" },
          "outlet 0 event 1: it was changed, or put in" },
        { "another actor",
          { "UPDATE event SET actor_id=8 WHERE outlet_id=2 AND seq=10" },
          "outlet 2 event 10: it was changed, or put in" },
        { "topic and subject shifted into each other",
          { "UPDATE event SET topic='ticket.called\n100' WHERE outlet_id=1 AND seq=1" },
          "outlet 1 event 1: it was changed, or put in" },
        { "bytes behind the end of the text",
          { "UPDATE event SET body=body || char(0) || 'x' WHERE outlet_id=1 AND seq=3" },
          "outlet 1 event 3: it was changed, or put in" },
        { "a row in the middle deleted",
          { "DELETE FROM event WHERE outlet_id=1 AND seq=5" },
          "outlet 1 event 6: an event before it is missing" },
        { "the first row deleted",
          { "DELETE FROM event WHERE outlet_id=1 AND seq=1" },
          "outlet 1 event 2: an event before it is missing" },
        { "the newest row deleted",
          { "DELETE FROM event WHERE outlet_id=1 AND seq=10" },
          "outlet 1 event 10: the newest event is not this one" },
        { "a whole outlet deleted",
          { "DELETE FROM event WHERE outlet_id=1" },
          "outlet 1 event 1: all events of the outlet are missing" },
        { "a row put in at the end",
          { "INSERT INTO event SELECT outlet_id, 11, at_us, actor_kind, actor_id, topic,"
            " subject_id, body, hash FROM event WHERE outlet_id=1 AND seq=10" },
          "outlet 1 event 11: it was changed, or put in" },
        { "a row put in between",
          { "UPDATE event SET seq=seq+1000 WHERE outlet_id=1 AND seq>5",
            "UPDATE event SET seq=seq-999 WHERE outlet_id=1 AND seq>5",
            "INSERT INTO event SELECT outlet_id, 6, at_us, actor_kind, actor_id, topic,"
            " subject_id, body, hash FROM event WHERE outlet_id=1 AND seq=5" },
          "outlet 1 event 6: it was changed, or put in" },
        { "two rows swapped",
          { "UPDATE event SET seq=-4 WHERE outlet_id=1 AND seq=4",
            "UPDATE event SET seq=4 WHERE outlet_id=1 AND seq=5",
            "UPDATE event SET seq=5 WHERE outlet_id=1 AND seq=-4" },
          "outlet 1 event 4: it was changed, or put in" },
        { "a row moved to another outlet",
          { "UPDATE event SET outlet_id=2, seq=11 WHERE outlet_id=1 AND seq=10" },
          "outlet 1 event 10: the newest event is not this one" },
        { "the head turned back with its row",
          { "DELETE FROM event WHERE outlet_id=1 AND seq=10",
            "UPDATE event_head SET seq=9 WHERE outlet_id=1" },
          "outlet 1 event 9: the newest event is not this one" },
        { "the head deleted",
          { "DELETE FROM event_head WHERE outlet_id=1" },
          "outlet 1 event 10: the outlet's head is missing" },
    };
    UNUSED(state);
    for (size_t i = 0; i < COUNT(rows); i++) {
        if (test_on_server() && strstr(rows[i].sql[0], "char(0)"))
            continue; /* no text there has such a byte */
        struct db *db = open_with_events();
        char first[128] = "";
        assert_int_equal(help_bad_links(db, first), 0);
        for (int k = 0; k < 3 && rows[i].sql[k]; k++)
            help_run(db, rows[i].sql[k]);
        if (help_bad_links(db, first) == 0)
            fail_msg("not found: %s", rows[i].why);
        if (strcmp(first, rows[i].first) != 0)
            fail_msg("%s: '%s' instead of '%s'", rows[i].why, first, rows[i].first);
        db_close(db);
    }
}

static void one_changed_row_is_one_finding(void **state)
{
    struct db *db = open_with_events();
    char first[128];
    UNUSED(state);
    help_run(db, "UPDATE event SET body='{}' WHERE outlet_id=1 AND seq=4");
    assert_int_equal(help_bad_links(db, first), 1);
    db_close(db);
}

static void a_body_over_its_limit_is_refused_and_not_cut(void **state)
{
    struct db *db = open_with_events();
    struct help_call h;
    char *text = test_malloc(70000), first[128];
    UNUSED(state);
    memset(text, 'x', 69999);
    text[69999] = 0;
    help_begin(&h, db, 1);
    jw_text(event_begin(&h.c), "text", text);
    assert_int_equal(event_add(&h.c, 1, "ticket.called", 1), RC_FULL);
    text[60000] = 0;
    jw_text(event_begin(&h.c), "text", text);
    RC_OF(event_add(&h.c, 1, "ticket.called", 1));
    help_commit(&h);
    assert_int_equal(help_bad_links(db, first), 0);
    test_free(text);
    db_close(db);
}

SUITE(store_event, cmocka_unit_test(events_are_numbered_per_outlet_without_a_gap),
      cmocka_unit_test(reading_goes_on_after_a_number_and_stops_when_told),
      cmocka_unit_test(a_subjects_life_line_is_found_by_topic),
      cmocka_unit_test(what_is_undone_leaves_no_gap_in_the_chain),
      cmocka_unit_test(the_chain_goes_on_after_a_restart),
      cmocka_unit_test(every_fault_on_the_way_leaves_a_whole_chain),
      cmocka_unit_test(tampering_is_found_wherever_it_happens),
      cmocka_unit_test(one_changed_row_is_one_finding),
      cmocka_unit_test(a_body_over_its_limit_is_refused_and_not_cut))
