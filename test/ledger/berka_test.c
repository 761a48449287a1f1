/* berka_test.c -- A real bank's first fifteen months: the order of booking inside a day is found,
 * and the books close to the printed balances. */
#include "base/buf.h"
#include "books.h"
#include "ledger/ledger_berka.h"

static date day(int y, int m, int d)
{
    date out = { 0 };
    assert_true(date_from_ymd(y, m, d, &out));
    return out;
}

static bool read_file(const char *name, struct buf *out)
{
    const char *path = test_data(name);
    char command[600], block[4096];
    if (!path)
        return false;
    snprintf(command, sizeof command, "%s '%s'", strstr(name, ".xz") ? "xz -dc" : "cat", path);
    FILE *f = popen(command, "r");
    assert_non_null(f);
    for (size_t n; (n = fread(block, 1, sizeof block, f)) > 0;)
        buf_add(out, block, n);
    assert_int_equal(pclose(f), 0);
    return true;
}

static bool read_data(struct buf *out)
{
    return read_file("money/berka/trans.asc.xz", out);
}

/* Control totals of the data's own verify.py. */
static void the_chain_of_printed_balances_closes_in_an_order_that_is_found(void **state)
{
    UNUSED(state);
    struct arena *a = arena_new(256 << 20);
    struct ledger_berka b;
    struct buf text;
    int64_t line;
    buf_init(&text, 64 << 20);
    if (read_data(&text)) {
        BOOKS_OK(ledger_berka_read(a, text.at, text.len, day(1994, 3, 30), &b, &line));
        assert_int_equal(b.n, 46997);
        assert_int_equal(b.accounts, 1229);
        assert_int_equal(b.credits, 17696125480);
        assert_int_equal(b.debits, 13766449200);
        assert_int_equal(b.unsolved, 0);
        assert_int_equal(b.exact, 43737);
        assert_int_equal(b.off, 2031);
        assert_int_equal(b.rounding, 4270);
        assert_int_equal(b.broken, 12518);
        assert_int_equal(b.overdrawn_rows, 88);
        assert_int_equal(b.overdrawn_accounts, 26);
        /* with the last day, which the source cuts off inside */
        BOOKS_OK(ledger_berka_read(a, text.at, text.len, day(1994, 3, 31), &b, &line));
        assert_int_equal(b.n, 49102);
        assert_int_equal(b.broken, 13670);
        assert_int_equal(b.overdrawn_rows, 93);
        assert_int_equal(b.overdrawn_accounts, 26);
    }
    buf_release(&text);
    arena_free(a);
}

/* Checks E and F of the data: each loan's payment is what was agreed; who drew with a card had one.
 */
static void loans_and_cards_are_what_other_files_say(void **state)
{
    UNUSED(state);
    struct arena *a = arena_new(256 << 20);
    struct ledger_berka b;
    struct ledger_berka_explained e;
    struct buf text, f[3];
    const char *why;
    int64_t line;
    buf_init(&text, 64 << 20);
    for (int i = 0; i < 3; i++)
        buf_init(&f[i], 8 << 20);
    if (read_data(&text) && read_file("money/berka/loan.asc", &f[0]) &&
        read_file("money/berka/card.asc", &f[1]) && read_file("money/berka/disp.asc", &f[2])) {
        const struct ledger_berka_files files = { &f[0], &f[1], &f[2] }, none = { 0 };
        BOOKS_OK(ledger_berka_read(a, text.at, text.len, day(1994, 3, 30), &b, &line));
        BOOKS_OK(ledger_berka_explain(a, &b, &files, &e, &why, &line));
        assert_int_equal(e.loan_payments, 123);
        assert_int_equal(e.loan_agreed, 123);
        assert_int_equal(e.loan_exact, 48);
        assert_int_equal(e.card_withdrawals, 12);
        assert_int_equal(e.card_held, 12);
        BOOKS_OK(ledger_berka_explain(a, &b, &none, &e, &why, &line));
        assert_true(e.loan_payments == 123 && e.loan_agreed == 0 && e.card_held == 0);
    }
    for (int i = 0; i < 3; i++)
        buf_release(&f[i]);
    buf_release(&text);
    arena_free(a);
}

