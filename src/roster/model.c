/* model.c -- See model.h. */
#include "roster/model.h"
#include "lobby/stats_work.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/banned.h"

/* ---- the settings' half ---- */

static int read_windows(struct call *c, outlet_id o, const struct branch_service *services,
                        int n_services, struct roster_model *m)
{
    struct branch_window *all = NULL;
    int n = 0, rc = branch_windows(c, o, &all, &n);
    for (int i = 0; !rc && i < n && m->n_windows < PLAN_WINDOWS; i++) {
        if (!all[i].active)
            continue;
        struct roster_window *w = &m->windows[m->n_windows++];
        w->id = all[i].id;
        w->number = all[i].number;
        w->corporate = all[i].corporate;
        snprintf(w->name_zh, sizeof w->name_zh, "%s", all[i].name_zh);
        snprintf(w->name_en, sizeof w->name_en, "%s", all[i].name_en);
        for (int k = 0; k < all[i].n_services; k++)
            for (int s = 0; s < n_services; s++)
                if (services[s].id.n == all[i].services[k].service.n && services[s].active)
                    w->preference[services[s].prefix - 'A'] =
                        (uint8_t)all[i].services[k].preference;
    }
    return rc;
}

static int read_classes(struct call *c, struct roster_model *m)
{
    struct branch_class *all = NULL;
    int n = 0, rc = branch_classes(c, &all, &n);
    struct plan_model *p = &m->model;
    memset(m->class_of, -1, sizeof m->class_of);
    /* The model ranks its classes by their order. */
    for (int rank_of = 0; !rc && p->n_classes < n; rank_of++) {
        int least = -1;
        for (int i = 0; i < n; i++)
            if (m->class_of[all[i].index] < 0 && (least < 0 || all[i].rank < all[least].rank))
                least = i;
        struct plan_class *k = &p->classes[p->n_classes];
        snprintf(k->code, sizeof k->code, "%s", all[least].code);
        bool base = all[least].index == 0;
        double within = all[least].target_s / 60.0, late = (1e6 - all[least].goal_ppm) / 1e6;
        if (base) { /* what everybody is promised is not promised once more */
            p->within = within;
            p->late = late;
        } else {
            k->within = within;
            k->late = late;
        }
        m->class_of[all[least].index] = p->n_classes++;
    }
    if (!rc && p->n_classes == 0) {
        p->classes[p->n_classes++] = (struct plan_class){ .code = "normal", .share = 1 };
        p->within = 20;
        p->late = .05;
        m->class_of[0] = 0;
    }
    return rc;
}

/* ---- the history's half ---- */

struct history {
    date day;
    bool work; /* the day asked for is a work day */
    double by_slot[48], other[48];
    int days, other_days;
    double by_class[BRANCH_CLASSES_MAX], by_letter[26], letter_at[48][26];
    struct patience_seen patience;
    double day_sum[ROSTER_WEEKS * 7];
    bool day_work[ROSTER_WEEKS * 7];
};

static int read_days(struct call *c, struct history *h)
{
    enum branch_day_kind kind;
    const char *name;
    int rc = branch_day(c, h->day, &kind, &name);
    h->work = !rc && branch_is_work_day(kind);
    for (int i = 0; !rc && i < ROSTER_WEEKS * 7; i++) {
        rc = branch_day(c, (date){ h->day.days - 1 - i }, &kind, &name);
        h->day_work[i] = branch_is_work_day(kind);
    }
    return rc;
}

static void add_visits(const struct stats *s, struct history *h)
{
    for (size_t i = 0; i < s->n; i++) {
        const struct stats_visit *v = &s->visit[i];
        int back = h->day.days - 1 - v->day;
        if (back < 0 || back >= ROSTER_WEEKS * 7 || v->end == VISIT_VOID)
            continue;
        h->day_sum[back]++;
        if (v->class_index < BRANCH_CLASSES_MAX)
            h->by_class[v->class_index]++;
        if (v->prefix >= 'A' && v->prefix <= 'Z')
            h->by_letter[v->prefix - 'A']++;
        if (v->end !=
            VISIT_STILL) /* a number given back for a place elsewhere: she did not give up */
            patience_add(&h->patience, (double)v->wait_us / 6e7,
                         v->end == VISIT_LEFT      ? PATIENCE_LEFT
                         : v->end == VISIT_NO_SHOW ? PATIENCE_NOT_THERE
                                                   : PATIENCE_CALLED);
    }
    /* The last same weekdays of the same kind; where there are none, all days of that kind. */
    for (int i = 0; i < ROSTER_WEEKS * 7; i++)
        if (h->day_sum[i] > 0 && h->day_work[i] == h->work) {
            h->other_days++;
            h->days += (i + 1) % 7 == 0;
        }
    for (size_t i = 0; i < s->n; i++) {
        const struct stats_visit *v = &s->visit[i];
        int back = h->day.days - 1 - v->day, half = date_second_of_day(v->at_us) / ROSTER_SLOT_S;
        if (back < 0 || back >= ROSTER_WEEKS * 7 || v->end == VISIT_VOID ||
            h->day_work[back] != h->work)
            continue;
        h->other[half]++;
        if (v->prefix >= 'A' && v->prefix <= 'Z')
            h->letter_at[half][v->prefix - 'A']++;
        h->by_slot[half] += (back + 1) % 7 == 0;
    }
}

