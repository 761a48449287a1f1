/* week_check.c -- What is wrong with a roster, and what it costs. See week.h. */
#include "plan/week_priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

const struct week_rules week_usual_rules = {
    .rest_minutes = 11 * 60,
    .days_in_row = 6,
    .min_people = 2,
    .break_after = 6 * 60,
    .break_minutes = 30,
    .shift_min = 2 * 60,
    .shift_max = 11 * 60,
    .early_before = 8 * 60 + 31,
    .late_after = 17 * 60 + 30,
};
const struct week_weights week_usual_weights = {
    .short_slot = 100,
    .few_people = 400,
    .hour_under = 8,
    .turn = 2,
    .wish = 12,
    .likes = 2,
    .hour = 1,
    .lend = 6,
};

#define FAULT_CODE(name, code, hard) code,
#define FAULT_HARD(name, code, hard) hard,
const char *week_fault_code(enum week_fault_kind k)
{
    static const char *const code[] = { WEEK_FAULTS_LIST(FAULT_CODE) };
    CHECK((unsigned)k < WEEK_FAULT_KINDS);
    return code[k];
}

bool week_fault_hard(enum week_fault_kind k)
{
    static const bool hard[] = { WEEK_FAULTS_LIST(FAULT_HARD) };
    CHECK((unsigned)k < WEEK_FAULT_KINDS);
    return hard[k];
}

void week_add(struct week_roster *r, struct arena *arena, const struct week_work *x)
{
    if (r->n == r->room) {
        int room = r->room ? r->room * 2 : 64;
        struct week_work *more = arena_alloc(arena, sizeof *more * (size_t)room);
        if (r->n)
            memcpy(more, r->work, sizeof *more * (size_t)r->n);
        r->work = more;
        r->room = room;
    }
    r->work[r->n++] = *x;
}

int week_paid(const struct week_work *x)
{
    return x->until - x->from - x->break_minutes;
}

bool week_at_work(const struct week_work *x, int slot)
{
    int a = slot * 30, b = a + 30;
    return x->from <= a && x->until >= b &&
           (x->break_minutes == 0 || b <= x->break_from || a >= x->break_from + x->break_minutes);
}

int week_minutes_due(const struct week *w, const struct week_person *p)
{
    int there = 0, all = w->days;
    for (int d = 0; d < all; d++)
        there += !p->absent[d];
    /* A week's contract is five days: one day away takes a fifth. */
    int working = all * 5 / 7 > 0 ? all * 5 / 7 : 1, away = all - there;
    int due = working - away;
    return due <= 0 ? 0 : (int)((int64_t)p->minutes_min * due / working);
}

int week_turns_of(const struct week *w, int day, int from, int until, bool out[WEEK_TURNS])
{
    out[TURN_EARLY] = from < w->rules.early_before;
    out[TURN_LATE] = until > w->rules.late_after;
    out[TURN_WEEKEND] = date_weekday((date){ w->first.days + day }) >= 6;
    return out[TURN_EARLY] + out[TURN_LATE] + out[TURN_WEEKEND];
}

double week_turn_cost(const struct week *w, int had)
{
    return w->weights.turn * (had + 1) / 4;
}

bool week_span(const struct week_unit *u, int day, int skills, int *first, int *last)
{
    *first = -1;
    for (int t = 0; t < WEEK_SLOTS; t++)
        for (int k = 0; k < skills; k++)
            if (u->need[day][t][k]) {
                *first = *first < 0 ? t : *first;
                *last = t;
            }
    return *first >= 0;
}

int week_need_of(const struct week *w, const uint8_t *need, unsigned skills)
{
    int sum = 0;
    for (int k = 0; k < w->n_skills; k++)
        sum += skills >> k & 1 ? need[k] : 0;
    return sum;
}

int week_missing(const struct week *w, const uint8_t *need, const int by_skills[1 << WEEK_SKILLS])
{
    int worst = 0;
    unsigned all = (1U << w->n_skills) - 1;
    for (unsigned some = 1; some <= all; some++) {
        int have = 0;
        for (unsigned s = 1; s <= all; s++)
            have += s & some ? by_skills[s] : 0;
        int lack = week_need_of(w, need, some) - have;
        worst = lack > worst ? lack : worst;
    }
    return worst;
}

/* ---- one shift by itself ---- */

