/* disk.c -- A disk that fills up while writes go on, and one that fails: writes are refused with a
 * word, reads go on, nothing acknowledged is lost, and when there is room again writes go on
 * without a restart.
 *
 * The small disk is a tmpfs in a mount namespace of this process: it needs root, else that part is
 * skipped. The failing disk is a limit on the size of files (EFBIG), set on the running server. */
#include "slow.h"
#include "lobby/ticket.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CONNECTIONS = 8, STEPS = 4, DISK_MB = 64, ENOUGH = 1000, WRITES = 1 << 18 };

static struct slow_bank bank;
static struct slow_server server;
static char store[200], folder[150];

/* ---- writers who ask again with their key until they are answered well ---- */

static const char *const steps[STEPS] = { "take", "next", "serve", "end" };
static struct {
    int step;
    int64_t key;
} conn[CONNECTIONS];
static struct {
    int64_t until_us, keys, done[STEPS], full, io, other, refused_max, good, good_max;
    int64_t tickets[WRITES]; /* acknowledged */
    char first_other[300];
} load;

static bool load_next(void *ctx, int i, struct buf *request)
{
    char target[120], key[40], body[80] = "{}";
    UNUSED(ctx);
    if (http_load_now_us() >= load.until_us || load.full + load.io >= load.refused_max ||
        load.good >= load.good_max)
        return false;
    if (!conn[i].key)
        conn[i].key = ++load.keys;
    int step = conn[i].step;
    snprintf(key, sizeof key, "disk-%08" PRId64, conn[i].key);
    snprintf(target, sizeof target, "/api/windows/%" PRId64 "/%s", bank.bench.window[i],
             steps[step]);
    if (!step) {
        snprintf(target, sizeof target, "/api/outlets/%" PRId64 "/tickets",
                 bank.bench.outlet[i / BENCH_WINDOWS]);
        snprintf(body, sizeof body, "{\"service_id\":%" PRId64 "}", bank.bench.service);
    }
    slow_write_bytes(&(struct slow_write){ .target = target,
                                           .token = step ? bank.bench.teller[i]
                                                         : bank.bench.kiosk[i / BENCH_WINDOWS],
                                           .key = key,
                                           .body = body,
                                           .minimal = true },
                     request);
    return true;
}

static void load_done(void *ctx, int i, const struct http_reply *r)
{
    char type[80] = "";
    UNUSED(ctx);
    if (r->status == 200) {
        int step = conn[i].step;
        load.good++;
        if (!step)
            load.tickets[load.done[0] % WRITES] = slow_json_i64(r->body, "id", 0);
        load.done[step]++;
        conn[i].key = 0;
        conn[i].step = (step + 1) % STEPS;
        return;
    }
    http_reply_header(r, "Content-Type", type, sizeof type);
    bool said = r->status == 503 && !strcmp(type, "application/problem+json") &&
                http_reply_header(r, "Retry-After", type, sizeof type);
    if (said && strstr(r->body, "\"RC_FULL\""))
        load.full++;
    else if (said && strstr(r->body, "\"RC_IO\""))
        load.io++;
    else if (load.other++ == 0)
        snprintf(load.first_other, sizeof load.first_other, "%d %.250s", r->status, r->body);
}

/* Writes until so many were refused, or done well, or the time is over. */
static void writing(int ms, int64_t refused_max, int64_t good_max)
{
    struct http_load l = { .port = server.port,
                           .connections = CONNECTIONS,
                           .next = load_next,
                           .done = load_done,
                           .patience_ms = 8000 };
    load.full = load.io = load.good = 0;
    load.refused_max = refused_max;
    load.good_max = good_max;
    load.until_us = http_load_now_us() + ms * INT64_C(1000);
    if (http_load_run(&l))
        slow_expect(false, "the server keeps its connections");
}

/* ---- readers ---- */

static void reading(const char *when)
{
    struct http_client *c = NULL;
    struct http_reply r;
    char target[120];
    int good = 0, all = 0;
    CHECK(!http_client_open(server.port, &c));
    for (int i = 0; i < 10; i++) {
        const char *at[] = { "/healthz", "/api/outlets", target, "/metrics" };
        snprintf(target, sizeof target, "/api/outlets/%" PRId64 "/board",
                 bank.bench.outlet[i % BENCH_OUTLETS]);
        for (size_t k = 0; k < COUNT(at); k++, all++)
            good += !http_client_call(c, "GET", at[k], NULL, NULL, 0, &r) && r.status == 200;
    }
    http_client_close(c);
    slow_expect(good == all, "%s: %d of %d reads are answered", when, good, all);
}

