/* torture_test.c -- Every write of the ledger with the N-th database call failing, for every N and
 * each kind of fault: undone, the store is as it was, byte for byte; the same write then succeeds
 * and leaves the very rows that it leaves undisturbed. */
#include "books.h"
#include "base/buf.h"
#include "base/secret.h"
#include "store/db_table.h"
#include "store/event.h"

enum { CALLS_MAX = 500 };
static struct books b;
static account_id cash, fee, alice, berta, lost; /* fee is hot */
static transfer_id held, due, posted, journal;
static struct db_table *tables;
static int n_tables;
static struct arena *names;

static void find_tables(void)
{
    names = arena_new(8 << 20);
    BOOKS_OK(db_tables(b.c.tx, names, &tables, &n_tables));
}

static void digest(uint8_t out[DIGEST_BYTES])
{
    struct buf all;
    buf_init(&all, 1 << 16);
    for (int i = 0; i < n_tables; i++) {
        uint8_t one[DIGEST_BYTES];
        int64_t rows = 0;
        if (strncmp(tables[i].name, "ledger", 6) && strncmp(tables[i].name, "event", 5))
            continue;
        BOOKS_OK(db_table_digest(b.c.tx, &tables[i], &rows, one));
        buf_add(&all, one, sizeof one);
    }
    digest_sha256(all.at, all.len, out);
    buf_release(&all);
}

/* ---- the paths ---- */

static int order(struct ledger_order o)
{
    struct ledger_result r;
    o.id = ledger_id_make(&b.c);
    return ledger_post(&b.c, &o, &r);
}

static int run_post(void)
{
    static const struct ledger_pair meta[] = { { "order", "77" }, { "shop", "tea" } };
    return order((struct ledger_order){ .kind = LEDGER_POST,
                                        .debit = alice,
                                        .credit = berta,
                                        .amount = { 10, CNY },
                                        .meta = meta,
                                        .n_meta = 2 });
}

static int run_post_hot(void)
{
    return order((struct ledger_order){
        .kind = LEDGER_POST, .debit = alice, .credit = fee, .amount = { 10, CNY } });
}

static int run_hold(void)
{
    return order((struct ledger_order){ .kind = LEDGER_HOLD,
                                        .debit = alice,
                                        .credit = berta,
                                        .amount = { 10, CNY },
                                        .timeout_s = 60 });
}

static int run_capture(void)
{
    return order((struct ledger_order){ .kind = LEDGER_CAPTURE, .of = held, .amount = { 4, CNY } });
}

static int run_void(void)
{
    return order((struct ledger_order){ .kind = LEDGER_VOID, .of = held });
}

static int run_reverse(void)
{
    return order((struct ledger_order){ .kind = LEDGER_REVERSE, .of = posted });
}

static int run_reverse_journal(void)
{
    return order((struct ledger_order){ .kind = LEDGER_REVERSE, .of = journal });
}

static int run_journal(void)
{
    const struct ledger_leg legs[] = { { cash, LEDGER_DEBIT, 30 },
                                       { alice, LEDGER_CREDIT, 20 },
                                       { fee, LEDGER_CREDIT, 10 } };
    return order((struct ledger_order){
        .kind = LEDGER_JOURNAL, .amount.currency = CNY, .legs = legs, .n_legs = 3 });
}

/* A group that is done, a group that is refused, and an order for itself. */
static int run_batch(void)
{
    struct ledger_order o[5];
    struct ledger_result r[5];
    static const int64_t minor[] = { 5, 6, 7, 100000, 8 };
    for (int i = 0; i < 5; i++) {
        o[i] = books_order(&b, i % 2 ? berta : alice, i % 2 ? alice : berta, minor[i]);
        o[i].linked = i == 0 || i == 2;
    }
    int rc = ledger_post_many(&b.c, o, 5, r);
    if (!rc)
        assert_true(!r[0].rc && !r[1].rc && r[2].rc && r[3].rc && !r[4].rc);
    return rc;
}

static int run_expire(void)
{
    int n = 0;
    b.c.now_us += 100 * US_SECOND;
    int rc = ledger_expire(&b.c, 10, &n);
    if (!rc)
        assert_int_equal(n, 1);
    return rc;
}

static int run_fold(void)
{
    int n = 0;
    int rc = ledger_fold(&b.c, 10, &n);
    if (!rc)
        assert_int_equal(n, books_layout == LEDGER_PLAIN ? 2 : 0);
    return rc;
}

static int run_open(void)
{
    static const struct ledger_pair meta[] = { { "phone", "139" } };
    struct ledger_account a = {
        .currency = CNY, .subject = "2011", .name = "new", .outlet_id = b.outlet[1]
    };
    return ledger_account_open(&b.c, &a, meta, 1);
}

