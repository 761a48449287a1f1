/* week_json.c -- A roster, its report and its answer as JSON. */
#include "plan/week_spec.h"

#include <math.h>
#include <stdio.h>

#include "base/banned.h"

static void clock_json(struct jsonw *w, const char *key, int minute)
{
    char text[16];
    snprintf(text, sizeof text, "%02d:%02d", minute / 60 % 100, minute % 60);
    jw_text(w, key, text);
}

static void day_json(struct jsonw *w, const struct week *week, int day)
{
    char text[DATE_TEXT];
    date_print((date){ week->first.days + day }, text);
    jw_text(w, "day", text);
}

void week_roster_json(struct jsonw *w, const char *key, const struct week *week,
                      const struct week_roster *r)
{
    jw_array(w, key);
    for (int p = 0; p < week->n_people; p++)
        for (int d = 0; d < week->days; d++)
            for (int i = 0; i < r->n; i++) {
                const struct week_work *x = &r->work[i];
                if (x->person != p || x->day != d)
                    continue;
                jw_object(w, NULL);
                jw_text(w, "person", week->people[p].code);
                day_json(w, week, d);
                jw_text(w, "outlet", week->units[x->unit].code);
                clock_json(w, "start", x->from);
                clock_json(w, "end", x->until);
                if (x->break_minutes) {
                    clock_json(w, "break_at", x->break_from);
                    jw_i64(w, "break_minutes", x->break_minutes);
                }
                if (x->pinned)
                    jw_bool(w, "pinned", true);
                jw_end(w);
            }
    jw_end(w);
}

static void fault_json(struct jsonw *w, const struct week *week, const struct week_fault *f)
{
    jw_object(w, NULL);
    jw_text(w, "kind", week_fault_code(f->kind));
    jw_bool(w, "hard", week_fault_hard(f->kind));
    if (f->person >= 0 && f->person < week->n_people)
        jw_text(w, "person", week->people[f->person].code);
    if (f->day >= 0 && f->day < week->days)
        day_json(w, week, f->day);
    if (f->unit >= 0 && f->unit < week->n_units)
        jw_text(w, "outlet", week->units[f->unit].code);
    if (f->slot >= 0)
        clock_json(w, "from", f->slot * 30);
    if (f->want) {
        jw_i64(w, "have", f->have);
        jw_i64(w, "want", f->want);
    }
    jw_end(w);
}

void week_report_json(struct jsonw *w, const char *key, const struct week *week,
                      const struct week_report *r)
{
    jw_object(w, key);
    jw_i64(w, "broken_rules", r->n_hard);
    jw_i64(w, "short_half_hours", r->short_slots);
    jw_i64(w, "few_people_half_hours", r->few_slots);
    jw_f64(w, "cost", r->cost, 3);
    jw_array(w, "faults");
    for (int i = 0; i < r->n_faults; i++)
        fault_json(w, week, &r->faults[i]);
    jw_end(w);
    if (r->faults_left)
        jw_i64(w, "more_faults", r->faults_left);
    jw_array(w, "people");
    for (int p = 0; p < week->n_people; p++) {
        const struct week_sums *s = &r->sums[p];
        jw_object(w, NULL);
        jw_text(w, "code", week->people[p].code);
        jw_f64(w, "hours", s->minutes / 60.0, 2);
        jw_i64(w, "days", s->days);
        jw_i64(w, "early", s->turns[TURN_EARLY]);
        jw_i64(w, "late", s->turns[TURN_LATE]);
        jw_i64(w, "weekend", s->turns[TURN_WEEKEND]);
        jw_end(w);
    }
    jw_end(w);
    jw_end(w);
}

void week_answer_json(struct jsonw *w, const struct week *week, const struct week_answer *a,
                      const struct week_report *r)
{
    jw_object(w, NULL);
    jw_text(w, "state", a->state == MILP_OPTIMAL ? "optimal" : "best_so_far");
    jw_f64(w, "cost", a->cost, 3);
    jw_f64(w, "bound", isfinite(a->bound) ? a->bound : NAN, 3);
    jw_f64(w, "gap", a->gap, 5);
    jw_f64(w, "seconds", a->seconds, 2);
    jw_i64(w, "parts_stopped", a->stopped);
    week_roster_json(w, "roster", week, &a->roster);
    week_report_json(w, "report", week, r);
    jw_end(w);
}
