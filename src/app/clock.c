/* clock.c -- See clock.h. */
#include "app/clock.h"
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

struct clock {
    pthread_mutex_t lock;
    bool demo, paused;
    int speed;
    int64_t base_us, base_machine_us; /* the demo's: bank's and machine's time at the last change */
    int64_t last_us;                  /* the last one given */
    int64_t (*machine_us)(void *ctx);
    void *ctx;
};

static int64_t clock_read(clockid_t which)
{
    struct timespec t;
    clock_gettime(which, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int64_t wall_us(void *ctx)
{
    UNUSED(ctx);
    return clock_read(CLOCK_REALTIME);
}

static int64_t monotonic_us(void *ctx)
{
    UNUSED(ctx);
    return clock_read(CLOCK_MONOTONIC);
}

static struct clock *clock_new(int64_t (*machine_us)(void *ctx), void *ctx)
{
    struct clock *c = calloc(1, sizeof *c);
    CHECK(c);
    CHECK(!pthread_mutex_init(&c->lock, NULL));
    c->machine_us = machine_us;
    c->ctx = ctx;
    c->speed = 1;
    return c;
}

struct clock *clock_real(void)
{
    return clock_new(wall_us, NULL);
}

struct clock *clock_demo(int64_t start_us, int speed, int64_t (*machine_us)(void *ctx), void *ctx)
{
    struct clock *c = clock_new(machine_us ? machine_us : monotonic_us, ctx);
    CHECK(speed >= 1 && speed <= 60);
    c->demo = true;
    c->speed = speed;
    c->base_us = start_us;
    c->last_us = start_us - 1;
    c->base_machine_us = c->machine_us(c->ctx);
    return c;
}

void clock_free(struct clock *c)
{
    if (!c)
        return;
    pthread_mutex_destroy(&c->lock);
    free(c);
}

static int64_t now_locked(struct clock *c)
{
    int64_t machine = c->machine_us(c->ctx);
    int64_t now = !c->demo    ? machine
                  : c->paused ? c->base_us
                              : c->base_us + (machine - c->base_machine_us) * c->speed;
    if (now <= c->last_us)
        now = c->last_us + 1;
    c->last_us = now;
    return now;
}

int64_t clock_now_us(void *clock)
{
    struct clock *c = clock;
    pthread_mutex_lock(&c->lock);
    int64_t now = now_locked(c);
    pthread_mutex_unlock(&c->lock);
    return now;
}

bool clock_is_demo(struct clock *c)
{
    return c->demo;
}

void clock_demo_get(struct clock *c, int *speed, bool *paused)
{
    pthread_mutex_lock(&c->lock);
    *speed = c->speed;
    *paused = c->paused;
    pthread_mutex_unlock(&c->lock);
}

void clock_demo_set(struct clock *c, int speed, bool paused)
{
    CHECK(c->demo && speed >= 1 && speed <= 60);
    pthread_mutex_lock(&c->lock);
    c->base_us = now_locked(c);
    c->base_machine_us = c->machine_us(c->ctx);
    c->speed = speed;
    c->paused = paused;
    pthread_mutex_unlock(&c->lock);
}

void clock_demo_skip(struct clock *c, int64_t to_us)
{
    CHECK(c->demo);
    pthread_mutex_lock(&c->lock);
    if (to_us > now_locked(c)) {
        c->base_us = to_us;
        c->base_machine_us = c->machine_us(c->ctx);
    }
    pthread_mutex_unlock(&c->lock);
}
