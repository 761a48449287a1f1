/* statement_test.c -- Opening and movements are the closing; what comes back is known again. */
#include "statement/statement.h"
#include "base/buf.h"
#include "deposit/counter.h"
#include <unistd.h>

static const struct statement_bank bank = { "票号银行", "Piaohao Bank" };

static date day(int y, int m, int d)
{
    date out = { 0 };
    assert_true(date_from_ymd(y, m, d, &out));
    return out;
}

static account_id open_account(struct books *d, const char *subject, const char *name,
                               enum currency currency, int flags)
{
    struct ledger_account a = { .currency = currency, .flags = flags };
    snprintf(a.subject, sizeof a.subject, "%s", subject);
    snprintf(a.name, sizeof a.name, "%s", name);
    BOOKS_OK(ledger_account_open(&d->c, &a, &(struct ledger_pair){ "label", name }, 1));
    return a.id;
}

static transfer_id move(struct books *d, account_id from, account_id to, money m, const char *memo)
{
    struct ledger_result r;
    struct ledger_order o = { .id = ledger_id_make(&d->c),
                              .kind = LEDGER_POST,
                              .debit = from,
                              .credit = to,
                              .amount = m,
                              .memo = memo };
    BOOKS_OK(ledger_post(&d->c, &o, &r));
    return o.id;
}

/* Three days of an account, of cash and of a third. */
struct scene {
    struct counter k;
    account_id cash, own, third;
};

static void scene_open(struct scene *s, enum currency currency)
{
    struct call *c = &s->k.b.c;
    counter_open(&s->k);
    c->now_us = date_instant(day(2027, 3, 1), 36000);
    BOOKS_OK(ledger_day_set(c, day(2027, 3, 1)));
    s->cash = open_account(&s->k.b, "1001", "cash", currency, 0);
    s->own = open_account(&s->k.b, "2011", "own", currency, 0);
    s->third = open_account(&s->k.b, "2011", "=third", currency, 0);
    move(&s->k.b, s->cash, s->own, (money){ 100000, currency }, "现金存入");
    BOOKS_OK(ledger_day_set(c, day(2027, 3, 2)));
    c->now_us = date_instant(day(2027, 3, 2), 36000);
    transfer_id wrong =
        move(&s->k.b, s->own, s->third, (money){ 12800, currency }, "=1+1,\"x\"\nB");
    struct ledger_order back = { .id = ledger_id_make(c), .kind = LEDGER_REVERSE, .of = wrong };
    struct ledger_result r;
    BOOKS_OK(ledger_post(c, &back, &r));
    BOOKS_OK(ledger_day_set(c, day(2027, 3, 5)));
    c->now_us = date_instant(day(2027, 3, 5), 36000);
    struct ledger_leg legs[] = { { s->own, LEDGER_DEBIT, 700 },
                                 { s->cash, LEDGER_CREDIT, 300 },
                                 { s->third, LEDGER_CREDIT, 400 } };
    struct ledger_order three = { .id = ledger_id_make(c),
                                  .kind = LEDGER_JOURNAL,
                                  .amount = { 0, currency },
                                  .legs = legs,
                                  .n_legs = COUNT(legs),
                                  .memo = "'quoted' <&> text" };
    BOOKS_OK(ledger_post(c, &three, &r));
}

static struct statement make(struct scene *s, account_id a, date from, date until)
{
    struct statement out;
    struct statement_query q = { .account = a, .from = from, .until = until, .bank = bank };
    BOOKS_OK(statement_make(&s->k.b.c, &q, &out));
    return out;
}

static void opening_and_movements_are_the_closing_in_any_period(void **state)
{
    UNUSED(state);
    static const struct {
        int from, until, n;
        int64_t opening, debits, credits, closing;
    } row[] = {
        { 1, 5, 4, 0, 13500, 112800, 99300 },      { 1, 1, 1, 0, 0, 100000, 100000 },
        { 2, 2, 2, 100000, 12800, 12800, 100000 }, { 3, 4, 0, 100000, 0, 0, 100000 },
        { 5, 31, 1, 100000, 700, 0, 99300 },       { 6, 31, 0, 99300, 0, 0, 99300 },
    };
    struct scene s;
    scene_open(&s, CNY);
    for (size_t i = 0; i < COUNT(row); i++) {
        struct statement got =
            make(&s, s.own, day(2027, 3, row[i].from), day(2027, 3, row[i].until));
        assert_int_equal(got.n, row[i].n);
        assert_int_equal(got.opening, row[i].opening);
        assert_int_equal(got.debits, row[i].debits);
        assert_int_equal(got.credits, row[i].credits);
        assert_int_equal(got.closing, row[i].closing);
        assert_int_equal(got.unfolded, 0);
    }
    /* before the account was */
    assert_int_equal(make(&s, s.own, day(2025, 1, 1), day(2025, 12, 31)).closing, 0);
    /* a cash account's own side is the debit */
    assert_int_equal(make(&s, s.cash, day(2027, 3, 1), day(2027, 3, 5)).closing, 99700);
    counter_close(&s.k);
}