static const char head[] = "\"trans_id\";\"account_id\";\"date\";\"type\";\"operation\";\"amount\";"
                           "\"balance\";\"k_symbol\";\"bank\";\"account\"\r\n";
static const char *const rows[] = {
    "10;7;930101;\"PRIJEM\";\"VKLAD\";700.00;700.00;\"\";;\r\n",
    "13;7;930102;\"VYDAJ\";\"PREVOD NA UCET\";100.00;650.00;\"SIPO\";\"AB\";123\r\n",
    "12;7;930102;\"VYBER\";\"VYBER\";50.00;600.10;\"\";;\r\n",
    "11;7;930102;\"PRIJEM\";\"PREVOD Z UCTU\";50.00;750.00;\"\";\"CD\";9\r\n",
    "14;8;930103;\"PRIJEM\";\"VKLAD\";5.00;5.00;\"\";;\r\n",
    "15;8;930131;\"VYDAJ\";\"VYBER\";14.60;-9.60;\"SLUZBY\";;\r\n",
    "16;8;930131;\"PRIJEM\";\"\";0.60;-9.00;\"UROK\";;\r\n",
    "17;8;930131;\"VYDAJ\";\"VYBER\";0.50;-9.50;\"SANKC. UROK\";;\r\n",
    "18;7;930201;\"VYBER\";\"VYBER KARTOU\";100.10;500.00;\"\";;\r\n",
};

static void small(struct books *d, struct ledger_berka *b, int turn)
{
    struct buf text;
    int64_t line;
    buf_init(&text, 1 << 16);
    buf_text(&text, head);
    for (size_t i = 0; i < COUNT(rows); i++)
        buf_text(&text, rows[(i * 2 + (size_t)turn) % COUNT(rows)]);
    BOOKS_OK(ledger_berka_read(d->c.arena, text.at, text.len, day(1994, 1, 1), b, &line));
    buf_release(&text);
}

static int64_t balance_of(struct books *d, const char *label)
{
    account_id *found;
    int n = 0;
    BOOKS_OK(ledger_find_accounts(&d->c, "berka", label, (account_id){ 0 }, 2, &found, &n));
    assert_int_equal(n, 1);
    return books_balance(d, found[0]);
}

/* Shuffled rows give the same books; importing again adds nothing. */
static void rows_are_booked_once_in_whatever_order_they_come(void **state)
{
    UNUSED(state);
    static const int64_t in_order[] = { 10, 11, 13, 12, 14, 15, 16, 17, 18 };
    struct ledger_berka b;
    struct books d;
    books_open(&d);
    for (int turn = 0; turn < 4; turn++) {
        small(&d, &b, turn);
        for (size_t i = 0; i < COUNT(in_order); i++)
            assert_int_equal(b.rows[i].id, in_order[i]);
        assert_int_equal(b.unsolved, 0);
        assert_int_equal(b.overdrawn_rows, 3);
        BOOKS_OK(ledger_berka_book(&d.c, &b));
        assert_int_equal(b.booked, turn ? 0 : 10);
        assert_int_equal(b.existed, turn ? 10 : 0);
    }
    assert_int_equal(balance_of(&d, "account-7"), 50000);
    assert_int_equal(balance_of(&d, "account-8"), -950);
    assert_int_equal(balance_of(&d, "rounding"), -10);
    assert_int_equal(balance_of(&d, "cash"), 65500);
    assert_int_equal(balance_of(&d, "bank-AB"), 10000);
    assert_int_equal(balance_of(&d, "fee"), 1460);
    assert_int_equal(balance_of(&d, "penalty"), 50);
    assert_int_equal(balance_of(&d, "interest"), 60);
    struct ledger_trial t;
    BOOKS_OK(ledger_trial(&d.c, LEDGER_ALL_OUTLETS, day(1993, 1, 31), CZK, &t));
    assert_true(t.debits == t.credits && t.debits > 0);
    books_proven(&d);
    books_close(&d);
}

