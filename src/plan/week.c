/* week.c -- Solves a roster: a first answer by hand, then outlet by outlet, then lending. */
#include "plan/week_priv.h"

#include <math.h>
#include <string.h>

#include "base/banned.h"

/* ---- the first answer ---- */

struct hand {
    const struct week_part *p;
    const struct week *w;
    struct week_roster *r;
    const struct week_work **of; /* [person * days + day]; points into copies */
    struct week_work *copies;
    int *minutes;                       /* by person */
    int (*turns)[WEEK_TURNS];           /* by person */
    int (*by_skills)[1 << WEEK_SKILLS]; /* [(unit * days + day) * slots + slot] */
    int *people;
};

static int *at_slot(const struct hand *h, int unit, int day, int slot, int **people)
{
    size_t at = ((size_t)unit * (size_t)h->w->days + (size_t)day) * WEEK_SLOTS + (size_t)slot;
    *people = &h->people[at];
    return h->by_skills[at];
}

static unsigned skills_of(const struct hand *h, int person)
{
    return h->w->people[person].skills & ((1U << h->w->n_skills) - 1);
}

/* sign: 1 to put it in, -1 to take it out. */
static void count(struct hand *h, const struct week_work *x, int sign)
{
    int *people;
    bool turns[WEEK_TURNS];
    h->minutes[x->person] += sign * week_paid(x);
    week_turns_of(h->w, x->day, x->from, x->until, turns);
    for (int k = 0; k < WEEK_TURNS; k++)
        h->turns[x->person][k] += sign * turns[k];
    for (int t = 0; t < WEEK_SLOTS; t++)
        if (week_at_work(x, t)) {
            at_slot(h, x->unit, x->day, t, &people)[skills_of(h, x->person)] += sign;
            *people += sign;
        }
}

static void take(struct hand *h, const struct week_work *x)
{
    int at = x->person * h->w->days + x->day;
    h->copies[at] = *x;
    h->of[at] = &h->copies[at];
    count(h, x, 1);
}

static bool rested(const struct hand *h, int person, int day, int from)
{
    int until = h->w->people[person].until_before;
    if (day > 0) {
        const struct week_work *x = h->of[person * h->w->days + day - 1];
        until = x ? x->until : -1;
    }
    return until < 0 || from + 1440 - until >= h->w->rules.rest_minutes;
}

/* May the person have this shift beside the others? */
static bool fits(const struct hand *h, const struct week_work *x)
{
    const struct week *w = h->w;
    const struct week_person *p = &w->people[x->person];
    const struct week_work *const *of = &h->of[x->person * w->days];
    if (of[x->day] || !week_lawful(w, x) || !rested(h, x->person, x->day, x->from) ||
        h->minutes[x->person] + week_paid(x) > p->minutes_max)
        return false;
    if (x->day + 1 < w->days && of[x->day + 1] &&
        of[x->day + 1]->from + 1440 - x->until < w->rules.rest_minutes)
        return false;
    int row = 1, d = x->day - 1;
    for (; d >= 0 && of[d]; d--)
        row++;
    row += d < 0 ? p->days_before : 0;
    for (d = x->day + 1; d < w->days && of[d]; d++)
        row++;
    return row <= w->rules.days_in_row;
}

/* What the shift saves, by the weights. */
static double gain_of(const struct hand *h, const struct week_work *x)
{
    const struct week *w = h->w;
    const struct week_person *p = &w->people[x->person];
    bool turns[WEEK_TURNS];
    int first, last, paid = week_paid(x), due = week_minutes_due(w, p) - h->minutes[x->person];
    double gain = p->wish[x->day] * w->weights.wish - w->weights.hour * paid / 60.0;
    week_turns_of(w, x->day, x->from, x->until, turns);
    for (int k = 0; k < WEEK_TURNS; k++)
        if (turns[k])
            gain -= week_turn_cost(w, p->owed[k] + h->turns[x->person][k]);
    if ((p->likes < 0 && turns[TURN_LATE]) || (p->likes > 0 && turns[TURN_EARLY]))
        gain -= w->weights.likes;
    if (x->unit != p->unit)
        gain -= w->weights.lend;
    due = due < 0 ? 0 : due < paid ? due : paid;
    gain += w->weights.hour_under * due / 60.0;
    if (!week_span(&w->units[x->unit], x->day, w->n_skills, &first, &last))
        return gain;
    for (int t = first; t <= last; t++) {
        int *people, *have = at_slot(h, x->unit, x->day, t, &people);
        if (!week_at_work(x, t))
            continue;
        const uint8_t *need = w->units[x->unit].need[x->day][t];
        int missing = week_missing(w, need, have);
        if (*people < w->rules.min_people)
            gain += w->weights.few_people;
        if (missing == 0)
            continue;
        gain +=
            .01 * missing; /* of equal ones, there where most are missing: lunch goes elsewhere */
        have[skills_of(h, x->person)]++;
        gain += w->weights.short_slot * (missing - week_missing(w, need, have));
        have[skills_of(h, x->person)]--;
    }
    return gain;
}

