/* cli_nearby.c -- plan nearby: which outlets are near, of a bank's list or of the bank itself. */
#include "advise/nearby.h"
#include "advise/outlets.h"
#include "app/cli_look.h"
#include "app/cli_lobby.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

static void clock_text(int second, char out[8])
{
    snprintf(out, 8, "%02d:%02d", second / 3600 % 100, second / 60 % 60);
}

static void place_json(struct jsonw *w, int32_t lat_e6, int32_t lon_e6)
{
    jw_f64(w, "lat", lat_e6 / 1e6, 6);
    jw_f64(w, "lon", lon_e6 / 1e6, 6);
}

static int print_document(struct buf *b)
{
    printf("%s\n", b->at);
    buf_release(b);
    return CLI_DONE;
}

/* ---- a list of outlets ---- */

struct file_order {
    const char *path;
    struct outlet_list list;
    struct outlet_ask ask;
    struct outlet_places found;
    int most;
};

static void row_json(struct jsonw *w, const struct outlet_row *r)
{
    char from[8], to[8];
    jw_object(w, NULL);
    jw_text(w, "code", r->outlet.code);
    jw_text(w, "name", r->outlet.name_zh);
    jw_text(w, "kind", r->kind);
    jw_text(w, "address", r->outlet.address_zh);
    jw_text(w, "phone", r->outlet.phone);
    clock_text(r->open_s, from);
    clock_text(r->close_s, to);
    jw_text(w, "opens", r->open_s < 0 ? NULL : from);
    jw_text(w, "closes", r->open_s < 0 ? NULL : to);
    jw_end(w);
}

static int places_json(const struct file_order *o)
{
    struct buf b;
    struct jsonw w;
    buf_init(&b, 256 << 20);
    jw_init(&w, &b);
    jw_object(&w, NULL);
    jw_text(&w, "file", o->path);
    jw_object(&w, "from");
    place_json(&w, o->ask.lat_e6, o->ask.lon_e6);
    jw_end(&w);
    jw_text(&w, "kind", o->ask.kind ? o->ask.kind : "all");
    jw_text(&w, "service", o->ask.service);
    jw_i64(&w, "rows", o->list.n);
    jw_i64(&w, "outlets", o->found.outlets);
    jw_i64(&w, "places", o->found.n);
    jw_array(&w, "items");
    for (int i = 0; i < o->found.n && i < o->most; i++) {
        const struct outlet_place *p = &o->found.place[i];
        jw_object(&w, NULL);
        jw_i64(&w, "rank", i + 1);
        jw_f64(&w, "km", p->metres / 1000, 4);
        jw_f64(&w, "metres", p->metres, 1);
        place_json(&w, p->lat_e6, p->lon_e6);
        jw_array(&w, "outlets");
        for (int k = 0; k < p->n; k++)
            row_json(&w, o->found.by[p->first + k]);
        jw_end(&w);
        jw_end(&w);
    }
    jw_end(&w);
    jw_end(&w);
    return print_document(&b);
}

static int places_text(const struct file_order *o)
{
    printf("%d rows; %d of kind %s at %d places\n\n  #       km  code      name\n", o->list.n,
           o->found.outlets, o->ask.kind ? o->ask.kind : "all", o->found.n);
    for (int i = 0; i < o->found.n && i < o->most; i++) {
        const struct outlet_place *p = &o->found.place[i];
        for (int k = 0; k < p->n; k++) {
            const struct outlet_row *r = o->found.by[p->first + k];
            char from[8], to[8];
            clock_text(r->open_s, from);
            clock_text(r->close_s, to);
            if (k == 0)
                printf("%3d %8.3f", i + 1, p->metres / 1000);
            else
                printf("%3s %8s", "", "");
            printf("  %-8s  %s", r->outlet.code, r->outlet.name_zh);
            if (r->open_s >= 0)
                printf("  %s-%s", from, to);
            printf("  %s\n", r->outlet.address_zh);
        }
    }
    return CLI_DONE;
}

