/* week_spec.c -- The question of a roster as JSON: docs/roster-spec.md lists every field. */
#include "plan/week_spec.h"
#include "base/json.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/banned.h"

struct reading {
    struct json_doc *d;
    struct arena *arena;
    struct week_spec *s;
    char *error;
    size_t error_size;
    char at[64]; /* the item being read, with its dot: "people[3]."; "" outside lists */
    bool bad;
};

static void enter(struct reading *r, const char *list, size_t i)
{
    snprintf(r->at, sizeof r->at, "%s[%zu].", list, i);
}

/* Of a field of the item being read. */
__attribute__((format(printf, 3, 4))) static void refuse(struct reading *r, const char *key,
                                                         const char *fmt, ...)
{
    char what[120];
    va_list args;
    va_start(args, fmt);
    vsnprintf(what, sizeof what, fmt, args);
    va_end(args);
    if (!r->bad)
        snprintf(r->error, r->error_size, "%s%s: %s", r->at, key, what);
    r->bad = true;
}

static int minute(struct reading *r, struct json_node *n, const char *key, int otherwise)
{
    const char *text = NULL;
    int s = 0;
    json_want_text(r->d, n, key, 5, &text);
    if (!text)
        return otherwise;
    if (!strcmp(text, "24:00"))
        return 1440;
    if (!date_parse_hm(text, &s))
        refuse(r, key, "a time like 08:30");
    return s / 60;
}

/* A date as a day of the roster; -1 after refusing. */
static int day_of(struct reading *r, const char *key, const char *text)
{
    date d;
    if (!text || !date_parse(text, &d) || d.days < r->s->week.first.days ||
        d.days >= r->s->week.first.days + r->s->week.days) {
        refuse(r, key, "%.12s is no day of the roster; one is written 2026-11-30",
               text ? text : "nothing");
        return -1;
    }
    return d.days - r->s->week.first.days;
}

static int unit_of(struct reading *r, const char *key, const char *code)
{
    for (int u = 0; u < r->s->week.n_units; u++)
        if (!strcmp(r->s->week.units[u].code, code))
            return u;
    refuse(r, key, "%.16s is none of the outlets", code);
    return 0;
}

static unsigned skills_of(struct reading *r, struct json_node *n, const char *key, unsigned none)
{
    size_t count = 0;
    const char *text;
    unsigned bits = 0;
    const struct week *w = &r->s->week;
    struct json_node *a = json_want_array(r->d, n, key, WEEK_SKILLS, &count);
    for (size_t i = 0; i < count; i++) {
        int at = -1;
        if (json_is_text(json_item(a, i), &text))
            for (int k = 0; k < w->n_skills; k++)
                at = !strcmp(w->skills[k], text) ? k : at;
        if (at < 0)
            refuse(r, key, "each one of the skills at the top");
        else
            bits |= 1U << at;
    }
    return count ? bits : none;
}

static void read_rules(struct reading *r, struct json_node *root)
{
    struct json_node *n = json_want_object(r->d, root, "rules"),
                     *w = json_want_object(r->d, root, "weights");
    struct week_rules *k = &r->s->week.rules;
    struct week_weights *v = &r->s->week.weights;
    int64_t rest = k->rest_minutes, row = k->days_in_row, least = k->min_people,
            after = k->break_after, pause = k->break_minutes, min = k->shift_min,
            max = k->shift_max;
    json_want_i64(r->d, n, "min_rest_minutes", 0, 2880, &rest);
    json_want_i64(r->d, n, "max_days_in_row", 1, 14, &row);
    json_want_i64(r->d, n, "min_people", 0, 100, &least);
    json_want_i64(r->d, n, "break_after_minutes", 0, 1440, &after);
    json_want_i64(r->d, n, "break_minutes", 0, 240, &pause);
    json_want_i64(r->d, n, "min_shift_minutes", 0, 1440, &min);
    json_want_i64(r->d, n, "max_shift_minutes", 30, 1440, &max);
    *k = (struct week_rules){ (int)rest,
                              (int)row,
                              (int)least,
                              (int)after,
                              (int)pause,
                              (int)min,
                              (int)max,
                              minute(r, n, "early_before", k->early_before),
                              minute(r, n, "late_after", k->late_after) };
    json_want_f64(r->d, w, "short_half_hour", 0, 1e6, &v->short_slot);
    json_want_f64(r->d, w, "few_people", 0, 1e6, &v->few_people);
    json_want_f64(r->d, w, "hour_under", 0, 1e6, &v->hour_under);
    json_want_f64(r->d, w, "turn", 0, 1e6, &v->turn);
    json_want_f64(r->d, w, "wish", 0, 1e6, &v->wish);
    json_want_f64(r->d, w, "likes", 0, 1e6, &v->likes);
    json_want_f64(r->d, w, "hour", 0, 1e6, &v->hour);
    json_want_f64(r->d, w, "lend", 0, 1e6, &v->lend);
}

