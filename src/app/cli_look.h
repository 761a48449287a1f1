/* cli_look.h -- A snapshot of the store for a verb that only reads, beside a server too. */
#ifndef APP_CLI_LOOK_H
#define APP_CLI_LOOK_H
#include "app/bank.h"
#include "app/cli.h"

struct cli_look {
    struct bank b;
    struct call c;
};
/* CLI_DONE; or the status of what was said, and there is nothing to close. */
int cli_look_open(struct cli *c, int64_t now_us, size_t memory, struct cli_look *l);
/* Says what the result code means; CLI_DONE for 0. */
int cli_look_close(struct cli *c, struct cli_look *l, int rc);
/* The bank's name on paper: configured, the demo's, or the program's. */
const char *cli_bank_name(const struct cli *c, const struct cli_look *l, bool english);
#endif