static void hand_open(struct hand *h, const struct week_part *p, struct week_roster *r,
                      struct arena *arena)
{
    const struct week *w = p->w;
    size_t days = (size_t)w->n_people * (size_t)w->days + 1,
           slots = ((size_t)w->n_units * (size_t)w->days + 1) * WEEK_SLOTS;
    *h = (struct hand){ .p = p, .w = w, .r = r };
    h->of = arena_alloc(arena, sizeof *h->of * days);
    h->copies = arena_alloc(arena, sizeof *h->copies * days);
    h->minutes = arena_alloc(arena, sizeof *h->minutes * (size_t)(w->n_people + 1));
    h->turns = arena_alloc(arena, sizeof *h->turns * (size_t)(w->n_people + 1));
    h->by_skills = arena_alloc(arena, sizeof *h->by_skills * slots);
    h->people = arena_alloc(arena, sizeof *h->people * slots);
    for (int i = 0; i < r->n; i++)
        take(h, &r->work[i]);
}

static double best_for(const struct hand *h, int person, int day, struct week_work *best)
{
    const struct week *w = h->w;
    double most = 1e-9;
    int unit = w->people[person].unit;
    for (int s = 0; s < w->n_shifts; s++) {
        const struct week_shift *k = &w->shifts[s];
        struct week_work x = { .person = person,
                               .day = day,
                               .unit = unit,
                               .from = k->from,
                               .until = k->until,
                               .break_from = k->break_from,
                               .break_minutes = k->break_minutes };
        if (!(k->units >> unit & 1) || !fits(h, &x))
            continue;
        double gain = gain_of(h, &x);
        if (gain > most) {
            most = gain;
            *best = x;
        }
    }
    return most;
}

/* Each shift once more: is there a better one for this person on this day, the others as they are?
 */
static bool improve(struct hand *h)
{
    bool any = false;
    for (int i = 0; i < h->r->n; i++) {
        struct week_work *x = &h->r->work[i], old = *x, best = *x;
        int at = old.person * h->w->days + old.day;
        if (!h->p->free[old.person] || old.pinned || old.unit != h->w->people[old.person].unit)
            continue;
        h->of[at] = NULL;
        count(h, &old, -1);
        double now = gain_of(h, &old);
        if (best_for(h, old.person, old.day, &best) > now + 1e-6) {
            *x = best;
            any = true;
        }
        take(h, x);
    }
    return any;
}

void week_greedy(const struct week_part *p, struct week_roster *r, struct arena *arena)
{
    struct hand h;
    hand_open(&h, p, r, arena);
    for (;;) {
        struct week_work best = { .person = -1 }, x;
        double most = 1e-9;
        for (int i = 0; i < p->w->n_people; i++)
            for (int d = 0; p->free[i] && d < p->w->days; d++) {
                if (h.of[i * p->w->days + d])
                    continue;
                double gain = best_for(&h, i, d, &x);
                if (gain > most) {
                    most = gain;
                    best = x;
                }
            }
        if (best.person < 0)
            break;
        take(&h, &best);
        week_add(r, arena, &best);
    }
    for (int turn = 0; turn < 6 && improve(&h); turn++)
        continue;
}

/* ---- all parts ---- */

struct solving {
    const struct week *w;
    const struct week_order *o;
    struct arena *arena;
    struct week_answer *out;
    struct week_progress progress;
    double before; /* seconds spent in earlier parts */
    bool stop;
};

static bool watch_part(void *ctx, const struct milp_progress *p)
{
    struct solving *s = ctx;
    s->progress.seconds = s->before + p->seconds;
    s->progress.best = p->some ? p->best : INFINITY;
    s->progress.bound = p->bound;
    if (s->o->watch && !s->o->watch(s->o->ctx, &s->progress))
        s->stop = true;
    return !s->stop;
}

