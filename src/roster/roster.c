/* roster.c -- Weeks: put together, saved as a draft, published. See roster.h. */
#include "roster/roster_priv.h"

#include <stdio.h>
#include <string.h>

#include "base/banned.h"

int roster_tellers(struct call *c, outlet_id o, struct who_staff **out, int *n)
{
    struct who_staff *all;
    int count = 0, rc = who_staff_list(c, o.n, &all, &count);
    *out = all;
    *n = 0;
    for (int i = 0; !rc && i < count; i++)
        if (all[i].active && all[i].role == ROLE_TELLER && all[i].outlet_id == o.n &&
            *n < ROSTER_STAFF)
            all[(*n)++] = all[i];
    return rc;
}

/* ---- the shifts there are ---- */

static void add_pattern(struct roster_setup *s, const char *code, int from, int until, int lunch)
{
    struct roster_pattern *p = &s->patterns[s->n_patterns++];
    *p = (struct roster_pattern){ .from = from, .until = until };
    snprintf(p->code, sizeof p->code, "%s", code);
    if (!lunch)
        return;
    p->break_minutes = 60;
    p->break_from = 11 * 60;
    p->break_until = 14 * 60;
    if (p->break_from < from + 90)
        p->break_from = (from + 90 + 29) / 30 * 30;
    if (p->break_until > until - 90)
        p->break_until = (until - 90) / 30 * 30;
    if (p->break_from + 60 > p->break_until)
        p->break_minutes = 0;
}

/* Whole days from the opening and to the close, half days at both ends and over noon. */
static void usual_patterns(const struct branch_hours *h, struct roster_setup *s)
{
    int open = h->open_s / 1800 * 30, close = (h->close_s + 1799) / 1800 * 30;
    int whole = close - open < 9 * 60 ? close - open : 9 * 60;
    s->rules = week_usual_rules;
    s->rules.early_before = open + 1;
    s->rules.late_after = close - 31;
    if (open >= close)
        return;
    if (whole == close - open) {
        add_pattern(s, "day", open, close, whole > 300);
    } else {
        add_pattern(s, "early", open, open + whole, 1);
        add_pattern(s, "late", close - whole, close, 1);
    }
    if (close - open < 7 * 60)
        return;
    add_pattern(s, "morning", open, open + 4 * 60, 0);
    add_pattern(s, "noon", 11 * 60, 15 * 60, 0);
    add_pattern(s, "afternoon", close - 4 * 60, close, 0);
}

int roster_setup_get(struct call *c, outlet_id o, date monday, struct roster_setup *out)
{
    *out = (struct roster_setup){ .own = false };
    int rc = roster_rules_read(c, o, out);
    if (rc || out->own)
        return rc;
    struct branch_hours longest = { 0, 0 };
    for (int d = 0; !rc && d < 7; d++) {
        struct branch_hours h;
        rc = branch_hours_on(c, o, (date){ monday.days + d }, &h);
        if (!rc && h.close_s - h.open_s > longest.close_s - longest.open_s)
            longest = h;
    }
    if (!rc)
        usual_patterns(&longest, out);
    return rc;
}

/* A pattern for each begin of its break, within the day's hours: one list for the whole week. */
static void shifts_of(const struct roster_setup *s, struct week *w)
{
    for (int i = 0; i < s->n_patterns; i++) {
        const struct roster_pattern *p = &s->patterns[i];
        int until = p->break_minutes ? p->break_until - p->break_minutes : 0;
        for (int at = p->break_minutes ? p->break_from : 0; at <= until; at += 30) {
            if (w->n_shifts == WEEK_SHIFTS)
                return;
            struct week_shift *k = &w->shifts[w->n_shifts++];
            *k = (struct week_shift){ .from = p->from,
                                      .until = p->until,
                                      .break_from = at,
                                      .break_minutes = p->break_minutes,
                                      .units = 1 };
            snprintf(k->code, sizeof k->code, "%s", p->code);
        }
    }
}

/* ---- a week put together ---- */

static int unit_of(struct week *w, int64_t outlet)
{
    for (int u = 0; u < w->n_units; u++)
        if (w->units[u].id == outlet)
            return u;
    if (w->n_units == WEEK_UNITS)
        return -1;
    struct week_unit *u = &w->units[w->n_units];
    u->id = outlet;
    snprintf(u->code, sizeof u->code, "%lld", (long long)outlet);
    memset(u->open, 1, sizeof u->open);
    return w->n_units++;
}

static int person_of(const struct week *w, int64_t staff)
{
    for (int i = 0; i < w->n_people; i++)
        if (w->people[i].id == staff)
            return i;
    return -1;
}

