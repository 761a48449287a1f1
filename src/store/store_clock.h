/* store_clock.h -- The monotonic clock, for measuring and for waiting; never for a row: what is
 * written gets its instant from struct call. */
#ifndef STORE_STORE_CLOCK_H
#define STORE_STORE_CLOCK_H
#include <stdint.h>
#include <time.h>

static inline int64_t store_clock_us(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* For pthread_cond_timedwait on a condition that counts with CLOCK_MONOTONIC. */
static inline struct timespec store_clock_after(int seconds)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    t.tv_sec += seconds;
    return t;
}
static inline struct timespec store_clock_after_ms(int ms)
{
    struct timespec t = store_clock_after(ms / 1000);
    t.tv_nsec += (long)(ms % 1000) * 1000000;
    t.tv_sec += t.tv_nsec / 1000000000;
    t.tv_nsec %= 1000000000;
    return t;
}
#endif