/* A payment that differs, a card that came later, a line that is none. */
static void what_other_files_do_not_say_is_counted(void **state)
{
    UNUSED(state);
    static const char *const loans[] = {
        "h\r\n1;7;930101;9000;12;100.50;\"A\"\r\n",
        "h\r\n1;7;930101;9000;12;100.51;\"A\"\r\n",
        "h\r\n1;8;930101;9000;12;100.00;\"A\"\r\n",
        "h\r\n1;7;930101;9000;12;x;\"A\"\r\n",
    };
    static const char *const cards[] = { "h\n5;3;\"classic\";930201 00:00:00\n",
                                         "h\n5;3;\"classic\";930202 00:00:00\n",
                                         "h\n5;4;\"classic\";930202 00:00:00\n",
                                         "h\n5;3;\"classic\";9302\n" };
    static const int want[][3] = {
        { 0, 1, 1 }, { 0, 0, 0 }, { BASE_BAD_INPUT, 0, 0 }, { BASE_BAD_INPUT, 0, 0 }
    };
    for (int i = 0; i < 4; i++) {
        struct arena *a = arena_new(1 << 20);
        struct ledger_berka b;
        struct ledger_berka_explained e;
        struct buf text, loan, card, disp;
        const char *why;
        int64_t line;
        buf_init(&text, 1 << 16);
        buf_init(&loan, 1 << 16);
        buf_init(&card, 1 << 16);
        buf_init(&disp, 1 << 16);
        buf_text(&text, head);
        buf_text(&text,
                 "1;7;930102;\"VYDAJ\";\"PREVOD NA UCET\";100.00;650.00;\"UVER\";\"AB\";1\r\n"
                 "2;7;930201;\"VYBER\";\"VYBER KARTOU\";100.10;500.00;\"\";;\r\n");
        buf_text(&loan, loans[i]);
        buf_text(&card, cards[i]);
        buf_text(&disp, "h\n3;1;7;\"OWNER\"\n");
        const struct ledger_berka_files files = { &loan, &card, &disp };
        BOOKS_OK(ledger_berka_read(a, text.at, text.len, day(1994, 3, 30), &b, &line));
        assert_int_equal(ledger_berka_explain(a, &b, &files, &e, &why, &line), want[i][0]);
        if (!want[i][0]) {
            assert_int_equal(e.loan_payments, 1);
            assert_int_equal(e.loan_agreed, want[i][1]);
            assert_int_equal(e.card_held, want[i][2]);
        } else {
            assert_int_equal(line, 2);
            assert_string_equal(why, i == 2 ? "card.asc" : "loan.asc");
        }
        buf_release(&disp);
        buf_release(&card);
        buf_release(&loan);
        buf_release(&text);
        arena_free(a);
    }
}

static void a_line_that_is_no_row_is_named(void **state)
{
    UNUSED(state);
    static const char *const bad[] = {
        "x;7;930101;\"PRIJEM\";\"VKLAD\";700.00;700.00;\"\";;\r\n",
        "1;7;930230;\"PRIJEM\";\"VKLAD\";700.00;700.00;\"\";;\r\n",
        "1;7;930101;\"OTHER\";\"VKLAD\";700.00;700.00;\"\";;\r\n",
        "1;7;930101;\"PRIJEM\";\"OTHER\";700.00;700.00;\"\";;\r\n",
        "1;7;930101;\"PRIJEM\";\"VKLAD\";700.000;700.00;\"\";;\r\n",
        "1;7;930101;\"PRIJEM\";\"VKLAD\";700.00;700.00;\"\";\r\n",
        "1;7;930101;\"PRIJEM\";\"VKLAD\";700.00;700.00;\"\";;;\r\n",
    };
    struct arena *a = arena_new(1 << 20);
    struct ledger_berka b;
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct buf text;
        int64_t line = 0;
        buf_init(&text, 1 << 16);
        buf_text(&text, head);
        buf_text(&text, rows[0]);
        buf_text(&text, bad[i]);
        int rc = ledger_berka_read(a, text.at, text.len, day(1994, 1, 1), &b, &line);
        assert_int_equal(rc, BASE_BAD_INPUT);
        assert_int_equal(line, 3);
        buf_release(&text);
    }
    arena_free(a);
}

SUITE(ledger_berka,
      cmocka_unit_test(the_chain_of_printed_balances_closes_in_an_order_that_is_found),
      cmocka_unit_test(rows_are_booked_once_in_whatever_order_they_come),
      cmocka_unit_test(loans_and_cards_are_what_other_files_say),
      cmocka_unit_test(what_other_files_do_not_say_is_counted),
      cmocka_unit_test(a_line_that_is_no_row_is_named))
