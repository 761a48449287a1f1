/* stats.c -- Parts, class groups and their figures: pure, over visits that were read. */
#include "lobby/stats.h"
#include <stdio.h>
#include <string.h>
#include "base/banned.h"

void stats_release(struct stats *s)
{
    arena_free(s->keep);
    arena_free(s->scratch);
    s->keep = s->scratch = NULL;
}

void stats_only(struct stats *s, int prefix, int64_t staff)
{
    size_t kept = 0;
    for (size_t i = 0; i < s->n; i++)
        if ((!prefix || s->visit[i].prefix == prefix) && (!staff || s->visit[i].staff == staff))
            s->visit[kept++] = s->visit[i];
    s->n = kept;
}

struct stats_part stats_whole(const struct stats *s)
{
    return (struct stats_part){ .n = s->n };
}

static int part_key(const struct stats *s, enum stats_by by, const struct stats_visit *v)
{
    switch (by) {
    case STATS_BY_OUTLET:
        return v->outlet;
    case STATS_BY_CELL:
        return (date_weekday(date_of_instant(v->at_us)) - 1) * HALF_HOURS +
               date_second_of_day(v->at_us) / 1800;
    case STATS_BY_DAY:
        break;
    }
    return v->day - s->range.from.days;
}

void stats_arrivals(struct stats *s, struct stats_arrivals **out, int *n)
{
    int days = s->range.until.days - s->range.from.days + 1, kept = 0;
    struct stats_arrivals *a = arena_alloc(s->keep, sizeof *a * (size_t)days);
    for (size_t i = 0; i < s->n; i++) {
        const struct stats_visit *v = &s->visit[i];
        struct stats_arrivals *d = &a[v->day - s->range.from.days];
        if (v->end == VISIT_VOID)
            continue;
        d->day = (date){ v->day };
        d->count[date_second_of_day(v->at_us) / 1800]++;
    }
    for (int i = 0; i < days; i++)
        if (a[i].day.days)
            a[kept++] = a[i];
    *out = a;
    *n = kept;
}

/* Counting sort of the visits' places by key: one pass to count, one to place. */
void stats_split(struct stats *s, enum stats_by by, struct stats_part **out, int *n)
{
    int keys = by == STATS_BY_DAY      ? s->range.until.days - s->range.from.days + 1
               : by == STATS_BY_OUTLET ? s->n_outlets
                                       : 7 * HALF_HOURS;
    uint32_t *end = arena_alloc(s->keep, sizeof *end * (size_t)(keys + 1));
    uint32_t *index = arena_alloc(s->keep, sizeof *index * (s->n + 1));
    struct stats_part *parts = arena_alloc(s->keep, sizeof *parts * (size_t)(keys + 1));
    for (size_t i = 0; i < s->n; i++) {
        int key = part_key(s, by, &s->visit[i]);
        CHECK(key >= 0 && key < keys);
        end[key + 1]++;
    }
    for (int k = 0; k < keys; k++)
        end[k + 1] += end[k];
    for (size_t i = 0; i < s->n; i++)
        index[end[part_key(s, by, &s->visit[i])]++] = (uint32_t)i;
    *n = 0;
    for (int k = 0; k < keys; k++) {
        uint32_t start = k ? end[k - 1] : 0;
        if (end[k] == start && by != STATS_BY_DAY)
            continue;
        parts[(*n)++] =
            (struct stats_part){ .key = k + (by == STATS_BY_DAY ? s->range.from.days : 0),
                                 .index = index + start,
                                 .n = end[k] - start };
    }
    *out = parts;
}

static const struct stats_visit *part_visit(const struct stats *s, const struct stats_part *p,
                                            size_t i)
{
    return &s->visit[p->index ? p->index[i] : i];
}

static bool in_group(const struct stats *s, int class_index, int group)
{
    if (group != GROUP_MID_HIGH)
        return group == GROUP_ALL || class_index == group;
    for (int i = 0; i < s->n_classes; i++)
        if (s->classes[i].index == class_index)
            return s->classes[i].mid_high;
    return false;
}