static enum week_fault_kind fault_of(const struct week *w, const struct week_work *x)
{
    const struct week_person *p = &w->people[x->person];
    int length = x->until - x->from;
    if (p->absent[x->day])
        return WEEK_ABSENT;
    if (x->from < p->free_from[x->day] || x->until > p->free_until[x->day])
        return WEEK_NOT_FREE;
    if (length < w->rules.shift_min || length > w->rules.shift_max || x->from < 0 ||
        x->until > 1440)
        return WEEK_LENGTH;
    if (x->break_minutes < 0 ||
        (x->break_minutes > 0 &&
         (x->break_from <= x->from || x->break_from + x->break_minutes >= x->until)) ||
        (length > w->rules.break_after && x->break_minutes < w->rules.break_minutes))
        return WEEK_BREAK;
    if (!w->units[x->unit].open[x->day])
        return WEEK_CLOSED;
    if (x->unit != p->unit && !(p->lend >> x->unit & 1))
        return WEEK_LENT;
    return WEEK_FAULT_KINDS;
}

bool week_lawful(const struct week *w, const struct week_work *x)
{
    return fault_of(w, x) == WEEK_FAULT_KINDS;
}

/* ---- the report ---- */

struct checking {
    const struct week *w;
    const struct week_roster *r;
    struct week_report *out;
    const struct week_work **of; /* [person * days + day], NULL: free */
};

static void add_fault(struct week_report *out, struct week_fault f)
{
    out->n_hard += week_fault_hard(f.kind);
    if (out->n_faults == WEEK_FAULTS) {
        out->faults_left++;
        return;
    }
    out->faults[out->n_faults++] = f;
}

static void check_each(struct checking *c)
{
    const struct week *w = c->w;
    for (int i = 0; i < c->r->n; i++) {
        const struct week_work *x = &c->r->work[i];
        struct week_fault f = { .person = x->person, .day = x->day, .unit = x->unit, .slot = -1 };
        if (x->person < 0 || x->person >= w->n_people || x->day < 0 || x->day >= w->days ||
            x->unit < 0 || x->unit >= w->n_units) {
            f.kind = WEEK_UNKNOWN;
            add_fault(c->out, f);
            continue;
        }
        f.kind = fault_of(w, x);
        f.have = x->until - x->from;
        if (f.kind != WEEK_FAULT_KINDS)
            add_fault(c->out, f);
        const struct week_work **at = &c->of[x->person * w->days + x->day];
        if (*at) {
            f.kind = WEEK_TWICE;
            add_fault(c->out, f);
            continue;
        }
        *at = x;
    }
}

/* The person's cost of turns, likes, hours; faults of rest, rows and hours. */
static void check_days(struct checking *c, int person)
{
    const struct week *w = c->w;
    const struct week_person *p = &w->people[person];
    struct week_sums *s = &c->out->sums[person];
    int row = p->days_before, until = p->until_before;
    for (int d = 0; d < w->days; d++) {
        const struct week_work *x = c->of[person * w->days + d];
        struct week_fault f = { .person = person, .day = d, .unit = x ? x->unit : -1, .slot = -1 };
        if ((x && p->wish[d] < 0) || (!x && p->wish[d] > 0 && !p->absent[d])) {
            c->out->cost += w->weights.wish;
            f.kind = WEEK_WISH;
            add_fault(c->out, f);
        }
        if (!x) {
            row = 0;
            until = -1;
            continue;
        }
        bool turns[WEEK_TURNS];
        week_turns_of(w, d, x->from, x->until, turns);
        for (int k = 0; k < WEEK_TURNS; k++)
            if (turns[k])
                c->out->cost += week_turn_cost(w, p->owed[k] + s->turns[k]++);
        if ((p->likes < 0 && turns[TURN_LATE]) || (p->likes > 0 && turns[TURN_EARLY]))
            c->out->cost += w->weights.likes;
        if (x->unit != p->unit)
            c->out->cost += w->weights.lend;
        s->minutes += week_paid(x);
        s->days++;
        if (until >= 0 && x->from + 1440 - until < w->rules.rest_minutes) {
            f.kind = WEEK_REST;
            f.have = x->from + 1440 - until;
            f.want = w->rules.rest_minutes;
            add_fault(c->out, f);
        }
        if (++row > w->rules.days_in_row) {
            f.kind = WEEK_IN_ROW;
            f.have = row;
            f.want = w->rules.days_in_row;
            add_fault(c->out, f);
        }
        until = x->until;
    }
}

