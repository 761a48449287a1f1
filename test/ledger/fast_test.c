/* fast_test.c -- The fast layout by itself: a writer, readers and the filler at once see one truth;
 * the history file is made again; packed rows are read back as they were written. */
#include "books.h"
#include "ledger/ledger_fast_priv.h"
#include "ledger/ledger_filler.h"
#include "ledger/ledger_lines_priv.h"
#include "ledger/ledger_pack.h"
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PEOPLE = 8, READERS = 3, ROUNDS = 150, GROUP = 40 };

static struct books d;
static account_id cash, people[PEOPLE];
static atomic_int stopping, wrong;

/* In every snapshot the people's balances add up to what was paid in, and an account's lines end
 * with its totals. */
static void *read_on(void *ctx)
{
    struct arena *arena = arena_new(64 << 20);
    int64_t *looks = ctx;
    while (!atomic_load(&stopping)) {
        struct call c = { .now_us = d.c.now_us, .arena = arena };
        struct ledger_account a;
        struct ledger_entry *lines;
        int64_t sum = 0, then = 0;
        int n = 0;
        if (db_read(d.db, &c.tx))
            continue;
        for (int i = 0; i < PEOPLE; i++) {
            if (ledger_account_get(&c, people[i], &a))
                atomic_store(&wrong, 1);
            sum += ledger_balance(&a);
        }
        if (sum != PEOPLE * INT64_C(1000000))
            atomic_store(&wrong, 2);
        int64_t after = a.entries > 5 ? a.entries - 5 : 0;
        if (ledger_entries(&c, a.id, after, 10, &lines, &n) || n != (int)(a.entries - after) ||
            (n && (lines[n - 1].debits != a.totals.debits ||
                   lines[n - 1].credits != a.totals.credits || lines[n - 1].seq != a.entries)))
            atomic_store(&wrong, 3);
        if (ledger_balance_at(&c, a.id, INT64_MAX, &then) || then != ledger_balance(&a))
            atomic_store(&wrong, 4);
        db_read_done(&c.tx);
        arena_clear(arena);
        ++*looks;
    }
    arena_free(arena);
    return NULL;
}

static void *fill_on(void *ctx)
{
    int64_t *parts = ctx, filled, left;
    while (!atomic_load(&stopping)) {
        if (ledger_fill(d.db, 300, &filled, &left))
            atomic_store(&wrong, 5);
        *parts += filled > 0;
    }
    return NULL;
}

static void open_people(void)
{
    books_layout = LEDGER_FAST;
    books_open(&d);
    cash = books_account(&d, "1001", 0);
    for (int i = 0; i < PEOPLE; i++) {
        people[i] = books_account(&d, "2011", LEDGER_NO_OVERDRAFT);
        books_post(&d, cash, people[i], 1000000);
    }
    books_save(&d);
}

static void write_a_group(void)
{
    struct ledger_order orders[GROUP];
    struct ledger_result results[GROUP];
    for (int i = 0; i < GROUP; i++) {
        uint32_t a = rng_below(&d.rng, PEOPLE), b = rng_below(&d.rng, PEOPLE - 1);
        orders[i] = books_order(&d, people[a], people[b >= a ? b + 1 : b], 1 + (int64_t)i);
    }
    BOOKS_OK(ledger_post_many(&d.c, orders, GROUP, results));
}

