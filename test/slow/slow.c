/* slow.c -- See slow.h. */
#include "slow.h"
#include "app/bank.h"
#include "store/event.h"
#include <dirent.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long passed, failed;
static char directory[64];

/* ---- counting ---- */

bool slow_expect(bool holds, const char *fmt, ...)
{
    char text[900];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    passed += holds;
    failed += !holds;
    printf("%6.1f s  %s  %s\n", slow_seconds(), holds ? "ok    " : "FAILED", text);
    fflush(stdout);
    return holds;
}

double slow_seconds(void)
{
    static int64_t from;
    if (!from)
        from = http_load_now_us();
    return (double)(http_load_now_us() - from) / 1e6;
}

void slow_sleep_ms(int64_t ms)
{
    struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };
    nanosleep(&t, NULL);
}

const char *slow_dir(void)
{
    if (!directory[0]) {
        slow_seconds();
        signal(SIGPIPE, SIG_IGN);
        snprintf(directory, sizeof directory, "/tmp/piaohao-slow-XXXXXX");
        CHECK(mkdtemp(directory));
    }
    return directory;
}

static void remove_files(void)
{
    DIR *d = directory[0] ? opendir(directory) : NULL;
    for (struct dirent *e = d ? readdir(d) : NULL; e; e = readdir(d))
        if (e->d_name[0] != '.')
            unlinkat(dirfd(d), e->d_name, 0);
    if (d)
        closedir(d);
    rmdir(directory);
}

int slow_finish(void)
{
    if (failed)
        printf("the files stay in %s\n", directory);
    else
        remove_files();
    printf("%ld passed, %ld failed\n", passed, failed);
    return failed ? 1 : 0;
}

/* ---- the program ---- */

const char *slow_binary(void)
{
    static char path[400];
    const char *given = getenv("PIAOHAO_BIN");
    if (path[0])
        return path;
    if (given) {
        snprintf(path, sizeof path, "%s", given);
        return path;
    }
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 20);
    CHECK(n > 0);
    path[n] = '\0';
    for (int up = 0; up < 3; up++) { /* BUILD/test/slow/slow_crash */
        char *slash = strrchr(path, '/');
        CHECK(slash);
        *slash = '\0';
    }
    snprintf(path + strlen(path), 20, "/piaohao");
    return path;
}

bool slow_sanitized(void)
{
    static int known = -1;
    static const char mark[] = "__asan_init";
    if (known >= 0)
        return known;
    FILE *f = fopen(slow_binary(), "r");
    char *bytes = malloc(64 << 20);
    CHECK(f && bytes);
    size_t n = fread(bytes, 1, 64 << 20, f);
    known = memmem(bytes, n, mark, sizeof mark) != NULL;
    free(bytes);
    fclose(f);
    return known;
}

/* Short services: numbers are given until the forecast passes closing time, which is midnight. */
static int short_services(struct call *c, const struct slow_bank *b)
{
    struct branch_service s;
    int rc = branch_service_get(c, (service_id){ b->bench.service }, &s);
    s.handling_s = 10;
    return rc ? rc : branch_service_put(c, &s);
}

/* A floor manager of the first outlet and an administrator, who are signed in. */
static int more_people(struct call *c, void *ctx)
{
    static const char no_password[] = "no password opens this";
    struct slow_bank *b = ctx;
    struct {
        const char *name;
        int role;
        int64_t outlet;
        char *token;
    } people[] = { { "slow-floor", ROLE_FLOOR, b->bench.outlet[0], b->floor },
                   { "slow-admin", ROLE_ADMIN, 0, b->admin } };
    int rc = short_services(c, b);
    for (size_t i = 0; !rc && i < COUNT(people); i++) {
        struct who_staff s = { .role = people[i].role,
                               .outlet_id = people[i].outlet,
                               .active = true };
        struct who_sign_in in = { .ok = true, .peer = "127.0.0.1" };
        struct who_session session;
        snprintf(s.username, sizeof s.username, "%s", people[i].name);
        snprintf(s.name, sizeof s.name, "%s", people[i].name);
        rc = who_staff_put(c, &s, no_password);
        snprintf(in.username, sizeof in.username, "%s", people[i].name);
        snprintf(in.hash, sizeof in.hash, "%s", no_password);
        in.staff = s.id;
        if (!rc)
            rc = who_sign_in_write(c, &in, &session);
        memcpy(people[i].token, in.token, TOKEN_TEXT);
    }
    return rc;
}

