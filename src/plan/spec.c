/* spec.c -- See spec.h. */
#include "plan/spec.h"
#include "base/date.h"
#include "base/json.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/banned.h"

struct reading {
    struct json_doc *d;
    struct arena *arena;
    struct plan_spec *s;
    char *error;
    size_t error_size;
    bool bad;
};

__attribute__((format(printf, 2, 3))) static void refuse(struct reading *r, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    if (!r->bad)
        vsnprintf(r->error, r->error_size, fmt, args);
    va_end(args);
    r->bad = true;
}

/* in: of what the list is a field, with its dot. */
static double *numbers(struct reading *r, struct json_node *n, const char *in, const char *key,
                       size_t max, size_t *count)
{
    struct json_node *a = json_want_array(r->d, n, key, max, count);
    double *out = arena_alloc(r->arena, (*count + 1) * sizeof *out);
    for (size_t i = 0; i < *count; i++)
        if (!json_is_f64(json_item(a, i), &out[i]) || !isfinite(out[i]) || out[i] < 0) {
            refuse(r, "%s%s[%zu]: a number, 0 or more", in, key, i);
            break;
        }
    return out;
}

/* in: "service." or "services[2]." */
static void read_service(struct reading *r, struct json_node *n, const char *in,
                         struct plan_kind *k)
{
    const char *kind = "exponential", *prefix = NULL;
    double mean = 8, cs2 = 1;
    size_t count = 0;
    json_want_text(r->d, n, "kind", 20, &kind);
    json_want_text(r->d, n, "prefix", 1, &prefix);
    json_want_f64(r->d, n, "share", 0, 1e9, &k->share);
    json_want_f64(r->d, n, "mean_minutes", 0.001, 1e4, &mean);
    json_want_f64(r->d, n, "cs2", 0, 100, &cs2);
    double *values = numbers(r, n, in, "values", 200000, &count);
    if (prefix && (*prefix < 'A' || *prefix > 'Z'))
        refuse(r, "%sprefix: one letter, A to Z", in);
    if (prefix)
        k->prefix = *prefix;
    k->takes = (struct plan_service_time){ .kind = PLAN_EXPONENTIAL, .mean = mean, .cs2 = 1 };
    if (!strcmp(kind, "lognormal")) {
        k->takes.kind = PLAN_LOGNORMAL;
        k->takes.cs2 = cs2;
    } else if (!strcmp(kind, "empirical")) {
        if (count == 0)
            refuse(r, "%svalues: the measured minutes, at least one", in);
        else
            plan_service_values(&k->takes, values, (int)count);
        if (!r->bad && k->takes.mean <= 0)
            refuse(r, "%svalues: all are 0", in);
    } else if (strcmp(kind, "exponential") != 0) {
        refuse(r, "%skind: exponential, lognormal or empirical", in);
    }
}

static void read_services(struct reading *r, struct json_node *root)
{
    struct plan_model *m = &r->s->model;
    size_t count = 0;
    struct json_node *one = json_want_object(r->d, root, "service");
    struct json_node *many = json_want_array(r->d, root, "services", PLAN_KINDS, &count);
    if (one && count > 0)
        refuse(r, "services: service or services, not both");
    m->n_kinds = count > 0 ? (int)count : 1;
    for (int i = 0; i < m->n_kinds; i++) {
        m->kinds[i] = (struct plan_kind){ .prefix = (char)('A' + i), .share = 1 };
        char in[24] = "service.";
        if (count > 0)
            snprintf(in, sizeof in, "services[%d].", i);
        read_service(r, count > 0 ? json_item(many, (size_t)i) : one, in, &m->kinds[i]);
        for (int j = 0; j < i; j++)
            if (m->kinds[j].prefix == m->kinds[i].prefix)
                refuse(r, "%sprefix: %c is there twice", in, m->kinds[i].prefix);
    }
}

