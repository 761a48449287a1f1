/* cli_ledger.c -- ledger import, ledger trial: a real bank's books come in; the books are shown. */
#include "app/bank.h"
#include "app/cli.h"
#include "app/cli_check.h"
#include "base/secret.h"
#include "branch/branch.h"
#include "ledger/ledger_berka.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MEMORY = 512 << 20, FILE_MAX = 128 << 20, FILL_AT_ONCE = 1000000 };

static int64_t machine_now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void jw_minor(struct jsonw *w, const char *key, int64_t minor, enum currency currency)
{
    char text[MONEY_TEXT];
    money_print((money){ minor, currency }, text);
    jw_text(w, key, text);
}

/* ---- reading DIR/trans.asc, or DIR/trans.asc.xz through xz ---- */

static bool read_all(FILE *f, struct buf *out)
{
    char block[65536];
    for (size_t n; (n = fread(block, 1, sizeof block, f)) > 0;)
        buf_add(out, block, n);
    return !ferror(f) && !out->overflow;
}

static bool read_unpacked(const char *path, struct buf *out)
{
    int ends[2], status = -1;
    if (pipe(ends))
        return false;
    pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        close(ends[1]);
        execlp("xz", "xz", "-dc", "--", path, (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    FILE *f = fdopen(ends[0], "r");
    bool good = child > 0 && f && read_all(f, out);
    if (f)
        fclose(f);
    if (child > 0 && waitpid(child, &status, 0) != child)
        status = -1;
    return good && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

int cli_read_berka(const char *folder, const char *name, struct buf *out)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "r");
    if (f) {
        bool good = read_all(f, out);
        fclose(f);
        return good ? CLI_DONE : cli_fail(CLI_FAULT, "%s: cannot be read", path);
    }
    snprintf(path, sizeof path, "%s/%s.xz", folder, name);
    if (access(path, R_OK))
        return cli_fail(CLI_FAULT, "%s: neither %s nor %s.xz is there", folder, name, name);
    return read_unpacked(path, out) ? CLI_DONE : cli_fail(CLI_FAULT, "%s: xz failed", path);
}

/* ---- import ---- */

struct importing {
    struct ledger_berka berka, whole; /* until the day; the file as it is */
    date until;
    struct ledger_berka_explained explained;
    struct buf files[3]; /* loan.asc, card.asc, disp.asc: empty where one is not there */
    struct ledger_trial trial;
    char why[200];
};

static int book(struct call *c, void *ctx)
{
    struct importing *i = ctx;
    int rc = db_write_much(c->tx);
    if (!rc)
        rc = ledger_berka_book(c, &i->berka);
    if (!rc)
        rc = ledger_trial(c, LEDGER_ALL_OUTLETS, (date){ INT32_MAX }, CZK, &i->trial);
    snprintf(i->why, sizeof i->why, "%s", c->detail);
    return rc;
}

static const char *const beside[] = { "loan.asc", "card.asc", "disp.asc" };

static void read_beside(const char *folder, struct importing *i)
{
    for (size_t k = 0; k < COUNT(beside); k++) {
        char path[1024];
        buf_init(&i->files[k], FILE_MAX);
        snprintf(path, sizeof path, "%s/%s", folder, beside[k]);
        FILE *f = fopen(path, "r");
        if (f && !read_all(f, &i->files[k]))
            i->files[k].len = 0;
        if (f)
            fclose(f);
    }
}

static int explain(struct arena *arena, struct importing *i)
{
    const struct buf *f[COUNT(beside)];
    const char *why = "";
    int64_t line = 0;
    for (size_t k = 0; k < COUNT(beside); k++)
        f[k] = i->files[k].len ? &i->files[k] : NULL;
    const struct ledger_berka_files files = { f[0], f[1], f[2] };
    if (!ledger_berka_explain(arena, &i->berka, &files, &i->explained, &why, &line))
        return CLI_DONE;
    return cli_fail(CLI_FINDING, "%s:%" PRId64 ": not a row of this format", why, line);
}

/* Loans' payments and cards' withdrawals beside what loan.asc, card.asc and disp.asc say. */
static void explained_json(struct jsonw *w, const struct importing *i)
{
    const struct ledger_berka_explained *e = &i->explained;
    jw_i64(w, "loan_payments", e->loan_payments);
    if (i->files[0].len) {
        jw_i64(w, "loan_payments_as_agreed", e->loan_agreed);
        jw_i64(w, "loan_payments_exact", e->loan_exact);
    }
    jw_i64(w, "card_withdrawals", e->card_withdrawals);
    if (i->files[1].len && i->files[2].len)
        jw_i64(w, "card_withdrawals_with_card", e->card_held);
}

/* What is in the file, also after the last day that is booked. */
static void whole_json(struct jsonw *w, const struct ledger_berka *f)
{
    jw_object(w, "file");
    jw_i64(w, "rows", (int64_t)f->n);
    jw_i64(w, "broken_in_file_order", f->broken);
    jw_i64(w, "broken_after_solving", f->unsolved);
    jw_i64(w, "overdrawn_accounts", f->overdrawn_accounts);
    jw_i64(w, "overdrawn_rows", f->overdrawn_rows);
    jw_end(w);
}

/* What the live engine would have refused: of the whole file, also what was left out. */
static void overdrawn_json(struct jsonw *w, const struct importing *i)
{
    jw_array(w, "overdrawn");
    for (size_t k = 0; k < i->whole.n; k++) {
        const struct ledger_berka_row *r = &i->whole.rows[k];
        char day[DATE_TEXT];
        if (r->balance >= 0)
            continue;
        date_print(r->day, day);
        jw_object(w, NULL);
        jw_i64(w, "row", r->id);
        jw_i64(w, "account", r->account);
        jw_text(w, "day", day);
        jw_minor(w, "balance", r->balance, CZK);
        jw_bool(w, "booked", r->day.days <= i->until.days);
        jw_end(w);
    }
    jw_end(w);
}

static void report(struct cli *c, const struct importing *i, int64_t us)
{
    const struct ledger_berka *b = &i->berka;
    struct buf out;
    struct jsonw w;
    buf_init(&out, 1 << 20);
    jw_init(&w, &out);
    jw_object(&w, NULL);
    jw_i64(&w, "rows", (int64_t)b->n);
    jw_i64(&w, "accounts", b->accounts);
    jw_minor(&w, "credits", b->credits, CZK);
    jw_minor(&w, "debits", b->debits, CZK);
    jw_minor(&w, "net", b->credits - b->debits, CZK);
    jw_i64(&w, "broken_in_file_order", b->broken);
    jw_i64(&w, "broken_after_solving", b->unsolved);
    jw_i64(&w, "links_exact", b->exact);
    jw_i64(&w, "links_rounded", b->off);
    jw_minor(&w, "rounding", b->rounding, CZK);
    jw_i64(&w, "booked", b->booked);
    jw_i64(&w, "existed", b->existed);
    jw_minor(&w, "trial_debits", i->trial.debits, CZK);
    jw_minor(&w, "trial_credits", i->trial.credits, CZK);
    jw_minor(&w, "trial", i->trial.debits - i->trial.credits, CZK);
    explained_json(&w, i);
    whole_json(&w, &i->whole);
    jw_i64(&w, "overdrawn_accounts", b->overdrawn_accounts);
    jw_i64(&w, "overdrawn_rows", b->overdrawn_rows);
    overdrawn_json(&w, i);
    jw_i64(&w, "ms", us / 1000);
    jw_end(&w);
    cli_show(c, &out);
    buf_release(&out);
}

static int import_text(struct cli *c, const struct buf *text, struct importing *in)
{
    char error[600] = "";
    struct bank b;
    int64_t line = 0, begun = machine_now_us();
    struct arena *arena = arena_new(MEMORY);
    int rc = ledger_berka_read(arena, text->at, text->len, in->until, &in->berka, &line);
    in->whole = in->berka; /* only its figures are told */
    if (!rc && in->berka.later)
        rc = ledger_berka_read(arena, text->at, text->len, (date){ INT32_MAX }, &in->whole, &line);
    if (rc) {
        arena_free(arena);
        return cli_fail(CLI_FINDING, "trans.asc:%" PRId64 ": not a row of this format", line);
    }
    int status = explain(arena, in);
    if (status) {
        arena_free(arena);
        return status;
    }
    status = CLI_FAULT;
    if (app_bank_open(c->config.db, true, begun, &b, error, sizeof error)) {
        (void)cli_fail(status, "%s", error);
    } else {
        rc = app_bank_write(&b, begun, book, in);
        if (!rc)
            report(c, in, machine_now_us() - begun);
        status = cli_rc(rc, "import", rc > 0 ? in->why : db_error(b.db));
        app_bank_close(&b);
    }
    arena_free(arena);
    return status;
}

static int run_import(struct cli *c)
{
    const char *format = cli_flag(c, "format"), *last = cli_flag(c, "until");
    struct buf text;
    struct importing i = { .until = { INT32_MAX } };
    if (!format || strcmp(format, "berka"))
        return cli_fail(CLI_USAGE, "--format berka is the one there is");
    if (last && !date_parse(last, &i.until))
        return cli_fail(CLI_USAGE, "--until %s: no such day", last);
    if (secret_init())
        return cli_fail(CLI_FAULT, "no randomness");
    buf_init(&text, FILE_MAX);
    int status = cli_read_berka(c->args[0], "trans.asc", &text);
    if (!status) {
        read_beside(c->args[0], &i);
        status = import_text(c, &text, &i);
        for (size_t k = 0; k < COUNT(beside); k++)
            buf_release(&i.files[k]);
    }
    buf_release(&text);
    return status;
}

/* ---- trial ---- */

static void print_trial(struct cli *c, const struct ledger_trial *t, const struct ledger_sheet *s,
                        enum currency currency)
{
    struct buf out;
    struct jsonw w;
    buf_init(&out, 1 << 20);
    jw_init(&w, &out);
    jw_object(&w, NULL);
    jw_text(&w, "currency", currency_find((int)currency)->code);
    jw_array(&w, "subjects");
    for (int i = 0; i < t->n_lines; i++) {
        jw_object(&w, NULL);
        jw_text(&w, "code", t->lines[i].subject);
        jw_text(&w, "name", t->lines[i].name_zh);
        jw_text(&w, "name_en", t->lines[i].name_en);
        jw_minor(&w, "debits", t->lines[i].debits, currency);
        jw_minor(&w, "credits", t->lines[i].credits, currency);
        jw_minor(&w, "debit_balance", t->lines[i].balance_debit, currency);
        jw_minor(&w, "credit_balance", t->lines[i].balance_credit, currency);
        jw_end(&w);
    }
    jw_end(&w);
    jw_minor(&w, "debits", t->debits, currency);
    jw_minor(&w, "credits", t->credits, currency);
    jw_minor(&w, "difference", t->debits - t->credits, currency);
    jw_minor(&w, "assets", s->assets, currency);
    jw_minor(&w, "liabilities", s->liabilities, currency);
    jw_minor(&w, "clearing", s->common, currency);
    jw_minor(&w, "equity", s->equity, currency);
    jw_minor(&w, "profit", s->profit, currency);
    jw_minor(&w, "between_outlets", s->between, currency);
    jw_end(&w);
    cli_show(c, &out);
    buf_release(&out);
}

/* The outlet of --outlet CODE; "bank": what belongs to none; else all of them together. */
static int trial_outlet(struct call *k, const char *code, int64_t *out)
{
    struct branch_outlet o;
    *out = LEDGER_ALL_OUTLETS;
    if (!code)
        return 0;
    *out = 0;
    if (!strcmp(code, "bank"))
        return 0;
    int rc = branch_outlet_find(k, code, &o);
    *out = rc ? 0 : o.id.n;
    return rc;
}

static int run_trial(struct cli *c)
{
    const char *day = cli_flag(c, "date"), *code = cli_flag(c, "currency");
    int64_t outlet = LEDGER_ALL_OUTLETS;
    enum currency currency = CNY;
    date d = { INT32_MAX };
    char error[600] = "";
    struct bank b;
    struct ledger_trial t;
    struct ledger_sheet s;
    if (code && !currency_parse(code, &currency))
        return cli_fail(CLI_USAGE, "--currency %s: not one of ours", code);
    if (day && !date_parse(day, &d))
        return cli_fail(CLI_USAGE, "--date %s: no such day", day);
    if (app_bank_open_shared(c->config.db, &b, error, sizeof error))
        return cli_fail(CLI_FAULT, "%s", error);
    struct call k = { .now_us = machine_now_us(), .arena = arena_new(MEMORY) };
    int rc = db_read(b.db, &k.tx);
    if (!rc)
        rc = trial_outlet(&k, cli_flag(c, "outlet"), &outlet);
    if (!rc)
        rc = ledger_trial(&k, outlet, d, currency, &t);
    if (!rc)
        rc = ledger_sheet(&k, outlet, d, currency, &s);
    if (!rc)
        print_trial(c, &t, &s, currency);
    int status = cli_rc(rc, "trial", db_error(b.db));
    db_read_done(&k.tx);
    arena_free(k.arena);
    app_bank_close(&b);
    return status;
}

/* ---- layout ---- */

static int get_layout(struct call *c, void *ctx)
{
    return ledger_layout(c, ctx);
}

static int set_layout(struct call *c, void *ctx)
{
    return ledger_layout_set(c, *(enum ledger_layout *)ctx);
}

/* The rows are committed and the other layout counts: history is made, and all of it proven. */
static int prove_layout(struct cli *c, struct check_proof p[CHECK_PROOFS])
{
    char error[600] = "";
    struct bank b;
    int64_t filled = 1, left = 0;
    if (app_bank_open(c->config.db, false, machine_now_us(), &b, error, sizeof error))
        return cli_fail(CLI_FAULT, "%s", error);
    int rc = 0;
    while (!rc && filled)
        rc = ledger_fill(b.db, FILL_AT_ONCE, &filled, &left);
    if (!rc)
        rc = check_run(&b, p);
    int status = cli_rc(rc, "proofs", rc < 0 ? db_error(b.db) : NULL);
    app_bank_close(&b);
    return status;
}

static int run_layout(struct cli *c)
{
    enum ledger_layout now = LEDGER_PLAIN,
                       layout = !strcmp(c->args[0], "fast") ? LEDGER_FAST : LEDGER_PLAIN;
    char error[600] = "";
    struct bank b;
    struct check_proof p[CHECK_PROOFS];
    if (layout == LEDGER_PLAIN && strcmp(c->args[0], "plain"))
        return cli_fail(CLI_USAGE, "ledger layout: fast or plain");
    if (app_bank_open(c->config.db, false, machine_now_us(), &b, error, sizeof error))
        return cli_fail(CLI_FAULT, "%s", error);
    int rc = app_bank_write(&b, machine_now_us(), get_layout, &now);
    if (!rc && now != layout)
        rc = app_bank_write(&b, machine_now_us(), set_layout, &layout);
    int status = cli_rc(rc, "ledger layout", rc < 0 ? db_error(b.db) : NULL);
    app_bank_close(&b);
    if (!status)
        status = prove_layout(c, p);
    if (!status && !c->json)
        check_print(p, app_bank_url_path(c->config.db), false);
    if (!status && !check_good(p))
        status = cli_fail(CLI_FINDING, "not every proof holds");
    if (!status && c->json)
        printf("{\"layout\":\"%s\",\"changed\":%s,\"proven\":true}\n", c->args[0],
               now == layout ? "false" : "true");
    else if (!status)
        printf("%s: the books are %s%s\n", app_bank_url_path(c->config.db), c->args[0],
               now == layout ? " already" : "");
    return status;
}

static const struct cli_flag import_flags[] = {
    { "format", "F", "berka: DIR/trans.asc or DIR/trans.asc.xz of the PKDD'99 bank" },
    { "until", "D", "leave out what is later than this day" },
};
static const struct cli_flag trial_flags[] = {
    { "date", "D", "at the end of this business date (now)" },
    { "outlet", "CODE", "of one outlet; bank: of what belongs to none (all of them)" },
    { "currency", "C", "CNY, USD ... (CNY)" },
};
const struct cli_verb cli_ledger_verbs[] = {
    { "ledger import", "DIR", "book a bank's exported transactions as double entry", import_flags,
      COUNT(import_flags), 1, 1, NULL, run_import },
    { "ledger layout", "LAYOUT", "rewrite the books as fast or plain ones, and prove them", NULL, 0,
      1, 1, NULL, run_layout },
    { "ledger trial", NULL, "trial balance and balance sheet; also beside a server", trial_flags,
      COUNT(trial_flags), 0, 0, NULL, run_trial },
};
const size_t cli_ledger_verbs_count = COUNT(cli_ledger_verbs);