static int run_states(void)
{
    static const struct ledger_pair meta[] = { { "phone", "138" } };
    int rc = ledger_limits(&b.c, alice, LEDGER_HAS_MIN, -5, 0);
    if (!rc)
        rc = ledger_freeze(&b.c, alice, FREEZE_OUT);
    if (!rc)
        rc = ledger_freeze_part(&b.c, berta, 5);
    if (!rc)
        rc = ledger_stop(&b.c, berta, true);
    if (!rc)
        rc = ledger_dormant(&b.c, berta, true);
    if (!rc)
        rc = ledger_account_meta_put(&b.c, alice, meta, 1);
    return rc ? rc : ledger_close(&b.c, lost);
}

static int run_chart(void)
{
    const struct ledger_subject s = { "2999", SUBJECT_LIABILITY, "暂收款", "Suspense" };
    int rc = ledger_subject_put(&b.c, &s);
    return rc ? rc : ledger_day_set(&b.c, (date){ 20790 });
}

static int run_prepare(void)
{
    return ledger_prepare(&b.c);
}

static const struct path {
    const char *name;
    int (*run)(void);
} paths[] = {
    { "post", run_post },       { "post to a hot account", run_post_hot },
    { "hold", run_hold },       { "capture", run_capture },
    { "void", run_void },       { "reverse", run_reverse },
    { "journal", run_journal }, { "reverse a journal", run_reverse_journal },
    { "batch", run_batch },     { "expire", run_expire },
    { "fold", run_fold },       { "open", run_open },
    { "states", run_states },   { "chart", run_chart },
    { "prepare", run_prepare },
};

/* ---- one path, one fault after another ---- */

struct moment {
    struct call c;
    struct ids ids;
    struct rng rng;
};

static void back_to(const struct moment *m)
{
    struct db_tx *tx = b.c.tx;
    arena_clear(b.c.arena);
    b.c = m->c;
    b.c.tx = tx;
    b.ids = m->ids;
    b.rng = m->rng;
}

static void undo_to(const uint8_t before[DIGEST_BYTES], const struct path *p, int64_t n)
{
    uint8_t now[DIGEST_BYTES];
    db_undo(b.c.tx);
    digest(now);
    if (memcmp(before, now, DIGEST_BYTES))
        fail_msg("%s, call %lld: the store is another", p->name, (long long)n);
}

static int64_t torture(const struct path *p, const struct moment *m, int kind)
{
    uint8_t before[DIGEST_BYTES], after[DIGEST_BYTES], now[DIGEST_BYTES];
    digest(before);
    back_to(m);
    BOOKS_OK(db_savepoint(b.c.tx));
    if (p->run())
        fail_msg("%s: refused undisturbed: %s", p->name, b.c.detail);
    digest(after);
    undo_to(before, p, 0);
    for (int64_t n = 1; n < CALLS_MAX; n++) {
        back_to(m);
        BOOKS_OK(db_savepoint(b.c.tx));
        int64_t from = db_calls(b.db);
        db_fail_at(b.db, n, kind);
        int rc = p->run();
        db_fail_at(b.db, 0, 0);
        int64_t calls = db_calls(b.db) - from;
        if (rc == 0 && calls >= n)
            fail_msg("%s: the fault at call %lld was swallowed", p->name, (long long)n);
        if (rc == 0) {
            digest(now);
            assert_memory_equal(after, now, DIGEST_BYTES);
            undo_to(before, p, n);
            return calls;
        }
        if (rc != kind)
            fail_msg("%s, call %lld: rc %d for a fault of %d", p->name, (long long)n, rc, kind);
        undo_to(before, p, n);
    }
    fail_msg("%s: more than %d calls", p->name, CALLS_MAX);
    return 0;
}

static transfer_id made(struct ledger_order o)
{
    struct ledger_result r;
    BOOKS_OK(ledger_post(&b.c, &o, &r));
    return o.id;
}

static void set_the_scene(void)
{
    struct ledger_order o;
    books_open(&b);
    cash = books_account(&b, "1001", 0);
    fee = books_account(&b, "6021", LEDGER_HOT);
    alice = books_account(&b, "2011", LEDGER_NO_OVERDRAFT);
    berta = books_account(&b, "2011", LEDGER_NO_OVERDRAFT);
    lost = books_account(&b, "2011", 0);
    books_post(&b, cash, alice, 1000);
    posted = made(books_order(&b, alice, berta, 100));
    o = books_order(&b, alice, berta, 10);
    o.kind = LEDGER_HOLD;
    held = made(o);
    o = books_order(&b, alice, fee, 10);
    o.kind = LEDGER_HOLD;
    o.timeout_s = 90;
    due = made(o);
    books_post(&b, alice, fee, 3);
    const struct ledger_leg legs[] = { { alice, LEDGER_DEBIT, 30 },
                                       { berta, LEDGER_CREDIT, 20 },
                                       { fee, LEDGER_CREDIT, 10 } };
    o = (struct ledger_order){ .id = ledger_id_make(&b.c),
                               .kind = LEDGER_JOURNAL,
                               .amount.currency = CNY,
                               .legs = legs,
                               .n_legs = 3 };
    journal = made(o);
    BOOKS_OK(ledger_day_set(&b.c, (date){ 20780 }));
    books_save(&b);
    assert_true(due.high && held.high);
}

