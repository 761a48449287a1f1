/* roster_keep.c -- Rules, contracts, absences, wishes, needs: looked at, saved, told. */
#include "roster/roster_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

/* ---- rules and patterns ---- */

int roster_rules_read(struct call *c, outlet_id o, struct roster_setup *out)
{
    struct db_rows r;
    int rc = db_query(c->tx, &r,
                      "SELECT rest_minutes, days_in_row, min_people, break_after, break_minutes,"
                      " shift_min, shift_max, early_before, late_after FROM roster_rules"
                      " WHERE outlet_id=$1",
                      DB_ARGS(DB_I(o.n)));
    if (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        out->own = true;
        out->rules =
            (struct week_rules){ (int)db_i64(&r, 0), (int)db_i64(&r, 1), (int)db_i64(&r, 2),
                                 (int)db_i64(&r, 3), (int)db_i64(&r, 4), (int)db_i64(&r, 5),
                                 (int)db_i64(&r, 6), (int)db_i64(&r, 7), (int)db_i64(&r, 8) };
    }
    db_done(&r);
    if (rc || !out->own)
        return rc;
    rc = db_query(c->tx, &r,
                  "SELECT code, from_min, until_min, break_from, break_until, break_minutes"
                  " FROM roster_pattern WHERE outlet_id=$1 ORDER BY n",
                  DB_ARGS(DB_I(o.n)));
    while (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        if (out->n_patterns == ROSTER_PATTERNS)
            continue;
        struct roster_pattern *p = &out->patterns[out->n_patterns++];
        snprintf(p->code, sizeof p->code, "%s", db_text(&r, 0));
        p->from = (int)db_i64(&r, 1);
        p->until = (int)db_i64(&r, 2);
        p->break_from = (int)db_i64(&r, 3);
        p->break_until = (int)db_i64(&r, 4);
        p->break_minutes = (int)db_i64(&r, 5);
    }
    db_done(&r);
    return rc;
}

static int patterns_write(struct call *c, outlet_id o, const struct roster_setup *s)
{
    int rc = db_exec(c->tx, "DELETE FROM roster_pattern WHERE outlet_id=$1", DB_ARGS(DB_I(o.n)));
    for (int i = 0; !rc && i < s->n_patterns; i++) {
        const struct roster_pattern *p = &s->patterns[i];
        rc = db_exec(c->tx,
                     "INSERT INTO roster_pattern (outlet_id, n, code, from_min, until_min,"
                     " break_from, break_until, break_minutes) VALUES ($1,$2,$3,$4,$5,$6,$7,$8)",
                     DB_ARGS(DB_I(o.n), DB_I(i + 1), DB_T(p->code), DB_I(p->from), DB_I(p->until),
                             DB_I(p->break_from), DB_I(p->break_until), DB_I(p->break_minutes)));
    }
    return rc;
}

int roster_rules_write(struct call *c, outlet_id o, const struct roster_setup *s)
{
    const struct week_rules *k = &s->rules;
    int rc = db_exec(
        c->tx,
        "INSERT INTO roster_rules (outlet_id, rest_minutes, days_in_row, min_people, break_after,"
        " break_minutes, shift_min, shift_max, early_before, late_after)"
        " VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10) ON CONFLICT (outlet_id) DO UPDATE SET"
        " rest_minutes=excluded.rest_minutes, days_in_row=excluded.days_in_row,"
        " min_people=excluded.min_people, break_after=excluded.break_after,"
        " break_minutes=excluded.break_minutes, shift_min=excluded.shift_min,"
        " shift_max=excluded.shift_max, early_before=excluded.early_before,"
        " late_after=excluded.late_after",
        DB_ARGS(DB_I(o.n), DB_I(k->rest_minutes), DB_I(k->days_in_row), DB_I(k->min_people),
                DB_I(k->break_after), DB_I(k->break_minutes), DB_I(k->shift_min),
                DB_I(k->shift_max), DB_I(k->early_before), DB_I(k->late_after)));
    return rc ? rc : patterns_write(c, o, s);
}