static void readers_see_one_truth_while_the_writer_and_the_filler_go_on(void **state)
{
    UNUSED(state);
    pthread_t threads[READERS + 1];
    static int64_t looks[READERS], parts;
    struct ledger_filler *filler = NULL;
    atomic_store(&stopping, 0);
    atomic_store(&wrong, 0);
    open_people();
    for (int i = 0; i < READERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, read_on, &looks[i]), 0);
    assert_int_equal(pthread_create(&threads[READERS], NULL, fill_on, &parts), 0);
    BOOKS_OK(ledger_filler_start(d.db, &filler));
    for (int round = 0; round < ROUNDS; round++) {
        write_a_group();
        if (round % 10 == 9)
            books_undo(&d);
        else
            books_save(&d);
    }
    atomic_store(&stopping, 1);
    for (int i = 0; i <= READERS; i++)
        pthread_join(threads[i], NULL);
    ledger_filler_stop(filler, true);
    assert_int_equal(atomic_load(&wrong), 0);
    print_message("%lld looks, %lld parts\n", (long long)(looks[0] + looks[1] + looks[2]),
                  (long long)parts);
    books_proven(&d);
    books_close(&d);
}

struct asking {
    struct fast *fast;
    int rc;
};

static void *ask_history(void *ctx)
{
    struct asking *a = ctx;
    struct history *h = calloc(1, sizeof *h);
    a->rc = fast_history(a->fast, h);
    lines_read_done(h);
    free(h);
    return NULL;
}

static void *fill_all(void *ctx)
{
    int *rc = ctx;
    int64_t filled, left;
    *rc = ledger_fill(d.db, 100000, &filled, &left);
    return NULL;
}

static int64_t lines_of(account_id id)
{
    struct ledger_entry *lines;
    int n;
    BOOKS_OK(ledger_entries(&d.c, id, 0, 1000, &lines, &n));
    return n;
}

/* A reader has its snapshot of the file, then the filler takes lines out of the tail into the file:
 * no lines are missing. */
static void the_filler_comes_between_a_reader_s_two_looks(void **state)
{
    UNUSED(state);
    struct asking asking = { .rc = 1 };
    struct fast *f;
    pthread_t reader, filler;
    int rc = 1;
    ONLY_ON_A_FILE();
    open_people();
    for (int round = 0; round < 20; round++) {
        write_a_group();
        books_save(&d);
        books_fill(&d, 1);
        assert_true(lines_of(people[0]) > round); /* the tail has all now: it asks no more */
        BOOKS_OK(ledger_fast_of(d.c.tx, &f));
        struct lines *l = fast_lines(f);
        struct db *db = atomic_load(&l->db);
        int64_t calls = db_calls(db);
        pthread_mutex_lock(&l->knowing); /* the reader stops here, behind its snapshot */
        asking.fast = f;
        assert_int_equal(pthread_create(&reader, NULL, ask_history, &asking), 0);
        while (db_calls(db) < calls + 3) /* begun, asked, a row */
            sched_yield();
        assert_int_equal(pthread_create(&filler, NULL, fill_all, &rc), 0);
        pthread_join(filler, NULL);
        pthread_mutex_unlock(&l->knowing);
        pthread_join(reader, NULL);
        assert_true(!rc && !asking.rc);
    }
    books_close(&d);
}

static void reopen(void)
{
    char url[300];
    snprintf(url, sizeof url, "sqlite:%s?sync=off", db_path(d.db));
    BOOKS_OK(db_commit(&d.c.tx));
    db_close(d.db);
    BOOKS_OK(db_open(url, &d.db));
    BOOKS_OK(db_begin(d.db, &d.c.tx));
}

static void spoil(const char *path, long from)
{
    FILE *f = fopen(path, "r+b");
    assert_non_null(f);
    assert_int_equal(fseek(f, 0, SEEK_END), 0);
    long size = ftell(f);
    assert_int_equal(fseek(f, from, SEEK_SET), 0);
    for (; from < size; from++)
        fputc((int)(from * 7 & 255), f);
    assert_int_equal(fclose(f), 0);
}

