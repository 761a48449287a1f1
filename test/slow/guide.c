/* guide.c -- kill -9 while people go to a quicker outlet: the old number is given back and the
 * place there is held, both or neither; asked again with the same key, the same answer.
 *
 * A crowd waits at the first outlet; six phones post "I am going there" for one number after
 * another and the server dies at a random moment. What was on its way is asked again after the
 * restart.
 *
 *     slow_guide [KILLS [SEED]] */
#include "slow.h"
#include "app/bank.h"
#include "base/rng.h"
#include "lobby/lobby.h"
#include <inttypes.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

/* A life's asking stays below the 60 a minute and peer that the public may ask. */
enum {
    PHONES = 6,
    A_LIFE = 36,
    CROWD = 400,
    A_GROUP = 20,
    FIRST = 100 /* of the line: they stay */,
    ANSWER = 100
};

static struct {
    int64_t id;
    char token[TICKET_TOKEN];
    char answer[ANSWER]; /* of its going; "": none yet */
} crowd[CROWD];
static int asked;          /* of the crowd: have begun to ask, in their order */
static int on_way[PHONES]; /* whose going has no answer yet; -1: nobody's */
static int left_this_life, answers_to_come;
static sem_t enough;
static int64_t gone, stayed, resumed, other, halves, again;
static char first_other[300];
static struct slow_bank bank;
static struct slow_server server;
static char store[200];
static struct rng dice;

static int people_wait(struct call *c, void *ctx)
{
    struct ticket t;
    int rc = 0, from = *(int *)ctx;
    for (int i = from; !rc && i < from + A_GROUP; i++) {
        struct take_order o = { .outlet = { bank.bench.outlet[0] },
                                .services = { { bank.bench.service } },
                                .n_services = 1 };
        rc = lobby_take(c, &o, &t);
        crowd[i].id = t.id.n;
        if (!rc)
            rc = lobby_token(c, t.id, crowd[i].token);
    }
    return rc;
}

static void make(void)
{
    struct bank b;
    char error[300] = "";
    slow_bank(store, &bank);
    int64_t now_us = (int64_t)time(NULL) * 1000000;
    CHECK(!app_bank_open(store, false, now_us, &b, error, sizeof error));
    for (int from = 0; from < CROWD; from += A_GROUP)
        CHECK(!app_bank_write(&b, now_us, people_wait, &from));
    app_bank_close(&b);
}

static void go_request(int who, struct buf *out)
{
    char key[40], body[300];
    snprintf(key, sizeof key, "guide-%08d", who);
    snprintf(body, sizeof body,
             "{\"from_id\":%" PRId64 ",\"to_id\":%" PRId64 ",\"service_id\":%" PRId64
             ",\"token\":\"%s\"}",
             bank.bench.outlet[0], bank.bench.outlet[1 + who % (BENCH_OUTLETS - 1)],
             bank.bench.service, crowd[who].token);
    slow_write_bytes(&(struct slow_write){ .target = "/api/nearby/go",
                                           .token = bank.bench.kiosk[0],
                                           .key = key,
                                           .body = body,
                                           .minimal = true },
                     out);
}

static bool load_next(void *ctx, int phone, struct buf *request)
{
    UNUSED(ctx);
    if (left_this_life == 0)
        return false;
    if (on_way[phone] >= 0)
        resumed++;
    else if (asked < CROWD - FIRST)
        on_way[phone] = CROWD - 1 - asked++; /* from the end of the line */
    else
        return false;
    left_this_life--;
    go_request(on_way[phone], request);
    return true;
}

static void load_done(void *ctx, int phone, const struct http_reply *r)
{
    int who = on_way[phone];
    UNUSED(ctx);
    CHECK(who >= 0 && r->body_len < ANSWER * 4);
    on_way[phone] = -1;
    if (--answers_to_come == 0)
        sem_post(&enough);
    if (r->status == 200) {
        CHECK(r->body_len < ANSWER);
        memcpy(crowd[who].answer, r->body, r->body_len);
        gone++;
    } else if (r->status == 409 && strstr(r->body, "ADVISE_NOT_BETTER")) {
        stayed++; /* and may ask again: the key was not used up */
    } else if (other++ == 0) {
        snprintf(first_other, sizeof first_other, "%d %.200s", r->status, r->body);
    }
}

/* Old numbers given back, places held, and what links the two: the same people. */
static void both_or_neither(void)
{
    static const char old_left[] = "SELECT COUNT(*) FROM ticket WHERE reason='guided' AND state=9",
                      held[] = "SELECT COUNT(*) FROM ticket WHERE source=6",
                      linked[] = "SELECT COUNT(*) FROM guide_token g JOIN ticket o ON o.id=g.old_id"
                                 " JOIN ticket h ON h.id=g.ticket_id WHERE o.reason='guided'"
                                 " AND h.source=6 AND h.outlet_id=g.outlet_id",
                      tokens[] = "SELECT COUNT(*) FROM guide_token";
    int64_t n = slow_number(store, old_left);
    halves += n != slow_number(store, held) || n != slow_number(store, linked) ||
              n != slow_number(store, tokens) || n < gone;
}

