/* plan.c -- What is settled before anybody walks in: settings, rule, classes, windows, services. */
#include "lobby/lobby_priv.h"
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include "base/banned.h"

static const struct lobby_settings defaults = {
    .rule = "promise;courtesy head 10m;finally 40m",
    .recall_min_s = 10,
    .recall_max = 3,
    .undo_s = 60,
    .notify_ahead = 3,
    .alarm_wait_s = 900,
    .alarm_count = 15,
    .idle_alarm_s = 120,
    .book_days = 7,
    .book_notice_s = 1800,
    .slot_s = 1800,
    .slot_capacity = 4,
    .early_s = 900,
    .late_s = 900,
    .per_customer = 2,
    .missed_max = 3,
};

enum { NUMBERS = 15 };

/* The numbers in the order in which the row keeps them, with their bounds. */
static const struct {
    size_t offset;
    int min, max;
    const char *name;
} numbers[NUMBERS - 1] = {
    { offsetof(struct lobby_settings, recall_min_s), 0, 600, "recall_min_s" },
    { offsetof(struct lobby_settings, recall_max), 0, 20, "recall_max" },
    { offsetof(struct lobby_settings, undo_s), 0, 600, "undo_s" },
    { offsetof(struct lobby_settings, notify_ahead), 0, 50, "notify_ahead" },
    { offsetof(struct lobby_settings, alarm_wait_s), 60, 14400, "alarm_wait_s" },
    { offsetof(struct lobby_settings, alarm_count), 1, 1000, "alarm_count" },
    { offsetof(struct lobby_settings, idle_alarm_s), 10, 7200, "idle_alarm_s" },
    { offsetof(struct lobby_settings, book_days), 0, 60, "booking.days_ahead" },
    { offsetof(struct lobby_settings, book_notice_s), 0, 172800, "booking.min_notice_s" },
    { offsetof(struct lobby_settings, slot_s), 300, 14400, "booking.slot_s" },
    { offsetof(struct lobby_settings, slot_capacity), 0, 200, "booking.capacity" },
    { offsetof(struct lobby_settings, early_s), 0, 7200, "booking.early_s" },
    { offsetof(struct lobby_settings, late_s), 0, 7200, "booking.late_s" },
    { offsetof(struct lobby_settings, per_customer), 1, 20, "booking.per_customer_max" },
};
/* missed_max and carry_over follow as the last two. */

static int *number_at(struct lobby_settings *s, int i)
{
    return (int *)((char *)s + numbers[i].offset);
}

static void numbers_print(const struct lobby_settings *s, char out[256])
{
    size_t len = 0;
    struct lobby_settings copy = *s;
    for (int i = 0; i < NUMBERS - 1; i++)
        len += (size_t)snprintf(out + len, 256 - len, "%d,", *number_at(&copy, i));
    snprintf(out + len, 256 - len, "%d,%d", s->missed_max, s->carry_over ? 1 : 0);
}

static int numbers_read(const char *text, struct lobby_settings *s)
{
    int used = 0, carry = 0;
    for (int i = 0; i < NUMBERS - 1; i++) {
        if (sscanf(text, "%d,%n", number_at(s, i), &used) != 1)
            return RC_CORRUPT;
        text += used;
    }
    if (sscanf(text, "%d,%d", &s->missed_max, &carry) != 2)
        return RC_CORRUPT;
    s->carry_over = carry != 0;
    return 0;
}

int lobby_settings_get(struct call *c, outlet_id o, struct lobby_settings *out)
{
    struct db_rows r;
    int rc =
        db_query(c->tx, &r, "SELECT rule, numbers, printer FROM lobby_settings WHERE outlet_id=$1",
                 DB_ARGS(DB_I(o.n)));
    *out = defaults;
    if (!rc && (rc = db_next(&r)) == DB_ROW) {
        snprintf(out->rule, sizeof out->rule, "%s", db_text(&r, 0));
        rc = numbers_read(db_text(&r, 1), out);
        snprintf(out->printer, sizeof out->printer, "%s", db_text(&r, 2));
    }
    db_done(&r);
    return rc;
}

