/* closer.c -- See closer.h. */
#include "app/closer.h"
#include "app/lease.h"
#include "cash/cash.h"
#include "base/log.h"
#include "ledger/ledger_books.h"
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LOOK_MS = 1000, AFTER_FAULT_MS = 30000, PROOF_MEMORY = 256 << 20 };

/* ---- one day ---- */

struct work {
    date day;
    struct dayend *d;
    bool more;
    bool good;
    char text[200];
    const char *despite;
    char *why;
};

static int run_begin(struct call *c, void *order, struct buf *answer)
{
    struct work *w = order;
    struct dayend *last;
    int n = 0;
    UNUSED(answer);
    int rc = dayend_list(c, 1, &last, &n);
    bool begun = !rc && n && last[0].step < DAYEND_DONE;
    if (!rc)
        rc = dayend_begin(c, w->day, w->d);
    if (!rc && !begun && w->despite)
        rc = cash_day_pass(c, w->despite);
    if (!rc && !begun) /* a refusal takes the beginning back, too */
        rc = cash_day_ready(c);
    snprintf(w->why, 160, "%s", rc > 0 ? c->detail : "");
    return rc;
}

static int run_chunk(struct call *c, void *order, struct buf *answer)
{
    struct work *w = order;
    UNUSED(answer);
    return dayend_run(c, w->d, &w->more);
}

static int run_proved(struct call *c, void *order, struct buf *answer)
{
    struct work *w = order;
    UNUSED(answer);
    return dayend_proved(c, w->d->day, w->good, w->text);
}

/* On one snapshot: the books balance, each job of the day end was done once. */
static int prove(const struct closing *k, struct work *w)
{
    static int (*const proofs[])(struct call *, int64_t *, int64_t *, char *,
                                 size_t) = { ledger_check_books, dayend_check };
    struct call c = { .now_us = k->now_us };
    int rc = db_read(k->db, &c.tx);
    if (rc)
        return rc;
    c.arena = arena_new(PROOF_MEMORY);
    w->good = true;
    snprintf(w->text, sizeof w->text, "ok");
    for (size_t i = 0; !rc && w->good && i < COUNT(proofs); i++) {
        int64_t count = 0, bad = 0;
        char text[200] = "";
        rc = proofs[i](&c, &count, &bad, text, sizeof text);
        if (!rc && bad) {
            w->good = false;
            snprintf(w->text, sizeof w->text, "%.199s", *text ? text : "not as it must be");
        }
    }
    db_read_done(&c.tx);
    arena_free(c.arena);
    return rc;
}

int closing_run(const struct closing *k, date day, struct dayend *out, char why[160])
{
    struct work w = { .day = day, .d = out, .more = true, .despite = k->despite, .why = why };
    int rc = k->write(k->ctx, run_begin, &w);
    while (!rc && w.more) {
        rc = k->write(k->ctx, run_chunk, &w);
        if (!rc && k->go_on && !k->go_on(k->ctx, out))
            return RC_STOPPING;
    }
    if (!rc)
        rc = prove(k, &w);
    if (!rc)
        rc = k->write(k->ctx, run_proved, &w);
    if (!rc) {
        out->step = DAYEND_DONE;
        out->proven = w.good;
        memcpy(out->text, w.text, sizeof out->text);
    }
    return rc;
}

/* ---- the thread of a served bank ---- */

struct closer {
    struct closer_settings s;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t news;
    atomic_bool stopping;
};

static int write_door(void *ctx, door_run *run, void *order)
{
    static const struct actor the_system = { .kind = ACTOR_SYSTEM };
    struct closer *k = ctx;
    return door_write(k->s.door, the_system, "", run, order, NULL);
}

static bool go_on(void *ctx, const struct dayend *d)
{
    struct closer *k = ctx;
    UNUSED(d);
    return !k->stopping;
}

/* Is a day to be closed now: begun, asked for, missed, or at its cut-off? */
static int is_due(struct closer *k, int64_t now_us, bool *due)
{
    struct call c = { .now_us = now_us };
    struct deposit_settings set;
    struct dayend *last;
    date business, civil = date_of_instant(now_us);
    bool asked = false;
    int n = 0, rc = db_read(k->s.db, &c.tx);
    if (rc)
        return rc;
    c.arena = arena_new(1 << 20);
    rc = ledger_day(&c, &business);
    if (!rc)
        rc = deposit_settings_get(&c, &set);
    if (!rc)
        rc = dayend_list(&c, 1, &last, &n);
    if (!rc)
        rc = dayend_asked(&c, &asked);
    db_read_done(&c.tx);
    if (!rc)
        *due = (n && last[0].step < DAYEND_DONE) || asked || business.days < civil.days ||
               (business.days == civil.days && date_second_of_day(now_us) >= set.cut_off_s);
    arena_free(c.arena);
    return rc;
}

static int look(struct closer *k)
{
    struct dayend d = { .day = { 0 } };
    char why[160] = "", text[DATE_TEXT];
    bool due = false;
    int64_t now_us = clock_now_us(k->s.clock);
    int rc = is_due(k, now_us, &due);
    if (rc || !due || !lease_leads(k->s.lease))
        return rc;
    const struct closing closing = {
        .write = write_door, .ctx = k, .db = k->s.db, .now_us = now_us, .go_on = go_on
    };
    rc = closing_run(&closing, (date){ 0 }, &d, why);
    if (rc == RC_STOPPING)
        return 0;
    date_print(d.day, text);
    if (rc > 0)
        log_line(LOG_INFO, "dayend", "not now: %d %s", rc, why);
    else if (!rc)
        log_line(d.proven ? LOG_INFO : LOG_ERROR, "dayend", "%s closed, proofs: %s", text, d.text);
    return rc;
}

static void *closer_main(void *arg)
{
    struct closer *k = arg;
    pthread_mutex_lock(&k->lock);
    while (!k->stopping) {
        pthread_mutex_unlock(&k->lock);
        int rc = look(k);
        if (rc < 0)
            log_line(LOG_WARN, "dayend", "fault %d", rc);
        struct timespec t;
        clock_gettime(CLOCK_MONOTONIC, &t);
        int64_t ns = t.tv_nsec + (int64_t)(rc ? AFTER_FAULT_MS : LOOK_MS) * 1000000;
        t.tv_sec += ns / 1000000000;
        t.tv_nsec = ns % 1000000000;
        pthread_mutex_lock(&k->lock);
        if (!k->stopping)
            pthread_cond_timedwait(&k->news, &k->lock, &t);
    }
    pthread_mutex_unlock(&k->lock);
    return NULL;
}

int closer_start(const struct closer_settings *s, struct closer **out)
{
    struct closer *k = calloc(1, sizeof *k);
    pthread_condattr_t a;
    CHECK(k);
    k->s = *s;
    CHECK(!pthread_condattr_init(&a) && !pthread_condattr_setclock(&a, CLOCK_MONOTONIC));
    CHECK(!pthread_mutex_init(&k->lock, NULL) && !pthread_cond_init(&k->news, &a));
    pthread_condattr_destroy(&a);
    *out = k;
    if (!pthread_create(&k->thread, NULL, closer_main, k))
        return 0;
    free(k);
    *out = NULL;
    return RC_IO;
}

void closer_stop(struct closer *k)
{
    if (!k)
        return;
    pthread_mutex_lock(&k->lock);
    k->stopping = true;
    pthread_cond_signal(&k->news);
    pthread_mutex_unlock(&k->lock);
    pthread_join(k->thread, NULL);
    pthread_cond_destroy(&k->news);
    pthread_mutex_destroy(&k->lock);
    free(k);
}