static void history_is_made_again_when_it_is_missing_old_or_another_s(void **state)
{
    UNUSED(state);
    char path[300], history[320];
    struct ledger_account before, after;
    ONLY_ON_A_FILE();
    open_people();
    snprintf(path, sizeof path, "%s", db_path(d.db));
    snprintf(history, sizeof history, "%s-history", path);
    for (int i = 0; i < 5; i++)
        write_a_group();
    BOOKS_OK(ledger_account_get(&d.c, people[0], &before));
    books_save(&d);
    books_fill(&d, 60); /* a part of it */
    assert_int_equal(access(history, F_OK), 0);
    for (int way = 0; way < 5; way++) {
        reopen();
        BOOKS_OK(ledger_account_get(&d.c, people[0], &after));
        assert_memory_equal(&before.totals, &after.totals, sizeof before.totals);
        books_proven(&d);
        books_fill(&d, 100000);
        books_proven(&d);
        if (way == 0)
            assert_int_equal(unlink(history), 0);
        if (way == 2 || way == 3) { /* no database; one that is damaged inside */
            BOOKS_OK(db_commit(&d.c.tx));
            db_close(d.db);
            spoil(history, way == 2 ? 0 : 4096);
            char url[400];
            snprintf(url, sizeof url, "sqlite:%s?sync=off", path);
            BOOKS_OK(db_open(url, &d.db));
            BOOKS_OK(db_begin(d.db, &d.c.tx));
        }
        if (way == 1) { /* as if of a later state of a bank that was restored */
            struct db *h;
            struct db_tx *tx;
            BOOKS_OK(db_commit(&d.c.tx));
            db_close(d.db);
            BOOKS_OK(db_open(history, &h));
            BOOKS_OK(db_begin(h, &tx));
            BOOKS_OK(db_exec(tx, "UPDATE history_mark SET number=number+1000000", DB_NO_ARGS));
            BOOKS_OK(db_commit(&tx));
            db_close(h);
            char url[400];
            snprintf(url, sizeof url, "sqlite:%s?sync=off", path);
            BOOKS_OK(db_open(url, &d.db));
            BOOKS_OK(db_begin(d.db, &d.c.tx));
        }
    }
    /* asked again after all that, each is known */
    struct ledger_order o = books_order(&d, cash, people[1], 7);
    struct ledger_result r;
    BOOKS_OK(ledger_post(&d.c, &o, &r));
    reopen();
    books_fill(&d, 100000);
    d.c.now_us += 3600 * US_SECOND;
    reopen();
    BOOKS_OK(ledger_post(&d.c, &o, &r));
    assert_true(r.existed);
    books_close(&d);
}

/* Its lock cannot be opened, or somebody has it: the file is not in doubt for that. */
static void a_history_that_cannot_be_opened_just_now_stays(void **state)
{
    UNUSED(state);
    char history[320], lock[340], aside[340], url[400];
    ONLY_ON_A_FILE();
    open_people();
    write_a_group();
    books_save(&d);
    books_fill(&d, 100000);
    snprintf(url, sizeof url, "sqlite:%s?sync=off", db_path(d.db));
    snprintf(history, sizeof history, "%s-history", db_path(d.db));
    snprintf(lock, sizeof lock, "%s.lock", history);
    snprintf(aside, sizeof aside, "%s-damaged", history);
    BOOKS_OK(db_commit(&d.c.tx));
    db_close(d.db);
    for (int way = 0; way < 2; way++) {
        struct fast *f;
        int fd = -1;
        (void)unlink(lock);
        if (way == 0)
            assert_int_equal(mkdir(lock, 0700), 0);
        else
            assert_true((fd = open(lock, O_RDWR | O_CREAT, 0600)) >= 0 && !flock(fd, LOCK_EX));
        BOOKS_OK(db_open(url, &d.db));
        BOOKS_OK(db_begin(d.db, &d.c.tx));
        assert_int_equal(ledger_fast_of(d.c.tx, &f), way ? RC_BUSY : RC_IO);
        assert_non_null(strstr(db_error(d.db), "-history"));
        assert_int_equal(access(history, F_OK), 0);
        assert_int_equal(access(aside, F_OK), -1);
        if (way == 0)
            assert_int_equal(rmdir(lock), 0);
        else
            close(fd);
        BOOKS_OK(ledger_fast_of(d.c.tx, &f)); /* asked again */
        assert_true(atomic_load(&f->filled) > 0);
        books_proven(&d);
        BOOKS_OK(db_commit(&d.c.tx));
        db_close(d.db);
    }
    BOOKS_OK(db_open(url, &d.db));
    BOOKS_OK(db_begin(d.db, &d.c.tx));
    books_close(&d);
}

