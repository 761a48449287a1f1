/* cli_move.c -- piaohao move: a bank from one store into another, compared and proven. */
#include "app/cli.h"
#include "app/cli_check.h"
#include "app/move.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { MOVE_MEMORY = 512 << 20 };

static void progress(void *ctx, const char *table, int64_t done, int64_t all)
{
    UNUSED(ctx);
    cli_progress(table, done, all);
}

static void print_json(struct cli *c, const struct moved *m, const struct check_proof *p)
{
    struct buf b;
    struct jsonw w;
    buf_init(&b, 1 << 20);
    jw_init(&w, &b);
    jw_object(&w, NULL);
    jw_text(&w, "from", app_bank_url_path(cli_flag(c, "from")));
    jw_text(&w, "to", app_bank_url_path(cli_flag(c, "to")));
    jw_i64(&w, "rows", m->rows);
    jw_i64(&w, "differ", m->differ);
    jw_bool(&w, "proven", check_good(p));
    jw_array(&w, "tables");
    for (int i = 0; i < m->n_tables; i++) {
        char hex[DIGEST_TEXT];
        digest_hex(m->tables[i].digest, hex);
        jw_object(&w, NULL);
        jw_text(&w, "name", m->tables[i].name);
        jw_i64(&w, "rows", m->tables[i].rows);
        jw_text(&w, "sha256", hex);
        jw_bool(&w, "same", m->tables[i].same);
        jw_end(&w);
    }
    jw_end(&w);
    jw_end(&w);
    printf("%s\n", b.at);
    buf_release(&b);
}

static void print_text(struct cli *c, const struct moved *m, const struct check_proof *p)
{
    printf("%-28s %10s  %-12s\n", "table", "rows", "sha256");
    for (int i = 0; i < m->n_tables; i++) {
        char hex[DIGEST_TEXT];
        digest_hex(m->tables[i].digest, hex);
        if (m->tables[i].rows || !m->tables[i].same)
            printf("%-28s %10" PRId64 "  %.12s%s\n", m->tables[i].name, m->tables[i].rows, hex,
                   m->tables[i].same ? "" : "  NOT THE SAME");
    }
    check_print(p, app_bank_url_path(cli_flag(c, "to")), false);
    if (!m->differ && check_good(p))
        printf("%" PRId64 " rows of %d tables are in %s, the same as in %s; the old store is as it"
               " was\n",
               m->rows, m->n_tables, app_bank_url_path(cli_flag(c, "to")),
               app_bank_url_path(cli_flag(c, "from")));
}

static int move_all(struct cli *c, struct bank *from, struct bank *to, int64_t now_us)
{
    char error[600];
    struct moved m;
    struct check_proof p[CHECK_PROOFS];
    struct arena *arena = arena_new(MOVE_MEMORY);
    int rc = move_bank(from, to, arena, now_us, progress, NULL, &m, error, sizeof error);
    cli_progress_end();
    int status = rc ? cli_fail(rc == RC_CONFLICT ? CLI_FINDING : CLI_FAULT, "%s", error) : CLI_DONE;
    if (!status)
        status = cli_rc(check_run(to, p), "proofs", db_error(to->db));
    if (!status) {
        (c->json ? print_json : print_text)(c, &m, p);
        if (m.differ || !check_good(p))
            status = cli_fail(CLI_FINDING, "the target is not the same bank: do not serve it");
    }
    arena_free(arena);
    return status;
}

static int run_move(struct cli *c)
{
    const char *from_url = cli_flag(c, "from"), *to_url = cli_flag(c, "to");
    char error[600];
    struct bank from, to;
    struct timespec t;
    if (!from_url || !to_url || !strcmp(from_url, to_url))
        return cli_fail(CLI_USAGE, "move needs --from URL and --to URL, two different stores");
    clock_gettime(CLOCK_REALTIME, &t);
    int64_t now_us = (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
    bool made = !db_url_is_server(to_url) && access(app_bank_url_path(to_url), F_OK);
    if (app_bank_open(from_url, false, now_us, &from, error, sizeof error))
        return cli_fail(CLI_FAULT, "%s", error);
    int rc = app_bank_open_bare(to_url, now_us, &to, error, sizeof error);
    if (rc) {
        app_bank_close(&from);
        return cli_fail(rc == RC_CONFLICT ? CLI_FINDING : CLI_FAULT, "%s", error);
    }
    int status = move_all(c, &from, &to, now_us);
    app_bank_close(&from);
    app_bank_close(&to);
    if (status == CLI_FAULT && made) /* nothing was moved: no empty file stays in the way */
        (void)unlink(app_bank_url_path(to_url));
    return status;
}

static const struct cli_flag move_flags[] = {
    { "from", "URL", "the bank: sqlite:PATH or postgres://..., served by nobody" },
    { "to", "URL", "where it goes: a new file, or an empty database" },
};
const struct cli_verb cli_move_verbs[] = {
    { "move", NULL, "copy a bank into another store, compare every row, and prove it", move_flags,
      COUNT(move_flags), 0, 0, NULL, run_move },
};
const size_t cli_move_verbs_count = COUNT(cli_move_verbs);