/* LAT,LON, or the code of one of the list's outlets. */
static bool from_list(const char *from, const struct outlet_list *list, struct outlet_ask *ask)
{
    char error[OUTLETS_ERROR] = "";
    for (int i = 0; i < list->n; i++)
        if (*from && !strcmp(list->row[i].outlet.code, from)) {
            ask->lat_e6 = list->row[i].outlet.lat_e6;
            ask->lon_e6 = list->row[i].outlet.lon_e6;
            return true;
        }
    if (outlets_point(from, &ask->lat_e6, &ask->lon_e6, error))
        return true;
    cli_fail(CLI_USAGE, "--from: %s%s", error,
             strchr(from, ',') ? "" : ", and no outlet of the list has this code");
    return false;
}

static int file_read(struct cli *c, struct file_order *o, struct arena *arena)
{
    const char *kind = cli_flag(c, "kind");
    char error[OUTLETS_ERROR] = "", *text = NULL;
    size_t len = 0;
    int64_t now_us = 0;
    int status = cli_read_file(o->path, (size_t)64 << 20, arena, &text, &len);
    if (status)
        return status;
    if (outlets_read(text, len, arena, &o->list, error))
        return cli_fail(CLI_FINDING, "%s: %s", o->path, error);
    o->ask = (struct outlet_ask){ .kind = kind ? kind : "outlet",
                                  .service = cli_flag(c, "service"),
                                  .at_s = -1 };
    if (kind && !strcmp(kind, "all"))
        o->ask.kind = NULL;
    if (o->ask.service && !o->list.tells_services)
        return cli_fail(CLI_FINDING,
                        "%s: has no column 'services', so --service %s cannot be told; add the "
                        "column (words with blanks between), or leave --service out",
                        o->path, o->ask.service);
    if (!cli_now(c, &now_us) || !from_list(cli_flag(c, "from"), &o->list, &o->ask))
        return CLI_USAGE;
    if (cli_flag(c, "now"))
        o->ask.at_s = date_second_of_day(now_us);
    return CLI_DONE;
}

static int near_list(struct cli *c, int64_t most, struct arena *arena)
{
    struct file_order o = { .path = c->args[0], .most = (int)most };
    const char *format = cli_flag(c, "format");
    if (!format || strcmp(format, "outlets") != 0)
        return cli_fail(CLI_USAGE, "--format: %s; known: outlets",
                        format ? "not known" : "is needed with FILE");
    int status = file_read(c, &o, arena);
    if (status)
        return status;
    outlets_near(&o.list, &o.ask, arena, &o.found);
    if (o.found.n == 0)
        return cli_fail(CLI_FINDING, "%s: no row of kind '%s'%s", o.path,
                        o.ask.kind ? o.ask.kind : "all",
                        o.ask.service || o.ask.at_s >= 0 ? " offers it or is open then" : "");
    return c->json ? places_json(&o) : places_text(&o);
}

/* ---- the bank itself ---- */

static void minutes_json(struct jsonw *w, const char *key, double x)
{
    jw_f64(w, key, isfinite(x) ? x : NAN, 1);
}

static void item_json(struct jsonw *w, const char *key, const struct nearby_item *i)
{
    jw_object(w, key);
    jw_text(w, "code", i->outlet.code);
    jw_text(w, "name", i->outlet.name_zh);
    jw_f64(w, "km", i->metres / 1000, 4);
    place_json(w, i->outlet.lat_e6, i->outlet.lon_e6);
    jw_bool(w, "open", i->open);
    jw_bool(w, "offers", i->offers);
    jw_i64(w, "waiting", i->waiting);
    jw_i64(w, "windows_open", i->windows_open);
    if (i->known) {
        jw_bool(w, "simulated", i->simulated);
        minutes_json(w, "trip_min", i->total.trip);
        minutes_json(w, "wait_p50_min", i->total.p50);
        minutes_json(w, "wait_p90_min", i->total.p90);
        minutes_json(w, "total_min", i->total.total);
        jw_f64(w, "sooner", i->total.sooner, 2);
    }
    jw_bool(w, "too_late", i->too_late);
    jw_bool(w, "suggested", i->total.suggested);
    jw_end(w);
}