static void fast_books_become_plain_ones_and_nothing_else_changes(void **state)
{
    UNUSED(state);
    struct ledger_account before[PEOPLE], after;
    struct ledger_entry *lines, *again;
    struct ledger_order o;
    struct ledger_result r, first;
    enum ledger_layout layout;
    int n = 0, m = 0;
    ONLY_ON_A_FILE();
    open_people();
    for (int i = 0; i < 5; i++)
        write_a_group();
    o = books_order(&d, people[0], people[1], 5);
    o.kind = LEDGER_HOLD;
    BOOKS_OK(ledger_post(&d.c, &o, &first));
    const struct ledger_leg legs[] = { { cash, LEDGER_DEBIT, 3 },
                                       { people[2], LEDGER_CREDIT, 1 },
                                       { people[3], LEDGER_CREDIT, 2 } };
    struct ledger_order j = { .id = ledger_id_make(&d.c),
                              .kind = LEDGER_JOURNAL,
                              .amount.currency = CNY,
                              .legs = legs,
                              .n_legs = 3,
                              .memo = "工资" };
    BOOKS_OK(ledger_post(&d.c, &j, &r));
    books_save(&d);
    books_fill(&d, 100);
    for (int i = 0; i < PEOPLE; i++)
        BOOKS_OK(ledger_account_get(&d.c, people[i], &before[i]));
    struct arena *keep = d.c.arena;
    d.c.arena = arena_new(64 << 20);
    BOOKS_OK(ledger_entries(&d.c, people[0], 0, 1000, &lines, &n));
    struct arena *own = d.c.arena;
    d.c.arena = keep;
    BOOKS_OK(ledger_layout_set(&d.c, LEDGER_PLAIN));
    reopen();
    BOOKS_OK(ledger_layout(&d.c, &layout));
    assert_int_equal(layout, LEDGER_PLAIN);
    books_proven(&d);
    for (int i = 0; i < PEOPLE; i++) {
        BOOKS_OK(ledger_account_get(&d.c, people[i], &after));
        assert_memory_equal(&before[i].totals, &after.totals, sizeof after.totals);
        assert_true(before[i].entries == after.entries && before[i].last_us == after.last_us);
    }
    BOOKS_OK(ledger_entries(&d.c, people[0], 0, 1000, &again, &m));
    assert_int_equal(n, m);
    for (int i = 0; i < n; i++) {
        assert_true(lines[i].seq == again[i].seq && lines[i].minor == again[i].minor);
        assert_true(lines[i].transfer.low == again[i].transfer.low);
        assert_true(lines[i].debits == again[i].debits && lines[i].credits == again[i].credits);
        assert_true(lines[i].booked_us == again[i].booked_us && lines[i].side == again[i].side);
        assert_int_equal(lines[i].value.days, again[i].value.days);
    }
    BOOKS_OK(ledger_post(&d.c, &o, &r));
    assert_true(r.existed && r.number == first.number);
    BOOKS_OK(ledger_post(&d.c, &j, &r));
    assert_true(r.existed);
    arena_free(own);
    books_close(&d);
}

/* What must not change, whatever the rows look like. */
struct picture {
    struct ledger_account accounts[PEOPLE + 3];
    struct ledger_entry *lines[PEOPLE + 3];
    int n[PEOPLE + 3];
    struct ledger_trial trial;
};
static account_id hot, far;

