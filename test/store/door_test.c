/* door_test.c -- The write door: once, whole, in order, and answered only after the commit. */
#include "store_help.h"
#include <pthread.h>
#include <stdatomic.h>

enum { REFUSED = 77 };

struct ground {
    struct db *db;
    struct door *door;
    struct ids ids;
    int64_t now;
    int64_t events_heard, last_seq_heard, done_before_heard;
    atomic_int done;
};

static void listen_events(void *ctx, const struct event *events, size_t count)
{
    struct ground *g = ctx;
    for (size_t i = 0; i < count; i++) {
        assert_true(events[i].outlet_id != 1 || events[i].seq == g->last_seq_heard + 1);
        if (events[i].outlet_id == 1)
            g->last_seq_heard = events[i].seq;
        assert_string_equal(events[i].topic, "ticket.called");
    }
    g->events_heard += (int64_t)count;
}

static void ground_door(struct ground *g)
{
    struct door_settings s = { .db = g->db,
                               .ids = &g->ids,
                               .seed = 1,
                               .clock = help_clock,
                               .clock_ctx = &g->now,
                               .listener = listen_events,
                               .listener_ctx = g };
    ids_init(&g->ids, 0);
    RC_OF(door_open(&s, &g->door));
}

static void ground_open(struct ground *g, const char *url)
{
    static const struct db_migration list[] = {
        { "door-test",
          "CREATE TABLE purse (id {ID}, n {I64} NOT NULL CHECK (n >= 0)) {TABLE_END};\n"
          "CREATE TABLE move (id {ID}, who {TEXT} NOT NULL) {TABLE_END};\n" },
    };
    memset(g, 0, sizeof *g);
    g->now = INT64_C(1800000000000000);
    g->db = help_open(url);
    RC_OF(db_migrate(g->db, list, COUNT(list), 1));
    if (help_number(g->db, "SELECT count(*) FROM purse") == 0) {
        help_run(g->db, "INSERT INTO purse (id, n) VALUES (1, 1000), (2, 0)");
    }
    g->last_seq_heard = help_number(g->db, "SELECT coalesce(max(seq),0) FROM event");
    ground_door(g);
}

static void ground_close(struct ground *g)
{
    door_close(g->door);
    db_close(g->db);
}

static struct actor staff(void)
{
    return (struct actor){ .kind = ACTOR_STAFF, .id = 7 };
}

/* An order of several steps: takes one from purse 1, gives it to purse 2, keeps a row, tells it. */
struct move {
    struct door_order o;
    struct ground *g;
    int runs, dones, rc, wish;
    char answer[64];
};

static int move_run(struct call *c, void *order, struct buf *answer)
{
    struct move *m = order;
    int64_t id = call_id(c);
    m->runs++;
    int rc = db_exec(c->tx, "UPDATE purse SET n=n-1 WHERE id=1", DB_NO_ARGS);
    if (rc == 0)
        rc = db_exec(c->tx, "INSERT INTO move (id, who) VALUES ($1,$2)",
                     DB_ARGS(DB_I(id), DB_T(m->o.key)));
    if (rc == 0) {
        struct jsonw *w = event_begin(c);
        jw_i64(w, "move", id);
        rc = event_add(c, 1, "ticket.called", id);
    }
    if (rc == 0)
        rc = db_exec(c->tx, "UPDATE purse SET n=n+1 WHERE id=2", DB_NO_ARGS);
    if (rc == 0 && m->wish > 0)
        return call_refuse(c, m->wish, "field", "as wished");
    if (rc == 0)
        buf_printf(answer, "moved %lld", (long long)id);
    return rc == 0 ? m->wish : rc;
}

static void move_done(void *order, int rc, const struct call *c, const struct buf *answer)
{
    struct move *m = order;
    assert_non_null(c->arena);
    if (rc == REFUSED)
        assert_string_equal(c->detail, "as wished");
    (void)snprintf(m->answer, sizeof m->answer, "%s", answer->at);
    m->rc = rc;
    m->dones++;
    atomic_fetch_add(&m->g->done, 1);
}