/* Who watches the server is told that nothing can be written. */
static void health_says(const char *when, const char *writes)
{
    struct http_client *c = NULL;
    struct http_reply r = { .body = "" };
    CHECK(!http_client_open(server.port, &c));
    int rc = http_client_call(c, "GET", "/healthz", NULL, NULL, 0, &r);
    slow_expect(!rc && r.status == 200 && strstr(r.body, writes), "%s: health says %s", when,
                writes);
    http_client_close(c);
}

static void same_as_said(const char *when)
{
    int64_t there = 0;
    static const char *const sql[STEPS] = {
        "SELECT COUNT(*) FROM event WHERE topic='ticket.taken'",
        "SELECT COUNT(*) FROM event WHERE topic='ticket.called'",
        "SELECT COUNT(*) FROM event WHERE topic='ticket.serving'",
        "SELECT COUNT(*) FROM event WHERE topic='ticket.done'"
    };
    bool same = true;
    for (int i = 0; i < STEPS; i++) {
        there = slow_number(store, sql[i]);
        same = same && there == load.done[i];
        if (there != load.done[i])
            printf("    %s: %" PRId64 " said, %" PRId64 " there\n", steps[i], load.done[i], there);
    }
    slow_expect(same && slow_number(store, "SELECT COUNT(*) FROM ticket") == load.done[0],
                "%s: the store holds what was acknowledged and nothing else: %" PRId64
                " tickets, %" PRId64 " writes",
                when, load.done[0], load.done[0] + load.done[1] + load.done[2] + load.done[3]);
}

/* ---- the small disk ---- */

static void short_log(void)
{
    struct stat st = { 0 };
    int rc = stat(server.log, &st);
    slow_expect(!rc && st.st_size < 65536, "the log does not grow with the refusals: %lld bytes",
                (long long)st.st_size);
}

static bool small_disk(void)
{
    char size[40];
    if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL)) {
        printf("skipped: a small disk needs root and its own mounts: %s\n", strerror(errno));
        return false;
    }
    snprintf(size, sizeof size, "size=%dm", DISK_MB);
    if (mkdir(folder, 0700) || mount("small", folder, "tmpfs", 0, size)) {
        printf("skipped: no tmpfs: %s\n", strerror(errno));
        return false;
    }
    return true;
}

static atomic_bool keep_full;

