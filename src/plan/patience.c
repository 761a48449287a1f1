/* patience.c -- See patience.h. */
#include "plan/patience.h"

#include <math.h>
#include <string.h>

#include "base/banned.h"

static const double edge[PATIENCE_PARTS + 1] = { 0, 2, 4, 7, 10, 14, 20, 28, 38, 50, 120 };
/* Nobody gives up so soon: who is not there then never was. */
static const double at_once_min = .25;
enum { ROUNDS = 60, NEEDED = 10, LEANS = 2 }; /* LEANS: the mean of all counts as so many people */

double plan_patience_after(const struct plan_patience *p, double waited, double e)
{
    if (p->n == 0)
        return e;
    int i = 0;
    while (i < p->n - 1 && p->from[i + 1] <= waited)
        i++;
    double at = waited;
    for (; i < p->n - 1; i++) {
        double part = (p->from[i + 1] - at) * p->rate[i];
        if (e < part)
            break;
        e -= part;
        at = p->from[i + 1];
    }
    return at + e / p->rate[i] - waited;
}

double plan_patience_stays(const struct plan_patience *p, double waited)
{
    double hazard = p->n == 0 ? waited : 0;
    for (int i = 0; i < p->n; i++) {
        double upto = i + 1 < p->n ? fmin(waited, p->from[i + 1]) : waited;
        hazard += upto > p->from[i] ? (upto - p->from[i]) * p->rate[i] : 0;
    }
    return exp(-hazard);
}

static int part_of(double minutes)
{
    int i = 0;
    while (i < PATIENCE_PARTS - 1 && edge[i + 1] <= minutes)
        i++;
    return i;
}

void patience_add(struct patience_seen *s, double minutes, enum patience_end end)
{
    int last = part_of(minutes);
    s->people++;
    if (end == PATIENCE_NOT_THERE && minutes < at_once_min) {
        s->at_once++;
        return;
    }
    if (end == PATIENCE_NOT_THERE) {
        s->not_there[last]++;
        s->passed[last] += fmin(minutes, edge[last + 1]) - edge[last];
        return;
    }
    for (int i = 0; i <= last; i++)
        s->risk[i] += (i < last ? edge[i + 1] : fmax(minutes, edge[i])) - edge[i];
    if (end == PATIENCE_LEFT)
        s->left[last]++;
}

/* Where those called in a stretch who were not there may have gone: at once, or in it or before. Of
 * the stretch of the call only a part had passed: most who are called at all are called early, and
 * taking half of it for them makes people who never were there look impatient. */
static void spread(const struct patience_seen *s, const double mass[PATIENCE_PARTS], double at_once,
                   int called, double gone[PATIENCE_PARTS], double risk[PATIENCE_PARTS],
                   double *never)
{
    double part[PATIENCE_PARTS], all = at_once, later = 0, people = s->not_there[called];
    if (people <= 0)
        return;
    double passed = s->passed[called] / people;
    for (int i = 0; i <= called; i++)
        all += part[i] = mass[i] * (i == called ? passed / (edge[i + 1] - edge[i]) : 1);
    if (all <= 0)
        return;
    *never += people * at_once / all;
    for (int i = called; i >= 0; i--) {
        double wide = i == called ? passed : edge[i + 1] - edge[i], here = part[i] / all;
        gone[i] += people * here;
        risk[i] += people * wide * (later + here / 2);
        later += here;
    }
}

double patience_fit(const struct patience_seen *s, struct plan_patience *out)
{
    double gone[PATIENCE_PARTS], risk[PATIENCE_PARTS], rate[PATIENCE_PARTS], mass[PATIENCE_PARTS];
    double never = s->at_once, mean = 0, seen = 0,
           silent = .3; /* of those who go, without a word */
    memset(out, 0, sizeof *out);
    for (int i = 0; i < PATIENCE_PARTS; i++) {
        seen += s->left[i] + s->not_there[i];
        never += s->not_there[i] / 2;
        rate[i] = 1. / 60;
    }
    if (seen < NEEDED)
        return 0;
    for (int round = 0; round < ROUNDS; round++) {
        double at_once = never / s->people, stays = 1 - at_once;
        double all_gone = 0, all_risk = 0, said = 0;
        for (int i = 0; i < PATIENCE_PARTS; i++) {
            double until = stays * exp(-rate[i] * (edge[i + 1] - edge[i]));
            mass[i] = (stays - until) * silent;
            stays = until;
            gone[i] = s->left[i];
            risk[i] = s->risk[i];
        }
        never = s->at_once;
        for (int i = 0; i < PATIENCE_PARTS; i++)
            spread(s, mass, at_once, i, gone, risk, &never);
        for (int i = 0; i < PATIENCE_PARTS; i++) {
            all_gone += gone[i];
            all_risk += risk[i];
            said += s->left[i];
        }
        if (all_gone < 1 || all_risk <= 0)
            return 0;
        mean = all_risk / all_gone;
        silent = 1 - said / all_gone;
        for (int i = 0; i < PATIENCE_PARTS; i++)
            rate[i] = (gone[i] + LEANS) / (risk[i] + LEANS * mean);
    }
    out->n = PATIENCE_PARTS;
    out->never = never / s->people;
    out->silent = fmax(0, fmin(silent, .95));
    for (int i = 0; i < PATIENCE_PARTS; i++) {
        out->from[i] = edge[i] / mean;
        out->rate[i] = rate[i] * mean;
    }
    return mean;
}
