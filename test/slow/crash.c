/* crash.c -- kill -9 at random moments, under load and while starting; nothing acknowledged is lost
 * and nothing is done twice.
 *
 * Twelve connections post keyed takes, calls, serves and ends. What was answered goes into a log
 * with its key; what was on its way when the server died is asked again with its old key after the
 * restart, as a good client does. So at the end every write has exactly one answer, and the store
 * must hold exactly these: no row, no event more or less.
 *
 *     slow_crash [KILLS [SEED]] */
#include "slow.h"
#include "base/rng.h"
#include "lobby/ticket.h"
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

enum { CONNECTIONS = 12, STEPS = 4, ANSWER = 100, WRITES = 2 << 20, AGAIN = 200 };

static const char *const steps[STEPS] = { "take", "next", "serve", "end" };
static const int states[STEPS] = { TICKET_WAITING, TICKET_CALLED, TICKET_SERVING, TICKET_DONE };

struct acked {
    int64_t key, ticket;
    int8_t connection, step;
    char answer[ANSWER];
};
static struct acked *acked;
static size_t n_acked;
static struct slow_bank bank;
static char store[200];

static struct {
    int step;
    int64_t key; /* of the write that has no answer yet; 0: none is on its way */
} conn[CONNECTIONS];
static int64_t keys, refused, resumed;
static char first_refusal[300];
static bool stopping; /* no new writes; what is open is still asked */
static struct slow_server server;
static struct rng dice;

static void target_of(int i, int step, char out[120])
{
    if (step == 0)
        snprintf(out, 120, "/api/outlets/%" PRId64 "/tickets",
                 bank.bench.outlet[i / BENCH_WINDOWS]);
    else
        snprintf(out, 120, "/api/windows/%" PRId64 "/%s", bank.bench.window[i], steps[step]);
}

static void write_request(int i, int step, int64_t key, struct buf *out)
{
    char target[120], key_text[40], body[80] = "{}";
    target_of(i, step, target);
    snprintf(key_text, sizeof key_text, "crash-%08" PRId64, key);
    if (step == 0)
        snprintf(body, sizeof body, "{\"service_id\":%" PRId64 "}", bank.bench.service);
    slow_write_bytes(&(struct slow_write){ .target = target,
                                           .token = step ? bank.bench.teller[i]
                                                         : bank.bench.kiosk[i / BENCH_WINDOWS],
                                           .key = key_text,
                                           .body = body,
                                           .minimal = true },
                     out);
}

/* The next write of a connection, or again the one that was never answered. */
static bool load_next(void *ctx, int i, struct buf *request)
{
    (void)ctx;
    if (conn[i].key)
        resumed++;
    else if (stopping)
        return false;
    else
        conn[i].key = ++keys;
    write_request(i, conn[i].step, conn[i].key, request);
    return true;
}

static void load_done(void *ctx, int i, const struct http_reply *r)
{
    (void)ctx;
    CHECK(n_acked < WRITES && conn[i].key);
    if (r->status != 200) {
        if (refused++ == 0)
            snprintf(first_refusal, sizeof first_refusal, "%s: %d %.200s", steps[conn[i].step],
                     r->status, r->body);
        conn[i].key = 0; /* an answer is an answer: the key was not used up */
        return;
    }
    struct acked *a = &acked[n_acked++];
    *a = (struct acked){ .key = conn[i].key,
                         .ticket = slow_json_i64(r->body, "id", 0),
                         .connection = (int8_t)i,
                         .step = (int8_t)conn[i].step };
    CHECK(r->body_len < ANSWER);
    memcpy(a->answer, r->body, r->body_len);
    conn[i].key = 0;
    conn[i].step = (conn[i].step + 1) % STEPS;
}

/* ---- after a restart ---- */

static struct {
    int64_t lost, changed, behind, asked, other, starts, start_us_max;
} seen;
static uint8_t *keys_in_store; /* how often each key is there */
static char (*answers_in_store)[ANSWER];
static int64_t keys_read; /* the highest row of request_key read */

static void read_keys(struct db_tx *tx)
{
    struct db_rows rows;
    int rc = db_query(tx, &rows, "SELECT id, key, answer FROM request_key WHERE id>$1 ORDER BY id",
                      DB_ARGS(DB_I(keys_read)));
    while (!rc && (rc = db_next(&rows)) == DB_ROW) {
        size_t len;
        const char *key = strstr(db_text(&rows, 1), ":crash-");
        const void *answer = db_bytes(&rows, 2, &len);
        int64_t n = key ? strtoll(key + 7, NULL, 10) : 0;
        rc = 0;
        keys_read = db_i64(&rows, 0);
        CHECK(n >= 0 && n <= keys && n < WRITES && len < ANSWER);
        keys_in_store[n]++;
        memcpy(answers_in_store[n], answer, len);
    }
    db_done(&rows);
    CHECK(!rc);
}

/* Each answer of the round is in the store: its key once, with these words; its ticket as far as
 * was said, or further. */
static void look(size_t from)
{
    struct db *db;
    struct db_tx *tx = NULL;
    CHECK(!db_open_shared(store, &db) && !db_read(db, &tx));
    read_keys(tx);
    for (size_t i = from; i < n_acked; i++) {
        const struct acked *a = &acked[i];
        int64_t state = 0;
        CHECK(!db_one_i64(tx, "SELECT state FROM ticket WHERE id=$1", DB_ARGS(DB_I(a->ticket)), 0,
                          &state));
        seen.lost += keys_in_store[a->key] != 1;
        seen.changed += strcmp(answers_in_store[a->key], a->answer) != 0;
        seen.behind += state < states[a->step];
    }
    db_read_done(&tx);
    db_close(db);
}

