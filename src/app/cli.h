/* cli.h -- The command line: one table row a verb, flags from tables, one way to answer.
 *
 * Exit status: 0 done, 1 refused or a finding, 2 usage, 3 a fault. Text for people on standard
 * output, one JSON document with --json; what went wrong on standard error. */
#ifndef APP_CLI_H
#define APP_CLI_H
#include "app/config.h"
#include "base/arena.h"
#include "base/jsonw.h"
#include <stdio.h>

enum cli_exit { CLI_DONE = 0, CLI_FINDING = 1, CLI_USAGE = 2, CLI_FAULT = 3 };
enum { CLI_ARGS_MAX = 8, CLI_FLAGS_MAX = 32 };

struct cli_flag {
    const char *name;  /* "days", given as --days 7 or --days=7 */
    const char *value; /* "N"; NULL: a switch */
    const char *help;
};
struct cli;
struct cli_verb {
    const char *name; /* "serve"; two words are a noun and its verb: "lobby import" */
    const char *args; /* "FILE", or NULL */
    const char *help; /* one line */
    const struct cli_flag *flags;
    size_t n_flags;
    int args_min, args_max;
    const char *keys; /* configuration keys it takes as flags besides db: "port address", or NULL */
    int (*run)(struct cli *c); /* gives the exit status */
};
struct cli {
    const struct cli_verb *verb;
    struct config config;
    bool json;
    const char *args[CLI_ARGS_MAX];
    int n_args;
    struct {
        const char *name, *value;
    } given[CLI_FLAGS_MAX];
    int n_given;
};
const char *cli_flag(struct cli *c, const char *name); /* its value, "" for switches, or NULL */
/* False, after saying so, when the flag is given and no number in the range. */
MUST_USE bool cli_number(struct cli *c, const char *name, int64_t min, int64_t max, int64_t *out);
/* Says on standard error why; gives the status back: return cli_fail(CLI_FAULT, ...). */
int cli_fail(int status, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The exit status of a result code, after saying it: 1 for a refusal, 3 for a fault. */
int cli_rc(int rc, const char *what, const char *detail);
/* Progress of a job that takes longer than a second: one line on a terminal, nothing elsewhere. */
void cli_progress(const char *what, int64_t done, int64_t all);
void cli_progress_end(void);

int cli_main(int argc, char **argv);
/* Only reads the line: CLI_DONE and c filled, or the status of what was said already. */
int cli_parse(int argc, char **argv, struct cli *c);
const char *cli_nearest(const char *word, const char *const *words, size_t n); /* or NULL */
/* The verbs in other files. */
extern const struct cli_verb cli_bank_verbs[], cli_serve_verbs[], cli_bench_verbs[],
    cli_lobby_verbs[], cli_ledger_verbs[], cli_check_verbs[], cli_plan_verbs[];
extern const size_t cli_bank_verbs_count, cli_serve_verbs_count, cli_bench_verbs_count,
    cli_lobby_verbs_count, cli_ledger_verbs_count, cli_check_verbs_count, cli_plan_verbs_count;
/* FOLDER/NAME, or FOLDER/NAME.xz through xz; says why not. */
int cli_read_berka(const char *folder, const char *name, struct buf *out);
extern const struct cli_verb cli_books_verbs[];
extern const size_t cli_books_verbs_count;
extern const struct cli_verb cli_deposit_verbs[];
extern const size_t cli_deposit_verbs_count;
extern const struct cli_verb cli_move_verbs[];
extern const size_t cli_move_verbs_count;
int cli_ledger_export(struct cli *c);
extern const struct cli_verb cli_statement_verbs[];
extern const size_t cli_statement_verbs_count;
extern const struct cli_verb cli_shift_verbs[], cli_roster_verbs[];
extern const struct cli_verb cli_forecast_verbs[];
extern const size_t cli_forecast_verbs_count;
extern const size_t cli_shift_verbs_count, cli_roster_verbs_count;
int bench_lobby(struct cli *c);
int bench_dayend(struct cli *c);
int bench_ledger(struct cli *c);
int bench_check(struct cli *c);
int bench_statement(struct cli *c);
/* The whole of a file (or pipe) and a zero after it, in the arena. CLI_DONE; or the status of what
 * was said: that it is not there, no file, longer than max bytes. */
int cli_read_file(const char *path, size_t max, struct arena *arena, char **text, size_t *len);
/* --now 2026-11-23T11:30, or 11:30 of today; else the machine's clock. False after saying so. */
MUST_USE bool cli_now(struct cli *c, int64_t *now_us);
/* Writes to --out FILE (with a new file's mode: 0600 for what tells of customers), or to standard
 * output. */
int cli_write_out(struct cli *c, const struct buf *out, int mode);
/* A file to be written from its beginning; NULL with errno. */
FILE *cli_create(const char *path, int mode);
int cli_plan_nearby(struct cli *c);
int cli_lobby_chart(struct cli *c);
/* Prints a JSON document: with --json as it is, else as aligned lines "path  value" for people. */
void cli_show(const struct cli *c, const struct buf *document);

#define PIAOHAO_VERSION "0.1.0"
#endif
