/* stats_work.c -- See stats_work.h. */
#include "lobby/stats_work.h"
#include "lobby/lobby_priv.h"
#include <math.h>
#include "base/banned.h"

struct sums {
    int64_t n;
    double sum, squares;
};

static int read_legs(struct call *c, const struct stats_range *r, struct sums sums[26])
{
    struct db_rows rows;
    _Static_assert(LEG_DONE == 0 && LEG_NEXT == 6, "the query's outcomes");
    int rc = db_query(c->tx, &rows,
                      "SELECT prefix, serving_us, ended_us FROM leg WHERE business_date >= $1"
                      " AND business_date <= $2 AND outlet_id=$3 AND outcome IN (0, 6)"
                      " AND serving_us > 0 AND inaccurate=0",
                      DB_ARGS(DB_I(r->from.days), DB_I(r->until.days), DB_I(r->outlet.n)));
    while (!rc && (rc = db_next(&rows)) == DB_ROW) {
        rc = 0;
        int64_t letter = db_i64(&rows, 0) - 'A';
        double s = (double)(db_i64(&rows, 2) - db_i64(&rows, 1)) / 1e6;
        if (letter < 0 || letter >= 26 || s < 0)
            continue;
        sums[letter].n++;
        sums[letter].sum += s;
        sums[letter].squares += s * s;
    }
    db_done(&rows);
    return rc;
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
    *out = (struct stats_works){ .tickets = 0 };
    if (r->until.days < r->from.days || r->until.days - r->from.days >= STATS_DAYS_MAX)
        return call_refuse(c, BASE_RANGE, "from", "1 to %d days", STATS_DAYS_MAX);
    int rc = read_legs(c, r, sums);
    if (!rc)
        rc = read_courtesy(c, r, out);
    for (int i = 0; i < 26; i++) {
        double n = (double)sums[i].n, mean = n > 0 ? sums[i].sum / n : NAN;
        out->of[i] = (struct stats_work){ .n = sums[i].n, .mean_s = mean, .cs2 = NAN };
        if (n > 1 && mean > 0)
            out->of[i].cs2 = fmax(0, sums[i].squares - n * mean * mean) / (n - 1) / (mean * mean);
    }
    return rc;
}
