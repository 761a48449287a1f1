/* store_bench.h -- What this machine's disk and SQLite can do at most, and what the door makes of
 * it, so that every other figure can be read as a share of the possible. */
#ifndef STORE_STORE_BENCH_H
#define STORE_STORE_BENCH_H
#include "base/jsonw.h"
#include "base/rc.h"

/* Works with files of its own in folder (removed again) for about 8 seconds; writes into the open
 * JSON object: fsync {per_second, p50_us, p99_us}, sqlite [{group, rows_per_second}], door
 * {submitters, orders_per_second, p50_us, p99_us, max_us, group_mean}, event {us_each}. */
/* The disk and bare SQLite alone, rows appended in groups of groups[0..n): for 1 + n seconds. */
MUST_USE int store_bench_disk(const char *folder, const int *groups, int n, struct jsonw *w);
MUST_USE int store_bench(const char *folder, struct jsonw *w);
#endif
