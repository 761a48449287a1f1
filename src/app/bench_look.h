/* bench_look.h -- What a live look costs (plan/live.h): processor time, members of a JSON text. */
#ifndef APP_BENCH_LOOK_H
#define APP_BENCH_LOOK_H
#include "base/jsonw.h"

/* An invented full lobby, looked at a hundred times. */
void bench_look_lobby(struct jsonw *w, const char *key, int waiting);
/* A day of the demo city after so many days of history: each outlet, each half-hour from 9 to 17.
 * The store is made in /var/tmp. An exit status. */
int bench_look_city(struct jsonw *w, const char *key, int days);
#endif