static bool pattern_fits(const struct roster_pattern *p)
{
    if (!p->code[0] || p->from < 0 || p->from >= p->until || p->until > 1440 || p->from % 15 ||
        p->until % 15)
        return false;
    return p->break_minutes == 0 ||
           (p->break_minutes > 0 && p->break_from > p->from && p->break_until < p->until &&
            p->break_from + p->break_minutes <= p->break_until);
}

int roster_setup_put(struct call *c, outlet_id o, const struct roster_setup *s)
{
    const struct week_rules *k = &s->rules;
    struct branch_outlet outlet;
    int rc = branch_outlet_get(c, o, &outlet);
    if (rc)
        return rc;
    if (k->rest_minutes < 0 || k->rest_minutes > 1440 || k->days_in_row < 1 ||
        k->days_in_row > 14 || k->min_people < 0 || k->min_people > 20 || k->shift_min < 0 ||
        k->shift_max < k->shift_min || k->shift_max > 1440 || k->break_after < 0 ||
        k->break_minutes < 0 || k->break_minutes > 240)
        return ROSTER_BAD_RULES;
    for (int i = 0; i < s->n_patterns; i++)
        if (!pattern_fits(&s->patterns[i]))
            return call_refuse(c, ROSTER_BAD_SHIFT, "patterns", "%s", s->patterns[i].code);
    rc = roster_rules_write(c, o, s);
    if (rc)
        return rc;
    struct jsonw *w = event_begin(c);
    jw_i64(w, "patterns", s->n_patterns);
    return event_add(c, o.n, "roster.rules_changed", o.n);
}

/* ---- contracts ---- */

static int is_teller(struct call *c, outlet_id o, staff_id s)
{
    struct who_staff staff;
    int rc = who_staff_get(c, s, &staff);
    if (rc == WHO_NO_STAFF || (!rc && (!staff.active || staff.outlet_id != o.n)))
        return ROSTER_NOT_STAFF;
    return rc;
}

int roster_contracts(struct call *c, outlet_id o, struct roster_contract **out, int *n)
{
    struct db_rows r;
    int room = ROSTER_STAFF * 4;
    *out = arena_alloc(c->arena, sizeof **out * (size_t)room);
    *n = 0;
    int rc = db_query(c->tx, &r,
                      "SELECT staff_id, skills, minutes_min, minutes_max, likes, lend"
                      " FROM roster_contract WHERE outlet_id=$1 ORDER BY staff_id",
                      DB_ARGS(DB_I(o.n)));
    while (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        if (*n < room)
            (*out)[(*n)++] = (struct roster_contract){ { db_i64(&r, 0) },  (unsigned)db_i64(&r, 1),
                                                       (int)db_i64(&r, 2), (int)db_i64(&r, 3),
                                                       (int)db_i64(&r, 4), db_i64(&r, 5) != 0 };
    }
    db_done(&r);
    return rc;
}

int roster_contract_put(struct call *c, outlet_id o, const struct roster_contract *k)
{
    if (k->minutes_min < 0 || k->minutes_min > k->minutes_max || k->minutes_max > 60 * 60 ||
        k->skills < 1 || k->skills >= 1U << ROSTER_PARTS || k->likes < -1 || k->likes > 1)
        return ROSTER_BAD_CONTRACT;
    int rc = is_teller(c, o, k->staff);
    if (!rc)
        rc = db_exec(c->tx,
                     "INSERT INTO roster_contract (staff_id, outlet_id, skills, minutes_min,"
                     " minutes_max, likes, lend) VALUES ($1,$2,$3,$4,$5,$6,$7)"
                     " ON CONFLICT (staff_id) DO UPDATE SET outlet_id=excluded.outlet_id,"
                     " skills=excluded.skills, minutes_min=excluded.minutes_min,"
                     " minutes_max=excluded.minutes_max, likes=excluded.likes, lend=excluded.lend",
                     DB_ARGS(DB_I(k->staff.n), DB_I(o.n), DB_I(k->skills), DB_I(k->minutes_min),
                             DB_I(k->minutes_max), DB_I(k->likes), DB_I(k->lend)));
    if (rc)
        return rc;
    struct jsonw *w = event_begin(c);
    jw_i64(w, "minutes_min", k->minutes_min);
    jw_i64(w, "minutes_max", k->minutes_max);
    return event_add(c, o.n, "contract.changed", k->staff.n);
}