static void each_line_says_who_is_on_the_other_side(void **state)
{
    UNUSED(state);
    struct scene s;
    scene_open(&s, CNY);
    struct statement got = make(&s, s.own, day(2027, 3, 1), day(2027, 3, 5));
    assert_string_equal(got.lines[0].other_name, "cash");
    assert_string_equal(got.lines[0].memo, "现金存入");
    assert_int_equal(got.lines[1].other.n, s.third.n);
    assert_int_equal(got.lines[2].kind, LEDGER_REVERSE);
    assert_int_equal(got.lines[2].side, LEDGER_CREDIT);
    assert_int_equal(got.lines[3].other.n, 0); /* two others */
    assert_string_equal(got.lines[3].other_name, "");
    assert_int_equal(make(&s, s.third, day(2027, 3, 5), day(2027, 3, 5)).lines[0].other.n, 0);
    counter_close(&s.k);
}

/* Others are masked; the owner is masked too, but on papers for the owner. */
static void customers_are_named_as_far_as_others_may_know(void **state)
{
    UNUSED(state);
    struct counter k;
    struct statement s;
    struct deposit_done done;
    account_id found;
    counter_open(&k);
    struct deposit_account a = counter_account(&k, "demand"), b = counter_account(&k, "demand");
    struct call *c = &k.b.c;
    date today;
    BOOKS_OK(ledger_day(c, &today));
    counter_pay_in(&k, a.id, 50000);
    struct deposit_move m = { .id = ledger_id_make(c), .account = a.id, .minor = 700 };
    BOOKS_OK(deposit_transfer(c, &m, b.id, &done));
    account_id clearing;
    BOOKS_OK(deposit_own(c, OWN_CLEARING, a.outlet_id, CNY, &clearing));
    const struct ledger_pair payee[] = { { "payee_name", "欧阳锋" },
                                         { "payee_account", "6210000000001234" } };
    struct deposit_move out = { .id = ledger_id_make(c),
                                .account = a.id,
                                .contra = clearing,
                                .minor = 300,
                                .meta = payee,
                                .n_meta = COUNT(payee) };
    BOOKS_OK(deposit_out(c, &out, &done));
    struct statement_query q = { .account = a.ledger, .from = today, .until = today, .bank = bank };
    BOOKS_OK(statement_make(c, &q, &s));
    assert_int_equal(s.n, 3);
    assert_string_equal(s.party.number, a.number);
    assert_non_null(strchr(s.party.name, '*'));
    assert_non_null(strchr(s.lines[1].other_number, '*'));
    assert_non_null(strchr(s.lines[1].other_name, '*'));
    assert_string_equal(s.lines[2].other_name, "欧*");
    assert_string_equal(s.lines[2].other_number, "6210********1234");
    q.full_name = true;
    BOOKS_OK(statement_make(c, &q, &s));
    assert_null(strchr(s.party.name, '*'));
    assert_non_null(strchr(s.lines[1].other_name, '*'));
    BOOKS_OK(statement_find(c, a.number, &found));
    assert_int_equal(found.n, a.ledger.n);
    char wrong[DEPOSIT_NUMBER_TEXT];
    memcpy(wrong, a.number, sizeof wrong);
    wrong[18] = wrong[18] == '9' ? '0' : (char)(wrong[18] + 1);
    assert_int_equal(statement_find(c, wrong, &found), STATEMENT_NO_ACCOUNT);
    counter_close(&k);
}