void slow_new_day(void)
{
    int64_t left = 86400 - (time(NULL) + 8 * 3600) % 86400;
    if (left >= 300)
        return;
    printf("%" PRId64 " s to midnight in China: waiting for the new day\n", left);
    fflush(stdout);
    slow_sleep_ms((left + 1) * 1000);
}

void slow_bank(const char *path, struct slow_bank *out)
{
    char error[400] = "";
    struct bank b;
    slow_new_day();
    CHECK(!secret_init());
    int64_t now_us = (int64_t)time(NULL) * 1000000;
    int rc = bench_bank_make(path, &out->bench, error, sizeof error);
    if (!rc)
        rc = app_bank_open(path, false, now_us, &b, error, sizeof error);
    if (!rc) {
        rc = app_bank_write(&b, now_us, more_people, out);
        app_bank_close(&b);
    }
    if (rc) {
        printf("the bank could not be made: %d %s\n", rc, error);
        abort();
    }
}

enum { ARGS = 24 };

void slow_launch(struct slow_server *s, const char *path, const char *const *more,
                 void (*before)(void), int *line_fd)
{
    static int n;
    const char *args[ARGS] = { "piaohao", "serve",  "--db",        path,  "--port",
                               "0",       "--json", "--log-level", "warn" };
    int ends[2], count = 9;
    for (; more && *more; more++) {
        CHECK(count + 1 < ARGS);
        args[count++] = *more;
    }
    CHECK(!pipe(ends));
    *s = (struct slow_server){ 0 };
    snprintf(s->log, sizeof s->log, "%s/serve-%d.log", slow_dir(), n++ % 8);
    fflush(NULL);
    s->pid = fork();
    CHECK(s->pid >= 0);
    if (s->pid == 0) {
        FILE *log = fopen(s->log, "w");
        dup2(ends[1], STDOUT_FILENO);
        if (log)
            dup2(fileno(log), STDERR_FILENO);
        close(ends[0]);
        close(ends[1]);
        if (before)
            before();
        execv(slow_binary(), (char *const *)(uintptr_t)args);
        _exit(127);
    }
    close(ends[1]);
    *line_fd = ends[0];
}

bool slow_wait(struct slow_server *s, int line_fd)
{
    char line[4096];
    size_t n = 0;
    struct pollfd p = { .fd = line_fd, .events = POLLIN };
    while (n + 1 < sizeof line && poll(&p, 1, 20000) > 0) {
        ssize_t got = read(line_fd, line + n, sizeof line - 1 - n);
        if (got <= 0)
            break;
        n += (size_t)got;
        if (memchr(line, '\n', n))
            break;
    }
    line[n] = '\0';
    close(line_fd);
    s->port = (int)slow_json_i64(line, "port", 0);
    return s->port > 0;
}

bool slow_start(struct slow_server *s, const char *path, const char *const *more)
{
    int fd;
    slow_launch(s, path, more, NULL, &fd);
    if (slow_wait(s, fd))
        return true;
    slow_expect(false, "the server starts on %s (its log: %s)", path, s->log);
    slow_end(s, SIGKILL);
    return false;
}

int slow_end(struct slow_server *s, int sig)
{
    int status = -1;
    kill(s->pid, sig);
    for (int i = 0; i < 15000 && waitpid(s->pid, &status, WNOHANG) == 0; i++) {
        slow_sleep_ms(1);
        if (i == 14998) {
            slow_expect(false, "the server ends within 15 s");
            kill(s->pid, SIGKILL);
        }
    }
    s->pid = 0;
    return status;
}

void slow_memory(const struct slow_server *s, int64_t *now, int64_t *most)
{
    struct bench_server b = { .pid = s->pid };
    bench_server_memory(&b, now, most);
}

void slow_log_clean(const struct slow_server *s)
{
    static const char *const bad[] = { "check.failed", "Sanitizer", "runtime error" };
    char line[2000];
    FILE *f = fopen(s->log, "r");
    bool clean = f != NULL;
    while (f && fgets(line, sizeof line, f))
        for (size_t i = 0; i < COUNT(bad); i++)
            if (strstr(line, bad[i])) {
                clean = false;
                printf("    %s", line);
            }
    if (f)
        fclose(f);
    slow_expect(clean, "the server's log has no broken invariant and no sanitizer's finding");
}

