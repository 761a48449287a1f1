/* cli_check.h -- Every proof of a store, one row each. */
#ifndef APP_CLI_CHECK_H
#define APP_CLI_CHECK_H
#include "app/bank.h"

enum { CHECK_PROOFS = 13, CHECK_TEXT = 300 };
struct check_proof {
    const char *name, *what; /* "tickets", what was counted */
    int64_t count, bad;
    int64_t ms;            /* how long it took */
    char text[CHECK_TEXT]; /* "ok", or the first finding */
};
/* All proofs, in the order of the table in cli_check.c. A fault when one could not be tried;
 * bad > 0 is no fault. */
MUST_USE int check_run(struct bank *b, struct check_proof out[CHECK_PROOFS]);
bool check_good(const struct check_proof p[CHECK_PROOFS]);
void check_print(const struct check_proof p[CHECK_PROOFS], const char *store, bool json);
#endif