static void read_classes(struct reading *r, struct json_node *root)
{
    struct plan_model *m = &r->s->model;
    size_t count = 0;
    struct json_node *a = json_want_array(r->d, root, "classes", RULE_CLASSES, &count);
    m->n_classes = count > 0 ? (int)count : 1;
    m->classes[0] = (struct plan_class){ .code = "normal", .share = 1 };
    for (size_t i = 0; i < count; i++) {
        struct json_node *n = json_item(a, i);
        struct plan_class *k = &m->classes[i];
        const char *code = "";
        *k = (struct plan_class){ .share = 1 };
        json_need_text(r->d, n, "code", sizeof k->code - 1, &code);
        snprintf(k->code, sizeof k->code, "%s", code);
        json_want_f64(r->d, n, "share", 0, 1e9, &k->share);
        json_want_f64(r->d, n, "within_minutes", 0.01, 1440, &k->within);
        json_want_f64(r->d, n, "late_share", 0.0001, 0.999, &k->late);
        for (size_t j = 0; j < i; j++)
            if (!strcmp(m->classes[j].code, k->code))
                refuse(r, "classes[%zu].code: %s is there twice", i, k->code);
    }
}

static void check_shares(struct reading *r)
{
    const struct plan_model *m = &r->s->model;
    double classes = 0, kinds = 0;
    for (int i = 0; i < m->n_classes; i++)
        classes += m->classes[i].share;
    for (int i = 0; i < m->n_kinds; i++)
        kinds += m->kinds[i].share;
    if (classes <= 0 || kinds <= 0)
        refuse(r, "%s: the shares add up to nothing", classes <= 0 ? "classes" : "services");
}

static void read_arrivals(struct reading *r, struct json_node *root)
{
    struct plan_model *m = &r->s->model;
    size_t count = 0, traced = 0;
    m->slot = 30;
    json_want_f64(r->d, root, "slot_minutes", 1, 1440, &m->slot);
    json_want_f64(r->d, root, "day_cv", 0, 3, &m->day_cv);
    double *expected = numbers(r, root, "", "arrivals", PLAN_SLOTS, &count);
    double *trace = numbers(r, root, "", "trace_minutes", 200000, &traced);
    m->slots = (int)count;
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += m->expected[i] = expected[i];
    if (count == 0)
        refuse(r, "arrivals: the customers expected in each slot");
    if (sum > 1e6)
        refuse(r, "arrivals: together at most a million");
    if (traced > 0) {
        m->trace = trace;
        m->n_trace = (int)traced;
        for (size_t i = 1; i < traced; i++)
            if (trace[i] < trace[i - 1])
                refuse(r, "trace_minutes: must rise");
        if (trace[traced - 1] >= m->slot * m->slots)
            refuse(r, "trace_minutes: before the end of the last slot");
    }
}

static int class_of(const struct plan_model *m, const char *code)
{
    for (int i = 0; i < m->n_classes; i++)
        if (!strcmp(m->classes[i].code, code))
            return i;
    return -1;
}

static double minute_of(struct reading *r, const char *list, size_t i, const char *key,
                        const char *text)
{
    int s = 0;
    if (!date_parse_hm(text, &s))
        refuse(r, "%s[%zu].%s: a time is written 09:30", list, i, key);
    return (s - r->s->open_s) / 60.0;
}

static void read_bookings(struct reading *r, struct json_node *root)
{
    struct plan_model *m = &r->s->model;
    size_t count = 0;
    struct json_node *a = json_want_array(r->d, root, "bookings", PLAN_BOOKINGS, &count);
    json_want_f64(r->d, root, "booking_early_minutes", 0, 240, &m->booking_early);
    json_want_f64(r->d, root, "booking_sd_minutes", 0, 240, &m->booking_sd);
    for (size_t i = 0; i < count; i++) {
        struct json_node *n = json_item(a, i);
        struct plan_booking *b = &m->bookings[m->n_bookings++];
        const char *at = "", *class = m->classes[0].code, *service = NULL;
        *b = (struct plan_booking){ .show = 1 };
        json_need_text(r->d, n, "at", 5, &at);
        json_want_text(r->d, n, "class", 23, &class);
        json_want_text(r->d, n, "service", 1, &service);
        json_want_f64(r->d, n, "show", 0, 1, &b->show);
        b->at = minute_of(r, "bookings", i, "at", at);
        b->class_index = class_of(m, class);
        bool found = !service;
        for (int k = 0; service && k < m->n_kinds; k++)
            if (m->kinds[k].prefix == *service) {
                b->kind = k;
                found = true;
            }
        if (!found)
            refuse(r, "bookings[%zu].service: the prefix of one of the services", i);
        if (b->class_index < 0)
            refuse(r, "bookings[%zu].class: the code of one of the classes", i);
        if (b->at < 0 || b->at >= m->slot * m->slots)
            refuse(r, "bookings[%zu].at: between opening and the end of the last slot", i);
    }
}

