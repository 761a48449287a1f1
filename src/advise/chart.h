/* chart.h -- The peak-hour flow chart for the public: when do people come here, how long do they
 * wait, and when is a better time.
 *
 * From the visits of the last weeks, by half-hours of arrival and by sort of day: Monday to Friday,
 * Saturday and Sunday as they usually are, and apart from them holidays, make-up work days and the
 * day pensions are paid. A number from few days says so, and where nobody came nothing is claimed.
 */
#ifndef ADVISE_CHART_H
#define ADVISE_CHART_H
#include "base/buf.h"
#include "branch/branch.h"

enum { CHART_WEEKS = 12, CHART_SLOTS = 48, CHART_FEW_DAYS = 4, CHART_FEW_PEOPLE = 12 };
enum chart_row_kind {
    CHART_MONDAY, /* ... CHART_MONDAY + 6: Sunday */
    CHART_HOLIDAY = 7,
    CHART_MAKEUP,
    CHART_PENSION,
    CHART_ROWS
};
const char *chart_row_code(int row); /* "mon" ... "sun" "holiday" "makeup" "pension" */
const char *chart_row_name(int row, bool english);

struct chart_cell {
    double come, come_low, come_high; /* people: mean, and 10 % and 90 % of the days */
    int people;                       /* the waits are of so many */
    int p50_s, p90_s;                 /* -1: nobody was called */
};
struct chart_row {
    int days; /* 0: no such day yet */
    int open_s, close_s;
    struct chart_cell cell[CHART_SLOTS];
    int best[2]; /* the quietest slot before noon, and after; -1: not enough is known */
    int busiest; /* -1: nobody came */
};
struct chart {
    struct branch_outlet outlet;
    char service_zh[48], service_en[48]; /* "": all of them */
    date from, until;             /* the first day of the twelve weeks with a visit; yesterday */
    struct branch_hours hours[8]; /* [1..7], as they are set today */
    int n_machines;               /* services that a machine or the phone can do */
    struct {
        char name_zh[48], name_en[48], machine_zh[160], machine_en[160];
    } machines[6];
    double most; /* the highest come of any cell */
    struct chart_row row[CHART_ROWS];
};
/* service 0: all. 0, BRANCH_NO_OUTLET, BRANCH_NO_SERVICE, ADVISE_NO_CHART, or a fault. */
MUST_USE int chart_read(struct call *c, outlet_id o, service_id service, struct chart *out);
/* What sort of day it is. */
MUST_USE int chart_row_of(struct call *c, date d, int *row);
/* The quietest half-hour of the row at or after a second of the day, clearly better than the one of
 * that second (a third less at P90); -1: none is. */
int chart_better(const struct chart_row *r, int second_of_day);

struct chart_page {
    const char *bank_zh, *bank_en, *url; /* url: what the QR code leads to; NULL: there is none */
    bool english;
    int64_t made_us;
};
/* One A4 page, upright. */
struct print;
MUST_USE int chart_print(const struct chart *k, const struct chart_page *page, struct print **out);
#endif
