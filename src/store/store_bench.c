/* store_bench.c -- See store_bench.h. Measures with the monotonic clock; rows get made-up instants.
 */
#include "store/store_bench.h"
#include "base/arena.h"
#include "store/door.h"
#include "store/store_clock.h"
#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/banned.h"

enum {
    FSYNCS = 1000,
    PART_US = 1500000, /* each measured part */
    SUBMITTERS = 64,
    SAMPLES_MAX = 1 << 20,
    MEMORY = 64 << 20,
};

/* The instant that the bench's rows carry: 2026-01-01, going up. */
static const int64_t bench_epoch_us = INT64_C(1767225600000000);

static int compare(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

/* Sorts the samples. permille 500: the median. */
static int64_t quantile(int32_t *samples, size_t count, int permille)
{
    if (count == 0)
        return 0;
    qsort(samples, count, sizeof *samples, compare);
    size_t at = count * (size_t)permille / 1000;
    return samples[at < count ? at : count - 1];
}

static double per_second(int64_t count, int64_t us)
{
    return us > 0 ? (double)count * 1e6 / (double)us : 0;
}

static void remove_files(const char *path)
{
    static const char *const ends[] = { "", "-wal", "-shm", ".lock" };
    char name[1100];
    for (size_t i = 0; i < COUNT(ends); i++) {
        (void)snprintf(name, sizeof name, "%s%s", path, ends[i]);
        (void)unlink(name);
    }
}

/* ---- the disk ---- */

static int bench_fsync(const char *path, struct jsonw *w)
{
    static const char block[4096];
    static int32_t took[FSYNCS];
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return RC_IO;
    int64_t from = store_clock_us(), last = from;
    for (int i = 0; i < FSYNCS; i++) {
        if (write(fd, block, sizeof block) != sizeof block || fdatasync(fd)) {
            close(fd);
            return RC_IO;
        }
        int64_t now = store_clock_us();
        took[i] = (int32_t)(now - last);
        last = now;
    }
    close(fd);
    jw_object(w, "fsync");
    jw_i64(w, "append_bytes", sizeof block);
    jw_f64(w, "per_second", per_second(FSYNCS, last - from), 0);
    jw_i64(w, "p50_us", quantile(took, FSYNCS, 500));
    jw_i64(w, "p99_us", quantile(took, FSYNCS, 990));
    jw_end(w);
    return 0;
}

/* ---- SQLite alone ---- */

static int raw_group(sqlite3 *handle, sqlite3_stmt *insert, int group, int64_t *id)
{
    static const char body[] =
        "{\"window\":7,\"service\":3,\"number\":\"A0123\",\"waited_ms\":1234}";
    int code = sqlite3_exec(handle, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    for (int i = 0; i < group && code == SQLITE_OK; i++) {
        (void)sqlite3_bind_int64(insert, 1, ++*id);
        (void)sqlite3_bind_text(insert, 2, body, sizeof body - 1, SQLITE_STATIC);
        code = sqlite3_step(insert) == SQLITE_DONE ? sqlite3_reset(insert) : SQLITE_ERROR;
    }
    return code == SQLITE_OK ? sqlite3_exec(handle, "COMMIT", NULL, NULL, NULL) : code;
}

static int bench_sqlite_group(const char *path, int group, struct jsonw *w)
{
    static const char setup[] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                                "PRAGMA cache_size=-32768; PRAGMA temp_store=MEMORY;"
                                "CREATE TABLE r (id INTEGER PRIMARY KEY, body TEXT) STRICT";
    sqlite3 *handle = NULL;
    sqlite3_stmt *insert = NULL;
    int64_t id = 0;
    remove_files(path);
    int code = sqlite3_open_v2(
        path, &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_exec(handle, setup, NULL, NULL, NULL);
    if (code == SQLITE_OK)
        code =
            sqlite3_prepare_v2(handle, "INSERT INTO r (id, body) VALUES (?,?)", -1, &insert, NULL);
    int64_t from = store_clock_us(), now = from;
    while (code == SQLITE_OK && now - from < PART_US / 2) {
        code = raw_group(handle, insert, group, &id);
        now = store_clock_us();
    }
    (void)sqlite3_finalize(insert);
    (void)sqlite3_close(handle);
    remove_files(path);
    if (code != SQLITE_OK)
        return RC_IO;
    jw_object(w, NULL);
    jw_i64(w, "group", group);
    jw_f64(w, "rows_per_second", per_second(id, now - from), 0);
    jw_end(w);
    return 0;
}

/* ---- the door ---- */

static int bench_order(struct call *c, void *order, struct buf *answer)
{
    const int64_t *n = order;
    struct jsonw *w = event_begin(c);
    jw_i64(w, "window", *n % 9);
    jw_text(w, "number", "A0123");
    jw_i64(w, "waited_ms", 1234);
    buf_text(answer, "{\"ok\":true}");
    return event_add(c, 1 + *n % 12, "ticket.called", *n);
}

static int64_t bench_clock(void *ctx)
{
    int64_t *now = ctx;
    return ++*now;
}

struct crowd {
    struct door *door;
    int64_t until;
    atomic_llong next;
    int32_t *samples; /* SAMPLES_MAX of them */
    atomic_llong count;
    atomic_int rc;
};

static void *crowd_main(void *ctx)
{
    struct crowd *crowd = ctx;
    struct actor actor = { .kind = ACTOR_SYSTEM };
    int64_t from = store_clock_us();
    while (from < crowd->until) {
        char key[32];
        int64_t n = atomic_fetch_add(&crowd->next, 1);
        (void)snprintf(key, sizeof key, "bench:%lld", (long long)n);
        int rc = door_write(crowd->door, actor, key, bench_order, &n, NULL);
        if (rc) {
            atomic_store(&crowd->rc, rc);
            break;
        }
        int64_t now = store_clock_us();
        int64_t at = atomic_fetch_add(&crowd->count, 1);
        if (at < SAMPLES_MAX)
            crowd->samples[at] = (int32_t)(now - from);
        from = now;
    }
    return NULL;
}

static void crowd_print(struct crowd *crowd, int64_t us, struct jsonw *w)
{
    struct door_numbers n;
    int64_t count = atomic_load(&crowd->count);
    size_t samples = (size_t)(count < SAMPLES_MAX ? count : SAMPLES_MAX);
    door_numbers(crowd->door, &n);
    jw_object(w, "door");
    jw_i64(w, "submitters", SUBMITTERS);
    jw_f64(w, "orders_per_second", per_second(count, us), 0);
    jw_i64(w, "p50_us", quantile(crowd->samples, samples, 500));
    jw_i64(w, "p99_us", quantile(crowd->samples, samples, 990));
    jw_i64(w, "max_us", samples ? crowd->samples[samples - 1] : 0);
    jw_f64(w, "group_mean", n.groups ? (double)n.orders / (double)n.groups : 0, 1);
    jw_end(w);
}

static int bench_crowd(struct db *db, struct arena *arena, struct jsonw *w)
{
    static pthread_t threads[SUBMITTERS];
    struct ids ids;
    int64_t now = bench_epoch_us;
    int started = 0;
    struct crowd *crowd = arena_alloc(arena, sizeof *crowd);
    crowd->samples = arena_alloc(arena, SAMPLES_MAX * sizeof *crowd->samples);
    ids_init(&ids, 0);
    struct door_settings s = { .db = db, .ids = &ids, .clock = bench_clock, .clock_ctx = &now };
    int rc = door_open(&s, &crowd->door);
    if (rc)
        return rc;
    int64_t from = store_clock_us();
    crowd->until = from + 2 * PART_US;
    while (started < SUBMITTERS && !pthread_create(&threads[started], NULL, crowd_main, crowd))
        started++;
    for (int i = 0; i < started; i++)
        (void)pthread_join(threads[i], NULL);
    rc = atomic_load(&crowd->rc);
    if (rc == 0)
        crowd_print(crowd, store_clock_us() - from, w);
    door_close(crowd->door);
    return rc;
}

/* ---- events: many in one transaction, so that only their own cost counts ---- */

static int bench_events(struct db *db, struct arena *arena, struct jsonw *w)
{
    enum { EVENTS = 20000 };
    struct buf answer;
    struct call c = { .now_us = bench_epoch_us, .arena = arena };
    buf_init(&answer, 1 << 20);
    int rc = db_begin(db, &c.tx);
    int64_t from = store_clock_us();
    for (int64_t n = 0; n < EVENTS && rc == 0; n++) {
        buf_clear(&answer);
        rc = bench_order(&c, &n, &answer);
    }
    int64_t took = store_clock_us() - from;
    if (rc == 0)
        rc = db_commit(&c.tx);
    db_rollback(&c.tx);
    buf_release(&answer);
    if (rc)
        return rc;
    jw_object(w, "event");
    jw_f64(w, "us_each", (double)took / EVENTS, 2);
    jw_end(w);
    return 0;
}

static int bench_ours(const char *path, struct arena *arena, struct jsonw *w)
{
    struct db *db = NULL;
    int rc = db_open(path, &db);
    if (rc == 0)
        rc = db_migrate(db, event_migrations, event_migrations_count, bench_epoch_us);
    if (rc == 0)
        rc = db_migrate(db, door_migrations, door_migrations_count, bench_epoch_us);
    if (rc == 0)
        rc = bench_crowd(db, arena, w);
    if (rc == 0)
        rc = bench_events(db, arena, w);
    if (rc == 0) {
        struct db_keep_numbers n;
        db_keep_numbers(db, &n);
        jw_object(w, "checkpoints");
        jw_i64(w, "count", n.checkpoints);
        jw_i64(w, "restarts", n.restarts);
        jw_i64(w, "restart_us_max", n.restart_us_max);
        jw_end(w);
    }
    db_close(db);
    return rc;
}

static bool bench_path(const char *folder, char path[1024])
{
    int n = snprintf(path, 1024, "%s/piaohao-bench-%ld.db", folder, (long)getpid());
    return n > 0 && n < 1024;
}

int store_bench_disk(const char *folder, const int *groups, int n, struct jsonw *w)
{
    char path[1024];
    if (!bench_path(folder, path))
        return RC_IO;
    int rc = bench_fsync(path, w);
    jw_array(w, "sqlite");
    for (int i = 0; i < n && rc == 0; i++)
        rc = bench_sqlite_group(path, groups[i], w);
    jw_end(w);
    remove_files(path);
    return rc;
}

int store_bench(const char *folder, struct jsonw *w)
{
    static const int groups[] = { 1, 16, 256 };
    char path[1024];
    int rc = store_bench_disk(folder, groups, COUNT(groups), w);
    if (rc || !bench_path(folder, path))
        return rc ? rc : RC_IO;
    struct arena *arena = arena_new(MEMORY);
    rc = bench_ours(path, arena, w);
    remove_files(path);
    arena_free(arena);
    return rc;
}