static void read_person(struct reading *r, struct json_node *n, size_t i, struct plan_window *w)
{
    const char *from = "", *to = NULL, *lunch = NULL, *services = "";
    double lunch_minutes = 30;
    *w = (struct plan_window){ .n = 1 };
    json_need_text(r->d, n, "from", 5, &from);
    json_want_text(r->d, n, "to", 5, &to);
    json_want_text(r->d, n, "lunch", 5, &lunch);
    json_want_text(r->d, n, "services", 26, &services);
    json_want_f64(r->d, n, "lunch_minutes", 1, 240, &lunch_minutes);
    json_want_f64(r->d, n, "late_chance", 0, 1, &w->late_chance);
    json_want_f64(r->d, n, "late_minutes", 0, 240, &w->late_mean);
    double end = to ? minute_of(r, "people", i, "to", to) : INFINITY,
           begin = minute_of(r, "people", i, "from", from);
    w->spans[0] = (struct plan_span){ .from = begin, .to = end };
    if (lunch) {
        double at = minute_of(r, "people", i, "lunch", lunch);
        w->n = 2;
        w->spans[0].to = at;
        w->spans[1] = (struct plan_span){ at, end, lunch_minutes };
    }
    if (w->spans[0].to <= begin || w->spans[w->n - 1].to <= w->spans[w->n - 1].from)
        refuse(r, "people[%zu]: from, lunch and to follow each other", i);
    for (const char *p = services; *p; p++) {
        if (*p < 'A' || *p > 'Z')
            refuse(r, "people[%zu].services: letters A to Z, the preferred first", i);
        else
            w->preference[*p - 'A'] = (uint8_t)(p - services + 1);
    }
}

static void read_people(struct reading *r, struct json_node *root)
{
    size_t count = 0;
    struct json_node *a = json_want_array(r->d, root, "people", PLAN_WINDOWS, &count);
    r->s->people = count > 0;
    r->s->crew.n = (int)count;
    for (size_t i = 0; i < count; i++)
        read_person(r, json_item(a, i), i, &r->s->crew.windows[i]);
}

static void read_root(struct reading *r)
{
    struct json_node *root = json_root(r->d);
    struct plan_spec *s = r->s;
    struct plan_model *m = &s->model;
    const char *open = "08:30", *rule = "fcfs";
    m->within = 20;
    m->late = 0.05;
    s->max_windows = 0;
    s->seed = 1;
    json_want_text(r->d, root, "open", 5, &open);
    if (!date_parse_hm(open, &s->open_s))
        refuse(r, "open: a time is written 08:30");
    json_want_f64(r->d, root, "within_minutes", 0.01, 1440, &m->within);
    json_want_f64(r->d, root, "late_share", 0.0001, 0.999, &m->late);
    json_want_f64(r->d, root, "patience_minutes", 0, 1e5, &m->patience);
    json_want_f64(r->d, root, "courtesy_share", 0, 1, &m->courtesy_share);
    json_want_bool(r->d, root, "abandon_fails", &m->abandon_fails);
    json_want_i64(r->d, root, "max_windows", 1, PLAN_WINDOWS, &s->max_windows);
    json_want_i64(r->d, root, "days", 1, 10000000, &s->days);
    json_want_i64(r->d, root, "seed", 0, INT64_MAX, &s->seed);
    json_want_text(r->d, root, "rule", RULE_TEXT - 1, &rule);
    read_arrivals(r, root);
    read_services(r, root);
    read_classes(r, root);
    check_shares(r);
    if (!r->bad) {
        read_bookings(r, root);
        read_people(r, root);
    }
    if (!r->bad && plan_model_rule(m, rule, r->error, r->error_size))
        r->bad = true;
}

int plan_spec_read(const char *text, size_t len, struct arena *arena, struct plan_spec *out,
                   char *error, size_t error_size)
{
    const char *path = NULL;
    struct reading r = { .arena = arena, .s = out, .error = error, .error_size = error_size };
    memset(out, 0, sizeof *out);
    int rc = json_parse(text, len, &r.d, error, error_size);
    if (rc)
        return rc;
    read_root(&r);
    rc = json_finish(r.d, &path);
    if (r.bad && (!rc || rc == BASE_UNKNOWN_FIELD))
        rc = BASE_BAD_INPUT; /* said already */
    else if (rc)
        json_fault_text(r.d, rc, path, error, error_size);
    json_free(r.d);
    return rc;
}
