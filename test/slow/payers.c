/* payers.c -- See payers.h. */
#include "payers.h"
#include "app/bench_books.h"
#include "base/rng.h"
#include "who/who.h"
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ACCOUNTS = PAYERS_ACCOUNTS, WRITERS = 8, ORDERS_MAX = 1 << 20, PATIENCE_S = 60 };
enum { SENT = 1, DOUBT, DONE, REFUSED };

static struct given {
    uint8_t state, debit, credit;
    int32_t minor;
} given[ORDERS_MAX];
static atomic_llong orders, done, again, asked, found, unknown, looks, lost_looks, wrong_sums;
static atomic_int ports[PAYERS_PORTS];
static int n_ports;
static atomic_bool stopping;
static int64_t accounts[ACCOUNTS];
static char token[TOKEN_TEXT], refused_as[300], wrong_look[300];
static char url[400];
static pthread_t writers[WRITERS], reader;

static int64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static transfer_id id_of(int64_t i)
{
    return (transfer_id){ ((INT64_C(1790000000000) + i / 50) << 16) | (i % 50), i * 7919 + 1 };
}

/* ---- the bank ---- */

static int make_clerk(struct call *c, void *ctx)
{
    struct who_staff s = { .role = ROLE_OFFICE, .active = true };
    struct who_staff admin = { .role = ROLE_ADMIN, .active = true };
    struct who_sign_in in = { .ok = true };
    struct who_session session;
    UNUSED(ctx);
    snprintf(s.username, sizeof s.username, "clerk");
    snprintf(s.name, sizeof s.name, "柜员");
    snprintf(admin.username, sizeof admin.username, "admin");
    snprintf(admin.name, sizeof admin.name, "管理员");
    int rc = secret_password_hash("not used: the session is made here", PASSWORD_TEST, in.hash);
    if (!rc)
        rc = who_staff_put(c, &admin, in.hash);
    if (!rc)
        rc = who_staff_put(c, &s, in.hash);
    snprintf(in.username, sizeof in.username, "%s", s.username);
    snprintf(in.peer, sizeof in.peer, "127.0.0.1");
    in.staff = s.id;
    if (!rc)
        rc = who_sign_in_write(c, &in, &session);
    memcpy(token, in.token, TOKEN_TEXT);
    return rc;
}

static void forget(void)
{
    memset(given, 0, sizeof given);
    atomic_llong *counts[] = { &orders,  &done,  &again,      &asked,     &found,
                               &unknown, &looks, &lost_looks, &wrong_sums };
    for (size_t i = 0; i < COUNT(counts); i++)
        atomic_store(counts[i], 0);
    atomic_store(&stopping, false);
    refused_as[0] = wrong_look[0] = '\0';
}

void payers_bank(const char *at, enum ledger_layout layout)
{
    char error[300] = "";
    struct bank b;
    struct db_tx *tx = NULL;
    struct db_rows r;
    int n = 0;
    forget();
    snprintf(url, sizeof url, "%s", at);
    if (bench_books_make(url, layout, ACCOUNTS, error, sizeof error) ||
        app_bank_open(url, false, now_us(), &b, error, sizeof error)) {
        fprintf(stderr, "%s\n", error);
        exit(3);
    }
    CHECK(!app_bank_write(&b, now_us(), make_clerk, NULL));
    CHECK(!db_read(b.db, &tx));
    CHECK(!db_query(tx, &r, "SELECT id FROM ledger_account WHERE subject='2011' ORDER BY id",
                    DB_NO_ARGS));
    while (db_next(&r) == DB_ROW && n < ACCOUNTS)
        accounts[n++] = db_i64(&r, 0);
    db_done(&r);
    CHECK(n == ACCOUNTS);
    db_read_done(&tx);
    app_bank_close(&b);
}

void payers_port(int n, int port)
{
    atomic_store(&ports[n], port);
}

int64_t payers_done(void)
{
    return atomic_load(&done);
}

/* ---- eight clients ---- */

/* 0: answered. Otherwise the connection is lost, and with it what was asked. */
static int call(struct http_client **client, int instance, const char *method, const char *target,
                const char *body, struct http_reply *r)
{
    char head[200];
    int port = atomic_load(&ports[instance]);
    if (!*client && (!port || http_client_open(port, client)))
        return RC_IO;
    snprintf(head, sizeof head, "Authorization: Bearer %s\r\nContent-Type: application/json\r\n",
             token);
    int rc = http_client_call(*client, method, target, head, body, strlen(body), r);
    if (rc) {
        http_client_close(*client);
        *client = NULL;
    }
    return rc;
}

