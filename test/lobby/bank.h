/* bank.h -- A small bank with one lobby, for tests: everything made by the production functions.
 *
 *   outlet T01, open 09:00-17:00 every day     outlet T02 with a window and a teller of its own
 *   window 1: A, B      teller 0               services A cash, B transfer (bookable),
 *   window 2: A, B      teller 1                        C company (not bookable), D loan (nowhere)
 *   window 3: C, A      teller 2               classes normal 20 min, mid 10 min, high 10 min
 * Nothing is opened, nobody has signed in, and it is Monday 2026-11-23 09:00 in China. The rule is
 * set to first come, first called; a test that wants another sets it. */
#ifndef TEST_LOBBY_BANK_H
#define TEST_LOBBY_BANK_H
#include "lobby/lobby.h"
#include "test.h"

#define BANK_DAY      20780 /* 2026-11-23, a Monday, in days since 1970 */
#define BANK_OK(call) assert_int_equal((call), 0)

enum { BANK_WINDOWS = 3, BANK_SERVICES = 4, BANK_TELLERS = 3 };
enum bank_service { SERVICE_A, SERVICE_B, SERVICE_C, SERVICE_D };
enum bank_class { CLASS_NORMAL, CLASS_MID, CLASS_HIGH };

struct bank {
    struct db *db;
    struct call c;
    struct rng rng;
    struct ids ids;
    outlet_id outlet, other; /* T01, T02 */
    window_id window[BANK_WINDOWS], other_window;
    service_id service[BANK_SERVICES];
    staff_id teller[BANK_TELLERS], floor, head, other_teller;
};

void bank_open(struct bank *b);  /* a new database, a transaction open, the system asks */
void bank_close(struct bank *b); /* what was written is thrown away */
/* Commits and begins again; the arena is empty afterwards. */
void bank_save(struct bank *b);
/* Takes everything since the last bank_save() back; the arena is empty afterwards. */
void bank_undo(struct bank *b);

int64_t bank_time(int days, const char *hms);  /* "09:15" or "09:15:30", days after BANK_DAY */
void bank_at(struct bank *b, const char *hms); /* now is this time of BANK_DAY */
void bank_later(struct bank *b, int seconds);
void bank_as(struct bank *b, staff_id who, int role); /* who asks: staff of T01 */
void bank_as_customer(struct bank *b);
void bank_as_system(struct bank *b);

void bank_rule(struct bank *b, const char *rule);
/* Opens the day of T01 and signs the first n tellers in at the windows of the same number. */
void bank_open_day(struct bank *b, int n);
/* One step of the teller at window i (0, 1, 2) of T01, as that teller. */
struct ticket bank_take(struct bank *b, enum bank_service s, int class_index);
int bank_next(struct bank *b, int i, struct ticket *out);
int bank_serve(struct bank *b, int i);
int bank_end(struct bank *b, int i);
/* Calls, serves and ends the next at window i: called now, served after walk_s, ended after
 * handling_s more. The clock stands at the end of it. */
struct ticket bank_visit(struct bank *b, int i, int walk_s, int handling_s);
struct ticket bank_ticket(struct bank *b, ticket_id t);
int64_t bank_number(struct bank *b, const char *sql); /* one number of the database */
void bank_proven(struct bank *b);                     /* lobby_check() finds nothing wrong */
/* Are two readings of a ticket the same in everything but the text kept for undo? */
void bank_same_ticket(const struct ticket *a, const struct ticket *z);
#endif