/* ---- absences and wishes ---- */

int roster_absences(struct call *c, outlet_id o, date from, date until, struct roster_absence **out,
                    int *n)
{
    enum { ROOM = 1000 };
    struct db_rows r;
    *out = arena_alloc(c->arena, sizeof **out * ROOM);
    *n = 0;
    int rc = db_query(c->tx, &r,
                      "SELECT id, staff_id, from_day, until_day, kind, note FROM roster_absence"
                      " WHERE outlet_id=$1 AND until_day >= $2 AND from_day <= $3"
                      " ORDER BY from_day, id",
                      DB_ARGS(DB_I(o.n), DB_I(from.days), DB_I(until.days)));
    while (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        if (*n == ROOM)
            continue;
        struct roster_absence *a = &(*out)[(*n)++];
        a->id = db_i64(&r, 0);
        a->staff.n = db_i64(&r, 1);
        a->from.days = (int32_t)db_i64(&r, 2);
        a->until.days = (int32_t)db_i64(&r, 3);
        snprintf(a->kind, sizeof a->kind, "%s", db_text(&r, 4));
        snprintf(a->note, sizeof a->note, "%s", db_text(&r, 5));
    }
    db_done(&r);
    return rc;
}

int roster_absence_put(struct call *c, outlet_id o, struct roster_absence *a)
{
    static const char *const kinds[] = { "leave", "sick", "training", "other" };
    bool known = false;
    for (size_t i = 0; i < COUNT(kinds); i++)
        known |= !strcmp(a->kind, kinds[i]);
    if (!known)
        return call_refuse(c, ROSTER_BAD_ABSENCE, "kind", "leave, sick, training, other");
    if (a->until.days < a->from.days || a->until.days - a->from.days > 366)
        return call_refuse(c, ROSTER_BAD_ABSENCE, "until", "up to 366 days from the first");
    int rc = is_teller(c, o, a->staff);
    if (rc)
        return rc;
    int64_t id = call_id(c);
    rc = db_exec(c->tx,
                 "INSERT INTO roster_absence (id, outlet_id, staff_id, from_day, until_day, kind,"
                 " note) VALUES ($1,$2,$3,$4,$5,$6,$7)",
                 DB_ARGS(DB_I(id), DB_I(o.n), DB_I(a->staff.n), DB_I(a->from.days),
                         DB_I(a->until.days), DB_T(a->kind), DB_T(a->note)));
    if (rc)
        return rc;
    struct jsonw *w = event_begin(c); /* neither the kind nor the note: that is private */
    jw_i64(w, "from_day", a->from.days);
    jw_i64(w, "until_day", a->until.days);
    rc = event_add(c, o.n, "absence.added", a->staff.n);
    if (!rc)
        a->id = id;
    return rc;
}

int roster_absence_end(struct call *c, outlet_id o, int64_t id)
{
    int rc = db_exec(c->tx, "DELETE FROM roster_absence WHERE id=$1 AND outlet_id=$2",
                     DB_ARGS(DB_I(id), DB_I(o.n)));
    if (!rc && db_changed(c->tx) == 0)
        return ROSTER_NO_ABSENCE;
    if (rc)
        return rc;
    event_begin(c);
    return event_add(c, o.n, "absence.removed", id);
}

