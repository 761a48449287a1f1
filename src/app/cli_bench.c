/* cli_bench.c -- bench: how fast, on this machine, beside the machine's own limits. */
#include "app/cli.h"

static const struct cli_flag lobby_flags[] = {
    { "seconds", "N", "how long the connections hammer (10)" },
    { "outlets", "N", "outlets of the replayed day (1000)" },
    { "tickets", "N", "tickets an outlet (300)" },
};

const struct cli_verb cli_bench_verbs[] = {
    { "bench lobby", NULL, "tickets a second, boards, a day of a thousand outlets, starting",
      lobby_flags, COUNT(lobby_flags), 0, 0, NULL, bench_lobby },
};
const size_t cli_bench_verbs_count = COUNT(cli_bench_verbs);
