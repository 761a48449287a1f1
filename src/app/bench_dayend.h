/* bench_dayend.h -- A store with many customers' accounts before a quarter's settlement. */
#ifndef APP_BENCH_DAYEND_H
#define APP_BENCH_DAYEND_H
#include "app/bank.h"
#include "base/date.h"

/* A new store at path: accounts with money and movements, a tenth with a standing order due on
 * the settlement day, some with fees; its business date is the day before that, *settlement. */
MUST_USE int bench_dayend_make(const char *path, int64_t accounts, date *settlement, char *error,
                               size_t size);
#endif
