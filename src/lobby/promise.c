/* promise.c -- Shares within T, their intervals, and the summary of waits.
 *
 * Wilson 1927 for counts; Kaplan-Meier 1958 with Greenwood's variance on the log(-log S) scale
 * (Kalbfleisch and Prentice) for censored waits. */
#include "lobby/promise.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/date.h"

#include "base/banned.h"

#define Z95 1.959963984540054 /* the 97.5 % point of the normal distribution */

const int wait_bucket_minutes[WAIT_BUCKETS - 1] = { 3, 5, 10, 15, 20, 30 };

const char *promise_code(enum promise_definition d)
{
    static const char *const code[PROMISE_DEFINITIONS] = { "served", "own_time", "abandon_fails",
                                                           "drop_early", "kaplan_meier" };
    CHECK((unsigned)d < PROMISE_DEFINITIONS);
    return code[d];
}

const char *promise_name(enum promise_definition d, bool english)
{
    static const char *const zh[PROMISE_DEFINITIONS] = {
        "只计已办理的客户",
        "弃号者按其等候时长计",
        "弃号一律算未达标",
        "时限前弃号者不计，时限后弃号算未达标",
        "弃号按删失处理（Kaplan-Meier）",
    };
    static const char *const en[PROMISE_DEFINITIONS] = {
        "served only",
        "all, those who gave up by their own time",
        "giving up is a failure",
        "gave up after T: failure; before T: not counted",
        "giving up is censoring (Kaplan-Meier)",
    };
    CHECK((unsigned)d < PROMISE_DEFINITIONS);
    return english ? en[d] : zh[d];
}

struct share share_wilson(int64_t kept, int64_t of)
{
    CHECK(kept >= 0 && kept <= of);
    if (of == 0)
        return (struct share){ .value = NAN, .low = NAN, .high = NAN };
    double n = (double)of, p = (double)kept / n, z2 = Z95 * Z95;
    double middle = (p + z2 / (2 * n)) / (1 + z2 / n);
    double half = Z95 / (1 + z2 / n) * sqrt(p * (1 - p) / n + z2 / (4 * n * n));
    return (struct share){
        .kept = kept,
        .of = of,
        .value = p,
        .low = kept == 0 ? 0 : fmax(0, middle - half),
        .high = kept == of ? 1 : fmin(1, middle + half),
    };
}

/* By time; at the same time calls come before those who gave up or still wait. */
static int compare_waits(const void *a, const void *b)
{
    const struct wait *x = a, *y = b;
    if (x->us != y->us)
        return x->us < y->us ? -1 : 1;
    return (x->end != WAIT_SERVED) - (y->end != WAIT_SERVED);
}

static struct share kaplan_meier(const struct wait *waits, size_t n, int64_t t_us,
                                 struct arena *arena)
{
    if (n == 0)
        return share_wilson(0, 0);
    struct wait *sorted = arena_alloc(arena, n * sizeof *sorted);
    memcpy(sorted, waits, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, compare_waits);
    struct share s = { .of = (int64_t)n };
    double survive = 1, greenwood = 0;
    for (size_t i = 0; i < n && sorted[i].us <= t_us;) {
        size_t j = i, called = 0;
        for (; j < n && sorted[j].us == sorted[i].us; j++)
            called += sorted[j].end == WAIT_SERVED;
        double risk = (double)(n - i), events = (double)called;
        survive *= 1 - events / risk;
        if (called < n - i)
            greenwood += events / (risk * (risk - events));
        s.kept += (int64_t)called;
        i = j;
    }
    s.value = 1 - survive;
    if (s.kept == 0 || survive <= 0) { /* no curve to take a variance of: all or nobody */
        struct share ends = share_wilson(s.kept == 0 ? 0 : s.of, s.of);
        s.low = ends.low;
        s.high = ends.high;
        return s;
    }
    double spread = exp(Z95 * sqrt(greenwood) / fabs(log(survive)));
    s.low = 1 - pow(survive, 1 / spread);
    s.high = 1 - pow(survive, spread);
    return s;
}