static void move_init(struct move *m, struct ground *g, const char *key, int wish)
{
    memset(m, 0, sizeof *m);
    m->g = g;
    m->wish = wish;
    m->o = (struct door_order){ .run = move_run, .done = move_done, .order = m, .actor = staff() };
    (void)snprintf(m->o.key, sizeof m->o.key, "%s", key);
    m->o.digest[0] = 1;
}

static void wait_done(struct ground *g, int count)
{
    while (atomic_load(&g->done) < count)
        (void)sched_yield();
}

static int submit_and_wait(struct move *m)
{
    int before = atomic_load(&m->g->done);
    RC_OF(door_submit(m->g->door, &m->o));
    wait_done(m->g, before + 1);
    return m->rc;
}

/* What must hold at every moment, whatever failed. */
static void ground_prove(struct ground *g)
{
    char first[128];
    int64_t moves = help_number(g->db, "SELECT count(*) FROM move");
    assert_int_equal(help_number(g->db, "SELECT sum(n) FROM purse"), 1000);
    assert_int_equal(help_number(g->db, "SELECT n FROM purse WHERE id=2"), moves);
    assert_int_equal(help_number(g->db, "SELECT count(*) FROM event"), moves);
    assert_int_equal(help_bad_links(g->db, first), 0);
}

static void an_order_is_answered_after_its_commit_with_its_answer(void **state)
{
    struct ground g;
    struct move m;
    UNUSED(state);
    ground_open(&g, help_url());
    move_init(&m, &g, "", 0);
    assert_int_equal(submit_and_wait(&m), 0);
    assert_int_equal(m.dones, 1);
    assert_non_null(strstr(m.answer, "moved "));
    assert_int_equal(g.events_heard, 1);
    ground_prove(&g);
    ground_close(&g);
}

static void a_refused_order_leaves_no_trace_and_is_not_remembered(void **state)
{
    struct ground g;
    struct move m;
    UNUSED(state);
    ground_open(&g, help_url());
    move_init(&m, &g, "key", REFUSED);
    assert_int_equal(submit_and_wait(&m), REFUSED);
    assert_int_equal(help_number(g.db, "SELECT count(*) FROM request_key"), 0);
    assert_int_equal(g.events_heard, 0);
    ground_prove(&g);
    m.wish = 0; /* the person corrects it and tries the same key again */
    assert_int_equal(submit_and_wait(&m), 0);
    assert_int_equal(help_number(g.db, "SELECT count(*) FROM move"), 1);
    ground_prove(&g);
    ground_close(&g);
}

static void the_same_key_and_body_is_done_once_also_after_a_restart(void **state)
{
    char url[300];
    struct ground g;
    struct move a, b;
    UNUSED(state);
    (void)snprintf(url, sizeof url, "%s", help_url());
    ground_open(&g, url);
    move_init(&a, &g, "key", 0);
    move_init(&b, &g, "key", 0);
    assert_int_equal(submit_and_wait(&a), 0);
    assert_int_equal(submit_and_wait(&b), 0);
    assert_int_equal(b.runs, 0);
    assert_string_equal(a.answer, b.answer);
    ground_close(&g);
    ground_open(&g, url);
    move_init(&b, &g, "key", 0);
    assert_int_equal(submit_and_wait(&b), 0);
    assert_int_equal(b.runs, 0);
    assert_string_equal(a.answer, b.answer);
    assert_int_equal(help_number(g.db, "SELECT count(*) FROM move"), 1);
    ground_prove(&g);
    ground_close(&g);
}

