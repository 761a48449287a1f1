/* cli_look.c -- See cli_look.h. */
#include "app/cli_look.h"
#include "branch/demo_city.h"
#include <stdio.h>

int cli_look_open(struct cli *c, int64_t now_us, size_t memory, struct cli_look *l)
{
    char error[600] = "";
    *l = (struct cli_look){ 0 };
    if (app_bank_open_shared(c->config.db, &l->b, error, sizeof error))
        return cli_fail(CLI_FAULT, "%s", error);
    l->c = (struct call){ .now_us = now_us,
                          .arena = arena_new(memory),
                          .actor = { .kind = ACTOR_SYSTEM } };
    int rc = db_read(l->b.db, &l->c.tx);
    return rc ? cli_look_close(c, l, rc) : CLI_DONE;
}

int cli_look_close(struct cli *c, struct cli_look *l, int rc)
{
    char what[200];
    snprintf(what, sizeof what, "%s", rc > 0 ? l->c.detail : "");
    int status = cli_rc(rc, c->verb->name, rc > 0 ? what : db_error(l->b.db));
    db_read_done(&l->c.tx);
    arena_free(l->c.arena);
    app_bank_close(&l->b);
    return status;
}

const char *cli_bank_name(const struct cli *c, const struct cli_look *l, bool english)
{
    const char *given = english ? c->config.bank_en : c->config.bank_zh;
    if (*given)
        return given;
    if (l->b.demo)
        return english ? demo_bank_en : demo_bank_zh;
    return english ? "Piaohao" : "票号";
}
