/* lease.c -- See lease.h. Ends are in the bank's time; a holder renews well before its end. */
#include "app/lease.h"
#include "app/bank.h"
#include "base/date.h"
#include "base/log.h"
#include "base/secret.h"
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LEASE_US (150 * US_SECOND)
#define RENEW_US (100 * US_SECOND) /* so much of it left: no need to ask */

struct lease {
    struct door *door;
    struct clock *clock;
    bool alone; /* a file: no other process */
    pthread_mutex_t lock;
    uint64_t token;
    int64_t until_us;
    bool held, give_back;
};

static int read_lease(struct db_tx *tx, uint64_t *token, int64_t *until_us)
{
    char text[BANK_VALUE];
    int rc = app_bank_setting_get(tx, "jobs_lease", text);
    if (!rc && sscanf(text, "%" SCNx64 " %" SCNd64, token, until_us) != 2)
        *token = 0, *until_us = 0;
    return rc;
}

int lease_until(struct db_tx *tx, int64_t *until_us)
{
    uint64_t token = 0;
    return read_lease(tx, &token, until_us);
}

static int run_lease(struct call *c, void *order, struct buf *answer)
{
    struct lease *l = order;
    char text[BANK_VALUE];
    uint64_t token = 0;
    int64_t until_us = 0;
    UNUSED(answer);
    int rc = read_lease(c->tx, &token, &until_us);
    if (rc)
        return rc;
    l->held = !token || token == l->token || until_us < c->now_us ||
              until_us > c->now_us + 2 * LEASE_US; /* the holder's clock was far ahead */
    if (!l->held)
        return 0;
    l->until_us = l->give_back ? 0 : c->now_us + LEASE_US;
    snprintf(text, sizeof text, "%" PRIx64 " %" PRId64, l->token, l->until_us);
    return app_bank_setting_put(c->tx, "jobs_lease", text);
}

static int ask(struct lease *l)
{
    static const struct actor the_system = { .kind = ACTOR_SYSTEM };
    return door_write(l->door, the_system, "", run_lease, l, NULL);
}

bool lease_leads(struct lease *l)
{
    if (l->alone)
        return true;
    pthread_mutex_lock(&l->lock);
    int64_t now_us = clock_now_us(l->clock);
    bool had = l->held;
    if (!l->held || l->until_us - now_us < RENEW_US) {
        l->held = false;
        int rc = ask(l);
        if (rc)
            l->held = had && l->until_us > now_us; /* not renewed, but still ours */
        if (!rc && l->held && !had)
            log_line(LOG_INFO, "jobs.lease", "this instance does the jobs");
    }
    bool leads = l->held;
    pthread_mutex_unlock(&l->lock);
    return leads;
}

struct lease *lease_new(struct door *door, struct db *db, struct clock *clock)
{
    struct lease *l = calloc(1, sizeof *l);
    CHECK(l && !pthread_mutex_init(&l->lock, NULL));
    l->door = door;
    l->clock = clock;
    l->alone = !db_is_server(db);
    secret_random(&l->token, sizeof l->token);
    l->token |= 1;
    return l;
}

void lease_free(struct lease *l)
{
    if (!l)
        return;
    if (l->held && !l->alone) {
        l->give_back = true;
        (void)ask(l);
    }
    pthread_mutex_destroy(&l->lock);
    free(l);
}
