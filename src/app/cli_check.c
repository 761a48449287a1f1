/* cli_check.c -- check, backup, restore: the store is proven, copied, brought back. */
#include "app/cli_check.h"
#include "app/cli.h"
#include "approve/approve.h"
#include "cash/cash.h"
#include "deposit/dayend.h"
#include "ledger/ledger_books.h"
#include "lobby/lobby.h"
#include "store/door.h"
#include "store/event.h"
#include "who/who.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { CHECK_MEMORY = 256 << 20 };

static int64_t clock_ms(clockid_t which)
{
    struct timespec t;
    clock_gettime(which, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int prove_store(struct bank *b, struct call *c, struct check_proof *p)
{
    UNUSED(c);
    int rc = db_integrity(b->db, p->text, sizeof p->text);
    p->count = 1;
    p->bad = rc == RC_CORRUPT;
    return rc == RC_CORRUPT ? 0 : rc;
}

static int prove_events(struct bank *b, struct call *c, struct check_proof *p)
{
    UNUSED(b);
    return event_check(c->tx, &p->count, &p->bad, p->text, sizeof p->text);
}

static int prove_tickets(struct bank *b, struct call *c, struct check_proof *p)
{
    UNUSED(b);
    return lobby_check(c, &p->count, &p->bad, p->text, sizeof p->text);
}

static int prove_keys(struct bank *b, struct call *c, struct check_proof *p)
{
    UNUSED(b);
    return door_check(c->tx, &p->count, &p->bad);
}

static int prove_people(struct bank *b, struct call *c, struct check_proof *p)
{
    UNUSED(b);
    return who_check(c->tx, &p->count, &p->bad);
}

static int prove_books(struct bank *b, struct call *c, struct check_proof *p)
{
    UNUSED(b);
    return ledger_check_books(c, &p->count, &p->bad, p->text, sizeof p->text);
}

static int prove_totals(struct bank *b, struct call *c, struct check_proof *p)
{
    UNUSED(b);
    return ledger_check_totals(c, &p->count, &p->bad, p->text, sizeof p->text);
}

static int prove_holds(struct bank *b, struct call *c, struct check_proof *p)
{
    UNUSED(b);
    return ledger_check_holds(c, &p->count, &p->bad, p->text, sizeof p->text);
}

static int prove_approvals(struct bank *b, struct call *c, struct check_proof *p)
{
    UNUSED(b);
    return approve_check(c, &p->count, &p->bad, p->text, sizeof p->text);
}

static int prove_cash(struct bank *b, struct call *c, struct check_proof *p)
{
    UNUSED(b);
    return cash_check(c, &p->count, &p->bad, p->text, sizeof p->text);
}

static int prove_customers(struct bank *b, struct call *c, struct check_proof *p)
{
    UNUSED(b);
    return customer_check(c, &p->count, &p->bad, p->text, sizeof p->text);
}

static int prove_deposits(struct bank *b, struct call *c, struct check_proof *p)
{
    UNUSED(b);
    return deposit_check(c, &p->count, &p->bad, p->text, sizeof p->text);
}

static int prove_dayend(struct bank *b, struct call *c, struct check_proof *p)
{
    UNUSED(b);
    return dayend_check(c, &p->count, &p->bad, p->text, sizeof p->text);
}

static const struct {
    const char *name, *what;
    int (*prove)(struct bank *b, struct call *c, struct check_proof *p);
} proofs[CHECK_PROOFS] = {
    { "store", "pages and keys of the file are whole", prove_store },
    { "events", "every event is linked to the one before", prove_events },
    { "tickets", "states, windows, numbers, times, visits and the log agree", prove_tickets },
    { "keys", "request keys are ours", prove_keys },
    { "people", "sessions belong to active staff, somebody can administer", prove_people },
    { "books", "debits equal credits, of each transfer and of the whole", prove_books },
    { "totals", "every account's totals equal its postings", prove_totals },
    { "holds", "what is pending equals the open holds", prove_holds },
    { "second", "what two people must do was done by two, once, as it was seen", prove_approvals },
    { "cash", "each box: book, moves, counts and the ledger are one", prove_cash },
    { "customers", "papers are possible, merged rows lead to somebody", prove_customers },
    { "deposits", "customers' accounts agree with the ledger", prove_deposits },
    { "dayend", "day-end jobs once: no date left out, no period twice", prove_dayend },
};

int check_run(struct bank *b, struct check_proof out[CHECK_PROOFS])
{
    struct call c = { .actor = { .kind = ACTOR_SYSTEM } };
    memset(out, 0, sizeof *out * CHECK_PROOFS);
    int rc = db_read(b->db, &c.tx); /* one snapshot for all */
    if (rc)
        return rc;
    c.arena = arena_new(CHECK_MEMORY);
    for (int i = 0; !rc && i < CHECK_PROOFS; i++) {
        int64_t begun = clock_ms(CLOCK_MONOTONIC);
        cli_progress(proofs[i].name, i, CHECK_PROOFS);
        out[i].name = proofs[i].name;
        out[i].what = proofs[i].what;
        rc = proofs[i].prove(b, &c, &out[i]);
        out[i].ms = clock_ms(CLOCK_MONOTONIC) - begun;
        if (!out[i].bad)
            snprintf(out[i].text, sizeof out[i].text, "ok");
        else if (!out[i].text[0])
            snprintf(out[i].text, sizeof out[i].text, "not as they must be");
    }
    cli_progress_end();
    db_read_done(&c.tx);
    arena_free(c.arena);
    return rc;
}

bool check_good(const struct check_proof p[CHECK_PROOFS])
{
    for (int i = 0; i < CHECK_PROOFS; i++)
        if (p[i].bad)
            return false;
    return true;
}

static void print_json(const struct check_proof p[CHECK_PROOFS], const char *store)
{
    struct buf b;
    struct jsonw w;
    buf_init(&b, 64 << 10);
    jw_init(&w, &b);
    jw_object(&w, NULL);
    jw_text(&w, "store", store);
    jw_bool(&w, "ok", check_good(p));
    jw_array(&w, "proofs");
    for (int i = 0; i < CHECK_PROOFS; i++) {
        jw_object(&w, NULL);
        jw_text(&w, "name", p[i].name);
        jw_text(&w, "what", p[i].what);
        jw_i64(&w, "count", p[i].count);
        jw_i64(&w, "bad", p[i].bad);
        jw_text(&w, "text", p[i].text);
        jw_i64(&w, "ms", p[i].ms);
        jw_end(&w);
    }
    jw_end(&w);
    jw_end(&w);
    printf("%s\n", b.at);
    buf_release(&b);
}

void check_print(const struct check_proof p[CHECK_PROOFS], const char *store, bool json)
{
    if (json) {
        print_json(p, store);
        return;
    }
    printf("%-9s %10s %6s %8s  %s\n", "proof", "count", "bad", "ms", store);
    for (int i = 0; i < CHECK_PROOFS; i++)
        printf("%-9s %10" PRId64 " %6" PRId64 " %8" PRId64 "  %s\n", p[i].name, p[i].count,
               p[i].bad, p[i].ms, p[i].bad ? p[i].text : p[i].what);
    printf("%s\n", check_good(p) ? "every proof holds" : "NOT every proof holds");
}

static bool is_older(const char *url)
{
    char error[600];
    struct bank b;
    if (app_bank_open_shared(url, &b, error, sizeof error))
        return false; /* whoever opens it next says why */
    bool older = b.older;
    app_bank_close(&b);
    return older;
}

/* Opens, proves, closes. 0 when every proof holds. */
static int check_file(const char *url, bool json, bool print)
{
    char error[600];
    struct bank b;
    struct check_proof p[CHECK_PROOFS];
    if (app_bank_open_shared(url, &b, error, sizeof error))
        return cli_fail(CLI_FAULT, "%s", error);
    if (b.older) {
        app_bank_close(&b);
        return cli_fail(CLI_FAULT,
                        "%s was made by an older version: serve it once with this one, or restore"
                        " it",
                        app_bank_url_path(url));
    }
    int rc = check_run(&b, p);
    int status = rc              ? cli_rc(rc, app_bank_url_path(url), db_error(b.db))
                 : check_good(p) ? CLI_DONE
                                 : CLI_FINDING;
    if (!rc && (print || status))
        check_print(p, app_bank_url_path(url), json);
    app_bank_close(&b);
    return status;
}

static int run_check(struct cli *c)
{
    return check_file(c->config.db, c->json, true);
}

/* Copies a store that may be in use into a new file and proves the copy; one of an older version
 * is brought up to date first. */
static int copy_store(const char *from_url, const char *path, bool json)
{
    char error[600];
    struct bank b;
    if (app_bank_open_shared(from_url, &b, error, sizeof error))
        return cli_fail(CLI_FAULT, "%s", error);
    int rc = db_backup(b.db, path, error, sizeof error);
    app_bank_close(&b);
    if (rc)
        return cli_fail(rc == RC_CONFLICT ? CLI_FINDING : CLI_FAULT, "%s", error);
    if (is_older(path)) {
        if (app_bank_open(path, false, clock_ms(CLOCK_REALTIME) * 1000, &b, error, sizeof error))
            return cli_fail(CLI_FAULT, "%s", error);
        app_bank_close(&b);
    }
    int status = check_file(path, json, false);
    if (status)
        return cli_fail(status, "%s: the copy is there, but not every proof holds in it", path);
    return CLI_DONE;
}

static int run_backup(struct cli *c)
{
    const char *path = app_bank_url_path(c->args[0]);
    int status = copy_store(c->config.db, path, c->json);
    if (!status && c->json)
        printf("{\"backup\":\"%s\",\"checked\":true}\n", path);
    else if (!status)
        printf("%s: a copy of %s, every proof holds\n", path, app_bank_url_path(c->config.db));
    return status;
}

/* The store that is in the way gets another name, with its companions. */
static int move_aside(const char *path, char aside[1024])
{
    static const char *const ends[] = { "", "-wal", "-shm", ".lock" };
    struct db *db = NULL;
    int rc = db_open(path, &db);
    db_close(db);
    if (rc == RC_BUSY)
        return cli_fail(CLI_FINDING, "%s is in use by another process", path);
    for (int n = 1;; n++) {
        snprintf(aside, 1024, "%s.before-%d", path, n);
        if (access(aside, F_OK))
            break;
    }
    for (size_t i = 0; i < COUNT(ends); i++) {
        char from[1100], to[1100];
        snprintf(from, sizeof from, "%s%s", path, ends[i]);
        snprintf(to, sizeof to, "%s%s", aside, ends[i]);
        if (rename(from, to) && errno != ENOENT)
            return cli_fail(CLI_FAULT, "%s: %s", from, strerror(errno));
    }
    return CLI_DONE;
}

static int run_restore(struct cli *c)
{
    const char *from = c->args[0], *path = app_bank_url_path(c->config.db);
    char aside[1024] = "";
    int status = is_older(from) ? CLI_DONE : check_file(from, c->json, false);
    if (status)
        return cli_fail(status, "%s: not restored", app_bank_url_path(from));
    if (!access(path, F_OK)) {
        if (!cli_flag(c, "force"))
            return cli_fail(CLI_FINDING, "%s exists; --force moves it aside first", path);
        status = move_aside(path, aside);
    }
    if (!status)
        status = copy_store(from, path, c->json);
    if (!status && c->json)
        printf("{\"store\":\"%s\",\"moved_aside\":\"%s\"}\n", path, aside);
    else if (!status)
        printf("%s: restored from %s, every proof holds%s%s\n", path, app_bank_url_path(from),
               *aside ? "; the old one is " : "", aside);
    return status;
}

static const struct cli_flag restore_flags[] = {
    { "force", NULL, "move a store that is in the way aside" },
};
const struct cli_verb cli_check_verbs[] = {
    { "check", NULL, "prove the store: every proof with its result; also beside a server", NULL, 0,
      0, 0, NULL, run_check },
    { "backup", "FILE", "copy the store in use to a new file, and prove the copy", NULL, 0, 1, 1,
      NULL, run_backup },
    { "restore", "FILE", "make the store from a backup, after proving it", restore_flags,
      COUNT(restore_flags), 1, 1, NULL, run_restore },
};
const size_t cli_check_verbs_count = COUNT(cli_check_verbs);
