/* roster_api.c -- Weeks, absences, contracts, rules: who works when. */
#include "api/office.h"
#include "api/planner.h"

#include <stdio.h>
#include <string.h>

#include "base/banned.h"

static int read_week(struct call *c, struct request *q, const char *text, date *out)
{
    date d = date_of_instant(c->now_us);
    UNUSED(q);
    if (text && !date_parse(text, &d))
        return call_refuse(c, BASE_BAD_INPUT, "week", "YYYY-MM-DD");
    out->days = text ? d.days : d.days - (date_weekday(d) - 1);
    return planner_near(c, "week", d);
}

static void setup_json(struct jsonw *w, const struct roster_setup *s)
{
    const struct week_rules *k = &s->rules;
    jw_object(w, "rules");
    jw_bool(w, "own", s->own);
    jw_i64(w, "rest_minutes", k->rest_minutes);
    jw_i64(w, "days_in_row", k->days_in_row);
    jw_i64(w, "min_people", k->min_people);
    jw_i64(w, "break_after", k->break_after);
    jw_i64(w, "break_minutes", k->break_minutes);
    jw_i64(w, "shift_min", k->shift_min);
    jw_i64(w, "shift_max", k->shift_max);
    jw_i64(w, "early_before", k->early_before);
    jw_i64(w, "late_after", k->late_after);
    jw_end(w);
    jw_array(w, "patterns");
    for (int i = 0; i < s->n_patterns; i++) {
        const struct roster_pattern *p = &s->patterns[i];
        jw_object(w, NULL);
        jw_text(w, "code", p->code);
        jw_i64(w, "from", p->from);
        jw_i64(w, "until", p->until);
        jw_i64(w, "break_from", p->break_from);
        jw_i64(w, "break_until", p->break_until);
        jw_i64(w, "break_minutes", p->break_minutes);
        jw_end(w);
    }
    jw_end(w);
}

static void people_json(struct jsonw *w, const struct week *week)
{
    jw_array(w, "people");
    for (int i = 0; i < week->n_people; i++) {
        const struct week_person *p = &week->people[i];
        jw_object(w, NULL);
        jw_i64(w, "staff_id", p->id);
        jw_text(w, "name", p->name);
        jw_bool(w, "guest", p->unit != 0);
        jw_bool(w, "personal", (p->skills & 1) != 0);
        jw_bool(w, "corporate", (p->skills & 2) != 0);
        jw_i64(w, "minutes_min", p->minutes_min);
        jw_i64(w, "minutes_max", p->minutes_max);
        jw_i64(w, "likes", p->likes);
        jw_bool(w, "lend", p->lend != 0);
        jw_i64(w, "days_before", p->days_before);
        jw_array(w, "absent");
        for (int d = 0; d < week->days; d++)
            jw_bool(w, NULL, p->absent[d]);
        jw_end(w);
        jw_array(w, "wish");
        for (int d = 0; d < week->days; d++)
            jw_i64(w, NULL, p->wish[d]);
        jw_end(w);
        jw_end(w);
    }
    jw_end(w);
}

static int days_json(struct call *c, struct jsonw *w, outlet_id o, const struct roster_week *k)
{
    int rc = 0;
    jw_array(w, "days");
    for (int d = 0; !rc && d < 7; d++) {
        struct roster_need need;
        enum branch_day_kind kind;
        const char *name = NULL;
        date day = { k->monday.days + d };
        rc = roster_need_get(c, o, day, &need);
        if (!rc)
            rc = branch_day(c, day, &kind, &name);
        if (rc)
            break;
        jw_object(w, NULL);
        date_json(w, "day", day);
        jw_text(w, "kind", branch_day_code(kind));
        jw_text(w, "name_zh", name);
        jw_i64(w, "opens", k->hours[d].open_s / 60);
        jw_i64(w, "closes", k->hours[d].close_s / 60);
        need_json(w, "need", &need);
        jw_end(w);
    }
    jw_end(w);
    return rc;
}

static void head_json(struct call *c, struct jsonw *w, const char *key, const struct roster_head *h)
{
    if (!h->saved_us) {
        jw_null(w, key);
        return;
    }
    jw_object(w, key);
    jw_i64(w, "version", h->version);
    jw_i64(w, "revision", h->revision);
    ms_json(w, "saved_ms", h->saved_us);
    jw_text(w, "saved_by", staff_name(c, h->saved_by));
    jw_end(w);
}

