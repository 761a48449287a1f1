/* others_test.c -- Fast books on a server: two instances, each with a memory of its own, write in
 * turns, give up what they began, fill history one as the other; each is always right, and what one
 * booked the other knows. */
#include "books.h"
#include "ledger/ledger_fast_priv.h"
#include "ledger/ledger_lines_priv.h"
#include <string.h>

enum { PEOPLE = 6, TURNS = 400, GROUP = 12 };

#define ONLY_ON_A_SERVER()     \
    do {                       \
        if (!test_on_server()) \
            skip();            \
    } while (0)

static struct instance {
    struct db *db;
    struct call c;
    struct rng rng;
    struct ids ids;
} two[2];
static account_id cash, people[PEOPLE];
static int64_t balance[PEOPLE], held[PEOPLE]; /* as they must be */
static struct {
    struct ledger_order order;
    int64_t number;
    bool open; /* a hold */
} booked[TURNS * GROUP];
static int n_booked;
static char url[300];

static void open_instance(struct instance *i, int number)
{
    memset(i, 0, sizeof *i);
    BOOKS_OK(db_open(url, &i->db));
    rng_seed(&i->rng, 77 + (uint64_t)number);
    ids_init(&i->ids, number);
    db_ids(i->db, &i->ids);
    i->c = (struct call){ .rng = &i->rng, .ids = &i->ids, .arena = arena_new(256 << 20) };
    i->c.now_us = date_instant((date){ 20780 }, 9 * 3600);
}

static void close_instance(struct instance *i)
{
    arena_free(i->c.arena);
    db_close(i->db);
}

static void open_both(void)
{
    struct books d;
    books_layout = LEDGER_FAST;
    books_open(&d);
    cash = books_account(&d, "1001", 0);
    for (int i = 0; i < PEOPLE; i++) {
        people[i] = books_account(&d, "2011", LEDGER_NO_OVERDRAFT);
        books_post(&d, cash, people[i], 1000000);
        balance[i] = 1000000;
        held[i] = 0;
    }
    books_save(&d);
    snprintf(url, sizeof url, "%s", books_url);
    books_close(&d);
    n_booked = 0;
    for (int i = 0; i < 2; i++)
        open_instance(&two[i], i + 1);
}

static int debit_of(const struct ledger_order *o)
{
    int i = 0;
    while (people[i].n != o->debit.n)
        i++;
    return i;
}

static int credit_of(const struct ledger_order *o)
{
    int i = 0;
    while (people[i].n != o->credit.n)
        i++;
    return i;
}

static struct ledger_order order_of(struct instance *x)
{
    uint32_t a = rng_below(&x->rng, PEOPLE), b = rng_below(&x->rng, PEOPLE - 1);
    struct ledger_order o = { .id = ledger_id_make(&x->c),
                              .kind = rng_below(&x->rng, 8) ? LEDGER_POST : LEDGER_HOLD,
                              .debit = people[a],
                              .credit = people[b >= a ? b + 1 : b],
                              .amount = { 1 + rng_below(&x->rng, 900), CNY } };
    if (rng_below(&x->rng, 12) == 0 && n_booked) { /* a hold ends, whoever made it */
        int at = (int)rng_below(&x->rng, (uint32_t)n_booked);
        while (at < n_booked && !booked[at].open)
            at++;
        if (at < n_booked)
            o = (struct ledger_order){ .id = o.id, .kind = LEDGER_VOID, .of = booked[at].order.id };
    }
    return o;
}

static void remember(const struct ledger_order *o, const struct ledger_result *r)
{
    booked[n_booked].order = *o;
    booked[n_booked].number = r->number;
    booked[n_booked].open = o->kind == LEDGER_HOLD;
    n_booked++;
    if (o->kind == LEDGER_POST) {
        balance[debit_of(o)] -= o->amount.minor;
        balance[credit_of(o)] += o->amount.minor;
    } else if (o->kind == LEDGER_HOLD) {
        held[debit_of(o)] += o->amount.minor;
    } else {
        for (int i = 0; i < n_booked; i++)
            if (booked[i].order.id.high == o->of.high && booked[i].order.id.low == o->of.low) {
                booked[i].open = false;
                held[debit_of(&booked[i].order)] -= booked[i].order.amount.minor;
            }
    }
}