/* Takes every byte that becomes free. */
static void *fill(void *ctx)
{
    static char zeros[65536];
    char path[200];
    UNUSED(ctx);
    snprintf(path, sizeof path, "%s/filler", folder);
    int fd = open(path, O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
    CHECK(fd >= 0);
    while (keep_full) {
        for (size_t n = sizeof zeros; n >= 512; n /= 2)
            while (write(fd, zeros, n) == (ssize_t)n)
                continue;
        slow_sleep_ms(20);
    }
    close(fd);
    unlink(path);
    return NULL;
}

static void a_full_disk(void)
{
    pthread_t filler;
    writing(600, INT64_MAX, INT64_MAX);
    slow_expect(load.good > 20 && load.full + load.io + load.other == 0,
                "with room: %" PRId64 " writes, none refused", load.good);
    keep_full = true;
    CHECK(!pthread_create(&filler, NULL, fill, NULL));
    writing(20000, ENOUGH, INT64_MAX);
    slow_expect(load.full >= ENOUGH && load.io + load.other == 0,
                "the disk is full: %" PRId64 " writes went into the room kept, then %" PRId64
                " were refused with RC_FULL, %" PRId64 " with another word %s",
                load.good, load.full, load.io + load.other, load.first_other);
    reading("full disk");
    health_says("full disk", "\"writes\":\"full\"");
    same_as_said("full disk");
    short_log();
    keep_full = false;
    pthread_join(filler, NULL);
    int64_t from = http_load_now_us();
    writing(10000, INT64_MAX, 1);
    slow_expect(load.good >= 1, "with room again a write is done after %.2f s, without a restart",
                (double)(http_load_now_us() - from) / 1e6);
    writing(400, INT64_MAX, INT64_MAX);
    slow_expect(load.good > 20 && load.full + load.io + load.other == 0,
                "and then all are: %" PRId64 ", %" PRId64 " refused", load.good,
                load.full + load.io + load.other);
    same_as_said("after it");
}

/* Killed with no room left: it starts again at the latest when there is room. */
static void killed_when_full(void)
{
    pthread_t filler;
    int fd, status;
    keep_full = true;
    CHECK(!pthread_create(&filler, NULL, fill, NULL));
    writing(20000, ENOUGH, INT64_MAX);
    slow_end(&server, SIGKILL);
    slow_launch(&server, store, NULL, NULL, &fd);
    bool up = slow_wait(&server, fd);
    if (up) {
        reading("restarted on the full disk");
    } else {
        status = slow_end(&server, SIGKILL);
        slow_expect(WIFEXITED(status) && WEXITSTATUS(status) == 3,
                    "on the full disk it does not start, and says so with status 3 (%d)",
                    WIFEXITED(status) ? WEXITSTATUS(status) : -1);
    }
    keep_full = false;
    pthread_join(filler, NULL);
    if (!up && !slow_start(&server, store, NULL))
        return;
    writing(10000, INT64_MAX, 2 * CONNECTIONS);
    slow_expect(load.good >= 2 * CONNECTIONS, "killed when full: with room it works again");
    same_as_said("killed when full");
}

static void a_disk_for_reading_only(void)
{
    int fd;
    slow_end(&server, SIGTERM);
    if (mount("small", folder, NULL, MS_REMOUNT | MS_RDONLY, NULL)) {
        slow_expect(false, "the disk can be made read-only: %s", strerror(errno));
        return;
    }
    slow_launch(&server, store, NULL, NULL, &fd);
    bool up = slow_wait(&server, fd);
    int status = slow_end(&server, SIGTERM);
    slow_expect(!up && WIFEXITED(status) && WEXITSTATUS(status) == 3,
                "a store that cannot be written is not served: status %d",
                WIFEXITED(status) ? WEXITSTATUS(status) : -1);
    CHECK(!mount("small", folder, NULL, MS_REMOUNT, NULL));
    if (!slow_start(&server, store, NULL))
        return;
    writing(5000, INT64_MAX, CONNECTIONS);
    slow_expect(load.good >= CONNECTIONS, "writable again, it is served");
    same_as_said("after it");
}

/* ---- the failing disk ---- */

static void ignore_too_large(void)
{
    signal(SIGXFSZ, SIG_IGN); /* stays ignored in the program that is run */
}

static void files_may_be(rlim_t bytes)
{
    struct rlimit r = { bytes, RLIM_INFINITY };
    CHECK(!prlimit(server.pid, RLIMIT_FSIZE, &r, NULL));
}

static void a_failing_disk(void)
{
    int fd;
    slow_launch(&server, store, NULL, ignore_too_large, &fd);
    if (!slow_expect(slow_wait(&server, fd), "the server starts"))
        return;
    writing(300, INT64_MAX, INT64_MAX);
    slow_expect(load.good > 10 && load.io + load.full + load.other == 0,
                "a sound disk: %" PRId64 " writes", load.good);
    files_may_be(1);
    writing(10000, ENOUGH, INT64_MAX);
    slow_expect(load.good == 0 && load.io + load.full >= ENOUGH && load.other == 0,
                "each write fails: %" PRId64 " refused with 503 RC_IO, %" PRId64 " with RC_FULL,"
                " %" PRId64 " otherwise %s",
                load.io, load.full, load.other, load.first_other);
    reading("failing disk");
    same_as_said("failing disk");
    files_may_be(RLIM_INFINITY);
    writing(10000, INT64_MAX, 4 * CONNECTIONS);
    health_says("a disk that works again", "\"writes\":\"ok\"");
    slow_expect(load.good >= 4 * CONNECTIONS, "sound again: writes are done, without a restart");
    same_as_said("after it");
}

static void fresh(const char *where)
{
    memset(conn, 0, sizeof conn);
    memset(&load, 0, sizeof load);
    snprintf(store, sizeof store, "%s/disk.db", where);
    slow_bank(store, &bank);
}

int main(void)
{
    snprintf(folder, sizeof folder, "%s/small", slow_dir());
    fresh(slow_dir());
    a_failing_disk();
    if (server.pid) {
        slow_end(&server, SIGTERM);
        slow_log_clean(&server);
    }
    slow_prove(store);
    if (small_disk()) {
        fresh(folder);
        if (slow_start(&server, store, NULL)) {
            a_full_disk();
            killed_when_full();
            a_disk_for_reading_only();
            slow_end(&server, SIGTERM);
            slow_log_clean(&server);
        }
        slow_prove(store);
        umount2(folder, MNT_DETACH);
        rmdir(folder);
    }
    return slow_finish();
}
