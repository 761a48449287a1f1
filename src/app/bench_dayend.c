/* bench_dayend.c -- bench dayend: an ordinary day and a quarter's settlement, chunk by chunk. */
#include "app/bench_dayend.h"
#include "app/cli.h"
#include "app/closer.h"
#include "base/secret.h"
#include "deposit/interest.h"
#include "deposit/standing.h"
#include "ledger/ledger_books.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { PART = 500, DAYS_BEFORE = 45 };

static int64_t clock_us(clockid_t which)
{
    struct timespec t;
    clock_gettime(which, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* ---- the store ---- */

struct making {
    date begin, now;
    int64_t from, accounts;
    account_id cash;
    product_id product;
    fee_id fee;
    deposit_id *made;
};

static int make_frame(struct call *c, void *ctx)
{
    struct making *m = ctx;
    struct deposit_product p;
    struct deposit_fee fee = { .code = "bench",
                               .name_zh = "逐笔费",
                               .name_en = "Fee",
                               .cycle = FEE_EACH,
                               .amount = { 10, CNY },
                               .active = true };
    int rc = ledger_day_set(c, m->begin);
    if (!rc)
        rc = deposit_own(c, OWN_CASH_DEMO, 0, CNY, &m->cash);
    if (!rc)
        rc = product_by_code(c, "demand", &p);
    m->product = p.id;
    if (!rc)
        rc = fee_put(c, &fee);
    m->fee = fee.id;
    return rc;
}

static int make_one(struct call *c, struct making *m, int64_t i, customer_id who)
{
    struct deposit_account a;
    struct deposit_done done;
    const struct deposit_opening o = { .customer = who,
                                       .product = m->product,
                                       .fee = i % 20 ? (fee_id){ 0 } : m->fee };
    int rc = deposit_open(c, &o, &a);
    const struct deposit_move in = { .id = ledger_id_make(c),
                                     .account = a.id,
                                     .contra = m->cash,
                                     .minor = 100000 + (int64_t)rng_below(c->rng, 10000000) };
    if (!rc)
        rc = deposit_in(c, &in, &done);
    m->made[i] = a.id;
    return rc;
}

static int make_part(struct call *c, void *ctx)
{
    struct making *m = ctx;
    customer_id who = { 0 };
    int rc = 0;
    for (int64_t i = m->from; !rc && i < m->from + PART && i < m->accounts; i++) {
        if (i % 4 == 0) {
            struct customer one = { .kind = CUSTOMER_PERSON, .paper = PAPER_PASSPORT };
            snprintf(one.paper_number, sizeof one.paper_number, "B%09lld", (long long)i);
            snprintf(one.name, sizeof one.name, "客户%lld", (long long)i);
            rc = customer_put(c, &one);
            who = one.id;
        }
        if (!rc)
            rc = make_one(c, m, i, who);
    }
    return rc;
}

/* On a later day: a third moves money, a tenth gets an order due on the settlement day. */
static int move_part(struct call *c, void *ctx)
{
    struct making *m = ctx;
    int rc = 0;
    for (int64_t i = m->from; !rc && i < m->from + PART && i < m->accounts; i++) {
        struct deposit_done done;
        const struct deposit_move out = {
            .id = ledger_id_make(c), .account = m->made[i], .contra = m->cash, .minor = 5000
        };
        struct standing_order o = { .payer = m->made[i],
                                    .payee = m->made[i ? i - 1 : 1],
                                    .minor = 1000,
                                    .cycle = STANDING_MONTHLY,
                                    .first = { m->begin.days + DAYS_BEFORE } };
        if (i % 3 == 0)
            rc = deposit_out(c, &out, &done);
        if (!rc && i % 10 == 0)
            rc = standing_put(c, &o);
    }
    return rc;
}

static int set_day(struct call *c, void *ctx)
{
    return ledger_day_set(c, ((struct making *)ctx)->now);
}

static int in_parts(struct bank *b, struct making *m, int (*run)(struct call *c, void *ctx),
                    const char *what)
{
    int64_t now_us = date_instant(m->now, 10 * 3600);
    int rc = 0;
    for (m->from = 0; !rc && m->from < m->accounts; m->from += PART) {
        rc = app_bank_write(b, now_us + m->from, run, m); /* the instant seeds chance */
        cli_progress(what, m->from, m->accounts);
    }
    return rc;
}

int bench_dayend_make(const char *path, int64_t accounts, date *settlement, char *error,
                      size_t size)
{
    char url[300];
    struct bank b;
    const int64_t today_us = clock_us(CLOCK_REALTIME);
    *settlement = interest_period_last((date){ date_of_instant(today_us).days - 4 });
    struct making m = { .begin = { settlement->days - DAYS_BEFORE }, .accounts = accounts };
    snprintf(url, sizeof url, "sqlite:%s?sync=off", path);
    int rc = app_bank_open(url, true, date_instant(m.begin, 0), &b, error, size);
    if (rc)
        return rc;
    m.now = m.begin;
    m.made = calloc((size_t)accounts, sizeof *m.made);
    CHECK(m.made);
    rc = app_bank_write(&b, date_instant(m.now, 8 * 3600), make_frame, &m);
    if (!rc)
        rc = in_parts(&b, &m, make_part, "accounts");
    m.now.days = m.begin.days + 20;
    if (!rc)
        rc = app_bank_write(&b, date_instant(m.now, 8 * 3600), set_day, &m);
    if (!rc)
        rc = in_parts(&b, &m, move_part, "movements");
    m.now.days = settlement->days - 1;
    if (!rc)
        rc = app_bank_write(&b, date_instant(m.now, 8 * 3600), set_day, &m);
    if (rc)
        snprintf(error, size, "the store could not be made: %d %s", rc, db_error(b.db));
    app_bank_close(&b);
    free(m.made);
    cli_progress_end();
    return rc;
}

/* ---- measuring ---- */

struct timed {
    struct bank *bank;
    struct dayend last;
    int step; /* of the chunk at work */
    struct {
        int64_t chunks, us, max_us;
    } of[DAYEND_DONE + 1];
};

/* One transaction, begin to commit: so long the writer is held. */
static int write_timed(void *ctx, door_run *run, void *order)
{
    struct timed *t = ctx;
    int64_t begun = clock_us(CLOCK_MONOTONIC);
    int rc = app_bank_order(t->bank, clock_us(CLOCK_REALTIME), run, order);
    int64_t us = clock_us(CLOCK_MONOTONIC) - begun;
    t->of[t->step].chunks++;
    t->of[t->step].us += us;
    if (us > t->of[t->step].max_us)
        t->of[t->step].max_us = us;
    return rc;
}

static bool look(void *ctx, const struct dayend *d)
{
    struct timed *t = ctx;
    t->step = d->step; /* of the next chunk */
    cli_progress(dayend_step_code(d->step), d->step - 1, DAYEND_DONE - 1);
    return true;
}

static void day_json(struct jsonw *w, const struct timed *t, const struct dayend *d, int64_t us,
                     int64_t cpu_us)
{
    char day[DATE_TEXT];
    date_print(d->day, day);
    jw_object(w, NULL);
    jw_text(w, "day", day);
    jw_i64(w, "ms", us / 1000);
    jw_i64(w, "cpu_ms", cpu_us / 1000);
    jw_bool(w, "proven", d->proven);
    jw_array(w, "steps");
    for (int i = DAYEND_EXPIRE; i < DAYEND_PROVE; i++) {
        jw_object(w, NULL);
        jw_text(w, "step", dayend_step_code((enum dayend_step)i));
        jw_i64(w, "done", d->done[i]);
        jw_i64(w, "transactions", t->of[i].chunks);
        jw_i64(w, "ms", t->of[i].us / 1000);
        jw_f64(w, "longest_ms", (double)t->of[i].max_us / 1000, 1);
        jw_end(w);
    }
    jw_end(w);
    jw_end(w);
}

static int measure(struct bank *b, struct jsonw *w, char why[160])
{
    struct timed t = { .bank = b, .step = DAYEND_EXPIRE };
    struct dayend d;
    const struct closing k = { .write = write_timed,
                               .ctx = &t,
                               .db = b->db,
                               .now_us = clock_us(CLOCK_REALTIME),
                               .go_on = look };
    int64_t us = clock_us(CLOCK_MONOTONIC), cpu = clock_us(CLOCK_PROCESS_CPUTIME_ID);
    int rc = closing_run(&k, (date){ 0 }, &d, why);
    us = clock_us(CLOCK_MONOTONIC) - us;
    cpu = clock_us(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    if (!rc)
        day_json(w, &t, &d, us, cpu);
    return rc;
}

static void forget(const char *folder)
{
    static const char *const ends[] = { "", "-wal", "-shm", ".lock" };
    char path[300];
    for (size_t i = 0; i < COUNT(ends); i++) {
        snprintf(path, sizeof path, "%s/a.db%s", folder, ends[i]);
        unlink(path);
    }
    rmdir(folder);
}

int bench_dayend(struct cli *c)
{
    char folder[] = "/tmp/piaohao-dayend-XXXXXX", path[64], error[600] = "", why[160] = "";
    int64_t accounts = 100000;
    struct bank b;
    struct buf out;
    struct jsonw w;
    date settlement;
    if (!cli_number(c, "accounts", 1, 10000000, &accounts))
        return CLI_USAGE;
    if (secret_init() || !mkdtemp(folder))
        return cli_fail(CLI_FAULT, "%s cannot be made", folder);
    snprintf(path, sizeof path, "%s/a.db", folder);
    int rc = bench_dayend_make(path, accounts, &settlement, error, sizeof error);
    if (!rc)
        rc = app_bank_open(path, false, clock_us(CLOCK_REALTIME), &b, error, sizeof error);
    if (rc) {
        forget(folder);
        return cli_fail(CLI_FAULT, "%s", error);
    }
    buf_init(&out, 1 << 16);
    jw_init(&w, &out);
    jw_object(&w, NULL);
    jw_i64(&w, "accounts", accounts);
    jw_array(&w, "days");
    for (int i = 0; !rc && i < 3; i++) /* before, the settlement, after */
        rc = measure(&b, &w, why);
    jw_end(&w);
    jw_end(&w);
    cli_progress_end();
    if (!rc)
        cli_show(c, &out);
    int status = cli_rc(rc, "dayend", rc > 0 ? why : db_error(b.db));
    app_bank_close(&b);
    buf_release(&out);
    forget(folder);
    return status;
}
