/* bench_ledger_http.c -- The ledger through its HTTP face: a real server in a child process, single
 * orders over 64 connections and batches, every answer after its fsync. */
#include "app/bench_books.h"
#include "app/bench_server.h"
#include "app/cli.h"
#include "http/http_client.h"
#include "who/who.h"
#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

enum { SINGLES = 64, BATCHERS = 4, LATENCIES = 1 << 20, MEMORY = 64 << 20 };

static int make_clerk(struct call *c, void *ctx)
{
    struct who_staff s = { .role = ROLE_OFFICE, .active = true };
    struct who_sign_in in = { .ok = true };
    struct who_session session;
    snprintf(s.username, sizeof s.username, "bench-clerk");
    snprintf(s.name, sizeof s.name, "柜员");
    int rc = secret_password_hash("not used: the session is made here", PASSWORD_TEST, in.hash);
    if (!rc)
        rc = who_staff_put(c, &s, in.hash);
    snprintf(in.username, sizeof in.username, "%s", s.username);
    snprintf(in.peer, sizeof in.peer, "127.0.0.1");
    in.staff = s.id;
    if (!rc)
        rc = who_sign_in_write(c, &in, &session);
    memcpy(ctx, in.token, TOKEN_TEXT);
    return rc;
}

struct hammer {
    struct bench_books *books; /* closed: its accounts and pairs are what is used */
    char token[TOKEN_TEXT];
    int batch;
    int64_t until_us, asked, booked, bad;
    int32_t *took_us;
    size_t n;
    struct buf body;
    char first_bad[300];
};

