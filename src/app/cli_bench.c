/* cli_bench.c -- bench: how fast, on this machine, beside the machine's own limits. */
#include "app/cli.h"

static const struct cli_flag lobby_flags[] = {
    { "seconds", "N", "how long the connections hammer (10)" },
    { "outlets", "N", "outlets of the replayed day (1000)" },
    { "tickets", "N", "tickets an outlet (300)" },
};

static const struct cli_flag ledger_flags[] = {
    { "seconds", "N", "each run (10)" },
    { "group", "N,N", "transfers a commit (256,2048)" },
    { "accounts", "N", "customers' accounts (100000)" },
    { "skew", "S", "Zipf's exponent of the skewed runs; 0: none (0.99)" },
    { "layout", "L", "fast or plain (fast)" },
    { "transfers", "N", "booked before anything is measured, in a file (0)" },
    { "only", "PART", "groups, start or http: that alone" },
};

static const struct cli_flag dayend_flags[] = {
    { "accounts", "N", "customers' accounts (100000)" },
};

static const struct cli_flag check_flags[] = {
    { "transfers", "N", "how many are booked (500000): two lines each" },
    { "accounts", "N", "customers' accounts (20000)" },
    { "layout", "L", "fast or plain (fast)" },
};

static const struct cli_flag statement_flags[] = {
    { "lines", "N", "of the account, over seven years (20000)" },
    { "layout", "L", "fast or plain (both)" },
};
const struct cli_verb cli_bench_verbs[] = {
    { "bench dayend", NULL, "an ordinary day's end and a quarter's settlement, step by step",
      dayend_flags, COUNT(dayend_flags), 0, 0, NULL, bench_dayend },
    { "bench lobby", NULL, "tickets a second, boards, a day of a thousand outlets, starting",
      lobby_flags, COUNT(lobby_flags), 0, 0, NULL, bench_lobby },
    { "bench ledger", NULL, "transfers a second, durable, beside what the disk can do",
      ledger_flags, COUNT(ledger_flags), 0, 0, NULL, bench_ledger },
    { "bench check", NULL, "seconds of each proof on a million lines, fast, plain or a server's",
      check_flags, COUNT(check_flags), 0, 0, NULL, bench_check },
    { "bench statement", NULL, "processor time of a long statement, in every format and layout",
      statement_flags, COUNT(statement_flags), 0, 0, NULL, bench_statement },
};
const size_t cli_bench_verbs_count = COUNT(cli_bench_verbs);
