/* cli_audit.c -- lobby audit without a file: did an outlet's own calls follow its rule? */
#include "app/bank.h"
#include "app/cli_lobby.h"
#include "lobby/own_audit.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void print_json(const char *code, const char *day, const struct own_audit *a, int64_t list)
{
    struct buf b;
    struct jsonw w;
    buf_init(&b, 16 << 20);
    jw_init(&w, &b);
    jw_object(&w, NULL);
    jw_text(&w, "outlet", code);
    jw_text(&w, "date", day);
    jw_text(&w, "rule", a->rule);
    jw_bool(&w, "rule_changed", a->rule_changed);
    jw_i64(&w, "decisions", a->decisions);
    jw_i64(&w, "explained", a->explained);
    jw_i64(&w, "by_hand", a->by_hand);
    jw_array(&w, "broke");
    for (int i = 0; i < a->n_broke && i < list; i++) {
        char at[INSTANT_TEXT];
        instant_print(a->broke[i].at_us, at);
        jw_object(&w, NULL);
        jw_text(&w, "number", a->broke[i].number);
        jw_text(&w, "should_have", a->broke[i].should.n ? a->broke[i].should_number : NULL);
        jw_text(&w, "at", at);
        jw_i64(&w, "staff", a->broke[i].staff.n);
        jw_bool(&w, "by_hand", a->broke[i].by_hand);
        jw_text(&w, "reason", a->broke[i].by_hand ? a->broke[i].reason : NULL);
        jw_end(&w);
    }
    jw_end(&w);
    jw_end(&w);
    printf("%s\n", b.at);
    buf_release(&b);
}

static void print_text(const char *code, const char *day, const struct own_audit *a, int64_t list)
{
    printf("%s %s: rule \"%s\"%s\n%" PRId64 " of %" PRId64 " choices follow it; %" PRId64
           " by hand\n",
           code, day, a->rule, a->rule_changed ? " (changed during the day)" : "", a->explained,
           a->decisions, a->by_hand);
    for (int i = 0; i < a->n_broke && i < list; i++) {
        char at[INSTANT_TEXT];
        instant_print(a->broke[i].at_us, at);
        printf("  %.8s  called %-6s should have been %-6s%s%s\n", at + 11, a->broke[i].number,
               a->broke[i].should.n ? a->broke[i].should_number : "nobody",
               a->broke[i].by_hand ? "  by hand: " : "",
               a->broke[i].by_hand ? a->broke[i].reason : "");
    }
    if (a->n_broke > list)
        printf("  ... and %" PRId64 " more\n", a->n_broke - list);
}

int lobby_audit_own(struct cli *c, int64_t list)
{
    const char *code = cli_flag(c, "outlet"), *day = cli_flag(c, "date");
    char error[600] = "", text[DATE_TEXT];
    struct bank b;
    struct branch_outlet o;
    struct own_audit audit = { 0 };
    date d;
    if (!code || !day)
        return cli_fail(CLI_USAGE, "lobby audit: a FILE, or --outlet CODE and --date YYYY-MM-DD");
    if (!date_parse(day, &d))
        return cli_fail(CLI_USAGE, "--date %s: YYYY-MM-DD", day);
    if (app_bank_open_shared(c->config.db, &b, error, sizeof error))
        return cli_fail(CLI_FAULT, "%s", error);
    struct call call = { .now_us = date_instant(d, 0) + US_DAY,
                         .arena = arena_new(256 << 20),
                         .actor = { .kind = ACTOR_SYSTEM } };
    int rc = db_read(b.db, &call.tx);
    if (!rc)
        rc = branch_outlet_find(&call, code, &o);
    if (!rc)
        rc = own_audit(&call, o.id, d, &audit);
    int status = cli_rc(rc, "audit", rc > 0 ? code : db_error(b.db));
    date_print(d, text);
    if (!rc && c->json)
        print_json(code, text, &audit, list);
    else if (!rc)
        print_text(code, text, &audit, list);
    db_read_done(&call.tx);
    arena_free(call.arena);
    app_bank_close(&b);
    return status ? status : audit.n_broke ? CLI_FINDING : CLI_DONE;
}
