/* known_test.c -- Ids for ever: what the writer remembers of them is bounded, and one that is asked
 * for again a year later is the first one still, or refused with the field that differs. */
#include "books.h"
#include "ledger/ledger_fast_priv.h"

enum { YEAR_DAYS = 365, GENERATION = 64, FEW = 5 };

static transfer_id id_of(int64_t ms, int64_t n)
{
    return (transfer_id){ ms << 16 | (n & 0xffff),
                          (int64_t)((uint64_t)n * UINT64_C(0x9E3779B97F4A7C15)) };
}

static bool remembered(const struct known *k, transfer_id id, int64_t number)
{
    uint64_t at = 0;
    int64_t n;
    while ((n = known_next(k, id, &at)) > 0)
        if (n == number)
            return true;
    return false;
}

/* Every id is remembered, or one of which the memory says that it has to be looked for. Of some the
 * maker's clock is an hour ahead. */
static void add_many(int64_t ahead_each)
{
    enum { BOUND = 1000, IDS = 100000, LAG = 500, AHEAD_MS = 3600000 };
    struct known *k = known_new(0);
    const int64_t now_ms = INT64_C(1800000000000);
    size_t most = 0;
    known_bound(k, BOUND);
    for (int64_t i = 1; i <= IDS; i++) {
        int64_t ms = now_ms + i + (i % ahead_each == 0 ? AHEAD_MS : 0);
        known_add(k, id_of(ms, i), i, (now_ms + i) * 1000);
        if (i % 10 == 0)
            known_turn(k, i - LAG);
        if (known_bytes(k) > most)
            most = known_bytes(k);
    }
    assert_in_range(most, 1,
                    600000); /* 16 bytes, a quarter of them used, of 4 x 1,500 and of first ones */
    for (int64_t i = 1; i <= IDS; i++) {
        bool ahead = i % ahead_each == 0;
        transfer_id id = id_of(now_ms + i + (ahead ? AHEAD_MS : 0), i);
        bool must = known_surely(k, id, (now_ms + IDS) * 1000);
        assert_true(!must || remembered(k, id, i));
        assert_true(i < IDS - LAG || ahead || ahead_each < 1000 || must); /* need no disk */
    }
    known_free(k);
}

static void the_memory_of_ids_is_bounded_and_forgets_none_that_it_vouches_for(void **state)
{
    UNUSED(state);
    add_many(1000);
    add_many(7);
    add_many(1);
}

/* ---- in the books ---- */

static struct books d;
static account_id cash, anna, ben;

static void reopen(void)
{
    char url[300];
    if (db_is_server(d.db))
        return; /* its instances come and go in others_test.c */
    snprintf(url, sizeof url, "sqlite:%s?sync=off", db_path(d.db));
    BOOKS_OK(db_commit(&d.c.tx));
    db_close(d.db);
    BOOKS_OK(db_open(url, &d.db));
    BOOKS_OK(db_begin(d.db, &d.c.tx));
}

static void bound_memory(void)
{
    struct fast *f;
    BOOKS_OK(ledger_fast_of(d.c.tx, &f));
    if (!f)
        return;
    BOOKS_OK(fast_ready(f, &d.c));
    known_bound(f->known, GENERATION);
}

static void book_many(int n)
{
    for (int i = 0; i < n; i++)
        books_post(&d, anna, ben, 1);
    books_save(&d);
    books_fill(&d, 1000);
    bound_memory();
}

static void same_again(const struct ledger_order *o, const struct ledger_result *first)
{
    for (int i = 0; i < FEW; i++) {
        struct ledger_order changed = o[i];
        struct ledger_result r;
        BOOKS_OK(ledger_post(&d.c, &o[i], &r));
        assert_true(r.existed && r.number == first[i].number && r.booked_us == first[i].booked_us);
        assert_int_equal(r.booked.days, first[i].booked.days);
        changed.amount.minor++;
        assert_int_equal(ledger_post(&d.c, &changed, &r), LEDGER_EXISTS_AMOUNT);
        assert_string_equal(d.c.field, "amount");
    }
}

static void an_id_asked_for_again_after_a_year_is_the_first_one(void **state)
{
    UNUSED(state);
    struct ledger_order o[FEW], late;
    struct ledger_result first[FEW], r;
    books_open(&d);
    cash = books_account(&d, "1001", 0);
    anna = books_account(&d, "2011", LEDGER_NO_OVERDRAFT);
    ben = books_account(&d, "2011", LEDGER_NO_OVERDRAFT);
    books_post(&d, cash, anna, 1000000);
    bound_memory();
    for (int i = 0; i < FEW; i++) {
        o[i] = books_order(&d, anna, ben, 100 + i);
        BOOKS_OK(ledger_post(&d.c, &o[i], &first[i]));
    }
    late = books_order(&d, anna, ben, 7); /* made now, and sent a year later */
    for (int month = 0; month < 13; month++) {
        book_many(3 * GENERATION);
        d.c.now_us += INT64_C(30) * 86400 * US_SECOND;
    }
    same_again(o, first);
    books_save(&d);
    reopen();
    bound_memory();
    same_again(o, first);
    BOOKS_OK(ledger_post(&d.c, &late, &r));
    assert_false(r.existed);
    BOOKS_OK(ledger_post(&d.c, &late, &r));
    assert_true(r.existed);
    assert_true(books_balance(&d, anna) ==
                1000000 - 100 - 101 - 102 - 103 - 104 - 7 - 13 * 3 * GENERATION);
    books_save(&d);
    books_proven(&d);
    books_close(&d);
}

SUITE(ledger_known,
      cmocka_unit_test(the_memory_of_ids_is_bounded_and_forgets_none_that_it_vouches_for),
      BOTH(an_id_asked_for_again_after_a_year_is_the_first_one))
