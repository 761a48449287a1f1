/* serve.c -- The running branch: store, door, interface, pages, jobs; and their end.
 *
 *   app_bank_open -> door_open -> api_open -> http_start -> jobs_start -> signal
 *   ... and back in the other order, so that nothing is told to somebody who has gone. */
#include "api/api.h"
#include "app/advisor.h"
#include "app/bank.h"
#include "app/cli.h"
#include "app/demo_live.h"
#include "app/jobs.h"
#include "app/pages.h"
#include "base/log.h"
#include "branch/demo_city.h"
#include "who/who.h"
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct serving {
    const struct config *config;
    struct bank bank;
    struct clock *clock;
    struct door *door;
    struct api *api; /* NULL until it is there: the door's listener looks */
    struct http *http;
    struct jobs *jobs;
    struct advisor *advisor;
    struct demo_live *live;
    char origin[CONFIG_TEXT_MAX];
    char devices[BANK_VALUE];
};

static void tell_events(void *ctx, const struct event *events, size_t count)
{
    struct serving *s = ctx;
    if (s->api)
        api_events(s->api, events, count);
}

static void clock_get(void *ctx, struct api_clock *out)
{
    struct clock *c = ctx;
    clock_demo_get(c, &out->speed, &out->paused);
    out->controllable = clock_is_demo(c);
}

static void clock_set(void *ctx, int speed, bool paused)
{
    clock_demo_set(ctx, speed, paused);
}

static void handle(void *ctx, struct http_exchange *x)
{
    api_handle(((struct serving *)ctx)->api, x);
}

static int64_t body_limit(void *ctx, enum http_method method, const char *path)
{
    return api_body_limit(((struct serving *)ctx)->api, method, path);
}

static bool is_loopback(const char *address)
{
    return !strncmp(address, "127.", 4) || !strcmp(address, "::1") || !strcmp(address, "localhost");
}

/* The first start of a bank: a link that works once. */
static int setup_link(struct serving *s, char token[TOKEN_TEXT])
{
    token[0] = '\0';
    int rc = app_bank_write(&s->bank, clock_now_us(s->clock), app_bank_setup, token);
    return rc == WHO_SETUP_DONE ? 0 : rc;
}

static int open_store(struct serving *s)
{
    char error[600];
    struct clock *now = clock_real();
    int rc = app_bank_open(s->config->db, true, clock_now_us(now), &s->bank, error, sizeof error);
    if (rc || !s->bank.demo) {
        s->clock = now;
        return rc ? cli_fail(CLI_FAULT, "%s", error) : CLI_DONE;
    }
    struct db_tx *tx = NULL;
    rc = db_read(s->bank.db, &tx);
    if (!rc)
        rc = app_bank_setting_get(tx, "demo_devices", s->devices);
    db_read_done(&tx);
    int64_t start_us = 0;
    if (!rc)
        rc = demo_live_open(&s->bank, clock_now_us(now), &s->live, &start_us);
    clock_free(now);
    if (rc)
        return cli_rc(rc, "demo clock", db_error(s->bank.db));
    s->clock = clock_demo(start_us, DEMO_LIVE_SPEED, NULL, NULL);
    return CLI_DONE;
}

static int open_door(struct serving *s)
{
    uint64_t seed;
    secret_random(&seed, sizeof seed);
    struct door_settings d = {
        .db = s->bank.db,
        .ids = &s->bank.ids,
        .seed = seed,
        .clock = clock_now_us,
        .clock_ctx = s->clock,
        .listener = tell_events,
        .listener_ctx = s,
    };
    return cli_rc(door_open(&d, &s->door), "write door", db_error(s->bank.db));
}

static void metric(struct buf *out, const char *name, const char *type, const char *help, int64_t n)
{
    buf_printf(out, "# HELP piaohao_%s %s\n# TYPE piaohao_%s %s\npiaohao_%s %" PRId64 "\n", name,
               help, name, type, name, n);
}

static void history_metrics(struct serving *s, struct buf *out)
{
    int64_t waiting = 0;
    bool fault = false, damaged = false;
    app_bank_history(&s->bank, &waiting, &fault, &damaged);
    metric(out, "history_waiting", "gauge", "Transfers that are not in the history file yet.",
           waiting);
    metric(out, "history_fault", "gauge", "1: the last part did not get into the history file.",
           fault);
    metric(out, "history_damaged", "gauge", "1: the history file is made again at the next start.",
           damaged);
}