static account_id account_at(int i)
{
    return i < PEOPLE ? people[i] : i == PEOPLE ? cash : i == PEOPLE + 1 ? hot : far;
}

static void take_picture(struct picture *p, struct arena *keep)
{
    struct call c = d.c;
    int folded;
    BOOKS_OK(ledger_fold(&d.c, 10000, &folded)); /* plain: a hot account's lines get their places */
    c.arena = keep;
    for (int i = 0; i < PEOPLE + 3; i++) {
        BOOKS_OK(ledger_account_get(&c, account_at(i), &p->accounts[i]));
        assert_true(p->accounts[i].entries < 1000);
        BOOKS_OK(ledger_entries(&c, account_at(i), 0, 1000, &p->lines[i], &p->n[i]));
    }
    BOOKS_OK(ledger_trial(&c, LEDGER_ALL_OUTLETS, (date){ INT32_MAX }, CNY, &p->trial));
}

static void same_pictures(const struct picture *a, const struct picture *b)
{
    for (int i = 0; i < PEOPLE + 3; i++) {
        const struct ledger_account *x = &a->accounts[i], *y = &b->accounts[i];
        assert_memory_equal(&x->totals, &y->totals, sizeof x->totals);
        assert_true(x->entries == y->entries && a->n[i] == b->n[i]);
        for (int k = 0; k < a->n[i]; k++) {
            const struct ledger_entry *l = &a->lines[i][k], *m = &b->lines[i][k];
            assert_true(l->seq == m->seq && l->minor == m->minor && l->side == m->side);
            assert_true(l->transfer.high == m->transfer.high && l->transfer.low == m->transfer.low);
            assert_true(l->debits == m->debits && l->credits == m->credits);
            assert_true(l->booked_us == m->booked_us && l->booked.days == m->booked.days);
            assert_int_equal(l->value.days, m->value.days);
        }
    }
    assert_true(a->trial.debits == b->trial.debits && a->trial.credits == b->trial.credits);
}

static struct ledger_order every_kind[8];
static struct ledger_result first_answers[8];

/* A hold, a part of it captured, a void, a journal and its reversal, metadata, a value date, hot
 * accounts, two outlets, two days. */
static void book_every_kind(void)
{
    static const struct ledger_pair meta[] = { { "contract", "7-1" }, { "payer", "张三" } };
    static struct ledger_leg legs[3];
    struct ledger_order *o = every_kind;
    for (int i = 0; i < 8; i++)
        o[i] = books_order(&d, people[0], people[1], 10 + i);
    o[0].kind = o[1].kind = o[2].kind = LEDGER_HOLD;
    o[3].kind = LEDGER_CAPTURE;
    o[4].kind = LEDGER_VOID;
    o[3].of = o[0].id;
    o[4].of = o[1].id;
    o[3].debit = o[3].credit = o[4].debit = o[4].credit = (account_id){ 0 };
    o[3].amount.minor = 4;
    o[4].amount.minor = 0;
    legs[0] = (struct ledger_leg){ cash, LEDGER_DEBIT, 3 };
    legs[1] = (struct ledger_leg){ people[2], LEDGER_CREDIT, 1 };
    legs[2] = (struct ledger_leg){ far, LEDGER_CREDIT, 2 };
    o[5] = (struct ledger_order){ .id = o[5].id,
                                  .kind = LEDGER_JOURNAL,
                                  .amount.currency = CNY,
                                  .legs = legs,
                                  .n_legs = 3,
                                  .memo = "工资",
                                  .meta = meta,
                                  .n_meta = 2 };
    o[6] =
        (struct ledger_order){ .id = o[6].id, .kind = LEDGER_REVERSE, .of = o[5].id, .memo = "错" };
    o[7].debit = far;
    o[7].credit = hot;
    o[7].code = 7;
    for (int i = 0; i < 8; i++) {
        d.c.now_us += US_SECOND;
        BOOKS_OK(ledger_post(&d.c, &o[i], &first_answers[i]));
    }
}

