/* demo_drive.c -- The demo bank's past: each day of each outlet acted out, a transaction a day. */
#include "app/demo.h"
#include "app/demo_books.h"
#include "app/demo_sim.h"
#include "branch/demo_city.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { STEPS_AN_ARENA = 64 };

/* Runs one outlet until an instant (or the end of its day). */
static int run_until(struct call *c, struct sim *s, int64_t until_us)
{
    int rc = 0, steps = 0;
    for (int64_t at = sim_next_us(s); rc >= 0 && at <= until_us && at != SIM_NEVER;
         at = sim_next_us(s)) {
        if (++steps % STEPS_AN_ARENA == 0)
            arena_clear(c->arena);
        if (at > c->now_us)
            c->now_us = at;
        rc = sim_step(c, s);
    }
    return rc < 0 ? rc : 0;
}

struct one_day {
    struct sim *sims;
    date day;
    int64_t until_us;
    uint64_t seed;
};

static int run_day(struct call *c, void *ctx)
{
    struct one_day *d = ctx;
    int missed = 0, rc = 0;
    for (int i = 0; !rc && i < DEMO_OUTLETS; i++) {
        struct sim *s = &d->sims[i];
        rc = sim_begin(c, s, d->day, 0, d->seed);
        if (!rc)
            rc = sim_book(c, s);
        if (!rc)
            rc = run_until(c, s, d->until_us);
        arena_clear(c->arena);
    }
    c->actor = (struct actor){ .kind = ACTOR_SYSTEM };
    int64_t evening_us = date_instant(d->day, 22 * 3600);
    c->now_us = d->until_us < evening_us ? d->until_us : evening_us;
    if (!rc)
        rc = lobby_miss_bookings(c, &missed);
    if (!rc && d->until_us >= evening_us) {
        char text[32];
        snprintf(text, sizeof text, "%d", d->day.days + 1);
        rc = app_bank_setting_put(c->tx, "demo_next_day", text);
    }
    return rc;
}

int demo_run_day(struct bank *b, struct sim *sims, date day, int64_t until_us, uint64_t seed)
{
    struct one_day d = { sims, day, until_us, seed };
    return app_bank_write(b, date_instant(day, 0), run_day, &d);
}

static int open_all(struct call *c, void *ctx)
{
    int rc = 0;
    for (int i = 0; !rc && i < DEMO_OUTLETS; i++)
        rc = sim_open(c, &((struct sim *)ctx)[i], i);
    return rc;
}

int demo_sims_open(struct bank *b, struct sim **out)
{
    *out = calloc(DEMO_OUTLETS, sizeof **out);
    CHECK(*out);
    return app_bank_write(b, 1, open_all, *out);
}

void demo_sims_free(struct sim *sims)
{
    for (int i = 0; sims && i < DEMO_OUTLETS; i++)
        sim_close(&sims[i]);
    free(sims);
}

int demo_history(struct bank *b, const struct demo_settings *s,
                 void (*progress)(int64_t done, int64_t all), struct demo_numbers *out)
{
    struct sim *sims;
    int rc = demo_sims_open(b, &sims);
    *out = (struct demo_numbers){ 0 };
    for (int i = 0; !rc && i < s->days; i++) {
        date day = { s->first.days + i };
        rc = demo_run_day(b, sims, day, INT64_MAX, s->seed);
        if (!rc && s->books)
            rc = demo_books_day(s->books, day);
        out->days++;
        if (progress)
            progress(i + 1, s->days);
    }
    for (int i = 0; i < DEMO_OUTLETS; i++) {
        out->tickets += sims[i].tickets;
        out->steps += sims[i].steps;
    }
    demo_sims_free(sims);
    return rc;
}
