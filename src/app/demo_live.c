/* demo_live.c -- See demo_live.h. */
#include "app/demo_live.h"
#include "app/demo.h"
#include "app/demo_sim.h"
#include "app/together.h"
#include "base/json.h"
#include "base/log.h"
#include "branch/demo_city.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct demo_live {
    struct sim *sims;
    date day;
    uint64_t seed;
    struct door *door;
    struct clock *clock;
    void (*skipped)(void *ctx);
    void *ctx;
};

static const double first_volume = 1.15;
enum { BUSY_S = 10 * 3600 + 600, BOOK_S = 5 * 3600, MORNING_S = 8 * 3600 + 1500, STEPS = 100 };

static int read_number(struct db_tx *tx, const char *name, int64_t otherwise, int64_t *out)
{
    char text[BANK_VALUE];
    int rc = app_bank_setting_get(tx, name, text);
    *out = *text ? strtoll(text, NULL, 10) : otherwise;
    return rc;
}

/* The day goes on where the server stopped. */
static int resume(struct call *c, void *ctx)
{
    struct demo_live *l = ctx;
    int rc = 0;
    for (int i = 0; !rc && i < DEMO_OUTLETS; i++)
        rc = sim_begin(c, &l->sims[i], l->day, c->now_us, l->seed);
    return rc;
}

/* A day of the past is acted out as history is, a work day's morning too. */
static int catch_up(struct demo_live *l, struct bank *b, int64_t *start_us)
{
    int rc = 0;
    while (!rc && !branch_is_work_day(branch_calendar(l->day))) {
        rc = demo_run_day(b, l->sims, l->day, INT64_MAX, l->seed);
        l->day.days++;
    }
    *start_us = date_instant(l->day, BUSY_S);
    return rc ? rc : demo_run_day(b, l->sims, l->day, *start_us, l->seed);
}

int demo_live_open(struct bank *b, int64_t machine_us, struct demo_live **out, int64_t *start_us)
{
    struct demo_live *l = calloc(1, sizeof *l);
    struct db_tx *tx = NULL;
    int64_t stood = 0, next = 0, seed = 0;
    CHECK(l);
    *out = l;
    int rc = db_read(b->db, &tx);
    if (!rc)
        rc = read_number(tx, "demo_now_us", 0, &stood);
    if (!rc)
        rc = read_number(tx, "demo_next_day", date_of_instant(machine_us).days, &next);
    if (!rc)
        rc = read_number(tx, "demo_seed", 1, &seed);
    db_read_done(&tx);
    if (!rc)
        rc = demo_sims_open(b, &l->sims);
    if (rc)
        return rc;
    l->seed = (uint64_t)seed;
    l->sims[0].volume = first_volume; /* where visitors look: a lobby with people in it */
    l->day = stood ? date_of_instant(stood) : (date){ (int32_t)next };
    int second = date_second_of_day(stood);
    if (stood && second >= MORNING_S && second < 20 * 3600) {
        *start_us = stood + 61 * US_SECOND; /* it is saved once a minute */
        rc = app_bank_write(b, *start_us, resume, l);
    } else {
        l->day.days += stood && second >= MORNING_S;
        rc = catch_up(l, b, start_us);
    }
    for (int i = 0; i < DEMO_OUTLETS; i++)
        l->sims[i].careful = true;
    return rc;
}

void demo_live_attach(struct demo_live *l, struct door *door, struct clock *clock,
                      void (*skipped)(void *ctx), void *ctx)
{
    l->door = door;
    l->clock = clock;
    l->skipped = skipped;
    l->ctx = ctx;
}

void demo_live_free(struct demo_live *l)
{
    if (!l)
        return;
    demo_sims_free(l->sims);
    free(l);
}

/* ---- on the writer's thread ---- */

static int run_step(struct call *c, void *order, struct buf *answer)
{
    struct sim *s = order;
    UNUSED(answer);
    if (sim_next_us(s) > c->now_us) /* asked again after a fault: it has been done */
        return 0;
    return sim_step(c, s);
}

struct morning {
    struct demo_live *live;
    struct sim *sim;
};

static int run_book(struct call *c, void *order, struct buf *answer)
{
    struct morning *m = order;
    UNUSED(answer);
    int rc = sim_begin(c, m->sim, m->live->day, 0, m->live->seed);
    return rc ? rc : sim_book(c, m->sim);
}

/* ---- on the jobs' thread ---- */

/* Everybody has gone home: the clock goes over the night. */
static void next_morning(struct demo_live *l)
{
    struct morning mornings[DEMO_OUTLETS];
    void *orders[DEMO_OUTLETS];
    int rcs[DEMO_OUTLETS];
    l->day.days++;
    clock_demo_skip(l->clock, date_instant(l->day, BOOK_S));
    for (int i = 0; i < DEMO_OUTLETS; i++) {
        mornings[i] = (struct morning){ l, &l->sims[i] };
        orders[i] = &mornings[i];
    }
    door_together(l->door, run_book, orders, DEMO_OUTLETS, rcs);
    for (int i = 0; i < DEMO_OUTLETS; i++)
        if (rcs[i] && rcs[i] != RC_STOPPING)
            log_line(LOG_WARN, "demo.morning", "outlet %d: %d", i + 1, rcs[i]);
    clock_demo_skip(l->clock, date_instant(l->day, MORNING_S));
    l->skipped(l->ctx);
}

void demo_live_step(void *ctx, int64_t now_us)
{
    struct demo_live *l = ctx;
    bool all_over = true;
    for (int turn = 0; turn < STEPS; turn++) {
        void *due[DEMO_OUTLETS];
        int rcs[DEMO_OUTLETS], n = 0;
        for (int i = 0; i < DEMO_OUTLETS; i++)
            if (sim_next_us(&l->sims[i]) <= now_us)
                due[n++] = &l->sims[i];
        if (n == 0)
            break;
        door_together(l->door, run_step, due, n, rcs);
        for (int i = 0; i < n; i++) {
            if (rcs[i] == RC_STOPPING)
                return;
            if (rcs[i] < 0)
                log_line(LOG_WARN, "demo.step", "%s: %d",
                         demo_outlets[((struct sim *)due[i])->at].code, rcs[i]);
        }
    }
    for (int i = 0; i < DEMO_OUTLETS; i++)
        all_over = all_over && l->sims[i].over;
    if (all_over)
        next_morning(l);
}

/* The first kiosk's and the first board's token. */
static void tell_devices(const char *origin, const char *devices)
{
    struct json_doc *d = NULL;
    char error[80];
    if (!*devices || json_parse(devices, strlen(devices), &d, error, sizeof error))
        return;
    for (size_t i = 0; i < 2; i++) {
        struct json_node *n = json_item(json_root(d), i);
        const char *role = NULL, *token = NULL;
        json_want_text(d, n, "role", 16, &role);
        json_want_text(d, n, "token", 64, &token);
        if (role && token)
            printf("  %-9s %s/%s.html#device=%s\n", role, origin, role, token);
    }
    json_free(d);
}

void demo_live_tell(const char *origin, const char *devices)
{
    printf("\n  示范银行，密码都是 demo / demo bank, every password is: demo\n");
    for (size_t i = 0; i < demo_accounts_count; i++)
        printf("  %-9s %s / %s\n", demo_accounts[i].username, demo_accounts[i].what_zh,
               demo_accounts[i].what_en);
    tell_devices(origin, devices);
}
