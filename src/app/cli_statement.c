/* cli_statement.c -- statement, statement verify: what happened in an account, on paper or in a
 * file; and whether such a file is what the books say. */
#include "app/cli_look.h"
#include "statement/statement.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { MEMORY = 1024 << 20, FILE_MAX = 128 << 20 };

static int64_t machine_now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static struct statement_bank bank_of(struct cli *c, const struct cli_look *l)
{
    return (struct statement_bank){ cli_bank_name(c, l, false), cli_bank_name(c, l, true) };
}

static int read_dates(struct cli *c, struct statement_query *q)
{
    const char *from = cli_flag(c, "from"), *until = cli_flag(c, "to");
    q->until = date_of_instant(machine_now_us());
    if (until && !date_parse(until, &q->until))
        return cli_fail(CLI_USAGE, "--to %s: no such day", until);
    q->from = (date){ q->until.days - 30 };
    if (from && !date_parse(from, &q->from))
        return cli_fail(CLI_USAGE, "--from %s: no such day", from);
    return CLI_DONE;
}

static int run_statement(struct cli *c)
{
    const char *number = cli_flag(c, "account"), *format = cli_flag(c, "format");
    const struct statement_kind *kind = statement_kind(format ? format : c->json ? "json" : "text");
    struct statement_query q = { .full_name = cli_flag(c, "full-name") != NULL,
                                 .english = cli_flag(c, "english") != NULL };
    struct statement s;
    struct cli_look l;
    struct buf out;
    if (!number)
        return cli_fail(CLI_USAGE, "--account is missing");
    if (!kind)
        return cli_fail(CLI_USAGE, "--format %s: text, json, csv, csv-bom, pdf or camt053", format);
    int status = read_dates(c, &q);
    if (!status)
        status = cli_look_open(c, machine_now_us(), MEMORY, &l);
    if (status)
        return status;
    q.bank = bank_of(c, &l);
    buf_init(&out, STATEMENT_BYTES);
    int rc = statement_find(&l.c, number, &q.account);
    if (!rc)
        rc = statement_make(&l.c, &q, &s);
    if (!rc)
        rc = statement_write(&s, kind->format, &out);
    if (!rc && kind->format == STATEMENT_JSON)
        buf_char(&out, '\n');
    status = cli_look_close(c, &l, rc);
    if (!status)
        status = cli_write_out(c, &out, 0600);
    buf_release(&out);
    return status;
}

/* ---- verify ---- */

static int read_file(const char *path, struct buf *out)
{
    char block[65536];
    FILE *f = fopen(path, "rb");
    if (!f)
        return cli_fail(CLI_FAULT, "%s: %s", path, strerror(errno));
    for (size_t n; (n = fread(block, 1, sizeof block, f)) > 0;)
        buf_add(out, block, n);
    bool good = !ferror(f) && !out->overflow;
    (void)fclose(f);
    return good ? CLI_DONE : cli_fail(CLI_FAULT, "%s: cannot be read", path);
}

static void say(struct cli *c, const struct statement_claim *claim, const char *what)
{
    char from[DATE_TEXT], until[DATE_TEXT];
    date_print(claim->from, from);
    date_print(claim->until, until);
    if (c->json)
        printf("{\"good\":true,\"account\":\"%s\",\"from\":\"%s\",\"until\":\"%s\",\"code\":\"%s\","
               "\"same_file\":%s}\n",
               claim->account, from, until, claim->code, claim->same_file ? "true" : "false");
    else
        printf("good: %s %s..%s, code %s: %s\n", claim->account, from, until, claim->code, what);
}

static int verify_file(struct cli *c, struct cli_look *l, const struct buf *file)
{
    struct statement_bank bank = bank_of(c, l);
    struct statement_claim claim;
    int rc = statement_verify(&l->c, file->at, file->len, cli_flag(c, "code"), &bank, &claim);
    if (!rc)
        say(c, &claim,
            claim.same_file ? "the file says what the books say"
                            : "its code is the books'; but the file is not the very one they give");
    return rc;
}

/* Account and period are read off the paper. */
static int verify_paper(struct cli *c, struct cli_look *l, struct statement_query *q)
{
    struct statement s;
    int rc = statement_find(&l->c, cli_flag(c, "account"), &q->account);
    if (!rc)
        rc = statement_verify_code(&l->c, q, cli_flag(c, "code"), &s);
    if (rc)
        return rc;
    struct statement_claim claim = { .from = q->from, .until = q->until };
    memcpy(claim.code, s.code, sizeof claim.code);
    snprintf(claim.account, sizeof claim.account, "%s", s.party.number);
    say(c, &claim, "the code is the books'");
    return rc;
}

static int run_verify(struct cli *c)
{
    struct statement_query q = { 0 };
    struct cli_look l;
    struct buf file;
    bool paper = cli_flag(c, "account") && cli_flag(c, "code");
    if (!paper && !c->n_args)
        return cli_fail(CLI_USAGE, "statement verify FILE, or --account, --from, --to and --code");
    int status = read_dates(c, &q);
    buf_init(&file, FILE_MAX);
    if (!status && c->n_args)
        status = read_file(c->args[0], &file);
    if (!status)
        status = cli_look_open(c, machine_now_us(), MEMORY, &l);
    if (!status)
        status =
            cli_look_close(c, &l, c->n_args ? verify_file(c, &l, &file) : verify_paper(c, &l, &q));
    buf_release(&file);
    return status;
}

static const struct cli_flag statement_flags[] = {
    { "account", "NO", "account number, ledger id, or KEY=VALUE of its metadata" },
    { "from", "D", "first booking date (30 days before the last)" },
    { "to", "D", "last booking date (today)" },
    { "format", "F", "text, json, csv, csv-bom, pdf, camt053 (text)" },
    { "out", "FILE", "where to (standard output)" },
    { "full-name", NULL, "the owner's whole name, for the owner; else masked" },
    { "english", NULL, "words in English" },
};
static const struct cli_flag verify_flags[] = {
    { "code", "CODE", "the code on the paper (the file's own)" },
    { "account", "NO", "without FILE: the paper's account" },
    { "from", "D", "without FILE: the paper's first day" },
    { "to", "D", "without FILE: the paper's last day" },
};
static const struct cli_flag export_flags[] = {
    { "format", "F", "hledger, beancount or csv" },
    { "out", "FILE", "where to (standard output)" },
};
const struct cli_verb cli_statement_verbs[] = {
    { "ledger export", NULL, "the books for hledger, beancount or a spreadsheet", export_flags,
      COUNT(export_flags), 0, 0, NULL, cli_ledger_export },
    { "statement", NULL, "an account's statement: terminal, CSV, PDF, camt.053", statement_flags,
      COUNT(statement_flags), 0, 0, "bank_zh bank_en", run_statement },
    { "statement verify", "[FILE]", "is this statement (CSV, PDF, or code) what the books say?",
      verify_flags, COUNT(verify_flags), 0, 1, "bank_zh bank_en", run_verify },
};
const size_t cli_statement_verbs_count = COUNT(cli_statement_verbs);