static int rule_classes_of(const struct branch_class *k, int n, struct rule_classes *out)
{
    memset(out, 0, sizeof *out);
    for (int i = 0; i < n; i++) {
        CHECK(k[i].index >= 0 && k[i].index < RULE_CLASSES);
        out->at[k[i].index].code = k[i].code;
        out->at[k[i].index].rank = k[i].rank;
        out->at[k[i].index].zh = k[i].name_zh;
        out->at[k[i].index].en = k[i].name_en;
        out->at[k[i].index].target_us = k[i].target_s * US_SECOND;
        if (k[i].index >= out->count)
            out->count = k[i].index + 1;
    }
    for (int i = 0; i < out->count; i++)
        if (!out->at[i].code)
            out->at[i].code = "";
    return 0;
}

int lobby_rule_check(struct call *c, const char *text, char out[RULE_TEXT])
{
    struct branch_class *classes;
    struct rule_classes rc_list;
    struct lobby_rule rule;
    char error[160];
    int n, rc = branch_classes(c, &classes, &n);
    if (rc)
        return rc;
    rule_classes_of(classes, n, &rc_list);
    if (rule_parse(text, &rc_list, &rule, error, sizeof error))
        return call_refuse(c, LOBBY_BAD_RULE, "rule", "%s", error);
    rule_print(&rule, &rc_list, out);
    return 0;
}

/* A rule text that may be kept, or the refusal with the parser's own words. */
static int rule_fit(struct call *c, const char *text)
{
    char canonical[RULE_TEXT];
    return lobby_rule_check(c, text, canonical);
}

/* From now on: for the audit of calls, which asks the rule that was in force then. */
static int rule_note(struct call *c, outlet_id o, int64_t window, const char *rule)
{
    return db_exec(c->tx,
                   "INSERT INTO rule_history (outlet_id, window_id, from_us, rule)"
                   " VALUES ($1,$2,$3,$4) ON CONFLICT (outlet_id, window_id, from_us)"
                   " DO UPDATE SET rule=excluded.rule",
                   DB_ARGS(DB_I(o.n), DB_I(window), DB_I(c->now_us), DB_T(rule)));
}

int lobby_settings_put(struct call *c, outlet_id o, const struct lobby_settings *s)
{
    char text[256];
    struct branch_outlet outlet;
    struct lobby_settings copy = *s;
    int rc = branch_outlet_get(c, o, &outlet);
    if (!rc)
        rc = rule_fit(c, s->rule);
    for (int i = 0; !rc && i < NUMBERS - 1; i++)
        if (*number_at(&copy, i) < numbers[i].min || *number_at(&copy, i) > numbers[i].max)
            rc = call_refuse(c, BASE_RANGE, numbers[i].name, "%d..%d", numbers[i].min,
                             numbers[i].max);
    if (!rc && s->printer[0] && strncmp(s->printer, "tcp:", 4) && strncmp(s->printer, "file:", 5))
        rc = call_refuse(c, BASE_BAD_INPUT, "printer", "tcp:HOST:PORT or file:PATH");
    if (rc)
        return rc;
    numbers_print(s, text);
    rc = db_exec(c->tx,
                 "INSERT INTO lobby_settings (outlet_id, rule, numbers, printer) VALUES"
                 " ($1,$2,$3,$4) ON CONFLICT (outlet_id) DO UPDATE SET rule=excluded.rule,"
                 " numbers=excluded.numbers, printer=excluded.printer",
                 DB_ARGS(DB_I(o.n), DB_T(s->rule), DB_T(text), DB_T(s->printer)));
    if (!rc)
        rc = branch_touch(c);
    if (!rc)
        rc = rule_note(c, o, 0, s->rule);
    if (rc)
        return rc;
    jw_text(event_begin(c), "rule", s->rule);
    return event_add(c, o.n, "settings.changed", o.n);
}

