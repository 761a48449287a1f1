/* call.h -- Who asks, when, with which chance, in which transaction.
 *
 * Time and chance are handed in: now_us is read once a request, rng is seeded; a room never reads
 * a clock. So the same code runs live, in tests and in a simulated year. */
#ifndef BASE_CALL_H
#define BASE_CALL_H
#include "base/arena.h"
#include "base/ids.h"
#include "base/rng.h"

struct db_tx; /* store/db.h */

enum actor_kind { ACTOR_SYSTEM, ACTOR_STAFF, ACTOR_DEVICE, ACTOR_CUSTOMER, ACTOR_NOBODY };

struct actor {
    enum actor_kind kind;
    int64_t id;        /* staff or device id; 0 for others */
    int role;          /* enum who_role, 0 for none */
    int64_t outlet_id; /* the outlet the actor belongs to; 0: every outlet */
};

struct call {
    int64_t now_us;      /* this request's instant */
    struct rng *rng;     /* seeded */
    struct ids *ids;     /* where new ids come from; the writer's, NULL in reads */
    struct db_tx *tx;    /* the open transaction */
    struct arena *arena; /* this request's memory */
    struct actor actor;  /* who asks */
    int64_t second_id;   /* staff: who approved this very order; 0: nobody; or CALL_TRIAL */
    const char *field;   /* which input field a refusal is about, or NULL; static or arena text */
    char detail[160];    /* for the log and for the person: more about a refusal; may be empty */
};

enum { CALL_TRIAL = -1 }; /* tried for who is going to approve it, and undone */

/* Sets detail (and field, which may be NULL) and gives rc back: return call_refuse(c, X, ...). */
int call_refuse(struct call *c, int rc, const char *field, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
int64_t call_id(struct call *c); /* a new id */
#endif