static void a_fault_at_any_call_leaves_the_books_as_they_were(void **state)
{
    static const int kinds[] = { RC_IO, RC_FULL, RC_BUSY };
    int64_t faults = 0, events = 0, bad = 0;
    char text[200];
    UNUSED(state);
    set_the_scene();
    find_tables();
    struct moment m = { b.c, b.ids, b.rng };
    for (size_t i = 0; i < COUNT(paths); i++)
        for (size_t k = 0; k < COUNT(kinds); k++)
            faults += torture(&paths[i], &m, kinds[k]);
    back_to(&m);
    BOOKS_OK(run_batch());
    BOOKS_OK(run_fold());
    books_proven(&b);
    books_save(&b);
    BOOKS_OK(event_check(b.c.tx, &events, &bad, text, sizeof text));
    assert_int_equal(bad, 0);
    print_message("%zu paths, %lld faults\n", COUNT(paths), (long long)faults);
    books_close(&b);
    arena_free(names);
}

/* What a proof is worth: each kind of damage is seen. */
static void the_proofs_see_what_was_tampered_with(void **state)
{
    UNUSED(state);
    static const struct {
        const char *sql;
        int proof;
    } rows[] = {
        { "UPDATE ledger_posting SET minor=minor+1 WHERE seq=1", 0 },
        { "UPDATE ledger_posting SET debits=debits+1 WHERE seq=2", 1 },
        { "DELETE FROM ledger_posting WHERE seq=2", 1 },
        { "UPDATE ledger_account SET credits=credits+1 WHERE credits>0", 1 },
        { "UPDATE ledger_account SET entries=entries+1", 1 },
        { "UPDATE ledger_account SET debits_pending=debits_pending+1", 2 },
        { "UPDATE ledger_account SET credits_pending=0", 2 },
        { "UPDATE ledger_hold SET state=3", 2 },
        { "DELETE FROM ledger_transfer WHERE kind=1", 0 },
        { "UPDATE ledger_transfer SET minor=minor+1 WHERE kind=1", 0 },
        { "UPDATE ledger_transfer SET currency=840", 0 },
        { "DELETE FROM ledger_tail", 0 },
        { "UPDATE ledger_account SET flags=0", 1 },
        { "UPDATE ledger_posting SET value_day=value_day+1", 1 },
    };
    static int (*const proofs[])(struct call * c, int64_t * count, int64_t * bad, char *text,
                                 size_t size) = { ledger_check_books, ledger_check_totals,
                                                  ledger_check_holds };
    set_the_scene();
    books_proven(&b);
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[300] = "";
        int64_t n = 0, bad = 0;
        BOOKS_OK(db_savepoint(b.c.tx));
        BOOKS_OK(db_exec(b.c.tx, rows[i].sql, DB_NO_ARGS));
        BOOKS_OK(proofs[rows[i].proof](&b.c, &n, &bad, text, sizeof text));
        if (!bad || !text[0])
            fail_msg("not seen: %s", rows[i].sql);
        db_undo(b.c.tx);
    }
    books_proven(&b);
    books_close(&b);
}

static void ids_are_printed_read_and_ordered_by_time(void **state)
{
    UNUSED(state);
    char text[TRANSFER_TEXT];
    transfer_id back = { 0, 0 };
    books_open(&b);
    transfer_id first = ledger_id_make(&b.c);
    b.c.now_us += 1000;
    transfer_id second = ledger_id_make(&b.c);
    assert_true(second.high > first.high);
    ledger_id_print(first, text);
    assert_true(ledger_id_parse(text, &back) && !memcmp(&back, &first, sizeof back));
    assert_false(ledger_id_parse("", &back) || ledger_id_parse(NULL, &back));
    assert_false(ledger_id_parse("8000000000000000000000000000000f", &back));
    assert_false(ledger_id_parse("0000000000000000000000000000000G", &back));
    assert_true(ledger_id_parse("7fffffffffffffffffffffffffffffff", &back));
    books_close(&b);
}

SUITE(ledger_torture, BOTH(a_fault_at_any_call_leaves_the_books_as_they_were),
      ON_PLAIN(the_proofs_see_what_was_tampered_with),
      BOTH(ids_are_printed_read_and_ordered_by_time))
