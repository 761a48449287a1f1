/* cli_shift.h -- What the verbs of shifts and rosters share. */
#ifndef APP_CLI_SHIFT_H
#define APP_CLI_SHIFT_H
#include "app/cli.h"
#include "base/arena.h"
#include "plan/milp.h"

int shift_print(struct cli *c, struct buf *b);
void shift_clock(int open_s, double minutes, char out[16]);
/* Ctrl-C takes the best so far; a second one ends the program. */
void shift_interruptible(void);
bool shift_watch(void *ctx, const struct milp_progress *p); /* ctx: what is being solved */
void shift_watch_end(void);
bool shift_stopped(void);
int bench_roster(struct cli *c);
const char *shift_state(enum milp_state s);
#endif