static void turn(enum ledger_layout to)
{
    enum ledger_layout now;
    BOOKS_OK(ledger_layout_set(&d.c, to));
    reopen();
    BOOKS_OK(ledger_layout(&d.c, &now));
    assert_int_equal(now, to);
    books_proven(&d);
}

static void asked_again_they_are_the_first(void)
{
    struct ledger_result r;
    for (int i = 0; i < 8; i++) {
        BOOKS_OK(ledger_post(&d.c, &every_kind[i], &r));
        assert_true(r.existed && r.number == first_answers[i].number);
        assert_true(r.booked_us == first_answers[i].booked_us);
    }
}

static void plain_books_become_fast_ones_and_back_as_often_as_one_likes(void **state)
{
    UNUSED(state);
    struct picture before, after;
    struct arena *keep;
    ONLY_ON_A_FILE();
    keep = arena_new(512 << 20);
    books_layout = LEDGER_PLAIN;
    books_open(&d);
    cash = books_account(&d, "1001", 0);
    hot = books_account(&d, "2011", LEDGER_HOT);
    struct ledger_account a = { .currency = CNY, .name = "far", .outlet_id = d.outlet[1] };
    snprintf(a.subject, sizeof a.subject, "2011");
    BOOKS_OK(ledger_account_open(&d.c, &a, NULL, 0));
    far = a.id;
    for (int i = 0; i < PEOPLE; i++) {
        people[i] = books_account(&d, "2011", LEDGER_NO_OVERDRAFT);
        books_post(&d, cash, people[i], 1000000);
    }
    for (int i = 0; i < 40; i++)
        write_a_group(); /* more than one packed row */
    d.c.now_us += US_DAY;
    BOOKS_OK(ledger_day_set(&d.c, date_of_instant(d.c.now_us)));
    book_every_kind();
    for (int i = 0; i < 6; i++) {
        take_picture(&before, keep);
        turn(i % 2 ? LEDGER_PLAIN : LEDGER_FAST);
        if (i == 2)
            books_fill(&d, 700);
        take_picture(&after, keep);
        same_pictures(&before, &after);
        asked_again_they_are_the_first();
        d.c.now_us += US_SECOND;
        write_a_group();
        books_post(&d, people[3], hot, 5 + i);
        books_save(&d);
        books_proven(&d);
    }
    arena_free(keep);
    books_close(&d);
}

static void the_proofs_of_the_fast_layout_see_damage(void **state)
{
    UNUSED(state);
    static int (*const proofs[])(struct call * c, int64_t * count, int64_t * bad, char *text,
                                 size_t size) = { ledger_check_books, ledger_check_totals,
                                                  ledger_check_holds };
    static const struct {
        const char *sql;
        int proof;
    } rows[] = {
        { "UPDATE ledger_chunk SET at_us=at_us+1", 0 },
        { "UPDATE ledger_chunk SET chain=5", 0 },
        { "DELETE FROM ledger_chunk WHERE first=(SELECT MAX(first) FROM ledger_chunk)", 1 },
        { "UPDATE ledger_chunk SET n=n+1 WHERE first=(SELECT MAX(first) FROM ledger_chunk)", 0 },
        { "UPDATE ledger_account SET debits=1", 1 },
        { "UPDATE ledger_account SET currency=840", 0 },
        { "UPDATE ledger_hold SET state=3", 2 },
        { "DELETE FROM ledger_hold", 2 },
        { "UPDATE ledger_hold SET minor=minor+1", 2 },
        { "DELETE FROM event WHERE topic LIKE 'transfer%'", 0 },
        { "UPDATE event SET body='{}' WHERE topic LIKE 'transfer%'", 0 },
    };
    open_people();
    struct ledger_order o = books_order(&d, people[0], people[1], 5);
    struct ledger_result r;
    o.kind = LEDGER_HOLD;
    BOOKS_OK(ledger_post(&d.c, &o, &r));
    write_a_group();
    books_save(&d);
    books_fill(&d, 100000);
    books_proven(&d);
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[300] = "";
        int64_t n = 0, bad = 0;
        BOOKS_OK(db_savepoint(d.c.tx));
        BOOKS_OK(db_exec(d.c.tx, rows[i].sql, DB_NO_ARGS));
        BOOKS_OK(proofs[rows[i].proof](&d.c, &n, &bad, text, sizeof text));
        if (!bad || !text[0])
            fail_msg("not seen: %s", rows[i].sql);
        db_undo(d.c.tx);
    }
    books_proven(&d);
    books_close(&d);
}

