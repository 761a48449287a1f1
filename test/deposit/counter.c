/* counter.c -- See counter.h. */
#include "counter.h"

static customer_id add_customer(struct counter *k, enum customer_kind kind, const char *paper,
                                const char *name)
{
    struct customer one = { .kind = kind,
                            .paper = kind == CUSTOMER_PERSON ? PAPER_ID_CARD : PAPER_USCC };
    snprintf(one.paper_number, sizeof one.paper_number, "%s", paper);
    snprintf(one.name, sizeof one.name, "%s", name);
    BOOKS_OK(customer_put(&k->b.c, &one));
    return one.id;
}

void counter_open(struct counter *k)
{
    memset(k, 0, sizeof *k);
    books_open(&k->b);
    BOOKS_OK(db_commit(&k->b.c.tx));
    BOOKS_OK(db_migrate(k->b.db, deposit_migrations, deposit_migrations_count, 1));
    BOOKS_OK(db_begin(k->b.db, &k->b.c.tx));
    BOOKS_OK(deposit_prepare(&k->b.c));
    k->cash = books_account(&k->b, "1001", 0);
    k->person = add_customer(k, CUSTOMER_PERSON, "410802198002290013", "张三");
    k->company = add_customer(k, CUSTOMER_COMPANY, "91110000600037341L", "山阳茶叶有限公司");
    books_save(&k->b);
}

void counter_close(struct counter *k)
{
    books_proven(&k->b);
    books_close(&k->b);
}

date counter_date(int y, int m, int d)
{
    date out = { 0 };
    assert_true(date_from_ymd(y, m, d, &out));
    return out;
}

void counter_day(struct counter *k, date d)
{
    k->b.c.now_us = date_instant(d, 9 * 3600);
    BOOKS_OK(ledger_day_set(&k->b.c, d));
}

product_id counter_product(struct counter *k, const char *code)
{
    struct deposit_product p;
    BOOKS_OK(product_by_code(&k->b.c, code, &p));
    return p.id;
}

struct deposit_account counter_account(struct counter *k, const char *product)
{
    struct deposit_account a;
    const struct deposit_opening o = { .customer = k->person,
                                       .product = counter_product(k, product) };
    BOOKS_OK(deposit_open(&k->b.c, &o, &a));
    return a;
}

static struct deposit_move move_of(struct counter *k, deposit_id a, int64_t minor)
{
    return (struct deposit_move){
        .id = ledger_id_make(&k->b.c), .account = a, .contra = k->cash, .minor = minor
    };
}

int counter_in(struct counter *k, deposit_id a, int64_t minor, struct deposit_done *done)
{
    struct deposit_move m = move_of(k, a, minor);
    return deposit_in(&k->b.c, &m, done);
}

int counter_out(struct counter *k, deposit_id a, int64_t minor, struct deposit_done *done)
{
    struct deposit_move m = move_of(k, a, minor);
    return deposit_out(&k->b.c, &m, done);
}

void counter_pay_in(struct counter *k, deposit_id a, int64_t minor)
{
    struct deposit_done done;
    BOOKS_OK(counter_in(k, a, minor, &done));
}

void counter_pay_out(struct counter *k, deposit_id a, int64_t minor)
{
    struct deposit_done done;
    BOOKS_OK(counter_out(k, a, minor, &done));
}

int64_t counter_balance(struct counter *k, deposit_id id)
{
    struct deposit_account a;
    BOOKS_OK(deposit_get(&k->b.c, id, &a));
    return books_balance(&k->b, a.ledger);
}

int64_t counter_own(struct counter *k, enum deposit_own which)
{
    account_id id;
    BOOKS_OK(deposit_own(&k->b.c, which, 0, CNY, &id));
    return books_balance(&k->b, id);
}
