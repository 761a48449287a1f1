/* cli_forecast_own.c -- plan forecast --outlet: the history is the product's own tickets. */
#include "app/bank.h"
#include "app/cli_forecast.h"
#include "lobby/stats.h"
#include <stdio.h>
#include <string.h>

/* The arrivals of one service (0: all) before today, and today's until now. */
static int read_series(struct call *c, const struct stats_range *range, int prefix,
                       struct arena *arena, struct plan_series *out, double *today)
{
    struct stats s;
    struct stats_arrivals *a = NULL;
    int n = 0, rc = stats_read(c, range, &s);
    if (!rc) {
        stats_only(&s, prefix, 0);
        stats_arrivals(&s, &a, &n);
        out->h.slots = PLAN_FORECAST_SLOTS;
        out->h.day = arena_alloc(arena, sizeof *out->h.day * (size_t)(n + 1));
        out->h.count =
            arena_alloc(arena, sizeof *out->h.count * PLAN_FORECAST_SLOTS * (size_t)(n + 1));
    }
    for (int i = 0; i < n; i++) {
        if (a[i].day.days == range->until.days) {
            memcpy(today, a[i].count, sizeof a[i].count);
            continue;
        }
        out->h.day[out->h.n] = a[i].day;
        memcpy(&out->h.count[out->h.n * PLAN_FORECAST_SLOTS], a[i].count, sizeof a[i].count);
        out->h.n++;
    }
    snprintf(out->name, sizeof out->name, prefix ? "%c" : "all", prefix);
    stats_release(&s);
    return rc;
}

/* Holidays the bank itself put into its calendar. */
static int read_own_holidays(struct call *c, date from, date to, struct arena *arena,
                             struct plan_calendar *k)
{
    date *day = arena_alloc(arena, sizeof *day * (size_t)(to.days - from.days + 1));
    int rc = 0;
    for (date d = from; !rc && d.days <= to.days; d.days++) {
        enum branch_day_kind kind = DAY_WORK;
        const char *name = NULL;
        rc = branch_day(c, d, &kind, &name);
        if (!rc && (kind == DAY_HOLIDAY || kind == DAY_IN_LIEU))
            day[k->n_holidays++] = d;
    }
    k->holidays = day;
    return rc;
}

static int read_all(struct call *c, const char *code, struct forecast_order *o, struct arena *arena,
                    struct plan_series **series, int *n)
{
    struct branch_outlet outlet;
    struct branch_service *service = NULL;
    int services = 0, rc = branch_outlet_find(c, code, &outlet);
    date from = { o->today.days - STATS_DAYS_MAX + 1 };
    if (!rc)
        rc = branch_services_at(c, outlet.id, &service, &services);
    if (!rc)
        rc = read_own_holidays(c, from, (date){ o->today.days + (int)o->days + 20 }, arena,
                               &o->calendar);
    struct stats_range range = { outlet.id, from, o->today };
    *series = arena_alloc(arena, sizeof **series * (size_t)(services + 1));
    o->so_far = arena_alloc(arena, sizeof *o->so_far * (size_t)(services + 1));
    for (int i = 0; !rc && i <= services; i++)
        rc = read_series(c, &range, i ? service[i - 1].prefix : 0, arena, &(*series)[i],
                         o->so_far[i]);
    *n = services + 1;
    return rc;
}

int forecast_own(struct cli *c, struct forecast_order *o, struct arena *arena)
{
    const char *code = cli_flag(c, "outlet");
    char error[600] = "";
    struct bank b;
    struct plan_series *series = NULL;
    int n = 0;
    struct call call = { .actor = { .kind = ACTOR_SYSTEM } };
    if (!cli_now(c, &call.now_us))
        return CLI_USAGE;
    o->today = date_of_instant(call.now_us);
    o->so_far_known = date_second_of_day(call.now_us) / 1800;
    if (app_bank_open_shared(c->config.db, &b, error, sizeof error))
        return cli_fail(CLI_FAULT, "%s", error);
    call.arena = arena_new((size_t)1 << 30);
    int rc = db_read(b.db, &call.tx);
    if (!rc)
        rc = read_all(&call, code, o, arena, &series, &n);
    int status = cli_rc(rc, "forecast", rc > 0 ? code : db_error(b.db));
    db_read_done(&call.tx);
    arena_free(call.arena);
    app_bank_close(&b);
    if (status || !series)
        return status;
    if (series[0].h.n == 0)
        return cli_fail(CLI_FINDING, "%s: no tickets in the 400 days before today", code);
    return forecast_series(c, o, series, n, arena);
}
