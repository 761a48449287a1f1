/* need.c -- See need.h. */
#include "plan/need.h"

#include <math.h>
#include <string.h>

#include "base/banned.h"

static int slot_of(int64_t at_us, int slot_s)
{
    return date_second_of_day(at_us) / slot_s;
}

static bool of_weekday(const struct callog_row *r, int weekday)
{
    return weekday == 0 || date_weekday(r->day) == weekday;
}

/* Seconds with somebody, however it was filed; -1: with nobody. The call log's own column counts,
 * also the 0 of who was passed to somebody and hung up. */
static double service_of(const struct callog_row *r)
{
    if (!*r->staff)
        return -1;
    if (r->technion)
        return r->technion->ser_time;
    if (r->served_us == CALLOG_NEVER || r->ended_us == CALLOG_NEVER)
        return -1;
    return (double)(r->ended_us - r->served_us) / 1e6;
}

static int count_days(const struct callog *log, int weekday)
{
    int days = 0;
    for (int d = log->first_day.days; d <= log->last_day.days; d++)
        days += weekday == 0 || date_weekday((date){ d }) == weekday;
    return days;
}

bool plan_need(const struct callog *log, const struct plan_need_order *o, struct plan_need *out)
{
    double sum[PLAN_SLOTS] = { 0 }, all = 0, n_all = 0;
    memset(out, 0, sizeof *out);
    CHECK(o->slot_s >= 900 && US_DAY / US_SECOND % o->slot_s == 0);
    out->slots = 86400 / o->slot_s;
    if (log->n == 0 || (out->days = count_days(log, o->weekday)) == 0)
        return false;
    for (size_t i = 0; i < log->n; i++) {
        const struct callog_row *r = &log->rows[i];
        if (!of_weekday(r, o->weekday) || r->taken_us == CALLOG_NEVER)
            continue;
        int slot = slot_of(r->taken_us, o->slot_s);
        out->arrivals[slot]++;
        double s = service_of(r);
        if (s < 0)
            continue;
        out->served[slot]++;
        sum[slot] += s;
        all += s;
        n_all++;
    }
    if (n_all == 0 && o->mean_s <= 0)
        return false;
    for (int i = 0; i < out->slots; i++) {
        out->service_s[i] = out->served[i] ? sum[i] / (double)out->served[i]
                            : n_all > 0    ? all / n_all
                                           : 0;
        out->rate_per_hour += 3600 / (out->service_s[i] + o->wrap_s) / out->slots;
    }
    out->used_per_hour = o->mean_s > 0 ? 3600 / o->mean_s : out->rate_per_hour;
    for (int i = 0; i < out->slots; i++)
        out->need[i] = plan_servers_for((double)out->arrivals[i] / out->days / o->slot_s,
                                        3600 / out->used_per_hour, o->within_s, o->alpha);
    return true;
}