size_t stats_waits(struct stats *s, const struct stats_part *part, int group)
{
    size_t n = 0;
    for (size_t i = 0; i < part->n; i++) {
        const struct stats_visit *v = part_visit(s, part, i);
        if (v->end == VISIT_VOID || !in_group(s, v->class_index, group))
            continue;
        s->waits[n++] = (struct wait){ .us = v->wait_us,
                                       .end = v->end == VISIT_SERVED ? WAIT_SERVED
                                              : v->end == VISIT_STILL || v->end == VISIT_GUIDED
                                                  ? WAIT_STILL
                                                  : WAIT_ABANDONED };
    }
    return n;
}

void stats_figures(struct stats *s, const struct stats_part *part, struct stats_figures *out)
{
    int64_t ends[VISIT_VOID + 1] = { 0 };
    struct promise_question leg[2];
    *out = (struct stats_figures){ .taken = (int64_t)part->n };
    for (size_t i = 0; i < part->n; i++)
        ends[part_visit(s, part, i)->end]++;
    out->served = ends[VISIT_SERVED];
    out->left = ends[VISIT_LEFT];
    out->no_show = ends[VISIT_NO_SHOW];
    out->still = ends[VISIT_STILL];
    out->guided = ends[VISIT_GUIDED];
    out->voided = ends[VISIT_VOID];
    size_t n = stats_waits(s, part, GROUP_ALL);
    promise_1020(s->waits, n, s->waits, n, leg);
    wait_summarise(s->waits, n, s->scratch, &out->waits);
    out->within_5 = share_wilson(out->waits.within_5min, out->waits.served);
    out->within_20 = promise_share(s->waits, n, leg[0].within_us, PROMISE_SERVED, s->scratch);
    n = stats_waits(s, part, GROUP_MID_HIGH);
    out->within_10_mid_high =
        promise_share(s->waits, n, leg[1].within_us, PROMISE_SERVED, s->scratch);
    enum verdict verdicts[2] = { promise_verdict(out->within_20, leg[0].goal_ppm),
                                 promise_verdict(out->within_10_mid_high, leg[1].goal_ppm) };
    out->verdict_1020 = promise_legs(verdicts, 2);
    out->sure_1020 = out->verdict_1020 != VERDICT_NONE;
    const struct share *shares[2] = { &out->within_20, &out->within_10_mid_high };
    for (int i = 0; i < 2; i++)
        if (verdicts[i] != VERDICT_NONE && !promise_sure(*shares[i], leg[i].goal_ppm))
            out->sure_1020 = false;
    arena_clear(s->scratch);
}

static void promise_of(struct stats *s, const struct stats_part *part, int group,
                       struct stats_promise *p)
{
    struct promise_question q = { .code = p->code,
                                  .waits = s->waits,
                                  .n = stats_waits(s, part, group),
                                  .within_us = p->target_s * US_SECOND,
                                  .goal_ppm = p->goal_ppm };
    p->taken = (int64_t)q.n;
    promise_answer(&q, s->scratch, &p->answer);
    arena_clear(s->scratch);
}

void stats_promises(struct stats *s, const struct stats_part *part,
                    struct stats_promise out[STATS_GROUPS], int *n)
{
    struct promise_question leg[2];
    promise_1020(NULL, 0, NULL, 0, leg);
    *n = 0;
    for (int i = 0; i < 2; i++) {
        struct stats_promise *p = &out[(*n)++];
        *p = (struct stats_promise){ .name_zh = leg[i].zh,
                                     .name_en = leg[i].en,
                                     .target_s = (int)(leg[i].within_us / US_SECOND),
                                     .goal_ppm = leg[i].goal_ppm };
        snprintf(p->code, sizeof p->code, "%s", leg[i].code);
        promise_of(s, part, i ? GROUP_MID_HIGH : GROUP_ALL, p);
    }
    for (int i = 0; i < s->n_classes; i++) {
        struct stats_promise *p = &out[(*n)++];
        *p = (struct stats_promise){ .name_zh = s->classes[i].name_zh,
                                     .name_en = s->classes[i].name_en,
                                     .target_s = s->classes[i].target_s,
                                     .goal_ppm = s->classes[i].goal_ppm };
        snprintf(p->code, sizeof p->code, "%s", s->classes[i].code);
        promise_of(s, part, s->classes[i].index, p);
    }
}
