/* seat.c -- See seat.h. */
#include "roster/seat.h"

#include <string.h>

#include "base/banned.h"

uint32_t seat_letters(const uint8_t preference[26])
{
    uint32_t letters = 0;
    for (int i = 0; i < 26; i++)
        letters |= preference[i] ? UINT32_C(1) << i : 0;
    return letters;
}

static int bits(uint32_t x)
{
    int n = 0;
    for (; x; x &= x - 1)
        n++;
    return n;
}

void seat_order(const struct seat_place *p, int n, int order[SEAT_PLACES])
{
    uint32_t covered[ROSTER_PARTS] = { 0 };
    bool in[SEAT_PLACES] = { false };
    for (int at = 0; at < n; at++) {
        int best = -1, most = -1;
        for (int i = 0; i < n; i++) {
            int more = bits(p[i].letters & ~covered[p[i].corporate]);
            if (!in[i] && more > most) {
                best = i;
                most = more;
            }
        }
        in[best] = true;
        order[at] = best;
        covered[p[best].corporate] |= p[best].letters;
    }
}

static int least(int a, int b)
{
    return a < b ? a : b;
}

void seat_counts(const int by_skills[1 << ROSTER_PARTS], const int most[ROSTER_PARTS],
                 int corporate, int out[ROSTER_PARTS])
{
    const int only_personal = 1 << SKILL_PERSONAL, only_corporate = 1 << SKILL_CORPORATE;
    int both = by_skills[only_personal | only_corporate];
    int p = least(by_skills[only_personal], most[SKILL_PERSONAL]);
    int c = least(by_skills[only_corporate], most[SKILL_CORPORATE]);
    int asked = corporate > c ? least(corporate - c, both) : 0;
    asked = least(asked, most[SKILL_CORPORATE] - c);
    both -= asked;
    int personal = least(both, most[SKILL_PERSONAL] - p);
    both -= personal;
    out[SKILL_PERSONAL] = p + personal;
    out[SKILL_CORPORATE] = c + asked + least(both, most[SKILL_CORPORATE] - c - asked);
}

int seat_corporate(const struct roster_need *need, int minute)
{
    int slot = minute / 30;
    return !need->planned ? 1 : slot < WEEK_SLOTS ? need->windows[SKILL_CORPORATE][slot] : 0;
}

bool seat_here(const struct roster_duty *d, int minute)
{
    bool pause = d->break_minutes > 0 && minute >= d->break_from &&
                 minute < d->break_from + d->break_minutes;
    return !d->absent && minute >= d->from && minute < d->until && !pause;
}

/* ---- who, where ---- */

struct seating {
    const struct seat_place *p;
    int n_places;
    struct seat_person *people;
    int n;
    int order[SEAT_PLACES];
    bool open[SEAT_PLACES]; /* somebody shall sit here */
    int sits[SEAT_PLACES];  /* index of people; -1 */
    int both[ROSTER_PARTS]; /* of those who can both, how many more may sit at this kind */
    int was[SEAT_PEOPLE];   /* place before */
};

static bool is_both(const struct seat_person *x)
{
    return x->skills == (1 << SKILL_PERSONAL | 1 << SKILL_CORPORATE);
}

static bool may(const struct seating *s, int person, int place)
{
    const struct seat_person *x = &s->people[person];
    int kind = s->p[place].corporate ? SKILL_CORPORATE : SKILL_PERSONAL;
    return x->here && x->place < 0 && (x->skills >> kind & 1) && (!is_both(x) || s->both[kind] > 0);
}

static void sit(struct seating *s, int person, int place)
{
    struct seat_person *x = &s->people[person];
    x->place = place;
    s->sits[place] = person;
    if (is_both(x))
        s->both[s->p[place].corporate]--;
}

/* How many windows of each kind, which ones, and how many seats are for those who can both. */
static void open_places(struct seating *s, int corporate)
{
    int by[1 << ROSTER_PARTS] = { 0 }, most[ROSTER_PARTS] = { 0 }, counts[ROSTER_PARTS];
    for (int i = 0; i < s->n; i++)
        if (s->people[i].here)
            by[s->people[i].skills & 3]++;
    for (int i = 0; i < s->n_places; i++)
        most[s->p[i].corporate] += !s->p[i].taken;
    seat_counts(by, most, corporate, counts);
    for (int k = 0; k < ROSTER_PARTS; k++) /* but for those the other kind cannot do without */
        s->both[k] = by[3] - (counts[1 - k] - least(by[1 << (1 - k)], counts[1 - k]));
    seat_order(s->p, s->n_places, s->order);
    for (int i = 0; i < s->n_places; i++) {
        int at = s->order[i];
        s->sits[at] = -1;
        s->open[at] = !s->p[at].taken && counts[s->p[at].corporate]-- > 0;
    }
}

/* Is there a window that she would rather have? */
static bool has_own(const struct seating *s, const struct seat_person *x)
{
    for (int i = 0; i < s->n_places; i++)
        if (s->p[i].usual == x->staff && s->open[i] && s->sits[i] < 0)
            return true;
    return false;
}

static int best_for(const struct seating *s, int place)
{
    int best = -1, least_so_far = 0;
    for (int i = 0; i < s->n; i++) {
        if (!may(s, i, place))
            continue;
        const struct seat_person *x = &s->people[i];
        int cost = s->p[place].usual == x->staff ? -8 : has_own(s, x) ? 4 : 0;
        cost += 2 * is_both(x) + (s->was[i] >= 0); /* rather one who sits nowhere */
        if (best < 0 || cost < least_so_far) {
            best = i;
            least_so_far = cost;
        }
    }
    return best;
}

void seat_people(const struct seat_place *p, int n_places, int corporate,
                 struct seat_person *people, int n)
{
    struct seating s = { .p = p, .n_places = n_places, .people = people, .n = n };
    CHECK(n_places <= SEAT_PLACES && n <= SEAT_PEOPLE);
    open_places(&s, corporate);
    for (int i = 0; i < n; i++) {
        s.was[i] = people[i].place;
        people[i].place = -1;
    }
    /* Who sits stays: her own window first, where not all can. */
    for (int own = 1; own >= 0; own--)
        for (int k = 0; k < n_places; k++)
            for (int i = 0; i < n; i++) {
                int at = s.order[k];
                if (s.was[i] == at && s.open[at] && s.sits[at] < 0 && may(&s, i, at) &&
                    (!own || p[at].usual == people[i].staff))
                    sit(&s, i, at);
            }
    for (int k = 0; k < n_places; k++) {
        int at = s.order[k], who = s.open[at] && s.sits[at] < 0 ? best_for(&s, at) : -1;
        if (who >= 0)
            sit(&s, who, at);
    }
}