static void the_same_key_with_another_body_is_refused(void **state)
{
    struct ground g;
    struct move a, b;
    UNUSED(state);
    ground_open(&g, help_url());
    move_init(&a, &g, "key", 0);
    move_init(&b, &g, "key", 0);
    b.o.digest[31] = 9;
    assert_int_equal(submit_and_wait(&a), 0);
    assert_int_equal(submit_and_wait(&b), DOOR_KEY_REUSED);
    assert_int_equal(b.runs, 0);
    ground_prove(&g);
    ground_close(&g);
}

/* An order that keeps the writer busy until the others are queued: those become one group. */
struct gate {
    struct door_order o;
    atomic_bool entered, open;
    struct ground *g;
};

static int gate_run(struct call *c, void *order, struct buf *answer)
{
    struct gate *gate = order;
    UNUSED(c);
    UNUSED(answer);
    atomic_store(&gate->entered, true);
    while (!atomic_load(&gate->open))
        (void)sched_yield();
    return 0;
}

static void gate_done(void *order, int rc, const struct call *c, const struct buf *answer)
{
    struct gate *gate = order;
    UNUSED(c);
    UNUSED(answer);
    assert_int_equal(rc, 0);
    atomic_fetch_add(&gate->g->done, 1);
}

static void one_group(struct ground *g, struct move *m, int count)
{
    struct gate gate = { .g = g };
    int done = atomic_load(&g->done);
    gate.o = (struct door_order){ .run = gate_run, .done = gate_done, .order = &gate };
    RC_OF(door_submit(g->door, &gate.o));
    while (!atomic_load(&gate.entered))
        (void)sched_yield();
    for (int i = 0; i < count; i++)
        RC_OF(door_submit(g->door, &m[i].o));
    atomic_store(&gate.open, true);
    wait_done(g, done + 1 + count);
}

static void the_same_key_twice_in_one_group_is_done_once(void **state)
{
    struct ground g;
    struct move m[4];
    struct door_numbers n;
    UNUSED(state);
    ground_open(&g, help_url());
    for (int i = 0; i < 4; i++)
        move_init(&m[i], &g, "key", 0);
    m[3].o.digest[5] = 5;
    one_group(&g, m, 4);
    assert_int_equal(m[0].rc | m[1].rc | m[2].rc, 0);
    assert_int_equal(m[0].runs + m[1].runs + m[2].runs, 1);
    assert_string_equal(m[0].answer, m[2].answer);
    assert_int_equal(m[3].rc, DOOR_KEY_REUSED);
    door_numbers(g.door, &n);
    assert_int_equal(n.groups, 2);
    assert_int_equal(n.group_max_seen, 4);
    assert_int_equal(n.orders, 5);
    assert_int_equal(n.refused, 1);
    assert_int_equal(n.queued, 0);
    ground_prove(&g);
    ground_close(&g);
}

static void a_fault_at_any_call_leaves_all_or_nothing(void **state)
{
    static const int faults[] = { RC_IO, RC_FULL, RC_BUSY };
    struct ground g;
    UNUSED(state);
    ground_open(&g, help_url());
    for (size_t f = 0; f < COUNT(faults); f++) {
        bool passed = false;
        for (int n = 1; !passed; n++) {
            struct move m;
            char key[64];
            assert_true(n < 200);
            (void)snprintf(key, sizeof key, "torture-%d-%d", (int)f, n);
            move_init(&m, &g, key, 0);
            int64_t before = help_number(g.db, "SELECT count(*) FROM move");
            int64_t from = db_calls(g.db);
            db_fail_at(g.db, n, faults[f]);
            int rc = submit_and_wait(&m);
            passed = db_calls(g.db) - from < n; /* it ended before the n-th call */
            db_fail_at(g.db, 0, 0);
            ground_prove(&g);
            /* answered means done, a fault means not done; one BUSY is tried again */
            assert_int_equal(help_number(g.db, "SELECT count(*) FROM move") - before, rc == 0);
            assert_true(faults[f] != RC_BUSY || rc == 0);
            assert_int_equal(submit_and_wait(&m), 0); /* the person sends it again */
            assert_int_equal(help_number(g.db, "SELECT count(*) FROM move") - before, 1);
        }
    }
    assert_int_equal(help_number(g.db, "SELECT count(*) FROM move"), g.events_heard);
    ground_close(&g);
}

