/* planner_json.c -- Rosters and needs between JSON and structs. Times are minutes of the day. */
#include "api/planner.h"

#include <stdio.h>
#include <string.h>

#include "base/banned.h"

static int unit_of(struct week *w, int64_t outlet)
{
    for (int u = 0; u < w->n_units; u++)
        if (w->units[u].id == outlet)
            return u;
    if (w->n_units == WEEK_UNITS)
        return -1;
    w->units[w->n_units].id = outlet;
    memset(w->units[w->n_units].open, 1, sizeof w->units[0].open);
    return w->n_units++;
}

/* [{"staff_id":, "day": 0..6, "from":, "until":, "break_from":, "break_minutes":, "pinned":}];
 * shifts of guests are kept as they are known here. */
void week_read(struct request *q, struct roster_week *w, const char *key, struct arena *arena,
               struct week_roster *out)
{
    size_t n = 0;
    struct week *week = &w->week;
    struct json_node *list =
        json_need_array(q->doc, q->body, key, (size_t)(ROSTER_STAFF + 64) * 7, &n);
    for (int i = 0; i < w->work.n; i++)
        if (week->people[w->work.work[i].person].unit != 0)
            week_add(out, arena, &w->work.work[i]);
    for (size_t i = 0; list && i < n; i++) {
        struct json_node *item = json_item(list, i);
        int64_t staff = 0, day = 0, outlet = week->units[0].id, from = 0, until = 0, at = 0,
                minutes = 0;
        struct week_work x = { .person = -1 };
        json_need_i64(q->doc, item, "staff_id", 1, INT64_MAX, &staff);
        json_need_i64(q->doc, item, "day", 0, 6, &day);
        json_want_i64(q->doc, item, "outlet_id", 1, INT64_MAX, &outlet);
        json_need_i64(q->doc, item, "from", 0, 1440, &from);
        json_need_i64(q->doc, item, "until", 0, 1440, &until);
        json_want_i64(q->doc, item, "break_from", 0, 1440, &at);
        json_want_i64(q->doc, item, "break_minutes", 0, 240, &minutes);
        json_want_bool(q->doc, item, "pinned", &x.pinned);
        for (int p = 0; p < week->n_people; p++)
            x.person = week->people[p].id == staff ? p : x.person;
        x.day = (int)day;
        x.unit = unit_of(week, outlet);
        x.from = (int)from;
        x.until = (int)until;
        x.break_from = (int)at;
        x.break_minutes = (int)minutes;
        if (x.person < 0 || week->people[x.person].unit == 0)
            week_add(out, arena, &x); /* nobody's shift is a fault the checker names */
    }
}

void week_work_json(struct jsonw *w, const char *key, const struct week *week,
                    const struct week_roster *r)
{
    jw_array(w, key);
    for (int i = 0; i < r->n; i++) {
        const struct week_work *x = &r->work[i];
        if (x->person < 0)
            continue;
        jw_object(w, NULL);
        jw_i64(w, "staff_id", week->people[x->person].id);
        jw_i64(w, "day", x->day);
        jw_i64(w, "outlet_id", week->units[x->unit].id);
        jw_i64(w, "from", x->from);
        jw_i64(w, "until", x->until);
        jw_i64(w, "break_from", x->break_from);
        jw_i64(w, "break_minutes", x->break_minutes);
        jw_bool(w, "pinned", x->pinned);
        jw_end(w);
    }
    jw_end(w);
}

static void faults_json(struct jsonw *w, const struct week *week, const struct week_report *report)
{
    jw_array(w, "faults");
    for (int i = 0; i < report->n_faults; i++) {
        const struct week_fault *f = &report->faults[i];
        jw_object(w, NULL);
        jw_text(w, "kind", week_fault_code(f->kind));
        jw_bool(w, "hard", week_fault_hard(f->kind));
        if (f->person >= 0 && f->person < week->n_people)
            jw_i64(w, "staff_id", week->people[f->person].id);
        if (f->day >= 0)
            jw_i64(w, "day", f->day);
        if (f->slot >= 0)
            jw_i64(w, "slot", f->slot);
        jw_i64(w, "have", f->have);
        jw_i64(w, "want", f->want);
        jw_end(w);
    }
    jw_end(w);
}

static void row_json(struct jsonw *w, const char *key, const int *n, int count)
{
    jw_array(w, key);
    for (int t = 0; t < count; t++)
        jw_i64(w, NULL, n[t]);
    jw_end(w);
}

void week_judged_json(struct jsonw *w, const char *key, const struct week *week,
                      const struct week_roster *r, const struct week_report *report)
{
    jw_object(w, key);
    jw_i64(w, "broken_rules", report->n_hard);
    jw_i64(w, "short_half_hours", report->short_slots);
    jw_i64(w, "few_people_half_hours", report->few_slots);
    jw_f64(w, "cost", report->cost, 2);
    faults_json(w, week, report);
    jw_array(w, "people");
    for (int p = 0; p < week->n_people; p++) {
        const struct week_sums *s = &report->sums[p];
        jw_object(w, NULL);
        jw_i64(w, "staff_id", week->people[p].id);
        jw_i64(w, "minutes", s->minutes);
        jw_i64(w, "due", week_minutes_due(week, &week->people[p]));
        jw_i64(w, "days", s->days);
        jw_i64(w, "early", s->turns[TURN_EARLY]);
        jw_i64(w, "late", s->turns[TURN_LATE]);
        jw_i64(w, "weekend", s->turns[TURN_WEEKEND]);
        jw_end(w);
    }
    jw_end(w);
    jw_array(w, "cover");
    for (int d = 0; d < week->days; d++) {
        int at_work[WEEK_SLOTS], missing[WEEK_SLOTS];
        week_cover(week, r, 0, d, at_work, missing);
        jw_object(w, NULL);
        row_json(w, "at_work", at_work, WEEK_SLOTS);
        row_json(w, "missing", missing, WEEK_SLOTS);
        jw_end(w);
    }
    jw_end(w);
    jw_end(w);
}

void need_json(struct jsonw *w, const char *key, const struct roster_need *n)
{
    jw_object(w, key);
    jw_bool(w, "planned", n->planned);
    jw_text(w, "source", n->source);
    row_json(w, "personal", n->windows[SKILL_PERSONAL], WEEK_SLOTS);
    row_json(w, "corporate", n->windows[SKILL_CORPORATE], WEEK_SLOTS);
    jw_end(w);
}

static void numbers(struct request *q, const char *key, int out[WEEK_SLOTS])
{
    size_t n = 0;
    struct json_node *list = json_want_array(q->doc, q->body, key, WEEK_SLOTS, &n);
    for (size_t i = 0; list && i < n; i++) {
        int64_t x = 0;
        if (!json_is_i64(json_item(list, i), &x) || x < 0 || x > 64)
            json_note(q->doc, BASE_RANGE, key);
        out[i] = (int)x;
    }
}

/* "personal" and "corporate": 48 numbers each, windows in the half-hours of the day. */
void need_read(struct request *q, struct roster_need *out)
{
    const char *source = "hand";
    *out = (struct roster_need){ .planned = true };
    numbers(q, "personal", out->windows[SKILL_PERSONAL]);
    numbers(q, "corporate", out->windows[SKILL_CORPORATE]);
    json_want_text(q->doc, q->body, "source", sizeof out->source - 1, &source);
    bool known =
        !strcmp(source, "hand") || !strcmp(source, "certified") || !strcmp(source, "textbook");
    if (!known)
        json_note(q->doc, BASE_RANGE, "source");
    snprintf(out->source, sizeof out->source, "%s", source);
}
