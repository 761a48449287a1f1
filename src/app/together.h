/* together.h -- Several orders through the write door at once: they share a commit, so that one
 * turn of the jobs costs one fsync and not one for each outlet. */
#ifndef APP_TOGETHER_H
#define APP_TOGETHER_H
#include "store/door.h"

enum { TOGETHER_MAX = 64 };
/* Submits one order for each of n (at most TOGETHER_MAX) and waits for all. rcs[i]: how it ended.
 * The system asks. */
void door_together(struct door *d, door_run *run, void *const orders[], int n, int rcs[]);
#endif