static void check_hours(struct checking *c, int person)
{
    const struct week *w = c->w;
    const struct week_person *p = &w->people[person];
    const struct week_sums *s = &c->out->sums[person];
    int due = week_minutes_due(w, p);
    struct week_fault f = {
        .person = person, .day = -1, .unit = p->unit, .slot = -1, .have = s->minutes
    };
    c->out->cost += w->weights.hour * s->minutes / 60.0;
    if (s->minutes > p->minutes_max) {
        f.kind = WEEK_OVER;
        f.want = p->minutes_max;
        add_fault(c->out, f);
    }
    if (s->minutes < due) {
        c->out->cost += w->weights.hour_under * (due - s->minutes) / 60.0;
        f.kind = WEEK_UNDER;
        f.want = due;
        add_fault(c->out, f);
    }
}

static void cover_at(const struct checking *c, int unit, int day, int slot, int *people,
                     int by_skills[1 << WEEK_SKILLS])
{
    *people = 0;
    memset(by_skills, 0, sizeof(int) * (1 << WEEK_SKILLS));
    for (int i = 0; i < c->w->n_people; i++) {
        const struct week_work *x = c->of[i * c->w->days + day];
        if (!x || x->unit != unit || !week_at_work(x, slot))
            continue;
        ++*people;
        by_skills[c->w->people[i].skills & ((1U << c->w->n_skills) - 1)]++;
    }
}

static void check_unit_day(struct checking *c, int unit, int day)
{
    const struct week *w = c->w;
    const struct week_unit *u = &w->units[unit];
    int first, last, people, by_skills[1 << WEEK_SKILLS];
    if (!u->open[day] || !week_span(u, day, w->n_skills, &first, &last))
        return;
    for (int t = first; t <= last; t++) {
        struct week_fault f = { .person = -1, .day = day, .unit = unit, .slot = t };
        cover_at(c, unit, day, t, &people, by_skills);
        int missing = week_missing(w, u->need[day][t], by_skills);
        if (missing > 0) {
            f.kind = WEEK_SHORT;
            f.have = people;
            f.want = people + missing;
            c->out->short_slots += missing;
            c->out->cost += w->weights.short_slot * missing;
            add_fault(c->out, f);
        }
        if (people < w->rules.min_people) {
            f.kind = WEEK_FEW;
            f.have = people;
            f.want = w->rules.min_people;
            c->out->few_slots += f.want - people;
            c->out->cost += w->weights.few_people * (f.want - people);
            add_fault(c->out, f);
        }
    }
}

static void begin(const struct week *w, const struct week_roster *r, struct arena *arena,
                  struct week_report *out, struct checking *c)
{
    memset(out, 0, sizeof *out);
    out->sums = arena_alloc(arena, sizeof *out->sums * (size_t)(w->n_people + 1));
    *c = (struct checking){ .w = w, .r = r, .out = out };
    c->of = arena_alloc(arena, sizeof *c->of * (size_t)(w->n_people * w->days + 1));
}

void week_check(const struct week *w, const struct week_roster *r, struct arena *arena,
                struct week_report *out)
{
    struct checking c;
    CHECK(w->days >= 1 && w->days <= WEEK_DAYS && w->n_skills <= WEEK_SKILLS);
    begin(w, r, arena, out, &c);
    check_each(&c);
    for (int i = 0; i < w->n_people; i++) {
        check_days(&c, i);
        check_hours(&c, i);
    }
    for (int u = 0; u < w->n_units; u++)
        for (int d = 0; d < w->days; d++)
            check_unit_day(&c, u, d);
}

void week_cover(const struct week *w, const struct week_roster *r, int unit, int day,
                int at_work[WEEK_SLOTS], int missing[WEEK_SLOTS])
{
    const struct week_unit *u = &w->units[unit];
    int by_skills[1 << WEEK_SKILLS];
    for (int t = 0; t < WEEK_SLOTS; t++) {
        at_work[t] = 0;
        memset(by_skills, 0, sizeof by_skills);
        for (int i = 0; i < r->n; i++) {
            const struct week_work *x = &r->work[i];
            if (x->day != day || x->unit != unit || x->person < 0 || x->person >= w->n_people ||
                !week_at_work(x, t))
                continue;
            at_work[t]++;
            by_skills[w->people[x->person].skills & ((1U << w->n_skills) - 1)]++;
        }
        missing[t] = week_missing(w, u->need[day][t], by_skills);
    }
}