/* A tail that is full takes no half rows: when there is room again, nothing is counted twice. */
static void a_full_tail_goes_on_where_it_was(void **state)
{
    enum { ROOM = 2 * 4096, ROWS = 500 }; /* 40 transfers a row, two lines each */
    UNUSED(state);
    int full = 0, rc;
    open_people();
    for (int i = 0; i < ROWS; i++) {
        write_a_group();
        books_save(&d);
    }
    struct tail *t = tail_new(0, NULL, NULL);
    tail_bound(t, ROOM);
    while ((rc = tail_catch(t, d.c.tx, INT64_MAX, UINT64_MAX)) == RC_FULL && full < ROWS) {
        full++;
        tail_lock(t);
        tail_trim(t, tail_last(t));
        tail_unlock(t);
    }
    assert_true(!rc && full >= 3);
    for (int i = 0; i < PEOPLE; i++) {
        struct ledger_account a;
        BOOKS_OK(ledger_account_get(&d.c, people[i], &a));
        const struct tail_account *x = tail_account(t, people[i]);
        assert_non_null(x);
        assert_true(x->debits == a.totals.debits && x->credits == a.totals.credits);
        assert_int_equal(x->seq, a.entries);
    }
    tail_free(t);
    books_close(&d);
}

/* Every field comes back; every cut and every changed byte is refused or gives another digest. */
/* Who looks for thousands in one call does not fill its arena. */
static void a_transfer_that_is_looked_for_costs_little_memory(void **state)
{
    enum { TIMES = 4000, ROOM = 2 << 20 };
    UNUSED(state);
    open_people();
    struct ledger_order o = books_order(&d, people[0], people[1], 5);
    struct ledger_result r;
    BOOKS_OK(ledger_post(&d.c, &o, &r));
    books_save(&d);
    struct call own = d.c;
    own.arena = arena_new(ROOM);
    for (int i = 0; i < TIMES; i++) {
        struct ledger_transfer t;
        BOOKS_OK(ledger_transfer_get(&own, o.id, &t));
        assert_int_equal(t.amount.minor, 5);
    }
    arena_free(own.arena);
    books_close(&d);
}