/* How much a day differs from its fellows beyond chance: the squared deviation of days from the
 * mean of their weekday, less the Poisson part. */
static double over_dispersion(const struct history *h)
{
    double squares = 0, free = 0;
    for (int weekday = 0; weekday < 7; weekday++) {
        double sum = 0, n = 0;
        for (int i = weekday; i < ROSTER_WEEKS * 7; i += 7)
            if (h->day_sum[i] > 0 && h->day_work[i]) {
                sum += h->day_sum[i];
                n++;
            }
        if (n < 2)
            continue;
        for (int i = weekday; i < ROSTER_WEEKS * 7; i += 7)
            if (h->day_sum[i] > 0 && h->day_work[i]) {
                double mean = sum / n, off = h->day_sum[i] / mean - 1;
                squares += off * off - (n - 1) / n / mean;
            }
        free += n - 1;
    }
    double v = free >= 4 ? squares / free : .08 * .08;
    return v <= 0 ? 0 : fmin(sqrt(v), .3);
}

/* A window is taken for longer than the service: the way from the seat, calls nobody comes to, what
 * is broken off, a visit's second service, the notes between two customers. As measured on the
 * outlet; the deviation is the service's own. */
static void occupy(struct plan_model *p, double beside)
{
    for (int k = 0; k < p->n_kinds; k++) {
        struct plan_service_time *t = &p->kinds[k].takes;
        double whole = t->mean + beside;
        t->cs2 *= t->mean * t->mean / (whole * whole);
        t->mean = whole;
    }
}

/* The services, most wanted first; what does not fit PLAN_KINDS joins the last. */
static void set_kinds(struct roster_model *m, const struct history *h,
                      const struct stats_works *works, const struct branch_service *services, int n)
{
    enum { USUAL = 20 }; /* the setting's time counts as so many services */
    struct plan_model *p = &m->model;
    bool taken[BRANCH_SERVICES_MAX] = { false };
    for (int turn = 0; turn < n && turn < BRANCH_SERVICES_MAX; turn++) {
        int best = -1;
        for (int i = 0; i < n && i < BRANCH_SERVICES_MAX; i++)
            if (!taken[i] && (best < 0 || h->by_letter[services[i].prefix - 'A'] >
                                              h->by_letter[services[best].prefix - 'A']))
                best = i;
        taken[best] = true;
        int letter = services[best].prefix - 'A';
        const struct stats_work *w = &works->of[letter];
        double n_w = (double)w->n, usual = fmax(10, services[best].handling_s);
        double mean = (n_w > 0 ? n_w * w->mean_s + USUAL * usual : USUAL * usual) / (n_w + USUAL);
        double cs2 = w->n >= 30 && isfinite(w->cs2) ? fmin(fmax(w->cs2, .05), 4) : .6;
        double share = h->by_letter[letter] + 1e-3; /* nobody yet: as good as never */
        m->measured += w->n;
        if (p->n_kinds == PLAN_KINDS) {
            struct plan_kind *last = &p->kinds[PLAN_KINDS - 1];
            last->takes.mean =
                (last->takes.mean * last->share + mean / 60 * share) / (last->share + share);
            last->share += share;
            m->kind_of[letter] = PLAN_KINDS - 1;
            continue;
        }
        m->corporate[p->n_kinds] = services[best].corporate;
        m->kind_of[letter] = p->n_kinds;
        p->kinds[p->n_kinds++] = (struct plan_kind){
            .prefix = services[best].prefix,
            .share = share,
            .takes = { .kind = PLAN_LOGNORMAL, .mean = mean / 60, .cs2 = cs2 },
        };
    }
}