static void legs_of_a_hot_account_that_are_not_folded_are_named_apart(void **state)
{
    UNUSED(state);
    struct scene s;
    int folded;
    scene_open(&s, CNY);
    account_id hot = open_account(&s.k.b, "6021", "fees", CNY, LEDGER_HOT);
    move(&s.k.b, s.own, hot, (money){ 500, CNY }, "fee");
    struct statement got = make(&s, hot, day(2027, 3, 1), day(2027, 3, 31));
    assert_int_equal(got.closing + got.unfolded, 500);
    BOOKS_OK(ledger_fold(&s.k.b.c, 100, &folded));
    got = make(&s, hot, day(2027, 3, 1), day(2027, 3, 31));
    assert_int_equal(got.n, 1);
    assert_int_equal(got.closing, 500);
    assert_int_equal(got.unfolded, 0);
    counter_close(&s.k);
}

static void what_cannot_be_is_refused(void **state)
{
    UNUSED(state);
    struct scene s;
    struct statement out;
    account_id found = { 0 };
    char number[32];
    scene_open(&s, CNY);
    struct statement_query q = { .account = s.own, .from = { 10 }, .until = { 9 }, .bank = bank };
    assert_int_equal(statement_make(&s.k.b.c, &q, &out), STATEMENT_BAD_PERIOD);
    q.until.days = 11;
    q.account.n = 12345678;
    assert_int_equal(statement_make(&s.k.b.c, &q, &out), STATEMENT_NO_ACCOUNT);
    snprintf(number, sizeof number, "%lld", (long long)s.own.n);
    BOOKS_OK(statement_find(&s.k.b.c, number, &found));
    assert_int_equal(found.n, s.own.n);
    BOOKS_OK(statement_find(&s.k.b.c, "label=cash", &found));
    assert_int_equal(found.n, s.cash.n);
    assert_int_equal(statement_find(&s.k.b.c, "label=nobody", &found), STATEMENT_NO_ACCOUNT);
    assert_int_equal(statement_find(&s.k.b.c, "12x", &found), STATEMENT_NO_ACCOUNT);
    assert_int_equal(statement_find(&s.k.b.c, "", &found), STATEMENT_NO_ACCOUNT);
    assert_int_equal(statement_find(&s.k.b.c, "999", &found), STATEMENT_NO_ACCOUNT);
    assert_null(statement_kind("doc"));
    assert_null(statement_kind(NULL));
    assert_int_equal(statement_kind("camt053")->format, STATEMENT_CAMT053);
    counter_close(&s.k);
}

static void write_out(const struct statement *s, enum statement_format f, struct buf *out)
{
    buf_clear(out);
    BOOKS_OK(statement_write(s, f, out));
}

static void no_cell_of_the_csv_is_a_formula(void **state)
{
    UNUSED(state);
    struct scene s;
    struct buf out;
    scene_open(&s, CNY);
    struct statement got = make(&s, s.own, day(2027, 3, 1), day(2027, 3, 5));
    buf_init(&out, 1 << 20);
    write_out(&got, STATEMENT_CSV, &out);
    assert_non_null(strstr(out.at, ",\"'=1+1,\"\"x\"\"\nB\",128.00,,872.00,\"'=third\","));
    assert_non_null(strstr(out.at, ",\"''quoted' <&> text\",7.00,,993.00,,,"));
    assert_memory_not_equal(out.at, "\xEF\xBB\xBF", 3);
    write_out(&got, STATEMENT_CSV_BOM, &out);
    assert_memory_equal(out.at, "\xEF\xBB\xBF", 3);
    char row[60]; /* 19 digits are a number to a spreadsheet, which keeps 15: the tab makes them
                     text */
    snprintf(row, sizeof row, "\n%s\t,CNY,", got.party.number);
    assert_non_null(strstr(out.at, row));
    buf_release(&out);
    counter_close(&s.k);
}

/* Who writes a memo does not write on the operator's terminal. */
static void a_terminal_is_given_no_commands(void **state)
{
    UNUSED(state);
    struct scene s;
    struct buf out;
    scene_open(&s, CNY);
    move(&s.k.b, s.cash, s.own, (money){ 1, CNY },
         "a\x1b[2Jb\xc2\x9b"
         "31mc\x7f\r\xc3\xa9");
    struct statement got = make(&s, s.own, day(2027, 3, 1), day(2027, 3, 5));
    buf_init(&out, 1 << 20);
    write_out(&got, STATEMENT_TEXT, &out);
    assert_non_null(strstr(out.at, "a [2Jb 31mc  \xc3\xa9"));
    assert_non_null(strstr(out.at, "=1+1,\"x\" B"));
    for (const char *at = out.at; *at; at++)
        assert_true((unsigned char)*at >= 0x20 || *at == '\n');
    buf_release(&out);
    counter_close(&s.k);
}