static void item_text(const struct nearby_item *i)
{
    printf("%8.3f  %-8s ", i->metres / 1000, i->outlet.code);
    if (!i->open || !i->offers)
        printf("%-26s", i->open ? "does not offer it" : "closed now");
    else if (i->too_late)
        printf("%5.0f min  %-15s", i->total.trip, "closed by then");
    else if (!isfinite(i->total.p50))
        printf("%5.0f min  %-15s", i->total.trip, "nobody serves it");
    else
        printf("%5.0f min %4.0f..%-3.0f %4.0f min", i->total.trip, i->total.p50, i->total.p90,
               i->total.total);
    printf("  %s%s\n", i->outlet.name_zh, i->total.suggested ? "  <- quicker" : "");
}

static int ask_of(struct cli *c, struct cli_look *l, struct nearby_ask *ask)
{
    const char *from = cli_flag(c, "from"), *mode = cli_flag(c, "mode");
    char error[OUTLETS_ERROR] = "";
    struct branch_outlet o;
    bool drive = mode && !strcmp(mode, "drive");
    ask->trip = drive ? guide_drive : guide_walk;
    ask->trip.metres_min = (double)(drive ? c->config.drive_m_min : c->config.walk_m_min);
    int rc = cli_service_find(&l->c, cli_flag(c, "service"), &ask->service);
    if (rc || outlets_point(from, &ask->lat_e6, &ask->lon_e6, error))
        return rc;
    rc = branch_outlet_find(&l->c, from, &o);
    if (rc == BRANCH_NO_OUTLET)
        return strchr(from, ',') ? call_refuse(&l->c, BRANCH_BAD_PLACE, "from", "%s", error)
                                 : call_refuse(&l->c, rc, "from", "'%s'", from);
    ask->from = o.id;
    return rc;
}

static void print_items(struct cli *c, const struct nearby_item *here,
                        const struct nearby_item *list, int n)
{
    struct buf b;
    struct jsonw w;
    if (!c->json) {
        printf("%8s  %-8s %9s %9s %8s\n", "km", "code", "way", "wait", "in all");
        if (here->outlet.id.n)
            item_text(here);
        for (int i = 0; i < n; i++)
            item_text(&list[i]);
        return;
    }
    buf_init(&b, 4 << 20);
    jw_init(&w, &b);
    jw_object(&w, NULL);
    if (here->outlet.id.n)
        item_json(&w, "here", here);
    else
        jw_null(&w, "here");
    jw_array(&w, "items");
    for (int i = 0; i < n; i++)
        item_json(&w, NULL, &list[i]);
    jw_end(&w);
    jw_end(&w);
    print_document(&b);
}

static int near_bank(struct cli *c, int64_t most)
{
    const char *mode = cli_flag(c, "mode");
    struct nearby_ask ask = { .service = { 0 } };
    struct nearby_item here, *list = NULL;
    struct cli_look l;
    int64_t now_us = 0;
    int n = 0;
    if (!cli_flag(c, "service"))
        return cli_fail(CLI_USAGE, "plan nearby without FILE needs --service, a letter or code");
    if (mode && strcmp(mode, "walk") != 0 && strcmp(mode, "drive") != 0)
        return cli_fail(CLI_USAGE, "--mode %s: walk or drive", mode);
    if (!cli_now(c, &now_us))
        return CLI_USAGE;
    int status = cli_look_open(c, now_us, (size_t)1 << 30, &l);
    if (status)
        return status;
    int rc = ask_of(c, &l, &ask);
    if (!rc)
        rc = nearby_read(&l.c, &ask, &here, &list, &n);
    if (!rc)
        print_items(c, &here, list, n < most ? n : (int)most);
    return cli_look_close(c, &l, rc);
}

int cli_plan_nearby(struct cli *c)
{
    int64_t most = OUTLETS_MAX;
    if (!cli_flag(c, "from"))
        return cli_fail(CLI_USAGE, "plan nearby needs --from LAT,LON or the code of an outlet");
    if (!cli_number(c, "max", 1, OUTLETS_MAX, &most))
        return CLI_USAGE;
    if (!c->n_args)
        return near_bank(c, most);
    struct arena *arena = arena_new((size_t)1 << 30);
    int status = near_list(c, most, arena);
    arena_free(arena);
    return status;
}