/* What the network and the store count; the rest of /metrics is the interface's. */
static void more_metrics(void *ctx, struct buf *out)
{
    struct serving *s = ctx;
    struct http_numbers h = { 0 };
    struct db_keep_numbers k = { 0 };
    if (s->http)
        http_numbers(s->http, &h);
    db_keep_numbers(s->bank.db, &k);
    metric(out, "http_requests_total", "counter", "Requests read.", h.requests);
    metric(out, "http_connections", "gauge", "Connections open now.", h.connections);
    metric(out, "http_refused_large_total", "counter", "Bodies over their limit (413).",
           h.refused_413);
    metric(out, "http_refused_head_total", "counter", "Heads over 16 KiB (431).", h.refused_431);
    metric(out, "http_refused_bad_total", "counter", "Requests that are none (400).",
           h.refused_400);
    struct advisor_numbers a;
    advisor_numbers(s->advisor, &a);
    metric(out, "advice_looks_total", "counter", "Outlets looked at by live advice.", a.looks);
    metric(out, "advice_cpu_us_total", "counter", "Processor time of live advice.", a.cpu_us);
    metric(out, "advice_look_us", "gauge", "Processor time of the last look.", a.last_cpu_us);
    history_metrics(s, out);
    metric(out, "store_checkpoints_total", "counter", "Logs written back into the store.",
           k.checkpoints);
    metric(out, "store_checkpoint_wait_us_max", "gauge",
           "The longest that the writer waited for one.", k.restart_us_max);
}

static int open_api(struct serving *s)
{
    const struct config *k = s->config;
    bool demo = s->bank.demo;
    struct api_settings a = {
        .db = s->bank.db,
        .door = s->door,
        .now_us = clock_now_us,
        .clock_get = demo ? clock_get : NULL,
        .clock_set = demo ? clock_set : NULL,
        .clock_ctx = s->clock,
        .demo = demo,
        .before_sit = demo ? demo_live_before_sit : NULL,
        .demo_devices = demo && *s->devices ? s->devices : NULL,
        .secure = *k->tls_key || !strncmp(k->origin, "https://", 8),
        .bank_zh = *k->bank_zh ? k->bank_zh
                   : demo      ? demo_bank_zh
                               : "票号",
        .bank_en = *k->bank_en ? k->bank_en
                   : demo      ? demo_bank_en
                               : "Piaohao",
        .map_tiles = *k->map_tiles ? k->map_tiles : NULL,
        .walk_m_min = (int)k->walk_m_min,
        .drive_m_min = (int)k->drive_m_min,
        .more_metrics = more_metrics,
        .more_ctx = s,
        .version = PIAOHAO_VERSION,
        .origin = s->origin,
        .web_dir = *k->web ? k->web : NULL,
        .asset = pages_answer,
        .asset_ctx = *k->web ? (void *)(uintptr_t)k->web : NULL,
    };
    pages_tiles(k->map_tiles);
    return cli_rc(api_open(&a, &s->api), "interface", NULL);
}

static void origin_make(struct serving *s, int port)
{
    const struct config *k = s->config;
    bool v6 = strchr(k->address, ':') != NULL;
    if (*k->origin)
        snprintf(s->origin, sizeof s->origin, "%s", k->origin);
    else
        snprintf(s->origin, sizeof s->origin, "%s://%s%s%s:%d", *k->tls_key ? "https" : "http",
                 v6 ? "[" : "", k->address, v6 ? "]" : "", port);
    size_t n = strlen(s->origin);
    if (n && s->origin[n - 1] == '/')
        s->origin[n - 1] = '\0';
}

static int open_http(struct serving *s)
{
    char error[400] = "";
    const struct config *k = s->config;
    struct http_settings h = {
        .address = k->address,
        .proxy = *k->proxy ? k->proxy : NULL,
        .port = (int)k->port,
        .tls_certificate = *k->tls_certificate ? k->tls_certificate : NULL,
        .tls_key = *k->tls_key ? k->tls_key : NULL,
        .connections_max = (int)k->connections_max,
        .idle_s = (int)k->idle_s,
        .handler = handle,
        .body_limit = body_limit,
        .ctx = s,
    };
    if (http_start(&h, &s->http, error, sizeof error))
        return cli_fail(CLI_FAULT, "%s", error);
    if (!k->port) /* nobody knows the port yet, so nobody reads the origin yet */
        origin_make(s, http_port(s->http));
    return CLI_DONE;
}