static int week_json(struct call *c, outlet_id o, const struct roster_week *k, struct buf *answer)
{
    struct jsonw w;
    struct week_report *report = arena_alloc(c->arena, sizeof *report);
    const struct week_roster *r = k->draft.saved_us ? &k->work : &k->published_work;
    jw_init(&w, answer);
    jw_object(&w, NULL);
    date_json(&w, "week", k->monday);
    date_json(&w, "today", date_of_instant(c->now_us));
    jw_i64(&w, "outlet_id", o.n);
    setup_json(&w, &k->setup);
    int rc = days_json(c, &w, o, k);
    if (rc)
        return rc;
    people_json(&w, &k->week);
    head_json(c, &w, "draft", &k->draft);
    head_json(c, &w, "published", &k->published);
    week_work_json(&w, "work", &k->week, r);
    week_work_json(&w, "published_work", &k->week, &k->published_work);
    week_check(&k->week, r, c->arena, report);
    week_judged_json(&w, "report", &k->week, r, report);
    jw_end(&w);
    return 0;
}

int api_roster(struct call *c, struct request *q, struct buf *answer)
{
    outlet_id o = { q->id[0] };
    struct roster_week *k = arena_alloc(c->arena, sizeof *k);
    date monday = { 0 };
    int rc = read_week(c, q, request_text(q, "week"), &monday);
    if (!rc)
        rc = roster_week_get(c, o, monday, k);
    return rc ? rc : week_json(c, o, k, answer);
}

/* The week named in the body, with the roster in it. */
static int body_week(struct call *c, struct request *q, struct roster_week *k,
                     struct week_roster *r)
{
    const char *text = NULL;
    date monday = { 0 };
    json_need_text(q->doc, q->body, "week", 10, &text);
    int rc = text ? read_week(c, q, text, &monday) : body_done(c, q);
    if (!rc)
        rc = roster_week_get(c, (outlet_id){ q->id[0] }, monday, k);
    if (!rc && r)
        week_read(q, k, "work", c->arena, r);
    return rc;
}

/* After a drag: what is wrong now. Writes nothing. */
int api_roster_check(struct call *c, struct request *q, struct buf *answer)
{
    struct roster_week *k = arena_alloc(c->arena, sizeof *k);
    struct week_report *report = arena_alloc(c->arena, sizeof *report);
    struct week_roster r = { .n = 0 };
    struct jsonw w;
    int rc = body_week(c, q, k, &r);
    if (!rc)
        rc = body_done(c, q);
    if (rc)
        return rc;
    week_check(&k->week, &r, c->arena, report);
    jw_init(&w, answer);
    week_judged_json(&w, NULL, &k->week, &r, report);
    return 0;
}

int api_roster_put(struct call *c, struct request *q, struct buf *answer)
{
    struct roster_week *k = arena_alloc(c->arena, sizeof *k);
    struct week_roster r = { .n = 0 };
    int64_t revision = 0, now = 0;
    int rc = body_week(c, q, k, &r);
    json_need_i64(q->doc, q->body, "revision", 0, INT64_MAX, &revision);
    if (!rc)
        rc = body_done(c, q);
    if (!rc)
        rc = roster_draft_put(c, (outlet_id){ q->id[0] }, k->monday, revision, &k->week, &r, &now);
    if (!rc)
        buf_printf(answer, "{\"revision\":%lld}", (long long)now);
    return rc;
}

int api_roster_publish(struct call *c, struct request *q, struct buf *answer)
{
    const char *text = NULL;
    date monday = { 0 };
    int64_t revision = 0;
    int version = 0;
    json_need_text(q->doc, q->body, "week", 10, &text);
    json_need_i64(q->doc, q->body, "revision", 1, INT64_MAX, &revision);
    int rc = body_done(c, q);
    if (!rc)
        rc = read_week(c, q, text, &monday);
    if (!rc)
        rc = roster_publish(c, (outlet_id){ q->id[0] }, monday, revision, &version);
    if (!rc)
        buf_printf(answer, "{\"version\":%d}", version);
    return rc;
}

