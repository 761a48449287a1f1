/* pair.h -- An outlet with people of every grade and a store: for tests of what takes two.
 * It is Monday 2026-11-23 09:00 in China. */
#ifndef TEST_APPROVE_PAIR_H
#define TEST_APPROVE_PAIR_H
#include "approve/approve.h"
#include "base/date.h"
#include "ledger/ledger_books.h"
#include "test.h"

#define PAIR_OK(call) assert_int_equal((call), 0)

enum pair_person {
    P_TELLER,
    P_OTHER,      /* another teller */
    P_SUPERVISOR, /* a teller of grade 2 */
    P_HEAD,
    P_OFFICE,
    P_ADMIN,
    P_AWAY, /* the head of another outlet */
    P_TWIN, /* a supervisor's account of P_TELLER: one staff number */
    P_PEOPLE
};
struct pair {
    struct db *db;
    struct call c;
    struct rng rng;
    struct ids ids;
    int64_t outlet[2];
    struct who_staff who[P_PEOPLE];
};
void pair_open(struct pair *p); /* a transaction is open; nobody asks yet (the system) */
void pair_close(struct pair *p);
void pair_save(struct pair *p); /* commits and begins again; the arena is empty afterwards */
void pair_undo(struct pair *p);
void pair_as(struct pair *p, enum pair_person who);
#endif
