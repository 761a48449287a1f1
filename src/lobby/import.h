/* import.h -- A queue log becomes tickets of an outlet: history, never live.
 *
 * Every row kept by the reader (callog.h) becomes one ended ticket with its leg and one event. A
 * row is known by callog_key: importing it again adds nothing. Owns lobby_import. */
#ifndef LOBBY_IMPORT_H
#define LOBBY_IMPORT_H
#include "lobby/callog.h"
#include "lobby/lobby.h"

/* Where the rows go: services and classes are found by the log's own words, or made. */
struct import_target {
    const char *outlet_code; /* rows without an outlet of their own; made when there is none */
    const char *mid_class;   /* the log's word for the mid/high class ("2" for technion), or NULL */
};
struct import_numbers {
    int64_t added, same, phantoms; /* rows that are new; were there already; are void */
    int64_t outlets_made, services_made, classes_made, renamed; /* renamed: the number was taken */
};
struct import;
/* One import; in the arena. Rows may then be added in groups, each in its own transaction: what was
 * looked up is kept between them. */
struct import *import_new(struct arena *arena, const struct import_target *t);
MUST_USE int import_rows(struct call *c, struct import *i, const struct callog_row *rows, size_t n);
const struct import_numbers *import_numbers(const struct import *i);
#endif