static void set_people(struct roster_model *m, const struct history *h,
                       const struct stats_works *works)
{
    struct plan_model *p = &m->model;
    for (int i = 0; i < BRANCH_CLASSES_MAX; i++)
        if (m->class_of[i] >= 0)
            p->classes[m->class_of[i]].share = h->by_class[i] + (i == 0 ? 1 : 1e-3);
    p->patience = patience_fit(&h->patience, &p->patience_law);
    if (p->patience > 0)
        p->patience = fmin(fmax(p->patience, 5), 600);
    if (works->tickets > 0)
        p->courtesy_share = (double)works->courtesy / (double)works->tickets;
    p->day_cv = over_dispersion(h);
    for (int half = 0; half < 48; half++)
        for (int letter = 0; letter < 26; letter++)
            if (m->kind_of[letter] >= 0)
                m->mix[half][m->kind_of[letter]] += h->letter_at[half][letter];
}

/* What those want who come in a part of the day: as they did in it, drawn to the days of this sort,
 * and those to all days. */
static void mix_of(const struct roster_model *m, int from_s, int until_s, double out[PLAN_KINDS])
{
    enum { AS_USUAL = 20 }; /* customers that the wider share counts as */
    double all = 0, sort[PLAN_KINDS] = { 0 }, sorts = AS_USUAL;
    for (int k = 0; k < m->model.n_kinds; k++) {
        all += m->model.kinds[k].share;
        for (int i = 0; i < 48; i++) {
            sort[k] += m->mix[i][k];
            sorts += m->mix[i][k];
        }
    }
    for (int k = 0; k < m->model.n_kinds; k++) {
        double usual = all > 0 ? m->model.kinds[k].share / all : 1. / m->model.n_kinds;
        out[k] = AS_USUAL * (sort[k] + AS_USUAL * usual) / sorts;
        for (int i = from_s / ROSTER_SLOT_S; i < 48 && i * ROSTER_SLOT_S < until_s; i++)
            out[k] += m->mix[i][k];
    }
}

void roster_model_mix(const struct roster_model *m, int from_s, int until_s, struct plan_model *out)
{
    double mix[PLAN_KINDS];
    mix_of(m, from_s, until_s, mix);
    for (int k = 0; k < m->model.n_kinds; k++)
        out->kinds[k].share = mix[k];
    out->mixed = out->n_kinds > 1;
    for (int i = 0; i < out->slots && out->mixed; i++) {
        int a = from_s + (int)(i * out->slot * 60);
        mix_of(m, a, a + 1, out->mix[i]);
    }
}

void roster_model_expect(struct roster_model *m, const double half_hours[48])
{
    struct plan_model *p = &m->model;
    int first = m->open_s / ROSTER_SLOT_S;
    memset(p->expected, 0, sizeof p->expected);
    for (int i = 0; i < 48; i++) {
        int slot = i - first;
        slot = slot < 0 ? 0 : slot >= p->slots ? p->slots - 1 : slot;
        p->expected[slot] += half_hours[i] > 0 ? half_hours[i] : 0;
    }
}

static int read_history(struct call *c, outlet_id o, date day, struct history *h,
                        struct stats_works *works, struct roster_model *m)
{
    struct stats s = { .n = 0 };
    struct stats_range range = { o, { day.days - ROSTER_WEEKS * 7 }, { day.days - 1 } };
    *h = (struct history){ .day = day };
    int rc = stats_works(c, &range, works);
    if (!rc)
        rc = stats_read(c, &range, &s);
    if (!rc)
        rc = read_days(c, h);
    if (!rc) {
        add_visits(&s, h);
        m->visits = (int64_t)s.n;
    }
    stats_release(&s);
    return rc;
}

static int set_rule(struct call *c, outlet_id o, struct roster_model *m)
{
    struct lobby_settings settings;
    char error[200];
    int rc = lobby_settings_get(c, o, &settings);
    if (!rc && plan_model_rule(&m->model, settings.rule, error, sizeof error))
        rc = RC_CORRUPT; /* the lobby has checked it */
    return rc;
}