/* What became of an order, as far as an answer says. */
static int what_became(const struct http_reply *r)
{
    if (r->status == 200)
        return DONE;
    if (r->status >= 500) {
        atomic_fetch_add(&unknown, strstr(r->body, "RC_UNKNOWN") != NULL);
        return DOUBT;
    }
    snprintf(refused_as, sizeof refused_as, "%d %.250s", r->status, r->body);
    return REFUSED;
}

static int give(struct http_client **client, int instance, int64_t i)
{
    char body[300], id[TRANSFER_TEXT];
    struct http_reply r;
    const struct given *g = &given[i];
    ledger_id_print(id_of(i), id);
    snprintf(body, sizeof body,
             "{\"id\":\"%s\",\"kind\":\"post\",\"debit\":%" PRId64 ",\"credit\":%" PRId64
             ",\"amount\":\"%d.%02d\"}",
             id, accounts[g->debit], accounts[g->credit], g->minor / 100, g->minor % 100);
    return call(client, instance, "POST", "/api/transfers", body, &r) ? DOUBT : what_became(&r);
}

/* By its id. Not there: it is given again, with the same id, and no harm is done if the first one
 * was only slow. */
static int ask(struct http_client **client, int instance, int64_t i)
{
    char target[100], id[TRANSFER_TEXT];
    struct http_reply r;
    ledger_id_print(id_of(i), id);
    snprintf(target, sizeof target, "/api/transfers/%s", id);
    if (call(client, instance, "GET", target, "", &r))
        return DOUBT;
    atomic_fetch_add(&asked, 1);
    atomic_fetch_add(&found, r.status == 200);
    return r.status == 404 ? SENT : what_became(&r);
}

static void settle(struct http_client **client, int *instance, struct rng *dice, int64_t i)
{
    struct given *g = &given[i];
    int64_t until = now_us() + PATIENCE_S * INT64_C(1000000);
    g->state = SENT;
    while (g->state < DONE && now_us() < until) {
        g->state = (uint8_t)(g->state == SENT ? give : ask)(client, *instance, i);
        if (g->state >= DONE && rng_below(dice, 50))
            continue;
        http_client_close(*client); /* now and then, or when in doubt: another instance */
        *client = NULL;
        *instance = (*instance + 1) % n_ports;
        if (g->state < DONE) {
            atomic_fetch_add(&again, 1);
            slow_sleep_ms(5 + rng_below(dice, 20));
        }
    }
    atomic_fetch_add(&done, g->state == DONE);
}

static void *writer_main(void *ctx)
{
    struct rng dice;
    struct http_client *client = NULL;
    int instance = (int)(intptr_t)ctx % n_ports;
    rng_seed(&dice, (uint64_t)(intptr_t)ctx + 77);
    while (!stopping) {
        int64_t i = atomic_fetch_add(&orders, 1);
        struct given *g = &given[i];
        CHECK(i < ORDERS_MAX);
        g->debit = (uint8_t)rng_below(&dice, ACCOUNTS);
        g->credit = (uint8_t)((g->debit + 1 + rng_below(&dice, ACCOUNTS - 1)) % ACCOUNTS);
        g->minor = 1 + (int32_t)rng_below(&dice, 500);
        settle(&client, &instance, &dice, i);
    }
    http_client_close(client);
    return NULL;
}

/* ---- one reader: the accounts under a subject, each with its balance, are one snapshot ---- */

static int64_t sum_of(const char *json, int *n)
{
    static const char mark[] = "\"balance\":\"";
    int64_t sum = 0;
    for (*n = 0; (json = strstr(json, mark)) != NULL; ++*n) {
        money m;
        char text[MONEY_TEXT];
        json += sizeof mark - 1;
        snprintf(text, sizeof text, "%.*s", (int)strcspn(json, "\""), json);
        if (!money_parse(text, CNY, &m))
            return -1;
        sum += m.minor;
    }
    return sum;
}

