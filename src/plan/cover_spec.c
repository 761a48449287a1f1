/* cover_spec.c -- The question of a cover as JSON: docs/shift-spec.md lists every field. */
#include "plan/cover.h"
#include "base/date.h"
#include "base/json.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/banned.h"

struct reading {
    struct json_doc *d;
    struct cover *c;
    int open_s, slot_s;
    char *error;
    size_t error_size;
    bool bad;
};

static void refuse(struct reading *r, const char *what, const char *name)
{
    if (!r->bad)
        snprintf(r->error, r->error_size, "%s%s%s", name, *name ? ": " : "", what);
    r->bad = true;
}

/* "09:30" as a slot of the day; a time that lies in no slot's beginning is refused. */
static int slot_at(struct reading *r, struct json_node *n, const char *key, int otherwise)
{
    const char *text = NULL;
    int s = 0;
    json_want_text(r->d, n, key, 5, &text);
    if (!text)
        return otherwise;
    if (!date_parse_hm(text, &s) || (s - r->open_s) % r->slot_s || s < r->open_s ||
        s > r->open_s + r->slot_s * r->c->slots) {
        refuse(r, "a time at the beginning of a slot, within the day", key);
        return otherwise;
    }
    return (s - r->open_s) / r->slot_s;
}

static int slots_of(struct reading *r, struct json_node *n, const char *key, int64_t otherwise)
{
    int64_t minutes = otherwise;
    json_want_i64(r->d, n, key, 0, 1440, &minutes);
    if (minutes * 60 % r->slot_s)
        refuse(r, "minutes: a whole number of slots", key);
    return (int)(minutes * 60 / r->slot_s);
}

static void read_mask(struct reading *r, struct json_node *n, struct cover_shift *s)
{
    size_t count = 0;
    struct json_node *a = json_want_array(r->d, n, "covers", PLAN_SLOTS, &count);
    int from = slot_at(r, n, "start", 0), until = slot_at(r, n, "end", -1);
    if (count && (int)count != r->c->slots)
        refuse(r, "covers: one number a slot", s->name);
    if (!count && (until < 0 || from >= until))
        refuse(r, "needs covers, or a start before its end", s->name);
    for (int t = 0; t < r->c->slots; t++) {
        int64_t on = t >= from && t < until;
        if (count && (!json_is_i64(json_item(a, (size_t)t), &on) || on < 0 || on > 1))
            refuse(r, "covers: 0 or 1", s->name);
        s->on[t] = on != 0;
    }
}

static void read_break(struct reading *r, struct json_node *n, struct cover_shift *s)
{
    struct json_node *b = json_want_object(r->d, n, "break");
    if (!b)
        return;
    int first = 0, last = r->c->slots;
    while (first < last && !s->on[first])
        first++;
    while (last > first && !s->on[last - 1])
        last--;
    s->break_slots = slots_of(r, b, "minutes", 60);
    s->break_from = slot_at(r, b, "from", first);
    s->break_until = slot_at(r, b, "until", last);
    if (s->break_from < first)
        s->break_from = first;
    if (s->break_until > last)
        s->break_until = last;
    if (s->break_slots && s->break_from + s->break_slots > s->break_until)
        refuse(r, "its break does not fit into its window", s->name);
}

static void read_shift(struct reading *r, struct json_node *n)
{
    struct cover_shift *s = &r->c->shifts[r->c->n_shifts++];
    const char *name = "";
    int64_t min = 0, max = 1000;
    json_need_text(r->d, n, "name", sizeof s->name - 1, &name);
    snprintf(s->name, sizeof s->name, "%s", name);
    for (const struct cover_shift *other = r->c->shifts; other < s; other++)
        if (!strcmp(other->name, s->name))
            refuse(r, "a name that is there twice", s->name);
    read_mask(r, n, s);
    read_break(r, n, s);
    int on = 0;
    for (int t = 0; t < r->c->slots; t++)
        on += s->on[t];
    s->cost = (double)((on - s->break_slots) * r->slot_s) / 3600; /* hours at work */
    json_want_f64(r->d, n, "cost", 0, 1e9, &s->cost);
    json_want_i64(r->d, n, "min", 0, 1000, &min);
    json_want_i64(r->d, n, "max", 0, 1000, &max);
    s->min = (int)min;
    s->max = (int)max;
    if (min > max)
        refuse(r, "min above max", s->name);
}

/* Shifts of each length from each start; those longer than a limit get a break. */
struct grid {
    int first, last, step, length;
    double per_hour;
    int break_slots, after, before, longer_than;
};

static void add_grid(struct reading *r, const struct grid *g)
{
    int opening = r->open_s / 60, slot = r->slot_s / 60;
    for (int t = g->first; t <= g->last && t + g->length <= r->c->slots; t += g->step) {
        if (r->c->n_shifts == COVER_SHIFTS) {
            refuse(r, "too many shifts", "generate");
            return;
        }
        struct cover_shift *s = &r->c->shifts[r->c->n_shifts++];
        int from = opening + t * slot, until = from + g->length * slot;
        *s = (struct cover_shift){ .max = 1000 };
        snprintf(s->name, sizeof s->name, "%02d:%02d-%02d:%02d", from / 60, from % 60, until / 60,
                 until % 60);
        for (int i = t; i < t + g->length; i++)
            s->on[i] = true;
        if (g->break_slots && g->length > g->longer_than) {
            s->break_slots = g->break_slots;
            s->break_from = t + g->after;
            s->break_until = t + g->length - g->before;
            if (s->break_from + s->break_slots > s->break_until)
                refuse(r, "the break does not fit", s->name);
        }
        s->cost = g->per_hour * (g->length - s->break_slots) * r->slot_s / 3600;
    }
}