int roster_model(struct call *c, outlet_id outlet, date day, struct roster_model *out)
{
    struct branch_outlet o;
    struct branch_hours hours;
    struct branch_service *services = NULL;
    struct history *h = arena_alloc(c->arena, sizeof *h);
    struct stats_works *works = arena_alloc(c->arena, sizeof *works);
    int n = 0;
    memset(out, 0, sizeof *out);
    memset(out->kind_of, -1, sizeof out->kind_of);
    int rc = branch_outlet_get(c, outlet, &o);
    if (!rc)
        rc = branch_hours_on(c, outlet, day, &hours);
    if (rc || hours.open_s >= hours.close_s)
        return rc;
    out->open = true;
    out->open_s = hours.open_s / ROSTER_SLOT_S * ROSTER_SLOT_S;
    out->close_s = hours.close_s;
    const int slot_min = ROSTER_SLOT_S / 60;
    out->model.slot = slot_min;
    out->model.slots = (hours.close_s - out->open_s + ROSTER_SLOT_S - 1) / ROSTER_SLOT_S;
    rc = branch_services_at(c, outlet, &services, &n);
    if (!rc)
        rc = read_windows(c, outlet, services, n, out);
    if (!rc)
        rc = read_classes(c, out);
    if (!rc)
        rc = read_history(c, outlet, day, h, works, out);
    if (rc)
        return rc;
    set_kinds(out, h, works, services, n);
    set_people(out, h, works);
    out->beside = works->beside_s / 60;
    if (plan_silent(&out->model) && works->no_shows > 0) { /* they are called on their own */
        double in_vain = works->no_show_s / 60;
        out->model.absent_takes = in_vain;
        out->beside -= in_vain * (double)works->no_shows / (double)works->visits;
        out->beside = fmax(0, out->beside);
    }
    occupy(&out->model, out->beside);
    out->history_days = h->days ? h->days : h->other_days;
    double *sums = h->days ? h->by_slot : h->other;
    for (int i = 0; i < 48 && out->history_days > 0; i++)
        sums[i] /= out->history_days;
    roster_model_expect(out, sums);
    out->model.mixed = out->model.n_kinds > 1;
    for (int i = 0; i < out->model.slots; i++)
        mix_of(out, out->open_s + i * ROSTER_SLOT_S, out->open_s + (i + 1) * ROSTER_SLOT_S,
               out->model.mix[i]);
    return set_rule(c, outlet, out);
}

bool roster_model_part(const struct roster_model *m, enum roster_part part, struct plan_model *out)
{
    double all = 0, mine = 0;
    int n = 0, of[PLAN_KINDS];
    *out = m->model;
    for (int i = 0; i < out->n_classes; i++) /* the codes are inside: point at the copy's own */
        out->rule_classes.at[i].code = out->classes[i].code;
    for (int k = 0; k < m->model.n_kinds; k++) {
        const struct plan_kind *kind = &m->model.kinds[k];
        all += kind->share;
        if (part != ROSTER_ALL && m->corporate[k] != (part == ROSTER_CORPORATE))
            continue;
        mine += kind->share;
        of[n] = k;
        out->kinds[n++] = *kind;
    }
    out->n_kinds = n;
    out->mixed = n > 1 && m->model.mixed;
    for (int i = 0; i < out->slots && all > 0; i++) {
        double slot_all = 0, slot_mine = 0;
        for (int k = 0; k < m->model.n_kinds && m->model.mixed; k++)
            slot_all += m->model.mix[i][k];
        for (int k = 0; k < n && m->model.mixed; k++)
            slot_mine += out->mix[i][k] = m->model.mix[i][of[k]];
        out->expected[i] *= slot_all > 0 ? slot_mine / slot_all : mine / all;
    }
    return n > 0 && mine > 0;
}

void roster_model_crew(const struct roster_model *m, const uint64_t *open, struct plan_crew *out)
{
    memset(out, 0, sizeof *out);
    for (int i = 0; i < m->n_windows; i++) {
        struct plan_window w = { .n = 0 };
        memcpy(w.preference, m->windows[i].preference, sizeof w.preference);
        for (int s = 0; s < m->model.slots; s++) {
            double from = s * m->model.slot;
            if (!(open[s] >> i & 1))
                continue;
            if (w.n > 0 && w.spans[w.n - 1].to >= from)
                w.spans[w.n - 1].to = from + m->model.slot;
            else if (w.n < PLAN_SPANS)
                w.spans[w.n++] = (struct plan_span){ .from = from, .to = from + m->model.slot };
        }
        /* Whoever is there at the end stays until nobody waits. */
        if (w.n > 0 && w.spans[w.n - 1].to >= m->model.slots * m->model.slot)
            w.spans[w.n - 1].to = INFINITY;
        if (w.n > 0)
            out->windows[out->n++] = w;
    }
    out->n += out->n == 0; /* nobody all day: one window without hours */
}