/* ---- proofs ---- */

int64_t slow_number(const char *path, const char *sql)
{
    struct db *db;
    struct db_tx *tx = NULL;
    int64_t n = -1;
    int rc = db_open_shared(path, &db);
    if (!rc)
        rc = db_read(db, &tx);
    if (!rc)
        rc = db_one_i64(tx, sql, DB_NO_ARGS, 0, &n);
    db_read_done(&tx);
    if (!rc)
        db_close(db);
    return rc ? -1 : n;
}

static int verb_check(const char *path)
{
    char said[100];
    snprintf(said, sizeof said, "%s/check.txt", slow_dir());
    fflush(NULL);
    pid_t child = fork();
    int status = -1;
    if (child == 0) {
        if (!freopen(said, "w", stdout) || dup2(STDOUT_FILENO, STDERR_FILENO) < 0)
            _exit(126);
        execl(slow_binary(), "piaohao", "check", "--db", path, (char *)NULL);
        _exit(127);
    }
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

int64_t slow_turnover(const char *path)
{
    struct bank b;
    struct ledger_trial t = { .debits = -1 };
    struct call c = { .arena = arena_new((size_t)1 << 30) };
    char error[400] = "";
    int rc = app_bank_open_shared(path, &b, error, sizeof error);
    if (!rc) {
        rc = db_read(b.db, &c.tx);
        if (!rc)
            rc = ledger_trial(&c, LEDGER_ALL_OUTLETS, (date){ 100000 }, CNY, &t);
        db_read_done(&c.tx);
        app_bank_close(&b);
    }
    slow_expect(!rc, "the trial balance is read %s", error);
    arena_free(c.arena);
    return t.debits;
}

void slow_prove(const char *path)
{
    struct bank b;
    struct call c = { .arena = arena_new((size_t)1 << 30) };
    char error[400] = "", text[400] = "";
    int64_t n = 0, bad = -1;
    int rc = app_bank_open_shared(path, &b, error, sizeof error);
    if (!slow_expect(!rc, "the store opens %s", error)) {
        arena_free(c.arena);
        return;
    }
    rc = db_integrity(b.db, text, sizeof text);
    slow_expect(!rc && !strcmp(text, "ok"), "the file is whole: %s", text);
    rc = db_read(b.db, &c.tx);
    if (!rc)
        rc = event_check(c.tx, &n, &bad, text, sizeof text);
    slow_expect(!rc && !bad, "the chains hold: %" PRId64 " events %s", n, bad ? text : "");
    db_read_done(&c.tx);
    app_bank_close(&b);
    arena_free(c.arena);
    int status = verb_check(path);
    slow_expect(status == 0, "piaohao check is clean (exit %d, %s/check.txt)", status, slow_dir());
}

/* ---- writes ---- */

void slow_write_bytes(const struct slow_write *w, struct buf *out)
{
    char head[400];
    snprintf(head, sizeof head,
             "Authorization: Bearer %s\r\nIdempotency-Key: %s\r\n"
             "Content-Type: application/json\r\n%s",
             w->token, w->key, w->minimal ? "Prefer: return=minimal\r\n" : "");
    http_load_write(out, "POST", w->target, head, w->body, strlen(w->body));
}

int slow_post(struct http_client *c, const struct slow_write *w, struct http_reply *out)
{
    struct buf b;
    buf_init(&b, 1 << 20);
    slow_write_bytes(w, &b);
    int rc = http_client_write(c, b.at, b.len);
    buf_release(&b);
    return rc ? rc : http_client_read(c, out);
}

int64_t slow_json_i64(const char *json, const char *name, int64_t otherwise)
{
    char mark[80];
    snprintf(mark, sizeof mark, "\"%s\":", name);
    const char *at = json ? strstr(json, mark) : NULL;
    return at ? strtoll(at + strlen(mark), NULL, 10) : otherwise;
}

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

int64_t slow_quantile(int64_t *values, size_t n, double share)
{
    if (n == 0)
        return -1;
    qsort(values, n, sizeof *values, by_value);
    size_t at = (size_t)((double)n * share);
    return values[at < n ? at : n - 1];
}