static void look(struct http_client **client, int instance)
{
    struct http_reply r;
    int n = 0;
    if (call(client, instance, "GET", "/api/books/subject?code=2011", "", &r) || r.status != 200) {
        atomic_fetch_add(&lost_looks, 1);
        return;
    }
    int64_t sum = sum_of(r.body, &n);
    atomic_fetch_add(&looks, 1);
    if (n == ACCOUNTS && sum == ACCOUNTS * PAYERS_MINOR)
        return;
    atomic_fetch_add(&wrong_sums, 1);
    snprintf(wrong_look, sizeof wrong_look, "%d accounts, %" PRId64, n, sum);
}

static void *reader_main(void *ctx)
{
    struct http_client *client = NULL;
    UNUSED(ctx);
    for (int i = 0; !stopping; i++) {
        look(&client, i % n_ports);
        http_client_close(client);
        client = NULL;
        slow_sleep_ms(10);
    }
    return NULL;
}

void payers_start(int n)
{
    n_ports = n;
    for (intptr_t i = 0; i < WRITERS; i++)
        CHECK(!pthread_create(&writers[i], NULL, writer_main, (void *)i));
    CHECK(!pthread_create(&reader, NULL, reader_main, NULL));
}

void payers_stop(void)
{
    atomic_store(&stopping, true);
    for (int i = 0; i < WRITERS; i++)
        pthread_join(writers[i], NULL);
    pthread_join(reader, NULL);
}

/* ---- what must be true ---- */

struct tally {
    int64_t debits[ACCOUNTS], credits[ACCOUNTS];
    int64_t done, open, refused, lost, wrong, booked;
};

static void count(struct call *c, struct tally *t)
{
    for (int64_t i = 0; i < atomic_load(&orders); i++) {
        const struct given *g = &given[i];
        struct ledger_transfer there;
        t->open += g->state < DONE;
        t->refused += g->state == REFUSED;
        if (g->state != DONE)
            continue;
        t->done++;
        t->debits[g->debit] += g->minor;
        t->credits[g->credit] += g->minor;
        t->lost += ledger_transfer_get(c, id_of(i), &there) != 0 ||
                   there.amount.minor != g->minor || there.debit.n != accounts[g->debit] ||
                   there.credit.n != accounts[g->credit];
        if (i % 1000 == 0)
            arena_clear(c->arena);
    }
    for (int i = 0; i < ACCOUNTS; i++) {
        struct ledger_account a;
        CHECK(!ledger_account_get(c, (account_id){ accounts[i] }, &a));
        t->wrong +=
            a.totals.debits != t->debits[i] || a.totals.credits != t->credits[i] + PAYERS_MINOR;
    }
    CHECK(!db_one_i64(c->tx,
                      "SELECT CAST(SUM(x.n) AS BIGINT) FROM (SELECT COUNT(*) AS n FROM"
                      " ledger_transfer UNION ALL SELECT n FROM ledger_chunk) AS x",
                      DB_NO_ARGS, 0, &t->booked));
}

void payers_compare(void)
{
    static struct tally t;
    struct db *db = NULL;
    struct call c = { .arena = arena_new(256 << 20), .now_us = now_us() };
    t = (struct tally){ 0 };
    CHECK(!db_open_shared(url, &db) && !db_read(db, &c.tx));
    count(&c, &t);
    slow_expect(!t.open, "every order has an answer (%" PRId64 " have none)", t.open);
    slow_expect(!t.refused, "nothing is refused for what was a fault: %s", refused_as);
    slow_expect(!t.lost && t.booked == t.done + ACCOUNTS,
                "what was acknowledged is there once: %" PRId64 " of %" PRId64, t.booked - ACCOUNTS,
                t.done);
    slow_expect(!t.wrong, "every account is as its acknowledged orders make it");
    slow_expect(!atomic_load(&wrong_sums), "the sum was the same in all %lld looks %s",
                atomic_load(&looks), wrong_look);
    slow_expect(atomic_load(&looks) > 20, "the reader could look");
    db_read_done(&c.tx);
    db_close(db);
    arena_free(c.arena);
    printf("%" PRId64 " transfers, %lld times in doubt, %lld asked by id, %lld of them were done,"
           " %lld answered as unknown, %lld looks lost, %.0f s\n",
           t.done, atomic_load(&again), atomic_load(&asked), atomic_load(&found),
           atomic_load(&unknown), atomic_load(&lost_looks), slow_seconds());
}
