/* replay_bank.c -- A small bank to replay in: every window handles every service, always open. */
#include "app/replay.h"
#include <stdio.h>
#include <string.h>
#include "base/banned.h"

static int make_classes(struct call *c, const char *high_code)
{
    struct branch_class normal = { .index = 0,
                                   .code = "normal",
                                   .name_zh = "普通客户",
                                   .name_en = "Normal",
                                   .target_s = 1200,
                                   .goal_ppm = 950000 };
    struct branch_class high = { .index = 1,
                                 .name_zh = "中高端客户",
                                 .name_en = "Mid/high",
                                 .rank = 1,
                                 .target_s = 600,
                                 .goal_ppm = 900000,
                                 .mid_high = true };
    snprintf(high.code, sizeof high.code, "%s", high_code);
    int rc = branch_class_put(c, &normal);
    return rc ? rc : branch_class_put(c, &high);
}

static int make_services(struct call *c, const struct replay_plan *p, service_id *out)
{
    int rc = 0;
    for (int i = 0; !rc && i < p->n_services; i++) {
        struct branch_service s = { .prefix = (char)('A' + i),
                                    .handling_s = 180,
                                    .active = true,
                                    .bookable = true,
                                    .sort = i };
        snprintf(s.code, sizeof s.code, "s%d", i + 1);
        snprintf(s.name_zh, sizeof s.name_zh, "%s", p->services[i]);
        snprintf(s.name_en, sizeof s.name_en, "%s", p->services[i]);
        rc = branch_service_put(c, &s);
        out[i] = s.id;
    }
    return rc;
}

static int make_outlet(struct call *c, const struct replay_plan *p, int i,
                       const service_id *services, struct replay_outlet *out)
{
    struct branch_outlet o = { .lat_e6 = 35240000 + i * 100, .lon_e6 = 113230000, .active = true };
    struct lobby_settings s;
    window_id *windows = (window_id *)(uintptr_t)out->windows;
    snprintf(o.code, sizeof o.code, "R%04d", i + 1);
    snprintf(o.name_zh, sizeof o.name_zh, "回放网点 %d", i + 1);
    snprintf(o.name_en, sizeof o.name_en, "Replay outlet %d", i + 1);
    int rc = branch_outlet_put(c, &o);
    out->id = o.id;
    for (int d = 1; !rc && d <= 7; d++)
        rc = branch_hours_put(c, o.id, d, (struct branch_hours){ 0, 86400 });
    for (int k = 0; !rc && k < p->windows; k++) {
        struct branch_window w = {
            .outlet = o.id, .number = k + 1, .active = true, .n_services = p->n_services
        };
        snprintf(w.name_zh, sizeof w.name_zh, "%d号窗口", k + 1);
        snprintf(w.name_en, sizeof w.name_en, "Window %d", k + 1);
        for (int n = 0; n < p->n_services; n++) {
            w.services[n].service = services[n];
            w.services[n].preference = 1;
        }
        rc = branch_window_put(c, &w);
        windows[k] = w.id;
    }
    if (!rc)
        rc = lobby_settings_get(c, o.id, &s);
    if (rc)
        return rc;
    snprintf(s.rule, sizeof s.rule, "%s", p->rule);
    return lobby_settings_put(c, o.id, &s);
}

int replay_bank_make(struct db *db, struct ids *ids, const struct replay_plan *p,
                     struct arena *arena, struct replay_bank *out, char *error, size_t error_size)
{
    struct rng rng;
    rng_seed(&rng, 1);
    struct call c = { .now_us = p->now_us,
                      .rng = &rng,
                      .ids = ids,
                      .arena = arena_new(256 << 20),
                      .actor = { .kind = ACTOR_SYSTEM } };
    CHECK(p->n_services > 0 && p->n_services < 25 && p->windows <= BRANCH_WINDOWS_MAX);
    out->services = arena_alloc(arena, sizeof *out->services * (size_t)p->n_services);
    out->outlets = arena_alloc(arena, sizeof *out->outlets * (size_t)p->outlets);
    int rc = db_begin(db, &c.tx);
    if (!rc)
        rc = make_classes(&c, p->high_code);
    if (!rc)
        rc = make_services(&c, p, out->services);
    for (int i = 0; !rc && i < p->outlets; i++) {
        out->outlets[i].windows = arena_alloc(arena, sizeof(window_id) * (size_t)p->windows);
        out->outlets[i].n_windows = p->windows;
        rc = make_outlet(&c, p, i, out->services, &out->outlets[i]);
    }
    if (!rc)
        rc = db_commit(&c.tx);
    if (rc)
        snprintf(error, error_size, "%s%s%s", c.field ? c.field : "", c.field ? ": " : "",
                 c.detail[0] ? c.detail : db_error(db));
    db_rollback(&c.tx);
    arena_free(c.arena);
    return rc;
}