static void read_shift(struct reading *r, struct json_node *n)
{
    struct week *w = &r->s->week;
    struct week_shift s = { .units = ~UINT64_C(0) };
    const char *code = "", *text;
    int64_t minutes = 0, step = 30;
    size_t count = 0;
    json_need_text(r->d, n, "code", sizeof s.code - 1, &code);
    snprintf(s.code, sizeof s.code, "%s", code);
    s.from = minute(r, n, "start", -1);
    s.until = minute(r, n, "end", -1);
    if (s.from < 0 || s.from >= s.until)
        refuse(r, "start", "a time before the end");
    struct json_node *b = json_want_object(r->d, n, "break"),
                     *only = json_want_array(r->d, n, "outlets", WEEK_UNITS, &count);
    json_want_i64(r->d, b, "minutes", 0, 240, &minutes);
    json_want_i64(r->d, b, "every_minutes", 5, 240, &step);
    int from = minute(r, b, "from", (s.from + s.until) / 2), until = minute(r, b, "until", -1);
    s.units = count ? 0 : s.units;
    for (size_t i = 0; i < count; i++)
        if (json_is_text(json_item(only, i), &text))
            s.units |= UINT64_C(1) << unit_of(r, "outlets", text);
    s.break_minutes = (int)minutes;
    until = until < 0 || minutes == 0 ? from + (int)minutes : until;
    for (int at = from; at + minutes <= until && !r->bad; at += (int)step) {
        if (w->n_shifts == WEEK_SHIFTS) {
            refuse(r, "break", "%d shifts at most, each begin of a break counted", WEEK_SHIFTS);
            return;
        }
        s.break_from = minutes ? at : 0;
        w->shifts[w->n_shifts++] = s;
        if (minutes == 0)
            break;
    }
}

static void read_need(struct reading *r, struct json_node *n, struct week_unit *u)
{
    const char *day = NULL, *skill = NULL;
    size_t count = 0;
    json_need_text(r->d, n, "day", 10, &day);
    json_want_text(r->d, n, "skill", 20, &skill);
    int d = day_of(r, "day", day), slot = minute(r, n, "from", 0), k = 0;
    for (int i = 0; skill && i < r->s->week.n_skills; i++)
        k = !strcmp(r->s->week.skills[i], skill) ? i : k;
    if (skill && strcmp(r->s->week.skills[k], skill) != 0)
        refuse(r, "skill", "one of the skills at the top");
    if (slot % 30)
        refuse(r, "from", "at a full or half hour");
    struct json_node *a = json_need_array(r->d, n, "people", WEEK_SLOTS, &count);
    for (size_t i = 0; i < count && d >= 0; i++) {
        int64_t people = 0;
        if (!json_is_i64(json_item(a, i), &people) || people < 0 || people > 200 ||
            slot / 30 + (int)i >= WEEK_SLOTS) {
            refuse(r, "people", "each from 0 to 200, the last before midnight");
            return;
        }
        u->need[d][slot / 30 + (int)i][k] = (uint8_t)people;
        u->open[d] |= people > 0;
    }
}

static void read_unit(struct reading *r, struct json_node *n)
{
    struct week_unit *u = &r->s->week.units[r->s->week.n_units++];
    const char *code = "";
    size_t count = 0;
    json_need_text(r->d, n, "code", sizeof u->code - 1, &code);
    snprintf(u->code, sizeof u->code, "%s", code);
    for (int i = 0; i < r->s->week.n_units - 1; i++)
        if (!strcmp(r->s->week.units[i].code, u->code))
            refuse(r, "code", "%s is there twice", u->code);
    struct json_node *a = json_want_array(r->d, n, "need", WEEK_DAYS * WEEK_SKILLS, &count);
    for (size_t i = 0; i < count && !r->bad; i++) {
        snprintf(r->at, sizeof r->at, "outlets[%d].need[%zu].", r->s->week.n_units - 1, i);
        read_need(r, json_item(a, i), u);
    }
}