/* Runs a command; skips (true) when its first word is no command here. */
static bool runs(const char *name, const char *command)
{
    char test[200];
    snprintf(test, sizeof test, "command -v %s >/dev/null 2>&1", name);
    if (system(test) != 0) {
        print_message("skipped: no %s\n", name);
        return true;
    }
    return system(command) == 0;
}

static void save(const struct buf *b, char *path, size_t size, const char *name)
{
    snprintf(path, size, "%s/%s", test_dir(), name);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(b->at, 1, b->len, f), b->len);
    assert_int_equal(fclose(f), 0);
}

static void camt_053_is_valid_by_its_schema_in_every_currency(void **state)
{
    UNUSED(state);
    static const enum currency currencies[] = { CNY, JPY, KWD };
    const char *xsd = test_data("money/formats/iso20022/xsd/camt.053.001.08.xsd");
    for (size_t i = 0; i < COUNT(currencies); i++) {
        struct scene s;
        struct buf out;
        char path[300], command[900];
        scene_open(&s, currencies[i]);
        buf_init(&out, 1 << 20);
        const account_id accounts[] = { s.own, s.cash, s.third };
        for (size_t k = 0; k < COUNT(accounts); k++) {
            struct statement got = make(&s, accounts[k], day(2027, 3, 2), day(2027, 3, 5));
            write_out(&got, STATEMENT_CAMT053, &out);
            save(&out, path, sizeof path, "camt.xml");
            snprintf(command, sizeof command, "xmllint --noout --nonet --schema '%s' %s 2>&1",
                     xsd ? xsd : "", path);
            assert_true(!xsd || runs("xmllint", command));
            assert_non_null(strstr(out.at, "camt.053.001.08\""));
            assert_non_null(strstr(out.at, "<Cd>OPBD</Cd>"));
            assert_non_null(strstr(out.at, "<Cd>CLBD</Cd>"));
        }
        buf_release(&out);
        counter_close(&s.k);
    }
}

static void the_signs_of_camt_are_the_banks_sides(void **state)
{
    UNUSED(state);
    struct scene s;
    struct buf out;
    scene_open(&s, CNY);
    buf_init(&out, 1 << 20);
    struct statement got = make(&s, s.cash, day(2027, 3, 2), day(2027, 3, 5));
    write_out(&got, STATEMENT_CAMT053, &out);
    assert_non_null(strstr(out.at, "<Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy=\"CNY\">1000.00</Amt>"
                                   "<CdtDbtInd>DBIT</CdtDbtInd>"));
    got = make(&s, s.own, day(2027, 3, 2), day(2027, 3, 5));
    write_out(&got, STATEMENT_CAMT053, &out);
    assert_non_null(strstr(out.at, "<Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy=\"CNY\">1000.00</Amt>"
                                   "<CdtDbtInd>CRDT</CdtDbtInd>"));
    assert_non_null(strstr(out.at, "<RvslInd>true</RvslInd>"));
    assert_non_null(strstr(out.at, "&lt;&amp;&gt; text</Ustrd>"));
    assert_non_null(strstr(out.at, "<NbOfNtries>2</NbOfNtries><Sum>135.00</Sum></TtlDbtNtries>"));
    buf_release(&out);
    counter_close(&s.k);
}

static void many_lines(struct scene *s, int n)
{
    for (int i = 0; i < n; i++)
        move(&s->k.b, s->cash, s->own, (money){ 100 + i, CNY }, "many");
}

/* The text of a PDF, a page by itself; NULL when poppler is not there. */
static char *pdf_page(const char *path, int page)
{
    static char text[100000];
    char command[700];
    snprintf(command, sizeof command, "pdftotext -layout -f %d -l %d %s -", page, page, path);
    if (system("command -v pdftotext >/dev/null 2>&1") != 0)
        return NULL;
    FILE *f = popen(command, "r");
    assert_non_null(f);
    size_t n = fread(text, 1, sizeof text - 1, f);
    text[n] = 0;
    assert_int_equal(pclose(f), 0);
    return text;
}

