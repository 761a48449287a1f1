/* bench_lobby.c -- `piaohao bench lobby`: what the lobby does a second, beside what the machine
 * can.
 *
 * Every figure is of a real server: a child process on loopback, a store on disk, every write
 * answered after its fsync. The machine's own limits are measured in the same run. */
#include "app/bank.h"
#include "app/bench_server.h"
#include "app/cli.h"
#include "app/clock.h"
#include "app/replay.h"
#include "http/http_client.h"
#include "store/store_bench.h"
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { LATENCIES = 4 << 20, BOARDS = 1000, BOARD_SECONDS = 8 };

struct samples {
    int32_t *us;
    size_t n;
};

static int by_value(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

static void sample(struct samples *s, int64_t us)
{
    if (s->n < LATENCIES)
        s->us[s->n++] = us > INT32_MAX ? INT32_MAX : (int32_t)us;
}

static void samples_json(struct jsonw *w, struct samples *s)
{
    qsort(s->us, s->n, sizeof *s->us, by_value);
    static const struct {
        const char *key;
        double share;
    } marks[] = { { "p50_ms", 0.5 }, { "p90_ms", 0.9 }, { "p99_ms", 0.99 }, { "max_ms", 1 } };
    for (size_t i = 0; i < COUNT(marks); i++) {
        size_t at = s->n ? (size_t)ceil(marks[i].share * (double)s->n) - 1 : 0;
        jw_f64(w, marks[i].key, s->n ? s->us[at] / 1000.0 : NAN, 2);
    }
}

/* ---- operations by many connections ---- */

struct hammer {
    const struct bench_bank *bank;
    struct samples *samples;
    bool minimal;
    int64_t until_us, operations, bad;
    int step[BENCH_TELLERS]; /* 0 take, 1 next, 2 serve, 3 end */
    int64_t key;
    char first_bad[300];
};

static bool hammer_next(void *ctx, int i, struct buf *request)
{
    static const char *const steps[] = { "", "next", "serve", "end" };
    struct hammer *h = ctx;
    char head[300], target[120], body[80] = "{}";
    if (h->step[i] == 0 && http_load_now_us() >= h->until_us)
        return false;
    if (h->step[i] == 0) {
        snprintf(target, sizeof target, "/api/outlets/%" PRId64 "/tickets",
                 h->bank->outlet[i / BENCH_WINDOWS]);
        snprintf(body, sizeof body, "{\"service_id\":%" PRId64 "}", h->bank->service);
    } else {
        snprintf(target, sizeof target, "/api/windows/%" PRId64 "/%s", h->bank->window[i],
                 steps[h->step[i]]);
    }
    snprintf(head, sizeof head,
             "Authorization: Bearer %s\r\nIdempotency-Key: bench-%" PRId64
             "\r\nContent-Type: application/json\r\n%s",
             h->step[i] ? h->bank->teller[i] : h->bank->kiosk[i / BENCH_WINDOWS], ++h->key,
             h->minimal ? "Prefer: return=minimal\r\n" : "");
    http_load_write(request, "POST", target, head, body, strlen(body));
    return true;
}

static void hammer_done(void *ctx, int i, const struct http_reply *r)
{
    struct hammer *h = ctx;
    h->operations++;
    sample(h->samples, r->latency_us);
    if (r->status != 200 && h->bad++ == 0)
        snprintf(h->first_bad, sizeof h->first_bad, "%d %.250s", r->status, r->body);
    h->step[i] = (h->step[i] + 1) % 4;
}

static int hammer_run(struct jsonw *w, const char *key, const struct bench_bank *bank,
                      const struct bench_server *server, struct samples *samples, int seconds,
                      bool minimal)
{
    int64_t cpu_us = bench_server_cpu_us(server);
    int64_t from = http_load_now_us();
    struct hammer h = { .bank = bank,
                        .samples = samples,
                        .minimal = minimal,
                        .until_us = from + seconds * INT64_C(1000000) };
    struct http_load load = { .port = server->port,
                              .connections = BENCH_TELLERS,
                              .next = hammer_next,
                              .done = hammer_done,
                              .ctx = &h,
                              .patience_ms = 10000 };
    static int64_t base; /* keys differ between two runs on one store */
    h.key = base += INT64_C(1000000000);
    samples->n = 0;
    int rc = http_load_run(&load);
    double s = (double)(http_load_now_us() - from) / 1e6;
    jw_object(w, key);
    jw_i64(w, "connections", BENCH_TELLERS);
    jw_i64(w, "operations", h.operations);
    jw_i64(w, "refused_or_failed", h.bad);
    jw_f64(w, "operations_per_second", (double)h.operations / s, 0);
    cpu_us = bench_server_cpu_us(server) - cpu_us;
    jw_f64(w, "server_cpu_us_each", h.operations ? (double)cpu_us / (double)h.operations : NAN, 1);
    samples_json(w, samples);
    jw_end(w);
    if (h.bad)
        cli_fail(CLI_FAULT, "bench: first bad answer: %s", h.first_bad);
    return rc ? rc : h.bad ? RC_IO : 0;
}

/* ---- boards ---- */

struct boards {
    struct samples *samples;
    struct clock *clock;
    int64_t events;
};

static void board_event(void *ctx, const struct http_load_event *e)
{
    struct boards *b = ctx;
    const char *at = strstr(e->data, "\"at_ms\":");
    if (!at || strncmp(e->event, "ticket.", 7))
        return;
    int64_t at_ms = strtoll(at + 8, NULL, 10);
    b->events++;
    sample(b->samples, clock_now_us(b->clock) - at_ms * 1000);
}

/* One ticket after another, five milliseconds apart, while a thousand boards watch: 62 or 63 an
 * outlet. The time is from the decision (before the commit) to the event at the board. */
static int boards_run(struct jsonw *w, const struct bench_bank *bank, const struct bench_server *s,
                      struct samples *samples)
{
    struct http_load_streams *streams[BENCH_OUTLETS] = { NULL };
    struct boards b = { .samples = samples, .clock = clock_real() };
    struct hammer h = { .bank = bank,
                        .samples = samples,
                        .minimal = true,
                        .until_us = INT64_MAX,
                        .key = INT64_C(7000000000) };
    struct http_client *client = NULL;
    struct buf request;
    int rc = 0, opened = 0;
    for (int o = 0; !rc && o < BENCH_OUTLETS; o++) {
        char target[100];
        int n = BOARDS * (o + 1) / BENCH_OUTLETS - opened;
        snprintf(target, sizeof target, "/api/outlets/%" PRId64 "/stream", bank->outlet[o]);
        rc = http_load_streams_open(s->port, n, target, NULL, board_event, &b, &streams[o]);
        opened += n;
    }
    if (!rc)
        rc = http_client_open(s->port, &client);
    samples->n = 0;
    buf_init(&request, 4096);
    int64_t from = http_load_now_us(), steps = 0;
    while (!rc && http_load_now_us() - from < BOARD_SECONDS * INT64_C(1000000)) {
        struct http_reply reply;
        int i = (int)(steps / 4 % BENCH_TELLERS);
        h.step[i] = (int)(steps++ % 4);
        buf_clear(&request);
        hammer_next(&h, i, &request);
        rc = http_client_write(client, request.at, request.len);
        if (!rc)
            rc = http_client_read(client, &reply);
        if (!rc && reply.status != 200)
            rc = RC_IO;
        int64_t pause = http_load_now_us() + 5000;
        do
            for (int o = 0; o < BENCH_OUTLETS; o++)
                http_load_streams_poll(streams[o], 0);
        while (http_load_now_us() < pause);
    }
    double seconds = (double)(http_load_now_us() - from) / 1e6;
    jw_object(w, "boards");
    jw_i64(w, "boards", opened);
    jw_i64(w, "events_sent", steps);
    jw_i64(w, "events_received", b.events);
    jw_f64(w, "received_per_second", (double)b.events / seconds, 0);
    samples_json(w, samples);
    jw_end(w);
    for (int o = 0; o < BENCH_OUTLETS; o++)
        http_load_streams_close(streams[o]);
    http_client_close(client);
    buf_release(&request);
    clock_free(b.clock);
    return rc;
}

/* ---- a day of a thousand outlets ---- */

static int by_time(const void *a, const void *b)
{
    int64_t x = ((const struct replay_arrival *)a)->at_us,
            y = ((const struct replay_arrival *)b)->at_us;
    return (x > y) - (x < y);
}

static void day_progress(void *ctx, size_t done, size_t all)
{
    (void)ctx;
    cli_progress("tickets", (int64_t)done, (int64_t)all);
}

static int64_t own_cpu_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int day_run(struct jsonw *w, const char *folder, int outlets, int tickets)
{
    static const char *const services[] = { "现金存取", "转账汇款" };
    char path[300], error[300] = "";
    struct arena *arena = arena_new((size_t)1 << 30);
    struct rng rng;
    struct bank b;
    struct replay_bank bank;
    struct replay_numbers numbers = { 0 };
    date day = { 20780 };
    size_t n = (size_t)outlets * (size_t)tickets;
    struct replay_plan plan = { .outlets = outlets,
                                .windows = 5,
                                .services = services,
                                .n_services = 2,
                                .rule = "head:high=5m",
                                .high_code = "high",
                                .now_us = date_instant(day, 8 * 3600) };
    snprintf(path, sizeof path, "%s/day.db", folder);
    int rc = app_bank_open(path, true, plan.now_us, &b, error, sizeof error);
    if (rc) {
        arena_free(arena);
        return rc;
    }
    rc = replay_bank_make(b.db, &b.ids, &plan, arena, &bank, error, sizeof error);
    struct replay_arrival *a = arena_alloc(arena, sizeof *a * n);
    rng_seed(&rng, 1);
    for (size_t i = 0; i < n; i++)
        a[i] = (struct replay_arrival){
            .at_us = date_instant(day, 30600 + (int)rng_below(&rng, 30000)),
            .service_us = (int64_t)(rng_exponential(&rng, 300) * 1e6) + 1000000,
            .outlet = (int32_t)(i % (size_t)outlets),
            .class_index = rng_below(&rng, 5) == 0,
            .service = (int16_t)rng_below(&rng, 2),
        };
    qsort(a, n, sizeof *a, by_time);
    struct replay r = { .db = b.db,
                        .ids = &b.ids,
                        .outlets = bank.outlets,
                        .n_outlets = outlets,
                        .services = bank.services,
                        .arrivals = a,
                        .n = n,
                        /* a commit now and then: a thousand outlets dirty a page each, often */
                        .group = 8192,
                        .progress = day_progress };
    int64_t from = http_load_now_us(), cpu_us = own_cpu_us();
    if (!rc)
        rc = replay_run(&r, arena, &numbers, error, sizeof error);
    double s = (double)(http_load_now_us() - from) / 1e6;
    cpu_us = own_cpu_us() - cpu_us;
    cli_progress_end();
    app_bank_close(&b);
    arena_free(arena);
    jw_object(w, "day");
    jw_i64(w, "outlets", outlets);
    jw_i64(w, "tickets", numbers.ended);
    jw_i64(w, "steps", numbers.steps);
    jw_i64(w, "commits", numbers.commits);
    jw_f64(w, "seconds", s, 1);
    jw_f64(w, "steps_per_second", (double)numbers.steps / s, 0);
    jw_f64(w, "cpu_seconds", (double)cpu_us / 1e6, 1);
    jw_end(w);
    return rc ? (cli_fail(CLI_FAULT, "bench: day: %s", error), rc) : 0;
}

/* ---- starting with a million tickets ---- */

static int copy_days(struct call *c, void *ctx)
{
    int64_t have = *(int64_t *)ctx;
    /* The same day again and again, further back: rows as real as the first ones. */
    int rc = 0;
    for (int64_t k = 1; !rc && have * k < 1000000; k++)
        rc = db_exec(c->tx,
                     "INSERT INTO ticket SELECT id + $1, outlet_id, business_date - $2, number,"
                     " service_id, prefix, class_index, courtesy, first_in_line, inaccurate, state,"
                     " source, taken_us - $3, since_us - $3, queued_us - $3, called_us - $3,"
                     " serving_us - $3, ended_us - $3, waited_us, window_id, staff_id, only_window,"
                     " only_staff, recalls, recalled_us, slot_us, checked_in_us, notify_ahead,"
                     " forecast_low_s, forecast_high_s, services, phone_tail, choice, reason, undo,"
                     " phone_key FROM ticket WHERE business_date=20780",
                     DB_ARGS(DB_I(k << 44), DB_I(k), DB_I(k * US_DAY)));
    return rc;
}

static int start_run(struct jsonw *w, const char *folder)
{
    char path[300], error[300] = "";
    struct bank b;
    struct bench_server s;
    struct http_client *client = NULL;
    struct http_reply reply;
    int64_t have = 0, all = 0;
    struct db_tx *tx;
    snprintf(path, sizeof path, "%s/day.db", folder);
    int rc = app_bank_open(path, false, 1, &b, error, sizeof error);
    if (rc)
        return rc;
    rc = db_read(b.db, &tx);
    if (!rc) {
        rc = db_one_i64(tx, "SELECT COUNT(*) FROM ticket", DB_NO_ARGS, 0, &have);
        db_read_done(&tx);
    }
    if (!rc && have)
        rc = app_bank_write(&b, date_instant((date){ 20780 }, 0), copy_days, &have);
    if (!rc && !(rc = db_read(b.db, &tx))) {
        rc = db_one_i64(tx, "SELECT COUNT(*) FROM ticket", DB_NO_ARGS, 0, &all);
        db_read_done(&tx);
    }
    app_bank_close(&b);
    if (rc)
        return rc;
    int64_t from = http_load_now_us();
    rc = bench_server_start(path, &s);
    if (rc)
        return rc;
    rc = http_client_open(s.port, &client);
    if (!rc)
        rc = http_client_call(client, "GET", "/healthz", NULL, NULL, 0, &reply);
    int64_t ready = http_load_now_us() - from;
    http_client_close(client);
    bench_server_stop(&s);
    jw_object(w, "start");
    jw_i64(w, "tickets", all);
    jw_f64(w, "seconds_to_first_answer", (double)ready / 1e6, 3);
    jw_end(w);
    return rc;
}

/* ---- all together ---- */

static int served_run(struct jsonw *w, const char *folder, int seconds)
{
    char path[300], error[300] = "";
    struct arena *arena = arena_new((size_t)LATENCIES * sizeof(int32_t) + (4 << 20));
    struct bench_bank *bank = arena_alloc(arena, sizeof *bank);
    struct samples samples = { .us = arena_alloc(arena, sizeof(int32_t) * LATENCIES) };
    struct bench_server s;
    int64_t now = 0, most = 0;
    snprintf(path, sizeof path, "%s/served.db", folder);
    int rc = bench_bank_make(path, bank, error, sizeof error);
    if (!rc)
        rc = bench_server_start(path, &s);
    if (rc) {
        arena_free(arena);
        cli_fail(CLI_FAULT, "bench: %s", error);
        return rc;
    }
    rc = hammer_run(w, "operations", bank, &s, &samples, seconds, true);
    if (!rc)
        rc = hammer_run(w, "operations_with_the_whole_picture", bank, &s, &samples, seconds, false);
    if (!rc)
        rc = boards_run(w, bank, &s, &samples);
    bench_server_memory(&s, &now, &most);
    jw_object(w, "memory");
    jw_f64(w, "resident_mb", (double)now / 1e6, 1);
    jw_f64(w, "highest_mb", (double)most / 1e6, 1);
    jw_end(w);
    bench_server_stop(&s);
    arena_free(arena);
    return rc;
}

static void remove_files(const char *folder)
{
    static const char *const names[] = { "served.db", "day.db" };
    static const char *const ends[] = { "", "-wal", "-shm", ".lock" };
    char path[300];
    for (size_t i = 0; i < COUNT(names); i++)
        for (size_t k = 0; k < COUNT(ends); k++) {
            snprintf(path, sizeof path, "%s/%s%s", folder, names[i], ends[k]);
            unlink(path);
        }
    rmdir(folder);
}

int bench_lobby(struct cli *c)
{
    char folder[] = "/var/tmp/piaohao-bench-XXXXXX"; /* a disk: /tmp may be memory */
    struct buf out;
    struct jsonw w;
    int64_t seconds = 10, outlets = 1000, tickets = 300;
    if (!cli_number(c, "seconds", 1, 600, &seconds) ||
        !cli_number(c, "outlets", 1, 5000, &outlets) ||
        !cli_number(c, "tickets", 1, 2000, &tickets))
        return CLI_USAGE;
    if (secret_init() || !mkdtemp(folder))
        return cli_fail(CLI_FAULT, "bench: no folder in /var/tmp");
    buf_init(&out, 1 << 20);
    jw_init(&w, &out);
    jw_object(&w, NULL);
    jw_text(&w, "version", PIAOHAO_VERSION);
    jw_object(&w, "machine");
    int rc = store_bench(folder, &w);
    jw_end(&w);
    if (!rc)
        rc = served_run(&w, folder, (int)seconds);
    if (!rc)
        rc = day_run(&w, folder, (int)outlets, (int)tickets);
    if (!rc)
        rc = start_run(&w, folder);
    jw_end(&w);
    remove_files(folder);
    cli_show(c, &out);
    buf_release(&out);
    return cli_rc(rc, "bench", NULL);
}