static void read_days(struct reading *r, struct json_node *n, const char *key, bool *out)
{
    size_t count = 0;
    const char *text = NULL;
    struct json_node *a = json_want_array(r->d, n, key, WEEK_DAYS, &count);
    for (size_t i = 0; i < count; i++) {
        int d = json_is_text(json_item(a, i), &text) ? day_of(r, key, text) : -1;
        if (d >= 0)
            out[d] = true;
        else
            refuse(r, key, "days like 2026-11-30");
    }
}

static void read_times(struct reading *r, struct json_node *n, struct week_person *p)
{
    size_t count = 0;
    struct json_node *a = json_want_array(r->d, n, "available", WEEK_DAYS, &count);
    for (int d = 0; d < WEEK_DAYS; d++)
        p->free_until[d] = 1440;
    for (size_t i = 0; i < count && !r->bad; i++) {
        struct json_node *t = json_item(a, i);
        const char *day = NULL;
        json_need_text(r->d, t, "day", 10, &day);
        int d = day_of(r, "available", day);
        if (d < 0)
            return;
        p->free_from[d] = minute(r, t, "from", 0);
        p->free_until[d] = minute(r, t, "until", 1440);
    }
}

static void read_before(struct reading *r, struct json_node *n, struct week_person *p)
{
    struct json_node *b = json_want_object(r->d, n, "before");
    int64_t row = 0, owed[WEEK_TURNS] = { 0 };
    json_want_i64(r->d, b, "days_in_row", 0, 14, &row);
    json_want_i64(r->d, b, "early", 0, 100, &owed[TURN_EARLY]);
    json_want_i64(r->d, b, "late", 0, 100, &owed[TURN_LATE]);
    json_want_i64(r->d, b, "weekend", 0, 100, &owed[TURN_WEEKEND]);
    p->until_before = minute(r, b, "ended", -1);
    p->days_before = (int)row;
    for (int k = 0; k < WEEK_TURNS; k++)
        p->owed[k] = (int)owed[k];
}

static void read_person(struct reading *r, struct json_node *n, struct week_person *p)
{
    const char *code = "", *name = "", *outlet = "", *wants = "", *text;
    bool off[WEEK_DAYS] = { false }, on[WEEK_DAYS] = { false };
    double min = 0, max = 40;
    size_t count = 0;
    json_need_text(r->d, n, "code", sizeof p->code - 1, &code);
    json_want_text(r->d, n, "name", sizeof p->name - 1, &name);
    json_need_text(r->d, n, "outlet", 15, &outlet);
    json_want_f64(r->d, n, "hours_min", 0, 200, &min);
    json_want_f64(r->d, n, "hours_max", 0, 200, &max);
    json_want_text(r->d, n, "wants", 5, &wants);
    snprintf(p->code, sizeof p->code, "%s", code);
    for (const struct week_person *other = r->s->week.people; other < p; other++)
        if (!strcmp(other->code, p->code))
            refuse(r, "code", "%s is there twice", p->code);
    snprintf(p->name, sizeof p->name, "%s", *name ? name : code);
    p->unit = unit_of(r, "outlet", outlet);
    p->skills = skills_of(r, n, "skills", (1U << r->s->week.n_skills) - 1);
    p->minutes_min = (int)(min * 60);
    p->minutes_max = (int)(max * 60);
    if (min > max)
        refuse(r, "hours_min", "at most hours_max");
    read_days(r, n, "absent", p->absent);
    read_days(r, n, "wants_off", off);
    read_days(r, n, "wants_to_work", on);
    for (int d = 0; d < WEEK_DAYS; d++)
        p->wish[d] = on[d] - off[d];
    p->likes = !strcmp(wants, "early") ? -1 : !strcmp(wants, "late");
    if (*wants && p->likes == 0)
        refuse(r, "wants", "early or late");
    read_times(r, n, p);
    read_before(r, n, p);
    struct json_node *a = json_want_array(r->d, n, "lend_to", WEEK_UNITS, &count);
    for (size_t i = 0; i < count; i++)
        if (json_is_text(json_item(a, i), &text))
            p->lend |= UINT64_C(1) << unit_of(r, "lend_to", text);
}