static void read_generate(struct reading *r, struct json_node *root)
{
    struct json_node *n = json_want_object(r->d, root, "generate"), *b;
    size_t count = 0;
    if (!n)
        return;
    struct grid g = { .step = 1, .per_hour = 1 };
    g.first = slot_at(r, n, "first_start", 0);
    g.last = slot_at(r, n, "last_start", r->c->slots);
    g.step = slots_of(r, n, "every_minutes", r->slot_s / 60);
    json_want_f64(r->d, n, "cost_per_hour", 0, 1e6, &g.per_hour);
    if ((b = json_want_object(r->d, n, "break"))) {
        g.break_slots = slots_of(r, b, "minutes", 60);
        g.after = slots_of(r, b, "after_minutes", 120);
        g.before = slots_of(r, b, "before_end_minutes", 120);
        g.longer_than = slots_of(r, b, "when_longer_than_minutes", 300);
    }
    struct json_node *a = json_need_array(r->d, n, "lengths_minutes", 20, &count);
    if (g.step < 1)
        refuse(r, "at least a slot", "every_minutes");
    for (size_t i = 0; i < count && !r->bad; i++) {
        int64_t minutes = 0;
        if (!json_is_i64(json_item(a, i), &minutes) || minutes <= 0 || minutes > 1440 ||
            minutes * 60 % r->slot_s)
            refuse(r, "lengths_minutes: whole slots", "");
        g.length = (int)(minutes * 60 / r->slot_s);
        if (!r->bad)
            add_grid(r, &g);
    }
}

static void read_need(struct reading *r, struct json_node *root)
{
    size_t count = 0;
    struct json_node *a = json_need_array(r->d, root, "need", PLAN_SLOTS, &count);
    r->c->slots = (int)count;
    if (count == 0)
        refuse(r, "need: one number a slot", "");
    for (size_t i = 0; i < count; i++) {
        int64_t need = 0;
        if (!json_is_i64(json_item(a, i), &need) || need < 0 || need > 1000)
            refuse(r, "need: whole numbers 0 to 1000", "");
        r->c->need[i] = (int)need;
    }
}

static void read_root(struct reading *r, double *slot_minutes)
{
    struct json_node *root = json_root(r->d);
    const char *opens = "00:00", *breaks = "explicit";
    int64_t minutes = 30, min_people = 0, max_people = 0;
    size_t count = 0;
    json_want_i64(r->d, root, "slot_minutes", 5, 240, &minutes);
    json_want_text(r->d, root, "opens", 5, &opens);
    json_want_i64(r->d, root, "min_people", 0, 1000, &min_people);
    json_want_i64(r->d, root, "max_people", 0, 10000, &max_people);
    json_want_text(r->d, root, "breaks", 10, &breaks);
    json_want_f64(r->d, root, "seconds", .1, 3600, &r->c->seconds);
    json_want_f64(r->d, root, "gap", 0, 1, &r->c->gap);
    r->slot_s = (int)minutes * 60;
    *slot_minutes = (double)minutes;
    r->c->min_people = (int)min_people;
    r->c->max_people = (int)max_people;
    r->c->implicit = !strcmp(breaks, "implicit");
    if (!r->c->implicit && strcmp(breaks, "explicit") != 0)
        refuse(r, "explicit or implicit", "breaks");
    if (!date_parse_hm(opens, &r->open_s))
        refuse(r, "a time like 08:30", "opens");
    read_need(r, root);
    struct json_node *a = json_want_array(r->d, root, "shifts", COVER_SHIFTS, &count);
    for (size_t i = 0; i < count && !r->bad; i++)
        read_shift(r, json_item(a, i));
    if (!r->bad)
        read_generate(r, root);
    if (!r->bad && r->c->n_shifts == 0)
        refuse(r, "shifts or generate is needed", "");
}

int cover_read(const char *text, size_t len, struct cover *out, int *open_s, double *slot_minutes,
               char *error, size_t error_size)
{
    const char *path = NULL;
    struct reading r = { .c = out, .error = error, .error_size = error_size };
    memset(out, 0, sizeof *out);
    int rc = json_parse(text, len, &r.d, error, error_size);
    if (rc)
        return rc;
    out->seconds = 10;
    read_root(&r, slot_minutes);
    *open_s = r.open_s;
    rc = json_finish(r.d, &path);
    if (r.bad && (!rc || rc == BASE_UNKNOWN_FIELD))
        rc = BASE_BAD_INPUT; /* said already */
    else if (rc)
        json_fault_text(r.d, rc, path, error, error_size);
    json_free(r.d);
    return rc;
}
