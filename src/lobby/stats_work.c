/* stats_work.c -- See stats_work.h. */
#include "lobby/stats_work.h"
#include "lobby/lobby_priv.h"
#include <math.h>
#include "base/banned.h"

struct sums {
    int64_t n;
    double sum, squares;
};

enum { TURN_MOST_S = 300 };

/* One window's day, call after call. */
struct track {
    int64_t window, day, ended_us;
    int64_t calls, turns, visits, no_shows;
    double busy, turn; /* seconds: from call to end of all legs; from an end to the next call */
    double in_vain;    /* of busy: calls nobody came to */
};

static void add_call(struct track *k, int64_t window, int64_t day, int64_t queued_us,
                     int64_t called_us, int64_t ended_us)
{
    double turn = (double)(called_us - k->ended_us) / 1e6;
    bool follows = k->window == window && k->day == day && k->ended_us > 0;
    k->calls++;
    k->busy += fmax(0, (double)(ended_us - called_us) / 1e6);
    if (follows && queued_us <= k->ended_us && turn >= 0 && turn <= TURN_MOST_S) {
        k->turns++;
        k->turn += turn;
    }
    k->window = window;
    k->day = day;
    k->ended_us = ended_us;
}

static int read_legs(struct call *c, const struct stats_range *r, struct sums sums[26],
                     struct track *k)
{
    struct db_rows rows;
    _Static_assert(LEG_DONE == 0 && LEG_NEXT == 6, "the query's outcomes");
    int rc = db_query(c->tx, &rows,
                      "SELECT prefix, serving_us, ended_us, outcome, inaccurate, window_id,"
                      " business_date, queued_us, called_us FROM leg WHERE business_date >= $1"
                      " AND business_date <= $2 AND outlet_id=$3 AND called_us > 0"
                      " ORDER BY window_id, called_us",
                      DB_ARGS(DB_I(r->from.days), DB_I(r->until.days), DB_I(r->outlet.n)));
    while (!rc && (rc = db_next(&rows)) == DB_ROW) {
        rc = 0;
        int64_t letter = db_i64(&rows, 0) - 'A', serving = db_i64(&rows, 1);
        int64_t ended = db_i64(&rows, 2), outcome = db_i64(&rows, 3), called = db_i64(&rows, 8);
        bool done = outcome == LEG_DONE || outcome == LEG_NEXT;
        double s = (double)(ended - serving) / 1e6;
        if (db_i64(&rows, 4) || letter < 0 || letter >= 26 || ended < called)
            continue;
        add_call(k, db_i64(&rows, 5), db_i64(&rows, 6), db_i64(&rows, 7), called, ended);
        k->visits += outcome == LEG_DONE;
        k->no_shows += outcome == LEG_NO_SHOW;
        k->in_vain += outcome == LEG_NO_SHOW ? (double)(ended - called) / 1e6 : 0;
        if (!done || serving <= 0 || s < 0)
            continue;
        sums[letter].n++;
        sums[letter].sum += s;
        sums[letter].squares += s * s;
    }
    db_done(&rows);
    return rc;
}

/* What a visit costs its windows, all in all, less one service. */
static double beside(const struct track *k, const struct sums sums[26])
{
    double n = 0, sum = 0;
    for (int i = 0; i < 26; i++) {
        n += (double)sums[i].n;
        sum += sums[i].sum;
    }
    if (k->visits < 30 || n < 30)
        return 0;
    double turn = k->turns >= 10 ? k->turn / (double)k->turns : 0;
    return fmax(0, (k->busy + turn * (double)k->calls) / (double)k->visits - sum / n);
}

static double in_vain(const struct track *k)
{
    double turn = k->turns >= 10 ? k->turn / (double)k->turns : 0;
    return k->no_shows >= 10 ? k->in_vain / (double)k->no_shows + turn : 0;
}

static int read_courtesy(struct call *c, const struct stats_range *r, struct stats_works *out)
{
    struct db_rows rows;
    int rc = db_query(c->tx, &rows,
                      "SELECT COUNT(*), CAST(SUM(courtesy) AS BIGINT) FROM ticket"
                      " WHERE business_date >= $1 AND business_date <= $2 AND outlet_id=$3",
                      DB_ARGS(DB_I(r->from.days), DB_I(r->until.days), DB_I(r->outlet.n)));
    if (!rc && (rc = db_next(&rows)) == DB_ROW) {
        rc = 0;
        out->tickets = db_i64(&rows, 0);
        out->courtesy = db_i64(&rows, 1); /* NULL, of no ticket, reads as 0 */
    }
    db_done(&rows);
    return rc;
}

int stats_works(struct call *c, const struct stats_range *r, struct stats_works *out)
{
    struct sums sums[26] = { { 0 } };
    CHECK(r->outlet.n > 0);
    struct track track = { .window = 0 };
    *out = (struct stats_works){ .tickets = 0 };
    if (r->until.days < r->from.days || r->until.days - r->from.days >= STATS_DAYS_MAX)
        return call_refuse(c, BASE_RANGE, "from", "1 to %d days", STATS_DAYS_MAX);
    int rc = read_legs(c, r, sums, &track);
    if (!rc)
        rc = read_courtesy(c, r, out);
    out->visits = track.visits;
    out->beside_s = beside(&track, sums);
    out->no_show_s = in_vain(&track);
    out->no_shows = out->no_show_s > 0 ? track.no_shows : 0;
    for (int i = 0; i < 26; i++) {
        double n = (double)sums[i].n, mean = n > 0 ? sums[i].sum / n : NAN;
        out->of[i] = (struct stats_work){ .n = sums[i].n, .mean_s = mean, .cs2 = NAN };
        if (n > 1 && mean > 0)
            out->of[i].cs2 = fmax(0, sums[i].squares - n * mean * mean) / (n - 1) / (mean * mean);
    }
    return rc;
}