/* Who had her answer and asks again hears the same; a few each life. */
static void ask_again(void)
{
    struct http_client *c = NULL;
    struct http_reply r;
    struct buf b;
    buf_init(&b, 1 << 16);
    CHECK(!http_client_open(server.port, &c));
    for (int i = 0; i < 4 && asked; i++) {
        int who = CROWD - 1 - (int)rng_below(&dice, (uint32_t)asked);
        if (!crowd[who].answer[0])
            continue;
        buf_clear(&b);
        go_request(who, &b);
        CHECK(!http_client_write(c, b.at, b.len) && !http_client_read(c, &r));
        again++;
        if (r.status != 200 || strcmp(r.body, crowd[who].answer) != 0)
            snprintf(first_other, sizeof first_other, "again: %d %.200s", r.status, r.body);
        other += r.status != 200 || strcmp(r.body, crowd[who].answer) != 0;
    }
    http_client_close(c);
    buf_release(&b);
}

/* So many answers, and a moment more. */
static void *kill_later(void *us)
{
    struct timespec t = { .tv_nsec = *(long *)us * 1000 };
    while (sem_wait(&enough))
        ;
    nanosleep(&t, NULL);
    kill(server.pid, SIGKILL);
    return NULL;
}

static int run_load(void)
{
    struct http_load load = { .port = server.port,
                              .connections = PHONES,
                              .next = load_next,
                              .done = load_done,
                              .patience_ms = 10000 };
    left_this_life = A_LIFE;
    return http_load_run(&load);
}

static void live_and_die(void)
{
    pthread_t killer;
    long us = (long)rng_below(&dice, 60000);
    ask_again();
    answers_to_come = (int)rng_below(&dice, A_LIFE / 2);
    if (answers_to_come == 0)
        sem_post(&enough);
    CHECK(!pthread_create(&killer, NULL, kill_later, &us));
    int rc = run_load();
    CHECK(!rc || rc == RC_IO);
    if (answers_to_come > 0) /* nobody is left who could go */
        sem_post(&enough);
    pthread_join(killer, NULL);
    waitpid(server.pid, NULL, 0);
}

/* The old number's page, as a phone loads it again, and what is nearer than the number in hand. */
static void pages_lead_there(void)
{
    struct http_client *c = NULL;
    struct http_reply r;
    char target[200];
    int who = 0;
    while (who < CROWD && !crowd[who].answer[0])
        who++;
    if (!slow_expect(who < CROWD, "somebody went (else: %s)", first_other))
        return;
    CHECK(!http_client_open(server.port, &c));
    snprintf(target, sizeof target, "/api/tickets/%s", crowd[who].token);
    CHECK(!http_client_call(c, "GET", target, NULL, NULL, 0, &r));
    const char *went = strstr(r.body, "\"went\":{");
    slow_expect(r.status == 200 && went &&
                    slow_json_i64(went, "id", 0) == slow_json_i64(crowd[who].answer, "id", -1) &&
                    strstr(went, "\"token\":\""),
                "the number given back leads to the place held");
    snprintf(target, sizeof target, "/api/nearby?service=%" PRId64 "&token=%s", bank.bench.service,
             crowd[FIRST - 1].token);
    CHECK(!http_client_call(c, "GET", target, NULL, NULL, 0, &r));
    slow_expect(r.status == 200 && slow_json_i64(r.body, "suggested_id", 0) > 0,
                "who still waits is told of a quicker outlet");
    snprintf(target, sizeof target, "/api/nearby?service=%" PRId64 "&token=nonsense",
             bank.bench.service);
    CHECK(!http_client_call(c, "GET", target, NULL, NULL, 0, &r));
    slow_expect(r.status == 404, "a word that is no number's is refused (%d)", r.status);
    http_client_close(c);
}

int main(int argc, char **argv)
{
    int kills = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 20, done = 0;
    bool up = true;
    rng_seed(&dice, argc > 2 ? strtoull(argv[2], NULL, 10) : 1);
    CHECK(!sem_init(&enough, 0, 0));
    for (int i = 0; i < PHONES; i++)
        on_way[i] = -1;
    snprintf(store, sizeof store, "%s/guide.db", slow_dir());
    make();
    for (; up && done < kills; done++) {
        up = slow_start(&server, store, NULL);
        if (up)
            live_and_die();
        both_or_neither();
    }
    if (up && slow_start(&server, store, NULL)) {
        slow_expect(run_load() == 0, "what was open is answered after the last restart");
        ask_again();
        pages_lead_there();
        int status = slow_end(&server, SIGTERM);
        slow_expect(WIFEXITED(status) && WEXITSTATUS(status) == 0, "the server ends well");
        slow_log_clean(&server);
    }
    both_or_neither();
    slow_expect(done == kills && resumed > 0, "%d kills, %" PRId64 " goings were on their way",
                done, resumed);
    slow_expect(gone > kills, "%" PRId64 " went, %" PRId64 " stayed: no longer quicker", gone,
                stayed);
    slow_expect(halves == 0, "both or neither after each kill (%" PRId64 " not)", halves);
    slow_expect(other == 0, "%" PRId64 " asked again: the same answer (%" PRId64 " other: %s)",
                again, other, first_other);
    slow_expect(gone == slow_number(store, "SELECT COUNT(*) FROM ticket WHERE source=6"),
                "as many places are held as answers were given");
    slow_prove(store);
    return slow_finish();
}
