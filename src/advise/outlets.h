/* outlets.h -- A bank's list of outlets as a table (format "outlets"), and which are near.
 *
 * Comma-separated with a first row of names, in any order: lat and lon (degrees) are needed;
 * branch_id or code, name, kind (outlet, atm, ...; outlet when there is no such column), address,
 * phone, work_time (8:30-18:00) and services (words with blanks between) are read when they are
 * there, and other columns passed over. A row that cannot be right is refused with its line: with a
 * guess in its place, somebody would be sent the wrong way.
 *
 * Several outlets often share one building (a branch office and its business hall): the list by
 * distance is one of places, each with all that is there. Distances are branch_distance_m()'s. */
#ifndef ADVISE_OUTLETS_H
#define ADVISE_OUTLETS_H
#include "base/arena.h"
#include "branch/branch.h"

enum { OUTLETS_MAX = 100000, OUTLETS_ERROR = 300 };
struct outlet_row {
    struct branch_outlet outlet; /* id: the row's number from 1 */
    char kind[16];
    int open_s, close_s;  /* seconds of the day; -1: the list does not say */
    const char *services; /* NULL: the list has no such column */
    int line;             /* in the file, from 1 */
};
struct outlet_list {
    struct outlet_row *row;
    int n;
    bool tells_services, tells_hours;
};
/* text[len] must exist and be writable: it is cut up and kept. 0, or BASE_BAD_INPUT with the line,
 * the column and what is wanted in error. */
MUST_USE int outlets_read(char *text, size_t len, struct arena *arena, struct outlet_list *out,
                          char error[OUTLETS_ERROR]);

struct outlet_ask {
    int32_t lat_e6, lon_e6;
    const char *kind;    /* NULL: all of them */
    const char *service; /* NULL: whatever they offer */
    int at_s;            /* second of the day at which it must be open; -1: whenever */
};
struct outlet_place {
    double metres;
    int32_t lat_e6, lon_e6;
    int first, n; /* its outlets: by[first] ... by[first + n - 1], by code */
};
struct outlet_places {
    struct outlet_place *place; /* the nearest first */
    int n;
    const struct outlet_row **by;
    int outlets; /* those that fit */
};
void outlets_near(const struct outlet_list *list, const struct outlet_ask *ask, struct arena *arena,
                  struct outlet_places *out);

/* "30.512822,105.591054": latitude and longitude in degrees. False with why in error. */
MUST_USE bool outlets_point(const char *text, int32_t *lat_e6, int32_t *lon_e6,
                            char error[OUTLETS_ERROR]);
#endif