/* A group, or one order after another; given up now and then, also in part. */
static void write_some(struct instance *x)
{
    struct ledger_order orders[GROUP];
    struct ledger_result results[GROUP];
    int n = 1 + (int)rng_below(&x->rng, GROUP - 1);
    bool gives_up = rng_below(&x->rng, 7) == 0, undoes = rng_below(&x->rng, 5) == 0;
    x->c.now_us += US_SECOND;
    BOOKS_OK(db_begin(x->db, &x->c.tx));
    if (undoes) { /* a savepoint before anything else: what others booked is taken in inside it */
        BOOKS_OK(db_savepoint(x->c.tx));
        struct ledger_order o = order_of(x);
        struct ledger_result r;
        BOOKS_OK(ledger_post_many(&x->c, &o, 1, &r));
        db_undo(x->c.tx);
    }
    for (int i = 0; i < n; i++) {
        orders[i] = order_of(x);
        for (int k = 0; k < i; k++) /* a hold ends once */
            if (orders[i].kind == LEDGER_VOID && orders[k].of.low == orders[i].of.low)
                orders[i] = (struct ledger_order){ .id = orders[i].id,
                                                   .kind = LEDGER_POST,
                                                   .debit = people[0],
                                                   .credit = people[1],
                                                   .amount = { 1, CNY } };
    }
    BOOKS_OK(ledger_post_many(&x->c, orders, (size_t)n, results));
    for (int i = 0; i < n; i++)
        if (results[i].rc)
            fail_msg("%d", results[i].rc);
    if (gives_up) {
        db_rollback(&x->c.tx);
    } else {
        BOOKS_OK(db_commit(&x->c.tx));
        for (int i = 0; i < n; i++)
            remember(&orders[i], &results[i]);
    }
    arena_clear(x->c.arena);
}

static void is_right(struct instance *x)
{
    for (int i = 0; i < PEOPLE; i++) {
        struct ledger_account a;
        BOOKS_OK(ledger_account_get(&x->c, people[i], &a));
        assert_int_equal(ledger_balance(&a), balance[i]);
        assert_int_equal(a.totals.debits_pending, held[i]);
    }
}

static void look(struct instance *x, bool writes)
{
    BOOKS_OK(writes ? db_begin(x->db, &x->c.tx) : db_read(x->db, &x->c.tx));
    is_right(x);
    if (writes && n_booked) { /* asked again at the other's counter */
        int at = (int)rng_below(&x->rng, (uint32_t)n_booked);
        struct ledger_result r;
        BOOKS_OK(ledger_post(&x->c, &booked[at].order, &r));
        assert_true(r.existed && r.number == booked[at].number);
    }
    if (writes)
        db_rollback(&x->c.tx);
    else
        db_read_done(&x->c.tx);
    arena_clear(x->c.arena);
}

static void prove(struct instance *x)
{
    static int (*const proofs[])(struct call * c, int64_t * count, int64_t * bad, char *text,
                                 size_t size) = { ledger_check_books, ledger_check_totals,
                                                  ledger_check_holds };
    BOOKS_OK(db_read(x->db, &x->c.tx));
    for (size_t i = 0; i < COUNT(proofs); i++) {
        char text[300] = "";
        int64_t n = 0, bad = 0;
        BOOKS_OK(proofs[i](&x->c, &n, &bad, text, sizeof text));
        if (bad)
            fail_msg("%s", text);
    }
    db_read_done(&x->c.tx);
    arena_clear(x->c.arena);
}

static void two_instances_are_one_bank(void **state)
{
    UNUSED(state);
    ONLY_ON_A_SERVER();
    struct rng dice;
    rng_seed(&dice, 5);
    open_both();
    for (int turn = 0; turn < TURNS; turn++) {
        struct instance *x = &two[rng_below(&dice, 2)];
        int64_t filled, left;
        write_some(x);
        switch (rng_below(&dice, 6)) {
        case 0:
            look(x, true);
            break;
        case 1:
            look(x == two ? two + 1 : two, true);
            break;
        case 2:
            look(x == two ? two + 1 : two, false);
            break;
        case 3:
            BOOKS_OK(ledger_fill(two[rng_below(&dice, 2)].db, 1 + (int)rng_below(&dice, 60),
                                 &filled, &left));
            break;
        default:
            break;
        }
        if (turn % 100 == 99) { /* one dies, and another comes */
            int who = (int)rng_below(&dice, 2);
            prove(&two[1 - who]);
            close_instance(&two[who]);
            open_instance(&two[who], 3 + turn / 100);
        }
    }
    for (int i = 0; i < 2; i++) {
        prove(&two[i]);
        look(&two[i], true);
    }
    for (int i = 0; i < 2; i++)
        close_instance(&two[i]);
}