static struct week_person *add_person(struct week *w, int64_t staff, const char *name, int unit)
{
    struct week_person *p = &w->people[w->n_people++];
    *p = (struct week_person){ .id = staff,
                               .unit = unit,
                               .skills = 3,
                               .minutes_min = 36 * 60,
                               .minutes_max = 40 * 60,
                               .until_before = -1 };
    snprintf(p->code, sizeof p->code, "%lld", (long long)staff);
    snprintf(p->name, sizeof p->name, "%s", name);
    for (int d = 0; d < WEEK_DAYS; d++)
        p->free_until[d] = 1440;
    return p;
}

static int read_people(struct call *c, outlet_id o, struct week *w)
{
    struct who_staff *staff;
    struct roster_contract *k;
    int n = 0, n_k = 0, rc = roster_tellers(c, o, &staff, &n);
    for (int i = 0; !rc && i < n; i++)
        add_person(w, staff[i].id.n, staff[i].name, 0);
    if (!rc)
        rc = roster_contracts(c, o, &k, &n_k);
    for (int i = 0; !rc && i < n_k; i++) {
        int at = person_of(w, k[i].staff.n);
        if (at < 0)
            continue;
        struct week_person *p = &w->people[at];
        p->skills = k[i].skills;
        p->minutes_min = k[i].minutes_min;
        p->minutes_max = k[i].minutes_max;
        p->likes = k[i].likes;
        p->lend = k[i].lend ? ~UINT64_C(0) : 0;
    }
    return rc;
}

static int read_away(struct call *c, outlet_id o, struct week *w)
{
    struct roster_absence *a;
    struct roster_row *wish;
    date until = { w->first.days + 6 };
    int n = 0, rc = roster_absences(c, o, w->first, until, &a, &n);
    for (int i = 0; !rc && i < n; i++) {
        int at = person_of(w, a[i].staff.n);
        for (int d = 0; at >= 0 && d < 7; d++)
            if (w->first.days + d >= a[i].from.days && w->first.days + d <= a[i].until.days)
                w->people[at].absent[d] = true;
    }
    if (!rc)
        rc = roster_wishes_read(c, o, w->first, until, &wish, &n);
    for (int i = 0; !rc && i < n; i++) {
        int at = person_of(w, wish[i].staff);
        if (at >= 0)
            w->people[at].wish[wish[i].day.days - w->first.days] = wish[i].from;
    }
    return rc;
}

static int read_needs(struct call *c, outlet_id o, struct roster_week *out)
{
    int rc = 0;
    struct week *w = &out->week;
    for (int d = 0; !rc && d < 7; d++) {
        date day = { w->first.days + d };
        struct roster_need need;
        rc = branch_hours_on(c, o, day, &out->hours[d]);
        if (!rc)
            rc = roster_need_get(c, o, day, &need);
        if (rc)
            break;
        w->units[0].open[d] = out->hours[d].open_s < out->hours[d].close_s;
        out->planned[d] = need.planned && w->units[0].open[d];
        for (int t = 0; out->planned[d] && t < WEEK_SLOTS; t++)
            for (int k = 0; k < ROSTER_PARTS; k++)
                w->units[0].need[d][t][k] = (uint8_t)need.windows[k][t];
    }
    return rc;
}

/* What four published weeks before left over: turns, days in a row, the last end. */
static int read_before(struct call *c, outlet_id o, struct week *w)
{
    struct roster_row *row;
    date from = { w->first.days - 28 };
    int n = 0, least[WEEK_TURNS], rc = roster_rows_before(c, o, from, w->first, &row, &n);
    for (int i = 0; !rc && i < n; i++) {
        int at = person_of(w, row[i].staff), back = w->first.days - row[i].day.days;
        bool turns[WEEK_TURNS];
        if (at < 0)
            continue;
        struct week_person *p = &w->people[at];
        week_turns_of(w, -back, row[i].from, row[i].until, turns);
        for (int k = 0; k < WEEK_TURNS; k++)
            p->owed[k] += turns[k];
        if (back == 1)
            p->until_before = row[i].until;
    }
    for (int i = n - 1; !rc && i >= 0; i--) { /* rows of one person come by day */
        int at = person_of(w, row[i].staff), back = w->first.days - row[i].day.days;
        if (at >= 0 && back == w->people[at].days_before + 1)
            w->people[at].days_before++;
    }
    for (int k = 0; k < WEEK_TURNS; k++) {
        least[k] = w->n_people ? w->people[0].owed[k] : 0;
        for (int i = 1; i < w->n_people; i++)
            least[k] = w->people[i].owed[k] < least[k] ? w->people[i].owed[k] : least[k];
        for (int i = 0; i < w->n_people; i++)
            w->people[i].owed[k] -= least[k];
    }
    return rc;
}