/* ---- absences, contracts, wishes, rules ---- */

int api_absences(struct call *c, struct request *q, struct buf *answer)
{
    struct roster_absence *a;
    struct jsonw w;
    date today = date_of_instant(c->now_us), from, until;
    int n = 0, rc = request_date(c, q, "from", (date){ today.days - 7 }, &from);
    if (!rc)
        rc = request_date(c, q, "until", (date){ today.days + 120 }, &until);
    if (!rc)
        rc = roster_absences(c, (outlet_id){ q->id[0] }, from, until, &a, &n);
    if (rc)
        return rc;
    jw_init(&w, answer);
    jw_object(&w, NULL);
    jw_array(&w, "items");
    for (int i = 0; i < n; i++) {
        jw_object(&w, NULL);
        jw_i64(&w, "id", a[i].id);
        jw_i64(&w, "staff_id", a[i].staff.n);
        jw_text(&w, "name", staff_name(c, a[i].staff.n));
        date_json(&w, "from", a[i].from);
        date_json(&w, "until", a[i].until);
        jw_text(&w, "kind", a[i].kind);
        jw_text(&w, "note", a[i].note);
        jw_end(&w);
    }
    jw_end(&w);
    jw_end(&w);
    return 0;
}

int api_absence_put(struct call *c, struct request *q, struct buf *answer)
{
    struct roster_absence a = { .id = 0 };
    const char *from = NULL, *until = NULL, *kind = "leave", *note = "";
    json_need_i64(q->doc, q->body, "staff_id", 1, INT64_MAX, &a.staff.n);
    json_need_text(q->doc, q->body, "from", 10, &from);
    json_need_text(q->doc, q->body, "until", 10, &until);
    json_want_text(q->doc, q->body, "kind", sizeof a.kind - 1, &kind);
    json_want_text(q->doc, q->body, "note", ROSTER_NOTE - 1, &note);
    int rc = body_done(c, q);
    if (rc)
        return rc;
    if (!date_parse(from, &a.from))
        return call_refuse(c, ROSTER_BAD_ABSENCE, "from", "YYYY-MM-DD");
    if (!date_parse(until, &a.until))
        return call_refuse(c, ROSTER_BAD_ABSENCE, "until", "YYYY-MM-DD");
    snprintf(a.kind, sizeof a.kind, "%s", kind);
    snprintf(a.note, sizeof a.note, "%s", note);
    rc = roster_absence_put(c, (outlet_id){ q->id[0] }, &a);
    return answer_id(rc, a.id, answer);
}

int api_absence_end(struct call *c, struct request *q, struct buf *answer)
{
    int rc = roster_absence_end(c, (outlet_id){ q->id[0] }, q->id[1]);
    if (!rc)
        buf_text(answer, "{}");
    return rc;
}

int api_contract_put(struct call *c, struct request *q, struct buf *answer)
{
    struct roster_contract k = { .staff = { q->id[1] } };
    bool personal = true, corporate = false;
    int64_t min = 0, max = 0, likes = 0;
    json_need_i64(q->doc, q->body, "minutes_min", 0, 3600, &min);
    json_need_i64(q->doc, q->body, "minutes_max", 0, 3600, &max);
    json_want_bool(q->doc, q->body, "personal", &personal);
    json_want_bool(q->doc, q->body, "corporate", &corporate);
    json_want_i64(q->doc, q->body, "likes", -1, 1, &likes);
    json_want_bool(q->doc, q->body, "lend", &k.lend);
    int rc = body_done(c, q);
    k.skills = (unsigned)personal | (unsigned)corporate << 1;
    k.minutes_min = (int)min;
    k.minutes_max = (int)max;
    k.likes = (int)likes;
    if (!rc)
        rc = roster_contract_put(c, (outlet_id){ q->id[0] }, &k);
    if (!rc)
        buf_text(answer, "{}");
    return rc;
}