static int stop_account(struct instance *x, bool stopped)
{
    BOOKS_OK(db_begin(x->db, &x->c.tx));
    int rc = ledger_stop(&x->c, people[0], stopped);
    BOOKS_OK(db_commit(&x->c.tx));
    return rc;
}

static int pay(struct instance *x, int64_t minor)
{
    struct ledger_order o = { .id = ledger_id_make(&x->c),
                              .kind = LEDGER_POST,
                              .debit = people[0],
                              .credit = people[1],
                              .amount = { minor, CNY } };
    struct ledger_result r;
    BOOKS_OK(db_begin(x->db, &x->c.tx));
    int rc = ledger_post(&x->c, &o, &r);
    BOOKS_OK(db_commit(&x->c.tx));
    return rc;
}

/* What one instance forbids the other keeps to at once; a date that one set counts for both. */
static void what_one_forbids_the_other_refuses(void **state)
{
    UNUSED(state);
    ONLY_ON_A_SERVER();
    date d;
    open_both();
    assert_int_equal(pay(&two[0], 1), 0);
    assert_int_equal(pay(&two[1], 1), 0);
    assert_int_equal(stop_account(&two[0], true), 0);
    assert_int_not_equal(pay(&two[1], 1), 0);
    assert_int_equal(stop_account(&two[1], false), 0);
    assert_int_equal(pay(&two[0], 1), 0);
    assert_int_not_equal(pay(&two[1], 1000000), 0); /* as both know, there is less */
    BOOKS_OK(db_begin(two[0].db, &two[0].c.tx));
    BOOKS_OK(ledger_day_set(&two[0].c, (date){ 20790 }));
    BOOKS_OK(db_commit(&two[0].c.tx));
    BOOKS_OK(db_begin(two[1].db, &two[1].c.tx));
    BOOKS_OK(ledger_day(&two[1].c, &d));
    db_rollback(&two[1].c.tx);
    assert_int_equal(d.days, 20790);
    for (int i = 0; i < 2; i++)
        close_instance(&two[i]);
}

/* In the history that both read: what sql does, with garbage as $1 if it wants that. */
static void in_history(struct instance *x, const char *sql)
{
    static const char garbage[40] = "\1\2\3";
    struct fast *f;
    struct db_tx *tx;
    BOOKS_OK(db_read(x->db, &x->c.tx));
    BOOKS_OK(ledger_fast_of(x->c.tx, &f));
    db_read_done(&x->c.tx);
    BOOKS_OK(db_begin(atomic_load(&fast_lines(f)->db), &tx));
    BOOKS_OK(strstr(sql, "$1") ? db_exec(tx, sql, DB_ARGS(DB_B(garbage, sizeof garbage)))
                               : db_exec(tx, sql, DB_NO_ARGS));
    assert_true(db_changed(tx) > 0);
    BOOKS_OK(db_commit(&tx));
}

/* History that one found damaged is made again when another begins; the first one reads on. */
static void marked_history_is_made_again_beside_an_instance_that_reads(void **state)
{
    UNUSED(state);
    ONLY_ON_A_SERVER();
    int64_t filled, left;
    open_both();
    for (int i = 0; i < 30; i++) {
        write_some(&two[i % 2]);
        BOOKS_OK(ledger_fill(two[0].db, 100000, &filled, &left));
    }
    prove(&two[0]);
    in_history(&two[0], "UPDATE history_line SET body=$1 WHERE run=(SELECT MAX(run) FROM"
                        " history_run)");
    in_history(&two[0], "INSERT INTO history_mark (id, number, id_high, id_low, turn)"
                        " VALUES (0, 0, 0, 0, 0)");
    close_instance(&two[1]);
    open_instance(&two[1], 3);
    prove(&two[1]);
    prove(&two[0]);
    for (int i = 0; i < 10; i++) {
        write_some(&two[i % 2]);
        BOOKS_OK(ledger_fill(two[i % 2].db, 100000, &filled, &left));
        look(&two[1 - i % 2], i & 2);
    }
    for (int i = 0; i < 2; i++) {
        prove(&two[i]);
        close_instance(&two[i]);
    }
}

SUITE(ledger_others, cmocka_unit_test(two_instances_are_one_bank),
      cmocka_unit_test(marked_history_is_made_again_beside_an_instance_that_reads),
      cmocka_unit_test(what_one_forbids_the_other_refuses))