static void read_kept(struct reading *r, struct json_node *n)
{
    const struct week *w = &r->s->week;
    const char *code = "", *day = NULL, *outlet = NULL;
    struct week_work x = { .person = -1, .pinned = true };
    json_need_text(r->d, n, "person", 31, &code);
    json_need_text(r->d, n, "day", 10, &day);
    json_want_text(r->d, n, "outlet", 15, &outlet);
    json_want_bool(r->d, n, "pinned", &x.pinned);
    for (int i = 0; i < w->n_people; i++)
        x.person = !strcmp(w->people[i].code, code) ? i : x.person;
    if (x.person < 0) {
        refuse(r, "person", "%.32s is none of the people", code);
        return;
    }
    int64_t minutes = 0;
    x.day = day_of(r, "day", day);
    x.unit = outlet ? unit_of(r, "outlet", outlet) : w->people[x.person].unit;
    x.from = minute(r, n, "start", -1);
    x.until = minute(r, n, "end", -1);
    x.break_from = minute(r, n, "break_at", 0);
    json_want_i64(r->d, n, "break_minutes", 0, 240, &minutes);
    x.break_minutes = (int)minutes;
    week_add(&r->s->keep, r->arena, &x);
}

static void read_first(struct reading *r, struct json_node *root)
{
    struct week *w = &r->s->week;
    const char *from = "", *text;
    int64_t days = 7;
    size_t count = 0;
    json_need_text(r->d, root, "from", 10, &from);
    json_want_i64(r->d, root, "days", 1, WEEK_DAYS, &days);
    if (!date_parse(from, &w->first))
        refuse(r, "from", "a day like 2026-11-30");
    w->days = (int)days;
    w->rules = week_usual_rules;
    w->weights = week_usual_weights;
    struct json_node *a = json_want_array(r->d, root, "skills", WEEK_SKILLS, &count);
    w->n_skills = count ? (int)count : 1;
    snprintf(w->skills[0], sizeof w->skills[0], "counter");
    for (size_t i = 0; i < count; i++)
        if (json_is_text(json_item(a, i), &text) && strlen(text) < sizeof w->skills[0])
            snprintf(w->skills[i], sizeof w->skills[i], "%s", text);
        else
            refuse(r, "skills", "texts of at most %zu bytes", sizeof w->skills[0] - 1);
}

static void read_root(struct reading *r)
{
    struct week *w = &r->s->week;
    struct json_node *root = json_root(r->d), *a;
    size_t count = 0;
    read_first(r, root);
    read_rules(r, root);
    json_want_f64(r->d, root, "seconds", .5, 3600, &r->s->order.seconds);
    json_want_f64(r->d, root, "gap", 0, 1, &r->s->order.gap);
    json_want_bool(r->d, root, "lend", &r->s->order.lend);
    a = json_need_array(r->d, root, "outlets", WEEK_UNITS, &count);
    w->units = arena_alloc(r->arena, sizeof *w->units * (count + 1));
    for (size_t i = 0; i < count && !r->bad; i++) {
        enter(r, "outlets", i);
        read_unit(r, json_item(a, i));
    }
    a = json_need_array(r->d, root, "shifts", WEEK_SHIFTS, &count);
    for (size_t i = 0; i < count && !r->bad; i++) {
        enter(r, "shifts", i);
        read_shift(r, json_item(a, i));
    }
    a = json_need_array(r->d, root, "people", WEEK_PEOPLE, &count);
    w->people = arena_alloc(r->arena, sizeof *w->people * (count + 1));
    for (size_t i = 0; i < count && !r->bad && w->n_units > 0; i++) {
        enter(r, "people", i);
        read_person(r, json_item(a, i), &w->people[w->n_people++]);
    }
    a = json_want_array(r->d, root, "roster", WEEK_PEOPLE * WEEK_DAYS, &count);
    for (size_t i = 0; i < count && !r->bad; i++) {
        enter(r, "roster", i);
        read_kept(r, json_item(a, i));
    }
    *r->at = '\0';
    if (w->n_units == 0)
        refuse(r, "outlets", "at least one");
}

int week_spec_read(const char *text, size_t len, struct arena *arena, struct week_spec *out,
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