static void a_fault_at_the_commit_is_everybodys_in_the_group(void **state)
{
    struct ground g;
    struct move m[5];
    int64_t calls = 0, moves = 0;
    UNUSED(state);
    ground_open(&g, help_url());
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 5; i++)
            move_init(&m[i], &g, "", i == 3 ? REFUSED : 0);
        moves = help_number(g.db, "SELECT count(*) FROM move");
        int64_t from = db_calls(g.db);
        if (round == 2) /* the chain's end is known since round 0: as many calls as round 1 */
            db_fail_at(g.db, calls, RC_FULL); /* the last of them is the commit */
        one_group(&g, m, 5);
        calls = db_calls(g.db) - from;
        assert_int_equal(m[3].rc, round == 2 ? RC_FULL : REFUSED); /* its reason may be gone */
        for (int i = 0; i < 5; i++)
            assert_int_equal(m[i].rc, round == 2 ? RC_FULL : i == 3 ? REFUSED : 0);
    }
    assert_int_equal(help_number(g.db, "SELECT count(*) FROM move"), moves);
    assert_int_equal(g.events_heard, moves);
    ground_prove(&g);
    struct move again; /* the writer goes on when there is room again */
    move_init(&again, &g, "", 0);
    assert_int_equal(submit_and_wait(&again), 0);
    ground_prove(&g);
    ground_close(&g);
}

struct busy {
    int times, runs;
};

static int busy_run(struct call *c, void *order, struct buf *answer)
{
    struct busy *b = order;
    UNUSED(answer);
    help_event(c, 1, 1, b->runs); /* each try's writes go with it */
    return b->runs++ < b->times ? RC_BUSY : 0;
}

static void busy_is_tried_three_times_again_and_no_more(void **state)
{
    struct ground g;
    UNUSED(state);
    ground_open(&g, help_url());
    for (int times = 0; times <= 5; times++) {
        struct busy b = { .times = times };
        int rc = door_write(g.door, staff(), NULL, busy_run, &b, NULL);
        assert_int_equal(rc, times <= 3 ? 0 : RC_BUSY);
        assert_int_equal(b.runs, times <= 3 ? times + 1 : 4);
    }
    assert_int_equal(help_number(g.db, "SELECT count(*) FROM event"), 4);
    assert_int_equal(g.events_heard, 4);
    ground_close(&g);
}

static void a_full_queue_and_a_closing_door_take_nothing(void **state)
{
    struct ground g;
    struct move m[4];
    struct db_tx *tx = NULL;
    UNUSED(state);
    ground_open(&g, help_url());
    door_close(g.door);
    struct door_settings s = {
        .db = g.db, .ids = &g.ids, .queue_max = 3, .clock = help_clock, .clock_ctx = &g.now
    };
    RC_OF(door_open(&s, &g.door));
    for (int i = 0; i < 4; i++)
        move_init(&m[i], &g, "", 0);
    RC_OF(db_begin(g.db, &tx));
    for (int i = 0; i < 3; i++)
        RC_OF(door_submit(g.door, &m[i].o));
    assert_int_equal(door_submit(g.door, &m[3].o), RC_FULL);
    db_rollback(&tx);
    door_close(g.door); /* finishes the three */
    assert_int_equal(atomic_load(&g.done), 3);
    assert_int_equal(m[3].dones, 0);
    ground_prove(&g);
    db_close(g.db);
}

static int answer_run(struct call *c, void *order, struct buf *answer)
{
    int64_t *at = order;
    *at = c->now_us;
    buf_text(answer, "from a job");
    return event_begin(c) ? event_add(c, 1, "ticket.called", 1) : 0;
}