static void tell(struct serving *s, const char *token, bool json)
{
    if (json) {
        struct buf b;
        struct jsonw w;
        buf_init(&b, 8192);
        jw_init(&w, &b);
        jw_object(&w, NULL);
        jw_text(&w, "url", s->origin);
        jw_i64(&w, "port", http_port(s->http));
        jw_bool(&w, "demo", s->bank.demo);
        if (*token)
            jw_text(&w, "setup_token", token);
        jw_end(&w);
        printf("%s\n", b.at);
        buf_release(&b);
    } else {
        printf("Piaohao 票号 %s\n  %s\n", PIAOHAO_VERSION, s->origin);
        if (*token)
            printf("\n  首次设置，链接只能用一次，24 小时内有效 / first set-up, works once, for 24"
                   " hours:\n  %s/setup.html#%s\n",
                   s->origin, token);
        if (s->bank.demo)
            demo_live_tell(s->origin, s->devices);
    }
    fflush(stdout);
}

static void wait_for_signal(void)
{
    sigset_t set;
    int which = 0;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    while (sigwait(&set, &which))
        continue;
    log_line(LOG_INFO, "serve.stopping", "%s", which == SIGINT ? "SIGINT" : "SIGTERM");
    /* A second one, and the bound on everything below, end the process at once. */
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    sigaddset(&set, SIGALRM);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
    alarm(12);
}

static void close_all(struct serving *s)
{
    advisor_stop(s->advisor);
    jobs_stop(s->jobs);
    if (s->http)
        http_stop(s->http);
    door_close(s->door);
    if (s->api)
        api_close(s->api);
    demo_live_free(s->live);
    app_bank_close(&s->bank);
    clock_free(s->clock);
}

static void clock_skipped(void *ctx)
{
    api_clock_changed(((struct serving *)ctx)->api);
}

static int start_jobs(struct serving *s)
{
    struct jobs_settings j = { .door = s->door, .db = s->bank.db, .clock = s->clock };
    if (s->bank.demo) {
        demo_live_attach(s->live, s->door, s->clock, clock_skipped, s);
        j.step = demo_live_step;
        j.step_ctx = s->live;
    }
    int status = cli_rc(jobs_start(&j, &s->jobs), "jobs", NULL);
    if (!status)
        status = cli_rc(app_bank_fill(&s->bank), "history", NULL);
    struct advisor_settings a = { .door = s->door,
                                  .db = s->bank.db,
                                  .clock = s->clock,
                                  .share_percent = (int)s->config->advice_share };
    return status ? status : cli_rc(advisor_start(&a, &s->advisor), "live advice", NULL);
}

static enum log_level level_of(const char *text)
{
    return !strcmp(text, "debug")   ? LOG_DEBUG
           : !strcmp(text, "warn")  ? LOG_WARN
           : !strcmp(text, "error") ? LOG_ERROR
                                    : LOG_INFO;
}

static int run_serve(struct cli *c)
{
    struct serving s = { .config = &c->config };
    char token[TOKEN_TEXT] = "";
    sigset_t set;
    log_set_level(level_of(c->config.log_level));
    if (!is_loopback(c->config.address) && !*c->config.tls_key && !c->config.allow_plain)
        return cli_fail(CLI_FINDING,
                        "%s is reached from outside and passwords would travel in the clear: give"
                        " --tls-certificate and --tls-key, or --allow-plain behind a proxy",
                        c->config.address);
    if (secret_init())
        return cli_fail(CLI_FAULT, "no randomness");
    signal(SIGPIPE, SIG_IGN);
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &set, NULL); /* before any thread: they all inherit it */
    if (c->config.allow_plain && !is_loopback(c->config.address) && !*c->config.proxy)
        log_line(LOG_WARN, "serve.proxy",
                 "whoever fails to sign in makes all wait who come through the same proxy: give"
                 " --proxy");
    origin_make(&s, (int)c->config.port);
    if (strstr(s.origin, "//0.0.0.0") || strstr(s.origin, "//[::]"))
        log_line(LOG_WARN, "serve.origin", "QR codes point to %s: give --origin", s.origin);
    int status = open_store(&s);
    if (!status)
        status = cli_rc(setup_link(&s, token), "set-up link", NULL);
    if (!status)
        status = open_door(&s);
    if (!status)
        status = open_api(&s);
    if (!status)
        status = open_http(&s);
    if (!status)
        status = start_jobs(&s);
    if (!status) {
        tell(&s, token, c->json);
        wait_for_signal();
    }
    secret_wipe(token, sizeof token);
    close_all(&s);
    return status;
}

const struct cli_verb cli_serve_verbs[] = {
    { "serve", NULL, "serve the pages and the interface, until interrupted", NULL, 0, 0, 0,
      "address port allow_plain proxy tls_certificate tls_key origin web bank_zh bank_en "
      "connections_max"
      " idle_s advice_share map_tiles walk_m_min drive_m_min books",
      run_serve },
};
const size_t cli_serve_verbs_count = COUNT(cli_serve_verbs);