/* Some of them asked again, as a client does that did not hear the answer. */
static void ask_again(size_t from)
{
    struct http_client *c = NULL;
    struct http_reply r;
    struct buf b;
    size_t n = n_acked - from, times = n < AGAIN ? n : AGAIN;
    buf_init(&b, 1 << 16);
    CHECK(!http_client_open(server.port, &c));
    for (size_t i = 0; i < times; i++) {
        const struct acked *a = &acked[from + (n <= AGAIN ? i : rng_below(&dice, (uint32_t)n))];
        buf_clear(&b);
        write_request(a->connection, a->step, a->key, &b);
        CHECK(!http_client_write(c, b.at, b.len) && !http_client_read(c, &r));
        seen.asked++;
        seen.other += r.status != 200 || strcmp(r.body, a->answer) != 0;
    }
    http_client_close(c);
    buf_release(&b);
}

/* ---- killing ---- */

static void *kill_later(void *ms)
{
    slow_sleep_ms(*(int64_t *)ms);
    kill(server.pid, SIGKILL);
    return NULL;
}

static bool start(void)
{
    int64_t from = http_load_now_us();
    bool up = slow_start(&server, store, NULL);
    int64_t took = http_load_now_us() - from;
    seen.starts++;
    if (took > seen.start_us_max)
        seen.start_us_max = took;
    return up;
}

static int run_load(void)
{
    struct http_load load = { .port = server.port,
                              .connections = CONNECTIONS,
                              .next = load_next,
                              .done = load_done,
                              .patience_ms = 10000 };
    return http_load_run(&load);
}

static void kill_under_load(void)
{
    pthread_t killer;
    int64_t ms = 50 + rng_below(&dice, 200);
    CHECK(!pthread_create(&killer, NULL, kill_later, &ms));
    int rc = run_load();
    CHECK(rc == RC_IO); /* every connection was cut */
    pthread_join(killer, NULL);
    waitpid(server.pid, NULL, 0);
}

/* The next server begins on what the last one left, and does not get far. */
static void kill_while_starting(void)
{
    int fd;
    slow_launch(&server, store, NULL, NULL, &fd);
    slow_sleep_ms(rng_below(&dice, 40));
    kill(server.pid, SIGKILL);
    waitpid(server.pid, NULL, 0);
    close(fd);
}

/* ---- the end: the store holds what was answered, and nothing else ---- */

static void same_number(const char *what, int step, const char *sql)
{
    int64_t want = 0, have = slow_number(store, sql);
    for (size_t i = 0; i < n_acked; i++)
        want += acked[i].step == step;
    slow_expect(want == have, "%s: %" PRId64 " answered, %" PRId64 " in the store", what, want,
                have);
}

static void verdict(int kills, int early)
{
    slow_expect(kills >= 100 || kills + early < 100, "%d kills under load, %d while starting",
                kills, early);
    slow_expect(seen.lost == 0, "%zu acknowledged writes, %" PRId64 " not there exactly once",
                n_acked, seen.lost);
    slow_expect(seen.changed == 0, "their stored answers are the given ones (%" PRId64 " are not)",
                seen.changed);
    slow_expect(seen.behind == 0, "their tickets are as far as was said (%" PRId64 " are not)",
                seen.behind);
    slow_expect(seen.other == 0, "%" PRId64 " asked again: the same answer (%" PRId64 " other)",
                seen.asked, seen.other);
    slow_expect(refused == 0, "%" PRId64 " refusals: %s", refused, first_refusal);
    slow_expect(resumed > 0, "%" PRId64 " writes were on their way at a kill", resumed);
    slow_expect(true, "%" PRId64 " starts, the slowest %" PRId64 " ms", seen.starts,
                seen.start_us_max / 1000);
    same_number("tickets", 0, "SELECT COUNT(*) FROM ticket");
    same_number("taken", 0, "SELECT COUNT(*) FROM event WHERE topic='ticket.taken'");
    same_number("called", 1, "SELECT COUNT(*) FROM event WHERE topic='ticket.called'");
    same_number("served", 2, "SELECT COUNT(*) FROM event WHERE topic='ticket.serving'");
    same_number("ended", 3, "SELECT COUNT(*) FROM event WHERE topic='ticket.done'");
    slow_expect(slow_number(store, "SELECT COUNT(*) FROM (SELECT number FROM ticket"
                                   " GROUP BY outlet_id, business_date, number"
                                   " HAVING COUNT(*)>1) twice") == 0,
                "no number was given twice");
    slow_prove(store);
}

int main(int argc, char **argv)
{
    int kills = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 100, early = 0, done = 0;
    rng_seed(&dice, argc > 2 ? strtoull(argv[2], NULL, 10) : 1);
    acked = calloc(WRITES, sizeof *acked);
    keys_in_store = calloc(WRITES, 1);
    answers_in_store = calloc(WRITES, ANSWER);
    CHECK(acked && keys_in_store && answers_in_store);
    snprintf(store, sizeof store, "%s/crash.db", slow_dir());
    slow_bank(store, &bank);
    size_t from = 0;
    bool up = true;
    for (; up && done < kills; done++) {
        up = start();
        if (!up)
            break;
        look(from);
        ask_again(from);
        from = n_acked;
        kill_under_load();
        if (done % 5 == 4) {
            kill_while_starting();
            early++;
        }
    }
    stopping = true;
    if (up && start()) {
        look(from);
        ask_again(from);
        from = n_acked;
        slow_expect(run_load() == 0, "what was open is answered after the last restart");
        look(from);
        int status = slow_end(&server, SIGTERM);
        slow_expect(WIFEXITED(status) && WEXITSTATUS(status) == 0, "the server ends well");
        slow_log_clean(&server);
    }
    verdict(done, early);
    return slow_finish();
}