static void every_page_of_the_pdf_says_what_it_begins_and_ends_with(void **state)
{
    UNUSED(state);
    struct scene s;
    struct buf out, again;
    char path[300];
    scene_open(&s, CNY);
    many_lines(&s, 100);
    buf_init(&out, 1 << 22);
    buf_init(&again, 1 << 22);
    struct statement got = make(&s, s.own, day(2027, 3, 1), day(2027, 3, 31));
    write_out(&got, STATEMENT_PDF, &out);
    write_out(&got, STATEMENT_PDF, &again);
    assert_int_equal(out.len, again.len);
    assert_memory_equal(out.at, again.at, out.len);
    save(&out, path, sizeof path, "s.pdf");
    char *text = pdf_page(path, 1);
    if (text) {
        assert_non_null(strstr(text, "期初余额"));
        assert_non_null(strstr(text, "过次页"));
        assert_non_null(strstr(text, "现金存入"));
        assert_non_null(strstr(text, got.code));
        assert_non_null(strstr(pdf_page(path, 2), "承前页"));
        assert_non_null(strstr(pdf_page(path, 2), got.code));
        text = pdf_page(path, 3);
        assert_non_null(strstr(text, "人民币壹仟壹佰肆拾贰元伍角")); /* 993.00 + 149.50 */
        assert_non_null(strstr(text, "1,142.50"));
    }
    buf_release(&out);
    buf_release(&again);
    counter_close(&s.k);
}

static int verify(struct scene *s, const struct buf *b, const char *code,
                  struct statement_claim *claim)
{
    return statement_verify(&s->k.b.c, b->at, b->len, code, &bank, claim);
}

static void what_we_gave_out_is_known_again(void **state)
{
    UNUSED(state);
    static const enum statement_format formats[] = { STATEMENT_CSV, STATEMENT_CSV_BOM,
                                                     STATEMENT_PDF };
    struct scene s;
    struct buf out;
    struct statement_claim claim;
    scene_open(&s, CNY);
    s.k.b.c.now_us += 123456; /* a PDF's date has whole seconds */
    struct statement got = make(&s, s.own, day(2027, 3, 1), day(2027, 3, 5)), by_code;
    buf_init(&out, 1 << 20);
    for (size_t i = 0; i < COUNT(formats); i++) {
        write_out(&got, formats[i], &out);
        s.k.b.c.now_us += US_DAY; /* it is checked later */
        BOOKS_OK(verify(&s, &out, NULL, &claim));
        BOOKS_OK(verify(&s, &out, got.code, &claim));
        assert_true(claim.same_file);
        assert_string_equal(claim.code, got.code);
        assert_int_equal(claim.until.days, day(2027, 3, 5).days);
    }
    BOOKS_OK(statement_verify_code(&s.k.b.c, &got.query, got.code, &by_code));
    assert_int_equal(statement_verify_code(&s.k.b.c, &got.query, "0000-0000-0000", &by_code),
                     STATEMENT_OTHER_BOOKS);
    buf_release(&out);
    counter_close(&s.k);
}

static void put_instead(struct buf *b, const char *old, const char *new)
{
    char *at = memmem(b->at, b->len, old, strlen(old));
    assert_non_null(at);
    assert_int_equal(strlen(old), strlen(new));
    memcpy(at, new, strlen(new));
}

static void what_was_altered_is_found_out(void **state)
{
    UNUSED(state);
    struct scene s;
    struct buf out;
    struct statement_claim claim;
    scene_open(&s, CNY);
    struct statement got = make(&s, s.own, day(2027, 3, 1), day(2027, 3, 5));
    buf_init(&out, 1 << 20);
    write_out(&got, STATEMENT_CSV, &out);
    put_instead(&out, "993.00", "999.00");
    assert_int_equal(verify(&s, &out, NULL, &claim), STATEMENT_ALTERED);
    write_out(&got, STATEMENT_CSV, &out);
    out.len -= 20; /* the end is gone */
    out.at[out.len] = 0;
    assert_int_equal(verify(&s, &out, NULL, &claim), STATEMENT_NOT_ONE);
    buf_clear(&out);
    buf_text(&out, "%PDF-1.5 of somebody else");
    assert_int_equal(verify(&s, &out, NULL, &claim), STATEMENT_NOT_ONE);
    write_out(&got, STATEMENT_PDF, &out);
    out.at[out.len / 2] ^= 1;
    BOOKS_OK(verify(&s, &out, NULL, &claim));
    assert_false(claim.same_file); /* the code is right, the bytes are not ours */
    /* a back-dated line: the day's books are others than they were */
    write_out(&got, STATEMENT_CSV, &out);
    move(&s.k.b, s.cash, s.own, (money){ 1, CNY }, "later on the same day");
    assert_int_equal(verify(&s, &out, NULL, &claim), STATEMENT_OTHER_BOOKS);
    buf_release(&out);
    counter_close(&s.k);
}