static int solve_part(struct solving *s, const struct week_part *p, double seconds)
{
    struct milp_answer a;
    struct milp_order o = { .engine = MILP_CBC,
                            .seconds = seconds,
                            .gap = s->o->gap > 0 ? s->o->gap : .01,
                            .watch = watch_part,
                            .ctx = s };
    struct arena *own = arena_new((size_t)2 << 30); /* the program: not for long */
    struct week_roster r = { .n = 0 };
    for (int i = 0; i < s->out->roster.n; i++)
        week_add(&r, own, &s->out->roster.work[i]);
    int rc = week_part_solve(p, &r, &o, own, &a);
    if (!rc && (a.x || a.state == MILP_OPTIMAL)) {
        s->out->roster.n = 0;
        for (int i = 0; i < r.n; i++)
            week_add(&s->out->roster, s->arena, &r.work[i]);
        s->out->bound += a.cost - a.bound; /* how far this part may be off */
    }
    if (rc || a.state != MILP_OPTIMAL)
        s->out->stopped++;
    s->before += a.seconds;
    arena_free(own);
    return rc == RC_IO ? 0 : rc; /* a solver that died leaves the first answer */
}

/* Takes over what is pinned, then what else is lawful beside it. */
static void begin_with(struct solving *s, const struct week_part *all,
                       const struct week_roster *keep)
{
    struct hand h;
    struct week_roster none = { .n = 0 };
    hand_open(&h, all, &none, s->arena);
    for (int pins = 1; keep && pins >= 0; pins--)
        for (int i = 0; i < keep->n; i++) {
            const struct week_work *x = &keep->work[i];
            if (x->pinned == (pins == 1) && x->person >= 0 && x->person < s->w->n_people &&
                x->day >= 0 && x->day < s->w->days && x->unit >= 0 && x->unit < s->w->n_units &&
                fits(&h, x)) {
                take(&h, x);
                week_add(&s->out->roster, s->arena, x);
            }
        }
}

static bool may_help(const struct week *w, const struct week_report *report, bool *free)
{
    bool some = false;
    for (int i = 0; i < w->n_people; i++)
        some |= free[i] = w->people[i].lend != 0;
    return some && report->short_slots + report->few_slots > 0;
}

int week_solve(const struct week *w, const struct week_roster *keep, const struct week_order *o,
               struct arena *arena, struct week_answer *out)
{
    struct week_report *report = arena_alloc(arena, sizeof *report);
    bool *free = arena_alloc(arena, sizeof *free * (size_t)(w->n_people + 1));
    struct solving s = { .w = w, .o = o, .arena = arena, .out = out };
    struct week_part p = { .w = w, .free = free };
    double seconds = o->seconds > 0 ? o->seconds : 55;
    int rc = 0;
    CHECK(w->days >= 1 && w->days <= WEEK_DAYS && w->n_units <= WEEK_UNITS);
    *out = (struct week_answer){ .state = MILP_OPTIMAL };
    s.progress.units = w->n_units;
    begin_with(&s, &p, keep);
    for (int u = 0; u < w->n_units; u++) { /* so that there is an answer, whatever happens */
        p.units = UINT64_C(1) << u;
        for (int i = 0; i < w->n_people; i++)
            free[i] = w->people[i].unit == u;
        week_greedy(&p, &out->roster, arena);
    }
    for (int u = 0; !rc && !s.stop && !o->quick && u < w->n_units; u++) {
        s.progress.unit = u;
        p.units = UINT64_C(1) << u;
        for (int i = 0; i < w->n_people; i++)
            free[i] = w->people[i].unit == u;
        double left = (seconds - s.before) / (w->n_units - u + o->lend);
        rc = solve_part(&s, &p, fmax(left, .5));
    }
    if (s.stop || o->quick)
        out->stopped++;
    week_check(w, &out->roster, arena, report);
    if (!rc && !s.stop && !o->quick && o->lend && may_help(w, report, free)) {
        s.progress.unit = w->n_units;
        p.units = w->n_units >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << w->n_units) - 1;
        p.lend = true;
        rc = solve_part(&s, &p, fmax(seconds - s.before, 1));
        week_check(w, &out->roster, arena, report);
    }
    out->cost = report->cost;
    out->bound = s.stop || o->quick ? -INFINITY : report->cost - out->bound;
    out->gap = isfinite(out->bound) ? (out->cost - out->bound) / fmax(fabs(out->cost), 1) : NAN;
    out->seconds = s.before;
    out->state = out->stopped ? MILP_BEST : MILP_OPTIMAL;
    return rc;
}
