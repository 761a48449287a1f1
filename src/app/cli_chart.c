/* cli_chart.c -- lobby chart: the peak-hour flow chart of an outlet, for its door. */
#include "advise/advise.h"
#include "advise/chart.h"
#include "app/cli_lobby.h"
#include "app/cli_look.h"
#include "print/print.h"
#include <stdio.h>
#include <string.h>

/* By letter or code: A, cash. The letters there are go to the detail when it is none of them. */
int cli_service_find(struct call *c, const char *word, service_id *out)
{
    struct branch_service *list;
    struct buf known;
    int n = 0, rc = branch_services(c, &list, &n);
    for (int i = 0; !rc && i < n; i++)
        if (!strcmp(list[i].code, word) || (word[0] == list[i].prefix && !word[1])) {
            *out = list[i].id;
            return 0;
        }
    if (rc)
        return rc;
    buf_init(&known, 4096);
    for (int i = 0; i < n; i++)
        buf_printf(&known, "%s%c %s", i ? ", " : "", list[i].prefix, list[i].code);
    rc = call_refuse(c, BRANCH_NO_SERVICE, "service", "'%s'; there are: %s", word,
                     known.len ? known.at : "none");
    buf_release(&known);
    return rc;
}

static int draw(struct cli *c, struct cli_look *l, bool svg, struct buf *out)
{
    const char *code = cli_flag(c, "outlet"), *service = cli_flag(c, "service");
    struct chart *k = arena_alloc(l->c.arena, sizeof *k);
    struct chart_page page = { .bank_zh = cli_bank_name(c, l, false),
                               .bank_en = cli_bank_name(c, l, true),
                               .english = cli_flag(c, "english") != NULL,
                               .made_us = l->c.now_us };
    struct branch_outlet o;
    service_id of = { 0 };
    struct print *p = NULL;
    int rc = branch_outlet_find(&l->c, code, &o);
    if (rc)
        return rc > 0 ? call_refuse(&l->c, rc, "outlet", "'%s'", code) : rc;
    if (service)
        rc = cli_service_find(&l->c, service, &of);
    if (!rc)
        rc = chart_read(&l->c, o.id, of, k);
    if (rc)
        return rc;
    size_t n = strlen(c->config.origin);
    if (n)
        page.url =
            arena_printf(l->c.arena, "%.*s/me.html?o=%s",
                         (int)(n - (c->config.origin[n - 1] == '/')), c->config.origin, o.code);
    rc = chart_print(k, &page, &p);
    if (!rc)
        rc = svg ? print_svg(p, 1, out) : print_pdf(p, out);
    print_free(p);
    return rc;
}

int cli_lobby_chart(struct cli *c)
{
    const char *format = cli_flag(c, "format"), *path = cli_flag(c, "out");
    struct cli_look l;
    struct buf out;
    int64_t now_us = 0;
    if (!cli_flag(c, "outlet"))
        return cli_fail(CLI_USAGE, "lobby chart needs --outlet CODE");
    if (!format && path && strlen(path) > 4 && !strcmp(path + strlen(path) - 4, ".svg"))
        format = "svg";
    if (format && strcmp(format, "pdf") != 0 && strcmp(format, "svg") != 0)
        return cli_fail(CLI_USAGE, "--format %s: pdf or svg", format);
    if (!cli_now(c, &now_us))
        return CLI_USAGE;
    int status = cli_look_open(c, now_us, (size_t)1 << 30, &l);
    if (status)
        return status;
    buf_init(&out, 16 << 20);
    status = cli_look_close(c, &l, draw(c, &l, format && !strcmp(format, "svg"), &out));
    if (!status)
        status = cli_write_out(c, &out, 0666);
    if (!status && !*c->config.origin)
        fprintf(stderr, "piaohao: without --origin URL the page has no QR code\n");
    if (!status && c->json && path && strcmp(path, "-") != 0)
        printf("{\"out\":\"%s\",\"bytes\":%zu}\n", path, out.len);
    buf_release(&out);
    return status;
}
