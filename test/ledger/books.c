/* books.c -- See books.h. */
#include "books.h"
#include "branch/branch.h"
#include "store/door.h"
#include "store/event.h"
#include "who/who.h"

enum ledger_layout books_layout = LEDGER_PLAIN;
const char *books_url;

/* As the environment says, unless a test says otherwise. */
__attribute__((constructor)) static void usual(void)
{
    books_layout = test_fast_books() ? LEDGER_FAST : LEDGER_PLAIN;
}

int books_usual(void **state)
{
    UNUSED(state);
    usual();
    return 0;
}

int books_plain(void **state)
{
    UNUSED(state);
    books_layout = LEDGER_PLAIN;
    return 0;
}

int books_fast(void **state)
{
    UNUSED(state);
    books_layout = LEDGER_FAST;
    return 0;
}

static void add_outlet(struct books *d, int i)
{
    struct branch_outlet o = { .lat_e6 = 35240000, .lon_e6 = 113230000, .active = true };
    snprintf(o.code, sizeof o.code, "L%d", i);
    snprintf(o.name_zh, sizeof o.name_zh, "网点%d", i);
    snprintf(o.name_en, sizeof o.name_en, "Outlet %d", i);
    BOOKS_OK(branch_outlet_put(&d->c, &o));
    d->outlet[i] = o.id.n;
}

static void make_tables(const char *url)
{
    struct db *db;
    BOOKS_OK(db_open(url, &db));
    BOOKS_OK(db_migrate(db, event_migrations, event_migrations_count, 1));
    BOOKS_OK(db_migrate(db, who_migrations, who_migrations_count, 1));
    BOOKS_OK(db_migrate(db, branch_migrations, branch_migrations_count, 1));
    BOOKS_OK(db_migrate(db, ledger_migrations, ledger_migrations_count, 1));
    db_close(db);
}

void books_open(struct books *d)
{
    memset(d, 0, sizeof *d);
    books_url = test_db_of("books", make_tables);
    BOOKS_OK(db_open(books_url, &d->db));
    rng_seed(&d->rng, 1);
    ids_init(&d->ids, 0);
    d->c = (struct call){ .rng = &d->rng, .ids = &d->ids, .arena = arena_new(256 << 20) };
    d->c.now_us = date_instant((date){ 20780 }, 9 * 3600); /* 2026-11-23 */
    BOOKS_OK(db_begin(d->db, &d->c.tx));
    if (books_layout != LEDGER_PLAIN)
        BOOKS_OK(ledger_layout_set(&d->c, books_layout));
    add_outlet(d, 0);
    add_outlet(d, 1);
    BOOKS_OK(ledger_prepare(&d->c));
    books_save(d);
}

void books_close(struct books *d)
{
    db_rollback(&d->c.tx);
    arena_free(d->c.arena);
    db_close(d->db);
}

void books_save(struct books *d)
{
    BOOKS_OK(db_commit(&d->c.tx));
    arena_clear(d->c.arena);
    BOOKS_OK(db_begin(d->db, &d->c.tx));
}

void books_fill(struct books *d, int max)
{
    int64_t filled, left;
    BOOKS_OK(ledger_fill(d->db, max, &filled, &left));
}

void books_undo(struct books *d)
{
    db_rollback(&d->c.tx);
    arena_clear(d->c.arena);
    BOOKS_OK(db_begin(d->db, &d->c.tx));
}

account_id books_account(struct books *d, const char *subject, int flags)
{
    struct ledger_account a = { .currency = CNY, .flags = flags, .name = "test" };
    snprintf(a.subject, sizeof a.subject, "%s", subject);
    BOOKS_OK(ledger_account_open(&d->c, &a, NULL, 0));
    return a.id;
}

int64_t books_balance(struct books *d, account_id id)
{
    struct ledger_account a;
    BOOKS_OK(ledger_account_get(&d->c, id, &a));
    return ledger_balance(&a);
}

struct ledger_order books_order(struct books *d, account_id debit, account_id credit, int64_t minor)
{
    return (struct ledger_order){ .id = ledger_id_make(&d->c),
                                  .kind = LEDGER_POST,
                                  .debit = debit,
                                  .credit = credit,
                                  .amount = { minor, CNY } };
}

void books_post(struct books *d, account_id debit, account_id credit, int64_t minor)
{
    struct ledger_order o = books_order(d, debit, credit, minor);
    struct ledger_result r;
    BOOKS_OK(ledger_post(&d->c, &o, &r));
}

int64_t books_number(struct books *d, const char *sql)
{
    int64_t n = 0;
    BOOKS_OK(db_one_i64(d->c.tx, sql, DB_NO_ARGS, 0, &n));
    return n;
}

void books_proven(struct books *d)
{
    static int (*const proofs[])(struct call * c, int64_t * count, int64_t * bad, char *text,
                                 size_t size) = { ledger_check_books, ledger_check_totals,
                                                  ledger_check_holds };
    static const enum currency kinds[] = { CNY, USD };
    struct ledger_trial t;
    for (size_t i = 0; i < COUNT(proofs); i++) {
        char text[300] = "";
        int64_t count = 0, bad = 0;
        BOOKS_OK(proofs[i](&d->c, &count, &bad, text, sizeof text));
        if (bad)
            fail_msg("proof %zu: %s", i, text);
    }
    for (size_t i = 0; i < COUNT(kinds); i++) {
        BOOKS_OK(ledger_trial(&d->c, LEDGER_ALL_OUTLETS, (date){ INT32_MAX }, kinds[i], &t));
        assert_true(t.debits == t.credits && t.between == 0);
    }
}