int api_wish_put(struct call *c, struct request *q, struct buf *answer)
{
    int64_t staff = 0, wish = 0;
    const char *text = NULL;
    date day = { 0 };
    json_need_i64(q->doc, q->body, "staff_id", 1, INT64_MAX, &staff);
    json_need_text(q->doc, q->body, "day", 10, &text);
    json_need_i64(q->doc, q->body, "wish", -1, 1, &wish);
    int rc = body_done(c, q);
    if (!rc && !date_parse(text, &day))
        rc = call_refuse(c, BASE_BAD_INPUT, "day", "YYYY-MM-DD");
    if (!rc)
        rc = roster_wish_put(c, (outlet_id){ q->id[0] }, (staff_id){ staff }, day, (int)wish);
    if (!rc)
        buf_text(answer, "{}");
    return rc;
}

static void pattern_read(struct request *q, struct json_node *n, struct roster_pattern *p)
{
    const char *code = "";
    int64_t from = 0, until = 0, a = 0, b = 0, minutes = 0;
    json_need_text(q->doc, n, "code", sizeof p->code - 1, &code);
    json_need_i64(q->doc, n, "from", 0, 1440, &from);
    json_need_i64(q->doc, n, "until", 0, 1440, &until);
    json_want_i64(q->doc, n, "break_from", 0, 1440, &a);
    json_want_i64(q->doc, n, "break_until", 0, 1440, &b);
    json_want_i64(q->doc, n, "break_minutes", 0, 240, &minutes);
    *p = (struct roster_pattern){ .from = (int)from,
                                  .until = (int)until,
                                  .break_from = (int)a,
                                  .break_until = (int)b,
                                  .break_minutes = (int)minutes };
    snprintf(p->code, sizeof p->code, "%s", code);
}

int api_roster_rules_put(struct call *c, struct request *q, struct buf *answer)
{
    outlet_id o = { q->id[0] };
    struct roster_setup s;
    date today = date_of_instant(c->now_us);
    size_t n = 0;
    int rc = roster_setup_get(c, o, (date){ today.days - date_weekday(today) + 1 }, &s);
    if (rc)
        return rc;
    int *const field[] = { &s.rules.rest_minutes, &s.rules.days_in_row,   &s.rules.min_people,
                           &s.rules.break_after,  &s.rules.break_minutes, &s.rules.shift_min,
                           &s.rules.shift_max,    &s.rules.early_before,  &s.rules.late_after };
    static const char *const name[] = { "rest_minutes", "days_in_row",   "min_people",
                                        "break_after",  "break_minutes", "shift_min",
                                        "shift_max",    "early_before",  "late_after" };
    for (size_t i = 0; i < COUNT(field); i++) {
        int64_t x = *field[i];
        json_want_i64(q->doc, q->body, name[i], 0, 2880, &x);
        *field[i] = (int)x;
    }
    struct json_node *list = json_want_array(q->doc, q->body, "patterns", ROSTER_PATTERNS, &n);
    s.n_patterns = list ? (int)n : s.n_patterns;
    for (size_t i = 0; list && i < n; i++)
        pattern_read(q, json_item(list, i), &s.patterns[i]);
    rc = body_done(c, q);
    if (!rc)
        rc = roster_setup_put(c, o, &s);
    if (!rc)
        buf_text(answer, "{}");
    return rc;
}

/* Who should be at work now; and who sits at a window without being on the roster is not our
 * question here: the floor page shows the sessions. */
int api_duty(struct call *c, struct request *q, struct buf *answer)
{
    struct roster_duty *d;
    struct jsonw w;
    int n = 0, rc = roster_on_duty(c, (outlet_id){ q->id[0] }, c->now_us, &d, &n);
    if (rc)
        return rc;
    jw_init(&w, answer);
    jw_object(&w, NULL);
    ms_json(&w, "at_ms", c->now_us);
    jw_array(&w, "items");
    for (int i = 0; i < n; i++) {
        jw_object(&w, NULL);
        jw_i64(&w, "staff_id", d[i].staff.n);
        jw_text(&w, "name", staff_name(c, d[i].staff.n));
        jw_i64(&w, "from", d[i].from);
        jw_i64(&w, "until", d[i].until);
        jw_i64(&w, "break_from", d[i].break_from);
        jw_i64(&w, "break_minutes", d[i].break_minutes);
        jw_bool(&w, "on_break", d[i].on_break);
        jw_bool(&w, "lent", d[i].lent);
        jw_end(&w);
    }
    jw_end(&w);
    jw_end(&w);
    return 0;
}