static void put_order(struct hammer *h)
{
    struct bench_books *b = h->books;
    struct ids ids = { 0 };
    struct call c = { .rng = &b->rng, .ids = &ids };
    char id[TRANSFER_TEXT];
    size_t at = b->at++ % b->n_pairs * 2;
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    c.now_us = (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
    ledger_id_print(ledger_id_make(&c), id);
    buf_printf(&h->body,
               "{\"id\":\"%s\",\"kind\":\"post\",\"debit\":%" PRId64 ",\"credit\":%" PRId64
               ",\"amount\":\"%d.%02d\"}",
               id, b->accounts[b->pairs[at]].n, b->accounts[b->pairs[at + 1]].n, 1 + (int)(at & 7),
               (int)(at % 100));
}

static bool hammer_next(void *ctx, int i, struct buf *request)
{
    struct hammer *h = ctx;
    char head[200];
    UNUSED(i);
    if (http_load_now_us() >= h->until_us)
        return false;
    buf_clear(&h->body);
    if (h->batch == 1) {
        put_order(h);
    } else {
        buf_text(&h->body, "{\"orders\":[");
        for (int k = 0; k < h->batch; k++) {
            if (k)
                buf_char(&h->body, ',');
            put_order(h);
        }
        buf_text(&h->body, "]}");
    }
    snprintf(head, sizeof head, "Authorization: Bearer %s\r\nContent-Type: application/json\r\n",
             h->token);
    http_load_write(request, "POST", h->batch == 1 ? "/api/transfers" : "/api/transfers/batch",
                    head, h->body.at, h->body.len);
    return true;
}

static void hammer_done(void *ctx, int i, const struct http_reply *r)
{
    struct hammer *h = ctx;
    UNUSED(i);
    h->asked++;
    if (h->n < LATENCIES)
        h->took_us[h->n++] = (int32_t)r->latency_us;
    const char *done = r->status == 200 ? strstr(r->body, "],\"done\":") : NULL;
    if (h->batch == 1 && r->status == 200)
        h->booked++;
    else if (done)
        h->booked += strtoll(done + 9, NULL, 10);
    else if (h->bad++ == 0)
        snprintf(h->first_bad, sizeof h->first_bad, "%d %.250s", r->status, r->body);
}

static int by_value(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

static int hammer_run(struct jsonw *w, const char *key, struct hammer *h, int connections,
                      int64_t seconds, const struct bench_server *s)
{
    struct http_load load = { .port = s->port,
                              .connections = connections,
                              .next = hammer_next,
                              .done = hammer_done,
                              .ctx = h,
                              .patience_ms = 20000 };
    int64_t from = http_load_now_us(), cpu = bench_server_cpu_us(s);
    h->until_us = from + seconds * 1000000;
    h->asked = h->booked = h->bad = 0;
    h->n = 0;
    int rc = http_load_run(&load);
    double took = (double)(http_load_now_us() - from) / 1e6;
    cpu = bench_server_cpu_us(s) - cpu;
    qsort(h->took_us, h->n, sizeof *h->took_us, by_value);
    jw_object(w, key);
    jw_i64(w, "connections", connections);
    jw_i64(w, "orders_a_request", h->batch);
    jw_i64(w, "requests", h->asked);
    jw_i64(w, "booked", h->booked);
    jw_i64(w, "refused_or_failed_requests", h->bad);
    jw_f64(w, "per_second", (double)h->booked / took, 0);
    jw_f64(w, "server_cpu_us_each", h->booked ? (double)cpu / (double)h->booked : NAN, 1);
    if (h->n) {
        size_t n = (size_t)h->n, middle = n / 2, high = n * 99 / 100;
        size_t ninth = n * 9 / 10, highest = n * 999 / 1000;
        jw_f64(w, "p50_ms", h->took_us[middle] / 1000.0, 2);
        jw_f64(w, "p90_ms", h->took_us[ninth] / 1000.0, 2);
        jw_f64(w, "p99_ms", h->took_us[high] / 1000.0, 2);
        jw_f64(w, "p999_ms", h->took_us[highest] / 1000.0, 2);
        jw_f64(w, "max_ms", h->took_us[h->n - 1] / 1000.0, 2);
    }
    jw_end(w);
    if (h->bad)
        (void)cli_fail(CLI_FAULT, "bench: first bad answer: %s", h->first_bad);
    return rc ? rc : h->bad ? RC_IO : 0;
}

/* One order, alone. */
static int one_order(struct hammer *h, int port)
{
    struct http_client *c;
    struct http_reply r;
    char head[200];
    int rc = http_client_open(port, &c);
    if (rc)
        return rc;
    buf_clear(&h->body);
    put_order(h);
    snprintf(head, sizeof head, "Authorization: Bearer %s\r\nContent-Type: application/json\r\n",
             h->token);
    rc = http_client_call(c, "POST", "/api/transfers", head, h->body.at, h->body.len, &r);
    if (!rc && r.status != 200)
        rc = RC_IO;
    http_client_close(c);
    return rc;
}

/* The server is killed when it has just booked many, and another one takes its place. */
static int kill_server(struct jsonw *w, struct hammer *h, const char *path, struct bench_server *s)
{
    int64_t now = 0, most = 0;
    kill(s->pid, SIGKILL);
    waitpid(s->pid, NULL, 0);
    int64_t from = http_load_now_us();
    int rc = bench_server_start(path, s);
    if (!rc)
        rc = one_order(h, s->port);
    int64_t took = http_load_now_us() - from;
    bench_server_memory(s, &now, &most);
    jw_object(w, "killed_and_started");
    jw_f64(w, "seconds_to_listen", (double)s->start_us / 1e6, 3);
    jw_f64(w, "seconds_to_first_transfer", (double)took / 1e6, 3);
    jw_f64(w, "cpu_seconds", (double)bench_server_cpu_us(s) / 1e6, 3);
    jw_f64(w, "memory_mb", (double)now / 1e6, 1);
    jw_end(w);
    return rc;
}

int bench_ledger_http(const char *path, int64_t seconds, struct jsonw *w, char *error, size_t size)
{
    struct bench_books books;
    struct bench_server s;
    struct hammer h = { .books = &books };
    int64_t now = 0, most = 0;
    int rc = bench_books_open(path, &books, error, size);
    if (rc)
        return rc;
    bench_books_draw(&books, 0);
    rc = app_bank_write(&books.bank, books.now_us, make_clerk, h.token);
    bench_books_unlock(&books);
    if (rc) {
        bench_books_close(&books, false);
        return rc;
    }
    struct arena *arena = arena_new(MEMORY);
    h.took_us = arena_alloc(arena, LATENCIES * sizeof *h.took_us);
    buf_init(&h.body, 4 << 20);
    jw_object(w, "http");
    rc = bench_server_start(path, &s);
    if (!rc) {
        h.batch = 1;
        rc = hammer_run(w, "single", &h, SINGLES, seconds, &s);
        h.batch = 1000;
        if (!rc)
            rc = hammer_run(w, "batch", &h, BATCHERS, seconds, &s);
        bench_server_memory(&s, &now, &most);
        if (!rc)
            rc = kill_server(w, &h, path, &s);
        bench_server_stop(&s);
    }
    jw_f64(w, "server_memory_most_mb", (double)most / 1e6, 1);
    jw_end(w);
    if (rc)
        snprintf(error, size, "http: %d", rc);
    buf_release(&h.body);
    arena_free(arena);
    bench_books_close(&books, false);
    return rc;
}
