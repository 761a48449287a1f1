/* demo_roster.c -- The demo bank's people at work: contracts, absences, needs, two weeks' rosters.
 *
 * Needs are the textbook's for the demo's own expected customers; rosters are the planner's first
 * answer, which is lawful and made at once. */
#include "app/demo.h"
#include "branch/demo_city.h"
#include "branch/demo_flow.h"
#include "plan/queueing.h"
#include "roster/roster.h"
#include <stdio.h>
#include <string.h>

struct rostering {
    date monday;
    struct arena *arena;
};

static const int corporate_service = DEMO_COMPANY;

/* Mean minutes of a personal customer. */
static double personal_minutes(const struct demo_outlet *o)
{
    double sum = 0, n = 0;
    for (int s = 0; s < DEMO_SERVICES; s++)
        if (s != corporate_service) {
            sum += demo_mix_permille[o->mix][s] * demo_handling_s[s] / 60.0;
            n += demo_mix_permille[o->mix][s];
        }
    return sum / n;
}

static void need_of(const struct demo_outlet *o, date d, const struct branch_hours *h,
                    struct roster_need *out)
{
    int permille = demo_mix_permille[o->mix][corporate_service], counters[ROSTER_PARTS] = { 0 };
    double minutes[ROSTER_PARTS] = { personal_minutes(o),
                                     demo_handling_s[corporate_service] / 60.0 };
    *out = (struct roster_need){ .planned = true };
    snprintf(out->source, sizeof out->source, "textbook");
    for (const char *w = o->windows; *w; w++)
        counters[*w == 'K' || *w == 'C']++;
    for (int t = h->open_s / 1800; t * 1800 < h->close_s && t < WEEK_SLOTS; t++) {
        int slot = t - DEMO_FIRST_SLOT_S / 1800;
        for (int k = 0; k < ROSTER_PARTS && slot >= 0 && slot < DEMO_SLOTS; k++) {
            int daily = o->daily * (k ? permille : 1000 - permille) / 1000;
            double people = demo_expected(daily, k ? 1000 : 0, d, slot);
            int n = plan_servers_for(people / 30, minutes[k], 20, .05);
            out->windows[k][t] = n < 1 ? 1 : n > counters[k] ? counters[k] : n;
        }
    }
}

static int put_contracts(struct call *c, outlet_id outlet, const struct demo_outlet *o,
                         const struct week *w)
{
    int rc = 0, windows = (int)strlen(o->windows);
    for (int i = 0; !rc && i < w->n_people; i++) {
        bool part = i == windows + 1; /* one of the reliefs works half the time */
        char letter = i < windows ? o->windows[i] : 'L';
        struct roster_contract k = { .staff = { w->people[i].id },
                                     .skills = letter == 'K' || letter == 'L' || letter == 'V' ? 3
                                               : letter == 'C'                                 ? 2
                                                                                               : 1,
                                     .minutes_min = (part ? 16 : 36) * 60,
                                     .minutes_max = (part ? 20 : 40) * 60,
                                     .likes = i % 4 == 1   ? -1
                                              : i % 5 == 3 ? 1
                                                           : 0 };
        rc = roster_contract_put(c, outlet, &k);
    }
    return rc;
}

static int put_away(struct call *c, outlet_id outlet, const struct week *w, int at)
{
    static const struct {
        int person, from, until;
        const char *kind, *note;
    } rows[] = { { 1, 1, 2, "leave", "年休假" },
                 { 3, 9, 9, "training", "反假币培训" },
                 { 4, 3, 3, "sick", "" } };
    int rc = 0;
    for (size_t i = 0; !rc && i < COUNT(rows); i++) {
        int person = (rows[i].person + at) % w->n_people;
        struct roster_absence a = { .staff = { w->people[person].id },
                                    .from = { w->first.days + rows[i].from },
                                    .until = { w->first.days + rows[i].until } };
        snprintf(a.kind, sizeof a.kind, "%s", rows[i].kind);
        snprintf(a.note, sizeof a.note, "%s", rows[i].note);
        rc = roster_absence_put(c, outlet, &a);
    }
    if (!rc)
        rc = roster_wish_put(c, outlet, (staff_id){ w->people[2 % w->n_people].id },
                             (date){ w->first.days + 11 }, -1);
    return rc;
}

static int put_week(struct call *c, outlet_id outlet, const struct demo_outlet *o, date monday,
                    bool publish)
{
    struct roster_week *k = arena_alloc(c->arena, sizeof *k);
    struct week_answer a;
    struct week_order order = { .quick = true };
    int64_t revision = 0;
    int version, rc = 0;
    for (int d = 0; !rc && d < 7; d++) {
        struct branch_hours h;
        struct roster_need need;
        date day = { monday.days + d };
        rc = branch_hours_on(c, outlet, day, &h);
        if (rc || h.open_s >= h.close_s)
            continue;
        need_of(o, day, &h, &need);
        rc = roster_need_put(c, outlet, day, &need);
    }
    if (!rc)
        rc = roster_week_get(c, outlet, monday, k);
    if (!rc)
        rc = week_solve(&k->week, NULL, &order, c->arena, &a);
    if (!rc)
        rc = roster_draft_put(c, outlet, monday, 0, &k->week, &a.roster, &revision);
    if (!rc && publish)
        rc = roster_publish(c, outlet, monday, revision, &version);
    return rc;
}

static int rosters(struct call *c, void *ctx)
{
    struct rostering *r = ctx;
    int rc = 0;
    for (int at = 0; !rc && at < DEMO_OUTLETS; at++) {
        struct branch_outlet o;
        const struct demo_outlet *d = &demo_outlets[at];
        struct call own = *c;
        own.arena = r->arena;
        struct roster_week *k = arena_alloc(own.arena, sizeof *k);
        rc = branch_outlet_find(&own, d->code, &o);
        if (!rc)
            rc = roster_week_get(&own, o.id, r->monday, k);
        if (!rc)
            rc = put_contracts(&own, o.id, d, &k->week);
        if (!rc)
            rc = put_away(&own, o.id, &k->week, at);
        for (int week = 0; !rc && week < 2; week++)
            rc = put_week(&own, o.id, d, (date){ r->monday.days + 7 * week }, week == 0);
        arena_clear(r->arena);
    }
    return rc;
}

int demo_rosters(struct bank *b, date day)
{
    struct rostering r = { .monday = { day.days - date_weekday(day) + 1 },
                           .arena = arena_new((size_t)512 << 20) };
    int rc = app_bank_write(b, date_instant(day, 7 * 3600), rosters, &r);
    arena_free(r.arena);
    return rc;
}