static void a_packed_row_is_read_back_and_damage_is_seen(void **state)
{
    UNUSED(state);
    static const struct ledger_leg legs[3] = { { { 1 }, LEDGER_DEBIT, 30 },
                                               { { INT64_C(1) << 52 }, LEDGER_CREDIT, 10 },
                                               { { 7 }, LEDGER_CREDIT, 20 } };
    static const struct ledger_pair meta[2] = { { "run", "7" }, { "payer", "张三" } };
    struct ledger_transfer t[3] = {
        { .id = { 1, -1 },
          .number = 16,
          .kind = LEDGER_POST,
          .debit = { 5 },
          .credit = { 6 },
          .amount = { INT64_MAX, CNY },
          .asked = INT64_MAX,
          .memo = "",
          .booked_us = -5,
          .booked = { 20780 },
          .value = { 20700 } },
        { .id = { INT64_MAX, INT64_MIN },
          .number = 32,
          .kind = LEDGER_JOURNAL,
          .amount = { 30, JPY },
          .memo = "多借多贷",
          .booked_us = 9,
          .booked = { 20780 },
          .value = { 20780 } },
        { .id = { 3, 3 },
          .number = 48,
          .kind = LEDGER_CAPTURE,
          .debit = { 5 },
          .credit = { 6 },
          .amount = { 4, CNY },
          .asked = 0,
          .of = { 2, 2 },
          .timeout_s = 0,
          .code = 77,
          .asked_value = { 20001 },
          .memo = "",
          .booked = { 20780 },
          .value = { 20001 } },
    };
    struct pack row = { .first = 16, .last = 48, .n = 3, .day = { 20780 }, .chain = 9 };
    struct packing from = { 0, 0 };
    struct ledger_transfer got;
    struct buf body;
    static struct unpack u;
    uint8_t digest[DIGEST_BYTES], other[DIGEST_BYTES];
    buf_init(&body, 1 << 16);
    for (int i = 0; i < 3; i++)
        pack_add(&body, &from, &row, &t[i], legs, i == 1 ? 3 : 0, meta, i == 1 ? 2 : 0);
    row.body = body.at;
    row.len = body.len;
    pack_digest(&row, digest);
    unpack_begin(&u, &row);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(unpack_next(&u, &got), 1);
        assert_true(got.id.high == t[i].id.high && got.id.low == t[i].id.low);
        assert_true(got.number == t[i].number && got.kind == t[i].kind && got.code == t[i].code);
        assert_true(got.amount.minor == t[i].amount.minor && got.asked == t[i].asked);
        assert_true(got.amount.currency == t[i].amount.currency && got.outlet_id == 9);
        assert_true(got.debit.n == t[i].debit.n && got.credit.n == t[i].credit.n);
        assert_true(got.of.high == t[i].of.high && got.of.low == t[i].of.low);
        assert_true(got.booked_us == t[i].booked_us && got.value.days == t[i].value.days);
        assert_int_equal(got.asked_value.days, t[i].asked_value.days);
        assert_string_equal(got.memo, t[i].memo);
        assert_int_equal(u.n_legs, i == 1 ? 3 : 0);
        if (i == 1)
            assert_true(u.legs[1].account.n == legs[1].account.n && u.n_meta == 2 &&
                        !strcmp(u.meta[1].value, "张三"));
    }
    assert_int_equal(unpack_next(&u, &got), 0);
    for (size_t cut = 0; cut < body.len; cut++) {
        int rc;
        row.len = cut;
        unpack_begin(&u, &row);
        while ((rc = unpack_next(&u, &got)) == 1)
            ;
        assert_int_equal(rc, RC_CORRUPT);
    }
    row.len = body.len;
    for (size_t at = 0; at < body.len; at++) { /* none may crash; the digest sees each */
        body.at[at] ^= 0x41;
        unpack_begin(&u, &row);
        while (unpack_next(&u, &got) == 1)
            ;
        pack_digest(&row, other);
        assert_memory_not_equal(digest, other, DIGEST_BYTES);
        body.at[at] ^= 0x41;
    }
    buf_release(&body);
}

SUITE(ledger_fast, ON_FAST(a_packed_row_is_read_back_and_damage_is_seen),
      ON_FAST(a_full_tail_goes_on_where_it_was),
      ON_FAST(a_transfer_that_is_looked_for_costs_little_memory),
      ON_FAST(readers_see_one_truth_while_the_writer_and_the_filler_go_on),
      ON_FAST(the_filler_comes_between_a_reader_s_two_looks),
      ON_FAST(history_is_made_again_when_it_is_missing_old_or_another_s),
      ON_FAST(a_history_that_cannot_be_opened_just_now_stays),
      ON_FAST(fast_books_become_plain_ones_and_nothing_else_changes),
      ON_FAST(plain_books_become_fast_ones_and_back_as_often_as_one_likes),
      ON_FAST(the_proofs_of_the_fast_layout_see_damage))
