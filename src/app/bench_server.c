/* bench_server.c -- See bench_server.h. */
#include "app/bench_server.h"
#include "app/bank.h"
#include "app/clock.h"
#include "app/replay.h"
#include "base/json.h"
#include "http/http_client.h"
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct making {
    struct bench_bank *out;
    const struct replay_bank *bank;
};

static int make_teller(struct call *c, int i, window_id w, outlet_id o, char token[TOKEN_TEXT])
{
    struct who_staff s = { .role = ROLE_TELLER, .outlet_id = o.n, .active = true };
    struct who_sign_in in = { .ok = true };
    struct who_session session;
    struct window_session at;
    char hash[PASSWORD_TEXT];
    snprintf(s.username, sizeof s.username, "bench-teller-%d", i + 1);
    snprintf(s.name, sizeof s.name, "柜员 %d", i + 1);
    int rc = secret_password_hash("not used: the session is made here", PASSWORD_TEST, hash);
    if (!rc)
        rc = who_staff_put(c, &s, hash);
    if (rc)
        return rc;
    snprintf(in.username, sizeof in.username, "%s", s.username);
    snprintf(in.peer, sizeof in.peer, "127.0.0.1");
    memcpy(in.hash, hash, sizeof in.hash);
    in.staff = s.id;
    rc = who_sign_in_write(c, &in, &session);
    if (rc)
        return rc;
    memcpy(token, in.token, TOKEN_TEXT);
    c->actor = session.actor;
    rc = lobby_sign_in(c, w, &at);
    c->actor = (struct actor){ .kind = ACTOR_SYSTEM };
    return rc;
}

static int make_people(struct call *c, void *ctx)
{
    struct making *m = ctx;
    int rc = 0;
    m->out->service = m->bank->services[0].n;
    for (int o = 0; !rc && o < BENCH_OUTLETS; o++) {
        struct who_device d = { .role = ROLE_KIOSK,
                                .active = true,
                                .outlet_id = m->bank->outlets[o].id.n };
        m->out->outlet[o] = d.outlet_id;
        snprintf(d.name, sizeof d.name, "kiosk %d", o + 1);
        rc = who_device_put(c, &d, m->out->kiosk[o]);
        if (!rc)
            rc = lobby_day_open(c, m->bank->outlets[o].id);
        for (int w = 0; !rc && w < BENCH_WINDOWS; w++) {
            int i = o * BENCH_WINDOWS + w;
            window_id window = m->bank->outlets[o].windows[w];
            m->out->window[i] = window.n;
            rc = make_teller(c, i, window, m->bank->outlets[o].id, m->out->teller[i]);
        }
    }
    return rc;
}

int bench_bank_make(const char *path, struct bench_bank *out, char *error, size_t size)
{
    static const char *const services[] = { "现金存取" };
    struct clock *clock = clock_real();
    int64_t now = clock_now_us(clock);
    struct arena *arena = arena_new(16 << 20);
    struct bank b;
    struct replay_bank bank;
    struct making m = { .out = out, .bank = &bank };
    struct replay_plan plan = { .outlets = BENCH_OUTLETS,
                                .windows = BENCH_WINDOWS,
                                .services = services,
                                .n_services = 1,
                                .rule = "fcfs",
                                .high_code = "high",
                                .now_us = now };
    clock_free(clock);
    int rc = app_bank_open(path, true, now, &b, error, size);
    if (rc) {
        arena_free(arena);
        return rc;
    }
    rc = replay_bank_make(b.db, &b.ids, &plan, arena, &bank, error, size);
    if (!rc)
        rc = app_bank_write(&b, now, make_people, &m);
    app_bank_close(&b);
    arena_free(arena);
    return rc;
}

/* The first line of `serve --json` says the port. */
static int read_port(FILE *from, int *port)
{
    char line[4096], error[80];
    struct json_doc *d;
    int64_t n = 0;
    if (!fgets(line, sizeof line, from) || json_parse(line, strlen(line), &d, error, sizeof error))
        return RC_IO;
    json_want_i64(d, json_root(d), "port", 1, 65535, &n);
    json_free(d);
    *port = (int)n;
    return n ? 0 : RC_IO;
}

int bench_server_start(const char *path, struct bench_server *out)
{
    int ends[2];
    int64_t from = http_load_now_us();
    if (pipe(ends))
        return RC_IO;
    fflush(NULL);
    out->pid = fork();
    if (out->pid == 0) {
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        close(ends[1]);
        execl("/proc/self/exe", "piaohao", "serve", "--db", path, "--port", "0", "--json",
              "--log-level", "warn", (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    FILE *lines = fdopen(ends[0], "r");
    int rc = out->pid > 0 && lines ? read_port(lines, &out->port) : RC_IO;
    out->start_us = http_load_now_us() - from;
    if (lines)
        fclose(lines);
    if (rc && out->pid > 0)
        bench_server_stop(out);
    return rc;
}

void bench_server_stop(struct bench_server *s)
{
    kill(s->pid, SIGTERM);
    waitpid(s->pid, NULL, 0);
    s->pid = 0;
}

void bench_server_memory(const struct bench_server *s, int64_t *now, int64_t *most)
{
    char path[64], line[200];
    snprintf(path, sizeof path, "/proc/%d/status", (int)s->pid);
    FILE *f = fopen(path, "r");
    *now = *most = -1;
    while (f && fgets(line, sizeof line, f)) {
        if (sscanf(line, "VmRSS: %" SCNd64, now) == 1)
            *now *= 1024;
        if (sscanf(line, "VmHWM: %" SCNd64, most) == 1)
            *most *= 1024;
    }
    if (f)
        fclose(f);
}

int64_t bench_server_cpu_us(const struct bench_server *s)
{
    char path[64], line[1024];
    unsigned long user = 0, system = 0;
    bool read = false;
    snprintf(path, sizeof path, "/proc/%d/stat", (int)s->pid);
    FILE *f = fopen(path, "r");
    if (f && fgets(line, sizeof line, f)) {
        const char *at = strrchr(line, ')'); /* the name may hold anything */
        read = at && sscanf(at + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
                            &system) == 2;
    }
    if (f)
        fclose(f);
    return read ? (int64_t)(user + system) * 1000000 / sysconf(_SC_CLK_TCK) : -1;
}