static void a_job_waits_for_its_answer(void **state)
{
    struct ground g;
    struct buf answer;
    int64_t at = 0, first = 0;
    UNUSED(state);
    ground_open(&g, help_url());
    buf_init(&answer, 100);
    RC_OF(door_write(g.door, staff(), "job-1", answer_run, &at, &answer));
    assert_string_equal(answer.at, "from a job");
    first = at;
    at = 0;
    buf_clear(&answer);
    RC_OF(door_write(g.door, staff(), "job-1", answer_run, &at, &answer));
    assert_string_equal(answer.at, "from a job");
    assert_int_equal(at, 0); /* it did not run again */
    RC_OF(door_write(g.door, staff(), NULL, answer_run, &at, NULL));
    assert_true(at > first);
    buf_release(&answer);
    ground_close(&g);
}

struct sweep {
    int64_t older, gone;
    int max;
};

static int sweep_run(struct call *c, void *order, struct buf *answer)
{
    struct sweep *s = order;
    UNUSED(answer);
    return door_sweep(c, s->older, s->max, &s->gone);
}

static void old_request_keys_are_swept_and_young_ones_kept(void **state)
{
    struct ground g;
    struct move m;
    char key[64];
    UNUSED(state);
    ground_open(&g, help_url());
    int64_t half = 0;
    for (int i = 0; i < 10; i++) {
        if (i == 5)
            half = g.now += INT64_C(3600) * 1000000;
        (void)snprintf(key, sizeof key, "key-%d", i);
        move_init(&m, &g, key, 0);
        assert_int_equal(submit_and_wait(&m), 0);
    }
    struct sweep s = { .older = half, .max = 3 };
    RC_OF(door_write(g.door, staff(), NULL, sweep_run, &s, NULL));
    assert_int_equal(s.gone, 3);
    RC_OF(door_write(g.door, staff(), NULL, sweep_run, &s, NULL));
    assert_int_equal(s.gone, 2);
    RC_OF(door_write(g.door, staff(), NULL, sweep_run, &s, NULL));
    assert_int_equal(s.gone, 0);
    assert_int_equal(help_number(g.db, "SELECT count(*) FROM request_key"), 5);
    move_init(&m, &g, "key-9", 0);
    assert_int_equal(submit_and_wait(&m), 0);
    assert_int_equal(m.runs, 0);
    ground_close(&g);
}

static void ids_go_on_after_a_restart_with_the_clock_turned_back(void **state)
{
    char url[300];
    struct ground g;
    struct move m;
    UNUSED(state);
    (void)snprintf(url, sizeof url, "%s", help_url());
    for (int run = 0; run < 3; run++) {
        char key[64];
        ground_open(&g, url);
        g.now -= run * INT64_C(1000000);
        (void)snprintf(key, sizeof key, "key-%d", run);
        move_init(&m, &g, key, 0);
        assert_int_equal(submit_and_wait(&m), 0);
        ground_prove(&g);
        ground_close(&g);
    }
}

SUITE(store_door, cmocka_unit_test(an_order_is_answered_after_its_commit_with_its_answer),
      cmocka_unit_test(a_refused_order_leaves_no_trace_and_is_not_remembered),
      cmocka_unit_test(the_same_key_and_body_is_done_once_also_after_a_restart),
      cmocka_unit_test(the_same_key_with_another_body_is_refused),
      cmocka_unit_test(the_same_key_twice_in_one_group_is_done_once),
      cmocka_unit_test(a_fault_at_any_call_leaves_all_or_nothing),
      cmocka_unit_test(a_fault_at_the_commit_is_everybodys_in_the_group),
      cmocka_unit_test(busy_is_tried_three_times_again_and_no_more),
      cmocka_unit_test(a_full_queue_and_a_closing_door_take_nothing),
      cmocka_unit_test(a_job_waits_for_its_answer),
      cmocka_unit_test(old_request_keys_are_swept_and_young_ones_kept),
      cmocka_unit_test(ids_go_on_after_a_restart_with_the_clock_turned_back))