static void too_many_lines_are_refused(void **state)
{
    UNUSED(state);
    struct scene s;
    struct statement out;
    scene_open(&s, CNY);
    /* The bound is asked of the numbers of lines, before any is read. */
    BOOKS_OK(db_exec(s.k.b.c.tx,
                     "INSERT INTO ledger_posting (account_id, seq, id_high, id_low, side, minor,"
                     " debits, credits, booked_us, booked_day, value_day)"
                     " VALUES ($1, 300000, 1, 1, 2, 1, 0, 1, 0, $2, $2)",
                     DB_ARGS(DB_I(s.own.n), DB_I(day(2027, 3, 9).days))));
    struct statement_query q = { s.own, day(2027, 3, 1), day(2027, 3, 9), false, bank, false };
    assert_int_equal(statement_make(&s.k.b.c, &q, &out), STATEMENT_TOO_LONG);
    books_undo(&s.k.b);
    counter_close(&s.k);
}

/* Damage on the disk is a fault of one answer, and does not end the server. */
static void lines_that_do_not_add_up_are_a_fault(void **state)
{
    UNUSED(state);
    struct scene s;
    struct statement out;
    struct buf pdf;
    scene_open(&s, CNY);
    struct call *c = &s.k.b.c;
    struct statement_query q = { s.own, day(2027, 3, 1), day(2027, 3, 9), false, bank, false };
    BOOKS_OK(db_exec(c->tx, "UPDATE ledger_posting SET minor=minor+1 WHERE account_id=$1 AND seq=1",
                     DB_ARGS(DB_I(s.own.n))));
    assert_int_equal(statement_make(c, &q, &out), RC_CORRUPT);
    BOOKS_OK(db_exec(c->tx, "UPDATE ledger_posting SET minor=minor-1 WHERE account_id=$1 AND seq=1",
                     DB_ARGS(DB_I(s.own.n))));
    BOOKS_OK(statement_make(c, &q, &out));
    out.lines[out.n - 1].balance++;
    buf_init(&pdf, STATEMENT_BYTES);
    assert_int_equal(statement_write(&out, STATEMENT_PDF, &pdf), RC_CORRUPT);
    buf_release(&pdf);
    counter_close(&s.k);
}

static void a_format_that_is_none_is_refused(void **state)
{
    UNUSED(state);
    struct call c = { 0 };
    const struct statement_kind *kind;
    assert_int_equal(statement_kind_asked(&c, "doc", &kind), STATEMENT_BAD_FORMAT);
    assert_int_equal(statement_kind_asked(&c, NULL, &kind), STATEMENT_BAD_FORMAT);
    assert_int_equal(statement_kind_asked(&c, "pdf", &kind), 0);
    assert_string_equal(kind->type, "application/pdf");
}

SUITE(statement, BOTH(opening_and_movements_are_the_closing_in_any_period),
      BOTH(each_line_says_who_is_on_the_other_side),
      BOTH(customers_are_named_as_far_as_others_may_know),
      ON_PLAIN(legs_of_a_hot_account_that_are_not_folded_are_named_apart),
      BOTH(what_cannot_be_is_refused), BOTH(no_cell_of_the_csv_is_a_formula),
      BOTH(a_terminal_is_given_no_commands),
      BOTH(camt_053_is_valid_by_its_schema_in_every_currency),
      BOTH(the_signs_of_camt_are_the_banks_sides),
      BOTH(every_page_of_the_pdf_says_what_it_begins_and_ends_with),
      BOTH(what_we_gave_out_is_known_again), BOTH(what_was_altered_is_found_out),
      ON_PLAIN(too_many_lines_are_refused), ON_PLAIN(lines_that_do_not_add_up_are_a_fault),
      ON_PLAIN(a_format_that_is_none_is_refused))
