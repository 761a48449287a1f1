/* slow.h -- What the tests of the whole program share: a real `piaohao serve`, counting, proofs.
 *
 * The binary is $PIAOHAO_BIN, or the one beside the folder this program lies in. */
#ifndef TEST_SLOW_SLOW_H
#define TEST_SLOW_SLOW_H
#include "app/bench_server.h"
#include "http/http_client.h"
#include "store/db.h"

/* Counts one expectation and prints it: always when it fails, and when it holds once a text. */
bool slow_expect(bool holds, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int slow_finish(void);          /* prints `N passed, N failed`; the exit status */
const char *slow_dir(void);     /* a fresh directory, removed by slow_finish() */
const char *slow_binary(void);  /* the program under test */
bool slow_sanitized(void);      /* it is an ASan build: slower, larger */
double slow_seconds(void);      /* since the program began */
void slow_sleep_ms(int64_t ms); /* only where time itself is the test's matter */

/* A bank whose windows all have a teller (bench_bank_make), a floor manager and an administrator.
 * Near midnight in China it waits until
 * the new day has begun: a day that ends in the middle would be closed by its own job. */
struct slow_bank {
    struct bench_bank bench;
    char floor[TOKEN_TEXT], admin[TOKEN_TEXT];
};
void slow_bank(const char *path, struct slow_bank *out);
void slow_new_day(void); /* near midnight in China: waits for it */

struct slow_server {
    pid_t pid;
    int port; /* 0: it did not say one */
    char log[300];
};
/* Forks `piaohao serve --db PATH --port 0 --json MORE...`; its log goes to a file. before, if any,
 * runs in the child. Does not wait. */
void slow_launch(struct slow_server *s, const char *path, const char *const *more,
                 void (*before)(void), int *line_fd);
/* Waits for the line that says the port. False: it ended without one. */
bool slow_wait(struct slow_server *s, int line_fd);
bool slow_start(struct slow_server *s, const char *path, const char *const *more);
/* Signals it and gives what waitpid said. SIGTERM: it has 15 s to end by itself. */
int slow_end(struct slow_server *s, int signal);
/* Resident bytes, now and the highest so far. */
void slow_memory(const struct slow_server *s, int64_t *now, int64_t *most);
/* Nothing in its log that it must not say: a failed CHECK, a sanitizer's finding. */
void slow_log_clean(const struct slow_server *s);

/* Every proof over a store that nobody serves: chains, lobby, the file itself; `piaohao check`. */
void slow_prove(const char *path);
/* One number of a store, read beside its server. */
int64_t slow_number(const char *path, const char *sql);
int64_t slow_turnover(const char *path); /* all debits of the yuan, as the trial balance has them */
#define SLOW_TRANSFERS                                                                        \
    "SELECT CAST(SUM(n) AS BIGINT) FROM (SELECT COUNT(*) AS n FROM ledger_transfer UNION ALL" \
    " SELECT n FROM ledger_chunk) AS x"

/* One keyed write as a teller or kiosk; the reply is borrowed until the client's next use. */
struct slow_write {
    const char *target, *token, *key, *body;
    bool minimal; /* Prefer: return=minimal */
};
void slow_write_bytes(const struct slow_write *w, struct buf *out);
int slow_post(struct http_client *c, const struct slow_write *w, struct http_reply *out);
/* The number behind "name": in a JSON text, or otherwise. */
int64_t slow_json_i64(const char *json, const char *name, int64_t otherwise);
/* The value at this share of n values, which are sorted for it. */
int64_t slow_quantile(int64_t *values, size_t n, double share);
#endif