struct share promise_share(const struct wait *waits, size_t n, int64_t t_us,
                           enum promise_definition d, struct arena *arena)
{
    CHECK((unsigned)d < PROMISE_DEFINITIONS);
    if (d == PROMISE_KAPLAN_MEIER)
        return kaplan_meier(waits, n, t_us, arena);
    int64_t served = 0, served_in = 0, gave_up = 0, gave_up_in = 0, late = 0;
    for (size_t i = 0; i < n; i++) {
        bool within = waits[i].us <= t_us;
        served += waits[i].end == WAIT_SERVED;
        served_in += waits[i].end == WAIT_SERVED && within;
        gave_up += waits[i].end == WAIT_ABANDONED;
        gave_up_in += waits[i].end == WAIT_ABANDONED && within;
        late += waits[i].end == WAIT_STILL && !within; /* waits on, but T has passed already */
    }
    switch (d) {
    case PROMISE_OWN_TIME:
        return share_wilson(served_in + gave_up_in, served + gave_up + late);
    case PROMISE_ABANDON_FAILS:
        return share_wilson(served_in, served + gave_up + late);
    case PROMISE_DROP_EARLY:
        return share_wilson(served_in, served + gave_up - gave_up_in + late);
    case PROMISE_SERVED:
    case PROMISE_KAPLAN_MEIER:
    case PROMISE_DEFINITIONS:
        break;
    }
    return share_wilson(served_in, served);
}

const char *verdict_code(enum verdict v)
{
    static const char *const code[] = { "none", "met", "not_met", "unsure" };
    CHECK((unsigned)v < COUNT(code));
    return code[v];
}

enum verdict promise_verdict(struct share s, int goal_ppm)
{
    if (s.of == 0 || isnan(s.value))
        return VERDICT_NONE;
    /* counts are compared as integers: 19 of 20 meets 95 % whatever the rounding of 0.95 */
    bool by_counts = fabs(s.value - (double)s.kept / (double)s.of) < 1e-12;
    bool met = by_counts ? (__int128)s.kept * 1000000 >= (__int128)s.of * goal_ppm
                         : s.value * 1e6 >= goal_ppm;
    return met ? VERDICT_MET : VERDICT_NOT_MET;
}

bool promise_sure(struct share s, int goal_ppm)
{
    if (s.of == 0 || isnan(s.low) || isnan(s.high))
        return false;
    return s.low * 1e6 >= goal_ppm || s.high * 1e6 < goal_ppm;
}

static int compare_i64(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* The smallest value with at least permille/1000 of all at or below it. */
static int64_t nearest_rank(const int64_t *sorted, int64_t n, int64_t permille)
{
    if (n == 0)
        return 0;
    int64_t rank = (n * permille + 999) / 1000;
    return sorted[rank > 0 ? rank - 1 : 0];
}

static int bucket_of(int64_t us)
{
    int b = 0;
    while (b < WAIT_BUCKETS - 1 && us > wait_bucket_minutes[b] * US_MINUTE)
        b++;
    return b;
}

void wait_summarise(const struct wait *waits, size_t n, struct arena *arena,
                    struct wait_summary *out)
{
    *out = (struct wait_summary){ .n = (int64_t)n, .mean_s = NAN };
    if (n == 0)
        return;
    int64_t *served = arena_alloc(arena, n * sizeof *served);
    double sum_s = 0;
    for (size_t i = 0; i < n; i++) {
        out->abandoned += waits[i].end == WAIT_ABANDONED;
        out->still += waits[i].end == WAIT_STILL;
        if (waits[i].end != WAIT_SERVED)
            continue;
        served[out->served++] = waits[i].us;
        sum_s += (double)waits[i].us / 1e6;
        out->bucket[bucket_of(waits[i].us)]++;
        out->within_5min += waits[i].us <= 5 * US_MINUTE;
    }
    if (out->served == 0)
        return;
    qsort(served, (size_t)out->served, sizeof *served, compare_i64);
    out->mean_s = sum_s / (double)out->served;
    out->median_us = nearest_rank(served, out->served, 500);
    out->p90_us = nearest_rank(served, out->served, 900);
    out->p95_us = nearest_rank(served, out->served, 950);
    out->p99_us = nearest_rank(served, out->served, 990);
    out->max_us = served[out->served - 1];
}