static int take_rows(struct call *c, outlet_id o, struct week *w, int version,
                     struct week_roster *r)
{
    struct roster_row *row;
    int n = 0, rc = roster_rows_read(c, o, w->first, version, &row, &n);
    for (int i = 0; !rc && i < n; i++) {
        struct week_work x = { .person = person_of(w, row[i].staff),
                               .day = row[i].day.days - w->first.days,
                               .unit = unit_of(w, row[i].outlet),
                               .from = row[i].from,
                               .until = row[i].until,
                               .break_from = row[i].break_from,
                               .break_minutes = row[i].break_minutes,
                               .pinned = row[i].pinned };
        if (x.person >= 0 && x.unit >= 0 && x.day >= 0 && x.day < 7) /* who has gone is left out */
            week_add(r, c->arena, &x);
    }
    return rc;
}

/* People of other outlets who are lent here: they are there, and not ours to move. */
static int take_guests(struct call *c, outlet_id o, struct roster_week *out)
{
    struct week *w = &out->week;
    int rc = 0;
    for (int d = 0; !rc && d < 7; d++) {
        struct roster_row *row;
        int n = 0;
        rc = roster_rows_on(c, o, (date){ w->first.days + d }, &row, &n);
        for (int i = 0; !rc && i < n; i++) {
            struct who_staff staff;
            int at = person_of(w, row[i].staff), home = unit_of(w, row[i].outlet);
            if (row[i].outlet == o.n || home < 0 || w->n_people >= ROSTER_STAFF + 60)
                continue;
            if (at < 0 && !(rc = who_staff_get(c, (staff_id){ row[i].staff }, &staff))) {
                add_person(w, row[i].staff, staff.name, home)->minutes_min = 0;
                at = w->n_people - 1;
                w->people[at].lend = 1;
            }
            if (!rc && at >= 0)
                rc = roster_guest(c, (outlet_id){ row[i].outlet }, row[i].staff, row[i].day,
                                  &w->people[at].skills, &w->people[at].absent[d]);
            struct week_work x = {
                at, d, 0, row[i].from, row[i].until, row[i].break_from, row[i].break_minutes, true
            };
            if (!rc) {
                week_add(&out->work, c->arena, &x);
                week_add(&out->published_work, c->arena, &x);
            }
        }
    }
    return rc;
}

int roster_week_get(struct call *c, outlet_id o, date monday, struct roster_week *out)
{
    struct branch_outlet outlet;
    struct week *w = &out->week;
    memset(out, 0, sizeof *out);
    int rc = branch_outlet_get(c, o, &outlet);
    if (rc)
        return rc;
    if (date_weekday(monday) != 1)
        return ROSTER_BAD_WEEK;
    out->monday = w->first = monday;
    w->days = 7;
    w->n_skills = ROSTER_PARTS;
    snprintf(w->skills[0], sizeof w->skills[0], "personal");
    snprintf(w->skills[1], sizeof w->skills[1], "corporate");
    w->weights = week_usual_weights;
    w->units = arena_alloc(c->arena, sizeof *w->units * WEEK_UNITS);
    w->people = arena_alloc(c->arena, sizeof *w->people * (ROSTER_STAFF + 64));
    snprintf(w->units[unit_of(w, o.n)].code, sizeof w->units[0].code, "%s", outlet.code);
    rc = roster_setup_get(c, o, monday, &out->setup);
    w->rules = out->setup.rules;
    shifts_of(&out->setup, w);
    if (!rc)
        rc = read_people(c, o, w);
    if (!rc)
        rc = read_away(c, o, w);
    if (!rc)
        rc = read_needs(c, o, out);
    if (!rc)
        rc = read_before(c, o, w);
    if (!rc)
        rc = roster_head_read(c, o, monday, true, &out->draft);
    if (!rc)
        rc = roster_head_read(c, o, monday, false, &out->published);
    if (!rc && out->draft.saved_us)
        rc = take_rows(c, o, w, 0, &out->work);
    if (!rc && out->published.saved_us)
        rc = take_rows(c, o, w, out->published.version, &out->published_work);
    return rc ? rc : take_guests(c, o, out);
}

/* ---- writing ---- */

