/* find_test.c -- What is under a figure adds up to it; what is looked for is found. */
#include "books.h"
#include "ledger/ledger_find.h"
#include "store/event.h"

static void accounts_of_a_subject_add_up_to_its_line_of_the_trial_balance(void **state)
{
    UNUSED(state);
    struct books d;
    struct ledger_account *list;
    struct ledger_trial t;
    int64_t debits = 0, credits = 0;
    date day;
    int n = 0;
    books_open(&d);
    account_id cash = books_account(&d, "1001", 0), hot = books_account(&d, "6021", LEDGER_HOT);
    for (int i = 0; i < 5; i++) {
        account_id a = books_account(&d, "2011", 0);
        books_post(&d, cash, a, 1000 + i);
        books_post(&d, a, hot, 10);
    }
    BOOKS_OK(ledger_day(&d.c, &day));
    BOOKS_OK(ledger_trial(&d.c, LEDGER_ALL_OUTLETS, day, CNY, &t));
    static const char *const subjects[] = { "2011", "6021", "1001" };
    for (size_t k = 0; k < COUNT(subjects); k++) {
        struct ledger_accounts_wanted w = { LEDGER_ALL_OUTLETS, CNY, subjects[k], { 0 } };
        int64_t own_debits = 0, own_credits = 0;
        do { /* two at a time */
            BOOKS_OK(ledger_accounts(&d.c, &w, 2, &list, &n));
            for (int i = 0; i < n; i++) {
                BOOKS_OK(ledger_turnover_on(&d.c, list[i].id, day, &debits, &credits));
                own_debits += debits;
                own_credits += credits;
                w.after = list[i].id;
            }
        } while (n == 2);
        for (int i = 0; i < t.n_lines; i++) {
            if (strcmp(t.lines[i].subject, subjects[k]))
                continue;
            assert_int_equal(t.lines[i].debits, own_debits);
            assert_int_equal(t.lines[i].credits, own_credits);
        }
    }
    books_close(&d);
}

static void a_transfer_is_found_by_its_number_amount_day_and_memo(void **state)
{
    UNUSED(state);
    struct books d;
    struct ledger_transfer *list, one;
    struct ledger_result r;
    transfer_id last = { 0, 0 }, by = { 0, 0 };
    bool more, found;
    int n = 0;
    books_open(&d);
    account_id a = books_account(&d, "1001", 0), b = books_account(&d, "2011", 0);
    for (int i = 0; i < 10; i++) {
        struct ledger_order o = books_order(&d, a, b, 100 * (i + 1));
        o.memo = i % 2 ? "工资 salary" : "rent";
        d.c.now_us += US_SECOND;
        o.id = ledger_id_make(&d.c);
        BOOKS_OK(ledger_post(&d.c, &o, &r));
    }
    BOOKS_OK(ledger_transfer_by_number(&d.c, r.number, &one));
    assert_int_equal(one.amount.minor, 1000);
    assert_int_equal(ledger_transfer_by_number(&d.c, 5, &one), LEDGER_NO_TRANSFER);
    struct ledger_transfers_wanted w = {
        { INT32_MIN }, { INT32_MAX }, 200, 900, 0, "工资", { 0, 0 }
    };
    BOOKS_OK(ledger_transfers(&d.c, &w, 3, &list, &n, &last, &more));
    assert_int_equal(n, 3);
    assert_true(more);
    assert_int_equal(list[0].amount.minor, 800);
    assert_int_equal(list[2].amount.minor, 400);
    w.before = last;
    BOOKS_OK(ledger_transfers(&d.c, &w, 3, &list, &n, &last, &more));
    assert_int_equal(n, 1);
    assert_int_equal(list[0].amount.minor, 200);
    assert_false(more);
    w = (struct ledger_transfers_wanted){ { INT32_MIN }, { 0 }, 0, INT64_MAX, 0, NULL, { 0, 0 } };
    BOOKS_OK(ledger_transfers(&d.c, &w, 3, &list, &n, &last, &more));
    assert_int_equal(n, 0); /* nothing in 1970 */
    BOOKS_OK(ledger_reversed_by(&d.c, one.id, &by, &found));
    assert_false(found);
    struct ledger_order back = { .id = ledger_id_make(&d.c), .kind = LEDGER_REVERSE, .of = one.id };
    BOOKS_OK(ledger_transfer_by_number(&d.c, r.number, &one));
    back.of = one.id;
    BOOKS_OK(ledger_post(&d.c, &back, &r));
    BOOKS_OK(ledger_reversed_by(&d.c, one.id, &by, &found));
    assert_true(found && by.high == back.id.high && by.low == back.id.low);
    books_close(&d);
}

static void open_holds_of_an_account_are_listed_until_they_end(void **state)
{
    UNUSED(state);
    struct books d;
    struct ledger_hold_line *list;
    struct ledger_result r;
    int n = 0;
    books_open(&d);
    account_id a = books_account(&d, "2011", 0), b = books_account(&d, "2011", 0);
    struct ledger_order o = books_order(&d, a, b, 500);
    o.kind = LEDGER_HOLD;
    o.timeout_s = 60;
    BOOKS_OK(ledger_post(&d.c, &o, &r));
    BOOKS_OK(ledger_holds_of(&d.c, a, 10, &list, &n));
    assert_int_equal(n, 1);
    assert_int_equal(list[0].side, LEDGER_DEBIT);
    assert_int_equal(list[0].other.n, b.n);
    assert_int_equal(list[0].minor, 500);
    BOOKS_OK(ledger_holds_of(&d.c, b, 10, &list, &n));
    assert_int_equal(n, 1);
    assert_int_equal(list[0].side, LEDGER_CREDIT);
    d.c.now_us += 61 * US_SECOND; /* due, and not swept yet */
    BOOKS_OK(ledger_holds_of(&d.c, a, 10, &list, &n));
    assert_int_equal(n, 0);
    books_close(&d);
}

static void the_hash_of_an_event_can_be_read(void **state)
{
    UNUSED(state);
    struct books d;
    char hash[EVENT_HASH];
    int64_t seq = 0;
    books_open(&d);
    (void)books_account(&d, "2011", 0);
    BOOKS_OK(event_last_seq(d.c.tx, 0, &seq));
    assert_true(seq > 0);
    BOOKS_OK(event_hash(d.c.tx, 0, seq, hash));
    assert_int_equal(strlen(hash), 64);
    BOOKS_OK(event_hash(d.c.tx, 0, seq + 1, hash));
    assert_string_equal(hash, "");
    books_close(&d);
}

SUITE(ledger_find, BOTH(accounts_of_a_subject_add_up_to_its_line_of_the_trial_balance),
      BOTH(a_transfer_is_found_by_its_number_amount_day_and_memo),
      BOTH(open_holds_of_an_account_are_listed_until_they_end),
      BOTH(the_hash_of_an_event_can_be_read))