int lobby_window_rule_put(struct call *c, window_id w, const char *rule)
{
    struct branch_window window;
    int rc = branch_window_get(c, w, &window);
    if (!rc && *rule)
        rc = rule_fit(c, rule);
    if (rc)
        return rc;
    if (*rule)
        rc = db_exec(c->tx,
                     "INSERT INTO window_rule (window_id, outlet_id, rule) VALUES ($1,$2,$3)"
                     " ON CONFLICT (window_id) DO UPDATE SET rule=excluded.rule",
                     DB_ARGS(DB_I(w.n), DB_I(window.outlet.n), DB_T(rule)));
    else
        rc = db_exec(c->tx, "DELETE FROM window_rule WHERE window_id=$1", DB_ARGS(DB_I(w.n)));
    if (!rc)
        rc = branch_touch(c);
    if (!rc)
        rc = rule_note(c, window.outlet, w.n, rule);
    if (rc)
        return rc;
    jw_text(event_begin(c), "rule", rule);
    return event_add(c, window.outlet.n, "settings.window_rule", w.n);
}

int lobby_window_rule_get(struct call *c, window_id w, char out[RULE_TEXT])
{
    struct db_rows r;
    int rc =
        db_query(c->tx, &r, "SELECT rule FROM window_rule WHERE window_id=$1", DB_ARGS(DB_I(w.n)));
    out[0] = 0;
    if (!rc && (rc = db_next(&r)) == DB_ROW) {
        snprintf(out, RULE_TEXT, "%s", db_text(&r, 0));
        rc = 0;
    }
    db_done(&r);
    return rc;
}

static int own_rules_read(struct call *c, outlet_id o, struct lobby_plan *p)
{
    struct db_rows r;
    int rc = db_query(c->tx, &r, "SELECT window_id, rule FROM window_rule WHERE outlet_id=$1",
                      DB_ARGS(DB_I(o.n)));
    while (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        char error[160];
        if (p->n_own_rules == BRANCH_WINDOWS_MAX)
            continue;
        p->own_rule[p->n_own_rules].window = db_i64(&r, 0);
        if (rule_parse(db_text(&r, 1), &p->rule_classes, &p->own_rule[p->n_own_rules].rule, error,
                       sizeof error))
            rc = RC_CORRUPT;
        p->n_own_rules++;
    }
    db_done(&r);
    return rc;
}

static int plan_read(struct call *c, outlet_id o, const struct lobby_plan **out)
{
    struct lobby_plan *p = arena_alloc(c->arena, sizeof *p);
    struct branch_class *classes;
    char error[160];
    int n = 0, all = 0;
    int rc = branch_outlet_get(c, o, &p->outlet);
    if (!rc)
        rc = lobby_settings_get(c, o, &p->settings);
    if (!rc)
        rc = branch_classes(c, &classes, &n);
    if (!rc)
        rc = branch_windows(c, o, &p->windows, &all);
    if (!rc)
        rc = branch_services(c, &p->services, &p->n_services);
    if (rc)
        return rc;
    CHECK(n <= BRANCH_CLASSES_MAX);
    memcpy(p->classes, classes, sizeof *classes * (size_t)n);
    p->n_classes = n;
    rule_classes_of(p->classes, n, &p->rule_classes);
    for (int i = 0; i < all; i++)
        if (p->windows[i].active)
            p->windows[p->n_windows++] = p->windows[i];
    if (rule_parse(p->settings.rule, &p->rule_classes, &p->rule, error, sizeof error))
        return RC_CORRUPT;
    rc = own_rules_read(c, o, p);
    *out = p;
    return rc;
}

/* ---- the thread's kept plans ---- */

enum { PLANS = 2048, PROBES = 16, PLAN_MEMORY = 1 << 20 };
struct kept_plan {
    int64_t outlet, version;
    const struct lobby_plan *plan;
    struct arena *arena, *before; /* before: the last one's, which a running call may still hold */
};
struct kept_plans {
    struct arena *arena;
    struct kept_plan at[PLANS];
};
static pthread_key_t kept_key;
static pthread_once_t kept_once = PTHREAD_ONCE_INIT;