static int rows_of(struct call *c, const struct week *w, const struct week_roster *r,
                   struct roster_row **out, int *n)
{
    *out = arena_alloc(c->arena, sizeof **out * (size_t)(r->n + 1));
    *n = 0;
    for (int i = 0; i < r->n; i++) {
        const struct week_work *x = &r->work[i];
        if (x->person < 0 || x->person >= w->n_people)
            return ROSTER_NOT_STAFF;
        if (w->people[x->person].unit != 0)
            continue; /* a guest: in the home's roster */
        if (x->day < 0 || x->day > 6 || x->unit < 0 || x->unit >= w->n_units || x->from < 0 ||
            x->from >= x->until || x->until > 1440 || x->break_minutes < 0 ||
            x->break_minutes > 240)
            return ROSTER_BAD_SHIFT;
        for (int k = 0; k < *n; k++)
            if ((*out)[k].staff == w->people[x->person].id &&
                (*out)[k].day.days == w->first.days + x->day)
                return call_refuse(c, ROSTER_BAD_SHIFT, NULL, "%s twice on one day",
                                   w->people[x->person].name);
        (*out)[(*n)++] = (struct roster_row){ .staff = w->people[x->person].id,
                                              .outlet = w->units[x->unit].id,
                                              .day = { w->first.days + x->day },
                                              .from = x->from,
                                              .until = x->until,
                                              .break_from = x->break_minutes ? x->break_from : 0,
                                              .break_minutes = x->break_minutes,
                                              .pinned = x->pinned };
    }
    return 0;
}

int roster_draft_put(struct call *c, outlet_id o, date monday, int64_t revision,
                     const struct week *w, const struct week_roster *r, int64_t *now)
{
    struct roster_head head;
    struct roster_row *rows;
    int n = 0, rc = rows_of(c, w, r, &rows, &n);
    if (!rc)
        rc = roster_head_read(c, o, monday, true, &head);
    if (rc)
        return rc;
    if (head.revision != revision)
        return ROSTER_STALE;
    head = (struct roster_head){ 0, revision + 1, c->now_us, c->actor.id };
    rc = roster_head_write(c, o, monday, &head);
    if (!rc)
        rc = roster_rows_write(c, o, monday, 0, rows, n);
    if (rc)
        return rc;
    struct jsonw *e = event_begin(c);
    jw_i64(e, "week", monday.days);
    jw_i64(e, "revision", head.revision);
    jw_i64(e, "shifts", n);
    rc = event_add(c, o.n, "roster.drafted", monday.days);
    *now = rc ? *now : head.revision;
    return rc;
}

int roster_publish(struct call *c, outlet_id o, date monday, int64_t revision, int *version)
{
    struct roster_week *w = arena_alloc(c->arena, sizeof *w);
    struct week_report *report = arena_alloc(c->arena, sizeof *report);
    struct roster_row *rows;
    int n = 0, rc = roster_week_get(c, o, monday, w);
    if (rc)
        return rc;
    if (!w->draft.saved_us)
        return ROSTER_NO_DRAFT;
    if (w->draft.revision != revision)
        return ROSTER_STALE;
    week_check(&w->week, &w->work, c->arena, report);
    for (int i = 0; i < report->n_faults; i++) {
        const struct week_fault *f = &report->faults[i];
        if (week_fault_hard(f->kind))
            return call_refuse(c, ROSTER_BROKEN, NULL, "%s: %s",
                               f->person >= 0 ? w->week.people[f->person].name : "",
                               week_fault_code(f->kind));
    }
    struct roster_head head = { w->published.version + 1, revision, c->now_us, c->actor.id };
    rc = rows_of(c, &w->week, &w->work, &rows, &n);
    if (!rc)
        rc = roster_head_write(c, o, monday, &head);
    if (!rc)
        rc = roster_rows_write(c, o, monday, head.version, rows, n);
    if (rc)
        return rc;
    struct jsonw *e = event_begin(c);
    jw_i64(e, "week", monday.days);
    jw_i64(e, "version", head.version);
    jw_i64(e, "shifts", n);
    jw_i64(e, "short_half_hours", report->short_slots);
    rc = event_add(c, o.n, "roster.published", monday.days);
    *version = head.version;
    return rc;
}

int roster_on_duty(struct call *c, outlet_id o, int64_t at_us, struct roster_duty **out, int *n)
{
    struct roster_row *row;
    int all = 0, minute = date_second_of_day(at_us) / 60;
    int rc = roster_rows_on(c, o, date_of_instant(at_us), &row, &all);
    *n = 0;
    *out = arena_alloc(c->arena, sizeof **out * (size_t)(all + 1));
    for (int i = 0; !rc && i < all; i++)
        if (row[i].from <= minute && minute < row[i].until)
            (*out)[(*n)++] = (struct roster_duty){
                .staff = { row[i].staff },
                .from = row[i].from,
                .until = row[i].until,
                .break_from = row[i].break_from,
                .break_minutes = row[i].break_minutes,
                .on_break = minute >= row[i].break_from &&
                            minute < row[i].break_from + row[i].break_minutes,
                .lent = row[i].outlet != o.n,
            };
    return rc;
}