int roster_wish_put(struct call *c, outlet_id o, staff_id s, date day, int wish)
{
    int rc = wish < -1 || wish > 1 ? ROSTER_BAD_CONTRACT : is_teller(c, o, s);
    if (!rc)
        rc = db_exec(c->tx, "DELETE FROM roster_wish WHERE staff_id=$1 AND day=$2",
                     DB_ARGS(DB_I(s.n), DB_I(day.days)));
    if (!rc && wish)
        rc = db_exec(c->tx,
                     "INSERT INTO roster_wish (outlet_id, staff_id, day, wish)"
                     " VALUES ($1,$2,$3,$4)",
                     DB_ARGS(DB_I(o.n), DB_I(s.n), DB_I(day.days), DB_I(wish)));
    if (rc)
        return rc;
    struct jsonw *w = event_begin(c);
    jw_i64(w, "day", day.days);
    jw_i64(w, "wish", wish);
    return event_add(c, o.n, "wish.changed", s.n);
}

/* ---- needs: 48 numbers in a text ---- */

static void numbers_read(const char *text, int out[WEEK_SLOTS])
{
    for (int t = 0; t < WEEK_SLOTS && text && *text; t++) {
        char *end;
        out[t] = (int)strtol(text, &end, 10);
        text = *end == ',' ? end + 1 : "";
    }
}

static void numbers_write(const int n[WEEK_SLOTS], char out[WEEK_SLOTS * 4])
{
    size_t len = 0;
    for (int t = 0; t < WEEK_SLOTS; t++)
        len += (size_t)snprintf(out + len, WEEK_SLOTS * 4 - len, "%s%d", t ? "," : "", n[t]);
}

int roster_need_get(struct call *c, outlet_id o, date day, struct roster_need *out)
{
    struct db_rows r;
    int rc = db_query(c->tx, &r,
                      "SELECT personal, corporate, source FROM roster_need WHERE outlet_id=$1"
                      " AND day=$2",
                      DB_ARGS(DB_I(o.n), DB_I(day.days)));
    *out = (struct roster_need){ .planned = false };
    if (!rc && (rc = db_next(&r)) == DB_ROW) {
        rc = 0;
        out->planned = true;
        numbers_read(db_text(&r, 0), out->windows[SKILL_PERSONAL]);
        numbers_read(db_text(&r, 1), out->windows[SKILL_CORPORATE]);
        snprintf(out->source, sizeof out->source, "%s", db_text(&r, 2));
    }
    db_done(&r);
    return rc;
}

int roster_need_put(struct call *c, outlet_id o, date day, const struct roster_need *n)
{
    struct branch_hours h;
    char personal[WEEK_SLOTS * 4], corporate[WEEK_SLOTS * 4];
    int sum = 0, rc = branch_hours_on(c, o, day, &h);
    if (rc)
        return rc;
    if (h.open_s >= h.close_s)
        return ROSTER_CLOSED;
    for (int k = 0; k < ROSTER_PARTS; k++)
        for (int t = 0; t < WEEK_SLOTS; t++) {
            bool open = t * 1800 + 1800 > h.open_s && t * 1800 < h.close_s;
            if (n->windows[k][t] < 0 || n->windows[k][t] > BRANCH_WINDOWS_MAX ||
                (!open && n->windows[k][t] > 0))
                return ROSTER_BAD_NEED;
            sum += n->windows[k][t];
        }
    numbers_write(n->windows[SKILL_PERSONAL], personal);
    numbers_write(n->windows[SKILL_CORPORATE], corporate);
    rc = db_exec(
        c->tx,
        "INSERT INTO roster_need (outlet_id, day, personal, corporate, source)"
        " VALUES ($1,$2,$3,$4,$5) ON CONFLICT (outlet_id, day) DO UPDATE SET"
        " personal=excluded.personal, corporate=excluded.corporate,"
        " source=excluded.source",
        DB_ARGS(DB_I(o.n), DB_I(day.days), DB_T(personal), DB_T(corporate), DB_T(n->source)));
    if (rc)
        return rc;
    struct jsonw *w = event_begin(c);
    jw_i64(w, "window_half_hours", sum);
    jw_text(w, "source", n->source);
    return event_add(c, o.n, "need.planned", day.days);
}