static void kept_free(void *kept)
{
    struct kept_plans *k = kept;
    for (int i = 0; i < PLANS; i++) {
        arena_free(k->at[i].arena);
        arena_free(k->at[i].before);
    }
    arena_free(k->arena);
}

static void kept_begin(void)
{
    CHECK(!pthread_key_create(&kept_key, kept_free));
}

/* The outlet's place among this thread's plans; when all near ones are taken, the first gives way.
 */
static struct kept_plan *kept_place(outlet_id o)
{
    CHECK(!pthread_once(&kept_once, kept_begin));
    struct kept_plans *k = pthread_getspecific(kept_key);
    if (!k) {
        struct arena *arena = arena_new(sizeof *k + 64);
        k = arena_alloc(arena, sizeof *k);
        k->arena = arena;
        CHECK(!pthread_setspecific(kept_key, k));
    }
    size_t home = (uint64_t)o.n * UINT64_C(0x9E3779B97F4A7C15) >> 40;
    for (size_t i = 0; i < PROBES; i++) {
        struct kept_plan *at = &k->at[(home + i) % PLANS];
        if (at->outlet == o.n || !at->outlet)
            return at;
    }
    return &k->at[home % PLANS];
}

int plan_load(struct call *c, outlet_id o, const struct lobby_plan **out)
{
    int64_t version = 0;
    int rc = branch_version(c, &version);
    if (rc)
        return rc;
    struct kept_plan *at = version && o.n > 0 ? kept_place(o) : NULL;
    if (!at)
        return plan_read(c, o, out);
    if (at->outlet == o.n && at->version == version) {
        *out = at->plan;
        return 0;
    }
    struct call own = *c;
    own.arena = arena_new(PLAN_MEMORY);
    rc = plan_read(&own, o, out);
    if (rc) {
        arena_free(own.arena);
        return rc;
    }
    arena_free(at->before);
    *at = (struct kept_plan){ o.n, version, *out, own.arena, at->arena };
    return 0;
}

const struct branch_service *plan_service(const struct lobby_plan *p, service_id s)
{
    for (int i = 0; i < p->n_services; i++)
        if (p->services[i].id.n == s.n)
            return &p->services[i];
    return NULL;
}

const struct branch_service *plan_prefix(const struct lobby_plan *p, int prefix)
{
    for (int i = 0; i < p->n_services; i++)
        if (p->services[i].prefix == prefix)
            return &p->services[i];
    return NULL;
}

const struct branch_window *plan_window(const struct lobby_plan *p, window_id w)
{
    for (int i = 0; i < p->n_windows; i++)
        if (p->windows[i].id.n == w.n)
            return &p->windows[i];
    return NULL;
}

const struct lobby_rule *plan_rule(const struct lobby_plan *p, window_id w)
{
    for (int i = 0; i < p->n_own_rules; i++)
        if (p->own_rule[i].window == w.n)
            return &p->own_rule[i].rule;
    return &p->rule;
}

bool window_handles(const struct branch_window *w, service_id s)
{
    for (int i = 0; i < w->n_services; i++)
        if (w->services[i].service.n == s.n)
            return true;
    return false;
}

bool plan_offers(const struct lobby_plan *p, service_id s)
{
    const struct branch_service *service = plan_service(p, s);
    if (!service || !service->active)
        return false;
    for (int i = 0; i < p->n_windows; i++)
        if (window_handles(&p->windows[i], s))
            return true;
    return false;
}

struct rule_caller plan_caller(const struct lobby_plan *p, const struct branch_window *w,
                               staff_id staff)
{
    struct rule_caller caller = { .window = w->id.n, .staff = staff.n };
    for (int i = 0; i < w->n_services; i++) {
        const struct branch_service *s = plan_service(p, w->services[i].service);
        int preference = w->services[i].preference;
        if (s)
            caller.preference[s->prefix - 'A'] = (uint8_t)(preference < 1     ? 1
                                                           : preference > 255 ? 255
                                                                              : preference);
    }
    return caller;
}
