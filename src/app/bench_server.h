/* bench_server.h -- A server of our own for measuring: a bank with tellers, served by a child. */
#ifndef APP_BENCH_SERVER_H
#define APP_BENCH_SERVER_H
#include "base/secret.h"
#include "lobby/lobby.h"
#include <sys/types.h>

enum { BENCH_OUTLETS = 16, BENCH_WINDOWS = 4, BENCH_TELLERS = BENCH_OUTLETS * BENCH_WINDOWS };

struct bench_bank { /* tokens are "Authorization: Bearer" words */
    int64_t outlet[BENCH_OUTLETS];
    int64_t window[BENCH_TELLERS];
    int64_t service;
    char teller[BENCH_TELLERS][TOKEN_TEXT];
    char kiosk[BENCH_OUTLETS][TOKEN_TEXT];
};
/* Makes the store at path with the days open and the tellers at their windows. */
MUST_USE int bench_bank_make(const char *path, struct bench_bank *out, char *error, size_t size);

struct bench_server {
    pid_t pid;
    int port;
    int64_t start_us; /* from fork to the line that says where it listens */
};
/* Starts `piaohao serve` on the store, on a port the system chooses. 0 or RC_IO. */
MUST_USE int bench_server_start(const char *path, struct bench_server *out);
void bench_server_stop(struct bench_server *s);
/* Resident memory of the server in bytes: the present one, and the highest so far. */
/* Processor time the server has used, in microseconds: tells the work apart from the waiting for
 * a machine that others use too. -1: unknown. */
int64_t bench_server_cpu_us(const struct bench_server *s);
void bench_server_memory(const struct bench_server *s, int64_t *now, int64_t *most);
#endif
